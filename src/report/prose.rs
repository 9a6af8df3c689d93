//! Texts that come from rules and scanned files, on their way into a document: what may be shown of them, and which
//! parts are code. What each format has to escape is its own affair.

use std::borrow::Cow;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// What stood between backticks.
    Code(&'a str),
}

/// The parts of a text, in order. A backtick without a partner is one of the words.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, inside, after)) = first_code(rest) {
        if !before.is_empty() {
            parts.push(Part::Words(before));
        }
        parts.push(Part::Code(inside));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    parts
}

/// What stands before, between and behind the first two backticks that hold something.
fn first_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inside, after) = rest.split_once('`')?;
    if inside.trim().is_empty() { None } else { Some((before, inside, after)) }
}

/// A text on one line with nothing in it that a reader cannot see: line breaks and tabs are blanks, other control
/// characters and the marks that turn the direction of writing are the replacement character.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| shown(character) != character) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

fn shown(character: char) -> char {
    match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
            char::REPLACEMENT_CHARACTER
        }
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

/// A number of things.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code() {
        assert_eq!(
            parts("send `scope` and `a b`"),
            [Part::Words("send "), Part::Code("scope"), Part::Words(" and "), Part::Code("a b")]
        );
        assert_eq!(parts("a ` b"), [Part::Words("a ` b")]);
        assert_eq!(parts("`a` ` b"), [Part::Code("a"), Part::Words(" ` b")]);
        assert_eq!(parts("a `` b"), [Part::Words("a `` b")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn what_cannot_be_seen_is_replaced() {
        assert_eq!(visible("a\nb\u{1b}[2J\u{202e}c\u{200b}"), "a b\u{fffd}[2J\u{fffd}c\u{fffd}");
        assert!(matches!(visible("\u{fc}ber"), Cow::Borrowed(_)));
    }
}
