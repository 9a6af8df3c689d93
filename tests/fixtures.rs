//! Walks all fixtures: what the comments in them expect is found, and nothing else is.
//!
//! `// expect: RULE` says that a finding of the rule starts on the next line; `// ok:` that none does. Whatever starts
//! elsewhere is an error of the fixture or of the program. Several rules are separated by commas. A format without
//! comments has a `case.toml` beside it that lists `file`, `line` and `rule` of every expectation.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use grantshift::finding::{Confidence, Family, Language, Platform};
use grantshift::rules::Catalog;
use grantshift::rules::schema::LibraryKind;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::source::{SourceFile, decode_for_search};
use grantshift::walk::Options;

/// The folders below `fixtures/`.
const LANGUAGES: [&str; 18] = [
    "javascript",
    "typescript",
    "java",
    "python",
    "json",
    "yaml",
    "toml",
    "properties",
    "dotenv",
    "xml",
    "gradle",
    "requirements",
    "ini",
    "shell",
    "makefile",
    "hcl",
    "keys",
    "notebook",
];

/// The expectations that a case lists beside its files.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    expect: Vec<Expectation>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    file: String,
    line: usize,
    rule: String,
}

/// The fixtures below the folder, or those whose path contains `GRANTSHIFT_FIXTURE`.
fn cases() -> Vec<PathBuf> {
    let wanted = env::var("GRANTSHIFT_FIXTURE").unwrap_or_default();
    let mut cases = Vec::new();
    for language in
        LANGUAGES.iter().map(|language| Path::new("fixtures").join(language)).filter(|folder| folder.is_dir())
    {
        for rule in folders(&language) {
            cases.extend(folders(&rule).into_iter().filter(|case| case.to_string_lossy().contains(&wanted)));
        }
    }
    assert!(!cases.is_empty(), "no fixture matches {wanted:?}");
    cases
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// The family that the fixtures of a file's folder belong to.
fn family(path: &Path) -> Family {
    let language = path.components().nth(1).and_then(|part| Language::named(&part.as_os_str().to_string_lossy()));
    language.map_or(Family::Document, Language::family)
}

/// Whether a file is found by its name, not by what it holds.
fn is_key_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["key", "pem", "der", "p12", "crt"].iter().any(|known| extension == *known))
}

/// What the `case.toml` of a file expects in it.
fn listed(path: &Path) -> Vec<(usize, String)> {
    let mut listed = Vec::new();
    for folder in path.ancestors().skip(1).take_while(|folder| folder.components().count() > 3) {
        let Ok(text) = fs::read_to_string(folder.join("case.toml")) else { continue };
        let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let expected = case.expect.into_iter().filter(|expected| folder.join(&expected.file) == path);
        listed.extend(expected.map(|expected| (expected.line, expected.rule)));
    }
    listed
}

/// Line and rule of every expectation in a file.
fn expectations(path: &Path) -> Vec<(usize, String)> {
    let bytes = fs::read(path).unwrap();
    let decoded = decode_for_search(&bytes);
    let text = String::from_utf8_lossy(decoded.as_deref().unwrap_or(&bytes)).into_owned();
    let mut expected = listed(path);
    for (number, line) in text.lines().enumerate() {
        if let Some((_, rules)) = line.split_once("expect:") {
            for rule in rules.trim().trim_end_matches("*/").trim_end_matches("-->").split(',') {
                expected.push((number + 2, rule.trim().to_owned()));
            }
        }
    }
    expected
}

#[test]
fn every_fixture_gives_what_it_expects() {
    let catalog = Catalog::load(&[]).unwrap();
    let mut report = String::new();
    let (mut total, mut wrong) = (0, 0);
    for case in cases() {
        let settings = Settings {
            paths: vec![case.clone()],
            walk: Options { no_ignore: true, hidden: true, ..Options::default() },
            threads: 1,
            ..Settings::default()
        };
        let scanned = scan(&settings, &catalog, &Progress::default()).unwrap();
        let mut found: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
        for finding in scanned.findings.iter().filter(|finding| finding.confidence >= Confidence::Likely) {
            let place = (finding.span.start.line, finding.rule.clone());
            found.entry(finding.path.clone()).or_default().push(place);
        }
        total += 1;
        let mut differences = String::new();
        for file in files(&case) {
            let name = file.to_string_lossy().replace('\\', "/");
            let expected = expectations(&file);
            let found = found.remove(&name).unwrap_or_default();
            for (line, rule) in expected.iter().filter(|place| !found.contains(place)) {
                writeln!(differences, "    {name}:{line}: {rule} is missing").unwrap();
            }
            for (line, rule) in found.iter().filter(|place| !expected.contains(place)) {
                writeln!(differences, "    {name}:{line}: {rule} is noise").unwrap();
            }
        }
        if scanned.errors.iter().any(|error| error.reason != "syntax_error") {
            writeln!(
                differences,
                "    not read whole: {}",
                scanned.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(", ")
            )
            .unwrap();
        }
        if !differences.is_empty() {
            wrong += 1;
            write!(report, "{}\n{differences}", case.display()).unwrap();
        }
    }
    assert!(wrong == 0, "{wrong} of {total} fixtures are not as expected\n{report}");
}

