//! From the old credential in a document to findings: the credential itself, and every private key in it.

use std::collections::BTreeSet;

use super::Detected;
use crate::credentials::{self, Found, Relation};
use crate::document::{self, Document, Format, Problem};
use crate::finding::{
    Applicability, ByteRange, Confidence, Context, Details, Evidence, Finding, Fix, Incomplete, Language, OldKey, Role,
    Severity, Span, digest, fingerprint,
};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;

/// How many credentials of one file are reported: a file with more is data, and says so.
const MOST_CREDENTIALS: usize = 500;
/// What replaces a key that simply goes.
const REMOVED: &str = "removed";
/// What is said of a place that gives a credential once more.
const REPEATED: &str = "gives the same once more";
/// How many characters of a client id are shown at each end.
const SHOWN: usize = 4;
/// The shortest client id that is shortened; a shorter one is a word somebody put there.
const SHORTEST_ID: usize = 12;

/// The rules about key material that one is found for, by what they are told apart by in their rule files.
pub(super) fn key_rule(catalog: &Catalog) -> Option<&CompiledRule> {
    catalog.rules().iter().find(|rule| rule.rule.matches.key_material)
}

/// Finds the old credential in a document.
pub(super) fn detect(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Detected {
    let mut detected = Detected::default();
    let Some(format) = Format::of(language, file.text()) else { return detected };
    let document = document::read(file.text(), format, &catalog.conventions());
    if let Some(error) = broken(file, language, &document) {
        detected.errors.push(error);
    }
    let mut all = credentials::recognise(&document, file.text(), file.path(), language, catalog);
    if all.len() > MOST_CREDENTIALS {
        let message = format!(
            "it holds {} credentials of the old kind, and the first {MOST_CREDENTIALS} are reported; split the file, or look \
             through it by hand",
            all.len()
        );
        all.truncate(MOST_CREDENTIALS);
        detected.errors.push(Incomplete { path: file.path().to_owned(), reason: "too_large".to_owned(), message });
    }
    for (number, found) in all.iter().enumerate() {
        let Some(rule) = catalog.rule(&found.kind.credential.rule) else { continue };
        let subject = Subject { file, language, context, change_set: number + 1 };
        detected.findings.push(subject.credential(rule, found, catalog));
        if let Some(rule) = key_rule(catalog) {
            let keys = found.private_keys.iter().map(|&range| subject.inline_key(rule, found, range));
            detected.findings.extend(keys);
        }
        detected.secrets.extend(&found.secrets);
        detected.key_files.extend(found.key_files.iter().cloned());
        detected.carries_credential = true;
    }
    detected
}

fn broken(file: &SourceFile, language: Language, document: &Document) -> Option<Incomplete> {
    let error = document.error.as_ref()?;
    let at = file.position(error.at);
    let reason = match error.problem {
        Problem::Syntax => "syntax_error",
        Problem::TooDeep => "too_deep",
    };
    let message = format!(
        "line {}, column {}: this is no valid {} ({}); what stands before was read, what it holds behind may be missed",
        at.line,
        at.column,
        language.name(),
        error.message
    );
    Some(Incomplete { path: file.path().to_owned(), reason: reason.to_owned(), message })
}

struct Subject<'a> {
    file: &'a SourceFile,
    language: Language,
    context: Context,
    change_set: usize,
}

impl Subject<'_> {
    fn credential(&self, rule: &CompiledRule, found: &Found<'_>, catalog: &Catalog) -> Finding {
        let name = &found.kind.credential.name;
        let names: Vec<&str> = found.old.iter().map(|old| old.key.as_str()).collect();
        Finding {
            rule: rule.rule.id.clone(),
            severity: severity(rule, self.context),
            confidence: if found.is_certain { Confidence::Certain } else { Confidence::Likely },
            context: self.context,
            language: self.language,
            path: self.file.path().to_owned(),
            span: self.file.span(found.range),
            message: rule.rule.message.replace("{credential}", name),
            flow: self.repeats(found),
            details: self.details(found, catalog),
            fix: manual(rule),
            change_set: self.change_set,
            fingerprint: fingerprint(&rule.rule.id, &found.path.join("."), names.into_iter()),
        }
    }

    fn repeats(&self, found: &Found<'_>) -> Vec<Evidence> {
        let evidence = |range: ByteRange| Evidence {
            role: Role::Config,
            path: self.file.path().to_owned(),
            span: self.file.span(range),
            note: REPEATED.to_owned(),
        };
        found.repeats.iter().map(|repeat| evidence(repeat.range)).collect()
    }

    fn details(&self, found: &Found<'_>, catalog: &Catalog) -> Details {
        let known: Vec<_> = found.metascopes.iter().filter_map(|name| catalog.metascope(name)).collect();
        let products: BTreeSet<String> = known.iter().map(|metascope| metascope.product.clone()).collect();
        let mut scopes: Vec<String> = Vec::new();
        for scope in known.iter().flat_map(|metascope| &metascope.scopes) {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        let repeated = found.repeats.iter().flat_map(|repeat| &repeat.old);
        let keys = found.old.iter().chain(repeated).map(|old| OldKey {
            key: old.key.clone(),
            span: self.file.span(old.range),
            replacement: old.replacement.clone().unwrap_or_else(|| REMOVED.to_owned()),
        });
        Details {
            metascopes: found.metascopes.clone(),
            products: products.into_iter().collect(),
            suggested_scopes: scopes,
            scopes_grade: known.iter().filter_map(|metascope| metascope.grade).max().map(|grade| format!("{grade:?}")),
            credential: Some(found.kind.credential.name.clone()),
            keys: keys.collect(),
            client_id: found.client_id.as_deref().and_then(shortened),
            client_id_digest: found.client_id.as_deref().filter(|id| shortened(id).is_some()).map(digest),
            client_id_source: found.client_id.as_deref().and_then(variable).map(str::to_owned),
            ..Details::default()
        }
    }

    fn inline_key(&self, rule: &CompiledRule, found: &Found<'_>, range: ByteRange) -> Finding {
        let name = &found.kind.credential.name;
        Finding {
            rule: rule.rule.id.clone(),
            severity: severity(rule, self.context),
            confidence: Confidence::Certain,
            context: self.context,
            language: self.language,
            path: self.file.path().to_owned(),
            span: self.file.span(range),
            message: rule.rule.message.replace("{place}", &format!("in the {name}")),
            flow: Vec::new(),
            details: Details { credential: Some(name.clone()), ..Details::default() },
            fix: manual(rule),
            change_set: self.change_set,
            fingerprint: fingerprint(&rule.rule.id, &found.path.join("."), std::iter::empty()),
        }
    }
}

