//! What GitHub code scanning asks of a SARIF report beyond the standard's schema, by its page about SARIF support, and the hash of lines as
//! its upload action makes it, written down anew.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

use percent_encoding::percent_decode_str;
use serde_json::Value;

pub(crate) fn valid(log: &Value) {
    // A bracket of two patterns in it has no partner, which the validator takes for a fault of the schema.
    super::valid(&include_str!("../data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$"), log);
}

pub(crate) fn taken_by_github(log: &Value, root: &Path) {
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let run = &runs[0];
    let id = run["automationDetails"]["id"].as_str().unwrap();
    assert!(id.starts_with("grantshift/") && id.ends_with('/'), "{id}");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let length = |pointer: &str| rule.pointer(pointer).unwrap().as_str().unwrap().chars().count();
        assert!((1..=255).contains(&length("/name")), "{rule}");
        for text in ["/shortDescription/text", "/fullDescription/text"] {
            assert!((1..=1024).contains(&length(text)), "{rule}");
        }
        assert!(length("/help/text") > 0 && length("/help/markdown") > 0);
        let properties = &rule["properties"];
        assert!(["very-high", "high", "medium", "low"].contains(&properties["precision"].as_str().unwrap()));
        let tags = properties["tags"].as_array().unwrap();
        assert!(tags.len() <= 10);
        let is_security = tags.iter().any(|tag| tag == "security");
        assert_eq!(is_security, properties["security-severity"].is_string(), "{rule}");
        assert_eq!(is_security, rule["id"] == "ims-private-key", "{rule}");
    }
    let mut hashes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut own = BTreeSet::new();
    let mut compared = 0;
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        let place = &result["locations"][0]["physicalLocation"];
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][key].as_u64().unwrap() > 0, "{result}");
        }
        assert!(place["region"]["byteLength"].as_u64().unwrap() > 0, "{result}");
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains("://") && !uri.starts_with(".."), "{uri}");
        for change in result["fixes"][0]["artifactChanges"].as_array().into_iter().flatten() {
            for replacement in change["replacements"].as_array().unwrap() {
                // Reviewdog breaks where it is missing.
                assert!(replacement["insertedContent"]["text"].is_string(), "{replacement}");
            }
        }
        let prints = &result["partialFingerprints"];
        let print = prints["grantshift/v1"].as_str().unwrap();
        assert!(own.insert((uri.to_owned(), print.to_owned())), "two results are one: {result}");
        let Some(hash) = prints["primaryLocationLineHash"].as_str() else { continue };
        let lines = hashes.entry(uri.to_owned()).or_insert_with(|| {
            let name = percent_decode_str(uri).decode_utf8().unwrap();
            rolling(&String::from_utf8_lossy(&fs::read(root.join(&*name)).unwrap()))
        });
        assert_eq!(hash, lines[place["region"]["startLine"].as_u64().unwrap() as usize - 1], "{result}");
        compared += 1;
    }
    assert!(compared > 100, "only {compared} hashes");
}

/// The hash of every line: a window of a hundred characters that rolls over the file, as the action has it.
fn rolling(text: &str) -> Vec<String> {
    let mut window: VecDeque<(u64, bool)> = vec![(0, false); 100].into();
    let first = (0..100).fold(1_u64, |power, _| power.wrapping_mul(37));
    let (mut hash, mut starts, mut after_return) = (0_u64, true, false);
    let (mut lines, mut counts) = (Vec::new(), BTreeMap::<u64, usize>::new());
    let mut roll = |unit: u64, is_start: bool| {
        let (gone, was_start) = window.pop_front().unwrap();
        if was_start {
            let count = counts.entry(hash).or_default();
            *count += 1;
            lines.push(format!("{hash:x}:{count}"));
        }
        window.push_back((unit, is_start));
        hash = hash.wrapping_mul(37).wrapping_add(unit).wrapping_sub(first.wrapping_mul(gone));
    };
    for unit in text.encode_utf16().chain([u16::MAX]) {
        let (is_feed, is_return) = (unit == 10, unit == 13);
        if unit == 32 || unit == 9 || (after_return && is_feed) {
            after_return = false;
            continue;
        }
        after_return = is_return;
        let unit = if is_return { 10 } else { unit };
        roll(u64::from(unit), std::mem::take(&mut starts));
        starts = unit == 10;
    }
    for _ in 0..100 {
        roll(0, false);
    }
    lines
}
