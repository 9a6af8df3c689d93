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
            None => document::line_comment(text, place.start, language).is_some(),
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
