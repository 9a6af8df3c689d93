//! The format of the files under `rules/`, `schema_version` 1. `docs/rule-files.md` explains it with examples.
//!
//! A key that is not named here is an error: a misspelt key must never silently weaken a rule.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};

use super::commands::{ActionModel, CollectionModel, CommandModel, ScriptModel};
use super::credential::{Credential, Documents};
use super::guidance::Guidance;
use super::sdk_rewriting::SdkRewrite;
use super::targets::{LockModel, Target};
use crate::finding::{Platform, Severity};

/// A file under `rules/`: one rule, one library, the products, the file kinds or the guidance. Which one it is follows from the
/// table it has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Always 1.
    pub schema_version: u32,
    /// A rule.
    pub rule: Option<Rule>,
    /// A library: what its calls do.
    pub library: Option<Library>,
    /// With `library`: its types.
    #[serde(default, rename = "type")]
    pub types: Vec<Type>,
    /// With `library`: its calls.
    #[serde(default, rename = "call")]
    pub calls: Vec<Call>,
    /// With `library`: members that are read, not called.
    #[serde(default, rename = "member")]
    pub members: Vec<Member>,
    /// With `library`: annotations that describe a request.
    #[serde(default, rename = "annotation")]
    pub annotations: Vec<AnnotationModel>,
    /// With `library`: annotations that say which setting a value comes from.
    #[serde(default, rename = "setting")]
    pub settings: Vec<SettingModel>,
    /// With `library`: other names of the same thing, `"requests.sessions.Session" = "requests.Session"`. They hold for
    /// whatever follows the name too.
    #[serde(default)]
    pub alias: BTreeMap<String, String>,
    /// Metascopes with their products.
    #[serde(default, rename = "metascope")]
    pub metascopes: Vec<Metascope>,
    /// Which files are read, and which are left out.
    pub files: Option<Files>,
    /// Kinds of credential files and configurations.
    #[serde(default, rename = "credential")]
    pub credentials: Vec<Credential>,
    /// What is told of documents as such.
    pub documents: Option<Documents>,
    /// What is said of places that hold something of the old flow and are in no finding.
    pub accounting: Option<Accounting>,
    /// What calls do besides giving a value.
    pub effects: Option<super::effects::EffectModels>,
    /// What the audit report says beside the findings.
    pub guidance: Option<Guidance>,
    /// Packages whose entries in manifests may exist for the old flow.
    #[serde(default, rename = "dependency")]
    pub dependencies: Vec<DependencyModel>,
    /// Programs of the command line, see [`super::commands`].
    #[serde(default, rename = "command")]
    pub commands: Vec<CommandModel>,
    /// Actions of CI steps.
    #[serde(default, rename = "action")]
    pub actions: Vec<ActionModel>,
    /// Where shell text and steps stand in documents.
    #[serde(default, rename = "script")]
    pub scripts: Vec<ScriptModel>,
    /// Formats of request collections.
    #[serde(default, rename = "collection")]
    pub collections: Vec<CollectionModel>,
    /// What a rewrite may lead to, see [`super::targets`].
    #[serde(default, rename = "target")]
    pub targets: Vec<Target>,
    /// Files in which package managers lock versions.
    #[serde(default, rename = "lock")]
    pub locks: Vec<LockModel>,
}

/// A rule: what it matches over the facts, and what it says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id, such as `ims-jwt-exchange`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The severity of its findings outside test code.
    pub severity: Severity,
    /// The platforms whose code it reads; none for a rule about configuration, manifests or scripts.
    #[serde(default)]
    pub platforms: Vec<Platform>,
    /// One sentence for a finding; `{client}`, `{library}` and `{endpoint}` are filled in.
    pub message: String,
    /// What to do next, one or two sentences.
    pub help: String,
    /// Markdown for `explain`: what it finds, why it matters, before and after, what to do by hand.
    pub explain: String,
    /// What it matches in code: any one of these. Nothing for a rule about configuration, manifests or scripts.
    #[serde(default, rename = "match")]
    pub matches: Matches,
    /// What its findings in code are rewritten to.
    pub rewrite: Option<RewriteModel>,
}

