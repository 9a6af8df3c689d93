//! Entries that stand on lines of their own: dotenv, INI, properties, the tables of TOML, the blocks of YAML and HCL.

use super::{Change, EditError, Form, Value, View, comments, style};
use crate::document::{Format, Kind, Name};
use crate::finding::ByteRange;

/// Takes the lines of an entry away.
pub(super) fn remove(view: &View<'_>, entry: usize) -> Result<Vec<Change>, EditError> {
    let held = view.held(entry);
    if held.kind == Kind::Block || held.parent.is_none() {
        return Err(EditError::Unsupported);
    }
    let end = end(view, entry)?;
    let line = view.line_start(held.key.start);
    let is_item = matches!(held.name, Name::Item(_));
    match prefix(view, &view.text[line..held.key.start])? {
        Prefix::Dash if !is_item => {
            // The first key of an item gives its place to the next one.
            let beside = held.parent.map(|parent| view.document.children(parent)).unwrap_or_default().iter();
            let next = beside.map(|&other| view.held(other).key.start).filter(|&start| start > held.key.start).min();
            let next = next.ok_or(EditError::Unsupported)?;
            return Ok(vec![Change::new(held.key.start, next, "")]);
        }
        _ => {}
    }
    let mut behind = view.next_line(end);
    let mut start = comments::own_start(view, entry, line, behind);
    let is_blank = |from: usize| view.text[from..view.line_end(from)].trim().is_empty();
    let blank_before = start == 0 || is_blank(view.line_start(start - 1));
    if blank_before && behind < view.text.len() && is_blank(behind) {
        // Of the blank lines around it only those on one side stay.
        behind = view.next_line(behind);
    } else if behind == view.text.len() {
        while start > 0 && is_blank(view.line_start(start - 1)) {
            start = view.line_start(start - 1);
        }
        // A file whose last line has no line break keeps having none.
        if !view.text.ends_with('\n') && start > 0 {
            start -= if view.text[..start].ends_with("\r\n") { 2 } else { 1 };
        }
    }
    Ok(vec![Change::new(start, behind, "")])
}

/// Where an entry ends, if nothing but a comment follows it on its line.
fn end(view: &View<'_>, entry: usize) -> Result<usize, EditError> {
    let mut end = view.whole(entry).end;
    let rest = &view.text[end..view.line_end(end)];
    if view.held(entry).kind == Kind::Null && rest.trim_start().starts_with(':') {
        end += rest.len() - rest.trim_start().len() + 1;
    }
    let rest = &view.text[end..view.line_end(end)];
    let at = end + (rest.len() - rest.trim_start().len());
    let is_comment = view.document.comments.iter().any(|comment| comment.start == at);
    if rest.trim().is_empty() || is_comment { Ok(end) } else { Err(EditError::Unsupported) }
}

/// What stands before a key on its line.
enum Prefix {
    /// Blanks, `export`, the outer part of a dotted key: a sibling has the same.
    Same,
    /// The dash of an item.
    Dash,
}

fn prefix(view: &View<'_>, written: &str) -> Result<Prefix, EditError> {
    let content = written.trim();
    match view.format {
        _ if content.is_empty() => Ok(Prefix::Same),
        Format::Dotenv if content == "export" => Ok(Prefix::Same),
        Format::Toml if content.ends_with('.') && !content.contains(['=', ' ']) => Ok(Prefix::Same),
        Format::Yaml if content == "-" => Ok(Prefix::Dash),
        _ => Err(EditError::Unsupported),
    }
}

