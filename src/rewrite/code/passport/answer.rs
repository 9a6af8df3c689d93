//! How the answer to the old request is read, and what becomes of each reading where a token object comes back instead.
//!
//! Anything but its content that is read, and an answer that goes somewhere else as a whole, is a refusal.

use tree_sitter::Node;

use super::super::draft::has_word;
use super::super::grammar::parameters;
use super::super::keep::Refusal;
use super::super::lines::{indentation, line_end};
use super::super::names::{Declaration, range};
use super::Site;
use crate::finding::ByteRange;

/// What changes around the request.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// What the new call takes the place of.
    pub(super) sent: ByteRange,
    /// What stands behind `getToken(`, where that is not its end: the head of a callback.
    pub(super) callback: Option<String>,
    /// Readings of the answer.
    pub(super) replacements: Vec<(ByteRange, String)>,
    /// Statements that are not needed any more.
    pub(super) removed: Vec<ByteRange>,
    /// Names that the new code goes on using.
    pub(super) names: Vec<String>,
}

/// How a site reads its answer.
pub(super) fn reading(site: &Site<'_>) -> Result<Reading, Refusal> {
    let mut reading = Reading { sent: range(site.call), ..Reading::default() };
    if let Some(position) = site.model.callback
        && let Some(function) = callback_of(site)
    {
        with_callback(site, &mut reading, function, position)?;
        return Ok(reading);
    }
    if site.model.callback.is_some() && site.model.calls.is_empty() && site.model.members.is_empty() {
        return Err("the answer is read from events or from a promise of the request's own".to_owned());
    }
    // The grammar of TypeScript takes `await f<T>(…)` for a call of `await f`.
    let function = site.call.child_by_field_name("function");
    if let Some(inner) =
        function.filter(|function| function.kind() == "await_expression").and_then(|it| it.named_child(0))
    {
        reading.sent.start = inner.start_byte();
        of_awaited(site, &mut reading, site.call)?;
        return Ok(reading);
    }
    let mut outer = site.call;
    loop {
        // `….json()`, `….then(…)`
        let member = outer.parent().filter(|member| {
            member.kind() == "member_expression" && member.child_by_field_name("object") == Some(outer)
        });
        let Some(member) = member else { break };
        let Some(call) = member.parent().filter(|call| call.child_by_field_name("function") == Some(member)) else {
            return Err(format!("`{}` is read of the request", last(site, member)));
        };
        let name = last(site, member);
        if site.model.calls.contains(name) {
            reading.sent = range(call);
            return Ok(reading);
        }
        match name {
            "catch" | "finally" => outer = call,
            "then" => {
                let dropped = then(site, &mut reading, call)?;
                if !dropped {
                    return Ok(reading);
                }
                reading.replacements.push((ByteRange::new(outer.end_byte(), call.end_byte()), String::new()));
                return Ok(reading);
            }
            _ => return Err(format!("`.{name}` of the request has no equal in {}", site.package)),
        }
    }
    let awaited = outer.parent().filter(|parent| parent.kind() == "await_expression");
    let Some(awaited) = awaited else {
        return Err("the response itself goes to the caller".to_owned());
    };
    of_awaited(site, &mut reading, awaited)?;
    Ok(reading)
}

fn last<'a>(site: &Site<'a>, member: Node<'_>) -> &'a str {
    member.child_by_field_name("property").map(|property| site.written(property)).unwrap_or_default()
}

/// The function that a call is given last.
fn callback_of<'a>(site: &Site<'a>) -> Option<Node<'a>> {
    let arguments = site.call.child_by_field_name("arguments")?;
    let count = u32::try_from(arguments.named_child_count()).ok()?;
    let function = arguments.named_child(count.checked_sub(1)?)?;
    matches!(function.kind(), "arrow_function" | "function_expression").then_some(function)
}

/// The declaration of a name that stands at a place.
fn declared<'s>(site: &'s Site<'_>, name: Node<'_>) -> Option<&'s Declaration> {
    site.names.declarations.iter().find(|one| one.range == range(name))
}

/// The places where a declared name is used; none where it is given another value.
fn uses<'a>(site: &Site<'a>, name: Node<'_>) -> Result<Vec<Node<'a>>, Refusal> {
    let written = site.written(name);
    let unknown = || format!("it could not be seen who uses `{written}`");
    let declaration = declared(site, name).ok_or_else(unknown)?;
    if site.names.siblings(declaration).len() != 1 {
        return Err(format!("`{written}` has several values"));
    }
    site.names.mentions_of(declaration).map(|mention| site.node(mention.range).ok_or_else(unknown)).collect()
}

