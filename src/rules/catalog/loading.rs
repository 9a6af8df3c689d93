//! Rule files on their way into a catalog: each is checked, compiled and put where it belongs.

use std::collections::BTreeMap;

use super::compiled::{CompiledRule, compile};
use super::index::{Description, Index};
use super::{Catalog, normal_name};
use crate::finding::Platform;
use crate::rules::commands::CommandModels;
use crate::rules::credential::{CredentialKind, DocumentKinds};
use crate::rules::effects::EffectModels;
use crate::rules::guidance::Guidance;
use crate::rules::load::{self, Error};
use crate::rules::pattern::TextPattern;
use crate::rules::schema::{
    DependencyModel, DependencyRole, Ecosystem, Files, Library, LibraryKind, Metascope, RuleFile,
};
use crate::rules::targets::TargetModels;

/// Rule files on their way into a catalog.
#[derive(Default)]
pub(super) struct Loading {
    rules: BTreeMap<String, CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Option<Files>,
    credentials: Vec<CredentialKind>,
    documents: DocumentKinds,
    shown: Vec<TextPattern>,
    effects: EffectModels,
    guidance: Option<Guidance>,
    dependencies: Vec<DependencyModel>,
    commands: CommandModels,
    targets: TargetModels,
    indexes: BTreeMap<Platform, Index>,
}

impl Loading {
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let file = load::parse(name, text)?;
        self.take(name, text, file)
    }

    /// Takes a file that ships. What is already known to be right is read from JSON, many times faster than TOML, and
    /// of a library only what it is.
    pub(super) fn add_shipped(&mut self, shipped: &load::Shipped) -> Result<(), Error> {
        let Some(library) = shipped.library else {
            return match serde_json::from_str(shipped.json) {
                Ok(file) => self.take(shipped.name, shipped.text, file),
                // The same mistake, with its place in the file.
                Err(_) => self.add(shipped.name, shipped.text),
            };
        };
        match serde_json::from_str::<Library>(library) {
            // What gives an SDK away are the names of its calls, so that its file is read at once.
            Ok(library) if library.kind == LibraryKind::Sdk => match serde_json::from_str(shipped.json) {
                Ok(file) => self.take(shipped.name, shipped.text, file),
                Err(_) => self.add(shipped.name, shipped.text),
            },
            Ok(library) => {
                self.take_library(library, Description::Shipped(shipped.json));
                Ok(())
            }
            Err(_) => self.add(shipped.name, shipped.text),
        }
    }

    fn take(&mut self, name: &str, text: &str, mut file: RuleFile) -> Result<(), Error> {
        let commands = CommandModels {
            commands: std::mem::take(&mut file.commands),
            actions: std::mem::take(&mut file.actions),
            scripts: std::mem::take(&mut file.scripts),
            collections: std::mem::take(&mut file.collections),
        };
        let targets =
            TargetModels { targets: std::mem::take(&mut file.targets), locks: std::mem::take(&mut file.locks) };
        if let Some(guidance) = file.guidance.take() {
            if let Some(mistake) = guidance.mistake() {
                return Err(Error::at(name, text, "[guidance]", mistake.to_owned()));
            }
            self.guidance = Some(guidance);
            return Ok(());
        }
        if let Some(accounting) = file.accounting.take() {
            self.shown = accounting.shown.iter().map(|pattern| TextPattern::new(pattern)).collect();
            return Ok(());
        }
        if let Some(effects) = file.effects.take() {
            self.effects = effects;
            return Ok(());
        }
        let says_nothing = file.rule.is_none()
            && file.library.is_none()
            && file.metascopes.is_empty()
            && file.files.is_none()
            && file.credentials.is_empty()
            && file.dependencies.is_empty()
            && file.documents.is_none()
            && commands.is_empty()
            && targets.is_empty();
        if says_nothing {
            let message = "it has none of [rule], [library], [[metascope]], [[credential]], [[dependency]], [documents], [[command]], [[action]], [[script]], [[collection]], [[target]], [[lock]], [files], [accounting], [effects] and [guidance], so \
                           it says nothing";
            return Err(Error::at(name, text, "", message.to_owned()));
        }
        if let Some((needle, message)) = commands.mistake() {
            return Err(Error::at(name, text, &needle, message));
        }
        self.commands.extend(commands);
        if let Some((needle, message)) = targets.mistake() {
            return Err(Error::at(name, text, &needle, message));
        }
        self.targets.extend(targets);
        if let Some(rule) = file.rule.take() {
            let compiled = compile(rule).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
            self.rules.insert(compiled.rule.id.clone(), compiled);
        }
        for metascope in file.metascopes.drain(..) {
            self.metascopes.insert(metascope.name.clone(), metascope);
        }
        if let Some(files) = file.files.take() {
            self.files = Some(files);
        }
        for credential in file.credentials.drain(..) {
            let kind =
                CredentialKind::new(credential).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
            self.credentials.push(kind);
        }
        if let Some(documents) = file.documents.take() {
            self.documents =
                DocumentKinds::new(documents).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
        }
        for model in file.dependencies.drain(..) {
            check(&model).map_err(|message| Error::at(name, text, "[[dependency]]", message))?;
            self.dependencies.push(model);
        }
        let Some(library) = file.library.take() else {
            if !(file.types.is_empty()
                && file.calls.is_empty()
                && file.members.is_empty()
                && file.annotations.is_empty()
                && file.alias.is_empty())
            {
                return Err(Error::at(name, text, "[[", "types, calls and aliases need a [library]".to_owned()));
            }
            return Ok(());
        };
        if library.kind != LibraryKind::Values && library.packages.is_empty() {
            let message = format!("library {} names no packages, so no anchor follows from it", library.name);
            return Err(Error::at(name, text, "[library]", message));
        }
        if library.kind == LibraryKind::Sdk && library.sdk.is_none() {
            let message =
                format!("SDK {} has no [library.sdk] table, so nobody is told what replaces it", library.name);
            return Err(Error::at(name, text, "[library]", message));
        }
        self.take_library(library, Description::Read(Box::new(file)));
        Ok(())
    }

    fn take_library(&mut self, library: Library, description: Description) {
        self.indexes.entry(library.platform).or_default().add(library, description);
    }

    pub(super) fn finish(mut self) -> Result<Catalog, Error> {
        let files = self.files.ok_or_else(|| {
            Error::at("rules", "", "", "no rule file has a [files] table, so no file would be read".to_owned())
        })?;
        let mut packages = BTreeMap::new();
        for (position, model) in self.dependencies.iter().enumerate() {
            let names = model.names.iter().map(|name| (model.ecosystem, normal_name(model.ecosystem, name)));
            packages.extend(names.map(|name| (name, position)));
        }
        Ok(Catalog {
            dependencies: self.dependencies,
            packages,
            rules: self.rules.into_values().collect(),
            metascopes: self.metascopes,
            files,
            credentials: self.credentials,
            documents: self.documents,
            shown: self.shown,
            effects: self.effects,
            guidance: self.guidance.unwrap_or_default(),
            commands: self.commands,
            targets: self.targets,
            node: self.indexes.remove(&Platform::Node).unwrap_or_default(),
            java: self.indexes.remove(&Platform::Java).unwrap_or_default(),
            python: self.indexes.remove(&Platform::Python).unwrap_or_default(),
        })
    }
}

