//! What becomes of a text while it is edited: which pieces of it are kept, and what stands between them.

use super::Change;
use crate::finding::ByteRange;

/// A text as pieces.
#[derive(Debug, Clone)]
pub(super) struct Pieces {
    length: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    /// A range of the first text.
    Kept(ByteRange),
    /// What is new.
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.end - range.start,
            Self::New(text) => text.len(),
        }
    }

    /// The part between two offsets.
    fn part(&self, from: usize, to: usize) -> Option<Self> {
        (from < to).then(|| match self {
            Self::Kept(range) => Self::Kept(ByteRange::new(range.start + from, range.start + to)),
            Self::New(text) => Self::New(text[from..to].to_owned()),
        })
    }
}

impl Pieces {
    /// A text that nothing was done to.
    pub(super) fn new(length: usize) -> Self {
        Self { length, pieces: vec![Piece::Kept(ByteRange::new(0, length))] }
    }

    /// Replaces a range of the text as it is now.
    pub(super) fn replace(&mut self, range: ByteRange, replacement: &str) {
        let mut pieces = Vec::new();
        let mut new = (!replacement.is_empty()).then(|| Piece::New(replacement.to_owned()));
        let mut at = 0;
        for piece in self.pieces.drain(..) {
            let length = piece.len();
            let (from, to) = (range.start.clamp(at, at + length) - at, range.end.clamp(at, at + length) - at);
            pieces.extend(piece.part(0, from));
            if range.start <= at + length {
                pieces.extend(new.take());
            }
            pieces.extend(piece.part(to, length));
            at += length;
        }
        pieces.extend(new);
        self.pieces = pieces;
    }

    /// The changes of the first text.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut at = 0;
        let mut new = String::new();
        let mut close = |at: usize, to: usize, new: &mut String| {
            if at < to || !new.is_empty() {
                changes.push(Change::new(at, to, std::mem::take(new)));
            }
        };
        for piece in &self.pieces {
            match piece {
                Piece::New(text) => new.push_str(text),
                Piece::Kept(range) => {
                    close(at, range.start, &mut new);
                    at = range.end;
                }
            }
        }
        close(at, self.length, &mut new);
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_to_changes_of_the_first_text() {
        let first = "abcdefgh";
        let mut text = first.to_owned();
        let mut pieces = Pieces::new(first.len());
        for (start, end, new) in [(2, 4, "XY"), (3, 5, ""), (0, 0, "_"), (7, 7, "!"), (1, 2, "A")] {
            text.replace_range(start..end, new);
            pieces.replace(ByteRange::new(start, end), new);
        }
        let mut result = first.to_owned();
        for change in pieces.changes().iter().rev() {
            result.replace_range(change.range.start..change.range.end, &change.replacement);
        }
        assert_eq!(result, text);
    }
}
