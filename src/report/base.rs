//! What paths are relative to in the formats that other programs read: the root of the git repository, where there is
//! one, and not the working directory.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands as it is in the path of a URI. A colon does not: before the first slash it would end a scheme.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The way from paths that are relative to the working directory to those that are relative to the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    directories: Option<(PathBuf, PathBuf)>,
}

impl Base {
    /// Paths relative to `root`; both folders have to be absolute. Without a root use the default, which changes no
    /// path.
    pub fn new(working: &Path, root: &Path) -> Self {
        Self { directories: Some((plain(working), plain(root))) }
    }

    /// Whether it is a repository's root, not the working directory.
    pub fn is_repository(&self) -> bool {
        self.directories.is_some()
    }

    /// A path of the report, relative to the base, with forward slashes.
    pub fn relative(&self, path: &str) -> String {
        let Some((working, root)) = &self.directories else { return path.to_owned() };
        let absolute = plain(&working.join(path));
        let (mut rest, mut up) = (root.as_path(), String::new());
        loop {
            if let Ok(below) = absolute.strip_prefix(rest) {
                let names: Vec<_> = below.components().map(|name| name.as_os_str().to_string_lossy()).collect();
                let relative = up + &names.join("/");
                let relative = relative.strip_suffix('/').unwrap_or(&relative);
                return if relative.is_empty() { ".".to_owned() } else { relative.to_owned() };
            }
            up.push_str("../");
            match rest.parent() {
                Some(parent) => rest = parent,
                // On another drive there is no way from here to there.
                None => return path.to_owned(),
            }
        }
    }

    /// The same as a relative URI.
    pub fn uri(&self, path: &str) -> String {
        utf8_percent_encode(&self.relative(path), ENCODED).to_string()
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_to_the_root() {
        let base = Base::new(Path::new("/repo/packages/one"), Path::new("/repo"));
        assert_eq!(base.relative("src/a.js"), "packages/one/src/a.js");
        assert_eq!(base.relative("../two/a.js"), "packages/two/a.js");
        assert_eq!(base.relative("../.."), ".");
        assert_eq!(base.relative("../../../other/a.js"), "../other/a.js");
        assert_eq!(base.relative("../../.."), "..");
        let base = Base::new(Path::new("/"), Path::new("/repo"));
        assert_eq!(base.relative("repo/a.js"), "a.js");
        assert_eq!(Base::default().relative("../a.js"), "../a.js");
    }

    #[test]
    fn uris_are_encoded() {
        assert_eq!(Base::default().uri("a b/\u{e9}#?%:[1].js"), "a%20b/%C3%A9%23%3F%25%3A%5B1%5D.js");
        assert_eq!(Base::default().uri("src/a-b_c~1.test.ts"), "src/a-b_c~1.test.ts");
    }
}
