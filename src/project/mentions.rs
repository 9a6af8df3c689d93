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
        // A key is looked up in any way; a file of code is imported.
        let is_imported = |name: &String| !keys.contains(name) && !is_data(Path::new(name));
        let names: Vec<(&String, bool)> = names.iter().map(|name| (name, is_imported(name))).collect();
        let Ok(searcher) = AhoCorasick::new(names.iter().map(|(name, _)| name)) else { return Vec::new() };
        let names = Names { contents: self.contents, platform, searcher, names };
        let mut packages: Vec<PathBuf> = handing.iter().map(|path| package(path, root)).collect();
        packages.push(root.to_owned());
        packages.dedup();
        let mut searched: Vec<PathBuf> = Vec::new();
        let mut known = BTreeSet::new();
        let kinds = self.kinds;
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
        let mut hits: Vec<PathBuf> = searched.par_iter().filter(|path| names.are_mentioned_in(path)).cloned().collect();
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
    if is_data(path) {
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

/// Whether a path is that of a data file.
fn is_data(path: &Path) -> bool {
    DATA.iter().any(|end| path.extension().is_some_and(|extension| extension == end.trim_start_matches('.')))
}

/// What files are searched for.
struct Names<'a> {
    contents: &'a Contents,
    platform: Platform,
    searcher: AhoCorasick,
    /// Each with whether it has to stand where something is imported.
    names: Vec<(&'a String, bool)>,
}

impl Names<'_> {
    /// Whether a file holds one of the names as a word of its own, and where an import would have it. Many a name is an
    /// ordinary word, and what is found here is parsed.
    fn are_mentioned_in(&self, path: &Path) -> bool {
        if self.contents.size(path).map_or(true, |size| size > MOST_BYTES) {
            return false;
        }
        let Ok(bytes) = self.contents.read(path) else { return false };
        let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        self.searcher.find_iter(&bytes).any(|found| {
            let (name, is_imported) = self.names[found.pattern().as_usize()];
            let end = found.start() + name.len();
            let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
            !is_word(before)
                && !is_word(bytes.get(end))
                && (!is_imported || may_import(self.platform, &bytes, found.start(), end))
        })
    }
}

/// Whether a name at a place of a text may be a part of an import. It is generous: no import may escape.
fn may_import(platform: Platform, text: &[u8], start: usize, end: usize) -> bool {
    match platform {
        // Classes of one package need no import.
        Platform::Java => true,
        Platform::Node => is_in_specifier(text, start, end),
        Platform::Python => is_in_import(text, start) || is_in_specifier(text, start, end),
    }
}

/// Whether the quotes of a path stand around a place.
fn is_in_specifier(text: &[u8], start: usize, end: usize) -> bool {
    let is_quote = |byte: &u8| matches!(byte, b'\'' | b'"' | b'`');
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/@~$#:+\\".contains(byte) || !byte.is_ascii();
    let before = text[..start].iter().rev().find(|byte| !is_path(byte));
    let behind = text[end..].iter().find(|byte| !is_path(byte));
    // A template may compute what stands before the name.
    before.is_some_and(|byte| is_quote(byte) || *byte == b'}') && behind.is_some_and(is_quote)
}

/// Whether a place of Python belongs to an `import` or `from` statement, however many lines it has.
fn is_in_import(text: &[u8], start: usize) -> bool {
    let mut line_start = text[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    // Lines that a backslash goes on with are one.
    while text[..line_start].trim_ascii_end().ends_with(b"\\") {
        let end = text[..line_start].trim_ascii_end().len();
        line_start = text[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    }
    let before = &text[line_start..start];
    let has = |word: &[u8]| before.windows(word.len()).any(|window| window == word);
    if has(b"import") || has(b"from") {
        return true;
    }
    // A list in parentheses ends where a line begins with anything but white space, a comment or the parenthesis.
    let mut lines = text[..line_start].split(|byte| *byte == b'\n').rev().skip(1);
    let opening =
        lines.find(|line| !matches!(line.first(), None | Some(b' ' | b'\t' | b'\r' | b'#')) || opens_list(line));
    opening.is_some_and(opens_list)
}

/// Whether a line of Python begins the list of what is imported.
fn opens_list(line: &[u8]) -> bool {
    let code = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii_end();
    code.iter()
        .rposition(|byte| *byte == b'(')
        .is_some_and(|at| code[..at].trim_ascii_end().ends_with(b"import") && !code[at..].contains(&b')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(platform: Platform, text: &str, name: &str) -> bool {
        let start = text.find(name).unwrap();
        may_import(platform, text.as_bytes(), start, start + name.len())
    }

    #[test]
    fn imports_of_python_are_seen_over_several_lines() {
        for text in [
            "from . import ims",
            "import app.ims as other",
            "try: import ims",
            "from app import (\n    settings,  # (all)\n    ims,  # here\n)",
            "def f():\n    from app import (  # what is needed\n        ims,\n    )",
            "from app import settings, \\\n    ims",
            "importlib.import_module('app.ims')",
        ] {
            assert!(may(Platform::Python, text, "ims"), "{text}");
        }
        for text in ["from app import (a)\nims = 1", "print(ims)", "'the ims is here'"] {
            assert!(!may(Platform::Python, text, "ims"), "{text}");
        }
    }

    #[test]
    fn imports_of_node_stand_in_quotes() {
        for text in ["require('./lib/ims')", "import a from \"../ims.js\"", "import(`${base}/ims`)", "'@company/ims'"] {
            assert!(may(Platform::Node, text, "ims"), "{text}");
        }
        for text in ["const ims = 1", "'the ims is here'", "// see ims"] {
            assert!(!may(Platform::Node, text, "ims"), "{text}");
        }
    }
}
