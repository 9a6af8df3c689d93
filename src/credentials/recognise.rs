//! Which entries of a document are the old credential: every kind is asked of every map, and of those that claim the same
//! keys the surest stays.

use std::collections::{BTreeMap, BTreeSet};

use super::material;
use crate::document::{Document, Entry, Kind};
use crate::finding::{ByteRange, Language};
use crate::rules::Catalog;
use crate::rules::credential::{
    Condition, CredentialKind, KeyName, KeyPath, Keys, Spelling, Sureness, ValuePattern, Within, Words,
};
use crate::rules::pattern::{Answer, Piece, TextPattern};

/// How many beginnings of names are tried in one map: a file with more is no configuration that anyone wrote.
const MOST_BEGINNINGS: usize = 64;

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
    entry: usize,
}

/// Finds the old credential in a document.
pub fn recognise<'catalog>(
    document: &Document,
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
        if kind.is_for(path, language) {
            all.extend(reading.of_kind(kind).into_iter().map(|found| (position, found)));
        }
    }
    // The surest first; then the one with more keys, then the one that stands first among the rule files.
    all.sort_by_key(|(position, found)| {
        let is_general = found.kind.credential.within == Within::File;
        (std::cmp::Reverse((found.is_certain, !is_general, found.old.len())), *position, found.range)
    });
    let mut kept: Vec<Found<'catalog>> = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (_, found) in all {
        let is_inside = kept.iter().any(|other| {
            let whole_file = [other, &found].iter().any(|one| one.kind.credential.within == Within::File);
            whole_file && (other.range.contains(found.range) || found.range.contains(other.range))
        });
        if !is_inside && found.old.iter().all(|old| !taken.contains(&old.entry)) {
            taken.extend(found.old.iter().map(|old| old.entry));
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.range);
    kept
}

/// A document, prepared for questions.
struct Reading<'document, 'catalog> {
    document: &'document Document,
    catalog: &'catalog Catalog,
    /// The words of every key.
    words: Vec<Option<Words<'document>>>,
}

/// The entries that are looked at together.
struct Level {
    /// The map that holds them; nothing for all of a file.
    container: Option<usize>,
    entries: Vec<usize>,
}

/// What is asked of a level: names are compared in this way, and belong together by this beginning.
#[derive(Clone, Copy)]
struct Question<'a> {
    level: &'a Level,
    spelling: Spelling,
    beginning: Option<&'a str>,
}

impl<'document, 'catalog> Reading<'document, 'catalog> {
    fn new(document: &'document Document, catalog: &'catalog Catalog) -> Self {
        let words = document.entries().iter().map(|entry| entry.key_text().map(Words::new)).collect();
        Self { document, catalog, words }
    }

    /// Whether the document describes an interface.
    fn is_description(&self) -> bool {
        let roots = self.document.entries().iter().enumerate().filter(|(_, entry)| entry.parent.is_none());
        roots.into_iter().any(|(root, _)| {
            let level = Level { container: Some(root), entries: self.document.children(root).to_vec() };
            let question = Question { level: &level, spelling: Spelling::Exact, beginning: None };
            let descriptions = &self.catalog.documents().documents.descriptions;
            descriptions.iter().any(|condition| self.holds_any(question, condition))
        })
    }

