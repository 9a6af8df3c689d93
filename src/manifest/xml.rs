//! The elements of an XML text with their places.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::finding::ByteRange;

/// An element with its place.
#[derive(Debug)]
pub(super) struct Element {
    /// The names from the root to it.
    pub(super) path: Vec<String>,
    /// With its tags.
    pub(super) range: ByteRange,
    /// Between its tags; nothing in an element without any.
    pub(super) inside: ByteRange,
}

impl Element {
    /// Whether it stands at this path.
    pub(super) fn is(&self, path: &[&str]) -> bool {
        self.path.iter().map(String::as_str).eq(path.iter().copied())
    }

    /// What stands between its tags.
    pub(super) fn text<'text>(&self, text: &'text str) -> &'text str {
        text[self.inside.start..self.inside.end].trim()
    }
}

/// All elements of a text, inner ones first, as far as it is XML.
pub(super) fn elements(text: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    loop {
        let start = position(&reader);
        let Ok(event) = reader.read_event() else { break };
        let end = position(&reader);
        match event {
            Event::Start(tag) => open.push((tag.local_name().as_ref().to_owned(), start, end)),
            Event::Empty(tag) => {
                let mut path: Vec<String> = open.iter().map(|(name, ..)| name.clone()).collect();
                path.push(tag.local_name().as_ref().to_owned());
                found.push(Element { path, range: ByteRange::new(start, end), inside: ByteRange::new(end, end) });
            }
            Event::End(_) => {
                let path = open.iter().map(|(name, ..)| name.clone()).collect();
                let Some((_, from, inside)) = open.pop() else { break };
                found.push(Element { path, range: ByteRange::new(from, end), inside: ByteRange::new(inside, start) });
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
