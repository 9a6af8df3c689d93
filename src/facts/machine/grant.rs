//! Calls that make an SDK exchange the old credential: told from the same calls with the new one by what they are given.

use super::Machine;
use super::call::Site;
use super::value::Value;
use crate::facts::fact::{self, Grant};
use crate::rules::schema::{GrantModel, OneOrMany, Source};

/// Whether a call is given something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Presence {
    Absent,
    /// What it is given is not known well enough to say.
    Open,
    Present,
}

impl Machine<'_> {
    /// Writes down a call that makes the exchange, unless it has the new form.
    pub(super) fn record_grant(&mut self, model: &GrantModel, library: usize, site: &Site<'_>) {
        if model.unless.iter().any(|source| self.presence(source, site) == Presence::Present) {
            return;
        }
        let decided = match model.needs.iter().map(|source| self.presence(source, site)).max() {
            None | Some(Presence::Present) => true,
            Some(Presence::Open) => false,
            Some(Presence::Absent) => return,
        };
        let client_id = self.given(model.client_id.as_ref(), site);
        let metascopes = self.given(model.metascopes.as_ref(), site);
        let key = self.given(model.private_key.as_ref(), site);
        let file = self.given(model.file.as_ref(), site);
        let mut texts = Vec::new();
        if let Some(value) = &metascopes {
            self.texts_inside(value, &mut texts, &mut 0);
            self.names_inside(value, &mut texts);
        }
        let mut secrets = Vec::new();
        for source in &model.secrets {
            if let Some(value) = self.source(source, site) {
                secrets.extend(self.fact_value(&value).literals);
            }
        }
        let mut trail = Vec::new();
        for value in site.arguments.values().flat_map(|value| value.options()) {
            if let Value::Object(id) = value {
                let object = self.object(*id);
                trail.extend([object.range].into_iter().filter(|range| range.end > range.start));
                trail.extend(object.trail.iter().copied());
            }
        }
        trail.sort();
        trail.dedup();
        let mut fact = |value: Option<Value>| value.map_or_else(fact::Value::default, |value| self.fact_value(&value));
        let (client_id, key, file) = (fact(client_id), fact(key), fact(file));
        self.facts.grants.push(Grant {
            site: site.range,
            callee: site.callee.clone(),
            library: self.index.library(library).name.clone(),
            rule: model.rule.clone(),
            decided,
            client_id,
            metascopes: texts,
            key,
            secrets,
            file,
            trail,
            symbol: super::freeze::symbol_at(self.module, site.range),
        });
    }

    fn given(&mut self, sources: Option<&OneOrMany<Source>>, site: &Site<'_>) -> Option<Value> {
        sources.and_then(|sources| self.first(sources, site, None))
    }

    /// The keys of a map, which name metascopes where they are claims.
    fn names_inside(&self, value: &Value, into: &mut Vec<fact::Text>) {
        for option in value.options() {
            if let Value::Object(id) = option {
                for (key, _) in &self.object(*id).entries {
                    self.texts_inside(key, into, &mut 0);
                }
            }
        }
    }

    fn presence(&mut self, source: &Source, site: &Site<'_>) -> Presence {
        let arguments = site.arguments;
        let (value, path) = match source {
            Source::Argument(position, path) => (arguments.positional.get(*position), path.as_slice()),
            Source::Keyword(name, path) => (arguments.keyword(name), path.as_slice()),
            other => {
                let value = self.source(other, site);
                return value.map_or(Presence::Absent, |value| self.presence_in(&value, &[]));
            }
        };
        match value.cloned() {
            Some(value) => self.presence_in(&value, path),
            // `f(*arguments)`, `f(**options)`.
            None => arguments
                .rest
                .iter()
                .map(|rest| self.presence_in(rest, path).min(Presence::Open))
                .max()
                .unwrap_or(Presence::Absent),
        }
    }

    fn presence_in(&self, value: &Value, path: &[String]) -> Presence {
        let of = |option: &Value| match (option, path) {
            (Value::Null, _) => Presence::Absent,
            (_, []) => Presence::Present,
            (Value::Object(id), [step, rest @ ..]) => match self.entry(*id, step) {
                Some(entry) => self.presence_in(&entry, rest),
                None if self.object(*id).open || self.object(*id).hole.is_some() => Presence::Open,
                None => Presence::Absent,
            },
            (Value::Unknown(_) | Value::Symbol(_), _) => Presence::Open,
            _ => Presence::Absent,
        };
        value.options().iter().map(of).max().unwrap_or(Presence::Absent)
    }
}
