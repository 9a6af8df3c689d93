//! Literals of addresses, put together from two halves.

use tree_sitter::Node;

use crate::edits::{Edits, is_field, nodes};
use crate::fixture::{Fixture, Variant};

/// What a literal of an address holds.
const MARKS: [&str; 2] = ["adobelogin", "/ims/exchange"];

/// The literals that hold an address or a part of one and may be replaced by any expression.
pub(crate) fn addresses(fixture: &Fixture) -> Vec<Node<'_>> {
    let literals = nodes(fixture.root(), &["string", "string_literal"]);
    literals
        .into_iter()
        .filter(|node| {
            let text = fixture.of(*node);
            let Some(parent) = node.parent() else { return false };
            let is_bare = !is_field(*node, "key") || parent.kind() == "pair" && fixture.is_python();
            let is_place = is_bare
                && !matches!(
                    parent.kind(),
                    "enum_assignment" | "import_statement" | "jsx_attribute" | "literal_type" | "concatenated_string"
                )
                && parent.kind() != "expression_statement";
            let is_plain = nodes(*node, &["interpolation", "escape_sequence", "string_interpolation"]).is_empty()
                && (fixture.is_node() || text.starts_with(['"', '\'']))
                && !text.starts_with("\"\"\"")
                && !text.starts_with("'''");
            is_place && is_plain && MARKS.iter().any(|mark| text.contains(mark))
        })
        .collect()
}

/// The two halves of a literal, cut at the slash nearest to its middle.
fn halves<'a>(fixture: &'a Fixture, node: Node<'_>) -> (&'a str, &'a str, char) {
    let text = fixture.of(node);
    let quote = text.chars().next().unwrap();
    let inner = &text[1..text.len() - 1];
    let middle = inner.len() / 2;
    let at = inner.match_indices('/').map(|(at, _)| at).min_by_key(|at| at.abs_diff(middle)).unwrap_or(middle);
    let at = if at == 0 { middle } else { at };
    (&inner[..at], &inner[at..], quote)
}

pub(crate) fn plus(fixture: &Fixture) -> Vec<Variant> {
    let mut edits = Edits::default();
    for node in addresses(fixture) {
        let (one, other, quote) = halves(fixture, node);
        edits.replace(node, format!("({quote}{one}{quote} + {quote}{other}{quote})"));
    }
    fixture.with("plus", edits.apply(fixture.text()))
}

pub(crate) fn format(fixture: &Fixture) -> Vec<Variant> {
    let build = |label: &str, write: &dyn Fn(&str, &str, char) -> String| {
        let mut edits = Edits::default();
        for node in addresses(fixture) {
            // Places of another format would be filled by this one.
            if fixture.of(node).contains(['%', '{']) && !fixture.is_node() {
                continue;
            }
            // An annotation takes constants only.
            if crate::edits::ancestor(node, &["annotation"]).is_some() {
                continue;
            }
            let (one, other, quote) = halves(fixture, node);
            edits.replace(node, write(one, other, quote));
        }
        fixture.with(label, edits.apply(fixture.text()))
    };
    if fixture.is_java() {
        return build("string-format", &|one, other, _| format!("String.format(\"%s%s\", \"{one}\", \"{other}\")"));
    }
    if fixture.is_python() {
        let mut all =
            build("format", &|one, other, quote| format!("{quote}{one}{{}}{quote}.format({quote}{other}{quote})"));
        all.extend(build("percent", &|one, other, quote| format!("({quote}{one}%s{quote} % {quote}{other}{quote})")));
        all.extend(build("f-string", &|one, other, quote| {
            let inner = if quote == '"' { '\'' } else { '"' };
            format!("f{quote}{one}{{{inner}{other}{inner}}}{quote}")
        }));
        all.extend(build("join", &|one, other, quote| {
            format!("{quote}{quote}.join([{quote}{one}{quote}, {quote}{other}{quote}])")
        }));
        return all;
    }
    let mut all = build("template", &|one, other, quote| format!("`{one}${{{quote}{other}{quote}}}`"));
    all.extend(build("concat", &|one, other, quote| format!("{quote}{one}{quote}.concat({quote}{other}{quote})")));
    all.extend(build("join", &|one, other, quote| {
        format!("[{quote}{one}{quote}, {quote}{other}{quote}].join({quote}{quote})")
    }));
    all
}
