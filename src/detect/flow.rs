//! Joins what belongs to one exchange: the call that sends, what builds it, and the assertion that it carries.

use std::collections::BTreeMap;

use super::verdict;
use crate::facts::fact::{Assertion, Facts, Form, Grant, Read, Request};
use crate::finding::{ByteRange, Confidence};
use crate::rules::{Catalog, CompiledRule, RequestPattern};

/// One exchange, or one assertion that no exchange was tied to.
#[derive(Debug)]
pub(super) struct Flow {
    /// The call that sends or signs.
    pub(super) site: ByteRange,
    /// How sure it is.
    pub(super) confidence: Confidence,
    /// The request, for an exchange.
    pub(super) request: Option<Request>,
    /// The call of an SDK, where one makes the exchange.
    pub(super) grant: Option<Grant>,
    /// The assertions that it carries, or the one that it is.
    pub(super) assertions: Vec<Assertion>,
    /// Where members of the answer are read.
    pub(super) reads: Vec<Read>,
    /// The version of the SDK, where it settled which form its call has.
    pub(super) version: Option<String>,
}

/// The exchanges that a rule finds. One site is one exchange, however often it was reached.
pub(super) fn exchanges(rule: &CompiledRule, facts: &Facts) -> Vec<Flow> {
    if rule.requests.is_empty() {
        return Vec::new();
    }
    let mut sites: BTreeMap<ByteRange, (Confidence, Request)> = BTreeMap::new();
    for request in &facts.requests {
        let Some(confidence) = verdict::of_request(rule, request) else { continue };
        match sites.get_mut(&request.site) {
            Some((best, known)) => {
                if confidence > *best {
                    *best = confidence;
                    let weaker = std::mem::replace(known, request.clone());
                    merge(known, weaker);
                } else {
                    merge(known, request.clone());
                }
            }
            None => {
                sites.insert(request.site, (confidence, request.clone()));
            }
        }
    }
    let mut found: Vec<(Confidence, Request)> = sites.into_values().collect();
    // The best of those that share a form come first, so that the others are seen to be parts of it.
    found.sort_by_key(|(confidence, request)| {
        let known = request.sent;
        let sender = verdict::is_sender(rule, &request.callee);
        (std::cmp::Reverse((known, *confidence, sender)), request.site)
    });
    let mut kept: Vec<(Confidence, Request)> = Vec::new();
    for (confidence, request) in found {
        if request.sent || !kept.iter().any(|(_, other)| is_part(rule, &request, other)) {
            kept.push((confidence, request));
        }
    }
    kept.into_iter()
        .map(|(confidence, request)| {
            let wanted = &rule.rule.matches.response;
            let reads = facts
                .reads
                .iter()
                .filter(|read| read.request == request.site && wanted.contains(&read.name))
                .cloned()
                .collect();
            Flow {
                site: request.site,
                confidence,
                request: Some(request),
                grant: None,
                assertions: Vec::new(),
                reads,
                version: None,
            }
        })
        .collect()
}

/// The calls of SDKs whose exchange is the rule's. One site is one exchange, however often it was reached, and a call
/// that only goes on with what another gave the SDK is a part of that one.
pub(super) fn grants(rule: &CompiledRule, facts: &Facts) -> Vec<Flow> {
    let mut sites: BTreeMap<ByteRange, Grant> = BTreeMap::new();
    for grant in facts.grants.iter().filter(|grant| rule.rule.matches.grants && grant.rule == rule.rule.id) {
        match sites.get_mut(&grant.site) {
            Some(known) => join(known, grant),
            None => {
                sites.insert(grant.site, grant.clone());
            }
        }
    }
    let (parts, mut wholes): (Vec<Grant>, Vec<Grant>) = sites.into_values().partition(|grant| grant.part);
    let mut alone = Vec::new();
    for part in parts {
        let mut belongs = false;
        for whole in wholes.iter_mut().filter(|whole| whole.library == part.library && may_share(whole, &part)) {
            whole.parts.push(part.site);
            belongs = true;
        }
        if !belongs {
            alone.push(part);
        }
    }
    let mut found: Vec<Grant> = wholes.into_iter().chain(alone).filter(|grant| grant.form != Form::New).collect();
    found.sort_by_key(|grant| grant.site);
    found
        .into_iter()
        .map(|grant| Flow {
            site: grant.site,
            confidence: if grant.form == Form::Old { Confidence::Certain } else { Confidence::Possible },
            request: None,
            reads: facts.reads.iter().filter(|read| read.request == grant.site).cloned().collect(),
            grant: Some(grant),
            version: None,
            assertions: Vec::new(),
        })
        .collect()
}

