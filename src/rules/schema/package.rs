//! A package that manifests ask for, and when its entry exists for the old flow.

use serde::Deserialize;

use crate::finding::Platform;

/// A package that a manifest may ask for because of the old flow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyModel {
    /// Where the package comes from.
    pub ecosystem: Ecosystem,
    /// Its names; for Maven `group:artifact`. Those of PyPI are compared without case, `-`, `_` and `.` alike.
    pub names: Vec<String>,
    /// What it is to the old flow.
    pub role: DependencyRole,
    /// A few words: what the package is for.
    pub purpose: String,
    /// The library of the rule files that describes its calls, by its name; without one the first of `names`.
    pub library: Option<String>,
    /// What an import of it names, where neither the library nor, for npm, `names` say so.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Of a signing library the functions that read tokens, which is no use for the old flow; for Java `Type.method`.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Packages that come with it, which code may use without asking for them.
    #[serde(default)]
    pub brings: Vec<Brought>,
    /// Of an SDK: whether it has uses that need no service credential, so that only a finding says that one is used.
    #[serde(default)]
    pub general: bool,
    /// Of an SDK: the programs that it brings, by which scripts use it.
    #[serde(default)]
    pub commands: Vec<String>,
    /// The first version that has the new flow; without one no version has.
    pub since: Option<String>,
    /// The first version without the old flow; without one no version is known.
    pub old_below: Option<String>,
    /// What takes its place, or what to do.
    pub replacement: Option<String>,
}

/// A package that comes with another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brought {
    /// Its name. Where a target takes it too, the version is chosen as for that.
    pub name: String,
    /// What an import of it names.
    pub imports: Vec<String>,
    /// Packages that bring it too, as patterns.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// npm's registry.
    Npm,
    /// The Python Package Index, and conda's channels under the same names.
    Pypi,
    /// Maven Central and its like.
    Maven,
}

impl Ecosystem {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Npm, Self::Pypi, Self::Maven];

    /// The platform of the code that uses its packages.
    pub fn platform(self) -> Platform {
        match self {
            Self::Npm => Platform::Node,
            Self::Pypi => Platform::Python,
            Self::Maven => Platform::Java,
        }
    }
}

/// What a package is to the old flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyRole {
    /// It makes the exchange itself.
    Sdk,
    /// It signs the assertion, and anything else that one has it sign.
    Signing,
    /// It reads the private key for code or a library that signs.
    Key,
}

impl DependencyModel {
    /// The name of the library, as findings give it.
    pub fn library(&self) -> &str {
        self.library.as_deref().or(self.names.first().map(String::as_str)).unwrap_or_default()
    }
}
