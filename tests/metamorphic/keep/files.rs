//! A second file beside a fixture, and what imports something from it.

use std::path::PathBuf;

use crate::edits::{Edits, named_children};
use crate::fixture::{Fixture, Variant};
use crate::names::import_statements;

/// Where what a change adds to the top of a file goes: behind the directive or the docstring that has to come first.
pub(crate) fn top(fixture: &Fixture) -> usize {
    let mut at = 0;
    for child in named_children_with_hashbang(fixture) {
        let is_first = match child.kind() {
            "hash_bang_line" | "future_import_statement" | "package_declaration" => true,
            "expression_statement" => child.named_child(0).is_some_and(|inner| inner.kind() == "string"),
            _ => false,
        };
        if !is_first {
            return child.start_byte();
        }
        at = child.end_byte();
    }
    at
}

fn named_children_with_hashbang(fixture: &Fixture) -> Vec<tree_sitter::Node<'_>> {
    named_children(fixture.root())
}

/// The extension of a new file beside a fixture.
fn extension(fixture: &Fixture) -> String {
    let own = fixture.path().extension().and_then(|extension| extension.to_str()).unwrap_or("js");
    match own {
        "jsx" | "js" => "js".to_owned(),
        "tsx" => "ts".to_owned(),
        other => other.to_owned(),
    }
}

/// How the fixture names a file beside it in an import.
fn specifier(fixture: &Fixture, stem: &str) -> String {
    match extension(fixture).as_str() {
        "mjs" | "mts" => format!("./{stem}.mjs"),
        "cjs" | "cts" => format!("./{stem}.cjs"),
        _ => format!("./{stem}"),
    }
}

/// The path of a new file beside a fixture.
pub(crate) fn beside(fixture: &Fixture, stem: &str) -> PathBuf {
    fixture.path().with_file_name(format!("{stem}.{}", extension(fixture)))
}

/// An import of names from a file beside the fixture.
pub(crate) fn import(fixture: &Fixture, names: &[String], stem: &str) -> String {
    let listed = names.join(", ");
    if fixture.is_python() {
        return format!("from {stem} import {listed}\n");
    }
    let specifier = specifier(fixture, stem);
    if fixture.is_esm() || fixture.is_typescript() {
        format!("import {{ {listed} }} from '{specifier}';\n")
    } else {
        format!("const {{ {listed} }} = require('{specifier}');\n")
    }
}

/// An export of names that a Node file declares.
pub(crate) fn export(fixture: &Fixture, names: &[String]) -> String {
    let listed = names.join(", ");
    match () {
        () if fixture.is_python() => String::new(),
        () if fixture.is_esm() || fixture.is_typescript() => format!("export {{ {listed} }};\n"),
        () => format!("module.exports = {{ {listed} }};\n"),
    }
}

/// A file that hands on what another one exports.
pub(crate) fn barrel(fixture: &Fixture, names: &[String], stem: &str, is_whole: bool) -> String {
    let listed = names.join(", ");
    if fixture.is_python() {
        return if is_whole { format!("from .{stem} import *\n") } else { format!("from .{stem} import {listed}\n") };
    }
    let specifier = specifier(fixture, stem);
    match (fixture.is_esm() || fixture.is_typescript(), is_whole) {
        (true, true) => format!("export * from '{specifier}';\n"),
        (true, false) => format!("export {{ {listed} }} from '{specifier}';\n"),
        (false, true) => format!("module.exports = {{ ...require('{specifier}') }};\n"),
        (false, false) => {
            names.iter().map(|name| format!("exports.{name} = require('{specifier}').{name};\n")).collect()
        }
    }
}

/// The imports of a fixture, for a file that code of it moves to.
pub(crate) fn imports(fixture: &Fixture) -> String {
    import_statements(fixture).into_iter().map(|import| format!("{}\n", fixture.of(import))).collect()
}

/// The package of a Java fixture.
pub(crate) fn package(fixture: &Fixture) -> String {
    let declaration = named_children(fixture.root()).into_iter().find(|node| node.kind() == "package_declaration");
    let name = declaration.and_then(|node| node.named_child(0));
    name.map(|name| fixture.of(name).to_owned()).unwrap_or_default()
}

/// The folder of a package.
fn folder(package: &str) -> PathBuf {
    let mut folder = PathBuf::from("src/main/java");
    folder.extend(package.split('.').filter(|step| !step.is_empty()));
    folder
}

/// The path of a class of a package.
pub(crate) fn class_path(package: &str, class: &str) -> PathBuf {
    folder(package).join(format!("{class}.java"))
}

/// A Java fixture, moved to the folder of its package, with other classes.
pub(crate) fn java(fixture: &Fixture, label: &str, text: String, others: Vec<(PathBuf, String)>) -> Vec<Variant> {
    let name = fixture.path().file_name().unwrap();
    let own = folder(&package(fixture)).join(name);
    let removed = vec![fixture.path().to_owned()];
    let files = others.into_iter().chain([(own, text)]).collect();
    vec![Variant { label: label.to_owned(), files, removed }]
}

/// The text of a fixture after edits, with an import on top.
pub(crate) fn with_import(fixture: &Fixture, mut edits: Edits, import: &str) -> String {
    edits.insert(top(fixture), format!("{import}{}", if fixture.is_java() { "\n" } else { "" }));
    edits.apply(fixture.text())
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
