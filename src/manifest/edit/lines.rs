//! The layout of a text by its lines: where they begin and end, how far they are indented, and whether something has its
//! lines for itself.

use super::Change;
use crate::finding::ByteRange;

/// The line break that the text uses.
pub(super) fn newline(text: &str) -> &'static str {
    let feeds = text.matches('\n').count();
    let pairs = text.matches("\r\n").count();
    match (feeds, pairs) {
        (0, _) if text.contains('\r') => "\r",
        _ if pairs * 2 > feeds => "\r\n",
        _ => "\n",
    }
}

/// Where the line that a byte stands in begins.
pub(super) fn start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |before| before + 1)
}

/// Where it ends, without its line break.
pub(super) fn end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length)
}

/// Where the next line begins.
pub(super) fn next(text: &str, at: usize) -> usize {
    let end = end(text, at);
    let rest = &text[end..];
    if rest.starts_with("\r\n") { end + 2 } else { end + rest.len().min(1) }
}

/// What stands before the first sign of the line that a byte stands in.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let start = start(text, at);
    let line = &text[start..end(text, at)];
    &line[..line.len() - line.trim_start().len()]
}

/// Whether nothing but blanks stands before a byte in its line.
pub(super) fn begins(text: &str, at: usize) -> bool {
    text[start(text, at)..at].trim().is_empty()
}

/// Whether two bytes stand in one line.
pub(super) fn share(text: &str, from: usize, to: usize) -> bool {
    !text[from..to].contains(['\n', '\r'])
}

/// The number of the line, from 1, that a byte stands in.
pub(super) fn number(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].bytes().filter(|byte| *byte == b'\n').count() + 1
}

/// The lines of a range, with a line break: the one behind, or where there is none the one before.
pub(super) fn whole(text: &str, range: ByteRange) -> ByteRange {
    let (start, end) = (start(text, range.start), next(text, range.end));
    let is_last = end == text.len() && !text.ends_with(['\n', '\r']);
    match is_last && start > 0 {
        true => ByteRange::new(text[..start].strip_suffix("\r\n").map_or(start - 1, str::len), end),
        false => ByteRange::new(start, end),
    }
}

/// Puts a line behind the one that a byte stands in.
pub(super) fn insert_behind(text: &str, at: usize, line: &str) -> Change {
    Change::insert(end(text, at), format!("{}{line}", newline(text)))
}

/// Puts a line before the one that a byte stands in.
pub(super) fn insert_before(text: &str, at: usize, line: &str) -> Change {
    Change::insert(start(text, at), format!("{line}{}", newline(text)))
}

/// Puts lines at the end of a text, which goes on to end as it did.
pub(super) fn append(text: &str, lines: &str) -> Change {
    let newline = newline(text);
    let inserted = match text.is_empty() || text.ends_with(['\n', '\r']) {
        true => format!("{lines}{newline}"),
        false => format!("{newline}{lines}"),
    };
    Change::insert(text.len(), inserted)
}

/// What one more level of indentation is: a tab, or the smallest indentation of any line.
pub(super) fn unit(text: &str, otherwise: &'static str) -> String {
    let indented = text.lines().filter(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
    let blanks = indented.map(|line| &line[..line.len() - line.trim_start().len()]);
    // A line of a comment is indented by one behind its asterisk.
    let smallest = blanks.filter(|blanks| *blanks != " ").min_by_key(|blanks| blanks.len());
    match smallest {
        Some(blanks) if blanks.starts_with('\t') => "\t".to_owned(),
        Some(blanks) if blanks.len() <= 8 => blanks.to_owned(),
        _ => otherwise.to_owned(),
    }
}

/// Where a new name goes among others: its place where they are sorted without regard to case, else behind all of them.
pub(super) fn position(names: &[&str], new: &str) -> usize {
    let key = |name: &str| name.to_ascii_lowercase();
    if !names.is_sorted_by_key(|name| key(name)) {
        return names.len();
    }
    names.partition_point(|name| key(name) < key(new))
}
