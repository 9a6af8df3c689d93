//! What was typed means this: flags and the configuration file merged, defaults filled in, names checked.

use std::io;
use std::path::{Path, PathBuf};

use super::args::{CommonArguments, FixArguments, ScanArguments};
use super::error::Error;
use crate::config::{self, Config};
use crate::console::{self, Listed};
use crate::finding::Confidence;
use crate::gate::Policy;
use crate::report::{Base, Format, RULE_PAGES, RuleInfo};
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
    /// Reports in files.
    pub(super) outputs: Vec<(Format, PathBuf)>,
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

impl ScanSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: ScanArguments) -> Result<Self, Error> {
        let paths = paths(&arguments.common.paths)?;
        let (config, _) = read(&arguments.common, &paths)?;
        let credentials = arguments.credentials.as_deref().map(console::read).transpose()?;
        Ok(Self { credentials, ..Self::merge(arguments, config, paths) })
    }

    /// A flag wins over the configuration; a switch that either turns on is on.
    fn merge(arguments: ScanArguments, mut config: Config, paths: Vec<PathBuf>) -> Self {
        let mut remarks = Vec::new();
        if arguments.prove_absent {
            let narrows = [
                ("select", config.select.take().is_some()),
                ("ignore", config.ignore.take().is_some()),
                ("min_confidence", config.min_confidence.take().is_some()),
                ("fail_on", config.fail_on.take().is_some()),
            ];
            let narrows = narrows.into_iter().filter(|(_, is_set)| *is_set);
            remarks.extend(narrows.map(|(key, _)| {
                format!(
                    "`{key}` of the configuration does not hold with --prove-absent: every finding stands in the way"
                )
            }));
        }
        let mut common = CommonSettings::merge(arguments.common, config, paths, &Options::default());
        common.scan.prove_absent = arguments.prove_absent;
        common.policy.prove_absent = arguments.prove_absent;
        if arguments.prove_absent {
            common.policy.min_confidence = Confidence::Possible;
        }
        Self { common, format: arguments.format, credentials: None, remarks }
    }
}

impl FixSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: FixArguments) -> Result<Self, Error> {
        let paths = paths(&arguments.common.paths)?;
        let (config, file) = read(&arguments.common, &paths)?;
        if let Some(path) = &arguments.report {
            check_folder(path)?;
        }
        let options = options(&arguments, &config, file.as_deref());
        Ok(Self {
            common: CommonSettings::merge(arguments.common, config, paths, &options),
            writes: arguments.write,
            asks: arguments.interactive,
            takes_review: arguments.takes_review,
            allows_dirty: arguments.allow_dirty,
            report: arguments.report,
        })
    }
}

impl CommonSettings {
    fn merge(arguments: CommonArguments, config: Config, paths: Vec<PathBuf>, options: &Options) -> Self {
        let list = |flag: Vec<String>, config: Option<Vec<String>>| {
            if flag.is_empty() { config.unwrap_or_default() } else { flag }
        };
        let defaults = Policy::default();
        let policy = Policy {
            fail_on: arguments.fail_on.or(config.fail_on).map_or(defaults.fail_on, config::FailOn::severity),
            min_confidence: arguments.min_confidence.or(config.min_confidence).unwrap_or(defaults.min_confidence),
            select: list(arguments.select, config.select),
            ignore: list(arguments.ignore, config.ignore),
            allow_incomplete: arguments.allow_incomplete,
            allow_empty: arguments.allow_empty,
            ..defaults
        };
        let walk = walk::Options {
            no_ignore: arguments.no_ignore || config.no_ignore.unwrap_or_default(),
            hidden: arguments.hidden || config.hidden.unwrap_or_default(),
            force_exclude: arguments.force_exclude,
        };
        let threads = arguments.threads.map(usize::from).or(config.threads).unwrap_or_default();
        let mut rules = config.rules.unwrap_or_default();
        rules.extend(arguments.rules);
        let scan = scan::Settings {
            paths,
            walk,
            threads,
            limits: syntax::Limits::default(),
            planners: rewrite::planners(options),
            ..scan::Settings::default()
        };
        Self { scan, policy, rules, outputs: arguments.output }
    }
}

/// What a rewrite keeps to. `file` is where the configuration stands.
fn options(arguments: &FixArguments, config: &Config, file: Option<&Path>) -> Options {
    let folder = file.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let tables = config.scopes.iter().map(|table| Configured {
        client_id: table.client_id.clone(),
        paths: table.paths.iter().map(|glob| glob.0.clone()).collect(),
        folder: folder.clone(),
        scopes: table.scopes.0.clone(),
    });
    Options { configured: tables.collect(), ..Options::with(&arguments.target, arguments.scopes.clone()) }
}

/// The configuration and its file, once it is known that the reports have a place to go: the file that is named, else the one
/// that holds for the paths.
fn read(arguments: &CommonArguments, paths: &[PathBuf]) -> Result<(Config, Option<PathBuf>), Error> {
    let file = arguments.config.clone().or_else(|| found(paths));
    let config = file.as_deref().map(config::read).transpose()?.unwrap_or_default();
    for (_, path) in &arguments.output {
        check_folder(path)?;
    }
    Ok((config, file))
}

