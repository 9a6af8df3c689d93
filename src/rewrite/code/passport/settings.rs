//! Where the new code takes its values from: the expressions that the old request was made of.

use tree_sitter::Node;

use super::super::keep::Refusal;
use super::super::names::range;
use super::super::slot::Form;
use super::Site;

/// The expression of a field of the form.
pub(super) fn field(site: &Site<'_>, name: &str) -> Result<String, Refusal> {
    let written = site.plan.field(name);
    let [only] = written.as_slice() else {
        return Err(match written.len() {
            0 => format!("it could not be seen where `{name}` of the form comes from"),
            _ => format!("`{name}` of the form is written in several places"),
        });
    };
    if only.unit != site.unit || !site.is_in_reach(only.slot.value) {
        return Err(format!("`{name}` of the form is written in another function than the one that sends it"));
    }
    let value = site.part(only.slot.value);
    let value = match only.slot.form {
        Form::Text => value.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).unwrap_or(value),
        _ => value,
    };
    // The library encodes what it sends.
    let bare = value.strip_prefix("encodeURIComponent(").and_then(|inner| inner.strip_suffix(')'));
    Ok(bare.unwrap_or(value).trim().to_owned())
}

/// The expression of scheme and host.
pub(super) fn host(site: &Site<'_>) -> Result<String, Refusal> {
    let elsewhere = || format!("the address comes from {}", site.plan.address_from());
    let paths = site.plan.paths();
    let [(unit, path)] = paths.as_slice() else { return Err(elsewhere()) };
    if *unit != site.unit || !site.is_in_reach(*path) {
        return Err(elsewhere());
    }
    let odd = || "the address is put together in a way that could not be taken apart".to_owned();
    let mut literal = site.node(*path).ok_or_else(odd)?;
    while !matches!(literal.kind(), "string" | "template_string") {
        literal = literal.parent().ok_or_else(odd)?;
    }
    // What follows the path would be lost.
    let behind = site.part(crate::finding::ByteRange::new(path.end, literal.end_byte())).trim_start_matches('/');
    if behind.len() != 1
        || literal.parent().is_some_and(|sum| is_sum(sum) && sum.child_by_field_name("left") == Some(literal))
    {
        return Err(odd());
    }
    let before = site.part(crate::finding::ByteRange::new(literal.start_byte() + 1, path.start)).trim_end_matches('/');
    let quote = site.written(literal).chars().next().unwrap_or('\'');
    let left = literal.parent().filter(|sum| is_sum(*sum)).and_then(|sum| sum.child_by_field_name("left"));
    let own = match (quote, before.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'))) {
        ('`', Some(inner)) if !inner.contains(['{', '}']) => inner.to_owned(),
        ('`', _) if !before.contains("${") => format!("'{before}'"),
        _ => format!("{quote}{before}{quote}"),
    };
    match (left, before.is_empty()) {
        (Some(left), true) => Ok(site.written(left).to_owned()),
        (Some(left), false) => Ok(format!("{} + {own}", site.written(left))),
        (None, true) => Err("the address has no host: an instance of the client, or a base, has it".to_owned()),
        (None, false) => Ok(own),
    }
}

fn is_sum(node: Node<'_>) -> bool {
    node.kind() == "binary_expression"
        && node.child_by_field_name("left").is_some()
        && range(node).start < node.end_byte()
}
