//! The JSON report and its form of one object a line. `docs/report.md` describes both field by field.

use std::io::{self, Write};

use serde::Serialize;

use super::{SCHEMA_VERSION, TOOL, Tool};
use crate::accounting::Place;
use crate::console::Credential;
use crate::finding::{Finding, Incomplete, Skipped};
use crate::gate::{Absence, BaselineUse, Outcome, Summary, Suppressed};

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    tool: Tool,
    summary: &'a Summary,
    findings: &'a [Finding],
    suppressed: &'a [Suppressed],
    skipped: &'a [Skipped],
    errors: &'a [Incomplete],
    unaccounted: &'a [Place],
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'a BaselineUse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prove_absent: Option<&'a Absence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<&'a [Credential]>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(&'a Finding),
    Suppressed(&'a Suppressed),
    Error(&'a Incomplete),
    Skipped(&'a Skipped),
    Unaccounted(&'a Place),
    Baseline(&'a BaselineUse),
    Credential(&'a Credential),
    #[serde(rename = "prove_absent")]
    Absence(&'a Absence),
    Summary(Last<'a>),
}

#[derive(Serialize)]
struct Last<'a> {
    schema_version: u32,
    tool: Tool,
    #[serde(flatten)]
    summary: &'a Summary,
}

/// One object.
pub(super) fn render(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        schema_version: SCHEMA_VERSION,
        tool: TOOL,
        summary: &outcome.summary,
        findings: &outcome.findings,
        suppressed: &outcome.suppressed,
        skipped: &outcome.skipped,
        errors: &outcome.errors,
        unaccounted: &outcome.unaccounted,
        baseline: outcome.baseline.as_ref(),
        prove_absent: outcome.absence.as_ref(),
        credentials: outcome.credentials.as_deref(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

/// One object a line, the summary last: a reader that sees it knows that it has seen all.
pub(super) fn render_lines(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let findings = outcome.findings.iter().map(Line::Finding);
    let suppressed = outcome.suppressed.iter().map(Line::Suppressed);
    let errors = outcome.errors.iter().map(Line::Error);
    let skipped = outcome.skipped.iter().map(Line::Skipped);
    let summary = Last { schema_version: SCHEMA_VERSION, tool: TOOL, summary: &outcome.summary };
    let unaccounted = outcome.unaccounted.iter().map(Line::Unaccounted);
    let credentials = outcome.credentials.iter().flatten().map(Line::Credential);
    let absence = outcome.absence.iter().map(Line::Absence);
    let lines = findings.chain(suppressed).chain(errors).chain(skipped).chain(unaccounted);
    let baseline = outcome.baseline.iter().map(Line::Baseline);
    let lines = lines.chain(baseline).chain(credentials).chain(absence);
    for line in lines.chain([Line::Summary(summary)]) {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::gate::{Outcome, Silencer, Suppressed, sample};
    use crate::report::{Format, Style, sample::rendered};

    fn report(outcome: &Outcome) -> Value {
        serde_json::from_str(&rendered(Format::Json, Style::default(), outcome)).unwrap()
    }

    #[test]
    fn the_report_has_the_shape_that_is_documented() {
        let schema: Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut outcome = sample::outcome();
        outcome.suppressed.push(Suppressed {
            by: Silencer::Comment,
            reason: None,
            finding: sample::finding("a.js", 1, "ims-jwt-exchange"),
        });
        for outcome in [outcome, Outcome::default()] {
            let report = report(&outcome);
            let faults: Vec<_> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{faults:#?}");
        }
        let mut report = report(&sample::outcome());
        report["findings"][0]["spam"] = Value::from(1);
        assert!(!validator.is_valid(&report), "the schema lets unknown fields through");
    }

    #[test]
    fn the_report_ends_with_a_line_break() {
        let text = rendered(Format::Json, Style::default(), &sample::outcome());
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
    }

    #[test]
    fn the_lines_name_their_type_and_the_summary_is_last() {
        let text = rendered(Format::Jsonl, Style::default(), &sample::outcome());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["finding", "finding", "error", "skipped", "skipped", "summary"]);
        assert_eq!(lines[0]["rule"], "ims-jwt-exchange");
        assert_eq!(lines[5]["files_seen"], 12);
        assert_eq!(lines[5]["schema_version"], 1);
    }
}
