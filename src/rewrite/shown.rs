//! What of a change may be printed: a diff that would show a private key, a client secret or a token is not made.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use super::diff::{CONTEXT, Change, FileDiff, relative};
use super::originals::{Original, Originals, Versions};
use crate::finding::{ByteRange, Finding, Language};
use crate::gate::Sources;
use crate::source::{SourceFile, mask};
use crate::walk::repository_root;

/// Shorter texts are words that stand in many places.
const SHORTEST_SECRET: usize = 8;

/// Why there is no diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// It would show a secret.
    Secret,
    /// It holds bytes that the format at hand cannot hold.
    NotText,
}

/// What `git apply` reads paths from when it runs in a folder: the root of the repository, else the folder.
pub fn base(working: &Path) -> &Path {
    repository_root(working).unwrap_or(working)
}

/// Makes diffs of versions of files.
#[derive(Debug)]
pub struct Printer<'a> {
    originals: &'a Originals,
    base: &'a Path,
    /// The secrets that are known, wherever they may turn up.
    secrets: BTreeSet<String>,
}

impl<'a> Printer<'a> {
    /// A printer of paths from `base`, which is absolute and resolved. `sources` say what is known to be a secret.
    pub fn new(originals: &'a Originals, sources: &Sources, base: &'a Path) -> Self {
        Self { originals, base, secrets: known(sources) }
    }

    /// One diff between two versions of some files. A file that one of them lacks is as it was at first.
    pub fn diff(&self, from: &Versions, to: &Versions) -> Result<Vec<u8>, Withheld> {
        let mut out = Vec::new();
        for path in from.keys().chain(to.keys()).collect::<BTreeSet<_>>() {
            let Some(original) = self.originals.get(path) else { continue };
            let version = |of: &'_ Versions| of.get(path).cloned();
            let change = match (original.is_new, version(from).is_some(), version(to).is_some()) {
                (true, false, true) => Change::Created,
                (true, true, false) => Change::Deleted,
                _ => Change::Edited,
            };
            let before = version(from).unwrap_or_else(|| original.bytes.clone());
            let after = version(to).unwrap_or_else(|| original.bytes.clone());
            let diff = FileDiff::new(&before, &after);
            let hidden = (self.hidden(original, &before), self.hidden(original, &after));
            let shows_secret = |context: usize| {
                let (old, new) = diff.printed(context);
                let shows = |printed: &[Range<usize>], hidden: &BTreeSet<usize>| {
                    printed.iter().any(|lines| hidden.range(lines.clone()).next().is_some())
                };
                shows(&old, &hidden.0) || shows(&new, &hidden.1)
            };
            // With no line around it a change cannot be placed.
            let context = (1..=CONTEXT).rev().find(|context| !shows_secret(*context)).ok_or(Withheld::Secret)?;
            diff.print(&relative(path, self.base), change, original.mode, context, &mut out);
        }
        Ok(out)
    }

    /// The same as text.
    pub fn text(&self, from: &Versions, to: &Versions) -> Result<String, Withheld> {
        String::from_utf8(self.diff(from, to)?).map_err(|_| Withheld::NotText)
    }

    /// Names of those files that `git apply` refuses from here, as they lie outside.
    pub fn outside(&self, versions: &Versions) -> Vec<String> {
        let outside = versions.keys().filter(|path| !path.starts_with(self.base));
        outside.filter_map(|path| Some(self.originals.get(path)?.reported.clone())).collect()
    }

    /// The lines of a notebook that must not be printed. Its code stands in strings, whose quotes are no ends of values.
    fn hidden_of_notebook(&self, text: &str) -> BTreeSet<usize> {
        let lines: Vec<String> = text.split('\n').map(unescaped).collect();
        let masked = mask(&lines.join("\n")).into_owned();
        let mut masked = masked.chars();
        let mut hidden = BTreeSet::new();
        for (number, line) in lines.iter().enumerate() {
            // What is masked has as many characters; the last one is the line break.
            let shown: String = masked.by_ref().take(line.chars().count()).collect();
            masked.next();
            let same = shown == *line;
            if !same || self.secrets.iter().any(|secret| line.contains(secret)) {
                hidden.insert(number);
            }
        }
        hidden
    }

