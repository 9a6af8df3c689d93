//! The baseline file: read strictly, written sorted and one entry a line, so that git can merge it.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tempfile::NamedTempFile;
use thiserror::Error;

use super::{Baseline, Entry};
use crate::walk::{normal, reported_path};

/// What the file is called where it is looked for.
pub const NAME: &str = ".grantshift-baseline.json";

/// The version of the format.
const SCHEMA_VERSION: u32 = 1;

/// How many characters a fingerprint has.
const FINGERPRINT: usize = 64;

/// Why a baseline could not be used. It is never taken for an empty one: then a gate would fail on everything, or a new
/// baseline would be written over it.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read the baseline {}: {source}", path.display())]
    #[diagnostic(help("--baseline takes the path of the file; `grantshift baseline` writes one"))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not of the format.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Format(Box<Fault>),
    /// It cannot be written.
    #[error("cannot write the baseline {}: {source}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What is wrong with a file that is not of the format.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(help("{help}"))]
pub struct Fault {
    /// Where, with line and column, and what is wrong.
    message: String,
    /// What to do.
    help: &'static str,
    /// Its text.
    #[source_code]
    text: NamedSource<String>,
    /// Where.
    #[label("here")]
    place: SourceSpan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(deserialize_with = "version")]
    #[expect(dead_code, reason = "read to be checked")]
    schema_version: u32,
    #[expect(dead_code, reason = "for people, and for versions to come")]
    tool_version: String,
    #[serde(deserialize_with = "entries")]
    entries: Vec<Entry>,
}

/// How many findings an entry counts. What it cannot say is an error here, while the place in the file is known.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    match usize::deserialize(deserializer)? {
        0 => Err(serde::de::Error::custom("an entry counts at least one finding")),
        count => Ok(count),
    }
}

/// A SHA-256 in hexadecimal.
pub(super) fn fingerprint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let fingerprint = String::deserialize(deserializer)?;
    let is_hexadecimal = fingerprint.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if fingerprint.len() == FINGERPRINT && is_hexadecimal {
        return Ok(fingerprint);
    }
    Err(serde::de::Error::custom(format_args!("a fingerprint is {FINGERPRINT} digits of a SHA-256, in hexadecimal")))
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA_VERSION => Ok(SCHEMA_VERSION),
        other => Err(serde::de::Error::custom(format_args!(
            "schema_version is {other}, and this version of grantshift reads {SCHEMA_VERSION}"
        ))),
    }
}

fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    struct Entries;

    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<Entry>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of entries")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Entry>, A::Error> {
            let mut entries: Vec<Entry> = Vec::new();
            while let Some(entry) = list.next_element::<Entry>()? {
                entries.push(entry);
            }
            let mut sorted: Vec<_> =
                entries.iter().map(|entry| (&entry.path, &entry.rule, &entry.fingerprint)).collect();
            sorted.sort();
            if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                let (path, rule, _) = twice[0];
                return Err(serde::de::Error::custom(format_args!("an entry of {rule} in {path} stands here twice")));
            }
            entries.sort();
            Ok(entries)
        }
    }

    deserializer.deserialize_seq(Entries)
}

impl Baseline {
    /// Reads a baseline.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let entries = parse(&reported_path(&normal(path)), text)?;
        Ok(Self { path: normal(path), entries })
    }

    /// Writes it, as a whole or not at all. A file that holds the same already is left as it is, whatever version wrote it.
    pub fn write(&self) -> Result<(), Error> {
        if Self::read(&self.path).is_ok_and(|there| there.entries == self.entries) {
            return Ok(());
        }
        let unwritable = |source| Error::Unwritable { path: self.path.clone(), source };
        let mut file = NamedTempFile::with_prefix_in(".grantshift-", self.folder()).map_err(unwritable)?;
        file.write_all(self.text().as_bytes()).map_err(unwritable)?;
        keep_mode(&file, &self.path).map_err(unwritable)?;
        file.persist(&self.path).map_err(|error| unwritable(error.error))?;
        Ok(())
    }

    fn text(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut text = format!(
            "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"tool_version\": {},\n  \"entries\": [",
            quoted(env!("CARGO_PKG_VERSION"))
        );
        for (number, Entry { path, rule, fingerprint, count }) in self.entries.iter().enumerate() {
            let (path, rule, comma) = (quoted(path), quoted(rule), if number == 0 { "" } else { "," });
            // Writing to a text does not fail.
            let _ = write!(
                text,
                "{comma}\n    {{\"rule\": {rule}, \"path\": {path}, \"fingerprint\": \"{fingerprint}\", \"count\": {count}}}"
            );
        }
        text + if self.entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" }
    }
}

