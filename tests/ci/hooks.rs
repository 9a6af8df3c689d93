//! The hooks, by pre-commit itself: a scratch repository that uses them, and files that are staged.
//!
//! The two that build from source get a double of cargo, which writes down what it is asked and installs the program that is tested.
//! `GRANTSHIFT_FROM_SOURCE=1` lets the real cargo build instead, which takes minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Done, run};
use crate::scratch::{self, BROKEN, CLEAN, EXCHANGE, Repository};
use crate::tools::{self, tool};

const HOOKS: &str = ".pre-commit-hooks.yaml";
/// An exchange that is rewritten safely, since the configuration says which scopes there are.
const SAFE: [(&str, &str); 4] = [
    ("adobe_token.py", include_str!("../proof/python/requests-function/before/adobe_token.py")),
    ("main.py", include_str!("../proof/python/requests-function/before/main.py")),
    ("requirements.txt", include_str!("../proof/python/requests-function/before/requirements.txt")),
    ("grantshift.toml", "[[scopes]]\nscopes = [\"openid\", \"AdobeID\"]\n"),
];
/// Lets the real cargo build.
const FROM_SOURCE: &str = "GRANTSHIFT_FROM_SOURCE";

/// A repository that uses one hook of this one.
struct User {
    repository: Repository,
    path: String,
    asked: PathBuf,
}

