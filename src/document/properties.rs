//! Java's `.properties`, as `java.util.Properties` reads them, and OSGi's `.config` files with their typed values.

use super::model::{Builder, Kind, Name, Problem};
use super::scan::{Cursor, trimmed};
use crate::finding::ByteRange;

/// `key = value`, `key: value`, `key value`; a backslash at the end of a line goes on with the next.
pub(super) fn read(text: &str, builder: &mut Builder<'_>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    let mut cursor = Cursor::new(text);
    while !cursor.is_at_end() {
        cursor.take_while(char::is_whitespace);
        match cursor.peek() {
            None => break,
            Some('#' | '!') => {
                let comment = cursor.take_line();
                builder.comments.push(comment);
            }
            Some(_) => {
                let (key, name) = escaped(&mut cursor, |c| matches!(c, '=' | ':' | ' ' | '\t' | '\u{c}'));
                skip_separator(&mut cursor);
                let (value, decoded) = escaped(&mut cursor, |_| false);
                let kept = trimmed(text, value);
                builder.scalar(root, Name::Key(name), key, kept, decoded.trim_end().to_owned());
            }
        }
    }
}

fn skip_separator(cursor: &mut Cursor<'_>) {
    let blank = |c| matches!(c, ' ' | '\t' | '\u{c}');
    cursor.take_while(blank);
    if cursor.eat("=") || cursor.eat(":") {
        cursor.take_while(blank);
    }
}

/// A key or a value: up to a character that ends it, or the end of the logical line.
fn escaped(cursor: &mut Cursor<'_>, ends: impl Fn(char) -> bool) -> (ByteRange, String) {
    let start = cursor.at;
    let mut text = String::new();
    while let Some(character) = cursor.peek() {
        if matches!(character, '\n' | '\r') || ends(character) {
            break;
        }
        cursor.next();
        if character != '\\' {
            text.push(character);
            continue;
        }
        match cursor.next() {
            Some('\r') => {
                cursor.eat("\n");
                cursor.take_while(|c| matches!(c, ' ' | '\t' | '\u{c}'));
            }
            Some('\n') => {
                cursor.take_while(|c| matches!(c, ' ' | '\t' | '\u{c}'));
            }
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('f') => text.push('\u{c}'),
            Some('u') => match cursor.rest().get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
                Some(code) => {
                    cursor.at += 4;
                    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                None => text.push('u'),
            },
            Some(other) => text.push(other),
            None => {}
        }
    }
    (ByteRange::new(start, cursor.at), text)
}

/// `key="text"`, `key=B"true"`, `key=["a","b"]`, `key=( "a", )`; arrays go over several lines.
pub(super) fn read_osgi(text: &str, builder: &mut Builder<'_>) {
    let root = builder.document(Kind::Map, ByteRange::new(0, text.len()));
    let mut cursor = Cursor::new(text);
    while !cursor.is_at_end() {
        cursor.take_while(|c| c.is_whitespace() || c == '\\');
        match cursor.peek() {
            None => break,
            Some('#') => {
                let comment = cursor.take_line();
                builder.comments.push(comment);
                continue;
            }
            Some(_) => {}
        }
        let (key, name) = escaped(&mut cursor, |c| matches!(c, '=' | ' ' | '\t'));
        cursor.take_while(|c| matches!(c, ' ' | '\t'));
        if !cursor.eat("=") {
            builder.fail(cursor.at, Problem::Syntax, "a `=` is missing after this key");
            cursor.take_line();
            continue;
        }
        cursor.take_while(|c| matches!(c, ' ' | '\t'));
        osgi_value(&mut cursor, root, Name::Key(name), key, builder);
    }
}

fn osgi_value(cursor: &mut Cursor<'_>, parent: usize, name: Name, key: ByteRange, builder: &mut Builder<'_>) {
    let start = cursor.at;
    if cursor.rest().starts_with(|c: char| c.is_ascii_alphabetic()) && cursor.rest()[1..].starts_with(['"', '[', '(']) {
        cursor.next();
    }
    match cursor.peek() {
        Some('"') => {
            let text = osgi_text(cursor, builder);
            builder.scalar(parent, name, key, ByteRange::new(start, cursor.at), text);
        }
        Some(open @ ('[' | '(')) => {
            cursor.next();
            let close = if open == '[' { ']' } else { ')' };
            let list = builder.container(parent, name, key, start, Kind::List);
            let mut count = 0;
            loop {
                cursor.take_while(|c| c.is_whitespace() || matches!(c, '\\' | ','));
                match cursor.peek() {
                    Some('"') => {
                        let at = cursor.at;
                        let text = osgi_text(cursor, builder);
                        let range = ByteRange::new(at, cursor.at);
                        builder.scalar(list, Name::Item(count), ByteRange::new(at, at), range, text);
                        count += 1;
                    }
                    Some(found) if found == close => {
                        cursor.next();
                        break;
                    }
                    _ => {
                        builder.fail(cursor.at, Problem::Syntax, "this array is not closed");
                        cursor.take_line();
                        break;
                    }
                }
            }
            builder.close(list, cursor.at);
        }
        // What the installer would refuse is read as it stands.
        _ => {
            let range = cursor.take_line();
            let range = trimmed(cursor.text, range);
            builder.scalar(parent, name, key, range, cursor.slice(range).to_owned());
        }
    }
}

fn osgi_text(cursor: &mut Cursor<'_>, builder: &mut Builder<'_>) -> String {
    let start = cursor.at;
    cursor.next();
    let mut text = String::new();
    loop {
        match cursor.next() {
            Some('"') => return text,
            Some('\\') => match cursor.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('\n' | '\r') | None => {}
                Some(other) => text.push(other),
            },
            Some(other) => text.push(other),
            None => {
                builder.fail(start, Problem::Syntax, "this text never ends");
                return text;
            }
        }
    }
}
