//! Reads one word of shell text: its quotes, its variables and the commands inside it.

use super::{Dialect, Scanner, is_name};
use crate::commands::{DEEPEST, Part, Word};
use crate::finding::ByteRange;

impl<'text> Scanner<'text> {
    /// One word; nothing is read where none begins.
    pub(super) fn word(&mut self, closer: Option<u8>) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                b'`' if closer == Some(b'`') => break,
                b'`' => self.backquoted(&mut word),
                b'\\' if self.continues() => self.pass_continuation(),
                b'\\' => {
                    self.at += 1;
                    self.plain(&mut word);
                }
                b'\'' => {
                    self.at += 1;
                    let rest = &self.bytes[self.at..];
                    let length = memchr::memchr(b'\'', rest).unwrap_or(rest.len());
                    word.push(&self.text[self.at..self.at + length], ByteRange::new(self.at, self.at + length));
                    self.at = (self.at + length + 1).min(self.end);
                }
                b'"' => self.double_quoted(&mut word, closer),
                b'$' => self.dollar(&mut word),
                b'{' if self.starts_with("{{") => self.template(&mut word),
                _ => self.plain(&mut word),
            }
        }
        word.range = ByteRange::new(start, self.at);
        word
    }

    /// One character as it is.
    pub(super) fn plain(&mut self, word: &mut Word) {
        let length = self.text[self.at..self.end].chars().next().map_or(0, char::len_utf8);
        word.push(&self.text[self.at..self.at + length], ByteRange::new(self.at, self.at + length));
        self.at += length;
    }

    pub(super) fn double_quoted(&mut self, word: &mut Word, closer: Option<u8>) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if self.continues() => self.pass_continuation(),
                b'\\' if matches!(self.bytes.get(self.at + 1), Some(b'"' | b'\\' | b'$' | b'`')) => {
                    self.at += 1;
                    self.plain(word);
                }
                b'$' => self.dollar(word),
                b'`' if closer != Some(b'`') => self.backquoted(word),
                b'{' if self.starts_with("{{") => self.template(word),
                _ => self.plain(word),
            }
        }
    }

    pub(super) fn backquoted(&mut self, word: &mut Word) {
        let start = self.at;
        self.at += 1;
        self.nested(b'`');
        word.parts.push(Part::Unknown(ByteRange::new(start, self.at)));
    }

    /// A command inside another: its commands count as any others.
    pub(super) fn nested(&mut self, closer: u8) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        self.commands(Some(closer));
        self.depth -= 1;
    }

    /// What begins with a dollar sign.
    pub(super) fn dollar(&mut self, word: &mut Word) {
        let start = self.at;
        if self.dialect == Dialect::Make {
            if self.starts_with("$$") {
                self.at += 1;
            } else if self.make_variable(word) {
                return;
            }
        }
        if self.starts_with("$((") {
            let rest = &self.bytes[self.at..];
            self.at += memchr::memmem::find(rest, b"))").map_or(rest.len(), |end| end + 2);
            word.parts.push(Part::Unknown(ByteRange::new(start, self.at)));
        } else if self.starts_with("$(") {
            self.at += 2;
            self.nested(b')');
            word.parts.push(Part::Unknown(ByteRange::new(start, self.at)));
        } else if self.starts_with("${{") {
            self.at += 1;
            self.template(word);
        } else if self.starts_with("${") && self.depth < DEEPEST {
            self.depth += 1;
            self.braced(start, word);
            self.depth -= 1;
        } else if self.starts_with("$'") {
            self.at += 1;
            self.ansi_quoted(word);
        } else {
            self.at += 1;
            let rest = &self.text[self.at..self.end];
            let length = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
            let special = usize::from(rest.starts_with(['@', '*', '#', '?', '$', '!', '-']));
            // `$1` is one digit.
            let length = if rest.starts_with(|one: char| one.is_ascii_digit()) { 1 } else { length.max(special) };
            if length == 0 {
                word.push("$", ByteRange::new(start, self.at));
                return;
            }
            let name = rest[..length].to_owned();
            self.at += length;
            word.parts.push(Part::Variable(name, Vec::new(), ByteRange::new(start, self.at)));
        }
    }

    /// `$'text'`, in which only the quote that an escape keeps matters.
    fn ansi_quoted(&mut self, word: &mut Word) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' => {
                    self.at += 1;
                    return;
                }
                b'\\' if self.at + 1 < self.end => {
                    self.at += 1;
                    self.plain(word);
                }
                _ => self.plain(word),
            }
        }
    }

    /// `${NAME}`, `${NAME:-default}`, `${NAME[@]}`; what else is done with it is not known.
    fn braced(&mut self, start: usize, word: &mut Word) {
        self.at += 2;
        let rest = &self.text[self.at..self.end];
        let length = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
        let name = rest[..length].to_owned();
        self.at += length;
        if self.starts_with("[@]") || self.starts_with("[*]") {
            self.at += 3;
        }
        let has_default =
            self.starts_with(":-") || self.starts_with("-") || self.starts_with(":=") || self.starts_with("=");
        let mut default = Word::default();
        if has_default {
            self.at += if self.starts_with(":") { 2 } else { 1 };
        }
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'}' if depth == 0 => {
                    self.at += 1;
                    break;
                }
                b'\n' if !has_default => break,
                b'$' => self.dollar(&mut default),
                b'"' => self.double_quoted(&mut default, None),
                b'`' => self.backquoted(&mut default),
                _ => {
                    depth = match byte {
                        b'{' => depth + 1,
                        b'}' => depth - 1,
                        _ => depth,
                    };
                    self.plain(&mut default);
                }
            }
        }
        let range = ByteRange::new(start, self.at);
        let default = if has_default { default.parts } else { Vec::new() };
        word.parts.push(if name.is_empty() { Part::Unknown(range) } else { Part::Variable(name, default, range) });
    }

    /// `$(NAME)`, `${NAME}`, `$(shell command)`, `$X` of make. Whether it is one.
    fn make_variable(&mut self, word: &mut Word) -> bool {
        let start = self.at;
        let close = match self.bytes.get(self.at + 1) {
            Some(b'(') => b')',
            Some(b'{') => b'}',
            Some(byte) if byte.is_ascii_alphanumeric() || b"@<^*?+%".contains(byte) => {
                let name = self.text[self.at + 1..self.at + 2].to_owned();
                self.at += 2;
                word.parts.push(Part::Variable(name, Vec::new(), ByteRange::new(start, self.at)));
                return true;
            }
            _ => return false,
        };
        let inner = &self.ahead()[2..];
        if inner.starts_with("shell ") && close == b')' {
            self.at += 2 + "shell ".len();
            self.nested(close);
            word.parts.push(Part::Unknown(ByteRange::new(start, self.at)));
            return true;
        }
        let Some(end) = memchr::memchr2(close, b'\n', inner.as_bytes()).filter(|end| inner.as_bytes()[*end] == close)
        else {
            return false;
        };
        let name = inner[..end].to_owned();
        self.at += 2 + end + 1;
        let range = ByteRange::new(start, self.at);
        word.parts.push(if is_name(&name) { Part::Variable(name, Vec::new(), range) } else { Part::Unknown(range) });
        true
    }

    /// `{{ name }}`, which something else fills in before the shell sees it. `${{ env.NAME }}` is the variable.
    fn template(&mut self, word: &mut Word) {
        let start = self.at;
        let rest = self.ahead();
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let Some(end) = line.find("}}") else {
            self.plain(word);
            return;
        };
        let name = line[2..end].trim().trim_start_matches('.');
        let name = name.strip_prefix("env.").unwrap_or(name).to_owned();
        self.at += end + 2;
        word.parts.push(Part::Variable(name, Vec::new(), ByteRange::new(start, self.at)));
    }
}