impl User {
    fn new(hook: &str, arguments: &str) -> Self {
        let repository = Repository::new(&[("README.md", "A project.\n")]);
        let hooks = repository.beside("hooks");
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(HOOKS), hooks.join(HOOKS)).unwrap();
        if from_source() {
            for name in ["Cargo.toml", "Cargo.lock", "build.rs", "README.md", "src", "rules"] {
                copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &hooks.join(name));
            }
        }
        scratch::git(&hooks, &["init", "--quiet"]);
        scratch::git(&hooks, &["add", "--all"]);
        scratch::git(&hooks, &["commit", "--quiet", "--message", "hooks"]);
        let revision = scratch::git(&hooks, &["rev-parse", "HEAD"]);
        let configuration = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: {hook}\n        args: [{arguments}]\n",
            hooks.display(),
            revision.trim()
        );
        repository.write(".pre-commit-config.yaml", &configuration);
        repository.commit("hook");
        let asked = repository.beside("asked").join("cargo");
        let path = match (hook.ends_with("-system"), from_source()) {
            (true, _) => scratch::path(),
            (false, false) => scratch::cargo(&repository, &asked),
            (false, true) => std::env::var("PATH").unwrap(),
        };
        Self { repository, path, asked }
    }

    /// What `git commit` would run with these files staged.
    fn commit(&self, files: &[(&str, &str)]) -> Done {
        for (name, text) in files {
            self.repository.write(name, text);
        }
        self.repository.git(&["add", "--all"]);
        self.run()
    }

    /// What it would run with what is staged.
    fn run(&self) -> Done {
        let mut command = Command::new(tool("pre-commit"));
        command.args(["run", "--color=never"]).current_dir(self.repository.root());
        command.env("PRE_COMMIT_HOME", self.repository.beside("cache")).env("PATH", &self.path);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        if !from_source() {
            return run(command, "sudo apt-get install git");
        }
        // The dependencies are built once, and nothing is optimized: it is to be seen that it builds.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("ci/source"));
        for (setting, value) in [("LTO", "off"), ("OPT_LEVEL", "0"), ("CODEGEN_UNITS", "64")] {
            command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

fn from_source() -> bool {
    std::env::var_os(FROM_SOURCE).is_some()
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        copy(&path, &to.join(path.file_name().unwrap()));
    }
}

/// The installed program for the hooks of the system, and the one that the double of cargo installs for the others.
fn each(kind: &str, check: impl Fn(&str)) {
    check(&format!("{kind}-system"));
    check(kind);
}

#[test]
fn they_are_valid() {
    tools::succeed(
        &tool("pre-commit"),
        &["validate-manifest", Path::new(env!("CARGO_MANIFEST_DIR")).join(HOOKS).to_str().unwrap()],
    );
}

#[test]
fn what_is_clean_may_be_committed() {
    each("grantshift", |hook| {
        let user = User::new(hook, "");
        let done =
            user.commit(&[("src/sum.js", CLEAN), ("notes.md", "Nothing that is read.\n"), ("logo.png", "\u{0}\u{1}")]);
        assert_eq!(done.code, Some(0), "{hook}: {}", done.everything());
        assert!(done.stdout.contains("Passed"), "{hook}: {}", done.everything());
    });
}

#[test]
fn what_is_found_stops_the_commit() {
    each("grantshift", |hook| {
        let user = User::new(hook, "");
        let done = user.commit(&[("src/to ken.js", EXCHANGE), ("src/sum.js", CLEAN)]);
        assert_eq!(done.code, Some(1), "{hook}: {}", done.everything());
        assert!(
            done.stdout.contains("src/to ken.js:4:10") && done.stdout.contains("- exit code: 1"),
            "{hook}: {}",
            done.everything()
        );
    });
}

/// What pre-commit has no name for is read all the same, and so is what takes another file to be understood.
#[test]
fn every_kind_of_file_is_asked_about() {
    let user = User::new("grantshift-system", "--fail-on=warning");
    let names = [".aio", ".env.sample", "settings.jsonc", "deploy/Dockerfile"];
    let json = "{\"client_secret\": \"{{secret}}\", \"technical_account_id\": \"a@techacct.adobe.com\", \"meta_scopes\": [\"ent_user_sdk\"], \"private_key\": \"{{key}}\"}\n";
    let command = "curl -d jwt_token=$JWT -d client_secret=$SECRET https://ims-na1.adobelogin.com/ims/exchange/jwt";
    let texts = [
        json.to_owned(),
        "JWT_META_SCOPES=ent_user_sdk\nJWT_PRIVATE_KEY=\nJWT_TECHNICAL_ACCOUNT_ID=a@techacct.adobe.com\n".to_owned(),
        json.to_owned(),
        format!("FROM scratch\nRUN {command}\n"),
    ];
    for (name, text) in names.iter().zip(&texts) {
        let done = user.commit(&[(name, text)]);
        assert!(done.code == Some(1) && done.stdout.contains(name), "{name}: {}", done.everything());
        user.repository.commit("known");
    }
    let done = user.commit(&[("bin/token", &format!("#!/bin/sh\n{command}\n"))]);
    assert!(done.code == Some(1) && done.stdout.contains("bin/token"), "{}", done.everything());
}

#[test]
fn what_the_baseline_knows_may_be_committed() {
    let user = User::new("grantshift-system", "");
    user.repository.write("src/token.js", EXCHANGE);
    let mut baseline = Command::new(env!("CARGO_BIN_EXE_grantshift"));
    baseline.arg("baseline").current_dir(user.repository.root());
    let done = run(baseline, "cargo build");
    assert_eq!(done.code, Some(0), "{}", done.everything());
    user.repository.commit("known");
    let done = user.commit(&[("src/token.js", &format!("// Another line.\n{EXCHANGE}"))]);
    assert_eq!(done.code, Some(0), "{}", done.everything());
    let done = user.commit(&[("src/new.js", &EXCHANGE.replace("token", "fresh"))]);
    assert!(done.code == Some(1) && done.stdout.contains("src/new.js"), "{}", done.everything());
}

#[test]
fn what_cannot_be_read_stops_the_commit() {
    let user = User::new("grantshift-system", "");
    let done = user.commit(&[("src/token.py", BROKEN)]);
    assert!(done.code == Some(1) && done.stdout.contains("- exit code: 3"), "{}", done.everything());
}

#[test]
fn ignore_rules_bind_what_is_named() {
    let user = User::new("grantshift-system", "");
    let done = user.commit(&[("node_modules/a/index.js", EXCHANGE)]);
    assert_eq!(done.code, Some(0), "{}", done.everything());
}

#[test]
fn what_is_safe_is_rewritten_and_looked_at_before_it_is_committed() {
    each("grantshift-fix", |hook| {
        let user = User::new(hook, "");
        let done = user.commit(&SAFE);
        assert_eq!(done.code, Some(1), "{hook}: {}", done.everything());
        assert!(done.stdout.contains("files were modified by this hook"), "{hook}: {}", done.everything());
        let text = user.repository.read("adobe_token.py");
        assert!(text.contains("client_credentials") && !text.contains("jwt"), "{hook}: {text}");
        // The version that was staged is still there.
        assert_eq!(user.repository.git(&["show", ":adobe_token.py"]), SAFE[0].1);
        let done = user.commit(&[]);
        assert_eq!(done.code, Some(0), "{hook}: {}", done.everything());
    });
}

#[test]
fn what_is_not_safe_is_left_and_stops_the_commit() {
    let user = User::new("grantshift-fix-system", "");
    let done = user.commit(&SAFE[..3]);
    assert_eq!(done.code, Some(1), "{}", done.everything());
    assert_eq!(user.repository.read("adobe_token.py"), SAFE[0].1);
}

/// Changes that are not staged are not lost, and no part of what is checked.
#[test]
fn unstaged_changes_stay() {
    let user = User::new("grantshift-fix-system", "");
    for (name, text) in SAFE {
        user.repository.write(name, text);
    }
    user.repository.commit("old");
    user.repository.write("adobe_token.py", &format!("{}\n# staged\n", SAFE[0].1));
    user.repository.git(&["add", "adobe_token.py"]);
    user.repository.write("main.py", &format!("{}\n# not staged\n", SAFE[1].1));
    let done = user.run();
    assert_eq!(done.code, Some(1), "{}", done.everything());
    assert!(user.repository.read("main.py").contains("# not staged"), "{}", done.everything());
}

#[test]
fn cargo_builds_what_is_built_from_source() {
    let user = User::new("grantshift", "");
    let done = user.commit(&[("src/sum.js", CLEAN)]);
    assert_eq!(done.code, Some(0), "{}", done.everything());
    if !from_source() {
        let asked = fs::read_to_string(&user.asked).unwrap();
        assert!(asked.contains("install --bins --root ") && asked.contains(" --path ."), "{asked}");
    }
}
