//! The files that edits are for, as they are on the disk, and what becomes of them when change sets are applied.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::edits::{self, Edits};
use super::select::ChangeSet;
use crate::finding::{ByteRange, Edit, Language};
use crate::gate::Sources;
use crate::source::{Encoding, SourceFile};
use crate::walk::FileKinds;

/// The contents of some files, by where they are.
pub type Versions = BTreeMap<PathBuf, Vec<u8>>;

/// A file before any edit.
#[derive(Debug)]
pub struct Original {
    /// Its name in reports.
    pub reported: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether it is not there yet.
    pub is_new: bool,
    /// The language it is read in.
    pub language: Language,
    /// Its mode, as git gives it.
    pub mode: u32,
    /// The parts of its text that must not be shown.
    pub secrets: Vec<ByteRange>,
    encoding: Encoding,
}

/// All files that some change sets want to edit. A file is known by where its links lead.
#[derive(Debug, Default)]
pub struct Originals {
    files: BTreeMap<PathBuf, Original>,
    by_name: BTreeMap<String, PathBuf>,
}

impl Originals {
    /// Reads the files of change sets. Gives those sets back that cannot be applied, each with the reason.
    pub fn read(sets: &[ChangeSet], sources: &Sources, kinds: &FileKinds) -> (Self, BTreeMap<usize, String>) {
        let mut originals = Self::default();
        let mut refused = BTreeMap::new();
        for set in sets {
            let paths: BTreeSet<&str> = set.edits.iter().map(|edit| edit.path.as_str()).collect();
            for path in paths {
                if let Err(why) = originals.add(path, sources, kinds) {
                    refused.insert(set.number, why);
                }
            }
        }
        (originals, refused)
    }

    fn add(&mut self, reported: &str, sources: &Sources, kinds: &FileKinds) -> Result<(), String> {
        if self.by_name.contains_key(reported) {
            return Ok(());
        }
        let unreadable = |error| format!("{reported} cannot be read: {error}.");
        let scanned = sources.get(reported);
        // What was scanned has to be there; a file that nobody has seen is one that the set makes.
        let is_new = scanned.is_none() && !Path::new(reported).exists();
        let path = if is_new { place_of_new(reported) } else { Path::new(reported).canonicalize() };
        let path = path.map_err(unreadable)?;
        if !self.files.contains_key(&path) {
            let bytes = if is_new { Vec::new() } else { fs::read(&path).map_err(unreadable)? };
            let language = kinds.language_of(Path::new(reported)).unwrap_or(Language::Other);
            let file = SourceFile::decode(reported, &bytes, language)
                .map_err(|error| format!("{reported} cannot be edited: {error}."))?;
            // The text of a notebook is that of its cells.
            let differs = |scanned: &SourceFile| scanned.cells().is_empty() && scanned.text() != file.text();
            if scanned.is_some_and(|(scanned, _)| language != Language::Notebook && differs(scanned)) {
                return Err(format!("{reported} has changed since it was scanned; run the same command again."));
            }
            let secrets = scanned.map(|(_, secrets)| secrets.clone()).unwrap_or_default();
            let mode = mode(&path);
            let encoding = file.encoding();
            let original = Original { reported: reported.to_owned(), bytes, is_new, language, mode, secrets, encoding };
            self.files.insert(path.clone(), original);
        }
        self.by_name.insert(reported.to_owned(), path);
        Ok(())
    }

    /// A file by where it is.
    pub fn get(&self, path: &Path) -> Option<&Original> {
        self.files.get(path)
    }

    /// Where a file is that reports name so.
    pub fn path(&self, reported: &str) -> Option<&Path> {
        self.by_name.get(reported).map(PathBuf::as_path)
    }

    /// Where the files are that a change set edits.
    pub fn paths_of<'a>(&'a self, set: &'a ChangeSet) -> BTreeSet<&'a Path> {
        set.edits.iter().filter_map(|edit| self.path(&edit.path)).collect()
    }

    /// The files that some change sets edit, as they are with all of these applied.
    pub fn with<'a>(&self, sets: impl IntoIterator<Item = &'a ChangeSet>) -> Result<Versions, (PathBuf, edits::Error)> {
        let mut by_path: BTreeMap<&Path, Vec<&Edit>> = BTreeMap::new();
        for edit in sets.into_iter().flat_map(|set| &set.edits) {
            if let Some(path) = self.path(&edit.path) {
                by_path.entry(path).or_default().push(edit);
            }
        }
        let mut versions = Versions::new();
        for (path, edits) in by_path {
            let Some(original) = self.files.get(path) else { continue };
            let edited = Edits::new(edits).and_then(|edits| edits.apply(&original.bytes, original.encoding));
            versions.insert(path.to_owned(), edited.map_err(|error| (path.to_owned(), error))?);
        }
        Ok(versions)
    }

    /// Those of some change sets that cannot be applied, alone or beside each other, each with the reason.
    pub fn conflicts(&self, sets: &[ChangeSet]) -> BTreeMap<usize, String> {
        let mut conflicts = BTreeMap::new();
        let reported = |path: &Path| self.get(path).map_or_else(String::new, |original| original.reported.clone());
        for set in sets {
            match self.with([set]) {
                Err((path, error)) => {
                    conflicts.insert(set.number, format!("Its edits of {} do not fit: {error}.", reported(&path)));
                }
                Ok(versions) if versions.iter().all(|(path, bytes)| self.files[path].bytes == *bytes) => {
                    conflicts.insert(set.number, "Its edits change nothing.".to_owned());
                }
                Ok(_) => {}
            }
        }
        let sound: Vec<&ChangeSet> = sets.iter().filter(|set| !conflicts.contains_key(&set.number)).collect();
        if self.with(sound.iter().copied()).is_ok() {
            return conflicts;
        }
        for (position, one) in sound.iter().enumerate() {
            for other in &sound[position + 1..] {
                if self.paths_of(one).is_disjoint(&self.paths_of(other)) {
                    continue;
                }
                if let Err((path, _)) = self.with([*one, *other]) {
                    for (set, beside) in [(one, other), (other, one)] {
                        let why = format!(
                            "Its edits of {} and those of change set {} want the same bytes.",
                            reported(&path),
                            beside.number
                        );
                        conflicts.entry(set.number).or_insert(why);
                    }
                }
            }
        }
        conflicts
    }
}

/// Where a file will be, in a folder that is there.
fn place_of_new(reported: &str) -> io::Result<PathBuf> {
    let path = Path::new(reported);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    Ok(folder.canonicalize()?.join(name))
}

/// The mode as git gives it: only whether a file can be run counts.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let can_run = fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0);
    if can_run { 0o100_755 } else { 0o100_644 }
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> u32 {
    0o100_644
}
