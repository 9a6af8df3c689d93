//! Entries between brackets: JSON, the flow style of YAML, inline tables, arrays. Commas stand where they have to.

use super::{Change, EditError, Value, View, comments, style};
use crate::document::{Format, Kind, Name};

/// What stands around an entry between brackets.
struct Place {
    /// Where the entry begins and ends.
    start: usize,
    end: usize,
    /// The comma behind it.
    comma: Option<usize>,
    /// Whether it stands on lines of its own, a comment and its comma aside.
    own_lines: bool,
}

fn place(view: &View<'_>, entry: usize) -> Place {
    let range = view.whole(entry);
    let (start, end) = (range.start, range.end);
    let next = skip(view, end);
    let comma = view.text[next..].starts_with(',').then_some(next);
    let before = &view.text[view.line_start(start)..start];
    let tail = comma.map_or(end, |comma| comma + 1);
    let rest = view.text[tail..view.line_end(tail)].trim_start();
    let at = view.line_end(tail) - rest.len();
    let is_comment =
        view.document.comments.iter().any(|comment| comment.start == at && comment.end <= view.line_end(at));
    let own_lines = before.trim().is_empty() && (rest.trim().is_empty() || is_comment);
    Place { start, end, comma, own_lines }
}

/// The first place behind blanks and comments.
fn skip(view: &View<'_>, mut at: usize) -> usize {
    loop {
        let rest = &view.text[at..];
        at += rest.len() - rest.trim_start().len();
        match view.document.comments.iter().find(|comment| comment.start == at && comment.end > at) {
            Some(comment) => at = comment.end,
            None => return at,
        }
    }
}

/// The entry before one, in the same container.
fn before(view: &View<'_>, entry: usize) -> Option<usize> {
    let parent = view.held(entry).parent?;
    let start = view.held(entry).key.start;
    let mut beside = view.document.children(parent).iter().copied();
    beside.rfind(|&other| other != entry && !view.is_derived(other) && view.held(other).key.start < start)
}

pub(super) fn remove(view: &View<'_>, entry: usize) -> Result<Vec<Change>, EditError> {
    let place = place(view, entry);
    let mut changes = Vec::new();
    let previous = before(view, entry).map(|previous| self::place(view, previous));
    // The last entry takes the comma before it along.
    if place.comma.is_none()
        && let Some(comma) = previous.as_ref().and_then(|previous| previous.comma)
    {
        changes.push(Change::new(comma, comma + 1, ""));
    }
    let tail = place.comma.map_or(place.end, |comma| comma + 1);
    if place.own_lines {
        let behind = view.next_line(tail);
        let line = view.line_start(place.start);
        let mut start = comments::own_start(view, entry, line, behind);
        if let Some(change) = changes.first() {
            start = start.max(change.range.end);
        }
        changes.push(Change::new(start, behind, ""));
    } else if place.comma.is_some() {
        let rest = &view.text[tail..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        changes.push(Change::new(place.start, tail + blanks, ""));
    } else {
        // Behind the comma that goes.
        let from = changes.first().map_or(place.start, |change| change.range.end);
        let between = view.text.get(from..place.start).unwrap_or_default();
        let start = if between.trim().is_empty() && !between.contains('\n') { from } else { place.start };
        changes.push(Change::new(start.min(place.start), place.end, ""));
    }
    Ok(changes)
}

pub(super) fn insert_after(view: &View<'_>, entry: usize, name: &str, value: &Value) -> Result<Vec<Change>, EditError> {
    let item = view.item_of(entry)?;
    let anchor = item.unwrap_or(entry);
    let held = view.held(anchor);
    let place = place(view, anchor);
    let column = view.text[view.line_start(place.start)..place.start].chars().count();
    let content = match item {
        Some(item) => style::copied_item(view, entry, item, name, value)?,
        None => {
            if matches!(held.name, Name::Item(_) | Name::Document) {
                return Err(EditError::Unsupported);
            }
            let separator = separator(view, anchor);
            let key = style::key(view, held.key, name)?;
            format!("{key}{separator}{}", style::written(view, Some(anchor), value, column)?)
        }
    };
    if !place.own_lines {
        return Ok(vec![Change::new(place.end, place.end, format!(", {content}"))]);
    }
    let indentation = &view.text[view.line_start(place.start)..place.start];
    let newline = view.newline();
    let parent = held.parent.ok_or(EditError::Gone)?;
    let others = view.document.children(parent).iter().filter(|&&other| other != anchor && !view.is_derived(other));
    // Objects of HCL may do without commas.
    let without = view.format == Format::Hcl
        && view.held(parent).kind == Kind::Map
        && place.comma.is_none()
        && others.clone().all(|&other| self::place(view, other).comma.is_none());
    let behind = view.line_end(place.comma.map_or(place.end, |comma| comma + 1));
    let line = |comma: &str| Change::new(behind, behind, format!("{newline}{indentation}{content}{comma}"));
    Ok(match place.comma {
        Some(_) => vec![line(",")],
        None if without => vec![line("")],
        None if behind == place.end => {
            vec![Change::new(behind, behind, format!(",{newline}{indentation}{content}"))]
        }
        None => vec![Change::new(place.end, place.end, ","), line("")],
    })
}

/// What stands between a key and its value.
fn separator<'text>(view: &View<'text>, entry: usize) -> &'text str {
    let held = view.held(entry);
    let written = view.text.get(held.key.end..held.value.start).unwrap_or_default();
    let is_plain = !written.contains(['\n', '/', '#', '&', '!']) && written.trim().len() == 1;
    match view.format {
        _ if is_plain && !(written == ":" && view.format == Format::Yaml) => written,
        Format::Toml | Format::Hcl => " = ",
        _ => ": ",
    }
}
