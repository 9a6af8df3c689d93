//! The literal filter: which files are worth a parse, decided on raw bytes.
//!
//! The literals follow from the rules (in `derive`); nobody writes them by hand. Three looks narrow the files down. One
//! vectorised search is for the rarest literal of every group at once, the keys. Where it meets a key, another is for what
//! the groups of this key need besides (in `narrow`). Only where that is met too are all literals looked for, and the groups
//! checked. On an ordinary tree that is well under one file in a hundred, and that is where the speed comes from.

mod cover;
mod derive;
mod narrow;
mod strong;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Span};
use thiserror::Error;

use self::cover::keys;
use self::narrow::Narrowing;
use crate::finding::Family;
use crate::rules::Catalog;

pub use strong::Strong;

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
    code: FamilyFilter,
    documents: FamilyFilter,
    others: FamilyFilter,
}

/// The filter for one family of files. Each has its own literals: what gives a configuration file away is often an
/// ordinary word in code.
#[derive(Debug)]
pub struct FamilyFilter {
    /// Nothing where no rule reads files of the family.
    search: Option<Searcher>,
    keys: Vec<String>,
    /// By the position of a key. Each is built when the first file has the key.
    narrowings: Vec<OnceLock<Narrowing>>,
    sources: BTreeSet<derive::Group>,
    /// All literals of the groups, each once.
    literals: Vec<String>,
    /// The groups, of a group the members, of a member the literals by position.
    groups: Vec<Vec<Vec<usize>>>,
    /// Finds all literals in one pass. It is built when the first file has a key.
    automaton: OnceLock<AhoCorasick>,
}

impl Filter {
    /// Builds the filter for all rules of a catalog.
    pub fn new(catalog: &Catalog) -> Result<Self, TooMany> {
        let of = |family| FamilyFilter::new(groups_of(family, catalog), literals(catalog, family));
        Ok(Self { code: of(Family::Code)?, documents: of(Family::Document)?, others: of(Family::Other)? })
    }

    /// The filter for files of a family.
    pub fn of(&self, family: Family) -> &FamilyFilter {
        match family {
            Family::Code => &self.code,
            Family::Document => &self.documents,
            Family::Key | Family::Other => &self.others,
        }
    }
}

impl FamilyFilter {
    fn new(sources: BTreeSet<derive::Group>, keys: Vec<String>) -> Result<Self, TooMany> {
        let literals: BTreeSet<&String> = sources.iter().flatten().flatten().collect();
        let position: BTreeMap<&String, usize> = literals.iter().copied().zip(0..).collect();
        let member = |member: &derive::Member| member.iter().map(|literal| position[literal]).collect();
        let groups = sources.iter().map(|group| group.iter().map(member).collect()).collect();
        let literals = literals.into_iter().cloned().collect();
        let search = if sources.is_empty() {
            None
        } else {
            let searcher = narrow::searcher(&keys).filter(|_| keys.len() <= MOST_KEYS);
            Some(searcher.ok_or(TooMany(keys.len()))?)
        };
        let narrowings = keys.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { search, keys, narrowings, sources, literals, groups, automaton: OnceLock::new() })
    }

    /// Whether a rule could find something in a file with these bytes. UTF-16 has to be decoded first.
    pub fn is_candidate(&self, bytes: &[u8]) -> bool {
        if !self.may_be_candidate(bytes) {
            return false;
        }
        let mut pieces = self.in_pieces();
        pieces.add(bytes);
        pieces.is_candidate()
    }

    /// The first two looks: whether a key is met, and what one of its groups needs besides.
    fn may_be_candidate(&self, bytes: &[u8]) -> bool {
        let Some(search) = &self.search else { return false };
        // Keys that were met in vain; there are at most 64.
        let mut vain = 0_u64;
        let mut start = 0;
        while let Some(found) = search.find_in(bytes, Span { start, end: bytes.len() }) {
            let key = found.pattern().as_usize();
            if vain & (1 << key) == 0 {
                if self.narrowing(key).passes(bytes) {
                    return true;
                }
                vain |= 1 << key;
            }
            // Not behind its end: another key may begin within it. Two never begin at one place, since none contains another.
            start = found.start() + 1;
        }
        false
    }

    /// Judges a file in pieces, for one that is too large to be held as a whole.
    pub fn in_pieces(&self) -> Pieces<'_> {
        Pieces { filter: self, found: vec![false; self.literals.len()] }
    }

    /// Whether these bytes hold a literal without which no file is a candidate. It can be asked of a file in pieces
    /// that overlap by [`FamilyFilter::overlap`].
    pub fn has_key(&self, bytes: &[u8]) -> bool {
        self.search.as_ref().is_some_and(|search| search.find(bytes).is_some())
    }

    /// Adds those keys to a set that these bytes hold.
    pub fn add_keys(&self, keys: &mut Keys, bytes: &[u8]) {
        let Some(search) = &self.search else { return };
        let mut start = 0;
        while let Some(found) = search.find_in(bytes, Span { start, end: bytes.len() }) {
            keys.0 |= 1 << found.pattern().as_usize();
            start = found.start() + 1;
        }
    }

    /// Whether these bytes hold what one of the keys needs besides. It can be asked of a file in pieces, once all its
    /// keys are known.
    pub fn has_what_keys_need(&self, keys: &Keys, bytes: &[u8]) -> bool {
        (0..self.keys.len()).filter(|key| keys.0 & (1 << key) != 0).any(|key| self.narrowing(key).passes(bytes))
    }

    fn narrowing(&self, key: usize) -> &Narrowing {
        self.narrowings[key].get_or_init(|| Narrowing::new(&self.keys[key], &self.keys, &self.sources))
    }

    /// How many bytes the pieces of a file have to share, so that no literal is cut.
    pub fn overlap(&self) -> usize {
        let literals = self.literals.iter().chain(&self.keys);
        literals.map(String::len).max().unwrap_or(0).saturating_sub(1)
    }

    fn automaton(&self) -> &AhoCorasick {
        self.automaton.get_or_init(|| {
            AhoCorasick::new(&self.literals).expect("invariant: a few hundred short literals make an automaton")
        })
    }
}

