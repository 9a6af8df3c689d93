//! Every format from outside, through the program: valid by its schema, read by the programs that it is for, without a secret, the same
//! with any number of threads, and with the same exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../proof/command.rs"]
mod command;
mod consumers;
mod github;
mod sarif;
mod scratch;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../ci/tools.rs"]
mod tools;
#[path = "../proof/venv.rs"]
mod venv;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::scratch::{FORMATS, Scratch, scan};

/// The reports over all fixtures in every format, by one scan with one thread, and by one with four.
struct Fixtures {
    folder: TempDir,
}

impl Fixtures {
    fn get() -> &'static Self {
        static MADE: OnceLock<Fixtures> = OnceLock::new();
        MADE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            for threads in ["1", "4"] {
                let outputs = FORMATS.map(|format| {
                    let file = folder.path().join(format!("{format}.{threads}"));
                    format!("--output={format}={}", file.display())
                });
                let mut arguments =
                    vec!["fixtures", "--no-ignore", "-q", "--min-confidence=possible", "--threads", threads];
                arguments.extend(outputs.iter().map(String::as_str));
                let output = scan(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments);
                assert_eq!(output.status.code(), Some(3), "{output:?}");
            }
            Self { folder }
        })
    }

    fn file(&self, format: &str) -> PathBuf {
        self.folder.path().join(format!("{format}.1"))
    }

    fn text(&self, format: &str) -> String {
        fs::read_to_string(self.file(format)).unwrap()
    }

    fn json(&self, format: &str) -> Value {
        serde_json::from_str(&self.text(format)).unwrap()
    }

    fn findings(&self) -> usize {
        self.json("json")["findings"].as_array().unwrap().len()
    }

    fn silenced(&self) -> usize {
        self.json("json")["suppressed"].as_array().unwrap().len()
    }

    fn errors(&self) -> usize {
        self.json("json")["errors"].as_array().unwrap().len()
    }
}

/// A value that has to be valid.
fn valid(schema: &str, value: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

const GITLAB: &str = include_str!("../data/formats/gitlab.schema.json");
const REVIEWDOG: &str = include_str!("../data/formats/reviewdog.schema.json");

#[test]
fn one_thread_and_four_write_the_same_bytes() {
    let fixtures = Fixtures::get();
    for format in FORMATS {
        let other = fs::read(fixtures.folder.path().join(format!("{format}.4"))).unwrap();
        assert!(fixtures.text(format).into_bytes() == other, "{format} differs");
    }
}

#[test]
fn json_is_valid() {
    valid(include_str!("../../docs/report.schema.json"), &Fixtures::get().json("json"));
}

#[test]
fn sarif_is_valid_and_what_github_takes() {
    let fixtures = Fixtures::get();
    let log = fixtures.json("sarif");
    sarif::valid(&log);
    sarif::taken_by_github(&log, Path::new(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), fixtures.findings() + fixtures.silenced());
}

#[test]
fn gitlab_takes_every_entry_and_tells_them_apart() {
    let fixtures = Fixtures::get();
    let entries = fixtures.json("gitlab");
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), fixtures.findings() + fixtures.errors());
    let mut fingerprints = BTreeSet::new();
    for entry in entries {
        valid(GITLAB, entry);
        assert!(fingerprints.insert(entry["fingerprint"].as_str().unwrap()), "twice: {entry}");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&entry["severity"].as_str().unwrap()));
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(path.starts_with("fixtures/"), "{path}");
    }
}

