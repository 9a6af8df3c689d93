//! Where symbolic links lead, and whether that was not read anyway.
//!
//! Links are put aside while a tree is walked and looked at afterwards: a link to what the walk reads by itself adds
//! nothing, and one that leads out of the tree is left out.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::exclusion::{Exclusion, LeftOut};
use super::kinds::Named;
use super::named::Folder;
use super::sieve::Sieve;
use super::{Options, builder};
use crate::finding::Language;

/// What links lead to and nothing else does.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) files: Vec<(PathBuf, Language)>,
    pub(super) folders: Vec<PathBuf>,
}

/// What links have led to so far.
#[derive(Debug)]
pub(super) struct Followed {
    /// The folders that were named, resolved, and whether rules from above hold in them.
    roots: Vec<(PathBuf, bool)>,
    exclusions: HashMap<(PathBuf, bool), Exclusion>,
    targets: Vec<PathBuf>,
}

impl Followed {
    pub(super) fn new(folders: &[Folder]) -> Self {
        let roots = folders.iter().map(|folder| (folder.canonical.clone(), folder.freed)).collect();
        Self { roots, exclusions: HashMap::new(), targets: Vec::new() }
    }

    /// What the links lead to that was not seen before.
    pub(super) fn resolve(&mut self, mut links: Vec<PathBuf>, sieve: &Sieve) -> Targets {
        // Which of two links to the same place is followed must not depend on the threads.
        links.sort_unstable();
        let mut resolved: Vec<_> = links
            .into_iter()
            .filter(|link| link.file_name().is_some_and(|name| sieve.options.hidden || !sieve.kinds.is_hidden(name)))
            .filter_map(|link| self.resolve_one(link, sieve))
            .collect();
        // A folder comes before what lies in it.
        resolved.sort_by(|one, other| one.target.cmp(&other.target));
        let mut targets = Targets::default();
        for link in resolved {
            if self.targets.iter().any(|known| link.target.starts_with(known)) {
                continue;
            }
            match link.language {
                Some(language) => targets.files.push((link.path, language)),
                None => targets.folders.push(link.path),
            }
            self.targets.push(link.target);
        }
        targets
    }

    fn resolve_one(&mut self, link: PathBuf, sieve: &Sieve) -> Option<Resolved> {
        let named = sieve.kinds.language(link.file_name()?);
        let could_matter = matches!(named, Named::Language(language) if language != Language::Other);
        let target = match std::fs::metadata(&link).and_then(|metadata| Ok((metadata, link.canonicalize()?))) {
            Ok((metadata, target)) if metadata.is_dir() || (metadata.is_file() && named != Named::Binary) => {
                (target, metadata.is_dir())
            }
            Ok(_) => return None,
            Err(error) => {
                if could_matter {
                    self.account_for_broken(&link, &error, sieve);
                }
                return None;
            }
        };
        let (target, is_folder) = target;
        let Some(reasons) = self.reasons(&target, is_folder, sieve) else {
            if is_folder || could_matter {
                sieve.skip(&link, "symlink_outside");
            }
            return None;
        };
        // What an ignore rule or a name leaves out stays out whatever leads to it; a hidden place is hidden by its name
        // alone, and this link has another one.
        if reasons.contains(&None) {
            let seen = is_folder
                || match target.file_name().map(|name| sieve.kinds.language(name)) {
                    // Text that no rule reads may be code by the name of the link.
                    Some(Named::Language(language)) => language != Language::Other || !could_matter,
                    Some(Named::AskFirstLine) => {
                        sieve.ask_first_line(&target).is_some_and(|it| it != Language::Other || !could_matter)
                    }
                    _ => false,
                };
            if seen {
                return None;
            }
        } else if !reasons.contains(&Some(LeftOut::Hidden)) {
            return None;
        }
        let language = match named {
            _ if is_folder => None,
            Named::Language(language) => Some(language),
            _ => Some(sieve.ask_first_line(&link)?),
        };
        Some(Resolved { path: link, target, language })
    }

    /// For every root that holds the target, why its walk leaves the target out; nothing where no root does.
    fn reasons(&mut self, target: &Path, is_folder: bool, sieve: &Sieve) -> Option<Vec<Option<LeftOut>>> {
        let roots: Vec<_> = self.roots.iter().filter(|(root, _)| target.starts_with(root)).cloned().collect();
        let mut reason_of = |root: &(PathBuf, bool), options: Options| {
            let key = (root.0.clone(), options.hidden);
            let exclusion = self
                .exclusions
                .entry(key)
                .or_insert_with(|| Exclusion::with_rules(&root.0, options, builder(&root.0, options, root.1)));
            exclusion.reason(target, is_folder, &sieve.kinds).map(|(reason, _)| reason)
        };
        let reasons: Vec<_> = roots
            .iter()
            .map(|root| match reason_of(root, sieve.options) {
                // Below a hidden folder there may be one that is left out for another reason.
                Some(LeftOut::Hidden) => {
                    reason_of(root, Options { hidden: true, ..sieve.options }).or(Some(LeftOut::Hidden))
                }
                reason => reason,
            })
            .collect();
        (!reasons.is_empty()).then_some(reasons)
    }

    /// A link that leads nowhere: it could have mattered, unless it leads out of the tree or round in a circle.
    fn account_for_broken(&self, link: &Path, error: &io::Error, sieve: &Sieve) {
        if is_loop(error) {
            sieve.skip(link, "symlink_loop");
        } else if self.leads_outside(link) {
            sieve.skip(link, "symlink_outside");
        } else {
            sieve.record_unreadable(link, error);
        }
    }

    /// Judged by what is written in the link, since there is nothing to resolve.
    fn leads_outside(&self, link: &Path) -> bool {
        let (Ok(written), Some(Ok(folder))) = (link.read_link(), link.parent().map(resolve_folder)) else {
            return false;
        };
        let mut target = PathBuf::new();
        for component in folder.join(written).components() {
            match component {
                std::path::Component::ParentDir => {
                    target.pop();
                }
                other => target.push(other),
            }
        }
        !self.roots.iter().any(|(root, _)| target.starts_with(root))
    }
}

fn resolve_folder(folder: &Path) -> io::Result<PathBuf> {
    if folder.as_os_str().is_empty() { Path::new(".").canonicalize() } else { folder.canonicalize() }
}

/// A link that no root reads otherwise.
struct Resolved {
    path: PathBuf,
    target: PathBuf,
    /// The language of a file, nothing for a folder.
    language: Option<Language>,
}

/// The standard library has no stable name for it: `ELOOP` on Linux and on the BSDs, and what Windows says.
fn is_loop(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(40) => cfg!(target_os = "linux") || cfg!(target_os = "android"),
        Some(62) => cfg!(unix) && !cfg!(target_os = "linux"),
        Some(1921) => cfg!(windows),
        _ => false,
    }
}
