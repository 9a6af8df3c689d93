//! Why a manifest is left to a person, in words that say what to do.

use std::fmt;

use super::super::Group;

/// An operation that was refused. Nothing of it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What was to be done: "ask for `authlib>=1.3`".
    pub wish: String,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is not of its format.
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A program writes the file, from another one.
    Compiled,
    /// It has nothing but other files that it takes in.
    OnlyIncludes {
        /// Those files, as written.
        files: Vec<String>,
    },
    /// The list stands in another file.
    Elsewhere {
        /// What the manifest says of it.
        written: String,
    },
    /// The list is computed, or the entry is put together.
    Computed {
        /// The line, from 1.
        line: usize,
    },
    /// It has no list of packages that a package could be added to.
    NoPlace,
    /// The version is kept under a name that this file does not define.
    NamedElsewhere {
        /// That name.
        name: String,
    },
    /// No version is written here: a parent, a bill of materials or a plugin settles it.
    Managed,
    /// The package is asked for by an address or a tag.
    NotAVersion {
        /// What is written.
        written: String,
    },
    /// The requirement keeps the version down.
    Capped {
        /// The requirement.
        requirement: String,
    },
    /// The package is there, but for something else than what it is needed for.
    OtherGroup {
        /// What for.
        group: Group,
    },
    /// Users of the package may rely on the entry.
    Public {
        /// What it is.
        group: Group,
    },
    /// A bundle of the version catalog names the entry.
    Bundled {
        /// The bundle.
        bundle: String,
    },
    /// The entry is written in a way that is not edited.
    Layout {
        /// The line, from 1.
        line: usize,
    },
    /// The edited text does not say what it should.
    Unverified,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wish = &self.wish;
        match &self.reason {
            Reason::Malformed { line, message } => {
                write!(formatter, "the manifest cannot be read at line {line} ({message}); mend it, then {wish}")
            }
            Reason::Compiled => write!(
                formatter,
                "the file is compiled: versions and hashes in it are written by a program; {wish} in the file it is made \
                 from, and compile it again"
            ),
            Reason::OnlyIncludes { files } => {
                write!(formatter, "the file only takes in others ({}); {wish} in the one that fits", files.join(", "))
            }
            Reason::Elsewhere { written } => {
                write!(formatter, "the list of packages is kept elsewhere ({written}); {wish} there")
            }
            Reason::Computed { line } => {
                write!(formatter, "the list of packages at line {line} is computed; {wish} by hand, where it is made")
            }
            Reason::NoPlace => {
                write!(formatter, "the file has no list of packages; {wish} where the project keeps it")
            }
            Reason::NamedElsewhere { name } => {
                write!(formatter, "the version is kept as `{name}` in another file; {wish} there")
            }
            Reason::Managed => write!(
                formatter,
                "a parent, a bill of materials or a plugin settles the version; {wish} there, or write a version here"
            ),
            Reason::NotAVersion { written } => write!(
                formatter,
                "the package is asked for as `{written}`, which names no version; see that it is new enough, else {wish}"
            ),
            Reason::Capped { requirement } => write!(
                formatter,
                "`{requirement}` keeps the version down on purpose; find out why, then {wish} by hand"
            ),
            Reason::OtherGroup { group } => write!(
                formatter,
                "the package is there {}, and the program itself needs it now; move the entry by hand to {wish}",
                purpose(*group)
            ),
            Reason::Public { group } => write!(
                formatter,
                "the package is there {}, so that users of this one may rely on it; {wish} by hand when none does",
                purpose(*group)
            ),
            Reason::Bundled { bundle } => {
                write!(
                    formatter,
                    "the bundle `{bundle}` of the version catalog names the entry; {wish} there too, by hand"
                )
            }
            Reason::Layout { line } => {
                write!(formatter, "the entries at line {line} are written in a way that is not edited; {wish} by hand")
            }
            Reason::Unverified => {
                write!(formatter, "an edit would have changed more than what was asked for; {wish} by hand")
            }
        }
    }
}

impl std::error::Error for Refusal {}

fn purpose(group: Group) -> &'static str {
    match group {
        Group::Runtime => "to run",
        Group::Development => "to build or to test alone",
        Group::Peer => "as a peer, given by whoever uses the package",
        Group::Optional => "as an option",
        Group::Managed => "to settle its version alone",
    }
}
