//! Whether a rewrite holds, found out before anything is written: every changed file parses as well as before, the
//! findings are gone, none is new, and rewriting again would change nothing.
//!
//! All change sets are tried together, over the disk and not on it, by a scan of the repositories that they touch. What
//! fails is taken out and the rest is tried again, until nothing fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::originals::{Originals, Versions};
use super::select::{ChangeSet, Selection, select};
use crate::contents::Contents;
use crate::document::{self, Format};
use crate::finding::{Applicability, Evidence, Family, Finding, Incomplete, Language, Role};
use crate::manifest::{Kind, Manifest};
use crate::notebook::{self, Notebook};
use crate::rules::Catalog;
use crate::scan::{self, Progress, Scanned, scan};
use crate::source::SourceFile;
use crate::syntax;
use crate::walk::{normal, repository_root};

/// What a rewrite is judged by.
pub(super) struct Trial<'a> {
    /// What was found before.
    pub(super) findings: &'a [Finding],
    /// What could not be read whole before.
    pub(super) errors: &'a [Incomplete],
    /// The scan that found it.
    pub(super) settings: &'a scan::Settings,
    /// The rules.
    pub(super) catalog: &'a Catalog,
    /// What would be selected when it is rewritten again.
    pub(super) selection: Selection<'a>,
    /// The files.
    pub(super) originals: &'a Originals,
}

/// What a finding is known by when other lines have moved it.
type Identity = (PathBuf, String);

fn identity(finding: &Finding) -> Identity {
    (normal(Path::new(&finding.path)), finding.fingerprint.clone())
}

