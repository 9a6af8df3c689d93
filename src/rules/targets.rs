//! The format of `[[target]]` and `[[lock]]`: which packages rewritten code needs, in which versions, and by which command what a
//! project has locked is locked anew. It is data; [`crate::manifest`] decides and edits with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::code::CodeModel;
use super::normal_name;
use super::pattern::{Piece, TextPattern};
use super::schema::Ecosystem;
use crate::finding::Platform;

/// What a rewrite may lead to: a library, with the packages that it takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name, as `--target` and reports have it.
    pub name: String,
    /// The code that it is for.
    pub platform: Platform,
    /// The lowest version of the runtime that it works with.
    pub needs: Option<String>,
    /// The same where code loads it with `require`.
    pub needs_commonjs: Option<String>,
    /// Where it asks for tokens, where a request gives no host.
    pub host: Option<String>,
    /// Folders in which every file is something to a framework, so that none is added to them.
    #[serde(default)]
    pub routes: Vec<String>,
    /// What has to be asked for. Of several with the same first name the first that fits is taken.
    #[serde(rename = "package")]
    pub packages: Vec<TargetPackage>,
    /// What it calls in the place of other clients.
    #[serde(default, rename = "client")]
    pub clients: Vec<ClientModel>,
    /// Clients that it cannot take the place of.
    #[serde(default)]
    pub kept: Vec<KeptModel>,
    /// Members of a response that say more than the token.
    #[serde(default)]
    pub response_members: Vec<String>,
    /// Members of a response by which its content is read or checked.
    #[serde(default)]
    pub content_members: Vec<String>,
    /// Classes of clients whose subclasses see what is sent.
    #[serde(default)]
    pub interceptors: Vec<String>,
    /// Methods that put something under a client which sees what is sent.
    #[serde(default)]
    pub adapters: Vec<String>,
    /// Arguments of clients and requests that see what is sent, or that decide who may read it.
    #[serde(default)]
    pub hooks: Vec<String>,
    /// What it prints, where that is data.
    pub code: Option<CodeModel>,
}

/// What a target calls in the place of a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientModel {
    /// The library whose requests it takes over, by the name its rule file gives it.
    pub replaces: String,
    /// Functions of that library that send, each with the position of the address.
    pub senders: BTreeMap<String, usize>,
    /// The names of arguments that hold a form.
    pub forms: Vec<String>,
    /// The module of the new client.
    pub module: String,
    /// Its class.
    pub class: String,
    /// The method that asks for a token.
    pub method: String,
    /// What its constructor is given besides the client and the scopes.
    pub settings: Vec<(String, String)>,
    /// Arguments of the old call that the new one takes as well.
    pub options: Vec<String>,
    /// Headers that the new client sends, or that do not matter to a token; in small letters.
    pub quiet_headers: Vec<String>,
    /// The module of the exception that the new client raises where the server refuses, and its name.
    #[serde(default)]
    pub error: Option<(String, String)>,
    /// Exceptions of the library that stand for such a refusal.
    #[serde(default)]
    pub status_errors: Vec<String>,
    /// Exceptions that those are made from, which stand for much else.
    #[serde(default)]
    pub base_errors: Vec<String>,
    /// Exceptions for an answer that is no JSON.
    #[serde(default)]
    pub content_errors: Vec<String>,
    /// Exceptions for a member that the answer does not have.
    #[serde(default)]
    pub missing_errors: Vec<String>,
    /// Exceptions that the new client raises as the old one did.
    #[serde(default)]
    pub same_errors: Vec<String>,
    /// Methods that decode the answer.
    pub decoders: Vec<String>,
    /// Functions that decode what a member of the answer holds, each with those members.
    #[serde(default)]
    pub decoding_functions: BTreeMap<String, Vec<String>>,
    /// Functions that make a text of a form.
    #[serde(default)]
    pub encoders: Vec<String>,
    /// Functions that make a value fit for the text of a form.
    #[serde(default)]
    pub quoters: Vec<String>,
    /// Methods that raise where the answer is no success.
    pub checks: Vec<String>,
    /// Members of the answer that mean the same, or that are dealt with.
    pub members: Vec<String>,
}

