//! What declarations, parameters and assignments bind: names, places, destructuring.

use tree_sitter::Node;

use super::{Lowering, children, field, named_children, range_of};
use crate::facts::ir::{ExpressionId, Name, Pattern};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// Lowers what is assigned to; `declared` is the type that stands behind it.
    pub(super) fn pattern(&mut self, node: Node<'_>, declared: Option<Name>) -> Pattern {
        if node.is_missing() {
            return Pattern::Ignore;
        }
        match node.kind() {
            "identifier" | "undefined" | "shorthand_property_identifier_pattern" => {
                Pattern::Name { name: self.name(node), range: range_of(node), declared }
            }
            "member_expression" | "subscript_expression" => Pattern::Place(self.expression(node)),
            "object_pattern" => self.map_pattern(node),
            "array_pattern" => self.list_pattern(node),
            "assignment_pattern" => {
                let pattern = Box::new(self.pattern_in(node, "left", declared));
                Pattern::Default { pattern, value: self.expression_in(node, "right") }
            }
            "rest_pattern" | "parenthesized_expression" | "non_null_expression" | "as_expression" => {
                match named_children(node).first() {
                    Some(inner) => self.pattern(*inner, declared),
                    None => Pattern::Ignore,
                }
            }
            _ => Pattern::Ignore,
        }
    }

    /// The pattern in a field.
    pub(super) fn pattern_in(&mut self, node: Node<'_>, name: &str, declared: Option<Name>) -> Pattern {
        match field(node, name) {
            Some(child) => self.pattern(child, declared),
            None => Pattern::Ignore,
        }
    }

    fn map_pattern(&mut self, node: Node<'_>) -> Pattern {
        let mut entries = Vec::new();
        let mut rest = None;
        for child in named_children(node) {
            match child.kind() {
                "shorthand_property_identifier_pattern" => {
                    entries.push((self.name(child), self.pattern(child, None), None));
                }
                "object_assignment_pattern" => {
                    let Some(left) = field(child, "left") else { continue };
                    let pattern = self.pattern(left, None);
                    entries.push((self.name(left), pattern, Some(self.expression_in(child, "right"))));
                }
                "pair_pattern" => entries.extend(self.renamed_entry(child)),
                "rest_pattern" => rest = Some(Box::new(self.pattern(child, None))),
                _ => {}
            }
        }
        Pattern::Map { entries, rest }
    }

    /// `key: pattern` and `key: pattern = default`.
    fn renamed_entry(&mut self, node: Node<'_>) -> Option<(Name, Pattern, Option<ExpressionId>)> {
        let key = self.property_name(field(node, "key")?);
        let bound = field(node, "value")?;
        if bound.kind() == "assignment_pattern" {
            let pattern = self.pattern_in(bound, "left", None);
            return Some((key, pattern, Some(self.expression_in(bound, "right"))));
        }
        Some((key, self.pattern(bound, None), None))
    }

    fn list_pattern(&mut self, node: Node<'_>) -> Pattern {
        let mut elements = Vec::new();
        let mut rest = None;
        let mut filled = false;
        for child in children(node) {
            match child.kind() {
                "," if filled => filled = false,
                "," => elements.push(None),
                "rest_pattern" => {
                    rest = Some(Box::new(self.pattern(child, None)));
                    filled = true;
                }
                _ if child.is_named() => {
                    elements.push(Some(self.pattern(child, None)));
                    filled = true;
                }
                _ => {}
            }
        }
        Pattern::List { elements, rest }
    }
}

/// The names that a pattern binds, and where they stand.
pub(super) fn bound_names(pattern: &Pattern, names: &mut Vec<(Name, ByteRange)>) {
    match pattern {
        Pattern::Name { name, range, .. } => names.push((name.clone(), *range)),
        Pattern::Map { entries, rest } => {
            entries.iter().for_each(|(_, inner, _)| bound_names(inner, names));
            rest.iter().for_each(|inner| bound_names(inner, names));
        }
        Pattern::List { elements, rest } => {
            elements.iter().flatten().for_each(|inner| bound_names(inner, names));
            rest.iter().for_each(|inner| bound_names(inner, names));
        }
        Pattern::Default { pattern, .. } => bound_names(pattern, names),
        Pattern::Place(_) | Pattern::Ignore => {}
    }
}
