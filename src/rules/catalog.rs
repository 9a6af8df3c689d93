//! The loaded rules, indexed for those who ask: by the name of what is called, read or annotated.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::commands::CommandModels;
use super::credential::{CredentialKind, DocumentKinds};
use super::effects::EffectModels;
use super::guidance::Guidance;
use super::load::{self, Error};
use super::pattern::{TextPattern, UrlPattern};
use super::schema::{
    AnnotationModel, Call, DependencyModel, DependencyRole, Ecosystem, Files, Library, LibraryKind, LifetimeMatch,
    Matches, Member, Metascope, Rule, RuleFile, SettingModel, Type, TypeKind,
};
use super::targets::TargetModels;
use crate::document::Conventions;
use crate::finding::Platform;

/// How many aliases are followed one after another: a circle of them must end.
const LONGEST_ALIAS_CHAIN: usize = 8;

/// Everything the rule files say.
#[derive(Debug)]
pub struct Catalog {
    rules: Vec<CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Files,
    credentials: Vec<CredentialKind>,
    documents: DocumentKinds,
    shown: Vec<TextPattern>,
    effects: EffectModels,
    guidance: Guidance,
    dependencies: Vec<DependencyModel>,
    /// Positions in `dependencies`.
    packages: BTreeMap<(Ecosystem, String), usize>,
    commands: CommandModels,
    targets: TargetModels,
    node: Index,
    java: Index,
    python: Index,
}

/// A rule with its patterns compiled.
#[derive(Debug)]
pub struct CompiledRule {
    /// The rule as written.
    pub rule: Rule,
    /// Its request matches, in order.
    pub requests: Vec<RequestPattern>,
    /// Its assertion matches, in order.
    pub assertions: Vec<AssertionPattern>,
    /// How it knows arithmetic on lifetimes.
    pub lifetime: Option<LifetimePattern>,
    /// What client ids make findings of other rules its own.
    pub client_id: Option<TextPattern>,
    /// Names of functions that plausibly send a request.
    pub senders: Vec<TextPattern>,
    /// Names of functions that do not.
    pub keepers: Vec<TextPattern>,
    /// URLs whose requests are none.
    pub other_urls: Vec<TextPattern>,
}

/// How a rule knows arithmetic on lifetimes.
#[derive(Debug)]
pub struct LifetimePattern {
    /// Members of the answer that hold one.
    pub members: Vec<String>,
    /// The endpoints that answer in seconds.
    pub endpoints: Vec<UrlPattern>,
    /// Calls that give the current time in milliseconds.
    pub now: Vec<TextPattern>,
    /// Calls that give the number they are given.
    pub conversions: Vec<TextPattern>,
    /// Calls that take milliseconds, and the keyword that they take them by.
    pub takes: Vec<(TextPattern, Option<String>)>,
}

impl LifetimePattern {
    /// Compiles a match; the error is the text that is wrong and why.
    fn new(wanted: &LifetimeMatch) -> Result<Self, (String, String)> {
        let endpoints =
            wanted.endpoints.iter().map(|url| UrlPattern::new(url).map_err(|message| (url.clone(), message)));
        let patterns = |names: &[String]| names.iter().map(|name| TextPattern::new(name)).collect();
        let takes =
            wanted.takes.iter().map(|call| match call.strip_suffix("=)").and_then(|call| call.split_once('(')) {
                Some((name, keyword)) => (TextPattern::new(name), Some(keyword.to_owned())),
                None => (TextPattern::new(call), None),
            });
        Ok(Self {
            members: wanted.members.clone(),
            endpoints: endpoints.collect::<Result<_, _>>()?,
            now: patterns(&wanted.now),
            conversions: patterns(&wanted.conversions),
            takes: takes.collect(),
        })
    }
}

/// A compiled request match.
#[derive(Debug)]
pub struct RequestPattern {
    /// The URL; nothing where the match is for unresolved URLs.
    pub url: Option<UrlPattern>,
    /// Fields that have to be there.
    pub form: Vec<String>,
    /// Fields that have to be there with such a value.
    pub fields: Vec<(String, TextPattern)>,
}

