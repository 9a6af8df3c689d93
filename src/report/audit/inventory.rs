//! What was found in one repository, by the credential that it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counts, Fact, Identity, Place, facts};
use crate::finding::{Applicability, Finding, Fix};
use crate::report::Repository;
use crate::rules::guidance::{Guidance, Procedure};

/// What stands for the repository of paths that nobody looked up.
const ELSEWHERE: &str = "scanned folder";
/// What stands for the kind of findings that the guidance does not name.
const OTHER: &str = "Other";

/// What groups are told apart by, and sorted: whether the procedure is a special one, its place, and the credential.
type Key<'a> = (bool, Option<usize>, Option<Identity<'a>>);

/// One repository with its findings.
#[derive(Debug)]
pub(in crate::report) struct Inventory<'a> {
    /// What it is called: its name, or its path where several have that name.
    pub(in crate::report) title: &'a str,
    /// Its path from the working directory.
    pub(in crate::report) path: &'a str,
    /// Whether it is a git repository; else it is the scanned folder.
    pub(in crate::report) is_git: bool,
    /// Its findings counted.
    pub(in crate::report) counts: Counts,
    /// The products that its findings name, sorted.
    pub(in crate::report) products: BTreeSet<&'a str>,
    /// Its findings, by what has to be done and by credential.
    pub(in crate::report) groups: Vec<Group<'a>>,
}

/// The findings of one credential in one repository.
#[derive(Debug)]
pub(in crate::report) struct Group<'a> {
    /// What has to be done about them.
    pub(in crate::report) procedure: Option<&'a Procedure>,
    /// The credential; nothing where what has to be done does not depend on it.
    pub(in crate::report) identity: Option<Identity<'a>>,
    /// The findings counted.
    pub(in crate::report) counts: Counts,
    /// The products, sorted.
    pub(in crate::report) products: BTreeSet<&'a str>,
    /// The scopes that may be needed, each list once.
    pub(in crate::report) scopes: Vec<Scopes<'a>>,
    /// The findings, by kind and place.
    pub(in crate::report) entries: Vec<Entry<'a>>,
}

/// Scopes that are known to serve products.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Scopes<'a> {
    pub(in crate::report) products: &'a [String],
    pub(in crate::report) scopes: &'a [String],
    pub(in crate::report) grade: Option<&'a str>,
}

/// One finding.
#[derive(Debug)]
pub(in crate::report) struct Entry<'a> {
    pub(in crate::report) finding: &'a Finding,
    /// What kind of thing it is, such as configuration, and the kind's place among the kinds.
    pub(in crate::report) kind: &'a str,
    pub(in crate::report) kind_order: usize,
    pub(in crate::report) place: Place,
    pub(in crate::report) facts: Vec<Fact<'a>>,
}

impl<'a> Inventory<'a> {
    /// Arranges the findings of a repository, which come sorted by place.
    pub(super) fn new(
        repository: Option<&'a Repository>,
        shared: &BTreeSet<&str>,
        findings: Vec<&'a Finding>,
        guidance: &'a Guidance,
    ) -> Self {
        let (name, path) = repository.map_or((ELSEWHERE, "."), |of| (of.name.as_str(), of.path.as_str()));
        let mut counts = Counts::default();
        let mut groups: BTreeMap<Key<'a>, Vec<&'a Finding>> = BTreeMap::new();
        for finding in findings {
            counts.add(finding);
            let position = guidance.procedure(&finding.rule, &finding.details.products);
            let procedure = position.map(|position| &guidance.procedures[position]);
            let identity = procedure.is_none_or(|of| of.by_client_id).then(|| Identity::of(finding));
            // What is for all others is the ordinary case, and comes first.
            let is_special = procedure.is_some_and(|of| !of.is_for_the_rest());
            groups.entry((is_special, position, identity)).or_default().push(finding);
        }
        let groups: Vec<_> = groups
            .into_iter()
            .map(|((_, position, identity), findings)| {
                let procedure = position.map(|position| &guidance.procedures[position]);
                Group::new(procedure, identity, repository, findings, guidance)
            })
            .collect();
        Self {
            title: if shared.contains(name) { path } else { name },
            path,
            is_git: repository.is_some_and(|of| of.is_git),
            counts,
            products: groups.iter().flat_map(|group| &group.products).copied().collect(),
            groups,
        }
    }
}

impl<'a> Group<'a> {
    fn new(
        procedure: Option<&'a Procedure>,
        identity: Option<Identity<'a>>,
        repository: Option<&Repository>,
        findings: Vec<&'a Finding>,
        guidance: &'a Guidance,
    ) -> Self {
        let mut counts = Counts::default();
        let mut products = BTreeSet::new();
        let mut scopes = BTreeSet::new();
        let mut entries = Vec::with_capacity(findings.len());
        for finding in findings {
            let details = &finding.details;
            counts.add(finding);
            products.extend(details.products.iter().map(String::as_str));
            if !details.suggested_scopes.is_empty() {
                scopes.insert(Scopes {
                    products: &details.products,
                    scopes: &details.suggested_scopes,
                    grade: details.scopes_grade.as_deref(),
                });
            }
            let kind_order = guidance.kind(&finding.rule);
            entries.push(Entry {
                finding,
                kind: guidance.kinds.get(kind_order).map_or(OTHER, |kind| kind.title.as_str()),
                kind_order,
                place: Place::line(repository, &finding.path, finding.span.start.line),
                facts: facts::of(finding, repository),
            });
        }
        // They came in the order of their places, and a stable sort keeps it.
        entries.sort_by_key(|entry| entry.kind_order);
        Self { procedure, identity, counts, products, scopes: scopes.into_iter().collect(), entries }
    }

    /// What the scopes have to be compared with.
    pub(in crate::report) fn console(&self) -> &'a str {
        self.procedure.map_or("Developer Console", |procedure| &procedure.console)
    }

    /// The products for which no scopes are known.
    pub(in crate::report) fn without_scopes(&self) -> Vec<&'a str> {
        let known: BTreeSet<&str> = self.scopes.iter().flat_map(|of| of.products).map(String::as_str).collect();
        self.products.iter().filter(|product| !known.contains(**product)).copied().collect()
    }
}

impl Scopes<'_> {
    /// How good the evidence is, in words.
    pub(in crate::report) fn evidence(&self) -> Option<String> {
        let words = match self.grade? {
            "A" => "Adobe's own documentation or source",
            "B" => "several independent sources",
            "C" => "a single source",
            other => return Some(format!("evidence grade {other}")),
        };
        Some(format!("evidence grade {}: {words}", self.grade?))
    }
}

impl Entry<'_> {
    /// What a rewrite does with it, in a few words.
    pub(in crate::report) fn rewrite(&self) -> String {
        let Fix { applicability, target, .. } = &self.finding.fix;
        let words = match applicability {
            Applicability::Safe => "safe",
            Applicability::Review => "after a look",
            Applicability::Manual => "by hand",
        };
        match target {
            Some(target) => format!("{words} \u{2192} {target}"),
            None => words.to_owned(),
        }
    }
}
