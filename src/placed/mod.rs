//! Documents as trees whose every value knows its place: JSON and YAML.
//!
//! It owns the two readers and the way from a text as it is meant (escapes resolved, indentation gone) to the bytes of
//! the file. It knows nothing of what a document says.

mod json;
mod yaml;

use std::fmt;

use crate::finding::ByteRange;

pub use json::json;
pub use yaml::yaml;

/// How deep a document may be nested: it is walked by recursion.
const DEEPEST: usize = 200;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it stands in the file's text, quotes included.
    pub range: ByteRange,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; numbers and the like of YAML too, as they are written.
    Text(Text),
    /// A number, a truth value, nothing, or a reference to another value.
    Other,
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it says.
    pub name: String,
    /// Where it stands.
    pub range: ByteRange,
}

/// A text as it is meant, and the way back to where its characters stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// What it says.
    pub content: String,
    /// Pairs of an offset in the content and in the file; between two of them both grow alike.
    places: Vec<(usize, usize)>,
}

impl Text {
    /// A text whose first character stands at `start` and whose others follow it as they are.
    pub fn verbatim(content: &str, start: usize) -> Self {
        Self { content: content.to_owned(), places: vec![(0, start)] }
    }

    /// Puts a piece behind the content that stands at `place` of the file.
    pub fn push(&mut self, piece: &str, place: usize) {
        if self.place(self.content.len()) != place || self.places.is_empty() {
            self.places.push((self.content.len(), place));
        }
        self.content.push_str(piece);
    }

    /// Says that what is pushed next, or the end, stands at `place`.
    pub fn end(&mut self, place: usize) {
        self.push("", place);
    }

    /// Where a byte of the content stands in the file.
    pub fn place(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|&(known, _)| known <= offset).saturating_sub(1);
        self.places.get(index).map_or(offset, |&(known, place)| place + (offset - known))
    }

    /// Where a range of the content stands in the file.
    pub fn range(&self, range: ByteRange) -> ByteRange {
        ByteRange::new(self.place(range.start), self.place(range.end).max(self.place(range.start)))
    }

    /// Puts another text behind this one.
    pub fn append(&mut self, other: &Text) {
        self.append_range(other, ByteRange::new(0, other.content.len()));
    }

    /// Puts a range of another text behind this one.
    pub fn append_range(&mut self, other: &Text, range: ByteRange) {
        let first = other.places.partition_point(|&(known, _)| known <= range.start).saturating_sub(1);
        for (index, &(offset, _)) in other.places.iter().enumerate().skip(first) {
            let next = other.places.get(index + 1).map_or(other.content.len(), |&(next, _)| next);
            let (from, to) = (offset.max(range.start), next.min(range.end));
            if from >= range.end {
                break;
            }
            if from < to {
                self.push(&other.content[from..to], other.place(from));
            }
        }
    }

    /// The content, and pairs of an offset in it and in the file; between two of them both grow alike.
    pub fn into_parts(self) -> (String, Vec<(usize, usize)>) {
        (self.content, self.places)
    }
}

impl Node {
    /// The member of a map.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// What a path of keys, `url.raw`, leads to.
    pub fn at(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, key| node.get(key))
    }

    /// The members of a map, none of anything else.
    pub fn members(&self) -> &[(Key, Node)] {
        if let Value::Map(members) = &self.value { members } else { &[] }
    }

    /// The items of a list, none of anything else.
    pub fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The text that it is.
    pub fn text(&self) -> Option<&Text> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The text that it is, without its places.
    pub fn content(&self) -> Option<&str> {
        self.text().map(|text| text.content.as_str())
    }
}

/// Why a document could not be read. It is the fault of who wrote it, or it is made by a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where, as an offset into the text.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}
