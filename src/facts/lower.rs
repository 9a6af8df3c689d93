//! Chooses the adapter for a language.

use super::ir::Module;
use super::{java, node, python};
use crate::finding::Language;

/// Lowers a tree to the intermediate form. What is no code is an empty module.
pub fn lower(tree: &tree_sitter::Tree, text: &str, language: Language) -> Module {
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => node::lower(tree, text, language),
        Language::Java => java::lower(tree, text),
        Language::Python | Language::Notebook => python::lower(tree, text),
        _ => Module::new(language),
    }
}
