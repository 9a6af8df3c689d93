//! Private keys in code: literals that a flow signs with, and the key files that its code reads.
//!
//! Whether a file that code names is there, and holds a key, is for whoever reads it to say. No text of a key leaves this module.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::credential::{key_rule, manual, severity};
use super::flow::Flow;
use super::{Subject, tokens};
use crate::credentials::material;
use crate::facts::fact::{Origin, Part, Text, Value};
use crate::finding::{ByteRange, Confidence, Details, Evidence, Finding, Role, fingerprint};
use crate::project::Source;
use crate::rules::{Catalog, CompiledRule};

/// The longest text that is taken for a path.
const LONGEST_PATH: usize = 260;

/// How much of a file may lie between the pieces of one literal: they are lines of one expression.
const BETWEEN: usize = 16;

/// What is said of the place where code names a key file.
const NAMES: &str = "the private key is read from here";

/// A key file that the code of a flow names.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedKey {
    /// The file of code, absolute.
    pub code: PathBuf,
    /// The path of the key file as the code has it, as far as it is known.
    pub name: String,
    /// Where it is read.
    pub evidence: Evidence,
    /// The finding of the flow: its file, and its first byte there.
    pub flow: (String, usize),
    /// How sure the flow is.
    pub confidence: Confidence,
}

/// What the keys of the flows give.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// A finding for every key that stands in the code.
    pub(super) findings: Vec<Finding>,
    /// Where they stand, by the path of the file.
    pub(super) secrets: Vec<(String, ByteRange)>,
    /// The key files that the code names.
    pub(super) files: Vec<NamedKey>,
}

/// Looks at the keys of flows, each with its change set.
pub(super) fn keys(subject: &Subject<'_>, flows: &[(&CompiledRule, Flow, usize)], catalog: &Catalog) -> Keys {
    let mut keys = Keys::default();
    let Some(rule) = key_rule(catalog) else { return keys };
    let mut literals: BTreeMap<(String, usize), (Finding, ByteRange)> = BTreeMap::new();
    for (of, flow, change_set) in flows {
        if !rule.rule.matches.key_of.contains(&of.rule.id) {
            continue;
        }
        let values = flow.assertions.iter().map(|assertion| &assertion.key);
        for key in values.chain(flow.grant.iter().map(|grant| &grant.key)) {
            for text in &key.made_of {
                let Some((source, range)) = literal(subject, text) else { continue };
                let found = of_literal(rule, flow.confidence, *change_set, source, range);
                let known = literals.entry((found.path.clone(), range.start)).or_insert((found, range));
                known.0.confidence = known.0.confidence.max(flow.confidence);
            }
            let Some((site, at)) = subject.place(flow.site) else { continue };
            let site = (site.file.path().to_owned(), site.file.span(at).start.byte);
            keys.files.extend(names(key).into_iter().filter_map(|(name, range)| {
                let (source, local) = subject.place(range)?;
                let (path, span) = (source.file.path().to_owned(), source.file.span(local));
                let evidence = Evidence { role: Role::PrivateKey, path, span, note: NAMES.to_owned() };
                let (code, flow_site) = (source.path.clone(), site.clone());
                Some(NamedKey { code, name, evidence, flow: flow_site, confidence: flow.confidence })
            }));
        }
    }
    for (finding, range) in literals.into_values() {
        keys.secrets.push((finding.path.clone(), range));
        keys.findings.push(finding);
    }
    keys.files.sort_by(|one, other| (&one.code, &one.name, &one.flow).cmp(&(&other.code, &other.name, &other.flow)));
    keys.files.dedup();
    keys
}

/// Where a private key stands in the code, if a text is one.
fn literal<'a>(subject: &Subject<'a>, text: &Text) -> Option<(&'a Source, ByteRange)> {
    let literals = || {
        text.parts.iter().filter_map(|part| match part {
            Part::Literal(literal, range) => Some((literal, *range)),
            Part::Hole(..) => None,
        })
    };
    let whole: String = literals().map(|(literal, _)| literal.as_str()).collect();
    if !material::is_private_key(&whole) {
        return None;
    }
    // What is put together of several lines is one place, as long as they stand together.
    let (_, longest) = literals().max_by_key(|(literal, range)| (literal.len(), range.start))?;
    let (source, mut place) = subject.place(longest)?;
    let mut others: Vec<ByteRange> = literals()
        .filter_map(|(_, range)| subject.place(range))
        .filter(|(other, _)| other.path == source.path)
        .map(|(_, local)| local)
        .collect();
    others.sort();
    let near = |place: ByteRange, other: ByteRange| {
        let gap = source.file.text().get(place.end.min(other.end)..place.start.max(other.start)).unwrap_or_default();
        gap.chars().filter(|character| !character.is_whitespace()).count() <= BETWEEN
    };
    let first = place.start;
    for other in others.iter().filter(|other| other.start >= first).chain(others.iter().rev()) {
        if near(place, *other) {
            place = place.cover(*other);
        }
    }
    Some((source, place))
}

fn of_literal(
    rule: &CompiledRule,
    confidence: Confidence,
    change_set: usize,
    source: &Source,
    range: ByteRange,
) -> Finding {
    let (cell, cell_line) = source.file.cell(range.start).unzip();
    // What stands around it tells it from others: what it is made of must not, since it would have to be hashed.
    let line_start = source.file.text()[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let before = tokens(source, ByteRange::new(line_start, range.start));
    Finding {
        rule: rule.rule.id.clone(),
        severity: severity(rule, source.context),
        confidence,
        context: source.context,
        language: source.language,
        path: source.file.path().to_owned(),
        span: source.file.span(range),
        message: rule.rule.message.replace("{place}", "in the code"),
        flow: Vec::new(),
        details: Details { cell, cell_line, ..Details::default() },
        fix: manual(rule),
        change_set,
        fingerprint: fingerprint(&rule.rule.id, source.language.name(), before.into_iter()),
    }
}

/// The paths of files that a key is read from, and where the code has them: files that are read, and paths that an SDK is
/// given in place of the key.
fn names(key: &Value) -> Vec<(String, ByteRange)> {
    let mut names = Vec::new();
    for text in &key.made_of {
        for part in &text.parts {
            if let Part::Hole(Origin::File(path), range) = part {
                names.extend(known_end(path).map(|name| (name, *range)));
            }
        }
    }
    for text in &key.texts {
        let range = text.parts.iter().rev().find_map(|part| match part {
            Part::Literal(_, range) => Some(*range),
            Part::Hole(..) => None,
        });
        names.extend(known_end(&text.display()).zip(range));
    }
    names
}

/// A path without the unknown folder at its beginning: `{dirname}/../keys/private.key`.
fn known_end(path: &str) -> Option<String> {
    let known = match path.strip_prefix('{') {
        Some(rest) => rest.split_once('}')?.1.strip_prefix('/')?,
        None => path,
    };
    let is_path = !known.is_empty() && known.len() <= LONGEST_PATH && !known.contains(['{', '\n']);
    is_path.then(|| known.replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::known_end;

    #[test]
    fn the_known_end_of_a_path() {
        for (path, expected) in [
            ("./private.key", Some("./private.key")),
            ("{__dirname}/../keys/a.pem", Some("../keys/a.pem")),
            ("keys\\a.pem", Some("keys/a.pem")),
            ("{KEY}", None),
            ("{folder}.pem", None),
            ("keys/{stage}.pem", None),
            ("", None),
            ("one\ntwo", None),
        ] {
            assert_eq!(known_end(path).as_deref(), expected, "{path}");
        }
    }
}
