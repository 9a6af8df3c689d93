//! Edits of configuration files: an entry goes, is renamed, gets another value or a sibling, and every other byte stays.
//!
//! It owns the bookkeeping: one step after another is applied to a text that is read again in between, and what all steps
//! come to is told as changes of the first text. Where an entry stands in its format, and how a value is written there, is
//! for the files below. It decides nothing about what should be changed.

mod brackets;
mod comments;
mod elements;
mod lines;
mod pieces;
mod style;

use super::{Conventions, Document, Entry, Format, Kind, Name, read};
use crate::finding::ByteRange;

pub use style::Value;

use pieces::Pieces;

/// One replacement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What goes; empty for an insertion.
    pub range: ByteRange,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Change {
    fn new(start: usize, end: usize, replacement: impl Into<String>) -> Self {
        Self { range: ByteRange::new(start, end), replacement: replacement.into() }
    }
}

/// Why a document is not edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It could not be read whole, so that nobody knows what an edit would do to it.
    #[error("the file has a syntax error")]
    Broken,
    /// The entry is not there any more.
    #[error("an entry that was to be edited is gone")]
    Gone,
    /// The entry stands in a form for which the edit is not known.
    #[error("an entry is written in a form that is not edited automatically")]
    Unsupported,
    /// The edit would have changed more than it should.
    #[error("an edit would have changed more of the file than it should")]
    Unfaithful,
}

/// An entry that an [`Editor`] keeps track of while the text around it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handle(usize);

/// A document that is edited step by step.
#[derive(Debug)]
pub struct Editor<'a> {
    format: Format,
    conventions: &'a Conventions,
    text: String,
    document: Document,
    pieces: Pieces,
    marks: Vec<Mark>,
}

/// Where an entry begins now, and what it is called.
#[derive(Debug, Clone)]
struct Mark {
    start: usize,
    name: Name,
}

/// What the steps ask of the file below that knows the form an entry stands in.
pub(super) struct View<'a> {
    pub(super) format: Format,
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
}

/// The form that an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// On lines of its own.
    Lines,
    /// Between brackets, with commas.
    Brackets,
    /// An element or attribute.
    Element,
}

impl<'a> Editor<'a> {
    /// Begins to edit a text.
    pub fn new(text: &str, format: Format, conventions: &'a Conventions) -> Result<Self, EditError> {
        let document = read(text, format, conventions);
        if document.error.is_some() {
            return Err(EditError::Broken);
        }
        let pieces = Pieces::new(text.len());
        Ok(Self { format, conventions, text: text.to_owned(), document, pieces, marks: Vec::new() })
    }

    /// The document as it is now.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Keeps track of an entry of the document as it is now.
    pub fn mark(&mut self, entry: usize) -> Handle {
        let held = &self.document.entries()[entry];
        self.marks.push(Mark { start: held.key.start, name: held.name.clone() });
        Handle(self.marks.len() - 1)
    }

    /// Where an entry stands now.
    pub fn entry(&self, handle: Handle) -> Result<usize, EditError> {
        let mark = self.marks.get(handle.0).ok_or(EditError::Gone)?;
        let entries = self.document.entries();
        entries.iter().position(|held| held.key.start == mark.start && held.name == mark.name).ok_or(EditError::Gone)
    }

    /// What all steps so far come to, as changes of the text at the beginning, in the order of their places.
    pub fn changes(&self) -> Vec<Change> {
        self.pieces.changes()
    }

    /// Takes an entry away, with the comment that is its own, and with every map and list that is empty without it.
    pub fn remove(&mut self, handle: Handle) -> Result<(), EditError> {
        let mut entry = self.entry(handle)?;
        let view = self.view();
        if let Some(item) = view.item_of(entry)? {
            entry = item;
        }
        // What would be left empty goes as a whole; a document stays.
        while let Some(parent) = self.document.entries()[entry].parent {
            let above = &self.document.entries()[parent];
            let is_alone = self.document.children(parent).iter().all(|&child| child == entry || view.is_derived(child));
            if !is_alone || above.parent.is_none() || !view.is_prunable(parent) {
                break;
            }
            entry = parent;
        }
        let changes = match view.form(entry) {
            Form::Brackets => brackets::remove(&view, entry)?,
            Form::Element => elements::remove(&view, entry)?,
            Form::Lines => lines::remove(&view, entry)?,
        };
        self.apply(changes)
    }

