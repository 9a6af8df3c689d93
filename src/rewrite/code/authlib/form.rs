//! The form that a request of Python sends: where it is built, and which fields it has.

use tree_sitter::Node;

use super::super::keep::Refusal;
use super::super::names::{Declaration, Kind, range};
use super::site::{Arguments, Place, first_line};
use crate::finding::ByteRange;
use crate::rules::targets::ClientModel;
use crate::syntax::Preorder;

/// The form: a dictionary or a text in the call, or a variable that holds nothing else.
pub(super) fn read(
    place: &Place<'_>,
    call: Node<'_>,
    value: Node<'_>,
    model: &ClientModel,
    into: &mut Arguments,
) -> Result<(), Refusal> {
    if is_form(place, value) {
        return fields(place, value, into);
    }
    if let Some(encoded) = encoded(place, value, model) {
        return read(place, call, encoded, model, into);
    }
    if value.kind() != "identifier" {
        return Err(format!("the form is put together in another way: `{}`", first_line(place.of(value))));
    }
    let is_right = |node: Node<'_>| is_form(place, node) || encoded(place, node, model).is_some();
    let around: Vec<ByteRange> = into.statements.iter().copied().chain([range(call)]).collect();
    let statements = variable(place, &around, value, "form", is_right)?;
    into.given_up.push(range(value));
    let Some((first, more)) = statements.split_first() else { return Ok(()) };
    for statement in more {
        let assignment = place.node(*statement).and_then(|statement| match statement.kind() {
            "assignment" => Some(statement),
            _ => statement.named_child(0),
        });
        let key =
            assignment.and_then(|assignment| assignment.child_by_field_name("left")?.child_by_field_name("subscript"));
        into.fields.push(name(place, key)?);
    }
    let assigned = place.node(*first).and_then(|statement| {
        let assignment = if statement.kind() == "assignment" { statement } else { statement.named_child(0)? };
        assignment.child_by_field_name("right")
    });
    into.statements.extend(statements);
    let assigned = assigned.ok_or("the form could not be read")?;
    match encoded(place, assigned, model) {
        Some(encoded) => read(place, call, encoded, model, into),
        None => fields(place, assigned, into),
    }
}

