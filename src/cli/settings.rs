//! What was typed means this: flags and the configuration file merged, defaults filled in, names checked.

use std::io;
use std::path::{Path, PathBuf};

use super::args::{BaselineArguments, CommonArguments, FixArguments, GateArguments, ScanArguments};
use super::effective::{Effective, Origin, Sourced};
use super::error::Error;
use super::places;
use super::terminal::Terminal;
use crate::config::{self, Config};
use crate::console::{self, Listed};
use crate::finding::Confidence;
use crate::gate::{Baseline, Gate, Override, Policy, baseline};
use crate::git::Changes;
use crate::report::{Format, RULE_PAGES, RuleInfo};
use crate::rewrite::scopes::Configured;
use crate::rewrite::{self, Options};
use crate::rules::Catalog;
use crate::walk;
use crate::{scan, syntax};

/// What every command that scans is to do.
#[derive(Debug)]
pub(super) struct CommonSettings {
    pub(super) scan: scan::Settings,
    pub(super) policy: Policy,
    /// Folders of the user's own rules.
    pub(super) rules: Vec<PathBuf>,
    /// The rules that are named anywhere.
    pub(super) named: Vec<Sourced<String>>,
    /// Reports in files.
    pub(super) outputs: Vec<(Format, PathBuf)>,
    /// What tells this analysis from others of the repository; nothing where it follows from the paths.
    pub(super) category: Option<String>,
    /// What was known before.
    pub(super) baseline: Option<Baseline>,
    /// What has changed, where only that counts.
    pub(super) changes: Option<Changes>,
    /// The values that hold, where they are to be printed and nothing else is to be done.
    pub(super) printed: Option<Effective>,
}

/// What a scan is to do.
#[derive(Debug)]
pub(super) struct ScanSettings {
    pub(super) common: CommonSettings,
    /// The report on standard output.
    pub(super) format: Format,
    /// The Developer Console's list of credentials.
    pub(super) credentials: Option<Vec<Listed>>,
    /// What of the configuration does not hold in this run.
    pub(super) remarks: Vec<String>,
}

/// What a rewrite is to do.
#[derive(Debug)]
pub(super) struct FixSettings {
    pub(super) common: CommonSettings,
    /// Files are changed, and not only a diff is printed.
    pub(super) writes: bool,
    /// Each change set is asked for.
    pub(super) asks: bool,
    /// What wants a look first is rewritten too.
    pub(super) takes_review: bool,
    /// Uncommitted changes are no reason to stop.
    pub(super) allows_dirty: bool,
    /// Where the report goes.
    pub(super) report: Option<PathBuf>,
}

/// What a baseline is to record.
#[derive(Debug)]
pub(super) struct BaselineSettings {
    pub(super) common: CommonSettings,
    /// Where it is written.
    pub(super) file: PathBuf,
    /// New findings are recorded, though there is a baseline already.
    pub(super) accepts_new: bool,
    /// What is gone is taken out.
    pub(super) prunes: bool,
}

impl ScanSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: ScanArguments) -> Result<Self, Error> {
        let paths = paths(&arguments.common.paths)?;
        let mut effective = read(&arguments.common, Some(&arguments.gate), &paths)?;
        let remarks = if arguments.prove_absent { widen(&mut effective) } else { Vec::new() };
        let credentials = arguments.credentials.as_deref().map(console::read).transpose()?;
        let mut common =
            CommonSettings::new(&arguments.common, Some(arguments.gate), effective, paths, &Options::default())?;
        common.scan.prove_absent = arguments.prove_absent;
        common.policy.prove_absent = arguments.prove_absent;
        Ok(Self { common, format: arguments.format, credentials, remarks })
    }
}

impl FixSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: FixArguments) -> Result<Self, Error> {
        let paths = paths(&arguments.common.paths)?;
        let effective = read(&arguments.common, Some(&arguments.gate), &paths)?;
        if let Some(path) = &arguments.report {
            check_folder(path)?;
        }
        let options = options(&arguments, &effective.config, effective.file.as_deref());
        Ok(Self {
            common: CommonSettings::new(&arguments.common, Some(arguments.gate), effective, paths, &options)?,
            writes: arguments.write,
            asks: arguments.interactive,
            takes_review: arguments.takes_review,
            allows_dirty: arguments.allow_dirty,
            report: arguments.report,
        })
    }
}

