//! Values of the machine as facts: texts with their holes, and the assertions that they are made of.

use super::Machine;
use super::value::{Hole, Part, Shape, Value};
use crate::facts::fact::{self, Field, Origin, Text};
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

/// What an item of a list or map is called whose key is not known.
const ANY_ITEM: &str = "item";

/// How many values are looked into for one fact.
pub(super) const MOST_VISITS: usize = 400;

/// Whether a value is only the name by which the environment or a configuration was asked: no part of what it gave.
fn names_origin(value: &Value, hole: &Hole) -> bool {
    match &hole.origin {
        Origin::Environment(name) | Origin::Configuration(name) => value.as_literal().is_some_and(|text| text == *name),
        _ => false,
    }
}

impl Machine<'_> {
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

    pub(super) fn fields(&mut self, named: Vec<(Value, Value)>) -> Vec<Field> {
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
    pub(super) fn texts(&mut self, value: &Value) -> Vec<Text> {
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
    pub(super) fn assertions_in(&self, value: &Value, into: &mut Vec<ByteRange>, visits: &mut usize) {
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
pub(super) fn text(parts: &[Part]) -> Text {
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
