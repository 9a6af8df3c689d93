//! What a terminal would obey instead of show: control characters and the marks that turn the direction of writing, in
//! scanned files and in their names.

use std::borrow::Cow;

use crate::finding::{ByteRange, Language};
use crate::source::{DecodeError, Excerpt, SourceFile};

/// Whether a terminal would do something else with it than show it.
fn is_obeyed(character: char) -> bool {
    let breaks_line = matches!(character, '\n' | '\r' | '\t');
    character.is_control() && !breaks_line
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that can be shown: what would be obeyed is a question mark for every byte, so that no offset moves.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) {
            shown.extend(std::iter::repeat_n('?', character.len_utf8()));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The excerpt of a file as a terminal may show it. Offsets are those of the file.
pub(super) fn excerpt(file: &SourceFile, secrets: &[ByteRange]) -> Excerpt {
    let (path, text) = (printable(file.path()), printable(file.text()));
    if let (Cow::Borrowed(_), Cow::Borrowed(_)) = (&path, &text) {
        return Excerpt::new(file, secrets);
    }
    // The text is UTF-8 by now, so a coding cookie, which only Python has, must not count again.
    match SourceFile::decode(path, text.as_bytes(), Language::JavaScript) {
        Ok(shown) => Excerpt::new(&shown, secrets).with_cells_of(file),
        Err(DecodeError::Binary { .. }) => Excerpt::new(file, secrets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_obeyed_is_shown() {
        assert_eq!(printable("a\u{1b}[2Jb\n\tc"), "a?[2Jb\n\tc");
        assert_eq!(printable("\u{202e}x\u{9b}"), "???x??");
        assert!(matches!(printable("\u{fc}ber\r\n"), Cow::Borrowed(_)));
    }
    #[test]
    fn excerpts_keep_their_offsets() {
        let text = "# coding: latin-1\na = '\u{1b}[2J\u{fc}'\nb()\n";
        let file = SourceFile::decode("\u{7}.py", text.as_bytes(), Language::JavaScript).unwrap();
        let excerpt = excerpt(&file, &[]);
        assert_eq!(excerpt.line(2), Some("a = '?[2J\u{fc}'"));
        let at = text.find("b()").unwrap();
        assert_eq!(excerpt.text(ByteRange::new(at, at + 3)), "b()");
    }
}
