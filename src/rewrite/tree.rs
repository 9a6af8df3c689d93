//! The files of the scanned repositories that name something of what is rewritten, and what they hold once it is.
//!
//! It walks as the scan does and keeps only files in which a word stands that somebody asks for. It knows no format.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;

use crate::finding::{Edit, Family, Finding, Language};
use crate::rewrite::edits::Edits;
use crate::rules::Catalog;
use crate::scan::Settings;
use crate::source::{self, SourceFile};
use crate::walk::{FileKinds, Walk, normal, reported_path, repository_root};

/// A file that was kept.
#[derive(Debug)]
pub(super) struct Kept {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its language.
    pub(super) language: Language,
    /// Whether it is test code.
    pub(super) is_test: bool,
    /// Whether it is one of those that the user named, or lies below one.
    pub(super) is_named: bool,
    /// Its text.
    pub(super) file: SourceFile,
    bytes: Vec<u8>,
}

/// The files that were kept, by their paths.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) files: Vec<Kept>,
}

/// The edits of everything that is rewritten, by where the files are.
pub(super) type Planned = BTreeMap<PathBuf, Vec<Edit>>;

/// The edits of findings.
pub(super) fn planned<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Planned {
    let mut planned = Planned::new();
    for edit in findings.into_iter().flat_map(|finding| &finding.fix.edits) {
        planned.entry(normal(Path::new(&edit.path))).or_default().push(edit.clone());
    }
    planned
}

impl Tree {
    /// Keeps what is wanted below some folders, which may depend on whether one of some words stands in it.
    pub(super) fn read(
        settings: &Settings,
        catalog: &Catalog,
        roots: &BTreeSet<PathBuf>,
        words: &BTreeSet<String>,
        wants: impl Fn(Language, &Path, bool) -> bool + Sync,
    ) -> Self {
        let named = named(settings);
        let is_named = |path: &Path| named.iter().any(|folder| path.starts_with(folder));
        let topmost: Vec<PathBuf> = roots
            .iter()
            .filter(|folder| !roots.iter().any(|other| other != *folder && folder.starts_with(other)))
            .cloned()
            .collect();
        let Ok(kinds) = FileKinds::new(catalog.files()).map(Arc::new) else { return Self::default() };
        let Ok(walk) = Walk::new(&topmost, settings.walk, Arc::clone(&kinds)) else { return Self::default() };
        let finders: Vec<memmem::Finder<'_>> = words.iter().map(|word| memmem::Finder::new(word.as_bytes())).collect();
        let kept: Mutex<Vec<Kept>> = Mutex::default();
        walk.run(settings.threads, || {
            |found| {
                let path = normal(found.path);
                if found.language.family() == Family::Key || kinds.is_lock(&path) {
                    return;
                }
                let contents = &settings.contents;
                let size = contents.size(&path).unwrap_or_default();
                if usize::try_from(size).map_or(true, |size| settings.limits.check_size(size).is_err()) {
                    return;
                }
                let Ok(bytes) = contents.read(&path) else { return };
                let decoded = source::decode_for_search(&bytes);
                let text = decoded.as_deref().unwrap_or(&bytes);
                let holds = finders.iter().any(|finder| finder.find(text).is_some());
                if !wants(found.language, &path, holds) {
                    return;
                }
                let Ok(file) = SourceFile::decode(reported_path(&path), &bytes, found.language) else { return };
                let root = root_of(&path, &named);
                let below = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let kept_file = Kept {
                    is_test: kinds.is_test(&below),
                    is_named: is_named(&path),
                    language: found.language,
                    bytes: bytes.to_vec(),
                    file,
                    path,
                };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(kept_file);
            }
        });
        let mut files = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files.dedup_by(|one, other| one.path == other.path);
        Self { files }
    }

    /// Files of code, in languages that are not read too.
    pub(super) fn code<'a>(&'a self, kinds: &'a FileKinds) -> impl Iterator<Item = &'a Kept> {
        self.files.iter().filter(|kept| {
            kept.language.family() == Family::Code
                || (kept.language == Language::Other && kinds.is_uncovered(&kept.path))
        })
    }
}

impl Kept {
    /// The text once edits are made; what stands there now where they do not fit.
    pub(super) fn after(&self, planned: &Planned) -> String {
        let now = || self.file.text().to_owned();
        let Some(edits) = planned.get(&self.path) else { return now() };
        let edited = Edits::new(edits).and_then(|edits| edits.apply(&self.bytes, self.file.encoding()));
        let Ok(edited) = edited else { return now() };
        SourceFile::decode(self.file.path(), &edited, self.language)
            .map_or_else(|_| now(), |file| file.text().to_owned())
    }
}

fn named(settings: &Settings) -> Vec<PathBuf> {
    settings.paths.iter().map(|path| normal(path)).collect()
}

/// The folders that are looked through: those that were named. Where single files are named, the rest of their repository
/// says what they mean.
pub(super) fn roots(settings: &Settings) -> BTreeSet<PathBuf> {
    let roots = named(settings).into_iter().map(|path| if path.is_dir() { path } else { root_of(&path, &[]) });
    roots.collect()
}

/// The root of the repository that a path lies in, else the named folder, else its own folder.
pub(super) fn root_of(path: &Path, named: &[PathBuf]) -> PathBuf {
    let folder = || path.parent().unwrap_or(path).to_owned();
    let within = || named.iter().filter(|folder| folder.is_dir() && path.starts_with(folder)).min().cloned();
    repository_root(path).map(Path::to_owned).or_else(within).unwrap_or_else(folder)
}

/// Whether a word stands in a text by itself.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + word.len()..].chars().next()))
}
