//! Calls that make an SDK exchange the old credential: told from the same calls with the new one by what they are given.

use super::Machine;
use super::call::Site;
use super::value::Value;
use crate::facts::fact::{self, Form, Grant};
use crate::finding::ByteRange;
use crate::rules::schema::{Condition, GrantModel, OneOrMany, Otherwise, Source};

/// Whether a call is given something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Presence {
    Absent,
    /// What it is given is not known well enough to say.
    Open,
    Present,
}

impl Machine<'_> {
    /// Writes down a call that makes the exchange, and which form it has.
    pub(super) fn record_grant(&mut self, model: &GrantModel, library: usize, site: &Site<'_>) {
        let form = self.form(model, site);
        let place = self.place(model, site);
        let client_id = self.given(model.client_id.as_ref(), site);
        let metascopes = self.given(model.metascopes.as_ref(), site);
        let key = self.given(model.private_key.as_ref(), site);
        let file = self.given(model.file.as_ref(), site);
        let name = self.given(model.name.as_ref(), site);
        let assertion = self.given(model.assertion.as_ref(), site);
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
        trail.extend([site.range].into_iter().filter(|range| *range != place));
        trail.sort();
        trail.dedup();
        let assertions = model.assertion.as_ref().map(|_| {
            let carried = assertion.map(|value| self.fact_value(&value).assertions);
            carried.unwrap_or_default()
        });
        let mut fact = |value: Option<Value>| value.map_or_else(fact::Value::default, |value| self.fact_value(&value));
        let (client_id, key, file, name) = (fact(client_id), fact(key), fact(file), fact(name));
        self.facts.grants.push(Grant {
            site: place,
            callee: site.callee.clone(),
            library: self.index.library(library).name.clone(),
            rule: model.rule.clone(),
            form,
            part: model.part,
            name,
            assertions,
            client_id,
            metascopes: texts,
            key,
            secrets,
            file,
            trail,
            parts: Vec::new(),
            symbol: super::freeze::symbol_at(self.module, place),
        });
    }

    fn form(&mut self, model: &GrantModel, site: &Site<'_>) -> Form {
        if model.unless.iter().any(|condition| self.presence(condition, site) == Presence::Present) {
            return Form::New;
        }
        match (model.needs.iter().map(|condition| self.presence(condition, site)).max(), model.otherwise) {
            (Some(Presence::Present), _) => Form::Old,
            (None, Otherwise::New) => Form::Old,
            (Some(Presence::Absent), Otherwise::New) => Form::New,
            (Some(Presence::Open), _) | (_, Otherwise::Open) => Form::Open,
        }
    }

    /// Where the finding stands: where the object was made that the call builds on, where it is one that was made here.
    fn place(&mut self, model: &GrantModel, site: &Site<'_>) -> ByteRange {
        let object = model.at.as_ref().and_then(|source| self.source(source, site));
        let Some(Value::Object(id)) = object else { return site.range };
        let object = self.object_mut(id);
        if object.range.end > object.range.start {
            return object.range;
        }
        // It came from elsewhere: the first call on it stands for all of them.
        *object.finished.get_or_insert(site.range)
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

    fn presence(&mut self, condition: &Condition, site: &Site<'_>) -> Presence {
        let arguments = site.arguments;
        let wanted = condition.value.as_deref();
        let (value, path) = match &condition.source {
            Source::Argument(position, path) => (arguments.positional.get(*position), path.as_slice()),
            Source::Keyword(name, path) => (arguments.keyword(name), path.as_slice()),
            other => {
                let value = self.source(other, site);
                return value.map_or(Presence::Absent, |value| self.presence_in(&value, &[], wanted));
            }
        };
        match value.cloned() {
            Some(value) => self.presence_in(&value, path, wanted),
            // `f(*arguments)`, `f(**options)`.
            None => {
                let spread = arguments.rest.iter().map(|rest| self.presence_in(rest, path, wanted).min(Presence::Open));
                spread.max().unwrap_or(Presence::Absent)
            }
        }
    }

    fn presence_in(&self, value: &Value, path: &[String], wanted: Option<&str>) -> Presence {
        let of = |option: &Value| match (option, path, wanted) {
            (Value::Null, ..) => Presence::Absent,
            (_, [], None) => Presence::Present,
            (Value::Object(id), [step, rest @ ..], _) => match self.entry(*id, step) {
                Some(entry) => self.presence_in(&entry, rest, wanted),
                None if self.object(*id).open || self.object(*id).hole.is_some() => Presence::Open,
                None => Presence::Absent,
            },
            (Value::Unknown(_) | Value::Symbol(_), ..) => Presence::Open,
            (text, [], Some(wanted)) => match text.as_literal() {
                Some(literal) if literal == wanted => Presence::Present,
                None if matches!(text, Value::Text(_)) => Presence::Open,
                _ => Presence::Absent,
            },
            _ => Presence::Absent,
        };
        value.options().iter().map(of).max().unwrap_or(Presence::Absent)
    }
}