/// A compiled assertion match.
#[derive(Debug)]
pub struct AssertionPattern {
    /// A claim's name.
    pub claim: Option<TextPattern>,
    /// The `aud` claim.
    pub audience: Option<TextPattern>,
    /// The `iss` claim.
    pub issuer: Option<TextPattern>,
    /// The `sub` claim.
    pub subject: Option<TextPattern>,
    /// Whether a known signing library has to sign it.
    pub signed: bool,
}

/// What the libraries of one platform do. What they are is known at once, what they do is read when it is first asked
/// for: a tree without a candidate never asks.
#[derive(Debug, Default)]
pub struct Index {
    libraries: Vec<Library>,
    described: Vec<(usize, Description)>,
    models: OnceLock<Models>,
}

/// Where it stands what a library does.
#[derive(Debug)]
enum Description {
    /// In a file that ships, as JSON. A test reads all of them strictly.
    Shipped(&'static str),
    /// In a file of the user's, which has been read strictly.
    Read(Box<RuleFile>),
}

/// The models of all libraries of a platform, by name.
#[derive(Debug, Default)]
struct Models {
    calls: BTreeMap<String, Vec<(usize, Arc<Call>)>>,
    types: BTreeMap<String, Type>,
    members: BTreeMap<String, Member>,
    annotations: BTreeMap<String, Vec<(usize, AnnotationModel)>>,
    settings: BTreeMap<String, SettingModel>,
    type_libraries: BTreeMap<String, usize>,
    aliases: BTreeMap<String, String>,
}

impl Catalog {
    /// Loads the rules that ship, then those in the given folders or files. A later file that describes the same call
    /// replaces the earlier one's description, so that users can correct what ships.
    pub fn load(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut loading = Loading::default();
        for shipped in load::SHIPPED {
            loading.add_shipped(shipped)?;
        }
        for folder in folders {
            for path in load::files_in(folder)? {
                let text = load::read(&path)?;
                loading.add(&path.display().to_string(), &text)?;
            }
        }
        loading.finish()
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[CompiledRule] {
        &self.rules
    }

    /// What is known of a metascope, by its short name.
    pub fn metascope(&self, name: &str) -> Option<&Metascope> {
        self.metascopes.get(name)
    }

    /// All metascopes, sorted by name.
    pub fn metascopes(&self) -> impl Iterator<Item = &Metascope> {
        self.metascopes.values()
    }

    /// What is known of a package that a manifest names.
    pub fn dependency(&self, ecosystem: Ecosystem, name: &str) -> Option<&DependencyModel> {
        let position = self.packages.get(&(ecosystem, normal_name(ecosystem, name)))?;
        self.dependencies.get(*position)
    }

    /// All packages that are known, in the order of the rule files.
    pub fn dependencies(&self) -> &[DependencyModel] {
        &self.dependencies
    }

    /// What an import of a package names: what its table says, else what the library that describes it says, else, for npm,
    /// its names.
    pub fn imports_of(&self, model: &DependencyModel) -> Vec<String> {
        if !model.imports.is_empty() {
            return model.imports.clone();
        }
        let libraries = self.libraries(model.ecosystem.platform()).libraries();
        let described = libraries.iter().filter(|library| model.library.as_ref() == Some(&library.name));
        let packages: Vec<String> = described.flat_map(|library| library.packages.iter().cloned()).collect();
        if packages.is_empty() { model.names.clone() } else { packages }
    }

    /// Which files are read.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The rule with an id.
    pub fn rule(&self, id: &str) -> Option<&CompiledRule> {
        self.rules.iter().find(|rule| rule.rule.id == id)
    }

    /// The kinds of credential files and configurations, in the order of the rule files.
    pub fn credentials(&self) -> &[CredentialKind] {
        &self.credentials
    }

    /// What is told of documents as such.
    pub fn documents(&self) -> &DocumentKinds {
        &self.documents
    }

    /// The functions that only show what they are given.
    pub fn shown(&self) -> &[TextPattern] {
        &self.shown
    }

    /// What calls do besides giving a value.
    pub fn effects(&self) -> &EffectModels {
        &self.effects
    }

    /// How documents write names and values that are entries themselves.
    pub fn conventions(&self) -> Conventions {
        let documents = &self.documents.documents;
        Conventions { names: documents.names.clone(), values: documents.values.clone() }
    }

    /// What the audit report says beside the findings.
    pub fn guidance(&self) -> &Guidance {
        &self.guidance
    }

    /// What is known of commands, CI steps and request collections.
    pub fn commands(&self) -> &CommandModels {
        &self.commands
    }

    /// What rewritten code takes, and what locks versions.
    pub fn targets(&self) -> &TargetModels {
        &self.targets
    }

    /// What the libraries of a platform do.
    pub fn libraries(&self, platform: Platform) -> &Index {
        match platform {
            Platform::Node => &self.node,
            Platform::Java => &self.java,
            Platform::Python => &self.python,
        }
    }
}

impl Index {
    /// Reads now what the libraries do, not when it is first asked for.
    pub fn read(&self) {
        self.models();
    }

