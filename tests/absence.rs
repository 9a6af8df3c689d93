//! `--prove-absent` from outside: it ends well only where nothing of the old flow is left, and says what stands in the way.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the program has to fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const ENDPOINT: &str = "https://ims-na1.adobelogin.com/ims/exchange/jwt";
const CLEAN: &str =
    "const answer = await fetch('https://ims-na1.adobelogin.com/ims/token/v3', { method: 'POST', body });\n";

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("src/auth.js", CLEAN)].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .args(["scan", "--format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The exit code, and of each thing in the way its kind and path.
fn proved(files: &[(&str, &str)]) -> (Option<i32>, Vec<(String, String)>) {
    let folder = repository(files);
    let output = run(folder.path(), &["--prove-absent"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let in_the_way = report["prove_absent"]["in_the_way"].as_array().unwrap();
    assert_eq!(report["prove_absent"]["absent"], in_the_way.is_empty());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (output.status.code(), in_the_way.iter().map(|of| (text(&of["kind"]), text(&of["path"]))).collect())
}

fn one(kind: &str, path: &str) -> (Option<i32>, Vec<(String, String)>) {
    (Some(1), vec![(kind.to_owned(), path.to_owned())])
}

#[test]
fn nothing_is_left_in_a_clean_repository() {
    assert_eq!(proved(&[]), (Some(0), Vec::new()));
    // Text for people, and what nothing uses, are no obstacle.
    let files = [
        ("README.md", &*format!("It was {ENDPOINT} once.\n")),
        ("src/notes.py", &*format!("# {ENDPOINT}\n\"\"\"{ENDPOINT}\"\"\"\n")),
        ("src/unused.js", &*format!("const OLD = '{ENDPOINT}';\nconsole.log('not {ENDPOINT}');\n")),
    ];
    assert_eq!(proved(&files), (Some(0), Vec::new()));
}

#[test]
fn whatever_is_left_stands_in_the_way() {
    let request = format!("await fetch('{ENDPOINT}', {{ method: 'POST', body: form }});\n");
    assert_eq!(proved(&[("src/old.js", &request)]), one("finding", "src/old.js"));
    assert_eq!(proved(&[("test/old.test.js", &request)]), one("finding", "test/old.test.js"));
    for path in ["node_modules/a/index.js", "dist/a.js", ".cache-of-mine/a.js", "lib/a.min.js", "ignored/a.js", "a.pyc"]
    {
        let files = [(path, &*request), (".gitignore", "ignored/\n"), (".git/HEAD", "")];
        assert_eq!(proved(&files), one("not_covered", path), "{path}");
    }
    assert_eq!(
        proved(&[("lib/token.php", &*format!("<?php $url = '{ENDPOINT}';\n"))]),
        one("not_covered", "lib/token.php")
    );
    let handed_on = format!("register('ims', '{ENDPOINT}');\n");
    let (code, in_the_way) = proved(&[("src/start.py", &handed_on)]);
    assert_eq!((code, in_the_way.len()), (Some(1), 1), "{in_the_way:?}");
    // A map that is handed on as a whole may be asked for any of its keys.
    let in_a_map = format!("const options = {{ endpoint: '{ENDPOINT}' }};\nregister(options);\n");
    assert_eq!(proved(&[("src/start.js", &in_a_map)]), one("unexplained", "src/start.js"));
}

#[test]
fn what_cannot_be_read_makes_it_incomplete() {
    let (code, in_the_way) = proved(&[("src/broken.js", &*format!("fetch('{ENDPOINT}'\n"))]);
    assert_eq!(code, Some(3));
    assert!(in_the_way.iter().any(|(kind, _)| kind == "error"), "{in_the_way:?}");
}

#[test]
fn nothing_can_be_narrowed_down() {
    let folder = repository(&[]);
    for flags in [
        ["--select", "ims-jwt-sdk"].as_slice(),
        &["--ignore", "ims-jwt-exchange"],
        &["--min-confidence", "certain"],
        &["--fail-on", "never"],
        &["--allow-incomplete"],
        &["--allow-empty"],
    ] {
        let output = run(folder.path(), &[&["--prove-absent"], flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
    }
    let request = format!("await fetch('{ENDPOINT}', {{ method: 'POST', body: form }});\n");
    let folder = repository(&[
        ("src/old.js", &request),
        ("grantshift.toml", "ignore = [\"ims-jwt-exchange\"]\nfail_on = \"never\"\n"),
    ]);
    let output = run(folder.path(), &["--prove-absent", "--config", "grantshift.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`ignore` of the configuration does not hold"));
}

#[test]
fn every_place_is_in_exactly_one_class() {
    let folder = repository(&[
        (
            "src/old.js",
            &*format!(
                "// {ENDPOINT}\nconst url = '{ENDPOINT}';\nawait fetch(url, {{ method: 'POST', body: form }});\n"
            ),
        ),
        ("package-lock.json", "{\"packages\": {\"node_modules/@adobe/jwt-auth\": {}}}\n"),
    ]);
    let output = run(folder.path(), &[]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = &report["summary"]["accounting"];
    let count = |class: &str| counts[class].as_u64().unwrap();
    assert_eq!((count("comment"), count("evidence"), count("inert")), (1, 1, 1), "{counts}");
    assert_eq!(counts.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>(), 3);
    assert!(report.get("prove_absent").is_none() && report.get("credentials").is_none());
}

#[test]
fn the_list_of_the_console_is_compared_with_the_code() {
    let known = "0123456789abcdef0123456789abcdef";
    let config = format!(
        "{{\"CLIENT_ID\": \"{known}\", \"CLIENT_SECRETS\": [\"x\"], \"TECHNICAL_ACCOUNT_ID\": \"a@techacct.adobe.com\", \
         \"ORG_ID\": \"b@AdobeOrg\", \"PRIVATE_KEY_PATH\": \"k.pem\", \"METASCOPES\": [\"ent_user_sdk\"]}}\n"
    );
    let list = format!(
        "Project name,Client ID,Client secret,Type,Last used\nShop,{known},p8e-s3cr3t,Service Account (JWT),2026-01-02\n\
         Till,ffff456789abcdef0123456789abeeee,p8e-other,Service Account (JWT),\n"
    );
    let folder = repository(&[("config/adobe.json", &*config), ("list.csv", &*list)]);
    let output =
        run(folder.path(), &["--credentials", "list.csv", "--output", "html=a.html", "--output", "markdown=a.md"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let credentials = report["credentials"].as_array().unwrap();
    let shown: Vec<_> = credentials
        .iter()
        .map(|of| {
            (of["status"].as_str().unwrap(), of["project"].as_str().unwrap_or(""), of["uses"].as_array().unwrap().len())
        })
        .collect();
    assert_eq!(shown, [("in_both", "Shop", 1), ("console_only", "Till", 0)]);
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).unwrap();
    let faults: Vec<_> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    for text in [
        String::from_utf8(output.stdout).unwrap(),
        fs::read_to_string(folder.path().join("a.html")).unwrap(),
        fs::read_to_string(folder.path().join("a.md")).unwrap(),
    ] {
        assert!(!text.contains("p8e-") && !text.contains(known), "{text}");
        assert!(text.contains("do not delete it yet"));
    }
}

#[test]
fn a_broken_list_is_a_usage_error_with_its_place() {
    let folder = repository(&[("list.csv", "client_id,type\nabc,\"x\n")]);
    let output = run(folder.path(), &["--credentials", "list.csv"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("list.csv:2:5: a quote that is never closed"), "{message}");
}
