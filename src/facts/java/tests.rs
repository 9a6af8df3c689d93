//! What each shape of Java lowers to, in a short readable form.

mod dump;
mod shapes;

use super::{lower, text};
use crate::facts::ir::{ExpressionKind, Module};
use crate::finding::Language;

fn lowered(source: &str) -> Module {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&crate::syntax::grammar(Language::Java)).unwrap();
    let module = lower(&parser.parse(source, None).unwrap(), source);
    assert_ranges(&module, source);
    module
}

/// Ranges lie in the text on character boundaries, and functions and classes stand in order.
fn assert_ranges(module: &Module, source: &str) {
    for expression in &module.expressions {
        assert!(source.get(expression.range.start..expression.range.end).is_some(), "{expression:?}");
        if let ExpressionKind::Member { name, name_range, .. } = &expression.kind {
            let written = source.get(name_range.start..name_range.end).unwrap();
            assert!(written.contains(name.rsplit('.').next().unwrap()), "{expression:?}: {written}");
        }
    }
    assert!(module.functions.is_sorted_by_key(|function| function.range.start));
    assert!(module.classes.is_sorted_by_key(|class| class.range.start));
}

/// The dump of a whole file.
fn dumped(source: &str) -> String {
    dump::module(&lowered(source))
}

/// The dump of statements in a method.
fn dumped_statements(source: &str) -> String {
    let dump = dumped(&format!("class C {{ void m() {{ {source} }} }}"));
    let lines: Vec<&str> = dump.lines().skip(2).map(|line| &line[4..]).collect();
    lines.join("\n")
}

/// The dump of one expression.
fn dumped_expression(source: &str) -> String {
    dumped_statements(&format!("x = {source};")).strip_prefix("(x = ").unwrap().strip_suffix(')').unwrap().to_owned()
}

#[test]
fn escapes_are_decoded() {
    assert_eq!(text::literal(r#""a\tb\n\"\\\'\s\0\101\377\400""#), "a\tb\n\"\\' \0A\u{ff}\u{20}0");
    assert_eq!(text::literal(r#""\u0041\uuu0042\ud83d\ude00\ud83dx\u12""#), "AB\u{1f600}\u{fffd}x\\u12");
    assert_eq!(text::literal(r#""\u005cn\q""#), "\n\\q");
    assert_eq!(text::literal(r"'\''"), "'");
    assert_eq!(text::literal("\"open"), "open");
    assert_eq!(text::literal("\"\""), "");
    assert_eq!(text::literal("\"ends \\\\\""), "ends \\");
}

#[test]
fn text_blocks_lose_their_indentation() {
    assert_eq!(text::literal("\"\"\"\n    a\n      b  \n\n    c\"\"\""), "a\n  b\n\nc");
    assert_eq!(text::literal("\"\"\"\r\n    a\r\n  \"\"\""), "  a\n");
    assert_eq!(text::literal("\"\"\"  \n  a \\\n  b\\n\\s\n  \"\"\""), "a b\n \n");
    assert_eq!(text::literal("\"\"\"\n  \\\"\"\"\n  \"\"\""), "\"\"\"\n");
    assert_eq!(text::literal("\"\"\"broken"), "broken");
}

#[test]
fn every_beginning_of_a_file_lowers_without_a_panic() {
    let source = shapes::MIXED;
    assert!(!dumped(source).contains("opaque()"));
    for (end, _) in source.char_indices() {
        lowered(&source[..end]);
        lowered(&source[end..]);
    }
}

#[test]
fn long_concatenations_need_no_stack() {
    let source = format!("class A {{ String s = \"\"{}; }}", " + \"x\"".repeat(20_000));
    let module = lowered(&source);
    let longest = module.expressions.iter().map(|expression| match &expression.kind {
        ExpressionKind::Concat(parts) => parts.len(),
        _ => 0,
    });
    assert_eq!(longest.max(), Some(20_001));
}
