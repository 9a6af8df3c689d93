//! Names in the tree of one file: where each is declared, where it is used, and in which function that is.
//!
//! It is about spelling alone: two names are one where the nearest function that declares the spelling is the same. Members
//! (`this.key`, `self.key`) are names of the file, written with a dot. It decides nothing about what may go.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::{Node, Tree};

use super::grammar::Grammar;
use crate::finding::{ByteRange, Platform};
use crate::syntax::Preorder;

/// Index of a scope: 0 is the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub(super) usize);

/// A name as it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// The spelling, with a dot before that of a member.
    pub(super) name: String,
    /// Where.
    pub(super) range: ByteRange,
    /// The innermost scope around it.
    pub(super) scope: ScopeId,
}

/// What a declaration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It comes from another module.
    Import,
    /// A variable, with its first value or a later one.
    Variable,
    /// A function or method.
    Function,
    /// What a function is given.
    Parameter,
    /// A member that is set, or declared in a class.
    Member,
    /// Anything else: a class, a loop's variable, a resource.
    Other,
}

/// Where a name is given a meaning.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    /// The spelling, with a dot before that of a member.
    pub(super) name: String,
    /// The name itself.
    pub(super) range: ByteRange,
    /// The scope that it belongs to.
    pub(super) scope: ScopeId,
    /// What it is.
    pub(super) kind: Kind,
    /// What goes with it: a statement, or an item of a list in one.
    pub(super) unit: ByteRange,
    /// What is evaluated for it.
    pub(super) value: Option<ByteRange>,
}

/// All names of a file.
#[derive(Debug)]
pub(super) struct Names {
    /// The scopes: each with what it lies in.
    scopes: Vec<(ByteRange, Option<ScopeId>)>,
    /// The scopes whose names `this` and other objects have as members without a dot: classes of Java, and the file.
    classes: BTreeSet<ScopeId>,
    pub(super) declarations: Vec<Declaration>,
    /// Every name that is used; where one is declared it is not.
    pub(super) mentions: Vec<Mention>,
    /// Declared names by scope and spelling.
    declared: BTreeMap<(ScopeId, String), Vec<usize>>,
    /// Assignments whose scope is not known yet.
    weak: Vec<usize>,
}

impl Names {
    /// Reads the names of a file.
    pub(super) fn of(tree: &Tree, text: &str, grammar: &Grammar) -> Self {
        let root = tree.root_node();
        let mut names = Self {
            scopes: vec![(ByteRange::new(0, text.len()), None)],
            classes: BTreeSet::new(),
            declarations: Vec::new(),
            mentions: Vec::new(),
            declared: BTreeMap::new(),
            weak: Vec::new(),
        };
        if grammar.platform == Platform::Java {
            names.classes.insert(ScopeId(0));
        }
        let mut open = vec![ScopeId(0)];
        for node in Preorder::new(root) {
            while open.len() > 1 && node.start_byte() >= names.scopes[open[open.len() - 1].0].0.end {
                open.pop();
            }
            let scope = open.last().copied().unwrap_or(ScopeId(0));
            if grammar.is_scope(node) {
                let id = ScopeId(names.scopes.len());
                names.scopes.push((range(node), Some(scope)));
                if node.kind() == "class_body" && grammar.platform == Platform::Java {
                    names.classes.insert(id);
                }
                open.push(id);
            }
            if let Some(read) = grammar.name(node, text) {
                names.add(read, scope);
            }
            for (name, range) in grammar.quoted_names(node, text) {
                names.mentions.push(Mention { name, range, scope });
            }
        }
        for position in 0..names.declarations.len() {
            let Declaration { scope, name, .. } = &names.declarations[position];
            let key = (*scope, name.clone());
            if !names.weak.contains(&position) {
                names.declared.entry(key).or_default().push(position);
            }
        }
        // An assignment belongs to whatever function around it declares the name.
        for position in std::mem::take(&mut names.weak) {
            let (scope, name) = (names.declarations[position].scope, names.declarations[position].name.clone());
            let home = names.home(&name, scope).unwrap_or(ScopeId(0));
            names.declarations[position].scope = home;
            names.declared.entry((home, name)).or_default().push(position);
        }
        names
    }

