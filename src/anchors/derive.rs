//! What literals a rule needs, computed from its patterns.
//!
//! An anchor is a condition on bytes that every file satisfies in which the rule can find something on its own. It has
//! the form: any of these groups, and of a group every member, and of a member any literal. Literals in code are split
//! and moved, so a URL is looked for by its end, or by its host and its longest segment in two places, and a claim by its
//! parts.

use std::collections::BTreeSet;

use crate::rules::credential::CredentialKind;
use crate::rules::pattern::{TextPattern, UrlPattern};
use crate::rules::schema::LibraryKind;
use crate::rules::{AssertionPattern, Catalog, CompiledRule, RequestPattern};

/// Any of these literals.
pub(super) type Member = BTreeSet<String>;

/// All of these members.
pub(super) type Group = BTreeSet<Member>;

/// The shortest text that is worth looking for on its own.
const SHORTEST: usize = 3;

/// The groups of a rule, any of which lets a file through.
pub(super) fn groups(rule: &CompiledRule, catalog: &Catalog) -> BTreeSet<Group> {
    let mut groups = BTreeSet::new();
    for request in &rule.requests {
        of_request(request, &mut groups);
    }
    for assertion in &rule.assertions {
        of_assertion(assertion, rule, catalog, &mut groups);
    }
    groups
}

/// The strong anchors: texts that belong to the old flow wherever they stand. Every place that holds one is accounted
/// for, in any file.
pub(super) fn strong(catalog: &Catalog) -> BTreeSet<Group> {
    let urls = catalog.rules().iter().flat_map(|rule| &rule.requests).filter_map(|request| request.url.as_ref());
    urls.map(|url| BTreeSet::from([ends(url)])).collect()
}

/// What gives a configuration file, a manifest or a script away.
pub(super) fn of_documents(catalog: &Catalog) -> BTreeSet<Group> {
    let mut groups = strong(catalog);
    groups.extend(of_credentials(catalog));
    groups
}

/// What the kinds of credential files and configurations need.
fn of_credentials(catalog: &Catalog) -> impl Iterator<Item = Group> {
    let groups = catalog.credentials().iter().filter_map(CredentialKind::anchors);
    groups.map(|group| group.iter().map(|member| member.iter().cloned().collect()).collect())
}

fn one(literal: &str) -> Member {
    BTreeSet::from([literal.to_owned()])
}

fn of_request(request: &RequestPattern, groups: &mut BTreeSet<Group>) {
    let form: Group = request.form.iter().map(|field| one(field)).collect();
    match &request.url {
        None => {
            groups.insert(form);
        }
        Some(url) if form.is_empty() => {
            groups.insert(BTreeSet::from([ends(url)]));
            groups.insert(BTreeSet::from([one(stem(url.domain())), one(longest_segment(url))]));
        }
        // With a form, a part of the URL is enough.
        Some(url) => {
            let mut parts = ends(url);
            parts.insert(stem(url.domain()).to_owned());
            parts.insert(longest_segment(url).to_owned());
            let mut group = form;
            group.insert(parts);
            groups.insert(group);
        }
    }
}

/// The ends of the paths, without the first segment, which code often keeps with the host; also as JSON escapes them.
fn ends(url: &UrlPattern) -> Member {
    let mut ends = Member::new();
    for path in url.paths() {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let tail = if segments.len() > 2 { &segments[1..] } else { &segments[..] };
        ends.insert(tail.join("/"));
        if tail.len() > 1 {
            ends.insert(tail.join("\\/"));
        }
    }
    ends
}

/// A host by the label that names it: `adobelogin` of `adobelogin.com`.
fn stem(domain: &str) -> &str {
    domain.split('.').max_by_key(|label| label.len()).unwrap_or(domain)
}

fn longest_segment(url: &UrlPattern) -> &str {
    url.paths().iter().flat_map(|path| path.split('/')).max_by_key(|segment| segment.len()).unwrap_or("")
}

fn of_assertion(assertion: &AssertionPattern, rule: &CompiledRule, catalog: &Catalog, groups: &mut BTreeSet<Group>) {
    let parts = [&assertion.claim, &assertion.audience, &assertion.issuer, &assertion.subject];
    let literals: Vec<&str> = parts.into_iter().flatten().flat_map(TextPattern::literals).collect();
    let mut whole: Group = literals.iter().map(|literal| one(literal)).collect();
    // The same literals, each put together by the code from two pieces.
    let mut split: Group = literals.iter().flat_map(|literal| pieces(literal, catalog)).collect();
    if assertion.signed {
        let libraries = signing_libraries(rule, catalog);
        whole.insert(libraries.clone());
        split.insert(libraries);
    }
    groups.insert(whole);
    groups.insert(split);
}

/// The pieces that a literal is often put together from: cut behind its last slash but one. A piece that is too short
/// to look for stands for the metascopes that begin with it.
fn pieces(literal: &str, catalog: &Catalog) -> Vec<Member> {
    let trimmed = literal.trim_end_matches('/');
    let Some(cut) = trimmed.find('/') else { return vec![one(literal)] };
    let (head, tail) = literal.split_at(cut);
    if head.is_empty() {
        // `/s/ent_`: the claim's path, then the metascope.
        let Some(end) = literal[1..].find('/').map(|end| end + 2) else { return vec![one(literal)] };
        let (path, rest) = literal.split_at(end);
        let named: Member = catalog
            .metascopes()
            .filter(|metascope| metascope.name.starts_with(rest))
            .map(|metascope| metascope.name.clone())
            .collect();
        return if rest.is_empty() || named.is_empty() { vec![one(literal)] } else { vec![one(path), named] };
    }
    vec![one(head), one(tail)].into_iter().filter(|member| member.iter().all(|piece| piece.len() >= SHORTEST)).collect()
}

/// What the import of a signing library looks like.
fn signing_libraries(rule: &CompiledRule, catalog: &Catalog) -> Member {
    rule.rule
        .platforms
        .iter()
        .flat_map(|platform| catalog.libraries(*platform).libraries())
        .filter(|library| library.kind == LibraryKind::Signing)
        .flat_map(|library| library.packages.iter().cloned())
        .collect()
}
