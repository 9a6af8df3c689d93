//! Expressions: constants, names, calls, literals, operators, JSX.

use tree_sitter::Node;

use super::{Lowering, child_of_kind, children, field, fields, has_token, named_children, range_of, text};
use crate::facts::ir::{
    Argument, Block, Element, Entry, ExpressionId, ExpressionKind, FunctionId, FunctionKind, Name, Operator, Pattern,
    Spread,
};
use crate::finding::ByteRange;

/// Whether a node is a function without a statement of its own.
fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "generator_function")
}

impl Lowering<'_> {
    /// Lowers an expression. A node that is none becomes opaque, with the expressions inside it.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExpressionId {
        self.named_expression(node, None)
    }

    /// Lowers an expression; a function or class without a name of its own gets `name`.
    pub(super) fn named_expression(&mut self, node: Node<'_>, name: Option<Name>) -> ExpressionId {
        let range = range_of(node);
        if node.is_missing() {
            return self.push(ExpressionKind::Opaque(Vec::new()), range);
        }
        let kind = match node.kind() {
            "string" => ExpressionKind::Text(text::string_value(self.written(node))),
            "template_string" => self.template(node),
            "number" => ExpressionKind::Number(self.written(node).into()),
            "true" => ExpressionKind::Boolean(true),
            "false" => ExpressionKind::Boolean(false),
            "null" | "undefined" => ExpressionKind::Null,
            "identifier" | "shorthand_property_identifier" => ExpressionKind::Name(self.name(node)),
            "this" => ExpressionKind::This,
            "super" => ExpressionKind::Super,
            "parenthesized_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "instantiation_expression" => {
                return match named_children(node).first() {
                    Some(inner) => self.named_expression(*inner, name),
                    None => self.push(ExpressionKind::Opaque(Vec::new()), range),
                };
            }
            "type_assertion" => {
                return match named_children(node).last() {
                    Some(inner) if inner.kind() != "type_arguments" => self.named_expression(*inner, name),
                    _ => self.push(ExpressionKind::Opaque(Vec::new()), range),
                };
            }
            "binary_expression" => return self.binary(node),
            "augmented_assignment_expression" | "assignment_expression" => self.assignment(node),
            "member_expression" => self.member(node),
            "subscript_expression" => match (field(node, "object"), field(node, "index")) {
                (Some(object), Some(index)) => {
                    ExpressionKind::Index { object: self.expression(object), index: self.expression(index) }
                }
                _ => self.opaque(node),
            },
            "call_expression" => self.call(node),
            "new_expression" => self.construction(node),
            "object" => ExpressionKind::Map(self.entries(node)),
            "pair" => ExpressionKind::Map(self.entry(node).into_iter().collect()),
            "array" => ExpressionKind::List(self.elements(node)),
            "arrow_function" | "function_expression" | "generator_function" | "function" => {
                let name = field(node, "name").map(|own| self.name(own)).or(name);
                ExpressionKind::Function(self.function(node, name, FunctionKind::Free, None))
            }
            "method_definition" => ExpressionKind::Function(self.object_method(node)),
            "class" => ExpressionKind::Class(self.class(node, name, Vec::new())),
            "ternary_expression" => self.ternary(node),
            "sequence_expression" => return self.sequence(node),
            "await_expression" | "yield_expression" => match named_children(node).first() {
                Some(value) => ExpressionKind::Await(self.expression(*value)),
                None => self.opaque(node),
            },
            "unary_expression" => self.unary(node),
            "jsx_element" | "jsx_self_closing_element" => ExpressionKind::Opaque(self.markup(node)),
            _ => self.opaque(node),
        };
        self.push(kind, range)
    }

    /// The expression in a field, or an opaque one where a broken tree has none.
    pub(super) fn expression_in(&mut self, node: Node<'_>, name: &str) -> ExpressionId {
        match field(node, name) {
            Some(child) => self.expression(child),
            None => {
                let end = node.end_byte();
                self.push(ExpressionKind::Opaque(Vec::new()), ByteRange::new(end, end))
            }
        }
    }

    /// A node of which only the expressions inside are kept.
    pub(super) fn opaque(&mut self, node: Node<'_>) -> ExpressionKind {
        ExpressionKind::Opaque(self.parts(node))
    }

    /// The expressions inside a node that has no meaning of its own, be it an operator or an error. Statements can
    /// stand in errors; they become the body of a function that nobody calls.
    fn parts(&mut self, node: Node<'_>) -> Vec<ExpressionId> {
        let mut parts = Vec::new();
        let mut statements = Vec::new();
        for child in named_children(node) {
            if Self::is_statement(child) {
                statements.push(child);
            } else if !is_inert(child) {
                parts.push(self.expression(child));
            }
        }
        let body = self.block(statements);
        if !body.0.is_empty() {
            let function = self.function_of_statements(body, range_of(node));
            parts.push(self.push(ExpressionKind::Function(function), range_of(node)));
        }
        parts
    }

    fn template(&mut self, node: Node<'_>) -> ExpressionKind {
        let written = self.written(node);
        let closed = written.len() > 1 && written.ends_with('`');
        let end = node.end_byte() - usize::from(closed);
        let mut begin = node.start_byte() + 1;
        let mut parts = Vec::new();
        let mut has_holes = false;
        for substitution in named_children(node) {
            if substitution.kind() != "template_substitution" {
                continue;
            }
            has_holes = true;
            self.template_text(ByteRange::new(begin, substitution.start_byte()), &mut parts);
            let hole = match named_children(substitution).as_slice() {
                [value] => self.expression(*value),
                _ => {
                    let kind = self.opaque(substitution);
                    self.push(kind, range_of(substitution))
                }
            };
            parts.push(hole);
            begin = substitution.end_byte();
        }
        if !has_holes {
            return ExpressionKind::Text(text::template_value(self.text.get(begin..end).unwrap_or("")));
        }
        self.template_text(ByteRange::new(begin, end), &mut parts);
        ExpressionKind::Concat(parts)
    }

    /// The constant stretch of a template between two holes, if there is one.
    fn template_text(&mut self, range: ByteRange, parts: &mut Vec<ExpressionId>) {
        let written = self.text.get(range.start..range.end).unwrap_or("");
        if !written.is_empty() {
            parts.push(self.push(ExpressionKind::Text(text::template_value(written)), range));
        }
    }

    /// Binary operators. Long chains lean to the left, so the left spine is walked, not recursed into.
    fn binary(&mut self, node: Node<'_>) -> ExpressionId {
        let mut spine = Vec::new();
        let mut leftmost = node;
        while leftmost.kind() == "binary_expression" {
            let Some(left) = field(leftmost, "left") else { break };
            spine.push(leftmost);
            leftmost = left;
        }
        if spine.is_empty() {
            let kind = self.opaque(node);
            return self.push(kind, range_of(node));
        }
        let mut value = self.expression(leftmost);
        let mut concatenated = Vec::new();
        while let Some(step) = spine.pop() {
            let range = range_of(step);
            let right = self.expression_in(step, "right");
            let kind = match operator(step) {
                "+" => {
                    if concatenated.is_empty() {
                        concatenated.push(value);
                    }
                    concatenated.push(right);
                    if spine.last().is_some_and(|next| operator(*next) == "+") {
                        continue;
                    }
                    ExpressionKind::Concat(std::mem::take(&mut concatenated))
                }
                "||" | "??" => ExpressionKind::Default { value, fallback: right },
                "&&" => ExpressionKind::Choice { condition: Some(value), options: vec![right] },
                other => match Operator::written(other) {
                    Some(operator) => ExpressionKind::Arithmetic { operator, left: value, right },
                    None => ExpressionKind::Opaque(vec![value, right]),
                },
            };
            value = self.push(kind, range);
        }
        value
    }

    fn unary(&mut self, node: Node<'_>) -> ExpressionKind {
        let argument = field(node, "argument");
        match (operator(node), argument) {
            // A sign before digits is part of the number, and `void 0` is how compilers write `undefined`.
            ("-", Some(argument)) if argument.kind() == "number" => {
                ExpressionKind::Number(format!("-{}", self.written(argument)).into())
            }
            ("void", Some(argument)) if argument.kind() == "number" => ExpressionKind::Null,
            _ => self.opaque(node),
        }
    }

    fn ternary(&mut self, node: Node<'_>) -> ExpressionKind {
        let condition = Some(self.expression_in(node, "condition"));
        let options = vec![self.expression_in(node, "consequence"), self.expression_in(node, "alternative")];
        ExpressionKind::Choice { condition, options }
    }

    /// `a, b`: all but the last is evaluated for its effect alone.
    fn sequence(&mut self, node: Node<'_>) -> ExpressionId {
        let nodes = named_children(node);
        let mut values: Vec<_> = nodes.iter().map(|child| self.expression(*child)).collect();
        let Some(last) = values.pop() else {
            return self.push(ExpressionKind::Opaque(Vec::new()), range_of(node));
        };
        let condition = match values.as_slice() {
            [] => return last,
            [only] => *only,
            _ => {
                let covered = range_of(nodes[0]).cover(range_of(nodes[values.len() - 1]));
                self.push(ExpressionKind::Opaque(values), covered)
            }
        };
        self.push(ExpressionKind::Choice { condition: Some(condition), options: vec![last] }, range_of(node))
    }

    fn member(&mut self, node: Node<'_>) -> ExpressionKind {
        let (Some(object), Some(property)) = (field(node, "object"), field(node, "property")) else {
            return self.opaque(node);
        };
        ExpressionKind::Member {
            object: self.expression(object),
            name: self.name(property),
            name_range: range_of(property),
        }
    }

    fn call(&mut self, node: Node<'_>) -> ExpressionKind {
        let (Some(function), Some(given)) = (field(node, "function"), field(node, "arguments")) else {
            return self.opaque(node);
        };
        if given.kind() == "template_string" {
            return ExpressionKind::Opaque(vec![self.expression(function), self.expression(given)]);
        }
        let specifiers = named_children(given);
        let loads = match function.kind() {
            "import" => !specifiers.is_empty(),
            "identifier" => specifiers.len() == 1 && self.written(function) == "require",
            _ => false,
        };
        if loads && specifiers[0].kind() != "spread_element" {
            return ExpressionKind::Import(self.expression(specifiers[0]));
        }
        let callee = self.expression(function);
        ExpressionKind::Call { callee, arguments: self.arguments(given) }
    }

    fn construction(&mut self, node: Node<'_>) -> ExpressionKind {
        let class = self.expression_in(node, "constructor");
        let arguments = field(node, "arguments").map(|given| self.arguments(given)).unwrap_or_default();
        ExpressionKind::Construct { class, arguments, body: None }
    }

    /// What stands between the parentheses of a call. An error that holds no expression takes no position.
    pub(super) fn arguments(&mut self, node: Node<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for child in named_children(node) {
            let (spread, value) = match child.kind() {
                "spread_element" => (Spread::Sequence, self.spread_value(child)),
                "ERROR" if named_children(child).is_empty() => continue,
                _ => (Spread::None, self.expression(child)),
            };
            arguments.push(Argument { keyword: None, spread, value });
        }
        arguments
    }

    fn spread_value(&mut self, node: Node<'_>) -> ExpressionId {
        match named_children(node).first() {
            Some(value) => self.expression(*value),
            None => self.push(ExpressionKind::Opaque(Vec::new()), range_of(node)),
        }
    }

    fn entries(&mut self, node: Node<'_>) -> Vec<Entry> {
        named_children(node).into_iter().filter_map(|child| self.entry(child)).collect()
    }

    /// One part of an object literal. An error in it may have been anything, so it leaves the object open.
    fn entry(&mut self, node: Node<'_>) -> Option<Entry> {
        match node.kind() {
            "pair" => {
                let written = field(node, "key")?;
                let key = self.key(written);
                let value = match field(node, "value") {
                    Some(value) if is_function(value) && written.kind() == "property_identifier" => {
                        let name = self.name(written);
                        self.named_expression(value, Some(name))
                    }
                    _ => self.expression_in(node, "value"),
                };
                Some(Entry::Keyed { key, value })
            }
            "shorthand_property_identifier" => {
                let key = self.push(ExpressionKind::Text(self.written(node).into()), range_of(node));
                Some(Entry::Keyed { key, value: self.expression(node) })
            }
            "method_definition" => {
                let name = field(node, "name")?;
                let key = if has_token(node, "set") {
                    let setter = self.method_name(node).unwrap_or_default();
                    self.push(ExpressionKind::Text(setter), range_of(name))
                } else {
                    self.key(name)
                };
                let function = self.object_method(node);
                let value = self.push(ExpressionKind::Function(function), range_of(node));
                Some(Entry::Keyed { key, value })
            }
            "spread_element" => Some(Entry::Spread(self.spread_value(node))),
            _ => Some(Entry::Spread(self.expression(node))),
        }
    }

    /// The key of an entry: a text unless it is computed.
    fn key(&mut self, node: Node<'_>) -> ExpressionId {
        let value = match node.kind() {
            "computed_property_name" => {
                return match named_children(node).first() {
                    Some(inner) => self.expression(*inner),
                    None => self.push(ExpressionKind::Opaque(Vec::new()), range_of(node)),
                };
            }
            "string" => text::string_value(self.written(node)),
            _ => self.written(node).into(),
        };
        self.push(ExpressionKind::Text(value), range_of(node))
    }

    fn elements(&mut self, node: Node<'_>) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut filled = false;
        for child in children(node) {
            match child.kind() {
                "," if filled => filled = false,
                "," => {
                    let hole = ByteRange::new(child.start_byte(), child.start_byte());
                    elements.push(Element::Item(self.push(ExpressionKind::Null, hole)));
                }
                "spread_element" => {
                    elements.push(Element::Spread(self.spread_value(child)));
                    filled = true;
                }
                _ if child.is_named() => {
                    elements.push(Element::Item(self.expression(child)));
                    filled = true;
                }
                _ => {}
            }
        }
        elements
    }

    fn assignment(&mut self, node: Node<'_>) -> ExpressionKind {
        let Some(left) = field(node, "left") else { return self.opaque(node) };
        let target = self.pattern(left, None);
        let name = match &target {
            Pattern::Name { name, .. } => Some(name.clone()),
            // `exports.token = () => …`: what the function is known by, for people.
            _ => field(left, "property")
                .filter(|_| field(node, "right").is_some_and(is_function))
                .map(|own| self.name(own)),
        };
        let operator = field(node, "operator").map_or("=", |operator| operator.kind());
        let value = match field(node, "right") {
            Some(right) if matches!(operator, "=" | "||=" | "??=") => self.named_expression(right, name),
            Some(right) => self.expression(right),
            None => self.expression_in(node, "right"),
        };
        let value = match operator {
            "=" | "+=" => value,
            _ => {
                let old = self.old_value(&target, range_of(left));
                let kind = match operator {
                    "||=" | "??=" => ExpressionKind::Default { value: old, fallback: value },
                    _ => ExpressionKind::Opaque(vec![old, value]),
                };
                self.push(kind, range_of(node))
            }
        };
        ExpressionKind::Store { target, append: operator == "+=", value }
    }

    /// What the target of an augmented assignment holds before it.
    fn old_value(&mut self, target: &Pattern, range: ByteRange) -> ExpressionId {
        match target {
            Pattern::Name { name, range, .. } => self.push(ExpressionKind::Name(name.clone()), *range),
            Pattern::Place(place) => *place,
            _ => self.push(ExpressionKind::Opaque(Vec::new()), range),
        }
    }

    /// JSX: the component if it is one of the program's own names, the attributes' values, and what is embedded.
    fn markup(&mut self, node: Node<'_>) -> Vec<ExpressionId> {
        let mut parts = Vec::new();
        let head = field(node, "open_tag").unwrap_or(node);
        if let Some(component) = field(head, "name") {
            let is_own = self.written(component).starts_with(|first: char| !first.is_lowercase());
            if component.kind() == "member_expression" || (component.kind() == "identifier" && is_own) {
                parts.push(self.expression(component));
            }
        }
        let mut embedded = fields(head, "attribute");
        if head != node {
            embedded.extend(named_children(node));
        }
        for part in embedded {
            match part.kind() {
                "jsx_attribute" => self.markup_attribute(part, &mut parts),
                "jsx_expression" => self.markup_values(part, &mut parts),
                "jsx_element" | "jsx_self_closing_element" | "ERROR" => parts.push(self.expression(part)),
                _ => {}
            }
        }
        parts
    }

    fn markup_attribute(&mut self, node: Node<'_>, parts: &mut Vec<ExpressionId>) {
        // The first child is the attribute's name.
        for value in named_children(node).into_iter().skip(1) {
            match value.kind() {
                "string" => {
                    let kind = ExpressionKind::Text(text::attribute_value(self.written(value)));
                    parts.push(self.push(kind, range_of(value)));
                }
                "jsx_expression" => self.markup_values(value, parts),
                _ => parts.push(self.expression(value)),
            }
        }
    }

    fn markup_values(&mut self, node: Node<'_>, parts: &mut Vec<ExpressionId>) {
        for value in named_children(node) {
            parts.push(match value.kind() {
                "spread_element" => self.spread_value(value),
                _ => self.expression(value),
            });
        }
    }

    /// A function that holds statements which an error left without one.
    fn function_of_statements(&mut self, body: Block, range: ByteRange) -> FunctionId {
        let id = self.reserve_function(None, FunctionKind::Free, None, range);
        self.module.functions[id.0 as usize].body = Some(body);
        id
    }

    /// The name of a property as it can be looked up; one that is computed keeps its brackets, so that it is no name.
    pub(super) fn property_name(&self, node: Node<'_>) -> Name {
        match node.kind() {
            "string" => text::string_value(self.written(node)),
            "computed_property_name" => match child_of_kind(node, "string") {
                Some(constant) => text::string_value(self.written(constant)),
                None => self.name(node),
            },
            _ => self.name(node),
        }
    }
}

/// The operator of a unary or binary expression.
fn operator<'tree>(node: Node<'tree>) -> &'tree str {
    field(node, "operator").map_or("", |operator| operator.kind())
}

/// Whether nothing inside a node is an expression: parts of other nodes that errors leave over, and types.
fn is_inert(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "regex_pattern"
            | "regex_flags"
            | "property_identifier"
            | "private_property_identifier"
            | "statement_identifier"
            | "string_fragment"
            | "escape_sequence"
            | "jsx_text"
            | "html_character_reference"
            | "optional_chain"
            | "type_annotation"
            | "type_arguments"
            | "type_parameters"
            | "type_identifier"
            | "predefined_type"
            | "accessibility_modifier"
            | "override_modifier"
            | "hash_bang_line"
    )
}
