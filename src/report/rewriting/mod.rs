//! What `grantshift fix` reports: the findings with what became of them, as JSON and as a list of what is left to do.

mod json;
mod work;

use serde::Serialize;

use crate::finding::{Applicability, LedgerEntry};
use crate::gate::Outcome;
use crate::rewrite::Fate;

pub use json::render as render_json;
pub use work::render as render_work_list;

/// What a rewrite came to.
#[derive(Debug)]
pub struct Rewritten<'a> {
    /// What was found.
    pub outcome: &'a Outcome,
    /// What became of each of its findings, in their order.
    pub fates: &'a [Fate],
    /// The change sets that are rewritten.
    pub change_sets: &'a [ChangeSet],
    /// Whether the files were changed, and not only a diff made.
    pub written: bool,
}

/// A change set that is rewritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeSet {
    /// The number that its findings carry.
    pub number: usize,
    /// That of the finding that most wants a look.
    pub applicability: Applicability,
    /// The fingerprints of its findings.
    pub findings: Vec<String>,
    /// The files that it changes.
    pub files: Vec<String>,
    /// What was done step by step, and what was not verified.
    pub ledger: Vec<LedgerEntry>,
    /// The patch that takes it back and leaves the others, for `git apply`; nothing where it cannot be given.
    pub undo: Option<String>,
    /// Why there is no patch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_withheld: Option<&'static str>,
}
