//! Classes, interfaces and enums.

use tree_sitter::Node;

use super::functions::is_getter;
use super::{Lowering, children, field, has_token, named_children, range_of};
use crate::facts::ir::{
    Annotation, Block, Class, ClassId, ExpressionKind, Field, FunctionId, FunctionKind, Name, Statement, StatementKind,
};

/// What a class body has given so far.
#[derive(Default)]
struct Members {
    fields: Vec<Field>,
    methods: Vec<FunctionId>,
    body: Vec<Statement>,
}

impl Lowering<'_> {
    /// A class declaration or expression; `name` is for one without a name of its own, `annotations` are those that
    /// stand before it outside its node.
    pub(super) fn class(&mut self, node: Node<'_>, name: Option<Name>, mut annotations: Vec<Annotation>) -> ClassId {
        let name = field(node, "name").map(|own| self.name(own)).or(name);
        let id = self.reserve_class(node, name);
        annotations.extend(self.decorators(node));
        let mut members = Members::default();
        let bases = self.heritage(node, &mut members);
        if let Some(body) = field(node, "body") {
            self.members(body, id, &mut members);
        }
        self.fill_class(id, bases, members, annotations);
        id
    }

    /// An interface: signatures alone.
    pub(super) fn interface(&mut self, node: Node<'_>) -> ClassId {
        let name = field(node, "name").map(|own| self.name(own));
        let id = self.reserve_class(node, name);
        self.module.classes[id.0 as usize].is_interface = true;
        let mut members = Members::default();
        let bases = self.heritage(node, &mut members);
        if let Some(body) = field(node, "body") {
            self.members(body, id, &mut members);
        }
        self.fill_class(id, bases, members, Vec::new());
        id
    }

    /// An enum: a class whose constants are static fields.
    pub(super) fn enumeration(&mut self, node: Node<'_>) -> ClassId {
        let name = field(node, "name").map(|own| self.name(own));
        let id = self.reserve_class(node, name);
        let mut members = Members::default();
        // The number of the next constant without a value; nothing behind one that is no plain number.
        let mut next = Some(0_i64);
        for child in field(node, "body").map(named_children).unwrap_or_default() {
            let (named, value) = match child.kind() {
                "enum_assignment" => {
                    let Some(named) = field(child, "name") else { continue };
                    let value = self.expression_in(child, "value");
                    next = match &self.module.expression(value).kind {
                        ExpressionKind::Number(number) => number.parse().ok().and_then(|last: i64| last.checked_add(1)),
                        _ => None,
                    };
                    (named, Some(value))
                }
                "ERROR" => continue,
                _ => {
                    let number = next.map(|number| ExpressionKind::Number(number.to_string().into()));
                    next = next.and_then(|last| last.checked_add(1));
                    (child, number.map(|number| self.push(number, range_of(child))))
                }
            };
            members.fields.push(Field {
                name: self.property_name(named),
                range: range_of(child),
                declared: None,
                value,
                is_static: true,
                annotations: Vec::new(),
            });
        }
        self.fill_class(id, Vec::new(), members, Vec::new());
        id
    }

    /// Takes the next place among the classes, so that they stand in the order in which they begin.
    fn reserve_class(&mut self, node: Node<'_>, name: Option<Name>) -> ClassId {
        let id = ClassId(u32::try_from(self.module.classes.len()).unwrap_or(u32::MAX));
        self.module.classes.push(Class {
            name,
            range: range_of(node),
            is_interface: false,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            classes: Vec::new(),
            body: Block::default(),
            annotations: Vec::new(),
            outer: None,
        });
        id
    }

    fn fill_class(&mut self, id: ClassId, bases: Vec<Name>, members: Members, annotations: Vec<Annotation>) {
        let class = &mut self.module.classes[id.0 as usize];
        class.bases = bases;
        class.fields = members.fields;
        class.methods = members.methods;
        class.body = Block(members.body);
        class.annotations = annotations;
    }

    /// What a class extends and implements. A base that is computed has no name; it is kept as an expression.
    fn heritage(&mut self, node: Node<'_>, members: &mut Members) -> Vec<Name> {
        let clauses: Vec<_> = named_children(node)
            .into_iter()
            .flat_map(|child| match child.kind() {
                // TypeScript has clauses in here, JavaScript the base itself.
                "class_heritage" => named_children(child),
                "extends_type_clause" => vec![child],
                _ => Vec::new(),
            })
            .collect();
        let mut bases = Vec::new();
        for clause in clauses {
            let parts = match clause.kind() {
                "extends_clause" | "implements_clause" | "extends_type_clause" => named_children(clause),
                _ => vec![clause],
            };
            for part in parts {
                match self.path(part) {
                    Some(base) => bases.push(base),
                    None if matches!(clause.kind(), "implements_clause" | "extends_type_clause")
                        || part.kind() == "type_arguments" => {}
                    None => {
                        let kind = StatementKind::Expression(self.expression(part));
                        members.body.push(Statement { kind, range: range_of(part) });
                    }
                }
            }
        }
        bases
    }

    fn members(&mut self, body: Node<'_>, class: ClassId, members: &mut Members) {
        let nodes = children(body);
        let implemented: Vec<_> = nodes
            .iter()
            .filter(|node| node.kind() == "method_definition")
            .filter_map(|node| self.method_name(*node))
            .collect();
        // The TypeScript grammar has a method's decorators before it, the JavaScript grammar inside it.
        let mut annotations = Vec::new();
        for node in nodes {
            match node.kind() {
                "decorator" => annotations.extend(self.decorator(node)),
                "method_definition" => self.method(node, class, std::mem::take(&mut annotations), members),
                "abstract_method_signature" | "method_signature" => {
                    let annotations = std::mem::take(&mut annotations);
                    // A signature beside the method itself is an overload and would only hide it.
                    if !self.method_name(node).is_some_and(|name| implemented.contains(&name)) {
                        self.method(node, class, annotations, members);
                    }
                }
                "field_definition" | "public_field_definition" | "property_signature" => {
                    self.member_field(node, std::mem::take(&mut annotations), members);
                }
                "class_static_block" => {
                    let statements = field(node, "body").map(children).unwrap_or_default();
                    let kind = StatementKind::Block(self.block(statements));
                    members.body.push(Statement { kind, range: range_of(node) });
                }
                "ERROR" => members.body.extend(self.block(vec![node]).0),
                _ => {}
            }
        }
    }

    fn method(&mut self, node: Node<'_>, class: ClassId, mut annotations: Vec<Annotation>, members: &mut Members) {
        annotations.extend(self.decorators(node));
        let name = self.method_name(node);
        let kind = if is_getter(node) {
            FunctionKind::Getter
        } else if is_static(node) {
            FunctionKind::Static
        } else if name.as_deref() == Some("constructor") {
            FunctionKind::Constructor
        } else {
            FunctionKind::Method
        };
        let (id, properties) = self.function_with_properties(node, name, kind, Some(class));
        self.module.functions[id.0 as usize].annotations = annotations;
        members.methods.push(id);
        if kind == FunctionKind::Constructor {
            members.fields.extend(properties);
        }
    }

    fn member_field(&mut self, node: Node<'_>, mut annotations: Vec<Annotation>, members: &mut Members) {
        let Some(named) = field(node, "name").or_else(|| field(node, "property")) else { return };
        annotations.extend(self.decorators(node));
        let value = field(node, "value").map(|value| self.expression(value));
        members.fields.push(Field {
            name: self.property_name(named),
            range: range_of(node),
            declared: self.declared_type(field(node, "type")),
            value,
            is_static: is_static(node),
            annotations,
        });
    }
}

/// Whether a member belongs to the class itself.
fn is_static(node: Node<'_>) -> bool {
    has_token(node, "static") || has_token(node, "static get")
}
