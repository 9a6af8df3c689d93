//! `grantshift fix` over small repositories: every case under `fixtures/rewrite/whole` becomes what its `after` folder holds, to
//! the byte, by `--write` and by `git apply` of what is printed, and a second run changes nothing.
//!
//! `case.toml` beside the folders says which flags are given, and words that standard error has to have.
//! `GRANTSHIFT_WRITE_FIX=1` writes the `after` folders, to be read before they are committed.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Beside `fix . --unsafe`.
    #[serde(default)]
    flags: Vec<String>,
    /// Words of standard error, its line breaks taken as spaces.
    #[serde(default)]
    says: Vec<String>,
    /// The diff would show a secret, so that only `--write` gives it.
    #[serde(default)]
    withheld: bool,
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn collect(folder: &Path, root: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            if path.is_dir() {
                collect(&path, root, all);
            } else {
                all.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    collect(folder, folder, &mut all);
    all
}

fn put(files: &BTreeMap<PathBuf, Vec<u8>>, folder: &Path) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "core.autocrlf=false"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn fix(folder: &Path, case: &Case, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    command.current_dir(folder).args(["fix", ".", "--unsafe"]).args(&case.flags).args(more);
    let output = command.output().unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn assert_same(case: &str, how: &str, expected: &BTreeMap<PathBuf, Vec<u8>>, found: &BTreeMap<PathBuf, Vec<u8>>) {
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(expected), names(found), "{case}, {how}: the files");
    for (path, bytes) in expected {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(bytes), text(&found[path]), "{case}, {how}: {}", path.display());
        assert_eq!(bytes, &found[path], "{case}, {how}: {}", path.display());
    }
}

#[test]
fn every_repository_becomes_what_it_should() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rewrite/whole");
    let writes = env::var_os("GRANTSHIFT_WRITE_FIX").is_some();
    let mut cases: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for folder in cases {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
        let before = files(&folder.join("before"));
        let tree = tempfile::tempdir().unwrap();
        let tree = tree.path();
        put(&before, tree);
        git(tree, &["init", "-q"]);
        git(tree, &["add", "-A", "-f"]);
        git(tree, &["commit", "-q", "-m", "before"]);
        let printed = fix(tree, &case, &[]);
        let said = String::from_utf8_lossy(&printed.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        for words in &case.says {
            assert!(said.contains(words.as_str()), "{name} does not say `{words}`: {said}");
        }
        assert_same(&name, "nothing is written without --write", &before, &files(tree));
        fix(tree, &case, &["--write"]);
        let after = files(tree);
        if writes {
            let folder = folder.join("after");
            if folder.is_dir() {
                fs::remove_dir_all(&folder).unwrap();
            }
            put(&after, &folder);
        }
        assert_same(&name, "--write", &files(&folder.join("after")), &after);
        fix(tree, &case, &["--write", "--allow-dirty"]);
        assert_same(&name, "a second run", &after, &files(tree));
        if case.withheld {
            assert!(printed.stdout.is_empty(), "{name}: a secret is shown");
            continue;
        }
        git(tree, &["checkout", "-q", "."]);
        git(tree, &["clean", "-q", "-d", "-f", "-x"]);
        let patch = tree.join(".git/patch");
        fs::write(&patch, &printed.stdout).unwrap();
        git(tree, &["apply", &patch.to_string_lossy()]);
        assert_same(&name, "git apply", &after, &files(tree));
    }
}
