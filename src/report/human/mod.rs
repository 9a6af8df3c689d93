//! The report for people: every finding drawn over its code, then what could not be read, then a summary.

mod printable;
mod summary;

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::iter;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, SourceSpan, ThemeCharacters,
    ThemeStyles,
};

use self::printable::printable;
use super::{Circumstances, RuleInfo};
use crate::finding::{Context, Evidence, Finding, Position, Role, Severity, Span};
use crate::gate::Outcome;
use crate::source::{Excerpt, SourceFile};

/// How many labels of the same words a drawing has: the first ones say enough.
const MOST_ALIKE: usize = 3;

/// How the report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With colours.
    pub colour: bool,
    /// Rule ids are links; only where a terminal understands them.
    pub links: bool,
    /// Frames are drawn with box characters, else with ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Everything that was left out is named, not only counted.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, links: false, unicode: true, width: 100, verbose: false }
    }
}

impl Style {
    /// What miette draws with.
    pub fn handler(self) -> GraphicalReportHandler {
        let theme = GraphicalTheme {
            characters: if self.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
            styles: if self.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_links(true)
            .with_urls(self.links)
            .with_link_display_text("")
            .with_context_lines(1)
            .without_syntax_highlighting()
    }

    /// A text in bold.
    pub fn bold(self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Writes the report.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let handler = circumstances.style.handler();
    let mut excerpts: BTreeMap<&str, Excerpt> = BTreeMap::new();
    for finding in &outcome.findings {
        let file = outcome.sources.get(&finding.path).map(|(file, secrets)| {
            // Findings are sorted by path: an excerpt that is not needed again may go.
            if !excerpts.contains_key(finding.path.as_str()) {
                excerpts.clear();
                excerpts.insert(&finding.path, printable::excerpt(file, secrets));
            }
            (&**file, &excerpts[finding.path.as_str()])
        });
        let drawing = Drawing::new(finding, file, circumstances.rule(&finding.rule));
        let mut drawn = String::new();
        handler.render_report(&mut drawn, &drawing).map_err(io::Error::other)?;
        writeln!(out, "{}", drawn.trim_end_matches('\n'))?;
        writeln!(out)?;
    }
    summary::write(outcome, circumstances, out)
}

/// One finding as miette draws it.
struct Drawing<'a> {
    finding: &'a Finding,
    excerpt: Option<&'a Excerpt>,
    labels: Vec<LabeledSpan>,
    help: String,
    url: Option<&'a str>,
}

impl<'a> Drawing<'a> {
    fn new(finding: &'a Finding, file: Option<(&SourceFile, &'a Excerpt)>, rule: Option<&'a RuleInfo>) -> Self {
        let mut labels = Vec::new();
        let mut elsewhere: Vec<&Evidence> = Vec::new();
        if let Some((file, excerpt)) = file {
            // A drawing shows one cell of a notebook: what stands in another is said in words.
            let cell = |span: &Span| file.cell(file.range_of(span).start).map(|(cell, _)| cell);
            let is_drawn = |part: &&Evidence| part.path == finding.path && cell(&part.span) == cell(&finding.span);
            labels = drawn_labels(finding, is_drawn, |span| excerpt.label(file.range_of(span)));
            elsewhere.extend(finding.flow.iter().filter(|part| !is_drawn(part)));
        } else {
            elsewhere.extend(&finding.flow);
        }
        let help = help(finding, file.map(|(file, _)| file), &elsewhere, rule);
        let url = rule.and_then(|rule| rule.url.as_deref());
        Self { finding, excerpt: file.map(|(_, excerpt)| excerpt), labels, help, url }
    }
}

/// The labels of the call and of the evidence in its file. Marks that lie in one another on one line cannot be told
/// apart: of two pieces of evidence the shorter one stays, and what lies in the call is said by the call's own label.
fn drawn_labels(
    finding: &Finding,
    is_drawn: impl Fn(&&Evidence) -> bool,
    place: impl Fn(&Span) -> SourceSpan,
) -> Vec<LabeledSpan> {
    let mut words =
        vec![finding.details.endpoint.as_ref().map_or("here".to_owned(), |endpoint| format!("sends to {endpoint}"))];
    let mut drawn: Vec<(&Span, Vec<&str>)> = Vec::new();
    let mut evidence: Vec<&Evidence> = finding.flow.iter().filter(is_drawn).collect();
    evidence.sort_by_key(|part| part.span.end.byte - part.span.start.byte);
    for part in evidence {
        let text = words_of(part);
        if on_one_line(&finding.span) && overlap(&part.span, &finding.span) {
            // The endpoint is in the label already.
            if part.role != Role::Endpoint && !words.iter().any(|known| known == text) {
                words.push(text.to_owned());
            }
        } else if let Some((_, words)) = drawn.iter_mut().find(|(span, _)| **span == part.span) {
            words.push(text);
        } else if drawn.iter().filter(|(_, words)| words.contains(&text)).count() < MOST_ALIKE
            && !drawn.iter().any(|(span, _)| overlap(&part.span, span))
        {
            drawn.push((&part.span, vec![text]));
        }
    }
    let call =
        LabeledSpan::new_primary_with_span(Some(printable(&words.join("; ")).into_owned()), place(&finding.span));
    let evidence = drawn
        .into_iter()
        .map(|(span, words)| LabeledSpan::new_with_span(Some(printable(&words.join("; ")).into_owned()), place(span)));
    iter::once(call).chain(evidence).collect()
}

