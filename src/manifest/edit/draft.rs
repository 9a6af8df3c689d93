//! A text on its way from one form to another: changes of changed text, told as changes of the text that it was.

use super::{Change, apply};
use crate::finding::ByteRange;

/// A text with what has been changed in it.
pub(super) struct Draft<'text> {
    original: &'text str,
    pieces: Vec<Piece>,
    current: String,
}

#[derive(Debug, Clone)]
enum Piece {
    /// A range of the original.
    Kept(ByteRange),
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.end - range.start,
            Self::New(text) => text.len(),
        }
    }

    /// What stands from `from` up to `to`, counted in the piece.
    fn part(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Kept(range) => Self::Kept(ByteRange::new(range.start + from, range.start + to)),
            Self::New(text) => Self::New(text[from..to].to_owned()),
        }
    }
}

impl<'text> Draft<'text> {
    pub(super) fn new(original: &'text str) -> Self {
        let pieces = vec![Piece::Kept(ByteRange::new(0, original.len()))];
        Self { original, pieces, current: original.to_owned() }
    }

    /// The text as it is now.
    pub(super) fn text(&self) -> &str {
        &self.current
    }

    /// Makes changes of the text as it is now; none overlaps another.
    pub(super) fn apply(&mut self, mut changes: Vec<Change>) {
        changes.sort_by_key(|change| (change.start, change.end));
        for change in changes.iter().rev() {
            self.replace(change);
        }
        self.current = apply(&self.current, &changes);
    }

    fn replace(&mut self, change: &Change) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut at = 0;
        for piece in &self.pieces {
            let end = at + piece.len();
            if at < change.start {
                before.push(piece.part(0, change.start.min(end) - at));
            }
            if end > change.end {
                after.push(piece.part(change.end.max(at) - at, piece.len()));
            }
            at = end;
        }
        before.push(Piece::New(change.replacement.clone()));
        before.extend(after);
        self.pieces = before;
    }

    /// The changes of the original that lead here, sorted.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let (mut at, mut new) = (0, String::new());
        let end = Piece::Kept(ByteRange::new(self.original.len(), self.original.len()));
        for piece in self.pieces.iter().chain([&end]) {
            match piece {
                Piece::New(text) => new.push_str(text),
                // What was cut into two and has nothing between them.
                Piece::Kept(range) if range.start == at && new.is_empty() => at = range.end,
                Piece::Kept(range) if range.start == range.end && range.start < self.original.len() => {}
                Piece::Kept(range) => {
                    changes.extend(self.smallest(at, range.start, &new));
                    new.clear();
                    at = range.end;
                }
            }
        }
        changes
    }

    /// A change without what it leaves as it is at both ends.
    fn smallest(&self, mut start: usize, mut end: usize, mut new: &str) -> Option<Change> {
        let old = &self.original[start..end];
        if old == new {
            return None;
        }
        let same = |(old, new): (char, char)| (old == new).then_some(old.len_utf8());
        let ahead: usize = old.chars().zip(new.chars()).map_while(same).sum();
        (start, new) = (start + ahead, &new[ahead..]);
        let old = &self.original[start..end];
        let behind: usize = old.chars().rev().zip(new.chars().rev()).map_while(same).sum();
        (end, new) = (end - behind, &new[..new.len() - behind]);
        Some(Change { start, end, replacement: new.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_of_changes_are_changes_of_the_original(
            original in "[a-c\u{e9}\n]{0,30}",
            steps in prop::collection::vec((0usize..40, 0usize..10, "[x-z\u{e9}]{0,5}"), 0..6),
        ) {
            let mut draft = Draft::new(&original);
            for (start, length, replacement) in steps {
                let text = draft.text().to_owned();
                let boundary = |mut at: usize| {
                    at = at.min(text.len());
                    while !text.is_char_boundary(at) { at -= 1; }
                    at
                };
                let (start, end) = (boundary(start), boundary(start + length));
                draft.apply(vec![Change { start, end: end.max(start), replacement }]);
            }
            let changes = draft.changes();
            prop_assert!(changes.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert_eq!(apply(&original, &changes), draft.text());
        }
    }
}
