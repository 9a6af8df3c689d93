//! The proof itself: a program runs against the double, is rewritten, and runs again.
//!
//! Not here: what a language needs to be installed, sent to the double and checked, which each language says for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{alone, run};
use crate::double::{CLIENT_ID, CLIENT_SECRET, Double, SCOPES};
use crate::program::{Grade, Program};

/// An environment variable that keeps the scratch folders, to look at what was made of a program.
const KEEP: &str = "GRANTSHIFT_KEEP";
/// Any organization and technical account will do.
const ORG_ID: &str = "0123456789ABCDEF01234567@AdobeOrg";
const TECHNICAL_ACCOUNT_ID: &str = "76543210FEDCBA9876543210@techacct.adobe.com";
/// White space in a scope is refused: what is generated joins with commas.
const MODE: &str = "comma";
/// The rules whose findings are rewritten in code.
const CODE_RULES: [&str; 4] = ["ims-jwt-exchange", "ims-jwt-sdk", "ims-jwt-assertion", "aem-service-credentials"];

/// The one of them that finds a signature without a request.
const SIGNATURE_RULE: &str = "ims-jwt-assertion";

/// What a language brings along.
pub(crate) trait Toolchain {
    /// The name of its folder, and of its `fix --target`.
    fn language(&self) -> &'static str;
    /// The command that installs what a program's commands need, for when one is missing.
    fn install_hint(&self) -> &'static str;
    /// What all commands of a program are given.
    fn environment(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// Installs what the manifest of a project names.
    fn install(&self, project: &Path);
    /// What sends a program that names the host of IMS literally to the double.
    fn redirect(&self, ims: &str) -> Vec<(String, String)>;
    /// What the static checks of the language say of a project, one line each, without line numbers.
    fn findings(&self, project: &Path) -> Vec<String>;
}

/// A program in a scratch folder, and the double that it talks to.
struct Stage<'a> {
    program: &'a Program,
    toolchain: &'a dyn Toolchain,
    double: Double,
    scratch: TempDir,
}

/// The endpoint that tokens come from, and what they are called.
#[derive(Clone, Copy)]
enum Flow {
    Old,
    New,
}

impl Flow {
    const fn token(self) -> &'static str {
        match self {
            Self::Old => "old-",
            Self::New => "new-",
        }
    }
}

/// Proves one program: before, what is wanted where it is written down, and after `fix`.
pub(crate) fn prove(toolchain: &dyn Toolchain, name: &str) {
    let program = Program::read(toolchain.language(), name);
    let before = Stage::new(&program, toolchain, &program.before());
    before.install();
    before.run(Flow::Old);
    let findings = toolchain.findings(&before.project());
    if let Some(folder) = program.wanted() {
        let wanted = Stage::new(&program, toolchain, &folder);
        wanted.install();
        wanted.rewritten_runs(&findings);
    }
    if program.proof.waits_for.is_none() {
        after(&before, &findings);
    }
}

/// The second phase: what `fix` makes of the program does the same.
fn after(stage: &Stage, findings: &[String]) {
    let grade = stage.program.proof.grade;
    let original = stage.snapshot();
    let mut report = stage.fix(&[]);
    stage.graded(&report);
    if grade != Grade::Safe {
        let changed = stage.changed_since(&original);
        assert!(changed.is_empty(), "{}: `fix --write` changes what is not safe: {changed:#?}", stage.place());
        report = stage.fix(&["--unsafe"]);
    }
    let changed = stage.changed_since(&original);
    if grade == Grade::Manual {
        assert!(changed.is_empty(), "{}: what has to be done by hand was changed: {changed:#?}", stage.place());
        return;
    }
    assert!(!changed.is_empty(), "{}: nothing was rewritten", stage.place());
    let rewritten = stage.snapshot();
    stage.fix(&["--unsafe"]);
    let changed = stage.changed_since(&rewritten);
    assert!(changed.is_empty(), "{}: a second `fix` changes something: {changed:#?}", stage.place());
    crate::after::check(stage.program, &stage.project(), &original, &report);
    stage.nothing_left();
    stage.install();
    stage.rewritten_runs(findings);
    if stage.program.proof.scopes.is_none() && !stage.program.proof.scopes_suggested {
        stage.fails_without_scopes();
    }
}

