//! Whether a walk from a folder would come by a certain path: the rules of the walk, asked for one path.

use std::path::{Path, PathBuf};

use ignore::{IncrementalIgnore, WalkBuilder};

use super::kinds::Folder;
use super::sieve::is_source_package;
use super::{FileKinds, Options, builder};

/// Why a path is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    VersionControl,
    Ignored,
    Vendored,
    Generated,
    Hidden,
    Minified,
}

/// The rules that a walk from one folder follows.
#[derive(Debug)]
pub(super) struct Exclusion {
    root: PathBuf,
    options: Options,
    matchers: Vec<IncrementalIgnore>,
}

impl Exclusion {
    /// The rules of a walk from `root`, a path with all links resolved.
    pub(super) fn new(root: &Path, options: Options) -> Self {
        Self::with_rules(root, options, builder(root, options, false))
    }

    pub(super) fn with_rules(root: &Path, options: Options, rules: WalkBuilder) -> Self {
        Self { root: root.to_owned(), options, matchers: rules.build_matchers() }
    }

    /// Why a path below the root is left out, and which part of the path is.
    pub(super) fn reason(&mut self, path: &Path, is_folder: bool, kinds: &FileKinds) -> Option<(LeftOut, PathBuf)> {
        let below = path.strip_prefix(&self.root).ok()?;
        let mut relative = PathBuf::new();
        let mut components = below.components().peekable();
        while let Some(component) = components.next() {
            relative.push(component);
            let name = component.as_os_str();
            let folder = is_folder || components.peek().is_some();
            if self.matchers.iter_mut().any(|matcher| matcher.matched(&relative, folder).is_ignore()) {
                return Some((LeftOut::Ignored, self.root.join(relative)));
            }
            let reason = match kinds.folder(name).filter(|_| folder) {
                Some(Folder::VersionControl) => Some(LeftOut::VersionControl),
                Some(kind) if !self.options.no_ignore && !is_source_package(&self.root.join(&relative)) => {
                    Some(if kind == Folder::Vendored { LeftOut::Vendored } else { LeftOut::Generated })
                }
                _ if !self.options.hidden && kinds.is_hidden(name) => Some(LeftOut::Hidden),
                _ if !folder && !self.options.no_ignore && kinds.is_minified(name) => Some(LeftOut::Minified),
                _ => None,
            };
            if let Some(reason) = reason {
                return Some((reason, self.root.join(relative)));
            }
        }
        None
    }
}
