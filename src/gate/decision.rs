//! The way from everything that was found to what is reported: what is selected, silenced, known, changed and sure enough.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::baseline::{Baseline, Comparison, Scope};
use super::comments::Comments;
use super::outcome::{BaselineUse, Found, Outcome, Silencer, Summary, Suppressed};
use super::{Absence, Policy};
use crate::finding::{Finding, Incomplete};
use crate::git::Changes;
use crate::rules::CompiledRule;
use crate::suppression::{Date, Suppression, today};

/// Everything that decides what counts.
#[derive(Debug)]
pub struct Gate<'a> {
    /// What the user wants to count.
    pub policy: &'a Policy,
    /// The rules that ran.
    pub rules: &'a [CompiledRule],
    /// The day that suppressions are held against.
    pub today: Date,
    /// What was known before, where there is a baseline.
    pub baseline: Option<&'a Baseline>,
    /// What has changed, where only that counts.
    pub changes: Option<&'a Changes>,
    /// The paths that were scanned; nothing is said of what lies elsewhere.
    pub paths: &'a [PathBuf],
}

/// What is left alone, and why: findings by their position.
struct Silenced {
    by: Vec<Option<(Silencer, Option<String>)>>,
}

impl<'a> Gate<'a> {
    /// A gate without rules, baseline and changes.
    pub fn new(policy: &'a Policy) -> Self {
        Self { policy, rules: &[], today: today(), baseline: None, changes: None, paths: &[] }
    }

    /// Decides what is reported, sorts and counts.
    pub fn decide(&self, found: Found) -> Outcome {
        let Found { mut findings, mut skipped, mut errors, accounting, sources, suppressions, .. } = found;
        let Found { files_seen, files_candidate, files_linked, credentials, .. } = found;
        findings.retain(|finding| self.policy.selects(&finding.rule));
        findings.sort_by(|one, other| place(one).cmp(&place(other)));
        skipped.sort();
        errors.sort();
        let (mut silenced, said) = self.silence(&findings, &suppressions, &errors);
        let first = findings.iter().map(|finding| finding.change_set).max().unwrap_or(0) + 1;
        findings.extend((first..).zip(said).map(|(change_set, finding)| Finding { change_set, ..finding }));
        silenced.by.resize(findings.len(), None);
        let baseline = self.baseline.map(|baseline| {
            let comparison = self.compare(baseline, &findings, &silenced, &errors);
            for position in &comparison.known {
                silenced.by[*position].get_or_insert((Silencer::Baseline, None));
            }
            BaselineUse { file: baseline.reported(), known: comparison.known.len(), stale: comparison.stale }
        });
        let mut summary = Summary {
            files_seen,
            files_candidate,
            files_linked,
            files_skipped: skipped.len(),
            accounting: accounting.counts(),
            outside_changes: self.changes.map(|_| 0),
            ..Summary::default()
        };
        let (mut reported, mut suppressed) = (Vec::new(), Vec::new());
        for (finding, by) in findings.into_iter().zip(silenced.by) {
            let changed = self.changes.is_none_or(|changes| changes.touch(&finding));
            let is_sure = finding.confidence >= self.policy.confidence_for(&finding.path);
            if !changed {
                let counts = usize::from(is_sure && by.is_none());
                summary.outside_changes = summary.outside_changes.map(|count| count + counts);
            } else if !is_sure {
                summary.below_confidence += 1;
            } else if let Some((by, reason)) = by {
                suppressed.push(Suppressed { by, reason, finding });
            } else {
                reported.push(finding);
            }
        }
        reported.sort_by(|one, other| place(one).cmp(&place(other)));
        let unaccounted = accounting.unaccounted().cloned().collect();
        let mut outcome = Outcome {
            summary,
            findings: reported,
            suppressed,
            skipped,
            errors,
            sources,
            unaccounted,
            baseline,
            absence: None,
            credentials,
        };
        outcome.count();
        outcome.absence = self.policy.prove_absent.then(|| Absence::of(&outcome));
        outcome
    }

    /// The findings that are to be left as they are: what a comment or the configuration silences, and what has not
    /// changed where only that counts.
    pub fn left_alone(&self, findings: &[Finding], suppressions: &[Suppression]) -> BTreeSet<usize> {
        let (silenced, _) = self.silence(findings, suppressions, &[]);
        let is_left = |position: &usize| {
            silenced.by[*position].is_some() || self.changes.is_some_and(|changes| !changes.touch(&findings[*position]))
        };
        (0..findings.len()).filter(is_left).collect()
    }

    /// What today's findings are against a baseline, whatever has changed since some revision.
    pub fn compared(&self, baseline: &Baseline, found: &Found) -> (Vec<Finding>, Comparison) {
        let wanted = |finding: &&Finding| self.policy.selects(&finding.rule);
        let mut findings: Vec<Finding> = found.findings.iter().filter(wanted).cloned().collect();
        findings.sort_by(|one, other| place(one).cmp(&place(other)));
        let (silenced, _) = self.silence(&findings, &found.suppressions, &found.errors);
        let comparison = self.compare(baseline, &findings, &silenced, &found.errors);
        (findings, comparison)
    }

