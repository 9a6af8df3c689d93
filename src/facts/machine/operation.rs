//! The operations that rule files may name: strings, maps, lists, look-ups, and functions that are run.

use std::rc::Rc;

use super::Machine;
use super::call::Site;
use super::execute::MOST_ROUNDS;
use super::store::or_else;
use super::value::{ObjectId, Part, Shape, Value, text_of};
use crate::facts::fact::Origin;
use crate::finding::ByteRange;
use crate::rules::schema::{Operation, Slot};

impl Machine<'_> {
    /// Computes an operation of a call; what it changes may be something unknown that becomes an object.
    pub(super) fn operate_at(&mut self, operation: Operation, mut inputs: Vec<Value>, site: &Site<'_>) -> Value {
        let changes = matches!(operation, Operation::Put | Operation::Merge | Operation::Push);
        if changes
            && let (Some(Value::Unknown(_)), Some(receiver), Some(expression)) =
                (inputs.first(), &site.receiver, site.receiver_expression)
            && inputs.first() == Some(receiver)
            && let Some(id) = self.objects_of(receiver, expression).first()
        {
            inputs[0] = Value::Object(*id);
        }
        self.operate(operation, inputs, site.range)
    }

    /// Computes an operation.
    pub(super) fn operate(&mut self, operation: Operation, inputs: Vec<Value>, range: ByteRange) -> Value {
        let input = |position: usize| inputs.get(position).cloned().unwrap_or(Value::Null);
        match operation {
            Operation::Concat => self.concatenate(inputs),
            Operation::Join => self.join_items(&input(0), &input(1), range),
            Operation::FormatBraces => self.format_braces(&input(0), &input(1), range),
            Operation::FormatPercent => {
                let arguments = self.items_of(&input(1));
                self.format_percent(&input(0), &arguments)
            }
            Operation::ResolveUrl => match (input(0), input(1)) {
                (base, Value::Null) => base,
                (Value::Null, reference) => reference,
                (base, reference) => self.resolve_url(&base, &reference, range),
            },
            Operation::Replace => self.replace(&input(0), &input(1), &input(2)),
            Operation::Keys | Operation::Values | Operation::Entries => self.list_of_map(operation, &input(0), range),
            Operation::Get => self.get(&input(0), &input(1), input(2), range),
            Operation::Put => {
                for option in input(0).options() {
                    if let Value::Object(id) = option {
                        self.put_entry(*id, input(1), input(2));
                        self.object_mut(*id).trail.push(range);
                    }
                }
                input(0)
            }
            Operation::Merge if input(0) == Value::Null => match input(1) {
                // A copy.
                Value::Object(id) if self.object(id).shape == Shape::Map => {
                    let copy = self.new_object(Shape::Map, range);
                    self.merge_into(copy, &Value::Object(id));
                    Value::Object(copy)
                }
                Value::Number(..) => self.list(Vec::new(), false, range),
                source => {
                    let open = matches!(source, Value::Unknown(_));
                    let items = self.items_or_self(&source);
                    self.list(items, open, range)
                }
            },
            Operation::Merge => {
                for option in input(0).options() {
                    if let Value::Object(id) = option {
                        let sources: Vec<Value> =
                            inputs.iter().skip(1).flat_map(|source| self.items_or_self(source)).collect();
                        if self.object(*id).shape == Shape::List {
                            self.object_mut(*id).items.extend(sources);
                            continue;
                        }
                        for source in sources {
                            self.merge_into(*id, &source);
                        }
                    }
                }
                input(0)
            }
            Operation::Push => {
                for option in input(0).options() {
                    if let Value::Object(id) = option {
                        let items: Vec<Value> =
                            inputs.iter().skip(1).filter(|item| **item != Value::Null).cloned().collect();
                        self.object_mut(*id).items.extend(items);
                    }
                }
                input(0)
            }
            Operation::List => {
                let items: Vec<Value> = inputs.iter().flat_map(|source| self.items_or_self(source)).collect();
                self.list(items, false, range)
            }
            Operation::MapOf => {
                let items: Vec<Value> = inputs.iter().flat_map(|source| self.items_or_self(source)).collect();
                let id = self.new_object(Shape::Map, range);
                for pair in items.chunks(2) {
                    match pair {
                        [key, value] => self.put_entry(id, key.clone(), value.clone()),
                        [source] => self.merge_into(id, source),
                        _ => {}
                    }
                }
                Value::Object(id)
            }
            Operation::FromEntries => self.map_from_entries(&input(0), range),
            Operation::EncodeJson => input(0),
            Operation::DecodeJson => self.decode_json(&input(0), range),
            Operation::Derive => Value::unknown(Origin::Derived, range, inputs),
            Operation::Environment => self.configured(Origin::Environment, &input(0), input(1), range),
            Operation::Configuration => self.configured(Origin::Configuration, &input(0), input(1), range),
            Operation::ReadFile => {
                let path = self.display(&input(0));
                Value::unknown(Origin::File(path), range, Vec::new())
            }
            Operation::Map => {
                let list = input(0);
                let (items, open) = match self.known_items(&list) {
                    Some(items) => (items, false),
                    None => (vec![self.any_item(&list, range)], true),
                };
                let entries = match &list {
                    Value::Object(id) if self.object(*id).shape == Shape::Map => self.object(*id).entries.clone(),
                    _ => Vec::new(),
                };
                let results = items
                    .into_iter()
                    .enumerate()
                    .map(|(position, item)| {
                        // A map hands over key and value.
                        let value = entries.get(position).map(|(_, value)| value.clone());
                        let given = [item].into_iter().chain(value).collect();
                        self.call_back(&input(1), given, range)
                    })
                    .collect();
                self.list(results, open, range)
            }
            Operation::Apply => match input(1) {
                Value::Null => input(0),
                function => {
                    let value = self.awaited_value(input(0), range);
                    self.call_back(&function, vec![value], range)
                }
            },
            Operation::Promise => self.promise(&input(0), range),
            Operation::Observe => Value::Null,
        }
    }

    /// What `then` hands on: a request that is sent when somebody waits for it is sent.
    fn awaited_value(&mut self, value: Value, _range: ByteRange) -> Value {
        let place = match &value {
            Value::Object(id) => self.object(*id).trail.iter().copied().reduce(ByteRange::cover),
            _ => None,
        };
        match place {
            Some(place) => self.await_object(value, place),
            None => value,
        }
    }

    fn list(&mut self, items: Vec<Value>, open: bool, range: ByteRange) -> Value {
        let id = self.new_object(Shape::List, range);
        let list = self.object_mut(id);
        list.items = items;
        list.open = open;
        Value::Object(id)
    }

    /// The items of a list; anything else is one item.
    fn items_or_self(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Object(id) if self.object(*id).shape == Shape::List => self.object(*id).items.clone(),
            Value::Null => Vec::new(),
            other => vec![other.clone()],
        }
    }

    /// The items of a list, of a list in a list as variable arguments give it, or one item.
    fn items_of(&self, value: &Value) -> Vec<Value> {
        let items = self.items_or_self(value);
        match items.as_slice() {
            [Value::Object(inner)] if self.object(*inner).shape == Shape::List => self.object(*inner).items.clone(),
            _ => items,
        }
    }

    fn join_items(&mut self, separator: &Value, list: &Value, range: ByteRange) -> Value {
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
    fn format_braces(&mut self, template: &Value, arguments: &Value, range: ByteRange) -> Value {
        let Value::Text(parts) = template else {
            return Value::unknown(Origin::Derived, range, vec![template.clone(), arguments.clone()]);
        };
        let items = self.items_of(arguments);
        let named = items
            .last()
            .cloned()
            .filter(|last| matches!(last, Value::Object(id) if self.object(*id).shape == Shape::Map));
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

    /// A reference resolved against a base. Where one of them is not known well enough, the two are joined with a slash.
    pub(super) fn resolve_url(&mut self, base: &Value, reference: &Value, range: ByteRange) -> Value {
        let mut resolved = Vec::new();
        for base in base.options() {
            for reference in reference.options().to_vec() {
                let base_parts = self.parts_of(base);
                let reference_parts = self.parts_of(&reference);
                let leading = match reference_parts.first() {
                    Some(Part::Literal(text, _)) => Some(Rc::clone(text)),
                    _ => None,
                };
                let value = match leading {
                    Some(text) if text.contains("://") => text_of(reference_parts),
                    // `POST /path`: a request line is appended without its verb.
                    Some(text) if text.contains(' ') => {
                        let path = text.rsplit(' ').next().unwrap_or("").to_owned();
                        let mut parts = origin_of(base_parts);
                        parts.push(Part::Literal(Rc::from(path), range));
                        parts.extend(reference_parts.into_iter().skip(1));
                        text_of(parts)
                    }
                    Some(text) if text.starts_with('/') => {
                        let parts = origin_of(base_parts).into_iter().chain(reference_parts).collect();
                        text_of(parts)
                    }
                    _ => {
                        let ends = matches!(base_parts.last(), Some(Part::Literal(text, _)) if text.ends_with('/'));
                        let mut parts = base_parts;
                        if !ends {
                            parts.push(Part::Literal(Rc::from("/"), range));
                        }
                        parts.extend(reference_parts);
                        text_of(parts)
                    }
                };
                resolved.push(value);
            }
        }
        Value::choice(resolved)
    }

    /// A path put behind a base, one slash between them.
    pub(super) fn join_paths(&mut self, base: &Value, path: &Value, range: ByteRange) -> Value {
        let is_whole =
            |value: &Value| value.as_literal().is_some_and(|text| text.contains("://") || text.contains(' '));
        let mut joined = Vec::new();
        for base in base.options() {
            for path in path.options().to_vec() {
                if is_whole(&path) {
                    continue;
                }
                let mut parts = self.parts_of(base);
                let mut tail = self.parts_of(&path);
                if let Some(Part::Literal(text, place)) = parts.last().cloned() {
                    parts.pop();
                    parts.push(Part::Literal(Rc::from(text.trim_end_matches('/')), place));
                }
                if let Some(Part::Literal(text, place)) = tail.first().cloned() {
                    tail[0] = Part::Literal(Rc::from(text.trim_start_matches('/')), place);
                }
                parts.push(Part::Literal(Rc::from("/"), range));
                parts.extend(tail);
                joined.push(text_of(parts));
            }
        }
        if joined.is_empty() { path.clone() } else { Value::choice(joined) }
    }

    fn replace(&mut self, text: &Value, from: &Value, to: &Value) -> Value {
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

    fn list_of_map(&mut self, operation: Operation, map: &Value, range: ByteRange) -> Value {
        let Some(id) = map.options().iter().find_map(|option| self.as_object(option)) else {
            return Value::unknown(Origin::Derived, range, vec![map.clone()]);
        };
        self.mark_used(map, 0);
        let (entries, open) = (self.object(id).entries.clone(), self.object(id).open || self.object(id).hole.is_some());
        let mut items = Vec::new();
        for (key, value) in entries {
            items.push(match operation {
                Operation::Keys => key,
                Operation::Values => value,
                _ => self.list(vec![key, value], false, range),
            });
        }
        self.list(items, open, range)
    }

    fn get(&mut self, map: &Value, key: &Value, default: Value, range: ByteRange) -> Value {
        let found = match key.as_literal() {
            Some(name) => {
                // A path, as `lodash.get` takes it.
                let whole = map.options().iter().find_map(|option| match option {
                    Value::Object(id) => self.entry(*id, &name),
                    _ => None,
                });
                match whole {
                    Some(value) => value,
                    None if map.options().iter().all(|option| self.is_closed(option)) => match default {
                        Value::Null => return Value::unknown(Origin::Member(name), range, vec![map.clone()]),
                        default => return default,
                    },
                    None => match name.parse::<usize>() {
                        Ok(position) => self.item(map, position, range),
                        Err(_) => name.split('.').fold(map.clone(), |value, step| self.member(&value, step, range)),
                    },
                }
            }
            None => Value::unknown(Origin::Member("item".to_owned()), range, vec![map.clone(), key.clone()]),
        };
        if default == Value::Null { found } else { or_else(found, default) }
    }

    fn is_closed(&self, value: &Value) -> bool {
        match value {
            Value::Object(id) => {
                let object = self.object(*id);
                object.shape == Shape::Map && !object.open && object.hole.is_none()
            }
            _ => false,
        }
    }

    fn map_from_entries(&mut self, source: &Value, range: ByteRange) -> Value {
        let id = self.new_object(Shape::Map, range);
        for option in source.options().iter().filter(|option| !matches!(option, Value::Number(..))) {
            match option {
                Value::Object(list) if self.object(*list).shape == Shape::List => {
                    let (items, open) = (self.object(*list).items.clone(), self.object(*list).open);
                    for item in items {
                        match self.items_or_self(&item).as_slice() {
                            [key, value] => self.put_entry(id, key.clone(), value.clone()),
                            _ => self.merge_into(id, &item),
                        }
                    }
                    self.object_mut(id).open |= open;
                }
                other => self.merge_into(id, other),
            }
        }
        Value::Object(id)
    }

    /// The map that a JSON text holds. Holes may stand where values stand.
    fn decode_json(&mut self, text: &Value, range: ByteRange) -> Value {
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

    fn configured(&mut self, origin: fn(String) -> Origin, name: &Value, default: Value, range: ByteRange) -> Value {
        let hole = Value::unknown(origin(self.display(name)), range, Vec::new());
        or_else(hole.clone(), if default == Value::Null { hole } else { default })
    }

    /// A short text for a reader, unknown parts as `{name}`.
    fn display(&mut self, value: &Value) -> String {
        let parts = self.parts_of(value.options().first().unwrap_or(&Value::Null));
        parts
            .iter()
            .map(|part| match part {
                Part::Literal(text, _) => text.to_string(),
                Part::Hole(hole) => format!("{{{}}}", hole.origin.name()),
            })
            .collect()
    }

    /// `resolve(value)` inside an executor.
    pub(super) fn resolve_promise(&mut self, cell: ObjectId, value: Value) {
        let old = self.object(cell).slots.get(&Slot::Content).cloned();
        let joined = match old {
            Some(old) => Value::choice([old, value]),
            None => value,
        };
        self.object_mut(cell).slots.insert(Slot::Content, joined);
    }

    /// `new Promise(executor)`: what the executor hands to its first parameter.
    fn promise(&mut self, executor: &Value, range: ByteRange) -> Value {
        let cell = self.new_object(Shape::Promise, range);
        let reject = Value::unknown(Origin::Call("reject".to_owned()), range, Vec::new());
        self.call_back(executor, vec![Value::Object(cell), reject], range);
        match self.object(cell).slots.get(&Slot::Content).cloned() {
            Some(content) => content,
            None => Value::unknown(Origin::Derived, range, vec![Value::Object(cell)]),
        }
    }
}

/// Scheme and host of a URL, without its path. A base of which the path is not known stays whole.
fn origin_of(parts: Vec<Part>) -> Vec<Part> {
    let mut origin = Vec::new();
    let mut seen_scheme = false;
    for part in parts {
        if let Part::Literal(text, range) = &part {
            let from = match (seen_scheme, text.find("://")) {
                (false, Some(at)) => at + 3,
                _ => 0,
            };
            seen_scheme |= from > 0;
            if seen_scheme && let Some(slash) = text[from..].find('/') {
                origin.push(Part::Literal(Rc::from(&text[..from + slash]), *range));
                return origin;
            }
        }
        origin.push(part);
    }
    // Without a path, a closing slash of the base goes too.
    if let Some(Part::Literal(text, range)) = origin.last().cloned()
        && text.ends_with('/')
    {
        origin.pop();
        origin.push(Part::Literal(Rc::from(text.trim_end_matches('/')), range));
    }
    origin
}

/// A text of a JSON document with the holes put back.
fn with_holes(text: &str, holes: &[Rc<super::value::Hole>], range: ByteRange) -> Value {
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
