//! Change sets while plans are made across programs: which findings are rewritten, and which have to go together.

use std::collections::BTreeSet;

use crate::finding::{Applicability, Family, Finding, LedgerEntry};

/// Whether a finding of code has a rewrite.
pub(super) fn is_rewritten_code(finding: &Finding) -> bool {
    finding.language.family() == Family::Code && !finding.fix.edits.is_empty()
}

/// Joins change sets; the answer is the number that they have then.
pub(super) fn join(findings: &mut [Finding], sets: &BTreeSet<usize>) -> Option<usize> {
    let number = *sets.first()?;
    for finding in findings.iter_mut().filter(|finding| sets.contains(&finding.change_set)) {
        finding.change_set = number;
    }
    Some(number)
}

/// A number that no change set has.
pub(super) fn unused(findings: &[Finding]) -> usize {
    findings.iter().map(|finding| finding.change_set).max().unwrap_or(0) + 1
}

/// The finding of a set that carries what belongs to all of it.
pub(super) fn lead(findings: &[Finding], set: usize) -> Option<usize> {
    let in_set = |finding: &Finding| finding.change_set == set && !finding.fix.edits.is_empty();
    let code = findings.iter().position(|finding| in_set(finding) && is_rewritten_code(finding));
    code.or_else(|| findings.iter().position(in_set))
}

/// Writes something down for a set, once.
pub(super) fn note(findings: &mut [Finding], set: usize, entry: LedgerEntry) {
    if let Some(lead) = lead(findings, set)
        && !findings[lead].details.ledger.contains(&entry)
    {
        findings[lead].details.ledger.push(entry);
    }
}

/// Makes a set one that a person has to look at.
pub(super) fn doubt(findings: &mut [Finding], set: usize, doubt: &str) {
    let doubt = doubt.trim_end_matches('.');
    for finding in findings.iter_mut().filter(|finding| finding.change_set == set && !finding.fix.edits.is_empty()) {
        if finding.fix.applicability == Applicability::Safe {
            finding.fix.applicability = Applicability::Review;
        }
        let said = format!("To be looked at: {doubt}.");
        if !finding.fix.reason.contains(&said) {
            finding.fix.reason = format!("{} {said}", finding.fix.reason).trim_start().to_owned();
        }
    }
}
