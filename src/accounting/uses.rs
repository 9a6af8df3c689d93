//! What becomes of a text in a program: who is given it, under which names it is kept, and who mentions them.
//!
//! It asks the intermediate form alone, and answers carefully: what cannot be followed counts as used.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::ir::{Argument, Block, Element, Entry, ExpressionId, ExpressionKind, Pattern, StatementKind};
use crate::facts::program::Program;
use crate::finding::ByteRange;

/// How many names a text is followed through.
const MOST_NAMES: usize = 24;

/// Where an expression that is part of no other stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Root {
    /// It is kept under these names.
    Named(Vec<String>),
    /// It decides, or is evaluated and dropped.
    Dropped,
    /// It is thrown.
    Thrown,
    /// A name is handed out: that is no use.
    Exported,
}

/// What is known of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is only shown to people.
    Shown,
    /// Nothing uses it.
    Unused,
    /// It may be used.
    Used,
}

/// The expressions of a program with what holds them.
pub(super) struct Uses<'a> {
    program: &'a Program,
    parents: BTreeMap<ExpressionId, ExpressionId>,
    roots: BTreeMap<ExpressionId, Root>,
    /// Names that patterns take out of maps.
    taken: BTreeSet<String>,
    is_shown: &'a dyn Fn(&str) -> bool,
}

/// The names under which a text is kept: the innermost key first, a variable or function last.
type Names = Vec<String>;

impl<'a> Uses<'a> {
    pub(super) fn new(program: &'a Program, is_shown: &'a dyn Fn(&str) -> bool) -> Self {
        let mut uses =
            Self { program, parents: BTreeMap::new(), roots: BTreeMap::new(), taken: BTreeSet::new(), is_shown };
        let arena = &program.arena;
        for (index, expression) in arena.expressions.iter().enumerate() {
            let id = ExpressionId(u32::try_from(index).unwrap_or(u32::MAX));
            for child in children(&expression.kind) {
                uses.parents.insert(child, id);
            }
            if let ExpressionKind::Store { target, value, .. } = &expression.kind {
                let names = uses.names(target);
                uses.roots.insert(*value, Root::Named(names));
            }
        }
        for unit in &program.units {
            uses.block(&unit.body, None);
        }
        for function in &arena.functions {
            let name = function.name.as_deref().map(str::to_owned);
            for parameter in &function.parameters {
                if let Some(default) = parameter.default {
                    let names = uses.names(&parameter.pattern);
                    uses.roots.insert(default, Root::Named(names));
                }
                uses.annotated(&parameter.annotations, &[]);
            }
            uses.annotated(&function.annotations, name.as_slice());
            if let Some(body) = &function.body {
                uses.block(body, name.as_deref());
            }
        }
        for class in &arena.classes {
            for field in &class.fields {
                let name = vec![field.name.to_string()];
                uses.annotated(&field.annotations, &name);
                if let Some(value) = field.value {
                    uses.roots.insert(value, Root::Named(name));
                }
            }
            uses.annotated(&class.annotations, &[]);
            uses.block(&class.body, None);
        }
        uses
    }

    /// The smallest text that holds a range of the program.
    pub(super) fn text_at(&self, range: ByteRange) -> Option<ExpressionId> {
        let holds = |(_, expression): &(usize, &crate::facts::ir::Expression)| {
            matches!(expression.kind, ExpressionKind::Text(_)) && expression.range.contains(range)
        };
        let expressions = self.program.arena.expressions.iter().enumerate();
        let (index, _) =
            expressions.filter(holds).min_by_key(|(_, expression)| expression.range.end - expression.range.start)?;
        u32::try_from(index).ok().map(ExpressionId)
    }

    /// What becomes of a text.
    pub(super) fn fate(&self, text: ExpressionId) -> Fate {
        let mut seen = BTreeSet::new();
        self.followed(text, &mut seen)
    }

    /// The names under which a text is kept; nothing where it is kept under none, or handed to somebody.
    pub(super) fn kept_under(&self, text: ExpressionId) -> Names {
        self.climb(text).map_or_else(|_| Names::new(), |(names, _)| names)
    }

    /// The names of the functions around a range, and of those around the mentions of a name.
    pub(super) fn functions_around(&self, range: ByteRange) -> impl Iterator<Item = &str> {
        let functions = self.program.arena.functions.iter().filter(move |function| function.range.contains(range));
        functions.filter_map(|function| function.name.as_deref())
    }

