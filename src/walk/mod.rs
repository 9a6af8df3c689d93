//! Which files, and why not the others.
//!
//! It turns the paths that were named into files to read, in parallel, and accounts for what it leaves out: by ignore
//! rules, by folders that others wrote or that a build makes, by hidden names, by links that lead elsewhere. It reads
//! no file but the first line of those without an extension.

mod exclusion;
mod kinds;
mod links;
mod named;
mod names;
mod repository;
mod sieve;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{WalkBuilder, WalkState};
use thiserror::Error;

use crate::finding::{Family, Incomplete, Language, Skipped};

pub use kinds::{FileKinds, KindsError};
pub use named::{paths_from, relative_to, reported_path};
pub use repository::{normal, repository_root};

use kinds::Named;
use named::{NamedFile, NamedPaths};
use sieve::Sieve;

/// What to leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Ignore rules leave nothing out, and neither do the names of vendored and generated folders.
    pub no_ignore: bool,
    /// Hidden files and folders are read.
    pub hidden: bool,
    /// What would be left out is left out even when it is named.
    pub force_exclude: bool,
}

/// Why nothing could be walked. The user named something that is not there, or the working directory is gone.
#[derive(Debug, Error)]
pub enum WalkError {
    /// A path that does not exist.
    #[error("{path}: no such file or folder; check the spelling, and that it is relative to the working directory")]
    NotFound {
        /// The path as it was named.
        path: String,
    },
    /// The folder that relative paths start from cannot be resolved.
    #[error("{path}: cannot be used as the working directory ({source}); change to a folder that exists")]
    Base {
        /// The folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct Found<'walk> {
    /// The path to open it by.
    pub path: &'walk Path,
    /// The language it is written in.
    pub language: Language,
    /// Whether it was itself named by the user, not found in a folder.
    pub named: bool,
    base: &'walk Path,
}

impl Found<'_> {
    /// The path that reports give: relative to the working directory, with forward slashes.
    pub fn reported(&self) -> String {
        named::reported(self.path, self.base)
    }

    /// What to report when the file cannot be read.
    pub fn unreadable(&self, error: &io::Error) -> Incomplete {
        unreadable(self.reported(), error)
    }
}

/// What became of everything that is not a file to read. All lists are sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// How many files of a kind that a rule reads were given to the visitors.
    pub seen: usize,
    /// What was left out on purpose; a folder is one entry. What an ignore rule leaves out is not listed.
    pub skipped: Vec<Skipped>,
    /// What could not be listed or read.
    pub incomplete: Vec<Incomplete>,
}

/// A walk over the paths that a user named, ready to run.
#[derive(Debug)]
pub struct Walk {
    kinds: Arc<FileKinds>,
    options: Options,
    base: PathBuf,
    named: NamedPaths,
}

impl Walk {
    /// A walk over paths relative to the working directory.
    pub fn new(paths: &[PathBuf], options: Options, kinds: Arc<FileKinds>) -> Result<Self, WalkError> {
        Self::relative_to(Path::new(""), paths, options, kinds)
    }

    /// A walk over paths relative to another folder; reports give paths relative to it too.
    pub fn relative_to(
        base: &Path,
        paths: &[PathBuf],
        options: Options,
        kinds: Arc<FileKinds>,
    ) -> Result<Self, WalkError> {
        let named = NamedPaths::new(base, paths, options, &kinds)?;
        Ok(Self { kinds, options, base: base.to_owned(), named })
    }

