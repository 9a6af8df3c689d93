//! The paths that a user named: read from a list, made relative, and freed of what covers each other.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::exclusion::{Exclusion, LeftOut};
use super::repository::repository_root;
use super::{FileKinds, Options, WalkError, builder, unreadable};
use crate::finding::{Incomplete, Skipped};

/// Paths from a list: separated by NUL where there is a NUL in it, else one a line. Empty ones are left out.
pub fn paths_from(mut reader: impl Read) -> io::Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    let nul = memchr::memchr(0, &bytes).is_some();
    let separator = if nul { 0 } else { b'\n' };
    Ok(bytes
        .split(|&byte| byte == separator)
        .map(|path| if nul { path } else { path.strip_suffix(b"\r").unwrap_or(path) })
        .filter(|path| !path.is_empty())
        .map(path_from_bytes)
        .collect())
}

#[cfg(unix)]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A folder to walk.
#[derive(Debug)]
pub(super) struct Folder {
    /// The path to open it by.
    pub(super) open: PathBuf,
    /// The path with all links resolved.
    pub(super) canonical: PathBuf,
    /// Whether a rule from above leaves it out, and it is walked all the same.
    pub(super) freed: bool,
}

/// A file to read.
#[derive(Debug)]
pub(super) struct NamedFile {
    /// The path to open it by.
    pub(super) open: PathBuf,
    pub(super) canonical: PathBuf,
}

/// What was named, without what is covered by something else that was named.
#[derive(Debug, Default)]
pub(super) struct NamedPaths {
    pub(super) folders: Vec<Folder>,
    pub(super) files: Vec<NamedFile>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) incomplete: Vec<Incomplete>,
}

impl NamedPaths {
    pub(super) fn new(base: &Path, paths: &[PathBuf], options: Options, kinds: &FileKinds) -> Result<Self, WalkError> {
        let here = if base.as_os_str().is_empty() { Path::new(".") } else { base };
        let absolute_base =
            here.canonicalize().map_err(|source| WalkError::Base { path: here.display().to_string(), source })?;
        let mut named = Self::default();
        let mut known = HashSet::new();
        let mut folders = Vec::new();
        let mut forced = options.force_exclude.then(|| Exclusion::new(&absolute_base, options));
        for path in paths {
            let open = openable(path, base, &absolute_base);
            let resolved = std::fs::metadata(&open).and_then(|metadata| Ok((metadata, open.canonicalize()?)));
            let (metadata, canonical) = match resolved {
                Ok(resolved) => resolved,
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    return Err(WalkError::NotFound { path: path.display().to_string() });
                }
                Err(error) => {
                    named.incomplete.push(unreadable(reported(&open, base), &error));
                    continue;
                }
            };
            if !known.insert(canonical.clone()) {
                continue;
            }
            if let Some(within_base) = &mut forced {
                let outside = !canonical.starts_with(&absolute_base);
                let mut of_its_own = outside.then(|| Exclusion::new(repository_of(&canonical), options));
                let exclusion = of_its_own.as_mut().unwrap_or(within_base);
                if let Some((reason, at)) = exclusion.reason(&canonical, metadata.is_dir(), kinds) {
                    if let Some(reason) = reason.name() {
                        let at = openable(&at, base, &absolute_base);
                        named.skipped.push(Skipped { path: reported(&at, base), reason: reason.to_owned() });
                    }
                    continue;
                }
            }
            if metadata.is_dir() {
                let freed = !options.no_ignore && !options.force_exclude && is_ignored(&canonical, options);
                folders.push(Folder { open, canonical, freed });
            } else if metadata.is_file() {
                named.files.push(NamedFile { open, canonical });
            } else {
                // A pipe or a device may never end.
                let error = io::Error::new(io::ErrorKind::InvalidInput, "it is neither a file nor a folder");
                named.incomplete.push(unreadable(reported(&open, base), &error));
            }
        }
        named.folders = uncovered(folders, options, kinds);
        Ok(named)
    }

    /// Whether a reported path is one that is walked or read because it was named.
    pub(super) fn is_named(&self, path: &str, base: &Path) -> bool {
        self.folders.iter().map(|folder| &folder.open).chain(self.files.iter().map(|file| &file.open)).any(|open| {
            // Most paths differ in their ends already, and only then is one written out.
            open.file_name().is_some_and(|name| path.as_bytes().ends_with(name.as_encoded_bytes()))
                && reported(open, base) == path
        })
    }
}

/// The folders that no other folder's walk enters.
fn uncovered(mut folders: Vec<Folder>, options: Options, kinds: &FileKinds) -> Vec<Folder> {
    folders.sort_by_cached_key(|folder| (folder.canonical.components().count(), folder.canonical.clone()));
    let mut kept: Vec<(Folder, Option<Exclusion>)> = Vec::new();
    for folder in folders {
        let covered = kept.iter_mut().any(|(outer, exclusion)| {
            // Reading the rules takes a while, and most folders are named alone.
            folder.canonical.starts_with(&outer.canonical)
                && exclusion
                    .get_or_insert_with(|| {
                        let rules = builder(&outer.canonical, options, outer.freed);
                        Exclusion::with_rules(&outer.canonical, options, rules)
                    })
                    .reason(&folder.canonical, true, kinds)
                    .is_none()
        });
        if !covered {
            kept.push((folder, None));
        }
    }
    kept.into_iter().map(|(folder, _)| folder).collect()
}

