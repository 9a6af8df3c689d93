//! Imports that lead to other files of the program: they run when they are first asked for, and give what they export.
//!
//! Where an import leads is decided before, by `project`; here it is only followed.

use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;

use super::Machine;
use super::scope::Scope;
use super::value::{ObjectId, ScopeId, Shape, Value};
use crate::facts::ir::ClassId;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};

/// The name that the content of a data file has in its unit. No language has such a name.
pub const CONTENT: &str = "<content>";

/// Where the imports of a program's units lead inside the program.
#[derive(Debug, Default)]
pub struct Links {
    /// Node and Python: what a unit imports, as it writes it. Python's submodules stand under their dotted path.
    modules: BTreeMap<UnitId, BTreeMap<Box<str>, UnitId>>,
    /// Java: classes by their full name.
    classes: BTreeMap<Box<str>, UnitId>,
    /// Files that a unit reads, by the path as it writes it.
    files: BTreeMap<UnitId, BTreeMap<Box<str>, UnitId>>,
    /// Configuration files that nobody names in code: what is looked up by a key may stand there.
    settings: Vec<UnitId>,
}

impl Links {
    /// Says that an import of a unit leads to another.
    pub fn add_module(&mut self, from: UnitId, specifier: &str, to: UnitId) {
        self.modules.entry(from).or_default().insert(specifier.into(), to);
    }

    /// Says which unit declares a class.
    pub fn add_class(&mut self, full_name: &str, unit: UnitId) {
        self.classes.insert(full_name.into(), unit);
    }

    /// Says which unit holds the content of a file that a unit reads.
    pub fn add_file(&mut self, from: UnitId, path: &str, to: UnitId) {
        self.files.entry(from).or_default().insert(path.into(), to);
    }

    /// Says that a unit holds configuration for all others.
    pub fn add_settings(&mut self, unit: UnitId) {
        self.settings.push(unit);
    }

    /// The unit that holds the content of a file that a unit reads.
    pub fn file(&self, from: UnitId, path: &str) -> Option<UnitId> {
        self.files.get(&from)?.get(path).copied()
    }

    /// The units that hold data: configuration and what code reads.
    pub(super) fn data(&self) -> impl Iterator<Item = UnitId> + '_ {
        let files = self.files.values().flat_map(|files| files.values());
        files.chain(&self.settings).copied()
    }

    fn module(&self, from: UnitId, specifier: &str) -> Option<UnitId> {
        self.modules.get(&from)?.get(specifier).copied()
    }
}

