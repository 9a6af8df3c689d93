//! Classes of all sorts, their fields, methods and annotations.
//!
//! It owns what stands in a class body; records' implied members have their own file.

use tree_sitter::Node;

use super::Lowering;
use super::nodes::{self, field, parts};
use crate::facts::ir::{
    Annotation, Argument, Block, Class, ClassId, ExpressionKind, Field, FunctionId, FunctionKind, Name, Parameter,
    Pattern, Spread,
};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// Lowers a declaration of a class, interface, enum, record or annotation type.
    pub(super) fn class(&mut self, node: Node<'_>) -> ClassId {
        let id = self.reserve_class(nodes::range(node));
        let around = self.class.replace(id);
        let annotations = self.annotations(node);
        let mut bases = Vec::new();
        for part in parts(node) {
            match part.kind() {
                "superclass" => bases.extend(nodes::first_type(part).and_then(|base| self.type_name(base))),
                "super_interfaces" | "extends_interfaces" => {
                    let list = nodes::child_of_kind(part, "type_list").map(parts).unwrap_or_default();
                    bases.extend(list.into_iter().filter_map(|base| self.type_name(base)));
                }
                _ => {}
            }
        }
        let name = field(node, "name").map(|name| self.name(name));
        let class = self.class_mut(id);
        class.name = name;
        class.bases = bases;
        class.annotations = annotations;
        class.is_interface = matches!(node.kind(), "interface_declaration" | "annotation_type_declaration");
        let body = field(node, "body");
        if node.kind() == "record_declaration" {
            self.record_members(node, body, id);
        }
        if let Some(body) = body {
            self.members(body, id);
        }
        if nodes::has_modifier(node, "abstract") && self.is_only_described(id) {
            self.class_mut(id).is_interface = true;
        }
        self.class = around;
        id
    }

    /// Lowers the body of an anonymous class or of an enum constant.
    pub(super) fn anonymous_class(&mut self, body: Node<'_>, base: Name) -> ClassId {
        let id = self.reserve_class(nodes::range(body));
        self.class_mut(id).bases.push(base);
        let around = self.class.replace(id);
        self.members(body, id);
        self.class = around;
        id
    }

    /// Makes room for a class before its parts are lowered, since classes stand in the order in which they begin.
    fn reserve_class(&mut self, range: ByteRange) -> ClassId {
        let id = ClassId(u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX));
        self.module.classes.push(Class {
            name: None,
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
        id
    }

    /// The class behind an id, to fill in.
    pub(super) fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.module.classes[id.0 as usize]
    }

    /// Whether a class has annotations and methods, none of them with a body: something else implements it.
    fn is_only_described(&self, id: ClassId) -> bool {
        let class = self.module.class(id);
        let mut methods = class
            .methods
            .iter()
            .map(|id| self.module.function(*id))
            .filter(|method| method.kind != FunctionKind::Constructor)
            .peekable();
        !class.annotations.is_empty() && methods.peek().is_some() && methods.all(|method| method.body.is_none())
    }

    fn members(&mut self, body: Node<'_>, id: ClassId) {
        // A name that a field's value binds by a pattern belongs to this class, not to a statement around it.
        let Block(mut initialisers) = self.scoped(|lowering, out| {
            for part in parts(body) {
                match part.kind() {
                    "field_declaration" | "constant_declaration" => lowering.field_declaration(part, id),
                    "enum_constant" => lowering.enum_constant(part, id),
                    "enum_body_declarations" | "ERROR" => lowering.members(part, id),
                    kind if nodes::is_function(kind) => {
                        let method = lowering.function(part);
                        lowering.class_mut(id).methods.push(method);
                    }
                    kind if nodes::is_class(kind) => {
                        let inner = lowering.class(part);
                        lowering.class_mut(id).classes.push(inner);
                    }
                    _ => lowering.statement(part, out),
                }
            }
        });
        self.class_mut(id).body.0.append(&mut initialisers);
    }

    fn field_declaration(&mut self, node: Node<'_>, id: ClassId) {
        let declared = self.declared_type(node);
        // A constant of an interface has no need to say that it is static.
        let is_static = node.kind() == "constant_declaration"
            || nodes::has_modifier(node, "static")
            || self.module.class(id).is_interface;
        let declarators = nodes::fields(node, "declarator");
        for declarator in &declarators {
            let Some(name) = field(*declarator, "name") else {
                continue;
            };
            let new = Field {
                name: self.name(name),
                // A declaration of one field is all of the declaration, `;` included.
                range: nodes::range(if declarators.len() == 1 { node } else { *declarator }),
                declared: self.with_dimensions(declared.as_deref(), *declarator),
                annotations: self.annotations(node),
                value: self.initial_value(*declarator),
                is_static,
            };
            self.class_mut(id).fields.push(new);
        }
    }

    fn enum_constant(&mut self, node: Node<'_>, id: ClassId) {
        let Some(name) = field(node, "name") else {
            return;
        };
        let annotations = self.annotations(node);
        let declared = self.module.class(id).name.clone();
        let enum_name = declared.clone().unwrap_or_default();
        let class = self.push(ExpressionKind::Name(enum_name.clone()), name);
        let arguments = self.arguments(field(node, "arguments"));
        let body = field(node, "body").map(|body| self.anonymous_class(body, enum_name));
        let value = Some(self.push(ExpressionKind::Construct { class, arguments, body }, node));
        let name = self.name(name);
        let range = nodes::range(node);
        self.class_mut(id).fields.push(Field { name, range, declared, value, is_static: true, annotations });
    }

    /// Lowers a method, a constructor, or the element of an annotation type.
    pub(super) fn function(&mut self, node: Node<'_>) -> FunctionId {
        let kind = match node.kind() {
            "constructor_declaration" | "compact_constructor_declaration" => FunctionKind::Constructor,
            _ if nodes::has_modifier(node, "static") => FunctionKind::Static,
            // What an error has torn out of its class, or a file without classes.
            _ if self.class.is_none() => FunctionKind::Free,
            _ => FunctionKind::Method,
        };
        let id = self.reserve_function(nodes::range(node), kind);
        let annotations = self.annotations(node);
        let is_compact = node.kind() == "compact_constructor_declaration";
        let parameters = match field(node, "parameters") {
            Some(list) => self.parameters(list),
            None if is_compact => self.component_parameters(),
            None => Vec::new(),
        };
        let declared = self.declared_type(node);
        let returns = self.with_dimensions(declared.as_deref(), node);
        let mut body = field(node, "body").map(|body| self.block(body));
        if let (true, Some(Block(statements))) = (is_compact, &mut body) {
            self.store_components(statements);
        }
        if body.is_none() {
            body = field(node, "value").map(|default| self.default_element(default));
        }
        let name = field(node, "name").map(|name| self.name(name));
        let function = self.function_mut(id);
        function.name = name;
        function.parameters = parameters;
        function.body = body;
        function.returns = returns;
        function.annotations = annotations;
        id
    }

    /// Lowers a list of parameters; a receiver parameter (`Type this`) is none.
    pub(super) fn parameters(&mut self, list: Node<'_>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for part in parts(list) {
            let (pattern, spread) = match part.kind() {
                "formal_parameter" => (self.binding(part, self.declared_type(part).as_deref()), Spread::None),
                "spread_parameter" => (self.spread_binding(part), Spread::Sequence),
                _ => continue,
            };
            let annotations = self.annotations(part);
            parameters.push(Parameter { pattern, default: None, spread, annotations });
        }
        parameters
    }

    /// `Type... names`: inside, the name is an array.
    pub(super) fn spread_binding(&self, node: Node<'_>) -> Pattern {
        let declared = nodes::first_type(node).and_then(|class| self.type_name(class));
        let declared = declared.map(|declared| format!("{declared}[]"));
        match nodes::child_of_kind(node, "variable_declarator") {
            Some(declarator) => self.binding(declarator, declared.as_deref()),
            None => Pattern::Ignore,
        }
    }

    /// The annotations of a declaration: among its modifiers, or behind the type parameters of a method.
    pub(super) fn annotations(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let modifiers = nodes::child_of_kind(node, "modifiers").map(parts).unwrap_or_default();
        let found = modifiers.into_iter().chain(parts(node)).filter(|part| nodes::is_annotation(part.kind()));
        found
            .map(|annotation| Annotation {
                name: field(annotation, "name").map(|name| self.path(name)).unwrap_or_default(),
                arguments: self.annotation_arguments(annotation),
                range: nodes::range(annotation),
            })
            .collect()
    }

    /// The arguments of an annotation: one value without a keyword, or named ones.
    pub(super) fn annotation_arguments(&mut self, annotation: Node<'_>) -> Vec<Argument> {
        let list = field(annotation, "arguments").map(parts).unwrap_or_default();
        let mut arguments = Vec::new();
        for part in list {
            let (keyword, value) = match part.kind() {
                "element_value_pair" => (field(part, "key").map(|key| self.name(key)), field(part, "value")),
                "ERROR" => continue,
                _ => (None, Some(part)),
            };
            if let Some(value) = value {
                let value = self.expression(value);
                arguments.push(Argument { keyword, spread: Spread::None, value });
            }
        }
        arguments
    }
}
