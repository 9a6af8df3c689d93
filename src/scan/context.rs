//! Whether a file is test code: decided by its path below the root of its repository, so that a checkout in a folder
//! called `tests` is no test.

use std::path::{Component, Path, PathBuf};

use crate::finding::Context;
use crate::walk::FileKinds;

/// Finds the context of files.
pub(super) struct Contexts<'a> {
    kinds: &'a FileKinds,
    /// The named folders, longest first.
    folders: Vec<PathBuf>,
}

impl<'a> Contexts<'a> {
    pub(super) fn new(kinds: &'a FileKinds, named: &[PathBuf]) -> Self {
        let mut folders: Vec<PathBuf> = named.iter().filter(|path| path.is_dir()).map(|path| normal(path)).collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        Self { kinds, folders }
    }

    /// The context of a file.
    pub(super) fn of(&self, path: &Path) -> Context {
        let absolute = normal(path);
        let root = repository(&absolute)
            .or_else(|| self.folders.iter().find(|folder| absolute.starts_with(folder)).cloned())
            .or_else(|| std::env::current_dir().ok().filter(|working| absolute.starts_with(working)));
        let below = match &root {
            Some(root) => absolute.strip_prefix(root).unwrap_or(&absolute),
            None => absolute.file_name().map_or(absolute.as_path(), Path::new),
        };
        if self.kinds.is_test(&below.to_string_lossy().replace('\\', "/")) { Context::Test } else { Context::Source }
    }
}

/// An absolute path without `.` and `..`, so that its ancestors are the folders that it lies in.
fn normal(path: &Path) -> PathBuf {
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

/// The root of the git repository that holds a file. A `.git` may be a folder or, in a work tree, a file.
pub(crate) fn repository(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}
