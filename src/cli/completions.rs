//! `grantshift completions SHELL`: a completion script.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Arguments;
use super::error::Error;
use super::terminal::Terminal;
use crate::gate::exit;
use crate::report::TOOL;

pub(super) fn run(shell: Shell, terminal: &Terminal) -> Result<u8, Error> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), TOOL.name, &mut script);
    terminal.raw_output(|out| out.write_all(&script))?;
    Ok(exit::CLEAN)
}
