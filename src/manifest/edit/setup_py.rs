//! setuptools' `setup.py`: the list that `install_requires` is given, where it stands in the source. What is computed is left
//! alone.

use tree_sitter::Node;

use super::super::{Dependency, Manifest};
use super::sequence::Sequence;
use super::{Addition, Change, Reason, lines, list};
use crate::finding::{ByteRange, Language};
use crate::syntax::{self, Limits, Preorder};

/// The argument whose list is edited.
const ARGUMENT: &str = "install_requires";

pub(super) fn add(
    text: &str,
    manifest: &Manifest,
    addition: &Addition,
    limits: &Limits,
) -> Result<Vec<Change>, Reason> {
    let tree = parse(text, limits)?;
    let requirement = list::requirement(addition, manifest);
    let unit = lines::unit(text, "    ");
    if let Some(old) = list::beside(manifest, addition)
        && let Some((sequence, _)) = list_around(tree.root_node(), old.entry)
    {
        return Ok(list::insert(text, &sequence, &requirement, None, '\''));
    }
    let Some(value) = argument(tree.root_node(), text) else { return Err(Reason::NoPlace) };
    if value.kind() != "list" {
        return Err(Reason::Computed { line: lines::number(text, value.start_byte()) });
    }
    let sequence = sequence(value);
    let indentation = format!("{}{unit}", lines::indentation(text, value.start_byte()));
    let own_line = (!lines::share(text, sequence.open, sequence.close)).then_some(indentation.as_str());
    Ok(list::insert(text, &sequence, &requirement, own_line, quote(text)))
}

pub(super) fn remove(text: &str, found: &Dependency, limits: &Limits) -> Result<Vec<Change>, Reason> {
    let tree = parse(text, limits)?;
    let Some((sequence, position)) = list_around(tree.root_node(), found.entry) else {
        return Err(Reason::Computed { line: lines::number(text, found.entry.start) });
    };
    Ok(sequence.remove(text, position))
}

fn parse(text: &str, limits: &Limits) -> Result<tree_sitter::Tree, Reason> {
    syntax::parse(text, Language::Python, limits)
        .map_err(|error| Reason::Malformed { line: 1, message: error.to_string() })
}

/// The quote that most texts of the file have.
fn quote(text: &str) -> char {
    if text.matches('\'').count() > text.matches('"').count() { '\'' } else { '"' }
}

/// What `install_requires` is given, in a call or in a dictionary; a name stands for the list that it is assigned.
fn argument<'tree>(root: Node<'tree>, text: &str) -> Option<Node<'tree>> {
    let value = Preorder::new(root).find_map(|node| named(node, text, ARGUMENT))?;
    if value.kind() != "identifier" {
        return Some(value);
    }
    let name = &text[value.byte_range()];
    let mut assigned = Preorder::new(root).filter(|node| node.kind() == "assignment").filter_map(|node| {
        (text.get(node.child_by_field_name("left")?.byte_range())? == name)
            .then(|| node.child_by_field_name("right"))
            .flatten()
    });
    // A list that is made anew in a branch, or added to, is not known.
    match (assigned.next(), assigned.next()) {
        (Some(list), None) => Some(list),
        _ => Some(value),
    }
}

fn named<'tree>(node: Node<'tree>, text: &str, name: &str) -> Option<Node<'tree>> {
    let key = match node.kind() {
        "keyword_argument" => node.child_by_field_name("name")?,
        "pair" => node.child_by_field_name("key")?,
        "assignment" => node.child_by_field_name("left")?,
        _ => return None,
    };
    let written = text.get(key.byte_range())?.trim_matches(['"', '\'']);
    let value = node.child_by_field_name(if node.kind() == "assignment" { "right" } else { "value" })?;
    // `install_requires = […]` before the call, and `install_requires=install_requires` in it.
    (written == name && !(value.kind() == "identifier" && &text[value.byte_range()] == name)).then_some(value)
}

/// The list that has an element at a range, and the element's position.
fn list_around(root: Node<'_>, element: ByteRange) -> Option<(Sequence, usize)> {
    let lists = Preorder::new(root).filter(|node| node.kind() == "list");
    lists.map(sequence).find_map(|sequence| {
        let position = sequence.items.iter().position(|item| *item == element)?;
        Some((sequence, position))
    })
}

fn sequence(list: Node<'_>) -> Sequence {
    let mut cursor = list.walk();
    let items = list.named_children(&mut cursor).filter(|child| child.kind() != "comment");
    let items = items.map(|item| ByteRange::new(item.start_byte(), item.end_byte())).collect();
    Sequence { open: list.start_byte() + 1, close: list.end_byte().saturating_sub(1), items, separator: ", " }
}
