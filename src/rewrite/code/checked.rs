//! What Java's compiler insists on when code goes: exceptions that nothing throws any more must not be caught, and a parameter
//! goes from a private method together with what its callers pass.

use tree_sitter::Node;

use super::names::{Declaration, Kind, range};
use super::sweep::Sweep;
use crate::finding::{ByteRange, Platform};
use crate::syntax::Preorder;

impl Sweep<'_> {
    /// Why a member of a class stays whatever this file says.
    pub(super) fn java_stays(&self, declaration: &Declaration) -> Option<&'static str> {
        if self.file.grammar.platform != Platform::Java || declaration.kind == Kind::Import {
            return None;
        }
        let statement = self.file.grammar.statement(self.node(declaration.range)?)?;
        if !matches!(statement.kind(), "method_declaration" | "field_declaration") {
            return None;
        }
        if self.annotations(statement).iter().any(|name| !self.file.effects.is_plain_annotation(name)) {
            return Some("an annotation hands it on");
        }
        let is_open = ["public", "protected"].iter().any(|word| self.file.grammar.has_modifier(statement, word));
        (is_open && !self.in_private_class(statement)).then_some("it is public, and others may use it")
    }

    fn annotations(&self, item: Node<'_>) -> Vec<&str> {
        let mut cursor = item.walk();
        let Some(modifiers) = item.named_children(&mut cursor).find(|child| child.kind() == "modifiers") else {
            return Vec::new();
        };
        let mut cursor = modifiers.walk();
        let named = modifiers.named_children(&mut cursor).filter_map(|child| child.child_by_field_name("name"));
        named.map(|name| self.text(range(name)).rsplit('.').next().unwrap_or_default()).collect()
    }

    fn in_private_class(&self, node: Node<'_>) -> bool {
        let mut node = node.parent();
        while let Some(here) = node {
            if here.kind() == "class_declaration" && self.file.grammar.has_modifier(here, "private") {
                return true;
            }
            node = here.parent();
        }
        false
    }

    /// Takes an unused parameter out of a private method with the arguments for it, or out of a constructor that a container
    /// alone calls. Says whether it did.
    pub(super) fn parameter_goes(&mut self, parameter: &Declaration) -> bool {
        let places = self.parameter_and_arguments(parameter);
        let Some(places) = places else { return false };
        let (name, kind, place) = (parameter.name.clone(), parameter.kind, parameter.range);
        self.swept.gone.extend(places);
        self.swept.removed.push((name, kind, place));
        true
    }

    fn parameter_and_arguments(&self, parameter: &Declaration) -> Option<Vec<ByteRange>> {
        if self.file.grammar.platform != Platform::Java {
            return None;
        }
        let unit = self.node(parameter.unit)?;
        let list =
            unit.parent().filter(|list| unit.kind() == "formal_parameter" && list.kind() == "formal_parameters")?;
        let method = list.parent()?;
        let mut cursor = list.walk();
        let position =
            list.named_children(&mut cursor).filter(|child| child.kind() != "comment").position(|one| one == unit)?;
        if method.kind() == "constructor_declaration" {
            let name = self.text(range(method.child_by_field_name("name")?));
            let makes = format!("new {name}(");
            let is_called =
                self.file.neighbours.iter().any(|text| text.contains(&makes)) || self.file.text.contains(&makes);
            let injected = self.annotations(unit).iter().any(|name| self.file.effects.is_plain_annotation(name));
            let chained = self.file.text.contains("this(")
                || self.file.neighbours.iter().any(|text| text.contains(&format!("extends {name}")));
            return (injected && !is_called && !chained).then(|| vec![parameter.unit]);
        }
        if !self.file.grammar.has_modifier(method, "private") {
            return None;
        }
        let name = method.child_by_field_name("name").map(range)?;
        let declared = self.file.names.declarations.iter().find(|one| one.range == name)?;
        if self.file.names.siblings(declared).len() != 1 {
            return None;
        }
        let mut places = vec![parameter.unit];
        for mention in self.file.names.mentions_of(declared) {
            let call = self.node(mention.range)?.parent().filter(|call| {
                call.kind() == "method_invocation" && call.child_by_field_name("name").map(range) == Some(mention.range)
            })?;
            let arguments = call.child_by_field_name("arguments")?;
            let mut cursor = arguments.walk();
            let argument = arguments
                .named_children(&mut cursor)
                .filter(|child| !child.kind().contains("comment"))
                .nth(position)?;
            if self.effect_in(range(argument), &mut Vec::new()).is_some() {
                return None;
            }
            places.push(range(argument));
        }
        Some(places)
    }

    /// What an object was made of that goes, where others of the package make use of its class too.
    pub(super) fn made_of_shared(&self, place: ByteRange) -> Option<String> {
        if self.file.grammar.platform != Platform::Java {
            return None;
        }
        let made = Preorder::new(self.node(place)?).find(|node| node.kind() == "object_creation_expression")?;
        let class = self.file.grammar.called(made, self.file.text);
        let is_own = self.file.neighbours.iter().any(|text| text.contains(&format!("class {class} ")));
        let is_shared = self
            .file
            .neighbours
            .iter()
            .any(|text| text.contains(&format!("{class} ")) && !text.contains(&format!("class {class} ")));
        (is_own && is_shared).then(|| {
            format!("`{class}` stays, for others of the package use it; one object of it is not made any more")
        })
    }

    /// Whether a parameter of Java is one of what others may call or implement.
    pub(super) fn is_of_public(&self, parameter: &Declaration) -> bool {
        let method = self.node(parameter.unit).and_then(|unit| super::java::method(unit));
        self.file.grammar.platform == Platform::Java
            && method.is_some_and(|method| self.file.grammar.has_modifier(method, "public"))
    }

    /// Whether a method of another file of the package only gives a value: a component of a record, or what calls nothing else.
    pub(super) fn is_value_elsewhere(&self, called: &str, depth: usize) -> bool {
        let mut found = false;
        for text in self.file.neighbours {
            for body in bodies_of(text, called) {
                found = true;
                let quiet = calls_in(body).iter().all(|name| {
                    self.file.effects.is_value(Platform::Java, name)
                        || (depth > 0 && self.is_value_elsewhere(name, depth - 1))
                });
                if !quiet {
                    return false;
                }
            }
            let is_component = text.match_indices("record ").any(|(at, _)| {
                let header = text[at..].split(['{', ';']).next().unwrap_or_default();
                header.split(['(', ',', ')']).any(|component| component.trim().rsplit(' ').next() == Some(called))
            });
            found |= is_component;
        }
        found
    }

    /// Takes out what a `catch` cannot meet any more: the compiler refuses it.
    pub(super) fn unreachable_catches(&mut self) {
        let mut cut = Vec::new();
        for node in Preorder::new(self.file.tree.root_node()) {
            if !matches!(node.kind(), "try_statement" | "try_with_resources_statement") || self.is_dead(range(node)) {
                continue;
            }
            let Some(body) = node.child_by_field_name("body") else { continue };
            let tried = ByteRange::new(node.start_byte(), body.end_byte());
            let lost = self.given_up.iter().chain(&self.swept.gone).any(|gone| tried.contains(*gone));
            if !lost {
                continue;
            }
            let mut cursor = node.walk();
            let clauses: Vec<Node<'_>> =
                node.named_children(&mut cursor).filter(|child| child.kind() == "catch_clause").collect();
            let mut left = clauses.len();
            let mut whole = Vec::new();
            for clause in clauses {
                let types = caught(clause);
                let dead: Vec<bool> =
                    types.iter().map(|kind| !self.may_meet(node, body, self.text(range(*kind)))).collect();
                if dead.iter().all(|dead| *dead) {
                    left -= 1;
                    let before = clause.prev_sibling().map_or(clause.start_byte(), |before| before.end_byte());
                    whole.push(ByteRange::new(before, clause.end_byte()));
                    continue;
                }
                // Of two that go side by side each takes the sign that is left to it.
                for (position, kind) in types.iter().enumerate().filter(|(position, _)| dead[*position]) {
                    let first_that_stays = dead.iter().position(|dead| !dead).unwrap_or_default();
                    cut.push(match position < first_that_stays {
                        true => ByteRange::new(kind.start_byte(), types[position + 1].start_byte()),
                        false => ByteRange::new(types[position - 1].end_byte(), kind.end_byte()),
                    });
                }
            }
            let mut cursor = node.walk();
            let has_more = node.kind() == "try_with_resources_statement"
                || node.named_children(&mut cursor).any(|child| child.kind() == "finally_clause");
            if left == 0 && !whole.is_empty() && !has_more {
                cut.extend(self.unwrapped(node, body));
            } else {
                cut.extend(whole);
            }
        }
        cut.retain(|place| !self.is_dead(*place));
        self.swept.cut.extend(cut);
    }

    /// What goes from a `try` so that its body is left, one level less deep.
    fn unwrapped(&self, node: Node<'_>, body: Node<'_>) -> Vec<ByteRange> {
        let text = self.file.text;
        let mut cursor = body.walk();
        let statements: Vec<Node<'_>> = body.named_children(&mut cursor).collect();
        let (Some(first), Some(last)) = (statements.first(), statements.last()) else { return vec![range(node)] };
        let start = super::lines::line_start(text, first.start_byte());
        let end = super::lines::line_end(text, last.end_byte());
        let own = super::lines::line_start(text, node.start_byte());
        let alone = text[own..node.start_byte()].trim().is_empty() && start > node.start_byte();
        if !alone {
            return vec![
                ByteRange::new(node.start_byte(), first.start_byte()),
                ByteRange::new(last.end_byte(), node.end_byte()),
            ];
        }
        let deeper = super::lines::indentation(text, first.start_byte()).len();
        let step = deeper.saturating_sub(super::lines::indentation(text, node.start_byte()).len());
        let mut places = vec![ByteRange::new(own, start)];
        let mut line = start;
        while line < end {
            let spaces = super::lines::indentation(text, line).len().min(step);
            if spaces > 0 {
                places.push(ByteRange::new(line, line + spaces));
            }
            line = super::lines::line_end(text, line);
        }
        places.push(ByteRange::new(end, super::lines::line_end(text, node.end_byte())));
        places
    }

    /// Whether what is left of a `try` may throw an exception. What is not known may.
    fn may_meet(&self, node: Node<'_>, body: Node<'_>, exception: &str) -> bool {
        let simple = exception.rsplit('.').next().unwrap_or(exception);
        let Some(throwing) = self.file.effects.throwing(simple) else { return true };
        let tried = ByteRange::new(node.start_byte(), body.end_byte());
        let related = |names: &str| {
            names.split(|character: char| !character.is_alphanumeric() && character != '_').any(|name| {
                name == simple
                    || name == "Exception"
                    || name == "Throwable"
                    || self.file.effects.is_kind_of(name, simple)
            })
        };
        // Closing a resource may throw.
        if simple == "IOException" && node.kind() == "try_with_resources_statement" {
            return true;
        }
        Preorder::new(node).filter(|inner| tried.contains(range(*inner)) && !self.is_dead(range(*inner))).any(|inner| {
            if inner.kind() == "throw_statement" {
                return related(self.text(range(inner)));
            }
            if !self.file.grammar.is_call(inner) {
                return false;
            }
            let called = self.file.grammar.called(inner, self.file.text);
            let own = |text: &str| clauses_of(text, called).iter().any(|clause| related(clause));
            throwing.contains(called) || own(self.file.text) || self.file.neighbours.iter().any(|text| own(text))
        })
    }
}

