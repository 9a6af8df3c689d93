//! What the pages of other programs show, one thing an entry: findings, what was not read whole, and what stands in the way of a
//! proof of absence. Here it is decided how bad each is; the formats only have their own words for that.

use super::{Circumstances, RuleInfo};
use crate::finding::{Finding, Severity, Span};
use crate::gate::{ObstacleKind, Outcome, exit};

/// What stands for the rule of a run that saw no file.
const EMPTY: &str = "empty";

/// One entry.
#[derive(Debug)]
pub(super) struct Issue<'a> {
    /// How bad it is: its severity, an error for what was not read whole, a note for what this run rewrites.
    pub(super) level: Severity,
    /// Whether it makes the run fail.
    pub(super) fails: bool,
    /// The id of the rule, or why a file was not read whole.
    pub(super) check: &'a str,
    /// The file, relative to the working directory; nothing where the run as a whole is meant.
    pub(super) path: Option<&'a str>,
    /// The line, where one is known.
    pub(super) line: Option<usize>,
    /// The exact place, where it is known.
    pub(super) span: Option<&'a Span>,
    /// A sentence.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: String,
    /// The rule, where it is a finding.
    pub(super) rule: Option<&'a RuleInfo>,
    /// The finding, where it is one.
    pub(super) finding: Option<&'a Finding>,
}

/// Everything of an outcome in the order of the report: first what was not read whole, then the findings, then the rest.
pub(super) fn all<'a>(outcome: &'a Outcome, circumstances: &Circumstances<'a>) -> Vec<Issue<'a>> {
    let policy = circumstances.policy;
    let empty = circumstances.exit_code == exit::EMPTY;
    let empty = empty.then(|| Issue {
        help: "Look whether the right folder is scanned; --allow-empty lets such a run pass.".to_owned(),
        ..Issue::new(Severity::Error, true, EMPTY, "no file of a kind that any rule reads was seen".to_owned())
    });
    let is_allowed = policy.allow_incomplete && !policy.prove_absent;
    let failures = outcome.errors.iter().map(|error| Issue {
        path: Some(&error.path),
        help: "It may hold more than was found: mend it so that it can be read, or leave it out.".to_owned(),
        ..Issue::new(
            if is_allowed { Severity::Warning } else { Severity::Error },
            !is_allowed,
            &error.reason,
            format!("not read whole: {}", error.message),
        )
    });
    let findings = outcome.findings.iter().map(|finding| of_finding(finding, circumstances));
    let obstacles = outcome.absence.iter().flat_map(|absence| &absence.in_the_way);
    let obstacles = obstacles.filter(|of| !matches!(of.kind, ObstacleKind::Finding | ObstacleKind::Error));
    let obstacles = obstacles.map(|of| Issue {
        path: Some(&of.path),
        line: of.line,
        help: of.to_do.to_owned(),
        ..Issue::new(Severity::Error, true, of.kind.title(), format!("{}: {}", of.kind.title(), of.what))
    });
    let mut issues: Vec<Issue<'a>> = empty.into_iter().chain(failures).chain(findings).chain(obstacles).collect();
    let is_at_gate = |issue: &&mut Issue<'a>| issue.fails && issue.finding.is_some();
    if !policy.prove_absent && issues.iter_mut().filter(is_at_gate).count() <= policy.max_findings {
        // So many are let pass.
        issues.iter_mut().filter(is_at_gate).for_each(|issue| issue.fails = false);
    }
    issues
}

/// A finding. What is proved to be absent fails a run with any finding; what this run rewrites fails none.
fn of_finding<'a>(finding: &'a Finding, circumstances: &Circumstances<'a>) -> Issue<'a> {
    let policy = circumstances.policy;
    let is_rewritten = circumstances
        .change_sets
        .iter()
        .any(|set| set.number == finding.change_set && set.findings.contains(&finding.fingerprint));
    let at_gate = policy.prove_absent || policy.fails(finding);
    let rule = circumstances.rule(&finding.rule);
    let message = match is_rewritten {
        true => format!("{} (rewritten by this run)", finding.message),
        false => finding.message.clone(),
    };
    Issue {
        path: Some(&finding.path),
        line: Some(finding.span.start.line),
        span: Some(&finding.span),
        help: rule.map(|rule| rule.help.clone()).unwrap_or_default(),
        rule,
        finding: Some(finding),
        ..Issue::new(
            if is_rewritten { Severity::Note } else { finding.severity },
            at_gate && !is_rewritten,
            &finding.rule,
            message,
        )
    }
}