    fn models(&self) -> &Models {
        self.models.get_or_init(|| {
            let mut models = Models::default();
            for (position, description) in &self.described {
                match description {
                    Description::Shipped(json) => match serde_json::from_str::<RuleFile>(json) {
                        Ok(file) => models.add(*position, file),
                        Err(error) => unreachable!("a rule file that ships is wrong: {error}"),
                    },
                    Description::Read(file) => models.add(*position, (**file).clone()),
                }
            }
            models
        })
    }

    /// What a call of this full name does, with the library that says so; several where arguments decide.
    pub fn calls(&self, name: &str) -> &[(usize, Arc<Call>)] {
        self.models().calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// The full names of all calls that are described, each with the position of its library.
    pub(super) fn call_names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.models().calls.iter().flat_map(|(name, calls)| calls.iter().map(|(library, _)| (name.as_str(), *library)))
    }

    /// A library by its position in an answer of [`Index::calls`].
    pub fn library(&self, position: usize) -> &Library {
        &self.libraries[position]
    }

    /// All libraries of the platform.
    pub fn libraries(&self) -> &[Library] {
        &self.libraries
    }

    /// The SDKs of the platform, each with its types and its calls that make the exchange.
    pub fn sdks(&self) -> impl Iterator<Item = (&Library, &[Type], Vec<&Call>)> {
        self.described.iter().filter_map(|(position, description)| match description {
            Description::Read(file) if self.libraries[*position].kind == LibraryKind::Sdk => {
                let calls = file.calls.iter().filter(|call| call.grant.is_some()).collect();
                Some((&self.libraries[*position], file.types.as_slice(), calls))
            }
            _ => None,
        })
    }

    /// A library by its name in reports.
    pub fn library_named(&self, name: &str) -> Option<&Library> {
        self.libraries.iter().find(|library| library.name == name)
    }

    /// A type by its full name.
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        self.models().types.get(name)
    }

    /// What the objects of a type are.
    pub fn type_kind(&self, name: &str) -> TypeKind {
        self.models().types.get(name).map_or(TypeKind::Other, |known| known.kind)
    }

    /// A member by its full name, or by that of its object.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.models().members.get(name)
    }

    /// The library that describes a type, by its position.
    pub fn library_of(&self, type_name: &str) -> Option<usize> {
        self.models().type_libraries.get(type_name).copied()
    }

    /// What an annotation of this full name says, with the library that describes it: all of it holds.
    pub fn annotations(&self, name: &str) -> &[(usize, AnnotationModel)] {
        self.models().annotations.get(name).map_or(&[], Vec::as_slice)
    }

    /// What an annotation of this full name says of where a value comes from.
    pub fn setting(&self, name: &str) -> Option<&SettingModel> {
        self.models().settings.get(name)
    }

