//! Which manifests of a package get what it needs from now on.

use super::super::{Group, Kind, Loaded};
use super::is_one_of;

/// What is asked first where nothing says which manifest the project goes by.
const ORDER: [Kind; 9] = [
    Kind::PackageJson,
    Kind::Pom,
    Kind::Gradle,
    Kind::Pyproject,
    Kind::Pipfile,
    Kind::SetupCfg,
    Kind::SetupPy,
    Kind::Requirements,
    Kind::Conda,
];

/// The manifests of one package that a new entry belongs into: all that ask for one of the packages whose place it takes.
/// Where none does, those in order in which a package is looked for; the first that does not refuse it is the one.
pub fn homes<'a>(manifests: &'a [Loaded], beside: &[String]) -> Vec<&'a Loaded> {
    let asks = |loaded: &&Loaded| {
        let mut entries = loaded.manifest.dependencies.iter();
        loaded.kind != Kind::VersionCatalog
            && entries.any(|found| found.group != Group::Managed && is_one_of(found, beside))
    };
    let asking: Vec<&Loaded> = manifests.iter().filter(asks).collect();
    if !asking.is_empty() {
        return asking;
    }
    let mut known: Vec<&Loaded> = manifests.iter().filter(|loaded| ORDER.contains(&loaded.kind)).collect();
    // `requirements.txt` before `requirements-dev.txt`: the shorter name is the more general one.
    known.sort_by_key(|loaded| {
        let is_empty = loaded.manifest.dependencies.is_empty();
        (ORDER.iter().position(|kind| *kind == loaded.kind), is_empty, loaded.path.as_os_str().len(), &loaded.path)
    });
    known
}
