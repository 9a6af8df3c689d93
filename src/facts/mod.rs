//! From trees to facts: one intermediate form, three adapters that lower to it, one machine that evaluates it.
//!
//! The adapters ([`node`], [`java`], [`python`]) know the grammars and nothing else; the intermediate form ([`ir`]) has
//! no language in it; files that belong together are linked ([`program`]); the [`machine`] runs it and writes down the facts ([`fact`]). Nothing after this room sees a tree.

pub mod data;
pub mod fact;
pub mod ir;
pub mod java;
mod lower;
pub mod machine;
pub mod node;
pub mod program;
pub mod python;

pub use lower::lower;
