//! Whether git could bring a file back: what is not committed is not overwritten unasked.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::git::{Failure, Repository, path_of};
use crate::walk::repository_root;

/// What git says of files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Files with changes that are not committed, or that git does not know.
    pub dirty: BTreeSet<PathBuf>,
    /// Files that could not be looked up, since they are in no repository.
    pub outside: BTreeSet<PathBuf>,
    /// Whether there is no git that could be asked.
    pub no_git: bool,
}

/// Why git gave no answer. The user can ask it the same.
#[derive(Debug, Error)]
#[error("`git status` in {} failed: {message}", repository.display())]
pub struct Error {
    /// Where it was asked.
    pub repository: PathBuf,
    /// What it said.
    pub message: String,
}

/// Asks git about files; they are absolute and resolved.
pub fn status<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Status, Error> {
    let mut by_repository: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    let mut status = Status::default();
    for file in files {
        match repository_root(file) {
            Some(root) => by_repository.entry(root).or_default().push(file),
            None => {
                status.outside.insert(file.to_owned());
            }
        }
    }
    for (root, files) in by_repository {
        match ask(root, &files) {
            Ok(dirty) => status.dirty.extend(dirty),
            Err(Failure::NoGit) => status.no_git = true,
            Err(Failure::Said(message)) => return Err(Error { repository: root.to_owned(), message }),
        }
    }
    Ok(status)
}

fn ask(root: &Path, files: &[&Path]) -> Result<Vec<PathBuf>, Failure> {
    let question = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--"].map(OsString::from);
    let literal = files.iter().map(|file| {
        let below = file.strip_prefix(root).unwrap_or(file);
        let mut path = OsString::from(":(top,literal)");
        path.push(below);
        path
    });
    let answer = Repository { root }.ask(question.into_iter().chain(literal))?;
    Ok(dirty(&answer).into_iter().map(|path| root.join(path)).collect())
}

/// The paths of a status: each entry is two letters, a blank and a path; what was renamed has a second one.
fn dirty(output: &[u8]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let mut entries = output.split(|byte| *byte == 0).filter(|entry| entry.len() > 3);
    while let Some(entry) = entries.next() {
        paths.push(path_of(&entry[3..]));
        if matches!(entry[0], b'R' | b'C') {
            entries.next();
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn what_is_not_committed_is_dirty() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        git(&root, &["init", "-q"]);
        let path = |name: &str| root.join(name);
        fs::create_dir(path("src")).unwrap();
        fs::write(path(".gitignore"), ".env\n").unwrap();
        for name in ["clean.js", "src/changed [1].js", "staged.js", ".env"] {
            fs::write(path(name), "1").unwrap();
        }
        git(&root, &["add", "."]);
        git(&root, &["commit", "-qm", "x"]);
        fs::write(path("src/changed [1].js"), "2").unwrap();
        fs::write(path("staged.js"), "2").unwrap();
        git(&root, &["add", "staged.js"]);
        fs::write(path("src/new.js"), "1").unwrap();
        let names = ["clean.js", "src/changed [1].js", "staged.js", "src/new.js", ".env"];
        let files: Vec<PathBuf> = names.into_iter().map(path).collect();
        let status = status(files.iter().map(PathBuf::as_path)).unwrap();
        let expected: BTreeSet<PathBuf> =
            ["src/changed [1].js", "staged.js", "src/new.js"].into_iter().map(path).collect();
        assert_eq!(status, Status { dirty: expected, ..Status::default() });
    }

    #[test]
    fn a_file_in_no_repository_is_said_to_be_outside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().canonicalize().unwrap().join("a.js");
        fs::write(&file, "1").unwrap();
        if repository_root(&file).is_none() {
            assert_eq!(status([file.as_path()]).unwrap().outside, BTreeSet::from([file]));
        }
    }

    #[test]
    fn a_renamed_file_has_two_paths_in_the_answer() {
        assert_eq!(dirty(b"R  b.js\0a.js\0?? c.js\0"), [PathBuf::from("b.js"), PathBuf::from("c.js")]);
        assert!(dirty(b"").is_empty());
    }
}
