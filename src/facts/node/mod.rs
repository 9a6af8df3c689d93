//! Lowers trees of JavaScript (JSX included), TypeScript and TSX to the intermediate form.
//!
//! It owns the knowledge of the grammars' node names, of string escapes, and of which syntax means the same. It knows
//! no library, folds nothing and resolves no name: that is done once for all languages, over the intermediate form.
//! Types are left out but for the names that a declaration gives; comments are left out altogether.
//!
//! Trees may hold errors. What parsed inside them is lowered as far as it has a meaning of its own; the rest becomes
//! [`ExpressionKind::Opaque`], so that a broken statement does not hide the others.
//!
//! [`ExpressionKind::Opaque`]: crate::facts::ir::ExpressionKind::Opaque

mod classes;
mod expressions;
mod functions;
mod modules;
mod patterns;
mod statements;
#[cfg(test)]
mod tests;
mod text;

use tree_sitter::{Node, Tree};

use crate::facts::ir::{ExpressionId, ExpressionKind, Module, Name};
use crate::finding::{ByteRange, Language};

/// Lowers a tree that the grammar of `language` made of `text`.
pub fn lower(tree: &Tree, text: &str, language: Language) -> Module {
    let mut lowering = Lowering { text, module: Module::new(language) };
    lowering.module.body = lowering.block(children(tree.root_node()));
    lowering.module
}

/// The module as far as it is lowered, and the text that it is lowered from.
struct Lowering<'text> {
    text: &'text str,
    module: Module,
}

impl<'text> Lowering<'text> {
    /// What a node is written as; nothing where the tree does not belong to the text.
    fn written(&self, node: Node<'_>) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// What a node is written as, as a name.
    fn name(&self, node: Node<'_>) -> Name {
        self.written(node).into()
    }

    /// Adds an expression.
    fn push(&mut self, kind: ExpressionKind, range: ByteRange) -> ExpressionId {
        self.module.push(kind, range)
    }

    /// An identifier or a path of them as one dotted name, without type arguments; nothing for any other shape.
    fn path(&self, node: Node<'_>) -> Option<Name> {
        match node.kind() {
            "identifier" | "type_identifier" | "property_identifier" | "predefined_type" | "this" => {
                Some(self.name(node))
            }
            "member_expression" | "nested_identifier" => self.joined(field(node, "object")?, field(node, "property")?),
            "nested_type_identifier" => self.joined(field(node, "module")?, field(node, "name")?),
            "generic_type" => self.path(field(node, "name")?),
            "parenthesized_expression"
            | "parenthesized_type"
            | "readonly_type"
            | "instantiation_expression"
            | "non_null_expression" => self.path(named_children(node).into_iter().next()?),
            _ => None,
        }
    }

    /// `owner.member` as one name.
    fn joined(&self, owner: Node<'_>, member: Node<'_>) -> Option<Name> {
        let owner = self.path(owner)?;
        Some(format!("{owner}.{}", self.written(member)).into())
    }

    /// The name of the type in a type annotation; nothing for types that are not one name, such as unions.
    fn declared_type(&self, annotation: Option<Node<'_>>) -> Option<Name> {
        let annotation = annotation.filter(|node| node.kind() == "type_annotation")?;
        self.path(named_children(annotation).into_iter().next()?)
    }
}

/// Where a node stands.
fn range_of(node: Node<'_>) -> ByteRange {
    ByteRange::new(node.start_byte(), node.end_byte())
}

/// The children of a node, without comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The children of a node that are more than punctuation and keywords, without comments.
fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The first child in a field. The grammars put comments into fields too; they are passed over.
fn field<'tree>(node: Node<'tree>, name: &str) -> Option<Node<'tree>> {
    fields(node, name).into_iter().next()
}

/// All children in a field, without comments.
fn fields<'tree>(node: Node<'tree>, name: &str) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The first child of a kind.
fn child_of_kind<'tree>(node: Node<'tree>, kind: &str) -> Option<Node<'tree>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}

/// Whether a keyword or a punctuation mark stands directly in a node.
fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| !child.is_named() && child.kind() == token)
}

/// Whether a node is a comment.
fn is_comment(node: Node<'_>) -> bool {
    matches!(node.kind(), "comment" | "html_comment")
}
