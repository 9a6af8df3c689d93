//! `package.json`, and the members of npm, Yarn and pnpm workspaces.

use jsonc_parser::ast::{Object, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Dependency, Group, Malformed, Manifest};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

/// The tables of packages, and what they are needed for. `resolutions` and `overrides` settle versions.
const TABLES: [(&str, Group); 6] = [
    ("dependencies", Group::Runtime),
    ("devDependencies", Group::Development),
    ("peerDependencies", Group::Peer),
    ("optionalDependencies", Group::Optional),
    ("resolutions", Group::Managed),
    ("overrides", Group::Managed),
];

pub(super) fn package_json(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let root = match parsed.map(|parsed| parsed.value) {
        Ok(Some(Value::Object(root))) => root,
        Ok(_) => {
            manifest.malformed = Some(Malformed { at: 0, message: "this is no JSON object".to_owned() });
            return manifest;
        }
        Err(error) => {
            manifest.malformed = Some(Malformed { at: error.range().start, message: error.kind().to_string() });
            return manifest;
        }
    };
    manifest.package = root.get_string("name").map(|name| name.value.clone().into_owned());
    for (table, group) in TABLES {
        if let Some(packages) = root.get_object(table) {
            manifest.dependencies.extend(entries(packages, group));
        }
    }
    manifest.dependencies.sort_by_key(|dependency| dependency.entry);
    manifest.members = members(&root);
    manifest
}

fn entries(packages: &Object<'_>, group: Group) -> Vec<Dependency> {
    let entry = |property: &jsonc_parser::ast::ObjectProp<'_>| {
        // Overrides may nest; what is below says nothing of the package itself.
        let version = property.value.as_string_lit()?;
        let (name, name_range) = match &property.name {
            ObjectPropName::String(name) => (name.value.clone().into_owned(), inside(name.range.start, name.range.end)),
            ObjectPropName::Word(name) => (name.value.to_owned(), ByteRange::new(name.range.start, name.range.end)),
        };
        // `npm:other@^1`: the package goes by another name here.
        let aliased = version.value.strip_prefix("npm:").map(|target| {
            let at = target.rfind('@').filter(|at| *at > 0);
            at.map_or((target, None), |at| (&target[..at], Some(&target[at + 1..])))
        });
        let (name, requirement) = match aliased {
            Some((target, version)) => (target.to_owned(), version.map(str::to_owned)),
            None => (name, Some(version.value.clone().into_owned())),
        };
        let range = property.range();
        Some(Dependency {
            ecosystem: Ecosystem::Npm,
            name,
            alias: None,
            requirement: requirement.filter(|requirement| !requirement.is_empty()),
            group,
            entry: ByteRange::new(range.start, range.end),
            name_range,
            version_range: Some(inside(version.range.start, version.range.end)),
        })
    };
    packages.properties.iter().filter_map(entry).collect()
}

/// What stands between the quotes.
fn inside(start: usize, end: usize) -> ByteRange {
    ByteRange::new(start + 1, end.saturating_sub(1).max(start + 1))
}

/// `workspaces`: a list of globs, or an object with them under `packages`.
fn members(root: &Object<'_>) -> Vec<String> {
    let list = match root.get("workspaces").map(|property| &property.value) {
        Some(Value::Array(list)) => Some(list),
        Some(Value::Object(object)) => object.get_array("packages"),
        _ => None,
    };
    let globs = list.into_iter().flat_map(|list| &list.elements).filter_map(Value::as_string_lit);
    globs.map(|glob| glob.value.clone().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_exact_ranges() {
        let text = "\u{e9}{\r\n  \"name\": \"x\",\r\n  \"dependencies\": {\r\n    \"@acme/a\": \"^1.2.3\",\r\n    \"b\": \"npm:@acme/c@2\"\r\n  },\r\n  \"devDependencies\": { \"d\": \"*\" },\r\n  \"workspaces\": [\"packages/*\"]\r\n}";
        let text = text.trim_start_matches('\u{e9}');
        let manifest = package_json(text);
        assert_eq!(manifest.package.as_deref(), Some("x"));
        assert_eq!(manifest.members, ["packages/*"]);
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|dependency| {
                let cut = |range: ByteRange| &text[range.start..range.end];
                (
                    &*dependency.name,
                    dependency.group,
                    cut(dependency.entry),
                    cut(dependency.name_range),
                    dependency.version_range.map(cut),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("@acme/a", Group::Runtime, "\"@acme/a\": \"^1.2.3\"", "@acme/a", Some("^1.2.3")),
                ("@acme/c", Group::Runtime, "\"b\": \"npm:@acme/c@2\"", "b", Some("npm:@acme/c@2")),
                ("d", Group::Development, "\"d\": \"*\"", "d", Some("*")),
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_said() {
        for text in ["{", "[]", "{\"dependencies\": {\"a\": }}", &"[".repeat(100_000)] {
            assert!(package_json(text).malformed.is_some(), "{}", &text[..text.len().min(30)]);
        }
        assert_eq!(package_json("{\"dependencies\": []}"), Manifest::default());
    }
}
