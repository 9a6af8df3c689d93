//! Finds out which repository each path of an outcome lies in, for the reports that are arranged by repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::gate::Outcome;
use crate::report::{Base, Repositories, Repository};
use crate::walk;

/// The repositories of everything that an outcome names: the git repository, else the scanned folder.
pub(super) fn of(outcome: &Outcome, scanned: &[PathBuf]) -> Repositories {
    let Ok(working) = std::env::current_dir() else { return Repositories::default() };
    let paths: BTreeSet<&str> = outcome
        .findings
        .iter()
        .chain(outcome.suppressed.iter().map(|suppressed| &suppressed.finding))
        .map(|finding| finding.path.as_str())
        .chain(outcome.errors.iter().map(|error| error.path.as_str()))
        .chain(outcome.skipped.iter().map(|skipped| skipped.path.as_str()))
        .collect();
    let scanned: Vec<PathBuf> = scanned
        .iter()
        .map(|path| walk::normal(&working.join(path)))
        .map(|path| if path.is_file() { path.parent().map(Path::to_owned).unwrap_or(path) } else { path })
        .collect();
    let here = Base::new(&working, &working);
    Repositories::new(paths, |folder| {
        let folder = walk::normal(&working.join(folder));
        let git = walk::repository_root(&folder);
        let named = || scanned.iter().filter(|path| folder.starts_with(path)).max_by_key(|path| path.as_os_str().len());
        let root = git.unwrap_or_else(|| named().unwrap_or(&folder));
        let path = here.relative(&root.to_string_lossy());
        let name = root.file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
        Repository { path, name, is_git: git.is_some() }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::finding::Skipped;

    #[test]
    fn several_repositories_below_one_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["one/.git", "one/src", "two/.git", "loose"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let skipped = ["one/src/a.js", "two/b.js", "loose/c.js"];
        let skipped = skipped.map(|name| Skipped { path: path(name), reason: "minified".to_owned() });
        let outcome = Outcome { skipped: skipped.into(), ..Outcome::default() };
        let repositories = of(&outcome, &[folder.path().to_owned()]);
        let names = ["one/src/a.js", "one/src/other.js", "two/b.js"].map(|name| {
            let repository = repositories.of(&path(name)).unwrap();
            assert!(repository.is_git && repository.path.ends_with(&format!("/{}", repository.name)));
            repository.name.clone()
        });
        assert_eq!(names, ["one", "one", "two"]);
        let loose = repositories.of(&path("loose/c.js")).unwrap();
        assert!(!loose.is_git);
        assert_eq!(Some(loose.name.as_str()), folder.path().file_name().and_then(|name| name.to_str()));
    }
}
