//! YAML, several documents in a file too. Templates of Helm and Jinja, which are no YAML yet, are read with their
//! expressions taken for words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::MOST_LEVELS;
use super::model::{Builder, Entry, Kind, Name, Problem};
use super::scan::hash_comments;
use crate::finding::ByteRange;

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let mut reading = Reading::new(text);
    reading.run(text);
    if reading.builder.error.as_ref().is_some_and(|error| error.problem == Problem::Syntax)
        && let Some(filled) = without_templates(text)
    {
        let mut second = Reading::new(text);
        second.run(&filled);
        if second.builder.error.is_none() || second.builder.entries.len() > reading.builder.entries.len() {
            reading = second;
        }
    }
    builder.entries = reading.builder.entries;
    builder.error = reading.builder.error;
    let scalars = builder.entries.iter().filter(|entry| !entry.kind.is_container());
    let taken = scalars.map(|entry| entry.value).chain(builder.entries.iter().map(|entry| entry.key)).collect();
    builder.comments = hash_comments(text, taken, true);
}

/// Where characters stand in bytes.
struct Offsets(Option<Vec<usize>>);

impl Offsets {
    fn new(text: &str) -> Self {
        // Where all characters are one byte long, both are the same.
        Self((!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect()))
    }

    fn byte(&self, character: usize, length: usize) -> usize {
        match &self.0 {
            None => character.min(length),
            Some(bytes) => bytes.get(character).copied().unwrap_or(length),
        }
    }
}

/// A map or list that is being read.
struct Open {
    entry: usize,
    is_map: bool,
    count: usize,
    /// The key whose value comes next.
    key: Option<(Name, ByteRange)>,
    /// How many levels of a key that is itself a map or list are open.
    level: usize,
}

struct Reading<'text> {
    builder: Builder<'text>,
    offsets: Offsets,
    open: Vec<Open>,
    anchors: BTreeMap<usize, usize>,
    /// Levels of a map or list that stands where a key should.
    inside_key: usize,
}

impl<'text> Reading<'text> {
    fn new(text: &'text str) -> Self {
        Self {
            builder: Builder::new(text),
            offsets: Offsets::new(text),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            inside_key: 0,
        }
    }

    fn run(&mut self, text: &str) {
        let mut parser = Parser::new_from_str(text);
        while let Some(next) = parser.next_event() {
            match next {
                Ok((Event::StreamEnd, _)) => break,
                Ok((event, span)) => self.take(event, span),
                Err(error) => {
                    let at = self.offsets.byte(error.marker().index(), text.len());
                    self.builder.fail(at, Problem::Syntax, error.info());
                    break;
                }
            }
            if self.builder.error.is_some() {
                break;
            }
        }
        while let Some(open) = self.open.pop() {
            self.builder.close(open.entry, text.len());
        }
    }

    fn range(&self, span: Span) -> ByteRange {
        let length = self.builder.text.len();
        let start = self.offsets.byte(span.start.index(), length);
        let end = self.offsets.byte(span.end.index(), length).max(start);
        // What ends with its line is not part of it.
        let slice = &self.builder.text[start..end];
        ByteRange::new(start, start + slice.trim_end().len())
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        let range = self.range(span);
        if self.inside_key > 0 {
            match event {
                Event::MappingStart(..) | Event::SequenceStart(..) => self.inside_key += 1,
                Event::MappingEnd | Event::SequenceEnd => self.inside_key -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::MappingStart(anchor, _) => self.begin(range, Kind::Map, anchor),
            Event::SequenceStart(anchor, _) => self.begin(range, Kind::List, anchor),
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop() {
                    // A block ends with its last entry, not where the next line begins.
                    let inside = &self.builder.entries[open.entry + 1..];
                    let last = inside.iter().map(|entry| entry.range().end).max().unwrap_or(0);
                    let closes = self.builder.text[range.start..].starts_with(['}', ']']);
                    let end = if closes { range.start + 1 } else { last };
                    self.builder.close(open.entry, end);
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let range = self.written(range, style);
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                self.scalar(range, text, if is_null { Kind::Null } else { Kind::Scalar }, anchor);
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).map(|&entry| &self.builder.entries[entry]);
                let text = known.map_or(String::new(), |entry| entry.text.clone());
                self.scalar(range, text.into(), Kind::Reference, 0);
            }
            _ => {}
        }
    }

