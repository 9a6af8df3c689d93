//! What each shape of Python becomes.

mod dump;
mod shapes;
mod strings;

use super::lower;
use crate::facts::ir::Module;

/// Parses and lowers a source.
fn module_of(source: &str) -> Module {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).expect("the grammar fits");
    let tree = parser.parse(source, None).expect("a language is set");
    let module = lower(&tree, source);
    for expression in &module.expressions {
        assert!(source.get(expression.range.start..expression.range.end).is_some(), "{expression:?}");
    }
    module
}

/// The intermediate form of a source, printed.
fn dumped(source: &str) -> String {
    dump::dump(&module_of(source))
}

/// Compares the printed form of a source with what is expected, line for line.
fn assert_lowers(source: &str, expected: &[&str]) {
    let found = dumped(source);
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{source}\n{found}");
}
