//! The command from end to end, with a planner of the tests in place of those that ship.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::super::args::{Colour, Global};
use super::*;
use crate::gate::Policy;
use crate::rewrite::sample::{module, settings};

fn fix(root: &Path) -> FixSettings {
    FixSettings {
        common: CommonSettings {
            scan: settings(root),
            policy: Policy::default(),
            rules: Vec::new(),
            named: Vec::new(),
            outputs: Vec::new(),
            category: None,
            baseline: None,
            changes: None,
            printed: None,
        },
        writes: true,
        asks: false,
        takes_review: false,
        allows_dirty: false,
        report: None,
    }
}

fn quiet() -> Terminal {
    Terminal::new(&Global { color: Colour::Never, quiet: true, verbose: false })
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false"];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A repository with modules, all committed.
fn repository(modules: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    git(&root, &["init", "-q"]);
    for (name, words) in modules {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), module(words)).unwrap();
    }
    git(&root, &["add", "."]);
    git(&root, &["commit", "-qm", "x"]);
    (folder, root)
}

fn report(path: &Path) -> Value {
    let report: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../../docs/fix-report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    report
}

#[test]
fn files_are_written_and_the_report_says_what_became_of_each() {
    let (folder, root) = repository(&[("a.py", "good"), ("b.py", "broken"), ("c.py", "review")]);
    let path = folder.path().join("report.json");
    let mut settings = FixSettings { report: Some(path.clone()), ..fix(&root) };
    assert_eq!(carry_out(&settings, &quiet()).unwrap(), 1);
    let written = report(&path);
    assert_eq!((&written["written"], &written["summary"]["rewritten"]), (&Value::Bool(true), &Value::from(1)));
    let outcomes: Vec<(&str, &str)> = written["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (&finding["outcome"]["result"], &finding["outcome"]["cause"]))
        .map(|(result, cause)| (result.as_str().unwrap(), cause.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(outcomes, [("rewritten", ""), ("left", "not_verified"), ("left", "review")]);
    let set = &written["change_sets"][0];
    assert_eq!((&set["applicability"], &set["ledger"][0]["kind"]), (&Value::from("safe"), &Value::from("replaced")));
    let undo = set["undo"].as_str().unwrap();
    assert!(undo.contains("-    answer = credentials(secret)") && undo.contains("+    # old: good"), "{undo}");
    assert_ne!(fs::read_to_string(root.join("a.py")).unwrap(), module("good"));
    assert_eq!(fs::read_to_string(root.join("b.py")).unwrap(), module("broken"));
    // The second run changes nothing, and fails for the same findings.
    git(&root, &["commit", "-qam", "y"]);
    let before = fs::read(root.join("a.py")).unwrap();
    assert_eq!(carry_out(&settings, &quiet()).unwrap(), 1);
    assert_eq!(fs::read(root.join("a.py")).unwrap(), before);
    settings.common.policy.fail_on = None;
    assert_eq!(carry_out(&settings, &quiet()).unwrap(), 0);
}

#[test]
fn everything_rewritten_is_a_clean_run() {
    let (_folder, root) = repository(&[("a.py", "good"), ("c.py", "review")]);
    let settings = FixSettings { takes_review: true, ..fix(&root) };
    assert_eq!(carry_out(&settings, &quiet()).unwrap(), 0);
}

#[test]
fn uncommitted_changes_are_not_overwritten_unasked() {
    let (_folder, root) = repository(&[("a.py", "manual"), ("b.py", "good")]);
    fs::write(root.join("a.py"), module("good")).unwrap();
    let Err(Error::Dirty { files }) = carry_out(&fix(&root), &quiet()) else { panic!("it is refused") };
    assert!(files.ends_with("/a.py") && !files.contains("b.py"), "{files}");
    assert_eq!(fs::read_to_string(root.join("b.py")).unwrap(), module("good"));
    let settings = FixSettings { allows_dirty: true, ..fix(&root) };
    assert_eq!(carry_out(&settings, &quiet()).unwrap(), 0);
    assert_ne!(fs::read_to_string(root.join("a.py")).unwrap(), module("good"));
}

#[test]
fn what_cannot_be_written_is_said_and_reported() {
    let (folder, root) = repository(&[("a.py", "good")]);
    let mut permissions = fs::metadata(root.join("a.py")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(root.join("a.py"), permissions).unwrap();
    let path = folder.path().join("report.json");
    let settings = FixSettings { report: Some(path.clone()), allows_dirty: true, ..fix(&root) };
    assert!(matches!(carry_out(&settings, &quiet()), Err(Error::NotWritten(write::Error::ReadOnly { .. }))));
    let written = report(&path);
    assert_eq!(written["findings"][0]["outcome"]["cause"], "not_written");
    assert_eq!((&written["written"], &written["change_sets"]), (&Value::Bool(false), &Value::Array(Vec::new())));
}

/// The definitions that both schemas have are the same.
#[test]
fn the_schemas_agree() {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap()["definitions"].clone();
    let scan = read(include_str!("../../../docs/report.schema.json"));
    let fix = read(include_str!("../../../docs/fix-report.schema.json"));
    for name in ["finding", "ledger_entry", "path", "position", "span"] {
        assert_eq!(scan[name], fix[name], "{name}");
    }
    let mut finding = fix["rewritten_finding"].clone();
    finding["properties"].as_object_mut().unwrap().remove("outcome");
    finding["required"].as_array_mut().unwrap().pop();
    assert_eq!(finding, scan["finding"]);
}

const FOLDER: &str = "GRANTSHIFT_TEST_TO_BE_FIXED";

/// Prints the diff of a folder. Run by the test below, in a working directory of its choice.
#[test]
fn a_child_that_prints() {
    let Some(root) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let terminal = Terminal::new(&Global { color: Colour::Never, quiet: false, verbose: false });
    let settings = FixSettings { writes: false, ..fix(&root) };
    assert_eq!(carry_out(&settings, &terminal).unwrap(), 1);
}

#[test]
fn git_applies_the_diff_where_the_command_ran() {
    for (working, paths) in [("", ".."), ("src", "."), ("src", "..")] {
        let (_folder, root) =
            repository(&[("src/a.py", "good"), ("b.py", "good"), ("src/c.py", "manual"), ("d.py", "secret")]);
        let here = root.join(working);
        let scanned = if paths == ".." { root.clone() } else { here.clone() };
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "cli::fix::tests::a_child_that_prints", "--nocapture"])
            .env(FOLDER, &scanned)
            .current_dir(&here)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8(child.stdout).unwrap(), String::from_utf8(child.stderr).unwrap());
        assert!(child.status.success(), "{out}{err}");
        let start = out.find("diff --git").unwrap();
        let end = out[start..].find("\ntest ").map_or(out.len(), |end| start + end + 1);
        let patch = root.join("change.patch");
        fs::write(&patch, &out[start..end]).unwrap();
        git(&here, &["apply", patch.to_str().unwrap()]);
        assert_ne!(fs::read_to_string(root.join("src/a.py")).unwrap(), module("good"));
        assert_eq!(fs::read_to_string(root.join("src/c.py")).unwrap(), module("manual"));
        let is_below = working.is_empty();
        assert_eq!(fs::read_to_string(root.join("b.py")).unwrap() != module("good"), is_below);
        // What git leaves out is said, and so is what is not printed at all.
        assert_eq!(err.contains("run `git apply` at the root"), !is_below && paths == "..", "{err}");
        assert_eq!(err.contains("would show a secret"), paths == "..", "{err}");
        assert!(!out.contains("s3cr3t") && !err.contains("s3cr3t"));
        assert!(err.contains("Would be rewritten with --write") && err.contains("Left: "), "{err}");
        assert!(err.contains("Outside of the code: Service Account (JWT) credentials"), "{err}");
    }
}