#[test]
fn reviewdog_takes_every_diagnostic() {
    let fixtures = Fixtures::get();
    let result = fixtures.json("rdjson");
    valid(REVIEWDOG, &result);
    let diagnostics = result["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), fixtures.findings() + fixtures.errors());
    assert!(diagnostics.iter().filter(|diagnostic| diagnostic["suggestions"].is_array()).count() > 100);
}

/// The fixtures as they are, with each suggestion in its place: what is suggested is what the edits of the JSON report make.
#[test]
fn suggestions_are_the_edits() {
    let fixtures = Fixtures::get();
    let (report, result) = (fixtures.json("json"), fixtures.json("rdjson"));
    let findings = report["findings"].as_array().unwrap();
    let mut compared = 0;
    for diagnostic in result["diagnostics"].as_array().unwrap() {
        let Some(suggestion) = diagnostic["suggestions"].get(0) else { continue };
        let path = diagnostic["location"]["path"].as_str().unwrap();
        let Ok(text) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else { continue };
        let start = diagnostic["location"]["range"]["start"]["line"].as_u64();
        let finding = findings
            .iter()
            .find(|finding| {
                finding["path"] == path
                    && finding["rule"] == diagnostic["code"]["value"]
                    && finding["span"]["start"]["line"].as_u64() == start
            })
            .unwrap();
        let set = findings.iter().filter(|of| of["change_set"] == finding["change_set"]);
        let mut edits: Vec<(usize, usize, String)> = set
            .flat_map(|of| of["fix"]["edits"].as_array().unwrap())
            .map(|edit| {
                let byte = |key: &str| edit[key].as_u64().unwrap() as usize;
                (byte("start_byte"), byte("end_byte"), edit["replacement"].as_str().unwrap().to_owned())
            })
            .collect();
        let mut seen = BTreeSet::new();
        edits.retain(|edit| seen.insert(edit.clone()));
        edits.sort_by_key(|(start, end, _)| (*start, *end));
        let mut wanted = text.clone();
        for (start, end, replacement) in edits.iter().rev() {
            wanted.replace_range(start..end, replacement);
        }
        assert_eq!(suggested(&text, suggestion), wanted, "{path}");
        compared += 1;
    }
    assert!(compared > 100, "only {compared}");
}

/// A text after a suggestion was taken, as a forge does it: whole lines.
fn suggested(text: &str, suggestion: &Value) -> String {
    let line = |place: &str| suggestion["range"][place]["line"].as_u64().unwrap() as usize;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let replaced = lines[line("start") - 1..line("end")].concat();
    let end = if replaced.ends_with("\r\n") { "\r\n" } else { "\n" };
    let inserted = suggestion["text"].as_str().unwrap();
    let inserted = match (inserted, replaced.ends_with('\n')) {
        ("", _) | (_, false) => inserted.to_owned(),
        (_, true) => format!("{inserted}{end}"),
    };
    [&lines[..line("start") - 1].concat(), &inserted, &lines[line("end")..].concat()].map(String::as_str).concat()
}

#[test]
fn junit_is_read_by_junitparser() {
    let fixtures = Fixtures::get();
    let report = fixtures.json("json");
    let read = consumers::junitparser(&fixtures.file("junit"));
    let errors = report["summary"]["by_severity"]["error"].as_u64().unwrap();
    assert_eq!(read["failures"].as_u64().unwrap(), errors, "what is at the gate fails");
    assert_eq!(read["errors"].as_u64().unwrap() as usize, fixtures.errors());
    assert_eq!(read["counted"], read["tests"], "a suite does not count its cases right");
    assert_eq!(read["names"], read["tests"], "cases have the same name");
    assert!(read["suites_without_cases"] == 0);
}

/// The parsers of Jenkins' Warnings plug-in see each finding once, in its file and line.
#[test]
fn jenkins_reads_checkstyle_sarif_junit_and_code_climate() {
    let fixtures = Fixtures::get();
    let parsers = [("checkstyle", "checkstyle"), ("sarif", "sarif"), ("junit", "junit"), ("code-climate", "gitlab")];
    let read = consumers::jenkins(&parsers.map(|(parser, format)| (parser, fixtures.file(format))));
    let report = fixtures.json("json");
    let findings: Vec<(&str, u64, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let line = finding["span"]["start"]["line"].as_u64().unwrap();
            (finding["path"].as_str().unwrap(), line, finding["rule"].as_str().unwrap())
        })
        .collect();
    let distinct: BTreeSet<_> = findings.iter().collect();
    for parser in ["checkstyle", "sarif"] {
        let seen: BTreeSet<_> = read
            .iter()
            .filter(|of| of.parser == parser)
            .map(|of| (of.file.as_str(), of.line, of.kind.as_str()))
            .collect();
        for finding in &distinct {
            assert!(seen.contains(finding), "{parser} lost {finding:?}");
        }
    }
    let count = |parser: &str| read.iter().filter(|of| of.parser == parser).count();
    let errors = report["summary"]["by_severity"]["error"].as_u64().unwrap() as usize;
    // It lists what fails, and drops what it holds for the same.
    assert!((errors..=errors + fixtures.errors()).contains(&count("junit")), "{}", count("junit"));
    assert!(count("code-climate") >= distinct.len());
    let severity = |rule: &str| read.iter().find(|of| of.parser == "checkstyle" && of.kind == rule).unwrap();
    assert_eq!(severity("ims-private-key").severity, "ERROR");
}