    /// Whether a full name is one that some rule file speaks of, as a type, a call or an annotation.
    pub fn knows(&self, name: &str) -> bool {
        let below = |keys: Option<&str>| {
            keys.is_some_and(|key| key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        };
        let from = |map: Option<(&String, ())>| map.map(|(key, ())| key.clone());
        self.models().types.contains_key(name)
            || self.models().aliases.contains_key(name)
            || self.models().annotations.contains_key(name)
            || self.models().settings.contains_key(name)
            || below(from(self.models().calls.range(name.to_owned()..).next().map(|(key, _)| (key, ()))).as_deref())
    }

    /// The name that the rule files use: aliases hold for the longest dotted beginning that has one, and one may lead
    /// to another.
    pub fn canonical(&self, name: &str) -> Option<String> {
        let mut known = self.renamed(name)?;
        for _ in 0..LONGEST_ALIAS_CHAIN {
            match self.renamed(&known) {
                Some(next) if next != known => known = next,
                _ => break,
            }
        }
        Some(known)
    }

    fn renamed(&self, name: &str) -> Option<String> {
        let mut end = name.len();
        loop {
            if let Some(alias) = self.models().aliases.get(&name[..end]) {
                return Some(format!("{alias}{}", &name[end..]));
            }
            end = name[..end].rfind(['.', '/'])?;
        }
    }
}

impl Models {
    /// Adds what one file says of the library at a position.
    fn add(&mut self, position: usize, file: RuleFile) {
        let RuleFile { types, calls, members, annotations, settings, alias, .. } = file;
        self.type_libraries.extend(types.iter().map(|known| (known.name.clone(), position)));
        self.types.extend(types.into_iter().map(|known| (known.name.clone(), known)));
        self.aliases.extend(alias);
        for member in members {
            for name in member.of.as_slice() {
                self.members.insert(name.clone(), member.clone());
            }
        }
        for annotation in annotations {
            for name in annotation.of.as_slice() {
                self.annotations.entry(name.clone()).or_default().push((position, annotation.clone()));
            }
        }
        for setting in settings {
            for name in setting.of.as_slice() {
                self.settings.insert(name.clone(), setting.clone());
            }
        }
        for call in calls {
            // One call may have dozens of names.
            let call = Arc::new(call);
            for name in call.of.as_slice() {
                let described = self.calls.entry(name.clone()).or_default();
                described.retain(|(library, known)| *library == position || known.arguments != call.arguments);
                described.push((position, Arc::clone(&call)));
            }
        }
    }
}

/// Rule files on their way into a catalog.
#[derive(Default)]
struct Loading {
    rules: BTreeMap<String, CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Option<Files>,
    credentials: Vec<CredentialKind>,
    documents: DocumentKinds,
    shown: Vec<TextPattern>,
    effects: EffectModels,
    guidance: Option<Guidance>,
    dependencies: Vec<DependencyModel>,
    commands: CommandModels,
    targets: TargetModels,
    indexes: BTreeMap<Platform, Index>,
}

impl Loading {
    fn add(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let file = load::parse(name, text)?;
        self.take(name, text, file)
    }

    /// Takes a file that ships. What is already known to be right is read from JSON, many times faster than TOML, and
    /// of a library only what it is.
    fn add_shipped(&mut self, shipped: &load::Shipped) -> Result<(), Error> {
        let Some(library) = shipped.library else {
            return match serde_json::from_str(shipped.json) {
                Ok(file) => self.take(shipped.name, shipped.text, file),
                // The same mistake, with its place in the file.
                Err(_) => self.add(shipped.name, shipped.text),
            };
        };
        match serde_json::from_str::<Library>(library) {
            // What gives an SDK away are the names of its calls, so that its file is read at once.
            Ok(library) if library.kind == LibraryKind::Sdk => match serde_json::from_str(shipped.json) {
                Ok(file) => self.take(shipped.name, shipped.text, file),
                Err(_) => self.add(shipped.name, shipped.text),
            },
            Ok(library) => {
                self.take_library(library, Description::Shipped(shipped.json));
                Ok(())
            }
            Err(_) => self.add(shipped.name, shipped.text),
        }
    }

