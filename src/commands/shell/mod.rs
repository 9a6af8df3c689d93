//! Splits shell text into simple commands. It follows what POSIX shells and bash share, and reads on behind what it does
//! not know: a script with a mistake in it still runs up to there. What stands inside a word is read in `words`.

#[cfg(test)]
mod tests;
mod words;

use super::{Assignment, Command, Part, Script, Word};
use crate::finding::ByteRange;

/// Words that stand before a command and are none of it.
const KEYWORDS: [&str; 13] =
    ["if", "then", "elif", "else", "fi", "do", "done", "while", "until", "!", "{", "}", "time"];

/// Commands whose arguments are assignments.
const DECLARING: [&str; 7] = ["export", "local", "readonly", "declare", "typeset", "ENV", "ARG"];

/// How far the end of a template or of a name in brackets may lie.
const LONGEST_NAME: usize = 1024;

/// Reads a range of a text as shell.
pub fn shell(text: &str, range: ByteRange) -> Script {
    read(text, range, Dialect::Shell)
}

/// Whose syntax variables have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `$NAME`, `$(command)`.
    Shell,
    /// `$(NAME)`, and `$$` for what the shell is to see.
    Make,
}

pub(super) fn read(text: &str, range: ByteRange, dialect: Dialect) -> Script {
    let mut scanner = Scanner::new(text, range, dialect);
    scanner.commands(None);
    scanner.finished()
}

/// Reads a range as one text with variables, as the value of a variable of a makefile is.
pub(super) fn value(text: &str, range: ByteRange, dialect: Dialect) -> (Word, Script) {
    let mut scanner = Scanner::new(text, range, dialect);
    let mut word = Word { parts: Vec::new(), range };
    while let Some(character) = scanner.peek() {
        match character {
            b'$' => scanner.dollar(&mut word),
            b'\\' if scanner.continues() => {
                let start = scanner.at;
                scanner.pass_continuation();
                word.push(" ", ByteRange::new(start, scanner.at));
            }
            _ => scanner.plain(&mut word),
        }
    }
    (word, scanner.finished())
}

/// A here document that begins on the next line.
struct Pending {
    input: usize,
    delimiter: String,
    strips_tabs: bool,
    is_plain: bool,
}

/// A command that is being read.
#[derive(Default)]
struct Open {
    start: Option<usize>,
    end: usize,
    words: Vec<Word>,
    inputs: Vec<usize>,
    declares: bool,
}

struct Scanner<'text> {
    text: &'text str,
    bytes: &'text [u8],
    at: usize,
    end: usize,
    dialect: Dialect,
    depth: usize,
    script: Script,
    /// The here documents; commands name them by number until all are read.
    inputs: Vec<Word>,
    given: Vec<Vec<usize>>,
    pending: Vec<Pending>,
}

impl<'text> Scanner<'text> {
    fn new(text: &'text str, range: ByteRange, dialect: Dialect) -> Self {
        let end = range.end.min(text.len());
        Self {
            text,
            bytes: &text.as_bytes()[..end],
            at: range.start.min(end),
            end,
            dialect,
            depth: 0,
            script: Script::default(),
            inputs: Vec::new(),
            given: Vec::new(),
            pending: Vec::new(),
        }
    }

    fn finished(mut self) -> Script {
        for (command, inputs) in self.script.commands.iter_mut().zip(&self.given) {
            command.input = inputs.iter().filter_map(|input| self.inputs.get(*input).cloned()).collect();
        }
        self.script.assignments.sort_by_key(|assignment| assignment.at);
        self.script
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.bytes[self.at.min(self.end)..].starts_with(text.as_bytes())
    }

