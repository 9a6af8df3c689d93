//! An abstract machine that runs the intermediate form of a program and writes down what it sends and signs.
//!
//! It runs every function of the entry files once with unknown arguments, and functions of the program where they are
//! called, so that a value is followed through constants, fields, parameters and returns, and through imports of other
//! files, which run when they are first imported. Objects live on a heap; what a call of a
//! library does to them is said by the rule files alone. It owns evaluation and nothing else: it opens no file, and
//! what a request means is decided by `detect`.
//!
//! Everything is bounded: calls nest at most `DEEPEST_CALL` deep, and after `MOST_STEPS` steps calls are no longer
//! entered, while every function is still run once. So the answer depends on the files alone.

mod call;
mod class;
mod declared;
mod evaluate;
mod execute;
mod field_text;
mod freeze;
mod gather;
mod grant;
mod implementation;
mod library;
mod lifetime;
mod linked;
mod operation;
mod record;
mod scope;
mod settings;
mod sources;
mod store;
#[cfg(test)]
mod tests;
mod texts;
mod urls;
mod value;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

pub use self::linked::{CONTENT, Links};
use self::scope::Scope;
use self::value::{Object, ObjectId, ScopeId, Shape, Value};
use super::fact::{Facts, Origin, Text};
use super::ir::{ClassId, FunctionId, Module};
use super::program::{Program, UnitId};
use crate::finding::{ByteRange, Platform};
use crate::rules::{CompiledRule, Index};

/// How deep calls of the file's own functions are entered.
const DEEPEST_CALL: usize = 8;

/// After how many evaluated expressions calls are no longer entered.
const MOST_STEPS: usize = 400_000;

/// After how many evaluated expressions of the whole program calls are no longer entered.
const MOST_STEPS_IN_ALL: usize = 2_000_000;

/// Runs a program. The entries are the units whose functions are all run, others run as far as they are imported and
/// called. The rules say which texts are worth remembering when an unknown function is handed them.
pub fn run(program: &Program, entries: &[UnitId], links: &Links, index: &Index, rules: &[CompiledRule]) -> Facts {
    let mut machine = Machine {
        module: &program.arena,
        program,
        entries,
        links,
        index,
        rules,
        heap: Vec::new(),
        scopes: vec![Scope::root(UnitId(0))],
        scope: ScopeId(0),
        roots: vec![None; program.units.len()],
        namespaces: vec![None; program.units.len()],
        settings: None,
        stars: BTreeMap::new(),
        this: None,
        wildcards: BTreeMap::new(),
        class_objects: BTreeMap::new(),
        instances: BTreeMap::new(),
        declared: BTreeMap::new(),
        implementations: BTreeMap::new(),
        pending: VecDeque::new(),
        started: BTreeSet::new(),
        active: Vec::new(),
        sites: Vec::new(),
        returned: Vec::new(),
        depth: 0,
        steps: 0,
        steps_in_all: 0,
        rounds: 1,
        leaves: 0,
        set_aside: 0,
        endpoints: Vec::new(),
        facts: Facts::default(),
    };
    machine.run();
    machine.facts
}

/// Something that is run with unknown arguments once the code around it has been run.
enum Pending {
    /// With the calls that entered the functions around it: what it sends was asked for there.
    Function(FunctionId, ScopeId, Option<Value>, Vec<ByteRange>),
    Class(ClassId, ScopeId),
}

struct Machine<'a> {
    /// All expressions, functions and classes of the program.
    module: &'a Module,
    program: &'a Program,
    entries: &'a [UnitId],
    links: &'a Links,
    index: &'a Index,
    rules: &'a [CompiledRule],
    heap: Vec<Object>,
    scopes: Vec<Scope>,
    scope: ScopeId,
    this: Option<Value>,
    /// The scope of each unit's top level, once it runs.
    roots: Vec<Option<ScopeId>>,
    /// What an importer of each unit gets: for Node the object that holds `exports`, for Python the module.
    namespaces: Vec<Option<ObjectId>>,
    /// What the configuration files of the program hold, once it is asked for.
    settings: Option<settings::Settings>,
    /// Units of which a unit imports all names.
    stars: BTreeMap<UnitId, Vec<UnitId>>,
    /// Java's and Python's wildcard imports, by unit.
    wildcards: BTreeMap<UnitId, Vec<Rc<str>>>,
    class_objects: BTreeMap<ClassId, ObjectId>,
    /// The one instance that stands for all of a class when its methods are run on their own.
    instances: BTreeMap<ClassId, ObjectId>,
    /// Methods whose annotations say what they send: the request, its library, the declaration, and whether a call was seen.
    declared: BTreeMap<FunctionId, (ObjectId, usize, ByteRange, bool)>,
    /// What methods without a body stand for: the method of the one class that has it, its scope and its receiver.
    implementations: BTreeMap<FunctionId, Option<(FunctionId, ScopeId, ObjectId)>>,
    pending: VecDeque<Pending>,
    /// The functions that were run on their own, methods once for every class that has them.
    started: BTreeSet<(FunctionId, Option<ClassId>)>,
    /// The functions that are being run.
    active: Vec<FunctionId>,
    /// The calls that entered them, outermost first.
    sites: Vec<ByteRange>,
    /// What each of them has returned so far.
    returned: Vec<Vec<Value>>,
    /// How many branches deep the machine is.
    depth: usize,
    /// How many expressions of the current entry were evaluated.
    steps: usize,
    /// How many were before.
    steps_in_all: usize,
    /// How often the innermost loop body is run, over all loops around it.
    rounds: usize,
    /// How many `break`s and `continue`s were met.
    leaves: usize,
    /// How many names were set aside for branches.
    set_aside: usize,
    /// Endpoints that functions gave back, and the units of these functions.
    endpoints: Vec<(UnitId, Text)>,
    facts: Facts,
}