/// What a request of the old flow is rewritten to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewriteModel {
    /// Paths of the old endpoint, the longest spelling first.
    pub old_paths: Vec<String>,
    /// The path of the new endpoint.
    pub path: String,
    /// The form field that names the grant, and its value.
    pub grant: (String, String),
    /// The form field of the scopes.
    pub scope_field: String,
    /// The form field of the client's id.
    pub client_field: String,
    /// The form field of the client's secret.
    pub secret_field: String,
    /// The environment variable that the scopes are read from where nobody knows them.
    pub scopes_variable: String,
    /// The member of the answer that tells how long the token is good for.
    pub lifetime_member: String,
    /// Members of the answer that mean the same as before.
    pub token_members: Vec<String>,
}

/// What a rule matches.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matches {
    /// A request that is sent.
    #[serde(default)]
    pub request: Vec<RequestMatch>,
    /// An assertion that is built or signed, where no request of the rule sends it.
    #[serde(default)]
    pub assertion: Vec<AssertionMatch>,
    /// Arithmetic that reads the lifetime of a token as milliseconds.
    pub lifetime: Option<LifetimeMatch>,
    /// Findings of other rules that are this rule's where something more is known of them.
    pub refines: Option<Refinement>,
    /// Calls of SDKs whose `grant` names this rule.
    #[serde(default)]
    pub grants: bool,
    /// What the message goes on with where the version of the SDK settled the form of a call; `{sdk}` and `{version}` are
    /// filled in.
    pub old_version: Option<String>,
    /// Verbs of requests that are none, such as `HEAD`.
    #[serde(default)]
    pub other_methods: Vec<String>,
    /// Patterns of URLs whose requests are none: those of other rules.
    #[serde(default)]
    pub other_urls: Vec<String>,
    /// Names of unknown functions that plausibly send a request, their words joined by `_` and `*` for more of them:
    /// `post`, `*_request`.
    #[serde(default)]
    pub senders: Vec<String>,
    /// Names of unknown functions that keep, check or tell what they are given instead of sending it.
    #[serde(default)]
    pub keepers: Vec<String>,
    /// Members of the answer whose reading belongs to the flow.
    #[serde(default)]
    pub response: Vec<String>,
    /// The form field that carries the assertion.
    pub assertion_field: Option<String>,
    /// Form fields and claims whose literal values are secrets and are never shown.
    #[serde(default)]
    pub secret_fields: Vec<String>,
    /// The form field that carries the client id.
    pub client_field: Option<String>,
    /// What precedes a metascope in the name of a claim: `/s/`.
    pub metascope_prefix: Option<String>,
    /// Private keys of the old credential, in a document or in a file of their own.
    #[serde(default)]
    pub key_material: bool,
    /// For such a rule: the rules whose flows have keys of the kind, where they stand in code or code reads them.
    #[serde(default)]
    pub key_of: Vec<String>,
    /// An entry of a manifest that exists for the old flow.
    pub dependency: Option<DependencyMatch>,
}

/// Entries of manifests: whose code findings they are tied to, and what is said where the rule's own message does not fit.
/// `{package}` and `{version}` are filled in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyMatch {
    /// The rules whose findings are the old flow.
    pub flows: Vec<String>,
    /// For a signing library that the package uses for the old flow alone.
    pub signing: String,
    /// For an SDK without the new flow that code imports, where no finding says how it is used.
    pub imported: String,
    /// For an SDK without the new flow that no code of the package imports.
    pub unused: String,
}

/// Arithmetic that reads the lifetime of a token as milliseconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifetimeMatch {
    /// Members of the answer that hold it.
    pub members: Vec<String>,
    /// The endpoints that answer in seconds; those of the rules in `old` answer in milliseconds.
    pub endpoints: Vec<String>,
    /// The rules whose requests answer in milliseconds.
    pub old: Vec<String>,
    /// Calls that give the current time in milliseconds, `*` for anything.
    pub now: Vec<String>,
    /// Calls that give the number they are given.
    pub conversions: Vec<String>,
    /// Calls that take milliseconds; `name(keyword=)` for one that takes them by keyword.
    pub takes: Vec<String>,
    /// The message beside the new endpoint; the rule's own is for the old one.
    pub new_message: String,
}

