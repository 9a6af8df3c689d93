//! Imports and exports of modules.

use tree_sitter::Node;

use super::patterns::bound_names;
use super::{Lowering, child_of_kind, field, has_token, named_children, range_of, text};
use crate::facts::ir::{ExpressionId, ExpressionKind, Import, Imported, Name, Pattern, Statement, StatementKind};
use crate::finding::ByteRange;

/// One name that an import statement binds.
struct Binding {
    imported: Imported,
    local: Option<Name>,
    types_only: bool,
    range: ByteRange,
}

impl Lowering<'_> {
    /// An import statement: one import for each name. Several names in one statement have ranges of their own.
    pub(super) fn import(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let required = child_of_kind(node, "import_require_clause");
        let Some(source) = field(node, "source").or_else(|| field(required?, "source")) else {
            let kind = self.opaque(node);
            let value = self.push(kind, range_of(node));
            statements.push(Statement { kind: StatementKind::Expression(value), range: range_of(node) });
            return;
        };
        let module = text::string_value(self.written(source));
        let types_only = has_token(node, "type") || has_token(node, "typeof");
        let mut bindings = Vec::new();
        if let Some(required) = required {
            let local = child_of_kind(required, "identifier");
            bindings.push(self.binding(Imported::Module, local, required));
        } else if let Some(clause) = child_of_kind(node, "import_clause") {
            self.clause(clause, &mut bindings);
        } else {
            bindings.push(self.binding(Imported::Effect, None, node));
        }
        let is_one = bindings.len() == 1;
        for binding in bindings {
            let import = Import {
                module: module.clone(),
                imported: binding.imported,
                local: binding.local,
                types_only: types_only || binding.types_only,
            };
            let range = if is_one { range_of(node) } else { binding.range };
            statements.push(Statement { kind: StatementKind::Import(import), range });
        }
    }

    fn binding(&self, imported: Imported, local: Option<Node<'_>>, node: Node<'_>) -> Binding {
        Binding { imported, local: local.map(|local| self.name(local)), types_only: false, range: range_of(node) }
    }

    fn clause(&self, clause: Node<'_>, bindings: &mut Vec<Binding>) {
        for child in named_children(clause) {
            match child.kind() {
                "identifier" => bindings.push(self.binding(Imported::Default, Some(child), child)),
                "namespace_import" => {
                    bindings.push(self.binding(Imported::Module, child_of_kind(child, "identifier"), child));
                }
                "named_imports" => {
                    let specifiers = named_children(child).into_iter().filter(|part| part.kind() == "import_specifier");
                    bindings.extend(specifiers.filter_map(|specifier| self.specifier(specifier)));
                }
                _ => {}
            }
        }
    }

    fn specifier(&self, node: Node<'_>) -> Option<Binding> {
        let named = field(node, "name")?;
        let name = self.module_name(named);
        let imported = if &*name == "default" { Imported::Default } else { Imported::Name(name) };
        let mut binding = self.binding(imported, field(node, "alias").or(Some(named)), node);
        binding.types_only = has_token(node, "type") || has_token(node, "typeof");
        Some(binding)
    }

    /// `import name = path.of.names`: another name for a member of a namespace.
    pub(super) fn import_alias(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let parts = named_children(node);
        let [name, path, ..] = parts.as_slice() else { return };
        let pattern = self.pattern(*name, None);
        let value = Some(self.qualified(*path));
        statements.push(Statement { kind: StatementKind::Declare { pattern, value }, range: range_of(node) });
    }

    /// A dotted path of names as members of one another.
    fn qualified(&mut self, node: Node<'_>) -> ExpressionId {
        match (field(node, "object"), field(node, "property")) {
            (Some(object), Some(property)) => {
                let object = self.qualified(object);
                let member =
                    ExpressionKind::Member { object, name: self.name(property), name_range: range_of(property) };
                self.push(member, range_of(node))
            }
            _ => self.expression(node),
        }
    }

    /// An export statement of any form.
    pub(super) fn export(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let range = range_of(node);
        if let Some(declaration) = field(node, "declaration") {
            self.exported_declaration(node, declaration, statements);
        } else if let Some(value) = field(node, "value") {
            let annotations = self.decorators(node);
            let value = if value.kind() == "class" {
                let class = self.class(value, None, annotations);
                self.push(ExpressionKind::Class(class), range_of(value))
            } else {
                self.expression(value)
            };
            statements.push(Statement { kind: StatementKind::Export { name: "default".into(), value }, range });
        } else if has_token(node, "=") {
            self.export_assignment(node, statements);
        } else if let Some(source) = field(node, "source") {
            let module = text::string_value(self.written(source));
            self.reexport(node, &module, statements);
        } else if let Some(clause) = child_of_kind(node, "export_clause") {
            for (specifier, local, name) in self.export_specifiers(clause) {
                let value = self.push(ExpressionKind::Name(local), range_of(specifier));
                statements.push(Statement { kind: StatementKind::Export { name, value }, range });
            }
        } else if !has_token(node, "namespace") {
            // A broken export: what it holds still counts.
            statements.extend(self.block(named_children(node)).0);
        }
    }

    /// An exported declaration: the declaration itself, then an export of each name that it binds.
    fn exported_declaration(&mut self, node: Node<'_>, declaration: Node<'_>, statements: &mut Vec<Statement>) {
        let first = statements.len();
        if matches!(declaration.kind(), "class_declaration" | "abstract_class_declaration") {
            let annotations = self.decorators(node);
            let class = self.class(declaration, None, annotations);
            statements.push(Statement { kind: StatementKind::Class(class), range: range_of(declaration) });
        } else {
            self.statement(declaration, statements);
        }
        let name_range = range_of(field(declaration, "name").unwrap_or(declaration));
        let mut names = Vec::new();
        for statement in &statements[first..] {
            match &statement.kind {
                StatementKind::Declare { pattern, .. } => bound_names(pattern, &mut names),
                StatementKind::Function(id) => {
                    names.extend(self.module.function(*id).name.clone().map(|name| (name, name_range)));
                }
                StatementKind::Class(id) => {
                    names.extend(self.module.class(*id).name.clone().map(|name| (name, name_range)));
                }
                _ => {}
            }
        }
        let is_default = has_token(node, "default");
        for (local, range) in names {
            let name = if is_default { "default".into() } else { local.clone() };
            let value = self.push(ExpressionKind::Name(local), range);
            statements.push(Statement { kind: StatementKind::Export { name, value }, range: range_of(node) });
        }
    }

    /// `export = value` is TypeScript's way to write `module.exports = value`.
    fn export_assignment(&mut self, node: Node<'_>, statements: &mut Vec<Statement>) {
        let range = range_of(node);
        let Some(assigned) = named_children(node).into_iter().next() else { return };
        let object = self.push(ExpressionKind::Name("module".into()), range);
        let place = ExpressionKind::Member { object, name: "exports".into(), name_range: range };
        let target = Pattern::Place(self.push(place, range));
        let value = self.expression(assigned);
        let store = self.push(ExpressionKind::Store { target, append: false, value }, range);
        statements.push(Statement { kind: StatementKind::Expression(store), range });
    }

    fn reexport(&mut self, node: Node<'_>, module: &Name, statements: &mut Vec<Statement>) {
        let range = range_of(node);
        let mut push = |name, imported| {
            let kind = StatementKind::Reexport { name, module: module.clone(), imported };
            statements.push(Statement { kind, range });
        };
        if let Some(clause) = child_of_kind(node, "export_clause") {
            for (_, imported, name) in self.export_specifiers(clause) {
                push(Some(name), Some(imported));
            }
        } else {
            let namespace = child_of_kind(node, "namespace_export");
            let name = namespace.and_then(|namespace| named_children(namespace).into_iter().next());
            push(name.map(|name| self.module_name(name)), None);
        }
    }

    /// The specifiers of an export clause: the node, the name on this side, the name for importers.
    fn export_specifiers<'tree>(&self, clause: Node<'tree>) -> Vec<(Node<'tree>, Name, Name)> {
        let specifiers = named_children(clause).into_iter().filter(|child| child.kind() == "export_specifier");
        specifiers
            .filter_map(|specifier| {
                let named = field(specifier, "name")?;
                let local = self.module_name(named);
                let name = self.module_name(field(specifier, "alias").unwrap_or(named));
                Some((named, local, name))
            })
            .collect()
    }

    /// The name of an import or export, which may be written as a string.
    fn module_name(&self, node: Node<'_>) -> Name {
        match node.kind() {
            "string" => text::string_value(self.written(node)),
            _ => self.name(node),
        }
    }
}
