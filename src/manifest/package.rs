//! Which package a file belongs to, and which packages are built together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

use super::{Kind, Manifest, conda, gradle};
use crate::finding::Platform;
use crate::syntax::Limits;

/// How deep below its root the members of a workspace are looked for.
const DEEPEST_MEMBER: usize = 6;

/// How many folders are looked at for them.
const MOST_FOLDERS: usize = 20_000;

/// A folder with manifests of one platform: the code in it and below it, as far as no other package does, is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The folder.
    pub folder: PathBuf,
    /// The platform of its code.
    pub platform: Platform,
    /// Its manifests, sorted.
    pub manifests: Vec<PathBuf>,
}

/// Packages that are built together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The folder that joins them.
    pub root: PathBuf,
    /// The folders of the packages, sorted; the root is not among them unless it is named.
    pub members: Vec<PathBuf>,
}

/// The packages that a file may have its dependencies from, nearest first: the folders above it, up to `root`, that hold a
/// manifest of the platform. The first is the package that it belongs to. `path` lies below `root`, both written alike.
pub fn packages_of(path: &Path, root: &Path, platform: Platform) -> Vec<Package> {
    let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    folders.filter_map(|folder| package_in(folder, platform)).collect()
}

/// The package that a file belongs to: the nearest of [`packages_of`].
pub fn package_of(path: &Path, root: &Path, platform: Platform) -> Option<Package> {
    let mut folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    folders.find_map(|folder| package_in(folder, platform))
}

/// The package of a platform that a folder holds, if it does.
fn package_in(folder: &Path, platform: Platform) -> Option<Package> {
    let mut manifests = manifests_in(folder, platform).ok()?;
    if platform == Platform::Python {
        // `requirements/base.txt`
        manifests.extend(manifests_in(&folder.join("requirements"), platform).unwrap_or_default());
    } else if platform == Platform::Java {
        // The version catalog, and scripts that builds take in.
        manifests.extend(manifests_in(&folder.join("gradle"), platform).unwrap_or_default());
    }
    manifests.sort();
    (!manifests.is_empty()).then(|| Package { folder: folder.to_owned(), platform, manifests })
}

fn manifests_in(folder: &Path, platform: Platform) -> io::Result<Vec<PathBuf>> {
    // The working directory is written as nothing.
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut manifests = Vec::new();
    for entry in fs::read_dir(listed)? {
        let path = folder.join(entry?.file_name());
        if Kind::of(&path).is_some_and(|kind| kind.platform() == platform) && path.is_file() {
            manifests.push(path);
        }
    }
    Ok(manifests)
}

/// The workspace that the package in a folder belongs to, or that it is the root of: npm, Yarn and pnpm workspaces, uv
/// workspaces, Maven modules, Gradle settings. It is looked for in the folder and above it, up to `root`.
pub fn workspace_of(folder: &Path, root: &Path, platform: Platform) -> Option<Workspace> {
    let above = folder.ancestors().take_while(|above| above.starts_with(root));
    let workspaces = above.filter_map(|candidate| {
        let members = members_of(candidate, platform);
        let holds = candidate == folder || members.iter().any(|member| member == folder);
        (holds && !members.is_empty()).then(|| Workspace { root: candidate.to_owned(), members })
    });
    // Modules may have modules: the outermost joins them all.
    workspaces.last()
}

fn members_of(folder: &Path, platform: Platform) -> Vec<PathBuf> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let parse = |name: &str, kind| read(name).map(|text| Manifest::parse(kind, &text, &Limits::default()).members);
    match platform {
        Platform::Node => {
            let globs = read("pnpm-workspace.yaml").map(|text| conda::members(&text));
            let globs = globs.filter(|globs| !globs.is_empty()).or_else(|| parse("package.json", Kind::PackageJson));
            expand(folder, &globs.unwrap_or_default())
        }
        Platform::Python => expand(folder, &parse("pyproject.toml", Kind::Pyproject).unwrap_or_default()),
        Platform::Java => {
            let mut members = BTreeSet::new();
            modules(folder, &mut members, DEEPEST_MEMBER);
            let settings = read("settings.gradle").or_else(|| read("settings.gradle.kts"));
            let included = settings.map(|text| gradle::includes(&text)).unwrap_or_default();
            members.extend(included.iter().map(|path| folder.join(path)));
            members.into_iter().collect()
        }
    }
}

