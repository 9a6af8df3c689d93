//! The old credential in configuration files: the `[[credential]]` and `[documents]` tables of the rule files, read and
//! compiled. What is found in a document is for `credentials` to say.

use globset::{Glob, GlobBuilder, GlobSet};
use serde::Deserialize;

use super::pattern::TextPattern;
use super::rewriting::{ByHand, NewCredential, Plumbing, Rewrite, ValueReference};
use crate::finding::Language;

/// A kind of credential file or configuration: where its keys live, which of them identify it, what replaces them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// What it is called in reports.
    pub name: String,
    /// The rule that reports it.
    pub rule: String,
    /// Globs over the file's name, or over its path where they hold a slash; none for any file.
    #[serde(default)]
    pub files: Vec<String>,
    /// Languages by name; none for every format.
    #[serde(default)]
    pub formats: Vec<String>,
    /// How names of keys are compared.
    #[serde(default)]
    pub spelling: Spelling,
    /// Which entries are looked at together.
    #[serde(default)]
    pub within: Within,
    /// The path that leads to the map with the keys, its end at least: `ims > contexts > *`. Nothing for any map.
    pub under: Option<KeyPath>,
    /// What the names of its keys begin with, besides the names below: `aio_ims_contexts`. Keys with one beginning
    /// belong together. An empty text for any beginning, nothing for none.
    pub prefix: Option<String>,
    /// All of these have to be there.
    #[serde(default)]
    pub all: Vec<Condition>,
    /// At least one of these, if there are any.
    #[serde(default)]
    pub any: Vec<Condition>,
    /// None of these: they show the new form.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// How sure it is with that alone.
    #[serde(default)]
    pub confidence: Sureness,
    /// What makes it certain.
    #[serde(default)]
    pub certain: Vec<Condition>,
    /// The keys of the old credential.
    pub old: Vec<OldKeys>,
    /// The key that holds the client id.
    pub client_id: Option<Keys>,
    /// The key that holds the metascopes.
    pub metascopes: Option<Keys>,
    /// The key that holds the private key itself, or the path of its file.
    pub private_key: Option<Keys>,
    /// Keys whose values are never shown.
    pub secrets: Option<Keys>,
    /// Whether it is a piece of a credential: where the file has one credential besides, it belongs to that.
    #[serde(default)]
    pub part: bool,
    /// What takes the place of a key that holds the endpoint, whatever the key is called.
    pub endpoint: Option<String>,
    /// What becomes of its keys; nothing where that is not known.
    pub rewrite: Option<Rewrite>,
}

/// A key of the old credential, and what takes its place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldKeys {
    /// Its names.
    pub key: Keys,
    /// What takes its place; nothing where it simply goes.
    pub replacement: Option<String>,
}

/// How names of keys are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// As they are written.
    #[default]
    Exact,
    /// Without regard to case.
    AnyCase,
    /// Without regard to case and to what separates words: `meta_scopes`, `metaScopes`, `META-SCOPES`.
    Any,
}

/// Which entries are looked at together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Those of one map.
    #[default]
    Map,
    /// All of a file, however they are nested.
    File,
}

/// How sure a kind is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Nothing else looks like it.
    #[default]
    Certain,
    /// Something else could.
    Likely,
}

/// Names of one key: `private_key|privateKey`, each a path from the map that is looked at: `server > host`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Keys(pub Vec<KeyPath>);

/// A path of key names, outermost first; `*` in a name stands for anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyPath(pub Vec<KeyName>);

/// One name of a key, in each of the ways in which it is compared.
#[derive(Debug, Clone)]
pub struct KeyName {
    /// As the rule file writes it.
    pub written: String,
    exact: TextPattern,
    lower: TextPattern,
    /// The words of the name, in lower case, joined; with a `*` at an end where the pattern has one.
    joined: String,
    open_end: bool,
}

