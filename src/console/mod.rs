//! The Developer Console's list of credentials, and what the findings say of each: which are used by code, which by none that
//! was seen, and what code uses that the list does not know.
//!
//! It reads the list (`read`) and joins it with the findings ([`join()`]). Client ids are compared whole, by their SHA-256, and
//! shown shortened. Of the list nothing is kept but the four fields that are asked for: a secret in another column is never
//! read.

mod read;
mod table;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Finding, shortened};

pub use read::{Error, read};

/// A credential of the Developer Console, as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The SHA-256 of the client id, in hexadecimal.
    pub digest: String,
    /// The client id, shortened.
    pub client_id: String,
    /// The project.
    pub project: Option<String>,
    /// The type: `Service Account (JWT)`, `OAuth Server-to-Server`.
    pub kind: Option<String>,
    /// When it was last used, as the list writes it.
    pub last_used: Option<String>,
}

/// What the list and the code say of a credential together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The list has it, and findings use it.
    InBoth,
    /// The list has it, and no code that was seen uses it.
    ConsoleOnly,
    /// Findings use it, and the list does not have it.
    CodeOnly,
    /// Findings whose client id is supplied from elsewhere: any credential of the list may be meant.
    Supplied,
}

impl Status {
    /// What to make of it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::InBoth => "switch every place that uses it, then delete it",
            Self::ConsoleOnly => {
                "do not delete it yet: no code that was scanned uses it, other code may; look at when it was last used"
            }
            Self::CodeOnly => {
                "it belongs to another organisation or was deleted: find out which before the code is switched"
            }
            Self::Supplied => "look the value up where the program runs, and compare it with the list",
        }
    }

    /// A few words, for a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::InBoth => "in the console and in the code",
            Self::ConsoleOnly => "in the console, and in no code that was seen",
            Self::CodeOnly => "in the code, and not in the console",
            Self::Supplied => "in the code, where the client id is supplied from elsewhere",
        }
    }
}

/// A place that uses a credential.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// The line of the finding.
    pub line: usize,
    /// The rule of the finding.
    pub rule: String,
}

/// A credential, joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// What the list and the code say together.
    pub status: Status,
    /// The client id, shortened; nothing where it is supplied.
    pub client_id: Option<String>,
    /// What supplies the client id, where no literal does.
    pub client_id_source: Option<String>,
    /// The project, from the list.
    pub project: Option<String>,
    /// The type, from the list.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// When it was last used, from the list.
    pub last_used: Option<String>,
    /// The findings that use it.
    pub uses: Vec<Use>,
    /// What to make of it.
    pub advice: &'static str,
}

/// Joins the list with the findings, both ways.
pub fn join(listed: &[Listed], findings: &[Finding]) -> Vec<Credential> {
    let mut by_id: BTreeMap<&str, (Option<String>, Vec<Use>)> = BTreeMap::new();
    let mut by_source: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
    for finding in findings {
        let place = Use { path: finding.path.clone(), line: finding.span.start.line, rule: finding.rule.clone() };
        let details = &finding.details;
        match (&details.client_id_digest, &details.client_id_source) {
            (Some(digest), _) => {
                let (id, uses) = by_id.entry(digest).or_default();
                *id = id.take().or_else(|| details.client_id.clone());
                uses.push(place);
            }
            (None, Some(source)) => by_source.entry(source).or_default().push(place),
            (None, None) => {}
        }
    }
    let mut joined: Vec<Credential> = listed
        .iter()
        .map(|listed| {
            let uses = by_id.remove(listed.digest.as_str()).map(|(_, uses)| uses).unwrap_or_default();
            let status = if uses.is_empty() { Status::ConsoleOnly } else { Status::InBoth };
            Credential {
                status,
                client_id: Some(listed.client_id.clone()),
                client_id_source: None,
                project: listed.project.clone(),
                kind: listed.kind.clone(),
                last_used: listed.last_used.clone(),
                uses,
                advice: status.advice(),
            }
        })
        .collect();
    let unlisted = |status: Status, client_id, source, uses| Credential {
        status,
        client_id,
        client_id_source: source,
        project: None,
        kind: None,
        last_used: None,
        uses,
        advice: status.advice(),
    };
    joined.extend(by_id.into_values().map(|(id, uses)| unlisted(Status::CodeOnly, id, None, uses)));
    let supplied = by_source.into_iter();
    joined.extend(supplied.map(|(source, uses)| unlisted(Status::Supplied, None, Some(source.to_owned()), uses)));
    for credential in &mut joined {
        credential.uses.sort();
        credential.uses.dedup();
    }
    joined.sort_by(|one, other| {
        let key = |of: &Credential| (of.status, of.project.clone(), of.client_id.clone(), of.client_id_source.clone());
        key(one).cmp(&key(other))
    });
    joined
}

/// An entry of the list.
fn listed(id: &str, project: Option<String>, kind: Option<String>, last_used: Option<String>) -> Listed {
    let digest = crate::finding::digest(id);
    Listed { digest, client_id: shortened(id), project, kind, last_used }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::digest;
    use crate::gate::sample;

    const KNOWN: &str = "0123456789abcdef0123456789abcdef";
    const UNUSED: &str = "aaaa56789abcdef0123456789abcbbbb";

    #[test]
    fn the_list_and_the_code_are_joined_both_ways() {
        let list = [listed(KNOWN, Some("Shop".to_owned()), None, None), listed(UNUSED, None, None, None)];
        let mut known = sample::finding("a.js", 1, "ims-jwt-exchange");
        known.details.client_id_digest = Some(digest(KNOWN));
        let mut unknown = sample::finding("b.js", 1, "ims-jwt-exchange");
        // The same ends, another id.
        unknown.details.client_id_digest = Some(digest("0123456789abcdef0123456789abXXcdef"));
        unknown.details.client_id = Some("0123…cdef".to_owned());
        let mut supplied = sample::finding("c.js", 1, "ims-jwt-exchange");
        supplied.details.client_id_source = Some("CLIENT_ID".to_owned());
        let joined = join(&list, &[known, unknown, supplied]);
        let shown: Vec<_> = joined.iter().map(|of| (of.status, of.client_id.as_deref(), of.uses.len())).collect();
        assert_eq!(
            shown,
            [
                (Status::InBoth, Some("0123…cdef"), 1),
                (Status::ConsoleOnly, Some("aaaa…bbbb"), 0),
                (Status::CodeOnly, Some("0123…cdef"), 1),
                (Status::Supplied, None, 1),
            ]
        );
    }
}