/// Joins what is known of one call.
fn join(known: &mut Grant, more: &Grant) {
    known.form = known.form.max(more.form);
    known.part &= more.part;
    if known.rewrite.is_none() {
        known.rewrite.clone_from(&more.rewrite);
    }
    known.metascopes.extend(more.metascopes.iter().cloned());
    known.trail.extend(more.trail.iter().copied());
    known.secrets.extend(more.secrets.iter().copied());
    known.key.texts.extend(more.key.texts.iter().cloned());
    known.key.literals.extend(more.key.literals.iter().copied());
    known.key.made_of.extend(more.key.made_of.iter().cloned());
    known.client_id.texts.extend(more.client_id.texts.iter().cloned());
    known.file.texts.extend(more.file.texts.iter().cloned());
    known.name.texts.extend(more.name.texts.iter().cloned());
    if let Some(assertions) = &more.assertions {
        known.assertions.get_or_insert_default().extend(assertions);
    }
}

/// Whether two calls may speak of one credential: their names are the same, or one of them is not known.
fn may_share(one: &Grant, two: &Grant) -> bool {
    let names = |grant: &Grant| -> Option<Vec<String>> { grant.name.texts.iter().map(|text| text.literal()).collect() };
    match (names(one), names(two)) {
        (Some(one), Some(two)) if !one.is_empty() && !two.is_empty() => one.iter().any(|name| two.contains(name)),
        _ => true,
    }
}

/// Whether a call of an unknown function only handles what another call sends.
fn is_part(rule: &CompiledRule, request: &Request, other: &Request) -> bool {
    let fields = |request: &Request| -> Vec<ByteRange> {
        let named = |request: &'_ RequestPattern| -> Vec<String> {
            request.form.iter().chain(request.fields.iter().map(|(name, _)| name)).cloned().collect()
        };
        let wanted: Vec<String> = rule.requests.iter().flat_map(named).collect();
        request
            .fields
            .iter()
            .filter(|field| field.name.literal().is_some_and(|name| wanted.contains(&name)))
            .filter_map(|field| field.name.range())
            .collect()
    };
    let (mine, theirs) = (fields(request), fields(other));
    if mine.iter().any(|range| theirs.contains(range)) {
        return true;
    }
    let urls = |request: &Request| -> Vec<ByteRange> {
        request.urls.iter().chain(&request.urls_nearby).filter_map(|text| text.range()).collect()
    };
    let share_url = urls(request).iter().any(|range| urls(other).contains(range));
    share_url && mine.is_empty() && (request.symbol == other.symbol || other.sent)
}

fn merge(into: &mut Request, from: Request) {
    let extend = |into: &mut Vec<_>, from: Vec<_>| {
        for item in from {
            if !into.contains(&item) {
                into.push(item);
            }
        }
    };
    extend(&mut into.urls, from.urls);
    into.trail.extend(from.trail);
    into.trail.sort();
    into.trail.dedup();
    for field in from.fields {
        match into.fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => {
                known.value.assertions.extend(field.value.assertions);
                known.value.assertions.sort();
                known.value.assertions.dedup();
            }
            None => into.fields.push(field),
        }
    }
}

