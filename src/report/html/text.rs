//! Text, code and links as HTML, and the hash that lets the page's own script and style through its policy.

use sha2::{Digest, Sha256};

use crate::report::audit::Place;
use crate::report::prose::{Part, parts, visible};

/// A text that stands between tags or in a quoted attribute.
pub(super) fn text(text: &str) -> String {
    let text = visible(text);
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A text whose words between backticks are code.
pub(super) fn prose(source: &str) -> String {
    let part = |part: Part<'_>| match part {
        Part::Words(words) => text(words),
        Part::Code(inside) => code(inside),
    };
    parts(source).into_iter().map(part).collect()
}

/// A text as code.
pub(super) fn code(source: &str) -> String {
    format!("<code>{}</code>", text(source))
}

/// A list of texts as code.
pub(super) fn codes<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A place as a link.
pub(super) fn link(place: &Place) -> String {
    format!("<a href=\"{}\">{}</a>", text(&place.href), code(&place.label))
}

/// The beginning of a table with so many rows: one row cannot be sorted.
pub(super) fn table(class: &str, rows: usize) -> String {
    let classes: Vec<&str> = (rows > 1).then_some("sortable").into_iter().chain([class]).collect();
    format!("<table class=\"{}\">\n", classes.join(" "))
}

/// What a policy names a script or a style by.
pub(super) fn hash(source: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(source.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number =
            (0..3).fold(0, |number, index| (number << 8) | usize::from(three.get(index).copied().unwrap_or(0)));
        for index in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * index)) & 63];
            text.push(if index <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanned_text_is_no_markup() {
        assert_eq!(text("<b a=\"'\">&\n\u{0}\u{202e}"), "&lt;b a=&quot;&#39;&quot;&gt;&amp; \u{fffd}\u{fffd}");
        assert_eq!(prose("a `<b>` <c>"), "a <code>&lt;b&gt;</code> &lt;c&gt;");
    }

    #[test]
    fn base64_is_the_usual_one() {
        for (bytes, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }
}
