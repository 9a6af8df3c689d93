//! What folders hold, listed once: imports ask for the same few folders thousands of times.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The folders that were listed so far. What changes on disk meanwhile is not noticed.
#[derive(Debug, Default)]
pub(super) struct Folders {
    listed: Mutex<HashMap<PathBuf, Arc<Listing>>>,
}

/// What a folder holds.
#[derive(Debug)]
enum Listing {
    /// These names.
    Known(HashMap<OsString, Entry>),
    /// It is none, or is not there.
    Nothing,
    /// It cannot be listed, so that each name has to be asked for.
    Unlisted,
}

/// What an entry is, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    File,
    Folder,
    Other,
}

impl Entry {
    fn new(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else {
            Self::Other
        }
    }

    fn at(path: &Path) -> Option<Self> {
        Some(Self::new(path.metadata().ok()?.file_type()))
    }
}

impl Folders {
    /// Whether a file stands there.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.entry(path) == Some(Entry::File)
    }

    /// Whether a folder stands there.
    pub(super) fn is_folder(&self, path: &Path) -> bool {
        self.entry(path) == Some(Entry::Folder)
    }

    fn entry(&self, path: &Path) -> Option<Entry> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Entry::at(path) };
        match &*self.listing(folder) {
            Listing::Known(entries) => entries.get(name).copied(),
            Listing::Nothing => None,
            Listing::Unlisted => Entry::at(path),
        }
    }

    fn listing(&self, folder: &Path) -> Arc<Listing> {
        if let Some(known) = self.listed().get(folder) {
            return Arc::clone(known);
        }
        // What is above tells of most folders that they are not there.
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
        let is_absent = above.is_some() && !matches!(self.entry(folder), Some(Entry::Folder));
        let listing = Arc::new(if is_absent { Listing::Nothing } else { list(folder) });
        self.listed().insert(folder.to_owned(), Arc::clone(&listing));
        listing
    }

    fn listed(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Arc<Listing>>> {
        // Every change is one insertion: a thread that panics leaves nothing half done.
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn list(folder: &Path) -> Listing {
    let Ok(entries) = folder.read_dir() else { return Listing::Unlisted };
    let mut known = HashMap::new();
    for entry in entries {
        let Ok(entry) = entry else { return Listing::Unlisted };
        let kind = match entry.file_type() {
            Ok(kind) if !kind.is_symlink() => Some(Entry::new(kind)),
            _ => Entry::at(&entry.path()),
        };
        if let Some(kind) = kind {
            known.insert(entry.file_name(), kind);
        }
    }
    Listing::Known(known)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Folders;

    #[test]
    fn it_answers_as_the_disk_does() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        fs::write(root.path().join("a/b/c.py"), "").unwrap();
        let folders = Folders::default();
        for path in ["a", "a/b", "a/b/c.py", "a/b/d.py", "a/x", "a/x/y/z.py", "a/b/c.py/d", "", ".."] {
            let path = root.path().join(path);
            for _ in 0..2 {
                assert_eq!(folders.is_file(&path), path.is_file(), "{}", path.display());
                assert_eq!(folders.is_folder(&path), path.is_dir(), "{}", path.display());
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("real")).unwrap();
        fs::write(root.path().join("real/a.py"), "").unwrap();
        std::os::unix::fs::symlink("real", root.path().join("link")).unwrap();
        std::os::unix::fs::symlink("gone", root.path().join("broken")).unwrap();
        let folders = Folders::default();
        assert!(folders.is_folder(&root.path().join("link")));
        assert!(folders.is_file(&root.path().join("link/a.py")));
        assert!(!folders.is_file(&root.path().join("broken")));
    }
}