    fn take(&mut self, name: &str, text: &str, mut file: RuleFile) -> Result<(), Error> {
        let commands = CommandModels {
            commands: std::mem::take(&mut file.commands),
            actions: std::mem::take(&mut file.actions),
            scripts: std::mem::take(&mut file.scripts),
            collections: std::mem::take(&mut file.collections),
        };
        let targets =
            TargetModels { targets: std::mem::take(&mut file.targets), locks: std::mem::take(&mut file.locks) };
        if let Some(guidance) = file.guidance.take() {
            if let Some(mistake) = guidance.mistake() {
                return Err(Error::at(name, text, "[guidance]", mistake.to_owned()));
            }
            self.guidance = Some(guidance);
            return Ok(());
        }
        if let Some(accounting) = file.accounting.take() {
            self.shown = accounting.shown.iter().map(|pattern| TextPattern::new(pattern)).collect();
            return Ok(());
        }
        if let Some(effects) = file.effects.take() {
            self.effects = effects;
            return Ok(());
        }
        let says_nothing = file.rule.is_none()
            && file.library.is_none()
            && file.metascopes.is_empty()
            && file.files.is_none()
            && file.credentials.is_empty()
            && file.dependencies.is_empty()
            && file.documents.is_none()
            && commands.is_empty()
            && targets.is_empty();
        if says_nothing {
            let message = "it has none of [rule], [library], [[metascope]], [[credential]], [[dependency]], [documents], [[command]], [[action]], [[script]], [[collection]], [[target]], [[lock]], [files], [accounting], [effects] and [guidance], so \
                           it says nothing";
            return Err(Error::at(name, text, "", message.to_owned()));
        }
        if let Some((needle, message)) = commands.mistake() {
            return Err(Error::at(name, text, &needle, message));
        }
        self.commands.extend(commands);
        if let Some((needle, message)) = targets.mistake() {
            return Err(Error::at(name, text, &needle, message));
        }
        self.targets.extend(targets);
        if let Some(rule) = file.rule.take() {
            let compiled = compile(rule).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
            self.rules.insert(compiled.rule.id.clone(), compiled);
        }
        for metascope in file.metascopes.drain(..) {
            self.metascopes.insert(metascope.name.clone(), metascope);
        }
        if let Some(files) = file.files.take() {
            self.files = Some(files);
        }
        for credential in file.credentials.drain(..) {
            let kind =
                CredentialKind::new(credential).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
            self.credentials.push(kind);
        }
        if let Some(documents) = file.documents.take() {
            self.documents =
                DocumentKinds::new(documents).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
        }
        for model in file.dependencies.drain(..) {
            check(&model).map_err(|message| Error::at(name, text, "[[dependency]]", message))?;
            self.dependencies.push(model);
        }
        let Some(library) = file.library.take() else {
            if !(file.types.is_empty()
                && file.calls.is_empty()
                && file.members.is_empty()
                && file.annotations.is_empty()
                && file.alias.is_empty())
            {
                return Err(Error::at(name, text, "[[", "types, calls and aliases need a [library]".to_owned()));
            }
            return Ok(());
        };
        if library.kind != LibraryKind::Values && library.packages.is_empty() {
            let message = format!("library {} names no packages, so no anchor follows from it", library.name);
            return Err(Error::at(name, text, "[library]", message));
        }
        if library.kind == LibraryKind::Sdk && library.sdk.is_none() {
            let message =
                format!("SDK {} has no [library.sdk] table, so nobody is told what replaces it", library.name);
            return Err(Error::at(name, text, "[library]", message));
        }
        self.take_library(library, Description::Read(Box::new(file)));
        Ok(())
    }

    fn take_library(&mut self, library: Library, description: Description) {
        let index = self.indexes.entry(library.platform).or_default();
        index.described.push((index.libraries.len(), description));
        index.libraries.push(library);
    }

