//! Reads files and asks the filter about them, one after another in one thread, with memory that does not grow.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::anchors::Filter;
use crate::source;

/// What a buffer has at first. Most source files fit, and it stays in the processor's cache.
const FIRST: usize = 128 << 10;
/// What it grows to: larger files are searched in pieces.
const MOST: usize = 1 << 20;

/// Tells candidates from other files.
#[derive(Debug)]
pub(super) struct Sifter<'filter> {
    filter: &'filter Filter,
    limit: usize,
    /// All of it may be written to; how much of it is filled is for each file to know.
    buffer: Vec<u8>,
}

impl<'filter> Sifter<'filter> {
    /// A sifter; files of more than `limit` bytes are not read whole.
    pub(super) fn new(filter: &'filter Filter, limit: usize) -> Self {
        Self { filter, limit, buffer: Vec::new() }
    }

    /// Whether a rule could find something in a file.
    pub(super) fn is_candidate(&mut self, path: &Path) -> io::Result<bool> {
        // Nothing but open, read and close: on a tree of small files every further call to the system is felt.
        let mut file = File::open(path)?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                if filled >= MOST {
                    return self.is_candidate_in_pieces(file, path);
                }
                self.buffer.resize((2 * filled).max(FIRST), 0);
            }
            match read(&mut file, &mut self.buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(self.judge(&self.buffer[..filled]))
    }

    fn judge(&self, bytes: &[u8]) -> bool {
        let decoded = source::decode_for_search(bytes);
        self.filter.is_candidate(decoded.as_deref().unwrap_or(bytes))
    }

    /// Goes through a file whose beginning fills the buffer. Only where a key turns up is it read whole.
    fn is_candidate_in_pieces(&mut self, mut file: File, path: &Path) -> io::Result<bool> {
        // UTF-16 is decoded as a whole.
        let mut suspected = source::decode_for_search(&self.buffer).is_some() || self.filter.has_key(&self.buffer);
        let overlap = self.filter.overlap().min(self.buffer.len() / 2);
        while !suspected {
            let end = self.buffer.len();
            self.buffer.copy_within(end - overlap.., 0);
            let mut filled = overlap;
            while filled < end {
                match read(&mut file, &mut self.buffer[filled..])? {
                    0 => break,
                    count => filled += count,
                }
            }
            if filled == overlap {
                return Ok(false);
            }
            suspected = self.filter.has_key(&self.buffer[..filled]);
        }
        // What is too large to be parsed is not read whole to be sure: a key is enough to name it.
        let size = fs::metadata(path)?.len();
        if usize::try_from(size).is_ok_and(|size| size <= self.limit) {
            Ok(self.judge(&fs::read(path)?))
        } else {
            Ok(true)
        }
    }
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
        let mut sifter = Sifter::new(&filter, 2 << 20);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.js");
        for before in [0, FIRST - 10, FIRST, MOST - 50, MOST - 20, MOST, 2 * MOST - 60, 3 * MOST] {
            for after in [0, 1, FIRST, MOST] {
                fs::write(&path, [&" ".repeat(before), EXCHANGE, &" ".repeat(after)].concat()).unwrap();
                assert!(sifter.is_candidate(&path).unwrap(), "{before} bytes before, {after} after");
                fs::write(&path, " ".repeat(before + after)).unwrap();
                assert!(!sifter.is_candidate(&path).unwrap(), "{} blanks", before + after);
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
        assert!(Sifter::new(&filter, 2 << 20).is_candidate(&path).unwrap());
    }
}
