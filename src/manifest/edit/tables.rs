//! Tables of TOML by their lines: where a `[header]` stands, where its keys end, and lines that are put in or taken out there.

use super::super::Dependency;
use super::{Change, Reason, lines, list};
use crate::finding::ByteRange;

/// The lines of one table.
#[derive(Debug)]
pub(super) struct Table {
    /// The header's line.
    pub(super) header: ByteRange,
    /// Where its keys stand: from behind the header's line to the next header.
    pub(super) body: ByteRange,
}

/// All tables of a text with a header, in order, with their paths.
pub(super) fn all(text: &str) -> Vec<(Vec<String>, Table)> {
    let mut found: Vec<(Vec<String>, Table)> = Vec::new();
    let mut at = 0;
    let mut in_text: Option<&str> = None;
    while at < text.len() {
        let (end, next) = (lines::end(text, at), lines::next(text, at));
        let line = text[at..end].trim();
        if in_text.is_none()
            && let Some(path) = path(line)
        {
            if let Some((_, before)) = found.last_mut() {
                before.body.end = at;
            }
            let table = Table { header: ByteRange::new(at, end), body: ByteRange::new(next, text.len()) };
            found.push((path, table));
        }
        // A text over several lines may hold anything.
        for quotes in ["\"\"\"", "'''"] {
            for _ in 0..line.matches(quotes).count() {
                in_text = match in_text {
                    None => Some(quotes),
                    Some(open) if open == quotes => None,
                    open => open,
                };
            }
        }
        at = next;
    }
    found
}

/// The path of keys in a header.
fn path(line: &str) -> Option<Vec<String>> {
    let line = line.split('#').next()?.trim();
    let inside = line.strip_prefix('[')?.strip_suffix(']')?;
    if inside.starts_with('[') {
        return Some(Vec::new());
    }
    // An element of an array that goes over several lines may look like a header, but has no bare key in it.
    let keys: Vec<String> = inside.split('.').map(|key| key.trim().trim_matches(['"', '\'']).to_owned()).collect();
    keys.iter().all(|key| !key.is_empty() && !key.contains([',', '"', '\'', '[', '{', ' '])).then_some(keys)
}

/// The table with a header of this path.
pub(super) fn table(text: &str, path: &[&str]) -> Option<Table> {
    all(text)
        .into_iter()
        .find(|(known, _)| known.iter().map(String::as_str).eq(path.iter().copied()))
        .map(|(_, table)| table)
}

/// Puts `name = value` into a table: where it belongs if its keys are sorted, else behind the last one.
pub(super) fn insert(text: &str, table: &Table, name: &str, line: &str) -> Change {
    // The version of Python stands first, whatever its name.
    let keys: Vec<(usize, &str)> = keys(text, table).into_iter().filter(|(_, key)| *key != "python").collect();
    let names: Vec<&str> = keys.iter().map(|(_, key)| *key).collect();
    let position = list::sorted_position(&names, name);
    if let Some((at, _)) = keys.get(position) {
        return lines::insert_before(text, *at, line);
    }
    let inside = text[table.body.start..table.body.end].trim_end();
    let at = match inside.is_empty() {
        true => table.header.end,
        false => table.body.start + inside.len(),
    };
    // What closes the table may be a comment that heads the next one.
    let last = keys.last().map(|(last, _)| *last).or_else(|| self::keys(text, table).last().map(|(last, _)| *last));
    let at = last.map_or(table.header.end, |last| value_end(text, last, at));
    lines::insert_behind(text, at, line)
}

/// The keys of a table at the beginnings of its lines, where they stand.
fn keys<'text>(text: &'text str, table: &Table) -> Vec<(usize, &'text str)> {
    let mut keys = Vec::new();
    let mut at = table.body.start;
    while at < table.body.end {
        let line = &text[at..lines::end(text, at)];
        let is_key = line.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '"' | '\'' | '_' | '-'));
        if let Some((key, _)) = line.split_once('=').filter(|_| is_key) {
            keys.push((at, key.trim().trim_matches(['"', '\''])));
            at = value_end(text, at, table.body.end);
        }
        at = lines::next(text, at);
    }
    keys
}

