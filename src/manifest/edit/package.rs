//! What a whole package asks for: which of its manifests are edited, and how.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::{Choice, Dependency, Kind, Loaded, Manifest};
use super::{Addition, Around, Change, Operation, Reason, Refusal, Removal, alias_of, edit, first, homes, is_one_of};
use crate::syntax::Limits;

/// The edits of the manifests of a package, and what is left to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageEdits {
    /// The changed manifests by their positions, with their changes.
    pub changes: BTreeMap<usize, Vec<Change>>,
    /// What was refused, where.
    pub refusals: Vec<(PathBuf, Refusal)>,
}

/// Asks for what was chosen and takes out what has to go, in the manifests of one package.
///
/// What is new goes into every manifest that asks for something that goes; where none does, into the first that takes it, unless
/// the package asks for it already. A build that goes by a version catalog gets an alias. What is refused in one manifest does not
/// hold up the others; a compiled file that stands beside its source is passed over.
pub fn edit_package(
    manifests: &[Loaded],
    choices: &[Choice],
    removals: &[Removal],
    compiled: &[String],
    limits: &Limits,
) -> PackageEdits {
    let mut package =
        Editing { manifests, compiled, limits, operations: BTreeMap::new(), edits: PackageEdits::default() };
    let beside: Vec<String> = removals.iter().flat_map(|removal| removal.names.iter().cloned()).collect();
    for choice in choices {
        package.ask(choice, &beside);
    }
    for removal in removals {
        for (position, loaded) in manifests.iter().enumerate() {
            // Other modules may go by a catalog.
            let is_open = removal.managed || loaded.kind != Kind::VersionCatalog;
            let asks = |found: &Dependency| is_one_of(found, &removal.names) || is_one_of(found, &removal.companions);
            if is_open && loaded.manifest.dependencies.iter().any(asks) {
                package.remove(position, removal);
            }
        }
    }
    package.finish()
}

struct Editing<'a> {
    manifests: &'a [Loaded],
    compiled: &'a [String],
    limits: &'a Limits,
    /// What is done, by the position of the manifest.
    operations: BTreeMap<usize, Vec<Operation>>,
    edits: PackageEdits,
}

