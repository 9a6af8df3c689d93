//! Whether the old flow is absent, and what stands in the way of saying so.

use serde::Serialize;

use super::Outcome;
use crate::accounting::{Class, Place};
use crate::finding::Finding;

/// The answer to `--prove-absent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// Whether nothing of the old flow is left, as far as can be known.
    pub absent: bool,
    /// What stands in the way, the most certain first.
    pub in_the_way: Vec<Obstacle>,
}

/// What kind of obstacle something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleKind {
    /// A finding, of any rule and confidence.
    Finding,
    /// A finding that somebody silenced.
    Suppressed,
    /// A place that nothing explains.
    Unexplained,
    /// A place in a language or a file that is not read.
    NotCovered,
    /// Something that was not read whole.
    Error,
}

impl ObstacleKind {
    /// What to do about it.
    fn to_do(self) -> &'static str {
        match self {
            Self::Finding => "switch it to the new credential, or remove it",
            Self::Suppressed => "a silenced finding is no proof: switch it, or remove it",
            Self::Unexplained => "look whether anything uses it, and remove it",
            Self::NotCovered => "look at it by hand, and remove it; no rule reads it",
            Self::Error => "mend it so that it can be read, or remove it",
        }
    }

    /// A few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Finding => "found",
            Self::Suppressed => "silenced",
            Self::Unexplained => "not explained",
            Self::NotCovered => "not covered",
            Self::Error => "not read whole",
        }
    }
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// What kind it is.
    pub kind: ObstacleKind,
    /// The file.
    pub path: String,
    /// The line; nothing where a file as a whole is meant.
    pub line: Option<usize>,
    /// What stands there.
    pub what: String,
    /// What to do about it.
    pub to_do: &'static str,
}

impl Absence {
    /// Looks for everything that stands in the way.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let finding = |kind: ObstacleKind, finding: &Finding| Obstacle {
            kind,
            path: finding.path.clone(),
            line: Some(finding.span.start.line),
            what: format!("{}: {}", finding.rule, finding.message),
            to_do: kind.to_do(),
        };
        let place = |kind: ObstacleKind, place: &Place| Obstacle {
            kind,
            path: place.path.clone(),
            line: Some(place.span.start.line),
            what: format!("{}: {}", place.anchor, place.reason),
            to_do: kind.to_do(),
        };
        let of_class = |class: Class| outcome.unaccounted.iter().filter(move |place| place.class == class);
        let errors = outcome.errors.iter().map(|error| Obstacle {
            kind: ObstacleKind::Error,
            path: error.path.clone(),
            line: None,
            what: format!("{}: {}", error.reason, error.message),
            to_do: ObstacleKind::Error.to_do(),
        });
        let in_the_way: Vec<Obstacle> = outcome
            .findings
            .iter()
            .map(|of| finding(ObstacleKind::Finding, of))
            .chain(outcome.suppressed.iter().map(|of| finding(ObstacleKind::Suppressed, &of.finding)))
            .chain(of_class(Class::Unexplained).map(|of| place(ObstacleKind::Unexplained, of)))
            .chain(of_class(Class::NotCovered).map(|of| place(ObstacleKind::NotCovered, of)))
            .chain(errors)
            .collect();
        Self { absent: in_the_way.is_empty(), in_the_way }
    }
}