    /// Calls an entry by another name, in the quotes that it has.
    pub fn rename(&mut self, handle: Handle, name: &str) -> Result<(), EditError> {
        let entry = self.entry(handle)?;
        let view = self.view();
        let changes = match view.form(entry) {
            Form::Element => elements::rename(&view, entry, name)?,
            Form::Lines | Form::Brackets => {
                let key = view.document.entries()[entry].key;
                let written = style::renamed(&view, key, name)?;
                let mut changes = lines::realigned(&view, entry, written.len());
                changes.push(Change::new(key.start, key.end, written));
                changes
            }
        };
        self.apply(changes)?;
        if let Some(mark) = self.marks.get_mut(handle.0) {
            mark.name = Name::Key(name.to_owned());
        }
        self.entry(handle).map(|_| ())
    }

    /// Calls the map that holds an entry by another name.
    pub fn rename_parent(&mut self, handle: Handle, name: &str) -> Result<(), EditError> {
        let entry = self.entry(handle)?;
        let parent = self.document.entries()[entry].parent.ok_or(EditError::Gone)?;
        let parent = self.mark(parent);
        self.rename(parent, name)
    }

    /// Gives an entry another value.
    pub fn set(&mut self, handle: Handle, value: &Value) -> Result<(), EditError> {
        let entry = self.entry(handle)?;
        let change = style::set(&self.view(), entry, value)?;
        self.apply(vec![change])
    }

    /// Makes a list of the value of an entry, with that value as its only item. The value itself stays where it is.
    pub fn wrap(&mut self, handle: Handle) -> Result<(), EditError> {
        let entry = self.entry(handle)?;
        let changes = style::wrap(&self.view(), entry)?;
        self.apply(changes)
    }

    /// Puts an entry behind another, written as that one is.
    pub fn insert_after(&mut self, handle: Handle, name: &str, value: &Value) -> Result<Handle, EditError> {
        let entry = self.entry(handle)?;
        let view = self.view();
        let changes = match view.form(entry) {
            Form::Brackets => brackets::insert_after(&view, entry, name, value)?,
            Form::Element => elements::insert_after(&view, entry, name, value)?,
            Form::Lines => lines::insert_after(&view, entry, name, value)?,
        };
        let parent = view.document.entries()[entry].parent;
        let at = changes.last().map_or(0, |change| change.range.start);
        let parent_start = parent.map(|parent| (view.document.entries()[parent].key.start, parent));
        self.apply(changes)?;
        // The new entry is the first of its name behind the place where it was put, in the same map.
        let entries = self.document.entries();
        let is_new = |held: &Entry| held.key_text() == Some(name) && held.key.start >= at;
        let is_beside = |held: &Entry| match (held.parent, parent_start) {
            (Some(found), Some((start, _))) => entries[found].key.start == start,
            (found, other) => found.is_none() && other.is_none(),
        };
        let found = entries.iter().position(|held| is_new(held) && is_beside(held));
        found.map(|entry| self.mark(entry)).ok_or(EditError::Unfaithful)
    }

    fn view(&self) -> View<'_> {
        View { format: self.format, text: &self.text, document: &self.document }
    }

    /// Makes changes of the text as it is now; the text has to be readable afterwards.
    fn apply(&mut self, mut changes: Vec<Change>) -> Result<(), EditError> {
        changes.sort_by_key(|change| change.range);
        let mut text = self.text.clone();
        let mut pieces = self.pieces.clone();
        let mut marks = self.marks.clone();
        for change in changes.iter().rev() {
            let Change { range, replacement } = change;
            text.replace_range(range.start..range.end, replacement);
            pieces.replace(*range, replacement);
            for mark in &mut marks {
                if mark.start >= range.end && (mark.start > range.start || range.start == range.end) {
                    mark.start = mark.start + replacement.len() - (range.end - range.start);
                }
            }
        }
        let document = read(&text, self.format, self.conventions);
        if document.error.is_some() {
            return Err(EditError::Unfaithful);
        }
        (self.text, self.document, self.pieces, self.marks) = (text, document, pieces, marks);
        Ok(())
    }
}

