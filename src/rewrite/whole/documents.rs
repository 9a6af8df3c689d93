//! Configuration and commands: what becomes of a document with the old credential, and with which code it changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::sets::{self, is_rewritten_code};
use crate::finding::{
    Applicability, Edit, Family, Finding, KeyKind, Language, LedgerEntry, RequiredKey, Requires, Role,
};
use crate::rewrite::command;
use crate::rewrite::configuration::{self, Key, Request, Rewritten};
use crate::rewrite::scopes::Scopes;
use crate::rewrite::tree::{Kept, Planned, Tree, has_word};
use crate::rules::Catalog;
use crate::scan::Known;
use crate::source::SourceFile;
use crate::walk::normal;

/// What kind of document a finding is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Configuration,
    Command,
}

/// The kind of a finding, where it is one that is planned here.
pub(super) fn kind(finding: &Finding, catalog: &Catalog) -> Option<Kind> {
    let rule = &catalog.rule(&finding.rule)?.rule;
    if finding.language.family() != Family::Document || rule.matches.key_material || rule.matches.dependency.is_some() {
        return None;
    }
    if finding.details.credential.is_some() {
        return Some(Kind::Configuration);
    }
    let commands = catalog.commands();
    let mut rules = commands
        .commands
        .iter()
        .filter_map(|one| one.rule.as_ref())
        .chain(commands.actions.iter().map(|one| &one.rule));
    rules.any(|known| *known == finding.rule).then_some(Kind::Command)
}

/// The name of a key without those around it.
pub(super) fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The name by which code asks for a key: all of it in a format without nesting, unless its end says enough to be a member's name.
fn asked_by(key: &str, is_flat: bool) -> &str {
    let end = last(key);
    let says_enough = end.contains(['-', '_']) || end.chars().any(char::is_uppercase);
    if is_flat && !says_enough { key } else { end }
}

/// Whether a name is one of the environment.
pub(super) fn is_variable(name: &str) -> bool {
    name.contains('_') && !name.chars().any(char::is_lowercase)
}

/// The name of a member that a key with hyphens is bound to, `privateKey` for `private-key`: configuration that is bound to classes
/// is read by no other name.
pub(super) fn member(name: &str) -> Option<String> {
    let mut parts = name.split('-');
    let mut member = parts.next()?.to_owned();
    for part in parts {
        let mut letters = part.chars();
        member.extend(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters));
    }
    (member != name).then_some(member)
}

/// The name by which code may ask for a file; nothing for one such as `.env`, which programs find by themselves.
pub(super) fn file_name(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|name| !name.starts_with('.'))
}

/// Plans all of them.
pub(super) fn plan(known: &Known<'_>, scopes: &Scopes, tree: &Tree, planned: &Planned, findings: &mut [Finding]) {
    for position in 0..findings.len() {
        let Some(kind) = kind(&findings[position], known.catalog) else { continue };
        let Some((file, _)) = known.sources.get(&findings[position].path) else { continue };
        let document = Document { known, scopes, tree, planned, file };
        match kind {
            Kind::Command => {
                let rewritten = command::rewrite(&findings[position], file, &document.request(None, false, false));
                document.settle(position, findings, rewritten);
            }
            Kind::Configuration => document.configuration(position, findings),
        }
    }
}

struct Document<'a> {
    known: &'a Known<'a>,
    scopes: &'a Scopes,
    tree: &'a Tree,
    planned: &'a Planned,
    file: &'a SourceFile,
}

/// The code that reads a file by keys that go.
struct Readers {
    /// The change sets of those that are rewritten.
    sets: BTreeSet<usize>,
    /// Those that are left, as reports name them.
    left: BTreeSet<String>,
}

