//! A request of Python as Authlib needs to know it: which arguments its call has, where the form is built, and what is done with
//! the answer. What Authlib could not keep as it is ends in a refusal with the reason.

use tree_sitter::Node;

use super::super::grammar::Grammar;
use super::super::keep::Refusal;
use super::super::names::{Kind, Mention, Names, range};
use super::super::plan::Plan;
use super::super::slot::{Form, Slot};
use super::form;
use crate::finding::ByteRange;
use crate::rules::targets::ClientModel;

/// The file of a request, with what is asked of it all the time.
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) root: Node<'a>,
    pub(super) names: Names,
    pub(super) grammar: Grammar,
}

impl<'a> Place<'a> {
    pub(super) fn written(&self, place: ByteRange) -> &'a str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }

    pub(super) fn of(&self, node: Node<'_>) -> &'a str {
        self.written(range(node))
    }

    pub(super) fn node(&self, place: ByteRange) -> Option<Node<'a>> {
        self.root.descendant_for_byte_range(place.start, place.end)
    }

    pub(super) fn mention(&self, node: Node<'_>) -> Option<&Mention> {
        self.names.mentions.iter().find(|mention| mention.range == range(node))
    }

    /// The function around a place; nothing at the top level.
    pub(super) fn function(&self, place: ByteRange) -> Option<Node<'a>> {
        let mut node = self.node(place);
        while let Some(here) = node {
            if matches!(here.kind(), "function_definition" | "lambda") {
                return Some(here);
            }
            node = here.parent();
        }
        None
    }
}

/// The arguments of the call.
#[derive(Debug)]
pub(super) struct Arguments {
    /// The address.
    pub(super) url: ByteRange,
    /// Arguments that the new call has too, as they are written.
    pub(super) options: Vec<ByteRange>,
    /// What nothing needs any more: the headers, and a form that is a name.
    pub(super) given_up: Vec<ByteRange>,
    /// Statements that build the form and nothing else.
    pub(super) statements: Vec<ByteRange>,
    /// The names of the fields of the form.
    pub(super) fields: Vec<String>,
}

/// Reads the arguments of a call.
pub(super) fn arguments(place: &Place<'_>, call: Node<'_>, model: &ClientModel) -> Result<Arguments, Refusal> {
    let called = place.grammar.called(call, place.text);
    let callee = place.grammar.callee(call).ok_or("the call could not be read")?;
    let Some(position) = model.senders.get(called) else {
        return Err(format!("`{}` is not a plain POST", place.of(callee)));
    };
    let receiver = place.grammar.root(callee);
    let declared = place.mention(receiver).map(|mention| place.names.declarations_of(mention)).unwrap_or_default();
    let is_module = !declared.is_empty()
        && declared.iter().all(|one| place.names.declarations[*one].kind == Kind::Import)
        && callee.child_by_field_name("object").is_none_or(|object| object == receiver);
    if !is_module {
        return Err(format!(
            "the request goes through the session `{}`, whose adapters, headers and proxies a new client would not have",
            callee.child_by_field_name("object").map_or(place.of(callee), |object| place.of(object))
        ));
    }
    let list = call.child_by_field_name("arguments").ok_or("the call has no arguments")?;
    let mut read = Arguments {
        url: ByteRange::new(0, 0),
        options: Vec::new(),
        given_up: vec![range(callee)],
        statements: Vec::new(),
        fields: Vec::new(),
    };
    let mut cursor = list.walk();
    let given = list.named_children(&mut cursor).filter(|child| child.kind() != "comment");
    for (number, argument) in given.enumerate() {
        let name = argument.child_by_field_name("name").filter(|_| argument.kind() == "keyword_argument");
        let value = argument.child_by_field_name("value").filter(|_| name.is_some()).unwrap_or(argument);
        let name = name.map(|name| place.of(name));
        let is_spread = matches!(argument.kind(), "dictionary_splat" | "list_splat");
        match name {
            _ if is_spread => return Err(format!("`{}` may hold any argument", place.of(argument))),
            None if number == *position => read.url = range(value),
            Some("url") => read.url = range(value),
            None if number < *position => {}
            Some("method") => {}
            None if number == position + 1 => form::read(place, call, value, model, &mut read)?,
            Some(name) if model.forms.iter().any(|form| form == name) => {
                form::read(place, call, value, model, &mut read)?
            }
            Some(name) if model.options.iter().any(|option| option == name) => read.options.push(range(argument)),
            Some("headers") => headers(place, call, value, model, &mut read)?,
            _ => return Err(format!("`{}` has no counterpart in the new call", place.of(argument))),
        }
    }
    if read.url.start == read.url.end {
        return Err("the address of the call could not be read".to_owned());
    }
    Ok(read)
}

