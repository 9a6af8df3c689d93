//! What happens to the candidates: they are parsed and understood, linked with what they lead to, and related.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::context::Contexts;
use super::inspect::{self, Inspected, Read};
use super::keys::{self, CarrierPath};
use super::packages::{self, Surroundings};
use super::planner::Known;
use super::versions::Versions;
use super::{Candidate, Error, Reached, Scanned, Settings};
use crate::accounting;
use crate::anchors::Strong;
use crate::detect;
use crate::facts::fact::Facts;
use crate::finding::{Family, Platform};
use crate::manifest::Kind;
use crate::project;
use crate::rules::Catalog;
use crate::walk::{FileKinds, normal, reported_path};

/// The stack of a thread that parses and lowers: both go as deep as the file is nested, within the limits.
const STACK: usize = 64 << 20;

/// What all steps of one scan share.
pub(super) struct Session<'a> {
    settings: &'a Settings,
    catalog: &'a Catalog,
    kinds: &'a Arc<FileKinds>,
    contexts: Contexts<'a>,
    scope: Scope,
    strong: &'a Strong,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        catalog: &'a Catalog,
        kinds: &'a Arc<FileKinds>,
        strong: &'a Strong,
    ) -> Self {
        let contexts = Contexts::new(kinds, &settings.paths);
        Self { settings, catalog, kinds, contexts, scope: Scope::new(&settings.paths), strong }
    }

    /// Understands the candidates, in the order of their paths, and what they lead to.
    pub(super) fn run(&self, reached: Reached, scanned: &mut Scanned) -> Result<(), Error> {
        let Reached { mut candidates, keys, .. } = reached;
        let has_rest = candidates.iter().any(|candidate| !candidate.is_reported);
        candidates.sort_by(|one, other| one.reported.cmp(&other.reported));
        if candidates.is_empty() {
            return Ok(());
        }
        // Here, since what threads allocate beside the first one costs a system call for every page.
        let platforms: BTreeSet<Platform> =
            candidates.iter().filter_map(|candidate| candidate.language.platform()).collect();
        for platform in &platforms {
            self.catalog.libraries(*platform).read();
        }
        pool(self.settings.threads, candidates.len())?.install(|| {
            let documents = self.documents(&candidates);
            let manifests = manifests(&candidates);
            let (read, mut carriers) = self.inspect(candidates, scanned);
            let carrying = carriers.iter().map(|carrier| normal(&carrier.path)).collect();
            self.link(read, &documents, &carrying, scanned);
            self.dependencies(&manifests, scanned);
            carriers.extend(std::mem::take(&mut scanned.key_files).into_iter().map(CarrierPath::of_code));
            if !carriers.is_empty() {
                for inspected in keys::inspect(&carriers, keys, &scanned.findings, &self.contexts, self.catalog) {
                    let mut found = inspected.findings.iter();
                    scanned.files_candidate += usize::from(found.any(|finding| self.scope.reports(&finding.path)));
                    scanned.add_linked(inspected);
                }
            }
            let known =
                Known { sources: &scanned.sources, kinds: self.kinds, catalog: self.catalog, settings: self.settings };
            scanned.errors.extend(self.settings.planners.whole(&known, &mut scanned.findings));
            let (occurrences, learnt) = (std::mem::take(&mut scanned.occurrences), std::mem::take(&mut scanned.learnt));
            scanned.accounting = accounting::account(occurrences, &learnt, &scanned.findings);
            self.leave_out_rest(has_rest, scanned);
        });
        Ok(())
    }

    /// Leaves out what was found in files that were read for the meaning alone.
    fn leave_out_rest(&self, has_rest: bool, scanned: &mut Scanned) {
        scanned.findings.retain(|finding| self.scope.reports(&finding.path));
        if has_rest {
            scanned.errors.retain(|error| self.scope.reports(&error.path));
            // A repository is walked from its root: from further down, that writes paths that lead up and down again.
            for evidence in scanned.findings.iter_mut().flat_map(|finding| &mut finding.flow) {
                if evidence.path.starts_with("../") {
                    evidence.path = reported_path(&normal(Path::new(&evidence.path)));
                }
            }
        }
        let shown: BTreeSet<&String> = scanned.findings.iter().map(|finding| &finding.path).collect();
        scanned.sources.retain(|path, _| shown.contains(path));
    }

    /// Tells which entries of manifests exist for the old flow: all other findings are known.
    fn dependencies(&self, manifests: &[PathBuf], scanned: &mut Scanned) {
        let around = Surroundings {
            settings: self.settings,
            catalog: self.catalog,
            kinds: self.kinds,
            contexts: &self.contexts,
        };
        let signatures = std::mem::take(&mut scanned.signatures);
        packages::add_dependencies(scanned, manifests, &signatures, &around);
    }

    /// The configuration files among the candidates: what code looks up by a key may stand there.
    fn documents(&self, candidates: &[Candidate]) -> Vec<PathBuf> {
        let documents = candidates.iter().filter(|candidate| candidate.language.family() == Family::Document);
        documents.map(|candidate| normal(&candidate.path)).collect()
    }

    /// Every candidate on its own: the code that was read, and the files that carry the credential.
    fn inspect(&self, candidates: Vec<Candidate>, scanned: &mut Scanned) -> (Vec<Read>, Vec<CarrierPath>) {
        let inspected: Vec<_> = candidates
            .into_par_iter()
            .map(|candidate| {
                let context = self.contexts.of(&candidate.path);
                let inspected =
                    inspect::inspect(&candidate, context, self.settings, self.catalog, self.kinds, self.strong);
                (candidate, inspected)
            })
            .collect();
        let (mut read, mut carriers) = (Vec::new(), Vec::new());
        for (candidate, (mut inspected, code)) in inspected {
            let Candidate { path, reported, is_reported, .. } = candidate;
            if let Some(names) = inspected.carries.take() {
                carriers.push(CarrierPath { path, reported: reported.clone(), names, code: None });
            }
            if !is_reported {
                // What it says of itself was not asked for.
                inspected = Inspected { findings: inspected.findings, ..Inspected::default() };
                scanned.linked.insert(reported.clone());
            }
            scanned.add(inspected);
            read.extend(code);
        }
        (read, carriers)
    }

    /// Links code with what it leads to, platform by platform, and runs it.
    fn link(&self, read: Vec<Read>, documents: &[PathBuf], carriers: &BTreeSet<PathBuf>, scanned: &mut Scanned) {
        let mut by_platform: BTreeMap<Platform, Vec<Read>> = BTreeMap::new();
        for code in read {
            if let Some(platform) = code.source.language.platform() {
                by_platform.entry(platform).or_default().push(code);
            }
        }
        // A configuration file may be all that holds the address: then code of any platform may read it.
        if !documents.is_empty() {
            for platform in [Platform::Node, Platform::Java, Platform::Python] {
                by_platform.entry(platform).or_default();
            }
        }
        for (platform, read) in by_platform {
            self.link_platform(platform, read, documents, carriers, scanned);
        }
    }

    fn link_platform(
        &self,
        platform: Platform,
        read: Vec<Read>,
        documents: &[PathBuf],
        carriers: &BTreeSet<PathBuf>,
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
        let libraries = self.catalog.libraries(platform).libraries();
        let read_linked = |path: &Path| {
            let language = self.kinds.language_of(path)?;
            inspect::linked(path, language, self.contexts.of(path), self.settings, self.catalog)
        };
        let data: Vec<_> =
            documents.iter().filter_map(|path| self.with_address(read_linked(path)?, platform)).collect();
        if candidates.is_empty() && data.is_empty() {
            return;
        }
        let surroundings = project::Surroundings {
            kinds: self.kinds,
            contents: &self.settings.contents,
            folders: self.scope.folders.clone(),
            libraries: libraries.iter().flat_map(|library| library.packages.clone()).collect(),
            documents: documents.to_vec(),
            data,
            seen: scanned.files_seen,
        };
        let linking = project::link(platform, candidates, surroundings, &read_linked);
        scanned.linked.extend(linking.linked);
        scanned.notices.extend(linking.notices);
        let versions = Versions::new(&self.contexts, &self.settings.limits);
        let asked = |path: &Path, ecosystem, names: &[String]| versions.asked(path, ecosystem, names);
        let inspected: Vec<Inspected> = linking
            .programs
            .par_iter()
            .map(|linked| {
                let facts = linked.sources.first().and_then(|source| alone.get(&source.path));
                inspect::run(
                    linked,
                    facts.filter(|_| linked.sources.len() == 1),
                    carriers,
                    self.settings,
                    &asked,
                    self.catalog,
                    self.strong,
                )
            })
            .collect();
        for mut inspected in inspected {
            for (file, reader) in std::mem::take(&mut inspected.reads) {
                for finding in scanned.findings.iter_mut().filter(|finding| finding.path == file) {
                    if !finding.details.read_by.contains(&reader) {
                        finding.details.read_by.push(reader.clone());
                        finding.details.read_by.sort();
                    }
                }
            }
            scanned.add(inspected);
        }
    }
}

