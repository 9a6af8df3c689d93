//! Packages that rewritten code asked for and that nothing in the package refers to any more: they leave its manifest with the
//! code. What exists for the old flow alone is a finding of its own; these are the others, such as the HTTP client.
//!
//! It knows the names of npm, which are those of imports too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::sets;
use super::stand_ins::Dropped;
use crate::finding::{Finding, LedgerEntry, Platform};
use crate::manifest::edit::Removal;
use crate::manifest::{Group, Import, Kind, Loaded, Locks, Manifest};
use crate::rewrite::tree::{Planned, Tree, has_word};
use crate::rules::Effects;
use crate::rules::schema::Ecosystem;
use crate::scan::Known;
use crate::walk::normal;

/// The packages of a home that nothing needs any more, each with the findings whose code asked for it, by position.
#[derive(Debug, Default)]
pub(super) struct Unused(BTreeMap<String, Leaving>);

#[derive(Debug)]
struct Leaving {
    companions: Vec<String>,
    code: BTreeSet<usize>,
}

/// The package that is looked through.
pub(super) struct Package<'a> {
    pub(super) folder: &'a std::path::Path,
    pub(super) root: &'a std::path::Path,
    pub(super) manifests: &'a [Loaded],
    /// The findings of code that get their packages here, by position.
    pub(super) code: &'a BTreeSet<usize>,
    /// The packages that are findings.
    pub(super) found: BTreeSet<String>,
}

impl Unused {
    /// Looks for them, and joins the sets whose code asked for the same one.
    pub(super) fn of(
        package: &Package<'_>,
        known: &Known<'_>,
        dropped: &Dropped,
        (tree, planned): (&Tree, &Planned),
        findings: &mut [Finding],
    ) -> Self {
        let mut all = package.dropped(dropped, findings);
        all.retain(|name, _| package.is_let_go(name) && !package.is_asked_for(name, known, tree, planned));
        // What stays may need what would go beside it.
        let effects = Effects::of(known.catalog);
        let locks = Locks::near(package.folder, package.root, Ecosystem::Npm);
        loop {
            let held = all.keys().find(|name| package.is_held(name, &all, (&locks, &effects))).cloned();
            let Some(held) = held else { break };
            all.remove(&held);
        }
        let mut unused = Self::default();
        for (name, code) in all {
            let numbers: BTreeSet<usize> = code.iter().map(|position| findings[*position].change_set).collect();
            let grades: BTreeSet<_> = code.iter().map(|position| findings[*position].fix.applicability).collect();
            if numbers.len() > 1 && grades.len() > 1 {
                // What is left over does no harm: nothing waits for it.
                let manifest = package.manifests.first().map_or("the manifest", |loaded| loaded.file.path());
                let text =
                    format!("Take `{name}` out of {manifest} by hand: nothing refers to it once all is rewritten.");
                for set in numbers {
                    sets::note(findings, set, LedgerEntry::ByHand { text: text.clone() });
                }
                continue;
            }
            sets::join(findings, &numbers);
            let companions = effects.types(Platform::Node, &name).into_iter().collect();
            unused.0.insert(name, Leaving { companions, code });
        }
        unused
    }

    /// What goes with a change set.
    pub(super) fn removals<'a>(&'a self, set: usize, findings: &'a [Finding]) -> impl Iterator<Item = Removal> + 'a {
        let of_set = move |leaving: &Leaving| leaving.code.iter().any(|at| findings[*at].change_set == set);
        let of_set = self.0.iter().filter(move |(_, leaving)| of_set(leaving));
        of_set.map(|(name, leaving)| Removal {
            names: vec![name.clone()],
            companions: leaving.companions.clone(),
            ..Removal::default()
        })
    }

