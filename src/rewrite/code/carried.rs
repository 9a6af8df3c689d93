//! What only carried a part of the old credential through a program of Python: entries of dictionaries, fields of classes, and
//! functions that only give a value. It says what may go, and edits nothing.
//!
//! An entry goes only if its dictionary could be followed to everybody who reads it; a field only if nobody constructs the class
//! from what is not seen, or shows it as a whole.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::grammar::Grammar;
use super::names::{Declaration, Kind, Names, range};
use crate::detect::Subject;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Context};
use crate::project::Source;
use crate::rules::Effects;
use crate::syntax::Preorder;

/// How far a dictionary is followed from function to function.
const DEEPEST: usize = 8;
/// A program, seen for what carries values.
pub(super) struct Carried<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) grammar: Grammar,
    pub(super) effects: &'a Effects,
    pub(super) names: &'a BTreeMap<UnitId, Names>,
}

impl<'a> Carried<'a> {
    /// What goes because all that read it in a file is dead.
    pub(super) fn fallen(
        &self,
        unit: UnitId,
        is_dead: &dyn Fn(UnitId, ByteRange) -> bool,
        has_effect: &dyn Fn(UnitId, ByteRange) -> bool,
    ) -> Vec<(UnitId, ByteRange)> {
        let mut fallen = Vec::new();
        for key in self.keys(unit, is_dead) {
            if let Some(entries) = self.entries(key, is_dead) {
                fallen.extend(entries.into_iter().filter(|(unit, place)| !has_effect(*unit, *place)));
            }
        }
        let Some(names) = self.names.get(&unit) else { return fallen };
        let dead =
            names.mentions.iter().filter(|mention| mention.name.starts_with('.') && is_dead(unit, mention.range));
        let members: BTreeSet<&str> = dead.map(|mention| mention.name.as_str()).collect();
        for member in members {
            if let Some(places) = self.fields(member, is_dead)
                && places.iter().all(|(unit, place)| !has_effect(*unit, *place))
            {
                fallen.extend(places);
            }
        }
        fallen
    }

