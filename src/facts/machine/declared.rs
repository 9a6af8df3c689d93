//! Requests that an interface declares: annotations on types, methods and parameters say what a call of it sends.

use std::rc::Rc;

use super::Machine;
use super::call::Site;
use super::value::{ObjectId, Part, Shape, Value};
use crate::facts::fact::Origin;
use crate::facts::ir::{Annotation, ClassId, FunctionId, Pattern};
use crate::rules::schema::{AnnotationModel, AnnotationTarget, Slot, Source};

impl Machine<'_> {
    /// What annotations say of the request that a method stands for.
    fn declared_request(&mut self, class: ClassId, method: FunctionId) -> Option<(ObjectId, usize)> {
        let module = self.module;
        let function = module.function(method);
        let index = self.index;
        let models = |machine: &mut Self, annotations: &'_ [Annotation], target: AnnotationTarget| {
            annotations
                .iter()
                .enumerate()
                .filter_map(|(position, annotation)| {
                    let Value::Symbol(name) = machine.type_by_name(&annotation.name) else { return None };
                    Some((position, name))
                })
                .collect::<Vec<_>>()
                .into_iter()
                .flat_map(|(position, name)| {
                    let models = index.annotations(&name).iter();
                    models
                        .filter(|(_, model)| model.on == target)
                        .map(move |(library, model)| (position, *library, model.clone()))
                        .collect::<Vec<_>>()
                })
                .collect::<Vec<(usize, usize, AnnotationModel)>>()
        };
        let on_method = models(self, &function.annotations, AnnotationTarget::Method);
        let (_, library, _) = on_method.iter().find(|(_, _, model)| model.sends).cloned()?;
        let id = self.new_object(Shape::Typed(Rc::from("")), function.range);
        let owner = module.class(class);
        for (position, _, model) in models(self, &owner.annotations, AnnotationTarget::Type) {
            self.annotate(id, &model, &owner.annotations[position], None);
        }
        for (position, _, model) in on_method {
            self.annotate(id, &model, &function.annotations[position], None);
        }
        for declared in &function.parameters {
            let value = match &declared.pattern {
                Pattern::Name { name, range, .. } => super::parameter(name, *range),
                _ => Value::Null,
            };
            for (position, _, model) in models(self, &declared.annotations, AnnotationTarget::Parameter) {
                self.annotate(id, &model, &declared.annotations[position], Some(value.clone()));
            }
        }
        Some((id, library))
    }

    fn annotate(&mut self, id: ObjectId, model: &AnnotationModel, annotation: &Annotation, value: Option<Value>) {
        let arguments = self.arguments(&annotation.arguments);
        let site = Site {
            range: annotation.range,
            callee: annotation.name.to_string(),
            receiver: None,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        for (slot, sources) in &model.set {
            let found = match sources.as_slice() {
                [Source::Value] => value.clone(),
                _ => self.first(sources, &site, None).map(|found| match &found {
                    // `@PostMapping({"/a"})`: an array of one is that one.
                    Value::Object(list)
                        if self.object(*list).shape == Shape::List && self.object(*list).items.len() == 1 =>
                    {
                        self.object(*list).items[0].clone()
                    }
                    _ => found,
                }),
            };
            let found = found.map(|found| self.with_settings(found));
            match found {
                // The path of a method goes behind that of its type.
                Some(found) if *slot == Slot::Path => self.append_slot(id, *slot, found),
                Some(found) => self.set_slot(id, *slot, found),
                None => {}
            }
        }
        if let Some(pair) = &model.field {
            let name = self.source(&pair.name, &site);
            if let Some(name) = name {
                self.object_mut(id).fields.push((name, value.unwrap_or(Value::Null)));
            }
        }
        self.object_mut(id).trail.push(annotation.range);
    }

    /// An annotation's text with `${key:default}` filled in: the default where there is one, else the setting.
    pub(super) fn with_settings(&mut self, value: Value) -> Value {
        let Value::Text(parts) = &value else { return value };
        let [Part::Literal(text, range)] = &parts[..] else { return value };
        if !text.contains("${") {
            return value;
        }
        let mut pieces = Vec::new();
        let mut rest: &str = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((setting, tail)) = after.split_once('}') else { break };
            pieces.push(Value::text(before, *range));
            let (key, default) = match setting.split_once(':') {
                Some((key, default)) => (key, Value::text(default, *range)),
                None => (setting, Value::Null),
            };
            pieces.push(self.configured(Origin::Configuration, &Value::text(key, *range), default, *range));
            rest = tail;
        }
        pieces.push(Value::text(rest, *range));
        self.concatenate(pieces)
    }

    /// Writes down the requests that the methods of a class are declared to send.
    pub(super) fn declared_requests(&mut self, class: ClassId) {
        let module = self.module;
        for method in &module.class(class).methods {
            if module.function(*method).body.is_some() {
                continue;
            }
            if let Some((id, library)) = self.declared_request(class, *method) {
                let range = module.function(*method).range;
                self.declared.insert(*method, (id, library, range, false));
            }
        }
    }

    /// Calls a method without a body, where annotations say what it sends.
    pub(super) fn call_declared(&mut self, method: FunctionId, site: &Site<'_>) -> Option<Value> {
        let (id, library, ..) = *self.declared.get(&method)?;
        if let Some(entry) = self.declared.get_mut(&method) {
            entry.3 = true;
        }
        let sent = self.new_object(Shape::Typed(Rc::from("")), site.range);
        let from = self.object(id);
        let (slots, mut fields, trail) = (from.slots.clone(), from.fields.clone(), from.trail.clone());
        // The declared parameters, filled with what the call gives.
        let module = self.module;
        for (declared, value) in module.function(method).parameters.iter().zip(&site.arguments.positional) {
            if let Pattern::Name { name, range, .. } = &declared.pattern {
                let hole = super::parameter(name, *range);
                for (_, field) in &mut fields {
                    if *field == hole {
                        *field = value.clone();
                    }
                }
            }
        }
        let held = match site.receiver.as_ref().and_then(|receiver| self.as_object(receiver)) {
            Some(receiver) => self.object(receiver).slots.clone(),
            None => Default::default(),
        };
        let object = self.object_mut(sent);
        object.slots = slots;
        for (slot, value) in held {
            object.slots.entry(slot).or_insert(value);
        }
        object.fields = fields;
        object.trail = trail;
        object.items = site.arguments.positional.clone();
        let callee = site.callee.clone();
        Some(self.send(sent, site.range, &callee, Some(library)))
    }
}
