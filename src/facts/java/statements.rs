//! Statements of Java, imports included.
//!
//! It owns control flow and local declarations. A statement of the grammar may become several.

use tree_sitter::Node;

use super::nodes::{self, field, parts};
use super::{Lowering, statement};
use crate::facts::ir::{
    Argument, Block, ExpressionId, ExpressionKind, Import, Imported, Pattern, Statement, StatementKind,
};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// Lowers a statement to the end of `out`.
    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Vec<Statement>) {
        let Block(mut own) = self.scoped(|lowering, out| lowering.bare_statement(node, out));
        out.append(&mut own);
    }

    /// The statements of a block node.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let mut statements = Vec::new();
        for part in parts(node) {
            self.statement(part, &mut statements);
        }
        Block(statements)
    }

    /// The body of a loop or branch: a block, or one statement without braces.
    fn body(&mut self, node: Option<Node<'_>>) -> Block {
        match node {
            Some(node) if node.kind() == "block" => self.block(node),
            Some(node) => {
                let mut statements = Vec::new();
                self.statement(node, &mut statements);
                Block(statements)
            }
            None => Block::default(),
        }
    }

    /// Lowers a statement; pattern variables that it binds are left in `bindings`.
    fn bare_statement(&mut self, node: Node<'_>, out: &mut Vec<Statement>) {
        let value = |lowering: &mut Self| nodes::first_expression(node).map(|value| lowering.expression(value));
        let kind = match node.kind() {
            "package_declaration" => {
                let name = parts(node).into_iter().find(|part| !nodes::is_annotation(part.kind()));
                self.module.package = name.map(|name| self.path(name));
                return;
            }
            "import_declaration" => match self.import(node) {
                Some(import) => StatementKind::Import(import),
                None => return,
            },
            "expression_statement" => match nodes::first_expression(node) {
                Some(switch) if switch.kind() == "switch_expression" => self.switch_branch(switch),
                Some(value) => StatementKind::Expression(self.expression(value)),
                None => return self.recovered(node, out),
            },
            "switch_expression" => self.switch_branch(node),
            "local_variable_declaration" | "field_declaration" | "constant_declaration" => {
                return self.declarations(node, out);
            }
            "return_statement" | "yield_statement" => StatementKind::Return(value(self)),
            "throw_statement" => StatementKind::Throw(value(self)),
            "break_statement" | "continue_statement" => StatementKind::Leave,
            "if_statement" => self.branch(node),
            "for_statement" => self.counting_loop(node),
            "enhanced_for_statement" => self.each_loop(node),
            "while_statement" | "do_statement" => {
                let conditions = field(node, "condition").map(|condition| self.expression(condition));
                let conditions = conditions.into_iter().collect();
                StatementKind::Loop { each: None, conditions, body: self.body(field(node, "body")) }
            }
            "try_statement" | "try_with_resources_statement" => self.attempt(node),
            "synchronized_statement" => {
                let mut block = Vec::new();
                if let Some(lock) = nodes::first_expression(node) {
                    block.push(statement(StatementKind::Expression(self.expression(lock)), nodes::range(lock)));
                }
                let Block(mut body) = self.body(field(node, "body"));
                block.append(&mut body);
                StatementKind::Block(Block(block))
            }
            "labeled_statement" => {
                // Its first part is the label.
                for part in parts(node).into_iter().skip(1) {
                    self.bare_statement(part, out);
                }
                return;
            }
            "assert_statement" => {
                let values = parts(node).into_iter().map(|part| self.expression(part)).collect();
                StatementKind::Expression(self.push(ExpressionKind::Opaque(values), node))
            }
            "explicit_constructor_invocation" => self.constructor_call(node, out),
            "block" => StatementKind::Block(self.block(node)),
            "static_initializer" => StatementKind::Block(self.body(nodes::child_of_kind(node, "block"))),
            kind if nodes::is_class(kind) => StatementKind::Class(self.class(node)),
            kind if nodes::is_function(kind) => StatementKind::Function(self.function(node)),
            kind if nodes::is_expression(kind) => StatementKind::Expression(self.expression(node)),
            kind if nodes::is_inert(kind) => return,
            _ => return self.recovered(node, out),
        };
        out.push(statement(kind, nodes::range(node)));
    }

    /// What an error or a piece of a broken declaration still holds.
    fn recovered(&mut self, node: Node<'_>, out: &mut Vec<Statement>) {
        if node.kind() == "variable_declarator" {
            return self.declarator(node, None, nodes::range(node), out);
        }
        for part in parts(node) {
            self.bare_statement(part, out);
        }
    }

    fn import(&mut self, node: Node<'_>) -> Option<Import> {
        let path = parts(node).into_iter().find(|part| matches!(part.kind(), "scoped_identifier" | "identifier"))?;
        if nodes::child_of_kind(node, "asterisk").is_some() {
            let module = self.path(path);
            return Some(Import { module, imported: Imported::Wildcard, local: None, types_only: false });
        }
        let (module, name) = match (field(path, "scope"), field(path, "name")) {
            (Some(scope), Some(name)) => (self.path(scope), self.name(name)),
            _ => ("".into(), self.name(path)),
        };
        Some(Import { module, imported: Imported::Name(name.clone()), local: Some(name), types_only: false })
    }

    fn declarations(&mut self, node: Node<'_>, out: &mut Vec<Statement>) {
        let declared = self.declared_type(node);
        let declarators = nodes::fields(node, "declarator");
        for declarator in &declarators {
            // A declaration of one variable is all of the statement, `;` included.
            let range = nodes::range(if declarators.len() == 1 { node } else { *declarator });
            self.declarator(*declarator, declared.as_deref(), range, out);
        }
    }

    fn declarator(&mut self, node: Node<'_>, declared: Option<&str>, range: ByteRange, out: &mut Vec<Statement>) {
        let pattern = self.binding(node, declared);
        let value = self.initial_value(node);
        out.push(statement(StatementKind::Declare { pattern, value }, range));
    }

    /// The first value of a variable or field. A lambda gets the variable's name.
    pub(super) fn initial_value(&mut self, node: Node<'_>) -> Option<ExpressionId> {
        let value = field(node, "value").map(|value| self.expression(value))?;
        if let Some(name) = field(node, "name") {
            self.name_lambda(value, self.name(name));
        }
        Some(value)
    }

    /// What a node with a name and perhaps dimensions binds.
    pub(super) fn binding(&self, node: Node<'_>, declared: Option<&str>) -> Pattern {
        match field(node, "name") {
            Some(name) if name.kind() != "underscore_pattern" && !name.is_missing() => Pattern::Name {
                name: self.name(name),
                range: nodes::range(name),
                declared: self.with_dimensions(declared, node),
            },
            _ => Pattern::Ignore,
        }
    }

    /// `if` with all its `else if`, as one branch.
    fn branch(&mut self, node: Node<'_>) -> StatementKind {
        let mut conditions = Vec::new();
        let mut arms = Vec::new();
        let mut current = node;
        loop {
            conditions.extend(field(current, "condition").map(|condition| self.expression(condition)));
            arms.push(self.body(field(current, "consequence")));
            match field(current, "alternative") {
                Some(next) if next.kind() == "if_statement" => current = next,
                Some(last) => {
                    arms.push(self.body(Some(last)));
                    return StatementKind::Branch { conditions, arms, exhaustive: true };
                }
                None => return StatementKind::Branch { conditions, arms, exhaustive: false },
            }
        }
    }

    /// `for (first; condition; step)`: in a block with its first statements where it has any.
    fn counting_loop(&mut self, node: Node<'_>) -> StatementKind {
        let mut block = Vec::new();
        for first in nodes::fields(node, "init") {
            self.statement(first, &mut block);
        }
        let mut conditions = Vec::new();
        for part in nodes::fields(node, "condition").into_iter().chain(nodes::fields(node, "update")) {
            conditions.push(self.expression(part));
        }
        let kind = StatementKind::Loop { each: None, conditions, body: self.body(field(node, "body")) };
        if block.is_empty() {
            return kind;
        }
        block.push(statement(kind, nodes::range(node)));
        StatementKind::Block(Block(block))
    }

    fn each_loop(&mut self, node: Node<'_>) -> StatementKind {
        let pattern = self.binding(node, self.declared_type(node).as_deref());
        let each = field(node, "value").map(|iterable| (pattern, self.expression(iterable)));
        StatementKind::Loop { each, conditions: Vec::new(), body: self.body(field(node, "body")) }
    }

    fn attempt(&mut self, node: Node<'_>) -> StatementKind {
        let mut statements = Vec::new();
        for resource in field(node, "resources").map(parts).unwrap_or_default() {
            self.resource(resource, &mut statements);
        }
        let Block(mut body) = self.body(field(node, "body"));
        statements.append(&mut body);
        let mut handlers = Vec::new();
        let mut finally = Block::default();
        for part in parts(node) {
            match part.kind() {
                "catch_clause" => handlers.push(self.handler(part)),
                "finally_clause" => finally = self.body(nodes::child_of_kind(part, "block")),
                _ => {}
            }
        }
        StatementKind::Try { body: Block(statements), handlers, finally }
    }

    /// A resource that is declared, or one that is only named.
    fn resource(&mut self, node: Node<'_>, out: &mut Vec<Statement>) {
        if field(node, "name").is_some() {
            let declared = self.declared_type(node);
            self.declarator(node, declared.as_deref(), nodes::range(node), out);
        } else {
            self.recovered(node, out);
        }
    }

    fn handler(&mut self, node: Node<'_>) -> (Option<Pattern>, Block) {
        let pattern = nodes::child_of_kind(node, "catch_formal_parameter").map(|parameter| {
            let class = nodes::child_of_kind(parameter, "catch_type").and_then(nodes::first_type);
            let declared = class.and_then(|class| self.type_name(class));
            self.binding(parameter, declared.as_deref())
        });
        (pattern, self.body(field(node, "body")))
    }

    /// `this(…)` and `super(…)`.
    fn constructor_call(&mut self, node: Node<'_>, out: &mut Vec<Statement>) -> StatementKind {
        // The outer instance in `outer.super(…)` is evaluated before.
        if let Some(outer) = field(node, "object") {
            out.push(statement(StatementKind::Expression(self.expression(outer)), nodes::range(outer)));
        }
        let callee = match field(node, "constructor") {
            Some(constructor) => self.expression(constructor),
            None => self.push(ExpressionKind::Opaque(Vec::new()), node),
        };
        let arguments: Vec<Argument> = self.arguments(field(node, "arguments"));
        StatementKind::Expression(self.push(ExpressionKind::Call { callee, arguments }, node))
    }
}
