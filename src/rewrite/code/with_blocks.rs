//! Blocks of Python whose head has nothing left to do: `with open(key) as file:` around statements that go on without the file.

use tree_sitter::Node;

use super::names::range;
use super::sweep::Sweep;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

impl Sweep<'_> {
    /// Takes the head off `with` blocks that only opened what nothing uses any more, and moves what is left one level out.
    pub(super) fn idle_with(&mut self) {
        let mut cut = Vec::new();
        for node in Preorder::new(self.file.tree.root_node()).filter(|node| node.kind() == "with_statement") {
            if !self.is_dead(range(node)) {
                cut.extend(self.idle(node).unwrap_or_default());
            }
        }
        cut.retain(|place| !self.is_dead(*place));
        self.swept.cut.extend(cut);
    }

    fn idle(&self, with: Node<'_>) -> Option<Vec<ByteRange>> {
        let body = with.child_by_field_name("body")?;
        let head = ByteRange::new(with.start_byte(), body.start_byte());
        if self.text(range(with)).starts_with("async") || self.is_dead(head) {
            return None;
        }
        let names = self.file.names;
        let targets: Vec<_> = names
            .declarations
            .iter()
            .filter(|one| {
                head.contains(one.range)
                    && self
                        .node(one.range)
                        .is_some_and(|node| node.parent().is_some_and(|parent| parent.kind() == "as_pattern_target"))
            })
            .collect();
        let mut cursor = with.walk();
        let clause = with.named_children(&mut cursor).find(|child| child.kind() == "with_clause")?;
        let target = targets.first().filter(|_| clause.named_child_count() == 1 && targets.len() == 1)?;
        if names.siblings(target).len() != 1 {
            return None;
        }
        let mut mentions = names.mentions_of(target).peekable();
        mentions.peek()?;
        if !mentions.all(|mention| self.is_dead(mention.range))
            || self.effect_in(range(clause), &mut Vec::new()).is_some()
        {
            return None;
        }
        self.outdented(with, body)
    }

    /// What goes from a block so that its body is left, one level less deep.
    fn outdented(&self, with: Node<'_>, body: Node<'_>) -> Option<Vec<ByteRange>> {
        let text = self.file.text;
        let own = super::lines::line_start(text, with.start_byte());
        let start = super::lines::line_start(text, body.start_byte());
        let several = Preorder::new(body).any(|node| node.kind() == "string" && text[node.byte_range()].contains('\n'));
        if several || start <= with.start_byte() || !text[own..with.start_byte()].trim().is_empty() {
            return None;
        }
        let outer = super::lines::indentation(text, with.start_byte()).len();
        let step = super::lines::indentation(text, body.start_byte()).len().checked_sub(outer)?;
        let end = super::lines::line_end(text, body.end_byte());
        let mut places = vec![ByteRange::new(own, start)];
        let mut line = start;
        while line < end {
            let spaces = super::lines::indentation(text, line).len().min(step);
            if spaces > 0 {
                places.push(ByteRange::new(line, line + spaces));
            }
            line = super::lines::line_end(text, line);
        }
        Some(places)
    }
}
