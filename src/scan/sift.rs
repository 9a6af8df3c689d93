//! Reads files and asks the filter about them, one after another in one thread, with memory that does not grow.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::inspect::NOTEBOOK_ROOM;
use crate::anchors::{FamilyFilter, Filter, Keys};
use crate::contents::Contents;
use crate::finding::Language;
use crate::source;

/// What a buffer has at first. Most source files fit, and it stays in the processor's cache.
const FIRST: usize = 128 << 10;
/// What it grows to: larger files are searched in pieces.
const MOST: usize = 1 << 20;

/// Tells candidates from other files.
#[derive(Debug)]
pub(super) struct Sifter<'filter> {
    filter: &'filter Filter,
    contents: &'filter Contents,
    limit: usize,
    /// All of it may be written to; how much of it is filled is for each file to know.
    buffer: Vec<u8>,
}

impl<'filter> Sifter<'filter> {
    /// A sifter; files of more than `limit` bytes are not read whole.
    pub(super) fn new(filter: &'filter Filter, contents: &'filter Contents, limit: usize) -> Self {
        Self { filter, contents, limit, buffer: Vec::new() }
    }

    /// Whether a rule could find something in a file of a language.
    pub(super) fn is_candidate(&mut self, path: &Path, language: Language) -> io::Result<bool> {
        let filter = self.filter.of(language.family());
        if let Some(bytes) = self.contents.replacement(path) {
            return Ok(judge(filter, bytes) || (language == Language::Notebook && judge(filter, &unescaped(bytes))));
        }
        // Nothing but open, read and close: on a tree of small files every further call to the system is felt.
        let mut file = File::open(path)?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                if filled >= MOST && language == Language::Notebook {
                    return self.is_candidate_notebook(filter, path);
                }
                if filled >= MOST {
                    return self.is_candidate_in_pieces(filter, file, path);
                }
                self.buffer.resize((2 * filled).max(FIRST), 0);
            }
            match read(&mut file, &mut self.buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        let bytes = &self.buffer[..filled];
        Ok(judge(filter, bytes) || (language == Language::Notebook && judge(filter, &unescaped(bytes))))
    }

    /// A large notebook. Its outputs make it large, and the literals in its code may be escaped, so that it is held as a
    /// whole as long as it will be read.
    fn is_candidate_notebook(&mut self, filter: &FamilyFilter, path: &Path) -> io::Result<bool> {
        let size = usize::try_from(fs::metadata(path)?.len()).unwrap_or(usize::MAX);
        if size > self.limit.saturating_mul(NOTEBOOK_ROOM) {
            return self.is_candidate_in_pieces(filter, File::open(path)?, path);
        }
        let bytes = fs::read(path)?;
        Ok(judge(filter, &bytes) || judge(filter, &unescaped(&bytes)))
    }

    /// Goes through a file whose beginning fills the buffer. Only where a key turns up is it looked at in full.
    fn is_candidate_in_pieces(&mut self, filter: &FamilyFilter, mut file: File, path: &Path) -> io::Result<bool> {
        // UTF-16 is decoded as a whole.
        let is_utf_16 = source::decode_for_search(&self.buffer).is_some();
        let mut suspected = is_utf_16 || filter.has_key(&self.buffer);
        while !suspected {
            let Some(filled) = self.next_piece(filter, &mut file)? else { return Ok(false) };
            suspected = filter.has_key(&self.buffer[..filled]);
        }
        let size = fs::metadata(path)?.len();
        if is_utf_16 || usize::try_from(size).is_ok_and(|size| size <= self.limit) {
            return Ok(judge(filter, &fs::read(path)?));
        }
        // Too large to be parsed: it will be named as such if it is a candidate, and need not be held for that. The pass
        // for all literals is ten times slower than the two before it, which nearly always say that it is none.
        let mut keys = Keys::default();
        self.each_piece(filter, path, |piece| {
            filter.add_keys(&mut keys, piece);
            true
        })?;
        let mut may_be_candidate = false;
        self.each_piece(filter, path, |piece| {
            may_be_candidate = filter.has_what_keys_need(&keys, piece);
            !may_be_candidate
        })?;
        if !may_be_candidate {
            return Ok(false);
        }
        let mut pieces = filter.in_pieces();
        self.each_piece(filter, path, |piece| {
            pieces.add(piece);
            !pieces.is_candidate()
        })?;
        Ok(pieces.is_candidate())
    }

