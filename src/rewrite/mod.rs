//! From findings whose rewrite is planned to changed files: selected, verified, printed or written.
//!
//! Planners ([`planners`]) fill in the edits of findings while the scan runs. [`prepare`] takes those that the flags allow,
//! tries them over the disk (in `verify`) and gives what holds; [`Rewriting`] then makes diffs of it, or writes it set by set.
//! It prints nothing and never asks.

mod code;
pub mod command;
pub mod configuration;
pub mod diff;
pub mod dirty;
pub mod edits;
pub mod leftovers;
mod originals;
pub mod plumbing;
#[cfg(test)]
pub(crate) mod sample;
pub mod scopes;
mod select;
mod shown;
mod targets;
#[cfg(test)]
mod tests;
mod tree;
mod verify;
mod whole;
pub mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::originals::{Original, Originals, Versions};
pub use self::select::{Cause, ChangeSet, Fate, Selected, Selection, select};
pub use self::shown::{Printer, Withheld, base, withhold_edits};
pub use self::targets::{Options, Target, Wish};
use self::verify::Trial;
use self::write::Change;
use crate::finding::{Applicability, Finding, Incomplete};
use crate::gate::Sources;
use crate::rules::Catalog;
use crate::scan::{self, Planner, Planners, Scanned};
use crate::walk::FileKinds;

/// Those who plan rewrites, in the order in which they are asked.
pub fn planners(options: &Options) -> Planners {
    let planners: Vec<Arc<dyn Planner>> =
        vec![Arc::new(code::Exchanges::new(options.clone())), Arc::new(whole::Surroundings::new(options.clone()))];
    planners.into_iter().collect()
}

/// What becomes of the findings of a scan.
pub struct Rewriting<'a> {
    /// The change sets that hold, by their numbers.
    pub sets: Vec<ChangeSet>,
    /// The files that they are about.
    pub originals: Originals,
    /// What becomes of each finding, by its position.
    pub fates: Vec<Fate>,
    findings: &'a [Finding],
    errors: &'a [Incomplete],
    settings: &'a scan::Settings,
    catalog: &'a Catalog,
    selection: Selection<'a>,
    waived: Vec<ChangeSet>,
}

/// Selects what is rewritten, and tries it.
pub fn prepare<'a>(
    scanned: &'a Scanned,
    settings: &'a scan::Settings,
    catalog: &'a Catalog,
    selection: Selection<'a>,
) -> Result<Rewriting<'a>, scan::Error> {
    let kinds = FileKinds::new(catalog.files())?;
    let Selected { sets, left } = select(&scanned.findings, selection);
    let fates = scanned.findings.iter().enumerate().map(|(position, finding)| match left.get(&position) {
        Some(fate) => fate.clone(),
        None => Fate::Rewritten { how: select::how(finding) },
    });
    let fates = fates.collect();
    let (originals, refused) = Originals::read(&sets, &scanned.sources, &kinds);
    let mut rewriting = Rewriting {
        sets,
        originals,
        fates,
        findings: &scanned.findings,
        errors: &scanned.errors,
        settings,
        catalog,
        selection,
        waived: Vec::new(),
    };
    rewriting.leave(&refused, Cause::NotVerified);
    let conflicts = rewriting.originals.conflicts(&rewriting.sets);
    rewriting.leave(&conflicts, Cause::Overlap);
    rewriting.verify()?;
    Ok(rewriting)
}

