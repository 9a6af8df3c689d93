//! Readers of a token's lifetime in Java that are known by the name that the endpoint gives it: what they take for milliseconds
//! is changed, and it is found out whether any reader is left.
//!
//! Which names say milliseconds is data, `[effects.java.units]`.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::draft::Draft;
use super::java;
use super::names::range;
use super::plan::Plan;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::rules::effects::UnitModel;
use crate::syntax::Preorder;

/// Changes readers that were not followed to the request. `followed` are those that were, which are changed already. Where no reader
/// is left that might take seconds for milliseconds, the draft knows so afterwards.
pub(super) fn by_name(plan: &Plan<'_>, draft: &mut Draft<'_>, followed: &[ByteRange]) {
    let units = &plan.catalog.effects().java.units;
    let mut changed: Vec<(UnitId, ByteRange)> =
        followed.iter().filter_map(|place| plan.subject.program.place(*place)).collect();
    let members = bound_to(plan);
    for (source, number) in plan.subject.sources.iter().zip(0_u32..) {
        let unit = UnitId(number);
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let name = format!("\"{}\"", plan.model.lifetime_member);
        for node in Preorder::new(tree.root_node()) {
            let written = text.get(node.byte_range()).unwrap_or_default();
            let reads = match node.kind() {
                "string_literal" => written == name && annotated(node).is_none(),
                "identifier" => members.contains(written),
                _ => false,
            };
            let reader = range(node);
            if !reads || changed.iter().any(|(at, place)| *at == unit && place.contains(reader)) {
                continue;
            }
            if let Some((place, new)) = in_seconds(node, text, units) {
                draft.replace(unit, place, new);
                draft.replaced(unit, reader, "arithmetic on milliseconds", "arithmetic on seconds");
                changed.push((unit, reader));
            }
        }
    }
    if is_settled(plan, &changed, units) {
        draft.answer_known = true;
    }
}

/// The names of fields and components that a mapper fills with the lifetime, by annotation, and of their getters.
fn bound_to(plan: &Plan<'_>) -> BTreeSet<String> {
    let quoted = format!("\"{}\"", plan.model.lifetime_member);
    let mut names = BTreeSet::new();
    for source in plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "string_literal") {
            let Some(name) = annotated(node).filter(|_| text.get(node.byte_range()) == Some(quoted.as_str())) else {
                continue;
            };
            let name = text.get(name.byte_range()).unwrap_or_default();
            let mut letters = name.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            names.insert(format!("get{}{}", first.collect::<String>(), letters.as_str()));
            names.insert(name.to_owned());
        }
    }
    names
}

/// The name of the field or component whose annotation a text stands in.
fn annotated(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while !matches!(node.kind(), "method_invocation" | "block" | "class_body") {
        node = node.parent()?;
        match node.kind() {
            "field_declaration" => return node.child_by_field_name("declarator")?.child_by_field_name("name"),
            "formal_parameter" => return node.child_by_field_name("name"),
            _ => {}
        }
    }
    None
}

