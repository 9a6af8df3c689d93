//! Names: which scope holds them, how a branch keeps its own view of them, and how views are joined.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Machine;
use super::value::{ScopeId, Value};
use crate::facts::ir::ClassId;
use crate::facts::program::UnitId;

/// Names and what they stand for.
#[derive(Debug)]
pub(super) struct Scope {
    names: BTreeMap<Rc<str>, Value>,
    parent: Option<ScopeId>,
    /// Whether a function, or the module, begins here.
    is_function: bool,
    /// The class whose body this is.
    class: Option<ClassId>,
    /// The unit that it belongs to.
    unit: UnitId,
}

impl Scope {
    /// The top level of a unit.
    pub(super) fn root(unit: UnitId) -> Self {
        Self { is_function: true, unit, ..Self::default() }
    }

    pub(super) fn function(parent: ScopeId) -> Self {
        Self { parent: Some(parent), is_function: true, ..Self::default() }
    }

    pub(super) fn block(parent: ScopeId) -> Self {
        Self { parent: Some(parent), ..Self::default() }
    }

    pub(super) fn class(parent: ScopeId, class: ClassId) -> Self {
        Self { parent: Some(parent), class: Some(class), ..Self::default() }
    }

    /// The unit that it belongs to.
    pub(super) fn unit(&self) -> UnitId {
        self.unit
    }

    /// What a name stands for in this scope alone.
    pub(super) fn name(&self, name: &str) -> Option<&Value> {
        self.names.get(name)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self { names: BTreeMap::new(), parent: None, is_function: false, class: None, unit: UnitId(0) }
    }
}

/// What the names of the current function stand for at one moment.
pub(super) struct View(Vec<(ScopeId, BTreeMap<Rc<str>, Value>)>);

impl Machine<'_> {
    pub(super) fn new_scope(&mut self, mut scope: Scope) -> ScopeId {
        if let Some(parent) = scope.parent {
            scope.unit = self.scopes[parent.0].unit;
        }
        self.scopes.push(scope);
        ScopeId(self.scopes.len() - 1)
    }

    pub(super) fn declare(&mut self, name: &str, value: Value) {
        let scope = self.scope;
        self.scopes[scope.0].names.insert(Rc::from(name), value);
    }

    /// Declares a name where the function begins: Python's assignments.
    fn declare_in_function(&mut self, name: &str, value: Value) {
        let mut scope = self.scope;
        while let (false, Some(parent)) = (self.scopes[scope.0].is_function, self.scopes[scope.0].parent) {
            scope = parent;
        }
        self.scopes[scope.0].names.insert(Rc::from(name), value);
    }

    /// What a name stands for.
    pub(super) fn look_up(&mut self, name: &str) -> Value {
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            let here = &self.scopes[id.0];
            if let Some(value) = here.names.get(name) {
                return value.clone();
            }
            let (class, parent) = (here.class, here.parent);
            if let (true, Some(class)) = (self.is_java(), class)
                && let Some(value) = self.member_of_class(class, name)
            {
                return value;
            }
            scope = parent;
        }
        self.look_outside(name)
    }

    /// The classes that the current scope lies in, innermost first.
    pub(super) fn classes_around(&self) -> Vec<ClassId> {
        let mut classes = Vec::new();
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            classes.extend(self.scopes[id.0].class);
            scope = self.scopes[id.0].parent;
        }
        classes
    }

    /// A name that nothing in the file declares: a wildcard import's, the language's, or the platform's.
    fn look_outside(&mut self, name: &str) -> Value {
        if let Some(value) = self.linked_name(name) {
            return value;
        }
        let known = |prefix: &str| {
            let full = format!("{prefix}.{name}");
            let full = self.index.canonical(&full).unwrap_or(full);
            self.index.knows(&full).then(|| Value::Symbol(Rc::from(full)))
        };
        let wildcards = self.wildcards.get(&self.unit());
        if let Some(found) = wildcards.into_iter().flatten().find_map(|prefix| known(prefix)) {
            return found;
        }
        if self.is_java()
            && let Some(found) = known("java.lang")
        {
            return found;
        }
        self.symbol(name)
    }

    /// Gives an existing name another value, or declares it where the language would.
    pub(super) fn assign(&mut self, name: &str, value: Value) {
        let mut scope = Some(self.scope);
        let mut inside = true;
        while let Some(id) = scope {
            let here = &mut self.scopes[id.0];
            if let Some(old) = here.names.get_mut(name) {
                *old = if inside || matches!(old, Value::Null | Value::Unknown(_)) {
                    value
                } else {
                    // Another function's variable: this one may run or not.
                    Value::choice([old.clone(), value])
                };
                return;
            }
            let (class, parent, is_function) = (here.class, here.parent, here.is_function);
            if let (true, Some(class)) = (self.is_java(), class)
                && self.assign_member_of_class(class, name, &value)
            {
                return;
            }
            if is_function {
                if self.is_python() {
                    break;
                }
                inside = false;
            }
            scope = parent;
        }
        self.declare_in_function(name, value);
    }

    /// The scopes of the current function, innermost first.
    fn own_scopes(&self) -> Vec<ScopeId> {
        let mut scopes = vec![self.scope];
        let mut scope = self.scope;
        while let (false, Some(parent)) = (self.scopes[scope.0].is_function, self.scopes[scope.0].parent) {
            scopes.push(parent);
            scope = parent;
        }
        scopes
    }

    /// How many names a view holds.
    pub(super) fn names_in_view(&self) -> usize {
        self.own_scopes().into_iter().map(|id| self.scopes[id.0].names.len()).sum()
    }

    pub(super) fn view(&self) -> View {
        View(self.own_scopes().into_iter().map(|id| (id, self.scopes[id.0].names.clone())).collect())
    }

    pub(super) fn restore(&mut self, view: &View) {
        for (id, names) in &view.0 {
            self.scopes[id.0].names.clone_from(names);
        }
    }

    /// Goes on with all the views at once: a name stands for what any of them says.
    pub(super) fn join(&mut self, views: Vec<View>) {
        let mut views = views.into_iter();
        let Some(first) = views.next() else { return };
        let mut joined = first.0;
        for view in views {
            for ((id, names), (other, more)) in joined.iter_mut().zip(view.0) {
                debug_assert!(*id == other, "views of one function");
                for (name, value) in more {
                    match names.get_mut(&name) {
                        Some(known) if *known == value => {}
                        Some(known) => *known = Value::choice([known.clone(), value]),
                        None => {
                            names.insert(name, value);
                        }
                    }
                }
            }
        }
        for (id, names) in joined {
            self.scopes[id.0].names = names;
        }
    }
}
