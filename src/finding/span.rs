//! Places in a file: byte ranges for the machinery, lines and columns for people.

use serde::{Deserialize, Serialize};

/// Half-open range of byte offsets into the decoded UTF-8 text of a file (a byte order mark is not part of it).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRange {
    /// First byte.
    pub start: usize,
    /// First byte after.
    pub end: usize,
}

impl ByteRange {
    /// A range from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest range that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place in a file as the report gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode code points, from 1.
    pub column: usize,
    /// Byte of the file on disk, from 0, a byte order mark included.
    pub byte: usize,
}

/// A half-open stretch of a file: `end` is the first place after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First place.
    pub start: Position,
    /// First place after.
    pub end: Position,
}
