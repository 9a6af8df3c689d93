//! What the commands that scan do alike with what they found: reports into files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::Error;
use super::repositories;
use crate::console::Credential;
use crate::gate::{Found, Outcome};
use crate::report::{self, Circumstances, Format, Repositories};
use crate::scan::Scanned;

/// What a scan brings, as the gate takes it.
pub(super) fn found(scanned: Scanned, credentials: Option<Vec<Credential>>) -> Found {
    Found {
        credentials,
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

/// The repositories of an outcome. It looks at the disk for every folder that is named, so only where a format asks.
pub(super) fn repositories(
    mut formats: impl Iterator<Item = Format>,
    outcome: &Outcome,
    scanned: &[PathBuf],
) -> Repositories {
    if formats.any(Format::is_audit) { repositories::of(outcome, scanned) } else { Repositories::default() }
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
