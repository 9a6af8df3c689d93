//! What makes grantshift ready to use in a pipeline, run as far as one machine can: the steps of the GitHub Action with a runner's environment,
//! the hooks by pre-commit itself, and the templates of other services by their schemas and in a shell.
//!
//! `cargo test --test ci action::` runs one of them. The programs that it takes come from PyPI, into an environment below `target/`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod action;
#[path = "../proof/command.rs"]
mod command;
mod hooks;
mod runner;
mod scratch;
mod templates;
mod tools;
#[path = "../proof/venv.rs"]
mod venv;
