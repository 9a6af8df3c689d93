//! `package.json`: members of `dependencies` and `devDependencies`, in the order that npm keeps.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::super::{Dependency, Manifest};
use super::sequence::Sequence;
use super::{Addition, Change, Reason, first, lines};
use crate::finding::ByteRange;

/// The tables in the order in which npm writes them.
const RUNTIME: &str = "dependencies";
const DEVELOPMENT: &str = "devDependencies";
const OTHERS: [&str; 3] = ["peerDependencies", "optionalDependencies", "bundledDependencies"];

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    with_root(text, |root| {
        let table = if addition.development { DEVELOPMENT } else { RUNTIME };
        let requirement = addition.requirement_beside(manifest, is_exact).unwrap_or("*");
        let name = first(&addition.names);
        let colon = colon(text, root);
        let item = format!("\"{name}\"{colon}\"{requirement}\"");
        let unit = unit(text, root);
        if let Some(packages) = root.get_object(table) {
            let sequence = sequence(text, packages);
            let names: Vec<&str> = packages.properties.iter().map(|property| property.name.as_str()).collect();
            let is_short = lines::share(text, root.range.start, root.range.end);
            let indentation = format!("{unit}{unit}");
            let own_line = (!is_short).then_some(indentation.as_str());
            return Ok(sequence.insert(text, lines::position(&names, name), &item, own_line));
        }
        if root.get(table).is_some() {
            return Err(Reason::Layout { line: lines::number(text, root.range.start) });
        }
        Ok(new_table(text, root, table, &item, &unit, colon))
    })
}

/// A table where none was: behind the other one, else before it, else at the end.
fn new_table(text: &str, root: &Object<'_>, table: &str, item: &str, unit: &str, colon: &str) -> Vec<Change> {
    let newline = lines::newline(text);
    let is_short = lines::share(text, root.range.start, root.range.end);
    let object = match is_short {
        true => format!("\"{table}\"{colon}{{ {item} }}"),
        false => format!("\"{table}\"{colon}{{{newline}{unit}{unit}{item}{newline}{unit}}}"),
    };
    let place = |name: &str| root.properties.iter().position(|property| property.name.as_str() == name);
    let position = match table {
        DEVELOPMENT => place(RUNTIME).map(|at| at + 1),
        _ => [DEVELOPMENT].iter().chain(&OTHERS).find_map(|name| place(name)),
    };
    let position = position.unwrap_or(root.properties.len());
    sequence(text, root).insert(text, position, &object, (!is_short).then_some(unit))
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    with_root(text, |root| {
        for (position, property) in root.properties.iter().enumerate() {
            let Value::Object(packages) = &property.value else { continue };
            let Some(at) = packages.properties.iter().position(|package| range(package) == found.entry) else {
                continue;
            };
            let members = sequence(text, packages);
            // npm leaves no empty table behind.
            return Ok(match members.holds_only(text, found.entry) {
                true => sequence(text, root).remove(text, position),
                false => members.remove(text, at),
            });
        }
        Err(Reason::Layout { line: lines::number(text, found.entry.start) })
    })
}

fn with_root(
    text: &str,
    change: impl FnOnce(&Object<'_>) -> Result<Vec<Change>, Reason>,
) -> Result<Vec<Change>, Reason> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    match parsed.map(|parsed| parsed.value) {
        Ok(Some(Value::Object(root))) => change(&root),
        _ => Err(Reason::Malformed { line: 1, message: "this is no JSON object".to_owned() }),
    }
}

fn range(node: &impl Ranged) -> ByteRange {
    ByteRange::new(node.start(), node.end())
}

fn sequence(text: &str, object: &Object<'_>) -> Sequence {
    Sequence {
        open: object.range.start + 1,
        close: object.range.end - 1,
        items: object.properties.iter().map(range).collect(),
        // What is written without blanks has none.
        separator: if colon(text, object) == ":" { "," } else { ", " },
    }
}

/// How far the members of the root are indented.
fn unit(text: &str, root: &Object<'_>) -> String {
    let first = root.properties.first().filter(|property| lines::begins(text, property.start()));
    first.map_or_else(|| "  ".to_owned(), |property| lines::indentation(text, property.start()).to_owned())
}

/// What stands between a name and its value.
fn colon<'text>(text: &'text str, root: &Object<'_>) -> &'text str {
    let between = root.properties.iter().map(|property| &text[property.name.end()..property.value.start()]);
    between.into_iter().find(|between| !between.contains(['\n', '\r', '/'])).unwrap_or(": ")
}

/// Whether a range allows one version alone.
fn is_exact(requirement: &str) -> bool {
    requirement.starts_with(|first: char| first.is_ascii_digit())
        && requirement.matches('.').count() == 2
        && !requirement.contains([' ', 'x', '*', '|'])
}
