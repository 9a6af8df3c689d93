//! The walk through the rooms: paths in, findings out.
//!
//! It joins walk, anchors, syntax, facts and detect, in two steps: the walk reads and filters every file in the threads
//! that list folders, and the few candidates are parsed on a pool of their own. It decides nothing about what counts
//! and prints nothing.

mod context;
mod inspect;
mod sift;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use miette::Diagnostic;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use thiserror::Error;

use self::context::Contexts;
pub use self::inspect::Inspected;
use self::inspect::Read;
use self::sift::Sifter;
use crate::anchors::{Filter, TooMany};
use crate::detect;
use crate::facts::fact::Facts;
use crate::finding::{ByteRange, Context, Finding, Incomplete, Language, Platform, Skipped};
use crate::project;
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::syntax::Limits;
use crate::walk::{FileKinds, Found, KindsError, Options, Walk, WalkError, normal};

/// The stack of a thread that parses and lowers: both go as deep as the file is nested, within [`Limits`].
const STACK: usize = 64 << 20;

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
    pub files_linked: usize,
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
    let kinds = Arc::new(FileKinds::new(catalog.files())?);
    let filter = Filter::new(catalog)?;
    let walk = Walk::new(&settings.paths, settings.walk, Arc::clone(&kinds))?;
    let collected = Mutex::new((Vec::new(), Vec::new()));
    let listing = walk.run(settings.threads, || {
        let mut sifter = Sifter::new(&filter, settings.limits.size);
        let mut uncounted = 0;
        let collected = &collected;
        move |found: Found<'_>| {
            uncounted += 1;
            if uncounted == COUNTED_AT_ONCE {
                progress.seen.fetch_add(mem::take(&mut uncounted), Ordering::Relaxed);
            }
            match sifter.is_candidate(found.path, found.language.family()) {
                Ok(false) => {}
                Ok(true) => {
                    let candidate = Candidate {
                        path: found.path.to_owned(),
                        reported: found.reported(),
                        language: found.language,
                        named: found.named,
                    };
                    collected.lock().unwrap_or_else(PoisonError::into_inner).0.push(candidate);
                }
                Err(error) => {
                    let incomplete = found.unreadable(&error);
                    collected.lock().unwrap_or_else(PoisonError::into_inner).1.push(incomplete);
                }
            }
        }
    });
    let (candidates, unreadable) = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut scanned = Scanned {
        skipped: listing.skipped,
        errors: listing.incomplete,
        files_seen: listing.seen,
        files_candidate: candidates.len(),
        ..Scanned::default()
    };
    scanned.errors.extend(unreadable);
    inspect_all(candidates, settings, catalog, &kinds, &mut scanned)?;
    scanned.sort();
    Ok(scanned)
}

/// Parses and understands the candidates, in the order of their paths, and what they lead to.
fn inspect_all(
    mut candidates: Vec<Candidate>,
    settings: &Settings,
    catalog: &Catalog,
    kinds: &FileKinds,
    scanned: &mut Scanned,
) -> Result<(), Error> {
    candidates.sort_by(|one, other| one.reported.cmp(&other.reported));
    if candidates.is_empty() {
        return Ok(());
    }
    // Here, since what threads allocate beside the first one costs a system call for every page.
    let platforms: BTreeSet<Platform> =
        candidates.iter().filter_map(|candidate| candidate.language.platform()).collect();
    for platform in &platforms {
        catalog.libraries(*platform).read();
    }
    let threads = match settings.threads {
        // Not rayon's own answer: it would start a pool of threads only to be asked.
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.min(candidates.len()))
        .stack_size(STACK)
        .thread_name(|number| format!("parse-{number}"))
        .build()?;
    let contexts = Contexts::new(kinds, &settings.paths);
    let scope = Scope::new(&settings.paths);
    // A data file may be all that holds the address: then code of any platform may read it.
    let data: Vec<PathBuf> =
        candidates.iter().filter(|it| it.language == Language::Json).map(|it| it.path.clone()).collect();
    let platforms = match data.is_empty() {
        true => platforms,
        false => BTreeSet::from([Platform::Node, Platform::Java, Platform::Python]),
    };
    pool.install(|| {
        let inspected: Vec<_> = candidates
            .into_par_iter()
            .map(|candidate| inspect::inspect(&candidate, contexts.of(&candidate.path), settings, catalog, kinds))
            .collect();
        let mut read = Vec::new();
        for (inspected, code) in inspected {
            scanned.add(inspected);
            read.extend(code);
        }
        for platform in platforms {
            let (of_platform, others) =
                read.into_iter().partition(|read: &Read| read.source.language.platform() == Some(platform));
            read = others;
            link(platform, of_platform, &data, settings, catalog, kinds, &contexts, &scope, scanned);
        }
    });
    Ok(())
}

