//! The code that builds the form, in a function of the same file or of another one.

use std::path::PathBuf;

use tree_sitter::Node;

use crate::edits::{Edits, ancestor, indentation, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::keep::files::{beside, class_path, export, import, imports, java, names, package, with_import};
use crate::names::{free, import_statements, is_declaration, java_type, variables};
use crate::site::{function, statement};

const FIELD: &str = "jwt_token";
const NAME: &str = "buildTokenForm";

/// Code that builds the form: one expression, or a declaration and the statements that fill what it declares.
struct Piece<'tree> {
    nodes: Vec<Node<'tree>>,
    /// The variable that statements fill.
    filled: Option<String>,
}

fn piece(fixture: &Fixture) -> Option<Piece<'_>> {
    if fixture.text().matches(FIELD).count() != 1 {
        return None;
    }
    let at = fixture.text().find(FIELD)?;
    let leaf = fixture.root().descendant_for_byte_range(at, at + FIELD.len())?;
    let map = ancestor(leaf, &["object", "dictionary"]);
    let own = leaf
        .parent()
        .filter(|_| leaf.kind().starts_with("shorthand"))
        .or(ancestor(leaf, &["pair"]).and_then(|pair| pair.parent()));
    let is_pattern =
        ancestor(leaf, &["object_pattern", "formal_parameters", "type_annotation", "interface_body", "annotation"])
            .is_some();
    if is_pattern {
        return None;
    }
    if map.is_some() && map == own {
        return map.map(|map| Piece { nodes: vec![map], filled: None });
    }
    let last = statement(leaf)?;
    if matches!(last.kind(), "local_variable_declaration" | "lexical_declaration" | "variable_declaration") {
        let declarators = nodes(last, &["variable_declarator"]);
        let declarator =
            declarators.first().filter(|it| it.parent() == Some(last) && named_children(last).len() <= 2)?;
        let value = declarator.child_by_field_name("value")?;
        let is_sent = fixture
            .sites()
            .iter()
            .any(|site| value.start_byte() <= site.start_byte() && site.end_byte() <= value.end_byte());
        if !is_sent
            && !value.kind().contains("function")
            && !value.kind().contains("lambda")
            && value.kind() != "arrow_function"
        {
            return Some(Piece { nodes: vec![value], filled: None });
        }
        return None;
    }
    filled(fixture, last)
}

/// `form = …; form.add(…); form.add(…)` around a statement.
fn filled<'tree>(fixture: &'tree Fixture, last: Node<'tree>) -> Option<Piece<'tree>> {
    let text = fixture.of(last);
    let name: String = text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
    let fills = |node: Node<'_>| {
        let rest = fixture.of(node).strip_prefix(&name);
        node.kind() == "expression_statement"
            && rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            && !holds_site(fixture, node)
    };
    if name.is_empty() || !fills(last) {
        return None;
    }
    let mut all = vec![last];
    let mut before = last.prev_named_sibling();
    loop {
        let node = before?;
        if node.kind().contains("comment") {
            return None;
        }
        all.insert(0, node);
        let declares =
            variables(fixture, node).iter().any(|(known, it)| *known == name && is_declaration(fixture, *it));
        if declares {
            break;
        }
        if !fills(node) {
            return None;
        }
        before = node.prev_named_sibling();
    }
    let mut after = last.next_named_sibling();
    while let Some(node) = after.filter(|node| fills(*node)) {
        all.push(node);
        after = node.next_named_sibling();
    }
    Some(Piece { nodes: all, filled: Some(name) })
}

fn holds_site(fixture: &Fixture, node: Node<'_>) -> bool {
    fixture.sites().iter().any(|site| node.start_byte() <= site.start_byte() && site.end_byte() <= node.end_byte())
}

/// A function that builds the form, what calls it, and the statements or the expression that the call replaces.
struct Built {
    function: String,
    edits: Edits,
}

fn dynamic(fixture: &Fixture) -> Option<Built> {
    let piece = piece(fixture)?;
    function(piece.nodes[0])?;
    let first = piece.nodes[0].start_byte();
    let end = piece.nodes.last()?.end_byte();
    let whole = &fixture.text()[first..end];
    if whole.contains("await ") || whole.contains("super") || whole.contains("yield") {
        return None;
    }
    let mut moved = Edits::default();
    let mut uses_this = false;
    for node in piece.nodes.iter().flat_map(|node| nodes(*node, &["this"])) {
        uses_this = true;
        moved.replace_range(node.start_byte() - first..node.end_byte() - first, "owner");
    }
    let mut text = moved.apply(whole);
    if piece.filled.is_some() {
        let indent = indentation(fixture.text(), first);
        let target = if fixture.is_python() { "    " } else { "  " };
        text = text.replace(&format!("\n{indent}"), &format!("\n{target}"));
    }
    let used = free(fixture, &piece.nodes);
    let mut parameters: Vec<String> = used.clone();
    let mut given = used;
    if uses_this {
        parameters.push("owner".to_owned());
        given.push("this".to_owned());
    }
    let typed = |name: &String| if fixture.is_typescript() { format!("{name}: any") } else { name.clone() };
    let parameters = parameters.iter().map(typed).collect::<Vec<_>>().join(", ");
    let call = format!("{NAME}({})", given.join(", "));
    let mut edits = Edits::default();
    let (code, replacement) = match (&piece.filled, fixture.is_python()) {
        (Some(name), true) => (format!("    {text}\n    return {name}\n"), format!("{name} = {call}")),
        (Some(name), false) => (format!("  {text}\n  return {name};\n"), format!("const {name} = {call};")),
        (None, true) => (format!("    return {text}\n"), call),
        (None, false) => (format!("  return {text};\n"), call),
    };
    edits.replace_range(first..end, replacement);
    let function = match fixture.is_python() {
        true => format!("def {NAME}({parameters}):\n{code}"),
        false => format!("function {NAME}({parameters}) {{\n{code}}}\n"),
    };
    Some(Built { function, edits })
}

