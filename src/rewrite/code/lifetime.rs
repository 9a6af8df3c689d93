//! The lifetime of a token: the old endpoint gave milliseconds, the new one gives seconds, and code that knew is changed with it.

use tree_sitter::Node;

use super::draft::Draft;
use super::keep::Refusal;
use super::names::range;
use super::plan::Plan;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};
use crate::syntax::Preorder;

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
                let Some((place, new)) = super::units::arithmetic(node, text, plan) else { return Err(by_hand()) };
                draft.replace(unit, place, new);
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
    match plan.grammar.platform {
        Platform::Java => super::units::by_name(plan, draft, &all),
        Platform::Python => super::readers::by_key(plan, draft, &all),
        Platform::Node => {}
    }
    Ok(())
}

/// Hands an answer of Node that goes further than it can be followed out with its lifetime in milliseconds, as before. Where
/// some reader has changed to seconds already, nobody may be given milliseconds.
fn multiplied(plan: &Plan<'_>, draft: &mut Draft<'_>) -> bool {
    let sites = plan.sites();
    let member = &plan.model.lifetime_member;
    if plan.facts.lifetimes.iter().any(|lifetime| sites.contains(&lifetime.request)) {
        return false;
    }
    let reads = plan.facts.reads.iter().filter(|read| sites.contains(&read.request) && read.name == *member);
    let mut places: Vec<ByteRange> = reads.map(|read| read.range).collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    let in_values: Option<Vec<Vec<(UnitId, usize)>>> = places.iter().map(|place| value_ends(plan, *place)).collect();
    let in_values: Option<Vec<(UnitId, usize)>> =
        in_values.map(|ends| ends.concat()).filter(|ends| !ends.is_empty()).or_else(|| ends_by_name(plan));
    let is_done = if let Some(ends) = in_values {
        for (unit, end) in ends {
            draft.replace(unit, ByteRange::new(end, end), " * 1000 /* milliseconds, as before */");
        }
        true
    } else if let Some((unit, place)) = draft.answer_at {
        let typed = draft.answer_type(unit);
        let more = format!(
            ".then{typed}((token) => ({{ ...token, {member}: token.{member} * 1000 /* milliseconds, as before */ }}))"
        );
        draft.extend(unit, place, &more)
    } else {
        false
    };
    if is_done {
        draft.doubts.insert(format!(
            "the answer goes further than could be followed: `{member}`, which the new endpoint gives in seconds, is handed out in \
             milliseconds as before"
        ));
    }
    is_done
}

/// The ends of the expressions of Node that read the lifetime at a place and hand it on as it is.
fn value_ends(plan: &Plan<'_>, place: ByteRange) -> Option<Vec<(UnitId, usize)>> {
    let (unit, local) = plan.subject.program.place(place)?;
    let source = plan.source(unit)?;
    let tree = source.tree.as_ref()?;
    let node = tree.root_node().descendant_for_byte_range(local.start, local.end)?;
    if node.kind() == "member_expression" && range(node) == local {
        return is_handed_on(node).then(|| vec![(unit, node.end_byte())]);
    }
    // `const { expires_in } = …`
    let item = plan.pattern_item(unit, local, &plan.model.lifetime_member)?;
    let name = range(item.child_by_field_name("value").unwrap_or(item));
    let names = super::names::Names::of(tree, source.file.text(), &plan.grammar);
    let declared = names.declarations.iter().find(|one| one.range == name)?;
    let ends: Option<Vec<(UnitId, usize)>> = names
        .mentions_of(declared)
        .map(|mention| {
            let usage = tree.root_node().descendant_for_byte_range(mention.range.start, mention.range.end)?;
            (usage.kind() == "identifier" && is_handed_on(usage)).then_some((unit, usage.end_byte()))
        })
        .collect();
    ends.filter(|ends| !ends.is_empty())
}

