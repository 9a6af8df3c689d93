//! Which files belong together: imports followed from file to file, and the files that use what a candidate hands out.
//!
//! It works backwards from what is asked. A candidate in which something was found, or that holds an endpoint, leads to the
//! files that it imports; what it hands out is looked for by name in its package, and whoever imports it belongs to it
//! too. What is linked is run as one program by the machine. It reads files only through the function it is given, and
//! decides nothing about what is found.

mod handing;
mod imports;
mod mentions;
mod resolve;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use self::imports::{Imports, Wanted};
use self::mentions::Mentions;
use self::resolve::{Resolved, Resolver};
use crate::contents::Contents;
use crate::facts::ir::Module;
use crate::facts::machine::Links;
use crate::facts::program::{Program, UnitId};
use crate::finding::{Context, Language, Platform};
use crate::source::SourceFile;
use crate::walk::FileKinds;

/// How many imports are followed one after another.
const DEEPEST_IMPORT: usize = 4;

/// How many files one entry may lead to, and how many bytes of text.
const MOST_FILES: usize = 48;
const MOST_BYTES: usize = 768 << 10;

/// How often importers of importers are looked for: those of the first always, then where they hand on what they import.
const ROUNDS: usize = 3;

/// How many configuration files one program may look into.
const MOST_SETTINGS: usize = 16;

/// How many files one program may have.
const LARGEST_PROGRAM: usize = 400;

/// A file of code that was read and lowered.
#[derive(Debug)]
pub struct Source {
    /// Absolute, without `.` and `..`.
    pub path: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// Its text. Its path is the one that reports give.
    pub file: Arc<SourceFile>,
    /// Its tree; nothing for a data file.
    pub tree: Option<tree_sitter::Tree>,
    /// Its intermediate form.
    pub module: Module,
    /// Whether it is test code.
    pub context: Context,
}

/// A candidate, and what is known of it before anything is linked.
#[derive(Debug)]
pub struct Candidate {
    /// The file.
    pub source: Source,
    /// Whether something in it asks for other files: something was found, or it holds an endpoint.
    pub is_active: bool,
}

/// Files that are run together.
#[derive(Debug)]
pub struct Linked {
    /// The program.
    pub program: Program,
    /// Where its imports lead.
    pub links: Links,
    /// The units whose functions are all run.
    pub entries: Vec<UnitId>,
    /// The file of each unit: its text, tree and context. The module has moved into the program.
    pub sources: Vec<Source>,
}

/// What was linked.
#[derive(Debug, Default)]
pub struct Linking {
    /// The programs, in the order of their first files. A candidate that nothing belongs to is a program of its own.
    pub programs: Vec<Linked>,
    /// The files that were read because of another one, as reports name them.
    pub linked: Vec<String>,
    /// Remarks for the user.
    pub notices: Vec<String>,
}

/// What the files are surrounded by.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// What names say about files and folders.
    pub kinds: &'a FileKinds,
    /// What files hold.
    pub contents: &'a Contents,
    /// The named folders, absolute.
    pub folders: Vec<PathBuf>,
    /// Names of packages that are libraries, as far as the rules know them.
    pub libraries: Vec<String>,
    /// Configuration files that hold something of the old flow, absolute.
    pub documents: Vec<PathBuf>,
    /// Those of them that hold an address, each with the keys under which it stands: who reads them may use it.
    pub data: Vec<(Source, Vec<String>)>,
    /// How many files the scan has read, which bounds how many more are.
    pub seen: usize,
}

