//! What must be there before a change of keys is merged: every place of the repository that hands an old key through, and
//! edits of those that hold no secret.
//!
//! It looks at the files that it is given and opens none. Which files hand values through, and which expressions take a
//! value from elsewhere, is data.

use std::collections::BTreeSet;

use super::configuration::Key;
use crate::document::edit::{Editor, Value};
use crate::document::{self, Document, Format, Kind};
use crate::finding::{ByteRange, Edit, HandedThrough, KeyKind, Language, RequiredKey, Requires};
use crate::rules::Catalog;
use crate::rules::rewriting::{Plumbing, ValueReference};
use crate::source::{Encoding, SourceFile};

/// An old key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldKey {
    /// Its name.
    pub name: String,
    /// Whether its value is a secret.
    pub is_secret: bool,
    /// The key that takes its place; nothing where it goes.
    pub becomes: Option<String>,
    /// With that: what takes the place of a value that is written out. Without it such a place is left for a person, since
    /// a metascope is no scope.
    pub value: Option<String>,
}

/// A file that was read.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// Its text.
    pub file: &'a SourceFile,
    /// Its language, where it is one that is read.
    pub language: Option<Language>,
    /// Whether it is rewritten for another reason: then nothing is edited here.
    pub is_rewritten: bool,
}

/// Finds what hands old keys through, and edits it where it holds no secret.
pub fn requires(files: &[Content<'_>], old: &[OldKey], added: &[Key], catalog: &Catalog) -> (Requires, Vec<Edit>) {
    let required = |name: &str, secret| RequiredKey { key: name.to_owned(), kind: KeyKind::Environment, secret };
    let mut requires = Requires {
        added: added.iter().map(|key| required(&key.name, key.is_secret)).collect(),
        removed: old.iter().map(|key| required(&key.name, key.is_secret)).collect(),
        handed_through: Vec::new(),
    };
    let mut edits = Vec::new();
    let mut named: BTreeSet<(String, String, bool)> = BTreeSet::new();
    for content in files {
        let Some(plumbing) = catalog.documents().plumbing(content.file.path()) else { continue };
        // A file is read as a document only where it says something of a key: there may be many change sets.
        if !old.iter().any(|key| content.file.text().contains(key.name.as_str())) {
            continue;
        }
        let looked = Looked::new(content, plumbing, catalog);
        for key in old {
            let found = looked.places(key);
            // What a value is taken from is a place too, where that is another file of the repository.
            named.extend(found.iter().filter_map(|place| Some((place.from.clone()?, key.name.clone(), key.is_secret))));
            requires.handed_through.extend(found);
        }
        if plumbing.edited && !content.is_rewritten {
            let (done, handled) = looked.edits(old);
            for place in requires.handed_through.iter_mut().filter(|place| place.path == content.file.path()) {
                place.rewritten = handled.contains(&place.span.start.byte);
            }
            edits.extend(done);
        }
    }
    for content in files.iter().filter(|_| !named.is_empty()) {
        let Some(plumbing) = catalog.documents().plumbing(content.file.path()) else { continue };
        let looked = Looked::new(content, plumbing, catalog);
        requires
            .handed_through
            .extend(named.iter().flat_map(|(from, key, secret)| looked.declared(from, key, *secret)));
    }
    requires.added.sort();
    requires.removed.sort();
    requires.handed_through.sort_by(|one, other| {
        (&one.path, one.span.start.byte, &one.key).cmp(&(&other.path, other.span.start.byte, &other.key))
    });
    requires.handed_through.dedup_by(|one, other| one.path == other.path && one.span == other.span);
    edits.sort_by(|one: &Edit, other| (&one.path, one.start_byte).cmp(&(&other.path, other.start_byte)));
    (requires, edits)
}

/// A file that is looked through.
struct Looked<'a> {
    file: &'a SourceFile,
    plumbing: &'a Plumbing,
    references: &'a [ValueReference],
    catalog: &'a Catalog,
    format: Option<Format>,
    document: Option<Document>,
}

