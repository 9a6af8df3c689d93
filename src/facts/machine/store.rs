//! Changes: names, members and entries that get a value, and objects that something is put into.

use std::rc::Rc;

use super::Machine;
use super::value::{ObjectId, Part, Shape, Value, text_of};
use crate::facts::fact::Origin;
use crate::facts::ir::{ExpressionId, ExpressionKind, Pattern};
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

impl Machine<'_> {
    /// Declares the names of a pattern.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Value, range: ByteRange) {
        self.put(pattern, value, range, true);
    }

    /// Gives the names and places of a pattern a value.
    pub(super) fn store(&mut self, pattern: &Pattern, value: Value, range: ByteRange) {
        self.put(pattern, value, range, false);
    }

    fn put(&mut self, pattern: &Pattern, value: Value, range: ByteRange, declares: bool) {
        match pattern {
            Pattern::Name { name, declared, range: place } => {
                let value = match (&value, declared) {
                    (Value::Null | Value::Unknown(_), Some(declared)) => {
                        let hole = match value {
                            Value::Null => Value::unknown(Origin::Member(name.to_string()), *place, Vec::new()),
                            other => other,
                        };
                        self.of_declared_type(Some(declared), hole)
                    }
                    _ => value,
                };
                // A Java cast changes the type, not the object: what was created keeps what it knows.
                if declares {
                    self.declare(name, value);
                } else {
                    self.assign(name, value);
                }
            }
            Pattern::Place(place) => {
                self.mark_escaped(&value, false, 0);
                self.store_place(*place, value, range);
            }
            Pattern::Map { entries, rest } => {
                for (key, inner, default) in entries {
                    let mut found = self.member(&value, key, range);
                    if let Some(default) = default {
                        let fallback = self.evaluate(*default);
                        found = self.or_else(found, fallback);
                    }
                    self.put(inner, found, range, declares);
                }
                if let Some(rest) = rest {
                    self.put(rest, value, range, declares);
                }
            }
            Pattern::List { elements, rest } => {
                for (position, inner) in elements.iter().enumerate() {
                    let Some(inner) = inner else { continue };
                    let found = self.item(&value, position, range);
                    self.put(inner, found, range, declares);
                }
                if let Some(rest) = rest {
                    let unknown = Value::unknown(Origin::Member("rest".to_owned()), range, vec![value]);
                    self.put(rest, unknown, range, declares);
                }
            }
            Pattern::Default { pattern, value: default } => {
                let fallback = self.evaluate(*default);
                let value = self.or_else(value, fallback);
                self.put(pattern, value, range, declares);
            }
            Pattern::Ignore => {}
        }
    }

    /// Assigns to a member or an entry.
    fn store_place(&mut self, place: ExpressionId, value: Value, range: ByteRange) {
        let module = self.module;
        match &module.expression(place).kind {
            ExpressionKind::Name(name) => self.assign(name, value),
            ExpressionKind::Member { object, name, .. } => {
                for target in self.objects_behind(*object) {
                    self.set_member(target, name, value.clone(), range);
                }
            }
            ExpressionKind::Index { object, index } => {
                let key = self.evaluate(*index);
                for target in self.objects_behind(*object) {
                    self.put_entry(target, key.clone(), value.clone());
                    self.object_mut(target).trail.push(range);
                }
            }
            _ => {
                self.evaluate(place);
            }
        }
    }

    fn set_member(&mut self, target: ObjectId, name: &str, value: Value, range: ByteRange) {
        if let Shape::Typed(type_name) = self.object(target).shape.clone() {
            let slot = self
                .lineage(&type_name)
                .iter()
                .find_map(|known| self.index.member(&format!("{known}.{name}")).and_then(|member| member.sets));
            if let Some(slot) = slot {
                self.set_slot(target, slot, value);
                self.object_mut(target).trail.push(range);
                return;
            }
        }
        self.put_entry(target, Value::text(name, range), value);
    }

    /// The objects that an expression stands for. Something unknown becomes an object, so that what is put into it is
    /// kept: the expression stands for that object from now on.
    fn objects_behind(&mut self, expression: ExpressionId) -> Vec<ObjectId> {
        let value = self.evaluate(expression);
        self.objects_of(&value, expression)
    }

    /// The same for a value that was evaluated already.
    pub(super) fn objects_of(&mut self, value: &Value, expression: ExpressionId) -> Vec<ObjectId> {
        let objects: Vec<ObjectId> = value.options().iter().filter_map(|option| self.as_object(option)).collect();
        if !objects.is_empty() {
            return objects;
        }
        let Some(hole) = value.options().iter().find_map(super::hole_of) else { return Vec::new() };
        let module = self.module;
        let place = match &module.expression(expression).kind {
            ExpressionKind::Name(_) | ExpressionKind::Member { .. } | ExpressionKind::Index { .. } => expression,
            _ => return Vec::new(),
        };
        let range = module.expression(place).range;
        let id = self.new_object(Shape::Map, range);
        let object = self.object_mut(id);
        object.open = true;
        object.hole = Some(hole);
        self.store_place(place, Value::Object(id), range);
        vec![id]
    }

    /// The object that a value is; a class stands for the object that holds its static members.
    pub(super) fn as_object(&self, value: &Value) -> Option<ObjectId> {
        match value {
            Value::Object(id) => Some(*id),
            Value::Class(class, _) => self.class_objects.get(class).copied(),
            _ => None,
        }
    }

    /// Whether a change of an object may or may not happen, seen from where the object was made.
    fn is_weak(&self, id: ObjectId) -> bool {
        self.depth > self.object(id).depth
    }

    /// Whether an entry stands for nothing but its declaration.
    fn entry_is_unset(&self, id: ObjectId, key: &Value) -> bool {
        match key.as_literal().and_then(|name| self.entry(id, &name)) {
            Some(Value::Null | Value::Unknown(_)) => true,
            Some(Value::Object(old)) => {
                let old = self.object(old);
                old.hole.is_some() && old.slots.is_empty() && old.entries.is_empty() && old.fields.is_empty()
            }
            _ => false,
        }
    }

    /// Sets one entry of a map, or one member of anything else.
    pub(super) fn put_entry(&mut self, id: ObjectId, key: Value, value: Value) {
        if let Shape::View(parent, slot) = self.object(id).shape {
            let inner = match self.object(parent).slots.get(&slot) {
                Some(Value::Object(inner)) => *inner,
                _ => {
                    let inner = self.new_object(Shape::Map, self.object(id).range);
                    self.object_mut(parent).slots.insert(slot, Value::Object(inner));
                    inner
                }
            };
            return self.put_entry(inner, key, value);
        }
        let weak = self.is_weak(id) && !self.entry_is_unset(id, &key);
        let literal = key.as_literal();
        let object = self.object_mut(id);
        if let Some(literal) = literal
            && let Some((_, old)) =
                object.entries.iter_mut().find(|(known, _)| known.as_literal().as_ref() == Some(&literal))
        {
            *old = if weak { Value::choice([old.clone(), value]) } else { value };
            return;
        }
        if object.entries.len() < 256 {
            object.entries.push((key, value));
        } else {
            object.open = true;
        }
    }

    /// Sets a slot.
    pub(super) fn set_slot(&mut self, id: ObjectId, slot: Slot, value: Value) {
        if let Shape::View(parent, _) = self.object(id).shape {
            return self.set_slot(parent, slot, value);
        }
        // `fetch(request)`: a request is not its own URL.
        if value == Value::Object(id) {
            return;
        }
        let weak = self.is_weak(id);
        let slots = &mut self.object_mut(id).slots;
        let value = match slots.get(&slot) {
            Some(old) if weak && !matches!(old, Value::Null | Value::Unknown(_)) => Value::choice([old.clone(), value]),
            _ => value,
        };
        slots.insert(slot, value);
    }

    /// Puts a value behind what a slot holds: texts are joined, anything else becomes a list.
    pub(super) fn append_slot(&mut self, id: ObjectId, slot: Slot, value: Value) {
        let old = self.object(id).slots.get(&slot).cloned();
        let joined = match old {
            None | Some(Value::Null) => value,
            Some(old) if slot == Slot::Path => self.join_paths(&old, &value, ByteRange::default()).unwrap_or(value),
            Some(old) => self.put_behind(old, value),
        };
        self.object_mut(id).slots.insert(slot, joined);
    }

    /// Puts a value behind another.
    fn put_behind(&mut self, old: Value, value: Value) -> Value {
        if let Value::Object(list) = old
            && self.object(list).shape == Shape::List
        {
            self.push_items(list, vec![value]);
            return old;
        }
        // A form behind a text makes a list of both; what merely stands for a text goes into it.
        let is_form = match &value {
            Value::Object(id) => self.stands_for(*id).is_none() && self.readable_text(&value).is_none(),
            _ => false,
        };
        if is_form {
            return self.list(vec![old, value], false, ByteRange::default());
        }
        self.concatenate(vec![old, value])
    }

    /// Writes to a buffer, a stream or a view.
    pub(super) fn write(&mut self, id: ObjectId, value: Value, range: ByteRange) {
        match self.object(id).shape {
            Shape::View(parent, slot) => {
                self.append_slot(parent, slot, value);
                self.object_mut(parent).trail.push(range);
            }
            _ => self.append_slot(id, Slot::Content, value),
        }
    }

    /// The text of an object that is one: a buffer, a URL. Nothing for a map or a form.
    fn readable_text(&mut self, value: &Value) -> Option<Vec<Part>> {
        match value {
            Value::Text(parts) => Some(parts.to_vec()),
            Value::Number(digits, range) => Some(vec![Part::Literal(Rc::clone(digits), *range)]),
            Value::Object(id) => {
                let id = *id;
                if let Some(content) = self.object(id).slots.get(&Slot::Content).cloned() {
                    return self.readable_text(content.options().first()?);
                }
                let urls = self.assembled_urls(id);
                match urls.first() {
                    Some(Value::Text(parts)) => Some(parts.to_vec()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Puts values together as a text. Alternatives are tried in all combinations, up to the limit; lists are joined.
    pub(super) fn concatenate(&mut self, values: Vec<Value>) -> Value {
        let is_list = |machine: &Self, value: &Value| matches!(value, Value::Object(id) if machine.object(*id).shape == Shape::List);
        if values.iter().any(|value| is_list(self, value)) {
            let range = values
                .iter()
                .find_map(|value| self.as_object(value))
                .map_or_else(ByteRange::default, |id| self.object(id).range);
            let mut items = Vec::new();
            let mut open = false;
            for value in values {
                match value {
                    Value::Object(id) if self.object(id).shape == Shape::List => {
                        items.extend(self.object(id).items.iter().cloned());
                    }
                    other => {
                        open = true;
                        items.push(other);
                    }
                }
            }
            return self.list(items, open, range);
        }
        let mut texts: Vec<Vec<Part>> = vec![Vec::new()];
        for value in values {
            let options: Vec<Vec<Part>> = value.options().to_vec().iter().map(|option| self.parts_of(option)).collect();
            let mut longer = Vec::new();
            for text in &texts {
                for option in &options {
                    if longer.len() < super::value::MOST_OPTIONS {
                        longer.push(text.iter().chain(option).cloned().collect());
                    }
                }
            }
            texts = longer;
        }
        Value::choice(texts.into_iter().map(text_of))
    }

    /// What an object stands for of which nothing is known but its type.
    fn stands_for(&self, id: ObjectId) -> Option<Rc<super::value::Hole>> {
        let object = self.object(id);
        object.hole.clone().filter(|_| object.slots.is_empty() && object.fields.is_empty() && object.entries.is_empty())
    }

    /// A value as parts of a text.
    pub(super) fn parts_of(&mut self, value: &Value) -> Vec<Part> {
        if let Some(parts) = self.readable_text(value) {
            return parts;
        }
        let stands_for = match value {
            Value::Object(id) => self.stands_for(*id),
            _ => None,
        };
        let hole = match value {
            Value::Unknown(hole) => Rc::clone(hole),
            Value::Object(_) if stands_for.is_some() => return stands_for.into_iter().map(Part::Hole).collect(),
            Value::Symbol(name) => {
                Rc::new(super::value::Hole::new(Origin::Import(name.to_string()), ByteRange::default(), Vec::new()))
            }
            other => Rc::new(super::value::Hole::new(Origin::Derived, ByteRange::default(), vec![other.clone()])),
        };
        vec![Part::Hole(hole)]
    }

    /// A value, or its fallback where it is absent; both where that is open. The known one comes first.
    pub(super) fn or_else(&self, value: Value, fallback: Value) -> Value {
        if value.is_absent() {
            return fallback;
        }
        let is_open = |value: &Value| match value {
            Value::Unknown(_) | Value::Symbol(_) => true,
            // What stands for a parameter or a field that nothing sets.
            Value::Object(id) => {
                let object = self.object(*id);
                object.hole.is_some() && object.slots.is_empty() && object.entries.is_empty()
            }
            other => other.is_absent(),
        };
        if !value.options().iter().any(is_open) {
            return value;
        }
        let kept: Vec<Value> = value.options().iter().filter(|option| !option.is_absent()).cloned().collect();
        match value {
            Value::Choice(_) => Value::choice(kept.into_iter().chain([fallback])),
            _ => Value::choice([fallback].into_iter().chain(kept)),
        }
    }
}
