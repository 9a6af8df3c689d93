//! Findings counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{Applicability, Finding, Severity};
use crate::report::prose::counted;

/// Findings counted by severity and by what a rewrite would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::report) struct Counts {
    pub(in crate::report) errors: usize,
    pub(in crate::report) warnings: usize,
    pub(in crate::report) notes: usize,
    pub(in crate::report) safe: usize,
    pub(in crate::report) review: usize,
    pub(in crate::report) manual: usize,
}

impl Counts {
    /// Counts one more.
    pub(super) fn add(&mut self, finding: &Finding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
        match finding.fix.applicability {
            Applicability::Safe => self.safe += 1,
            Applicability::Review => self.review += 1,
            Applicability::Manual => self.manual += 1,
        }
    }

    /// Counts others too.
    pub(in crate::report) fn merge(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.notes += other.notes;
        self.safe += other.safe;
        self.review += other.review;
        self.manual += other.manual;
    }

    /// How many findings there are.
    pub(in crate::report) fn total(&self) -> usize {
        self.errors + self.warnings + self.notes
    }

    /// The counts with the names of their severities, the worst first.
    pub(in crate::report) fn severities(&self) -> [(Severity, usize); 3] {
        [(Severity::Error, self.errors), (Severity::Warning, self.warnings), (Severity::Note, self.notes)]
    }

    /// `2 errors, 1 note`; empty where there is none.
    pub(in crate::report) fn words(&self) -> String {
        let words: Vec<String> = self
            .severities()
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| counted(count, severity.name(), &format!("{}s", severity.name())))
            .collect();
        words.join(", ")
    }
}

/// What has a name and findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Tally<'a> {
    pub(in crate::report) name: &'a str,
    pub(in crate::report) counts: Counts,
}

/// Counts findings by names; a finding may have several. The most findings come first, then the names in order.
pub(super) fn tallies<'a>(findings: impl Iterator<Item = (&'a str, &'a Finding)>) -> Vec<Tally<'a>> {
    let mut by_name: BTreeMap<&str, Counts> = BTreeMap::new();
    for (name, finding) in findings {
        by_name.entry(name).or_default().add(finding);
    }
    let mut tallies: Vec<_> = by_name.into_iter().map(|(name, counts)| Tally { name, counts }).collect();
    tallies.sort_by_key(|tally| Reverse(tally.counts.total()));
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::sample;

    #[test]
    fn the_most_findings_come_first() {
        let mut findings = [1, 2, 3].map(|byte| sample::finding("a.js", byte, "ims-jwt-exchange"));
        findings[1].severity = Severity::Note;
        findings[2].fix.applicability = Applicability::Safe;
        let names = ["z", "b", "z", "a"].into_iter().zip([&findings[0], &findings[1], &findings[2], &findings[1]]);
        let tallies = tallies(names);
        let names: Vec<_> = tallies.iter().map(|tally| (tally.name, tally.counts.total())).collect();
        assert_eq!(names, [("z", 2), ("a", 1), ("b", 1)]);
        assert_eq!(tallies[0].counts, Counts { errors: 2, safe: 1, manual: 1, ..Counts::default() });
        assert_eq!(tallies[0].counts.words(), "2 errors");
        assert_eq!(Counts { errors: 1, notes: 2, ..Counts::default() }.words(), "1 error, 2 notes");
        assert_eq!(Counts::default().words(), "");
    }
}
