//! Places in source code: comments, and what the program does with the rest.

use tree_sitter::Tree;

use super::{Class, Learnt, Occurrence, Standing, occurrences};
use crate::anchors::Strong;
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::finding::{ByteRange, Context, Finding};
use crate::notebook::Cell;
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::syntax;

/// The places of a file of code.
pub fn in_code(file: &SourceFile, tree: &Tree, context: Context, strong: &Strong) -> Vec<Occurrence> {
    if strong.places(file.text()).is_empty() {
        return Vec::new();
    }
    let comments = syntax::prose(tree);
    occurrences(file, context, strong, |place| {
        let is_prose = comments.iter().any(|comment| comment.contains(place));
        is_prose.then_some(Standing::new(Class::Comment, "a comment"))
    })
}

/// The places of a notebook outside of its code: what it shows and says is for people.
pub fn in_notebook(file: &SourceFile, cells: &[Cell], context: Context, strong: &Strong) -> Vec<Occurrence> {
    let _ = cells;
    occurrences(file, context, strong, |_| Some(Standing::new(Class::Comment, "text or output of a notebook")))
}

/// What the program of some files says of their places.
pub fn in_program(
    subject: &Subject<'_>,
    facts: &Facts,
    findings: &[Finding],
    catalog: &Catalog,
    strong: &Strong,
) -> Vec<Learnt> {
    let _ = (subject, facts, findings, catalog, strong, ByteRange::default());
    Vec::new()
}
