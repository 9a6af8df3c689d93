//! Which version of a package a file of code gets: what the nearest manifest asks for, and what a lock file settles.

use std::path::Path;

use super::{Group, Loaded, Locks, Versions, packages_of};
use crate::rules::normal_name;
use crate::rules::schema::Ecosystem;
use crate::syntax::Limits;

/// The version of a package as a file's package asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The requirement as the manifest has it; where it has none, that of a manifest above that settles versions.
    pub requirement: Option<String>,
    /// The version in the lock file.
    pub locked: Option<String>,
}

impl Asked {
    /// What is asked of packages of these names, any of them, for a file of code. Nothing where no manifest from the file up
    /// to `root` asks for one.
    pub fn of(path: &Path, root: &Path, ecosystem: Ecosystem, names: &[String], limits: &Limits) -> Option<Self> {
        let wanted: Vec<String> = names.iter().map(|name| normal_name(ecosystem, name)).collect();
        let mut asked: Option<Self> = None;
        for package in packages_of(path, root, ecosystem.platform()) {
            for manifest in &package.manifests {
                let kind = super::Kind::of(manifest)?;
                let Ok(loaded) = Loaded::read(manifest, kind, manifest.to_string_lossy().into_owned(), limits) else {
                    continue;
                };
                for dependency in &loaded.manifest.dependencies {
                    if dependency.ecosystem != ecosystem || !wanted.contains(&normal_name(ecosystem, &dependency.name))
                    {
                        continue;
                    }
                    match &mut asked {
                        None if dependency.group != Group::Managed => {
                            let locks = Locks::near(&package.folder, root, ecosystem);
                            let requirement = dependency.requirement.clone();
                            let locked = locks.resolved(ecosystem, &dependency.name, requirement.as_deref());
                            asked = Some(Self { locked: locked.map(str::to_owned), requirement });
                        }
                        Some(known) if known.requirement.is_none() => {
                            known.requirement.clone_from(&dependency.requirement);
                        }
                        _ => {}
                    }
                }
            }
            if asked.as_ref().is_some_and(|known| known.requirement.is_some() || known.locked.is_some()) {
                break;
            }
        }
        asked
    }

    /// The same, to be judged.
    pub fn versions(&self) -> Versions<'_> {
        Versions { requirement: self.requirement.as_deref(), locked: self.locked.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_a_parent_settles_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let entry = "<groupId>g</groupId><artifactId>a</artifactId>";
        fs::create_dir_all(root.join("module/src")).unwrap();
        let managed = format!(
            "<project><dependencyManagement><dependencies><dependency>{entry}<version>2.1</version></dependency></dependencies></dependencyManagement></project>"
        );
        fs::write(root.join("pom.xml"), managed).unwrap();
        let plain = format!("<project><dependencies><dependency>{entry}</dependency></dependencies></project>");
        fs::write(root.join("module/pom.xml"), plain).unwrap();
        let of =
            |path: &str| Asked::of(&root.join(path), root, Ecosystem::Maven, &["g:a".to_owned()], &Limits::default());
        assert_eq!(of("module/src/A.java"), Some(Asked { requirement: Some("2.1".to_owned()), locked: None }));
        assert_eq!(of("B.java"), None);
    }
}