    /// Calls a visitor for every file, in the thread that found it. `threads` is their number, 0 for one a core.
    ///
    /// `make_visitor` is called once a thread and a few times more; files come in no order, and each comes once.
    pub fn run<V>(&self, threads: usize, make_visitor: impl Fn() -> V + Sync) -> Listing
    where
        V: FnMut(Found<'_>) + Send,
    {
        let sieve = Arc::new(Sieve::new(&self.base, self.options, Arc::clone(&self.kinds), &self.named));
        let seen = AtomicUsize::new(0);
        self.visit_named(threads, &sieve, &seen, &make_visitor);
        for freed in [false, true] {
            let folders = self.named.folders.iter().filter(|folder| folder.freed == freed).map(|folder| &*folder.open);
            self.walk(folders.collect(), freed, threads, &sieve, &seen, &make_visitor);
        }
        let mut followed = links::Followed::new(&self.named.folders);
        loop {
            let links = sieve.take_links();
            if links.is_empty() {
                break;
            }
            let targets = followed.resolve(links, &sieve);
            let mut visit = make_visitor();
            for (path, language) in &targets.files {
                seen.fetch_add(usize::from(language.family() != Family::Other), Ordering::Relaxed);
                visit(Found { path, language: *language, named: false, base: &self.base });
            }
            let folders = targets.folders.iter().map(PathBuf::as_path).collect();
            self.walk(folders, false, threads, &sieve, &seen, &make_visitor);
        }
        let (mut skipped, mut incomplete) = sieve.take_accounts();
        skipped.extend(self.named.skipped.iter().cloned());
        // A folder that one walk leaves out may have been named besides.
        skipped.retain(|skipped| !self.named.is_named(&skipped.path, &self.base));
        incomplete.extend(self.named.incomplete.iter().cloned());
        skipped.sort_unstable();
        skipped.dedup();
        incomplete.sort_unstable();
        incomplete.dedup();
        Listing { seen: seen.into_inner(), skipped, incomplete }
    }

    fn visit_named<V>(&self, threads: usize, sieve: &Sieve, seen: &AtomicUsize, make_visitor: &(impl Fn() -> V + Sync))
    where
        V: FnMut(Found<'_>) + Send,
    {
        let files = &self.named.files;
        if files.is_empty() {
            return;
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut visit = make_visitor();
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Some(language) = self.language_of(file, sieve) {
                    seen.fetch_add(usize::from(language.family() != Family::Other), Ordering::Relaxed);
                    visit(Found { path: &file.open, language, named: true, base: &self.base });
                }
            }
        };
        let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads };
        match threads.min(files.len()) {
            0 | 1 => work(),
            threads => std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(work);
                }
            }),
        }
    }

    fn language_of(&self, file: &NamedFile, sieve: &Sieve) -> Option<Language> {
        match self.kinds.language(file.open.file_name()?) {
            Named::Language(language) => Some(language),
            Named::AskFirstLine => sieve.ask_first_line(&file.open),
            Named::Binary => None,
        }
    }

    fn walk<V>(
        &self,
        folders: Vec<&Path>,
        freed: bool,
        threads: usize,
        sieve: &Arc<Sieve>,
        seen: &AtomicUsize,
        make_visitor: &impl Fn() -> V,
    ) where
        V: FnMut(Found<'_>) + Send,
    {
        let Some((first, others)) = folders.split_first() else { return };
        let mut builder = builder(first, self.options, freed);
        for folder in others {
            builder.add(folder);
        }
        let filter = Arc::clone(sieve);
        builder.threads(threads).filter_entry(move |entry| filter.passes(entry));
        builder.build_parallel().run(|| {
            let mut visit = make_visitor();
            let mut count = Count { total: seen, own: 0 };
            Box::new(move |entry| {
                match entry {
                    Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                        let language = match self.kinds.language(entry.file_name()) {
                            Named::Language(language) => Some(language),
                            Named::AskFirstLine => sieve.ask_first_line(entry.path()),
                            Named::Binary => None,
                        };
                        if let Some(language) = language {
                            if language.family() != Family::Other {
                                count.add_one();
                            }
                            visit(Found { path: entry.path(), language, named: false, base: &self.base });
                        }
                    }
                    Ok(_) => {}
                    Err(error) => sieve.record_walk_error(&error),
                }
                WalkState::Continue
            })
        });
    }
}

/// Counts in one thread, and adds up at its end: a shared counter would be touched for every file.
struct Count<'total> {
    total: &'total AtomicUsize,
    own: usize,
}

impl Count<'_> {
    fn add_one(&mut self) {
        self.own += 1;
    }
}

impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.total.fetch_add(self.own, Ordering::Relaxed);
    }
}

/// The ignore rules of a folder. In a freed one, which was named although a rule from above leaves it out, only the
/// rules inside it hold.
fn builder(folder: &Path, options: Options, freed: bool) -> WalkBuilder {
    let rules = !options.no_ignore;
    let mut builder = WalkBuilder::new(folder);
    builder
        .hidden(false)
        .follow_links(false)
        .parents(rules && !freed)
        .require_git(!freed)
        .ignore(rules)
        .git_ignore(rules)
        .git_exclude(rules)
        .git_global(rules);
    if rules {
        builder.add_custom_ignore_filename(".grantshiftignore");
    }
    builder
}

fn unreadable(path: String, error: &io::Error) -> Incomplete {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied => "allow this user to read it",
        io::ErrorKind::NotFound => "restore it or remove the link that leads to it",
        _ => "check the disk and the path",
    };
    let message = format!("cannot be read ({error}); {advice}, or leave it out with an ignore rule");
    Incomplete { path, reason: "unreadable".to_owned(), message }
}
