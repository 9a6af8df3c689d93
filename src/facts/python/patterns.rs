//! What is assigned to: the targets of assignments, loops, comprehensions and `with`, and the names that `case` binds.

use tree_sitter::Node;

use super::super::ir::{ExpressionId, ExpressionKind, Name, Pattern, Statement, StatementKind};
use super::{Lowering, field, named_children, range_of, statement_at};

impl Lowering<'_> {
    /// A target, with its type where it is annotated.
    pub(super) fn pattern(&mut self, node: Node, declared: Option<Name>) -> Pattern {
        match node.kind() {
            "identifier" => Pattern::Name { name: self.text_of(node).into(), range: range_of(node), declared },
            "attribute" => Pattern::Place(self.expression(node)),
            "subscript" => Pattern::Place(self.subscript_place(node)),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                self.list_pattern(node)
            }
            "as_pattern_target" | "parenthesized_expression" => match named_children(node).first() {
                Some(inner) => self.pattern(*inner, declared),
                None => Pattern::Ignore,
            },
            _ => Pattern::Ignore,
        }
    }

    /// `a, *b, c`. What follows the rest has no fixed place, so it is left out rather than bound to the wrong item.
    fn list_pattern(&mut self, node: Node) -> Pattern {
        let mut elements = Vec::new();
        let mut rest = None;
        for child in named_children(node) {
            if matches!(child.kind(), "list_splat_pattern" | "list_splat") {
                rest = named_children(child).first().map(|inner| Box::new(self.pattern(*inner, None)));
            } else if rest.is_none() {
                elements.push(Some(self.pattern(child, None)));
            }
        }
        Pattern::List { elements, rest }
    }

    /// `object[index]` as a place; a slice is an index that nobody knows.
    pub(super) fn subscript_place(&mut self, node: Node) -> ExpressionId {
        let object = self.field_expression(node, "value");
        let index = self.fields_expression(node, "subscript");
        self.push(ExpressionKind::Index { object, index }, node)
    }

    /// A pattern of a `case`: the constants, classes and dotted names that it compares with are added to `read`. The
    /// names that it binds become stores of something unknown in `bindings`, to stand at the beginning of the arm.
    pub(super) fn case_pattern(&mut self, node: Node, read: &mut Vec<ExpressionId>, bindings: &mut Vec<Statement>) {
        match node.kind() {
            "string" | "concatenated_string" | "integer" | "float" | "true" | "false" | "none" => {
                read.push(self.expression(node));
            }
            "dotted_name" => match named_children(node)[..] {
                [single] => self.bind_capture(single, bindings),
                _ => read.push(self.dotted_expression(node)),
            },
            "identifier" => self.bind_capture(node, bindings),
            kind => {
                for (position, child) in named_children(node).into_iter().enumerate() {
                    match (kind, child.kind()) {
                        // The class of `Class(…)` is read; the keyword of `name=pattern` is no variable at all.
                        ("class_pattern", "dotted_name") if position == 0 => read.push(self.dotted_expression(child)),
                        ("keyword_pattern", "identifier") if position == 0 => {}
                        _ => self.case_pattern(child, read, bindings),
                    }
                }
            }
        }
    }

    /// Whether a `case` takes whatever comes: `_` or a bare name.
    pub(super) fn is_irrefutable(&self, case: Node) -> bool {
        let patterns: Vec<Node> =
            named_children(case).into_iter().filter(|child| child.kind() == "case_pattern").collect();
        let [pattern] = patterns[..] else { return false };
        if self.text_of(pattern) == "_" {
            return true;
        }
        match named_children(pattern)[..] {
            [only] => only.kind() == "dotted_name" && named_children(only).len() == 1,
            _ => false,
        }
    }

    fn bind_capture(&mut self, name: Node, bindings: &mut Vec<Statement>) {
        let text = self.text_of(name);
        if text == "_" {
            return;
        }
        let target = Pattern::Name { name: text.into(), range: range_of(name), declared: None };
        let value = self.push(ExpressionKind::Opaque(Vec::new()), name);
        let store = self.push(ExpressionKind::Store { target, append: false, value }, name);
        bindings.push(statement_at(StatementKind::Expression(store), name));
    }

    /// `a.b.c` written as a dotted name, as the members that it means.
    fn dotted_expression(&mut self, node: Node) -> ExpressionId {
        let mut segments = named_children(node).into_iter();
        let Some(first) = segments.next() else { return self.push(ExpressionKind::Opaque(Vec::new()), node) };
        let mut path = self.push(ExpressionKind::Name(self.text_of(first).into()), first);
        for segment in segments {
            let range = range_of(first).cover(range_of(segment));
            let name = self.text_of(segment).into();
            path =
                self.module.push(ExpressionKind::Member { object: path, name, name_range: range_of(segment) }, range);
        }
        path
    }

    /// The expression of a field; an opaque one where an error has swallowed it.
    pub(super) fn field_expression(&mut self, node: Node, name: &str) -> ExpressionId {
        match field(node, name) {
            Some(child) => self.expression(child),
            None => self.push(ExpressionKind::Opaque(Vec::new()), node),
        }
    }
}
