//! The audit: an outcome arranged for the person who has to decide what happens, by repository and by credential.
//!
//! It counts, groups and sorts; the words that belong to no finding come from the rules' guidance. The formats that show
//! it (`markdown`, `html`) arrange nothing themselves, so that both say the same. A new part of the outcome becomes a
//! field here and a section there.

mod counts;
mod credential;
mod facts;
mod gate;
mod inventory;
mod left;
mod place;
#[cfg(test)]
pub(super) mod sample;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::counts::{Counts, Tally};
pub(super) use self::credential::{Credential, Identity};
pub(super) use self::facts::{Fact, Value};
pub(super) use self::gate::Gate;
pub(super) use self::inventory::{Entry, Group, Inventory};
pub(super) use self::left::{Left, Omission};
pub(super) use self::place::Place;
use super::prose::counted;
use super::{Circumstances, Repository, RuleInfo};
use crate::console;
use crate::finding::Finding;
use crate::gate::Outcome;
use crate::rules::guidance::{Guidance, Procedure};

/// What stands for the product of findings that name none.
const NO_PRODUCT: &str = "No product named";

/// The whole audit.
#[derive(Debug)]
pub(super) struct Audit<'a> {
    /// What the gate says.
    pub(super) gate: Gate,
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
    /// The Developer Console's credentials and what uses them; nothing where no list was given.
    pub(super) console: Option<&'a [console::Credential]>,
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
            gate: Gate::new(outcome, circumstances),
            counts,
            files_seen: outcome.summary.files_seen,
            by_repository: counts::tallies(in_repositories),
            by_product: counts::tallies(findings().flat_map(named)),
            by_language: counts::tallies(findings().map(|finding| (finding.language.name(), finding))),
            by_rule: counts::tallies(findings().map(|finding| (finding.rule.as_str(), finding))),
            credentials: credential::over(&repositories),
            console: outcome.credentials.as_deref(),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::sample::{many, outcome, with_audit};
    use super::*;
    use crate::rules::Catalog;

    fn audited(outcome: &Outcome, look: impl FnOnce(&Audit<'_>)) {
        let catalog = Catalog::load(&[]).unwrap();
        with_audit(outcome, &[], catalog.guidance(), |circumstances| look(&Audit::new(outcome, circumstances)));
    }

    #[test]
    fn findings_are_grouped_by_repository_and_credential() {
        audited(&outcome(), |audit| {
            let mut groups = Vec::new();
            for inventory in &audit.repositories {
                for group in &inventory.groups {
                    let (words, name) = group.identity.map_or(("", None), Identity::words);
                    groups.push((inventory.path, words, name.unwrap_or(""), group.entries.len()));
                }
            }
            assert_eq!(
                groups,
                [
                    ("reports", "Client id", "1f2e\u{2026}9a0b", 1),
                    ("reports", "Client id not in the code", "", 1),
                    ("reports", "Client id", "cm-p\u{2026}tion", 1),
                    ("reports", "", "", 1),
                    ("reports", "", "", 1),
                    ("shop/api", "Client id", "1f2e\u{2026}9a0b", 2),
                    ("shop/api", "Client id from", "ADOBE_CLIENT_ID", 1),
                    ("shop/api", "Client id not in the code", "", 2),
                    ("shop/web", "Client id from", "<img src=x onerror=alert(1)>", 1),
                    ("shop/web", "Client id not in the code", "", 2),
                ]
            );
        });
    }

    /// Whether a credential can be deleted is decided over all repositories.
    #[test]
    fn a_client_id_is_one_credential_wherever_it_stands() {
        audited(&outcome(), |audit| {
            let shared = &audit.credentials[0];
            assert_eq!(shared.identity, Identity::ClientId("1f2e\u{2026}9a0b"));
            assert_eq!(shared.repositories, [("reports", 1), ("api", 2)]);
            assert_eq!(shared.products, BTreeSet::from(["Analytics", "Privacy Service", "User Management API"]));
            let aem = audit.credentials.last().unwrap();
            assert_eq!(aem.procedure.unwrap().title, "AEM service credentials");
        });
    }

    #[test]
    fn a_variable_of_the_same_name_may_be_another_credential() {
        let mut outcome = many(100);
        for finding in &mut outcome.findings {
            finding.details.client_id = None;
            finding.details.client_id_source = Some("CLIENT_ID".to_owned());
        }
        audited(&outcome, |audit| assert_eq!(audit.credentials.len(), 2));
    }

    #[test]
    fn nothing_is_lost_and_nothing_counted_twice() {
        for outcome in [outcome(), many(120), Outcome::default()] {
            audited(&outcome, |audit| {
                let total = outcome.findings.len();
                let entries = audit.repositories.iter().flat_map(|of| &of.groups).map(|group| group.entries.len());
                assert_eq!(entries.sum::<usize>(), total);
                assert_eq!(audit.counts.total(), total);
                for tallies in [&audit.by_repository, &audit.by_language, &audit.by_rule] {
                    assert_eq!(tallies.iter().map(|tally| tally.counts.total()).sum::<usize>(), total);
                }
                assert_eq!(audit.procedures.iter().map(|(_, count)| count).sum::<usize>(), total);
                let manual: usize = audit.left.manual.iter().map(|reason| reason.places.len()).sum();
                assert_eq!(manual, audit.counts.manual);
            });
        }
    }

    #[test]
    fn a_finding_with_two_products_counts_for_both() {
        audited(&outcome(), |audit| {
            let products: Vec<_> = audit.by_product.iter().map(|tally| (tally.name, tally.counts.total())).collect();
            assert_eq!(
                products,
                [
                    (NO_PRODUCT, 10),
                    ("AEM as a Cloud Service", 1),
                    ("Analytics", 1),
                    ("Privacy Service", 1),
                    ("User Management API", 1)
                ]
            );
        });
    }

    #[test]
    fn repositories_of_one_name_are_told_apart_by_their_paths() {
        let repositories = ["a/one", "b/one", "two"].map(|path| Repository {
            path: path.to_owned(),
            name: path.rsplit('/').next().unwrap().to_owned(),
            is_git: true,
        });
        assert_eq!(shared_names(repositories.iter()), BTreeSet::from(["one"]));
    }

    #[test]
    fn kinds_come_in_order_and_places_within_them() {
        audited(&outcome(), |audit| {
            let api = audit.repositories.iter().find(|inventory| inventory.title == "api").unwrap();
            let entries = api.groups.iter().flat_map(|group| &group.entries);
            let entries: Vec<_> = entries.map(|entry| (entry.kind, entry.place.label.as_str())).collect();
            assert_eq!(
                entries,
                [
                    ("Code", "src/auth.js:42"),
                    ("Configuration", "config/adobe.json:1"),
                    ("Command", ".github/workflows/deploy.yml:31"),
                    ("Private key", "config/private.key:1"),
                    ("Dependency", "package.json:18"),
                ]
            );
        });
    }

    #[test]
    fn the_verdict_says_what_was_not_read() {
        audited(&outcome(), |audit| {
            let verdict = audit.verdict();
            assert_eq!(
                verdict,
                "13 findings in 3 repositories: 4 errors, 6 warnings, 3 notes. Not everything could be read."
            );
        });
        audited(&many(1), |audit| assert_eq!(audit.verdict(), "1 finding in 1 repository: 1 error."));
        let mut nothing = Outcome::default();
        nothing.summary.files_seen = 1;
        audited(&nothing, |audit| assert_eq!(audit.verdict(), "Nothing was found in 1 file."));
    }
}
