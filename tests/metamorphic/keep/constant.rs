//! Constants of addresses, moved to another file.

use crate::edits::{Edits, nodes};
use crate::fixture::{Fixture, Variant};
use crate::keep::files::{barrel, beside, class_path, export, import, java, package, with_import};
use crate::keep::literal::addresses;

/// The names of the new constants, their literals, and the edits that use them.
fn constants(fixture: &Fixture, prefix: &str) -> Option<(Vec<(String, String)>, Edits)> {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut edits = Edits::default();
    let mut name_of = |literal: String| match known.iter().find(|(_, other)| *other == literal) {
        Some((name, _)) => name.clone(),
        None => {
            let name = format!("ADDRESS_{}", known.len() + 1);
            known.push((name.clone(), literal));
            name
        }
    };
    for node in addresses(fixture) {
        let name = name_of(fixture.of(node).to_owned());
        edits.replace(node, format!("{prefix}{name}"));
    }
    if fixture.is_node() {
        for node in nodes(fixture.root(), &["string_fragment"]) {
            let text = fixture.of(node);
            let in_template = node.parent().is_some_and(|parent| parent.kind() == "template_string");
            if in_template && ["adobelogin", "/ims/exchange"].iter().any(|mark| text.contains(mark)) {
                let name = name_of(format!("`{text}`"));
                edits.replace(node, format!("${{{prefix}{name}}}"));
            }
        }
    }
    (!known.is_empty()).then_some((known, edits))
}

fn names(constants: &[(String, String)]) -> Vec<String> {
    constants.iter().map(|(name, _)| name.clone()).collect()
}

pub(crate) fn moved(fixture: &Fixture) -> Vec<Variant> {
    if fixture.is_java() {
        let own = package(fixture);
        let mut all = java_class(fixture, "same-package", &own, "");
        if !own.is_empty() {
            all.extend(java_class(fixture, "other-package", "com.example.shared.net", ""));
            all.extend(java_class(fixture, "interface", &own, "interface"));
        }
        return all;
    }
    if !fixture.has_modules() {
        return Vec::new();
    }
    let Some((known, edits)) = constants(fixture, "") else { return Vec::new() };
    let lines = declarations(fixture, &known);
    let exported = export(fixture, &names(&known));
    let text = with_import(fixture, edits, &import(fixture, &names(&known), "addresses"));
    let mut all = fixture.with_files("named", text, vec![(beside(fixture, "addresses"), format!("{lines}{exported}"))]);
    let Some((known, edits)) = constants(fixture, "addresses.") else { return all };
    let whole = match () {
        () if fixture.is_python() => "import addresses\n".to_owned(),
        () => import(fixture, &names(&known), "addresses").replace(
            &format!("{{ {} }}", names(&known).join(", ")),
            if fixture.is_esm() || fixture.is_typescript() { "* as addresses" } else { "addresses" },
        ),
    };
    let text = with_import(fixture, edits, &whole);
    all.extend(fixture.with_files("whole", text, vec![(beside(fixture, "addresses"), format!("{lines}{exported}"))]));
    all
}

fn declarations(fixture: &Fixture, known: &[(String, String)]) -> String {
    let keyword = if fixture.is_python() { "" } else { "const " };
    let end = if fixture.is_python() { "" } else { ";" };
    known.iter().map(|(name, literal)| format!("{keyword}{name} = {literal}{end}\n")).collect()
}

fn java_class(fixture: &Fixture, label: &str, at: &str, kind: &str) -> Vec<Variant> {
    let Some((known, edits)) = constants(fixture, "SharedAddresses.") else { return Vec::new() };
    let is_interface = kind == "interface";
    let modifiers = if is_interface { "" } else { "public static final " };
    let lines: String =
        known.iter().map(|(name, literal)| format!("    {modifiers}String {name} = {literal};\n")).collect();
    let keyword = if is_interface { "interface" } else { "final class" };
    let class = format!("{}public {keyword} SharedAddresses {{\n{lines}}}\n", header(at));
    let import = if at == package(fixture) { String::new() } else { format!("import {at}.SharedAddresses;\n") };
    let text = with_import(fixture, edits, &import);
    java(fixture, label, text, vec![(class_path(at, "SharedAddresses"), class)])
}

fn header(package: &str) -> String {
    if package.is_empty() { String::new() } else { format!("package {package};\n\n") }
}

pub(crate) fn reexported(fixture: &Fixture) -> Vec<Variant> {
    if fixture.is_java() {
        return java_reference(fixture);
    }
    let Some((known, edits)) = constants(fixture, "").filter(|_| fixture.has_modules()) else { return Vec::new() };
    let names = names(&known);
    let content = format!("{}{}", declarations(fixture, &known), export(fixture, &names));
    if fixture.is_python() {
        let text = with_import(fixture, edits, &import(fixture, &names, "shared"));
        let folder = fixture.path().with_file_name("shared");
        let mut all = Vec::new();
        for (label, whole) in [("star", true), ("named", false)] {
            let others = vec![
                (folder.join("__init__.py"), barrel(fixture, &names, "addresses", whole)),
                (folder.join("addresses.py"), content.clone()),
            ];
            all.extend(fixture.with_files(label, text.clone(), others));
        }
        return all;
    }
    let text = with_import(fixture, edits, &import(fixture, &names, "shared"));
    let mut all = Vec::new();
    for (label, whole) in [("star", true), ("named", false)] {
        let others = vec![
            (beside(fixture, "shared"), barrel(fixture, &names, "addresses", whole)),
            (beside(fixture, "addresses"), content.clone()),
        ];
        all.extend(fixture.with_files(label, text.clone(), others));
    }
    all
}

fn java_reference(fixture: &Fixture) -> Vec<Variant> {
    let Some((known, edits)) = constants(fixture, "SharedAddresses.") else { return Vec::new() };
    let own = package(fixture);
    let at = if own.is_empty() { String::new() } else { format!("{own}.addresses") };
    let import = if own.is_empty() { String::new() } else { format!("import {at}.Addresses;\n\n") };
    let lines = |of: &dyn Fn(&(String, String)) -> String| -> String {
        known.iter().map(|it| format!("    public static final String {} = {};\n", it.0, of(it))).collect()
    };
    let shared = format!(
        "{}{import}public final class SharedAddresses {{\n{}}}\n",
        header(&own),
        lines(&|(name, _)| format!("Addresses.{name}"))
    );
    let first =
        format!("{}public final class Addresses {{\n{}}}\n", header(&at), lines(&|(_, literal)| literal.clone()));
    let others = vec![(class_path(&own, "SharedAddresses"), shared), (class_path(&at, "Addresses"), first)];
    java(fixture, "reference", edits.apply(fixture.text()), others)
}
