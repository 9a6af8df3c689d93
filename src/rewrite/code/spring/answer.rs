//! Where a method reads the answer: a member of it, the text that it gives, or an object that is made of all of it.

use std::collections::BTreeMap;

use tree_sitter::Node;

use super::super::names::range;
use super::method::Method;
use crate::syntax::Preorder;

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// The token.
    Value,
    /// Its lifetime.
    Seconds,
    /// Its type.
    Kind,
    /// An object with all of it.
    Whole,
}

/// The type that a reading has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Long,
    Int,
    Any,
}

/// A place that reads the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'tree> {
    pub(super) node: Node<'tree>,
    pub(super) member: Member,
    pub(super) kind: Type,
}

/// An object that the answer is read into.
pub(super) struct Made {
    /// What it is given by its constructor, in order; nothing where it is set afterwards.
    pub(super) arguments: Option<Vec<(Member, Type)>>,
    /// How its members are set: the member, its type, and the text with `{}` for the value.
    pub(super) sets: Vec<(Member, Type, String)>,
}

impl<'tree> Reading<'tree> {
    /// All places of a statement that read the answer. `speaks` tells what has to do with the exchange; with `builds` an object of
    /// the project is made anew.
    pub(super) fn all(
        method: &Method<'_, 'tree>,
        leaf: Node<'tree>,
        speaks: &dyn Fn(Node<'tree>) -> bool,
        builds: bool,
    ) -> Vec<Self> {
        if builds
            && speaks(leaf)
            && let Some(whole) = Self::whole(method, leaf)
        {
            return vec![whole];
        }
        let mut found: Vec<Self> = Vec::new();
        for node in Preorder::new(leaf) {
            let known = found.iter().any(|known| range(known.node).contains(range(node)));
            let Some(member) = (!known).then(|| member(method, node)).flatten() else { continue };
            let object = node.child_by_field_name("object");
            if object.is_some_and(speaks)
                && let Some((node, kind)) = converted(method, node, member)
            {
                found.push(Self { node, member, kind });
            }
        }
        found
    }

    /// The text that a method gives, where that is the token.
    pub(super) fn whole_text(method: &Method<'_, 'tree>, leaf: Node<'tree>) -> Option<Self> {
        let node = leaf.named_child(0).filter(|_| leaf.kind() == "return_statement" && method.gives() == "String")?;
        let token = method.plan.model.token_members.first()?;
        let mut said = method.written(method.body).to_owned();
        for name in method.identifiers(method.body).filter(|name| is_constant(method.written(*name))) {
            let value = constant(method, method.written(name)).filter(|value| !said.contains(value.as_str()));
            said.extend(value);
        }
        let is_silent = !method.plan.speaks_of_lifetime(&said) && !said.contains("refresh_token");
        (is_silent && said.matches(token.as_str()).count() == 1).then_some(Self {
            node,
            member: Member::Value,
            kind: Type::Text,
        })
    }

    /// The object that a statement makes of the answer: what it gives, or what a variable of that class is set to.
    fn whole(method: &Method<'_, 'tree>, leaf: Node<'tree>) -> Option<Self> {
        let value = match leaf.kind() {
            "return_statement" => {
                made(method, method.gives())?;
                leaf.named_child(0)?
            }
            "local_variable_declaration" => {
                made(method, method.written(leaf.child_by_field_name("type")?))?;
                leaf.child_by_field_name("declarator")?.child_by_field_name("value")?
            }
            _ => return None,
        };
        Some(Self { node: value, member: Member::Whole, kind: Type::Any })
    }
}

/// The member of the answer that a node reads by its name, as a call or a field.
fn member(method: &Method<'_, '_>, node: Node<'_>) -> Option<Member> {
    match node.kind() {
        "method_invocation" => {
            let name = method.plan.grammar.called(node, method.text);
            let arguments = node.child_by_field_name("arguments")?;
            match arguments.named_child_count() {
                0 => named(method, name.strip_prefix("get").unwrap_or(name)),
                1 => {
                    let asks = ["has", "contains", "is", "remove", "put", "set", "equals", "add"];
                    let is_question = asks.iter().any(|word| name.starts_with(word));
                    let argument = arguments.named_child(0).filter(|_| !is_question)?;
                    let written = method.written(argument);
                    let value = match argument.kind() {
                        "string_literal" => Some(written.to_owned()),
                        "identifier" | "field_access" => {
                            constant(method, written.rsplit('.').next().unwrap_or(written))
                        }
                        _ => None,
                    };
                    named(method, value?.trim_matches('"'))
                }
                _ => None,
            }
        }
        "field_access" => {
            let is_called = node.parent().is_some_and(|parent| parent.child_by_field_name("object") == Some(node));
            named(method, method.written(node.child_by_field_name("field")?)).filter(|_| !is_called)
        }
        _ => None,
    }
}

/// The member of this name, in any spelling.
fn named(method: &Method<'_, '_>, name: &str) -> Option<Member> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let name = plain(name);
    let model = method.plan.model;
    if model.token_members.first().is_some_and(|token| plain(token) == name) {
        Some(Member::Value)
    } else if plain(&model.lifetime_member) == name {
        Some(Member::Seconds)
    } else if model.token_members.iter().any(|member| plain(member) == name && name.ends_with("type")) {
        Some(Member::Kind)
    } else {
        None
    }
}

