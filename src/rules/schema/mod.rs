//! The format of the files under `rules/`, `schema_version` 1. `docs/rule-files.md` explains it with examples.
//!
//! A key that is not named here is an error: a misspelt key must never silently weaken a rule.

mod call;
mod files;
mod library;
mod metascope;
mod package;
mod rule;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use self::call::{Call, Callback, Condition, GrantModel, OneOrMany, Operation, Otherwise, Pair, Slot, Source};
pub use self::files::{Accounting, Files};
pub use self::library::{
    AnnotationModel, AnnotationTarget, Library, LibraryKind, Member, Sdk, SettingModel, Type, TypeKind,
};
pub use self::metascope::{Grade, Metascope};
pub use self::package::{Brought, DependencyModel, DependencyRole, Ecosystem};
pub use self::rule::{
    AssertionMatch, DependencyMatch, LifetimeMatch, Matches, Refinement, RequestMatch, RewriteModel, Rule,
    SUPPRESSION_MARK, SecuritySeverity, SuppressionMatch,
};

use super::commands::{ActionModel, CollectionModel, CommandModel, ScriptModel};
use super::credential::{Credential, Documents};
use super::guidance::Guidance;
use super::targets::{LockModel, Target};

/// A file under `rules/`: one rule, one library, the products, the file kinds or the guidance. Which one it is follows from the
/// table it has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Always 1.
    pub schema_version: u32,
    /// A rule.
    pub rule: Option<Rule>,
    /// A library: what its calls do.
    pub library: Option<Library>,
    /// With `library`: its types.
    #[serde(default, rename = "type")]
    pub types: Vec<Type>,
    /// With `library`: its calls.
    #[serde(default, rename = "call")]
    pub calls: Vec<Call>,
    /// With `library`: members that are read, not called.
    #[serde(default, rename = "member")]
    pub members: Vec<Member>,
    /// With `library`: annotations that describe a request.
    #[serde(default, rename = "annotation")]
    pub annotations: Vec<AnnotationModel>,
    /// With `library`: annotations that say which setting a value comes from.
    #[serde(default, rename = "setting")]
    pub settings: Vec<SettingModel>,
    /// With `library`: other names of the same thing, `"requests.sessions.Session" = "requests.Session"`. They hold for
    /// whatever follows the name too.
    #[serde(default)]
    pub alias: BTreeMap<String, String>,
    /// Metascopes with their products.
    #[serde(default, rename = "metascope")]
    pub metascopes: Vec<Metascope>,
    /// Which files are read, and which are left out.
    pub files: Option<Files>,
    /// Kinds of credential files and configurations.
    #[serde(default, rename = "credential")]
    pub credentials: Vec<Credential>,
    /// What is told of documents as such.
    pub documents: Option<Documents>,
    /// What is said of places that hold something of the old flow and are in no finding.
    pub accounting: Option<Accounting>,
    /// What calls do besides giving a value.
    pub effects: Option<super::effects::EffectModels>,
    /// What the audit report says beside the findings.
    pub guidance: Option<Guidance>,
    /// Packages whose entries in manifests may exist for the old flow.
    #[serde(default, rename = "dependency")]
    pub dependencies: Vec<DependencyModel>,
    /// Programs of the command line, see [`super::commands`].
    #[serde(default, rename = "command")]
    pub commands: Vec<CommandModel>,
    /// Actions of CI steps.
    #[serde(default, rename = "action")]
    pub actions: Vec<ActionModel>,
    /// Where shell text and steps stand in documents.
    #[serde(default, rename = "script")]
    pub scripts: Vec<ScriptModel>,
    /// Formats of request collections.
    #[serde(default, rename = "collection")]
    pub collections: Vec<CollectionModel>,
    /// What a rewrite may lead to, see [`super::targets`].
    #[serde(default, rename = "target")]
    pub targets: Vec<Target>,
    /// Files in which package managers lock versions.
    #[serde(default, rename = "lock")]
    pub locks: Vec<LockModel>,
}
