//! Rewrites of code: an exchange that was found in a program, to a call with client credentials.
//!
//! [`plan`] says what a rewrite is about, a target prints it into a [`draft`], and [`sweep`] takes out what only the old flow
//! needed. What cannot be rewritten stays as it is, with the reason.

mod address;
mod authlib;
mod carried;
mod checked;
mod circumstances;
mod compiler;
mod declared;
mod disk;
mod draft;
mod entries;
mod environment;
mod flows;
mod grammar;
mod helper;
mod java;
mod keep;
mod lifetime;
mod lines;
mod messages;
mod mock;
mod multipart;
mod names;
mod outcome;
mod overwritten;
mod parameters;
mod passport;
mod plan;
mod readers;
mod scopes;
mod sdk;
mod shared;
mod slot;
mod spring;
mod sweep;
mod units;
mod unwrap;
mod urlencoded;
mod with_blocks;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use self::draft::{Draft, Finished};
use self::grammar::Grammar;
use self::helper::Placement;
use self::plan::Plan;
use self::shared::{Alternative, Site};
use super::scopes::Scopes;
use super::targets::{Options, Target};
use super::tree;
use crate::facts::fact::Grant;
use crate::finding::{Edit, Finding, KeyKind, LedgerEntry, Platform, RequiredKey, Requires, Severity};
use crate::manifest::floor::Floor;
use crate::rules::Effects;
use crate::scan::{Code, Known, Planner};
use crate::walk::normal;

/// Plans the rewrites of code.
pub(super) struct Exchanges {
    options: Options,
    /// What is the same for all programs of the scan that goes on.
    kept: Mutex<Option<Arc<Kept>>>,
    /// What could stand in a file of its own.
    alternatives: Mutex<Vec<Alternative>>,
}

impl Exchanges {
    /// A planner that keeps to some options.
    pub(super) fn new(options: Options) -> Self {
        Self { options, kept: Mutex::default(), alternatives: Mutex::default() }
    }
}

/// What is looked up once a scan.
struct Kept {
    scopes: Scopes,
    effects: Effects,
}

/// What was planned for one finding.
#[derive(Clone)]
struct Planned {
    edits: Vec<Edit>,
    doubts: BTreeSet<String>,
    ledger: Vec<LedgerEntry>,
    requires: Requires,
    target: Target,
    /// Why the HTTP client stays, where another was asked for.
    kept_because: Option<String>,
    /// Whether the private key is read still.
    reads_key: bool,
    /// The files that need what others may need too.
    sites: Vec<Site>,
}

/// The calls of one SDK, each with the position of its finding.
type Calls<'c> = Vec<(usize, &'c Grant, Plan<'c>)>;

