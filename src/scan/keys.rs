//! Key files: which of them belong to a credential that was found, and what they hold.
//!
//! The walk only collects their paths. A file is opened when a credential names it or lies beside it, and no more of it is
//! read than tells a private key from a certificate.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::context::Contexts;
use super::inspect::Inspected;
use crate::credentials::{self, Carrier, material};
use crate::detect::{self, NamedKey};
use crate::finding::{ByteRange, Confidence, Finding, Incomplete, Language, Position, Span};
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::walk::normal;

/// A file that may hold a key, by its name.
#[derive(Debug)]
pub(super) struct KeyPath {
    pub(super) path: PathBuf,
    pub(super) reported: String,
    pub(super) language: Language,
    /// Whether it was itself named by the user.
    pub(super) named: bool,
}

/// Whether a file with the name of a key holds one. What cannot be read is for whoever reads it to say.
pub(super) fn holds_key(key: &KeyPath) -> bool {
    head(&key.path).is_ok_and(|head| material::is_key_file(&head))
}

/// A file that carries the credential.
#[derive(Debug)]
pub(super) struct CarrierPath {
    pub(super) path: PathBuf,
    pub(super) reported: String,
    /// The paths of key files that it names.
    pub(super) names: Vec<String>,
    /// Where it is code: the place that names them, the finding of its flow, and how sure that is.
    pub(super) code: Option<NamedKey>,
}

impl CarrierPath {
    /// The code of a flow that names a key file.
    pub(super) fn of_code(named: NamedKey) -> Self {
        let (path, reported) = (named.code.clone(), named.evidence.path.clone());
        Self { path, reported, names: vec![named.name.clone()], code: Some(named) }
    }

    /// Whether a finding is that of the credential, or of the flow.
    fn is_of(&self, finding: &Finding) -> bool {
        match &self.code {
            Some(NamedKey { flow: (path, byte), .. }) => finding.path == *path && finding.span.start.byte == *byte,
            None => finding.path == self.reported,
        }
    }
}

/// What the key files that belong to a credential give, each file's for itself. `found` is what the carriers gave.
pub(super) fn inspect(
    carriers: &[CarrierPath],
    mut keys: Vec<KeyPath>,
    found: &[Finding],
    contexts: &Contexts<'_>,
    catalog: &Catalog,
) -> Vec<Inspected> {
    keys.sort_by(|one, other| one.reported.cmp(&other.reported));
    let written = |path: &Path| normal(path).to_string_lossy().replace('\\', "/");
    let related_carriers: Vec<Carrier> = carriers
        .iter()
        .map(|carrier| {
            let path = normal(&carrier.path);
            let root = contexts.root_of(&path);
            let has_beside = carrier.code.is_none();
            Carrier { path: written(&path), root: written(&root), names: carrier.names.clone(), has_beside }
        })
        .collect();
    let files: Vec<_> = keys.iter().map(|key| credentials::KeyFile { path: written(&key.path) }).collect();
    credentials::relate(&related_carriers, &files)
        .into_iter()
        .map(|related| {
            let (key, carrier) = (&keys[related.key_file], &carriers[related.carrier]);
            let of_carrier = found.iter().find(|finding| carrier.is_of(finding));
            let subject = |span| detect::KeyFile {
                path: &key.reported,
                language: key.language,
                context: contexts.of(&key.path),
                span,
                carrier: &carrier.reported,
                relation: related.relation,
                change_set: of_carrier.map_or(1, |finding| finding.change_set),
                confidence: carrier.code.as_ref().map_or(Confidence::Certain, |code| code.confidence),
                evidence: carrier.code.as_ref().map(|code| code.evidence.clone()),
            };
            match read(key) {
                Ok(Some((span, source))) => Inspected {
                    findings: detect::key_file(&subject(span), catalog).into_iter().collect(),
                    sources: source.into_iter().collect(),
                    ..Inspected::default()
                },
                Ok(None) => Inspected::default(),
                Err(error) => {
                    let message = format!("cannot be read: {error}; see that it exists and that you may read it");
                    let reason = "unreadable".to_owned();
                    let error = Incomplete { path: key.reported.clone(), reason, message };
                    Inspected { errors: vec![error], ..Inspected::default() }
                }
            }
        })
        .collect()
}

/// The place of the private key in a file, and the file where it is text; nothing where it holds none.
type Place = (Span, Option<(Arc<SourceFile>, Vec<ByteRange>)>);

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let limit = u64::try_from(material::HEAD).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut head)?;
    Ok(head)
}

fn read(key: &KeyPath) -> io::Result<Option<Place>> {
    let head = head(&key.path)?;
    if !material::is_key_file(&head) {
        return Ok(None);
    }
    let text = SourceFile::decode(key.reported.clone(), &head, key.language).ok();
    let place = text.and_then(|file| {
        // The label says what it is; what follows is not shown.
        let start = file.text().find("PRIVATE KEY-----").and_then(|label| file.text()[..label].rfind("-----BEGIN"))?;
        let line_end = file.text()[start..].find(['\n', '\r', '\\']).map_or(file.text().len(), |end| start + end);
        let label_end = file.text()[start..].find("KEY-----").map_or(line_end, |end| start + end + "KEY-----".len());
        let span = file.span(ByteRange::new(start, label_end.min(line_end)));
        let secret = ByteRange::new(label_end, file.text().len());
        Some((span, Some((Arc::new(file), vec![secret]))))
    });
    Ok(Some(place.unwrap_or_else(|| {
        // Bytes have no lines: the file as far as it was read.
        let start = Position { line: 1, column: 1, byte: 0 };
        (Span { start, end: Position { byte: head.len(), ..start } }, None)
    })))
}
