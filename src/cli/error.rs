//! Why a command could not be carried out: all of it is for the user to mend, and ends with exit code 2.

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::effective::Origin;
use crate::gate::baseline;
use crate::rewrite::{dirty, write};
use crate::{config, console, git, rules, scan};

#[derive(Debug, Error, Diagnostic)]
pub(super) enum Error {
    /// A rule that does not exist.
    #[error("there is no rule `{name}`{place}")]
    UnknownRule {
        name: String,
        /// Where it was named, where that is not what was typed.
        place: String,
        #[help]
        advice: String,
    },
    /// A command that does not exist.
    #[error("there is no command `{name}` to print the man page of")]
    UnknownCommand {
        name: String,
        #[help]
        advice: String,
    },
    /// The list of paths on standard input.
    #[error("cannot read the list of paths from standard input: {0}")]
    List(io::Error),
    /// A report that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    #[diagnostic(help("--output takes FORMAT=FILE, --report takes FILE; the folder of the file has to exist"))]
    Output { path: PathBuf, source: io::Error },
    /// Standard output that cannot be written, for another reason than that nobody reads it.
    #[error("cannot write to standard output: {0}")]
    StandardOutput(io::Error),
    /// Questions that nobody could answer.
    #[error("--interactive asks, and there is no terminal to answer at")]
    #[diagnostic(help("leave it out, and look at the diff first: `grantshift fix` without --write prints it"))]
    NoTerminal,
    /// An answer that cannot be read.
    #[error("cannot read the answer: {0}")]
    Answer(io::Error),
    /// Files that git could not bring back.
    #[error("uncommitted changes in files to be edited: {files}")]
    #[diagnostic(help("commit or stash them first, or take --allow-dirty; nothing was written"))]
    Dirty { files: String },
    /// A question to git that it did not answer.
    #[error("{0}")]
    #[diagnostic(help(
        "whether files hold uncommitted changes is not known; --allow-dirty goes on without knowing; nothing was written"
    ))]
    Git(dirty::Error),
    /// A change set that could not be written.
    #[error("{0}")]
    #[diagnostic(help(
        "its change set was left as it was, and so was what stood behind it; what the list calls rewritten is written"
    ))]
    NotWritten(write::Error),
    /// The configuration.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] config::Error),
    /// The baseline.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Baseline(Box<baseline::Error>),
    /// What has changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Changes(#[from] git::Error),
    /// The list of credentials.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Console(#[from] console::Error),
    /// The rules.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Rules(Box<rules::load::Error>),
    /// The scan.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scan(#[from] scan::Error),
}

impl From<baseline::Error> for Error {
    fn from(error: baseline::Error) -> Self {
        Self::Baseline(Box::new(error))
    }
}

impl From<rules::load::Error> for Error {
    fn from(error: rules::load::Error) -> Self {
        Self::Rules(Box::new(error))
    }
}

impl Error {
    /// An unknown rule, with the one that was probably meant.
    pub(super) fn unknown_rule<'a>(name: &str, origin: &Origin, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        let advice = match closest(name, known.clone()) {
            Some(closest) => format!("did you mean `{closest}`? `grantshift rules` lists all"),
            None => format!("rules: {}", known.collect::<Vec<_>>().join(", ")),
        };
        let place = match origin {
            Origin::File { .. } => format!(", which {origin} names"),
            _ => String::new(),
        };
        Self::UnknownRule { name: name.to_owned(), place, advice }
    }
}

/// The known name that takes the fewest changes to reach, where it is near enough to be meant.
pub(super) fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = name.chars().count() / 3 + 1;
    known
        .map(|known| (changes(name, known), known))
        .filter(|(changes, _)| *changes <= near)
        .min()
        .map(|(_, known)| known)
}

/// How many letters have to be put in, taken out or replaced to make one word of the other.
fn changes(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, wanted) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *wanted);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_offered() {
        let known = ["ims-jwt-assertion", "ims-jwt-exchange"];
        assert_eq!(closest("ims-jwt-exchnage", known.into_iter()), Some("ims-jwt-exchange"));
        assert_eq!(closest("jwt-exchange", known.into_iter()), Some("ims-jwt-exchange"));
        assert_eq!(closest("no-console", known.into_iter()), None);
        assert_eq!(changes("kitten", "sitting"), 3);
        assert_eq!(changes("", "abc"), 3);
    }
}
