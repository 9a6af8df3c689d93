//! GitLab's code quality report, a list of issues in the form of Code Climate. What GitLab does not ask for (the type, the categories)
//! other readers of that form do.

use std::collections::HashSet;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Circumstances;
use super::issues::{self, Issue};
use super::prose::visible;
use crate::finding::Severity;
use crate::gate::Outcome;

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    categories: [&'static str; 1],
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
}

/// Writes the list.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut taken = HashSet::new();
    let mut entries = Vec::new();
    for issue in issues::all(outcome, circumstances) {
        // GitLab shows nothing that stands in no file.
        let Some(path) = issue.path else { continue };
        let path = circumstances.base.relative(path);
        let begin = issue.line.unwrap_or(1);
        let is_security = issue.rule.is_some_and(|rule| rule.security_severity.is_some());
        entries.push(Entry {
            kind: "issue",
            categories: [if is_security { "Security" } else { "Compatibility" }],
            description: visible(&issue.message).into_owned(),
            check_name: issue.check,
            fingerprint: fingerprint(&issue, &path, &mut taken),
            severity: severity(&issue),
            location: Location {
                path: path.strip_prefix("./").unwrap_or(&path).to_owned(),
                lines: Lines { begin, end: issue.span.map(|span| span.end.line).filter(|end| *end > begin) },
            },
        });
    }
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    writeln!(out)
}

/// What was not read whole blocks, whatever else is found.
fn severity(issue: &Issue<'_>) -> &'static str {
    match (issue.finding, issue.level) {
        (None, Severity::Error) => "blocker",
        (_, Severity::Error) => "critical",
        (_, Severity::Warning) => "major",
        (_, Severity::Note) => "info",
    }
}

/// The identity of an entry: of a finding and its file, or of a file and the reason. GitLab keeps one entry of a fingerprint, so
/// equal ones are hashed again until they are told apart; no line is in it, which would make an old entry a new one.
fn fingerprint(issue: &Issue<'_>, path: &str, taken: &mut HashSet<String>) -> String {
    let identity = issue.finding.map_or(issue.message.as_str(), |finding| finding.fingerprint.as_str());
    let mut fingerprint = hash(&[issue.check, path, identity]);
    while !taken.insert(fingerprint.clone()) {
        fingerprint = hash(&[&fingerprint]);
    }
    fingerprint
}

fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::finding::Severity;
    use crate::gate::{Outcome, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    fn entries(outcome: &Outcome) -> Vec<Value> {
        serde_json::from_str(&rendered(Format::Gitlab, Style::default(), outcome)).unwrap()
    }

    #[test]
    fn equal_findings_have_fingerprints_of_their_own_that_no_line_changes() {
        let mut outcome = sample::outcome();
        let findings = [3, 40, 90].map(|byte| sample::finding("a.js", byte, "ims-jwt-exchange"));
        outcome.findings = findings.into();
        outcome.findings.push(sample::finding("b.js", 3, "ims-jwt-exchange"));
        let fingerprints = |outcome: &Outcome| -> Vec<String> {
            entries(outcome).iter().map(|entry| entry["fingerprint"].as_str().unwrap().to_owned()).collect()
        };
        let before = fingerprints(&outcome);
        let mut distinct = before.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), 5);
        for finding in &mut outcome.findings {
            finding.span.start.line += 7;
            finding.span.end.line += 7;
        }
        assert_eq!(fingerprints(&outcome), before);
    }

    #[test]
    fn severities_are_those_of_gitlab() {
        let mut outcome = sample::outcome();
        outcome.findings[1].severity = Severity::Warning;
        let severities: Vec<_> = entries(&outcome).iter().map(|entry| entry["severity"].clone()).collect();
        assert_eq!(severities, ["blocker", "critical", "major"]);
        assert_eq!(entries(&Outcome::default()), Vec::<Value>::new());
    }
}
