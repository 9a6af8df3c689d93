//! Manifests: which packages a project asks for, in which version, and at which bytes of which file it says so.
//!
//! It owns one reader a format, the model that all of them fill ([`Manifest`]), the way from a source file to the package
//! that it belongs to ([`packages_of`], [`workspace_of`]), the look-up of locked versions ([`Locks`]) and what a version
//! requirement allows ([`Versions`], [`Asked`]). It knows no package by name: that is data (`[[dependency]]` in the rule files), and it
//! decides nothing about what is reported.

mod asked;
mod conda;
mod decide;
pub mod edit;
pub mod floor;
mod gradle;
mod kind;
mod lock;
mod managed;
mod maven;
mod npm;
mod package;
mod pyproject;
mod relock;
mod requirements;
mod setup_cfg;
mod setup_py;
mod uses;
mod versions;
mod xml;

use std::io;
use std::path::{Path, PathBuf};

use crate::contents::Contents;
use crate::finding::ByteRange;
use crate::rules::Catalog;
use crate::rules::schema::{DependencyModel, Ecosystem};
use crate::source::SourceFile;
use crate::syntax::Limits;

pub use asked::Asked;
pub use decide::{Choice, Project, Undecided, decide, decide_one, has, supports};
pub use kind::Kind;
pub use lock::Locks;
pub use managed::Managed;
pub use package::{Package, Workspace, package_of, packages_of, workspace_of};
pub use relock::{Relock, relocks};
pub use uses::{Import, Imports, is_used, reads_tokens};
pub use versions::{Modes, Versions};

/// What one manifest says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The name of the package that it describes; `group:artifact` for Maven.
    pub package: Option<String>,
    /// What it asks for, in the order of the file.
    pub dependencies: Vec<Dependency>,
    /// Other files of the same kind that it takes in: `-r base.txt`, a parent pom, a script that is applied. As written.
    pub includes: Vec<String>,
    /// Globs or names of the packages that it joins into a workspace, as written.
    pub members: Vec<String>,
    /// Where it could not be read. What stands around such a place may be missing.
    pub malformed: Option<Malformed>,
}

/// Where a manifest is not of its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The byte of the text.
    pub at: usize,
    /// What is wrong, in the words of the parser.
    pub message: String,
}

/// One package that a manifest asks for.
///
/// The ranges are bytes of the text of the file, so that an entry can be taken out or given another version without touching
/// anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Where the package comes from.
    pub ecosystem: Ecosystem,
    /// Its name as it is written; `group:artifact` for Maven. An entry that goes by an alias of a version catalog has the
    /// name that the catalog gives it, once [`Manifest::resolve`] was called.
    pub name: String,
    /// The alias of a version catalog by which a build file names it, or under which a catalog declares it.
    pub alias: Option<String>,
    /// The version or range that is asked for, as written, with properties of the same file filled in.
    pub requirement: Option<String>,
    /// What it is needed for.
    pub group: Group,
    /// The whole entry: a member of a JSON object, a line, an element of a list, a `<dependency>`, a statement.
    pub entry: ByteRange,
    /// The name inside of it. For Maven that of the artifact.
    pub name_range: ByteRange,
    /// The version or range; nothing where none is written, or where it is written elsewhere.
    pub version_range: Option<ByteRange>,
}

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// To run.
    Runtime,
    /// To build or to test.
    Development,
    /// Given by whoever uses the package.
    Peer,
    /// Only with an extra, or where it can be installed.
    Optional,
    /// Not needed here: its version is settled for the modules that ask for it (`dependencyManagement`, constraints, version
    /// catalogs, overrides).
    Managed,
}

impl Manifest {
    /// Reads a manifest.
    pub fn parse(kind: Kind, text: &str, limits: &Limits) -> Self {
        match kind {
            Kind::PackageJson => npm::package_json(text),
            Kind::Requirements => requirements::read(text),
            Kind::Pyproject => pyproject::read(text),
            Kind::Pipfile => pyproject::pipfile(text),
            Kind::SetupPy => setup_py::read(text, limits),
            Kind::SetupCfg => setup_cfg::read(text),
            Kind::Conda => conda::read(text),
            Kind::Pom => maven::read(text),
            Kind::Gradle => gradle::read(text),
            Kind::VersionCatalog => gradle::catalog(text),
        }
    }

    /// Gives the entries that go by an alias the name and version that a version catalog declares for it.
    pub fn resolve(&mut self, catalog: &Manifest) {
        for dependency in &mut self.dependencies {
            let Some(alias) = &dependency.alias else { continue };
            let declared = catalog.dependencies.iter().find(|known| known.alias.as_ref() == Some(alias));
            if let Some(declared) = declared {
                dependency.name.clone_from(&declared.name);
                dependency.requirement.clone_from(&declared.requirement);
            }
        }
    }
}

