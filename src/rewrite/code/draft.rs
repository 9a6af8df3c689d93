//! A rewrite while it is being made: replacements in the files of a program, what they give up, and what a reviewer has to know.
//!
//! When it is finished, what only served the old flow is swept from all files that it touches, and all becomes edits.

use std::collections::{BTreeMap, BTreeSet};

use super::carried::Carried;
use super::disk;
use super::entries::{self, Entry, Places};
use super::environment::Listed;
use super::flows::{self, Flows};
use super::grammar::Grammar;
use super::keep::Refusal;
use super::lines;
use super::names::{Kind, Names};
use super::parameters::Parameters;
use super::sweep::{self, File, Swept};
use super::unwrap::{Callbacks, Unwrapped};
use crate::contents::Contents;
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Edit, LedgerEntry};
use crate::project::Source;
use crate::rules::Effects;

/// How often files are swept: what falls in one may let something fall in another.
const MOST_ROUNDS: usize = 64;

/// How far calls are followed from file to file, to know whether they do more than give a value.
const DEEPEST_CALL: usize = 3;

/// A rewrite that is being made.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    subject: &'a Subject<'a>,
    contents: &'a Contents,
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
    /// The replacement that gives a promise of the answer, where the target printed one.
    pub(super) answer_at: Option<(UnitId, ByteRange)>,
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
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        subject: &'a Subject<'a>,
        facts: &'a Facts,
        grammar: Grammar,
        effects: &'a Effects,
        contents: &'a Contents,
    ) -> Self {
        Self {
            subject,
            contents,
            facts,
            grammar,
            effects,
            files: BTreeMap::new(),
            values: BTreeSet::new(),
            doubts: BTreeSet::new(),
            ledger: Vec::new(),
            shared: BTreeMap::new(),
            moved: Vec::new(),
            answer_known: false,
            answer_at: None,
            unread_entries: BTreeSet::new(),
        }
    }

    fn source(&self, unit: UnitId) -> Option<&'a Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, unit: UnitId, place: ByteRange, text: impl Into<String>) {
        let replacement = (place, text.into());
        let file = self.files.entry(unit).or_default();
        if !file.replacements.contains(&replacement) {
            file.replacements.push(replacement);
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
        let names: BTreeMap<UnitId, Names> = (0..self.subject.sources.len())
            .filter_map(|position| {
                let unit = UnitId(u32::try_from(position).ok()?);
                let source = self.source(unit)?;
                let tree = source.tree.as_ref()?;
                Some((unit, Names::of(tree, source.file.text(), &self.grammar)))
            })
            .collect();
        self.values = self.carried(&names).map(|carried| carried.values()).unwrap_or_default();
        let mut swept: BTreeMap<UnitId, Swept> = BTreeMap::new();
        let mut queue: BTreeSet<UnitId> = self.files.keys().copied().collect();
        let mut entries: Vec<Entry> = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let Some(unit) = queue.pop_first() else {
                let more = self.take_entries(&names, &swept);
                queue.extend(more.iter().map(|entry| entry.unit));
                entries.extend(more);
                if queue.is_empty() {
                    queue.extend(self.take_callbacks(&names, &swept));
                }
                if queue.is_empty() {
                    queue.extend(self.take_variables(&swept));
                }
                if queue.is_empty() {
                    break;
                }
                continue;
            };
            let Some(result) = self.sweep(unit, &names, &swept) else { continue };
            for (name, kind, place) in &result.removed {
                if *kind == Kind::Import || *kind == Kind::Variable {
                    for other in self.release(unit, name, &names, &swept) {
                        queue.insert(other);
                    }
                    let is_dead = |at: UnitId, place: ByteRange| {
                        at == unit && result.gone.iter().any(|gone| gone.contains(place))
                            || self.is_dead(&swept, at, place)
                    };
                    for (other, place) in self.modules_released(unit, *place, &names, &is_dead) {
                        self.remove(other, place);
                        queue.insert(other);
                    }
                }
            }
            swept.insert(unit, result);
            queue.extend(self.take_parameters(unit, &names, &swept));
            queue.extend(self.take_carried(unit, &names, &swept));
        }
        self.doubts.extend(self.unread(&names, &swept));
        self.doubts.extend(std::mem::take(&mut self.shared).into_values());
        self.doubts.extend(
            self.unread_entries
                .iter()
                .map(|name| format!("`{name}` is still set, though nothing seems to read it any more")),
        );
        let mut edits = Vec::new();
        let mut gone = BTreeMap::new();
        let mut lost = BTreeMap::new();
        for (unit, file) in &self.files {
            let Some(source) = self.source(*unit) else { continue };
            for entry in entries.iter().filter(|entry| entry.unit == *unit) {
                self.ledger.push(LedgerEntry::Removed {
                    what: format!("the entry `{}`", entry.name),
                    reason: "nothing reads it any more".to_owned(),
                    path: source.file.path().to_owned(),
                    span: source.file.span(entry.place),
                });
            }
            let is_replaced = |place: &&ByteRange| {
                file.replacements
                    .iter()
                    .any(|(replaced, _)| replaced.start < replaced.end && replaced.contains(**place))
            };
            let unwrapped = file.unwrapped.iter().map(|one| &one.call);
            let replaced: Vec<ByteRange> = file.given_up.iter().filter(is_replaced).chain(unwrapped).copied().collect();
            lost.insert(*unit, replaced);
            let result = swept.remove(unit).unwrap_or_default();
            self.doubts.extend(result.doubts);
            for (name, why) in &result.kept {
                self.ledger.push(LedgerEntry::Assumed { text: format!("`{name}` stays: {why}.") });
            }
            let text = source.file.text();
            let mut places = result.gone.clone();
            places.extend(&file.forced);
            let is_statement = |place: ByteRange| {
                let of_block = |one: &Unwrapped| one.is_block && one.gone.contains(&place);
                self.is_statement(source, place) || file.unwrapped.iter().any(of_block)
            };
            let inserted = file.replacements.iter().filter(|(place, _)| place.start == place.end);
            let inserted: Vec<usize> = inserted.map(|(place, _)| place.start).collect();
            let deletions = lines::deletions(text, &places, &inserted, is_statement);
            for (name, kind, place) in &result.removed {
                self.ledger.push(LedgerEntry::Removed {
                    what: format!("{} `{name}`", described(*kind)),
                    reason: "only the old flow used it".to_owned(),
                    path: source.file.path().to_owned(),
                    span: source.file.span(*place),
                });
            }
            let mut deletions = apart(text, deletions, &file.replacements);
            let cut: Vec<ByteRange> = result
                .cut
                .iter()
                .filter(|place| !deletions.iter().any(|gone| gone.contains(**place)))
                .copied()
                .collect();
            deletions.extend(cut);
            let mut made: Vec<(ByteRange, String)> = deletions.iter().map(|place| (*place, String::new())).collect();
            // What is replaced inside of what goes, goes.
            let replaced = file
                .replacements
                .iter()
                .filter(|(place, _)| !deletions.iter().any(|gone| gone.contains(*place) && place.start < place.end));
            // What is put in where lines go stands before them.
            let moved = |place: ByteRange| {
                let gone = deletions
                    .iter()
                    .find(|gone| place.start == place.end && gone.start < place.start && place.start < gone.end);
                gone.map_or(place, |gone| ByteRange::new(gone.start, gone.start))
            };
            made.extend(replaced.map(|(place, text)| (moved(*place), text.clone())));
            for (inserted_at, lines, block) in &file.inserted {
                let at = lines::free_place(&deletions, *inserted_at);
                let before = lines::changed(&text[..at], &made);
                let line = lines::newline(text);
                let apart = *block && !before.trim().is_empty() && !before.ends_with(&format!("{line}{line}"));
                let mut lines = if apart { format!("{line}{lines}") } else { lines.clone() };
                // A blank line that stood behind them may have gone with what went.
                let rest = deletions.iter().find(|gone| gone.start <= at && at <= gone.end).map_or(at, |gone| gone.end);
                let is_blank = |at: usize| text[at..].starts_with(['\r', '\n']);
                // A blank line that went with what stood here stays behind the last import.
                let blank = format!("{line}{line}");
                let swallows = |gone: &ByteRange| gone.start == at && text[..gone.end].ends_with(&blank);
                let is_last = file.inserted.iter().all(|(other, ..)| lines::free_place(&deletions, *other) <= at)
                    && !file
                        .inserted
                        .iter()
                        .any(|(other, _, block)| *block && lines::free_place(&deletions, *other) == at);
                let is_swallowed = is_last && deletions.iter().any(swallows);
                if !*block && (is_swallowed || (is_blank(*inserted_at) && !is_blank(rest))) {
                    lines += line;
                }
                made.push((ByteRange::new(at, at), lines));
            }
            made.extend(self.emptied(source, &deletions));
            for one in &file.unwrapped {
                less_deep(text, one, &mut made);
            }
            made.sort_by_key(|(place, _)| (place.start, place.end));
            if lines::is_empty_of_code(&lines::changed(text, &made)) && !lines::is_empty_of_code(text) {
                let text = format!("{} holds nothing any more: delete it.", source.file.path());
                self.ledger.push(LedgerEntry::ByHand { text });
            }
            edits.extend(disk::edits(&source.file, made)?);
            gone.insert(*unit, deletions);
        }
        let places = |file: &FileDraft| file.replacements.iter().map(|(place, _)| *place).collect();
        let taken = self.files.iter().map(|(unit, file)| (*unit, places(file))).collect();
        let Self { doubts, ledger, moved, .. } = self;
        Ok(Finished { edits, doubts, ledger, gone, replaced: lost, taken, moved })
    }

    /// Whether a place is given up, or has gone.
    fn is_dead(&self, swept: &BTreeMap<UnitId, Swept>, unit: UnitId, place: ByteRange) -> bool {
        let given_up = self.files.get(&unit).into_iter().flat_map(|draft| draft.given_up.iter().chain(&draft.forced));
        let gone = swept.get(&unit).into_iter().flat_map(|swept| swept.gone.iter().chain(&swept.cut));
        given_up.chain(gone).any(|dead| dead.contains(place))
    }

    /// Whether what is evaluated at a place may do more than give a value.
    fn has_effect(&self, names: &BTreeMap<UnitId, Names>, unit: UnitId, place: ByteRange) -> bool {
        let elsewhere = |called: &str| self.gives_a_value(names, unit, called, DEEPEST_CALL);
        self.file(unit, names, &[], &elsewhere).is_none_or(|file| sweep::effect(&file, place).is_some())
    }

    /// Takes entries of settings out that nothing reads any more.
    fn take_entries(&mut self, names: &BTreeMap<UnitId, Names>, swept: &BTreeMap<UnitId, Swept>) -> Vec<Entry> {
        if self.grammar.platform != crate::finding::Platform::Node {
            return Vec::new();
        }
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        let is_new = |name: &str| self.files.values().any(|file| file.new_names.contains(name));
        let has_effect = |unit: UnitId, place: ByteRange| self.has_effect(names, unit, place);
        let flows = Flows { subject: self.subject, grammar: self.grammar, names, is_dead: &is_dead };
        let is_application = self.subject.sources.first().is_some_and(|source| disk::is_application(&source.path));
        let places = Places { is_dead: &is_dead, is_new: &is_new, has_effect: &has_effect, is_application };
        let (fallen, kept) = entries::fallen(&flows, &places);
        for entry in &fallen {
            self.remove(entry.unit, entry.place);
        }
        self.unread_entries = kept;
        fallen
    }

    /// Takes callbacks apart that were only given what nothing needs any more. Gives the files to sweep again.
    fn take_callbacks(&mut self, names: &BTreeMap<UnitId, Names>, swept: &BTreeMap<UnitId, Swept>) -> Vec<UnitId> {
        if self.grammar.platform != crate::finding::Platform::Node {
            return Vec::new();
        }
        let mut found: Vec<(UnitId, Unwrapped)> = Vec::new();
        for unit in self.files.keys().copied() {
            let elsewhere = |called: &str| self.gives_a_value(names, unit, called, DEEPEST_CALL);
            let Some(file) = self.file(unit, names, &[], &elsewhere) else { continue };
            let callbacks = Callbacks {
                root: file.tree.root_node(),
                text: file.text,
                names: file.names,
                grammar: self.grammar,
                is_dead: &|place| self.is_dead(swept, unit, place),
                calls_back: &|called| self.effects.calls_back(self.grammar.platform, called),
                has_effect: &|place| sweep::effect(&file, place).is_some(),
            };
            // One after another: what lies in one may be another when that has gone.
            let known = self.files.get(&unit).map(|file| file.unwrapped.as_slice()).unwrap_or_default();
            let is_new = |one: &Unwrapped| known.iter().all(|known| known.call != one.call);
            found.extend(callbacks.find().into_iter().find(is_new).map(|one| (unit, one)));
        }
        for (unit, one) in &found {
            for place in &one.gone {
                self.remove(*unit, *place);
            }
            self.files.entry(*unit).or_default().unwrapped.push(one.clone());
        }
        found.into_iter().map(|(unit, _)| unit).collect()
    }

    /// Takes variables of the environment that nothing reads any more out of lists of those that have to be set. Gives the files
    /// to sweep again.
    fn take_variables(&mut self, swept: &BTreeMap<UnitId, Swept>) -> BTreeSet<UnitId> {
        if self.grammar.platform != crate::finding::Platform::Node {
            return BTreeSet::new();
        }
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        // What the new code reads again is as needed as before.
        let is_new = |name: &str| {
            let texts = self.files.values().flat_map(|file| &file.replacements).map(|(_, text)| text);
            texts.into_iter().any(|text| has_word(text, name))
        };
        let listed = super::environment::listed(self.subject, &is_dead, &is_new);
        let mut touched = BTreeSet::new();
        for found in listed {
            match found {
                Listed::Item(unit, place) => {
                    self.remove(unit, place);
                    touched.insert(unit);
                }
                Listed::Named(name, path) => {
                    self.doubts
                        .insert(format!("{path} still speaks of the variable `{name}`, which nothing reads any more"));
                }
            }
        }
        touched
    }

    /// What a file hands out as a whole, where the last file that asked for it does so no more.
    fn modules_released(
        &self,
        from: UnitId,
        import: ByteRange,
        names: &BTreeMap<UnitId, Names>,
        is_dead: &dyn Fn(UnitId, ByteRange) -> bool,
    ) -> Vec<(UnitId, ByteRange)> {
        let mut released = Vec::new();
        if self.grammar.platform != crate::finding::Platform::Node {
            return released;
        }
        let flows = Flows { subject: self.subject, grammar: self.grammar, names, is_dead };
        let Some(source) = self.source(from) else { return released };
        let Some(statement) = flows.node(from, import).and_then(|node| self.grammar.statement(node)) else {
            return released;
        };
        let text = source.file.text();
        let written: Vec<&str> = crate::syntax::Preorder::new(statement)
            .filter(|node| node.kind() == "string")
            .filter_map(|node| text.get(node.byte_range()))
            .map(|written| written.trim_matches(['"', '\'']))
            .collect();
        for (unit, target, root) in flows.trees().filter(|(unit, ..)| *unit != from) {
            let leads = written.iter().any(|written| flows::leads_to(source, written, target));
            if !leads || !flows.imports_of(unit).is_empty() {
                continue;
            }
            let mut cursor = root.walk();
            released.extend(
                root.named_children(&mut cursor)
                    .filter(|child| hands_out_a_function(*child, target.file.text()))
                    .map(|child| (unit, super::names::range(child)))
                    .filter(|(unit, place)| !is_dead(*unit, *place)),
            );
        }
        released
    }

    /// Takes parameters out that nothing in a file needs any more, with what calls give for them. Gives the files to sweep
    /// again.
    fn take_parameters(
        &mut self,
        unit: UnitId,
        names: &BTreeMap<UnitId, Names>,
        swept: &BTreeMap<UnitId, Swept>,
    ) -> BTreeSet<UnitId> {
        let parameters = Parameters { subject: self.subject, facts: self.facts, grammar: self.grammar, names };
        let is_dead = |unit: UnitId, place: ByteRange| {
            let draft = self.files.get(&unit);
            let given_up = draft.iter().flat_map(|draft| draft.given_up.iter().chain(&draft.forced));
            let gone = swept.get(&unit).into_iter().flat_map(|swept| swept.gone.iter().chain(&swept.cut));
            given_up.chain(gone).any(|dead| dead.contains(place))
        };
        let none = BTreeSet::new();
        let new_names = self.files.get(&unit).map_or(&none, |draft| &draft.new_names);
        let fallen = parameters.fallen(unit, new_names, &is_dead);
        let mut touched = BTreeSet::new();
        for (unit, place) in fallen {
            let forced = &mut self.files.entry(unit).or_default().forced;
            if !forced.contains(&place) {
                forced.push(place);
                touched.insert(unit);
            }
        }
        touched
    }

    /// What carries values through a program of Python.
    fn carried<'n>(&self, names: &'n BTreeMap<UnitId, Names>) -> Option<Carried<'n>>
    where
        'a: 'n,
    {
        (self.grammar.platform == crate::finding::Platform::Python).then_some(Carried {
            subject: self.subject,
            grammar: self.grammar,
            effects: self.effects,
            names,
        })
    }

    /// Takes out what only carried to a file what nothing in it reads any more. Gives the files to sweep again.
    fn take_carried(
        &mut self,
        unit: UnitId,
        names: &BTreeMap<UnitId, Names>,
        swept: &BTreeMap<UnitId, Swept>,
    ) -> BTreeSet<UnitId> {
        let mut touched = BTreeSet::new();
        let Some(carried) = self.carried(names) else { return touched };
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        let has_effect = |unit: UnitId, place: ByteRange| self.has_effect(names, unit, place);
        let fallen = carried.fallen(unit, &is_dead, &has_effect);
        for (unit, place) in fallen {
            let forced = &mut self.files.entry(unit).or_default().forced;
            if !forced.contains(&place) {
                forced.push(place);
                touched.insert(unit);
            }
        }
        touched
    }

    fn sweep(&self, unit: UnitId, names: &BTreeMap<UnitId, Names>, others: &BTreeMap<UnitId, Swept>) -> Option<Swept> {
        let source = self.source(unit)?;
        let draft = self.files.get(&unit)?;
        let neighbours: Vec<String> = match self.grammar.platform {
            crate::finding::Platform::Java => {
                super::java::package_texts(source, self.contents).into_iter().map(|(_, text)| text).collect()
            }
            _ => Vec::new(),
        };
        let value_elsewhere = |called: &str| self.gives_a_value(names, unit, called, DEEPEST_CALL);
        let file = self.file(unit, names, &neighbours, &value_elsewhere)?;
        let is_python = self.grammar.platform == crate::finding::Platform::Python;
        let elsewhere = |name: &str| {
            if neighbours.iter().any(|text| has_word(text, name)) {
                return true;
            }
            self.subject.sources.iter().zip(0_u32..).any(|(other, number)| {
                let other_unit = UnitId(number);
                if other_unit == unit || !is_python || other.tree.is_none() {
                    return other_unit != unit && has_word(other.file.text(), name);
                }
                let mut words = words(other.file.text(), name);
                words.any(|at| !self.is_dead(others, other_unit, ByteRange::new(at, at + name.len())))
            })
        };
        Some(sweep::sweep(&file, &draft.given_up, &draft.new_names, &draft.forced, &elsewhere))
    }

    /// A file as the sweep sees it.
    fn file<'f>(
        &self,
        unit: UnitId,
        names: &'f BTreeMap<UnitId, Names>,
        neighbours: &'f [String],
        value_elsewhere: &'f dyn Fn(&str) -> bool,
    ) -> Option<File<'f>>
    where
        'a: 'f,
    {
        let source = self.source(unit)?;
        Some(File {
            tree: source.tree.as_ref()?,
            text: source.file.text(),
            names: names.get(&unit)?,
            grammar: self.grammar,
            effects: self.effects,
            neighbours,
            has_importers: self.grammar.platform == crate::finding::Platform::Node && self.is_imported(source),
            value_elsewhere,
        })
    }

    /// Whether the functions of other files that have a name do nothing but give a value.
    fn gives_a_value(&self, names: &BTreeMap<UnitId, Names>, from: UnitId, called: &str, depth: usize) -> bool {
        if self.values.contains(called) {
            return true;
        }
        if depth == 0 || self.grammar.platform != crate::finding::Platform::Node {
            return false;
        }
        let flows = Flows { subject: self.subject, grammar: self.grammar, names, is_dead: &|_, _| false };
        let found = flows.function_named(called);
        !found.is_empty()
            && found.into_iter().all(|(unit, function)| {
                let elsewhere = |called: &str| self.gives_a_value(names, unit, called, depth - 1);
                unit != from
                    && self
                        .file(unit, names, &[], &elsewhere)
                        .is_some_and(|file| sweep::effect(&file, super::names::range(function)).is_none())
            })
    }

    /// Members of interfaces that others know and that nothing reads any more.
    fn unread(&self, names: &BTreeMap<UnitId, Names>, swept: &BTreeMap<UnitId, Swept>) -> BTreeSet<String> {
        let mut dead = BTreeSet::new();
        let mut living = BTreeSet::new();
        for (unit, names) in names {
            let given_up = self.files.get(unit).map(|file| file.given_up.as_slice()).unwrap_or_default();
            let gone = swept.get(unit).map(|swept| swept.gone.as_slice()).unwrap_or_default();
            for mention in names.mentions.iter().filter(|mention| mention.name.starts_with('.')) {
                let is_dead = given_up.iter().chain(gone).any(|place| place.contains(mention.range));
                if is_dead { &mut dead } else { &mut living }.insert(mention.name[1..].to_owned());
            }
        }
        let used = |name: &str| self.files.values().any(|file| file.new_names.contains(&format!(".{name}")));
        let mut doubts = BTreeSet::new();
        for (source, number) in self.subject.sources.iter().zip(0_u32..) {
            let Some(tree) = &source.tree else { continue };
            let gone = self.files.get(&UnitId(number)).map(|file| file.forced.as_slice()).unwrap_or_default();
            for node in
                crate::syntax::Preorder::new(tree.root_node()).filter(|node| node.kind() == "property_signature")
            {
                let name = node.child_by_field_name("name").and_then(|name| source.file.text().get(name.byte_range()));
                let Some(name) = name.filter(|name| dead.contains(*name) && !living.contains(*name) && !used(name))
                else {
                    continue;
                };
                if gone.contains(&super::names::range(node)) {
                    continue;
                }
                let statement = self.grammar.statement(node);
                if statement.is_some_and(|statement| statement.kind() == "export_statement") {
                    doubts.insert(format!("`{name}` of an exported interface is read by nothing any more"));
                }
            }
        }
        doubts
    }

    /// Whether another file of the program speaks of this one by its name.
    fn is_imported(&self, source: &Source) -> bool {
        let stem = source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        self.subject.sources.iter().any(|other| other.path != source.path && has_word(other.file.text(), stem))
    }

    /// An import went: where nobody else takes the name from the file that it came from, it goes there too.
    fn release(
        &mut self,
        from: UnitId,
        name: &str,
        names: &BTreeMap<UnitId, Names>,
        swept: &BTreeMap<UnitId, Swept>,
    ) -> Vec<UnitId> {
        let mut released = Vec::new();
        for (unit, known) in names {
            if *unit == from {
                continue;
            }
            let Some(source) = self.source(*unit) else { continue };
            let others = self.subject.sources.iter().zip(0_u32..).any(|(other, number)| {
                let other_unit = UnitId(number);
                other_unit != *unit
                    && other_unit != from
                    && has_word(other.file.text(), name)
                    && !swept.get(&other_unit).is_some_and(|swept| swept.removed.iter().any(|(gone, ..)| gone == name))
            });
            if others {
                let is_shared = |one: &super::names::Declaration| {
                    one.name == name && one.scope.0 == 0 && one.kind == Kind::Function
                };
                let is_java = self.grammar.platform == crate::finding::Platform::Java;
                if !is_java && known.declarations.iter().any(is_shared) {
                    let path = source.file.path();
                    let said = format!("`{name}` of {path} stays with what it needs: others use it too");
                    self.shared.insert((*unit, name.to_owned()), said);
                }
                continue;
            }
            let text = source.file.text();
            let Some(tree) = &source.tree else { continue };
            // What is exported is a function or a value of the top level under this name, and the places that export it.
            let declared = known.declarations.iter().find(|one| {
                let is_class = self.grammar.platform == crate::finding::Platform::Python && one.kind == Kind::Other;
                one.name == name
                    && one.scope.0 == 0
                    && (is_class || matches!(one.kind, Kind::Function | Kind::Variable))
            });
            let Some(declared) = declared else { continue };
            let mut exports = Vec::new();
            let mut used_inside = false;
            for mention in known.mentions_of(declared) {
                match export_of(tree, text, mention.range) {
                    Some(place) => exports.push(place),
                    None => used_inside = true,
                }
            }
            let node = tree.root_node().descendant_for_byte_range(declared.range.start, declared.range.end);
            let statement = node.and_then(|node| self.grammar.statement(node));
            let is_exported = statement.is_some_and(|statement| statement.kind() == "export_statement");
            if used_inside
                || (exports.is_empty() && !is_exported && self.grammar.platform == crate::finding::Platform::Node)
            {
                continue;
            }
            if self.grammar.platform == crate::finding::Platform::Java {
                continue;
            }
            let file = self.files.entry(*unit).or_default();
            let mut places = exports;
            if let Some(statement) = statement {
                places.push(super::names::range(statement));
            }
            let before = file.forced.len();
            for place in places {
                if !file.forced.contains(&place) {
                    file.forced.push(place);
                }
            }
            if file.forced.len() > before {
                self.shared.remove(&(*unit, name.to_owned()));
                let stem = source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                // Who imports a file of Python, or an inner one of Node, is known.
                let is_known = match self.grammar.platform {
                    crate::finding::Platform::Python => true,
                    crate::finding::Platform::Node => !matches!(stem, "index" | "main"),
                    crate::finding::Platform::Java => false,
                };
                if !is_known {
                    self.doubts.insert(format!(
                        "`{name}` of {} was taken out; nothing in the package uses it",
                        source.file.path()
                    ));
                }
                released.push(*unit);
            }
        }
        released
    }

    /// Blocks of Python that would hold nothing any more: where a statement has to stand, and which.
    fn emptied(&self, source: &Source, deletions: &[ByteRange]) -> Vec<(ByteRange, String)> {
        let mut found = Vec::new();
        let Some(tree) = source.tree.as_ref().filter(|_| self.grammar.platform == crate::finding::Platform::Python)
        else {
            return found;
        };
        let is_gone = |place: ByteRange| deletions.iter().any(|gone| gone.contains(place));
        let text = source.file.text();
        for block in crate::syntax::Preorder::new(tree.root_node()).filter(|node| node.kind() == "block") {
            let mut cursor = block.walk();
            let mut statements = block.named_children(&mut cursor).filter(|child| child.kind() != "comment").peekable();
            let Some(first) = statements.peek().copied() else { continue };
            let around = block.parent().map(super::names::range);
            if around.is_some_and(is_gone) || !statements.all(|statement| is_gone(super::names::range(statement))) {
                continue;
            }
            let start = lines::line_start(text, first.start_byte());
            let indent = lines::indentation(text, start);
            found.push((ByteRange::new(start, start), format!("{indent}pass{}", lines::newline(text))));
        }
        found
    }

    fn is_statement(&self, source: &Source, place: ByteRange) -> bool {
        let Some(tree) = &source.tree else { return true };
        let mut node = tree.root_node().descendant_for_byte_range(place.start, place.end);
        while let Some(here) = node {
            if super::names::range(here) != place {
                return false;
            }
            if self.grammar.is_statement(here)
                || matches!(here.kind(), "export_statement" | "decorated_definition" | "property_signature")
            {
                return true;
            }
            node = here.parent();
        }
        false
    }
}

