//! The loaded rules, indexed for those who ask: by the name of what is called, read or annotated.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::load::{self, Error};
use super::pattern::{TextPattern, UrlPattern};
use super::schema::{
    AnnotationModel, Call, Files, Library, LibraryKind, Matches, Member, Metascope, Rule, RuleFile, Type, TypeKind,
};
use crate::finding::Platform;

/// How many aliases are followed one after another: a circle of them must end.
const LONGEST_ALIAS_CHAIN: usize = 8;

/// Everything the rule files say.
#[derive(Debug)]
pub struct Catalog {
    rules: Vec<CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Files,
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
}

/// A compiled request match.
#[derive(Debug)]
pub struct RequestPattern {
    /// The URL; nothing where the match is for unresolved URLs.
    pub url: Option<UrlPattern>,
    /// Fields that have to be there.
    pub form: Vec<String>,
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

/// What the libraries of one platform do.
#[derive(Debug, Default)]
pub struct Index {
    libraries: Vec<Library>,
    calls: BTreeMap<String, Vec<(usize, Call)>>,
    types: BTreeMap<String, Type>,
    members: BTreeMap<String, Member>,
    annotations: BTreeMap<String, Vec<(usize, AnnotationModel)>>,
    type_libraries: BTreeMap<String, usize>,
    aliases: BTreeMap<String, String>,
}

impl Catalog {
    /// Loads the rules that ship, then those in the given folders or files. A later file that describes the same call
    /// replaces the earlier one's description, so that users can correct what ships.
    pub fn load(folders: &[PathBuf]) -> Result<Self, Error> {
        let mut loading = Loading::default();
        for (name, text) in load::SHIPPED {
            loading.add(name, text)?;
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

    /// Which files are read.
    pub fn files(&self) -> &Files {
        &self.files
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
    /// What a call of this full name does, with the library that says so; several where arguments decide.
    pub fn calls(&self, name: &str) -> &[(usize, Call)] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// A library by its position in an answer of [`Index::calls`].
    pub fn library(&self, position: usize) -> &Library {
        &self.libraries[position]
    }

    /// All libraries of the platform.
    pub fn libraries(&self) -> &[Library] {
        &self.libraries
    }

    /// A type by its full name.
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// What the objects of a type are.
    pub fn type_kind(&self, name: &str) -> TypeKind {
        self.types.get(name).map_or(TypeKind::Other, |known| known.kind)
    }

    /// A member by its full name, or by that of its object.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.get(name)
    }

    /// The library that describes a type, by its position.
    pub fn library_of(&self, type_name: &str) -> Option<usize> {
        self.type_libraries.get(type_name).copied()
    }

    /// What an annotation of this full name says, with the library that describes it: all of it holds.
    pub fn annotations(&self, name: &str) -> &[(usize, AnnotationModel)] {
        self.annotations.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a full name is one that some rule file speaks of, as a type, a call or an annotation.
    pub fn knows(&self, name: &str) -> bool {
        let below = |keys: Option<&str>| {
            keys.is_some_and(|key| key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        };
        let from = |map: Option<(&String, ())>| map.map(|(key, ())| key.clone());
        self.types.contains_key(name)
            || self.aliases.contains_key(name)
            || self.annotations.contains_key(name)
            || below(from(self.calls.range(name.to_owned()..).next().map(|(key, _)| (key, ()))).as_deref())
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
            if let Some(alias) = self.aliases.get(&name[..end]) {
                return Some(format!("{alias}{}", &name[end..]));
            }
            end = name[..end].rfind(['.', '/'])?;
        }
    }
}

/// Rule files on their way into a catalog.
#[derive(Default)]
struct Loading {
    rules: BTreeMap<String, CompiledRule>,
    metascopes: BTreeMap<String, Metascope>,
    files: Option<Files>,
    indexes: BTreeMap<Platform, Index>,
}

impl Loading {
    fn add(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let file = load::parse(name, text)?;
        let RuleFile { rule, library, types, calls, members, annotations, alias, metascopes, files, .. } = file;
        if rule.is_none() && library.is_none() && metascopes.is_empty() && files.is_none() {
            return Err(Error::at(
                name,
                text,
                "",
                "it has none of [rule], [library], [[metascope]] and [files], so it says nothing".to_owned(),
            ));
        }
        if let Some(rule) = rule {
            let compiled = compile(rule).map_err(|(needle, message)| Error::at(name, text, &needle, message))?;
            self.rules.insert(compiled.rule.id.clone(), compiled);
        }
        for metascope in metascopes {
            self.metascopes.insert(metascope.name.clone(), metascope);
        }
        if files.is_some() {
            self.files = files;
        }
        let Some(library) = library else {
            if !(types.is_empty()
                && calls.is_empty()
                && members.is_empty()
                && annotations.is_empty()
                && alias.is_empty())
            {
                return Err(Error::at(name, text, "[[", "types, calls and aliases need a [library]".to_owned()));
            }
            return Ok(());
        };
        if library.kind != LibraryKind::Values && library.packages.is_empty() {
            let message = format!("library {} names no packages, so no anchor follows from it", library.name);
            return Err(Error::at(name, text, "[library]", message));
        }
        let index = self.indexes.entry(library.platform).or_default();
        let position = index.libraries.len();
        index.libraries.push(library);
        index.type_libraries.extend(types.iter().map(|known| (known.name.clone(), position)));
        index.types.extend(types.into_iter().map(|known| (known.name.clone(), known)));
        index.aliases.extend(alias);
        for member in members {
            for name in member.of.as_slice() {
                index.members.insert(name.clone(), member.clone());
            }
        }
        for annotation in annotations {
            for name in annotation.of.as_slice() {
                index.annotations.entry(name.clone()).or_default().push((position, annotation.clone()));
            }
        }
        for call in calls {
            for name in call.of.as_slice() {
                let described = index.calls.entry(name.clone()).or_default();
                described.retain(|(library, known)| *library == position || known.arguments != call.arguments);
                described.push((position, call.clone()));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Catalog, Error> {
        let files = self.files.ok_or_else(|| {
            Error::at("rules", "", "", "no rule file has a [files] table, so no file would be read".to_owned())
        })?;
        Ok(Catalog {
            rules: self.rules.into_values().collect(),
            metascopes: self.metascopes,
            files,
            node: self.indexes.remove(&Platform::Node).unwrap_or_default(),
            java: self.indexes.remove(&Platform::Java).unwrap_or_default(),
            python: self.indexes.remove(&Platform::Python).unwrap_or_default(),
        })
    }
}

/// Compiles the patterns of a rule; the error is the text that is wrong and why.
fn compile(rule: Rule) -> Result<CompiledRule, (String, String)> {
    let Matches { request, assertion, .. } = &rule.matches;
    if request.is_empty() && assertion.is_empty() {
        return Err(("[rule".to_owned(), format!("rule {} matches nothing", rule.id)));
    }
    let mut requests = Vec::new();
    for wanted in request {
        let url = wanted
            .url
            .as_ref()
            .map(|url| UrlPattern::new(url).map_err(|message| (url.clone(), message)))
            .transpose()?;
        if url.is_none() && wanted.form.is_empty() {
            return Err(("[[rule.match.request".to_owned(), "a request match needs a `url` or a `form`".to_owned()));
        }
        requests.push(RequestPattern { url, form: wanted.form.clone() });
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
    Ok(CompiledRule { rule, requests, assertions })
}
