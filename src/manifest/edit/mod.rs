//! Edits of manifests: a package is added, raised to a version or taken out, and no byte changes beside it.
//!
//! It owns the operations ([`Operation`]), one writer a format, the composition of several operations into edits of the one
//! text ([`edit`]) and the reasons why a manifest is left to a person ([`Refusal`]). Every operation is read back with the
//! readers of the room above: what does not show exactly what was meant is refused. It opens no file, knows no package by
//! name, and does not decide which version is right: that is [`super::decide()`].

mod catalog;
mod conda;
mod draft;
mod gradle;
mod home;
mod lines;
mod list;
mod npm;
mod package;
mod pipfile;
mod pom;
mod pyproject;
mod refusal;
mod requirements;
mod sequence;
mod setup_cfg;
mod setup_py;
mod tables;
mod version;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use super::{Dependency, Group, Kind, Manifest, Versions};
use crate::finding::{ByteRange, Edit};
use crate::rules::normal_name;
use crate::rules::schema::Ecosystem;
use crate::source::SourceFile;
use crate::syntax::Limits;

pub use catalog::alias_of;
pub use home::homes;
pub use package::{PackageEdits, edit_package};
pub use refusal::{Reason, Refusal};

use draft::Draft;

/// Replaces a range of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// First byte of the text that goes.
    pub start: usize,
    /// First byte that stays.
    pub end: usize,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Change {
    fn new(range: ByteRange, replacement: impl Into<String>) -> Self {
        Self { start: range.start, end: range.end, replacement: replacement.into() }
    }

    fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(ByteRange::new(at, at), text)
    }

    fn remove(range: ByteRange) -> Self {
        Self::new(range, "")
    }

    /// The same as an edit of the file on disk.
    pub fn on_disk(&self, file: &SourceFile) -> Edit {
        Edit {
            path: file.path().to_owned(),
            start_byte: file.position(self.start).byte,
            end_byte: file.position(self.end).byte,
            replacement: self.replacement.clone(),
        }
    }
}

/// What is to be done with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// The package is asked for. Nothing changes where it is already, in any spelling.
    Add(Addition),
    /// The package is asked for in this version at least. Nothing changes where it is not asked for, or only newer ones are.
    Raise(Raise),
    /// The package is not asked for any more. Nothing changes where it is not.
    Remove(Removal),
}

/// A package that is to be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// Its names; the first is written, any of them is the same package. `group:artifact` for Maven.
    pub names: Vec<String>,
    /// The requirement as its registry writes it: `^1.8.0`, `>=1.3`, `5.8.16`. None where something else settles the version.
    pub requirement: Option<String>,
    /// The version to write where the manifest names exact versions throughout.
    pub pinned: Option<String>,
    /// Whether it is needed to build or to test alone.
    pub development: bool,
    /// The packages whose place it takes: it is put into their extra, group, configuration or scope.
    pub beside: Vec<String>,
    /// The alias of a version catalog by which a build file asks for it, or under which a catalog declares it.
    pub alias: Option<String>,
}

/// A package that is to be asked for in a version at least.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raise {
    /// Its names, any of them.
    pub names: Vec<String>,
    /// The lowest version that will do.
    pub version: String,
    /// The requirement to write where the one at hand has no form that can be kept.
    pub requirement: String,
}

/// A package that is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removal {
    /// Its names, any of them.
    pub names: Vec<String>,
    /// Packages that go with it, such as its type declarations.
    pub companions: Vec<String>,
    /// Whether it also goes where its version is settled for other modules.
    pub managed: bool,
}

/// What stands around a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// How much is parsed.
    pub limits: &'a Limits,
    /// The version catalog that a Gradle build goes by.
    pub catalog: Option<&'a Manifest>,
    /// Texts in the head of a file that say that a program compiled it.
    pub compiled: &'a [String],
}

