//! Which credential a finding belongs to, and where each credential is used: before one is deleted, every place that
//! uses it has to be known.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counts, Inventory};
use crate::finding::Finding;
use crate::rules::guidance::Procedure;

/// What tells a credential from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) enum Identity<'a> {
    /// The client id, shortened.
    ClientId(&'a str),
    /// What supplies the client id: an environment variable or a configuration key.
    Supplied(&'a str),
    /// The files say neither.
    Unknown,
}

impl<'a> Identity<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let details = &finding.details;
        match (&details.client_id, &details.client_id_source) {
            (Some(id), _) => Self::ClientId(id),
            (None, Some(source)) => Self::Supplied(source),
            (None, None) => Self::Unknown,
        }
    }

    /// Words, with the name between backticks where there is one.
    pub(in crate::report) fn words(self) -> (&'static str, Option<&'a str>) {
        match self {
            Self::ClientId(id) => ("Client id", Some(id)),
            Self::Supplied(source) => ("Client id from", Some(source)),
            Self::Unknown => ("Client id not in the code", None),
        }
    }
}

/// A credential and where it is used.
#[derive(Debug)]
pub(in crate::report) struct Credential<'a> {
    pub(in crate::report) identity: Identity<'a>,
    /// What has to be done about it.
    pub(in crate::report) procedure: Option<&'a Procedure>,
    pub(in crate::report) products: BTreeSet<&'a str>,
    /// The titles of the repositories, with how many findings each has.
    pub(in crate::report) repositories: Vec<(&'a str, usize)>,
    pub(in crate::report) counts: Counts,
}

/// What credentials are told apart by, and sorted: whether the procedure is a special one, its title, the identity, and the
/// repository where the identity holds in that one only.
type Key<'a> = (bool, Option<&'a str>, Identity<'a>, Option<&'a str>);

/// The credentials of all repositories, in the order of the groups of a repository.
pub(super) fn over<'a>(repositories: &[Inventory<'a>]) -> Vec<Credential<'a>> {
    let mut credentials: BTreeMap<Key<'a>, Credential<'a>> = BTreeMap::new();
    for inventory in repositories {
        for group in &inventory.groups {
            let Some(identity) = group.identity else { continue };
            let procedure = group.procedure;
            let is_special = procedure.is_some_and(|of| !of.is_for_the_rest());
            // The same name of a variable in two repositories need not be the same credential.
            let apart = matches!(identity, Identity::Supplied(_)).then_some(inventory.path);
            let key = (is_special, procedure.map(|of| of.title.as_str()), identity, apart);
            let credential = credentials.entry(key).or_insert_with(|| Credential {
                identity,
                procedure,
                products: BTreeSet::new(),
                repositories: Vec::new(),
                counts: Counts::default(),
            });
            // What nothing tells apart may be many credentials: their products say nothing together.
            if identity != Identity::Unknown {
                credential.products.extend(&group.products);
            }
            credential.repositories.push((inventory.title, group.counts.total()));
            credential.counts.merge(group.counts);
        }
    }
    credentials.into_values().collect()
}
