//! Whether a file hands on what it imports: who imports it may mean what it got from another file.
//!
//! It looks at the top level alone: what a function gives is found by running it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::facts::ir::{Block, Element, Entry, ExpressionId, ExpressionKind, Imported, Module, Pattern, StatementKind};
use crate::finding::Platform;

/// How deep an expression is looked into.
const DEEPEST: usize = 12;

/// Whether a file hands on what it imports.
pub(super) fn hands_on(module: &Module, body: &Block) -> bool {
    let platform = module.language.platform();
    let mut imported: BTreeSet<&str> = BTreeSet::new();
    for statement in &body.0 {
        match &statement.kind {
            StatementKind::Reexport { .. } => return true,
            StatementKind::Import(import) => {
                // What a module of Python imports without using it is there for others.
                match (&import.imported, &import.local) {
                    (Imported::Wildcard, _) if platform == Some(Platform::Python) => return true,
                    (Imported::Name(_), Some(local))
                        if platform == Some(Platform::Python) && !is_used(module, local) =>
                    {
                        return true;
                    }
                    (_, Some(local)) => _ = imported.insert(local),
                    (_, None) => {}
                }
            }
            StatementKind::Declare { pattern, value: Some(value) } if mentions(module, *value, &imported, 0) => {
                if platform == Some(Platform::Python) && !is_import(module, *value) {
                    return true;
                }
                names(pattern, &mut imported);
            }
            StatementKind::Export { value, .. } if mentions(module, *value, &imported, 0) => return true,
            StatementKind::Expression(value) => {
                if let ExpressionKind::Store { target, value, .. } = &module.expression(*value).kind
                    && (platform == Some(Platform::Python) || matches!(target, Pattern::Place(_)))
                    && mentions(module, *value, &imported, 0)
                {
                    return true;
                }
            }
            _ => {}
        }
    }
    let is_java = platform == Some(Platform::Java);
    is_java
        && module
            .classes
            .iter()
            .flat_map(|class| &class.fields)
            .any(|field| field.is_static && field.value.is_some_and(|value| mentions_class(module, value, 0)))
}

/// Whether a file may be one that gives others what it imports, by its text: an index of Node, a package of Python. It is asked of
/// files that are not parsed.
pub(super) fn reexports(platform: Platform, path: &Path) -> bool {
    match platform {
        Platform::Node => fs::read_to_string(path).is_ok_and(|text| {
            let exports = |line: &str| line.contains("export") && (line.contains("from") || line.contains("require"));
            // The names may stand in lines of their own.
            text.lines().any(|line| exports(line) || line.starts_with("} from"))
        }),
        Platform::Python => path.file_stem().is_some_and(|stem| stem == "__init__"),
        Platform::Java => false,
    }
}

fn is_used(module: &Module, name: &str) -> bool {
    module
        .expressions
        .iter()
        .any(|expression| matches!(&expression.kind, ExpressionKind::Name(used) if **used == *name))
}

/// `require("a")`, and a member of it.
fn is_import(module: &Module, value: ExpressionId) -> bool {
    match &module.expression(value).kind {
        ExpressionKind::Import(_) => true,
        ExpressionKind::Member { object, .. } => is_import(module, *object),
        _ => false,
    }
}

/// Whether an expression reads an imported name, or imports something itself.
fn mentions(module: &Module, value: ExpressionId, imported: &BTreeSet<&str>, depth: usize) -> bool {
    match &module.expression(value).kind {
        ExpressionKind::Import(_) => true,
        ExpressionKind::Name(name) => imported.contains(&**name),
        _ => depth < DEEPEST && parts(module, value).any(|part| mentions(module, part, imported, depth + 1)),
    }
}

/// Whether an expression reads a member of a class, as `Hosts.IMS`.
fn mentions_class(module: &Module, value: ExpressionId, depth: usize) -> bool {
    if let ExpressionKind::Member { object, .. } = &module.expression(value).kind
        && let ExpressionKind::Name(name) = &module.expression(*object).kind
    {
        return name.starts_with(char::is_uppercase);
    }
    depth < DEEPEST && parts(module, value).any(|part| mentions_class(module, part, depth + 1))
}

/// The expressions that an expression is made of, but for what stands in functions.
fn parts(module: &Module, value: ExpressionId) -> impl Iterator<Item = ExpressionId> {
    let parts: Vec<ExpressionId> = match &module.expression(value).kind {
        ExpressionKind::Member { object, .. } => vec![*object],
        ExpressionKind::Index { object, index } => vec![*object, *index],
        ExpressionKind::Concat(parts) | ExpressionKind::Opaque(parts) => parts.clone(),
        ExpressionKind::Percent { template, arguments } => {
            [*template].into_iter().chain(arguments.iter().copied()).collect()
        }
        ExpressionKind::Call { callee, arguments } => {
            [*callee].into_iter().chain(arguments.iter().map(|argument| argument.value)).collect()
        }
        ExpressionKind::Construct { arguments, .. } => arguments.iter().map(|argument| argument.value).collect(),
        ExpressionKind::Map(entries) => entries
            .iter()
            .map(|entry| match entry {
                Entry::Keyed { value, .. } | Entry::Spread(value) => *value,
            })
            .collect(),
        ExpressionKind::List(elements) => elements
            .iter()
            .map(|element| match element {
                Element::Item(value) | Element::Spread(value) => *value,
            })
            .collect(),
        ExpressionKind::Choice { options, .. } => options.clone(),
        ExpressionKind::Default { value, fallback } => vec![*value, *fallback],
        ExpressionKind::Store { value, .. } | ExpressionKind::Await(value) => vec![*value],
        _ => Vec::new(),
    };
    parts.into_iter()
}

/// The names that a pattern declares.
fn names<'module>(pattern: &'module Pattern, into: &mut BTreeSet<&'module str>) {
    match pattern {
        Pattern::Name { name, .. } => _ = into.insert(name),
        Pattern::Map { entries, rest } => {
            entries.iter().for_each(|(_, inner, _)| names(inner, into));
            if let Some(rest) = rest {
                names(rest, into);
            }
        }
        Pattern::List { elements, rest } => {
            elements.iter().flatten().for_each(|inner| names(inner, into));
            if let Some(rest) = rest {
                names(rest, into);
            }
        }
        Pattern::Default { pattern, .. } => names(pattern, into),
        Pattern::Place(_) | Pattern::Ignore => {}
    }
}