/// Deletions around what is put in where lines go: in two, with the blank lines between what is new and what stays.
fn apart(text: &str, deletions: Vec<ByteRange>, replacements: &[(ByteRange, String)]) -> Vec<ByteRange> {
    let is_line = |place: &ByteRange| place.start == place.end && lines::line_start(text, place.start) == place.start;
    let mut pieces = Vec::new();
    for gone in deletions {
        let inside = |place: &ByteRange| gone.start <= place.start && place.start < gone.end;
        let places = replacements.iter().filter(|(_, new)| new.ends_with('\n')).map(|(place, _)| *place);
        let mut places: Vec<ByteRange> = places.filter(is_line).filter(inside).collect();
        places.sort_by_key(|place| place.start);
        let Some(last) = places.last() else {
            pieces.push(gone);
            continue;
        };
        let behind = &text[last.start..gone.end];
        let start = last.start + behind.len() - behind.trim_start_matches(['\r', '\n']).len();
        let kept = text[start..gone.end].trim_end_matches(['\r', '\n']);
        let end = if kept.is_empty() { start } else { lines::line_end(text, start + kept.len()).min(gone.end) };
        pieces.extend([ByteRange::new(gone.start, last.start), ByteRange::new(start, end)]);
    }
    pieces.retain(|piece| piece.start < piece.end);
    pieces
}

