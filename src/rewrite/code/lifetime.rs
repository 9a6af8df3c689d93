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
    match plan.grammar.platform {
        Platform::Java => by_name(plan, draft, &all),
        Platform::Python => by_key(plan, draft, &all),
        Platform::Node => {}
    }
    Ok(())
}

/// Readers of the lifetime in Python that were not followed to the request, by the key that the endpoint gives it, in the file of
/// the request: where they plainly take it for milliseconds they change too. They are for a reviewer in any case.
fn by_key(plan: &Plan<'_>, draft: &mut Draft<'_>, known: &[ByteRange]) {
    let Some(source) = plan.source(plan.unit) else { return };
    let Some(tree) = &source.tree else { return };
    let text = source.file.text();
    let is_known = |place: ByteRange| {
        let read = plan.facts.reads.iter().map(|read| read.range);
        known.iter().copied().chain(read).any(|known| {
            plan.subject.program.place(known).is_some_and(|(at, local)| at == plan.unit && local.contains(place))
        })
    };
    let member = &plan.model.lifetime_member;
    let quoted = [format!("\"{member}\""), format!("'{member}'")];
    for leaf in Preorder::new(tree.root_node()).filter(|node| matches!(node.kind(), "string" | "identifier")) {
        let written = text.get(leaf.byte_range()).unwrap_or_default();
        if !quoted.iter().any(|quoted| written == quoted) && written != member {
            continue;
        }
        let Some(parent) = leaf.parent() else { continue };
        let read = match parent.kind() {
            "subscript" => Some(parent),
            "attribute" if parent.child_by_field_name("attribute") == Some(leaf) => Some(parent),
            "argument_list" => parent.parent().filter(|call| plan.grammar.called(*call, text) == "get"),
            _ => None,
        };
        let Some(read) = read.filter(|read| !is_known(range(*read))) else { continue };
        let mut whole = read;
        while let Some(outer) = whole.parent().filter(|outer| {
            outer.kind() == "parenthesized_expression"
                || (outer.kind() == "argument_list" && outer.named_child_count() == 1)
                || (outer.kind() == "call"
                    && outer
                        .child_by_field_name("function")
                        .is_some_and(|function| matches!(&text[function.byte_range()], "int" | "float")))
        }) {
            whole = outer;
        }
        let named = whole.parent().filter(|outer| outer.kind() == "keyword_argument");
        if let Some(name) = named.and_then(|named| named.child_by_field_name("name"))
            && &text[name.byte_range()] == "milliseconds"
        {
            draft.replace(plan.unit, range(name), "seconds");
            draft.replaced(plan.unit, range(whole), "a time span in milliseconds", "one in seconds");
            continue;
        }
        let Some(operation) = whole.parent().filter(|outer| outer.kind() == "binary_operator") else { continue };
        let (Some(left), Some(right)) = (operation.child_by_field_name("left"), operation.child_by_field_name("right"))
        else {
            continue;
        };
        let operator = text[left.end_byte()..right.start_byte()].trim();
        let number = text[right.byte_range()].replace('_', "");
        let rest = ByteRange::new(left.end_byte(), right.end_byte());
        match (operator, number.as_str()) {
            ("/" | "//", "1000" | "1000.0" | "1e3") | ("*", "0.001" | ".001") if left == whole => {
                draft.replace(plan.unit, rest, "");
            }
            ("/" | "//", _) if left == whole && without_thousand(&text[right.byte_range()]).is_some() => {
                let seconds = without_thousand(&text[right.byte_range()]).unwrap_or_default();
                draft.replace(plan.unit, range(right), seconds);
            }
            _ => continue,
        }
        if let Some(place) = comment_on_milliseconds(text, operation.start_byte()) {
            draft.replace(plan.unit, place, "seconds");
        }
        draft.replaced(plan.unit, range(operation), "arithmetic on milliseconds", "arithmetic on seconds");
    }
}

/// Readers of the lifetime in Java that were not followed to the request, by the name that the endpoint gives it: where they
/// plainly take it for milliseconds they change too. They are for a reviewer in any case.
fn by_name(plan: &Plan<'_>, draft: &mut Draft<'_>, known: &[ByteRange]) {
    for (source, number) in plan.subject.sources.iter().zip(0_u32..) {
        let unit = UnitId(number);
        let Some(tree) = &source.tree else { continue };
        let text = source.file.text();
        let is_known = |place: ByteRange| {
            known.iter().any(|known| {
                plan.subject.program.place(*known).is_some_and(|(at, local)| at == unit && local.contains(place))
            })
        };
        let mut readers: Vec<ByteRange> = Vec::new();
        let name = format!("\"{}\"", plan.model.lifetime_member);
        for node in Preorder::new(tree.root_node()) {
            if node.kind() != "string_literal" || text.get(node.byte_range()) != Some(name.as_str()) {
                continue;
            }
            let field = annotated(node).and_then(|field| field.child_by_field_name("declarator"));
            match field.and_then(|declarator| declarator.child_by_field_name("name")) {
                // A field that a mapper fills is read by its name.
                Some(name) => readers.extend(
                    Preorder::new(tree.root_node())
                        .filter(|other| other.kind() == "identifier" && other.start_byte() != name.start_byte())
                        .filter(|other| text.get(other.byte_range()) == text.get(name.byte_range()))
                        .map(range),
                ),
                None => readers.push(range(node)),
            }
        }
        for reader in readers.into_iter().filter(|reader| !is_known(*reader)) {
            let Some(node) = tree.root_node().descendant_for_byte_range(reader.start, reader.end) else { continue };
            if let Some((place, new)) = in_seconds(node, text) {
                draft.replace(unit, place, new);
                draft.replaced(unit, reader, "arithmetic on milliseconds", "arithmetic on seconds");
            }
        }
    }
}

