//! The values of the machine: texts with holes, choices, and references to objects on its heap.
//!
//! They are cheap to copy and live no longer than one file; [`super::freeze`] turns them into facts.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::facts::fact::Origin;
use crate::facts::ir::{ClassId, FunctionId};
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

/// How many alternatives a value may have. More are dropped, the first ones kept.
pub(super) const MOST_OPTIONS: usize = 8;

/// How many items a list may have; what is beyond is dropped, and the list is open.
pub(super) const MOST_ITEMS: usize = 256;

/// How many unknown values may lie in one another.
const DEEPEST_HOLE: usize = 256;

/// How many parts a text may have; what is beyond becomes one hole.
const MOST_PARTS: usize = 512;

/// An object on the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ObjectId(pub(super) usize);

/// A scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeId(pub(super) usize);

/// What an expression may be.
///
/// Equality is shallow: what two unknown values were made of is compared by identity. A deep comparison would walk the
/// same ingredients over and over, since they form a graph with many paths, not a tree.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A text, parts of which may be unknown.
    Text(Rc<[Part]>),
    /// A number as it is written. It is text where it is put into one.
    Number(Rc<str>, ByteRange),
    /// A truth value, or a number that was computed: nothing a rule asks for, but known to be no text.
    Plain,
    /// Nothing.
    Null,
    /// Something of another module or of the platform, by its full name.
    Symbol(Rc<str>),
    /// An object.
    Object(ObjectId),
    /// A function with the scope it was made in and its receiver.
    Function(FunctionId, ScopeId, Option<Rc<Value>>),
    /// A class of this file.
    Class(ClassId, ScopeId),
    /// One of several.
    Choice(Rc<[Value]>),
    /// Unknown.
    Unknown(Rc<Hole>),
}

/// A part of a text.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Known characters.
    Literal(Rc<str>, ByteRange),
    /// Unknown ones.
    Hole(Rc<Hole>),
}

/// Something unknown.
#[derive(Debug)]
pub(super) struct Hole {
    /// Where it comes from.
    pub(super) origin: Origin,
    /// The expression that gave it.
    pub(super) range: ByteRange,
    /// What it was made of.
    pub(super) ingredients: Vec<Value>,
    /// How many holes lie in one another below it.
    pub(super) depth: usize,
}

impl Hole {
    /// Something unknown. Ingredients that lie too deep are forgotten: nothing looks that far, and what is nested
    /// without end would be taken apart without end.
    pub(super) fn new(origin: Origin, range: ByteRange, ingredients: Vec<Value>) -> Self {
        let depth = 1 + ingredients.iter().map(Value::depth).max().unwrap_or(0);
        if depth > DEEPEST_HOLE {
            return Self { origin, range, ingredients: Vec::new(), depth: 1 };
        }
        Self { origin, range, ingredients, depth }
    }
}

/// An object: a map, a list, an instance of a class of this file, or an object of a library's type. Any object may have
/// entries, so that a member can be set on whatever it is.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// What it is.
    pub(super) shape: Shape,
    /// Where it was made.
    pub(super) range: ByteRange,
    /// How many branches deep it was made: deeper changes may or may not happen.
    pub(super) depth: usize,
    /// Whether there may be more entries or items than are known.
    pub(super) open: bool,
    /// Entries of a map, members of anything else.
    pub(super) entries: Vec<(Value, Value)>,
    /// Items of a list.
    pub(super) items: Vec<Value>,
    /// What the rule files put into it.
    pub(super) slots: BTreeMap<Slot, Value>,
    /// Form fields that were added.
    pub(super) fields: Vec<(Value, Value)>,
    /// Claims that were added.
    pub(super) claims: Vec<(Value, Value)>,
    /// What it stood for before it was known to be an object.
    pub(super) hole: Option<Rc<Hole>>,
    /// The calls and stores that built it.
    pub(super) trail: Vec<ByteRange>,
    /// Whether a call was given it, or a loop ran through it.
    pub(super) used: bool,
    /// Whether more than the names of the function that made it hold it: a caller, a member of something.
    pub(super) escapes: bool,
    /// The unit whose function gave it back, the last one where several did.
    pub(super) returned: Option<UnitId>,
    /// Whether a request of this object was sent, or an assertion signed: the first time counts.
    pub(super) finished: Option<ByteRange>,
}

/// What an object is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Shape {
    /// A map, an object literal.
    #[default]
    Map,
    /// A list, a tuple, a set.
    List,
    /// An object of a library's type, by its full name.
    Typed(Rc<str>),
    /// An instance of a class of this file.
    Instance(ClassId, ScopeId),
    /// A view into a slot of another object.
    View(ObjectId, Slot),
    /// An assertion that was signed; its one item is the object that was.
    Signed,
    /// The function that settles a promise; what it is given is its content.
    Promise,
    /// A module of the program, with the path that it was imported by.
    Module(UnitId, Rc<str>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => Rc::ptr_eq(one, two) || one == two,
            (Self::Choice(one), Self::Choice(two)) => {
                Rc::ptr_eq(one, two)
                    || (one.len() == two.len() && one.iter().zip(two.iter()).all(|(one, two)| one.is_identical(two)))
            }
            (Self::Unknown(one), Self::Unknown(two)) => same_hole(one, two),
            _ => self.is_identical(other),
        }
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(one, here), Self::Literal(two, there)) => one == two && here == there,
            (Self::Hole(one), Self::Hole(two)) => same_hole(one, two),
            _ => false,
        }
    }
}

