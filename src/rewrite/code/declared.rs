//! Requests of Java that an interface declares by annotations: a field of the form is a parameter, and its value an argument of
//! whoever calls the method.

use tree_sitter::Node;

use super::draft::{Draft, has_word};
use super::java;
use super::keep::Refusal;
use super::lines::{indentation, line_start, newline, quoted};
use super::names::range;
use super::plan::Plan;
use super::scopes;
use super::slot::Slot;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// The parameter that an annotation with a text stands at, and its name.
pub(super) fn parameter(string: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let mut node = string;
    while !matches!(node.kind(), "formal_parameter") {
        node = node.parent()?;
        if !matches!(
            node.kind(),
            "annotation_argument_list" | "element_value_pair" | "annotation" | "modifiers" | "formal_parameter"
        ) {
            return None;
        }
    }
    Some((node, node.child_by_field_name("name")?))
}

/// Puts two parameters in the place of that for the assertion, and their values into the calls.
pub(super) fn field(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, slot: Slot) -> Result<(), Refusal> {
    let unknown = || "The declaration of the request could not be read: change it by hand".to_owned();
    let source = plan.source(unit).ok_or_else(unknown)?;
    let root = source.tree.as_ref().ok_or_else(unknown)?.root_node();
    let text = source.file.text();
    let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
    let node = root.descendant_for_byte_range(slot.unit.start, slot.unit.end).ok_or_else(unknown)?;
    let method = java::method(node).ok_or_else(unknown)?;
    let name = method.child_by_field_name("name").map(range).map(part).ok_or_else(unknown)?;
    let list = node.parent().ok_or_else(unknown)?;
    let parameters = named(list);
    let position = parameters.iter().position(|one| *one == node).ok_or_else(unknown)?;
    let declared = method.parent().and_then(|body| body.parent()).ok_or_else(unknown)?;
    let interface = declared.child_by_field_name("name").map(range).map(part).ok_or_else(unknown)?;
    if node.child_by_field_name("type").map(range).map(part) != Some("String") {
        return Err(unknown());
    }

    let calls = calls(plan, name, parameters.len());
    if calls.is_empty() {
        return Err(format!(
            "`{interface}.{name}` declares the request, and no call of it was seen: let it take `{}` and `{}` instead",
            plan.model.grant.0, plan.model.scope_field
        ));
    }
    let known: Vec<&str> = plan.subject.sources.iter().map(|source| source.file.text()).collect();
    let implements = |text: &str| text.contains(&format!("implements {interface}"));
    if known.iter().any(|text| implements(text)) {
        return Err(format!("`{interface}` is implemented by a class of its own, which has to change with it"));
    }
    let others =
        java::package_texts(source, plan.contents).into_iter().filter(|(_, text)| !known.contains(&text.as_str()));
    for (file, _) in others.filter(|(_, text)| has_word(text, name) && has_word(text, interface)) {
        draft.doubts.insert(format!("{file} speaks of `{name}`, whose parameters are others now"));
    }

    if plan.grammar.has_modifier(declared, "public") {
        draft.doubts.insert(format!("`{interface}.{name}` is public, and takes other parameters now"));
    }

    let with = |field: &str| {
        let mut said = part(slot.unit).to_owned();
        let at = |place: ByteRange| place.start - slot.unit.start..place.end - slot.unit.start;
        said.replace_range(at(slot.value), &camel(field));
        said.replace_range(at(slot.name), &quoted(field, '"'));
        said
    };
    let starts_line = text[line_start(text, slot.unit.start)..slot.unit.start].trim().is_empty();
    let between = match starts_line {
        true => format!(",{}{}", newline(text), indentation(text, slot.unit.start)),
        false => ", ".to_owned(),
    };
    let declared = format!("{}{between}{}", with(&plan.model.grant.0), with(&plan.model.scope_field));
    draft.replace(unit, slot.unit, declared);
    draft.replaced(unit, slot.unit, "the parameter of the signed assertion", "those of the grant and the scopes");
    for (caller, place) in calls.iter().filter_map(|(unit, call)| {
        let arguments = call.child_by_field_name("arguments")?;
        Some((*unit, range(*named(arguments).get(position)?)))
    }) {
        let scope = scopes::expression(plan, draft, caller, place, '"')?;
        draft.give_up(caller, place);
        draft.replace(caller, place, format!("{}, {scope}", quoted(&plan.model.grant.1, '"')));
    }
    Ok(())
}

/// Where the declaration of the request says its path, for a client that takes it apart.
pub(super) fn path(plan: &Plan<'_>, assertion_field: &str) -> Option<(UnitId, ByteRange)> {
    let written = plan.field(assertion_field).into_iter().next()?;
    let source = plan.source(written.unit)?;
    let root = source.tree.as_ref()?.root_node();
    let text = source.file.text();
    let node = root.descendant_for_byte_range(written.slot.unit.start, written.slot.unit.end)?;
    parameter(root.descendant_for_byte_range(written.slot.name.start, written.slot.name.end)?)?;
    let method = java::method(node)?;
    let mut cursor = method.walk();
    let modifiers = method.named_children(&mut cursor).find(|child| child.kind() == "modifiers")?;
    let said = text.get(modifiers.byte_range())?;
    plan.model.old_paths.iter().find_map(|old| {
        let at = modifiers.start_byte() + said.find(old.as_str())?;
        Some((written.unit, ByteRange::new(at, at + old.len())))
    })
}

/// The calls of a method with so many arguments.
fn calls<'p>(plan: &'p Plan<'_>, name: &str, count: usize) -> Vec<(UnitId, Node<'p>)> {
    let mut found = Vec::new();
    for (source, number) in plan.subject.sources.iter().zip(0_u32..) {
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let is_it = |node: &Node<'_>| {
            node.kind() == "method_invocation"
                && plan.grammar.called(*node, text) == name
                && node.child_by_field_name("arguments").is_some_and(|list| named(list).len() == count)
        };
        found.extend(Preorder::new(tree.root_node()).filter(is_it).map(|node| (UnitId(number), node)));
    }
    found
}

fn named(list: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = list.walk();
    list.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

/// `grantType` for `grant_type`.
fn camel(field: &str) -> String {
    let mut parts = field.split('_');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters));
    }
    name
}