/// Threads that parse, as many as are asked for and have something to do.
pub(super) fn pool(threads: usize, tasks: usize) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let threads = match threads {
        // Not rayon's own answer: it would start a pool of threads only to be asked.
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.min(tasks))
        .stack_size(STACK)
        .thread_name(|number| format!("parse-{number}"))
        .build()
}

impl Session<'_> {
    /// A configuration file that holds an address which code may use, with the keys under which it stands.
    fn with_address(&self, source: project::Source, platform: Platform) -> Option<(project::Source, Vec<String>)> {
        if !detect::holds_address(&source.module, self.catalog, platform) {
            return None;
        }
        let keys = detect::address_keys(&source.module, self.catalog, platform);
        Some((source, keys))
    }
}

/// The manifests among the candidates, as reports name them.
fn manifests(candidates: &[Candidate]) -> Vec<PathBuf> {
    let mut manifests: Vec<PathBuf> = candidates
        .iter()
        .filter(|candidate| candidate.language.family() == Family::Document && Kind::of(&candidate.path).is_some())
        .map(|candidate| PathBuf::from(&candidate.reported))
        .collect();
    manifests.sort();
    manifests
}

/// What may be reported: what was named. Other files are read for the meaning alone.
struct Scope {
    /// The named folders, absolute.
    folders: Vec<PathBuf>,
    /// The named files, absolute.
    files: BTreeSet<PathBuf>,
}

impl Scope {
    fn new(paths: &[PathBuf]) -> Self {
        let (folders, files): (Vec<_>, Vec<_>) = paths.iter().map(|path| normal(path)).partition(|path| path.is_dir());
        Self { folders, files: files.into_iter().collect() }
    }

    fn reports(&self, reported: &str) -> bool {
        let path = normal(Path::new(reported));
        self.files.contains(&path) || self.folders.iter().any(|folder| path.starts_with(folder))
    }
}
