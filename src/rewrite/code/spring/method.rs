//! The method around a request, with the questions that are asked of its tree.

use tree_sitter::Node;

use super::super::draft::has_word;
use super::super::java;
use super::super::keep::Refusal;
use super::super::names::range;
use super::super::plan::Plan;
use crate::finding::ByteRange;
use crate::rules::Effects;
use crate::rules::code::CodeModel;
use crate::syntax::Preorder;

/// A method that asks for a token.
pub(super) struct Method<'a, 'tree> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) effects: &'a Effects,
    /// What is printed.
    pub(super) model: &'a CodeModel,
    pub(super) text: &'a str,
    pub(super) root: Node<'tree>,
    pub(super) node: Node<'tree>,
    pub(super) body: Node<'tree>,
    /// The call that sends, or that of a function of the class which does.
    pub(super) site: Node<'tree>,
    /// The call that sends.
    pub(super) sender: Node<'tree>,
}

impl<'a: 'tree, 'tree> Method<'a, 'tree> {
    /// The method around the request of a plan.
    pub(super) fn of(plan: &'a Plan<'a>, effects: &'a Effects, model: &'a CodeModel) -> Result<Self, Refusal> {
        let unknown = || "the request could not be followed".to_owned();
        let source = plan.source(plan.unit).ok_or_else(unknown)?;
        let text = source.file.text();
        let root = source.tree.as_ref().ok_or_else(unknown)?.root_node();
        let sender = root.descendant_for_byte_range(plan.site.start, plan.site.end).ok_or_else(unknown)?;
        let node = java::method(sender).ok_or_else(|| "the request stands in no method".to_owned())?;
        let (node, site) = Self::caller(plan, root, text, node).unwrap_or((node, sender));
        let body = node.child_by_field_name("body").ok_or_else(unknown)?;
        Ok(Self { plan, effects, model, text, root, node, body, site, sender })
    }
}

impl<'tree> Method<'_, 'tree> {
    /// The method that makes the form and has another one send it, with the call of that.
    fn caller(
        plan: &Plan<'_>,
        root: Node<'tree>,
        text: &str,
        sends: Node<'tree>,
    ) -> Option<(Node<'tree>, Node<'tree>)> {
        let fields = plan.field(&plan.client_field);
        let [form] = fields.as_slice() else { return None };
        let place = form.slot.value;
        if form.unit != plan.unit || range(sends).contains(place) {
            return None;
        }
        let makes = root.descendant_for_byte_range(place.start, place.end).and_then(java::method)?;
        let name = text.get(sends.child_by_field_name("name")?.byte_range())?;
        let mut calls = Preorder::new(makes).filter(|call| {
            call.kind() == "method_invocation"
                && plan.grammar.called(*call, text) == name
                && plan.grammar.receiver(*call).is_none_or(|receiver| receiver.kind() == "this")
        });
        let call = calls.next()?;
        calls.next().is_none().then_some((makes, call))
    }

    pub(super) fn part(&self, place: ByteRange) -> &str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }

    pub(super) fn written(&self, node: Node<'_>) -> &str {
        self.part(range(node))
    }

    /// The type of what it gives, as it is written.
    pub(super) fn gives(&self) -> &str {
        self.node.child_by_field_name("type").map(|kind| self.written(kind)).unwrap_or_default()
    }

    /// A method that the file declares.
    pub(super) fn declared_method(&self, name: &str) -> Option<Node<'tree>> {
        Preorder::new(self.root).find(|node| {
            node.kind() == "method_declaration"
                && node.child_by_field_name("name").is_some_and(|known| self.written(known) == name)
        })
    }

    /// The statement, resource or parameter of a function inside that declares a name; nothing where it is no variable of the
    /// method.
    pub(super) fn local(&self, name: &str) -> Option<Node<'tree>> {
        Preorder::new(self.body).find_map(|node| {
            let is_it = matches!(node.kind(), "variable_declarator" | "resource" | "formal_parameter")
                && node.child_by_field_name("name").is_some_and(|known| self.written(known) == name);
            match node.kind() {
                "resource" => Some(node).filter(|_| is_it),
                _ => node.parent().filter(|_| is_it),
            }
        })
    }

    /// The identifiers in a node that may be names of variables.
    pub(super) fn identifiers(&self, node: Node<'tree>) -> impl Iterator<Item = Node<'tree>> {
        Preorder::new(node).filter(|node| {
            let parent = node.parent();
            let is_member = parent.is_some_and(|parent| match parent.kind() {
                "method_invocation" | "method_reference" => parent.child_by_field_name("name") == Some(*node),
                "field_access" => parent.child_by_field_name("field") == Some(*node),
                _ => false,
            });
            node.kind() == "identifier" && !is_member
        })
    }

    /// The names that some places speak of.
    pub(super) fn names_in(&self, places: &[ByteRange]) -> Vec<String> {
        let names = Preorder::new(self.body).filter(|node| node.kind() == "identifier");
        let within = names.filter(|node| places.iter().any(|place| place.contains(range(*node))));
        within.map(|node| self.written(node).to_owned()).collect()
    }

    /// The first of some names that the file does not have.
    pub(super) fn free_name<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().find(|name| !has_word(self.text, name)).copied()
    }

    /// The first of some names that the method does not have, else the last.
    pub(super) fn free_local<'n>(&self, names: &[&'n str]) -> &'n str {
        let method = self.written(self.node);
        let free = names.iter().find(|name| !has_word(method, name));
        free.or(names.last()).copied().unwrap_or_default()
    }

    /// Whether the method is one of a class that can have another field.
    pub(super) fn has_fields(&self) -> bool {
        self.class().is_some_and(|class| class.kind() == "class_declaration") && !self.text.contains("Serializable")
    }

    /// The class around it.
    pub(super) fn class(&self) -> Option<Node<'tree>> {
        self.node.parent().and_then(|body| body.parent())
    }

    /// Whether a receiver with a method only shows what it is given.
    pub(super) fn is_log(&self, call: Node<'_>) -> bool {
        let grammar = self.plan.grammar;
        let receiver = grammar.receiver(call).map(|receiver| self.written(receiver)).unwrap_or_default();
        let callee = grammar.callee(call).map(|callee| self.written(callee)).unwrap_or_default();
        self.effects.is_log(grammar.platform, receiver, callee)
    }
}
