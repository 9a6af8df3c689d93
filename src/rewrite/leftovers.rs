//! What a run that was killed leaves beside the files it was writing: temporary files, and the journal of a change set.
//!
//! Both are known by their names and by nobody holding their locks. A set of which some files are new and some are old
//! is brought back to the old ones, unless somebody has changed one since. What is found in a scanned tree may have been put
//! there by anybody: a journal is believed only about files of that tree.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the names of temporary files begin and end with.
pub(super) const TEMPORARY: (&str, &str) = (".grantshift-", ".tmp");
/// What stands behind that in the name of a journal. It is no part of the other names, which have letters and digits only.
pub(super) const JOURNAL: &str = "set-";

/// Which files a change set exchanges.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Journal {
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    target: OsString,
    /// The copy of its old version; nothing where it was not there.
    old: Option<OsString>,
    /// The SHA-256 of its new version.
    new: String,
}

impl Journal {
    /// Adds a file with the copy of its old version, or one that the set makes.
    pub(super) fn add(&mut self, target: &Path, old: Option<&Path>, new: &[u8]) {
        self.entries.push(Entry { target: target.into(), old: old.map(Into::into), new: digest(new) });
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Brings the set back where it was caught half-way. Gives the files that were put back, and those that were not since
    /// one of the set has been changed.
    fn take_back(&self, folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let entries: Vec<(&Path, Option<&Path>, &str)> = self
            .entries
            .iter()
            .map(|of| (Path::new(&of.target), of.old.as_ref().map(Path::new), of.new.as_str()))
            .collect();
        let resolves = |path: &Path| path.canonicalize().is_ok_and(|resolved| resolved == *path);
        let is_own = |(target, old, _): &(&Path, Option<&Path>, &str)| {
            let is_at_hand = match old {
                Some(old) => {
                    let name = old.file_name().and_then(|name| name.to_str());
                    name.is_some_and(is_temporary) && resolves(target) && target.parent() == old.parent()
                }
                // A name without a file resolves to nothing: its folder counts, and no link is followed.
                None => target.parent().is_some_and(resolves) && !target.is_symlink(),
            };
            is_at_hand && target.starts_with(folder)
        };
        if entries.is_empty() || !entries.iter().all(is_own) {
            return Default::default();
        }
        let (mut new, mut others) = (Vec::new(), Vec::new());
        let mut has_old = false;
        for (target, old, digest_of_new) in entries {
            let now = fs::read(target).ok();
            let is_old = || match old {
                Some(old) => fs::read(old).is_ok_and(|old| Some(old) == now),
                None => now.is_none(),
            };
            if now.as_deref().is_some_and(|now| digest(now) == digest_of_new) {
                new.push((target, old));
            } else if is_old() {
                has_old = true;
            } else {
                others.push(target.to_owned());
            }
        }
        if new.is_empty() || (!has_old && others.is_empty()) {
            return Default::default();
        }
        if !others.is_empty() {
            let new = new.into_iter().map(|(target, _)| target.to_owned());
            return (Vec::new(), others.into_iter().chain(new).collect());
        }
        let (back, torn): (Vec<_>, Vec<_>) = new.into_iter().partition(|(target, old)| match old {
            Some(old) => fs::rename(old, target).is_ok(),
            None => fs::remove_file(target).is_ok(),
        });
        let paths =
            |pairs: Vec<(&Path, Option<&Path>)>| pairs.into_iter().map(|(target, _)| target.to_owned()).collect();
        (paths(back), paths(torn))
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was found of an earlier run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many temporary files were taken away.
    pub removed: usize,
    /// Files that were put back to their old versions, so that their set is whole.
    pub put_back: Vec<PathBuf>,
    /// Files of a set that was caught half-way and could not be put back.
    pub torn: Vec<PathBuf>,
}

fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

/// Takes away what a run that was killed has left in and below some paths, and brings half-written sets back. What another
/// run is at work on stays.
pub fn clean(paths: &[PathBuf], is_left_out: impl Fn(&Path) -> bool + Clone + Send + Sync + 'static) -> Cleaned {
    let mut cleaned = Cleaned::default();
    for path in paths {
        let is_file = path.is_file();
        let folder = if is_file { path.parent().unwrap_or(path) } else { path };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(folder) = folder.canonicalize() else { continue };
        let found = find(&folder, is_file.then_some(1), is_left_out.clone());
        let is_journal = |path: &&PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix(TEMPORARY.0).is_some_and(|rest| rest.starts_with(JOURNAL))
        };
        // While its lock is held, no other run can think that it was left behind.
        for journal in found.iter().filter(is_journal) {
            let Some(mut file) = locked(journal) else { continue };
            let mut bytes = Vec::new();
            if file.read_to_end(&mut bytes).is_ok()
                && let Ok(journal) = serde_json::from_slice::<Journal>(&bytes)
            {
                let (put_back, torn) = journal.take_back(&folder);
                cleaned.put_back.extend(put_back);
                cleaned.torn.extend(torn);
            }
        }
        for path in &found {
            cleaned.removed += usize::from(locked(path).is_some() && fs::remove_file(path).is_ok());
        }
    }
    cleaned.put_back.sort();
    cleaned
}

/// The temporary files below a folder.
fn find(
    folder: &Path,
    depth: Option<usize>,
    is_left_out: impl Fn(&Path) -> bool + Send + Sync + 'static,
) -> BTreeSet<PathBuf> {
    let mut walk = WalkBuilder::new(folder);
    // An ignore rule may well name them.
    walk.standard_filters(false).max_depth(depth);
    walk.filter_entry(move |entry| entry.depth() == 0 || !is_left_out(entry.path()));
    walk.build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter(|entry| entry.file_name().to_str().is_some_and(is_temporary))
        .map(ignore::DirEntry::into_path)
        .collect()
}

/// A file that nobody else is at work on, locked.
fn locked(path: &Path) -> Option<File> {
    let file = File::open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::super::write::stage;
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        (folder, root)
    }

