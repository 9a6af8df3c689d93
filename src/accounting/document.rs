//! Places in configuration files, manifests and scripts.

use std::path::Path;

use super::{Class, Occurrence, Standing, occurrences};
use crate::anchors::Strong;
use crate::credentials;
use crate::document::{self, Document, Format};
use crate::finding::{ByteRange, Context, Language};
use crate::manifest::Kind;
use crate::rules::Catalog;
use crate::source::SourceFile;

/// The places of a file of the document family.
pub fn in_document(
    file: &SourceFile,
    language: Language,
    context: Context,
    is_lock: bool,
    catalog: &Catalog,
    strong: &Strong,
) -> Vec<Occurrence> {
    let text = file.text();
    if strong.places(text).is_empty() {
        return Vec::new();
    }
    let document = Format::of(language, text).map(|format| document::read(text, format, &catalog.conventions()));
    let is_description = document.as_ref().is_some_and(|document| credentials::is_description(document, catalog));
    let own_name = document.as_ref().filter(|_| Kind::of(Path::new(file.path())).is_some()).and_then(own_name);
    occurrences(file, context, strong, |place| {
        if is_lock {
            return Some(Standing::new(Class::Inert, "an entry of a lock file"));
        }
        let in_comment = match &document {
            Some(document) => document.comments.iter().any(|comment| comment.contains(place)),
            None => follows_comment_sign(text, place, language),
        };
        if in_comment {
            Some(Standing::new(Class::Comment, "a comment"))
        } else if is_description {
            Some(Standing::new(Class::Inert, "a description of an interface, which sends nothing"))
        } else if own_name.is_some_and(|name| name.contains(place)) {
            Some(Standing::new(Class::Inert, "the package's own name"))
        } else {
            None
        }
    })
}

/// Where a manifest says what the package itself is called.
fn own_name(document: &Document) -> Option<ByteRange> {
    let named = document.entries().iter().enumerate().find(|(entry, _)| {
        matches!(
            document.path(*entry).as_slice(),
            ["name"] | ["project" | "metadata", "name"] | ["tool", "poetry", "name"]
        )
    });
    named.map(|(_, entry)| entry.value)
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
