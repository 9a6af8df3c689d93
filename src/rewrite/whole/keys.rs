//! Private keys that stand in code or in a document: they go with the code that held them, or stay for a person to take
//! away, and never hold a rewrite back.

use std::path::Path;

use super::sets;
use crate::finding::{Applicability, Family, Finding, LedgerEntry};
use crate::rules::Catalog;
use crate::walk::normal;

/// Lets every private key that no edit takes away stand for itself.
pub(super) fn plan(catalog: &Catalog, findings: &mut [Finding]) {
    for position in 0..findings.len() {
        let finding = &findings[position];
        let Some(rule) = catalog.rule(&finding.rule).filter(|rule| rule.rule.matches.key_material) else { continue };
        let (set, place) = (finding.change_set, format!("{}:{}", finding.path, finding.span.start.line));
        let (path, start, end) = (normal(Path::new(&finding.path)), finding.span.start.byte, finding.span.end.byte);
        let is_key_file = finding.language.family() == Family::Key;
        let mut edits = findings.iter().filter(|other| other.change_set == set).flat_map(|other| &other.fix.edits);
        let goes = !is_key_file
            && edits
                .any(|edit| edit.start_byte <= start && end <= edit.end_byte && normal(Path::new(&edit.path)) == path);
        if goes || sets::lead(findings, set).is_none() {
            continue;
        }
        let text = format!(
            "Delete the private key at {place} once the old credential is deleted; nothing deletes it for you."
        );
        sets::note(findings, set, LedgerEntry::ByHand { text: text.clone() });
        let is_alone = !findings.iter().enumerate().any(|(other, known)| other != position && known.change_set == set);
        let number = sets::unused(findings);
        let finding = &mut findings[position];
        finding.fix.applicability = Applicability::Manual;
        finding.fix.target = None;
        finding.fix.edits.clear();
        finding.fix.reason = format!("{text} {}", rule.rule.help);
        if !is_alone && !is_key_file {
            finding.change_set = number;
        }
    }
}