/// Links candidates of one platform with what belongs to them. `read` reads and lowers a file that is no candidate.
pub fn link(
    platform: Platform,
    candidates: Vec<Candidate>,
    surroundings: Surroundings<'_>,
    read: &(dyn Fn(&Path) -> Option<Source> + Sync),
) -> Linking {
    let Surroundings { kinds, contents, folders, libraries, documents, data, seen } = surroundings;
    let mut graph = Graph {
        platform,
        resolver: Resolver::new(kinds, contents, folders, libraries),
        read,
        documents,
        nodes: Vec::new(),
        by_path: BTreeMap::new(),
        linked: Vec::new(),
    };
    for candidate in candidates {
        let node = graph.add(candidate.source);
        graph.nodes[node].is_candidate = true;
        graph.nodes[node].is_entry = true;
        graph.nodes[node].is_active = candidate.is_active;
    }
    let active: Vec<usize> = (0..graph.nodes.len()).filter(|node| graph.nodes[*node].is_active).collect();
    for node in &active {
        graph.follow(*node);
    }
    let mut mentions = Mentions::new(kinds, contents, seen);
    let mut handing: Vec<usize> =
        active.into_iter().filter(|node| graph.nodes[*node].source.context == Context::Source).collect();
    handing.extend(graph.bases(&handing));
    for (source, keys) in data {
        let node = graph.add(source);
        graph.nodes[node].keys = keys;
        handing.push(node);
    }
    for round in 0..ROUNDS {
        handing = graph.importers(&handing, &mut mentions, round == 0);
        if handing.is_empty() {
            break;
        }
    }
    let notices = mentions.notices();
    let linked = std::mem::take(&mut graph.linked);
    Linking { programs: graph.programs(), linked, notices }
}

/// Where the imports of files lead, for several files of one run: what is seen of folders is seen once.
#[derive(Debug)]
pub struct Leading<'a> {
    resolver: Resolver<'a>,
}

impl<'a> Leading<'a> {
    /// Over what files hold.
    pub fn new(kinds: &'a FileKinds, contents: &'a Contents) -> Self {
        Self { resolver: Resolver::new(kinds, contents, Vec::new(), Vec::new()) }
    }

    /// Whether the imports of a file lead to one that is wanted: at once, or by files that only hand on what they import.
    /// It is asked before anything is known of libraries: a file with the name of one may count too.
    pub fn leads(
        &self,
        platform: Platform,
        source: Source,
        read: &dyn Fn(&Path) -> Option<Source>,
        is_wanted: &dyn Fn(&Path) -> bool,
    ) -> bool {
        let mut seen = BTreeSet::from([source.path.clone()]);
        let mut queue = VecDeque::from([(source, 1)]);
        while let Some((source, depth)) = queue.pop_front() {
            let imports = Imports::of(&source.module, &source.module.body);
            let wanted: Vec<Wanted> = imports.modules.into_iter().collect();
            let package = source.module.package.as_deref().unwrap_or_default();
            let resolved = self.resolver.resolve(platform, &source.path, package, source.file.text(), &wanted);
            let data = imports.data.iter().filter_map(|written| self.resolver.data(&source.path, written));
            for path in resolved.into_iter().map(|resolved| resolved.path).chain(data) {
                if !seen.insert(path.clone()) {
                    continue;
                }
                if is_wanted(&path) {
                    return true;
                }
                // Whatever it does besides with what it imports, it is the one that would be a candidate.
                if depth < ROUNDS && seen.len() <= MOST_FILES && handing::reexports(platform, &path) {
                    queue.extend(read(&path).map(|source| (source, depth + 1)));
                }
            }
        }
        false
    }
}

/// The files and where their imports lead.
struct Graph<'a> {
    platform: Platform,
    resolver: Resolver<'a>,
    read: &'a (dyn Fn(&Path) -> Option<Source> + Sync),
    documents: Vec<PathBuf>,
    nodes: Vec<Node>,
    /// What was read; nothing for what could not be.
    by_path: BTreeMap<PathBuf, Option<usize>>,
    linked: Vec<String>,
}

struct Node {
    source: Source,
    /// Where its imports lead: what the machine asks for, and the file.
    modules: Vec<(String, usize)>,
    /// The data files that it names.
    files: Vec<(Box<str>, usize)>,
    is_expanded: bool,
    is_candidate: bool,
    is_active: bool,
    is_entry: bool,
    /// Whether it hands on what it imports.
    hands_on: bool,
    /// For a configuration file: the keys of what others may use.
    keys: Vec<String>,
}

/// A file that mentions a name.
enum Hit {
    /// It has been read before.
    Known(PathBuf),
    /// It imports what was looked for.
    Imports(Box<Source>),
    /// It imports other files; this is its name in reports.
    ImportsOthers(String),
}

