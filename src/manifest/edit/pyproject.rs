//! `pyproject.toml`: the arrays of PEP 621 and PEP 735, of PDM and uv, and the tables of Poetry.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::pyproject::{parse, table};
use super::super::{Dependency, Manifest};
use super::sequence::Sequence;
use super::tables::{self, Table};
use super::{Addition, Change, Reason, first, lines, list};
use crate::finding::ByteRange;

/// Poetry's table of what is needed to run.
const POETRY: [&str; 3] = ["tool", "poetry", "dependencies"];

/// The tables of what Poetry needs to build or to test, newer first.
const POETRY_DEVELOPMENT: [&[&str]; 2] =
    [&["tool", "poetry", "group", "dev", "dependencies"], &["tool", "poetry", "dev-dependencies"]];

/// Arrays of what is needed to build or to test; of a table the first array.
const DEVELOPMENT: [&[&str]; 3] =
    [&["dependency-groups"], &["tool", "pdm", "dev-dependencies"], &["tool", "uv", "dev-dependencies"]];

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let (root, _) = parse(text);
    let root = root.get_ref();
    let requirement = list::requirement(addition, manifest);
    // Beside what it takes the place of: the same array, or the same table.
    if let Some(old) = list::beside(manifest, addition) {
        if let Some((sequence, _)) = array_around(root, old.entry) {
            return Ok(into_array(text, &sequence, &requirement));
        }
        if let Some(poetry) = table_around(text, old) {
            return Ok(vec![into_table(text, &poetry, manifest, addition)]);
        }
    }
    let project = table(root, &["project"]);
    let listed = project.and_then(|project| project.get("dependencies"));
    if addition.development {
        return add_development(text, root, manifest, addition);
    }
    if let Some(listed) = listed {
        let sequence =
            sequence(listed).ok_or_else(|| Reason::Layout { line: lines::number(text, listed.span().start) })?;
        return Ok(into_array(text, &sequence, &requirement));
    }
    if let Some(poetry) = tables::table(text, &POETRY) {
        return Ok(vec![into_table(text, &poetry, manifest, addition)]);
    }
    if table(root, &POETRY).is_some() {
        return Err(Reason::Layout { line: 1 });
    }
    let Some(project) = project else { return Err(Reason::NoPlace) };
    let dynamic = project.get("dynamic").and_then(|dynamic| dynamic.get_ref().as_array());
    if dynamic.is_some_and(|names| names.iter().any(|name| name.get_ref().as_str() == Some("dependencies"))) {
        return Err(Reason::Elsewhere { written: "dynamic = [\"dependencies\"]".to_owned() });
    }
    let Some(header) = tables::table(text, &["project"]) else { return Err(Reason::Layout { line: 1 }) };
    let newline = lines::newline(text);
    let unit = lines::unit(text, "    ");
    let line = format!("dependencies = [{newline}{unit}\"{requirement}\",{newline}]");
    Ok(vec![tables::insert(text, &header, "dependencies", &line)])
}

/// Into the groups of the tool at hand; a group of its own where there is none.
fn add_development(
    text: &str,
    root: &DeTable<'_>,
    manifest: &Manifest,
    addition: &Addition,
) -> Result<Vec<Change>, Reason> {
    let requirement = list::requirement(addition, manifest);
    for path in DEVELOPMENT {
        let Some((last, above)) = path.split_last() else { continue };
        let value = table(root, above).and_then(|above| above.get(*last));
        let array = value.and_then(|value| match value.get_ref() {
            DeValue::Table(groups) => groups.get("dev").or_else(|| groups.values().next()).and_then(sequence),
            _ => sequence(value),
        });
        if let Some(array) = array {
            return Ok(into_array(text, &array, &requirement));
        }
    }
    if let Some(poetry) = POETRY_DEVELOPMENT.iter().find_map(|path| tables::table(text, path)) {
        return Ok(vec![into_table(text, &poetry, manifest, addition)]);
    }
    let change = match table(root, &POETRY) {
        Some(_) => tables::append(text, &POETRY_DEVELOPMENT[0].join("."), &entry(manifest, addition)),
        None => tables::append(text, "dependency-groups", &format!("dev = [\"{requirement}\"]")),
    };
    Ok(vec![change])
}

fn into_array(text: &str, sequence: &Sequence, requirement: &str) -> Vec<Change> {
    list::insert(text, sequence, requirement, None, '"')
}

fn into_table(text: &str, table: &Table, manifest: &Manifest, addition: &Addition) -> Change {
    tables::insert(text, table, first(&addition.names), &entry(manifest, addition))
}

/// `name = "version"`; Poetry wants a version, or an asterisk.
pub(super) fn entry(manifest: &Manifest, addition: &Addition) -> String {
    let is_exact = |requirement: &str| requirement.starts_with(|first: char| first.is_ascii_digit());
    let version = addition.requirement_beside(manifest, is_exact).unwrap_or("*");
    format!("{} = \"{version}\"", first(&addition.names))
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let (root, _) = parse(text);
    if let Some((sequence, value)) = array_around(root.get_ref(), found.entry) {
        let goes_whole = sequence.holds_only(text, found.entry)
            && !lines::share(text, sequence.open, sequence.close)
            && lines::begins(text, value.start);
        // The key of an array that is left empty over several lines goes with it.
        if goes_whole {
            return Ok(vec![Change::remove(lines::whole(text, value))]);
        }
        let position = sequence.items.iter().position(|item| *item == found.entry);
        return Ok(position.map(|position| sequence.remove(text, position)).unwrap_or_default());
    }
    let is_only = table_around(text, found).is_some_and(|table| table.header.end < found.entry.start);
    match tables::remove_with_header(text, found).filter(|_| is_only) {
        Some(change) => Ok(vec![change]),
        None => tables::remove(text, found),
    }
}

/// The table whose lines hold an entry.
fn table_around(text: &str, found: &Dependency) -> Option<Table> {
    let holds = |table: &Table| table.body.contains(found.name_range) || table.header.contains(found.name_range);
    let (path, table) = tables::all(text).into_iter().find(|(_, table)| holds(table))?;
    if table.header.contains(found.name_range) {
        // `[tool.poetry.dependencies.name]`: what goes beside it stands in the table above.
        let above: Vec<&str> = path.iter().take(path.len().saturating_sub(1)).map(String::as_str).collect();
        return tables::table(text, &above);
    }
    Some(table)
}

/// The array that has an element at a range, and the range of the key and the array.
fn array_around(table: &DeTable<'_>, element: ByteRange) -> Option<(Sequence, ByteRange)> {
    for (key, value) in table.iter() {
        match value.get_ref() {
            DeValue::Array(_) => {
                let sequence = sequence(value)?;
                if sequence.items.contains(&element) {
                    return Some((sequence, ByteRange::new(key.span().start, value.span().end)));
                }
            }
            DeValue::Table(inner) => {
                if let Some(found) = array_around(inner, element) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn sequence(value: &Spanned<DeValue<'_>>) -> Option<Sequence> {
    let items = value.get_ref().as_array()?.iter().map(|item| ByteRange::new(item.span().start, item.span().end));
    // The span of an array of tables is that of its first header.
    let items: Vec<ByteRange> = items.collect();
    let (open, close) = (value.span().start + 1, value.span().end.checked_sub(1)?);
    let lies_inside = items.iter().all(|item| open <= item.start && item.end <= close);
    (open <= close && lies_inside).then_some(Sequence { open, close, items, separator: ", " })
}
