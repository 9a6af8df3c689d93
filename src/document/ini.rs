//! INI: sections, `key = value` or `key: value`, comments with `#` or `;`, indented lines that go on with a value.
//!
//! `.conf` and `.cfg` are the names of many formats: a line that is no key is left out, never called broken.

use super::model::{Builder, Kind, Name};
use super::scan::trimmed;
use crate::finding::ByteRange;

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    let mut section = root;
    let mut open_key: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let whole = ByteRange::new(start, start + line.len());
        start = whole.end;
        let range = trimmed(text, whole);
        let content = &text[range.start..range.end];
        if content.is_empty() {
            open_key = None;
            continue;
        }
        if content.starts_with(['#', ';']) || content.starts_with("//") {
            builder.comments.push(range);
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        if let Some(entry) = open_key.filter(|_| is_indented && !looks_like_key(content)) {
            let value = &mut builder.entries[entry];
            value.text.push('\n');
            value.text.push_str(content);
            value.value.end = range.end;
            continue;
        }
        if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name) {
            if section != root {
                builder.close(section, range.start);
            }
            let key = ByteRange::new(range.start + 1, range.start + 1 + name.len());
            section = builder.container(root, Name::Key(name.trim().to_owned()), key, range.start, Kind::Map);
            builder.close(section, range.end);
            open_key = None;
            continue;
        }
        open_key = pair(text, range, section, builder);
    }
    if section != root {
        builder.close(section, text.len());
    }
}

fn looks_like_key(content: &str) -> bool {
    content.split_once(['=', ':']).is_some_and(|(key, _)| {
        let key = key.trim();
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    })
}

fn pair(text: &str, range: ByteRange, section: usize, builder: &mut Builder<'_>) -> Option<usize> {
    let content = &text[range.start..range.end];
    let at = content.find(['=', ':'])?;
    let key = trimmed(text, ByteRange::new(range.start, range.start + at));
    let mut value = trimmed(text, ByteRange::new(range.start + at + 1, range.end));
    let mut written = &text[value.start..value.end];
    if !written.starts_with(['"', '\'']) {
        for mark in [" ;", " #", "\t;", "\t#"] {
            if let Some(comment) = written.find(mark) {
                builder.comments.push(ByteRange::new(value.start + comment + 1, value.end));
                value = trimmed(text, ByteRange::new(value.start, value.start + comment));
                written = &text[value.start..value.end];
            }
        }
    }
    let unquoted = ['"', '\''].into_iter().find_map(|quote| written.strip_prefix(quote)?.strip_suffix(quote));
    let name = Name::Key(text[key.start..key.end].to_owned());
    builder.scalar(section, name, key, value, unquoted.unwrap_or(written).to_owned());
    Some(builder.entries.len() - 1)
}
