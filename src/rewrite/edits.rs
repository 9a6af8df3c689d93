//! The edits of one file: in order, free of overlap, and applied to its bytes. What lies outside of them stays as it was,
//! to the byte.

use thiserror::Error;

use crate::finding::Edit;
use crate::source::Encoding;

/// Why edits cannot be applied. A planner made them, or the file is no longer what it planned for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Two edits want the same bytes.
    #[error("two edits of the same bytes do not fit together (bytes {first} and {second})")]
    Overlap {
        /// Where the one begins.
        first: usize,
        /// Where the other begins.
        second: usize,
    },
    /// An edit of bytes that are not there.
    #[error("an edit lies outside of the file (bytes {start} to {end} of {size})")]
    Outside {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
        /// How many bytes the file has.
        size: usize,
    },
    /// A text that the encoding of the file cannot hold.
    #[error("the new text has characters that {encoding} cannot hold")]
    Encoding {
        /// The encoding of the file.
        encoding: &'static str,
    },
}

/// Edits of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Replacement>);

/// One edit, whatever the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Replacement {
    start: usize,
    end: usize,
    text: String,
}

impl Edits {
    /// Puts edits of one file in their order. Two that say the same are one: several findings may ask for the same import or
    /// the same function. Other insertions at one place stay in the order in which they were given.
    pub fn new<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> Result<Self, Error> {
        let mut sorted: Vec<Replacement> = Vec::new();
        for edit in edits {
            let replacement =
                Replacement { start: edit.start_byte, end: edit.end_byte, text: edit.replacement.clone() };
            if !sorted.contains(&replacement) {
                sorted.push(replacement);
            }
        }
        // An insertion stands before what begins where it is made.
        sorted.sort_by_key(|edit| (edit.start, edit.end));
        for pair in sorted.windows(2) {
            let (one, other) = (&pair[0], &pair[1]);
            if other.start < one.end || (other.start == one.start && one.end > one.start) {
                return Err(Error::Overlap { first: one.start, second: other.start });
            }
        }
        Ok(Self(sorted))
    }

    /// The bytes of the file with the edits made. `encoding` is that of the file.
    pub fn apply(&self, bytes: &[u8], encoding: Encoding) -> Result<Vec<u8>, Error> {
        let mut result = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for edit in &self.0 {
            let Some(kept) = bytes.get(done..edit.start).filter(|_| edit.start <= edit.end && edit.end <= bytes.len())
            else {
                return Err(Error::Outside { start: edit.start, end: edit.end, size: bytes.len() });
            };
            result.extend_from_slice(kept);
            let text = encoding.encode(&edit.text).ok_or(Error::Encoding { encoding: encoding.name() })?;
            result.extend(text);
            done = edit.end;
        }
        result.extend_from_slice(&bytes[done..]);
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { path: "a".to_owned(), start_byte: start, end_byte: end, replacement: text.to_owned() }
    }

    fn applied(text: &str, edits: &[Edit]) -> Result<String, Error> {
        let bytes = Edits::new(edits)?.apply(text.as_bytes(), Encoding::Utf8)?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        let edits = [edit(4, 5, "Y"), edit(0, 1, "X"), edit(2, 2, "+"), edit(2, 2, "-"), edit(2, 3, "")];
        assert_eq!(applied("abcdef", &edits).unwrap(), "Xb+-dYf");
        assert_eq!(applied("abc", &[edit(3, 3, "!"), edit(0, 0, "?")]).unwrap(), "?abc!");
    }

    #[test]
    fn what_two_findings_ask_for_is_made_once() {
        assert_eq!(applied("ab", &[edit(0, 0, "import x;\n"), edit(0, 0, "import x;\n")]).unwrap(), "import x;\nab");
        assert_eq!(applied("ab", &[edit(0, 1, "X"), edit(0, 1, "X")]).unwrap(), "Xb");
    }

    #[test]
    fn overlap_and_outside_are_errors() {
        assert_eq!(applied("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(Error::Overlap { first: 0, second: 1 }));
        assert_eq!(applied("abc", &[edit(0, 2, "x"), edit(0, 2, "y")]), Err(Error::Overlap { first: 0, second: 0 }));
        assert_eq!(applied("abc", &[edit(0, 2, "x"), edit(1, 1, "y")]), Err(Error::Overlap { first: 0, second: 1 }));
        assert_eq!(applied("abc", &[edit(2, 4, "")]), Err(Error::Outside { start: 2, end: 4, size: 3 }));
        assert_eq!(applied("abc", &[edit(2, 1, "")]), Err(Error::Outside { start: 2, end: 1, size: 3 }));
    }

    #[test]
    fn new_text_is_written_in_the_encoding_of_the_file() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let edits = Edits::new(&[edit(2, 4, "𝄞")]).unwrap();
        assert_eq!(edits.apply(&utf16("abc"), Encoding::Utf16Le).unwrap(), utf16("a𝄞c"));
        let edits = Edits::new(&[edit(1, 2, "é")]).unwrap();
        assert_eq!(edits.apply(b"a\xe8c", Encoding::Latin1).unwrap(), b"a\xe9c");
        let edits = Edits::new(&[edit(1, 2, "→")]).unwrap();
        assert_eq!(edits.apply(b"abc", Encoding::Latin1), Err(Error::Encoding { encoding: "ISO-8859-1" }));
    }

    proptest! {
        #[test]
        fn what_lies_outside_stays(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            places in prop::collection::vec((0usize..70, 0usize..6, "[a-c\r\n]{0,4}"), 0..6),
        ) {
            let edits: Vec<Edit> = places.iter().map(|(at, long, text)| edit(*at, at + long, text)).collect();
            let Ok(ordered) = Edits::new(&edits) else { return Ok(()) };
            let Ok(result) = ordered.apply(&bytes, Encoding::Utf8) else { return Ok(()) };
            let (mut done, mut at) = (0, 0);
            for Replacement { start, end, text } in &ordered.0 {
                prop_assert_eq!(&bytes[done..*start], &result[at..at + (start - done)]);
                at += start - done;
                prop_assert_eq!(text.as_bytes(), &result[at..at + text.len()]);
                (at, done) = (at + text.len(), *end);
            }
            prop_assert_eq!(&bytes[done..], &result[at..]);
        }
    }
}
