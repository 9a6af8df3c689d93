//! Manifests and the code of their packages: read once the code's findings are known, so that an entry can be told to exist
//! for the old flow alone.
//!
//! Manifests are read where an SDK's name made them candidates, and where a finding stands in code of their package. Which other
//! files of the package import the same library is searched for in the text of its code, with the rules of the walk, and
//! only where a finding asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::context::Contexts;
use super::{Scanned, Settings};
use crate::detect::{self, Declared, Importer, Signature};
use crate::finding::{Context, Family, Finding, Incomplete, Language, Platform};
use crate::manifest::{Dependency, Group, Import, Imports, Kind, Loaded, Locks, is_used, packages_of, reads_tokens};
use crate::rules::schema::{DependencyModel, DependencyRole, Ecosystem};
use crate::rules::{Catalog, CompiledRule};
use crate::source;
use crate::walk::{FileKinds, Walk, normal, repository_root};

/// What is needed to look beyond the candidates.
pub(super) struct Surroundings<'a> {
    pub(super) settings: &'a Settings,
    pub(super) catalog: &'a Catalog,
    pub(super) kinds: &'a Arc<FileKinds>,
    pub(super) contexts: &'a Contexts<'a>,
}

/// Adds the findings about entries of manifests. `candidates` are the manifests among the candidates.
pub(super) fn add_dependencies(
    scanned: &mut Scanned,
    candidates: &[PathBuf],
    signatures: &[Signature],
    around: &Surroundings<'_>,
) {
    for rule in around.catalog.rules() {
        let Some(wanted) = &rule.rule.matches.dependency else { continue };
        let flows: Vec<Finding> =
            scanned.findings.iter().filter(|finding| wanted.flows.contains(&finding.rule)).cloned().collect();
        let mut relation = Relation {
            around,
            flows: &flows,
            manifests: BTreeMap::new(),
            folders: BTreeMap::new(),
            errors: Vec::new(),
        };
        for path in candidates {
            relation.load(path);
            // What stands above may settle the versions.
            relation.load_packages(&path.to_string_lossy(), Kind::of(path).map(Kind::platform));
        }
        for finding in &flows {
            relation.load_packages(&finding.path, finding.language.platform());
        }
        let found = relation.findings(rule, signatures);
        let files = relation.manifests.into_iter().filter_map(|(path, loaded)| Some((path, loaded?)));
        let files: Vec<(PathBuf, Loaded)> = files.collect();
        scanned.linked.extend(
            files
                .iter()
                .filter(|(path, _)| !candidates.contains(path))
                .map(|(_, loaded)| loaded.file.path().to_owned()),
        );
        scanned.errors.extend(relation.errors);
        let before = scanned.findings.iter().map(|finding| finding.change_set).max().unwrap_or(0);
        for (number, mut finding) in found.into_iter().enumerate() {
            finding.change_set = before + number + 1;
            scanned.findings.push(finding);
        }
        for (_, loaded) in files {
            let path = loaded.file.path().to_owned();
            if scanned.findings.iter().any(|finding| finding.path == path) {
                scanned.sources.entry(path).or_insert_with(|| (Arc::new(loaded.file), Vec::new()));
            }
        }
    }
}

struct Relation<'a> {
    around: &'a Surroundings<'a>,
    flows: &'a [Finding],
    /// Every manifest that was looked at; nothing for one that cannot be read.
    manifests: BTreeMap<PathBuf, Option<Loaded>>,
    /// The folders with manifests above a folder, nearest first, by the folder and the platform.
    folders: BTreeMap<(PathBuf, Platform), Vec<PathBuf>>,
    errors: Vec<Incomplete>,
}

/// A file of code that imports what some entry names.
struct User {
    path: PathBuf,
    platform: Option<Platform>,
    /// Positions of the imports that it holds.
    imports: BTreeSet<usize>,
    /// Those with which it does something.
    used: BTreeSet<usize>,
    /// Those with which it reads tokens.
    reads: BTreeSet<usize>,
}

/// An import, and the functions of its package that read tokens.
type Searched<'a> = (Platform, Import, &'a [String]);

