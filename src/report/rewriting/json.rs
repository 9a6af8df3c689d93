//! The report of `--report FILE`. `docs/fix-report.md` describes it field by field.

use std::io::{self, Write};

use serde::Serialize;

use super::{ChangeSet, Rewritten};
use crate::finding::{Finding, Incomplete, Skipped};
use crate::gate::{Summary, Suppressed};
use crate::report::{SCHEMA_VERSION, TOOL, Tool};
use crate::rewrite::Fate;

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    tool: Tool,
    written: bool,
    summary: Counts<'a>,
    findings: Vec<WithOutcome<'a>>,
    change_sets: &'a [ChangeSet],
    suppressed: &'a [Suppressed],
    skipped: &'a [Skipped],
    errors: &'a [Incomplete],
}

#[derive(Serialize)]
struct Counts<'a> {
    #[serde(flatten)]
    scan: &'a Summary,
    rewritten: usize,
    left: usize,
}

#[derive(Serialize)]
struct WithOutcome<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    outcome: &'a Fate,
}

/// One object.
pub fn render(rewritten: &Rewritten<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Rewritten { outcome, fates, change_sets, written } = rewritten;
    let done = fates.iter().filter(|fate| fate.is_rewritten()).count();
    let pairs = outcome.findings.iter().zip(*fates);
    let report = Report {
        schema_version: SCHEMA_VERSION,
        tool: TOOL,
        written: *written,
        summary: Counts { scan: &outcome.summary, rewritten: done, left: fates.len() - done },
        findings: pairs.map(|(finding, outcome)| WithOutcome { finding, outcome }).collect(),
        change_sets,
        suppressed: &outcome.suppressed,
        skipped: &outcome.skipped,
        errors: &outcome.errors,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
