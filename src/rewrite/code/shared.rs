//! Code that several files of a package need, in a file of its own.
//!
//! Programs are planned one by one, and whether another one needs the same is known at the end of the scan. So every rewrite
//! that needs such code is planned both ways, and here the way is chosen: where a package has a file with that code already, or
//! two of its files would get it, each change set makes that file, if it is not there, and imports it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::helper::{Helper, MODULE, Needed, bare};
use crate::detect::Subject;
use crate::facts::program::UnitId;
use crate::finding::{Edit, Family, Finding, LedgerEntry};
use crate::rewrite::tree::Tree;
use crate::scan::Known;
use crate::walk::{normal, reported_path};

/// The manifest that makes a folder a package of Node.
const MANIFEST: &str = "package.json";

/// A file that needs code which others may need too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    path: PathBuf,
    text: String,
    helper: Helper,
}

/// A rewrite, planned both ways.
#[derive(Debug)]
pub(super) struct Alternative {
    /// With the code in each file that needs it.
    within: Vec<Edit>,
    /// With the code in a file of its own, whose name is not known yet.
    apart: Vec<Edit>,
    sites: Vec<Site>,
}

impl Alternative {
    /// The two ways of one rewrite; nothing where one of them is none.
    pub(super) fn new(within: &Finding, apart: &Finding, sites: &[Site]) -> Option<Self> {
        let is_whole = !sites.is_empty() && !within.fix.edits.is_empty() && !apart.fix.edits.is_empty();
        is_whole.then(|| Self {
            within: within.fix.edits.clone(),
            apart: apart.fix.edits.clone(),
            sites: sites.to_vec(),
        })
    }
}

impl Site {
    /// The files that need something.
    pub(super) fn of(subject: &Subject<'_>, helpers: Vec<(UnitId, Needed)>) -> Vec<Self> {
        let site = |(unit, needed): (UnitId, Needed)| {
            let source = subject.sources.get(unit.0 as usize)?;
            let text = source.file.text().to_owned();
            Some(Self { path: normal(&source.path), text, helper: needed.helper })
        };
        helpers.into_iter().filter_map(site).collect()
    }
}

/// A file that several others import.
#[derive(Debug, Clone)]
struct Shared {
    path: PathBuf,
    name: &'static str,
    /// What it holds, where it is not there yet.
    made: Option<String>,
}

