//! Where things are that nobody named: the configuration and the baseline above the scanned paths, and what paths are relative to.

use std::path::{Path, PathBuf};

use crate::config;
use crate::gate::baseline;
use crate::report::Base;
use crate::walk;

/// Where a baseline is looked for that nobody named, the first place first.
pub(super) fn baseline_places(config: Option<&Path>, paths: &[PathBuf]) -> Vec<PathBuf> {
    let beside = config.map(|config| config.parent().unwrap_or(Path::new("")).to_owned());
    let ancestor = ancestor(paths);
    let root = ancestor.as_deref().and_then(walk::repository_root).map(Path::to_owned);
    let folders = [beside, root, Some(PathBuf::new())].into_iter().flatten();
    folders.map(|folder| folder.join(baseline::NAME)).collect()
}

/// The configuration file above the paths: in the folder that holds them all or one around it, up to the root of its git
/// repository.
pub(super) fn found(paths: &[PathBuf]) -> Option<PathBuf> {
    let ancestor = ancestor(paths)?;
    let root = walk::repository_root(&ancestor).map(Path::to_owned);
    let folders = ancestor.ancestors().take_while(|folder| root.as_ref().is_none_or(|root| folder.starts_with(root)));
    folders.map(|folder| folder.join(config::NAME)).find(|file| file.is_file())
}

/// What paths in the formats of other programs are relative to: the git repository that all scanned paths lie in.
pub(super) fn base(paths: &[PathBuf]) -> Base {
    let (Ok(working), Some(ancestor)) = (std::env::current_dir(), ancestor(paths)) else { return Base::default() };
    match walk::repository_root(&ancestor) {
        Some(root) => Base::new(&working, root),
        None => Base::default(),
    }
}

/// What tells the analysis of one folder of a repository from that of another: the folder, relative to the root. Nothing for the
/// whole repository, and for files or several folders, which may be others in the next run.
pub(super) fn category(paths: &[PathBuf]) -> String {
    let (Ok(working), [path]) = (std::env::current_dir(), paths) else { return String::new() };
    let folder = walk::normal(&working.join(path));
    let relative = walk::repository_root(&folder).and_then(|root| folder.strip_prefix(root).ok());
    let names = relative.filter(|_| folder.is_dir()).into_iter().flat_map(Path::components);
    names.map(|name| name.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The innermost folder or file that all paths lie in; the working directory where there are none.
pub(super) fn ancestor(paths: &[PathBuf]) -> Option<PathBuf> {
    let working = std::env::current_dir().ok()?;
    let mut common: Option<PathBuf> = None;
    for path in paths.iter().map(|path| walk::normal(&working.join(path))) {
        common = Some(match common {
            None => path,
            Some(known) => known.ancestors().find(|known| path.starts_with(known)).unwrap_or(&working).to_owned(),
        });
    }
    Some(common.unwrap_or(working))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_the_repository_of_the_scanned_paths() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repo/.git")).unwrap();
        let path = |name: &str| folder.path().join(name);
        let working = std::env::current_dir().unwrap();
        let expected = Base::new(&working, &path("repo"));
        assert_eq!(base(&[path("repo/src/a.js"), path("repo/lib")]), expected);
        assert_eq!(base(&[path("repo")]), expected);
        assert_ne!(base(&[path("repo/src"), path("other")]), expected);
    }

    #[test]
    fn the_configuration_is_found_above_what_all_paths_share() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for made in ["repo/.git", "repo/a/src", "repo/b/src"] {
            std::fs::create_dir_all(path(made)).unwrap();
        }
        for made in ["grantshift.toml", "repo/a/grantshift.toml", "repo/a/src/x.js"] {
            std::fs::write(path(made), "").unwrap();
        }
        // Never one outside of the repository.
        assert_eq!(found(&[path("repo/b/src")]), None);
        let of_a = Some(path("repo/a/grantshift.toml"));
        assert_eq!(found(&[path("repo/a/src")]), of_a);
        assert_eq!(found(&[path("repo/a/src/x.js")]), of_a);
        assert_eq!(found(&[path("repo/a/src"), path("repo/b")]), None);
        std::fs::write(path("repo/grantshift.toml"), "").unwrap();
        assert_eq!(found(&[path("repo/a/src"), path("repo/b")]), Some(path("repo/grantshift.toml")));
    }
}
