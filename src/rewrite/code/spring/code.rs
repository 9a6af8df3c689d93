//! What is printed in the place of an exchange: the statements that ask a manager, what is read of its answer, and where the manager
//! is made.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::super::draft::Draft;
use super::super::java;
use super::super::keep::Refusal;
use super::super::lines::{indentation, line_end, line_start, newline, step};
use super::super::names::range;
use super::super::scopes;
use super::super::unwrap::Unwrapped;
use super::answer::{self, Member, Reading, Type};
use super::method::Method;
use super::parts::{Opened, Parts};
use super::printed::{Printer, Values};
use super::shared::Shared;
use super::time_outs::TimeOuts;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// Exceptions of the language that nobody has to catch.
const RUNTIME: &[&str] =
    &["RuntimeException", "IllegalStateException", "IllegalArgumentException", "UncheckedIOException"];

/// What the new statements are made of.
pub(super) struct Code<'m, 'a, 'tree> {
    pub(super) method: &'m Method<'a, 'tree>,
    pub(super) version: Option<String>,
    pub(super) address: String,
    pub(super) id: String,
    pub(super) secret: String,
    /// Whether all of it stays the same, so that the manager can be kept.
    pub(super) is_kept: bool,
    pub(super) time_outs: TimeOuts,
    /// What asks, where several places do.
    pub(super) shared: Option<Shared>,
}

impl<'tree> Code<'_, '_, 'tree> {
    /// Puts the new code in the place of the old.
    pub(super) fn put(&self, draft: &mut Draft<'_>, parts: &Parts<'tree>) -> Result<(), Refusal> {
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
        // The inner ones first: their lines move by all that goes around them.
        let mut opened: Vec<&Opened<'tree>> = parts.opened.iter().collect();
        opened.sort_by_key(|one| one.statement.byte_range().len());
        for one in &opened {
            let around =
                opened.iter().rev().find(|outer| !outer.stays && range(outer.block).contains(range(one.statement)));
            let outer = around.map_or(one.statement, |around| around.statement);
            self.open(draft, one, outer, one.statement == parts.site);
        }
        for reading in &parts.readings {
            self.read(draft, reading, &answer)?;
        }
        draft.answer_known |= is_token_alone;
        Ok(())
    }

    /// Takes away what stands around a block.
    fn open(&self, draft: &mut Draft<'_>, opened: &Opened<'tree>, outermost: Node<'tree>, is_replaced: bool) {
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
        let outer = indentation(text, outermost.start_byte());
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
        let name = name.filter(|_| self.is_kept && self.shared.is_none());
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
        if self.shared.is_none() {
            made.extend(self.printed(draft, |printer| printer.lines(&model.manager, &values)));
        }
        let mut exception = "IllegalStateException".to_owned();
        let own = self.refusals(parts);
        if self.promises_io() {
            for name in
                own.iter().filter(|name| **name != "IOException" && !method.effects.is_kind_of(name, "IOException"))
            {
                draft.doubts.insert(format!("a refusal was told by `{name}`, and is told by an `IOException` now"));
            }
            exception = java::class(method.plan, draft, method.plan.unit, "java.io.IOException");
            values.insert("caught", String::new());
            values.insert("cause", String::new());
        } else if let [name] =
            own.iter().filter(|name| !RUNTIME.contains(&name.as_str())).collect::<Vec<_>>().as_slice()
        {
            // An exception of the project's own, which callers know.
            exception.clone_from(name);
            draft.uses(method.plan.unit, name);
            values.insert("caught", String::new());
        }
        values.insert("exception", exception);
        if let Some(shared) = &self.shared {
            let clients = shared.put(method, draft, &values)?;
            values.insert("clients", clients);
            let asked = self.printed(draft, |printer| printer.lines(&model.ask_function, &values));
            return Ok((asked, values["held"].clone()));
        }
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
        threw && java::may_throw(method.site, method.text, &method.plan.catalog.effects().java.passes_io)
    }

    /// The exceptions by which the old code tells a refusal, made of a text.
    fn refusals(&self, parts: &Parts<'tree>) -> BTreeSet<String> {
        let method = self.method;
        let blocks = parts.opened.iter().filter(|opened| !opened.stays).map(|opened| opened.statement);
        let throws = parts.gone.iter().copied().chain(blocks).flat_map(Preorder::new);
        let made = throws.filter(|node| node.kind() == "throw_statement").filter_map(|node| node.named_child(0));
        let of_text = made.filter(|made| {
            let arguments = made.child_by_field_name("arguments");
            made.kind() == "object_creation_expression" && arguments.is_some_and(|list| list.named_child_count() == 1)
        });
        of_text.map(|made| method.plan.grammar.called(made, method.text).to_owned()).collect()
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
