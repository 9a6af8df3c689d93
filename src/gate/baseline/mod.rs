//! What was found before: a gate with a baseline fails on new findings only.
//!
//! It owns which findings are known, which entries are stale, and what the next baseline holds ([`Comparison`]). The file
//! itself is in `file`.

mod compare;
mod file;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use compare::{Comparison, Scope};
pub use file::{Error, Fault, NAME};

use crate::walk::{normal, relative_to, reported_path};

/// The findings of some day, by what they are and where they stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The file, absolute; it need not be there yet.
    path: PathBuf,
    /// Sorted, each once.
    entries: Vec<Entry>,
}

/// Equal findings of one file. The order of the fields is the order of the entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The file, relative to the folder of the baseline, with forward slashes.
    pub path: String,
    /// The rule that found them.
    pub rule: String,
    /// What they are: a SHA-256 in hexadecimal.
    #[serde(deserialize_with = "file::fingerprint")]
    pub fingerprint: String,
    /// How many there are; at least one.
    #[serde(deserialize_with = "file::count")]
    pub count: usize,
}

impl Baseline {
    /// One without entries, for a file that is not there yet.
    pub fn new(path: &Path) -> Self {
        Self { path: normal(path), entries: Vec::new() }
    }

    /// The file, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, as reports give it.
    pub fn reported(&self) -> String {
        reported_path(&self.path)
    }

    /// How many findings it records.
    pub fn len(&self) -> usize {
        self.entries.iter().map(|entry| entry.count).sum()
    }

    /// Whether it records nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The path of a report as entries write it.
    fn entry_path(&self, reported: &str) -> String {
        relative_to(self.folder(), &normal(Path::new(reported)))
    }
}