/// A manifest that was read from disk.
#[derive(Debug)]
pub struct Loaded {
    /// Where it stands.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub file: SourceFile,
    /// What it says.
    pub manifest: Manifest,
}

impl Loaded {
    /// The folder of the package that the manifest describes. Some stand in a folder of their own beside its code.
    pub fn folder(&self) -> &Path {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let own = folder.file_name().is_some_and(|name| match self.kind {
            Kind::Requirements => name == "requirements",
            Kind::VersionCatalog | Kind::Gradle => name == "gradle",
            _ => false,
        });
        if own { folder.parent().unwrap_or(folder) } else { folder }
    }
}

/// Why a manifest was not read. Its owner can mend it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be opened.
    #[error("cannot be read: {0}; see that it exists and that you may read it")]
    Unreadable(#[from] io::Error),
    /// It is too large.
    #[error(transparent)]
    TooLarge(#[from] crate::syntax::ParseError),
    /// It is no text.
    #[error(transparent)]
    Binary(#[from] crate::source::DecodeError),
}

impl LoadError {
    /// The reason that reports give.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::TooLarge(error) => error.reason(),
            Self::Binary(_) => "binary",
        }
    }
}

impl Loaded {
    /// Reads the manifest at a path, and the version catalog beside it where it goes by aliases. `reported` is the path that
    /// reports give.
    pub fn read(path: &Path, kind: Kind, reported: String, limits: &Limits) -> Result<Self, LoadError> {
        Self::read_from(&Contents::default(), path, kind, reported, limits)
    }

    /// The same with what is put over the disk.
    pub fn read_from(
        contents: &Contents,
        path: &Path,
        kind: Kind,
        reported: String,
        limits: &Limits,
    ) -> Result<Self, LoadError> {
        let size = usize::try_from(contents.size(path)?).unwrap_or(usize::MAX);
        limits.check_size(size)?;
        let file = SourceFile::decode(reported, &contents.read(path)?, kind.language())?;
        let mut manifest = Manifest::parse(kind, file.text(), limits);
        if kind == Kind::Gradle && manifest.dependencies.iter().any(|dependency| dependency.alias.is_some()) {
            let catalog =
                path.ancestors().skip(1).map(|folder| folder.join(gradle::CATALOG)).find(|path| path.is_file());
            if let Some(text) = catalog.and_then(|path| contents.read_to_string(&path).ok()) {
                manifest.resolve(&Manifest::parse(Kind::VersionCatalog, &text, limits));
            }
        }
        Ok(Self { path: path.to_owned(), kind, file, manifest })
    }

    /// The entries that the rule files know, with what they say of them.
    pub fn candidates<'a, 'rules>(
        &'a self,
        catalog: &'rules Catalog,
    ) -> Vec<(&'a Dependency, &'rules DependencyModel)> {
        let known = |dependency: &'a Dependency| {
            Some((dependency, catalog.dependency(dependency.ecosystem, &dependency.name)?))
        };
        self.manifest.dependencies.iter().filter_map(known).collect()
    }
}

/// The place of a part of a text inside it. `part` has to be cut out of `text`.
fn place(text: &str, part: &str) -> ByteRange {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    ByteRange::new(start, start + part.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [Kind; 10] = [
        Kind::PackageJson,
        Kind::Requirements,
        Kind::Pyproject,
        Kind::Pipfile,
        Kind::SetupPy,
        Kind::SetupCfg,
        Kind::Conda,
        Kind::Pom,
        Kind::Gradle,
        Kind::VersionCatalog,
    ];

    /// Pieces of all formats, so that what is put together of them gets past the first sign.
    const PIECES: [&str; 44] = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "'",
        ":",
        ",",
        "=",
        "==",
        "\n",
        "\r\n",
        "  ",
        "- ",
        "#",
        "//",
        "/*",
        "*/",
        "\\",
        "\u{e9}",
        "\u{1d11e}",
        "dependencies",
        "\"dependencies\"",
        "install_requires",
        "[options]",
        "[project]",
        "[packages]",
        "[libraries]",
        "<project>",
        "<dependencies>",
        "<dependency>",
        "<artifactId>a</artifactId>",
        "</dependency>",
        "</dependencies>",
        "implementation",
        "libs.a",
        "$v",
        "a:b:1",
        "jwt>=1",
        "name",
        "pip",
        "version.ref",
    ];

    proptest! {
        #[test]
        fn any_text_is_read_and_all_places_lie_in_it(
            pieces in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..40),
        ) {
            let text = pieces.concat();
            for kind in KINDS {
                let manifest = Manifest::parse(kind, &text, &Limits::default());
                for found in &manifest.dependencies {
                    for range in [Some(found.entry), Some(found.name_range), found.version_range].into_iter().flatten() {
                        prop_assert!(text.get(range.start..range.end).is_some(), "{kind:?} {found:?} in {text:?}");
                    }
                }
            }
        }
    }
}
