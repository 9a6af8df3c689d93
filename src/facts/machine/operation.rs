//! The operations that rule files may name: strings, maps, lists, look-ups, and functions that are run.

use super::Machine;
use super::call::Site;
use super::value::{MOST_ITEMS, ObjectId, Part, Shape, Value};
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
            Operation::FormatBraces => self.format_braces(&input(0), &input(1), &input(2), range),
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
                            self.push_items(*id, sources);
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
                        self.push_items(*id, items);
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
                if let Some(content) = self.linked_file(&path) {
                    return content;
                }
                Value::unknown(Origin::File(path), range, Vec::new())
            }
            Operation::Map => {
                let list = input(0);
                self.mark_used(&list, 0);
                let (items, open) = match self.rounds(&list) {
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

    /// A list, as long as a list may be.
    pub(super) fn list(&mut self, mut items: Vec<Value>, open: bool, range: ByteRange) -> Value {
        let id = self.new_object(Shape::List, range);
        let whole = items.len() <= MOST_ITEMS;
        items.truncate(MOST_ITEMS);
        let list = self.object_mut(id);
        list.items = items;
        list.open = open || !whole;
        Value::Object(id)
    }

    /// Puts items behind a list, as far as it may grow.
    pub(super) fn push_items(&mut self, id: ObjectId, items: Vec<Value>) {
        let list = self.object_mut(id);
        let room = MOST_ITEMS.saturating_sub(list.items.len());
        list.open |= items.len() > room;
        list.items.extend(items.into_iter().take(room));
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
    pub(super) fn items_of(&self, value: &Value) -> Vec<Value> {
        let items = self.items_or_self(value);
        match items.as_slice() {
            [Value::Object(inner)] if self.object(*inner).shape == Shape::List => self.object(*inner).items.clone(),
            _ => items,
        }
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

    pub(super) fn get(&mut self, map: &Value, key: &Value, default: Value, range: ByteRange) -> Value {
        let found = match key.as_literal() {
            Some(name) => {
                // A path, as `lodash.get` takes it.
                let whole = map.options().iter().find_map(|option| match option {
                    Value::Object(id) => self.entry(*id, &name),
                    _ => None,
                });
                match whole {
                    Some(value) => value,
                    None if !self.begins_path(map, &name)
                        && map.options().iter().all(|option| self.is_closed(option)) =>
                    {
                        match default {
                            Value::Null => return Value::unknown(Origin::Member(name), range, vec![map.clone()]),
                            default => return default,
                        }
                    }
                    None => match name.parse::<usize>() {
                        Ok(position) => self.item(map, position, range),
                        Err(_) => name.split('.').fold(map.clone(), |value, step| self.member(&value, step, range)),
                    },
                }
            }
            None => Value::unknown(Origin::Member("item".to_owned()), range, vec![map.clone(), key.clone()]),
        };
        if default == Value::Null { found } else { self.or_else(found, default) }
    }

    /// Whether a map has the first step of a path with dots.
    fn begins_path(&self, map: &Value, path: &str) -> bool {
        let Some((first, _)) = path.split_once('.') else { return false };
        map.options().iter().any(|option| match option {
            Value::Object(id) => self.entry(*id, first).is_some(),
            _ => false,
        })
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

    /// A short text for a reader, unknown parts as `{name}`.
    pub(super) fn display(&mut self, value: &Value) -> String {
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
    pub(super) fn promise(&mut self, executor: &Value, range: ByteRange) -> Value {
        let cell = self.new_object(Shape::Promise, range);
        let reject = Value::unknown(Origin::Call("reject".to_owned()), range, Vec::new());
        self.call_back(executor, vec![Value::Object(cell), reject], range);
        match self.object(cell).slots.get(&Slot::Content).cloned() {
            Some(content) => content,
            None => Value::unknown(Origin::Derived, range, vec![Value::Object(cell)]),
        }
    }
}
