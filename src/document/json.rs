//! JSON, and what people write for it: comments, trailing commas, single quotes, bare words, a comma left out at the end
//! of a line. Keys that stand twice are kept twice.

use super::MOST_LEVELS;
use super::model::{Builder, Entry, Kind, Name, Problem};
use super::scan::Cursor;
use crate::finding::ByteRange;

pub(super) fn read<'text>(text: &'text str, builder: &mut Builder<'text>) {
    let mut reader = Reader { cursor: Cursor::new(text), builder };
    reader.skip_blanks();
    if reader.cursor.is_at_end() {
        return;
    }
    // Several values after another are JSON Lines.
    while !reader.cursor.is_at_end() {
        let before = reader.cursor.at;
        reader.value(None, Name::Document, ByteRange::new(before, before), 0);
        reader.skip_blanks();
        if reader.cursor.at == before {
            reader.fail("a value is expected here");
            break;
        }
    }
}

/// Reads a value that stands inside another file, in the text of one of its values. Nothing is kept of what is broken.
pub(super) fn read_embedded(builder: &mut Builder<'_>, entry: usize, range: ByteRange) {
    let mut inner = Builder::new(&builder.text[..range.end]);
    let mut reader = Reader { cursor: Cursor { text: inner.text, at: range.start }, builder: &mut inner };
    reader.value(None, Name::Document, ByteRange::new(range.start, range.start), 0);
    reader.skip_blanks();
    if !reader.cursor.is_at_end() || inner.error.is_some() || inner.entries.len() < 2 {
        return;
    }
    let offset = builder.entries.len();
    // The document as a whole is the value that was there.
    builder.entries[entry].kind = inner.entries[0].kind;
    builder.entries.extend(inner.entries.into_iter().skip(1).map(|mut inside| {
        inside.parent = inside.parent.map(|parent| if parent == 0 { entry } else { parent + offset - 1 });
        inside
    }));
}

struct Reader<'text, 'builder> {
    cursor: Cursor<'text>,
    builder: &'builder mut Builder<'text>,
}

impl Reader<'_, '_> {
    fn fail(&mut self, message: &str) {
        self.builder.fail(self.cursor.at, Problem::Syntax, message);
    }

    /// Steps over blanks and comments; whether a line ended there.
    fn skip_blanks(&mut self) -> bool {
        let start = self.cursor.at;
        loop {
            self.cursor.take_while(|c| c.is_whitespace() || c == '\u{feff}');
            let comment = self.cursor.at;
            if self.cursor.eat("//") || self.cursor.eat("#") {
                self.cursor.take_line();
            } else if self.cursor.eat("/*") {
                let rest = self.cursor.rest();
                match rest.find("*/") {
                    Some(end) => self.cursor.at += end + 2,
                    None => {
                        self.fail("this comment never ends");
                        self.cursor.at = self.cursor.text.len();
                    }
                }
            } else {
                break;
            }
            self.builder.comments.push(ByteRange::new(comment, self.cursor.at));
        }
        self.cursor.text[start..self.cursor.at].contains('\n')
    }

    fn value(&mut self, parent: Option<usize>, name: Name, key: ByteRange, level: usize) {
        let start = self.cursor.at;
        let key = if key.start == key.end { ByteRange::new(start, start) } else { key };
        let add = |reader: &mut Self, kind, text: String| {
            let value = ByteRange::new(start, reader.cursor.at);
            reader.builder.push(Entry { parent, name: name.clone(), key, value, text, kind })
        };
        match self.cursor.peek() {
            Some(open @ ('{' | '[')) => {
                let entry = add(self, if open == '{' { Kind::Map } else { Kind::List }, String::new());
                self.cursor.next();
                if level >= MOST_LEVELS {
                    self.builder.fail(start, Problem::TooDeep, "this nests too deeply");
                    self.cursor.at = self.cursor.text.len();
                } else {
                    self.items(entry, open == '{', level + 1);
                }
                self.builder.close(entry, self.cursor.at);
            }
            Some(quote @ ('"' | '\'')) => {
                let text = self.string(quote);
                add(self, Kind::Scalar, text);
            }
            _ => {
                let word = self.bare(&[',', '}', ']']);
                let text = self.cursor.slice(word).to_owned();
                let kind = if text == "null" { Kind::Null } else { Kind::Scalar };
                if word.start < word.end {
                    add(self, kind, text);
                }
            }
        }
    }

