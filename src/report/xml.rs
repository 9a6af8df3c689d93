//! XML 1.0 as other programs read it: elements, attributes and text, with everything escaped, and without the characters that no
//! document may hold.

use std::io::{self, Write};

/// Writes one document.
pub(super) struct Document<'w> {
    out: &'w mut dyn Write,
    open: Vec<&'static str>,
}

impl<'w> Document<'w> {
    /// Begins a document.
    pub(super) fn new(out: &'w mut dyn Write) -> io::Result<Self> {
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        Ok(Self { out, open: Vec::new() })
    }

    /// Begins an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">")?;
        self.open.push(name);
        Ok(())
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, "/>")
    }

    /// An element with a text in it.
    pub(super) fn text(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.tag(name, attributes)?;
        writeln!(self.out, ">{}</{name}>", escaped(text, false))
    }

    /// Ends the innermost element.
    pub(super) fn close(&mut self) -> io::Result<()> {
        match self.open.pop() {
            Some(name) => writeln!(self.out, "{:1$}</{name}>", "", 2 * self.open.len()),
            None => Ok(()),
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        write!(self.out, "{:1$}<{name}", "", 2 * self.open.len())?;
        for (key, value) in attributes {
            write!(self.out, " {key}=\"{}\"", escaped(value, true))?;
        }
        Ok(())
    }
}

/// A text as it may stand in an element or an attribute, where a reader would make a blank of a line break.
fn escaped(text: &str, is_attribute: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // In a text it stands for itself, but for the end of a CDATA section, which is none here.
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' if is_attribute => escaped.push_str("&#10;"),
            '\t' if is_attribute => escaped.push_str("&#9;"),
            '\r' => escaped.push_str("&#13;"),
            '\n' | '\t' => escaped.push(character),
            // What XML 1.0 forbids, and the control characters that it advises against.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_markup_or_is_forbidden_is_neither() {
        assert_eq!(escaped("<a b=\"c\"> & ]]>\n\t\r", false), "&lt;a b=&quot;c&quot;&gt; &amp; ]]&gt;\n\t&#13;");
        assert_eq!(escaped("a\nb\tc\r", true), "a&#10;b&#9;c&#13;");
        assert_eq!(
            escaped("\u{0}\u{1b}\u{7f}\u{85}\u{ffff}\u{fc}\u{1d11e}", false),
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fc}\u{1d11e}"
        );
    }

    #[test]
    fn elements_are_closed_in_their_order() {
        let mut out = Vec::new();
        let mut document = Document::new(&mut out).unwrap();
        document.open("a", &[("b", "1")]).unwrap();
        document.open("c", &[]).unwrap();
        document.text("d", &[], "x").unwrap();
        document.close().unwrap();
        document.empty("e", &[]).unwrap();
        document.close().unwrap();
        document.close().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text.lines().skip(1).collect::<Vec<_>>(),
            ["<a b=\"1\">", "  <c>", "    <d>x</d>", "  </c>", "  <e/>", "</a>"]
        );
    }
}
