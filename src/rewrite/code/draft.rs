//! A rewrite while it is being made: replacements in the files of a program, what they give up, and what a reviewer has to know.
//!
//! When it is finished, what only served the old flow is swept from all files that it touches, and all becomes edits.

use std::collections::{BTreeMap, BTreeSet};

use super::grammar::Grammar;
use super::lines;
use super::names::{Kind, Names};
use super::parameters::Parameters;
use super::sweep::{self, File, Swept};
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Edit, LedgerEntry};
use crate::project::Source;
use crate::rules::Effects;

/// How often files are swept: what falls in one may let something fall in another.
const MOST_ROUNDS: usize = 64;

/// A rewrite that is being made.
pub(super) struct Draft<'a> {
    subject: &'a Subject<'a>,
    facts: &'a Facts,
    grammar: Grammar,
    effects: &'a Effects,
    files: BTreeMap<UnitId, FileDraft>,
    /// Why a person has to look, each a sentence.
    pub(super) doubts: BTreeSet<String>,
    /// What was done.
    pub(super) ledger: Vec<LedgerEntry>,
}

#[derive(Default)]
struct FileDraft {
    replacements: Vec<(ByteRange, String)>,
    given_up: Vec<ByteRange>,
    forced: Vec<ByteRange>,
    new_names: BTreeSet<String>,
}

/// What came of a rewrite.
pub(super) struct Finished {
    pub(super) edits: Vec<Edit>,
    pub(super) doubts: BTreeSet<String>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// Places that are gone, by file.
    pub(super) gone: BTreeMap<UnitId, Vec<ByteRange>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, facts: &'a Facts, grammar: Grammar, effects: &'a Effects) -> Self {
        Self { subject, facts, grammar, effects, files: BTreeMap::new(), doubts: BTreeSet::new(), ledger: Vec::new() }
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

    /// Says that nothing needs what is evaluated at a place any more.
    pub(super) fn give_up(&mut self, unit: UnitId, place: ByteRange) {
        self.files.entry(unit).or_default().given_up.push(place);
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
    pub(super) fn finish(mut self) -> Finished {
        let names: BTreeMap<UnitId, Names> = (0..self.subject.sources.len())
            .filter_map(|position| {
                let unit = UnitId(u32::try_from(position).ok()?);
                let source = self.source(unit)?;
                let tree = source.tree.as_ref()?;
                Some((unit, Names::of(tree, source.file.text(), &self.grammar)))
            })
            .collect();
        let mut swept: BTreeMap<UnitId, Swept> = BTreeMap::new();
        let mut queue: BTreeSet<UnitId> = self.files.keys().copied().collect();
        for _ in 0..MOST_ROUNDS {
            let Some(unit) = queue.pop_first() else { break };
            let Some(result) = self.sweep(unit, &names) else { continue };
            for (name, kind, _) in &result.removed {
                if *kind == Kind::Import || *kind == Kind::Variable {
                    for other in self.release(unit, name, &names, &swept) {
                        queue.insert(other);
                    }
                }
            }
            swept.insert(unit, result);
            queue.extend(self.take_parameters(unit, &names, &swept));
        }
        let mut edits = Vec::new();
        let mut gone = BTreeMap::new();
        for (unit, file) in &self.files {
            let Some(source) = self.source(*unit) else { continue };
            let result = swept.remove(unit).unwrap_or_default();
            self.doubts.extend(result.doubts);
            for (name, why) in &result.kept {
                self.ledger.push(LedgerEntry::Assumed { text: format!("`{name}` stays: {why}.") });
            }
            let text = source.file.text();
            let mut places = result.gone.clone();
            places.extend(&file.forced);
            let is_statement = |place: ByteRange| self.is_statement(source, place);
            let deletions = lines::deletions(text, &places, is_statement);
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
            made.sort_by_key(|(place, _)| (place.start, place.end));
            for (place, replacement) in made {
                let span = source.file.span(place);
                edits.push(Edit {
                    path: source.file.path().to_owned(),
                    start_byte: span.start.byte,
                    end_byte: span.end.byte,
                    replacement,
                });
            }
            gone.insert(*unit, deletions);
        }
        Finished { edits, doubts: self.doubts, ledger: self.ledger, gone }
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
            let gone = swept.get(&unit).into_iter().flat_map(|swept| &swept.gone);
            given_up.chain(gone).any(|dead| dead.contains(place))
        };
        let fallen = parameters.fallen(unit, &is_dead);
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

    fn sweep(&self, unit: UnitId, names: &BTreeMap<UnitId, Names>) -> Option<Swept> {
        let source = self.source(unit)?;
        let tree = source.tree.as_ref()?;
        let draft = self.files.get(&unit)?;
        let neighbours: Vec<String> = match self.grammar.platform {
            crate::finding::Platform::Java => {
                super::java::package_texts(source).into_iter().map(|(_, text)| text).collect()
            }
            _ => Vec::new(),
        };
        let file = File {
            tree,
            text: source.file.text(),
            names: names.get(&unit)?,
            grammar: self.grammar,
            effects: self.effects,
            neighbours: &neighbours,
        };
        let elsewhere = |name: &str| {
            if neighbours.iter().any(|text| has_word(text, name)) {
                return true;
            }
            self.subject.sources.iter().zip(0_u32..).any(|(other, number)| {
                let other_unit = UnitId(number);
                other_unit != unit && has_word(other.file.text(), name)
            })
        };
        Some(sweep::sweep(&file, &draft.given_up, &draft.new_names, &draft.forced, &elsewhere))
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
                continue;
            }
            let text = source.file.text();
            let Some(tree) = &source.tree else { continue };
            // What is exported is a function or a value of the top level under this name, and the places that export it.
            let declared = known.declarations.iter().find(|one| {
                one.name == name && one.scope.0 == 0 && matches!(one.kind, Kind::Function | Kind::Variable)
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
                self.doubts.insert(format!(
                    "`{name}` of {} was taken out; nothing in the package uses it",
                    source.file.path()
                ));
                released.push(*unit);
            }
        }
        released
    }

    fn is_statement(&self, source: &Source, place: ByteRange) -> bool {
        let Some(tree) = &source.tree else { return true };
        let mut node = tree.root_node().descendant_for_byte_range(place.start, place.end);
        while let Some(here) = node {
            if super::names::range(here) != place {
                return false;
            }
            if self.grammar.is_statement(here)
                || here.kind() == "export_statement"
                || here.kind() == "decorated_definition"
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
fn has_word(text: &str, word: &str) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    text.match_indices(word)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + word.len()..].chars().next()))
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
