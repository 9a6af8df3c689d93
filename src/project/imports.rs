//! What a file asks of other files: the modules it imports, the classes it names, the data files it reads.

use std::collections::BTreeSet;

use crate::facts::ir::{Block, ExpressionKind, Import, Imported, Module, StatementKind};

/// What a file asks of other files.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Modules, as they are written; for Java the package or class before the name.
    pub(super) modules: BTreeSet<Wanted>,
    /// Texts that could be the path of a data file.
    pub(super) data: BTreeSet<Box<str>>,
}

/// A module that is imported, and the name that is taken from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub(super) module: Box<str>,
    pub(super) name: Option<Box<str>>,
}

/// Formats of data files that code reads by their path.
pub(super) const DATA: [&str; 9] =
    [".json", ".yaml", ".yml", ".toml", ".properties", ".ini", ".cfg", ".config", ".env"];

impl Imports {
    pub(super) fn of(module: &Module, body: &Block) -> Self {
        let mut imports = Self::default();
        imports.block(body);
        for function in &module.functions {
            if let Some(body) = &function.body {
                imports.block(body);
            }
        }
        for class in &module.classes {
            imports.block(&class.body);
        }
        for expression in &module.expressions {
            match &expression.kind {
                ExpressionKind::Import(specifier) => {
                    if let ExpressionKind::Text(text) = &module.expression(*specifier).kind {
                        imports.modules.insert(Wanted { module: text.clone(), name: None });
                    }
                }
                ExpressionKind::Text(text) if text.len() < 200 && DATA.iter().any(|end| text.ends_with(end)) => {
                    imports.data.insert(text.clone());
                }
                _ => {}
            }
        }
        imports
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.0 {
            match &statement.kind {
                StatementKind::Import(Import { module, imported, types_only: false, .. }) => {
                    let name = match imported {
                        Imported::Name(name) => Some(name.clone()),
                        Imported::Wildcard => Some("*".into()),
                        _ => None,
                    };
                    self.modules.insert(Wanted { module: module.clone(), name });
                }
                // A type says which class an injected value is of.
                StatementKind::Import(Import { module, .. }) => {
                    self.modules.insert(Wanted { module: module.clone(), name: None });
                }
                StatementKind::Reexport { module, .. } => {
                    self.modules.insert(Wanted { module: module.clone(), name: None });
                }
                StatementKind::Branch { arms, .. } => arms.iter().for_each(|arm| self.block(arm)),
                StatementKind::Loop { body, .. } => self.block(body),
                StatementKind::Try { body, handlers, finally } => {
                    self.block(body);
                    handlers.iter().for_each(|(_, block)| self.block(block));
                    self.block(finally);
                }
                StatementKind::Block(block) => self.block(block),
                _ => {}
            }
        }
    }
}
