//! The gate from outside: the life of a team in one repository, and what each part of it has to hold.

#![allow(clippy::unwrap_used, reason = "a test that cannot set the scene has to fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const RULE: &str = "ims-jwt-exchange";

/// A repository, and the program run in it.
struct Team {
    folder: TempDir,
}

impl Team {
    fn new() -> Self {
        let team = Self { folder: tempfile::tempdir().unwrap() };
        team.git(&["init", "--quiet", "--initial-branch=main"]);
        team
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.root(), arguments)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(&self.root(), arguments)
    }

    /// The JSON report, and the exit code.
    fn report(&self, flags: &[&str]) -> (Value, i32) {
        let run = self.run(&[&["scan", "--format", "json"], flags].concat());
        (serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}")), run.code)
    }
}

#[derive(Debug)]
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "standard error does not hold {text:?}:\n{}", self.stderr);
        self
    }

    #[track_caller]
    fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "standard output does not hold {text:?}:\n{}", self.stdout);
        self
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "core.autocrlf=false",
        "-c",
        "protocol.file.allow=always",
    ];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output();
    let done = done.expect("git is needed for this test: sudo apt-get install git");
    assert!(done.status.success(), "git {arguments:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_grantshift");
    let Output { status, stdout, stderr } = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    Run { code: status.code().unwrap_or(-1), stdout: text(&stdout), stderr: text(&stderr) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A Node module with an exchange in a function of this name.
fn exchange(function: &str) -> String {
    format!(
        "const axios = require('axios');\n\nasync function {function}(id, secret, assertion) {{\n  \
         const form = new URLSearchParams({{ client_id: id, client_secret: secret, jwt_token: assertion }});\n  \
         const answer = await axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', form);\n  \
         return answer.data.access_token;\n}}\n\nmodule.exports = {{ {function} }};\n"
    )
}

/// The same after the switch to the new credential.
fn switched(function: &str) -> String {
    exchange(function)
        .replace("/ims/exchange/jwt", "/ims/token/v3")
        .replace("jwt_token: assertion", "grant_type: 'client_credentials', scope: 'openid,AdobeID'")
}

fn places(list: &Value) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let place = |one: &Value| {
        let finding = one.get("finding").unwrap_or(one);
        (text(&finding["rule"]), text(&finding["path"]), finding["span"]["start"]["line"].as_u64().unwrap())
    };
    list.as_array().unwrap().iter().map(place).collect()
}

fn place(rule: &str, path: &str, line: u64) -> (String, String, u64) {
    (rule.to_owned(), path.to_owned(), line)
}

