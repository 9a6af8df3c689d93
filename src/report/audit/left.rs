//! What is left when everything that can be rewritten has been: what a person has to do, and what was not looked at.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Place;
use crate::accounting::Class;
use crate::finding::{Applicability, Finding};
use crate::gate::Outcome;

/// The reason of files in a language that no rule reads, though they hold something of the old flow.
const NOT_COVERED: &str = "language_not_covered";

/// What is left. All paths are those of the outcome: several repositories stand in one list.
#[derive(Debug, Default)]
pub(in crate::report) struct Left<'a> {
    /// What a person has to do, by the reason, the most frequent one first.
    pub(in crate::report) manual: Vec<Reason<'a>>,
    /// Files in languages that no rule reads, though they hold something of the old flow.
    pub(in crate::report) not_covered: Vec<Place>,
    /// Places that hold something of the old flow and that nothing explains.
    pub(in crate::report) unexplained: Vec<Place>,
    /// What could have mattered and was not read whole.
    pub(in crate::report) failures: Vec<Failure<'a>>,
    /// Findings that somebody silenced.
    pub(in crate::report) silenced: Vec<Silenced<'a>>,
    /// How many findings were not sure enough to be reported.
    pub(in crate::report) below_confidence: usize,
    /// What was left out on purpose, by the reason.
    pub(in crate::report) omissions: Vec<Omission<'a>>,
}

/// Why nothing is rewritten, and where.
#[derive(Debug)]
pub(in crate::report) struct Reason<'a> {
    pub(in crate::report) reason: &'a str,
    pub(in crate::report) places: Vec<Place>,
}

/// A file or folder that was not read whole.
#[derive(Debug)]
pub(in crate::report) struct Failure<'a> {
    pub(in crate::report) place: Place,
    pub(in crate::report) reason: &'a str,
    pub(in crate::report) message: &'a str,
}

/// A finding that somebody silenced.
#[derive(Debug)]
pub(in crate::report) struct Silenced<'a> {
    pub(in crate::report) by: &'static str,
    /// Why, where it was said.
    pub(in crate::report) reason: Option<&'a str>,
    pub(in crate::report) place: Place,
    pub(in crate::report) finding: &'a Finding,
}

/// What was left out for one reason.
#[derive(Debug)]
pub(in crate::report) struct Omission<'a> {
    pub(in crate::report) reason: &'a str,
    /// What the reason means.
    pub(in crate::report) meaning: &'static str,
    pub(in crate::report) places: Vec<Place>,
}

impl<'a> Left<'a> {
    pub(super) fn new(outcome: &'a Outcome) -> Self {
        let mut manual: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for finding in outcome.findings.iter().filter(|finding| finding.fix.applicability == Applicability::Manual) {
            manual.entry(&finding.fix.reason).or_default().push(line(finding));
        }
        let mut manual: Vec<_> = manual.into_iter().map(|(reason, places)| Reason { reason, places }).collect();
        manual.sort_by_key(|of| Reverse(of.places.len()));
        let mut omitted: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for skipped in &outcome.skipped {
            omitted.entry(&skipped.reason).or_default().push(Place::of(None, &skipped.path));
        }
        let not_covered = omitted.remove(NOT_COVERED).unwrap_or_default();
        let unexplained = outcome.unaccounted.iter().filter(|place| place.class == Class::Unexplained);
        let omission = |(reason, places)| Omission { reason, meaning: meaning(reason), places };
        let silenced = outcome.suppressed.iter().map(|suppressed| {
            let finding = &suppressed.finding;
            Silenced { by: suppressed.by.name(), reason: suppressed.reason.as_deref(), place: line(finding), finding }
        });
        let failures = outcome.errors.iter().map(|error| Failure {
            place: Place::of(None, &error.path),
            reason: &error.reason,
            message: &error.message,
        });
        Self {
            manual,
            not_covered,
            unexplained: unexplained.map(|place| Place::line(None, &place.path, place.span.start.line)).collect(),
            failures: failures.collect(),
            silenced: silenced.collect(),
            below_confidence: outcome.summary.below_confidence,
            omissions: omitted.into_iter().map(omission).collect(),
        }
    }

    /// Whether nothing is left.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.manual.is_empty()
            && self.not_covered.is_empty()
            && self.unexplained.is_empty()
            && self.failures.is_empty()
            && self.silenced.is_empty()
            && self.below_confidence == 0
            && self.omissions.is_empty()
    }
}

fn line(finding: &Finding) -> Place {
    Place::line(None, &finding.path, finding.span.start.line)
}

/// What a reason for leaving something out means.
fn meaning(reason: &str) -> &'static str {
    match reason {
        "vendored" => "code that others wrote",
        "generated" => "made by a build or a generator",
        "minified" => "a minified bundle",
        "hidden" => "hidden, which --hidden reads",
        "symlink_outside" => "a link that leads out of the scanned folder",
        "symlink_loop" => "a link that leads back into itself",
        _ => "",
    }
}
