//! What the nodes of the three languages' trees mean to a rewrite: statements, scopes, names, calls, conditions.
//!
//! Everything else in this room is the same for all languages, and asks here.

use tree_sitter::Node;

use super::names::{Kind, range};
use crate::finding::{ByteRange, Platform};

/// The trees of one platform.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    pub(super) platform: Platform,
}

/// A name at a leaf of the tree.
pub(super) struct Name {
    pub(super) name: String,
    pub(super) range: ByteRange,
    pub(super) declares: Option<Declares>,
    /// It is a field of the class around it, whatever is called the same nearer by.
    pub(super) of_this: bool,
}

/// What a name declares.
pub(super) struct Declares {
    pub(super) kind: Kind,
    pub(super) unit: ByteRange,
    pub(super) value: Option<ByteRange>,
    /// Whether it gives a value to what may be declared elsewhere.
    pub(super) is_assignment: bool,
}

impl Grammar {
    /// Whether names that are declared inside belong to this node.
    pub(super) fn is_scope(self, node: Node<'_>) -> bool {
        match self.platform {
            Platform::Node => matches!(
                node.kind(),
                "function_declaration"
                    | "function_expression"
                    | "generator_function_declaration"
                    | "generator_function"
                    | "arrow_function"
                    | "method_definition"
            ),
            Platform::Python => matches!(node.kind(), "function_definition" | "lambda"),
            Platform::Java => {
                matches!(
                    node.kind(),
                    "method_declaration" | "constructor_declaration" | "lambda_expression" | "class_body"
                )
            }
        }
    }

    /// Whether a node is a statement that can be taken out of the block around it.
    pub(super) fn is_statement(self, node: Node<'_>) -> bool {
        let kind = node.kind();
        match self.platform {
            Platform::Node => {
                (kind.ends_with("_statement") && kind != "statement_block")
                    || matches!(
                        kind,
                        "lexical_declaration"
                            | "variable_declaration"
                            | "function_declaration"
                            | "generator_function_declaration"
                            | "class_declaration"
                            | "interface_declaration"
                            | "type_alias_declaration"
                            | "method_definition"
                            | "field_definition"
                            | "public_field_definition"
                    )
            }
            Platform::Python => {
                kind.ends_with("_statement")
                    || matches!(kind, "function_definition" | "decorated_definition" | "class_definition")
            }
            Platform::Java => {
                kind.ends_with("_statement")
                    || matches!(
                        kind,
                        "local_variable_declaration"
                            | "field_declaration"
                            | "method_declaration"
                            | "constructor_declaration"
                            | "import_declaration"
                            | "class_declaration"
                    )
            }
        }
    }