    /// Files as they now are, with the old versions and the journal of a set that was to make all of them new.
    fn caught(root: &Path, now: &[(&str, &str)], outside: Option<&Path>) {
        let mut journal = Journal::default();
        for (number, (name, text)) in now.iter().enumerate() {
            fs::write(root.join(name), text).unwrap();
            let old = root.join(format!(".grantshift-{number}.tmp"));
            fs::write(&old, "old").unwrap();
            journal.add(&root.join(name), Some(&old), b"new");
        }
        if let Some(outside) = outside {
            journal.add(outside, Some(&outside.with_file_name(".grantshift-x.tmp")), b"new");
        }
        fs::write(root.join(".grantshift-set-0123456789.tmp"), journal.to_bytes().unwrap()).unwrap();
    }

    fn read(root: &Path, name: &str) -> String {
        fs::read_to_string(root.join(name)).unwrap()
    }

    #[test]
    fn leftovers_are_cleaned_and_a_running_one_is_not_disturbed() {
        let (_folder, root) = folder();
        let below = root.join("src");
        fs::create_dir(&below).unwrap();
        fs::write(below.join("a.js"), "x").unwrap();
        fs::write(below.join(".grantshift-0123456789.tmp"), "half").unwrap();
        fs::write(below.join(".grantshift-baseline.json"), "{}").unwrap();
        fs::write(root.join(".gitignore"), "*.tmp\n").unwrap();
        let metadata = fs::metadata(below.join("a.js")).unwrap();
        let running = stage(&below, b"new", &metadata).unwrap();
        assert_eq!(clean(std::slice::from_ref(&root), |_| false), Cleaned { removed: 1, ..Cleaned::default() });
        assert!(running.path().exists());
        drop(running);
        assert_eq!(names(&below), [".grantshift-baseline.json", "a.js"]);
    }

    #[test]
    fn a_set_that_was_caught_half_way_is_brought_back() {
        let (_folder, root) = folder();
        caught(&root, &[("a", "new"), ("b", "old")], None);
        let cleaned = clean(std::slice::from_ref(&root), |_| false);
        assert_eq!((cleaned.put_back, cleaned.removed), (vec![root.join("a")], 2));
        assert_eq!((read(&root, "a"), names(&root)), ("old".to_owned(), vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn a_file_that_a_half_written_set_made_goes_again() {
        let (_folder, root) = folder();
        let make = |name: &str, text: &str| {
            let mut journal = Journal::default();
            fs::write(root.join("a"), "old").unwrap();
            fs::write(root.join(".grantshift-0.tmp"), "old").unwrap();
            journal.add(&root.join("a"), Some(&root.join(".grantshift-0.tmp")), b"new");
            fs::write(root.join(name), text).unwrap();
            journal.add(&root.join(name), None, b"new");
            fs::write(root.join(".grantshift-set-0123456789.tmp"), journal.to_bytes().unwrap()).unwrap();
            clean(std::slice::from_ref(&root), |_| false)
        };
        assert_eq!(make("made", "new").put_back, vec![root.join("made")]);
        assert_eq!(names(&root), ["a"]);
        // What somebody has put in its place since stays.
        assert_eq!(make("made", "mine").put_back, Vec::<PathBuf>::new());
        assert_eq!((names(&root), read(&root, "made")), (vec!["a".to_owned(), "made".to_owned()], "mine".to_owned()));
    }

    #[test]
    fn a_whole_set_stays_and_so_does_what_somebody_changed() {
        let (_folder, root) = folder();
        caught(&root, &[("a", "new"), ("b", "new")], None);
        assert_eq!(clean(std::slice::from_ref(&root), |_| false), Cleaned { removed: 3, ..Cleaned::default() });
        assert_eq!(read(&root, "a"), "new");
        caught(&root, &[("a", "new"), ("b", "mine")], None);
        let cleaned = clean(std::slice::from_ref(&root), |_| false);
        assert_eq!((cleaned.put_back.len(), cleaned.torn), (0, vec![root.join("b"), root.join("a")]));
        assert_eq!((read(&root, "a"), read(&root, "b")), ("new".to_owned(), "mine".to_owned()));
    }

    #[test]
    fn a_journal_is_not_believed_about_other_places() {
        let (_elsewhere, other) = folder();
        fs::write(other.join("victim"), "new").unwrap();
        fs::write(other.join(".grantshift-x.tmp"), "planted").unwrap();
        let (_folder, root) = folder();
        caught(&root, &[("a", "old")], Some(&other.join("victim")));
        assert_eq!(clean(std::slice::from_ref(&root), |_| false).put_back, Vec::<PathBuf>::new());
        assert_eq!(read(&other, "victim"), "new");
    }
}
