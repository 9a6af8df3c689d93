//! What hangs on the client that stays and sees the request change: hooks, adapters, functions that are replaced from outside.
//!
//! It reads Python alone, and edits nothing: it adds doubts, or says why the request must not change.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::draft::Draft;
use super::keep::Refusal;
use super::names::range;
use super::plan::Plan;
use crate::finding::{ByteRange, Context, Platform};
use crate::project::Source;
use crate::syntax::Preorder;

/// Looks at what is around a request whose client stays.
pub(super) fn around(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) -> Result<(), Refusal> {
    if plan.grammar.platform != Platform::Python {
        return Ok(());
    }
    for source in plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        for node in Preorder::new(tree.root_node()) {
            match node.kind() {
                "class_definition" => intercepts(plan, source, node, assertion_field)?,
                "keyword_argument" => argument(plan, source, node, draft),
                "call" => adapter(plan, source, node, draft),
                _ => {}
            }
        }
    }
    // One call may be seen as many requests, once for everybody who makes it.
    let callees: BTreeSet<&str> = plan.requests.iter().map(|request| request.callee.as_str()).collect();
    for callee in callees {
        if let Some(path) = patched(plan, callee) {
            draft
                .doubts
                .insert(format!("`{callee}` is replaced by another function in {path}, which sees the new request"));
        }
    }
    let model = plan.catalog.targets();
    let of_response = model.targets.iter().flat_map(|target| &target.response_members);
    let read = plan.reads();
    let read: Vec<String> = of_response.filter(|name| read.contains(name)).map(|name| format!("`{name}`")).collect();
    if !read.is_empty() {
        draft.doubts.insert(format!(
            "more than the token is read of the response ({}), and the new endpoint may answer with another status or other \
             headers",
            read.join(", ")
        ));
    }
    Ok(())
}

/// Tests that stand in for the old endpoint have to change with the code.
pub(super) fn tests(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) {
    for source in plan.subject.sources {
        let text = source.file.text();
        let speaks = super::draft::has_word(text, assertion_field)
            || plan.model.old_paths.iter().any(|path| text.contains(path.as_str()));
        if source.context == Context::Test && speaks && source.tree.is_some() {
            draft.doubts.insert(stands_in(source));
        }
    }
}

/// A stand-in that is rewritten is no doubt, unless it looks for the assertion.
pub(super) fn settled(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) {
    if let Some(source) =
        plan.source(plan.unit).filter(|source| !super::draft::has_word(source.file.text(), assertion_field))
    {
        draft.doubts.remove(&stands_in(source));
    }
}

fn stands_in(source: &Source) -> String {
    format!("the test {} stands in for the old endpoint, and has to change too", source.file.path())
}

