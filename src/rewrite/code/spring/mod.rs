//! Spring Security asks for the token: what a method does to send the request and to take the answer apart becomes the call of a
//! manager.
//!
//! The manager is kept in a field where all that it is made of stays the same, else it is made for each call. It asks at each
//! call, as the old code did: a token that is handed out lasts as long as before. Where more of the answer leaves the method than a
//! manager gives, or the client was set up in a way that a manager cannot be, it refuses, and the client stays. What is printed is
//! data, `[target.code]`.

mod answer;
mod circumstances;
mod method;
mod parts;
mod printed;
mod time_outs;
mod values;

use std::collections::BTreeSet;

use tree_sitter::Node;

pub(super) use self::circumstances::{circumstances, own_client};

use self::answer::{Member, Reading, Type};
use self::circumstances::declaration_of;
use self::method::Method;
use self::parts::{Opened, Parts};
use self::printed::{Printer, Values};
use self::time_outs::TimeOuts;
use super::draft::{Draft, has_word};
use super::java;
use super::keep::Refusal;
use super::lines::{indentation, line_end, line_start, newline, step};
use super::names::range;
use super::plan::Plan;
use super::scopes;
use super::unwrap::Unwrapped;
use crate::facts::fact::Request;
use crate::finding::ByteRange;
use crate::manifest::{Project, decide, supports};
use crate::rewrite::targets::Target;
use crate::rules::Effects;
use crate::syntax::Preorder;

/// Rewrites the method around the request.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, effects: &Effects) -> Result<(), Refusal> {
    let unit = plan.unit;
    let target = plan.catalog.targets().named(plan.grammar.platform, Target::SpringSecurity.name());
    let model = target.and_then(|target| target.code.as_ref());
    let model = model.ok_or_else(|| "no rule file says what Spring Security looks like".to_owned())?;
    let version = version(plan)?;
    let method = Method::of(plan, effects, model)?;
    check(&method)?;
    let time_outs = TimeOuts::of(&method)?;

    let place = method.address_place()?;
    let id = method.field(&plan.client_field)?;
    let secret = method.field(&plan.model.secret_field)?;
    let needed = needed(&method, &[place, id, secret]);
    let parts = Parts::of(&method, &needed, false);
    let parts = match parts {
        Ok(parts) => parts,
        Err(why) => Parts::of(&method, &needed, true).map_err(|_| why)?,
    };
    // A variable that only the request needed goes with it.
    let is_said = |name: &str| {
        parts.kept.iter().any(|kept| {
            !range(*kept).contains(place) && method.identifiers(*kept).any(|node| method.written(node) == name)
        })
    };
    let variable = method.address_variable(place).map(str::to_owned).filter(|name| is_said(name));
    let address = method.address(draft, place, variable.as_deref())?;
    for name in method.names_in(&[id, secret]).into_iter().chain(match &variable {
        Some(name) => vec![name.clone()],
        None => method.names_in(&[place]),
    }) {
        draft.uses(unit, &name);
    }
    let made_of = [place, id, secret];
    let is_local = variable.is_some() || method.names_in(&made_of).iter().any(|name| method.local(name).is_some());
    let code = Code {
        method: &method,
        version,
        address,
        id: method.part(id).to_owned(),
        secret: method.part(secret).to_owned(),
        is_kept: method.has_fields() && !is_local && method.is_fixed(&made_of),
        time_outs,
    };
    code.put(draft, &parts)?;
    draft.replaced(
        unit,
        plan.site,
        "the exchange of the signed assertion",
        "Spring Security's manager asks for the token",
    );
    Ok(())
}

/// The version of Spring Security that the project has then, where that is known.
fn version(plan: &Plan<'_>) -> Result<Option<String>, Refusal> {
    let unknown = || "the request could not be followed".to_owned();
    let source = plan.source(plan.unit).ok_or_else(unknown)?;
    let manifests = java::manifests(source, plan.contents);
    let floor = java::release(source);
    let project = Project { manifests: &manifests, floor: floor.as_ref(), features: &[] };
    let target = plan.catalog.targets().named(plan.grammar.platform, Target::SpringSecurity.name());
    let Some(target) = target else { return Ok(None) };
    let decided = supports(target, floor.as_ref(), false).and_then(|()| decide(target, project));
    let library = decided.map_err(|undecided| undecided.to_string())?.into_iter().next();
    let managed = library.as_ref().and_then(|library| library.managed.as_ref());
    if let Some(managed) = managed.filter(|managed| managed.version.is_some() && managed.settles.is_none()) {
        let own = managed.version.clone().unwrap_or_default();
        return Err(format!("{} {own} settles a version of Spring Security that is too old", managed.by));
    }
    Ok(library.and_then(|library| library.version))
}

