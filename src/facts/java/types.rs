//! Types and dotted names: as text without type arguments, and as expressions.
//!
//! It owns how a type is written in the intermediate form; it resolves none.

use tree_sitter::Node;

use super::Lowering;
use super::nodes::{self, field, parts};
use crate::facts::ir::{ExpressionId, ExpressionKind, Name};

impl Lowering<'_> {
    /// A type without type arguments and annotations; nothing for `var`.
    pub(super) fn type_name(&self, node: Node<'_>) -> Option<Name> {
        let text = self.type_text(node);
        (text != "var" && !text.is_empty()).then(|| text.into())
    }

    /// The declared type of a node that has the field `type` and perhaps dimensions behind its name.
    pub(super) fn declared_type(&self, node: Node<'_>) -> Option<Name> {
        field(node, "type").and_then(|declared| self.type_name(declared))
    }

    /// A type with the dimensions that stand behind the name (`String names[]`).
    pub(super) fn with_dimensions(&self, declared: Option<&str>, node: Node<'_>) -> Option<Name> {
        declared.map(|declared| match field(node, "dimensions") {
            Some(dimensions) => format!("{declared}{}", "[]".repeat(dimension_count(dimensions))).into(),
            None => declared.into(),
        })
    }

    /// A dotted name without white space and comments in it.
    pub(super) fn path(&self, node: Node<'_>) -> Name {
        self.type_text(node).into()
    }

    fn type_text(&self, node: Node<'_>) -> String {
        match node.kind() {
            "scoped_type_identifier" | "scoped_identifier" => {
                let steps: Vec<String> = parts(node)
                    .into_iter()
                    .filter(|part| {
                        nodes::is_type(part.kind()) || matches!(part.kind(), "identifier" | "scoped_identifier")
                    })
                    .map(|part| self.type_text(part))
                    .collect();
                steps.join(".")
            }
            "generic_type" | "annotated_type" => {
                nodes::first_type(node).map(|inner| self.type_text(inner)).unwrap_or_default()
            }
            "array_type" => {
                let element = field(node, "element").map(|element| self.type_text(element)).unwrap_or_default();
                let count = field(node, "dimensions").map_or(1, dimension_count);
                element + &"[]".repeat(count)
            }
            _ => self.source(node).to_owned(),
        }
    }

    /// A type as an expression: a name, or a member path. An array type is an opaque around its element.
    pub(super) fn type_expression(&mut self, node: Node<'_>) -> ExpressionId {
        let kind = match node.kind() {
            "generic_type" | "annotated_type" => match nodes::first_type(node) {
                Some(inner) => return self.type_expression(inner),
                None => ExpressionKind::Opaque(Vec::new()),
            },
            "array_type" => {
                let element = field(node, "element").map(|element| self.type_expression(element));
                ExpressionKind::Opaque(element.into_iter().collect())
            }
            "scoped_type_identifier" => {
                let steps: Vec<Node<'_>> = parts(node).into_iter().filter(|part| nodes::is_type(part.kind())).collect();
                match steps.as_slice() {
                    [object, name] => {
                        let object = self.type_expression(*object);
                        ExpressionKind::Member { object, name: self.name(*name), name_range: nodes::range(*name) }
                    }
                    _ => ExpressionKind::Opaque(Vec::new()),
                }
            }
            "scoped_identifier" => match (field(node, "scope"), field(node, "name")) {
                (Some(scope), Some(name)) => {
                    let object = self.type_expression(scope);
                    ExpressionKind::Member { object, name: self.name(name), name_range: nodes::range(name) }
                }
                _ => ExpressionKind::Opaque(Vec::new()),
            },
            _ => ExpressionKind::Name(self.name(node)),
        };
        self.push(kind, node)
    }
}

/// How many pairs of brackets there are.
fn dimension_count(node: Node<'_>) -> usize {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| child.kind() == "[").count()
}
