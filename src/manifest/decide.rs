//! Which version of a package a project is to ask for: what its runtime, its other packages and what manages its versions leave
//! open. The numbers are data (`[[target]]` in the rule files).

use super::edit::{Addition, Raise};
use super::floor::Floor;
use super::{Dependency, Group, Kind, Loaded, Managed, Versions};
use crate::rules::schema::{Brought, Ecosystem};
use crate::rules::targets::{BesideChoice, Feature, RuntimeChoice, Target, TargetPackage, fits, numbers};

/// What is known of a project.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// Its manifests and those above it that settle versions for it, nearest first.
    pub manifests: &'a [Loaded],
    /// The lowest runtime that it works with, where it says so.
    pub floor: Option<&'a Floor>,
    /// What it is made with.
    pub features: &'a [Feature],
}

/// A package with the version that is right for a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// How it is asked for where it is not yet; `beside` and `alias` are left to whoever knows what it replaces.
    pub addition: Addition,
    /// From which version on it will do where it is there; nothing where any version does.
    pub raise: Option<Raise>,
    /// The lowest version that the project has then, where that is known: the form of code may depend on it.
    pub version: Option<String>,
    /// What settles the version, where none is written.
    pub managed: Option<Managed>,
    /// Why this version, in a few words for a report.
    pub why: String,
}

/// Why no version is right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// The runtime is too old.
    #[error(
        "{package} needs version {needs} of the runtime, and the project asks for {floor}; raise that, or keep the client at hand"
    )]
    Runtime {
        /// The package or target.
        package: String,
        /// What it needs.
        needs: String,
        /// What the project says.
        floor: String,
    },
    /// No version is known to go with another package.
    #[error(
        "no version of {package} is known to go with {other} {version}; choose one by hand, or keep the client at hand"
    )]
    Beside {
        /// The package.
        package: String,
        /// The other one.
        other: String,
        /// Its version.
        version: String,
    },
}

/// Whether a target works with the runtime of a project. Where that says nothing, it does.
pub fn supports(target: &Target, floor: Option<&Floor>, commonjs: bool) -> Result<(), Undecided> {
    let needs = target.needs_commonjs.as_ref().filter(|_| commonjs).or(target.needs.as_ref());
    match (needs, floor) {
        (Some(needs), Some(floor)) if !floor.is_at_least(needs) => {
            Err(Undecided::Runtime { package: target.name.clone(), needs: needs.clone(), floor: floor.written.clone() })
        }
        _ => Ok(()),
    }
}

/// The packages that a target takes in a project, in the order of the rule file.
pub fn decide(target: &Target, project: Project<'_>) -> Result<Vec<Choice>, Undecided> {
    let mut choices: Vec<Choice> = Vec::new();
    for package in &target.packages {
        let known = choices.iter().any(|choice| choice.addition.names.first() == package.names.first());
        let wanted = package.when.is_none_or(|feature| project.features.contains(&feature));
        let replaced =
            project.asked(package.ecosystem).any(|found| fits(package.ecosystem, &package.unless, &found.name));
        if !known && wanted && !replaced {
            choices.push(choose(package, project)?);
        }
    }
    Ok(choices)
}

/// A package that code has used without asking for it, by its name: nothing where something else in the project has it too.
pub fn decide_one(targets: &[Target], name: &str, project: Project<'_>) -> Option<Result<Choice, Undecided>> {
    let package = targets.iter().flat_map(|target| &target.packages).find(|package| package.is_named(name))?;
    Some(choose(package, project))
}

/// Whether a project asks for a package that comes with another, or for a third that has it too.
pub fn has(targets: &[Target], ecosystem: Ecosystem, brought: &Brought, project: Project<'_>) -> bool {
    let package = targets.iter().flat_map(|target| &target.packages).find(|package| package.is_named(&brought.name));
    let unless = package.map_or(&[][..], |package| &package.unless);
    let mut asked = project.asked(ecosystem).filter(|found| found.group != Group::Managed);
    asked.any(|found| {
        let fits = |patterns| fits(ecosystem, patterns, &found.name);
        found.name == brought.name || fits(unless) || fits(&brought.unless)
    })
}