/// An entry that may be one of the old flow: where it stands, and which import belongs to it.
struct Open<'a> {
    loaded: &'a Loaded,
    dependency: &'a Dependency,
    model: &'a DependencyModel,
    import: usize,
}

impl<'rules> Relation<'rules> {
    fn load(&mut self, path: &Path) {
        let Some(kind) = Kind::of(path).filter(|_| !self.manifests.contains_key(path)) else { return };
        // What was not named is read for the meaning alone.
        let is_named = self.is_named(path);
        let reported = path.to_string_lossy().replace('\\', "/");
        let reported = reported.strip_prefix("./").unwrap_or(&reported).to_owned();
        let loaded = match Loaded::read_from(
            &self.around.settings.contents,
            path,
            kind,
            reported.clone(),
            &self.around.settings.limits,
        ) {
            Ok(loaded) => {
                let malformed = loaded.manifest.malformed.as_ref().filter(|_| is_named);
                self.errors.extend(malformed.map(|malformed| {
                    let place = loaded.file.position(malformed.at);
                    let message = format!(
                        "line {}, column {}: {}; what surrounds it was read as far as it can be, what it asks for may be missed",
                        place.line, place.column, malformed.message
                    );
                    Incomplete { path: reported, reason: "syntax_error".to_owned(), message }
                }));
                Some(loaded)
            }
            Err(error) => {
                let (reason, message) = (error.reason().to_owned(), error.to_string());
                self.errors.extend(is_named.then_some(Incomplete { path: reported, reason, message }));
                None
            }
        };
        self.manifests.insert(path.to_owned(), loaded);
    }

    /// Reads the manifests above a file of code, as far as the scan goes, and gives their folders, nearest first.
    fn load_packages(&mut self, path: &str, platform: Option<Platform>) -> Vec<PathBuf> {
        let path = Path::new(path);
        let Some((platform, folder)) = platform.zip(path.parent()) else { return Vec::new() };
        let key = (folder.to_owned(), platform);
        if let Some(known) = self.folders.get(&key) {
            return known.clone();
        }
        let mut folders = Vec::new();
        if let Some(root) = self.root(path) {
            for package in packages_of(path, &root, platform) {
                for manifest in &package.manifests {
                    self.load(manifest);
                }
                folders.push(package.folder);
            }
        }
        self.folders.insert(key, folders.clone());
        folders
    }

    /// The topmost folder above a file in its repository, or, where there is none, in what is scanned; written as the file is.
    fn root(&self, path: &Path) -> Option<PathBuf> {
        let absolute = normal(path);
        let repository = repository_root(&absolute);
        let within = |folder: &&Path| {
            let folder = normal(folder);
            // Above `..` stands, as paths are written, the working directory.
            absolute.starts_with(&folder)
                && repository.map_or_else(|| self.is_named(&folder), |root| folder.starts_with(root))
        };
        path.ancestors().skip(1).take_while(within).last().map(Path::to_owned)
    }

    /// Whether a path is one of those that the user named, or lies below one.
    fn is_named(&self, path: &Path) -> bool {
        let path = normal(path);
        self.around.settings.paths.iter().any(|named| path.starts_with(normal(named)))
    }

    /// The manifests that may be reported.
    fn named(&self) -> impl Iterator<Item = &Loaded> {
        self.manifests.values().flatten().filter(|loaded| self.is_named(&loaded.path))
    }

