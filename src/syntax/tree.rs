//! What can be asked of a tree in any language: where it is broken, its comments, its tokens.

use tree_sitter::{Node, Tree, TreeCursor};

use crate::finding::ByteRange;

/// Every node below one, itself first, in the order of the text and without recursion.
pub struct Preorder<'tree> {
    cursor: TreeCursor<'tree>,
    state: State,
    depth: usize,
}

#[derive(PartialEq)]
enum State {
    /// Nothing was given out yet.
    Fresh,
    /// The children of the last node come next.
    Descend,
    /// What follows the last node comes next.
    Skip,
    /// There is nothing more.
    Done,
}

impl<'tree> Preorder<'tree> {
    /// The nodes below `node`.
    pub fn new(node: Node<'tree>) -> Self {
        Self { cursor: node.walk(), state: State::Fresh, depth: 0 }
    }

    /// Leaves out what lies below the node that was given out last.
    pub fn skip_children(&mut self) {
        if self.state == State::Descend {
            self.state = State::Skip;
        }
    }
}

impl<'tree> Iterator for Preorder<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Node<'tree>> {
        match self.state {
            State::Done => return None,
            State::Fresh => {}
            State::Descend if self.cursor.goto_first_child() => self.depth += 1,
            State::Descend | State::Skip => loop {
                // The siblings of the first node are none of its own.
                if self.depth == 0 {
                    self.state = State::Done;
                    return None;
                }
                if self.cursor.goto_next_sibling() {
                    break;
                }
                self.cursor.goto_parent();
                self.depth -= 1;
            },
        }
        self.state = State::Descend;
        Some(self.cursor.node())
    }
}

fn range(node: Node<'_>) -> ByteRange {
    ByteRange::new(node.start_byte(), node.end_byte())
}

/// The first place at which the text does not follow the grammar: a piece that fits nowhere, or the place (an empty
/// range) where something is missing.
pub fn syntax_error(tree: &Tree) -> Option<ByteRange> {
    let mut nodes = Preorder::new(tree.root_node());
    while let Some(node) = nodes.next() {
        if node.is_error() || node.is_missing() {
            return Some(range(node));
        }
        if !node.has_error() {
            nodes.skip_children();
        }
    }
    None
}

/// All such places; what is broken inside another is part of it.
pub fn syntax_errors(tree: &Tree) -> Vec<ByteRange> {
    let mut errors = Vec::new();
    let mut nodes = Preorder::new(tree.root_node());
    while let Some(node) = nodes.next() {
        if node.is_error() || node.is_missing() {
            errors.push(range(node));
            nodes.skip_children();
        } else if !node.has_error() {
            nodes.skip_children();
        }
    }
    errors
}

fn is_comment(node: Node<'_>) -> bool {
    matches!(node.kind(), "comment" | "line_comment" | "block_comment" | "html_comment")
}

/// The comments, in the order of the text.
pub fn comments(tree: &Tree) -> Vec<ByteRange> {
    Preorder::new(tree.root_node()).filter(|node| is_comment(*node)).map(range).collect()
}

/// What is text for people, in the order of the text: comments, docstrings and other texts that are statements of their own.
pub fn prose(tree: &Tree) -> Vec<ByteRange> {
    let is_text = |node: Node<'_>| {
        matches!(node.kind(), "string" | "template_string" | "concatenated_string")
            && node
                .parent()
                .is_some_and(|above| above.kind() == "expression_statement" && above.named_child_count() == 1)
    };
    Preorder::new(tree.root_node()).filter(|node| is_comment(*node) || is_text(*node)).map(range).collect()
}