    /// Hands over a file in pieces that overlap, for as long as they are asked for.
    fn each_piece(
        &mut self,
        filter: &FamilyFilter,
        path: &Path,
        mut visit: impl FnMut(&[u8]) -> bool,
    ) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut filled = 0;
        while filled < self.buffer.len() {
            match read(&mut file, &mut self.buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        let mut more = visit(&self.buffer[..filled]);
        while more && let Some(filled) = self.next_piece(filter, &mut file)? {
            more = visit(&self.buffer[..filled]);
        }
        Ok(())
    }

    /// Reads the next piece behind the end of the last one; nothing where the file ends.
    fn next_piece(&mut self, filter: &FamilyFilter, file: &mut File) -> io::Result<Option<usize>> {
        let end = self.buffer.len();
        let overlap = filter.overlap().min(end / 2);
        self.buffer.copy_within(end - overlap.., 0);
        let mut filled = overlap;
        while filled < end {
            match read(file, &mut self.buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok((filled > overlap).then_some(filled))
    }
}

fn judge(filter: &FamilyFilter, bytes: &[u8]) -> bool {
    let decoded = source::decode_for_search(bytes);
    filter.is_candidate(decoded.as_deref().unwrap_or(bytes))
}

/// JSON with its slashes and quotes as they are meant. Only these two stand in literals that the filter looks for.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut unescaped = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let is_escape = matches!(rest.get(at + 1), Some(b'/' | b'"'));
        unescaped.extend_from_slice(&rest[..at]);
        let taken = if is_escape || rest.len() == at + 1 { at + 1 } else { at + 2 };
        unescaped.extend_from_slice(&rest[at + usize::from(is_escape)..taken]);
        rest = &rest[taken..];
    }
    unescaped.extend_from_slice(rest);
    unescaped
}

fn read(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalog;

    const EXCHANGE: &str = "post('https://ims-na1.adobelogin.com/ims/exchange/jwt')";

    #[test]
    fn a_file_is_judged_the_same_wherever_a_piece_ends() {
        let filter = Filter::new(&Catalog::load(&[]).unwrap()).unwrap();
        let contents = Contents::default();
        let mut sifter = Sifter::new(&filter, &contents, 2 << 20);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.js");
        for before in [0, FIRST - 10, FIRST, MOST - 50, MOST - 20, MOST, 2 * MOST - 60, 3 * MOST] {
            for after in [0, 1, FIRST, MOST] {
                fs::write(&path, [&" ".repeat(before), EXCHANGE, &" ".repeat(after)].concat()).unwrap();
                assert!(
                    sifter.is_candidate(&path, Language::JavaScript).unwrap(),
                    "{before} bytes before, {after} after"
                );
                fs::write(&path, " ".repeat(before + after)).unwrap();
                assert!(!sifter.is_candidate(&path, Language::JavaScript).unwrap(), "{} blanks", before + after);
            }
        }
        assert!(sifter.buffer.len() <= MOST);
    }

    #[test]
    fn large_files_in_utf_16_are_decoded() {
        let filter = Filter::new(&Catalog::load(&[]).unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.js");
        let text = format!("\u{feff}{}{EXCHANGE}", " ".repeat(MOST));
        fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
        assert!(Sifter::new(&filter, &Contents::default(), 2 << 20).is_candidate(&path, Language::JavaScript).unwrap());
    }
}