/// What makes a finding of other rules one of this rule. Any of it is enough.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refinement {
    /// The other rules.
    pub rules: Vec<String>,
    /// Metascopes.
    #[serde(default)]
    pub metascopes: Vec<String>,
    /// A pattern of the client id.
    pub client_id: Option<String>,
    /// Words that all stand in the file.
    #[serde(default)]
    pub texts: Vec<String>,
}

/// A request, by its URL, its form fields, or both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestMatch {
    /// The URL, see [`crate::rules::pattern`]. Without one, the match is for requests whose URL is not resolved.
    pub url: Option<String>,
    /// Fields that the form, the query or the body has, all of them.
    #[serde(default)]
    pub form: Vec<String>,
    /// Fields with patterns of their values, all of them; the values count as they are and URL-encoded.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// An assertion, by its claims. Every key that is given has to match.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssertionMatch {
    /// A text that stands as a claim's name.
    pub claim: Option<String>,
    /// The `aud` claim.
    pub audience: Option<String>,
    /// The `iss` claim.
    pub issuer: Option<String>,
    /// The `sub` claim.
    pub subject: Option<String>,
    /// Whether a known signing library has to sign it: needed where the patterns are weak.
    #[serde(default)]
    pub signed: bool,
}

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

/// What a call does. The parts may be combined; what is not said has no effect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The full names of what is called: `requests.post`, `okhttp3.Request.Builder.url`, a constructor by its type's
    /// name. `string.`, `list.`, `map.`, `function.` stand for values of that kind, `*.` for any receiver.
    pub of: OneOrMany<String>,
    /// Only calls with this many arguments.
    pub arguments: Option<usize>,
    /// The result is a new object of this type.
    pub creates: Option<String>,
    /// The result is this value: `self`, an argument, or `type:` and a name for an object of that type that keeps what its receiver held.
    pub returns: Option<Source>,
    /// The object that `set`, `append`, `field`, `claim` and `header` act upon; else what was created, else the receiver.
    pub on: Option<Source>,
    /// Slots of that object and what they become.
    #[serde(default)]
    pub set: BTreeMap<Slot, OneOrMany<Source>>,
    /// Slots of that object and what is put behind their content.
    #[serde(default)]
    pub append: BTreeMap<Slot, OneOrMany<Source>>,
    /// A form field that is added.
    pub field: Option<Pair>,
    /// A claim that is added.
    pub claim: Option<Pair>,
    /// A header that is added.
    pub header: Option<Pair>,
    /// The result is a view into this slot of the receiver: what is written to it goes there.
    pub derives: Option<Slot>,
    /// This is put behind the content of the receiver (or of the slot it is a view into).
    pub writes: Option<OneOrMany<Source>>,
    /// The call sends this request: `self`, an argument that is a request, or `new` for one made of this call alone
    /// and of what its receiver holds. The first that fits.
    pub sends: Option<OneOrMany<Source>>,
    /// Of the calls of one object that send, only the first does: the others read the answer.
    #[serde(default)]
    pub once: bool,
    /// The call signs this assertion: `self`, an argument, or `new`.
    pub signs: Option<OneOrMany<Source>>,
    /// The call makes an SDK exchange the old credential for a token.
    pub grant: Option<GrantModel>,
    /// The result is computed.
    pub operation: Option<Operation>,
    /// What it is computed from, by position; each operation says what it takes.
    #[serde(default)]
    pub inputs: Vec<OneOrMany<Source>>,
    /// A function among the arguments that the call runs.
    pub calls: Option<Callback>,
}

