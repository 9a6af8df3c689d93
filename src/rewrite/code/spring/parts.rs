//! Which statements of a method belong to the exchange, and where the others read its answer.
//!
//! What sends is known. From there it follows the objects that make up the request and what is made of the answer: statements that
//! speak of them go. A statement that reads the token, and says nothing of them besides, stays with another expression in the
//! place of the reading. It decides, and edits nothing.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::super::keep::Refusal;
use super::super::names::range;
use super::answer::Reading;
use super::method::Method;
use crate::syntax::Preorder;

/// Types of values that make up no request by themselves.
const PLAIN: &[&str] = &[
    "String",
    "CharSequence",
    "char",
    "int",
    "long",
    "double",
    "float",
    "boolean",
    "byte",
    "Integer",
    "Long",
    "Double",
    "Boolean",
    "byte[]",
    "char[]",
    "String[]",
    "Duration",
    "Instant",
    "Date",
];

/// What becomes of the statements of a method.
pub(super) struct Parts<'tree> {
    /// The statement that sends, or whose resource does.
    pub(super) site: Node<'tree>,
    /// Statements that go.
    pub(super) gone: Vec<Node<'tree>>,
    /// Blocks whose statements stay, without what stands around them.
    pub(super) opened: Vec<Opened<'tree>>,
    /// Where the answer is read.
    pub(super) readings: Vec<Reading<'tree>>,
    /// The statements that stay.
    pub(super) kept: Vec<Node<'tree>>,
}

/// A statement that is taken apart, or whose resources go.
#[derive(Clone, Copy)]
pub(super) struct Opened<'tree> {
    pub(super) statement: Node<'tree>,
    pub(super) block: Node<'tree>,
    /// Only the resources in its head go.
    pub(super) stays: bool,
}

/// The statements of a method while it is decided what becomes of them.
struct Walk<'m, 'a, 'tree> {
    method: &'m Method<'a, 'tree>,
    /// Names that the new code speaks of.
    needed: &'m BTreeSet<String>,
    /// Whether an object of the answer is made anew, so that its members are none of the answer.
    builds: bool,
    leaves: Vec<Node<'tree>>,
    opened: Vec<Opened<'tree>>,
    /// Variables of the exchange.
    exchange: BTreeSet<String>,
}

impl<'a, 'tree> Parts<'tree> {
    /// Takes a method apart.
    pub(super) fn of(method: &Method<'a, 'tree>, needed: &BTreeSet<String>, builds: bool) -> Result<Self, Refusal> {
        let mut walk =
            Walk { method, needed, builds, leaves: Vec::new(), opened: Vec::new(), exchange: BTreeSet::new() };
        let site = walk.blocks()?;
        loop {
            walk.follow();
            if !walk.open_around()? && !walk.open()? {
                break;
            }
        }
        walk.parted(site)
    }
}