/// Headers that the new client sends itself may go.
fn headers(
    place: &Place<'_>,
    call: Node<'_>,
    value: Node<'_>,
    model: &ClientModel,
    read: &mut Arguments,
) -> Result<(), Refusal> {
    let quiet = |dictionary: Node<'_>| {
        let mut cursor = dictionary.walk();
        dictionary.kind() == "dictionary"
            && dictionary.named_children(&mut cursor).filter(|child| child.kind() != "comment").all(|pair| {
                pair.child_by_field_name("key").is_some_and(|key| {
                    let name = place.of(key).trim_matches(['"', '\'']).to_lowercase();
                    model.quiet_headers.contains(&name)
                })
            })
    };
    let refusal = || format!("the request has headers of its own: `{}`", first_line(place.of(value)));
    if value.kind() == "identifier" {
        read.statements.extend(form::variable(place, &[range(call)], value, "header", quiet).map_err(|_| refusal())?);
    } else if !quiet(value) {
        return Err(refusal());
    }
    read.given_up.push(range(value));
    Ok(())
}

/// The expression of a field: what stands in the form, or the content of a part of a multipart form.
pub(super) fn value(
    place: &Place<'_>,
    plan: &Plan<'_>,
    name: &str,
    arguments: &Arguments,
    call: ByteRange,
    model: &ClientModel,
) -> Result<ByteRange, Refusal> {
    let found = plan.field(name);
    let unseen = || format!("it could not be seen where the form gets its field `{name}`");
    let [only] = found[..] else { return Err(unseen()) };
    let Slot { value, form, unit, .. } = only.slot;
    let is_inside = call.contains(unit) || arguments.statements.iter().any(|statement| statement.contains(unit));
    if only.unit != plan.unit || !is_inside {
        return Err(unseen());
    }
    let node = place.node(value).ok_or_else(unseen)?;
    if form == Form::Text {
        return of_text(place, node, model).map(range).ok_or_else(unseen);
    }
    let node = match node.kind() {
        "tuple" => node
            .named_child(u32::try_from(node.named_child_count().saturating_sub(1)).unwrap_or_default())
            .ok_or_else(unseen)?,
        _ => node,
    };
    Ok(range(node))
}

/// The value in a text, without what made it fit for that.
fn of_text<'tree>(place: &Place<'_>, node: Node<'tree>, model: &ClientModel) -> Option<Node<'tree>> {
    let node = match node.kind() {
        "interpolation" if node.named_child_count() == 1 => node.named_child(0)?,
        _ => node,
    };
    let is_quoter =
        node.kind() == "call" && model.quoters.iter().any(|quoter| quoter == place.grammar.called(node, place.text));
    let node = match is_quoter {
        true => node.child_by_field_name("arguments")?.named_child(0)?,
        false => node,
    };
    matches!(node.kind(), "identifier" | "attribute" | "subscript" | "call" | "string").then_some(node)
}

/// What is done with the answer.
pub(super) struct Answer {
    /// What is replaced by the answer as a dictionary: `response.json()`.
    pub(super) decoded: Vec<ByteRange>,
    /// The statement that sends.
    pub(super) statement: ByteRange,
    /// The statement that decodes, where it is the only one and nothing else stands before it.
    pub(super) next: Option<ByteRange>,
    /// Statements that only check the answer.
    pub(super) checks: Vec<ByteRange>,
    /// Whether it is handed back as a whole, to readers elsewhere.
    pub(super) escapes: bool,
    /// Where members of it are read, each with its name.
    pub(super) reads: Vec<(String, ByteRange)>,
}

