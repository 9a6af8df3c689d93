//! The manifests of packages whose code is rewritten: what the new code needs comes in, what nothing refers to any more
//! goes, and the commands that make lock files anew are written down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::sets::{self, is_rewritten_code};
use super::stand_ins::Dropped;
use super::unused::{self, Unused};
use crate::finding::{Applicability, Edit, Finding, Fix, LedgerEntry, Platform};
use crate::manifest::edit::{Addition, Change, PackageEdits, Raise, Removal, apply, edit_package};
use crate::manifest::floor::Floor;
use crate::manifest::{
    Choice, Dependency, Group, Import, Kind, Loaded, Manifest, Package, Project, decide, decide_one, has, packages_of,
    relocks, supports,
};
use crate::rewrite::tree::{Planned, Tree, root_of};
use crate::rules::schema::{DependencyModel, Ecosystem};
use crate::rules::targets::Feature;
use crate::scan::Known;
use crate::walk::{normal, reported_path};

/// A package whose manifests may change.
pub(super) struct Home {
    package: Package,
    /// The topmost folder that counts.
    root: PathBuf,
    /// Its manifests, then those above it.
    manifests: Vec<Loaded>,
    /// How many of them are its own.
    own: usize,
    /// The findings of code that get their packages here, by position.
    code: BTreeSet<usize>,
    /// The entries that exist for the old flow, by the position of the finding.
    entries: BTreeSet<usize>,
}

/// The packages of rewritten code.
pub(super) fn homes(known: &Known<'_>, findings: &[Finding]) -> Vec<Home> {
    let named: Vec<PathBuf> = known.settings.paths.iter().map(|path| normal(path)).collect();
    let mut homes: BTreeMap<(PathBuf, Platform), Home> = BTreeMap::new();
    for (position, finding) in findings.iter().enumerate().filter(|(_, finding)| is_rewritten_code(finding)) {
        let Some(platform) = finding.language.platform() else { continue };
        let path = normal(Path::new(&finding.path));
        let root = root_of(&path, &named);
        let packages = packages_of(&path, &root, platform);
        let mut loaded: Vec<Vec<Loaded>> = packages.iter().map(|package| load(known, &package.manifests)).collect();
        // A manifest that asks for nothing says something else of its folder, such as which modules it holds.
        let asks = |manifests: &Vec<Loaded>| manifests.iter().any(|loaded| !loaded.manifest.dependencies.is_empty());
        let at = loaded.iter().position(asks).unwrap_or(0);
        if loaded.is_empty() {
            continue;
        }
        loaded.drain(..at);
        let own = loaded.first().map_or(0, Vec::len);
        let package = packages[at].clone();
        let home = homes.entry((package.folder.clone(), platform)).or_insert_with(|| Home {
            package,
            root,
            manifests: loaded.into_iter().flatten().collect(),
            own,
            code: BTreeSet::new(),
            entries: BTreeSet::new(),
        });
        home.code.insert(position);
    }
    for (position, finding) in findings.iter().enumerate() {
        let is_entry = known.catalog.rule(&finding.rule).is_some_and(|rule| rule.rule.matches.dependency.is_some());
        if !is_entry {
            continue;
        }
        let path = normal(Path::new(&finding.path));
        for home in homes.values_mut() {
            if home.own_manifests().iter().any(|loaded| loaded.path == path) {
                home.entries.insert(position);
            }
        }
    }
    homes.into_values().collect()
}

fn load(known: &Known<'_>, paths: &[PathBuf]) -> Vec<Loaded> {
    let settings = known.settings;
    let read = |path: &PathBuf| {
        Loaded::read_from(&settings.contents, path, Kind::of(path)?, reported_path(path), &settings.limits).ok()
    };
    paths.iter().filter_map(read).collect()
}

/// What is asked of the manifests for one change set.
#[derive(Default)]
struct Wish {
    choices: Vec<Choice>,
    removals: Vec<Removal>,
    raised: Vec<usize>,
    removed: Vec<usize>,
}

impl Home {
    /// The folder whose code may refer to its packages.
    pub(super) fn folder(&self) -> &Path {
        &self.package.folder
    }

    /// The change sets of its code.
    pub(super) fn sets(&self, findings: &[Finding]) -> BTreeSet<usize> {
        self.code.iter().map(|position| findings[*position].change_set).collect()
    }

