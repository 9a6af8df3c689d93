//! What is decided for every entry of a tree while it is walked, and the account of it.
//!
//! It runs in all threads at once, so that what is common touches no lock: only what is left out, or is a link, does.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::DirEntry;

use super::kinds::{Folder, Named};
use super::named::{NamedPaths, reported};
use super::{FileKinds, Options, unreadable};
use crate::finding::{Incomplete, Language, Skipped};

/// How much of a file is read for its `#!` line.
const FIRST_LINE_REACH: usize = 256;

/// The rules of one run, and what it left out.
#[derive(Debug)]
pub(super) struct Sieve {
    pub(super) base: PathBuf,
    pub(super) options: Options,
    pub(super) kinds: Arc<FileKinds>,
    /// The folders that were named, as the walk writes them and with all links resolved.
    roots: Vec<(PathBuf, PathBuf)>,
    /// Files that were named, as the walk writes them: they are visited apart.
    named: HashSet<PathBuf>,
    accounts: Mutex<Accounts>,
}

#[derive(Debug, Default)]
struct Accounts {
    skipped: Vec<Skipped>,
    incomplete: Vec<Incomplete>,
    links: Vec<PathBuf>,
}

impl Sieve {
    pub(super) fn new(base: &Path, options: Options, kinds: Arc<FileKinds>, named: &NamedPaths) -> Self {
        let roots: Vec<_> =
            named.folders.iter().map(|folder| (folder.open.clone(), folder.canonical.clone())).collect();
        let as_walked = named.files.iter().flat_map(|file| {
            roots.iter().filter_map(|(open, canonical)| Some(open.join(file.canonical.strip_prefix(canonical).ok()?)))
        });
        let named = as_walked.collect();
        Self { base: base.to_owned(), options, kinds, roots, named, accounts: Mutex::default() }
    }

    /// Whether an entry that no ignore rule leaves out is walked into, or given to a visitor.
    pub(super) fn passes(&self, entry: &DirEntry) -> bool {
        let Some(kind) = entry.file_type() else { return false };
        if kind.is_file() {
            self.passes_file(entry)
        } else if kind.is_dir() {
            self.passes_folder(entry)
        } else {
            if kind.is_symlink() {
                self.accounts().links.push(entry.path().to_owned());
            }
            false
        }
    }

    fn passes_file(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let language = self.kinds.language(name);
        if language == Named::Binary {
            return false;
        }
        if !self.named.is_empty() && self.named.contains(entry.path()) {
            return false;
        }
        let reason = if !self.options.hidden && self.kinds.is_hidden(name) {
            "hidden"
        } else if !self.options.no_ignore && self.kinds.is_minified(name) {
            "minified"
        } else {
            return true;
        };
        // What no rule reads anyway is not worth a line.
        if language != Named::Language(Language::Other) {
            self.skip(entry.path(), reason);
        }
        false
    }

    fn passes_folder(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        match self.kinds.folder(name) {
            Some(Folder::VersionControl) => return false,
            Some(kind) if !self.options.no_ignore && !self.holds_source_package(entry.path()) => {
                self.skip(entry.path(), if kind == Folder::Vendored { "vendored" } else { "generated" });
                return false;
            }
            _ => {}
        }
        if !self.options.hidden && self.kinds.is_hidden(name) {
            self.skip(entry.path(), "hidden");
            return false;
        }
        true
    }

    /// Asks with the resolved path: the walk may itself have begun inside a source tree.
    fn holds_source_package(&self, path: &Path) -> bool {
        let resolved =
            self.roots.iter().find_map(|(open, canonical)| Some(canonical.join(path.strip_prefix(open).ok()?)));
        is_source_package(resolved.as_deref().unwrap_or(path))
    }

    /// The language that the `#!` line of a file names; nothing where it cannot be read.
    pub(super) fn ask_first_line(&self, path: &Path) -> Option<Language> {
        match first_line(path) {
            Ok(line) => {
                let named = line.and_then(|line| self.kinds.interpreter(&line));
                Some(named.unwrap_or(Language::Other))
            }
            Err(error) => {
                self.accounts().incomplete.push(unreadable(reported(path, &self.base), &error));
                None
            }
        }
    }

    pub(super) fn skip(&self, path: &Path, reason: &str) {
        let skipped = Skipped { path: reported(path, &self.base), reason: reason.to_owned() };
        self.accounts().skipped.push(skipped);
    }

    pub(super) fn record_unreadable(&self, path: &Path, error: &io::Error) {
        self.accounts().incomplete.push(unreadable(reported(path, &self.base), error));
    }

    /// Mistakes in ignore files are git's to complain about; what cannot be listed is ours.
    pub(super) fn record_walk_error(&self, error: &ignore::Error) {
        if let (Some(path), Some(cause)) = (path_of(error), error.io_error()) {
            self.record_unreadable(path, cause);
        }
    }

    pub(super) fn take_links(&self) -> Vec<PathBuf> {
        mem::take(&mut self.accounts().links)
    }

    pub(super) fn take_accounts(&self) -> (Vec<Skipped>, Vec<Incomplete>) {
        let mut accounts = self.accounts();
        (mem::take(&mut accounts.skipped), mem::take(&mut accounts.incomplete))
    }

    fn accounts(&self) -> std::sync::MutexGuard<'_, Accounts> {
        // Every change is one push: a visitor that panics leaves nothing half done.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// The first line of a file that begins with `#!`. Of all others two bytes are read.
fn first_line(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut line = [0; FIRST_LINE_REACH];
    let mut filled = 0;
    while filled < 2 {
        match file.read(&mut line[filled..2])? {
            0 => return Ok(None),
            count => filled += count,
        }
    }
    if &line[..2] != b"#!" {
        return Ok(None);
    }
    filled += file.read(&mut line[2..])?;
    let end = memchr::memchr(b'\n', &line[..filled]).unwrap_or(filled);
    Ok(Some(line[..end].to_vec()))
}

/// Whether a folder with the name of a vendored or generated one is a source package all the same: below
/// `src/<set>/java` and the like, where it is a Python package itself, or below `src` where it holds Java itself.
pub(super) fn is_source_package(folder: &Path) -> bool {
    let above = || folder.parent().into_iter().flat_map(Path::components).map(|component| component.as_os_str());
    let sources = |name: &std::ffi::OsStr| name == "src";
    let language =
        |name: &std::ffi::OsStr| ["java", "kotlin", "scala", "groovy", "python"].iter().any(|known| name == *known);
    if above().zip(above().skip(2)).any(|(first, third)| sources(first) && language(third)) {
        return true;
    }
    if folder.join("__init__.py").is_file() {
        return true;
    }
    above().any(sources)
        && folder.read_dir().is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| {
                    Path::new(&entry.file_name()).extension().is_some_and(|extension| extension == "java")
                })
            })
        })
}
