//! What a scan leaves out, searched for strong anchors alone: vendored, generated, minified and hidden files, files that are too
//! large or no text, and what git ignores. Only `--prove-absent` asks for it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;

use crate::accounting::{Class, Place};
use crate::anchors::Strong;
use crate::finding::{Incomplete, Position, Span};
use crate::walk::{FileKinds, normal, reported_path};

/// How much of a file is held at once.
const PIECE: usize = 1 << 20;

/// What was found in what the scan left out.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// The first place of each file that holds something.
    pub(super) places: Vec<Place>,
    /// What could not be listed or read.
    pub(super) errors: Vec<Incomplete>,
    /// Archives: what is packed cannot be searched.
    pub(super) archives: Vec<String>,
}

/// Searches everything below the paths that was not read.
pub(super) fn sweep(paths: &[PathBuf], read: &BTreeSet<PathBuf>, kinds: &Arc<FileKinds>, strong: &Strong) -> Swept {
    let mut swept = Swept::default();
    let Some((first, others)) = paths.split_first() else { return swept };
    let mut builder = WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    let folders = Arc::clone(kinds);
    builder.standard_filters(false).follow_links(false).filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        !(is_folder && entry.depth() > 0 && folders.is_version_control(entry.file_name()))
    });
    let mut seen = BTreeSet::new();
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = paths.first().map(|path| reported_path(path)).unwrap_or_default();
                swept.errors.push(unreadable(path, &error.to_string()));
                continue;
            }
        };
        let absolute = normal(entry.path());
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if !is_file || read.contains(&absolute) || !seen.insert(absolute) {
            continue;
        }
        let path = reported_path(entry.path());
        if kinds.is_archive(entry.path()) {
            swept.archives.push(path.clone());
        }
        match search(entry.path(), strong) {
            Ok(None) => {}
            Ok(Some((place, anchor))) => {
                let below = paths.iter().find_map(|root| entry.path().strip_prefix(root).ok());
                let reason = format!("not read: {}", kinds.why_left_out(below.unwrap_or(entry.path())));
                let end = Position { byte: place.byte + anchor.len(), column: place.column + anchor.len(), ..place };
                let span = Span { start: place, end };
                swept.places.push(Place { path, span, anchor: anchor.to_owned(), class: Class::NotCovered, reason });
            }
            Err(error) => swept.errors.push(unreadable(path, &error.to_string())),
        }
    }
    swept.archives.sort();
    swept
}

fn unreadable(path: String, message: &str) -> Incomplete {
    let message = format!("cannot be read: {message}; allow this user to read it, or remove it");
    Incomplete { path, reason: "unreadable".to_owned(), message }
}

/// The first anchor of a file, searched in pieces, whatever its size.
fn search<'strong>(path: &Path, strong: &'strong Strong) -> io::Result<Option<(Position, &'strong str)>> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; PIECE];
    let (mut kept, mut start) = (0, 0);
    let (mut line, mut line_start) = (1, 0);
    loop {
        let mut filled = kept;
        while filled < buffer.len() {
            match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let found = strong.first_in_bytes(&buffer[..filled]);
        let until = found.map_or_else(|| filled.saturating_sub(strong.overlap()), |(at, _)| at);
        for newline in memchr::memchr_iter(b'\n', &buffer[..until]) {
            (line, line_start) = (line + 1, start + newline + 1);
        }
        if let Some((at, anchor)) = found {
            let byte = start + at;
            return Ok(Some((Position { line, column: byte - line_start + 1, byte }, anchor)));
        }
        if filled == kept || filled < buffer.len() {
            return Ok(None);
        }
        buffer.copy_within(until..filled, 0);
        kept = filled - until;
        start += until;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::rules::Catalog;

    #[test]
    fn an_anchor_is_found_wherever_a_piece_ends() {
        let strong = Strong::new(&Catalog::load(&[]).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        for before in [0, 10, PIECE - 6, PIECE, 3 * PIECE - 70] {
            fs::write(&path, [&"\n".repeat(before), "see /ims/exchange/jwt/"].concat()).unwrap();
            let (place, anchor) = search(&path, &strong).unwrap().unwrap();
            assert_eq!((anchor, place.byte, place.line, place.column), ("exchange/jwt", before + 9, before + 1, 10));
        }
        fs::write(&path, " ".repeat(2 * PIECE)).unwrap();
        assert_eq!(search(&path, &strong).unwrap(), None);
    }
}