/// Clients that a target cannot take the place of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptModel {
    /// The libraries, by the names their rule files give them.
    pub libraries: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A package that a target takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetPackage {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// Its names; the first is written.
    pub names: Vec<String>,
    /// The lowest version that will do; nothing where any does.
    pub version: Option<String>,
    /// The requirement to write; without one, for Maven, the version.
    pub requirement: Option<String>,
    /// Whether it is needed to build alone.
    #[serde(default)]
    pub development: bool,
    /// It is needed only where the project has this.
    pub when: Option<Feature>,
    /// It is not needed where the project asks for one of these, as patterns of names.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What to ask for by the lowest runtime of the project, highest first. Below all of them the package does not work.
    #[serde(default, rename = "runtime")]
    pub runtimes: Vec<RuntimeChoice>,
    /// Packages that have to be of the same version, as patterns of names.
    #[serde(default)]
    pub same_as: Vec<String>,
    /// What to ask for by the version of another package that the project has, highest first.
    #[serde(default, rename = "beside")]
    pub besides: Vec<BesideChoice>,
    /// What may settle the version, so that none is written.
    #[serde(default, rename = "manager")]
    pub managers: Vec<Manager>,
}

/// What a project is made with, as far as it decides on packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Its code is TypeScript.
    Typescript,
    /// The rewritten code sends through httpx.
    Httpx,
    /// The rewritten code sends through requests.
    Requests,
}

impl Feature {
    /// The word by which new code shows that it goes through a library; nothing for what shows otherwise.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Typescript => None,
            Self::Httpx => Some("httpx"),
            Self::Requests => Some("requests"),
        }
    }
}

/// What to ask for from a version of the runtime on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeChoice {
    /// The version of Node, Python or Java.
    pub from: String,
    /// The lowest version of the package that will do.
    pub version: String,
    /// The requirement to write; without one, for Maven, the version.
    pub requirement: Option<String>,
    /// The version to write where a project names exact versions.
    pub pinned: Option<String>,
}

/// What to ask for from a version of another package on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideChoice {
    /// The other package, as a pattern of its name.
    pub package: String,
    /// Its version.
    pub from: String,
    /// What to ask for; nothing where no version is known to fit.
    pub version: Option<String>,
}

/// What settles the version of a package for a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manager {
    /// Its name for people.
    pub name: String,
    /// Parents and bills of materials, any of them.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Plugins of Gradle, all of them together; the first has the version.
    #[serde(default)]
    pub plugins: Vec<String>,
    /// Packages that bring the first plugin with them.
    #[serde(default)]
    pub plugin_packages: Vec<String>,
    /// Names in scripts of Gradle that stand for the packages, where the first plugin is there.
    #[serde(default)]
    pub constants: Vec<String>,
    /// Which version it settles, by its own, highest first; without any its own.
    #[serde(default)]
    pub manages: Vec<Manages>,
}

/// Which version of a package goes with a version of what manages it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manages {
    /// The version of the manager.
    pub from: String,
    /// The lowest version that it settles.
    pub version: String,
}

/// A file in which a package manager locks versions, and how it is made anew.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockModel {
    /// Where the packages come from.
    pub ecosystem: Ecosystem,
    /// Its name, as a pattern.
    pub file: String,
    /// The command to run in its folder: `{file}` is its name, `{source}` that of the file it is compiled from.
    pub command: String,
    /// A text in a comment at its head, without which a file of this name is none.
    pub marker: Option<String>,
}

/// All targets and lock files.
#[derive(Debug, Clone, Default)]
pub struct TargetModels {
    /// In the order of the rule files; the first of a platform is its default.
    pub targets: Vec<Target>,
    /// In the order of the rule files.
    pub locks: Vec<LockModel>,
}

