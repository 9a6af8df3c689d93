//! Where the scopes of new code come from: the command line, the configuration file, a credential of the new form in the
//! repository, and else the environment, with what that makes of the grade.

#![allow(clippy::unwrap_used, reason = "a test that cannot write its files has to fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const CREDENTIAL: &str = r#"{
  "CLIENT_ID": "0123456789abcdef0123456789abcdef",
  "CLIENT_SECRETS": ["x"],
  "SCOPES": ["openid", "AdobeID", "read_organizations"],
  "ORG_ID": "0123456789ABCDEF01234567@AdobeOrg"
}
"#;

/// A module that exchanges an assertion for this client id, as an expression.
fn module(client_id: &str) -> String {
    format!(
        r#"import os
import time

import jwt
import requests


def token():
    claims = {{
        "iss": "0123456789ABCDEF01234567@AdobeOrg",
        "sub": os.environ["ACCOUNT"],
        "exp": int(time.time()) + 60,
        "aud": "https://ims-na1.adobelogin.com/c/" + {client_id},
        "https://ims-na1.adobelogin.com/s/ent_dataservices_sdk": True,
    }}
    assertion = jwt.encode(claims, os.environ["PRIVATE_KEY"], algorithm="RS256")
    answer = requests.post(
        "https://ims-na1.adobelogin.com/ims/exchange/jwt",
        data={{"client_id": {client_id}, "client_secret": os.environ["SECRET"], "jwt_token": assertion}},
    )
    return answer.json()["access_token"]
"#
    )
}

const LITERAL: &str = "\"0123456789abcdef0123456789abcdef\"";
const VARIABLE: &str = "os.environ[\"CLIENT_ID\"]";

/// The grade and the reason of the exchange, and the code that would be written.
fn fixed(files: &[(&str, &str)], flags: &[&str]) -> (String, String, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::create_dir(folder.path().join(".git")).unwrap();
    let report = folder.path().join(".git/report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    command.args(["fix", ".", "--unsafe", "--fail-on=never", "--allow-dirty", "--write", "--report"]);
    let output = command.arg(&report).args(flags).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let exchange = findings.iter().find(|finding| finding["rule"] == "ims-jwt-exchange").unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let code = fs::read_to_string(folder.path().join("src/token.py")).unwrap();
    assert_ledger_names_scopes(exchange, &code);
    (text(&exchange["fix"]["applicability"]), text(&exchange["fix"]["reason"]), code)
}

/// Scopes that stand in the code come from somewhere, and the ledger says where.
fn assert_ledger_names_scopes(exchange: &Value, code: &str) {
    let ledger = exchange["details"]["ledger"].to_string();
    if code.contains("scope=\"") {
        assert!(ledger.contains("The scopes are those "), "{ledger}");
    }
}

fn in_code(code: &str, scopes: &str) -> bool {
    code.contains(&format!("scope=\"{scopes}\""))
}

#[test]
fn the_environment_is_asked_where_nobody_knows() {
    let module = module(LITERAL);
    let (grade, reason, code) = fixed(&[("src/token.py", &module)], &[]);
    assert_eq!(grade, "review", "{reason}");
    assert!(reason.contains("ADOBE_IMS_SCOPES") && code.contains("os.environ"), "{reason}\n{code}");
}

#[test]
fn the_command_line_counts_most() {
    let module = module(LITERAL);
    let files = [("src/token.py", module.as_str()), ("src/credential.json", CREDENTIAL)];
    let (grade, reason, code) = fixed(&files, &["--scopes", "openid,AdobeID"]);
    assert_eq!(grade, "safe", "{reason}");
    assert!(in_code(&code, "openid,AdobeID"), "{code}");
}

#[test]
fn a_credential_of_the_same_client_id_is_sure() {
    let module = module(LITERAL);
    let (grade, reason, code) = fixed(&[("src/token.py", &module), ("config/credential.json", CREDENTIAL)], &[]);
    assert_eq!(grade, "safe", "{reason}");
    assert!(in_code(&code, "openid,AdobeID,read_organizations"), "{code}");
}

#[test]
fn the_only_credential_of_the_repository_wants_a_look() {
    let module = module(VARIABLE);
    let (grade, reason, code) = fixed(&[("src/token.py", &module), ("config/credential.json", CREDENTIAL)], &[]);
    assert_eq!(grade, "review", "{reason}");
    assert!(reason.contains("the only new credential of the repository"), "{reason}");
    assert!(in_code(&code, "openid,AdobeID,read_organizations"), "{code}");
}

#[test]
fn a_credential_of_another_client_is_none_of_its_business() {
    let module = module("\"ffffffffffffffffffffffffffffffff\"");
    let (grade, _, code) = fixed(&[("src/token.py", &module), ("config/credential.json", CREDENTIAL)], &[]);
    assert_eq!(grade, "review");
    assert!(code.contains("ADOBE_IMS_SCOPES"), "{code}");
}

#[test]
fn the_configuration_goes_by_client_id_and_by_path() {
    let module = module(LITERAL);
    let tables = |text: &str| format!("[[scopes]]\nclient_id = 'another'\nscopes = ['no']\n\n[[scopes]]\n{text}\n");
    let by_id = tables("client_id = '0123456789abcdef0123456789abcdef'\nscopes = ['openid', 'AdobeID']");
    let by_path = tables("paths = ['src/**']\nscopes = ['openid', 'AdobeID']");
    let elsewhere = tables("paths = ['lib/**']\nscopes = ['openid', 'AdobeID']");
    let with = |tables: &str| {
        let files = [("src/token.py", module.as_str()), ("grantshift.toml", tables)];
        fixed(&files, &["--config", "grantshift.toml"])
    };
    for tables in [by_id, by_path] {
        let (grade, reason, code) = with(&tables);
        assert_eq!(grade, "safe", "{reason}");
        assert!(in_code(&code, "openid,AdobeID"), "{code}");
    }
    assert_eq!(with(&elsewhere).0, "review");
}

#[test]
fn a_table_that_is_wrong_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("grantshift.toml"), "[[scopes]]\nscopes = ['openid AdobeID']\n").unwrap();
    fs::write(folder.path().join("a.py"), module(LITERAL)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    let output = command.args(["fix", ".", "--config", "grantshift.toml"]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("grantshift.toml:2:10") && said.contains("is no scope"), "{said}");
    assert!(Path::new(&folder.path().join("a.py")).exists());
}
