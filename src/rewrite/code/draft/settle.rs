//! What falls with the old flow across the files of a program: names, what carries values to them, and whole modules, until
//! nothing more does.
//!
//! It decides what goes and records it in the draft; which bytes that takes is said elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::super::carried::Carried;
use super::super::disk;
use super::super::entries::{self, Entry, Places};
use super::super::environment::{self, Listed};
use super::super::flows::{self, Flows};
use super::super::names::{Declaration, Kind, Names, range};
use super::super::parameters::Parameters;
use super::super::sweep::{self, File, Swept};
use super::super::unwrap::{Callbacks, Unwrapped};
use super::{Draft, has_word, words};
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};
use crate::project::Source;

/// How often files are swept: what falls in one may let something fall in another.
const MOST_ROUNDS: usize = 64;

/// How far calls are followed from file to file, to know whether they do more than give a value.
const DEEPEST_CALL: usize = 3;

/// What falls, by file, and entries of settings that do.
pub(super) struct Settled {
    pub(super) swept: BTreeMap<UnitId, Swept>,
    pub(super) entries: Vec<Entry>,
}

impl<'a> Draft<'a> {
    /// Sweeps what nothing needs any more, file by file, until nothing more falls.
    pub(super) fn settle(&mut self) -> Settled {
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
        Settled { swept, entries }
    }

    /// Whether a place is given up, or has gone, and does not stand in the new code again.
    pub(super) fn is_dead(&self, swept: &BTreeMap<UnitId, Swept>, unit: UnitId, place: ByteRange) -> bool {
        if self.moved.iter().any(|(of, moved)| *of == unit && moved.contains(place)) {
            return false;
        }
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
        if self.grammar.platform != Platform::Node {
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
        if self.grammar.platform != Platform::Node {
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
        if self.grammar.platform != Platform::Node {
            return BTreeSet::new();
        }
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        // What the new code reads again is as needed as before.
        let is_new = |name: &str| {
            let texts = self.files.values().flat_map(|file| &file.replacements).map(|(_, text)| text);
            texts.into_iter().any(|text| has_word(text, name))
        };
        let listed = environment::listed(self.subject, &is_dead, &is_new);
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
        if self.grammar.platform != Platform::Node {
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
                    .map(|child| (unit, range(child)))
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
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        let none = BTreeSet::new();
        let new_names = self.files.get(&unit).map_or(&none, |draft| &draft.new_names);
        let fallen = parameters.fallen(unit, new_names, &is_dead);
        self.doubts.extend(parameters.public(&fallen));
        self.take(fallen)
    }

    /// Takes places out. Gives the files to sweep again.
    fn take(&mut self, fallen: Vec<(UnitId, ByteRange)>) -> BTreeSet<UnitId> {
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
        (self.grammar.platform == Platform::Python).then_some(Carried {
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
        let Some(carried) = self.carried(names) else { return BTreeSet::new() };
        let is_dead = |unit: UnitId, place: ByteRange| self.is_dead(swept, unit, place);
        let has_effect = |unit: UnitId, place: ByteRange| self.has_effect(names, unit, place);
        let fallen = carried.fallen(unit, &is_dead, &has_effect);
        self.take(fallen)
    }

    fn sweep(&self, unit: UnitId, names: &BTreeMap<UnitId, Names>, others: &BTreeMap<UnitId, Swept>) -> Option<Swept> {
        let source = self.source(unit)?;
        let draft = self.files.get(&unit)?;
        let neighbours: Vec<String> = match self.grammar.platform {
            Platform::Java => {
                super::super::java::package_texts(source, self.contents).into_iter().map(|(_, text)| text).collect()
            }
            _ => Vec::new(),
        };
        let value_elsewhere = |called: &str| self.gives_a_value(names, unit, called, DEEPEST_CALL);
        let file = self.file(unit, names, &neighbours, &value_elsewhere)?;
        let is_python = self.grammar.platform == Platform::Python;
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
            has_importers: self.grammar.platform == Platform::Node && self.is_imported(source),
            value_elsewhere,
        })
    }

    /// Whether the functions of other files that have a name do nothing but give a value.
    fn gives_a_value(&self, names: &BTreeMap<UnitId, Names>, from: UnitId, called: &str, depth: usize) -> bool {
        if self.values.contains(called) {
            return true;
        }
        if depth == 0 || self.grammar.platform != Platform::Node {
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
                        .is_some_and(|file| sweep::effect(&file, range(function)).is_none())
            })
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
                let is_shared = |one: &Declaration| one.name == name && one.scope.0 == 0 && one.kind == Kind::Function;
                let is_java = self.grammar.platform == Platform::Java;
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
                let is_class = self.grammar.platform == Platform::Python && one.kind == Kind::Other;
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
            if used_inside || (exports.is_empty() && !is_exported && self.grammar.platform == Platform::Node) {
                continue;
            }
            if self.grammar.platform == Platform::Java {
                continue;
            }
            let file = self.files.entry(*unit).or_default();
            let mut places = exports;
            if let Some(statement) = statement {
                places.push(range(statement));
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
                    Platform::Python => true,
                    Platform::Node => !matches!(stem, "index" | "main"),
                    Platform::Java => false,
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
            "object" => item = Some((range(outer), parent.named_child_count())),
            "export_specifier" => {
                let clause = parent.parent()?;
                let all = clause.named_child_count() == 1;
                return Some(range(if all { clause.parent()? } else { parent }));
            }
            "assignment_expression" => {
                let left = parent.child_by_field_name("left")?;
                let written = text.get(left.byte_range())?;
                if !written.starts_with("module.exports") && !written.starts_with("exports.") {
                    return None;
                }
                return match item {
                    Some((item, count)) if count > 1 => Some(item),
                    _ => Some(range(parent.parent()?)),
                };
            }
            kind if kind.ends_with("_statement") || kind.ends_with("_declaration") => return None,
            _ => {}
        }
        outer = parent;
    }
}
