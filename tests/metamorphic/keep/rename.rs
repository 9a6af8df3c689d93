//! New names for variables, parameters and functions of the file.

use crate::edits::{Edits, ancestor, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::names::{declared, imported, is_declaration, variables};

pub(crate) fn apply(fixture: &Fixture) -> Vec<Variant> {
    if fixture.text().contains("locals()") || fixture.text().contains("globals()") {
        return Vec::new();
    }
    let imported = imported(fixture);
    let fields = member_names(fixture);
    let mut edits = Edits::default();
    let all = variables(fixture, fixture.root());
    for (number, (name, declarations)) in declared(fixture).into_iter().enumerate() {
        let is_fixed = imported.contains(&name)
            || fields.contains(&name)
            || matches!(name.as_str(), "self" | "cls" | "exports" | "module")
            || (fixture.is_node() && name.starts_with(char::is_uppercase))
            || declarations.iter().any(|node| is_seen_from_outside(fixture, *node));
        if is_fixed {
            continue;
        }
        let fresh = format!("renamed{number}");
        for (_, node) in all.iter().filter(|(known, _)| *known == name) {
            match node.kind() {
                "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => {
                    edits.replace(*node, format!("{name}: {fresh}"));
                }
                _ => edits.replace(*node, fresh.clone()),
            }
        }
    }
    fixture.with("all", edits.apply(fixture.text()))
}

/// Names by which something else than a variable is reached: fields, class attributes, keywords, exports.
fn member_names(fixture: &Fixture) -> Vec<String> {
    let mut names = Vec::new();
    for node in nodes(
        fixture.root(),
        &["keyword_argument", "field_declaration", "enum_declaration", "record_declaration", "export_specifier"],
    ) {
        let held: Vec<_> = match node.kind() {
            "keyword_argument" => node.child_by_field_name("name").into_iter().collect(),
            "field_declaration" => nodes(node, &["variable_declarator"])
                .into_iter()
                .filter_map(|it| it.child_by_field_name("name"))
                .collect(),
            "record_declaration" => {
                nodes(node, &["formal_parameter"]).into_iter().filter_map(|it| it.child_by_field_name("name")).collect()
            }
            _ => nodes(node, &["identifier"]),
        };
        names.extend(held.into_iter().map(|name| fixture.of(name).to_owned()));
    }
    names
}

/// Whether more than the code around it knows a declaration.
fn is_seen_from_outside(fixture: &Fixture, node: tree_sitter::Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return true };
    // A parameter with an annotation or a decorator has its name for somebody else, and so has one that makes a field.
    let parameter = ancestor(node, &["formal_parameter", "required_parameter", "optional_parameter"])
        .filter(|_| is_declaration(fixture, node));
    let marked = |kind: &str| kind == "modifiers" || kind == "accessibility_modifier" || kind == "decorator";
    if parameter.is_some_and(|parameter| named_children(parameter).iter().any(|child| marked(child.kind()))) {
        return true;
    }
    let is_top =
        |node: tree_sitter::Node<'_>| node.parent().is_none_or(|parent| matches!(parent.kind(), "module" | "program"));
    let statement = match parent.kind() {
        "variable_declarator" => parent.parent().unwrap_or(parent),
        _ => parent,
    };
    if statement.parent().is_some_and(|it| it.kind() == "export_statement") {
        return true;
    }
    if fixture.is_python() {
        let in_class = ancestor(node, &["function_definition", "class_definition", "lambda"]).is_some_and(|it| {
            it.kind() == "class_definition"
                || (it.child_by_field_name("name") == Some(node)
                    && ancestor(it, &["function_definition", "class_definition"])
                        .is_some_and(|it| it.kind() == "class_definition"))
        });
        let decorated = ancestor(node, &["function_definition"])
            .and_then(|it| it.parent())
            .is_some_and(|it| it.kind() == "decorated_definition");
        let imported_elsewhere = !fixture.is_alone() && (is_top(statement) || statement.parent().is_some_and(is_top));
        return in_class || decorated || imported_elsewhere;
    }
    !fixture.is_alone() && is_top(statement) && !fixture.is_java()
}