    fn add(&mut self, read: super::grammar::Name, scope: ScopeId) {
        let name = read.name;
        let is_member = name.starts_with('.');
        let scope = if read.of_this { self.class_around(scope) } else { scope };
        let Some(declares) = read.declares else {
            let scope = if is_member { ScopeId(0) } else { scope };
            self.mentions.push(Mention { name, range: read.range, scope });
            return;
        };
        let scope = match declares.kind {
            _ if is_member => ScopeId(0),
            Kind::Import => ScopeId(0),
            // A function is known around itself.
            Kind::Function => self.scopes[scope.0].1.unwrap_or(ScopeId(0)),
            _ => scope,
        };
        if declares.is_assignment {
            self.weak.push(self.declarations.len());
        }
        let (kind, unit, value) = (declares.kind, declares.unit, declares.value);
        self.declarations.push(Declaration { name, range: read.range, scope, kind, unit, value });
    }

    /// The innermost class around a scope, or the file.
    fn class_around(&self, scope: ScopeId) -> ScopeId {
        let mut scope = scope;
        while !self.classes.contains(&scope) {
            match self.scopes[scope.0].1 {
                Some(outer) => scope = outer,
                None => break,
            }
        }
        scope
    }

    /// Whether a declaration is one of a class, which other objects have as a member.
    pub(super) fn is_of_class(&self, declaration: &Declaration) -> bool {
        self.classes.contains(&declaration.scope) && matches!(declaration.kind, Kind::Function | Kind::Variable)
    }

    /// The scope that a spelling belongs to, seen from another.
    fn home(&self, name: &str, from: ScopeId) -> Option<ScopeId> {
        let mut scope = Some(from);
        while let Some(here) = scope {
            if self.declared.contains_key(&(here, name.to_owned())) {
                return Some(here);
            }
            scope = self.scopes[here.0].1;
        }
        None
    }

    /// The declarations of what a mention speaks of; none for what comes from outside of the file.
    pub(super) fn declarations_of(&self, mention: &Mention) -> Vec<usize> {
        let Some(home) = self.home(&mention.name, mention.scope) else {
            // `Keys.load()` may be the `load` of a class of this file.
            let Some(bare) = mention.name.strip_prefix('.').filter(|_| !self.classes.is_empty()) else {
                return Vec::new();
            };
            let of_class = |position: &usize| {
                let declaration = &self.declarations[*position];
                declaration.name == bare && self.is_of_class(declaration)
            };
            return (0..self.declarations.len()).filter(of_class).collect();
        };
        self.declared.get(&(home, mention.name.clone())).cloned().unwrap_or_default()
    }

    /// All declarations that speak of the same name as one of them.
    pub(super) fn siblings(&self, declaration: &Declaration) -> Vec<usize> {
        self.declared.get(&(declaration.scope, declaration.name.clone())).cloned().unwrap_or_default()
    }

    /// Every mention of what a declaration declares.
    pub(super) fn mentions_of<'a>(&'a self, declaration: &'a Declaration) -> impl Iterator<Item = &'a Mention> {
        let is_of_class = self.is_of_class(declaration);
        self.mentions.iter().filter(move |mention| {
            if is_of_class && mention.name.strip_prefix('.') == Some(&declaration.name) {
                return true;
            }
            mention.name == declaration.name && self.home(&mention.name, mention.scope) == Some(declaration.scope)
        })
    }

    /// The mentions within a range.
    pub(super) fn within(&self, within: ByteRange) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(move |mention| within.contains(mention.range))
    }
}

pub(super) fn range(node: Node<'_>) -> ByteRange {
    ByteRange::new(node.start_byte(), node.end_byte())
}
