//! What the libraries of a platform do, by the name of what is called, read or annotated.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::rules::schema::{
    AnnotationModel, Call, Library, LibraryKind, Member, RuleFile, SettingModel, Type, TypeKind,
};

/// How many aliases are followed one after another: a circle of them must end.
const LONGEST_ALIAS_CHAIN: usize = 8;

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
pub(super) enum Description {
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

impl Index {
    /// Adds a library, with where it stands what it does.
    pub(super) fn add(&mut self, library: Library, description: Description) {
        self.described.push((self.libraries.len(), description));
        self.libraries.push(library);
    }

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
    pub(in crate::rules) fn call_names(&self) -> impl Iterator<Item = (&str, usize)> {
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
