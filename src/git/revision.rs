//! What changes are counted from.

use super::{Failure, Repository};

/// Why there is nothing to count from. The words are for whoever typed the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The default branch of the remote is not known.
    NoDefault { remote: Option<String> },
    /// No such revision.
    Unknown { revision: String, is_shallow: bool },
    /// The revision and the head have nothing in common.
    NoMergeBase { revision: String, is_shallow: bool },
    /// The repository has no commit yet.
    NoCommit,
    /// Git gave no answer.
    Git(Failure),
}

impl From<Failure> for Unresolved {
    fn from(failure: Failure) -> Self {
        Self::Git(failure)
    }
}

/// The commit that changes are counted from: where the revision, or the remote's default branch, and the head part.
pub(super) fn merge_base(repository: Repository<'_>, revision: Option<&str>) -> Result<String, Unresolved> {
    // What git has against the repository as a whole, such as another owner, is no missing commit.
    repository.ask(["rev-parse", "--git-dir"])?;
    if repository.line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?.is_none() {
        return Err(Unresolved::NoCommit);
    }
    let revision = match revision {
        Some(revision) => revision.to_owned(),
        None => default_branch(repository)?,
    };
    let is_shallow = || -> Result<bool, Failure> {
        Ok(repository.line(&["rev-parse", "--is-shallow-repository"])?.is_some_and(|answer| answer == "true"))
    };
    let commit = format!("{revision}^{{commit}}");
    let resolved = repository.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
    let Some(resolved) = resolved else {
        return Err(Unresolved::Unknown { revision, is_shallow: is_shallow()? });
    };
    match repository.line(&["merge-base", &resolved, "HEAD"])? {
        Some(base) => Ok(base),
        None => Err(Unresolved::NoMergeBase { revision, is_shallow: is_shallow()? }),
    }
}

/// The default branch of the remote: of `origin`, or of the only one there is.
fn default_branch(repository: Repository<'_>) -> Result<String, Unresolved> {
    let remotes = repository.ask(["remote"])?;
    let remotes = String::from_utf8_lossy(&remotes).lines().map(str::to_owned).collect::<Vec<_>>();
    let remote = match remotes.as_slice() {
        [only] => only.clone(),
        _ if remotes.iter().any(|remote| remote == "origin") => "origin".to_owned(),
        _ => return Err(Unresolved::NoDefault { remote: None }),
    };
    let head = format!("refs/remotes/{remote}/HEAD");
    if let Some(branch) = repository.line(&["symbolic-ref", "--quiet", &head])? {
        return Ok(branch);
    }
    // Clones of CI systems leave it out. Two names are so common that one of them alone leaves no doubt.
    let mut branches = Vec::new();
    for name in ["main", "master"] {
        let branch = format!("refs/remotes/{remote}/{name}");
        if repository.line(&["rev-parse", "--verify", "--quiet", &branch])?.is_some() {
            branches.push(branch);
        }
    }
    match <[String; 1]>::try_from(branches) {
        Ok([branch]) => Ok(branch),
        Err(_) => Err(Unresolved::NoDefault { remote: Some(remote) }),
    }
}
