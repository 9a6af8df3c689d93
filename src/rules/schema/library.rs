//! A library: an HTTP client, a signing library, an SDK, with its types and what stands in its files besides calls.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{OneOrMany, Operation, Pair, Slot, Source};
use crate::finding::Platform;

/// A library: an HTTP client, a signing library, or the part of a standard library that builds values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// Its name in reports.
    pub name: String,
    /// What it is written for.
    pub platform: Platform,
    /// What it is for.
    pub kind: LibraryKind,
    /// What an import of it names, as the beginning of a dotted or slashed path; empty for what needs no import.
    #[serde(default)]
    pub packages: Vec<String>,
    /// For an SDK: what became of its old form.
    pub sdk: Option<Sdk>,
}

/// What became of the old form of an SDK.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdk {
    /// What takes the place of the old form, in a few words; `details.replacement` gives it.
    pub replacement: String,
    /// Its names in manifests: `@adobe/aio-lib-ims`, `com.adobe.aio:aio-lib-java-ims`.
    #[serde(default)]
    pub manifest: Vec<String>,
    /// The first version that has a new form; nothing where none has.
    pub since: Option<String>,
    /// The first version that no longer has the old form.
    pub removed: Option<String>,
    /// Whether it belongs to another provider: its calls are an inventory, and nothing of it is old.
    #[serde(default)]
    pub inventory: bool,
}

/// What a library is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryKind {
    /// Sends requests.
    HttpClient,
    /// Signs assertions.
    Signing,
    /// Builds values: strings, maps, forms, configuration look-ups.
    Values,
    /// Makes the exchange itself when it is given the old credential.
    Sdk,
}

/// A type whose objects are followed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// Its full name.
    pub name: String,
    /// What its objects are.
    #[serde(default)]
    pub kind: TypeKind,
    /// Whether a method that no call describes returns its receiver, as builders do.
    #[serde(default)]
    pub fluent: bool,
    /// Whether a request goes out by itself, though nobody waits for it.
    #[serde(default)]
    pub eager: bool,
    /// Types whose calls hold for it too.
    #[serde(default)]
    pub extends: Vec<String>,
}

/// What the objects of a type are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeKind {
    /// A request that is being built.
    Request,
    /// An assertion that is being built, or a signer.
    Assertion,
    /// A client, session or connection that sends; what it holds (a base URL, headers) holds for its requests.
    Client,
    /// Anything else: a form, a URL, a buffer.
    #[default]
    Other,
}

/// A member that means something when it is read or assigned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The full name of the object or type (every member of it), or of one member.
    pub of: OneOrMany<String>,
    /// What every member of it is: `environment` or `configuration` look-ups by the member's name.
    pub operation: Option<Operation>,
    /// For one member: assigning it sets this slot of the object.
    pub sets: Option<Slot>,
    /// For one member: reading it gives a view into this slot.
    pub derives: Option<Slot>,
    /// For one member: reading it gives the object itself.
    #[serde(default)]
    pub returns_self: bool,
}

/// An annotation that describes a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnotationModel {
    /// Its full names.
    pub of: OneOrMany<String>,
    /// Where it stands.
    pub on: AnnotationTarget,
    /// Slots of the request and what they become, from the arguments of the annotation. On a parameter, `value` is the
    /// parameter.
    #[serde(default)]
    pub set: BTreeMap<Slot, OneOrMany<Source>>,
    /// A form field that is added.
    pub field: Option<Pair>,
    /// Whether a method that carries it sends a request when it is called.
    #[serde(default)]
    pub sends: bool,
}

/// An annotation that says which setting a field or parameter gets its value from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingModel {
    /// Its full names.
    pub of: OneOrMany<String>,
    /// The key, as a text in which `${key:default}` stands for a setting, or as the key itself.
    pub key: Option<OneOrMany<Source>>,
    /// What it is where nothing sets it.
    pub default: Option<OneOrMany<Source>>,
    /// On a type: what the keys of all its fields begin with.
    pub prefix: Option<OneOrMany<Source>>,
}

/// What an annotation stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnotationTarget {
    /// A class or interface: it holds for all its methods.
    Type,
    /// A method.
    Method,
    /// A parameter of a method.
    Parameter,
}
