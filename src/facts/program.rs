//! Several files as one program: their intermediate forms in one arena, each file a unit of it.
//!
//! Every expression, function and class of a program has an id of its own, and every byte range an offset of its own: the
//! text of a unit stands behind those of the units before it. So the machine and the facts need not know of files, and
//! [`Program::place`] tells the file of a range. Which files belong together is decided by `project`.

use super::ir::{
    Annotation, Argument, Block, Class, ClassId, Element, Entry, Expression, ExpressionId, ExpressionKind, Field,
    Function, FunctionId, Module, Name, Parameter, Pattern, Statement, StatementKind,
};
use crate::finding::{ByteRange, Language};

/// Index of a unit in [`Program::units`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u32);

/// Files that are run as one program. All are of one platform.
#[derive(Debug)]
pub struct Program {
    /// The expressions, functions and classes of all units. It has no body of its own.
    pub arena: Module,
    /// The units, in the order in which they were linked.
    pub units: Vec<Unit>,
}

/// One file of a program.
#[derive(Debug)]
pub struct Unit {
    /// What it was written in.
    pub language: Language,
    /// Java's package.
    pub package: Option<Name>,
    /// The statements of its top level.
    pub body: Block,
    /// Where its text begins in the ranges of the program.
    pub offset: usize,
    /// How many bytes its text has.
    pub length: usize,
    /// Its classes: the first, and the first of the next unit.
    pub classes: (u32, u32),
}

impl Program {
    /// A program of one file whose text has `length` bytes.
    pub fn of(module: Module, length: usize) -> Self {
        Self::link(vec![(module, length)])
    }

    /// Links files, each with the length of its text. They are moved: a file can be linked once.
    pub fn link(modules: Vec<(Module, usize)>) -> Self {
        let language = modules.first().map_or(Language::JavaScript, |(module, _)| module.language);
        let mut program = Self { arena: Module::new(language), units: Vec::new() };
        let mut offset = 0;
        for (module, length) in modules {
            program.add(module, offset, length);
            // The ranges of two files never touch.
            offset += length + 1;
        }
        program
    }

    /// The one file of a program of one file, as it was before.
    pub fn into_module(self) -> Module {
        let mut module = self.arena;
        if let Some(unit) = self.units.into_iter().next() {
            module.body = unit.body;
            module.package = unit.package;
            module.language = unit.language;
        }
        module
    }

    fn add(&mut self, module: Module, offset: usize, length: usize) {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let first = count(self.arena.classes.len());
        let mut relocation = Relocation {
            expressions: count(self.arena.expressions.len()),
            functions: count(self.arena.functions.len()),
            classes: first,
            bytes: offset,
        };
        let Module { language, package, expressions, functions, classes, mut body } = module;
        if offset > 0 {
            relocation.block(&mut body);
        }
        for mut expression in expressions {
            if offset > 0 {
                relocation.of_expression(&mut expression);
            }
            self.arena.expressions.push(expression);
        }
        for mut function in functions {
            if offset > 0 {
                relocation.of_function(&mut function);
            }
            self.arena.functions.push(function);
        }
        for mut class in classes {
            if offset > 0 {
                relocation.of_class(&mut class);
            }
            self.arena.classes.push(class);
        }
        let classes = (first, count(self.arena.classes.len()));
        self.units.push(Unit { language, package, body, offset, length, classes });
    }

    /// The unit that a range lies in, and the range in its own text.
    pub fn place(&self, range: ByteRange) -> Option<(UnitId, ByteRange)> {
        let position = self.units.partition_point(|unit| unit.offset <= range.start).checked_sub(1)?;
        let unit = &self.units[position];
        let local = ByteRange::new(range.start - unit.offset, range.end.checked_sub(unit.offset)?);
        let id = UnitId(u32::try_from(position).unwrap_or(u32::MAX));
        (local.end <= unit.length && local.start <= local.end).then_some((id, local))
    }

    /// The unit behind an id.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.0 as usize]
    }
}

/// How far the ids and ranges of a file move when it joins a program.
struct Relocation {
    expressions: u32,
    functions: u32,
    classes: u32,
    bytes: usize,
}

impl Relocation {
    fn range(&self, range: &mut ByteRange) {
        // The default range stands for no place.
        if *range != ByteRange::default() {
            range.start += self.bytes;
            range.end += self.bytes;
        }
    }

    fn id(&self, id: &mut ExpressionId) {
        id.0 += self.expressions;
    }

    fn function(&self, id: &mut FunctionId) {
        id.0 += self.functions;
    }

    fn class(&self, id: &mut ClassId) {
        id.0 += self.classes;
    }

    fn optional(&self, id: &mut Option<ExpressionId>) {
        if let Some(id) = id {
            self.id(id);
        }
    }

    fn ids(&self, ids: &mut [ExpressionId]) {
        ids.iter_mut().for_each(|id| self.id(id));
    }

