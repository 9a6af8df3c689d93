//! What a file with a key has to hold besides: the second of three looks, which spares nearly all files the third.
//!
//! A key is often an ordinary word that stands in thousands of files, and the pass that looks for all literals is ten times
//! slower than a vectorised search. So every key has a search of its own, over what the groups need that it can satisfy.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::cover::keys;
use super::{MOST_KEYS, contains, derive, is_covered};

/// What is looked for once a key was met.
#[derive(Debug)]
pub(super) enum Narrowing {
    /// The key alone may be enough.
    Enough,
    /// One of these few literals is needed besides.
    Few(Searcher),
    /// One of these many is.
    Many(AhoCorasick),
}

impl Narrowing {
    /// What a file that holds `key` has to hold besides, so that any of the groups can be satisfied which `key` stands for.
    /// `known` are all that the first look is for.
    pub(super) fn new(key: &str, known: &[String], groups: &BTreeSet<derive::Group>) -> Self {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let stands_for = |group: &&derive::Group| {
            // The first look relies on the members that are covered: the key has to be met in one of them.
            group.iter().any(|member| is_covered(member, &known) && member.iter().any(|literal| contains(literal, key)))
        };
        let is_met = |member: &derive::Member| member.iter().any(|literal| contains(key, literal));
        let left: BTreeSet<derive::Group> = groups
            .iter()
            .filter(stands_for)
            .map(|group| group.iter().filter(|member| !is_met(member)).cloned().collect())
            .collect();
        if left.iter().any(derive::Group::is_empty) {
            return Self::Enough;
        }
        let literals = keys(&left);
        if literals.len() <= MOST_KEYS
            && let Some(searcher) = searcher(&literals)
        {
            return Self::Few(searcher);
        }
        AhoCorasick::new(&literals).map_or(Self::Enough, Self::Many)
    }

    /// Whether the file may be a candidate for the sake of the key.
    pub(super) fn passes(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Enough => true,
            Self::Few(searcher) => searcher.find(bytes).is_some(),
            Self::Many(automaton) => automaton.is_match(bytes),
        }
    }
}

/// A vectorised search for any of some literals.
pub(super) fn searcher(literals: &[String]) -> Option<Searcher> {
    let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
    builder.extend(literals);
    builder.build()
}
