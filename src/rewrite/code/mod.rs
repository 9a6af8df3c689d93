//! Rewrites of code: an exchange that was found in a program, to a call with client credentials.
//!
//! [`plan`] says what a rewrite is about, a target prints it into a [`draft`], and [`sweep`] takes out what only the old flow
//! needed. What cannot be rewritten stays as it is, with the reason.

mod checked;
mod draft;
mod grammar;
mod java;
mod keep;
mod lifetime;
mod lines;
mod names;
mod parameters;
mod plan;
mod scopes;
mod slot;
mod spring;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use self::draft::{Draft, Finished};
use self::grammar::Grammar;
use self::plan::Plan;
use super::targets::{Options, Target};
use crate::finding::{
    Applicability, Confidence, Edit, Finding, Fix, KeyKind, LedgerEntry, Platform, RequiredKey, Requires,
};
use crate::rules::Effects;
use crate::scan::{Code, Planner};

/// Plans the rewrites of code.
pub(super) struct Exchanges {
    options: Options,
}

impl Exchanges {
    /// A planner that keeps to some options.
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

/// What was planned for one finding.
struct Planned {
    edits: Vec<Edit>,
    doubts: BTreeSet<String>,
    ledger: Vec<LedgerEntry>,
    requires: Requires,
    target: Target,
}

impl Planner for Exchanges {
    fn code(&self, code: &Code<'_>, findings: &mut [Finding]) {
        let Some(platform) = code.subject.program.arena.language.platform() else { return };
        let grammar = Grammar { platform };
        let effects = Effects::of(code.catalog);
        let mut planned: BTreeMap<usize, Result<Planned, String>> = BTreeMap::new();
        for (position, finding) in findings.iter().enumerate() {
            let Some(rule) = code.catalog.rule(&finding.rule) else { continue };
            let (Some(model), Some(field)) = (&rule.rule.rewrite, &rule.rule.matches.assertion_field) else { continue };
            let Some(plan) = Plan::new(code.subject, code.facts, model, grammar, finding, &self.options.scopes) else {
                continue;
            };
            planned.insert(position, plan_one(&plan, &effects, field, self.options.target(platform)));
        }
        // A set is rewritten as a whole or not at all.
        let mut refused: BTreeMap<usize, String> = BTreeMap::new();
        for (position, result) in &planned {
            if let Err(reason) = result {
                refused.entry(findings[*position].change_set).or_insert_with(|| reason.clone());
            }
        }
        let sets: BTreeSet<usize> = planned.keys().map(|position| findings[*position].change_set).collect();
        for set in sets {
            let members: Vec<usize> =
                (0..findings.len()).filter(|position| findings[*position].change_set == set).collect();
            if let Some(reason) = refused.get(&set) {
                for position in members {
                    let own = planned.get(&position).and_then(|result| result.as_ref().err());
                    let reason = own.unwrap_or(reason).clone();
                    findings[position].fix = manual(&reason, &findings[position].fix.reason);
                }
                continue;
            }
            let done: Vec<&Planned> =
                members.iter().filter_map(|position| planned.get(position)?.as_ref().ok()).collect();
            let doubts: BTreeSet<&String> = done.iter().flat_map(|planned| &planned.doubts).collect();
            let unsure = members.iter().any(|position| findings[*position].confidence < Confidence::Certain);
            let applicability = if doubts.is_empty() && !unsure { Applicability::Safe } else { Applicability::Review };
            for position in &members {
                let finding = &mut findings[*position];
                let Some(Ok(planned)) = planned.get(position) else {
                    // What goes with the exchange, such as arithmetic on the lifetime, changes with it.
                    finding.fix = Fix {
                        applicability,
                        target: done.first().map(|planned| planned.target.name().to_owned()),
                        reason: "It changes with the exchange that it belongs to.".to_owned(),
                        edits: done.first().map(|planned| planned.edits.clone()).unwrap_or_default(),
                    };
                    continue;
                };
                let mut reasons: Vec<String> = doubts.iter().map(|doubt| (*doubt).clone()).collect();
                if unsure {
                    reasons.push("one link of the old flow is not proved".to_owned());
                }
                let reason = if reasons.is_empty() {
                    "The same request with client credentials; what only the assertion needed is gone.".to_owned()
                } else {
                    format!("Look at it: {}.", reasons.join("; "))
                };
                finding.fix = Fix {
                    applicability,
                    target: Some(planned.target.name().to_owned()),
                    reason,
                    edits: planned.edits.clone(),
                };
                finding.details.ledger.clone_from(&planned.ledger);
                finding.details.requires = Some(planned.requires.clone());
            }
        }
    }
}

/// The fix of what is left to a person.
fn manual(reason: &str, by_hand: &str) -> Fix {
    let reason = format!("{}. {by_hand}", reason.trim_end_matches('.'));
    Fix { applicability: Applicability::Manual, target: None, reason: reason.trim_end().to_owned(), edits: Vec::new() }
}

fn plan_one(plan: &Plan<'_>, effects: &Effects, assertion_field: &str, wanted: Target) -> Result<Planned, String> {
    // A client that the project has written over a known one is trusted to send, under the eyes of a reviewer.
    let own_client = match plan.grammar.platform {
        Platform::Java => spring::own_client(plan),
        _ => None,
    };
    if own_client.is_none() && !plan.requests.iter().any(|request| request.sent) {
        return Err(
            "What sends the request is not known: put the grant and the scopes in the place of the assertion by hand"
                .to_owned(),
        );
    }
    let mut kept_because = None;
    // Why the client has to stay whatever is wished for; a reviewer has to know.
    let circumstances = match plan.grammar.platform {
        Platform::Java if wanted != Target::Keep => spring::circumstances(plan, effects),
        _ => None,
    };
    if let Some(why) = &circumstances {
        kept_because = Some(why.clone());
    } else if wanted != Target::Keep {
        let mut draft = Draft::new(plan.subject, plan.facts, plan.grammar, effects);
        let printed = print(wanted, plan, &mut draft, assertion_field, effects)
            .and_then(|()| lifetime::rewrite(plan, &mut draft));
        match printed {
            Ok(()) => return Ok(planned(plan, draft, wanted)),
            Err(why) => kept_because = Some(why),
        }
    }
    let mut draft = Draft::new(plan.subject, plan.facts, plan.grammar, effects);
    if let Some(why) = circumstances.or(own_client) {
        draft.doubts.insert(format!("the HTTP client stays, for {why}"));
    }
    if plan.grammar.platform == Platform::Java {
        draft.doubts.extend(java::doubts(plan, effects));
    }
    keep::rewrite(plan, &mut draft, assertion_field)?;
    lifetime::rewrite(plan, &mut draft)?;
    if let Some(why) = kept_because {
        draft
            .ledger
            .push(LedgerEntry::Assumed { text: format!("The HTTP client stays: {}.", why.trim_end_matches('.')) });
    }
    Ok(planned(plan, draft, Target::Keep))
}

/// Lets a target print its code; a refusal says why the HTTP client that is there has to stay.
fn print(
    target: Target,
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    _assertion_field: &str,
    effects: &Effects,
) -> Result<(), String> {
    match target {
        Target::SpringSecurity => {
            if let Some(why) = java::doubts(plan, effects).into_iter().next() {
                return Err(why);
            }
            spring::rewrite(plan, draft, effects)
        }
        _ => Err(format!("{} cannot take the place of this request", target.name())),
    }
}

fn planned(plan: &Plan<'_>, mut draft: Draft<'_>, target: Target) -> Planned {
    if target != Target::SpringSecurity && !plan.reads_only_the_token() {
        draft.doubts.insert(
            "`expires_in` of the answer is now in seconds, and the answer goes further than could be followed"
                .to_owned(),
        );
    }
    let finished = draft.finish();
    let requires = requires(plan, &finished);
    let Finished { edits, doubts, mut ledger, .. } = finished;
    ledger.push(LedgerEntry::Assumed {
        text: "The Developer Console has an OAuth Server-to-Server credential with the same client id; its secret may differ."
            .to_owned(),
    });
    ledger.push(LedgerEntry::NotVerified { text: "Nothing was sent to Adobe.".to_owned() });
    Planned { edits, doubts, ledger, requires, target }
}

/// The variables that are new, and those that nothing reads any more.
fn requires(plan: &Plan<'_>, finished: &Finished) -> Requires {
    let key = |name: String, secret| RequiredKey { key: name, kind: KeyKind::Environment, secret };
    let added = if plan.scopes.is_none() { vec![key(plan.model.scopes_variable.clone(), false)] } else { Vec::new() };
    let places = plan.environment();
    let is_gone = |(_, unit, place): &&(String, crate::facts::program::UnitId, crate::finding::ByteRange)| {
        finished.gone.get(unit).is_some_and(|gone| gone.iter().any(|gone| gone.contains(*place)))
    };
    let mut removed: Vec<RequiredKey> = Vec::new();
    for (name, ..) in places.iter().filter(is_gone) {
        let stays = places.iter().filter(|(other, ..)| other == name).any(|place| !is_gone(&place));
        let secret = name.to_lowercase().contains("key") || name.to_lowercase().contains("secret");
        let known = removed.iter().any(|known| &known.key == name);
        if !stays && !known {
            removed.push(key(name.clone(), secret));
        }
    }
    removed.sort();
    Requires { added, removed, handed_through: Vec::new() }
}
