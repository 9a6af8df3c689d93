//! Source code in languages that no rule reads is named where it holds the old endpoint, so that silence is no proof.

#![allow(clippy::unwrap_used, reason = "a test that cannot scan its fixtures has to fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Scanned, Settings, scan};

const FOLDER: &str = "fixtures/uncovered";

fn scanned(folder: &str) -> Scanned {
    let settings = Settings { paths: vec![Path::new(FOLDER).join(folder)], ..Settings::default() };
    scan(&settings, &Catalog::load(&[]).unwrap(), &Progress::default()).unwrap()
}

/// The files of a folder, as reports name them.
fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(Path::new(FOLDER).join(folder)).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| entry.unwrap().path().to_string_lossy().replace('\\', "/")).collect();
    files.sort();
    files
}

fn not_covered(scanned: &Scanned) -> Vec<String> {
    let listed = scanned.skipped.iter().filter(|skipped| skipped.reason == "language_not_covered");
    listed.map(|skipped| skipped.path.clone()).collect()
}

#[test]
fn code_in_other_languages_is_named() {
    let scanned = scanned("code");
    assert_eq!(not_covered(&scanned), files("code"));
    assert!(scanned.findings.is_empty() && scanned.errors.is_empty());
}

/// A comment cannot be told from code without a grammar, so that it is named too.
#[test]
fn a_comment_counts_where_there_is_no_grammar() {
    assert_eq!(not_covered(&scanned("comments")), files("comments"));
}

#[test]
fn documentation_is_no_code() {
    let scanned = scanned("documentation");
    assert!(scanned.skipped.is_empty() && scanned.findings.is_empty() && scanned.errors.is_empty());
}

#[test]
fn code_without_the_endpoint_is_not_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.php"), "<?php curl_init('https://ims-na1.adobelogin.com/ims/token/v3');\n")
        .unwrap();
    let settings = Settings { paths: vec![PathBuf::from(folder.path())], ..Settings::default() };
    let scanned = scan(&settings, &Catalog::load(&[]).unwrap(), &Progress::default()).unwrap();
    assert!(scanned.skipped.is_empty());
}

#[test]
fn the_program_says_so_and_ends_well() {
    let output = Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .args(["scan", "--allow-empty", "--format", "json", "fixtures/uncovered/code"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let skipped = report["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), files("code").len());
    assert!(skipped.iter().all(|entry| entry["reason"] == "language_not_covered"));
}
