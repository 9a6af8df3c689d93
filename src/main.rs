//! The program: arguments in, an exit code out.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    grantshift::cli::run(env::args_os())
}
