//! The rest of the repository of single files that were named: read for the meaning, and never reported.
//!
//! A flow has its parts in several files, and whoever names some of them, as a hook does with what is about to be committed, wants
//! the findings of those files and not less: who calls a named wrapper, the constant that a named caller imports, the code that a
//! named manifest serves. Walking a repository costs more than reading ten files, so it is done only where it can change the
//! answer: where a named file is a candidate itself, or leads to one, or belongs to one by what it is. All others, which is nearly
//! every file, cost a parse at most.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::keys::{self, KeyPath};
use super::sift::Sifter;
use super::{Candidate, Reached, Settings, inspect};
use crate::anchors::Filter;
use crate::credentials::material;
use crate::finding::{Context, Family, Language, Platform};
use crate::manifest::{Kind, Loaded};
use crate::project;
use crate::rules::Catalog;
use crate::walk::{FileKinds, Options, Walk, normal, repository_root};

/// A file that was named and is no candidate.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) path: PathBuf,
    pub(super) reported: String,
    pub(super) language: Language,
}

/// What is needed to look into a repository.
pub(super) struct Repositories<'a> {
    pub(super) settings: &'a Settings,
    pub(super) catalog: &'a Catalog,
    pub(super) kinds: &'a Arc<FileKinds>,
    pub(super) filter: &'a Filter,
}

