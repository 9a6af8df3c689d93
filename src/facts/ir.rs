//! The one intermediate form that the three adapters lower to.
//!
//! It owns the shape of a program as far as any rule asks: values, names, calls, assignments, functions, classes,
//! branches and imports, each with its byte range. It knows no library and folds nothing: `"a" + b` stays a
//! concatenation, and a call stays a call of whatever expression stands before the parenthesis. What no rule asks
//! for is [`ExpressionKind::Opaque`], whose children are kept so that nothing inside is lost.

use crate::finding::{ByteRange, Language};

/// Index of an expression in [`Module::expressions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpressionId(pub u32);

/// Index of a function in [`Module::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// Index of a class in [`Module::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// A name as it is written: an identifier or a dotted path, without type arguments.
pub type Name = Box<str>;

/// One source file, lowered.
#[derive(Debug)]
pub struct Module {
    /// What it was written in.
    pub language: Language,
    /// Java's package; nothing in the other languages.
    pub package: Option<Name>,
    /// All expressions, children before their parents.
    pub expressions: Vec<Expression>,
    /// All functions, methods and lambdas, in the order in which they begin.
    pub functions: Vec<Function>,
    /// All classes, interfaces, enums and records, in the order in which they begin.
    pub classes: Vec<Class>,
    /// The statements of the top level, imports and declarations included.
    pub body: Block,
}

impl Module {
    /// An empty module to lower into.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            package: None,
            expressions: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            body: Block::default(),
        }
    }

    /// Adds an expression.
    pub fn push(&mut self, kind: ExpressionKind, range: ByteRange) -> ExpressionId {
        let id = ExpressionId(u32::try_from(self.expressions.len()).unwrap_or(u32::MAX));
        self.expressions.push(Expression { kind, range });
        id
    }

    /// The expression behind an id.
    pub fn expression(&self, id: ExpressionId) -> &Expression {
        &self.expressions[id.0 as usize]
    }

    /// The function behind an id.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// The class behind an id.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }
}

/// An expression and where it stands.
#[derive(Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// All of its text.
    pub range: ByteRange,
}

/// The kinds of expression.
#[derive(Debug)]
pub enum ExpressionKind {
    /// A string constant, escapes decoded. Adjacent constants that the grammar joins are one.
    Text(Box<str>),
    /// A number as it is written.
    Number(Box<str>),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`, `undefined`, `None`.
    Null,
    /// The value of a name.
    Name(Name),
    /// `this`. Python's receiver is an ordinary name, see [`Function::receiver`].
    This,
    /// `super`, or Python's `super()`.
    Super,
    /// `object.name`; `object?.name` and Java's `Outer.Inner` too.
    Member {
        /// What stands before the dot.
        object: ExpressionId,
        /// What stands after it.
        name: Name,
        /// Where the name stands.
        name_range: ByteRange,
    },
    /// `object[index]`.
    Index {
        /// What is looked into.
        object: ExpressionId,
        /// The key or position.
        index: ExpressionId,
    },
    /// Strings put together: a `+` chain flattened, a template, an f-string; also a `+` of anything else,
    /// since a grammar cannot tell.
    Concat(Vec<ExpressionId>),
    /// A product or a quotient.
    Arithmetic {
        /// Which of them.
        operator: Operator,
        /// The left side.
        left: ExpressionId,
        /// The right side.
        right: ExpressionId,
    },
    /// Python's `template % arguments`: a tuple gives several arguments, a dictionary one map.
    Percent {
        /// The format.
        template: ExpressionId,
        /// What fills it.
        arguments: Vec<ExpressionId>,
    },
    /// `callee(arguments)`.
    Call {
        /// What is called; a method call has a [`ExpressionKind::Member`] here.
        callee: ExpressionId,
        /// What it is given.
        arguments: Vec<Argument>,
    },
    /// `new class(arguments)`. Python's constructions are calls.
    Construct {
        /// The class, as a name or a member path.
        class: ExpressionId,
        /// What the constructor is given.
        arguments: Vec<Argument>,
        /// Java's anonymous class body.
        body: Option<ClassId>,
    },
    /// An object literal or dictionary.
    Map(Vec<Entry>),
    /// An array, list, tuple or set literal.
    List(Vec<Element>),
    /// A lambda, arrow function or function expression; a Java method reference stays a [`ExpressionKind::Member`].
    Function(FunctionId),
    /// A class expression.
    Class(ClassId),
    /// One of several values: `a ? b : c` (condition first evaluated), Java's `switch` expression.
    Choice {
        /// What decides, evaluated for its effects.
        condition: Option<ExpressionId>,
        /// The values it may have.
        options: Vec<ExpressionId>,
    },
    /// `value || fallback`, `value ?? fallback`, `value or fallback`.
    Default {
        /// Taken when present.
        value: ExpressionId,
        /// Taken otherwise.
        fallback: ExpressionId,
    },
    /// An assignment, as a statement or inside an expression. Its value is what was assigned.
    Store {
        /// Where to.
        target: Pattern,
        /// `+=` puts the value behind the old one.
        append: bool,
        /// What.
        value: ExpressionId,
    },
    /// A comprehension or generator: `element` once for every item of `iterable`. Nested ones nest.
    Each {
        /// Bound to each item.
        target: Pattern,
        /// What is walked through.
        iterable: ExpressionId,
        /// The value; for a dictionary comprehension a [`ExpressionKind::Map`] with one entry.
        element: ExpressionId,
    },
    /// `require(specifier)`, `import(specifier)`.
    Import(ExpressionId),
    /// `await value`, JavaScript's `yield value`: the same value, later.
    Await(ExpressionId),
    /// Anything else, with its children in the order of evaluation.
    Opaque(Vec<ExpressionId>),
}

/// What a number is changed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `*`
    Times,
    /// `/`, and Python's `//`.
    Over,
}

