//! A notebook on its way to a module that can be parsed: a cell that is broken must not hide the others.

use std::collections::BTreeSet;

use crate::finding::{ByteRange, Incomplete, Language};
use crate::notebook::{self, Cell};
use crate::source::SourceFile;
use crate::syntax::{self, Limits};

/// The module that the cells make, and what is said of the broken ones.
pub(super) fn module(file: SourceFile, cells: &[Cell], limits: &Limits) -> (SourceFile, Vec<Incomplete>) {
    let mut errors = Vec::new();
    let mut broken = BTreeSet::new();
    for cell in cells {
        // What cannot be parsed at all is said of the module.
        let Ok(tree) = syntax::parse(&cell.text.content, Language::Notebook, limits) else { continue };
        let Some(place) = syntax::syntax_error(&tree) else { continue };
        broken.insert(cell.number);
        let before = &cell.text.content[..place.start.min(cell.text.content.len())];
        let line = before.matches('\n').count() + 1 + cell.lines_before;
        errors.push(Incomplete {
            path: file.path().to_owned(),
            reason: "syntax_error".to_owned(),
            message: format!(
                "cell {}, line {line}: this is no valid {}; what surrounds it was read, what it holds may be missed",
                cell.number,
                Language::Notebook.name()
            ),
        });
    }
    let whole = notebook::module(file, cells, &BTreeSet::new());
    if broken.is_empty() || errors_stay_inside(&whole, &broken, limits) {
        return (whole, errors);
    }
    // A bracket that is never closed swallows what follows: then the broken cells have to stay out.
    match whole.into_origin() {
        Ok(file) => (notebook::module(file, cells, &broken), errors),
        Err(whole) => (*whole, errors),
    }
}

/// Whether all that is no Python in the module stands in the broken cells.
fn errors_stay_inside(module: &SourceFile, broken: &BTreeSet<usize>, limits: &Limits) -> bool {
    let Ok(tree) = syntax::parse(module.text(), Language::Notebook, limits) else { return true };
    let is_inside = |place: ByteRange| {
        let cell = |offset| module.cell(offset).map(|(cell, _)| cell);
        let last = place.end.saturating_sub(1).max(place.start);
        cell(place.start) == cell(last) && cell(place.start).is_some_and(|cell| broken.contains(&cell))
    };
    syntax::syntax_errors(&tree).into_iter().all(is_inside)
}
