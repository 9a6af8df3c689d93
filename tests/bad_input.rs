//! Whatever is thrown at the program: a clear message that names the file, and the exit code of the contract.

#![allow(clippy::unwrap_used, reason = "a test that cannot prepare its files has to fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const EXCHANGE: &str =
    "import requests\nrequests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', data={'jwt_token': t})\n";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantshift")).args(arguments).current_dir(folder).output().unwrap()
}

/// The JSON report and the exit code.
fn scan(folder: &Path, more: &[&str]) -> (Value, i32) {
    let output = run(folder, &[&["scan", "--format", "json"], more].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code().unwrap())
}

fn reasons(report: &Value) -> Vec<(String, String)> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors
        .map(|error| (error["path"].as_str().unwrap().to_owned(), error["reason"].as_str().unwrap().to_owned()))
        .collect()
}

fn rules(report: &Value) -> Vec<String> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn utf_16_is_read_and_its_bytes_are_those_on_disk() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(EXCHANGE.encode_utf16().flat_map(u16::to_le_bytes));
    let folder = folder(&[("a.py", &bytes)]);
    let (report, code) = scan(folder.path(), &[]);
    assert_eq!(code, 1);
    let start = &report["findings"][0]["span"]["start"];
    let before = EXCHANGE.find("requests.post").unwrap();
    assert_eq!((start["line"].as_u64(), start["column"].as_u64()), (Some(2), Some(1)));
    assert_eq!(start["byte"].as_u64(), Some(2 + 2 * before as u64));
}