impl Operator {
    /// The operator as it is written.
    pub fn written(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Times),
            "/" | "//" => Some(Self::Over),
            _ => None,
        }
    }
}

/// An argument of a call.
#[derive(Debug)]
pub struct Argument {
    /// Its keyword, in Python and in annotations.
    pub keyword: Option<Name>,
    /// Whether it is `*value` / `...value` or `**value`.
    pub spread: Spread,
    /// What is handed over.
    pub value: ExpressionId,
}

/// How an argument is spread over parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// An ordinary argument.
    None,
    /// `*value`, `...value`.
    Sequence,
    /// `**value`.
    Mapping,
}

/// A part of a map literal.
#[derive(Debug)]
pub enum Entry {
    /// `key: value`; a shorthand `{name}` and a method too. A plain key is a [`ExpressionKind::Text`].
    Keyed {
        /// The key.
        key: ExpressionId,
        /// The value.
        value: ExpressionId,
    },
    /// `...value`, `**value`.
    Spread(ExpressionId),
}

/// A part of a list literal.
#[derive(Debug)]
pub enum Element {
    /// One item.
    Item(ExpressionId),
    /// All items of another list.
    Spread(ExpressionId),
}

/// What is assigned to.
#[derive(Debug)]
pub enum Pattern {
    /// A name; a declaration creates it, a store changes it.
    Name {
        /// The name.
        name: Name,
        /// Where it stands.
        range: ByteRange,
        /// Its declared type, as written without type arguments.
        declared: Option<Name>,
    },
    /// A member or an index of something: the expression is a [`ExpressionKind::Member`] or [`ExpressionKind::Index`].
    Place(ExpressionId),
    /// `{ key: pattern }`.
    Map {
        /// Key, pattern and default of each entry.
        entries: Vec<(Name, Pattern, Option<ExpressionId>)>,
        /// `...rest`.
        rest: Option<Box<Pattern>>,
    },
    /// `[a, b]`, `a, b = …`.
    List {
        /// The places in order; a hole in the pattern is nothing.
        elements: Vec<Option<Pattern>>,
        /// `...rest`, `*rest`, bound to what is left.
        rest: Option<Box<Pattern>>,
    },
    /// `pattern = default`.
    Default {
        /// The pattern.
        pattern: Box<Pattern>,
        /// Its default.
        value: ExpressionId,
    },
    /// Nothing that has a name.
    Ignore,
}

/// Statements in order, with a scope of their own where the language has block scopes.
#[derive(Debug, Default)]
pub struct Block(pub Vec<Statement>);

/// A statement and where it stands.
#[derive(Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// All of its text.
    pub range: ByteRange,
}

/// The kinds of statement.
#[derive(Debug)]
pub enum StatementKind {
    /// An expression for its effect, assignments included.
    Expression(ExpressionId),
    /// A declaration of a local or module variable; several in one statement are several.
    Declare {
        /// What is declared.
        pattern: Pattern,
        /// Its first value.
        value: Option<ExpressionId>,
    },
    /// `return value`; Python's `yield value` as a statement too.
    Return(Option<ExpressionId>),
    /// `throw value`, `raise value`.
    Throw(Option<ExpressionId>),
    /// `break`, `continue`.
    Leave,
    /// `if`, `switch`, `match`: one arm is taken, or none where they are not exhaustive.
    Branch {
        /// What decides, in order.
        conditions: Vec<ExpressionId>,
        /// The arms.
        arms: Vec<Block>,
        /// Whether one of them is always taken (`else`, `default`).
        exhaustive: bool,
    },
    /// Any loop.
    Loop {
        /// `for target of iterable`.
        each: Option<(Pattern, ExpressionId)>,
        /// Conditions and steps, evaluated for their effects.
        conditions: Vec<ExpressionId>,
        /// What is repeated.
        body: Block,
    },
    /// `try`. Resources (`with`, try-with-resources) are ordinary declarations before or inside the body.
    Try {
        /// What is tried.
        body: Block,
        /// What happens on an exception: its binding and the block.
        handlers: Vec<(Option<Pattern>, Block)>,
        /// What happens always.
        finally: Block,
    },
    /// A block of its own.
    Block(Block),
    /// The declaration of a named function.
    Function(FunctionId),
    /// The declaration of a class.
    Class(ClassId),
    /// An import of one name, module or wildcard.
    Import(Import),
    /// `export { local as name }` and `export default value`. Exported declarations are the declaration, then this.
    Export {
        /// The name for importers; `default` for the default export.
        name: Name,
        /// What they get.
        value: ExpressionId,
    },
    /// `export … from "module"`.
    Reexport {
        /// The name for importers, or nothing for all names.
        name: Option<Name>,
        /// The module it comes from.
        module: Name,
        /// Its name there, or nothing for all names.
        imported: Option<Name>,
    },
}