/// What is changed so that a reader takes seconds, where it plainly takes milliseconds.
fn in_seconds(reader: Node<'_>, text: &str, units: &UnitModel) -> Option<(ByteRange, String)> {
    let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
    let mut node = reader;
    // From the name to the end of the chain that reads it, and what a unit is said by.
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "field_access" => node = outer,
            "method_invocation" | "argument_list" | "parenthesized_expression" | "cast_expression" => {
                let is_argument =
                    outer.kind() == "method_invocation" && outer.child_by_field_name("object") != Some(node);
                let name = outer.child_by_field_name("name").map(range).filter(|_| is_argument);
                let unit = outer.child_by_field_name("object").map(range).filter(|_| is_argument);
                let of_unit = unit.and_then(|unit| units.renamed.iter().find(|(old, _)| ends_with(part(unit), old)));
                if let (Some(unit), Some((old, new))) = (unit, of_unit) {
                    if name.is_some_and(|name| units.converts.contains(part(name))) {
                        let argument = outer.child_by_field_name("arguments")?.named_child(0)?;
                        return Some((range(outer), part(range(argument)).to_owned()));
                    }
                    return Some((ByteRange::new(unit.end - old.len(), unit.end), new.clone()));
                }
                if let Some(name) = name
                    && let Some(new) = units.renamed.get(part(name))
                {
                    return Some((name, new.clone()));
                }
                node = outer;
            }
            "binary_expression" => {
                let (left, right) = (outer.child_by_field_name("left")?, outer.child_by_field_name("right")?);
                let operator = outer.child_by_field_name("operator").map(|operator| part(range(operator)))?;
                let number = part(range(right)).replace('_', "");
                if operator == "/" && left == node && matches!(number.as_str(), "1000" | "1000L" | "1000.0") {
                    return Some((ByteRange::new(left.end_byte(), right.end_byte()), String::new()));
                }
                if operator == "/"
                    && left == node
                    && let Some(seconds) = super::lifetime::without_thousand(part(range(right)))
                {
                    return Some((range(right), seconds));
                }
                let other = part(range(if left == node { right } else { left }));
                let is_clock = units.clocks.iter().any(|clock| {
                    other.contains(&format!("{clock}()"))
                        || text
                            .split(&format!("long {other} = "))
                            .skip(1)
                            .any(|rest| rest.split(';').next().unwrap_or_default().ends_with(&format!(".{clock}()")))
                });
                if operator == "+" && is_clock {
                    return Some((ByteRange::new(node.end_byte(), node.end_byte()), " * 1000".to_owned()));
                }
                return None;
            }
            // What is handed out under a name that says milliseconds stays so.
            "return_statement" => {
                let name = java::method(outer)?.child_by_field_name("name").map(range)?;
                let end = ByteRange::new(node.end_byte(), node.end_byte());
                let says = units.says.iter().any(|word| part(name).contains(word.as_str()));
                return says.then(|| (end, " * 1000".to_owned()));
            }
            _ => return None,
        }
    }
    None
}

/// What is changed in arithmetic on the lifetime so that it takes seconds: at the reader of it, or at the one name in it that says
/// milliseconds.
pub(super) fn arithmetic(node: Node<'_>, text: &str, plan: &Plan<'_>) -> Option<(ByteRange, String)> {
    let units = &plan.catalog.effects().java.units;
    let words = || Preorder::new(node).filter(|node| matches!(node.kind(), "identifier" | "string_literal"));
    let written = |node: &Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let place = range(node);
    let at_reader = words().filter(|node| plan.speaks_of_lifetime(written(node)));
    let changed =
        at_reader.filter_map(|reader| in_seconds(reader, text, units)).find(|(changed, _)| place.contains(*changed));
    if changed.is_some() {
        return changed;
    }
    let mut said = words().filter_map(|node| Some((range(node), units.renamed.get(written(&node))?.clone())));
    said.next().filter(|_| said.next().is_none())
}

fn ends_with(written: &str, name: &str) -> bool {
    written == name || written.ends_with(&format!(".{name}"))
}

