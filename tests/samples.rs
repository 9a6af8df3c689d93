//! Every sample of the documentation does what it says: commands run and print what is shown, configuration and rule files are read,
//! reports and pipelines are valid by their schemas, code parses, and the samples of the rules are found before and not after.
//!
//! The word behind the fence says what a sample is, a second one names the file. Commands run in a copy of `tests/data/samples`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

#[path = "proof/command.rs"]
mod command;
#[path = "ci/tools.rs"]
mod tools;
#[path = "proof/venv.rs"]
mod venv;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use grantshift::finding::Language;
use grantshift::rules::Catalog;
use grantshift::syntax;
use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Done, alone, run};

/// Commands that no test runs, by how they begin, and why. What they name is looked for all the same.
const NOT_RUN: [(&str, &str); 13] = [
    ("scripts/test", "it runs this test"),
    (".ci/run", "it runs this test"),
    ("cargo test", "a test does not run tests"),
    ("GRANTSHIFT_", "a test does not run tests"),
    ("TRYCMD=overwrite cargo test", "a test does not run tests"),
    ("cargo build --release", "a release takes minutes to build"),
    ("benches/pre-commit", "it measures a release"),
    ("benches/scan-tree", "it fetches 4 GB and takes minutes"),
    ("scripts/score", "it takes labelled check-outs"),
    ("scripts/accounting", "it takes check-outs of many repositories"),
    ("scripts/scan-packages", "it fetches popular packages"),
    ("scripts/settled", "it takes check-outs of many repositories"),
    ("scripts/rewritable", "it takes labelled check-outs"),
];

/// Texts that are no samples, by the heading above them.
const TEXTS: [(&str, &str); 2] = [("How data walks through it", "a picture"), ("The rooms", "a list of folders")];

/// A fenced block.
struct Sample {
    document: String,
    line: usize,
    /// The heading above it.
    section: String,
    kind: String,
    /// The file that it is, where the fence names one.
    file: Option<String>,
    text: String,
}

impl Sample {
    fn place(&self) -> String {
        format!("{}:{}", self.document, self.line)
    }

    /// What its rule is called, where it is a sample of one.
    fn rule(&self) -> Option<&str> {
        self.document.strip_prefix("docs/rules/")?.strip_suffix(".md")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents: those at the root, and the pages below `docs`.
fn documents() -> Vec<String> {
    let mut documents = Vec::new();
    for folder in ["", "docs/", "docs/rules/"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                documents.push(format!("{folder}{name}"));
            }
        }
    }
    documents.sort();
    assert!(documents.len() > 10);
    documents
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        let mut section = String::new();
        let mut open: Option<Sample> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let fence = text.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (Some(sample), None) => {
                    sample.text.push_str(text);
                    sample.text.push('\n');
                }
                (Some(_), Some(_)) => samples.extend(open.take()),
                (None, Some(words)) => {
                    let mut words = words.split_whitespace().map(str::to_owned);
                    open = Some(Sample {
                        document: document.clone(),
                        line,
                        section: section.clone(),
                        kind: words.next().unwrap_or_default(),
                        file: words.next(),
                        text: String::new(),
                    });
                }
                (None, None) => {
                    assert!(!text.starts_with("    ") || document == "CHANGELOG.md", "{document}:{line}: fence it");
                    if let Some(heading) = text.strip_prefix('#') {
                        heading.trim_start_matches('#').trim().clone_into(&mut section);
                    }
                }
            }
        }
        assert!(open.is_none(), "{document}: a sample has no end");
    }
    samples
}

fn of_kind(kinds: &[&str]) -> Vec<Sample> {
    let samples: Vec<Sample> = samples().into_iter().filter(|sample| kinds.contains(&sample.kind.as_str())).collect();
    assert!(!samples.is_empty(), "no sample of {kinds:?}");
    samples
}

/// A repository like that of somebody who reads the documentation.
fn scratch() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
            if path.is_dir() {
                copy(&path, &to);
            } else {
                fs::copy(path, to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("tests/data/samples"), folder.path());
    let git = "git init -q -b main && git add . && git -c user.name=a -c user.email=a@example.org commit -q -m start \
               && git update-ref refs/remotes/origin/main HEAD";
    let done = shell(git, folder.path());
    assert_eq!(done.code, Some(0), "{}", done.everything());
    symlink(root().join("fixtures"), folder.path().join("fixtures")).unwrap();
    folder
}

