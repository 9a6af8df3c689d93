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
        draft.replaced(unit, local, "arithmetic on milliseconds", "arithmetic on seconds");
    }
    Ok(())
}