/// Maven modules, and theirs.
fn modules(folder: &Path, members: &mut BTreeSet<PathBuf>, depth: usize) {
    let Ok(text) = fs::read_to_string(folder.join("pom.xml")) else { return };
    for module in Manifest::parse(Kind::Pom, &text, &Limits::default()).members {
        let path = folder.join(&module);
        // A module may be named by its pom.
        let path = if path.is_file() { path.parent().map(Path::to_owned).unwrap_or_default() } else { path };
        if members.insert(path.clone()) && depth > 0 {
            modules(&path, members, depth - 1);
        }
    }
}

/// The folders below one that globs name, without those that a `!` takes out.
fn expand(folder: &Path, globs: &[String]) -> Vec<PathBuf> {
    if globs.is_empty() {
        return Vec::new();
    }
    let compile = |globs: &mut dyn Iterator<Item = &str>| {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let glob = glob.trim_start_matches("./").trim_end_matches('/');
            // What is no glob names nothing.
            if let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() {
                set.add(glob);
            }
        }
        set.build().unwrap_or(GlobSet::empty())
    };
    let wanted = compile(&mut globs.iter().map(String::as_str).filter(|glob| !glob.starts_with('!')));
    let unwanted = compile(&mut globs.iter().filter_map(|glob| glob.strip_prefix('!')));
    let mut walk = WalkBuilder::new(folder);
    walk.max_depth(Some(DEEPEST_MEMBER)).filter_entry(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_dir()) && entry.file_name() != "node_modules"
    });
    let below = |entry: ignore::DirEntry| Some(entry.path().strip_prefix(folder).ok()?.to_owned());
    let mut members: Vec<PathBuf> = walk
        .build()
        .take(MOST_FOLDERS)
        .filter_map(|entry| below(entry.ok()?))
        .filter(|path| wanted.is_match(path) && !unwanted.is_match(path))
        .map(|path| folder.join(path))
        .collect();
    members.sort();
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn the_nearest_manifest_comes_first() {
        let tree = tree(&[
            ("package.json", "{}"),
            ("requirements.txt", ""),
            ("web/package.json", "{}"),
            ("web/src/a.js", ""),
            ("jobs/requirements/base.txt", ""),
            ("jobs/a.py", ""),
        ]);
        let root = tree.path();
        let folders = |path: &str, platform| {
            let packages = packages_of(&root.join(path), root, platform);
            packages
                .into_iter()
                .map(|package| package.folder.strip_prefix(root).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(folders("web/src/a.js", Platform::Node), [Path::new("web"), Path::new("")]);
        assert_eq!(folders("jobs/a.py", Platform::Python), [Path::new("jobs"), Path::new("")]);
        assert!(folders("web/src/a.js", Platform::Java).is_empty());
    }

    #[test]
    fn workspaces_are_expanded() {
        let tree = tree(&[
            ("package.json", "{\"workspaces\": [\"packages/*\", \"!packages/old\"]}"),
            ("packages/a/package.json", "{}"),
            ("packages/old/package.json", "{}"),
            ("java/pom.xml", "<project><modules><module>x</module></modules></project>"),
            ("java/x/pom.xml", "<project><modules><module>y</module></modules></project>"),
            ("java/x/y/pom.xml", "<project/>"),
            ("gradle/settings.gradle.kts", "include(\":app\")"),
        ]);
        let root = tree.path();
        let of = |folder: &str, platform| workspace_of(&root.join(folder), root, platform);
        let workspace = of("packages/a", Platform::Node).unwrap();
        assert_eq!((workspace.root.as_path(), workspace.members), (root, vec![root.join("packages/a")]));
        assert_eq!(of("packages/old", Platform::Node), None);
        assert_eq!(of("java/x/y", Platform::Java).unwrap().members, [root.join("java/x"), root.join("java/x/y")]);
        assert_eq!(of("gradle", Platform::Java).unwrap().members, [root.join("gradle/app")]);
    }
}
