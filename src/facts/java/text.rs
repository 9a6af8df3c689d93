//! String, character and text block literals: from the source text to the value.
//!
//! It owns Java's escapes and the indentation rule of text blocks; it knows no nodes.

/// The value of a string, character or text block literal with its quotes.
pub(super) fn literal(source: &str) -> String {
    if let Some(body) = source.strip_prefix("\"\"\"") {
        let body = body.strip_suffix("\"\"\"").unwrap_or(body);
        return unescape(&without_indentation(body));
    }
    let quote = if source.starts_with('\'') { '\'' } else { '"' };
    let body = source.strip_prefix(quote).unwrap_or(source);
    // A literal that the parser had to close itself has no quote at its end.
    unescape(body.strip_suffix(quote).unwrap_or(body))
}

/// The body of a text block with its incidental white space taken away, as the language defines it: the smallest
/// indentation of all lines that are not blank, the closing delimiter's line counting even when it is.
fn without_indentation(body: &str) -> String {
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    // What follows the opening delimiter on its line is white space and no content.
    let content = body.split_once('\n').map_or(body.as_str(), |(_, content)| content);
    let lines: Vec<&str> = content.split('\n').collect();
    let last = lines.len() - 1;
    let indentation = lines
        .iter()
        .enumerate()
        .filter(|(index, line)| *index == last || !line.trim().is_empty())
        .map(|(_, line)| line.chars().take_while(|character| character.is_whitespace()).count())
        .min()
        .unwrap_or_default();
    let stripped: Vec<&str> = lines
        .iter()
        .map(|line| match line.char_indices().nth(indentation) {
            Some((start, _)) => line[start..].trim_end(),
            None => "",
        })
        .collect();
    stripped.join("\n")
}

/// Decodes escapes. An escape that is none stays as it is written.
pub(super) fn unescape(source: &str) -> String {
    let mut value = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(position) = rest.find('\\') {
        value.push_str(&rest[..position]);
        rest = &rest[position + 1..];
        rest = escape(rest, &mut value);
    }
    value.push_str(rest);
    value
}

/// Decodes one escape behind its backslash and gives what follows.
fn escape<'text>(rest: &'text str, value: &mut String) -> &'text str {
    let Some(first) = rest.chars().next() else {
        value.push('\\');
        return rest;
    };
    let behind = &rest[first.len_utf8()..];
    let plain = match first {
        'b' => '\u{8}',
        's' => ' ',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        '"' | '\'' | '\\' => first,
        // A line that goes on: text blocks only.
        '\n' => return behind,
        '\r' => return behind.strip_prefix('\n').unwrap_or(behind),
        '0'..='7' => return octal(rest, value),
        'u' => return unicode(rest, value),
        _ => {
            value.push('\\');
            first
        }
    };
    value.push(plain);
    behind
}

/// `\0` to `\377`: three digits only where the value still fits a byte.
fn octal<'text>(rest: &'text str, value: &mut String) -> &'text str {
    let longest = if rest.starts_with(['0', '1', '2', '3']) { 3 } else { 2 };
    let length = rest.bytes().take(longest).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let code = rest.bytes().take(length).fold(0_u32, |code, byte| code * 8 + u32::from(byte - b'0'));
    value.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    &rest[length..]
}

/// `u0041`, with any number of `u`; two surrogates in a row are one character.
fn unicode<'text>(rest: &'text str, value: &mut String) -> &'text str {
    let Some((unit, behind)) = code_unit(rest) else {
        value.push_str("\\u");
        return &rest[1..];
    };
    if let Some(character) = char::from_u32(u32::from(unit)) {
        // The language reads these before it reads strings: a backslash written so begins an escape itself.
        if character == '\\' {
            return escape(behind, value);
        }
        value.push(character);
        return behind;
    }
    let pair = behind.strip_prefix('\\').and_then(code_unit);
    if let Some((low, after)) = pair
        && let Some(Ok(character)) = char::decode_utf16([unit, low]).next()
    {
        value.push(character);
        return after;
    }
    value.push(char::REPLACEMENT_CHARACTER);
    behind
}

/// Reads `uXXXX` and gives the code unit with what follows.
fn code_unit(rest: &str) -> Option<(u16, &str)> {
    let digits = rest.strip_prefix('u')?.trim_start_matches('u');
    let four = digits.get(..4).filter(|four| four.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((u16::from_str_radix(four, 16).ok()?, &digits[4..]))
}