    /// Where a name is mentioned, other than as a key of a map.
    pub(super) fn mentions(&self, name: &str) -> Vec<ExpressionId> {
        let expressions = self.program.arena.expressions.iter().enumerate();
        let mentions = expressions.filter(|(_, expression)| match &expression.kind {
            ExpressionKind::Name(mentioned) => mentioned.rsplit('.').next() == Some(name),
            ExpressionKind::Member { name: mentioned, .. } => &**mentioned == name,
            // `_.get(config, "jwt.endpoint")`
            ExpressionKind::Text(text) => !text.contains(['/', ' ']) && text.split('.').any(|part| part == name),
            _ => false,
        });
        let ids = mentions.filter_map(|(index, _)| u32::try_from(index).ok().map(ExpressionId));
        ids.filter(|id| !self.is_key(*id) && !self.is_target(*id)).collect()
    }

    /// The range of an expression.
    pub(super) fn range(&self, id: ExpressionId) -> ByteRange {
        self.program.arena.expression(id).range
    }

    fn followed(&self, from: ExpressionId, seen: &mut BTreeSet<String>) -> Fate {
        let (names, last) = match self.climb(from) {
            Ok(kept) => kept,
            Err(fate) => return fate,
        };
        match last {
            Root::Thrown => return Fate::Shown,
            Root::Dropped | Root::Exported => return Fate::Unused,
            Root::Named(_) => {}
        }
        let Some((inner, outer)) = names.split_first() else { return Fate::Used };
        if seen.len() > MOST_NAMES {
            return Fate::Used;
        }
        if let Some((variable, keys)) = outer.split_last() {
            return self.followed_in_map(inner, keys, variable, seen);
        }
        if !seen.insert(inner.clone()) {
            return Fate::Unused;
        }
        if self.taken.contains(inner) {
            return Fate::Used;
        }
        let mut fates = self.mentions(inner).into_iter().map(|mention| self.followed(mention, seen));
        if fates.any(|fate| fate == Fate::Used) { Fate::Used } else { Fate::Unused }
    }

    /// A value in a map is used when its key is asked for, or when the map is handed to somebody as a whole.
    fn followed_in_map(&self, inner: &str, keys: &[String], variable: &str, seen: &mut BTreeSet<String>) -> Fate {
        let is_known = !seen.insert(format!("{variable}.{inner}"));
        if is_known {
            return Fate::Unused;
        }
        let is_asked = |id: &ExpressionId| !matches!(self.program.arena.expression(*id).kind, ExpressionKind::Name(_));
        if self.taken.contains(inner) || keys.iter().any(|key| self.taken.contains(key)) {
            return Fate::Used;
        }
        let asked: Vec<ExpressionId> = self.mentions(inner).into_iter().filter(is_asked).collect();
        let handed = keys.iter().flat_map(|key| self.mentions(key).into_iter().filter(is_asked));
        let handed: Vec<ExpressionId> =
            handed.chain(self.mentions(variable)).filter(|mention| !self.is_looked_into(*mention)).collect();
        let mut all = asked.into_iter().chain(handed);
        if all.any(|mention| self.followed(mention, seen) == Fate::Used) { Fate::Used } else { Fate::Unused }
    }

    /// Whether only a member of a value is asked for.
    fn is_looked_into(&self, id: ExpressionId) -> bool {
        let Some(above) = self.parents.get(&id) else { return false };
        matches!(&self.program.arena.expression(*above).kind, ExpressionKind::Member { object, .. } if *object == id)
    }

    /// The other names that a value gets: of the variables and members that are given what this name stands for, or a part of
    /// it.
    pub(super) fn aliases(&self, name: &str) -> Vec<String> {
        let kept = self.mentions(name).into_iter().filter_map(|mention| self.climb(mention).ok());
        kept.flat_map(|(names, _)| names).collect()
    }

    /// What is declared or stored under a name inside a range.
    pub(super) fn values_of(&self, name: &str, within: ByteRange) -> Vec<ByteRange> {
        let named = self
            .roots
            .iter()
            .filter(|(_, root)| matches!(root, Root::Named(names) if names.iter().any(|of| of == name)));
        named.map(|(value, _)| self.range(*value)).filter(|range| within.contains(*range)).collect()
    }

