//! Calls: of functions of the file, which are entered, and of everything else.

use std::rc::Rc;

use super::scope::Scope;
use super::value::{ScopeId, Shape, Value};
use super::{DEEPEST_CALL, Machine, parameter};
use crate::facts::fact::Origin;
use crate::facts::ir::{
    Argument, ClassId, ExpressionId, ExpressionKind, FunctionId, Name, Pattern, Spread, StatementKind,
};
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

/// The method that runs when an object is called.
const CALLED: &str = "__call__";

/// What a call is given.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    /// By position.
    pub(super) positional: Vec<Value>,
    /// By keyword.
    pub(super) keywords: Vec<(Name, Value)>,
    /// What was spread over them without being known.
    pub(super) rest: Vec<Value>,
}

impl Arguments {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.positional.len() + self.keywords.len()
    }

    /// All values that are handed over.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value)).chain(&self.rest)
    }

    /// The argument by keyword.
    pub(super) fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }
}

/// What is called, where, and on what.
pub(super) struct Site<'a> {
    /// The whole call.
    pub(super) range: ByteRange,
    /// What is called, as it is written.
    pub(super) callee: String,
    /// What stands before the dot.
    pub(super) receiver: Option<Value>,
    /// The expression of it, so that something unknown can become an object.
    pub(super) receiver_expression: Option<ExpressionId>,
    /// What the function gave that the call runs.
    pub(super) called: Option<Value>,
    /// What it is given.
    pub(super) arguments: &'a Arguments,
}

