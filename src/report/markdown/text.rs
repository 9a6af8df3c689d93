//! Words, code and links as GitHub's Markdown, so that scanned text stays text: no markup, no table cell, no mention, no
//! reference to an issue and no address that becomes a link.

use std::fmt::Write as _;

use crate::report::audit::Place;
use crate::report::prose::{Part, parts, visible};

/// Words between backticks are code, the rest is text.
pub(super) fn prose(text: &str) -> String {
    let text = visible(text);
    let mut markdown = String::with_capacity(text.len());
    for part in parts(&text) {
        match part {
            Part::Words(text) => words(text, &mut markdown),
            Part::Code(text) => markdown.push_str(&code(text)),
        }
    }
    markdown
}

/// A text as code.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    if !text.contains(['`', '|', '\\', '<', '>', '&']) {
        return format!("`{text}`");
    }
    // In a cell of a table a pipe ends the cell even in code, and no number of backslashes helps in all places. What looks
    // like a tag is written so that it is none for any reader, not only for one that knows where code begins and ends.
    let mut html = String::from("<code>");
    for character in text.chars() {
        if character.is_ascii_punctuation() && !matches!(character, '/' | '-') {
            let _ = write!(html, "&#{};", u32::from(character));
        } else {
            html.push(character);
        }
    }
    html + "</code>"
}

/// A list of texts as code.
pub(super) fn codes<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A place as a link.
pub(super) fn link(place: &Place) -> String {
    format!("[{}]({})", code(&place.label), place.href)
}

/// Text word by word: what GitHub would make something of becomes code, the rest is escaped.
fn words(text: &str, out: &mut String) {
    let mut is_first = out.is_empty();
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let opening = word.len() - word.trim_start_matches(['(', '"', '\'']).len();
        let closing = word[opening..].trim_end_matches(['.', ',', ';', ':', ')', '"', '\'', '!', '?']).len();
        let (before, rest) = word.split_at(opening);
        let (inner, after) = rest.split_at(closing);
        if is_obeyed(inner) {
            escape(before, is_first, out);
            out.push_str(&code(inner));
            escape(after, false, out);
        } else {
            escape(word, is_first, out);
        }
        is_first &= word.is_empty();
    }
}

/// Whether GitHub would make a mention, a reference, an address, an emoji or a formula of it.
fn is_obeyed(word: &str) -> bool {
    word.contains(['@', '#', '$'])
        || word.contains("://")
        || word.to_ascii_lowercase().starts_with("www.")
        || word.matches(':').count() > 1
        || word.to_ascii_lowercase().starts_with("gh-")
}

fn escape(word: &str, is_first: bool, out: &mut String) {
    let mut before = None;
    let mut rest = word.chars().peekable();
    while let Some(character) = rest.next() {
        let escaped = match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '$' | '@' | '!' => true,
            // Between letters it is no emphasis, and `client_id` stays readable.
            '_' => {
                !(before.is_some_and(char::is_alphanumeric) && rest.peek().is_some_and(|next| next.is_alphanumeric()))
            }
            // What would begin a list, a heading or a line across.
            '-' | '+' | '=' => is_first && before.is_none(),
            '.' | ')' => is_first && word.starts_with(|first: char| first.is_ascii_digit()),
            _ => false,
        };
        if escaped && character == '!' && rest.peek() != Some(&'[') {
            out.push('!');
        } else {
            out.extend(escaped.then_some('\\'));
            out.push(character);
        }
        before = Some(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanned_text_is_no_markup() {
        assert_eq!(prose("a <script> & *b* [c](d) |"), "a \\<script\\> \\& \\*b\\* \\[c\\](d) \\|");
        assert_eq!(prose("client_id _is_ `client_secret`."), "client_id \\_is\\_ `client_secret`.");
        assert_eq!(prose("- a"), "\\- a");
        assert_eq!(prose("1. a"), "1\\. a");
        assert_eq!(prose("a\n# b"), "a `#` b");
        assert_eq!(prose("Wow! Now"), "Wow! Now");
    }

    #[test]
    fn nothing_is_mentioned_or_linked() {
        assert_eq!(prose("@adobe/jwt-auth (of @someone), #12."), "`@adobe/jwt-auth` (of `@someone`), `#12`.");
        assert_eq!(prose("see https://a.b/c, www.d.e or a::b"), "see `https://a.b/c`, `www.d.e` or `a::b`");
    }

    #[test]
    fn code_stands_in_a_cell_of_a_table() {
        assert_eq!(code("src/a.js"), "`src/a.js`");
        assert_eq!(code("a|b`c\\"), "<code>a&#124;b&#96;c&#92;</code>");
        assert_eq!(code(" \n"), "");
    }

    #[test]
    fn places_are_links() {
        let place = Place { label: "a b.js:3".to_owned(), href: "a%20b.js#L3".to_owned() };
        assert_eq!(link(&place), "[`a b.js:3`](a%20b.js#L3)");
    }
}