/// The changes that do all operations one after another, sorted, none touching another. None where there is nothing to do.
pub fn edit(kind: Kind, text: &str, operations: &[Operation], around: Around<'_>) -> Result<Vec<Change>, Refusal> {
    let mut draft = Draft::new(text);
    for operation in operations {
        perform(kind, &mut draft, operation, around)
            .map_err(|reason| Refusal { reason, wish: operation.wish(kind) })?;
    }
    Ok(draft.changes())
}

/// The same for a file, as edits of it on disk.
pub fn edit_file(
    kind: Kind,
    file: &SourceFile,
    operations: &[Operation],
    around: Around<'_>,
) -> Result<Vec<Edit>, Refusal> {
    let changes = edit(kind, file.text(), operations, around)?;
    Ok(changes.iter().map(|change| change.on_disk(file)).collect())
}

/// A text with changes made; they are sorted and do not touch one another.
pub fn apply(text: &str, changes: &[Change]) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for change in changes {
        changed.push_str(text.get(at..change.start).unwrap_or_default());
        changed.push_str(&change.replacement);
        at = change.end;
    }
    changed.push_str(text.get(at..).unwrap_or_default());
    changed
}

impl Operation {
    /// What a person is asked to do where it is refused.
    fn wish(&self, kind: Kind) -> String {
        match self {
            Self::Add(addition) => format!("ask for `{}`", addition.written(kind)),
            Self::Raise(raise) => format!("raise `{}` to {} or later", first(&raise.names), raise.version),
            Self::Remove(removal) => format!("take out `{}`", first(&removal.names)),
        }
    }
}

impl Addition {
    /// As a person writes it.
    fn written(&self, kind: Kind) -> String {
        let name = first(&self.names);
        match (&self.requirement, kind.ecosystem()) {
            (None, _) => name.to_owned(),
            (Some(requirement), Ecosystem::Npm) => format!("{name}@{requirement}"),
            (Some(requirement), Ecosystem::Pypi) => format!("{name}{requirement}"),
            (Some(requirement), Ecosystem::Maven) => format!("{name}:{requirement}"),
        }
    }

    /// The requirement, or the exact version where all others have one.
    fn requirement_beside<'a>(&'a self, manifest: &Manifest, exact: fn(&str) -> bool) -> Option<&'a str> {
        let asked = manifest.dependencies.iter().filter(|found| found.group == Group::Runtime);
        let asked: Vec<&Dependency> = asked.collect();
        let all_exact = asked.len() >= FEWEST_EXACT
            && asked.iter().all(|found| found.requirement.as_deref().is_some_and(|written| exact(written.trim())));
        let pinned = self.pinned.as_deref().filter(|_| all_exact);
        pinned.or(self.requirement.as_deref())
    }
}

/// So many entries with exact versions are a habit.
const FEWEST_EXACT: usize = 2;

fn first(names: &[String]) -> &str {
    names.first().map_or("", String::as_str)
}

/// The manifest that a text is, read for an edit.
fn read(kind: Kind, text: &str, around: Around<'_>) -> Result<Manifest, Reason> {
    let mut manifest = Manifest::parse(kind, text, around.limits);
    if let Some(malformed) = &manifest.malformed {
        let line = text[..malformed.at.min(text.len())].bytes().filter(|byte| *byte == b'\n').count() + 1;
        return Err(Reason::Malformed { line, message: malformed.message.clone() });
    }
    if let (Kind::Gradle, Some(catalog)) = (kind, around.catalog) {
        manifest.resolve(catalog);
    }
    Ok(manifest)
}

fn perform(kind: Kind, draft: &mut Draft<'_>, operation: &Operation, around: Around<'_>) -> Result<(), Reason> {
    if kind == Kind::Requirements {
        requirements::editable(draft.text(), around.compiled)?;
    }
    match operation {
        Operation::Add(addition) => add(kind, draft, addition, around),
        Operation::Raise(raise) => raise_all(kind, draft, raise, around),
        Operation::Remove(removal) => {
            remove(kind, draft, &removal.names, removal, around)?;
            for companion in &removal.companions {
                remove(kind, draft, std::slice::from_ref(companion), removal, around)?;
            }
            Ok(())
        }
    }
}