fn same_hole(one: &Rc<Hole>, two: &Rc<Hole>) -> bool {
    Rc::ptr_eq(one, two)
        || (one.origin == two.origin
            && one.range == two.range
            && one.ingredients.len() == two.ingredients.len()
            && one.ingredients.iter().zip(&two.ingredients).all(|(one, two)| one.is_identical(two)))
}

impl Value {
    /// Whether two values are one and the same, without looking into them.
    fn is_identical(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => Rc::ptr_eq(one, two),
            (Self::Choice(one), Self::Choice(two)) => Rc::ptr_eq(one, two),
            (Self::Unknown(one), Self::Unknown(two)) => Rc::ptr_eq(one, two),
            (Self::Number(one, here), Self::Number(two, there)) => one == two && here == there,
            (Self::Symbol(one), Self::Symbol(two)) => one == two,
            (Self::Object(one), Self::Object(two)) => one == two,
            (Self::Class(one, _), Self::Class(two, _)) => one == two,
            (Self::Function(one, here, this), Self::Function(two, there, that)) => {
                one == two
                    && here == there
                    && match (this, that) {
                        (Some(this), Some(that)) => this.is_identical(that),
                        (None, None) => true,
                        _ => false,
                    }
            }
            (Self::Plain, Self::Plain) | (Self::Null, Self::Null) => true,
            _ => false,
        }
    }

    /// A known text.
    pub(super) fn text(text: &str, range: ByteRange) -> Self {
        Self::Text(Rc::from([Part::Literal(Rc::from(text), range)]))
    }

    /// Something unknown.
    pub(super) fn unknown(origin: Origin, range: ByteRange, ingredients: Vec<Value>) -> Self {
        Self::Unknown(Rc::new(Hole::new(origin, range, ingredients)))
    }

    /// How deep holes lie in one another.
    fn depth(&self) -> usize {
        match self {
            Self::Unknown(hole) => hole.depth,
            Self::Choice(options) => options.iter().map(Self::depth).max().unwrap_or(0),
            Self::Text(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Hole(hole) => hole.depth,
                    Part::Literal(..) => 0,
                })
                .max()
                .unwrap_or(0),
            _ => 0,
        }
    }

    /// One of several values: nested choices are flattened, equal ones merged, and what is beyond the limit dropped.
    pub(super) fn choice(options: impl IntoIterator<Item = Value>) -> Self {
        let mut flat: Vec<Value> = Vec::new();
        let mut add = |value: Value| {
            if flat.len() < MOST_OPTIONS && !flat.contains(&value) {
                flat.push(value);
            }
        };
        for option in options {
            match option {
                Self::Choice(inner) => inner.iter().cloned().for_each(&mut add),
                other => add(other),
            }
        }
        match flat.len() {
            0 => Self::Null,
            1 => flat.remove(0),
            _ => Self::Choice(flat.into()),
        }
    }

    /// The alternatives, one for everything that is no choice.
    pub(super) fn options(&self) -> &[Value] {
        match self {
            Self::Choice(options) => options,
            other => std::slice::from_ref(other),
        }
    }

    /// The whole text, where it is one and nothing of it is unknown.
    pub(super) fn as_literal(&self) -> Option<String> {
        if let Self::Number(digits, _) = self {
            return Some(digits.to_string());
        }
        let Self::Text(parts) = self else { return None };
        let mut text = String::new();
        for part in parts.iter() {
            match part {
                Part::Literal(literal, _) => text.push_str(literal),
                Part::Hole(_) => return None,
            }
        }
        Some(text)
    }

    /// Whether it is there at all: `null || fallback` takes the fallback.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Null) || self.as_literal().is_some_and(|text| text.is_empty())
    }
}

/// Puts parts together, neighbouring literals kept apart so that each keeps its place; empty ones go.
pub(super) fn text_of(parts: Vec<Part>) -> Value {
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len().min(MOST_PARTS));
    for part in parts {
        if kept.len() >= MOST_PARTS {
            if let Some(Part::Literal(_, range)) = kept.last().cloned() {
                kept.push(Part::Hole(Rc::new(Hole::new(Origin::Budget, range, Vec::new()))));
            }
            break;
        }
        match &part {
            Part::Literal(text, _) if text.is_empty() => {}
            _ => kept.push(part),
        }
    }
    Value::Text(kept.into())
}
