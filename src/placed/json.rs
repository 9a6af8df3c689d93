//! Reads JSON, with the comments and trailing commas that people write into it.

use super::{DEEPEST, Key, Malformed, Node, Text, Value};
use crate::finding::ByteRange;

/// Reads a document.
pub fn json(text: &str) -> Result<Node, Malformed> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    let node = reader.value()?;
    reader.skip_layout()?;
    if reader.at < text.len() { Err(reader.wrong("something follows the document")) } else { Ok(node) }
}

struct Reader<'text> {
    text: &'text str,
    bytes: &'text [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn wrong(&self, message: &str) -> Malformed {
        Malformed { offset: self.at.min(self.text.len()), message: message.to_owned() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Blanks and comments.
    fn skip_layout(&mut self) -> Result<(), Malformed> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'/') if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                Some(b'/') if self.bytes.get(self.at + 1) == Some(&b'*') => {
                    match memchr::memmem::find(&self.bytes[self.at + 2..], b"*/") {
                        Some(end) => self.at += end + 4,
                        None => return Err(self.wrong("this comment has no end")),
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn value(&mut self) -> Result<Node, Malformed> {
        self.skip_layout()?;
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::map)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
                    self.at += 1;
                }
                Value::Other
            }
            Some(_) => return Err(self.wrong("no value can begin here")),
            None => return Err(self.wrong("a value is missing at the end")),
        };
        Ok(Node { range: ByteRange::new(start, self.at), value })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Malformed>) -> Result<Value, Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong("this is nested too deeply"));
        }
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Whether the next thing closes what is read; a comma before it is taken along.
    fn closes(&mut self, close: u8, first: bool) -> Result<bool, Malformed> {
        self.skip_layout()?;
        let comma = self.peek() == Some(b',');
        if comma && !first {
            self.at += 1;
            self.skip_layout()?;
        }
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first || comma => Ok(false),
            Some(_) => Err(self.wrong("a comma is missing")),
            None => Err(self.wrong("the end of a list or map is missing")),
        }
    }

    fn list(&mut self) -> Result<Value, Malformed> {
        let mut items = Vec::new();
        while !self.closes(b']', items.is_empty())? {
            items.push(self.value()?);
        }
        Ok(Value::List(items))
    }

    fn map(&mut self) -> Result<Value, Malformed> {
        let mut members = Vec::new();
        while !self.closes(b'}', members.is_empty())? {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in double quotes is missing"));
            }
            let name = self.string()?.content;
            let key = Key { name, range: ByteRange::new(start, self.at) };
            self.skip_layout()?;
            if self.peek() != Some(b':') {
                return Err(self.wrong("a colon is missing"));
            }
            self.at += 1;
            members.push((key, self.value()?));
        }
        Ok(Value::Map(members))
    }

    fn string(&mut self) -> Result<Text, Malformed> {
        self.at += 1;
        let mut text = Text::default();
        loop {
            let rest = &self.bytes[self.at..];
            let Some(plain) = memchr::memchr2(b'"', b'\\', rest) else {
                return Err(self.wrong("a closing quote is missing"));
            };
            text.push(&self.text[self.at..self.at + plain], self.at);
            self.at += plain;
            if self.bytes[self.at] == b'"' {
                text.end(self.at);
                self.at += 1;
                return Ok(text);
            }
            let start = self.at;
            let character = self.escape()?;
            text.push(character.encode_utf8(&mut [0; 4]), start);
            text.end(self.at);
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        self.at += 1;
        let Some(kind) = self.peek() else { return Err(self.wrong("a closing quote is missing")) };
        self.at += 1;
        Ok(match kind {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(kind),
            b'u' => {
                let first = self.unit()?;
                let second = (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u");
                let before = self.at;
                if second {
                    self.at += 2;
                    let units = [first, self.unit()?];
                    if let Some(Ok(character)) = char::decode_utf16(units).next() {
                        return Ok(character);
                    }
                    self.at = before;
                }
                char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(self.wrong("this is no escape sequence")),
        })
    }

    fn unit(&mut self) -> Result<u16, Malformed> {
        let digits = self.text.get(self.at..self.at + 4);
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| self.wrong("four hexadecimal digits are missing"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_character_knows_its_place() {
        let text = "{\"a\": [1, \"x\\n\\u00e9\\\\y\\ud834\\udd1ez\"], /* c */ \"b\": {},}";
        let node = json(text).unwrap();
        let string = &node.at("a").unwrap().items()[1];
        let inner = string.text().unwrap();
        assert_eq!(inner.content, "x\n\u{e9}\\y\u{1d11e}z");
        let place = |character: char| inner.place(inner.content.find(character).unwrap());
        assert!(text[place('\n')..].starts_with("\\n"));
        assert!(text[place('\u{e9}')..].starts_with("\\u00e9"));
        assert!(text[place('\\')..].starts_with("\\\\"));
        assert!(text[place('y')..].starts_with("y\\ud834"));
        assert!(text[place('\u{1d11e}')..].starts_with("\\ud834"));
        assert!(text[place('z')..].starts_with("z\""));
        assert_eq!(inner.place(inner.content.len()), string.range.end - 1);
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, offset) in [("{\"a\" 1}", 5), ("[1 2]", 3), ("{\"a\": \"x", 7), ("[", 1), ("{} x", 3), ("", 0)] {
            assert_eq!(json(text).err().map(|error| error.offset), Some(offset), "{text}");
        }
        assert!(json(&"[".repeat(10_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\":,\\\\u0-9a-f/* \n\u{e9}]{0,40}") {
            let _ = json(&text);
        }
    }
}
