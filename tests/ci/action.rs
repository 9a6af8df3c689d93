//! The GitHub Action: its scripts run as its steps do, and nothing that a caller gives becomes part of a script.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use sha2::{Digest, Sha256};

use crate::command::run;
use crate::runner::{Job, Ran, action};
use crate::scratch::{BROKEN, CLEAN, EXCHANGE, Repository};
use crate::tools;

const UPLOAD: &str = "github/codeql-action/upload-sarif";

fn run_action(files: &[(&str, &str)], inputs: &[(&str, &str)]) -> Ran {
    Job::new(&Repository::new(files), inputs).run()
}

/// The code that the action ends with.
fn verdict(ran: &Ran) -> i32 {
    *ran.codes.get("Verdict").unwrap_or_else(|| panic!("no verdict: {ran:#?}"))
}

/// A folder with a program called grantshift that is this script.
fn double(repository: &Repository, script: &str) -> PathBuf {
    let folder = repository.beside("double");
    let program = folder.join("grantshift");
    fs::write(
        &program,
        format!("#!/bin/bash\nif [ \"$1\" = --version ]; then echo grantshift 0; exit 0; fi\n{script}"),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn path_with(folder: &Path) -> String {
    format!("{}:{}", folder.display(), crate::scratch::path())
}

/// A script of which ShellCheck has nothing to say.
pub(crate) fn shellcheck(script: &Path) {
    tools::succeed(
        &tools::tool("shellcheck"),
        &["--enable=all", "--exclude=SC2154,SC2310,SC2312,SC2250", script.to_str().unwrap()],
    );
}

#[test]
fn what_it_declares_is_valid_and_safe() {
    let file = action().join("action.yml");
    tools::valid("vendor.github-actions", &file);
    let text = fs::read_to_string(&file).unwrap();
    let definition = tools::yaml(&text).remove(0);
    let steps = definition["runs"]["steps"].as_array().unwrap();
    let mut given = String::new();
    for step in steps {
        if let Some(script) = step["run"].as_str() {
            assert!(!script.contains("${{"), "an expression is part of a script: {script}");
        }
        for part in ["env", "with", "if"] {
            given.push_str(&step[part].to_string());
        }
    }
    for name in definition["inputs"].as_object().unwrap().keys() {
        assert!(given.contains(&format!("inputs.{name} ")), "nothing takes the input {name}");
    }
    let pinned = Regex::new(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n").unwrap();
    assert_eq!(
        text.matches("uses: ").count(),
        pinned.find_iter(&text).count(),
        "an action is not pinned by its commit"
    );
}

#[test]
fn its_scripts_satisfy_shellcheck() {
    for entry in fs::read_dir(action().join("action")).unwrap() {
        let script = entry.unwrap().path();
        if script.extension().is_some_and(|extension| extension == "sh") {
            shellcheck(&script);
            assert!(fs::read_to_string(&script).unwrap().contains("\nset -euo pipefail\n"), "{}", script.display());
        }
    }
}

#[test]
fn clean_code_passes() {
    let ran = run_action(&[("src/sum.js", CLEAN)], &[]);
    assert!(!ran.failed && verdict(&ran) == 0, "{ran:#?}");
    let outputs = |name: &str| ran.outputs[name].as_str();
    assert_eq!((outputs("findings"), outputs("suppressed"), outputs("exit-code")), ("0", "0", "0"));
    // An upload without results closes the alerts of the last one.
    assert!(fs::metadata(&ran.used[UPLOAD]["sarif_file"]).is_err(), "the scratch folder is gone with the repository");
    assert!(!ran.summary.is_empty());
}

#[test]
fn findings_are_annotated_uploaded_and_fail_at_the_end() {
    let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
    let ran = Job::new(&repository, &[("category", "nightly")]).run();
    assert_eq!((ran.codes["Scan"], verdict(&ran)), (0, 1), "{ran:#?}");
    assert!(ran.log.contains("::error ") && ran.log.contains("file=src/token.js"), "{}", ran.log);
    assert_eq!((ran.outputs["findings"].as_str(), ran.outputs["exit-code"].as_str()), ("1", "1"));
    let upload = &ran.used[UPLOAD];
    assert_eq!(upload["sarif_file"], ran.outputs["sarif-file"]);
    assert_eq!(Path::new(&upload["checkout_path"]), repository.root().canonicalize().unwrap());
    let sarif: serde_json::Value = serde_json::from_slice(&fs::read(&ran.outputs["sarif-file"]).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert!(sarif["runs"][0]["automationDetails"]["id"].as_str().unwrap().contains("nightly"), "{sarif}");
    assert!(
        ran.summary.contains("src/token.js") && ran.summary == fs::read_to_string(&ran.outputs["report-file"]).unwrap()
    );
}

#[test]
fn what_was_not_read_is_not_green() {
    let broken: &[(&str, &str)] = &[("src/token.py", BROKEN)];
    assert_eq!(verdict(&run_action(broken, &[])), 3);
    assert_eq!(verdict(&run_action(broken, &[("allow-incomplete", "true")])), 0);
    assert_eq!(verdict(&run_action(&[("notes.md", "nothing to read\n")], &[])), 4);
    let missing = run_action(&[("src/sum.js", CLEAN)], &[("paths", "sources")]);
    assert_eq!(verdict(&missing), 2);
    assert!(missing.used.is_empty() && missing.outputs["findings"].is_empty(), "{missing:#?}");
}

#[test]
fn inputs_reach_the_scan() {
    let old: &[(&str, &str)] =
        &[("src/token.js", EXCHANGE), ("lib/sum.js", CLEAN), ("strict.toml", "fail_on = \"never\"\n")];
    assert_eq!(verdict(&run_action(old, &[("fail-on", "never")])), 0);
    assert_eq!(verdict(&run_action(old, &[("config", "strict.toml")])), 0);
    assert_eq!(verdict(&run_action(old, &[("paths", "lib")])), 0);
    assert_eq!(verdict(&run_action(old, &[("paths", "lib\r\n\nsrc\n")])), 1);
    assert_eq!(verdict(&run_action(old, &[("paths", "sum.js"), ("working-directory", "lib")])), 0);
    assert_eq!(verdict(&run_action(old, &[("args", "--ignore\nims-jwt-exchange")])), 0);
    assert_eq!(verdict(&run_action(old, &[("min-confidence", "certain")])), 1);
}

#[test]
fn what_the_baseline_knows_passes() {
    let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
    let mut baseline = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    baseline.args(["baseline", "--baseline", "known.json"]).current_dir(repository.root());
    assert_eq!(run(baseline, "cargo build").code, Some(0));
    let ran = Job::new(&repository, &[("baseline", "known.json")]).run();
    assert_eq!(
        (verdict(&ran), ran.outputs["findings"].as_str(), ran.outputs["suppressed"].as_str()),
        (0, "0", "1"),
        "{ran:#?}"
    );
    repository.write("src/new.js", &EXCHANGE.replace("token", "fresh"));
    let ran = Job::new(&repository, &[("baseline", "known.json")]).run();
    assert_eq!((verdict(&ran), ran.outputs["findings"].as_str()), (1, "1"), "{ran:#?}");
    assert_eq!(verdict(&Job::new(&repository, &[("baseline", "missing.json")]).run()), 2);
}

/// A pull request as it is checked out: by its merge commit, beside the branch that it is for.
#[test]
fn a_pull_request_is_asked_for_its_own_lines() {
    let changed = |repository: &Repository, inputs: &[(&str, &str)], base: &str| {
        let inputs = [&[("mode", "changed")], inputs].concat();
        Job::new(repository, &inputs).with("GITHUB_BASE_REF", base).run()
    };
    let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
    repository.git(&["update-ref", "refs/remotes/origin/release", "HEAD"]);
    repository.write("src/sum.js", CLEAN);
    repository.commit("clean");
    assert_eq!(verdict(&changed(&repository, &[], "release")), 0);
    repository.write("src/new.js", &EXCHANGE.replace("token", "fresh"));
    repository.commit("old flow");
    let ran = changed(&repository, &[], "release");
    assert_eq!((verdict(&ran), ran.outputs["findings"].as_str()), (1, "1"), "{ran:#?}");
    assert!(ran.log.contains("file=src/new.js"), "{}", ran.log);
    assert_eq!(verdict(&changed(&repository, &[("changed-since", "HEAD")], "release")), 0);
    // What cannot be compared is not green: the branch was not fetched, or not far enough.
    assert_eq!(verdict(&changed(&repository, &[], "main")), 2);
    assert_eq!(verdict(&changed(&repository, &[], "")), 2);
}

#[test]
fn reports_can_be_left_out() {
    let ran = run_action(
        &[("src/token.js", EXCHANGE)],
        &[("sarif", "false"), ("summary", "false"), ("annotations", "false")],
    );
    assert_eq!(verdict(&ran), 1);
    assert!(ran.used.is_empty() && ran.summary.is_empty() && ran.outputs["sarif-file"].is_empty(), "{ran:#?}");
    // What stands in a scanned file is no command to the runner.
    let stopped = Regex::new(r"(?s)::stop-commands::([0-9a-f]{32})\n(.*?)\n::([0-9a-f]{32})::\n").unwrap();
    let parts = stopped.captures(&ran.log).unwrap_or_else(|| panic!("{}", ran.log));
    assert_eq!(parts[1], parts[3]);
    assert!(parts[2].contains("src/token.js"), "{}", ran.log);
}

#[test]
fn names_and_values_are_never_run() {
    let hostile = [
        "$(touch pwned).js",
        "`touch pwned`.js",
        "a b;touch pwned.js",
        "--version.js",
        "-",
        "'\"${{ github.token }}\".js",
        "*.js",
        "&& x|y.js",
    ];
    for name in hostile {
        let repository = Repository::new(&[(name, EXCHANGE), ("src/sum.js", CLEAN)]);
        let ran = Job::new(&repository, &[("paths", name), ("args", "--threads=1")]).run();
        let expected = if name == "-" { 4 } else { 1 };
        assert_eq!(verdict(&ran), expected, "{name}: {ran:#?}");
        assert!(!repository.root().join("pwned").exists(), "{name}");
    }
    let inputs = [
        "paths",
        "version",
        "fail-on",
        "min-confidence",
        "baseline",
        "config",
        "mode",
        "changed-since",
        "sarif",
        "annotations",
        "summary",
        "args",
        "working-directory",
        "allow-incomplete",
    ];
    for input in inputs {
        for value in ["\"; touch pwned; $(touch pwned)\ntouch pwned\nexit-code=0", "--help"] {
            let repository = Repository::new(&[("src/sum.js", CLEAN)]);
            let ran = Job::new(&repository, &[(input, value)]).run();
            assert!(!repository.root().join("pwned").exists(), "{input}={value}: {ran:#?}");
            assert!(ran.failed, "{input}={value} is green: {ran:#?}");
        }
    }
}

#[test]
fn a_code_that_is_missing_or_wrong_is_a_failure() {
    for (code, expected) in [
        ("", 1),
        ("0 ", 1),
        ("00", 1),
        ("-1", 1),
        ("256", 1),
        ("512", 1),
        ("x", 1),
        ("0", 0),
        ("2", 2),
        ("5", 5),
        ("75", 75),
        ("137", 137),
    ] {
        let mut command = Command::new("bash");
        command.arg(action().join("action/verdict.sh")).env("EXIT_CODE", code);
        assert_eq!(run(command, "sudo apt-get install bash").code, Some(expected), "{code:?}");
    }
}

#[test]
fn a_scan_that_does_not_end_well_is_a_failure() {
    for (script, expected) in [("exit 0", 1), ("kill -9 $$", 137), ("exit 2", 2), ("exit 75", 75)] {
        let repository = Repository::new(&[("src/sum.js", CLEAN)]);
        let folder = double(&repository, script);
        let ran = Job::new(&repository, &[]).with("PATH", path_with(&folder)).run();
        assert_eq!(verdict(&ran), expected, "{script}: {ran:#?}");
    }
}

#[test]
fn a_summary_over_the_limit_names_the_file() {
    let repository = Repository::new(&[("src/sum.js", CLEAN)]);
    let script = r#"for word in "$@"; do case $word in
      markdown=*) head -c 1048577 /dev/zero | tr '\0' x >"${word#markdown=}" ;;
      jsonl=*) echo '{"type":"summary","findings":1,"suppressed":0}' >"${word#jsonl=}" ;;
    esac; done; exit 1"#;
    let folder = double(&repository, script);
    let ran = Job::new(&repository, &[]).with("PATH", path_with(&folder)).run();
    assert_eq!(verdict(&ran), 1, "{ran:#?}");
    assert!(ran.summary.len() < 1000 && ran.summary.contains("1048577 bytes"), "{}", ran.summary);
    assert_eq!(fs::metadata(&ran.outputs["report-file"]).unwrap().len(), 1_048_577);
}

/// The action in a folder of its own, with the checksums of a release that lies in another.
struct Release {
    repository: Repository,
}

impl Release {
    fn new() -> Self {
        let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
        let own = repository.beside("action");
        fs::create_dir_all(own.join("action")).unwrap();
        for name in ["action.yml", "action/install.sh", "action/scan.sh", "action/verdict.sh"] {
            fs::copy(action().join(name), own.join(name)).unwrap();
        }
        // A program as small as that packs in no time.
        let files = double(&repository, &format!("exec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_grantshift")));
        let mut tar = Command::new("tar");
        tar.arg("-czf")
            .arg(repository.beside("releases/v9.8.7").join(Self::ARCHIVE))
            .arg("-C")
            .arg(&files)
            .arg("grantshift");
        assert_eq!(run(tar, "sudo apt-get install tar gzip").code, Some(0));
        Self { repository }
    }

    const ARCHIVE: &str = "grantshift-9.8.7-x86_64-unknown-linux-musl.tar.gz";

    fn archive(&self) -> PathBuf {
        self.repository.beside("releases/v9.8.7").join(Self::ARCHIVE)
    }

    fn checksums(&self, text: &str) {
        fs::write(self.repository.beside("action").join("action/checksums.txt"), text).unwrap();
    }

    fn pinned(&self) {
        let sum: String =
            Sha256::digest(fs::read(self.archive()).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        self.checksums(&format!("# pinned\n{sum}  {}\n", Self::ARCHIVE));
    }

    fn run(&self, version: &str, architecture: &str) -> Ran {
        let base = format!("file://{}", self.repository.beside("releases").display());
        let mut job = Job::new(&self.repository, &[("version", version)])
            .with("GRANTSHIFT_RELEASE_BASE", base)
            .with("RUNNER_ARCH", architecture)
            .with("PATH", "/usr/bin:/bin");
        job.action = self.repository.beside("action");
        job.run()
    }
}

#[test]
fn a_release_runs_only_with_its_checksum() {
    let release = Release::new();
    release.pinned();
    for version in ["9.8.7", "v9.8.7"] {
        let ran = release.run(version, "X64");
        assert_eq!((ran.codes.get("Install grantshift"), verdict(&ran)), (Some(&0), 1), "{ran:#?}");
        assert_eq!(ran.outputs["findings"], "1");
    }
    let refused = |ran: &Ran, words: &str| {
        assert_eq!((ran.codes["Install grantshift"], verdict(ran)), (1, 1), "{ran:#?}");
        assert!(!ran.codes.contains_key("Scan") && ran.log.contains(words), "{words}: {ran:#?}");
    };
    refused(&release.run("9.8.6", "X64"), "no checksum");
    refused(&release.run("9.8.7", "RISCV64"), "no release for Linux on RISCV64");
    refused(&release.run("../9.8.7", "X64"), "neither a release");
    let mut bytes = fs::read(release.archive()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(release.archive(), bytes).unwrap();
    refused(&release.run("9.8.7", "X64"), "it is not run");
    release.checksums(&format!("0000  {}\n", Release::ARCHIVE));
    refused(&release.run("9.8.7", "X64"), "no checksum");
    release.pinned();
    fs::remove_file(release.archive()).unwrap();
    refused(&release.run("9.8.7", "X64"), "cannot be downloaded");
}

#[test]
fn without_a_version_its_own_commit_is_built() {
    let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
    let asked = repository.beside("asked").join("cargo");
    let path = crate::scratch::cargo(&repository, &asked);
    let ran = Job::new(&repository, &[("version", "")]).with("PATH", path).run();
    assert_eq!((verdict(&ran), ran.outputs["findings"].as_str()), (1, "1"), "{ran:#?}");
    let asked = fs::read_to_string(&asked).unwrap();
    assert!(asked.starts_with(&format!("install --locked --path {} --root ", action().display())), "{asked}");
    // What the system has, but for a cargo.
    let tools = repository.beside("tools");
    for entry in fs::read_dir("/usr/bin").unwrap() {
        let program = entry.unwrap().path();
        if !program.ends_with("cargo") {
            symlink(&program, tools.join(program.file_name().unwrap())).unwrap();
        }
    }
    let ran = Job::new(&repository, &[("version", "")]).with("PATH", tools.to_str().unwrap()).run();
    assert!(ran.failed && ran.log.contains("cargo is needed") && !ran.codes.contains_key("Scan"), "{ran:#?}");
}
