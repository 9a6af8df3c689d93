//! Which lines have changed since a revision, what is not committed included.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::diff::{self, Hunk};
use super::revision::{self, Unresolved};
use super::{Failure, Repository, path_of};
use crate::finding::{Finding, Span};
use crate::walk::{normal, repository_root};

/// The lines that have changed in a repository.
#[derive(Debug, Default)]
pub struct Changes {
    /// The root of the repository, absolute.
    root: PathBuf,
    /// The commit that they are counted from.
    base: String,
    /// By the absolute path of the file.
    hunks: BTreeMap<PathBuf, Vec<Hunk>>,
    /// Files that git does not know yet.
    untracked: BTreeSet<PathBuf>,
}

/// Why it is not known what has changed. A gate must not guess.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// No repository.
    #[error("--changed needs a git repository, and {} lies in none", path.display())]
    #[diagnostic(help("leave it out, or take a baseline: `grantshift baseline`"))]
    NoRepository {
        /// What was to be scanned.
        path: PathBuf,
    },
    /// Nothing to count from.
    #[error("--changed: {what}")]
    #[diagnostic(help("{help}"))]
    Unresolved {
        /// What is missing.
        what: String,
        /// What to do.
        help: String,
    },
}

impl Changes {
    /// Asks git what has changed in the repository of an absolute path since it parted from a revision, or from the
    /// default branch of its remote.
    pub fn since(path: &Path, revision: Option<&str>) -> Result<Self, Error> {
        let root = repository_root(path).ok_or_else(|| Error::NoRepository { path: path.to_owned() })?;
        let repository = Repository { root };
        let base = revision::merge_base(repository, revision).map_err(Error::from)?;
        let failed = |failure| Error::from(Unresolved::Git(failure));
        // Whole paths from the root, whatever the configuration says, and text of every file, whatever its attributes say.
        let shown = [
            "diff",
            "--unified=0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--text",
            "--find-renames",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--ignore-submodules=all",
            "--output-indicator-new=+",
            "--output-indicator-old=-",
            &base,
            "--",
        ];
        let diff = repository.ask(shown).map_err(failed)?;
        let untracked = repository.ask(["ls-files", "--others", "--exclude-standard", "--full-name", "-z"]);
        let untracked = untracked.map_err(failed)?;
        Ok(Self {
            root: root.to_owned(),
            hunks: diff::hunks(&diff).into_iter().map(|(path, hunks)| (root.join(path), hunks)).collect(),
            untracked: untracked
                .split(|byte| *byte == 0)
                .filter(|path| !path.is_empty())
                .map(|path| root.join(path_of(path)))
                .collect(),
            base,
        })
    }

    /// The commit that changes are counted from, as a full hash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether any part of a finding's flow overlaps with what has changed.
    pub fn touch(&self, finding: &Finding) -> bool {
        let parts = finding.flow.iter().map(|part| (part.path.as_str(), &part.span));
        std::iter::once((finding.path.as_str(), &finding.span))
            .chain(parts)
            .any(|(path, span)| self.overlap(path, span))
    }

    fn overlap(&self, reported: &str, span: &Span) -> bool {
        let path = normal(Path::new(reported));
        // What lies in another repository, such as a submodule, was not asked for: it must not pass for unchanged.
        if repository_root(&path) != Some(self.root.as_path()) || self.untracked.contains(&path) {
            return true;
        }
        // The end is the first place after: at the beginning of a line it belongs to the line before.
        let last =
            if span.end.column == 1 && span.end.line > span.start.line { span.end.line - 1 } else { span.end.line };
        let hunks = self.hunks.get(&path);
        hunks.is_some_and(|hunks| hunks.iter().any(|hunk| hunk.meets(span.start.line, last)))
    }
}

impl From<Unresolved> for Error {
    fn from(unresolved: Unresolved) -> Self {
        let shallow = |is_shallow: bool, otherwise: &str| {
            if is_shallow {
                "the clone is shallow, and what is missing was never fetched: fetch more of it, as with `git fetch --unshallow` \
                 or fetch-depth: 0 in the checkout of the CI"
                    .to_owned()
            } else {
                otherwise.to_owned()
            }
        };
        let (what, help) = match unresolved {
            Unresolved::NoDefault { remote: None } => (
                "there is no remote whose default branch could be meant".to_owned(),
                "name a revision: --changed=REV".to_owned(),
            ),
            Unresolved::NoDefault { remote: Some(remote) } => (
                format!("which branch is the default one of `{remote}` is not known"),
                format!("name a revision, as --changed={remote}/BRANCH, or run `git remote set-head {remote} --auto`"),
            ),
            Unresolved::Unknown { revision, is_shallow } => (
                format!("there is no revision `{revision}`"),
                shallow(
                    is_shallow,
                    "`git branch --all` lists the branches; one of a remote is REMOTE/BRANCH, and has to be fetched",
                ),
            ),
            Unresolved::NoMergeBase { revision, is_shallow } => (
                format!("`{revision}` and HEAD have no commit in common"),
                shallow(is_shallow, "name a revision that HEAD comes from: --changed=REV"),
            ),
            Unresolved::NoCommit => (
                "the repository has no commit that changes could be counted from".to_owned(),
                "leave it out until there is one".to_owned(),
            ),
            Unresolved::Git(Failure::NoGit) => {
                ("there is no git to be asked".to_owned(), "install git, or leave --changed out".to_owned())
            }
            Unresolved::Git(Failure::Said(said)) => {
                (format!("git says: {said}"), "git has to be able to read the repository".to_owned())
            }
        };
        Self::Unresolved { what, help }
    }
}
