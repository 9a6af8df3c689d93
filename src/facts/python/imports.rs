//! Imports: one statement of the intermediate form for each name that an import binds.

use tree_sitter::Node;

use super::super::ir::{Import, Imported, Name, Statement, StatementKind};
use super::{Lowering, field, fields, named_children, statement_at};

impl Lowering<'_> {
    /// `import a.b`, `import a.b as c`. Without an alias the first segment is bound, and the rest is reached over
    /// its members. Each statement has the range of the whole import.
    pub(super) fn import(&self, node: Node, statements: &mut Vec<Statement>) {
        for name in fields(node, "name") {
            let (path, alias) = self.imported_name(name);
            let (module, local) = match alias {
                Some(alias) => (path, alias),
                None => {
                    let first: Name = path.split('.').next().unwrap_or_default().into();
                    (first.clone(), first)
                }
            };
            let import = Import { module, imported: Imported::Module, local: Some(local), types_only: false };
            statements.push(statement_at(StatementKind::Import(import), node));
        }
    }

    /// `from a.b import c as d`, `from . import c`, `from a import *`.
    pub(super) fn import_from(&self, node: Node, statements: &mut Vec<Statement>) {
        let module = match field(node, "module_name") {
            Some(module) => self.without_blanks(module),
            None => "__future__".into(),
        };
        for name in fields(node, "name") {
            let (imported, alias) = self.imported_name(name);
            let import = Import {
                module: module.clone(),
                local: Some(alias.unwrap_or_else(|| imported.clone())),
                imported: Imported::Name(imported),
                types_only: false,
            };
            statements.push(statement_at(StatementKind::Import(import), node));
        }
        if named_children(node).iter().any(|child| child.kind() == "wildcard_import") {
            let import = Import { module, imported: Imported::Wildcard, local: None, types_only: false };
            statements.push(statement_at(StatementKind::Import(import), node));
        }
    }

    /// The path and the alias of one name in an import.
    fn imported_name(&self, node: Node) -> (Name, Option<Name>) {
        if node.kind() != "aliased_import" {
            return (self.without_blanks(node), None);
        }
        let path = field(node, "name").map(|name| self.without_blanks(name)).unwrap_or_default();
        (path, field(node, "alias").map(|alias| self.text_of(alias).into()))
    }

    /// A dotted path: Python allows blanks and line continuations around the dots.
    pub(super) fn without_blanks(&self, node: Node) -> Name {
        let path: String =
            self.text_of(node).chars().filter(|character| !character.is_whitespace() && *character != '\\').collect();
        path.into()
    }
}
