//! From all findings to those that are reported, and their counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::baseline::Entry;
use super::{Absence, Gate, Policy};
use crate::accounting::{Accounting, Class, Place};
use crate::console::Credential;
use crate::finding::{ByteRange, Finding, Incomplete, Skipped};
use crate::scan::Scanned;
use crate::source::SourceFile;
use crate::suppression::Suppression;

/// The files that findings stand in, by their path in the report, with the texts in them that must not be shown.
pub type Sources = BTreeMap<String, (Arc<SourceFile>, Vec<ByteRange>)>;

/// What a scan brings, before anything is decided.
#[derive(Debug, Default)]
pub struct Found {
    /// The findings, of every rule and any confidence.
    pub findings: Vec<Finding>,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What could have mattered and was not read whole.
    pub errors: Vec<Incomplete>,
    /// Files of a kind that a rule reads.
    pub files_seen: usize,
    /// Files that passed the filter.
    pub files_candidate: usize,
    /// Files that were read a second time because of another one.
    pub files_linked: usize,
    /// The files with findings.
    pub sources: Sources,
    /// The comments that silence findings.
    pub suppressions: Vec<Suppression>,
    /// Every place that holds something of the old flow.
    pub accounting: Accounting,
    /// The Developer Console's credentials and what uses them, where a list was given.
    pub credentials: Option<Vec<Credential>>,
}

impl From<Scanned> for Found {
    fn from(scanned: Scanned) -> Self {
        Self {
            findings: scanned.findings,
            skipped: scanned.skipped,
            errors: scanned.errors,
            files_seen: scanned.files_seen,
            files_candidate: scanned.files_candidate,
            files_linked: scanned.linked.len(),
            sources: scanned.sources,
            suppressions: scanned.suppressions,
            accounting: scanned.accounting,
            credentials: None,
        }
    }
}

/// What is reported. All lists are sorted: two runs over the same tree give the same outcome.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The counts.
    pub summary: Summary,
    /// The findings that count.
    pub findings: Vec<Finding>,
    /// What a comment, the baseline or the configuration silences.
    pub suppressed: Vec<Suppressed>,
    /// What was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// What could have mattered and was not read whole.
    pub errors: Vec<Incomplete>,
    /// The files with findings, for excerpts.
    pub sources: Sources,
    /// The places that hold something of the old flow and that nothing explains, or that are not read.
    pub unaccounted: Vec<Place>,
    /// What became of the baseline, where there is one.
    pub baseline: Option<BaselineUse>,
    /// The answer to `--prove-absent`, where it was asked.
    pub absence: Option<Absence>,
    /// The Developer Console's credentials and what uses them, where a list was given.
    pub credentials: Option<Vec<Credential>>,
}

/// The counts of a run, as the report gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files of a kind that a rule reads.
    pub files_seen: usize,
    /// Files that passed the filter; exactly these were parsed.
    pub files_candidate: usize,
    /// Files that were read a second time because of another one.
    pub files_linked: usize,
    /// Files and folders that were left out on purpose; a folder is one.
    pub files_skipped: usize,
    /// Findings that are reported.
    pub findings: usize,
    /// Findings below the wanted confidence: counted, not reported.
    pub below_confidence: usize,
    /// Findings that are silenced.
    pub suppressed: usize,
    /// Findings that what has changed does not touch: counted, not reported. Nothing where all count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside_changes: Option<usize>,
    /// Reported findings by rule.
    pub by_rule: BTreeMap<String, usize>,
    /// Reported findings by severity.
    pub by_severity: BTreeMap<&'static str, usize>,
    /// The places that hold something of the old flow, by class.
    pub accounting: BTreeMap<Class, usize>,
}

/// What became of the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaselineUse {
    /// The file, as reports give it.
    pub file: String,
    /// How many findings it knows.
    pub known: usize,
    /// What it records and is gone, with the count of what is gone.
    pub stale: Vec<Entry>,
}

/// A finding that is silenced, and by what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suppressed {
    /// What silences it.
    pub by: Silencer,
    /// Why, in the words of whoever did; nothing where they gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The finding.
    pub finding: Finding,
}

/// What silences a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Silencer {
    /// A comment beside it.
    Comment,
    /// The baseline file.
    Baseline,
    /// The configuration.
    Config,
}

impl Silencer {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Baseline => "baseline",
            Self::Config => "config",
        }
    }
}

impl Outcome {
    /// What is reported of what was found, by a policy alone.
    pub fn new(found: Found, policy: &Policy) -> Self {
        Gate::new(policy).decide(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Severity};
    use crate::gate::sample;

    #[test]
    fn findings_are_sorted_and_counted() {
        let mut findings = vec![
            sample::finding("b.js", 5, "ims-jwt-exchange"),
            sample::finding("a.js", 90, "ims-jwt-exchange"),
            sample::finding("a.js", 7, "ims-jwt-exchange"),
            sample::finding("a.js", 7, "ims-jwt-assertion"),
        ];
        findings[0].confidence = Confidence::Possible;
        findings[1].severity = Severity::Note;
        let outcome = Outcome::new(Found { findings, files_seen: 9, ..Found::default() }, &Policy::default());
        let places: Vec<_> =
            outcome.findings.iter().map(|f| (f.path.as_str(), f.span.start.byte, f.rule.as_str())).collect();
        assert_eq!(
            places,
            [("a.js", 7, "ims-jwt-assertion"), ("a.js", 7, "ims-jwt-exchange"), ("a.js", 90, "ims-jwt-exchange")]
        );
        assert_eq!((outcome.summary.findings, outcome.summary.below_confidence), (3, 1));
        assert_eq!(outcome.summary.by_rule["ims-jwt-exchange"], 2);
        assert_eq!(outcome.summary.by_severity, BTreeMap::from([("error", 2), ("note", 1)]));
    }

    #[test]
    fn what_is_not_selected_counts_nowhere() {
        let findings = || {
            let mut findings =
                vec![sample::finding("a.js", 1, "ims-jwt-exchange"), sample::finding("a.js", 2, "ims-jwt-assertion")];
            findings[1].confidence = Confidence::Possible;
            findings
        };
        let select = Policy { select: vec!["ims-jwt-assertion".to_owned()], ..Policy::default() };
        let outcome = Outcome::new(Found { findings: findings(), ..Found::default() }, &select);
        assert_eq!((outcome.summary.findings, outcome.summary.below_confidence), (0, 1));
        let ignore = Policy { ignore: vec!["ims-jwt-assertion".to_owned()], ..Policy::default() };
        let outcome = Outcome::new(Found { findings: findings(), ..Found::default() }, &ignore);
        assert_eq!((outcome.summary.findings, outcome.summary.below_confidence), (1, 0));
    }
}
