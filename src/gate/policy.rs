//! What the user wants to count, and the exit code that follows.

use super::Outcome;
use crate::finding::{Confidence, Finding, Severity};

/// The exit codes. They are the same for every command, and a contract.
pub mod exit {
    /// Nothing at or above the gate.
    pub const CLEAN: u8 = 0;
    /// Findings at or above the gate.
    pub const FINDINGS: u8 = 1;
    /// A usage or configuration error.
    pub const USAGE: u8 = 2;
    /// Something that could have mattered was not read whole.
    pub const INCOMPLETE: u8 = 3;
    /// No file of a kind that any rule reads was seen.
    pub const EMPTY: u8 = 4;
}

/// What counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The lowest severity that fails a run; nothing where no finding does.
    pub fail_on: Option<Severity>,
    /// The lowest confidence that is reported.
    pub min_confidence: Confidence,
    /// The rules whose findings are reported; empty for all.
    pub select: Vec<String>,
    /// Rules whose findings are not reported.
    pub ignore: Vec<String>,
    /// A run that is incomplete ends as if it were not.
    pub allow_incomplete: bool,
    /// A run that saw no file ends as a clean one.
    pub allow_empty: bool,
    /// Whatever is left of the old flow fails the run, whatever else is said here.
    pub prove_absent: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Error),
            min_confidence: Confidence::Likely,
            select: Vec::new(),
            ignore: Vec::new(),
            allow_incomplete: false,
            allow_empty: false,
            prove_absent: false,
        }
    }
}

impl Policy {
    /// Whether findings of a rule are wanted at all.
    pub fn selects(&self, rule: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|id| id == rule);
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }
}

/// The exit code of a run that was carried out. Where several hold, incomplete goes before empty, and that before
/// findings.
pub fn exit_code(outcome: &Outcome, policy: &Policy) -> u8 {
    exit_code_of(outcome, policy, |_| true)
}

/// The same where only some of the findings count: those that were rewritten fail no run.
pub fn exit_code_of(outcome: &Outcome, policy: &Policy, counts: impl Fn(&Finding) -> bool) -> u8 {
    if let Some(absence) = &outcome.absence {
        return match () {
            () if !outcome.errors.is_empty() => exit::INCOMPLETE,
            () if outcome.summary.files_seen == 0 && absence.absent => exit::EMPTY,
            () if absence.absent => exit::CLEAN,
            () => exit::FINDINGS,
        };
    }
    if !outcome.errors.is_empty() && !policy.allow_incomplete {
        exit::INCOMPLETE
    } else if outcome.summary.files_seen == 0 && !policy.allow_empty {
        exit::EMPTY
    } else if outcome
        .findings
        .iter()
        .any(|finding| policy.fail_on.is_some_and(|least| finding.severity >= least) && counts(finding))
    {
        exit::FINDINGS
    } else {
        exit::CLEAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Incomplete;
    use crate::gate::Summary;
    use crate::gate::sample;

    fn outcome(severity: Option<Severity>, incomplete: bool, files_seen: usize) -> Outcome {
        let findings = severity.map(|severity| {
            let mut finding = sample::finding("a.js", 1, "ims-jwt-exchange");
            finding.severity = severity;
            finding
        });
        let error = Incomplete { path: "b.py".to_owned(), reason: "syntax_error".to_owned(), message: String::new() };
        Outcome {
            summary: Summary { files_seen, ..Summary::default() },
            findings: findings.into_iter().collect(),
            errors: if incomplete { vec![error] } else { Vec::new() },
            ..Outcome::default()
        }
    }

    #[test]
    fn codes_take_precedence_as_the_contract_says() {
        let policy = Policy::default();
        assert_eq!(exit_code(&outcome(None, false, 1), &policy), 0);
        assert_eq!(exit_code(&outcome(Some(Severity::Error), false, 1), &policy), 1);
        assert_eq!(exit_code(&outcome(Some(Severity::Error), true, 1), &policy), 3);
        assert_eq!(exit_code(&outcome(None, true, 0), &policy), 3);
        assert_eq!(exit_code(&outcome(None, false, 0), &policy), 4);
    }

    #[test]
    fn the_gate_is_the_least_severity_that_fails() {
        let code =
            |fail_on, severity| exit_code(&outcome(Some(severity), false, 1), &Policy { fail_on, ..Policy::default() });
        assert_eq!(code(Some(Severity::Error), Severity::Warning), 0);
        assert_eq!(code(Some(Severity::Warning), Severity::Warning), 1);
        assert_eq!(code(Some(Severity::Note), Severity::Warning), 1);
        assert_eq!(code(None, Severity::Error), 0);
    }

    #[test]
    fn what_is_allowed_lowers_the_code() {
        let policy = Policy { allow_incomplete: true, allow_empty: true, ..Policy::default() };
        assert_eq!(exit_code(&outcome(Some(Severity::Error), true, 1), &policy), 1);
        assert_eq!(exit_code(&outcome(None, true, 1), &policy), 0);
        assert_eq!(exit_code(&outcome(None, false, 0), &policy), 0);
        let policy = Policy { allow_incomplete: true, ..Policy::default() };
        assert_eq!(exit_code(&outcome(None, true, 0), &policy), 4);
    }
}