impl Repositories<'_> {
    /// Adds what the rest of the repositories of the named files holds to what was reached, where it can matter to them.
    pub(super) fn add_rest(&self, reached: &mut Reached) {
        let folders: Vec<PathBuf> =
            self.settings.paths.iter().map(|path| normal(path)).filter(|path| path.is_dir()).collect();
        // What lies below a named folder has its surroundings read with it.
        let root_of = |path: &Path| {
            let path = normal(path);
            let root = repository_root(&path)?.to_owned();
            (!folders.iter().any(|folder| path.starts_with(folder))).then_some(root)
        };
        let mut asked = Asked::default();
        for candidate in reached.candidates.iter().filter(|candidate| candidate.named) {
            asked.add(root_of(&candidate.path), candidate.language);
        }
        for key in reached.keys.iter().filter(|key| key.named && keys::holds_key(key)) {
            asked.add(root_of(&key.path), key.language);
        }
        let open: Vec<(&Other, PathBuf)> = reached
            .others
            .iter()
            .filter_map(|other| Some((other, root_of(&other.path)?)))
            .filter(|(_, root)| !asked.is_asked_for_all(root))
            .collect();
        // Most are settled by their text. The threads for those that have to be parsed are only started where there are any.
        let (known, unknown): (Vec<_>, Vec<_>) = open.into_iter().partition(|(other, _)| self.belongs_by_itself(other));
        for (other, root) in known {
            asked.add(Some(root), other.language);
        }
        if unknown.iter().any(|(other, _)| other.language.family() == Family::Code)
            && let Ok(pool) = super::session::pool(self.settings.threads, unknown.len())
        {
            let leading = project::Leading::new(self.kinds, &self.settings.contents);
            let leading = |(other, _): &&(&Other, PathBuf)| self.leads_to_candidate(other, &leading);
            let found: Vec<_> = pool.install(|| unknown.par_iter().filter(leading).collect());
            for (other, root) in found {
                asked.add(Some(root.clone()), other.language);
            }
        }
        let beyond: Vec<_> = asked
            .roots
            .into_iter()
            .filter(|(root, _)| !folders.iter().any(|folder| root.starts_with(folder)))
            .collect();
        if !beyond.is_empty() {
            self.walk(&beyond, &folders, reached);
        }
    }

    /// Whether a file belongs to flows of its repository by what it is: a manifest that asks for a package of the rules, code that
    /// reads what only the answer to an exchange has, or that holds a private key.
    fn belongs_by_itself(&self, other: &Other) -> bool {
        // Some manifests are code.
        let is_manifest = Kind::of(&other.path).is_some_and(|kind| {
            let loaded = Loaded::read(&other.path, kind, other.reported.clone(), &self.settings.limits);
            loaded.is_ok_and(|loaded| !loaded.candidates(self.catalog).is_empty())
        });
        if is_manifest {
            return true;
        }
        match other.language.family() {
            Family::Code => self.settings.contents.read(&other.path).is_ok_and(|bytes| {
                let lifetimes = self.catalog.rules().iter().filter_map(|rule| rule.rule.matches.lifetime.as_ref());
                let mut members = lifetimes.flat_map(|lifetime| &lifetime.members);
                members.any(|member| memchr::memmem::find(&bytes, member.as_bytes()).is_some())
                    // Whoever signs with it may stand in another file.
                    || (memchr::memmem::find(&bytes, b"PRIVATE KEY").is_some()
                        && material::holds_private_pem(&String::from_utf8_lossy(&bytes)))
            }),
            Family::Document | Family::Key | Family::Other => false,
        }
    }

    /// Whether the imports of a file of code lead to a candidate.
    fn leads_to_candidate(&self, other: &Other, leading: &project::Leading<'_>) -> bool {
        let Some(platform) = other.language.platform() else { return false };
        let read = |path: &Path| {
            let language = self.kinds.language_of(path)?;
            inspect::linked(path, language, Context::Source, self.settings, self.catalog)
        };
        let Some(source) = read(&normal(&other.path)) else { return false };
        let sifter = Mutex::new(Sifter::new(self.filter, &self.settings.contents, self.settings.limits.size));
        leading.leads(platform, source, &read, &|path| {
            self.kinds.language_of(path).is_some_and(|language| {
                let mut sifter = sifter.lock().unwrap_or_else(PoisonError::into_inner);
                sifter.is_candidate(path, language).unwrap_or(false)
            })
        })
    }

    /// Collects the candidates and the keys of repositories, but for what was reached before.
    fn walk(&self, roots: &[(PathBuf, Option<BTreeSet<Platform>>)], folders: &[PathBuf], reached: &mut Reached) {
        let known: BTreeSet<PathBuf> = reached
            .candidates
            .iter()
            .map(|candidate| &candidate.path)
            .chain(reached.keys.iter().map(|key| &key.path))
            .chain(reached.others.iter().map(|other| &other.path))
            .map(|path| normal(path))
            .collect();
        // What git ignores is no part of the repository, whatever holds for the named files.
        let options = Options { hidden: self.settings.walk.hidden, ..Options::default() };
        for (root, platforms) in roots {
            // What cannot be listed was not asked for.
            let Ok(walk) = Walk::new(std::slice::from_ref(root), options, Arc::clone(self.kinds)) else { continue };
            let collected = Mutex::new((Vec::new(), Vec::new()));
            walk.run(self.settings.threads, || {
                let mut sifter = Sifter::new(self.filter, &self.settings.contents, self.settings.limits.size);
                let (collected, known) = (&collected, &known);
                move |found| {
                    let is_wanted = match found.language.family() {
                        Family::Key => platforms.is_none(),
                        Family::Code => platforms.as_ref().is_none_or(|platforms| {
                            found.language.platform().is_some_and(|platform| platforms.contains(&platform))
                        }),
                        Family::Document => true,
                        Family::Other => false,
                    };
                    let is_key = found.language.family() == Family::Key;
                    if !is_wanted || !(is_key || sifter.is_candidate(found.path, found.language).unwrap_or(false)) {
                        return;
                    }
                    let absolute = normal(found.path);
                    if known.contains(&absolute) || folders.iter().any(|folder| absolute.starts_with(folder)) {
                        return;
                    }
                    let (path, reported, language) = (found.path.to_owned(), found.reported(), found.language);
                    let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
                    if is_key {
                        collected.1.push(KeyPath { path, reported, language, named: false });
                    } else {
                        collected.0.push(Candidate { path, reported, language, named: false, is_reported: false });
                    }
                }
            });
            let (candidates, keys) = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
            reached.candidates.extend(candidates);
            reached.keys.extend(keys);
        }
    }
}

/// The repositories to walk, each with the platforms whose code can matter; nothing for all.
#[derive(Default)]
struct Asked {
    roots: Vec<(PathBuf, Option<BTreeSet<Platform>>)>,
}

impl Asked {
    fn add(&mut self, root: Option<PathBuf>, language: Language) {
        let Some(root) = root else { return };
        let platform = language.platform().filter(|_| language.family() == Family::Code);
        match self.roots.iter_mut().find(|(known, _)| *known == root) {
            Some((_, platforms)) => match (platforms.as_mut(), platform) {
                (Some(platforms), Some(platform)) => _ = platforms.insert(platform),
                _ => *platforms = None,
            },
            None => self.roots.push((root, platform.map(|platform| BTreeSet::from([platform])))),
        }
    }

    fn is_asked_for_all(&self, root: &Path) -> bool {
        self.roots.iter().any(|(known, platforms)| known == root && platforms.is_none())
    }
}
