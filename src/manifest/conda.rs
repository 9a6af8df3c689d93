//! conda's `environment.yml`, with the list for pip inside it, and the lists of globs in `pnpm-workspace.yaml`.

use saphyr_parser::{Event, Parser, Span};

use super::requirements::requirement;
use super::{Dependency, Group, Malformed, Manifest, place};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

pub(super) fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    manifest.malformed = scalars(text, |keys, range| {
        let written = &text[range.start..range.end];
        let content = written.trim().trim_matches(['"', '\'']);
        match keys {
            ["name"] => manifest.package = Some(content.to_owned()),
            ["dependencies"] => manifest.dependencies.extend(specification(text, content, range)),
            ["dependencies", "pip"] => {
                manifest.dependencies.extend(requirement(text, content, Group::Runtime, range));
            }
            _ => {}
        }
    });
    manifest
}

/// The globs under `packages` of a `pnpm-workspace.yaml`.
pub(super) fn members(text: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut add = |keys: &[&str], range: ByteRange| {
        if keys == ["packages"] {
            members.push(text[range.start..range.end].trim().trim_matches(['"', '\'']).to_owned());
        }
    };
    scalars(text, &mut add);
    members
}

/// `channel::name=1.0=build`, `name>=1.0,<2`: the version begins at the first of these characters.
fn specification(text: &str, content: &str, entry: ByteRange) -> Option<Dependency> {
    let package = content.rsplit("::").next().unwrap_or(content);
    let end = package.find(['=', '<', '>', '!', '~', ' ', '[']).unwrap_or(package.len());
    let (name, rest) = package.split_at(end);
    let rest = rest.trim();
    let version = match rest.strip_prefix('=') {
        // A build string follows the second one.
        Some(exact) if !exact.starts_with('=') => &rest[..exact.find('=').map_or(rest.len(), |at| at + 1)],
        _ => rest,
    };
    (!name.is_empty()).then(|| Dependency {
        ecosystem: Ecosystem::Pypi,
        name: name.to_owned(),
        alias: None,
        requirement: (!version.is_empty()).then(|| version.to_owned()),
        group: Group::Runtime,
        entry,
        name_range: place(text, name),
        version_range: (!version.is_empty()).then(|| place(text, version)),
    })
}

enum Container<'text> {
    /// With the key whose value comes next.
    Map(Option<&'text str>),
    List,
}

/// Calls a function for every text that is a value, with the keys above it and its place; lists add no key. Gives the place
/// at which the text is no YAML.
pub(super) fn scalars(text: &str, mut visit: impl FnMut(&[&str], ByteRange)) -> Option<Malformed> {
    let bytes = Bytes::new(text);
    let mut open: Vec<Container<'_>> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = bytes.of(error.marker().index());
                return Some(Malformed { at, message: error.info().to_owned() });
            }
        };
        match event {
            Event::Scalar(..) => {
                let range = bytes.range(span);
                let written = text[range.start..range.end].trim();
                if let Some(Container::Map(key @ None)) = open.last_mut() {
                    *key = Some(written.trim_matches(['"', '\'']));
                    continue;
                }
                let keys: Vec<&str> = open
                    .iter()
                    .filter_map(|container| match container {
                        Container::Map(key) => *key,
                        Container::List => None,
                    })
                    .collect();
                visit(&keys, ByteRange::new(range.start, range.start + text[range.start..range.end].trim_end().len()));
                value_ends(&mut open);
            }
            Event::Alias(_) => match open.last_mut() {
                Some(Container::Map(key @ None)) => *key = Some(""),
                _ => value_ends(&mut open),
            },
            Event::MappingStart(..) => open.push(Container::Map(None)),
            Event::SequenceStart(..) => open.push(Container::List),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                value_ends(&mut open);
            }
            _ => {}
        }
    }
    None
}

/// Behind a value comes the next key.
fn value_ends(open: &mut [Container<'_>]) {
    if let Some(Container::Map(key)) = open.last_mut() {
        *key = None;
    }
}

/// The parser counts characters; this gives bytes.
struct Bytes {
    /// The byte of every character, where they differ.
    starts: Option<Vec<usize>>,
    length: usize,
}

impl Bytes {
    fn new(text: &str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { starts, length: text.len() }
    }

    fn of(&self, character: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(character).copied().unwrap_or(self.length),
            None => character.min(self.length),
        }
    }

    fn range(&self, span: Span) -> ByteRange {
        ByteRange::new(self.of(span.start.index()), self.of(span.end.index()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_read() {
        let text = "name: \u{e9}\nchannels: [defaults]\ndependencies:\n  - python=3.8\n  - conda-forge::pyjwt=1.7.1=py_0\n  - \"requests>=2\"\n  # - jose\n  - pip:\n      - umapi-client==2.9\n      - -r requirements.txt\n";
        let manifest = read(text);
        assert_eq!(manifest.malformed, None);
        let cut = |range: ByteRange| &text[range.start..range.end];
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| (cut(found.name_range), found.version_range.map(cut), cut(found.entry)))
            .collect();
        assert_eq!(
            shown,
            [
                ("python", Some("=3.8"), "python=3.8"),
                ("pyjwt", Some("=1.7.1"), "conda-forge::pyjwt=1.7.1=py_0"),
                ("requests", Some(">=2"), "\"requests>=2\""),
                ("umapi-client", Some("==2.9"), "umapi-client==2.9"),
            ]
        );
        assert!(read("a: [").malformed.is_some());
        assert_eq!(members("packages:\n  - 'packages/*'\n  - apps/web\n"), ["packages/*", "apps/web"]);
    }
}
