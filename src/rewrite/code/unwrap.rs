//! Callbacks of Node that were only given the key: what stands in them is done at once.
//!
//! `fs.readFile(path, function (err, key) { … })` and `readKey().then((key) => …)` wait for something that nothing needs any
//! more. It finds them, and says what goes and which lines stand less deep then; it makes no edit.

use tree_sitter::Node;

use super::grammar::{Grammar, parameters};
use super::lines::{indentation, line_end, line_start};
use super::names::{Names, range};
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// A callback that is taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unwrapped {
    /// What goes: the beginning of the call, its end, and checks of what can fail no more.
    pub(super) gone: Vec<ByteRange>,
    /// Whether the beginning and the end are lines of their own.
    pub(super) is_block: bool,
    /// The call as a whole.
    pub(super) call: ByteRange,
    /// What stays.
    pub(super) body: ByteRange,
    /// By how much its lines stand less deep.
    pub(super) indent: String,
}

/// A file, seen for its callbacks.
pub(super) struct Callbacks<'a> {
    pub(super) root: Node<'a>,
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) grammar: Grammar,
    pub(super) is_dead: &'a dyn Fn(ByteRange) -> bool,
    /// Whether a function of this name reads something, and calls back once.
    pub(super) calls_back: &'a dyn Fn(&str) -> bool,
    /// Whether what is evaluated at a place does more than give a value.
    pub(super) has_effect: &'a dyn Fn(ByteRange) -> bool,
}

impl<'a> Callbacks<'a> {
    /// The callbacks that can be taken apart.
    pub(super) fn find(&self) -> Vec<Unwrapped> {
        let calls = Preorder::new(self.root).filter(|node| node.kind() == "call_expression");
        calls
            .filter(|call| !(self.is_dead)(range(*call)))
            .filter_map(|call| self.of_promise(call).or_else(|| self.of_callback(call)))
            .collect()
    }

