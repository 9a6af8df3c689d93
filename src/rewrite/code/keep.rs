//! The same HTTP client, with the new address and the new form: the rewrite that any client can have.

use super::draft::Draft;
use super::lines::{indentation, newline, quoted};
use super::plan::Plan;
use super::scopes;
use super::slot::{Form, Slot};
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};

/// How long a line may become.
const WIDTH: usize = 99;

/// Why the rewrite cannot be made; a sentence that says what to do by hand.
pub(super) type Refusal = String;

/// Changes the address and the form of a request.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) -> Result<(), Refusal> {
    address(plan, draft, assertion_field)?;
    let fields = plan.field(assertion_field);
    if fields.is_empty() {
        return Err(format!(
            "It could not be seen where the form gets its field `{assertion_field}`: put `{}={}` and `{}` in its place",
            plan.model.grant.0, plan.model.grant.1, plan.model.scope_field
        ));
    }
    for written in fields {
        field(plan, draft, written.unit, written.slot)?;
    }
    if plan.grammar.platform == Platform::Python {
        multipart(plan, draft, assertion_field);
    }
    for secret in plan.field(&plan.model.secret_field) {
        if secret.slot.form == Form::Text {
            encode(plan, draft, secret.unit, secret.slot)?;
        }
    }
    Ok(())
}

/// A multipart form of Python, which IMS takes for no parameters, becomes a plain one: `files={"name": (None, value)}` is
/// `data={"name": value}`.
fn multipart(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) {
    let Some(source) = plan.source(plan.unit) else { return };
    let Some(tree) = &source.tree else { return };
    let text = source.file.text();
    let content = |place: ByteRange| {
        let node = tree.root_node().descendant_for_byte_range(place.start, place.end)?;
        let last = u32::try_from(node.named_child_count()).ok()?.checked_sub(1)?;
        let value = node.named_child(last).filter(|_| node.kind() == "tuple" && last > 0)?;
        text.get(value.byte_range()).map(str::to_owned)
    };
    let fields = [assertion_field, &plan.client_field, &plan.model.secret_field];
    let slots: Vec<_> = fields.iter().flat_map(|name| plan.field(name)).filter(|one| one.unit == plan.unit).collect();
    if !slots.iter().any(|one| content(one.slot.value).is_some()) {
        return;
    }
    for one in slots.iter().filter(|one| one.slot.name != ByteRange::new(0, 0)) {
        let is_assertion =
            text.get(one.slot.name.start..one.slot.name.end).is_some_and(|name| name.contains(assertion_field));
        if let Some(content) = content(one.slot.value).filter(|_| !is_assertion) {
            draft.replace(one.unit, one.slot.value, content);
        }
    }
    let call = tree.root_node().descendant_for_byte_range(plan.site.start, plan.site.end);
    let list = call.and_then(|call| call.child_by_field_name("arguments"));
    let Some(list) = list else { return };
    let mut cursor = list.walk();
    for argument in list.named_children(&mut cursor).filter(|argument| argument.kind() == "keyword_argument") {
        if let Some(name) = argument.child_by_field_name("name")
            && text.get(name.byte_range()) == Some("files")
        {
            draft.replace(plan.unit, super::names::range(name), "data");
        }
    }
}

/// Puts the new path in the place of the old one.
pub(super) fn address(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) -> Result<(), Refusal> {
    let mut paths = plan.paths();
    let configured = super::address::configured(plan, draft);
    for (unit, place, replacement) in configured.iter().flatten() {
        super::address::put(plan, draft, (*unit, *place, replacement));
        draft.replaced(*unit, *place, "the configured address", "the address of the token endpoint");
    }
    if paths.is_empty() && configured.is_some() {
        return Ok(());
    }
    if paths.is_empty() {
        paths.extend(super::declared::path(plan, assertion_field));
    }
    if paths.is_empty() {
        return Err(format!(
            "The address of the request comes from {}: set it to the new endpoint, …/{}, and change the form by hand",
            plan.address_from(),
            plan.model.path
        ));
    }
    for (unit, place) in paths {
        let Some(source) = plan.source(unit) else { continue };
        if source.tree.is_none() {
            draft.doubts.insert(format!("the address in {} is changed for everybody who reads it", source.file.path()));
        }
        draft.replace(unit, place, plan.model.path.clone());
        draft.replaced(unit, place, "the address of the JWT exchange", "the address of the token endpoint");
    }
    Ok(())
}

