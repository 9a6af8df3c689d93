//! The text behind string literals: prefixes, escapes and doubled braces decoded.
//!
//! It owns what Python says about the inside of quotes and knows nothing of trees or of the intermediate form.

/// What the letters before a string's quotes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    /// `r`: backslashes are ordinary.
    raw: bool,
    /// `b`: Unicode escapes are ordinary text.
    bytes: bool,
    /// `f`: doubled braces are single ones.
    format: bool,
}

impl Prefix {
    /// Reads the beginning of a literal, prefix and quotes.
    pub(super) fn read(start: &str) -> Self {
        let has = |letter: char| start.chars().any(|found| found.eq_ignore_ascii_case(&letter));
        Self { raw: has('r'), bytes: has('b'), format: has('f') || has('t') }
    }

    /// The text that `source`, which stands between the quotes, means.
    pub(super) fn decode(self, source: &str) -> String {
        let mut decoded = String::with_capacity(source.len());
        let mut rest = source;
        while let Some(character) = rest.chars().next() {
            let after = &rest[character.len_utf8()..];
            rest = match character {
                '\\' if !self.raw => self.escape(after, &mut decoded),
                '{' | '}' if self.format && after.starts_with(character) => {
                    decoded.push(character);
                    &after[1..]
                }
                // Python reads every line break as a line feed.
                '\r' => {
                    decoded.push('\n');
                    after.strip_prefix('\n').unwrap_or(after)
                }
                _ => {
                    decoded.push(character);
                    after
                }
            };
        }
        decoded
    }

    /// Decodes the escape whose backslash stands before `rest`, and returns what follows it.
    fn escape<'source>(self, rest: &'source str, decoded: &mut String) -> &'source str {
        let Some(letter) = rest.chars().next() else {
            decoded.push('\\');
            return rest;
        };
        let after = &rest[letter.len_utf8()..];
        let simple = match letter {
            '\n' => return after,
            '\r' => return after.strip_prefix('\n').unwrap_or(after),
            '0'..='7' => return number(rest, 8, 1, 3, decoded).unwrap_or(after),
            'x' => return number(after, 16, 2, 2, decoded).unwrap_or_else(|| keep(letter, after, decoded)),
            'u' if !self.bytes => {
                return number(after, 16, 4, 4, decoded).unwrap_or_else(|| keep(letter, after, decoded));
            }
            'U' if !self.bytes => {
                return number(after, 16, 8, 8, decoded).unwrap_or_else(|| keep(letter, after, decoded));
            }
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '\'' | '"' => letter,
            // An unknown escape keeps its backslash; a named character keeps its name, since there is no table here.
            // Only the backslash is taken, so that a brace behind it is still seen.
            _ => {
                decoded.push('\\');
                return rest;
            }
        };
        decoded.push(simple);
        after
    }
}

/// Decodes between `least` and `most` digits at the beginning of `source`, and returns what follows them.
fn number<'source>(
    source: &'source str,
    radix: u32,
    least: usize,
    most: usize,
    decoded: &mut String,
) -> Option<&'source str> {
    let length = source.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
    if length < least {
        return None;
    }
    let code = u32::from_str_radix(&source[..length], radix).ok()?;
    decoded.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(&source[length..])
}

/// Keeps an escape that lacks its digits as it is written.
fn keep<'source>(letter: char, after: &'source str, decoded: &mut String) -> &'source str {
    decoded.push('\\');
    decoded.push(letter);
    after
}
