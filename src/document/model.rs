//! The model: entries in the order of their places, each with the entry that holds it.

use crate::finding::ByteRange;

/// A file, read.
#[derive(Debug, Clone, Default)]
pub struct Document {
    entries: Vec<Entry>,
    children: Vec<Vec<usize>>,
    /// Where its comments stand.
    pub comments: Vec<ByteRange>,
    /// What is wrong with it; the entries before the break are there all the same.
    pub error: Option<SyntaxError>,
}

/// A key with its value, an item of a list, or a document as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The map or list that holds it; nothing for a document as a whole. It stands before the entry.
    pub parent: Option<usize>,
    /// What it is called there.
    pub name: Name,
    /// Where its key stands, quotes included; for an item of a list the beginning of its value.
    pub key: ByteRange,
    /// Where its value stands, quotes included.
    pub value: ByteRange,
    /// The value of a scalar, decoded; empty for maps and lists.
    pub text: String,
    /// What its value is.
    pub kind: Kind,
}

/// What an entry is called in the map or list that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// A key.
    Key(String),
    /// A position in a list.
    Item(usize),
    /// A document as a whole.
    Document,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A text, a number or another scalar.
    Scalar,
    /// An expression, an alias or a reference: its value is not in this place.
    Reference,
    /// No value.
    Null,
    /// A map.
    Map,
    /// A list.
    List,
    /// A declaration: a labelled block of HCL.
    Block,
}

impl Kind {
    /// Whether it holds entries.
    pub fn is_container(self) -> bool {
        matches!(self, Self::Map | Self::List | Self::Block)
    }
}

impl Entry {
    /// The key; nothing for an item of a list and a document as a whole.
    pub fn key_text(&self) -> Option<&str> {
        match &self.name {
            Name::Key(key) => Some(key),
            Name::Item(_) | Name::Document => None,
        }
    }

    /// From its key to the end of its value.
    pub fn range(&self) -> ByteRange {
        self.key.cover(self.value)
    }
}

/// Where and why a file could not be read further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The byte of the text.
    pub at: usize,
    /// What kind of problem it is.
    pub problem: Problem,
    /// What is wrong there.
    pub message: String,
}

/// What stands in the way of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The file is not of its format.
    Syntax,
    /// It nests deeper than is read.
    TooDeep,
}

impl Document {
    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that one holds, by position, in the order of their places.
    pub fn children(&self, entry: usize) -> &[usize] {
        self.children.get(entry).map_or(&[], Vec::as_slice)
    }

    /// The names that lead to an entry, outermost first, without positions in lists.
    pub fn path(&self, entry: usize) -> Vec<&str> {
        let mut path = Vec::new();
        let mut at = Some(entry);
        while let Some(position) = at {
            path.extend(self.entries[position].key_text());
            at = self.entries[position].parent;
        }
        path.reverse();
        path
    }
}

/// Collects entries while a file is read.
#[derive(Debug)]
pub(super) struct Builder<'text> {
    pub(super) text: &'text str,
    pub(super) entries: Vec<Entry>,
    pub(super) comments: Vec<ByteRange>,
    pub(super) error: Option<SyntaxError>,
}

impl<'text> Builder<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, entries: Vec::new(), comments: Vec::new(), error: None }
    }

    /// Adds an entry; the answer is its position.
    pub(super) fn push(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    /// Adds a document as a whole.
    pub(super) fn document(&mut self, kind: Kind, value: ByteRange) -> usize {
        let key = ByteRange::new(value.start, value.start);
        self.push(Entry { parent: None, name: Name::Document, key, value, text: String::new(), kind })
    }

    /// Adds a map or list under a key.
    pub(super) fn container(&mut self, parent: usize, name: Name, key: ByteRange, start: usize, kind: Kind) -> usize {
        let value = ByteRange::new(start, start);
        self.push(Entry { parent: Some(parent), name, key, value, text: String::new(), kind })
    }

    /// Adds a scalar under a key.
    pub(super) fn scalar(&mut self, parent: usize, name: Name, key: ByteRange, value: ByteRange, text: String) {
        self.push(Entry { parent: Some(parent), name, key, value, text, kind: Kind::Scalar });
    }

    /// Says where a map or list ends.
    pub(super) fn close(&mut self, entry: usize, end: usize) {
        let value = &mut self.entries[entry].value;
        value.end = end.max(value.start);
    }

    /// Keeps the first thing that is wrong.
    pub(super) fn fail(&mut self, at: usize, problem: Problem, message: impl Into<String>) {
        if self.error.is_none() {
            self.error = Some(SyntaxError { at, problem, message: message.into() });
        }
    }

    pub(super) fn finish(self) -> Document {
        let mut children = vec![Vec::new(); self.entries.len()];
        for (position, entry) in self.entries.iter().enumerate() {
            if let Some(parent) = entry.parent {
                children[parent].push(position);
            }
        }
        for listed in &mut children {
            listed.sort_by_key(|&child: &usize| (self.entries[child].key, child));
        }
        Document { entries: self.entries, children, comments: self.comments, error: self.error }
    }
}
