//! What Python manifests say of Python: what they ask for, what they are run with, and the versions that they list.

use regex::Regex;
use toml::de::{DeTable, DeValue};

use super::super::pyproject::{parse, table, trimmed};
use super::super::{Kind, Manifest, Versions};
use super::{Floor, Grade};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;
use crate::rules::targets::numbers;
use crate::syntax::Limits;

/// How the classifiers of a package list a version.
const CLASSIFIER: &str = r"Programming Language :: Python :: (\d+\.\d+)";

/// `python_requires` in `setup.py` and in `setup.cfg`, outside of comments.
const SETUP_PY: &str = r#"(?m)^[^#\n]*\bpython_requires['"]?\s*[=:]\s*['"]([^'"\n]+)"#;
const SETUP_CFG: &str = r"(?m)^python_requires\s*[=:][ \t]*([^#;\r\n]+)";

pub(super) fn floor(kind: Kind, text: &str) -> Option<Floor> {
    let asked = match kind {
        Kind::Pyproject => {
            let (root, _) = parse(text);
            let root = root.get_ref();
            let project = value(text, root, &["project"], "requires-python");
            project.or_else(|| value(text, root, &["tool", "poetry", "dependencies"], "python"))
        }
        Kind::Pipfile => {
            let (root, _) = parse(text);
            let value = |key| value(text, root.get_ref(), &["requires"], key);
            return value("python_full_version")
                .or_else(|| value("python_version"))
                .and_then(|written| lowest(text, written, Grade::Built));
        }
        Kind::SetupPy => captured(SETUP_PY, text),
        Kind::SetupCfg => captured(SETUP_CFG, text).map(str::trim),
        Kind::Conda => {
            let manifest = Manifest::parse(kind, text, &Limits::default());
            let python = manifest.dependencies.iter().find(|found| found.name == "python")?;
            let range = python.version_range?;
            return lowest(text, &text[range.start..range.end], Grade::Built);
        }
        _ => return None,
    };
    asked.and_then(|written| lowest(text, written, Grade::Asked)).or_else(|| listed(text))
}

/// The text of a key of a table, or of its `version`.
fn value<'text>(text: &'text str, root: &DeTable<'_>, path: &[&str], key: &str) -> Option<&'text str> {
    let value = table(root, path)?.get(key)?;
    let value = match value.get_ref() {
        DeValue::Table(table) => table.get("version")?,
        _ => value,
    };
    value.get_ref().as_str()?;
    let range = trimmed(text, ByteRange::new(value.span().start, value.span().end));
    text.get(range.start..range.end)
}

fn captured<'text>(pattern: &str, text: &'text str) -> Option<&'text str> {
    Regex::new(pattern).ok()?.captures(text)?.get(1).map(|found| found.as_str())
}

fn lowest(text: &str, written: &str, grade: Grade) -> Option<Floor> {
    let lowest = Versions { requirement: Some(written), locked: None }.lowest(Ecosystem::Pypi)?;
    Floor::at(text, written, numbers(lowest.trim_end_matches(".*")), grade)
}

/// The lowest version among the classifiers.
fn listed(text: &str) -> Option<Floor> {
    let pattern = Regex::new(CLASSIFIER).ok()?;
    let versions = pattern.captures_iter(text).filter_map(|found| found.get(1)).map(|found| found.as_str());
    let lowest = versions.min_by_key(|version| numbers(version))?;
    Floor::at(text, lowest, numbers(lowest), Grade::Listed)
}