impl Trial<'_> {
    /// Tries change sets. Gives those that hold and, for the others, what went wrong, by their numbers. `waived` are sets that
    /// are left on purpose: that they could still be rewritten is no fault of these.
    pub(super) fn run(
        &self,
        sets: Vec<ChangeSet>,
        waived: &[ChangeSet],
    ) -> Result<(Vec<ChangeSet>, BTreeMap<usize, String>), scan::Error> {
        let mut live = sets;
        let mut failed = BTreeMap::new();
        let mut left: Vec<ChangeSet> = waived.to_vec();
        while !live.is_empty() {
            let mut faults = self.faults(&live, &left)?;
            if let Some(common) = faults.remove(&None)
                && faults.is_empty()
            {
                faults = self.alone(&live, &left, &common)?;
            }
            let faults: BTreeMap<usize, String> =
                faults.into_iter().filter_map(|(number, why)| Some((number?, why))).collect();
            if faults.is_empty() {
                break;
            }
            let (out, kept) = live.into_iter().partition(|set| faults.contains_key(&set.number));
            left.extend::<Vec<_>>(out);
            live = kept;
            failed.extend(faults);
        }
        Ok((live, failed))
    }

    /// Tries each set for itself, where what went wrong with all of them can be laid to none.
    fn alone(
        &self,
        live: &[ChangeSet],
        left: &[ChangeSet],
        common: &str,
    ) -> Result<BTreeMap<Option<usize>, String>, scan::Error> {
        let mut faults = BTreeMap::new();
        if live.len() > 1 {
            for (position, set) in live.iter().enumerate() {
                let mut others = left.to_vec();
                others
                    .extend(live.iter().enumerate().filter(|(other, _)| *other != position).map(|(_, it)| it.clone()));
                let own = self.faults(std::slice::from_ref(set), &others)?;
                faults.extend(own.into_values().next().map(|why| (Some(set.number), why)));
            }
        }
        if faults.is_empty() {
            faults.extend(live.iter().map(|set| (Some(set.number), common.to_owned())));
        }
        Ok(faults)
    }

    /// What is wrong when some sets are applied: by the set where it can be laid to one, else under nothing.
    fn faults(&self, live: &[ChangeSet], left: &[ChangeSet]) -> Result<BTreeMap<Option<usize>, String>, scan::Error> {
        let mut faults = BTreeMap::new();
        let versions = match self.originals.with(live) {
            Ok(versions) => versions,
            Err((path, error)) => {
                self.blame(&path, live, &format!("Its edits do not fit: {error}."), &mut faults);
                return Ok(faults);
            }
        };
        for (path, bytes) in &versions {
            let Some(original) = self.originals.get(path) else { continue };
            let before = self.mistakes(path, &original.reported, original.language, &original.bytes);
            if self.mistakes(path, &original.reported, original.language, bytes) > before {
                let (name, language) = (&original.reported, original.language.name());
                let why = format!("Rewritten, {name} would no longer be valid {language}.");
                self.blame(path, live, &why, &mut faults);
            }
        }
        if faults.is_empty() {
            self.scan_again(live, left, versions, &mut faults)?;
        }
        Ok(faults)
    }

    /// Scans what the sets touch, with the new versions over the disk.
    fn scan_again(
        &self,
        live: &[ChangeSet],
        left: &[ChangeSet],
        versions: Versions,
        faults: &mut BTreeMap<Option<usize>, String>,
    ) -> Result<(), scan::Error> {
        let touched: BTreeSet<PathBuf> = live
            .iter()
            .flat_map(|set| &set.findings)
            .map(|position| normal(Path::new(&self.findings[*position].path)))
            .chain(versions.keys().cloned())
            .collect();
        let contents = match Contents::with(versions) {
            Ok(contents) => contents,
            Err(error) => {
                faults.insert(None, format!("A file cannot be found any more: {error}."));
                return Ok(());
            }
        };
        let settings =
            scan::Settings { paths: concerned(&self.settings.paths, &touched), contents, ..self.settings.clone() };
        let again = scan(&settings, self.catalog, &Progress::default())?;
        self.compare(&again, live, left, faults);
        Ok(())
    }

    /// Whether a finding of a document is one that is left on purpose and that an edit took keys from: of the same rule and
    /// file, not found any more under its old mark, and with none but some of its keys.
    fn was_there(&self, finding: &Finding, rewritten: &BTreeSet<usize>, matched: &BTreeSet<Identity>) -> bool {
        self.findings.iter().enumerate().any(|(position, known)| {
            !rewritten.contains(&position)
                && finding.language.platform().is_none()
                && known.rule == finding.rule
                && known.path == finding.path
                && !matched.contains(&identity(known))
                && finding.details.keys.len() < known.details.keys.len()
                && finding.details.keys.iter().all(|key| known.details.keys.iter().any(|old| old.key == key.key))
        })
    }

    /// Whether a finding is the signature of a flow whose request was rewritten under the eyes of a reviewer: it stays where others
    /// may call the function that signs.
    fn still_signs(&self, finding: &Finding, rewritten: &BTreeSet<usize>) -> bool {
        let is_signature = self
            .catalog
            .rule(&finding.rule)
            .is_some_and(|rule| !rule.rule.matches.assertion.is_empty() && rule.rule.matches.assertion_field.is_none());
        is_signature
            && rewritten.iter().map(|position| &self.findings[*position]).any(|known| {
                let signed_there = |part: &&Evidence| part.role == Role::Sign && part.path == finding.path;
                known.fix.applicability == Applicability::Review && known.flow.iter().any(|part| signed_there(&part))
            })
    }

    fn compare(
        &self,
        again: &Scanned,
        live: &[ChangeSet],
        left: &[ChangeSet],
        faults: &mut BTreeMap<Option<usize>, String>,
    ) {
        let members =
            |sets: &[ChangeSet]| sets.iter().flat_map(|set| set.findings.clone()).collect::<BTreeSet<usize>>();
        let rewritten = members(live);
        let mut expected: BTreeMap<Identity, usize> = BTreeMap::new();
        for (position, finding) in self.findings.iter().enumerate() {
            // Key files go with what names them, and are never edited.
            if !rewritten.contains(&position) {
                *expected.entry(identity(finding)).or_default() += 1;
            }
        }
        let matched: BTreeSet<Identity> = again.findings.iter().map(identity).collect();
        let gone: BTreeSet<Identity> = rewritten.iter().map(|position| identity(&self.findings[*position])).collect();
        for finding in &again.findings {
            let identity = identity(finding);
            match expected.get_mut(&identity).filter(|count| **count > 0) {
                Some(count) => *count -= 1,
                // What an edit took one of its keys from is the same finding with a new mark.
                None if self.was_there(finding, &rewritten, &matched) => {}
                None if self.still_signs(finding, &rewritten) => {}
                None => {
                    let place = format!("{} at {}:{}", finding.rule, finding.path, finding.span.start.line);
                    let why = if gone.contains(&identity) {
                        format!("Rewritten, it is still found: {place}.")
                    } else {
                        format!("Rewritten, something else is found: {place}: {}.", finding.message)
                    };
                    self.blame(&identity.0, live, &why, faults);
                }
            }
        }
        let waived: BTreeSet<Identity> = members(left).iter().map(|it| identity(&self.findings[*it])).collect();
        for set in select(&again.findings, self.selection).sets {
            let found = || set.findings.iter().map(|position| &again.findings[*position]);
            if let Some(first) = found().next().filter(|_| !found().any(|it| waived.contains(&identity(it)))) {
                let place = format!("{}:{}", first.path, first.span.start.line);
                let why = format!("Rewriting once more would change it again, at {place}.");
                self.blame(&normal(Path::new(&first.path)), live, &why, faults);
            }
        }
        for error in &again.errors {
            let known = |other: &Incomplete| (&other.path, &other.reason) == (&error.path, &error.reason);
            let path = normal(Path::new(&error.path));
            if !self.errors.iter().any(|other| known(other) || normal(Path::new(&other.path)) == path) {
                let why = format!("Rewritten, {} could not be read whole: {}.", error.path, error.message);
                self.blame(&path, live, &why, faults);
            }
        }
    }

    /// Lays a fault to the sets that have to do with a file.
    fn blame(&self, path: &Path, live: &[ChangeSet], why: &str, faults: &mut BTreeMap<Option<usize>, String>) {
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let concerns = |set: &&ChangeSet| {
            let edits = self.originals.paths_of(set).iter().any(|edited| **edited == *resolved || **edited == *path);
            let finds = |position: &usize| normal(Path::new(&self.findings[*position].path)) == *path;
            edits || set.findings.iter().any(finds)
        };
        let concerned: Vec<usize> = live.iter().filter(concerns).map(|set| set.number).collect();
        match (concerned.as_slice(), live) {
            ([number], _) => faults.entry(Some(*number)),
            ([], [only]) => faults.entry(Some(only.number)),
            // Which one it is comes out when each is tried alone.
            _ => faults.entry(None),
        }
        .or_insert_with(|| why.to_owned());
    }

    /// How many places of a file are no valid code, or no valid document.
    fn mistakes(&self, path: &Path, reported: &str, language: Language, bytes: &[u8]) -> usize {
        let Ok(file) = SourceFile::decode(reported, bytes, language) else { return usize::MAX };
        let limits = &self.settings.limits;
        let code = |text: &str| {
            syntax::parse(text, language, limits).map_or(usize::MAX, |tree| syntax::syntax_errors(&tree).len())
        };
        match language.family() {
            Family::Code if language == Language::Notebook => match notebook::read(file.text()) {
                Ok(Notebook::Python(cells)) => {
                    cells.iter().map(|cell| code(&cell.text.content)).fold(0, usize::saturating_add)
                }
                Ok(Notebook::Other) => 0,
                Err(_) => usize::MAX,
            },
            Family::Code => code(file.text()),
            _ => {
                let manifest = Kind::of(path).map(|kind| Manifest::parse(kind, file.text(), limits));
                let is_broken_manifest = manifest.is_some_and(|manifest| manifest.malformed.is_some());
                let format = Format::of(language, file.text());
                let read = format.map(|format| document::read(file.text(), format, &self.catalog.conventions()));
                usize::from(is_broken_manifest) + usize::from(read.is_some_and(|read| read.error.is_some()))
            }
        }
    }
}

