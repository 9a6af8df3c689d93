//! Arithmetic on the lifetime of a token: whether it is read as milliseconds, and of which answer it is.
//!
//! What counts as a lifetime, as the current time and as a call that takes milliseconds is said by the rules.

use super::Machine;
use super::call::Site;
use super::evaluate::response_behind;
use super::value::Value;
use crate::facts::fact::{Lifetime, Origin};
use crate::facts::ir::Operator;
use crate::finding::ByteRange;
use crate::rules::LifetimePattern;
use crate::rules::pattern::{Piece, TextPattern};

/// How many conversions and roundings a lifetime is followed through.
const DEEPEST: usize = 6;

impl Machine<'_> {
    /// A product or a quotient: dividing a lifetime by a thousand reads it as milliseconds.
    pub(super) fn arithmetic(&mut self, operator: Operator, left: Value, right: Value, range: ByteRange) -> Value {
        if operator == Operator::Over && is_thousand(&right) {
            self.record_lifetime(&left, range);
            if self.is_lifetime(&left) {
                // Who divides a second time is as wrong about the new endpoint as who divides once.
                return Value::unknown(Origin::Derived, range, vec![left]);
            }
        }
        // What is computed from a lifetime in another way is one no more: `expires_in * 1000` has another unit.
        let ingredients =
            if self.is_lifetime(&left) || self.is_lifetime(&right) { Vec::new() } else { vec![left, right] };
        Value::unknown(Origin::Derived, range, ingredients)
    }

    /// Whether a value is the lifetime of a token.
    pub(super) fn is_lifetime(&self, value: &Value) -> bool {
        let mut patterns = self.rules.iter().filter_map(|rule| rule.lifetime.as_ref());
        patterns.any(|pattern| self.lifetime_of(value, pattern, 0).is_some())
    }

    /// A sum: adding a lifetime to the current time in milliseconds reads it as milliseconds.
    pub(super) fn sum(&mut self, operands: &[Value], range: ByteRange) {
        let now = operands.iter().any(|operand| self.is_now(operand));
        if now && operands.len() > 1 {
            for operand in operands {
                self.record_lifetime(operand, range);
            }
        }
    }

    /// A call that takes milliseconds.
    pub(super) fn takes_lifetime(&mut self, site: &Site<'_>) {
        let rules = self.rules;
        for pattern in rules.iter().filter_map(|rule| rule.lifetime.as_ref()) {
            for (callee, keyword) in &pattern.takes {
                if !is_named(callee, &site.callee) {
                    continue;
                }
                let values: Vec<Value> = match keyword {
                    Some(keyword) => site.arguments.keyword(keyword).cloned().into_iter().collect(),
                    None => site.arguments.positional.clone(),
                };
                values.iter().for_each(|value| self.record_lifetime(value, site.range));
            }
        }
    }

    fn record_lifetime(&mut self, value: &Value, range: ByteRange) {
        let rules = self.rules;
        for pattern in rules.iter().filter_map(|rule| rule.lifetime.as_ref()) {
            if let Some(request) = self.lifetime_of(value, pattern, 0) {
                let lifetime = Lifetime { request, range };
                if !self.facts.lifetimes.contains(&lifetime) {
                    self.facts.lifetimes.push(lifetime);
                }
            }
        }
    }

    /// Whether a value is the current time in milliseconds.
    fn is_now(&self, value: &Value) -> bool {
        value.options().iter().any(|option| match option {
            Value::Unknown(hole) => match &hole.origin {
                Origin::Call(callee) => self
                    .rules
                    .iter()
                    .filter_map(|rule| rule.lifetime.as_ref())
                    .any(|pattern| pattern.now.iter().any(|now| is_named(now, callee))),
                // `+new Date()`, rounding.
                Origin::Derived => hole.ingredients.iter().take(1).any(|inner| self.is_now(inner)),
                _ => false,
            },
            _ => false,
        })
    }

    /// The request whose answer gave a lifetime.
    fn lifetime_of(&self, value: &Value, pattern: &LifetimePattern, depth: usize) -> Option<ByteRange> {
        if depth > DEEPEST {
            return None;
        }
        value.options().iter().find_map(|option| {
            let Value::Unknown(hole) = option else { return None };
            match &hole.origin {
                Origin::Member(name) if pattern.members.contains(name) => {
                    response_behind(hole, 0).or_else(|| match hole.ingredients.first() {
                        // The answer as an object of a library.
                        Some(Value::Object(id)) => {
                            self.object(*id).hole.as_ref().and_then(|hole| response_behind(hole, 0))
                        }
                        _ => None,
                    })
                }
                // `parseInt(value, 10)`, `int(value)`, `Long.parseLong(value)`: still the same number.
                Origin::Call(callee) if pattern.conversions.iter().any(|known| is_named(known, callee)) => {
                    hole.ingredients.iter().find_map(|inner| self.lifetime_of(inner, pattern, depth + 1))
                }
                // `answer.getLong("expires_in")`.
                Origin::Call(_) if names_lifetime(&hole.ingredients, pattern) => match hole.ingredients.first() {
                    Some(Value::Object(id)) => self.object(*id).hole.as_ref().and_then(|hole| response_behind(hole, 0)),
                    Some(Value::Unknown(inner)) => response_behind(inner, 0),
                    _ => None,
                },
                // `token.getExpiresIn()`, `token.expiresIn()`.
                Origin::Call(callee) if is_getter(callee, pattern) => match hole.ingredients.first() {
                    Some(Value::Unknown(inner)) => response_behind(inner, 0),
                    Some(Value::Object(id)) => self.object(*id).hole.as_ref().and_then(|hole| response_behind(hole, 0)),
                    _ => None,
                },
                Origin::Derived => {
                    hole.ingredients.first().and_then(|inner| self.lifetime_of(inner, pattern, depth + 1))
                }
                _ => None,
            }
        })
    }
}

/// Whether a call is given the name of a member that holds a lifetime.
fn names_lifetime(ingredients: &[Value], pattern: &LifetimePattern) -> bool {
    ingredients.iter().skip(1).any(|key| key.as_literal().is_some_and(|key| pattern.members.contains(&key)))
}

/// Whether a call is that of a method which gives a member of its receiver, by its name.
fn is_getter(callee: &str, pattern: &LifetimePattern) -> bool {
    let Some((_, name)) = callee.rsplit_once('.') else { return false };
    let bare = name.strip_prefix("get").filter(|rest| rest.starts_with(char::is_uppercase)).unwrap_or(name);
    pattern.members.iter().any(|member| member.eq_ignore_ascii_case(bare))
}

fn is_thousand(value: &Value) -> bool {
    match value {
        Value::Number(digits, _) => {
            let digits: String = digits.chars().filter(|c| *c != '_').collect();
            let digits = digits.trim_end_matches(['L', 'l', 'd', 'D', 'f', 'F', 'n']);
            digits.parse::<f64>().is_ok_and(|number| (number - 1000.0).abs() < f64::EPSILON)
        }
        _ => false,
    }
}

fn is_named(pattern: &TextPattern, callee: &str) -> bool {
    pattern.is_match(&[Piece::Literal(callee)])
}