/// Whether an entry is one of these packages.
fn is_one_of(dependency: &Dependency, names: &[String]) -> bool {
    let name = normal_name(dependency.ecosystem, &dependency.name);
    names.iter().any(|known| normal_name(dependency.ecosystem, known) == name)
}

/// Whether an entry asks for a package, more than settling its version. All that a catalog does is settle versions.
fn asks(kind: Kind, dependency: &Dependency) -> bool {
    kind == Kind::VersionCatalog || dependency.group != Group::Managed
}

fn add(kind: Kind, draft: &mut Draft<'_>, addition: &Addition, around: Around<'_>) -> Result<(), Reason> {
    let text = draft.text().to_owned();
    let manifest = read(kind, &text, around)?;
    let there: Vec<&Dependency> =
        manifest.dependencies.iter().filter(|found| asks(kind, found) && is_one_of(found, &addition.names)).collect();
    if there.iter().any(|found| addition.development || serves(&manifest, found, addition, kind)) {
        return Ok(());
    }
    if let Some(other) = there.first() {
        return Err(Reason::OtherGroup { group: other.group });
    }
    let changes = match kind {
        Kind::PackageJson => npm::add(&text, &manifest, addition),
        Kind::Requirements => requirements::add(&text, &manifest, addition),
        Kind::Pyproject => pyproject::add(&text, &manifest, addition),
        Kind::Pipfile => pipfile::add(&text, addition),
        Kind::SetupCfg => setup_cfg::add(&text, &manifest, addition),
        Kind::SetupPy => setup_py::add(&text, &manifest, addition, around.limits),
        Kind::Conda => conda::add(&text, addition),
        Kind::Pom => pom::add(&text, &manifest, addition),
        Kind::Gradle => gradle::add(&text, &manifest, addition),
        Kind::VersionCatalog => catalog::add(&text, addition),
    }?;
    draft.apply(changes);
    let after = read(kind, draft.text(), around).map_err(|_| Reason::Unverified)?;
    let is_new = |found: &Dependency| {
        is_one_of(found, &addition.names)
            || (kind == Kind::Gradle && addition.alias.is_some() && found.alias == aliased(addition))
    };
    // `pip` comes with the first entry of conda's list for it.
    let added = after.dependencies.iter().filter(|found| is_new(found)).count();
    let old = manifest.dependencies.iter().filter(|found| is_new(found)).count();
    let others = |manifest: &Manifest| {
        let others = manifest.dependencies.iter().filter(|found| !is_new(found) && found.name != conda::PIP);
        others.map(shown).collect::<Vec<_>>()
    };
    if added != old + 1 || others(&after) != others(&manifest) {
        return Err(Reason::Unverified);
    }
    Ok(())
}

/// The alias of an addition as entries of build files have it.
fn aliased(addition: &Addition) -> Option<String> {
    addition.alias.as_deref().map(catalog::normal)
}

/// What of an entry may not change when another one does.
fn shown(dependency: &Dependency) -> (String, Option<String>, Group) {
    (dependency.name.clone(), dependency.requirement.clone(), dependency.group)
}

/// Whether an entry is there when the program runs.
fn serves(manifest: &Manifest, found: &Dependency, addition: &Addition, kind: Kind) -> bool {
    match found.group {
        Group::Runtime | Group::Peer => true,
        Group::Managed => kind == Kind::VersionCatalog,
        // An extra serves what stands in the extras.
        Group::Optional | Group::Development => {
            manifest.dependencies.iter().any(|other| other.group == found.group && is_one_of(other, &addition.beside))
        }
    }
}