impl View<'_> {
    pub(super) fn held(&self, entry: usize) -> &Entry {
        &self.document.entries()[entry]
    }

    pub(super) fn slice(&self, range: ByteRange) -> &str {
        &self.text[range.start..range.end]
    }

    /// Where the line begins that a place stands in.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line ends that a place stands in, without its line break.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end);
        if end > at && self.text[..end].ends_with('\r') { end - 1 } else { end }
    }

    /// The beginning of the line behind the one that a place stands in.
    pub(super) fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// The line break that the file has.
    pub(super) fn newline(&self) -> &'static str {
        let pairs = self.text.matches("\r\n").count();
        if pairs > 0 && 2 * pairs >= self.text.matches('\n').count() { "\r\n" } else { "\n" }
    }

    /// Whether an entry says in other words what another says: `{ name: X, value: Y }` in a list.
    pub(super) fn is_derived(&self, entry: usize) -> bool {
        let held = self.held(entry);
        let is_key = matches!(held.name, Name::Key(_));
        held.parent.is_some_and(|parent| match self.held(parent).kind {
            Kind::List => is_key,
            Kind::Block => {
                let mut others = self.document.children(parent).iter();
                is_key && others.any(|&other| other < entry && self.held(other).key == held.key)
            }
            _ => false,
        })
    }

    /// The item of a list that a derived entry is; nothing for an entry that is written as such.
    pub(super) fn item_of(&self, entry: usize) -> Result<Option<usize>, EditError> {
        if !self.is_derived(entry) {
            return Ok(None);
        }
        let held = self.held(entry);
        let parent = held.parent.ok_or(EditError::Gone)?;
        let mut items = self.document.children(parent).iter().copied();
        let item =
            items.find(|&item| matches!(self.held(item).name, Name::Item(_)) && self.whole(item).contains(held.key));
        item.map(Some).ok_or(EditError::Unsupported)
    }

    /// The range of an entry, as far as its entries reach.
    pub(super) fn whole(&self, entry: usize) -> ByteRange {
        let below = self.document.children(entry).iter().map(|&child| self.held(child).range());
        below.fold(self.held(entry).range(), ByteRange::cover)
    }

    /// Whether the entries of a container stand between brackets.
    pub(super) fn is_bracketed(&self, container: usize) -> bool {
        let held = self.held(container);
        let written = self
            .slice(held.value)
            .trim_start_matches(|c: char| self.format == Format::OsgiConfig && c.is_ascii_alphabetic());
        match held.kind {
            Kind::Map => written.starts_with('{') && !matches!(self.format, Format::Dotenv | Format::Ini),
            Kind::List => match self.format {
                // `[[table]]` is the head of a table.
                Format::Toml => written.starts_with('[') && !written.starts_with("[["),
                _ => written.starts_with(['[', '(']),
            },
            _ => false,
        }
    }

    /// The form that an entry stands in.
    pub(super) fn form(&self, entry: usize) -> Form {
        match self.held(entry).parent {
            Some(parent) if self.is_bracketed(parent) => Form::Brackets,
            _ if self.format == Format::Xml => Form::Element,
            _ => Form::Lines,
        }
    }

    /// Whether a container may go when nothing is left in it: not what only heads other entries, or holds a comment.
    fn is_prunable(&self, container: usize) -> bool {
        let held = self.held(container);
        let range = self.whole(container);
        let has_comment = self.document.comments.iter().any(|&comment| range.contains(comment));
        match self.format {
            Format::Toml | Format::Ini => self.is_bracketed(container) && !has_comment,
            _ => matches!(held.kind, Kind::Map | Kind::List),
        }
    }
}

#[cfg(test)]
mod tests;
