//! Whether something settles the version of a package for a project: a parent, a bill of materials, a plugin.

use super::gradle::{TokenKind, tokens};
use super::xml::elements;
use super::{Group, Kind, Loaded};
use crate::rules::targets::{Manager, numbers};

/// What settles the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// Its name for people.
    pub by: String,
    /// Its own version, where that is written.
    pub version: Option<String>,
    /// The lowest version of the package that it settles, where that is known.
    pub settles: Option<String>,
}

impl Managed {
    /// What settles the version for a project: `manifests` are its own and those above it, nearest first.
    pub fn of(managers: &[Manager], manifests: &[Loaded]) -> Option<Self> {
        managers.iter().find_map(|manager| {
            let version = manifests.iter().find_map(|loaded| by(manager, loaded, manifests))?;
            let settles = version.as_deref().and_then(|version| settled(manager, version));
            Some(Self { by: manager.name.clone(), version, settles })
        })
    }
}

/// The lowest version that a manager of this version settles.
fn settled(manager: &Manager, version: &str) -> Option<String> {
    if manager.manages.is_empty() {
        return Some(version.to_owned());
    }
    let own = numbers(version);
    manager.manages.iter().find(|known| own >= numbers(&known.from)).map(|known| known.version.clone())
}

/// The version of the manager, if a manifest goes by it; nothing inside where it is written elsewhere.
fn by(manager: &Manager, loaded: &Loaded, manifests: &[Loaded]) -> Option<Option<String>> {
    let text = loaded.file.text();
    match loaded.kind {
        Kind::Pom => {
            let imported = loaded
                .manifest
                .dependencies
                .iter()
                .find(|found| found.group == Group::Managed && manager.packages.contains(&found.name));
            if let Some(imported) = imported {
                return Some(imported.requirement.clone());
            }
            loaded.manifest.includes.iter().find(|parent| manager.packages.contains(parent))?;
            let elements = elements(text);
            let version = elements.iter().find(|element| element.is(&["project", "parent", "version"]));
            Some(version.map(|version| version.text(text).to_owned()))
        }
        Kind::Gradle => gradle(manager, loaded, manifests),
        _ => None,
    }
}

fn gradle(manager: &Manager, loaded: &Loaded, manifests: &[Loaded]) -> Option<Option<String>> {
    let text = loaded.file.text();
    let tokens = tokens(text);
    // `platform('g:a:v')`, `mavenBom "g:a:v"`
    let notation = tokens.iter().filter(|token| token.kind == TokenKind::Text).find_map(|token| {
        let (name, version) =
            token.text.rsplit_once(':').filter(|(name, _)| name.contains(':')).unwrap_or((token.text, ""));
        manager.packages.iter().any(|known| known == name).then(|| {
            Some(version.to_owned()).filter(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        })
    });
    if notation.is_some() {
        return notation;
    }
    let managed = loaded
        .manifest
        .dependencies
        .iter()
        .find(|found| found.group == Group::Managed && manager.packages.contains(&found.name));
    if let Some(managed) = managed {
        return Some(managed.requirement.clone());
    }
    let (first, others) = manager.plugins.split_first()?;
    let names = |id: &str| {
        tokens.iter().any(|token| token.kind == TokenKind::Text && token.text == id)
            || goes_by_alias(id, &tokens, manifests)
    };
    let is_imported = manager.constants.iter().any(|constant| text.contains(constant.as_str()));
    if !(names(first) && (is_imported || others.iter().all(|other| names(other)))) {
        return None;
    }
    // `id 'x' version 'y'`, in this script or in that of the root.
    let in_script = |loaded: &Loaded| version_of_plugin(loaded.file.text(), first);
    let scripts = || manifests.iter().filter(|loaded| loaded.kind == Kind::Gradle);
    let brought = || {
        let mut entries = scripts().flat_map(|loaded| &loaded.manifest.dependencies);
        entries.find(|found| manager.plugin_packages.contains(&found.name))?.requirement.clone()
    };
    let declared = || {
        let catalogs = manifests.iter().filter(|loaded| loaded.kind == Kind::VersionCatalog);
        catalogs.filter_map(|loaded| super::gradle::plugin(loaded.file.text(), first)).find_map(|(_, version)| version)
    };
    Some(in_script(loaded).or_else(|| scripts().find_map(in_script)).or_else(brought).or_else(declared))
}

fn version_of_plugin(text: &str, id: &str) -> Option<String> {
    let tokens = tokens(text);
    let at = tokens.iter().position(|token| token.kind == TokenKind::Text && token.text == id)?;
    let mut rest = tokens[at + 1..].iter().take_while(|token| !token.first);
    rest.find(|token| token.text == "version")?;
    rest.find(|token| token.kind == TokenKind::Text).map(|token| token.text.to_owned())
}

/// `alias(libs.plugins.spring.boot)`, with a catalog that says which plugin that is.
fn goes_by_alias(id: &str, tokens: &[super::gradle::Token<'_>], manifests: &[Loaded]) -> bool {
    let catalogs = manifests.iter().filter(|loaded| loaded.kind == Kind::VersionCatalog);
    let aliases = catalogs.filter_map(|loaded| super::gradle::plugin(loaded.file.text(), id)).map(|(alias, _)| alias);
    let written: String = tokens
        .iter()
        .map(|token| if token.first { format!("\n{}", token.text) } else { token.text.to_owned() })
        .collect();
    aliases.into_iter().any(|alias| written.to_ascii_lowercase().contains(&format!("plugins.{alias})")))
}
