//! Where a named value of a request is written: the place of its name, of its value, and what has to be repeated to say another.

use tree_sitter::Node;

use super::grammar::Grammar;
use super::names::range;
use crate::finding::{ByteRange, Platform};

/// A named value, as it is written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The name: a key, a string, or the part of a text that ends with `=`.
    pub(super) name: ByteRange,
    /// The value.
    pub(super) value: ByteRange,
    /// What says this value and nothing else.
    pub(super) unit: ByteRange,
    /// What the unit is.
    pub(super) form: Form,
}

/// How a named value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// An item of a list: `name: value`, `("name", value)`, `new Pair("name", value)`.
    Item,
    /// A statement: `form.append("name", value)`, `form["name"] = value`.
    Statement,
    /// A link of a chain of calls: `.add("name", value)`.
    Link,
    /// A name that is its own value: `{ name }`.
    Shorthand,
    /// A part of a text: `"…&name=" + value`.
    Text,
    /// A parameter of Java with the name in an annotation: `@Field("name") String value`.
    Parameter,
}

/// The slot whose name stands at a place. `written` is the name.
pub(super) fn slot(root: Node<'_>, text: &str, grammar: Grammar, place: ByteRange, written: &str) -> Option<Slot> {
    let mut name = root.descendant_for_byte_range(place.start, place.end)?;
    // From the content of a string to the string.
    while let Some(parent) = name.parent()
        && grammar.is_string(parent)
        && parent.kind() != "template_string"
        && !grammar.is_string(name)
    {
        name = parent;
    }
    if name.kind() == "shorthand_property_identifier" {
        let here = range(name);
        return Some(Slot { name: here, value: here, unit: here, form: Form::Shorthand });
    }
    // `dict(name=value)`: the place is the whole call.
    if name.kind() == "call" && range(name) == place {
        let mut cursor = name.walk();
        let list = name.child_by_field_name("arguments")?;
        let of_name = |argument: &Node<'_>| {
            let name = argument.child_by_field_name("name").filter(|_| argument.kind() == "keyword_argument");
            name.and_then(|name| text.get(name.byte_range())) == Some(written)
        };
        let argument = list.named_children(&mut cursor).find(of_name)?;
        let (own, value) = (argument.child_by_field_name("name")?, argument.child_by_field_name("value")?);
        return Some(Slot { name: range(own), value: range(value), unit: range(argument), form: Form::Item });
    }
    let bare = text.get(name.byte_range())?.trim_matches(['"', '\'', '`']);
    if bare != written {
        return of_text(root, text, grammar, place, written);
    }
    let parent = name.parent()?;
    match parent.kind() {
        "pair" => {
            let value = parent.child_by_field_name("value").filter(|value| *value != name)?;
            Some(Slot { name: range(name), value: range(value), unit: range(parent), form: Form::Item })
        }
        "keyword_argument" => {
            let value = parent.child_by_field_name("value")?;
            Some(Slot { name: range(name), value: range(value), unit: range(parent), form: Form::Item })
        }
        "computed_property_name" => {
            let pair = parent.parent()?;
            let value = pair.child_by_field_name("value")?;
            Some(Slot { name: range(name), value: range(value), unit: range(pair), form: Form::Item })
        }
        "subscript_expression" | "subscript" | "member_expression" | "array_access" => {
            let assignment = parent.parent()?;
            let value = assignment.child_by_field_name("right")?;
            let statement = grammar.statement(assignment)?;
            Some(Slot { name: range(name), value: range(value), unit: range(statement), form: Form::Statement })
        }
        "array" | "tuple" | "list" | "arguments" | "argument_list" | "array_initializer" => {
            let value = next_of(name)?;
            if is_map_of(parent, name, text, grammar) {
                let unit = ByteRange::new(name.start_byte(), value.end_byte());
                return Some(Slot { name: range(name), value: range(value), unit, form: Form::Item });
            }
            let (unit, form) = unit_of(parent, grammar)?;
            Some(Slot { name: range(name), value: range(value), unit, form })
        }
        _ => {
            let (unit, value) = super::declared::parameter(name)?;
            Some(Slot { name: range(name), value: range(value), unit: range(unit), form: Form::Parameter })
        }
    }
}

