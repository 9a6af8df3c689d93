//! Statements: assignments, branches, loops, `with`, `try` and the small ones.

use tree_sitter::Node;

use super::super::ir::{
    Argument, Block, Element, ExpressionId, ExpressionKind, Pattern, Spread, Statement, StatementKind,
};
use super::types::declared_type;
use super::{Lowering, field, fields, named_children, operator, range_of, statement_at};

impl Lowering<'_> {
    /// Lowers a statement, which may be none or several of the intermediate form.
    pub(super) fn statement(&mut self, node: Node, statements: &mut Vec<Statement>) {
        let kind = match node.kind() {
            "import_statement" => return self.import(node, statements),
            "import_from_statement" | "future_import_statement" => return self.import_from(node, statements),
            "expression_statement" => return self.expression_statement(node, statements),
            "function_definition" | "class_definition" | "decorated_definition" => {
                return self.definition(node, statements);
            }
            "pass_statement" | "global_statement" | "nonlocal_statement" => return,
            "return_statement" => StatementKind::Return(self.first_expression(node)),
            "yield" => StatementKind::Return(self.first_expression(node)),
            "raise_statement" => {
                // The cause is evaluated, but it is not what is thrown.
                if let Some(cause) = field(node, "cause") {
                    let value = self.expression(cause);
                    statements.push(statement_at(StatementKind::Expression(value), cause));
                }
                let cause = field(node, "cause").map(|cause| cause.id());
                let thrown = named_children(node).into_iter().find(|child| Some(child.id()) != cause);
                StatementKind::Throw(thrown.map(|thrown| self.expression(thrown)))
            }
            "break_statement" | "continue_statement" => StatementKind::Leave,
            "if_statement" => self.branch(node),
            "match_statement" => self.match_statement(node),
            "for_statement" => {
                let target = field(node, "left").map_or(Pattern::Ignore, |left| self.pattern(left, None));
                let iterable = self.field_expression(node, "right");
                let body = self.block_of(node, "body");
                StatementKind::Loop { each: Some((target, iterable)), conditions: Vec::new(), body }
            }
            "while_statement" => {
                let conditions = vec![self.field_expression(node, "condition")];
                StatementKind::Loop { each: None, conditions, body: self.block_of(node, "body") }
            }
            "try_statement" => self.try_statement(node),
            "with_statement" => self.with_statement(node),
            "print_statement" => StatementKind::Expression(self.print(node)),
            "delete_statement" | "assert_statement" | "exec_statement" | "type_alias_statement" => {
                StatementKind::Expression(self.opaque(node))
            }
            // What an error has torn off its statement, and the error itself.
            "ERROR" | "block" | "elif_clause" | "else_clause" | "except_clause" | "finally_clause" | "case_clause" => {
                statements.extend(self.statements(node).0);
                return;
            }
            _ => return self.stray(node, statements),
        };
        statements.push(statement_at(kind, node));
        if node.has_error() && is_compound(node) {
            self.torn_off(node, statements);
        }
        if matches!(node.kind(), "for_statement" | "while_statement")
            && let Some(otherwise) = field(node, "alternative")
        {
            // Whether it runs depends on a `break` in the loop.
            let arms = vec![self.block_of(otherwise, "body")];
            let kind = StatementKind::Branch { conditions: Vec::new(), arms, exhaustive: false };
            statements.push(statement_at(kind, otherwise));
        }
    }

    /// What an error has left between the parts of a compound statement, as statements behind it.
    fn torn_off(&mut self, node: Node, statements: &mut Vec<Statement>) {
        for child in named_children(node).into_iter().filter(Node::is_error) {
            self.statement(child, statements);
        }
    }

    /// An expression that stands where a statement should, next to an error. Torn-off tokens say nothing.
    fn stray(&mut self, node: Node, statements: &mut Vec<Statement>) {
        if named_children(node).is_empty() && node.kind() != "identifier" {
            return;
        }
        let value = self.expression(node);
        statements.push(statement_at(StatementKind::Expression(value), node));
    }

    fn expression_statement(&mut self, node: Node, statements: &mut Vec<Statement>) {
        let children = named_children(node);
        let [child] = children[..] else {
            let elements = children.into_iter().map(|child| Element::Item(self.expression(child))).collect();
            let list = self.push(ExpressionKind::List(elements), node);
            statements.push(statement_at(StatementKind::Expression(list), node));
            return;
        };
        let kind = match child.kind() {
            "yield" => StatementKind::Return(self.first_expression(child)),
            "assignment" if field(child, "right").is_none() => self.declaration(child),
            _ => StatementKind::Expression(self.expression(child)),
        };
        statements.push(statement_at(kind, node));
    }

    /// `name: Type` alone; of a member nothing but the evaluation of its object is left.
    fn declaration(&mut self, node: Node) -> StatementKind {
        match field(node, "left") {
            Some(name) if name.kind() == "identifier" => {
                let declared = self.declared(node);
                StatementKind::Declare { pattern: self.pattern(name, declared), value: None }
            }
            Some(place) => StatementKind::Expression(self.opaque(place)),
            None => StatementKind::Expression(self.opaque(node)),
        }
    }

    /// The type of an annotated assignment or parameter.
    pub(super) fn declared(&self, node: Node) -> Option<Box<str>> {
        field(node, "type").and_then(|hint| declared_type(self.text_of(hint)))
    }

    /// `a = value`, and `a = b = value` as a store inside a store.
    pub(super) fn assignment(&mut self, node: Node) -> ExpressionId {
        let declared = self.declared(node);
        let target = field(node, "left").map_or(Pattern::Ignore, |left| self.pattern(left, declared));
        let value = self.field_expression(node, "right");
        self.store(target, false, value, range_of(node))
    }

    /// `a += value` appends; the other operators make something of the old and the new value.
    pub(super) fn augmented_assignment(&mut self, node: Node) -> ExpressionId {
        let target = field(node, "left").map_or(Pattern::Ignore, |left| self.pattern(left, None));
        if operator(self, node) == "+=" {
            let value = self.field_expression(node, "right");
            return self.store(target, true, value, range_of(node));
        }
        let old = self.field_expression(node, "left");
        let new = self.field_expression(node, "right");
        let value = self.push(ExpressionKind::Opaque(vec![old, new]), node);
        self.store(target, false, value, range_of(node))
    }

    fn first_expression(&mut self, node: Node) -> Option<ExpressionId> {
        named_children(node).first().map(|child| self.expression(*child))
    }

    fn branch(&mut self, node: Node) -> StatementKind {
        let mut conditions = vec![self.field_expression(node, "condition")];
        let mut arms = vec![self.block_of(node, "consequence")];
        let mut exhaustive = false;
        for alternative in fields(node, "alternative") {
            if alternative.kind() == "elif_clause" {
                conditions.push(self.field_expression(alternative, "condition"));
                arms.push(self.block_of(alternative, "consequence"));
            } else {
                exhaustive = true;
                arms.push(self.block_of(alternative, "body"));
            }
        }
        StatementKind::Branch { conditions, arms, exhaustive }
    }

    /// `match`: the subjects, then the patterns and guards of each arm, are its conditions.
    fn match_statement(&mut self, node: Node) -> StatementKind {
        let mut conditions = vec![self.fields_expression(node, "subject")];
        let mut arms = Vec::new();
        let mut exhaustive = false;
        let cases = field(node, "body").map(named_children).unwrap_or_default();
        for case in cases {
            if case.kind() != "case_clause" {
                continue;
            }
            let mut arm = Vec::new();
            for child in named_children(case) {
                if child.kind() == "case_pattern" {
                    self.case_pattern(child, &mut conditions, &mut arm);
                }
            }
            let guard = field(case, "guard");
            if let Some(guard) = guard {
                conditions.extend(self.first_expression(guard));
            }
            exhaustive |= guard.is_none() && self.is_irrefutable(case);
            arm.extend(self.block_of(case, "consequence").0);
            arms.push(Block(arm));
        }
        StatementKind::Branch { conditions, arms, exhaustive }
    }

    fn try_statement(&mut self, node: Node) -> StatementKind {
        let mut body = self.block_of(node, "body");
        let mut handlers = Vec::new();
        let mut finally = Block::default();
        for child in named_children(node) {
            match child.kind() {
                "except_clause" => handlers.push(self.handler(child)),
                // It runs after the body when nothing was raised.
                "else_clause" => body.0.extend(self.block_of(child, "body").0),
                "finally_clause" => finally = self.unnamed_block(child),
                _ => {}
            }
        }
        StatementKind::Try { body, handlers, finally }
    }

    /// An `except`: its exception types are evaluated at the beginning of its block.
    fn handler(&mut self, node: Node) -> (Option<Pattern>, Block) {
        let mut types = fields(node, "value");
        let mut alias = field(node, "alias");
        if alias.is_none() {
            match types[..] {
                [single] if single.kind() == "as_pattern" => {
                    types = named_children(single);
                    alias = types.pop();
                }
                // Python 2's `except Type, name`.
                [_, name] if name.kind() == "identifier" => alias = types.pop(),
                _ => {}
            }
        }
        let declared = match types[..] {
            [single] => declared_type(self.text_of(single)),
            _ => None,
        };
        let mut block = Block::default();
        for kind in types {
            let value = self.expression(kind);
            block.0.push(statement_at(StatementKind::Expression(value), kind));
        }
        let pattern = alias.map(|alias| self.pattern(alias, declared));
        block.0.extend(self.unnamed_block(node).0);
        (pattern, block)
    }

    /// The block of a clause that the grammar gives no field.
    fn unnamed_block(&mut self, node: Node) -> Block {
        let block = named_children(node).into_iter().find(|child| child.kind() == "block");
        block.map(|block| self.statements(block)).unwrap_or_default()
    }

    /// `with a as b, c:` opens a block that begins with the stores of what it opens.
    fn with_statement(&mut self, node: Node) -> StatementKind {
        let mut block = Block::default();
        for clause in named_children(node).into_iter().filter(|child| child.kind() == "with_clause") {
            for item in named_children(clause) {
                let value = field(item, "value").unwrap_or(item);
                // The grammar may read items in parentheses as a tuple of them.
                let items = match value.kind() {
                    "tuple" if named_children(value).iter().any(|part| part.kind() == "as_pattern") => {
                        named_children(value)
                    }
                    _ => vec![value],
                };
                for item in items {
                    let opened = self.with_item(item);
                    block.0.push(statement_at(StatementKind::Expression(opened), item));
                }
            }
        }
        block.0.extend(self.block_of(node, "body").0);
        StatementKind::Block(block)
    }

    fn with_item(&mut self, node: Node) -> ExpressionId {
        if node.kind() == "as_pattern"
            && let [value, name] = named_children(node)[..]
        {
            let value = self.expression(value);
            let target = self.pattern(name, None);
            return self.store(target, false, value, range_of(node));
        }
        self.expression(node)
    }

    /// Python 2's `print >>file, value`, as the call that it became.
    fn print(&mut self, node: Node) -> ExpressionId {
        let keyword = node.child(0).unwrap_or(node);
        let callee = self.push(ExpressionKind::Name("print".into()), keyword);
        let mut arguments = Vec::new();
        for child in named_children(node) {
            if child.kind() != "chevron" {
                arguments.push(Argument { keyword: None, spread: Spread::None, value: self.expression(child) });
            } else if let Some(value) = self.first_expression(child) {
                arguments.push(Argument { keyword: Some("file".into()), spread: Spread::None, value });
            }
        }
        self.push(ExpressionKind::Call { callee, arguments }, node)
    }
}

/// Whether a statement lowers its parts by name, so that an error between them would be passed over.
fn is_compound(node: Node) -> bool {
    matches!(
        node.kind(),
        "if_statement" | "match_statement" | "for_statement" | "while_statement" | "try_statement" | "with_statement"
    )
}