    /// The nearest statement around a node, itself included. What an `export` or a decorator stands before is one with it.
    pub(super) fn statement<'tree>(self, node: Node<'tree>) -> Option<Node<'tree>> {
        let mut node = node;
        loop {
            if self.is_statement(node) {
                let outer =
                    node.parent().filter(|outer| matches!(outer.kind(), "export_statement" | "decorated_definition"));
                return Some(outer.unwrap_or(node));
            }
            node = node.parent()?;
        }
    }

    /// The name that a leaf is, and what it declares.
    pub(super) fn name(self, node: Node<'_>, text: &str) -> Option<Name> {
        if node.child_count() > 0 {
            return None;
        }
        let written = text.get(node.byte_range())?;
        let parent = node.parent()?;
        match self.platform {
            Platform::Node => self.node_name(node, parent, written),
            Platform::Python => self.python_name(node, parent, written),
            Platform::Java => self.java_name(node, parent, written, text),
        }
    }

    fn node_name(self, node: Node<'_>, parent: Node<'_>, written: &str) -> Option<Name> {
        let kind = node.kind();
        let is = |field: &str| parent.child_by_field_name(field) == Some(node);
        match kind {
            "property_identifier" | "private_property_identifier" => match parent.kind() {
                "member_expression" => {
                    let assigned = parent.parent().filter(|outer| {
                        outer.kind() == "assignment_expression"
                            && outer.child_by_field_name("left") == Some(parent)
                            && parent.child_by_field_name("object").is_some_and(|object| object.kind() == "this")
                    });
                    let declares = assigned.and_then(|outer| {
                        let statement = outer.parent().filter(|node| node.kind() == "expression_statement")?;
                        Some(declares(Kind::Member, statement, outer.child_by_field_name("right")))
                    });
                    Some(member(written, node, declares))
                }
                "field_definition" | "public_field_definition" if is("property") || is("name") => Some(member(
                    written,
                    node,
                    Some(declares(Kind::Member, parent, parent.child_by_field_name("value"))),
                )),
                "method_definition" if is("name") => {
                    Some(member(written, node, Some(declares(Kind::Function, parent, None))))
                }
                _ => None,
            },
            "shorthand_property_identifier" => Some(used(written, node)),
            "shorthand_property_identifier_pattern" => {
                let (unit, value) = self.pattern_unit(node)?;
                Some(named(written, node, declares_in(unit, value)))
            }
            "identifier" | "type_identifier" => {
                let declared = match parent.kind() {
                    "variable_declarator" if is("name") => {
                        let value = parent.child_by_field_name("value");
                        // `const x = require("x")` is an import that is written as a variable.
                        Some(declares(Kind::Variable, self.declarator_unit(parent), value))
                    }
                    "assignment_expression" if is("left") => {
                        let statement = parent.parent().filter(|outer| outer.kind() == "expression_statement");
                        let mut of =
                            declares(Kind::Variable, statement.unwrap_or(parent), parent.child_by_field_name("right"));
                        of.is_assignment = true;
                        Some(of)
                    }
                    "function_declaration" | "generator_function_declaration" if is("name") => {
                        let statement = self.statement(parent).unwrap_or(parent);
                        Some(declares(Kind::Function, statement, None))
                    }
                    "class_declaration" if is("name") => Some(declares(Kind::Other, self.statement(parent)?, None)),
                    "interface_declaration" | "type_alias_declaration" if is("name") => {
                        Some(declares(Kind::Variable, self.statement(parent)?, None))
                    }
                    "import_clause" => Some(declares(Kind::Import, import_part(node)?, None)),
                    "namespace_import" => Some(declares(Kind::Import, import_part(parent)?, None)),
                    "import_specifier" => {
                        if parent.child_by_field_name("alias").is_some() && is("name") {
                            return None;
                        }
                        Some(declares(Kind::Import, parent, None))
                    }
                    "formal_parameters" | "required_parameter" | "optional_parameter" | "rest_pattern" => {
                        Some(declares(Kind::Parameter, parent_item(node), None))
                    }
                    "arrow_function" if is("parameter") => Some(declares(Kind::Parameter, node, None)),
                    "assignment_pattern" if is("left") && in_parameters(parent) => {
                        Some(declares(Kind::Parameter, parent, None))
                    }
                    "pair_pattern" if is("value") => {
                        let (unit, value) = self.pattern_unit(parent)?;
                        return Some(named(written, node, declares_in(unit, value)));
                    }
                    "catch_clause" if is("parameter") => Some(declares(Kind::Other, parent, None)),
                    "for_in_statement" if is("left") => Some(declares(Kind::Other, parent, None)),
                    _ => None,
                };
                Some(named(written, node, declared))
            }
            _ => None,
        }
    }

    /// What a name in `{ a, b: c }` goes with: its item.
    fn pattern_unit<'tree>(self, name: Node<'tree>) -> Option<(Node<'tree>, Option<Node<'tree>>)> {
        // `{ a = 1 }`: what stands in for a missing one goes with it.
        let item = name.parent().filter(|outer| outer.kind() == "object_assignment_pattern").unwrap_or(name);
        let pattern = item.parent()?;
        let declarator = pattern.parent().filter(|outer| outer.kind() == "variable_declarator");
        let only = pattern.named_child_count() == 1;
        match declarator {
            Some(declarator) if only => {
                Some((self.declarator_unit(declarator), declarator.child_by_field_name("value")))
            }
            Some(declarator) => Some((item, declarator.child_by_field_name("value"))),
            None => Some((item, None)),
        }
    }

    /// What goes with a variable: its statement, where it declares no other.
    pub(super) fn declarator_unit<'tree>(self, declarator: Node<'tree>) -> Node<'tree> {
        let statement = declarator.parent().filter(|outer| {
            let mut cursor = outer.walk();
            outer.children(&mut cursor).filter(|child| child.kind() == "variable_declarator").count() == 1
        });
        statement.and_then(|statement| self.statement(statement)).unwrap_or(declarator)
    }

    fn python_name(self, node: Node<'_>, parent: Node<'_>, written: &str) -> Option<Name> {
        if node.kind() != "identifier" {
            return None;
        }
        let is = |field: &str| parent.child_by_field_name(field) == Some(node);
        match parent.kind() {
            "attribute" if is("attribute") => {
                let assigned = parent
                    .parent()
                    .filter(|outer| outer.kind() == "assignment" && outer.child_by_field_name("left") == Some(parent))
                    .filter(|_| {
                        parent.child_by_field_name("object").is_some_and(|object| object.kind() == "identifier")
                    });
                let declares = assigned.and_then(|outer| {
                    let statement = outer.parent().filter(|node| node.kind() == "expression_statement")?;
                    Some(declares(Kind::Member, statement, outer.child_by_field_name("right")))
                });
                Some(member(written, node, declares))
            }
            "keyword_argument" if is("name") => None,
            "assignment" if is("left") => {
                let statement = parent.parent().filter(|outer| outer.kind() == "expression_statement");
                let value = parent.child_by_field_name("right");
                let in_class = statement
                    .and_then(|statement| statement.parent()?.parent())
                    .is_some_and(|outer| outer.kind() == "class_definition");
                if in_class {
                    return Some(member(written, node, Some(declares(Kind::Member, statement?, value))));
                }
                Some(named(written, node, Some(declares(Kind::Variable, statement.unwrap_or(parent), value))))
            }
            "function_definition" if is("name") => {
                let statement = self.statement(parent)?;
                let is_method = statement.parent()?.parent().is_some_and(|outer| outer.kind() == "class_definition");
                let of = Some(declares(Kind::Function, statement, None));
                Some(if is_method { member(written, node, of) } else { named(written, node, of) })
            }
            "class_definition" if is("name") => {
                Some(named(written, node, Some(declares(Kind::Other, self.statement(parent)?, None))))
            }
            "parameters" | "lambda_parameters" => {
                Some(named(written, node, Some(declares(Kind::Parameter, node, None))))
            }
            "default_parameter" | "typed_default_parameter" if is("name") => {
                Some(named(written, node, Some(declares(Kind::Parameter, parent, None))))
            }
            "typed_parameter" => Some(named(written, node, Some(declares(Kind::Parameter, parent, None)))),
            "as_pattern_target" => {
                Some(named(written, node, Some(declares(Kind::Other, self.statement(parent)?, None))))
            }
            "for_statement" if is("left") => Some(named(written, node, Some(declares(Kind::Other, parent, None)))),
            "dotted_name" => {
                let outer = parent.parent()?;
                let is_first = parent.child(0) == Some(node);
                let name = outer.child_by_field_name("module_name");
                match outer.kind() {
                    // `import a.b` binds `a`.
                    "import_statement" => {
                        is_first.then(|| named(written, node, Some(declares(Kind::Import, parent, None))))
                    }
                    "import_from_statement" if name != Some(parent) => {
                        Some(named(written, node, Some(declares(Kind::Import, parent, None))))
                    }
                    _ => None,
                }
            }
            "aliased_import" if is("alias") => Some(named(written, node, Some(declares(Kind::Import, parent, None)))),
            _ => Some(used(written, node)),
        }
    }

    /// The names in an annotation of Python that is written as a string.
    pub(super) fn quoted_names(self, node: Node<'_>, text: &str) -> Vec<(String, ByteRange)> {
        let is_string = self.platform == Platform::Python && node.kind() == "string_content";
        let mut outer = node.parent().filter(|_| is_string).and_then(|string| string.parent());
        // A string may stand inside of a subscript: `Optional["Path"]`.
        while let Some(here) = outer.filter(|here| {
            matches!(here.kind(), "subscript" | "generic_type" | "type_parameter" | "binary_operator" | "union_type")
        }) {
            outer = here.parent();
        }
        if outer.is_none_or(|outer| outer.kind() != "type") {
            return Vec::new();
        }
        let start = node.start_byte();
        let content = text.get(node.byte_range()).unwrap_or_default();
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = content[from..].find(is_word).map(|at| from + at) {
            let end = content[at..].find(|character| !is_word(character)).map_or(content.len(), |end| at + end);
            if !content[..at].ends_with('.') {
                found.push((content[at..end].to_owned(), ByteRange::new(start + at, start + end)));
            }
            from = end;
        }
        found
    }

    fn java_name(self, node: Node<'_>, parent: Node<'_>, written: &str, text: &str) -> Option<Name> {
        let is = |field: &str| parent.child_by_field_name(field) == Some(node);
        match node.kind() {
            "type_identifier" => Some(used(written, node)),
            "identifier" => match parent.kind() {
                // `this.key` and `key` are one field.
                "field_access" if is("field") => {
                    let of_this = parent.child_by_field_name("object").is_some_and(|object| object.kind() == "this");
                    if !of_this {
                        return Some(member(written, node, None));
                    }
                    let assignment = parent.parent().filter(|outer| {
                        outer.kind() == "assignment_expression" && outer.child_by_field_name("left") == Some(parent)
                    });
                    let declares = assignment.map(assigns);
                    Some(Name { of_this, ..named(written, node, declares) })
                }
                "method_invocation" if is("name") => match parent.child_by_field_name("object") {
                    None => Some(used(written, node)),
                    Some(object) if object.kind() == "this" => Some(Name { of_this: true, ..used(written, node) }),
                    // `KeyFactory.getInstance()` has nothing to do with a `getInstance` of this file.
                    Some(object) if object.kind() == "identifier" && is_foreign_class(object, text) => None,
                    Some(_) => Some(member(written, node, None)),
                },
                "variable_declarator" if is("name") => {
                    let statement = parent.parent()?;
                    let mut cursor = statement.walk();
                    let count =
                        statement.children(&mut cursor).filter(|child| child.kind() == "variable_declarator").count();
                    let unit = if count == 1 { statement } else { parent };
                    Some(named(
                        written,
                        node,
                        Some(declares(Kind::Variable, unit, parent.child_by_field_name("value"))),
                    ))
                }
                "assignment_expression" if is("left") => Some(named(written, node, Some(assigns(parent)))),
                "method_reference" if parent.child(0) != Some(node) => Some(member(written, node, None)),
                "method_declaration" if is("name") => {
                    Some(named(written, node, Some(declares(Kind::Function, parent, None))))
                }
                "formal_parameter" | "spread_parameter" if is("name") => {
                    Some(named(written, node, Some(declares(Kind::Parameter, parent, None))))
                }
                "catch_formal_parameter" if is("name") => {
                    Some(named(written, node, Some(declares(Kind::Other, parent, None))))
                }
                "resource" if is("name") => {
                    Some(named(written, node, Some(declares(Kind::Other, parent, parent.child_by_field_name("value")))))
                }
                "enhanced_for_statement" if is("name") => {
                    Some(named(written, node, Some(declares(Kind::Other, parent, None))))
                }
                "class_declaration"
                | "interface_declaration"
                | "enum_declaration"
                | "record_declaration"
                | "constructor_declaration"
                    if is("name") =>
                {
                    None
                }
                "scoped_identifier" if is("name") => {
                    let outer = parent.parent()?;
                    let mut cursor = outer.walk();
                    // What `import a.b.*` brings is not known by name.
                    let is_import = outer.kind() == "import_declaration"
                        && !outer.children(&mut cursor).any(|child| child.kind() == "asterisk");
                    is_import.then(|| named(written, node, Some(declares(Kind::Import, outer, None))))
                }
                _ => Some(used(written, node)),
            },
            _ => None,
        }
    }

    /// Whether a node calls or constructs something.
    pub(super) fn is_call(self, node: Node<'_>) -> bool {
        matches!(
            node.kind(),
            "call_expression" | "new_expression" | "call" | "method_invocation" | "object_creation_expression"
        )
    }

    /// What is called, without its arguments.
    pub(super) fn callee<'tree>(self, call: Node<'tree>) -> Option<Node<'tree>> {
        ["function", "constructor", "name", "type"].iter().find_map(|field| call.child_by_field_name(field))
    }

    /// The object that a method is called on.
    pub(super) fn receiver<'tree>(self, call: Node<'tree>) -> Option<Node<'tree>> {
        match self.platform {
            Platform::Java => call.child_by_field_name("object"),
            _ => call.child_by_field_name("function")?.child_by_field_name("object"),
        }
    }

    /// The last part of the name of what is called.
    pub(super) fn called<'text>(self, call: Node<'_>, text: &'text str) -> &'text str {
        let written = self.callee(call).and_then(|callee| text.get(callee.byte_range())).unwrap_or_default();
        let written = written.split('<').next().unwrap_or(written);
        written.rsplit(['.', ' ']).next().unwrap_or(written)
    }

    /// The leftmost object of a chain of members, calls and subscripts.
    pub(super) fn root(self, node: Node<'_>) -> Node<'_> {
        let mut node = node;
        loop {
            let next = match node.kind() {
                "member_expression" | "attribute" | "field_access" => node.child_by_field_name("object"),
                "subscript_expression" => node.child_by_field_name("object"),
                "subscript" => node.child_by_field_name("value"),
                "array_access" => node.child_by_field_name("array"),
                "call_expression" | "call" => node.child_by_field_name("function"),
                "method_invocation" => node.child_by_field_name("object"),
                "await_expression" | "await" | "parenthesized_expression" => node.named_child(0),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return node,
            }
        }
    }

    /// Whether a method or field of Java has a modifier, such as `private`.
    pub(super) fn has_modifier(self, statement: Node<'_>, modifier: &str) -> bool {
        let mut cursor = statement.walk();
        let Some(modifiers) = statement.named_children(&mut cursor).find(|child| child.kind() == "modifiers") else {
            return false;
        };
        let mut cursor = modifiers.walk();
        modifiers.children(&mut cursor).any(|child| child.kind() == modifier)
    }

    /// The items of a statement or pattern that is nothing without them.
    pub(super) fn items<'tree>(self, node: Node<'tree>) -> Option<Vec<Node<'tree>>> {
        let mut cursor = node.walk();
        let kinds: &[&str] = match node.kind() {
            "import_statement" if self.platform == Platform::Python => &["dotted_name", "aliased_import"],
            "import_from_statement" => &["dotted_name", "aliased_import"],
            "named_imports" => &["import_specifier"],
            // `import a, { b } from "c"`
            "import_clause" if node.named_child_count() > 1 => &["identifier", "named_imports", "namespace_import"],
            "lexical_declaration" | "variable_declaration" | "local_variable_declaration" | "field_declaration" => {
                &["variable_declarator"]
            }
            "object_pattern" => {
                &["shorthand_property_identifier_pattern", "pair_pattern", "rest_pattern", "object_assignment_pattern"]
            }
            _ => return None,
        };
        let module = node.child_by_field_name("module_name");
        let items =
            node.named_children(&mut cursor).filter(|child| kinds.contains(&child.kind()) && Some(*child) != module);
        Some(items.collect())
    }

    /// Whether a node is a block of statements.
    pub(super) fn is_block(self, node: Node<'_>) -> bool {
        matches!(node.kind(), "statement_block" | "block" | "program" | "module" | "class_body" | "constructor_body")
    }

    /// Whether a statement leaves the function, or the program.
    pub(super) fn leaves(self, node: Node<'_>) -> bool {
        matches!(node.kind(), "throw_statement" | "raise_statement" | "return_statement")
    }

    /// Whether a node is a string.
    pub(super) fn is_string(self, node: Node<'_>) -> bool {
        matches!(node.kind(), "string" | "string_literal" | "template_string" | "concatenated_string")
    }
}

