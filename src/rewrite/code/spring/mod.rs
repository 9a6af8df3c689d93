//! Spring Security asks for the token: what a method does to send the request and to take the answer apart becomes the call of a
//! manager.
//!
//! The manager is kept in a field where all that it is made of stays the same, else it is made for each call. It asks at each
//! call, as the old code did: a token that is handed out lasts as long as before. Where more of the answer leaves the method than a
//! manager gives, or the client was set up in a way that a manager cannot be, it refuses, and the client stays. What is printed is
//! data, `[target.code]`.

mod answer;
mod circumstances;
mod code;
mod method;
mod parts;
mod printed;
mod shared;
mod time_outs;
mod values;

use std::collections::BTreeSet;

pub(super) use self::circumstances::{circumstances, own_client};

use self::circumstances::declaration_of;
use self::code::Code;
use self::method::Method;
use self::parts::Parts;
use self::shared::Shared;
use self::time_outs::TimeOuts;
use super::draft::{Draft, has_word};
use super::java;
use super::keep::Refusal;
use super::names::range;
use super::plan::Plan;
use crate::finding::ByteRange;
use crate::manifest::{Project, decide, supports};
use crate::rewrite::targets::Target;
use crate::rules::Effects;

/// Rewrites the method around the request.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, effects: &Effects) -> Result<(), Refusal> {
    let unit = plan.unit;
    let target = plan.catalog.targets().named(plan.grammar.platform, Target::SpringSecurity.name());
    let model = target.and_then(|target| target.code.as_ref());
    let model = model.ok_or_else(|| "no rule file says what Spring Security looks like".to_owned())?;
    let version = version(plan)?;
    let method = Method::of(plan, effects, model)?;
    check(&method)?;
    let time_outs = TimeOuts::of(&method)?;
    let shared = Shared::of(&method);
    if time_outs.is_set() && matches!(shared, Some(Shared::Function)) {
        return Err("several requests of this class ask for a token, and have time-outs".to_owned());
    }
    let shared = shared.filter(|_| !time_outs.is_set());

    let place = method.address_place()?;
    let id = method.field(&plan.client_field)?;
    let secret = method.field(&plan.model.secret_field)?;
    let needed = needed(&method, &[place, id, secret]);
    let parts = Parts::of(&method, &needed, false);
    let parts = match parts {
        Ok(parts) => parts,
        Err(why) => Parts::of(&method, &needed, true).map_err(|_| why)?,
    };
    // A variable that only the request needed goes with it.
    let is_said = |name: &str| {
        parts.kept.iter().any(|kept| {
            !range(*kept).contains(place) && method.identifiers(*kept).any(|node| method.written(node) == name)
        })
    };
    let variable = method.address_variable(place).map(str::to_owned).filter(|name| is_said(name));
    let address = method.address(draft, place, variable.as_deref())?;
    for name in method.names_in(&[id, secret]).into_iter().chain(match &variable {
        Some(name) => vec![name.clone()],
        None => method.names_in(&[place]),
    }) {
        draft.uses(unit, &name);
    }
    let made_of = [place, id, secret];
    let is_local = variable.is_some() || method.names_in(&made_of).iter().any(|name| method.local(name).is_some());
    let code = Code {
        method: &method,
        version,
        address,
        id: method.part(id).to_owned(),
        secret: method.part(secret).to_owned(),
        is_kept: method.has_fields() && !is_local && method.is_fixed(&made_of),
        time_outs,
        shared,
    };
    code.put(draft, &parts)?;
    draft.replaced(
        unit,
        plan.site,
        "the exchange of the signed assertion",
        "Spring Security's manager asks for the token",
    );
    Ok(())
}

/// The version of Spring Security that the project has then, where that is known.
fn version(plan: &Plan<'_>) -> Result<Option<String>, Refusal> {
    let unknown = || "the request could not be followed".to_owned();
    let source = plan.source(plan.unit).ok_or_else(unknown)?;
    let manifests = java::manifests(source, plan.contents);
    let floor = java::release(source);
    let project = Project { manifests: &manifests, floor: floor.as_ref(), features: &[] };
    let target = plan.catalog.targets().named(plan.grammar.platform, Target::SpringSecurity.name());
    let Some(target) = target else { return Ok(None) };
    let decided = supports(target, floor.as_ref(), false).and_then(|()| decide(target, project));
    let library = decided.map_err(|undecided| undecided.to_string())?.into_iter().next();
    let managed = library.as_ref().and_then(|library| library.managed.as_ref());
    if let Some(managed) = managed.filter(|managed| managed.version.is_some() && managed.settles.is_none()) {
        let own = managed.version.clone().unwrap_or_default();
        return Err(format!("{} {own} settles a version of Spring Security that is too old", managed.by));
    }
    Ok(library.and_then(|library| library.version))
}

/// Why a manager cannot take the place of a request, whatever its method looks like.
fn check(method: &Method<'_, '_>) -> Result<(), Refusal> {
    let plan = method.plan;
    if circumstances::is_declared(plan) {
        return Err("an interface declares the request, and what sends it is a library".to_owned());
    }
    waited_for(method)?;
    let client = plan.grammar.root(method.sender);
    if client.kind() != "identifier" {
        return Ok(());
    }
    let name = method.written(client);
    let Some(declared) = declaration_of(method.root, method.text, name) else { return Ok(()) };
    let from_outside = declared.kind() == "formal_parameter"
        || (declared.kind() == "field_declaration" && !method.written(declared).contains('='));
    match from_outside {
        true => Err(format!("`{name}` comes from outside of the class, with what was set up there")),
        false => Ok(()),
    }
}

/// Somebody waits for a failure of the old client.
fn waited_for(method: &Method<'_, '_>) -> Result<(), Refusal> {
    let plan = method.plan;
    let Some(source) = plan.source(plan.unit) else { return Ok(()) };
    let neighbours = java::package_texts(source, plan.contents);
    let linked = plan.subject.sources.iter().map(|source| source.file.text());
    for text in linked.chain(neighbours.iter().map(|(_, text)| text.as_str())) {
        for (at, _) in text.match_indices("catch (") {
            let clause = text[at..].split(')').next().unwrap_or_default();
            if let Some(failure) = method.model.failures.iter().find(|failure| has_word(clause, failure)) {
                return Err(format!("somebody catches `{failure}`, which a manager does not throw"));
            }
        }
    }
    Ok(())
}

/// The names that some places speak of, and those that these variables are made of.
fn needed(method: &Method<'_, '_>, places: &[ByteRange]) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut queue = method.names_in(places);
    while let Some(name) = queue.pop() {
        if !needed.contains(&name)
            && let Some(declared) = method.local(&name)
        {
            queue.extend(method.names_in(&[range(declared)]));
            needed.insert(name);
        }
    }
    needed
}