    /// Whether a finding stands in its folder.
    pub(super) fn holds(&self, finding: &Finding) -> bool {
        normal(Path::new(&finding.path)).starts_with(self.folder())
    }

    fn own_manifests(&self) -> &[Loaded] {
        &self.manifests[..self.own]
    }

    /// What imports of the packages look like that entries name.
    pub(super) fn words(&self, known: &Known<'_>, findings: &[Finding]) -> BTreeSet<String> {
        let models = self.entries.iter().filter_map(|position| self.model(known, &findings[*position]));
        let models = models.flat_map(|model| {
            let brought = model.brings.iter().flat_map(|brought| brought.imports.iter().cloned());
            known.catalog.imports_of(model).into_iter().chain(brought).collect::<Vec<_>>()
        });
        models.collect()
    }

    fn model<'a>(&self, known: &Known<'a>, finding: &Finding) -> Option<&'a DependencyModel> {
        let name = finding.details.package.as_ref()?;
        Ecosystem::ALL
            .into_iter()
            .filter(|ecosystem| ecosystem.platform() == self.package.platform)
            .find_map(|ecosystem| known.catalog.dependency(ecosystem, name))
    }

    /// Plans the changes of its manifests.
    pub(super) fn plan(
        &self,
        known: &Known<'_>,
        dropped: &Dropped,
        (tree, planned): (&Tree, &Planned),
        findings: &mut [Finding],
    ) {
        for position in &self.entries {
            self.entry(*position, known, tree, planned, findings);
        }
        let unused = self.unused(known, dropped, (tree, planned), findings);
        // Sets that would change one manifest in two ways have to go together.
        loop {
            let mut wishes = self.wishes(known, tree, planned, findings);
            for (set, wish) in &mut wishes {
                wish.removals.extend(unused.removals(*set, findings));
            }
            let made: BTreeMap<usize, PackageEdits> = wishes
                .iter()
                .map(|(set, wish)| {
                    let compiled = known.catalog.targets().compiled();
                    let limits = &known.settings.limits;
                    (*set, edit_package(self.own_manifests(), &wish.choices, &wish.removals, &compiled, limits))
                })
                .collect();
            match differing(&made) {
                Some(together) => {
                    sets::join(findings, &together);
                }
                None => return self.settle(known, &wishes, (&made, &unused), findings),
            }
        }
    }

    /// What else nothing needs any more.
    fn unused(
        &self,
        known: &Known<'_>,
        dropped: &Dropped,
        looked_through: (&Tree, &Planned),
        findings: &mut [Finding],
    ) -> Unused {
        let found = self.entries.iter().filter_map(|position| findings[*position].details.package.clone());
        let package = unused::Package {
            folder: self.folder(),
            root: &self.root,
            manifests: self.own_manifests(),
            code: &self.code,
            found: found.collect(),
        };
        Unused::of(&package, known, dropped, looked_through, findings)
    }

    /// Decides what becomes of an entry: whether anything refers to its package once all is rewritten.
    fn entry(&self, position: usize, known: &Known<'_>, tree: &Tree, planned: &Planned, findings: &mut [Finding]) {
        let finding = &findings[position];
        let Some(model) = self.model(known, finding) else { return };
        let Some(import) = Import::new(self.package.platform, &known.catalog.imports_of(model)) else { return };
        let mut importing = BTreeSet::new();
        let mut left = BTreeSet::new();
        for kept in tree.files.iter().filter(|kept| kept.path.starts_with(self.folder())) {
            if Kind::of(&kept.path).is_some() || known.kinds.is_documentation(&kept.path) {
                continue;
            }
            if import.is_in(kept.file.text().as_bytes()) {
                importing.insert(kept.path.clone());
                if import.is_in(kept.after(planned).as_bytes()) {
                    left.insert(kept.file.path().to_owned());
                }
            }
        }
        let places: BTreeSet<PathBuf> = finding.flow.iter().map(|part| normal(Path::new(&part.path))).collect();
        let involved: BTreeSet<usize> = self
            .code
            .iter()
            .filter(|code| {
                let code = &findings[**code];
                let mut paths = code.fix.edits.iter().map(|edit| normal(Path::new(&edit.path)));
                paths.any(|path| importing.contains(&path) || places.contains(&path))
            })
            .map(|code| findings[*code].change_set)
            .collect();
        if involved.is_empty() {
            if let Some(first) = left.first() {
                let why = others(first, left.len());
                let package = finding.details.package.clone().unwrap_or_default();
                findings[position].fix.reason = format!(
                    "It stays: {why} still refers to `{package}`. Take the entry out by hand once nothing does."
                );
            }
            return;
        }
        let raise = model.since.as_ref().filter(|_| !left.is_empty());
        let in_manifest = self.named_in_manifest(finding).or_else(|| self.keeps_alive(model, known, tree, planned));
        if raise.is_none()
            && let Some(why) = left.first().map(|first| others(first, left.len())).or(in_manifest)
        {
            let finding = &mut findings[position];
            let package = finding.details.package.clone().unwrap_or_default();
            finding.fix.reason =
                format!("It stays: {why} still refers to `{package}`. Take the entry out by hand once nothing does.");
            for set in involved {
                let text = format!("`{package}` stays in {}: {why} still refers to it.", findings[position].path);
                sets::note(findings, set, LedgerEntry::ByHand { text });
            }
            return;
        }
        let mut together = involved;
        together.insert(findings[position].change_set);
        sets::join(findings, &together);
        let (reason, target) = match raise {
            Some(since) => (format!("The entry asks for {since} or later, which has the new form."), Some("sdk")),
            None => ("The entry goes: nothing in the package refers to it any more.".to_owned(), None),
        };
        // The edits are made when it is known what else changes in the manifest.
        findings[position].fix =
            Fix { applicability: Applicability::Safe, target: target.map(str::to_owned), reason, edits: Vec::new() };
    }

    /// The packages that come with another, that code uses, and that nothing else in the project has.
    fn missed<'m>(
        &self,
        model: &'m DependencyModel,
        known: &Known<'_>,
        tree: &Tree,
        planned: &Planned,
    ) -> Vec<(&'m str, String)> {
        let project = Project { manifests: &self.manifests, floor: None, features: &[] };
        let targets = &known.catalog.targets().targets;
        let mut missed = Vec::new();
        for brought in &model.brings {
            let Some(import) = Import::new(self.package.platform, &brought.imports) else { continue };
            if has(targets, model.ecosystem, brought, project) {
                continue;
            }
            let mut files = tree.files.iter().filter(|kept| {
                kept.path.starts_with(self.folder())
                    && Kind::of(&kept.path).is_none()
                    && !known.kinds.is_documentation(&kept.path)
            });
            let user = files.find(|kept| import.is_in(kept.after(planned).as_bytes()));
            missed.extend(user.map(|user| (brought.name.as_str(), user.file.path().to_owned())));
        }
        missed
    }

    /// Who needs what only comes with a package, where it is not known how to ask for that.
    fn keeps_alive(
        &self,
        model: &DependencyModel,
        known: &Known<'_>,
        tree: &Tree,
        planned: &Planned,
    ) -> Option<String> {
        let project = Project { manifests: &self.manifests, floor: None, features: &[] };
        let targets = &known.catalog.targets().targets;
        let missed = self.missed(model, known, tree, planned);
        let stays = missed.into_iter().find(|(name, _)| !matches!(decide_one(targets, name, project), Some(Ok(_))));
        stays.map(|(name, user)| format!("{user} uses {name}, which comes with it, and so"))
    }

    /// Where else the manifest itself names the package.
    fn named_in_manifest(&self, finding: &Finding) -> Option<String> {
        let name = finding.details.package.as_ref()?;
        let path = normal(Path::new(&finding.path));
        let loaded = self.own_manifests().iter().find(|loaded| loaded.path == path)?;
        if loaded.kind != Kind::PackageJson {
            return None;
        }
        let text = loaded.file.text();
        let quoted = format!("\"{name}\"");
        let is_entry = |at: usize| {
            loaded.manifest.dependencies.iter().any(|entry| (entry.entry.start..entry.entry.end).contains(&at))
        };
        text.match_indices(&quoted)
            .find(|(at, _)| !is_entry(*at))
            .map(|(at, _)| format!("line {} of the manifest", loaded.file.line_of(at)))
    }

    /// What each change set asks of the manifests.
    fn wishes(&self, known: &Known<'_>, tree: &Tree, planned: &Planned, findings: &[Finding]) -> BTreeMap<usize, Wish> {
        let mut wishes: BTreeMap<usize, Wish> = BTreeMap::new();
        for set in self.sets(findings) {
            let wish = wishes.entry(set).or_default();
            for target in self.targets(set, findings) {
                let Some(target) = known.catalog.targets().named(self.package.platform, &target) else { continue };
                let floor = self.floor(known);
                let features = self.features(set, findings);
                let project = Project { manifests: &self.manifests, floor: floor.as_ref(), features: &features };
                wish.choices.extend(decide(target, project).unwrap_or_default());
            }
        }
        for position in &self.entries {
            let finding = &findings[*position];
            let Some(wish) = wishes.get_mut(&finding.change_set) else { continue };
            let Some((model, name)) = self.model(known, finding).zip(finding.details.package.clone()) else { continue };
            if finding.fix.applicability == Applicability::Manual {
                continue;
            }
            match model.since.as_ref().filter(|_| finding.fix.target.is_some()) {
                Some(since) => {
                    wish.raised.push(*position);
                    wish.choices.push(raised(model.ecosystem, name, since));
                }
                None => {
                    wish.removed.push(*position);
                    let project = Project { manifests: &self.manifests, floor: None, features: &[] };
                    for (brought, _) in self.missed(model, known, tree, planned) {
                        let is_there = |choice: &Choice| choice.addition.names.iter().any(|asked| asked == brought);
                        let chosen =
                            decide_one(&known.catalog.targets().targets, brought, project).and_then(Result::ok);
                        if !wish.choices.iter().any(is_there) {
                            wish.choices.extend(chosen.map(|choice| Choice {
                                why: format!("it came with `{name}`, and other code uses it; {}", choice.why),
                                ..choice
                            }));
                        }
                    }
                    wish.removals.push(Removal { names: vec![name], ..Removal::default() });
                }
            }
        }
        wishes
    }

    fn targets(&self, set: usize, findings: &[Finding]) -> BTreeSet<String> {
        let in_set = self.code.iter().map(|code| &findings[*code]).filter(|finding| finding.change_set == set);
        in_set.filter_map(|finding| finding.fix.target.clone()).collect()
    }

    fn floor(&self, known: &Known<'_>) -> Option<Floor> {
        let file = self.package.folder.join("-");
        Floor::of(&file, &self.root, self.package.platform, &known.settings.limits).map(|(_, floor)| floor)
    }

    fn features(&self, set: usize, findings: &[Finding]) -> Vec<Feature> {
        let in_set = || self.code.iter().map(|code| &findings[*code]).filter(|finding| finding.change_set == set);
        let has = |feature: &Feature| match feature.word() {
            None => in_set().any(|finding| finding.language.name() == "typescript"),
            Some(word) => in_set().flat_map(|finding| &finding.fix.edits).any(|edit| edit.replacement.contains(word)),
        };
        [Feature::Typescript, Feature::Httpx, Feature::Requests].into_iter().filter(has).collect()
    }

    /// Writes edits and what is to be known of them into the findings.
    fn settle(
        &self,
        known: &Known<'_>,
        wishes: &BTreeMap<usize, Wish>,
        (made, unused): (&BTreeMap<usize, PackageEdits>, &Unused),
        findings: &mut [Finding],
    ) {
        for (set, wish) in wishes {
            self.doubts(*set, known, findings);
            let Some(edits) = made.get(set) else { continue };
            for (path, refusal) in &edits.refusals {
                let said = format!("{}: {refusal}", reported_path(path));
                sets::note(findings, *set, LedgerEntry::ByHand { text: format!("{said}.") });
                // What is only left over does no harm.
                if wish.choices.iter().any(|choice| refusal.wish.contains(choice.addition.names[0].as_str())) {
                    sets::doubt(findings, *set, &said);
                }
            }
            let mut by_path: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
            let mut changed: BTreeMap<usize, Manifest> = BTreeMap::new();
            for (position, changes) in &edits.changes {
                let loaded = &self.manifests[*position];
                if !is_named(known, &loaded.path) {
                    let text = format!("{} is outside of what was named: {}", loaded.file.path(), asked(wish));
                    sets::note(findings, *set, LedgerEntry::ByHand { text });
                    sets::doubt(findings, *set, &format!("{} does not change along", loaded.file.path()));
                    continue;
                }
                by_path.insert(loaded.path.clone(), on_disk(loaded, changes));
                let text = apply(loaded.file.text(), changes);
                changed.insert(*position, Manifest::parse(loaded.kind, &text, &known.settings.limits));
            }
            self.account(*set, wish, &changed, findings);
            for (position, manifest) in &changed {
                unused.account(*set, &self.manifests[*position], manifest, findings);
            }
            for position in wish.removed.iter().chain(&wish.raised) {
                self.settle_entry(*position, wish, edits, &changed, &by_path, findings);
            }
            if let Some(lead) = sets::lead(findings, *set) {
                findings[lead].fix.edits.extend(by_path.values().flatten().cloned());
            }
            self.relock(*set, known, by_path.keys(), findings);
        }
    }

    /// Why the packages that a set needs may not work here.
    fn doubts(&self, set: usize, known: &Known<'_>, findings: &mut [Finding]) {
        let features = self.features(set, findings);
        for name in self.targets(set, findings) {
            let Some(target) = known.catalog.targets().named(self.package.platform, &name) else { continue };
            let floor = self.floor(known);
            let code = self.code.iter().map(|code| &findings[*code]).filter(|finding| finding.change_set == set);
            let commonjs =
                code.flat_map(|finding| &finding.fix.edits).any(|edit| edit.replacement.contains("require("));
            let project = Project { manifests: &self.manifests, floor: floor.as_ref(), features: &features };
            let undecided = [supports(target, floor.as_ref(), commonjs).err(), decide(target, project).err()];
            for undecided in undecided.into_iter().flatten() {
                sets::doubt(findings, set, &undecided.to_string());
                sets::note(findings, set, LedgerEntry::ByHand { text: format!("{undecided}.") });
            }
        }
    }

    /// The lines of the ledger about what came in.
    fn account(&self, set: usize, wish: &Wish, changed: &BTreeMap<usize, Manifest>, findings: &mut [Finding]) {
        for (position, manifest) in changed {
            let loaded = &self.manifests[*position];
            for choice in &wish.choices {
                let is_it = |entry: &&Dependency| choice.addition.names.contains(&entry.name);
                let after = manifest.dependencies.iter().find(is_it);
                let before = loaded.manifest.dependencies.iter().find(is_it);
                let Some(after) = after.filter(|after| before.is_none_or(|old| old.requirement != after.requirement))
                else {
                    continue;
                };
                let version = after.requirement.clone().map(|version| format!(" {version}")).unwrap_or_default();
                let entry = LedgerEntry::Added {
                    what: format!("the package `{}`{version}", after.name),
                    reason: format!("the new code needs it; {}", choice.why),
                    path: loaded.file.path().to_owned(),
                };
                sets::note(findings, set, entry);
            }
        }
    }

    /// What became of an entry.
    fn settle_entry(
        &self,
        position: usize,
        wish: &Wish,
        edits: &PackageEdits,
        changed: &BTreeMap<usize, Manifest>,
        by_path: &BTreeMap<PathBuf, Vec<Edit>>,
        findings: &mut [Finding],
    ) {
        let path = normal(Path::new(&findings[position].path));
        let Some(at) = self.own_manifests().iter().position(|loaded| loaded.path == path) else { return };
        let loaded = &self.manifests[at];
        let name = findings[position].details.package.clone().unwrap_or_default();
        let old = loaded
            .manifest
            .dependencies
            .iter()
            .find(|entry| entry.name == name && loaded.file.span(entry.entry) == findings[position].span);
        let group = old.map(|entry| entry.group);
        let same = |entry: &&Dependency| entry.name == name && Some(entry.group) == group;
        let after = changed.get(&at).map(|manifest| manifest.dependencies.iter().find(same));
        let done = match after {
            None => false,
            Some(after) if wish.raised.contains(&position) => {
                after.is_some_and(|entry| entry.requirement != old.and_then(|entry| entry.requirement.clone()))
            }
            Some(after) => after.is_none(),
        };
        if done {
            let own: Vec<Edit> = by_path.get(&path).cloned().unwrap_or_default();
            let finding = &mut findings[position];
            finding.fix.edits = own;
            if wish.removed.contains(&position) {
                finding.details.ledger.push(LedgerEntry::Removed {
                    what: format!("the package `{name}`"),
                    reason: "nothing in the package refers to it any more".to_owned(),
                    path: finding.path.clone(),
                    span: finding.span,
                });
            }
            return;
        }
        let refusal = edits.refusals.iter().find(|(refused, refusal)| *refused == path && refusal.wish.contains(&name));
        let is_compiled = wish.removed.iter().chain(&wish.raised).any(|other| {
            *other != position
                && findings[*other].details.package.as_ref().map(|name| name.to_lowercase())
                    == Some(name.to_lowercase())
        });
        let why = match (refusal, group) {
            (Some((_, refusal)), _) => refusal.to_string(),
            (None, Some(Group::Managed)) => "it settles the version for other modules; take it out by hand when none \
                                             asks for it"
                .to_owned(),
            (None, _) if changed.contains_key(&at) || edits.changes.contains_key(&at) => {
                "the entry is written in a way that is not edited; take it out by hand".to_owned()
            }
            (None, _) if is_compiled => "the file is compiled from one that changes: have it compiled again".to_owned(),
            (None, _) => "the file is not changed; take the entry out by hand, or ask for the new version".to_owned(),
        };
        let set = findings[position].change_set;
        let number = sets::unused(findings);
        sets::note(
            findings,
            set,
            LedgerEntry::ByHand { text: format!("{}: `{name}` stays: {why}.", findings[position].path) },
        );
        let finding = &mut findings[position];
        finding.change_set = number;
        finding.fix = Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: format!("It stays: {why}."),
            edits: Vec::new(),
        };
    }

    /// The commands that make lock files anew.
    fn relock<'a>(
        &self,
        set: usize,
        known: &Known<'_>,
        changed: impl Iterator<Item = &'a PathBuf>,
        findings: &mut [Finding],
    ) {
        let mut commands = BTreeSet::new();
        for path in changed {
            let Some(kind) = Kind::of(path) else { continue };
            let folder = path.parent().unwrap_or(path);
            let found = relocks(folder, &self.root, kind.ecosystem(), &known.catalog.targets().locks);
            commands.extend(found.into_iter().map(|relock| {
                let folder = reported_path(&relock.folder);
                let place = if folder.is_empty() || folder == "." { String::new() } else { format!(" in {folder}") };
                let file = relock.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                format!("Run `{}`{place}: {file} locks the old packages, and is never edited.", relock.command)
            }));
        }
        for text in commands {
            sets::note(findings, set, LedgerEntry::ByHand { text });
        }
    }
}