    /// Writes down what went from a manifest with a change set.
    pub(super) fn account(&self, set: usize, before: &Loaded, after: &Manifest, findings: &mut [Finding]) {
        let names: Vec<String> =
            self.removals(set, findings).flat_map(|removal| [removal.names, removal.companions].concat()).collect();
        for name in names {
            let old = before.manifest.dependencies.iter().find(|entry| entry.name == name);
            if let Some(old) = old.filter(|_| after.dependencies.iter().all(|entry| entry.name != name)) {
                let entry = LedgerEntry::Removed {
                    what: format!("the package `{name}`"),
                    reason: "nothing in the package refers to it any more".to_owned(),
                    path: before.file.path().to_owned(),
                    span: before.file.span(old.entry),
                };
                sets::note(findings, set, entry);
            }
        }
    }
}

impl Package<'_> {
    /// The packages that rewritten code asks for no more, each with the findings that it belongs to.
    fn dropped(&self, dropped: &Dropped, findings: &[Finding]) -> BTreeMap<String, BTreeSet<usize>> {
        let mut all: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for position in self.code {
            let edits = &findings[*position].fix.edits;
            let paths: BTreeSet<PathBuf> = edits.iter().map(|edit| normal(edit.path.as_ref())).collect();
            for specifier in paths.iter().filter_map(|path| dropped.get(path)).flatten() {
                let parts = if specifier.starts_with('@') { 2 } else { 1 };
                let name = specifier.split('/').take(parts).collect::<Vec<_>>().join("/");
                all.entry(name).or_default().insert(*position);
            }
        }
        all
    }

    /// Whether a manifest asks for a package so that it may go: for itself, and in no other place.
    fn is_let_go(&self, name: &str) -> bool {
        let entries = || {
            let npm = self.manifests.iter().filter(|loaded| loaded.kind == Kind::PackageJson);
            npm.flat_map(|loaded| loaded.manifest.dependencies.iter().map(move |entry| (loaded, entry)))
        };
        let of_name = || entries().filter(|(_, entry)| entry.name == name);
        let is_own = of_name().all(|(_, entry)| matches!(entry.group, Group::Runtime | Group::Development));
        let is_named = of_name().any(|(loaded, _)| {
            let text = loaded.file.text();
            let quoted = format!("\"{name}\"");
            let inside =
                |at: usize| loaded.manifest.dependencies.iter().any(|one| one.entry.start <= at && at < one.entry.end);
            text.match_indices(&quoted).any(|(at, _)| !inside(at))
                || scripts(text).iter().any(|script| has_word(script, name))
        });
        of_name().next().is_some() && is_own && !is_named && !self.found.contains(name)
    }

    /// Whether anything in the package still refers to another one.
    fn is_asked_for(&self, name: &str, known: &Known<'_>, tree: &Tree, planned: &Planned) -> bool {
        let Some(import) = Import::new(Platform::Node, &[name.to_owned()]) else { return true };
        tree.files.iter().any(|kept| {
            kept.path.starts_with(self.folder)
                && Kind::of(&kept.path).is_none()
                && !known.kinds.is_documentation(&kept.path)
                && import.is_in(kept.after(planned).as_bytes())
        })
    }

    /// Whether a package that stays needs another one beside it: its lock file says so, or its name.
    fn is_held(
        &self,
        name: &str,
        leaving: &BTreeMap<String, BTreeSet<usize>>,
        (locks, effects): (&Locks, &Effects),
    ) -> bool {
        let stays = |other: &str| other != name && !leaving.contains_key(other) && !self.found.contains(other);
        let extends = |other: &str| {
            // Of a scope, or of a name with more words.
            let is_types = effects.types(Platform::Node, name).is_some_and(|types| types == other);
            let begins = other.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
            let ends = other.strip_suffix(name).is_some_and(|head| head.ends_with(['-', '/']));
            !is_types && (begins || ends)
        };
        let entries = self.manifests.iter().flat_map(|loaded| &loaded.manifest.dependencies);
        let mut others = entries.map(|entry| entry.name.as_str()).filter(|other| stays(other));
        others.any(extends) || locks.beside(name).any(stays)
    }
}

/// The commands of a manifest.
fn scripts(text: &str) -> Vec<String> {
    let manifest: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let scripts = manifest.as_ref().and_then(|manifest| manifest.get("scripts")?.as_object());
    scripts.into_iter().flatten().filter_map(|(_, script)| Some(script.as_str()?.to_owned())).collect()
}
