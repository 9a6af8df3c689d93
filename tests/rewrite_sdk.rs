//! Rewrites of calls of SDKs: every case under `fixtures/rewrite/sdk` becomes what its `after` folder holds.
//!
//! `case.toml` beside the folders says how sure the rewrite is, words of its reason, and the variables that come and go. Without
//! an `after` folder nothing changes. A second rewrite never changes anything.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    applicability: String,
    #[serde(default)]
    reason: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    added: Vec<String>,
    #[serde(default)]
    removed: Vec<String>,
}

fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap_or_else(|error| panic!("{}: {error}", here.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    all
}

/// Rewrites a folder, and gives the report.
fn fix(folder: &Path, report: &Path, case: &Case) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    command.args(["fix", "--write", "--unsafe", "--allow-dirty", "--quiet", "--fail-on", "never"]);
    command.arg("--report").arg(report).arg(folder);
    if !case.scopes.is_empty() {
        command.arg("--scopes").arg(case.scopes.join(","));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap()
}

fn keys(findings: &[&Value], which: &str) -> Vec<String> {
    let mut keys: Vec<String> = findings
        .iter()
        .filter_map(|finding| finding["details"]["requires"][which].as_array())
        .flatten()
        .map(|key| key["key"].as_str().unwrap().to_owned())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

#[test]
fn calls_of_sdks_are_given_the_new_credential() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rewrite/sdk");
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rewrite-sdk");
    let _ = fs::remove_dir_all(&work);
    let accept = env::var_os("ACCEPT").is_some();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
        let copy = work.join(&name);
        let before = files(&folder.join("before"));
        for (path, text) in &before {
            let path = copy.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let report = fix(&copy, &work.join(format!("{name}.json")), &case);
        let findings: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "ims-jwt-sdk").collect();
        if findings.is_empty() {
            wrong.push(format!("{name}: nothing is found"));
        }
        for finding in &findings {
            let (grade, reason) = (&finding["fix"]["applicability"], finding["fix"]["reason"].as_str().unwrap());
            if *grade != case.applicability.as_str() {
                wrong.push(format!("{name}: {grade}: {reason}"));
            }
            for words in case.reason.iter().filter(|words| !reason.contains(words.as_str())) {
                wrong.push(format!("{name}: the reason has no \"{words}\": {reason}"));
            }
            let is_done = finding["outcome"]["result"] == "rewritten";
            if is_done == (case.applicability == "manual") {
                wrong.push(format!("{name}: {}", finding["outcome"]));
            }
        }
        for (which, expected) in [("added", &case.added), ("removed", &case.removed)] {
            let found = keys(&findings, which);
            if found != *expected {
                wrong.push(format!("{name}: {which} are {found:?}"));
            }
        }
        let written = files(&copy);
        let after = folder.join("after");
        if accept && written != before {
            for (path, text) in &written {
                let path = after.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        let expected = if after.is_dir() { files(&after) } else { before };
        for (path, text) in &written {
            if expected.get(path) != Some(text) {
                wrong.push(format!("{name}: {} became\n{text}", path.display()));
            }
        }
        fix(&copy, &work.join("again.json"), &case);
        if files(&copy) != written {
            wrong.push(format!("{name}: a second rewrite changes it again"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
