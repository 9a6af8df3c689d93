//! Which scopes a rewrite writes down, and where they come from.
//!
//! Metascopes are never translated. What the command line says counts first, then the configuration file, then a credential
//! of the new form that stands in the repository. What is known for the product alone is told, and not written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::targets::Options;
use super::tree::{Tree, root_of};
use crate::config::Glob;
use crate::credentials;
use crate::document::{self, Format};
use crate::finding::{Family, Finding, Language, digest};
use crate::rules::Catalog;
use crate::scan::Settings;
use crate::source::SourceFile;
use crate::walk::normal;

/// Every source of scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    /// What the command line says.
    pub given: Option<Vec<String>>,
    /// The tables `[[scopes]]` of the configuration file, in its order.
    pub configured: Vec<Configured>,
    /// Credentials of the new form in the repository, see [`in_file`].
    pub found: Vec<InRepository>,
}

/// A table `[[scopes]]` of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configured {
    /// For the credential with this client id; nothing for any.
    pub client_id: Option<String>,
    /// For files that fit one of these globs, from the folder; none for all. One without a slash is over the name alone.
    pub paths: Vec<Glob>,
    /// The folder of the configuration file.
    pub folder: PathBuf,
    /// The scopes.
    pub scopes: Vec<String>,
}

/// A credential of the new form in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InRepository {
    /// The file, as reports give it.
    pub path: String,
    /// The SHA-256 of its client id, as in [`crate::finding::Details::client_id_digest`].
    pub client_id_digest: Option<String>,
    /// Its scopes.
    pub scopes: Vec<String>,
}

/// What is known of the scopes of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// They are known.
    Known {
        /// The scopes.
        scopes: Vec<String>,
        /// Where they come from, for a sentence: `with the scopes …`.
        source: String,
        /// Whether nothing had to be assumed to take them for those of this finding.
        is_sure: bool,
    },
    /// They are not; these are known for the product.
    Unknown {
        /// Scopes that are known to serve the product.
        suggested: Vec<String>,
        /// How good the evidence for that is.
        grade: Option<String>,
    },
}

impl Scopes {
    /// What is known below some folders.
    pub(super) fn of(options: &Options, settings: &Settings, catalog: &Catalog, roots: &BTreeSet<PathBuf>) -> Self {
        let given = Some(options.scopes.clone()).filter(|scopes| !scopes.is_empty());
        let configured = options.configured.clone();
        // Who said it for everything need not be asked.
        let found = if given.is_some() { Vec::new() } else { in_folders(settings, catalog, roots) };
        Self { given, configured, found }
    }

    /// The scopes of a finding.
    pub fn answer(&self, finding: &Finding) -> Answer {
        let details = &finding.details;
        if let Some(scopes) = self.given.as_ref().filter(|scopes| !scopes.is_empty()) {
            return known(scopes, "given by --scopes".to_owned(), true);
        }
        let is_for = |table: &&Configured| {
            let id = table.client_id.as_ref().is_none_or(|id| details.client_id_digest.as_deref() == Some(&digest(id)));
            let path = table.paths.is_empty() || table.paths.iter().any(|glob| glob.fits(&table.folder, &finding.path));
            id && path && !table.scopes.is_empty()
        };
        if let Some(table) = self.configured.iter().find(is_for) {
            return known(&table.scopes, "of the configuration file".to_owned(), true);
        }
        let same = |known: &&InRepository| {
            known.client_id_digest.is_some() && known.client_id_digest == details.client_id_digest
        };
        if let Some(found) = self.found.iter().find(same) {
            return known(&found.scopes, format!("of the same client id in {}", found.path), true);
        }
        // Where the client id comes from elsewhere, the only credential there is may be this one.
        let root = |path: &str| root_of(&normal(Path::new(path)), &[]);
        let own = root(&finding.path);
        let mut around = self.found.iter().filter(|found| root(&found.path) == own);
        let first = around.next();
        let is_only = around.all(|other| Some(&other.scopes) == first.map(|first| &first.scopes));
        if let (Some(found), true, None) = (first, is_only, &details.client_id_digest) {
            return known(
                &found.scopes,
                format!("of the only new credential of the repository, in {}", found.path),
                false,
            );
        }
        Answer::Unknown { suggested: details.suggested_scopes.clone(), grade: details.scopes_grade.clone() }
    }
}

fn known(scopes: &[String], source: String, is_sure: bool) -> Answer {
    Answer::Known { scopes: scopes.to_vec(), source, is_sure }
}

/// The credentials of the new form in the documents below some folders.
fn in_folders(settings: &Settings, catalog: &Catalog, roots: &BTreeSet<PathBuf>) -> Vec<InRepository> {
    let models = catalog.rules().iter().filter_map(|rule| rule.rule.rewrite.as_ref());
    let words = models.flat_map(|model| [model.scope_field.clone(), model.scope_field.to_uppercase()]).collect();
    let is_document = |language: Language, _: &Path, holds: bool| holds && language.family() == Family::Document;
    let tree = Tree::read(settings, catalog, roots, &words, is_document);
    tree.files.iter().flat_map(|kept| in_file(&kept.file, kept.language, catalog)).collect()
}

/// The credentials of the new form in a file.
pub fn in_file(file: &SourceFile, language: Language, catalog: &Catalog) -> Vec<InRepository> {
    let Some(format) = Format::of(language, file.text()) else { return Vec::new() };
    let document = document::read(file.text(), format, &catalog.conventions());
    let all = credentials::renewed(&document, file.path(), catalog).into_iter();
    all.map(|(client_id, scopes)| InRepository {
        path: file.path().to_owned(),
        client_id_digest: client_id.as_deref().map(digest),
        scopes,
    })
    .collect()
}
