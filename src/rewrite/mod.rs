//! x
pub mod diff;
pub mod dirty;
pub mod edits;
pub mod write;