/// The same by the name of the member, in the file that sends, where nothing that is read of the answer could be followed.
fn ends_by_name(plan: &Plan<'_>) -> Option<Vec<(UnitId, usize)>> {
    if !plan.reads().is_empty() {
        return None;
    }
    let source = plan.source(plan.unit)?;
    let text = source.file.text();
    let members = Preorder::new(source.tree.as_ref()?.root_node()).filter(|node| {
        let property = node.child_by_field_name("property").filter(|_| node.kind() == "member_expression");
        property.and_then(|property| text.get(property.byte_range())) == Some(plan.model.lifetime_member.as_str())
    });
    let ends: Option<Vec<(UnitId, usize)>> = members
        .map(|node| {
            let sum = node.parent().filter(|parent| parent.kind() == "binary_expression");
            let is_sum = sum.is_some_and(|sum| {
                let operator = sum.child_by_field_name("operator").and_then(|one| text.get(one.byte_range()));
                let now = sum.child_by_field_name("left").and_then(|left| text.get(left.byte_range()));
                operator == Some("+")
                    && now.is_some_and(|now| matches!(now, "Date.now()" | "now" | "new Date().getTime()"))
            });
            (is_sum || is_handed_on(node)).then_some((plan.unit, node.end_byte()))
        })
        .collect();
    ends.filter(|ends| !ends.is_empty())
}

/// Whether an expression is an item of an object, a value that is given back or assigned, or an argument.
fn is_handed_on(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| match parent.kind() {
        "pair" => parent.child_by_field_name("value") == Some(node),
        "assignment_expression" => parent.child_by_field_name("right") == Some(node),
        "return_statement" | "arguments" => true,
        _ => false,
    })
}

/// Lets what goes further than it can be followed stay in milliseconds: a lifetime that is read and handed on, and an answer that
/// is handed on as a whole. Whether that settles all readers.
pub(super) fn handed_out(plan: &Plan<'_>, draft: &mut Draft<'_>) -> bool {
    if plan.grammar.platform == Platform::Node {
        return multiplied(plan, draft);
    }
    if plan.grammar.platform != Platform::Python {
        return false;
    }
    let sites = plan.sites();
    let member = &plan.model.lifetime_member;
    let is_changed = |place: ByteRange| plan.facts.lifetimes.iter().any(|lifetime| lifetime.range.contains(place));
    let mut places: Vec<ByteRange> = plan
        .facts
        .reads
        .iter()
        .filter(|read| sites.contains(&read.request) && read.name == *member && !is_changed(read.range))
        .filter(|read| !is_changed_later(plan, read.range))
        .map(|read| read.range)
        .collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    let mut settled = !places.is_empty();
    for place in places {
        settled &= handed_out_at(plan, draft, place).is_some();
    }
    if !plan.reads().iter().all(|name| plan.is_of_response(name)) {
        return settled
            && plan
                .reads()
                .iter()
                .all(|name| name == member || plan.model.token_members.contains(name) || plan.is_of_response(name));
    }
    let Some((whole, decoded)) = super::authlib::handed_back(plan) else { return false };
    let Some(source) = plan.source(plan.unit) else { return false };
    let text = source.file.text();
    let taken = |name: &&str| super::draft::has_word(text, name);
    let Some(name) = ["answer", "decoded", "token_answer"].into_iter().find(|name| !taken(name)) else { return false };
    let quote = super::keep::quote_of(text, Platform::Python, "");
    let member = super::lines::quoted(member, quote);
    let indent = super::lines::indentation(text, whole.start);
    let step = if indent.contains('\t') { "\t" } else { "    " };
    let line = super::lines::newline(text);
    draft.replace(plan.unit, ByteRange::new(whole.start, decoded.start), format!("{name} = "));
    draft.replace(
        plan.unit,
        ByteRange::new(whole.end, whole.end),
        format!(
            "{line}{indent}# The new endpoint answers in seconds; who reads this takes it for milliseconds.{line}{indent}if {member} \
             in {name}:{line}{indent}{step}{name}[{member}] *= 1000{line}{indent}return {name}"
        ),
    );
    doubt(plan, draft);
    true
}

