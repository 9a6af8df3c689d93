//! What `after.toml` of a program says of its files once it is rewritten, where running it does not show that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::program::Program;

/// The file `after.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    /// The target that the report has to name.
    target: Option<String>,
    /// What files have to say.
    #[serde(default)]
    file: Vec<Expected>,
}

/// What has to stand in a file, or must not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    path: String,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    has_not: Vec<String>,
    /// The file is as it was.
    #[serde(default)]
    unchanged: bool,
}

/// Checks a rewritten project against `after.toml`, where there is one. `before` holds the files as they were.
pub(crate) fn check(program: &Program, project: &Path, before: &BTreeMap<PathBuf, Vec<u8>>, report: &Value) {
    let file = program.folder.join("after.toml");
    let Ok(text) = fs::read_to_string(&file) else { return };
    let after: After = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if let Some(target) = &after.target {
        let targets: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["fix"]["edits"].as_array().is_some_and(|edits| !edits.is_empty()))
            .filter_map(|finding| finding["fix"]["target"].as_str())
            .collect();
        assert!(targets.contains(&target.as_str()), "{}: the target is {targets:?}", file.display());
    }
    for expected in &after.file {
        let path = project.join(&expected.path);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for part in &expected.has {
            assert!(text.contains(part), "{}: `{part}` does not stand in it:\n{text}", path.display());
        }
        for part in &expected.has_not {
            assert!(!text.contains(part), "{}: `{part}` still stands in it:\n{text}", path.display());
        }
        let was = before.get(&path).map(|bytes| String::from_utf8_lossy(bytes));
        assert!(!expected.unchanged || was.as_deref() == Some(&*text), "{}: it was changed", path.display());
    }
}
