//! Where the address and the fields of a request are written, as expressions that new code can have, and whether they always give
//! the same.

use tree_sitter::Node;

use super::super::draft::Draft;
use super::super::keep::{self, Refusal};
use super::super::names::range;
use super::circumstances::declaration_of;
use super::method::Method;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// How many names an address may go through.
const MOST_NAMES: usize = 4;

impl<'tree> Method<'_, 'tree> {
    pub(super) fn inside(&self, unit: UnitId, place: ByteRange) -> bool {
        unit == self.plan.unit && range(self.body).contains(place)
    }

    /// Where the address is written in the method: as an expression with the path, or as the name of a constant that has it.
    pub(super) fn address_place(&self) -> Result<ByteRange, Refusal> {
        let unknown = || "the address of the request could not be followed".to_owned();
        let paths = self.plan.paths();
        let [(unit, place)] = paths.as_slice() else { return Err(unknown()) };
        if self.inside(*unit, *place) {
            let mut node = self.root.descendant_for_byte_range(place.start, place.end).ok_or_else(unknown)?;
            while let Some(outer) =
                node.parent().filter(|outer| self.plan.grammar.is_string(*outer) || outer.kind() == "binary_expression")
            {
                node = outer;
            }
            if self.written(node).contains(['%', '{']) {
                node = self.formatted(node).ok_or_else(unknown)?;
            }
            return Ok(range(node));
        }
        // The constant around the path.
        let source = self.plan.source(*unit).ok_or_else(unknown)?;
        let tree = source.tree.as_ref().ok_or_else(unknown)?;
        let mut node = tree.root_node().descendant_for_byte_range(place.start, place.end);
        while let Some(here) = node.filter(|here| here.kind() != "variable_declarator") {
            node = here.parent();
        }
        let node = node.filter(|node| {
            node.parent().is_some_and(|outer| matches!(outer.kind(), "field_declaration" | "constant_declaration"))
        });
        let name = node.and_then(|node| node.child_by_field_name("name")).ok_or_else(unknown)?;
        let name = source.file.text().get(name.byte_range()).ok_or_else(unknown)?;
        let uses =
            |within| Preorder::new(within).filter(|node| node.kind() == "identifier" && self.written(*node) == name);
        let whole = |used: Node<'tree>| {
            let mut used = used;
            while let Some(outer) = used.parent().filter(|outer| {
                outer.kind() == "binary_expression"
                    || (outer.kind() == "field_access" && outer.child_by_field_name("field") == Some(used))
            }) {
                used = outer;
            }
            used
        };
        if let Some(used) = uses(self.body).next() {
            return Ok(range(whole(used)));
        }
        // Where another method speaks of it, it means the same here only where it is made of constants.
        let is_constant = |used: &Node<'tree>| {
            let is_used = !used.parent().is_some_and(|parent| {
                matches!(parent.kind(), "variable_declarator" | "scoped_identifier" | "import_declaration")
            });
            let mut names = self.identifiers(*used).map(|name| self.written(name));
            is_used && names.all(|name| name.starts_with(|first: char| first.is_uppercase()))
        };
        let used = uses(self.root).map(whole).find(is_constant).ok_or_else(unknown)?;
        Ok(range(used))
    }

    /// The call that fills in a template.
    fn formatted(&self, template: Node<'tree>) -> Option<Node<'tree>> {
        let mut call = template.parent()?;
        if call.kind() == "argument_list" {
            call = call.parent()?;
        }
        let is_format = call.kind() == "method_invocation"
            && matches!(self.plan.grammar.called(call, self.text), "format" | "formatted");
        is_format.then_some(call)
    }

    /// Whether an expression begins with more than a path, as far as it can be seen.
    fn is_absolute(&self, unit: UnitId, node: Node<'_>, depth: usize) -> bool {
        let Some(text) = self.plan.source(unit).map(|source| source.file.text()) else { return false };
        let mut first = node;
        while let Some(left) = match first.kind() {
            "binary_expression" => first.child_by_field_name("left"),
            "parenthesized_expression" => first.named_child(0),
            "method_invocation" => {
                let object = self.plan.grammar.receiver(first).filter(|object| self.plan.grammar.is_string(*object));
                let is_format = self.plan.grammar.called(first, text) == "format";
                let arguments = first.child_by_field_name("arguments").filter(|_| is_format);
                let argument = arguments.and_then(|arguments| arguments.named_child(0));
                object.or(argument.filter(|argument| self.plan.grammar.is_string(*argument)))
            }
            _ => None,
        } {
            first = left;
        }
        let written = text.get(first.byte_range()).unwrap_or_default();
        if self.plan.grammar.is_string(first) {
            return written.trim_matches('"').starts_with("http") || written.starts_with("\"%s");
        }
        let name = written.rsplit('.').next().unwrap_or(written);
        let declares = |node: &Node<'_>, text: &str| {
            node.kind() == "variable_declarator"
                && node.child_by_field_name("name").and_then(|known| text.get(known.byte_range())) == Some(name)
        };
        let mut units = vec![unit];
        units.extend(self.plan.paths().into_iter().map(|(unit, _)| unit));
        let value = units.into_iter().find_map(|unit| {
            let source = self.plan.source(unit)?;
            let root = source.tree.as_ref()?.root_node();
            let declarator = Preorder::new(root).find(|node| declares(node, source.file.text()))?;
            Some((unit, declarator.child_by_field_name("value")?))
        });
        // What comes from outside is taken for a host.
        depth > MOST_NAMES || value.is_none_or(|(unit, value)| self.is_absolute(unit, value, depth + 1))
    }

    /// The variable of the method that holds the whole address, where there is one.
    pub(super) fn address_variable(&self, place: ByteRange) -> Option<&str> {
        let node = self.root.descendant_for_byte_range(place.start, place.end)?;
        let declarator = node.parent().filter(|parent| parent.kind() == "variable_declarator")?;
        let is_local = declarator.parent().is_some_and(|outer| outer.kind() == "local_variable_declaration");
        declarator.child_by_field_name("name").filter(|_| is_local).map(|name| self.written(name))
    }

    /// The expression of the new address. Where it stands outside of the method, or in a variable that stays, it is changed there.
    pub(super) fn address(
        &self,
        draft: &mut Draft<'_>,
        place: ByteRange,
        variable: Option<&str>,
    ) -> Result<String, Refusal> {
        let node = self.root.descendant_for_byte_range(place.start, place.end);
        if !node.is_some_and(|node| self.is_absolute(self.plan.unit, node, 0)) {
            return Err("the client knows a part of the address, and a manager would not".to_owned());
        }
        match (self.plan.paths().as_slice(), variable) {
            ([(unit, path)], None) if self.inside(*unit, *path) => {
                let mut written = self.part(place).to_owned();
                let (start, end) = (path.start - place.start, path.end - place.start);
                written.replace_range(start..end, &self.plan.model.path);
                Ok(written)
            }
            _ => {
                keep::address(self.plan, draft, "")?;
                Ok(variable.unwrap_or_else(|| self.part(place)).to_owned())
            }
        }
    }

    /// The expression of a field of the form, without what encodes it.
    pub(super) fn field(&self, name: &str) -> Result<ByteRange, Refusal> {
        let places = self.plan.field(name);
        let written = places.first().filter(|written| self.inside(written.unit, written.slot.value));
        let written = written.ok_or_else(|| format!("where the form gets its `{name}` could not be seen"))?;
        let value = written.slot.value;
        let mut node = self
            .root
            .descendant_for_byte_range(value.start, value.end)
            .ok_or_else(|| format!("where the form gets its `{name}` could not be seen"))?;
        while node.kind() == "method_invocation" {
            let called = self.plan.grammar.called(node, self.text);
            let is_encoder = self.written(node).starts_with("URLEncoder.encode(");
            let own = self.declared_method(called).filter(|own| {
                self.plan.grammar.receiver(node).is_none() && self.written(*own).contains("URLEncoder.encode(")
            });
            if !is_encoder && own.is_none() {
                break;
            }
            if own.is_some_and(|own| !self.encodes_its_parameter(own)) {
                return Err(format!("`{called}` does more than encode what goes into the form"));
            }
            let argument = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
            node = argument.ok_or_else(|| format!("where the form gets its `{name}` could not be seen"))?;
        }
        Ok(range(node))
    }

    /// Whether a method gives what it is given, encoded.
    fn encodes_its_parameter(&self, own: Node<'_>) -> bool {
        let parameters = own.child_by_field_name("parameters");
        let parameter = parameters.and_then(|list| list.named_child(0)).and_then(|one| one.child_by_field_name("name"));
        let encoded = Preorder::new(own).find(|node| self.written(*node).starts_with("URLEncoder.encode("));
        let arguments = encoded.and_then(|call| Preorder::new(call).find(|node| node.kind() == "argument_list"));
        let argument = arguments.and_then(|list| list.named_child(0));
        match (parameter, argument) {
            (Some(parameter), Some(argument)) => self.written(parameter) == self.written(argument),
            _ => false,
        }
    }

    /// Whether expressions give the same whenever they are evaluated: literals, variables of the environment, fields that nothing
    /// sets anew, and what getters of such fields give.
    pub(super) fn is_fixed(&self, places: &[ByteRange]) -> bool {
        places.iter().all(|place| {
            self.root
                .descendant_for_byte_range(place.start, place.end)
                .is_some_and(|node| range(node) == *place && self.is_fixed_at(node))
        })
    }

    fn is_fixed_at(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        match node.kind() {
            "string_literal" | "decimal_integer_literal" => true,
            "binary_expression" | "parenthesized_expression" => {
                node.named_children(&mut cursor).all(|inner| self.is_fixed_at(inner))
            }
            "identifier" => self.is_fixed_field(self.part(range(node))),
            "field_access" => {
                let field = node.child_by_field_name("field").map(|field| self.part(range(field))).unwrap_or_default();
                let is_own = node.child_by_field_name("object").is_some_and(|object| object.kind() == "this");
                if is_own { self.is_fixed_field(field) } else { !field.is_empty() && field == field.to_uppercase() }
            }
            "method_invocation" => {
                let plain = node.child_by_field_name("arguments").is_some_and(|arguments| {
                    let mut cursor = arguments.walk();
                    arguments.named_children(&mut cursor).all(|argument| argument.kind() == "string_literal")
                });
                let written = self.part(range(node));
                let is_environment = self.effects.is_fixed(written);
                let receiver = self.plan.grammar.receiver(node);
                let is_getter = node.child_by_field_name("arguments").is_some_and(|list| list.named_child_count() == 0);
                plain && (is_environment || (is_getter && receiver.is_some_and(|object| self.is_fixed_at(object))))
            }
            _ => false,
        }
    }

    /// Whether a name is that of a field that is set where the object is made, and never again.
    pub(super) fn is_fixed_field(&self, name: &str) -> bool {
        let Some(declared) = declaration_of(self.root, self.text, name) else { return false };
        if declared.kind() != "field_declaration" || self.local(name).is_some() {
            return false;
        }
        let is_injected = self.part(range(declared)).trim_start().starts_with('@');
        if self.plan.grammar.has_modifier(declared, "final") {
            return true;
        }
        let sets = |node: &Node<'_>| {
            node.kind() == "assignment_expression"
                && node.child_by_field_name("left").is_some_and(|left| {
                    let left = self.part(range(left));
                    left.strip_prefix("this.").unwrap_or(left) == name
                })
        };
        is_injected && !Preorder::new(self.root).any(|node| sets(&node))
    }
}
