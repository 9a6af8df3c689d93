//! Forms of Node that were sent as multipart: the new endpoint documents the urlencoded one alone.

use tree_sitter::Node;

use super::draft::Draft;
use super::keep::Refusal;
use super::names::{Names, range};
use super::plan::Plan;
use super::slot::Form;
use crate::facts::program::UnitId;
use crate::finding::Platform;
use crate::rules::Effects;

/// The platform's own classes of forms.
const MULTIPART: &str = "FormData";
const URLENCODED: &str = "URLSearchParams";

/// Makes the form that holds the assertion an urlencoded one.
pub(super) fn urlencoded(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    assertion_field: &str,
    effects: &Effects,
) -> Result<(), Refusal> {
    if plan.grammar.platform != Platform::Node {
        return Ok(());
    }
    for written in plan.field(assertion_field) {
        let Some(source) = plan.source(written.unit) else { continue };
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let Some(node) = tree.root_node().descendant_for_byte_range(written.slot.unit.start, written.slot.unit.end)
        else {
            continue;
        };
        match written.slot.form {
            Form::Statement => {
                let root = node.named_child(0).map(|expression| plan.grammar.root(expression));
                let Some(form) = root.filter(|root| root.kind() == "identifier") else { continue };
                statements(plan, draft, effects, written.unit, form, text, tree)?;
            }
            Form::Item | Form::Shorthand => {
                // `formData: { … }` of request is `form: { … }`.
                let pair = node.parent().and_then(|object| object.parent()).filter(|pair| pair.kind() == "pair");
                let key = pair.and_then(|pair| pair.child_by_field_name("key"));
                if let Some(key) = key.filter(|key| text.get(key.byte_range()) == Some("formData")) {
                    draft.replace(written.unit, range(key), "form");
                }
            }
            Form::Link | Form::Text | Form::Parameter => {}
        }
    }
    Ok(())
}

/// A form that is put together by statements.
fn statements(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    effects: &Effects,
    unit: UnitId,
    form: Node<'_>,
    text: &str,
    tree: &tree_sitter::Tree,
) -> Result<(), Refusal> {
    let names = Names::of(tree, text, &plan.grammar);
    let Some(mention) = names.mentions.iter().find(|mention| mention.range == range(form)) else { return Ok(()) };
    let [only] = names.declarations_of(mention)[..] else { return Ok(()) };
    let declaration = &names.declarations[only];
    let root = tree.root_node();
    let value = declaration.value.and_then(|value| root.descendant_for_byte_range(value.start, value.end));
    let Some(class) = value.and_then(|value| value.child_by_field_name("constructor")) else { return Ok(()) };
    if text.get(class.byte_range()) != Some(MULTIPART) {
        return Ok(());
    }
    let by_hand = |what: &str| {
        format!(
            "The form is sent as multipart, and `{what}` has no equal in an urlencoded one: make it a {URLENCODED}, with \
             the grant and the scopes in the place of the assertion"
        )
    };
    let library = plan.requests.iter().find_map(|request| request.library.as_deref()).unwrap_or_default();
    if !effects.answer(Platform::Node, library).is_some_and(|model| model.takes_parameters) {
        return Err(by_hand(library));
    }
    for mention in names.mentions_of(declaration) {
        let Some(usage) = root.descendant_for_byte_range(mention.range.start, mention.range.end) else { continue };
        let member = usage.parent().filter(|member| {
            member.kind() == "member_expression" && member.child_by_field_name("object") == Some(usage)
        });
        let Some(member) = member else { continue };
        let name = member.child_by_field_name("property").and_then(|name| text.get(name.byte_range()));
        match name.unwrap_or_default() {
            "append" | "set" => {}
            "getHeaders" => {
                let holder = member.parent().and_then(|call| call.parent());
                let Some(holder) = holder.filter(|holder| matches!(holder.kind(), "pair" | "spread_element")) else {
                    return Err(by_hand("getHeaders"));
                };
                draft.remove(unit, range(holder));
            }
            other => return Err(by_hand(other)),
        }
    }
    draft.give_up(unit, range(class));
    draft.replace(unit, range(class), URLENCODED);
    Ok(())
}