/// Lets the lines of what stood in a callback stand less deep, those that are new among them.
fn less_deep(text: &str, one: &Unwrapped, made: &mut Vec<(ByteRange, String)>) {
    let (body, indent) = (one.body, one.indent.as_str());
    if indent.is_empty() {
        return;
    }
    for (_, new) in made.iter_mut().filter(|(place, new)| body.contains(*place) && new.contains('\n')) {
        let mut lines = new.split_inclusive('\n');
        let first = lines.next().unwrap_or_default().to_owned();
        let rest = lines.map(|line| line.strip_prefix(indent).unwrap_or(line));
        *new = rest.fold(first, |all, line| all + line);
    }
    let mut line = lines::line_start(text, body.start);
    while line < body.end {
        let place = ByteRange::new(line, line + indent.len());
        let touches = |(made, _): &(ByteRange, String)| made.start < place.end && place.start < made.end;
        if place.start >= body.start && text[line..].starts_with(indent) && !made.iter().any(touches) {
            made.push((place, String::new()));
        }
        line = lines::line_end(text, line);
    }
    made.sort_by_key(|(place, _)| (place.start, place.end));
}

/// Whether a statement of the top level hands a function out, and nothing else: `module.exports = …`, `export default …`.
fn hands_out_a_function(statement: tree_sitter::Node<'_>, text: &str) -> bool {
    let is_function = |value: tree_sitter::Node<'_>| {
        matches!(value.kind(), "arrow_function" | "function_expression" | "function_declaration" | "identifier")
    };
    match statement.kind() {
        "expression_statement" => {
            let assignment = statement.named_child(0).filter(|inner| inner.kind() == "assignment_expression");
            let left = assignment.and_then(|assignment| assignment.child_by_field_name("left"));
            left.and_then(|left| text.get(left.byte_range())) == Some("module.exports")
                && assignment.and_then(|assignment| assignment.child_by_field_name("right")).is_some_and(is_function)
        }
        "export_statement" => {
            let written = text.get(statement.byte_range()).unwrap_or_default();
            let value = statement.child_by_field_name("value").or(statement.child_by_field_name("declaration"));
            written.starts_with("export default") && value.is_some_and(is_function)
        }
        _ => false,
    }
}