    fn finish(mut self) -> Result<Catalog, Error> {
        let files = self.files.ok_or_else(|| {
            Error::at("rules", "", "", "no rule file has a [files] table, so no file would be read".to_owned())
        })?;
        let mut packages = BTreeMap::new();
        for (position, model) in self.dependencies.iter().enumerate() {
            let names = model.names.iter().map(|name| (model.ecosystem, normal_name(model.ecosystem, name)));
            packages.extend(names.map(|name| (name, position)));
        }
        Ok(Catalog {
            dependencies: self.dependencies,
            packages,
            rules: self.rules.into_values().collect(),
            metascopes: self.metascopes,
            files,
            credentials: self.credentials,
            documents: self.documents,
            shown: self.shown,
            effects: self.effects,
            guidance: self.guidance.unwrap_or_default(),
            commands: self.commands,
            targets: self.targets,
            node: self.indexes.remove(&Platform::Node).unwrap_or_default(),
            java: self.indexes.remove(&Platform::Java).unwrap_or_default(),
            python: self.indexes.remove(&Platform::Python).unwrap_or_default(),
        })
    }
}

/// The name of a package as registries compare it: PyPI's without case, and `-`, `_` and `.` alike (PEP 503).
pub fn normal_name(ecosystem: Ecosystem, name: &str) -> String {
    if ecosystem != Ecosystem::Pypi {
        return name.to_owned();
    }
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// What the table of a package has to say.
fn check(model: &DependencyModel) -> Result<(), String> {
    let Some(first) = model.names.first() else { return Err("a dependency needs `names`".to_owned()) };
    if model.ecosystem == Ecosystem::Maven && !model.names.iter().all(|name| name.contains(':')) {
        return Err(format!("a package of Maven is named by group and artifact, as in `group:artifact`: {first}"));
    }
    let says = match model.role {
        DependencyRole::Sdk | DependencyRole::Key => model.ecosystem == Ecosystem::Npm || !model.imports.is_empty(),
        DependencyRole::Signing => model.library.is_some(),
    };
    if !says {
        return Err(format!("{first}: `imports` is needed here, or `library` for one that signs"));
    }
    Ok(())
}

/// Compiles the patterns of a rule; the error is the text that is wrong and why.
fn compile(rule: Rule) -> Result<CompiledRule, (String, String)> {
    let Matches { request, assertion, dependency, .. } = &rule.matches;
    // What is no code is matched by the tables that name the rule.
    if request.is_empty()
        && assertion.is_empty()
        && dependency.is_none()
        && rule.matches.lifetime.is_none()
        && !rule.matches.grants
        && !rule.platforms.is_empty()
    {
        return Err(("[rule".to_owned(), format!("rule {} matches nothing", rule.id)));
    }
    let mut requests = Vec::new();
    for wanted in request {
        let url = wanted
            .url
            .as_ref()
            .map(|url| UrlPattern::new(url).map_err(|message| (url.clone(), message)))
            .transpose()?;
        if url.is_none() && wanted.form.is_empty() && wanted.fields.is_empty() {
            let message = "a request match needs a `url`, a `form` or `fields`".to_owned();
            return Err(("[[rule.match.request".to_owned(), message));
        }
        let fields: Vec<(String, TextPattern)> =
            wanted.fields.iter().map(|(name, value)| (name.clone(), TextPattern::new(value))).collect();
        if let Some((name, _)) = fields.iter().find(|(_, value)| value.literals().next().is_none()) {
            return Err((name.clone(), format!("the value of `{name}` needs a literal, so that an anchor follows")));
        }
        requests.push(RequestPattern { url, form: wanted.form.clone(), fields });
    }
    let mut assertions = Vec::new();
    for wanted in assertion {
        let pattern = |text: &Option<String>| text.as_deref().map(TextPattern::new);
        let compiled = AssertionPattern {
            claim: pattern(&wanted.claim),
            audience: pattern(&wanted.audience),
            issuer: pattern(&wanted.issuer),
            subject: pattern(&wanted.subject),
            signed: wanted.signed,
        };
        let parts = [&compiled.claim, &compiled.audience, &compiled.issuer, &compiled.subject];
        if !parts.into_iter().flatten().any(|part| part.literals().next().is_some()) {
            let message = "an assertion match needs a pattern with a literal, so that an anchor follows".to_owned();
            return Err(("[[rule.match.assertion".to_owned(), message));
        }
        assertions.push(compiled);
    }
    let patterns = |names: &[String]| names.iter().map(|name| TextPattern::new(name)).collect();
    let (senders, keepers) = (patterns(&rule.matches.senders), patterns(&rule.matches.keepers));
    let other_urls = patterns(&rule.matches.other_urls);
    let lifetime = rule.matches.lifetime.as_ref().map(LifetimePattern::new).transpose()?;
    let client_id =
        rule.matches.refines.as_ref().and_then(|refines| refines.client_id.as_deref()).map(TextPattern::new);
    Ok(CompiledRule { rule, requests, assertions, lifetime, client_id, senders, keepers, other_urls })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ships is read as JSON and in part only when it is needed, so that its mistakes have to show here.
    #[test]
    fn what_ships_is_right_and_reads_the_same_from_json() {
        for shipped in load::SHIPPED {
            let mut loading = Loading::default();
            if let Err(error) = loading.add(shipped.name, shipped.text) {
                panic!("{:?}", miette::Report::new(error));
            }
            let read = load::parse(shipped.name, shipped.text).unwrap();
            let json: RuleFile = serde_json::from_str(shipped.json).unwrap();
            assert_eq!(format!("{json:?}"), format!("{read:?}"), "{}", shipped.name);
            let library = shipped.library.map(|library| serde_json::from_str::<Library>(library).unwrap());
            assert_eq!(format!("{library:?}"), format!("{:?}", read.library), "{}", shipped.name);
        }
    }
}
