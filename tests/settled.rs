//! `fix` over all fixtures changes what its edits say and not a byte besides, `git apply` of what it prints makes the same, and
//! a second run changes nothing. `scripts/settled` looks; here it gets the fixtures, and programs that it has to catch.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Copies a folder. Each case becomes a repository, so that none is understood with another.
fn copy(from: &Path, to: &Path, depth: usize) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target, depth + 1);
            if depth == 1 {
                fs::create_dir_all(target.join(".git")).unwrap();
            }
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn settled(folder: &Path, program: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/settled");
    let mut command = Command::new("python3");
    command.arg(script).arg(folder).arg("--program").arg(program);
    command.output().expect("python3 runs; install it with: sudo apt-get install python3")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn no_fixture_is_changed_outside_of_its_edits_or_twice() {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), folder.path(), 0);
    let output = settled(folder.path(), Path::new(env!("CARGO_BIN_EXE_grantshift")));
    assert!(output.status.success(), "{}", said(&output));
    let changed = said(&output);
    let changed = changed.lines().find_map(|line| line.trim().strip_suffix(" files changed")?.parse::<usize>().ok());
    assert!(changed.is_some_and(|count| count > 100), "the fixtures are no longer rewritten: {changed:?}");
}

/// A program that runs the real one and then does something that it must not.
#[cfg(unix)]
fn meddler(folder: &Path, name: &str, after: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    let program = env!("CARGO_BIN_EXE_grantshift");
    fs::write(&path, format!("#!/bin/sh\n\"{program}\" \"$@\" || exit $?\n{after}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn what_does_not_hold_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let checkouts = folder.path().join("checkouts");
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rewrite/whole/python/before");
    copy(&case, &checkouts.join("one"), 2);
    let program = |name: &str, after: &str| {
        let output = settled(&checkouts, &meddler(folder.path(), name, after));
        (output.status.code(), said(&output))
    };
    assert_eq!(program("honest", "").0, Some(0));
    let writes = "case \" $* \" in *\" --write \"*)";
    let (code, said) = program("stray", &format!("{writes} echo >> app/token.py;; esac"));
    assert!(code == Some(1) && said.contains("app/token.py is not what its edits make of it"), "{said}");
    let (code, said) = program("other", &format!("{writes} echo >> stray.txt;; esac"));
    assert!(code == Some(1) && said.contains("stray.txt is not what its edits make of it"), "{said}");
    let restless = "[ -f .git/seen ] && case \" $* \" in *\" --report \"*) ;; *\" --write \"*) echo >> app/token.py;; esac; touch .git/seen";
    let (code, said) = program("restless", restless);
    assert!(code == Some(1) && said.contains("a second run changes app/token.py"), "{said}");
}
