//! The git repository that a path lies in, found without asking git.

use std::path::{Component, Path, PathBuf};

/// An absolute path without `.` and `..`, so that its ancestors are the folders that it lies in. Links are not resolved. The empty
/// path, where the ancestors of a relative one end, is the working directory.
pub fn normal(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut normal = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// The root of the repository that holds an absolute path, or is it. A `.git` may be a folder or, in a work tree, a file.
pub fn repository_root(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join(".git").exists())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{normal, repository_root};

    #[test]
    fn a_path_beside_a_repository_is_not_in_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("here/.git")).unwrap();
        let beside = normal(&folder.path().join("here/../tests/a.py"));
        assert_eq!(beside, folder.path().join("tests/a.py"));
        assert_ne!(repository_root(&beside), Some(folder.path().join("here").as_path()));
        assert_eq!(repository_root(&folder.path().join("here/src/a.py")), Some(folder.path().join("here").as_path()));
        assert_eq!(normal(Path::new("/a/./b/..")), Path::new("/a"));
        assert_eq!(normal(Path::new("")), std::env::current_dir().unwrap());
    }
}