/// A key, perhaps with a value: `authentication_method = oauth*|jwt`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    /// The names of the key.
    pub keys: Keys,
    /// What its value has to be, any one of these; nothing for any value.
    pub values: Vec<ValuePattern>,
}

/// What a value has to be.
#[derive(Debug, Clone)]
pub enum ValuePattern {
    /// A text with `*` for anything, without regard to case.
    Text(TextPattern),
    /// `@exchange`: a URL that a rule's requests match.
    Exchange,
    /// `@metascope`: a metascope that is known, as a name or as a claim.
    Metascope,
    /// `@private-key`: key material.
    PrivateKey,
}

/// What is told of documents as such.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// Keys that hold a name in lists of names with values.
    #[serde(default)]
    pub names: Vec<String>,
    /// Keys that hold the value there.
    #[serde(default)]
    pub values: Vec<String>,
    /// Keys at the top of a document that describes an interface instead of configuring one.
    #[serde(default)]
    pub descriptions: Vec<Condition>,
    /// Keys that describe the one that holds them: it is declared there, and given no value.
    #[serde(default)]
    pub describing: Vec<String>,
    /// Maps that hand something to a step of a pipeline, by their keys: that step is a command.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Files that hold texts for people, as globs over the path.
    #[serde(default)]
    pub others: Vec<String>,
    /// Files that are never rewritten.
    #[serde(default)]
    pub by_hand: Vec<ByHand>,
    /// Files that show which keys have to be set, as globs over the path.
    #[serde(default)]
    pub templates: Vec<String>,
    /// The paths of the old endpoint in an address, the longest of two that begin alike first.
    #[serde(default)]
    pub exchange_paths: Vec<String>,
    /// The path of the token endpoint that takes their place.
    #[serde(default)]
    pub token_path: String,
    /// What credentials of the new form look like.
    #[serde(default)]
    pub renewed: Vec<NewCredential>,
    /// Files that hand values through to a program.
    #[serde(default)]
    pub plumbing: Vec<Plumbing>,
    /// Expressions there that take a value from elsewhere.
    #[serde(default)]
    pub references: Vec<ValueReference>,
}

impl KeyPath {
    /// As a rule file writes it.
    pub(super) fn written(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|name| name.written.as_str()).collect();
        names.join(" > ")
    }
}

impl TryFrom<String> for Keys {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.split('|').map(|path| KeyPath::try_from(path.to_owned())).collect::<Result<_, _>>().map(Self)
    }
}

impl TryFrom<String> for KeyPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let names: Vec<KeyName> = text.split('>').map(|name| KeyName::new(name.trim())).collect();
        if names.iter().any(|name| name.written.is_empty()) {
            return Err(format!("`{text}` has an empty name; write `outer > inner|other`"));
        }
        Ok(Self(names))
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (keys, values) = match text.split_once('=') {
            None => (text.as_str(), Vec::new()),
            Some((keys, values)) => {
                (keys, values.split('|').map(|value| ValuePattern::new(value.trim())).collect::<Result<_, _>>()?)
            }
        };
        Ok(Self { keys: Keys::try_from(keys.trim().to_owned())?, values })
    }
}

impl ValuePattern {
    fn new(text: &str) -> Result<Self, String> {
        Ok(match text {
            "@exchange" => Self::Exchange,
            "@metascope" => Self::Metascope,
            "@private-key" => Self::PrivateKey,
            "" => return Err("a value is empty; leave out the `=` for any value".to_owned()),
            other if other.starts_with('@') => {
                return Err(format!("`{other}` is none of @exchange, @metascope and @private-key"));
            }
            other => Self::Text(TextPattern::new(&other.to_ascii_lowercase())),
        })
    }
}

impl KeyName {
    fn new(written: &str) -> Self {
        let joined: String = written.chars().filter(char::is_ascii_alphanumeric).collect();
        Self {
            written: written.to_owned(),
            exact: TextPattern::new(written),
            lower: TextPattern::new(&written.to_ascii_lowercase()),
            joined: joined.to_ascii_lowercase(),
            open_end: written.ends_with('*'),
        }
    }

