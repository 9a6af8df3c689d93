//! `grantshift fix`: rewrite what can be rewritten, or print it as a diff.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::FixArguments;
use super::error::Error;
use super::settings::{self, CommonSettings, FixSettings};
use super::terminal::Terminal;
use super::{ask, places, progress, reports};
use crate::finding::{Applicability, Finding};
use crate::gate::{Found, exit, exit_code_of};
use crate::report::rewriting::{ChangeSet, Rewritten, render_json, render_work_list};
use crate::report::{Circumstances, TOOL};
use crate::rewrite::{self, Fate, Printer, Rewriting, Selection, Versions, Withheld, dirty, leftovers, write};
use crate::rules::Catalog;
use crate::scan::{self, Progress, Scanned};
use crate::walk::{FileKinds, normal, reported_path};

#[cfg(test)]
mod tests;

pub(super) fn run(arguments: FixArguments, terminal: &Terminal) -> Result<u8, Error> {
    carry_out(&FixSettings::new(arguments)?, terminal)
}

fn carry_out(settings: &FixSettings, terminal: &Terminal) -> Result<u8, Error> {
    if settings.asks && !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Error::NoTerminal);
    }
    let common = &settings.common;
    let (catalog, rules) = settings::catalog(&common.rules)?;
    settings::check_rules(common, &rules)?;
    if common.print(terminal)? {
        return Ok(exit::CLEAN);
    }
    if settings.writes {
        clean(common, &catalog, terminal)?;
    }
    let progress = Progress::default();
    let mut scanned = progress::shown(terminal, &progress, || scan::scan(&common.scan, &catalog, &progress))?;
    for notice in &scanned.notices {
        terminal.remark(notice);
    }
    let done = rewritten(&scanned, settings, &catalog, terminal)?;
    let Done { findings, sets, failure } = done;
    let fates: BTreeMap<Place, Fate> = findings.iter().map(|(finding, fate)| (place(finding), fate.clone())).collect();
    scanned.findings = findings.into_iter().map(|(finding, _)| finding).collect();
    rewrite::withhold_edits(&mut scanned.findings, &scanned.sources);
    let mut outcome = common.gate(&catalog).decide(Found::from(scanned));
    reports::say_what_was_known(&outcome, terminal);
    let fate = |finding: &Finding| {
        let unknown = || Fate::left(rewrite::Cause::Manual, finding.fix.reason.clone());
        fates.get(&place(finding)).cloned().unwrap_or_else(unknown)
    };
    // What was known is rewritten all the same, and then it is news.
    outcome.restore(|finding| fate(finding).is_rewritten());
    let code = exit_code_of(&outcome, &common.policy, |finding| !fate(finding).is_rewritten());
    let fates: Vec<Fate> = outcome.findings.iter().map(fate).collect();
    let rewritten = Rewritten {
        outcome: &outcome,
        fates: &fates,
        change_sets: &sets,
        written: settings.writes && !sets.is_empty(),
    };
    if let Some(path) = &settings.report {
        reports::to_file(path, |out| render_json(&rewritten, out))?;
    }
    let base = places::base(&common.scan.paths);
    let category = common.category();
    let formats = common.outputs.iter().map(|(format, _)| *format);
    reports::say_limits(formats.clone(), &outcome, terminal);
    let repositories = reports::repositories(formats, &outcome, &common.scan.paths);
    let circumstances = Circumstances {
        rules: &rules,
        style: terminal.plain(),
        base: &base,
        policy: &common.policy,
        category: &category,
        repositories: &repositories,
        guidance: catalog.guidance(),
        change_sets: &sets,
        exit_code: code,
    };
    reports::write(&common.outputs, &outcome, &circumstances)?;
    if !terminal.quiet {
        terminal.message(|style, out| render_work_list(&rewritten, catalog.guidance(), style, out));
        for error in &outcome.errors {
            terminal.say(format_args!("not read whole: {}: {}", error.path, error.message));
        }
    }
    failure.map_or(Ok(code), |error| Err(Error::NotWritten(error)))
}

/// What tells one finding of a run from another.
type Place = (String, usize, usize, String, String);

fn place(finding: &Finding) -> Place {
    let Finding { path, span, rule, fingerprint, .. } = finding;
    (path.clone(), span.start.byte, span.end.byte, rule.clone(), fingerprint.clone())
}

/// What became of everything.
struct Done {
    findings: Vec<(Finding, Fate)>,
    sets: Vec<ChangeSet>,
    failure: Option<write::Error>,
}

/// Takes away what a run that was killed has left.
fn clean(common: &CommonSettings, catalog: &Catalog, terminal: &Terminal) -> Result<(), Error> {
    let kinds = Arc::new(FileKinds::new(catalog.files()).map_err(scan::Error::from)?);
    let left_out = move |path: &Path| path.is_dir() && path.file_name().is_some_and(|name| kinds.is_left_out(name));
    let cleaned = leftovers::clean(&common.scan.paths, left_out);
    let names = |paths: &[PathBuf]| paths.iter().map(|path| reported_path(path)).collect::<Vec<_>>().join(", ");
    if !cleaned.put_back.is_empty() {
        terminal.remark(format_args!(
            "an earlier run was ended while it wrote; put back, so that its change set is there as a whole or not at all: {}",
            names(&cleaned.put_back)
        ));
    }
    if !cleaned.torn.is_empty() {
        terminal.remark(format_args!(
            "an earlier run was ended while it wrote, and these files have been changed since: look whether they go together: {}",
            names(&cleaned.torn)
        ));
    }
    match cleaned.removed {
        0 => {}
        1 => terminal.remark("a file that an earlier run left behind was taken away"),
        count => terminal.remark(format_args!("{count} files that an earlier run left behind were taken away")),
    }
    Ok(())
}

