//! From places in the text that was understood to bytes of the file on disk. They are the same text but for notebooks, whose
//! code stands in JSON.

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

fn edit(file: &SourceFile, place: ByteRange, replacement: String) -> Edit {
    let span = file.span(place);
    Edit { path: file.path().to_owned(), start_byte: span.start.byte, end_byte: span.end.byte, replacement }
}

fn by_hand(file: &SourceFile, why: &str) -> Refusal {
    format!("The cells of {} are left as they are ({why}): change the request in them by hand", file.path())
}
