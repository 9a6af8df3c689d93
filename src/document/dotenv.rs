//! `.env` files: `NAME=value`, `export NAME="value"`; a value in quotes may go over several lines.

use super::model::{Builder, Kind, Name, Problem};
use super::scan::{Cursor, trimmed};
use crate::finding::ByteRange;

pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    let mut cursor = Cursor::new(text);
    while !cursor.is_at_end() {
        cursor.take_while(char::is_whitespace);
        if cursor.rest().starts_with('#') {
            let comment = cursor.take_line();
            builder.comments.push(comment);
            continue;
        }
        if cursor.rest().starts_with("export ") || cursor.rest().starts_with("export\t") {
            cursor.at += "export".len();
            cursor.take_while(|c| matches!(c, ' ' | '\t'));
        }
        let key = cursor.take_while(|c| !matches!(c, '=' | ':' | '\n' | '\r' | '#'));
        let key = trimmed(text, key);
        // A line without a value says nothing; shells and loaders leave it out too.
        if !(cursor.eat("=") || cursor.eat(":")) || key.start == key.end {
            cursor.take_line();
            continue;
        }
        cursor.take_while(|c| matches!(c, ' ' | '\t'));
        let name = Name::Key(cursor.slice(key).to_owned());
        match cursor.peek() {
            Some(quote @ ('"' | '\'' | '`')) if closes(&cursor, quote) => {
                let start = cursor.at;
                let decoded = quoted(&mut cursor, quote);
                builder.scalar(root, name, key, ByteRange::new(start, cursor.at), decoded);
                let behind = cursor.take_line();
                let behind = trimmed(text, behind);
                if cursor.slice(behind).starts_with('#') {
                    builder.comments.push(behind);
                }
            }
            first => {
                let value = cursor.take_line();
                if matches!(first, Some('"' | '\'')) {
                    builder.fail(value.start, Problem::Syntax, "this text never ends");
                }
                // A comment behind a value needs a blank before it.
                let slice = cursor.slice(value);
                let comment = slice.find(" #").or_else(|| slice.find("\t#"));
                let end = comment.map_or(value.end, |at| value.start + at);
                if comment.is_some() {
                    builder.comments.push(ByteRange::new(end + 1, value.end));
                }
                let kept = trimmed(text, ByteRange::new(value.start, end));
                let decoded = cursor.slice(kept).to_owned();
                builder.scalar(root, name, key, kept, decoded);
            }
        }
    }
}

/// Whether the quote that stands here is closed somewhere.
fn closes(cursor: &Cursor<'_>, quote: char) -> bool {
    let mut escaped = false;
    cursor.rest().chars().skip(1).any(|character| {
        let closes = !escaped && character == quote;
        escaped = !escaped && character == '\\' && quote == '"';
        closes
    })
}

fn quoted(cursor: &mut Cursor<'_>, quote: char) -> String {
    cursor.next();
    let mut text = String::new();
    while let Some(character) = cursor.next() {
        if character == quote {
            break;
        }
        if character != '\\' || quote != '"' {
            text.push(character);
            continue;
        }
        match cursor.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some(other @ ('"' | '\\' | '$')) => text.push(other),
            Some(other) => text.extend(['\\', other]),
            None => {}
        }
    }
    text
}