    /// Whether a key has this name. Where beginnings are allowed, the answer is how many of its words come before.
    pub fn is_match(&self, key: &Words<'_>, spelling: Spelling, prefixed: bool) -> Option<usize> {
        let whole =
            |pattern: &TextPattern, text: &str| pattern.is_match(&[super::pattern::Piece::Literal(text)]).then_some(0);
        if self.written == "*" {
            return Some(0);
        }
        match spelling {
            Spelling::Exact if !prefixed => whole(&self.exact, key.written),
            Spelling::AnyCase if !prefixed => whole(&self.lower, &key.lower),
            Spelling::Exact | Spelling::AnyCase | Spelling::Any => {
                // A name with a wildcard inside is compared as a whole.
                if self.written.trim_end_matches('*').contains('*') {
                    return whole(&self.lower, &key.lower);
                }
                let starts = if prefixed { key.starts.len() } else { 1 };
                key.starts.iter().take(starts).position(|&start| {
                    let rest = &key.joined[start..];
                    match rest.strip_prefix(self.joined.as_str()) {
                        Some(behind) if self.open_end => {
                            // Only whole words follow.
                            behind.is_empty() || key.starts.contains(&(key.joined.len() - behind.len()))
                        }
                        Some(behind) => behind.is_empty(),
                        None => false,
                    }
                })
            }
        }
    }

    /// The texts of which a file holds one where it holds this name, however it is spelt.
    fn literals(&self, spelling: Spelling) -> Vec<String> {
        let written = self.written.trim_matches('*');
        if written.contains('*') {
            return written.split('*').max_by_key(|part| part.len()).map(str::to_owned).into_iter().collect();
        }
        match spelling {
            Spelling::Exact => vec![written.to_owned()],
            Spelling::AnyCase => vec![written.to_ascii_lowercase(), written.to_ascii_uppercase(), written.to_owned()],
            Spelling::Any => spellings(written),
        }
    }
}

/// The shortest word that tells a name from others on its own.
const TELLING: usize = 9;

/// The ways in which a name of several words is written. The first letter is left out where only its case differs. A long
/// word in it stands for the whole.
fn spellings(name: &str) -> Vec<String> {
    let words: Vec<String> = name.split('_').map(str::to_ascii_lowercase).collect();
    // What is spelt out in another way stands for that way alone.
    let is_plain = |word: &String| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !words.iter().all(is_plain) {
        return vec![name[1..].to_owned(), name.to_ascii_uppercase()[1..].to_owned()];
    }
    if let Some(word) = words.iter().find(|word| word.len() >= TELLING) {
        return vec![word[1..].to_owned(), word.to_ascii_uppercase()[1..].to_owned()];
    }
    let titled = |word: &String| word[..1].to_ascii_uppercase() + &word[1..];
    let camel: String = words.iter().take(1).cloned().chain(words.iter().skip(1).map(titled)).collect();
    let snake = words.join("_");
    let upper = snake.to_ascii_uppercase();
    [snake, camel, upper].map(|spelling| spelling[1..].to_owned()).into()
}

/// The shortest beginning that several literals may share to be looked for as one.
const SHARED: usize = 5;

/// The same literals, those with a long beginning in common as one.
fn merged(mut literals: Vec<String>) -> Vec<String> {
    literals.sort();
    let mut merged: Vec<String> = Vec::new();
    for literal in literals {
        if let Some(last) = merged.last_mut() {
            let shared = last.bytes().zip(literal.bytes()).take_while(|(one, other)| one == other).count();
            let is_cut = last.is_char_boundary(shared);
            if shared >= SHARED && is_cut {
                last.truncate(shared);
                continue;
            }
        }
        merged.push(literal);
    }
    merged
}