impl BaselineSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: &BaselineArguments) -> Result<Self, Error> {
        let paths = paths(&arguments.common.paths)?;
        let effective = read(&arguments.common, None, &paths)?;
        let file = match &effective.baseline.value {
            Some(named) => named.clone(),
            None => {
                let places = places::baseline_places(effective.file.as_deref(), &paths);
                let there = places.iter().find(|file| file.exists()).or(places.first());
                there.cloned().unwrap_or_else(|| PathBuf::from(baseline::NAME))
            }
        };
        check_folder(&file)?;
        let mut common = CommonSettings::without_baseline(&arguments.common, effective, paths, &Options::default());
        // Whatever is there and cannot be read is an error, and is never written over.
        common.baseline = if file.exists() { Some(Baseline::read(&file)?) } else { None };
        Ok(Self { common, file, accepts_new: arguments.accept_new, prunes: arguments.prune })
    }
}

/// Takes back what narrows a proof of absence, and says so.
fn widen(effective: &mut Effective) -> Vec<String> {
    let mut narrows = Vec::new();
    let mut note = |key: &'static str, is_set: bool| narrows.extend(is_set.then_some(key));
    note("select", !effective.select.value.is_empty());
    note("ignore", !effective.ignore.value.is_empty());
    note("min_confidence", effective.min_confidence.origin != Origin::Default);
    note("fail_on", effective.fail_on.origin != Origin::Default);
    note("max_findings", effective.max_findings.origin != Origin::Default);
    note("overrides", !effective.config.overrides.is_empty());
    effective.select = Sourced::default(Vec::new());
    effective.ignore = Sourced::default(Vec::new());
    effective.min_confidence = Sourced { value: Confidence::Possible, origin: Origin::Flag("--prove-absent") };
    effective.config.overrides.clear();
    let remark = |key| {
        format!("`{key}` of the configuration does not hold with --prove-absent: every finding stands in the way")
    };
    narrows.into_iter().map(remark).collect()
}

impl CommonSettings {
    fn new(
        arguments: &CommonArguments,
        gate: Option<GateArguments>,
        effective: Effective,
        paths: Vec<PathBuf>,
        options: &Options,
    ) -> Result<Self, Error> {
        let named = effective.baseline.value.clone();
        let is_off = gate.as_ref().is_some_and(|gate| gate.no_baseline);
        let found =
            || places::baseline_places(effective.file.as_deref(), &paths).into_iter().find(|file| file.exists());
        let file = named.or_else(|| if is_off { None } else { found() });
        let baseline = file.as_deref().map(Baseline::read).transpose()?;
        let changed = gate.as_ref().and_then(|gate| gate.changed.as_deref());
        let since = |revision: &str| {
            let ancestor = places::ancestor(&paths).unwrap_or_default();
            Changes::since(&ancestor, Some(revision).filter(|revision| !revision.is_empty()))
        };
        let changes = changed.map(since).transpose()?;
        let (outputs, category) = gate.map(|gate| (gate.output, gate.category)).unwrap_or_default();
        Ok(Self {
            baseline,
            changes,
            outputs,
            category,
            ..Self::without_baseline(arguments, effective, paths, options)
        })
    }

    fn without_baseline(
        arguments: &CommonArguments,
        effective: Effective,
        paths: Vec<PathBuf>,
        options: &Options,
    ) -> Self {
        let printed = arguments.print_config.then(|| effective.clone());
        let named = effective.named_rules();
        let is_silenced = effective.ignores_by_configuration();
        let (ignore, silenced) =
            if is_silenced { (Vec::new(), effective.ignore.value) } else { (effective.ignore.value, Vec::new()) };
        let folder = effective.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        let overrides = effective.config.overrides.into_iter().map(|one| Override {
            paths: one.paths.0,
            folder: folder.clone(),
            silenced: one.ignore,
            // A flag wins over every table.
            fail_on: one.fail_on.filter(|_| !matches!(effective.fail_on.origin, Origin::Flag(_))),
            min_confidence: one.min_confidence.filter(|_| !matches!(effective.min_confidence.origin, Origin::Flag(_))),
        });
        let policy = Policy {
            fail_on: effective.fail_on.value.severity(),
            min_confidence: effective.min_confidence.value,
            select: effective.select.value,
            ignore,
            silenced,
            overrides: overrides.collect(),
            max_findings: effective.max_findings.value,
            require_reason: effective.require_reason.value,
            allow_incomplete: arguments.allow_incomplete,
            allow_empty: arguments.allow_empty,
            prove_absent: false,
        };
        let walk = walk::Options {
            no_ignore: effective.no_ignore.value,
            hidden: effective.hidden.value,
            force_exclude: arguments.force_exclude,
        };
        let scan = scan::Settings {
            paths,
            walk,
            threads: effective.threads.value,
            limits: syntax::Limits::default(),
            planners: rewrite::planners(options),
            ..scan::Settings::default()
        };
        let rules = effective.rules.value;
        Self { scan, policy, rules, named, outputs: Vec::new(), category: None, baseline: None, changes: None, printed }
    }

