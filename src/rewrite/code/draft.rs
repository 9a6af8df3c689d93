//! A rewrite while it is being made: replacements in the files of a program, what they give up, and what a reviewer has to know.
//!
//! When it is finished, what only served the old flow is swept from all files that it touches, and all becomes edits.

mod edits;
mod settle;
mod unread;

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::Grammar;
use super::helper::{Needed, Placement};
use super::keep::Refusal;
use super::plan::Plan;
use super::unwrap::Unwrapped;
use crate::contents::Contents;
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Edit, LedgerEntry, Platform};
use crate::project::Source;
use crate::rules::Effects;

/// A rewrite that is being made.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    subject: &'a Subject<'a>,
    pub(super) contents: &'a Contents,
    facts: &'a Facts,
    grammar: Grammar,
    effects: &'a Effects,
    files: BTreeMap<UnitId, FileDraft>,
    /// Functions of a program of Python that only give a value, by their names.
    values: BTreeSet<String>,
    /// Why a person has to look, each a sentence.
    pub(super) doubts: BTreeSet<String>,
    /// What was done.
    pub(super) ledger: Vec<LedgerEntry>,
    /// Functions that were about to go and that others use, each with what is said of them.
    shared: BTreeMap<(UnitId, String), String>,
    /// Values of what goes that stand in the new code again.
    moved: Vec<(UnitId, ByteRange)>,
    /// Whether all that is read of the answer was seen by the target, and means the same.
    pub(super) answer_known: bool,
    /// Entries of settings that nothing seems to read any more, and that stay.
    unread_entries: BTreeSet<String>,
    /// New files, by the path that is reported.
    created: BTreeMap<String, String>,
    /// The replacement that gives a promise of the answer, where the target printed one.
    pub(super) answer_at: Option<(UnitId, ByteRange)>,
    /// What files need once.
    pub(super) helpers: Vec<(UnitId, Needed)>,
    /// Where that stands.
    pub(super) placement: Placement,
}

#[derive(Clone, Default)]
struct FileDraft {
    replacements: Vec<(ByteRange, String)>,
    given_up: Vec<ByteRange>,
    forced: Vec<ByteRange>,
    /// What comes at a place: lines of their own, with a blank one before them where they are a block.
    inserted: Vec<(usize, String, bool)>,
    new_names: BTreeSet<String>,
    /// Callbacks that are taken apart.
    unwrapped: Vec<Unwrapped>,
}

/// What came of a rewrite.
pub(super) struct Finished {
    pub(super) edits: Vec<Edit>,
    pub(super) doubts: BTreeSet<String>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// Places that are gone, by file.
    pub(super) gone: BTreeMap<UnitId, Vec<ByteRange>>,
    /// Places that are replaced, by file.
    pub(super) replaced: BTreeMap<UnitId, Vec<ByteRange>>,
    /// Places of these that stand in the new code again.
    pub(super) moved: Vec<(UnitId, ByteRange)>,
    /// Places with another text in their place, by file.
    pub(super) taken: BTreeMap<UnitId, Vec<ByteRange>>,
    /// What files need once.
    pub(super) helpers: Vec<(UnitId, Needed)>,
}

impl<'a> Draft<'a> {
    /// A draft of what a plan is about.
    pub(super) fn of(plan: &Plan<'a>, effects: &'a Effects) -> Self {
        Self {
            subject: plan.subject,
            contents: plan.contents,
            facts: plan.facts,
            grammar: plan.grammar,
            effects,
            files: BTreeMap::new(),
            values: BTreeSet::new(),
            doubts: BTreeSet::new(),
            ledger: Vec::new(),
            shared: BTreeMap::new(),
            moved: Vec::new(),
            answer_known: false,
            answer_at: None,
            created: BTreeMap::new(),
            unread_entries: BTreeSet::new(),
            helpers: Vec::new(),
            placement: plan.placement,
        }
    }

