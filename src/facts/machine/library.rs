//! Calls of libraries: what the rule files say they do, done to the objects at hand.

use std::rc::Rc;

use super::Machine;
use super::call::{Arguments, Site};
use super::record::Sender;
use super::value::{ObjectId, Shape, Value};
use crate::facts::fact::Origin;
use crate::finding::ByteRange;
use crate::rules::schema::{Call, Callback, LibraryKind, OneOrMany, Operation, Pair, Slot, Source, TypeKind};

impl Machine<'_> {
    /// Calls what the first of the names that a rule file describes does.
    pub(super) fn call_library(&mut self, names: &[String], site: &Site<'_>) -> Value {
        let index = self.index;
        let count = site.arguments.count();
        for name in names {
            let described = index.calls(name);
            let exact = described.iter().rev().find(|(_, call)| call.arguments == Some(count));
            if let Some((library, call)) =
                exact.or_else(|| described.iter().rev().find(|(_, call)| call.arguments.is_none()))
            {
                return self.apply(*library, call, name, site);
            }
            if index.type_named(name).is_some() {
                let id = self.new_object(Shape::Typed(Rc::from(name.as_str())), site.range);
                self.object_mut(id).trail.push(site.range);
                return Value::Object(id);
            }
        }
        if let Some(Value::Object(id)) = site.receiver
            && let Shape::Typed(type_name) = self.object(id).shape.clone()
            && self.lineage(&type_name).iter().any(|known| index.type_named(known).is_some_and(|known| known.fluent))
        {
            self.take_pair(id, site);
            return Value::Object(id);
        }
        self.call_unknown(site)
    }

    /// A call that nothing is known of. What it is given may be sent, and is kept in what it gives.
    pub(super) fn call_unknown(&mut self, site: &Site<'_>) -> Value {
        if !self.is_request(site.receiver.as_ref()) {
            self.record_unknown_call(site);
        }
        if let (Some(receiver), Some(expression)) = (&site.receiver, site.receiver_expression)
            && matches!(receiver, Value::Unknown(_) | Value::Object(_))
            && self.is_pair(site)
        {
            for id in self.objects_of(receiver, expression) {
                self.take_pair(id, site);
            }
        }
        let ingredients = site.receiver.iter().chain(site.arguments.values()).cloned().collect();
        Value::unknown(Origin::Call(site.callee.clone()), site.range, ingredients)
    }

    /// Whether a value is a request that is still being built: what is called on it builds on.
    fn is_request(&self, value: Option<&Value>) -> bool {
        match value {
            Some(Value::Object(id)) => match &self.object(*id).shape {
                Shape::Typed(type_name) => {
                    self.lineage(type_name).iter().any(|known| self.index.type_kind(known) == TypeKind::Request)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a call has the form of adding a named value, as `form.add("name", value)` has.
    fn is_pair(&self, site: &Site<'_>) -> bool {
        site.arguments.keywords.is_empty()
            && site.arguments.positional.len() == 2
            && site.arguments.positional[0].as_literal().is_some_and(|name| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            })
    }

    fn take_pair(&mut self, id: ObjectId, site: &Site<'_>) {
        if self.is_pair(site)
            && let [name, value] = site.arguments.positional.as_slice()
        {
            let pair = (name.clone(), value.clone());
            let object = self.object_mut(id);
            if object.fields.len() < 256 {
                object.fields.push(pair);
            }
        }
    }

    /// Does what a rule file says of a call.
    fn apply(&mut self, library: usize, call: &Call, name: &str, site: &Site<'_>) -> Value {
        if call.operation == Some(Operation::Observe) {
            // A number that is rounded is still the number.
            let kept = site.arguments.values().filter(|value| self.is_lifetime(value)).cloned().collect();
            return Value::unknown(Origin::Call(site.callee.clone()), site.range, kept);
        }
        let range = site.range;
        let called = match &call.calls {
            Some(callback) if !callback.with.contains(&Source::Result) => {
                self.run_callback(callback, &Value::Null, site)
            }
            _ => None,
        };
        let site = &Site { called, callee: site.callee.clone(), receiver: site.receiver.clone(), ..*site };
        let created = call.creates.as_ref().map(|type_name| {
            let id = self.new_object(Shape::Typed(Rc::from(type_name.as_str())), range);
            self.object_mut(id).trail.push(range);
            id
        });
        let receiver = self.receiver_object(call, site);
        // A method of anything sends a request only if it is given one.
        if name.starts_with("*.")
            && let Some(sources) = &call.sends
            && self.request_among(sources, TypeKind::Request, receiver, site).is_none()
        {
            return self.call_unknown(site);
        }
        let sent = call.sends.as_ref().map(|sources| self.chosen(sources, TypeKind::Request, created, receiver, site));
        let signed =
            call.signs.as_ref().map(|sources| self.chosen(sources, TypeKind::Assertion, created, receiver, site));
        // A result of another type takes over what its receiver holds, and then what the call says.
        let retyped = match &call.returns {
            Some(Source::Type(type_name)) if sent.is_none() && signed.is_none() => {
                Some(self.retyped(type_name, None, receiver, site))
            }
            _ => None,
        };
        let target = match &call.on {
            Some(source) => self.source(source, site).and_then(|value| self.as_object(&value)),
            None => sent.or(signed).or(created).or(retyped).or(receiver),
        };
        if let Some(target) = target {
            self.change(target, call, site);
        }
        let written = if call.on.is_some() { target } else { receiver };
        if let (Some(writes), Some(receiver)) = (&call.writes, written)
            && let Some(value) = self.first(writes, site, None)
        {
            self.write(receiver, value, range);
        }
        let derived = match (call.derives, receiver) {
            (Some(slot), Some(receiver)) => Some(Value::Object(self.new_object(Shape::View(receiver, slot), range))),
            _ => None,
        };
        let finished = match (sent, signed) {
            (Some(sent), _) => Some(self.finish_request(sent, call, library, site)),
            (None, Some(signed)) => Some(self.sign(signed, library, range)),
            _ => None,
        };
        if let Some(grant) = &call.grant {
            self.record_grant(grant, library, site);
        }
        let computed = call.operation.map(|operation| {
            let inputs: Vec<Value> = call.inputs.iter().map(|input| self.input(input, site)).collect();
            self.operate_at(operation, inputs, site)
        });
        let result = match &call.returns {
            Some(Source::Type(type_name)) => {
                let id = retyped.unwrap_or_else(|| self.retyped(type_name, finished.as_ref(), receiver, site));
                Some(Value::Object(id))
            }
            Some(source) => {
                let value = self.source(source, site).unwrap_or(Value::Null);
                Some(self.instance_of_literal(value, receiver, site))
            }
            None => None,
        };
        let result = result.or(computed).or(finished).or(derived).or(created.map(Value::Object)).unwrap_or_else(|| {
            let ingredients = site.receiver.iter().chain(site.arguments.values()).cloned().collect();
            match receiver.filter(|_| self.is_fluent(name)) {
                Some(receiver) => Value::Object(receiver),
                None => Value::unknown(Origin::Call(site.callee.clone()), range, ingredients),
            }
        });
        if let Some(callback) = &call.calls
            && callback.with.contains(&Source::Result)
        {
            self.run_callback(callback, &result, site);
        }
        result
    }

    /// Runs the function that a call is given, if it is given one.
    fn run_callback(&mut self, callback: &Callback, result: &Value, site: &Site<'_>) -> Option<Value> {
        let function = callback.function.as_slice().iter().find_map(|source| {
            let value = self.source(source, site)?;
            value.options().iter().find(|option| self.is_callable(option, callback)).cloned()
        })?;
        let mut arguments = Arguments::default();
        for source in &callback.with {
            match source {
                Source::Result => arguments.positional.push(result.clone()),
                Source::Keywords => arguments.keywords.clone_from(&site.arguments.keywords),
                other => arguments.positional.push(self.source(other, site).unwrap_or(Value::Null)),
            }
        }
        if let Value::Function(id, scope, this) = &function {
            return Some(self.enter(*id, *scope, this.as_deref().cloned(), Some(&arguments)));
        }
        // A library's function takes what is there and no more.
        while arguments.positional.last() == Some(&Value::Null) {
            arguments.positional.pop();
        }
        let site = Site {
            receiver: None,
            receiver_expression: None,
            called: None,
            callee: site.callee.clone(),
            range: site.range,
            arguments: &arguments,
        };
        Some(self.call_value(&function, &site))
    }

    /// Whether a value is a function that a call runs. One of a library is, where what it is given is what the call is given.
    fn is_callable(&self, value: &Value, callback: &Callback) -> bool {
        match value {
            Value::Function(..) => true,
            Value::Symbol(path) => callback.with.contains(&Source::Keywords) && !self.index.calls(path).is_empty(),
            // A method that was taken from its object.
            Value::Unknown(hole) => {
                callback.with.contains(&Source::Keywords)
                    && matches!((&hole.origin, hole.ingredients.as_slice()), (Origin::Member(_), [Value::Object(_)]))
            }
            _ => false,
        }
    }

    /// `client.create(Api.class)` gives an object of that interface which keeps what the client holds.
    fn instance_of_literal(&mut self, value: Value, receiver: Option<ObjectId>, site: &Site<'_>) -> Value {
        let literal = match &value {
            Value::Unknown(hole) if hole.origin == Origin::Derived => match hole.ingredients.as_slice() {
                [Value::Class(class, scope)] => Some((*class, *scope)),
                _ => None,
            },
            Value::Class(class, scope) => Some((*class, *scope)),
            _ => None,
        };
        let Some((class, scope)) = literal else { return value };
        let id = self.new_object(Shape::Instance(class, scope), site.range);
        if let Some(receiver) = receiver {
            let slots = self.object(receiver).slots.clone();
            self.object_mut(id).slots = slots;
        }
        Value::Object(id)
    }

    /// Whether the type whose method this is gives its receiver back.
    fn is_fluent(&self, method: &str) -> bool {
        method
            .rsplit_once('.')
            .and_then(|(type_name, _)| self.index.type_named(type_name))
            .is_some_and(|known| known.fluent)
    }

    /// The receiver as an object. Something unknown becomes one where the call changes it.
    fn receiver_object(&mut self, call: &Call, site: &Site<'_>) -> Option<ObjectId> {
        let receiver = site.receiver.as_ref()?;
        if let Some(id) = receiver.options().iter().find_map(|option| self.as_object(option)) {
            return Some(id);
        }
        let changes = !call.set.is_empty()
            || !call.append.is_empty()
            || call.field.is_some()
            || call.claim.is_some()
            || call.header.is_some()
            || call.writes.is_some();
        if !changes || call.creates.is_some() {
            return None;
        }
        self.objects_of(receiver, site.receiver_expression?).first().copied()
    }

    /// The request that is sent, or the assertion that is signed.
    fn chosen(
        &mut self,
        sources: &OneOrMany<Source>,
        kind: TypeKind,
        created: Option<ObjectId>,
        receiver: Option<ObjectId>,
        site: &Site<'_>,
    ) -> ObjectId {
        if let Some(found) = self.request_among(sources, kind, receiver, site) {
            if let Some(receiver) = receiver {
                self.inherit(found, receiver);
            }
            return found;
        }
        let id = match created {
            Some(created) => created,
            None => self.new_object(Shape::Typed(Rc::from("")), site.range),
        };
        // What the client holds, holds for its requests.
        if let Some(receiver) = receiver {
            self.inherit(id, receiver);
            let trail = self.object(receiver).trail.clone();
            self.object_mut(id).trail.extend(trail);
        }
        if !sources.as_slice().contains(&Source::New) {
            self.object_mut(id).items = site.arguments.values().cloned().collect();
        }
        id
    }

    /// The first of the sources that is an object of the kind.
    fn request_among(
        &mut self,
        sources: &OneOrMany<Source>,
        kind: TypeKind,
        receiver: Option<ObjectId>,
        site: &Site<'_>,
    ) -> Option<ObjectId> {
        for source in sources.as_slice() {
            match source {
                Source::New => return None,
                Source::Receiver => {
                    if receiver.is_some() {
                        return receiver;
                    }
                }
                other => {
                    let Some(value) = self.source(other, site) else { continue };
                    let is_kind = |machine: &Self, id: ObjectId| match &machine.object(id).shape {
                        Shape::Typed(type_name) => {
                            machine.lineage(type_name).iter().any(|known| machine.index.type_kind(known) == kind)
                        }
                        _ => false,
                    };
                    let found = value.options().iter().find_map(|option| match option {
                        Value::Object(id) if is_kind(self, *id) => Some(*id),
                        _ => None,
                    });
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    /// Takes over the slots of a client that a request does not set itself.
    pub(super) fn inherit(&mut self, request: ObjectId, client: ObjectId) {
        if request == client {
            return;
        }
        let client = self.object(client);
        if !matches!(client.shape, Shape::Typed(_)) {
            return;
        }
        let slots = client.slots.clone();
        let object = self.object_mut(request);
        for (slot, value) in slots {
            object.slots.entry(slot).or_insert(value);
        }
    }

    /// Sets and adds what a call says.
    pub(super) fn change(&mut self, target: ObjectId, call: &Call, site: &Site<'_>) {
        let before = (self.object(target).slots.len(), self.object(target).fields.len());
        for (slot, sources) in &call.set {
            if let Some(value) = self.first(sources, site, Some(*slot)) {
                self.set_slot(target, *slot, value);
            }
        }
        for (slot, sources) in &call.append {
            if let Some(value) = self.first(sources, site, Some(*slot)) {
                let value = match (&value, slot) {
                    (Value::Object(id), Slot::Path) if self.object(*id).shape == Shape::List => {
                        self.operate(Operation::Join, vec![Value::text("/", site.range), value], site.range)
                    }
                    _ => value,
                };
                self.append_slot(target, *slot, value);
            }
        }
        if let Some(pair) = self.pair(call.field.as_ref(), site) {
            self.object_mut(target).fields.push(pair);
        }
        if let Some(pair) = self.pair(call.claim.as_ref(), site) {
            self.object_mut(target).claims.push(pair);
        }
        let changed = before != (self.object(target).slots.len(), self.object(target).fields.len());
        let object = self.object_mut(target);
        if (changed || !call.set.is_empty() || call.field.is_some() || call.claim.is_some())
            && object.trail.last() != Some(&site.range)
            && object.trail.len() < 64
        {
            object.trail.push(site.range);
        }
    }

    pub(super) fn pair(&mut self, pair: Option<&Pair>, site: &Site<'_>) -> Option<(Value, Value)> {
        let pair = pair?;
        let name = self.source(&pair.name, site)?;
        let value = pair.value.as_ref().and_then(|value| self.source(value, site)).unwrap_or(Value::Null);
        Some((name, value))
    }

    fn finish_request(&mut self, sent: ObjectId, call: &Call, library: usize, site: &Site<'_>) -> Value {
        if let (true, Some(first)) = (call.once, self.object(sent).finished) {
            return Value::unknown(Origin::Response(first), site.range, Vec::new());
        }
        let callee = site.callee.clone();
        self.send(sent, site.range, &callee, Some(library))
    }

    /// Writes down that a request is sent, and gives its answer.
    pub(super) fn send(&mut self, id: ObjectId, range: ByteRange, callee: &str, library: Option<usize>) -> Value {
        let library = library
            .map(|library| self.index.library(library))
            .filter(|library| library.kind == LibraryKind::HttpClient);
        let sender = Sender {
            range,
            callee: callee.to_owned(),
            library: library.map(|library| library.name.clone()),
            sent: true,
        };
        self.record_request(id, sender);
        self.object_mut(id).finished = Some(range);
        Value::unknown(Origin::Response(range), range, Vec::new())
    }

    /// Writes down that an assertion is signed, and gives it.
    pub(super) fn sign(&mut self, id: ObjectId, library: usize, range: ByteRange) -> Value {
        let library = self.index.library(library).name.clone();
        self.record_assertion(id, Some(library), range);
        let signed = self.new_object(Shape::Signed, range);
        self.object_mut(signed).items.push(Value::Object(id));
        self.object_mut(id).finished = Some(range);
        Value::Object(signed)
    }

    /// An object of a type that keeps what its receiver, or the answer it stands for, holds.
    fn retyped(
        &mut self,
        type_name: &str,
        finished: Option<&Value>,
        receiver: Option<ObjectId>,
        site: &Site<'_>,
    ) -> ObjectId {
        let id = self.new_object(Shape::Typed(Rc::from(type_name)), site.range);
        if let Some(Value::Unknown(hole)) = finished {
            self.object_mut(id).hole = Some(Rc::clone(hole));
        } else if let Some(receiver) = receiver {
            let from = self.object(receiver);
            let (slots, fields, claims, entries, trail, hole) = (
                from.slots.clone(),
                from.fields.clone(),
                from.claims.clone(),
                from.entries.clone(),
                from.trail.clone(),
                from.hole.clone(),
            );
            let object = self.object_mut(id);
            object.slots = slots;
            object.fields = fields;
            object.claims = claims;
            object.entries = entries;
            object.trail = trail;
            object.hole = hole;
            object.trail.push(site.range);
        } else {
            let ingredients = site.receiver.iter().chain(site.arguments.values()).cloned().collect();
            let hole = super::value::Hole::new(Origin::Call(site.callee.clone()), site.range, ingredients);
            self.object_mut(id).hole = Some(Rc::new(hole));
        }
        id
    }

    /// Runs a function that a call was given.
    pub(super) fn call_back(&mut self, function: &Value, given: Vec<Value>, range: ByteRange) -> Value {
        let arguments = super::call::Arguments { positional: given, ..Default::default() };
        let site = Site {
            range,
            callee: "callback".to_owned(),
            receiver: None,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        match function {
            Value::Function(id, scope, this) => self.enter(*id, *scope, this.as_deref().cloned(), Some(&arguments)),
            Value::Symbol(_) | Value::Class(..) | Value::Unknown(_) => self.call_value(function, &site),
            _ => Value::unknown(Origin::Call("callback".to_owned()), range, arguments.positional),
        }
    }

    /// The library that speaks of a type: the one that describes its methods.
    pub(super) fn library_of_type(&self, type_name: &str) -> Option<usize> {
        self.index.library_of(type_name)
    }
}