    fn written(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// Whether a parameter was used, and all its uses have gone or lie in one of some places.
    fn is_given_up(&self, parameter: Node<'_>, within: &[ByteRange], at_least_once: bool) -> bool {
        let Some(declared) = self.names.declarations.iter().find(|one| one.range == range(parameter)) else {
            return false;
        };
        let mut mentions = self.names.mentions_of(declared).peekable();
        (mentions.peek().is_some() || !at_least_once)
            && mentions.all(|mention| {
                (self.is_dead)(mention.range) || within.iter().any(|place| place.contains(mention.range))
            })
    }

    /// What in a function means another thing outside of it.
    fn is_bound(&self, body: Node<'_>) -> bool {
        Preorder::new(body).any(|inner| {
            (inner.kind() == "this"
                || inner.kind() == "yield_expression"
                || (inner.kind() == "identifier" && self.written(inner) == "arguments")
                || (inner.kind() == "template_string" && self.written(inner).contains('\n')))
                && !(self.is_dead)(range(inner))
        })
    }

    /// `readKey().then((key) => exchange())`.
    fn of_promise(&self, call: Node<'a>) -> Option<Unwrapped> {
        let member = call.child_by_field_name("function").filter(|member| member.kind() == "member_expression")?;
        let (object, property) = (member.child_by_field_name("object")?, member.child_by_field_name("property")?);
        let arguments = call.child_by_field_name("arguments")?;
        let function = arguments.named_child(0).filter(|_| arguments.named_child_count() == 1)?;
        if self.written(property) != "then" || object.kind() != "call_expression" || (self.has_effect)(range(object)) {
            return None;
        }
        let [parameter] = parameters(function)[..] else { return None };
        let body = function.child_by_field_name("body")?;
        let value = if body.kind() == "statement_block" {
            let mut cursor = body.walk();
            let living: Vec<Node<'a>> = body
                .named_children(&mut cursor)
                .filter(|one| one.kind() != "comment" && !(self.is_dead)(range(*one)))
                .collect();
            let [only] = living[..] else { return None };
            only.named_child(0).filter(|_| only.kind() == "return_statement")?
        } else {
            body
        };
        if value.kind() != "call_expression" || !self.is_given_up(parameter, &[], true) || self.is_bound(value) {
            return None;
        }
        let outer = indentation(self.text, call.start_byte());
        let indent = indentation(self.text, value.start_byte()).strip_prefix(outer)?.to_owned();
        let gone = vec![
            ByteRange::new(call.start_byte(), value.start_byte()),
            ByteRange::new(value.end_byte(), call.end_byte()),
        ];
        Some(Unwrapped { gone, is_block: false, call: range(call), body: range(value), indent })
    }

    /// `fs.readFile(path, function (err, key) { … });` as the last statement of a function.
    fn of_callback(&self, call: Node<'a>) -> Option<Unwrapped> {
        let arguments = call.child_by_field_name("arguments")?;
        let mut cursor = arguments.walk();
        let given: Vec<Node<'a>> = arguments.named_children(&mut cursor).collect();
        let (function, others) = given.split_last()?;
        let is_quiet = (self.calls_back)(self.grammar.called(call, self.text))
            && others.iter().all(|other| !(self.has_effect)(range(*other)));
        if !matches!(function.kind(), "arrow_function" | "function_expression")
            || self.written(*function).starts_with("async")
            || others.is_empty()
            || !is_quiet
        {
            return None;
        }
        let statement =
            call.parent().filter(|outer| matches!(outer.kind(), "expression_statement" | "return_statement"))?;
        let block = statement.parent().filter(|block| block.kind() == "statement_block")?;
        let around = block.parent().filter(|around| self.grammar.is_scope(*around))?;
        let count = u32::try_from(block.named_child_count()).ok()?;
        if block.named_child(count.checked_sub(1)?) != Some(statement) {
            return None;
        }
        let [error, value] = parameters(*function)[..] else { return None };
        let body = function.child_by_field_name("body").filter(|body| body.kind() == "statement_block")?;
        let guards = self.guards(body, self.written(error));
        if !self.is_given_up(value, &[], true) || !self.is_given_up(error, &guards, false) || self.is_bound(body) {
            return None;
        }
        // Names that come out of the function may be others there.
        let inner: Vec<&str> = self
            .names
            .declarations
            .iter()
            .filter(|one| range(body).contains(one.range) && !(self.is_dead)(one.range) && !one.name.starts_with('.'))
            .filter(|one| !self.is_in_inner_function(one.range, body))
            .map(|one| one.name.as_str())
            .collect();
        let clashes = self.names.declarations.iter().any(|one| {
            range(around).contains(one.range)
                && !range(*function).contains(one.range)
                && inner.contains(&one.name.as_str())
        });
        let outer = indentation(self.text, statement.start_byte());
        let first = body.named_child(0)?;
        let indent = indentation(self.text, first.start_byte()).strip_prefix(outer)?.to_owned();
        let own_lines = |place: usize, end: usize| {
            self.text[line_start(self.text, place)..place].trim().is_empty()
                && self.text[end..line_end(self.text, end)].trim().is_empty()
        };
        let (open, close) = (body.start_byte() + 1, body.end_byte() - 1);
        if clashes
            || indent.is_empty()
            || !own_lines(statement.start_byte(), open)
            || !own_lines(close, statement.end_byte())
            || line_end(self.text, open) > close
        {
            return None;
        }
        let mut gone = vec![ByteRange::new(statement.start_byte(), open), ByteRange::new(close, statement.end_byte())];
        gone.extend(guards);
        let inside = ByteRange::new(line_end(self.text, open), line_start(self.text, close));
        Some(Unwrapped { gone, is_block: true, call: range(call), body: inside, indent })
    }

    /// Whether a place lies in a function within a body.
    fn is_in_inner_function(&self, place: ByteRange, body: Node<'_>) -> bool {
        Preorder::new(body).any(|inner| self.grammar.is_scope(inner) && range(inner).contains(place))
    }

    /// `if (err) return callback(err);`
    fn guards(&self, body: Node<'a>, error: &str) -> Vec<ByteRange> {
        let mut cursor = body.walk();
        let mut found = Vec::new();
        for statement in body.named_children(&mut cursor).filter(|one| one.kind() == "if_statement") {
            let condition = statement.child_by_field_name("condition").map(|condition| self.written(condition));
            let consequence = statement.child_by_field_name("consequence");
            let inner = consequence.and_then(|consequence| match consequence.kind() {
                "statement_block" => {
                    let count = u32::try_from(consequence.named_child_count()).ok()?;
                    consequence.named_child(count.checked_sub(1)?)
                }
                _ => Some(consequence),
            });
            let is_check = condition.is_some_and(|condition| condition.trim_matches(['(', ')']) == error);
            if is_check
                && statement.child_by_field_name("alternative").is_none()
                && inner.is_some_and(|inner| self.grammar.leaves(inner))
            {
                found.push(range(statement));
            }
        }
        found
    }
}