/// Rewrites, and prints the diff where nothing is written.
fn rewritten(scanned: &Scanned, settings: &FixSettings, catalog: &Catalog, terminal: &Terminal) -> Result<Done, Error> {
    let FixSettings { common, takes_review, .. } = settings;
    let left = common.gate(catalog).left_alone(&scanned.findings, &scanned.suppressions);
    let left: BTreeSet<Place> = left.into_iter().map(|position| place(&scanned.findings[position])).collect();
    let is_silenced = |finding: &Finding| left.contains(&place(finding));
    let selection = Selection { policy: &common.policy, takes_review: *takes_review, is_silenced: &is_silenced };
    let mut rewriting = rewrite::prepare(scanned, &common.scan, catalog, selection)?;
    let working = std::env::current_dir().and_then(|working| working.canonicalize()).unwrap_or_default();
    let base = rewrite::base(&working);
    let mut failure = None;
    if settings.writes {
        if !settings.allows_dirty {
            refuse_dirty(&rewriting, terminal)?;
        }
        if settings.asks {
            let declined = ask::sets(&rewriting, &rewriting.printer(&scanned.sources, base), terminal)?;
            rewriting.decline(&declined)?;
        }
        failure = rewriting.write().err();
    } else {
        print(&rewriting, &rewriting.printer(&scanned.sources, base), terminal)?;
    }
    let printer = rewriting.printer(&scanned.sources, base);
    let sets = rewriting.sets.iter().map(|set| report(set, scanned, &rewriting, &printer)).collect();
    Ok(Done { findings: rewriting.findings(), sets, failure })
}

/// What is said of a change set in the report.
fn report(set: &rewrite::ChangeSet, scanned: &Scanned, rewriting: &Rewriting<'_>, printer: &Printer<'_>) -> ChangeSet {
    let findings = || set.findings.iter().filter_map(|position| scanned.findings.get(*position));
    let undo = rewriting.undo(set, printer);
    ChangeSet {
        number: set.number,
        applicability: findings().map(|finding| finding.fix.applicability).min().unwrap_or(Applicability::Manual),
        findings: findings().map(|finding| finding.fingerprint.clone()).collect(),
        files: rewriting.files(set).into_iter().map(str::to_owned).collect(),
        ledger: findings().flat_map(|finding| finding.details.ledger.clone()).collect(),
        undo_withheld: undo.as_ref().err().map(|why| match why {
            Withheld::Secret => "it would show a secret",
            Withheld::NotText => "the file is not UTF-8",
        }),
        undo: undo.ok(),
    }
}

/// Refuses to change what git could not bring back.
fn refuse_dirty(rewriting: &Rewriting<'_>, terminal: &Terminal) -> Result<(), Error> {
    let paths = rewriting.paths();
    if paths.is_empty() {
        return Ok(());
    }
    let status = dirty::status(paths.iter().copied()).map_err(Error::Git)?;
    if status.no_git {
        terminal.remark("git is not there to be asked: whether files hold uncommitted changes is not known");
    } else if !status.outside.is_empty() {
        let reported = |path: &PathBuf| rewriting.originals.get(path).map(|original| original.reported.as_str());
        let named: Vec<&str> = status.outside.iter().filter_map(reported).collect();
        terminal.remark(format_args!(
            "in no git repository, so that git cannot bring the old version back: {}",
            named.join(", ")
        ));
    }
    let reported = |path: &PathBuf| match rewriting.originals.get(path) {
        Some(original) => original.reported.clone(),
        None => path.display().to_string(),
    };
    let dirty: Vec<String> = status.dirty.iter().map(reported).collect();
    if dirty.is_empty() { Ok(()) } else { Err(Error::Dirty { files: dirty.join(", ") }) }
}

/// Prints one diff of all that may be shown.
fn print(rewriting: &Rewriting<'_>, printer: &Printer<'_>, terminal: &Terminal) -> Result<(), Error> {
    let (mut shown, mut withheld) = rewriting.shown(printer);
    let mut versions = rewriting.versions(shown.iter().copied());
    let mut diff = printer.diff(&Versions::new(), &versions);
    // What may be shown alone may bring two secrets together.
    while diff.is_err() {
        withheld.extend(shown.pop().map(|set| set.number));
        versions = rewriting.versions(shown.iter().copied());
        diff = printer.diff(&Versions::new(), &versions);
    }
    terminal.raw_output(|out| out.write_all(&diff.unwrap_or_default()))?;
    let outside = printer.outside(&versions);
    if !outside.is_empty() {
        terminal.say(format_args!(
            "note: `git apply` takes no file outside of the working directory and its repository: {}; run {} there",
            outside.join(", "),
            TOOL.name
        ));
    } else if let Some(above) = above_working_directory(&versions) {
        terminal.say(format_args!(
            "note: run `git apply` at the root of the repository: it leaves out what lies above the working directory, such \
             as {}",
            above.display()
        ));
    }
    let files: Vec<&str> = rewriting
        .sets
        .iter()
        .filter(|set| withheld.contains(&set.number))
        .flat_map(|set| rewriting.files(set))
        .collect();
    if !files.is_empty() {
        terminal.say(format_args!(
            "note: {} of {} left out of the diff, which would show a secret: {}; `{} fix --write` applies what is left out too",
            withheld.len(),
            if rewriting.sets.len() == 1 {
                "1 change set is".to_owned()
            } else {
                format!("{} change sets are", rewriting.sets.len())
            },
            files.join(", "),
            TOOL.name
        ));
    }
    Ok(())
}

fn above_working_directory(versions: &Versions) -> Option<&Path> {
    let working = normal(Path::new(".")).canonicalize().ok()?;
    versions.keys().find(|path| !path.starts_with(&working)).map(PathBuf::as_path)
}