/// The names of the fields that are written in a form.
fn fields(place: &Place<'_>, form: Node<'_>, into: &mut Arguments) -> Result<(), Refusal> {
    let mut cursor = form.walk();
    match form.kind() {
        "dictionary" => {
            for item in form.named_children(&mut cursor).filter(|child| child.kind() != "comment") {
                into.fields.push(name(place, item.child_by_field_name("key"))?);
            }
        }
        "call" if place.grammar.called(form, place.text) == "dict" => {
            let list = form.child_by_field_name("arguments").ok_or("the form could not be read")?;
            for item in list.named_children(&mut cursor).filter(|child| child.kind() != "comment") {
                let key = item.child_by_field_name("name").ok_or("the form may have any field")?;
                into.fields.push(place.of(key).to_owned());
            }
        }
        // In a text a name stands before its sign.
        _ => {
            for string in Preorder::new(form).filter(|node| node.kind() == "string_content") {
                for piece in place.of(string).split('&').filter(|piece| piece.contains('=')) {
                    into.fields.push(piece.split('=').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    Ok(())
}

/// The name that a literal key gives a field.
fn name(place: &Place<'_>, key: Option<Node<'_>>) -> Result<String, Refusal> {
    let key = key.ok_or("the form may have any field")?;
    match key.kind() {
        "string" => Ok(place.of(key).trim_start_matches(['b', 'u', 'r']).trim_matches(['"', '\'']).to_owned()),
        _ => Err(format!("a field of the form has a name that is not known: `{}`", place.of(key))),
    }
}

/// Whether the fields of a form are written in an expression itself.
fn is_form(place: &Place<'_>, node: Node<'_>) -> bool {
    match node.kind() {
        "dictionary" | "binary_operator" | "concatenated_string" | "string" => true,
        "parenthesized_expression" => node.named_child(0).is_some_and(|inner| is_form(place, inner)),
        "call" => place.grammar.callee(node).is_some_and(|callee| {
            let object =
                callee.child_by_field_name("object").filter(|_| place.grammar.called(node, place.text) == "format");
            place.of(callee) == "dict" || object.is_some_and(|object| is_form(place, object))
        }),
        _ => false,
    }
}

/// The form that a function makes a text of: `urlencode(form)`.
fn encoded<'tree>(place: &Place<'_>, node: Node<'tree>, model: &ClientModel) -> Option<Node<'tree>> {
    let is_encoder =
        node.kind() == "call" && model.encoders.iter().any(|encoder| encoder == place.grammar.called(node, place.text));
    let list = node.child_by_field_name("arguments").filter(|_| is_encoder)?;
    list.named_child(0).filter(|first| first.kind() != "keyword_argument" && list.named_child_count() == 1)
}

/// The statements that build a variable which is used nowhere but in some places.
pub(super) fn variable(
    place: &Place<'_>,
    around: &[ByteRange],
    name: Node<'_>,
    what: &str,
    is_right: impl Fn(Node<'_>) -> bool,
) -> Result<Vec<ByteRange>, Refusal> {
    let shown = place.of(name);
    let otherwise = || format!("the {what} `{shown}` is used for something else too");
    let declared = place.mention(name).map(|mention| place.names.declarations_of(mention)).unwrap_or_default();
    let unseen = || format!("where the {what} `{shown}` comes from could not be seen");
    let declaration = set(place, &declared, range(name)).ok_or_else(unseen)?;
    let next = declared.iter().map(|one| place.names.declarations[*one].range.start);
    let next = next.filter(|start| *start > declaration.range.end).min().unwrap_or(place.text.len());
    let value = declaration.value.and_then(|value| place.node(value));
    if declaration.kind != Kind::Variable || !value.is_some_and(is_right) {
        return Err(format!("the {what} `{shown}` is put together in another way"));
    }
    if around.iter().any(|around| place.function(declaration.unit) != place.function(*around)) {
        return Err(otherwise());
    }
    let mut statements = vec![declaration.unit];
    let own = ByteRange::new(declaration.range.start, next);
    for mention in place.names.mentions_of(declaration).filter(|mention| own.contains(mention.range)) {
        let is_around = around.iter().any(|around| around.contains(mention.range));
        if is_around || declaration.unit.contains(mention.range) {
            continue;
        }
        // `form["name"] = value`
        let subscript = place.node(mention.range).and_then(|node| node.parent());
        let assignment = subscript.filter(|node| node.kind() == "subscript").and_then(|node| node.parent());
        let statement = assignment.filter(|node| node.kind() == "assignment").and_then(|node| node.parent());
        match statement {
            Some(statement) if assignment.and_then(|node| node.child_by_field_name("left")) == subscript => {
                statements.push(range(statement));
            }
            _ => return Err(otherwise()),
        }
    }
    Ok(statements)
}

/// The assignment that gave a variable the value that it has at a place: the only one, or the last before it in a block around it.
fn set<'p>(place: &'p Place<'_>, declared: &[usize], at: ByteRange) -> Option<&'p Declaration> {
    let all = || declared.iter().map(|one| &place.names.declarations[*one]);
    if let [only] = declared[..] {
        return Some(&place.names.declarations[only]);
    }
    let last = all().filter(|one| one.range.end <= at.start).max_by_key(|one| one.range.start)?;
    let block = place.node(last.unit).and_then(|unit| place.grammar.statement(unit)?.parent())?;
    // In a loop a later one may come before it.
    let mut outer = Some(block);
    while let Some(here) = outer.filter(|here| here.kind() != "function_definition") {
        if matches!(here.kind(), "for_statement" | "while_statement") {
            return None;
        }
        outer = here.parent();
    }
    range(block).contains(at).then_some(last)
}
