//! What calls do besides giving a value, as far as a rewrite has to know: whether a line may go with what it computes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::schema::LibraryKind;
use super::{Catalog, Index};
use crate::finding::Platform;

/// What is said of calls, by platform.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectModels {
    /// For Node.
    pub node: EffectModel,
    /// For Java.
    pub java: EffectModel,
    /// For Python.
    pub python: EffectModel,
}

/// What is said of calls of one platform.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectModel {
    /// Functions, methods and constructors that only give a value, by their last name; reading a file is one of these.
    pub values: BTreeSet<String>,
    /// Functions that end the program, as they are written.
    pub exits: BTreeSet<String>,
    /// Exceptions of HTTP clients that need not be caught, and are where somebody looks at a refusal.
    #[serde(default)]
    pub unchecked: BTreeSet<String>,
    /// Where the HTTP client that is there stays.
    #[serde(default)]
    pub keep: Vec<KeepModel>,
    /// Annotations that hand nothing on: what has one may go.
    #[serde(default)]
    pub annotations: BTreeSet<String>,
    /// Exceptions that have to be thrown where they are caught, by their last name.
    #[serde(default, rename = "exception")]
    pub exceptions: Vec<ExceptionModel>,
    /// What is caught or declared where an `IOException` may be thrown.
    #[serde(default)]
    pub passes_io: BTreeSet<String>,
    /// The same for that of an encoding which is named by a text.
    #[serde(default)]
    pub passes_encoding: BTreeSet<String>,
    /// How the answer to a request is read, by the name of the library that sends it.
    #[serde(default)]
    pub answers: BTreeMap<String, AnswerModel>,
    /// Members of an error that only the HTTP client gives it.
    #[serde(default)]
    pub errors: BTreeSet<String>,
    /// Members by which a client is changed for everybody who uses it.
    #[serde(default)]
    pub hooks: BTreeSet<String>,
    /// Functions that declare an option of the command line.
    #[serde(default)]
    pub options: BTreeSet<String>,
    /// Words by which code knows an error of a client that has waited too long.
    #[serde(default)]
    pub late: BTreeSet<String>,
    /// Functions that read something and hand it to a callback, once, by their last name.
    #[serde(default)]
    pub calls_back: BTreeSet<String>,
    /// Functions of test libraries that put something else in the place of a module or of one of its functions.
    #[serde(default)]
    pub stand_ins: BTreeSet<String>,
    /// The name of the package with the types of another one, `{name}`.
    #[serde(default)]
    pub types: Option<String>,
    /// Words of the code that show an object as a whole, with fields that nobody names.
    #[serde(default)]
    pub shows_whole: BTreeSet<String>,
    /// How code says that a time is in milliseconds.
    #[serde(default)]
    pub units: UnitModel,
    /// How forms are sent as multipart.
    #[serde(default)]
    pub multipart: Vec<MultipartModel>,
    /// Calls that give the same at any time for the same literal, as they are written up to their parenthesis.
    #[serde(default)]
    pub fixed: BTreeSet<String>,
}

/// How code says that a time is in milliseconds, and how it says that it is in seconds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitModel {
    /// Names that say milliseconds, with those that say seconds.
    #[serde(default)]
    pub renamed: BTreeMap<String, String>,
    /// Methods of a unit of milliseconds that give seconds.
    #[serde(default)]
    pub converts: BTreeSet<String>,
    /// Methods that give the time in milliseconds.
    #[serde(default)]
    pub clocks: BTreeSet<String>,
    /// Parts of names that say that a function gives milliseconds.
    #[serde(default)]
    pub says: BTreeSet<String>,
    /// Annotations of functions whose value leaves the program.
    #[serde(default)]
    pub serves: BTreeSet<String>,
}

/// A way to send a form as multipart, and what sends it urlencoded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultipartModel {
    /// Words of the code that show it.
    pub words: BTreeSet<String>,
    /// Names with those that take their place, where they alone decide.
    #[serde(default)]
    pub renamed: BTreeMap<String, String>,
    /// Texts of the file with which they do not decide alone.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The builder of such a form, by its full name.
    pub class: Option<String>,
    /// The builder that takes its place.
    pub becomes: Option<String>,
    /// Its methods that are given a name and a value, with those that take their place.
    #[serde(default)]
    pub methods: BTreeMap<String, String>,
    /// Its methods that go.
    #[serde(default)]
    pub drops: BTreeSet<String>,
}

/// Circumstances in which the HTTP client that is there stays, whatever library is wished for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepModel {
    /// Why, as the end of a sentence; `{type}` is what the function gives.
    pub reason: String,
    /// Texts of the code around the request.
    #[serde(default)]
    pub code: Vec<String>,
    /// Texts of the manifests of its packages.
    #[serde(default)]
    pub manifests: Vec<String>,
    /// What the function that asks gives, by the last name of its type.
    #[serde(default)]
    pub gives: BTreeSet<String>,
    /// Not where the code says this.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// A checked exception.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionModel {
    /// Its last name.
    pub names: BTreeSet<String>,
    /// What is a kind of it.
    #[serde(default)]
    pub kinds: BTreeSet<String>,
    /// The calls that throw it, by their last name.
    pub thrown_by: BTreeSet<String>,
}

/// How the answer to a request is read, and what may be said of the request that any client does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerModel {
    /// Members of the answer that are its content.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Methods of the answer that give its content.
    #[serde(default)]
    pub calls: BTreeSet<String>,
    /// Where the answer stands among the parameters of a callback.
    pub callback: Option<usize>,
    /// Whether it sends parameters that it is given as the body as a form.
    #[serde(default)]
    pub takes_parameters: bool,
    /// Options of a request that say nothing which another client would not do.
    #[serde(default)]
    pub options: BTreeSet<String>,
    /// Options that say how many milliseconds a request may take.
    #[serde(default)]
    pub time_outs: BTreeSet<String>,
}

