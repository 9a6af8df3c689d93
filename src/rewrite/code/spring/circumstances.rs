//! Why the client of a request has to stay whatever library is wished for: the platform, the answer that goes on, a client of the
//! project's own kind.

use tree_sitter::Node;

use super::super::grammar::Grammar;
use super::super::java;
use super::super::plan::Plan;
use super::super::slot::Form;
use crate::project::Source;
use crate::rules::Effects;
use crate::syntax::Preorder;

/// Why the client has to stay, whatever library is wished for: the platform, the answer that goes on, a client of its own kind.
pub(in crate::rewrite::code) fn circumstances(plan: &Plan<'_>, effects: &Effects) -> Option<String> {
    let source = plan.source(plan.unit)?;
    let text = source.file.text();
    let root = source.tree.as_ref()?.root_node();
    let site = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
    let gives = java::method(site).and_then(|method| method.child_by_field_name("type"));
    let gives = gives.map(|kind| text.get(kind.byte_range()).unwrap_or_default()).unwrap_or_default();
    let simple = gives.split('<').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
    let manifests = java::manifests(source, plan.contents);
    let neighbours = java::package_texts(source, plan.contents);
    let codes = || {
        let linked = plan.subject.sources.iter().map(|source| source.file.text());
        linked.chain(neighbours.iter().map(|(_, text)| text.as_str()))
    };
    for model in effects.keeps() {
        let in_code = |words: &[String]| codes().any(|text| words.iter().any(|word| text.contains(word.as_str())));
        let in_manifests = || {
            manifests.iter().any(|known| model.manifests.iter().any(|word| known.file.text().contains(word.as_str())))
        };
        if (model.gives.contains(simple) || in_code(&model.code) || in_manifests()) && !in_code(&model.unless) {
            return Some(model.reason.replace("{type}", simple));
        }
    }
    if java::release(source).is_some_and(|floor| !floor.is_at_least("8")) {
        return Some("the project is built for a Java that Spring Security does not run on".to_owned());
    }
    if is_declared(plan) {
        return None;
    }
    client_of_own(plan.grammar, source, site, &neighbours)
}

/// Whether an interface declares the request by annotations: what sends it is a library.
pub(super) fn is_declared(plan: &Plan<'_>) -> bool {
    plan.field(&plan.client_field).iter().any(|written| written.slot.form == Form::Parameter)
}

/// Why the client of a request has to stay, where the project has written it itself over another one.
pub(in crate::rewrite::code) fn own_client(plan: &Plan<'_>) -> Option<String> {
    let source = plan.source(plan.unit)?;
    let root = source.tree.as_ref()?.root_node();
    let site = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
    let neighbours = java::package_texts(source, plan.contents);
    let client = source.file.text().get(plan.grammar.root(site).byte_range())?;
    let kind = type_of(root, source.file.text(), client)?;
    let extends = format!("class {kind} extends ");
    let is_over = neighbours.iter().any(|(_, text)| text.contains(&extends)) || source.file.text().contains(&extends);
    client_of_own(plan.grammar, source, site, &neighbours).filter(|_| is_over)
}

/// The class of the client, where the project has written it itself.
fn client_of_own(grammar: Grammar, source: &Source, site: Node<'_>, neighbours: &[(String, String)]) -> Option<String> {
    let text = source.file.text();
    let client = grammar.root(site);
    let name = text.get(client.byte_range()).filter(|_| client.kind() == "identifier")?;
    let kind = type_of(source.tree.as_ref()?.root_node(), text, name)?;
    let is_own =
        neighbours.iter().any(|(file, _)| *file == format!("{kind}.java")) || text.contains(&format!("class {kind} "));
    is_own.then(|| format!("the request goes through the project's own {kind}, and what that does would be passed by"))
}

/// The type that a variable, field or parameter of a file is declared with.
pub(super) fn type_of<'text>(root: Node<'_>, text: &'text str, name: &str) -> Option<&'text str> {
    let declared = declaration_of(root, text, name)?;
    let kind = declared.child_by_field_name("type")?;
    text.get(kind.byte_range())?.split('<').next()
}

/// The statement, field or parameter that declares a name.
pub(super) fn declaration_of<'tree>(root: Node<'tree>, text: &str, name: &str) -> Option<Node<'tree>> {
    let is_it =
        |node: Node<'_>| node.child_by_field_name("name").and_then(|name| text.get(name.byte_range())) == Some(name);
    Preorder::new(root).find_map(|node| match node.kind() {
        "variable_declarator" if is_it(node) => node.parent(),
        "formal_parameter" | "resource" if is_it(node) => Some(node),
        _ => None,
    })
}
