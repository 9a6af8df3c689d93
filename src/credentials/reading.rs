//! A document, prepared for questions: which entries have a name, what they hold.

use std::collections::BTreeSet;

use super::material;
use crate::document::{Document, Kind};
use crate::rules::Catalog;
use crate::rules::credential::{Condition, KeyName, KeyPath, Keys, Spelling, ValuePattern, Words};
use crate::rules::pattern::{Answer, Piece, TextPattern};

/// A document, prepared for questions.
pub(super) struct Reading<'document, 'catalog> {
    pub(super) document: &'document Document,
    pub(super) catalog: &'catalog Catalog,
    /// The words of every key.
    pub(super) words: Vec<Option<Words<'document>>>,
}

/// The entries that are looked at together.
pub(super) struct Level {
    /// The map that holds them; nothing for all of a file.
    pub(super) container: Option<usize>,
    pub(super) entries: Vec<usize>,
}

/// What is asked of a level: names are compared in this way, and belong together by this beginning.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) level: &'a Level,
    pub(super) spelling: Spelling,
    pub(super) beginning: Option<&'a str>,
}

impl<'document, 'catalog> Reading<'document, 'catalog> {
    pub(super) fn new(document: &'document Document, catalog: &'catalog Catalog) -> Self {
        let words = document.entries().iter().map(|entry| entry.key_text().map(Words::new)).collect();
        Self { document, catalog, words }
    }

    /// The entries of a map; all of a file where there is none.
    pub(super) fn level(&self, container: Option<usize>) -> Level {
        let entries = match container {
            Some(container) => self.document.children(container).to_vec(),
            None => (0..self.document.entries().len())
                .filter(|&position| self.document.entries()[position].key_text().is_some())
                .collect(),
        };
        Level { container, entries }
    }

    /// Whether the document describes an interface.
    pub(super) fn is_description(&self) -> bool {
        let roots = self.document.entries().iter().enumerate().filter(|(_, entry)| entry.parent.is_none());
        roots.into_iter().any(|(root, _)| {
            let level = Level { container: Some(root), entries: self.document.children(root).to_vec() };
            let question = Question { level: &level, spelling: Spelling::Exact, beginning: None };
            let descriptions = &self.catalog.documents().documents.descriptions;
            descriptions.iter().any(|condition| self.holds_any(question, condition))
        })
    }

    /// Whether the names that lead to an entry end with a path.
    pub(super) fn leads_to(&self, path: &KeyPath, entry: usize) -> bool {
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

    pub(super) fn optional(&self, question: Question<'_>, keys: Option<&Keys>) -> Vec<usize> {
        keys.map_or_else(Vec::new, |keys| self.entries_of(question, keys))
    }

    pub(super) fn holds_any(&self, question: Question<'_>, condition: &Condition) -> bool {
        !self.holding(question, condition).is_empty()
    }

    /// The entries that satisfy a condition.
    pub(super) fn holding(&self, question: Question<'_>, condition: &Condition) -> Vec<usize> {
        let mut entries = self.entries_of(question, &condition.keys);
        if !condition.values.is_empty() {
            entries.retain(|&entry| condition.values.iter().any(|value| self.has_value(entry, value)));
        }
        entries
    }

    /// The entries that have one of several names, in order.
    pub(super) fn entries_of(&self, question: Question<'_>, keys: &Keys) -> Vec<usize> {
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
    pub(super) fn whole_text(&self, entry: usize) -> String {
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

    pub(super) fn metascopes(&self, question: Question<'_>, keys: Option<&Keys>) -> Vec<String> {
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
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

fn is_text(pattern: &TextPattern, text: &str) -> bool {
    pattern.is_match(&[Piece::Literal(&text.to_ascii_lowercase())])
}
