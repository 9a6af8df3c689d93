//! What a reviewer has to know of a rewrite: what it did step by step, and what has to be there before it is merged.

use serde::Serialize;

use super::Span;

/// What has to be set, and what can go, outside the code that a rewrite changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Requires {
    /// Keys that the new code reads.
    pub added: Vec<RequiredKey>,
    /// Keys that nothing reads any more.
    pub removed: Vec<RequiredKey>,
    /// The places that hand a removed key through: compose files, charts, workflows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handed_through: Vec<HandedThrough>,
}

/// A key of the environment or of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RequiredKey {
    /// The key as it is written.
    pub key: String,
    /// Where it is looked up.
    pub kind: KeyKind,
    /// Whether its value is a secret.
    pub secret: bool,
}

/// Where a key is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The environment.
    Environment,
    /// A configuration file or service.
    Configuration,
}

/// A place that hands a key through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedThrough {
    /// The key as it is written there.
    pub key: String,
    /// The file, written as [`super::Finding::path`].
    pub path: String,
    /// Where in that file its name stands.
    pub span: Span,
    /// What kind of file it is.
    pub kind: String,
    /// Whether a secret is handed through.
    pub secret: bool,
    /// What the value is taken from, where an expression says so: `secrets.ADOBE_KEY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Whether the rewrite changes the place too; otherwise it is for a person.
    pub rewritten: bool,
}

/// One line of the account of a rewrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LedgerEntry {
    /// A step of the old flow, and what does its work now.
    Replaced {
        /// What stood there, in a few words.
        old: String,
        /// What stands there now.
        new: String,
        /// The file.
        path: String,
        /// Where the old step stood.
        span: Span,
    },
    /// What was taken out.
    Removed {
        /// What, in a few words.
        what: String,
        /// Why nothing needs it.
        reason: String,
        /// The file.
        path: String,
        /// Where it stood.
        span: Span,
    },
    /// What came in besides.
    Added {
        /// What, in a few words.
        what: String,
        /// What needs it.
        reason: String,
        /// The file.
        path: String,
    },
    /// What the rewrite leaves to a person: a command to run, a file to delete, a place to look at.
    ByHand {
        /// A sentence.
        text: String,
    },
    /// What the rewrite takes for granted.
    Assumed {
        /// A sentence.
        text: String,
    },
    /// What nothing has proved.
    NotVerified {
        /// A sentence.
        text: String,
    },
}