impl Planner for Exchanges {
    fn begin(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.alternatives.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn code(&self, code: &Code<'_>, findings: &mut [Finding]) {
        let Some(platform) = code.subject.program.arena.language.platform() else { return };
        let before = (platform == Platform::Node).then(|| findings.to_vec());
        let sites = self.plan(code, platform, Placement::Within, findings);
        if sites.is_empty() {
            return;
        }
        let Some(mut apart) = before else { return };
        self.plan(code, platform, Placement::Apart, &mut apart);
        let pairs = sites
            .iter()
            .filter_map(|(position, sites)| Alternative::new(findings.get(*position)?, apart.get(*position)?, sites));
        self.alternatives.lock().unwrap_or_else(PoisonError::into_inner).extend(pairs);
    }

    fn whole(&self, known: &Known<'_>, findings: &mut [Finding]) {
        let alternatives = std::mem::take(&mut *self.alternatives.lock().unwrap_or_else(PoisonError::into_inner));
        shared::settle(alternatives, known, findings);
    }
}

impl Exchanges {
    /// Plans the rewrites of a program. Gives those that need code which other files may need too, by position.
    fn plan(
        &self,
        code: &Code<'_>,
        platform: Platform,
        placement: Placement,
        findings: &mut [Finding],
    ) -> BTreeMap<usize, Vec<Site>> {
        let grammar = Grammar { platform };
        let is_rewritten =
            |finding: &Finding| code.catalog.rule(&finding.rule).is_some_and(|rule| rule.rule.rewrite.is_some());
        if !findings.iter().any(is_rewritten) && code.facts.grants.is_empty() {
            sets(code, &[], findings);
            return BTreeMap::new();
        }
        let kept = self.kept(code);
        let Kept { scopes, effects } = &*kept;
        let mut plans: Vec<(usize, Plan<'_>, &str)> = Vec::new();
        for (position, finding) in findings.iter().enumerate() {
            let Some(rule) = code.catalog.rule(&finding.rule) else { continue };
            let (Some(model), Some(field)) = (&rule.rule.rewrite, &rule.rule.matches.assertion_field) else { continue };
            let given = (scopes.answer(finding), &code.settings.contents);
            let plan = Plan::new(code.subject, code.facts, code.catalog, model, grammar, finding, given);
            let Some(mut plan) = plan else { continue };
            self.circumstances(code, placement, &mut plan);
            plans.push((position, plan, field.as_str()));
        }
        sets(code, &plans, findings);
        let mut groups: BTreeMap<usize, Vec<&(usize, Plan<'_>, &str)>> = BTreeMap::new();
        for one in &plans {
            groups.entry(findings[one.0].change_set).or_default().push(one);
        }
        let mut planned: BTreeMap<usize, Result<Planned, String>> = BTreeMap::new();
        for group in groups.values() {
            planned.extend(plan_set(group, effects, self.options.target(platform)));
        }
        let sdks = self.sdks(code, grammar, scopes, placement, findings);
        rewrite_sdks(code, grammar, (effects, self.options.target(platform)), &sdks, findings, &mut planned);
        // What is refused is refused with its set, and is in nobody's way.
        let refused: BTreeSet<usize> = planned
            .iter()
            .filter(|(_, one)| one.is_err())
            .map(|(position, _)| findings[*position].change_set)
            .collect();
        let stands = |position: usize| !refused.contains(&findings[position].change_set);
        let exchanges: Vec<&(usize, Plan<'_>, &str)> =
            groups.into_values().flatten().filter(|(position, ..)| stands(*position)).collect();
        let mut sdks = sdks;
        sdks.retain(|_, calls| calls.iter().all(|(position, ..)| stands(*position)));
        if let Some(all) = together(code, &exchanges, &sdks, (effects, self.options.target(platform)), &planned) {
            let sets: BTreeSet<usize> = all.keys().map(|position| findings[*position].change_set).collect();
            let first = sets.first().copied().unwrap_or_default();
            for finding in findings.iter_mut().filter(|finding| sets.contains(&finding.change_set)) {
                finding.change_set = first;
            }
            planned.extend(all);
        }
        outcome::settle(code, &planned, findings)
    }

    /// What a plan has to know besides the program.
    fn circumstances(&self, code: &Code<'_>, placement: Placement, plan: &mut Plan<'_>) {
        let platform = plan.grammar.platform;
        plan.placement = placement;
        if platform == Platform::Node && self.options.target(platform) != Target::Passport {
            plan.floor = floor(code, plan);
        }
    }

    /// What is the same for all programs. Whoever wants it meanwhile waits for it.
    fn kept(&self, code: &Code<'_>) -> Arc<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let look = || {
            let scopes = Scopes::of(&self.options, code.settings, code.catalog, &tree::roots(code.settings));
            Arc::new(Kept { scopes, effects: Effects::of(code.catalog) })
        };
        Arc::clone(kept.get_or_insert_with(look))
    }

    /// The calls of SDKs, with plans for them.
    fn sdks<'c>(
        &self,
        code: &'c Code<'c>,
        grammar: Grammar,
        scopes: &Scopes,
        placement: Placement,
        findings: &[Finding],
    ) -> BTreeMap<&'c str, Calls<'c>> {
        let mut groups: BTreeMap<&str, Calls<'c>> = BTreeMap::new();
        let model = code.catalog.rules().iter().find_map(|rule| rule.rule.rewrite.as_ref());
        let Some(model) = model else { return groups };
        for (position, finding) in findings.iter().enumerate() {
            let is_here = |grant: &&Grant| {
                grant.rule == finding.rule
                    && grant.rewrite.is_some()
                    && code.subject.place(grant.site).is_some_and(|(source, range)| {
                        source.file.path() == finding.path && source.file.span(range) == finding.span
                    })
            };
            let Some(grant) = code.facts.grants.iter().find(is_here) else { continue };
            let given = (scopes.answer(finding), &code.settings.contents);
            let plan = Plan::of_sdk(code.subject, code.facts, code.catalog, model, grammar, grant.site, given);
            if let Some(mut plan) = plan {
                self.circumstances(code, placement, &mut plan);
                groups.entry(&grant.library).or_default().push((position, grant, plan));
            }
        }
        groups
    }
}

/// The lowest version of the runtime that the file of a request is run with.
fn floor(code: &Code<'_>, plan: &Plan<'_>) -> Option<Floor> {
    let path = &plan.source(plan.unit)?.path;
    let named: Vec<PathBuf> = code.settings.paths.iter().map(|path| normal(path)).collect();
    let root = tree::root_of(path, &named);
    Floor::of(path, &root, plan.grammar.platform, &code.settings.limits).map(|(_, floor)| floor)
}

/// The names that a library is imported under.
fn packages<'c>(code: &'c Code<'_>, grammar: Grammar, library: &str) -> &'c [String] {
    code.catalog.libraries(grammar.platform).library_named(library).map_or(&[], |library| &library.packages)
}

/// Plans for the calls of SDKs: those of one SDK together, as one set.
fn rewrite_sdks(
    code: &Code<'_>,
    grammar: Grammar,
    (effects, wanted): (&Effects, Target),
    groups: &BTreeMap<&str, Calls<'_>>,
    findings: &mut [Finding],
    planned: &mut BTreeMap<usize, Result<Planned, String>>,
) {
    for (library, group) in groups {
        let calls: Vec<(&Grant, &Plan<'_>)> = group.iter().map(|(_, grant, plan)| (*grant, plan)).collect();
        let result = sdk::rewrite(&calls, effects, packages(code, grammar, library), wanted);
        let sets: BTreeSet<usize> = group.iter().map(|(position, ..)| findings[*position].change_set).collect();
        let Some(first) = sets.first().copied() else { continue };
        for finding in findings.iter_mut().filter(|finding| sets.contains(&finding.change_set)) {
            finding.change_set = first;
        }
        for (position, ..) in group {
            planned.insert(*position, result.clone());
        }
    }
}

/// What became of the exchanges in a draft of all: the target of each, and why the HTTP client stays, where it does.
type Targets = BTreeMap<usize, (Target, Option<String>)>;

/// Plans everything of a program as one set, where parts of it share what gives the key and none can take it out alone, or a
/// file that gets something once.
fn together<'c>(
    code: &'c Code<'c>,
    exchanges: &[&(usize, Plan<'c>, &str)],
    sdks: &BTreeMap<&str, Calls<'c>>,
    (effects, wanted): (&'c Effects, Target),
    planned: &BTreeMap<usize, Result<Planned, String>>,
) -> Option<BTreeMap<usize, Result<Planned, String>>> {
    let positions =
        || exchanges.iter().map(|(position, ..)| position).chain(sdks.values().flatten().map(|(one, ..)| one));
    let done: Vec<&Planned> = positions().filter_map(|position| planned.get(position)?.as_ref().ok()).collect();
    if done.len() < 2 || done.len() < positions().count() {
        return None;
    }
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    let mut seen: Vec<&[Edit]> = Vec::new();
    let mut shares_a_file = false;
    for one in &done {
        // Those of one set have the same edits.
        if seen.contains(&one.edits.as_slice()) {
            continue;
        }
        seen.push(&one.edits);
        let own: BTreeSet<&str> = one.edits.iter().map(|edit| edit.path.as_str()).collect();
        // What Node gets once a file, such as a class, would come twice.
        let is_node = exchanges.first().is_some_and(|(_, plan, _)| plan.grammar.platform == Platform::Node);
        shares_a_file |= is_node && own.iter().any(|path| paths.contains(path));
        paths.extend(own);
    }
    let reads_key = done.iter().any(|planned| planned.reads_key);
    if seen.len() < 2 || !(reads_key || shares_a_file) {
        return None;
    }
    let combined = |target: Target| combined(code, exchanges, sdks, effects, (target, wanted));
    let made = match combined(wanted) {
        // What a file gets once cannot be two things: the requests go without.
        Err(why) if shares_a_file && wanted != Target::Keep => combined(Target::Keep).map(|(all, mut targets)| {
            targets.values_mut().for_each(|(_, kept_because)| *kept_because = Some(why.clone()));
            (all, targets)
        }),
        made => made,
    };
    let (mut all, mut targets) = match made {
        Ok(made) => made,
        Err(why) if shares_a_file && wanted != Target::Keep => {
            return Some(positions().map(|position| (*position, Err(why.clone()))).collect());
        }
        Err(_) => return None,
    };
    if all.reads_key && !shares_a_file {
        return None;
    }
    all.requires.added.clear();
    for one in &done {
        for added in &one.requires.added {
            if !all.requires.added.contains(added) {
                all.requires.added.push(added.clone());
            }
        }
        for removed in &one.requires.removed {
            if !all.requires.removed.contains(removed) {
                all.requires.removed.push(removed.clone());
            }
        }
    }
    all.requires.added.sort();
    all.requires.removed.sort();
    let of = |position: &usize| {
        let own = planned.get(position)?.as_ref().ok()?;
        let (target, kept_because) = targets.remove(position).unwrap_or((own.target, own.kept_because.clone()));
        Some((*position, Ok(Planned { target, kept_because, ..all.clone() })))
    };
    Some(positions().filter_map(of).collect())
}

/// Everything of a program in one draft: requests with one target, calls of SDKs with another.
fn combined<'c>(
    code: &'c Code<'c>,
    exchanges: &[&(usize, Plan<'c>, &str)],
    sdks: &BTreeMap<&str, Calls<'c>>,
    effects: &'c Effects,
    (target, of_sdks): (Target, Target),
) -> Result<(Planned, Targets), String> {
    let mut all = exchanges.iter().map(|(_, plan, _)| plan).chain(sdks.values().flatten().map(|(.., plan)| plan));
    let first = all.next().ok_or("nothing is rewritten")?;
    let mut draft = Draft::of(first, effects);
    let mut targets = Targets::new();
    for (position, plan, field) in exchanges {
        targets.insert(*position, plan_into(plan, &mut draft, effects, field, target)?);
    }
    for (_, plan, field) in exchanges.iter().filter(|(_, plan, _)| mock::is_one(plan)) {
        circumstances::settled(plan, &mut draft, field);
    }
    for (library, group) in sdks {
        let calls: Vec<(&Grant, &Plan<'_>)> = group.iter().map(|(_, grant, plan)| (*grant, plan)).collect();
        draft = sdk::rewrite_into(&calls, draft, packages(code, first.grammar, library), of_sdks)?;
    }
    Ok((planned(first, draft, target)?, targets))
}

/// Which findings change together: the stand-ins of tests with the code that they test. What only lists where a grant is
/// used is no part of a rewrite.
fn sets(code: &Code<'_>, plans: &[(usize, Plan<'_>, &str)], findings: &mut [Finding]) {
    let first =
        plans.iter().find(|(_, plan, _)| !mock::is_one(plan)).map(|(position, ..)| findings[*position].change_set);
    for (position, plan, _) in plans {
        if let Some(first) = first.filter(|_| mock::is_one(plan)) {
            findings[*position].change_set = first;
        }
    }
    let mut next = findings.iter().map(|finding| finding.change_set).max().unwrap_or_default() + 1;
    for finding in findings.iter_mut() {
        let lists = code.catalog.rule(&finding.rule).is_some_and(|rule| rule.rule.severity <= Severity::Note);
        if lists {
            finding.change_set = next;
            next += 1;
        }
    }
}

/// Plans the exchanges of a change set, which go into one draft.
fn plan_set(
    group: &[&(usize, Plan<'_>, &str)],
    effects: &Effects,
    wanted: Target,
) -> Vec<(usize, Result<Planned, String>)> {
    let Some((_, first, _)) = group.first() else { return Vec::new() };
    let mut draft = Draft::of(first, effects);
    let mut targets = Vec::new();
    for (position, plan, field) in group {
        match plan_into(plan, &mut draft, effects, field, wanted) {
            Ok((target, kept_because)) => targets.push((*position, target, kept_because)),
            Err(reason) => return vec![(*position, Err(reason))],
        }
    }
    for (_, plan, field) in group.iter().filter(|(_, plan, _)| mock::is_one(plan)) {
        circumstances::settled(plan, &mut draft, field);
    }
    let target = targets.iter().map(|(_, target, _)| *target).min().unwrap_or(wanted);
    match planned(first, draft, target) {
        Ok(planned) => targets
            .into_iter()
            .map(|(position, target, kept_because)| (position, Ok(Planned { target, kept_because, ..planned.clone() })))
            .collect(),
        Err(reason) => targets.into_iter().map(|(position, ..)| (position, Err(reason.clone()))).collect(),
    }
}

/// Puts the rewrite of one exchange into a draft; which target it became.
fn plan_into<'a>(
    plan: &Plan<'a>,
    draft: &mut Draft<'a>,
    effects: &Effects,
    assertion_field: &str,
    wanted: Target,
) -> Result<(Target, Option<String>), String> {
    if mock::is_one(plan) {
        mock::rewrite(plan, draft)?;
        return Ok((wanted, None));
    }
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
    circumstances::overridden(plan, assertion_field)?;
    circumstances::tests(plan, draft, assertion_field);
    draft.answer_known = false;
    draft.answer_at = None;
    let mut kept_because = None;
    // Why the client has to stay whatever is wished for; a reviewer has to know.
    let stays = match plan.grammar.platform {
        Platform::Java if wanted != Target::Keep => spring::circumstances(plan, effects),
        _ => None,
    };
    let mut target = Target::Keep;
    if let Some(why) = &stays {
        kept_because = Some(why.clone());
    } else if wanted != Target::Keep {
        let mut attempt = draft.clone();
        let printed = print(wanted, plan, &mut attempt, assertion_field, effects)
            .and_then(|()| lifetime::rewrite(plan, &mut attempt));
        match printed {
            Ok(()) => {
                *draft = attempt;
                target = wanted;
            }
            Err(why) => kept_because = Some(why),
        }
    }
    if target == Target::Keep {
        if let Some(why) = stays.or(own_client) {
            draft.doubts.insert(format!("the HTTP client stays, for {why}"));
        }
        if plan.grammar.platform == Platform::Java {
            draft.doubts.extend(java::doubts(plan, effects));
        }
        circumstances::around(plan, draft, assertion_field)?;
        keep::rewrite(plan, draft, assertion_field)?;
        match plan.grammar.platform {
            Platform::Java => urlencoded::rewrite(plan, draft, assertion_field),
            _ => multipart::urlencoded(plan, draft, assertion_field, effects)?,
        }
        draft.doubts.extend(passport::hooks(plan, effects));
        lifetime::rewrite(plan, draft)?;
    }
    messages::rewrite(plan, draft);
    if !draft.answer_known {
        // What is handed out in milliseconds as before changes the code of Node, so that it is asked last there.
        let is_followed = match plan.grammar.platform {
            Platform::Node => plan.reads_only_the_token() || lifetime::handed_out(plan, draft),
            _ => lifetime::handed_out(plan, draft) || plan.reads_only_the_token(),
        };
        // Of two requests whose answers are read at one place, one is enough.
        if !is_followed && !draft.doubts.iter().any(|doubt| doubt.contains("is handed out in milliseconds as before")) {
            draft.doubts.insert(
                "`expires_in` of the answer is now in seconds, and the answer goes further than could be followed"
                    .to_owned(),
            );
        }
    }
    Ok((target, kept_because.map(|why| why.trim_end_matches('.').to_owned())))
}

/// Lets a target print its code; a refusal says why the HTTP client that is there has to stay.
fn print<'a>(
    target: Target,
    plan: &Plan<'a>,
    draft: &mut Draft<'a>,
    assertion_field: &str,
    effects: &Effects,
) -> Result<(), String> {
    match target {
        Target::Authlib => authlib::rewrite(plan, draft, assertion_field),
        Target::Passport => passport::rewrite(plan, draft, assertion_field, effects),
        Target::OpenidClient => passport::with_openid_client(plan, draft, assertion_field, effects),
        Target::SpringSecurity => {
            if let Some(why) = java::doubts(plan, effects).into_iter().next() {
                return Err(why);
            }
            spring::rewrite(plan, draft, effects)
        }
        _ => Err(format!("{} cannot take the place of this request", target.name())),
    }
}

fn planned(plan: &Plan<'_>, draft: Draft<'_>, target: Target) -> Result<Planned, String> {
    let finished = draft.finish()?;
    let requires = requires(plan, &finished);
    let read = plan.key_still_read(&finished);
    let reads_key = read.is_some();
    let signed = plan.signers().into_iter().find(|(_, unit, place)| {
        let mut gone = [&finished.gone, &finished.taken].into_iter().filter_map(|of| of.get(unit)).flatten();
        !gone.any(|gone| gone.contains(*place))
    });
    let signed = signed.map(|(symbol, ..)| match symbol {
        "" => "an assertion is still signed, which this request needs no more".to_owned(),
        symbol => format!("`{symbol}` still signs an assertion, which this request needs no more"),
    });
    let sites = Site::of(plan.subject, finished.helpers);
    let Finished { edits, mut doubts, mut ledger, .. } = finished;
    doubts.extend(read);
    doubts.extend(signed);
    ledger.push(LedgerEntry::Assumed {
        text: "The Developer Console has an OAuth Server-to-Server credential with the same client id; its secret may differ."
            .to_owned(),
    });
    ledger.push(LedgerEntry::NotVerified { text: "Nothing was sent to Adobe.".to_owned() });
    Ok(Planned { edits, doubts, ledger, requires, target, kept_because: None, reads_key, sites })
}

/// The variables that are new, and those that nothing reads any more.
fn requires(plan: &Plan<'_>, finished: &Finished) -> Requires {
    let key = |name: String, secret| RequiredKey { key: name, kind: KeyKind::Environment, secret };
    let added = if plan.scopes.is_none() { vec![key(plan.model.scopes_variable.clone(), false)] } else { Vec::new() };
    let places = plan.environment();
    let is_gone = |(_, unit, place): &&(String, crate::facts::program::UnitId, crate::finding::ByteRange)| {
        finished.gone.get(unit).is_some_and(|gone| gone.iter().any(|gone| gone.contains(*place)))
            && !finished.moved.iter().any(|(of, moved)| of == unit && moved.contains(*place))
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
