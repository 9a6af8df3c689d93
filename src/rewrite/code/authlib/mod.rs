//! Authlib's client in the place of a request that a function of `requests` sends.
//!
//! The block that asks for the token takes the place of the statement that sent the request; what read the answer goes on
//! reading the token. [`site`] says whether that is possible. Names of libraries are data, in `rules/targets.toml`.

mod form;
mod handlers;
mod imports;
mod site;

#[cfg(test)]
mod tests;

use self::handlers::Waited;
use self::site::{Answer, Arguments, Place};
use super::draft::Draft;
use super::keep::{Refusal, quote_of};
use super::lines::{indentation, newline, quoted};
use super::names::{Names, range};
use super::plan::Plan;
use super::scopes;
use crate::finding::ByteRange;
use crate::rules::targets::{ClientModel, Target};

/// Names for the new client and its answer; the first that nobody near has is taken.
const CLIENTS: [&str; 4] = ["client", "oauth", "oauth_client", "token_client"];
const ANSWERS: [&str; 4] = ["token", "answer", "new_token", "token_answer"];
/// How long lines may be, in the files with the shortest and the longest lines.
const WIDTHS: (usize, usize) = (88, 110);

/// Prints the new client, or says why it cannot do what the old one does.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, assertion_field: &str) -> Result<(), Refusal> {
    let target = plan.catalog.targets().named(plan.grammar.platform, super::Target::Authlib.name());
    let target = target.ok_or("nothing is known of the new client")?;
    let model = model(plan, target)?;
    let source = plan.source(plan.unit).ok_or("the file could not be read")?;
    let tree = source.tree.as_ref().ok_or("the file could not be read")?;
    let text = source.file.text();
    let names = Names::of(tree, text, &plan.grammar);
    let place = Place { text, root: tree.root_node(), names, grammar: plan.grammar };
    let mut call = place.node(plan.site).ok_or("the call could not be read")?;
    while call.kind() != "call" {
        call = call.parent().ok_or("the call could not be read")?;
    }
    patched(plan, &place, call)?;
    let arguments = site::arguments(&place, call, model)?;
    fields(plan, assertion_field, &arguments)?;
    let id = site::value(&place, plan, &plan.client_field, &arguments, range(call), model)?;
    let secret = site::value(&place, plan, &plan.model.secret_field, &arguments, range(call), model)?;
    let assertion = plan.field(assertion_field);
    let answer = site::answer(&place, call, model)?;
    let waited = Waited { plan, model, is_checked: !answer.checks.is_empty() };
    let handlers = handlers::handlers(&waited)?;
    if answer.escapes {
        readers(plan, model)?;
    } else {
        let is_changed = |place: &ByteRange| {
            plan.facts.lifetimes.iter().any(|lifetime| {
                plan.subject
                    .program
                    .place(lifetime.range)
                    .is_some_and(|(unit, local)| unit == plan.unit && local.contains(*place))
            })
        };
        draft.answer_known =
            answer.reads.iter().all(|(name, place)| plan.model.token_members.contains(name) || is_changed(place));
    }
    let paths = plan.paths();
    let configured = super::address::configured(plan, draft);
    if paths.is_empty() && configured.is_none() {
        return Err(format!("the address of the request comes from {}", plan.address_from()));
    }

    let beside = assertion.first().map(|written| place.written(written.slot.name)).unwrap_or_default();
    let quote = quote_of(text, plan.grammar.platform, beside);
    let scope = scopes::expression(plan, draft, plan.unit, answer.statement, quote)?;
    let mut url = place.written(arguments.url).to_owned();
    let mut inside: Vec<(ByteRange, String)> = Vec::new();
    let written = paths.into_iter().map(|(unit, path)| (unit, path, plan.model.path.clone()));
    let configured = configured.into_iter().flatten();
    for (unit, path, replacement) in written.chain(configured) {
        if unit == plan.unit && arguments.url.contains(path) {
            inside.push((path, replacement));
        } else {
            super::address::put(plan, draft, (unit, path, &replacement));
        }
        draft.replaced(unit, path, "the address of the JWT exchange", "the address of the token endpoint");
    }
    inside.sort_by_key(|(path, _)| std::cmp::Reverse(path.start));
    for (path, replacement) in inside {
        let start = arguments.url.start;
        url.replace_range(path.start - start..path.end - start, &replacement);
    }
    for option in &arguments.options {
        let written = place.written(*option);
        if written.replace(' ', "") == "verify=False" {
            draft.doubts.insert(
                "`verify=False` is carried over: the certificate of the server that gets the secret is not checked"
                    .to_owned(),
            );
        }
    }
    let printer = Printer { plan, place: &place, model, quote, scope, url, id, secret };
    printer.print(draft, &arguments, &answer);

    for given_up in &arguments.given_up {
        draft.give_up(plan.unit, *given_up);
    }
    for written in &assertion {
        draft.give_up(written.unit, written.slot.value);
    }
    for decoded in answer.decoded.iter().filter_map(|decoded| place.node(*decoded)) {
        // `json.loads(…)` is called no more.
        let is_given = decoded.child_by_field_name("arguments").is_some_and(|list| list.named_child_count() > 0);
        if let Some(function) = decoded.child_by_field_name("function").filter(|_| is_given) {
            draft.give_up(plan.unit, range(function));
        }
    }
    for statement in &arguments.statements {
        draft.remove(plan.unit, *statement);
    }
    for moved in [id, secret, arguments.url].into_iter().chain(arguments.options.iter().copied()) {
        draft.moves(plan.unit, moved);
        for mention in place.names.within(moved) {
            draft.uses(plan.unit, &mention.name);
        }
    }
    if let Some((module, error)) = model.error.as_ref().filter(|_| !handlers.is_empty()) {
        for types in handlers {
            draft.replace(plan.unit, types, handlers::with(place.written(types), error));
        }
        imports::from(plan, draft, plan.unit, (module, error), &model.replaces);
    }
    imports::from(plan, draft, plan.unit, (&model.module, &model.class), &model.replaces);
    draft.replaced(
        plan.unit,
        plan.site,
        "the request with the signed assertion",
        "a client that asks for a token with its id and secret",
    );
    Ok(())
}

