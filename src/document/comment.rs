//! Comments in files that are read line by line: scripts, makefiles, requirements and Gradle build files.

use crate::finding::{ByteRange, Language};

/// The comment that a byte of a text stands in: from its sign, outside of quotes, to the end of the line.
pub fn line_comment(text: &str, at: usize, language: Language) -> Option<ByteRange> {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    let end = start + text[start..end].trim_end_matches('\r').len();
    let line = &text[start..at];
    let is_gradle = language == Language::Gradle;
    // A line of a longer comment.
    if is_gradle && line.trim_start().starts_with('*') {
        return Some(ByteRange::new(start + line.len() - line.trim_start().len(), end));
    }
    let signs: &[&str] = if is_gradle { &["//", "/*"] } else { &["#"] };
    let mut quote = None;
    let mut before = ' ';
    for (offset, character) in line.char_indices() {
        match (quote, character) {
            (None, _)
                if before.is_whitespace() && signs.iter().any(|sign| text[start + offset..].starts_with(sign)) =>
            {
                return Some(ByteRange::new(start + offset, end));
            }
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character && before != '\\' => quote = None,
            _ => {}
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_begins_with_its_sign_outside_of_quotes() {
        let cases = [
            ("a # x", Language::Shell, Some("# x")),
            ("a 'b # x'", Language::Shell, None),
            ("a#x", Language::Shell, None),
            ("  // x\r\nb", Language::Gradle, Some("// x")),
            ("a 'b' // x", Language::Gradle, Some("// x")),
            ("url 'https://x'", Language::Gradle, None),
            (" * x", Language::Gradle, Some("* x")),
        ];
        for (text, language, expected) in cases {
            let found = line_comment(text, text.find('x').unwrap(), language);
            assert_eq!(found.map(|range| &text[range.start..range.end]), expected, "{text}");
        }
    }
}