/// The keys that a file holds, as far as it was looked through.
#[derive(Debug, Default)]
pub struct Keys(u64);

/// The literals that were met so far in a file that comes in pieces.
#[derive(Debug)]
pub struct Pieces<'filter> {
    filter: &'filter FamilyFilter,
    /// By the position of the literal.
    found: Vec<bool>,
}

impl Pieces<'_> {
    /// Looks through the next piece. Pieces have to overlap by [`FamilyFilter::overlap`].
    pub fn add(&mut self, piece: &[u8]) {
        for found in self.filter.automaton().find_overlapping_iter(piece) {
            self.found[found.pattern().as_usize()] = true;
        }
    }

    /// Whether what was met makes a candidate.
    pub fn is_candidate(&self) -> bool {
        let has = |literal: &usize| self.found[*literal];
        self.filter.groups.iter().any(|group| group.iter().all(|member| member.iter().any(has)))
    }
}

fn groups_of(family: Family, catalog: &Catalog) -> BTreeSet<derive::Group> {
    let rules = catalog.rules().iter();
    match family {
        Family::Code => rules
            .filter(|rule| !rule.rule.platforms.is_empty())
            .flat_map(|rule| derive::groups(rule, catalog))
            .chain(derive::of_sdks(catalog))
            .chain(derive::strong(catalog))
            .chain(derive::of_suppressions(catalog))
            .collect(),
        Family::Document => derive::of_documents(catalog),
        Family::Key | Family::Other => derive::strong(catalog),
    }
}

/// The literals that the search of a family's files begins with, for measurements.
pub fn literals(catalog: &Catalog, family: Family) -> Vec<String> {
    if family != Family::Code {
        return keys(&groups_of(family, catalog));
    }
    let of_rules = catalog.rules().iter().flat_map(|rule| derive::groups(rule, catalog));
    let others = derive::keys_of_sdks(catalog).into_iter().chain(derive::strong(catalog));
    keys(&of_rules.chain(others).chain(derive::of_suppressions(catalog)).collect())
}

/// What a candidate holds: any of these groups, of a group every member, of a member any literal. For measurements.
pub fn groups(catalog: &Catalog, family: Family) -> Vec<Vec<Vec<String>>> {
    let listed = |group: derive::Group| group.into_iter().map(|member| member.into_iter().collect()).collect();
    groups_of(family, catalog).into_iter().map(listed).collect()
}

/// Whether every file that holds a literal of the member also holds one of these keys.
fn is_covered(member: &derive::Member, keys: &[&str]) -> bool {
    member.iter().all(|literal| keys.iter().any(|key| contains(literal, key)))
}

