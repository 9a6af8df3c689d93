//! Gradle's version catalogs: entries of `[libraries]`, and the `[versions]` that they refer to.

use toml::de::DeValue;

use super::super::Dependency;
use super::super::gradle::CATALOG_NAME;
pub(super) use super::super::gradle::normal;
use super::super::pyproject::{parse, table, trimmed};
use super::{Addition, Change, Reason, first, lines, tables};
use crate::finding::ByteRange;

/// The alias that a package gets in a catalog: its artifact.
pub fn alias_of(name: &str) -> String {
    let artifact = name.rsplit(':').next().unwrap_or(name);
    artifact.replace('.', "-").to_ascii_lowercase()
}

/// The way by which a build file speaks of an alias.
pub(super) fn accessor(alias: &str) -> String {
    format!("{CATALOG_NAME}.{}", alias.replace(['-', '_'], "."))
}

pub(super) fn add(text: &str, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let name = first(&addition.names);
    let alias = addition.alias.clone().unwrap_or_else(|| alias_of(name));
    let version = match &addition.requirement {
        Some(version) => format!(", version = \"{version}\""),
        None => String::new(),
    };
    let line = format!("{alias} = {{ module = \"{name}\"{version} }}");
    Ok(vec![match tables::table(text, &["libraries"]) {
        Some(table) => tables::insert(text, &table, &alias, &line),
        None => tables::append(text, "libraries", &line),
    }])
}

/// The literal that says the version: in the entry, or under `[versions]`.
pub(super) fn version_place(text: &str, found: &Dependency) -> Result<ByteRange, Reason> {
    if let Some(range) = found.version_range {
        return Ok(range);
    }
    let (root, _) = parse(text);
    let root = root.get_ref();
    let libraries = table(root, &["libraries"]);
    let holds = |key: std::ops::Range<usize>| key.start == found.entry.start;
    let library =
        libraries.and_then(|libraries| libraries.iter().find(|(key, _)| holds(key.span())).map(|(_, value)| value));
    let version = library.and_then(|library| library.get_ref().as_table()?.get("version"));
    let Some(version) = version else {
        // `group:name:version` in one text.
        let range = ByteRange::new(found.entry.start, found.entry.end);
        let requirement = found.requirement.as_deref().ok_or(Reason::Managed)?;
        let at = text[range.start..range.end].rfind(requirement).ok_or(Reason::Managed)?;
        return Ok(ByteRange::new(range.start + at, range.start + at + requirement.len()));
    };
    let name = version.get_ref().as_table().and_then(|version| version.get("ref")?.get_ref().as_str());
    let layout = || Reason::Layout { line: lines::number(text, found.entry.start) };
    let name = name.ok_or_else(layout)?;
    let value = table(root, &["versions"]).and_then(|versions| versions.get(name));
    let value = value.ok_or_else(|| Reason::NamedElsewhere { name: name.to_owned() })?;
    match value.get_ref() {
        DeValue::String(_) => Ok(trimmed(text, ByteRange::new(value.span().start, value.span().end))),
        _ => Err(layout()),
    }
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let (root, _) = parse(text);
    for (bundle, aliases) in table(root.get_ref(), &["bundles"]).into_iter().flat_map(|bundles| bundles.iter()) {
        let mut aliases = aliases.get_ref().as_array().into_iter().flat_map(|aliases| aliases.iter());
        if aliases.any(|alias| alias.get_ref().as_str().map(normal) == found.alias) {
            return Err(Reason::Bundled { bundle: bundle.get_ref().to_string() });
        }
    }
    match tables::remove_with_header(text, found) {
        Some(change) => Ok(vec![change]),
        None => tables::remove(text, found),
    }
}
