//! The programs that the reports are for: `junitparser` from PyPI, and the parsers of Jenkins' Warnings plug-in from Maven Central.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::command::run;
use crate::tools::{succeed, tool};

const INSTALL: &str = "sudo apt-get install default-jdk-headless maven, or see https://maven.apache.org";

/// What `junitparser` makes of a report: its counts, and those that it counts itself.
const JUNITPARSER: &str = "
import json, sys
from junitparser import JUnitXml
report = JUnitXml.fromfile(sys.argv[1])
cases = [(suite.name, case.name) for suite in report for case in suite]
json.dump({
    'tests': report.tests, 'failures': report.failures, 'errors': report.errors,
    'skipped': sum(suite.skipped for suite in report),
    'counted': sum(suite.tests for suite in report),
    'names': len(set(cases)),
    'suites_without_cases': sum(1 for suite in report if len(list(suite)) == 0),
}, sys.stdout)
";

pub(crate) fn junitparser(report: &Path) -> Value {
    let done = succeed(&tool("python"), &["-c", JUNITPARSER, report.to_str().unwrap()]);
    serde_json::from_str(&done.stdout).unwrap()
}

/// One entry as Jenkins shows it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) parser: String,
    pub(crate) severity: String,
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) kind: String,
}

/// What Jenkins reads of some reports, each by its parser.
pub(crate) fn jenkins(reports: &[(&str, PathBuf)]) -> Vec<Read> {
    let mut command = Command::new("java");
    command.arg("-cp").arg(class_path()).arg(folder().join("Consumers.java"));
    for (parser, file) in reports {
        command.arg(parser).arg(file);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let done = run(command, INSTALL);
    assert_eq!(done.code, Some(0), "{}", done.everything());
    let entries = done.stdout.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [parser, severity, file, line, kind] = fields[..] else { panic!("{line}") };
        let (parser, severity, file, kind) = (parser.to_owned(), severity.to_owned(), file.to_owned(), kind.to_owned());
        Read { parser, severity, file, line: line.parse().unwrap(), kind }
    });
    entries.collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats/consumers")
}

/// The class path, which Maven finds once; it is kept beside cargo's own output, under the hash of what is asked for.
fn class_path() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let pom = folder().join("pom.xml");
        let hash: String =
            Sha256::digest(fs::read(&pom).unwrap()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("formats");
        fs::create_dir_all(&cache).unwrap();
        let kept = cache.join(hash);
        let known = fs::read_to_string(&kept).unwrap_or_default();
        if !known.is_empty() && std::env::split_paths(&known).all(|jar| jar.is_file()) {
            return known;
        }
        let mut command = Command::new("mvn");
        command.args(["-q", "-B", "-f"]).arg(&pom);
        command.arg("org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath");
        command.arg(format!("-Dmdep.outputFile={}", kept.display()));
        let done = run(command, INSTALL);
        assert_eq!(done.code, Some(0), "{}", done.everything());
        fs::read_to_string(&kept).unwrap()
    })
}
