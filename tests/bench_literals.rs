//! The literals that `benches/scan-tree` gives to the other programs are those that follow from the rules.
//!
//! `GRANTSHIFT_UPDATE=1 cargo test --test bench_literals` writes them anew after a rule has changed.

use std::{env, fs};

use grantshift::anchors;
use grantshift::finding::Family;
use grantshift::rules::Catalog;

const PATH: &str = "benches/anchors.json";

#[test]
fn the_bench_looks_for_what_the_program_looks_for() {
    let catalog = Catalog::load(&[]).unwrap();
    let of = |family| serde_json::json!({"keys": anchors::literals(&catalog, family), "groups": anchors::groups(&catalog, family)});
    let anchors =
        serde_json::json!({"code": of(Family::Code), "documents": of(Family::Document), "others": of(Family::Other)});
    let text = serde_json::to_string_pretty(&anchors).unwrap() + "\n";
    if env::var_os("GRANTSHIFT_UPDATE").is_some() {
        fs::write(PATH, &text).unwrap();
    }
    let known = fs::read_to_string(PATH).unwrap_or_default();
    assert!(known == text, "{PATH} is out of date: run GRANTSHIFT_UPDATE=1 cargo test --test bench_literals");
}