/// The field whose annotation a text stands in.
fn annotated(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while !matches!(node.kind(), "method_invocation" | "block" | "class_body") {
        node = node.parent()?;
        if node.kind() == "field_declaration" {
            return Some(node);
        }
    }
    None
}

/// What is changed so that a reader takes seconds, where it plainly takes milliseconds.
fn in_seconds(reader: Node<'_>, text: &str) -> Option<(ByteRange, String)> {
    let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
    let mut node = reader;
    // From the name to the end of the chain that reads it, and what a unit is said by.
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "method_invocation" | "argument_list" | "parenthesized_expression" | "cast_expression" => {
                let name = outer.child_by_field_name("name").map(range);
                let is_argument =
                    outer.kind() == "method_invocation" && outer.child_by_field_name("object") != Some(node);
                let unit = outer.child_by_field_name("object").map(range).filter(|_| is_argument);
                match (name.map(part), unit.map(part)) {
                    (Some("toSeconds"), Some(unit)) if unit.ends_with("MILLISECONDS") => {
                        let argument = outer.child_by_field_name("arguments")?.named_child(0)?;
                        return Some((range(outer), part(range(argument)).to_owned()));
                    }
                    (Some(_), Some(unit)) if unit.ends_with("MILLISECONDS") => {
                        let place = outer.child_by_field_name("object").map(range)?;
                        let start = place.end - "MILLISECONDS".len();
                        return Some((ByteRange::new(start, place.end), "SECONDS".to_owned()));
                    }
                    (Some("plusMillis"), Some(_)) => return Some((name?, "plusSeconds".to_owned())),
                    (Some("ofMillis"), Some(_)) => return Some((name?, "ofSeconds".to_owned())),
                    _ => {}
                }
                node = outer;
            }
            "binary_expression" => {
                let (left, right) = (outer.child_by_field_name("left")?, outer.child_by_field_name("right")?);
                let operator = outer.child_by_field_name("operator").map(|operator| part(range(operator)))?;
                let number = part(range(right)).replace('_', "");
                if operator == "/" && left == node && matches!(number.as_str(), "1000" | "1000L" | "1000.0") {
                    return Some((ByteRange::new(left.end_byte(), right.end_byte()), String::new()));
                }
                let other = part(range(if left == node { right } else { left }));
                let is_clock = other.contains("currentTimeMillis()")
                    || other.contains("toEpochMilli()")
                    || text.contains(&format!("long {other} = System.currentTimeMillis();"));
                if operator == "+" && is_clock {
                    return Some((ByteRange::new(node.end_byte(), node.end_byte()), " * 1000".to_owned()));
                }
                return None;
            }
            // What is handed out under a name that says milliseconds stays so.
            "return_statement" => {
                let name = super::java::method(outer)?.child_by_field_name("name").map(range)?;
                let end = ByteRange::new(node.end_byte(), node.end_byte());
                return part(name).contains("Millis").then(|| (end, " * 1000".to_owned()));
            }
            _ => return None,
        }
    }
    None
}

/// Hands an answer of Node that goes further than it can be followed out with its lifetime in milliseconds, as before. Where
/// some reader has changed to seconds already, nobody may be given milliseconds.
fn multiplied(plan: &Plan<'_>, draft: &mut Draft<'_>) -> bool {
    let sites = plan.sites();
    let member = &plan.model.lifetime_member;
    if !plan.facts.lifetimes.iter().any(|lifetime| sites.contains(&lifetime.request))
        && let Some((unit, place)) = draft.answer_at
    {
        let more = format!(
            ".then((token) => ({{ ...token, {member}: token.{member} * 1000 /* milliseconds, as before */ }}))"
        );
        if draft.extend(unit, place, &more) {
            draft.doubts.insert(format!(
                "the answer goes further than could be followed: `{member}`, which the new endpoint gives in seconds, is handed out in \
                 milliseconds as before"
            ));
            return true;
        }
    }
    false
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
        .map(|read| read.range)
        .collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup();
    let mut settled = !places.is_empty();
    for place in places {
        settled &= handed_out_at(plan, draft, place).is_some();
    }
    if !plan.reads().is_empty() {
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
