//! Arithmetic on the lifetime of a token: beside an old exchange it will break with the switch, beside a new one it is broken
//! now.

use super::flow::Flow;
use super::{Subject, tokens, verdict};
use crate::facts::fact::{Facts, Lifetime, Text};
use crate::finding::{
    Applicability, ByteRange, Confidence, Context, Details, Evidence, Finding, Fix, Role, Severity, fingerprint,
};
use crate::rules::pattern::Answer;
use crate::rules::{Catalog, CompiledRule};

/// Which answer a lifetime is of.
enum Answered<'a> {
    /// An old exchange: the flow, and its change set.
    Old(&'a Flow, usize),
    /// The new endpoint, at this call.
    New(ByteRange),
}

/// The findings about lifetimes. `flows` are those of the program, each with its rule and change set; what belongs to none
/// gets a set of its own, from `next_set` on.
pub(super) fn findings(
    subject: &Subject<'_>,
    facts: &Facts,
    catalog: &Catalog,
    flows: &[(&CompiledRule, Flow, usize)],
    mut next_set: usize,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in catalog.rules().iter().filter(|rule| rule.lifetime.is_some()) {
        let mut lifetimes: Vec<&Lifetime> = facts.lifetimes.iter().collect();
        lifetimes.sort();
        let mut ranges: Vec<ByteRange> = Vec::new();
        for lifetime in lifetimes {
            let Some(answered) = answered(rule, facts, flows, lifetime) else { continue };
            // `Date.now() + expires_in / 1000`: the inner expression says it all.
            let is_known = |known: &ByteRange| known.contains(lifetime.range) || lifetime.range.contains(*known);
            if ranges.iter().any(is_known) {
                continue;
            }
            ranges.push(lifetime.range);
            let set = match &answered {
                Answered::Old(_, set) => *set,
                Answered::New(_) => {
                    next_set += 1;
                    next_set - 1
                }
            };
            found.extend(finding(subject, rule, lifetime, &answered, set));
        }
    }
    found
}

fn answered<'a>(
    rule: &CompiledRule,
    facts: &Facts,
    flows: &'a [(&CompiledRule, Flow, usize)],
    lifetime: &Lifetime,
) -> Option<Answered<'a>> {
    let (wanted, pattern) = (rule.rule.matches.lifetime.as_ref()?, rule.lifetime.as_ref()?);
    let is_of = |flow: &Flow| {
        flow.site == lifetime.request
            || flow.request.as_ref().is_some_and(|request| request.sender == Some(lifetime.request))
    };
    let old = flows.iter().find(|(of, flow, _)| wanted.old.contains(&of.rule.id) && is_of(flow));
    if let Some((_, flow, set)) = old {
        return Some(Answered::Old(flow, *set));
    }
    let is_new = |urls: &[Text]| pattern.endpoints.iter().any(|url| verdict::best(url, urls) >= Answer::Yes);
    let sent = facts
        .requests
        .iter()
        .filter(|request| request.site == lifetime.request || request.sender == Some(lifetime.request));
    sent.filter(|request| is_new(&request.urls)).map(|request| Answered::New(request.site)).next()
}

fn finding(
    subject: &Subject<'_>,
    rule: &CompiledRule,
    lifetime: &Lifetime,
    answered: &Answered<'_>,
    change_set: usize,
) -> Option<Finding> {
    let (source, range) = subject.place(lifetime.range)?;
    let wanted = rule.rule.matches.lifetime.as_ref()?;
    let (site, message, confidence, note) = match answered {
        Answered::Old(flow, _) => {
            (flow.site, &rule.rule.message, flow.confidence, "the exchange that answers in milliseconds")
        }
        Answered::New(site) => {
            (*site, &wanted.new_message, Confidence::Certain, "the request that is answered in seconds")
        }
    };
    let flow = subject.place(site).map(|(of, place)| Evidence {
        role: Role::Exchange,
        path: of.file.path().to_owned(),
        span: of.file.span(place),
        note: note.to_owned(),
    });
    let (cell, cell_line) = source.file.cell(range.start).unzip();
    Some(Finding {
        rule: rule.rule.id.clone(),
        severity: if source.context == Context::Test { Severity::Note } else { rule.rule.severity },
        confidence: confidence.max(Confidence::Likely),
        context: source.context,
        language: source.language,
        path: source.file.path().to_owned(),
        span: source.file.span(range),
        message: message.clone(),
        flow: flow.into_iter().collect(),
        details: Details { cell, cell_line, ..Details::default() },
        fix: Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: rule.rule.help.clone(),
            edits: Vec::new(),
        },
        change_set,
        fingerprint: fingerprint(&rule.rule.id, "", tokens(source, range).into_iter()),
    })
}
