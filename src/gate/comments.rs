//! What comments silence, and what is to be said of those that silence nothing or no longer.

use std::collections::{BTreeMap, BTreeSet};

use super::Gate;
use crate::finding::{Applicability, Confidence, Context, Details, Finding, Fix, Severity, fingerprint};
use crate::rules::CompiledRule;
use crate::rules::schema::SuppressionMatch;
use crate::suppression::{Line, Reach, Suppression};

/// The comments of a run, before a gate.
pub(super) struct Comments<'a> {
    pub(super) gate: &'a Gate<'a>,
    pub(super) suppressions: &'a [Suppression],
}

/// Of each suppression, by its position, the rules that it silences a finding of.
pub(super) type Used = Vec<BTreeSet<String>>;

/// Why a comment counts for nothing.
enum Void {
    Expired,
    Faulty(String),
}

impl Comments<'_> {
    /// Which comment silences which finding, by positions.
    pub(super) fn apply(&self, findings: &[Finding]) -> (Vec<Option<usize>>, Used) {
        let mut by: Vec<Option<usize>> = vec![None; findings.len()];
        let mut used: Used = vec![BTreeSet::new(); self.suppressions.len()];
        if self.suppressions.is_empty() {
            return (by, used);
        }
        let mut of_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (position, finding) in findings.iter().enumerate() {
            of_file.entry(&finding.path).or_default().push(position);
        }
        for (number, suppression) in self.suppressions.iter().enumerate() {
            let Some(here) = of_file.get(suppression.path.as_str()) else { continue };
            if self.void(suppression).is_some() {
                continue;
            }
            for rule in &suppression.rules {
                let of_rule = || here.iter().copied().filter(|position| findings[*position].rule == *rule);
                let met: Vec<usize> = match suppression.reach {
                    Reach::File => of_rule().collect(),
                    Reach::Lines { first, last } => {
                        let line = |position: &usize| line(&findings[*position]);
                        let beside: Vec<usize> =
                            of_rule().filter(|position| (first..=last).contains(&line(position))).collect();
                        // A comment behind code is for this code; only one that has none of its own is for what follows.
                        if beside.is_empty() {
                            of_rule().filter(|position| line(position) == last.next()).collect()
                        } else {
                            beside
                        }
                    }
                };
                for position in met {
                    used[number].insert(rule.clone());
                    by[position].get_or_insert(number);
                }
            }
        }
        (by, used)
    }

    /// The findings about the comments themselves; `broken` are the files that were not read whole.
    pub(super) fn said(&self, used: &Used, broken: &BTreeSet<&str>) -> Vec<Finding> {
        let mut said = Vec::new();
        for (suppression, used) in self.suppressions.iter().zip(used) {
            match self.void(suppression) {
                Some(Void::Expired) => said.extend(self.finding(SuppressionMatch::Expired, suppression, "")),
                Some(Void::Faulty(fault)) => said.extend(self.finding(SuppressionMatch::Unused, suppression, &fault)),
                None => {
                    let is_broken = broken.contains(suppression.path.as_str());
                    if let Some(what) = self.unused(suppression, used, is_broken) {
                        said.extend(self.finding(SuppressionMatch::Unused, suppression, &what));
                    }
                }
            }
        }
        said
    }

    fn void(&self, suppression: &Suppression) -> Option<Void> {
        if let Some(fault) = &suppression.fault {
            return Some(Void::Faulty(fault.clone()));
        }
        if suppression.until.is_some_and(|until| until < self.gate.today) {
            return Some(Void::Expired);
        }
        (self.gate.policy.require_reason && suppression.reason.is_none()).then(|| {
            Void::Faulty(
                "gives no reason, which `require_reason` demands: write -- and the reason behind it".to_owned(),
            )
        })
    }

    /// What is to be said of a comment that silences nothing for some of its rules.
    fn unused(&self, suppression: &Suppression, used: &BTreeSet<String>, is_broken: bool) -> Option<String> {
        let known = |rule: &str| self.gate.rules.iter().find(|known| known.rule.id == rule);
        let mut parts: Vec<String> = Vec::new();
        for rule in &suppression.rules {
            match known(rule) {
                None => parts.push(format!("names `{rule}`, which is no rule; `grantshift rules` lists them")),
                Some(known) if known.rule.matches.suppression.is_some() => {
                    parts.push(format!("names `{rule}`, which no comment silences: the configuration can ignore it"));
                }
                Some(_) => {}
            }
        }
        let ran = |rule: &&String| {
            self.gate.policy.runs(rule) && known(rule).is_some_and(|known| known.rule.matches.suppression.is_none())
        };
        let idle: Vec<&str> =
            suppression.rules.iter().filter(ran).filter(|rule| !used.contains(*rule)).map(String::as_str).collect();
        // In what could not be read its finding may stand.
        if !idle.is_empty() && !is_broken {
            let place = match suppression.reach {
                Reach::File => "stands in this file",
                Reach::Lines { .. } => "begins here or on the next line",
            };
            parts.push(format!("silences nothing: no finding of {} {place}", idle.join(", ")));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    fn finding(&self, kind: SuppressionMatch, suppression: &Suppression, what: &str) -> Option<Finding> {
        let is_of_kind = |rule: &&CompiledRule| rule.rule.matches.suppression == Some(kind);
        let rule = &self.gate.rules.iter().find(is_of_kind)?.rule;
        let until = suppression.until.map(|until| until.to_string()).unwrap_or_default();
        let tokens = suppression.rules.iter().map(String::as_str).chain([until.as_str()]);
        Some(Finding {
            rule: rule.id.clone(),
            severity: if suppression.context == Context::Test { Severity::Note } else { rule.severity },
            confidence: Confidence::Certain,
            context: suppression.context,
            language: suppression.language,
            path: suppression.path.clone(),
            span: suppression.span,
            message: rule.message.replace("{until}", &until).replace("{what}", what),
            flow: Vec::new(),
            details: match suppression.reach {
                Reach::Lines { first: Line { cell: Some(cell), number }, .. } => {
                    Details { cell: Some(cell), cell_line: Some(number), ..Details::default() }
                }
                _ => Details::default(),
            },
            fix: Fix {
                applicability: Applicability::Manual,
                target: None,
                reason: rule.help.clone(),
                edits: Vec::new(),
            },
            change_set: 1,
            fingerprint: fingerprint(&rule.id, "", tokens),
        })
    }
}

/// The first line of a finding.
fn line(finding: &Finding) -> Line {
    match (finding.details.cell, finding.details.cell_line) {
        (Some(cell), Some(number)) => Line { cell: Some(cell), number },
        _ => Line { cell: None, number: finding.span.start.line },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Language, Position, Span};
    use crate::gate::{Found, Outcome, Policy, Silencer, sample};
    use crate::rules::Catalog;

    const RULE: &str = "ims-jwt-exchange";

    fn suppression(line: usize, rules: &[&str]) -> Suppression {
        let at = Position { line, column: 1, byte: 0 };
        let line = Line { cell: None, number: line };
        Suppression {
            path: "a.js".to_owned(),
            language: Language::JavaScript,
            context: Context::Source,
            span: Span { start: at, end: at },
            reach: Reach::Lines { first: line, last: line },
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            until: None,
            reason: Some("so".to_owned()),
            fault: None,
        }
    }

    fn decided(lines: &[usize], suppressions: Vec<Suppression>, policy: &Policy) -> Outcome {
        let findings = lines.iter().map(|line| {
            let mut finding = sample::finding("a.js", *line, RULE);
            finding.span.start.line = *line;
            finding
        });
        let catalog = Catalog::load(&[]).unwrap();
        let found = Found { findings: findings.collect(), suppressions, ..Found::default() };
        let gate = Gate { rules: catalog.rules(), today: "2026-11-26".parse().unwrap(), ..Gate::new(policy) };
        gate.decide(found)
    }

    fn rules(outcome: &Outcome) -> Vec<(&str, usize)> {
        outcome.findings.iter().map(|finding| (finding.rule.as_str(), finding.span.start.line)).collect()
    }

    #[test]
    fn a_comment_is_for_its_own_line_or_for_the_next() {
        let policy = Policy::default();
        let outcome = decided(&[4, 6, 7, 9], vec![suppression(3, &[RULE]), suppression(6, &[RULE])], &policy);
        assert_eq!(rules(&outcome), [(RULE, 7), (RULE, 9)]);
        assert_eq!(outcome.suppressed.len(), 2);
        assert!(
            outcome.suppressed.iter().all(|one| one.by == Silencer::Comment && one.reason.as_deref() == Some("so"))
        );
        let mut for_file = suppression(30, &[RULE]);
        for_file.reach = Reach::File;
        assert_eq!(rules(&decided(&[4, 99], vec![for_file], &policy)), []);
    }

    #[test]
    fn one_that_silences_nothing_is_said() {
        let policy = Policy::default();
        let outcome =
            decided(&[9], vec![suppression(3, &[RULE, "ims-jwt-sdk"]), suppression(9, &[RULE, "typo"])], &policy);
        assert_eq!(rules(&outcome), [("suppression-unused", 3), ("suppression-unused", 9)]);
        assert!(outcome.findings[0].message.contains("no finding of ims-jwt-exchange, ims-jwt-sdk begins here"));
        assert!(outcome.findings[1].message.contains("names `typo`, which is no rule"));
        // What did not run says nothing about its comments.
        let policy = Policy { select: vec!["ims-jwt-sdk".to_owned(), "suppression-unused".to_owned()], ..policy };
        assert_eq!(rules(&decided(&[9], vec![suppression(9, &[RULE])], &policy)), []);
    }

    #[test]
    fn an_expired_one_silences_nothing_and_is_said() {
        let mut suppressions = vec![suppression(3, &[RULE]), suppression(8, &[RULE])];
        suppressions[0].until = "2026-11-25".parse().ok();
        suppressions[1].until = "2026-11-26".parse().ok();
        let outcome = decided(&[4, 9], suppressions, &Policy::default());
        assert_eq!(rules(&outcome), [("suppression-expired", 3), (RULE, 4)]);
        assert!(outcome.findings[0].message.contains("ended on 2026-11-25"));
        assert_eq!(outcome.findings[0].severity, Severity::Warning);
    }

    #[test]
    fn a_reason_can_be_demanded() {
        let mut bare = suppression(3, &[RULE]);
        bare.reason = None;
        let policy = Policy { require_reason: true, ..Policy::default() };
        let outcome = decided(&[4], vec![bare.clone()], &policy);
        assert_eq!(rules(&outcome), [("suppression-unused", 3), (RULE, 4)]);
        assert!(outcome.findings[0].message.contains("gives no reason"));
        assert_eq!(rules(&decided(&[4], vec![bare], &Policy::default())), []);
    }
}