impl<'a> Stage<'a> {
    fn new(program: &'a Program, toolchain: &'a dyn Toolchain, folder: &Path) -> Self {
        let mut scratch = TempDir::new().unwrap();
        scratch.disable_cleanup(std::env::var_os(KEEP).is_some());
        let stage = Self { program, toolchain, double: Double::start(0).unwrap(), scratch };
        fs::write(stage.key_file(), stage.double.private_key()).unwrap();
        let project = stage.project();
        copy(folder, &project);
        for name in &program.proof.fill {
            let file = project.join(name);
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            fs::write(&file, stage.filled(&text, MODE)).unwrap();
        }
        for (name, content) in &program.proof.files {
            let file = project.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, stage.filled(content, MODE)).unwrap();
        }
        stage
    }

    fn project(&self) -> PathBuf {
        self.scratch.path().join("project")
    }

    /// Which program a message is about, and where it lies.
    fn place(&self) -> String {
        format!("{} in {}", self.program.folder.display(), self.project().display())
    }

    fn key_file(&self) -> PathBuf {
        self.scratch.path().join("private.key")
    }

    /// What stands for `https://ims-na1.adobelogin.com`.
    fn ims(&self, mode: &str) -> String {
        format!("{}/{mode}", self.double.base())
    }

    fn filled(&self, text: &str, mode: &str) -> String {
        let key = self.double.private_key();
        let scopes = self.program.proof.scopes.clone().unwrap_or_else(|| SCOPES[..3].join(","));
        text.replace("{ims}", &self.ims(mode))
            .replace("{double}", &self.double.base())
            .replace("{client_id}", CLIENT_ID)
            .replace("{client_secret}", CLIENT_SECRET)
            .replace("{private_key_file}", self.key_file().to_str().unwrap())
            .replace("{private_key_line}", &key.replace('\n', "\\n"))
            .replace("{private_key}", key)
            .replace("{org_id}", ORG_ID)
            .replace("{technical_account_id}", TECHNICAL_ACCOUNT_ID)
            .replace("{scopes}", &scopes)
    }

    fn environment(&self, flow: Flow, over: &BTreeMap<String, String>, mode: &str) -> BTreeMap<String, String> {
        let proof = &self.program.proof;
        let mut environment: BTreeMap<String, String> = self.toolchain.environment().into_iter().collect();
        if matches!(flow, Flow::New) && proof.scopes.is_none() {
            environment.insert("ADOBE_IMS_SCOPES".to_owned(), self.filled("{scopes}", mode));
        }
        if proof.redirect {
            environment.extend(self.toolchain.redirect(&self.ims(mode)));
        }
        for (name, value) in proof.env.iter().chain(over) {
            environment.insert(name.clone(), self.filled(value, mode));
        }
        environment
    }

    fn command(&self, words: &[String], environment: &BTreeMap<String, String>) -> Command {
        alone(words, &self.project(), environment)
    }

    fn install(&self) {
        match &self.program.proof.install {
            None => self.toolchain.install(&self.project()),
            Some(words) => self.succeed(words, &self.toolchain.environment().into_iter().collect()),
        }
    }

    fn succeed(&self, words: &[String], environment: &BTreeMap<String, String>) {
        let done = run(self.command(words, environment), self.toolchain.install_hint());
        assert_eq!(done.code, Some(0), "{}: {words:?}: {}", self.place(), done.everything());
    }

    /// The program is built, gets its tokens from the flow, and prints what it should.
    fn run(&self, flow: Flow) {
        let proof = &self.program.proof;
        let environment = self.environment(flow, &BTreeMap::new(), MODE);
        for words in proof.build.iter().chain(&proof.check) {
            self.succeed(words, &environment);
        }
        self.run_once(flow, &environment, &proof.expect_stdout, proof.tokens, 0);
        for also in &proof.also {
            let environment = self.environment(flow, &also.env, also.mode.as_deref().unwrap_or(MODE));
            self.run_once(flow, &environment, &also.expect_stdout, also.tokens, also.exit);
        }
    }

    fn run_once(&self, flow: Flow, environment: &BTreeMap<String, String>, expected: &str, tokens: usize, exit: i32) {
        let already = self.double.issued().len();
        let done = run(self.command(&self.program.proof.run, environment), self.toolchain.install_hint());
        let place = self.place();
        assert_eq!(done.code, Some(exit), "{place}: {}", done.everything());
        let stdout = Regex::new(r"\b(old|new)-\d+\b").unwrap().replace_all(&done.stdout, "<token>");
        let expected = self.filled(expected, MODE).replace("old-N", "<token>");
        assert_eq!(stdout.trim(), expected.trim(), "{place}: {}", done.everything());
        let issued = self.double.issued().split_off(already);
        assert_eq!(issued.len(), tokens, "{place}: tokens issued: {issued:?}");
        assert!(issued.iter().all(|token| token.starts_with(flow.token())), "{place}: tokens issued: {issued:?}");
    }

    /// The rewritten program gets its token without the key, and the checks have nothing new to say.
    fn rewritten_runs(&self, before: &[String]) {
        if !self.program.proof.keeps_key {
            fs::remove_file(self.key_file()).unwrap();
            for (name, _) in self.program.proof.files.iter().filter(|(_, content)| *content == "{private_key}") {
                fs::remove_file(self.project().join(name)).unwrap();
            }
        }
        self.run(Flow::New);
        let mut known = before.to_vec();
        let mut fresh = self.toolchain.findings(&self.project());
        fresh.retain(|finding| !self.program.proof.leaves.iter().any(|left| finding.contains(left.as_str())));
        fresh.retain(|finding| match known.iter().position(|old| old == finding) {
            Some(at) => {
                known.swap_remove(at);
                false
            }
            None => true,
        });
        assert!(fresh.is_empty(), "{}: the checks find more than before: {fresh:#?}", self.place());
    }

    /// Runs `fix --write` over the project; its report.
    fn fix(&self, flags: &[&str]) -> Value {
        let proof = &self.program.proof;
        let report = self.scratch.path().join("report.json");
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
        command.args(["fix", "--write", "--fail-on", "never", "--report"]).arg(&report).args(flags);
        if let Some(scopes) = &proof.scopes {
            command.args(["--scopes", scopes]);
        }
        if let Some(target) = &proof.target {
            command.arg("--target").arg(format!("{}={target}", self.toolchain.language()));
        }
        command.arg(".").current_dir(self.project());
        let done = run(command, "cargo build");
        assert_eq!(done.code, Some(0), "{}: fix: {}", self.place(), done.everything());
        serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap()
    }

    /// A scan finds nothing of the old flow in code, but a signature whose key is still needed, and no reader of the lifetime that
    /// was forgotten.
    fn nothing_left(&self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantshift"));
        command.args(["scan", "--format", "json", "--fail-on", "never", "."]).current_dir(self.project());
        let done = run(command, "cargo build");
        assert_eq!(done.code, Some(0), "{}: scan: {}", self.place(), done.everything());
        let report: Value = serde_json::from_str(&done.stdout).unwrap();
        let left: Vec<&Value> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| CODE_RULES.iter().chain(&["ims-expires-in-unit"]).any(|rule| finding["rule"] == *rule))
            .filter(|finding| !self.program.proof.keeps_key || finding["rule"] != SIGNATURE_RULE)
            .collect();
        assert!(left.is_empty(), "{}: still there: {left:#?}", self.place());
    }

    /// Scopes that are missing are said to be, instead of a request that IMS refuses.
    fn fails_without_scopes(&self) {
        let mut environment = self.environment(Flow::New, &BTreeMap::new(), MODE);
        environment.retain(|name, _| !name.contains("SCOPES"));
        let already = self.double.requests();
        let done = run(self.command(&self.program.proof.run, &environment), self.toolchain.install_hint());
        let place = self.place();
        assert_ne!(done.code, Some(0), "{place}: no word on the missing scopes: {}", done.everything());
        assert_eq!(self.double.requests(), already, "{place}: a request without scopes");
    }

    /// The report grades the flow as the program says, for the reason that it says.
    fn graded(&self, report: &Value) {
        let proof = &self.program.proof;
        let fixes: Vec<(Grade, &str)> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| CODE_RULES.iter().any(|rule| finding["rule"] == *rule))
            .map(|finding| {
                let grade = Grade::deserialize(&finding["fix"]["applicability"]).unwrap();
                (grade, finding["fix"]["reason"].as_str().unwrap_or_default())
            })
            .collect();
        let place = self.place();
        let worst = fixes.iter().map(|(grade, _)| *grade).max();
        assert_eq!(worst, Some(proof.grade), "{place}: {fixes:#?}");
        if let Some(words) = &proof.reason_contains {
            let words = words.to_lowercase();
            let said =
                fixes.iter().any(|(grade, reason)| *grade == proof.grade && reason.to_lowercase().contains(&words));
            assert!(said, "{place}: no reason says `{words}`: {fixes:#?}");
        }
    }

    /// Every file of the project but what was installed or built.
    fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        walk(&self.project(), &mut |file| {
            files.insert(file.to_owned(), fs::read(file).unwrap());
        });
        files
    }

    /// The files that are new, gone or other than they were.
    fn changed_since(&self, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
        let now = self.snapshot();
        let names: BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
        names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
    }
}

/// Calls back for each file below a folder, links and what was installed or built left out.
pub(crate) fn walk(folder: &Path, each: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap().to_str().unwrap();
        if entry.is_symlink() || matches!(name, "node_modules" | "dist" | "target" | "__pycache__" | ".venv") {
            continue;
        }
        if entry.is_dir() {
            walk(&entry, each);
        } else {
            each(&entry);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    walk(from, &mut |file| {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(file, copy).unwrap();
    });
}