/// Whether a name is that of a class of Java that the file does not declare.
fn is_foreign_class(name: Node<'_>, text: &str) -> bool {
    let written = text.get(name.byte_range()).unwrap_or_default();
    let is_type = written.starts_with(char::is_uppercase) && written.chars().any(char::is_lowercase);
    let declares = |kind: &str| super::draft::has_word(text, &format!("{kind} {written}"));
    is_type && !["class", "interface", "enum", "record"].into_iter().any(declares)
}

fn member(written: &str, node: Node<'_>, declares: Option<Declares>) -> Name {
    Name { name: format!(".{written}"), range: range(node), declares, of_this: false }
}

fn named(written: &str, node: Node<'_>, declares: Option<Declares>) -> Name {
    Name { name: written.to_owned(), range: range(node), declares, of_this: false }
}

fn used(written: &str, node: Node<'_>) -> Name {
    named(written, node, None)
}

fn declares(kind: Kind, unit: Node<'_>, value: Option<Node<'_>>) -> Declares {
    Declares { kind, unit: range(unit), value: value.map(range), is_assignment: false }
}

/// What an assignment gives a value to.
fn assigns(assignment: Node<'_>) -> Declares {
    let statement = assignment.parent().filter(|outer| outer.kind() == "expression_statement");
    let mut of = declares(Kind::Variable, statement.unwrap_or(assignment), assignment.child_by_field_name("right"));
    of.is_assignment = true;
    of
}

