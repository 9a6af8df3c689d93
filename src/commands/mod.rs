//! Commands: what scripts, recipes and CI steps run, and what request collections send, split into words whose places
//! are known.
//!
//! It owns the reading of shell text wherever it stands (scripts, makefiles, strings of YAML and JSON) and of the
//! requests of collections. Which commands matter is data and is asked in `detect`; nothing here knows a program.

mod collection;
mod makefile;
mod script;
mod shell;

use crate::finding::ByteRange;

pub use collection::{Entry, Sent, entries};
pub use makefile::makefile;
pub use script::{Step, scripts, steps};
pub use shell::shell;

/// How far variables are followed into one another, and shell text into shell text.
const DEEPEST: usize = 16;

/// The longest text that variables are filled into.
const LONGEST: usize = 64 << 10;

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

impl Script {
    /// A word with the variables filled in that the script sets. What stays a variable is not known.
    pub fn resolved(&self, word: &Word) -> Word {
        let mut resolved = Word { parts: Vec::new(), range: word.range };
        let mut room = LONGEST;
        self.fill(&word.parts, word.range.start, DEEPEST, &mut room, &mut resolved);
        resolved
    }

    fn fill(&self, parts: &[Part], at: usize, depth: usize, room: &mut usize, into: &mut Word) {
        for part in parts {
            match part {
                Part::Literal(text, range) => {
                    *room = room.saturating_sub(text.len());
                    if *room > 0 {
                        into.push(text, *range);
                    }
                }
                Part::Variable(name, default, _) if depth > 0 && *room > 0 => match self.assigned(name, at) {
                    Some(index) => self.fill_assigned(index, depth - 1, room, into),
                    None if default.is_empty() => into.parts.push(part.clone()),
                    None => self.fill(default, at, depth - 1, room, into),
                },
                other => into.parts.push(other.clone()),
            }
        }
    }

    fn fill_assigned(&self, index: usize, depth: usize, room: &mut usize, into: &mut Word) {
        let assignment = &self.assignments[index];
        if assignment.appends && depth > 0 {
            let before = self.assignments[..index].iter().rposition(|other| other.name == assignment.name);
            if let Some(before) = before {
                self.fill_assigned(before, depth - 1, room, into);
            }
        }
        self.fill(&assignment.value.parts, assignment.at, depth, room, into);
    }

    /// The assignment that holds for a variable at a place: the last one before it, else the first one behind it, as a
    /// function may be called after what stands below it. `X=${X:-default}` looks further up.
    fn assigned(&self, name: &str, at: usize) -> Option<usize> {
        let named = |assignment: &Assignment| assignment.name == name;
        let before = self.assignments.iter().rposition(|one| named(one) && one.at < at && !one.value.is_only(name));
        before.or_else(|| self.assignments.iter().position(|one| named(one) && one.at > at && !one.value.is_only(name)))
    }
}

impl Word {
    /// Whether it only repeats a variable: `X="$X"`.
    fn is_only(&self, name: &str) -> bool {
        matches!(self.parts.as_slice(), [Part::Variable(own, default, _)] if own == name && default.is_empty())
    }
}
