//! Workflow commands of GitHub Actions: what a step prints so becomes an annotation of the pull request, on its line.
//!
//! GitHub shows ten annotations of a kind for a step. All are printed, the worst first, and the last line says how many will
//! not be shown. No text of a scanned file can become a command of its own.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::issues::{self, Issue};
use super::prose::{counted, visible};
use super::{Circumstances, TOOL};
use crate::finding::{Severity, Span};
use crate::gate::Outcome;

/// How many annotations of a kind GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the annotations, and a last line for people.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut issues = issues::all(outcome, circumstances);
    // The order within is that of the report.
    issues.sort_by_key(|issue| {
        let confidence = issue.finding.map(|finding| finding.confidence);
        (Reverse(issue.level), Reverse(issue.fails), confidence.map(Reverse))
    });
    for issue in &issues {
        annotation(issue, circumstances, out)?;
    }
    writeln!(out, "{}", last_line(&issues, outcome))
}

fn annotation(issue: &Issue<'_>, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{} ", command(issue.level))?;
    let mut message = visible(&issue.message).into_owned();
    if let Some(path) = issue.path {
        let path = circumstances.base.relative(path);
        if is_outside(&path) {
            // GitHub knows no such file: it would show the annotation nowhere.
            let line = issue.line.map(|line| format!(":{line}")).unwrap_or_default();
            message = format!("{}{line}: {message}", visible(&path));
        } else {
            write!(out, "file={},{}", property(&path), lines(issue))?;
        }
    }
    if !issue.help.is_empty() {
        message = format!("{message}\n{}", visible(&issue.help));
    }
    if let Some(url) = issue.rule.and_then(|rule| rule.url.as_deref()) {
        message = format!("{message}\n{url}");
    }
    writeln!(out, "title={}::{}", property(&format!("{}: {}", TOOL.name, issue.check)), data(&message))
}

/// Lines and columns. Where a place has several lines, GitHub takes no columns.
fn lines(issue: &Issue<'_>) -> String {
    match (issue.span, issue.line) {
        (Some(span), _) if span.start.line == span.end.line => {
            let (line, start) = (span.start.line, span.start.column);
            // Here the last column is the last one that is meant.
            let end = span.end.column.saturating_sub(1).max(start);
            format!("line={line},endLine={line},col={start},endColumn={end},")
        }
        (Some(span), _) => format!("line={},endLine={},", span.start.line, last(span)),
        (None, Some(line)) => format!("line={line},"),
        (None, None) => String::new(),
    }
}

/// The last line that a place has something in.
fn last(span: &Span) -> usize {
    if span.end.column == 1 { span.end.line - 1 } else { span.end.line }.max(span.start.line)
}

fn command(level: Severity) -> &'static str {
    match level {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn is_outside(path: &str) -> bool {
    path == ".." || path.starts_with("../") || path.starts_with('/') || path.contains(":/")
}

/// What is counted, and what GitHub will not show. It is no command: it begins with the name of the program, and holds nothing
/// of a scanned file.
fn last_line(issues: &[Issue<'_>], outcome: &Outcome) -> String {
    let of = |level: Severity| issues.iter().filter(|issue| issue.level == level).count();
    let kinds = [Severity::Error, Severity::Warning, Severity::Note].map(|level| (command(level), of(level)));
    let words = |kinds: Vec<(&str, usize)>| {
        let words = kinds.into_iter().map(|(name, count)| counted(count, name, &format!("{name}s")));
        words.collect::<Vec<_>>().join(", ")
    };
    let mut line = format!("{}: ", TOOL.name);
    match issues.is_empty() {
        true => line += &format!("nothing to annotate in {}", counted(outcome.summary.files_seen, "file", "files")),
        false => line += &words(kinds.into_iter().filter(|(_, count)| *count > 0).collect()),
    }
    if outcome.summary.suppressed > 0 {
        line += &format!("; {} silenced", counted(outcome.summary.suppressed, "finding is", "findings are"));
    }
    let hidden: Vec<_> =
        kinds.into_iter().filter(|(_, count)| *count > SHOWN).map(|(name, count)| (name, count - SHOWN)).collect();
    if !hidden.is_empty() {
        line += &format!(
            "; GitHub shows {SHOWN} annotations of a kind for a step: {} stand in this log only",
            words(hidden)
        );
    }
    line
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    let text = data(text).replace(':', "%3A").replace(',', "%2C");
    text.chars().map(|of| if of.is_control() { char::REPLACEMENT_CHARACTER } else { of }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Position};
    use crate::gate::{Found, Policy, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    fn lines_of(outcome: &Outcome) -> Vec<String> {
        rendered(Format::Github, Style::default(), outcome).lines().map(str::to_owned).collect()
    }

    fn of(findings: Vec<crate::finding::Finding>) -> Outcome {
        Outcome::new(Found { findings, files_seen: 3, ..Found::default() }, &Policy::default())
    }

    #[test]
    fn no_text_becomes_a_command() {
        let mut finding = sample::finding("a%0A,b:c\n.js", 4, "ims-jwt-exchange");
        finding.message = "50% of it\n::error::x\u{1b}[2J".to_owned();
        let lines = lines_of(&of(vec![finding]));
        assert_eq!(
            lines,
            [
                "::error file=a%250A%2Cb%3Ac%0A.js,line=1,endLine=1,col=5,endColumn=5,\
                 title=grantshift%3A ims-jwt-exchange::50%25 of it ::error::x\u{fffd}[2J%0AAsk for the token with client \
                 credentials.%0Ahttps://github.com/grantshift/grantshift/blob/main/docs/rules/ims-jwt-exchange.md",
                "grantshift: 1 error"
            ]
        );
    }

    #[test]
    fn the_worst_come_first_and_what_is_hidden_is_said() {
        let mut findings: Vec<_> = (0..23).map(|byte| sample::finding("a.js", byte, "ims-jwt-exchange")).collect();
        findings[3].severity = Severity::Warning;
        findings[22].confidence = Confidence::Likely;
        findings[5].span.end = Position { line: 9, column: 1, byte: 99 };
        let lines = lines_of(&of(findings));
        assert!(lines[21].contains("col=23") && lines[21].starts_with("::error"), "{}", lines[21]);
        assert!(lines[22].starts_with("::warning") && lines[22].contains("col=4,"), "{}", lines[22]);
        assert!(lines[4].starts_with("::error file=a.js,line=1,endLine=8,title="), "{}", lines[4]);
        assert_eq!(
            lines[23],
            "grantshift: 22 errors, 1 warning; GitHub shows 10 annotations of a kind for a step: 12 errors stand in this log only"
        );
    }

    #[test]
    fn what_lies_elsewhere_is_named_in_the_message() {
        let lines = lines_of(&of(vec![sample::finding("../b/a.js", 4, "ims-jwt-exchange")]));
        assert!(
            lines[0].starts_with("::error title=grantshift%3A ims-jwt-exchange::../b/a.js:1: axios"),
            "{}",
            lines[0]
        );
    }

    #[test]
    fn nothing_is_said_too() {
        assert_eq!(lines_of(&of(Vec::new())), ["grantshift: nothing to annotate in 3 files"]);
        assert!(lines_of(&Outcome::default())[0].starts_with("::error title=grantshift%3A empty::no file of a kind"));
    }
}
