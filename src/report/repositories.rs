//! Which repository each path of a report lies in. Who makes it has looked at the disk; the reports only ask.

use std::collections::BTreeMap;

/// A repository, or the scanned folder where there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// Its path, written as the paths of findings; `.` for the working directory.
    pub path: String,
    /// The name of its folder.
    pub name: String,
    /// Whether it is the root of a git repository.
    pub is_git: bool,
}

/// The repositories of a report, by the folders of its paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repositories {
    by_folder: BTreeMap<String, Repository>,
}

impl Repositories {
    /// Asks once for every folder that one of the paths stands in.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>, mut of: impl FnMut(&str) -> Repository) -> Self {
        let mut by_folder = BTreeMap::new();
        for path in paths {
            let folder = folder(path);
            if !by_folder.contains_key(folder) {
                by_folder.insert(folder.to_owned(), of(folder));
            }
        }
        Self { by_folder }
    }

    /// The repository of a path; nothing for one that was not asked for.
    pub fn of(&self, path: &str) -> Option<&Repository> {
        self.by_folder.get(folder(path))
    }
}

impl Repository {
    /// A path below it without the way to it.
    pub fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&self.path).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
    }
}

/// The folder of a path, with forward slashes.
fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(end) => &path[..end],
        None => ".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_asked_for_once() {
        let mut asked = Vec::new();
        let repositories = Repositories::new(["a/b.js", "a/c.js", "d.js", "/e.js"], |folder| {
            asked.push(folder.to_owned());
            Repository { path: folder.to_owned(), name: folder.to_owned(), is_git: true }
        });
        assert_eq!(asked, ["a", ".", "/"]);
        assert_eq!(repositories.of("a/other.js").map(|of| of.name.as_str()), Some("a"));
        assert_eq!(repositories.of("b/other.js"), None);
    }

    #[test]
    fn paths_are_shortened_below_their_repository() {
        let repository = |path: &str| Repository { path: path.to_owned(), name: String::new(), is_git: true };
        assert_eq!(repository("../one").inside("../one/src/a.js"), "src/a.js");
        assert_eq!(repository("../one").inside("../one-more/a.js"), "../one-more/a.js");
        assert_eq!(repository(".").inside("src/a.js"), "src/a.js");
    }
}