#[test]
fn every_expecting_file_passes_the_filter() {
    let catalog = Catalog::load(&[]).unwrap();
    let filters = grantshift::anchors::Filter::new(&catalog).unwrap();
    let mut checked = 0;
    for file in cases().iter().flat_map(|case| files(case)) {
        let filter = filters.of(family(&file));
        if expectations(&file).is_empty() || is_key_file(&file) {
            continue;
        }
        checked += 1;
        let bytes = fs::read(&file).unwrap();
        let decoded = decode_for_search(&bytes);
        let bytes = decoded.as_deref().unwrap_or(&bytes);
        assert!(filter.is_candidate(bytes), "{} does not pass the filter", file.display());
    }
    assert!(checked > 0, "no fixture expects anything");
}

/// Code splits its literals and moves the pieces: cutting any literal that the filter hits, at any slash or in the
/// middle of a word, must not hide a file that holds a finding.
#[test]
fn split_literals_do_not_hide_a_file() {
    let catalog = Catalog::load(&[]).unwrap();
    let filters = grantshift::anchors::Filter::new(&catalog).unwrap();
    let filter = filters.of(Family::Code);
    let literals = grantshift::anchors::literals(&catalog, Family::Code);
    let mut cut = 0;
    let mut hidden = String::new();
    for file in cases().iter().flat_map(|case| files(case)) {
        let expected = expectations(&file);
        let bytes = fs::read(&file).unwrap();
        if !expected.iter().any(|(_, rule)| rule == "ims-jwt-exchange") || decode_for_search(&bytes).is_some() {
            continue;
        }
        for literal in literals.iter().map(String::as_bytes) {
            for start in memchr::memmem::find_iter(&bytes, literal) {
                for offset in cuts(literal) {
                    let mut moved = bytes[..start + offset].to_vec();
                    moved.extend_from_slice(b"\" + \"");
                    moved.extend_from_slice(&bytes[start + offset..]);
                    cut += 1;
                    if !filter.is_candidate(&moved) {
                        let literal = String::from_utf8_lossy(literal);
                        writeln!(hidden, "{}: {literal} cut at {offset}", file.display()).unwrap();
                    }
                }
            }
        }
    }
    assert!(cut > 100, "only {cut} literals were cut");
    assert!(hidden.is_empty(), "of {cut} cuts these hide the file:\n{hidden}");
}

/// Where code would cut a literal: before and after a slash, else in the middle. The name of a form field is a word
/// that nobody puts together.
fn cuts(literal: &[u8]) -> Vec<usize> {
    let slashes: Vec<usize> = (1..literal.len()).filter(|at| literal[*at] == b'/' || literal[at - 1] == b'/').collect();
    match slashes.is_empty() {
        true if literal.contains(&b'_') => Vec::new(),
        true => vec![literal.len() / 2],
        false => slashes,
    }
}

/// Every HTTP client and every signing library that the rule files describe is met in a fixture, and named by it.
#[test]
fn every_library_has_a_fixture() {
    let catalog = Catalog::load(&[]).unwrap();
    let settings = Settings {
        paths: vec![PathBuf::from("fixtures")],
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        ..Settings::default()
    };
    let scanned = scan(&settings, &catalog, &Progress::default()).unwrap();
    let mut missing = Vec::new();
    for platform in [Platform::Node, Platform::Java, Platform::Python] {
        for library in catalog.libraries(platform).libraries() {
            let met = scanned.findings.iter().filter(|finding| finding.language.platform() == Some(platform)).any(
                |finding| {
                    let named = match library.kind {
                        LibraryKind::HttpClient => finding.details.http_client.as_ref(),
                        LibraryKind::Signing => finding.details.jwt_library.as_ref(),
                        LibraryKind::Values => return true,
                    };
                    named == Some(&library.name)
                },
            );
            if !met {
                missing.push(library.name.clone());
            }
        }
    }
    assert!(missing.is_empty(), "no fixture meets {}", missing.join(", "));
}

/// The spans of the report lie where an editor would look for them.
#[test]
fn spans_hold_the_call() {
    let catalog = Catalog::load(&[]).unwrap();
    let settings = Settings {
        paths: vec![PathBuf::from("fixtures")],
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        ..Settings::default()
    };
    let scanned = scan(&settings, &catalog, &Progress::default()).unwrap();
    assert!(scanned.findings.len() > 20, "only {} findings", scanned.findings.len());
    for finding in &scanned.findings {
        let bytes = fs::read(&finding.path).unwrap();
        let slice = &bytes[finding.span.start.byte..finding.span.end.byte];
        assert!(!slice.is_empty(), "{}: an empty span", finding.path);
        // Keys need not be text.
        let Ok(file) = SourceFile::decode(finding.path.clone(), &bytes, finding.language) else {
            assert_eq!(finding.language.family(), Family::Key);
            continue;
        };
        assert!(finding.span.start.line <= file.line_count(), "{}: past the end", finding.path);
    }
}
