//! The JSON Schema of rule files says what the program reads: no more and no less.

#![allow(clippy::unwrap_used, reason = "a test that cannot read a rule file has to fail")]

use std::fs;
use std::path::{Path, PathBuf};

use grantshift::rules::Catalog;
use serde_json::Value;

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&fs::read_to_string("docs/rule-files.schema.json").unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

#[test]
fn every_shipped_file_is_of_the_schema() {
    let validator = validator();
    let all = files(Path::new("rules"));
    assert!(all.len() > 50, "only {} rule files", all.len());
    for path in all {
        let value: Value = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("; "));
    }
}

/// The same for what describes configuration.
#[test]
fn both_refuse_the_same_mistakes_about_credentials() {
    let credential = "schema_version = 1\n[[credential]]\nname = \"x\"\nrule = \"ims-jwt-config\"\n";
    let mistakes = [
        "all = [\"a_key\"]\n",
        "old = []\n",
        "all = [\"a_key\"]\nold = []\nspeling = \"any\"\n",
        "all = [\"a_key\"]\nold = []\nwithin = \"folder\"\n",
        "all = [\"a >\"]\nold = []\n",
        "all = [\"a =\"]\nold = []\n",
        "all = [\"a_key\"]\nold = [{ keys = \"b\" }]\n",
    ];
    let validator = validator();
    let folder = tempfile::tempdir().unwrap();
    for mistake in mistakes {
        let text = format!("{credential}{mistake}");
        let value: Value = toml::from_str(&text).unwrap();
        assert!(!validator.is_valid(&value), "the schema takes {mistake}");
        let path = folder.path().join("mine.toml");
        fs::write(&path, &text).unwrap();
        assert!(Catalog::load(&[path]).is_err(), "the program takes {mistake}");
    }
    let path = folder.path().join("mine.toml");
    fs::write(&path, format!("{credential}all = [\"a_key > b|c = *x*\"]\nold = []\n")).unwrap();
    assert!(Catalog::load(&[path]).is_ok());
}

/// What the schema refuses the program refuses too.
#[test]
fn both_refuse_the_same_mistakes() {
    let library = "schema_version = 1\n[library]\nname = \"x\"\nplatform = \"node\"\nkind = \"values\"\n";
    let mistakes = [
        "[[call]]\nof = \"x\"\nsend = \"new\"\n",
        "[[call]]\nof = \"x\"\nset = { adress = \"0\" }\n",
        "[[call]]\nof = \"x\"\nreturns = \"first\"\n",
        "[[call]]\nof = \"x\"\noperation = \"guess\"\n",
        "[[call]]\nsends = \"new\"\n",
        "[[annotation]]\nof = \"x\"\non = \"field\"\n",
        "[[call]]\nof = \"x\"\n[call.grant]\nneeds = [\"first\"]\n",
        "[[call]]\nof = \"x\"\n[call.grant]\notherwise = \"old\"\n",
        "[[call]]\nof = \"x\"\n[call.grant]\nkey = \"0\"\n",
        "[library.sdk]\nmanifest = [\"x\"]\n",
        "[[dependency]]\necosystem = \"npm\"\nnames = [\"x\"]\nrole = \"sdk\"\npurpose = \"x\"\nsinse = \"1\"\n",
        "[[dependency]]\necosystem = \"gem\"\nnames = [\"x\"]\nrole = \"sdk\"\npurpose = \"x\"\n",
        "[[dependency]]\necosystem = \"npm\"\nnames = [\"x\"]\nrole = \"client\"\npurpose = \"x\"\n",
    ];
    let validator = validator();
    let folder = tempfile::tempdir().unwrap();
    for mistake in mistakes {
        let text = format!("{library}{mistake}");
        let value: Value = toml::from_str(&text).unwrap();
        assert!(!validator.is_valid(&value), "the schema takes {mistake}");
        let path = folder.path().join("mine.toml");
        fs::write(&path, &text).unwrap();
        assert!(Catalog::load(&[path]).is_err(), "the program takes {mistake}");
    }
}

/// The same for what rewritten code takes.
#[test]
fn both_refuse_the_same_mistakes_about_targets() {
    let target = "schema_version = 1\n[[target]]\nname = \"x\"\nplatform = \"java\"\n";
    let package = format!("{target}[[target.package]]\necosystem = \"maven\"\nnames = [\"g:a\"]\n");
    let node = "schema_version = 1\n[[target]]\nname = \"x\"\nplatform = \"node\"\n[[target.package]]\necosystem = \"npm\"\nnames = [\"a\"]\n";
    let mistakes = [
        target.to_owned(),
        target.replace("java", "ruby"),
        package.replace("g:a", "a"),
        format!("{package}verzion = \"1\"\n"),
        format!("{package}version = \"latest\"\n"),
        format!("{package}when = \"ruby\"\n"),
        format!("{package}[[target.package.runtime]]\nfrom = \"8\"\n"),
        format!("{package}[[target.package.runtime]]\nfrom = \"x\"\nversion = \"1\"\n"),
        format!("{package}[[target.package.beside]]\nfrom = \"8\"\n"),
        format!("{package}[[target.package.manager]]\nname = \"x\"\n"),
        format!("{node}version = \"1\"\n"),
        format!("{node}[[target.package.runtime]]\nfrom = \"8\"\nversion = \"1\"\n"),
        "schema_version = 1\n[[lock]]\necosystem = \"npm\"\nfile = \"x\"\n".to_owned(),
        "schema_version = 1\n[[lock]]\necosystem = \"npm\"\nfile = \"\"\ncommand = \"x\"\n".to_owned(),
    ];
    let validator = validator();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    for mistake in mistakes {
        let value: Value = toml::from_str(&mistake).unwrap();
        assert!(!validator.is_valid(&value), "the schema takes {mistake}");
        fs::write(&path, &mistake).unwrap();
        assert!(Catalog::load(std::slice::from_ref(&path)).is_err(), "the program takes {mistake}");
    }
    for right in [format!("{package}version = \"1\"\n"), format!("{node}version = \"1\"\nrequirement = \"^1\"\n")] {
        let value: Value = toml::from_str(&right).unwrap();
        assert!(validator.is_valid(&value), "the schema refuses {right}");
        fs::write(&path, &right).unwrap();
        assert!(Catalog::load(std::slice::from_ref(&path)).is_ok(), "the program refuses {right}");
    }
    // The order of versions is beyond the schema.
    let rising = "[[target.package.runtime]]\nfrom = \"8\"\nversion = \"1\"\n[[target.package.runtime]]\nfrom = \"17\"\nversion = \"2\"\n";
    fs::write(&path, format!("{package}{rising}")).unwrap();
    assert!(Catalog::load(&[path]).unwrap_err().to_string().contains("the highest first"));
}
