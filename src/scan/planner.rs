//! Where those who plan rewrites are asked. The scan knows what they need, and they stand in a later room.
//!
//! A planner fills in `fix`, `details.requires` and `details.ledger` of findings that are there, and may join their change
//! sets. It adds no finding and takes none away: one that does, or that panics, is overruled.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Settings;
use crate::detect::Subject;
use crate::facts::fact::Facts;
use crate::finding::{ByteRange, Finding, Incomplete};
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::walk::FileKinds;

/// Says what a rewrite would do with findings.
pub trait Planner: Send + Sync {
    /// A scan begins: what was kept of an earlier one does not hold, since files may hold something else.
    fn begin(&self) {}

    /// Plans for a program of code that has been understood, and for the findings in it alone.
    fn code(&self, _code: &Code<'_>, _findings: &mut [Finding]) {}

    /// Plans when all findings are known: those of documents, and what belongs together across programs.
    fn whole(&self, _known: &Known<'_>, _findings: &mut [Finding]) {}
}

/// A program, as planners see it.
pub struct Code<'a> {
    /// Its files, trees and links.
    pub subject: &'a Subject<'a>,
    /// What it does.
    pub facts: &'a Facts,
    /// The rules.
    pub catalog: &'a Catalog,
    /// What is scanned, and how; files are read through its `contents`.
    pub settings: &'a Settings,
}

/// What is known at the end of a scan.
pub struct Known<'a> {
    /// The files with findings, with the texts in them that must not be shown.
    pub sources: &'a BTreeMap<String, (Arc<SourceFile>, Vec<ByteRange>)>,
    /// What names say about files and folders.
    pub kinds: &'a FileKinds,
    /// The rules.
    pub catalog: &'a Catalog,
    /// What is scanned, and how; files are read through its `contents`.
    pub settings: &'a Settings,
}

/// Those who are asked, in their order.
#[derive(Clone, Default)]
pub struct Planners(Vec<Arc<dyn Planner>>);

impl fmt::Debug for Planners {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} planners", self.0.len())
    }
}

impl FromIterator<Arc<dyn Planner>> for Planners {
    fn from_iter<T: IntoIterator<Item = Arc<dyn Planner>>>(planners: T) -> Self {
        Self(planners.into_iter().collect())
    }
}

impl Planners {
    /// Tells all of them that a scan begins.
    pub(super) fn begin(&self) {
        self.0.iter().for_each(|planner| planner.begin());
    }

    /// Asks all of them about a program.
    pub(super) fn code(&self, code: &Code<'_>, findings: &mut [Finding]) -> Vec<Incomplete> {
        if findings.is_empty() {
            return Vec::new();
        }
        self.ask(findings, |planner, findings| planner.code(code, findings))
    }

    /// Asks all of them about everything.
    pub(super) fn whole(&self, known: &Known<'_>, findings: &mut [Finding]) -> Vec<Incomplete> {
        self.ask(findings, |planner, findings| planner.whole(known, findings))
    }

    fn ask(&self, findings: &mut [Finding], ask: impl Fn(&dyn Planner, &mut [Finding])) -> Vec<Incomplete> {
        let mut errors = Vec::new();
        for planner in &self.0 {
            let before = findings.to_vec();
            let asked = catch_unwind(AssertUnwindSafe(|| ask(&**planner, findings)));
            if asked.is_err() {
                findings.clone_from_slice(&before);
                let paths = before.first().map(|finding| finding.path.clone());
                errors.extend(paths.map(|path| {
                    Incomplete {
                        path,
                        reason: "internal_error".to_owned(),
                        message:
                            "grantshift failed while it planned the rewrite; what it found is reported, and is not \
                              rewritten. Please report it with the file, as far as you may share it."
                                .to_owned(),
                    }
                }));
            }
        }
        errors
    }
}
