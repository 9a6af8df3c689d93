//! Replacements in a text, and the questions that all changes ask of a tree.

use std::ops::Range;

use grantshift::syntax::Preorder;
use tree_sitter::Node;

/// Replacements that do not overlap.
#[derive(Default)]
pub(crate) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(crate) fn replace(&mut self, node: Node<'_>, with: impl Into<String>) {
        self.0.push((node.byte_range(), with.into()));
    }

    pub(crate) fn replace_range(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.0.push((range, with.into()));
    }

    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.0.push((at..at, text.into()));
    }

    pub(crate) fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(text.len() + 200);
        let mut done = 0;
        for (range, with) in self.0 {
            assert!(range.start >= done, "edits overlap at {}", range.start);
            out.push_str(&text[done..range.start]);
            out.push_str(&with);
            done = range.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

pub(crate) fn nodes<'tree>(root: Node<'tree>, kinds: &[&str]) -> Vec<Node<'tree>> {
    Preorder::new(root).filter(|node| kinds.contains(&node.kind())).collect()
}

pub(crate) fn ancestor<'tree>(node: Node<'tree>, kinds: &[&str]) -> Option<Node<'tree>> {
    let mut parent = node.parent();
    while let Some(node) = parent {
        if kinds.contains(&node.kind()) {
            return Some(node);
        }
        parent = node.parent();
    }
    None
}

/// Whether a node is the one that its parent has under a field.
pub(crate) fn is_field(node: Node<'_>, field: &str) -> bool {
    node.parent().is_some_and(|parent| parent.child_by_field_name(field) == Some(node))
}

pub(crate) fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

/// The white space before the first thing on the line of a place.
pub(crate) fn indentation(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