impl<'a> Document<'a> {
    fn request(&self, scopes_key: Option<&'a str>, reader_is_rewritten: bool, scopes_in_code: bool) -> Request<'a> {
        Request { catalog: self.known.catalog, scopes: self.scopes, scopes_key, reader_is_rewritten, scopes_in_code }
    }

    fn configuration(&self, position: usize, findings: &mut [Finding]) {
        let finding = &findings[position];
        let first = configuration::rewrite(finding, self.file, &self.request(None, true, false));
        if first.fix.edits.is_empty() {
            return self.settle(position, findings, first);
        }
        let readers = self.readers(finding, &first.removed, findings);
        let is_rewritten = readers.left.is_empty() && !readers.sets.is_empty();
        if !readers.left.is_empty() && first.needs_reader {
            let left = readers.left.into_iter().collect::<Vec<_>>().join(", ");
            let reason = format!(
                "It stays with the code that reads it and is left: {left}. Switch that by hand, and run this again."
            );
            let mut kept = first;
            kept.fix.applicability = Applicability::Manual;
            kept.fix.target = None;
            kept.fix.reason = reason;
            kept.fix.edits.clear();
            (kept.removed, kept.added) = (Vec::new(), Vec::new());
            return self.settle(position, findings, kept);
        }
        // The name by which the new code asks for the scopes, where it does.
        let in_sets = |finding: &&Finding| readers.sets.contains(&finding.change_set) && is_rewritten_code(finding);
        let added: Vec<String> = findings
            .iter()
            .filter(in_sets)
            .filter_map(|finding| finding.details.requires.as_ref())
            .flat_map(|requires| requires.added.iter().map(|key| key.key.clone()))
            .collect();
        let scopes_key = added.first().map(String::as_str);
        // Code that asks the environment for them asks no file with keys of another kind.
        let is_environment = findings[position].details.keys.iter().any(|key| is_variable(last(&key.key)));
        let scopes_in_code = is_rewritten && (added.is_empty() || !is_environment);
        let request = Request {
            catalog: self.known.catalog,
            scopes: self.scopes,
            scopes_key,
            reader_is_rewritten: is_rewritten,
            scopes_in_code,
        };
        let mut rewritten = configuration::rewrite(&findings[position], self.file, &request);
        let of_code = findings.iter().filter(in_sets).flat_map(|finding| &finding.fix.edits);
        let of_code: Vec<&Edit> = of_code.filter(|edit| edit.path == findings[position].path).collect();
        rewritten.fix.edits.retain(|edit| !says_the_same(self.file.text(), edit, &of_code));
        let has_edits = !rewritten.fix.edits.is_empty();
        self.settle(position, findings, rewritten);
        if has_edits && is_rewritten {
            let mut together = readers.sets;
            together.insert(findings[position].change_set);
            sets::join(findings, &together);
        }
    }

    fn settle(&self, position: usize, findings: &mut [Finding], rewritten: Rewritten) {
        let is_key = |finding: &Finding| {
            self.known.catalog.rule(&finding.rule).is_some_and(|rule| rule.rule.matches.key_material)
        };
        let set = findings[position].change_set;
        let has_key = findings.iter().any(|finding| finding.change_set == set && is_key(finding));
        settle(&mut findings[position], rewritten, !has_key);
    }

    fn readers(&self, finding: &Finding, removed: &[Key], findings: &[Finding]) -> Readers {
        let path = normal(Path::new(&finding.path));
        let mut named: BTreeSet<PathBuf> =
            finding.details.read_by.iter().map(|reader| normal(Path::new(reader))).collect();
        let code = || findings.iter().filter(|finding| finding.language.family() == Family::Code);
        for reader in code() {
            let is_config = |role| matches!(role, Role::Config | Role::Endpoint);
            let mut flow = reader.flow.iter().filter(|evidence| is_config(evidence.role));
            if flow.any(|evidence| normal(Path::new(&evidence.path)) == path) {
                named.insert(normal(Path::new(&reader.path)));
            }
        }
        let members: Vec<String> = removed.iter().filter_map(|key| member(last(&key.name))).collect();
        let is_flat = finding.language == Language::Properties;
        let goes = |text: &str| {
            let asked = removed.iter().map(|key| asked_by(&key.name, is_flat));
            asked.chain(members.iter().map(String::as_str)).any(|name| has_word(text, name))
        };
        let mut variables: Vec<&str> =
            removed.iter().map(|key| last(&key.name)).filter(|name| is_variable(name)).collect();
        variables.extend(members.iter().map(String::as_str));
        let folder = path.parent().unwrap_or(&path);
        let names_one = |kept: &&Kept| !kept.is_test && variables.iter().any(|name| has_word(kept.file.text(), name));
        let all: Vec<&Kept> = self.tree.code(self.known.kinds).filter(names_one).collect();
        // What stands beside the code or above it is for that code; a workflow stands elsewhere.
        let below: Vec<&Kept> = all.iter().copied().filter(|kept| kept.path.starts_with(folder)).collect();
        let reading = if below.is_empty() { all } else { below };
        named.extend(reading.into_iter().map(|kept| kept.path.clone()));
        // Code beside it that names the file reads it, whatever is known of how.
        if let Some(name) = file_name(&finding.path) {
            let names_it = |kept: &&Kept| kept.path.starts_with(folder) && kept.file.text().contains(name);
            let naming = self.tree.code(self.known.kinds).filter(|kept| !kept.is_test).filter(names_it);
            named.extend(naming.map(|kept| kept.path.clone()));
        }
        let mut readers = Readers { sets: BTreeSet::new(), left: BTreeSet::new() };
        for reader in named {
            let is_there = |finding: &&Finding| {
                normal(Path::new(&finding.path)) == reader
                    || finding.flow.iter().any(|part| normal(Path::new(&part.path)) == reader)
                    || finding.fix.edits.iter().any(|edit| normal(Path::new(&edit.path)) == reader)
            };
            let (done, left): (Vec<&Finding>, Vec<&Finding>) =
                code().filter(is_there).partition(|finding| is_rewritten_code(finding));
            let kept = self.tree.files.iter().find(|kept| kept.path == reader);
            let still = kept.is_some_and(|kept| goes(&kept.after(self.planned)));
            if done.is_empty() || !left.is_empty() || still {
                readers.left.insert(crate::walk::reported_path(&reader));
            } else {
                readers.sets.extend(done.iter().map(|finding| finding.change_set));
            }
        }
        readers
    }
}

/// Whether an edit comes to the same as smaller ones that are made of the same value, such as the address that code looks up.
fn says_the_same(text: &str, edit: &Edit, others: &[&Edit]) -> bool {
    let inside = |other: &&&Edit| edit.start_byte <= other.start_byte && other.end_byte <= edit.end_byte;
    let mut inner: Vec<&Edit> = others.iter().filter(inside).copied().collect();
    inner.sort_by_key(|other| (other.start_byte, other.end_byte));
    inner.dedup();
    let mut made = String::new();
    let mut done = edit.start_byte;
    for other in &inner {
        let Some(kept) = text.get(done..other.start_byte) else { return false };
        made.push_str(kept);
        made.push_str(&other.replacement);
        done = other.end_byte;
    }
    let Some(rest) = text.get(done..edit.end_byte) else { return false };
    made.push_str(rest);
    !inner.is_empty() && made == edit.replacement
}

/// Gives a finding its fix, with what a reviewer has to know. `names_keys` says whether private keys have no finding of their own.
fn settle(finding: &mut Finding, rewritten: Rewritten, names_keys: bool) {
    let Rewritten { fix, removed, added, key_files, .. } = rewritten;
    finding.fix = fix;
    if finding.fix.edits.is_empty() {
        return;
    }
    for key in &removed {
        let place = finding.details.keys.iter().find(|old| last(&old.key) == last(&key.name));
        finding.details.ledger.push(LedgerEntry::Removed {
            what: format!("the key `{}`", key.name),
            reason: "only the old credential has it".to_owned(),
            path: finding.path.clone(),
            span: place.map_or(finding.span, |old| old.span),
        });
    }
    for key in &added {
        finding.details.ledger.push(LedgerEntry::Added {
            what: format!("the key `{}`", key.name),
            reason: "the new credential has it".to_owned(),
            path: finding.path.clone(),
        });
    }
    for file in key_files.into_iter().filter(|_| names_keys) {
        let text =
            format!("Delete the private key `{file}` once the old credential is deleted; nothing deletes it for you.");
        finding.details.ledger.push(LedgerEntry::ByHand { text });
    }
    let required = |keys: Vec<Key>| {
        let key = |key: Key| {
            let kind = if is_variable(&key.name) { KeyKind::Environment } else { KeyKind::Configuration };
            RequiredKey { key: key.name, kind, secret: key.is_secret }
        };
        keys.into_iter().map(key).collect::<Vec<_>>()
    };
    let requires = Requires { added: required(added), removed: required(removed), handed_through: Vec::new() };
    if requires != Requires::default() {
        finding.details.requires = Some(requires);
    }
}