impl Editing<'_> {
    fn ask(&mut self, choice: &Choice, beside: &[String]) {
        let names = &choice.addition.names;
        let position = |home: &Loaded| self.manifests.iter().position(|loaded| std::ptr::eq(loaded, home));
        let fits = |loaded: &&Loaded| loaded.kind.ecosystem() == choice.ecosystem;
        let homes: Vec<usize> = homes(self.manifests, beside).into_iter().filter(fits).filter_map(position).collect();
        let replaces = homes
            .iter()
            .any(|home| self.manifests[*home].manifest.dependencies.iter().any(|found| is_one_of(found, beside)));
        if replaces {
            let refused: Vec<(usize, Refusal)> = homes
                .iter()
                .filter_map(|home| Some((*home, self.operate(*home, self.asking(*home, choice, beside)).err()?)))
                .collect();
            // A compiled file is made anew from the one that was edited.
            let all_refused = refused.len() == homes.len();
            for (home, refusal) in refused {
                if all_refused || refusal.reason != Reason::Compiled {
                    self.refuse(home, refusal);
                }
            }
            return;
        }
        let there: Vec<usize> = homes
            .iter()
            .copied()
            .filter(|home| self.manifests[*home].manifest.dependencies.iter().any(|found| is_one_of(found, names)))
            .collect();
        let mut refused: Option<(usize, Refusal)> = None;
        for home in if there.is_empty() { &homes } else { &there } {
            match self.operate(*home, self.asking(*home, choice, beside)) {
                Ok(()) => return,
                Err(refusal) => {
                    refused.get_or_insert((*home, refusal));
                }
            }
        }
        if let Some((home, refusal)) = refused {
            self.refuse(home, refusal);
        }
    }

    /// The operations that ask for a choice in a manifest.
    fn asking(&self, home: usize, choice: &Choice, beside: &[String]) -> Vec<Operation> {
        let loaded = &self.manifests[home];
        let mut addition = Addition { beside: beside.to_vec(), ..choice.addition.clone() };
        let by_alias = loaded.kind == Kind::Gradle
            && self.catalog().is_some()
            && loaded.manifest.dependencies.iter().any(|found| found.alias.is_some());
        if by_alias {
            addition.alias = Some(alias_of(first(&addition.names)));
        }
        let mut operations = vec![Operation::Add(addition)];
        operations.extend(choice.raise.clone().map(Operation::Raise));
        operations
    }

    /// Whether a build asks for a package by the alias of a catalog, which has its version then.
    fn goes_by_alias(&self, home: usize, names: &[String]) -> bool {
        let loaded = &self.manifests[home];
        let entries = &mut loaded.manifest.dependencies.iter();
        loaded.kind == Kind::Gradle && entries.any(|found| found.alias.is_some() && is_one_of(found, names))
    }

    fn catalog(&self) -> Option<usize> {
        self.manifests.iter().position(|loaded| loaded.kind == Kind::VersionCatalog)
    }

    /// Adds operations to a manifest, if it takes them. An alias is declared first.
    fn operate(&mut self, home: usize, new: Vec<Operation>) -> Result<(), Refusal> {
        let alias = new.iter().find_map(|operation| match operation {
            Operation::Add(addition) if addition.alias.is_some() => Some(addition.clone()),
            _ => None,
        });
        let before = self.operations.clone();
        let (raises, mut new): (Vec<_>, Vec<_>) = new.into_iter().partition(
            |operation| matches!(operation, Operation::Raise(raise) if self.goes_by_alias(home, &raise.names)),
        );
        if let Some(catalog) = self.catalog().filter(|_| !raises.is_empty()) {
            self.operate(catalog, raises)?;
        } else {
            new.extend(raises);
        }
        if let Some((catalog, addition)) = self.catalog().filter(|catalog| *catalog != home).zip(alias) {
            self.operate(catalog, vec![Operation::Add(addition)])?;
        }
        let mut operations = self.operations.get(&home).cloned().unwrap_or_default();
        operations.extend(new);
        match self.run(home, &operations) {
            Ok(_) => {
                self.operations.insert(home, operations);
                Ok(())
            }
            Err(refusal) => {
                self.operations = before;
                Err(refusal)
            }
        }
    }

    fn remove(&mut self, position: usize, removal: &Removal) {
        let Err(refusal) = self.operate(position, vec![Operation::Remove(removal.clone())]) else { return };
        // A compiled file is made anew from the one that asks for the package too.
        let has_source = self.manifests.iter().enumerate().any(|(other, loaded)| {
            other != position
                && loaded.kind.ecosystem() == self.manifests[position].kind.ecosystem()
                && loaded.manifest.dependencies.iter().any(|found| is_one_of(found, &removal.names))
        });
        if refusal.reason != Reason::Compiled || !has_source {
            self.refuse(position, refusal);
        }
    }

    fn refuse(&mut self, position: usize, refusal: Refusal) {
        self.edits.refusals.push((self.manifests[position].path.clone(), refusal));
    }

    /// The changes of a manifest by these operations.
    fn run(&self, position: usize, operations: &[Operation]) -> Result<Vec<Change>, Refusal> {
        let loaded = &self.manifests[position];
        let catalog = self.catalog().filter(|catalog| *catalog != position).map(|catalog| {
            let text = self.manifests[catalog].file.text();
            let done = self.operations.get(&catalog).map(|operations| self.run(catalog, operations));
            let text = match done {
                Some(Ok(changes)) => super::apply(text, &changes),
                _ => text.to_owned(),
            };
            Manifest::parse(Kind::VersionCatalog, &text, self.limits)
        });
        // Where the catalog is not one of these, the manifest was read with it.
        let catalog = catalog.as_ref().or_else(|| Some(&self.manifests[position].manifest));
        let around = Around { limits: self.limits, catalog, compiled: self.compiled };
        edit(loaded.kind, loaded.file.text(), operations, around)
    }

    fn finish(mut self) -> PackageEdits {
        for (position, operations) in &self.operations {
            // What was done is done again.
            if let Ok(changes) = self.run(*position, operations)
                && !changes.is_empty()
            {
                self.edits.changes.insert(*position, changes);
            }
        }
        self.edits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::Ecosystem;
    use crate::source::SourceFile;

    fn loaded(path: &str, text: &str) -> Loaded {
        let path = PathBuf::from(path);
        let kind = Kind::of(&path).unwrap();
        let file = SourceFile::decode(path.to_string_lossy(), text.as_bytes(), kind.language()).unwrap();
        Loaded { manifest: Manifest::parse(kind, text, &Limits::default()), kind, file, path }
    }

    fn choice(ecosystem: Ecosystem, name: &str, requirement: &str) -> Choice {
        Choice {
            ecosystem,
            addition: Addition {
                names: vec![name.to_owned()],
                requirement: Some(requirement.to_owned()),
                ..Addition::default()
            },
            raise: None,
            version: None,
            managed: None,
            why: String::new(),
        }
    }

    /// The files afterwards, and what was refused.
    fn edited(files: &[(&str, &str)], choice: &Choice, gone: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut manifests: Vec<Loaded> = files.iter().map(|(path, text)| loaded(path, text)).collect();
        let catalog =
            manifests.iter().find(|loaded| loaded.kind == Kind::VersionCatalog).map(|loaded| loaded.manifest.clone());
        if let Some(catalog) = &catalog {
            manifests.iter_mut().for_each(|loaded| loaded.manifest.resolve(catalog));
        }
        let names = gone.iter().map(|name| (*name).to_owned()).collect();
        let removals = [Removal { names, ..Removal::default() }];
        let removals = if gone.is_empty() { &[][..] } else { &removals[..] };
        let compiled = ["autogenerated by pip-compile".to_owned()];
        let edits = edit_package(&manifests, std::slice::from_ref(choice), removals, &compiled, &Limits::default());
        let after = manifests.iter().enumerate().map(|(position, loaded)| {
            super::super::apply(loaded.file.text(), edits.changes.get(&position).map_or(&[], Vec::as_slice))
        });
        let refused = edits.refusals.iter().map(|(path, refusal)| format!("{}: {refusal}", path.display()));
        (after.collect(), refused.collect())
    }

    #[test]
    fn every_manifest_that_asks_for_the_old_one_gets_the_new_one() {
        let authlib = choice(Ecosystem::Pypi, "authlib", ">=1.3");
        let files = [
            ("setup.py", "setup(install_requires=['PyJWT', 'x'])\n"),
            ("requirements.txt", "pyjwt==2\nx\n"),
            ("requirements-dev.txt", "pytest\n"),
            ("package.json", "{}"),
        ];
        let (after, refused) = edited(&files, &authlib, &["pyjwt"]);
        assert_eq!(after, ["setup(install_requires=['authlib>=1.3', 'x'])\n", "authlib>=1.3\nx\n", "pytest\n", "{}"]);
        assert!(refused.is_empty(), "{refused:?}");
        // Without an old one the first that takes it, unless it is there.
        let files = [("setup.cfg", "[flake8]\n"), ("requirements.txt", "x\n"), ("requirements-dev.txt", "pytest\n")];
        let (after, refused) = edited(&files, &authlib, &[]);
        assert_eq!((after[1].as_str(), refused.len()), ("x\nauthlib>=1.3\n", 0));
        let files = [("setup.py", "setup(install_requires=['x'])\n"), ("requirements.txt", "Authlib\n")];
        assert_eq!(edited(&files, &authlib, &[]).0[0], files[0].1);
    }

    #[test]
    fn a_compiled_file_is_left_to_its_source() {
        let authlib = choice(Ecosystem::Pypi, "authlib", ">=1.3");
        let text = "# autogenerated by pip-compile\npyjwt==2.1\n";
        let (after, refused) =
            edited(&[("requirements.in", "pyjwt\n"), ("requirements.txt", text)], &authlib, &["PyJWT"]);
        assert_eq!(after, ["authlib>=1.3\n", text]);
        assert!(refused.is_empty(), "{refused:?}");
        let (after, refused) = edited(&[("requirements.txt", text)], &authlib, &["PyJWT"]);
        assert_eq!(after, [text]);
        assert!(refused[0].contains("ask for `authlib>=1.3` in the file it is made from"), "{refused:?}");
    }

    #[test]
    fn a_build_that_goes_by_a_catalog_gets_an_alias() {
        let client = choice(Ecosystem::Maven, "org.example:oauth2-client", "5.8.16");
        let catalog = "[libraries]\njwt = \"g:jwt:1\"\n";
        let files = [
            ("build.gradle", "dependencies {\n    implementation libs.jwt\n}\n"),
            ("gradle/libs.versions.toml", catalog),
        ];
        let (after, refused) = edited(&files, &client, &["g:jwt"]);
        assert_eq!(after[0], "dependencies {\n    implementation libs.oauth2.client\n}\n");
        assert_eq!(
            after[1],
            format!("{catalog}oauth2-client = {{ module = \"org.example:oauth2-client\", version = \"5.8.16\" }}\n")
        );
        assert!(refused.is_empty(), "{refused:?}");
        // One that is there is raised where its version stands.
        let mut client = client;
        client.addition.names = vec!["g:jwt".to_owned()];
        client.raise = Some(super::super::Raise {
            names: client.addition.names.clone(),
            version: "2".to_owned(),
            requirement: "2".to_owned(),
        });
        let (after, refused) = edited(&files, &client, &[]);
        assert_eq!((after[0].as_str(), after[1].as_str()), (files[0].1, "[libraries]\njwt = \"g:jwt:2\"\n"));
        assert!(refused.is_empty(), "{refused:?}");
    }
}
