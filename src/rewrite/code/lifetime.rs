//! The lifetime of a token: the old endpoint gave milliseconds, the new one gives seconds, and code that knew is changed with it.

use super::draft::Draft;
use super::keep::Refusal;
use super::names::range;
use super::plan::Plan;
use crate::finding::{ByteRange, Platform};

/// Changes all arithmetic that takes the lifetime for milliseconds.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let sites: Vec<ByteRange> =
        plan.requests.iter().flat_map(|request| [Some(request.site), request.sender]).flatten().collect();
    let mut places: Vec<ByteRange> = plan
        .facts
        .lifetimes
        .iter()
        .filter(|lifetime| sites.contains(&lifetime.request))
        .map(|lifetime| lifetime.range)
        .collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    let all = places.clone();
    for place in places {
        // Of two that lie in one another the inner one says it all.
        if all.iter().any(|other| *other != place && place.contains(*other)) {
            continue;
        }
        let Some((unit, local)) = plan.subject.program.place(place) else { continue };
        let Some(source) = plan.source(unit) else { continue };
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
        let Some(mut node) = tree.root_node().descendant_for_byte_range(local.start, local.end) else { continue };
        while let Some(inner) = node.named_child(0).filter(|_| node.kind() == "parenthesized_expression") {
            node = inner;
        }
        let by_hand = || {
            format!(
                "`{}` takes the lifetime of the token for milliseconds; the new endpoint gives seconds: change it by hand",
                part(local)
            )
        };
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        let operator = node.child_by_field_name("operator").map(|operator| part(range(operator)));
        let is_thousand = |number: &str| {
            matches!(number.replace('_', "").as_str(), "1000" | "1000.0" | "1e3" | "1000L" | "1000f" | "1000d")
        };
        match (operator, left, right) {
            (Some("/" | "//"), Some(left), Some(right)) if is_thousand(part(range(right))) => {
                draft.replace(unit, ByteRange::new(left.end_byte(), right.end_byte()), "");
            }
            (Some("/" | "//"), Some(_), Some(right)) if without_thousand(part(range(right))).is_some() => {
                draft.replace(unit, range(right), without_thousand(part(range(right))).unwrap_or_default());
            }
            (Some("/" | "//"), Some(left), Some(right)) if is_named_thousand(text, part(range(right))) => {
                draft.give_up(unit, range(right));
                draft.replace(unit, ByteRange::new(left.end_byte(), right.end_byte()), "");
            }
            (Some("+"), Some(left), Some(right)) => {
                let is_lifetime = |text: &str| text.to_lowercase().contains("expir");
                let (one, other) = (part(range(left)), part(range(right)));
                let lifetime = if is_lifetime(other) && !is_lifetime(one) {
                    right
                } else if is_lifetime(one) && !is_lifetime(other) {
                    left
                } else {
                    return Err(by_hand());
                };
                let end = lifetime.end_byte();
                draft.replace(unit, ByteRange::new(end, end), " * 1000");
            }
            _ if plan.grammar.platform == Platform::Java => {
                let written = part(local);
                let units = [("plusMillis", "plusSeconds"), ("ofMillis", "ofSeconds"), ("MILLISECONDS", "SECONDS")];
                let mut found = units.iter().filter(|(old, _)| written.contains(old));
                let (Some((old, new)), None) = (found.next(), found.next()) else { return Err(by_hand()) };
                if written.matches(old).count() != 1 {
                    return Err(by_hand());
                }
                let at = local.start + written.find(old).unwrap_or_default();
                draft.replace(unit, ByteRange::new(at, at + old.len()), *new);
            }
            _ => {
                let written = part(local);
                let is_delta =
                    plan.grammar.platform == Platform::Python && written.matches("milliseconds").count() == 1;
                if !is_delta {
                    return Err(by_hand());
                }
                let at = local.start + written.find("milliseconds").unwrap_or_default();
                draft.replace(unit, ByteRange::new(at, at + "milliseconds".len()), "seconds");
            }
        }
        if let Some(place) = comment_on_milliseconds(text, local.start) {
            draft.replace(unit, place, "seconds");
        }
        draft.replaced(unit, local, "arithmetic on milliseconds", "arithmetic on seconds");
    }
    Ok(())
}

/// The word in a comment on the line before or at the end of the same one.
fn comment_on_milliseconds(text: &str, place: usize) -> Option<ByteRange> {
    let start = super::lines::line_start(text, place);
    let from = if start == 0 { 0 } else { super::lines::line_start(text, start - 1) };
    let end = super::lines::line_end(text, place);
    let comment = |line: &str| line.find(['#']).or_else(|| line.find("//"));
    for (from, to, whole) in [(from, start, true), (start, end, false)] {
        let line = &text[from..to];
        let Some(at) = comment(line).filter(|at| !whole || line[..*at].trim().is_empty()) else { continue };
        if let Some(word) = line[at..].find("milliseconds") {
            let word = from + at + word;
            return Some(ByteRange::new(word, word + "milliseconds".len()));
        }
    }
    None
}

/// A whole number of thousands, as a number of ones: `3_600_000` is `3_600`.
fn without_thousand(number: &str) -> Option<String> {
    let rest = number.strip_suffix("_000").or_else(|| number.strip_suffix("000"))?;
    let is_number = rest.chars().all(|character| character.is_ascii_digit() || character == '_');
    (is_number && rest.chars().any(|character| character.is_ascii_digit())).then(|| rest.trim_end_matches('_').to_owned())
}

/// Whether a name is set once in a file, to a thousand.
fn is_named_thousand(text: &str, name: &str) -> bool {
    let is_name = name.chars().all(|character| character.is_alphanumeric() || character == '_');
    let mut set = text.lines().map(str::trim).filter_map(|line| {
        let (left, right) = line.split_once('=')?;
        let left = left.trim_end();
        (left == name || left.ends_with(&format!(" {name}"))).then(|| right.trim().trim_end_matches(';').to_owned())
    });
    let first = set.next();
    is_name && set.next().is_none() && first.is_some_and(|value| matches!(value.as_str(), "1000" | "1_000" | "1000.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_become_ones() {
        assert_eq!(without_thousand("3_600_000").as_deref(), Some("3_600"));
        assert_eq!(without_thousand("86400000").as_deref(), Some("86400"));
        assert_eq!(without_thousand("1500"), None);
        assert!(is_named_thousand("MS = 1000\nx = y // MS\n", "MS") && !is_named_thousand("MS = 60\n", "MS"));
    }
}
