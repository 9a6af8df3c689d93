//! Entries of settings that nothing reads any more: items of object literals, and statements that set a member.
//!
//! A member of an object is known by its name alone. It goes where every read of that name in the program has gone, and where
//! [`Flows`] knows all that becomes of the object that holds it: whoever is handed the whole object might read it too.
//! Node alone; it makes no edit.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::flows::Flows;
use super::names::range;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// What a draft knows of places.
pub(super) struct Places<'a> {
    /// Whether a place is gone, or replaced.
    pub(super) is_dead: &'a dyn Fn(UnitId, ByteRange) -> bool,
    /// Whether the new code of some file uses a name.
    pub(super) is_new: &'a dyn Fn(&str) -> bool,
    /// Whether what is evaluated at a place does more than give a value.
    pub(super) has_effect: &'a dyn Fn(UnitId, ByteRange) -> bool,
    /// Whether the program is no library: what it exports is for itself.
    pub(super) is_application: bool,
}

/// An entry that goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) unit: UnitId,
    pub(super) name: String,
    pub(super) place: ByteRange,
}

/// How a name of a member stands in the text.
enum Role<'t> {
    /// It is read.
    Read,
    /// An item of an object, with its value.
    Item { item: Node<'t>, value: Node<'t>, object: Node<'t> },
    /// A statement or field that gives it a value.
    Set { statement: Node<'t>, value: Option<Node<'t>>, object: Option<Node<'t>> },
    /// A member of a type.
    Type { member: Node<'t>, exported: bool },
}

/// The entries that nothing reads any more, and the names of those settings that stay all the same: somebody unknown might.
pub(super) fn fallen(flows: &Flows<'_>, places: &Places<'_>) -> (Vec<Entry>, BTreeSet<String>) {
    let mut fallen = Vec::new();
    let mut kept = BTreeSet::new();
    for name in no_longer_read(flows, places) {
        if !(places.is_new)(&format!(".{name}"))
            && !(places.is_new)(&name)
            && let Some((going, stays)) = of_name(flows, places, &name)
        {
            fallen.extend(going);
            if stays {
                kept.insert(name);
            }
        }
    }
    (fallen, kept)
}

/// The names of members some read of which has gone.
fn no_longer_read(flows: &Flows<'_>, places: &Places<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (unit, names) in flows.names {
        for mention in names.mentions.iter().filter(|mention| (places.is_dead)(*unit, mention.range)) {
            if let Some(name) = mention.name.strip_prefix('.') {
                found.insert(name.to_owned());
            }
        }
        for declared in names.declarations.iter().filter(|one| (places.is_dead)(*unit, one.range)) {
            if let Some(key) = flows.node(*unit, declared.range).and_then(|node| flows.pattern_key(*unit, node)) {
                found.insert(key.to_owned());
            }
        }
    }
    found
}

/// What goes with one name, and whether a setting of that name stays; nothing where somebody reads it still.
fn of_name(flows: &Flows<'_>, places: &Places<'_>, name: &str) -> Option<(Vec<Entry>, bool)> {
    let mut reads: Vec<(UnitId, ByteRange)> = Vec::new();
    let mut going: Vec<Entry> = Vec::new();
    let mut closed: BTreeMap<(UnitId, usize), bool> = BTreeMap::new();
    let mut stays = false;
    for (unit, source, root) in flows.trees() {
        let text = source.file.text();
        if !text.contains(name) {
            continue;
        }
        for leaf in Preorder::new(root) {
            if leaf.child_count() > 0 || text.get(leaf.byte_range()) != Some(name) {
                continue;
            }
            let Some(role) = role(leaf, text) else { continue };
            let place = range(leaf);
            if (places.is_dead)(unit, place) {
                continue;
            }
            let goes = |whole: Node<'_>| Entry { unit, name: name.to_owned(), place: range(whole) };
            match role {
                Role::Read => reads.push((unit, place)),
                Role::Item { item, value, object } => {
                    let key = (unit, object.start_byte());
                    let is_closed = *closed.entry(key).or_insert_with(|| flows.is_closed(unit, object));
                    if is_closed && !(places.has_effect)(unit, range(value)) {
                        going.push(goes(item));
                    } else {
                        stays |= is_setting(object);
                    }
                }
                Role::Set { statement, value, object } => {
                    let is_closed =
                        object.is_none_or(|object| object.kind() == "this" || flows.is_closed_root(unit, object));
                    if is_closed && !value.is_some_and(|value| (places.has_effect)(unit, range(value))) {
                        going.push(goes(statement));
                    } else {
                        return None;
                    }
                }
                Role::Type { exported: true, .. } if !places.is_application => return None,
                Role::Type { member, .. } => going.push(goes(member)),
            }
        }
    }
    let is_inside = |(unit, place): &(UnitId, ByteRange)| {
        going.iter().any(|entry| entry.unit == *unit && entry.place.contains(*place))
    };
    reads.iter().all(is_inside).then_some((going, stays))
}

/// Whether an object is one of settings: the value of a name, or what a file hands out.
fn is_setting(object: Node<'_>) -> bool {
    let mut node = object;
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "variable_declarator" | "assignment_expression" | "export_statement" => return true,
            "pair" | "object" | "as_expression" | "satisfies_expression" | "parenthesized_expression" => node = outer,
            _ => return false,
        }
    }
    false
}

