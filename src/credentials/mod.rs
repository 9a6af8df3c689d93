//! The old credential in configuration files: which documents carry it, which key files belong to it.
//!
//! It owns the matching of the kinds that the rule files describe against [`crate::document`], what key material looks like
//! ([`material`]), and the relation between credentials and key files ([`relate()`]). It opens no file and words no
//! finding.

pub mod material;
mod reading;
mod recognise;
mod relate;
mod renewal;

use crate::document::Document;
use crate::rules::Catalog;

/// Whether a document describes an interface instead of configuring anything.
pub fn is_description(document: &Document, catalog: &Catalog) -> bool {
    reading::Reading::new(document, catalog).is_description()
}

pub use recognise::{Found, OldEntry, Repeat, recognise};
pub use relate::{Carrier, KeyFile, Related, Relation, relate};
pub use renewal::{Action, Insertion, Renewed, Step, renewal, renewed};