/// What is replaced where a use of the answer reads its content: everything but the name.
fn content(site: &Site<'_>, usage: Node<'_>) -> Result<ByteRange, Refusal> {
    let goes_on = || format!("`{}`, the response itself, goes somewhere else", site.written(usage));
    let member =
        usage.parent().filter(|member| member.child_by_field_name("object") == Some(usage)).ok_or_else(goes_on)?;
    let name = last(site, member);
    if site.model.members.contains(name) {
        return Ok(range(member));
    }
    let call = member.parent().filter(|call| call.child_by_field_name("function") == Some(member));
    match call {
        Some(call) if site.model.calls.contains(name) => {
            let outer = call.parent();
            if outer.is_some_and(|outer| outer.kind() == "member_expression") {
                return Err(format!("`.{}` waits for the content of the response", last(site, outer.unwrap_or(call))));
            }
            let mut read = outer.filter(|outer| outer.kind() == "await_expression").unwrap_or(call);
            while let Some(around) = read.parent().filter(|around| around.kind() == "parenthesized_expression") {
                read = around;
            }
            Ok(range(read))
        }
        _ => Err(format!("`{}` of the response is read", site.written(member))),
    }
}

/// `const response = await …`, `const { data } = await …`, `(await …).data`.
fn of_awaited(site: &Site<'_>, reading: &mut Reading, awaited: Node<'_>) -> Result<(), Refusal> {
    let mut value = awaited;
    while let Some(outer) = value.parent().filter(|outer| outer.kind() == "parenthesized_expression") {
        value = outer;
    }
    if value != awaited {
        let place = content(site, value)?;
        reading.replacements.push((ByteRange::new(value.end_byte(), place.end), String::new()));
        if place.start < value.start_byte() {
            // `await (await …).json()`
            reading.replacements.push((ByteRange::new(place.start, value.start_byte()), String::new()));
        }
        return Ok(());
    }
    let declarator = awaited.parent().filter(|outer| outer.kind() == "variable_declarator");
    let Some(declarator) = declarator else {
        return Err("the response itself goes somewhere else".to_owned());
    };
    let name = declarator.child_by_field_name("name").ok_or("the response has no name")?;
    if let Some(annotation) = declarator.child_by_field_name("type") {
        reading.replacements.push((range(annotation), String::new()));
    }
    match name.kind() {
        "object_pattern" => reading.replacements.push((range(name), pattern(site, name)?)),
        "identifier" => of_name(site, reading, name, declarator)?,
        _ => return Err("the response is taken apart".to_owned()),
    }
    Ok(())
}

/// What is left of a pattern that takes the content out of a response.
fn pattern(site: &Site<'_>, pattern: Node<'_>) -> Result<String, Refusal> {
    let more = || format!("`{}` takes more than the content from the response", site.written(pattern));
    let item = pattern.named_child(0).filter(|_| pattern.named_child_count() == 1).ok_or_else(more)?;
    match item.kind() {
        "shorthand_property_identifier_pattern" if site.model.members.contains(site.written(item)) => {
            Ok(site.written(item).to_owned())
        }
        "pair_pattern" => {
            let (key, value) = (item.child_by_field_name("key"), item.child_by_field_name("value"));
            match (key, value) {
                (Some(key), Some(value)) if site.model.members.contains(site.written(key)) => {
                    Ok(site.written(value).to_owned())
                }
                _ => Err(more()),
            }
        }
        _ => Err(more()),
    }
}