impl<'a> Project<'a> {
    /// All that is asked for or settled in an ecosystem.
    fn asked(self, ecosystem: Ecosystem) -> impl Iterator<Item = &'a Dependency> {
        let entries = self.manifests.iter().flat_map(|loaded| &loaded.manifest.dependencies);
        entries.filter(move |found| found.ecosystem == ecosystem)
    }

    /// The lowest version of the first package that fits, with its name and the way it is written. A package that is there only
    /// to build with says nothing of what runs.
    fn version_of(self, package: &TargetPackage, patterns: &[String]) -> Option<Known<'a>> {
        self.manifests.iter().find_map(|loaded| {
            loaded.manifest.dependencies.iter().find_map(|found| {
                let is_other = found.ecosystem == package.ecosystem
                    && found.group != Group::Development
                    && !package.is_named(&found.name)
                    && fits(package.ecosystem, patterns, &found.name);
                let versions = Versions { requirement: found.requirement.as_deref(), locked: None };
                let written = found.version_range.map(|range| &loaded.file.text()[range.start..range.end]);
                // A version under a name can be written so again, in a pom.
                let name = written.filter(|written| loaded.kind == Kind::Pom && written.starts_with("${"));
                let lowest = versions.lowest(found.ecosystem);
                (is_other && (lowest.is_some() || name.is_some())).then_some(Known { found, lowest, name })
            })
        })
    }
}

/// A package of which a project names the version.
struct Known<'a> {
    found: &'a Dependency,
    /// The version.
    lowest: Option<String>,
    /// The property of a pom that holds it.
    name: Option<&'a str>,
}

fn choose(package: &TargetPackage, project: Project<'_>) -> Result<Choice, Undecided> {
    let name = package.names.first().cloned().unwrap_or_default();
    let runtime = project.floor.filter(|_| !package.runtimes.is_empty());
    let by_runtime = match runtime {
        Some(floor) => Some(by_runtime(package, &name, floor)?),
        None => None,
    };
    if let Some(managed) = Managed::of(&package.managers, project.manifests) {
        let why = match &managed.version {
            Some(version) => format!("{} {version} settles the version", managed.by),
            None => format!("{} settles the version", managed.by),
        };
        let version = managed.settles.clone();
        return Ok(choice(package, Text::default(), version, None, Some(managed), why));
    }
    if let Some(same) = project.version_of(package, &package.same_as) {
        let written = same.name.map(str::to_owned).or_else(|| same.lowest.clone());
        let why = format!("the version of {}", same.found.name);
        return Ok(choice(package, Text { requirement: written, pinned: None }, same.lowest, None, None, why));
    }
    for beside in &package.besides {
        let patterns = std::slice::from_ref(&beside.package);
        let Some(other) = project.version_of(package, patterns) else { continue };
        let Some(version) = other.lowest.filter(|version| numbers(version) >= numbers(&beside.from)) else { continue };
        return by_beside(package, beside, &name, other.found, version);
    }
    let why = match runtime {
        Some(floor) => format!("the runtime is {} or later", floor.written),
        None => "nothing in the project asks for another version".to_owned(),
    };
    let (version, text) = match by_runtime {
        Some(chosen) => {
            let requirement = chosen.requirement.clone().unwrap_or_else(|| chosen.version.clone());
            (Some(chosen.version.clone()), Text { requirement: Some(requirement), pinned: chosen.pinned.clone() })
        }
        None => {
            let requirement = package.requirement.clone().or_else(|| package.version.clone());
            // Any version of npm's is right with any runtime, unless a table says otherwise.
            let pinned = package.version.clone().filter(|_| package.ecosystem == Ecosystem::Npm);
            (package.version.clone(), Text { requirement, pinned })
        }
    };
    Ok(choice(package, text, version.clone(), version, None, why))
}

fn by_runtime<'a>(package: &'a TargetPackage, name: &str, floor: &Floor) -> Result<&'a RuntimeChoice, Undecided> {
    let fitting = package.runtimes.iter().find(|choice| floor.is_at_least(&choice.from));
    fitting.ok_or_else(|| Undecided::Runtime {
        package: name.to_owned(),
        needs: package.runtimes.last().map(|choice| choice.from.clone()).unwrap_or_default(),
        floor: floor.written.clone(),
    })
}

fn by_beside(
    package: &TargetPackage,
    beside: &BesideChoice,
    name: &str,
    other: &Dependency,
    other_version: String,
) -> Result<Choice, Undecided> {
    let Some(version) = &beside.version else {
        return Err(Undecided::Beside { package: name.to_owned(), other: other.name.clone(), version: other_version });
    };
    let why = format!("it goes with {} {other_version}", other.name);
    let text = Text { requirement: Some(version.clone()), pinned: None };
    Ok(choice(package, text, Some(version.clone()), Some(version.clone()), None, why))
}

/// What is written.
#[derive(Default)]
struct Text {
    requirement: Option<String>,
    pinned: Option<String>,
}