#[test]
fn latin_1_is_read_and_said() {
    let text = [b"# Schl\xfcssel\n".as_slice(), EXCHANGE.as_bytes()].concat();
    let folder = folder(&[("a.py", &text)]);
    let output = run(folder.path(), &["scan"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("a.py is not UTF-8") && message.contains("convert it to UTF-8"), "{message}");
}

#[test]
fn a_nul_byte_in_a_candidate_is_incomplete() {
    let text = [EXCHANGE.as_bytes(), b"\0\0"].concat();
    let folder = folder(&[("a.py", &text), ("b.py", EXCHANGE.as_bytes())]);
    let (report, code) = scan(folder.path(), &[]);
    assert_eq!(code, 3);
    assert_eq!(reasons(&report), [("a.py".to_owned(), "binary".to_owned())]);
    assert_eq!(rules(&report), ["ims-jwt-exchange"], "the other file is still read");
}

#[test]
fn an_empty_file_is_clean_and_an_empty_folder_is_not() {
    let one = folder(&[("a.py", b"")]);
    assert_eq!(scan(one.path(), &[]).1, 0);
    let none = folder(&[("notes.txt", b"x")]);
    assert_eq!(scan(none.path(), &[]).1, 4);
    assert_eq!(scan(none.path(), &["--allow-empty"]).1, 0);
}

#[test]
fn a_syntax_error_keeps_the_findings_and_is_incomplete() {
    let text = format!("def broken(:\n    pass\n\n{EXCHANGE}");
    let folder = folder(&[("a.py", text.as_bytes())]);
    let (report, code) = scan(folder.path(), &[]);
    assert_eq!(code, 3);
    assert_eq!(reasons(&report), [("a.py".to_owned(), "syntax_error".to_owned())]);
    assert_eq!(rules(&report), ["ims-jwt-exchange"]);
    assert_eq!(scan(folder.path(), &["--allow-incomplete"]).1, 1);
}

#[test]
fn deep_nesting_ends_in_an_error() {
    for name in ["a.js", "a.ts", "a.tsx", "a.java", "a.py"] {
        let text = format!("x = \"/ims/exchange/jwt\"; y = {}", "[".repeat(200_000));
        let folder = folder(&[(name, text.as_bytes())]);
        let (report, code) = scan(folder.path(), &[]);
        assert_eq!(code, 3, "{name}");
        assert_eq!(reasons(&report), [(name.to_owned(), "too_deep".to_owned())]);
    }
}

#[test]
fn a_huge_candidate_is_incomplete() {
    let text = format!("x = '/ims/exchange/jwt'\n{}", "y = 1\n".repeat(500_000));
    let folder = folder(&[("a.py", text.as_bytes())]);
    let (report, code) = scan(folder.path(), &[]);
    assert_eq!(code, 3);
    assert_eq!(reasons(&report), [("a.py".to_owned(), "too_large".to_owned())]);
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let folder = folder(&[]);
    let output = run(folder.path(), &["scan", "no/such"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no/such"));
}

#[test]
fn a_broken_link_with_the_name_of_a_source_is_incomplete() {
    let folder = folder(&[("b.py", b"")]);
    std::os::unix::fs::symlink("gone.py", folder.path().join("a.py")).unwrap();
    let (report, code) = scan(folder.path(), &[]);
    assert_eq!(code, 3);
    assert_eq!(reasons(&report), [("a.py".to_owned(), "unreadable".to_owned())]);
}

#[test]
fn a_mistake_in_a_rule_file_is_named_with_its_line() {
    let cases: [(&str, &str); 5] = [
        ("schema_version = 1\n[library]\nname = \"x\"\nplatfrom = \"node\"\nkind = \"values\"\n", "platfrom"),
        (
            "schema_version = 2\n[library]\nname = \"x\"\nplatform = \"node\"\nkind = \"values\"\n",
            "schema_version is 2",
        ),
        ("schema_version = 1\n", "none of"),
        (
            "schema_version = 1\n[library]\nname = \"x\"\nplatform = \"node\"\nkind = \"values\"\n[[call]]\nof = \"x\"\nreturns = \"first\"\n",
            "no source",
        ),
        (
            "schema_version = 1\n[rule]\nid = \"r\"\ntitle = \"t\"\nseverity = \"error\"\nplatforms = [\"node\"]\nmessage = \"m\"\nhelp = \"h\"\nexplain = \"e\"\n[[rule.match.request]]\nurl = \"/no/host\"\n",
            "no scheme",
        ),
    ];
    for (text, expected) in cases {
        let folder = folder(&[("rules/mine.toml", text.as_bytes()), ("a.py", b"")]);
        let output = run(folder.path(), &["scan", "--rules", "rules", "a.py"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains("mine.toml") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_client_of_ones_own_needs_one_file() {
    let rules = r#"
schema_version = 1

[library]
name = "acme_http"
platform = "python"
kind = "http-client"
packages = ["acme_http"]

[[call]]
of = "acme_http.Client"
creates = "acme_http.Client"
set = { base = ["0", "base="] }

[[call]]
of = "acme_http.Client.submit"
sends = "new"
[call.set]
method = "'POST'"
url = "0"
body = "form="
"#;
    let code = "import acme_http as h\nc = h.Client('https://ims-na1.adobelogin.com')\nc.submit('/ims/exchange/jwt', form={'jwt_token': t})\n";
    let folder = folder(&[("rules/acme.toml", rules.as_bytes()), ("a.py", code.as_bytes())]);
    let (report, exit) = scan(folder.path(), &["--rules", "rules", "a.py"]);
    assert_eq!(exit, 1);
    let finding = &report["findings"][0];
    assert_eq!(finding["details"]["http_client"], "acme_http");
    assert_eq!(finding["confidence"], "certain");
}

/// Small files that would take forever, or all memory, if everything in them were followed.
#[test]
fn what_multiplies_stays_bounded() {
    let header = "jwt_token client_secret exchange/jwt\n";
    let nested: String = (0..8).map(|depth| format!("for (const x{depth} of l) ")).collect();
    let items: Vec<String> = (0..16).map(|item| format!("'{item}'")).collect();
    let branches: String =
        (0..3000).map(|name| format!("let a{name} = '{name}'; if (c) {{ a{name} = 1 }}\n")).collect();
    let cases = [
        ("lists.py", format!("# {header}a = ['x']\n{}", "a = a + a\n".repeat(40))),
        ("spreads.js", format!("// {header}let a = ['x'];\n{}", "a = [...a, ...a];\n".repeat(40))),
        ("loops.js", format!("// {header}const l = [{}];\n{nested}{{ f(x0) }}\n", items.join(","))),
        ("chain.py", format!("# {header}x = 1\n{}", "x = g(x)\n".repeat(60_000))),
        ("branches.js", format!("// {header}{branches}")),
    ];
    for (name, text) in cases {
        let folder = folder(&[(name, text.as_bytes())]);
        let start = std::time::Instant::now();
        let (report, code) = scan(folder.path(), &[]);
        assert_eq!((code, report["summary"]["files_candidate"].as_u64()), (0, Some(1)), "{name}");
        assert!(start.elapsed().as_secs() < 60, "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn a_pipe_is_not_waited_for() {
    let folder = folder(&[("b.py", b"")]);
    let made = Command::new("mkfifo").arg(folder.path().join("a.py")).status().unwrap();
    assert!(made.success(), "mkfifo is part of coreutils: sudo apt-get install coreutils");
    let (report, code) = scan(folder.path(), &["a.py", "b.py"]);
    assert_eq!(code, 3);
    assert_eq!(reasons(&report), [("a.py".to_owned(), "unreadable".to_owned())]);
}

/// From inside another repository, `..` must not make a checkout beside it look like a part of it.
#[test]
fn a_checkout_in_a_folder_called_tests_is_no_test() {
    let folder = folder(&[("here/.git/HEAD", b""), ("tests/project/a.py", EXCHANGE.as_bytes())]);
    let (report, code) = scan(&folder.path().join("here"), &["../tests/project"]);
    assert_eq!((code, report["findings"][0]["context"].as_str()), (1, Some("source")));
}

/// What Black and Prettier change does not change who a finding is: lines, quotes, commas, semicolons, parentheses.
#[test]
fn a_formatter_keeps_the_fingerprint() {
    let fingerprint = |name: &str, text: &str| {
        let folder = folder(&[(name, text.as_bytes())]);
        scan(folder.path(), &[]).0["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let one = "import requests\ndef t(u, f):\n    requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', data={'jwt_token': f})\n";
    let other = "import requests\n\n\ndef t(u, f):\n    requests.post(\n        \"https://ims-na1.adobelogin.com/ims/exchange/jwt\",\n        data={\"jwt_token\": f},\n    )\n";
    assert_eq!(fingerprint("a.py", one), fingerprint("a.py", other));
    let one = "const request = require('superagent')\nexports.token = jwt => request.post('https://ims-na1.adobelogin.com/ims/exchange/jwt')\n  .type('form').send({ 'client_id': 1, 'client_secret': 's', 'jwt_token': jwt }).end((error, answer) => {\n    if (error) return\n    log(answer, x => x)\n  })\n";
    let other = "const request = require(\"superagent\");\nexports.token = (jwt) =>\n    request\n        .post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\")\n        .type(\"form\")\n        .send({\n            client_id: 1,\n            client_secret: \"s\",\n            jwt_token: jwt,\n        })\n        .end((error, answer) => {\n            if (error) return;\n            log(answer, (x) => x);\n        });\n";
    assert_eq!(fingerprint("a.js", one), fingerprint("a.js", other));
    assert_ne!(fingerprint("a.js", one), fingerprint("a.js", &other.replace("client_id: 1", "client_id: 2")));
}

/// A secret that is put together with a form is masked where its literal stands.
#[test]
fn secrets_inside_texts_are_masked() {
    let code = "const axios = require('axios');\nconst SEC = 'LEAK1';\nconst BOX = ['LEAK2', 'id'];\nconst KEY = 'LEAK3';\n\
                const U = 'https://ims-na1.adobelogin.com/ims/exchange/jwt';\n\
                axios.post(U, `client_id=${ID}&client_secret=${SEC}&jwt_token=${t}`);\n\
                axios.post(U, 'client_secret=' + BOX[0] + '&jwt_token=' + t);\n\
                axios.post(U, { client_secret: decrypt(KEY), jwt_token: t });\n";
    let folder = folder(&[("a.js", code.as_bytes())]);
    for format in ["human", "json", "sarif"] {
        let output = run(folder.path(), &["scan", "-v", "--format", format]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("ims-jwt-exchange"), "{text}");
        assert!(!text.contains("LEAK"), "{format} leaks:\n{text}");
    }
}

/// Secrets that stand in a file appear in no report at any verbosity.
#[test]
fn secrets_are_masked() {
    let secrets = [
        "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7",
        "s3cr3t-value-17",
    ];
    let code = format!(
        "import jwt, requests\nKEY = '''-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----'''\n\
         t = jwt.encode({{'aud': 'https://ims-na1.adobelogin.com/c/x'}}, KEY, algorithm='RS256')\n\
         requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt?client_secret={}', data={{'client_id': 'x', 'client_secret': '{}', 'jwt_token': t}})\n",
        secrets[1], secrets[2], secrets[0]
    );
    let folder = folder(&[("a.py", code.as_bytes())]);
    for format in ["human", "json", "jsonl", "sarif"] {
        let output = run(folder.path(), &["scan", "-v", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let all = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&all);
        for secret in secrets {
            assert!(!text.contains(secret), "{format} shows {secret}:\n{text}");
        }
    }
}