#[test]
fn github_annotates_every_finding() {
    let fixtures = Fixtures::get();
    let (annotations, rest) = github::read(&fixtures.text("github"));
    assert_eq!(annotations.len(), fixtures.findings() + fixtures.errors());
    let ranks: Vec<_> = annotations.iter().map(github::Annotation::rank).collect();
    assert!(ranks.is_sorted(), "the worst do not come first");
    assert_eq!(rest.len(), 1, "{rest:?}");
    let by_kind = |kind: &str| annotations.iter().filter(|of| of.command == kind).count();
    let hidden = format!("{} errors", by_kind("error") - 10);
    assert!(rest[0].contains(&hidden) && rest[0].contains("GitHub shows 10"), "{rest:?}");
}

#[test]
fn markdown_begins_with_the_gate_and_fits_into_a_job_summary() {
    let text = Fixtures::get().text("markdown");
    assert!(text.len() < 1 << 20, "{}", text.len());
    let third = text.lines().nth(2).unwrap();
    assert_eq!(third, "**Gate: failed, and incomplete**");
}

/// Names that are commands, markup or control characters somewhere, and one outside of the repository.
#[cfg(unix)]
#[test]
fn names_are_never_obeyed() {
    let scratch = Scratch::hostile();
    let reports = scratch.reports(&[".", "../beside"]);
    let (annotations, rest) = github::read(&reports.text("github"));
    assert_eq!((annotations.len(), rest.len()), (scratch::HOSTILE.len() + 1, 1), "{}", reports.text("github"));
    let files: BTreeSet<_> = annotations.iter().filter_map(|of| of.properties.get("file").cloned()).collect();
    for name in scratch::HOSTILE.iter().filter(|name| !name.contains('\u{1b}')) {
        assert!(files.contains(*name), "{name:?} is not in {files:?}");
    }
    let outside = annotations.iter().find(|of| !of.properties.contains_key("file")).unwrap();
    assert!(outside.message.starts_with("../beside/token.js:"), "{outside:?}");
    sarif::valid(&reports.json("sarif"));
    valid(REVIEWDOG, &reports.json("rdjson"));
    let read = consumers::junitparser(&reports.file("junit"));
    assert_eq!(read["failures"], scratch::HOSTILE.len() + 1);
    let read = consumers::jenkins(&[("checkstyle", reports.file("checkstyle"))]);
    assert_eq!(read.len(), scratch::HOSTILE.len() + 1);
}