impl Graph<'_> {
    fn add(&mut self, source: Source) -> usize {
        let node = self.nodes.len();
        self.by_path.insert(source.path.clone(), Some(node));
        self.nodes.push(Node {
            source,
            modules: Vec::new(),
            files: Vec::new(),
            is_expanded: false,
            is_candidate: false,
            is_active: false,
            is_entry: false,
            hands_on: false,
            keys: Vec::new(),
        });
        node
    }

    /// The node of a file, read if it was not yet.
    fn node(&mut self, path: &Path) -> Option<usize> {
        if let Some(known) = self.by_path.get(path) {
            return *known;
        }
        match (self.read)(path) {
            Some(source) => {
                self.linked.push(source.file.path().to_owned());
                Some(self.add(source))
            }
            None => {
                self.by_path.insert(path.to_owned(), None);
                None
            }
        }
    }

    /// Follows the imports of a file, as far as one entry may lead.
    fn follow(&mut self, entry: usize) {
        let mut queue = VecDeque::from([(entry, 0)]);
        let mut seen = BTreeSet::from([entry]);
        let mut bytes = 0;
        while let Some((node, depth)) = queue.pop_front() {
            self.expand(node);
            if depth >= DEEPEST_IMPORT {
                continue;
            }
            let next: Vec<usize> = self.nodes[node].modules.iter().map(|(_, to)| *to).collect();
            for to in next {
                if seen.insert(to) {
                    bytes += self.nodes[to].source.file.text().len();
                    if seen.len() > MOST_FILES || bytes > MOST_BYTES {
                        return;
                    }
                    queue.push_back((to, depth + 1));
                }
            }
        }
    }

    /// Finds out where the imports of a file lead, and reads what they lead to.
    fn expand(&mut self, node: usize) {
        if self.nodes[node].is_expanded {
            return;
        }
        self.nodes[node].is_expanded = true;
        let source = &self.nodes[node].source;
        if source.tree.is_none() {
            return;
        }
        let imports = Imports::of(&source.module, &source.module.body);
        let hands_on = handing::hands_on(&source.module, &source.module.body);
        let wanted: Vec<Wanted> = imports.modules.iter().cloned().collect();
        let package = source.module.package.as_deref().unwrap_or_default().to_owned();
        let (path, file) = (source.path.clone(), Arc::clone(&source.file));
        let resolved = self.resolver.resolve(self.platform, &path, &package, file.text(), &wanted);
        self.nodes[node].hands_on = hands_on;
        for Resolved { specifier, path: target } in resolved {
            if let Some(to) = self.node(&target) {
                self.nodes[node].modules.push((specifier, to));
            }
        }
        for written in imports.data {
            if let Some(target) = self.resolver.data(&path, &written)
                && let Some(to) = self.node(&target)
            {
                self.nodes[node].files.push((written, to));
            }
        }
    }

    /// The files whose classes those of some files extend or implement: who is injected one of these knows it by that name.
    fn bases(&self, nodes: &[usize]) -> Vec<usize> {
        let mut found = Vec::new();
        for node in nodes {
            let Node { source, modules, .. } = &self.nodes[*node];
            let bases: BTreeSet<&str> = source
                .module
                .classes
                .iter()
                .flat_map(|class| &class.bases)
                .filter_map(|base| base.rsplit('.').next())
                .collect();
            for (_, to) in modules {
                let mut declared =
                    self.nodes[*to].source.module.classes.iter().filter_map(|class| class.name.as_deref());
                if declared.any(|name| bases.contains(name)) && !nodes.contains(to) && !found.contains(to) {
                    found.push(*to);
                }
            }
        }
        found
    }

    /// Reads the files of the package that mention what some files hand out, and links those that import them. Gives the
    /// ones that hand it on.
    fn importers(&mut self, handing: &[usize], mentions: &mut Mentions<'_>, is_first: bool) -> Vec<usize> {
        let mut by_root: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
        for node in handing {
            by_root.entry(self.resolver.root(&self.nodes[*node].source.path)).or_default().push(*node);
        }
        let mut found = Vec::new();
        for (root, nodes) in by_root {
            let wanted: Vec<&Path> = nodes.iter().map(|node| self.nodes[*node].source.path.as_path()).collect();
            let keys: Vec<String> = nodes.iter().flat_map(|node| self.nodes[*node].keys.clone()).collect();
            let hits = mentions.search(self.platform, &root, &wanted, &keys);
            for hit in self.importing(hits, &wanted, &keys) {
                let node = match hit {
                    // It may have been read meanwhile, as what another one leads to.
                    Hit::Known(path) => self.node(&path),
                    Hit::Imports(source) if self.by_path.contains_key(&source.path) => self.node(&source.path),
                    Hit::Imports(source) => {
                        self.linked.push(source.file.path().to_owned());
                        Some(self.add(*source))
                    }
                    Hit::ImportsOthers(reported) => {
                        self.linked.push(reported);
                        None
                    }
                };
                let Some(node) = node else { continue };
                if self.nodes[node].is_active || nodes.contains(&node) {
                    continue;
                }
                self.expand(node);
                let mut targets = self.nodes[node].modules.iter().map(|(_, to)| to);
                let mut files = self.nodes[node].files.iter().map(|(_, to)| to);
                let text = self.nodes[node].source.file.text();
                let leads = targets.any(|to| nodes.contains(to))
                    || files.any(|to| nodes.contains(to))
                    || keys.iter().any(|key| text.contains(key.as_str()));
                if leads && !found.contains(&node) {
                    self.nodes[node].is_entry = true;
                    self.nodes[node].is_active = true;
                    self.follow(node);
                    found.push(node);
                }
            }
        }
        // Functions of whoever imports a constant may get the rest from their own callers.
        found.retain(|node| is_first || self.nodes[*node].hands_on);
        found
    }

    /// Which of the files that mention some others import one of them. A name such as `http` is mentioned by hundreds: what
    /// imports something else is let go at once, with what it would lead to.
    fn importing(&self, hits: Vec<PathBuf>, wanted: &[&Path], keys: &[String]) -> Vec<Hit> {
        let look = |path: PathBuf| {
            if self.by_path.contains_key(&path) {
                return Some(Hit::Known(path));
            }
            let source = (self.read)(&path)?;
            let leads = self.resolved(&source).iter().any(|resolved| wanted.contains(&resolved.path.as_path()))
                || keys.iter().any(|key| source.file.text().contains(key.as_str()))
                || self.data_of(&source).iter().any(|path| wanted.contains(&path.as_path()));
            Some(if leads { Hit::Imports(Box::new(source)) } else { Hit::ImportsOthers(source.file.path().to_owned()) })
        };
        hits.into_par_iter().filter_map(look).collect()
    }

    /// The data files that a file names.
    fn data_of(&self, source: &Source) -> Vec<PathBuf> {
        let imports = Imports::of(&source.module, &source.module.body);
        imports.data.iter().filter_map(|written| self.resolver.data(&source.path, written)).collect()
    }

    /// Where the imports of a file lead.
    fn resolved(&self, source: &Source) -> Vec<Resolved> {
        let imports = Imports::of(&source.module, &source.module.body);
        let wanted: Vec<Wanted> = imports.modules.into_iter().collect();
        let package = source.module.package.as_deref().unwrap_or_default();
        self.resolver.resolve(self.platform, &source.path, package, source.file.text(), &wanted)
    }

    /// The files as programs: what leads to one another is one.
    fn programs(self) -> Vec<Linked> {
        let count = self.nodes.len();
        let mut set: Vec<usize> = (0..count).collect();
        for node in 0..count {
            // What no entry was followed from is linked to nothing.
            if !self.nodes[node].is_expanded {
                continue;
            }
            let targets = self.nodes[node].modules.iter().map(|(_, to)| *to);
            for to in targets.chain(self.nodes[node].files.iter().map(|(_, to)| *to)).collect::<Vec<_>>() {
                let (one, other) = (root_of(&mut set, node), root_of(&mut set, to));
                set[one.max(other)] = one.min(other);
            }
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for node in 0..count {
            let root = root_of(&mut set, node);
            members.entry(root).or_default().push(node);
        }
        let Self { platform, resolver, read, documents, nodes, .. } = self;
        let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        let mut programs = Vec::new();
        for mut group in members.into_values() {
            let entry = |node: &usize| nodes[*node].as_ref().is_some_and(|node| node.is_entry);
            if !group.iter().any(entry) {
                continue;
            }
            let path = |node: &usize| nodes[*node].as_ref().map(|node| node.source.path.clone());
            group.sort_by_key(|node| (!entry(node), path(node)));
            group.truncate(LARGEST_PROGRAM);
            let active: Vec<PathBuf> = group
                .iter()
                .filter_map(|node| nodes[*node].as_ref())
                .filter(|node| node.is_active && node.is_entry)
                .map(|node| node.source.path.clone())
                .collect();
            // Configuration is read anew for every program: it joins none of them.
            let settings = settings_for(&active, &resolver, &documents);
            let settings: Vec<Source> = settings.iter().filter_map(|path| read(path)).collect();
            programs.push(program(platform, &group, &mut nodes, settings));
        }
        programs.sort_by(|one, other| one.sources[0].path.cmp(&other.sources[0].path));
        programs
    }
}

