//! What becomes of the keys of a credential when it is renewed, and what credentials of the new form say.
//!
//! It owns the reading of the rule files' `rewrite` tables against a document: which entry goes, which is renamed and to
//! what, which comes and where. How that is written, and whether it may be, is for `rewrite`.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Question, Reading, unquoted};
use super::recognise::{Found, OldEntry};
use crate::document::{Document, Kind};
use crate::rules::Catalog;
use crate::rules::credential::{KeyPath, Keys, Spelling, Words};
use crate::rules::rewriting::{KeyChange, NewValue, Rewrite};

/// What becomes of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The entry of the document.
    pub entry: usize,
    /// What becomes of it.
    pub action: Action,
    /// Whether its value is a secret.
    pub is_secret: bool,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It goes.
    Remove,
    /// It has another name, another value, or both.
    Change {
        /// Its new name.
        name: Option<String>,
        /// Its new value.
        value: Option<NewValue>,
    },
}

/// An entry that comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// The entry that it follows.
    pub after: usize,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: NewValue,
}

/// What becomes of a credential in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renewed {
    /// What becomes of entries, in the order of their places.
    pub steps: Vec<Step>,
    /// What comes.
    pub insertions: Vec<Insertion>,
    /// An old key of which it is not known what becomes.
    pub unclear: Option<String>,
    /// A key that should have come and has nothing that it could follow.
    pub unplaced: Option<String>,
}

/// What becomes of a credential in every place of the file that gives it. `is_read` says whether code of the repository
/// reads the file by the names of its keys.
pub fn renewal(
    document: &Document,
    found: &Found<'_>,
    rewrite: &Rewrite,
    catalog: &Catalog,
    is_read: bool,
) -> Vec<Renewed> {
    let reading = Reading::new(document, catalog);
    let first = (found.container, found.beginning.as_deref(), &found.old);
    let repeats = found.repeats.iter().map(|repeat| (repeat.container, repeat.beginning.as_deref(), &repeat.old));
    let spelling = found.kind.credential.spelling;
    let places = std::iter::once(first).chain(repeats);
    places
        .map(|(container, beginning, old)| {
            let level = reading.level(container);
            let question = Question { level: &level, spelling, beginning };
            let credential = &found.kind.credential;
            let secrets = [credential.secrets.as_ref(), credential.private_key.as_ref()];
            let secrets = secrets.into_iter().flat_map(|keys| reading.optional(question, keys)).collect();
            Renewing { reading: &reading, question, rewrite, is_read, secrets }.of(old)
        })
        .collect()
}

struct Renewing<'a> {
    reading: &'a Reading<'a, 'a>,
    question: Question<'a>,
    rewrite: &'a Rewrite,
    is_read: bool,
    /// The entries whose values are secrets.
    secrets: BTreeSet<usize>,
}