    fn of_kind(&self, kind: &'catalog CredentialKind) -> Vec<Found<'catalog>> {
        let mut all = Vec::new();
        for level in self.levels(kind) {
            let spelling = kind.credential.spelling;
            match &kind.beginning {
                None => all.extend(self.judge(kind, Question { level: &level, spelling, beginning: None })),
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

    /// Whether the names that lead to an entry end with a path.
    fn leads_to(&self, path: &KeyPath, entry: usize) -> bool {
        let mut at = Some(entry);
        path.0.iter().rev().all(|name| {
            // Positions in lists have no names.
            while let Some(position) = at {
                let held = &self.document.entries()[position];
                at = held.parent;
                if let Some(words) = &self.words[position] {
                    return name.is_match(words, Spelling::AnyCase, false).is_some();
                }
            }
            false
        })
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
        let conditions = credential.all.iter().chain(&credential.any);
        let matched: BTreeSet<usize> = conditions.flat_map(|condition| self.holding(question, condition)).collect();
        let mut old: BTreeMap<usize, OldEntry> = BTreeMap::new();
        for listed in &credential.old {
            for entry in self.entries_of(question, &listed.key) {
                old.entry(entry).or_insert_with(|| OldEntry {
                    key: self.document.path(entry).join("."),
                    range: self.document.entries()[entry].key,
                    replacement: listed.replacement.clone(),
                    entry,
                });
            }
        }
        // An endpoint is an old key whatever it is called.
        for condition in credential.all.iter().chain(&credential.any) {
            if condition.values.iter().any(|value| matches!(value, ValuePattern::Exchange)) {
                for entry in self.holding(question, condition) {
                    let key = self.document.path(entry).join(".");
                    let range = self.document.entries()[entry].key;
                    let replacement = credential.endpoint.clone();
                    old.entry(entry).or_insert(OldEntry { key, range, replacement, entry });
                }
            }
        }
        let mut old: Vec<OldEntry> = old.into_values().collect();
        old.sort_by_key(|old| old.range);
        let spanned = if old.is_empty() {
            matched.iter().copied().collect()
        } else {
            old.iter().map(|old| old.entry).collect::<Vec<_>>()
        };
        let ranges = spanned.iter().map(|&entry| self.document.entries()[entry].range());
        let range = ranges.reduce(ByteRange::cover)?;
        let key_entries: Vec<usize> = self.optional(question, credential.private_key.as_ref());
        let private_keys = key_entries.iter().filter(|&&entry| material::is_private_key(&self.whole_text(entry)));
        let private_keys: Vec<usize> = private_keys.copied().collect();
        let paths = key_entries.iter().filter(|entry| !private_keys.contains(entry));
        let key_files = paths.map(|&entry| &self.document.entries()[entry]).filter_map(path_of).collect();
        let secret = self.optional(question, credential.secrets.as_ref());
        let secrets = private_keys.iter().chain(&secret).map(|&entry| &self.document.entries()[entry]);
        let client_id = self.optional(question, credential.client_id.as_ref()).into_iter().find_map(|entry| {
            let text = unquoted(&self.document.entries()[entry].text);
            (!text.is_empty()).then(|| text.to_owned())
        });
        Some(Found {
            kind,
            range,
            path: question
                .level
                .container
                .map_or_else(Vec::new, |at| self.document.path(at).into_iter().map(str::to_owned).collect()),
            is_certain: credential.confidence == Sureness::Certain || any(&credential.certain),
            old,
            client_id,
            metascopes: self.metascopes(question, credential.metascopes.as_ref()),
            private_keys: private_keys.iter().map(|&entry| self.document.entries()[entry].value).collect(),
            key_files,
            secrets: secrets.filter(|entry| entry.kind != Kind::Reference).map(|entry| entry.value).collect(),
        })
    }

    fn optional(&self, question: Question<'_>, keys: Option<&Keys>) -> Vec<usize> {
        keys.map_or_else(Vec::new, |keys| self.entries_of(question, keys))
    }

    fn holds_any(&self, question: Question<'_>, condition: &Condition) -> bool {
        !self.holding(question, condition).is_empty()
    }

    /// The entries that satisfy a condition.
    fn holding(&self, question: Question<'_>, condition: &Condition) -> Vec<usize> {
        let mut entries = self.entries_of(question, &condition.keys);
        if !condition.values.is_empty() {
            entries.retain(|&entry| condition.values.iter().any(|value| self.has_value(entry, value)));
        }
        entries
    }

    /// The entries that have one of several names, in order.
    fn entries_of(&self, question: Question<'_>, keys: &Keys) -> Vec<usize> {
        let mut found = BTreeSet::new();
        for path in &keys.0 {
            self.follow(question, &path.0, &question.level.entries, true, &mut found);
        }
        found.into_iter().collect()
    }

    fn follow(
        &self,
        question: Question<'_>,
        names: &[KeyName],
        entries: &[usize],
        is_first: bool,
        found: &mut BTreeSet<usize>,
    ) {
        let Some((name, rest)) = names.split_first() else { return };
        let beginning = question.beginning.filter(|_| is_first);
        for &entry in entries {
            let Some(words) = &self.words[entry] else {
                // Items of a list are looked through.
                if !is_first {
                    self.follow(question, names, self.document.children(entry), false, found);
                }
                continue;
            };
            let matched = name.is_match(words, question.spelling, beginning.is_some());
            let belongs = matched
                .is_some_and(|before| beginning.is_none_or(|beginning| words.beginning(before).starts_with(beginning)));
            if !belongs {
                continue;
            }
            if rest.is_empty() {
                if self.is_value(entry) {
                    found.insert(entry);
                }
            } else {
                self.follow(question, rest, self.document.children(entry), false, found);
            }
        }
    }

    /// Whether an entry gives its key a value, instead of declaring or describing it.
    fn is_value(&self, entry: usize) -> bool {
        let held = &self.document.entries()[entry];
        match held.kind {
            Kind::Block => false,
            Kind::Map => {
                let describing = &self.catalog.documents().documents.describing;
                !self.document.children(entry).iter().any(|&child| {
                    let key = self.document.entries()[child].key_text();
                    key.is_some_and(|key| describing.iter().any(|known| known == key))
                })
            }
            _ => true,
        }
    }

    /// The text of a scalar, or the lines that a list gives.
    fn whole_text(&self, entry: usize) -> String {
        let held = &self.document.entries()[entry];
        if held.kind != Kind::List {
            return unquoted(&held.text).to_owned();
        }
        let lines = self.document.children(entry).iter().map(|&child| self.document.entries()[child].text.as_str());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn has_value(&self, entry: usize, wanted: &ValuePattern) -> bool {
        let held = &self.document.entries()[entry];
        if held.kind == Kind::List {
            return match wanted {
                ValuePattern::PrivateKey => material::is_private_key(&self.whole_text(entry)),
                _ => self.document.children(entry).iter().any(|&child| self.has_value(child, wanted)),
            };
        }
        let text = unquoted(&held.text);
        match wanted {
            ValuePattern::Text(pattern) => is_text(pattern, text),
            ValuePattern::Exchange => self.is_exchange(text),
            ValuePattern::PrivateKey => material::is_private_key(text),
            ValuePattern::Metascope => names_in(text).any(|name| self.is_metascope(name)),
        }
    }

    /// Whether a text is the address that a rule looks for, and nothing else.
    fn is_exchange(&self, text: &str) -> bool {
        if text.is_empty() || text.contains(char::is_whitespace) {
            return false;
        }
        let urls =
            self.catalog.rules().iter().flat_map(|rule| &rule.requests).filter_map(|request| request.url.as_ref());
        urls.into_iter().any(|url| url.answer(&[Piece::Literal(text)]) >= Answer::ElsewhereYes)
    }

    /// Whether a name is that of a metascope, with or without what a claim puts before it.
    fn is_metascope(&self, name: &str) -> bool {
        self.catalog.metascope(self.without_prefix(name)).is_some()
    }

    fn without_prefix<'text>(&self, name: &'text str) -> &'text str {
        let prefixes = self.catalog.rules().iter().filter_map(|rule| rule.rule.matches.metascope_prefix.as_deref());
        prefixes.filter_map(|prefix| name.rsplit_once(prefix)).map(|(_, scope)| scope).next().unwrap_or(name)
    }

    fn metascopes(&self, question: Question<'_>, keys: Option<&Keys>) -> Vec<String> {
        let mut found = BTreeSet::new();
        for entry in self.optional(question, keys) {
            let held = &self.document.entries()[entry];
            let texts = [held.key_text().unwrap_or_default().to_owned(), self.whole_text(entry)];
            for name in texts.iter().flat_map(|text| names_in(text)) {
                let scope = self.without_prefix(name);
                if self.catalog.metascope(scope).is_some() || (scope.starts_with("ent_") && scope.len() > 4) {
                    found.insert(scope.to_owned());
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The names in a list that is written as a text: by commas, blanks, or as JSON.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '"' | '\'' | '\\'))
        .filter(|name| !name.is_empty())
}

/// A value without the quotes that formats without quotes keep.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

fn is_text(pattern: &TextPattern, text: &str) -> bool {
    pattern.is_match(&[Piece::Literal(&text.to_ascii_lowercase())])
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
