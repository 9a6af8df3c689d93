//! What is still declared or taken from outside once the old flow is gone, and nobody reads: a reviewer has to know.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names::{Names, range};
use super::super::sweep::Swept;
use super::Draft;
use crate::facts::program::UnitId;
use crate::finding::Platform;
use crate::project::Source;
use crate::syntax::Preorder;

impl Draft<'_> {
    /// Members of interfaces that others know, and options of the command line, that nothing reads any more.
    pub(super) fn unread(&self, names: &BTreeMap<UnitId, Names>, swept: &BTreeMap<UnitId, Swept>) -> BTreeSet<String> {
        let mut dead = BTreeSet::new();
        let mut living = BTreeSet::new();
        for (unit, names) in names {
            for mention in names.mentions.iter().filter(|mention| mention.name.starts_with('.')) {
                let is_dead = self.is_dead(swept, *unit, mention.range);
                if is_dead { &mut dead } else { &mut living }.insert(mention.name[1..].to_owned());
            }
        }
        let used = |name: &str| self.files.values().any(|file| file.new_names.contains(&format!(".{name}")));
        let is_unread = |name: &str| dead.contains(name) && !living.contains(name) && !used(name);
        let mut doubts = BTreeSet::new();
        for (source, number) in self.subject.sources.iter().zip(0_u32..) {
            match self.grammar.platform {
                Platform::Node => doubts.extend(self.unread_signatures(source, UnitId(number), &is_unread)),
                Platform::Python => doubts.extend(self.unread_options(source, &is_unread)),
                Platform::Java => {}
            }
        }
        doubts
    }

    fn unread_signatures(&self, source: &Source, unit: UnitId, is_unread: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
        let mut doubts = BTreeSet::new();
        let Some(tree) = &source.tree else { return doubts };
        let gone = self.files.get(&unit).map(|file| file.forced.as_slice()).unwrap_or_default();
        let text = source.file.text();
        for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "required_parameter") {
            // `constructor(private readonly key: string)`
            let mut cursor = node.walk();
            let is_private = node.children(&mut cursor).any(|child| {
                child.kind() == "accessibility_modifier" && text.get(child.byte_range()) == Some("private")
            });
            let name = node.child_by_field_name("pattern").and_then(|name| text.get(name.byte_range()));
            if let Some(name) = name.filter(|name| is_private && is_unread(name) && !gone.contains(&range(node))) {
                doubts.insert(format!("`{name}`, which a constructor takes, is read by nothing any more"));
            }
        }
        for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "property_signature") {
            let name = node.child_by_field_name("name").and_then(|name| text.get(name.byte_range()));
            let Some(name) = name.filter(|name| is_unread(name) && !gone.contains(&range(node))) else { continue };
            let statement = self.grammar.statement(node);
            if statement.is_some_and(|statement| statement.kind() == "export_statement") {
                doubts.insert(format!("`{name}` of an exported interface is read by nothing any more"));
            }
        }
        doubts
    }

    /// `parser.add_argument("--private-key", …)`, whose value is read as `arguments.private_key`.
    fn unread_options(&self, source: &Source, is_unread: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
        let mut doubts = BTreeSet::new();
        let Some(tree) = &source.tree else { return doubts };
        let text = source.file.text();
        for string in Preorder::new(tree.root_node()).filter(|node| node.kind() == "string") {
            let option = text.get(string.byte_range()).unwrap_or_default().trim_matches(['"', '\'']);
            let Some(name) = option.strip_prefix("--").map(|name| name.replace('-', "_")) else { continue };
            let is_argument = string
                .parent()
                .filter(|list| list.kind() == "argument_list")
                .and_then(|list| list.parent())
                .is_some_and(|call| self.effects.declares_option(Platform::Python, self.grammar.called(call, text)));
            if is_argument && is_unread(&name) {
                doubts.insert(format!("the option `{option}` is still taken, and nothing reads it any more"));
            }
        }
        doubts
    }
}
