//! Handlers of exceptions that a new client of Python raises otherwise: those around the request, and those around what calls it.
//!
//! Who calls whom is told by names alone, so that a handler is rather found too often than missed.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::super::draft::has_word;
use super::super::keep::Refusal;
use super::super::plan::Plan;
use crate::rules::targets::ClientModel;
use crate::syntax::Preorder;

/// How many names of functions are followed.
const MOST_NAMES: usize = 64;

/// Who waits for the exceptions of the old client would wait in vain.
pub(super) fn known_errors(plan: &Plan<'_>, model: &ClientModel) -> Result<(), Refusal> {
    let named = |text: &str| model.errors.iter().find(|error| has_word(text, error));
    let sources = || plan.subject.sources.iter().filter_map(|source| Some((source, source.tree.as_ref()?)));
    if !sources().any(|(source, _)| named(source.file.text()).is_some()) {
        return Ok(());
    }
    let callers = callers(plan);
    for (source, tree) in sources() {
        let text = source.file.text();
        if named(text).is_none() {
            continue;
        }
        for node in Preorder::new(tree.root_node()) {
            let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
            let (head, body) = match node.kind() {
                // What a handler of everything asks for counts too.
                "except_clause" => (part(node), node.parent().and_then(|attempt| attempt.child_by_field_name("body"))),
                // `with pytest.raises(…)`, `with suppress(…)`.
                "with_statement" => (first_line(part(node)), node.child_by_field_name("body")),
                // `@retry(retry=retry_if_exception_type(…))`.
                "decorated_definition" => {
                    let body = node.child_by_field_name("definition");
                    let end = body.map_or(node.end_byte(), |body| body.start_byte());
                    (text.get(node.start_byte()..end).unwrap_or_default(), body)
                }
                _ => continue,
            };
            let Some(error) = named(head) else { continue };
            let Some(body) = body else { continue };
            let is_around = source.path == plan.source(plan.unit).map(|own| own.path.clone()).unwrap_or_default()
                && body.byte_range().contains(&plan.site.start);
            let calls = part(body);
            if is_around || callers.iter().any(|caller| has_word(calls, caller)) {
                return Err(format!(
                    "`{error}` of {} is waited for in {}, and the new client has exceptions of its own",
                    model.replaces,
                    source.file.path()
                ));
            }
        }
    }
    Ok(())
}

/// The names of the functions and classes through which the request is reached.
fn callers<'a>(plan: &Plan<'a>) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let around = plan.source(plan.unit).and_then(|source| {
        let tree = source.tree.as_ref()?;
        let node = tree.root_node().descendant_for_byte_range(plan.site.start, plan.site.end)?;
        name_around(node, source.file.text())
    });
    names.extend(around);
    let mut functions: Vec<(&str, &str)> = Vec::new();
    for source in plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "function_definition") {
            let Some(body) = node.child_by_field_name("body") else { continue };
            if let Some(name) = name_around(body, text) {
                functions.push((name, text.get(body.byte_range()).unwrap_or_default()));
            }
        }
    }
    loop {
        let known = names.len();
        for (name, body) in &functions {
            if names.len() < MOST_NAMES && !names.contains(name) && names.iter().any(|known| has_word(body, known)) {
                names.insert(name);
            }
        }
        if names.len() == known {
            return names;
        }
    }
}

/// The function around a place, by the name that others call it by: a class for its constructor.
fn name_around<'text>(node: Node<'_>, text: &'text str) -> Option<&'text str> {
    let named = |node: Node<'_>| node.child_by_field_name("name").and_then(|name| text.get(name.byte_range()));
    let mut node = node;
    let mut found = None;
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "function_definition" if found.is_none() => {
                found = named(outer);
                if found.is_some_and(|name| !(name.starts_with("__") && name.ends_with("__"))) {
                    return found;
                }
            }
            "class_definition" if found.is_some() => return named(outer),
            _ => {}
        }
        node = outer;
    }
    found
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}
