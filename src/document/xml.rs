//! XML: an element is a map of its attributes and elements, or the text that it holds.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::MOST_LEVELS;
use super::model::{Builder, Kind, Name, Problem};
use super::scan::trimmed;
use crate::finding::ByteRange;

/// An element that is being read.
struct Open {
    entry: usize,
    /// The texts in it so far, and where they stand.
    text: String,
    range: Option<ByteRange>,
    holds_elements: bool,
}

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    // The reader does not count a byte order mark.
    let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader::from_str(&text[skipped..]);
    let mut open: Vec<Open> = Vec::new();
    let position = |reader: &Reader<&[u8]>| {
        usize::try_from(reader.buffer_position()).map_or(text.len(), |at| (at + skipped).min(text.len()))
    };
    loop {
        let start = position(&reader);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at =
                    usize::try_from(reader.error_position()).map_or(text.len(), |at| (at + skipped).min(text.len()));
                builder.fail(at, Problem::Syntax, error.to_string());
                break;
            }
        };
        let end = position(&reader).max(start);
        match event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if open.len() >= MOST_LEVELS => {
                let _ = element;
                builder.fail(start, Problem::TooDeep, "this nests too deeply");
                break;
            }
            Event::Start(element) => {
                let parent = open.last().map_or(root, |outer| outer.entry);
                if let Some(outer) = open.last_mut() {
                    outer.holds_elements = true;
                }
                let entry = begin(text, &element, parent, start, builder);
                open.push(Open { entry, text: String::new(), range: None, holds_elements: false });
            }
            Event::Empty(element) => {
                let parent = open.last().map_or(root, |outer| outer.entry);
                if let Some(outer) = open.last_mut() {
                    outer.holds_elements = true;
                }
                let entry = begin(text, &element, parent, start, builder);
                builder.close(entry, end);
            }
            Event::End(_) => {
                if let Some(closed) = open.pop() {
                    finish(text, closed, start, end, builder);
                }
            }
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                if let Some(inner) = open.last_mut() {
                    let range = ByteRange::new(start, end);
                    inner.text.push_str(&decoded(&text[start..end]));
                    inner.range = Some(inner.range.map_or(range, |known| known.cover(range)));
                }
            }
            Event::Comment(_) => builder.comments.push(ByteRange::new(start, end)),
            _ => {}
        }
    }
    if let (Some(unclosed), None) = (open.last(), &builder.error) {
        let at = builder.entries[unclosed.entry].key.start;
        builder.fail(at, Problem::Syntax, "this element is never closed");
    }
    while let Some(unclosed) = open.pop() {
        builder.close(unclosed.entry, text.len());
    }
}

/// A text as it is meant. An entity that only a DTD knows stays as it stands.
fn decoded(written: &str) -> Cow<'_, str> {
    match written.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
        Some(inner) => Cow::Borrowed(inner),
        None => unescape(written).unwrap_or(Cow::Borrowed(written)),
    }
}

fn begin(text: &str, element: &BytesStart<'_>, parent: usize, start: usize, builder: &mut Builder<'_>) -> usize {
    let name = element.name().as_ref().to_owned();
    let key = ByteRange::new(start + 1, start + 1 + name.len());
    let entry = builder.container(parent, Name::Key(name), key, start, Kind::Map);
    attributes(text, key.end, entry, builder);
    entry
}

/// The attributes of a tag, from behind its name: a name, a `=`, a text in quotes.
fn attributes(text: &str, from: usize, entry: usize, builder: &mut Builder<'_>) {
    let mut at = from;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let Some(length) = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')) else { return };
        if length == 0 {
            return;
        }
        let key = ByteRange::new(at, at + length);
        let Some(equals) = text[key.end..].trim_start().strip_prefix('=') else { return };
        let value = equals.trim_start();
        let start = text.len() - value.len();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return };
        let Some(length) = value[1..].find(quote) else { return };
        let range = ByteRange::new(start, start + length + 2);
        let decoded = decoded(&text[start + 1..start + 1 + length]).into_owned();
        builder.scalar(entry, Name::Key(text[key.start..key.end].to_owned()), key, range, decoded);
        at = range.end;
    }
}

fn finish(text: &str, closed: Open, start: usize, end: usize, builder: &mut Builder<'_>) {
    let entry = closed.entry;
    builder.close(entry, end);
    let inside = trimmed(text, closed.range.unwrap_or(ByteRange::new(start, start)));
    let has_attributes = builder.entries[entry + 1..].iter().any(|child| child.parent == Some(entry));
    if closed.holds_elements || (has_attributes && inside.start == inside.end) {
        return;
    }
    let decoded = closed.text.trim().to_owned();
    if has_attributes {
        let key = ByteRange::new(inside.start, inside.start);
        builder.scalar(entry, Name::Item(0), key, inside, decoded);
    } else {
        let leaf = &mut builder.entries[entry];
        leaf.kind = if decoded.is_empty() { Kind::Null } else { Kind::Scalar };
        leaf.text = decoded;
        leaf.value = inside;
    }
}
