//! `grantshift scan`: find and report.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::args::ScanArguments;
use super::error::Error;
use super::progress;
use super::repositories;
use super::settings::{self, ScanSettings};
use super::terminal::Terminal;
use crate::console::{self, Listed};
use crate::gate::{Found, Outcome, exit_code};
use crate::report::{self, Circumstances, Format, Repositories};
use crate::scan::{self, Progress, Scanned};

pub(super) fn run(arguments: ScanArguments, terminal: &Terminal) -> Result<u8, Error> {
    let settings = ScanSettings::new(arguments)?;
    let (catalog, rules) = settings::catalog(&settings.rules)?;
    settings::check_rules(&settings.policy, &rules)?;
    let progress = Progress::default();
    let scanned = progress::shown(terminal, &progress, || scan::scan(&settings.scan, &catalog, &progress))?;
    for notice in settings.remarks.iter().chain(&scanned.notices) {
        terminal.remark(notice);
    }
    let outcome = Outcome::new(found(scanned, settings.credentials.as_deref()), &settings.policy);
    let code = exit_code(&outcome, &settings.policy);
    let base = settings::base(&settings.scan.paths);
    let formats = || settings.outputs.iter().map(|(format, _)| *format).chain([settings.format]);
    // It looks at the disk for every folder that is named, so only where a report asks.
    let repositories = if formats().any(Format::is_audit) {
        repositories::of(&outcome, &settings.scan.paths)
    } else {
        Repositories::default()
    };
    let circumstances = Circumstances {
        rules: &rules,
        style: terminal.plain(),
        base: &base,
        repositories: &repositories,
        guidance: catalog.guidance(),
        exit_code: code,
    };
    for (format, path) in &settings.outputs {
        let written = to_file(path, |out| report::render(*format, &outcome, &circumstances, out));
        written.map_err(|source| Error::Output { path: path.clone(), source })?;
    }
    if settings.format == Format::Human {
        let circumstances = Circumstances { style: terminal.style(), ..circumstances };
        terminal.output(|out| report::render(Format::Human, &outcome, &circumstances, out))?;
    } else {
        terminal.raw_output(|out| report::render(settings.format, &outcome, &circumstances, out))?;
    }
    Ok(code)
}

fn found(scanned: Scanned, listed: Option<&[Listed]>) -> Found {
    Found {
        credentials: listed.map(|listed| console::join(listed, &scanned.findings)),
        findings: scanned.findings,
        skipped: scanned.skipped,
        errors: scanned.errors,
        files_seen: scanned.files_seen,
        files_candidate: scanned.files_candidate,
        files_linked: scanned.linked.len(),
        sources: scanned.sources,
        accounting: scanned.accounting,
    }
}

fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write(&mut out)?;
    out.flush()
}
