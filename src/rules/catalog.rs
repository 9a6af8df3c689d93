//! The loaded rules, indexed for those who ask: by the name of what is called, read or annotated.

mod compiled;
mod index;
mod loading;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use self::compiled::{AssertionPattern, CompiledRule, LifetimePattern, RequestPattern};
pub use self::index::Index;
use self::loading::Loading;
use super::commands::CommandModels;
use super::credential::{CredentialKind, DocumentKinds};
use super::effects::EffectModels;
use super::guidance::Guidance;
use super::load::{self, Error};
use super::pattern::TextPattern;
use super::schema::{DependencyModel, Ecosystem, Files, Metascope};
use super::targets::TargetModels;
use crate::document::Conventions;
use crate::finding::Platform;

/// Everything the rule files say.
#[derive(Debug)]
pub struct Catalog {
    rules: Vec<CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Files,
    credentials: Vec<CredentialKind>,
    documents: DocumentKinds,
    shown: Vec<TextPattern>,
    effects: EffectModels,
    guidance: Guidance,
    dependencies: Vec<DependencyModel>,
    /// Positions in `dependencies`.
    packages: BTreeMap<(Ecosystem, String), usize>,
    commands: CommandModels,
    targets: TargetModels,
    node: Index,
    java: Index,
    python: Index,
}

impl Catalog {
    /// Loads the rules that ship, then those in the given folders or files. A later file that describes the same call
    /// replaces the earlier one's description, so that users can correct what ships.
    pub fn load(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut loading = Loading::default();
        for shipped in load::SHIPPED {
            loading.add_shipped(shipped)?;
        }
        for folder in folders {
            for path in load::files_in(folder)? {
                let text = load::read(&path)?;
                loading.add(&path.display().to_string(), &text)?;
            }
        }
        loading.finish()
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[CompiledRule] {
        &self.rules
    }

    /// What is known of a metascope, by its short name.
    pub fn metascope(&self, name: &str) -> Option<&Metascope> {
        self.metascopes.get(name)
    }

    /// All metascopes, sorted by name.
    pub fn metascopes(&self) -> impl Iterator<Item = &Metascope> {
        self.metascopes.values()
    }

    /// What is known of a package that a manifest names.
    pub fn dependency(&self, ecosystem: Ecosystem, name: &str) -> Option<&DependencyModel> {
        let position = self.packages.get(&(ecosystem, normal_name(ecosystem, name)))?;
        self.dependencies.get(*position)
    }

    /// All packages that are known, in the order of the rule files.
    pub fn dependencies(&self) -> &[DependencyModel] {
        &self.dependencies
    }

    /// What an import of a package names: what its table says, else what the library that describes it says, else, for npm,
    /// its names.
    pub fn imports_of(&self, model: &DependencyModel) -> Vec<String> {
        if !model.imports.is_empty() {
            return model.imports.clone();
        }
        let libraries = self.libraries(model.ecosystem.platform()).libraries();
        let described = libraries.iter().filter(|library| model.library.as_ref() == Some(&library.name));
        let packages: Vec<String> = described.flat_map(|library| library.packages.iter().cloned()).collect();
        if packages.is_empty() { model.names.clone() } else { packages }
    }

    /// Which files are read.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The rule with an id.
    pub fn rule(&self, id: &str) -> Option<&CompiledRule> {
        self.rules.iter().find(|rule| rule.rule.id == id)
    }

    /// The kinds of credential files and configurations, in the order of the rule files.
    pub fn credentials(&self) -> &[CredentialKind] {
        &self.credentials
    }

    /// What is told of documents as such.
    pub fn documents(&self) -> &DocumentKinds {
        &self.documents
    }

    /// The functions that only show what they are given.
    pub fn shown(&self) -> &[TextPattern] {
        &self.shown
    }

    /// What calls do besides giving a value.
    pub fn effects(&self) -> &EffectModels {
        &self.effects
    }

    /// How documents write names and values that are entries themselves.
    pub fn conventions(&self) -> Conventions {
        let documents = &self.documents.documents;
        Conventions { names: documents.names.clone(), values: documents.values.clone() }
    }

    /// What the audit report says beside the findings.
    pub fn guidance(&self) -> &Guidance {
        &self.guidance
    }

    /// What is known of commands, CI steps and request collections.
    pub fn commands(&self) -> &CommandModels {
        &self.commands
    }

    /// What rewritten code takes, and what locks versions.
    pub fn targets(&self) -> &TargetModels {
        &self.targets
    }

    /// What the libraries of a platform do.
    pub fn libraries(&self, platform: Platform) -> &Index {
        match platform {
            Platform::Node => &self.node,
            Platform::Java => &self.java,
            Platform::Python => &self.python,
        }
    }
}

/// The name of a package as registries compare it: PyPI's without case, and `-`, `_` and `.` alike (PEP 503).
pub fn normal_name(ecosystem: Ecosystem, name: &str) -> String {
    if ecosystem != Ecosystem::Pypi {
        return name.to_owned();
    }
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
