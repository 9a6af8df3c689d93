//! setuptools' `setup.cfg`: the lines of `install_requires`.

use super::super::{Dependency, Manifest};
use super::{Addition, Change, Reason, lines, list};
use crate::finding::ByteRange;

/// The list that is edited, and its section.
const SECTION: &str = "options";
const KEY: &str = "install_requires";

/// A key with its value.
struct Value {
    /// From the key to the last line of the value.
    range: ByteRange,
    /// Behind the sign between them.
    start: usize,
}

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let requirement = list::requirement(addition, manifest);
    if let Some(old) = list::beside(manifest, addition).filter(|old| lines::begins(text, old.entry.start)) {
        let line = format!("{}{requirement}", lines::indentation(text, old.entry.start));
        return Ok(vec![lines::insert_behind(text, old.entry.end, &line)]);
    }
    let unit = lines::unit(text, "    ");
    if let Some(value) = value(text) {
        let written = text[value.start..value.range.end].trim();
        if written.starts_with("file:") {
            return Err(Reason::Elsewhere { written: written.to_owned() });
        }
        let listed = manifest.dependencies.iter().filter(|found| value.range.contains(found.entry));
        let listed: Vec<&Dependency> = listed.filter(|found| lines::begins(text, found.entry.start)).collect();
        let entries: Vec<&str> = listed.iter().map(|found| &text[found.entry.start..found.entry.end]).collect();
        let position = list::sorted_position(&entries, &requirement);
        let indentation = listed.first().map_or(unit.as_str(), |first| lines::indentation(text, first.entry.start));
        let line = format!("{indentation}{requirement}");
        return Ok(vec![match (position.checked_sub(1).and_then(|before| listed.get(before)), listed.first()) {
            (Some(before), _) => lines::insert_behind(text, before.entry.end, &line),
            (None, Some(first)) => lines::insert_before(text, first.entry.start, &line),
            (None, None) => lines::insert_behind(text, value.range.end, &line),
        }]);
    }
    let Some(section) = section(text) else { return Err(Reason::NoPlace) };
    let inside = text[section.start..section.end].trim_end();
    let newline = lines::newline(text);
    let lines = format!("{KEY} ={newline}{unit}{requirement}");
    Ok(vec![lines::insert_behind(text, section.start + inside.len(), &lines)])
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let is_line = lines::begins(text, found.entry.start);
    if let Some(value) = value(text).filter(|value| value.range.contains(found.entry)) {
        let others = [&text[value.start..found.entry.start], &text[found.entry.end..value.range.end]];
        // A comment behind it goes with it.
        let rest = others[1].trim_start_matches([' ', '\t']);
        let is_only = others[0].trim().is_empty()
            && (rest.trim().is_empty()
                || rest.starts_with('#') && lines::share(text, found.entry.end, value.range.end));
        if is_only {
            return Ok(vec![Change::remove(lines::whole(text, value.range))]);
        }
    }
    match is_line {
        true => Ok(vec![Change::remove(lines::whole(text, found.entry))]),
        false => Err(Reason::Layout { line: lines::number(text, found.entry.start) }),
    }
}

/// The lines of the section, its header's too.
fn section(text: &str) -> Option<ByteRange> {
    let mut at = 0;
    let mut found: Option<usize> = None;
    while at < text.len() {
        let line = text[at..lines::end(text, at)].trim_end();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if let Some(start) = found {
                return Some(ByteRange::new(start, at));
            }
            if name.trim() == SECTION {
                found = Some(at);
            }
        }
        at = lines::next(text, at);
    }
    found.map(|start| ByteRange::new(start, text.len()))
}

fn value(text: &str) -> Option<Value> {
    let section = section(text)?;
    let mut at = section.start;
    let mut value: Option<Value> = None;
    while at < section.end {
        let end = lines::end(text, at);
        let line = &text[at..end];
        let goes_on = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        match &mut value {
            Some(value) if goes_on => value.range.end = end,
            // A comment or a blank line may stand between the lines of a value.
            Some(_) if line.trim().is_empty() || line.starts_with(['#', ';']) => {}
            Some(_) => break,
            None => {
                if let Some((key, rest)) = line.split_once(['=', ':']).filter(|(key, _)| key.trim() == KEY) {
                    let start = at + key.len() + 1;
                    let end = start + rest.trim_end().len();
                    value = Some(Value { range: ByteRange::new(at, end.max(start)), start });
                }
            }
        }
        at = lines::next(text, at);
    }
    value
}