/// What the table of a package has to say.
fn check(model: &DependencyModel) -> Result<(), String> {
    let Some(first) = model.names.first() else { return Err("a dependency needs `names`".to_owned()) };
    if model.ecosystem == Ecosystem::Maven && !model.names.iter().all(|name| name.contains(':')) {
        return Err(format!("a package of Maven is named by group and artifact, as in `group:artifact`: {first}"));
    }
    let says = match model.role {
        DependencyRole::Sdk | DependencyRole::Key => model.ecosystem == Ecosystem::Npm || !model.imports.is_empty(),
        DependencyRole::Signing => model.library.is_some(),
    };
    if !says {
        return Err(format!("{first}: `imports` is needed here, or `library` for one that signs"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ships is read as JSON and in part only when it is needed, so that its mistakes have to show here.
    #[test]
    fn what_ships_is_right_and_reads_the_same_from_json() {
        for shipped in load::SHIPPED {
            let mut loading = Loading::default();
            if let Err(error) = loading.add(shipped.name, shipped.text) {
                panic!("{:?}", miette::Report::new(error));
            }
            let read = load::parse(shipped.name, shipped.text).unwrap();
            let json: RuleFile = serde_json::from_str(shipped.json).unwrap();
            assert_eq!(format!("{json:?}"), format!("{read:?}"), "{}", shipped.name);
            let library = shipped.library.map(|library| serde_json::from_str::<Library>(library).unwrap());
            assert_eq!(format!("{library:?}"), format!("{:?}", read.library), "{}", shipped.name);
        }
    }
}