/// The assertions that some rule looks for, by their place, and each exchange given those that it carries. What no
/// exchange carries is returned.
pub(super) fn tie_assertions(catalog: &Catalog, flows: &mut [(&CompiledRule, Flow)], facts: &Facts) -> Vec<Assertion> {
    let mut assertions: BTreeMap<ByteRange, Assertion> = BTreeMap::new();
    for assertion in &facts.assertions {
        match assertions.get_mut(&assertion.site) {
            Some(known) => {
                known.claims.extend(assertion.claims.iter().cloned());
                known.trail.extend(assertion.trail.iter().copied());
                known.trail.sort();
                known.trail.dedup();
                known.key.texts.extend(assertion.key.texts.iter().cloned());
                known.key.literals.extend(assertion.key.literals.iter().copied());
                known.key.made_of.extend(assertion.key.made_of.iter().cloned());
            }
            None => {
                assertions.insert(assertion.site, assertion.clone());
            }
        }
    }
    let mut tied: Vec<ByteRange> = Vec::new();
    for (rule, flow) in flows.iter_mut() {
        let fields = flow.request.iter().flat_map(|request| &request.fields);
        let granted = flow.grant.iter().flat_map(|grant| &grant.assertions).flatten();
        let carried: Vec<ByteRange> = fields
            .filter(|field| field.name.literal() == rule.rule.matches.assertion_field)
            .flat_map(|field| &field.value.assertions)
            .chain(granted)
            .copied()
            .collect();
        for site in carried {
            if let Some(assertion) = assertions.get(&site)
                && !flow.assertions.iter().any(|known| known.site == site)
            {
                flow.assertions.push(assertion.clone());
                tied.push(site);
            }
        }
    }
    let wanted =
        |assertion: &Assertion| catalog.rules().iter().any(|rule| verdict::of_assertion(rule, assertion).is_some());
    let mut untied: Vec<Assertion> =
        assertions.into_values().filter(|assertion| !tied.contains(&assertion.site) && wanted(assertion)).collect();
    // An exchange whose assertion comes from somewhere unseen takes the one of the file, if there is but one.
    let carries =
        |flow: &Flow| flow.request.is_some() || flow.grant.as_ref().is_some_and(|grant| grant.assertions.is_some());
    let mut open = flows.iter_mut().map(|(_, flow)| flow).filter(|flow| carries(flow) && flow.assertions.is_empty());
    let signed: Vec<usize> =
        untied.iter().enumerate().filter(|(_, assertion)| assertion.signed).map(|(position, _)| position).collect();
    if let ([only], Some(flow)) = (signed.as_slice(), open.next()) {
        flow.assertions.push(untied.remove(*only));
    }
    untied
}

/// The assertions of a rule that no exchange carries.
pub(super) fn assertions(rule: &CompiledRule, untied: &[Assertion], has_exchange: bool) -> Vec<Flow> {
    let signed = untied.iter().any(|assertion| assertion.signed && verdict::of_assertion(rule, assertion).is_some());
    untied
        .iter()
        // Claims that nobody was seen to sign are those of the exchange or the signature in the same file.
        .filter(|assertion| assertion.signed || (!signed && !has_exchange))
        .filter_map(|assertion| {
            let confidence = verdict::of_assertion(rule, assertion)?;
            Some(Flow {
                site: assertion.site,
                confidence,
                request: None,
                grant: None,
                version: None,
                assertions: vec![assertion.clone()],
                reads: Vec::new(),
            })
        })
        .collect()
}

/// Numbers the flows: those that share a signature, a builder or a field are changed together, and so are those that
/// share one with a third.
pub(super) fn change_sets<'a>(flows: impl Iterator<Item = &'a Flow>) -> Vec<usize> {
    let mut sets: Vec<(Vec<usize>, Vec<ByteRange>)> = Vec::new();
    let mut count = 0;
    for (number, flow) in flows.enumerate() {
        let mut parts: Vec<ByteRange> = flow.assertions.iter().map(|assertion| assertion.site).collect();
        parts.extend(flow.request.iter().flat_map(|request| request.trail.iter().copied()));
        parts.extend(flow.grant.iter().flat_map(|grant| grant.trail.iter().chain(&grant.parts).copied()));
        parts.push(flow.site);
        let mut members = vec![number];
        sets.retain_mut(|(known, ranges)| {
            let shared = ranges.iter().any(|range| parts.contains(range));
            if shared {
                members.append(known);
                parts.append(ranges);
            }
            !shared
        });
        sets.push((members, parts));
        count = number + 1;
    }
    sets.iter_mut().for_each(|(members, _)| members.sort_unstable());
    sets.sort_by_key(|(members, _)| members.first().copied());
    let mut numbers = vec![0; count];
    for (set, (members, _)) in sets.iter().enumerate() {
        for member in members {
            numbers[*member] = set + 1;
        }
    }
    numbers
}