fn declares_in(unit: Node<'_>, value: Option<Node<'_>>) -> Option<Declares> {
    let kind = if in_parameters(unit) { Kind::Parameter } else { Kind::Variable };
    Some(declares(kind, unit, value))
}

fn in_parameters(node: Node<'_>) -> bool {
    let mut node = Some(node);
    while let Some(here) = node {
        if here.kind() == "formal_parameters" {
            return true;
        }
        if here.kind().ends_with("_statement")
            || here.kind().ends_with("_declaration")
            || here.kind() == "statement_block"
        {
            return false;
        }
        node = here.parent();
    }
    false
}

/// The parameter that a name stands for, with its type and default.
fn parent_item(node: Node<'_>) -> Node<'_> {
    let mut item = node;
    while let Some(parent) = item.parent()
        && parent.kind() != "formal_parameters"
    {
        item = parent;
    }
    item
}

/// What of an import goes with a name: all of it, where it has no other.
fn import_part(node: Node<'_>) -> Option<Node<'_>> {
    let clause = node.parent()?;
    if clause.named_child_count() == 1 { clause.parent() } else { Some(node) }
}

/// The parameters of a function of Node.
pub(super) fn parameters<'a>(function: Node<'a>) -> Vec<Node<'a>> {
    if let Some(one) = function.child_by_field_name("parameter") {
        return vec![one];
    }
    let Some(list) = function.child_by_field_name("parameters") else { return Vec::new() };
    let mut cursor = list.walk();
    list.named_children(&mut cursor)
        .filter(|child| child.kind() != "comment")
        .map(|child| child.child_by_field_name("pattern").unwrap_or(child))
        .collect()
}