/// What is of one package and says the same.
type Group = (PathBuf, &'static str, String);

/// Chooses how rewrites stand that need the same code.
pub(super) fn settle(mut alternatives: Vec<Alternative>, known: &Known<'_>, findings: &mut [Finding]) {
    alternatives.retain(|one| findings.iter().any(|finding| finding.fix.edits == one.within));
    let mut groups: BTreeMap<Group, BTreeMap<PathBuf, &Site>> = BTreeMap::new();
    for site in alternatives.iter().flat_map(|alternative| &alternative.sites) {
        let Some(package) = package_of(known, &site.path) else { continue };
        let group = (package, site.helper.stem, bare(&site.helper.alone));
        groups.entry(group).or_default().insert(site.path.clone(), site);
    }
    let mut chosen: BTreeMap<(PathBuf, &'static str), Shared> = BTreeMap::new();
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    for ((package, ..), files) in &groups {
        let Some(shared) = there(known, package, files).or_else(|| made(known, package, files, &taken)) else {
            continue;
        };
        taken.insert(shared.path.with_extension(""));
        for (path, site) in files {
            chosen.insert((path.clone(), site.helper.name), shared.clone());
        }
    }
    for alternative in &alternatives {
        let shared: Option<Vec<&Shared>> =
            alternative.sites.iter().map(|site| chosen.get(&(site.path.clone(), site.helper.name))).collect();
        let Some(shared) = shared else { continue };
        let edits = edits(alternative, &shared);
        for finding in findings.iter_mut().filter(|finding| finding.fix.edits == alternative.within) {
            finding.fix.edits.clone_from(&edits);
            let mut made: Vec<&&Shared> = shared.iter().filter(|shared| shared.made.is_some()).collect();
            made.dedup_by(|one, other| one.path == other.path);
            finding.details.ledger.extend(made.into_iter().map(|shared| LedgerEntry::Added {
                what: format!("a file for `{}`", shared.name),
                reason: "several files of the package need it".to_owned(),
                path: reported_path(&shared.path),
            }));
        }
    }
}

/// The edits of a rewrite that imports what it needs.
fn edits(alternative: &Alternative, shared: &[&Shared]) -> Vec<Edit> {
    let mut edits = alternative.apart.clone();
    for edit in edits.iter_mut().filter(|edit| edit.replacement.contains(MODULE)) {
        let path = normal(Path::new(&edit.path));
        let imported = alternative.sites.iter().zip(shared).find(|(site, _)| site.path == path);
        if let Some((site, shared)) = imported {
            edit.replacement = edit.replacement.replace(MODULE, &specifier(site, &shared.path));
        }
    }
    for shared in shared {
        if let Some(text) = &shared.made {
            let path = reported_path(&shared.path);
            let edit = Edit { path, start_byte: 0, end_byte: 0, replacement: text.clone() };
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    edits
}

/// The folder of the package that a file belongs to.
fn package_of(known: &Known<'_>, path: &Path) -> Option<PathBuf> {
    let contents = &known.settings.contents;
    path.ancestors().skip(1).find(|folder| contents.has(&folder.join(MANIFEST))).map(Path::to_owned)
}

/// The file of a package that holds the same code already.
fn there(known: &Known<'_>, package: &Path, files: &BTreeMap<PathBuf, &Site>) -> Option<Shared> {
    let helper = &files.values().next()?.helper;
    let words = BTreeSet::from([helper.name.to_owned()]);
    let roots = BTreeSet::from([package.to_owned()]);
    let is_it = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()) == Some(helper.stem);
    let tree = Tree::read(known.settings, known.catalog, &roots, &words, |language, path, holds| {
        holds && is_it(path) && language.family() == Family::Code
    });
    let same = tree.files.iter().find(|kept| {
        bare(kept.file.text()) == bare(&helper.alone) && package_of(known, &kept.path).as_deref() == Some(package)
    });
    same.map(|kept| Shared { path: kept.path.clone(), name: helper.name, made: None })
}

/// The file that several files of a package are to import.
fn made(
    known: &Known<'_>,
    package: &Path,
    files: &BTreeMap<PathBuf, &Site>,
    taken: &BTreeSet<PathBuf>,
) -> Option<Shared> {
    let (first, _) = files.first_key_value()?;
    if files.len() < 2 {
        return None;
    }
    let folder = folder(known, package, files)?;
    // It is written as the first of its folder is, else as the first of all.
    let beside = files.iter().find(|(path, _)| path.parent() == Some(&folder));
    let site = beside.map_or(files.get(first)?, |(_, site)| site);
    let path = folder.join(format!("{}.{}", site.helper.stem, extension(files)));
    let stem = path.with_extension("");
    // What a build makes of TypeScript beside its source would stand in the place of the other.
    let kinds = ["js", "cjs", "mjs", "ts", "cts", "mts", "jsx", "tsx"];
    let is_free = !kinds.iter().any(|kind| known.settings.contents.has(&stem.with_extension(kind)));
    (is_free && !taken.contains(&stem)).then(|| Shared {
        path,
        name: site.helper.name,
        made: Some(site.helper.alone.clone()),
    })
}

/// Where a file for all lies: in the folder that all of them lie in, or below; else beside most of them, since what is
/// packed may not take the top of a package along. Folders in which every file means something are left.
fn folder(known: &Known<'_>, package: &Path, files: &BTreeMap<PathBuf, &Site>) -> Option<PathBuf> {
    let folders: Vec<&Path> = files.keys().filter_map(|path| path.parent()).collect();
    let mut common: &Path = folders.first()?;
    while !folders.iter().all(|folder| folder.starts_with(common)) {
        common = common.parent()?;
    }
    let mut folder = common;
    if common == package && !folders.contains(&common) {
        let of = |folder: &Path| files.keys().filter(|path| path.parent() == Some(folder)).collect::<Vec<_>>();
        let is_test = |path: &Path| {
            let below = path.strip_prefix(package).unwrap_or(path).to_string_lossy().replace('\\', "/");
            known.kinds.is_test(&below)
        };
        // Code of tests is not shipped. Of folders with as many the first counts.
        let weight = |folder: &Path| (of(folder).iter().any(|path| !is_test(path)), of(folder).len());
        folder = folders.iter().rev().max_by_key(|folder| weight(folder))?;
    }
    let targets = &known.catalog.targets().targets;
    let is_route = |name: &OsStr| targets.iter().flat_map(|target| &target.routes).any(|route| name == route.as_str());
    let below = folder.strip_prefix(package).ok()?;
    match below.iter().position(is_route) {
        Some(position) => Some(below.iter().take(position).fold(package.to_owned(), |path, name| path.join(name))),
        None => Some(folder.to_owned()),
    }
}

/// The extension of a file for all: that of the others, where they differ the one that is plain about modules.
fn extension(files: &BTreeMap<PathBuf, &Site>) -> &'static str {
    let has = |wanted: &str| files.keys().any(|path| path.extension().is_some_and(|extension| extension == wanted));
    let is_typescript = files.values().any(|site| site.helper.is_typescript);
    let plain = if is_typescript { ["mts", "cts"] } else { ["mjs", "cjs"] };
    plain.into_iter().find(|extension| has(extension)).unwrap_or(if is_typescript { "ts" } else { "js" })
}

/// How a file asks for another one.
fn specifier(site: &Site, path: &Path) -> String {
    let mut base = site.path.parent().unwrap_or(&site.path);
    let mut up = String::new();
    while !path.starts_with(base) {
        up.push_str("../");
        let Some(parent) = base.parent() else { break };
        base = parent;
    }
    let written = path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let (bare, extension) = written.rsplit_once('.').unwrap_or((&written, ""));
    let extension = match (extension, site.helper.is_typescript) {
        ("ts", _) => typescript_extension(site),
        ("mts", _) => ".mjs",
        ("cts", _) => ".cjs",
        ("js", _) if !site.helper.is_module => "",
        ("js", _) => ".js",
        ("mjs", _) => ".mjs",
        _ => ".cjs",
    };
    format!("{}{bare}{extension}", if up.is_empty() { "./" } else { &up })
}

/// The extension that a file of TypeScript gives to another one: as it does for others.
fn typescript_extension(site: &Site) -> &'static str {
    let quoted = site.text.split(['\'', '"']).filter(|part| part.starts_with("./") || part.starts_with("../"));
    let quoted: Vec<&str> = quoted.collect();
    let ends = |extension: &str| quoted.iter().any(|part| part.ends_with(extension));
    [".js", ".ts"].into_iter().find(|extension| ends(extension)).unwrap_or_default()
}