impl TargetModels {
    /// The target with a name.
    pub fn named(&self, platform: Platform, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.platform == platform && target.name == name)
    }

    /// The texts by which compiled files are told.
    pub fn compiled(&self) -> Vec<String> {
        self.locks.iter().filter_map(|lock| lock.marker.clone()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.locks.is_empty()
    }

    /// Adds what another file says; a target of the same name is replaced.
    pub(super) fn extend(&mut self, other: Self) {
        for target in other.targets {
            match self.targets.iter_mut().find(|known| known.platform == target.platform && known.name == target.name) {
                Some(known) => *known = target,
                None => self.targets.push(target),
            }
        }
        self.locks.extend(other.locks);
    }

    /// What is wrong with it: a text of the file and why.
    pub(super) fn mistake(&self) -> Option<(String, String)> {
        let of_targets = self.targets.iter().find_map(Target::mistake);
        of_targets.or_else(|| {
            let lock = self.locks.iter().find(|lock| lock.file.is_empty() || lock.command.is_empty())?;
            Some((
                "[[lock]]".to_owned(),
                format!("a lock needs a `file` and a `command`: {}{}", lock.file, lock.command),
            ))
        })
    }
}

impl Target {
    fn mistake(&self) -> Option<(String, String)> {
        if self.packages.is_empty() {
            return Some((self.name.clone(), format!("target {} takes no package, so it needs no table", self.name)));
        }
        let needs =
            [&self.needs, &self.needs_commonjs].into_iter().flatten().find(|version| numbers(version).is_empty());
        if let Some(needs) = needs {
            return Some((needs.clone(), format!("`{needs}` is no version, such as `20.19`")));
        }
        let of_code = self.code.as_ref().and_then(CodeModel::mistake);
        of_code.or_else(|| self.packages.iter().find_map(|package| package.mistake(self.platform)))
    }
}

impl TargetPackage {
    fn mistake(&self, platform: Platform) -> Option<(String, String)> {
        let Some(first) = self.names.first() else {
            return Some(("names".to_owned(), "a package of a target needs `names`".to_owned()));
        };
        if self.ecosystem.platform() != platform {
            return Some((first.clone(), format!("{first} is no package for the platform of its target")));
        }
        if self.ecosystem == Ecosystem::Maven && !self.names.iter().all(|name| name.contains(':')) {
            let message = format!("a package of Maven is named by group and artifact, as in `group:artifact`: {first}");
            return Some((first.clone(), message));
        }
        let lowest = self.version.iter().chain(self.runtimes.iter().map(|choice| &choice.version));
        let mut versions = lowest.chain(self.besides.iter().filter_map(|choice| choice.version.as_ref()));
        if let Some(version) = versions.find(|version| numbers(version).is_empty()) {
            return Some((version.clone(), format!("{first}: `{version}` is no version, such as `1.8.0`")));
        }
        let needs_text = self.ecosystem != Ecosystem::Maven;
        let lacks_text = (self.version.is_some() && self.requirement.is_none())
            || self.runtimes.iter().any(|choice| choice.requirement.is_none());
        if needs_text && lacks_text {
            return Some((first.clone(), format!("{first}: a `version` needs the `requirement` to write")));
        }
        let falls =
            |from: Vec<Vec<u64>>| from.windows(2).all(|pair| pair[0] > pair[1]) && !from.iter().any(Vec::is_empty);
        let runtimes = falls(self.runtimes.iter().map(|choice| numbers(&choice.from)).collect());
        let managed = self.managers.iter().all(|manager| {
            falls(manager.manages.iter().map(|known| numbers(&known.from)).collect())
                && !(manager.packages.is_empty() && manager.plugins.is_empty())
        });
        let besides = self.besides.iter().all(|choice| !numbers(&choice.from).is_empty());
        if !(runtimes && managed && besides) {
            let message = format!(
                "{first}: every `from` has to be a version, the highest first, and a manager needs `packages` or `plugins`"
            );
            return Some((first.clone(), message));
        }
        None
    }

    /// Whether a name is one of the package's.
    pub fn is_named(&self, name: &str) -> bool {
        let name = normal_name(self.ecosystem, name);
        self.names.iter().any(|known| normal_name(self.ecosystem, known) == name)
    }
}

/// Whether a name fits one of these patterns.
pub fn fits(ecosystem: Ecosystem, patterns: &[String], name: &str) -> bool {
    let name = normal_name(ecosystem, name);
    patterns.iter().any(|pattern| TextPattern::new(pattern).is_match(&[Piece::Literal(&name)]))
}

/// The numbers of a version, `5.8.16` and `3.1.0.RELEASE`; none where it begins with none.
pub fn numbers(version: &str) -> Vec<u64> {
    let parts = version.trim().split(['.', '-', '+', '_']);
    parts.map_while(|part| part.parse().ok()).collect()
}
