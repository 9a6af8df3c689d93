//! Changes code in ways that keep or lose its meaning, and sees that the findings stay or go.
//!
//! Every positive fixture is changed in every way that its shape allows. Each cell of the table that is printed, a language
//! and a kind of change, has to reach its share; what fails is listed, and its text is kept below `target/metamorphic`.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]
#![allow(clippy::print_stdout, reason = "the table is for the reader of the test")]

mod edits;
mod fixture;
mod keep;
mod lose;
mod names;
mod site;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use grantshift::finding::{Confidence, Finding};
use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::syntax::{Limits, parse, syntax_error};
use grantshift::walk::Options;

use self::fixture::{Fixture, Variant};

/// The share of the changed fixtures of a cell that have to be judged rightly.
const SHARE: f64 = 0.97;

/// How many fixtures a kind of change has to apply to.
const FEWEST: usize = 5;

/// What must be left of the findings after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// All of them, of the same rules.
    Kept,
    /// None of an exchange in the file.
    NoExchange,
    /// None in the file.
    Lost,
    /// None in the file that is certain.
    Doubted,
}

/// A kind of change.
struct Kind {
    name: &'static str,
    meaning: Meaning,
    apply: fn(&Fixture) -> Vec<Variant>,
}

/// A changed fixture, written to a folder of its own.
struct Case<'a> {
    fixture: &'a Fixture,
    folder: PathBuf,
    label: String,
    changed: Vec<PathBuf>,
}