    /// What comments and the configuration silence, and what is to be said of the comments.
    fn silence(
        &self,
        findings: &[Finding],
        suppressions: &[Suppression],
        errors: &[Incomplete],
    ) -> (Silenced, Vec<Finding>) {
        let comments = Comments { gate: self, suppressions };
        let (by_comment, used) = comments.apply(findings);
        let by = findings.iter().zip(by_comment).map(|(finding, comment)| {
            let comment = comment.map(|comment| (Silencer::Comment, suppressions[comment].reason.clone()));
            comment.or_else(|| self.policy.silences(finding).then_some((Silencer::Config, None)))
        });
        let silenced = Silenced { by: by.collect() };
        let broken: BTreeSet<&str> = errors.iter().map(|error| error.path.as_str()).collect();
        let mut said = comments.said(&used, &broken);
        said.retain(|finding| self.policy.selects(&finding.rule) && !self.policy.silences(finding));
        (silenced, said)
    }

    fn compare(
        &self,
        baseline: &Baseline,
        findings: &[Finding],
        silenced: &Silenced,
        errors: &[Incomplete],
    ) -> Comparison {
        // What would be reported has the first claim on what is known; what is silenced otherwise, or below the wanted confidence today,
        // only keeps its entry from being stale.
        let is_open = |position: &usize| {
            let finding = &findings[*position];
            silenced.by[*position].is_none() && finding.confidence >= self.policy.confidence_for(&finding.path)
        };
        let records = |position: &usize| !self.is_about_comments(&findings[*position]);
        let (open, quiet): (Vec<usize>, Vec<usize>) = (0..findings.len()).filter(records).partition(is_open);
        let selects = |rule: &str| self.policy.selects(rule);
        let scope = Scope { paths: self.paths, errors, selects: &selects };
        baseline.compare(findings, &open, &quiet, &scope)
    }

    /// Whether a finding is about a comment: those are not put into a baseline.
    fn is_about_comments(&self, finding: &Finding) -> bool {
        let rule = self.rules.iter().find(|rule| rule.rule.id == finding.rule);
        rule.is_some_and(|rule| rule.rule.matches.suppression.is_some())
    }
}

impl Outcome {
    /// Puts those findings back that the baseline silences and that meet a condition: what is rewritten is reported,
    /// though it was known.
    pub fn restore(&mut self, is_restored: impl Fn(&Finding) -> bool) {
        let suppressed = std::mem::take(&mut self.suppressed);
        for one in suppressed {
            if one.by == Silencer::Baseline && is_restored(&one.finding) {
                self.findings.push(one.finding);
            } else {
                self.suppressed.push(one);
            }
        }
        self.findings.sort_by(|one, other| place(one).cmp(&place(other)));
        self.count();
    }

    /// Counts what is reported and what is silenced.
    fn count(&mut self) {
        let summary = &mut self.summary;
        (summary.findings, summary.suppressed) = (self.findings.len(), self.suppressed.len());
        (summary.by_rule, summary.by_severity) = (BTreeMap::new(), BTreeMap::new());
        for finding in &self.findings {
            *summary.by_rule.entry(finding.rule.clone()).or_default() += 1;
            *summary.by_severity.entry(finding.severity.name()).or_default() += 1;
        }
    }
}

/// What findings are sorted by; the end keeps the order fixed where one rule finds twice at one place.
fn place(finding: &Finding) -> (&str, usize, &str, usize) {
    (&finding.path, finding.span.start.byte, &finding.rule, finding.span.end.byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Confidence;
    use crate::gate::sample;

    /// A finding whose confidence has dropped is still there: its entry is not stale, and it takes none from a sure one.
    #[test]
    fn what_is_below_the_wanted_confidence_keeps_its_entry_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "").unwrap();
        let finding = |byte, confidence| {
            let finding = sample::finding(&path.to_string_lossy(), byte, "ims-jwt-exchange");
            Finding { confidence, ..finding }
        };
        let found = |findings: Vec<Finding>| Found { findings, ..Found::default() };
        let policy = Policy::default();
        let first = Baseline::new(&folder.path().join("baseline.json"));
        let gate = Gate::new(&policy);
        let sure = found(vec![finding(9, Confidence::Certain)]);
        let (findings, comparison) = gate.compared(&first, &sure);
        let baseline = first.renewed(&comparison, &findings, true, false);
        assert_eq!(baseline.len(), 1);
        let unsure = found(vec![finding(1, Confidence::Possible)]);
        assert!(gate.compared(&baseline, &unsure).1.stale.is_empty());
        let outcome = Gate { baseline: Some(&baseline), ..Gate::new(&policy) }
            .decide(found(vec![finding(1, Confidence::Possible), finding(9, Confidence::Certain)]));
        assert_eq!((outcome.findings.len(), outcome.suppressed.len(), outcome.summary.below_confidence), (0, 1, 1));
        // And it is recorded nowhere.
        let (findings, comparison) = gate.compared(&first, &unsure);
        assert!(first.renewed(&comparison, &findings, true, false).is_empty());
    }
}