impl Machine<'_> {
    /// Evaluates arguments in order.
    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Arguments {
        let mut all = Arguments::default();
        for argument in arguments {
            let value = self.evaluate(argument.value);
            self.mark_used(&value, 0);
            match argument.spread {
                Spread::None => match &argument.keyword {
                    Some(keyword) => all.keywords.push((keyword.clone(), value)),
                    None => all.positional.push(value),
                },
                Spread::Sequence => match &value {
                    Value::Object(id) if self.object(*id).shape == Shape::List && !self.object(*id).open => {
                        all.positional.extend(self.object(*id).items.iter().cloned());
                    }
                    _ => all.rest.push(value),
                },
                Spread::Mapping => {
                    if let Value::Object(id) = &value {
                        for (key, value) in &self.object(*id).entries {
                            if let Some(key) = key.as_literal() {
                                all.keywords.push((key.into(), value.clone()));
                            }
                        }
                    }
                    all.rest.push(value);
                }
            }
        }
        all
    }

    /// Notes that a value, and what it holds, was handed to somebody.
    pub(super) fn mark_used(&mut self, value: &Value, depth: usize) {
        for option in value.options() {
            if let Value::Object(id) = option
                && !self.object(*id).used
            {
                self.object_mut(*id).used = true;
                let object = self.object(*id);
                let inner: Vec<Value> =
                    object.entries.iter().map(|(_, value)| value).chain(&object.items).cloned().collect();
                if depth < 3 {
                    inner.iter().for_each(|inner| self.mark_used(inner, depth + 1));
                }
            }
        }
    }

    /// Notes that a value, and what it holds, is kept by somebody else than the code that made it.
    pub(super) fn mark_escaped(&mut self, value: &Value, is_returned: bool, depth: usize) {
        for option in value.options() {
            let Value::Object(id) = option else { continue };
            let unit = self.unit();
            let object = self.object_mut(*id);
            let is_new = !object.escapes;
            object.escapes = true;
            if is_returned && depth == 0 {
                object.returned = Some(unit);
            }
            if is_new && depth < 3 {
                let inner: Vec<Value> =
                    object.entries.iter().map(|(_, value)| value).chain(&object.items).cloned().collect();
                inner.iter().for_each(|inner| self.mark_escaped(inner, is_returned, depth + 1));
            }
        }
    }

    /// `callee(arguments)`.
    pub(super) fn call(&mut self, callee: ExpressionId, arguments: &[Argument], range: ByteRange) -> Value {
        let module = self.module;
        let written = self.written(callee);
        if let ExpressionKind::Member { object, name, .. } = &module.expression(callee).kind {
            let receiver = self.evaluate(*object);
            let arguments = self.arguments(arguments);
            self.takes_lifetime(&Site {
                range,
                callee: written.clone(),
                receiver: None,
                receiver_expression: None,
                called: None,
                arguments: &arguments,
            });
            let is_super = matches!(module.expression(*object).kind, ExpressionKind::Super);
            let mut results = Vec::new();
            for option in receiver.options() {
                let site = Site {
                    range,
                    callee: written.clone(),
                    receiver: Some(option.clone()),
                    receiver_expression: Some(*object),
                    called: None,
                    arguments: &arguments,
                };
                results.push(self.call_method(option, name, is_super, &site));
            }
            return Value::choice(results);
        }
        let is_super = matches!(module.expression(callee).kind, ExpressionKind::Super | ExpressionKind::This);
        let callee_value = match &module.expression(callee).kind {
            // Java overloads by the number of arguments.
            ExpressionKind::Name(name) if self.is_java() => self.overloaded(name, arguments.len()),
            _ => self.evaluate(callee),
        };
        let arguments = self.arguments(arguments);
        if is_super {
            return self.call_constructor(&callee_value, &arguments, range);
        }
        let site = Site {
            range,
            callee: written,
            receiver: None,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        self.takes_lifetime(&site);
        let results: Vec<Value> = callee_value.options().iter().map(|option| self.call_value(option, &site)).collect();
        Value::choice(results)
    }

    /// Java keeps methods and variables apart, and tells methods by the number of arguments.
    fn overloaded(&mut self, name: &str, count: usize) -> Value {
        for class in self.classes_around() {
            let class = self.receiving_class(class);
            if let Some(method) = self.method(class, name, Some(count)) {
                return self.method_value(method, class);
            }
        }
        self.look_up(name)
    }

    /// `super(…)`, `this(…)`: the constructor of the class or its base, on the same object.
    fn call_constructor(&mut self, callee: &Value, arguments: &Arguments, _range: ByteRange) -> Value {
        let this = self.this.clone();
        let target = match callee {
            Value::Class(class, scope) => Some((*class, *scope)),
            Value::Object(id) => match self.object(*id).shape {
                Shape::Instance(class, scope) => Some((class, scope)),
                _ => None,
            },
            _ => None,
        };
        if let Some((class, scope)) = target {
            let fitting = self.constructor_for(class, arguments.count());
            if let Some(constructor) = fitting {
                self.enter(constructor, scope, this.clone(), Some(arguments));
            }
        }
        this.unwrap_or(Value::Null)
    }

    fn constructor_for(&self, class: ClassId, count: usize) -> Option<FunctionId> {
        self.module.class(class).methods.iter().copied().find(|method| {
            let function = self.module.function(*method);
            function.kind == crate::facts::ir::FunctionKind::Constructor
                && function.parameters.len() == count
                && !self.active.contains(method)
        })
    }

    /// `new class(arguments)`.
    pub(super) fn construct_expression(
        &mut self,
        class: ExpressionId,
        arguments: &[Argument],
        body: Option<ClassId>,
        range: ByteRange,
    ) -> Value {
        let written = self.written(class);
        let value = self.evaluate(class);
        let arguments = self.arguments(arguments);
        if let Some(body) = body {
            let scope = self.define_class(body);
            return self.construct(body, scope, &arguments, range);
        }
        let site = Site {
            range,
            callee: written,
            receiver: None,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        self.call_value(&value, &site)
    }

    /// Calls a value that is no method.
    pub(super) fn call_value(&mut self, callee: &Value, site: &Site<'_>) -> Value {
        match callee {
            Value::Function(id, scope, this) => {
                let this = this.as_deref().cloned().or_else(|| site.receiver.clone());
                self.enter_or_declare(*id, *scope, this, site)
            }
            Value::Class(class, scope) => self.construct(*class, *scope, site.arguments, site.range),
            Value::Symbol(path) => {
                let path = Rc::clone(path);
                self.call_library(&[path.to_string()], site)
            }
            Value::Object(id) => match self.object(*id).shape.clone() {
                // An object that can be called, as `axios.create()` gives.
                Shape::Typed(type_name) => {
                    let lineage = self.lineage(&type_name);
                    let names: Vec<String> = lineage
                        .iter()
                        .map(|known| format!("{known}.__call__"))
                        .chain(lineage.iter().filter(|known| !self.index.calls(known).is_empty()).cloned())
                        .collect();
                    // What the object holds, holds for the call.
                    let site = Site {
                        receiver: Some(callee.clone()),
                        callee: site.callee.clone(),
                        called: site.called.clone(),
                        ..*site
                    };
                    self.call_library(&names, &site)
                }
                Shape::Instance(class, scope) if self.method(class, CALLED, None).is_some() => {
                    match self.method(class, CALLED, None) {
                        Some(method) => self.enter_or_declare(method, scope, Some(callee.clone()), site),
                        None => self.call_unknown(site),
                    }
                }
                Shape::Promise => {
                    let value = site.arguments.positional.first().cloned().unwrap_or(Value::Null);
                    self.resolve_promise(*id, value);
                    Value::Null
                }
                _ => self.call_unknown(site),
            },
            Value::Unknown(hole) => match (&hole.origin, hole.ingredients.as_slice()) {
                // A method that was taken from its object: `post = session.post`, `builder::add`.
                (Origin::Member(name), [receiver @ Value::Object(_)]) => {
                    let site = Site {
                        receiver: Some(receiver.clone()),
                        receiver_expression: None,
                        callee: site.callee.clone(),
                        called: site.called.clone(),
                        ..*site
                    };
                    self.call_method(receiver, name, false, &site)
                }
                _ => self.call_unknown(site),
            },
            _ => self.call_unknown(site),
        }
    }

    /// `receiver.name(arguments)`.
    fn call_method(&mut self, receiver: &Value, name: &str, is_super: bool, site: &Site<'_>) -> Value {
        let any = format!("*.{name}");
        match receiver {
            Value::Symbol(path) => {
                let full = match self.symbol(&format!("{path}.{name}")) {
                    Value::Symbol(full) => full.to_string(),
                    _ => format!("{path}.{name}"),
                };
                self.call_library(&[full, any], site)
            }
            Value::Object(id) => {
                let id = *id;
                if let Some(member) = self.entry(id, name) {
                    let callable = matches!(member, Value::Function(..) | Value::Class(..) | Value::Symbol(_));
                    if callable {
                        return self.call_value(&member, site);
                    }
                }
                match self.object(id).shape.clone() {
                    Shape::Instance(class, scope) => {
                        if let Some(method) = self.method(class, name, Some(site.arguments.count())) {
                            return self.enter_or_declare(method, scope, Some(Value::Object(id)), site);
                        }
                        let bases = self.library_bases(class);
                        let names: Vec<String> =
                            bases.iter().map(|base| format!("{base}.{name}")).chain([any]).collect();
                        self.call_library(&names, site)
                    }
                    Shape::Typed(type_name) => {
                        let mut names: Vec<String> =
                            self.lineage(&type_name).iter().map(|known| format!("{known}.{name}")).collect();
                        // A buffer is used as the text that it holds.
                        if self.object(id).slots.contains_key(&Slot::Content) {
                            names.push(format!("string.{name}"));
                        }
                        names.push(any);
                        self.call_library(&names, site)
                    }
                    Shape::List => self.call_library(&[format!("list.{name}"), any], site),
                    Shape::Map => self.call_library(&[format!("map.{name}"), any], site),
                    Shape::View(..) => self.call_library(&[format!("view.{name}"), any], site),
                    Shape::Module(..) => {
                        let member = self.member(receiver, name, site.range);
                        match member {
                            Value::Unknown(_) => self.call_library(&[any], site),
                            known => {
                                let results: Vec<Value> =
                                    known.options().iter().map(|option| self.call_value(option, site)).collect();
                                Value::choice(results)
                            }
                        }
                    }
                    Shape::Signed | Shape::Promise => self.call_library(&[format!("string.{name}"), any], site),
                }
            }
            Value::Class(class, scope) => {
                let this = if is_super { self.this.clone() } else { None };
                if let Some(method) = self.method(*class, name, Some(site.arguments.count())) {
                    let this = this.or_else(|| self.class_objects.get(class).map(|id| Value::Object(*id)));
                    let scope = this
                        .as_ref()
                        .and_then(|this| self.as_object(this))
                        .and_then(|id| self.scope_of(id))
                        .unwrap_or(*scope);
                    return self.enter_or_declare(method, scope, this, site);
                }
                let names: Vec<String> =
                    self.library_bases(*class).iter().map(|base| format!("{base}.{name}")).chain([any]).collect();
                self.call_library(&names, site)
            }
            Value::Text(_) => self.call_library(&[format!("string.{name}"), any], site),
            Value::Function(..) => match name {
                // A functional interface: whatever its one method is called, it is the function.
                _ if self.is_java() => self.call_value(receiver, site),
                "call" => self.call_rest(receiver, site),
                "bind" => receiver.clone(),
                _ => self.call_library(&[format!("function.{name}"), any], site),
            },
            Value::Unknown(_) | Value::Number(..) | Value::Plain | Value::Null | Value::Choice(_) => {
                self.call_library(&[any], site)
            }
        }
    }

    /// `function.call(this, arguments)`.
    fn call_rest(&mut self, function: &Value, site: &Site<'_>) -> Value {
        let mut arguments = site.arguments.clone();
        let receiver = (!arguments.positional.is_empty()).then(|| arguments.positional.remove(0));
        let site = Site {
            range: site.range,
            callee: site.callee.clone(),
            receiver,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        self.call_value(function, &site)
    }

    fn library_bases(&mut self, class: ClassId) -> Vec<String> {
        let module = self.module;
        let mut bases = Vec::new();
        for ancestor in self.ancestors(class) {
            for base in &module.class(ancestor).bases {
                if let Value::Symbol(path) = self.type_by_name(base) {
                    bases.extend(self.lineage(&path));
                }
            }
        }
        bases
    }

    /// Enters a function with a body; one without may be declared to send a request.
    fn enter_or_declare(&mut self, id: FunctionId, scope: ScopeId, this: Option<Value>, site: &Site<'_>) -> Value {
        self.facts.calls.insert((self.module.function(id).range, site.range));
        if !self.is_abstract(id) {
            self.sites.push(site.range);
            let result = self.enter(id, scope, this, Some(site.arguments));
            self.sites.pop();
            return result;
        }
        if let Some(result) = self.call_declared(id, site) {
            return result;
        }
        if let Some((method, scope, instance)) = self.sole_implementation(id) {
            self.sites.push(site.range);
            let result = self.enter(method, scope, Some(Value::Object(instance)), Some(site.arguments));
            self.sites.pop();
            return result;
        }
        let result = self.call_unknown(site);
        let module = self.module;
        self.of_declared_type(module.function(id).returns.as_deref(), result)
    }

    /// Whether a function has no body, or one that only stands in for one: `...`, `pass`, a docstring.
    pub(super) fn is_abstract(&self, id: FunctionId) -> bool {
        let Some(body) = &self.module.function(id).body else { return true };
        self.is_python()
            && body.0.iter().all(|statement| match &statement.kind {
                StatementKind::Expression(value) => {
                    matches!(self.module.expression(*value).kind, ExpressionKind::Null | ExpressionKind::Text(_))
                }
                _ => false,
            })
    }

    /// Runs a function of the file. Without arguments they are unknown.
    pub(super) fn enter(
        &mut self,
        id: FunctionId,
        scope: ScopeId,
        this: Option<Value>,
        arguments: Option<&Arguments>,
    ) -> Value {
        let module = self.module;
        let function = module.function(id);
        let Some(body) = &function.body else { return Value::Null };
        let given =
            |arguments: Option<&Arguments>| arguments.map_or_else(Vec::new, |known| known.values().cloned().collect());
        if arguments.is_some() {
            let origin = if self.active.contains(&id) {
                Some(Origin::Recursion)
            } else if self.active.len() >= DEEPEST_CALL || !self.has_budget() {
                Some(Origin::Budget)
            } else {
                None
            };
            if let Some(origin) = origin {
                return Value::unknown(origin, function.range, given(arguments));
            }
        }
        // What is inherited from another file has the names of that file around it.
        let scope = match function.class {
            Some(owner) if self.unit_of_class(owner) != self.scopes[scope.0].unit() => self.class_scope(owner, scope),
            _ => scope,
        };
        let outer_scope = std::mem::replace(&mut self.scope, scope);
        self.scope = self.new_scope(Scope::function(scope));
        let outer_this = std::mem::replace(&mut self.this, this);
        self.active.push(id);
        self.returned.push(Vec::new());
        if let Some(receiver) = &function.receiver
            && let Some(this) = self.this.clone()
        {
            self.declare(receiver, this);
        }
        self.bind_parameters(id, arguments);
        self.execute(body);
        let returned = self.returned.pop().unwrap_or_default();
        self.active.pop();
        self.this = outer_this;
        self.scope = outer_scope;
        Value::choice(returned)
    }

    fn bind_parameters(&mut self, id: FunctionId, arguments: Option<&Arguments>) {
        let module = self.module;
        let function = module.function(id);
        let mut next = 0;
        for declared in &function.parameters {
            let (name, range) = match &declared.pattern {
                Pattern::Name { name, range, .. } => (&**name, *range),
                _ => ("argument", function.range),
            };
            let value = match (declared.spread, arguments) {
                (Spread::None, Some(arguments)) => {
                    let given = arguments.keyword(name).cloned().or_else(|| {
                        let value = arguments.positional.get(next).cloned();
                        next += usize::from(value.is_some());
                        value
                    });
                    match (given, declared.default) {
                        (Some(given), Some(default)) if given.is_absent() => self.evaluate(default),
                        (Some(given), _) => given,
                        (None, Some(default)) if arguments.rest.is_empty() => self.evaluate(default),
                        (None, default) => {
                            let hole =
                                Value::unknown(Origin::Parameter(name.to_owned()), range, arguments.rest.clone());
                            match default {
                                Some(default) => {
                                    let fallback = self.evaluate(default);
                                    self.or_else(hole, fallback)
                                }
                                None => hole,
                            }
                        }
                    }
                }
                (Spread::None, None) => {
                    let hole = match self.injected(&declared.annotations, &[], name, range) {
                        Some(value) => value,
                        None => parameter(name, range),
                    };
                    match declared.default {
                        Some(default) => {
                            let fallback = self.evaluate(default);
                            if fallback == Value::Null { hole } else { self.or_else(hole, fallback) }
                        }
                        None => hole,
                    }
                }
                (Spread::Sequence, arguments) => {
                    let id = self.new_object(Shape::List, range);
                    let list = self.object_mut(id);
                    match arguments {
                        Some(arguments) => {
                            list.items = arguments.positional.get(next..).unwrap_or(&[]).to_vec();
                            list.items.extend(arguments.rest.iter().cloned());
                            list.open = !arguments.rest.is_empty();
                        }
                        None => list.open = true,
                    }
                    Value::Object(id)
                }
                (Spread::Mapping, arguments) => {
                    let id = self.new_object(Shape::Map, range);
                    self.object_mut(id).open = true;
                    if let Some(arguments) = arguments {
                        for (keyword, value) in arguments.keywords.clone() {
                            self.put_entry(id, Value::text(&keyword, range), value);
                        }
                    }
                    Value::Object(id)
                }
            };
            self.bind(&declared.pattern, value, range);
        }
    }

    /// An expression as it is written, as far as it is made of names.
    pub(super) fn written(&self, id: ExpressionId) -> String {
        let mut id = id;
        let mut names: Vec<&str> = Vec::new();
        loop {
            match &self.module.expression(id).kind {
                ExpressionKind::Member { object, name, .. } => {
                    names.push(name);
                    id = *object;
                }
                ExpressionKind::Name(name) => {
                    names.push(name);
                    break;
                }
                ExpressionKind::This => {
                    names.push("this");
                    break;
                }
                ExpressionKind::Call { callee, .. } | ExpressionKind::Construct { class: callee, .. } => {
                    names.push("()");
                    id = *callee;
                }
                ExpressionKind::Await(inner) | ExpressionKind::Index { object: inner, .. } => id = *inner,
                _ => break,
            }
            if names.len() > 12 {
                break;
            }
        }
        names.reverse();
        names.join(".").replace(".()", "()")
    }
}