#[test]
fn the_life_of_a_team() {
    let team = Team::new();
    team.write("src/users.js", &exchange("userToken"));
    team.write("src/reports.js", &exchange("reportToken"));
    team.commit("what has grown over the years");
    team.run(&["scan"]).exits(1);

    // The first day: what is old is recorded, and the gate is green.
    team.run(&["baseline"]).exits(0).says(".grantshift-baseline.json records 2 findings");
    team.commit("a gate");
    team.run(&["scan"]).exits(0).says("2 findings are known by the baseline .grantshift-baseline.json");
    let baseline = team.read(".grantshift-baseline.json");
    assert_eq!(baseline.lines().filter(|line| line.contains(RULE)).count(), 2, "one entry a line");

    // A pull request that adds one fails, annotated on its line.
    team.git(&["checkout", "--quiet", "-b", "adds"]);
    team.write("src/exports.js", &exchange("exportToken"));
    team.commit("one more");
    let run = team.run(&["scan", "--format", "github"]).exits(1).prints("::error ");
    assert!(run.stdout.contains("file=src/exports.js,line=5,"), "{}", run.stdout);
    assert!(!run.stdout.contains("users.js"), "what is known is not annotated: {}", run.stdout);
    // It cannot be recorded in silence.
    team.run(&["baseline"]).exits(1).says("new: src/exports.js:5:24: ims-jwt-exchange").says("--accept-new");
    assert_eq!(team.read(".grantshift-baseline.json"), baseline, "nothing was written");

    // One that only moves and reformats code passes.
    team.git(&["checkout", "--quiet", "main"]);
    team.git(&["checkout", "--quiet", "-b", "moves"]);
    fs::create_dir(team.root().join("lib")).unwrap();
    team.git(&["mv", "src/users.js", "lib/users.js"]);
    team.write(
        "lib/users.js",
        &format!("// Users.\n\n{}", exchange("userToken").replace("  ", "\t").replace('\'', "\"")),
    );
    let reformatted = exchange("reportToken").replace("jwt', form);", "jwt',\n    form,\n  );");
    team.write("src/reports.js", &format!("'use strict';\n\n\n{reformatted}"));
    team.commit("tidied");
    team.run(&["scan"]).exits(0).says("2 findings are known");
    team.run(&["baseline"]).exits(0);
    assert!(team.read(".grantshift-baseline.json").contains("\"lib/users.js\""), "the entry goes with its file");

    // One that switches passes, and the stale entry is named.
    team.git(&["checkout", "--quiet", "--force", "main"]);
    team.git(&["checkout", "--quiet", "-b", "switches"]);
    team.write("src/users.js", &switched("userToken"));
    team.commit("switched");
    team.run(&["scan"])
        .exits(0)
        .says("1 finding is known")
        .says("stale in .grantshift-baseline.json: ims-jwt-exchange in src/users.js is gone");
    let (report, _) = team.report(&[]);
    assert_eq!(report["baseline"]["stale"][0]["path"], "src/users.js");
    team.run(&["baseline", "--prune"]).exits(0).says("records 1 finding");
    assert!(!team.read(".grantshift-baseline.json").contains("users.js"));
    team.commit("and the baseline shrinks");
    // Now it cannot come back.
    team.write("src/users.js", &exchange("userToken"));
    team.run(&["scan"]).exits(1);

    // A comment with an end silences until then.
    team.git(&["checkout", "--quiet", "--force", "switches"]);
    let silenced = |until: &str| {
        let comment =
            format!("  // grantshift: ignore[{RULE}] until={until} -- the vendor switches first\n  const answer");
        exchange("vendorToken").replacen("  const answer", &comment, 1)
    };
    team.write("src/vendor.js", &silenced("2999-12-31"));
    team.run(&["scan"]).exits(0);
    let (report, _) = team.report(&[]);
    assert_eq!(places(&report["suppressed"]), [place(RULE, "src/reports.js", 5), place(RULE, "src/vendor.js", 6)]);
    assert_eq!(
        (&report["suppressed"][0]["by"], &report["suppressed"][1]["by"]),
        (&"baseline".into(), &"comment".into())
    );
    assert_eq!(report["suppressed"][1]["reason"], "the vendor switches first");
    // An expired one fails.
    team.write("src/vendor.js", &silenced("2026-01-31"));
    let (report, code) = team.report(&[]);
    assert_eq!(code, 1);
    assert_eq!(
        places(&report["findings"]),
        [place("suppression-expired", "src/vendor.js", 5), place(RULE, "src/vendor.js", 6)]
    );
}

#[test]
fn fix_rewrites_what_is_known_and_leaves_what_a_comment_silences() {
    let team = Team::new();
    team.write("a.js", &exchange("first"));
    let comment = format!("  // grantshift: ignore[{RULE}] -- kept on purpose\n  const answer");
    team.write("b.js", &exchange("second").replacen("  const answer", &comment, 1));
    team.run(&["baseline"]).exits(0).says("records 1 finding");
    team.commit("start");
    let fixed = ["fix", "--unsafe", "--scopes", "openid,AdobeID"];
    team.run(&fixed).exits(0).prints("+++ b/a.js");
    let run = team.run(&[&fixed[..], &["--write", "--report", "report.json"]].concat()).exits(0);
    assert!(!team.read("a.js").contains("/ims/exchange/jwt"), "{run:?}");
    assert!(team.read("b.js").contains("/ims/exchange/jwt"));
    let report: Value = serde_json::from_str(&team.read("report.json")).unwrap();
    assert_eq!(places(&report["findings"]), [place(RULE, "a.js", 5)]);
    assert_eq!(report["findings"][0]["outcome"]["result"], "rewritten");
    team.run(&["scan"]).exits(0).says("stale");
}

