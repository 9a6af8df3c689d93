//! What the hand-written readers share: a cursor over a text.

use crate::finding::ByteRange;

/// A place in a text that is read forward.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'text> {
    pub(super) text: &'text str,
    pub(super) at: usize,
}

impl<'text> Cursor<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Steps over a text if it stands here.
    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let there = self.rest().starts_with(wanted);
        if there {
            self.at += wanted.len();
        }
        there
    }

    /// Steps over characters while they are of a kind; the answer is their range.
    pub(super) fn take_while(&mut self, of_kind: impl Fn(char) -> bool) -> ByteRange {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|c| !of_kind(c)).unwrap_or(rest.len());
        ByteRange::new(start, self.at)
    }

    /// Steps to the end of the line, which is not stepped over.
    pub(super) fn take_line(&mut self) -> ByteRange {
        self.take_while(|c| !matches!(c, '\n' | '\r'))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn slice(&self, range: ByteRange) -> &'text str {
        &self.text[range.start..range.end]
    }
}

/// A range without the blanks at its ends.
pub(super) fn trimmed(text: &str, range: ByteRange) -> ByteRange {
    let slice = &text[range.start..range.end];
    let start = range.start + (slice.len() - slice.trim_start().len());
    ByteRange::new(start, start + slice.trim().len())
}

/// The comments that begin with `#`, outside the given ranges; where a word may hold a `#`, a blank must stand before.
pub(super) fn hash_comments(text: &str, mut taken: Vec<ByteRange>, after_blank: bool) -> Vec<ByteRange> {
    taken.sort_unstable();
    let mut comments: Vec<ByteRange> = Vec::new();
    let mut next = taken.into_iter().peekable();
    let mut covered = 0;
    for at in memchr::memchr_iter(b'#', text.as_bytes()) {
        while let Some(range) = next.next_if(|range| range.start <= at) {
            covered = covered.max(range.end);
        }
        let before = text[..at].chars().next_back();
        let opens = !after_blank || before.is_none_or(char::is_whitespace);
        if at < covered || !opens || comments.last().is_some_and(|comment| at < comment.end) {
            continue;
        }
        let rest = &text[at..];
        comments.push(ByteRange::new(at, at + rest.find(['\n', '\r']).unwrap_or(rest.len())));
    }
    comments
}
