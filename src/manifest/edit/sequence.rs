//! Things between brackets, separated by commas: an array of TOML, a list of Python, an object of JSON. One is put in or taken
//! out, and the layout of the others stays.

use super::{Change, lines};
use crate::finding::ByteRange;

/// The things, and where their brackets are.
#[derive(Debug)]
pub(super) struct Sequence {
    /// The byte behind the opening bracket.
    pub(super) open: usize,
    /// The closing bracket.
    pub(super) close: usize,
    /// In the order of the text.
    pub(super) items: Vec<ByteRange>,
    /// What separates items of one line where nothing shows how they are.
    pub(super) separator: &'static str,
}

impl Sequence {
    /// Puts an item at a position. A list without any gets it between the brackets, or, with an indentation, on a line of its
    /// own.
    pub(super) fn insert(&self, text: &str, position: usize, item: &str, own_line: Option<&str>) -> Vec<Change> {
        let newline = lines::newline(text);
        let (Some(first), Some(last)) = (self.items.first(), self.items.last()) else {
            return self.insert_only(text, item, own_line);
        };
        let before = position.checked_sub(1).and_then(|before| self.items.get(before));
        match (before, self.items.get(position)) {
            // Behind the last one.
            (_, None) => {
                let comma = self.comma_behind(text, last.end);
                if !lines::begins(text, last.start) {
                    return match comma {
                        Some(comma) => vec![Change::insert(comma + 1, format!(" {item},"))],
                        None => vec![Change::insert(last.end, format!("{}{item}", self.separator(text)))],
                    };
                }
                let indentation = lines::indentation(text, last.start);
                let line = format!("{newline}{indentation}{item}");
                match comma {
                    Some(comma) => vec![Change::insert(self.behind(text, comma + 1), format!("{line},"))],
                    None if self.behind(text, last.end) == last.end => {
                        vec![Change::insert(last.end, format!(",{line}"))]
                    }
                    None => {
                        vec![Change::insert(last.end, ","), Change::insert(self.behind(text, last.end), line)]
                    }
                }
            }
            (before, Some(next)) => {
                let from = match before {
                    Some(before) => self.comma_behind(text, before.end).map_or(before.end, |comma| comma + 1),
                    None => self.open,
                };
                let behind = self.behind(text, from);
                // The next one stands on a later line, and so does the new one.
                if lines::begins(text, next.start) && behind < lines::start(text, next.start) {
                    let indentation = lines::indentation(text, next.start);
                    return vec![Change::insert(behind, format!("{newline}{indentation}{item},"))];
                }
                let separator = self.separator(text);
                let at = if before.is_none() { first.start } else { next.start };
                vec![Change::insert(at, format!("{item}{separator}"))]
            }
        }
    }

    fn insert_only(&self, text: &str, item: &str, own_line: Option<&str>) -> Vec<Change> {
        let inside = &text[self.open..self.close];
        let newline = lines::newline(text);
        match own_line {
            Some(indentation) if inside.trim().is_empty() => {
                let outer = lines::indentation(text, self.open);
                let range = ByteRange::new(self.open, self.close);
                vec![Change::new(range, format!("{newline}{indentation}{item}{newline}{outer}"))]
            }
            _ if inside.trim().is_empty() => vec![Change::insert(self.open, item)],
            // Behind the comments that stand there.
            _ => {
                let indentation = lines::indentation(text, self.open + inside.find('#').unwrap_or(0)).to_owned();
                let at = self.open + inside.trim_end().len();
                vec![Change::insert(at, format!("{newline}{indentation}{item},"))]
            }
        }
    }

    /// Takes an item out.
    pub(super) fn remove(&self, text: &str, position: usize) -> Vec<Change> {
        let Some(&item) = self.items.get(position) else { return Vec::new() };
        let previous = position.checked_sub(1).map(|before| self.items[before]);
        let comma = self.comma_behind(text, item.end);
        let end = comma.map_or(item.end, |comma| comma + 1);
        let has_lines = lines::begins(text, item.start) && self.behind(text, end) == lines::end(text, end) && {
            let opening = lines::start(text, item.start) > self.open;
            opening && lines::end(text, end) < self.close
        };
        if has_lines {
            let mut changes = vec![Change::remove(lines::whole(text, ByteRange::new(item.start, end)))];
            // The one before becomes the last, and the last one had no comma.
            if let (None, Some(previous)) = (comma, previous)
                && let Some(comma) = self.comma_behind(text, previous.end)
            {
                changes.insert(0, Change::remove(ByteRange::new(comma, comma + 1)));
            }
            return changes;
        }
        let range = match (previous, self.items.get(position + 1)) {
            (_, Some(next)) if lines::share(text, item.start, next.start) => ByteRange::new(item.start, next.start),
            // The last of its line.
            (Some(previous), Some(_)) => {
                let from = self.comma_behind(text, previous.end).map_or(previous.end, |comma| comma + 1);
                ByteRange::new(from, end)
            }
            (None, Some(next)) => ByteRange::new(item.start, next.start),
            // One comma goes with it: that before, or its own.
            (Some(previous), None) if comma.is_none() => ByteRange::new(previous.end, item.end),
            (Some(previous), None) => {
                let from = self.comma_behind(text, previous.end).map_or(previous.end, |comma| comma + 1);
                ByteRange::new(from, end)
            }
            (None, None) => ByteRange::new(item.start, end),
        };
        vec![Change::remove(range)]
    }

    /// Whether nothing but one item and blanks stands between the brackets.
    pub(super) fn holds_only(&self, text: &str, item: ByteRange) -> bool {
        let end = self.comma_behind(text, item.end).map_or(item.end, |comma| comma + 1);
        text[self.open..item.start].trim().is_empty() && text[end..self.close].trim().is_empty()
    }

    /// The comma behind an item; comments and line breaks may stand between.
    fn comma_behind(&self, text: &str, mut at: usize) -> Option<usize> {
        while at < self.close {
            match text.as_bytes()[at] {
                b',' => return Some(at),
                b'#' => at = lines::end(text, at),
                byte if byte.is_ascii_whitespace() => at += 1,
                _ => return None,
            }
        }
        None
    }

    /// The end of the line that a byte stands in, where only blanks and a comment follow; else the byte.
    fn behind(&self, text: &str, at: usize) -> usize {
        let end = lines::end(text, at);
        let rest = text[at..end].trim();
        if end <= self.close && (rest.is_empty() || rest.starts_with('#')) { end } else { at }
    }

    /// What separates items of one line.
    fn separator<'a>(&self, text: &'a str) -> &'a str {
        let between = self.items.windows(2).map(|pair| &text[pair[0].end..pair[1].start]);
        between.into_iter().find(|between| !between.contains(['\n', '\r', '#'])).unwrap_or(self.separator)
    }
}
