//! `switch`, as a statement and as an expression.
//!
//! It owns how the two ways to write arms (`case a ->`, `case a:`) become branches or choices. A group of the old way
//! that falls through to the next is an arm that ends there.

use tree_sitter::Node;

use super::nodes::{self, field, parts};
use super::{Lowering, statement};
use crate::facts::ir::{Block, ExpressionId, ExpressionKind, Pattern, Statement, StatementKind};

/// An arm, its labels lowered.
struct Arm<'tree> {
    /// All of it.
    node: Node<'tree>,
    /// The constants and guards that decide.
    labels: Vec<ExpressionId>,
    /// What its pattern binds.
    bindings: Vec<Statement>,
    /// Whether it is taken when no other is.
    is_default: bool,
    /// The expression behind an arrow.
    value: Option<Node<'tree>>,
    /// Otherwise its statements.
    statements: Vec<Node<'tree>>,
}

impl Lowering<'_> {
    /// Lowers a `switch` that stands as a statement.
    pub(super) fn switch_branch(&mut self, node: Node<'_>) -> StatementKind {
        let mut conditions: Vec<ExpressionId> =
            field(node, "condition").into_iter().map(|selector| self.expression(selector)).collect();
        let selector = conditions.first().copied();
        let mut arms = Vec::new();
        let mut exhaustive = false;
        for mut arm in self.arms(node, selector) {
            conditions.append(&mut arm.labels);
            exhaustive |= arm.is_default;
            arms.push(self.arm_block(arm, false));
        }
        StatementKind::Branch { conditions, arms, exhaustive }
    }

    /// Lowers a `switch` whose value is asked for. An arm that is a block with more than its result is a function
    /// called on the spot, whose `yield` returns. An arm that only throws is no value.
    pub(super) fn switch_value(&mut self, node: Node<'_>) -> ExpressionKind {
        let selector = field(node, "condition").map(|selector| self.expression(selector));
        let mut deciding: Vec<ExpressionId> = selector.into_iter().collect();
        let mut options = Vec::new();
        for mut arm in self.arms(node, selector) {
            deciding.append(&mut arm.labels);
            match (arm.bindings.is_empty(), arm.value, arm.statements.as_slice()) {
                (true, Some(value), _) => options.push(self.expression(value)),
                (true, None, [only]) if only.kind() == "yield_statement" => {
                    options.extend(nodes::first_expression(*only).map(|value| self.expression(value)));
                }
                (true, None, [only]) if only.kind() == "throw_statement" => {
                    deciding.extend(nodes::first_expression(*only).map(|value| self.expression(value)));
                }
                _ => options.push(self.called_arm(arm)),
            }
        }
        let condition = match deciding.as_slice() {
            [] => None,
            [only] => Some(*only),
            _ => {
                let at = field(node, "condition").unwrap_or(node);
                Some(self.push(ExpressionKind::Opaque(deciding), at))
            }
        };
        ExpressionKind::Choice { condition, options }
    }

    fn called_arm(&mut self, arm: Arm<'_>) -> ExpressionId {
        let node = arm.node;
        let callee = self.block_function(node, |lowering, out| {
            let Block(mut statements) = lowering.arm_block(arm, true);
            out.append(&mut statements);
        });
        self.push(ExpressionKind::Call { callee, arguments: Vec::new() }, node)
    }

    fn arm_block(&mut self, arm: Arm<'_>, gives_value: bool) -> Block {
        self.scoped(|lowering, out| {
            out.extend(arm.bindings);
            if let Some(node) = arm.value {
                let value = lowering.expression(node);
                let kind =
                    if gives_value { StatementKind::Return(Some(value)) } else { StatementKind::Expression(value) };
                out.push(statement(kind, nodes::range(node)));
            }
            for node in arm.statements {
                lowering.statement(node, out);
            }
        })
    }

    /// The arms in order. Labels that follow each other without statements (`case 1: case 2:`) are one arm.
    fn arms<'tree>(&mut self, node: Node<'tree>, selector: Option<ExpressionId>) -> Vec<Arm<'tree>> {
        let mut arms: Vec<Arm<'tree>> = Vec::new();
        let mut falls_through = false;
        for part in field(node, "body").map(parts).unwrap_or_default() {
            // What an error holds is an arm of its own: nothing says where it belongs.
            if part.is_error() && parts(part).is_empty() {
                continue;
            }
            let mut arm = self.arm(part, selector);
            let is_empty = part.kind() == "switch_block_statement_group" && parts(part).iter().all(is_label);
            if let Some(mut before) = arms.pop_if(|_| falls_through) {
                before.labels.append(&mut arm.labels);
                before.bindings.append(&mut arm.bindings);
                arm = Arm {
                    labels: before.labels,
                    bindings: before.bindings,
                    is_default: before.is_default || arm.is_default,
                    ..arm
                };
            }
            falls_through = is_empty;
            arms.push(arm);
        }
        arms
    }

    fn arm<'tree>(&mut self, node: Node<'tree>, selector: Option<ExpressionId>) -> Arm<'tree> {
        let mut arm = Arm {
            node,
            labels: Vec::new(),
            bindings: Vec::new(),
            is_default: false,
            value: None,
            statements: Vec::new(),
        };
        for part in parts(node) {
            match part.kind() {
                "switch_label" => self.label(part, selector, &mut arm),
                "expression_statement" if node.kind() == "switch_rule" => arm.value = nodes::first_expression(part),
                _ => arm.statements.push(part),
            }
        }
        // The `break` at the end of an arm leaves nothing but the arm.
        loop {
            if arm.statements.last().is_some_and(|last| last.kind() == "break_statement" && parts(*last).is_empty()) {
                arm.statements.pop();
            }
            match arm.statements.as_slice() {
                [only] if only.kind() == "block" => arm.statements = parts(*only),
                _ => return arm,
            }
        }
    }

    fn label(&mut self, node: Node<'_>, selector: Option<ExpressionId>, arm: &mut Arm<'_>) {
        arm.is_default |= nodes::child_of_kind(node, "default").is_some();
        let around = std::mem::take(&mut self.bindings);
        for part in parts(node) {
            match part.kind() {
                "pattern" => parts(part).into_iter().for_each(|pattern| self.label_pattern(pattern, selector)),
                "guard" => {
                    let guard = nodes::first_expression(part).map(|guard| self.expression(guard));
                    arm.labels.extend(guard);
                }
                // The grammar takes the `default` of `case null, default` for a name.
                "identifier" if self.source(part) == "default" => arm.is_default = true,
                kind if nodes::is_expression(kind) => {
                    let constant = self.expression(part);
                    arm.labels.push(constant);
                }
                _ => {}
            }
        }
        arm.bindings.append(&mut std::mem::replace(&mut self.bindings, around));
    }

    /// `case Type name`: in the arm the name is what decides.
    fn label_pattern(&mut self, node: Node<'_>, selector: Option<ExpressionId>) {
        if node.kind() != "type_pattern" {
            self.declare_components(node);
            return;
        }
        let Some(name) = parts(node).into_iter().rfind(|part| part.kind() == "identifier") else {
            return;
        };
        let declared = nodes::first_type(node).and_then(|class| self.type_name(class));
        let range = nodes::range(name);
        let pattern = Pattern::Name { name: self.name(name), range, declared };
        // The expression that decides is evaluated once, so only a plain name can be repeated.
        let repeated =
            selector.map(|selector| self.module.expression(selector)).and_then(|selector| match &selector.kind {
                ExpressionKind::Name(name) => Some((name.clone(), selector.range)),
                _ => None,
            });
        let value = repeated.map(|(name, range)| self.module.push(ExpressionKind::Name(name), range));
        self.bindings.push(statement(StatementKind::Declare { pattern, value }, range));
    }
}

fn is_label(node: &Node<'_>) -> bool {
    node.kind() == "switch_label"
}
