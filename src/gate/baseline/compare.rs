//! Today's findings held against what was known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Baseline, Entry};
use crate::finding::{Finding, Incomplete};
use crate::walk::normal;

/// What a run looked at: nothing is said of entries outside of it.
pub struct Scope<'a> {
    /// The paths that were scanned; none for all there are.
    pub paths: &'a [PathBuf],
    /// What was not read whole: its findings may still be there.
    pub errors: &'a [Incomplete],
    /// Whether a rule ran.
    pub selects: &'a dyn Fn(&str) -> bool,
}

/// Today's findings against a baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The findings that are known, by their positions, sorted.
    pub known: Vec<usize>,
    /// The findings that are not, by their positions, sorted.
    pub new: Vec<usize>,
    /// What is recorded and gone: entries with the count of those that are gone.
    pub stale: Vec<Entry>,
    /// The entries that hold, with the paths and rules of today.
    kept: Vec<Entry>,
}

/// An entry, and how many of its findings have not been met.
struct Open<'a> {
    entry: &'a Entry,
    left: usize,
}

impl Baseline {
    /// Tells which findings are known. Those of `open` come first to what is recorded, `quiet` are silenced otherwise and
    /// only keep an entry from being stale.
    pub fn compare(&self, findings: &[Finding], open: &[usize], quiet: &[usize], scope: &Scope<'_>) -> Comparison {
        let mut entries: Vec<Open<'_>> = self.entries.iter().map(|entry| Open { entry, left: entry.count }).collect();
        let mut comparison = Comparison::default();
        let mut kept: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        let mut homeless = Vec::new();
        let mut keep = |finding: &Finding, path: String| {
            *kept.entry((path, finding.rule.clone(), finding.fingerprint.clone())).or_default() += 1;
        };
        // The same path first: a newer version may have given the rule another name.
        for (position, is_open) in
            open.iter().map(|open| (*open, true)).chain(quiet.iter().map(|quiet| (*quiet, false)))
        {
            let finding = &findings[position];
            let path = self.entry_path(&finding.path);
            let is_it = |open: &&mut Open<'_>| {
                open.left > 0 && open.entry.path == path && open.entry.fingerprint == finding.fingerprint
            };
            match entries.iter_mut().find(is_it) {
                Some(met) => {
                    met.left -= 1;
                    keep(finding, path);
                    if is_open {
                        comparison.known.push(position);
                    }
                }
                None if is_open => homeless.push((position, path)),
                None => {}
            }
        }
        // Then a moved file: what it recorded there must be known to be gone.
        for (position, path) in homeless {
            let finding = &findings[position];
            let is_it = |open: &&mut Open<'_>| {
                open.left > 0 && open.entry.fingerprint == finding.fingerprint && self.is_gone(open.entry, scope)
            };
            match entries.iter_mut().find(is_it) {
                Some(met) => {
                    met.left -= 1;
                    keep(finding, path);
                    comparison.known.push(position);
                }
                None => comparison.new.push(position),
            }
        }
        for Open { entry, left } in entries.into_iter().filter(|open| open.left > 0) {
            if self.is_gone(entry, scope) {
                comparison.stale.push(Entry { count: left, ..entry.clone() });
            } else {
                *kept.entry((entry.path.clone(), entry.rule.clone(), entry.fingerprint.clone())).or_default() += left;
            }
        }
        let entry = |((path, rule, fingerprint), count)| Entry { path, rule, fingerprint, count };
        comparison.kept = kept.into_iter().map(entry).collect();
        comparison.known.sort_unstable();
        comparison.new.sort_unstable();
        comparison
    }

    /// Whether what an entry records would have been found in this run, were it still there.
    fn is_gone(&self, entry: &Entry, scope: &Scope<'_>) -> bool {
        let path = normal(&self.folder().join(&entry.path));
        let holds = |parent: &Path| path.starts_with(parent);
        if scope.errors.iter().any(|error| holds(&normal(Path::new(&error.path)))) || !(scope.selects)(&entry.rule) {
            return false;
        }
        let is_scanned = scope.paths.is_empty() || scope.paths.iter().any(|scanned| holds(&normal(scanned)));
        // What is elsewhere was not looked at; but a file that is not there holds nothing.
        is_scanned || !path.exists()
    }

    /// The next baseline: what holds, with the new findings where they are accepted, and with what is stale unless it is
    /// pruned.
    pub fn renewed(&self, comparison: &Comparison, findings: &[Finding], accepts: bool, prunes: bool) -> Self {
        let mut entries: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        let mut add = |entry: Entry| {
            *entries.entry((entry.path, entry.rule, entry.fingerprint)).or_default() += entry.count;
        };
        comparison.kept.iter().cloned().for_each(&mut add);
        if !prunes {
            comparison.stale.iter().cloned().for_each(&mut add);
        }
        if accepts {
            for finding in comparison.new.iter().map(|position| &findings[*position]) {
                add(Entry {
                    path: self.entry_path(&finding.path),
                    rule: finding.rule.clone(),
                    fingerprint: finding.fingerprint.clone(),
                    count: 1,
                });
            }
        }
        let entry = |((path, rule, fingerprint), count)| Entry { path, rule, fingerprint, count };
        Self { path: self.path.clone(), entries: entries.into_iter().map(entry).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::gate::sample;

    const RULE: &str = "ims-jwt-exchange";

    struct Case {
        folder: tempfile::TempDir,
        baseline: Baseline,
        findings: Vec<Finding>,
        paths: Vec<PathBuf>,
        errors: Vec<Incomplete>,
    }

    impl Case {
        /// Findings and entries as paths with a letter for the fingerprint; all files of findings are there.
        fn new(entries: &[(&str, char, usize)], findings: &[(&str, char)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let finding = |(name, letter): &(&str, char)| {
                fs::write(path(name), "").unwrap();
                let mut finding = sample::finding(&path(name).to_string_lossy(), 1, RULE);
                finding.fingerprint = letter.to_string().repeat(64);
                finding
            };
            let findings = findings.iter().map(finding).collect();
            let entry = |(name, letter, count): &(&str, char, usize)| Entry {
                path: (*name).to_owned(),
                rule: RULE.to_owned(),
                fingerprint: letter.to_string().repeat(64),
                count: *count,
            };
            let baseline = Baseline { path: path("baseline.json"), entries: entries.iter().map(entry).collect() };
            let paths = vec![folder.path().to_owned()];
            Self { folder, baseline, findings, paths, errors: Vec::new() }
        }

        fn compared(&self) -> Comparison {
            let open: Vec<usize> = (0..self.findings.len()).collect();
            let scope = Scope { paths: &self.paths, errors: &self.errors, selects: &|_| true };
            self.baseline.compare(&self.findings, &open, &[], &scope)
        }
    }

    fn stale(comparison: &Comparison) -> Vec<(&str, usize)> {
        comparison.stale.iter().map(|entry| (entry.path.as_str(), entry.count)).collect()
    }

    #[test]
    fn what_is_counted_is_known_and_no_more() {
        let case = Case::new(&[("a.js", 'a', 1)], &[("a.js", 'a'), ("a.js", 'a'), ("a.js", 'b')]);
        let comparison = case.compared();
        assert_eq!((comparison.known.as_slice(), comparison.new.as_slice()), (&[0][..], &[1, 2][..]));
        assert!(comparison.stale.is_empty());
    }

    #[test]
    fn a_finding_may_move_to_another_file_and_not_be_copied() {
        let case = Case::new(&[("old.js", 'a', 1)], &[("new.js", 'a')]);
        assert_eq!(case.compared().known, [0]);
        let case = Case::new(&[("old.js", 'a', 1)], &[("copy.js", 'a'), ("old.js", 'a')]);
        assert_eq!((case.compared().known, case.compared().new), (vec![1], vec![0]));
        // The old file is there and was not looked at.
        let mut case = Case::new(&[("old.js", 'a', 1)], &[("new.js", 'a')]);
        fs::write(case.folder.path().join("old.js"), "").unwrap();
        case.paths = vec![case.folder.path().join("new.js")];
        assert_eq!(case.compared().new, [0]);
        fs::remove_file(case.folder.path().join("old.js")).unwrap();
        assert_eq!(case.compared().known, [0]);
    }

    #[test]
    fn what_is_gone_is_stale_where_it_was_looked_for() {
        let mut case = Case::new(&[("a.js", 'a', 3), ("b.js", 'b', 1)], &[("a.js", 'a')]);
        assert_eq!(stale(&case.compared()), [("a.js", 2), ("b.js", 1)]);
        case.errors = vec![Incomplete {
            path: case.findings[0].path.clone(),
            reason: "syntax_error".to_owned(),
            message: String::new(),
        }];
        assert_eq!(stale(&case.compared()), [("b.js", 1)]);
        fs::write(case.folder.path().join("b.js"), "").unwrap();
        case.paths = vec![case.folder.path().join("a.js")];
        assert_eq!(stale(&case.compared()), []);
    }

    #[test]
    fn the_next_baseline_grows_and_shrinks_only_when_asked() {
        let case = Case::new(&[("a.js", 'a', 2), ("gone.js", 'c', 1)], &[("a.js", 'a'), ("n.js", 'b')]);
        let comparison = case.compared();
        let renewed = |accepts, prunes| {
            let next = case.baseline.renewed(&comparison, &case.findings, accepts, prunes);
            next.entries.iter().map(|entry| format!("{}{}", entry.path, entry.count)).collect::<Vec<_>>()
        };
        assert_eq!(renewed(false, false), ["a.js2", "gone.js1"]);
        assert_eq!(renewed(true, false), ["a.js2", "gone.js1", "n.js1"]);
        assert_eq!(renewed(false, true), ["a.js1"]);
        assert_eq!(renewed(true, true), ["a.js1", "n.js1"]);
    }

    #[test]
    fn a_newer_version_may_class_a_finding_better() {
        let mut case = Case::new(&[("a.js", 'a', 1)], &[("a.js", 'a')]);
        case.findings[0].rule = "ims-jwt-sdk".to_owned();
        let comparison = case.compared();
        assert_eq!(comparison.known, [0]);
        let next = case.baseline.renewed(&comparison, &case.findings, false, false);
        assert_eq!(next.entries[0].rule, "ims-jwt-sdk");
    }

    #[test]
    fn what_is_silenced_otherwise_keeps_its_entry_and_takes_none_from_others() {
        let case = Case::new(&[("a.js", 'a', 1)], &[("a.js", 'a'), ("a.js", 'a')]);
        let scope = Scope { paths: &case.paths, errors: &[], selects: &|_| true };
        let comparison = case.baseline.compare(&case.findings, &[1], &[0], &scope);
        assert_eq!((comparison.known, comparison.new), (vec![1], vec![]));
        let comparison = case.baseline.compare(&case.findings, &[], &[0], &scope);
        assert_eq!((comparison.known, comparison.stale), (vec![], vec![]));
    }
}
