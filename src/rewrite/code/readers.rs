//! Readers of the lifetime in Python that were not followed to the request: they are known by the key that the endpoint gives it.

use super::draft::Draft;
use super::lifetime::{comment_on_milliseconds, without_thousand};
use super::names::range;
use super::plan::Plan;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// Changes those of the file of the request: where they plainly take it for milliseconds they change too. They are for a reviewer in any case.
pub(super) fn by_key(plan: &Plan<'_>, draft: &mut Draft<'_>, known: &[ByteRange]) {
    let Some(source) = plan.source(plan.unit) else { return };
    let Some(tree) = &source.tree else { return };
    let text = source.file.text();
    let is_known = |place: ByteRange| {
        let read = plan.facts.reads.iter().map(|read| read.range);
        known.iter().copied().chain(read).any(|known| {
            plan.subject.program.place(known).is_some_and(|(at, local)| at == plan.unit && local.contains(place))
        })
    };
    let member = &plan.model.lifetime_member;
    let quoted = [format!("\"{member}\""), format!("'{member}'")];
    for leaf in Preorder::new(tree.root_node()).filter(|node| matches!(node.kind(), "string" | "identifier")) {
        let written = text.get(leaf.byte_range()).unwrap_or_default();
        if !quoted.iter().any(|quoted| written == quoted) && written != member {
            continue;
        }
        let Some(parent) = leaf.parent() else { continue };
        let read = match parent.kind() {
            "subscript" => Some(parent),
            "attribute" if parent.child_by_field_name("attribute") == Some(leaf) => Some(parent),
            "argument_list" => parent.parent().filter(|call| plan.grammar.called(*call, text) == "get"),
            _ => None,
        };
        let Some(read) = read.filter(|read| !is_known(range(*read))) else { continue };
        let mut whole = read;
        while let Some(outer) = whole.parent().filter(|outer| {
            outer.kind() == "parenthesized_expression"
                || (outer.kind() == "argument_list" && outer.named_child_count() == 1)
                || (outer.kind() == "call"
                    && outer
                        .child_by_field_name("function")
                        .is_some_and(|function| matches!(&text[function.byte_range()], "int" | "float")))
        }) {
            whole = outer;
        }
        let named = whole.parent().filter(|outer| outer.kind() == "keyword_argument");
        if let Some(name) = named.and_then(|named| named.child_by_field_name("name"))
            && &text[name.byte_range()] == "milliseconds"
        {
            draft.replace(plan.unit, range(name), "seconds");
            draft.replaced(plan.unit, range(whole), "a time span in milliseconds", "one in seconds");
            continue;
        }
        let Some(operation) = whole.parent().filter(|outer| outer.kind() == "binary_operator") else { continue };
        let (Some(left), Some(right)) = (operation.child_by_field_name("left"), operation.child_by_field_name("right"))
        else {
            continue;
        };
        let operator = text[left.end_byte()..right.start_byte()].trim();
        let number = text[right.byte_range()].replace('_', "");
        let rest = ByteRange::new(left.end_byte(), right.end_byte());
        match (operator, number.as_str()) {
            ("/" | "//", "1000" | "1000.0" | "1e3") | ("*", "0.001" | ".001") if left == whole => {
                draft.replace(plan.unit, rest, "");
            }
            ("/" | "//", _) if left == whole && without_thousand(&text[right.byte_range()]).is_some() => {
                let seconds = without_thousand(&text[right.byte_range()]).unwrap_or_default();
                draft.replace(plan.unit, range(right), seconds);
            }
            _ => continue,
        }
        if let Some(place) = comment_on_milliseconds(text, operation.start_byte()) {
            draft.replace(plan.unit, place, "seconds");
        }
        draft.replaced(plan.unit, range(operation), "arithmetic on milliseconds", "arithmetic on seconds");
    }
}