impl<'tree> Walk<'_, '_, 'tree> {
    /// The statements of all blocks around the request; the statement that sends.
    fn blocks(&mut self) -> Result<Node<'tree>, Refusal> {
        let method = self.method;
        let mut site = method.site;
        while !site.parent().is_some_and(|parent| method.plan.grammar.is_block(parent)) {
            site = site.parent().ok_or("the request stands in no statement")?;
            if site.kind() == "lambda_expression" {
                return Err("the request stands in a function of its own".to_owned());
            }
        }
        let mut block = site.parent();
        let mut inner = site;
        while let Some(here) = block {
            self.leaves
                .extend(statements(here).into_iter().filter(|statement| *statement != inner || *statement == site));
            if here == method.body {
                break;
            }
            let outer = here.parent().ok_or("the request stands in no statement")?;
            match outer.kind() {
                "try_statement" | "synchronized_statement" | "if_statement" => {}
                "try_with_resources_statement" if outer.child_by_field_name("body") == Some(here) => {}
                "block" => {}
                _ => return Err("the request stands in a loop, or where another one has failed".to_owned()),
            }
            if let Some(last) = finally(outer) {
                self.leaves.extend(statements(last));
            }
            inner = outer;
            while let Some(parent) = inner.parent().filter(|parent| !method.plan.grammar.is_block(*parent)) {
                inner = parent;
            }
            block = inner.parent();
        }
        if site.kind() == "try_with_resources_statement" {
            let is_resource = site
                .child_by_field_name("resources")
                .is_some_and(|resources| range(resources).contains(range(method.site)));
            if !is_resource {
                return Err("the request stands in a loop, or where another one has failed".to_owned());
            }
            self.take_apart(site)?;
        } else if matches!(site.kind(), "while_statement" | "for_statement" | "enhanced_for_statement" | "do_statement")
        {
            return Err("the request stands in the head of a loop".to_owned());
        }
        Ok(site)
    }

    /// The statements in a `try` become statements around it, where nothing is caught.
    fn take_apart(&mut self, statement: Node<'tree>) -> Result<(), Refusal> {
        let block = statement.child_by_field_name("body").ok_or("a block has no body")?;
        let mut cursor = statement.walk();
        let catches = statement.named_children(&mut cursor).any(|child| child.kind() == "catch_clause");
        if let Some(last) = finally(statement) {
            if !catches {
                return Err("something is done whether or not the request fails".to_owned());
            }
            self.leaves.extend(statements(last));
        }
        self.leaves.retain(|leaf| *leaf != statement);
        let inner: Vec<Node<'tree>> =
            statements(block).into_iter().filter(|inner| !range(*inner).contains(range(self.method.site))).collect();
        let inner: Vec<Node<'tree>> = inner.into_iter().filter(|inner| !self.leaves.contains(inner)).collect();
        self.leaves.extend(inner);
        self.opened.push(Opened { statement, block, stays: catches });
        Ok(())
    }

    /// Whether a node speaks of the exchange.
    fn speaks(&self, node: Node<'tree>) -> bool {
        range(node).contains(range(self.method.site))
            || self.method.identifiers(node).any(|name| self.exchange.contains(self.method.written(name)))
    }

    /// What a statement reads of the answer.
    fn readings(&self, leaf: Node<'tree>) -> Vec<Reading<'tree>> {
        let speaks = |node: Node<'tree>| self.speaks(node);
        Reading::all(self.method, leaf, &speaks, self.builds)
    }

    /// Whether a statement only reads the answer, and speaks of the exchange nowhere else.
    fn only_reads(&self, leaf: Node<'tree>) -> bool {
        let readings = self.readings(leaf);
        let in_reading = |node: Node<'tree>| readings.iter().any(|reading| range(reading.node).contains(range(node)));
        !readings.is_empty()
            && (!range(leaf).contains(range(self.method.site)) || in_reading(self.method.site))
            && self
                .method
                .identifiers(leaf)
                .filter(|name| self.exchange.contains(self.method.written(*name)))
                .all(in_reading)
    }

    /// Follows the objects of the exchange until no statement more speaks of them.
    fn follow(&mut self) {
        // What was taken for a part of the exchange as a whole may not be one when it is taken apart.
        self.exchange.clear();
        for opened in &self.opened {
            self.exchange.extend(resources(self.method, opened.statement));
        }
        loop {
            let before = self.exchange.len();
            let leaves: Vec<Node<'tree>> = self.leaves.iter().filter(|leaf| self.speaks(**leaf)).copied().collect();
            for leaf in leaves {
                let mut found: Vec<String> = Vec::new();
                if self.only_reads(leaf) {
                    for reading in self.readings(leaf) {
                        found.extend(self.objects(reading.node));
                    }
                } else {
                    found.extend(self.made(leaf));
                    found.extend(self.objects(leaf));
                }
                self.exchange.extend(found.into_iter().filter(|name| !self.needed.contains(name)));
            }
            let heads: Vec<Node<'tree>> =
                self.opened.iter().filter_map(|opened| opened.statement.child_by_field_name("resources")).collect();
            for head in heads {
                let found: Vec<String> = self.objects(head).into_iter().collect();
                self.exchange.extend(found.into_iter().filter(|name| !self.needed.contains(name)));
            }
            if self.exchange.len() == before {
                return;
            }
        }
    }

    /// Variables that a statement of the exchange gives a value.
    fn made(&self, leaf: Node<'tree>) -> Vec<String> {
        let names = Preorder::new(leaf).filter_map(|node| match node.kind() {
            "variable_declarator" | "resource" => node.child_by_field_name("name"),
            "assignment_expression" => node.child_by_field_name("left"),
            _ => None,
        });
        let names = names.map(|name| self.method.written(name)).filter(|name| self.method.local(name).is_some());
        names.map(str::to_owned).collect()
    }

    /// Objects of the method that make up the request: what is sent, and what it is made with.
    fn objects(&self, node: Node<'tree>) -> BTreeSet<String> {
        let method = self.method;
        let is_object = |name: &Node<'tree>| {
            let written = method.written(*name);
            let Some(declared) = method.local(written).filter(|one| one.kind() != "formal_parameters") else {
                return false;
            };
            let kind = declared.child_by_field_name("type").map(|kind| method.written(kind)).unwrap_or_default();
            let is_made = || {
                let declarator = declared.child_by_field_name("declarator").unwrap_or(declared);
                let value = declarator.child_by_field_name("value");
                value.is_some_and(|value| {
                    let root = method.plan.grammar.root(value);
                    root.kind() == "object_creation_expression"
                        || method.written(root).starts_with(|first: char| first.is_uppercase())
                })
            };
            if PLAIN.contains(&kind) || (kind == "var" && !is_made()) {
                return false;
            }
            let parent = name.parent();
            let is_argument = parent.is_some_and(|parent| parent.kind() == "argument_list");
            // The object that all of a statement is done to.
            let mut chain = *name;
            while let Some(outer) = chain.parent().filter(|outer| {
                outer.child_by_field_name("object") == Some(chain)
                    || (outer.kind() == "parenthesized_expression" || outer.kind() == "cast_expression")
            }) {
                chain = outer;
            }
            let is_subject = chain != *name
                && (chain.parent().is_some_and(|outer| outer.kind() == "expression_statement")
                    || range(chain).contains(range(method.site)));
            is_argument || is_subject
        };
        method.identifiers(node).filter(is_object).map(|name| method.written(name).to_owned()).collect()
    }

    /// Takes a block around the request apart whose resources send it; whether there was one.
    fn open_around(&mut self) -> Result<bool, Refusal> {
        let mut around = self.method.site.parent();
        while let Some(here) = around.filter(|here| *here != self.method.body) {
            let is_known = self.opened.iter().any(|opened| opened.statement == here);
            let resources = here.child_by_field_name("resources").filter(|_| !is_known);
            if let Some(resources) = resources {
                let mut names = Preorder::new(resources).filter(|node| node.kind() == "resource");
                let is_of_exchange = |name: Node<'tree>| {
                    name.child_by_field_name("name")
                        .is_some_and(|name| self.exchange.contains(self.method.written(name)))
                };
                if names.any(is_of_exchange) {
                    self.take_apart(here)?;
                    return Ok(true);
                }
            }
            around = here.parent();
        }
        Ok(false)
    }

    /// Takes a statement apart that speaks of the exchange and holds what reads it; whether there was one.
    fn open(&mut self) -> Result<bool, Refusal> {
        let found = self.leaves.iter().copied().find(|leaf| {
            matches!(leaf.kind(), "if_statement" | "try_statement" | "try_with_resources_statement")
                && self.speaks(*leaf)
                && !self.readings(*leaf).is_empty()
        });
        let Some(leaf) = found else { return Ok(false) };
        if leaf.kind() != "if_statement" {
            self.take_apart(leaf)?;
            return Ok(true);
        }
        let decides = || "what happens where the token is refused is decided here, and a manager throws".to_owned();
        let then = leaf.child_by_field_name("consequence").ok_or_else(decides)?;
        let otherwise = leaf.child_by_field_name("alternative");
        let reads = |node: Node<'tree>| !self.readings(node).is_empty();
        let (block, other) = match otherwise {
            Some(otherwise) if reads(otherwise) && !reads(then) => (otherwise, Some(then)),
            _ => (then, otherwise),
        };
        let last = |block: Node<'tree>| statements(block).last().copied();
        let following = leaf.next_named_sibling();
        let fails = match other {
            Some(other) => last(other).is_some_and(|last| last.kind() == "throw_statement"),
            None => {
                let is_left = last(block).is_some_and(|last| last.kind() == "return_statement");
                is_left && following.is_some_and(|next| next.kind() == "throw_statement")
            }
        };
        if block.kind() != "block" || !fails {
            return Err(decides());
        }
        if let (None, Some(next)) = (other, following) {
            // It would never be reached.
            self.leaves.retain(|known| *known != next);
            self.opened.push(Opened { statement: next, block: next, stays: false });
        }
        self.leaves.retain(|known| *known != leaf);
        self.leaves.extend(statements(block));
        self.opened.push(Opened { statement: leaf, block, stays: false });
        Ok(true)
    }

    /// What became of all statements.
    fn parted(mut self, site: Node<'tree>) -> Result<Parts<'tree>, Refusal> {
        let mut parts = Parts {
            site,
            gone: Vec::new(),
            opened: self.opened.iter().filter(|opened| opened.block != opened.statement).copied().collect(),
            readings: Vec::new(),
            kept: Vec::new(),
        };
        parts
            .gone
            .extend(self.opened.iter().filter(|opened| opened.block == opened.statement).map(|one| one.statement));
        for leaf in std::mem::take(&mut self.leaves) {
            if self.opened.iter().any(|opened| opened.statement == leaf) {
                continue;
            }
            if !self.speaks(leaf) {
                parts.kept.push(leaf);
            } else if self.only_reads(leaf) {
                parts.readings.extend(self.readings(leaf));
                parts.kept.push(leaf);
            } else if let Some(whole) = Reading::whole_text(self.method, leaf) {
                parts.readings.push(whole);
                parts.kept.push(leaf);
            } else {
                self.check(leaf)?;
                parts.gone.push(leaf);
            }
        }
        if parts.readings.is_empty() {
            let gives = self.method.gives().split('<').next().unwrap_or_default();
            if !matches!(gives, "String" | "void") {
                return Err(format!("the method that asks gives more than the text of the token: {gives}"));
            }
            return Err("where the token is read from the answer could not be seen".to_owned());
        }
        parts.kept.sort_by_key(Node::start_byte);
        parts.gone.sort_by_key(Node::start_byte);
        parts.readings.sort_by_key(|reading| reading.node.start_byte());
        Ok(parts)
    }

    /// Why a statement of the exchange cannot go.
    fn check(&self, leaf: Node<'tree>) -> Result<(), Refusal> {
        let method = self.method;
        for node in Preorder::new(leaf) {
            let in_function = || {
                let mut outer = node.parent();
                while let Some(here) = outer.filter(|here| *here != leaf) {
                    if matches!(here.kind(), "lambda_expression" | "class_body") {
                        return true;
                    }
                    outer = here.parent();
                }
                false
            };
            match node.kind() {
                "variable_declarator" | "resource" | "assignment_expression" => {
                    let name = node.child_by_field_name("name").or_else(|| node.child_by_field_name("left"));
                    let name = name.map(|name| method.written(name)).unwrap_or_default();
                    if node.kind() == "assignment_expression" && method.local(name).is_none() {
                        return Err(format!("what is made of the answer goes to `{name}`"));
                    }
                    if self.needed.contains(name) {
                        return Err(format!("`{name}` is made in the midst of the request"));
                    }
                }
                "return_statement" if !in_function() && self.speaks(node) => {
                    let gives = method.gives().split('<').next().unwrap_or_default();
                    return Err(match gives {
                        "String" => "where the token is read from the answer could not be seen".to_owned(),
                        _ => format!("the method that asks gives more than the text of the token: {gives}"),
                    });
                }
                "return_statement" if !in_function() => {
                    return Err(
                        "what happens where the token is refused is decided here, and a manager throws".to_owned()
                    );
                }
                "continue_statement" => return Err("the answer decides about a loop".to_owned()),
                "method_invocation" if node == method.site => {}
                "method_invocation" if self.ends_program(node) => {
                    return Err("the program ends where the token is refused".to_owned());
                }
                "method_invocation" if method.plan.grammar.receiver(node).is_none() => {
                    let name = method.plan.grammar.called(node, method.text);
                    let own = method.declared_method(name).map(|own| method.written(own));
                    if own.is_none_or(|own| own.contains("this.")) {
                        return Err(format!("the method also calls `{name}`"));
                    }
                }
                "method_invocation" if self.hands_on(node) => {
                    let callee = method.plan.grammar.callee(node).map(|callee| method.written(callee));
                    return Err(format!("the answer is handed to `{}`", callee.unwrap_or_default()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a call ends the program.
    fn ends_program(&self, call: Node<'tree>) -> bool {
        let grammar = self.method.plan.grammar;
        self.method.effects.is_exit(grammar.platform, grammar.called(call, self.method.text))
    }

    /// Whether a call hands an object of the exchange to one of the class that is no client.
    fn hands_on(&self, call: Node<'tree>) -> bool {
        let method = self.method;
        let root = method.plan.grammar.root(call);
        let name = method.written(root);
        let is_statement = call.parent().is_some_and(|outer| outer.kind() == "expression_statement");
        let is_class = name.starts_with(|first: char| first.is_uppercase());
        let is_own = root.kind() == "identifier" && (self.exchange.contains(name) || method.local(name).is_some());
        is_statement
            && !is_class
            && !is_own
            && !range(call).contains(range(method.site))
            && root.kind() != "object_creation_expression"
            && !method.is_log(call)
    }
}

/// The names of the resources of a statement.
fn resources<'m>(method: &'m Method<'_, '_>, statement: Node<'m>) -> Vec<String> {
    let Some(head) = statement.child_by_field_name("resources") else { return Vec::new() };
    let names = Preorder::new(head).filter(|node| node.kind() == "resource");
    names.filter_map(|one| one.child_by_field_name("name")).map(|name| method.written(name).to_owned()).collect()
}

/// The statements of a block.
pub(super) fn statements(block: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = block.walk();
    block.named_children(&mut cursor).filter(|child| !child.kind().ends_with("comment")).collect()
}

/// The block of what is done in any case.
fn finally(statement: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = statement.walk();
    let clause = statement.named_children(&mut cursor).find(|child| child.kind() == "finally_clause")?;
    clause.named_child(0)
}