impl Answer {
    fn of(statement: Node<'_>) -> Self {
        Self {
            decoded: Vec::new(),
            statement: range(statement),
            next: None,
            checks: Vec::new(),
            escapes: false,
            reads: Vec::new(),
        }
    }
}

/// Follows the answer to where it is decoded.
pub(super) fn answer(place: &Place<'_>, call: Node<'_>, model: &ClientModel) -> Result<Answer, Refusal> {
    let statement = place.grammar.statement(call).ok_or("the call stands in no statement")?;
    plain(place, call, statement)?;
    if let Some(decoded) = decoding(place, call, model) {
        let mut found = Answer::of(statement);
        read(place, decoded, statement, model, &mut found)?;
        found.decoded.push(range(decoded));
        return Ok(found);
    }
    let assignment = call.parent().filter(|parent| parent.kind() == "assignment");
    let name = assignment.and_then(|assignment| assignment.child_by_field_name("left"));
    let Some(name) = name.filter(|name| name.kind() == "identifier") else {
        return Err("the response itself is handed on".to_owned());
    };
    let shown = place.of(name);
    let declarations: Vec<_> =
        place.names.declarations.iter().filter(|declaration| declaration.range == range(name)).collect();
    let [declaration] = declarations[..] else { return Err(format!("`{shown}` could not be followed")) };
    if place.names.siblings(declaration).len() > 1 {
        return Err(format!("`{shown}` is assigned more than once"));
    }
    let mut found = Answer::of(statement);
    for mention in place.names.mentions_of(declaration) {
        let node = place.node(mention.range).ok_or("the answer could not be followed")?;
        if let Some(decoded) = decoding(place, node, model) {
            let around = place.grammar.statement(decoded).ok_or("the answer could not be followed")?;
            read(place, decoded, around, model, &mut found)?;
            found.decoded.push(range(decoded));
            continue;
        }
        let member = node.parent().filter(|parent| parent.kind() == "attribute");
        let member = member.filter(|member| member.child_by_field_name("object") == Some(node));
        let Some(member) = member else { return Err(format!("the response `{shown}` itself is handed on")) };
        let checks = member.child_by_field_name("attribute").is_some_and(|name| {
            let name = place.of(name);
            model.checks.iter().any(|check| check == name)
        });
        let alone =
            member.parent().and_then(|call| call.parent()).filter(|outer| outer.kind() == "expression_statement");
        match alone {
            Some(alone) if checks => found.checks.push(range(alone)),
            _ => return Err(format!("more than the token is read of the response: `{}`", place.of(member))),
        }
    }
    if found.decoded.is_empty() {
        return Err(format!("the response `{shown}` is not decoded here"));
    }
    if let [decoded] = found.decoded[..] {
        found.next = place
            .node(decoded)
            .and_then(|node| place.grammar.statement(node))
            .filter(|next| plain_kind(*next) && follows(statement, *next, &found.checks))
            .map(range);
    }
    Ok(found)
}

/// Whether a statement is the next one, but for checks of the answer.
fn follows(statement: Node<'_>, next: Node<'_>, checks: &[ByteRange]) -> bool {
    let mut sibling = statement.next_named_sibling();
    while let Some(here) = sibling {
        if here == next {
            return true;
        }
        if !checks.contains(&range(here)) {
            return false;
        }
        sibling = here.next_named_sibling();
    }
    false
}

/// `response.json()` or `json.loads(response.text)`, from the response.
fn decoding<'tree>(place: &Place<'tree>, response: Node<'tree>, model: &ClientModel) -> Option<Node<'tree>> {
    let member = response.parent().filter(|parent| parent.kind() == "attribute")?;
    let name = place.of(member.child_by_field_name("attribute")?);
    let around = member.parent().filter(|_| member.child_by_field_name("object") == Some(response))?;
    match around.kind() {
        "call" => {
            let is_function = around.child_by_field_name("function") == Some(member);
            let empty = around.child_by_field_name("arguments").is_some_and(|list| list.named_child_count() == 0);
            let known = model.decoders.iter().any(|decoder| decoder == name);
            (is_function && empty && known).then_some(around)
        }
        "argument_list" if around.named_child_count() == 1 => {
            let call = around.parent().filter(|call| call.kind() == "call")?;
            let members = model.decoding_functions.get(place.grammar.called(call, place.text))?;
            members.iter().any(|member| member == name).then_some(call)
        }
        _ => None,
    }
}