/// The statement that hands the decoded answer back to the caller as it is, and the answer in it.
pub(super) fn handed_back(plan: &Plan<'_>) -> Option<(ByteRange, ByteRange)> {
    let target = plan.catalog.targets().named(plan.grammar.platform, super::Target::Authlib.name())?;
    let model = target.clients.first()?;
    let source = plan.source(plan.unit)?;
    let tree = source.tree.as_ref()?;
    let text = source.file.text();
    let names = Names::of(tree, text, &plan.grammar);
    let place = Place { text, root: tree.root_node(), names, grammar: plan.grammar };
    let mut call = place.node(plan.site)?;
    while call.kind() != "call" {
        call = call.parent()?;
    }
    let answer = site::answer(&place, call, model).ok()?;
    let [decoded] = answer.decoded[..] else { return None };
    let whole = place.node(decoded)?.parent().filter(|parent| parent.kind() == "return_statement")?;
    Some((range(whole), decoded))
}

/// What is known of the library that sends.
fn model<'a>(plan: &Plan<'_>, target: &'a Target) -> Result<&'a ClientModel, Refusal> {
    if plan.requests.iter().any(|request| request.sender.is_some()) {
        return Err("a function of another file sends what this one hands it".to_owned());
    }
    let library = plan.requests.iter().find_map(|request| request.library.as_deref()).unwrap_or_default();
    if let Some(kept) = target.kept.iter().find(|kept| kept.libraries.iter().any(|known| known == library)) {
        return Err(kept.reason.clone());
    }
    let model = target.clients.iter().find(|client| client.replaces == library);
    model.ok_or_else(|| format!("{} has no client in the place of {library}", target.name))
}

/// A function that is replaced from outside would be passed by.
fn patched(plan: &Plan<'_>, place: &Place<'_>, call: tree_sitter::Node<'_>) -> Result<(), Refusal> {
    let callee = plan.grammar.callee(call).map(|callee| place.of(callee)).unwrap_or_default();
    match super::circumstances::patched(plan, callee) {
        Some(path) => Err(format!("`{callee}` is replaced by another function in {path}")),
        None => Ok(()),
    }
}

/// A form with other fields asks for something else.
fn fields(plan: &Plan<'_>, assertion_field: &str, arguments: &Arguments) -> Result<(), Refusal> {
    let known = [assertion_field, &plan.client_field, &plan.model.secret_field];
    match arguments.fields.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("the form has a field `{name}` of its own")),
        None => Ok(()),
    }
}

/// Everybody who reads the answer reads what the new one has.
fn readers(plan: &Plan<'_>, model: &ClientModel) -> Result<(), Refusal> {
    let mut read = plan.reads();
    if read.is_empty() {
        return Err("the answer goes further than could be followed".to_owned());
    }
    let decoded = || model.decoders.iter().chain(model.decoding_functions.values().flatten());
    read.retain(|name| !model.members.iter().chain(decoded()).any(|known| known == name));
    match read.first() {
        Some(name) => Err(format!("`{name}` of the answer is read, where the new client raises an exception")),
        None => Ok(()),
    }
}

struct Printer<'a> {
    plan: &'a Plan<'a>,
    place: &'a Place<'a>,
    model: &'a ClientModel,
    quote: char,
    scope: String,
    url: String,
    id: ByteRange,
    secret: ByteRange,
}

