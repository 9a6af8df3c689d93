//! What becomes of the findings of a program once its rewrites are planned: a set is rewritten as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use super::Planned;
use super::shared::Site;
use crate::finding::{Applicability, Confidence, Finding, Fix, LedgerEntry};
use crate::rewrite::targets::Target;
use crate::scan::Code;

/// Gives findings the rewrites that were planned for them, or the reasons why there is none. What needs code that other files
/// may need too is the answer, by position.
pub(super) fn settle(
    code: &Code<'_>,
    planned: &BTreeMap<usize, Result<Planned, String>>,
    findings: &mut [Finding],
) -> BTreeMap<usize, Vec<Site>> {
    let mut sites: BTreeMap<usize, Vec<Site>> = BTreeMap::new();
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    for (position, result) in planned {
        if let Err(reason) = result {
            refused.entry(findings[*position].change_set).or_insert_with(|| reason.clone());
        }
    }
    let mut next_set = findings.iter().map(|finding| finding.change_set).max().unwrap_or_default();
    let sets: BTreeSet<usize> = planned.keys().map(|position| findings[*position].change_set).collect();
    for set in sets {
        let members: Vec<usize> =
            (0..findings.len()).filter(|position| findings[*position].change_set == set).collect();
        if let Some(reason) = refused.get(&set) {
            for position in members {
                let own = planned.get(&position).and_then(|result| result.as_ref().err());
                let reason = own.unwrap_or(reason).clone();
                findings[position].fix = manual(&reason, &findings[position].fix.reason);
            }
            continue;
        }
        let done: Vec<&Planned> = members.iter().filter_map(|position| planned.get(position)?.as_ref().ok()).collect();
        let doubts: BTreeSet<&String> = done.iter().flat_map(|planned| &planned.doubts).collect();
        let unsure = members.iter().any(|position| findings[*position].confidence < Confidence::Certain);
        let applicability = if doubts.is_empty() && !unsure { Applicability::Safe } else { Applicability::Review };
        for position in &members {
            let finding = &mut findings[*position];
            let Some(Ok(planned)) = planned.get(position) else {
                let is_arithmetic =
                    |rule: &str| code.catalog.rule(rule).is_some_and(|rule| rule.rule.matches.lifetime.is_some());
                let is_key = |rule: &str| code.catalog.rule(rule).is_some_and(|rule| rule.rule.matches.key_material);
                let (start, end) = (finding.span.start.byte, finding.span.end.byte);
                let mut edits = done.iter().flat_map(|planned| &planned.edits);
                let goes =
                    edits.any(|edit| edit.path == finding.path && edit.start_byte <= start && end <= edit.end_byte);
                if is_key(&finding.rule) && !goes {
                    // What becomes of a key that stays is decided when all findings are known.
                    continue;
                }
                if !is_arithmetic(&finding.rule) && !is_key(&finding.rule) {
                    // It shares a function with the exchange, which stays as it is for this one.
                    next_set += 1;
                    finding.change_set = next_set;
                    continue;
                }
                // What goes with the exchange, such as arithmetic on the lifetime, changes with it.
                finding.fix = Fix {
                    applicability,
                    target: done.first().map(|planned| planned.target.name().to_owned()),
                    reason: "It changes with the exchange that it belongs to.".to_owned(),
                    edits: done.first().map(|planned| planned.edits.clone()).unwrap_or_default(),
                };
                continue;
            };
            let mut reasons: Vec<String> = doubts.iter().map(|doubt| (*doubt).clone()).collect();
            if unsure {
                reasons.push("one link of the old flow is not proved".to_owned());
            }
            let reason = if reasons.is_empty() {
                match planned.target {
                    Target::Sdk => "The SDK is given the new credential; what only the old one needed is gone.",
                    _ => "The same request with client credentials; what only the assertion needed is gone.",
                }
                .to_owned()
            } else {
                format!("Look at it: {}.", reasons.join("; "))
            };
            // What is a doubt is said already.
            let kept = planned.kept_because.iter().filter(|why| !reason.contains(why.as_str()));
            let kept: String = kept.map(|why| format!(" The HTTP client stays: {why}.")).collect();
            let reason = reason + &kept;
            finding.fix = Fix {
                applicability,
                target: Some(planned.target.name().to_owned()),
                reason,
                edits: planned.edits.clone(),
            };
            finding.details.ledger.clone_from(&planned.ledger);
            if let Some(why) = &planned.kept_because {
                finding.details.ledger.push(LedgerEntry::Assumed { text: format!("The HTTP client stays: {why}.") });
            }
            finding.details.requires = Some(planned.requires.clone());
            if !planned.sites.is_empty() {
                sites.insert(*position, planned.sites.clone());
            }
        }
    }
    sites
}

/// The fix of what is left to a person.
fn manual(reason: &str, by_hand: &str) -> Fix {
    let reason = format!("{}. {by_hand}", reason.trim_end_matches('.'));
    Fix { applicability: Applicability::Manual, target: None, reason: reason.trim_end().to_owned(), edits: Vec::new() }
}
