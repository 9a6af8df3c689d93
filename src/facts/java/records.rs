//! What a record's header and an annotation type's defaults imply: members that nobody wrote.
//!
//! It owns fields, constructor and accessors of records. Their ranges are those of the header or component.

use tree_sitter::Node;

use super::nodes::{self, field, parts};
use super::{Lowering, statement};
use crate::facts::ir::{
    Block, ClassId, ExpressionId, ExpressionKind, Field, FunctionKind, Name, Parameter, Pattern, Spread, Statement,
    StatementKind,
};
use crate::finding::ByteRange;

impl Lowering<'_> {
    /// Adds the components as fields, the constructor and the accessors, except those that the body declares.
    pub(super) fn record_members(&mut self, node: Node<'_>, body: Option<Node<'_>>, id: ClassId) {
        let Some(header) = field(node, "parameters") else {
            return;
        };
        for component in parts(header) {
            let pattern = match component.kind() {
                "formal_parameter" => self.binding(component, self.declared_type(component).as_deref()),
                "spread_parameter" => self.spread_binding(component),
                _ => continue,
            };
            let Pattern::Name { name, declared, .. } = pattern else {
                continue;
            };
            let annotations = self.annotations(component);
            let range = nodes::range(component);
            let new = Field { name, range, declared, value: None, is_static: false, annotations };
            self.class_mut(id).fields.push(new);
        }
        let written = body.map(parts).unwrap_or_default();
        let components = self.components();
        let has_constructor = written.iter().any(|member| {
            member.kind() == "compact_constructor_declaration"
                || (member.kind() == "constructor_declaration" && parameter_count(*member) == components.len())
        });
        if !has_constructor {
            self.implied_constructor(header, id);
        }
        for (name, range, declared) in components {
            let is_written = written.iter().any(|member| {
                member.kind() == "method_declaration"
                    && parameter_count(*member) == 0
                    && field(*member, "name").is_some_and(|written| self.source(written) == &*name)
            });
            if !is_written {
                self.accessor(name, range, declared, id);
            }
        }
    }

    fn implied_constructor(&mut self, header: Node<'_>, id: ClassId) {
        let constructor = self.reserve_function(nodes::range(header), FunctionKind::Constructor);
        let parameters = self.component_parameters();
        let mut statements = Vec::new();
        self.store_components(&mut statements);
        let name = self.module.class(id).name.clone();
        let function = self.function_mut(constructor);
        function.name = name;
        function.parameters = parameters;
        function.body = Some(Block(statements));
        self.class_mut(id).methods.push(constructor);
    }

    /// `return this.component`.
    fn accessor(&mut self, name: Name, range: ByteRange, declared: Option<Name>, id: ClassId) {
        let method = self.reserve_function(range, FunctionKind::Method);
        let value = self.own_member(name.clone(), range);
        let function = self.function_mut(method);
        function.name = Some(name);
        function.returns = declared;
        function.body = Some(Block(vec![statement(StatementKind::Return(Some(value)), range)]));
        self.class_mut(id).methods.push(method);
    }

    fn own_member(&mut self, name: Name, range: ByteRange) -> ExpressionId {
        let object = self.module.push(ExpressionKind::This, range);
        self.module.push(ExpressionKind::Member { object, name, name_range: range }, range)
    }

    /// The components of the present record: it can have no other fields of its instances.
    fn components(&self) -> Vec<(Name, ByteRange, Option<Name>)> {
        let Some(class) = self.class else {
            return Vec::new();
        };
        let fields = self.module.class(class).fields.iter().filter(|field| !field.is_static);
        fields.map(|field| (field.name.clone(), field.range, field.declared.clone())).collect()
    }

    /// The parameters that a constructor of the present record has without saying so.
    pub(super) fn component_parameters(&self) -> Vec<Parameter> {
        self.components()
            .into_iter()
            .map(|(name, range, declared)| Parameter {
                pattern: Pattern::Name { name, range, declared },
                default: None,
                spread: Spread::None,
                annotations: Vec::new(),
            })
            .collect()
    }

    /// The assignments that end a compact constructor without being written.
    pub(super) fn store_components(&mut self, out: &mut Vec<Statement>) {
        for (name, range, _) in self.components() {
            let value = self.module.push(ExpressionKind::Name(name.clone()), range);
            let target = Pattern::Place(self.own_member(name, range));
            let store = self.module.push(ExpressionKind::Store { target, append: false, value }, range);
            out.push(statement(StatementKind::Expression(store), range));
        }
    }

    /// The default of an annotation's element: what it gives when nobody says otherwise.
    pub(super) fn default_element(&mut self, value: Node<'_>) -> Block {
        let id = self.expression(value);
        Block(vec![statement(StatementKind::Return(Some(id)), nodes::range(value))])
    }
}

fn parameter_count(node: Node<'_>) -> usize {
    let list = field(node, "parameters").map(parts).unwrap_or_default();
    list.iter().filter(|part| matches!(part.kind(), "formal_parameter" | "spread_parameter")).count()
}