fn raise_all(kind: Kind, draft: &mut Draft<'_>, raise: &Raise, around: Around<'_>) -> Result<(), Reason> {
    let ecosystem = kind.ecosystem();
    let mut left = read(kind, draft.text(), around)?.dependencies.len();
    loop {
        let text = draft.text().to_owned();
        let manifest = read(kind, &text, around)?;
        let low = |found: &&Dependency| {
            let versions = Versions { requirement: found.requirement.as_deref(), locked: None };
            asks(kind, found)
                && is_one_of(found, &raise.names)
                && versions.is_at_least(ecosystem, &raise.version) != Some(true)
        };
        let Some(found) = manifest.dependencies.iter().find(low) else { return Ok(()) };
        if left == 0 {
            return Err(Reason::Unverified);
        }
        left -= 1;
        let place = version_place(kind, &text, &manifest, found)?;
        let written = version::raised(ecosystem, found, raise)?;
        let change = match place {
            Place::Range(range) => Change::new(range, written),
            Place::Behind(at) => Change::insert(at, written),
        };
        draft.apply(vec![change]);
        let after = read(kind, draft.text(), around).map_err(|_| Reason::Unverified)?;
        let is_same = after.dependencies.len() == manifest.dependencies.len()
            && after.dependencies.iter().zip(&manifest.dependencies).all(|(new, old)| new.name == old.name);
        if !is_same {
            return Err(Reason::Unverified);
        }
    }
}

/// Where the version of an entry is written.
enum Place {
    /// Here.
    Range(ByteRange),
    /// It is not, but would be here.
    Behind(usize),
}

fn version_place(kind: Kind, text: &str, manifest: &Manifest, found: &Dependency) -> Result<Place, Reason> {
    let written = &text[found.entry.start..found.entry.end];
    let range = match kind {
        Kind::Pom => return pom::version_place(text, found).map(Place::Range),
        Kind::Gradle => return gradle::version_place(text, manifest, found).map(Place::Range),
        Kind::VersionCatalog => return catalog::version_place(text, found).map(Place::Range),
        _ => found.version_range,
    };
    match (range, kind) {
        (Some(range), _) => Ok(Place::Range(range)),
        (None, Kind::PackageJson | Kind::Pipfile) => Err(Reason::NotAVersion { written: written.to_owned() }),
        (None, _) => list::version_place(text, found).map(Place::Behind),
    }
}

fn remove(
    kind: Kind,
    draft: &mut Draft<'_>,
    names: &[String],
    removal: &Removal,
    around: Around<'_>,
) -> Result<(), Reason> {
    let mut left = read(kind, draft.text(), around)?.dependencies.len();
    loop {
        let text = draft.text().to_owned();
        let manifest = read(kind, &text, around)?;
        let goes = |found: &&Dependency| (removal.managed || asks(kind, found)) && is_one_of(found, names);
        let Some(found) = manifest.dependencies.iter().find(goes) else { return Ok(()) };
        // Users of the package may rely on what it offers them. What Maven calls optional or provided is its own affair.
        let is_public = matches!(found.group, Group::Peer | Group::Optional) && kind.ecosystem() != Ecosystem::Maven;
        if is_public {
            return Err(Reason::Public { group: found.group });
        }
        if left == 0 {
            return Err(Reason::Unverified);
        }
        left -= 1;
        let changes = match kind {
            Kind::PackageJson => npm::remove(&text, found),
            Kind::Requirements => requirements::remove(&text, found),
            Kind::Pyproject => pyproject::remove(&text, found),
            Kind::Pipfile => pipfile::remove(&text, found),
            Kind::SetupCfg => setup_cfg::remove(&text, found),
            Kind::SetupPy => setup_py::remove(&text, found, around.limits),
            Kind::Conda => conda::remove(&text, found),
            Kind::Pom => pom::remove(&text, &manifest, found),
            Kind::Gradle => gradle::remove(&text, found),
            Kind::VersionCatalog => catalog::remove(&text, found),
        }?;
        draft.apply(changes);
        let after = read(kind, draft.text(), around).map_err(|_| Reason::Unverified)?;
        let mut expected: Vec<_> = manifest.dependencies.iter().map(shown).collect();
        if let Some(at) = manifest.dependencies.iter().position(|other| other.entry == found.entry) {
            expected.remove(at);
        }
        if after.dependencies.iter().map(shown).collect::<Vec<_>>() != expected {
            return Err(Reason::Unverified);
        }
    }
}
