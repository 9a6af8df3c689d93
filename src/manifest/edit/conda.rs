//! conda's `environment.yml`: the list for pip inside its dependencies, one entry a line.

use super::super::conda::scalars;
use super::super::{Dependency, Manifest};
use super::{Addition, Change, Reason, lines, list};
use crate::finding::ByteRange;

/// The key of the list for pip, and the package that conda installs it with.
pub(super) const PIP: &str = "pip";

/// The entries of both lists.
#[derive(Default)]
struct Lists {
    conda: Vec<ByteRange>,
    pip: Vec<ByteRange>,
}

impl Lists {
    fn of(text: &str) -> Self {
        let mut lists = Self::default();
        scalars(text, |keys, range| match keys {
            ["dependencies"] => lists.conda.push(range),
            ["dependencies", key] if *key == PIP => lists.pip.push(range),
            _ => {}
        });
        lists
    }
}

pub(super) fn add(text: &str, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let lists = Lists::of(text);
    let requirement = list::requirement(addition, &Manifest::default());
    if let Some(first) = lists.pip.first() {
        for entry in &lists.pip {
            marker(text, *entry)?;
        }
        let entries: Vec<&str> = lists.pip.iter().map(|entry| &text[entry.start..entry.end]).collect();
        let position = list::sorted_position(&entries, &requirement);
        let line = format!("{}{requirement}", marker(text, *first)?);
        return Ok(vec![match position.checked_sub(1).and_then(|before| lists.pip.get(before)) {
            Some(before) => lines::insert_behind(text, before.end, &line),
            None => lines::insert_before(text, first.start, &line),
        }]);
    }
    let Some(last) = lists.conda.last() else { return Err(Reason::NoPlace) };
    let outer = marker(text, *last)?;
    let newline = lines::newline(text);
    let indentation = lines::indentation(text, last.start);
    let mut added = format!("{outer}{PIP}:{newline}{indentation}    - {requirement}");
    let has_pip =
        lists.conda.iter().any(|entry| text[entry.start..entry.end].split(['=', ' ', '<', '>']).next() == Some(PIP));
    if !has_pip {
        added = format!("{outer}{PIP}{newline}{added}");
    }
    Ok(vec![lines::insert_behind(text, last.end, &added)])
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let lists = Lists::of(text);
    marker(text, found.entry)?;
    if lists.pip == [found.entry] {
        // The key of a list that is left empty goes with it.
        let before = text[..lines::start(text, found.entry.start)].trim_end();
        let key = lines::start(text, before.len());
        if before[key..].trim_start_matches(['-', ' ']).trim_end_matches(':').trim() == PIP {
            let range = ByteRange::new(key, found.entry.end);
            return Ok(vec![Change::remove(lines::whole(text, range))]);
        }
        return Err(Reason::Layout { line: lines::number(text, found.entry.start) });
    }
    Ok(vec![Change::remove(lines::whole(text, found.entry))])
}

/// What stands before an entry in its line: blanks and its dash. An entry that has no line of its own is not edited.
fn marker(text: &str, entry: ByteRange) -> Result<&str, Reason> {
    let before = &text[lines::start(text, entry.start)..entry.start];
    let rest = text[entry.end..lines::end(text, entry.end)].trim();
    let is_line = before.trim() == "-" && (rest.is_empty() || rest.starts_with('#'));
    is_line.then_some(before).ok_or_else(|| Reason::Layout { line: lines::number(text, entry.start) })
}
