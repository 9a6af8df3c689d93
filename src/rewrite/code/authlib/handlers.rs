//! Handlers of exceptions that a new client of Python raises otherwise: those around the request, and those around what calls it.
//!
//! Who calls whom is told by names alone, so that a handler is rather found too often than missed.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::super::draft::has_word;
use super::super::keep::Refusal;
use super::super::names::range;
use super::super::plan::Plan;
use super::site::first_line;
use crate::finding::ByteRange;
use crate::rules::targets::ClientModel;
use crate::syntax::Preorder;

/// How many names of functions are followed.
const MOST_NAMES: usize = 64;

/// What is known of the request whose exceptions are waited for.
pub(super) struct Waited<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) model: &'a ClientModel,
    /// Whether the old code checks the answer, so that a refusal raises an exception of the old client.
    pub(super) is_checked: bool,
}

/// The handlers around the request that have to wait for the exception of the new client too: each with the place of the
/// exceptions that it names. Those that cannot be told in that way end in a refusal.
pub(super) fn handlers(waited: &Waited<'_>) -> Result<Vec<ByteRange>, Refusal> {
    let plan = waited.plan;
    let mut found = Vec::new();
    let callers = callers(plan);
    for source in plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let is_own = plan.source(plan.unit).is_some_and(|own| own.path == source.path);
        if !is_own && !waited.model.status_errors.iter().any(|error| has_word(text, error)) {
            continue;
        }
        for node in Preorder::new(tree.root_node()) {
            let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
            let body = match node.kind() {
                "try_statement" | "with_statement" => node.child_by_field_name("body"),
                "decorated_definition" => node.child_by_field_name("definition"),
                _ => continue,
            };
            let Some(body) = body else { continue };
            if is_own && node.kind() == "try_statement" && range(body).contains(plan.site) {
                let mut cursor = node.walk();
                let clauses: Vec<Node<'_>> =
                    node.children(&mut cursor).filter(|child| child.kind() == "except_clause").collect();
                found.extend(waited.around(&clauses, text)?);
                continue;
            }
            // `with pytest.raises(…)`, `@retry(retry=retry_if_exception_type(…))`, handlers around a call of the function.
            let heads = [&text[node.start_byte()..body.start_byte()], &text[body.end_byte()..node.end_byte()]];
            let named = heads
                .iter()
                .find_map(|head| waited.model.status_errors.iter().find(|error| has_word(head, error)))
                .filter(|_| waited.is_checked);
            let Some(error) = named else { continue };
            let is_around = is_own && range(body).contains(plan.site);
            if is_around || callers.iter().any(|caller| has_word(part(body), caller)) {
                return Err(format!(
                    "`{error}` of {} is waited for in {}, and the new client has exceptions of its own",
                    waited.model.replaces,
                    source.file.path()
                ));
            }
        }
    }
    Ok(found)
}

impl Waited<'_> {
    /// Reads the clauses of one statement around the request, in their order.
    fn around(&self, clauses: &[Node<'_>], text: &str) -> Result<Option<ByteRange>, Refusal> {
        let model = self.model;
        let mut found = None;
        for clause in clauses {
            let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
            let (types, bound) = head(*clause, text);
            let Some(types) = types else { break };
            let refusal =
                || format!("`{}` speaks of exceptions that the new client raises otherwise", first_line(part(*clause)));
            let mut waits = false;
            let mut is_all = false;
            for name in names(types, text) {
                let is = |known: &[String]| known.iter().any(|known| known == name);
                if is(&model.same_errors) {
                    continue;
                }
                if is(&model.status_errors) || is(&model.base_errors) {
                    waits |= self.is_checked;
                } else if is(&model.missing_errors) {
                    waits |= !self.is_checked;
                } else if is(&model.content_errors) {
                    // A refusal that nobody checked came as an answer without a token, which is no error of its content.
                    continue;
                } else if matches!(name, "Exception" | "BaseException") {
                    is_all = true;
                } else {
                    return Err(refusal());
                }
            }
            if is_all {
                // What it asks of an exception it asks of those of the old client.
                let asks = model.status_errors.iter().any(|error| has_word(part(*clause), error));
                if asks || bound.is_some_and(|bound| asks_more(part(*clause), part(bound))) {
                    return Err(refusal());
                }
                break;
            }
            if waits && found.is_none() {
                if let Some(bound) = bound.filter(|bound| asks_more(part(*clause), part(*bound))) {
                    let bound = part(bound);
                    return Err(format!("a handler asks more of the exception `{bound}` than the new client's has"));
                }
                found = Some(range(types));
            }
        }
        Ok(found)
    }
}

/// Whether a handler reads members of the exception.
fn asks_more(clause: &str, bound: &str) -> bool {
    let member = format!("{bound}.");
    clause
        .match_indices(&member)
        .any(|(at, _)| !clause[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '.')))
}

/// The exceptions that a clause names, and the name that it gives to one.
fn head<'tree>(clause: Node<'tree>, text: &str) -> (Option<Node<'tree>>, Option<Node<'tree>>) {
    let mut cursor = clause.walk();
    let first = clause.named_children(&mut cursor).find(|child| child.kind() != "comment");
    let Some(first) = first.filter(|first| first.kind() != "block") else { return (None, None) };
    if first.kind() != "as_pattern" {
        return (Some(first), None);
    }
    let bound = first.child_by_field_name("alias").filter(|alias| text.get(alias.byte_range()).is_some());
    (first.named_child(0), bound)
}

/// The last parts of the names in a list of exceptions.
fn names<'text>(types: Node<'_>, text: &'text str) -> Vec<&'text str> {
    let mut cursor = types.walk();
    let all: Vec<Node<'_>> = match types.kind() {
        "tuple" => types.named_children(&mut cursor).collect(),
        _ => vec![types],
    };
    let written = all.into_iter().map(|node| text.get(node.byte_range()).unwrap_or_default());
    written.map(|name| name.rsplit('.').next().unwrap_or(name)).collect()
}

/// A list of exceptions with one more.
pub(super) fn with(written: &str, error: &str) -> String {
    match written.strip_suffix(')') {
        Some(open) => format!("{}, {error})", open.trim_end().trim_end_matches(',')),
        None => format!("({written}, {error})"),
    }
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
