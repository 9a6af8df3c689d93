//! Places in configuration files, manifests and scripts.

use super::{Class, Occurrence, Standing, occurrences};
use crate::anchors::Strong;
use crate::document::{self, Conventions, Format};
use crate::finding::{ByteRange, Context, Language};
use crate::source::SourceFile;

/// The places of a file of the document family.
pub fn in_document(
    file: &SourceFile,
    language: Language,
    context: Context,
    is_lock: bool,
    conventions: &Conventions,
    strong: &Strong,
) -> Vec<Occurrence> {
    let text = file.text();
    if strong.places(text).is_empty() {
        return Vec::new();
    }
    let document = Format::of(language, text).map(|format| document::read(text, format, conventions));
    occurrences(file, context, strong, |place| {
        if is_lock {
            return Some(Standing::new(Class::Inert, "an entry of a lock file"));
        }
        let in_comment = match &document {
            Some(document) => document.comments.iter().any(|comment| comment.contains(place)),
            None => follows_comment_sign(text, place, language),
        };
        in_comment.then_some(Standing::new(Class::Comment, "a comment"))
    })
}

/// Whether a line comment begins before a place, outside of quotes.
fn follows_comment_sign(text: &str, place: ByteRange, language: Language) -> bool {
    let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..place.start];
    if language == Language::Gradle {
        let trimmed = line.trim_start();
        return trimmed.starts_with("//") || trimmed.starts_with('*') || trimmed.starts_with("/*");
    }
    let mut quote = None;
    let mut before = ' ';
    for character in line.chars() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return true,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character && before != '\\' => quote = None,
            _ => {}
        }
        before = character;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_begins_with_its_sign_outside_of_quotes() {
        for (text, language, expected) in [
            ("# X", Language::Shell, true),
            ("a=1\n  echo a # X", Language::Shell, true),
            ("echo \"a # X\"", Language::Shell, false),
            ("echo a#X", Language::Shell, false),
            ("// X", Language::Gradle, true),
            ("compile 'http://X'", Language::Gradle, false),
        ] {
            let at = text.find('X').unwrap();
            assert_eq!(follows_comment_sign(text, ByteRange::new(at, at + 1), language), expected, "{text}");
        }
    }
}
