//! Type hints: from the text of a hint to the one name that it stands for.
//!
//! Hints are read as text, since the grammar has several shapes for the same hint and a quoted hint is only a string.

use super::super::ir::Name;

/// The name of a hint without type arguments: `X` for `X`, `"X"`, `Optional[X]` and `X | None`, the outer name for
/// other subscripts, nothing for what has no single name.
pub(super) fn declared_type(hint: &str) -> Option<Name> {
    let compact: String = hint.chars().filter(|character| !character.is_whitespace()).collect();
    single_name(&compact).map(Into::into)
}

/// The same for a hint without blanks. Each round takes a layer off, so that this ends.
fn single_name(mut hint: &str) -> Option<&str> {
    loop {
        if let Some(inner) = unquoted(hint) {
            hint = inner;
            continue;
        }
        if let Some(present) = only_present(split_outside_brackets(hint, '|'))? {
            hint = present;
            continue;
        }
        let Some((outer, arguments)) = hint.strip_suffix(']').and_then(|open| open.split_once('[')) else {
            return is_dotted_name(hint).then_some(hint).filter(|name| *name != "None");
        };
        let mut arguments = split_outside_brackets(arguments, ',');
        hint = match outer.rsplit('.').next().unwrap_or(outer) {
            "Optional" | "Annotated" | "Final" | "ClassVar" | "InitVar" | "Required" | "NotRequired" => {
                arguments.into_iter().next()?
            }
            "Union" => {
                arguments.retain(|argument| *argument != "None");
                if arguments.len() == 1 { arguments[0] } else { outer }
            }
            _ => outer,
        };
    }
}

/// The one alternative of a union that is not `None`. The outer nothing: there are several; the inner: no union.
fn only_present(mut alternatives: Vec<&str>) -> Option<Option<&str>> {
    if alternatives.len() < 2 {
        return Some(None);
    }
    alternatives.retain(|alternative| *alternative != "None");
    if alternatives.len() == 1 { Some(Some(alternatives[0])) } else { None }
}

/// What stands inside the quotes of a hint that is one string.
fn unquoted(hint: &str) -> Option<&str> {
    let quote = hint.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let inner = hint[1..].strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

/// Splits at a separator that stands in no bracket.
fn split_outside_brackets(hint: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (position, character) in hint.char_indices() {
        match character {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ if character == separator && depth == 0 => {
                parts.push(&hint[start..position]);
                start = position + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&hint[start..]);
    parts
}

/// Whether this is an identifier or several with dots between them.
fn is_dotted_name(hint: &str) -> bool {
    hint.split('.').all(|segment| {
        segment.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && segment.chars().all(|character| character.is_alphanumeric() || character == '_')
    })
}