/// Links the code of one platform with what it leads to, and runs it.
#[allow(clippy::too_many_arguments, reason = "what a scan is made of, handed on once")]
fn link(
    platform: Platform,
    read: Vec<Read>,
    data: &[PathBuf],
    settings: &Settings,
    catalog: &Catalog,
    kinds: &FileKinds,
    contexts: &Contexts<'_>,
    scope: &Scope,
    scanned: &mut Scanned,
) {
    let mut alone: BTreeMap<PathBuf, Facts> = BTreeMap::new();
    let mut candidates = Vec::new();
    for mut code in read {
        let Some((program, facts)) = code.alone.take() else { continue };
        code.source.module = program.into_module();
        alone.insert(code.source.path.clone(), facts);
        candidates.push(project::Candidate { source: code.source, is_active: code.is_active });
    }
    let libraries =
        catalog.libraries(platform).libraries().iter().flat_map(|library| library.packages.clone()).collect();
    let reader = |path: &Path| {
        let language = kinds.language_of(path)?;
        inspect::linked(path, language, contexts.of(path), settings)
    };
    let holds_address = |source: &project::Source| {
        source.context == Context::Source && detect::holds_address(&source.module, catalog, platform)
    };
    let data: Vec<project::Source> =
        data.iter().filter_map(|path| reader(&normal(path))).filter(holds_address).collect();
    if candidates.is_empty() && data.is_empty() {
        return;
    }
    let linking =
        project::link(platform, candidates, data, kinds, &scope.folders, libraries, scanned.files_seen, &reader);
    scanned.files_linked += linking.files_linked;
    scanned.notices.extend(linking.notices);
    let inspected: Vec<Inspected> = linking
        .programs
        .par_iter()
        .map(|linked| {
            let facts = linked.sources.first().and_then(|source| alone.get(&source.path));
            inspect::run(linked, facts.filter(|_| linked.sources.len() == 1), catalog)
        })
        .collect();
    for mut inspected in inspected {
        inspected.findings.retain(|finding| scope.reports(&finding.path));
        scanned.add(inspected);
    }
}

/// What may be reported: what was named. Other files are read for the meaning alone.
struct Scope {
    /// The named folders, absolute.
    folders: Vec<PathBuf>,
    /// The named files, absolute.
    files: Vec<PathBuf>,
}

impl Scope {
    fn new(paths: &[PathBuf]) -> Self {
        let (folders, files) = paths.iter().map(|path| normal(path)).partition(|path| path.is_dir());
        Self { folders, files }
    }

    fn reports(&self, reported: &str) -> bool {
        let path = normal(Path::new(reported));
        self.files.contains(&path) || self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

impl Scanned {
    fn add(&mut self, inspected: Inspected) {
        // Change sets are counted within a file; here they get numbers of their own.
        let before = self.findings.iter().map(|finding| finding.change_set).max().unwrap_or(0);
        self.findings.extend(inspected.findings.into_iter().map(|mut finding| {
            finding.change_set += before;
            finding
        }));
        self.errors.extend(inspected.errors);
        // What turns out to be generated is no candidate: it was not parsed.
        self.files_candidate -= inspected.skipped.len().min(self.files_candidate);
        self.skipped.extend(inspected.skipped);
        self.notices.extend(inspected.notices);
        for (file, secrets) in inspected.sources {
            self.sources.insert(file.path().to_owned(), (file, secrets));
        }
    }

    fn sort(&mut self) {
        self.findings.sort_by(|one, other| {
            (&one.path, one.span.start.byte, &one.rule).cmp(&(&other.path, other.span.start.byte, &other.rule))
        });
        self.skipped.sort();
        self.skipped.dedup();
        self.errors.sort();
        self.errors.dedup();
        self.notices.sort();
    }
}