fn root_of(set: &mut [usize], mut node: usize) -> usize {
    while set[node] != node {
        set[node] = set[set[node]];
        node = set[node];
    }
    node
}

/// The configuration that code may look up by a key: what holds something of the old flow in the same package, or in a
/// folder above the code, and the environment files there.
fn settings_for(active: &[PathBuf], resolver: &Resolver<'_>, documents: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in active {
        let root = resolver.root(file);
        let package = mentions::package(file, &root);
        let near = |document: &&PathBuf| {
            document.starts_with(&root)
                && (document.starts_with(&package) || document.parent().is_some_and(|folder| file.starts_with(folder)))
        };
        found.extend(documents.iter().filter(near).cloned());
        found.extend(resolver.environment_files(file));
    }
    found.into_iter().take(MOST_SETTINGS).collect()
}

fn program(platform: Platform, group: &[usize], nodes: &mut [Option<Node>], settings: Vec<Source>) -> Linked {
    let unit = |node: usize| {
        let position = group.iter().position(|member| *member == node)?;
        u32::try_from(position).ok().map(UnitId)
    };
    let mut links = Links::default();
    let mut entries = Vec::new();
    let mut sources = Vec::new();
    let mut modules = Vec::new();
    for (member, position) in group.iter().zip(0..) {
        let Some(mut node) = nodes[*member].take() else { continue };
        let from = UnitId(position);
        if node.is_entry {
            entries.push(from);
        }
        for (specifier, to) in &node.modules {
            match (unit(*to), platform) {
                (Some(to), Platform::Java) => links.add_class(specifier, to),
                (Some(to), _) => links.add_module(from, specifier, to),
                (None, _) => {}
            }
        }
        if platform == Platform::Java && group.len() > 1 {
            let package = node.source.module.package.clone().unwrap_or_default();
            for class in node.source.module.classes.iter().filter(|class| class.outer.is_none()) {
                if let Some(name) = &class.name {
                    let full = if package.is_empty() { name.to_string() } else { format!("{package}.{name}") };
                    links.add_class(&full, from);
                }
            }
        }
        for (written, to) in &node.files {
            if let Some(to) = unit(*to) {
                links.add_file(from, written, to);
            }
        }
        let module = std::mem::replace(&mut node.source.module, Module::new(node.source.language));
        modules.push((module, node.source.file.text().len()));
        sources.push(node.source);
    }
    for (mut source, position) in settings.into_iter().zip(modules.len()..) {
        if let Ok(position) = u32::try_from(position) {
            links.add_settings(UnitId(position));
        }
        let module = std::mem::replace(&mut source.module, Module::new(source.language));
        modules.push((module, source.file.text().len()));
        sources.push(source);
    }
    Linked { program: Program::link(modules), links, entries, sources }
}
