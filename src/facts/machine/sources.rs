//! Sources: what a rule file means by `0.url`, `data=` or `self` in a call at hand.

use std::rc::Rc;

use super::Machine;
use super::call::Site;
use super::value::{Shape, Value};
use crate::facts::fact::Origin;
use crate::finding::ByteRange;
use crate::rules::schema::{OneOrMany, Slot, Source};

impl Machine<'_> {
    /// The first source that is present. A URL is no map and no list.
    pub(super) fn first(&mut self, sources: &OneOrMany<Source>, site: &Site<'_>, slot: Option<Slot>) -> Option<Value> {
        let is_address = matches!(
            slot,
            Some(
                Slot::Url
                    | Slot::Base
                    | Slot::Host
                    | Slot::Path
                    | Slot::Scheme
                    | Slot::Port
                    | Slot::RequestLine
                    | Slot::Method
            )
        );
        let fits = |machine: &Self, value: &Value| match value {
            Value::Null => false,
            Value::Object(id) if is_address => {
                let object = machine.object(*id);
                // A list of path segments is a path.
                (object.shape != Shape::List || slot == Some(Slot::Path))
                    && (object.shape != Shape::Map || object.hole.is_some())
            }
            Value::Function(..) => slot.is_none(),
            // The capacity of a buffer.
            Value::Number(..) => slot != Some(Slot::Content),
            _ => true,
        };
        let mut absent = None;
        // What could be a member of something unknown gives way to what is written out: `post(url, { body })`, where the
        // first argument could be all options as well. What was spread over the arguments gives way to all that was not.
        let mut guessed = None;
        let mut spread = None;
        for source in sources.as_slice() {
            let Some(value) = self.source(source, site) else { continue };
            let kept: Vec<Value> = value.options().iter().filter(|option| fits(self, option)).cloned().collect();
            if kept.is_empty() {
                absent = Some(value);
                continue;
            }
            let given = site.arguments.positional.len();
            let is_member =
                |value: &Value| matches!(value, Value::Unknown(hole) if matches!(hole.origin, Origin::Member(_)));
            match source {
                Source::Argument(position, _) if *position >= given => spread = spread.or(Some(Value::choice(kept))),
                Source::Argument(_, path) | Source::Keyword(_, path)
                    if guessed.is_none() && !path.is_empty() && kept.iter().all(is_member) =>
                {
                    guessed = Some(Value::choice(kept));
                }
                _ if guessed.is_some() && kept.iter().all(|value| matches!(value, Value::Unknown(_))) => {}
                _ => return Some(Value::choice(kept)),
            }
        }
        guessed.or(spread).or_else(|| absent.filter(|value| slot.is_none() && *value == Value::Null))
    }

    pub(super) fn input(&mut self, sources: &OneOrMany<Source>, site: &Site<'_>) -> Value {
        self.first(sources, site, None).unwrap_or(Value::Null)
    }

    /// A value that a call is given, or nothing where it is not there.
    pub(super) fn source(&mut self, source: &Source, site: &Site<'_>) -> Option<Value> {
        let arguments = site.arguments;
        match source {
            Source::Argument(position, path) => {
                let value = arguments.positional.get(*position).or(arguments.rest.first()).cloned()?;
                self.step_into(value, path, site.range)
            }
            Source::Keyword(name, path) => {
                let value = arguments.keyword(name).cloned()?;
                self.step_into(value, path, site.range)
            }
            Source::Receiver => site.receiver.clone(),
            Source::Rest(from) => {
                let items = arguments.positional.get(*from..).unwrap_or(&[]).to_vec();
                let id = self.new_object(Shape::List, site.range);
                let rest = arguments.rest.clone();
                let list = self.object_mut(id);
                list.open = !rest.is_empty();
                list.items = items;
                list.items.extend(rest);
                Some(Value::Object(id))
            }
            Source::Keywords => {
                if arguments.keywords.is_empty() {
                    return None;
                }
                let id = self.new_object(Shape::Map, site.range);
                for (keyword, value) in arguments.keywords.clone() {
                    self.put_entry(id, Value::text(&keyword, site.range), value);
                }
                Some(Value::Object(id))
            }
            Source::Constant(text) => Some(Value::text(text, site.range)),
            Source::Type(type_name) => {
                Some(Value::Object(self.new_object(Shape::Typed(Rc::from(type_name.as_str())), site.range)))
            }
            Source::Null => Some(Value::Null),
            Source::Called => site.called.clone(),
            Source::New | Source::Result | Source::Value => None,
        }
    }

    /// Follows a path into a value: present where the value is a map that has it, or could have it.
    fn step_into(&mut self, value: Value, path: &[String], range: ByteRange) -> Option<Value> {
        let mut value = value;
        for step in path {
            let mut found = Vec::new();
            for option in value.options().to_vec() {
                match &option {
                    Value::Object(id) => match self.entry(*id, step) {
                        Some(entry) => found.push(entry),
                        None if self.object(*id).shape == Shape::List => {
                            let position = step.parse().ok();
                            found.extend(
                                position.and_then(|position: usize| self.object(*id).items.get(position).cloned()),
                            );
                        }
                        None if self.object(*id).open || self.object(*id).hole.is_some() => {
                            found.push(self.member(&option, step, range));
                        }
                        None if matches!(self.object(*id).shape, Shape::Instance(..)) => {
                            found.push(self.member(&option, step, range));
                        }
                        None => {}
                    },
                    // What is read from the environment or a file is a text: it has no entries.
                    Value::Unknown(hole) if matches!(hole.origin, Origin::Environment(_) | Origin::File(_)) => {}
                    Value::Unknown(_) => found.push(self.member(&option, step, range)),
                    _ => {}
                }
            }
            if found.is_empty() {
                return None;
            }
            value = Value::choice(found);
        }
        Some(value)
    }
}