/// As `str::contains`, without the preparation that only pays for long texts.
fn contains(literal: &str, key: &str) -> bool {
    key.is_empty() || literal.as_bytes().windows(key.len()).any(|window| window == key.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(groups: &[&[&[&str]]]) -> BTreeSet<derive::Group> {
        let member = |member: &&[&str]| member.iter().map(|literal| (*literal).to_owned()).collect();
        groups.iter().map(|group| group.iter().map(member).collect()).collect()
    }

    #[test]
    fn a_key_that_settles_many_groups_is_chosen_once() {
        let names: Vec<String> = (b'a'..b'u').map(|letter| char::from(letter).to_string().repeat(8)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let groups =
            groups(&[&[&["/s/"], &names], &[&["/s/"], &["/c/"], &["jwt", "jose"]], &[&["/s/ent_"]], &[&["form"]]]);
        assert_eq!(keys(&groups), ["/s/", "form"]);
    }

    #[test]
    fn spellings_of_one_thing_are_found_by_what_they_share() {
        let groups =
            groups(&[&[&["exchange/jwt", "exchange/v1/jwt", "exchange\\/jwt", "exchange\\/v1\\/jwt"]], &[&["form"]]]);
        assert_eq!(keys(&groups), ["/jwt", "form"]);
    }

    #[test]
    fn every_group_of_the_shipped_rules_has_a_key() {
        let catalog = Catalog::load(&[]).unwrap();
        let keys = literals(&catalog, Family::Code);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        assert!(keys.len() <= 20, "{keys:?}");
        for group in groups_of(Family::Code, &catalog) {
            assert!(group.iter().any(|member| is_covered(member, &keys)), "{group:?}");
        }
    }

    #[test]
    fn no_look_leaves_out_what_a_group_asks_for() {
        let catalog = Catalog::load(&[]).unwrap();
        let filters = Filter::new(&catalog).unwrap();
        for family in [Family::Code, Family::Document, Family::Other] {
            let filter = filters.of(family);
            for group in super::groups(&catalog, family) {
                let most = group.iter().map(Vec::len).max().unwrap();
                for number in 0..most {
                    let chosen: Vec<&str> = group.iter().map(|member| member[number % member.len()].as_str()).collect();
                    assert!(filter.is_candidate(chosen.join("\n").as_bytes()), "{chosen:?}");
                    let backwards: Vec<&str> = chosen.iter().rev().copied().collect();
                    assert!(filter.is_candidate(backwards.join("").as_bytes()), "{backwards:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_within_another_is_met() {
        let sources = groups(&[&[&["abcd"], &["first"]], &[&["cdef"], &["second"]]]);
        let filter = FamilyFilter::new(sources, vec!["abcd".to_owned(), "cdef".to_owned()]).unwrap();
        assert!(filter.is_candidate(b"abcdef second"));
        assert!(filter.is_candidate(b"first abcdef"));
        assert!(!filter.is_candidate(b"abcd second"));
    }

    #[test]
    fn pieces_overlap_so_that_no_literal_is_cut() {
        let catalog = Catalog::load(&[]).unwrap();
        let filters = Filter::new(&catalog).unwrap();
        let filter = filters.of(Family::Code);
        let longest = super::groups(&catalog, Family::Code).iter().flatten().flatten().map(String::len).max().unwrap();
        assert_eq!(filter.overlap(), longest - 1);
    }

    #[test]
    fn a_file_in_pieces_is_judged_as_a_whole() {
        let catalog = Catalog::load(&[]).unwrap();
        let filters = Filter::new(&catalog).unwrap();
        let filter = filters.of(Family::Code);
        for text in ["jwt_token … client_secret", "jwt_token alone", "nothing", "x/ims/exchange/jwt/"] {
            let text = format!("{}{text}{}", "-".repeat(100), "-".repeat(100));
            let mut pieces = filter.in_pieces();
            let (size, overlap) = (filter.overlap() + 7, filter.overlap());
            let mut start = 0;
            while start < text.len() {
                pieces.add(&text.as_bytes()[start..text.len().min(start + size)]);
                start += size - overlap;
            }
            assert_eq!(pieces.is_candidate(), filter.is_candidate(text.as_bytes()), "{text}");
        }
    }
}
