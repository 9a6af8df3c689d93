//! The SARIF report from outside: valid by the standard's schema, with paths that say nothing of this machine, and with
//! fingerprints that hold when lines move. And what standard output may do to the program.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const EXCHANGE: &str = "\
const axios = require('axios');

async function token(form) {
  return axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', { client_secret: 'p8e-0a1b2c3d4e5f6a7b', ...form });
}
";
const BROKEN: &str = "def token(:\n    url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt?jwt_token='\n";

/// A repository whose names a URI has to encode, and a folder in it to run in.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("re po");
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::create_dir_all(root.join("packages/\u{fc}ber [1]")).unwrap();
    fs::create_dir_all(root.join("node_modules/a")).unwrap();
    fs::write(root.join("packages/\u{fc}ber [1]/to ken#1.js"), EXCHANGE).unwrap();
    fs::write(root.join("packages/broken.py"), BROKEN).unwrap();
    fs::write(root.join("node_modules/a/index.js"), EXCHANGE).unwrap();
    folder
}

fn scan(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantshift")).arg("scan").args(arguments).current_dir(folder).output().unwrap()
}

fn sarif(folder: &Path, arguments: &[&str]) -> Value {
    let output = scan(folder, &[&["--format", "sarif"], arguments].concat());
    let log = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_valid(&log);
    log
}

fn assert_valid(log: &Value) {
    // A bracket of two patterns in it has no partner, which the validator takes for a fault of the schema.
    let schema = include_str!("data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

fn artifact(location: &Value) -> &Value {
    &location["physicalLocation"]["artifactLocation"]
}

#[test]
fn paths_are_relative_to_the_repository_and_encoded() {
    let folder = repository();
    let log = sarif(&folder.path().join("re po/packages"), &["..", "--no-ignore"]);
    let run = &log["runs"][0];
    let paths: Vec<_> =
        run["results"].as_array().unwrap().iter().map(|result| &artifact(&result["locations"][0])["uri"]).collect();
    assert_eq!(paths, ["node_modules/a/index.js", "packages/%C3%BCber%20%5B1%5D/to%20ken%231.js"]);
    let text = log.to_string();
    assert!(!text.contains(&*folder.path().file_name().unwrap().to_string_lossy()), "an absolute path is in it");
    assert!(!text.contains("0a1b2c3d"), "a secret is in it");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
}

#[test]
fn what_was_not_read_is_in_the_report() {
    let folder = repository();
    let log = sarif(&folder.path().join("re po"), &[]);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 3);
    let said: Vec<_> = invocation["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| (&note["level"], &note["descriptor"]["id"], &artifact(&note["locations"][0])["uri"]))
        .map(|(level, reason, path)| format!("{level} {reason} {path}"))
        .collect();
    assert_eq!(said, ["\"error\" \"syntax_error\" \"packages/broken.py\"", "\"note\" \"vendored\" \"node_modules\""]);
}

#[test]
fn fingerprints_hold_when_lines_move() {
    let folder = repository();
    let root = folder.path().join("re po");
    let fingerprint = || sarif(&root, &[])["runs"][0]["results"][0]["partialFingerprints"].clone();
    let before = fingerprint();
    assert!(before["grantshift/v1"].is_string() && before["primaryLocationLineHash"].is_string());
    fs::write(root.join("packages/\u{fc}ber [1]/to ken#1.js"), format!("// One line more\n\n{EXCHANGE}")).unwrap();
    assert_eq!(fingerprint(), before);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .args(["scan", "fixtures", "-q", "--no-ignore", "--allow-incomplete", "--fail-on", "never", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Reading a little and going away closes the pipe while there is more to write.
    let mut some = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}
