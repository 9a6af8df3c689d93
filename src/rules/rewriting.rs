//! What becomes of a configuration when its credential is renewed: the `[credential.rewrite]`, `[action.rewrite]` and
//! `[command.rewrite]` tables of the rule files. What they mean for a document is for `credentials` and `rewrite` to say.

use serde::Deserialize;

use super::credential::{Condition, Keys};

/// What becomes of the keys of a kind of credential. An old key without a replacement goes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// Why it stays by hand, and what to do; nothing else is said then.
    pub manual: Option<String>,
    /// The languages in which it is rewritten; none for all.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Why it stays by hand in the other languages.
    pub otherwise: Option<String>,
    /// Who decides how the keys are called.
    #[serde(default)]
    pub names: Names,
    /// What has to be so for the new form to be understood: a version of the program that reads it.
    pub needs: Option<String>,
    /// Keys that go, besides the old ones without a replacement.
    pub remove: Option<Keys>,
    /// Old keys that stay as they are.
    pub keep: Option<Keys>,
    /// Keys that are renamed or get another value.
    #[serde(default, rename = "change")]
    pub changes: Vec<KeyChange>,
    /// Keys that come.
    #[serde(default, rename = "insert")]
    pub inserts: Vec<KeyInsert>,
    /// What the map that holds the keys is called from then on.
    pub container: Option<String>,
    /// Keys that stand beside that map and change.
    #[serde(default)]
    pub beside: Vec<KeyChange>,
}

/// Who decides how the keys of a configuration are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// A program that is known: the new names are as fixed as the old ones.
    #[default]
    Fixed,
    /// Whoever wrote the code that reads them: that has to change with them.
    Own,
}

/// A key that is renamed or gets another value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// Its old names.
    pub key: Keys,
    /// Its new name; in the case and with the separators that the old one has.
    pub rename: Option<String>,
    /// Its new value; nothing where it stays.
    pub value: Option<NewValue>,
    /// Only where no code of the repository reads the file by its old name.
    #[serde(default)]
    pub only_unread: bool,
}

/// A key that comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyInsert {
    /// Its name; in the case and with the separators that the one before it has.
    pub key: String,
    /// Its value.
    pub value: NewValue,
    /// The key that it follows, the first of these that is there.
    pub after: Keys,
    /// Only where the map that holds it is called so.
    pub only_in: Option<String>,
}

/// A value that is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum NewValue {
    /// `@scopes`: the scopes, joined with commas.
    Scopes,
    /// `@scopes-list`: the scopes as a list.
    ScopesList,
    /// `@list`: a list with the value that was there as its only item.
    List,
    /// `@origin`: scheme and host of the address that was there.
    Origin,
    /// `@token-endpoint`: the address that was there, with the path of the token endpoint.
    TokenEndpoint,
    /// `@placeholder WORDS`: words in angle brackets, which nothing takes for a value.
    Placeholder(String),
    /// `@bare WORD`: a word that is no text, such as `true`.
    Bare(String),
    /// The text itself.
    Text(String),
}

impl TryFrom<String> for NewValue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (word, rest) = text.split_once(' ').unwrap_or((text.as_str(), ""));
        Ok(match (word, rest.trim()) {
            ("@scopes", "") => Self::Scopes,
            ("@scopes-list", "") => Self::ScopesList,
            ("@list", "") => Self::List,
            ("@origin", "") => Self::Origin,
            ("@token-endpoint", "") => Self::TokenEndpoint,
            ("@placeholder", words) if !words.is_empty() => Self::Placeholder(words.to_owned()),
            ("@bare", word) if !word.is_empty() => Self::Bare(word.to_owned()),
            _ if text.starts_with('@') || text.is_empty() => {
                return Err(format!(
                    "`{text}` is none of @scopes, @scopes-list, @list, @origin, @token-endpoint, `@placeholder WORDS`, \
                     `@bare WORD` and a text"
                ));
            }
            _ => Self::Text(text),
        })
    }
}

impl Rewrite {
    /// What is wrong with it beside the old keys, each with its names and what is said to take its place.
    pub(super) fn mistake<'a>(&self, old: impl Iterator<Item = (&'a Keys, Option<&'a str>)>) -> Option<String> {
        let says_more = self.remove.is_some()
            || !self.changes.is_empty()
            || !self.inserts.is_empty()
            || !self.beside.is_empty()
            || self.container.is_some();
        if self.manual.is_some() && says_more {
            return Some("what stays by hand has no other keys".to_owned());
        }
        if self.manual.is_some() {
            return None;
        }
        let written = |keys: &Keys| -> Vec<String> { keys.0.iter().map(super::credential::KeyPath::written).collect() };
        let changed = self.changes.iter().flat_map(|change| written(&change.key));
        let said: Vec<String> = changed.chain(self.remove.iter().chain(&self.keep).flat_map(written)).collect();
        let mut unsaid = old
            .filter(|(_, replacement)| replacement.is_some())
            .flat_map(|(keys, _)| written(keys))
            .filter(|name| !said.contains(name));
        unsaid.next().map(|name| format!("`rewrite` does not say what becomes of `{name}`"))
    }
}

/// What becomes of the inputs of a step.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRewrite {
    /// Inputs that go.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Inputs that are renamed or get another value; their names are compared without regard to case.
    #[serde(default, rename = "change")]
    pub changes: Vec<InputChange>,
    /// Inputs that come.
    #[serde(default, rename = "insert")]
    pub inserts: Vec<InputInsert>,
}

/// An input that is renamed or gets another value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputChange {
    /// Its name.
    pub input: String,
    /// Its new name.
    pub rename: Option<String>,
    /// Its new value, where the old one is written there.
    pub value: Option<NewValue>,
}

/// An input that comes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputInsert {
    /// Its name.
    pub input: String,
    /// The input that it follows, and whose reference to a secret it is written like.
    pub like: String,
    /// What in the name of that secret becomes what: `ACCID`, `ACCEMAIL`. Where it is not there, a placeholder is written.
    pub renamed: [String; 2],
    /// The words of the placeholder.
    pub placeholder: String,
}

/// What becomes of a command.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRewrite {
    /// For commands with a word that ends so.
    pub word: String,
    /// The end that takes its place; nothing where the whole command goes.
    pub becomes: Option<String>,
    /// What takes the place of the argument behind that word.
    pub value: Option<NewValue>,
    /// The option that such a value needs.
    pub option: Option<String>,
    /// What else has to be done.
    pub needs: Option<String>,
}

/// A kind of files that hand values through to a program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plumbing {
    /// What it is called.
    pub name: String,
    /// Globs over the path.
    pub files: Vec<String>,
    /// Instructions whose line gives one name a value: `ENV`.
    #[serde(default)]
    pub instructions: Vec<String>,
    /// Whether entries of such a file may be renamed and taken away.
    #[serde(default)]
    pub edited: bool,
}

/// An expression that takes a value from elsewhere: what stands behind it is the name of that.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueReference {
    /// What it begins with: `secrets.`.
    pub mark: String,
    /// Whether what it names is a secret.
    #[serde(default)]
    pub secret: bool,
}

/// A credential of the new form: where one stands in the repository, its scopes are known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCredential {
    /// All of these have to be there.
    pub all: Vec<Condition>,
    /// The key that holds the scopes.
    pub scopes: Keys,
    /// The key that holds the client id.
    pub client_id: Option<Keys>,
}

/// Files that are never rewritten.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// Globs over the path.
    pub files: Vec<String>,
    /// Why, and what to do.
    pub reason: String,
}