fn choice(
    package: &TargetPackage,
    text: Text,
    version: Option<String>,
    raised: Option<String>,
    managed: Option<Managed>,
    why: String,
) -> Choice {
    let requirement = text.requirement.clone().or_else(|| package.requirement.clone()).unwrap_or_default();
    Choice {
        ecosystem: package.ecosystem,
        raise: raised.map(|version| Raise { names: package.names.clone(), version, requirement }),
        addition: Addition {
            names: package.names.clone(),
            requirement: text.requirement,
            pinned: text.pinned,
            development: package.development,
            ..Addition::default()
        },
        version,
        managed,
        why,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::finding::Platform;
    use crate::manifest::Manifest;
    use crate::manifest::floor::floor;
    use crate::rules::Catalog;
    use crate::source::SourceFile;
    use crate::syntax::Limits;

    fn loaded(path: &str, text: &str) -> Loaded {
        let kind = Kind::of(&PathBuf::from(path)).unwrap();
        Loaded {
            path: PathBuf::from(path),
            kind,
            file: SourceFile::decode(path, text.as_bytes(), kind.language()).unwrap(),
            manifest: Manifest::parse(kind, text, &Limits::default()),
        }
    }

    fn chosen(platform: Platform, target: &str, features: &[Feature], manifests: &[Loaded]) -> Vec<String> {
        let catalog = Catalog::load(&[]).unwrap();
        let target = catalog.targets().named(platform, target).unwrap();
        let floor = manifests.iter().find_map(|loaded| floor(loaded.kind, loaded.file.text()));
        let project = Project { manifests, floor: floor.as_ref(), features };
        match decide(target, project) {
            Ok(choices) => choices
                .iter()
                .map(|choice| {
                    let addition = &choice.addition;
                    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
                    format!(
                        "{} {} {} {}",
                        addition.names[0],
                        text(&addition.requirement),
                        text(&addition.pinned),
                        text(&choice.version)
                    )
                })
                .collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn node() {
        let package = [loaded("package.json", "{}")];
        assert_eq!(chosen(Platform::Node, "passport", &[], &package), ["passport-oauth2 ^1.8.0 1.8.0 1.8.0"]);
        assert_eq!(
            chosen(Platform::Node, "passport", &[Feature::Typescript], &package),
            ["passport-oauth2 ^1.8.0 1.8.0 1.8.0", "@types/passport-oauth2 ^1.8.0 1.8.0 1.8.0"]
        );
        let catalog = Catalog::load(&[]).unwrap();
        let client = catalog.targets().named(Platform::Node, "openid-client").unwrap();
        let at = |range: &str| floor(Kind::PackageJson, &format!("{{\"engines\": {{\"node\": \"{range}\"}}}}"));
        assert!(supports(client, at(">=20").as_ref(), false).is_ok());
        assert!(supports(client, at(">=20").as_ref(), true).is_err());
        assert!(supports(client, at(">=18").as_ref(), false).is_err());
        assert!(supports(client, None, true).is_ok());
    }

    #[test]
    fn python() {
        let at = |version: &str| [loaded("pyproject.toml", &format!("[project]\nrequires-python = \">={version}\"\n"))];
        let plain = |version: &str| chosen(Platform::Python, "authlib", &[], &at(version));
        assert_eq!(plain("3.11"), ["authlib >=1.3 1.9.9 1.3"]);
        assert_eq!(plain("3.9"), ["authlib >=1.3 1.6.12 1.3"]);
        assert_eq!(plain("3.8"), ["authlib >=1.3 1.3.2 1.3"]);
        assert_eq!(plain("3.7"), ["authlib >=0.15.6 - 0.15.6"]);
        assert!(plain("2.7")[0].contains("needs version 3.6 of the runtime"), "{:?}", plain("2.7"));
        let requests =
            chosen(Platform::Python, "authlib", &[Feature::Requests], &[loaded("requirements.txt", "boto3\n")]);
        assert_eq!(requests, ["authlib >=1.3 - 1.3", "requests - - -"]);
        let httpx = chosen(Platform::Python, "authlib", &[Feature::Httpx], &[]);
        assert_eq!(httpx, ["authlib >=1.3,<1.8 - 1.3"]);
    }

    fn java(inside: &str) -> Vec<String> {
        chosen(Platform::Java, "spring-security", &[], &[loaded("pom.xml", &format!("<project>{inside}</project>"))])
    }

    fn entry(group: &str, artifact: &str, version: &str) -> String {
        format!(
            "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        )
    }

    #[test]
    fn java_with_maven() {
        const CLIENT: &str = "org.springframework.security:spring-security-oauth2-client";
        const JACKSON: &str = "com.fasterxml.jackson.core:jackson-databind";
        let at = |version: u64| java(&format!("<properties><java.version>{version}</java.version></properties>"));
        assert_eq!(at(8)[0], format!("{CLIENT} 5.8.16 - 5.8.16"));
        assert_eq!(at(11)[0], format!("{CLIENT} 5.8.16 - 5.8.16"));
        assert_eq!(at(17)[0], format!("{CLIENT} 6.5.11 - 6.5.11"));
        assert_eq!(at(17)[1], format!("{JACKSON} 2.17.2 - 2.17.2"));
        assert!(at(7)[0].contains("needs version 8"), "{:?}", at(7));
        let parent = |version: &str| {
            java(&format!(
                "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>{version}</version></parent>"
            ))
        };
        assert_eq!(parent("3.4.1"), [format!("{CLIENT} - - 6.4"), format!("{JACKSON} - - 2.14")]);
        assert_eq!(parent("2.3.0.RELEASE")[0], format!("{CLIENT} - - 5.2"));
        let with = |entries: &str| {
            java(&format!(
                "<dependencies>{entries}{}</dependencies>",
                entry("com.fasterxml.jackson.core", "jackson-databind", "2")
            ))
        };
        assert_eq!(with(&entry("org.springframework", "spring-web", "6.2.1")), [format!("{CLIENT} 6.5.11 - 6.5.11")]);
        assert_eq!(with(&entry("org.springframework", "spring-web", "5.3.39")), [format!("{CLIENT} 5.8.16 - 5.8.16")]);
        assert_eq!(with(&entry("org.springframework", "spring-web", "6.1.1")), [format!("{CLIENT} 6.3.4 - 6.3.4")]);
        assert!(with(&entry("org.springframework", "spring-web", "5.2.9"))[0].contains("is known to go with"));
        assert_eq!(
            with(&entry("org.springframework.security", "spring-security-core", "6.3.4")),
            [format!("{CLIENT} 6.3.4 - 6.3.4")]
        );
        let named = java(&format!(
            "<properties><s.version>6.3.4</s.version></properties><dependencies>{}</dependencies>",
            entry("org.springframework.security", "spring-security-core", "${s.version}")
        ));
        assert_eq!(named[0], format!("{CLIENT} ${{s.version}} - 6.3.4"));
    }

    #[test]
    fn java_with_gradle() {
        let of = |files: &[(&str, &str)]| {
            let manifests: Vec<Loaded> = files.iter().map(|(path, text)| loaded(path, text)).collect();
            chosen(Platform::Java, "spring-security", &[], &manifests).swap_remove(0)
        };
        const CLIENT: &str = "org.springframework.security:spring-security-oauth2-client";
        let plugins = "plugins {\n  id 'java'\n  id 'org.springframework.boot' version '3.2.0'\n  id 'io.spring.dependency-management' version '1.1.4'\n}\n";
        assert_eq!(of(&[("build.gradle", plugins)]), format!("{CLIENT} - - 6.0"));
        let alone = "plugins {\n  id(\"org.springframework.boot\") version \"3.2.0\"\n}\nsourceCompatibility = 17\n";
        assert_eq!(of(&[("build.gradle.kts", alone)]), format!("{CLIENT} 6.5.11 - 6.5.11"));
        let platform = "dependencies {\n  implementation(platform(\"org.springframework.boot:spring-boot-dependencies:2.7.18\"))\n}\n";
        assert_eq!(of(&[("build.gradle.kts", platform)]), format!("{CLIENT} - - 5.5"));
        let catalog = "[versions]\nboot = \"3.5.0\"\n[plugins]\nspring-boot = { id = \"org.springframework.boot\", version.ref = \"boot\" }\nspring-deps = \"io.spring.dependency-management:1.1.4\"\n";
        let aliases = "plugins {\n  alias(libs.plugins.spring.boot)\n  alias(libs.plugins.spring.deps)\n}\n";
        assert_eq!(
            of(&[("build.gradle", aliases), ("gradle/libs.versions.toml", catalog)]),
            format!("{CLIENT} - - 6.4")
        );
        let old = "buildscript {\n  dependencies { classpath 'org.springframework.boot:spring-boot-gradle-plugin:2.3.4' }\n}\napply plugin: 'org.springframework.boot'\napply plugin: 'io.spring.dependency-management'\n";
        assert_eq!(of(&[("build.gradle", old)]), format!("{CLIENT} - - 5.2"));
    }
}
