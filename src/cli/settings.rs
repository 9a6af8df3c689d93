//! What was typed means this: flags and the configuration file merged, defaults filled in, names checked.

use std::io;
use std::path::{Path, PathBuf};

use super::args::ScanArguments;
use super::error::Error;
use crate::config::{self, Config};
use crate::console::{self, Listed};
use crate::finding::Confidence;
use crate::gate::Policy;
use crate::report::{Base, Format, RULE_PAGES, RuleInfo};
use crate::rules::Catalog;
use crate::walk;
use crate::{scan, syntax};

/// What a scan is to do.
#[derive(Debug)]
pub(super) struct ScanSettings {
    pub(super) scan: scan::Settings,
    pub(super) policy: Policy,
    /// Folders of the user's own rules.
    pub(super) rules: Vec<PathBuf>,
    /// The report on standard output.
    pub(super) format: Format,
    /// Reports in files.
    pub(super) outputs: Vec<(Format, PathBuf)>,
    /// The Developer Console's list of credentials.
    pub(super) credentials: Option<Vec<Listed>>,
    /// What of the configuration does not hold in this run.
    pub(super) remarks: Vec<String>,
}

impl ScanSettings {
    /// Reads the configuration and the list on standard input, where they are asked for.
    pub(super) fn new(arguments: ScanArguments) -> Result<Self, Error> {
        let config = arguments.config.as_deref().map(config::read).transpose()?.unwrap_or_default();
        for (_, path) in &arguments.output {
            check_folder(path)?;
        }
        let credentials = arguments.credentials.as_deref().map(console::read).transpose()?;
        let paths = paths(&arguments.paths)?;
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
        let list = |flag: Vec<String>, config: Option<Vec<String>>| {
            if flag.is_empty() { config.unwrap_or_default() } else { flag }
        };
        let defaults = Policy::default();
        let mut policy = Policy {
            fail_on: arguments.fail_on.or(config.fail_on).map_or(defaults.fail_on, config::FailOn::severity),
            min_confidence: arguments.min_confidence.or(config.min_confidence).unwrap_or(defaults.min_confidence),
            select: list(arguments.select, config.select),
            ignore: list(arguments.ignore, config.ignore),
            allow_incomplete: arguments.allow_incomplete,
            allow_empty: arguments.allow_empty,
            prove_absent: arguments.prove_absent,
        };
        if policy.prove_absent {
            policy.min_confidence = Confidence::Possible;
        }
        let walk = walk::Options {
            no_ignore: arguments.no_ignore || config.no_ignore.unwrap_or_default(),
            hidden: arguments.hidden || config.hidden.unwrap_or_default(),
            force_exclude: arguments.force_exclude,
        };
        let threads = arguments.threads.map(usize::from).or(config.threads).unwrap_or_default();
        let mut rules = config.rules.unwrap_or_default();
        rules.extend(arguments.rules);
        Self {
            scan: scan::Settings {
                paths,
                walk,
                threads,
                limits: syntax::Limits::default(),
                prove_absent: arguments.prove_absent,
                ..scan::Settings::default()
            },
            policy,
            rules,
            format: arguments.format,
            outputs: arguments.output,
            credentials: None,
            remarks,
        }
    }
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
    let Ok(working) = std::env::current_dir() else { return Base::default() };
    let mut ancestor: Option<PathBuf> = None;
    for path in paths.iter().map(|path| walk::normal(&working.join(path))) {
        ancestor = Some(match ancestor {
            None => path,
            Some(known) => known.ancestors().find(|known| path.starts_with(known)).unwrap_or(&working).to_owned(),
        });
    }
    let ancestor = ancestor.unwrap_or_else(|| working.clone());
    match walk::repository_root(&ancestor) {
        Some(root) => Base::new(&working, root),
        None => Base::default(),
    }
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
        }
    }

    #[test]
    fn the_configuration_fills_what_no_flag_says() {
        let settings = merged(&["--rules", "two"], config());
        assert_eq!(settings.policy.fail_on, None);
        assert_eq!(settings.policy.min_confidence, Confidence::Possible);
        assert_eq!((settings.policy.select, settings.policy.ignore), (vec!["a".to_owned()], vec!["b".to_owned()]));
        assert_eq!(settings.scan.threads, 3);
        assert!(settings.scan.walk.hidden && !settings.scan.walk.no_ignore);
        assert_eq!(settings.rules, [PathBuf::from("one"), PathBuf::from("two")]);
    }

    #[test]
    fn flags_win() {
        let flags = ["--fail-on=warning", "--min-confidence=certain", "--select=x,y", "--threads=1", "--no-ignore"];
        let settings = merged(&flags, config());
        assert_eq!(settings.policy.fail_on, Some(Severity::Warning));
        assert_eq!(settings.policy.min_confidence, Confidence::Certain);
        assert_eq!(settings.policy.select, ["x", "y"]);
        assert_eq!(settings.scan.threads, 1);
        assert!(settings.scan.walk.no_ignore);
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        assert_eq!(merged(&[], Config::default()).policy, Policy::default());
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
    fn a_report_needs_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_folder(&folder.path().join("a.sarif")).is_ok());
        assert!(check_folder(Path::new("a.sarif")).is_ok());
        assert!(check_folder(&folder.path().join("missing/a.sarif")).is_err());
        assert!(check_folder(folder.path()).is_err());
    }
}
