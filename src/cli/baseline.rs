//! `grantshift baseline`: record today's findings, so that a gate fails on new ones only.

use super::args::BaselineArguments;
use super::error::Error;
use super::settings::{self, BaselineSettings};
use super::terminal::Terminal;
use super::{progress, reports};
use crate::finding::Finding;
use crate::gate::baseline::Comparison;
use crate::gate::{Baseline, Found, exit};
use crate::report::TOOL;
use crate::scan::{self, Progress};

/// How many new findings are named.
const MOST_NEW: usize = 20;

pub(super) fn run(arguments: &BaselineArguments, terminal: &Terminal) -> Result<u8, Error> {
    let settings = BaselineSettings::new(arguments)?;
    let common = &settings.common;
    let (catalog, rules) = settings::catalog(&common.rules)?;
    settings::check_rules(common, &rules)?;
    if common.print(terminal)? {
        return Ok(exit::CLEAN);
    }
    let progress = Progress::default();
    let scanned = progress::shown(terminal, &progress, || scan::scan(&common.scan, &catalog, &progress))?;
    for notice in &scanned.notices {
        terminal.remark(notice);
    }
    let found = Found::from(scanned);
    for error in &found.errors {
        terminal.say(format_args!("not read whole: {}: {}", error.path, error.message));
    }
    if found.files_seen == 0 && !common.policy.allow_empty {
        terminal.say(
            "no file of a kind that any rule reads was seen: nothing was written; check the path and the ignore rules",
        );
        return Ok(if found.errors.is_empty() { exit::EMPTY } else { exit::INCOMPLETE });
    }
    let first = Baseline::new(&settings.file);
    let baseline = common.baseline.as_ref().unwrap_or(&first);
    let (findings, comparison) = common.gate(&catalog).compared(baseline, &found);
    let is_incomplete = !found.errors.is_empty() && !common.policy.allow_incomplete;
    // The first one grows from nothing, which is what was asked for.
    let accepts = settings.accepts_new || common.baseline.is_none();
    if !accepts && !comparison.new.is_empty() {
        refuse(baseline, &findings, &comparison, terminal);
        return Ok(if is_incomplete { exit::INCOMPLETE } else { exit::FINDINGS });
    }
    let next = baseline.renewed(&comparison, &findings, accepts, settings.prunes);
    next.write()?;
    tell(&next, &comparison, settings.prunes, terminal);
    Ok(if is_incomplete { exit::INCOMPLETE } else { exit::CLEAN })
}

fn refuse(baseline: &Baseline, findings: &[Finding], comparison: &Comparison, terminal: &Terminal) {
    for finding in comparison.new.iter().take(MOST_NEW).map(|position| &findings[*position]) {
        let start = finding.span.start;
        terminal.say(format_args!("new: {}:{}:{}: {}", finding.path, start.line, start.column, finding.rule));
    }
    if let more @ 1.. = comparison.new.len().saturating_sub(MOST_NEW) {
        terminal.say(format_args!("new: and {more} more"));
    }
    terminal.say(format_args!(
        "{} not recorded in {}, and nothing was written: switch them to the new credential, or record them with --accept-new",
        counted(comparison.new.len(), "finding is", "findings are"),
        baseline.reported()
    ));
}

fn tell(next: &Baseline, comparison: &Comparison, prunes: bool, terminal: &Terminal) {
    let file = next.reported();
    if !comparison.stale.is_empty() {
        reports::say_stale(&file, &comparison.stale, terminal);
        if prunes {
            terminal.remark("what is stale was taken out");
        } else {
            terminal.remark(format_args!("`{} baseline --prune` takes out what is stale", TOOL.name));
        }
    }
    let new = match comparison.new.len() {
        0 => String::new(),
        new => format!(", {new} of them new"),
    };
    terminal.remark(format_args!("{file} records {}{new}", counted(next.len(), "finding", "findings")));
}

fn counted(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}
