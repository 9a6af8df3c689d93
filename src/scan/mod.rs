//! The walk through the rooms: paths in, findings out.
//!
//! It joins walk, anchors, syntax, facts, project and detect, in two steps: the walk reads and filters every file in the
//! threads that list folders, and the few candidates are understood on a pool of their own (`session`). It decides nothing
//! about what counts and prints nothing.

mod context;
mod inspect;
mod keys;
mod notebook;
mod packages;
mod planner;
mod repository;
mod session;
mod sift;
mod sweep;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use miette::Diagnostic;
use thiserror::Error;

pub use self::inspect::Inspected;
use self::keys::KeyPath;
pub use self::planner::{Code, Known, Planner, Planners};
use self::repository::{Other, Repositories};
use self::session::Session;
use self::sift::Sifter;
use crate::accounting::{Accounting, Learnt, Occurrence};
use crate::anchors::{Filter, Strong, TooMany};
use crate::contents::Contents;
use crate::detect::{NamedKey, Signature};
use crate::finding::{ByteRange, Family, Finding, Incomplete, Language, Skipped};
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::suppression::Suppression;
use crate::syntax::Limits;
use crate::walk::{FileKinds, Found, KindsError, Options, Walk, WalkError, normal};

/// How many files a thread reads before it says so: a counter that all threads share is slow.
const COUNTED_AT_ONCE: usize = 64;

/// What to scan, and how.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Files and folders, relative to the working directory.
    pub paths: Vec<PathBuf>,
    /// What to leave out.
    pub walk: Options,
    /// How many threads; 0 for one a core.
    pub threads: usize,
    /// What one file may cost.
    pub limits: Limits,
    /// What is left out is searched for what belongs to the old flow.
    pub prove_absent: bool,
    /// What files hold.
    pub contents: Contents,
    /// Who says what a rewrite would do.
    pub planners: Planners,
}

/// Why nothing was scanned.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// A path that does not exist. The user named it.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// A rule file whose globs are wrong. Whoever wrote it can mend it.
    #[error(transparent)]
    Kinds(#[from] KindsError),
    /// Rules that ask for too much. Whoever wrote them can mend them.
    #[error(transparent)]
    Filter(#[from] TooMany),
    /// The system gives no threads.
    #[error("cannot start the threads that parse: {0}; try fewer with --threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// What a scan found and what it could not read. All lists are sorted by path and place.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The findings, of any confidence.
    pub findings: Vec<Finding>,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What could have mattered and was not read whole.
    pub errors: Vec<Incomplete>,
    /// Files of a kind that a rule reads.
    pub files_seen: usize,
    /// Files that passed the filter; exactly these were parsed.
    pub files_candidate: usize,
    /// Files that were read because of another one.
    pub linked: BTreeSet<String>,
    /// What is signed and belongs to no finding, until the manifests have been looked at.
    signatures: Vec<Signature>,
    /// The key files that the code of a flow names, until it is known which of them are there.
    key_files: Vec<NamedKey>,
    /// The places that hold something of the old flow, until all findings are known.
    occurrences: Vec<Occurrence>,
    /// What programs say of such places.
    learnt: Vec<Learnt>,
    /// The same places, each in its class.
    pub accounting: Accounting,
    /// The comments that silence findings.
    pub suppressions: Vec<Suppression>,
    /// The files with findings, with the texts in them that must not be shown.
    pub sources: BTreeMap<String, (Arc<SourceFile>, Vec<ByteRange>)>,
    /// Remarks for the user that change nothing: a file read in a guessed encoding.
    pub notices: Vec<String>,
}

/// A file that passed the filter.
struct Candidate {
    path: PathBuf,
    reported: String,
    language: Language,
    named: bool,
    /// Whether it is what was asked for; what is not is read for the meaning alone.
    is_reported: bool,
}

/// What the walk came by, as far as it can matter.
#[derive(Default)]
struct Reached {
    candidates: Vec<Candidate>,
    keys: Vec<KeyPath>,
    /// What was named and is no candidate.
    others: Vec<Other>,
    unreadable: Vec<Incomplete>,
}

/// How far a scan is. It may be read from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    seen: AtomicUsize,
}

impl Progress {
    /// How many files have been read, about.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }
}