    /// The lines of a version, from 0, that must not be printed.
    fn hidden(&self, original: &Original, bytes: &[u8]) -> BTreeSet<usize> {
        let Ok(file) = SourceFile::decode(original.reported.as_str(), bytes, original.language) else {
            return BTreeSet::from([0]);
        };
        if original.language == Language::Notebook {
            return self.hidden_of_notebook(file.text());
        }
        let is_first = bytes == original.bytes;
        let known: &[ByteRange] = if is_first { &original.secrets } else { &[] };
        let masked = file.masked(known);
        let pairs = file.text().split('\n').zip(masked.split('\n')).enumerate();
        let hidden: BTreeSet<usize> = pairs
            .filter(|(_, (text, masked))| text != masked || self.secrets.iter().any(|secret| text.contains(secret)))
            .map(|(line, _)| line)
            .collect();
        let lines_on_disk = memchr::memchr_iter(b'\n', bytes).count();
        let lines = memchr::memchr_iter(b'\n', file.text().as_bytes()).count();
        if hidden.is_empty() || (lines == lines_on_disk && is_narrow(bytes)) {
            return hidden;
        }
        // Where the lines on the disk are others than those of the text, nothing is printed beside a secret.
        (0..=lines_on_disk).collect()
    }
}

/// A line of JSON with what stands in its strings as it is meant: the code of a notebook, and what it has put out.
fn unescaped(line: &str) -> String {
    let mut meant = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        meant.push_str(&rest[..at]);
        let escape = &rest[at..];
        let length = match escape.as_bytes().get(1) {
            Some(b'u') => 6,
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        let Some(sequence) = escape.get(..length) else { break };
        match serde_json::from_str::<String>(&format!("\"{sequence}\"")) {
            Ok(character) => meant.push_str(&character),
            Err(_) => meant.push_str(sequence),
        }
        rest = &escape[length..];
    }
    meant.push_str(rest);
    meant
}

/// Whether a line break is a byte, as it is in all encodings but those of wide characters.
fn is_narrow(bytes: &[u8]) -> bool {
    memchr::memchr(0, bytes).is_none()
}

/// The texts that are known to be secrets.
fn known(sources: &Sources) -> BTreeSet<String> {
    let texts = sources.values().flat_map(|(file, ranges)| ranges.iter().map(move |range| (file, range)));
    texts
        .filter_map(|(file, range)| file.text().get(range.start..range.end))
        .map(|text| text.trim().trim_matches(['"', '\'', '`']))
        .filter(|text| text.len() >= SHORTEST_SECRET && !text.contains('\n'))
        .map(str::to_owned)
        .collect()
}

/// Takes edits that would show a secret out of findings, before these are reported, and says so. Gives how many findings that
/// were.
pub fn withhold_edits(findings: &mut [Finding], sources: &Sources) -> usize {
    if findings.iter().all(|finding| finding.fix.edits.is_empty()) {
        return 0;
    }
    let secrets = known(sources);
    let mut masks: BTreeMap<String, bool> = BTreeMap::new();
    let mut withheld = 0;
    for finding in findings {
        let shows = finding.fix.edits.iter().any(|edit| {
            let text = &edit.replacement;
            *masks
                .entry(text.clone())
                .or_insert_with(|| mask(text) != text.as_str() || secrets.iter().any(|secret| text.contains(secret)))
        });
        if shows {
            withheld += 1;
            finding.fix.edits.clear();
            let said = "Its edits hold a secret and are not shown; `grantshift fix --write` makes them.";
            finding.fix.reason = format!("{} {said}", finding.fix.reason).trim_start().to_owned();
        }
    }
    withheld
}