/// Whether every place that speaks of the lifetime is one that was changed, or only declares or passes on what others read.
fn is_settled(plan: &Plan<'_>, changed: &[(UnitId, ByteRange)], units: &UnitModel) -> bool {
    let Some(source) = plan.source(plan.unit) else { return false };
    let known: Vec<String> = plan
        .subject
        .sources
        .iter()
        .filter_map(|source| source.path.file_name().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    // Files that were not understood with the program say nothing of it.
    let others = java::package_texts(source, plan.contents);
    if others.iter().any(|(name, text)| !known.contains(name) && plan.speaks_of_lifetime(text)) {
        return false;
    }
    let speaks = plan.subject.sources.iter().zip(0_u32..).all(|(source, number)| {
        let Some(tree) = &source.tree else { return !plan.speaks_of_lifetime(source.file.text()) };
        let text = source.file.text();
        Preorder::new(tree.root_node())
            .filter(|node| matches!(node.kind(), "identifier" | "string_literal" | "text_block"))
            .filter(|node| text.get(node.byte_range()).is_some_and(|word| plan.speaks_of_lifetime(word)))
            .all(|node| {
                let place = range(node);
                let was_changed = changed.iter().any(|(unit, range)| *unit == UnitId(number) && range.contains(place));
                was_changed || only_passes(plan, node, text)
            })
    });
    speaks && !goes_out(plan, units)
}

/// Whether a name of the lifetime stands where it is declared, or in a method that only gives or takes it.
fn only_passes(plan: &Plan<'_>, node: Node<'_>, text: &str) -> bool {
    let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let mut here = node;
    while let Some(outer) = here.parent() {
        let is_name = outer.child_by_field_name("name") == Some(here);
        match outer.kind() {
            "method_declaration" if is_name => return true,
            // A variable of that name is asked for itself.
            "variable_declarator" => {
                return is_name
                    || outer.child_by_field_name("name").is_some_and(|name| plan.speaks_of_lifetime(part(name)));
            }
            "formal_parameter" | "field_declaration" | "annotation" => return true,
            "assignment_expression" => {
                let left = outer.child_by_field_name("left");
                return left == Some(here) || left.is_some_and(|left| plan.speaks_of_lifetime(part(left)));
            }
            "return_statement" => {
                let method = java::method(outer).and_then(|method| method.child_by_field_name("name"));
                return outer.named_child(0) == Some(here)
                    && method.is_some_and(|name| plan.speaks_of_lifetime(part(name)));
            }
            // `json.getLong("expires_in")` is its value.
            "method_invocation"
            | "argument_list"
            | "parenthesized_expression"
            | "cast_expression"
            | "field_access"
            | "annotation_argument_list"
            | "element_value_pair" => here = outer,
            _ => return false,
        }
    }
    false
}

/// Whether the answer may be read by code that nobody has seen: a public method hands it on as something else than a text or
/// a class of the project, or an endpoint of the program serves it.
fn goes_out(plan: &Plan<'_>, units: &UnitModel) -> bool {
    let Some(source) = plan.source(plan.unit) else { return true };
    let Some(tree) = &source.tree else { return true };
    let text = source.file.text();
    let site = tree.root_node().descendant_for_byte_range(plan.site.start, plan.site.end);
    let Some(method) = site.and_then(java::method) else { return true };
    let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let gives = method.child_by_field_name("type").map(part).unwrap_or_default();
    let names: Vec<&str> = gives.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let declares = |name: &str| {
        ["class", "record", "interface"].iter().any(|kind| {
            plan.subject
                .sources
                .iter()
                .any(|source| super::draft::has_word(source.file.text(), &format!("{kind} {name}")))
        })
    };
    let own: Vec<&str> = names.into_iter().filter(|name| !name.is_empty() && declares(name)).collect();
    let is_plain = matches!(gives, "" | "void" | "String" | "boolean")
        && plan.model.token_members.first().is_some_and(|token| text.contains(token.as_str()));
    if plan.grammar.has_modifier(method, "public") && own.is_empty() && !is_plain {
        return true;
    }
    plan.subject.sources.iter().any(|source| {
        let text = source.file.text();
        let Some(tree) = &source.tree else { return false };
        Preorder::new(tree.root_node()).filter(|node| node.kind() == "method_declaration").any(|node| {
            let written = text.get(node.byte_range()).unwrap_or_default();
            let head = written.split('{').next().unwrap_or_default();
            let kind =
                node.child_by_field_name("type").and_then(|kind| text.get(kind.byte_range())).unwrap_or_default();
            own.iter().any(|own| super::draft::has_word(kind, own))
                && units
                    .serves
                    .iter()
                    .any(|name| super::draft::has_word(head, name) && head.contains(&format!("@{name}")))
        })
    })
}
