//! A rule: what it matches over the facts, what it says, and what its findings are rewritten to.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::{Platform, Severity};

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
    /// How bad it is as a matter of security; nothing where it is none.
    pub security_severity: Option<SecuritySeverity>,
    /// Tags for code scanning services, such as `external/cwe/cwe-540`.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A score from 0.1 to 10.0, as code scanning services have it: over 9.0 is critical, from 7.0 high, from 4.0 medium.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SecuritySeverity(pub String);

impl TryFrom<String> for SecuritySeverity {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_score = match text.as_bytes() {
            [whole, b'.', tenth] => whole.is_ascii_digit() && tenth.is_ascii_digit() && text != "0.0",
            _ => text == "10.0",
        };
        if is_score { Ok(Self(text)) } else { Err(format!("`{text}` is no score from \"0.1\" to \"10.0\"")) }
    }
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
    /// Comments that are to silence findings and do not.
    pub suppression: Option<SuppressionMatch>,
}

/// What every comment holds that silences findings.
pub const SUPPRESSION_MARK: &str = "grantshift:";

/// Which comments that do not silence what they are to silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressionMatch {
    /// Those whose last day has passed.
    Expired,
    /// Those that silence nothing.
    Unused,
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
