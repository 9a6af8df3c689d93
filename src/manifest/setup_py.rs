//! setuptools' `setup.py`: the lists of requirements that stand in its source. It is read, never run.

use tree_sitter::Node;

use super::requirements::requirement;
use super::{Group, Malformed, Manifest};
use crate::finding::{ByteRange, Language};
use crate::syntax::{self, Limits, Preorder};

/// The arguments of `setup` that hold requirements.
const ARGUMENTS: [(&str, Group); 4] = [
    ("install_requires", Group::Runtime),
    ("extras_require", Group::Optional),
    ("setup_requires", Group::Development),
    ("tests_require", Group::Development),
];

pub(super) fn read(text: &str, limits: &Limits) -> Manifest {
    let mut manifest = Manifest::default();
    let tree = match syntax::parse(text, Language::Python, limits) {
        Ok(tree) => tree,
        Err(error) => {
            manifest.malformed = Some(Malformed { at: 0, message: error.to_string() });
            return manifest;
        }
    };
    let root = tree.root_node();
    for node in Preorder::new(root) {
        let Some((name, value)) = binding(node, text) else { continue };
        if name == "name" && node.kind() == "keyword_argument" && value.kind() == "string" {
            manifest.package = Some(content(value, text).to_owned());
        }
        let Some((_, group)) = ARGUMENTS.iter().find(|(argument, _)| *argument == name) else { continue };
        // `install_requires=REQUIRED`: the list stands at the top of the file.
        let value = match value.kind() {
            "identifier" => assigned(root, &text[value.byte_range()], text).unwrap_or(value),
            _ => value,
        };
        collect(value, text, *group, &mut manifest);
    }
    manifest.dependencies.sort_by_key(|dependency| dependency.entry);
    manifest.dependencies.dedup_by_key(|dependency| dependency.entry);
    manifest
}

/// `name=value` in a call, `name = value` as a statement, `"name": value` in a dictionary that a call is given.
fn binding<'tree, 'text>(node: Node<'tree>, text: &'text str) -> Option<(&'text str, Node<'tree>)> {
    let (name, value) = match node.kind() {
        "keyword_argument" => (node.child_by_field_name("name")?, node.child_by_field_name("value")?),
        "assignment" => (node.child_by_field_name("left")?, node.child_by_field_name("right")?),
        "pair" => (node.child_by_field_name("key")?, node.child_by_field_name("value")?),
        _ => return None,
    };
    let name = if name.kind() == "string" { content(name, text) } else { &text[name.byte_range()] };
    Some((name, value))
}

/// What a name of the top level was assigned.
fn assigned<'tree>(root: Node<'tree>, name: &str, text: &str) -> Option<Node<'tree>> {
    Preorder::new(root).find_map(|node| {
        let (bound, value) = binding(node, text)?;
        (node.kind() == "assignment" && bound == name).then_some(value)
    })
}

/// Texts in lists, and in lists that are values of a dictionary or parts of a sum.
fn collect(value: Node<'_>, text: &str, group: Group, manifest: &mut Manifest) {
    let mut parts = Preorder::new(value);
    while let Some(node) = parts.next() {
        if node.kind() == "call" {
            parts.skip_children();
            continue;
        }
        if node.kind() != "string" {
            continue;
        }
        parts.skip_children();
        // The name of an extra is no requirement.
        let is_key =
            node.parent().is_some_and(|pair| pair.kind() == "pair" && pair.child_by_field_name("key") == Some(node));
        // A requirement is put together of several texts or values: what is read of it would be wrong.
        let is_part =
            node.parent().is_some_and(|parent| matches!(parent.kind(), "binary_operator" | "concatenated_string"));
        if !is_key && !is_part {
            let entry = ByteRange::new(node.start_byte(), node.end_byte());
            manifest.dependencies.extend(requirement(text, content(node, text), group, entry));
        }
    }
}

/// What stands between the quotes.
fn content<'text>(string: Node<'_>, text: &'text str) -> &'text str {
    let mut cursor = string.walk();
    let mut children = string.children(&mut cursor);
    children.find(|child| child.kind() == "string_content").map_or("", |child| &text[child.byte_range()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_wherever_they_stand() {
        let text = "from setuptools import setup\nREQUIRED = ['PyJWT>=1.7,<2', \"requests\"]\n# 'jose'\nsetup(\n    name='x',\n    install_requires=REQUIRED,\n    extras_require={'ims': ['umapi-client==2.1'], 'dev': [open('a').read()]},\n)\n";
        let manifest = read(text, &Limits::default());
        assert_eq!(manifest.package.as_deref(), Some("x"));
        let cut = |range: ByteRange| &text[range.start..range.end];
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| (cut(found.name_range), found.version_range.map(cut), found.group, cut(found.entry)))
            .collect();
        assert_eq!(
            shown,
            [
                ("PyJWT", Some(">=1.7,<2"), Group::Runtime, "'PyJWT>=1.7,<2'"),
                ("requests", None, Group::Runtime, "\"requests\""),
                ("umapi-client", Some("==2.1"), Group::Optional, "'umapi-client==2.1'"),
            ]
        );
    }
}
