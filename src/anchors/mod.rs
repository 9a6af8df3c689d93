//! The literal filter: which files are worth a parse, decided on raw bytes.
//!
//! The literals follow from the rules (in `derive`); nobody writes them by hand. One vectorised search looks for the
//! rarest literal of every group at once; only where it hits are the groups checked in full. On an ordinary tree that is
//! well under one file in a hundred, and that is where the speed comes from.

mod derive;

use std::collections::BTreeSet;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem::Finder;
use thiserror::Error;

use crate::rules::Catalog;

/// The most patterns that the vectorised search takes.
const MOST_KEYS: usize = 64;

/// A set of rules from which no filter can be built. It is the fault of whoever wrote the rules.
#[derive(Debug, Error)]
#[error(
    "the rules give {0} separate literals to look for, and the filter takes {MOST_KEYS}; give the rules fewer patterns"
)]
pub struct TooMany(usize);

/// Decides whether a file could hold anything that a rule finds.
#[derive(Debug)]
pub struct Filter {
    keys: Searcher,
    groups: Vec<Vec<Vec<Finder<'static>>>>,
}

impl Filter {
    /// Builds the filter for all rules of a catalog.
    pub fn new(catalog: &Catalog) -> Result<Self, TooMany> {
        let groups: BTreeSet<derive::Group> =
            catalog.rules().iter().flat_map(|rule| derive::groups(rule, catalog)).collect();
        let keys = keys(&groups);
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(&keys);
        let keys = builder.build().filter(|_| keys.len() <= MOST_KEYS).ok_or(TooMany(keys.len()))?;
        let groups = groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|member| member.iter().map(|literal| Finder::new(literal).into_owned()).collect())
                    .collect()
            })
            .collect();
        Ok(Self { keys, groups })
    }

    /// Whether a rule could find something in a file with these bytes. UTF-16 has to be decoded first.
    pub fn is_candidate(&self, bytes: &[u8]) -> bool {
        self.keys.find(bytes).is_some()
            && self
                .groups
                .iter()
                .any(|group| group.iter().all(|member| member.iter().any(|literal| literal.find(bytes).is_some())))
    }
}

/// The literals that a search for a rule begins with, for `grantshift rules` and for measurements.
pub fn literals(catalog: &Catalog) -> Vec<String> {
    let groups: BTreeSet<derive::Group> =
        catalog.rules().iter().flat_map(|rule| derive::groups(rule, catalog)).collect();
    keys(&groups)
}

/// Literals shorter than this hit everywhere and are the last choice for a key.
const SHORTEST_KEY: usize = 5;

/// One member of every group: the one that adds the fewest literals to those that are looked for already, and of several
/// the one with the longest literals. A literal that contains another key is left to it.
fn keys(groups: &BTreeSet<derive::Group>) -> Vec<String> {
    let mut ordered: Vec<&derive::Group> = groups.iter().collect();
    ordered.sort_by_key(|group| group.len());
    let mut chosen: BTreeSet<&str> = BTreeSet::new();
    for group in ordered {
        let cost = |member: &&derive::Member| {
            let added = member.iter().filter(|literal| !chosen.iter().any(|key| literal.contains(key))).count();
            let shortest = member.iter().map(String::len).min().unwrap_or(0);
            (shortest < SHORTEST_KEY, added, std::cmp::Reverse(shortest))
        };
        let cheapest = group.iter().min_by_key(cost);
        chosen.extend(cheapest.into_iter().flatten().map(String::as_str));
    }
    let covered = |literal: &str| chosen.iter().any(|other| *other != literal && literal.contains(other));
    chosen.iter().filter(|literal| !covered(literal)).map(|literal| (*literal).to_owned()).collect()
}
