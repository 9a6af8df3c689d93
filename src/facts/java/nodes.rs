//! Reading tree-sitter nodes: fields, children without comments, and what role a kind of node plays.
//!
//! It owns the lists of node names by role; it lowers nothing.

use tree_sitter::Node;

use crate::finding::ByteRange;

/// The bytes of a node.
pub(super) fn range(node: Node<'_>) -> ByteRange {
    ByteRange::new(node.start_byte(), node.end_byte())
}

/// The named children without comments.
pub(super) fn parts<'tree>(node: Node<'tree>) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The child of a field. A comment inside a hidden rule may carry the field's name too, so comments are passed over.
pub(super) fn field<'tree>(node: Node<'tree>, name: &str) -> Option<Node<'tree>> {
    let child = node.child_by_field_name(name)?;
    if is_comment(child) { fields(node, name).into_iter().next() } else { Some(child) }
}

/// All children of a field.
pub(super) fn fields<'tree>(node: Node<'tree>, name: &str) -> Vec<Node<'tree>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(|child| child.is_named() && !is_comment(*child)).collect()
}

/// The first child of a kind, keywords included.
pub(super) fn child_of_kind<'tree>(node: Node<'tree>, kind: &str) -> Option<Node<'tree>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}

/// The first child that is an expression.
pub(super) fn first_expression<'tree>(node: Node<'tree>) -> Option<Node<'tree>> {
    parts(node).into_iter().find(|part| is_expression(part.kind()))
}

/// The first child that is a type.
pub(super) fn first_type<'tree>(node: Node<'tree>) -> Option<Node<'tree>> {
    parts(node).into_iter().find(|part| is_type(part.kind()))
}

/// What stands inside of parentheses and casts.
pub(super) fn unwrapped(mut node: Node<'_>) -> Node<'_> {
    loop {
        let inner = match node.kind() {
            "parenthesized_expression" => first_expression(node),
            "cast_expression" => field(node, "value"),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}

/// Whether the modifiers of a declaration hold a keyword.
pub(super) fn has_modifier(node: Node<'_>, keyword: &str) -> bool {
    child_of_kind(node, "modifiers").is_some_and(|modifiers| child_of_kind(modifiers, keyword).is_some())
}

fn is_comment(node: Node<'_>) -> bool {
    matches!(node.kind(), "line_comment" | "block_comment")
}

/// Whether nodes of a kind are annotations.
pub(super) fn is_annotation(kind: &str) -> bool {
    matches!(kind, "annotation" | "marker_annotation")
}

/// Whether nodes of a kind have a value.
pub(super) fn is_expression(kind: &str) -> bool {
    is_number(kind)
        || matches!(
            kind,
            "array_access"
                | "array_creation_expression"
                | "array_initializer"
                | "assignment_expression"
                | "binary_expression"
                | "cast_expression"
                | "character_literal"
                | "class_literal"
                | "element_value_array_initializer"
                | "false"
                | "field_access"
                | "identifier"
                | "instanceof_expression"
                | "lambda_expression"
                | "method_invocation"
                | "method_reference"
                | "null_literal"
                | "object_creation_expression"
                | "parenthesized_expression"
                | "scoped_identifier"
                | "string_literal"
                | "super"
                | "switch_expression"
                | "template_expression"
                | "ternary_expression"
                | "this"
                | "true"
                | "unary_expression"
                | "update_expression"
        )
}

/// Whether nodes of a kind are numbers.
pub(super) fn is_number(kind: &str) -> bool {
    matches!(
        kind,
        "binary_integer_literal"
            | "decimal_floating_point_literal"
            | "decimal_integer_literal"
            | "hex_floating_point_literal"
            | "hex_integer_literal"
            | "octal_integer_literal"
    )
}

/// Whether nodes of a kind are types.
pub(super) fn is_type(kind: &str) -> bool {
    matches!(
        kind,
        "annotated_type"
            | "array_type"
            | "boolean_type"
            | "floating_point_type"
            | "generic_type"
            | "integral_type"
            | "scoped_type_identifier"
            | "type_identifier"
            | "void_type"
    )
}

/// Whether nodes of a kind declare a class of any sort.
pub(super) fn is_class(kind: &str) -> bool {
    matches!(
        kind,
        "annotation_type_declaration"
            | "class_declaration"
            | "enum_declaration"
            | "interface_declaration"
            | "record_declaration"
    )
}

/// Whether nodes of a kind declare a method or constructor.
pub(super) fn is_function(kind: &str) -> bool {
    matches!(
        kind,
        "annotation_type_element_declaration"
            | "compact_constructor_declaration"
            | "constructor_declaration"
            | "method_declaration"
    )
}

/// Whether nodes of a kind are statements or declarations. A `switch` is among the expressions.
pub(super) fn is_statement(kind: &str) -> bool {
    is_class(kind)
        || is_function(kind)
        || matches!(
            kind,
            "assert_statement"
                | "block"
                | "break_statement"
                | "constant_declaration"
                | "continue_statement"
                | "do_statement"
                | "enhanced_for_statement"
                | "explicit_constructor_invocation"
                | "expression_statement"
                | "field_declaration"
                | "for_statement"
                | "if_statement"
                | "import_declaration"
                | "labeled_statement"
                | "local_variable_declaration"
                | "package_declaration"
                | "return_statement"
                | "static_initializer"
                | "synchronized_statement"
                | "throw_statement"
                | "try_statement"
                | "try_with_resources_statement"
                | "while_statement"
                | "yield_statement"
        )
}

/// Whether nodes of a kind hold nothing that has a value or effect of its own.
pub(super) fn is_inert(kind: &str) -> bool {
    is_type(kind)
        || is_annotation(kind)
        || matches!(
            kind,
            "dimensions"
                | "escape_sequence"
                | "module_declaration"
                | "modifiers"
                | "string_fragment"
                | "throws"
                | "type_arguments"
                | "type_parameters"
        )
}