    pub(super) fn source(&self, unit: UnitId) -> Option<&'a Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, unit: UnitId, place: ByteRange, text: impl Into<String>) {
        let mut replacement = (place, text.into());
        let written = self.source(unit).map_or("", |source| source.file.text());
        let file = self.files.entry(unit).or_default();
        let is_java = self.grammar.platform == Platform::Java;
        // A new text that holds an old one which is replaced already holds what takes its place.
        file.replacements.retain(|(inner, new)| {
            let old = written.get(inner.start..inner.end).unwrap_or_default();
            let is_inside =
                is_java && place != *inner && place.contains(*inner) && !old.is_empty() && replacement.1.contains(old);
            if is_inside {
                replacement.1 = replacement.1.replacen(old, new, 1);
            }
            !is_inside
        });
        // What lies in an old text that goes changes only as far as the new one repeats it.
        let old = written.get(place.start..place.end).unwrap_or_default();
        let outer = file.replacements.iter_mut().find(|(outer, _)| *outer != place && outer.contains(place));
        if let Some((_, new)) = outer.filter(|_| is_java && !old.is_empty()) {
            *new = new.replacen(old, &replacement.1, 1);
            return;
        }
        if !file.replacements.contains(&replacement) {
            file.replacements.push(replacement);
        }
    }

    /// Puts an import in at a place, in the order of those that are put in there too. Before the first and behind the last of them
    /// stand line ends.
    pub(super) fn import(
        &mut self,
        unit: UnitId,
        at: usize,
        statement: &str,
        line: &str,
        (before, behind): (&str, &str),
    ) {
        let place = ByteRange::new(at, at);
        let replacements = &mut self.files.entry(unit).or_default().replacements;
        let is_import =
            |(known, text): &(ByteRange, String)| *known == place && text.trim_start().starts_with("import ");
        let mut imports: Vec<String> = vec![statement.to_owned()];
        imports.extend(replacements.iter().filter(|one| is_import(one)).map(|(_, text)| text.trim().to_owned()));
        replacements.retain(|one| !is_import(one));
        imports.sort_by(|one, other| one.trim_end_matches(';').cmp(other.trim_end_matches(';')));
        imports.dedup();
        let last = imports.len() - 1;
        for (position, import) in imports.into_iter().enumerate() {
            let before = if position == 0 { before } else { "" };
            let behind = if position == last { behind } else { "" };
            replacements.push((place, format!("{before}{import}{line}{behind}")));
        }
    }

    /// Lets the replacement of a place go on; whether there is one.
    pub(super) fn extend(&mut self, unit: UnitId, place: ByteRange, more: &str) -> bool {
        let replacements = self.files.get_mut(&unit).map(|file| &mut file.replacements);
        let replacement = replacements.and_then(|all| all.iter_mut().find(|(replaced, _)| *replaced == place));
        replacement.is_some_and(|(_, text)| {
            text.push_str(more);
            true
        })
    }

    /// Puts a word in the place of another in the text that takes a place.
    pub(super) fn amend(&mut self, unit: UnitId, place: ByteRange, old: &str, new: &str) {
        let file = self.files.entry(unit).or_default();
        for (_, text) in file.replacements.iter_mut().filter(|(taken, _)| *taken == place) {
            *text = text.replace(old, new);
        }
    }

    /// Takes a statement or an item out, whatever else it does.
    pub(super) fn remove(&mut self, unit: UnitId, place: ByteRange) {
        let file = self.files.entry(unit).or_default();
        if !file.forced.contains(&place) {
            file.forced.push(place);
        }
    }

    /// Makes a file that is not there.
    pub(super) fn create(&mut self, path: String, text: String) {
        self.created.insert(path, text);
    }

    /// Takes away what stands around some lines, which stay.
    pub(super) fn unwrap(&mut self, unit: UnitId, unwrapped: Unwrapped) {
        self.files.entry(unit).or_default().unwrapped.push(unwrapped);
    }

    /// Says that a value of what goes stands in the new code again.
    pub(super) fn moves(&mut self, unit: UnitId, place: ByteRange) {
        self.moved.push((unit, place));
    }

    /// Says that nothing needs what is evaluated at a place any more.
    pub(super) fn give_up(&mut self, unit: UnitId, place: ByteRange) {
        self.files.entry(unit).or_default().given_up.push(place);
    }

    /// Puts lines before the one that begins at a place; a block has a blank line before it.
    pub(super) fn insert(&mut self, unit: UnitId, at: usize, lines: impl Into<String>, block: bool) {
        let inserted = &mut self.files.entry(unit).or_default().inserted;
        let new = (at, lines.into(), block);
        // Several requests of a file need it once.
        if !inserted.contains(&new) {
            inserted.push(new);
        }
    }

    /// Says that new code of a file uses a name.
    pub(super) fn uses(&mut self, unit: UnitId, name: &str) {
        self.files.entry(unit).or_default().new_names.insert(name.to_owned());
    }

    /// Writes down that a step of the old flow became another.
    pub(super) fn replaced(&mut self, unit: UnitId, place: ByteRange, old: &str, new: &str) {
        let Some(source) = self.source(unit) else { return };
        self.ledger.push(LedgerEntry::Replaced {
            old: old.to_owned(),
            new: new.to_owned(),
            path: source.file.path().to_owned(),
            span: source.file.span(place),
        });
    }

    /// Sweeps what nothing needs any more, file by file, and makes edits of all.
    pub(super) fn finish(mut self) -> Result<Finished, Refusal> {
        self.place_helpers();
        let settled = self.settle();
        self.edits(settled)
    }
}

/// Whether a text has a word of its own.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    words(text, word).next().is_some()
}

/// Where a text has a word of its own.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| !is_word(text[..*at].chars().next_back()) && !is_word(text[at + word.len()..].chars().next()))
}
