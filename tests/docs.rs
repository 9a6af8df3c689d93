//! The pages under `docs/rules/` are made of the rule files; this keeps them the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot read a page has to fail")]

use std::{env, fs};

use grantshift::rules::Catalog;

/// Where each rule says what it finds; `GRANTSHIFT_WRITE_DOCS=1 cargo test --test docs` writes the pages anew.
#[test]
fn every_rule_has_its_page() {
    let catalog = Catalog::load(&[]).unwrap();
    assert!(!catalog.rules().is_empty());
    for compiled in catalog.rules() {
        let rule = &compiled.rule;
        let platforms: Vec<String> = rule.platforms.iter().map(|platform| format!("{platform:?}")).collect();
        // A rule about configuration, manifests or scripts is for no platform.
        let platforms = if platforms.is_empty() { String::new() } else { format!(" For: {}.", platforms.join(", ")) };
        let page = format!(
            "# {}\n\n{}. Severity: {}.{platforms}\n\n{}\n\n{}\n",
            rule.id,
            rule.title,
            rule.severity.name(),
            rule.help,
            rule.explain.trim()
        );
        let path = format!("docs/rules/{}.md", rule.id);
        if env::var_os("GRANTSHIFT_WRITE_DOCS").is_some() {
            fs::create_dir_all("docs/rules").unwrap();
            fs::write(&path, &page).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page,
            "{path} is not what the rule file says: GRANTSHIFT_WRITE_DOCS=1 cargo test --test docs"
        );
    }
}

/// The README names every rule that ships.
#[test]
fn the_readme_names_every_rule() {
    let readme = fs::read_to_string("README.md").unwrap();
    for compiled in Catalog::load(&[]).unwrap().rules() {
        assert!(readme.contains(&compiled.rule.id), "README.md does not name {}", compiled.rule.id);
    }
}
