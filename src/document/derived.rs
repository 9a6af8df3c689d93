//! Entries that a file holds in other words: lists of names with values, declared variables, JSON inside a value.
//!
//! They stand beside what was read, under the list or map that says them, so that whoever looks for a key finds it however
//! it is written.

use super::json;
use super::model::{Builder, Entry, Kind, Name};
use crate::finding::ByteRange;

/// How names and values are called where they are entries themselves.
#[derive(Debug, Clone, Default)]
pub struct Conventions {
    /// Keys that hold a name: `name`, `key`.
    pub names: Vec<String>,
    /// Keys that hold its value: `value`, `default`.
    pub values: Vec<String>,
}

/// The shortest text that is worth reading as JSON.
const SHORTEST: usize = 8;

pub(super) fn add(builder: &mut Builder<'_>, conventions: &Conventions) {
    embedded(builder);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); builder.entries.len()];
    for (position, entry) in builder.entries.iter().enumerate() {
        if let Some(parent) = entry.parent {
            children[parent].push(position);
        }
    }
    let mut found = Vec::new();
    for (position, listed) in children.iter().enumerate() {
        match builder.entries[position].kind {
            Kind::List => {
                for &item in listed {
                    found.extend(named(builder, item, &children[item], conventions));
                    found.extend(assigned(builder, item));
                }
            }
            Kind::Block => declared(builder, position, &children[position], conventions, &mut found),
            _ => {}
        }
    }
    builder.entries.extend(found);
}

/// JSON in the text of a value, where it stands there unescaped.
fn embedded(builder: &mut Builder<'_>) {
    for position in 0..builder.entries.len() {
        let entry = &builder.entries[position];
        let text = entry.text.trim();
        if entry.kind != Kind::Scalar || text.len() < SHORTEST || !text.starts_with('{') || !text.ends_with('}') {
            continue;
        }
        let written = &builder.text[entry.value.start..entry.value.end];
        let Some(start) = written.find(text) else { continue };
        let start = entry.value.start + start;
        json::read_embedded(builder, position, ByteRange::new(start, start + text.len()));
    }
}

/// `{ name: X, value: Y }` in a list is the entry X.
fn named(builder: &Builder<'_>, item: usize, children: &[usize], conventions: &Conventions) -> Option<Entry> {
    let child = |names: &[String]| {
        names.iter().find_map(|name| {
            children.iter().copied().find(|&child| builder.entries[child].key_text() == Some(name.as_str()))
        })
    };
    let name = &builder.entries[child(&conventions.names)?];
    if builder.entries[item].kind != Kind::Map || name.kind != Kind::Scalar {
        return None;
    }
    let parent = builder.entries[item].parent;
    let value = &builder.entries[child(&conventions.values)?];
    let (kind, text) = match value.kind {
        Kind::Map | Kind::Block => (Kind::Reference, String::new()),
        kind => (kind, value.text.clone()),
    };
    Some(Entry { parent, name: Name::Key(name.text.clone()), key: name.value, value: value.value, text, kind })
}

/// `- NAME=value` in a list is the entry NAME.
fn assigned(builder: &Builder<'_>, item: usize) -> Option<Entry> {
    let entry = &builder.entries[item];
    let (name, value) = entry.text.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let start = builder.text[entry.value.start..entry.value.end].find(name)? + entry.value.start;
    let key = ByteRange::new(start, start + name.len());
    if entry.kind != Kind::Scalar || !is_name || !builder.text[key.end..entry.value.end].starts_with('=') {
        return None;
    }
    Some(Entry {
        parent: entry.parent,
        name: Name::Key(name.to_owned()),
        key,
        value: ByteRange::new(key.end + 1, entry.value.end),
        text: value.to_owned(),
        kind: Kind::Scalar,
    })
}

/// A labelled block without labels below it declares its label: `variable "x" { default = … }` is the entry x.
fn declared(
    builder: &Builder<'_>,
    block: usize,
    children: &[usize],
    conventions: &Conventions,
    found: &mut Vec<Entry>,
) {
    let entry = &builder.entries[block];
    let Some(parent) = entry.parent.filter(|&parent| builder.entries[parent].kind == Kind::Block) else { return };
    if builder.entries[parent].parent.is_some_and(|above| builder.entries[above].kind == Kind::Block) {
        return;
    }
    let default = children
        .iter()
        .map(|&child| &builder.entries[child])
        .find(|child| child.key_text().is_some_and(|key| conventions.values.iter().any(|value| value == key)));
    let (value, text, kind) = match default {
        Some(child) if !child.kind.is_container() => (child.value, child.text.clone(), child.kind),
        _ => (entry.key, String::new(), Kind::Reference),
    };
    let declared = Entry { parent: Some(parent), name: entry.name.clone(), key: entry.key, value, text, kind };
    found.push(declared);
}