/// A key, taken apart into its words once.
#[derive(Debug, Clone)]
pub struct Words<'key> {
    /// As it is written.
    pub written: &'key str,
    lower: String,
    /// Its words in lower case, one behind the other.
    joined: String,
    /// Where in `joined` each word begins.
    starts: Vec<usize>,
    /// Where in `written` each word begins.
    written_starts: Vec<usize>,
}

impl<'key> Words<'key> {
    /// Takes a key apart: at what is neither letter nor digit, and where a capital follows a small letter.
    pub fn new(written: &'key str) -> Self {
        let mut joined = String::with_capacity(written.len());
        let mut starts = Vec::new();
        let mut written_starts = Vec::new();
        let mut before: Option<char> = None;
        let mut characters = written.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if !character.is_alphanumeric() {
                before = None;
                continue;
            }
            let opens = match before {
                None => true,
                Some(last) => {
                    let follows = characters.peek().is_some_and(|(_, next)| next.is_lowercase());
                    character.is_uppercase() && (!last.is_uppercase() || follows)
                }
            };
            if opens {
                starts.push(joined.len());
                written_starts.push(at);
            }
            joined.extend(character.to_lowercase());
            before = Some(character);
        }
        if starts.is_empty() {
            starts.push(0);
            written_starts.push(0);
        }
        Self { written, lower: written.to_ascii_lowercase(), joined, starts, written_starts }
    }

    /// What is written before a word of it, counted from 0.
    pub fn before(&self, word: usize) -> &'key str {
        &self.written[..self.written_starts.get(word).copied().unwrap_or(0)]
    }

    /// Its first words, joined.
    pub fn beginning(&self, words: usize) -> &str {
        &self.joined[..self.starts.get(words).copied().unwrap_or(self.joined.len())]
    }
}

/// A kind of credential, compiled.
#[derive(Debug)]
pub struct CredentialKind {
    /// As written.
    pub credential: Credential,
    /// The languages it is written in; none for all.
    pub languages: Vec<Language>,
    files: Option<GlobSet>,
    /// The beginning of its keys, as [`Words::beginning`] gives it.
    pub beginning: Option<String>,
    anchors: Option<Vec<Vec<String>>>,
}

impl CredentialKind {
    /// Compiles a kind; the error is the text that is wrong and why.
    pub(super) fn new(credential: Credential) -> Result<Self, (String, String)> {
        let name = credential.name.clone();
        let wrong = |message: String| (name.clone(), format!("credential {name}: {message}"));
        if credential.all.is_empty() && credential.any.is_empty() {
            return Err(wrong("it needs `all` or `any`, so that an anchor follows".to_owned()));
        }
        let needs_exchange = |condition: &Condition| !condition.values.is_empty() && condition.is_exchange();
        let has_anchor = |condition: &Condition| anchors(condition, credential.spelling).is_some();
        let any_has = !credential.any.is_empty() && credential.any.iter().all(|c| has_anchor(c) || needs_exchange(c));
        if !any_has && !credential.all.iter().any(|condition| has_anchor(condition) || needs_exchange(condition)) {
            return Err(wrong("no anchor follows from its keys".to_owned()));
        }
        if let Some(rewrite) = &credential.rewrite {
            let old = credential.old.iter().map(|old| (&old.key, old.replacement.as_deref()));
            if let Some(mistake) = rewrite.mistake(old) {
                return Err(wrong(mistake));
            }
        }
        let mut languages = Vec::new();
        let rewritten = credential.rewrite.iter().flat_map(|rewrite| &rewrite.formats);
        if let Some(format) = rewritten.into_iter().find(|format| Language::named(format).is_none()) {
            return Err((format.clone(), format!("`{format}` is no language")));
        }
        for format in &credential.formats {
            languages
                .push(Language::named(format).ok_or_else(|| (format.clone(), format!("`{format}` is no language")))?);
        }
        let files = (!credential.files.is_empty()).then(|| glob_set(&credential.files)).transpose()?;
        let beginning = credential.prefix.as_deref().map(|prefix| Words::new(prefix).joined);
        let anchors = anchors_of(&credential);
        Ok(Self { credential, languages, files, beginning, anchors })
    }

