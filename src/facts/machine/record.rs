//! What a program does, written down at the moment it happens: requests that are sent, assertions that are signed, and at the
//! end what was left unsent.

use std::collections::BTreeSet;

use super::Machine;
use super::call::Site;
use super::freeze::text;
use super::gather::Gathered;
use super::value::{ObjectId, Shape, Value};
use crate::facts::fact::{self, Assertion, Field, Request, Text};
use crate::facts::ir::Module;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};
use crate::rules::pattern::Answer;
use crate::rules::schema::Slot;

/// How many values that are looked into cost as much as a step.
const VISITS_PER_STEP: usize = 4;

/// How many endpoints that functions give back are remembered.
const MOST_ENDPOINTS: usize = 64;

/// What sends a request.
pub(super) struct Sender {
    pub(super) range: ByteRange,
    pub(super) callee: String,
    pub(super) library: Option<String>,
    /// Whether it is seen to be sent.
    pub(super) sent: bool,
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
        // A call that is given much costs much, and counts so.
        self.steps += (visits + gathered.visits) / VISITS_PER_STEP;
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