/// A subclass of Python that signs in its own way would be out of work, whichever client asks.
pub(super) fn overridden(plan: &Plan<'_>, assertion_field: &str) -> Result<(), Refusal> {
    if plan.grammar.platform != Platform::Python {
        return Ok(());
    }
    for written in plan.field(assertion_field) {
        let Some(source) = plan.source(written.unit) else { continue };
        let value = part(source, written.slot.value);
        let Some(own) = class_around(source, written.slot.value) else { continue };
        let heirs = heirs(plan, own);
        for other in plan.subject.sources {
            let Some(tree) = &other.tree else { continue };
            for class in Preorder::new(tree.root_node()).filter(|node| node.kind() == "class_definition") {
                let named = class.child_by_field_name("name").map(|name| part(other, range(name)));
                let is_heir = named.is_some_and(|name| heirs.contains(name));
                let Some(body) = class.child_by_field_name("body").filter(|_| is_heir) else { continue };
                let mut cursor = body.walk();
                let methods = body.named_children(&mut cursor).filter(|child| child.kind() == "function_definition");
                for name in methods.filter_map(|method| method.child_by_field_name("name")) {
                    let name = part(other, range(name));
                    if value.contains(&format!("self.{name}(")) {
                        let class = class.child_by_field_name("name").map(|name| part(other, range(name)));
                        return Err(format!(
                            "`{}` of {} has its own `{name}`, which nothing would call any more: decide what becomes of it",
                            class.unwrap_or_default(),
                            other.file.path()
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// The name of the class around a place.
fn class_around(source: &Source, place: ByteRange) -> Option<&str> {
    let mut node = source.tree.as_ref()?.root_node().descendant_for_byte_range(place.start, place.end)?;
    while node.kind() != "class_definition" {
        node = node.parent()?;
    }
    node.child_by_field_name("name").map(|name| part(source, range(name)))
}

/// The classes of the program that are made from another one, however many steps away.
fn heirs<'a>(plan: &Plan<'a>, of: &str) -> BTreeSet<&'a str> {
    let mut classes: Vec<(&str, &str)> = Vec::new();
    for source in plan.subject.sources {
        let Some(tree) = &source.tree else { continue };
        for class in Preorder::new(tree.root_node()).filter(|node| node.kind() == "class_definition") {
            if let (Some(name), Some(bases)) =
                (class.child_by_field_name("name"), class.child_by_field_name("superclasses"))
            {
                classes.push((part(source, range(name)), part(source, range(bases))));
            }
        }
    }
    let mut heirs: BTreeSet<&str> = BTreeSet::new();
    loop {
        let known = heirs.len();
        for (name, bases) in &classes {
            let is_heir = |base: &str| super::draft::has_word(bases, base);
            if *name != of && (is_heir(of) || heirs.iter().any(|heir| is_heir(heir))) {
                heirs.insert(name);
            }
        }
        if heirs.len() == known {
            return heirs;
        }
    }
}

fn part(source: &Source, place: ByteRange) -> &str {
    source.file.text().get(place.start..place.end).unwrap_or_default()
}

/// A subclass of a client that looks for the old field in what is sent.
fn intercepts(plan: &Plan<'_>, source: &Source, class: Node<'_>, assertion_field: &str) -> Result<(), Refusal> {
    let bases = class.child_by_field_name("superclasses").map(|bases| part(source, range(bases))).unwrap_or_default();
    let body = class.child_by_field_name("body").map(|body| part(source, range(body))).unwrap_or_default();
    let name = class.child_by_field_name("name").map(|name| part(source, range(name))).unwrap_or_default();
    let is_client = plan
        .catalog
        .targets()
        .targets
        .iter()
        .any(|target| target.interceptors.iter().any(|base| super::draft::has_word(bases, base)));
    let quoted = [format!("\"{assertion_field}\""), format!("'{assertion_field}'")];
    if is_client && quoted.iter().any(|quoted| body.contains(quoted.as_str())) {
        return Err(format!(
            "`{name}` looks for `{assertion_field}` in what is sent: change it to what it is to see of the new request, \
             and the request with it"
        ));
    }
    Ok(())
}

/// A hook, or how certificates are checked.
fn argument(plan: &Plan<'_>, source: &Source, argument: Node<'_>, draft: &mut Draft<'_>) {
    let name = argument.child_by_field_name("name").map(|name| part(source, range(name))).unwrap_or_default();
    for target in &plan.catalog.targets().targets {
        if target.hooks.iter().any(|hook| hook == name) {
            draft.doubts.insert(format!(
                "the client in {} is made with `{name}=`, and what hangs on it sees the new request",
                source.file.path()
            ));
        }
    }
}

/// An adapter that is put under a session.
fn adapter(plan: &Plan<'_>, source: &Source, call: Node<'_>, draft: &mut Draft<'_>) {
    let called = plan.grammar.called(call, source.file.text());
    for target in &plan.catalog.targets().targets {
        if target.adapters.iter().any(|adapter| adapter == called) && plan.grammar.receiver(call).is_some() {
            draft.doubts.insert(format!(
                "the session in {} has adapters (`{called}`), which see the new request",
                source.file.path()
            ));
        }
    }
}

/// The file that puts another function in the place of one that sends.
pub(super) fn patched(plan: &Plan<'_>, callee: &str) -> Option<String> {
    if !callee.contains('.') {
        return None;
    }
    let inner = format!(".{callee}");
    for source in plan.subject.sources {
        let Some(tree) = source.tree.as_ref().filter(|_| source.file.text().contains(callee)) else { continue };
        for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "assignment") {
            let left = node.child_by_field_name("left").map(|left| part(source, range(left))).unwrap_or_default();
            if left == callee || left.ends_with(&inner) {
                return Some(source.file.path().to_owned());
            }
        }
    }
    None
}