/// What calls do, looked up by name.
#[derive(Debug)]
pub struct Effects {
    models: EffectModels,
    known: [BTreeSet<String>; 3],
    shown: Vec<super::pattern::TextPattern>,
}

impl Effects {
    /// What a catalog says.
    pub fn of(catalog: &Catalog) -> Self {
        let known = [Platform::Node, Platform::Java, Platform::Python].map(|platform| {
            let mut names = BTreeSet::new();
            let is_quiet = |kind| !matches!(kind, LibraryKind::HttpClient | LibraryKind::Sdk);
            for (name, library) in catalog.libraries(platform).names() {
                if is_quiet(library.kind) {
                    names.extend(name.rsplit(['.', '/']).next().map(str::to_owned));
                }
            }
            names
        });
        Self { models: catalog.effects().clone(), known, shown: catalog.shown().to_vec() }
    }

    fn model(&self, platform: Platform) -> (&EffectModel, &BTreeSet<String>) {
        let [node, java, python] = &self.known;
        match platform {
            Platform::Node => (&self.models.node, node),
            Platform::Java => (&self.models.java, java),
            Platform::Python => (&self.models.python, python),
        }
    }

    /// Whether a call of this last name only gives a value.
    pub fn is_value(&self, platform: Platform, called: &str) -> bool {
        let (model, known) = self.model(platform);
        model.values.contains(called) || known.contains(called)
    }

    /// Words of the code that show an object as a whole.
    pub fn shows_whole(&self, platform: Platform) -> &BTreeSet<String> {
        &self.model(platform).0.shows_whole
    }

    /// Where the client of Java stays.
    pub fn keeps(&self) -> &[KeepModel] {
        &self.models.java.keep
    }

    /// Exceptions of HTTP clients of Java that need not be caught.
    pub fn unchecked(&self) -> &BTreeSet<String> {
        &self.models.java.unchecked
    }

    /// Whether an annotation of Java hands on nothing of what it stands at.
    pub fn is_plain_annotation(&self, name: &str) -> bool {
        self.models.java.annotations.contains(name)
    }

    fn exception(&self, name: &str) -> Option<&ExceptionModel> {
        self.models.java.exceptions.iter().find(|known| known.names.contains(name))
    }

    /// The calls that throw a checked exception, where it is known.
    pub fn throwing(&self, exception: &str) -> Option<&BTreeSet<String>> {
        self.exception(exception).map(|known| &known.thrown_by)
    }

    /// Whether one exception is a kind of another, as far as they are known.
    pub fn is_kind_of(&self, exception: &str, other: &str) -> bool {
        let related = |one: &str, other: &str| self.exception(one).is_some_and(|known| known.kinds.contains(other));
        related(other, exception) || related(exception, other)
    }

    /// Whether a call only shows what it is given.
    pub fn is_log(&self, platform: Platform, receiver: &str, callee: &str) -> bool {
        let path = match platform {
            Platform::Java if !receiver.is_empty() => format!("{receiver}.{callee}"),
            _ => callee.to_owned(),
        };
        let path = path.to_lowercase();
        self.shown.iter().any(|pattern| pattern.is_match(&[super::pattern::Piece::Literal(&path)]))
    }

    /// How the answer of a library is read, where that is known.
    pub fn answer(&self, platform: Platform, library: &str) -> Option<&AnswerModel> {
        self.model(platform).0.answers.get(library)
    }

    /// Members of an error that only the HTTP client gives it.
    pub fn errors(&self, platform: Platform) -> &BTreeSet<String> {
        &self.model(platform).0.errors
    }

    /// Members by which a client is changed for everybody who uses it.
    pub fn hooks(&self, platform: Platform) -> &BTreeSet<String> {
        &self.model(platform).0.hooks
    }

    /// Whether a function declares an option of the command line.
    pub fn declares_option(&self, platform: Platform, called: &str) -> bool {
        self.model(platform).0.options.contains(called)
    }

    /// Words by which code of a platform knows an error of a client that has waited too long.
    pub fn late(&self, platform: Platform) -> &BTreeSet<String> {
        &self.model(platform).0.late
    }

    /// Whether a function of this last name reads something, and calls back once.
    pub fn calls_back(&self, platform: Platform, called: &str) -> bool {
        self.model(platform).0.calls_back.contains(called)
    }

    /// Whether a call puts something else in the place of a module or a function, as it is written.
    pub fn is_stand_in(&self, platform: Platform, callee: &str) -> bool {
        self.model(platform).0.stand_ins.contains(callee)
    }

    /// The package that holds the types of another one. The scope of that one is a part of its name.
    pub fn types(&self, platform: Platform, package: &str) -> Option<String> {
        let model = self.model(platform).0.types.as_ref()?;
        Some(model.replace("{name}", &package.trim_start_matches('@').replace('/', "__")))
    }

    /// Whether a call of Java gives the same whenever it is made.
    pub fn is_fixed(&self, written: &str) -> bool {
        written.split_once('(').is_some_and(|(callee, _)| self.models.java.fixed.contains(callee))
    }

    /// Whether a call ends the program.
    pub fn is_exit(&self, platform: Platform, callee: &str) -> bool {
        self.model(platform).0.exits.contains(callee)
    }
}

impl Index {
    /// The full names of all calls that are described, each with its library.
    fn names(&self) -> impl Iterator<Item = (&str, &super::schema::Library)> {
        self.call_names().map(|(name, position)| (name, self.library(position)))
    }
}