fn plain_kind(statement: Node<'_>) -> bool {
    matches!(statement.kind(), "expression_statement" | "return_statement")
}

/// Whether the call is made once, whenever its statement is reached.
fn plain(place: &Place<'_>, call: Node<'_>, statement: Node<'_>) -> Result<(), Refusal> {
    let start = super::super::lines::line_start(place.text, statement.start_byte());
    if !plain_kind(statement) || !place.text[start..statement.start_byte()].trim().is_empty() {
        return Err("the request stands in the head of another statement".to_owned());
    }
    let behind = place.text[statement.end_byte()..].lines().next().unwrap_or_default().trim();
    if !behind.is_empty() && !behind.starts_with('#') {
        return Err("another statement stands on the same line".to_owned());
    }
    let mut node = call;
    while let Some(outer) = node.parent() {
        match outer.kind() {
            "lambda" | "conditional_expression" | "boolean_operator" | "named_expression" | "await" => {
                return Err("the request is a part of a larger expression".to_owned());
            }
            kind if kind.ends_with("_comprehension") || kind == "generator_expression" => {
                return Err("the request is made for each item of a list".to_owned());
            }
            "function_definition" | "class_definition" => break,
            _ => {}
        }
        node = outer;
    }
    Ok(())
}

/// Looks at how the decoded answer is read: by names that are known, or handed back as it is.
fn read(
    place: &Place<'_>,
    decoded: Node<'_>,
    statement: Node<'_>,
    model: &ClientModel,
    found: &mut Answer,
) -> Result<(), Refusal> {
    let parent = decoded.parent().ok_or("the answer could not be followed")?;
    match parent.kind() {
        "return_statement" => {
            found.escapes = true;
            Ok(())
        }
        "assignment" => {
            let left = parent.child_by_field_name("left").filter(|left| left.kind() == "identifier");
            let Some(left) = left else { return Err("the answer is kept as a whole".to_owned()) };
            let declaration = place.names.declarations.iter().find(|declaration| declaration.range == range(left));
            let declaration = declaration.ok_or("the answer could not be followed")?;
            for mention in place.names.mentions_of(declaration) {
                let node = place.node(mention.range).ok_or("the answer could not be followed")?;
                let returned = node.parent().is_some_and(|parent| parent.kind() == "return_statement");
                found.escapes |= returned;
                let known = reads_known(place, node, model);
                if let Some(known) = known {
                    found.reads.push(known);
                } else if !returned {
                    let line = place.grammar.statement(node).map_or("", |statement| first_line(place.of(statement)));
                    return Err(format!(
                        "`{line}` reads the answer in a way that the new client, which raises where there is no token, \
                         would change"
                    ));
                }
            }
            Ok(())
        }
        _ if reads_known(place, decoded, model).is_some() => {
            found.reads.extend(reads_known(place, decoded, model));
            Ok(())
        }
        _ => Err(format!("the answer goes somewhere else: `{}`", first_line(place.of(statement)))),
    }
}

/// `answer["access_token"]`, `answer.get("access_token")`.
fn reads_known(place: &Place<'_>, node: Node<'_>, model: &ClientModel) -> Option<(String, ByteRange)> {
    let parent = node.parent()?;
    let named = |key: Node<'_>| {
        let key = place.of(key).trim_matches(['"', '\'']);
        model.members.iter().find(|member| *member == key).map(|member| (member.clone(), range(node)))
    };
    match parent.kind() {
        "subscript" if parent.child_by_field_name("value") == Some(node) => {
            parent.child_by_field_name("subscript").and_then(named)
        }
        "attribute" if parent.child_by_field_name("object") == Some(node) => {
            let is_get = parent.child_by_field_name("attribute").is_some_and(|name| place.of(name) == "get");
            let call = parent.parent().filter(|call| call.kind() == "call");
            let first = call.and_then(|call| call.child_by_field_name("arguments")?.named_child(0));
            first.filter(|_| is_get).and_then(named)
        }
        _ => None,
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}