    fn source(&self, unit: UnitId) -> Option<&'a Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    fn root(&self, unit: UnitId) -> Option<(Node<'a>, &'a str)> {
        let source = self.source(unit)?;
        Some((source.tree.as_ref()?.root_node(), source.file.text()))
    }

    /// The keys that dead code of a file reads.
    fn keys(&self, unit: UnitId, is_dead: &dyn Fn(UnitId, ByteRange) -> bool) -> BTreeSet<&'a str> {
        let Some((root, text)) = self.root(unit) else { return BTreeSet::new() };
        let strings = Preorder::new(root).filter(|node| node.kind() == "string" && is_dead(unit, range(*node)));
        strings.filter(|string| is_read(*string, text)).filter_map(|string| content(string, text)).collect()
    }

    /// The entries under a key, where nobody who is alive reads it.
    fn entries(&self, key: &str, is_dead: &dyn Fn(UnitId, ByteRange) -> bool) -> Option<Vec<(UnitId, ByteRange)>> {
        let mut entries = Vec::new();
        for unit in self.names.keys() {
            let (root, text) = self.root(*unit)?;
            if !text.contains(key) {
                continue;
            }
            for string in Preorder::new(root).filter(|node| node.kind() == "string") {
                if content(string, text) != Some(key) || is_dead(*unit, range(string)) {
                    continue;
                }
                let parent = string.parent()?;
                let is_entry = parent.kind() == "pair" && parent.child_by_field_name("key") == Some(string);
                if !is_entry {
                    return None;
                }
                if self.source(*unit)?.context == Context::Test {
                    continue;
                }
                let dictionary = parent.parent().filter(|outer| outer.kind() == "dictionary")?;
                self.is_followed(*unit, dictionary, &mut BTreeSet::new(), DEEPEST)?;
                entries.push((*unit, range(parent)));
            }
        }
        Some(entries)
    }

    /// Whether all that is done with a dictionary is seen, and reads it by keys that are written.
    fn is_followed(
        &self,
        unit: UnitId,
        node: Node<'a>,
        visited: &mut BTreeSet<(UnitId, ByteRange)>,
        depth: usize,
    ) -> Option<()> {
        if !visited.insert((unit, range(node))) {
            return Some(());
        }
        let depth = depth.checked_sub(1)?;
        let (_, text) = self.root(unit)?;
        let parent = node.parent()?;
        match parent.kind() {
            "subscript" if parent.child_by_field_name("value") == Some(node) => {
                let key = parent.child_by_field_name("subscript")?;
                (key.kind() == "string" && content(key, text).is_some()).then_some(())
            }
            "attribute" if parent.child_by_field_name("object") == Some(node) => {
                let call = parent.parent().filter(|call| call.child_by_field_name("function") == Some(parent))?;
                let first = call.child_by_field_name("arguments")?.named_child(0);
                match &text[parent.child_by_field_name("attribute")?.byte_range()] {
                    "get" | "pop" => first.filter(|first| content(*first, text).is_some()).map(|_| ()),
                    "copy" => self.is_followed(unit, call, visited, depth),
                    _ => None,
                }
            }
            "parenthesized_expression" | "conditional_expression" | "boolean_operator" | "as_pattern" => {
                self.is_followed(unit, parent, visited, depth)
            }
            "argument_list" => self.is_followed_into(unit, parent, node, visited, depth),
            "keyword_argument" => self.is_followed_into(unit, parent.parent()?, parent, visited, depth),
            "assignment" if parent.child_by_field_name("right") == Some(node) => {
                let left = parent.child_by_field_name("left")?;
                match left.kind() {
                    "identifier" => {
                        let names = self.names.get(&unit)?;
                        let declared = names.declarations.iter().find(|one| one.range == range(left))?;
                        let importers = self.names.iter().filter(|(other, names)| {
                            **other != unit
                                && declared.scope.0 == 0
                                && names
                                    .declarations
                                    .iter()
                                    .any(|one| one.kind == Kind::Import && one.name == declared.name)
                        });
                        if importers.count() > 0 {
                            return None;
                        }
                        self.is_name_followed(unit, declared, visited, depth)
                    }
                    "attribute" => {
                        let member = format!(".{}", &text[left.child_by_field_name("attribute")?.byte_range()]);
                        self.is_member_followed(&member, visited, depth)
                    }
                    _ => None,
                }
            }
            "return_statement" => {
                let mut function = parent;
                while function.kind() != "function_definition" {
                    function = function.parent()?;
                }
                let name = function.child_by_field_name("name")?;
                let decorated = function.parent().is_some_and(|outer| outer.kind() == "decorated_definition");
                let name = &text[name.byte_range()];
                if decorated {
                    return None;
                }
                for (unit, names) in self.names {
                    let (root, text) = self.root(*unit)?;
                    let member = format!(".{name}");
                    for mention in names.mentions.iter().filter(|one| one.name == name || one.name == member) {
                        let node = root.descendant_for_byte_range(mention.range.start, mention.range.end)?;
                        let callee = node
                            .parent()
                            .filter(|outer| outer.kind() == "attribute" && outer.end_byte() == node.end_byte())
                            .unwrap_or(node);
                        let call = callee.parent().filter(|call| self.grammar.callee(*call) == Some(callee));
                        let call = call.filter(|call| self.grammar.called(*call, text) == name)?;
                        self.is_followed(*unit, call, visited, depth)?;
                    }
                }
                Some(())
            }
            _ => None,
        }
    }

    fn is_name_followed(
        &self,
        unit: UnitId,
        declared: &Declaration,
        visited: &mut BTreeSet<(UnitId, ByteRange)>,
        depth: usize,
    ) -> Option<()> {
        let (root, _) = self.root(unit)?;
        for mention in self.names.get(&unit)?.mentions_of(declared) {
            let node = root.descendant_for_byte_range(mention.range.start, mention.range.end)?;
            self.is_followed(unit, node, visited, depth)?;
        }
        Some(())
    }

    fn is_member_followed(
        &self,
        member: &str,
        visited: &mut BTreeSet<(UnitId, ByteRange)>,
        depth: usize,
    ) -> Option<()> {
        for (unit, names) in self.names {
            let (root, _) = self.root(*unit)?;
            for mention in names.mentions.iter().filter(|one| one.name == member) {
                let node = root.descendant_for_byte_range(mention.range.start, mention.range.end)?;
                self.is_followed(*unit, node.parent()?, visited, depth)?;
            }
        }
        Some(())
    }

    /// What a function of the program does with an argument.
    fn is_followed_into(
        &self,
        unit: UnitId,
        list: Node<'a>,
        argument: Node<'a>,
        visited: &mut BTreeSet<(UnitId, ByteRange)>,
        depth: usize,
    ) -> Option<()> {
        let (_, text) = self.root(unit)?;
        let call = list.parent().filter(|call| call.kind() == "call")?;
        let called = self.grammar.called(call, text);
        if matches!(called, "dict" | "copy" | "deepcopy") {
            return self.is_followed(unit, call, visited, depth);
        }
        let mut cursor = list.walk();
        let position = list.named_children(&mut cursor).position(|one| one == argument)?;
        let keyword = argument
            .child_by_field_name("name")
            .filter(|_| argument.kind() == "keyword_argument")
            .map(|name| &text[name.byte_range()]);
        let mut known = false;
        for (unit, names) in self.names {
            let (root, text) = self.root(*unit)?;
            for function in Preorder::new(root).filter(|node| node.kind() == "function_definition") {
                let name = &text[function.child_by_field_name("name")?.byte_range()];
                let class = class_of(function);
                let of_class = class.and_then(|class| class.child_by_field_name("name"));
                let is_constructor = name == "__init__" && of_class.is_some_and(|of| &text[of.byte_range()] == called);
                if name != called && !is_constructor {
                    continue;
                }
                known = true;
                let parameters = function.child_by_field_name("parameters")?;
                let mut cursor = parameters.walk();
                let written: Vec<Node<'_>> = parameters.named_children(&mut cursor).collect();
                let own = |declaration: &&Declaration| {
                    declaration.kind == Kind::Parameter && range(parameters).contains(declaration.range)
                };
                let mut declared = names.declarations.iter().filter(own);
                let parameter = match keyword {
                    Some(keyword) => declared.find(|one| one.name == keyword)?,
                    None => {
                        let is_static = function.parent().is_some_and(|outer| {
                            outer.kind() == "decorated_definition" && text[outer.byte_range()].starts_with("@static")
                        });
                        let at = position + usize::from(class.is_some() && !is_static);
                        let item = written.get(at).filter(|item| !item.kind().contains("splat"))?;
                        declared.find(|one| range(*item).contains(one.range))?
                    }
                };
                self.is_name_followed(*unit, parameter, visited, depth)?;
            }
        }
        known.then_some(())
    }

    /// The fields of classes with a name that nobody who is alive reads, and what constructors are given for them.
    fn fields(&self, member: &str, is_dead: &dyn Fn(UnitId, ByteRange) -> bool) -> Option<Vec<(UnitId, ByteRange)>> {
        let name = &member[1..];
        let mut places = Vec::new();
        let mut classes: Vec<(&str, usize, bool)> = Vec::new();
        for (unit, names) in self.names {
            let (root, text) = self.root(*unit)?;
            if names.mentions.iter().any(|one| one.name == member && !is_dead(*unit, one.range)) {
                return None;
            }
            let quoted = [format!("\"{name}\""), format!("'{name}'")];
            if self.effects.shows_whole(self.grammar.platform).iter().any(|whole| super::draft::has_word(text, whole))
                || quoted.iter().any(|quoted| {
                    text.match_indices(quoted.as_str())
                        .any(|(at, _)| !is_dead(*unit, ByteRange::new(at, at + quoted.len())))
                })
            {
                return None;
            }
            for one in names.declarations.iter().filter(|one| one.name == member && !is_dead(*unit, one.range)) {
                let node = self.grammar.statement(root.descendant_for_byte_range(one.unit.start, one.unit.end)?)?;
                if one.kind != Kind::Member {
                    return None;
                }
                if let Some(class) = field_of(node) {
                    let bases = class.child_by_field_name("superclasses").map_or("", |bases| &text[bases.byte_range()]);
                    if bases.contains("NamedTuple") {
                        return None;
                    }
                    let body = class.child_by_field_name("body")?;
                    let mut cursor = body.walk();
                    let position = body
                        .named_children(&mut cursor)
                        .filter(|field| is_field(*field))
                        .position(|one| one == node)?;
                    let has_constructor = text[body.byte_range()].contains("def __init__(");
                    classes.push((&text[class.child_by_field_name("name")?.byte_range()], position, !has_constructor));
                }
                places.push((*unit, one.unit));
            }
        }
        for unit in self.names.keys() {
            let (root, text) = self.root(*unit)?;
            for call in Preorder::new(root).filter(|node| node.kind() == "call" && !is_dead(*unit, range(*node))) {
                let called = self.grammar.called(call, text);
                let of = classes.iter().find(|(class, _, by_field)| {
                    let own = matches!(called, "cls" | "replace")
                        && class_around(call).is_some_and(|around| {
                            around.child_by_field_name("name").is_some_and(|name| &text[name.byte_range()] == *class)
                        });
                    *by_field && (*class == called || own)
                });
                let Some((_, position, _)) = of else { continue };
                let list = call.child_by_field_name("arguments")?;
                let mut cursor = list.walk();
                let given: Vec<Node<'_>> =
                    list.named_children(&mut cursor).filter(|one| one.kind() != "comment").collect();
                if given.iter().any(|one| one.kind().contains("splat")) {
                    return None;
                }
                let is_keyword = |one: &&Node<'_>| one.kind() == "keyword_argument";
                let by_name = given.iter().filter(is_keyword).find(|one| {
                    one.child_by_field_name("name").is_some_and(|written| &text[written.byte_range()] == name)
                });
                let by_place = given.get(*position).filter(|one| !is_keyword(one));
                places.extend(by_name.or(by_place).map(|one| (*unit, range(*one))));
            }
        }
        Some(places)
    }

    /// The functions of the program that only give a value, by their names.
    pub(super) fn values(&self) -> BTreeSet<String> {
        let mut functions: Vec<(&str, UnitId, Node<'_>, &str)> = Vec::new();
        for unit in self.names.keys() {
            let Some((root, text)) = self.root(*unit) else { continue };
            for function in Preorder::new(root).filter(|node| node.kind() == "function_definition") {
                let Some(name) = function.child_by_field_name("name") else { continue };
                let mut name = &text[name.byte_range()];
                if name == "__init__" {
                    let class = class_of(function).and_then(|class| class.child_by_field_name("name"));
                    name = class.map_or(name, |class| &text[class.byte_range()]);
                }
                functions.push((name, *unit, function, text));
            }
        }
        let mut values: BTreeSet<String> = BTreeSet::new();
        loop {
            let is_value =
                |called: &str| self.effects.is_value(self.grammar.platform, called) || values.contains(called);
            let fresh: BTreeSet<String> = functions
                .iter()
                .filter(|(name, ..)| !values.contains(*name))
                .filter(|(name, ..)| {
                    functions
                        .iter()
                        .filter(|(other, ..)| other == name)
                        .all(|(_, unit, function, text)| self.is_quiet(*unit, *function, text, &is_value))
                })
                .map(|(name, ..)| (*name).to_owned())
                .collect();
            if fresh.is_empty() {
                return values;
            }
            values.extend(fresh);
        }
    }

    /// Whether a function changes nothing that others see.
    fn is_quiet(&self, unit: UnitId, function: Node<'_>, text: &str, is_value: &dyn Fn(&str) -> bool) -> bool {
        let is_decorated = function.parent().is_some_and(|outer| outer.kind() == "decorated_definition");
        let is_constructor =
            function.child_by_field_name("name").is_some_and(|name| &text[name.byte_range()] == "__init__");
        let is_asynchronous = text[function.byte_range()].starts_with("async");
        if is_asynchronous || (is_decorated && !text[function.byte_range()].is_empty() && !is_plain(function, text)) {
            return false;
        }
        let Some(names) = self.names.get(&unit) else { return false };
        Preorder::new(function).all(|node| match node.kind() {
            "global_statement" | "nonlocal_statement" | "yield" | "await" | "delete_statement" => false,
            "assignment" | "augmented_assignment" => {
                let left = node.child_by_field_name("left").filter(|left| left.kind() != "identifier");
                let Some(left) = left.filter(|left| matches!(left.kind(), "attribute" | "subscript")) else {
                    return true;
                };
                let root = self.grammar.root(left);
                let is_self = is_constructor && &text[root.byte_range()] == "self";
                let is_own = names.declarations.iter().any(|one| {
                    one.kind == Kind::Variable
                        && range(function).contains(one.range)
                        && one.name == text[root.byte_range()]
                });
                is_self || is_own
            }
            "call" => is_value(self.grammar.called(node, text)),
            _ => true,
        })
    }
}