/// Puts an entry on the line behind another.
pub(super) fn insert_after(view: &View<'_>, entry: usize, name: &str, value: &Value) -> Result<Vec<Change>, EditError> {
    if let Some(item) = view.item_of(entry)? {
        let held = view.held(item);
        let line = view.line_start(held.key.start);
        let content = style::copied_item(view, entry, item, name, value)?;
        let lead = &view.text[line..held.key.start];
        return Ok(vec![line_behind(view, end(view, item)?, &format!("{lead}{content}"))]);
    }
    let held = view.held(entry);
    if held.kind == Kind::Block || held.parent.is_none() || held.key_text().is_none() {
        return Err(EditError::Unsupported);
    }
    let line = view.line_start(held.key.start);
    let written = &view.text[line..held.key.start];
    let lead = match prefix(view, written)? {
        Prefix::Same => written.to_owned(),
        Prefix::Dash => " ".repeat(written.chars().count()),
    };
    let separator = separator(view, entry, name);
    let key = style::key(view, held.key, name)?;
    let value = style::written(view, Some(entry), value, lead.chars().count())?;
    // A list in block style begins on the next line.
    let separator = if value.starts_with(['\n', '\r']) { separator.trim_end() } else { &separator };
    Ok(vec![line_behind(view, end(view, entry)?, &format!("{lead}{key}{separator}{value}"))])
}

/// A line behind the one that a place stands in.
fn line_behind(view: &View<'_>, at: usize, content: &str) -> Change {
    let behind = view.next_line(at);
    let newline = view.newline();
    if behind == view.text.len() && !view.text.ends_with('\n') {
        Change::new(behind, behind, format!("{newline}{content}"))
    } else {
        Change::new(behind, behind, format!("{content}{newline}"))
    }
}

/// Keeps the sign behind a key in its column where the key becomes shorter or longer.
pub(super) fn realigned(view: &View<'_>, entry: usize, length: usize) -> Vec<Change> {
    let key = view.held(entry).key;
    let blanks = view.text[key.end..].len() - view.text[key.end..].trim_start_matches(' ').len();
    let is_column = view.form(entry) == Form::Lines && blanks > 1 || blanks > 0 && has_column(view, key);
    if !is_column {
        return Vec::new();
    }
    let width = (key.end - key.start + blanks).saturating_sub(length).max(1);
    vec![Change::new(key.end, key.end + blanks, " ".repeat(width))]
}

/// Whether the signs behind the keys of the lines around stand in one column.
fn has_column(view: &View<'_>, key: ByteRange) -> bool {
    if !matches!(view.format, Format::Toml | Format::Ini | Format::Hcl | Format::Properties) {
        return false;
    }
    let line = view.line_start(key.start);
    let column = |start: usize| view.text[start..view.line_end(start)].find('=');
    let above = (line > 0).then(|| view.line_start(line - 1)).and_then(column);
    let below = Some(view.next_line(line)).filter(|&below| below < view.text.len()).and_then(column);
    let own = column(line);
    own.is_some() && (above == own || below == own)
}

/// What stands between a key and its value, with the values of a column kept in it.
fn separator(view: &View<'_>, entry: usize, name: &str) -> String {
    let usual = match view.format {
        Format::Yaml => ": ",
        Format::Toml | Format::Hcl | Format::Ini => " = ",
        _ => "=",
    };
    let held = view.held(entry);
    let written = view.slice(ByteRange::new(held.key.end, held.value.start.max(held.key.end)));
    // An anchor or a tag belongs to the value.
    let sign = if view.format == Format::Yaml { Some(':') } else { written.trim().chars().next() };
    let Some(at) = sign.and_then(|sign| written.find(sign)) else {
        return if written.is_empty() || view.format != Format::Properties {
            usual.to_owned()
        } else {
            written.to_owned()
        };
    };
    let (before, after) = written.split_at(at);
    let after = &after[..1 + after[1..].len() - after[1..].trim_start_matches([' ', '\t']).len()];
    if held.kind.is_container() || written.contains('\n') {
        return format!("{before}{}", usual.trim_start());
    }
    let missing = (held.key.end - held.key.start).saturating_sub(name.len());
    let extra = name.len().saturating_sub(held.key.end - held.key.start);
    let fitted = |blanks: &str| {
        let width = (blanks.len() + missing).saturating_sub(extra).max(1);
        " ".repeat(width)
    };
    if before.len() > 1 && before.trim().is_empty() {
        format!("{}{after}", fitted(before))
    } else if after.len() > 2 && held.kind != Kind::Null {
        format!("{before}{}{}", &after[..1], fitted(&after[1..]))
    } else if view.format == Format::Yaml && after.len() == 1 {
        format!("{before}: ")
    } else {
        format!("{before}{after}")
    }
}
