//! The account of every place that holds something of the old flow: what it is, or that nobody knows.
//!
//! A place is one occurrence of a strong anchor in a file: an endpoint's path, or the name of a package that has the old flow
//! alone. Each is put into exactly one class. What a file says of its places is told by `code`, `document` and
//! `other` while the file is at hand; [`account`] decides when all findings are known. It reads no file and reports nothing.

mod code;
mod document;
mod other;
mod uses;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::anchors::Strong;
use crate::finding::{ByteRange, Context, Finding, Span};
use crate::source::SourceFile;

pub use code::{in_code, in_notebook, in_program};
pub use document::in_document;
pub use other::{in_bytes, in_other, unread};

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It stands inside a finding.
    Finding,
    /// It is a part of a finding: its endpoint, one of its keys, the import of its SDK.
    Evidence,
    /// A comment, a docstring or documentation: text for people.
    Comment,
    /// Test code, and in no finding.
    Test,
    /// It stands beside the new form and uses nothing.
    Migrated,
    /// Nothing uses it: a constant that nobody reads, an entry of a lock file.
    Inert,
    /// It stands in a language or a place that is not read.
    NotCovered,
    /// None of these.
    Unexplained,
}

impl Class {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 8] = [
        Self::Finding,
        Self::Evidence,
        Self::Comment,
        Self::Test,
        Self::Migrated,
        Self::Inert,
        Self::NotCovered,
        Self::Unexplained,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Evidence => "evidence",
            Self::Comment => "comment",
            Self::Test => "test",
            Self::Migrated => "migrated",
            Self::Inert => "inert",
            Self::NotCovered => "not_covered",
            Self::Unexplained => "unexplained",
        }
    }
}

/// What a file says of a place in it, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The class, unless a finding has the place.
    pub class: Class,
    /// A few words for a reader.
    pub why: &'static str,
}

impl Standing {
    /// A standing.
    pub(crate) const fn new(class: Class, why: &'static str) -> Self {
        Self { class, why }
    }
}

/// A place, before all findings are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// Where in that file.
    pub span: Span,
    /// The anchor, as the rules have it.
    pub anchor: String,
    /// Whether the file is test code.
    pub context: Context,
    /// What the file says of it; nothing where it says nothing.
    pub standing: Option<Standing>,
}

impl Occurrence {
    fn new(file: &SourceFile, range: ByteRange, anchor: &str, context: Context, standing: Option<Standing>) -> Self {
        let (path, span) = (file.path().to_owned(), file.span(range));
        Self { path, span, anchor: anchor.to_owned(), context, standing }
    }
}

/// What is learnt of a place when the files of its program are run together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Learnt {
    /// The file.
    pub path: String,
    /// The first byte of the place on disk.
    pub byte: usize,
    /// What it is.
    pub standing: Standing,
}

/// A place that is accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// Where in that file.
    pub span: Span,
    /// The anchor that it holds, as the rules have it.
    pub anchor: String,
    /// What it is.
    pub class: Class,
    /// Why, in a few words.
    pub reason: String,
}

/// All places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounting {
    /// The places, sorted by path and byte.
    pub places: Vec<Place>,
}

impl Accounting {
    /// How many places there are of each class; all classes are there.
    pub fn counts(&self) -> BTreeMap<Class, usize> {
        let mut counts: BTreeMap<Class, usize> = Class::ALL.into_iter().map(|class| (class, 0)).collect();
        for place in &self.places {
            *counts.entry(place.class).or_default() += 1;
        }
        counts
    }

    /// The places that speak against an absence though no finding has them.
    pub fn unaccounted(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| matches!(place.class, Class::NotCovered | Class::Unexplained))
    }

    /// Adds places that were found elsewhere.
    pub fn add(&mut self, places: impl IntoIterator<Item = Place>) {
        self.places.extend(places);
        self.places.sort_by(|one, other| (&one.path, one.span.start.byte).cmp(&(&other.path, other.span.start.byte)));
    }
}

/// A stretch of a file that a finding has.
struct Held {
    bytes: (usize, usize),
    lines: (usize, usize),
    /// Whether it is the place of the finding itself.
    is_site: bool,
}

impl Held {
    fn new(span: &Span, is_site: bool) -> Self {
        let bytes = (span.start.byte, span.end.byte);
        Self { bytes, lines: (span.start.line, span.end.line), is_site }
    }

    fn class(&self, place: &Span) -> Option<Class> {
        let overlaps = self.bytes.0 < place.end.byte && place.start.byte < self.bytes.1;
        let on_line = self.lines.0 <= place.start.line && place.start.line <= self.lines.1;
        match (overlaps, self.is_site) {
            (true, true) => Some(Class::Finding),
            _ => (overlaps || on_line).then_some(Class::Evidence),
        }
    }
}

/// Puts every place into its class.
pub fn account(occurrences: Vec<Occurrence>, learnt: &[Learnt], findings: &[Finding]) -> Accounting {
    let mut held: BTreeMap<&str, Vec<Held>> = BTreeMap::new();
    for finding in findings {
        held.entry(&finding.path).or_default().push(Held::new(&finding.span, true));
        for part in &finding.flow {
            held.entry(&part.path).or_default().push(Held::new(&part.span, false));
        }
        for key in &finding.details.keys {
            held.entry(&finding.path).or_default().push(Held::new(&key.span, false));
        }
    }
    let known: BTreeMap<(&str, usize), Standing> =
        learnt.iter().map(|learnt| ((learnt.path.as_str(), learnt.byte), learnt.standing)).collect();
    let places = occurrences.into_iter().map(|occurrence| {
        let by_finding = || {
            let of_file = held.get(occurrence.path.as_str())?;
            of_file.iter().filter_map(|held| held.class(&occurrence.span)).min()
        };
        let learnt = known.get(&(occurrence.path.as_str(), occurrence.span.start.byte)).copied();
        let Standing { class, why } = standing(&occurrence, by_finding(), learnt);
        let Occurrence { path, span, anchor, .. } = occurrence;
        Place { path, span, anchor, class, reason: why.to_owned() }
    });
    let mut accounting = Accounting::default();
    accounting.add(places.collect::<Vec<_>>());
    accounting
}

/// Text for people is that wherever it stands; then what a finding has; then what the file and its program say.
fn standing(occurrence: &Occurrence, by_finding: Option<Class>, learnt: Option<Standing>) -> Standing {
    let own = occurrence.standing;
    if let Some(comment) = own.filter(|standing| standing.class == Class::Comment) {
        return comment;
    }
    match by_finding {
        Some(Class::Finding) => return Standing::new(Class::Finding, "inside a finding"),
        Some(_) => return Standing::new(Class::Evidence, "part of a finding"),
        None => {}
    }
    if let Some(evidence) = learnt.filter(|standing| standing.class == Class::Evidence) {
        return evidence;
    }
    if occurrence.context == Context::Test {
        return Standing::new(Class::Test, "test code");
    }
    own.or(learnt).unwrap_or(Standing::new(Class::Unexplained, "nothing says what uses it"))
}

/// The places of a text, each with what is said of it.
fn occurrences(
    file: &SourceFile,
    context: Context,
    strong: &Strong,
    standing: impl Fn(ByteRange) -> Option<Standing>,
) -> Vec<Occurrence> {
    let places = strong.places(file.text());
    places.into_iter().map(|(range, anchor)| Occurrence::new(file, range, anchor, context, standing(range))).collect()
}
