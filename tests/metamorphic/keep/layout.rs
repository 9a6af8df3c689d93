//! Layout, quotes and ends of lines.

use grantshift::syntax::Preorder;

use crate::edits::{Edits, ancestor, nodes};
use crate::fixture::{Fixture, Variant};

/// A comment and a new line behind every comma and opening bracket.
pub(crate) fn comments(fixture: &Fixture) -> Vec<Variant> {
    let mut edits = Edits::default();
    for node in Preorder::new(fixture.root()) {
        let is_break = matches!(node.kind(), "," | "(" | "[");
        let in_text = ancestor(
            node,
            &[
                "string",
                "template_string",
                "jsx_element",
                "jsx_self_closing_element",
                "regex",
                "interpolation",
                "with_clause",
                "import_from_statement",
            ],
        )
        .is_some();
        if !is_break || in_text {
            continue;
        }
        if fixture.is_python() {
            // Only inside brackets does a line go on.
            let holder = node.parent().is_some_and(|parent| {
                matches!(
                    parent.kind(),
                    "argument_list"
                        | "dictionary"
                        | "list"
                        | "parameters"
                        | "tuple"
                        | "parenthesized_expression"
                        | "set"
                ) && fixture.of(parent).starts_with(['(', '[', '{'])
            });
            if holder {
                edits.insert(node.end_byte(), "  # a note\n    ");
            }
        } else {
            edits.insert(node.end_byte(), " /* a, note( */\n\t// another 'one\n\t");
        }
    }
    let mut all = fixture.with("comments", edits.apply(fixture.text()));
    if !fixture.is_python() {
        all.extend(fixture.with("one-line", on_few_lines(fixture)));
    }
    all
}

/// Without indentation and empty lines.
fn on_few_lines(fixture: &Fixture) -> String {
    let mut edits = Edits::default();
    let texts = nodes(
        fixture.root(),
        &["template_string", "string_literal", "string", "comment", "block_comment", "jsx_text", "line_comment"],
    );
    let text = fixture.text();
    let mut at = 0;
    while let Some(found) = text[at..].find('\n') {
        let newline = at + found;
        let end =
            newline + 1 + text[newline + 1..].len() - text[newline + 1..].trim_start_matches([' ', '\t', '\n']).len();
        let inside = texts.iter().any(|node| {
            node.start_byte() < end
                && newline < node.end_byte()
                && node.end_byte() != newline
                && node.start_byte() != end
        });
        if !inside && end > newline + 1 {
            edits.replace_range(newline..end, "\n");
        }
        at = end;
    }
    edits.apply(text)
}

/// The other kind of quotes.
pub(crate) fn quotes(fixture: &Fixture) -> Vec<Variant> {
    let mut edits = Edits::default();
    for node in nodes(fixture.root(), &["string"]) {
        let text = fixture.of(node);
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().last()) else { continue };
        let other = match (first, last) {
            ('\'', '\'') => '"',
            ('"', '"') => '\'',
            _ => continue,
        };
        let inner = &text[1..text.len().max(2) - 1];
        let is_plain = !inner.contains(['\'', '"', '\\']) && !text.starts_with("''") && !text.starts_with("\"\"");
        let in_text = ancestor(node, &["interpolation", "jsx_attribute"]).is_some();
        if is_plain && !in_text {
            edits.replace(node, format!("{other}{inner}{other}"));
        }
    }
    fixture.with("other", edits.apply(fixture.text()))
}

pub(crate) fn crlf(fixture: &Fixture) -> Vec<Variant> {
    if fixture.text().contains('\r') {
        return fixture.with("lf", fixture.text().replace("\r\n", "\n"));
    }
    fixture.with("crlf", fixture.text().replace('\n', "\r\n"))
}