    /// The smallest function around a range.
    pub(super) fn function_around(&self, range: ByteRange) -> Option<ByteRange> {
        let functions = self.program.arena.functions.iter().map(|function| function.range);
        functions.filter(|function| function.contains(range)).min_by_key(|function| function.end - function.start)
    }

    /// Goes up from an expression to where its value is kept, or to who is given it.
    fn climb(&self, from: ExpressionId) -> Result<(Names, Root), Fate> {
        let mut names = Names::new();
        let mut at = from;
        loop {
            if let Some(root) = self.roots.get(&at) {
                if let Root::Named(kept) = root {
                    names.extend(kept.iter().cloned());
                }
                return Ok((names, root.clone()));
            }
            let Some(&above) = self.parents.get(&at) else { return Err(Fate::Used) };
            match &self.program.arena.expression(above).kind {
                ExpressionKind::Call { callee, .. } | ExpressionKind::Construct { class: callee, .. }
                    if *callee != at =>
                {
                    let shown = (self.is_shown)(&self.path(*callee).to_lowercase());
                    return Err(if shown { Fate::Shown } else { Fate::Used });
                }
                ExpressionKind::Map(entries) => {
                    let key = entries.iter().find_map(|entry| match entry {
                        Entry::Keyed { key, value } if *value == at => Some(*key),
                        _ => None,
                    });
                    match key.map(|key| &self.program.arena.expression(key).kind) {
                        Some(ExpressionKind::Text(key)) => names.push(key.to_string()),
                        _ => return Err(Fate::Used),
                    }
                }
                ExpressionKind::Index { index, .. } if *index == at => return Err(Fate::Used),
                ExpressionKind::Import(_) | ExpressionKind::Function(_) | ExpressionKind::Class(_) => {
                    return Err(Fate::Used);
                }
                _ => {}
            }
            at = above;
        }
    }