#[test]
fn a_baseline_that_cannot_be_used_is_an_error_and_never_an_empty_one() {
    let team = Team::new();
    team.write("a.js", &exchange("first"));
    team.run(&["baseline"]).exits(0);
    let good = team.read(".grantshift-baseline.json");
    for (broken, place) in [
        (good.replace("\"count\": 1", "\"count\": 0"), ":5:"),
        (format!("<<<<<<< HEAD\n{good}"), ":1:1: "),
        (good.replace("\"schema_version\": 1", "\"schema_version\": 9"), ":2:21: "),
        (String::new(), ":1:"),
    ] {
        team.write(".grantshift-baseline.json", &broken);
        for command in ["scan", "fix", "baseline"] {
            team.run(&[command]).exits(2).says(&format!(".grantshift-baseline.json{place}"));
        }
        assert_eq!(team.read(".grantshift-baseline.json"), broken, "it was written over");
    }
    team.run(&["scan", "--baseline", "missing.json"]).exits(2).says("missing.json");
    team.write("grantshift.toml", "baseline = 'missing.json'\n");
    team.run(&["scan"]).exits(2).says("missing.json");
    team.run(&["scan", "--no-baseline"]).exits(1);
    // For writing it need not be there.
    team.run(&["baseline"]).exits(0);
    team.run(&["scan"]).exits(0).says("missing.json");
}

#[test]
fn a_baseline_is_looked_for_beside_the_configuration_and_at_the_root() {
    let team = Team::new();
    team.write("sub/a.js", &exchange("first"));
    run(&team.root().join("sub"), &["baseline"]).exits(0).says("../.grantshift-baseline.json records");
    assert!(team.read(".grantshift-baseline.json").contains("\"sub/a.js\""), "paths are relative to the file");
    run(&team.root().join("sub"), &["scan"]).exits(0);
    team.run(&["scan", "sub/a.js"]).exits(0);
    team.write("sub/grantshift.toml", "");
    team.write(
        "sub/.grantshift-baseline.json",
        &Team::read(&team, ".grantshift-baseline.json").replace("sub/a.js", "a.js"),
    );
    fs::remove_file(team.root().join(".grantshift-baseline.json")).unwrap();
    team.run(&["scan", "sub"]).exits(0).says("sub/.grantshift-baseline.json");
}

#[test]
fn a_finding_that_is_copied_is_new_and_one_out_of_sight_is_not_stale() {
    let team = Team::new();
    team.write("a.js", &exchange("first"));
    team.write("b.js", &exchange("second"));
    team.run(&["baseline"]).exits(0);
    team.write("copy.js", &exchange("first"));
    let (report, code) = team.report(&[]);
    assert_eq!((code, places(&report["findings"])), (1, vec![place(RULE, "copy.js", 5)]));
    // Of files that were not looked at nothing is said, and they lend nothing.
    let (report, code) = team.report(&["copy.js"]);
    assert_eq!((code, &report["baseline"]["stale"]), (1, &Value::Array(Vec::new())));
    // A file that cannot be read whole may still hold what is recorded.
    fs::remove_file(team.root().join("copy.js")).unwrap();
    team.write("b.js", &exchange("second").replace("await axios.post(", "await axios.post((((("));
    let run = team.run(&["scan"]);
    assert!(!run.stderr.contains("stale"), "{run:?}");
}

#[test]
fn baselines_of_two_branches_merge() {
    let team = Team::new();
    for name in ["a", "m", "z"] {
        team.write(&format!("{name}.js"), &exchange(name));
    }
    team.run(&["baseline"]).exits(0);
    team.commit("start");
    for (branch, name) in [("one", "c"), ("two", "p")] {
        team.git(&["checkout", "--quiet", "-b", branch, "main"]);
        team.write(&format!("{name}.js"), &exchange(name));
        team.run(&["baseline"]).exits(1);
        team.run(&["baseline", "--accept-new"]).exits(0).says("records 4 findings, 1 of them new");
        team.commit(branch);
    }
    team.git(&["merge", "--quiet", "--no-edit", "one"]);
    team.run(&["scan"]).exits(0).says("5 findings are known");
}

