//! Walks all fixtures: what the comments in them expect is found, and nothing else is.
//!
//! `// expect: RULE` says that a finding of the rule starts on the next line; `// ok:` that none does. Whatever starts
//! elsewhere is an error of the fixture or of the program. Several rules are separated by commas.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use grantshift::finding::{Family, Platform};
use grantshift::gate::{Found, Gate, Policy};
use grantshift::rules::Catalog;
use grantshift::rules::schema::LibraryKind;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::source::{SourceFile, decode_for_search};
use grantshift::walk::Options;

/// The folders of code; the others hold configuration, manifests, scripts and keys.
const CODE: [&str; 5] = ["javascript", "typescript", "java", "python", "notebook"];
const OTHERS: [&str; 13] = [
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
];

/// The fixtures below the folder, or those whose path contains `GRANTSHIFT_FIXTURE`.
fn cases() -> Vec<PathBuf> {
    let wanted = env::var("GRANTSHIFT_FIXTURE").unwrap_or_default();
    let mut cases = Vec::new();
    let languages = CODE.iter().chain(&OTHERS).map(|language| Path::new("fixtures").join(language));
    for language in languages.filter(|folder| folder.is_dir()) {
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

/// The family that the folder of a fixture stands for; none for keys, which are told by their names. Code stands beside
/// documents too.
fn family(path: &Path) -> Option<Family> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if ["js", "ts", "java", "py"].contains(&extension) {
        return Some(Family::Code);
    }
    // What is found by its name, not by what it holds.
    if ["key", "pem", "der", "p12", "pfx", "crt", "pk8"].contains(&extension) {
        return None;
    }
    let language = path.components().nth(1)?.as_os_str().to_str()?;
    match language {
        "keys" => None,
        _ if CODE.contains(&language) => Some(Family::Code),
        _ => Some(Family::Document),
    }
}

/// What `case.toml` beside the files of a case expects of one of them, for formats without comments.
fn listed_expectations(case: &Path, path: &Path) -> Vec<(usize, String)> {
    let Ok(text) = fs::read_to_string(case.join("case.toml")) else { return Vec::new() };
    let table: toml::Table = toml::from_str(&text).unwrap();
    let listed = table.get("expect").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let of_file = listed.iter().filter(|entry| case.join(entry["file"].as_str().unwrap()) == path);
    of_file
        .map(|entry| {
            let line = usize::try_from(entry["line"].as_integer().unwrap()).unwrap();
            (line, entry["rule"].as_str().unwrap().to_owned())
        })
        .collect()
}

/// Line and rule of every expectation in a file of a case.
fn expectations(case: &Path, path: &Path) -> Vec<(usize, String)> {
    if path.file_name().is_some_and(|name| name == "case.toml") {
        return Vec::new();
    }
    let mut expected = commented_expectations(path);
    expected.extend(listed_expectations(case, path));
    expected
}

/// Line and rule of every expectation that a comment in a file states.
fn commented_expectations(path: &Path) -> Vec<(usize, String)> {
    let bytes = fs::read(path).unwrap();
    let decoded = decode_for_search(&bytes);
    let text = String::from_utf8_lossy(decoded.as_deref().unwrap_or(&bytes)).into_owned();
    let mut expected = Vec::new();
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
        let policy = Policy::default();
        let gate = Gate { rules: catalog.rules(), ..Gate::new(&policy) };
        let outcome = gate.decide(Found::from(scanned));
        let mut found: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
        for finding in &outcome.findings {
            let place = (finding.span.start.line, finding.rule.clone());
            found.entry(finding.path.clone()).or_default().push(place);
        }
        total += 1;
        let mut differences = String::new();
        for file in files(&case) {
            let name = file.to_string_lossy().replace('\\', "/");
            let expected = expectations(&case, &file);
            let found = found.remove(&name).unwrap_or_default();
            for (line, rule) in expected.iter().filter(|place| !found.contains(place)) {
                writeln!(differences, "    {name}:{line}: {rule} is missing").unwrap();
            }
            for (line, rule) in found.iter().filter(|place| !expected.contains(place)) {
                writeln!(differences, "    {name}:{line}: {rule} is noise").unwrap();
            }
        }
        if outcome.errors.iter().any(|error| error.reason != "syntax_error") {
            writeln!(
                differences,
                "    not read whole: {}",
                outcome.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(", ")
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
    for (case, file) in
        cases().into_iter().flat_map(|case| files(&case).into_iter().map(move |file| (case.clone(), file)))
    {
        let Some(family) = family(&file) else { continue };
        // A manifest is read because of the code of its package, whatever it holds itself.
        if expectations(&case, &file).iter().all(|(_, rule)| rule == "ims-jwt-dependency") {
            continue;
        }
        let filter = filters.of(family);
        checked += 1;
        let bytes = fs::read(&file).unwrap();
        let decoded = decode_for_search(&bytes);
        let bytes = decoded.as_deref().unwrap_or(&bytes);
        // A file that others of the case lead to need not pass itself.
        assert!(
            filter.is_candidate(bytes) || another_passes(&case, &file, &filters),
            "{} does not pass the filter",
            file.display()
        );
    }
    assert!(checked > 0, "no fixture expects anything");
}

/// Whether another file of a case passes the filter.
fn another_passes(case: &Path, file: &Path, filters: &grantshift::anchors::Filter) -> bool {
    files(case).iter().filter(|other| *other != file).any(|other| {
        let bytes = fs::read(other).unwrap();
        let decoded = decode_for_search(&bytes);
        family(other).is_some_and(|family| filters.of(family).is_candidate(decoded.as_deref().unwrap_or(&bytes)))
    })
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
    for (case, file) in
        cases().into_iter().flat_map(|case| files(&case).into_iter().map(move |file| (case.clone(), file)))
    {
        let expected = expectations(&case, &file);
        let bytes = fs::read(&file).unwrap();
        if family(&file) != Some(Family::Code)
            || !expected.iter().any(|(_, rule)| rule == "ims-jwt-exchange")
            || decode_for_search(&bytes).is_some()
        {
            continue;
        }
        for literal in literals.iter().map(String::as_bytes) {
            for start in memchr::memmem::find_iter(&bytes, literal) {
                for offset in cuts(literal) {
                    let mut moved = bytes[..start + offset].to_vec();
                    moved.extend_from_slice(b"\" + \"");
                    moved.extend_from_slice(&bytes[start + offset..]);
                    cut += 1;
                    if !filter.is_candidate(&moved) && !another_passes(&case, &file, &filters) {
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

/// Every HTTP client, signing library and SDK that the rule files describe is met in a fixture, and named by it.
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
                        LibraryKind::Sdk => finding.details.sdk.as_ref(),
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

/// Of every SDK that has a new form there is a fixture that uses it, in which nothing is found at any confidence.
#[test]
fn every_sdk_with_a_new_form_has_a_fixture_of_it() {
    let catalog = Catalog::load(&[]).unwrap();
    let mut missing = Vec::new();
    for platform in [Platform::Node, Platform::Java, Platform::Python] {
        for library in catalog.libraries(platform).libraries() {
            let Some(sdk) = &library.sdk else { continue };
            if sdk.since.is_none() {
                continue;
            }
            let languages: &[&str] = match platform {
                Platform::Node => &["javascript", "typescript"],
                Platform::Java => &["java"],
                Platform::Python => &["python"],
            };
            let folders = languages.iter().flat_map(|language| folders(&Path::new("fixtures").join(language)));
            let is_new_form = |path: &PathBuf| {
                let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
                text.contains("ok:")
                    && !text.contains("expect:")
                    && library.packages.iter().any(|package| text.contains(package.as_str()))
                    && silent(path, &catalog)
            };
            if !folders.flat_map(|folder| files(&folder)).any(|path| is_new_form(&path)) {
                missing.push(library.name.clone());
            }
        }
    }
    assert!(missing.is_empty(), "no fixture shows the new form of {}", missing.join(", "));
}

/// Whether nothing is found in a file, at any confidence. It is taken out of this repository, whose other fixtures would be read
/// for the meaning.
fn silent(path: &Path, catalog: &Catalog) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let alone = folder.path().join(path.file_name().unwrap());
    fs::copy(path, &alone).unwrap();
    let settings = Settings {
        paths: vec![alone],
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        threads: 1,
        ..Settings::default()
    };
    scan(&settings, catalog, &Progress::default()).unwrap().findings.is_empty()
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
        // Bytes have no lines.
        let Ok(file) = SourceFile::decode(finding.path.clone(), &bytes, finding.language) else { continue };
        assert!(finding.span.start.line <= file.line_count(), "{}: past the end", finding.path);
    }
}
