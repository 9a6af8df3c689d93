//! Parameters that nothing needs any more: they go from the function and from every call, where all calls are known.
//!
//! A function that is handed on as a value, overrides another one, or has a name that a second one has keeps its
//! parameters: a call that nobody sees would be given the wrong arguments.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::grammar::Grammar;
use super::names::{Declaration, Kind, Mention, Names, range};
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Context, Platform};
use crate::project::Source;
use crate::syntax::Preorder;

/// A program, seen for its parameters.
pub(super) struct Parameters<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) facts: &'a Facts,
    pub(super) grammar: Grammar,
    pub(super) names: &'a BTreeMap<UnitId, Names>,
}

impl Parameters<'_> {
    /// What goes with parameters of a file all of whose uses are dead: the parameters, and the arguments in all files. What
    /// new code uses stays, though the place where it was used before is given up.
    pub(super) fn fallen(
        &self,
        unit: UnitId,
        new_names: &BTreeSet<String>,
        is_dead: &dyn Fn(UnitId, ByteRange) -> bool,
    ) -> Vec<(UnitId, ByteRange)> {
        let mut fallen = Vec::new();
        let Some(names) = self.names.get(&unit) else { return fallen };
        for parameter in names.declarations.iter().filter(|one| one.kind == Kind::Parameter) {
            if is_dead(unit, parameter.unit) || new_names.contains(&parameter.name) {
                continue;
            }
            let member = self.is_property(unit, parameter).then(|| format!(".{}", parameter.name));
            let of_member = self.names.iter().flat_map(|(unit, names)| {
                let is_it = |mention: &&Mention| member.as_ref() == Some(&mention.name);
                names.mentions.iter().filter(is_it).map(|mention| (*unit, mention))
            });
            let own = names.mentions_of(parameter).map(|mention| (unit, mention));
            let mut mentions = own.chain(of_member).peekable();
            let is_unused = mentions.peek().is_some() && mentions.all(|(unit, mention)| is_dead(unit, mention.range));
            if is_unused && let Some(places) = self.of(unit, parameter) {
                fallen.extend(places);
            }
        }
        fallen
    }

    /// Functions of others' programs too that lose a parameter: public methods of public classes of Java, where no class of the
    /// project is started as a program.
    pub(super) fn public(&self, fallen: &[(UnitId, ByteRange)]) -> BTreeSet<String> {
        let mut public = BTreeSet::new();
        let is_program = |source: &Source| {
            source.context != Context::Test && source.file.text().contains("public static void main(")
        };
        if self.grammar.platform != Platform::Java || self.subject.sources.iter().any(is_program) {
            return public;
        }
        for (unit, place) in fallen {
            let Some((source, tree)) = self.source(*unit).and_then(|source| Some((source, source.tree.as_ref()?)))
            else {
                continue;
            };
            let text = source.file.text();
            let item = tree.root_node().descendant_for_byte_range(place.start, place.end);
            let Some(method) =
                item.filter(|item| item.kind() == "formal_parameter").and_then(|item| item.parent()?.parent())
            else {
                continue;
            };
            let class = method.parent().and_then(|body| body.parent());
            let named = |node: Node<'_>| node.child_by_field_name("name").map(|name| &text[name.byte_range()]);
            if let (Some(name), Some(class)) = (named(method), class)
                && [method, class].iter().all(|node| self.grammar.has_modifier(*node, "public"))
            {
                let class = named(class).unwrap_or_default();
                public.insert(format!("`{class}.{name}` is public, and takes other parameters now"));
            }
        }
        public
    }

    /// Whether a parameter of a constructor of TypeScript declares a member: `private readonly key: string`.
    fn is_property(&self, unit: UnitId, parameter: &Declaration) -> bool {
        let root = self.source(unit).and_then(|source| source.tree.as_ref()).map(tree_sitter::Tree::root_node);
        let item = root.and_then(|root| root.descendant_for_byte_range(parameter.unit.start, parameter.unit.end));
        item.is_some_and(|item| {
            let mut cursor = item.walk();
            item.children(&mut cursor).any(|child| matches!(child.kind(), "accessibility_modifier" | "readonly"))
        })
    }

    /// A parameter and what calls give for it; nothing where it has to stay.
    fn of(&self, unit: UnitId, parameter: &Declaration) -> Option<Vec<(UnitId, ByteRange)>> {
        let source = self.source(unit)?;
        let root = source.tree.as_ref()?.root_node();
        let item = root.descendant_for_byte_range(parameter.unit.start, parameter.unit.end)?;
        let function = self.function_around(item)?;
        let list = parameters_of(function)?;
        // The item of the list: a parameter by itself, or one with others in a pattern.
        let mut position = 0_usize;
        let mut found = None;
        let mut cursor = list.walk();
        for child in list.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")) {
            if range(child).contains(parameter.unit) {
                found = Some(child);
                break;
            }
            position += 1;
        }
        let whole = found?;
        let written = &source.file.text()[parameter.range.start..parameter.range.end];
        let (name, is_method) = self.name_of(function, source)?;
        if self.is_overriding(function, source) || !self.is_only_called(&name, unit, function) {
            return None;
        }
        let receiver =
            usize::from(is_method && self.grammar.platform == Platform::Python && !self.is_static(function, source));
        // The object itself is given by nobody who calls.
        if receiver == 1 && position == 0 {
            return None;
        }
        let in_pattern = range(whole) != parameter.unit && whole.kind() == "object_pattern";
        let key = in_pattern.then(|| pattern_key(item, source.file.text())).flatten();
        let mut places = vec![(unit, parameter.unit)];
        let mut calls = 0;
        for (caller, call) in self.calls(&name, unit, function)? {
            calls += 1;
            let text = self.source(caller)?.file.text();
            let arguments = call.child_by_field_name("arguments")?;
            let mut cursor = arguments.walk();
            let given: Vec<Node<'_>> =
                arguments.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect();
            let is_spread =
                |node: &Node<'_>| matches!(node.kind(), "spread_element" | "list_splat" | "dictionary_splat");
            if given.iter().any(is_spread) {
                return None;
            }
            let is_keyword = |node: &Node<'_>| node.kind() == "keyword_argument";
            let by_name = given
                .iter()
                .filter(|node| is_keyword(node))
                .find(|node| node.child_by_field_name("name").is_some_and(|name| &text[name.byte_range()] == written));
            if let Some(argument) = by_name {
                places.push((caller, range(*argument)));
                continue;
            }
            let Some(argument) =
                position.checked_sub(receiver).and_then(|at| given.get(at)).filter(|one| !is_keyword(one))
            else {
                continue;
            };
            if !in_pattern {
                places.push((caller, range(*argument)));
                continue;
            }
            let Some(key) = key.filter(|_| argument.kind() == "object") else { continue };
            let mut cursor = argument.walk();
            let entry = argument.named_children(&mut cursor).find(|entry| {
                let named = entry.child_by_field_name("key").unwrap_or(*entry);
                text[named.byte_range()].trim_matches(['"', '\'']) == key
            });
            places.extend(entry.map(|entry| (caller, range(entry))));
        }
        // Nobody here calls it: it is there for others.
        (calls > 0).then_some(places)
    }

    fn source(&self, unit: UnitId) -> Option<&Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    fn function_around<'tree>(&self, node: Node<'tree>) -> Option<Node<'tree>> {
        let mut node = node;
        loop {
            if self.grammar.is_scope(node) && node.kind() != "class_body" {
                return Some(node);
            }
            node = node.parent()?;
        }
    }

    /// The name that a function is called by, and whether it is a method. A constructor has that of its class.
    fn name_of(&self, function: Node<'_>, source: &Source) -> Option<(String, bool)> {
        let text = source.file.text();
        let written = |node: Node<'_>| text[node.byte_range()].to_owned();
        let class = || {
            let mut outer = function.parent();
            while let Some(here) = outer {
                if here.kind().starts_with("class_def")
                    || here.kind().starts_with("class_dec")
                    || here.kind() == "class"
                {
                    return here.child_by_field_name("name").map(written);
                }
                outer = here.parent();
            }
            None
        };
        match function.child_by_field_name("name") {
            Some(name) => {
                let name = written(name);
                let is_constructor =
                    matches!(name.as_str(), "constructor" | "__init__") || function.kind() == "constructor_declaration";
                if is_constructor {
                    return Some((class()?, true));
                }
                let is_method = function.kind() == "method_definition"
                    || (function.kind() == "function_definition" && class().is_some());
                Some((name, is_method))
            }
            None => {
                let outer = function.parent()?;
                let name = match outer.kind() {
                    "variable_declarator" => outer.child_by_field_name("name")?,
                    "assignment_expression" => outer.child_by_field_name("left")?.child_by_field_name("property")?,
                    "pair" => outer.child_by_field_name("key")?,
                    _ => return None,
                };
                Some((written(name), false))
            }
        }
    }

    fn is_static(&self, function: Node<'_>, source: &Source) -> bool {
        let decorated = function.parent().filter(|outer| outer.kind() == "decorated_definition");
        decorated.is_some_and(|outer| source.file.text()[outer.byte_range()].starts_with("@staticmethod"))
    }

    fn is_overriding(&self, function: Node<'_>, source: &Source) -> bool {
        let text = &source.file.text()[function.byte_range()];
        let head = text.split(['{', ';']).next().unwrap_or_default();
        head.contains("@Override") || head.contains("abstract ")
    }

    /// Whether the name is that of one function alone, and is used for nothing but calls, imports and exports.
    fn is_only_called(&self, name: &str, home: UnitId, function: Node<'_>) -> bool {
        let member = format!(".{name}");
        self.names.iter().all(|(unit, names)| {
            let Some(source) = self.source(*unit) else { return true };
            let Some(tree) = &source.tree else { return true };
            let declared = names
                .declarations
                .iter()
                .filter(|one| (one.name == name || one.name == member) && one.kind == Kind::Function);
            let only_this = declared.into_iter().all(|one| {
                *unit == home && one.unit.start <= function.start_byte() && function.end_byte() <= one.unit.end
            });
            let mut mentions = names.mentions.iter().filter(|mention| mention.name == name || mention.name == member);
            only_this
                && mentions.all(|mention| {
                    let Some(node) = tree.root_node().descendant_for_byte_range(mention.range.start, mention.range.end)
                    else {
                        return false;
                    };
                    self.is_call_or_export(node, source.file.text())
                })
        })
    }

    fn is_call_or_export(&self, node: Node<'_>, text: &str) -> bool {
        let mut callee = node;
        if let Some(parent) = node.parent()
            && matches!(parent.kind(), "member_expression" | "attribute")
            && parent.end_byte() == node.end_byte()
        {
            callee = parent;
        }
        let Some(parent) = callee.parent() else { return false };
        if self.grammar.is_call(parent) {
            return self.grammar.callee(parent).is_some_and(|called| called == callee || range(called) == range(node));
        }
        let Some(statement) = self.grammar.statement(node) else { return false };
        let written = &text[statement.byte_range()];
        statement.kind() == "export_statement"
            || statement.kind().starts_with("import")
            || written.starts_with("module.exports")
            || written.starts_with("exports.")
            || (self.grammar.platform == Platform::Java && node.kind() == "type_identifier")
    }

    /// All calls: those by the name, and those that the machine saw.
    fn calls(&self, name: &str, home: UnitId, function: Node<'_>) -> Option<Vec<(UnitId, Node<'_>)>> {
        let mut calls: Vec<(UnitId, Node<'_>)> = Vec::new();
        for unit in self.names.keys() {
            let source = self.source(*unit)?;
            let Some(tree) = &source.tree else { continue };
            for node in Preorder::new(tree.root_node()) {
                if self.grammar.is_call(node) && self.grammar.called(node, source.file.text()) == name {
                    calls.push((*unit, node));
                }
            }
        }
        for (called, call) in &self.facts.calls {
            let (Some((of, place)), Some((unit, call))) =
                (self.subject.program.place(*called), self.subject.program.place(*call))
            else {
                continue;
            };
            if of != home || place != range(function) || calls.iter().any(|(_, known)| range(*known) == call) {
                continue;
            }
            let tree = self.source(unit)?.tree.as_ref()?;
            let mut node = tree.root_node().descendant_for_byte_range(call.start, call.end)?;
            while !self.grammar.is_call(node) {
                node = node.named_child(0)?;
            }
            if !calls.iter().any(|(known, one)| *known == unit && range(*one) == range(node)) {
                calls.push((unit, node));
            }
        }
        Some(calls)
    }
}

/// The list of what a function is given.
fn parameters_of(function: Node<'_>) -> Option<Node<'_>> {
    function.child_by_field_name("parameters")
}

/// The key that an item of a pattern takes.
fn pattern_key<'text>(item: Node<'_>, text: &'text str) -> Option<&'text str> {
    let key = match item.kind() {
        "pair_pattern" => item.child_by_field_name("key")?,
        "object_assignment_pattern" | "assignment_pattern" => item.child_by_field_name("left")?,
        _ => item,
    };
    text.get(key.byte_range())
}