impl Machine<'_> {
    fn run(&mut self) {
        for unit in self.entries {
            self.steps_in_all += std::mem::take(&mut self.steps);
            self.load(*unit);
        }
        let mut unit = None;
        while let Some(pending) = self.pending.pop_front() {
            let (Pending::Function(_, scope, ..) | Pending::Class(_, scope)) = &pending;
            let next = Some(self.scopes[scope.0].unit());
            if next != unit {
                self.steps_in_all += std::mem::take(&mut self.steps);
                unit = next;
            }
            match pending {
                Pending::Function(function, scope, this, sites) => {
                    let outer = std::mem::replace(&mut self.sites, sites);
                    self.run_alone(function, scope, this);
                    self.sites = outer;
                }
                Pending::Class(class, scope) => self.run_class(class, scope),
            }
        }
        self.record_leftovers();
        self.settle_sites();
    }

    /// Runs a function that nobody called, or not with all it may be called with.
    fn run_alone(&mut self, function: FunctionId, scope: ScopeId, this: Option<Value>) {
        let class = this.as_ref().and_then(|this| self.as_object(this)).and_then(|id| match self.object(id).shape {
            Shape::Instance(class, _) => Some(class),
            _ => None,
        });
        let class = class.filter(|_| self.module.function(function).class.is_some());
        if self.started.insert((function, class)) {
            self.depth += 1;
            self.enter(function, scope, this, None);
            self.depth -= 1;
        }
    }

    fn new_object(&mut self, shape: Shape, range: ByteRange) -> ObjectId {
        let id = ObjectId(self.heap.len());
        self.heap.push(Object { shape, range, depth: self.depth, ..Object::default() });
        id
    }

    fn object(&self, id: ObjectId) -> &Object {
        &self.heap[id.0]
    }

    fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        &mut self.heap[id.0]
    }

    fn platform(&self) -> Platform {
        // Only code is lowered.
        self.module.language.platform().unwrap_or(Platform::Node)
    }

    /// Whether calls are still entered.
    fn has_budget(&self) -> bool {
        self.steps <= MOST_STEPS && self.steps_in_all + self.steps <= MOST_STEPS_IN_ALL
    }

    fn is_java(&self) -> bool {
        self.platform() == Platform::Java
    }

    fn is_python(&self) -> bool {
        self.platform() == Platform::Python
    }

    /// A value by its full name, under the name that the rule files use.
    fn symbol(&self, name: &str) -> Value {
        match self.index.canonical(name) {
            Some(known) => Value::Symbol(Rc::from(known)),
            None => Value::Symbol(Rc::from(name)),
        }
    }

    /// What a declared type says of a value that nothing else is known of.
    fn of_declared_type(&mut self, declared: Option<&str>, hole: Value) -> Value {
        let Some(declared) = declared else { return hole };
        match self.type_by_name(declared) {
            Value::Class(class, scope) => {
                if let Some(id) = self.instances.get(&class) {
                    return Value::Object(*id);
                }
                // A class of another file: nobody else makes the instance that stands for all.
                if self.unit_of_class(class) != self.unit() && !self.module.class(class).is_interface {
                    return Value::Object(self.standing_instance(class, scope));
                }
                let scope = self.class_scope(class, scope);
                let id = self.new_object(Shape::Instance(class, scope), ByteRange::default());
                self.object_mut(id).hole = hole_of(&hole);
                Value::Object(id)
            }
            Value::Symbol(name) if self.index.knows(&name) => {
                let id = self.new_object(Shape::Typed(name), ByteRange::default());
                self.object_mut(id).hole = hole_of(&hole);
                Value::Object(id)
            }
            _ => hole,
        }
    }

    /// A class of this file or a full name, from a type as it is written.
    fn type_by_name(&mut self, written: &str) -> Value {
        let mut segments = written.split('.');
        let mut value = self.look_up(segments.next().unwrap_or(written));
        for segment in segments {
            value = match value {
                Value::Symbol(name) => self.symbol(&format!("{name}.{segment}")),
                Value::Class(class, scope) => match self.nested_class(class, segment) {
                    Some(inner) => Value::Class(inner, scope),
                    None => return Value::Null,
                },
                _ => return Value::Null,
            };
        }
        value
    }
}

/// The hole behind an unknown value.
fn hole_of(value: &Value) -> Option<Rc<value::Hole>> {
    match value {
        Value::Unknown(hole) => Some(Rc::clone(hole)),
        _ => None,
    }
}

/// A hole for a parameter.
fn parameter(name: &str, range: ByteRange) -> Value {
    Value::unknown(Origin::Parameter(name.to_owned()), range, Vec::new())
}
