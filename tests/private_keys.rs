//! Private keys in code and beside it: they are found, and nothing of them is shown in any format.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the program has to fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CASES: [&str; 3] =
    ["fixtures/javascript/ims-private-key", "fixtures/java/ims-private-key", "fixtures/python/ims-private-key"];

fn scan(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_grantshift");
    Command::new(program).arg("scan").args(arguments).current_dir(folder).output().unwrap()
}

fn findings(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = scan(folder, &[&["--format", "json", "--min-confidence", "possible"], arguments].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["rule"] == "ims-private-key").cloned().collect()
}

#[test]
fn no_format_shows_a_key() {
    // The beginnings of the bodies of all keys in these fixtures; public ones may be shown.
    let bodies = ["q7QmT4nVb2cXz8hR", "9rWk5yLd0uGfEo6s"];
    for format in ["human", "json", "jsonl", "sarif", "markdown", "html"] {
        for case in CASES {
            let output = scan(Path::new("."), &["--format", format, "-v", "--min-confidence", "possible", case]);
            let shown =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(shown.contains("ims-private-key"), "{format} of {case}: {shown}");
            for body in bodies {
                assert!(!shown.contains(body), "{format} of {case} shows a key");
            }
        }
    }
}

#[test]
fn a_key_file_says_which_code_reads_it() {
    let found = findings(Path::new("fixtures/javascript/ims-private-key/read-from-file"), &["."]);
    let [finding] = found.as_slice() else { panic!("one key in {found:?}") };
    assert_eq!(finding["path"], "keys/private.key");
    assert!(finding["message"].as_str().unwrap().contains("that token.js names"));
    assert_eq!(finding["flow"][0]["role"], "private-key");
    assert_eq!(finding["flow"][0]["path"], "token.js");
    assert_eq!(finding["flow"][0]["span"]["start"]["line"], 7);
}

#[test]
fn keys_and_their_flow_are_changed_together() {
    for folder in ["fixtures/javascript/ims-private-key/read-from-file", "fixtures/python/ims-private-key/in-code"] {
        let output = scan(Path::new(folder), &["--format", "json", "."]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let sets: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().map(|finding| &finding["change_set"]).collect();
        assert_eq!(sets.len(), 2, "{report}");
        assert_eq!(sets[0], sets[1], "{folder}");
    }
}

#[test]
fn a_named_file_that_holds_a_key_is_asked_who_signs_with_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for name in ["key.js", "token.js"] {
        fs::copy(Path::new("fixtures/javascript/ims-private-key/in-code").join(name), folder.path().join(name))
            .unwrap();
    }
    let found = findings(folder.path(), &["key.js"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0]["path"].as_str(), found[0]["severity"].as_str()), (Some("key.js"), Some("error")));
}