/// Scans paths.
pub fn scan(settings: &Settings, catalog: &Catalog, progress: &Progress) -> Result<Scanned, Error> {
    settings.planners.begin();
    let kinds = Arc::new(FileKinds::new(catalog.files())?);
    let filter = Filter::new(catalog)?;
    let walk = Walk::new(&settings.paths, settings.walk, Arc::clone(&kinds))?;
    let reached = Mutex::new(Reached::default());
    let visited = Mutex::new(BTreeSet::new());
    let listing = walk.run(settings.threads, || {
        let mut sifter = Sifter::new(&filter, &settings.contents, settings.limits.size);
        let mut uncounted = 0;
        let (reached, visited) = (&reached, &visited);
        move |found: Found<'_>| {
            uncounted += 1;
            if uncounted == COUNTED_AT_ONCE {
                progress.seen.fetch_add(mem::take(&mut uncounted), Ordering::Relaxed);
            }
            let (language, named) = (found.language, found.named);
            if language.family() == Family::Key {
                let key = KeyPath { path: found.path.to_owned(), reported: found.reported(), language, named };
                reached.lock().unwrap_or_else(PoisonError::into_inner).keys.push(key);
                return;
            }
            if settings.prove_absent {
                visited.lock().unwrap_or_else(PoisonError::into_inner).insert(normal(found.path));
            }
            match sifter.is_candidate(found.path, language) {
                Ok(false) if named => {
                    let other = Other { path: found.path.to_owned(), reported: found.reported(), language };
                    reached.lock().unwrap_or_else(PoisonError::into_inner).others.push(other);
                }
                Ok(false) => {}
                Ok(true) => {
                    let (path, reported) = (found.path.to_owned(), found.reported());
                    let candidate = Candidate { path, reported, language, named, is_reported: true };
                    reached.lock().unwrap_or_else(PoisonError::into_inner).candidates.push(candidate);
                }
                Err(error) => {
                    let incomplete = found.unreadable(&error);
                    reached.lock().unwrap_or_else(PoisonError::into_inner).unreadable.push(incomplete);
                }
            }
        }
    });
    let mut reached = reached.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut scanned = Scanned {
        skipped: listing.skipped,
        errors: listing.incomplete,
        files_seen: listing.seen,
        files_candidate: reached.candidates.len(),
        ..Scanned::default()
    };
    scanned.errors.append(&mut reached.unreadable);
    Repositories { settings, catalog, kinds: &kinds, filter: &filter }.add_rest(&mut reached);
    let strong = Strong::new(catalog);
    Session::new(settings, catalog, &kinds, &strong).run(reached, &mut scanned)?;
    if settings.prove_absent {
        let visited = visited.into_inner().unwrap_or_else(PoisonError::into_inner);
        let swept = sweep::sweep(&settings.paths, &visited, &kinds, &strong);
        scanned.accounting.add(swept.places);
        scanned.errors.extend(swept.errors);
        if let Some(first) = swept.archives.first() {
            scanned.notices.push(format!(
                "what is packed cannot be searched: {} of {first} and the like; unpack what could hold the old flow",
                if swept.archives.len() == 1 {
                    "1 archive".to_owned()
                } else {
                    format!("{} archives", swept.archives.len())
                }
            ));
        }
    }
    scanned.sort();
    Ok(scanned)
}

impl Scanned {
    /// Adds what was found because of another file: its change sets are numbered already.
    fn add_linked(&mut self, inspected: Inspected) {
        self.findings.extend(inspected.findings);
        self.errors.extend(inspected.errors);
        for (file, secrets) in inspected.sources {
            self.sources.insert(file.path().to_owned(), (file, secrets));
        }
    }

    fn add(&mut self, inspected: Inspected) {
        // Change sets are counted within a file; here they get numbers of their own.
        let before = self.findings.iter().map(|finding| finding.change_set).max().unwrap_or(0);
        self.findings.extend(inspected.findings.into_iter().map(|mut finding| {
            finding.change_set += before;
            finding
        }));
        self.errors.extend(inspected.errors);
        self.signatures.extend(inspected.signatures);
        self.key_files.extend(inspected.key_files);
        self.occurrences.extend(inspected.occurrences);
        self.learnt.extend(inspected.learnt);
        // What turns out to be generated is no candidate: it was not parsed.
        self.files_candidate -= inspected.skipped.len().min(self.files_candidate);
        self.skipped.extend(inspected.skipped);
        self.notices.extend(inspected.notices);
        self.suppressions.extend(inspected.suppressions);
        for (file, secrets) in inspected.sources {
            self.sources.insert(file.path().to_owned(), (file, secrets));
        }
    }

    fn sort(&mut self) {
        self.findings.sort_by(|one, other| {
            (&one.path, one.span.start.byte, &one.rule).cmp(&(&other.path, other.span.start.byte, &other.rule))
        });
        self.suppressions
            .sort_by(|one, other| (&one.path, one.span.start.byte).cmp(&(&other.path, other.span.start.byte)));
        self.skipped.sort();
        self.skipped.dedup();
        self.errors.sort();
        self.errors.dedup();
        self.notices.sort();
    }
}