/// What one import binds.
#[derive(Debug)]
pub struct Import {
    /// The module or package, as written: `axios`, `./config`, `java.net`, `..settings`.
    pub module: Name,
    /// What of it.
    pub imported: Imported,
    /// The name it gets here; nothing for wildcards and imports for their effect.
    pub local: Option<Name>,
    /// Whether it imports types alone (`import type`).
    pub types_only: bool,
}

/// What of a module an import takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The module itself: `import a`, `import * as a`, `import a = require("a")`.
    Module,
    /// A JavaScript default export.
    Default,
    /// One name: `import {a}`, `from m import a`, `import java.net.URL`, a Java static import.
    Name(Name),
    /// All names: `from m import *`, `import java.net.*`, `import static a.B.*`.
    Wildcard,
    /// Nothing; the module runs for its effect.
    Effect,
}

/// A function, method, constructor or lambda.
#[derive(Debug)]
pub struct Function {
    /// Its name; a lambda that is assigned to a name gets that name.
    pub name: Option<Name>,
    /// All of its text.
    pub range: ByteRange,
    /// What kind it is.
    pub kind: FunctionKind,
    /// The name of the receiver in Python (`self`, `cls`), which is not among the parameters.
    pub receiver: Option<Name>,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What it does; nothing for an abstract or interface method and a declaration without a body.
    pub body: Option<Block>,
    /// Its declared result type, as written without type arguments.
    pub returns: Option<Name>,
    /// Its annotations or decorators.
    pub annotations: Vec<Annotation>,
    /// The class it belongs to.
    pub class: Option<ClassId>,
}

/// The kinds of function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// A function, lambda or arrow function.
    Free,
    /// A method with a receiver.
    Method,
    /// A static method; a Python class method too.
    Static,
    /// A constructor, `__init__` included.
    Constructor,
    /// A getter or property: reading the member calls it.
    Getter,
}

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// What it binds.
    pub pattern: Pattern,
    /// Its default.
    pub default: Option<ExpressionId>,
    /// `*rest`, `...rest`, `**rest`.
    pub spread: Spread,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// A class, interface, enum or record.
#[derive(Debug)]
pub struct Class {
    /// Its name; nothing for an anonymous one.
    pub name: Option<Name>,
    /// All of its text.
    pub range: ByteRange,
    /// Whether it is an interface (or an annotated abstract declaration whose methods have no body).
    pub is_interface: bool,
    /// What it extends and implements, as written without type arguments.
    pub bases: Vec<Name>,
    /// Its fields in order, enum constants too. Record components and TypeScript parameter properties are fields.
    pub fields: Vec<Field>,
    /// Its methods and constructors in order.
    pub methods: Vec<FunctionId>,
    /// The classes declared inside.
    pub classes: Vec<ClassId>,
    /// Static initialisers; instance initialisers too; what else stands in a Python class body.
    pub body: Block,
    /// Its annotations or decorators.
    pub annotations: Vec<Annotation>,
    /// The class around it.
    pub outer: Option<ClassId>,
}

/// A field of a class.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Where the declaration stands.
    pub range: ByteRange,
    /// Its declared type, as written without type arguments.
    pub declared: Option<Name>,
    /// Its first value; for an enum constant a [`ExpressionKind::Construct`] of the enum.
    pub value: Option<ExpressionId>,
    /// Whether it belongs to the class, not to its instances. Python's class-level fields are static.
    pub is_static: bool,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// An annotation or decorator.
#[derive(Debug)]
pub struct Annotation {
    /// Its name as written: `RequestLine`, `feign.RequestLine`.
    pub name: Name,
    /// Its arguments; a single unnamed one has no keyword.
    pub arguments: Vec<Argument>,
    /// All of its text.
    pub range: ByteRange,
}