/// What has to be scanned again when some files change: of every path that was named, the repository of a changed file
/// where it lies inside. What a repository holds is understood from itself alone.
fn concerned(named: &[PathBuf], touched: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut paths: BTreeSet<PathBuf> = BTreeSet::new();
    for path in named {
        let absolute = normal(path);
        let resolved = absolute.canonicalize().unwrap_or_else(|_| absolute.clone());
        let roots: BTreeSet<Option<&Path>> = touched.iter().map(|file| repository_root(file)).collect();
        for root in roots {
            match root {
                Some(root) if root.starts_with(&absolute) || root.starts_with(&resolved) => {
                    paths.insert(root.to_owned());
                }
                Some(root) if !absolute.starts_with(root) && !resolved.starts_with(root) => {}
                _ => {
                    paths.insert(path.clone());
                }
            }
        }
    }
    paths.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_the_repositories_of_changed_files_are_scanned_again() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        for name in ["one/.git", "two/.git", "three/.git"] {
            fs::create_dir_all(top.join(name)).unwrap();
        }
        let touched = |names: &[&str]| names.iter().map(|name| top.join(name)).collect::<BTreeSet<_>>();
        let scanned = |named: &[&str], changed: &[&str]| {
            let named: Vec<PathBuf> = named.iter().map(|name| top.join(name)).collect();
            concerned(&named, &touched(changed))
        };
        assert_eq!(scanned(&[""], &["one/a.js", "two/src/b.js"]), [top.join("one"), top.join("two")]);
        assert_eq!(scanned(&["one/src", "two"], &["one/src/a.js"]), [top.join("one/src")]);
        assert_eq!(scanned(&["one/src/a.js"], &["one/src/a.js"]), [top.join("one/src/a.js")]);
    }
}
