//! pip's requirements files: one requirement a line.

use super::super::{Dependency, Manifest};
use super::{Addition, Change, Reason, lines, list};

/// How many lines make the head of a file.
const HEAD: usize = 20;

/// Whether people write the file.
pub(super) fn editable(text: &str, compiled: &[String]) -> Result<(), Reason> {
    let says_so = |line: &str| line.starts_with('#') && compiled.iter().any(|marker| line.contains(marker.as_str()));
    let has_hashes = text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("--hash="));
    if has_hashes || text.lines().take(HEAD).any(says_so) { Err(Reason::Compiled) } else { Ok(()) }
}

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    if manifest.dependencies.is_empty() && !manifest.includes.is_empty() {
        return Err(Reason::OnlyIncludes { files: manifest.includes.clone() });
    }
    let requirement = list::requirement(addition, manifest);
    let entries: Vec<&str> =
        manifest.dependencies.iter().map(|found| &text[found.entry.start..found.entry.end]).collect();
    let position = list::sorted_position(&entries, &requirement);
    let change = match (
        position.checked_sub(1).and_then(|before| manifest.dependencies.get(before)),
        manifest.dependencies.first(),
    ) {
        (Some(before), _) => lines::insert_behind(text, before.entry.end, &requirement),
        (None, Some(first)) => lines::insert_before(text, first.entry.start, &requirement),
        (None, None) => lines::append(text, &requirement),
    };
    Ok(vec![change])
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    Ok(vec![Change::remove(lines::whole(text, found.entry))])
}
