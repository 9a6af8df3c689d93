//! Expressions of Java.
//!
//! It owns what has a value: literals, names, calls, constructions, lambdas, assignments. `switch` has its own file.

use tree_sitter::Node;

use super::nodes::{self, field, parts};
use super::{Lowering, statement, text};
use crate::facts::ir::{
    Argument, Element, ExpressionId, ExpressionKind, FunctionKind, Name, Operator, Parameter, Pattern, Spread,
    StatementKind,
};

impl Lowering<'_> {
    /// Lowers an expression. Parentheses and casts are passed through; what is no expression is opaque.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExpressionId {
        let node = nodes::unwrapped(node);
        if node.is_missing() {
            return self.push(ExpressionKind::Opaque(Vec::new()), node);
        }
        let kind = match node.kind() {
            "identifier" => ExpressionKind::Name(self.name(node)),
            "string_literal" => self.string(node),
            "character_literal" => ExpressionKind::Text(text::literal(self.source(node)).into()),
            kind if nodes::is_number(kind) => ExpressionKind::Number(self.source(node).into()),
            "true" => ExpressionKind::Boolean(true),
            "false" => ExpressionKind::Boolean(false),
            "null_literal" => ExpressionKind::Null,
            "this" => ExpressionKind::This,
            "super" => ExpressionKind::Super,
            "binary_expression" if is_plus(node) => self.concatenation(node),
            "binary_expression" if arithmetic(node).is_some() => self.arithmetic(node),
            "ternary_expression" => self.ternary(node),
            "assignment_expression" => self.assignment(node),
            "method_invocation" => self.invocation(node),
            "field_access" => self.field_access(node),
            "scoped_identifier" => return self.type_expression(node),
            "array_access" => self.array_access(node),
            "array_creation_expression" => match field(node, "value") {
                Some(value) => self.list(value),
                None => self.opaque(node),
            },
            "array_initializer" | "element_value_array_initializer" => self.list(node),
            "object_creation_expression" => self.construction(node),
            "lambda_expression" => self.lambda(node),
            "method_reference" => self.method_reference(node),
            "class_literal" => {
                let class = nodes::first_type(node).map(|class| self.type_expression(class));
                ExpressionKind::Opaque(class.into_iter().collect())
            }
            "instanceof_expression" => self.instance_test(node),
            "switch_expression" => self.switch_value(node),
            // An interpolated string; what stands before the dot only says how it is put together.
            "template_expression" => match field(node, "template_argument") {
                Some(template) => self.string(template),
                None => self.opaque(node),
            },
            // An annotation as the value of another.
            kind if nodes::is_annotation(kind) => {
                let class = field(node, "name").map(|name| self.type_expression(name));
                let class = class.unwrap_or_else(|| self.push(ExpressionKind::Opaque(Vec::new()), node));
                ExpressionKind::Construct { class, arguments: self.annotation_arguments(node), body: None }
            }
            _ => self.opaque(node),
        };
        self.push(kind, node)
    }

    /// Lowers the child of a field; an opaque without children where it is missing.
    fn operand(&mut self, node: Node<'_>, name: &str) -> ExpressionId {
        match field(node, name) {
            Some(child) => self.expression(child),
            None => self.push(ExpressionKind::Opaque(Vec::new()), node),
        }
    }

    fn arithmetic(&mut self, node: Node<'_>) -> ExpressionKind {
        match (arithmetic(node), field(node, "left"), field(node, "right")) {
            (Some(operator), Some(left), Some(right)) => {
                ExpressionKind::Arithmetic { operator, left: self.expression(left), right: self.expression(right) }
            }
            _ => self.opaque(node),
        }
    }

    fn opaque(&mut self, node: Node<'_>) -> ExpressionKind {
        ExpressionKind::Opaque(self.values_within(node))
    }

    /// The values inside of a node that has no place in the form, errors included. Statements become a function, so
    /// that nothing is lost.
    fn values_within(&mut self, node: Node<'_>) -> Vec<ExpressionId> {
        let mut values = Vec::new();
        for part in parts(node) {
            let kind = part.kind();
            if nodes::is_expression(kind) {
                values.push(self.expression(part));
            } else if nodes::is_statement(kind) {
                values.push(self.block_function(part, |lowering, out| lowering.statement(part, out)));
            } else if !nodes::is_inert(kind) {
                values.append(&mut self.values_within(part));
            }
        }
        values
    }

    fn string(&mut self, node: Node<'_>) -> ExpressionKind {
        let pieces = parts(node);
        if !pieces.iter().any(|piece| piece.kind() == "string_interpolation") {
            return ExpressionKind::Text(text::literal(self.source(node)).into());
        }
        let mut operands = Vec::new();
        for piece in pieces {
            if piece.kind() == "string_interpolation" {
                operands.append(&mut self.values_within(piece));
            } else {
                let constant = text::unescape(self.source(piece));
                operands.push(self.push(ExpressionKind::Text(constant.into()), piece));
            }
        }
        ExpressionKind::Concat(operands)
    }

    /// Flattens `a + b + c`, which the grammar nests to the left, without recursion: generated code has very long ones.
    fn concatenation(&mut self, node: Node<'_>) -> ExpressionKind {
        let mut operands = Vec::new();
        let mut current = node;
        loop {
            // `(a + b) + c` is the same value as `a + b + c`; parentheses to the right are not.
            while let ("parenthesized_expression", Some(inner)) = (current.kind(), nodes::first_expression(current)) {
                current = inner;
            }
            let left = if is_plus(current) { field(current, "left") } else { None };
            let Some(left) = left else {
                operands.push(current);
                break;
            };
            operands.extend(field(current, "right"));
            current = left;
        }
        ExpressionKind::Concat(operands.into_iter().rev().map(|operand| self.expression(operand)).collect())
    }

    fn ternary(&mut self, node: Node<'_>) -> ExpressionKind {
        let condition = field(node, "condition").map(|condition| self.expression(condition));
        let options = ["consequence", "alternative"].into_iter().filter_map(|name| field(node, name));
        ExpressionKind::Choice { condition, options: options.map(|option| self.expression(option)).collect() }
    }

    fn assignment(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(left) = field(node, "left") else {
            return self.opaque(node);
        };
        let target = self.place(left);
        let operator = node.child_by_field_name("operator").map_or("=", |operator| operator.kind());
        let value = if matches!(operator, "=" | "+=") {
            self.operand(node, "right")
        } else {
            // The old value has a part in the new one. A place has been lowered already: its calls run once.
            let mut operands = Vec::new();
            if matches!(target, Pattern::Name { .. }) {
                operands.push(self.expression(left));
            }
            operands.push(self.operand(node, "right"));
            self.push(ExpressionKind::Opaque(operands), node)
        };
        if let Pattern::Name { name, .. } = &target {
            self.name_lambda(value, name.clone());
        }
        ExpressionKind::Store { target, append: operator == "+=", value }
    }

    /// What an assignment changes.
    fn place(&mut self, node: Node<'_>) -> Pattern {
        let node = nodes::unwrapped(node);
        match node.kind() {
            "identifier" => Pattern::Name { name: self.name(node), range: nodes::range(node), declared: None },
            _ => Pattern::Place(self.expression(node)),
        }
    }

    /// Gives a lambda the name that it is bound to.
    pub(super) fn name_lambda(&mut self, value: ExpressionId, name: Name) {
        if let ExpressionKind::Function(id) = self.module.expression(value).kind {
            self.function_mut(id).name.get_or_insert(name);
        }
    }

    fn invocation(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(name) = field(node, "name") else {
            return self.opaque(node);
        };
        let callee = match field(node, "object") {
            Some(object) => {
                let range = nodes::range(object).cover(nodes::range(name));
                let object = self.qualified(node, object);
                let kind = ExpressionKind::Member { object, name: self.name(name), name_range: nodes::range(name) };
                self.module.push(kind, range)
            }
            None => self.expression(name),
        };
        let arguments = self.arguments(field(node, "arguments"));
        ExpressionKind::Call { callee, arguments }
    }

    fn field_access(&mut self, node: Node<'_>) -> ExpressionKind {
        let (Some(object), Some(name)) = (field(node, "object"), field(node, "field")) else {
            return self.opaque(node);
        };
        let object = self.qualified(node, object);
        ExpressionKind::Member { object, name: self.name(name), name_range: nodes::range(name) }
    }

    /// The object of a call or field access, with the `super` of `Outer.super.name` taken in.
    fn qualified(&mut self, node: Node<'_>, object: Node<'_>) -> ExpressionId {
        let lowered = self.expression(object);
        let marker = parts(node).into_iter().find(|part| part.kind() == "super" && part.id() != object.id());
        let Some(marker) = marker else {
            return lowered;
        };
        let kind = ExpressionKind::Member { object: lowered, name: "super".into(), name_range: nodes::range(marker) };
        self.module.push(kind, nodes::range(object).cover(nodes::range(marker)))
    }

    fn array_access(&mut self, node: Node<'_>) -> ExpressionKind {
        ExpressionKind::Index { object: self.operand(node, "array"), index: self.operand(node, "index") }
    }

    fn list(&mut self, node: Node<'_>) -> ExpressionKind {
        let items = parts(node).into_iter().filter(|part| !part.is_error());
        ExpressionKind::List(items.map(|item| Element::Item(self.expression(item))).collect())
    }

    /// The arguments of a call. What an error holds is kept as one more argument, since its place cannot be known.
    pub(super) fn arguments(&mut self, list: Option<Node<'_>>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for part in list.map(parts).unwrap_or_default() {
            let value = if part.is_error() {
                let values = self.values_within(part);
                if values.is_empty() {
                    continue;
                }
                self.push(ExpressionKind::Opaque(values), part)
            } else {
                self.expression(part)
            };
            arguments.push(Argument { keyword: None, spread: Spread::None, value });
        }
        arguments
    }

    fn construction(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(class_node) = field(node, "type") else {
            return self.opaque(node);
        };
        let outer = parts(node)
            .into_iter()
            .find(|part| part.end_byte() <= class_node.start_byte() && nodes::is_expression(part.kind()));
        let class = match outer {
            // `outer.new Inner()`
            Some(outer) => {
                let kind = ExpressionKind::Member {
                    object: self.expression(outer),
                    name: self.path(class_node),
                    name_range: nodes::range(class_node),
                };
                self.module.push(kind, nodes::range(outer).cover(nodes::range(class_node)))
            }
            None => self.type_expression(class_node),
        };
        let arguments = self.arguments(field(node, "arguments"));
        let base = self.path(class_node);
        let body = nodes::child_of_kind(node, "class_body").map(|body| self.anonymous_class(body, base));
        ExpressionKind::Construct { class, arguments, body }
    }

    fn lambda(&mut self, node: Node<'_>) -> ExpressionKind {
        let id = self.reserve_function(nodes::range(node), FunctionKind::Free);
        let parameters = match field(node, "parameters") {
            Some(list) if list.kind() == "identifier" => vec![self.inferred_parameter(list)],
            Some(list) if list.kind() == "inferred_parameters" => {
                parts(list).into_iter().map(|name| self.inferred_parameter(name)).collect()
            }
            Some(list) => self.parameters(list),
            None => Vec::new(),
        };
        let body = field(node, "body").map(|body| {
            if body.kind() == "block" {
                return self.block(body);
            }
            self.scoped(|lowering, out| {
                let value = lowering.expression(body);
                out.push(statement(StatementKind::Return(Some(value)), nodes::range(body)));
            })
        });
        let function = self.function_mut(id);
        function.parameters = parameters;
        function.body = Some(body.unwrap_or_default());
        ExpressionKind::Function(id)
    }

    fn inferred_parameter(&self, name: Node<'_>) -> Parameter {
        let pattern = match self.source(name) {
            "_" => Pattern::Ignore,
            text => Pattern::Name { name: text.into(), range: nodes::range(name), declared: None },
        };
        Parameter { pattern, default: None, spread: Spread::None, annotations: Vec::new() }
    }

    /// `Object::name`; a constructor's name is `new`.
    fn method_reference(&mut self, node: Node<'_>) -> ExpressionKind {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let (Some(object), Some(name)) = (children.first().copied(), children.last().copied()) else {
            return self.opaque(node);
        };
        if object.id() == name.id() || !matches!(name.kind(), "identifier" | "new") {
            return self.opaque(node);
        }
        let object = if nodes::is_type(object.kind()) { self.type_expression(object) } else { self.expression(object) };
        ExpressionKind::Member { object, name: self.name(name), name_range: nodes::range(name) }
    }

    /// `value instanceof Type name`: a name that it binds is declared before the statement and stored to here.
    fn instance_test(&mut self, node: Node<'_>) -> ExpressionKind {
        let mut value = self.operand(node, "left");
        if let (Some(class), Some(name)) = (field(node, "right"), field(node, "name")) {
            let declared = self.type_name(class);
            self.declare_binding(name, declared.clone());
            let target = Pattern::Name { name: self.name(name), range: nodes::range(name), declared };
            value = self.push(ExpressionKind::Store { target, append: false, value }, node);
        }
        let mut children = vec![value];
        children.extend(field(node, "right").map(|class| self.type_expression(class)));
        if let Some(pattern) = field(node, "pattern") {
            self.declare_components(pattern);
        }
        ExpressionKind::Opaque(children)
    }

    /// Puts the declaration of a pattern variable before the present statement.
    fn declare_binding(&mut self, name: Node<'_>, declared: Option<Name>) {
        let range = nodes::range(name);
        let pattern = Pattern::Name { name: self.name(name), range, declared };
        self.bindings.push(statement(StatementKind::Declare { pattern, value: None }, range));
    }

    /// Declares all names that a record pattern binds.
    pub(super) fn declare_components(&mut self, pattern: Node<'_>) {
        for part in parts(pattern) {
            match part.kind() {
                "record_pattern_body" | "record_pattern" => self.declare_components(part),
                "record_pattern_component" => {
                    let name = parts(part).into_iter().rfind(|child| child.kind() == "identifier");
                    if let Some(name) = name {
                        let declared = nodes::first_type(part).and_then(|class| self.type_name(class));
                        self.declare_binding(name, declared);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The operator of a product or quotient.
fn arithmetic(node: Node<'_>) -> Option<Operator> {
    Operator::written(node.child_by_field_name("operator")?.kind())
}

fn is_plus(node: Node<'_>) -> bool {
    node.kind() == "binary_expression"
        && node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "+")
}