    /// The entries of a map or list, up to and over its closing bracket.
    fn items(&mut self, entry: usize, is_map: bool, level: usize) {
        let close = if is_map { '}' } else { ']' };
        let mut count = 0;
        let mut separated = true;
        loop {
            let line_ended = self.skip_blanks();
            match self.cursor.peek() {
                None => {
                    self.fail(if is_map { "a `}` is missing" } else { "a `]` is missing" });
                    return;
                }
                Some(found) if found == close => {
                    self.cursor.next();
                    return;
                }
                Some(',') => {
                    if separated {
                        self.fail("a value is missing before this comma");
                    }
                    self.cursor.next();
                    separated = true;
                    continue;
                }
                Some('}' | ']' | ':') => {
                    self.fail("this bracket closes what was not opened");
                    if self.cursor.peek() != Some(':') {
                        return;
                    }
                    self.cursor.next();
                    continue;
                }
                Some(_) if !separated && !line_ended => {
                    self.fail("a comma is missing");
                }
                Some(_) => {}
            }
            separated = false;
            let before = self.cursor.at;
            if is_map {
                self.pair(entry, level);
            } else {
                self.value(Some(entry), Name::Item(count), ByteRange::default(), level);
                count += 1;
            }
            if self.cursor.at == before {
                self.fail("this is no value");
                self.cursor.next();
            }
        }
    }

    fn pair(&mut self, entry: usize, level: usize) {
        let start = self.cursor.at;
        let name = match self.cursor.peek() {
            Some(quote @ ('"' | '\'')) => self.string(quote),
            _ => {
                let word = self.bare(&[':', ',', '}', '{', '[', ']']);
                self.cursor.slice(word).to_owned()
            }
        };
        let key = ByteRange::new(start, self.cursor.at);
        self.skip_blanks();
        if !self.cursor.eat(":") {
            self.fail("a `:` is missing after this key");
            return;
        }
        self.skip_blanks();
        self.value(Some(entry), Name::Key(name), key, level);
    }

    /// A word without quotes; it ends with its line.
    fn bare(&mut self, ends: &[char]) -> ByteRange {
        let start = self.cursor.at;
        // `{{name}}` of a template is one word.
        while self.cursor.rest().starts_with("{{") || self.cursor.rest().starts_with("<%") {
            let rest = self.cursor.rest();
            let Some(end) = rest.find("}}").or_else(|| rest.find("%>")) else { break };
            self.cursor.at += end + 2;
        }
        let range = self.cursor.take_while(|c| !matches!(c, '\n' | '\r' | '"') && !ends.contains(&c));
        let range = super::scan::trimmed(self.cursor.text, ByteRange::new(start, range.end));
        self.cursor.at = range.end;
        range
    }

    fn string(&mut self, quote: char) -> String {
        let start = self.cursor.at;
        self.cursor.next();
        let mut text = String::new();
        loop {
            let plain = self.cursor.take_while(|c| c != quote && c != '\\');
            text.push_str(self.cursor.slice(plain));
            match self.cursor.next() {
                Some('\\') => self.escape(&mut text),
                Some(_) => return text,
                None => {
                    self.builder.fail(start, Problem::Syntax, "this text never ends");
                    return text;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) {
        match self.cursor.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => {
                let first = self.unit();
                let is_high = first.is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
                let mut units: Vec<u16> = first.into_iter().collect();
                if is_high && self.cursor.eat("\\u") {
                    units.extend(self.unit());
                }
                text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
            }
            // A line break that is escaped is none.
            Some('\r') => {
                self.cursor.eat("\n");
            }
            Some('\n') | None => {}
            Some(other) => text.push(other),
        }
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.cursor.rest().get(..4)?;
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.cursor.at += 4;
        Some(unit)
    }
}
