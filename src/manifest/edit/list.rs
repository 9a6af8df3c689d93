//! Lists of requirements as PEP 508 writes them: what an entry looks like, and where it goes.

use std::cmp::Ordering;

use super::super::{Dependency, Group, Manifest};
use super::sequence::Sequence;
use super::{Addition, Change, Reason, first, lines};
use crate::finding::ByteRange;

/// A requirement: `authlib>=1.3`.
pub(super) fn requirement(addition: &Addition, manifest: &Manifest) -> String {
    let version = addition.requirement_beside(manifest, is_exact).unwrap_or_default();
    let operator = if version.starts_with(|first: char| first.is_ascii_digit()) { "==" } else { "" };
    format!("{}{operator}{version}", first(&addition.names))
}

/// Whether a specifier allows one version alone.
pub(super) fn is_exact(requirement: &str) -> bool {
    requirement.strip_prefix("==").is_some_and(|version| !version.contains(['*', ',']))
}

/// Where the specifier of a requirement without one would stand: behind its name and its extras.
pub(super) fn version_place(text: &str, found: &Dependency) -> Result<usize, Reason> {
    let rest = &text[found.name_range.end..];
    let extras = rest.trim_start_matches([' ', '\t']);
    let mut at = found.name_range.end;
    if extras.starts_with('[')
        && let Some(length) = extras.find(']')
    {
        at += rest.len() - extras.len() + length + 1;
    }
    let behind = text[at..].trim_start_matches([' ', '\t']).chars().next();
    match behind {
        None | Some('\n' | '\r' | ';' | '"' | '\'' | '#' | ')' | ',') => Ok(at),
        // An address, or a table that names no version.
        Some(_) => {
            let line = lines::start(text, found.entry.start);
            let written = text[line..lines::end(text, found.entry.start)].trim();
            Err(Reason::NotAVersion { written: written.trim_matches(',').to_owned() })
        }
    }
}

/// Puts a requirement into a list in quotes; `indentation` is for one that has none and gets lines of its own.
pub(super) fn insert(
    text: &str,
    sequence: &Sequence,
    requirement: &str,
    indentation: Option<&str>,
    otherwise: char,
) -> Vec<Change> {
    let inside = |item: &ByteRange| text[item.start..item.end].trim_matches(['"', '\'']);
    let names: Vec<&str> = sequence.items.iter().map(inside).collect();
    let with = |quote: char| sequence.items.iter().filter(|item| text[item.start..].starts_with(quote)).count();
    let quote = match with('"').cmp(&with('\'')) {
        Ordering::Greater => '"',
        Ordering::Less => '\'',
        Ordering::Equal => otherwise,
    };
    let item = format!("{quote}{requirement}{quote}");
    sequence.insert(text, sorted_position(&names, requirement), &item, indentation)
}

/// The place of a requirement: where it belongs if several are there and sorted, else the end.
pub(super) fn sorted_position(names: &[&str], requirement: &str) -> usize {
    match names.len() {
        0 | 1 => names.len(),
        _ => lines::position(names, requirement),
    }
}

/// Whether an entry asks for one of the packages whose place a new one takes. One that is needed to run goes first.
pub(super) fn beside<'a>(manifest: &'a Manifest, addition: &Addition) -> Option<&'a Dependency> {
    let old = || manifest.dependencies.iter().filter(|found| super::is_one_of(found, &addition.beside));
    let needed = |found: &&Dependency| found.group == Group::Runtime;
    old().find(needed).or_else(|| old().find(|found| found.group != Group::Managed))
}