impl<'a> Looked<'a> {
    fn new(content: &Content<'a>, plumbing: &'a Plumbing, catalog: &'a Catalog) -> Self {
        let file = content.file;
        let format = content.language.and_then(|language| Format::of(language, file.text()));
        let document = format.map(|format| document::read(file.text(), format, &catalog.conventions()));
        let references = &catalog.documents().documents.references;
        Self { file, plumbing, references, catalog, format, document }
    }

    /// Where a key is named.
    fn places(&self, key: &OldKey) -> Vec<HandedThrough> {
        words(self.file.text(), &key.name)
            .filter(|range| !self.is_comment(*range))
            .map(|range| self.place(key, range))
            .collect()
    }

    fn place(&self, key: &OldKey, range: ByteRange) -> HandedThrough {
        let line = self.file.line(self.file.line_of(range.start)).unwrap_or(range);
        // The value of an entry may go over several lines.
        let entry = self.document.iter().flat_map(Document::entries).find(|entry| entry.key.contains(range));
        let whole = entry.map_or(line, |entry| line.cover(entry.range()));
        let written = &self.file.text()[whole.start..whole.end];
        let reference = self.references.iter().find_map(|known| Some((known, reference(written, &known.mark)?)));
        HandedThrough {
            key: key.name.clone(),
            path: self.file.path().to_owned(),
            span: self.file.span(range),
            kind: self.plumbing.name.clone(),
            secret: key.is_secret || reference.as_ref().is_some_and(|(known, _)| known.secret),
            from: reference.map(|(_, name)| name),
            rewritten: false,
        }
    }

    /// Where a file gives what an expression names: `.Values.adobe.key`, `var.adobe_key`.
    fn declared(&self, from: &str, key: &str, secret: bool) -> Vec<HandedThrough> {
        let Some(document) = &self.document else { return Vec::new() };
        let Some(name) = from.strip_prefix(".Values.").or_else(|| from.strip_prefix("var.")) else { return Vec::new() };
        let is_it = |entry: &usize| {
            let path = document.path(*entry).join(".");
            let is_leaf = !matches!(document.entries()[*entry].kind, Kind::Map);
            is_leaf && (path == name || (from.starts_with("var.") && path == format!("variable.{name}")))
        };
        let entries = (0..document.entries().len()).filter(is_it);
        entries
            .map(|entry| HandedThrough {
                key: key.to_owned(),
                path: self.file.path().to_owned(),
                span: self.file.span(document.entries()[entry].key),
                kind: self.plumbing.name.clone(),
                secret,
                from: None,
                rewritten: false,
            })
            .collect()
    }

    fn is_comment(&self, range: ByteRange) -> bool {
        if let Some(document) = &self.document {
            return document.comments.iter().any(|comment| comment.contains(range));
        }
        let line = self.file.line(self.file.line_of(range.start)).unwrap_or(range);
        let written = self.file.text()[line.start..range.start].trim_start();
        written.starts_with('#') || written.starts_with("//") || written.starts_with('*')
    }

    /// Edits of the entries and instructions that are plain, and the bytes at which what they take care of is named.
    fn edits(&self, old: &[OldKey]) -> (Vec<Edit>, BTreeSet<usize>) {
        let mut handled = BTreeSet::new();
        if self.file.encoding() != Encoding::Utf8 {
            return (Vec::new(), handled);
        }
        let mut edits = Vec::new();
        for key in old.iter().filter(|key| !key.is_secret) {
            edits.extend(self.instructions(key, &mut handled));
        }
        if let Some(format) =
            self.format.filter(|_| self.document.as_ref().is_some_and(|document| document.error.is_none()))
        {
            edits.extend(self.entries(format, old, &mut handled));
        }
        (edits, handled)
    }

