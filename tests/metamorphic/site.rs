//! Where a finding stands: its call, and the statement and the function around it.

use tree_sitter::Node;

use crate::edits::{ancestor, named_children, nodes};
use crate::fixture::Fixture;

/// Functions, as the grammars name them.
pub(crate) const FUNCTIONS: [&str; 9] = [
    "function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "generator_function_declaration",
    "method_declaration",
    "constructor_declaration",
    "lambda_expression",
    "function_definition",
];

/// What holds statements.
pub(crate) const BLOCKS: [&str; 7] = [
    "program",
    "statement_block",
    "block",
    "module",
    "constructor_body",
    "switch_block_statement_group",
    "switch_case",
];

impl Fixture {
    /// The calls that findings of exchanges and SDKs stand at.
    pub(crate) fn sites(&self) -> Vec<Node<'_>> {
        let found = self.findings().iter().filter(|finding| finding.rule != "ims-jwt-assertion");
        found
            .filter_map(|finding| {
                let (start, end) = (finding.span.start.byte, finding.span.end.byte);
                let node = self.root().descendant_for_byte_range(start, end)?;
                (node.byte_range() == (start..end)).then_some(node)
            })
            .collect()
    }

    /// The one site, where there is one.
    pub(crate) fn site(&self) -> Option<Node<'_>> {
        match self.sites().as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The one site, where it is a call.
    pub(crate) fn call(&self) -> Option<Node<'_>> {
        self.site().filter(|site| matches!(site.kind(), "call_expression" | "method_invocation" | "call"))
    }

    /// Whether the file takes part in a module system.
    pub(crate) fn has_modules(&self) -> bool {
        self.is_python()
            || self.is_java()
            || self.is_esm()
            || self.text().contains("require(")
            || self.text().contains("module.exports")
    }

    pub(crate) fn is_esm(&self) -> bool {
        self.is_node() && !nodes(self.root(), &["import_statement", "export_statement"]).is_empty()
            || self.path().extension().is_some_and(|extension| extension == "mjs")
    }
}

/// The statement around a node: a child of something that holds statements.
pub(crate) fn statement(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while let Some(parent) = node.parent() {
        if BLOCKS.contains(&parent.kind()) {
            return Some(node);
        }
        node = parent;
    }
    None
}

pub(crate) fn function(node: Node<'_>) -> Option<Node<'_>> {
    ancestor(node, &FUNCTIONS)
}

/// The names of the parameters of a function, where all are plain names; Python's with the stars before them.
pub(crate) fn parameters(fixture: &Fixture, function: Node<'_>) -> Option<Vec<String>> {
    if let Some(only) = function.child_by_field_name("parameter") {
        return Some(vec![fixture.of(only).to_owned()]);
    }
    let list = function.child_by_field_name("parameters")?;
    named_children(list)
        .into_iter()
        .map(|parameter| {
            let name = match parameter.kind() {
                "identifier" => parameter,
                "required_parameter" | "optional_parameter" => {
                    // `private readonly name` makes a field.
                    if named_children(parameter).iter().any(|child| child.kind() == "accessibility_modifier") {
                        return None;
                    }
                    parameter.child_by_field_name("pattern")?
                }
                "assignment_pattern" => parameter.child_by_field_name("left")?,
                "formal_parameter" | "default_parameter" | "typed_default_parameter" => {
                    parameter.child_by_field_name("name")?
                }
                "typed_parameter" => parameter.named_child(0)?,
                "list_splat_pattern" | "dictionary_splat_pattern" => return Some(fixture.of(parameter).to_owned()),
                _ => return None,
            };
            (name.kind() == "identifier").then(|| fixture.of(name).to_owned())
        })
        .collect()
}