impl Rewriting<'_> {
    /// Tries the sets that are left, and leaves those that do not hold.
    fn verify(&mut self) -> Result<(), scan::Error> {
        let trial = Trial {
            findings: self.findings,
            errors: self.errors,
            settings: self.settings,
            catalog: self.catalog,
            selection: self.selection,
            originals: &self.originals,
        };
        let (_, failed) = trial.run(self.sets.clone(), &self.waived)?;
        self.leave(&failed, Cause::NotVerified);
        Ok(())
    }

    /// Takes sets out, each for a reason.
    fn leave(&mut self, numbers: &BTreeMap<usize, String>, cause: Cause) {
        let (out, kept): (Vec<ChangeSet>, Vec<ChangeSet>) =
            std::mem::take(&mut self.sets).into_iter().partition(|set| numbers.contains_key(&set.number));
        self.sets = kept;
        for set in &out {
            let why = numbers.get(&set.number).map_or("", String::as_str);
            for position in &set.findings {
                let by_hand = &self.findings[*position].fix.reason;
                let why = match cause {
                    Cause::NotVerified | Cause::Overlap => {
                        format!("{why} It was left as it was: switch it by hand. {by_hand}")
                    }
                    _ => why.to_owned(),
                };
                if let Some(fate) = self.fates.get_mut(*position) {
                    *fate = Fate::left(cause, why.trim_end());
                }
            }
        }
        self.waived.extend(out);
    }

    /// Leaves the sets that the user does not want, and tries the others again: they have only been seen together with these.
    pub fn decline(&mut self, numbers: &[usize]) -> Result<(), scan::Error> {
        if numbers.is_empty() {
            return Ok(());
        }
        let why = numbers.iter().map(|number| (*number, "You said no to it.".to_owned())).collect();
        self.leave(&why, Cause::Declined);
        self.verify()
    }

    /// The files as they are with some of the sets applied.
    pub fn versions<'b>(&self, sets: impl IntoIterator<Item = &'b ChangeSet>) -> Versions {
        // What does not fit together has been left.
        self.originals.with(sets).unwrap_or_default()
    }

    /// All files that will be changed.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = self.sets.iter().flat_map(|set| self.originals.paths_of(set)).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// The files of a set, by their names in reports.
    pub fn files(&self, set: &ChangeSet) -> Vec<&str> {
        let paths = self.originals.paths_of(set);
        paths.into_iter().filter_map(|path| Some(self.originals.get(path)?.reported.as_str())).collect()
    }

    /// Writes set by set. At the first one that fails it stops: that one is on the disk not at all, and those behind it are
    /// left with it.
    pub fn write(&mut self) -> Result<(), write::Error> {
        let mut done: Versions = Versions::new();
        let mut failure = None;
        for end in 1..=self.sets.len() {
            let versions = self.versions(&self.sets[..end]);
            let before = |path: &PathBuf| {
                let original = || {
                    let original = self.originals.get(path).filter(|original| !original.is_new)?;
                    Some(original.bytes.as_slice())
                };
                done.get(path).map(Vec::as_slice).or_else(original)
            };
            let changes: Vec<Change<'_>> = versions
                .iter()
                .map(|(path, after)| Change { path, before: before(path), after })
                .filter(|change| change.before != Some(change.after))
                .collect();
            if let Err(error) = write::write(&changes) {
                failure = Some((end - 1, error));
                break;
            }
            done = versions;
        }
        let Some((first, error)) = failure else { return Ok(()) };
        let behind = format!("It was not tried after another one failed: {error}.");
        let why = self.sets[first..].iter().enumerate().map(|(position, set)| {
            (set.number, if position == 0 { format!("It could not be written: {error}.") } else { behind.clone() })
        });
        let why = why.collect();
        self.leave(&why, Cause::NotWritten);
        Err(error)
    }

    /// The findings with what became of them. Those whose rewrite was tried and did not hold are for a person.
    pub fn findings(&self) -> Vec<(Finding, Fate)> {
        let pairs = self.findings.iter().zip(&self.fates).map(|(finding, fate)| {
            let mut finding = finding.clone();
            if let Fate::Left { cause: Cause::NotVerified | Cause::Overlap, why } = fate {
                finding.fix.applicability = Applicability::Manual;
                finding.fix.reason.clone_from(why);
                finding.fix.edits.clear();
            }
            (finding, fate.clone())
        });
        pairs.collect()
    }

    /// A printer of what was prepared.
    pub fn printer<'b>(&'b self, sources: &Sources, base: &'b Path) -> Printer<'b> {
        Printer::new(&self.originals, sources, base)
    }

    /// The sets whose diffs may be shown, and the numbers of the others.
    pub fn shown(&self, printer: &Printer<'_>) -> (Vec<&ChangeSet>, Vec<usize>) {
        let (mut shown, mut withheld) = (Vec::new(), Vec::new());
        for set in &self.sets {
            match printer.diff(&Versions::new(), &self.versions([set])) {
                Ok(_) => shown.push(set),
                Err(_) => withheld.push(set.number),
            }
        }
        (shown, withheld)
    }

    /// The patch that takes a set back, and leaves the others.
    pub fn undo(&self, set: &ChangeSet, printer: &Printer<'_>) -> Result<String, Withheld> {
        let others = self.sets.iter().filter(|other| other.number != set.number);
        printer.text(&self.versions(&self.sets), &self.versions(others))
    }
}
