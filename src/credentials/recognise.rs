//! Which entries of a document are the old credential: every kind is asked of every map, and of those that claim the same
//! keys the surest stays.

use std::collections::{BTreeMap, BTreeSet};

use super::material;
use super::reading::{Level, Question, Reading, unquoted};
use crate::document::{Document, Entry, Kind};
use crate::finding::{ByteRange, Language};
use crate::rules::Catalog;
use crate::rules::credential::{Condition, Credential, CredentialKind, KeyName, Sureness, ValuePattern, Within};
use crate::rules::rewriting::Names;

/// How many beginnings of names are tried in one map: a file with more is no configuration that anyone wrote.
const MOST_BEGINNINGS: usize = 32;

/// The longest text that is taken for a path.
const LONGEST_PATH: usize = 260;

/// The old credential, found in a document.
#[derive(Debug, Clone)]
pub struct Found<'catalog> {
    /// What kind it is.
    pub kind: &'catalog CredentialKind,
    /// From its first old key to the end of its last.
    pub range: ByteRange,
    /// The names of the maps around its keys, outermost first.
    pub path: Vec<String>,
    /// Whether nothing else looks like it.
    pub is_certain: bool,
    /// Its old keys, in the order of their places.
    pub old: Vec<OldEntry>,
    /// The client id as it is written, where it is.
    pub client_id: Option<String>,
    /// The metascopes that it names, sorted.
    pub metascopes: Vec<String>,
    /// Where private keys stand in it.
    pub private_keys: Vec<ByteRange>,
    /// The paths of key files that it names.
    pub key_files: Vec<String>,
    /// Values that are never shown.
    pub secrets: Vec<ByteRange>,
    /// Where the file gives it again, in the order of their places.
    pub repeats: Vec<Repeat>,
    /// The map that holds its keys; nothing where they are spread over the file.
    pub(super) container: Option<usize>,
    /// What its keys begin with.
    pub(super) beginning: Option<String>,
}

impl Found<'_> {
    fn is_general(&self) -> bool {
        self.container.is_none()
    }
}

/// One more place of the same file that gives a credential.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// From its first old key to the end of its last.
    pub range: ByteRange,
    /// Its old keys, in the order of their places.
    pub old: Vec<OldEntry>,
    /// The map that holds its keys; nothing where they are spread over the file.
    pub(super) container: Option<usize>,
    /// What its keys begin with.
    pub(super) beginning: Option<String>,
}

/// An old key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldEntry {
    /// The key with those around it, joined by dots.
    pub key: String,
    /// Where the key stands.
    pub range: ByteRange,
    /// What takes its place; nothing where it goes.
    pub replacement: Option<String>,
    pub(super) entry: usize,
    /// Whether it came with a piece of a credential, whose keys are those of another kind.
    pub(super) of_part: bool,
}

