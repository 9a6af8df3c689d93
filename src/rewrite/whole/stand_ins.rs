//! Code of Node that puts something else in the place of a package which rewritten code asks for no more: mocks of tests, and
//! modules whose functions are replaced when the program starts. What they did happens no longer.
//!
//! Here too: names that a file handed out and that another one, which no program of the scan holds, still speaks of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tree_sitter::Node;

use super::manifests::Home;
use super::sets::{self, is_rewritten_code};
use super::tree::{Kept, Planned, Tree, has_word};
use crate::finding::{Finding, Language, LedgerEntry, Platform};
use crate::rewrite::edits::Edits;
use crate::rules::Effects;
use crate::scan::Known;
use crate::source::SourceFile;
use crate::syntax::{self, Preorder};
use crate::walk::{normal, reported_path};

/// The packages that rewritten code asks for no more, by file.
pub(super) type Dropped = BTreeMap<PathBuf, BTreeSet<String>>;

/// What has to be looked for in other files: packages, and names that were handed out.
pub(super) fn words(dropped: &Dropped, findings: &[Finding]) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = dropped.values().flatten().cloned().collect();
    words.extend(removed(findings).map(|(_, name, _)| name.to_owned()));
    words
}

/// Looks through the code of rewritten packages.
pub(super) fn plan(
    known: &Known<'_>,
    homes: &[Home],
    dropped: &Dropped,
    (tree, planned): (&Tree, &Planned),
    findings: &mut [Finding],
) {
    let effects = Effects::of(known.catalog);
    let mut doubts: Vec<(usize, String)> = Vec::new();
    for kept in tree.code(known.kinds).filter(|kept| kept.language.platform() == Some(Platform::Node)) {
        let Some(home) = homes
            .iter()
            .filter(|home| kept.path.starts_with(home.folder()))
            .max_by_key(|home| home.folder().as_os_str().len())
        else {
            continue;
        };
        let after = kept.after(planned);
        for finding in findings.iter().filter(|finding| is_rewritten_code(finding) && home.holds(finding)) {
            let paths: BTreeSet<PathBuf> = finding.fix.edits.iter().map(|edit| normal(Path::new(&edit.path))).collect();
            let packages: BTreeSet<&String> = paths.iter().filter_map(|path| dropped.get(path)).flatten().collect();
            for package in packages.into_iter().filter(|package| after.contains(package.as_str())) {
                if let Some(how) = replaced(known, &effects, kept, &after, package) {
                    doubts.push((
                        finding.change_set,
                        format!("{how} of {}, which the new code does not call", kept.file.path()),
                    ));
                }
            }
            if !paths.contains(&kept.path) {
                for (path, name, set) in removed(std::slice::from_ref(finding)) {
                    if set == finding.change_set && has_word(&after, name) && asks_for(&after, path) {
                        doubts.push((
                            set,
                            format!("{} speaks of `{name}`, which {path} hands out no more", kept.file.path()),
                        ));
                    }
                }
            }
        }
    }
    for (set, doubt) in doubts {
        sets::doubt(findings, set, &doubt);
    }
}

/// Names that went from files of Node, each with its file and change set.
fn removed(findings: &[Finding]) -> impl Iterator<Item = (&str, &str, usize)> {
    let of_node = |finding: &&Finding| finding.language.platform() == Some(Platform::Node);
    findings.iter().filter(of_node).flat_map(|finding| {
        finding.details.ledger.iter().filter_map(|entry| match entry {
            LedgerEntry::Removed { what, path, .. } => {
                let known = ["the function `", "the variable `", "the entry `"];
                let name = known.iter().find_map(|kind| what.strip_prefix(kind))?.strip_suffix('`')?;
                Some((path.as_str(), name, finding.change_set))
            }
            _ => None,
        })
    })
}

