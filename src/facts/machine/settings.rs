//! Values that code looks up by a key: in the environment, in a configuration, by an annotation. Where a configuration file
//! of the program holds the key, what it holds may be meant.

use std::collections::BTreeMap;

use super::Machine;
use super::call::Site;
use super::value::{Part, Shape, Value};
use crate::facts::fact::Origin;
use crate::facts::ir::Annotation;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::rules::schema::SettingModel;

/// How deep the maps of a configuration file nest.
const DEEPEST: usize = 8;

/// How many values one key may have.
const MOST_VALUES: usize = 4;

/// What configuration files hold, by the key as all its spellings have it in common.
#[derive(Default)]
pub(super) struct Settings {
    /// By the whole dotted path.
    paths: BTreeMap<String, Vec<(Value, UnitId)>>,
    /// By the last key alone.
    names: BTreeMap<String, Vec<(Value, UnitId)>>,
}

/// `adobe.ims.exchange-url`, `ADOBE_IMS_EXCHANGE_URL` and `adobe.ims.exchangeUrl` are one key.
fn canonical(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}

impl Machine<'_> {
    /// What configuration files say of a key.
    pub(super) fn settings_for(&mut self, key: &str) -> Vec<Value> {
        if self.settings.is_none() {
            let mut settings = Settings::default();
            for unit in self.links.data().collect::<Vec<_>>() {
                if let Some(content) = self.content(unit) {
                    self.collect(&content, "", unit, &mut settings, 0);
                }
            }
            self.settings = Some(settings);
        }
        let here = self.unit();
        let Some(settings) = &self.settings else { return Vec::new() };
        let whole = canonical(key);
        let is_path = key.contains(['.', ':', '/']);
        let last = canonical(key.rsplit(['.', ':', '/']).next().unwrap_or(key));
        let mut found = settings.paths.get(&whole).cloned().unwrap_or_default();
        if found.is_empty() {
            // A section or a prefix that the code adds itself may be missing on either side.
            found = match is_path {
                true => {
                    let ends = settings.paths.iter().filter(|(path, _)| path.ends_with(&whole));
                    ends.flat_map(|(_, values)| values.clone()).collect()
                }
                false => settings.names.get(&last).cloned().unwrap_or_default(),
            };
        }
        found.truncate(MOST_VALUES);
        found
            .into_iter()
            .map(|(value, unit)| {
                self.facts.data.insert((unit, here));
                value
            })
            .collect()
    }

    fn collect(&self, value: &Value, path: &str, unit: UnitId, into: &mut Settings, depth: usize) {
        let Value::Object(id) = value else { return };
        if depth > DEEPEST {
            return;
        }
        for (key, value) in &self.object(*id).entries {
            let Some(name) = key.as_literal() else { continue };
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match value {
                Value::Text(_) => {
                    into.paths.entry(canonical(&path)).or_default().push((value.clone(), unit));
                    let last = name.rsplit('.').next().unwrap_or(&name);
                    into.names.entry(canonical(last)).or_default().push((value.clone(), unit));
                }
                Value::Object(_) => self.collect(value, &path, unit, into, depth + 1),
                _ => {}
            }
        }
        if self.object(*id).shape == Shape::List {
            self.object(*id).items.iter().for_each(|item| self.collect(item, path, unit, into, depth + 1));
        }
    }

    /// A value that is looked up by its key.
    pub(super) fn configured(
        &mut self,
        origin: fn(String) -> Origin,
        name: &Value,
        default: Value,
        range: ByteRange,
    ) -> Value {
        let key = self.display(name);
        let hole = Value::unknown(origin(key.clone()), range, Vec::new());
        let fallback = self.or_else(hole.clone(), if default == Value::Null { hole } else { default });
        let known = self.settings_for(&key);
        if known.is_empty() { fallback } else { Value::choice(known.into_iter().chain([fallback])) }
    }

    /// What annotations say of where a field or parameter gets its value from; `owner` are those of its type.
    pub(super) fn injected(
        &mut self,
        annotations: &[Annotation],
        owner: &[Annotation],
        name: &str,
        range: ByteRange,
    ) -> Option<Value> {
        for annotation in annotations {
            let Some(model) = self.setting_model(annotation) else { continue };
            if let Some(value) = self.setting(&model, annotation, range) {
                return Some(value);
            }
        }
        for annotation in owner {
            let Some(model) = self.setting_model(annotation) else { continue };
            let Some(prefix) = &model.prefix else { continue };
            let prefix =
                self.of_annotation(annotation, |machine, site| machine.first(prefix, site, None))?.as_literal()?;
            let key = Value::text(&format!("{prefix}.{name}"), range);
            return Some(self.configured(Origin::Configuration, &key, Value::Null, range));
        }
        None
    }

    fn setting_model(&mut self, annotation: &Annotation) -> Option<SettingModel> {
        match self.type_by_name(&annotation.name) {
            Value::Symbol(name) => self.index.setting(&name).cloned(),
            _ => None,
        }
    }

    fn setting(&mut self, model: &SettingModel, annotation: &Annotation, range: ByteRange) -> Option<Value> {
        let key = model.key.as_ref()?;
        let text = self.of_annotation(annotation, |machine, site| machine.first(key, site, None))?;
        let default = model.default.as_ref();
        let default = default
            .and_then(|default| self.of_annotation(annotation, |machine, site| machine.first(default, site, None)));
        match &text {
            Value::Text(parts)
                if parts.iter().any(|part| matches!(part, Part::Literal(text, _) if text.contains("${"))) =>
            {
                Some(self.with_settings(text))
            }
            // A text without a setting is the value itself where no other key is given for a default.
            Value::Text(_) if model.default.is_none() => Some(text),
            _ => Some(self.configured(Origin::Configuration, &text, default.unwrap_or(Value::Null), range)),
        }
    }

    fn of_annotation<T>(
        &mut self,
        annotation: &Annotation,
        read: impl FnOnce(&mut Self, &Site<'_>) -> Option<T>,
    ) -> Option<T> {
        let arguments = self.arguments(&annotation.arguments);
        let site = Site {
            range: annotation.range,
            callee: annotation.name.to_string(),
            receiver: None,
            receiver_expression: None,
            called: None,
            arguments: &arguments,
        };
        read(self, &site)
    }
}