/// The whole expression around a reading that says which type is wanted.
fn converted<'tree>(method: &Method<'_, 'tree>, reading: Node<'tree>, member: Member) -> Option<(Node<'tree>, Type)> {
    let mut node = reading;
    let mut kind = match reading.kind() {
        "method_invocation" if reading.child_by_field_name("arguments")?.named_child_count() == 1 => {
            type_named(method.plan.grammar.called(reading, method.text))
        }
        _ => declared_type(method, reading)?,
    };
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "parenthesized_expression" if outer.parent().is_some_and(|around| around.kind() == "method_invocation") => {
            }
            "cast_expression" if outer.child_by_field_name("value") == Some(node) => {
                kind = type_named(method.written(outer.child_by_field_name("type")?));
            }
            "method_invocation" if outer.child_by_field_name("object") == Some(node) => {
                let name = method.plan.grammar.called(outer, method.text);
                let is_plain = outer.child_by_field_name("arguments").is_some_and(|list| list.named_child_count() == 0);
                let wanted = type_named(name);
                if !is_plain || wanted == Type::Any {
                    break;
                }
                kind = wanted;
            }
            _ => break,
        }
        node = outer;
    }
    let fits = match member {
        Member::Value | Member::Kind => !matches!(kind, Type::Long | Type::Int),
        _ => true,
    };
    fits.then_some((node, kind))
}

/// The type that a name of a method or class speaks of.
fn type_named(name: &str) -> Type {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["string", "text", "str"]) {
        Type::Text
    } else if has(&["long", "number", "double"]) {
        Type::Long
    } else if has(&["int"]) {
        Type::Int
    } else {
        Type::Any
    }
}

/// The type of what a getter or field of a class of the project gives.
fn declared_type(method: &Method<'_, '_>, reading: Node<'_>) -> Option<Type> {
    let name = reading.child_by_field_name("name").or_else(|| reading.child_by_field_name("field"))?;
    let name = method.written(name);
    for source in method.plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
        for node in Preorder::new(tree.root_node()) {
            let declares = match node.kind() {
                "method_declaration" => node.child_by_field_name("name").is_some_and(|known| of(known) == name),
                "formal_parameter" => {
                    node.child_by_field_name("name").is_some_and(|known| of(known) == name)
                        && node
                            .parent()
                            .and_then(|list| list.parent())
                            .is_some_and(|one| one.kind() == "record_declaration")
                }
                "field_declaration" => node
                    .child_by_field_name("declarator")
                    .and_then(|one| one.child_by_field_name("name"))
                    .is_some_and(|known| of(known) == name),
                _ => false,
            };
            if declares && let Some(kind) = node.child_by_field_name("type") {
                return Some(type_named(of(kind)));
            }
        }
    }
    None
}

/// Whether a name is that of a constant.
fn is_constant(name: &str) -> bool {
    name.len() > 1 && name == name.to_uppercase()
}

