//! What counts: selection, suppressions, the baseline, changed lines, thresholds and the exit code.
//!
//! It turns what a scan found into an [`Outcome`], the one thing that reports are made of, and says with which code the
//! program ends. It reads and writes the baseline file and no other, and prints nothing.

mod absence;
pub mod baseline;
mod comments;
mod decision;
mod outcome;
mod policy;
#[cfg(test)]
pub(crate) mod sample;

pub use absence::{Absence, Obstacle, ObstacleKind};
pub use baseline::Baseline;
pub use decision::Gate;
pub use outcome::{BaselineUse, Found, Outcome, Silencer, Sources, Summary, Suppressed};
pub use policy::{Override, Policy, exit, exit_code, exit_code_of};
