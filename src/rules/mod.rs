//! What to look for, as data: the files under `rules/`, loaded, checked and indexed.
//!
//! It owns the file format ([`schema`], [`guidance`], [`targets`]), the strict loading with file, line and column of every mistake ([`load`]),
//! the URL and text patterns ([`pattern`]) and the index that the other rooms ask ([`Catalog`]). It matches nothing
//! against code.

mod catalog;
pub mod code;
pub mod commands;
pub mod credential;
pub mod effects;
pub mod guidance;
pub mod load;
pub mod pattern;
pub mod rewriting;
pub mod schema;
pub mod sdk_rewriting;
pub mod targets;

pub use effects::Effects;

pub use catalog::{AssertionPattern, Catalog, CompiledRule, Index, LifetimePattern, RequestPattern, normal_name};
