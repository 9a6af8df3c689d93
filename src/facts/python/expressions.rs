//! Expressions: names, members, calls, strings, literals, comprehensions and what is put together from them.

use tree_sitter::Node;

use super::super::ir::{Argument, Element, Entry, ExpressionId, ExpressionKind, Operator, Pattern, Spread};
use super::text::Prefix;
use super::{Lowering, field, fields, named_children, operator, range_of};
use crate::finding::ByteRange;

/// One piece of a string literal.
enum Piece {
    /// Constant text.
    Text(String, ByteRange),
    /// What stands between the braces of an f-string.
    Value(ExpressionId),
}

impl Lowering<'_> {
    /// Lowers an expression. What is none, or has no kind of its own, is opaque with its children.
    pub(super) fn expression(&mut self, node: Node) -> ExpressionId {
        if node.is_missing() {
            return self.push(ExpressionKind::Opaque(Vec::new()), node);
        }
        match node.kind() {
            "identifier" => self.push(ExpressionKind::Name(self.text_of(node).into()), node),
            "integer" | "float" => self.push(ExpressionKind::Number(self.text_of(node).into()), node),
            "true" => self.push(ExpressionKind::Boolean(true), node),
            "false" => self.push(ExpressionKind::Boolean(false), node),
            "none" | "ellipsis" => self.push(ExpressionKind::Null, node),
            "string" | "concatenated_string" => self.string(node),
            "parenthesized_expression" => match named_children(node)[..] {
                [inner] => self.expression(inner),
                _ => self.opaque(node),
            },
            "attribute" => self.attribute(node),
            "subscript" => self.subscript(node),
            "call" => self.call(node),
            "binary_operator" => self.binary(node),
            "boolean_operator" => self.boolean(node),
            "conditional_expression" => self.conditional(node),
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" => self.list(node),
            "dictionary" => self.dictionary(node),
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                self.comprehension(node)
            }
            "await" => match named_children(node)[..] {
                [inner] => {
                    let value = self.expression(inner);
                    self.push(ExpressionKind::Await(value), node)
                }
                _ => self.opaque(node),
            },
            "lambda" => {
                let function = self.lambda(node);
                self.push(ExpressionKind::Function(function), node)
            }
            "named_expression" => {
                let target = field(node, "name").map_or(Pattern::Ignore, |name| self.pattern(name, None));
                let value = self.field_expression(node, "value");
                self.store(target, false, value, range_of(node))
            }
            "assignment" => self.assignment(node),
            "augmented_assignment" => self.augmented_assignment(node),
            _ => self.opaque(node),
        }
    }

    /// A store; a lambda that is stored under a name gets it.
    pub(super) fn store(
        &mut self,
        target: Pattern,
        append: bool,
        value: ExpressionId,
        range: ByteRange,
    ) -> ExpressionId {
        if let Pattern::Name { name, .. } = &target {
            self.name_lambda(value, name);
        }
        self.module.push(ExpressionKind::Store { target, append, value }, range)
    }

    /// The children, in order, of something that nobody asks for.
    pub(super) fn opaque(&mut self, node: Node) -> ExpressionId {
        let children = named_children(node).into_iter().map(|child| self.expression(child)).collect();
        self.push(ExpressionKind::Opaque(children), node)
    }

    /// Several nodes of a field as one value: a single one is itself, more are a tuple.
    pub(super) fn fields_expression(&mut self, node: Node, name: &str) -> ExpressionId {
        let children = fields(node, name);
        if let [single] = children[..] {
            return self.expression(single);
        }
        let elements = children.into_iter().map(|child| self.element(child)).collect();
        self.push(ExpressionKind::List(elements), node)
    }

    fn attribute(&mut self, node: Node) -> ExpressionId {
        let object = self.field_expression(node, "object");
        match field(node, "attribute") {
            Some(name) => {
                let kind =
                    ExpressionKind::Member { object, name: self.text_of(name).into(), name_range: range_of(name) };
                self.push(kind, node)
            }
            None => self.push(ExpressionKind::Opaque(vec![object]), node),
        }
    }

    /// `object[index]`. A slice is part of a value that the form cannot say, so it is opaque as a whole.
    fn subscript(&mut self, node: Node) -> ExpressionId {
        if fields(node, "subscript").iter().any(|index| index.kind() == "slice") {
            return self.opaque(node);
        }
        self.subscript_place(node)
    }

    fn call(&mut self, node: Node) -> ExpressionId {
        let arguments = field(node, "arguments");
        let function = field(node, "function");
        if let Some(name) = function
            && name.kind() == "identifier"
            && self.text_of(name) == "super"
        {
            return self.push(ExpressionKind::Super, node);
        }
        let callee = self.field_expression(node, "function");
        let arguments = arguments.map(|list| self.arguments(list)).unwrap_or_default();
        self.push(ExpressionKind::Call { callee, arguments }, node)
    }

    /// The arguments of a call; a generator may stand in their place without parentheses of its own.
    pub(super) fn arguments(&mut self, list: Node) -> Vec<Argument> {
        if list.kind() == "generator_expression" {
            return vec![Argument { keyword: None, spread: Spread::None, value: self.expression(list) }];
        }
        named_children(list).into_iter().map(|child| self.argument(child)).collect()
    }

    fn argument(&mut self, node: Node) -> Argument {
        match node.kind() {
            "keyword_argument" => {
                let keyword = field(node, "name").map(|name| self.text_of(name).into());
                Argument { keyword, spread: Spread::None, value: self.field_expression(node, "value") }
            }
            "list_splat" => Argument { keyword: None, spread: Spread::Sequence, value: self.splat(node) },
            "dictionary_splat" => Argument { keyword: None, spread: Spread::Mapping, value: self.splat(node) },
            // `f((*values))` is read by the grammar as a spread in parentheses.
            "parenthesized_expression" if matches!(named_children(node)[..], [one] if one.kind() == "list_splat") => {
                self.argument(named_children(node)[0])
            }
            _ => Argument { keyword: None, spread: Spread::None, value: self.expression(node) },
        }
    }

    /// What stands behind `*` or `**`.
    fn splat(&mut self, node: Node) -> ExpressionId {
        match named_children(node)[..] {
            [inner] => self.expression(inner),
            _ => self.opaque(node),
        }
    }

    fn binary(&mut self, node: Node) -> ExpressionId {
        match operator(self, node) {
            "+" => self.concatenation(node),
            "%" if field(node, "left").is_some_and(|left| !matches!(left.kind(), "integer" | "float")) => {
                self.percent(node)
            }
            other => match Operator::written(other) {
                Some(operator) => {
                    let left = self.field_expression(node, "left");
                    let right = self.field_expression(node, "right");
                    self.push(ExpressionKind::Arithmetic { operator, left, right }, node)
                }
                None => self.opaque(node),
            },
        }
    }

    /// A chain of `+`, which leans to the left, walked in a loop: generated code has chains of thousands.
    fn concatenation(&mut self, node: Node) -> ExpressionId {
        let mut operands = Vec::new();
        let mut chain = Some(node);
        while let Some(link) = chain {
            operands.extend(field(link, "right"));
            let left = field(link, "left");
            chain = left.filter(|left| left.kind() == "binary_operator" && operator(self, *left) == "+");
            if chain.is_none() {
                operands.extend(left);
            }
        }
        let parts = operands.into_iter().rev().map(|operand| self.expression(operand)).collect();
        self.push(ExpressionKind::Concat(parts), node)
    }

    fn percent(&mut self, node: Node) -> ExpressionId {
        let template = self.field_expression(node, "left");
        let arguments = match field(node, "right").map(without_parentheses) {
            Some(tuple) if tuple.kind() == "tuple" => {
                let items = named_children(tuple);
                if items.iter().any(|item| item.kind() == "list_splat") {
                    // How many arguments there are is unknown, as it is for a tuple behind a name.
                    vec![self.expression(tuple)]
                } else {
                    items.into_iter().map(|item| self.expression(item)).collect()
                }
            }
            Some(single) => vec![self.expression(single)],
            None => Vec::new(),
        };
        self.push(ExpressionKind::Percent { template, arguments }, node)
    }

    fn boolean(&mut self, node: Node) -> ExpressionId {
        let left = self.field_expression(node, "left");
        let right = self.field_expression(node, "right");
        let kind = match operator(self, node) {
            "or" => ExpressionKind::Default { value: left, fallback: right },
            "and" => ExpressionKind::Choice { condition: Some(left), options: vec![right] },
            _ => ExpressionKind::Opaque(vec![left, right]),
        };
        self.push(kind, node)
    }

    /// `value if condition else other`.
    fn conditional(&mut self, node: Node) -> ExpressionId {
        let [value, condition, other] = named_children(node)[..] else { return self.opaque(node) };
        let condition = Some(self.expression(condition));
        let options = vec![self.expression(value), self.expression(other)];
        self.push(ExpressionKind::Choice { condition, options }, node)
    }

    fn list(&mut self, node: Node) -> ExpressionId {
        let elements = named_children(node).into_iter().map(|child| self.element(child)).collect();
        self.push(ExpressionKind::List(elements), node)
    }

    fn element(&mut self, node: Node) -> Element {
        match node.kind() {
            "list_splat" | "list_splat_pattern" => Element::Spread(self.splat(node)),
            _ => Element::Item(self.expression(node)),
        }
    }

    fn dictionary(&mut self, node: Node) -> ExpressionId {
        let mut entries = Vec::new();
        for child in named_children(node) {
            match child.kind() {
                "pair" => entries.push(self.pair(child)),
                "dictionary_splat" => entries.push(Entry::Spread(self.splat(child))),
                // What an error has left in the braces may be any part of the dictionary.
                _ => entries.push(Entry::Spread(self.opaque(child))),
            }
        }
        self.push(ExpressionKind::Map(entries), node)
    }

    fn pair(&mut self, node: Node) -> Entry {
        Entry::Keyed { key: self.field_expression(node, "key"), value: self.field_expression(node, "value") }
    }

    fn comprehension(&mut self, node: Node) -> ExpressionId {
        let clauses: Vec<Node> = named_children(node)
            .into_iter()
            .filter(|child| matches!(child.kind(), "for_in_clause" | "if_clause"))
            .collect();
        match field(node, "body") {
            Some(body) => self.clauses(&clauses, body, node),
            None => self.opaque(node),
        }
    }

    /// The clauses of a comprehension, from the outermost to its element.
    fn clauses(&mut self, clauses: &[Node], body: Node, whole: Node) -> ExpressionId {
        let Some((clause, inner)) = clauses.split_first() else {
            if body.kind() == "pair" {
                let entry = self.pair(body);
                return self.push(ExpressionKind::Map(vec![entry]), body);
            }
            return self.expression(body);
        };
        if clause.kind() == "if_clause" {
            let condition = named_children(*clause).first().map(|condition| self.expression(*condition));
            let element = self.clauses(inner, body, whole);
            return self.push(ExpressionKind::Choice { condition, options: vec![element] }, body);
        }
        let target = field(*clause, "left").map_or(Pattern::Ignore, |left| self.pattern(left, None));
        let iterable = self.fields_expression(*clause, "right");
        let element = self.clauses(inner, body, whole);
        self.push(ExpressionKind::Each { target, iterable, element }, whole)
    }

    /// A string, or several next to each other: one constant where all are constants, else their parts in order.
    fn string(&mut self, node: Node) -> ExpressionId {
        let mut pieces = Vec::new();
        if node.kind() == "concatenated_string" {
            for part in named_children(node) {
                self.string_pieces(part, &mut pieces);
            }
        } else {
            self.string_pieces(node, &mut pieces);
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Value(_))) {
            let parts = pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text, range) => self.module.push(ExpressionKind::Text(text.into()), range),
                    Piece::Value(value) => value,
                })
                .collect();
            return self.push(ExpressionKind::Concat(parts), node);
        }
        let text: String = pieces
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Text(text, _) => Some(text),
                Piece::Value(_) => None,
            })
            .collect();
        self.push(ExpressionKind::Text(text.into()), node)
    }

    fn string_pieces(&mut self, string: Node, pieces: &mut Vec<Piece>) {
        if string.kind() != "string" {
            let value = self.expression(string);
            pieces.push(Piece::Value(value));
            return;
        }
        let children = named_children(string);
        let start = children.iter().find(|child| child.kind() == "string_start");
        let prefix = Prefix::read(start.map_or("", |start| self.text_of(*start)));
        for child in children {
            match child.kind() {
                "string_content" => {
                    pieces.push(Piece::Text(prefix.decode(self.text_of(child)), range_of(child)));
                }
                "interpolation" => self.interpolation(child, pieces),
                "string_start" | "string_end" => {}
                _ => {
                    let value = self.opaque(child);
                    pieces.push(Piece::Value(value));
                }
            }
        }
    }

    /// `{value}` in an f-string. `{value=}` also prints its own text; conversion and format are left out.
    fn interpolation(&mut self, node: Node, pieces: &mut Vec<Piece>) {
        let shown = node.children(&mut node.walk()).find(|child| child.kind() == "=");
        if let Some(equals) = shown {
            let range = ByteRange::new(node.start_byte() + 1, equals.end_byte());
            let text = self.text.get(range.start..range.end).unwrap_or("");
            pieces.push(Piece::Text(text.to_owned(), range));
        }
        let value = self.field_expression(node, "expression");
        pieces.push(Piece::Value(value));
    }
}

/// What stands inside any number of parentheses.
fn without_parentheses(mut node: Node) -> Node {
    while node.kind() == "parenthesized_expression"
        && let [inner] = named_children(node)[..]
    {
        node = inner;
    }
    node
}
