//! What the commands that scan do alike with what they found: reports into files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::repositories;
use super::terminal::Terminal;
use crate::gate::baseline::Entry;
use crate::gate::{BaselineUse, Outcome};
use crate::report::{self, Circumstances, Format, Repositories, TOOL};

/// The repositories of an outcome. It looks at the disk for every folder that is named, so only where a format asks.
pub(super) fn repositories(
    mut formats: impl Iterator<Item = Format>,
    outcome: &Outcome,
    scanned: &[PathBuf],
) -> Repositories {
    if formats.any(Format::is_audit) { repositories::of(outcome, scanned) } else { Repositories::default() }
}

/// How many stale entries of a baseline are named.
const MOST_STALE: usize = 10;

/// Says that a baseline was used, and what of it is stale.
pub(super) fn say_what_was_known(outcome: &Outcome, terminal: &Terminal) {
    let Some(BaselineUse { file, known, stale }) = &outcome.baseline else { return };
    let findings = if *known == 1 { "1 finding is known".to_owned() } else { format!("{known} findings are known") };
    terminal.remark(format_args!("{findings} by the baseline {file}"));
    if stale.is_empty() {
        return;
    }
    say_stale(file, stale, terminal);
    terminal.remark(format_args!("`{} baseline --prune` takes out what is stale", TOOL.name));
}

/// Names what a baseline records and is gone.
pub(super) fn say_stale(file: &str, stale: &[Entry], terminal: &Terminal) {
    for entry in stale.iter().take(MOST_STALE) {
        let times = if entry.count == 1 { String::new() } else { format!(" ({} times)", entry.count) };
        terminal.remark(format_args!("stale in {file}: {} in {}{times} is gone", entry.rule, entry.path));
    }
    if let more @ 1.. = stale.len().saturating_sub(MOST_STALE) {
        terminal.remark(format_args!("stale in {file}: and {more} more"));
    }
}

/// Says what the SARIF report leaves out, where there is one.
pub(super) fn say_limits(mut formats: impl Iterator<Item = Format>, outcome: &Outcome, terminal: &Terminal) {
    if formats.any(|format| format == Format::Sarif) {
        for remark in report::sarif_remarks(outcome) {
            terminal.remark(remark);
        }
    }
}

/// Writes reports into files.
pub(super) fn write(
    outputs: &[(Format, PathBuf)],
    outcome: &Outcome,
    circumstances: &Circumstances<'_>,
) -> Result<(), Error> {
    for (format, path) in outputs {
        to_file(path, |out| report::render(*format, outcome, circumstances, out))?;
    }
    Ok(())
}

/// Writes a file.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    written.map_err(|source| Error::Output { path: path.to_owned(), source })
}
