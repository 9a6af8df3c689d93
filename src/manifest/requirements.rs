//! pip's requirements files, and the requirement of PEP 508 that all Python manifests share.

use super::{Dependency, Group, Manifest, place};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

pub(super) fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut at = 0;
    while at < text.len() {
        let line = logical_line(&text[at..]);
        let content = without_comment(line);
        at += line.len();
        // A continued line ends at its backslash, what is behind belongs to it.
        let content = content.trim();
        if let Some(rest) = option(content, &["-r", "--requirement", "-c", "--constraint"]) {
            manifest.includes.push(rest.to_owned());
        } else if !content.is_empty() && !content.starts_with('-') {
            // Options of a requirement (`--hash`) are part of its entry, not of the requirement.
            let end = content.find(" --").unwrap_or(content.len());
            let end = content[..end].trim_end().trim_end_matches('\\').len();
            manifest.dependencies.extend(requirement(text, &content[..end], Group::Runtime, place(text, content)));
        }
    }
    manifest
}

/// The first line, with those that it goes on to behind a backslash, and its line break.
fn logical_line(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if !line.trim_end_matches(['\n', '\r']).ends_with('\\') || line.trim_start().starts_with('#') {
            break;
        }
    }
    &text[..end]
}

/// A comment begins at the line's beginning or behind a blank.
fn without_comment(line: &str) -> &str {
    let begins = |at: &usize| *at == 0 || line[..*at].ends_with([' ', '\t', '\n']);
    let start = line.match_indices('#').map(|(at, _)| at).find(begins);
    &line[..start.unwrap_or(line.len())]
}

fn option<'text>(line: &'text str, names: &[&str]) -> Option<&'text str> {
    let (name, rest) =
        line.split_once([' ', '\t', '=']).or_else(|| line.starts_with("-r").then(|| line.split_at(2)))?;
    names.contains(&name).then(|| rest.trim())
}

/// Reads a requirement as PEP 508 writes it: `name[extra] (>=1,<2) ; marker`, `name @ url`. `content` is cut out of `text`.
pub(super) fn requirement(text: &str, content: &str, group: Group, entry: ByteRange) -> Option<Dependency> {
    let content = content.trim();
    let end = content.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(content.len());
    let name = &content[..end];
    if !name.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let mut rest = content[end..].trim_start();
    // A path or a URL without a name: `./lib`, `git+https://…`.
    if rest.starts_with([':', '/', '+', '\\']) && !rest.starts_with("\\\n") && !rest.starts_with("\\\r") {
        return None;
    }
    if rest.starts_with('[') {
        rest = rest.split_once(']').map_or("", |(_, rest)| rest).trim_start();
    }
    let rest = rest.split(';').next().unwrap_or_default().trim();
    let version = if rest.starts_with('@') { "" } else { rest.trim_start_matches('(').trim_end_matches(')').trim() };
    let version = version.trim_end_matches('\\').trim_end();
    Some(Dependency {
        ecosystem: Ecosystem::Pypi,
        name: name.to_owned(),
        alias: None,
        requirement: (!version.is_empty()).then(|| version.to_owned()),
        group,
        entry,
        name_range: place(text, name),
        version_range: (!version.is_empty()).then(|| place(text, version)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_requirements() {
        let text = "# PyJWT==1\n-r base.txt\n--index-url https://x\r\nPyJWT[crypto]==2.4.0  # pinned\r\numapi-client>=2,<3 ; python_version < '3'\nfoo @ git+https://x/y\n./local\nbar\nbaz==1.0 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\nlast~=1.2";
        let manifest = read(text);
        assert_eq!(manifest.includes, ["base.txt"]);
        let cut = |range: ByteRange| &text[range.start..range.end];
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| (cut(found.name_range), found.version_range.map(cut), cut(found.entry)))
            .collect();
        assert_eq!(
            shown,
            [
                ("PyJWT", Some("==2.4.0"), "PyJWT[crypto]==2.4.0"),
                ("umapi-client", Some(">=2,<3"), "umapi-client>=2,<3 ; python_version < '3'"),
                ("foo", None, "foo @ git+https://x/y"),
                ("bar", None, "bar"),
                ("baz", Some("==1.0"), "baz==1.0 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def"),
                ("last", Some("~=1.2"), "last~=1.2"),
            ]
        );
    }
}
