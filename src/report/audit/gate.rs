//! What the gate says, and why: the first thing that a reader of a job summary wants to know.

use crate::gate::{Outcome, Silencer, exit};
use crate::report::prose::counted;
use crate::report::{Circumstances, issues};

/// The answer and its reasons.
#[derive(Debug)]
pub(in crate::report) struct Gate {
    /// One or two words.
    pub(in crate::report) verdict: &'static str,
    /// What it rests on, a line each.
    pub(in crate::report) reasons: Vec<String>,
}

impl Gate {
    pub(super) fn new(outcome: &Outcome, circumstances: &Circumstances<'_>) -> Self {
        let policy = circumstances.policy;
        let issues = issues::all(outcome, circumstances);
        let failing = issues.iter().filter(|issue| issue.fails && issue.finding.is_some()).count();
        let at_gate = outcome.findings.iter().filter(|finding| policy.fails(finding)).count();
        let new = if outcome.baseline.is_some() { "new finding" } else { "finding" };
        let findings = |count: usize| counted(count, new, &format!("{new}s"));
        let mut reasons = Vec::new();
        if let Some(absence) = &outcome.absence {
            let things = counted(absence.in_the_way.len(), "thing stands", "things stand");
            reasons.push(match absence.absent {
                true => "Nothing of the old flow is left, as far as can be known".to_owned(),
                false => format!("{things} in the way of a proof that the old flow is absent"),
            });
        } else {
            let gate = match (policy.fail_on, policy.overrides.iter().any(|one| one.fail_on.is_some())) {
                (_, true) => "at or above the gate of their files".to_owned(),
                (Some(least), _) => format!("at or above `{}`", least.name()),
                (None, _) => "at the gate: nothing fails with `--fail-on never`".to_owned(),
            };
            let mut reason = format!("{} {gate}", findings(at_gate));
            if policy.max_findings > 0 {
                reason += &format!(", {} allowed", counted(policy.max_findings, "is", "are"));
            }
            let rewritten = circumstances.change_sets.iter().map(|set| set.findings.len()).sum::<usize>();
            if rewritten > 0 {
                reason += &format!("; {} rewritten by this run", counted(rewritten, "finding is", "findings are"));
            }
            if policy.fail_on.is_some() && outcome.findings.len() > at_gate {
                reason += &format!("; {} below it", findings(outcome.findings.len() - at_gate));
            }
            reasons.push(reason);
        }
        if !outcome.errors.is_empty() {
            let files = counted(outcome.errors.len(), "file was", "files were");
            let allowed = if policy.allow_incomplete { ", which `--allow-incomplete` lets pass" } else { "" };
            reasons.push(format!("{files} not read whole and could hold more{allowed}"));
        }
        if outcome.summary.files_seen == 0 {
            reasons.push("No file of a kind that any rule reads was seen".to_owned());
        }
        reasons.extend(silenced(outcome));
        if let Some(baseline) = outcome.baseline.as_ref().filter(|baseline| !baseline.stale.is_empty()) {
            let entries = counted(baseline.stale.len(), "entry", "entries");
            reasons.push(format!(
                "{entries} of the baseline {} stale: `grantshift baseline --prune` takes what is gone out",
                if baseline.stale.len() == 1 { "is" } else { "are" }
            ));
        }
        if let Some(outside @ 1..) = outcome.summary.outside_changes {
            reasons.push(format!("{} outside of what has changed", counted(outside, "finding is", "findings are")));
        }
        let verdict = match circumstances.exit_code {
            exit::CLEAN => "passed",
            exit::FINDINGS => "failed",
            exit::INCOMPLETE if failing > 0 => "failed, and incomplete",
            exit::INCOMPLETE => "incomplete",
            exit::EMPTY => "nothing was read",
            _ => "not decided",
        };
        Self { verdict, reasons }
    }
}

/// How many findings are silenced, and by what.
fn silenced(outcome: &Outcome) -> Option<String> {
    let by = [
        (Silencer::Baseline, "the baseline"),
        (Silencer::Comment, "a comment"),
        (Silencer::Config, "the configuration"),
    ];
    let of = |by: Silencer| outcome.suppressed.iter().filter(|silenced| silenced.by == by).count();
    let words: Vec<_> = by
        .into_iter()
        .map(|(by, name)| (of(by), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} by {name}"))
        .collect();
    let findings = counted(outcome.suppressed.len(), "finding is", "findings are");
    (!words.is_empty()).then(|| format!("{findings} silenced: {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Found, Policy, Suppressed, sample};
    use crate::report::audit::sample::with_audit_of;

    fn gate(outcome: &Outcome, policy: &Policy) -> (&'static str, String) {
        with_audit_of(outcome, policy, |circumstances| {
            let gate = Gate::new(outcome, circumstances);
            (gate.verdict, gate.reasons.join(". "))
        })
    }

    #[test]
    fn the_verdict_says_why() {
        let policy = Policy::default();
        let mut outcome = sample::outcome();
        assert_eq!(
            gate(&outcome, &policy),
            (
                "failed, and incomplete",
                "1 finding at or above `error`; 1 finding below it. 1 file was not read whole and could hold more"
                    .to_owned()
            )
        );
        outcome.errors.clear();
        outcome.suppressed = vec![Suppressed {
            by: Silencer::Baseline,
            reason: None,
            finding: sample::finding("a.js", 1, "ims-jwt-exchange"),
        }];
        let (verdict, why) = gate(&outcome, &policy);
        assert_eq!(verdict, "failed");
        assert!(why.ends_with("1 finding is silenced: 1 by the baseline"), "{why}");
        let allowed = Policy { max_findings: 1, ..Policy::default() };
        assert_eq!(gate(&outcome, &allowed).0, "passed");
        assert!(gate(&outcome, &allowed).1.starts_with("1 finding at or above `error`, 1 is allowed"));
        assert_eq!(gate(&Outcome::default(), &policy).0, "nothing was read");
        let clean = Outcome::new(Found { files_seen: 2, ..Found::default() }, &policy);
        assert_eq!(gate(&clean, &policy), ("passed", "0 findings at or above `error`".to_owned()));
    }
}
