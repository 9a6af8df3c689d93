//! What becomes of an object of Node: whether all places that could read it are known.
//!
//! An object that is handed to a library, looked into by a name that is computed, or spread over arguments is open: who
//! knows what is read of it there. Names are what decides; it runs nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::grammar::Grammar;
use super::names::{Declaration, Kind, Names, range};
use crate::detect::Subject;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::project::Source;
use crate::syntax::Preorder;

/// Places that were asked about: what comes back to one of them is as closed as the rest.
type Seen = RefCell<BTreeSet<(UnitId, usize, usize)>>;

/// The objects of a program.
pub(super) struct Flows<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) grammar: Grammar,
    pub(super) names: &'a BTreeMap<UnitId, Names>,
    /// Whether a place is gone.
    pub(super) is_dead: &'a dyn Fn(UnitId, ByteRange) -> bool,
}

impl<'a> Flows<'a> {
    /// The files that have a tree.
    pub(super) fn trees(&self) -> impl Iterator<Item = (UnitId, &'a Source, Node<'a>)> {
        self.subject
            .sources
            .iter()
            .zip(0_u32..)
            .filter_map(|(source, number)| Some((UnitId(number), source, source.tree.as_ref()?.root_node())))
    }

    fn source(&self, unit: UnitId) -> Option<&'a Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    /// The node at a place.
    pub(super) fn node(&self, unit: UnitId, place: ByteRange) -> Option<Node<'a>> {
        self.source(unit)?.tree.as_ref()?.root_node().descendant_for_byte_range(place.start, place.end)
    }

    fn text(&self, unit: UnitId, node: Node<'_>) -> &'a str {
        self.source(unit).and_then(|source| source.file.text().get(node.byte_range())).unwrap_or_default()
    }

    /// The key that a name of a pattern takes.
    pub(super) fn pattern_key(&self, unit: UnitId, name: Node<'a>) -> Option<&'a str> {
        match name.kind() {
            "shorthand_property_identifier_pattern" => Some(self.text(unit, name)),
            _ => {
                let pair = name.parent().filter(|outer| outer.kind() == "pair_pattern")?;
                Some(self.text(unit, pair.child_by_field_name("key")?))
            }
        }
    }

    /// Whether all places are known that an object literal may be read at.
    pub(super) fn is_closed(&self, unit: UnitId, object: Node<'a>) -> bool {
        self.value(unit, object, &Seen::default())
    }

    /// The same for the variable that a member is set on.
    pub(super) fn is_closed_root(&self, unit: UnitId, object: Node<'a>) -> bool {
        let written = self.text(unit, object);
        if matches!(written, "exports" | "module.exports") {
            return self.module(unit, &Seen::default());
        }
        object.kind() == "identifier"
            && self.declared(unit, object).is_some_and(|one| self.name(unit, one, &Seen::default()))
    }

    /// The declaration of a name that stands at a place, itself one or a use of one.
    fn declared(&self, unit: UnitId, name: Node<'_>) -> Option<&'a Declaration> {
        let names = self.names.get(&unit)?;
        if let Some(own) = names.declarations.iter().find(|one| one.range == range(name)) {
            return Some(own);
        }
        let mention = names.mentions.iter().find(|mention| mention.range == range(name))?;
        names.declarations_of(mention).first().map(|position| &names.declarations[*position])
    }

    /// Whether it is known where an expression that stands for the object goes.
    fn value(&self, unit: UnitId, node: Node<'a>, seen: &Seen) -> bool {
        if !seen.borrow_mut().insert((unit, node.start_byte(), node.end_byte())) || (self.is_dead)(unit, range(node)) {
            return true;
        }
        let Some(parent) = node.parent() else { return false };
        let is = |field: &str| parent.child_by_field_name(field) == Some(node);
        match parent.kind() {
            "parenthesized_expression" => {
                parent.parent().is_some_and(|outer| outer.kind() == "if_statement") || self.value(unit, parent, seen)
            }
            "as_expression" | "satisfies_expression" | "non_null_expression" | "await_expression" => {
                self.value(unit, parent, seen)
            }
            "ternary_expression" => is("condition") || self.value(unit, parent, seen),
            "binary_expression" => {
                let operator = parent.child_by_field_name("operator").map(|operator| operator.kind());
                !matches!(operator, Some("||" | "??" | "&&")) || self.value(unit, parent, seen)
            }
            "unary_expression" | "expression_statement" | "type_query" | "template_substitution" => true,
            "member_expression" => self.member_of(unit, parent, seen),
            "subscript_expression" => {
                is("object")
                    && parent
                        .child_by_field_name("index")
                        .is_some_and(|index| matches!(index.kind(), "string" | "number"))
            }
            "variable_declarator" => {
                parent.child_by_field_name("name").is_some_and(|name| self.pattern(unit, name, seen))
            }
            "assignment_expression" => {
                is("left") || parent.child_by_field_name("left").is_some_and(|left| self.target(unit, left, seen))
            }
            "assignment_pattern" | "object_assignment_pattern" => {
                parent.child_by_field_name("left").is_some_and(|left| self.pattern(unit, left, seen))
            }
            "required_parameter" | "optional_parameter" => {
                parent.child_by_field_name("pattern").is_some_and(|name| self.pattern(unit, name, seen))
            }
            "pair" => {
                let key = parent.child_by_field_name("key").map(|key| self.text(unit, key).trim_matches(['"', '\'']));
                let object = parent.parent();
                key.is_some_and(|key| self.member(key, seen))
                    && object.is_some_and(|object| self.value(unit, object, seen))
            }
            "object" => self.member(self.text(unit, node), seen) && self.value(unit, parent, seen),
            "spread_element" => {
                parent.parent().is_some_and(|outer| outer.kind() == "object" && self.value(unit, outer, seen))
            }
            "arguments" => self.argument(unit, node, parent, seen),
            "return_statement" => self.given_back(unit, node, seen),
            "arrow_function" => self.result(unit, parent, seen),
            "export_statement" => self.module(unit, seen),
            "export_specifier" => {
                let name = parent.child_by_field_name("alias").unwrap_or(node);
                self.export(self.text(unit, name), seen)
            }
            _ => false,
        }
    }

    /// `x.y`; `x.then(…)` hands the object on.
    fn member_of(&self, unit: UnitId, member: Node<'a>, seen: &Seen) -> bool {
        let property = member.child_by_field_name("property").map(|property| self.text(unit, property));
        if property != Some("then") {
            return true;
        }
        let call = member.parent().filter(|call| call.kind() == "call_expression");
        let function = call.and_then(|call| call.child_by_field_name("arguments")?.named_child(0));
        function.is_some_and(|function| match first_parameter(function) {
            Some(parameter) => self.pattern(unit, parameter, seen),
            None => matches!(function.kind(), "arrow_function" | "function_expression"),
        })
    }

    /// What an object is taken into: a name, or a pattern that takes it apart.
    fn pattern(&self, unit: UnitId, pattern: Node<'a>, seen: &Seen) -> bool {
        match pattern.kind() {
            "object_pattern" => !Preorder::new(pattern).any(|inner| inner.kind() == "rest_pattern"),
            "required_parameter" | "optional_parameter" => {
                let name = pattern.child_by_field_name("pattern");
                let mut cursor = pattern.walk();
                let is_property = pattern
                    .children(&mut cursor)
                    .any(|child| matches!(child.kind(), "accessibility_modifier" | "readonly"));
                name.is_some_and(|name| {
                    self.pattern(unit, name, seen) && (!is_property || self.member(self.text(unit, name), seen))
                })
            }
            "assignment_pattern" => {
                pattern.child_by_field_name("left").is_some_and(|left| self.pattern(unit, left, seen))
            }
            "identifier" | "shorthand_property_identifier_pattern" => {
                self.declared(unit, pattern).is_some_and(|declared| self.name(unit, declared, seen))
            }
            _ => false,
        }
    }

    /// What an object is assigned to.
    fn target(&self, unit: UnitId, left: Node<'a>, seen: &Seen) -> bool {
        let written = self.text(unit, left);
        if written == "module.exports" {
            return self.module(unit, seen);
        }
        match left.kind() {
            "identifier" => self.pattern(unit, left, seen),
            "member_expression" => left
                .child_by_field_name("property")
                .is_some_and(|property| self.export(self.text(unit, property), seen)),
            _ => false,
        }
    }

    /// All uses of a variable or parameter.
    fn name(&self, unit: UnitId, declared: &'a Declaration, seen: &Seen) -> bool {
        if !seen.borrow_mut().insert((unit, declared.range.start, declared.range.end)) {
            return true;
        }
        let Some(names) = self.names.get(&unit) else { return false };
        let exported = self.node(unit, declared.range).and_then(|name| self.grammar.statement(name));
        if declared.kind == Kind::Variable
            && exported.is_some_and(|statement| statement.kind() == "export_statement")
            && !self.export(&declared.name, seen)
        {
            return false;
        }
        names
            .mentions_of(declared)
            .all(|mention| self.node(unit, mention.range).is_some_and(|node| self.value(unit, node, seen)))
    }

    /// All that reads a member of this name, in any file.
    fn member(&self, name: &str, seen: &Seen) -> bool {
        self.trees().all(|(unit, source, root)| {
            let text = source.file.text();
            if !text.contains(name) {
                return true;
            }
            Preorder::new(root).all(|leaf| {
                if leaf.child_count() > 0 || text.get(leaf.byte_range()) != Some(name) {
                    return true;
                }
                let Some(parent) = leaf.parent() else { return true };
                match (leaf.kind(), parent.kind()) {
                    // The environment of the program is another object.
                    ("property_identifier", "member_expression") if self.text(unit, parent) == "process.env" => true,
                    ("property_identifier" | "private_property_identifier", "member_expression") => {
                        self.value(unit, parent, seen)
                    }
                    ("shorthand_property_identifier_pattern", _) => self.pattern(unit, leaf, seen),
                    ("property_identifier", "pair_pattern") => {
                        parent.child_by_field_name("value").is_some_and(|value| self.pattern(unit, value, seen))
                    }
                    ("string_fragment", _) => false,
                    _ => true,
                }
            })
        })
    }

    /// All that takes an export of this name.
    fn export(&self, name: &str, seen: &Seen) -> bool {
        self.member(name, seen)
            && self.trees().all(|(unit, source, root)| {
                let text = source.file.text();
                !text.contains(name)
                    || Preorder::new(root).filter(|node| node.kind() == "import_specifier").all(|specifier| {
                        let taken = specifier.child_by_field_name("name");
                        if taken.and_then(|taken| text.get(taken.byte_range())) != Some(name) {
                            return true;
                        }
                        let local = specifier.child_by_field_name("alias").or(taken);
                        local.is_some_and(|local| self.pattern(unit, local, seen))
                    })
            })
    }

    /// All that takes a module as a whole.
    fn module(&self, unit: UnitId, seen: &Seen) -> bool {
        let importers = self.imports_of(unit);
        // Nobody in the program asks for it: others may.
        !importers.is_empty()
            && importers.into_iter().all(|(unit, node)| match node.kind() {
                "call_expression" => self.value(unit, node, seen),
                "import_statement" => {
                    let mut cursor = node.walk();
                    let Some(clause) = node.named_children(&mut cursor).find(|child| child.kind() == "import_clause")
                    else {
                        return true;
                    };
                    let mut cursor = clause.walk();
                    clause.named_children(&mut cursor).all(|part| match part.kind() {
                        "identifier" => self.pattern(unit, part, seen),
                        "namespace_import" => part.named_child(0).is_some_and(|name| self.pattern(unit, name, seen)),
                        _ => true,
                    })
                }
                _ => false,
            })
    }

    /// Where other files ask for a file: the call of `require`, or the import statement.
    pub(super) fn imports_of(&self, wanted: UnitId) -> Vec<(UnitId, Node<'a>)> {
        let mut found = Vec::new();
        let Some(target) = self.source(wanted) else { return found };
        for (unit, source, root) in self.trees().filter(|(unit, ..)| *unit != wanted) {
            for string in Preorder::new(root).filter(|node| node.kind() == "string") {
                let written = self.text(unit, string).trim_matches(['"', '\'']);
                if !leads_to(source, written, target) || (self.is_dead)(unit, range(string)) {
                    continue;
                }
                let outer = string.parent();
                let call = outer
                    .filter(|outer| outer.kind() == "arguments")
                    .and_then(|outer| outer.parent())
                    .filter(|call| call.child_by_field_name("function").is_some());
                if let Some(statement) =
                    outer.filter(|outer| matches!(outer.kind(), "import_statement" | "export_statement"))
                {
                    found.push((unit, statement));
                } else if let Some(call) = call
                    && let Some(function) = call.child_by_field_name("function")
                    && matches!(self.text(unit, function), "require" | "import")
                {
                    let node = if self.text(unit, function) == "import" { function } else { call };
                    found.push((unit, node));
                }
            }
        }
        found
    }

    /// An object that a call is given: a function of the program has a parameter for it.
    fn argument(&self, unit: UnitId, node: Node<'a>, list: Node<'a>, seen: &Seen) -> bool {
        let Some(call) = list.parent().filter(|call| self.grammar.is_call(*call)) else { return false };
        let callee = self.grammar.callee(call).map(|callee| self.text(unit, callee)).unwrap_or_default();
        let mut cursor = list.walk();
        let given: Vec<Node<'_>> =
            list.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect();
        let Some(at) = given.iter().position(|one| *one == node) else { return false };
        match callee {
            "Object.freeze" | "Object.seal" => return self.value(unit, call, seen),
            "Object.assign" => {
                let first = list.named_child(0);
                let is_new = first.is_some_and(|first| first.kind() == "object" && first.named_child_count() == 0);
                return (at > 0) && is_new && self.value(unit, call, seen);
            }
            _ => {}
        }
        let called = self.grammar.called(call, self.source(unit).map_or("", |source| source.file.text()));
        if given[..at].iter().any(|one| one.kind() == "spread_element") {
            return false;
        }
        match self.function_named(called)[..] {
            [(home, function)] => {
                let Some(parameters) = function.child_by_field_name("parameters") else {
                    let one = function.child_by_field_name("parameter").filter(|_| at == 0);
                    return one.is_some_and(|one| self.pattern(home, one, seen));
                };
                if Preorder::new(function)
                    .any(|inner| self.text(home, inner) == "arguments" && inner.kind() == "identifier")
                {
                    return false;
                }
                let mut cursor = parameters.walk();
                let parameter =
                    parameters.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).nth(at);
                parameter.is_none_or(|parameter| self.pattern(home, parameter, seen))
            }
            _ => false,
        }
    }

    /// The functions and constructors that have a name.
    pub(super) fn function_named(&self, name: &str) -> Vec<(UnitId, Node<'a>)> {
        let mut found = Vec::new();
        for (unit, source, root) in self.trees() {
            if !source.file.text().contains(name) {
                continue;
            }
            for node in Preorder::new(root) {
                if self.function_name(unit, node) == Some(name) {
                    found.push((unit, node));
                }
            }
        }
        found
    }

    /// The name that a function is called by; a constructor has that of its class.
    fn function_name(&self, unit: UnitId, function: Node<'a>) -> Option<&'a str> {
        let named = |node: Node<'a>| Some(self.text(unit, node));
        match function.kind() {
            "function_declaration" => named(function.child_by_field_name("name")?),
            "method_definition" => {
                let name = self.text(unit, function.child_by_field_name("name")?);
                if name != "constructor" {
                    return Some(name);
                }
                named(function.parent()?.parent()?.child_by_field_name("name")?)
            }
            "arrow_function" | "function_expression" => {
                let outer = function.parent()?;
                match outer.kind() {
                    "variable_declarator" => named(outer.child_by_field_name("name")?),
                    "assignment_expression" => {
                        let left = outer.child_by_field_name("left")?;
                        if self.text(unit, left) == "module.exports" {
                            return function.child_by_field_name("name").and_then(named);
                        }
                        named(left.child_by_field_name("property").unwrap_or(left))
                    }
                    "pair" => named(outer.child_by_field_name("key")?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a function gives back goes where it is called.
    fn given_back(&self, unit: UnitId, node: Node<'a>, seen: &Seen) -> bool {
        let mut function = node;
        while !self.grammar.is_scope(function) {
            match function.parent() {
                Some(outer) => function = outer,
                None => return false,
            }
        }
        self.result(unit, function, seen)
    }

    fn result(&self, unit: UnitId, function: Node<'a>, seen: &Seen) -> bool {
        let is_module = function.parent().is_some_and(|outer| {
            outer.kind() == "assignment_expression"
                && outer.child_by_field_name("left").is_some_and(|left| self.text(unit, left) == "module.exports")
        });
        if is_module {
            return self.imports_of(unit).into_iter().all(|(home, node)| {
                let name = node.parent().filter(|outer| outer.kind() == "variable_declarator");
                let name = name.and_then(|outer| outer.child_by_field_name("name"));
                let declared = name.and_then(|name| self.declared(home, name));
                let Some((names, declared)) = self.names.get(&home).zip(declared) else { return false };
                names.mentions_of(declared).all(|mention| self.is_called(home, mention.range, seen))
            });
        }
        let Some(name) = self.function_name(unit, function) else { return false };
        if self.function_named(name).len() != 1 {
            return false;
        }
        let member = format!(".{name}");
        self.names.iter().all(|(home, names)| {
            names
                .mentions
                .iter()
                .filter(|mention| mention.name == name || mention.name == member)
                .all(|mention| self.is_called(*home, mention.range, seen))
        })
    }

    /// Whether a use of a function calls it, imports it or hands it out, and where what it gives goes.
    fn is_called(&self, unit: UnitId, place: ByteRange, seen: &Seen) -> bool {
        if (self.is_dead)(unit, place) {
            return true;
        }
        let Some(node) = self.node(unit, place) else { return false };
        let callee = node
            .parent()
            .filter(|outer| outer.kind() == "member_expression" && outer.child_by_field_name("property") == Some(node))
            .unwrap_or(node);
        let Some(outer) = callee.parent() else { return false };
        if outer.child_by_field_name("function") == Some(callee) {
            return self.value(unit, outer, seen);
        }
        let statement = self.grammar.statement(node);
        let written = statement.map(|statement| self.text(unit, statement)).unwrap_or_default();
        outer.child_by_field_name("left") == Some(callee)
            || matches!(outer.kind(), "export_specifier" | "import_specifier")
            || (outer.kind() == "object" && written.starts_with("module.exports"))
    }
}

fn first_parameter(function: Node<'_>) -> Option<Node<'_>> {
    if let Some(one) = function.child_by_field_name("parameter") {
        return Some(one);
    }
    function.child_by_field_name("parameters")?.named_child(0)
}

/// Whether an import that is written in a file may lead to another one.
pub(super) fn leads_to(from: &Source, written: &str, target: &Source) -> bool {
    let stem = |path: &std::path::Path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let last = written.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    if let Some(folder) = from.path.parent().filter(|_| written.starts_with('.')) {
        let path = crate::walk::normal(&folder.join(written));
        let bare = target.path.with_extension("");
        return path == target.path
            || path == bare
            || path.with_extension("") == bare
                && path.extension().is_some_and(|extension| {
                    ["js", "mjs", "cjs", "jsx", "ts"].iter().any(|known| extension == *known)
                })
            || target.path.parent() == Some(path.as_path()) && stem(&target.path).as_deref() == Some("index");
    }
    // An alias or a workspace: the last part has to do.
    let is_index = stem(&target.path).as_deref() == Some("index");
    let folder = target.path.parent().and_then(stem);
    written.contains('/')
        && (stem(&target.path).as_deref() == Some(last) || (is_index && folder.as_deref() == Some(last)))
}
