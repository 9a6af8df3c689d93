//! `grantshift man [COMMAND]`: a man page.

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::Arguments;
use super::error::{Error, closest};
use super::terminal::Terminal;
use crate::gate::exit;
use crate::report::TOOL;

pub(super) fn run(command: Option<&str>, terminal: &Terminal) -> Result<u8, Error> {
    let mut whole = Arguments::command();
    // Building gives the commands the flags that hold everywhere.
    whole.build();
    let page = match command {
        None => whole,
        Some(name) => {
            let Some(found) = whole.find_subcommand(name) else {
                let known = || whole.get_subcommands().map(|command| command.get_name());
                let advice = match closest(name, known()) {
                    Some(closest) => format!("did you mean `{closest}`?"),
                    None => format!("commands: {}", known().collect::<Vec<_>>().join(", ")),
                };
                return Err(Error::UnknownCommand { name: name.to_owned(), advice });
            };
            found.clone().display_name(format!("{}-{name}", TOOL.name))
        }
    };
    terminal.raw_output(|out| Man::new(page).source(format!("{} {}", TOOL.name, TOOL.version)).render(&mut *out))?;
    Ok(exit::CLEAN)
}
