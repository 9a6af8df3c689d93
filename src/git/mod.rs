//! Questions to git: which files hold what is not committed, and which lines have changed since a revision.
//!
//! It asks the program `git`, in a way that runs nothing which a repository names, takes no lock and does not depend on
//! the variables of a hook that calls it. It changes nothing, and knows nothing of findings but their places.

mod changes;
mod diff;
mod revision;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use changes::{Changes, Error};

/// A repository on the disk.
#[derive(Debug, Clone, Copy)]
pub struct Repository<'a> {
    /// The root of its work tree, absolute.
    pub root: &'a Path,
}

/// Why git gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// There is no git.
    NoGit,
    /// It refused, with these words.
    Said(String),
}

impl Repository<'_> {
    /// Asks git something, and gives what it prints.
    pub fn ask<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root);
        // The configuration of a repository may name programs to run, and how paths are written.
        command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null"]);
        command.args(arguments).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        // What calls this, such as a hook, may have set them for another repository.
        for variable in
            ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"]
        {
            command.env_remove(variable);
        }
        let output = match command.stdin(Stdio::null()).output() {
            Ok(output) => output,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Failure::NoGit),
            Err(error) => return Err(Failure::Said(error.to_string())),
        };
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(Failure::Said(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")))
    }

    /// The first line of an answer; nothing where git refuses.
    fn line(self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        match self.ask(arguments) {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output);
                Ok(text.lines().next().map(str::to_owned).filter(|line| !line.is_empty()))
            }
            Err(Failure::Said(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// A path as git prints it.
#[cfg(unix)]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git prints it.
#[cfg(not(unix))]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