/// Puts the grant and the scopes in the place of the assertion.
fn field(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, slot: Slot) -> Result<(), Refusal> {
    if slot.form == Form::Parameter {
        return super::declared::field(plan, draft, unit, slot);
    }
    let Some(source) = plan.source(unit) else { return Ok(()) };
    let text = source.file.text();
    let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
    let quote = quote_of(text, plan.grammar.platform, part(slot.name));
    let (grant_field, grant) = &plan.model.grant;
    let scope = scopes::expression(plan, draft, unit, slot.unit, quote)?;
    draft.give_up(unit, slot.value);
    if plan.grammar.platform == Platform::Java && slot.form != Form::Text {
        draft.give_up(unit, slot.name);
    }
    draft.replaced(unit, slot.value, "the signed assertion", "the grant and the scopes of client credentials");
    let with = |name: &str, value: &str| {
        let name = match slot.form {
            Form::Shorthand => name.to_owned(),
            _ if part(slot.name).starts_with(['"', '\'', '`']) => {
                let quote = part(slot.name).chars().next().unwrap_or(quote);
                quoted(name, quote)
            }
            // The name stood in a constant.
            Form::Item | Form::Statement | Form::Link if plan.grammar.platform == Platform::Java => quoted(name, quote),
            _ => name.to_owned(),
        };
        // From the end, so that places stay right.
        let mut said = part(slot.unit).to_owned();
        if slot.form == Form::Shorthand {
            return format!("{name}: {value}");
        }
        said.replace_range(slot.value.start - slot.unit.start..slot.value.end - slot.unit.start, value);
        said.replace_range(slot.name.start - slot.unit.start..slot.name.end - slot.unit.start, &name);
        said
    };
    let grant = match slot.form {
        Form::Text => String::new(),
        _ => with(grant_field, &quoted(grant, quote)),
    };
    let scoped = with(&plan.model.scope_field, &scope);
    let line = newline(text);
    let indent = indentation(text, slot.unit.start);
    let starts_line = text[super::lines::line_start(text, slot.unit.start)..slot.unit.start].trim().is_empty();
    let replacement = match slot.form {
        Form::Item | Form::Shorthand if starts_line => format!("{grant},{line}{indent}{scoped}"),
        Form::Item | Form::Shorthand => match one_a_line(plan, draft, unit, slot, grant.len() + scoped.len()) {
            Some(separator) => format!("{grant},{separator}{scoped}"),
            None if is_long(plan, text, slot, grant.len() + scoped.len()) => format!("{grant},{line}{indent}{scoped}"),
            None => format!("{grant}, {scoped}"),
        },
        Form::Statement => format!("{grant}{line}{indent}{scoped}"),
        Form::Link | Form::Parameter => format!("{grant}{scoped}"),
        Form::Text => {
            let names = format!("{grant_field}={}&{}=", plan.model.grant.1, plan.model.scope_field);
            let between = &text[slot.name.end..slot.value.start];
            if let (true, Some(scopes), Platform::Node) = (between.is_empty(), &plan.scopes, plan.grammar.platform) {
                // What is known needs no hole.
                format!("{names}{}", scopes.joined)
            } else if between.is_empty() {
                format!("{names}{}", hole(plan.grammar.platform, part(slot.value), &scope))
            } else if let (Some(scopes), true) = (&plan.scopes, is_sum(plan.grammar.platform, between)) {
                // Scopes that are known go on with the text.
                format!("{names}{}\"", scopes.joined)
            } else {
                // What stands between, such as other values of a format, stays.
                draft.replace(unit, slot.name, names);
                draft.replace(unit, slot.value, operand(&scope));
                return Ok(());
            }
        }
    };
    draft.replace(unit, slot.unit, replacement);
    Ok(())
}

/// Whether a line of Python that holds nothing but items of a form would become too long.
fn is_long(plan: &Plan<'_>, text: &str, slot: Slot, new: usize) -> bool {
    let start = super::lines::line_start(text, slot.unit.start);
    let end = super::lines::line_end(text, slot.unit.end);
    let before = &text[start..slot.unit.start];
    let is_items = before.trim_start().starts_with(['"', '\'']) && !before.contains(['{', '(', '[']);
    let written = text[start..end].trim_end().chars().count() + new + 2;
    plan.grammar.platform == Platform::Python && is_items && written > WIDTH + slot.unit.end - slot.unit.start
}

