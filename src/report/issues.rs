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
