//! Functions, parameters, decorators and classes.

use tree_sitter::Node;

use super::super::ir::{
    Annotation, Block, Class, ClassId, ExpressionId, ExpressionKind, Field, Function, FunctionId, FunctionKind,
    Parameter, Pattern, Spread, Statement, StatementKind,
};
use super::types::declared_type;
use super::{Lowering, field, named_children, range_of, statement_at};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// A function or class with its decorators. In a class body it becomes a member of the class, not a statement.
    pub(super) fn definition(&mut self, node: Node, statements: &mut Vec<Statement>) {
        let (definition, decorators) = match node.kind() {
            "decorated_definition" => {
                let decorators = named_children(node).into_iter().filter(|child| child.kind() == "decorator").collect();
                (field(node, "definition"), decorators)
            }
            _ => (Some(node), Vec::new()),
        };
        let Some(definition) = definition else {
            let value = self.opaque(node);
            statements.push(statement_at(StatementKind::Expression(value), node));
            return;
        };
        if definition.kind() == "class_definition" {
            let class = self.class_definition(definition, &decorators, range_of(node));
            match self.class {
                Some(outer) => self.class_mut(outer).classes.push(class),
                None => statements.push(statement_at(StatementKind::Class(class), node)),
            }
        } else {
            let function = self.function_definition(definition, &decorators, range_of(node));
            match self.class {
                Some(class) => self.class_mut(class).methods.push(function),
                None => statements.push(statement_at(StatementKind::Function(function), node)),
            }
        }
    }

    /// A `lambda`: a function that returns its body.
    pub(super) fn lambda(&mut self, node: Node) -> FunctionId {
        let id = self.reserve_function(range_of(node));
        let outer = self.class.take();
        let parameters = field(node, "parameters").map(|list| self.parameters(list)).unwrap_or_default();
        let value = field(node, "body").map(|body| (self.expression(body), body));
        let body = value.map(|(value, body)| Block(vec![statement_at(StatementKind::Return(Some(value)), body)]));
        self.class = outer;
        let function = self.function_mut(id);
        function.parameters = parameters;
        function.body = body;
        id
    }

    /// Gives a lambda the name under which it is stored.
    pub(super) fn name_lambda(&mut self, value: ExpressionId, name: &str) {
        if let ExpressionKind::Function(id) = self.module.expression(value).kind {
            self.function_mut(id).name.get_or_insert_with(|| name.into());
        }
    }

    fn function_definition(&mut self, node: Node, decorators: &[Node], range: ByteRange) -> FunctionId {
        let id = self.reserve_function(range);
        // Decorators, defaults and hints are evaluated outside, but no statement can stand in them.
        let class = self.class.take();
        let annotations = self.annotations(decorators);
        let mut parameters = field(node, "parameters").map(|list| self.parameters(list)).unwrap_or_default();
        let name = field(node, "name").map(|name| self.text_of(name)).unwrap_or_default();
        let kind = match class {
            Some(_) => method_kind(name, &annotations),
            None => FunctionKind::Free,
        };
        let is_static = annotations.iter().any(|annotation| last_segment(&annotation.name) == "staticmethod");
        let receiver = if class.is_some() && !is_static { take_receiver(&mut parameters) } else { None };
        let body = self.block_of(node, "body");
        self.class = class;
        let returns = field(node, "return_type").and_then(|hint| declared_type(self.text_of(hint)));
        *self.function_mut(id) = Function {
            name: Some(name.into()),
            range,
            kind,
            receiver,
            parameters,
            body: Some(body),
            returns,
            annotations,
            class,
        };
        id
    }

    /// Parameters in order; the separators `/` and `*` bind nothing.
    fn parameters(&mut self, list: Node) -> Vec<Parameter> {
        named_children(list).into_iter().filter_map(|node| self.parameter(node)).collect()
    }

    fn parameter(&mut self, node: Node) -> Option<Parameter> {
        let (target, default) = match node.kind() {
            "identifier" | "list_splat_pattern" | "dictionary_splat_pattern" | "tuple_pattern" => (node, None),
            "typed_parameter" => (*named_children(node).first()?, None),
            "default_parameter" | "typed_default_parameter" => (field(node, "name")?, field(node, "value")),
            _ => return None,
        };
        let spread = match target.kind() {
            "list_splat_pattern" => Spread::Sequence,
            "dictionary_splat_pattern" => Spread::Mapping,
            _ => Spread::None,
        };
        let declared = self.declared(node);
        let target = if spread == Spread::None { target } else { *named_children(target).first()? };
        let pattern = self.pattern(target, declared);
        let default = default.map(|value| self.expression(value));
        Some(Parameter { pattern, default, spread, annotations: Vec::new() })
    }

    fn annotations(&mut self, decorators: &[Node]) -> Vec<Annotation> {
        decorators.iter().map(|decorator| self.annotation(*decorator)).collect()
    }

    fn annotation(&mut self, decorator: Node) -> Annotation {
        let range = range_of(decorator);
        let Some(expression) = named_children(decorator).into_iter().next() else {
            return Annotation { name: "".into(), arguments: Vec::new(), range };
        };
        let (callee, list) = match expression.kind() {
            "call" => (field(expression, "function").unwrap_or(expression), field(expression, "arguments")),
            _ => (expression, None),
        };
        let arguments = list.map(|list| self.arguments(list)).unwrap_or_default();
        Annotation { name: self.without_blanks(callee), arguments, range }
    }

    fn class_definition(&mut self, node: Node, decorators: &[Node], range: ByteRange) -> ClassId {
        let id = ClassId(u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX));
        self.module.classes.push(Class {
            name: field(node, "name").map(|name| self.text_of(name).into()),
            range,
            is_interface: false,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            classes: Vec::new(),
            body: Block::default(),
            annotations: Vec::new(),
            outer: self.class,
        });
        let annotations = self.annotations(decorators);
        self.class_mut(id).annotations = annotations;
        let mut body = Block::default();
        let mut is_abstract = true;
        for base in field(node, "superclasses").map(named_children).unwrap_or_default() {
            let name = match base.kind() {
                "identifier" | "attribute" | "subscript" | "string" => declared_type(self.text_of(base)),
                _ => None,
            };
            let Some(name) = name else {
                // A metaclass, a class that a call makes: evaluated, but no name of a base.
                is_abstract &= base.kind() == "keyword_argument";
                let value = match base.kind() {
                    "keyword_argument" => self.field_expression(base, "value"),
                    _ => self.expression(base),
                };
                body.0.push(statement_at(StatementKind::Expression(value), base));
                continue;
            };
            is_abstract &= matches!(last_segment(&name), "Protocol" | "ABC");
            self.class_mut(id).bases.push(name);
        }
        let outer = self.class.replace(id);
        for child in field(node, "body").map(named_children).unwrap_or_default() {
            self.class_statement(child, id, &mut body.0);
        }
        self.class = outer;
        let has_code = self.module.class(id).methods.iter().any(|method| self.has_code(*method));
        let class = self.class_mut(id);
        class.body = body;
        class.is_interface = is_abstract && !class.bases.is_empty() && !has_code;
        id
    }

    /// A statement of a class body: assignments to plain names are fields.
    fn class_statement(&mut self, node: Node, class: ClassId, statements: &mut Vec<Statement>) {
        if node.kind() == "expression_statement"
            && let [assignment] = named_children(node)[..]
            && assignment.kind() == "assignment"
            && let Some(fields) = self.fields_of(assignment)
        {
            self.class_mut(class).fields.extend(fields);
        } else {
            self.statement(node, statements);
        }
    }

    /// The fields that an assignment declares, or nothing where a target is no plain name.
    fn fields_of(&mut self, assignment: Node) -> Option<Vec<Field>> {
        let mut names = Vec::new();
        let mut last = assignment;
        loop {
            let name = field(last, "left").filter(|left| left.kind() == "identifier")?;
            names.push(name);
            match field(last, "right").filter(|right| right.kind() == "assignment") {
                Some(next) => last = next,
                None => break,
            }
        }
        let declared = self.declared(assignment);
        let value = field(last, "right").map(|right| self.expression(right));
        let fields = names.into_iter().map(|node| {
            let name = self.text_of(node);
            if let Some(value) = value {
                self.name_lambda(value, name);
            }
            Field {
                name: name.into(),
                range: range_of(assignment),
                declared: declared.clone(),
                value,
                is_static: true,
                annotations: Vec::new(),
            }
        });
        Some(fields.collect())
    }

    /// Whether a method does something: a docstring, an ellipsis and `pass` are nothing.
    fn has_code(&self, method: FunctionId) -> bool {
        let Some(body) = &self.module.function(method).body else { return false };
        body.0.iter().any(|statement| match statement.kind {
            StatementKind::Expression(value) => {
                !matches!(self.module.expression(value).kind, ExpressionKind::Text(_) | ExpressionKind::Null)
            }
            _ => true,
        })
    }

    /// A place for a function that begins here, so that functions stand in the order in which they begin.
    fn reserve_function(&mut self, range: ByteRange) -> FunctionId {
        let id = FunctionId(u32::try_from(self.module.functions.len()).unwrap_or(u32::MAX));
        self.module.functions.push(Function {
            name: None,
            range,
            kind: FunctionKind::Free,
            receiver: None,
            parameters: Vec::new(),
            body: None,
            returns: None,
            annotations: Vec::new(),
            class: None,
        });
        id
    }

    fn function_mut(&mut self, id: FunctionId) -> &mut Function {
        &mut self.module.functions[id.0 as usize]
    }

    fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.module.classes[id.0 as usize]
    }
}

/// What a function in a class body is, from its name and decorators.
fn method_kind(name: &str, annotations: &[Annotation]) -> FunctionKind {
    let decorated =
        |wanted: &[&str]| annotations.iter().any(|annotation| wanted.contains(&last_segment(&annotation.name)));
    if matches!(name, "__init__" | "__new__" | "__post_init__") {
        FunctionKind::Constructor
    } else if decorated(&["property", "cached_property"]) {
        FunctionKind::Getter
    } else if decorated(&["staticmethod", "classmethod"]) {
        FunctionKind::Static
    } else {
        FunctionKind::Method
    }
}

/// Takes the first parameter of a method away, where it can be a receiver.
fn take_receiver(parameters: &mut Vec<Parameter>) -> Option<Box<str>> {
    let first = parameters.first().filter(|first| first.spread == Spread::None)?;
    let Pattern::Name { name, .. } = &first.pattern else { return None };
    let name = name.clone();
    parameters.remove(0);
    Some(name)
}

/// What stands behind the last dot.
fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