/// Lets the items of a form of Python that stand on one line have a line each, where they would become too long together; what
/// stands between two of them then.
fn one_a_line(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, slot: Slot, longer: usize) -> Option<String> {
    let source = plan.source(unit).filter(|_| plan.grammar.platform == Platform::Python)?;
    let text = source.file.text();
    let root = source.tree.as_ref()?.root_node();
    let mut item = root.descendant_for_byte_range(slot.unit.start, slot.unit.end)?;
    while super::names::range(item) != slot.unit {
        item = item.parent()?;
    }
    let list = item.parent().filter(|list| matches!(list.kind(), "dictionary" | "argument_list"))?;
    let start = super::lines::line_start(text, list.start_byte());
    let end = super::lines::line_end(text, list.start_byte());
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default().max(WIDTH);
    let is_flat = list.end_byte() <= end && !text[start..end].contains('#');
    if !is_flat || text[start..end].trim_end().chars().count() + longer - (slot.unit.end - slot.unit.start) <= longest {
        return None;
    }
    let indent = indentation(text, start);
    let step = if indent.contains('\t') { "\t" } else { "    " };
    let separator = format!("{}{indent}{step}", newline(text));
    let mut cursor = list.walk();
    let items: Vec<ByteRange> = list.named_children(&mut cursor).map(super::names::range).collect();
    let (first, last) = (items.first()?, items.last()?);
    draft.replace(unit, ByteRange::new(list.start_byte() + 1, first.start), separator.clone());
    for pair in items.windows(2) {
        draft.replace(unit, ByteRange::new(pair[0].end, pair[1].start), format!(",{separator}"));
    }
    draft.replace(unit, ByteRange::new(last.end, list.end_byte() - 1), format!(",{}{indent}", newline(text)));
    Some(separator)
}

/// A hole of a template or an f-string with something else in it.
fn hole(platform: Platform, old: &str, value: &str) -> String {
    match platform {
        Platform::Node => format!("${{{value}}}"),
        _ if old.starts_with('{') => format!("{{{value}}}"),
        _ => value.to_owned(),
    }
}

/// Whether what stands between a name and its value in Java is the end of the text and a plus.
fn is_sum(platform: Platform, between: &str) -> bool {
    platform == Platform::Java && between.strip_prefix('"').is_some_and(|rest| rest.trim() == "+")
}

/// An expression as a part of a sum.
fn operand(value: &str) -> String {
    if value.contains(" || ") || value.contains(" or ") { format!("({value})") } else { value.to_owned() }
}

/// Encodes a secret that is put into a form as a text: the old ones held no sign that breaks one.
fn encode(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, slot: Slot) -> Result<(), Refusal> {
    let Some(source) = plan.source(unit) else { return Ok(()) };
    let text = source.file.text();
    let value = text.get(slot.value.start..slot.value.end).unwrap_or_default();
    if ["encode", "quote", "Encoder", "enc(", "escape"].iter().any(|known| value.contains(known)) {
        return Ok(());
    }
    let is_hole = text[slot.name.end..slot.value.start].is_empty();
    let inner = if is_hole { value.trim_start_matches(['$', '{']).trim_end_matches('}') } else { value };
    let encoded = match plan.grammar.platform {
        Platform::Node => format!("encodeURIComponent({inner})"),
        Platform::Python => {
            scopes::import(plan, draft, unit, "urllib.parse");
            format!("urllib.parse.quote({inner}, safe=\"\")")
        }
        Platform::Java => super::java::encoded(plan, draft, unit, slot.value, inner)?,
    };
    let replacement = if is_hole { hole(plan.grammar.platform, value, &encoded) } else { encoded };
    draft.replace(unit, slot.value, replacement);
    Ok(())
}

/// The quotes that a file uses, as a name beside the new text shows, else as most of its strings do.
pub(super) fn quote_of(text: &str, platform: Platform, beside: &str) -> char {
    match beside.chars().next() {
        _ if platform == Platform::Java => '"',
        Some(quote @ ('"' | '\'')) => quote,
        _ if text.matches('\'').count() > text.matches('"').count() => '\'',
        _ => '"',
    }
}