/// A key file that belongs to a credential.
#[derive(Debug, Clone)]
pub struct KeyFile<'a> {
    /// Its path as reports give it.
    pub path: &'a str,
    /// Its language.
    pub language: Language,
    /// Whether it is test code.
    pub context: Context,
    /// The place of the key in it.
    pub span: Span,
    /// The file that carries the credential, as reports give it.
    pub carrier: &'a str,
    /// How they belong together.
    pub relation: Relation,
    /// The change set of the credential.
    pub change_set: usize,
    /// How sure it is that the carrier is one.
    pub confidence: Confidence,
    /// The place that names it, where that is code.
    pub evidence: Option<Evidence>,
}

/// The finding for a key file; nothing where no rule is about key material.
pub fn key_file(key: &KeyFile<'_>, catalog: &Catalog) -> Option<Finding> {
    let rule = key_rule(catalog)?;
    let (place, confidence) = match key.relation {
        Relation::Named => (format!("that {} names", key.carrier), key.confidence),
        Relation::Beside => (format!("beside {}", key.carrier), Confidence::Likely),
    };
    let name = key.path.rsplit('/').next().unwrap_or(key.path);
    Some(Finding {
        rule: rule.rule.id.clone(),
        severity: severity(rule, key.context),
        confidence,
        context: key.context,
        language: key.language,
        path: key.path.to_owned(),
        span: key.span,
        message: rule.rule.message.replace("{place}", &place),
        flow: key.evidence.iter().cloned().collect(),
        details: Details::default(),
        fix: manual(rule),
        change_set: key.change_set,
        fingerprint: fingerprint(&rule.rule.id, name, std::iter::empty()),
    })
}

pub(super) fn severity(rule: &CompiledRule, context: Context) -> Severity {
    if context == Context::Test { Severity::Note } else { rule.rule.severity }
}

pub(super) fn manual(rule: &CompiledRule) -> Fix {
    Fix { applicability: Applicability::Manual, target: None, reason: rule.rule.help.clone(), edits: Vec::new() }
}

/// A client id by its ends; nothing for what only stands in its place.
fn shortened(id: &str) -> Option<String> {
    let is_id = id.len() >= SHORTEST_ID
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && id.bytes().any(|byte| byte.is_ascii_digit());
    is_id.then(|| format!("{}…{}", &id[..SHOWN], &id[id.len() - SHOWN..]))
}

/// The variable that a value names: `${NAME}`, `$NAME`, `{{ NAME }}`.
fn variable(text: &str) -> Option<&str> {
    let inside = text
        .strip_prefix("${{")
        .or_else(|| text.strip_prefix("{{"))
        .and_then(|rest| rest.strip_suffix("}}"))
        .or_else(|| text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')))
        .or_else(|| text.strip_prefix('$'))?;
    let name = inside.split(':').next().unwrap_or(inside).trim();
    let name = name.rsplit('.').next().unwrap_or(name);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{shortened, variable};

    #[test]
    fn a_client_id_is_never_whole() {
        assert_eq!(shortened("0123456789abcdef0123456789abcdef").as_deref(), Some("0123…cdef"));
        assert_eq!(shortened("cm-p12345-e67890-integration").as_deref(), Some("cm-p…tion"));
        for other in ["<client_id>", "CLIENT_ID", "your-client-id-goes-here", "", "abc1"] {
            assert_eq!(shortened(other), None, "{other}");
        }
    }

    #[test]
    fn the_variable_that_supplies_it() {
        assert_eq!(variable("${CLIENT_ID}"), Some("CLIENT_ID"));
        assert_eq!(variable("${env:CLIENT_ID:none}"), Some("env"));
        assert_eq!(variable("${{ secrets.CLIENT_ID }}"), Some("CLIENT_ID"));
        assert_eq!(variable("$CLIENT_ID"), Some("CLIENT_ID"));
        assert_eq!(variable("abc"), None);
    }
}
