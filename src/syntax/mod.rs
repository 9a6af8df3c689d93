//! Grammars, parsers and their limits: text in, a tree-sitter tree out.
//!
//! It knows how much nesting, size and time a file may cost ([`Limits`]); of what a tree means it knows no more than
//! where it is broken, where its comments stand and what its tokens are.

mod limits;
mod parse;
mod tree;

use crate::finding::Language;

pub use limits::{Limits, ParseError};
pub use parse::parse;
pub use tree::{Preorder, comments, prose, syntax_error, syntax_errors, tokens};

/// The tree-sitter grammar of a language; nothing for what is no code. A notebook's cells are Python.
pub fn grammar(language: Language) -> Option<tree_sitter::Language> {
    Some(match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::Java => tree_sitter_java::LANGUAGE.into(),
        Language::Python | Language::Notebook => tree_sitter_python::LANGUAGE.into(),
        _ => return None,
    })
}
