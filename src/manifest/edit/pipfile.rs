//! Pipenv's `Pipfile`: the tables `[packages]` and `[dev-packages]`.

use super::super::{Dependency, Manifest};
use super::{Addition, Change, Reason, first, pyproject, tables};

pub(super) fn add(text: &str, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let header = if addition.development { "dev-packages" } else { "packages" };
    // Pipenv writes exact versions with their sign, so that a habit of them does not show.
    let entry = pyproject::entry(&Manifest::default(), addition);
    Ok(vec![match tables::table(text, &[header]) {
        Some(table) => tables::insert(text, &table, first(&addition.names), &entry),
        None => tables::append(text, header, &entry),
    }])
}

/// The table stays, also without an entry: Pipenv writes it always.
pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    tables::remove(text, found)
}
