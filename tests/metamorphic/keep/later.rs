//! The call at another time: awaited or chained, on another thread, in a promise.

use tree_sitter::Node;

use crate::edits::{Edits, ancestor, indentation, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::site::{function, statement};

pub(crate) fn apply(fixture: &Fixture) -> Vec<Variant> {
    let Some(site) = fixture.call() else { return Vec::new() };
    if fixture.is_java() {
        return java(fixture, site);
    }
    if fixture.is_python() {
        return python(fixture, site);
    }
    let mut all = Vec::new();
    if let Some(text) = chained(fixture, site) {
        all.extend(fixture.with("chained", text));
    }
    if let Some(text) = awaited(fixture, site) {
        all.extend(fixture.with("awaited", text));
    }
    if let Some(text) = promised(fixture, site) {
        all.extend(fixture.with("promised", text));
    }
    all
}

/// `const a = await f(); rest` → `return f().then((a) => { rest });`
fn chained(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    let waits = site.parent().filter(|parent| parent.kind() == "await_expression")?;
    let declarator = waits.parent().filter(|parent| parent.kind() == "variable_declarator")?;
    let declaration = statement(site)?;
    let block = declaration.parent().filter(|parent| parent.kind() == "statement_block")?;
    let around = function(site)?;
    if around.child_by_field_name("body") != Some(block) || declaration != declarator.parent()? {
        return None;
    }
    let target = fixture.of(declarator.child_by_field_name("name")?);
    let call = fixture.of(site);
    let mut edits = Edits::default();
    edits.replace(declaration, format!("return {call}.then(async ({target}) => {{"));
    edits.insert(block.end_byte() - 1, "});\n");
    Some(edits.apply(fixture.text()))
}

/// `f().then((a) => { rest })` → `const a = await f(); rest`
fn awaited(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    let then = site.parent().filter(|parent| {
        parent.kind() == "member_expression"
            && parent.child_by_field_name("property").is_some_and(|name| fixture.of(name) == "then")
    })?;
    let call = then.parent().filter(|parent| parent.kind() == "call_expression")?;
    let whole = call.parent().filter(|parent| matches!(parent.kind(), "return_statement" | "expression_statement"))?;
    let around = function(site)?;
    if !matches!(around.kind(), "function_declaration" | "arrow_function")
        || fixture.text()[around.start_byte()..].starts_with("async")
    {
        return None;
    }
    let handler = named_children(call.child_by_field_name("arguments")?).into_iter().next()?;
    let body = handler.child_by_field_name("body")?;
    let parameter = handler.child_by_field_name("parameter").or(handler.child_by_field_name("parameters"))?;
    let parameter = fixture.of(parameter).trim_start_matches('(').trim_end_matches(')');
    let rest = match body.kind() {
        "statement_block" => fixture.text()[body.start_byte() + 1..body.end_byte() - 1].to_owned(),
        _ => format!("return {};", fixture.of(body)),
    };
    let parameter = if parameter.is_empty() { "ignored" } else { parameter };
    let mut edits = Edits::default();
    edits.insert(around.start_byte(), "async ");
    edits.replace(whole, format!("const {parameter} = await {};\n{rest}", fixture.of(site)));
    Some(edits.apply(fixture.text()))
}

/// `f(options, callback);` → `new Promise((settle) => { f(options, callback); settle(); });`
fn promised(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    let whole = statement(site).filter(|whole| whole.kind() == "expression_statement")?;
    let text = fixture.of(whole);
    let waits = nodes(whole, &["await_expression"]);
    if waits.iter().any(|wait| function(*wait).is_none_or(|around| around.start_byte() < whole.start_byte())) {
        return None;
    }
    let mut edits = Edits::default();
    edits.replace(whole, format!("new Promise((settle) => {{\n{text}\nsettle();\n}});"));
    Some(edits.apply(fixture.text()))
}

/// `f(a)` → `await asyncio.to_thread(lambda: f(a))`
fn python(fixture: &Fixture, site: Node<'_>) -> Vec<Variant> {
    let changed = || {
        let around = ancestor(site, &["function_definition", "lambda", "list_comprehension", "class_definition"])?;
        let is_own = around.kind() == "function_definition" && !fixture.of(around).starts_with("async");
        if !is_own
            || site.parent()?.kind() == "await"
            || fixture.of(site).contains("yield")
            || fixture.of(around).contains(":=")
        {
            return None;
        }
        let mut edits = Edits::default();
        edits.insert(around.start_byte(), "async ");
        edits.replace(site, format!("(await asyncio.to_thread(lambda: {}))", fixture.of(site)));
        Some(super::files::with_import(fixture, edits, "import asyncio\n"))
    };
    let mut all = changed().map(|text| fixture.with("thread", text)).unwrap_or_default();
    all.extend(executor(fixture, site).map(|text| fixture.with("executor", text)).unwrap_or_default());
    all
}

/// `f(a, b=c)` → `pool.submit(f, a, b=c).result()`
fn executor(fixture: &Fixture, site: Node<'_>) -> Option<String> {
    if site.parent()?.kind() == "await" {
        return None;
    }
    let whole = statement(site)?;
    let callee = fixture.of(site.child_by_field_name("function")?);
    let arguments = site.child_by_field_name("arguments")?;
    let given = fixture.of(arguments).trim_start_matches('(').trim_end_matches(')');
    let is_simple =
        matches!(whole.kind(), "expression_statement" | "return_statement") && fixture.of(arguments).starts_with('(');
    // Brackets at the end belong to an argument.
    if !is_simple
        || !fixture.of(arguments).ends_with(')')
        || fixture.of(arguments).ends_with("))")
        || given.trim().is_empty()
    {
        return None;
    }
    let indent = indentation(fixture.text(), whole.start_byte());
    let mut edits = Edits::default();
    edits.insert(whole.start_byte(), format!("pool = ThreadPoolExecutor()\n{indent}"));
    edits.replace(site, format!("pool.submit({callee}, {given}).result()"));
    Some(super::files::with_import(fixture, edits, "from concurrent.futures import ThreadPoolExecutor\n"))
}

/// `f(a)` → `executor.submit(() -> f(a)).get()`
fn java(fixture: &Fixture, site: Node<'_>) -> Vec<Variant> {
    let text = fixture.of(site);
    // An answer that is not there yet has a method of its own.
    if text.contains("exchange()") || ancestor(site, &["lambda_expression", "annotation"]).is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (label, changed) in [
        ("submit", format!("java.util.concurrent.Executors.newSingleThreadExecutor().submit(() -> {text}).get()")),
        ("supply", format!("java.util.concurrent.CompletableFuture.supplyAsync(() -> {text}).join()")),
    ] {
        let is_plain = site.parent().is_some_and(|it| {
            matches!(
                it.kind(),
                "variable_declarator" | "return_statement" | "expression_statement" | "assignment_expression"
            )
        });
        if !is_plain {
            continue;
        }
        let mut edits = Edits::default();
        edits.replace(site, changed);
        all.extend(fixture.with(label, edits.apply(fixture.text())));
    }
    all
}
