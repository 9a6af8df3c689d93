//! From trees to facts: one intermediate form, three adapters that lower to it, one machine that evaluates it.

pub mod ir;
pub mod java;
pub mod node;
pub mod python;
