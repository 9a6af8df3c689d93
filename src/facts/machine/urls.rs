//! URLs: a reference resolved against a base, a path put behind one, the address that an object's slots give.

use std::rc::Rc;

use super::Machine;
use super::value::{ObjectId, Part, Value, text_of};
use crate::finding::ByteRange;
use crate::rules::schema::Slot;

impl Machine<'_> {
    /// A reference resolved against a base. Where one of them is not known well enough, the two are joined with a slash.
    pub(super) fn resolve_url(&mut self, base: &Value, reference: &Value, range: ByteRange) -> Value {
        let mut resolved = Vec::new();
        for base in base.options() {
            for reference in reference.options().to_vec() {
                let base_parts = self.parts_of(base);
                let reference_parts = self.parts_of(&reference);
                let leading = match reference_parts.first() {
                    Some(Part::Literal(text, _)) => Some(Rc::clone(text)),
                    _ => None,
                };
                let value = match leading {
                    Some(text) if text.contains("://") => text_of(reference_parts),
                    // `POST /path`: a request line is appended without its verb.
                    Some(text) if text.contains(' ') => {
                        let path = text.rsplit(' ').next().unwrap_or("").to_owned();
                        let mut parts = origin_of(base_parts);
                        parts.push(Part::Literal(Rc::from(path), range));
                        parts.extend(reference_parts.into_iter().skip(1));
                        text_of(parts)
                    }
                    Some(text) if text.starts_with('/') => {
                        let parts = origin_of(base_parts).into_iter().chain(reference_parts).collect();
                        text_of(parts)
                    }
                    _ => {
                        let ends = matches!(base_parts.last(), Some(Part::Literal(text, _)) if text.ends_with('/'));
                        let mut parts = base_parts;
                        if !ends {
                            parts.push(Part::Literal(Rc::from("/"), range));
                        }
                        parts.extend(reference_parts);
                        text_of(parts)
                    }
                };
                resolved.push(value);
            }
        }
        Value::choice(resolved)
    }

    /// A path put behind a base, one slash between them.
    /// Nothing where the path is an address or a request line by itself.
    pub(super) fn join_paths(&mut self, base: &Value, path: &Value, range: ByteRange) -> Option<Value> {
        let is_whole =
            |value: &Value| value.as_literal().is_some_and(|text| text.contains("://") || text.contains(' '));
        let mut joined = Vec::new();
        for base in base.options() {
            for path in path.options().to_vec() {
                if is_whole(&path) {
                    continue;
                }
                let mut parts = self.parts_of(base);
                let mut tail = self.parts_of(&path);
                if let Some(Part::Literal(text, place)) = parts.last().cloned() {
                    parts.pop();
                    parts.push(Part::Literal(Rc::from(text.trim_end_matches('/')), place));
                }
                if let Some(Part::Literal(text, place)) = tail.first().cloned() {
                    tail[0] = Part::Literal(Rc::from(text.trim_start_matches('/')), place);
                }
                parts.push(Part::Literal(Rc::from("/"), range));
                parts.extend(tail);
                joined.push(text_of(parts));
            }
        }
        (!joined.is_empty()).then(|| Value::choice(joined))
    }

    /// The URLs that the slots of an object give, base and all.
    pub(super) fn assembled_urls(&mut self, id: ObjectId) -> Vec<Value> {
        let slots = self.object(id).slots.clone();
        let slot = |slot: Slot| slots.get(&slot).cloned().filter(|value| *value != Value::Null);
        let range = self.object(id).range;
        let whole = match (slot(Slot::Url), slot(Slot::RequestLine)) {
            (Some(url), _) => Some(url),
            (None, line) => line,
        };
        let joined = match (whole, slot(Slot::Base)) {
            (Some(url), Some(base)) => {
                // Some clients resolve as RFC 3986 says, others put the path behind that of the base: both are meant.
                let resolved = self.resolve_url(&base, &url, range);
                let joined = self.join_paths(&base, &url, range);
                Some(Value::choice([resolved].into_iter().chain(joined)))
            }
            (Some(url), None) => Some(url),
            (None, base) => {
                let mut parts = Vec::new();
                let host = slot(Slot::Host).or(base.clone());
                match (slot(Slot::Scheme), host) {
                    (Some(scheme), Some(host)) if !has_scheme(&host) => {
                        parts.extend([scheme, Value::text("://", range), host]);
                    }
                    (_, Some(host)) => parts.push(host),
                    _ => {}
                }
                if let Some(path) = slot(Slot::Path) {
                    let bare = !parts.is_empty() && !path.options().iter().all(begins_with_slash);
                    if bare {
                        parts.push(Value::text("/", range));
                    }
                    parts.push(path);
                } else if base.is_none() && !parts.iter().any(has_scheme) {
                    parts.clear();
                }
                if parts.is_empty() { None } else { Some(self.concatenate(parts)) }
            }
        };
        joined.map_or_else(Vec::new, |value| value.options().to_vec())
    }
}

/// Scheme and host of a URL, without its path. A base of which the path is not known stays whole.
fn origin_of(parts: Vec<Part>) -> Vec<Part> {
    let mut origin = Vec::new();
    let mut seen_scheme = false;
    for part in parts {
        if let Part::Literal(text, range) = &part {
            let from = match (seen_scheme, text.find("://")) {
                (false, Some(at)) => at + 3,
                _ => 0,
            };
            seen_scheme |= from > 0;
            if seen_scheme && let Some(slash) = text[from..].find('/') {
                origin.push(Part::Literal(Rc::from(&text[..from + slash]), *range));
                return origin;
            }
        }
        origin.push(part);
    }
    // Without a path, a closing slash of the base goes too.
    if let Some(Part::Literal(text, range)) = origin.last().cloned()
        && text.ends_with('/')
    {
        origin.pop();
        origin.push(Part::Literal(Rc::from(text.trim_end_matches('/')), range));
    }
    origin
}

/// Whether a host is a whole URL already.
fn has_scheme(host: &Value) -> bool {
    let begins = |value: &Value| match value {
        Value::Text(parts) => match parts.first() {
            Some(Part::Literal(text, _)) => text.contains("://"),
            _ => false,
        },
        _ => false,
    };
    host.options().iter().any(begins)
}

fn begins_with_slash(value: &Value) -> bool {
    match value {
        Value::Text(parts) => match parts.first() {
            Some(Part::Literal(text, _)) => text.starts_with('/'),
            _ => true,
        },
        _ => true,
    }
}
