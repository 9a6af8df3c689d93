//! From the written form of strings to their values: quotes, escapes, character references.
//!
//! Pure functions over text. What cannot be decoded stays as it is written.

use std::iter::Peekable;
use std::str::Chars;

/// The value of a quoted string.
pub(super) fn string_value(written: &str) -> Box<str> {
    unescaped(without_quotes(written)).into()
}

/// The value of a stretch of a template: escapes as in strings, and any line break is one `\n`.
pub(super) fn template_value(written: &str) -> Box<str> {
    if written.contains('\r') {
        unescaped(&written.replace("\r\n", "\n").replace('\r', "\n")).into()
    } else {
        unescaped(written).into()
    }
}

/// The value of a quoted JSX attribute, which knows character references in place of escapes.
pub(super) fn attribute_value(written: &str) -> Box<str> {
    let inner = without_quotes(written);
    let mut value = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(start) = rest.find('&') {
        value.push_str(&rest[..start]);
        rest = &rest[start..];
        let referred = rest.find(';').and_then(|end| Some((end, referred_character(&rest[1..end])?)));
        match referred {
            Some((end, character)) => {
                value.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                value.push('&');
                rest = &rest[1..];
            }
        }
    }
    value.push_str(rest);
    value.into()
}

/// Takes the quotes off; the closing one may be missing in a broken file.
fn without_quotes(written: &str) -> &str {
    let Some(quote) = written.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else {
        return written;
    };
    let inner = &written[quote.len_utf8()..];
    inner.strip_suffix(quote).unwrap_or(inner)
}

/// Decodes the escapes of a string.
fn unescaped(written: &str) -> String {
    if !written.contains('\\') {
        return written.to_owned();
    }
    let mut value = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' {
            decode_escape(&mut characters, &mut value);
        } else {
            value.push(character);
        }
    }
    value
}

/// Decodes one escape, whose backslash is already taken.
fn decode_escape(characters: &mut Peekable<Chars<'_>>, value: &mut String) {
    let Some(character) = characters.next() else {
        value.push('\\');
        return;
    };
    match character {
        'n' => value.push('\n'),
        't' => value.push('\t'),
        'r' => value.push('\r'),
        'b' => value.push('\u{8}'),
        'f' => value.push('\u{c}'),
        'v' => value.push('\u{b}'),
        '0'..='7' => decode_octal(character, characters, value),
        'x' => match hexadecimal(characters, 2) {
            Some(code) => push_code(code, value),
            None => value.push('x'),
        },
        'u' => decode_unicode(characters, value),
        // A backslash before a line break continues the string on the next line.
        '\r' => {
            characters.next_if_eq(&'\n');
        }
        '\n' | '\u{2028}' | '\u{2029}' => {}
        other => value.push(other),
    }
}

/// `\0` and the octal escapes of sloppy mode, of which at most three digits count.
fn decode_octal(first: char, characters: &mut Peekable<Chars<'_>>, value: &mut String) {
    let mut code = first.to_digit(8).unwrap_or(0);
    let further = if first <= '3' { 2 } else { 1 };
    for _ in 0..further {
        let Some(digit) = characters.peek().and_then(|next| next.to_digit(8)) else { break };
        characters.next();
        code = code * 8 + digit;
    }
    push_code(code, value);
}

/// `\uHHHH`, two of them for a character outside the first plane, and `\u{H}`.
fn decode_unicode(characters: &mut Peekable<Chars<'_>>, value: &mut String) {
    if characters.peek() == Some(&'{') {
        let mut ahead = characters.clone();
        ahead.next();
        let digits: String = ahead.by_ref().take_while(|next| *next != '}').collect();
        match u32::from_str_radix(&digits, 16) {
            Ok(code) => {
                push_code(code, value);
                *characters = ahead;
            }
            Err(_) => value.push('u'),
        }
        return;
    }
    let Some(first) = hexadecimal(characters, 4) else {
        value.push('u');
        return;
    };
    if (0xD800..0xDC00).contains(&first) {
        let mut ahead = characters.clone();
        if ahead.next() == Some('\\') && ahead.next() == Some('u') {
            let second = hexadecimal(&mut ahead, 4).filter(|code| (0xDC00..0xE000).contains(code));
            if let Some(second) = second {
                push_code(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), value);
                *characters = ahead;
                return;
            }
        }
    }
    push_code(first, value);
}

/// Takes exactly `count` hexadecimal digits, or none at all.
fn hexadecimal(characters: &mut Peekable<Chars<'_>>, count: usize) -> Option<u32> {
    let mut ahead = characters.clone();
    let mut code = 0;
    for _ in 0..count {
        code = code * 16 + ahead.next()?.to_digit(16)?;
    }
    *characters = ahead;
    Some(code)
}

/// Adds the character of a code; half of a surrogate pair has none in UTF-8.
fn push_code(code: u32, value: &mut String) {
    value.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// The character that a reference such as `&amp;` stands for. Of the named ones only those that XML has are known.
fn referred_character(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
