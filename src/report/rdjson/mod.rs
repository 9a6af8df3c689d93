//! Reviewdog's diagnostic format, with what a rewrite does as a suggestion that a reviewer takes with one click.

mod suggestion;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use self::suggestion::Suggested;
use super::issues::{self, Issue};
use super::prose::visible;
use super::{Circumstances, HOME, TOOL};
use crate::finding::{Evidence, Severity, Span};
use crate::gate::Outcome;

#[derive(Serialize)]
struct Result<'a> {
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct RelatedLocation {
    message: String,
    location: Location,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Range {
    start: Position,
    end: Position,
}

/// A line, from 1, and the byte of UTF-8 in it, from 1; without the byte the whole line is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Position {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// Lines that take the place of others; the text has no line break at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

/// Writes the object.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let issues = issues::all(outcome, circumstances);
    let writer = Writer { outcome, circumstances };
    let mut suggested = BTreeSet::new();
    let result = Result {
        source: Source { name: TOOL.name, url: HOME },
        severity: issues.iter().map(|issue| issue.level).max().map(severity),
        diagnostics: issues.iter().map(|issue| writer.diagnostic(issue, &mut suggested)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)
}

struct Writer<'a> {
    outcome: &'a Outcome,
    circumstances: &'a Circumstances<'a>,
}

impl<'a> Writer<'a> {
    /// A change set is suggested once, with its first finding.
    fn diagnostic(&self, issue: &Issue<'a>, suggested: &mut BTreeSet<usize>) -> Diagnostic<'a> {
        let mut message = visible(&issue.message).into_owned();
        let mut add = |text: &str| {
            if !text.is_empty() {
                message = format!("{message}\n\n{}", visible(text));
            }
        };
        add(&issue.help);
        let mut suggestions = Vec::new();
        if let Some(finding) = issue.finding
            && !finding.fix.edits.is_empty()
            && suggested.insert(finding.change_set)
        {
            match suggestion::of(finding, self.outcome) {
                Suggested::Lines(suggestion) => {
                    add(&finding.fix.reason);
                    suggestions.push(suggestion);
                }
                Suggested::Nothing(why) => add(&why),
            }
        }
        let related = issue.finding.into_iter().flat_map(|finding| &finding.flow);
        Diagnostic {
            location: issue.path.map(|path| Location {
                path: self.circumstances.base.relative(path),
                range: match (issue.span, issue.line) {
                    (Some(span), _) => Some(self.range(path, span)),
                    (None, Some(line)) => Some(Range::of_lines(line, line)),
                    (None, None) => None,
                },
            }),
            severity: severity(issue.level),
            code: Code { value: issue.check, url: issue.rule.and_then(|rule| rule.url.as_deref()) },
            suggestions,
            related_locations: related.map(|part| self.related(part)).collect(),
            message,
        }
    }

    fn related(&self, part: &Evidence) -> RelatedLocation {
        let role = part.role.name();
        RelatedLocation {
            message: if part.note.is_empty() { role.to_owned() } else { format!("{role}: {}", visible(&part.note)) },
            location: Location {
                path: self.circumstances.base.relative(&part.path),
                range: Some(self.range(&part.path, &part.span)),
            },
        }
    }

    /// Columns count bytes here, for which the text is needed; where it is not at hand, whole lines are meant.
    fn range(&self, path: &str, span: &Span) -> Range {
        let Some((file, _)) = self.outcome.sources.get(path) else {
            return Range::of_lines(span.start.line, span.end.line);
        };
        let file = file.origin().unwrap_or(file);
        let column = |number: usize, column: usize| {
            let line = file.line(number).map_or("", |line| &file.text()[line.start..line.end]);
            let mark = if number == 1 && file.has_byte_order_mark() { '\u{feff}'.len_utf8() } else { 0 };
            mark + line.chars().take(column - 1).map(char::len_utf8).sum::<usize>() + 1
        };
        let position = |line, of| Position { line, column: Some(column(line, of)) };
        Range { start: position(span.start.line, span.start.column), end: position(span.end.line, span.end.column) }
    }
}

impl Range {
    /// Whole lines, the last one included.
    fn of_lines(first: usize, last: usize) -> Self {
        Self { start: Position { line: first, column: None }, end: Position { line: last, column: None } }
    }
}

fn severity(level: Severity) -> &'static str {
    match level {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note => "INFO",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::finding::{Applicability, Edit};
    use crate::gate::{Outcome, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    fn diagnostics(outcome: &Outcome) -> Vec<Value> {
        let result: Value = serde_json::from_str(&rendered(Format::Rdjson, Style::default(), outcome)).unwrap();
        result["diagnostics"].as_array().unwrap().clone()
    }

    /// The sample's finding with edits of some texts of its file.
    fn edited(edits: &[(&str, &str)]) -> Outcome {
        let mut outcome = sample::outcome();
        let finding = &mut outcome.findings[0];
        finding.fix.applicability = Applicability::Review;
        let edit = |(old, new): &(&str, &str)| {
            let start_byte = sample::TEXT.find(old).unwrap();
            let (end_byte, replacement) = (start_byte + old.len(), (*new).to_owned());
            Edit { path: finding.path.clone(), start_byte, end_byte, replacement }
        };
        finding.fix.edits = edits.iter().map(edit).collect();
        outcome
    }

    #[test]
    fn columns_count_bytes() {
        let place = &diagnostics(&sample::outcome())[1]["related_locations"][0]["location"]["range"];
        assert_eq!(place["start"], json!({"line": 3, "column": 27}), "the umlaut before it has two");
    }

    #[test]
    fn a_rewrite_is_whole_lines() {
        let outcome = edited(&[("const jwt = require('jsonwebtoken');\n", "")]);
        let diagnostic = &diagnostics(&outcome)[1];
        let range = json!({"start": {"line": 1}, "end": {"line": 1}});
        assert_eq!(diagnostic["suggestions"], json!([{"range": range, "text": ""}]));
        let outcome = edited(&[("jwt.sign(claims, key)", "ask()"), ("/* ", "/* \n")]);
        let suggestion = &diagnostics(&outcome)[1]["suggestions"][0];
        assert_eq!(suggestion["text"], "/* \n\u{fc}ber */ const token = ask();");
    }

    #[test]
    fn nothing_is_suggested_around_a_secret_or_over_several_files() {
        let outcome = edited(&[("const jwt", "let jwt"), ("const token", "let token")]);
        let diagnostic = &diagnostics(&outcome)[1];
        assert_eq!(diagnostic["suggestions"], Value::Null);
        assert!(diagnostic["message"].as_str().unwrap().contains("hold a secret"), "{diagnostic}");
        let mut outcome = edited(&[("const jwt", "let jwt")]);
        let other = Edit { path: "package.json".to_owned(), start_byte: 0, end_byte: 0, replacement: "x".to_owned() };
        outcome.findings[1].fix.edits = vec![other];
        let diagnostics = diagnostics(&outcome);
        assert!(diagnostics.iter().all(|diagnostic| diagnostic["suggestions"].is_null()));
        assert!(diagnostics[1]["message"].as_str().unwrap().contains("grantshift fix --write --unsafe"));
    }
}