/// A response that has a name: all its uses read its content.
fn of_name(site: &Site<'_>, reading: &mut Reading, name: Node<'_>, declarator: Node<'_>) -> Result<(), Refusal> {
    let used = uses(site, name)?;
    let places: Vec<ByteRange> = used.iter().map(|usage| content(site, *usage)).collect::<Result<_, _>>()?;
    reading.names.push(site.written(name).to_owned());
    if let [place] = places[..]
        && let Some((second, whole)) = next_declaration(site, declarator, place)
    {
        // The second of two declarations says it all.
        let first = site.plan.grammar.statement(declarator).ok_or("the response has no statement")?;
        let value = second.child_by_field_name("value").ok_or("the response has no value")?;
        let begin = ByteRange::new(whole.start_byte(), value.start_byte());
        let awaited = declarator.child_by_field_name("value").ok_or("the response has no value")?;
        reading
            .replacements
            .push((ByteRange::new(first.start_byte(), awaited.start_byte()), site.part(begin).to_owned()));
        // What the annotation of the first said is gone with it.
        reading.replacements.retain(|(place, text)| {
            !(text.is_empty() && place.start > first.start_byte() && place.end <= awaited.start_byte())
        });
        if value.end_byte() > place.end {
            let rest = ByteRange::new(place.end, value.end_byte());
            reading
                .replacements
                .push((ByteRange::new(awaited.end_byte(), awaited.end_byte()), site.part(rest).to_owned()));
        }
        reading.removed.push(range(whole));
        if let Some(name) = second.child_by_field_name("name").filter(|name| name.kind() == "identifier") {
            reading.names.push(site.written(name).to_owned());
            guards(site, reading, name)?;
        }
        return Ok(());
    }
    if let [place] = places[..]
        && let Some(whole) = next_return(site, declarator, place)
    {
        let first = site.plan.grammar.statement(declarator).ok_or("the response has no statement")?;
        reading.replacements.retain(|(place, _)| place.start > reading.sent.start);
        reading.replacements.push((ByteRange::new(first.start_byte(), reading.sent.start), "return ".to_owned()));
        reading.removed.push(range(whole));
        return Ok(());
    }
    let new = if has_word(site.text, "token") { site.written(name) } else { "token" };
    if new != site.written(name) {
        reading.replacements.push((range(name), new.to_owned()));
    }
    for place in places {
        reading.replacements.push((place, new.to_owned()));
    }
    Ok(())
}

/// `const json = await response.json();` directly behind the declaration of the response: its declarator and itself.
fn next_declaration<'a>(site: &Site<'a>, declarator: Node<'a>, place: ByteRange) -> Option<(Node<'a>, Node<'a>)> {
    let first = site.plan.grammar.statement(declarator)?;
    let mut next = first.next_named_sibling()?;
    if next.kind() == "comment" {
        return None;
    }
    let whole = next;
    if !matches!(next.kind(), "lexical_declaration" | "variable_declaration") || next.named_child_count() != 1 {
        return None;
    }
    next = next.named_child(0)?;
    let value = next.child_by_field_name("value")?;
    let is_value = range(value) == place
        || (value.start_byte() == place.start && value.kind() == "as_expression" && range(value).contains(place));
    (first.named_child_count() == 1 && is_value).then_some((next, whole))
}

/// `return response.json();` directly behind the declaration of the response.
fn next_return<'a>(site: &Site<'a>, declarator: Node<'a>, place: ByteRange) -> Option<Node<'a>> {
    let first = site.plan.grammar.statement(declarator)?;
    let next = first.next_named_sibling().filter(|next| next.kind() == "return_statement")?;
    (first.named_child_count() == 1 && range(next.named_child(0)?) == place).then_some(next)
}

