//! Fields that stand in a text: a form, a query, JSON.

use std::rc::Rc;

use super::value::{Hole, Part, Value, text_of};
use crate::finding::ByteRange;

/// The fields of a text that is a form (`a=1&b=2`), a URL with a query, or JSON (`"a": 1`). A name may be put together
/// from several literals, but not from something unknown.
pub(super) fn fields_of_text(parts: &[Part]) -> Vec<(Value, Value)> {
    let mut fields = Vec::new();
    let mut field = FieldText::default();
    for part in parts {
        match part {
            Part::Hole(hole) => field.hole(hole),
            Part::Literal(text, range) => {
                for character in text.chars() {
                    match character {
                        '&' | '?' | ';' | ',' | '{' | '\n' => fields.extend(std::mem::take(&mut field).finish()),
                        other => field.push(other, *range),
                    }
                }
            }
        }
    }
    fields.extend(field.finish());
    fields
}

/// One field on its way out of a text.
#[derive(Default)]
struct FieldText {
    name: String,
    range: ByteRange,
    value: Option<Vec<(String, ByteRange)>>,
    hole: Option<Rc<Hole>>,
}

impl FieldText {
    fn push(&mut self, character: char, range: ByteRange) {
        match &mut self.value {
            // Every literal of the value keeps its place: it may be a secret.
            Some(value) => match value.last_mut() {
                Some((text, place)) if *place == range => text.push(character),
                _ => value.push((character.to_string(), range)),
            },
            None if character == '=' => self.value = Some(Vec::new()),
            None if character == ':' && self.name.trim_start().starts_with(['"', '\'']) => {
                self.value = Some(Vec::new())
            }
            None => {
                if self.name.is_empty() {
                    self.range = range;
                }
                self.name.push(character);
            }
        }
    }

    fn hole(&mut self, hole: &Rc<Hole>) {
        match &self.value {
            Some(value) if value.iter().all(|(text, _)| text.trim_matches([' ', '"', '\'']).is_empty()) => {
                self.hole = Some(Rc::clone(hole));
            }
            Some(_) => {}
            // A character that no name has.
            None => self.name.push('\u{0}'),
        }
    }

    fn finish(self) -> Option<(Value, Value)> {
        let value = self.value?;
        let name = self.name.trim().trim_matches(['"', '\'', '\\']);
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':'));
        is_name.then(|| {
            let value = match self.hole {
                Some(hole) => Value::Unknown(hole),
                None => text_of(
                    value
                        .iter()
                        .map(|(text, place)| {
                            Part::Literal(Rc::from(text.trim().trim_matches(['"', '\'', '\\'])), *place)
                        })
                        .collect(),
                ),
            };
            (Value::text(name, self.range), value)
        })
    }
}