/// A command of a shell, with the program that is tested in the place of an installed one.
fn shell(command: &str, folder: &Path) -> Done {
    let program = Path::new(env!("CARGO_BIN_EXE_grantshift"));
    let mut folders = vec![program.parent().unwrap().to_owned()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(folders).unwrap().into_string().unwrap();
    let summary = folder.join("summary").display().to_string();
    let environment: BTreeMap<String, String> = [
        ("PATH", path),
        ("HOME", folder.display().to_string()),
        ("COLUMNS", "100".to_owned()),
        ("GITHUB_STEP_SUMMARY", summary),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let command = command.replace("cargo run --release --", "grantshift");
    run(alone(&["sh".to_owned(), "-euc".to_owned(), command], folder, &environment), "sudo apt-get install dash")
}

/// The commands of a script, without comments, each on one line.
fn commands(script: &str) -> Vec<String> {
    let joined = script.replace("\\\n", " ");
    let lines = joined.lines().map(|line| match line.find("  #").or_else(|| line.starts_with('#').then_some(0)) {
        Some(comment) => line[..comment].trim(),
        None => line.trim(),
    });
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_sample_is_of_a_kind_that_is_tested() {
    let mut unused: BTreeSet<&str> = TEXTS.iter().map(|(section, _)| *section).collect();
    for sample in samples() {
        let Sample { kind, section, .. } = &sample;
        match kind.as_str() {
            "console" | "sh" | "toml" | "json" | "yaml" | "js" | "ts" | "java" | "python" => {}
            "pem" if sample.rule().is_some() => {}
            "text" => {
                assert!(TEXTS.iter().any(|(text, _)| text == section), "{}: say what it is", sample.place());
                unused.remove(section.as_str());
            }
            _ => panic!("{}: nobody knows how to test `{kind}`", sample.place()),
        }
    }
    assert!(unused.is_empty(), "no text there: {unused:?}");
}

#[test]
fn commands_print_what_is_shown() {
    for sample in of_kind(&["console"]) {
        let folder = scratch();
        let mut rest = sample.text.as_str();
        while let Some(command) = rest.strip_prefix("$ ") {
            let (command, shown) = command.split_once('\n').unwrap();
            let end = shown.find("\n$ ").map_or(shown.len(), |end| end + 1);
            let done = shell(command, folder.path());
            assert_eq!(done.stdout, shown[..end], "{}: {command}: {}", sample.place(), done.everything());
            rest = &shown[end..];
        }
        assert!(rest.is_empty(), "{}: not the output of a command: {rest}", sample.place());
    }
}

#[test]
fn commands_run() {
    let mut unused: BTreeSet<&str> = NOT_RUN.iter().map(|(command, _)| *command).collect();
    for sample in of_kind(&["sh"]) {
        // What a rule shows is found by it; it is not to be run.
        if sample.rule().is_some() {
            continue;
        }
        let folder = scratch();
        for command in commands(&sample.text) {
            let place = format!("{}: {command}", sample.place());
            let mut parts =
                command.split(" && ").filter(|part| match NOT_RUN.iter().find(|(start, _)| part.starts_with(start)) {
                    Some((start, _)) => {
                        names_what_is_there(part, &place);
                        unused.remove(start);
                        false
                    }
                    None => true,
                });
            if let Some(part) = parts.next() {
                assert!(part.contains("grantshift") || part.starts_with("cargo run"), "{place}: why is it not run?");
                // What a scan finds in the samples is no fault of the command.
                let done = shell(&command, folder.path());
                assert!(matches!(done.code, Some(0 | 1)), "{place}: {}", done.everything());
            }
        }
    }
    assert!(unused.is_empty(), "no document has these commands: {unused:?}");
}

/// The script, the test and the variables of a command that is not run.
fn names_what_is_there(command: &str, place: &str) {
    for word in command.split_whitespace().take(1).filter(|word| word.contains('/') && !word.contains('=')) {
        let mode = fs::metadata(root().join(word))
            .unwrap_or_else(|error| panic!("{place}: {word}: {error}"))
            .permissions()
            .mode();
        assert!(mode & 0o111 != 0, "{place}: {word} is no program");
    }
    if let Some((_, name)) = command.split_once("--test ") {
        let name = name.split_whitespace().next().unwrap();
        let there = [format!("tests/{name}.rs"), format!("tests/{name}/main.rs")];
        assert!(there.iter().any(|file| root().join(file).is_file()), "{place}: there is no test {name}");
    }
    let mut code = String::new();
    for variable in Regex::new(r"\b(GRANTSHIFT_\w+)=").unwrap().captures_iter(command) {
        if code.is_empty() {
            read(&root().join("tests"), &mut code);
            read(&root().join("src"), &mut code);
        }
        assert!(code.contains(&format!("\"{}\"", &variable[1])), "{place}: nothing reads {}", &variable[1]);
    }
}

fn read(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// What stands in the text is not run, but its command and its flags are there.
#[test]
fn commands_in_the_text_are_there() {
    let folder = scratch();
    let written = Regex::new("`grantshift ([a-z]+)( [^`]*)?`").unwrap();
    let flags = Regex::new(r"(?:^|[\s\[])(--[a-z-]+)").unwrap();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut number = 0;
    for document in documents() {
        // A command may go over the end of a line.
        let text = fs::read_to_string(root().join(&document)).unwrap().replace('\n', " ");
        for span in written.captures_iter(&text) {
            let (command, rest) = (&span[1], span.get(2).map_or("", |rest| rest.as_str()));
            let known = known.entry(command.to_owned()).or_insert_with(|| {
                let done = shell(&format!("grantshift {command} --help"), folder.path());
                assert_eq!(done.code, Some(0), "{document}: {}: {}", &span[0], done.everything());
                flags.captures_iter(&done.stdout).map(|flag| flag[1].to_owned()).collect()
            });
            for flag in flags.captures_iter(rest) {
                assert!(known.contains(&flag[1]), "{document}: {}: there is no {}", &span[0], &flag[1]);
            }
            number += 1;
        }
    }
    assert!(number > 20, "{number}");
}

#[test]
fn toml_is_a_configuration_or_a_rule_file() {
    for sample in of_kind(&["toml"]) {
        let folder = scratch();
        let is_rule = sample.document == "docs/rule-files.md";
        let (name, command) = if is_rule {
            fs::create_dir(folder.path().join("own")).unwrap();
            ("own/sample.toml", "grantshift rules --rules own")
        } else {
            ("grantshift.toml", "grantshift scan --quiet --fail-on never .")
        };
        let text = if is_rule && !sample.text.contains("schema_version") {
            format!("schema_version = 1\n{}", sample.text)
        } else {
            sample.text.clone()
        };
        fs::write(folder.path().join(name), text).unwrap();
        let done = shell(command, folder.path());
        assert_eq!(done.code, Some(0), "{}: {}", sample.place(), done.everything());
    }
}

#[test]
fn json_is_json_and_reports_are_valid() {
    for sample in of_kind(&["json"]) {
        let value: Value =
            serde_json::from_str(&sample.text).unwrap_or_else(|error| panic!("{}: {error}", sample.place()));
        let schema = match sample.document.as_str() {
            "docs/report.md" => "docs/report.schema.json",
            "docs/fix-report.md" => "docs/fix-report.schema.json",
            _ => continue,
        };
        let schema: Value = serde_json::from_slice(&fs::read(root().join(schema)).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", sample.place());
    }
}

#[test]
fn yaml_is_what_its_service_takes() {
    for sample in of_kind(&["yaml"]) {
        let folder = scratch();
        let document = tools::yaml(&sample.text).remove(0);
        let (name, text) = match &sample.file {
            // Steps alone.
            None if document.is_array() => {
                let steps = sample.text.replace('\n', "\n      ");
                let job = "on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n      ";
                (".github/workflows/sample.yml", format!("{job}{}\n", steps.trim_end()))
            }
            None => panic!("{}: which file is it?", sample.place()),
            Some(name) => (name.as_str(), sample.text.clone()),
        };
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        match name {
            ".pre-commit-config.yaml" => {
                tools::succeed(&tools::tool("pre-commit"), &["validate-config", file.to_str().unwrap()]);
            }
            ".gitlab-ci.yml" => tools::valid("vendor.gitlab-ci", &file),
            "azure-pipelines.yml" => tools::valid("vendor.azure-pipelines", &file),
            "bitbucket-pipelines.yml" => tools::valid("vendor.bitbucket-pipelines", &file),
            _ if name.starts_with(".github/workflows/") => tools::valid("vendor.github-workflows", &file),
            _ => panic!("{}: nobody knows the schema of {name}", sample.place()),
        }
    }
}

/// The names that samples give to what this repository offers are those that it has.
#[test]
fn pipelines_name_what_is_there() {
    let file = |name: &str| tools::yaml(&fs::read_to_string(root().join(name)).unwrap());
    let (action, hooks) = (file("action.yml").remove(0), file(".pre-commit-hooks.yaml").remove(0));
    let spec = file("ci/gitlab/check.yml").remove(0);
    let is_there = |names: &Value, given: &Value, place: &str| {
        for name in given.as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(names.get(name).is_some(), "{place}: there is no input {name}");
        }
    };
    let mut seen = BTreeSet::new();
    for sample in of_kind(&["yaml"]) {
        let mut left = tools::yaml(&sample.text);
        while let Some(value) = left.pop() {
            if value["uses"].as_str().is_some_and(|uses| uses.starts_with("grantshift/grantshift@")) {
                is_there(&action["inputs"], &value["with"], &sample.place());
                seen.insert("action");
            }
            if value["remote"].as_str().is_some_and(|remote| remote.ends_with("/ci/gitlab/check.yml")) {
                is_there(&spec["spec"]["inputs"], &value["inputs"], &sample.place());
                seen.insert("template");
            }
            if let Some(used) = value["hooks"].as_array() {
                for hook in used {
                    let known = hooks.as_array().unwrap().iter().any(|known| known["id"] == hook["id"]);
                    assert!(known, "{}: there is no hook {}", sample.place(), hook["id"]);
                }
                seen.insert("hook");
            }
            left.extend(value.as_array().cloned().unwrap_or_default());
            left.extend(value.as_object().cloned().unwrap_or_default().into_iter().map(|(_, value)| value));
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    // The page for pipelines names all there is.
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let (inputs, outputs) = (action["inputs"].as_object().unwrap(), action["outputs"].as_object().unwrap());
    let hooks = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap());
    let spec = spec["spec"]["inputs"].as_object().unwrap();
    for name in inputs.keys().chain(outputs.keys()).chain(spec.keys()).map(String::as_str).chain(hooks) {
        assert!(page.contains(&format!("`{name}`")), "docs/ci.md does not say what {name} is");
    }
}

#[test]
fn code_parses() {
    for sample in of_kind(&["js", "ts", "java", "python"]) {
        let language = match sample.kind.as_str() {
            "js" => Language::JavaScript,
            "ts" => Language::TypeScript,
            "java" => Language::Java,
            _ => Language::Python,
        };
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&syntax::grammar(language).unwrap()).unwrap();
        let tree = parser.parse(&sample.text, None).unwrap();
        assert!(!tree.root_node().has_error(), "{}: {}", sample.place(), tree.root_node().to_sexp());
    }
}

/// The samples of a section of a rule's page, as files.
fn files(rule: &str, section: &str) -> Vec<(PathBuf, String)> {
    let of_rule = samples().into_iter().filter(|sample| sample.rule() == Some(rule) && sample.section == section);
    let named = |sample: &Sample| {
        sample.file.clone().unwrap_or_else(|| {
            let name = match sample.kind.as_str() {
                "js" => "token.mjs",
                "ts" => "token.ts",
                "java" => "Token.java",
                "python" => "token.py",
                "sh" => "token.sh",
                "json" => "config.json",
                "yaml" => "steps.yml",
                kind => panic!("{}: name the file of this {kind}", sample.place()),
            };
            name.to_owned()
        })
    };
    of_rule.map(|sample| (PathBuf::from(named(&sample)), sample.text)).collect()
}

/// What a scan of these files alone finds by the rule.
fn found(rule: &str, files: &[(PathBuf, String)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let done = shell("grantshift scan --format json --fail-on never --allow-empty .", folder.path());
    let report: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{rule}: {}", done.everything()));
    assert!(report["errors"].as_array().unwrap().is_empty(), "{rule}: {}", report["errors"]);
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    findings.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_rule_shows_is_found_before_and_not_after() {
    for compiled in Catalog::load(&[]).unwrap().rules() {
        let rule = compiled.rule.id.as_str();
        let (before, after) = (files(rule, "Before"), files(rule, "After"));
        if before.is_empty() {
            // What goes on working has no other form.
            assert!(compiled.rule.explain.contains("## Before and after\n\nThe same"), "{rule} shows no code");
            continue;
        }
        assert!(!found(rule, &before).is_empty(), "{rule}: what it shows is not found");
        assert_eq!(found(rule, &after), Vec::<String>::new(), "{rule}: what it shows as mended is found");
    }
}
