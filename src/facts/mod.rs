//! From trees to facts: one intermediate form, three adapters that lower to it, one machine that evaluates it.

pub mod fact;
pub mod ir;
pub mod java;
pub mod machine;
pub mod node;
pub mod python;
