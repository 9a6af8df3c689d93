//! What was typed.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::finding::Confidence;
use crate::report::Format;
use crate::rewrite::Wish;

const EXIT_CODES: &str = "\
Exit codes:
  0   nothing at or above --fail-on
  1   findings at or above --fail-on
  2   usage or configuration error, or a path that does not exist
  3   incomplete: something that could have mattered was not read whole
  4   no file of a kind that any rule reads was seen";

const FIX_EXIT_CODES: &str = "\
Exit codes, the same with and without --write:
  0   everything at or above --fail-on is rewritten, or there is nothing
  1   findings at or above --fail-on that these flags do not rewrite
  2   usage or configuration error, a path that does not exist, or a file that cannot be written;
      with --write, uncommitted changes in a file to be edited
  3   incomplete: something that could have mattered was not read whole
  4   no file of a kind that any rule reads was seen";

const BASELINE_EXIT_CODES: &str = "\
Exit codes:
  0   everything that was found is recorded
  1   there are new findings, and --accept-new is not there: nothing was written
  2   usage or configuration error, a path that does not exist, or a baseline that cannot be read or written
  3   incomplete: something that could have mattered was not read whole, so what it holds may be missing in the baseline
  4   no file of a kind that any rule reads was seen: nothing was written";

/// Find code that exchanges a signed JWT for an access token at Adobe IMS.
#[derive(Debug, Parser)]
#[command(name = "grantshift", version, after_help = EXIT_CODES, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Colour,
    /// No progress and no remarks on standard error
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Name everything that was left out
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find and report
    Scan(Box<ScanArguments>),
    /// Rewrite what can be rewritten; without --write print a diff
    Fix(Box<FixArguments>),
    /// Record today's findings, so that a gate fails on new ones only
    Baseline(Box<BaselineArguments>),
    /// List the rules
    Rules(RulesArguments),
    /// Say what a rule finds, why it matters and what to do
    Explain(ExplainArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a man page
    Man {
        /// The command to print the page of; the program's own without one
        command: Option<String>,
    },
}

/// What every command takes that scans.
#[derive(Debug, Args)]
pub(super) struct CommonArguments {
    /// Files and folders; `-` takes a list from standard input, one a line or separated by NUL
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// A configuration file; flags win over it [default: grantshift.toml above the paths]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Print every value that holds and where it comes from, and do nothing else
    #[arg(long)]
    pub(super) print_config: bool,
    /// A folder of rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Report these rules only; repeated or with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Do not report these rules; repeated or with commas
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// The lowest confidence that is reported; what is below is counted [default: likely]
    #[arg(long, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<Confidence>,
    /// The baseline: what it records is known and fails no run [default: .grantshift-baseline.json, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Comments that give no reason silence nothing
    #[arg(long)]
    pub(super) require_reason: bool,
    /// How many threads; one a core without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) threads: Option<u16>,
    /// Read hidden files and folders too
    #[arg(long)]
    pub(super) hidden: bool,
    /// Leave out nothing because of ignore rules, and no vendored or generated folder
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// Ignore rules bind paths that are named too; for hooks
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// An incomplete run ends with 0 or 1, not with 3
    #[arg(long)]
    pub(super) allow_incomplete: bool,
    /// A run that saw no file to read ends with 0, not with 4
    #[arg(long)]
    pub(super) allow_empty: bool,
}

/// What every command takes that decides whether a run fails.
#[derive(Debug, Args)]
pub(super) struct GateArguments {
    /// Another report, into a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub(super) output: Vec<(Format, PathBuf)>,
    /// The lowest severity that makes the exit code 1 [default: error]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// How many findings at or above --fail-on are let pass [default: 0]
    #[arg(long, value_name = "N")]
    pub(super) max_findings: Option<usize>,
    /// Only findings whose flow overlaps with lines that have changed since HEAD and REV parted, what is not committed included
    /// [default: the remote's default branch]
    #[arg(long, value_name = "REV", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) changed: Option<String>,
    /// What tells this analysis from others of the same repository, in SARIF [default: the scanned folder]
    #[arg(long, value_name = "NAME")]
    pub(super) category: Option<String>,
    /// Take no baseline, though there is one
    #[arg(long, conflicts_with = "baseline")]
    pub(super) no_baseline: bool,
}

#[derive(Debug, Args)]
#[command(after_help = BASELINE_EXIT_CODES)]
pub(super) struct BaselineArguments {
    /// Record findings that are new, where there is a baseline already
    #[arg(long)]
    pub(super) accept_new: bool,
    /// Take out what is recorded and gone
    #[arg(long)]
    pub(super) prune: bool,
    #[command(flatten)]
    pub(super) common: CommonArguments,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ScanArguments {
    /// The report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: Format,
    /// Search everything, what is left out too, and end with 0 only when nothing of the old flow is left
    #[arg(long, conflicts_with_all = ["select", "ignore", "min_confidence", "fail_on", "allow_incomplete", "allow_empty", "changed", "max_findings"])]
    pub(super) prove_absent: bool,
    /// A list of the Developer Console's credentials, CSV or JSON, to compare with the code
    #[arg(long, value_name = "FILE")]
    pub(super) credentials: Option<PathBuf>,
    #[command(flatten)]
    pub(super) gate: GateArguments,
    #[command(flatten)]
    pub(super) common: CommonArguments,
}

#[derive(Debug, Args)]
#[command(after_help = FIX_EXIT_CODES)]
pub(super) struct FixArguments {
    /// Change the files; without it the changes are printed as a diff that `git apply` takes
    #[arg(long)]
    pub(super) write: bool,
    /// Show each change set and ask whether to make it
    #[arg(long, requires = "write")]
    pub(super) interactive: bool,
    /// What a rewrite produces; repeated or with commas [default: node=passport,java=spring-security,python=authlib]
    #[arg(long, value_name = "PLATFORM=TARGET", value_delimiter = ',')]
    pub(super) target: Vec<Wish>,
    /// The scopes that the new credential has; repeated or with commas
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub(super) scopes: Vec<String>,
    /// Make the changes that want a look first too: something had to be assumed
    #[arg(long = "unsafe")]
    pub(super) takes_review: bool,
    /// Change files that hold uncommitted changes too
    #[arg(long)]
    pub(super) allow_dirty: bool,
    /// A report as JSON: the findings, and what became of each
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    pub(super) gate: GateArguments,
    #[command(flatten)]
    pub(super) common: CommonArguments,
}

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    /// How to list them
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormat,
    /// A folder of rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule's id; `grantshift rules` lists them
    pub(super) rule: String,
    /// A folder of rules of your own; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Human,
    Json,
}

/// The configuration's own type, as a flag.
pub(super) type FailOn = crate::config::FailOn;

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Warning, Self::Note, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Confidence {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Certain, Self::Likely, Self::Possible]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.description()))
    }
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let formats = || Format::ALL.map(Format::name).join(", ");
    let Some((name, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        return Err(format!("write it as FORMAT=FILE, such as sarif=grantshift.sarif; formats: {}", formats()));
    };
    let format = Format::ALL.into_iter().find(|format| format.name() == name);
    format.map(|format| (format, PathBuf::from(file))).ok_or_else(|| format!("`{name}` is none of {}", formats()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn outputs_name_a_format_and_a_file() {
        assert_eq!(output("sarif=a=b.sarif"), Ok((Format::Sarif, PathBuf::from("a=b.sarif"))));
        assert!(output("sarif").unwrap_err().contains("FORMAT=FILE"));
        assert!(output("sarif=").is_err());
        assert!(output("xml=a").unwrap_err().contains("none of human, json"));
    }
}
