//! Reads rule files strictly: an unknown key, a bad pattern or a rule from which no anchor follows is an error with
//! the file, the line and the column.

use std::path::{Path, PathBuf};
use std::{fs, io};

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use super::schema::RuleFile;

/// A rule file that ships with the program.
pub(super) struct Shipped {
    pub(super) name: &'static str,
    /// As it was written, for messages.
    pub(super) text: &'static str,
    /// The same as JSON, which is read many times faster.
    pub(super) json: &'static str,
    /// Its `[library]` table alone, as JSON.
    pub(super) library: Option<&'static str>,
}

/// All of them, sorted by name; `build.rs` writes the list.
pub(super) const SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/shipped_rules.rs"));

/// Why the rules could not be loaded. Each is the fault of whoever wrote the rule file.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// A folder or file of rules that cannot be read.
    #[error("cannot read rules from {}", path.display())]
    #[diagnostic(help("{source}; `--rules` takes a folder of `.toml` files"))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that is not of the format.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Format(Box<FormatError>),
}

/// A mistake in a rule file, with its place.
#[derive(Debug, Error, Diagnostic)]
#[error("{name}: {message}")]
#[diagnostic(help("docs/rule-files.md describes the keys"))]
pub struct FormatError {
    /// The file, with line and column where they are known.
    name: String,
    /// What is wrong.
    message: String,
    /// Its text.
    #[source_code]
    text: NamedSource<String>,
    /// Where.
    #[label("here")]
    place: Option<SourceSpan>,
}

impl Error {
    /// An error at a text of a rule file; the first place where the text stands is marked.
    pub(super) fn at(name: &str, text: &str, needle: &str, message: String) -> Self {
        let place = text.find(needle).filter(|_| !needle.is_empty()).map(|start| (start, needle.len()).into());
        Self::Format(Box::new(FormatError {
            name: located(name, text, place),
            message,
            text: NamedSource::new(name, text.to_owned()),
            place,
        }))
    }
}

/// `file:line:column`, for readers that have no use for a drawing.
fn located(name: &str, text: &str, place: Option<SourceSpan>) -> String {
    let Some(place) = place else { return name.to_owned() };
    let before = text.get(..place.offset()).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{name}:{line}:{column}")
}

/// Reads one rule file.
pub(super) fn parse(name: &str, text: &str) -> Result<RuleFile, Error> {
    let file: RuleFile = toml::from_str(text).map_err(|error| {
        let place = error.span().map(SourceSpan::from);
        Error::Format(Box::new(FormatError {
            name: located(name, text, place),
            message: error.message().trim().replace('\n', ", "),
            text: NamedSource::new(name, text.to_owned()),
            place,
        }))
    })?;
    if file.schema_version != 1 {
        return Err(Error::at(
            name,
            text,
            "schema_version",
            format!("schema_version is {}, and this version reads 1", file.schema_version),
        ));
    }
    Ok(file)
}

/// All `.toml` files below a folder, or the file itself, sorted.
pub(super) fn files_in(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    if fs::metadata(path).map_err(unreadable)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "toml") {
                files.push(entry);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(unreadable(io::Error::other("it holds no .toml file")));
    }
    Ok(files)
}

/// Reads a file of the user's.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}
