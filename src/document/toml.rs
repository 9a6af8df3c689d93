//! TOML. Its parser goes on behind a mistake, so that a broken file keeps its other entries.

use toml::de::{DeTable, DeValue};

use super::MOST_LEVELS;
use super::model::{Builder, Entry, Kind, Name, Problem};
use super::scan::hash_comments;
use crate::finding::ByteRange;

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    add(table.get_ref(), root, 0, builder);
    if let Some(error) = errors.first() {
        let at = error.span().map_or(0, |span| span.start);
        builder.fail(at, Problem::Syntax, error.message().trim());
    }
    let scalars = builder.entries.iter().filter(|entry| !entry.kind.is_container()).map(|entry| entry.value);
    let taken = scalars.chain(builder.entries.iter().map(|entry| entry.key)).collect();
    builder.comments = hash_comments(text, taken, false);
}

fn add(table: &DeTable<'_>, parent: usize, level: usize, builder: &mut Builder<'_>) {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in pairs {
        let key_range = ByteRange::new(key.span().start, key.span().end);
        let span = ByteRange::new(value.span().start, value.span().end);
        add_value(value.get_ref(), parent, Name::Key(key.get_ref().to_string()), key_range, span, level, builder);
    }
}

fn add_value(
    value: &DeValue<'_>,
    parent: usize,
    name: Name,
    key: ByteRange,
    span: ByteRange,
    level: usize,
    builder: &mut Builder<'_>,
) {
    let mut push = |kind, text: String| {
        builder.push(Entry { parent: Some(parent), name: name.clone(), key, value: span, text, kind })
    };
    match value {
        DeValue::Table(_) | DeValue::Array(_) if level >= MOST_LEVELS => {
            builder.fail(key.start, Problem::TooDeep, "this nests too deeply");
        }
        DeValue::Table(table) => {
            let entry = push(Kind::Map, String::new());
            add(table, entry, level + 1, builder);
            widen(entry, builder);
        }
        DeValue::Array(array) => {
            let entry = push(Kind::List, String::new());
            for (position, item) in array.iter().enumerate() {
                let span = ByteRange::new(item.span().start, item.span().end);
                let at = ByteRange::new(span.start, span.start);
                add_value(item.get_ref(), entry, Name::Item(position), at, span, level + 1, builder);
            }
            widen(entry, builder);
        }
        DeValue::String(text) => {
            push(Kind::Scalar, text.to_string());
        }
        DeValue::Integer(number) => {
            push(Kind::Scalar, number.as_str().to_owned());
        }
        DeValue::Float(number) => {
            push(Kind::Scalar, number.as_str().to_owned());
        }
        DeValue::Boolean(truth) => {
            push(Kind::Scalar, truth.to_string());
        }
        DeValue::Datetime(time) => {
            push(Kind::Scalar, time.to_string());
        }
    }
}

/// A table under a header reaches to the end of its last entry, not of its header.
fn widen(entry: usize, builder: &mut Builder<'_>) {
    let end = builder.entries[entry + 1..].iter().map(|inside| inside.range().end).max().unwrap_or(0);
    let own = builder.entries[entry].value.end;
    builder.close(entry, end.max(own));
}