/// Whether a read is kept in a variable which some arithmetic that changes uses: nobody may be given milliseconds then.
fn is_changed_later(plan: &Plan<'_>, read: ByteRange) -> bool {
    let Some((unit, local)) = plan.subject.program.place(read) else { return false };
    let Some((source, tree)) = plan.source(unit).and_then(|source| Some((source, source.tree.as_ref()?))) else {
        return false;
    };
    let names = super::names::Names::of(tree, source.file.text(), &plan.grammar);
    let keeps = |value: ByteRange| value.contains(local);
    let kept = names.declarations.iter().filter(|one| one.value.is_some_and(keeps));
    kept.flat_map(|kept| names.mentions_of(kept)).any(|mention| {
        plan.facts.lifetimes.iter().any(|lifetime| {
            let place = plan.subject.program.place(lifetime.range);
            place.is_some_and(|(at, lifetime)| at == unit && lifetime.contains(mention.range))
        })
    })
}

fn doubt(plan: &Plan<'_>, draft: &mut Draft<'_>) {
    draft.doubts.insert(format!(
        "`{}` is handed on in milliseconds, as before: see whether its readers could take seconds",
        plan.model.lifetime_member
    ));
}

/// One read of the lifetime whose value goes further.
fn handed_out_at(plan: &Plan<'_>, draft: &mut Draft<'_>, place: ByteRange) -> Option<()> {
    let (unit, local) = plan.subject.program.place(place)?;
    let source = plan.source(unit)?;
    let tree = source.tree.as_ref()?;
    let text = source.file.text();
    let node = tree.root_node().descendant_for_byte_range(local.start, local.end)?;
    if range(node) != local || !matches!(node.kind(), "subscript" | "call") {
        return None;
    }
    let parent = node.parent();
    let operation = parent.filter(|parent| parent.kind() == "binary_operator");
    let operator = operation.and_then(|operation| operation.child_by_field_name("operator")).map(|one| one.kind());
    let right = operation.and_then(|operation| operation.child_by_field_name("right"));
    if let (Some("/" | "//"), Some(right)) = (operator, right.filter(|right| *right != node))
        && let Some(seconds) = text.get(right.byte_range()).and_then(without_thousand)
    {
        draft.replace(unit, range(right), seconds);
        return Some(());
    }
    let arguments = node.child_by_field_name("arguments").map_or(2, |arguments| arguments.named_child_count());
    let may_be_none = node.kind() == "call" && arguments == 1;
    let in_operation = right == Some(node);
    let (before, behind) = match (may_be_none, in_operation) {
        (true, true) => ("((", " or 0) * 1000)"),
        (true, false) => ("(", " or 0) * 1000"),
        (false, true) => ("(", " * 1000)"),
        (false, false) => ("", " * 1000"),
    };
    if !before.is_empty() {
        draft.replace(unit, ByteRange::new(node.start_byte(), node.start_byte()), before);
    }
    draft.replace(unit, ByteRange::new(node.end_byte(), node.end_byte()), behind);
    let end = text[node.end_byte()..].find(['\r', '\n']).map_or(text.len(), |at| node.end_byte() + at);
    let rest = &text[node.end_byte()..end];
    if !rest.contains(['#', '\\', '"', '\'']) {
        draft.replace(unit, ByteRange::new(end, end), "  # in milliseconds, as before");
    }
    doubt(plan, draft);
    Some(())
}

/// The word in a comment on the line before or at the end of the same one.
pub(super) fn comment_on_milliseconds(text: &str, place: usize) -> Option<ByteRange> {
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
pub(super) fn without_thousand(number: &str) -> Option<String> {
    let rest = number.strip_suffix("_000").or_else(|| number.strip_suffix("000"))?;
    let is_number = rest.chars().all(|character| character.is_ascii_digit() || character == '_');
    (is_number && rest.chars().any(|character| character.is_ascii_digit()))
        .then(|| rest.trim_end_matches('_').to_owned())
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
