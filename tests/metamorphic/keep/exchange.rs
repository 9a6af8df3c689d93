//! The function that makes the exchange, in another file that the old one calls.

use std::collections::BTreeSet;

use tree_sitter::Node;

use crate::edits::{Edits, ancestor, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::keep::files::{beside, class_path, export, import, imports, java, package, top};
use crate::names::{imported, is_declaration, variables};
use crate::site::{function, parameters};

pub(crate) fn moved(fixture: &Fixture) -> Vec<Variant> {
    if fixture.is_java() {
        return java_class(fixture);
    }
    let Some(text) = dynamic(fixture) else { return Vec::new() };
    text
}

/// A statement of the top level and the names that it declares.
fn top_level(fixture: &Fixture) -> Vec<(Node<'_>, Vec<String>)> {
    let imports = crate::names::import_statements(fixture);
    named_children(fixture.root())
        .into_iter()
        .filter(|node| !imports.contains(node))
        .map(|node| {
            let inner = if node.kind() == "export_statement" {
                node.child_by_field_name("declaration").unwrap_or(node)
            } else {
                node
            };
            let mut declared = Vec::new();
            if let Some(name) = inner
                .child_by_field_name("name")
                .or(inner.child_by_field_name("definition").and_then(|it| it.child_by_field_name("name")))
            {
                declared.push(fixture.of(name).to_owned());
            }
            if !inner.kind().contains("function") && !inner.kind().contains("class") {
                let own = variables(fixture, inner).into_iter().filter(|(_, it)| {
                    is_declaration(fixture, *it)
                        && function(*it).is_none_or(|around| around.start_byte() < inner.start_byte())
                });
                declared.extend(own.map(|(name, _)| name));
            }
            (node, declared)
        })
        .collect()
}

fn used(fixture: &Fixture, node: Node<'_>) -> BTreeSet<String> {
    let types = nodes(node, &["type_identifier"]).into_iter().map(|it| fixture.of(it).to_owned());
    variables(fixture, node).into_iter().map(|(name, _)| name).chain(types).collect()
}

fn dynamic(fixture: &Fixture) -> Option<Vec<Variant>> {
    if !fixture.has_modules() || !fixture.is_alone() {
        return None;
    }
    let site = fixture.site()?;
    let all = top_level(fixture);
    let holder = all
        .iter()
        .position(|(node, _)| node.start_byte() <= site.start_byte() && site.end_byte() <= node.end_byte())?;
    let (statement, declared) = &all[holder];
    let inner =
        if statement.kind() == "export_statement" { statement.child_by_field_name("declaration")? } else { *statement };
    if !matches!(inner.kind(), "function_declaration" | "function_definition")
        || fixture.of(*statement).starts_with("export default")
    {
        return None;
    }
    let name = declared.first()?.clone();
    let parameters = parameters(fixture, inner)?;
    // What the function needs goes with it.
    let mut gone: BTreeSet<usize> = BTreeSet::from([holder]);
    let mut wanted = used(fixture, *statement);
    loop {
        let more: Vec<usize> = (0..all.len())
            .filter(|position| !gone.contains(position) && all[*position].1.iter().any(|name| wanted.contains(name)))
            .collect();
        if more.is_empty() {
            break;
        }
        for position in more {
            wanted.extend(used(fixture, all[position].0));
            gone.insert(position);
        }
    }
    let names_gone: Vec<String> = gone.iter().flat_map(|position| all[*position].1.clone()).collect();
    let stays: Vec<&(Node<'_>, Vec<String>)> =
        (0..all.len()).filter(|it| !gone.contains(it)).map(|it| &all[it]).collect();
    let needed: BTreeSet<String> = stays.iter().flat_map(|(node, _)| used(fixture, *node)).collect();
    let mut handed: Vec<String> = names_gone.iter().filter(|name| needed.contains(*name)).cloned().collect();
    if !handed.contains(&name) {
        handed.push(name.clone());
    }
    handed.sort();
    handed.dedup();
    let code: String = gone
        .iter()
        .map(|position| {
            let text = fixture.of(all[*position].0);
            format!("\n\n{}\n", text.strip_prefix("export ").unwrap_or(text))
        })
        .collect();
    let content = format!("{}{code}\n{}", imports(fixture), export(fixture, &handed));
    let mut edits = Edits::default();
    edits.insert(top(fixture), import(fixture, &handed, "token_exchange"));
    for position in &gone {
        edits.replace(all[*position].0, "");
    }
    let given = parameters.join(", ");
    let list = fixture.of(inner.child_by_field_name("parameters").or(inner.child_by_field_name("parameter"))?);
    let again = match () {
        () if fixture.is_python() => {
            format!("\n\ndef obtain{}:\n    return {name}({given})\n", without_types(&parameters))
        }
        () if fixture.is_esm() || fixture.is_typescript() => {
            format!("\nexport function obtain{list} {{\n  return {name}({given});\n}}\n")
        }
        () => format!("\nfunction obtain{list} {{\n  return {name}({given});\n}}\nexports.obtain = obtain;\n"),
    };
    edits.insert(fixture.text().len(), again);
    // The name is taken.
    if imported(fixture).contains(&name) {
        return None;
    }
    Some(fixture.with_files(
        "function",
        edits.apply(fixture.text()),
        vec![(beside(fixture, "token_exchange"), content)],
    ))
}

fn without_types(parameters: &[String]) -> String {
    format!("({})", parameters.join(", "))
}

/// A class of its own with the method and the fields that it uses; the old method hands its parameters on.
fn java_class(fixture: &Fixture) -> Vec<Variant> {
    let changed = || {
        let site = fixture.site()?;
        let method = ancestor(site, &["method_declaration"])?;
        let class = method.parent().filter(|parent| parent.kind() == "class_body")?;
        let declaration = class.parent().filter(|it| it.kind() == "class_declaration")?;
        if declaration.parent()?.kind() != "program"
            || named_children(declaration).iter().any(|it| matches!(it.kind(), "superclass" | "super_interfaces"))
        {
            return None;
        }
        let parameters = parameters(fixture, method)?;
        let modifiers = named_children(method).into_iter().find(|child| child.kind() == "modifiers");
        let words = modifiers.map_or("", |it| fixture.of(it));
        if words.contains('@') || fixture.of(method.child_by_field_name("parameters")?).contains('@') {
            return None;
        }
        let is_static = words.split_whitespace().any(|word| word == "static");
        let calls = nodes(method, &["method_invocation"]);
        if calls.iter().any(|call| call.child_by_field_name("object").is_none()) || !nodes(method, &["this"]).is_empty()
        {
            return None;
        }
        let used = used(fixture, method);
        let mut fields = String::new();
        let mut moved = Vec::new();
        for field in named_children(class).into_iter().filter(|it| it.kind() == "field_declaration") {
            let names: Vec<String> = nodes(field, &["variable_declarator"])
                .iter()
                .filter_map(|it| Some(fixture.of(it.child_by_field_name("name")?).to_owned()))
                .collect();
            if names.iter().any(|name| used.contains(name)) {
                // What a constructor or a container sets stays where it is.
                let text = fixture.of(field);
                if !text.contains('=') || text.contains('@') {
                    return None;
                }
                fields.push_str(&format!("    {text}\n"));
                moved.push(field);
            }
        }
        let inner: Vec<String> = named_children(class)
            .into_iter()
            .filter(|it| {
                matches!(
                    it.kind(),
                    "class_declaration" | "enum_declaration" | "record_declaration" | "interface_declaration"
                )
            })
            .filter_map(|it| Some(fixture.of(it.child_by_field_name("name")?).to_owned()))
            .collect();
        if inner.iter().any(|name| used.contains(name)) {
            return None;
        }
        let own = package(fixture);
        let header = if own.is_empty() { String::new() } else { format!("package {own};\n\n") };
        let public = fixture.of(method).replacen("private ", "", 1);
        let text = format!("{header}{}\npublic class TokenExchange {{\n{fields}\n    {public}\n}}\n", imports(fixture));
        let name = fixture.of(method.child_by_field_name("name")?);
        let given = parameters.join(", ");
        let is_void = fixture.of(method.child_by_field_name("type")?) == "void";
        let receiver = if is_static { "TokenExchange" } else { "new TokenExchange()" };
        let returns = if is_void { "" } else { "return " };
        let mut edits = Edits::default();
        edits.replace(method.child_by_field_name("body")?, format!("{{ {returns}{receiver}.{name}({given}); }}"));
        for field in moved {
            edits.replace(field, "");
        }
        Some(java(fixture, "class", edits.apply(fixture.text()), vec![(class_path(&own, "TokenExchange"), text)]))
    };
    changed().unwrap_or_default()
}