    /// A scalar without what the parser counts in: an anchor or a tag before it, blanks and comments behind it.
    fn written(&self, range: ByteRange, style: ScalarStyle) -> ByteRange {
        let text = self.builder.text;
        let mut start = range.start;
        while text[start..range.end].starts_with(['&', '!']) {
            let property = &text[start..range.end];
            let length = property.find(char::is_whitespace).unwrap_or(property.len());
            start += length;
            start += text[start..range.end].len() - text[start..range.end].trim_start().len();
        }
        let slice = &text[start..range.end];
        let quote = match style {
            ScalarStyle::SingleQuoted => '\'',
            ScalarStyle::DoubleQuoted => '"',
            _ => return ByteRange::new(start, range.end),
        };
        let mut characters = slice.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            let doubled = quote == '\'' && characters.peek().is_some_and(|&(_, next)| next == quote);
            if character == quote && !doubled {
                return ByteRange::new(start, start + at + 1);
            }
            if (character == quote && doubled) || (character == '\\' && quote == '"') {
                characters.next();
            }
        }
        ByteRange::new(start, range.end)
    }

    /// The name of what comes next; nothing where it is a key itself.
    fn name(&mut self, value: ByteRange) -> Option<(Option<usize>, Name, ByteRange)> {
        let at = ByteRange::new(value.start, value.start);
        match self.open.last_mut() {
            None => Some((None, Name::Document, at)),
            Some(open) if open.is_map => open.key.take().map(|(name, key)| (Some(open.entry), name, key)),
            Some(open) => {
                open.count += 1;
                Some((Some(open.entry), Name::Item(open.count - 1), at))
            }
        }
    }

    fn begin(&mut self, range: ByteRange, kind: Kind, anchor: usize) {
        let level = self.open.last().map_or(0, |open| open.level + 1);
        if level > MOST_LEVELS {
            self.builder.fail(range.start, Problem::TooDeep, "this nests too deeply");
            return;
        }
        let Some((parent, name, key)) = self.name(range) else {
            self.inside_key = 1;
            if let Some(open) = self.open.last_mut() {
                open.key = Some((Name::Key(String::new()), ByteRange::new(range.start, range.start)));
            }
            return;
        };
        let entry = self.builder.push(Entry { parent, name, key, value: range, text: String::new(), kind });
        self.anchors.insert(anchor, entry);
        self.open.push(Open { entry, is_map: kind == Kind::Map, count: 0, key: None, level });
    }

    fn scalar(&mut self, range: ByteRange, text: Cow<'_, str>, kind: Kind, anchor: usize) {
        match self.name(range) {
            Some((parent, name, key)) => {
                // An empty value stands where its key ends, not where the next one begins.
                let value = if range.start == range.end && key.end > key.start {
                    ByteRange::new(key.end, key.end)
                } else {
                    range
                };
                let entry = self.builder.push(Entry { parent, name, key, value, text: text.into_owned(), kind });
                if anchor > 0 {
                    self.anchors.insert(anchor, entry);
                }
            }
            None => {
                if let Some(open) = self.open.last_mut() {
                    open.key = Some((Name::Key(text.into_owned()), range));
                }
            }
        }
    }
}

/// The text with every template expression replaced by a word of the same length; nothing where there is none.
fn without_templates(text: &str) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let opening = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .filter_map(|(open, close)| rest.find(open).map(|start| (start, close)))
            .min();
        let Some((start, close)) = opening else { break };
        let Some(length) = rest[start..].find(close).map(|end| end + close.len()) else { break };
        filled.push_str(&rest[..start]);
        let (inside, after) = rest[start..].split_at(length);
        let line_before = filled.rsplit('\n').next().unwrap_or("");
        let line_after = after.split('\n').next().unwrap_or("");
        // On a line of its own it is a statement, or something that other lines come from.
        let alone = line_before.trim().is_empty() && line_after.trim().is_empty();
        for (position, character) in inside.chars().enumerate() {
            match character {
                '\n' | '\r' => filled.push(character),
                _ if alone && position == 0 => filled.push('#'),
                _ => filled.extend(std::iter::repeat_n('x', character.len_utf8())),
            }
        }
        rest = after;
    }
    if filled.is_empty() && rest.len() == text.len() {
        return None;
    }
    filled.push_str(rest);
    Some(filled)
}