/// A call that makes an SDK exchange the old credential, and what tells it from the same call with the new one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantModel {
    /// The rule whose finding it is.
    #[serde(default = "GrantModel::usual_rule")]
    pub rule: String,
    /// It is the old form where any of these holds. Without any the call has no other form.
    #[serde(default)]
    pub needs: Vec<Condition>,
    /// It is the new form where any of these holds.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// What it is where none of `needs` holds.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// An object whose making is the place of the finding, such as `self`: calls of one builder are one finding.
    pub at: Option<Source>,
    /// It only goes on with what another call gave the SDK: where that call stands in the same file, of the same `name`
    /// where both have one, it is a part of it, whichever form that has.
    #[serde(default)]
    pub part: bool,
    /// The name under which the SDK keeps the credential.
    pub name: Option<OneOrMany<Source>>,
    /// The assertion, where the caller signs it himself.
    pub assertion: Option<OneOrMany<Source>>,
    /// The client id.
    pub client_id: Option<OneOrMany<Source>>,
    /// The metascopes: a text with commas, a list, or a map of them.
    pub metascopes: Option<OneOrMany<Source>>,
    /// The private key, or the path to it.
    pub private_key: Option<OneOrMany<Source>>,
    /// Further values that are secrets and never shown.
    #[serde(default)]
    pub secrets: Vec<Source>,
    /// The file that holds the credential, where the call is given its path: which form it is, is for the file to say.
    pub file: Option<OneOrMany<Source>>,
    /// What becomes of the call.
    pub rewrite: Option<SdkRewrite>,
}

impl GrantModel {
    fn usual_rule() -> String {
        "ims-jwt-sdk".to_owned()
    }
}

/// What a call is where nothing shows the old form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// The new form.
    #[default]
    New,
    /// A file, a setting or the version says which.
    Open,
}

/// Something that a call is given, or given with a certain value: a source, or `SOURCE is 'text'`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    /// What has to be there.
    pub source: Source,
    /// The text that it has to be.
    pub value: Option<String>,
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (source, value) = match text.strip_suffix('\'').and_then(|rest| rest.split_once(" is '")) {
            Some((source, value)) => (source.to_owned(), Some(value.to_owned())),
            None => (text, None),
        };
        Ok(Self { source: Source::try_from(source)?, value })
    }
}

/// A function among the arguments, and what it is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Which argument it is.
    pub function: OneOrMany<Source>,
    /// What it is given: sources, `result` for the result of the call, `null` for nothing.
    #[serde(default)]
    pub with: Vec<Source>,
}

/// A name and a value that are added together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The name.
    pub name: Source,
    /// The value.
    pub value: Option<Source>,
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

/// What an object can hold. Which of them matter follows from what it is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The URL, or a path that is resolved against `base`.
    Url,
    /// What the URL is resolved against.
    Base,
    /// `https`.
    Scheme,
    /// The host, with or without scheme and port.
    Host,
    /// The port.
    Port,
    /// The path, put behind scheme, host and port.
    Path,
    /// The query: a text or a map.
    Query,
    /// The verb of the request.
    Method,
    /// `POST /path`: verb and path in one text.
    RequestLine,
    /// Headers, a map.
    Headers,
    /// The body: a text, a map, a form object.
    Body,
    /// The text that a buffer or stream holds.
    Content,
    /// The claims: a map, a text, or an object with claims of its own.
    Claims,
    /// The `iss` claim.
    Issuer,
    /// The `sub` claim.
    Subject,
    /// The `aud` claim.
    Audience,
    /// The private key.
    Key,
    /// The signature algorithm.
    Algorithm,
}

