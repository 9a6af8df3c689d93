//! What only served the old flow: begun from what the plan gives up, and repeated until nothing more falls.
//!
//! A name goes only if every use of it goes too, if nobody outside can know it, and if what is evaluated for it has no effect
//! that counts. What stays is named with the reason. It makes no edit.

mod compounds;
mod effects;
mod parameters;

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::{Node, Tree};

use super::grammar::Grammar;
use super::names::{Declaration, Kind, Names, range};
use crate::finding::{ByteRange, Platform};
use crate::rules::Effects;
use crate::syntax::Preorder;

/// How often the whole file is looked through. Each time something falls, or it is the last.
const MOST_ROUNDS: usize = 40;

/// A file in which something is given up.
pub(super) struct File<'a> {
    pub(super) tree: &'a Tree,
    pub(super) text: &'a str,
    pub(super) names: &'a Names,
    pub(super) grammar: Grammar,
    /// What calls do, as far as it is known.
    pub(super) effects: &'a Effects,
    /// The files that see what is visible in the package, for Java.
    pub(super) neighbours: &'a [String],
    /// Whether files that use it are known too, so that what none of them speaks of is used by nobody.
    pub(super) has_importers: bool,
    /// Whether a function of another file only gives a value.
    pub(super) value_elsewhere: &'a dyn Fn(&str) -> bool,
}

/// What falls in one file.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Statements and items of lists that go.
    pub(super) gone: Vec<ByteRange>,
    /// Names that the old flow used and that stay, each with the reason.
    pub(super) kept: BTreeMap<String, String>,
    /// Pieces that go as they are, such as the exceptions that a `catch` cannot meet any more.
    pub(super) cut: Vec<ByteRange>,
    /// What a reviewer has to look at.
    pub(super) doubts: BTreeSet<String>,
    /// The names that went, each with what it was and where.
    pub(super) removed: Vec<(String, Kind, ByteRange)>,
}

/// Takes out what only the given-up places need. `given_up` are replaced or deleted by the plan itself; `new_names` are what
/// the new code uses there, and `is_known_elsewhere` tells whether another file speaks of a name.
pub(super) fn sweep(
    file: &File<'_>,
    given_up: &[ByteRange],
    new_names: &BTreeSet<String>,
    forced: &[ByteRange],
    is_known_elsewhere: &dyn Fn(&str) -> bool,
) -> Swept {
    let mut sweep = Sweep { file, given_up, new_names, is_known_elsewhere, swept: Swept::default() };
    sweep.swept.gone.extend(forced);
    for _ in 0..MOST_ROUNDS {
        let before = sweep.swept.gone.len() + sweep.swept.cut.len();
        sweep.round();
        sweep.compounds();
        if file.grammar.platform == Platform::Java {
            sweep.unreachable_catches();
        }
        if file.grammar.platform == Platform::Python {
            sweep.idle_with();
        }
        if sweep.swept.gone.len() + sweep.swept.cut.len() == before {
            break;
        }
    }
    let mut swept = sweep.swept;
    let removed: BTreeSet<&String> = swept.removed.iter().map(|(name, ..)| name).collect();
    swept.kept.retain(|name, _| !removed.contains(name));
    swept
}

/// A call within a place of a file that may do something besides giving a value.
pub(super) fn effect(file: &File<'_>, place: ByteRange) -> Option<String> {
    let none = BTreeSet::new();
    let sweep = Sweep { file, given_up: &[], new_names: &none, is_known_elsewhere: &|_| true, swept: Swept::default() };
    sweep.effect_in(place, &mut Vec::new())
}

pub(super) struct Sweep<'a> {
    pub(super) file: &'a File<'a>,
    pub(super) given_up: &'a [ByteRange],
    new_names: &'a BTreeSet<String>,
    is_known_elsewhere: &'a dyn Fn(&str) -> bool,
    pub(super) swept: Swept,
}

impl<'a> Sweep<'a> {
    pub(super) fn is_dead(&self, place: ByteRange) -> bool {
        self.given_up.iter().chain(&self.swept.gone).chain(&self.swept.cut).any(|dead| dead.contains(place))
    }

    /// Lets fall what nothing needs any more that the dead places mention.
    fn round(&mut self) {
        let names = self.file.names;
        let mut seen = BTreeSet::new();
        let dead: Vec<_> = names.mentions.iter().filter(|mention| self.is_dead(mention.range)).collect();
        for mention in dead {
            for position in names.declarations_of(mention) {
                if seen.insert(position) {
                    self.consider(&names.declarations[position]);
                }
            }
        }
    }

