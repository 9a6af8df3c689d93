//! What was typed and what it means; one file a command.
//!
//! It joins the rooms for a command, writes what they give to standard output and files, and what it has to say itself
//! to standard error. It decides neither what is a finding nor what counts.

mod accident;
mod args;
mod ask;
mod baseline;
mod completions;
mod effective;
mod error;
mod explain;
mod fix;
mod man;
mod places;
mod progress;
mod reports;
mod repositories;
mod rules;
mod scan;
mod settings;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use self::args::{Arguments, Command};
use self::error::Error;
use self::terminal::Terminal;
use crate::gate::exit;

/// Runs the program with its arguments, the first of which is its name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { exit::USAGE } else { exit::CLEAN };
            // Nobody is left to tell when the message itself cannot be written.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let terminal = Terminal::new(&arguments.global);
    let done = accident::guard(&terminal, || carry_out(arguments.command, &terminal));
    match done {
        Some(Ok(code)) => ExitCode::from(code),
        Some(Err(error)) => {
            terminal.error(&error);
            ExitCode::from(exit::USAGE)
        }
        None => ExitCode::from(accident::CODE),
    }
}

fn carry_out(command: Command, terminal: &Terminal) -> Result<u8, Error> {
    match command {
        Command::Scan(arguments) => scan::run(*arguments, terminal),
        Command::Fix(arguments) => fix::run(*arguments, terminal),
        Command::Baseline(arguments) => baseline::run(&arguments, terminal),
        Command::Rules(arguments) => rules::run(&arguments, terminal),
        Command::Explain(arguments) => explain::run(&arguments, terminal),
        Command::Completions { shell } => completions::run(shell, terminal),
        Command::Man { command } => man::run(command.as_deref(), terminal),
    }
}