/// A link of a chain of promises. Whether it only takes the content out, and falls.
fn then(site: &Site<'_>, reading: &mut Reading, call: Node<'_>) -> Result<bool, Refusal> {
    let arguments = call.child_by_field_name("arguments").ok_or("`then` is given nothing")?;
    let function = arguments.named_child(0).ok_or("`then` is given nothing")?;
    if !matches!(function.kind(), "arrow_function" | "function_expression") {
        return Err(format!("`{}` is given the response itself", site.written(function)));
    }
    let Some(parameter) = parameters(function).first().copied() else { return Ok(false) };
    match parameter.kind() {
        "object_pattern" => {
            let name = pattern(site, parameter)?;
            reading.replacements.push((range(parameter), name));
            Ok(false)
        }
        "identifier" => {
            let places: Vec<(ByteRange, Node<'_>)> = uses(site, parameter)?
                .into_iter()
                .map(|usage| Ok((content(site, usage)?, usage)))
                .collect::<Result<_, Refusal>>()?;
            if let ([(place, _)], Some(given)) = (places.as_slice(), given_back(function))
                && range(given) == *place
                && arguments.named_child_count() == 1
            {
                reading.names.push(site.written(parameter).to_owned());
                return Ok(true);
            }
            for (place, _) in places {
                reading.replacements.push((place, site.written(parameter).to_owned()));
            }
            Ok(false)
        }
        _ => Err("the response is taken apart".to_owned()),
    }
}

/// What a function gives back that does nothing else.
fn given_back(function: Node<'_>) -> Option<Node<'_>> {
    let body = function.child_by_field_name("body")?;
    if body.kind() != "statement_block" {
        return Some(body);
    }
    let only = body.named_child(0).filter(|_| body.named_child_count() == 1)?;
    (only.kind() == "return_statement").then(|| only.named_child(0))?
}

/// `function (error, response, body) { … }` becomes `function (error, body) { … }`.
fn with_callback(site: &Site<'_>, reading: &mut Reading, function: Node<'_>, position: usize) -> Result<(), Refusal> {
    let given = parameters(function);
    let body = function.child_by_field_name("body").ok_or("the callback has no body")?;
    if site.written(function).starts_with("async") {
        return Err("the callback is asynchronous".to_owned());
    }
    let error = given.first().map_or("err", |name| site.written(*name));
    let answer = given.get(position).copied().ok_or("the callback does not take the content of the response")?;
    for other in given.iter().take(position).skip(1) {
        if !uses(site, *other)?.is_empty() {
            return Err(format!("`{}`, the response itself, is read", site.written(*other)));
        }
    }
    let mut name = site.written(answer).to_owned();
    if site.model.members.is_empty() {
        let used = uses(site, answer)?;
        let parsed = used.iter().find_map(|usage| parsed_by(site, *usage));
        if let Some((declarator, statement)) = parsed {
            let parsed = declarator.child_by_field_name("name").ok_or("the content has no name")?;
            if parsed.kind() != "identifier" {
                return Err("the content of the response is taken apart".to_owned());
            }
            name = site.written(parsed).to_owned();
            reading.names.push(name.clone());
            reading.removed.push(range(statement));
            guards(site, reading, parsed)?;
            let living = |usage: &Node<'_>| !reading.removed.iter().any(|gone| gone.contains(range(*usage)));
            if used.iter().any(living) {
                return Err(format!("`{}`, the text of the response, is read", site.written(answer)));
            }
        } else if let Some(usage) = used
            .iter()
            .find(|usage| usage.parent().is_none_or(|member| member.child_by_field_name("object") != Some(**usage)))
        {
            return Err(format!("`{}`, the text of the response, is read", site.written(*usage)));
        }
    } else {
        for usage in uses(site, answer)? {
            reading.replacements.push((content(site, usage)?, name.clone()));
        }
    }
    let head = match function.kind() {
        "arrow_function" => format!("({error}, {name}) => "),
        _ => format!("function ({error}, {name}) "),
    };
    reading.sent = ByteRange::new(site.call.start_byte(), body.start_byte());
    let (outer, inner) =
        (indentation(site.text, site.call.start_byte()), indentation(site.text, function.start_byte()));
    if let Some(extra) = inner.strip_prefix(outer).filter(|extra| !extra.is_empty()) {
        // The body stood deeper because the chain did.
        let mut line = line_end(site.text, body.start_byte());
        while line < body.end_byte() {
            let place = ByteRange::new(line, line + extra.len());
            if site.part(place) == extra {
                reading.replacements.push((place, String::new()));
            }
            line = line_end(site.text, line);
        }
    }
    reading.callback = Some(head);
    Ok(())
}

/// `var answer = JSON.parse(body);` around a use: the declarator and the statement.
fn parsed_by<'a>(site: &Site<'_>, usage: Node<'a>) -> Option<(Node<'a>, Node<'a>)> {
    let call = usage.parent()?.parent().filter(|call| site.plan.grammar.is_call(*call))?;
    if site.plan.grammar.callee(call).map(|callee| site.written(callee)) != Some("JSON.parse") {
        return None;
    }
    let declarator = call.parent().filter(|outer| outer.kind() == "variable_declarator")?;
    let statement = declarator.parent().filter(|outer| outer.named_child_count() == 1)?;
    Some((declarator, statement))
}

/// Checks of an answer that cannot be other than they ask any more: the new code reports an error itself.
fn guards(site: &Site<'_>, reading: &mut Reading, name: Node<'_>) -> Result<(), Refusal> {
    let written = site.written(name);
    let never = [
        format!("(!{written})"),
        format!("({written}.error)"),
        format!("(!{written}.access_token)"),
        format!("(!{written} || !{written}.access_token)"),
        format!("({written}.error || !{written}.access_token)"),
    ];
    for usage in uses(site, name)? {
        let Some(statement) = site.plan.grammar.statement(usage).filter(|one| one.kind() == "if_statement") else {
            continue;
        };
        let Some(condition) = statement.child_by_field_name("condition") else { continue };
        let leaves = statement.child_by_field_name("consequence").is_some_and(|consequence| {
            let inner = if site.plan.grammar.is_block(consequence) && consequence.named_child_count() == 1 {
                consequence.named_child(0)
            } else {
                Some(consequence)
            };
            inner.is_some_and(|inner| site.plan.grammar.leaves(inner))
        });
        let is_never = never.iter().any(|known| site.written(condition) == known);
        if is_never && leaves && statement.child_by_field_name("alternative").is_none() {
            reading.removed.push(range(statement));
        }
    }
    Ok(())
}