/// Where a file of CommonJS hands a name on: an item of `module.exports = { … }`, or the whole statement.
fn export_of(tree: &tree_sitter::Tree, text: &str, place: ByteRange) -> Option<ByteRange> {
    let node = tree.root_node().descendant_for_byte_range(place.start, place.end)?;
    let mut outer = node;
    let mut item = None;
    loop {
        let parent = outer.parent()?;
        match parent.kind() {
            "object" => item = Some((super::names::range(outer), parent.named_child_count())),
            "export_specifier" => {
                let clause = parent.parent()?;
                let all = clause.named_child_count() == 1;
                return Some(super::names::range(if all { clause.parent()? } else { parent }));
            }
            "assignment_expression" => {
                let left = parent.child_by_field_name("left")?;
                let written = text.get(left.byte_range())?;
                if !written.starts_with("module.exports") && !written.starts_with("exports.") {
                    return None;
                }
                return match item {
                    Some((item, count)) if count > 1 => Some(item),
                    _ => Some(super::names::range(parent.parent()?)),
                };
            }
            kind if kind.ends_with("_statement") || kind.ends_with("_declaration") => return None,
            _ => {}
        }
        outer = parent;
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

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Import => "the import",
        Kind::Variable => "the variable",
        Kind::Function => "the function",
        Kind::Parameter => "the parameter",
        Kind::Member => "the member",
        Kind::Other => "the name",
    }
}