/// Finds the old credential in a document; `text` is the text that it was read from.
pub fn recognise<'catalog>(
    document: &Document,
    text: &str,
    path: &str,
    language: Language,
    catalog: &'catalog Catalog,
) -> Vec<Found<'catalog>> {
    if catalog.documents().is_other(path) {
        return Vec::new();
    }
    let reading = Reading::new(document, catalog);
    if reading.is_description() {
        return Vec::new();
    }
    let mut all: Vec<(usize, Found<'catalog>)> = Vec::new();
    for (position, kind) in catalog.credentials().iter().enumerate() {
        if kind.is_for(path, language) && kind.may_be_in(text) {
            all.extend(reading.of_kind(kind).into_iter().map(|found| (position, found)));
        }
    }
    // The surest first; then the one further outside, then the one of a known program, then the one with more keys, then the
    // one that stands first among the rule files.
    all.sort_by_key(|(position, found)| {
        let is_general = found.is_general();
        let surest = std::cmp::Reverse((found.is_certain, !is_general));
        let is_own = found.kind.credential.rewrite.as_ref().is_some_and(|rewrite| rewrite.names == Names::Own);
        (surest, found.path.len(), is_own, std::cmp::Reverse(found.old.len()), *position, found.range)
    });
    let mut kept: Vec<Found<'catalog>> = Vec::new();
    let mut general: Vec<ByteRange> = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (_, found) in all {
        let overlaps = |other: ByteRange| other.contains(found.range) || found.range.contains(other);
        // What is spread over the file overlaps what stands in one of its maps.
        let is_covered = general.iter().any(|&other| overlaps(other))
            || (found.is_general() && kept.iter().any(|other| overlaps(other.range)));
        let is_inside = found.container.is_some_and(|container| is_below(document, container, &taken));
        if !is_covered && !is_inside && found.old.iter().all(|old| !taken.contains(&old.entry)) {
            taken.extend(found.old.iter().map(|old| old.entry));
            general.extend(found.is_general().then_some(found.range));
            kept.push(found);
        } else if let Some(known) =
            kept.iter_mut().find(|known| known.range.start < found.range.end && found.range.start < known.range.end)
        {
            // A key file belongs to the credential, whichever kind has the key that names it.
            let more: Vec<String> =
                found.key_files.into_iter().filter(|file| !known.key_files.contains(file)).collect();
            known.key_files.extend(more);
        }
    }
    join_parts(&mut kept);
    kept.sort_by_key(|found| found.range);
    join_repeats(kept, document)
}

/// Whether one of the entries is the given one, or holds it.
fn is_below(document: &Document, entry: usize, entries: &BTreeSet<usize>) -> bool {
    let mut at = Some(entry);
    while let Some(position) = at {
        if entries.contains(&position) {
            return true;
        }
        at = document.entries()[position].parent;
    }
    false
}

/// What is a piece of a credential joins it, where it is clear which one that is.
fn join_parts(kept: &mut Vec<Found<'_>>) {
    let whole = |found: &Found<'_>| !found.kind.credential.part;
    let mut wholes = kept.iter().filter(|found| whole(found));
    let (Some(only), None) = (wholes.next(), wholes.next()) else { return };
    let rule = only.kind.credential.rule.clone();
    let (parts, mut others): (Vec<_>, Vec<_>) =
        kept.drain(..).partition(|found| !whole(found) && found.kind.credential.rule == rule);
    if let Some(credential) = others.iter_mut().find(|found| whole(found)) {
        for part in parts {
            credential.range = credential.range.cover(part.range);
            credential.old.extend(part.old.into_iter().map(|old| OldEntry { of_part: true, ..old }));
            credential.metascopes.extend(part.metascopes);
        }
        credential.old.sort_by_key(|old| old.range);
        credential.metascopes.sort();
        credential.metascopes.dedup();
    }
    kept.append(&mut others);
}

/// One credential that is handed to many, as a manifest hands it to each of its actions, is one.
fn join_repeats<'catalog>(kept: Vec<Found<'catalog>>, document: &Document) -> Vec<Found<'catalog>> {
    let mut joined: Vec<Found<'catalog>> = Vec::new();
    for found in kept {
        match joined.iter_mut().find(|known| is_repeat(known, &found, document)) {
            Some(known) => {
                known.is_certain |= found.is_certain;
                known.metascopes.extend(found.metascopes);
                known.metascopes.sort();
                known.metascopes.dedup();
                known.private_keys.extend(found.private_keys);
                known.key_files.extend(found.key_files);
                known.secrets.extend(found.secrets);
                let Found { range, old, container, beginning, .. } = found;
                known.repeats.push(Repeat { range, old, container, beginning });
            }
            None => joined.push(found),
        }
    }
    joined
}

/// Whether one is the other once more: their client ids and their old keys hold the same.
fn is_repeat(known: &Found<'_>, found: &Found<'_>, document: &Document) -> bool {
    let values = |found: &Found<'_>| -> Vec<(String, Vec<String>)> {
        let name = |old: &OldEntry| document.entries()[old.entry].key_text().unwrap_or_default().to_owned();
        let mut values: Vec<_> = found.old.iter().map(|old| (name(old), texts_below(document, old.entry))).collect();
        values.sort();
        values
    };
    std::ptr::eq(known.kind, found.kind)
        && known.client_id.is_some()
        && known.client_id == found.client_id
        && values(known) == values(found)
}

