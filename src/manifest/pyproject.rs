//! `pyproject.toml` of PEP 621, PEP 735, Poetry, PDM and uv, and Pipenv's `Pipfile`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::requirements::requirement;
use super::{Dependency, Group, Malformed, Manifest};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

pub(super) fn read(text: &str) -> Manifest {
    let (root, malformed) = parse(text);
    let root = root.get_ref();
    let mut manifest = Manifest { malformed, ..Manifest::default() };
    let found = &mut manifest.dependencies;
    let name =
        |table: Option<&DeTable<'_>>| table.and_then(|table| table.get("name")?.get_ref().as_str().map(str::to_owned));
    let project = table(root, &["project"]);
    let poetry = table(root, &["tool", "poetry"]);
    manifest.package = name(project).or_else(|| name(poetry));
    if let Some(project) = project {
        list(text, project.get("dependencies"), Group::Runtime, found);
        lists(text, table(project, &["optional-dependencies"]), Group::Optional, found);
    }
    lists(text, table(root, &["dependency-groups"]), Group::Development, found);
    lists(text, table(root, &["tool", "pdm", "dev-dependencies"]), Group::Development, found);
    if let Some(build) = table(root, &["build-system"]) {
        list(text, build.get("requires"), Group::Development, found);
    }
    if let Some(uv) = table(root, &["tool", "uv"]) {
        list(text, uv.get("dev-dependencies"), Group::Development, found);
        list(text, uv.get("override-dependencies"), Group::Managed, found);
        list(text, uv.get("constraint-dependencies"), Group::Managed, found);
    }
    if let Some(poetry) = poetry {
        packages(text, table(poetry, &["dependencies"]), Group::Runtime, found);
        packages(text, table(poetry, &["dev-dependencies"]), Group::Development, found);
        for group in table(poetry, &["group"]).into_iter().flat_map(|groups| groups.values()) {
            let group = group.get_ref().as_table();
            packages(text, group.and_then(|group| table(group, &["dependencies"])), Group::Development, found);
        }
    }
    let members =
        table(root, &["tool", "uv", "workspace"]).and_then(|workspace| workspace.get("members")?.get_ref().as_array());
    let members = members.into_iter().flat_map(|list| list.iter());
    manifest.members = members.filter_map(|member| member.get_ref().as_str().map(str::to_owned)).collect();
    manifest.dependencies.sort_by_key(|dependency| dependency.entry);
    manifest
}

pub(super) fn pipfile(text: &str) -> Manifest {
    let (root, malformed) = parse(text);
    let root = root.get_ref();
    let mut manifest = Manifest { malformed, ..Manifest::default() };
    packages(text, table(root, &["packages"]), Group::Runtime, &mut manifest.dependencies);
    packages(text, table(root, &["dev-packages"]), Group::Development, &mut manifest.dependencies);
    manifest.dependencies.sort_by_key(|dependency| dependency.entry);
    manifest
}

/// A TOML text as far as it can be read, and where it cannot.
pub(super) fn parse(text: &str) -> (Spanned<DeTable<'_>>, Option<Malformed>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let malformed = errors.first().map(|error| Malformed {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().trim().replace('\n', ", "),
    });
    (root, malformed)
}

/// The table at a path of keys.
pub(super) fn table<'a, 'text>(root: &'a DeTable<'text>, path: &[&str]) -> Option<&'a DeTable<'text>> {
    let mut table = root;
    for key in path {
        table = table.get(*key)?.get_ref().as_table()?;
    }
    Some(table)
}

/// A list of requirements as PEP 508 writes them.
fn list(text: &str, value: Option<&Spanned<DeValue<'_>>>, group: Group, found: &mut Vec<Dependency>) {
    let items = value.and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|list| list.iter());
    for item in items {
        if item.get_ref().is_str() {
            let entry = ByteRange::new(item.span().start, item.span().end);
            found.extend(requirement(text, unquoted(text, entry), group, entry));
        }
    }
}

fn lists(text: &str, table: Option<&DeTable<'_>>, group: Group, found: &mut Vec<Dependency>) {
    for value in table.into_iter().flat_map(|table| table.values()) {
        list(text, Some(value), group, found);
    }
}

