//! Rewrites of code: an exchange that was found in a program, to a call with client credentials.
//!
//! [`plan`] says what a rewrite is about, a target prints it into a [`draft`], and [`sweep`] takes out what only the old flow
//! needed. What cannot be rewritten stays as it is, with the reason.

mod draft;
mod grammar;
mod keep;
mod lifetime;
mod lines;
mod multipart;
mod names;
mod passport;
mod plan;
mod scopes;
mod slot;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use self::draft::{Draft, Finished};
use self::grammar::Grammar;
use self::plan::Plan;
use super::targets::{Options, Target};
use crate::finding::{Applicability, Confidence, Edit, Finding, Fix, KeyKind, LedgerEntry, RequiredKey, Requires};
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
    /// Why the HTTP client stays, where another was asked for.
    kept_because: Option<String>,
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
        let mut next_set = findings.iter().map(|finding| finding.change_set).max().unwrap_or_default();
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
                    let is_arithmetic =
                        |rule: &str| code.catalog.rule(rule).is_some_and(|rule| rule.rule.matches.lifetime.is_some());
                    if !is_arithmetic(&finding.rule) {
                        // It shares a function with the exchange, which stays as it is for this one.
                        next_set += 1;
                        finding.change_set = next_set;
                        continue;
                    }
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
                let kept = planned.kept_because.iter().map(|why| format!(" The HTTP client stays: {why}."));
                let reason = reason + &kept.collect::<String>();
                finding.fix = Fix {
                    applicability,
                    target: Some(planned.target.name().to_owned()),
                    reason,
                    edits: planned.edits.clone(),
                };
                finding.details.ledger.clone_from(&planned.ledger);
                if let Some(why) = &planned.kept_because {
                    finding
                        .details
                        .ledger
                        .push(LedgerEntry::Assumed { text: format!("The HTTP client stays: {why}.") });
                }
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
    if !plan.requests.iter().any(|request| request.sent) {
        return Err(
            "What sends the request is not known: put the grant and the scopes in the place of the assertion by hand"
                .to_owned(),
        );
    }
    let mut kept_because = None;
    if wanted != Target::Keep {
        let mut draft = Draft::new(plan.subject, plan.grammar, effects);
        let printed = print(wanted, plan, &mut draft, assertion_field, effects)
            .and_then(|()| lifetime::rewrite(plan, &mut draft));
        match printed {
            Ok(()) => return Ok(planned(plan, draft, wanted)),
            Err(why) => kept_because = Some(why),
        }
    }
    let mut draft = Draft::new(plan.subject, plan.grammar, effects);
    keep::rewrite(plan, &mut draft, assertion_field)?;
    multipart::urlencoded(plan, &mut draft, assertion_field, effects)?;
    draft.doubts.extend(passport::hooks(plan, effects));
    lifetime::rewrite(plan, &mut draft)?;
    Ok(Planned {
        kept_because: kept_because.map(|why| why.trim_end_matches('.').to_owned()),
        ..planned(plan, draft, Target::Keep)
    })
}

/// Lets a target print its code; a refusal says why the HTTP client that is there has to stay.
fn print(
    target: Target,
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    assertion_field: &str,
    effects: &Effects,
) -> Result<(), String> {
    match target {
        Target::Passport => passport::rewrite(plan, draft, assertion_field, effects),
        _ => Err(format!("{} cannot take the place of this request", target.name())),
    }
}

fn planned(plan: &Plan<'_>, mut draft: Draft<'_>, target: Target) -> Planned {
    if !plan.reads_only_the_token() {
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
    Planned { edits, doubts, ledger, requires, target, kept_because: None }
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