impl Renewing<'_> {
    fn of(&self, old: &[OldEntry]) -> Renewed {
        let mut renewed = Renewed::default();
        let mut steps: BTreeMap<usize, Action> = BTreeMap::new();
        let kept: BTreeSet<usize> =
            self.reading.optional(self.question, self.rewrite.keep.as_ref()).into_iter().collect();
        let mut given: BTreeSet<(Option<usize>, String)> = BTreeSet::new();
        for change in &self.rewrite.changes {
            for entry in self.reading.entries_of(self.question, &change.key) {
                if let Some(mut action) = self.changed(entry, change).filter(|_| !steps.contains_key(&entry)) {
                    // Of several that would get one name the first does.
                    let parent = self.reading.document.entries()[entry].parent;
                    if let Action::Change { name: Some(name), .. } = &action
                        && !given.insert((parent, name.clone()))
                    {
                        action = Action::Remove;
                    }
                    steps.insert(entry, action);
                }
            }
        }
        for entry in self.reading.optional(self.question, self.rewrite.remove.as_ref()) {
            steps.entry(entry).or_insert(Action::Remove);
        }
        for old in old {
            let known = steps.contains_key(&old.entry);
            let keeps = self.rewrite.changes.iter().any(|change| {
                change.only_unread && self.reading.entries_of(self.question, &change.key).contains(&old.entry)
            });
            if known || keeps || kept.contains(&old.entry) {
                continue;
            }
            if self.holds_exchange(old.entry) {
                let value = Some(NewValue::TokenEndpoint);
                steps.insert(old.entry, Action::Change { name: None, value });
            } else if old.replacement.is_none() || old.of_part {
                steps.insert(old.entry, Action::Remove);
            } else {
                renewed.unclear.get_or_insert_with(|| old.key.clone());
            }
        }
        self.insertions(&mut renewed, &given);
        self.container(&mut steps);
        // What goes with the map that holds it needs no step of its own.
        let gone: BTreeSet<usize> =
            steps.iter().filter(|(_, action)| **action == Action::Remove).map(|(&entry, _)| entry).collect();
        let is_inside = |entry: usize| {
            let entries = self.reading.document.entries();
            std::iter::successors(entries[entry].parent, |&above| entries[above].parent)
                .any(|above| gone.contains(&above))
        };
        let steps = steps.into_iter().filter(|&(entry, _)| !is_inside(entry));
        renewed.steps =
            steps.map(|(entry, action)| Step { entry, action, is_secret: self.secrets.contains(&entry) }).collect();
        renewed
    }

    fn changed(&self, entry: usize, change: &KeyChange) -> Option<Action> {
        if change.only_unread && self.is_read {
            return None;
        }
        let name = change.rename.as_ref().and_then(|name| self.spelt_like(entry, &change.key, name));
        // What is there by its new name already is not written twice.
        let parent = self.reading.document.entries()[entry].parent;
        let beside = parent.map(|parent| self.reading.document.children(parent)).unwrap_or_default();
        let is_there = name.as_ref().is_some_and(|name| {
            let key = |other: usize| self.reading.document.entries()[other].key_text();
            beside.iter().any(|&other| other != entry && key(other) == Some(name.as_str()))
        });
        Some(if is_there { Action::Remove } else { Action::Change { name, value: change.value.clone() } })
    }

    /// A name in the spelling of the key of an entry, which has one of some names.
    fn spelt_like(&self, entry: usize, keys: &Keys, name: &str) -> Option<String> {
        let words = self.reading.words[entry].as_ref()?;
        if self.question.spelling == Spelling::Exact {
            return Some(name.to_owned());
        }
        let prefixed = self.question.beginning.is_some();
        let last = keys.0.iter().filter_map(|path| path.0.last());
        let before = last.filter_map(|key| key.is_match(words, self.question.spelling, prefixed)).min()?;
        Some(respelt(words, before, name))
    }

    fn insertions(&self, renewed: &mut Renewed, given: &BTreeSet<(Option<usize>, String)>) {
        for insert in &self.rewrite.inserts {
            let container = self.question.level.container;
            let is_called = |name: &String| {
                container.and_then(|at| self.reading.document.entries()[at].key_text()) == Some(name.as_str())
            };
            if !insert.only_in.as_ref().is_none_or(is_called) {
                continue;
            }
            let mut anchors = insert.after.0.iter().flat_map(|path| {
                let keys = Keys(vec![KeyPath(path.0.clone())]);
                let first = self.reading.entries_of(self.question, &keys).first().copied();
                first.and_then(|entry| Some((entry, self.spelt_like(entry, &keys, &insert.key)?)))
            });
            let Some((after, name)) = anchors.next() else {
                renewed.unplaced.get_or_insert_with(|| insert.key.clone());
                continue;
            };
            let entries = self.reading.document.entries();
            let parent = entries[after].parent;
            let beside = parent.map(|parent| self.reading.document.children(parent)).unwrap_or_default();
            let is_given = given.contains(&(parent, name.clone()));
            if !is_given && !beside.iter().any(|&other| entries[other].key_text() == Some(name.as_str())) {
                renewed.insertions.push(Insertion { after, name, value: insert.value.clone() });
            }
        }
    }

    /// The map that holds the keys, and what stands beside it.
    fn container(&self, steps: &mut BTreeMap<usize, Action>) {
        let Some(container) = self.question.level.container else { return };
        if let Some(name) = &self.rewrite.container {
            steps.insert(container, Action::Change { name: Some(name.clone()), value: None });
        }
        let entries = self.reading.document.entries();
        let Some(above) = entries[container].parent else { return };
        let level = self.reading.level(Some(above));
        let question = Question { level: &level, ..self.question };
        for change in &self.rewrite.beside {
            for entry in self.reading.entries_of(question, &change.key) {
                let action = Action::Change { name: change.rename.clone(), value: change.value.clone() };
                steps.insert(entry, action);
            }
        }
    }

    fn holds_exchange(&self, entry: usize) -> bool {
        let held = &self.reading.document.entries()[entry];
        let paths = &self.reading.catalog.documents().documents.exchange_paths;
        held.kind == Kind::Scalar && paths.iter().any(|path| unquoted(&held.text).ends_with(path.as_str()))
    }
}

