//! Rewrites of configuration and commands: every case under `fixtures/rewrite/config` becomes what its `after` folder holds.
//!
//! `case.toml` beside the folders says what is expected of each file: `applicability`, and words of the `reason`. A second
//! rewrite changes nothing, and no edit holds a secret of the file.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use grantshift::finding::{Applicability, Edit, Finding};
use grantshift::rewrite::command;
use grantshift::rewrite::configuration::{self, Request};
use grantshift::rewrite::scopes::{self, Scopes};
use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::source::SourceFile;
use grantshift::walk::Options;

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    scopes: Option<Vec<String>>,
    scopes_key: Option<String>,
    #[serde(default)]
    reader_is_rewritten: bool,
    /// Words that stand in the files as secrets.
    #[serde(default)]
    secrets: Vec<String>,
    expect: Vec<Expected>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    file: String,
    applicability: String,
    #[serde(default)]
    reason: Vec<String>,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn found(folder: &Path, catalog: &Catalog) -> Vec<Finding> {
    let walk = Options { hidden: true, ..Options::default() };
    let settings = Settings { paths: vec![folder.to_path_buf()], walk, ..Settings::default() };
    let scanned = scan(&settings, catalog, &Progress::default()).unwrap();
    let is_rewritten = |finding: &Finding| matches!(&*finding.rule, "ims-jwt-config" | "ims-jwt-command");
    scanned.findings.into_iter().filter(is_rewritten).collect()
}

fn read(path: &str, finding: &Finding) -> SourceFile {
    SourceFile::decode(path, &fs::read(path).unwrap(), finding.language).unwrap()
}

/// Every file of a folder that is rewritten, with what it becomes; and what is said of each.
fn rewritten(folder: &Path, case: &Case, catalog: &Catalog) -> Vec<(String, Vec<u8>, Applicability, String)> {
    let findings = found(folder, catalog);
    let mut scopes = Scopes { given: case.scopes.clone(), ..Scopes::default() };
    for path in files(folder) {
        let name = path.to_str().unwrap();
        let Some(language) = language(&path) else { continue };
        let file = SourceFile::decode(name, &fs::read(name).unwrap(), language).unwrap();
        scopes.found.extend(scopes::in_file(&file, language, catalog));
    }
    let request = Request {
        catalog,
        scopes: &scopes,
        scopes_key: case.scopes_key.as_deref(),
        reader_is_rewritten: case.reader_is_rewritten,
        scopes_in_code: false,
    };
    let mut all: BTreeMap<String, (Vec<Edit>, Applicability, String)> = BTreeMap::new();
    for finding in &findings {
        let file = read(&finding.path, finding);
        let rewritten = match &*finding.rule {
            "ims-jwt-config" => configuration::rewrite(finding, &file, &request),
            _ => command::rewrite(finding, &file, &request),
        };
        let fix = rewritten.fix;
        let of_file =
            all.entry(finding.path.clone()).or_insert_with(|| (Vec::new(), Applicability::Safe, String::new()));
        of_file.0.extend(fix.edits);
        of_file.1 = of_file.1.min(fix.applicability);
        of_file.2 += &fix.reason;
    }
    let become_of = |(path, (mut edits, applicability, reason)): (String, (Vec<Edit>, Applicability, String))| {
        let mut bytes = fs::read(&path).unwrap();
        edits.sort_by_key(|edit| edit.start_byte);
        for edit in edits.iter().rev() {
            for secret in &case.secrets {
                assert!(!edit.replacement.contains(secret.as_str()), "an edit holds a secret: {edit:?}");
            }
            bytes.splice(edit.start_byte..edit.end_byte, edit.replacement.bytes());
        }
        (path, bytes, applicability, reason)
    };
    all.into_iter().map(become_of).collect()
}

fn language(path: &Path) -> Option<grantshift::finding::Language> {
    use grantshift::finding::Language;
    match path.extension()?.to_str()? {
        "json" => Some(Language::Json),
        "yml" | "yaml" => Some(Language::Yaml),
        _ => None,
    }
}

#[test]
fn every_case_becomes_what_stands_beside_it() {
    let catalog = Catalog::load(&[]).unwrap();
    let wanted = env::var("GRANTSHIFT_FIXTURE").unwrap_or_default();
    let mut cases: Vec<PathBuf> =
        fs::read_dir("fixtures/rewrite/config").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut problems = String::new();
    for folder in cases.iter().filter(|case| case.to_string_lossy().contains(&wanted)) {
        let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let before = folder.join("before");
        let all = rewritten(&before, &case, &catalog);
        for expected in &case.expect {
            let path = before.join(&expected.file);
            let of_file: Vec<_> = all.iter().filter(|(found, ..)| Path::new(found) == path).collect();
            let [(_, bytes, applicability, reason)] = of_file.as_slice() else {
                problems += &format!("{}: {} findings\n", path.display(), of_file.len());
                continue;
            };
            if format!("{applicability:?}").to_lowercase() != expected.applicability {
                problems += &format!("{}: it is {applicability:?}: {reason}\n", path.display());
            }
            for words in expected.reason.iter().filter(|words| !reason.contains(words.as_str())) {
                problems += &format!("{}: `{words}` is not in: {reason}\n", path.display());
            }
            let after = folder.join("after").join(&expected.file);
            let wanted = if *applicability == Applicability::Manual { &path } else { &after };
            let wanted_bytes = fs::read(wanted).unwrap_or_default();
            if *bytes != wanted_bytes {
                problems += &format!("{}: it becomes\n{}\n", wanted.display(), String::from_utf8_lossy(bytes));
                if env::var_os("GRANTSHIFT_WRITE").is_some() {
                    fs::create_dir_all(after.parent().unwrap()).unwrap();
                    fs::write(&after, bytes).unwrap();
                }
            }
        }
        if all.len() != case.expect.len() {
            problems += &format!("{}: {} findings are not expected\n", folder.display(), all.len());
        }
        let after = folder.join("after");
        if after.is_dir() {
            for (path, ..) in rewritten(&after, &case, &catalog) {
                problems += &format!("{path}: it is found again\n");
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
}
