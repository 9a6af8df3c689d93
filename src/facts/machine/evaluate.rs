//! Expressions: what each of them gives, and what reading a member or an item gives.

use std::rc::Rc;

use super::Machine;
use super::scope::Scope;
use super::value::{ObjectId, Shape, Value};
use crate::facts::fact::{Origin, Read};
use crate::facts::ir::{Element, Entry, ExpressionId, ExpressionKind, FunctionKind, Pattern};
use crate::finding::{ByteRange, Platform};
use crate::rules::schema::{Member, TypeKind};

impl Machine<'_> {
    /// Evaluates an expression and does what it does.
    pub(super) fn evaluate(&mut self, id: ExpressionId) -> Value {
        self.steps += 1;
        let module = self.module;
        let expression = module.expression(id);
        let range = expression.range;
        match &expression.kind {
            ExpressionKind::Text(text) => Value::text(text, range),
            ExpressionKind::Number(digits) => Value::Number(Rc::from(&**digits), range),
            ExpressionKind::Boolean(_) => Value::Plain,
            ExpressionKind::Null => Value::Null,
            ExpressionKind::Name(name) => self.look_up(name),
            ExpressionKind::This => self.this.clone().unwrap_or_else(|| self.unknown_member("this", range, Vec::new())),
            ExpressionKind::Super => self.super_value(range),
            ExpressionKind::Member { object, name, .. } => {
                let object = self.evaluate(*object);
                self.member(&object, name, range)
            }
            ExpressionKind::Index { object, index } => {
                let object = self.evaluate(*object);
                let index = self.evaluate(*index);
                self.indexed(&object, &index, range)
            }
            ExpressionKind::Concat(parts) => {
                let values: Vec<Value> = parts.iter().map(|part| self.evaluate(*part)).collect();
                self.sum(&values, range);
                self.concatenate(values)
            }
            ExpressionKind::Arithmetic { operator, left, right } => {
                let left = self.evaluate(*left);
                let right = self.evaluate(*right);
                self.arithmetic(*operator, left, right, range)
            }
            ExpressionKind::Percent { template, arguments } => {
                let template = self.evaluate(*template);
                let values: Vec<Value> = arguments.iter().map(|argument| self.evaluate(*argument)).collect();
                self.format_percent(&template, &values)
            }
            ExpressionKind::Call { callee, arguments } => self.call(*callee, arguments, range),
            ExpressionKind::Construct { class, arguments, body } => {
                self.construct_expression(*class, arguments, *body, range)
            }
            ExpressionKind::Map(entries) => self.map_literal(entries, range),
            ExpressionKind::List(elements) => self.list_literal(elements, range),
            ExpressionKind::Function(function) => self.function_value(*function),
            ExpressionKind::Class(class) => {
                let scope = self.define_class(*class);
                Value::Class(*class, scope)
            }
            ExpressionKind::Choice { condition, options } => {
                if let Some(condition) = condition {
                    self.evaluate(*condition);
                }
                let options: Vec<Value> = options.iter().map(|option| self.evaluate(*option)).collect();
                // An alternative that is nothing says nothing of what is there.
                let present = options.iter().filter(|option| **option != Value::Null).cloned().collect::<Vec<_>>();
                Value::choice(if present.is_empty() { options } else { present })
            }
            ExpressionKind::Default { value, fallback } => {
                let value = self.evaluate(*value);
                let fallback = self.evaluate(*fallback);
                self.or_else(value, fallback)
            }
            ExpressionKind::Store { target, append, value } => {
                let mut value = self.evaluate(*value);
                if *append {
                    let old = self.read_pattern(target);
                    value = self.concatenate(vec![old, value]);
                }
                self.store(target, value.clone(), range);
                value
            }
            ExpressionKind::Each { target, iterable, element } => self.each(target, *iterable, *element, range),
            ExpressionKind::Import(specifier) => match self.evaluate(*specifier).as_literal() {
                Some(module) => {
                    let module = module.strip_prefix("node:").unwrap_or(&module).to_owned();
                    self.module_value(&module, range)
                }
                None => self.unknown_member("import", range, Vec::new()),
            },
            ExpressionKind::Await(value) => {
                let place = module.expression(*value).range;
                let value = self.evaluate(*value);
                self.await_object(value, place)
            }
            ExpressionKind::Opaque(children) => {
                let ingredients = children.iter().map(|child| self.evaluate(*child)).collect();
                Value::unknown(Origin::Derived, range, ingredients)
            }
        }
    }

    fn unknown_member(&self, name: &str, range: ByteRange, ingredients: Vec<Value>) -> Value {
        Value::unknown(Origin::Member(name.to_owned()), range, ingredients)
    }

    /// A promise gives what it holds; a request that is sent when it is awaited is sent.
    pub(super) fn await_object(&mut self, value: Value, place: ByteRange) -> Value {
        if let Value::Object(id) = value
            && let Shape::Typed(type_name) = self.object(id).shape.clone()
            && self.platform() == Platform::Node
            && self.index.type_kind(&type_name) == TypeKind::Request
            && self.object(id).finished.is_none()
        {
            let library = self.library_of_type(&type_name);
            return self.send(id, place, &type_name, library);
        }
        value
    }

    fn super_value(&mut self, range: ByteRange) -> Value {
        let Some(Value::Object(id)) = self.this else { return self.unknown_member("super", range, Vec::new()) };
        let Shape::Instance(class, _) = self.object(id).shape else {
            return self.unknown_member("super", range, Vec::new());
        };
        let module = self.module;
        match module.class(class).bases.first() {
            Some(base) => match self.type_by_name(base) {
                Value::Null => self.unknown_member("super", range, Vec::new()),
                found => found,
            },
            None => self.unknown_member("super", range, Vec::new()),
        }
    }

    fn map_literal(&mut self, entries: &[Entry], range: ByteRange) -> Value {
        let id = self.new_object(Shape::Map, range);
        for entry in entries {
            match entry {
                Entry::Keyed { key, value } => {
                    let key = self.evaluate(*key);
                    let value = self.entry_value(id, *value);
                    self.put_entry(id, key, value);
                }
                Entry::Spread(value) => {
                    let source = self.evaluate(*value);
                    self.merge_into(id, &source);
                }
            }
        }
        Value::Object(id)
    }

    /// The value of an entry. A function in it has the map for its `this`, unless it takes that from around it.
    fn entry_value(&mut self, map: ObjectId, value: ExpressionId) -> Value {
        let module = self.module;
        let owns_this = match &module.expression(value).kind {
            ExpressionKind::Function(function) => {
                self.this.is_none() || module.function(*function).kind == FunctionKind::Method
            }
            _ => false,
        };
        if !owns_this {
            return self.evaluate(value);
        }
        let outer = self.this.replace(Value::Object(map));
        let value = self.evaluate(value);
        self.this = outer;
        value
    }

    /// Puts the entries of one value into an object; what is not known leaves the object open.
    pub(super) fn merge_into(&mut self, target: ObjectId, source: &Value) {
        for option in source.options() {
            match option {
                Value::Object(id) => {
                    let (entries, open, hole) = {
                        let object = self.object(*id);
                        (object.entries.clone(), object.open, object.hole.clone())
                    };
                    for (key, value) in entries {
                        self.put_entry(target, key, value);
                    }
                    let merged = self.object_mut(target);
                    merged.open |= open;
                    if merged.hole.is_none() {
                        merged.hole = hole;
                    }
                }
                Value::Null | Value::Plain => {}
                other => {
                    let other = other.clone();
                    let object = self.object_mut(target);
                    object.open = true;
                    object.items.push(other);
                }
            }
        }
    }

    fn list_literal(&mut self, elements: &[Element], range: ByteRange) -> Value {
        let mut items = Vec::new();
        let mut open = false;
        for element in elements {
            match element {
                Element::Item(value) => items.push(self.evaluate(*value)),
                Element::Spread(value) => match self.evaluate(*value) {
                    Value::Object(id) if self.object(id).shape == Shape::List => {
                        items.extend(self.object(id).items.iter().cloned());
                        open |= self.object(id).open;
                    }
                    other => {
                        items.push(other);
                        open = true;
                    }
                },
            }
        }
        self.list(items, open, range)
    }

    fn each(&mut self, target: &Pattern, iterable: ExpressionId, element: ExpressionId, range: ByteRange) -> Value {
        let iterable = self.evaluate(iterable);
        let outer = self.scope;
        self.scope = self.new_scope(Scope::block(outer));
        let (items, open) = match self.rounds(&iterable) {
            Some(items) => (items, false),
            None => (vec![self.any_item(&iterable, range)], true),
        };
        let outer_rounds = self.rounds;
        self.rounds *= items.len();
        let mut results = Vec::new();
        for item in items {
            self.bind(target, item, range);
            results.push(self.evaluate(element));
        }
        self.rounds = outer_rounds;
        self.scope = outer;
        // A dictionary comprehension is a list of maps with one entry each.
        let maps: Option<Vec<ObjectId>> = results
            .iter()
            .map(|result| match result {
                Value::Object(id) if self.object(*id).shape == Shape::Map && self.object(*id).entries.len() == 1 => {
                    Some(*id)
                }
                _ => None,
            })
            .collect();
        match maps {
            Some(maps) if !maps.is_empty() && self.is_python() => {
                let id = self.new_object(Shape::Map, range);
                for map in maps {
                    self.merge_into(id, &Value::Object(map));
                }
                self.object_mut(id).open = open;
                Value::Object(id)
            }
            _ => self.list(results, open, range),
        }
    }

    fn read_pattern(&mut self, pattern: &Pattern) -> Value {
        match pattern {
            Pattern::Name { name, .. } => self.look_up(name),
            Pattern::Place(place) => self.evaluate(*place),
            _ => Value::Null,
        }
    }

    /// An entry of an object by its literal key.
    pub(super) fn entry(&self, id: ObjectId, name: &str) -> Option<Value> {
        self.object(id)
            .entries
            .iter()
            .rev()
            .find(|(key, _)| key.as_literal().as_deref() == Some(name))
            .map(|(_, value)| value.clone())
    }

    /// Reads a member.
    pub(super) fn member(&mut self, object: &Value, name: &str, range: ByteRange) -> Value {
        match object {
            Value::Choice(options) => {
                let values: Vec<Value> = options
                    .iter()
                    .filter(|option| !matches!(option, Value::Null))
                    .map(|option| self.member(option, name, range))
                    .collect();
                Value::choice(values)
            }
            Value::Symbol(path) => self.member_of_symbol(path, name, range),
            Value::Object(id) => self.member_of_object(*id, name, range),
            Value::Class(class, scope) => {
                let (class, scope) = (*class, *scope);
                for ancestor in self.ancestors(class) {
                    if let Some(value) = self.class_objects.get(&ancestor).and_then(|object| self.entry(*object, name))
                    {
                        return value;
                    }
                }
                if let Some(inner) = self.nested_class(class, name) {
                    return Value::Class(inner, scope);
                }
                if let Some(method) = self.method(class, name, None) {
                    let receiver = self.class_objects.get(&class).copied();
                    let scope = receiver.map_or(scope, |id| self.scope_of(id).unwrap_or(scope));
                    return Value::Function(method, scope, receiver.map(|id| Rc::new(Value::Object(id))));
                }
                self.inherited_member(class, name, range)
                    .unwrap_or_else(|| self.unknown_member(name, range, Vec::new()))
            }
            Value::Unknown(hole) => {
                let response = response_behind(hole, 0);
                if let Some(request) = response {
                    let read = Read { request, name: name.to_owned(), range };
                    if !self.facts.reads.contains(&read) {
                        self.facts.reads.push(read);
                    }
                }
                self.unknown_member(name, range, vec![object.clone()])
            }
            // A member of an enumeration is what it stands for.
            Value::Text(_) if name == "value" && self.is_python() => object.clone(),
            Value::Text(_) | Value::Number(..) | Value::Plain | Value::Null | Value::Function(..) => {
                self.unknown_member(name, range, vec![object.clone()])
            }
        }
    }

    pub(super) fn scope_of(&self, id: ObjectId) -> Option<super::value::ScopeId> {
        match self.object(id).shape {
            Shape::Instance(_, scope) => Some(scope),
            _ => None,
        }
    }

    fn member_of_symbol(&mut self, path: &str, name: &str, range: ByteRange) -> Value {
        let full = if name == "default" && self.platform() == Platform::Node {
            return Value::Symbol(Rc::from(path));
        } else {
            format!("{path}.{name}")
        };
        if let Some(value) = self.linked_symbol(&full) {
            return value;
        }
        // A look-up is described by the object whose members are looked up.
        let exact = self.index.member(&full).filter(|member| member.operation.is_none());
        let known = exact.or_else(|| self.index.member(path)).cloned();
        match known {
            Some(Member { operation: Some(operation), .. }) => {
                self.operate(operation, vec![Value::text(name, range)], range)
            }
            _ => self.symbol(&full),
        }
    }

    /// A member of a base class that a library defines.
    fn inherited_member(&mut self, class: crate::facts::ir::ClassId, name: &str, range: ByteRange) -> Option<Value> {
        let module = self.module;
        for ancestor in self.ancestors(class) {
            for base in &module.class(ancestor).bases {
                if let Value::Symbol(path) = self.type_by_name(base)
                    && self.index.knows(&format!("{path}.{name}"))
                {
                    return Some(self.member_of_symbol(&path, name, range));
                }
            }
        }
        None
    }

    fn member_of_object(&mut self, id: ObjectId, name: &str, range: ByteRange) -> Value {
        if let Some(value) = self.entry(id, name) {
            return value;
        }
        match self.object(id).shape.clone() {
            Shape::Instance(class, scope) => {
                if let Some(method) = self.method(class, name, None) {
                    let receiver = Some(Value::Object(id));
                    if self.module.function(method).kind == FunctionKind::Getter {
                        return self.enter(method, scope, receiver, Some(&super::call::Arguments::default()));
                    }
                    return Value::Function(method, scope, receiver.map(Rc::new));
                }
                for ancestor in self.ancestors(class) {
                    if let Some(value) = self.class_objects.get(&ancestor).and_then(|object| self.entry(*object, name))
                    {
                        return value;
                    }
                }
                if let Some(found) = self.inherited_member(class, name, range) {
                    return found;
                }
            }
            Shape::Module(unit, path) => {
                if let Some(value) = self.member_of_module(unit, &path, name) {
                    return value;
                }
            }
            Shape::Typed(type_name) => {
                for known in self.lineage(&type_name) {
                    let Some(member) =
                        self.index.member(&format!("{known}.{name}")).or_else(|| self.index.member(&known)).cloned()
                    else {
                        continue;
                    };
                    if let Some(slot) = member.derives {
                        let view = self.new_object(Shape::View(id, slot), range);
                        return Value::Object(view);
                    }
                    if member.returns_self {
                        return Value::Object(id);
                    }
                    if let Some(slot) = member.sets {
                        let held = self.object(id).slots.get(&slot).cloned();
                        return held.unwrap_or_else(|| self.unknown_member(name, range, vec![Value::Object(id)]));
                    }
                    if let Some(operation) = member.operation {
                        return self.operate(operation, vec![Value::text(name, range)], range);
                    }
                }
            }
            _ => {}
        }
        let hole = self.object(id).hole.clone();
        if let Some(hole) = &hole
            && let Some(request) = response_behind(hole, 0)
        {
            let read = Read { request, name: name.to_owned(), range };
            if !self.facts.reads.contains(&read) {
                self.facts.reads.push(read);
            }
        }
        self.unknown_member(name, range, vec![Value::Object(id)])
    }

    /// Reads an item or an entry.
    fn indexed(&mut self, object: &Value, index: &Value, range: ByteRange) -> Value {
        if let Value::Choice(options) = object {
            let values: Vec<Value> = options.iter().map(|option| self.indexed(option, index, range)).collect();
            return Value::choice(values);
        }
        match index.as_literal() {
            Some(name) => match name.parse::<usize>() {
                Ok(position) => self.item(object, position, range),
                Err(_) => self.member(object, &name, range),
            },
            None => {
                // Any of the entries, or something unknown.
                let rest =
                    Value::unknown(Origin::Member("item".to_owned()), range, vec![object.clone(), index.clone()]);
                match object {
                    Value::Object(id) => {
                        let object = self.object(*id);
                        let known: Vec<Value> =
                            object.items.iter().chain(object.entries.iter().map(|(_, value)| value)).cloned().collect();
                        Value::choice(known.into_iter().chain([rest]))
                    }
                    _ => rest,
                }
            }
        }
    }

    /// Reads an item of a list by position.
    pub(super) fn item(&mut self, value: &Value, position: usize, range: ByteRange) -> Value {
        if let Value::Object(id) = value {
            let object = self.object(*id);
            if object.shape == Shape::List {
                if let Some(item) = object.items.get(position) {
                    return item.clone();
                }
            } else if let Some(entry) = self.entry(*id, &position.to_string()) {
                return entry;
            }
        }
        self.unknown_member("item", range, vec![value.clone()])
    }

    /// A type and those whose calls hold for it too, nearest first.
    pub(super) fn lineage(&self, type_name: &str) -> Vec<String> {
        let mut all = vec![type_name.to_owned()];
        let mut next = 0;
        while next < all.len() && all.len() < 32 {
            if let Some(known) = self.index.type_named(&all[next]) {
                for base in &known.extends {
                    if !all.contains(base) {
                        all.push(base.clone());
                    }
                }
            }
            next += 1;
        }
        all
    }
}

/// The request whose answer something unknown was made of.
pub(super) fn response_behind(hole: &super::value::Hole, depth: usize) -> Option<ByteRange> {
    if let Origin::Response(site) = hole.origin {
        return Some(site);
    }
    if depth > 6 {
        return None;
    }
    // What a member is read of, or what a parser is given: `JSON.parse(body)`, `mapper.readValue(body, Token.class)`.
    hole.ingredients.iter().take(2).find_map(|ingredient| match ingredient {
        Value::Unknown(inner) => response_behind(inner, depth + 1),
        _ => None,
    })
}