    /// Everything that decides what counts.
    pub(super) fn gate<'a>(&'a self, catalog: &'a Catalog) -> Gate<'a> {
        Gate {
            rules: catalog.rules(),
            baseline: self.baseline.as_ref(),
            changes: self.changes.as_ref(),
            paths: &self.scan.paths,
            ..Gate::new(&self.policy)
        }
    }

    /// What tells this analysis from others of the same repository.
    pub(super) fn category(&self) -> String {
        self.category.clone().unwrap_or_else(|| places::category(&self.scan.paths))
    }

    /// Prints the values that hold, where only that was asked for; whether it was.
    pub(super) fn print(&self, terminal: &Terminal) -> Result<bool, Error> {
        let Some(effective) = &self.printed else { return Ok(false) };
        let baseline = self.baseline.as_ref().map(Baseline::path);
        terminal.raw_output(|out| effective.write(baseline, out))?;
        Ok(true)
    }
}

/// What a rewrite keeps to. `file` is where the configuration stands.
fn options(arguments: &FixArguments, config: &Config, file: Option<&Path>) -> Options {
    let folder = file.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let tables = config.scopes.iter().map(|table| Configured {
        client_id: table.client_id.clone(),
        paths: table.paths.clone(),
        folder: folder.clone(),
        scopes: table.scopes.0.clone(),
    });
    Options { configured: tables.collect(), ..Options::with(&arguments.target, arguments.scopes.clone()) }
}

/// The values that hold, once it is known that the reports have a place to go. The configuration is the file that is named, else the
/// one that holds for the paths.
fn read(common: &CommonArguments, gate: Option<&GateArguments>, paths: &[PathBuf]) -> Result<Effective, Error> {
    let file = common.config.clone().or_else(|| places::found(paths));
    let config = file.as_deref().map(config::read).transpose()?.unwrap_or_default();
    for (_, path) in gate.iter().flat_map(|gate| &gate.output) {
        check_folder(path)?;
    }
    Ok(Effective::new(common, gate, config, file))
}

/// The paths to scan; a dash stands for the list on standard input.
fn paths(typed: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for path in typed {
        if path == Path::new("-") {
            paths.extend(walk::paths_from(io::stdin().lock()).map_err(Error::List)?);
        } else {
            paths.push(path.clone());
        }
    }
    Ok(paths)
}