    fn path(&self, callee: ExpressionId) -> String {
        match &self.program.arena.expression(callee).kind {
            ExpressionKind::Name(name) => name.to_string(),
            ExpressionKind::Member { object, name, .. } => format!("{}.{name}", self.path(*object)),
            ExpressionKind::Call { callee, .. } => self.path(*callee),
            ExpressionKind::Import(specifier) => match &self.program.arena.expression(*specifier).kind {
                ExpressionKind::Text(module) => module.to_string(),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn is_key(&self, id: ExpressionId) -> bool {
        let Some(above) = self.parents.get(&id) else { return false };
        match &self.program.arena.expression(*above).kind {
            ExpressionKind::Map(entries) => {
                entries.iter().any(|entry| matches!(entry, Entry::Keyed { key, .. } if *key == id))
            }
            _ => false,
        }
    }

    /// Whether something is assigned to it: that is no use of what it held.
    fn is_target(&self, id: ExpressionId) -> bool {
        let Some(above) = self.parents.get(&id) else { return false };
        matches!(&self.program.arena.expression(*above).kind,
            ExpressionKind::Store { target: Pattern::Place(place), .. } if *place == id)
    }

    fn names(&mut self, pattern: &Pattern) -> Vec<String> {
        match pattern {
            Pattern::Name { name, .. } => vec![name.to_string()],
            Pattern::Place(place) => match &self.program.arena.expression(*place).kind {
                ExpressionKind::Member { name, .. } => vec![name.to_string()],
                ExpressionKind::Index { index, .. } => match &self.program.arena.expression(*index).kind {
                    ExpressionKind::Text(key) => vec![key.to_string()],
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            },
            Pattern::Map { entries, rest } => {
                for (key, _, _) in entries {
                    self.taken.insert(key.to_string());
                }
                for (_, inner, default) in entries {
                    let names = self.names(inner);
                    if let Some(default) = default {
                        self.roots.insert(*default, Root::Named(names));
                    }
                }
                if let Some(rest) = rest {
                    self.names(rest);
                }
                Vec::new()
            }
            Pattern::Default { pattern, value } => {
                let names = self.names(pattern);
                self.roots.insert(*value, Root::Named(names.clone()));
                names
            }
            Pattern::List { .. } | Pattern::Ignore => Vec::new(),
        }
    }

    fn annotated(&mut self, annotations: &[crate::facts::ir::Annotation], names: &[String]) {
        for argument in annotations.iter().flat_map(|annotation| &annotation.arguments) {
            self.roots.insert(argument.value, Root::Named(names.to_vec()));
        }
    }

    fn block(&mut self, block: &Block, function: Option<&str>) {
        for statement in &block.0 {
            match &statement.kind {
                StatementKind::Expression(value) => {
                    self.roots.insert(*value, Root::Dropped);
                }
                StatementKind::Declare { pattern, value } => {
                    let names = self.names(pattern);
                    if let Some(value) = value {
                        self.roots.insert(*value, Root::Named(names));
                    }
                }
                StatementKind::Return(Some(value)) => {
                    self.roots.insert(*value, Root::Named(function.map(str::to_owned).into_iter().collect()));
                }
                StatementKind::Throw(value) => {
                    if let Some(value) = value {
                        self.roots.insert(*value, Root::Thrown);
                    }
                }
                StatementKind::Branch { conditions, arms, .. } => {
                    self.dropped(conditions);
                    arms.iter().for_each(|arm| self.block(arm, function));
                }
                StatementKind::Loop { each, conditions, body } => {
                    self.dropped(conditions);
                    if let Some((pattern, _)) = each {
                        self.names(pattern);
                    }
                    self.block(body, function);
                }
                StatementKind::Try { body, handlers, finally } => {
                    self.block(body, function);
                    handlers.iter().for_each(|(_, handler)| self.block(handler, function));
                    self.block(finally, function);
                }
                StatementKind::Block(inner) => self.block(inner, function),
                StatementKind::Export { name, value } => {
                    let is_name = matches!(self.program.arena.expression(*value).kind, ExpressionKind::Name(_));
                    let root = if is_name { Root::Exported } else { Root::Named(vec![name.to_string()]) };
                    self.roots.insert(*value, root);
                }
                StatementKind::Return(None)
                | StatementKind::Leave
                | StatementKind::Function(_)
                | StatementKind::Class(_)
                | StatementKind::Import(_)
                | StatementKind::Reexport { .. } => {}
            }
        }
    }

    fn dropped(&mut self, conditions: &[ExpressionId]) {
        for condition in conditions {
            self.roots.insert(*condition, Root::Dropped);
        }
    }
}

/// The expressions directly inside another.
fn children(kind: &ExpressionKind) -> Vec<ExpressionId> {
    let values = |arguments: &[Argument]| arguments.iter().map(|argument| argument.value).collect::<Vec<_>>();
    match kind {
        ExpressionKind::Text(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Null
        | ExpressionKind::Name(_)
        | ExpressionKind::This
        | ExpressionKind::Super
        | ExpressionKind::Function(_)
        | ExpressionKind::Class(_) => Vec::new(),
        ExpressionKind::Member { object, .. } => vec![*object],
        ExpressionKind::Index { object, index } => vec![*object, *index],
        ExpressionKind::Concat(parts) | ExpressionKind::Opaque(parts) => parts.clone(),
        ExpressionKind::Arithmetic { left, right, .. } => vec![*left, *right],
        ExpressionKind::Percent { template, arguments } => [&[*template], arguments.as_slice()].concat(),
        ExpressionKind::Call { callee, arguments } => [vec![*callee], values(arguments)].concat(),
        ExpressionKind::Construct { class, arguments, .. } => [vec![*class], values(arguments)].concat(),
        ExpressionKind::Map(entries) => entries
            .iter()
            .flat_map(|entry| match entry {
                Entry::Keyed { key, value } => vec![*key, *value],
                Entry::Spread(value) => vec![*value],
            })
            .collect(),
        ExpressionKind::List(elements) => {
            elements.iter().map(|(Element::Item(value) | Element::Spread(value))| *value).collect()
        }
        ExpressionKind::Choice { condition, options } => condition.iter().chain(options).copied().collect(),
        ExpressionKind::Default { value, fallback } => vec![*value, *fallback],
        ExpressionKind::Store { target, value, .. } => match target {
            Pattern::Place(place) => vec![*place, *value],
            _ => vec![*value],
        },
        ExpressionKind::Each { iterable, element, .. } => vec![*iterable, *element],
        ExpressionKind::Import(value) | ExpressionKind::Await(value) => vec![*value],
    }
}
