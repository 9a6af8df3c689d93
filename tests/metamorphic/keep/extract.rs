//! The body of the function that makes the exchange, or the call alone, in a function of its own.

use tree_sitter::Node;

use crate::edits::{Edits, ancestor, indentation, is_field, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::names::{declared, imported, java_type};
use crate::site::{function, parameters, statement};

const NAME: &str = "extractedStep";

pub(crate) fn body(fixture: &Fixture) -> Vec<Variant> {
    let Some(site) = fixture.site() else { return Vec::new() };
    let Some(around) = function(site) else { return Vec::new() };
    let Some(body) = around.child_by_field_name("body") else { return Vec::new() };
    let Some(parameters) = parameters(fixture, around) else { return Vec::new() };
    let changed = match () {
        () if fixture.is_java() => java_body(fixture, around, body, &parameters),
        () if fixture.is_python() => python_body(fixture, around, body, &parameters),
        () => node_body(fixture, around, body, &parameters),
    };
    changed.map(|text| fixture.with("body", text)).unwrap_or_default()
}

fn java_body(fixture: &Fixture, around: Node<'_>, body: Node<'_>, parameters: &[String]) -> Option<String> {
    let returned = around.child_by_field_name("type").filter(|_| around.kind() == "method_declaration")?;
    if ancestor(around, &["interface_declaration", "annotation_type_declaration"]).is_some() {
        return None;
    }
    let modifiers = named_children(around).into_iter().find(|child| child.kind() == "modifiers");
    let is_static =
        modifiers.is_some_and(|modifiers| fixture.of(modifiers).split_whitespace().any(|word| word == "static"));
    let name = around.child_by_field_name("name")?;
    let text = fixture.text();
    let from = modifiers.map_or(around.start_byte(), |modifiers| modifiers.end_byte());
    let before = &text[from..name.start_byte()];
    let list = around.child_by_field_name("parameters")?;
    // The new method needs no annotations of parameters.
    let mut bare = Edits::default();
    for annotation in nodes(list, &["annotation", "marker_annotation"]) {
        let range = annotation.byte_range();
        bare.replace_range(range.start - list.start_byte()..range.end - list.start_byte(), "");
    }
    let signature = format!("{}{}", bare.apply(fixture.of(list)), &text[list.end_byte()..body.start_byte()]);
    let indent = indentation(text, around.start_byte());
    let is_static = if is_static { "static " } else { "" };
    let method = format!("\n\n{indent}private {is_static}{}{NAME}{signature}{}", before.trim_start(), fixture.of(body));
    let returns = if fixture.of(returned) == "void" { "" } else { "return " };
    let mut edits = Edits::default();
    edits.replace(body, format!("{{ {returns}{NAME}({}); }}", parameters.join(", ")));
    edits.insert(around.end_byte(), method);
    Some(edits.apply(text))
}

fn python_body(fixture: &Fixture, around: Node<'_>, body: Node<'_>, parameters: &[String]) -> Option<String> {
    if around.kind() != "function_definition" || !nodes(body, &["yield"]).is_empty() {
        return None;
    }
    let text = fixture.text();
    let holder = around.parent().filter(|parent| parent.kind() == "decorated_definition");
    if holder.is_some_and(|holder| fixture.of(holder).contains("method\n") || fixture.of(holder).contains("property\n"))
    {
        return None;
    }
    let in_class = ancestor(around, &["class_definition", "function_definition"])
        .is_some_and(|it| it.kind() == "class_definition");
    let list = around.child_by_field_name("parameters")?;
    let whole = holder.unwrap_or(around);
    let indent = indentation(text, whole.start_byte());
    let is_async = fixture.of(around).starts_with("async");
    let keyword = if is_async { "async def" } else { "def" };
    let body_indent = indentation(text, body.start_byte());
    let definition = format!(
        "{keyword} {NAME}{}:\n{body_indent}{}\n\n{indent}",
        fixture.of(list),
        &text[body.start_byte()..body.end_byte()]
    );
    let mut given = parameters.to_vec();
    let receiver = if in_class && !given.is_empty() { format!("{}.", given.remove(0)) } else { String::new() };
    let has_star = fixture.of(list).contains("*,");
    let given: Vec<String> =
        given.into_iter().map(|name| if has_star { format!("{name}={name}") } else { name }).collect();
    let wait = if is_async { "await " } else { "" };
    let mut edits = Edits::default();
    edits.insert(whole.start_byte(), definition);
    edits.replace_range(
        body.start_byte()..body.end_byte(),
        format!("return {wait}{receiver}{NAME}({})", given.join(", ")),
    );
    Some(edits.apply(text))
}

fn node_body(fixture: &Fixture, around: Node<'_>, body: Node<'_>, parameters: &[String]) -> Option<String> {
    if body.kind() != "statement_block"
        || !nodes(body, &["yield_expression"]).is_empty()
        || fixture.of(body).contains("arguments")
    {
        return None;
    }
    let text = fixture.text();
    let list = around.child_by_field_name("parameters").or(around.child_by_field_name("parameter"))?;
    let signature = match list.kind() {
        "identifier" => format!("({})", fixture.of(list)),
        // Types of parameters stay, what the function returns too.
        _ => text[list.start_byte()..body.start_byte()].trim_end().trim_end_matches("=>").trim_end().to_owned(),
    };
    let is_async = text[around.start_byte()..list.start_byte()].contains("async");
    let prefix = if is_async { "async " } else { "" };
    let given = parameters.join(", ");
    let mut edits = Edits::default();
    match around.kind() {
        "method_definition" if around.parent()?.kind() == "class_body" => {
            let name = around.child_by_field_name("name")?;
            let before = &text[around.start_byte()..name.start_byte()];
            if fixture.of(name) == "constructor"
                || before.contains('@')
                || before.contains("get ")
                || before.contains("set ")
            {
                return None;
            }
            edits.insert(around.start_byte(), format!("{before}{NAME}{signature} {}\n\n  ", fixture.of(body)));
            edits.replace(body, format!("{{ return this.{NAME}({given}); }}"));
        }
        "function_declaration" => {
            let whole = around.parent().filter(|parent| parent.kind() == "export_statement").unwrap_or(around);
            edits.insert(whole.start_byte(), format!("{prefix}function {NAME}{signature} {}\n\n", fixture.of(body)));
            edits.replace(body, format!("{{ return {NAME}({given}); }}"));
        }
        "arrow_function" => {
            let before = statement(around)?;
            if ancestor(around, &["class_body"]).is_some_and(|class| class.start_byte() > before.start_byte()) {
                return None;
            }
            edits.insert(before.start_byte(), format!("const {NAME} = {prefix}{signature} => {};\n", fixture.of(body)));
            edits.replace(body, format!("{{ return {NAME}({given}); }}"));
        }
        _ => return None,
    }
    Some(edits.apply(text))
}

pub(crate) fn call(fixture: &Fixture) -> Vec<Variant> {
    let Some(site) = fixture.call() else { return Vec::new() };
    let changed = match () {
        () if fixture.is_java() => java_call(fixture, site),
        () => dynamic_call(fixture, site),
    };
    changed.map(|text| fixture.with("call", text)).unwrap_or_default()
}

/// `client.post(url, body)` → `extractedStep(client, url, body)`
fn dynamic_call(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    let callee = site.child_by_field_name("function")?;
    let arguments = site.child_by_field_name("arguments")?;
    let receiver = callee.child_by_field_name("object");
    let method = callee.child_by_field_name("property").or(callee.child_by_field_name("attribute"));
    let type_mark = if fixture.is_typescript() { ": any" } else { "" };
    let (mut parameters, mut given, mut inner) = (Vec::new(), Vec::new(), Vec::new());
    let called = match (receiver, method) {
        (Some(receiver), Some(method)) => {
            if receiver.kind() == "super"
                || fixture.of(method).starts_with('#')
                || fixture.of(receiver).contains("super")
            {
                return None;
            }
            parameters.push(format!("receiver{type_mark}"));
            given.push(fixture.of(receiver).to_owned());
            format!("receiver.{}", fixture.of(method))
        }
        _ if callee.kind() == "identifier" => {
            let name = fixture.of(callee);
            let known = declared(fixture);
            if known.contains_key(name) && !imported(fixture).contains(name) {
                parameters.push(format!("receiver{type_mark}"));
                given.push(name.to_owned());
                "receiver".to_owned()
            } else {
                name.to_owned()
            }
        }
        _ => return None,
    };
    for (number, argument) in named_children(arguments).into_iter().enumerate() {
        let text = fixture.of(argument);
        match argument.kind() {
            "keyword_argument" => {
                let name = fixture.of(argument.child_by_field_name("name")?);
                parameters.push(name.to_owned());
                given.push(text.to_owned());
                inner.push(format!("{name}={name}"));
            }
            "spread_element" | "list_splat" | "dictionary_splat" => return None,
            _ => {
                let name = format!("given{number}");
                parameters.push(format!("{name}{type_mark}"));
                given.push(text.to_owned());
                inner.push(name);
            }
        }
    }
    let (parameters, inner) = (parameters.join(", "), inner.join(", "));
    let mut edits = Edits::default();
    edits.replace(site, format!("{NAME}({})", given.join(", ")));
    if fixture.is_python() {
        edits.insert(
            super::files::top(fixture),
            format!("def {NAME}({parameters}):\n    return {called}({inner})\n\n\n"),
        );
        // What the function uses is imported before.
        let imports = crate::names::import_statements(fixture).last().map(|last| last.end_byte());
        let at = imports?;
        let mut edits = Edits::default();
        edits.replace(site, format!("{NAME}({})", given.join(", ")));
        if site.start_byte() < at {
            return None;
        }
        edits.insert(at, format!("\n\n\ndef {NAME}({parameters}):\n    return {called}({inner})\n\n"));
        return Some(edits.apply(fixture.text()));
    }
    edits
        .insert(fixture.text().len(), format!("\nfunction {NAME}({parameters}) {{\n  return {called}({inner});\n}}\n"));
    Some(edits.apply(fixture.text()))
}

fn java_call(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    let receiver = site.child_by_field_name("object").filter(|object| object.kind() == "identifier")?;
    let method = fixture.of(site.child_by_field_name("name")?);
    let receiver = fixture.of(receiver);
    let mut given = vec![receiver.to_owned()];
    let mut typed = vec![format!("{} receiver", java_type(fixture, receiver)?)];
    let mut inner = Vec::new();
    for (number, argument) in named_children(site.child_by_field_name("arguments")?).into_iter().enumerate() {
        let text = fixture.of(argument);
        let of = match argument.kind() {
            "identifier" => java_type(fixture, text)?,
            "string_literal" => "String".to_owned(),
            "class_literal" => format!("Class<{}>", text.trim_end_matches(".class")),
            _ => return None,
        };
        typed.push(format!("{of} given{number}"));
        given.push(text.to_owned());
        inner.push(format!("given{number}"));
    }
    let parent = site.parent()?;
    let (returned, returns) = match parent.kind() {
        "expression_statement" => ("void".to_owned(), ""),
        "variable_declarator" => (fixture.of(parent.parent()?.child_by_field_name("type")?).to_owned(), "return "),
        "resource" => (fixture.of(parent.child_by_field_name("type")?).to_owned(), "return "),
        "return_statement" => {
            let around = ancestor(site, &["method_declaration", "lambda_expression"])?;
            (fixture.of(around.child_by_field_name("type")?).to_owned(), "return ")
        }
        _ => return None,
    };
    if returned == "var" {
        return None;
    }
    let around = ancestor(site, &["method_declaration"])?;
    let throws = named_children(around)
        .into_iter()
        .find(|child| child.kind() == "throws")
        .map_or("", |throws| fixture.of(throws));
    let class = around.parent().filter(|parent| parent.kind() == "class_body")?;
    debug_assert!(is_field(class, "body"));
    let mut edits = Edits::default();
    edits.replace(site, format!("{NAME}({})", given.join(", ")));
    edits.insert(
        around.end_byte(),
        format!(
            "\n\n    private static {returned} {NAME}({}) {throws} {{\n        {returns}receiver.{method}({});\n    }}",
            typed.join(", "),
            inner.join(", ")
        ),
    );
    Some(edits.apply(fixture.text()))
}
