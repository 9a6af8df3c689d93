//! What has to be set before a rewrite is merged and what can go: the keys of all that changes together, and every place
//! of the repository that hands one of those through.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::documents::{self, is_variable};
use super::sets;
use crate::finding::{Edit, Finding, Language, RequiredKey, Requires};
use crate::rewrite::configuration::Key;
use crate::rewrite::plumbing::{self, Content, OldKey};
use crate::rewrite::tree::{Planned, Tree, has_word};
use crate::scan::Known;
use crate::walk::normal;

/// Completes what the findings of each change set require, and takes plumbing along.
pub(super) fn plan(known: &Known<'_>, scopes: Option<&str>, tree: &Tree, planned: &Planned, findings: &mut [Finding]) {
    // What is a credential itself changes as one, or stays.
    let credentials = findings.iter().filter(|finding| documents::kind(finding, known.catalog).is_some());
    let mut rewritten: BTreeSet<PathBuf> = credentials.map(|finding| normal(Path::new(&finding.path))).collect();
    rewritten.extend(planned.keys().cloned());
    let contents: Vec<Content<'_>> = tree
        .files
        .iter()
        .filter(|kept| kept.is_named)
        .map(|kept| Content {
            file: &kept.file,
            language: Some(kept.language).filter(|language| *language != Language::Other),
            is_rewritten: rewritten.contains(&kept.path),
        })
        .collect();
    let texts: Vec<String> =
        tree.code(known.kinds).filter(|kept| !kept.is_test).map(|kept| kept.after(planned)).collect();
    let is_read = |key: &str| texts.iter().any(|text| has_word(text, key));
    let mut by_set: BTreeMap<usize, Requires> = BTreeMap::new();
    for finding in findings.iter_mut().filter(|finding| !finding.fix.edits.is_empty()) {
        let Some(requires) = &mut finding.details.requires else { continue };
        requires.removed.retain(|key| !is_variable(&key.key) || !is_read(&key.key));
        let all = by_set.entry(finding.change_set).or_default();
        all.added.extend(requires.added.iter().cloned());
        all.removed.extend(requires.removed.iter().cloned());
    }
    for all in by_set.values_mut() {
        for keys in [&mut all.added, &mut all.removed] {
            keys.sort();
            keys.dedup();
        }
        let added = all.added.clone();
        all.removed.retain(|key| !added.iter().any(|other| other.key == key.key));
    }
    // A key that several sets give up is handed through for all of them.
    let mut sets_of: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (set, all) in &by_set {
        for key in &all.removed {
            sets_of.entry(key.key.clone()).or_default().insert(*set);
        }
    }
    for (set, all) in by_set {
        let old: Vec<OldKey> = all
            .removed
            .iter()
            .filter(|key| is_variable(&key.key))
            .map(|key| old_key(key, &all.added, scopes, known))
            .collect();
        if old.is_empty() {
            continue;
        }
        let added: Vec<Key> =
            all.added.iter().map(|key| Key { name: key.key.clone(), is_secret: key.secret }).collect();
        let (mut found, mut edits) = plumbing::requires(&contents, &old, &added, known.catalog);
        let is_shared =
            found.handed_through.iter().any(|place| sets_of.get(&place.key).is_some_and(|sets| sets.len() > 1));
        if is_shared {
            edits.clear();
            found.handed_through.iter_mut().for_each(|place| place.rewritten = false);
        }
        // What is a part of the credential that is rewritten is no place that hands it through.
        found.handed_through.retain(|place| place.rewritten || !is_edited(planned, &place.path, place.span.start.byte));
        settle(findings, set, &found, edits);
    }
}

fn is_edited(planned: &Planned, path: &str, byte: usize) -> bool {
    let edits = planned.get(&normal(Path::new(path)));
    edits.is_some_and(|edits| edits.iter().any(|edit: &Edit| edit.start_byte <= byte && byte < edit.end_byte))
}

/// A key that goes; one that asked for scopes becomes the one that does.
fn old_key(key: &RequiredKey, added: &[RequiredKey], scopes: Option<&str>, known: &Known<'_>) -> OldKey {
    let models = known.catalog.rules().iter().filter_map(|rule| rule.rule.rewrite.as_ref());
    let asks = |name: &str| models.clone().any(|model| name.to_lowercase().contains(&model.scope_field));
    let becomes = added.iter().find(|new| asks(&new.key) && asks(&key.key)).map(|new| new.key.clone());
    let value = becomes.as_ref().and(scopes).map(str::to_owned);
    OldKey { name: key.key.clone(), is_secret: key.secret, becomes, value }
}

fn settle(findings: &mut [Finding], set: usize, found: &Requires, edits: Vec<Edit>) {
    let lead = sets::lead(findings, set);
    for (position, finding) in findings.iter_mut().enumerate().filter(|(_, finding)| finding.change_set == set) {
        let Some(requires) = &mut finding.details.requires else { continue };
        let own = |key: &str| Some(position) == lead || requires.removed.iter().any(|known| known.key == key);
        requires.handed_through = found.handed_through.iter().filter(|place| own(&place.key)).cloned().collect();
    }
    if let Some(lead) = lead {
        findings[lead].fix.edits.extend(edits);
    }
}
