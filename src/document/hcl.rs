//! HCL, as Terraform writes it: attributes, blocks with labels, maps and lists. What an expression computes is not known.

use std::collections::HashMap;

use super::MOST_LEVELS;
use super::model::{Builder, Entry, Kind, Name, Problem};
use super::scan::{Cursor, trimmed};
use crate::finding::ByteRange;

pub(super) fn read<'text>(text: &'text str, builder: &mut Builder<'text>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    let mut reader = Reader { cursor: Cursor::new(text), builder, shared: HashMap::new() };
    reader.body(root, 0);
    if !reader.cursor.is_at_end() {
        reader.fail("this bracket closes what was not opened");
    }
}

struct Reader<'text, 'builder> {
    cursor: Cursor<'text>,
    builder: &'builder mut Builder<'text>,
    /// The maps that blocks of one kind share, by what holds them and their kind.
    shared: HashMap<(usize, String), usize>,
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

impl Reader<'_, '_> {
    fn fail(&mut self, message: &str) {
        self.builder.fail(self.cursor.at, Problem::Syntax, message);
    }

    /// Steps over blanks and comments; over line breaks too, where they mean nothing.
    fn skip(&mut self, lines: bool) {
        loop {
            self.cursor.take_while(|c| c.is_whitespace() && (lines || !matches!(c, '\n' | '\r')));
            let start = self.cursor.at;
            if self.cursor.rest().starts_with('#') || self.cursor.rest().starts_with("//") {
                self.cursor.take_line();
            } else if self.cursor.eat("/*") {
                let rest = self.cursor.rest();
                self.cursor.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
            self.builder.comments.push(ByteRange::new(start, self.cursor.at));
        }
    }

    /// Attributes and blocks, up to a closing brace or the end.
    fn body(&mut self, parent: usize, level: usize) {
        loop {
            self.skip(true);
            let start = self.cursor.at;
            let Some(first) = self.cursor.peek() else { return };
            match first {
                '}' => return,
                ',' | ';' => {
                    self.cursor.next();
                    continue;
                }
                _ => {}
            }
            let Some(name) = self.name() else {
                self.fail("a name is expected here");
                self.cursor.take_line();
                if self.cursor.at == start {
                    self.cursor.next();
                }
                continue;
            };
            let key = ByteRange::new(start, self.cursor.at);
            self.skip(false);
            if self.cursor.rest().starts_with("==") {
                self.fail("a value is expected here");
                self.cursor.take_line();
            } else if self.cursor.eat("=") || self.cursor.eat(":") {
                self.skip(false);
                self.expression(parent, Name::Key(name), key, level);
            } else {
                self.block(parent, name, key, level);
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        match self.cursor.peek()? {
            '"' => self.string(),
            // A key that is computed: `(var.name)`.
            '(' => {
                let range = self.balanced();
                Some(self.cursor.slice(range).to_owned())
            }
            first if is_word(first) => {
                let range = self.cursor.take_while(is_word);
                Some(self.cursor.slice(range).to_owned())
            }
            _ => None,
        }
    }

    /// A block: every label is a level of its own, and blocks of one kind share the first level.
    fn block(&mut self, parent: usize, name: String, key: ByteRange, level: usize) {
        let mut at = self.shared(parent, name, key);
        loop {
            let start = self.cursor.at;
            match self.cursor.peek() {
                Some('{') => break,
                Some(first) if first == '"' || is_word(first) => {
                    let Some(label) = self.name() else { return };
                    let key = ByteRange::new(start, self.cursor.at);
                    at = self.builder.container(at, Name::Key(label), key, start, Kind::Block);
                    self.skip(false);
                }
                _ => {
                    self.fail("a `=` or a `{` is expected here");
                    self.cursor.take_line();
                    return;
                }
            }
        }
        self.cursor.next();
        if level >= MOST_LEVELS {
            self.builder.fail(key.start, Problem::TooDeep, "this nests too deeply");
            self.cursor.at = self.cursor.text.len();
            return;
        }
        self.body(at, level + 1);
        if !self.cursor.eat("}") {
            self.fail("a `}` is missing");
        }
        let end = self.cursor.at;
        let mut entry = Some(at);
        while let Some(position) = entry.filter(|position| *position != parent) {
            self.builder.close(position, end);
            entry = self.builder.entries[position].parent;
        }
    }

    /// The map that blocks of one kind share.
    fn shared(&mut self, parent: usize, name: String, key: ByteRange) -> usize {
        let builder = &mut *self.builder;
        *self.shared.entry((parent, name)).or_insert_with_key(|(_, name)| {
            builder.container(parent, Name::Key(name.clone()), key, key.start, Kind::Block)
        })
    }

    fn expression(&mut self, parent: usize, name: Name, key: ByteRange, level: usize) {
        let start = self.cursor.at;
        match self.cursor.peek() {
            Some(open @ ('{' | '[')) => {
                let kind = if open == '{' { Kind::Map } else { Kind::List };
                let entry = self.builder.container(parent, name, key, start, kind);
                if level >= MOST_LEVELS {
                    self.builder.fail(start, Problem::TooDeep, "this nests too deeply");
                    self.cursor.at = self.cursor.text.len();
                    return;
                }
                self.cursor.next();
                if open == '{' {
                    self.body(entry, level + 1);
                    if !self.cursor.eat("}") {
                        self.fail("a `}` is missing");
                    }
                } else {
                    self.items(entry, level + 1);
                }
                self.builder.close(entry, self.cursor.at);
                self.operators();
            }
            Some('"') => {
                let text = self.string().unwrap_or_default();
                let end = self.cursor.at;
                self.operators();
                let value = trimmed(self.cursor.text, ByteRange::new(start, self.cursor.at));
                let kind = if value.end > end || text.contains("${") { Kind::Reference } else { Kind::Scalar };
                self.builder.push(Entry { parent: Some(parent), name, key, value, text, kind });
            }
            Some('<') if self.cursor.rest().starts_with("<<") => {
                let text = self.heredoc();
                self.builder.scalar(parent, name, key, ByteRange::new(start, self.cursor.at), text);
            }
            _ => {
                self.operators();
                let value = trimmed(self.cursor.text, ByteRange::new(start, self.cursor.at));
                let text = self.cursor.slice(value).to_owned();
                let is_literal =
                    text.chars().all(|c| c.is_ascii_digit() || c == '.') || matches!(&*text, "true" | "false");
                let kind = match &*text {
                    "null" | "" => Kind::Null,
                    _ if is_literal => Kind::Scalar,
                    _ => Kind::Reference,
                };
                self.builder.push(Entry { parent: Some(parent), name, key, value, text, kind });
            }
        }
    }

    fn items(&mut self, list: usize, level: usize) {
        let mut count = 0;
        loop {
            self.skip(true);
            match self.cursor.peek() {
                None => {
                    self.fail("a `]` is missing");
                    return;
                }
                Some(']') => {
                    self.cursor.next();
                    return;
                }
                Some(',') => {
                    self.cursor.next();
                }
                Some('}' | ')') => {
                    self.fail("this bracket closes what was not opened");
                    self.cursor.next();
                }
                Some(_) => {
                    let start = self.cursor.at;
                    self.expression(list, Name::Item(count), ByteRange::new(start, start), level);
                    count += 1;
                    if self.cursor.at == start {
                        self.cursor.next();
                    }
                }
            }
        }
    }

    /// The rest of an expression: up to the end of the line, a comma or a bracket that was opened outside.
    fn operators(&mut self) {
        while let Some(next) = self.cursor.peek() {
            match next {
                '\n' | '\r' | ',' | ']' | '}' | ')' => return,
                '#' => return,
                '/' if self.cursor.rest().starts_with("//") || self.cursor.rest().starts_with("/*") => return,
                '"' => {
                    self.string();
                }
                '(' | '[' | '{' => {
                    self.balanced();
                }
                _ => {
                    self.cursor.next();
                }
            }
        }
    }

    /// From a bracket to the one that closes it.
    fn balanced(&mut self) -> ByteRange {
        let start = self.cursor.at;
        let mut level = 0_usize;
        while let Some(next) = self.cursor.peek() {
            match next {
                '"' => {
                    self.string();
                    continue;
                }
                '(' | '[' | '{' => level += 1,
                ')' | ']' | '}' => level = level.saturating_sub(1),
                _ => {}
            }
            self.cursor.next();
            if level == 0 {
                return ByteRange::new(start, self.cursor.at);
            }
        }
        self.builder.fail(start, Problem::Syntax, "this bracket is never closed");
        ByteRange::new(start, self.cursor.at)
    }

    /// A text in quotes; an interpolation in it may hold quotes of its own.
    fn string(&mut self) -> Option<String> {
        let start = self.cursor.at;
        self.cursor.next();
        let mut text = String::new();
        let mut level = 0_usize;
        loop {
            let at = self.cursor.at;
            match self.cursor.next() {
                Some('"') if level == 0 => return Some(text),
                Some('\\') if level == 0 => match self.cursor.next() {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some(other) => text.push(other),
                    None => {}
                },
                None | Some('\n') => {
                    self.builder.fail(start, Problem::Syntax, "this text never ends");
                    return Some(text);
                }
                Some(character) => {
                    match character {
                        '{' if level > 0 || self.cursor.text[..at].ends_with(['$', '%']) => level += 1,
                        '}' if level > 0 => level -= 1,
                        _ => {}
                    }
                    text.push(character);
                }
            }
        }
    }

    fn heredoc(&mut self) -> String {
        let start = self.cursor.at;
        let head = self.cursor.take_line();
        let marker = self.cursor.slice(head).trim_start_matches('<').trim_start_matches('-').trim().to_owned();
        let body_start = self.cursor.at;
        let rest = self.cursor.rest();
        let mut at = body_start;
        for line in rest.split_inclusive('\n') {
            let end = at + line.trim_end_matches(['\n', '\r']).len();
            if at > body_start && line.trim() == marker {
                let text = self.cursor.text[body_start..at].trim_start_matches(['\r', '\n']).to_owned();
                self.cursor.at = end;
                return text;
            }
            at += line.len();
        }
        self.builder.fail(start, Problem::Syntax, "this text never ends");
        self.cursor.at = self.cursor.text.len();
        String::new()
    }
}
