//! The named values that something is made of: fields of a form, claims of an assertion.

use std::collections::BTreeSet;

use super::Machine;
use super::field_text::fields_of_text;
use super::freeze::MOST_VISITS;
use super::value::{Hole, ObjectId, Part, Shape, Value};
use crate::facts::fact::Origin;
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

/// Named values on their way into a fact, and the objects that were looked into.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) fields: Vec<(Value, Value)>,
    seen: BTreeSet<ObjectId>,
    pub(super) visits: usize,
    pub(super) trail: Vec<ByteRange>,
}

impl Machine<'_> {
    /// Collects the fields of a form, a body, a request, or of what something unknown was made of.
    pub(super) fn gather(&self, value: &Value, into: &mut Gathered, depth: usize) {
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
    pub(super) fn gather_claims(&self, value: &Value, into: &mut Gathered, depth: usize) {
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
}
