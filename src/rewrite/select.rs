//! Which change sets these flags rewrite, and why the others are left: a set is rewritten whole or not at all.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Applicability, Edit, Family, Finding};
use crate::gate::Policy;

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Fate {
    /// It is rewritten.
    Rewritten {
        /// How, in a sentence.
        how: String,
    },
    /// It is left as it was.
    Left {
        /// Why, as a word.
        cause: Cause,
        /// Why, and what to do by hand, in sentences.
        why: String,
    },
}

/// Why a finding is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Only a person can do it.
    Manual,
    /// It wants a look first: `--unsafe` takes it.
    Review,
    /// A comment or the configuration silences it, or nothing of it has changed where only that counts.
    Suppressed,
    /// Its rule or its confidence is not among those that count in this run.
    NotSelected,
    /// Another finding that it has to change with is left.
    ChangeSet,
    /// Its edits and those of another change set want the same bytes.
    Overlap,
    /// The rewrite was tried, and what came out did not hold.
    NotVerified,
    /// The user said no.
    Declined,
    /// It could not be written.
    NotWritten,
}

impl Fate {
    /// Left for a reason.
    pub fn left(cause: Cause, why: impl Into<String>) -> Self {
        Self::Left { cause, why: why.into() }
    }

    /// Whether it is rewritten.
    pub fn is_rewritten(&self) -> bool {
        matches!(self, Self::Rewritten { .. })
    }
}

/// Findings that are rewritten together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// The number that its findings carry.
    pub number: usize,
    /// The positions of its findings.
    pub findings: Vec<usize>,
    /// All their edits.
    pub edits: Vec<Edit>,
}

/// What is taken, and by what.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// The rules and the confidence that count.
    pub policy: &'a Policy,
    /// What wants a look first is taken too.
    pub takes_review: bool,
    /// Whether a finding is to be left as it is: a comment or the configuration silences it, or nothing of it has changed.
    pub is_silenced: &'a dyn Fn(&Finding) -> bool,
}

/// Sets to rewrite, and the fate of everything else.
#[derive(Debug, Default)]
pub struct Selected {
    /// The sets, by their numbers.
    pub sets: Vec<ChangeSet>,
    /// The findings that are left, by their positions.
    pub left: BTreeMap<usize, Fate>,
}

/// Selects by applicability, and groups.
pub fn select(findings: &[Finding], selection: Selection<'_>) -> Selected {
    let mut by_number: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut selected = Selected::default();
    for (position, finding) in findings.iter().enumerate() {
        // A key file is never edited, so that it cannot hold back what goes with it.
        if finding.language.family() == Family::Key {
            let why = finding.fix.reason.clone();
            selected.left.insert(position, Fate::left(Cause::Manual, why));
        } else {
            by_number.entry(finding.change_set).or_default().push(position);
        }
    }
    for (number, members) in by_number {
        let fates: BTreeMap<usize, Fate> = members
            .iter()
            .filter_map(|position| Some((*position, selection.obstacle(&findings[*position])?)))
            .collect();
        let counts = |position: &usize| findings[*position].confidence >= selection.policy.min_confidence;
        let edits: Vec<Edit> = members.iter().flat_map(|position| findings[*position].fix.edits.clone()).collect();
        let first = fates.iter().min_by_key(|(position, fate)| (weight(fate), **position));
        if let Some((holding, _)) = first {
            let holding = &findings[*holding];
            for position in members {
                let fate = fates.get(&position).cloned().unwrap_or_else(|| {
                    Fate::left(
                        Cause::ChangeSet,
                        format!(
                            "It has to change together with {} at {}:{}, which is left.",
                            holding.rule, holding.path, holding.span.start.line
                        ),
                    )
                });
                selected.left.insert(position, fate);
            }
        } else if !members.iter().any(counts) {
            let why = "Its confidence is below --min-confidence.";
            selected.left.extend(members.into_iter().map(|it| (it, Fate::left(Cause::NotSelected, why))));
        } else if edits.is_empty() {
            let left = |position: usize| (position, Fate::left(Cause::Manual, findings[position].fix.reason.clone()));
            selected.left.extend(members.into_iter().map(left));
        } else {
            selected.sets.push(ChangeSet { number, findings: members, edits });
        }
    }
    selected
}