/// Whether a text asks for a file, by the last part of its name.
fn asks_for(text: &str, path: &str) -> bool {
    let path = Path::new(path);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let named = if stem == "index" { folder } else { stem };
    let written = [format!("/{named}'"), format!("/{named}\""), format!("/{named}."), format!("/{named}/index")];
    !named.is_empty() && written.iter().any(|written| text.contains(written.as_str()))
}

/// Looks for what the files of rewritten code asked for before, and do not afterwards.
pub(super) fn dropped(known: &Known<'_>, findings: &[Finding]) -> Dropped {
    let mut dropped = Dropped::new();
    for (path, edits) in super::tree::planned(findings.iter().filter(|finding| is_rewritten_code(finding))) {
        let Ok(bytes) = known.settings.contents.read(&path) else { continue };
        let Ok(file) = SourceFile::decode(reported_path(&path), &bytes, Language::JavaScript) else { continue };
        let Ok(now) = Edits::new(&edits).and_then(|edits| edits.apply(&bytes, file.encoding())) else { continue };
        let Ok(now) = SourceFile::decode(reported_path(&path), &now, Language::JavaScript) else { continue };
        let gone: BTreeSet<String> = packages(file.text()).difference(&packages(now.text())).cloned().collect();
        if !gone.is_empty() {
            dropped.insert(path, gone);
        }
    }
    dropped
}

/// The packages that a text of Node asks for.
fn packages(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for asked in ["require(", "from ", "import(", "import "] {
        for (at, _) in text.match_indices(asked) {
            let rest = &text[at + asked.len()..];
            let Some(quote) = rest.chars().next().filter(|sign| matches!(sign, '\'' | '"' | '`')) else { continue };
            let name = rest[1..].split(quote).next().unwrap_or_default();
            if !name.is_empty() && !name.starts_with(['.', '/']) && !name.contains(['\n', ' ']) {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

/// What puts something else in the place of a package, or of one of its functions.
fn replaced(known: &Known<'_>, effects: &Effects, kept: &Kept, text: &str, package: &str) -> Option<String> {
    let tree = syntax::parse(text, kept.language, &known.settings.limits).ok()?;
    let part = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let mut locals: BTreeSet<&str> = BTreeSet::new();
    let is_package = |node: &Node<'_>| node.kind() == "string" && part(*node).trim_matches(['"', '\'', '`']) == package;
    for string in Preorder::new(tree.root_node()).filter(is_package) {
        let mut outer = string;
        while let Some(parent) = outer.parent() {
            match parent.kind() {
                "variable_declarator" => {
                    locals.extend(
                        parent.child_by_field_name("name").filter(|name| name.kind() == "identifier").map(part),
                    );
                    break;
                }
                "import_statement" => {
                    locals.extend(Preorder::new(parent).filter(|node| node.kind() == "identifier").map(part));
                    break;
                }
                kind if kind.ends_with("_statement") => break,
                _ => outer = parent,
            }
        }
    }
    for node in Preorder::new(tree.root_node()) {
        match node.kind() {
            "call_expression" => {
                let callee = node.child_by_field_name("function").map(part).unwrap_or_default();
                let arguments = node.child_by_field_name("arguments");
                let speaks_of_it = |arguments: Node<'_>| {
                    arguments.named_child(0).is_some_and(|first| locals.contains(part(first)))
                        || Preorder::new(arguments).any(|inner| is_package(&inner))
                };
                if effects.is_stand_in(Platform::Node, callee) && arguments.is_some_and(speaks_of_it) {
                    return Some(format!("`{callee}` puts a mock in the place of `{package}`, in the tests"));
                }
            }
            "assignment_expression" => {
                let left = node.child_by_field_name("left").filter(|left| left.kind() == "member_expression");
                let object = left.and_then(|left| left.child_by_field_name("object")).map(part).unwrap_or_default();
                if locals.contains(object.trim_end_matches(".prototype").trim_end_matches(".default")) {
                    let written = left.map(part).unwrap_or_default();
                    return Some(format!("`{written}` of `{package}` is replaced by a function"));
                }
            }
            _ => {}
        }
    }
    None
}