#[test]
fn what_is_incomplete_is_never_clean() {
    let team = Team::new();
    team.write("a.js", &exchange("first").replace("module.exports", "module.exports = = ("));
    for format in
        ["human", "json", "jsonl", "sarif", "markdown", "html", "github", "gitlab", "junit", "checkstyle", "rdjson"]
    {
        team.run(&["scan", "--format", format, "--fail-on", "never"]).exits(3);
        team.run(&["scan", "--format", format, "--fail-on", "never", "--allow-incomplete"]).exits(0);
        team.run(&["scan", "--format", format, "--allow-incomplete"]).exits(1);
    }
    team.run(&["baseline"]).exits(3).says("not read whole: a.js");
    team.run(&["baseline", "missing"]).exits(2);
    let empty = Team::new();
    empty.run(&["baseline"]).exits(4);
    assert!(!empty.root().join(".grantshift-baseline.json").exists());
}

#[test]
fn only_what_changed() {
    let team = Team::new();
    let upstream = tempfile::tempdir().unwrap();
    let old = exchange("first");
    team.write("old.js", &old);
    team.write("odd \u{fc} \"name\".js", &exchange("odd"));
    team.commit("start");
    git(upstream.path(), &["clone", "--quiet", "--bare", &team.root().to_string_lossy(), "bare.git"]);
    team.git(&["remote", "add", "origin", &upstream.path().join("bare.git").to_string_lossy()]);
    team.git(&["fetch", "--quiet", "origin"]);
    team.git(&["remote", "set-head", "origin", "main"]);
    team.git(&["checkout", "--quiet", "-b", "work"]);

    let (report, code) = team.report(&["--changed"]);
    assert_eq!((code, &report["summary"]["outside_changes"]), (0, &2.into()));
    // What is not committed, staged or unknown to git counts.
    team.write("new.js", &exchange("second"));
    let (report, code) = team.report(&["--changed"]);
    assert_eq!((code, places(&report["findings"])), (1, vec![place(RULE, "new.js", 5)]));
    team.git(&["add", "new.js"]);
    assert_eq!(team.report(&["--changed"]).1, 1);
    team.commit("new");
    assert_eq!(team.report(&["--changed"]).1, 1);
    assert_eq!(team.report(&["--changed=HEAD"]).1, 0);
    // A change elsewhere in the file is none of the finding; one that meets any part of its flow is.
    team.write("old.js", &format!("{old}\n// the end\n"));
    assert_eq!(places(&team.report(&["--changed=HEAD"]).0["findings"]), []);
    team.write("old.js", &old.replace("client_secret: secret", "client_secret: secret.trim()"));
    assert_eq!(places(&team.report(&["--changed=HEAD"]).0["findings"]), [place(RULE, "old.js", 5)]);
    team.write("old.js", &old);
    // A file that is only renamed has not changed.
    team.git(&["mv", "odd \u{fc} \"name\".js", "even \u{fc}.js"]);
    assert_eq!(places(&team.report(&["--changed=HEAD"]).0["findings"]), []);
    team.write("even \u{fc}.js", &exchange("odd").replace("form);", "form, {});"));
    assert_eq!(places(&team.report(&["--changed=HEAD"]).0["findings"]), [place(RULE, "even \u{fc}.js", 5)]);

    team.run(&["scan", "--changed=nowhere"]).exits(2).says("there is no revision `nowhere`");
    team.git(&["remote", "set-head", "origin", "--delete"]);
    assert_eq!(team.report(&["--changed"]).1, 1, "`main` of the remote is its only likely default");
    // What git has against the whole repository is said in its words.
    let program = env!("CARGO_BIN_EXE_grantshift");
    let mut foreign = Command::new(program);
    foreign.current_dir(team.root()).args(["scan", "--changed"]).env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let said = foreign.output().unwrap();
    assert_eq!(
        (said.status.code(), text(&said.stderr).contains("git says: ")),
        (Some(2), true),
        "{}",
        text(&said.stderr)
    );
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.js"), exchange("first")).unwrap();
    run(outside.path(), &["scan", "--changed"]).exits(2).says("git repository");
}

