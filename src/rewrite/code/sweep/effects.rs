//! Whether what is evaluated at a place does more than give a value. What a call does is data, in `rules/effects.toml`.

use tree_sitter::Node;

use super::super::names::{Declaration, Kind, range};
use super::Sweep;
use crate::finding::{ByteRange, Platform};
use crate::syntax::Preorder;

impl<'a> Sweep<'a> {
    /// A call within a place that may do something besides giving a value.
    pub(in crate::rewrite::code) fn effect_in(&self, place: ByteRange, visited: &mut Vec<ByteRange>) -> Option<String> {
        let node = self.node(place)?;
        let grammar = self.file.grammar;
        for inner in Preorder::new(node) {
            if !grammar.is_call(inner) || !place.contains(range(inner)) {
                continue;
            }
            let called = grammar.called(inner, self.file.text);
            if self.file.effects.is_value(grammar.platform, called) || self.is_value_of_own(inner, visited) {
                continue;
            }
            let is_value_of_package = grammar.platform == Platform::Java && self.is_value_elsewhere(called, 3);
            if is_value_of_package || (self.file.value_elsewhere)(called) {
                continue;
            }
            return Some(called.to_owned());
        }
        None
    }

    /// Whether a call is one of a function of the same file that has no effect.
    pub(super) fn is_value_of_own(&self, call: Node<'_>, visited: &mut Vec<ByteRange>) -> bool {
        let Some(callee) = self.file.grammar.callee(call) else { return false };
        let names = self.file.names;
        let callee = range(callee);
        let mention =
            names.mentions.iter().find(|mention| mention.range.end == callee.end && callee.contains(mention.range));
        let Some(mention) = mention else { return false };
        let mut declared = names.declarations_of(mention);
        if self.file.grammar.platform == Platform::Java {
            // A variable of the same name is another thing.
            let is_it = |one: &Declaration| one.kind == Kind::Function && one.name == mention.name;
            let functions = (0..names.declarations.len()).filter(|position| is_it(&names.declarations[*position]));
            declared = functions.collect();
        }
        !declared.is_empty()
            && declared.iter().all(|position| {
                let declaration = &names.declarations[*position];
                match declaration.kind {
                    // What comes from elsewhere and is called for its value alone is known by its name.
                    Kind::Function if !visited.contains(&declaration.unit) => {
                        visited.push(declaration.unit);
                        self.effect_in(declaration.unit, visited).is_none()
                    }
                    Kind::Function => true,
                    Kind::Variable => declaration.value.is_some_and(|value| {
                        if visited.contains(&value) {
                            return true;
                        }
                        visited.push(value);
                        let is_function = self
                            .node(value)
                            .is_some_and(|node| node.kind().contains("function") || node.kind() == "lambda");
                        is_function && self.effect_in(value, visited).is_none()
                    }),
                    _ => false,
                }
            })
    }
}