/// How a value is computed. Inputs are taken from `inputs` in order; an input that is not there is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// All inputs put together as a text.
    Concat,
    /// (separator, list): the items of the list with the separator between.
    Join,
    /// (format, arguments as a list, names as a map): `{}`, `{0}`, `{name}` filled in. Without names, a map that is the
    /// last argument gives them.
    FormatBraces,
    /// (format, arguments as a list): `%s`, `%d`, `%1$s`, `%(name)s` filled in.
    FormatPercent,
    /// (base, reference): the reference resolved against the base, as RFC 3986 says.
    ResolveUrl,
    /// (text, from, to): every occurrence replaced, where all three are known; else the text.
    Replace,
    /// (map): its keys as a list.
    Keys,
    /// (map): its values as a list.
    Values,
    /// (map): its entries as a list of two-element lists.
    Entries,
    /// (map, key, default): one value of a map or list; the default where the key is absent, both where that is open.
    Get,
    /// (map, key, value): one value of a map is set.
    Put,
    /// (target, source …): the entries of the sources are put into the target; gives the target.
    Merge,
    /// (list, item …): items are put behind a list; a list of lists adds pairs.
    Push,
    /// All inputs as a list; `rest:N` gives several.
    List,
    /// All inputs, alternating names and values, as a map.
    MapOf,
    /// (list of two-element lists, or map): a map of them.
    FromEntries,
    /// (value): the same value as JSON text, still readable as a map.
    EncodeJson,
    /// (text): the map that a JSON text holds.
    DecodeJson,
    /// (value …): a text that cannot be read but is made of the inputs: a digest, an encoding, a signature.
    Derive,
    /// (name, default): an environment variable.
    Environment,
    /// (key, default): a value of the configuration.
    Configuration,
    /// (path): the content of a file.
    ReadFile,
    /// (list, function): the results of the function for every item, as a list. Also `forEach`.
    Map,
    /// (value, function): what the function returns for the value, as `then` does.
    Apply,
    /// (executor): what the executor hands to its first parameter, as `new Promise` does.
    Promise,
    /// Nothing comes of it, and what it is given does not count as sent: logging, assertions, printing.
    Observe,
}

/// Where a value comes from in a call. Written as a text:
///
/// - `0`, `1`: an argument by position; `0.url`: an entry of it
/// - `data=`: an argument by keyword; `options=.url`: an entry of it
/// - `self`: the receiver
/// - `rest:1`: all arguments from a position on, as a list; keywords are not among them
/// - `keywords`: all arguments by keyword, as a map; not present where there are none
/// - `'POST'`: a constant
/// - `called`: what the function gives that `calls` runs
/// - `new`, `result`, `null`, `value`, `type:NAME`: where the key that holds the source says so
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Source {
    /// An argument by position, and a path into it.
    Argument(usize, Vec<String>),
    /// An argument by keyword, and a path into it.
    Keyword(String, Vec<String>),
    /// The receiver.
    Receiver,
    /// All arguments from a position on.
    Rest(usize),
    /// All arguments by keyword, as a map.
    Keywords,
    /// A constant text.
    Constant(String),
    /// What the function gives that the call runs.
    Called,
    /// A new object made of this call.
    New,
    /// The result of the call.
    Result,
    /// Nothing.
    Null,
    /// The annotated parameter.
    Value,
    /// An object of a type.
    Type(String),
}

impl TryFrom<String> for Source {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let path = |rest: &str| rest.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        Ok(match text.as_str() {
            "self" => Self::Receiver,
            "keywords" => Self::Keywords,
            "called" => Self::Called,
            "new" => Self::New,
            "result" => Self::Result,
            "null" => Self::Null,
            "value" => Self::Value,
            other => {
                if let Some(constant) = other.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
                    Self::Constant(constant.to_owned())
                } else if let Some(name) = other.strip_prefix("type:") {
                    Self::Type(name.to_owned())
                } else if let Some(position) = other.strip_prefix("rest:").and_then(|rest| rest.parse().ok()) {
                    Self::Rest(position)
                } else if let Some((keyword, rest)) = other.split_once('=') {
                    Self::Keyword(keyword.to_owned(), path(rest))
                } else {
                    let (position, rest) = other.split_once('.').unwrap_or((other, ""));
                    let position = position.parse().map_err(|_| {
                        format!(
                            "`{text}` is no source; write an argument as `0` or `0.url`, a keyword as `data=`, the \
                             receiver as `self`, a constant as `'POST'`"
                        )
                    })?;
                    Self::Argument(position, path(rest))
                }
            }
        })
    }
}