    /// Takes a name out if nothing needs it.
    fn consider(&mut self, declaration: &Declaration) {
        let names = self.file.names;
        let all: Vec<&Declaration> =
            names.siblings(declaration).into_iter().map(|position| &names.declarations[position]).collect();
        if all.iter().all(|one| self.is_dead(one.unit)) || self.new_names.contains(&declaration.name) {
            return;
        }
        let shown = declaration.name.trim_start_matches('.');
        if let Some(parameter) = all.iter().find(|one| one.kind == Kind::Parameter) {
            let used = names.mentions_of(parameter).any(|mention| !self.is_dead(mention.range));
            let goes = match self.file.grammar.platform {
                Platform::Java => used || self.parameter_goes(parameter),
                _ => used || self.drop_parameter(parameter),
            };
            if !goes {
                self.keep(shown, "it is a parameter, which callers pass");
                if self.file.grammar.platform != Platform::Java || self.is_of_public(parameter) {
                    let doubt = format!("`{shown}` is still a parameter, and nothing uses it any more");
                    self.swept.doubts.insert(doubt);
                }
            }
            return;
        }
        // What constructors are given for a field goes with it, in all files.
        if all.iter().any(|one| self.is_field(one)) {
            return;
        }
        let overwritten = self.overwritten(&all);
        if !overwritten.is_empty() {
            self.swept.gone.extend(overwritten);
            return;
        }
        // Statements that do nothing but build it up fall with it.
        let mut own: Vec<ByteRange> = Vec::new();
        let mut logs = false;
        for mention in names.mentions_of(declaration) {
            let place = mention.range;
            let in_its_value = all.iter().any(|one| one.kind != Kind::Import && one.unit.contains(place));
            if self.is_dead(place) || in_its_value || own.iter().any(|statement| statement.contains(place)) {
                continue;
            }
            // Who logs through it needs it.
            if self.is_logger(place) {
                return;
            }
            if let Some(statement) = self.rebinds(place, &all) {
                own.push(statement);
                continue;
            }
            match self.own_statement(place) {
                // A line that shows what is there without the old flow keeps it.
                Some((_, true)) if self.file.grammar.platform == Platform::Java && !self.is_given_up(declaration) => {
                    return;
                }
                // What is shown and is no more than a setting goes on being shown.
                Some((_, true))
                    if self.file.grammar.platform != Platform::Java && !all.iter().any(|one| self.is_made(one)) =>
                {
                    return;
                }
                Some((statement, is_log)) => {
                    own.push(statement);
                    logs |= is_log;
                }
                None => return,
            }
        }
        if declaration.kind == Kind::Other && !self.is_class(declaration) {
            return;
        }
        if let Some(exported) = all.iter().find_map(|one| self.exported(one)) {
            self.keep(shown, exported);
            return;
        }
        if let Some(why) = all.iter().find_map(|one| self.java_stays(one)) {
            self.keep(shown, why);
            if declaration.kind == Kind::Function {
                self.swept.doubts.insert(format!("`{shown}` stays, though nothing here needs it any more: {why}"));
            }
            return;
        }
        let is_public = all.iter().any(|one| self.is_public(one));
        if is_public && (self.is_known_elsewhere)(shown) {
            self.keep(shown, "other files of the package speak of it");
            return;
        }
        for place in all.iter().filter_map(|one| one.value).chain(own.iter().copied()) {
            if let Some(effect) = self.effect_in(place, &mut Vec::new()) {
                self.keep(shown, &format!("`{effect}` may do more than give a value"));
                if declaration.kind != Kind::Import {
                    let doubt = format!("`{shown}` is still computed: `{effect}` may do more than give a value");
                    self.swept.doubts.insert(doubt);
                }
                return;
            }
        }
        for place in all.iter().filter_map(|one| one.value) {
            self.swept.doubts.extend(self.made_of_shared(place));
        }
        let is_private = all.iter().any(|one| self.is_private(one));
        let is_python = self.file.grammar.platform == Platform::Python;
        if is_python && is_public && self.is_named_by_text(shown) {
            self.keep(shown, "a text of the file names it");
            return;
        }
        // Who imports a file of Python is known.
        if is_public && declaration.kind == Kind::Function && !is_private && !self.file.has_importers && !is_python {
            self.swept.doubts.insert(format!("`{shown}` was taken out; nothing in the package uses it"));
        }
        if logs {
            self.swept.doubts.insert("a line that logged a part of the old flow was taken out".to_owned());
        }
        for one in all {
            if !self.is_dead(one.unit) {
                self.swept.gone.push(one.unit);
                self.swept.removed.push((shown.to_owned(), one.kind, one.range));
            }
        }
        self.swept.gone.extend(own);
    }

    /// Whether a class of Python declares a field: `name: type`.
    fn is_field(&self, declaration: &Declaration) -> bool {
        let statement = self.node(declaration.unit).and_then(|node| self.file.grammar.statement(node));
        self.file.grammar.platform == Platform::Python
            && declaration.kind == Kind::Member
            && statement.is_some_and(|statement| super::carried::field_of(statement).is_some())
    }