/// The modifiers come from where the method goes.
fn java_method(fixture: &Fixture, modifiers: &str, owner: &str) -> Option<Built> {
    let piece = piece(fixture)?;
    let around = ancestor(piece.nodes[0], &["method_declaration", "constructor_declaration"])?;
    let (first, end) = (piece.nodes[0].start_byte(), piece.nodes.last()?.end_byte());
    let is_own_call = |node: &Node<'_>| node.child_by_field_name("object").is_none();
    let holds = |kind: &str| piece.nodes.iter().any(|node| !nodes(*node, &[kind]).is_empty());
    let calls = piece.nodes.iter().flat_map(|node| nodes(*node, &["method_invocation"]));
    if calls.into_iter().any(|call| is_own_call(&call)) || holds("this") || holds("lambda_expression") {
        return None;
    }
    let used = free(fixture, &piece.nodes);
    let typed: Option<Vec<String>> =
        used.iter().map(|name| Some(format!("{} {name}", java_type(fixture, name)?))).collect();
    let declaration = match piece.filled {
        Some(_) => piece.nodes[0],
        None => ancestor(piece.nodes[0], &["local_variable_declaration"])?,
    };
    let returned = fixture.of(declaration.child_by_field_name("type")?);
    if returned == "var" {
        return None;
    }
    let throws =
        named_children(around).into_iter().find(|child| child.kind() == "throws").map_or("", |it| fixture.of(it));
    let whole = &fixture.text()[first..end];
    let call = format!("{owner}{NAME}({})", used.join(", "));
    let mut edits = Edits::default();
    let code = match &piece.filled {
        Some(name) => {
            edits.replace_range(first..end, format!("{returned} {name} = {call};"));
            format!("        {whole}\n        return {name};\n")
        }
        None => {
            edits.replace_range(first..end, call);
            format!("        return {whole};\n")
        }
    };
    let typed = typed?.join(", ");
    let function = format!("    {modifiers}static {returned} {NAME}({typed}) {throws} {{\n{code}    }}\n");
    Some(Built { function, edits })
}

pub(crate) fn extracted(fixture: &Fixture) -> Vec<Variant> {
    if fixture.is_java() {
        let Some(built) = java_method(fixture, "private ", "") else { return Vec::new() };
        let Some(around) = piece(fixture)
            .and_then(|piece| ancestor(piece.nodes[0], &["method_declaration", "constructor_declaration"]))
        else {
            return Vec::new();
        };
        let mut edits = built.edits;
        edits.insert(around.end_byte(), format!("\n\n{}", built.function.trim_end()));
        return fixture.with("same-class", edits.apply(fixture.text()));
    }
    let Some(built) = dynamic(fixture) else { return Vec::new() };
    let mut edits = built.edits;
    let last = import_statements(fixture).last().map_or_else(|| super::files::top(fixture), |last| last.end_byte());
    edits.insert(last, format!("\n\n{}\n", built.function));
    fixture.with("same-file", edits.apply(fixture.text()))
}

pub(crate) fn moved(fixture: &Fixture) -> Vec<Variant> {
    if fixture.is_java() {
        let Some(built) = java_method(fixture, "public ", "TokenForms.") else { return Vec::new() };
        let own = package(fixture);
        let header = if own.is_empty() { String::new() } else { format!("package {own};\n\n") };
        let class = format!("{header}{}\npublic final class TokenForms {{\n\n{}}}\n", imports(fixture), built.function);
        return java(
            fixture,
            "class",
            built.edits.apply(fixture.text()),
            vec![(class_path(&own, "TokenForms"), class)],
        );
    }
    let Some(built) = dynamic(fixture).filter(|_| fixture.has_modules()) else { return Vec::new() };
    let names = names(&[NAME]);
    let content = format!("{}\n\n{}\n{}", imports(fixture), built.function, export(fixture, &names));
    let text = with_import(fixture, built.edits, &import(fixture, &names, "token_forms"));
    let others: Vec<(PathBuf, String)> = vec![(beside(fixture, "token_forms"), content)];
    fixture.with_files("function", text, others)
}