    fn findings(&mut self, rule: &CompiledRule, signatures: &[Signature]) -> Vec<Finding> {
        let (imports, positions) = self.wanted();
        if positions.is_empty() {
            return Vec::new();
        }
        let users = self.users(&imports, &positions);
        // The files that import may have manifests of their own, which then answer for them.
        let mut served: Vec<(usize, Vec<PathBuf>)> = Vec::new();
        for (number, user) in users.iter().enumerate() {
            for platform in
                user.platform.map_or(vec![Platform::Node, Platform::Java, Platform::Python], |one| vec![one])
            {
                served.push((number, self.load_packages(&user.path.to_string_lossy(), Some(platform))));
            }
        }
        let flow_packages: Vec<Vec<PathBuf>> =
            self.flows.iter().map(|flow| self.load_packages(&flow.path, flow.language.platform())).collect();
        let open = self.open(&positions);
        let mut found = Vec::new();
        for entry in &open {
            let folder = entry.loaded.folder();
            // The nearest package that asks for it serves the code; an entry that only settles a version serves all below.
            let serves = |folders: &[PathBuf]| match entry.dependency.group {
                Group::Managed => folders.iter().any(|above| above == folder),
                _ => {
                    folders.iter().find(|above| self.declares(above, entry.model)).is_some_and(|above| above == folder)
                }
            };
            let importers: BTreeMap<String, Importer> = served
                .iter()
                .filter(|(number, folders)| users[*number].imports.contains(&entry.import) && serves(folders))
                .map(|(number, _)| {
                    let user = &users[*number];
                    let path = user.path.to_string_lossy().replace('\\', "/");
                    let is_test = self.around.contexts.of(&user.path) == Context::Test;
                    let is_used = user.used.contains(&entry.import);
                    let reads_tokens = user.reads.contains(&entry.import);
                    (path.clone(), Importer { path, is_test, is_used, reads_tokens })
                })
                .collect();
            let flows =
                self.flows.iter().zip(&flow_packages).filter(|(_, folders)| serves(folders)).map(|(flow, _)| flow);
            let declared = Declared {
                file: &entry.loaded.file,
                language: entry.loaded.kind.language(),
                context: self.around.contexts.of(&entry.loaded.path),
                dependency: entry.dependency,
                model: entry.model,
                requirement: self.requirement(entry),
                locked: self.locked(entry),
                importers: importers.values().collect(),
                flows: flows.collect(),
            };
            found.extend(detect::dependency(&declared, signatures, rule));
        }
        found
    }

    /// The entries that may matter: all SDKs, and what signs where there is a flow at all.
    fn open<'a>(&'a self, positions: &BTreeMap<Key<'_>, usize>) -> Vec<Open<'a>> {
        let mut open = Vec::new();
        for loaded in self.named() {
            for (dependency, model) in loaded.candidates(self.around.catalog) {
                if let Some(import) = positions.get(&key(model)) {
                    open.push(Open { loaded, dependency, model, import: *import });
                }
            }
        }
        open
    }

    /// What imports of the packages look like that the manifests name, by position.
    fn wanted(&self) -> (Imports, BTreeMap<Key<'rules>, usize>) {
        let catalog = self.around.catalog;
        let mut imports = Imports::default();
        let mut positions = BTreeMap::new();
        for (_, model) in self.named().flat_map(|loaded| loaded.candidates(catalog)) {
            let platform = model.ecosystem.platform();
            let asked = match model.role {
                DependencyRole::Sdk => !model.general || !self.flows.is_empty(),
                DependencyRole::Signing => {
                    self.flows.iter().any(|flow| flow.details.jwt_library.as_deref() == Some(model.library()))
                }
                DependencyRole::Key => self.flows.iter().any(|flow| flow.language.platform() == Some(platform)),
            };
            if asked
                && !positions.contains_key(&key(model))
                && let Some(import) = Import::new(platform, &catalog.imports_of(model))
            {
                positions.insert(key(model), imports.add(platform, import));
            }
        }
        (imports, positions)
    }