#[test]
fn findings_follow_the_meaning() {
    let catalog = Catalog::load(&[]).unwrap();
    let mut fixtures = Fixture::all();
    let wanted = std::env::var("GRANTSHIFT_KIND").unwrap_or_default();
    let root = tempfile::tempdir().unwrap();
    let originals: Vec<Case<'_>> = fixtures
        .iter()
        .enumerate()
        .map(|(number, fixture)| write(fixture, &Variant::same(), &root.path().join(format!("original-{number:04}"))))
        .collect();
    let found = findings(&originals, &catalog);
    drop(originals);
    for (fixture, found) in fixtures.iter_mut().zip(found) {
        fixture.set_findings(found);
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("metamorphic");
    let _ = fs::remove_dir_all(&kept);
    let kinds: Vec<Kind> = keep::kinds().into_iter().chain(lose::kinds()).collect();
    let mut table: BTreeMap<(usize, &str), (usize, usize)> = BTreeMap::new();
    let (mut failures, mut broken) = (String::new(), String::new());
    for (position, kind) in kinds.iter().enumerate().filter(|(_, kind)| kind.name.contains(&wanted)) {
        let mut cases = Vec::new();
        for fixture in fixtures.iter().filter(|fixture| !fixture.expected().is_empty()) {
            table.entry((position, fixture.language_name())).or_default();
            for variant in (kind.apply)(fixture) {
                if let Some(error) = invalid(&variant) {
                    writeln!(broken, "{}: {} {}: {error}", kind.name, fixture.label(), variant.label).unwrap();
                    continue;
                }
                let folder = root.path().join(format!("kind-{position:02}-{:04}", cases.len()));
                cases.push(write(fixture, &variant, &folder));
            }
        }
        let found = findings(&cases, &catalog);
        for (case, found) in cases.iter().zip(found) {
            let rules = rules_of(&found);
            let (own, certain): (Vec<Finding>, Vec<Finding>) = {
                let own: Vec<Finding> = found.into_iter().filter(|finding| case.fixture.is_of(finding)).collect();
                let certain = own.iter().filter(|finding| finding.confidence == Confidence::Certain).cloned().collect();
                (own, certain)
            };
            let right = match kind.meaning {
                Meaning::Kept => rules == *case.fixture.expected(),
                Meaning::NoExchange => own.iter().all(|finding| finding.rule != "ims-jwt-exchange"),
                Meaning::Lost => own.is_empty(),
                Meaning::Doubted => certain.is_empty(),
            };
            let cell = table.entry((position, case.fixture.language_name())).or_default();
            cell.1 += 1;
            if right {
                cell.0 += 1;
                continue;
            }
            let copy =
                kept.join(kind.name.replace(' ', "-")).join(case.fixture.label().replace('/', "+")).join(&case.label);
            for changed in &case.changed {
                let target = copy.join(changed);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::copy(case.folder.join(changed), target).unwrap();
            }
            let expected = case.fixture.expected();
            writeln!(
                failures,
                "{}: {} {}\n    {} became {}\n    {}",
                kind.name,
                case.fixture.label(),
                case.label,
                listed(expected),
                listed(&rules),
                copy.display()
            )
            .unwrap();
        }
    }
    let (text, wrong) = print(&kinds, &table);
    println!("{text}{failures}{broken}");
    assert!(broken.is_empty(), "a change makes code that does not parse:\n{broken}");
    assert!(wrong.is_empty(), "\n{text}{failures}\n{}", wrong.join("\n"));
}

/// How many cases one scan has: one scan may search so many files for importers and no more.
const AT_ONCE: usize = 40;

/// The findings of each case that are reported.
fn findings(cases: &[Case<'_>], catalog: &Catalog) -> Vec<Vec<Finding>> {
    cases.chunks(AT_ONCE).flat_map(|cases| of_chunk(cases, catalog)).collect()
}

fn of_chunk(cases: &[Case<'_>], catalog: &Catalog) -> Vec<Vec<Finding>> {
    let mut found: Vec<Vec<Finding>> = cases.iter().map(|_| Vec::new()).collect();
    let settings = Settings {
        paths: cases.iter().map(|case| case.folder.clone()).collect(),
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        ..Settings::default()
    };
    let scanned = scan(&settings, catalog, &Progress::default()).unwrap();
    let positions: BTreeMap<String, usize> = cases
        .iter()
        .enumerate()
        .map(|(position, case)| (case.folder.file_name().unwrap().to_string_lossy().into_owned(), position))
        .collect();
    for finding in scanned.findings.into_iter().filter(|finding| finding.confidence >= Confidence::Likely) {
        let position = finding.path.split('/').find_map(|part| positions.get(part));
        found[*position.unwrap()].push(finding);
    }
    found
}

fn listed(rules: &BTreeMap<String, usize>) -> String {
    let counted = rules.iter().map(|(rule, count)| format!("{count} {rule}")).collect::<Vec<_>>();
    if counted.is_empty() { "nothing".to_owned() } else { counted.join(", ") }
}

fn rules_of(findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut rules = BTreeMap::new();
    for finding in findings {
        *rules.entry(finding.rule.clone()).or_default() += 1;
    }
    rules
}

/// Where a change made no valid code of valid code: an error of the change.
fn invalid(variant: &Variant) -> Option<String> {
    variant.files.iter().find_map(|(path, text)| {
        let tree = parse(text, fixture::language_of(path)?, &Limits::default()).unwrap();
        let error = syntax_error(&tree)?;
        let line = text[..error.start].lines().count();
        Some(format!("{}: line {line} is no valid code in\n{text}", path.display()))
    })
}

/// Writes a changed fixture.
fn write<'a>(fixture: &'a Fixture, variant: &Variant, folder: &Path) -> Case<'a> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = fixture.files().iter().cloned().collect();
    for removed in &variant.removed {
        files.remove(removed);
    }
    for (path, text) in &variant.files {
        files.insert(path.clone(), text.clone().into_bytes());
    }
    for (path, bytes) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let changed = files.into_keys().collect();
    Case { fixture, folder: folder.to_owned(), label: variant.label.clone(), changed }
}

/// The table, and the cells that do not reach their share.
fn print(kinds: &[Kind], table: &BTreeMap<(usize, &str), (usize, usize)>) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut wrong = Vec::new();
    for ((position, language), (right, total)) in table {
        let kind = &kinds[*position];
        // A kind that a language does not have at all is no cell of it.
        if *total == 0 && !keep::is_for(kind.name, language) {
            continue;
        }
        #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
        let share = if *total == 0 { 0.0 } else { *right as f64 / *total as f64 };
        writeln!(text, "{:<34} {language:<11} {right:>4}/{total:<4} {share:.3}", kind.name).unwrap();
        if *total < FEWEST {
            wrong.push(format!("{} in {language} applies to {total} fixtures only", kind.name));
        } else if share < SHARE {
            wrong.push(format!("{} in {language} is right in {right} of {total}", kind.name));
        }
    }
    (text, wrong)
}
