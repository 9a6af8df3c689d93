//! From a flow to a finding: the words, the details and the evidence.

use std::collections::BTreeSet;

use super::flow::Flow;
use super::{Subject, tokens, verdict};
use crate::facts::fact::{Assertion, Grant, Origin, Part, Request, Text, Value};
use crate::finding::{
    Applicability, ByteRange, Context, Details, Evidence, Finding, Fix, Platform, Role, Severity, digest, fingerprint,
    shortened,
};
use crate::project::Source;
use crate::rules::pattern::Answer;
use crate::rules::{Catalog, CompiledRule};

/// What is said of the call that sends, where another asks for it.
const SENDS: &str = "sends the request";

/// How many places of one role a flow names. The first ones say enough.
const MOST_OF_A_ROLE: usize = 8;

pub(super) fn finding(
    subject: &Subject<'_>,
    catalog: &Catalog,
    rule: &CompiledRule,
    flow: &Flow,
    (source, site): (&Source, ByteRange),
    callers: &[ByteRange],
    change_set: usize,
) -> Finding {
    let mut details = details(subject.platform(), catalog, rule, flow);
    details.version.clone_from(&flow.version);
    details.callers = (!callers.is_empty()).then_some(callers.len());
    (details.cell, details.cell_line) = source.file.cell(site.start).unzip();
    let client = flow.request.as_ref().map_or("", |request| request.library.as_deref().unwrap_or(&request.callee));
    let library = details.jwt_library.clone().unwrap_or_default();
    let mut message = rule
        .rule
        .message
        .replace("{client}", &named_or(client, "A call"))
        .replace("{library}", &named_or(&library, "Code"))
        .replace("{credential}", "A JWT exchange")
        .replace("{sdk}", &named_or(details.sdk.as_deref().unwrap_or_default(), "An SDK"))
        .replace("{endpoint}", details.endpoint.as_deref().unwrap_or("the token endpoint"));
    if let Some((version, old)) = flow.version.as_ref().zip(rule.rule.matches.old_version.as_ref()) {
        message
            .push_str(&old.replace("{sdk}", details.sdk.as_deref().unwrap_or_default()).replace("{version}", version));
    }
    let symbol = match (&flow.request, &flow.grant, flow.assertions.first()) {
        (Some(request), ..) => request.symbol.as_str(),
        (_, Some(grant), _) => grant.symbol.as_str(),
        (None, None, Some(assertion)) => assertion.symbol.as_str(),
        (None, None, None) => "",
    };
    Finding {
        rule: rule.rule.id.clone(),
        severity: if source.context == Context::Test { Severity::Note } else { rule.rule.severity },
        confidence: flow.confidence,
        context: source.context,
        language: source.language,
        path: source.file.path().to_owned(),
        span: source.file.span(site),
        message,
        flow: evidence(subject, rule, flow, callers),
        details,
        fix: Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: rule.rule.help.clone(),
            edits: Vec::new(),
        },
        change_set,
        fingerprint: fingerprint(&rule.rule.id, symbol, tokens(source, site).into_iter()),
    }
}

/// A name, or what to say where there is none.
fn named_or(name: &str, unknown: &str) -> String {
    if name.is_empty() { unknown.to_owned() } else { name.to_owned() }
}

pub(super) fn details(platform: Option<Platform>, catalog: &Catalog, rule: &CompiledRule, flow: &Flow) -> Details {
    let request = flow.request.as_ref();
    let endpoint = request.and_then(|request| {
        // Of several addresses the one that the rule looks for.
        let answer = |text: &&Text| {
            let patterns = rule.requests.iter().filter_map(|wanted| wanted.url.as_ref());
            let answer = patterns.map(|url| verdict::best(url, std::slice::from_ref(text))).max();
            (answer, text.range().is_some())
        };
        request.urls.iter().rev().max_by_key(answer).map(without_query)
    });
    let claimed = flow.assertions.iter().flat_map(|assertion| &assertion.claims);
    let mut metascopes: BTreeSet<String> = claimed.filter_map(|claim| metascope(rule, &claim.name)).collect();
    let granted = flow.grant.iter().flat_map(|grant| &grant.metascopes);
    metascopes.extend(granted.flat_map(|text| metascopes_in(catalog, &text.display())));
    let sdk = flow.grant.as_ref().map(|grant| grant.library.clone());
    let retired = sdk.as_deref().and_then(|name| catalog.libraries(platform?).library_named(name)?.sdk.as_ref());
    let client_id = request
        .into_iter()
        .flat_map(|request| &request.fields)
        .filter(|field| field.name.literal().as_deref() == rule.rule.matches.client_field.as_deref())
        .map(|field| &field.value)
        .chain(flow.grant.iter().map(|grant| &grant.client_id))
        .flat_map(|value| &value.texts);
    let (client_id, client_id_source) = client(client_id);
    let client_id_digest = client_id.as_deref().map(digest);
    let client_id = client_id.as_deref().map(shortened);
    let known: Vec<_> = metascopes.iter().filter_map(|name| catalog.metascope(name)).collect();
    let products: BTreeSet<String> = known.iter().map(|metascope| metascope.product.clone()).collect();
    let mut scopes: Vec<String> = Vec::new();
    for scope in known.iter().flat_map(|metascope| &metascope.scopes) {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Details {
        http_client: request.and_then(|request| request.library.clone()),
        jwt_library: flow.assertions.iter().find_map(|assertion| assertion.library.clone()),
        endpoint,
        metascopes: metascopes.into_iter().collect(),
        products: products.into_iter().collect(),
        suggested_scopes: scopes,
        scopes_grade: known.iter().filter_map(|metascope| metascope.grade).max().map(|grade| format!("{grade:?}")),
        replacement: retired.map(|sdk| sdk.replacement.clone()),
        since_version: retired.and_then(|sdk| sdk.since.clone()),
        sdk,
        client_id,
        client_id_digest,
        client_id_source,
        ..Details::default()
    }
}

/// The client id, or where it comes from.
fn client<'text>(texts: impl Iterator<Item = &'text Text>) -> (Option<String>, Option<String>) {
    let mut source = None;
    for text in texts {
        match text.literal() {
            Some(literal) if !literal.is_empty() => return (Some(literal), None),
            _ => {}
        }
        source = source.or_else(|| {
            text.parts.iter().find_map(|part| match part {
                Part::Hole(Origin::Environment(name) | Origin::Configuration(name), _) => Some(name.clone()),
                _ => None,
            })
        });
    }
    (None, source)
}

