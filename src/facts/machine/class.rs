//! Classes: static members, instances, methods and what they inherit inside the file.

use std::rc::Rc;

use super::call::Arguments;
use super::scope::Scope;
use super::value::{ObjectId, ScopeId, Shape, Value};
use super::{Machine, Pending};
use crate::facts::fact::Origin;
use crate::facts::ir::{ClassId, FunctionId, FunctionKind};
use crate::finding::ByteRange;

impl Machine<'_> {
    /// Runs a class body: nested classes, static fields, static initialisers. Its methods wait in line.
    pub(super) fn define_class(&mut self, id: ClassId) -> ScopeId {
        let module = self.module;
        let class = module.class(id);
        let outer = self.scope;
        let scope = self.new_scope(Scope::class(outer, id));
        if self.class_objects.contains_key(&id) {
            return scope;
        }
        let object = self.new_object(Shape::Instance(id, scope), class.range);
        self.class_objects.insert(id, object);
        self.scope = scope;
        // What it extends may stand in a file that nobody has asked for yet.
        for base in &class.bases {
            self.type_by_name(base);
        }
        for inner in &class.classes {
            if let Some(name) = &module.class(*inner).name {
                self.declare(name, Value::Class(*inner, scope));
            }
        }
        for inner in &class.classes {
            self.define_class(*inner);
        }
        let this = self.this.replace(Value::Object(object));
        for field in class.fields.iter().filter(|field| field.is_static) {
            let value = match field.value {
                Some(value) => self.evaluate(value),
                None => {
                    let hole = Value::unknown(Origin::Member(field.name.to_string()), field.range, Vec::new());
                    self.of_declared_type(field.declared.as_deref(), hole)
                }
            };
            self.mark_escaped(&value, false, 0);
            self.put_entry(object, Value::text(&field.name, field.range), value);
        }
        self.execute(&class.body);
        self.this = this;
        self.scope = outer;
        if self.is_entry() || !self.active.is_empty() {
            self.pending.push_back(Pending::Class(id, scope));
        }
        self.declared_requests(id);
        scope
    }

    /// Runs the methods of a class on the one instance that stands for all.
    pub(super) fn run_class(&mut self, id: ClassId, scope: ScopeId) {
        let instance = self.standing_instance(id, scope);
        let module = self.module;
        // Inherited methods too: they may call what this class defines.
        let mut seen: Vec<(&str, usize)> = Vec::new();
        for ancestor in self.ancestors(id) {
            for method in &module.class(ancestor).methods {
                let function = module.function(*method);
                let signature = (function.name.as_deref().unwrap_or(""), function.parameters.len());
                if function.kind == FunctionKind::Constructor || (ancestor != id && seen.contains(&signature)) {
                    continue;
                }
                seen.push(signature);
                let this = match function.kind {
                    FunctionKind::Static => self.class_objects.get(&id).copied().unwrap_or(instance),
                    _ => instance,
                };
                self.run_alone(*method, scope, Some(Value::Object(this)));
            }
        }
    }

    pub(super) fn standing_instance(&mut self, id: ClassId, scope: ScopeId) -> ObjectId {
        if let Some(instance) = self.instances.get(&id) {
            return *instance;
        }
        let module = self.module;
        let instance = self.new_object(Shape::Instance(id, scope), module.class(id).range);
        self.instances.insert(id, instance);
        self.initialise(instance, id, scope);
        for base in module.class(id).bases.iter().rev() {
            if let Value::Class(base, base_scope) = self.type_by_name(base)
                && base != id
            {
                self.initialise(instance, base, base_scope);
            }
        }
        let constructors: Vec<FunctionId> = self.constructors(id);
        for constructor in constructors {
            self.run_alone(constructor, scope, Some(Value::Object(instance)));
        }
        instance
    }

    /// The scope inside a class, where its members have their bare names. A class that is named before its body has run
    /// only knows the scope around it.
    pub(super) fn class_scope(&self, id: ClassId, around: ScopeId) -> ScopeId {
        self.class_objects.get(&id).and_then(|object| self.scope_of(*object)).unwrap_or(around)
    }

    /// Sets the instance fields as they are declared.
    fn initialise(&mut self, instance: ObjectId, id: ClassId, scope: ScopeId) {
        let scope = self.class_scope(id, scope);
        let module = self.module;
        let outer = std::mem::replace(&mut self.scope, scope);
        let this = self.this.replace(Value::Object(instance));
        for field in module.class(id).fields.iter().filter(|field| !field.is_static) {
            let value = match field.value {
                Some(value) => self.evaluate(value),
                None => {
                    match self.injected(&field.annotations, &module.class(id).annotations, &field.name, field.range) {
                        Some(value) => value,
                        None => {
                            let hole = Value::unknown(Origin::Member(field.name.to_string()), field.range, Vec::new());
                            self.of_declared_type(field.declared.as_deref(), hole)
                        }
                    }
                }
            };
            self.mark_escaped(&value, false, 0);
            self.put_entry(instance, Value::text(&field.name, field.range), value);
        }
        self.this = this;
        self.scope = outer;
    }

    /// `new Class(arguments)`.
    pub(super) fn construct(&mut self, id: ClassId, scope: ScopeId, arguments: &Arguments, range: ByteRange) -> Value {
        let scope = self.class_scope(id, scope);
        let instance = self.new_object(Shape::Instance(id, scope), range);
        let module = self.module;
        for base in &module.class(id).bases {
            if let Value::Class(base, base_scope) = self.type_by_name(base)
                && base != id
            {
                self.initialise(instance, base, base_scope);
            }
        }
        self.initialise(instance, id, scope);
        let constructors = self.constructors(id);
        let fitting = constructors
            .iter()
            .find(|constructor| module.function(**constructor).parameters.len() == arguments.count())
            .or(constructors.first());
        match fitting {
            Some(constructor) => {
                self.sites.push(range);
                self.enter(*constructor, scope, Some(Value::Object(instance)), Some(arguments));
                self.sites.pop();
            }
            // A record or a data class: its fields in order.
            None => {
                let is_python = self.is_python();
                let fields = module.class(id).fields.iter().filter(|field| !field.is_static || is_python);
                for (field, value) in fields.zip(&arguments.positional) {
                    self.put_entry(instance, Value::text(&field.name, field.range), value.clone());
                }
                for (name, value) in &arguments.keywords {
                    self.put_entry(instance, Value::text(name, range), value.clone());
                }
            }
        }
        Value::Object(instance)
    }

    fn constructors(&self, id: ClassId) -> Vec<FunctionId> {
        let mut class = id;
        for _ in 0..super::DEEPEST_CALL {
            let found: Vec<FunctionId> = self
                .module
                .class(class)
                .methods
                .iter()
                .copied()
                .filter(|method| self.module.function(*method).kind == FunctionKind::Constructor)
                .collect();
            if !found.is_empty() || self.is_java() {
                return found;
            }
            // JavaScript and Python inherit constructors.
            let Some(base) = self.module.class(class).bases.iter().find_map(|base| self.base_class(class, base)) else {
                break;
            };
            class = base;
        }
        Vec::new()
    }

    /// A base of a class by its last name: a class of the same file, or one that the file imports.
    fn base_class(&self, of: ClassId, written: &str) -> Option<ClassId> {
        let last = written.rsplit('.').next().unwrap_or(written);
        let unit = self.unit_of_class(of);
        let (first, end) = self.program.unit(unit).classes;
        let own = (first..end).map(ClassId).find(|id| self.module.class(*id).name.as_deref() == Some(last));
        own.or_else(|| self.imported_class(unit, written))
    }

    /// The class and those of its bases that stand in the file, nearest first.
    pub(super) fn ancestors(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = vec![id];
        let mut next = 0;
        while next < all.len() && all.len() < 16 {
            for base in &self.module.class(all[next]).bases {
                if let Some(base) = self.base_class(all[next], base)
                    && !all.contains(&base)
                {
                    all.push(base);
                }
            }
            next += 1;
        }
        all
    }

    pub(super) fn nested_class(&self, id: ClassId, name: &str) -> Option<ClassId> {
        self.module
            .class(id)
            .classes
            .iter()
            .copied()
            .find(|inner| self.module.class(*inner).name.as_deref() == Some(name))
    }

    /// The methods of a class by name, inherited ones last.
    pub(super) fn methods(&self, id: ClassId, name: &str) -> Vec<FunctionId> {
        self.ancestors(id)
            .into_iter()
            .flat_map(|class| self.module.class(class).methods.iter().copied())
            .filter(|method| {
                let function = self.module.function(*method);
                function.name.as_deref() == Some(name) && function.kind != FunctionKind::Constructor
            })
            .collect()
    }

    /// The method that fits a number of arguments best.
    pub(super) fn method(&self, id: ClassId, name: &str, count: Option<usize>) -> Option<FunctionId> {
        let methods = self.methods(id, name);
        let fits = |method: &&FunctionId| count == Some(self.module.function(**method).parameters.len());
        methods.iter().find(fits).or(methods.first()).copied()
    }

    /// A member of the class around, by its bare name: Java's way.
    pub(super) fn member_of_class(&mut self, class: ClassId, name: &str) -> Option<Value> {
        let candidates =
            [self.this.as_ref().and_then(|this| self.as_object(this)), self.instances.get(&class).copied()];
        for instance in candidates.into_iter().flatten() {
            let fits =
                matches!(self.object(instance).shape, Shape::Instance(of, _) if self.ancestors(of).contains(&class));
            if fits && let Some(value) = self.entry(instance, name) {
                return Some(value);
            }
        }
        for ancestor in self.ancestors(class) {
            if let Some(value) = self.class_objects.get(&ancestor).and_then(|object| self.entry(*object, name)) {
                return Some(value);
            }
        }
        let class = self.receiving_class(class);
        let method = self.method(class, name, None)?;
        Some(self.method_value(method, class))
    }

    /// The class whose methods a bare name means inside a class: that of the receiver, where it inherits them.
    pub(super) fn receiving_class(&self, class: ClassId) -> ClassId {
        match self.this.as_ref().and_then(|this| self.as_object(this)).map(|id| &self.object(id).shape) {
            Some(Shape::Instance(of, _)) if self.ancestors(*of).contains(&class) => *of,
            _ => class,
        }
    }

    /// A method with the receiver it has inside its class.
    pub(super) fn method_value(&self, method: FunctionId, class: ClassId) -> Value {
        let receiver = match &self.this {
            Some(Value::Object(id)) if matches!(self.object(*id).shape, Shape::Instance(of, _) if self.ancestors(of).contains(&class)) => {
                Some(*id)
            }
            _ => self.instances.get(&class).or(self.class_objects.get(&class)).copied(),
        };
        let scope = match receiver.map(|id| self.object(id).shape.clone()) {
            Some(Shape::Instance(_, scope)) => scope,
            _ => self.scope,
        };
        Value::Function(method, scope, receiver.map(|id| Rc::new(Value::Object(id))))
    }

    /// Sets a field of the class around by its bare name; false where it has none.
    pub(super) fn assign_member_of_class(&mut self, class: ClassId, name: &str, value: &Value) -> bool {
        let module = self.module;
        let declared = |id: &ClassId| module.class(*id).fields.iter().find(|field| &*field.name == name);
        let Some((owner, field)) = self.ancestors(class).iter().find_map(|id| declared(id).map(|field| (*id, field)))
        else {
            return false;
        };
        let of_instance = self
            .this
            .as_ref()
            .and_then(|this| self.as_object(this))
            .filter(
                |id| matches!(self.object(*id).shape, Shape::Instance(of, _) if self.ancestors(of).contains(&class)),
            )
            .or(self.instances.get(&class).copied());
        let target = if field.is_static { self.class_objects.get(&owner).copied() } else { of_instance };
        if let Some(target) = target {
            self.mark_escaped(value, false, 0);
            self.put_entry(target, Value::text(name, field.range), value.clone());
        }
        true
    }
}
