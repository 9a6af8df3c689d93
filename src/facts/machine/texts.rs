//! Operations on texts: joining, formats, replacing, JSON.

use std::rc::Rc;

use super::Machine;
use super::execute::MOST_ROUNDS;
use super::value::{Hole, Part, Shape, Value, text_of};
use crate::facts::fact::Origin;
use crate::finding::ByteRange;

impl Machine<'_> {
    pub(super) fn join_items(&mut self, separator: &Value, list: &Value, range: ByteRange) -> Value {
        if *separator == Value::Null {
            return list.clone();
        }
        let Value::Object(id) = list else {
            return Value::unknown(Origin::Derived, range, vec![list.clone()]);
        };
        let object = self.object(*id);
        let items = match object.shape {
            Shape::List => object.items.clone(),
            Shape::Map => object.entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => return Value::unknown(Origin::Derived, range, vec![list.clone()]),
        };
        let mut parts = Vec::new();
        for (position, item) in items.into_iter().take(4 * MOST_ROUNDS).enumerate() {
            if position > 0 && *separator != Value::Null {
                parts.push(separator.clone());
            }
            parts.push(item);
        }
        if parts.iter().any(|part| matches!(part, Value::Object(id) if self.object(*id).shape == Shape::List)) {
            return Value::unknown(Origin::Derived, range, vec![list.clone()]);
        }
        self.concatenate(parts)
    }

    /// `%s`, `%1$s`, `%(name)s`.
    pub(super) fn format_percent(&mut self, template: &Value, arguments: &[Value]) -> Value {
        let Value::Text(parts) = template else {
            let mut ingredients = vec![template.clone()];
            ingredients.extend(arguments.iter().cloned());
            return Value::unknown(Origin::Derived, ByteRange::default(), ingredients);
        };
        let mut pieces = Vec::new();
        let mut next = 0;
        for part in parts.iter() {
            let Part::Literal(text, range) = part else {
                pieces.push(Value::Text(Rc::from([part.clone()])));
                continue;
            };
            let mut rest: &str = text;
            while let Some(start) = rest.find('%') {
                pieces.push(Value::text(&rest[..start], *range));
                let after = &rest[start + 1..];
                if let Some(tail) = after.strip_prefix('%') {
                    pieces.push(Value::text("%", *range));
                    rest = tail;
                    continue;
                }
                let (name, tail) = match after.strip_prefix('(').and_then(|named| named.split_once(')')) {
                    Some((name, tail)) => (Some(name), tail),
                    None => (None, after),
                };
                let Some(end) = tail.find(|c: char| c.is_ascii_alphabetic()) else {
                    pieces.push(Value::text("%", *range));
                    rest = after;
                    continue;
                };
                let position = tail[..end].split_once('$').and_then(|(digits, _)| digits.parse::<usize>().ok());
                let value = match (name, position, arguments.first()) {
                    (Some(name), _, Some(map)) => self.member(map, name, *range),
                    (None, Some(position), _) => {
                        arguments.get(position.saturating_sub(1)).cloned().unwrap_or(Value::Plain)
                    }
                    _ => {
                        next += 1;
                        arguments.get(next - 1).cloned().unwrap_or(Value::Plain)
                    }
                };
                pieces.push(value);
                rest = &tail[end + 1..];
            }
            pieces.push(Value::text(rest, *range));
        }
        self.concatenate(pieces)
    }

    /// `{}`, `{0}`, `{name}`.
    pub(super) fn format_braces(
        &mut self,
        template: &Value,
        arguments: &Value,
        names: &Value,
        range: ByteRange,
    ) -> Value {
        let Value::Text(parts) = template else {
            return Value::unknown(Origin::Derived, range, vec![template.clone(), arguments.clone(), names.clone()]);
        };
        let items = self.items_of(arguments);
        let is_map = |value: &Value| matches!(value, Value::Object(id) if self.object(*id).shape == Shape::Map);
        let named = [names].into_iter().chain(items.last()).find(|value| is_map(value)).cloned();
        let mut pieces = Vec::new();
        let mut next = 0;
        for part in parts.iter() {
            let Part::Literal(text, place) = part else {
                pieces.push(Value::Text(Rc::from([part.clone()])));
                continue;
            };
            let mut rest: &str = text;
            while let Some(start) = rest.find(['{', '}']) {
                pieces.push(Value::text(&rest[..start], *place));
                let after = &rest[start + 1..];
                if rest[start..].starts_with("{{") || rest[start..].starts_with("}}") {
                    pieces.push(Value::text(&rest[start..=start], *place));
                    rest = &after[1..];
                    continue;
                }
                let Some((field, tail)) = after.split_once('}') else {
                    pieces.push(Value::text(&rest[start..], *place));
                    rest = "";
                    break;
                };
                let name = field.split([':', '!', ',']).next().unwrap_or("").trim();
                let value = if name.is_empty() {
                    next += 1;
                    items.get(next - 1).cloned()
                } else if let Ok(position) = name.parse::<usize>() {
                    items.get(position).cloned()
                } else {
                    let first = name.split(['.', '[']).next().unwrap_or(name);
                    named.as_ref().map(|map| self.member(map, first, *place))
                };
                pieces.push(value.unwrap_or(Value::Plain));
                rest = tail;
            }
            pieces.push(Value::text(rest, *place));
        }
        self.concatenate(pieces)
    }

    pub(super) fn replace(&mut self, text: &Value, from: &Value, to: &Value) -> Value {
        let Some(from) = from.as_literal().filter(|from| !from.is_empty()) else { return text.clone() };
        let mut replaced = Vec::new();
        for option in text.options() {
            let Value::Text(parts) = option else {
                replaced.push(option.clone());
                continue;
            };
            let mut pieces = Vec::new();
            for part in parts.iter() {
                match part {
                    Part::Literal(text, range) => {
                        for (position, piece) in text.split(from.as_str()).enumerate() {
                            if position > 0 {
                                pieces.push(to.clone());
                            }
                            pieces.push(Value::text(piece, *range));
                        }
                    }
                    Part::Hole(_) => pieces.push(Value::Text(Rc::from([part.clone()]))),
                }
            }
            replaced.push(self.concatenate(pieces));
        }
        Value::choice(replaced)
    }

    /// The map that a JSON text holds. Holes may stand where values stand.
    pub(super) fn decode_json(&mut self, text: &Value, range: ByteRange) -> Value {
        if let Value::Object(_) = text {
            return text.clone();
        }
        let Value::Text(parts) = text else {
            return Value::unknown(Origin::Derived, range, vec![text.clone()]);
        };
        let mut json = String::new();
        let mut holes = Vec::new();
        let mut place = range;
        for part in parts.iter() {
            match part {
                Part::Literal(text, at) => {
                    json.push_str(text);
                    place = *at;
                }
                Part::Hole(hole) => {
                    json.push_str(&format!("\\u0000{}\\u0001", holes.len()));
                    holes.push(Rc::clone(hole));
                }
            }
        }
        match serde_json::from_str::<serde_json::Value>(&json) {
            Ok(serde_json::Value::Object(entries)) => {
                let id = self.new_object(Shape::Map, place);
                for (key, value) in entries {
                    let key = with_holes(&key, &holes, place);
                    let value = match value {
                        serde_json::Value::String(text) => with_holes(&text, &holes, place),
                        serde_json::Value::Null => Value::Null,
                        _ => Value::Plain,
                    };
                    self.put_entry(id, key, value);
                }
                Value::Object(id)
            }
            _ => Value::unknown(Origin::Derived, range, vec![text.clone()]),
        }
    }
}

/// A text of a JSON document with the holes put back.
fn with_holes(text: &str, holes: &[Rc<Hole>], range: ByteRange) -> Value {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{0}') {
        parts.push(Part::Literal(Rc::from(before), range));
        let Some((number, tail)) = after.split_once('\u{1}') else { break };
        if let Some(hole) = number.parse::<usize>().ok().and_then(|number| holes.get(number)) {
            parts.push(Part::Hole(Rc::clone(hole)));
        }
        rest = tail;
    }
    parts.push(Part::Literal(Rc::from(rest), range));
    text_of(parts)
}