/// The metascopes that a text names: a list with commas, or addresses that end with one.
fn metascopes_in(catalog: &Catalog, text: &str) -> Vec<String> {
    text.split([',', ' ', ';', '"', '\'', '[', ']'])
        .map(|part| part.rsplit('/').next().unwrap_or(part).trim())
        .filter(|name| catalog.metascope(name).is_some())
        .map(str::to_owned)
        .collect()
}

/// A URL for a reader: a query may carry a secret, so it goes.
fn without_query(url: &Text) -> String {
    let shown = url.display();
    let end = shown.find(['?', '#']).unwrap_or(shown.len());
    let shown = &shown[..end];
    // User and password before the host are nobody's business either.
    match shown.split_once("://") {
        Some((scheme, rest)) => match rest.split_once('/') {
            Some((authority, path)) => {
                format!("{scheme}://{}/{path}", authority.rsplit('@').next().unwrap_or(authority))
            }
            None => format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or(rest)),
        },
        None => shown.to_owned(),
    }
}

/// The metascope that a claim's name ends with: `https://…/s/ent_user_sdk`.
fn metascope(rule: &CompiledRule, name: &Text) -> Option<String> {
    let shown = name.display();
    let (_, scope) = shown.rsplit_once(rule.rule.matches.metascope_prefix.as_deref()?)?;
    let is_name = !scope.is_empty() && scope.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| scope.to_owned())
}

fn evidence(subject: &Subject<'_>, rule: &CompiledRule, flow: &Flow, callers: &[ByteRange]) -> Vec<Evidence> {
    let mut all: Vec<(ByteRange, Role, String)> = Vec::new();
    if let Some(request) = &flow.request {
        of_request(rule, request, &mut all);
    }
    if let Some(grant) = &flow.grant {
        of_grant(grant, &mut all);
    }
    for assertion in &flow.assertions {
        of_assertion(assertion, flow.request.is_some() || flow.grant.is_some(), &mut all);
    }
    for read in &flow.reads {
        all.push((read.range, Role::TokenUse, format!("`{}` of the answer is read", read.name)));
    }
    all.extend(
        callers.iter().map(|call| (*call, Role::Wrapper, "calls the function that makes the exchange".to_owned())),
    );
    all.retain(|(range, ..)| *range != flow.site && range.end > range.start);
    all.sort();
    all.dedup_by_key(|(range, role, _)| (*range, *role));
    // Objects that all requests share are built everywhere; what builds this request stands beside it.
    let unit = |range: ByteRange| subject.program.place(range).map(|(unit, _)| unit);
    all.retain(|(range, role, note)| *role != Role::Exchange || note == SENDS || unit(*range) == unit(flow.site));
    let mut counts: Vec<(Role, usize)> = Vec::new();
    all.retain(|(_, role, _)| match counts.iter_mut().find(|(known, _)| known == role) {
        Some((_, count)) => {
            *count += 1;
            *count <= MOST_OF_A_ROLE
        }
        None => {
            counts.push((*role, 1));
            true
        }
    });
    let mut evidence: Vec<Evidence> = all
        .into_iter()
        .filter_map(|(range, role, note)| {
            let (source, local) = subject.place(range)?;
            Some(Evidence { role, path: source.file.path().to_owned(), span: source.file.span(local), note })
        })
        .collect();
    // What stands in the file of the call comes first.
    let own = subject.place(flow.site).map(|(source, _)| source.file.path().to_owned()).unwrap_or_default();
    evidence.sort_by(|one, other| {
        let key = |part: &Evidence| (part.path != own, part.path.clone(), part.span.start.byte, part.role);
        key(one).cmp(&key(other))
    });
    evidence
}

