//! The audit: an outcome arranged for the person who has to decide what happens, by repository and by credential.
//!
//! It counts, groups and sorts; the words that belong to no finding come from the rules' guidance. The formats that show
//! it (`markdown`, `html`) arrange nothing themselves, so that both say the same. A new part of the outcome becomes a
//! field here and a section there.

mod counts;
mod credential;
mod facts;
mod inventory;
mod left;
mod place;
#[cfg(test)]
pub(super) mod sample;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::counts::{Counts, Tally};
pub(super) use self::credential::{Credential, Identity};
pub(super) use self::facts::{Fact, Value};
pub(super) use self::inventory::{Entry, Group, Inventory};
pub(super) use self::left::{Left, Omission};
pub(super) use self::place::Place;
use super::prose::counted;
use super::{Circumstances, Repository, RuleInfo};
use crate::finding::Finding;
use crate::gate::Outcome;
use crate::rules::guidance::{Guidance, Procedure};

/// What stands for the product of findings that name none.
const NO_PRODUCT: &str = "No product named";

/// The whole audit.
#[derive(Debug)]
pub(super) struct Audit<'a> {
    /// All findings counted.
    pub(super) counts: Counts,
    /// How many files were read.
    pub(super) files_seen: usize,
    /// The findings by repository, the repository by its name, or its path where several have one name.
    pub(super) by_repository: Vec<Tally<'a>>,
    /// The findings by Adobe product; one that names several counts for each.
    pub(super) by_product: Vec<Tally<'a>>,
    /// The findings by language or file format.
    pub(super) by_language: Vec<Tally<'a>>,
    /// The findings by rule.
    pub(super) by_rule: Vec<Tally<'a>>,
    /// The credentials over all repositories.
    pub(super) credentials: Vec<Credential<'a>>,
    /// The repositories with findings, by their paths.
    pub(super) repositories: Vec<Inventory<'a>>,
    /// What has to be done, for how many findings; only what there are findings for.
    pub(super) procedures: Vec<(&'a Procedure, usize)>,
    /// The rules that found something, by id.
    pub(super) rules: Vec<&'a RuleInfo>,
    /// What no rewrite takes care of, and what was not read.
    pub(super) left: Left<'a>,
    /// What is said beside the findings.
    pub(super) guidance: &'a Guidance,
}

impl<'a> Audit<'a> {
    /// Arranges an outcome.
    pub(super) fn new(outcome: &'a Outcome, circumstances: &Circumstances<'a>) -> Self {
        let guidance = circumstances.guidance;
        let mut counts = Counts::default();
        let mut by_repository: BTreeMap<Option<&Repository>, Vec<&Finding>> = BTreeMap::new();
        let mut by_procedure: BTreeMap<usize, usize> = BTreeMap::new();
        for finding in &outcome.findings {
            counts.add(finding);
            by_repository.entry(circumstances.repositories.of(&finding.path)).or_default().push(finding);
            if let Some(procedure) = guidance.procedure(&finding.rule, &finding.details.products) {
                *by_procedure.entry(procedure).or_default() += 1;
            }
        }
        let shared = shared_names(by_repository.keys().copied().flatten());
        let repositories: Vec<Inventory<'_>> = by_repository
            .into_iter()
            .map(|(repository, findings)| Inventory::new(repository, &shared, findings, guidance))
            .collect();
        let mut procedures: Vec<_> =
            by_procedure.into_iter().map(|(position, count)| (&guidance.procedures[position], count)).collect();
        procedures.sort_by_key(|(procedure, _)| !procedure.is_for_the_rest());
        let named = |finding: &'a Finding| {
            let products = finding.details.products.iter().map(String::as_str);
            let none = finding.details.products.is_empty().then_some(NO_PRODUCT);
            products.chain(none).map(move |product| (product, finding))
        };
        let findings = || outcome.findings.iter();
        let in_repositories = repositories.iter().flat_map(|inventory| {
            inventory.groups.iter().flat_map(|group| &group.entries).map(|entry| (inventory.title, entry.finding))
        });
        Self {
            counts,
            files_seen: outcome.summary.files_seen,
            by_repository: counts::tallies(in_repositories),
            by_product: counts::tallies(findings().flat_map(named)),
            by_language: counts::tallies(findings().map(|finding| (finding.language.name(), finding))),
            by_rule: counts::tallies(findings().map(|finding| (finding.rule.as_str(), finding))),
            credentials: credential::over(&repositories),
            repositories,
            procedures,
            rules: circumstances.rules.iter().filter(|rule| outcome.summary.by_rule.contains_key(&rule.id)).collect(),
            left: Left::new(outcome),
            guidance,
        }
    }

    /// What was found, in one sentence.
    pub(super) fn verdict(&self) -> String {
        let incomplete = !self.left.failures.is_empty();
        if self.counts.total() == 0 {
            let found = if self.left.below_confidence > 0 {
                "Nothing was found at the wanted confidence"
            } else {
                "Nothing was found"
            };
            let but = if incomplete { ", but not everything could be read" } else { "" };
            return format!("{found} in {}{but}.", counted(self.files_seen, "file", "files"));
        }
        let repositories = counted(self.repositories.len(), "repository", "repositories");
        let findings = counted(self.counts.total(), "finding", "findings");
        let but = if incomplete { ". Not everything could be read" } else { "" };
        format!("{findings} in {repositories}: {}{but}.", self.counts.words())
    }

    /// What a rewrite does with the findings, in one sentence; `fix` and its flags stand between backticks.
    pub(super) fn rewrites(&self) -> String {
        let Counts { safe, review, manual, .. } = self.counts;
        if safe + review == 0 {
            return "None of them can be rewritten by this version: each needs a person.".to_owned();
        }
        let mut parts = Vec::new();
        if safe > 0 {
            parts.push(format!("`grantshift fix --write` rewrites {safe}"));
        }
        if review > 0 {
            parts.push(format!("`grantshift fix --write --unsafe` rewrites {review} that need a look"));
        }
        if manual > 0 {
            parts.push(format!("{manual} {} a person", if manual == 1 { "needs" } else { "need" }));
        }
        format!("{}.", parts.join("; "))
    }
}

/// The names that several repositories have.
fn shared_names<'r>(repositories: impl Iterator<Item = &'r Repository>) -> BTreeSet<&'r str> {
    let mut seen = BTreeSet::new();
    repositories.map(|repository| repository.name.as_str()).filter(|name| !seen.insert(*name)).collect()
}