/// The configuration file above the paths: in the folder that holds them all or one around it, up to the root of its git
/// repository.
fn found(paths: &[PathBuf]) -> Option<PathBuf> {
    let ancestor = ancestor(paths)?;
    let root = walk::repository_root(&ancestor).map(Path::to_owned);
    let folders = ancestor.ancestors().take_while(|folder| root.as_ref().is_none_or(|root| folder.starts_with(root)));
    folders.map(|folder| folder.join(config::NAME)).find(|file| file.is_file())
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
        }
    });
    let rules = rules.collect();
    Ok((catalog, rules))
}

/// Every rule that is named has to exist: a misspelt one would silently report nothing, or everything.
pub(super) fn check_rules(policy: &Policy, rules: &[RuleInfo]) -> Result<(), Error> {
    let known = rules.iter().map(|rule| rule.id.as_str());
    match policy.select.iter().chain(&policy.ignore).find(|name| !known.clone().any(|id| id == name.as_str())) {
        Some(name) => Err(Error::unknown_rule(name, known)),
        None => Ok(()),
    }
}

/// What paths in the formats of other programs are relative to: the git repository that all scanned paths lie in.
pub(super) fn base(paths: &[PathBuf]) -> Base {
    let (Ok(working), Some(ancestor)) = (std::env::current_dir(), ancestor(paths)) else { return Base::default() };
    match walk::repository_root(&ancestor) {
        Some(root) => Base::new(&working, root),
        None => Base::default(),
    }
}

/// The innermost folder or file that all paths lie in; the working directory where there are none.
fn ancestor(paths: &[PathBuf]) -> Option<PathBuf> {
    let working = std::env::current_dir().ok()?;
    let mut common: Option<PathBuf> = None;
    for path in paths.iter().map(|path| walk::normal(&working.join(path))) {
        common = Some(match common {
            None => path,
            Some(known) => known.ancestors().find(|known| path.starts_with(known)).unwrap_or(&working).to_owned(),
        });
    }
    Some(common.unwrap_or(working))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Arguments, Command};
    use super::*;
    use crate::finding::Severity;

    fn merged(flags: &[&str], config: Config) -> ScanSettings {
        let typed = Arguments::try_parse_from(["grantshift", "scan"].iter().chain(flags)).unwrap();
        let Command::Scan(arguments) = typed.command else { panic!("no scan") };
        ScanSettings::merge(*arguments, config, Vec::new())
    }

    fn config() -> Config {
        Config {
            select: Some(vec!["a".to_owned()]),
            ignore: Some(vec!["b".to_owned()]),
            fail_on: Some(config::FailOn::Never),
            min_confidence: Some(Confidence::Possible),
            hidden: Some(true),
            no_ignore: None,
            rules: Some(vec![PathBuf::from("one")]),
            threads: Some(3),
            scopes: Vec::new(),
        }
    }

    #[test]
    fn the_configuration_fills_what_no_flag_says() {
        let settings = merged(&["--rules", "two"], config());
        assert_eq!(settings.common.policy.fail_on, None);
        assert_eq!(settings.common.policy.min_confidence, Confidence::Possible);
        assert_eq!(
            (settings.common.policy.select, settings.common.policy.ignore),
            (vec!["a".to_owned()], vec!["b".to_owned()])
        );
        assert_eq!(settings.common.scan.threads, 3);
        assert!(settings.common.scan.walk.hidden && !settings.common.scan.walk.no_ignore);
        assert_eq!(settings.common.rules, [PathBuf::from("one"), PathBuf::from("two")]);
    }

    #[test]
    fn flags_win() {
        let flags = ["--fail-on=warning", "--min-confidence=certain", "--select=x,y", "--threads=1", "--no-ignore"];
        let settings = merged(&flags, config());
        assert_eq!(settings.common.policy.fail_on, Some(Severity::Warning));
        assert_eq!(settings.common.policy.min_confidence, Confidence::Certain);
        assert_eq!(settings.common.policy.select, ["x", "y"]);
        assert_eq!(settings.common.scan.threads, 1);
        assert!(settings.common.scan.walk.no_ignore);
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        assert_eq!(merged(&[], Config::default()).common.policy, Policy::default());
    }

    #[test]
    fn the_base_is_the_repository_of_the_scanned_paths() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repo/.git")).unwrap();
        let path = |name: &str| folder.path().join(name);
        let working = std::env::current_dir().unwrap();
        let expected = Base::new(&working, &path("repo"));
        assert_eq!(base(&[path("repo/src/a.js"), path("repo/lib")]), expected);
        assert_eq!(base(&[path("repo")]), expected);
        assert_ne!(base(&[path("repo/src"), path("other")]), expected);
    }

    #[test]
    fn the_configuration_is_found_above_what_all_paths_share() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for made in ["repo/.git", "repo/a/src", "repo/b/src"] {
            std::fs::create_dir_all(path(made)).unwrap();
        }
        for made in ["grantshift.toml", "repo/a/grantshift.toml", "repo/a/src/x.js"] {
            std::fs::write(path(made), "").unwrap();
        }
        // Never one outside of the repository.
        assert_eq!(found(&[path("repo/b/src")]), None);
        let of_a = Some(path("repo/a/grantshift.toml"));
        assert_eq!(found(&[path("repo/a/src")]), of_a);
        assert_eq!(found(&[path("repo/a/src/x.js")]), of_a);
        assert_eq!(found(&[path("repo/a/src"), path("repo/b")]), None);
        std::fs::write(path("repo/grantshift.toml"), "").unwrap();
        assert_eq!(found(&[path("repo/a/src"), path("repo/b")]), Some(path("repo/grantshift.toml")));
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
