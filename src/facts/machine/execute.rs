//! Statements: what runs in which order, and what is known after a branch.

use super::scope::{Scope, View};
use super::value::{Object, Shape, Value};
use super::{Machine, Pending};
use crate::facts::fact::Origin;
use crate::facts::ir::{Block, Import, Imported, Pattern, Statement, StatementKind};
use crate::finding::{ByteRange, Platform};

/// Up to how many known items a loop is run through one by one.
pub(super) const MOST_ROUNDS: usize = 16;

/// Up to how many rounds loops in one another are run through one by one.
const MOST_NESTED_ROUNDS: usize = 64;

/// How many names may be set aside for branches before views are shared.
const MOST_SET_ASIDE: usize = 2_000_000;

/// Whether the next statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Left,
}

impl Machine<'_> {
    /// Runs statements in the current scope.
    pub(super) fn execute(&mut self, block: &Block) -> Flow {
        self.hoist(block);
        for statement in &block.0 {
            if self.statement(statement) == Flow::Left {
                return Flow::Left;
            }
        }
        Flow::Next
    }

    /// Runs statements in a scope of their own, where the language has such.
    fn execute_block(&mut self, block: &Block) -> Flow {
        if self.is_python() {
            return self.execute(block);
        }
        let outer = self.scope;
        self.scope = self.new_scope(Scope::block(outer));
        let flow = self.execute(block);
        self.scope = outer;
        flow
    }

    /// Functions and classes are there before the statements around them run.
    fn hoist(&mut self, block: &Block) {
        let module = self.module;
        for statement in &block.0 {
            match &statement.kind {
                StatementKind::Function(id) => {
                    if let Some(name) = &module.function(*id).name {
                        let value = self.function_value(*id);
                        self.declare(name, value);
                    }
                }
                StatementKind::Class(id) => {
                    if let Some(name) = &module.class(*id).name {
                        self.declare(name, Value::Class(*id, self.scope));
                    }
                }
                // Imports hold for the whole file, wherever they stand.
                StatementKind::Import(import) => self.import(import, statement.range),
                _ => {}
            }
        }
    }

    fn statement(&mut self, statement: &Statement) -> Flow {
        match &statement.kind {
            StatementKind::Expression(id) => {
                self.evaluate(*id);
            }
            StatementKind::Declare { pattern, value } => {
                let value = match value {
                    Some(value) => self.evaluate(*value),
                    None => Value::Null,
                };
                self.bind(pattern, value, statement.range);
            }
            StatementKind::Return(value) => {
                let value = value.map_or(Value::Null, |value| self.evaluate(value));
                self.mark_escaped(&value, true, 0);
                self.note_endpoint(&value);
                if let Some(returned) = self.returned.last_mut() {
                    returned.push(value);
                }
                return Flow::Left;
            }
            StatementKind::Throw(value) => {
                if let Some(value) = value {
                    self.evaluate(*value);
                }
                return Flow::Left;
            }
            StatementKind::Leave => {
                self.leaves += 1;
                return Flow::Left;
            }
            StatementKind::Branch { conditions, arms, exhaustive } => {
                for condition in conditions {
                    self.evaluate(*condition);
                }
                return self.branch(arms.iter().collect(), *exhaustive);
            }
            StatementKind::Loop { each, conditions, body } => {
                self.repeat(each.as_ref(), conditions, body, statement.range);
            }
            StatementKind::Try { body, handlers, finally } => return self.attempt(body, handlers, finally),
            StatementKind::Block(block) => {
                let leaves = self.leaves;
                let flow = self.execute_block(block);
                // A `break` with a label goes on behind the block.
                return if self.leaves > leaves { Flow::Next } else { flow };
            }
            StatementKind::Function(id) => self.annotated(*id),
            StatementKind::Class(id) => {
                self.define_class(*id);
            }
            StatementKind::Import(_) => {}
            StatementKind::Reexport { name, module, imported } => {
                self.reexport(name.as_deref(), module, imported.as_deref(), statement.range);
            }
            StatementKind::Export { name, value } => {
                let value = self.evaluate(*value);
                self.mark_escaped(&value, false, 0);
                self.export(name, value, statement.range);
            }
        }
        Flow::Next
    }

    /// Runs arms of which one is taken, or none.
    fn branch(&mut self, arms: Vec<&Block>, exhaustive: bool) -> Flow {
        self.set_aside += self.names_in_view();
        if self.set_aside > MOST_SET_ASIDE {
            return self.branch_in_place(&arms, exhaustive);
        }
        let leaves = self.leaves;
        let before = self.view();
        let mut after: Vec<View> = Vec::new();
        self.depth += 1;
        for arm in arms {
            self.restore(&before);
            if self.execute_block(arm) == Flow::Next {
                after.push(self.view());
            }
        }
        self.depth -= 1;
        // A `break` in an arm leaves the switch or the loop around it, not the function.
        if !exhaustive || (after.is_empty() && self.leaves > leaves) {
            after.push(before);
        }
        if after.is_empty() {
            return Flow::Left;
        }
        self.join(after);
        Flow::Next
    }

    /// Runs the arms one after another, each seeing what the others did: for files with so many branches that views of
    /// their own would take too long.
    fn branch_in_place(&mut self, arms: &[&Block], exhaustive: bool) -> Flow {
        let leaves = self.leaves;
        let mut goes_on = !exhaustive;
        self.depth += 1;
        for arm in arms {
            goes_on |= self.execute_block(arm) == Flow::Next;
        }
        self.depth -= 1;
        if goes_on || self.leaves > leaves { Flow::Next } else { Flow::Left }
    }

    fn repeat(
        &mut self,
        each: Option<&(Pattern, crate::facts::ir::ExpressionId)>,
        conditions: &[crate::facts::ir::ExpressionId],
        body: &Block,
        range: ByteRange,
    ) {
        let outer = self.scope;
        if !self.is_python() {
            self.scope = self.new_scope(Scope::block(outer));
        }
        if let Some((target, iterable)) = each {
            let iterable = self.evaluate(*iterable);
            self.mark_used(&iterable, 0);
            if let Some(items) = self.rounds(&iterable) {
                let outer_rounds = self.rounds;
                self.rounds *= items.len();
                for item in items {
                    self.bind(target, item, range);
                    // A `break` ends this round only: the others may still run.
                    self.execute_block(body);
                }
                self.rounds = outer_rounds;
                self.scope = outer;
                return;
            }
            let item = self.any_item(&iterable, range);
            self.bind(target, item, range);
        }
        for condition in conditions {
            self.evaluate(*condition);
        }
        let before = self.view();
        self.depth += 1;
        self.execute_block(body);
        self.depth -= 1;
        let after = self.view();
        self.join(vec![before, after]);
        self.scope = outer;
    }

    /// The items that a loop is run through one by one: few, and few in all where loops nest.
    pub(super) fn rounds(&self, value: &Value) -> Option<Vec<Value>> {
        self.known_items(value).filter(|items| self.rounds * items.len() <= MOST_NESTED_ROUNDS)
    }

    /// All items of a list or all keys of a map, where they are known and few.
    pub(super) fn known_items(&self, value: &Value) -> Option<Vec<Value>> {
        let Value::Object(id) = value else { return None };
        let Object { shape, items, entries, open, .. } = self.object(*id);
        let items = match shape {
            Shape::List => items.clone(),
            Shape::Map => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => return None,
        };
        (!open && !items.is_empty() && items.len() <= MOST_ROUNDS).then_some(items)
    }

    /// What any one item of a list may be.
    pub(super) fn any_item(&self, value: &Value, range: ByteRange) -> Value {
        let rest = Value::unknown(Origin::Member("item".to_owned()), range, vec![value.clone()]);
        match value {
            Value::Object(id) if self.object(*id).shape == Shape::List => {
                Value::choice(self.object(*id).items.iter().cloned().chain([rest]))
            }
            _ => rest,
        }
    }

    fn attempt(&mut self, body: &Block, handlers: &[(Option<Pattern>, Block)], finally: &Block) -> Flow {
        let before = self.view();
        let mut after = Vec::new();
        if self.execute_block(body) == Flow::Next {
            after.push(self.view());
        } else {
            // An exception may come at any time; what the body did up to its end is a fair guess.
            let reached = self.view();
            self.join(vec![before, reached]);
        }
        let at_exception = self.view();
        self.depth += 1;
        for (binding, block) in handlers {
            self.restore(&at_exception);
            let outer = self.scope;
            if !self.is_python() {
                self.scope = self.new_scope(Scope::block(outer));
            }
            if let Some(binding) = binding {
                let exception = Value::unknown(Origin::Call("exception".to_owned()), ByteRange::default(), Vec::new());
                self.bind(binding, exception, ByteRange::default());
            }
            let flow = self.execute_block(block);
            self.scope = outer;
            if flow == Flow::Next {
                after.push(self.view());
            }
        }
        self.depth -= 1;
        let left = after.is_empty();
        if left {
            self.restore(&at_exception);
        } else {
            self.join(after);
        }
        match self.execute_block(finally) {
            Flow::Next if left => Flow::Left,
            flow => flow,
        }
    }

    fn import(&mut self, import: &Import, range: ByteRange) {
        let Import { module, imported, local, .. } = import;
        let platform = self.platform();
        let module: &str = match platform {
            Platform::Node => module.strip_prefix("node:").unwrap_or(module),
            _ => module,
        };
        let value = match imported {
            Imported::Wildcard => {
                self.import_all(module);
                return;
            }
            Imported::Effect => {
                self.module_value(module, range);
                return;
            }
            Imported::Module => self.module_value(module, range),
            Imported::Default => self.default_export(module, range),
            Imported::Name(name) => match self.linked_member(module, name, range) {
                Some(value) => value,
                None => {
                    let whole = self.module_value(module, range);
                    if &**name == "default" { whole } else { self.member(&whole, name, range) }
                }
            },
        };
        if let Some(local) = local {
            self.declare(local, value);
        }
    }

    /// What an import of a module gives: a name for what libraries export, something unknown for files of the project.
    pub(super) fn module_value(&mut self, module: &str, range: ByteRange) -> Value {
        if let Some(value) = self.linked_module(module) {
            return value;
        }
        let own = match self.platform() {
            Platform::Node => module.starts_with('.') || module.starts_with('/'),
            Platform::Python => module.starts_with('.'),
            Platform::Java => false,
        };
        if own { Value::unknown(Origin::Import(module.to_owned()), range, Vec::new()) } else { self.symbol(module) }
    }

    /// Puts a function in line to be run on its own.
    pub(super) fn function_value(&mut self, id: crate::facts::ir::FunctionId) -> Value {
        let this = self.this.clone();
        if self.is_entry() || !self.active.is_empty() {
            self.pending.push_back(Pending::Function(id, self.scope, this.clone(), self.sites.clone()));
        }
        Value::Function(id, self.scope, this.map(std::rc::Rc::new))
    }

    /// Decorators run when the function is declared.
    fn annotated(&mut self, id: crate::facts::ir::FunctionId) {
        let module = self.module;
        for annotation in &module.function(id).annotations {
            for argument in &annotation.arguments {
                self.evaluate(argument.value);
            }
        }
    }
}
