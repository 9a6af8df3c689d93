//! What programs become: the source on one side, the lowered module on the other.

mod dump;

use super::lower;
use crate::facts::ir::{ExpressionKind, Module, StatementKind};
use crate::finding::Language;

fn lowered(language: Language, source: &str) -> Module {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&crate::syntax::grammar(language)).expect("the grammar fits the library");
    let tree = parser.parse(source, None).expect("parsing has no limit here");
    lower(&tree, source, language)
}

#[track_caller]
fn check(language: Language, source: &str, expected: &[&str]) {
    assert_eq!(dump::dump(&lowered(language, source)), expected.join("\n"), "for {source}");
}

/// The same in all three grammars.
#[track_caller]
fn everywhere(source: &str, expected: &[&str]) {
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        check(language, source, expected);
    }
}

#[track_caller]
fn typescript(source: &str, expected: &[&str]) {
    for language in [Language::TypeScript, Language::Tsx] {
        check(language, source, expected);
    }
}

#[test]
fn try_me() {
    let source = std::fs::read_to_string(std::env::var("DUMP_FILE").unwrap()).unwrap();
    let language = match std::env::var("DUMP_LANG").unwrap().as_str() {
        "js" => Language::JavaScript,
        "ts" => Language::TypeScript,
        _ => Language::Tsx,
    };
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&crate::syntax::grammar(language)).unwrap();
    println!("{}", parser.parse(&source, None).unwrap().root_node().to_sexp());
    println!("{}", dump::dump(&lowered(language, &source)));
}
