//! Chooses the adapter for a language.

use super::ir::Module;
use super::{java, node, python};
use crate::finding::Language;

/// Lowers a tree to the intermediate form.
pub fn lower(tree: &tree_sitter::Tree, text: &str, language: Language) -> Module {
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => ir_placeholder(tree, text, language),
        Language::Java => java::lower(tree, text),
        Language::Python => python::lower(tree, text),
    }
}
fn ir_placeholder(_: &tree_sitter::Tree, _: &str, l: Language) -> Module {
    Module::new(l)
}
