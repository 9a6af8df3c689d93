//! Writes changed files: all of a change set or none of it, each file whole or not at all, with the mode and the owner that
//! it had.
//!
//! Every new version is written in full beside its target before the first one takes its place, and so is a copy of the
//! old one. Taking the place is one rename. Whatever ends the program, each file is the old or the new one. What is left
//! beside them is known by its name and by nobody holding its lock: [`super::leftovers`] takes it away, and brings a set
//! that was caught half-way back as a whole.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

use super::leftovers::{JOURNAL, Journal, TEMPORARY};

/// A file and what is to become of it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Where it is. A link is followed.
    pub path: &'a Path,
    /// What it holds; nothing where it is not there yet.
    pub before: Option<&'a [u8]>,
    /// What it is to hold.
    pub after: &'a [u8],
}

/// Why a change set was not written. Nothing of it is on the disk, unless [`Error::Torn`] says so.
#[derive(Debug, Error)]
pub enum Error {
    /// The disk does not let it be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody else changed or made it.
    #[error("{} has changed since it was read; run the same command again", path.display())]
    Changed {
        /// Which file.
        path: PathBuf,
    },
    /// It was made read-only, on purpose.
    #[error("{} is read-only; make it writable if it may be changed", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// It failed half-way, and so did the way back. The user has to put the old version back.
    #[error("cannot put {} back ({source}); its old version is in {}", path.display(), kept.display())]
    Torn {
        /// Which file.
        path: PathBuf,
        /// Where its old version is.
        kept: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A version of a file, written in full beside its target.
struct Staged {
    target: PathBuf,
    new: NamedTempFile,
    old: Old,
}

/// What was there before, to come back to.
enum Old {
    /// A version of the file.
    Version(NamedTempFile),
    /// No file.
    Absent,
    /// It is the only file of its set: there is nothing to come back from.
    NotKept,
}

/// Writes all changes, or none.
pub fn write(changes: &[Change<'_>]) -> Result<(), Error> {
    let is_one = changes.len() == 1;
    let staged: Vec<Staged> = changes.iter().map(|change| prepare(change, !is_one)).collect::<Result<_, _>>()?;
    // From here on until the journal goes, a run that is killed can be taken back.
    let journal = keep_journal(&staged, changes)?;
    let mut done: Vec<(PathBuf, Old)> = Vec::new();
    for (Staged { target, new, old }, change) in staged.into_iter().zip(changes) {
        // What appeared since somebody looked is somebody's.
        let placed = if change.before.is_some() { new.persist(&target) } else { new.persist_noclobber(&target) };
        match placed {
            Ok(_) => done.push((target, old)),
            Err(error) => {
                put_back(done)?;
                return Err(Error::Unwritable { path: target, source: error.error });
            }
        }
    }
    for change in changes {
        keep_names(change.path);
    }
    // The new versions count from now on; the old ones go after it.
    drop(journal);
    drop(done);
    Ok(())
}

/// Writes down what is about to happen, where more than one file takes part.
fn keep_journal(staged: &[Staged], changes: &[Change<'_>]) -> Result<Option<NamedTempFile>, Error> {
    let [first, _, ..] = staged else { return Ok(None) };
    let mut journal = Journal::default();
    for (staged, change) in staged.iter().zip(changes) {
        match &staged.old {
            Old::Version(old) => journal.add(&staged.target, Some(old.path()), change.after),
            Old::Absent => journal.add(&staged.target, None, change.after),
            Old::NotKept => {}
        }
    }
    let write = |folder: &Path| {
        let mut file = temporary(folder, JOURNAL)?;
        file.write_all(&journal.to_bytes()?)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    let folder = first.target.parent().unwrap_or(Path::new("."));
    write(folder).map(Some).map_err(|source| Error::Unwritable { path: first.target.clone(), source })
}

/// An empty file that is known as a temporary one, and locked as long as it is open.
fn temporary(folder: &Path, kind: &str) -> io::Result<NamedTempFile> {
    temporary_with(folder, kind, None)
}

/// The same, with permissions, from which the system takes what the user wants no new file to have.
fn temporary_with(folder: &Path, kind: &str, permissions: Option<fs::Permissions>) -> io::Result<NamedTempFile> {
    let (prefix, suffix) = TEMPORARY;
    let prefix = format!("{prefix}{kind}");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(suffix).rand_bytes(10);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let file = builder.tempfile_in(folder)?;
    // The lock says that somebody is at it. Not every file system has locks, and then nothing is cleaned either.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Brings the old versions back, the last one first.
fn put_back(done: Vec<(PathBuf, Old)>) -> Result<(), Error> {
    let mut torn = None;
    for (target, old) in done.into_iter().rev() {
        let old = match old {
            Old::Version(old) => old,
            Old::NotKept => continue,
            Old::Absent => {
                if let Err(source) = fs::remove_file(&target) {
                    torn = Some(Error::Unwritable { path: target, source });
                }
                continue;
            }
        };
        if let Err(error) = old.persist(&target) {
            let source = error.error;
            let kept = error.file.path().to_owned();
            // Where even that fails the file goes, and the message names a place that is empty.
            let kept = error.file.keep().map_or(kept, |(_, kept)| kept);
            torn = Some(Error::Torn { path: target, kept, source });
        }
    }
    torn.map_or(Ok(()), Err)
}

fn prepare(change: &Change<'_>, with_old: bool) -> Result<Staged, Error> {
    let unwritable = |source| Error::Unwritable { path: change.path.to_owned(), source };
    let Some(before) = change.before else {
        return prepare_new(change);
    };
    let target = change.path.canonicalize().map_err(unwritable)?;
    let metadata = fs::metadata(&target).map_err(unwritable)?;
    if metadata.permissions().readonly() {
        return Err(Error::ReadOnly { path: change.path.to_owned() });
    }
    if fs::read(&target).map_err(unwritable)? != before {
        return Err(Error::Changed { path: change.path.to_owned() });
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let new = stage(folder, change.after, &metadata).map_err(unwritable)?;
    let old = if with_old { Old::Version(stage(folder, before, &metadata).map_err(unwritable)?) } else { Old::NotKept };
    Ok(Staged { target, new, old })
}

/// A file that is not there yet, with what the user lets every new file have.
fn prepare_new(change: &Change<'_>) -> Result<Staged, Error> {
    let unwritable = |source| Error::Unwritable { path: change.path.to_owned(), source };
    if change.path.symlink_metadata().is_ok() {
        return Err(Error::Changed { path: change.path.to_owned() });
    }
    let folder = change.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut new = temporary_with(folder, "", readable())?;
        new.write_all(change.after)?;
        new.as_file().sync_all()?;
        Ok(new)
    };
    Ok(Staged { target: change.path.to_owned(), new: write().map_err(unwritable)?, old: Old::Absent })
}

/// The mode that programs ask for when they make a file.
#[cfg(unix)]
fn readable() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable() -> Option<fs::Permissions> {
    None
}

/// Writes a version to the disk, ready to take the place of a file.
pub(super) fn stage(folder: &Path, bytes: &[u8], like: &Metadata) -> io::Result<NamedTempFile> {
    let mut file = temporary(folder, "")?;
    file.write_all(bytes)?;
    own(file.as_file(), like)?;
    file.as_file().set_permissions(like.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a file the owner and the group of another one. That comes before its mode, which it may change.
#[cfg(unix)]
fn own(file: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    let differs = |own: u32, like: u32| (own != like).then_some(like);
    let (user, group) = (differs(own.uid(), like.uid()), differs(own.gid(), like.gid()));
    if user.is_some() || group.is_some() { fchown(file, user, group) } else { Ok(()) }
}

#[cfg(not(unix))]
fn own(_file: &File, _like: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Sees to it that the new name of a file outlives a power cut. The file itself is on the disk already, so that what cannot
/// be done here costs nothing but that.
fn keep_names(path: &Path) {
    if cfg!(unix)
        && let Ok(target) = path.canonicalize()
        && let Some(folder) = target.parent().and_then(|folder| File::open(folder).ok())
    {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_set_is_written_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        for path in &paths {
            fs::write(path, "old").unwrap();
        }
        let changes: Vec<_> = paths.iter().map(|path| Change { path, before: Some(b"old"), after: b"new" }).collect();
        write(&changes).unwrap();
        assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"new"));
        assert_eq!(names(folder.path()), ["a", "b"]);
    }

    #[test]
    fn what_has_changed_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&one, "old").unwrap();
        fs::write(&other, "mine").unwrap();
        let changes = [
            Change { path: &one, before: Some(b"old"), after: b"new" },
            Change { path: &other, before: Some(b"old"), after: b"new" },
        ];
        assert!(matches!(write(&changes), Err(Error::Changed { path }) if path == other));
        assert_eq!((fs::read(&one).unwrap(), names(folder.path())), (b"old".to_vec(), vec!["a".into(), "b".into()]));
    }

    #[test]
    fn what_failed_half_way_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        fs::write(&target, "new").unwrap();
        let metadata = fs::metadata(&target).unwrap();
        let old = stage(folder.path(), b"old", &metadata).unwrap();
        put_back(vec![(target.clone(), Old::Version(old))]).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"old");
        // A folder cannot be replaced by a file: the old version is kept and named.
        let old = stage(folder.path(), b"old", &metadata).unwrap();
        let blocked = folder.path().join("folder");
        fs::create_dir_all(blocked.join("full")).unwrap();
        let Err(Error::Torn { kept, .. }) = put_back(vec![(blocked, Old::Version(old))]) else {
            panic!("it cannot be put back")
        };
        assert_eq!(fs::read(kept).unwrap(), b"old");
    }

    #[test]
    fn a_new_file_comes_with_its_set_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("a"), folder.path().join("new"));
        fs::write(&old, "old").unwrap();
        let make = Change { path: &new, before: None, after: b"made" };
        write(&[Change { path: &old, before: Some(b"old"), after: b"edited" }, make]).unwrap();
        assert_eq!((fs::read(&old).unwrap(), fs::read(&new).unwrap()), (b"edited".to_vec(), b"made".to_vec()));
        assert_eq!(names(folder.path()), ["a", "new"]);
        // What somebody else has made meanwhile is theirs.
        assert!(matches!(write(&[make]), Err(Error::Changed { path }) if path == new));
        put_back(vec![(new.clone(), Old::Absent)]).unwrap();
        assert_eq!(names(folder.path()), ["a"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            write(&[make]).unwrap();
            assert_eq!(mode(&new), mode(&old));
        }
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_link_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("real")).unwrap();
        let target = folder.path().join("real/run.sh");
        fs::write(&target, "old").unwrap();
        fs::set_permissions(&target, PermissionsExt::from_mode(0o750)).unwrap();
        let link = folder.path().join("link.sh");
        symlink("real/run.sh", &link).unwrap();
        write(&[Change { path: &link, before: Some(b"old"), after: b"new" }]).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o7777, 0o750);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        fs::set_permissions(&target, PermissionsExt::from_mode(0o440)).unwrap();
        let refused = write(&[Change { path: &link, before: Some(b"new"), after: b"newer" }]);
        assert!(matches!(refused, Err(Error::ReadOnly { .. })));
    }
}