impl<'a> Issue<'a> {
    fn new(level: Severity, fails: bool, check: &'a str, message: String) -> Self {
        Self {
            level,
            fails,
            check,
            path: None,
            line: None,
            span: None,
            message,
            help: String::new(),
            rule: None,
            finding: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounting::{Class, Place};
    use crate::gate::{Absence, Found, Policy, sample};
    use crate::report::audit::sample::with_audit_of;
    use crate::report::rewriting::ChangeSet;

    /// The level of each entry, whether it fails the run, and its check.
    fn listed(outcome: &Outcome, policy: &Policy) -> Vec<(Severity, bool, String)> {
        with_audit_of(outcome, policy, |circumstances| {
            all(outcome, circumstances).iter().map(|of| (of.level, of.fails, of.check.to_owned())).collect()
        })
    }

    #[test]
    fn what_fails_is_what_the_exit_code_says() {
        let mut outcome = sample::outcome();
        outcome.errors.clear();
        let fails = |policy: &Policy| listed(&outcome, policy).iter().filter(|(_, fails, _)| *fails).count();
        assert_eq!(fails(&Policy::default()), 1);
        assert_eq!(fails(&Policy { fail_on: Some(Severity::Note), ..Policy::default() }), 2);
        assert_eq!(fails(&Policy { fail_on: Some(Severity::Note), max_findings: 1, ..Policy::default() }), 2);
        assert_eq!(fails(&Policy { fail_on: Some(Severity::Note), max_findings: 2, ..Policy::default() }), 0);
        assert_eq!(fails(&Policy { fail_on: None, ..Policy::default() }), 0);
    }

    #[test]
    fn what_was_not_read_fails_unless_it_is_allowed() {
        let outcome = sample::outcome();
        let of = |policy: &Policy| listed(&outcome, policy).remove(0);
        assert_eq!(of(&Policy::default()), (Severity::Error, true, "syntax_error".to_owned()));
        let allowed = Policy { allow_incomplete: true, ..Policy::default() };
        assert_eq!(of(&allowed), (Severity::Warning, false, "syntax_error".to_owned()));
    }

    #[test]
    fn what_this_run_rewrites_fails_nothing() {
        let mut outcome = sample::outcome();
        outcome.errors.clear();
        let set = ChangeSet {
            number: 1,
            applicability: crate::finding::Applicability::Safe,
            findings: vec![outcome.findings[0].fingerprint.clone()],
            files: Vec::new(),
            ledger: Vec::new(),
            undo: None,
            undo_withheld: None,
        };
        with_audit_of(&outcome, &Policy::default(), |circumstances| {
            let sets = [set];
            let circumstances = Circumstances { change_sets: &sets, ..circumstances.clone() };
            let issue = &all(&outcome, &circumstances)[0];
            assert_eq!((issue.level, issue.fails), (Severity::Note, false));
            assert!(issue.message.ends_with("(rewritten by this run)"));
        });
    }

    #[test]
    fn a_proof_of_absence_names_what_is_in_the_way() {
        let policy = Policy { prove_absent: true, ..Policy::default() };
        let mut outcome = Outcome::new(Found { files_seen: 1, ..Found::default() }, &policy);
        let finding = sample::finding("a.js", 1, "ims-jwt-exchange");
        outcome.unaccounted.push(Place {
            path: "b.php".to_owned(),
            span: finding.span,
            anchor: "/ims/exchange/jwt".to_owned(),
            class: Class::NotCovered,
            reason: "no rule reads it".to_owned(),
        });
        outcome.absence = Some(Absence {
            absent: false,
            in_the_way: vec![crate::gate::Obstacle {
                kind: ObstacleKind::NotCovered,
                path: "b.php".to_owned(),
                line: Some(1),
                what: "/ims/exchange/jwt: no rule reads it".to_owned(),
                to_do: "look at it by hand",
            }],
        });
        assert_eq!(listed(&outcome, &policy), [(Severity::Error, true, "not covered".to_owned())]);
    }
}