impl Machine<'_> {
    /// The unit whose code runs.
    pub(super) fn unit(&self) -> UnitId {
        self.scopes[self.scope.0].unit()
    }

    /// Whether the unit whose code runs is one that all functions are run of.
    pub(super) fn is_entry(&self) -> bool {
        self.entries.contains(&self.unit())
    }

    pub(super) fn unit_of_class(&self, class: ClassId) -> UnitId {
        let position = self.program.units.partition_point(|unit| unit.classes.1 <= class.0);
        UnitId(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// Runs the top level of a unit, if it has not run, and gives its scope. Modules that import each other see what the
    /// other has defined so far.
    pub(super) fn load(&mut self, unit: UnitId) -> ScopeId {
        let position = unit.0 as usize;
        if let Some(scope) = self.roots[position] {
            return scope;
        }
        let scope = self.new_scope(Scope::root(unit));
        self.roots[position] = Some(scope);
        let outer_scope = mem::replace(&mut self.scope, scope);
        let outer_this = self.this.take();
        // A module is no call of whoever imports it, and runs whatever branch the import stands in.
        let outer_active = mem::take(&mut self.active);
        let outer_sites = mem::take(&mut self.sites);
        let outer_depth = mem::take(&mut self.depth);
        let outer_rounds = mem::replace(&mut self.rounds, 1);
        if self.platform() == Platform::Node {
            // CommonJS hands every module these two.
            let exports = self.new_object(Shape::Map, ByteRange::default());
            let holder = self.new_object(Shape::Map, ByteRange::default());
            self.put_entry(holder, Value::text("exports", ByteRange::default()), Value::Object(exports));
            self.declare("exports", Value::Object(exports));
            self.declare("module", Value::Object(holder));
            self.namespaces[position] = Some(holder);
        }
        let program = self.program;
        self.returned.push(Vec::new());
        self.execute(&program.unit(unit).body);
        self.returned.pop();
        self.rounds = outer_rounds;
        self.depth = outer_depth;
        self.active = outer_active;
        self.sites = outer_sites;
        self.this = outer_this;
        self.scope = outer_scope;
        scope
    }

    /// What an import of a module of the program gives.
    pub(super) fn linked_module(&mut self, specifier: &str) -> Option<Value> {
        match self.platform() {
            Platform::Java => self.linked_class(specifier),
            Platform::Node => {
                let unit = self.links.module(self.unit(), specifier)?;
                let scope = self.load(unit);
                // A JSON file is what it holds.
                if let Some(content) = self.scopes[scope.0].name(CONTENT).cloned() {
                    self.facts.data.insert((unit, self.unit()));
                    return Some(content);
                }
                self.namespaces[unit.0 as usize].and_then(|holder| self.entry(holder, "exports"))
            }
            Platform::Python => {
                let unit = self.links.module(self.unit(), specifier)?;
                Some(self.module_object(unit, specifier))
            }
        }
    }

    fn module_object(&mut self, unit: UnitId, path: &str) -> Value {
        self.load(unit);
        let id = match self.namespaces[unit.0 as usize] {
            Some(id) => id,
            None => {
                let id = self.new_object(Shape::Module(unit, Rc::from(path)), ByteRange::default());
                self.namespaces[unit.0 as usize] = Some(id);
                id
            }
        };
        Value::Object(id)
    }

    /// What a default import gives: a module that is not of the program has the same name as its default export.
    pub(super) fn default_export(&mut self, module: &str, range: ByteRange) -> Value {
        let whole = self.module_value(module, range);
        match &whole {
            Value::Object(id) => self.entry(*id, "default").unwrap_or(whole),
            _ => whole,
        }
    }

    /// What an import of one name gives, where the module is of the program: the name, or a module below it.
    pub(super) fn linked_member(&mut self, module: &str, name: &str, range: ByteRange) -> Option<Value> {
        match self.platform() {
            Platform::Java => {
                if let Some(class) = self.linked_class(&format!("{module}.{name}")) {
                    return Some(class);
                }
                let class = self.linked_class(module)?;
                Some(self.member(&class, name, range))
            }
            Platform::Node => {
                let whole = self.linked_module(module)?;
                Some(if name == "default" {
                    self.default_export(module, range)
                } else {
                    self.member(&whole, name, range)
                })
            }
            Platform::Python => {
                let own = self.links.module(self.unit(), module).and_then(|unit| {
                    let scope = self.load(unit);
                    self.scopes[scope.0].name(name).cloned().or_else(|| self.star_name(unit, name, 0))
                });
                let below = if module.ends_with('.') { format!("{module}{name}") } else { format!("{module}.{name}") };
                own.or_else(|| self.linked_module(&below))
            }
        }
    }

    /// A member of a module object of Python: a name of its top level, or a module below it.
    pub(super) fn member_of_module(&mut self, unit: UnitId, path: &str, name: &str) -> Option<Value> {
        let scope = self.load(unit);
        let own = self.scopes[scope.0].name(name).cloned().or_else(|| self.star_name(unit, name, 0));
        own.or_else(|| self.linked_module(&format!("{path}.{name}")))
    }

    /// A name that a unit has from a wildcard import of another.
    fn star_name(&mut self, unit: UnitId, name: &str, depth: usize) -> Option<Value> {
        if depth > 3 {
            return None;
        }
        for star in self.stars.get(&unit).cloned().unwrap_or_default() {
            let scope = self.load(star);
            if let Some(value) =
                self.scopes[scope.0].name(name).cloned().or_else(|| self.star_name(star, name, depth + 1))
            {
                return Some(value);
            }
        }
        None
    }

    /// `import a.*`, `from a import *`, `import static a.B.*`.
    pub(super) fn import_all(&mut self, module: &str) {
        let here = self.unit();
        let target = match self.platform() {
            Platform::Java => self.links.classes.get(module).copied(),
            _ => self.links.module(here, module),
        };
        if let Some(unit) = target.filter(|_| !self.is_java()) {
            self.load(unit);
            self.stars.entry(here).or_default().push(unit);
            return;
        }
        self.wildcards.entry(here).or_default().push(module.into());
    }

    /// A name that nothing in the file declares, but another file of the program.
    pub(super) fn linked_name(&mut self, name: &str) -> Option<Value> {
        let here = self.unit();
        match self.platform() {
            Platform::Node => None,
            Platform::Python => self.star_name(here, name, 0),
            Platform::Java => {
                if self.links.classes.is_empty() {
                    return None;
                }
                let own = self.program.unit(here).package.as_deref().unwrap_or_default();
                let own = if own.is_empty() { name.to_owned() } else { format!("{own}.{name}") };
                if let Some(class) = self.linked_class(&own) {
                    return Some(class);
                }
                for prefix in self.wildcards.get(&here).cloned().unwrap_or_default() {
                    if let Some(class) = self.linked_class(&format!("{prefix}.{name}")) {
                        return Some(class);
                    }
                    // A static import of everything in a class.
                    if let Some(Value::Class(class, _)) = self.linked_class(&prefix)
                        && let Some(value) = self.member_of_class(class, name)
                    {
                        return Some(value);
                    }
                }
                None
            }
        }
    }

    /// A dotted name that leads to a file of the program.
    pub(super) fn linked_symbol(&mut self, full: &str) -> Option<Value> {
        match self.platform() {
            Platform::Node => None,
            Platform::Java => self.linked_class(full),
            Platform::Python => self.linked_module(full),
        }
    }

    /// A class of Java by its full name, nested ones by dots.
    fn linked_class(&mut self, full: &str) -> Option<Value> {
        if let Some(unit) = self.links.classes.get(full).copied() {
            let scope = self.load(unit);
            let last = full.rsplit('.').next().unwrap_or(full);
            return self.scopes[scope.0].name(last).cloned();
        }
        let (outer, inner) = full.rsplit_once('.')?;
        if !self.links.classes.contains_key(outer) {
            return None;
        }
        match self.linked_class(outer)? {
            Value::Class(class, scope) => {
                let inner = self.nested_class(class, inner)?;
                Some(Value::Class(inner, self.class_scope(class, scope)))
            }
            _ => None,
        }
    }

    /// A class that a unit knows by an import, or Java by its package, as far as it has been loaded.
    pub(super) fn imported_class(&self, unit: UnitId, written: &str) -> Option<ClassId> {
        let scope = self.roots.get(unit.0 as usize).copied().flatten()?;
        let class_in = |scope: ScopeId, name: &str| match self.scopes[scope.0].name(name) {
            Some(Value::Class(class, _)) => Some(*class),
            _ => None,
        };
        let last = written.rsplit('.').next().unwrap_or(written);
        if let Some(class) = class_in(scope, last) {
            return Some(class);
        }
        if !self.is_java() {
            return None;
        }
        let package = self.program.unit(unit).package.as_deref().unwrap_or_default();
        let own = if package.is_empty() { last.to_owned() } else { format!("{package}.{last}") };
        let target = self.links.classes.get(own.as_str()).or_else(|| self.links.classes.get(written))?;
        class_in(self.roots.get(target.0 as usize).copied().flatten()?, last)
    }

    /// What a file of the program holds, where code reads it by a path that is written out.
    pub(super) fn linked_file(&mut self, path: &str) -> Option<Value> {
        let unit = self.links.file(self.unit(), path)?;
        self.facts.data.insert((unit, self.unit()));
        self.content(unit)
    }

    /// What a data file holds.
    pub(super) fn content(&mut self, unit: UnitId) -> Option<Value> {
        let scope = self.load(unit);
        self.scopes[scope.0].name(CONTENT).cloned()
    }

    fn exports(&self) -> Option<ObjectId> {
        let holder = self.namespaces.get(self.unit().0 as usize).copied().flatten()?;
        self.entry(holder, "exports").as_ref().and_then(|exports| self.as_object(exports))
    }

    /// `export name`.
    pub(super) fn export(&mut self, name: &str, value: Value, range: ByteRange) {
        if let Some(exports) = self.exports() {
            self.put_entry(exports, Value::text(name, range), value);
        }
    }

    /// `export … from "module"`.
    pub(super) fn reexport(&mut self, name: Option<&str>, module: &str, imported: Option<&str>, range: ByteRange) {
        if self.links.module(self.unit(), module).is_none() {
            return;
        }
        match (name, imported) {
            (Some(name), Some("default")) => {
                let value = self.default_export(module, range);
                self.export(name, value, range);
            }
            (Some(name), Some(imported)) => {
                let whole = self.module_value(module, range);
                let value = self.member(&whole, imported, range);
                self.export(name, value, range);
            }
            (Some(name), None) => {
                let whole = self.module_value(module, range);
                self.export(name, whole, range);
            }
            (None, _) => {
                let whole = self.module_value(module, range);
                if let Some(exports) = self.exports() {
                    self.merge_into(exports, &whole);
                }
            }
        }
    }
}
