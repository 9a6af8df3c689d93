//! What becomes of a call of an SDK that is given the old credential: the `[call.grant.rewrite]` tables of the rule files. What
//! they mean for code is for `rewrite` to say.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What becomes of a call. Names are those of an object's keys, of keywords, or of `positions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkRewrite {
    /// Why it stays by hand, and what to do, where nothing else here applies.
    pub manual: Option<String>,
    /// What a reviewer has to look at, as part of a sentence.
    pub note: Option<String>,
    /// Which argument is the object that holds the credential; without it the arguments themselves do.
    pub object: Option<usize>,
    /// The names of the arguments by their position.
    #[serde(default)]
    pub positions: Vec<String>,
    /// The same for what is called afterwards; arguments that have no place there are named.
    #[serde(default)]
    pub becomes: Vec<String>,
    /// What goes.
    #[serde(default)]
    pub drop: Vec<String>,
    /// What gets another name.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// What becomes a list of one, by its old name.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Where the scopes go.
    pub scopes: Option<ScopesKey>,
    /// What is new, each with the environment variable that gives it.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Names in the file that become others: types, functions, builders.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Packages that the file imports under a name that is out of use.
    #[serde(default)]
    pub modules: BTreeMap<String, String>,
    /// Texts among the arguments that become others.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// For a chain of calls: what becomes of its links.
    pub builder: Option<BuilderRewrite>,
    /// Code that takes the place of an SDK that has no new form.
    pub stand_in: Option<StandIn>,
}

/// Where the scopes go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopesKey {
    /// Their name.
    pub key: String,
    /// The name of the metascopes, in whose place they stand.
    pub from: Option<String>,
    /// Whether they are a list; else one text with commas.
    #[serde(default)]
    pub list: bool,
}

/// What becomes of the links of a builder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuilderRewrite {
    /// Links that stay.
    pub keep: Vec<String>,
    /// Links that go.
    pub drop: Vec<String>,
    /// The link that takes the scopes, in the place of the one that took a metascope.
    pub scopes: Option<ScopesKey>,
    /// The link that read all from a file, where the new builder has none.
    pub file: Option<FileLink>,
}

/// A link that read the credential from a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLink {
    /// Its name.
    pub link: String,
    /// The key of the file under which the values are.
    pub section: String,
    /// The links in its place.
    pub values: Vec<FileValue>,
}

/// A value that a link takes from a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileValue {
    /// The link.
    pub link: String,
    /// The key.
    pub key: String,
    /// The environment variable, where the language reads no JSON by itself.
    pub variable: String,
    /// Whether it is a secret.
    #[serde(default)]
    pub secret: bool,
}

/// What is to be known where code takes the place of an SDK, as the target has it: the object that the call is given names the
/// client, its secret, the scopes and, if it likes, the host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandIn {
    /// What the call goes on with where the lifetime is read: the old answer had milliseconds. `{type}` is the type of the
    /// answer, where the language has one.
    pub milliseconds: String,
    /// The first version of the runtime that brings a client of its own.
    pub fetch_since: String,
    /// Types of the SDK whose annotations go.
    #[serde(default)]
    pub types: Vec<String>,
    /// Types of its answer, in whose place the new one stands.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Codes of errors that no longer come.
    #[serde(default)]
    pub errors: Vec<String>,
}