/// A table of packages: `name = "^1.0"`, `name = { version = "^1.0" }`, `[….name]`, or a list of such.
fn packages(text: &str, table: Option<&DeTable<'_>>, group: Group, found: &mut Vec<Dependency>) {
    for (key, value) in table.into_iter().flat_map(|table| table.iter()) {
        let (name, key) = (key.get_ref().to_string(), ByteRange::new(key.span().start, key.span().end));
        if name == "python" {
            continue;
        }
        let version = match value.get_ref() {
            DeValue::Array(list) => list.iter().find_map(version),
            _ => version(value),
        };
        // Of a table with a header of its own the span may end before its last line; the key is in it at least.
        let entry = key.cover(ByteRange::new(value.span().start, value.span().end));
        found.push(Dependency {
            ecosystem: Ecosystem::Pypi,
            name,
            alias: None,
            requirement: version.map(|(requirement, _)| requirement.to_owned()),
            group,
            entry,
            name_range: trimmed(text, key),
            version_range: version.map(|(_, range)| trimmed(text, range)),
        });
    }
}

fn version<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<(&'a str, ByteRange)> {
    let value = match value.get_ref() {
        DeValue::Table(table) => table.get("version")?,
        _ => value,
    };
    Some((value.get_ref().as_str()?, ByteRange::new(value.span().start, value.span().end)))
}

/// What stands between the quotes of a text, as it is written.
pub(super) fn unquoted(text: &str, range: ByteRange) -> &str {
    let trimmed = trimmed(text, range);
    &text[trimmed.start..trimmed.end]
}

/// A range without the quotes around it.
pub(super) fn trimmed(text: &str, range: ByteRange) -> ByteRange {
    let written = &text[range.start..range.end];
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if written.len() >= 2 * quote.len() && written.starts_with(quote) && written.ends_with(quote) {
            return ByteRange::new(range.start + quote.len(), range.end - quote.len());
        }
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, manifest: &Manifest) -> Vec<String> {
        let cut = |range: ByteRange| &text[range.start..range.end];
        let line = |found: &Dependency| {
            let version = found.version_range.map(cut).unwrap_or("-");
            format!("{:?} {} {} | {}", found.group, cut(found.name_range), version, cut(found.entry))
        };
        manifest.dependencies.iter().map(line).collect()
    }

    #[test]
    fn all_tools_are_read() {
        let text = "[project]\nname = \"x\"\ndependencies = [\r\n  \"PyJWT[crypto]>=2\", # a\n  'cryptography',\n]\n[project.optional-dependencies]\nims = [\"umapi-client==2.9\"]\n[dependency-groups]\ndev = [\"a\", {include-group = \"b\"}]\n[tool.poetry.dependencies]\npython = \"^3.8\"\nb = \"^1.0\"\nc = { version = \"2\", optional = true }\n[tool.poetry.group.dev.dependencies]\nd = \"*\"\n[tool.poetry.dependencies.e]\nversion = \"3\"\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n";
        let manifest = read(text);
        assert_eq!(manifest.package.as_deref(), Some("x"));
        assert_eq!(manifest.members, ["packages/*"]);
        assert_eq!(manifest.malformed, None);
        let shown = shown(text, &manifest);
        assert_eq!(
            shown[..7],
            [
                "Runtime PyJWT >=2 | \"PyJWT[crypto]>=2\"",
                "Runtime cryptography - | 'cryptography'",
                "Optional umapi-client ==2.9 | \"umapi-client==2.9\"",
                "Development a - | \"a\"",
                "Runtime b ^1.0 | b = \"^1.0\"",
                "Runtime c 2 | c = { version = \"2\", optional = true }",
                "Development d * | d = \"*\"",
            ]
        );
        assert!(shown[7].starts_with("Runtime e 3 | "), "{}", shown[7]);
    }

    #[test]
    fn a_pipfile_is_read() {
        let text = "[packages]\npyjwt = {extras = [\"crypto\"], version = \"==1.7.1\"}\n\"a.b\" = \"*\"\n[dev-packages]\nc = \"*\"\n";
        let shown = shown(text, &pipfile(text));
        assert_eq!(
            shown,
            [
                "Runtime pyjwt ==1.7.1 | pyjwt = {extras = [\"crypto\"], version = \"==1.7.1\"}",
                "Runtime a.b * | \"a.b\" = \"*\"",
                "Development c * | c = \"*\"",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_said_and_the_rest_is_read() {
        let text = "[project]\ndependencies = [\"PyJWT\"]\nbroken = = 1\n";
        let manifest = read(text);
        assert!(manifest.malformed.is_some());
        assert_eq!(manifest.dependencies.len(), 1);
    }
}
