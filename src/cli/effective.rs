//! The values that hold: flags merged over the configuration file and the defaults, each with where it comes from.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{CommonArguments, GateArguments};
use crate::config::{Config, FailOn};
use crate::finding::Confidence;
use crate::gate::Policy;
use crate::walk::{normal, reported_path};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nobody said anything.
    Default,
    /// A flag.
    Flag(&'static str),
    /// A line of the configuration file.
    File { path: String, line: usize },
    /// Both, one after the other.
    Both(Box<Origin>, Box<Origin>),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::Flag(name) => formatter.write_str(name),
            Self::File { path, line } => write!(formatter, "{path}:{line}"),
            Self::Both(one, other) => write!(formatter, "{one}, {other}"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sourced<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

impl<T> Sourced<T> {
    /// The value, whatever it was before, with the default as its source.
    pub(super) fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

/// All values that flags and the configuration file share.
#[derive(Debug, Clone)]
pub(super) struct Effective {
    pub(super) select: Sourced<Vec<String>>,
    pub(super) ignore: Sourced<Vec<String>>,
    pub(super) fail_on: Sourced<FailOn>,
    pub(super) min_confidence: Sourced<Confidence>,
    pub(super) max_findings: Sourced<usize>,
    /// Nothing where none is named.
    pub(super) baseline: Sourced<Option<PathBuf>>,
    pub(super) require_reason: Sourced<bool>,
    pub(super) hidden: Sourced<bool>,
    pub(super) no_ignore: Sourced<bool>,
    pub(super) rules: Sourced<Vec<PathBuf>>,
    /// 0 for one a core.
    pub(super) threads: Sourced<usize>,
    /// The rest of the configuration file, and the file.
    pub(super) config: Config,
    pub(super) file: Option<PathBuf>,
}

impl Effective {
    /// A flag wins over the configuration; a switch that either turns on is on; folders of rules add up.
    pub(super) fn new(
        common: &CommonArguments,
        gate: Option<&GateArguments>,
        config: Config,
        file: Option<PathBuf>,
    ) -> Self {
        let merge = Merge { config: &config, file: file.as_deref() };
        let defaults = Policy::default();
        let rules = match (config.rules.clone(), common.rules.is_empty()) {
            (None, true) => Sourced::default(Vec::new()),
            (None, false) => Sourced { value: common.rules.clone(), origin: Origin::Flag("--rules") },
            (Some(value), true) => Sourced { value, origin: merge.line("rules") },
            (Some(mut value), false) => {
                value.extend(common.rules.clone());
                let both = Origin::Both(Box::new(merge.line("rules")), Box::new(Origin::Flag("--rules")));
                Sourced { value, origin: both }
            }
        };
        let listed = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        Self {
            select: merge.pick(listed(&common.select), "--select", config.select.clone(), "select", Vec::new()),
            ignore: merge.pick(listed(&common.ignore), "--ignore", config.ignore.clone(), "ignore", Vec::new()),
            fail_on: merge.pick(
                gate.and_then(|gate| gate.fail_on),
                "--fail-on",
                config.fail_on,
                "fail_on",
                FailOn::Error,
            ),
            min_confidence: merge.pick(
                common.min_confidence,
                "--min-confidence",
                config.min_confidence,
                "min_confidence",
                defaults.min_confidence,
            ),
            max_findings: merge.pick(
                gate.and_then(|gate| gate.max_findings),
                "--max-findings",
                config.max_findings,
                "max_findings",
                defaults.max_findings,
            ),
            baseline: if gate.is_some_and(|gate| gate.no_baseline) {
                Sourced { value: None, origin: Origin::Flag("--no-baseline") }
            } else {
                let (flag, named) = (common.baseline.clone().map(Some), config.baseline.clone().map(Some));
                merge.pick(flag, "--baseline", named, "baseline", None)
            },
            require_reason: merge.switch(
                common.require_reason,
                "--require-reason",
                config.require_reason,
                "require_reason",
            ),
            hidden: merge.switch(common.hidden, "--hidden", config.hidden, "hidden"),
            no_ignore: merge.switch(common.no_ignore, "--no-ignore", config.no_ignore, "no_ignore"),
            rules,
            threads: merge.pick(common.threads.map(usize::from), "--threads", config.threads, "threads", 0),
            config,
            file,
        }
    }

    /// Whether `ignore` comes from the configuration: what it leaves out is silenced, and not only left out of a run.
    pub(super) fn ignores_by_configuration(&self) -> bool {
        matches!(self.ignore.origin, Origin::File { .. })
    }

    /// The rules that are named anywhere.
    pub(super) fn named_rules(&self) -> Vec<Sourced<String>> {
        let merge = Merge { config: &self.config, file: self.file.as_deref() };
        let lists = [&self.select, &self.ignore].map(|list| (list.value.clone(), list.origin.clone()));
        let tables = self.config.overrides.iter().enumerate();
        let tables = tables.map(|(number, one)| (one.ignore.clone(), merge.line(&format!("overrides[{number}]"))));
        let named = lists.into_iter().chain(tables);
        named
            .flat_map(|(list, origin)| list.into_iter().map(move |value| Sourced { value, origin: origin.clone() }))
            .collect()
    }

    /// Writes it as a configuration file that says the same.
    pub(super) fn write(&self, baseline: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
        let merge = Merge { config: &self.config, file: self.file.as_deref() };
        match &self.file {
            Some(file) => writeln!(out, "# configuration: {}", shown(file))?,
            None => writeln!(out, "# configuration: none found")?,
        }
        let text = |text: &str| toml::Value::from(text).to_string();
        let list = |list: &[String]| format!("[{}]", list.iter().map(|one| text(one)).collect::<Vec<_>>().join(", "));
        let paths: Vec<String> = self.rules.value.iter().map(|path| shown(path)).collect();
        let fail_on = self.fail_on.value.name();
        let lines = [
            ("select", list(&self.select.value), &self.select.origin),
            ("ignore", list(&self.ignore.value), &self.ignore.origin),
            ("fail_on", text(fail_on), &self.fail_on.origin),
            ("min_confidence", text(self.min_confidence.value.name()), &self.min_confidence.origin),
            ("max_findings", self.max_findings.value.to_string(), &self.max_findings.origin),
            ("require_reason", self.require_reason.value.to_string(), &self.require_reason.origin),
            ("hidden", self.hidden.value.to_string(), &self.hidden.origin),
            ("no_ignore", self.no_ignore.value.to_string(), &self.no_ignore.origin),
            ("rules", list(&paths), &self.rules.origin),
        ];
        for (key, value, origin) in lines {
            writeln!(out, "{key} = {value} # {origin}")?;
        }
        match (self.threads.value, &self.threads.origin) {
            (0, origin) => writeln!(out, "# threads: one a core # {origin}")?,
            (threads, origin) => writeln!(out, "threads = {threads} # {origin}")?,
        }
        match (baseline, &self.baseline.origin) {
            (Some(file), Origin::Default) => writeln!(out, "baseline = {} # found", text(&shown(file)))?,
            (Some(file), origin) => writeln!(out, "baseline = {} # {origin}", text(&shown(file)))?,
            (None, Origin::Default) => writeln!(out, "# baseline: none found")?,
            (None, origin) => writeln!(out, "# baseline: none # {origin}")?,
        }
        for (number, one) in self.config.overrides.iter().enumerate() {
            writeln!(out, "\n[[overrides]] # {}", merge.line(&format!("overrides[{number}]")))?;
            writeln!(out, "paths = {}", list(&globs(&one.paths.0)))?;
            if !one.ignore.is_empty() {
                writeln!(out, "ignore = {}", list(&one.ignore))?;
            }
            if let Some(fail_on) = one.fail_on {
                writeln!(out, "fail_on = {}", text(fail_on.name()))?;
            }
            if let Some(confidence) = one.min_confidence {
                writeln!(out, "min_confidence = {}", text(confidence.name()))?;
            }
        }
        for (number, one) in self.config.scopes.iter().enumerate() {
            writeln!(out, "\n[[scopes]] # {}", merge.line(&format!("scopes[{number}]")))?;
            if let Some(client_id) = &one.client_id {
                writeln!(out, "client_id = {}", text(&crate::finding::shortened(client_id)))?;
            }
            if !one.paths.is_empty() {
                writeln!(out, "paths = {}", list(&globs(&one.paths)))?;
            }
            writeln!(out, "scopes = {}", list(&one.scopes.0))?;
        }
        Ok(())
    }
}

fn globs(globs: &[crate::config::Glob]) -> Vec<String> {
    globs.iter().map(|glob| glob.0.clone()).collect()
}

fn shown(path: &Path) -> String {
    reported_path(&normal(path))
}

/// What all values are merged with.
struct Merge<'a> {
    config: &'a Config,
    file: Option<&'a Path>,
}

impl Merge<'_> {
    fn pick<T>(&self, flag: Option<T>, name: &'static str, file: Option<T>, key: &str, default: T) -> Sourced<T> {
        match (flag, file) {
            (Some(value), _) => Sourced { value, origin: Origin::Flag(name) },
            (None, Some(value)) => Sourced { value, origin: self.line(key) },
            (None, None) => Sourced::default(default),
        }
    }

    fn switch(&self, flag: bool, name: &'static str, file: Option<bool>, key: &str) -> Sourced<bool> {
        self.pick(flag.then_some(true), name, file, key, false)
    }

    fn line(&self, key: &str) -> Origin {
        Origin::File {
            path: self.file.map(shown).unwrap_or_default(),
            line: self.config.lines.get(key).copied().unwrap_or(1),
        }
    }
}
