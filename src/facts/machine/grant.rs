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
        let (client_id, file, name) = (fact(client_id), fact(file), fact(name));
        let key = key.map(|key| self.key_value(&key)).unwrap_or_default();
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
            symbol: super::record::symbol_at(self.module, place),
            rewrite: model.rewrite.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::machine::Links;
    use crate::facts::program::{Program, UnitId};
    use crate::finding::Language;
    use crate::rules::Catalog;
    use crate::syntax::{self, Limits};

    /// The grants of a small program, each with its text, in the order of their places.
    fn grants(language: Language, text: &str) -> Vec<(String, Grant)> {
        let catalog = Catalog::load(&[]).expect("the rules that ship load");
        let tree = syntax::parse(text, language, &Limits::default()).expect("it parses");
        let module = crate::facts::lower(&tree, text, language);
        let program = Program::of(module, text.len());
        let index = catalog.libraries(language.platform().unwrap());
        let facts = super::super::run(&program, &[UnitId(0)], &Links::default(), index, catalog.rules());
        let mut grants: Vec<(String, Grant)> =
            facts.grants.into_iter().map(|grant| (text[grant.site.start..grant.site.end].to_owned(), grant)).collect();
        grants.sort_by_key(|(_, grant)| grant.site);
        grants
    }

    fn forms(language: Language, text: &str) -> Vec<Form> {
        grants(language, text).into_iter().map(|(_, grant)| grant.form).collect()
    }

    #[test]
    fn a_condition_asks_for_a_value() {
        let load =
            |arguments: &str| forms(Language::Python, &format!("import cjapy\ncjapy.importConfigFile({arguments})\n"));
        assert_eq!(load("'c.json', 'jwt'"), [Form::Old]);
        assert_eq!(load("'c.json', auth_type='oauthV2'"), [Form::New]);
        assert_eq!(load("'c.json'"), [Form::Open]);
        assert_eq!(load("'c.json', auth_type=kind"), [Form::Open]);
        assert_eq!(load("'c.json', auth_type=None"), [Form::Open]);
    }

    #[test]
    fn what_is_spread_over_a_call_is_looked_into() {
        let configure = |lines: &str| forms(Language::Python, &format!("import aepp\n{lines}\n"));
        assert_eq!(configure("aepp.configure(**{'org_id': 'x', 'path_to_key': 'k'})"), [Form::Old]);
        assert_eq!(configure("aepp.configure(**{'org_id': 'x', 'scopes': 's'})"), [Form::New]);
        assert_eq!(configure("aepp.configure(**settings)"), [Form::Open]);
        assert_eq!(configure("aepp.configure('x', None, 's', 'i')"), [Form::New]);
    }

    #[test]
    fn an_object_that_is_put_together_in_steps_is_known() {
        let set = |lines: &str| {
            let text = format!("const ims = require('@adobe/aio-lib-ims')\n{lines}\nims.context.set('c', config)");
            forms(Language::JavaScript, &text)
        };
        assert_eq!(set("const config = {client_id: 'x'}; config['meta_scopes'] = ['s']"), [Form::Old]);
        assert_eq!(set("const base = {private_key: k}; const config = {...base, client_id: 'x'}"), [Form::Old]);
        assert_eq!(set("const config = Object.assign({}, {client_id: 'x'}, {private_key: k})"), [Form::Old]);
        assert_eq!(set("const config = {client_id: 'x', client_secrets: ['y'], scopes: ['z']}"), [Form::New]);
        assert_eq!(set("const config = load()"), [Form::Open]);
    }

    #[test]
    fn the_calls_of_one_builder_have_one_place() {
        let text = "import com.adobe.aio.auth.JwtContext; class A { void f(java.security.PrivateKey key) {
             JwtContext.builder().clientSecret(\"s3cret\").addMetascope(\"/s/ent_user_sdk\").privateKey(key).build(); } }";
        let grants = grants(Language::Java, text);
        assert!(grants.iter().all(|(place, grant)| place == "JwtContext.builder()" && grant.form == Form::Old));
        let scopes: Vec<String> =
            grants.iter().flat_map(|(_, grant)| &grant.metascopes).map(|text| text.display()).collect();
        assert_eq!(scopes, ["/s/ent_user_sdk"]);
        let secrets: Vec<&str> =
            grants.iter().flat_map(|(_, grant)| &grant.secrets).map(|range| &text[range.start..range.end]).collect();
        assert_eq!(secrets, ["\"s3cret\""]);
    }

    #[test]
    fn a_builder_from_elsewhere_is_placed_by_its_first_call() {
        let text = "import com.adobe.aio.workspace.Workspace; class A { void f(Workspace.Builder b, Object key) {
             b.addMetascope(\"/s/ent_user_sdk\"); b.privateKey(key); } }";
        let places: Vec<String> = grants(Language::Java, text).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["b.addMetascope(\"/s/ent_user_sdk\")", "b.addMetascope(\"/s/ent_user_sdk\")"]);
    }

    #[test]
    fn the_assertion_that_the_caller_signs_is_carried() {
        let text = "const jwt = require('jsonwebtoken'); const {Ims} = require('@adobe/aio-lib-ims');
             new Ims().exchangeJwtToken('id', 'secret', jwt.sign({iss: 'x@AdobeOrg'}, key, {algorithm: 'RS256'}))";
        let grants = grants(Language::JavaScript, text);
        let carried: Vec<&str> = grants
            .iter()
            .flat_map(|(_, grant)| grant.assertions.iter().flatten())
            .map(|range| &text[range.start..range.end])
            .collect();
        assert_eq!(carried.len(), 1);
        assert!(carried[0].starts_with("jwt.sign("), "{carried:?}");
    }
}