/// What a constant of the program is set to, as it is written.
fn constant(method: &Method<'_, '_>, name: &str) -> Option<String> {
    method.plan.subject.sources.iter().find_map(|source| {
        let text = source.file.text();
        let root = source.tree.as_ref()?.root_node();
        let declarator = Preorder::new(root).find(|node| {
            node.kind() == "variable_declarator"
                && node
                    .parent()
                    .is_some_and(|outer| matches!(outer.kind(), "field_declaration" | "constant_declaration"))
                && node.child_by_field_name("name").and_then(|known| text.get(known.byte_range())) == Some(name)
        })?;
        text.get(declarator.child_by_field_name("value")?.byte_range()).map(str::to_owned)
    })
}

/// How an object of a class of the project is made of the answer; nothing where it has more than that.
pub(super) fn made(method: &Method<'_, '_>, class: &str) -> Option<Made> {
    let neighbours = || method.plan.subject.sources.iter();
    let (source, declared) = neighbours().find_map(|source| {
        let text = source.file.text();
        let declared = Preorder::new(source.tree.as_ref()?.root_node()).find(|node| {
            matches!(node.kind(), "class_declaration" | "record_declaration")
                && node.child_by_field_name("name").and_then(|name| text.get(name.byte_range())) == Some(class)
        })?;
        Some((source, declared))
    })?;
    let is_here = declared.end_byte() <= method.text.len() && source.file.text() == method.text;
    let of = |node: Node<'_>| source.file.text().get(node.byte_range()).unwrap_or_default();
    let member_of = |node: Node<'_>, name: &str| {
        let annotation = Preorder::new(node).find(|inner| inner.kind() == "string_literal" && in_annotation(*inner));
        match annotation {
            Some(literal) => named(method, of(literal).trim_matches('"')),
            None => named(method, name),
        }
    };
    let kind_of = |node: Node<'_>| node.child_by_field_name("type").map(|kind| type_named(of(kind)));
    if declared.kind() == "record_declaration" {
        let list = declared.child_by_field_name("parameters")?;
        let mut cursor = list.walk();
        let arguments: Option<Vec<(Member, Type)>> = list
            .named_children(&mut cursor)
            .filter(|child| child.kind() == "formal_parameter")
            .map(|component| {
                let name = of(component.child_by_field_name("name")?);
                Some((member_of(component, name)?, kind_of(component)?))
            })
            .collect();
        let arguments = arguments.filter(|all| !all.is_empty())?;
        return Some(Made { arguments: Some(arguments), sets: Vec::new() });
    }
    if declared.child_by_field_name("superclass").is_some() {
        return None;
    }
    let body = declared.child_by_field_name("body")?;
    let mut cursor = body.walk();
    let mut setters: BTreeMap<String, &str> = BTreeMap::new();
    for item in body.named_children(&mut cursor) {
        match item.kind() {
            "constructor_declaration" if item.child_by_field_name("parameters")?.named_child_count() > 0 => {
                return None;
            }
            "method_declaration" => {
                let name = of(item.child_by_field_name("name")?);
                if let Some(of) = name.strip_prefix("set") {
                    setters.insert(of.to_lowercase(), name);
                }
            }
            _ => {}
        }
    }
    let mut sets = Vec::new();
    let mut cursor = body.walk();
    for field in body.named_children(&mut cursor).filter(|item| item.kind() == "field_declaration") {
        if method.plan.grammar.has_modifier(field, "static") {
            continue;
        }
        let name = of(field.child_by_field_name("declarator")?.child_by_field_name("name")?);
        let is_open = is_here || !method.plan.grammar.has_modifier(field, "private");
        let set = match setters.get(&name.to_lowercase()) {
            Some(setter) => format!("{setter}({{}})"),
            None if is_open && !method.plan.grammar.has_modifier(field, "final") => format!("{name} = {{}}"),
            None => return None,
        };
        sets.push((member_of(field, name)?, kind_of(field)?, set));
    }
    (!sets.is_empty()).then_some(Made { arguments: None, sets })
}

fn in_annotation(node: Node<'_>) -> bool {
    let mut outer = node.parent();
    while let Some(here) = outer.filter(|here| !here.kind().ends_with("_declaration")) {
        if here.kind() == "annotation" {
            return true;
        }
        outer = here.parent();
    }
    false
}
