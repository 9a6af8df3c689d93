//! JUnit's XML: every rule is a suite and every finding a test case, so that the test page of any CI server shows them.
//!
//! What fails the run is a failure, what was not read whole an error, what is silenced is skipped, and everything else passes. A rule
//! with nothing to say has one passing case, so that no suite is ever without tests. Nothing in it depends on the clock.

use std::collections::HashMap;
use std::io::{self, Write};

use super::issues::{self, Issue};
use super::prose::visible;
use super::xml::Document;
use super::{Circumstances, TOOL};
use crate::finding::Span;
use crate::gate::{Outcome, Suppressed};

/// The suite of what was not read whole, and of all that belongs to no rule.
const SCAN: &str = "scan";

/// One suite.
struct Suite<'a> {
    name: &'a str,
    /// What the passing case is called where there is no other.
    nothing: &'static str,
    issues: Vec<&'a Issue<'a>>,
    silenced: Vec<&'a Suppressed>,
}

/// Writes the document.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let issues = issues::all(outcome, circumstances);
    let suites = suites(&issues, outcome, circumstances);
    let mut document = Document::new(out)?;
    document.open(
        "testsuites",
        &[
            ("name", TOOL.name),
            ("tests", &suites.iter().map(Suite::tests).sum::<usize>().to_string()),
            ("failures", &suites.iter().map(Suite::failures).sum::<usize>().to_string()),
            ("errors", &suites.iter().map(Suite::errors).sum::<usize>().to_string()),
            ("time", "0"),
        ],
    )?;
    for suite in &suites {
        suite.render(&mut document)?;
    }
    document.close()
}

/// The scan itself, then every rule that ran or found something.
fn suites<'a>(issues: &'a [Issue<'a>], outcome: &'a Outcome, circumstances: &Circumstances<'a>) -> Vec<Suite<'a>> {
    let of_the_scan = issues.iter().filter(|issue| issue.finding.is_none()).collect();
    let scan = Suite { name: SCAN, nothing: "everything was read", issues: of_the_scan, silenced: Vec::new() };
    let mut names: Vec<&str> = circumstances.rules.iter().map(|rule| rule.id.as_str()).collect();
    names.retain(|name| circumstances.policy.selects(name));
    names.extend(issues.iter().filter(|issue| issue.finding.is_some()).map(|issue| issue.check));
    names.extend(outcome.suppressed.iter().map(|silenced| silenced.finding.rule.as_str()));
    names.sort_unstable();
    names.dedup();
    let of_rules = names.into_iter().map(|name| Suite {
        name,
        nothing: "nothing found",
        issues: issues.iter().filter(|issue| issue.finding.is_some() && issue.check == name).collect(),
        silenced: outcome.suppressed.iter().filter(|silenced| silenced.finding.rule == name).collect(),
    });
    [scan].into_iter().chain(of_rules).collect()
}

impl Suite<'_> {
    fn tests(&self) -> usize {
        (self.issues.len() + self.silenced.len()).max(1)
    }

    fn failures(&self) -> usize {
        self.issues.iter().filter(|issue| issue.fails && issue.finding.is_some()).count()
    }

    fn errors(&self) -> usize {
        self.issues.iter().filter(|issue| issue.fails && issue.finding.is_none()).count()
    }

    fn render(&self, document: &mut Document<'_>) -> io::Result<()> {
        document.open(
            "testsuite",
            &[
                ("name", self.name),
                ("tests", &self.tests().to_string()),
                ("failures", &self.failures().to_string()),
                ("errors", &self.errors().to_string()),
                ("skipped", &self.silenced.len().to_string()),
                ("time", "0"),
            ],
        )?;
        if self.issues.is_empty() && self.silenced.is_empty() {
            document.empty("testcase", &[("name", self.nothing), ("classname", &self.class()), ("time", "0")])?;
        }
        let mut names = HashMap::new();
        for issue in &self.issues {
            self.open(issue.path.unwrap_or(issue.check), issue.span, &mut names, document)?;
            case(issue, document)?;
            document.close()?;
        }
        for silenced in &self.silenced {
            let finding = &silenced.finding;
            self.open(&finding.path, Some(&finding.span), &mut names, document)?;
            let reason = silenced.reason.as_deref().map(|reason| format!(": {}", visible(reason)));
            let message = format!("silenced by {}{}", silenced.by.name(), reason.unwrap_or_default());
            document.empty("skipped", &[("message", &message)])?;
            document.close()?;
        }
        document.close()
    }

    /// Begins a case. Its name is its place, which tells it from the others of the suite; where two are at one place, a number does.
    fn open(
        &self,
        path: &str,
        span: Option<&Span>,
        names: &mut HashMap<String, usize>,
        document: &mut Document<'_>,
    ) -> io::Result<()> {
        let line = span.map(|span| span.start.line.to_string());
        let mut name = match span {
            Some(span) => format!("{path}:{}:{}", span.start.line, span.start.column),
            None => path.to_owned(),
        };
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name = format!("{name} ({count})");
        }
        let class = self.class();
        let mut attributes = vec![("name", name.as_str()), ("classname", &class), ("file", path)];
        attributes.extend(line.as_deref().map(|line| ("line", line)));
        attributes.push(("time", "0"));
        document.open("testcase", &attributes)
    }

    /// The class that pages group by; what stands before the point is a package to them.
    fn class(&self) -> String {
        format!("{}.{}", TOOL.name, self.name)
    }
}

/// What a case comes to.
fn case(issue: &Issue<'_>, document: &mut Document<'_>) -> io::Result<()> {
    let message = visible(&issue.message);
    let place = issue.path.map(|path| match issue.line {
        Some(line) => format!("{}:{line}: ", visible(path)),
        None => format!("{}: ", visible(path)),
    });
    let mut text = format!("{}{message}", place.unwrap_or_default());
    if !issue.help.is_empty() {
        text = format!("{text}\n{}", visible(&issue.help));
    }
    let kind = match issue.finding {
        Some(finding) => finding.severity.name(),
        None => issue.check,
    };
    match (issue.fails, issue.finding.is_some()) {
        (true, true) => document.text("failure", &[("message", &message), ("type", kind)], &text),
        (true, false) => document.text("error", &[("message", &message), ("type", kind)], &text),
        (false, _) => document.text("system-out", &[], &format!("{}: {text}", issue.level.name())),
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::{Outcome, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    #[test]
    fn every_suite_has_a_case() {
        let text = rendered(Format::Junit, Style::default(), &sample::outcome());
        let head = "<testsuites name=\"grantshift\" tests=\"3\" failures=\"1\" errors=\"1\" time=\"0\">";
        assert_eq!(text.lines().nth(1), Some(head));
        assert_eq!(text.matches("<failure ").count(), 1);
        assert_eq!(text.matches("<system-out>note: test/a.js:1: axios").count(), 1);
        let nothing = rendered(Format::Junit, Style::default(), &Outcome::default());
        assert_eq!(nothing.matches("name=\"nothing found\"").count(), 2, "{nothing}");
    }

    #[test]
    fn hostile_texts_are_texts() {
        let mut outcome = sample::outcome();
        outcome.findings[0].message = "]]><b>\u{0}&\"\n".to_owned();
        let text = rendered(Format::Junit, Style::default(), &outcome);
        assert!(text.contains("message=\"]]&gt;&lt;b&gt;\u{fffd}&amp;&quot; \""), "{text}");
    }
}
