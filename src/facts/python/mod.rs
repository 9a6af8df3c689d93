//! Lowers Python syntax trees to the intermediate form.
//!
//! It owns the knowledge of the Python grammar (3 and the statements of 2 that the grammar accepts): which node is
//! which kind of statement, expression, function or class. It knows no library, resolves no name and folds nothing.
//! A tree with syntax errors is lowered as far as it goes, and never refused.

mod declarations;
mod expressions;
mod imports;
mod patterns;
mod statements;
mod text;
mod types;

#[cfg(test)]
mod tests;

use tree_sitter::{Node, Tree};

use super::ir::{Block, ClassId, ExpressionId, ExpressionKind, Module, Statement, StatementKind};
use crate::finding::{ByteRange, Language};

/// Lowers a tree over `text`, the text that it was parsed from.
///
/// The depth of the recursion is the depth of the tree, which the caller has bounded; chains of `+` are walked in a
/// loop, whatever their length.
pub fn lower(tree: &Tree, text: &str) -> Module {
    let mut lowering = Lowering { text, module: Module::new(Language::Python), class: None };
    let body = lowering.statements(tree.root_node());
    lowering.module.body = body;
    lowering.module
}

/// The state of one lowering: what is read and what has been written so far.
struct Lowering<'text> {
    text: &'text str,
    module: Module,
    /// The class in whose body, not in whose methods, the statements stand.
    class: Option<ClassId>,
}

impl<'text> Lowering<'text> {
    /// The text of a node; nothing for a tree that was not parsed from this text.
    fn text_of(&self, node: Node) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// Adds an expression that stands where a node stands.
    fn push(&mut self, kind: ExpressionKind, node: Node) -> ExpressionId {
        self.module.push(kind, range_of(node))
    }

    /// The statements among a node's children.
    fn statements(&mut self, parent: Node) -> Block {
        let mut block = Block::default();
        for child in named_children(parent) {
            self.statement(child, &mut block.0);
        }
        block
    }

    /// The statements of a field that holds a block; an empty one where an error has swallowed it.
    fn block_of(&mut self, parent: Node, name: &str) -> Block {
        field(parent, name).map(|block| self.statements(block)).unwrap_or_default()
    }
}

/// Where a node stands.
fn range_of(node: Node) -> ByteRange {
    ByteRange::new(node.start_byte(), node.end_byte())
}

/// A statement that stands where a node stands.
fn statement_at(kind: StatementKind, node: Node) -> Statement {
    Statement { kind, range: range_of(node) }
}

/// A node's named children without comments and line continuations, which may stand between any two tokens.
fn named_children<'tree>(node: Node<'tree>) -> Vec<Node<'tree>> {
    node.named_children(&mut node.walk()).filter(|child| !child.is_extra() || child.is_error()).collect()
}

/// The named nodes of a field, comments left out.
fn fields<'tree>(node: Node<'tree>, name: &str) -> Vec<Node<'tree>> {
    node.children_by_field_name(name, &mut node.walk()).filter(|child| child.is_named() && !child.is_extra()).collect()
}

/// The first named node of a field.
fn field<'tree>(node: Node<'tree>, name: &str) -> Option<Node<'tree>> {
    let first = node.child_by_field_name(name)?;
    if first.is_named() && !first.is_extra() { Some(first) } else { fields(node, name).into_iter().next() }
}

/// The text of a token under a field, such as an operator.
fn operator<'text>(lowering: &Lowering<'text>, node: Node) -> &'text str {
    node.child_by_field_name("operator").map_or("", |token| lowering.text_of(token))
}
