//! `grantshift scan`: find and report.

use super::args::ScanArguments;
use super::error::Error;
use super::places;
use super::progress;
use super::reports;
use super::settings::{self, ScanSettings};
use super::terminal::Terminal;
use crate::console;
use crate::gate::{Found, exit, exit_code};
use crate::report::{self, Circumstances, Format};
use crate::rewrite;
use crate::scan::{self, Progress};

pub(super) fn run(arguments: ScanArguments, terminal: &Terminal) -> Result<u8, Error> {
    let ScanSettings { common, format, credentials, remarks } = ScanSettings::new(arguments)?;
    let (catalog, rules) = settings::catalog(&common.rules)?;
    settings::check_rules(&common, &rules)?;
    if common.print(terminal)? {
        return Ok(exit::CLEAN);
    }
    let progress = Progress::default();
    let mut scanned = progress::shown(terminal, &progress, || scan::scan(&common.scan, &catalog, &progress))?;
    for notice in remarks.iter().chain(&scanned.notices) {
        terminal.remark(notice);
    }
    rewrite::withhold_edits(&mut scanned.findings, &scanned.sources);
    let credentials = credentials.map(|listed| console::join(&listed, &scanned.findings));
    let outcome = common.gate(&catalog).decide(Found { credentials, ..Found::from(scanned) });
    reports::say_what_was_known(&outcome, terminal);
    let code = exit_code(&outcome, &common.policy);
    let base = places::base(&common.scan.paths);
    let category = common.category();
    let formats = common.outputs.iter().map(|(format, _)| *format).chain([format]);
    reports::say_limits(formats.clone(), &outcome, terminal);
    let repositories = reports::repositories(formats, &outcome, &common.scan.paths);
    let circumstances = Circumstances {
        rules: &rules,
        style: terminal.plain(),
        base: &base,
        policy: &common.policy,
        category: &category,
        repositories: &repositories,
        guidance: catalog.guidance(),
        change_sets: &[],
        exit_code: code,
    };
    reports::write(&common.outputs, &outcome, &circumstances)?;
    if format == Format::Human {
        let circumstances = Circumstances { style: terminal.style(), ..circumstances };
        terminal.output(|out| report::render(Format::Human, &outcome, &circumstances, out))?;
    } else {
        terminal.raw_output(|out| report::render(format, &outcome, &circumstances, out))?;
    }
    Ok(code)
}