    /// Whether a class of Python is declared, which goes as a function does.
    fn is_class(&self, declaration: &Declaration) -> bool {
        self.file.grammar.platform == Platform::Python
            && self.node(declaration.unit).is_some_and(|node| node.kind() == "class_definition")
    }

    /// Whether a text names a variable of Python, as `globals()["name"]` does. A key of a dictionary is none of these.
    fn is_named_by_text(&self, name: &str) -> bool {
        let quoted = [format!("\"{name}\""), format!("'{name}'")];
        let strings = Preorder::new(self.file.tree.root_node()).filter(|node| node.kind() == "string");
        strings.filter(|string| quoted.iter().any(|quoted| self.text(range(*string)) == quoted)).any(|string| {
            let parent = string.parent();
            let is_key = parent.is_some_and(|parent| match parent.kind() {
                "pair" => parent.child_by_field_name("key") == Some(string),
                "subscript" => parent.child_by_field_name("value").is_some_and(|value| value.kind() != "call"),
                _ => false,
            });
            !is_key && !self.is_dead(range(string))
        })
    }

    /// Whether the plan itself gave up a mention of a name.
    fn is_given_up(&self, declaration: &Declaration) -> bool {
        let mut mentions = self.file.names.mentions_of(declaration);
        mentions.any(|mention| self.given_up.iter().any(|place| place.contains(mention.range)))
    }

    /// Whether the file says that a member is for nobody else.
    fn is_private(&self, declaration: &Declaration) -> bool {
        let head = self.node(declaration.unit).map_or("", |node| {
            let text = self.text(range(node));
            text.split(['(', '=']).next().unwrap_or_default()
        });
        head.split_whitespace().any(|word| word == "private" || word.starts_with(['#', '_']))
    }

    /// Whether a name stands for what is computed where the assertion is asked for, and not for a setting that it is made of.
    fn is_made(&self, declaration: &Declaration) -> bool {
        declaration.kind == Kind::Variable
            && declaration.value.and_then(|value| self.node(value)).is_some_and(|value| {
                Preorder::new(value).any(|inner| self.file.grammar.is_call(inner))
                    && self
                        .file
                        .names
                        .mentions_of(declaration)
                        .any(|mention| self.given_up.iter().any(|given_up| given_up.contains(mention.range)))
            })
    }

    fn keep(&mut self, name: &str, why: &str) {
        self.swept.kept.insert(name.to_owned(), why.to_owned());
    }

    /// The statement that a mention stands in, where it does nothing but build up, check or show what is mentioned, and
    /// whether it shows it.
    pub(super) fn own_statement(&self, place: ByteRange) -> Option<(ByteRange, bool)> {
        let node = self.node(place)?;
        let statement = self.file.grammar.statement(node)?;
        match statement.kind() {
            "expression_statement" if self.builds(statement, place) => Some((range(statement), false)),
            // `del x["y"]`
            "delete_statement" => {
                let deleted = statement.named_child(0).filter(|deleted| deleted.kind() != "identifier")?;
                (range(self.file.grammar.root(deleted)) == place).then(|| (range(statement), false))
            }
            "expression_statement" if self.shows(statement) => Some((range(statement), true)),
            "if_statement" => self.guards(statement, place).then(|| (range(statement), false)),
            _ => None,
        }
    }

    /// `x.set(…)`, `x.y = …`, `x["y"] = …`.
    fn builds(&self, statement: Node<'_>, place: ByteRange) -> bool {
        let grammar = self.file.grammar;
        let Some(expression) = awaited(statement) else { return false };
        if matches!(expression.kind(), "assignment_expression" | "assignment") {
            return expression
                .child_by_field_name("left")
                .is_some_and(|left| left.kind() != "identifier" && range(grammar.root(left)) == place);
        }
        grammar.is_call(expression) && range(grammar.root(expression)) == place
    }

    /// `log(x)`.
    fn shows(&self, statement: Node<'_>) -> bool {
        let grammar = self.file.grammar;
        let Some(call) = awaited(statement).filter(|expression| grammar.is_call(*expression)) else { return false };
        let callee = grammar.callee(call).map(|callee| self.text(range(callee))).unwrap_or_default();
        let receiver = grammar.receiver(call).map(|receiver| self.text(range(receiver))).unwrap_or_default();
        self.file.effects.is_log(grammar.platform, receiver, callee)
    }

