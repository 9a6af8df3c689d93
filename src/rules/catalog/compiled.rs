//! Rules with their patterns compiled.

use crate::rules::pattern::{TextPattern, UrlPattern};
use crate::rules::schema::{LifetimeMatch, Matches, Rule};

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

/// Compiles the patterns of a rule; the error is the text that is wrong and why.
pub(super) fn compile(rule: Rule) -> Result<CompiledRule, (String, String)> {
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