/// The scalars in an entry.
fn texts_below(document: &Document, entry: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut open = vec![entry];
    while let Some(position) = open.pop() {
        let entry = &document.entries()[position];
        if !entry.text.is_empty() {
            texts.push(entry.text.clone());
        }
        open.extend(document.children(position).iter().rev());
    }
    texts
}

impl<'catalog> Reading<'_, 'catalog> {
    fn of_kind(&self, kind: &'catalog CredentialKind) -> Vec<Found<'catalog>> {
        let mut all = Vec::new();
        for level in self.levels(kind) {
            let spelling = kind.credential.spelling;
            match &kind.beginning {
                None => all.extend(self.judge(kind, Question { level: &level, spelling, beginning: None })),
                // What does not hold with any beginning holds with none.
                Some(_) if !self.could_be(kind, &level) => {}
                Some(beginning) => {
                    let mut taken: BTreeSet<usize> = BTreeSet::new();
                    for tried in self.beginnings(kind, &level, beginning) {
                        let question = Question { level: &level, spelling, beginning: Some(&tried) };
                        let Some(found) = self.judge(kind, question) else { continue };
                        if found.old.iter().all(|old| !taken.contains(&old.entry)) {
                            taken.extend(found.old.iter().map(|old| old.entry));
                            all.push(found);
                        }
                    }
                }
            }
        }
        all
    }

    /// Whether a level holds what a kind needs, wherever its names begin.
    fn could_be(&self, kind: &CredentialKind, level: &Level) -> bool {
        let spelling = kind.credential.spelling;
        let question = Question { level, spelling, beginning: Some("") };
        kind.credential.all.iter().all(|condition| self.holds_any(question, condition))
    }

    /// The maps, or the whole file, in which a kind is looked for.
    fn levels(&self, kind: &CredentialKind) -> Vec<Level> {
        let entries = self.document.entries();
        if kind.credential.within == Within::File {
            let all = (0..entries.len()).filter(|&position| entries[position].key_text().is_some()).collect();
            return vec![Level { container: None, entries: all }];
        }
        let steps = &self.catalog.documents().documents.steps;
        (0..entries.len())
            .filter(|&position| entries[position].kind.is_container())
            .filter(|&position| entries[position].key_text().is_none_or(|key| !steps.iter().any(|step| step == key)))
            .filter(|&position| {
                let under = kind.credential.under.as_ref();
                under.is_none_or(|under| self.leads_to(under, position))
            })
            .map(|position| Level { container: Some(position), entries: self.document.children(position).to_vec() })
            .filter(|level| !level.entries.is_empty())
            .collect()
    }

    /// The beginnings of the names in a level that could be the kind's keys, the longest first.
    fn beginnings(&self, kind: &CredentialKind, level: &Level, needed: &str) -> Vec<String> {
        let credential = &kind.credential;
        let conditions = credential.all.iter().chain(&credential.any);
        let names: Vec<&KeyName> =
            conditions.flat_map(|condition| &condition.keys.0).filter_map(|path| path.0.first()).collect();
        let mut found: BTreeSet<String> = BTreeSet::new();
        if needed.is_empty() {
            found.insert(String::new());
        }
        for words in level.entries.iter().filter_map(|&entry| self.words[entry].as_ref()) {
            for name in &names {
                if let Some(before) = name.is_match(words, credential.spelling, true)
                    && words.beginning(before).starts_with(needed)
                    && found.len() < MOST_BEGINNINGS
                {
                    found.insert(words.beginning(before).to_owned());
                }
            }
        }
        let mut found: Vec<String> = found.into_iter().collect();
        found.sort_by_key(|beginning| std::cmp::Reverse(beginning.len()));
        found
    }

    fn judge(&self, kind: &'catalog CredentialKind, question: Question<'_>) -> Option<Found<'catalog>> {
        let credential = &kind.credential;
        let any = |conditions: &[Condition]| conditions.iter().any(|condition| self.holds_any(question, condition));
        let is_there = credential.all.iter().all(|condition| self.holds_any(question, condition))
            && (credential.any.is_empty() || any(&credential.any))
            && !any(&credential.unless);
        if !is_there {
            return None;
        }
        let entries = self.document.entries();
        let key_entries = self.optional(question, credential.private_key.as_ref());
        let (private_keys, others): (Vec<usize>, Vec<usize>) =
            key_entries.into_iter().partition(|&entry| material::is_private_key(&self.whole_text(entry)));
        let old = self.old_entries(question, credential, &private_keys);
        let spanned: Vec<usize> = if old.is_empty() {
            let conditions = credential.all.iter().chain(&credential.any);
            conditions.flat_map(|condition| self.holding(question, condition)).collect()
        } else {
            old.iter().map(|old| old.entry).collect()
        };
        let range = spanned.iter().map(|&entry| entries[entry].range()).reduce(ByteRange::cover)?;
        let secret = self.optional(question, credential.secrets.as_ref());
        let secrets = private_keys.iter().chain(&secret).map(|&entry| &entries[entry]);
        let client_id = self.optional(question, credential.client_id.as_ref()).into_iter().find_map(|entry| {
            let text = unquoted(&entries[entry].text);
            (!text.is_empty()).then(|| text.to_owned())
        });
        let path = question.level.container.map_or_else(Vec::new, |at| self.document.path(at));
        Some(Found {
            kind,
            range,
            path: path.into_iter().map(str::to_owned).collect(),
            is_certain: credential.confidence == Sureness::Certain || any(&credential.certain),
            old,
            client_id,
            metascopes: self.metascopes(question, credential.metascopes.as_ref()),
            private_keys: private_keys.iter().map(|&entry| entries[entry].value).collect(),
            key_files: others.iter().filter_map(|&entry| path_of(&entries[entry])).collect(),
            container: question.level.container,
            beginning: question.beginning.map(str::to_owned),
            secrets: secrets
                .filter(|entry| entry.kind != Kind::Reference && !entry.text.trim().is_empty())
                .map(|entry| entry.value)
                .collect(),
            repeats: Vec::new(),
        })
    }

    /// The old keys, in the order of their places: those that the kind lists, private keys, and endpoints whatever they are
    /// called.
    fn old_entries(&self, question: Question<'_>, credential: &Credential, private_keys: &[usize]) -> Vec<OldEntry> {
        let mut old: BTreeMap<usize, Option<String>> = BTreeMap::new();
        for listed in &credential.old {
            for entry in self.entries_of(question, &listed.key) {
                old.entry(entry).or_insert_with(|| listed.replacement.clone());
            }
        }
        for &entry in private_keys {
            old.entry(entry).or_insert(None);
        }
        for condition in credential.all.iter().chain(&credential.any) {
            if condition.values.iter().any(|value| matches!(value, ValuePattern::Exchange)) {
                for entry in self.holding(question, condition) {
                    old.entry(entry).or_insert_with(|| credential.endpoint.clone());
                }
            }
        }
        let mut old: Vec<OldEntry> = old
            .into_iter()
            .map(|(entry, replacement)| OldEntry {
                key: self.document.path(entry).join("."),
                range: self.document.entries()[entry].key,
                replacement,
                entry,
                of_part: false,
            })
            .collect();
        old.sort_by_key(|old| old.range);
        old
    }
}

/// The path that a value names, if it could be one.
fn path_of(entry: &Entry) -> Option<String> {
    let text = unquoted(&entry.text);
    let is_path = entry.kind == Kind::Scalar
        && !text.is_empty()
        && text.len() <= LONGEST_PATH
        && !text.contains(['\n', '<', '>', '*', '{', '$', '%'])
        && (text.contains(['.', '/', '\\']));
    is_path.then(|| text.replace('\\', "/"))
}
