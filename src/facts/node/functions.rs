//! Functions, methods, their parameters, and decorators.

use tree_sitter::Node;

use super::{Lowering, children, field, fields, has_token, named_children, range_of};
use crate::facts::ir::{
    Annotation, Block, ClassId, ExpressionKind, Field, Function, FunctionId, FunctionKind, Name, Parameter, Pattern,
    Spread, Statement, StatementKind,
};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// Takes the next place among the functions, so that they stand in the order in which they begin.
    pub(super) fn reserve_function(
        &mut self,
        name: Option<Name>,
        kind: FunctionKind,
        class: Option<ClassId>,
        range: ByteRange,
    ) -> FunctionId {
        let id = FunctionId(u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX));
        self.module.functions.push(Function {
            name,
            range,
            kind,
            receiver: None,
            parameters: Vec::new(),
            body: None,
            returns: None,
            annotations: Vec::new(),
            class,
        });
        id
    }

    /// A function of any kind; one without a body is a signature.
    pub(super) fn function(
        &mut self,
        node: Node<'_>,
        name: Option<Name>,
        kind: FunctionKind,
        class: Option<ClassId>,
    ) -> FunctionId {
        self.function_with_properties(node, name, kind, class).0
    }

    /// A function, and the fields that its parameters declare. A constructor begins with storing them.
    pub(super) fn function_with_properties(
        &mut self,
        node: Node<'_>,
        name: Option<Name>,
        kind: FunctionKind,
        class: Option<ClassId>,
    ) -> (FunctionId, Vec<Field>) {
        let id = self.reserve_function(name, kind, class, range_of(node));
        let mut properties = Vec::new();
        let parameters = match (field(node, "parameters"), field(node, "parameter")) {
            (Some(list), _) => {
                named_children(list).into_iter().filter_map(|child| self.parameter(child, &mut properties)).collect()
            }
            (None, Some(only)) => self.parameter(only, &mut properties).into_iter().collect(),
            (None, None) => Vec::new(),
        };
        let stores: Vec<_> = properties.iter().map(|property| self.property_store(property)).collect();
        let body = field(node, "body").map(|body| {
            let mut block = self.function_body(body);
            block.0.splice(0..0, stores);
            block
        });
        let returns = self.declared_type(field(node, "return_type"));
        let function = &mut self.module.functions[id.0 as usize];
        function.parameters = parameters;
        function.body = body;
        function.returns = returns;
        (id, properties)
    }

    /// A method of an object literal.
    pub(super) fn object_method(&mut self, node: Node<'_>) -> FunctionId {
        let kind = if is_getter(node) { FunctionKind::Getter } else { FunctionKind::Method };
        let name = self.method_name(node);
        self.function(node, name, kind, None)
    }

    /// The name of a method. A setter gets a name that no call can ask for: it would hide the getter beside it.
    pub(super) fn method_name(&self, node: Node<'_>) -> Option<Name> {
        let name = self.property_name(field(node, "name")?);
        Some(if has_token(node, "set") { format!("set {name}").into() } else { name })
    }

    fn function_body(&mut self, body: Node<'_>) -> Block {
        if body.kind() == "statement_block" {
            return self.block(children(body));
        }
        let value = self.expression(body);
        Block(vec![Statement { kind: StatementKind::Return(Some(value)), range: range_of(body) }])
    }

    fn parameter(&mut self, node: Node<'_>, properties: &mut Vec<Field>) -> Option<Parameter> {
        match node.kind() {
            "required_parameter" | "optional_parameter" => self.typed_parameter(node, properties),
            "assignment_pattern" => Some(Parameter {
                pattern: self.pattern_in(node, "left", None),
                default: Some(self.expression_in(node, "right")),
                spread: Spread::None,
                annotations: Vec::new(),
            }),
            "ERROR" => None,
            _ => {
                let spread = if node.kind() == "rest_pattern" { Spread::Sequence } else { Spread::None };
                Some(Parameter { pattern: self.pattern(node, None), default: None, spread, annotations: Vec::new() })
            }
        }
    }

    fn typed_parameter(&mut self, node: Node<'_>, properties: &mut Vec<Field>) -> Option<Parameter> {
        let annotations = self.decorators(node);
        let binding = field(node, "pattern").or_else(|| field(node, "name"))?;
        if binding.kind() == "this" {
            // It only types the receiver and takes no argument.
            return None;
        }
        let declared = self.declared_type(field(node, "type"));
        let spread = if binding.kind() == "rest_pattern" { Spread::Sequence } else { Spread::None };
        let pattern = self.pattern(binding, declared);
        let default = field(node, "value").map(|value| self.expression(value));
        let is_property = has_token(node, "readonly")
            || named_children(node)
                .iter()
                .any(|child| matches!(child.kind(), "accessibility_modifier" | "override_modifier"));
        if is_property && let Pattern::Name { name, declared, .. } = &pattern {
            properties.push(Field {
                name: name.clone(),
                range: range_of(node),
                declared: declared.clone(),
                value: None,
                is_static: false,
                annotations: Vec::new(),
            });
        }
        Some(Parameter { pattern, default, spread, annotations })
    }

    /// `this.name = name`, which a parameter property does before the constructor's body.
    fn property_store(&mut self, property: &Field) -> Statement {
        let range = property.range;
        let object = self.push(ExpressionKind::This, range);
        let member = ExpressionKind::Member { object, name: property.name.clone(), name_range: range };
        let place = self.push(member, range);
        let value = self.push(ExpressionKind::Name(property.name.clone()), range);
        let store = ExpressionKind::Store { target: Pattern::Place(place), append: false, value };
        Statement { kind: StatementKind::Expression(self.push(store, range)), range }
    }

    /// The decorators of a class, member or parameter.
    pub(super) fn decorators(&mut self, node: Node<'_>) -> Vec<Annotation> {
        fields(node, "decorator").into_iter().filter_map(|decorator| self.decorator(decorator)).collect()
    }

    /// One decorator; nothing for one that is neither a path nor a call of one.
    pub(super) fn decorator(&mut self, node: Node<'_>) -> Option<Annotation> {
        let mut applied = named_children(node).into_iter().next()?;
        while applied.kind() == "parenthesized_expression" {
            applied = named_children(applied).into_iter().next()?;
        }
        let (named, given) = match applied.kind() {
            "call_expression" => (field(applied, "function")?, field(applied, "arguments")),
            _ => (applied, None),
        };
        let name = self.path(named)?;
        let arguments = given.map(|given| self.arguments(given)).unwrap_or_default();
        Some(Annotation { name, arguments, range: range_of(node) })
    }
}

/// Whether a method is read like a field. The JavaScript grammar makes one token of `static get` before a line break.
pub(super) fn is_getter(node: Node<'_>) -> bool {
    has_token(node, "get") || has_token(node, "static get")
}