#[test]
fn a_shallow_clone_works_or_says_what_is_missing() {
    let team = Team::new();
    team.write("old.js", &exchange("first"));
    team.commit("start");
    team.git(&["checkout", "--quiet", "-b", "work"]);
    team.write("new.js", &exchange("second"));
    team.commit("new");
    team.git(&["checkout", "--quiet", "main"]);
    team.write("other.txt", "x");
    team.commit("meanwhile");
    team.git(&["checkout", "--quiet", "-b", "merged"]);
    team.git(&["merge", "--quiet", "--no-edit", "work"]);
    team.git(&["checkout", "--quiet", "main"]);
    let source = format!("file://{}", team.root().display());
    let folder = tempfile::tempdir().unwrap();
    let clone = |depth: &str, name: &str| {
        git(folder.path(), &["clone", "--quiet", "--depth", depth, "--branch", "merged", &source, name]);
        folder.path().join(name)
    };
    // As the checkout of a pull request: the merge and its parents.
    let two = clone("2", "two");
    run(&two, &["scan", "--changed=HEAD^1"]).exits(1).prints("new.js");
    let one = clone("1", "one");
    run(&one, &["scan", "--changed=HEAD^1"]).exits(2).says("shallow").says("fetch-depth: 0");
    run(&one, &["scan", "--changed"]).exits(2);
}

#[test]
fn the_configuration_says_what_counts_and_where() {
    let team = Team::new();
    team.write("src/a.js", &exchange("first"));
    team.write("legacy/b.js", &exchange("second"));
    team.write("vendor-ish/c.js", &exchange("third"));
    team.write(
        "grantshift.toml",
        "max_findings = 0\nrequire_reason = true\n\n[[overrides]]\npaths = ['legacy/**']\nfail_on = 'never'\n\n[[overrides]]\npaths = \
         ['vendor-ish/**']\nignore = ['ims-jwt-exchange']\n",
    );
    let (report, code) = team.report(&[]);
    assert_eq!(code, 1);
    assert_eq!(places(&report["findings"]), [place(RULE, "legacy/b.js", 5), place(RULE, "src/a.js", 5)]);
    assert_eq!(places(&report["suppressed"]), [place(RULE, "vendor-ish/c.js", 5)]);
    assert_eq!(report["suppressed"][0]["by"], "config");
    assert_eq!(team.report(&["--max-findings", "1"]).1, 0);
    fs::remove_file(team.root().join("src/a.js")).unwrap();
    assert_eq!(team.report(&[]).1, 0, "what may stay does not fail");
    assert_eq!(team.report(&["--fail-on", "error"]).1, 1, "a flag wins over every table");
    // A demanded reason.
    let comment = format!("  // grantshift: ignore[{RULE}]\n  const answer");
    team.write("src/a.js", &exchange("first").replacen("  const answer", &comment, 1));
    let (report, code) = team.report(&[]);
    assert_eq!((code, places(&report["findings"]).len()), (1, 3));
    let run = team.run(&["scan", "--print-config", "--threads", "2", "--fail-on", "note", "--rules", "own"]);
    assert_eq!(run.code, 2, "the folder of rules is not there: {run:?}");
    let printed = team.run(&["scan", "--print-config", "--threads", "2", "--fail-on", "note"]).exits(0).stdout;
    for line in [
        "# configuration: grantshift.toml",
        "max_findings = 0 # grantshift.toml:1",
        "require_reason = true # grantshift.toml:2",
        "fail_on = \"note\" # --fail-on",
        "min_confidence = \"likely\" # default",
        "threads = 2 # --threads",
        "[[overrides]] # grantshift.toml:4",
        "[[overrides]] # grantshift.toml:8",
        "paths = [\"vendor-ish/**\"]",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line} is not printed:\n{printed}");
    }
    // What is printed says the same when it is read.
    team.write("grantshift.toml", &printed);
    let again = team.run(&["scan", "--print-config"]).exits(0).stdout;
    assert!(again.contains("fail_on = \"note\" # grantshift.toml:"), "{again}");
    team.write("grantshift.toml", "[[overrides]]\npaths = ['a']\nignore = ['ims-jwt-exchnage']\n");
    team.run(&["scan"])
        .exits(2)
        .says("there is no rule `ims-jwt-exchnage`, which grantshift.toml:1 names")
        .says("did you mean `ims-jwt-exchange`?");
    team.write("grantshift.toml", "fail_on = 'error'\nmax-findings = 3\n");
    team.run(&["scan"]).exits(2).says("grantshift.toml:2:1: unknown field `max-findings`");
}