/// Where the value of the key at the beginning of a line ends: brackets may go on over lines.
fn value_end(text: &str, key: usize, limit: usize) -> usize {
    let mut depth = 0usize;
    let mut quote: Option<char> = None;
    for (at, character) in text[key..limit.max(key)].char_indices() {
        match (quote, character) {
            (Some(open), character) if character == open => quote = None,
            (Some(_), '\n' | '\r') => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, '\n' | '\r') if depth == 0 => return key + at,
            _ => {}
        }
    }
    limit.max(key)
}

/// Takes an entry of a table out: its lines, or the table of its own that it has.
pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let tables = all(text);
    // `[tool.poetry.dependencies.name]`
    if let Some((_, own)) = tables.iter().find(|(_, table)| holds(table.header, found.name_range)) {
        let body = text[own.body.start..own.body.end].trim_end();
        // A comment behind the last key belongs to what follows.
        let end = keys(text, own)
            .last()
            .map_or(own.header.end, |(last, _)| value_end(text, *last, own.body.start + body.len()));
        return Ok(vec![Change::remove(with_blank(text, lines::whole(text, ByteRange::new(own.header.start, end))))]);
    }
    let is_whole = lines::begins(text, found.entry.start) && {
        let rest = text[found.entry.end..lines::end(text, found.entry.end)].trim();
        rest.is_empty() || rest.starts_with('#')
    };
    match is_whole {
        true => Ok(vec![Change::remove(lines::whole(text, found.entry))]),
        false => Err(Reason::Layout { line: lines::number(text, found.entry.start) }),
    }
}

fn holds(outer: ByteRange, inner: ByteRange) -> bool {
    outer.contains(inner)
}

/// Lines with one blank line around them that would be left over: before, where one stands behind too or nothing does.
pub(super) fn with_blank(text: &str, range: ByteRange) -> ByteRange {
    let before = &text[..range.start];
    // A text that ended without a line break goes on to do so.
    if range.end == text.len() && !text.ends_with(['\n', '\r']) {
        return ByteRange::new(before.trim_end_matches(['\n', '\r']).len(), range.end);
    }
    let start = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).map_or(range.start, |before| {
        if before.is_empty() || before.ends_with('\n') { before.len() } else { range.start }
    });
    let rest = &text[range.end..];
    let is_blank = rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n");
    if start < range.start && is_blank { ByteRange::new(start, range.end) } else { range }
}

/// A new table at the end of a text.
pub(super) fn append(text: &str, header: &str, line: &str) -> Change {
    let newline = lines::newline(text);
    let is_apart = text.is_empty() || text.ends_with(&newline.repeat(2));
    let gap = if is_apart { "" } else { newline };
    let gap = if text.ends_with(['\n', '\r']) || text.is_empty() { gap.to_owned() } else { format!("{newline}{gap}") };
    let end = if text.is_empty() || text.ends_with(['\n', '\r']) { newline } else { "" };
    Change::insert(text.len(), format!("{gap}[{header}]{newline}{line}{end}"))
}

/// Takes a table out that an entry was the last one of, with its header; nothing where more stands in it.
pub(super) fn remove_with_header(text: &str, found: &Dependency) -> Option<Change> {
    let tables = all(text);
    let (_, table) = tables.iter().find(|(_, table)| holds(table.body, found.entry))?;
    let entry = lines::whole(text, found.entry);
    let start = text[table.body.start..found.entry.start].trim();
    let behind = text[entry.end.min(table.body.end)..table.body.end].trim();
    (start.is_empty() && behind.is_empty()).then(|| {
        let range = ByteRange::new(table.header.start, found.entry.end);
        Change::remove(with_blank(text, lines::whole(text, range)))
    })
}