/// Why a manager cannot take the place of a request, whatever its method looks like.
fn check(method: &Method<'_, '_>) -> Result<(), Refusal> {
    let plan = method.plan;
    let is_login = |request: &&Request| {
        request.fields.iter().any(|field| field.name.literal().as_ref() == Some(&plan.model.secret_field))
    };
    let logins = plan.facts.requests.iter().filter(is_login);
    let mut sites = logins.filter_map(|request| plan.subject.program.place(request.site));
    if sites.any(|(unit, place)| unit == plan.unit && !range(method.node).contains(place)) {
        return Err("several requests of this file ask for a token".to_owned());
    }
    waited_for(method)?;
    let client = plan.grammar.root(method.site);
    if client.kind() != "identifier" {
        return Ok(());
    }
    let name = method.written(client);
    let Some(declared) = declaration_of(method.root, method.text, name) else { return Ok(()) };
    let from_outside = declared.kind() == "formal_parameter"
        || (declared.kind() == "field_declaration" && !method.written(declared).contains('='));
    match from_outside {
        true => Err(format!("`{name}` comes from outside of the class, with what was set up there")),
        false => Ok(()),
    }
}

/// Somebody waits for a failure of the old client.
fn waited_for(method: &Method<'_, '_>) -> Result<(), Refusal> {
    let plan = method.plan;
    let Some(source) = plan.source(plan.unit) else { return Ok(()) };
    let neighbours = java::package_texts(source, plan.contents);
    let linked = plan.subject.sources.iter().map(|source| source.file.text());
    for text in linked.chain(neighbours.iter().map(|(_, text)| text.as_str())) {
        for (at, _) in text.match_indices("catch (") {
            let clause = text[at..].split(')').next().unwrap_or_default();
            if let Some(failure) = method.model.failures.iter().find(|failure| has_word(clause, failure)) {
                return Err(format!("somebody catches `{failure}`, which a manager does not throw"));
            }
        }
    }
    Ok(())
}

/// The names that some places speak of, and those that these variables are made of.
fn needed(method: &Method<'_, '_>, places: &[ByteRange]) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut queue = method.names_in(places);
    while let Some(name) = queue.pop() {
        if !needed.contains(&name)
            && let Some(declared) = method.local(&name)
        {
            queue.extend(method.names_in(&[range(declared)]));
            needed.insert(name);
        }
    }
    needed
}

/// What the new statements are made of.
struct Code<'m, 'a, 'tree> {
    method: &'m Method<'a, 'tree>,
    version: Option<String>,
    address: String,
    id: String,
    secret: String,
    /// Whether all of it stays the same, so that the manager can be kept.
    is_kept: bool,
    time_outs: TimeOuts,
}

impl<'tree> Code<'_, '_, 'tree> {
    /// Puts the new code in the place of the old.
    fn put(&self, draft: &mut Draft<'_>, parts: &Parts<'tree>) -> Result<(), Refusal> {
        let (method, unit) = (self.method, self.method.plan.unit);
        let text = method.text;
        let line = newline(text);
        let in_head = parts.opened.iter().find(|opened| opened.statement == parts.site);
        let indent = indentation(text, parts.site.start_byte());
        let indent = match in_head {
            Some(opened) if opened.stays => format!("{indent}{}", step(text)),
            _ => indent.to_owned(),
        };
        let is_token_alone = parts.readings.iter().all(|reading| reading.member == Member::Value);
        let (asked, answer) = self.asked(draft, parts, !is_token_alone)?;
        let new = asked.join(&format!("{line}{indent}"));
        match in_head {
            Some(opened) => {
                let end = opened.block.start_byte() + 1;
                let head = match opened.stays {
                    true => format!("try {{{line}{indent}{new}"),
                    false => new,
                };
                let head_place = ByteRange::new(opened.statement.start_byte(), end);
                draft.give_up(unit, head_place);
                draft.replace(unit, head_place, head);
            }
            None if parts.gone.contains(&parts.site) => {
                draft.give_up(unit, range(parts.site));
                draft.replace(unit, range(parts.site), new);
            }
            None => {
                let at = parts.site.start_byte();
                draft.replace(unit, ByteRange::new(at, at), format!("{new}{line}{indent}"));
            }
        }
        for gone in parts.gone.iter().filter(|gone| **gone != parts.site) {
            draft.give_up(unit, range(*gone));
            draft.remove(unit, range(*gone));
        }
        for opened in &parts.opened {
            self.open(draft, opened, opened.statement == parts.site);
        }
        for reading in &parts.readings {
            self.read(draft, reading, &answer)?;
        }
        draft.answer_known |= is_token_alone;
        Ok(())
    }

