//! Parameters of the file that nothing in their function uses any more, and what the calls of the file give for them.

use tree_sitter::Node;

use super::super::names::{Declaration, Kind, range};
use super::Sweep;
use crate::syntax::Preorder;

impl<'a> Sweep<'a> {
    /// Takes out a parameter that nothing in its function uses any more, where everybody who calls it is known: an item of a
    /// pattern, or a parameter of a function of this file that is only ever called.
    pub(super) fn drop_parameter(&mut self, parameter: &Declaration) -> bool {
        let Some(name) = self.node(parameter.range) else { return false };
        if let Some(pattern) = self.pattern_of(name) {
            let has_rest = Preorder::new(pattern).any(|inner| inner.kind() == "rest_pattern");
            if has_rest {
                return false;
            }
            self.swept.gone.push(parameter.unit);
            self.swept.removed.push((parameter.name.clone(), Kind::Parameter, parameter.range));
            return true;
        }
        let Some((list, at)) = self.place_in_list(parameter) else { return false };
        let Some(function) = list.parent() else { return false };
        let Some(declared) = self.function_name(function) else { return false };
        if self.exported(declared).is_some() {
            return false;
        }
        let names = self.file.names;
        if names.siblings(declared).len() != 1
            || Preorder::new(function).any(|inner| self.text(range(inner)) == "arguments")
        {
            return false;
        }
        let mut arguments = Vec::new();
        for mention in names.mentions_of(declared) {
            if self.is_dead(mention.range) {
                continue;
            }
            let Some(callee) = self.node(mention.range) else { return false };
            let Some(call) = callee.parent().filter(|call| call.child_by_field_name("function") == Some(callee)) else {
                return false;
            };
            let Some(given) = call.child_by_field_name("arguments") else { return false };
            let mut cursor = given.walk();
            let items: Vec<Node<'_>> =
                given.named_children(&mut cursor).filter(|item| !item.kind().contains("comment")).collect();
            if items.iter().any(|item| item.kind() == "spread_element") {
                return false;
            }
            let Some(item) = items.get(at) else { continue };
            if self.effect_in(range(*item), &mut Vec::new()).is_some() {
                return false;
            }
            arguments.push(range(*item));
        }
        self.swept.gone.push(parameter.unit);
        self.swept.gone.extend(arguments);
        self.swept.removed.push((parameter.name.clone(), Kind::Parameter, parameter.range));
        true
    }

    /// The pattern of a parameter that a name is an item of.
    pub(super) fn pattern_of<'t>(&self, name: Node<'t>) -> Option<Node<'t>> {
        let of_pair = || name.parent().filter(|_| name.kind() != "shorthand_property_identifier_pattern");
        let of_default = || name.parent().filter(|outer| outer.kind() == "object_assignment_pattern");
        let item = of_pair().or_else(of_default).unwrap_or(name);
        item.parent().filter(|pattern| pattern.kind() == "object_pattern" && pattern.named_child_count() > 1)
    }

    /// The list that a parameter of Node stands in, and its place there.
    pub(super) fn place_in_list(&self, parameter: &Declaration) -> Option<(Node<'_>, usize)> {
        let item = self.node(parameter.unit)?;
        let list = item.parent().filter(|list| list.kind() == "formal_parameters")?;
        let mut cursor = list.walk();
        let at = list
            .named_children(&mut cursor)
            .filter(|one| !one.kind().contains("comment"))
            .position(|one| one == item)?;
        Some((list, at))
    }

    /// The declaration of the name that a function has in its file.
    pub(super) fn function_name(&self, function: Node<'_>) -> Option<&Declaration> {
        let name = match function.kind() {
            "function_declaration" => function.child_by_field_name("name")?,
            "arrow_function" | "function_expression" => {
                function.parent().filter(|outer| outer.kind() == "variable_declarator")?.child_by_field_name("name")?
            }
            _ => return None,
        };
        self.file.names.declarations.iter().find(|one| one.range == range(name))
    }
}
