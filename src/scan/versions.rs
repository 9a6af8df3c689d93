//! Which versions the packages of a scan ask for: looked up once for every folder of code that a flow asks about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::context::Contexts;
use crate::manifest::Asked;
use crate::rules::schema::Ecosystem;
use crate::syntax::Limits;

/// A folder of code, and the packages that are asked for there.
type Question = (PathBuf, Ecosystem, Vec<String>);

/// What manifests and lock files ask for.
pub(super) struct Versions<'a> {
    contexts: &'a Contexts<'a>,
    limits: &'a Limits,
    known: Mutex<BTreeMap<Question, Option<Asked>>>,
}

impl<'a> Versions<'a> {
    pub(super) fn new(contexts: &'a Contexts<'a>, limits: &'a Limits) -> Self {
        Self { contexts, limits, known: Mutex::default() }
    }

    /// What is asked of packages of these names for a file of code, an absolute path.
    pub(super) fn asked(&self, path: &Path, ecosystem: Ecosystem, names: &[String]) -> Option<Asked> {
        let question = (path.parent().unwrap_or(path).to_owned(), ecosystem, names.to_vec());
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&question) {
            return known.clone();
        }
        let asked = Asked::of(path, &self.contexts.root_of(path), ecosystem, names, self.limits);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(question, asked.clone());
        asked
    }
}
