//! What paths are relative to in the formats that other programs read: the root of the git repository, where there is
//! one, and not the working directory.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands as it is in the path of a URI. A colon does not: before the first slash it would end a scheme.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The way from paths that are relative to the working directory to those that are relative to the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    directories: Option<Directories>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Directories {
    working: PathBuf,
    root: PathBuf,
    /// The root without links, where it is there.
    resolved: Option<PathBuf>,
}

impl Base {
    /// Paths relative to `root`; both folders have to be absolute. Without a root use the default, which changes no
    /// path.
    pub fn new(working: &Path, root: &Path) -> Self {
        let (working, root) = (plain(working), plain(root));
        let resolved = root.canonicalize().ok();
        Self { directories: Some(Directories { working, root, resolved }) }
    }

    /// Whether it is a repository's root, not the working directory.
    pub fn is_repository(&self) -> bool {
        self.directories.is_some()
    }

    /// A path of the report, relative to the base, with forward slashes. A link within the repository is resolved: the services
    /// show nothing at a path that leads through one.
    pub fn relative(&self, path: &str) -> String {
        let Some(Directories { working, root, resolved }) = &self.directories else { return path.to_owned() };
        let joined = working.join(path);
        if let Some(resolved) = resolved
            && let Ok(real) = joined.canonicalize()
            && let Ok(below) = real.strip_prefix(resolved)
        {
            return named(below);
        }
        let absolute = plain(&joined);
        let (mut rest, mut up) = (root.as_path(), String::new());
        loop {
            if let Ok(below) = absolute.strip_prefix(rest) {
                let names = named(below);
                return match (up.strip_suffix('/'), names.as_str()) {
                    (None, _) => names,
                    (Some(up), ".") => up.to_owned(),
                    (Some(up), _) => format!("{up}/{names}"),
                };
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

/// A path below the base with forward slashes; a point for the base itself.
fn named(below: &Path) -> String {
    let names: Vec<_> = below.components().map(|name| name.as_os_str().to_string_lossy()).collect();
    if names.is_empty() { ".".to_owned() } else { names.join("/") }
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

    #[cfg(unix)]
    #[test]
    fn links_within_the_repository_are_resolved() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repo");
        std::fs::create_dir_all(root.join("real")).unwrap();
        std::fs::write(root.join("real/a.js"), "").unwrap();
        std::os::unix::fs::symlink(root.join("real"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(&root, folder.path().join("other")).unwrap();
        assert_eq!(Base::new(&root, &root).relative("link/a.js"), "real/a.js");
        let other = folder.path().join("other");
        assert_eq!(Base::new(&other, &other).relative("link/a.js"), "real/a.js");
        assert_eq!(Base::new(&root, &root).relative("link/gone.js"), "link/gone.js");
    }

    #[test]
    fn uris_are_encoded() {
        assert_eq!(Base::default().uri("a b/\u{e9}#?%:[1].js"), "a%20b/%C3%A9%23%3F%25%3A%5B1%5D.js");
        assert_eq!(Base::default().uri("src/a-b_c~1.test.ts"), "src/a-b_c~1.test.ts");
    }
}
