//! Where an import leads: from what a file writes to a file of the same repository.
//!
//! It looks at names and manifests on disk and opens no source file. What is vendored, generated or outside the repository
//! is never an answer.

mod folders;
mod java;
mod node;
mod python;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use self::folders::Folders;
use super::imports::Wanted;
use crate::contents::Contents;
use crate::finding::{Language, Platform};
use crate::walk::{FileKinds, repository_root};

/// Where one import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    /// What the machine will ask for: the specifier of Node, the dotted path of Python, the full name of a Java class.
    pub(super) specifier: String,
    /// The file.
    pub(super) path: PathBuf,
}

/// Finds the files that imports lead to, and remembers what it has seen of folders.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    kinds: &'a FileKinds,
    contents: &'a Contents,
    /// The named folders, longest first: what has no repository has its root here.
    folders: Vec<PathBuf>,
    /// Names of packages that are libraries, as far as the rules know them.
    libraries: Vec<String>,
    disk: Folders,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Where the modules that files of a folder import may stand.
    python_bases: BTreeMap<PathBuf, Arc<Vec<PathBuf>>>,
    java_roots: BTreeMap<PathBuf, Arc<Vec<PathBuf>>>,
    listings: BTreeMap<PathBuf, Arc<Vec<String>>>,
    aliases: BTreeMap<PathBuf, Arc<node::Aliases>>,
    workspaces: BTreeMap<PathBuf, Arc<BTreeMap<String, PathBuf>>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        kinds: &'a FileKinds,
        contents: &'a Contents,
        mut folders: Vec<PathBuf>,
        libraries: Vec<String>,
    ) -> Self {
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        Self { kinds, contents, folders, libraries, disk: Folders::default(), cache: Mutex::default() }
    }

    /// The folder that imports may not lead out of: the repository, else the named folder, else the file's own.
    pub(super) fn root(&self, file: &Path) -> PathBuf {
        let named = || self.folders.iter().find(|folder| file.starts_with(folder)).cloned();
        let root = repository_root(file).map(Path::to_owned);
        match (root, named()) {
            // A repository that holds more than what was named, such as a home folder, still bounds the search.
            (Some(root), _) => root,
            (None, Some(folder)) => folder,
            (None, None) => file.parent().unwrap_or(file).to_owned(),
        }
    }

    /// Where the imports of a file lead. `text` is its source, `package` Java's.
    pub(super) fn resolve(
        &self,
        platform: Platform,
        file: &Path,
        package: &str,
        text: &str,
        wanted: &[Wanted],
    ) -> Vec<Resolved> {
        let root = self.root(file);
        let mut found = match platform {
            Platform::Node => wanted.iter().filter_map(|wanted| self.node(file, &root, &wanted.module)).collect(),
            Platform::Python => wanted.iter().flat_map(|wanted| self.python(file, &root, wanted)).collect(),
            Platform::Java => self.java(file, &root, package, text, wanted),
        };
        found.retain(|resolved: &Resolved| resolved.path != file && self.is_own(&resolved.path, &root));
        found
    }

    /// A data file that code names by its path: beside the code, or from a folder above it.
    pub(super) fn data(&self, file: &Path, written: &str) -> Option<PathBuf> {
        let relative = written.trim_start_matches("./").trim_start_matches("classpath:").trim_start_matches('/');
        if relative.is_empty()
            || relative.contains("..") && relative.split('/').filter(|step| *step == "..").count() > 4
        {
            return None;
        }
        let root = self.root(file);
        let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(&root));
        for folder in folders {
            for below in ["", "src/main/resources", "config", "conf", "resources"] {
                let path = crate::walk::normal(&folder.join(below).join(relative));
                if self.disk.is_file(&path) && self.is_own(&path, &root) {
                    return Some(path);
                }
            }
        }
        None
    }

    /// The environment files beside a file and in the folders above it.
    pub(super) fn environment_files(&self, file: &Path) -> Vec<PathBuf> {
        let root = self.root(file);
        let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(&root));
        let mut found = Vec::new();
        for folder in folders {
            for name in self.listing(folder).iter() {
                let path = folder.join(name);
                if name.contains("env")
                    && self.kinds.language_of(&path) == Some(Language::Dotenv)
                    && self.disk.is_file(&path)
                {
                    found.push(path);
                }
            }
        }
        found
    }

    /// Whether a file is the repository's own: below its root, and in no vendored or generated folder.
    fn is_own(&self, path: &Path, root: &Path) -> bool {
        let Ok(below) = path.strip_prefix(root) else { return false };
        let folders = below.parent().into_iter().flat_map(Path::components);
        !folders.into_iter().any(|component| self.kinds.is_left_out(component.as_os_str()))
    }

    /// The names in a folder.
    fn listing(&self, folder: &Path) -> Arc<Vec<String>> {
        if let Some(known) = self.cache().listings.get(folder) {
            return Arc::clone(known);
        }
        let mut names: Vec<String> = folder
            .read_dir()
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        let names = Arc::new(names);
        self.cache().listings.insert(folder.to_owned(), Arc::clone(&names));
        names
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // Every change is one insertion: a thread that panics leaves nothing half done.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
