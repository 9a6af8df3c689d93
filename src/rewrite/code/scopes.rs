//! Where the scopes come from in the new code: known ones stand in it, others are read from the environment.

use super::draft::Draft;
use super::keep::Refusal;
use super::lines::{indentation, line_start, newline, quoted, step};
use super::names::range;
use super::plan::Plan;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, LedgerEntry, Platform};

/// The expression that gives the scopes at a place, as one text with commas. Where they are not known, the code fails
/// loudly without them.
pub(super) fn expression(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    unit: UnitId,
    place: ByteRange,
    quote: char,
) -> Result<String, Refusal> {
    if let Some(scopes) = &plan.scopes {
        plan.account_for_scopes(draft);
        return Ok(quoted(&scopes.joined, quote));
    }
    let variable = &plan.model.scopes_variable;
    draft
        .doubts
        .insert(format!("the scopes are read from {variable}, which has to be set to those of the new credential"));
    let Some(suggested) = &plan.suggested else {
        return Ok(match plan.grammar.platform {
            Platform::Node => {
                guard(plan, draft, unit, place, quote);
                format!("process.env.{variable}")
            }
            Platform::Python => {
                import(plan, draft, unit, "os");
                format!("os.environ[{}]", quoted(variable, quote))
            }
            Platform::Java => {
                let objects = super::java::class(plan, draft, unit, "java.util.Objects");
                format!(
                    "{objects}.requireNonNull(System.getenv(\"{variable}\"), \"Set {variable} to the scopes of the credential\")"
                )
            }
        });
    };
    draft.ledger.push(LedgerEntry::Assumed {
        text: format!(
            "The scopes are {suggested} where {variable} says nothing else: they are what is known for the product."
        ),
    });
    Ok(match plan.grammar.platform {
        Platform::Node => format!("process.env.{variable} || {}", quoted(suggested, quote)),
        Platform::Python => {
            import(plan, draft, unit, "os");
            format!("os.environ.get({}, {})", quoted(variable, quote), quoted(suggested, quote))
        }
        Platform::Java => format!("System.getenv().getOrDefault(\"{variable}\", \"{suggested}\")"),
    })
}

/// Lets Node stop before the request where the scopes are not set.
fn guard(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, place: ByteRange, quote: char) {
    let Some(source) = plan.source(unit) else { return };
    let Some(tree) = &source.tree else { return };
    let text = source.file.text();
    let node = tree.root_node().descendant_for_byte_range(place.start, place.end);
    let mut statement = node.and_then(|node| plan.grammar.statement(node));
    while let Some(here) = statement {
        if here.parent().is_some_and(|parent| plan.grammar.is_block(parent)) {
            break;
        }
        statement = here.parent().and_then(|parent| plan.grammar.statement(parent));
    }
    let Some(statement) = statement else { return };
    let start = line_start(text, statement.start_byte());
    let indent = indentation(text, statement.start_byte()).to_owned();
    let step = step(text);
    let variable = &plan.model.scopes_variable;
    let message = quoted(&format!("Set {variable} to the scopes of the credential, joined with commas"), quote);
    let end = if text.contains(";\n") || text.contains(";\r") { ";" } else { "" };
    let line = newline(text);
    let check = format!(
        "{indent}if (!process.env.{variable}) {{{line}{indent}{step}throw new Error({message}){end}{line}{indent}}}{line}"
    );
    draft.replace(unit, ByteRange::new(start, start), check);
}

/// Imports a module of Python where the file does not.
pub(super) fn import(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, module: &str) {
    draft.uses(unit, module.split('.').next().unwrap_or(module));
    let Some(source) = plan.source(unit) else { return };
    let text = source.file.text();
    let names_it = |line: &str| {
        let line = line.trim();
        line.strip_prefix("import ").is_some_and(|names| names.split(',').any(|name| name.trim() == module))
    };
    if text.lines().any(names_it) {
        return;
    }
    let place = sorted_place(plan, unit, module).unwrap_or_else(|| import_place(plan, unit));
    draft.replace(unit, ByteRange::new(place, place), format!("import {module}{}", newline(text)));
}

/// The place of a plain import in the order of those that the file begins with, where these are in order.
fn sorted_place(plan: &Plan<'_>, unit: UnitId, module: &str) -> Option<usize> {
    let source = plan.source(unit)?;
    let text = source.file.text();
    let mut cursor = source.tree.as_ref()?.root_node().walk();
    let mut block: Vec<tree_sitter::Node<'_>> = Vec::new();
    for child in source.tree.as_ref()?.root_node().named_children(&mut cursor) {
        let is_next =
            block.last().is_none_or(|last| text[last.end_byte()..child.start_byte()].matches('\n').count() == 1);
        match child.kind() {
            "import_statement" if is_next => block.push(child),
            // What other imports come first begins another group.
            "import_from_statement" if block.is_empty() => return None,
            _ if block.is_empty() => {}
            _ => break,
        }
    }
    let named = |node: &tree_sitter::Node<'_>| node.named_child(0).map_or("", |name| &text[name.byte_range()]);
    let names: Vec<&str> = block.iter().map(named).collect();
    if !names.is_sorted() {
        return None;
    }
    match names.iter().rposition(|name| *name < module) {
        Some(before) => Some(super::lines::line_end(text, block.get(before)?.end_byte())),
        None => Some(line_start(text, block.first()?.start_byte())),
    }
}

/// Where a new import of Python stands: before the first one, or behind the docstring and what has to come first.
pub(super) fn import_place(plan: &Plan<'_>, unit: UnitId) -> usize {
    let Some(source) = plan.source(unit) else { return 0 };
    let Some(tree) = &source.tree else { return 0 };
    let text = source.file.text();
    let mut cursor = tree.root_node().walk();
    let mut place = 0;
    for child in tree.root_node().named_children(&mut cursor) {
        match child.kind() {
            "import_statement" | "import_from_statement" => return line_start(text, child.start_byte()),
            "comment" | "future_import_statement" => place = super::lines::line_end(text, child.end_byte()),
            "expression_statement" if child.named_child(0).is_some_and(|inner| inner.kind() == "string") => {
                place = super::lines::line_end(text, range(child).end);
            }
            _ => break,
        }
    }
    place
}
