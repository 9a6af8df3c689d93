//! Which files are read, and what is said of places outside of findings.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What is said of places that hold something of the old flow and are in no finding.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounting {
    /// Functions and constructors that only show what they are given, as patterns over their path in lower case.
    pub shown: Vec<String>,
}

/// Which files are read, and which are left out by default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Extensions by language, without the dot.
    pub extensions: BTreeMap<String, Vec<String>>,
    /// Whole file names by language, as globs over the name; they win over extensions, but not over those of code.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<String>>,
    /// Extensions of files that are no text.
    #[serde(default)]
    pub binary: Vec<String>,
    /// Extensions of source code in languages that no rule reads, and names of such files without one.
    #[serde(default)]
    pub uncovered: Vec<String>,
    /// Extensions of documentation, and names of such files without one: what they say of the old flow is text.
    #[serde(default)]
    pub documentation: Vec<String>,
    /// Extensions of files that hold others, packed: what is in them cannot be searched.
    #[serde(default)]
    pub archives: Vec<String>,
    /// Names of the files in which a package manager locks what a manifest asks for, as globs over the name.
    #[serde(default)]
    pub locks: Vec<String>,
    /// Interpreters of `#!` lines by language: `node`, `python3`.
    pub interpreters: BTreeMap<String, Vec<String>>,
    /// Hidden files and folders that are read all the same, as globs over the name.
    pub hidden: Vec<String>,
    /// Folders of code that others wrote, as globs over the name.
    pub vendored: Vec<String>,
    /// Folders that a build makes, as globs over the name.
    pub generated: Vec<String>,
    /// Folders of version control, never entered.
    pub version_control: Vec<String>,
    /// File names of minified bundles, as globs.
    pub minified: Vec<String>,
    /// Texts in the first lines of a file that say that a program wrote it.
    pub generated_markers: Vec<String>,
    /// Test code: globs over the path below the root.
    pub tests: Vec<String>,
}
