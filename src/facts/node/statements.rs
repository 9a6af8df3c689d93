//! Statements: declarations of variables, branches, loops, and what stands in blocks.

use tree_sitter::Node;

use super::{Lowering, child_of_kind, children, field, fields, has_token, named_children, range_of};
use crate::facts::ir::{Block, ExpressionId, ExpressionKind, FunctionKind, Pattern, Statement, StatementKind};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// The statements among some nodes, in order.
    pub(super) fn block(&mut self, nodes: Vec<Node<'_>>) -> Block {
        let mut statements = Vec::new();
        for node in nodes {
            if node.is_named() {
                self.statement(node, &mut statements);
            }
        }
        Block(statements)
    }

    /// Whether a node is a statement, to be told from the expressions that stand beside it in an error.
    pub(super) fn is_statement(node: Node<'_>) -> bool {
        let kind = node.kind();
        kind.ends_with("_statement")
            || kind.ends_with("_declaration")
            || matches!(
                kind,
                "statement_block"
                    | "variable_declarator"
                    | "function_signature"
                    | "internal_module"
                    | "module"
                    | "import_alias"
                    | "catch_clause"
                    | "finally_clause"
                    | "else_clause"
                    | "switch_case"
                    | "switch_default"
                    | "switch_body"
            )
    }

    /// Lowers one statement, which may become several or none.
    pub(super) fn statement(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let range = range_of(node);
        let kind = match node.kind() {
            "expression_statement" => {
                for child in named_children(node) {
                    // The grammar takes a namespace for an expression.
                    if child.kind() == "internal_module" {
                        self.statement(child, statements);
                    } else {
                        let value = self.expression(child);
                        statements.push(Statement { kind: StatementKind::Expression(value), range });
                    }
                }
                return;
            }
            "lexical_declaration" | "variable_declaration" | "using_declaration" => {
                return self.declarations(node, statements);
            }
            "variable_declarator" => return self.declaration(node, range, statements),
            "function_declaration" | "generator_function_declaration" => {
                let name = field(node, "name").map(|name| self.name(name));
                StatementKind::Function(self.function(node, name, FunctionKind::Free, None))
            }
            "class_declaration" | "abstract_class_declaration" => {
                StatementKind::Class(self.class(node, None, Vec::new()))
            }
            "interface_declaration" => StatementKind::Class(self.interface(node)),
            "enum_declaration" => StatementKind::Class(self.enumeration(node)),
            "ambient_declaration" => return self.ambient(node, statements),
            "module" | "internal_module" => StatementKind::Block(self.nested(field(node, "body"))),
            "import_statement" => return self.import(node, statements),
            "import_alias" => return self.import_alias(node, statements),
            "export_statement" => return self.export(node, statements),
            "if_statement" => self.branch(node),
            "switch_statement" => self.switch(node),
            "for_statement" => return self.counted_loop(node, statements),
            "for_in_statement" => self.loop_over(node),
            "while_statement" | "do_statement" => StatementKind::Loop {
                each: None,
                conditions: vec![self.expression_in(node, "condition")],
                body: self.nested(field(node, "body")),
            },
            "with_statement" => {
                let object = self.expression_in(node, "object");
                statements.push(Statement { kind: StatementKind::Expression(object), range });
                StatementKind::Block(self.nested(field(node, "body")))
            }
            "try_statement" => self.attempt(node),
            "return_statement" => StatementKind::Return(self.operand(node)),
            "throw_statement" => StatementKind::Throw(self.operand(node)),
            "break_statement" | "continue_statement" => StatementKind::Leave,
            "labeled_statement" => return statements.extend(self.nested_or_one(field(node, "body"))),
            "statement_block" => StatementKind::Block(self.nested(Some(node))),
            // An overload: the function that it announces follows.
            "function_signature" | "type_alias_declaration" => return,
            "empty_statement" | "debugger_statement" | "hash_bang_line" => return,
            _ => return self.fragment(node, statements),
        };
        statements.push(Statement { kind, range });
    }

    /// What an error left over in place of a statement: the statements and expressions inside count on their own.
    fn fragment(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let is_wrapper = node.is_error() || Self::is_statement(node);
        if is_wrapper {
            return named_children(node).into_iter().for_each(|child| self.statement(child, statements));
        }
        let value = self.expression(node);
        let is_empty =
            matches!(&self.module.expression(value).kind, ExpressionKind::Opaque(children) if children.is_empty());
        if !is_empty {
            statements.push(Statement { kind: StatementKind::Expression(value), range: range_of(node) });
        }
    }

    /// The body of a branch, loop or function: the statements of a block, or the one that stands there without braces.
    fn nested(&mut self, node: Option<Node<'_>>) -> Block {
        match node {
            Some(block) if block.kind() == "statement_block" => self.block(children(block)),
            Some(single) => self.block(vec![single]),
            None => Block::default(),
        }
    }

    fn nested_or_one(&mut self, node: Option<Node<'_>>) -> Vec<Statement> {
        node.map(|node| self.block(vec![node]).0).unwrap_or_default()
    }

    fn operand(&mut self, node: Node<'_>) -> Option<ExpressionId> {
        named_children(node).first().map(|value| self.expression(*value))
    }

    /// One declaration has the whole statement's range, several have each their own.
    fn declarations(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let declarators: Vec<_> =
            named_children(node).into_iter().filter(|child| child.kind() == "variable_declarator").collect();
        let is_one = declarators.len() == 1;
        for declarator in declarators {
            let range = range_of(if is_one { node } else { declarator });
            self.declaration(declarator, range, statements);
        }
    }

    fn declaration(&mut self, node: Node<'_>, range: ByteRange, statements: &mut Vec<Statement>) {
        let declared = self.declared_type(field(node, "type"));
        let pattern = self.pattern_in(node, "name", declared);
        let name = match &pattern {
            Pattern::Name { name, .. } => Some(name.clone()),
            _ => None,
        };
        let value = field(node, "value").map(|value| self.named_expression(value, name));
        statements.push(Statement { kind: StatementKind::Declare { pattern, value }, range });
    }

    /// `declare …`: what it declares, as if it stood there without a body.
    fn ambient(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        for child in named_children(node) {
            match child.kind() {
                "function_signature" => {
                    let name = field(child, "name").map(|name| self.name(name));
                    let function = self.function(child, name, FunctionKind::Free, None);
                    statements.push(Statement { kind: StatementKind::Function(function), range: range_of(child) });
                }
                _ if Self::is_statement(child) => self.statement(child, statements),
                _ => {}
            }
        }
    }

    /// `if` with all its `else if`s as one branch.
    fn branch(&mut self, node: Node<'_>) -> StatementKind {
        let mut conditions = Vec::new();
        let mut arms = Vec::new();
        let mut exhaustive = false;
        let mut current = Some(node);
        while let Some(branch) = current.take() {
            conditions.push(self.expression_in(branch, "condition"));
            arms.push(self.nested(field(branch, "consequence")));
            let otherwise = field(branch, "alternative").and_then(|clause| named_children(clause).into_iter().next());
            match otherwise {
                Some(next) if next.kind() == "if_statement" => current = Some(next),
                Some(last) => {
                    arms.push(self.nested(Some(last)));
                    exhaustive = true;
                }
                None => {}
            }
        }
        StatementKind::Branch { conditions, arms, exhaustive }
    }

    /// `switch`: an arm for each body. Cases without one share the next; the `break` at an arm's end goes without saying.
    fn switch(&mut self, node: Node<'_>) -> StatementKind {
        let mut conditions = vec![self.expression_in(node, "value")];
        let mut arms = Vec::new();
        let mut exhaustive = false;
        let cases: Vec<_> = field(node, "body").map(named_children).unwrap_or_default();
        let count = cases.len();
        for (position, case) in cases.into_iter().enumerate() {
            if case.kind() == "switch_default" {
                exhaustive = true;
            } else if let Some(value) = field(case, "value") {
                conditions.push(self.expression(value));
            }
            let statements = if case.is_error() { vec![case] } else { fields(case, "body") };
            if !statements.is_empty() || position + 1 == count {
                let arm = self.case_body(statements);
                arms.push(arm);
            }
        }
        StatementKind::Branch { conditions, arms, exhaustive }
    }

    fn case_body(&mut self, mut nodes: Vec<Node<'_>>) -> Block {
        if let [block] = nodes.as_slice()
            && block.kind() == "statement_block"
        {
            nodes = named_children(*block);
        }
        if nodes.last().is_some_and(|last| last.kind() == "break_statement" && field(*last, "label").is_none()) {
            nodes.pop();
        }
        self.block(nodes)
    }

    /// `for (…; …; …)`. What it declares stands with the loop in a block of its own.
    fn counted_loop(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let range = range_of(node);
        let mut outer = Vec::new();
        if let Some(start) = field(node, "initializer").filter(|start| start.is_named()) {
            self.statement(start, &mut outer);
        }
        let mut conditions = Vec::new();
        for part in fields(node, "condition").into_iter().chain(fields(node, "increment")) {
            if part.is_named() && part.kind() != "empty_statement" {
                conditions.push(self.expression(part));
            }
        }
        let body = self.nested(field(node, "body"));
        let repeated = Statement { kind: StatementKind::Loop { each: None, conditions, body }, range };
        if outer.is_empty() {
            statements.push(repeated);
        } else {
            outer.push(repeated);
            statements.push(Statement { kind: StatementKind::Block(Block(outer)), range });
        }
    }

    /// `for … of` binds each item. `for … in` binds keys, about which nothing is known.
    fn loop_over(&mut self, node: Node<'_>) -> StatementKind {
        let target = self.pattern_in(node, "left", None);
        let over = self.expression_in(node, "right");
        if has_token(node, "of") {
            let body = self.nested(field(node, "body"));
            return StatementKind::Loop { each: Some((target, over)), conditions: Vec::new(), body };
        }
        let range = range_of(field(node, "left").unwrap_or(node));
        let key = self.push(ExpressionKind::Opaque(Vec::new()), range);
        let kind = if field(node, "kind").is_some() {
            StatementKind::Declare { pattern: target, value: Some(key) }
        } else {
            let store = ExpressionKind::Store { target, append: false, value: key };
            StatementKind::Expression(self.push(store, range))
        };
        let mut body = self.nested(field(node, "body"));
        body.0.insert(0, Statement { kind, range });
        StatementKind::Loop { each: None, conditions: vec![over], body }
    }

    fn attempt(&mut self, node: Node<'_>) -> StatementKind {
        let body = self.nested(field(node, "body"));
        let handlers = child_of_kind(node, "catch_clause").map(|clause| {
            let declared = self.declared_type(field(clause, "type"));
            let binding = field(clause, "parameter").map(|parameter| self.pattern(parameter, declared));
            (binding, self.nested(field(clause, "body")))
        });
        let finally = child_of_kind(node, "finally_clause").and_then(|clause| field(clause, "body"));
        StatementKind::Try { body, handlers: handlers.into_iter().collect(), finally: self.nested(finally) }
    }
}
