//! Which files of a package mention what a file hands out: searched by name on raw bytes, before any parse.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use ignore::WalkBuilder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::imports::DATA;
use crate::contents::Contents;
use crate::finding::Platform;
use crate::walk::FileKinds;

/// How many files are searched at least, if there are as many.
const LEAST_FILES: usize = 2_000;

/// What part of the files that the scan has read may be searched a second time: one in so many.
const ONE_IN: usize = 50;

/// How many files that mention a name are looked into.
const MOST_HITS: usize = 300;

/// How large a file may be.
const MOST_BYTES: u64 = 512 << 10;

/// Names of manifests: the folder that holds one is a package.
const MANIFESTS: [&str; 10] = [
    "package.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "Pipfile",
    "tsconfig.json",
];

/// Searches packages for names, and keeps account of how much it may still read.
#[derive(Debug)]
pub(super) struct Mentions<'a> {
    kinds: &'a FileKinds,
    contents: &'a Contents,
    left: usize,
    ran_out: BTreeSet<PathBuf>,
}

impl<'a> Mentions<'a> {
    /// `seen` is how many files the scan has read.
    pub(super) fn new(kinds: &'a FileKinds, contents: &'a Contents, seen: usize) -> Self {
        Self { kinds, contents, left: LEAST_FILES.max(seen / ONE_IN), ran_out: BTreeSet::new() }
    }

    /// What the user should know.
    pub(super) fn notices(&self) -> Vec<String> {
        let notice = |root: &PathBuf| {
            format!(
                "{}: who uses what was found was looked for in the nearest files only; scan the packages one by one to \
                 have all of them searched",
                root.display()
            )
        };
        self.ran_out.iter().map(notice).collect()
    }

    /// The files below a root that mention one of the given files by the name that an import would use, or one of the
    /// keys of a configuration.
    pub(super) fn search(
        &mut self,
        platform: Platform,
        root: &Path,
        handing: &[&Path],
        keys: &[String],
    ) -> Vec<PathBuf> {
        let names = handing.iter().flat_map(|path| import_names(self.contents, platform, path, root));
        let names: BTreeSet<String> = names.chain(keys.iter().cloned()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let names: Vec<&String> = names.iter().collect();
        let Ok(searcher) = AhoCorasick::new(&names) else { return Vec::new() };
        let mut packages: Vec<PathBuf> = handing.iter().map(|path| package(path, root)).collect();
        packages.push(root.to_owned());
        packages.dedup();
        let mut searched: Vec<PathBuf> = Vec::new();
        let mut known = BTreeSet::new();
        let (kinds, contents) = (self.kinds, self.contents);
        'packages: for package in packages {
            for path in files(kinds, platform, &package) {
                if known.insert(path.clone()) {
                    if self.left == 0 {
                        self.ran_out.insert(root.to_owned());
                        break 'packages;
                    }
                    self.left -= 1;
                    searched.push(path);
                }
            }
        }
        let mut hits: Vec<PathBuf> =
            searched.par_iter().filter(|path| mentions(contents, path, &searcher, &names)).cloned().collect();
        hits.truncate(MOST_HITS);
        hits
    }
}

/// The code files below a folder, in the order of their names.
fn files<'kinds>(
    kinds: &'kinds FileKinds,
    platform: Platform,
    folder: &Path,
) -> impl Iterator<Item = PathBuf> + use<'kinds> {
    let mut builder = WalkBuilder::new(folder);
    builder.hidden(true).follow_links(false).require_git(false).sort_by_file_name(std::ffi::OsStr::cmp);
    let walk = builder.build().filter_map(Result::ok);
    let root = folder.to_owned();
    walk.filter(move |entry| entry.file_type().is_some_and(|kind| kind.is_file())).filter_map(move |entry| {
        let path = entry.into_path();
        let below = path.strip_prefix(&root).ok()?;
        let left_out = below.parent()?.components().any(|component| kinds.is_left_out(component.as_os_str()));
        let language = kinds.code_language(path.file_name()?)?;
        (!left_out && language.platform() == Some(platform)).then_some(path)
    })
}

/// The names by which imports speak of a file: its own, and in Node that of its package.
fn import_names(contents: &Contents, platform: Platform, path: &Path, root: &Path) -> Vec<String> {
    let package = (platform == Platform::Node).then(|| package_name(contents, path, root)).flatten();
    import_name(platform, path).into_iter().chain(package).collect()
}

/// The name of the package of Node that a file lies in.
fn package_name(contents: &Contents, path: &Path, root: &Path) -> Option<String> {
    let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let manifest = folders.map(|folder| folder.join("package.json")).find(|manifest| manifest.is_file())?;
    if contents.size(&manifest).map_or(true, |size| size > MOST_BYTES) {
        return None;
    }
    let manifest: serde_json::Value = serde_json::from_slice(&contents.read(&manifest).ok()?).ok()?;
    manifest.get("name")?.as_str().map(str::to_owned)
}

/// The name by which an import speaks of a file: its stem, or its folder's where the file stands for the folder. A data
/// file is named in full.
fn import_name(platform: Platform, path: &Path) -> Option<String> {
    if DATA.iter().any(|end| path.extension().is_some_and(|extension| extension == end.trim_start_matches('.'))) {
        return path.file_name()?.to_str().map(str::to_owned);
    }
    let stem = path.file_stem()?.to_str()?;
    let stands_for_folder = match platform {
        Platform::Node => stem == "index",
        Platform::Python => stem == "__init__",
        Platform::Java => false,
    };
    let name = if stands_for_folder { path.parent()?.file_name()?.to_str()? } else { stem };
    // `auth.service.d.ts`, `config.default.js`: an import leaves the last extension out only.
    (name.len() > 1).then(|| name.to_owned())
}

/// The nearest folder above a file that has a manifest, or the root.
pub(super) fn package(path: &Path, root: &Path) -> PathBuf {
    let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let found = folders.into_iter().find(|folder| MANIFESTS.iter().any(|name| folder.join(name).is_file()));
    found.unwrap_or(root).to_owned()
}

/// Whether a file holds one of the names as a word of its own.
fn mentions(contents: &Contents, path: &Path, searcher: &AhoCorasick, names: &[&String]) -> bool {
    if contents.size(path).map_or(true, |size| size > MOST_BYTES) {
        return false;
    }
    let Ok(bytes) = contents.read(path) else { return false };
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    searcher.find_iter(&bytes).any(|found| {
        let end = found.start() + names[found.pattern().as_usize()].len();
        let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
        !is_word(before) && !is_word(bytes.get(end))
    })
}