    /// Whether a file may hold it, by its path and language.
    pub fn is_for(&self, path: &str, language: Language) -> bool {
        (self.languages.is_empty() || self.languages.contains(&language))
            && self.files.as_ref().is_none_or(|files| files.is_match(path))
    }

    /// What a file with it holds: of every member a literal. Nothing where it holds the exchange endpoint, which is looked
    /// for everywhere.
    ///
    /// The first condition should be the rarest: its literals are kept few, so that the search begins with them.
    pub fn anchors(&self) -> Option<&[Vec<String>]> {
        self.anchors.as_deref()
    }

    /// Whether a text holds what a file with it holds.
    pub fn may_be_in(&self, text: &str) -> bool {
        let holds = |literal: &String| memchr::memmem::find(text.as_bytes(), literal.as_bytes()).is_some();
        self.anchors.iter().flatten().all(|member| member.iter().any(holds))
    }
}

fn anchors_of(credential: &Credential) -> Option<Vec<Vec<String>>> {
    let Credential { all, any, spelling, .. } = credential;
    if all.iter().any(Condition::is_exchange) {
        return None;
    }
    let mut members: Vec<Vec<String>> = all.iter().filter_map(|condition| anchors(condition, *spelling)).collect();
    // The endpoint among several is looked for anyway.
    let others: Vec<_> = any.iter().filter(|condition| !condition.is_exchange()).collect();
    let of_any: Vec<Vec<String>> = others.iter().filter_map(|condition| anchors(condition, *spelling)).collect();
    if !others.is_empty() && of_any.len() == others.len() && others.len() == any.len() || members.is_empty() {
        members.push(of_any.into_iter().flatten().collect());
    }
    if let Some(first) = members.first_mut() {
        *first = merged(std::mem::take(first));
    }
    members.retain(|member| !member.is_empty());
    (!members.is_empty()).then_some(members)
}

impl Condition {
    /// Whether it asks for the endpoint of the exchange.
    fn is_exchange(&self) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| matches!(value, ValuePattern::Exchange))
    }
}

/// The literals that a condition leaves in a file: any of them; nothing where it may leave none.
fn anchors(condition: &Condition, spelling: Spelling) -> Option<Vec<String>> {
    let mut literals = Vec::new();
    for path in &condition.keys.0 {
        // The longest name of several words is the rarest.
        let rarity = |name: &&KeyName| {
            (name.written.char_indices().any(|(at, c)| c == '_' || (at > 0 && c.is_uppercase())), name.written.len())
        };
        match path.0.iter().filter(|name| name.written != "*").max_by_key(rarity) {
            Some(name) => literals.extend(name.literals(spelling)),
            None => {
                // `* = value`: the value has to give the literal.
                for value in &condition.values {
                    match value {
                        ValuePattern::Text(text) => {
                            literals.push(text.literals().max_by_key(|literal| literal.len())?.to_owned());
                        }
                        ValuePattern::Exchange | ValuePattern::Metascope | ValuePattern::PrivateKey => return None,
                    }
                }
                if condition.values.is_empty() {
                    return None;
                }
            }
        }
    }
    literals.sort();
    literals.dedup();
    Some(literals)
}

/// The `[documents]` table, compiled.
#[derive(Debug, Default)]
pub struct DocumentKinds {
    /// As written.
    pub documents: Documents,
    others: GlobSet,
    templates: GlobSet,
    by_hand: Vec<GlobSet>,
    plumbing: Vec<GlobSet>,
}