/// The types that a `catch` names.
fn caught(clause: Node<'_>) -> Vec<Node<'_>> {
    let Some(kind) = Preorder::new(clause).find(|node| node.kind() == "catch_type") else { return Vec::new() };
    let mut cursor = kind.walk();
    kind.named_children(&mut cursor).collect()
}

/// What the methods and constructors of a name say that they throw.
fn clauses_of<'text>(text: &'text str, name: &str) -> Vec<&'text str> {
    let clause = |rest: &'text str| rest.strip_prefix("throws ").and_then(|clause| clause.split(['{', ';']).next());
    behind_parameters(text, name).into_iter().filter_map(clause).collect()
}

/// The bodies of the methods and constructors of a name.
fn bodies_of<'text>(text: &'text str, name: &str) -> Vec<&'text str> {
    let mut found = Vec::new();
    for rest in behind_parameters(text, name) {
        let head = rest.split('{').next().unwrap_or_default();
        if head.len() == rest.len() || !(head.is_empty() || head.starts_with("throws ")) {
            continue;
        }
        let body = &rest[head.len()..];
        let mut depth = 0_usize;
        let end = body.char_indices().find(|(_, character)| {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        found.extend(end.and_then(|(end, _)| body.get(..end)));
    }
    found
}

/// The last names of what a text calls and constructs.
fn calls_in(text: &str) -> Vec<&str> {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    let before = text.match_indices('(').map(|(at, _)| &text[..at]);
    let names = before.map(|before| {
        let before = before.strip_suffix("<>").unwrap_or(before);
        &before[before.trim_end_matches(is_name).len()..]
    });
    names.filter(|name| !name.is_empty() && !["if", "for", "while", "catch", "try", "switch"].contains(name)).collect()
}

/// What stands behind the parameters of each method and call of a name.
fn behind_parameters<'text>(text: &'text str, name: &str) -> Vec<&'text str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(name) {
        let is_whole = !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.');
        let Some(rest) = text[at + name.len()..].trim_start().strip_prefix('(').filter(|_| is_whole) else { continue };
        let mut depth = 1_usize;
        let close = rest.char_indices().find(|(_, character)| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        found.extend(close.map(|(close, _)| rest[close + 1..].trim_start()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_found_in_text() {
        let text = "class A { void f(int a) throws IOException, B { g(h(1)); } int g(int b) { return b; } }";
        assert_eq!(clauses_of(text, "f"), ["IOException, B "]);
        assert_eq!(bodies_of(text, "f"), ["{ g(h(1)); "]);
        assert_eq!(bodies_of(text, "g"), ["{ return b; "]);
        assert_eq!(calls_in(bodies_of(text, "f")[0]), ["g", "h"]);
    }
}