    /// A little of what comes next: where a closing sign is missing, the search for it must not go through all of the text
    /// again and again.
    fn ahead(&self) -> &'text str {
        let mut end = self.end.min(self.at + LONGEST_NAME);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[self.at..end]
    }

    /// A backslash before the end of a line.
    fn continues(&self) -> bool {
        self.starts_with("\\\n") || self.starts_with("\\\r\n")
    }

    fn pass_continuation(&mut self) {
        self.at += if self.starts_with("\\\r") { 3 } else { 2 };
    }

    /// Reads commands up to the end, or to what closes a substitution.
    fn commands(&mut self, closer: Option<u8>) {
        let mut open = Open::default();
        let mut parentheses = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.continues() => self.pass_continuation(),
                b'\n' => {
                    self.finish(&mut open);
                    self.at += 1;
                    self.read_pending();
                }
                b'`' if closer == Some(b'`') => break,
                b')' if closer == Some(b')') && parentheses == 0 => break,
                b'(' | b')' => {
                    parentheses = if byte == b'(' { parentheses + 1 } else { parentheses.saturating_sub(1) };
                    self.finish(&mut open);
                    self.at += 1;
                }
                b';' | b'|' => {
                    self.finish(&mut open);
                    self.at += 1;
                }
                b'&' if !self.starts_with("&>") => {
                    self.finish(&mut open);
                    self.at += 1;
                }
                b'#' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'<' | b'>' | b'&' => self.redirection(&mut open),
                _ => self.word_of_command(&mut open, closer),
            }
        }
        self.finish(&mut open);
        if self.peek().is_some() {
            self.at += 1;
        }
    }

    fn finish(&mut self, open: &mut Open) {
        let open = std::mem::take(open);
        if let (Some(start), false) = (open.start, open.words.is_empty()) {
            let range = ByteRange::new(start, open.end);
            self.script.commands.push(Command { range, words: open.words, input: Vec::new() });
            self.given.push(open.inputs);
        }
    }

    fn word_of_command(&mut self, open: &mut Open, closer: Option<u8>) {
        let start = self.at;
        let word = self.word(closer);
        if self.at == start {
            // Nothing that can be read: it must not stop the rest.
            self.at += 1;
            return;
        }
        if word.parts.len() == 1
            && let Some(Part::Literal(text, _)) = word.parts.first()
            && self.text[start..self.at] == **text
        {
            if open.words.is_empty() && KEYWORDS.contains(&text.as_str()) {
                return;
            }
            // `2>file`
            if matches!(self.peek(), Some(b'<' | b'>')) && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return;
            }
        }
        if open.words.is_empty() || open.declares {
            let unquoted = self.text[start..self.at].to_owned();
            if let Some(assignment) = self.assignment(&word, &unquoted, closer) {
                self.script.assignments.push(assignment);
                open.end = self.at;
                return;
            }
        }
        if open.words.is_empty() {
            open.start = Some(start);
            open.declares = word.literal().is_some_and(|name| DECLARING.contains(&name.as_str()));
        }
        open.end = self.at;
        open.words.push(word);
    }

    /// `NAME=value`, `NAME+=value`, `NAME=(item item)`.
    fn assignment(&mut self, word: &Word, unquoted: &str, closer: Option<u8>) -> Option<Assignment> {
        let (name, _) = unquoted.split_once('=')?;
        let appends = name.ends_with('+');
        let name = name.strip_suffix('+').unwrap_or(name);
        if !is_name(name) {
            return None;
        }
        let cut = unquoted.find('=')? + 1;
        let at = word.range.start;
        let mut value = Word { parts: Vec::new(), range: word.range };
        let mut left = cut;
        for part in &word.parts {
            match part {
                Part::Literal(text, range) if left > 0 => {
                    let taken = left.min(text.len());
                    left -= taken;
                    value.push(text.get(taken..).unwrap_or_default(), ByteRange::new(range.start + taken, range.end));
                }
                other => value.parts.push(other.clone()),
            }
        }
        if value.parts.is_empty() && self.peek() == Some(b'(') && self.bytes[self.at - 1] == b'=' {
            self.at += 1;
            self.array(&mut value, closer);
        }
        Some(Assignment { name: name.to_owned(), value, at, appends })
    }

    fn array(&mut self, value: &mut Word, closer: Option<u8>) {
        while let Some(byte) = self.peek() {
            match byte {
                b')' => {
                    self.at += 1;
                    return;
                }
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'\\' if self.continues() => self.pass_continuation(),
                b'#' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => {
                    let start = self.at;
                    let item = self.word(closer);
                    if self.at == start {
                        self.at += 1;
                        continue;
                    }
                    if !value.parts.is_empty() {
                        value.parts.push(Part::Literal(" ".to_owned(), ByteRange::new(start, start)));
                    }
                    value.parts.extend(item.parts);
                }
            }
        }
    }

    /// `<file`, `2>&1`, `<<EOF`, `<<<"text"`, `<(command)`.
    fn redirection(&mut self, open: &mut Open) {
        if self.starts_with("<(") || self.starts_with(">(") {
            let start = self.at;
            self.at += 2;
            self.nested(b')');
            open.start.get_or_insert(start);
            open.words.push(Word {
                parts: vec![Part::Unknown(ByteRange::new(start, self.at))],
                range: ByteRange::new(start, self.at),
            });
            open.end = self.at;
            return;
        }
        let here_string = self.starts_with("<<<");
        let here_document = !here_string && self.starts_with("<<");
        while matches!(self.peek(), Some(b'<' | b'>' | b'&' | b'|')) {
            self.at += 1;
        }
        let strips_tabs = here_document && self.peek() == Some(b'-');
        self.at += usize::from(strips_tabs);
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let start = self.at;
        let target = self.word(None);
        open.end = self.at.max(open.end);
        if here_string {
            open.inputs.push(self.inputs.len());
            self.inputs.push(target);
        } else if here_document {
            let raw = &self.text[start..self.at];
            let delimiter: String = raw.chars().filter(|character| !matches!(character, '\'' | '"' | '\\')).collect();
            if !delimiter.is_empty() {
                let is_plain = delimiter.len() < raw.len();
                open.inputs.push(self.inputs.len());
                self.pending.push(Pending { input: self.inputs.len(), delimiter, strips_tabs, is_plain });
                self.inputs.push(Word::default());
            }
        }
    }

    /// The bodies of the here documents whose delimiters stood on the line that has ended.
    fn read_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at;
            let mut end = start;
            loop {
                let rest = &self.bytes[self.at..];
                let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                let line = &self.text[self.at..self.at + length];
                let bare = line.trim_end_matches(['\r', '\n']);
                let bare = if pending.strips_tabs { bare.trim_start_matches('\t') } else { bare };
                self.at += length;
                if bare == pending.delimiter || length == 0 {
                    break;
                }
                end = self.at;
            }
            let behind = self.at;
            let range = ByteRange::new(start, end);
            let mut body = Word { parts: Vec::new(), range };
            if pending.is_plain {
                body.push(&self.text[start..end], range);
            } else {
                self.at = start;
                while self.at < end {
                    match self.bytes[self.at] {
                        b'$' => self.dollar(&mut body),
                        b'`' => self.backquoted(&mut body),
                        b'\\' if self.continues() => self.pass_continuation(),
                        _ => self.plain(&mut body),
                    }
                }
            }
            self.at = behind;
            if let Some(input) = self.inputs.get_mut(pending.input) {
                *input = body;
            }
        }
    }
}

/// Whether a text is the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|one: char| one.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
