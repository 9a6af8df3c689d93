//! Which scopes a rewrite writes down, and where they come from.
//!
//! Metascopes are never translated. What the command line says counts first, then the configuration file, then a credential
//! of the new form that stands in the repository. What is known for the product alone is told, and not written.

use globset::GlobBuilder;

use crate::credentials;
use crate::document::{self, Format};
use crate::finding::{Finding, Language, digest};
use crate::rules::Catalog;
use crate::source::SourceFile;

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
    /// For files that fit one of these globs; none for all.
    pub paths: Vec<String>,
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
    /// The scopes of a finding.
    pub fn of(&self, finding: &Finding) -> Answer {
        let details = &finding.details;
        if let Some(scopes) = self.given.as_ref().filter(|scopes| !scopes.is_empty()) {
            return known(scopes, "given by --scopes".to_owned(), true);
        }
        let is_for = |table: &&Configured| {
            let id = table.client_id.as_ref().is_none_or(|id| details.client_id_digest.as_deref() == Some(&digest(id)));
            let path = table.paths.is_empty() || table.paths.iter().any(|glob| fits(glob, &finding.path));
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
        let mut others = self.found.iter().filter(|found| found.scopes != self.found[0].scopes);
        if let (Some(found), None, None) = (self.found.first(), others.next(), &details.client_id_digest) {
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

/// Whether a path fits a glob; one without a slash is over the name alone. A glob that is none fits nothing.
fn fits(glob: &str, path: &str) -> bool {
    let whole = if glob.contains('/') { glob.to_owned() } else { format!("**/{glob}") };
    GlobBuilder::new(&whole).literal_separator(true).build().is_ok_and(|glob| glob.compile_matcher().is_match(path))
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
