//! Rewrites: what a finding's fix is, as edits of files.
//!
//! It owns the decision whether and how something is rewritten, and with which scopes. It opens and writes no file: whoever
//! asks hands over what was read, and does with the edits what they like.

pub mod command;
pub mod configuration;
pub mod plumbing;
pub mod scopes;
