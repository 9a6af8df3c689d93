//! The audit from outside: several repositories below one folder, written to files, with links that lead to the files and
//! without a secret.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use percent_encoding::percent_decode_str;
use tempfile::TempDir;

const EXCHANGE: &str = "\
const axios = require('axios');

async function token(form) {
  return axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', { client_secret: 'p8e-0a1b2c3d4e5f6a7b', ...form });
}
";
const BROKEN: &str = "def token(:\n    url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt?jwt_token='\n";

/// Two repositories and a folder that is none, with names that need encoding.
fn organisation() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("org/shop/.git/HEAD", ""),
        ("org/shop/src/to ken#1.js", EXCHANGE),
        ("org/shop/src/<b>&'x'.js", EXCHANGE),
        ("org/re ports/.git/HEAD", ""),
        ("org/re ports/\u{fc}ber|[1].js", EXCHANGE),
        ("org/re ports/node_modules/a/index.js", EXCHANGE),
        ("org/loose/token.js", EXCHANGE),
        ("org/loose/broken.py", BROKEN),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn scan(folder: &Path, arguments: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_grantshift");
    let output = Command::new(program).arg("scan").args(arguments).current_dir(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn repositories_below_one_folder_are_told_apart() {
    let folder = organisation();
    let report = scan(folder.path(), &["--format", "markdown", "org"]);
    assert!(report.contains("**4 findings in 3 repositories: 4 errors. Not everything could be read.**"), "{report}");
    for heading in [
        "### `re ports`\n\ngit repository `org/re ports`: 1 error",
        "### `shop`\n\ngit repository `org/shop`: 2 errors",
        "### `org`\n\nfolder `org`: 1 error",
        "- `org/re ports/node_modules`",
        "- [`org/loose/broken.py`](org/loose/broken.py) ",
    ] {
        assert!(report.contains(heading), "{heading} is missing in\n{report}");
    }
}

/// The links are those of the working directory, wherever the report is written.
#[test]
fn every_link_leads_to_its_file() {
    let folder = organisation();
    fs::create_dir(folder.path().join("out")).unwrap();
    let outputs = ["--output", "html=out/audit.html", "--output", "markdown=out/audit.md"];
    scan(folder.path(), &[&outputs[..], &["--format", "json", "org"]].concat());
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let (page, text) = (read("audit.html"), read("audit.md"));
    let of_page = page.split("<a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let of_text = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let mut count = 0;
    for link in of_page.chain(of_text).filter(|link| link.starts_with("org/")) {
        let path = percent_decode_str(link.split('#').next().unwrap()).decode_utf8().unwrap();
        assert!(folder.path().join(&*path).exists(), "{link}");
        assert!(!link.contains([' ', '<', '\'', '|', '[']), "{link}");
        count += 1;
    }
    assert!(count >= 12, "only {count} links");
}

#[test]
fn the_audit_holds_no_secret_and_nothing_of_this_machine() {
    let folder = organisation();
    for format in ["markdown", "html"] {
        let report = scan(folder.path(), &["--format", format, "org"]);
        assert!(!report.contains("0a1b2c3d"), "{report}");
        assert!(!report.contains(&*folder.path().to_string_lossy()), "{report}");
        assert!(!report.contains("<b>"), "{report}");
    }
}

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let folder = organisation();
    for format in ["markdown", "html"] {
        let one = scan(folder.path(), &["--format", format, "--threads", "1", "org"]);
        let other = scan(folder.path(), &["--format", format, "--threads", "4", "org"]);
        assert_eq!(one, other);
    }
}

/// Who scans a repository from a folder in it gets its name all the same.
#[test]
fn the_repository_may_be_above_the_working_directory() {
    let folder = organisation();
    fs::write(folder.path().join("org/shop/src/broken.py"), BROKEN).unwrap();
    let report = scan(&folder.path().join("org/shop/src"), &["--format", "markdown"]);
    assert!(report.contains("### `shop`\n\ngit repository `..`: 2 errors"), "{report}");
    assert!(report.contains("[`to ken#1.js:4`](to%20ken%231.js#L4)"), "{report}");
}