impl DocumentKinds {
    /// Compiles the table; the error is the text that is wrong and why.
    pub(super) fn new(documents: Documents) -> Result<Self, (String, String)> {
        let others = glob_set(&documents.others)?;
        let templates = glob_set(&documents.templates)?;
        let by_hand = documents.by_hand.iter().map(|one| glob_set(&one.files)).collect::<Result<_, _>>()?;
        let plumbing = documents.plumbing.iter().map(|one| glob_set(&one.files)).collect::<Result<_, _>>()?;
        Ok(Self { documents, others, templates, by_hand, plumbing })
    }

    /// The kind of file that hands values through, by its path.
    pub fn plumbing(&self, path: &str) -> Option<&Plumbing> {
        let position = self.plumbing.iter().position(|files| files.is_match(path))?;
        self.documents.plumbing.get(position)
    }

    /// Whether a file shows which keys have to be set, by its path.
    pub fn is_template(&self, path: &str) -> bool {
        self.templates.is_match(path)
    }

    /// Why a file is never rewritten, by its path.
    pub fn by_hand(&self, path: &str) -> Option<&str> {
        let position = self.by_hand.iter().position(|files| files.is_match(path))?;
        self.documents.by_hand.get(position).map(|one| one.reason.as_str())
    }

    /// Whether a file holds texts for people, by its path.
    pub fn is_other(&self, path: &str) -> bool {
        self.others.is_match(path)
    }
}

/// Globs over a path; one without a slash is over the name alone.
fn glob_set(patterns: &[String]) -> Result<GlobSet, (String, String)> {
    let parsed = |pattern: &String| -> Result<Glob, (String, String)> {
        let whole = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        let built = GlobBuilder::new(&whole).literal_separator(true).case_insensitive(true).build();
        built.map_err(|error| (pattern.clone(), format!("`{pattern}` is not a glob: {}", error.kind())))
    };
    let globs: Vec<Glob> = patterns.iter().map(parsed).collect::<Result<_, _>>()?;
    GlobSet::new(globs).map_err(|error| (String::new(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str, key: &str, spelling: Spelling, prefixed: bool) -> Option<usize> {
        KeyName::new(pattern).is_match(&Words::new(key), spelling, prefixed)
    }

    #[test]
    fn names_in_any_spelling() {
        for key in [
            "technical_account_id",
            "technicalAccountId",
            "TECHNICAL_ACCOUNT_ID",
            "technical-account-id",
            "TechnicalAccountID",
            "technicalaccountid",
        ] {
            assert_eq!(words("technical_account_id", key, Spelling::Any, false), Some(0), "{key}");
        }
        assert_eq!(words("technical_account_id", "technical_account_ids", Spelling::Any, false), None);
        assert_eq!(
            words("technical_account_id", "AIO_ims_contexts_a__b_technical__account__id", Spelling::Any, true),
            Some(5)
        );
        assert_eq!(words("technical_account_id", "my_technical_account_id", Spelling::Any, false), None);
        assert_eq!(words("key", "MONKEY", Spelling::Any, true), None);
        assert_eq!(words("private_key*", "ADOBE_PRIVATE_KEY_PATH", Spelling::Any, true), Some(1));
        assert_eq!(words("private_key*", "private_keys", Spelling::Any, true), None);
        assert_eq!(words("tech_id", "TECH_ID", Spelling::Exact, false), None);
        assert_eq!(words("tech_id", "TECH_ID", Spelling::AnyCase, false), Some(0));
        assert_eq!(words("aep.auth.*", "aep.auth.filePath", Spelling::Exact, false), Some(0));
    }

    #[test]
    fn the_words_before_a_name() {
        let words = Words::new("AIO_ims_contexts_one_client__id");
        assert_eq!(words.beginning(4), "aioimscontextsone");
    }

    #[test]
    fn every_spelling_holds_a_literal() {
        let literals = KeyName::new("meta_scopes").literals(Spelling::Any);
        for key in ["meta_scopes", "metaScopes", "MetaScopes", "META_SCOPES"] {
            assert!(literals.iter().any(|literal| key.contains(literal.as_str())), "{key} {literals:?}");
        }
    }
}
