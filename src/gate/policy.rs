//! What the user wants to count, and the exit code that follows.

use std::path::PathBuf;

use super::Outcome;
use crate::config::{FailOn, Glob};
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
    /// Rules whose findings the configuration silences everywhere.
    pub silenced: Vec<String>,
    /// What counts otherwise in some files; the first that says something of a matter counts.
    pub overrides: Vec<Override>,
    /// How many findings at or above `fail_on` a run may have.
    pub max_findings: usize,
    /// Comments that give no reason silence nothing.
    pub require_reason: bool,
    /// A run that is incomplete ends as if it were not.
    pub allow_incomplete: bool,
    /// A run that saw no file ends as a clean one.
    pub allow_empty: bool,
    /// Whatever is left of the old flow fails the run, whatever else is said here.
    pub prove_absent: bool,
}

/// What counts otherwise in some files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which files, from the folder.
    pub paths: Vec<Glob>,
    /// The folder of the configuration file.
    pub folder: PathBuf,
    /// Rules whose findings the configuration silences there.
    pub silenced: Vec<String>,
    /// The lowest severity that fails a run there.
    pub fail_on: Option<FailOn>,
    /// The lowest confidence that is reported there.
    pub min_confidence: Option<Confidence>,
}

impl Override {
    fn is_for(&self, path: &str) -> bool {
        self.paths.iter().any(|glob| glob.fits(&self.folder, path))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Error),
            min_confidence: Confidence::Likely,
            select: Vec::new(),
            ignore: Vec::new(),
            silenced: Vec::new(),
            overrides: Vec::new(),
            max_findings: 0,
            require_reason: false,
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

    /// Whether a rule can report anything in this run.
    pub fn runs(&self, rule: &str) -> bool {
        self.selects(rule) && !self.silenced.iter().any(|id| id == rule)
    }

    /// Whether the configuration silences a finding.
    pub fn silences(&self, finding: &Finding) -> bool {
        let named = |list: &[String]| list.contains(&finding.rule);
        named(&self.silenced) || self.overrides.iter().any(|one| named(&one.silenced) && one.is_for(&finding.path))
    }

    /// The lowest confidence that is reported in a file.
    pub fn confidence_for(&self, path: &str) -> Confidence {
        let said = self.overrides.iter().find(|one| one.min_confidence.is_some() && one.is_for(path));
        said.and_then(|one| one.min_confidence).unwrap_or(self.min_confidence)
    }

    /// Whether a finding is at or above the gate.
    pub fn fails(&self, finding: &Finding) -> bool {
        let said = self.overrides.iter().find(|one| one.fail_on.is_some() && one.is_for(&finding.path));
        let least = said.and_then(|one| one.fail_on).map_or(self.fail_on, FailOn::severity);
        least.is_some_and(|least| finding.severity >= least)
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
    } else if outcome.findings.iter().filter(|finding| policy.fails(finding) && counts(finding)).count()
        > policy.max_findings
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
    fn some_findings_may_be_let_pass() {
        let mut outcome = outcome(Some(Severity::Error), false, 1);
        outcome.findings.push(sample::finding("b.js", 1, "ims-jwt-exchange"));
        let code = |max_findings| exit_code(&outcome, &Policy { max_findings, ..Policy::default() });
        assert_eq!((code(0), code(1), code(2)), (1, 1, 0));
    }

    #[test]
    fn some_files_may_count_otherwise() {
        let glob = |text: &str| Glob::try_from(text.to_owned()).unwrap();
        let folder = std::env::current_dir().unwrap();
        let of = |paths: &str| Override {
            paths: vec![glob(paths)],
            folder: folder.clone(),
            silenced: Vec::new(),
            fail_on: None,
            min_confidence: None,
        };
        let overrides = vec![
            Override { silenced: vec!["ims-jwt-exchange".to_owned()], ..of("generated/**") },
            Override { fail_on: Some(FailOn::Never), ..of("legacy/**") },
            Override { fail_on: Some(FailOn::Note), min_confidence: Some(Confidence::Certain), ..of("*.js") },
        ];
        let policy = Policy { overrides, ..Policy::default() };
        let finding = |path: &str| {
            let mut finding = sample::finding(path, 1, "ims-jwt-exchange");
            finding.severity = Severity::Warning;
            finding
        };
        assert!(policy.silences(&finding("generated/a/b.js")) && !policy.silences(&finding("src/generated.js")));
        assert!(!policy.fails(&finding("legacy/a.js")) && policy.fails(&finding("src/a.js")));
        assert!(!policy.fails(&finding("src/a.py")), "a warning is below the gate");
        assert_eq!(policy.confidence_for("legacy/a.js"), Confidence::Certain);
        assert_eq!(policy.confidence_for("a.py"), Confidence::Likely);
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
