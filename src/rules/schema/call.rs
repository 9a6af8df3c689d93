//! A call of a library: what it does with what it is given. The words that rule files use for it are here.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};

use crate::rules::sdk_rewriting::SdkRewrite;

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
