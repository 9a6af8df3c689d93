//! Commands: what scripts, recipes and CI steps run, and what request collections send, split into words whose places
//! are known.
//!
//! It owns the reading of shell text wherever it stands (scripts, makefiles, strings of YAML and JSON) and of the
//! requests of collections. Which commands matter is data and is asked in `detect`; nothing here knows a program.

mod collection;
mod makefile;
mod script;
mod shell;
mod variables;

use crate::finding::ByteRange;

pub use collection::{Entry, Sent, entries};
pub use makefile::makefile;
pub use script::{Step, scripts, steps};
pub use shell::shell;
pub use variables::Variables;

/// How far variables are followed into one another, and shell text into shell text.
const DEEPEST: usize = 16;

/// What a script runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// Its commands; one inside another comes first.
    pub commands: Vec<Command>,
    /// Its variables, in the order of their places.
    pub assignments: Vec<Assignment>,
}

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// From its first word to the end of its last.
    pub range: ByteRange,
    /// The program and its arguments, without redirections.
    pub words: Vec<Word>,
    /// What it reads from here documents and here strings.
    pub input: Vec<Word>,
}

/// One word: what a program gets as one argument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// Where it stands, quotes included.
    pub range: ByteRange,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Known characters and where they stand.
    Literal(String, ByteRange),
    /// A variable, with what stands for it where it is not set.
    Variable(String, Vec<Part>, ByteRange),
    /// Something else that is filled in: the output of a command, a number.
    Unknown(ByteRange),
}

/// A variable that is given a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its name.
    pub name: String,
    /// The value; the items of an array are separated by blanks.
    pub value: Word,
    /// Where it stands.
    pub at: usize,
    /// Whether the value is put behind the one before.
    pub appends: bool,
}

impl Word {
    /// The whole word, where nothing of it is unknown.
    pub fn literal(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text, _) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    fn push(&mut self, text: &str, range: ByteRange) {
        if text.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Literal(known, place)) if place.end == range.start => {
                known.push_str(text);
                place.end = range.end;
            }
            _ => self.parts.push(Part::Literal(text.to_owned(), range)),
        }
    }
}
