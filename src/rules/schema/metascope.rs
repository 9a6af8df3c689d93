//! A metascope, and the product that it belongs to.

use serde::Deserialize;

/// A metascope of the old credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metascope {
    /// Its short name, `ent_user_sdk`.
    pub name: String,
    /// The Adobe product.
    pub product: String,
    /// The OAuth scopes that are known to serve the same product; empty where none are documented.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// How good the evidence for the scopes is.
    pub grade: Option<Grade>,
    /// Where it is from.
    pub source: Option<String>,
}

/// How good the evidence for a list of scopes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Grade {
    /// Adobe's documentation or SDK source.
    A,
    /// Several independent sources.
    B,
    /// A single source.
    C,
}
