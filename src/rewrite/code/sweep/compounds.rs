//! Statements around what has gone: blocks that have become empty, what was tried and is no more, imports that import nothing.

use tree_sitter::Node;

use super::super::names::range;
use super::Sweep;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

impl<'a> Sweep<'a> {
    /// Statements around blocks that have become empty fall too.
    pub(super) fn compounds(&mut self) {
        let grammar = self.file.grammar;
        let mut found = Vec::new();
        for node in Preorder::new(self.file.tree.root_node()) {
            if !matches!(
                node.kind(),
                "if_statement"
                    | "for_statement"
                    | "for_in_statement"
                    | "with_statement"
                    | "try_statement"
                    | "try_with_resources_statement"
                    | "enhanced_for_statement"
                    | "else_clause"
            ) || self.is_dead(range(node))
            {
                continue;
            }
            let body = node.child_by_field_name("body").or_else(|| node.child_by_field_name("consequence"));
            let Some(body) = body else { continue };
            let mut cursor = node.walk();
            let others = node.children_by_field_name("alternative", &mut cursor);
            if !self.is_emptied(body) || !others.into_iter().all(|other| self.is_idle(other)) || self.goes_on(node) {
                continue;
            }
            // Conditions and what is gone over are evaluated no more, too. Where nothing is tried, nothing is caught.
            let caught = self.caught(node);
            let is_live =
                |inner: &Node<'_>| !self.swept.gone.iter().chain(&caught).any(|gone| gone.contains(range(*inner)));
            let effect = Preorder::new(node)
                .filter(|inner| grammar.is_call(*inner) && is_live(inner))
                .find(|call| !self.file.effects.is_value(grammar.platform, grammar.called(*call, self.file.text)));
            if effect.is_none() {
                found.push(range(node));
            }
        }
        self.swept.gone.extend(found);
        self.emptied();
    }

    /// Whether a statement that tries something does more afterwards, whatever comes of it.
    pub(super) fn goes_on(&self, statement: Node<'_>) -> bool {
        let mut cursor = statement.walk();
        let is_try = matches!(statement.kind(), "try_statement" | "try_with_resources_statement");
        statement
            .children(&mut cursor)
            .filter(|child| is_try && matches!(child.kind(), "finally_clause" | "else_clause"))
            .any(|clause| {
                let count = u32::try_from(clause.named_child_count()).unwrap_or_default();
                !clause.named_child(count.saturating_sub(1)).is_some_and(|body| self.is_emptied(body))
            })
    }

    /// The handlers of a statement that tries something.
    pub(super) fn caught(&self, statement: Node<'_>) -> Vec<ByteRange> {
        let mut cursor = statement.walk();
        let handlers = statement.children(&mut cursor).filter(|child| {
            statement.kind() == "try_statement"
                && matches!(child.kind(), "catch_clause" | "except_clause" | "except_group_clause")
        });
        handlers.map(range).collect()
    }

    /// Whether a block had statements, and all of them have gone.
    pub(super) fn is_emptied(&self, body: Node<'_>) -> bool {
        let mut cursor = body.walk();
        let mut statements =
            body.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).peekable();
        statements.peek().is_some()
            && self.file.grammar.is_block(body)
            && statements.all(|statement| self.swept.gone.iter().any(|gone| gone.contains(range(statement))))
    }

    /// Whether nothing is left of the other branch of a condition: its block, or a condition in its place.
    pub(super) fn is_idle(&self, other: Node<'_>) -> bool {
        if self.swept.gone.iter().any(|gone| gone.contains(range(other))) || self.is_emptied(other) {
            return true;
        }
        let mut cursor = other.walk();
        match other.kind() {
            "else_clause" | "elif_clause" => {
                let inner: Vec<Node<'_>> = other.named_children(&mut cursor).collect();
                let body = other.child_by_field_name("body").or_else(|| inner.last().copied());
                body.is_some_and(|body| self.is_emptied(body) || (other.kind() == "else_clause" && self.is_idle(body)))
            }
            "if_statement" => {
                let body = other.child_by_field_name("consequence");
                body.is_some_and(|body| self.is_emptied(body))
                    && other.children_by_field_name("alternative", &mut cursor).all(|other| self.is_idle(other))
            }
            _ => false,
        }
    }

    /// Statements all of whose items have gone, such as an import that imports nothing any more, go as a whole.
    pub(super) fn emptied(&mut self) {
        let mut found = Vec::new();
        for node in Preorder::new(self.file.tree.root_node()) {
            let Some(items) = self.file.grammar.items(node) else { continue };
            let is_gone = |item: &Node<'_>| self.swept.gone.iter().any(|gone| gone.contains(range(*item)));
            if items.is_empty() || self.is_dead(range(node)) || !items.iter().all(is_gone) {
                continue;
            }
            let whole = match node.kind() {
                "object_pattern" => node
                    .parent()
                    .filter(|outer| outer.kind() == "variable_declarator")
                    .map(|declarator| self.file.grammar.declarator_unit(declarator)),
                "import_clause" => node.parent(),
                // `import a, { b } from "c"` keeps the other part.
                "named_imports" => node
                    .parent()
                    .and_then(|clause| if clause.named_child_count() == 1 { clause.parent() } else { Some(node) }),
                _ => self.file.grammar.statement(node),
            };
            found.extend(whole.map(range));
        }
        self.swept.gone.extend(found);
    }
}
