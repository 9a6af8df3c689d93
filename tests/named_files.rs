//! Single files that are named, as a hook names what is about to be committed: the rest of their repository is read for the meaning,
//! and what is found is reported for the named files alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the program has to fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const ADDRESS: &str = "exports.TOKEN_URL = 'https://ims-na1.adobelogin.com/ims/exchange/jwt';\n";
const CALLER: &str = "const axios = require('axios');
const { TOKEN_URL } = require('./address');
const { form } = require('./form');
exports.token = (assertion) => axios.post(TOKEN_URL, form(assertion));
";
const FORM: &str =
    "exports.form = (assertion) => new URLSearchParams({ client_id: process.env.ID, jwt_token: assertion });\n";
const WRAPPER: &str = "const axios = require('axios');
exports.send = (assertion) => axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', `jwt_token=${assertion}`);
";
const SIGNER: &str = "const jwt = require('jsonwebtoken');
const { send } = require('./wrapper');
const claims = { iss: 'x@AdobeOrg', aud: 'https://ims-na1.adobelogin.com/c/abc', 'https://ims-na1.adobelogin.com/s/ent_user_sdk': true };
exports.login = (key) => send(jwt.sign(claims, key, { algorithm: 'RS256' }));
";
const MANIFEST: &str = "{\"dependencies\": {\"jsonwebtoken\": \"^9.0.0\", \"axios\": \"^1.0.0\"}}\n";
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
-----END PRIVATE KEY-----
";
const CREDENTIAL: &str = "{\"client_id\": \"0123456789abcdef0123456789abcdef\", \"client_secret\": \"p8e-x\",
 \"technical_account_id\": \"A@techacct.adobe.com\", \"org_id\": \"B@AdobeOrg\", \"meta_scopes\": [\"ent_user_sdk\"],
 \"private_key_file\": \"keys/private.key\"}\n";