    /// Takes away what stands around a block.
    fn open(&self, draft: &mut Draft<'_>, opened: &Opened<'tree>, is_replaced: bool) {
        let (text, unit) = (self.method.text, self.method.plan.unit);
        let (statement, block) = (range(opened.statement), range(opened.block));
        let head = ByteRange::new(statement.start, block.start + 1);
        if !is_replaced {
            draft.give_up(unit, head);
        }
        if opened.stays {
            if !is_replaced {
                draft.replace(unit, head, "try {");
            }
            return;
        }
        let tail = ByteRange::new(block.end - 1, statement.end);
        draft.give_up(unit, tail);
        let outer = indentation(text, statement.start);
        let first = opened.block.named_child(0).map_or(outer, |first| indentation(text, first.start_byte()));
        let gone = if is_replaced { vec![tail] } else { vec![head, tail] };
        for place in &gone {
            draft.remove(unit, *place);
        }
        let body = ByteRange::new(line_end(text, head.end), line_start(text, tail.start));
        draft.unwrap(
            unit,
            Unwrapped {
                gone,
                is_block: true,
                call: head,
                body,
                indent: first.strip_prefix(outer).unwrap_or_default().to_owned(),
            },
        );
    }

    /// Puts what a manager gives in the place of a reading.
    fn read(&self, draft: &mut Draft<'_>, reading: &Reading<'tree>, answer: &str) -> Result<(), Refusal> {
        let (method, unit) = (self.method, self.method.plan.unit);
        let place = range(reading.node);
        draft.give_up(unit, place);
        if reading.member != Member::Whole {
            let new = self.value(draft, reading.member, reading.kind, answer);
            draft.replace(unit, place, new);
            return Ok(());
        }
        let statement = method.plan.grammar.statement(reading.node).ok_or("the answer could not be followed")?;
        let declared = statement.child_by_field_name("type").filter(|_| statement.kind() != "return_statement");
        let class = declared.map_or_else(|| method.gives(), |kind| method.written(kind)).to_owned();
        let made = answer::made(method, &class).ok_or_else(|| format!("{class} holds more than the token"))?;
        draft.uses(unit, &class);
        if let Some(arguments) = &made.arguments {
            let arguments: Vec<String> =
                arguments.iter().map(|(member, kind)| self.value(draft, *member, *kind, answer)).collect();
            draft.replace(unit, place, format!("new {class}({})", arguments.join(", ")));
            return Ok(());
        }
        let line = newline(method.text);
        let indent = indentation(method.text, statement.start_byte());
        let variable = statement.child_by_field_name("declarator").and_then(|one| one.child_by_field_name("name"));
        let name = match variable {
            Some(name) => method.written(name).to_owned(),
            None => method.free_local(&["token", "adobeToken", "newToken"]).to_owned(),
        };
        let mut sets = Vec::new();
        for (member, kind, set) in &made.sets {
            let value = self.value(draft, *member, *kind, answer);
            sets.push(format!("{name}.{};", set.replace("{}", &value)));
        }
        let sets = sets.join(&format!("{line}{indent}"));
        match variable {
            Some(_) => {
                draft.replace(unit, place, format!("new {class}()"));
                let end = statement.end_byte();
                draft.replace(unit, ByteRange::new(end, end), format!("{line}{indent}{sets}"));
            }
            None => {
                let start = statement.start_byte();
                let new = format!("{class} {name} = new {class}();{line}{indent}{sets}{line}{indent}");
                draft.replace(unit, ByteRange::new(start, start), new);
                draft.replace(unit, place, name);
            }
        }
        Ok(())
    }

