//! The versions that lock files settle. They are looked up beside a manifest, never reported and never edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::conda::scalars;
use super::pyproject;
use crate::rules::normal_name;
use crate::rules::schema::Ecosystem;

/// Larger lock files are not read: without them the requirement of the manifest decides.
const LARGEST: u64 = 64 << 20;

type Reader = fn(&str) -> Locks;

/// The files of an ecosystem, the first that is there counts.
const FILES: [(Ecosystem, &str, Reader); 11] = [
    (Ecosystem::Npm, "package-lock.json", package_lock),
    (Ecosystem::Npm, "npm-shrinkwrap.json", package_lock),
    (Ecosystem::Npm, "yarn.lock", yarn_lock),
    (Ecosystem::Npm, "pnpm-lock.yaml", pnpm_lock),
    (Ecosystem::Pypi, "poetry.lock", toml_lock),
    (Ecosystem::Pypi, "uv.lock", toml_lock),
    (Ecosystem::Pypi, "pdm.lock", toml_lock),
    (Ecosystem::Pypi, "Pipfile.lock", pipfile_lock),
    (Ecosystem::Maven, "gradle.lockfile", gradle_lock),
    (Ecosystem::Maven, "buildscript-gradle.lockfile", gradle_lock),
    (Ecosystem::Maven, "gradle/dependency-locks/compileClasspath.lockfile", gradle_lock),
];

/// What a lock file settles: names, with the requirement where the file tells it, and versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locks {
    versions: BTreeMap<String, Vec<(Option<String>, String)>>,
    /// Packages that others need beside them, with those others.
    peers: BTreeMap<String, BTreeSet<String>>,
}

impl Locks {
    /// Reads the lock file of an ecosystem that stands in a folder or, as in a workspace, in the nearest folder above it up
    /// to `root`. Nothing is locked where there is none or it cannot be read.
    pub fn near(folder: &Path, root: &Path, ecosystem: Ecosystem) -> Self {
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(root)) {
            for (_, name, read) in FILES.iter().filter(|(of, ..)| *of == ecosystem) {
                let path = folder.join(name);
                if fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST)
                    && let Ok(text) = fs::read_to_string(&path)
                {
                    return read(&text);
                }
            }
        }
        Self::default()
    }

    /// The version that is settled for a package. Where there are several, that for the requirement, or none.
    pub fn resolved(&self, ecosystem: Ecosystem, name: &str, requirement: Option<&str>) -> Option<&str> {
        let known = self.versions.get(&normal_name(ecosystem, name))?;
        let exact = known.iter().find(|(asked, _)| asked.is_some() && asked.as_deref() == requirement);
        if let Some((_, version)) = exact {
            return Some(version);
        }
        let (_, first) = known.first()?;
        known.iter().all(|(_, version)| version == first).then_some(first)
    }

    /// The packages that need another one beside them, where the file tells that.
    pub fn beside(&self, name: &str) -> impl Iterator<Item = &str> {
        self.peers.get(name).into_iter().flatten().map(String::as_str)
    }

    fn add(&mut self, ecosystem: Ecosystem, name: &str, requirement: Option<&str>, version: &str) {
        let known = self.versions.entry(normal_name(ecosystem, name)).or_default();
        known.push((requirement.map(str::to_owned), version.to_owned()));
    }
}

/// Versions 1 to 3: `dependencies` by name, or `packages` by the folder that they are installed in.
fn package_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let Ok(Some(Value::Object(root))) = parsed.map(|parsed| parsed.value) else { return locks };
    let (table, prefix) = match root.get_object("packages") {
        Some(packages) => (packages, "node_modules/"),
        None => match root.get_object("dependencies") {
            Some(dependencies) => (dependencies, ""),
            None => return locks,
        },
    };
    for package in &table.properties {
        // What is installed below another package is not what the manifest asks for.
        if let Some(name) = package.name.as_str().strip_prefix(prefix).filter(|name| !name.contains("node_modules/"))
            && let Some(version) = package.value.as_object().and_then(|package| package.get_string("version"))
        {
            locks.add(Ecosystem::Npm, name, None, &version.value);
        }
        let of = package.name.as_str().rsplit("node_modules/").next().unwrap_or_default();
        for (peer, needed) in package.value.as_object().map(peers).into_iter().flatten() {
            if needed && !of.is_empty() {
                locks.peers.entry(peer).or_default().insert(of.to_owned());
            }
        }
    }
    locks
}

/// What a package needs beside it, and whether it does without.
fn peers(package: &Object<'_>) -> Vec<(String, bool)> {
    let meta = package.get_object("peerDependenciesMeta");
    let optional = |name: &str| meta?.get_object(name)?.get_boolean("optional").map(|optional| optional.value);
    let peers = package.get_object("peerDependencies").into_iter().flat_map(|peers| &peers.properties);
    peers.map(|peer| (peer.name.as_str().to_owned(), optional(peer.name.as_str()) != Some(true))).collect()
}

/// Yarn 1 and later: a head with what is asked for, the version below it.
fn yarn_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    let mut head: Vec<(&str, &str)> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let asked = line.trim_end_matches(':').split(',').map(|part| part.trim().trim_matches('"'));
            // The name of a scoped package begins with the same sign.
            let split = |asked: &'_ str| asked.get(1..)?.find('@').map(|at| at + 1);
            head = asked.filter_map(|asked| split(asked).map(|at| (&asked[..at], &asked[at + 1..]))).collect();
        } else if let Some(version) = line.strip_prefix("  version") {
            let version = version.trim_start_matches(':').trim().trim_matches('"');
            for (name, requirement) in head.drain(..) {
                let requirement = requirement.strip_prefix("npm:").unwrap_or(requirement);
                locks.add(Ecosystem::Npm, name, Some(requirement), version);
            }
        }
    }
    locks
}

