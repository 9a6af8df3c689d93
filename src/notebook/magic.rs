//! The lines of a cell that IPython takes for itself: they are replaced by what Python takes.

use crate::finding::ByteRange;
use crate::placed::Text;

/// Cell magics behind which Python follows.
const PYTHON_CELLS: [&str; 11] =
    ["time", "timeit", "capture", "prun", "memit", "mprun", "python", "python3", "py", "pyspark", "local"];

/// Line magics that run the Python that follows them.
const PYTHON_LINES: [&str; 4] = ["time", "timeit", "prun", "memit"];

/// The Python of a cell, and how many lines were left out at its beginning; nothing for a cell in another language.
pub(super) fn python(written: &Text) -> Option<(Text, usize)> {
    let content = &written.content;
    let mut start = 0;
    let mut lines_before = 0;
    // Blank lines before a cell magic do not matter to IPython.
    let first = content.len() - content.trim_start().len();
    if let Some(magic) = content[first..].strip_prefix("%%") {
        let line = magic.lines().next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let writes_python = name == "writefile" && words.next_back().is_some_and(|file| file.ends_with(".py"));
        if !PYTHON_CELLS.contains(&name) && !writes_python {
            return None;
        }
        start = content[first..].find('\n').map_or(content.len(), |end| first + end + 1);
        lines_before = content[..start].matches('\n').count();
    }
    let mut text = Text::default();
    let mut state = State::default();
    // IPython takes the indentation of the first line away from all.
    let indent = indentation(&content[start..]);
    let mut at = start;
    while at < content.len() {
        let end = content[at..].find('\n').map_or(content.len(), |end| at + end + 1);
        let line = &content[at..end];
        if state.is_between_statements() {
            let indented = line.len() - line.trim_start_matches([' ', '\t']).len();
            let code = at + indented.min(indent);
            if let Some(kept) = replaced(&content[code..end]) {
                kept.push(written, code, &mut text);
                // A command goes on behind a backslash.
                at = end;
                while content[..at].trim_end_matches(['\r', '\n']).ends_with('\\') && at < content.len() {
                    let next = content[at..].find('\n').map_or(content.len(), |end| at + end + 1);
                    text.push("\n", written.place(next - 1));
                    at = next;
                }
                continue;
            }
            text.append_range(written, ByteRange::new(code, end));
        } else {
            text.append_range(written, ByteRange::new(at, end));
        }
        state.read(line);
        at = end;
    }
    Some((text, lines_before))
}

/// How far the first line that is not blank is indented.
fn indentation(content: &str) -> usize {
    let first = content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    first.len() - first.trim_start_matches([' ', '\t']).len()
}

/// What stays of a line that is no Python: a beginning, what is put in its place, and an end.
struct Kept {
    before: usize,
    inserted: &'static str,
    after: usize,
    length: usize,
}

impl Kept {
    fn push(&self, written: &Text, at: usize, text: &mut Text) {
        text.append_range(written, ByteRange::new(at, at + self.before));
        text.push(self.inserted, written.place(at + self.before));
        text.append_range(written, ByteRange::new(at + self.after, at + self.length));
    }
}

/// What a line becomes that is no Python.
fn replaced(line: &str) -> Option<Kept> {
    let bare = line.trim_end();
    let indent = line.len() - line.trim_start().len();
    let code = bare.trim_start();
    let kept = |before, inserted, after| Some(Kept { before, inserted, after, length: line.len() });
    if let Some(magic) = code.strip_prefix('%') {
        let name = magic.split_whitespace().next().unwrap_or_default();
        if PYTHON_LINES.contains(&name) {
            // What follows the magic and its options is run.
            let skipped = indent + 1 + name.len();
            let rest = &bare[skipped..];
            return kept(indent, "", skipped + (rest.len() - rest.trim_start().len()));
        }
        return kept(indent, "pass", bare.len());
    }
    if code.starts_with(['!', '?']) || (code.ends_with('?') && !code.contains('#')) {
        return kept(indent, "pass", bare.len());
    }
    // `files = !ls`, `x = %magic`
    let (target, value) = code.split_once('=')?;
    let is_target = !target.trim().is_empty()
        && target.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '.' | ',' | ' ' | '[' | ']'));
    if is_target && value.trim_start().starts_with(['!', '%']) {
        let sign = indent + target.len() + 1;
        return kept(sign, " None", bare.len());
    }
    None
}

/// What a line leaves open.
#[derive(Debug, Default)]
struct State {
    /// The quote that ends the text that is open, and whether three of them do.
    open: Option<(u8, bool)>,
    brackets: usize,
    continued: bool,
}

impl State {
    fn is_between_statements(&self) -> bool {
        self.open.is_none() && self.brackets == 0 && !self.continued
    }

    fn read(&mut self, line: &str) {
        let bytes = line.trim_end_matches(['\r', '\n']).as_bytes();
        self.continued = false;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            let is_triple = bytes[at..].starts_with(&[byte; 3]);
            match self.open {
                Some(_) if byte == b'\\' => {
                    at += 1;
                    self.continued = at == bytes.len();
                }
                Some((quote, true)) if byte == quote && is_triple => {
                    self.open = None;
                    at += 2;
                }
                Some((quote, false)) if byte == quote => self.open = None,
                Some(_) => {}
                None => match byte {
                    b'"' | b'\'' => {
                        self.open = Some((byte, is_triple));
                        at += if is_triple { 2 } else { 0 };
                    }
                    b'#' => break,
                    b'(' | b'[' | b'{' => self.brackets += 1,
                    b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
                    b'\\' => self.continued = at + 1 == bytes.len(),
                    _ => {}
                },
            }
            at += 1;
        }
        // A text of one line ends with it, unless a backslash takes it on.
        if matches!(self.open, Some((_, false))) && !self.continued {
            self.open = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(code: &str) -> Option<String> {
        python(&Text::verbatim(code, 0)).map(|(text, _)| text.content)
    }

    #[test]
    fn what_is_no_python_goes() {
        for (written, expected) in [
            ("%matplotlib inline\nf()\n", Some("pass\nf()\n")),
            ("if x:\n    !pip install \\\n  a\n    f()\n", Some("if x:\n    pass\n\n    f()\n")),
            ("x = !ls\ny = %env A\nz = a %b\n", Some("x = None\ny = None\nz = a %b\n")),
            ("%time f()\nf?\n?f\n", Some("f()\npass\npass\n")),
            ("%%bash\ncurl\n", None),
            ("\n%%time\nf()\n", Some("f()\n")),
            ("%%writefile a.py\nf()", Some("f()")),
            ("%%writefile a.txt\nf()", None),
            ("x = ('%s'\n%a)\n", Some("x = ('%s'\n%a)\n")),
            ("'''\n%a\n'''\n!b\r\n", Some("'''\n%a\n'''\npass\r\n")),
            ("    f()\n    g()\n", Some("f()\ng()\n")),
            ("x = 1 \\\n  % 2\n", Some("x = 1 \\\n  % 2\n")),
        ] {
            assert_eq!(replaced(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn what_stays_knows_its_place() {
        let written = "%%time\n  %time f()\n  g()";
        let (text, lines_before) = python(&Text::verbatim(written, 100)).unwrap();
        assert_eq!(lines_before, 1);
        for name in ["f()", "g()"] {
            let at = text.content.find(name).unwrap();
            assert_eq!(text.place(at), 100 + written.find(name).unwrap(), "{name}");
        }
    }
}