/// Whether an ignore rule of a folder above leaves out a folder.
fn is_ignored(canonical: &Path, options: Options) -> bool {
    let (Some(parent), Some(name)) = (canonical.parent(), canonical.file_name()) else { return false };
    builder(parent, options, false).build_matchers().iter_mut().any(|matcher| matcher.matched(name, true).is_ignore())
}

/// The root of the repository that a path lies in, else its folder.
fn repository_of(path: &Path) -> &Path {
    path.parent().map_or(path, |folder| repository_root(folder).unwrap_or(folder))
}

/// The path that reports give for a file that is not walked but linked: relative to the working directory.
pub fn reported_path(path: &Path) -> String {
    let relative = match std::env::current_dir().and_then(|working| working.canonicalize()) {
        Ok(working) => difference(path, &working),
        Err(_) => path.to_owned(),
    };
    reported(&relative, Path::new(""))
}

/// The way from an absolute folder to an absolute path, with forward slashes.
pub fn relative_to(folder: &Path, path: &Path) -> String {
    reported(&difference(path, folder), Path::new(""))
}

/// The path to open something by: relative to the base, so that what is found below it is reported relative too.
fn openable(path: &Path, base: &Path, absolute_base: &Path) -> PathBuf {
    let relative = relative(path, base, absolute_base);
    if base.as_os_str().is_empty() { relative } else { base.join(relative) }
}

fn relative(path: &Path, base: &Path, absolute_base: &Path) -> PathBuf {
    if path.is_relative() {
        let mut plain = PathBuf::new();
        let mut climbs_back = false;
        for component in path.components().filter(|component| *component != Component::CurDir) {
            climbs_back |= component == Component::ParentDir
                && plain.components().next_back().is_some_and(|last| last != Component::ParentDir);
            plain.push(component);
        }
        if !climbs_back {
            return or_current(plain);
        }
        // `link/..` is not the folder that holds `link`: only the file system knows.
        return match base.join(path).canonicalize() {
            Ok(canonical) => difference(&canonical, absolute_base),
            Err(_) => plain,
        };
    }
    if let Ok(below) = path.strip_prefix(absolute_base)
        && below.components().all(|component| component != Component::ParentDir)
    {
        return or_current(below.to_owned());
    }
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        // The last part may be a link: it is reported by its own name.
        (Some(Ok(parent)), Some(name)) => difference(&parent.join(name), absolute_base),
        _ => path.canonicalize().map_or_else(|_| path.to_owned(), |canonical| difference(&canonical, absolute_base)),
    }
}

fn or_current(path: PathBuf) -> PathBuf {
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

/// The way from one absolute path to another; the path itself where they have nothing in common.
fn difference(path: &Path, base: &Path) -> PathBuf {
    let common = path.components().zip(base.components()).take_while(|(one, other)| one == other).count();
    if common == 0 {
        return path.to_owned();
    }
    let up = base.components().skip(common).map(|_| Component::ParentDir);
    or_current(up.chain(path.components().skip(common)).collect())
}

/// The path that reports give: relative to the base, with forward slashes and without `.`.
pub(super) fn reported(path: &Path, base: &Path) -> String {
    let relative = if base.as_os_str().is_empty() { path } else { path.strip_prefix(base).unwrap_or(path) };
    let text = relative.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    match text.strip_prefix("./") {
        Some(rest) => rest.to_owned(),
        None if text.is_empty() => ".".to_owned(),
        None => text,
    }
}

impl LeftOut {
    /// The reason that reports give; what an ignore rule leaves out is not reported.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::VersionControl | Self::Ignored => None,
            Self::Vendored => Some("vendored"),
            Self::Generated => Some("generated"),
            Self::Hidden => Some("hidden"),
            Self::Minified => Some("minified"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_at_lines_or_at_nul() {
        let paths = |bytes: &[u8]| paths_from(bytes).unwrap();
        assert_eq!(paths(b"a.js\r\nb c.js\n\n"), [Path::new("a.js"), Path::new("b c.js")]);
        assert_eq!(paths(b"a\nb.js\0c.js\0"), [Path::new("a\nb.js"), Path::new("c.js")]);
        assert!(paths(b"").is_empty());
    }

    #[test]
    fn paths_are_written_relative_and_plain() {
        let base = Path::new("/base/dir");
        for (path, expected) in [
            ("./a//b/./c.js", "a/b/c.js"),
            (".", "."),
            ("../x/a.js", "../x/a.js"),
            ("/base/dir/a.js", "a.js"),
            ("/base/dir", "."),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(""), base), Path::new(expected), "{path}");
        }
        assert_eq!(difference(Path::new("/base/other/a.js"), base), Path::new("../other/a.js"));
        assert_eq!(reported(Path::new("./a/b.js"), Path::new("")), "a/b.js");
        assert_eq!(reported(Path::new("/base/dir/../b.js"), base), "../b.js");
    }
}
