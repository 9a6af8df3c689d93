//! What files hold: what is on the disk, or what is put over it for the time of a scan.
//!
//! Everything that reads a file of the scanned tree asks here, so that a scan can tell what it would find after a change
//! that nobody has written yet. A file is known by where its links lead: it is the same one by any of its names. It
//! neither lists folders nor writes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The disk, and what stands in place of some of its files. Copies are cheap.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    replaced: Option<Arc<BTreeMap<PathBuf, Vec<u8>>>>,
}

impl Contents {
    /// The disk, but for some files that hold other bytes. Their folders have to be there; a file that is not is a new one.
    pub fn with(replaced: impl IntoIterator<Item = (PathBuf, Vec<u8>)>) -> io::Result<Self> {
        let resolved = replaced.into_iter().map(|(path, bytes)| Ok((resolve(&path)?, bytes)));
        let replaced: BTreeMap<_, _> = resolved.collect::<io::Result<_>>()?;
        Ok(Self { replaced: (!replaced.is_empty()).then(|| Arc::new(replaced)) })
    }

    /// What stands in place of a file; nothing where the disk counts.
    pub fn replacement(&self, path: &Path) -> Option<&[u8]> {
        // A scan of the disk alone must not resolve a link.
        let replaced = self.replaced.as_ref()?;
        replaced.get(&resolve(path).ok()?).map(Vec::as_slice)
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &Path) -> bool {
        self.replacement(path).is_some() || path.is_file()
    }

    /// How many bytes a file has.
    pub fn size(&self, path: &Path) -> io::Result<u64> {
        match self.replacement(path) {
            Some(bytes) => Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            None => Ok(fs::metadata(path)?.len()),
        }
    }

    /// The bytes of a file.
    pub fn read(&self, path: &Path) -> io::Result<Cow<'_, [u8]>> {
        match self.replacement(path) {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => fs::read(path).map(Cow::Owned),
        }
    }

    /// The text of a file; an error where it is no UTF-8.
    pub fn read_to_string(&self, path: &Path) -> io::Result<String> {
        match self.replacement(path) {
            Some(bytes) => String::from_utf8(bytes.to_vec())
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8")),
            None => fs::read_to_string(path),
        }
    }
}

/// Where a file is, or would be.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Err(error), Some(folder), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            Ok(folder.canonicalize()?.join(name))
        }
        (resolved, _, _) => resolved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_by_any_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "disk").unwrap();
        fs::write(folder.path().join("b.txt"), "other").unwrap();
        let contents = Contents::with([(path.clone(), b"new bytes".to_vec())]).unwrap();
        assert_eq!(*contents.read(&folder.path().join("./a.txt")).unwrap(), *b"new bytes");
        assert_eq!(contents.size(&path).unwrap(), 9);
        assert_eq!(contents.read_to_string(&folder.path().join("b.txt")).unwrap(), "other");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("a.txt", folder.path().join("link")).unwrap();
            assert_eq!(contents.read_to_string(&folder.path().join("link")).unwrap(), "new bytes");
        }
        assert_eq!(Contents::default().read_to_string(&path).unwrap(), "disk");
        assert!(Contents::with([(folder.path().join("missing/file"), Vec::new())]).is_err());
    }

    #[test]
    fn a_file_that_is_not_there_yet_is_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.txt");
        let contents = Contents::with([(path.clone(), b"new".to_vec())]).unwrap();
        assert_eq!(contents.read_to_string(&folder.path().join("./new.txt")).unwrap(), "new");
        assert!(contents.has(&path) && !contents.has(&folder.path().join("other.txt")) && !path.exists());
    }
}
