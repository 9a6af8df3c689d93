//! What a report says of a command, and what it does not show.

#![allow(clippy::unwrap_used, reason = "a test that cannot scan has to fail")]

use std::fs;
use std::process::Command;

use serde_json::Value;

fn scan(files: &[(&str, &str)], format: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .current_dir(folder.path())
        .args(["scan", "--format", format, "--fail-on", "warning"])
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (text, output.status.code())
}

const LITERAL: &str = "F='client_id=a&client_secret=zyxwv-98765-hidden'\n\
    curl https://ims-na1.adobelogin.com/ims/exchange/jwt -d \"$F\" -d 'jwt_token=eyhidden.part.sig'\n";

#[test]
fn secrets_of_a_command_are_masked() {
    let collection = "{\"info\": {\"schema\": \"x\"}, \"item\": [{\"request\": {\"url\": \"https://ims-na1.adobelogin.com/ims/exchange/jwt\", \
        \"body\": {\"formdata\": [{\"key\": \"client_secret\", \"value\": \"zyxwv-98765-hidden\"}, {\"key\": \"jwt_token\", \"value\": \"eyhidden.part.sig\"}]}}}]}";
    for format in ["human", "json", "sarif", "jsonl"] {
        for file in [("token.sh", LITERAL), ("a.json", collection)] {
            let (text, code) = scan(&[file], format);
            assert_eq!(code, Some(1), "{text}");
            assert!(text.contains("ims-jwt-command"), "{text}");
            assert!(!text.contains("hidden"), "{format}: {text}");
        }
    }
}

#[test]
fn a_command_says_where_it_sends_and_what_takes_its_place() {
    let (text, _) = scan(&[("ci/token.sh", LITERAL), ("tests/token.sh", LITERAL)], "json");
    let report: Value =
        serde_json::from_str(text.trim_end().rsplit_once('}').map(|(json, _)| format!("{json}}}")).unwrap().as_str())
            .unwrap();
    let [finding, test] = report["findings"].as_array().unwrap().as_slice() else { panic!("two findings: {text}") };
    assert_eq!((&finding["severity"], &finding["language"]), (&Value::from("warning"), &Value::from("shell")));
    assert_eq!(finding["details"]["endpoint"], "https://ims-na1.adobelogin.com/ims/exchange/jwt");
    assert_eq!(finding["details"]["http_client"], "curl");
    assert!(finding["details"]["replacement"].as_str().unwrap().contains("/ims/token/v3"));
    assert_eq!((&test["severity"], &test["context"]), (&Value::from("note"), &Value::from("test")));
    assert_eq!(finding["fingerprint"], test["fingerprint"]);
}

#[test]
fn a_document_that_cannot_be_read_is_incomplete() {
    let yaml = "a: [\n  url: https://ims-na1.adobelogin.com/ims/exchange/jwt\n";
    let json = "{\"url\": \"https://ims-na1.adobelogin.com/ims/exchange/jwt\"";
    for file in [("a.yml", yaml), ("a.json", json)] {
        let (text, code) = scan(&[file], "json");
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("syntax_error"), "{text}");
    }
}