/// What most holds a set back comes first.
fn weight(fate: &Fate) -> u8 {
    match fate {
        Fate::Left { cause: Cause::Suppressed, .. } => 0,
        Fate::Left { cause: Cause::NotSelected, .. } => 1,
        Fate::Left { cause: Cause::Manual, .. } => 2,
        _ => 3,
    }
}

impl Selection<'_> {
    /// Why a finding holds its set back, if it does.
    fn obstacle(&self, finding: &Finding) -> Option<Fate> {
        if (self.is_silenced)(finding) {
            return Some(Fate::left(
                Cause::Suppressed,
                "A comment or the configuration silences it, or nothing of it has changed.",
            ));
        }
        if !self.policy.selects(&finding.rule) {
            return Some(Fate::left(Cause::NotSelected, format!("The rule {} is not selected.", finding.rule)));
        }
        match finding.fix.applicability {
            Applicability::Safe => None,
            Applicability::Review if self.takes_review => None,
            Applicability::Review => {
                let why = format!("It wants a look first; --unsafe rewrites it. {}", finding.fix.reason);
                Some(Fate::left(Cause::Review, why.trim_end()))
            }
            Applicability::Manual => Some(Fate::left(Cause::Manual, finding.fix.reason.clone())),
        }
    }
}

/// How a finding is rewritten, in a sentence.
pub(super) fn how(finding: &Finding) -> String {
    match (&finding.fix.target, finding.fix.reason.as_str()) {
        (Some(target), "") => format!("It becomes the form of `{target}`."),
        (Some(target), reason) => format!("It becomes the form of `{target}`. {reason}"),
        (None, reason) => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Confidence;
    use crate::gate::sample;

    fn finding(path: &str, set: usize, applicability: Applicability) -> Finding {
        let mut finding = sample::finding(path, 0, "ims-jwt-exchange");
        finding.change_set = set;
        finding.fix.applicability = applicability;
        let edit = Edit { path: path.to_owned(), start_byte: 0, end_byte: 1, replacement: String::new() };
        finding.fix.edits = if applicability == Applicability::Manual { Vec::new() } else { vec![edit] };
        finding
    }

    fn causes(findings: &[Finding], selection: Selection<'_>) -> (Vec<usize>, Vec<Option<Cause>>) {
        let Selected { sets, left } = select(findings, selection);
        let cause = |position: usize| match left.get(&position) {
            Some(Fate::Left { cause, .. }) => Some(*cause),
            _ => None,
        };
        (sets.iter().map(|set| set.number).collect(), (0..findings.len()).map(cause).collect())
    }

    #[test]
    fn applicability_decides_and_a_set_is_taken_whole() {
        let policy = Policy::default();
        let selection = Selection { policy: &policy, takes_review: false, is_silenced: &|_| false };
        let findings = [
            finding("a", 1, Applicability::Safe),
            finding("b", 2, Applicability::Review),
            finding("c", 2, Applicability::Safe),
            finding("d", 3, Applicability::Manual),
            finding("e", 3, Applicability::Safe),
        ];
        let (review, manual, set) = (Some(Cause::Review), Some(Cause::Manual), Some(Cause::ChangeSet));
        assert_eq!(causes(&findings, selection), (vec![1], vec![None, review, set, manual, set]));
        let with_review = Selection { takes_review: true, ..selection };
        assert_eq!(causes(&findings, with_review), (vec![1, 2], vec![None, None, None, manual, set]));
        let silenced = Selection { is_silenced: &|finding| finding.path == "a", ..selection };
        assert_eq!(causes(&findings[..1], silenced), (vec![], vec![Some(Cause::Suppressed)]));
    }

    #[test]
    fn what_is_not_selected_holds_its_set_back_and_doubt_does_not() {
        let mut findings = [finding("a", 1, Applicability::Safe), finding("b", 1, Applicability::Safe)];
        findings[1].confidence = Confidence::Possible;
        let policy = Policy::default();
        let selection = Selection { policy: &policy, takes_review: false, is_silenced: &|_| false };
        assert_eq!(causes(&findings, selection), (vec![1], vec![None, None]));
        assert_eq!(causes(&findings[1..], selection), (vec![], vec![Some(Cause::NotSelected)]));
        findings[1].rule = "ims-jwt-config".to_owned();
        let policy = Policy { ignore: vec!["ims-jwt-config".to_owned()], ..Policy::default() };
        let selection = Selection { policy: &policy, ..selection };
        assert_eq!(causes(&findings, selection), (vec![], vec![Some(Cause::ChangeSet), Some(Cause::NotSelected)]));
    }
}
