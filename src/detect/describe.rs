//! From a flow to a finding: the words, the details and the evidence.

use std::collections::BTreeSet;

use super::flow::Flow;
use super::{Subject, tokens, verdict};
use crate::facts::fact::{Assertion, Origin, Part, Request, Text};
use crate::finding::{Applicability, ByteRange, Context, Details, Evidence, Finding, Fix, Role, Severity, fingerprint};
use crate::rules::pattern::Answer;
use crate::rules::{Catalog, CompiledRule};

/// How many places of one role a flow names. The first ones say enough.
const MOST_OF_A_ROLE: usize = 8;

pub(super) fn finding(
    subject: &Subject<'_>,
    catalog: &Catalog,
    rule: &CompiledRule,
    flow: &Flow,
    change_set: usize,
) -> Finding {
    let mut details = details(catalog, rule, flow);
    (details.cell, details.cell_line) = subject.file.cell(flow.site.start).unzip();
    let client = flow.request.as_ref().map_or("", |request| request.library.as_deref().unwrap_or(&request.callee));
    let library = details.jwt_library.clone().unwrap_or_default();
    let message = rule
        .rule
        .message
        .replace("{client}", &named_or(client, "A call"))
        .replace("{library}", &named_or(&library, "Code"))
        .replace("{endpoint}", details.endpoint.as_deref().unwrap_or("the token endpoint"));
    let symbol = match (&flow.request, flow.assertions.first()) {
        (Some(request), _) => request.symbol.as_str(),
        (None, Some(assertion)) => assertion.symbol.as_str(),
        (None, None) => "",
    };
    Finding {
        rule: rule.rule.id.clone(),
        severity: if subject.context == Context::Test { Severity::Note } else { rule.rule.severity },
        confidence: flow.confidence,
        context: subject.context,
        language: subject.module.language,
        path: subject.file.path().to_owned(),
        span: subject.file.span(flow.site),
        message,
        flow: evidence(subject, rule, flow),
        details,
        fix: Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: format!("This version finds and reports; it does not rewrite. {}", rule.rule.help),
            edits: Vec::new(),
        },
        change_set,
        fingerprint: fingerprint(&rule.rule.id, symbol, tokens(subject, flow.site).into_iter()),
    }
}

/// A name, or what to say where there is none.
fn named_or(name: &str, unknown: &str) -> String {
    if name.is_empty() { unknown.to_owned() } else { name.to_owned() }
}

pub(super) fn details(catalog: &Catalog, rule: &CompiledRule, flow: &Flow) -> Details {
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
    let metascopes: BTreeSet<String> = flow
        .assertions
        .iter()
        .flat_map(|assertion| &assertion.claims)
        .filter_map(|claim| metascope(rule, &claim.name))
        .collect();
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
        ..Details::default()
    }
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

fn evidence(subject: &Subject<'_>, rule: &CompiledRule, flow: &Flow) -> Vec<Evidence> {
    let mut all: Vec<(ByteRange, Role, String)> = Vec::new();
    if let Some(request) = &flow.request {
        of_request(rule, request, &mut all);
    }
    for assertion in &flow.assertions {
        of_assertion(assertion, flow.request.is_some(), &mut all);
    }
    for read in &flow.reads {
        all.push((read.range, Role::TokenUse, format!("`{}` of the answer is read", read.name)));
    }
    all.retain(|(range, ..)| *range != flow.site && range.end > range.start && range.end <= subject.file.text().len());
    all.sort();
    all.dedup_by_key(|(range, role, _)| (*range, *role));
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
    all.into_iter()
        .map(|(range, role, note)| Evidence {
            role,
            path: subject.file.path().to_owned(),
            span: subject.file.span(range),
            note,
        })
        .collect()
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
    for key in &assertion.key.texts {
        for part in &key.parts {
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
}

/// Literals that stand where a secret belongs: the values of secret fields, and the private key.
pub(super) fn secrets(rule: &CompiledRule, flow: &Flow) -> Vec<ByteRange> {
    let mut secrets = Vec::new();
    for field in flow.request.iter().flat_map(|request| &request.fields) {
        if field.name.literal().is_some_and(|name| rule.rule.matches.secret_fields.contains(&name)) {
            // A literal that holds name and value is masked by its shape; the name alone may be shown.
            secrets.extend(field.value.literals.iter().filter(|range| Some(**range) != field.name.range()));
        }
    }
    for assertion in &flow.assertions {
        secrets.extend(&assertion.key.literals);
    }
    secrets
}