    /// The files of code in the packages of the manifests that import what is looked for.
    fn users(&self, imports: &Imports, positions: &BTreeMap<Key<'_>, usize>) -> Vec<User> {
        let folders: BTreeSet<PathBuf> =
            self.open(positions).iter().map(|entry| entry.loaded.folder().to_owned()).collect();
        let topmost = |folder: &&PathBuf| {
            !folders.iter().any(|other| other != *folder && normal(folder).starts_with(normal(other)))
        };
        let folders: Vec<PathBuf> = folders.iter().filter(topmost).map(|folder| shown(folder)).collect();
        let Settings { walk: options, limits, threads, contents, .. } = self.around.settings;
        let Ok(walk) = Walk::new(&folders, *options, Arc::clone(self.around.kinds)) else { return Vec::new() };
        let found: Mutex<Vec<User>> = Mutex::default();
        let searched = self.searched(positions);
        walk.run(*threads, || {
            |file| {
                // Code in languages without an adapter may import the same packages.
                let uncovered = || file.language == Language::Other && self.around.kinds.is_uncovered(file.path);
                if file.language.family() != Family::Code && !uncovered() {
                    return;
                }
                let size = contents.size(file.path).unwrap_or_default();
                if usize::try_from(size).map_or(true, |size| limits.check_size(size).is_err()) {
                    return;
                }
                let Ok(bytes) = contents.read(file.path) else { return };
                let decoded = source::decode_for_search(&bytes);
                let text = decoded.as_deref().unwrap_or(&bytes);
                let platform = file.language.platform();
                let imported = imports.in_text(platform, text);
                if imported.is_empty() {
                    return;
                }
                let asked = |does: &dyn Fn(&Searched<'_>) -> bool| {
                    let all = imported.iter().filter(|position| searched.get(position).is_some_and(does));
                    all.copied().collect()
                };
                let user = User {
                    path: PathBuf::from(file.reported()),
                    platform,
                    used: asked(&|(of, import, _)| is_used(*of, import, text)),
                    reads: asked(&|(of, import, reads)| reads_tokens(*of, import, reads, text)),
                    imports: imported.iter().copied().collect(),
                };
                found.lock().unwrap_or_else(PoisonError::into_inner).push(user);
            }
        });
        let mut users = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        users.sort_by(|one, other| one.path.cmp(&other.path));
        users
    }

    /// What is looked for, by the position of the import.
    fn searched<'a>(&'a self, positions: &BTreeMap<Key<'_>, usize>) -> BTreeMap<usize, Searched<'a>> {
        let catalog = self.around.catalog;
        let models = catalog.dependencies().iter();
        let of = |model: &'a DependencyModel| {
            let platform = model.ecosystem.platform();
            let import = Import::new(platform, &catalog.imports_of(model))?;
            Some((*positions.get(&key(model))?, (platform, import, model.reads.as_slice())))
        };
        models.filter_map(of).collect()
    }

    /// Whether a manifest of a folder asks for a package, more than settling its version.
    fn declares(&self, folder: &Path, model: &DependencyModel) -> bool {
        let here = self.manifests.values().flatten().filter(|loaded| loaded.folder() == folder);
        here.flat_map(|loaded| loaded.candidates(self.around.catalog))
            .any(|(dependency, known)| dependency.group != Group::Managed && key(known) == key(model))
    }

    /// What the entry asks for, or what a manifest in its folder or above settles.
    fn requirement(&self, entry: &Open<'_>) -> Option<String> {
        if entry.dependency.requirement.is_some() {
            return entry.dependency.requirement.clone();
        }
        let settles = |folder: &Path| {
            let here = self.manifests.values().flatten().filter(|loaded| loaded.folder() == folder);
            let mut entries = here.flat_map(|loaded| &loaded.manifest.dependencies);
            entries.find_map(|other| {
                let is_it = other.group == Group::Managed && other.name == entry.dependency.name;
                other.requirement.clone().filter(|_| is_it)
            })
        };
        entry.loaded.folder().ancestors().find_map(settles)
    }

    /// The version that a lock file beside the manifest, or at the root of its workspace, settles.
    fn locked(&self, entry: &Open<'_>) -> Option<String> {
        if entry.model.role != DependencyRole::Sdk {
            return None;
        }
        let absolute = normal(entry.loaded.folder());
        let root = repository_root(&absolute).unwrap_or(&absolute);
        let ecosystem: Ecosystem = entry.model.ecosystem;
        let locks = Locks::near(&absolute, root, ecosystem);
        let Dependency { name, requirement, .. } = entry.dependency;
        locks.resolved(ecosystem, name, requirement.as_deref()).map(str::to_owned)
    }
}

/// What tells one package of the rule files from another.
type Key<'rules> = (Ecosystem, &'rules str);

fn key(model: &DependencyModel) -> Key<'_> {
    (model.ecosystem, model.names.first().map(String::as_str).unwrap_or_default())
}

/// A folder as the walk takes it.
fn shown(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}