fn of_request(rule: &CompiledRule, request: &Request, all: &mut Vec<(ByteRange, Role, String)>) {
    let segments: Vec<&str> = rule
        .requests
        .iter()
        .filter_map(|wanted| wanted.url.as_ref())
        .flat_map(|url| url.paths().iter().flat_map(|path| path.split('/')).chain([url.domain()]))
        .filter(|segment| !segment.is_empty())
        .collect();
    let patterns = || rule.requests.iter().filter_map(|wanted| wanted.url.as_ref());
    let nearby = request
        .urls_nearby
        .iter()
        .filter(|text| patterns().any(|url| verdict::best(url, std::slice::from_ref(text)) >= Answer::ElsewhereYes));
    for part in request.urls.iter().chain(nearby).flat_map(|url| &url.parts) {
        if let Part::Literal(text, range) = part
            && segments.iter().any(|segment| text.contains(segment))
        {
            all.push((*range, Role::Endpoint, "the endpoint".to_owned()));
        }
    }
    if let Some(sender) = request.sender {
        all.push((sender, Role::Exchange, SENDS.to_owned()));
    }
    for range in &request.trail {
        all.push((*range, Role::Exchange, "builds the request".to_owned()));
    }
    for field in &request.fields {
        if let Some(range) = field.name.range()
            && field.name.literal() == rule.rule.matches.assertion_field
        {
            all.push((range, Role::Exchange, "the assertion goes into the form".to_owned()));
        }
    }
}

fn of_assertion(assertion: &Assertion, tied: bool, all: &mut Vec<(ByteRange, Role, String)>) {
    if tied && assertion.signed {
        let library = assertion.library.as_deref().unwrap_or("code");
        all.push((assertion.site, Role::Sign, format!("{library} signs the assertion")));
    }
    for range in assertion.trail.iter().filter(|range| **range != assertion.site) {
        all.push((*range, Role::Claims, "the claims".to_owned()));
    }
    of_key(&assertion.key, all);
}

fn of_grant(grant: &Grant, all: &mut Vec<(ByteRange, Role, String)>) {
    all.extend(grant.trail.iter().map(|range| (*range, Role::Config, "what the SDK is given".to_owned())));
    all.extend(
        grant.parts.iter().map(|range| (*range, Role::Exchange, "goes on with what the SDK was given".to_owned())),
    );
    of_key(&grant.key, all);
}

fn of_key(key: &Value, all: &mut Vec<(ByteRange, Role, String)>) {
    for part in key.texts.iter().flat_map(|text| &text.parts) {
        if let Part::Hole(origin, range) = part {
            let note = match origin {
                Origin::Environment(name) => format!("the private key comes from the environment variable {name}"),
                Origin::File(name) => format!("the private key is read from {name}"),
                Origin::Configuration(name) => format!("the private key comes from the configuration key {name}"),
                _ => "the private key".to_owned(),
            };
            all.push((*range, Role::PrivateKey, note));
        }
    }
}

/// Whether a literal that has to do with a private key is no part of one: a pattern of the lines around it, or white space. Such
/// literals stand in the code that reads the key.
pub(super) fn trims_a_key(literal: &str) -> bool {
    /// Shorter than a line of a key with the marks around it.
    const LONGEST: usize = 72;
    let plain = literal.trim_matches(['"', '\'', '`']);
    let is_mark = plain.starts_with("-----") && plain.len() < LONGEST;
    let is_blank = |character: char| character.is_whitespace() || matches!(character, '\\' | 'n' | 'r' | 't');
    is_mark || (plain.len() <= 8 && plain.chars().all(is_blank))
}

/// Literals that stand where a secret belongs: the values of secret fields, and the private key.
pub(super) fn secrets(rule: &CompiledRule, flow: &Flow) -> Vec<ByteRange> {
    let mut secrets = Vec::new();
    for field in flow.request.iter().flat_map(|request| &request.fields) {
        // What is signed when it is asked for is in no text of the code.
        let is_made_here = !field.value.assertions.is_empty();
        if field.name.literal().is_some_and(|name| rule.rule.matches.secret_fields.contains(&name)) && !is_made_here {
            // A literal that holds name and value is masked by its shape; the name alone may be shown.
            secrets.extend(field.value.literals.iter().filter(|range| Some(**range) != field.name.range()));
        }
    }
    for assertion in &flow.assertions {
        secrets.extend(&assertion.key.literals);
    }
    if let Some(grant) = &flow.grant {
        secrets.extend(&grant.key.literals);
        secrets.extend(&grant.secrets);
    }
    secrets
}