    fn of_expression(&self, expression: &mut Expression) {
        self.range(&mut expression.range);
        match &mut expression.kind {
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::Name(_)
            | ExpressionKind::This
            | ExpressionKind::Super => {}
            ExpressionKind::Member { object, name_range, .. } => {
                self.id(object);
                self.range(name_range);
            }
            ExpressionKind::Index { object, index } => {
                self.id(object);
                self.id(index);
            }
            ExpressionKind::Concat(parts) | ExpressionKind::Opaque(parts) => self.ids(parts),
            ExpressionKind::Arithmetic { left, right, .. } => {
                self.id(left);
                self.id(right);
            }
            ExpressionKind::Percent { template, arguments } => {
                self.id(template);
                self.ids(arguments);
            }
            ExpressionKind::Call { callee, arguments } => {
                self.id(callee);
                self.arguments(arguments);
            }
            ExpressionKind::Construct { class, arguments, body } => {
                self.id(class);
                self.arguments(arguments);
                if let Some(body) = body {
                    self.class(body);
                }
            }
            ExpressionKind::Map(entries) => {
                for entry in entries {
                    match entry {
                        Entry::Keyed { key, value } => {
                            self.id(key);
                            self.id(value);
                        }
                        Entry::Spread(value) => self.id(value),
                    }
                }
            }
            ExpressionKind::List(elements) => {
                for element in elements {
                    match element {
                        Element::Item(value) | Element::Spread(value) => self.id(value),
                    }
                }
            }
            ExpressionKind::Function(function) => self.function(function),
            ExpressionKind::Class(class) => self.class(class),
            ExpressionKind::Choice { condition, options } => {
                self.optional(condition);
                self.ids(options);
            }
            ExpressionKind::Default { value, fallback } => {
                self.id(value);
                self.id(fallback);
            }
            ExpressionKind::Store { target, value, .. } => {
                self.pattern(target);
                self.id(value);
            }
            ExpressionKind::Each { target, iterable, element } => {
                self.pattern(target);
                self.id(iterable);
                self.id(element);
            }
            ExpressionKind::Import(value) | ExpressionKind::Await(value) => self.id(value),
        }
    }

    fn arguments(&self, arguments: &mut [Argument]) {
        arguments.iter_mut().for_each(|argument| self.id(&mut argument.value));
    }

    fn annotations(&self, annotations: &mut [Annotation]) {
        for annotation in annotations {
            self.arguments(&mut annotation.arguments);
            self.range(&mut annotation.range);
        }
    }

    fn pattern(&self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Name { range, .. } => self.range(range),
            Pattern::Place(place) => self.id(place),
            Pattern::Map { entries, rest } => {
                for (_, inner, default) in entries {
                    self.pattern(inner);
                    self.optional(default);
                }
                if let Some(rest) = rest {
                    self.pattern(rest);
                }
            }
            Pattern::List { elements, rest } => {
                elements.iter_mut().flatten().for_each(|element| self.pattern(element));
                if let Some(rest) = rest {
                    self.pattern(rest);
                }
            }
            Pattern::Default { pattern, value } => {
                self.pattern(pattern);
                self.id(value);
            }
            Pattern::Ignore => {}
        }
    }

    fn block(&mut self, block: &mut Block) {
        block.0.iter_mut().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &mut Statement) {
        self.range(&mut statement.range);
        match &mut statement.kind {
            StatementKind::Expression(value) | StatementKind::Export { value, .. } => self.id(value),
            StatementKind::Declare { pattern, value } => {
                self.pattern(pattern);
                self.optional(value);
            }
            StatementKind::Return(value) | StatementKind::Throw(value) => self.optional(value),
            StatementKind::Leave | StatementKind::Import(_) | StatementKind::Reexport { .. } => {}
            StatementKind::Branch { conditions, arms, .. } => {
                self.ids(conditions);
                arms.iter_mut().for_each(|arm| self.block(arm));
            }
            StatementKind::Loop { each, conditions, body } => {
                if let Some((target, iterable)) = each {
                    self.pattern(target);
                    self.id(iterable);
                }
                self.ids(conditions);
                self.block(body);
            }
            StatementKind::Try { body, handlers, finally } => {
                self.block(body);
                for (binding, block) in handlers {
                    if let Some(binding) = binding {
                        self.pattern(binding);
                    }
                    self.block(block);
                }
                self.block(finally);
            }
            StatementKind::Block(block) => self.block(block),
            StatementKind::Function(function) => self.function(function),
            StatementKind::Class(class) => self.class(class),
        }
    }

    fn of_function(&mut self, function: &mut Function) {
        self.range(&mut function.range);
        for Parameter { pattern, default, annotations, .. } in &mut function.parameters {
            self.pattern(pattern);
            self.optional(default);
            self.annotations(annotations);
        }
        if let Some(body) = &mut function.body {
            self.block(body);
        }
        self.annotations(&mut function.annotations);
        if let Some(class) = &mut function.class {
            self.class(class);
        }
    }

    fn of_class(&mut self, class: &mut Class) {
        self.range(&mut class.range);
        for Field { range, value, annotations, .. } in &mut class.fields {
            self.range(range);
            self.optional(value);
            self.annotations(annotations);
        }
        class.methods.iter_mut().for_each(|method| self.function(method));
        class.classes.iter_mut().for_each(|inner| self.class(inner));
        self.block(&mut class.body);
        self.annotations(&mut class.annotations);
        if let Some(outer) = &mut class.outer {
            self.class(outer);
        }
    }
}