fn on_one_line(span: &Span) -> bool {
    span.start.line == span.end.line
}

fn overlap(one: &Span, other: &Span) -> bool {
    one.start.byte < other.end.byte && other.start.byte < one.end.byte
}

fn words_of(part: &Evidence) -> &str {
    if part.note.is_empty() { part.role.name() } else { &part.note }
}

/// What to do next, and what the drawing cannot show.
fn help(finding: &Finding, file: Option<&SourceFile>, elsewhere: &[&Evidence], rule: Option<&RuleInfo>) -> String {
    let mut lines = Vec::new();
    if file.is_none() {
        lines.push(format!("at {}:{}", finding.path, place(finding.span.start)));
    }
    lines.push(rule.map_or_else(|| finding.fix.reason.clone(), |rule| rule.help.clone()));
    let details = &finding.details;
    if !details.suggested_scopes.is_empty() {
        lines.push(format!(
            "scopes to compare with the Developer Console, for {}: {}",
            details.products.join(", "),
            details.suggested_scopes.join(", ")
        ));
    } else if !details.metascopes.is_empty() {
        lines
            .push(format!("metascopes: {}; copy the scopes from the Developer Console", details.metascopes.join(", ")));
    }
    for part in elsewhere {
        let own = file.filter(|_| part.path == finding.path);
        let cell = own.and_then(|file| file.cell(file.range_of(&part.span).start));
        let cell = cell.map_or(String::new(), |(cell, line)| format!(" (cell {cell}, line {line})"));
        lines.push(format!("see {}:{}{cell}: {}", part.path, place(part.span.start), words_of(part)));
    }
    printable(&lines.join("\n")).into_owned()
}

fn place(position: Position) -> String {
    format!("{}:{}", position.line, position.column)
}

impl Display for Drawing<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&printable(&self.finding.message))
    }
}

impl fmt::Debug for Drawing<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, out)
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        let finding = self.finding;
        let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
        let test = if finding.context == Context::Test { ", test code" } else { "" };
        Some(Box::new(format!("{} ({severity}, {confidence}{test})", finding.rule)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Note => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.url.map(|url| Box::new(url) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Style;
    use crate::gate::{Outcome, sample};
    use crate::report::Format;
    use crate::report::sample::rendered;

    #[test]
    fn a_finding_is_drawn_with_its_evidence() {
        let text = rendered(Format::Human, Style::default(), &sample::outcome());
        for part in [
            "ims-jwt-exchange (error, certain)",
            "[src/\u{fc}ber a#1.js:4:16]",
            "sends to https://{host}/ims/exchange/jwt",
            "jsonwebtoken signs the assertion",
            "see config.js:3:7: the endpoint",
            "for User Management API: openid, AdobeID",
            "at test/a.js:1:4",
            "(note, likely, test code)",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn the_label_lies_under_the_call() {
        let text = rendered(Format::Human, Style::default(), &sample::outcome());
        let lines: Vec<&str> = text.lines().collect();
        let row = lines.iter().position(|line| line.contains("axios.post")).unwrap();
        let column = |line: &str, needle: char| line.chars().position(|letter| letter == needle).unwrap();
        let call = lines[row].find("axios").unwrap();
        let call = lines[row][..call].chars().count();
        assert_eq!(column(lines[row + 1], '\u{2500}'), call, "{text}");
    }

    #[test]
    fn secrets_are_masked() {
        let text = rendered(Format::Human, Style::default(), &sample::outcome());
        assert!(text.contains("client_secret: '*"), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }

    #[test]
    fn colours_and_links_only_where_they_are_wanted() {
        let plain = rendered(Format::Human, Style::default(), &sample::outcome());
        assert!(!plain.contains('\u{1b}'));
        let style = Style { colour: true, links: true, ..Style::default() };
        let text = rendered(Format::Human, style, &sample::outcome());
        assert!(
            text.contains(
                "\u{1b}]8;;https://github.com/grantshift/grantshift/blob/main/docs/rules/ims-jwt-exchange.md"
            )
        );
        let ascii = rendered(Format::Human, Style { unicode: false, ..Style::default() }, &Outcome::default());
        assert!(ascii.is_ascii());
    }
}