    /// The expression of a member of the answer, in the type that is wanted.
    fn value(&self, draft: &mut Draft<'_>, member: Member, kind: Type, answer: &str) -> String {
        let model = self.method.model;
        let template = match member {
            Member::Seconds => &model.seconds,
            Member::Kind => &model.kind,
            Member::Value | Member::Whole => &model.value,
        };
        let values = Values::from([("answer", answer.to_owned())]);
        let value = self.printed(draft, |printer| printer.text(template, &values));
        match (member, kind) {
            (Member::Seconds, Type::Int) => format!("(int) {value}"),
            (Member::Seconds, Type::Text) => format!("String.valueOf({value})"),
            _ => value,
        }
    }

    /// Lets templates be filled in for the file.
    fn printed<T>(&self, draft: &mut Draft<'_>, print: impl FnOnce(&mut Printer<'_>) -> T) -> T {
        let (plan, unit) = (self.method.plan, self.method.plan.unit);
        let mut class = |full: &str| java::class(plan, draft, unit, full);
        print(&mut Printer { model: self.method.model, class: &mut class, step: step(self.method.text) })
    }

    /// The statements that ask for the token, and the expression of the answer. A manager that is kept stands in the class then.
    fn asked(
        &self,
        draft: &mut Draft<'_>,
        parts: &Parts<'tree>,
        holds: bool,
    ) -> Result<(Vec<String>, String), Refusal> {
        let (method, model) = (self.method, self.method.model);
        let scope = scopes::expression(method.plan, draft, method.plan.unit, range(method.body), '"')?;
        let name = method.free_name(&["authorizedClients", "adobeClients", "adobeAuthorizedClients"]);
        let name = name.filter(|_| self.is_kept);
        let authentication = model.method(self.version.as_deref());
        let authentication = authentication.ok_or("the version of Spring Security is too old")?;
        let mut values = Values::from([
            ("method", authentication.to_owned()),
            ("address", self.address.clone()),
            ("id", self.id.clone()),
            ("secret", self.secret.clone()),
            ("scope", scope),
        ]);
        let locals: [(&str, &[&str]); 9] = [
            ("held", &["issued", "issuedToken", "adobeToken"]),
            ("registration", &["registration", "adobeRegistration"]),
            ("registrations", &["registrations", "adobeRegistrations"]),
            ("manager", &["manager", "adobeManager"]),
            ("tokens", &["tokens", "tokenClient", "adobeTokenClient"]),
            ("http", &["http", "requests", "adobeRequests"]),
            ("rest", &["rest", "restTemplate", "adobeRest"]),
            ("authorized", &["authorized", "authorizedClient", "adobeAuthorized"]),
            ("failure", &["e", "failure", "refused"]),
        ];
        for (local, names) in locals {
            values.insert(local, method.free_local(names).to_owned());
        }
        let mut time_outs = Vec::new();
        let mut options = String::new();
        if name.is_some() {
            values.insert("kept", String::new());
            options += &self.printed(draft, |printer| printer.text(&model.fresh, &values));
        }
        if self.time_outs.is_set() {
            let version = self.version.as_deref();
            let of_version = version.and_then(|version| model.time_outs(version));
            let of_version =
                of_version.ok_or("the client has time-outs, and which Spring Security it will be is not known")?;
            for (of, length) in [("connect", &self.time_outs.connect), ("read", &self.time_outs.read)] {
                let Some(length) = length else { continue };
                for name in length.names() {
                    draft.uses(method.plan.unit, name);
                }
                let written = self.printed(draft, |printer| length.written(of_version.unit, printer.class));
                values.insert(of, written);
            }
            time_outs = self.printed(draft, |printer| printer.lines(&of_version.code, &values));
            options += &self.printed(draft, |printer| printer.text(&model.client, &values));
        }
        if !options.is_empty() {
            values.insert("options", options);
        }
        let mut made = time_outs;
        made.extend(self.printed(draft, |printer| printer.lines(&model.manager, &values)));
        let mut exception = "IllegalStateException".to_owned();
        if self.promises_io() {
            self.refusals(draft, parts);
            exception = java::class(method.plan, draft, method.plan.unit, "java.io.IOException");
            values.insert("caught", String::new());
        }
        values.insert("exception", exception);
        let clients = name.map_or_else(|| values["manager"].clone(), |name| format!("{name}()"));
        values.insert("clients", clients);
        let mut asked = self.printed(draft, |printer| printer.lines(&model.ask, &values));
        let answer = match holds {
            false => self.printed(draft, |printer| printer.text(&model.answer, &values)),
            true => {
                asked.extend(self.printed(draft, |printer| printer.lines(&model.hold, &values)));
                values["held"].clone()
            }
        };
        match name {
            None => {
                made.append(&mut asked);
                Ok((made, answer))
            }
            Some(name) => {
                self.keep(draft, name, &values["manager"], &made);
                Ok((asked, answer))
            }
        }
    }

    /// Whether callers may wait for an `IOException`, which the new library does not throw.
    fn promises_io(&self) -> bool {
        let method = self.method;
        let grammar = method.plan.grammar;
        let throws_io = method.effects.throwing("IOException");
        let mut calls = Preorder::new(method.body).filter(|node| grammar.is_call(*node));
        let threw = calls.any(|call| throws_io.is_some_and(|known| known.contains(grammar.called(call, method.text))));
        threw && java::may_throw_io(method.site, method.text)
    }

    /// A refusal that was no `IOException` is one now, as a failed connection is.
    fn refusals(&self, draft: &mut Draft<'_>, parts: &Parts<'tree>) {
        let method = self.method;
        let blocks = parts.opened.iter().map(|opened| opened.statement);
        let throws = parts.gone.iter().copied().chain(blocks).flat_map(Preorder::new);
        for made in throws.filter(|node| node.kind() == "throw_statement") {
            let exception = made.named_child(0).filter(|made| made.kind() == "object_creation_expression");
            let Some(name) = exception.map(|made| method.plan.grammar.called(made, method.text)) else { continue };
            if name != "IOException" && !method.effects.is_kind_of(name, "IOException") {
                draft.doubts.insert(format!("a refusal was told by `{name}`, and is told by an `IOException` now"));
            }
        }
    }

    /// Puts a manager that is kept into the class: a field, and the method that makes it once.
    fn keep(&self, draft: &mut Draft<'_>, name: &str, local: &str, made: &[String]) {
        let (method, unit) = (self.method, self.method.plan.unit);
        let text = method.text;
        let line = newline(text);
        let step = step(text);
        let class = self.printed(draft, |printer| printer.text(&method.model.manager_class, &Values::new()));
        let of_class = if method.plan.grammar.has_modifier(method.node, "static") { "static " } else { "" };
        let own = indentation(text, method.node.start_byte());
        self.field(draft, &format!("{own}private {of_class}{class} {name};{line}"));
        let inner = format!("{own}{step}");
        let innermost = format!("{inner}{step}");
        let made = made.join(&format!("{line}{innermost}"));
        let function = format!(
            "{own}private {of_class}synchronized {class} {name}() {{\
             {line}{inner}if ({name} == null) {{\
             {line}{innermost}{made}\
             {line}{innermost}{name} = {local};\
             {line}{inner}}}\
             {line}{inner}return {name};\
             {line}{own}}}{line}"
        );
        draft.insert(unit, line_end(text, method.node.end_byte()), function, true);
    }

    /// Puts a field behind the last one of the class around the method.
    fn field(&self, draft: &mut Draft<'_>, field: &str) {
        let (method, text) = (self.method, self.method.text);
        let Some(class) = method.node.parent() else { return };
        let mut cursor = class.walk();
        let fields = class.named_children(&mut cursor).filter(|node: &Node<'_>| node.kind() == "field_declaration");
        let last = fields.filter(|node| node.start_byte() < method.node.start_byte()).last();
        let (at, lines) = match last {
            Some(last) => (line_end(text, last.end_byte()), field.to_owned()),
            None => {
                let at = line_end(text, class.start_byte());
                let is_free = text[at..].trim_start_matches([' ', '\t']).starts_with(['\r', '\n']);
                let gap = if is_free { String::new() } else { newline(text).to_owned() };
                (at, format!("{field}{gap}"))
            }
        };
        draft.insert(method.plan.unit, at, lines, last.is_none() && text[at..].starts_with(['\r', '\n']));
    }
}