/// The item behind another one.
fn next_of(node: Node<'_>) -> Option<Node<'_>> {
    let mut next = node.next_named_sibling();
    while let Some(here) = next {
        if !here.kind().contains("comment") {
            return next;
        }
        next = here.next_named_sibling();
    }
    None
}

/// Whether a name is a key among the names and values of `Map.of(…)`.
fn is_map_of(list: Node<'_>, name: Node<'_>, text: &str, grammar: Grammar) -> bool {
    let Some(call) = list.parent().filter(|call| call.kind() == "method_invocation") else { return false };
    let receiver = grammar.receiver(call).and_then(|receiver| text.get(receiver.byte_range())).unwrap_or_default();
    let mut cursor = list.walk();
    let items: Vec<Node<'_>> =
        list.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect();
    let position = items.iter().position(|item| *item == name);
    grammar.called(call, text) == "of"
        && receiver.ends_with("Map")
        && items.len().is_multiple_of(2)
        && position.is_some_and(|position| position % 2 == 0)
}

/// The value that a text gets from a call: an argument of `format` for a placeholder, or what is appended next.
fn given_by_call<'tree>(string: Node<'tree>, text: &str, grammar: Grammar, name: ByteRange) -> Option<Node<'tree>> {
    let parent = string.parent()?;
    let call = match parent.kind() {
        "argument_list" => parent.parent().filter(|call| call.kind() == "method_invocation")?,
        "method_invocation" => parent,
        _ => return None,
    };
    let mut cursor = call.walk();
    let arguments = call.child_by_field_name("arguments")?;
    let values: Vec<Node<'tree>> =
        arguments.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect();
    let called = grammar.called(call, text);
    if matches!(called, "format" | "formatted") {
        let before = text.get(string.start_byte()..name.end)?.replace("%%", "");
        let rest = text.get(name.end..string.end_byte())?;
        let position = before.matches('%').count();
        let first = values.iter().position(|value| *value == string).map_or(0, |at| at + 1);
        return rest.starts_with("%s").then(|| values.get(first + position).copied()).flatten();
    }
    let next = call.parent().filter(|next| {
        called == "append" && next.kind() == "method_invocation" && next.child_by_field_name("object") == Some(call)
    })?;
    let is_end = text.get(name.end..string.end_byte())? == "\"";
    let arguments =
        next.child_by_field_name("arguments").filter(|_| is_end && grammar.called(next, text) == "append")?;
    (arguments.named_child_count() == 1).then(|| arguments.named_child(0)).flatten()
}

/// The value that a text of Python gets for a placeholder: `"…name=%s" % (…, value)`, `"…name={}".format(…, value)`.
fn given_to_format<'tree>(string: Node<'tree>, text: &str, name: ByteRange) -> Option<Node<'tree>> {
    let mut whole = string;
    while let Some(outer) =
        whole.parent().filter(|outer| matches!(outer.kind(), "concatenated_string" | "parenthesized_expression"))
    {
        whole = outer;
    }
    let (before, rest) = (text.get(whole.start_byte()..name.end)?, text.get(name.end..whole.end_byte())?);
    let parent = whole.parent()?;
    match parent.kind() {
        "binary_operator" if parent.child_by_field_name("left") == Some(whole) => {
            let right = parent.child_by_field_name("right")?;
            let is_format = text.get(whole.end_byte()..right.start_byte())?.trim() == "%" && rest.starts_with("%s");
            let position = before.replace("%%", "").matches('%').count();
            let items = is_format.then(|| right.named_child_count())?;
            match right.kind() {
                "tuple" if position < items => right.named_child(u32::try_from(position).ok()?),
                "tuple" | "dictionary" => None,
                _ => (position == 0).then_some(right),
            }
        }
        "attribute" => {
            let call = parent.parent().filter(|call| call.child_by_field_name("function") == Some(parent))?;
            let is_format = text.get(parent.child_by_field_name("attribute")?.byte_range())? == "format";
            let position = before.replace("{{", "").matches('{').count();
            let is_plain = rest.starts_with("{}") && before.matches('{').count() == before.matches("{}").count();
            let numbered = rest.starts_with(&format!("{{{position}}}"));
            let arguments = call.child_by_field_name("arguments").filter(|_| is_format && (is_plain || numbered))?;
            let value = arguments.named_child(u32::try_from(position).ok()?)?;
            (value.kind() != "keyword_argument").then_some(value)
        }
        _ => None,
    }
}