/// A long scan must not fail at its end for want of a folder.
fn check_folder(path: &Path) -> Result<(), Error> {
    let unwritable = |source| Error::Output { path: path.to_owned(), source };
    if path.is_dir() {
        return Err(unwritable(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(unwritable(io::Error::new(io::ErrorKind::NotFound, "its folder does not exist")))
        }
        _ => Ok(()),
    }
}

/// The rules that ship and the user's own, with what reports say of each.
pub(super) fn catalog(folders: &[PathBuf]) -> Result<(Catalog, Vec<RuleInfo>), Error> {
    let catalog = Catalog::load(folders)?;
    // Only the rules that ship have a page.
    let shipped = if folders.is_empty() { None } else { Some(Catalog::load(&[])?) };
    let has_page = |id: &str| shipped.as_ref().is_none_or(|catalog| catalog.rules().iter().any(|of| of.rule.id == id));
    let rules = catalog.rules().iter().map(|compiled| {
        let rule = &compiled.rule;
        RuleInfo {
            id: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            platforms: rule.platforms.clone(),
            help: rule.help.clone(),
            explain: rule.explain.clone(),
            url: has_page(&rule.id).then(|| format!("{RULE_PAGES}{}.md", rule.id)),
            security_severity: rule.security_severity.as_ref().map(|severity| severity.0.clone()),
            tags: rule.tags.clone(),
        }
    });
    let rules = rules.collect();
    Ok((catalog, rules))
}

/// Every rule that is named has to exist: a misspelt one would silently report nothing, or everything.
pub(super) fn check_rules(settings: &CommonSettings, rules: &[RuleInfo]) -> Result<(), Error> {
    let known = rules.iter().map(|rule| rule.id.as_str());
    match settings.named.iter().find(|named| !known.clone().any(|id| id == named.value)) {
        Some(named) => Err(Error::unknown_rule(&named.value, &named.origin, known)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Arguments, Command};
    use super::*;
    use crate::finding::Severity;

    fn merged(flags: &[&str], config: Config) -> CommonSettings {
        let typed = Arguments::try_parse_from(["grantshift", "scan"].iter().chain(flags)).unwrap();
        let Command::Scan(arguments) = typed.command else { panic!("no scan") };
        let file = Some(PathBuf::from("conf/grantshift.toml"));
        let effective = Effective::new(&arguments.common, Some(&arguments.gate), config, file);
        CommonSettings::without_baseline(&arguments.common, effective, Vec::new(), &Options::default())
    }

    fn config() -> Config {
        Config {
            select: Some(vec!["a".to_owned()]),
            ignore: Some(vec!["b".to_owned()]),
            fail_on: Some(config::FailOn::Never),
            min_confidence: Some(Confidence::Possible),
            max_findings: Some(4),
            hidden: Some(true),
            rules: Some(vec![PathBuf::from("one")]),
            threads: Some(3),
            overrides: vec![config::Override {
                paths: config::GlobList(vec![config::Glob("legacy/**".to_owned())]),
                ignore: vec!["c".to_owned()],
                fail_on: Some(config::FailOn::Note),
                min_confidence: Some(Confidence::Certain),
            }],
            ..Config::default()
        }
    }

    #[test]
    fn the_configuration_fills_what_no_flag_says() {
        let settings = merged(&["--rules", "two"], config());
        let policy = &settings.policy;
        assert_eq!((policy.fail_on, policy.max_findings), (None, 4));
        assert_eq!(policy.min_confidence, Confidence::Possible);
        assert_eq!(policy.select, ["a"]);
        assert_eq!((policy.ignore.len(), policy.silenced.as_slice()), (0, ["b".to_owned()].as_slice()));
        assert_eq!(settings.scan.threads, 3);
        assert!(settings.scan.walk.hidden && !settings.scan.walk.no_ignore);
        assert_eq!(settings.rules, [PathBuf::from("one"), PathBuf::from("two")]);
        let one = &policy.overrides[0];
        assert_eq!((one.folder.as_path(), one.fail_on), (Path::new("conf"), Some(config::FailOn::Note)));
    }

    #[test]
    fn flags_win() {
        let flags = [
            "--fail-on=warning",
            "--min-confidence=certain",
            "--select=x,y",
            "--ignore=z",
            "--threads=1",
            "--no-ignore",
            "--max-findings=9",
        ];
        let settings = merged(&flags, config());
        let policy = &settings.policy;
        assert_eq!((policy.fail_on, policy.max_findings), (Some(Severity::Warning), 9));
        assert_eq!(policy.min_confidence, Confidence::Certain);
        assert_eq!(policy.select, ["x", "y"]);
        assert_eq!((policy.ignore.as_slice(), policy.silenced.len()), (["z".to_owned()].as_slice(), 0));
        assert_eq!(settings.scan.threads, 1);
        assert!(settings.scan.walk.no_ignore);
        let one = &policy.overrides[0];
        assert_eq!((one.fail_on, one.min_confidence, one.silenced.len()), (None, None, 1));
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        assert_eq!(merged(&[], Config::default()).policy, Policy::default());
    }

    #[test]
    fn a_report_needs_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_folder(&folder.path().join("a.sarif")).is_ok());
        assert!(check_folder(Path::new("a.sarif")).is_ok());
        assert!(check_folder(&folder.path().join("missing/a.sarif")).is_err());
        assert!(check_folder(folder.path()).is_err());
    }
}
