//! Splits shell text into simple commands. It follows what POSIX shells and bash share, and reads on behind what it does
//! not know: a script with a mistake in it still runs up to there.

use super::{Assignment, Command, DEEPEST, Part, Script, Word};
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

    /// One word; nothing is read where none begins.
    fn word(&mut self, closer: Option<u8>) -> Word {
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
    fn plain(&mut self, word: &mut Word) {
        let length = self.text[self.at..self.end].chars().next().map_or(0, char::len_utf8);
        word.push(&self.text[self.at..self.at + length], ByteRange::new(self.at, self.at + length));
        self.at += length;
    }

    fn double_quoted(&mut self, word: &mut Word, closer: Option<u8>) {
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

    fn backquoted(&mut self, word: &mut Word) {
        let start = self.at;
        self.at += 1;
        self.nested(b'`');
        word.parts.push(Part::Unknown(ByteRange::new(start, self.at)));
    }

    /// A command inside another: its commands count as any others.
    fn nested(&mut self, closer: u8) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        self.commands(Some(closer));
        self.depth -= 1;
    }

    /// What begins with a dollar sign.
    fn dollar(&mut self, word: &mut Word) {
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

/// Whether a text is the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|one: char| one.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::Variables;

    /// The commands, `|` between words, variables as `{name}`.
    fn commands(text: &str) -> Vec<String> {
        let script = shell(text, ByteRange::new(0, text.len()));
        script.commands.iter().map(|command| shown(&script, &command.words)).collect()
    }

    fn shown(script: &Script, words: &[Word]) -> String {
        let word = |word: &Word| -> String {
            let shown = Variables::new(script).resolved(word).parts.into_iter().map(|part| match part {
                Part::Literal(text, _) => text,
                Part::Variable(name, ..) => format!("{{{name}}}"),
                Part::Unknown(_) => "{}".to_owned(),
            });
            shown.collect()
        };
        words.iter().map(word).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn commands_are_split() {
        for (text, expected) in [
            ("curl -d 'a b' \"x y\"", &["curl|-d|a b|x y"][..]),
            ("a; b && c || d | e &", &["a", "b", "c", "d", "e"]),
            ("a \\\n  b \\\r\n c\nd", &["a|b|c", "d"]),
            ("# curl x\na # curl y\nb#c", &["a", "b#c"]),
            ("X=$(curl -s \"$U\") || exit 1", &["curl|-s|{U}", "exit|1"]),
            ("echo \"got $(curl \"a b\")\" `curl c`", &["curl|a b", "curl|c", "echo|got {}|{}"]),
            ("if ! curl a; then b; fi", &["curl|a", "b"]),
            ("f() { curl \"$1\"; }\nf x", &["f", "curl|{1}", "f|x"]),
            ("for i in 1 2; do curl $i; done", &["for|i|in|1|2", "curl|{i}"]),
            ("case $x in a) curl a ;; esac", &["case|{x}|in|a", "curl|a", "esac"]),
            ("curl a > out.json 2>&1 < in", &["curl|a"]),
            ("(cd x && curl a)", &["cd|x", "curl|a"]),
            ("curl 'it'\"'\"'s' a\\ b $'c\\'d'", &["curl|it's|a b|c'd"]),
            ("curl ${{ secrets.URL }}/x {{host}}/y", &["curl|{secrets.URL}/x|{host}/y"]),
            ("curl -d \"{\\\"a\\\": \\\"$B\\\"}\"", &["curl|-d|{\"a\": \"{B}\"}"]),
            ("curl 'unclosed\nmore", &["curl|unclosed\nmore"]),
            ("echo $((1 + 2)) x", &["echo|{}|x"]),
        ] {
            assert_eq!(commands(text), expected, "{text}");
        }
    }

    #[test]
    fn variables_are_filled_in() {
        for (text, expected) in [
            ("H=https://h\nexport U=\"$H/p\"\ncurl $U", "curl|https://h/p"),
            ("curl ${U:-https://d/p}", "curl|https://d/p"),
            ("U=${U:-https://d/p}; curl \"${U}\"", "curl|https://d/p"),
            ("A=(-d x)\nA+=(-d \"y z\")\ncurl \"${A[@]}\"", "curl|-d x-d y z"),
            ("D=a\nD+=b\ncurl $D", "curl|ab"),
            ("X=1 curl $Y", "curl|{Y}"),
            ("A=$B; B=$A; curl $A", "curl|{A}"),
            ("f() { curl $U; }\nU=u", "curl|u"),
        ] {
            let all = commands(text);
            assert_eq!(all.iter().find(|one| one.starts_with("curl")).map(String::as_str), Some(expected), "{text}");
        }
    }

    #[test]
    fn here_documents_belong_to_their_command() {
        let text = "curl -d @- u <<EOF | jq .\na=$A&b\nEOF\nbash <<-'X'\n\tcurl $y\n\tX\ncat <<< \"s $T\"\nnext";
        let script = shell(text, ByteRange::new(0, text.len()));
        let input = |index: usize| shown(&script, &script.commands[index].input);
        assert_eq!(input(0), "a={A}&b\n");
        assert_eq!(shown(&script, &script.commands[1].words), "jq|.");
        assert_eq!(input(2), "\tcurl $y\n");
        assert_eq!(input(3), "s {T}");
        assert_eq!(shown(&script, &script.commands[4].words), "next");
    }

    #[test]
    fn deep_nesting_ends() {
        for text in ["${a:-", "$(", "\"$(", "`", "<(", "${{", "a=(", "${a:-\"", "$((", "<<a;", "'", "$'"] {
            let text = text.repeat(50_000);
            for dialect in [Dialect::Shell, Dialect::Make] {
                read(&text, ByteRange::new(0, text.len()), dialect);
            }
        }
    }

    #[test]
    fn ranges_hold_the_command() {
        let text = "x=1; T=$(curl -d a \\\n  b) ; c";
        let script = shell(text, ByteRange::new(0, text.len()));
        let range = script.commands[0].range;
        assert_eq!(&text[range.start..range.end], "curl -d a \\\n  b");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c$(){}\\[\\]\"'`\\\\#&|;<>=@ \n\r\t\u{e9}+:-]{0,60}") {
            let script = shell(&text, ByteRange::new(0, text.len()));
            let variables = Variables::new(&script);
            for command in &script.commands {
                prop_assert!(text.get(command.range.start..command.range.end).is_some());
                for word in &command.words {
                    let _ = variables.resolved(word);
                }
            }
        }
    }
}