/// A decorator that hands nothing on.
fn is_plain(function: Node<'_>, text: &str) -> bool {
    let Some(outer) = function.parent() else { return false };
    let mut cursor = outer.walk();
    let mut decorators = outer.named_children(&mut cursor).filter(|child| child.kind() == "decorator");
    decorators.all(|decorator| is_plain_decorator(&text[decorator.byte_range()]))
}

/// Whether a decorator only says how a method is called.
pub(super) fn is_plain_decorator(written: &str) -> bool {
    matches!(written.trim(), "@staticmethod" | "@classmethod" | "@property")
}

/// A string that is read as a key: `x["key"]`, `x.get("key")`.
fn is_read(string: Node<'_>, text: &str) -> bool {
    let Some(parent) = string.parent() else { return false };
    match parent.kind() {
        "subscript" => parent.child_by_field_name("subscript") == Some(string),
        "argument_list" => {
            let callee = parent.parent().and_then(|call| call.child_by_field_name("function"));
            let name = callee.and_then(|callee| callee.child_by_field_name("attribute"));
            parent.named_child(0) == Some(string)
                && name.is_some_and(|name| matches!(&text[name.byte_range()], "get" | "pop"))
        }
        _ => false,
    }
}

/// What a plain string says.
fn content<'text>(string: Node<'_>, text: &'text str) -> Option<&'text str> {
    let written = text.get(string.byte_range()).filter(|_| string.kind() == "string")?;
    let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    written.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains(['"', '\'', '\\']))
}

fn class_around(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node.parent()?;
    while node.kind() != "class_definition" {
        node = node.parent()?;
    }
    Some(node)
}

/// The class that a function is a method of.
fn class_of(function: Node<'_>) -> Option<Node<'_>> {
    let outer = function.parent().filter(|outer| outer.kind() == "decorated_definition").unwrap_or(function);
    outer.parent()?.parent().filter(|class| class.kind() == "class_definition")
}

/// The class that a statement declares a field of.
pub(super) fn field_of(statement: Node<'_>) -> Option<Node<'_>> {
    statement.parent()?.parent().filter(|class| class.kind() == "class_definition" && is_field(statement))
}

/// `name: type = value` in a class.
fn is_field(statement: Node<'_>) -> bool {
    let assignment = statement.named_child(0).filter(|_| statement.kind() == "expression_statement");
    assignment
        .is_some_and(|assignment| assignment.kind() == "assignment" && assignment.child_by_field_name("type").is_some())
}
