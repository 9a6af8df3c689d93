//! Names: which identifiers are variables, where they are declared, which of them a piece of code uses.

use std::collections::{BTreeMap, BTreeSet};

use grantshift::syntax::Preorder;
use tree_sitter::Node;

use crate::edits::{ancestor, is_field, nodes};
use crate::fixture::Fixture;

/// Whether an identifier stands for a variable, a parameter or a function.
pub(crate) fn is_variable(fixture: &Fixture, node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match node.kind() {
        "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => true,
        "identifier" if fixture.is_node() => {
            !parent.kind().contains("specifier") && parent.kind() != "namespace_import"
        }
        "identifier" if fixture.is_python() => {
            let is_name = matches!(parent.kind(), "keyword_argument") && is_field(node, "name");
            let is_attribute = parent.kind() == "attribute" && is_field(node, "attribute");
            !is_name && !is_attribute && parent.kind() != "dotted_name"
        }
        "identifier" => {
            let is_declared = matches!(
                parent.kind(),
                "variable_declarator"
                    | "formal_parameter"
                    | "resource"
                    | "catch_formal_parameter"
                    | "enhanced_for_statement"
            );
            if is_field(node, "name") {
                return is_declared;
            }
            let is_other = matches!(
                parent.kind(),
                "scoped_identifier" | "labeled_statement" | "break_statement" | "continue_statement"
            ) || is_field(node, "field")
                || is_field(node, "key")
                || (parent.kind() == "method_reference" && parent.named_child(0) != Some(node));
            !is_other
        }
        _ => false,
    }
}

/// The variables below a node by their names, in the order of the text.
pub(crate) fn variables<'tree>(fixture: &Fixture, within: Node<'tree>) -> Vec<(String, Node<'tree>)> {
    let all = Preorder::new(within).filter(|node| is_variable(fixture, *node));
    all.map(|node| (fixture.of(node).to_owned(), node)).collect()
}

/// Whether a variable is declared where it stands.
pub(crate) fn is_declaration(fixture: &Fixture, node: Node<'_>) -> bool {
    let mut child = node;
    while let Some(parent) = child.parent() {
        match parent.kind() {
            "variable_declarator"
            | "function_declaration"
            | "resource"
            | "catch_formal_parameter"
            | "enhanced_for_statement" => {
                return is_field(child, "name");
            }
            "class_declaration" | "function_definition" | "class_definition" if is_field(child, "name") => return true,
            "assignment" | "for_statement" | "for_in_clause" | "for_in_statement" => {
                return is_field(child, "left")
                    && (parent.kind() != "for_in_statement" || parent.child_by_field_name("kind").is_some());
            }
            "named_expression" => return is_field(child, "name"),
            "as_pattern_target" | "formal_parameters" | "parameters" | "lambda_parameters" | "inferred_parameters" => {
                return true;
            }
            "formal_parameter" => return is_field(child, "name"),
            "arrow_function" => return is_field(child, "parameter"),
            "catch_clause" => return is_field(child, "parameter"),
            "lambda_expression" => return is_field(child, "parameters"),
            "assignment_pattern" | "object_assignment_pattern" if !is_field(child, "left") => return false,
            "default_parameter" | "typed_default_parameter" if !is_field(child, "name") => return false,
            "required_parameter" | "optional_parameter" if !is_field(child, "pattern") => return false,
            "attribute" | "subscript" | "call" | "type" => return false,
            "pair_pattern"
            | "object_pattern"
            | "array_pattern"
            | "rest_pattern"
            | "pattern_list"
            | "tuple_pattern"
            | "typed_parameter"
            | "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "assignment_pattern"
            | "object_assignment_pattern"
            | "default_parameter"
            | "typed_default_parameter"
            | "required_parameter"
            | "optional_parameter" => {}
            _ => return false,
        }
        child = parent;
    }
    let _ = fixture;
    false
}

/// The names that the file declares, with their declarations.
pub(crate) fn declared(fixture: &Fixture) -> BTreeMap<String, Vec<Node<'_>>> {
    let mut found: BTreeMap<String, Vec<Node<'_>>> = BTreeMap::new();
    for (name, node) in variables(fixture, fixture.root()) {
        if is_declaration(fixture, node) {
            found.entry(name).or_default().push(node);
        }
    }
    found
}

/// The names that imports and `require` give.
pub(crate) fn imported(fixture: &Fixture) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for import in import_statements(fixture) {
        for node in Preorder::new(import) {
            if matches!(node.kind(), "identifier" | "shorthand_property_identifier_pattern") {
                names.insert(fixture.of(node).to_owned());
            }
        }
    }
    names
}

/// The statements of the top level that import something.
pub(crate) fn import_statements(fixture: &Fixture) -> Vec<Node<'_>> {
    let root = fixture.root();
    let mut cursor = root.walk();
    root.named_children(&mut cursor)
        .filter(|node| match node.kind() {
            "import_statement" | "import_from_statement" | "import_declaration" | "future_import_statement" => true,
            "lexical_declaration" | "variable_declaration" => is_required(fixture, *node),
            _ => false,
        })
        .collect()
}

/// `const a = require('b')`, `const { c } = require('d').e`
fn is_required(fixture: &Fixture, node: Node<'_>) -> bool {
    nodes(node, &["variable_declarator"]).iter().all(|declarator| {
        declarator.child_by_field_name("value").is_some_and(|value| {
            let mut value = value;
            while let Some(object) = value.child_by_field_name("object") {
                value = object;
            }
            value.kind() == "call_expression" && fixture.of(value).starts_with("require(")
        })
    })
}

/// The names that a piece of code uses and that the file declares outside it, but for imports.
pub(crate) fn free(fixture: &Fixture, piece: &[Node<'_>]) -> Vec<String> {
    let known = declared(fixture);
    let imported = imported(fixture);
    let inside: BTreeSet<String> = piece
        .iter()
        .flat_map(|node| variables(fixture, *node))
        .filter(|(_, node)| is_declaration(fixture, *node))
        .map(|(name, _)| name)
        .collect();
    let mut names = Vec::new();
    for (name, _) in piece.iter().flat_map(|node| variables(fixture, *node)) {
        if known.contains_key(&name) && !inside.contains(&name) && !imported.contains(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The type that Java declares a name with, where it is written out.
pub(crate) fn java_type(fixture: &Fixture, name: &str) -> Option<String> {
    let declarations = declared(fixture);
    let nodes = declarations.get(name)?;
    let mut types: Vec<String> = nodes
        .iter()
        .filter_map(|node| {
            let holder = ancestor(
                *node,
                &[
                    "local_variable_declaration",
                    "formal_parameter",
                    "field_declaration",
                    "resource",
                    "enhanced_for_statement",
                ],
            )?;
            Some(fixture.of(holder.child_by_field_name("type")?).to_owned())
        })
        .collect();
    types.dedup();
    match types.as_slice() {
        [only] if only != "var" => Some(only.clone()),
        _ => None,
    }
}
