//! A finding in a notebook says where it stands in the file and in which cell, and nothing of the outputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixture has to fail")]

use std::fs;
use std::path::PathBuf;

use grantshift::finding::Finding;
use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Scanned, Settings, scan};

fn scanned(case: &str) -> Scanned {
    let path = PathBuf::from("fixtures/notebook/ims-jwt-exchange").join(case);
    let settings = Settings { paths: vec![path], threads: 1, ..Settings::default() };
    scan(&settings, &Catalog::load(&[]).unwrap(), &Progress::default()).unwrap()
}

fn only(scanned: &Scanned) -> &Finding {
    let [finding] = scanned.findings.as_slice() else { panic!("one finding") };
    finding
}

#[test]
fn the_cell_and_its_line_are_named() {
    for (case, cell, line) in
        [("list", 5, 3), ("string", 4, 3), ("windows", 2, 3), ("magics", 4, 5), ("worksheets", 2, 8)]
    {
        let scanned = scanned(case);
        let finding = only(&scanned);
        assert_eq!((finding.details.cell, finding.details.cell_line), (Some(cell), Some(line)), "{case}");
        assert_eq!(serde_json::to_value(finding).unwrap()["language"], "python", "{case}");
        let bytes = fs::read(&finding.path).unwrap();
        let slice = &bytes[finding.span.start.byte..finding.span.end.byte];
        assert!(slice.starts_with(b"requests.post("), "{case}: {}", String::from_utf8_lossy(slice));
        assert!(slice.ends_with(b")"), "{case}: {}", String::from_utf8_lossy(slice));
    }
}

#[test]
fn a_broken_cell_is_named_and_hides_no_other() {
    let scanned = scanned("broken-cell");
    only(&scanned);
    let messages: Vec<&str> = scanned.errors.iter().map(|error| error.message.as_str()).collect();
    assert!(messages[0].starts_with("cell 2, line ") && messages[1].starts_with("cell 3, line "), "{messages:?}");
}

#[test]
fn a_notebook_of_another_language_is_not_covered() {
    let scanned = scanned("not-python");
    assert!(scanned.findings.is_empty() && scanned.errors.is_empty());
    assert_eq!(scanned.skipped[0].reason, "language_not_covered");
}

#[test]
fn outputs_stand_in_no_text_that_is_shown() {
    let scanned = scanned("list");
    let (file, _) = &scanned.sources[&only(&scanned).path];
    assert!(!file.text().contains("p8e-"));
}