    fn entries(&self, format: Format, old: &[OldKey], handled: &mut BTreeSet<usize>) -> Vec<Edit> {
        let conventions = self.catalog.conventions();
        let Ok(mut editor) = Editor::new(self.file.text(), format, &conventions) else { return Vec::new() };
        let mut steps = Vec::new();
        for key in old.iter().filter(|key| !key.is_secret) {
            for entry in 0..editor.document().entries().len() {
                let held = &editor.document().entries()[entry];
                if held.key_text() != Some(key.name.as_str()) || held.kind.is_container() {
                    continue;
                }
                let range = held.range();
                let written = &self.file.text()[range.start..range.end];
                if self.references.iter().any(|known| written.contains(known.mark.as_str())) {
                    continue;
                }
                let (text, value) = (held.text.clone(), held.value);
                let named: Vec<usize> = words(self.file.text(), &key.name)
                    .filter(|word| range.contains(*word))
                    .map(|word| self.file.span(word).start.byte)
                    .collect();
                steps.push((editor.mark(entry), key, text, value, named));
            }
        }
        for (handle, key, text, value, named) in steps {
            let refers = value.start < value.end && words(&text, &key.name).next().is_some();
            let done = match &key.becomes {
                None => editor.remove(handle).is_ok(),
                Some(name) => {
                    let new = match &key.value {
                        _ if refers => Some(text.replace(&key.name, name)),
                        _ if text.trim().is_empty() => None,
                        Some(value) => Some(value.clone()),
                        None => continue,
                    };
                    let kept = new.is_none_or(|new| editor.set(handle, &Value::Text(new)).is_ok());
                    kept && editor.rename(handle, name).is_ok()
                }
            };
            if done {
                handled.extend(named);
            }
        }
        editor.changes().iter().map(|change| self.edit(change.range, &change.replacement)).collect()
    }

    /// Lines that give one name a value: `ENV NAME=value`.
    fn instructions(&self, key: &OldKey, handled: &mut BTreeSet<usize>) -> Vec<Edit> {
        let text = self.file.text();
        let mut edits = Vec::new();
        for range in words(text, &key.name) {
            let Some(line) = self.file.line(self.file.line_of(range.start)) else { continue };
            let before = text[line.start..range.start].trim();
            let after = &text[range.end..line.end];
            let is_one = self.plumbing.instructions.iter().any(|known| known.eq_ignore_ascii_case(before));
            let goes_on =
                after.trim_end().ends_with('\\') || text[..line.start].trim_end_matches(['\r', '\n']).ends_with('\\');
            // `ENV A=1 B=2` gives several.
            let is_plain =
                after.matches('=').count() <= 1 && (after.trim().is_empty() || after.starts_with(['=', ' ']));
            if !is_one || goes_on || !is_plain || words(after, &key.name).next().is_some() {
                continue;
            }
            let value = after.trim().trim_start_matches('=').trim();
            let new = match (&key.becomes, &key.value) {
                (Some(name), _) if value.is_empty() => Some(name.clone()),
                (Some(name), Some(new)) if !new.contains(char::is_whitespace) => {
                    let sign = if after.starts_with('=') { '=' } else { ' ' };
                    Some(format!("{name}{sign}{new}"))
                }
                (Some(_), _) => continue,
                (None, _) => None,
            };
            handled.insert(self.file.span(range).start.byte);
            edits.push(match new {
                Some(new) => {
                    self.edit(ByteRange::new(range.start, if value.is_empty() { range.end } else { line.end }), &new)
                }
                None => {
                    let end = text[line.end..].find('\n').map_or(text.len(), |end| line.end + end + 1);
                    self.edit(ByteRange::new(line.start, end), "")
                }
            });
        }
        edits
    }

