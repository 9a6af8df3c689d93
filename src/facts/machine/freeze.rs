//! From the machine's values to facts: what is sent and signed, read off the heap at the moment it happens.

use std::collections::BTreeSet;

use super::Machine;
use super::call::Site;
use super::field_text::fields_of_text;
use super::value::{Hole, ObjectId, Part, Shape, Value};
use crate::facts::fact::{self, Assertion, Field, Origin, Request, Text};
use crate::facts::ir::Module;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};
use crate::rules::pattern::Answer;
use crate::rules::schema::Slot;

/// What an item of a list or map is called whose key is not known.
const ANY_ITEM: &str = "item";

/// How many endpoints that functions give back are remembered.
const MOST_ENDPOINTS: usize = 64;

/// How many values are looked into for one fact.
const MOST_VISITS: usize = 400;

/// What sends a request.
pub(super) struct Sender {
    pub(super) range: ByteRange,
    pub(super) callee: String,
    pub(super) library: Option<String>,
    /// Whether it is seen to be sent.
    pub(super) sent: bool,
}

/// Named values on their way into a fact, and the objects that were looked into.
#[derive(Default)]
struct Gathered {
    fields: Vec<(Value, Value)>,
    seen: BTreeSet<ObjectId>,
    visits: usize,
    trail: Vec<ByteRange>,
}

/// Whether a value is only the name by which the environment or a configuration was asked: no part of what it gave.
fn names_origin(value: &Value, hole: &Hole) -> bool {
    match &hole.origin {
        Origin::Environment(name) | Origin::Configuration(name) => value.as_literal().is_some_and(|text| text == *name),
        _ => false,
    }
}