/// One value, or several in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several; for sources the first that is present.
    Many(Vec<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    /// Written by hand because a derived one would swallow what is wrong with the value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(text.into_deserializer()).map(OneOrMany::One)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(list)).map(OneOrMany::Many)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A package that a manifest may ask for because of the old flow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyModel {
    /// Where the package comes from.
    pub ecosystem: Ecosystem,
    /// Its names; for Maven `group:artifact`. Those of PyPI are compared without case, `-`, `_` and `.` alike.
    pub names: Vec<String>,
    /// What it is to the old flow.
    pub role: DependencyRole,
    /// A few words: what the package is for.
    pub purpose: String,
    /// The library of the rule files that describes its calls, by its name; without one the first of `names`.
    pub library: Option<String>,
    /// What an import of it names, where neither the library nor, for npm, `names` say so.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Of a signing library the functions that read tokens, which is no use for the old flow; for Java `Type.method`.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Of an SDK: whether it has uses that need no service credential, so that only a finding says that one is used.
    #[serde(default)]
    pub general: bool,
    /// Of an SDK: the programs that it brings, by which scripts use it.
    #[serde(default)]
    pub commands: Vec<String>,
    /// The first version that has the new flow; without one no version has.
    pub since: Option<String>,
    /// The first version without the old flow; without one no version is known.
    pub old_below: Option<String>,
    /// What takes its place, or what to do.
    pub replacement: Option<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// npm's registry.
    Npm,
    /// The Python Package Index, and conda's channels under the same names.
    Pypi,
    /// Maven Central and its like.
    Maven,
}

impl Ecosystem {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Npm, Self::Pypi, Self::Maven];

    /// The platform of the code that uses its packages.
    pub fn platform(self) -> Platform {
        match self {
            Self::Npm => Platform::Node,
            Self::Pypi => Platform::Python,
            Self::Maven => Platform::Java,
        }
    }
}

/// What a package is to the old flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyRole {
    /// It makes the exchange itself.
    Sdk,
    /// It signs the assertion, and anything else that one has it sign.
    Signing,
    /// It reads the private key for code or a library that signs.
    Key,
}

impl DependencyModel {
    /// The name of the library, as findings give it.
    pub fn library(&self) -> &str {
        self.library.as_deref().or(self.names.first().map(String::as_str)).unwrap_or_default()
    }
}

/// A metascope of the old credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metascope {
    /// Its short name, `ent_user_sdk`.
    pub name: String,
    /// The Adobe product.
    pub product: String,
    /// The OAuth scopes that are known to serve the same product; empty where none are documented.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How good the evidence for the scopes is.
    pub grade: Option<Grade>,
    /// Where it is from.
    pub source: Option<String>,
}

/// How good the evidence for a list of scopes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Grade {
    /// Adobe's documentation or SDK source.
    A,
    /// Several independent sources.
    B,
    /// A single source.
    C,
}

/// What is said of places that hold something of the old flow and are in no finding.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounting {
    /// Functions and constructors that only show what they are given, as patterns over their path in lower case.
    pub shown: Vec<String>,
}

/// Which files are read, and which are left out by default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Extensions by language, without the dot.
    pub extensions: BTreeMap<String, Vec<String>>,
    /// Whole file names by language, as globs over the name; they win over extensions, but not over those of code.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<String>>,
    /// Extensions of files that are no text.
    #[serde(default)]
    pub binary: Vec<String>,
    /// Extensions of source code in languages that no rule reads, and names of such files without one.
    #[serde(default)]
    pub uncovered: Vec<String>,
    /// Extensions of documentation, and names of such files without one: what they say of the old flow is text.
    #[serde(default)]
    pub documentation: Vec<String>,
    /// Extensions of files that hold others, packed: what is in them cannot be searched.
    #[serde(default)]
    pub archives: Vec<String>,
    /// Names of the files in which a package manager locks what a manifest asks for, as globs over the name.
    #[serde(default)]
    pub locks: Vec<String>,
    /// Interpreters of `#!` lines by language: `node`, `python3`.
    pub interpreters: BTreeMap<String, Vec<String>>,
    /// Hidden files and folders that are read all the same, as globs over the name.
    pub hidden: Vec<String>,
    /// Folders of code that others wrote, as globs over the name.
    pub vendored: Vec<String>,
    /// Folders that a build makes, as globs over the name.
    pub generated: Vec<String>,
    /// Folders of version control, never entered.
    pub version_control: Vec<String>,
    /// File names of minified bundles, as globs.
    pub minified: Vec<String>,
    /// Texts in the first lines of a file that say that a program wrote it.
    pub generated_markers: Vec<String>,
    /// Test code: globs over the path below the root.
    pub tests: Vec<String>,
}
