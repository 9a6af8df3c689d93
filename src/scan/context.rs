//! Whether a file is test code: decided by its path below the root of its repository, so that a checkout in a folder
//! called `tests` is no test.

use std::path::{Path, PathBuf};

use crate::finding::Context;
use crate::walk::{FileKinds, normal, repository_root};

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
        let root = self.known_root(&absolute);
        let below = match &root {
            Some(root) => absolute.strip_prefix(root).unwrap_or(&absolute),
            None => absolute.file_name().map_or(absolute.as_path(), Path::new),
        };
        if self.kinds.is_test(&below.to_string_lossy().replace('\\', "/")) { Context::Test } else { Context::Source }
    }

    /// The root of the repository that an absolute path lies in, else the folder that was named, else its own.
    pub(super) fn root_of(&self, absolute: &Path) -> PathBuf {
        let folder = || absolute.parent().unwrap_or(absolute).to_owned();
        self.known_root(absolute).unwrap_or_else(folder)
    }

    fn known_root(&self, absolute: &Path) -> Option<PathBuf> {
        repository_root(absolute)
            .map(Path::to_owned)
            .or_else(|| self.folders.iter().find(|folder| absolute.starts_with(folder)).cloned())
            .or_else(|| std::env::current_dir().ok().filter(|working| absolute.starts_with(working)))
    }
}
