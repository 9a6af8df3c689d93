//! What stands outside of the code changes with it: manifests, configuration, commands, plumbing, tests.
//!
//! Everything is known here: the findings of all programs with the edits of their code. Each part of this room joins what has
//! to go together ([`sets`]) and gives the findings edits, reasons and lines of the ledger. What cannot be changed never holds
//! the code back: it is written down.

mod documents;
mod environment;
mod keys;
mod manifests;
mod mocks;
mod requires;
mod sets;
mod stand_ins;
mod unused;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::manifests::Home;
use self::sets::is_rewritten_code;
use self::stand_ins::Dropped;
use super::scopes::Scopes;
use super::targets::Options;
use super::tree::{self, Tree};
use crate::finding::Finding;
use crate::scan::{Known, Planner};

/// Plans what changes outside of the code.
pub(super) struct Surroundings {
    options: Options,
}

impl Surroundings {
    /// A planner that keeps to some options.
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Planner for Surroundings {
    fn whole(&self, known: &Known<'_>, findings: &mut [Finding]) {
        let has_code = findings.iter().any(is_rewritten_code);
        let has_documents = findings.iter().any(|finding| documents::kind(finding, known.catalog).is_some());
        if !has_code && !has_documents {
            return;
        }
        environment::plan(known, findings);
        let homes = manifests::homes(known, findings);
        let dropped = stand_ins::dropped(known, findings);
        let tree = read(known, &homes, &dropped, findings);
        let planned = tree::planned(&*findings);
        for home in &homes {
            home.plan(known, &dropped, (&tree, &planned), findings);
        }
        if has_documents {
            let scopes = Scopes::of(&self.options, known.settings, known.catalog, &tree::roots(known.settings));
            documents::plan(known, &scopes, &tree, &planned, findings);
        }
        let planned = tree::planned(&*findings);
        mocks::plan(known, &homes, &tree, &planned, findings);
        stand_ins::plan(known, &homes, &dropped, (&tree, &planned), findings);
        let given = Some(self.options.scopes.join(",")).filter(|scopes| !scopes.is_empty());
        requires::plan(known, given.as_deref(), &tree, &planned, findings);
        keys::plan(known.catalog, findings);
    }
}

/// The files that have something to do with what is rewritten.
fn read(known: &Known<'_>, homes: &[Home], dropped: &Dropped, findings: &[Finding]) -> Tree {
    let mut words: BTreeSet<String> = homes.iter().flat_map(|home| home.words(known, findings)).collect();
    let is_rewritten = findings.iter().any(is_rewritten_code);
    if is_rewritten {
        words.extend(mocks::words(known));
        words.extend(stand_ins::words(dropped, findings));
    }
    let mut hands_through = false;
    for finding in findings {
        let requires = finding.details.requires.iter().flat_map(|requires| &requires.removed);
        let mut names: Vec<String> = requires.map(|key| key.key.clone()).collect();
        if documents::kind(finding, known.catalog) == Some(documents::Kind::Configuration) {
            words.extend(documents::file_name(&finding.path).map(str::to_owned));
            names.extend(finding.details.keys.iter().map(|key| documents::last(&key.key).to_owned()));
        }
        words.extend(names.iter().filter_map(|name| documents::member(name)));
        names.retain(|name| documents::is_variable(name));
        hands_through |= !names.is_empty();
        words.extend(names);
    }
    // Code that reads a file is looked at whatever names it gives things.
    let readers: BTreeSet<PathBuf> = findings
        .iter()
        .flat_map(|finding| finding.details.read_by.iter())
        .map(|path| crate::walk::normal(Path::new(path)))
        .collect();
    let folders: BTreeSet<PathBuf> = homes.iter().map(|home| home.folder().to_owned()).collect();
    let roots: BTreeSet<PathBuf> = tree::roots(known.settings).into_iter().chain(folders).collect();
    Tree::read(known.settings, known.catalog, &roots, &words, |_, path, holds| {
        holds
            || readers.contains(path)
            || (hands_through && known.catalog.documents().plumbing(&crate::walk::reported_path(path)).is_some())
    })
}
