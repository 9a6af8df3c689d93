//! From places in the text that was understood to bytes of the file on disk. They are the same text but for notebooks, whose
//! code stands in JSON.

use std::path::Path;

use super::keep::Refusal;
use crate::document::edit::Change;
use crate::finding::{ByteRange, Edit};
use crate::notebook::{self, Notebook};
use crate::source::SourceFile;

/// The edits of a file on disk for replacements in its text, in the order of their places.
pub(super) fn edits(file: &SourceFile, made: Vec<(ByteRange, String)>) -> Result<Vec<Edit>, Refusal> {
    let Some(notebook) = file.origin() else {
        return Ok(made.into_iter().map(|(place, replacement)| edit(file, place, replacement)).collect());
    };
    let Ok(Notebook::Python(cells)) = notebook::read(notebook.text()) else {
        return Err(by_hand(file, "it cannot be read again"));
    };
    let changes: Vec<Change> = made.into_iter().map(|(range, replacement)| Change { range, replacement }).collect();
    let changes = notebook::edit::changes(notebook.text(), &cells, file, &changes)
        .map_err(|error| by_hand(file, &error.to_string()))?;
    Ok(changes.into_iter().map(|change| edit(notebook, change.range, change.replacement)).collect())
}

/// Whether a file of Node lies in a package that is never published, so that nobody else can know what it exports.
pub(super) fn is_application(file: &Path) -> bool {
    file.ancestors()
        .skip(1)
        .find_map(|folder| std::fs::read_to_string(folder.join("package.json")).ok())
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|manifest| manifest.get("private").and_then(serde_json::Value::as_bool) == Some(true))
}

fn edit(file: &SourceFile, place: ByteRange, replacement: String) -> Edit {
    let span = file.span(place);
    Edit { path: file.path().to_owned(), start_byte: span.start.byte, end_byte: span.end.byte, replacement }
}

fn by_hand(file: &SourceFile, why: &str) -> Refusal {
    format!("The cells of {} are left as they are ({why}): change the request in them by hand", file.path())
}
