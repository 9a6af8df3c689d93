//! Repositories to scan, and the reports over them in every format.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// All formats.
pub(crate) const FORMATS: [&str; 11] =
    ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson", "markdown", "html"];

const EXCHANGE: &str = "\
const axios = require('axios');

async function token(form) {
  return axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', { ...form });
}
module.exports = { token };
";

/// One change that goes around a line with a secret.
const WITH_SECRET: &str = "\
const axios = require('axios');
const jwt = require('jsonwebtoken');
const fs = require('fs');

const CLIENT_SECRET = 'p8e-0a1b2c3d4e5f6a7b8c9d';

async function token() {
  const claims = { iss: 'ORG@AdobeOrg', sub: 'ID@techacct.adobe.com', aud: 'https://ims-na1.adobelogin.com/c/abc' };
  const assertion = jwt.sign(claims, fs.readFileSync('private.key'), { algorithm: 'RS256' });
  const form = new URLSearchParams({ client_id: process.env.CLIENT_ID, client_secret: CLIENT_SECRET, jwt_token: assertion });
  const answer = await axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', form);
  return answer.data.access_token;
}
module.exports = { token };
";

const CONFIG: &str = "\
{
  \"CLIENT_SECRETS\": [\"s8e-ABCDEF0123456789\"],
  \"ORG_ID\": \"ORG@AdobeOrg\",
  \"API_KEY\": \"0123456789abcdef0123456789abcdef\",
  \"CLIENT_SECRET\": \"s8e-ABCDEF0123456789\",
  \"TECHNICAL_ACCOUNT_ID\": \"ID@techacct.adobe.com\",
  \"PRIVATE_KEY\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\\n-----END PRIVATE KEY-----\",
  \"META_SCOPES\": \"https://ims-na1.adobelogin.com/s/ent_user_sdk\"
}
";

/// What must be in no report.
pub(crate) const SECRETS: [&str; 3] =
    ["0a1b2c3d4e5f6a7b8c9d", "ABCDEF0123456789", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"];

const BROKEN: &str = "def token(:\n    url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt?jwt_token='\n";

/// Names of files that mean something to a reader of one of the formats.
#[cfg(unix)]
pub(crate) const HOSTILE: [&str; 5] = [
    "a,b:c%0A::error file=x::y.js",
    "line\nbreak\r.js",
    "]]><x y='\"&amp;.js",
    "\u{fc}ber \u{1d11e}/to ken#1.js",
    "escape\u{1b}[2J.js",
];

/// A scratch repository; it is gone when this is.
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Self { folder };
        fs::create_dir_all(scratch.root().join(".git")).unwrap();
        for (name, content) in files {
            let file = scratch.root().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        scratch
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    pub(crate) fn clean() -> Self {
        Self::new(&[("index.js", "console.log(1);\n")])
    }

    pub(crate) fn empty() -> Self {
        Self::new(&[("LICENSE", "MIT\n")])
    }

    pub(crate) fn incomplete() -> Self {
        Self::new(&[("broken.py", BROKEN), ("index.js", "console.log(1);\n")])
    }

    pub(crate) fn with_secrets() -> Self {
        Self::new(&[("token.js", WITH_SECRET), ("config.json", CONFIG)])
    }

    pub(crate) fn suppressed() -> Self {
        let comment = "// grantshift: ignore[ims-jwt-exchange] -- moves in May\n  return";
        Self::new(&[("token.js", &EXCHANGE.replacen("return", comment, 1))])
    }

    #[cfg(unix)]
    pub(crate) fn hostile() -> Self {
        let scratch = Self::new(&HOSTILE.map(|name| (name, EXCHANGE)));
        let beside = scratch.folder.path().join("beside");
        fs::create_dir_all(&beside).unwrap();
        fs::write(beside.join("token.js"), EXCHANGE).unwrap();
        scratch
    }

    /// The reports over it in every format, by one scan.
    pub(crate) fn reports(&self, arguments: &[&str]) -> Reports {
        let folder = tempfile::tempdir().unwrap();
        let outputs = FORMATS.map(|format| format!("--output={format}={}", folder.path().join(format).display()));
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let output = scan(&self.root(), &[&["-q"], arguments, outputs.as_slice()].concat());
        assert!(output.status.code().is_some_and(|code| code != 2), "{output:?}");
        Reports { folder }
    }
}

/// Reports by their formats.
pub(crate) struct Reports {
    folder: TempDir,
}

impl Reports {
    pub(crate) fn file(&self, format: &str) -> PathBuf {
        self.folder.path().join(format)
    }

    pub(crate) fn text(&self, format: &str) -> String {
        fs::read_to_string(self.file(format)).unwrap()
    }

    pub(crate) fn json(&self, format: &str) -> Value {
        serde_json::from_str(&self.text(format)).unwrap()
    }
}

/// Runs `grantshift scan`.
pub(crate) fn scan(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantshift")).arg("scan").args(arguments).current_dir(folder).output().unwrap()
}
