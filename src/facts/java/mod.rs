//! Lowers Java syntax trees to the intermediate form.
//!
//! It owns what the grammar's nodes mean as values, names, calls and declarations. It knows no library, resolves no
//! name and folds nothing; a tree with errors is lowered as far as it goes.

mod declarations;
mod expressions;
mod nodes;
mod records;
mod statements;
mod switches;
#[cfg(test)]
mod tests;
mod text;
mod types;

use tree_sitter::{Node, Tree};

use super::ir::{
    Block, ClassId, ExpressionId, ExpressionKind, Function, FunctionId, FunctionKind, Module, Name, Statement,
    StatementKind,
};
use crate::finding::{ByteRange, Language};

/// Lowers the tree of a Java file. `text` is what it was parsed from.
pub fn lower(tree: &Tree, text: &str) -> Module {
    let mut lowering = Lowering { text, module: Module::new(Language::Java), class: None, bindings: Vec::new() };
    let mut statements = Vec::new();
    for node in nodes::parts(tree.root_node()) {
        lowering.statement(node, &mut statements);
    }
    lowering.module.body = Block(statements);
    lowering.module
}

/// The state while one file is lowered.
struct Lowering<'text> {
    /// What the tree was parsed from.
    text: &'text str,
    /// What has been lowered.
    module: Module,
    /// The class around the present node.
    class: Option<ClassId>,
    /// Declarations of pattern variables (`value instanceof Type name`) met in the present statement. They are put
    /// before it, because such a name may live on behind the statement: `if (!(a instanceof B b)) return;`.
    bindings: Vec<Statement>,
}

impl<'text> Lowering<'text> {
    /// The text of a node. Empty where the tree is not of this text.
    fn source(&self, node: Node<'_>) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a node as a name.
    fn name(&self, node: Node<'_>) -> Name {
        self.source(node).into()
    }

    /// Adds an expression that spans a node.
    fn push(&mut self, kind: ExpressionKind, node: Node<'_>) -> ExpressionId {
        self.module.push(kind, nodes::range(node))
    }

    /// Makes room for a function before its parts are lowered, since functions stand in the order in which they begin.
    fn reserve_function(&mut self, range: ByteRange, kind: FunctionKind) -> FunctionId {
        let id = FunctionId(u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX));
        self.module.functions.push(Function {
            name: None,
            range,
            kind,
            receiver: None,
            parameters: Vec::new(),
            body: None,
            returns: None,
            annotations: Vec::new(),
            class: self.class,
        });
        id
    }

    /// The function behind an id, to fill in.
    fn function_mut(&mut self, id: FunctionId) -> &mut Function {
        &mut self.module.functions[id.0 as usize]
    }

    /// Adds a function without parameters that runs statements: for code in a place where the form has no statements.
    fn block_function(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self, &mut Vec<Statement>)) -> ExpressionId {
        let id = self.reserve_function(nodes::range(node), FunctionKind::Free);
        let block = self.scoped(lower);
        self.function_mut(id).body = Some(block);
        self.push(ExpressionKind::Function(id), node)
    }

    /// A block whose pattern variables stay inside.
    fn scoped(&mut self, lower: impl FnOnce(&mut Self, &mut Vec<Statement>)) -> Block {
        let around = std::mem::take(&mut self.bindings);
        let mut statements = Vec::new();
        lower(self, &mut statements);
        let mut own = std::mem::replace(&mut self.bindings, around);
        own.append(&mut statements);
        Block(own)
    }
}

/// A statement with its range.
fn statement(kind: StatementKind, range: ByteRange) -> Statement {
    Statement { kind, range }
}