impl Machine<'_> {
    /// Writes down a request that is sent.
    pub(super) fn record_request(&mut self, id: ObjectId, sender: Sender) {
        let urls = self.assembled_urls(id);
        let mut nearby = Vec::new();
        for url in &urls {
            self.texts_inside(url, &mut nearby, &mut 0);
        }
        let mut gathered = Gathered::default();
        self.gather(&Value::Object(id), &mut gathered, 0);
        // A query is a form too, and so is what a query was made of.
        for url in &urls {
            self.gather(url, &mut gathered, 0);
        }
        let urls: Vec<Text> = urls.iter().flat_map(|url| self.texts(url)).collect();
        let fields = self.fields(gathered.fields);
        if !self.carries_assertion(&fields) {
            // A configuration of another file holds many addresses: without the form nothing says that this one is meant.
            let unit = |range: ByteRange| self.program.place(range).map(|(unit, _)| unit);
            nearby.retain(|text: &Text| text.range().is_some_and(|range| unit(range) == unit(sender.range)));
        }
        let mut trail = self.object(id).trail.clone();
        trail.extend(gathered.trail);
        trail.sort();
        trail.dedup();
        let site = self.asked_for(sender.range, &fields, &urls);
        let symbol = symbol_at(self.module, site);
        let method = self.object(id).slots.get(&Slot::Method).and_then(Value::as_literal);
        self.facts.requests.push(Request {
            method,
            site,
            sender: (site != sender.range).then_some(sender.range),
            callee: sender.callee,
            library: sender.library,
            sent: sender.sent,
            urls,
            urls_nearby: nearby,
            fields,
            trail,
            symbol,
        });
    }

    /// Whether a form has the field in which some rule looks for the assertion.
    fn carries_assertion(&self, fields: &[Field]) -> bool {
        let wanted: Vec<&String> =
            self.rules.iter().filter_map(|rule| rule.rule.matches.assertion_field.as_ref()).collect();
        fields.iter().any(|field| field.name.literal().is_some_and(|name| wanted.contains(&&name)))
    }

    /// The call that asks for a request: the one that sends it, or, where a function of another file sends whatever it is
    /// given, the call that gives it the form or the address.
    fn asked_for(&self, sent: ByteRange, fields: &[Field], urls: &[Text]) -> ByteRange {
        let unit = |range: ByteRange| self.program.place(range).map(|(unit, _)| unit);
        let wanted = |name: &str| {
            let forms = self.rules.iter().flat_map(|rule| &rule.requests).flat_map(|wanted| &wanted.form);
            forms.into_iter().any(|field| field == name)
        };
        let named = fields.iter().filter(|field| field.name.literal().is_some_and(|name| wanted(&name)));
        let mut places = named
            .filter_map(|field| field.name.range())
            // The path says what is asked for; whatever stands before it may belong to the sender.
            .chain(urls.iter().filter(|url| self.is_wanted_url(url)).filter_map(Text::last_range));
        let here = unit(sent);
        let Some(place) = places.next() else { return sent };
        if unit(place) == here || places.any(|place| unit(place) == here) {
            return sent;
        }
        let sites = || self.sites.iter().rev();
        // A constant of a third file was handed over by whoever called.
        let asked =
            sites().find(|site| unit(**site) == unit(place)).or_else(|| sites().find(|site| unit(**site) != here));
        asked.copied().unwrap_or(sent)
    }

    /// Gives requests back to the call that sends them, where that one asks for the same without being told: it is no
    /// sender of whatever it is given.
    pub(super) fn settle_sites(&mut self) {
        let own: BTreeSet<ByteRange> = self
            .facts
            .requests
            .iter()
            .filter(|request| request.sender.is_none() && request.sent)
            .filter(|request| request.urls.iter().any(|url| self.is_wanted_url(url)))
            .map(|request| request.site)
            .collect();
        for request in &mut self.facts.requests {
            if let Some(sender) = request.sender.filter(|sender| own.contains(sender)) {
                request.site = sender;
                request.sender = None;
                request.symbol = symbol_at(self.module, sender);
            }
        }
    }

    /// Writes down a call of an unknown function, if what it is given looks like the parts of a request.
    pub(super) fn record_unknown_call(&mut self, site: &Site<'_>) {
        let mut texts = Vec::new();
        let mut visits = 0;
        for value in site.receiver.iter().chain(site.arguments.values()) {
            self.texts_inside(value, &mut texts, &mut visits);
        }
        let mut gathered = Gathered::default();
        for value in site.receiver.iter().chain(site.arguments.values()) {
            self.gather(value, &mut gathered, 0);
        }
        let is_wanted = |name: &str| {
            self.rules.iter().flat_map(|rule| &rule.requests).any(|wanted| {
                wanted.form.iter().chain(wanted.fields.iter().map(|(name, _)| name)).any(|field| field == name)
            })
        };
        let has_field = gathered.fields.iter().any(|(name, _)| name.as_literal().is_some_and(|name| is_wanted(&name)));
        let has_url = texts.iter().any(|text| self.is_wanted_url(text));
        if !has_field && !has_url {
            return;
        }
        // Arguments that are addresses themselves count as the URL; what they are made of only as near it.
        let direct: Vec<Value> = site
            .arguments
            .values()
            .flat_map(|value| value.options().to_vec())
            .filter(|value| matches!(value, Value::Text(_)))
            .collect();
        let mut urls: Vec<Text> = direct.iter().flat_map(|value| self.texts(value)).collect();
        // A whole address of somebody else is known too: then the form goes there.
        let is_address = |text: &Text| text.literal().is_some_and(|text| text.contains("://"));
        urls.retain(|text| self.is_wanted_url(text) || is_address(text));
        let fields = self.fields(gathered.fields);
        let symbol = symbol_at(self.module, site.range);
        self.facts.requests.push(Request {
            site: site.range,
            sender: None,
            callee: site.callee.clone(),
            library: None,
            method: None,
            sent: false,
            urls,
            urls_nearby: texts,
            fields,
            trail: gathered.trail,
            symbol,
        });
    }

    fn is_wanted_url(&self, text: &Text) -> bool {
        let pieces = text.pieces();
        self.rules
            .iter()
            .flat_map(|rule| &rule.requests)
            .filter_map(|wanted| wanted.url.as_ref())
            .any(|url| url.answer(&pieces) >= Answer::ElsewhereYes)
    }

    /// Writes down an assertion that is signed.
    pub(super) fn record_assertion(&mut self, id: ObjectId, library: Option<String>, site: ByteRange) {
        let object = self.object(id);
        let slots = object.slots.clone();
        let mut trail = object.trail.clone();
        let slot = |slot: Slot| slots.get(&slot).cloned();
        let mut gathered = Gathered::default();
        gathered.fields.extend(object.claims.iter().cloned());
        for (slot_name, claim) in [(Slot::Issuer, "iss"), (Slot::Subject, "sub"), (Slot::Audience, "aud")] {
            if let Some(value) = slot(slot_name) {
                gathered.fields.push((Value::text(claim, site), value));
            }
        }
        for source in [slot(Slot::Claims), slot(Slot::Content), slot(Slot::Body)].into_iter().flatten() {
            self.gather_claims(&source, &mut gathered, 0);
        }
        trail.extend(gathered.trail);
        trail.sort();
        trail.dedup();
        let claims = self.fields(gathered.fields);
        let key = slot(Slot::Key).map(|key| self.key_value(&key)).unwrap_or_default();
        let symbol = symbol_at(self.module, site);
        self.facts.assertions.push(Assertion { site, library, signed: true, claims, key, trail, symbol });
    }

    /// What is left when everything was run: declared requests that nobody calls, requests that nobody was seen to
    /// send, maps that could be claims.
    pub(super) fn record_leftovers(&mut self) {
        let declared: Vec<_> = self.declared.values().copied().collect();
        for (id, library, range, called) in declared {
            if !called {
                self.send(id, range, "", Some(library));
            }
        }
        let endpoints = self.endpoints();
        for position in 0..self.heap.len() {
            let id = ObjectId(position);
            let object = self.object(id);
            match object.shape.clone() {
                Shape::Typed(type_name)
                    if object.finished.is_none()
                        // What its maker drops is never sent.
                        && (object.escapes || object.used || self.is_eager(&type_name))
                        && self.index.type_kind(&type_name) == crate::rules::schema::TypeKind::Request =>
                {
                    let Some(site) = object.trail.iter().copied().reduce(ByteRange::cover) else { continue };
                    let library =
                        self.library_of_type(&type_name).map(|library| self.index.library(library).name.clone());
                    // Node's clients send a request when it is awaited, and whoever asked for it does that.
                    let sent =
                        self.platform() == Platform::Node && object.returned.is_some() || self.is_eager(&type_name);
                    let is_known = |request: &Request| {
                        request.sent && object.trail.iter().all(|range| request.trail.contains(range))
                    };
                    if sent && self.facts.requests.iter().any(is_known) {
                        continue;
                    }
                    self.record_request(id, Sender { range: site, callee: String::new(), library, sent });
                }
                Shape::Map if object.entries.len() > 1 && object.range != ByteRange::default() => {
                    let entries = object.entries.clone();
                    let site = object.range;
                    let object = self.object(id);
                    if !object.used && object.escapes && self.is_form(&entries) {
                        let place = self.program.place(site).map(|(unit, _)| unit);
                        let units = [place, object.returned];
                        let near = |(unit, _): &&(UnitId, Text)| units.contains(&Some(*unit));
                        let near: Vec<Text> = endpoints.iter().filter(near).map(|(_, text)| text.clone()).collect();
                        self.record_form(id, &near);
                    }
                    let names = ["iss", "sub", "aud", "exp"];
                    let known = entries
                        .iter()
                        .filter(|(name, _)| name.as_literal().is_some_and(|name| names.contains(&name.as_str())));
                    if known.count() >= 2 {
                        let claims = self.fields(entries);
                        let symbol = symbol_at(self.module, site);
                        self.facts.assertions.push(Assertion {
                            site,
                            library: None,
                            signed: false,
                            claims,
                            key: fact::Value::default(),
                            trail: Vec::new(),
                            symbol,
                        });
                    }
                }
                _ => {}
            }
        }
    }

    fn is_eager(&self, type_name: &str) -> bool {
        self.index.type_named(type_name).is_some_and(|known| known.eager)
    }

    /// Whether a map has all the fields of a form that a rule looks for.
    fn is_form(&self, entries: &[(Value, Value)]) -> bool {
        // `null`, or a map as a schema has it, is nothing to send.
        let is_sent = |value: &Value| match value {
            Value::Null | Value::Plain => false,
            Value::Object(id) => !matches!(self.object(*id).shape, Shape::Map | Shape::List),
            _ => true,
        };
        let has = |name: &String| {
            entries.iter().any(|(key, value)| key.as_literal().as_ref() == Some(name) && is_sent(value))
        };
        self.rules
            .iter()
            .flat_map(|rule| &rule.requests)
            .any(|wanted| wanted.url.is_none() && !wanted.form.is_empty() && wanted.form.iter().all(has))
    }

    /// The endpoints that a rule looks for, as they are written or given back by functions, with their units.
    fn endpoints(&mut self) -> Vec<(UnitId, Text)> {
        let module = self.module;
        let mut found = std::mem::take(&mut self.endpoints);
        for expression in &module.expressions {
            if let crate::facts::ir::ExpressionKind::Text(literal) = &expression.kind {
                let text = Text { parts: vec![fact::Part::Literal(literal.to_string(), expression.range)] };
                if self.is_wanted_url(&text)
                    && let Some((unit, _)) = self.program.place(expression.range)
                {
                    found.push((unit, text));
                }
            }
        }
        found
    }

    /// Remembers an endpoint that a function gives back.
    pub(super) fn note_endpoint(&mut self, value: &Value) {
        for option in value.options() {
            let Value::Text(parts) = option else { continue };
            let noted = (self.unit(), text(parts));
            if self.endpoints.len() < MOST_ENDPOINTS && self.is_wanted_url(&noted.1) && !self.endpoints.contains(&noted)
            {
                self.endpoints.push(noted);
            }
        }
    }

    /// Writes down a form that something unseen may send: a framework that asks a class for it.
    fn record_form(&mut self, id: ObjectId, endpoints: &[Text]) {
        let site = self.object(id).range;
        let entries = self.object(id).entries.clone();
        let fields = self.fields(entries);
        let symbol = symbol_at(self.module, site);
        self.facts.requests.push(Request {
            site,
            sender: None,
            callee: String::new(),
            library: None,
            method: None,
            sent: false,
            urls: Vec::new(),
            urls_nearby: endpoints.to_vec(),
            fields,
            trail: Vec::new(),
            symbol,
        });
    }

    /// Collects the fields of a form, a body, a request, or of what something unknown was made of.
    fn gather(&self, value: &Value, into: &mut Gathered, depth: usize) {
        into.visits += 1;
        if into.visits > MOST_VISITS || depth > 12 {
            return;
        }
        match value {
            Value::Choice(options) => options.iter().for_each(|option| self.gather(option, into, depth + 1)),
            Value::Text(parts) => {
                into.fields.extend(fields_of_text(parts));
                for part in parts.iter() {
                    if let Part::Hole(hole) = part {
                        self.gather_hole(hole, into, depth);
                    }
                }
            }
            Value::Unknown(hole) => self.gather_hole(hole, into, depth),
            Value::Object(id) => {
                if !into.seen.insert(*id) {
                    return;
                }
                let object = self.object(*id);
                into.trail.extend(object.trail.iter().copied());
                into.fields.extend(object.fields.iter().cloned());
                match &object.shape {
                    Shape::Signed => return,
                    Shape::View(parent, slot) => {
                        if let Some(inner) = self.object(*parent).slots.get(slot) {
                            self.gather(inner, into, depth + 1);
                        }
                    }
                    // The members of an instance are not what it sends.
                    Shape::Instance(..) | Shape::Module(..) => {}
                    _ => {
                        into.fields.extend(object.entries.iter().cloned());
                        for (_, value) in &object.entries {
                            self.gather(value, into, depth + 1);
                        }
                    }
                }
                if object.shape == Shape::List
                    && let [name, value] = object.items.as_slice()
                    && name.as_literal().is_some()
                {
                    into.fields.push((name.clone(), value.clone()));
                }
                for slot in [Slot::Body, Slot::Query, Slot::Content, Slot::Url] {
                    if let Some(inner) = object.slots.get(&slot) {
                        self.gather(inner, into, depth + 1);
                    }
                }
                for item in &object.items {
                    if !matches!(item, Value::Text(_)) || object.shape != Shape::List || object.items.len() != 2 {
                        self.gather(item, into, depth + 1);
                    }
                }
                if let Some(hole) = &object.hole {
                    self.gather_hole(hole, into, depth);
                }
            }
            _ => {}
        }
    }

    fn gather_hole(&self, hole: &Hole, into: &mut Gathered, depth: usize) {
        if matches!(hole.origin, Origin::Response(_)) {
            return;
        }
        for ingredient in &hole.ingredients {
            self.gather(ingredient, into, depth + 1);
        }
    }

    /// Collects claims: of a map, of an object with claims, of a text of JSON, of what was encoded or signed.
    fn gather_claims(&self, value: &Value, into: &mut Gathered, depth: usize) {
        into.visits += 1;
        if into.visits > MOST_VISITS || depth > 12 {
            return;
        }
        match value {
            Value::Choice(options) => options.iter().for_each(|option| self.gather_claims(option, into, depth + 1)),
            Value::Object(id) => {
                if !into.seen.insert(*id) {
                    return;
                }
                let object = self.object(*id);
                into.trail.extend([object.range].into_iter().filter(|range| *range != ByteRange::default()));
                into.trail.extend(object.trail.iter().copied());
                into.fields.extend(object.claims.iter().cloned());
                if !matches!(object.shape, Shape::Instance(..)) {
                    into.fields.extend(object.entries.iter().cloned());
                }
                for (slot, claim) in [(Slot::Issuer, "iss"), (Slot::Subject, "sub"), (Slot::Audience, "aud")] {
                    if let Some(value) = object.slots.get(&slot) {
                        into.fields.push((Value::text(claim, object.range), value.clone()));
                    }
                }
                for slot in [Slot::Claims, Slot::Content, Slot::Body] {
                    if let Some(inner) = object.slots.get(&slot) {
                        self.gather_claims(inner, into, depth + 1);
                    }
                }
                for item in &object.items {
                    self.gather_claims(item, into, depth + 1);
                }
                if let Some(hole) = &object.hole {
                    hole.ingredients.iter().for_each(|ingredient| self.gather_claims(ingredient, into, depth + 1));
                }
            }
            Value::Text(parts) => {
                into.fields.extend(fields_of_text(parts));
                for part in parts.iter() {
                    if let Part::Hole(hole) = part {
                        hole.ingredients.iter().for_each(|ingredient| self.gather_claims(ingredient, into, depth + 1));
                    }
                }
            }
            Value::Unknown(hole) => {
                hole.ingredients.iter().for_each(|ingredient| self.gather_claims(ingredient, into, depth + 1));
            }
            _ => {}
        }
    }

    /// All texts that a value is made of.
    pub(super) fn texts_inside(&self, value: &Value, into: &mut Vec<Text>, visits: &mut usize) {
        *visits += 1;
        if *visits > MOST_VISITS / 4 || into.len() > 64 {
            return;
        }
        match value {
            Value::Text(parts) => {
                into.push(text(parts));
                for part in parts.iter() {
                    if let Part::Hole(hole) = part {
                        let inner = hole.ingredients.iter().filter(|ingredient| !names_origin(ingredient, hole));
                        inner.for_each(|ingredient| self.texts_inside(ingredient, into, visits));
                    }
                }
            }
            Value::Number(digits, range) => {
                into.push(Text { parts: vec![fact::Part::Literal(digits.to_string(), *range)] });
            }
            Value::Choice(options) => options.iter().for_each(|option| self.texts_inside(option, into, visits)),
            // A member that was not found: of the map it was looked for in only what has its name can be meant.
            Value::Unknown(hole) if matches!(&hole.origin, Origin::Member(name) if name != ANY_ITEM) => {
                hole.ingredients
                    .iter()
                    .for_each(|ingredient| self.texts_named(ingredient, hole.origin.name(), into, visits));
            }
            Value::Unknown(hole) if !matches!(hole.origin, Origin::Response(_)) => {
                let inner = hole.ingredients.iter().filter(|ingredient| !names_origin(ingredient, hole));
                inner.for_each(|ingredient| self.texts_inside(ingredient, into, visits));
            }
            Value::Object(id) => {
                let object = self.object(*id);
                if matches!(object.shape, Shape::Signed | Shape::Instance(..) | Shape::Module(..)) {
                    return;
                }
                let slots = [Slot::Url, Slot::Base, Slot::Host, Slot::Path, Slot::RequestLine, Slot::Content];
                for slot in slots {
                    if let Some(inner) = object.slots.get(&slot) {
                        self.texts_inside(inner, into, visits);
                    }
                }
                for inner in object.items.iter().chain(object.entries.iter().map(|(_, value)| value)) {
                    self.texts_inside(inner, into, visits);
                }
                if let Some(hole) = &object.hole {
                    hole.ingredients.iter().for_each(|ingredient| self.texts_inside(ingredient, into, visits));
                }
            }
            _ => {}
        }
    }

    /// The texts that a value holds under a name, however deep.
    fn texts_named(&self, value: &Value, name: &str, into: &mut Vec<Text>, visits: &mut usize) {
        *visits += 1;
        if *visits > MOST_VISITS / 4 || into.len() > 64 {
            return;
        }
        match value {
            Value::Choice(options) => options.iter().for_each(|option| self.texts_named(option, name, into, visits)),
            Value::Unknown(hole) if !matches!(hole.origin, Origin::Response(_)) => {
                hole.ingredients.iter().for_each(|ingredient| self.texts_named(ingredient, name, into, visits));
            }
            Value::Object(id) if !matches!(self.object(*id).shape, Shape::Signed) => {
                let object = self.object(*id);
                // What was put in without a name, or what the object was before.
                object.items.iter().for_each(|item| self.texts_named(item, name, into, visits));
                for (key, value) in &object.entries {
                    match key.as_literal() {
                        Some(key) if key == name => self.texts_inside(value, into, visits),
                        Some(_) => {
                            if !matches!(value, Value::Text(_)) {
                                self.texts_named(value, name, into, visits);
                            }
                        }
                        None => self.texts_inside(value, into, visits),
                    }
                }
                if let Some(hole) = &object.hole {
                    hole.ingredients.iter().for_each(|ingredient| self.texts_named(ingredient, name, into, visits));
                }
            }
            Value::Text(_) => self.texts_inside(value, into, visits),
            _ => {}
        }
    }

    fn fields(&mut self, named: Vec<(Value, Value)>) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, value) in named {
            let value = self.fact_value(&value);
            for name in self.texts(&name) {
                fields.push(Field { name, value: value.clone() });
            }
        }
        fields
    }

    /// A value as a fact.
    pub(super) fn fact_value(&mut self, value: &Value) -> fact::Value {
        let mut assertions = Vec::new();
        self.assertions_in(value, &mut assertions, &mut 0);
        assertions.sort();
        assertions.dedup();
        let mut inside = Vec::new();
        self.texts_inside(value, &mut inside, &mut 0);
        let mut literals: Vec<ByteRange> = inside
            .iter()
            .flat_map(|text| &text.parts)
            .filter_map(|part| match part {
                fact::Part::Literal(_, range) => Some(*range),
                fact::Part::Hole(..) => None,
            })
            .collect();
        literals.sort();
        literals.dedup();
        fact::Value { texts: self.texts(value), assertions, literals, made_of: Vec::new() }
    }

    /// A private key as a fact: whoever wants to know where it stands has to know what it is made of.
    pub(super) fn key_value(&mut self, value: &Value) -> fact::Value {
        let mut key = self.fact_value(value);
        self.material_inside(value, &mut key.made_of, &mut 0);
        key.made_of.sort();
        key.made_of.dedup();
        key
    }

    /// The texts that a key is made of, and the files that it is read from.
    fn material_inside(&self, value: &Value, into: &mut Vec<Text>, visits: &mut usize) {
        *visits += 1;
        if *visits > MOST_VISITS {
            return;
        }
        match value {
            Value::Choice(options) => options.iter().for_each(|option| self.material_inside(option, into, visits)),
            Value::Text(parts) => {
                into.push(text(parts));
                for part in parts.iter() {
                    if let Part::Hole(hole) = part {
                        self.material_in_hole(hole, into, visits);
                    }
                }
            }
            Value::Unknown(hole) => self.material_in_hole(hole, into, visits),
            Value::Object(id) => {
                let object = self.object(*id);
                if matches!(object.shape, Shape::Signed | Shape::Instance(..) | Shape::Module(..)) {
                    return;
                }
                let entries = object.entries.iter().map(|(_, value)| value);
                for inner in object.items.iter().chain(entries).chain(object.slots.values()) {
                    self.material_inside(inner, into, visits);
                }
                if let Some(hole) = &object.hole {
                    self.material_in_hole(hole, into, visits);
                }
            }
            _ => {}
        }
    }

    fn material_in_hole(&self, hole: &Hole, into: &mut Vec<Text>, visits: &mut usize) {
        match &hole.origin {
            Origin::Response(_) => {}
            Origin::File(_) => {
                into.push(text(&[Part::Hole(Hole::new(hole.origin.clone(), hole.range, Vec::new()).into())]))
            }
            // As for texts: of the map that a member was looked for in only what has its name can be meant.
            Origin::Member(name) if name != ANY_ITEM => {
                for ingredient in &hole.ingredients {
                    self.texts_named(ingredient, name, into, visits);
                }
            }
            _ => hole.ingredients.iter().for_each(|ingredient| self.material_inside(ingredient, into, visits)),
        }
    }

    /// A value as texts, one for each of its alternatives.
    fn texts(&mut self, value: &Value) -> Vec<Text> {
        value
            .options()
            .to_vec()
            .iter()
            .filter(|option| !matches!(option, Value::Null | Value::Plain))
            .map(|option| {
                let parts = self.parts_of(option);
                text(&parts)
            })
            .collect()
    }

    /// The assertions that a value is made of.
    fn assertions_in(&self, value: &Value, into: &mut Vec<ByteRange>, visits: &mut usize) {
        *visits += 1;
        if *visits > MOST_VISITS {
            return;
        }
        match value {
            Value::Choice(options) => options.iter().for_each(|option| self.assertions_in(option, into, visits)),
            Value::Text(parts) => {
                for part in parts.iter() {
                    if let Part::Hole(hole) = part {
                        hole.ingredients.iter().for_each(|ingredient| self.assertions_in(ingredient, into, visits));
                    }
                }
            }
            Value::Unknown(hole) => {
                hole.ingredients.iter().for_each(|ingredient| self.assertions_in(ingredient, into, visits))
            }
            Value::Object(id) => {
                let object = self.object(*id);
                match object.shape {
                    Shape::Signed => into.push(object.range),
                    _ => {
                        if let (true, Some(site)) = (object.slots.contains_key(&Slot::Key), object.finished) {
                            into.push(site);
                        }
                        for inner in object.items.iter().chain(object.slots.values()) {
                            self.assertions_in(inner, into, visits);
                        }
                        if let Some(hole) = &object.hole {
                            hole.ingredients.iter().for_each(|ingredient| self.assertions_in(ingredient, into, visits));
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// A text of the machine as a fact.
fn text(parts: &[Part]) -> Text {
    Text {
        parts: parts
            .iter()
            .map(|part| match part {
                Part::Literal(literal, range) => fact::Part::Literal(literal.to_string(), *range),
                Part::Hole(hole) => fact::Part::Hole(hole.origin.clone(), hole.range),
            })
            .collect(),
    }
}

/// The function that encloses a place: `Class.method`, `function`, or nothing.
pub(super) fn symbol_at(module: &Module, range: ByteRange) -> String {
    let mut names: Vec<(ByteRange, &str)> = Vec::new();
    for class in &module.classes {
        if let Some(name) = &class.name
            && class.range.contains(range)
        {
            names.push((class.range, name));
        }
    }
    for function in &module.functions {
        if let Some(name) = &function.name
            && function.range.contains(range)
        {
            names.push((function.range, name));
        }
    }
    names.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    names.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(".")
}