#[test]
fn no_format_shows_a_secret() {
    let scratch = Scratch::with_secrets();
    let reports = scratch.reports(&["."]);
    assert!(reports.json("json")["summary"]["findings"].as_u64().unwrap() >= 3);
    for format in FORMATS {
        let text = reports.text(format);
        for secret in scratch::SECRETS {
            assert!(!text.contains(secret), "{format} shows {secret}");
        }
    }
    let suggestions = reports.json("rdjson");
    let message = suggestions["diagnostics"].to_string();
    assert!(message.contains("hold a secret and are not shown"), "{message}");
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let cases = [
        (Scratch::clean(), vec![], 0),
        (Scratch::with_secrets(), vec![], 1),
        (Scratch::with_secrets(), vec!["--fail-on=never"], 0),
        (Scratch::incomplete(), vec![], 3),
        (Scratch::incomplete(), vec!["--allow-incomplete"], 0),
        (Scratch::empty(), vec![], 4),
        (Scratch::suppressed(), vec![], 0),
    ];
    for (scratch, flags, code) in cases {
        for format in FORMATS {
            let output = scan(&scratch.root(), &[&["-q", "--format", format], flags.as_slice()].concat());
            assert_eq!(output.status.code(), Some(code), "{format} {flags:?}: {output:?}");
        }
    }
}

#[test]
fn what_was_not_read_is_never_green() {
    let scratch = Scratch::incomplete();
    let reports = scratch.reports(&["."]);
    let (annotations, _) = github::read(&reports.text("github"));
    assert_eq!(annotations[0].command, "error");
    assert_eq!(annotations[0].properties["file"], "broken.py");
    assert_eq!(reports.json("gitlab")[0]["severity"], "blocker");
    assert_eq!(reports.json("rdjson")["diagnostics"][0]["severity"], "ERROR");
    assert!(reports.text("checkstyle").contains("severity=\"error\""));
    assert_eq!(consumers::junitparser(&reports.file("junit"))["errors"], 1);
    assert_eq!(reports.json("sarif")["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(reports.text("markdown").contains("**Gate: incomplete**"));
    let allowed = scratch.reports(&[".", "--allow-incomplete"]);
    assert_eq!(github::read(&allowed.text("github")).0[0].command, "warning");
    assert_eq!(consumers::junitparser(&allowed.file("junit"))["errors"], 0);
}

#[test]
fn a_run_that_saw_nothing_says_so() {
    let reports = Scratch::empty().reports(&["."]);
    let (annotations, _) = github::read(&reports.text("github"));
    assert_eq!((annotations.len(), annotations[0].command.as_str()), (1, "error"));
    assert_eq!(reports.text("gitlab"), "[]\n");
    assert_eq!(consumers::junitparser(&reports.file("junit"))["errors"], 1);
    assert!(reports.text("markdown").contains("**Gate: nothing was read**"));
    sarif::valid(&reports.json("sarif"));
}

#[test]
fn what_is_silenced_is_no_finding_but_stays_known() {
    let reports = Scratch::suppressed().reports(&["."]);
    let (annotations, rest) = github::read(&reports.text("github"));
    assert!(annotations.is_empty() && rest[0].contains("1 finding is silenced"), "{rest:?}");
    assert_eq!(reports.text("gitlab"), "[]\n");
    let junit = consumers::junitparser(&reports.file("junit"));
    assert_eq!((&junit["failures"], &junit["skipped"]), (&Value::from(0), &Value::from(1)));
    let suppression = &reports.json("sarif")["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&Value::from("inSource"), &Value::from("accepted")));
    assert_eq!(suppression["justification"], "moves in May");
    assert!(reports.text("markdown").contains("**Gate: passed**"));
    assert!(reports.text("markdown").contains("1 finding is silenced: 1 by a comment"));
}

/// A finding at the gate that the configuration allows fails nothing.
#[test]
fn what_is_allowed_fails_no_test() {
    let scratch = Scratch::with_secrets();
    let reports = scratch.reports(&[".", "--max-findings=100"]);
    assert_eq!(consumers::junitparser(&reports.file("junit"))["failures"], 0);
    assert!(reports.text("markdown").contains("**Gate: passed**"));
}