/// A repository of git with these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_grantshift"))
        .args(["scan", "--format", "json", "--min-confidence", "possible"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// `rule path` of every finding.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| format!("{} {}", text(&finding["rule"]), text(&finding["path"]))).collect()
}

/// The files of the evidence of the only finding.
fn evidence(report: &Value) -> Vec<String> {
    let [finding] = report["findings"].as_array().unwrap().as_slice() else { panic!("one finding in {report}") };
    let mut paths: Vec<String> =
        finding["flow"].as_array().unwrap().iter().map(|evidence| text(&evidence["path"])).collect();
    paths.sort();
    paths.dedup();
    paths
}

#[test]
fn who_calls_a_named_wrapper_is_its_evidence() {
    let folder = repository(&[("src/wrapper.js", WRAPPER), ("src/signer.js", SIGNER), ("src/other.js", WRAPPER)]);
    let report = report(folder.path(), &["src/wrapper.js"]);
    assert_eq!(found(&report), ["ims-jwt-exchange src/wrapper.js"]);
    assert!(evidence(&report).contains(&"src/signer.js".to_owned()), "{report}");
    assert_eq!(report["summary"]["files_seen"], 1);
    assert_eq!(report["summary"]["files_candidate"], 1);
}

#[test]
fn a_named_file_that_is_no_candidate_is_found_by_those_it_leads_to() {
    let index = ("src/lib/index.js", "export * from '../address.js';\nexport { form } from '../form.js';\n");
    let through = "import axios from 'axios';
import { TOKEN_URL, form } from './lib';
export const token = (assertion) => axios.post(TOKEN_URL, form(assertion));
";
    let folder = repository(&[
        ("src/address.js", ADDRESS),
        ("src/form.js", FORM),
        ("src/caller.js", CALLER),
        index,
        ("src/through.js", through),
    ]);
    let caller = report(folder.path(), &["src/caller.js"]);
    assert_eq!(found(&caller), ["ims-jwt-exchange src/caller.js"]);
    assert_eq!(caller["summary"]["files_candidate"], 0);
    assert_eq!(found(&report(folder.path(), &["src/through.js"])), ["ims-jwt-exchange src/through.js"]);
    // The address alone is none, whoever uses it.
    assert_eq!(found(&report(folder.path(), &["src/address.js"])), [""; 0]);
}

#[test]
fn the_same_is_found_as_in_a_scan_of_everything() {
    let folder = repository(&[
        ("package.json", MANIFEST),
        ("src/address.js", ADDRESS),
        ("src/form.js", FORM),
        ("src/caller.js", CALLER),
        ("src/wrapper.js", WRAPPER),
        ("src/signer.js", SIGNER),
        ("conf/ims.json", CREDENTIAL),
        ("conf/keys/private.key", KEY),
    ]);
    let whole = report(folder.path(), &["."]);
    assert!(found(&whole).contains(&"ims-jwt-dependency package.json".to_owned()), "{whole}");
    let all = ["package.json", "src/address.js", "src/caller.js", "src/wrapper.js", "src/signer.js", "conf/ims.json"];
    for path in all.into_iter().chain(["conf/keys/private.key"]) {
        let of_whole: Vec<String> =
            found(&whole).into_iter().filter(|found| found.ends_with(&format!(" {path}"))).collect();
        assert_eq!(found(&report(folder.path(), &[path])), of_whole, "{path}");
    }
    assert_eq!(found(&report(folder.path(), &all)).len(), found(&whole).len() - 1);
    // From a folder further down, paths lead up.
    let below = report(&folder.path().join("src"), &["../package.json"]);
    assert_eq!(found(&below), ["ims-jwt-dependency ../package.json"]);
    assert!(evidence(&below).contains(&"signer.js".to_owned()), "{below}");
}

#[test]
fn a_named_manifest_key_or_credential_has_the_rest_behind_it() {
    let files = [("package.json", MANIFEST), ("src/wrapper.js", WRAPPER), ("src/signer.js", SIGNER)];
    let folder = repository(&files);
    assert_eq!(found(&report(folder.path(), &["package.json"])), ["ims-jwt-dependency package.json"]);
    let setup = "from setuptools import setup\nsetup(name='a', install_requires=['PyJWT'])\n";
    let exchange = "import jwt, requests
claims = {'iss': 'x@AdobeOrg', 'aud': 'https://ims-na1.adobelogin.com/c/abc', 'https://ims-na1.adobelogin.com/s/ent_user_sdk': True}
def token(key):
    signed = jwt.encode(claims, key, algorithm='RS256')
    return requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', data={'jwt_token': signed})
";
    let folder = repository(&[("setup.py", setup), ("a/token.py", exchange)]);
    assert_eq!(found(&report(folder.path(), &["setup.py"])), ["ims-jwt-dependency setup.py"]);
    let folder = repository(&[("conf/ims.json", CREDENTIAL), ("conf/keys/private.key", KEY)]);
    assert_eq!(found(&report(folder.path(), &["conf/keys/private.key"])), ["ims-private-key conf/keys/private.key"]);
    assert_eq!(found(&report(folder.path(), &["conf/ims.json"])), ["ims-jwt-config conf/ims.json"]);
}

#[test]
fn a_lifetime_that_a_caller_hands_over_is_read_in_milliseconds() {
    let keeper = "exports.keep = (answer) => ({ until: Date.now() + answer.expires_in });\n";
    let caller = "const axios = require('axios');
const { keep } = require('./keeper');
exports.login = async (assertion) => {
  const answer = await axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', `jwt_token=${assertion}`);
  return keep(answer.data);
};
";
    let folder = repository(&[("keeper.js", keeper), ("caller.js", caller)]);
    assert_eq!(found(&report(folder.path(), &["keeper.js"])), ["ims-expires-in-unit keeper.js"]);
}

#[test]
fn what_is_wrong_with_the_rest_is_not_said() {
    let broken = "exports.x = 'https://ims-na1.adobelogin.com/ims/exchange/jwt'; function (\n";
    let folder = repository(&[("src/wrapper.js", WRAPPER), ("src/broken.js", broken), ("dist/x.js", WRAPPER)]);
    let report = report(folder.path(), &["src/wrapper.js"]);
    assert_eq!(found(&report), ["ims-jwt-exchange src/wrapper.js"]);
    assert_eq!(report["errors"].as_array().unwrap().len(), 0, "{report}");
    assert_eq!(report["skipped"].as_array().unwrap().len(), 0, "{report}");
}

#[test]
fn a_file_that_leads_nowhere_is_read_alone() {
    let folder = repository(&[
        ("src/wrapper.js", WRAPPER),
        ("src/view.js", "import { draw } from './draw';\nexport const view = () => draw(1);\n"),
        ("src/draw.js", "export const draw = (n) => n + 1;\n"),
        ("package.json", "{\"dependencies\": {\"react\": \"^18.0.0\"}}\n"),
    ]);
    let report = report(folder.path(), &["src/view.js", "src/draw.js", "package.json"]);
    assert_eq!(found(&report), [""; 0]);
    // Nothing else was opened.
    assert_eq!(report["summary"]["files_linked"], 0);
}