/// Direct dependencies with what was asked for and what was taken; in old files the keys of `packages`.
fn pnpm_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    scalars(text, |keys, range| {
        let value = text[range.start..range.end].trim_matches(['"', '\'']);
        let version = value.split(['(', '_']).next().unwrap_or(value);
        match keys {
            [.., table, name, "version"] if table.ends_with("ependencies") => {
                locks.add(Ecosystem::Npm, name, None, version);
            }
            [table, name] if table.ends_with("ependencies") => locks.add(Ecosystem::Npm, name, None, version),
            _ => {}
        }
    });
    locks
}

/// Poetry, uv and PDM: one `[[package]]` each.
fn toml_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    let (root, _) = pyproject::parse(text);
    let packages = root.get_ref().get("package").and_then(|packages| packages.get_ref().as_array());
    for package in packages.into_iter().flat_map(|packages| packages.iter()) {
        let Some(package) = package.get_ref().as_table() else { continue };
        let text = |key: &str| package.get(key)?.get_ref().as_str();
        if let (Some(name), Some(version)) = (text("name"), text("version")) {
            locks.add(Ecosystem::Pypi, name, None, version);
        }
    }
    locks
}

fn pipfile_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let Ok(Some(Value::Object(root))) = parsed.map(|parsed| parsed.value) else { return locks };
    for table in ["default", "develop"].iter().filter_map(|table| root.get_object(table)) {
        for package in &table.properties {
            if let Some(version) = package.value.as_object().and_then(|package| package.get_string("version")) {
                locks.add(Ecosystem::Pypi, package.name.as_str(), None, version.value.trim_start_matches('='));
            }
        }
    }
    locks
}

/// `group:name:version=configurations`, one a line.
fn gradle_lock(text: &str) -> Locks {
    let mut locks = Locks::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let coordinates = line.split('=').next().unwrap_or_default();
        if let Some((name, version)) = coordinates.rsplit_once(':') {
            locks.add(Ecosystem::Maven, name, None, version.trim());
        }
    }
    locks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_packages_need_beside_them_is_told_but_for_what_they_do_without() {
        let locks = package_lock(
            r#"{"packages": {"": {}, "node_modules/a": {"version": "1.0.0", "peerDependencies": {"b": "*", "c": "*"},
                "peerDependenciesMeta": {"c": {"optional": true}}}, "node_modules/d/node_modules/@e/f": {"peerDependencies": {"b": "1"}}}}"#,
        );
        assert_eq!(locks.beside("b").collect::<Vec<_>>(), ["@e/f", "a"]);
        assert_eq!(locks.beside("c").count(), 0);
    }

    #[test]
    fn every_format_gives_the_version() {
        let npm = |locks: &Locks| locks.resolved(Ecosystem::Npm, "@acme/a", Some("^1.0.0")).map(str::to_owned);
        let some = Some("1.2.0".to_owned());
        let text = "{\"packages\": {\"\": {}, \"node_modules/@acme/a\": {\"version\": \"1.2.0\"}, \"node_modules/b/node_modules/@acme/a\": {\"version\": \"0.1.0\"}}}";
        assert_eq!(npm(&package_lock(text)), some);
        assert_eq!(npm(&package_lock("{\"dependencies\": {\"@acme/a\": {\"version\": \"1.2.0\"}}}")), some);
        let text = "# yarn\n\n\"@acme/a@^1.0.0\", \"@acme/a@^1.1\":\n  version \"1.2.0\"\n\n\"@acme/a@^0.1.0\":\n  version \"0.1.0\"\n";
        assert_eq!(npm(&yarn_lock(text)), some);
        assert_eq!(yarn_lock(text).resolved(Ecosystem::Npm, "@acme/a", Some("~9")), None);
        assert_eq!(npm(&yarn_lock("\"@acme/a@npm:^1.0.0\":\n  version: 1.2.0\n")), some);
        let text = "importers:\n  .:\n    dependencies:\n      '@acme/a':\n        specifier: ^1.0.0\n        version: 1.2.0(b@1.0.0)\n";
        assert_eq!(npm(&pnpm_lock(text)), some);
        assert_eq!(npm(&pnpm_lock("lockfileVersion: 5.4\ndependencies:\n  '@acme/a': 1.2.0\n")), some);
        let python = |locks: &Locks| locks.resolved(Ecosystem::Pypi, "Umapi_Client", None).map(str::to_owned);
        assert_eq!(python(&toml_lock("[[package]]\nname = \"umapi-client\"\nversion = \"1.2.0\"\n")), some);
        assert_eq!(python(&pipfile_lock("{\"default\": {\"umapi-client\": {\"version\": \"==1.2.0\"}}}")), some);
        let locks = gradle_lock("# x\na:b:1.2.0=compileClasspath,runtimeClasspath\nempty=\n");
        assert_eq!(locks.resolved(Ecosystem::Maven, "a:b", None), Some("1.2.0"));
        assert_eq!(package_lock("{"), Locks::default());
    }
}
