//! Files that no rule reads: documentation, lock files, other languages; and files that could not be read as what they are.

use std::path::Path;

use super::{Class, Occurrence, Standing, occurrences};
use crate::anchors::Strong;
use crate::finding::{Context, Position, Span};
use crate::source::SourceFile;
use crate::walk::FileKinds;

/// The places of a file that no rule reads.
pub fn in_other(
    file: &SourceFile,
    path: &Path,
    context: Context,
    kinds: &FileKinds,
    strong: &Strong,
) -> Vec<Occurrence> {
    let standing = if kinds.is_documentation(path) {
        Standing::new(Class::Comment, "documentation")
    } else if kinds.is_lock(path) {
        Standing::new(Class::Inert, "an entry of a lock file")
    } else {
        Standing::new(Class::NotCovered, "in a language that no rule reads")
    };
    occurrences(file, context, strong, |_| Some(standing))
}

/// The places of a file that was left out, or could not be read as what it is.
pub fn unread(file: &SourceFile, context: Context, strong: &Strong, why: &'static str) -> Vec<Occurrence> {
    occurrences(file, context, strong, |_| Some(Standing::new(Class::NotCovered, why)))
}

/// The first place in a file that is no text; lines and columns mean nothing there.
pub fn in_bytes(path: &str, bytes: &[u8], context: Context, strong: &Strong) -> Option<Occurrence> {
    let (byte, anchor) = strong.first_in_bytes(bytes)?;
    let standing = Some(Standing::new(Class::NotCovered, "in a file that is no text"));
    Some(Occurrence { path: path.to_owned(), span: place(byte, anchor), anchor: anchor.to_owned(), context, standing })
}

/// The span of an anchor in a file without lines.
pub(crate) fn place(byte: usize, anchor: &str) -> Span {
    let at = |byte| Position { line: 1, column: 1, byte };
    Span { start: at(byte), end: at(byte + anchor.len()) }
}