    /// `if (!x) throw …`: a check of what is no more.
    fn guards(&self, statement: Node<'_>, place: ByteRange) -> bool {
        let Some(condition) = statement.child_by_field_name("condition") else { return false };
        if !range(condition).contains(place) || statement.child_by_field_name("alternative").is_some() {
            return false;
        }
        // The others that it checks would go unchecked.
        let names = self.file.names;
        let others = names.within(range(condition)).filter(|mention| {
            !self.is_dead(mention.range) && mention.range != place && !names.declarations_of(mention).is_empty()
        });
        let same = |mention: &super::names::Mention| self.text(mention.range) == self.text(place);
        if others.into_iter().any(|mention| !same(mention)) {
            return false;
        }
        let Some(consequence) = statement.child_by_field_name("consequence") else { return false };
        let statements: Vec<Node<'_>> = if self.file.grammar.is_block(consequence) {
            let mut cursor = consequence.walk();
            consequence.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
        } else {
            vec![consequence]
        };
        let leaves = statements.last().is_some_and(|last| self.leaves(*last));
        leaves && statements.iter().all(|one| self.leaves(*one) || one.kind() == "expression_statement")
    }

    /// `log` in `log.info(…)`.
    fn is_logger(&self, place: ByteRange) -> bool {
        let grammar = self.file.grammar;
        let call = self.node(place).and_then(|node| grammar.statement(node)).and_then(awaited);
        let Some(call) = call.filter(|call| grammar.is_call(*call) && grammar.platform == Platform::Python) else {
            return false;
        };
        let callee = grammar.callee(call).map(range);
        callee.is_some_and(|callee| {
            callee.contains(place) && self.file.effects.is_log(grammar.platform, "", self.text(callee))
        })
    }

    /// `if isinstance(x, bytes): x = x.decode()`: a condition over nothing but new values of the name itself.
    fn rebinds(&self, place: ByteRange, all: &[&Declaration]) -> Option<ByteRange> {
        let statement = self.file.grammar.statement(self.node(place)?)?;
        let condition = statement.child_by_field_name("condition").filter(|_| statement.kind() == "if_statement")?;
        let body = statement.child_by_field_name("consequence")?;
        let mut cursor = body.walk();
        let mut statements = body.named_children(&mut cursor).filter(|child| !child.kind().contains("comment"));
        let is_alone = statement.child_by_field_name("alternative").is_none() && self.file.grammar.is_block(body);
        let only_it = statements.all(|one| all.iter().any(|declaration| declaration.unit.contains(range(one))));
        let is_quiet = self.effect_in(range(condition), &mut Vec::new()).is_none();
        (is_alone && only_it && is_quiet && range(condition).contains(place)).then(|| range(statement))
    }

    /// Whether a statement leaves the function or ends the program.
    fn leaves(&self, statement: Node<'_>) -> bool {
        if self.file.grammar.leaves(statement) {
            return true;
        }
        let call = statement.named_child(0).filter(|child| self.file.grammar.is_call(*child));
        let callee = call.and_then(|call| self.file.grammar.callee(call));
        callee.is_some_and(|callee| self.file.effects.is_exit(self.file.grammar.platform, self.text(range(callee))))
    }

    /// Why a name is known outside of its file, where the file says so itself.
    fn exported(&self, declaration: &Declaration) -> Option<&'static str> {
        let node = self.node(declaration.range)?;
        let statement = self.file.grammar.statement(node)?;
        if statement.kind() == "export_statement" {
            return Some("it is exported");
        }
        // A decorator hands what follows it to somebody else.
        let is_handed_on = statement.kind() == "decorated_definition" && {
            let mut cursor = statement.walk();
            let mut decorators = statement.named_children(&mut cursor).filter(|child| child.kind() == "decorator");
            !decorators.all(|one| super::carried::is_plain_decorator(self.text(range(one))))
        };
        is_handed_on.then_some("a decorator hands it on")
    }

    /// Whether others could know a name without the file saying so.
    fn is_public(&self, declaration: &Declaration) -> bool {
        match self.file.grammar.platform {
            Platform::Node => declaration.name.starts_with('.'),
            Platform::Python => declaration.scope.0 == 0 && declaration.kind != Kind::Import,
            Platform::Java => {
                let Some(node) = self.node(declaration.range) else { return true };
                let Some(statement) = self.file.grammar.statement(node) else { return true };
                matches!(statement.kind(), "method_declaration" | "field_declaration")
                    && !self.file.grammar.has_modifier(statement, "private")
            }
        }
    }

    pub(super) fn node(&self, place: ByteRange) -> Option<Node<'a>> {
        self.file.tree.root_node().descendant_for_byte_range(place.start, place.end)
    }

    pub(super) fn text(&self, place: ByteRange) -> &'a str {
        self.file.text.get(place.start..place.end).unwrap_or_default()
    }
}

/// The expression of a statement, without what waits for it.
fn awaited(statement: Node<'_>) -> Option<Node<'_>> {
    let mut expression = statement.named_child(0)?;
    while matches!(expression.kind(), "await_expression" | "await") {
        expression = expression.named_child(0)?;
    }
    Some(expression)
}