/// What has to be repeated around a list that holds a name and its value.
fn unit_of(list: Node<'_>, grammar: Grammar) -> Option<(ByteRange, Form)> {
    let Some(call) = list.parent().filter(|parent| grammar.is_call(*parent)) else {
        return Some((range(list), Form::Item));
    };
    let outer = call.parent()?;
    // `.add(…)` between others of its kind.
    if let Some(receiver) = grammar.receiver(call) {
        let goes_on = matches!(outer.kind(), "member_expression" | "attribute" | "method_invocation")
            && grammar.root(outer) != outer
            && range(outer).start == range(call).start;
        if goes_on || grammar.is_call(receiver) {
            return Some((ByteRange::new(receiver.end_byte(), call.end_byte()), Form::Link));
        }
    }
    match outer.kind() {
        "arguments" | "argument_list" if outer.named_child_count() == 1 => {
            // `parameters.add(new Pair("name", value))`
            let around = outer.parent()?;
            if let Some(receiver) = grammar.receiver(around)
                && (grammar.is_call(receiver)
                    || around.parent().is_some_and(|next| {
                        matches!(next.kind(), "member_expression" | "attribute" | "method_invocation")
                            && range(next).start == range(around).start
                    }))
            {
                return Some((ByteRange::new(receiver.end_byte(), around.end_byte()), Form::Link));
            }
            let statement = grammar.statement(around)?;
            (statement.kind() == "expression_statement").then(|| (range(statement), Form::Statement))
        }
        "arguments" | "argument_list" | "array" | "list" | "tuple" | "array_initializer" => {
            Some((range(call), Form::Item))
        }
        _ => {
            let statement = grammar.statement(call)?;
            (statement.kind() == "expression_statement").then(|| (range(statement), Form::Statement))
        }
    }
}

/// A name and its value within a text: `"client_id=" + id + "&jwt_token=" + token`.
fn of_text(root: Node<'_>, text: &str, grammar: Grammar, place: ByteRange, written: &str) -> Option<Slot> {
    let within = text.get(place.start..place.end)?;
    let wanted = format!("{written}=");
    let at = within.find(&wanted)?;
    let before = within[..at].chars().next_back();
    if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
        return None;
    }
    let name = ByteRange::new(place.start + at, place.start + at + wanted.len());
    let rest = &within[at + wanted.len()..];
    let node = root.descendant_for_byte_range(name.start, name.end)?;
    // Inside of a template or an f-string the value is the next hole.
    let mut string = node;
    while !grammar.is_string(string) {
        string = string.parent()?;
    }
    let mut cursor = string.walk();
    let hole = string.children(&mut cursor).find(|child| {
        child.start_byte() == name.end && matches!(child.kind(), "template_substitution" | "interpolation")
    });
    if let Some(hole) = hole {
        return Some(Slot {
            name,
            value: range(hole),
            unit: ByteRange::new(name.start, hole.end_byte()),
            form: Form::Text,
        });
    }
    let given = match grammar.platform {
        Platform::Java => given_by_call(string, text, grammar, name),
        Platform::Python => given_to_format(string, text, name),
        Platform::Node => None,
    };
    if let Some(value) = given {
        let unit = ByteRange::new(name.start, value.end_byte());
        return Some(Slot { name, value: range(value), unit, form: Form::Text });
    }
    if !matches!(rest, "" | "\"" | "'" | "`") {
        return None;
    }
    // `"…name=" + value`: the sum on whose left side the text ends.
    let mut left = string;
    while let Some(outer) =
        left.parent().filter(|outer| outer.kind() == "concatenated_string" && outer.end_byte() == left.end_byte())
    {
        left = outer;
    }
    while let Some(sum) = left
        .parent()
        .filter(|parent| matches!(parent.kind(), "binary_expression" | "binary_operator" | "parenthesized_expression"))
    {
        if let Some(right) = sum.child_by_field_name("right")
            && right != left
        {
            return Some(Slot {
                name,
                value: range(right),
                unit: ByteRange::new(name.start, right.end_byte()),
                form: Form::Text,
            });
        }
        left = sum;
    }
    None
}