/// The tokens inside a range, in the order of the text and without comments: what a piece of code says, whatever its
/// layout.
pub fn tokens<'text>(tree: &Tree, text: &'text str, within: ByteRange) -> Vec<&'text str> {
    let mut tokens = Vec::new();
    let root = tree.root_node();
    let start = root.descendant_for_byte_range(within.start, within.end).unwrap_or(root);
    let mut done = within.start;
    let mut nodes = Preorder::new(start);
    while let Some(node) = nodes.next() {
        let place = range(node);
        if place.end <= within.start || place.start >= within.end {
            nodes.skip_children();
            continue;
        }
        let layout = is_comment(node) || node.kind() == "line_continuation";
        if layout {
            nodes.skip_children();
        } else if node.child_count() > 0 {
            continue;
        }
        // Some grammars give no node to the plain part of a string that has escape sequences: it lies between nodes.
        push(&mut tokens, text, done, place.start.min(within.end));
        if !layout && within.contains(place) {
            push(&mut tokens, text, place.start, place.end);
        }
        done = done.max(place.end);
    }
    push(&mut tokens, text, done, within.end);
    tokens
}

fn push<'text>(tokens: &mut Vec<&'text str>, text: &'text str, start: usize, end: usize) {
    let token = text.get(start..end).unwrap_or_default().trim();
    if !token.is_empty() {
        tokens.push(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Language;
    use crate::syntax::{Limits, parse};

    fn tree(text: &str, language: Language) -> Tree {
        parse(text, language, &Limits::default()).unwrap()
    }

    fn tokens_of(text: &str, language: Language) -> Vec<&str> {
        tokens(&tree(text, language), text, ByteRange::new(0, text.len()))
    }

    #[test]
    fn the_first_error_is_found() {
        assert_eq!(syntax_error(&tree("f(1);", Language::JavaScript)), None);
        for (text, language) in [
            ("g();\nf(1", Language::JavaScript),
            ("g()\ndef f(:\n  pass\n", Language::Python),
            ("class A { void f() { g(1 } }", Language::Java),
            ("let a: = 1;", Language::TypeScript),
        ] {
            let error = syntax_error(&tree(text, language)).unwrap();
            assert!(error.start >= 3 && error.end <= text.len(), "{text:?}: {error:?}");
        }
    }

    #[test]
    fn layout_and_comments_are_no_tokens() {
        for (language, plain, laid_out) in [
            (Language::JavaScript, "post('a b', {x: 1})", "post( // why\n  'a b', /* what */ { x:\n1 } )"),
            (Language::Python, "post('a b', x=1)", "post(\n    'a b',  # why\n    x = 1\n)"),
            (
                Language::Java,
                "class A{int x=f(\"a\\n b\",1);}",
                "class A { /* x */ int x = // y\n f( \"a\\n b\", 1 ); }",
            ),
        ] {
            assert_eq!(tokens_of(plain, language), tokens_of(laid_out, language), "{language:?}");
        }
        assert_eq!(tokens_of("f( 'a' )", Language::JavaScript), ["f", "(", "'", "a", "'", ")"]);
    }

    #[test]
    fn the_plain_part_of_a_string_with_escapes_is_a_token() {
        for language in [Language::JavaScript, Language::Tsx, Language::Python] {
            assert!(tokens_of("f('abc\\ndef')", language).concat().contains("abc\\ndef"), "{language:?}");
        }
        assert_eq!(tokens_of("f('abc\\ndef')", Language::Python).concat(), "f('abc\\ndef')");
    }

    #[test]
    fn only_tokens_inside_the_range_are_given() {
        let text = "a(1); b(2); c(3);";
        let tree = tree(text, Language::JavaScript);
        assert_eq!(tokens(&tree, text, ByteRange::new(6, 10)), ["b", "(", "2", ")"]);
        assert_eq!(tokens(&tree, text, ByteRange::new(6, 6)), Vec::<&str>::new());
    }

    #[test]
    fn comments_are_found_in_every_language() {
        for (text, language, count) in [
            ("// a\nf(/* b */);\n", Language::JavaScript, 2),
            ("// a\nf(/* b */);\n", Language::TypeScript, 2),
            ("const a = <b>{/* c */}</b>;", Language::Tsx, 1),
            ("// a\nclass A { /** b */ }", Language::Java, 2),
            ("# a\nf()  # b\n\"\"\"no\"\"\"\n", Language::Python, 2),
        ] {
            assert_eq!(comments(&tree(text, language)).len(), count, "{language:?}");
        }
    }
}
