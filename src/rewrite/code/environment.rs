//! Variables of the environment of Node that the old flow read: where a list says that they have to be set, they go from it.
//!
//! A variable that is named in another way by a text is one to look at: who knows what reads it by that name.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::names::range;
use crate::detect::Subject;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::project::Source;
use crate::syntax::Preorder;

/// Where a variable that nothing reads any more is named.
pub(super) enum Listed {
    /// An item of a list that the environment is looked up by.
    Item(UnitId, ByteRange),
    /// Another text: the name, and the file.
    Named(String, String),
}

/// The places that name variables whose reads have all gone.
pub(super) fn listed(
    subject: &Subject<'_>,
    is_dead: &dyn Fn(UnitId, ByteRange) -> bool,
    is_new: &dyn Fn(&str) -> bool,
) -> Vec<Listed> {
    let files = || {
        subject
            .sources
            .iter()
            .zip(0_u32..)
            .filter_map(|(source, number)| Some((UnitId(number), source, source.tree.as_ref()?.root_node())))
    };
    let mut living: BTreeMap<&str, bool> = BTreeMap::new();
    for (unit, source, root) in files() {
        for (name, place) in reads(source, root) {
            *living.entry(name).or_default() |= !is_dead(unit, place);
        }
    }
    let dead = living.into_iter().filter(|(name, living)| !living && !is_new(name));
    let dead: BTreeSet<&str> = dead.map(|(name, _)| name).collect();
    let mut found = Vec::new();
    if dead.is_empty() {
        return found;
    }
    for (unit, source, root) in files() {
        let text = source.file.text();
        let looks_up = text.contains("process.env[");
        for string in Preorder::new(root).filter(|node| node.kind() == "string") {
            let name = text.get(string.byte_range()).unwrap_or_default().trim_matches(['"', '\'']);
            if !dead.contains(name) || is_dead(unit, range(string)) {
                continue;
            }
            let list = string.parent().filter(|list| list.kind() == "array" && looks_up && is_of_strings(*list));
            found.push(match list {
                Some(_) => Listed::Item(unit, range(string)),
                None => Listed::Named(name.to_owned(), source.file.path().to_owned()),
            });
        }
    }
    found
}

fn is_of_strings(list: Node<'_>) -> bool {
    let mut cursor = list.walk();
    list.named_children(&mut cursor).all(|item| matches!(item.kind(), "string" | "comment"))
}

/// The variables that a file reads by their names, each with the place.
fn reads<'t>(source: &'t Source, root: Node<'_>) -> Vec<(&'t str, ByteRange)> {
    let text = source.file.text();
    let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let mut found = Vec::new();
    for node in Preorder::new(root) {
        let is_environment = |node: Option<Node<'_>>| node.is_some_and(|node| part(node) == "process.env");
        match node.kind() {
            "member_expression" if is_environment(node.child_by_field_name("object")) => {
                found.extend(node.child_by_field_name("property").map(|name| (part(name), range(node))));
            }
            "variable_declarator" if is_environment(node.child_by_field_name("value")) => {
                let pattern = node.child_by_field_name("name").filter(|name| name.kind() == "object_pattern");
                for item in pattern.into_iter().flat_map(|pattern| {
                    let mut cursor = pattern.walk();
                    pattern.named_children(&mut cursor).collect::<Vec<_>>()
                }) {
                    let key =
                        item.child_by_field_name("key").or_else(|| item.child_by_field_name("left")).unwrap_or(item);
                    found.push((part(key), range(item)));
                }
            }
            _ => {}
        }
    }
    found
}