/// What a leaf with the name of a member is; nothing where it is no member.
fn role<'t>(leaf: Node<'t>, text: &str) -> Option<Role<'t>> {
    let parent = leaf.parent()?;
    match leaf.kind() {
        "property_identifier" | "private_property_identifier" => of_property(leaf, parent, text),
        "shorthand_property_identifier" => Some(Role::Item { item: leaf, value: leaf, object: parent }),
        "shorthand_property_identifier_pattern" => Some(Role::Read),
        "string_fragment" => {
            let outer = parent.parent()?;
            if outer.kind() == "pair" && outer.child_by_field_name("key") == Some(parent) {
                let value = outer.child_by_field_name("value")?;
                return Some(Role::Item { item: outer, value, object: outer.parent()? });
            }
            let is_environment = outer.kind() == "subscript_expression"
                && outer.child_by_field_name("object").is_some_and(|object| is_environment(object, text));
            (!is_environment).then_some(Role::Read)
        }
        _ => None,
    }
}

fn of_property<'t>(leaf: Node<'t>, parent: Node<'t>, text: &str) -> Option<Role<'t>> {
    match parent.kind() {
        "member_expression" => {
            let object = parent.child_by_field_name("object")?;
            if is_environment(object, text) {
                return None;
            }
            let assigned = parent.parent().filter(|outer| {
                outer.kind() == "assignment_expression" && outer.child_by_field_name("left") == Some(parent)
            });
            let statement =
                assigned.and_then(|outer| outer.parent()).filter(|outer| outer.kind() == "expression_statement");
            Some(match statement {
                Some(statement) => Role::Set {
                    statement,
                    value: assigned.and_then(|outer| outer.child_by_field_name("right")),
                    object: Some(object),
                },
                None => Role::Read,
            })
        }
        "pair" if parent.child_by_field_name("key") == Some(leaf) => {
            let value = parent.child_by_field_name("value")?;
            Some(Role::Item { item: parent, value, object: parent.parent()? })
        }
        "field_definition" | "public_field_definition" => {
            Some(Role::Set { statement: parent, value: parent.child_by_field_name("value"), object: None })
        }
        "property_signature" => Some(Role::Type { member: parent, exported: is_exported(parent) }),
        _ => Some(Role::Read),
    }
}

/// The variables of the environment are no settings of the program.
fn is_environment(object: Node<'_>, text: &str) -> bool {
    matches!(text.get(object.byte_range()), Some("process.env" | "env" | "import.meta.env"))
        && object.kind() == "member_expression"
}

fn is_exported(node: Node<'_>) -> bool {
    let mut node = node;
    while let Some(outer) = node.parent() {
        if outer.kind() == "export_statement" {
            return true;
        }
        node = outer;
    }
    false
}