/// Gives a new file the mode of the one that it takes the place of, or the one that files are made with: a temporary one
/// is for its owner alone.
#[cfg(unix)]
fn keep_mode(file: &NamedTempFile, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match fs::metadata(path) {
        Ok(there) => there.permissions().mode(),
        Err(_) => 0o644,
    };
    file.as_file().set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_mode(_: &NamedTempFile, _: &Path) -> io::Result<()> {
    Ok(())
}

fn parse(name: &str, text: String) -> Result<Vec<Entry>, Error> {
    let file: Result<File, serde_json::Error> = serde_json::from_str(&text);
    file.map(|file| file.entries).map_err(|error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let of_line = text[start..].lines().next().unwrap_or("");
        let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| of_line.starts_with(mark));
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        Error::Format(Box::new(Fault {
            message: format!("{name}:{line}:{column}: {said}"),
            help: if is_conflict {
                "a merge left this: take the lines of both sides, then run `grantshift baseline`, which says what is new"
            } else {
                "mend it, or take the version that git has; nothing was compared with it"
            },
            place: SourceSpan::from((start.min(text.len()), of_line.len())),
            text: NamedSource::new(name, text),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, count: usize) -> Entry {
        Entry { rule: "ims-jwt-exchange".to_owned(), path: path.to_owned(), fingerprint: "a".repeat(64), count }
    }

    fn fault(text: &str) -> String {
        parse("b.json", text.to_owned()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let baseline = Baseline { path: path.clone(), entries: vec![entry("a \"b\".js", 1), entry("\u{fc}.js", 3)] };
        baseline.write().unwrap();
        assert_eq!(Baseline::read(&path).unwrap(), baseline);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().filter(|line| line.contains("fingerprint")).count(), 2, "one entry a line: {text}");
        assert!(text.ends_with("  ]\n}\n"));
        let empty = Baseline::new(&path);
        empty.write().unwrap();
        assert_eq!(Baseline::read(&path).unwrap(), empty);
    }

    #[test]
    fn a_file_that_says_the_same_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let baseline = Baseline { path: path.clone(), entries: vec![entry("a.js", 1)] };
        let old = baseline.text().replace(env!("CARGO_PKG_VERSION"), "0.0.1");
        fs::write(&path, &old).unwrap();
        baseline.write().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), old);
    }

    #[test]
    fn what_is_broken_is_an_error_with_its_place() {
        let good = Baseline { path: PathBuf::new(), entries: vec![entry("a.js", 1)] }.text();
        assert!(parse("b.json", good.clone()).is_ok());
        assert!(fault("").starts_with("b.json:1:"), "{}", fault(""));
        assert!(fault("[]").starts_with("b.json:1:"));
        let versioned = good.replace("\"schema_version\": 1", "\"schema_version\": 2");
        assert!(fault(&versioned).starts_with("b.json:2:21: schema_version is 2"), "{}", fault(&versioned));
        let unknown = fault(&good.replace("\"count\"", "\"cuont\""));
        assert!(unknown.starts_with("b.json:5:") && unknown.contains("unknown field `cuont`"), "{unknown}");
        assert!(fault(&good.replace("\"count\": 1", "\"count\": 0")).contains("at least one"));
        assert!(fault(&good.replace("aaaa", "zzzz")).contains("hexadecimal"));
        let line = good.lines().nth(4).unwrap();
        let twice = fault(&good.replace(line, &format!("{line},\n{line}")));
        assert!(twice.contains("stands here twice"), "{twice}");
        let conflict = good.replace(line, &format!("<<<<<<< HEAD\n{line}"));
        let error = parse("b.json", conflict).unwrap_err();
        assert!(error.to_string().starts_with("b.json:5:1: "), "{error}");
        assert!(error.help().unwrap().to_string().contains("merge"));
        assert!(fault(&good.replace('1', "1, 2")).starts_with("b.json:2:"));
    }
}
