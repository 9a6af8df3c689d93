//! How much a file may cost, and what is said when it costs more.

use std::time::Duration;

use thiserror::Error;

use crate::finding::Language;

/// What one file may cost. What goes beyond is reported as incomplete, never read in part in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub size: usize,
    /// Levels of the tree. Whoever walks a tree by recursion may rely on it.
    pub depth: usize,
    /// Time for one parse.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { size: 2 * 1024 * 1024, depth: 1_500, time: Duration::from_secs(5) }
    }
}

impl Limits {
    /// Whether a file of this size is read at all: worth asking before it is decoded.
    pub fn check_size(&self, size: usize) -> Result<(), ParseError> {
        if size > self.size { Err(ParseError::TooLarge { size, limit: self.size }) } else { Ok(()) }
    }
}

/// Why a text was not parsed. The file goes beyond a limit; whether the file or the limit is at fault, only its owner
/// can tell.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Too many bytes.
    #[error(
        "this file has {size} bytes, more than the {limit} that are parsed. If a tool made it, leave it out with an \
         ignore rule; else split it, or look through it by hand"
    )]
    TooLarge {
        /// Its bytes.
        size: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Nested too deeply.
    #[error(
        "this file is nested {depth} levels deep or more, beyond the limit. If a tool made it, leave it out with an \
         ignore rule; else split the deep expression"
    )]
    TooDeep {
        /// The level at which the limit was passed.
        depth: usize,
    },
    /// A language that has no grammar here. It is a mistake of whoever asked.
    #[error("there is no grammar for {}", .language.name())]
    NoGrammar {
        /// The language.
        language: Language,
    },
    /// The parser did not come to an end in time.
    #[error(
        "parsing this file took longer than {} s and was stopped. If a tool made it, leave it out with an ignore rule; \
         else run again when the machine is less busy",
        .limit.as_secs_f32()
    )]
    Timeout {
        /// The time it had.
        limit: Duration,
    },
}

impl ParseError {
    /// The reason that reports give: see [`Incomplete::reason`](crate::finding::Incomplete::reason).
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::TooDeep { .. } => "too_deep",
            Self::NoGrammar { .. } => "internal_error",
            Self::Timeout { .. } => "timeout",
        }
    }
}