/// A name of several words, `client_secrets`, in the spelling of a key from one of its words on.
fn respelt(key: &Words<'_>, before: usize, name: &str) -> String {
    let lead = key.before(before);
    let tail = &key.written[lead.len()..];
    let separator = ["__", "_", "-", "."].into_iter().find(|separator| tail.contains(separator));
    let is_upper = !tail.chars().any(char::is_lowercase);
    let words = name.split('_').filter(|word| !word.is_empty());
    let has_humps = separator.is_none() && tail.chars().skip(1).any(char::is_uppercase) && !is_upper;
    // A key of one word does not say how several would be written: its beginning does.
    let outer = ["_", "-", "."].into_iter().find(|separator| lead.ends_with(separator));
    let starts_large = tail.starts_with(char::is_uppercase);
    let humped = has_humps || (separator.is_none() && outer.is_none() && starts_large && !is_upper);
    let mut written = lead.to_owned();
    for (at, word) in words.enumerate() {
        if is_upper {
            written.push_str(if at > 0 { separator.or(outer).unwrap_or("_") } else { "" });
            written.push_str(&word.to_uppercase());
        } else if humped {
            let capital = at > 0 || starts_large;
            let (first, rest) = word.split_at(1);
            written.push_str(&if capital { first.to_uppercase() } else { first.to_owned() });
            written.push_str(rest);
        } else {
            written.push_str(if at > 0 { separator.or(outer).unwrap_or("_") } else { "" });
            written.push_str(word);
        }
    }
    written
}

/// Scopes that a credential of the new form has, and its client id where it says it.
pub fn renewed(document: &Document, path: &str, catalog: &Catalog) -> Vec<(Option<String>, Vec<String>)> {
    if catalog.documents().is_other(path) || catalog.documents().is_template(path) {
        return Vec::new();
    }
    let reading = Reading::new(document, catalog);
    let mut all = Vec::new();
    for container in 0..document.entries().len() {
        if !document.entries()[container].kind.is_container() {
            continue;
        }
        let level = reading.level(Some(container));
        for known in &catalog.documents().documents.renewed {
            let question = Question { level: &level, spelling: Spelling::Any, beginning: Some("") };
            if !known.all.iter().all(|condition| reading.holds_any(question, condition)) {
                continue;
            }
            let scopes =
                reading.entries_of(question, &known.scopes).into_iter().map(|entry| scopes_of(&reading, entry));
            let Some(scopes) = scopes.into_iter().find(|scopes| !scopes.is_empty()) else { continue };
            let client_id = reading.optional(question, known.client_id.as_ref()).into_iter().find_map(|entry| {
                let text = unquoted(&document.entries()[entry].text);
                (!text.is_empty()).then(|| text.to_owned())
            });
            if !all.contains(&(client_id.clone(), scopes.clone())) {
                all.push((client_id, scopes));
            }
        }
    }
    all
}

/// The scopes that an entry lists; none where something in it is none.
fn scopes_of(reading: &Reading<'_, '_>, entry: usize) -> Vec<String> {
    let text = reading.whole_text(entry);
    let separators = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '"' | '\'');
    let words: Vec<&str> = text.split(separators).filter(|word| !word.is_empty()).collect();
    let is_scope = |word: &&str| {
        word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
            && reading.catalog.metascope(word).is_none_or(|_| words.len() > 1)
    };
    if words.iter().all(is_scope) { words.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_as_the_file_spells_them() {
        for (key, before, name, expected) in [
            ("ADOBE_META_SCOPES", 1, "scopes", "ADOBE_SCOPES"),
            ("META_SCOPES", 0, "scopes", "SCOPES"),
            ("metaScopes", 0, "scopes", "scopes"),
            ("MetaScopes", 0, "scopes", "Scopes"),
            ("adobeMetaScopes", 1, "scopes", "adobeScopes"),
            ("adobe.ims.meta-scopes", 2, "scopes", "adobe.ims.scopes"),
            ("AIO_ims_contexts_one_client__secret", 4, "client_secrets", "AIO_ims_contexts_one_client__secrets"),
            (
                "AIO_ims_contexts_one_technical__account__id",
                4,
                "technical_account_email",
                "AIO_ims_contexts_one_technical__account__email",
            ),
            ("clientId", 0, "oauth_scopes", "oauthScopes"),
            ("api_key", 0, "client_id", "client_id"),
            ("ADOBE_KEY", 1, "oauth_scopes", "ADOBE_OAUTH_SCOPES"),
        ] {
            assert_eq!(respelt(&Words::new(key), before, name), expected, "{key}");
        }
    }
}
