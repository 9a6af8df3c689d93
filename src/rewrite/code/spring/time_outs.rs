//! How the client of a request is set up: its time-outs, which a manager can be given, and what it cannot.

use tree_sitter::Node;

use super::super::keep::Refusal;
use super::super::names::range;
use super::circumstances::declaration_of;
use super::method::Method;
use crate::rules::code::{TimeUnit, Wait};
use crate::syntax::Preorder;

/// How far calls of the class are followed.
const DEEPEST_CALL: usize = 3;

/// The time-outs of a client.
#[derive(Debug, Default)]
pub(super) struct TimeOuts {
    pub(super) connect: Option<Length>,
    pub(super) read: Option<Length>,
}

/// A length of time, as an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Length {
    /// A number of milliseconds; whether it may be too long for an `int`.
    Millis(String, bool),
    /// A number of a unit, such as `Seconds`.
    Amount(String, String),
    /// A `Duration`.
    Duration(String),
}

impl TimeOuts {
    /// The time-outs of the client of a method; a refusal where it is set up in another way too.
    pub(super) fn of(method: &Method<'_, '_>) -> Result<Self, Refusal> {
        let mut found = Self::default();
        let around = surroundings(method);
        let calls =
            around.iter().flat_map(|node| Preorder::new(*node)).filter(|node| node.kind() == "method_invocation");
        for call in calls {
            let Some(wait) = method.model.waits(method.plan.grammar.called(call, method.text)) else { continue };
            let slot = match wait {
                Wait::Connect => &mut found.connect,
                Wait::Read => &mut found.read,
                Wait::Nothing => continue,
            };
            let length = length(method, call)?;
            match slot {
                Some(known) if *known != length => return Err("the client has several time-outs".to_owned()),
                _ => *slot = Some(length),
            }
        }
        let names = around.iter().flat_map(|node| Preorder::new(*node)).filter(|node| is_set_up(*node));
        for name in names {
            let written = method.written(name);
            let lower = written.to_lowercase();
            let word = method.model.set_up.iter().find(|word| lower.contains(word.as_str()));
            if let Some(word) = word.filter(|_| method.model.waits(written).is_none()) {
                return Err(format!("the client is set up with `{written}` ({word}), and a manager would not be"));
            }
        }
        Ok(found)
    }

    /// Whether there is one.
    pub(super) fn is_set(&self) -> bool {
        self.connect.is_some() || self.read.is_some()
    }
}

impl Length {
    /// The names that it speaks of.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (Self::Millis(written, _) | Self::Amount(written, _) | Self::Duration(written)) = self;
        written.split(|sign: char| !sign.is_alphanumeric() && sign != '_').filter(|name| !name.is_empty())
    }

    /// The expression in a unit; `class` says how a class is written.
    pub(super) fn written(&self, unit: TimeUnit, class: &mut dyn FnMut(&str) -> String) -> String {
        match (self, unit) {
            (Self::Millis(number, false), TimeUnit::Milliseconds) => number.clone(),
            (Self::Millis(number, true), TimeUnit::Milliseconds) => format!("(int) {number}"),
            (Self::Millis(number, _), TimeUnit::Duration) => {
                format!("{}.ofMillis({number})", class("java.time.Duration"))
            }
            (Self::Duration(duration), TimeUnit::Duration) => duration.clone(),
            (Self::Duration(duration), TimeUnit::Milliseconds) => format!("(int) {duration}.toMillis()"),
            (Self::Amount(number, unit), TimeUnit::Duration) => {
                format!("{}.of{unit}({number})", class("java.time.Duration"))
            }
            (Self::Amount(number, unit), TimeUnit::Milliseconds) => {
                let factor = match unit.as_str() {
                    "Millis" => 1,
                    "Seconds" => 1000,
                    _ => 60_000,
                };
                match number.replace('_', "").trim_end_matches(['L', 'l']).parse::<u64>() {
                    Ok(number) => grouped(number * factor),
                    Err(_) => format!("(int) {}.of{unit}({number}).toMillis()", class("java.time.Duration")),
                }
            }
        }
    }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            written.push('_');
        }
        written.push(digit);
    }
    written
}

