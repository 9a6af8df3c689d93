//! XML: elements and attributes.

use super::{Change, EditError, Value, View, comments, style};
use crate::document::{Kind, Name};
use crate::finding::ByteRange;

/// How an entry is written.
enum Written {
    /// From the space before its name to its closing quote.
    Attribute(ByteRange),
    /// From its opening bracket to the end of its closing tag, which stands in the second range.
    Element(ByteRange, Option<ByteRange>),
}

fn written(view: &View<'_>, entry: usize) -> Result<Written, EditError> {
    let held = view.held(entry);
    let Name::Key(name) = &held.name else { return Err(EditError::Unsupported) };
    let start = held.key.start;
    if !view.text[..start].ends_with('<') {
        let blanks = &view.text[..start];
        return Ok(Written::Attribute(ByteRange::new(blanks.trim_end().len(), held.value.end)));
    }
    let closing = |at: usize| -> Option<ByteRange> {
        let tag = format!("</{name}");
        let rest = view.text[at..].strip_prefix(tag.as_str())?;
        let end = rest.find('>').filter(|&end| rest[..end].trim().is_empty())?;
        Some(ByteRange::new(at, at + tag.len() + end + 1))
    };
    if matches!(held.kind, Kind::Map) {
        let whole = ByteRange::new(start - 1, held.value.end);
        if view.slice(whole).ends_with("/>") {
            return Ok(Written::Element(whole, None));
        }
        let tag = view.slice(whole).rfind("</").and_then(|at| closing(whole.start + at));
        return tag.map(|tag| Written::Element(whole, Some(tag))).ok_or(EditError::Unsupported);
    }
    let at = held.value.end + view.text[held.value.end..].find("</").ok_or(EditError::Unsupported)?;
    let tag = closing(at).ok_or(EditError::Unsupported)?;
    Ok(Written::Element(ByteRange::new(start - 1, tag.end), Some(tag)))
}

pub(super) fn remove(view: &View<'_>, entry: usize) -> Result<Vec<Change>, EditError> {
    let range = match written(view, entry)? {
        Written::Attribute(range) => return Ok(vec![Change::new(range.start, range.end, "")]),
        Written::Element(range, _) => range,
    };
    let line = view.line_start(range.start);
    let is_alone = view.text[line..range.start].trim().is_empty()
        && view.text[range.end..view.line_end(range.end)].trim().is_empty();
    if !is_alone {
        return Ok(vec![Change::new(range.start, range.end, "")]);
    }
    let behind = view.next_line(range.end);
    Ok(vec![Change::new(comments::own_start(view, entry, line, behind), behind, "")])
}

pub(super) fn rename(view: &View<'_>, entry: usize, name: &str) -> Result<Vec<Change>, EditError> {
    let held = view.held(entry);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(EditError::Unsupported);
    }
    let mut changes = vec![Change::new(held.key.start, held.key.end, name)];
    if let Written::Element(_, Some(tag)) = written(view, entry)? {
        let start = tag.start + "</".len();
        changes.push(Change::new(start, start + (held.key.end - held.key.start), name));
    }
    Ok(changes)
}

pub(super) fn insert_after(view: &View<'_>, entry: usize, name: &str, value: &Value) -> Result<Vec<Change>, EditError> {
    let held = view.held(entry);
    let column = view.text[view.line_start(held.key.start)..held.key.start].chars().count();
    match written(view, entry)? {
        Written::Attribute(range) => {
            let blanks = &view.text[range.start..held.key.start];
            let between = &view.text[held.key.end..held.value.start];
            let value = style::written(view, Some(entry), value, column)?;
            Ok(vec![Change::new(range.end, range.end, format!("{blanks}{name}{between}{value}"))])
        }
        // What has attributes or elements is not repeated without them.
        Written::Element(_, _) if held.kind == Kind::Map => Err(EditError::Unsupported),
        Written::Element(range, _) => {
            let line = view.line_start(range.start);
            let indentation = &view.text[line..range.start];
            let value = style::written(view, Some(entry), value, column)?;
            let element = format!("<{name}>{value}</{name}>");
            let is_alone = indentation.trim().is_empty();
            let lead = if is_alone { format!("{}{indentation}", view.newline()) } else { String::new() };
            Ok(vec![Change::new(range.end, range.end, format!("{lead}{element}"))])
        }
    }
}
