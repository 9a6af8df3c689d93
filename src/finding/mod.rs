//! The nouns that all rooms share: what a finding is, where it stands and how sure it is.
//!
//! Nothing here reads a file, knows a rule or prints. The types follow the JSON report of
//! `docs/report.md` field by field, so that serialising a [`Finding`] gives the public format.

mod client;
mod fingerprint;
mod language;
mod levels;
mod rewriting;
mod span;

use serde::Serialize;

pub use client::{digest, shortened};
pub use fingerprint::fingerprint;
pub use language::{Family, Language, Platform};
pub use levels::{Applicability, Confidence, Context, Role, Severity};
pub use rewriting::{HandedThrough, KeyKind, LedgerEntry, RequiredKey, Requires};
pub use span::{ByteRange, Position, Span};

/// One place where something was found, with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's id, such as `ims-jwt-exchange`.
    pub rule: String,
    /// How much it matters; the gate compares this with `--fail-on`.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether it stands in the program or in its tests.
    pub context: Context,
    /// The language or format of the file.
    pub language: Language,
    /// The file, with forward slashes, relative to the working directory.
    pub path: String,
    /// The call that sends the request, or the call that makes an SDK or a library do so.
    pub span: Span,
    /// One sentence: what stands here.
    pub message: String,
    /// The other parts of the same exchange, in the order of their places.
    pub flow: Vec<Evidence>,
    /// What is known about it beyond its place.
    pub details: Details,
    /// What a rewrite would do.
    pub fix: Fix,
    /// Findings with the same number are rewritten together or not at all; starts at 1.
    pub change_set: usize,
    /// Identity across runs: a SHA-256 in hexadecimal, see [`fingerprint()`].
    pub fingerprint: String,
}

/// One part of an exchange: where the claims stand, where the key is read, where it is signed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// What this part does in the exchange.
    pub role: Role,
    /// The file it stands in, written as [`Finding::path`].
    pub path: String,
    /// Where in that file.
    pub span: Span,
    /// A few words for a reader.
    pub note: String,
}

/// What is known about a finding; an empty field is left out of the report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Details {
    /// The HTTP client that sends, by the name its rule file gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_client: Option<String>,
    /// The library that signs the assertion, by the name its rule file gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_library: Option<String>,
    /// The endpoint as far as it is known, unknown parts as `{name}`; never with a query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The metascopes that the claims ask for, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metascopes: Vec<String>,
    /// The Adobe products that those metascopes belong to, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// The OAuth scopes that are known for those products; a suggestion, never a translation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggested_scopes: Vec<String>,
    /// How good the weakest evidence for those scopes is: `A` Adobe's own documentation or source, `B` several
    /// independent sources, `C` a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes_grade: Option<String>,
    /// The SDK or wrapper that makes the exchange, by the name its rule file gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk: Option<String>,
    /// What takes the SDK's place, or the form of it that does without the old credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// The first version of the SDK or package that has the new form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_version: Option<String>,
    /// The package that a manifest entry names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The version or range of that package that the manifest asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The client id, shortened to its first and last four characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The SHA-256 of the whole client id, to compare it with a list. It is in no report.
    #[serde(skip)]
    pub client_id_digest: Option<String>,
    /// The environment variable or configuration key that supplies the client id, where no literal does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id_source: Option<String>,
    /// What kind of credential file or configuration this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The keys of the old credential, in the order of their places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<OldKey>,
    /// The code that reads this file, as paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read_by: Vec<String>,
    /// How many places of the repository call the function that makes the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callers: Option<usize>,
    /// The cell of a notebook, from 1 in the order of the file, markdown cells counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<usize>,
    /// The line inside that cell, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell_line: Option<usize>,
    /// What has to be set before the rewrite is merged, and what can go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<Requires>,
    /// What the rewrite does, step by step, and what it leaves to a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<LedgerEntry>,
}

/// A key of the old credential in a configuration file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OldKey {
    /// The key as it is written, with the keys around it: `enterprise.priv_key_path`.
    pub key: String,
    /// Where the key stands.
    pub span: Span,
    /// What takes its place: a key, or words such as `removed`.
    pub replacement: String,
}

/// What a rewrite would do with a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub applicability: Applicability,
    /// The library or form that the rewrite would produce, or nothing.
    pub target: Option<String>,
    /// Why the applicability is what it is, and what to do by hand.
    pub reason: String,
    /// The edits, sorted by place; empty for [`Applicability::Manual`].
    pub edits: Vec<Edit>,
}

/// Replaces one byte range of a file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// First byte that goes.
    pub start_byte: usize,
    /// First byte that stays.
    pub end_byte: usize,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A file or folder that was left out on purpose. It never changes the exit code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Where, written as [`Finding::path`].
    pub path: String,
    /// `vendored`, `generated`, `minified`, `hidden`, `symlink_outside` or `symlink_loop`.
    pub reason: String,
}

/// Something that could have mattered and was not read whole. It makes a run incomplete (exit 3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Incomplete {
    /// Where, written as [`Finding::path`].
    pub path: String,
    /// `unreadable`, `undecodable`, `binary`, `too_large`, `too_deep`, `timeout`, `syntax_error` or `internal_error`.
    pub reason: String,
    /// What happened and what to do about it.
    pub message: String,
}