/// What a call sets the time to.
fn length(method: &Method<'_, '_>, call: Node<'_>) -> Result<Length, Refusal> {
    let unknown = || {
        format!(
            "the client has a time-out that could not be followed: `{}`",
            method.plan.grammar.called(call, method.text)
        )
    };
    let arguments = call.child_by_field_name("arguments").ok_or_else(unknown)?;
    let mut cursor = arguments.walk();
    let arguments: Vec<Node<'_>> = arguments.named_children(&mut cursor).collect();
    let number = |node: Node<'_>| {
        let is_known = method.identifiers(node).all(|name| {
            let name = method.written(name);
            name.starts_with(|first: char| first.is_uppercase()) || method.is_fixed_field(name)
        });
        is_known.then(|| method.written(node).to_owned()).ok_or_else(unknown)
    };
    match arguments.as_slice() {
        [only] => {
            let parts = (method.plan.grammar.receiver(*only), method.plan.grammar.called(*only, method.text));
            if let (Some(class), Some(unit), "method_invocation") = (parts.0, parts.1.strip_prefix("of"), only.kind()) {
                let amount = only.child_by_field_name("arguments").filter(|list| list.named_child_count() == 1);
                let amount = number(amount.and_then(|list| list.named_child(0)).ok_or_else(unknown)?)?;
                let unit = if unit == "Milliseconds" { "Millis" } else { unit };
                let is_known = matches!(unit, "Millis" | "Seconds" | "Minutes")
                    && matches!(method.written(class), "Duration" | "Timeout" | "java.time.Duration");
                return if is_known { Ok(Length::Amount(amount, unit.to_owned())) } else { Err(unknown()) };
            }
            let written = number(*only)?;
            match only.kind() {
                "decimal_integer_literal" => Ok(Length::Millis(written, false)),
                "identifier" => {
                    let declared = declaration_of(method.root, method.text, &written).ok_or_else(unknown)?;
                    match declared.child_by_field_name("type").map(|kind| method.written(kind)) {
                        Some("int" | "Integer" | "short") => Ok(Length::Millis(written, false)),
                        Some("long" | "Long") => Ok(Length::Millis(written, true)),
                        Some("Duration") => Ok(Length::Duration(written)),
                        _ => Err(unknown()),
                    }
                }
                "binary_expression" => Ok(Length::Millis(format!("({written})"), true)),
                _ => Err(unknown()),
            }
        }
        [amount, unit] => {
            let unit = match method.written(*unit).rsplit('.').next() {
                Some("MILLISECONDS") => "Millis",
                Some("SECONDS") => "Seconds",
                Some("MINUTES") => "Minutes",
                _ => return Err(unknown()),
            };
            Ok(Length::Amount(number(*amount)?, unit.to_owned()))
        }
        _ => Err(unknown()),
    }
}

/// Whether a name is one by which something is set up: of a method, a class, or a member of one.
fn is_set_up(node: Node<'_>) -> bool {
    match node.kind() {
        "type_identifier" => true,
        "identifier" => node.parent().is_some_and(|parent| match parent.kind() {
            "method_invocation" => parent.child_by_field_name("name") == Some(node),
            "field_access" => parent.child_by_field_name("field") == Some(node),
            _ => false,
        }),
        _ => false,
    }
}

/// The parts of the class that have to do with a request: the method, what it calls, the fields that it speaks of, and the
/// constructors that set them.
fn surroundings<'tree>(method: &Method<'_, 'tree>) -> Vec<Node<'tree>> {
    let mut found = vec![method.body];
    let mut queue = vec![(method.body, 0)];
    while let Some((node, depth)) = queue.pop() {
        let calls = Preorder::new(node).filter(|node| node.kind() == "method_invocation");
        let own = calls.filter(|call| {
            let receiver = method.plan.grammar.receiver(*call);
            receiver.is_none_or(|receiver| receiver.kind() == "this")
        });
        let called = own.filter_map(|call| method.declared_method(method.plan.grammar.called(call, method.text)));
        let fields = method.identifiers(node).map(|name| method.written(name).to_owned()).chain(
            Preorder::new(node)
                .filter(|node| node.kind() == "field_access")
                .filter_map(|node| node.child_by_field_name("field").map(|field| method.written(field).to_owned())),
        );
        let mut more: Vec<Node<'tree>> = called.collect();
        for name in fields {
            let declared = declaration_of(method.root, method.text, &name);
            let Some(declared) = declared.filter(|declared| declared.kind() == "field_declaration") else { continue };
            more.push(declared);
            let sets = |node: &Node<'tree>| {
                matches!(node.kind(), "constructor_declaration" | "static_initializer")
                    && super::super::draft::has_word(method.written(*node), &name)
            };
            more.extend(Preorder::new(method.root).filter(sets));
        }
        for one in more {
            if depth < DEEPEST_CALL && !found.iter().any(|known| range(*known) == range(one)) {
                found.push(one);
                queue.push((one, depth + 1));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_unit_that_is_asked_for() {
        let mut class = |full: &str| full.rsplit('.').next().unwrap_or(full).to_owned();
        let seconds = Length::Amount("10".to_owned(), "Seconds".to_owned());
        assert_eq!(seconds.written(TimeUnit::Milliseconds, &mut class), "10_000");
        assert_eq!(seconds.written(TimeUnit::Duration, &mut class), "Duration.ofSeconds(10)");
        let named = Length::Millis("READ_MS".to_owned(), true);
        assert_eq!(named.written(TimeUnit::Milliseconds, &mut class), "(int) READ_MS");
        assert_eq!(named.written(TimeUnit::Duration, &mut class), "Duration.ofMillis(READ_MS)");
        assert_eq!(grouped(1_500), "1_500");
    }
}
