//! What counts: selection, thresholds and the exit code.
//!
//! It turns what a scan found into an [`Outcome`], the one thing that reports are made of, and says with which code the
//! program ends. It reads no file and prints nothing.

mod absence;
mod outcome;
mod policy;
#[cfg(test)]
pub(crate) mod sample;

pub use absence::{Absence, Obstacle, ObstacleKind};
pub use outcome::{Found, Outcome, Silencer, Sources, Summary, Suppressed};
pub use policy::{Policy, exit, exit_code, exit_code_of};
