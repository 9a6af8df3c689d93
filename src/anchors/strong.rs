//! The strong anchors as a search: where in a text something stands that belongs to the old flow.

use aho_corasick::{AhoCorasick, MatchKind};

use super::derive;
use crate::finding::ByteRange;
use crate::rules::Catalog;

/// Finds every place that holds a strong anchor.
#[derive(Debug)]
pub struct Strong {
    literals: Vec<String>,
    /// Nothing where the rules have none.
    texts: Option<AhoCorasick>,
    /// The same in UTF-8 and in UTF-16, for files that are not decoded.
    bytes: Option<AhoCorasick>,
    longest: usize,
}

impl Strong {
    /// The search for the rules of a catalog.
    pub fn new(catalog: &Catalog) -> Self {
        let literals: Vec<String> = derive::strong_literals(catalog).into_iter().collect();
        let plain = literals.iter().map(|literal| literal.as_bytes().to_vec());
        // Of either byte order the same bytes, from the first letter's to the last one's.
        let wide = literals.iter().map(|literal| literal.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>());
        let encoded: Vec<Vec<u8>> = plain
            .chain(wide.map(|mut wide| {
                wide.pop();
                wide
            }))
            .collect();
        let automaton = |patterns: &[Vec<u8>]| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest).build(patterns).ok().filter(|_| !patterns.is_empty())
        };
        let longest = encoded.iter().map(Vec::len).max().unwrap_or(0);
        Self { texts: automaton(&encoded[..literals.len()]), bytes: automaton(&encoded), literals, longest }
    }

    /// The places in a text, in their order, each with the anchor it holds. A name that goes on in a letter is another name.
    pub fn places(&self, text: &str) -> Vec<(ByteRange, &str)> {
        let Some(automaton) = &self.texts else { return Vec::new() };
        let found = automaton.find_iter(text).filter(|found| {
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            !before.is_some_and(is_part_of_name) && !after.is_some_and(is_part_of_name)
        });
        found
            .map(|found| {
                (ByteRange::new(found.start(), found.end()), self.literals[found.pattern().as_usize()].as_str())
            })
            .collect()
    }

    /// The first anchor in the bytes of a file, whatever they are, and where it stands.
    pub fn first_in_bytes(&self, bytes: &[u8]) -> Option<(usize, &str)> {
        let found = self.bytes.as_ref()?.find(bytes)?;
        Some((found.start(), self.literals[found.pattern().as_usize() % self.literals.len()].as_str()))
    }

    /// How many bytes the pieces of a file have to share, so that no anchor is cut.
    pub fn overlap(&self) -> usize {
        self.longest.saturating_sub(1)
    }
}

/// A package's name goes on behind a dash, an endpoint's last segment does not: `exchange/jwt-tokens` is another.
fn is_part_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong() -> Strong {
        Strong::new(&Catalog::load(&[]).unwrap())
    }

    #[test]
    fn a_place_is_one_occurrence() {
        let strong = strong();
        let text = "a(\"/ims/exchange/jwt/\"); b('ims\\/exchange\\/jwt') // exchange/jwt-tokens, reexchange/jwt";
        let places: Vec<_> = strong.places(text).into_iter().map(|(range, _)| &text[range.start..range.end]).collect();
        assert_eq!(places, ["exchange/jwt", "exchange\\/jwt"]);
        assert!(strong.places("'exchange' + '/jwt'").is_empty());
    }

    #[test]
    fn bytes_of_any_encoding_are_searched() {
        let strong = strong();
        let text = "see /ims/exchange/jwt for it";
        assert_eq!(strong.first_in_bytes(text.as_bytes()), Some((9, "exchange/jwt")));
        for encode in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(encode).collect();
            assert_eq!(strong.first_in_bytes(&bytes).map(|(_, anchor)| anchor), Some("exchange/jwt"));
        }
    }
}
