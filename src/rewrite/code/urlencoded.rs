//! Forms of Java that were sent as multipart: the new endpoint documents the urlencoded one alone. Which classes make such forms,
//! and what takes their place, is data, `[[effects.java.multipart]]`.

use tree_sitter::Node;

use super::draft::{Draft, has_word};
use super::java;
use super::names::range;
use super::plan::Plan;
use crate::finding::ByteRange;
use crate::rules::effects::MultipartModel;
use crate::syntax::Preorder;

/// Makes the form that holds the assertion an urlencoded one, or leaves it to a reviewer.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) {
    for written in plan.field(assertion_field) {
        let Some(source) = plan.source(written.unit) else { continue };
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let place = written.slot.unit;
        let Some(node) = tree.root_node().descendant_for_byte_range(place.start, place.end) else { continue };
        let around = java::method(node).unwrap_or_else(|| tree.root_node());
        let said = text.get(around.byte_range()).unwrap_or_default();
        for model in &plan.catalog.effects().java.multipart {
            if !model.words.iter().any(|word| has_word(said, word)) {
                continue;
            }
            let form = Form { plan, text, unit: written.unit, around, model };
            if !form.renamed(draft) && !form.chained(draft, node, place) {
                draft.doubts.insert(
                    "the form is sent as multipart, and the new endpoint documents the urlencoded form alone"
                        .to_owned(),
                );
            }
        }
    }
}

/// A form that is sent as multipart, and the method that makes it.
struct Form<'a, 'tree> {
    plan: &'a Plan<'a>,
    text: &'a str,
    unit: crate::facts::program::UnitId,
    around: Node<'tree>,
    model: &'a MultipartModel,
}

impl Form<'_, '_> {
    fn part(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Where the type of the content alone decides, another one takes its place. Whether it did.
    fn renamed(&self, draft: &mut Draft<'_>) -> bool {
        let fits = self.model.unless.iter().all(|word| !self.text.contains(word.as_str()));
        let mut done = false;
        for node in Preorder::new(self.around).filter(|node| node.kind() == "identifier") {
            if let Some(new) = self.model.renamed.get(self.part(node)).filter(|_| fits) {
                draft.replace(self.unit, range(node), new.clone());
                done = true;
            }
        }
        done
    }

    /// A builder whose calls make a chain becomes another builder. Whether it did.
    fn chained(&self, draft: &mut Draft<'_>, link: Node<'_>, place: ByteRange) -> bool {
        let (Some(class), Some(new)) = (&self.model.class, &self.model.becomes) else { return false };
        let simple =
            |full: &str| full.rsplit('.').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(".");
        // From the end of the chain to what is constructed at its beginning.
        let mut last = link;
        while last.kind() != "method_invocation" {
            let Some(outer) = last.parent() else { return false };
            last = outer;
        }
        while let Some(outer) = last.parent().filter(|outer| outer.child_by_field_name("object") == Some(last)) {
            last = outer;
        }
        let mut calls = Vec::new();
        let mut first = last;
        while first.kind() == "method_invocation" {
            calls.push(first);
            let Some(object) = first.child_by_field_name("object") else { return false };
            first = object;
        }
        let made = first.child_by_field_name("type").filter(|_| first.kind() == "object_creation_expression");
        let Some(made) = made.filter(|made| self.part(*made) == simple(class)) else { return false };
        let count = |call: Node<'_>| call.child_by_field_name("arguments").map_or(0, |list| list.named_child_count());
        let known = |call: &Node<'_>| {
            let name = self.plan.grammar.called(*call, self.text);
            (self.model.methods.contains_key(name) && count(*call) == 2)
                || self.model.drops.contains(name)
                || (name == "build" && count(*call) == 0)
        };
        if !calls.iter().all(known) {
            return false;
        }
        let declared =
            last.parent().filter(|outer| outer.kind() == "variable_declarator").and_then(|outer| outer.parent());
        let outer_class = |full: &str| full.rsplit_once('.').map_or(full, |(outer, _)| outer).to_owned();
        let kind = declared.and_then(|declared| declared.child_by_field_name("type"));
        let kind = kind.filter(|kind| self.part(*kind) == outer_class(&simple(class)));
        let name = java::class(self.plan, draft, self.unit, &outer_class(new));
        let builder = new.rsplit('.').next().unwrap_or(new);
        for (node, text) in [(Some(made), format!("{name}.{builder}")), (kind, name.clone())] {
            let Some(node) = node else { continue };
            draft.give_up(self.unit, range(node));
            draft.replace(self.unit, range(node), text);
        }
        for call in calls {
            let called = self.plan.grammar.called(call, self.text);
            let object_end = call.child_by_field_name("object").map_or(call.start_byte(), |object| object.end_byte());
            let link = ByteRange::new(object_end, call.end_byte());
            if self.model.drops.contains(called) {
                draft.give_up(self.unit, link);
                draft.replace(self.unit, link, "");
            } else if let Some(new) = self.model.methods.get(called) {
                match link == place {
                    true => draft.amend(self.unit, place, called, new),
                    false => {
                        if let Some(name) = call.child_by_field_name("name") {
                            draft.replace(self.unit, range(name), new.clone());
                        }
                    }
                }
            }
        }
        true
    }
}