/// How a raise to the version with the new form is asked for.
fn raised(ecosystem: Ecosystem, name: String, since: &str) -> Choice {
    let requirement = match ecosystem {
        Ecosystem::Npm => format!("^{since}"),
        Ecosystem::Pypi => format!(">={since}"),
        Ecosystem::Maven => since.to_owned(),
    };
    let names = vec![name];
    Choice {
        ecosystem,
        raise: Some(Raise { names: names.clone(), version: since.to_owned(), requirement: requirement.clone() }),
        addition: Addition { names, requirement: Some(requirement), ..Addition::default() },
        version: Some(since.to_owned()),
        managed: None,
        why: "it is the first version with the new form".to_owned(),
    }
}

/// The sets that change one manifest, but not in the same way.
fn differing(made: &BTreeMap<usize, PackageEdits>) -> Option<BTreeSet<usize>> {
    let mut by_manifest: BTreeMap<usize, Vec<(usize, &Vec<Change>)>> = BTreeMap::new();
    for (set, edits) in made {
        for (manifest, changes) in &edits.changes {
            by_manifest.entry(*manifest).or_default().push((*set, changes));
        }
    }
    let differ = by_manifest.into_values().find(|all| all.iter().any(|(_, changes)| *changes != all[0].1))?;
    Some(differ.into_iter().map(|(set, _)| set).collect())
}

fn on_disk(loaded: &Loaded, changes: &[Change]) -> Vec<Edit> {
    changes.iter().map(|change| change.on_disk(&loaded.file)).collect()
}

fn is_named(known: &Known<'_>, path: &Path) -> bool {
    known.settings.paths.iter().any(|named| path.starts_with(normal(named)))
}

/// What a set asks for, for a person.
fn asked(wish: &Wish) -> String {
    let names = |all: Vec<String>| all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let added = wish.choices.iter().map(|choice| {
        let requirement = choice.addition.requirement.clone().unwrap_or_default();
        format!("{} {requirement}", choice.addition.names[0]).trim_end().to_owned()
    });
    let removed: Vec<String> = wish.removals.iter().flat_map(|removal| removal.names.clone()).collect();
    let mut parts = vec![format!("ask for {} there", names(added.collect()))];
    if wish.choices.is_empty() {
        parts.clear();
    }
    if !removed.is_empty() {
        parts.push(format!("take {} out", names(removed)));
    }
    format!("{}.", parts.join(", and "))
}

fn others(first: &str, count: usize) -> String {
    match count {
        0 | 1 => first.to_owned(),
        _ => format!("{first} (and {} more)", count - 1),
    }
}
