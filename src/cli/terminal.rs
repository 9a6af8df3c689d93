//! Where a command writes, and what can be shown there.

use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use miette::Diagnostic;
use terminal_size::Width;

use super::args::{Colour, Global};
use super::error::Error;
use crate::report::Style;

/// The width where it is not known, and the bounds where it is: long lines are hard to read.
const WIDTH: usize = 100;
const WIDTHS: (usize, usize) = (50, 120);

/// Standard output and standard error, and the wishes of the user about them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    colour: ColorChoice,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        let colour = match global.color {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        Self { colour, quiet: global.quiet, verbose: global.verbose }
    }

    /// How reports on standard output look.
    pub(super) fn style(&self) -> Style {
        let stdout = io::stdout();
        self.style_of(&stdout, self.choice(&stdout))
    }

    /// How reports in a file look.
    pub(super) fn plain(&self) -> Style {
        Style { verbose: self.verbose, width: WIDTH, ..Style::default() }
    }

    /// Whether a progress line may be drawn.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes to standard output. That nobody reads it any more is no error.
    pub(super) fn output(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let stdout = io::stdout();
        let choice = self.choice(&stdout);
        let mut out = BufWriter::new(AutoStream::new(stdout.lock(), choice));
        self::written(write(&mut out).and_then(|()| out.flush()))
    }

    /// Writes to standard output as it is: a format that a program reads.
    pub(super) fn raw_output(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
        let mut out = BufWriter::new(io::stdout().lock());
        self::written(write(&mut out).and_then(|()| out.flush()))
    }

    /// Says something on standard error that changes nothing.
    pub(super) fn remark(&self, message: impl Display) {
        if !self.quiet {
            self.say(format_args!("note: {message}"));
        }
    }

    /// Says on standard error why a command could not be carried out.
    pub(super) fn error(&self, error: &Error) {
        let has_place = error.labels().is_some_and(|mut labels| labels.next().is_some());
        let stderr = io::stderr();
        let style = self.style_of(&stderr, self.choice(&stderr));
        let mut drawn = String::new();
        if has_place && style.handler().render_report(&mut drawn, error).is_ok() {
            self.say(drawn.trim_end());
            return;
        }
        self.say(format_args!("{} {error}", style.bold("error:")));
        if let Some(help) = error.help() {
            self.say(format_args!("  help: {help}"));
        }
    }

    /// Writes several lines to standard error.
    pub(super) fn message(&self, write: impl FnOnce(Style, &mut dyn Write) -> io::Result<()>) {
        let stderr = io::stderr();
        let choice = self.choice(&stderr);
        let style = self.style_of(&stderr, choice);
        let mut out = BufWriter::new(AutoStream::new(stderr.lock(), choice));
        // Nobody is left to tell when standard error is gone.
        let _ = write(style, &mut out).and_then(|()| out.flush());
    }

    /// Writes a line to standard error.
    pub(super) fn say(&self, line: impl Display) {
        let stderr = io::stderr();
        let choice = self.choice(&stderr);
        // Nobody is left to tell when standard error is gone.
        let _ = writeln!(AutoStream::new(stderr.lock(), choice), "{line}");
    }

    fn choice(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.colour {
            ColorChoice::Auto => AutoStream::choice(stream),
            wanted => wanted,
        }
    }

    fn style_of(&self, stream: &(impl IsTerminal + AsWidth), choice: ColorChoice) -> Style {
        let colour = choice != ColorChoice::Never;
        let is_terminal = stream.is_terminal();
        Style {
            colour,
            links: colour && is_terminal,
            unicode: !is_terminal || speaks_unicode(),
            width: stream.columns().map_or(WIDTH, |width| width.clamp(WIDTHS.0, WIDTHS.1)),
            verbose: self.verbose,
        }
    }
}

fn written(result: io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::StandardOutput),
    }
}

/// Streams whose width can be asked for.
trait AsWidth {
    fn columns(&self) -> Option<usize>;
}

impl AsWidth for io::Stdout {
    fn columns(&self) -> Option<usize> {
        terminal_size::terminal_size_of(self).map(|(Width(width), _)| usize::from(width))
    }
}

impl AsWidth for io::Stderr {
    fn columns(&self) -> Option<usize> {
        terminal_size::terminal_size_of(self).map(|(Width(width), _)| usize::from(width))
    }
}

/// Whether the locale can show box characters. Windows terminals can; elsewhere the first variable that is set decides.
fn speaks_unicode() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env::var_os).find(|value| !value.is_empty());
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