impl Printer<'_> {
    /// Puts the block in the place of the statement that sent the request.
    fn print(&self, draft: &mut Draft<'_>, arguments: &Arguments, answer: &Answer) {
        let text = self.place.text;
        let unit = self.plan.unit;
        let indent = indentation(text, answer.statement.start);
        let step = step(text);
        let line = newline(text);
        let client = self.free(&CLIENTS, answer.statement);
        let inner = format!("{indent}{step}");
        let mut head = format!("with {}({line}", self.model.class);
        let mut settings = vec![self.place.written(self.id).to_owned(), self.place.written(self.secret).to_owned()];
        settings.push(format!("{}={}", self.plan.model.scope_field, self.scope));
        settings
            .extend(self.model.settings.iter().map(|(name, value)| format!("{name}={}", quoted(value, self.quote))));
        let last = settings.len() - 1;
        for (number, setting) in settings.iter().enumerate() {
            let comma = if number < last || trailing_commas(text) { "," } else { "" };
            head.push_str(&format!("{inner}{setting}{comma}{line}"));
        }
        head.push_str(&format!("{indent}) as {client}:{line}{inner}"));

        let whole = answer.next.unwrap_or(answer.statement);
        if let [decoded] = answer.decoded[..]
            && whole.contains(decoded)
        {
            // The statement that decoded the answer goes on with the token, inside of the block.
            draft.replace(unit, ByteRange::new(answer.statement.start, whole.start), head);
            let around =
                (decoded.start - super::lines::line_start(text, decoded.start), rest_of_line(text, decoded.end));
            let fetch = self.fetch(&client, &inner, step, around.0 + step.len() + around.1, arguments);
            draft.replace(unit, decoded, fetch);
            self.indent(draft, whole, decoded, step);
            return;
        }
        let token = self.free(&ANSWERS, answer.statement);
        let fetch = self.fetch(&client, &inner, step, inner.len() + token.len() + 3, arguments);
        draft.replace(unit, answer.statement, format!("{head}{token} = {fetch}"));
        for decoded in &answer.decoded {
            draft.replace(unit, *decoded, token.clone());
        }
        for check in &answer.checks {
            draft.remove(unit, *check);
        }
    }

    /// The call that asks for the token. `beside` is how much else stands on its line.
    fn fetch(&self, client: &str, indent: &str, step: &str, beside: usize, arguments: &Arguments) -> String {
        let (grant_field, grant) = &self.plan.model.grant;
        let mut given = vec![self.url.clone(), format!("{grant_field}={}", quoted(grant, self.quote))];
        given.extend(arguments.options.iter().map(|option| self.place.written(*option).to_owned()));
        let called = format!("{client}.{}(", self.model.method);
        let flat = given.join(", ");
        let width = width(self.place.text);
        let line = newline(self.place.text);
        if !flat.contains('\n') && beside + called.len() + flat.len() < width {
            return format!("{called}{flat})");
        }
        if !flat.contains('\n') && indent.len() + step.len() + flat.len() <= width {
            return format!("{called}{line}{indent}{step}{flat}{line}{indent})");
        }
        let comma = if trailing_commas(self.place.text) { "," } else { "" };
        let parts = given.join(&format!(",{line}{indent}{step}"));
        format!("{called}{line}{indent}{step}{parts}{comma}{line}{indent})")
    }

    /// A name that nobody has in the function around a place.
    fn free(&self, names: &[&str], place: ByteRange) -> String {
        let around = self.place.function(place).map_or(ByteRange::new(0, self.place.text.len()), range);
        let is_taken = |name: &str| {
            let within = self.place.written(around);
            super::draft::has_word(within, name)
        };
        let free = names.iter().find(|name| !is_taken(name)).map(|name| (*name).to_owned());
        free.unwrap_or_else(|| {
            let last = names.last().copied().unwrap_or("client");
            (2..).map(|number| format!("{last}_{number}")).find(|name| !is_taken(name)).unwrap_or_default()
        })
    }

    /// Moves the lines of a statement into the block, but for those that are replaced.
    fn indent(&self, draft: &mut Draft<'_>, statement: ByteRange, replaced: ByteRange, step: &str) {
        let text = self.place.written(statement);
        for (at, _) in text.match_indices('\n') {
            let next = statement.start + at + 1;
            if next <= replaced.start || next >= replaced.end {
                draft.replace(self.plan.unit, ByteRange::new(next, next), step);
            }
        }
    }
}

/// What stands behind a place on its line.
fn rest_of_line(text: &str, place: usize) -> usize {
    text[place..].lines().next().unwrap_or_default().trim_end().chars().count()
}

/// One level of indentation.
fn step(text: &str) -> &str {
    let first = text.lines().find(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
    let indent = first.map(|line| &line[..line.len() - line.trim_start().len()]);
    match indent {
        Some(indent) if indent.starts_with('\t') => "\t",
        Some("  ") => "  ",
        _ => "    ",
    }
}

/// Whether the lists of a file end with a comma where each item has its line.
fn trailing_commas(text: &str) -> bool {
    let mut without = 0;
    let mut with = 0;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for pair in lines.windows(2) {
        if pair[1].starts_with([')', '}', ']']) && !pair[0].ends_with(['(', '{', '[']) {
            if pair[0].ends_with(',') {
                with += 1;
            } else {
                without += 1;
            }
        }
    }
    with >= without
}

/// How long the lines of a file may be.
fn width(text: &str) -> usize {
    let longest = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or_default();
    longest.clamp(WIDTHS.0, WIDTHS.1)
}