    fn edit(&self, range: ByteRange, replacement: &str) -> Edit {
        let span = self.file.span(range);
        Edit {
            path: self.file.path().to_owned(),
            start_byte: span.start.byte,
            end_byte: span.end.byte,
            replacement: replacement.to_owned(),
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Where a name stands as a word of its own.
fn words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = ByteRange> + 'a {
    text.match_indices(name)
        .filter(move |(at, _)| {
            let before = text[..*at].chars().next_back().is_some_and(is_word);
            let after = text[at + name.len()..].chars().next().is_some_and(is_word);
            !name.is_empty() && !before && !after
        })
        .map(move |(at, _)| ByteRange::new(at, at + name.len()))
}

/// The expression that begins with a mark: the mark and the name behind it.
fn reference(written: &str, mark: &str) -> Option<String> {
    let is_name = |c: char| is_word(c) || matches!(c, '.' | '-' | '/' | '\'' | '"');
    let at = written.match_indices(mark).map(|(at, _)| at).find(|&at| {
        mark.starts_with('.') || !written[..at].chars().next_back().is_some_and(|c| is_word(c) || c == '.')
    })?;
    let rest = &written[at + mark.len()..];
    let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
    Some(format!("{mark}{}", rest[..end].trim_matches(['\'', '"']).trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> Vec<OldKey> {
        let key = |name: &str, is_secret, becomes: Option<&str>| OldKey {
            name: name.to_owned(),
            is_secret,
            becomes: becomes.map(str::to_owned),
            value: becomes.map(|_| "openid,AdobeID".to_owned()),
        };
        vec![
            key("ADOBE_META_SCOPES", false, Some("ADOBE_IMS_SCOPES")),
            key("ADOBE_TECH_ACCOUNT", false, None),
            key("ADOBE_PRIVATE_KEY", true, None),
        ]
    }

    /// Places as `path:line key secret from edited`, and the files after the edits.
    fn looked_at(files: &[(&str, Option<Language>, &str)]) -> (Vec<String>, Vec<String>) {
        let catalog = Catalog::load(&[]).unwrap();
        let decoded: Vec<(SourceFile, Option<Language>)> = files
            .iter()
            .map(|(path, language, text)| {
                let file = SourceFile::decode(*path, text.as_bytes(), language.unwrap_or(Language::Shell)).unwrap();
                (file, *language)
            })
            .collect();
        let contents: Vec<Content<'_>> =
            decoded.iter().map(|(file, language)| Content { file, language: *language, is_rewritten: false }).collect();
        let added = [Key { name: "ADOBE_IMS_SCOPES".to_owned(), is_secret: false }];
        let (requires, edits) = requires(&contents, &old(), &added, &catalog);
        assert_eq!(requires.added.len(), 1);
        let places = requires.handed_through.iter().map(|place| {
            let from = place.from.as_deref().unwrap_or("-");
            let (secret, edited) =
                (if place.secret { "secret" } else { "plain" }, if place.rewritten { "edited" } else { "left" });
            format!("{}:{} {} {secret} {from} {edited}", place.path, place.span.start.line, place.key)
        });
        let after = files.iter().map(|(path, _, text)| {
            let mut text = (*text).to_owned();
            for edit in edits.iter().rev().filter(|edit| edit.path == *path) {
                text.replace_range(edit.start_byte..edit.end_byte, &edit.replacement);
            }
            text
        });
        (places.collect(), after.collect())
    }

    #[test]
    fn every_place_that_hands_a_key_through() {
        let (places, after) = looked_at(&[
            (
                "Dockerfile",
                None,
                "FROM node:20\n# ENV ADOBE_TECH_ACCOUNT is gone\nARG ADOBE_TECH_ACCOUNT\nENV ADOBE_META_SCOPES=ent_user_sdk\nENV A=1 \\\n    ADOBE_TECH_ACCOUNT=x\nENV ADOBE_PRIVATE_KEY=\n",
            ),
            (
                "docker-compose.yml",
                Some(Language::Yaml),
                "services:\n  a:\n    environment:\n      - ADOBE_META_SCOPES=${ADOBE_META_SCOPES}\n      - ADOBE_TECH_ACCOUNT\n      - TZ=UTC\n",
            ),
            (
                ".github/workflows/run.yml",
                Some(Language::Yaml),
                "env:\n  ADOBE_META_SCOPES: ent_user_sdk\n  ADOBE_TECH_ACCOUNT: ${{ vars.TECH }}\n  ADOBE_PRIVATE_KEY: ${{ secrets.ADOBE_KEY_PROD }}\n",
            ),
            (
                "chart/templates/job.yaml",
                Some(Language::Yaml),
                "env:\n  - name: ADOBE_META_SCOPES\n    value: {{ .Values.adobe.metaScopes | quote }}\n",
            ),
            ("chart/values.yaml", Some(Language::Yaml), "adobe:\n  metaScopes: ent_user_sdk\n"),
            ("Jenkinsfile", None, "environment {\n  ADOBE_PRIVATE_KEY = credentials('adobe-key')\n}\n"),
            (
                "main.tf",
                Some(Language::Hcl),
                "resource \"a\" \"b\" {\n  environment {\n    ADOBE_PRIVATE_KEY = var.adobe_key\n  }\n}\nvariable \"adobe_key\" {}\n",
            ),
            (".env.ci", Some(Language::Dotenv), "A=1\nADOBE_TECH_ACCOUNT=x@techacct.adobe.com\nB=2\n"),
            ("README.md", None, "ADOBE_META_SCOPES\n"),
        ]);
        assert_eq!(
            places,
            [
                ".env.ci:2 ADOBE_TECH_ACCOUNT plain - edited",
                ".github/workflows/run.yml:2 ADOBE_META_SCOPES plain - edited",
                ".github/workflows/run.yml:3 ADOBE_TECH_ACCOUNT plain vars.TECH left",
                ".github/workflows/run.yml:4 ADOBE_PRIVATE_KEY secret secrets.ADOBE_KEY_PROD left",
                "Dockerfile:3 ADOBE_TECH_ACCOUNT plain - edited",
                "Dockerfile:4 ADOBE_META_SCOPES plain - edited",
                "Dockerfile:6 ADOBE_TECH_ACCOUNT plain - left",
                "Dockerfile:7 ADOBE_PRIVATE_KEY secret - left",
                "Jenkinsfile:2 ADOBE_PRIVATE_KEY secret credentials(adobe-key left",
                "chart/templates/job.yaml:2 ADOBE_META_SCOPES plain .Values.adobe.metaScopes left",
                "chart/values.yaml:2 ADOBE_META_SCOPES plain - left",
                "docker-compose.yml:4 ADOBE_META_SCOPES plain - edited",
                "docker-compose.yml:4 ADOBE_META_SCOPES plain - edited",
                "docker-compose.yml:5 ADOBE_TECH_ACCOUNT plain - left",
                "main.tf:3 ADOBE_PRIVATE_KEY secret var.adobe_key left",
                "main.tf:6 ADOBE_PRIVATE_KEY secret - left",
            ]
        );
        assert_eq!(
            after[0],
            "FROM node:20\n# ENV ADOBE_TECH_ACCOUNT is gone\nENV ADOBE_IMS_SCOPES=openid,AdobeID\nENV A=1 \\\n    ADOBE_TECH_ACCOUNT=x\nENV ADOBE_PRIVATE_KEY=\n"
        );
        assert_eq!(
            after[1],
            "services:\n  a:\n    environment:\n      - ADOBE_IMS_SCOPES=${ADOBE_IMS_SCOPES}\n      - ADOBE_TECH_ACCOUNT\n      - TZ=UTC\n"
        );
        assert_eq!(after[2].lines().nth(1), Some("  ADOBE_IMS_SCOPES: openid,AdobeID"));
        assert_eq!(after[7], "A=1\nB=2\n");
    }
}
