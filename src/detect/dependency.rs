//! From an entry of a manifest and what the code of its package does to a finding, or to none.
//!
//! It is a relation over what was found already: it reads no file and searches nothing.

use super::Signature;
use crate::finding::{
    Applicability, Confidence, Context, Details, Evidence, Finding, Fix, Language, Role, Severity, fingerprint,
};
use crate::manifest::{Dependency, Modes, Versions};
use crate::rules::CompiledRule;
use crate::rules::schema::{DependencyMatch, DependencyModel, DependencyRole};
use crate::source::SourceFile;

/// How many places of the code an entry names. The first ones say enough.
const MOST_PLACES: usize = 8;

/// An entry of a manifest that the rule files know, with the code that it serves.
#[derive(Debug)]
pub struct Declared<'a> {
    /// The manifest.
    pub file: &'a SourceFile,
    /// Its language.
    pub language: Language,
    /// Whether it is that of test code.
    pub context: Context,
    /// The entry.
    pub dependency: &'a Dependency,
    /// What the rule files say of the package.
    pub model: &'a DependencyModel,
    /// The requirement of the entry, or, where it has none, that of a manifest above that settles versions.
    pub requirement: Option<String>,
    /// The version that a lock file settles.
    pub locked: Option<String>,
    /// The files that the entry serves and that import the package, sorted by path.
    pub importers: Vec<&'a Importer>,
    /// The findings of the old flow in the code that the entry serves, in their order.
    pub flows: Vec<&'a Finding>,
}

/// A file that imports a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Importer {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// Whether it is test code.
    pub is_test: bool,
    /// Whether it does something with it; an import alone is left over.
    pub is_used: bool,
    /// Whether it also reads tokens with it.
    pub reads_tokens: bool,
}

/// Why an entry is one of the old flow.
struct Verdict<'a> {
    message: &'a str,
    confidence: Confidence,
    /// The findings that say so.
    users: Vec<&'a Finding>,
}

/// The finding for an entry, if it exists for the old flow. `signatures` is what is signed and belongs to no finding.
pub fn dependency(declared: &Declared<'_>, signatures: &[Signature], rule: &CompiledRule) -> Option<Finding> {
    let wanted = rule.rule.matches.dependency.as_ref()?;
    let verdict = match declared.model.role {
        DependencyRole::Sdk => of_sdk(declared, rule, wanted)?,
        DependencyRole::Signing => of_signing(declared, signatures, wanted)?,
        DependencyRole::Key => of_key(declared, wanted)?,
    };
    Some(finding(declared, rule, &verdict))
}

fn of_sdk<'a>(declared: &Declared<'a>, rule: &'a CompiledRule, wanted: &'a DependencyMatch) -> Option<Verdict<'a>> {
    let model = declared.model;
    let versions = Versions { requirement: declared.requirement.as_deref(), locked: declared.locked.as_deref() };
    let modes = versions.modes(model);
    if modes == Modes::New {
        return None;
    }
    let is_it = |name: &String| name == model.library() || model.names.contains(name);
    let users: Vec<&Finding> =
        declared.flows.iter().copied().filter(|finding| finding.details.sdk.as_ref().is_some_and(is_it)).collect();
    if let Some(confidence) = users.iter().map(|finding| finding.confidence).max() {
        return Some(Verdict { message: &rule.rule.message, confidence, users });
    }
    if modes != Modes::Old || model.general {
        return None;
    }
    // A flow in a file that imports an SDK without another flow goes through it, or had better go through it.
    let users: Vec<&Finding> = declared
        .flows
        .iter()
        .copied()
        .filter(|finding| declared.importers.iter().any(|file| is_part(finding, &file.path)))
        .collect();
    let is_used = !declared.importers.is_empty() || runs(declared);
    let message = if is_used { &wanted.imported } else { &wanted.unused };
    Some(Verdict { message, confidence: Confidence::Likely, users })
}

/// Whether the manifest itself runs a program of the package: a script of npm.
fn runs(declared: &Declared<'_>) -> bool {
    let (text, entry) = (declared.file.text(), declared.dependency.entry);
    let outside =
        |command: &String| text.match_indices(command.as_str()).any(|(at, _)| at < entry.start || at >= entry.end);
    declared.model.commands.iter().any(outside)
}

fn of_signing<'a>(
    declared: &Declared<'a>,
    signatures: &[Signature],
    wanted: &'a DependencyMatch,
) -> Option<Verdict<'a>> {
    let library = declared.model.library();
    let uses = |finding: &&Finding| finding.details.jwt_library.as_deref() == Some(library);
    let users: Vec<&Finding> = declared.flows.iter().copied().filter(uses).collect();
    let confidence = users.iter().map(|finding| finding.confidence).max()?;
    let is_old = |file: &Importer| {
        !file.reads_tokens
            && users.iter().any(|finding| is_part(finding, &file.path))
            && !signatures.iter().any(|other| {
                other.path == file.path
                    && other.library == library
                    && !users.iter().any(|finding| signs(finding, other))
            })
    };
    let mut others = false;
    for file in &declared.importers {
        if !is_old(file) {
            // Tests of the old flow go with it, and imports that are left over; to see to them is for who takes the entry out.
            if !file.is_test && file.is_used {
                return None;
            }
            others = true;
        }
    }
    let confidence = if others { confidence.min(Confidence::Likely) } else { confidence };
    Some(Verdict { message: &wanted.signing, confidence, users })
}

fn of_key<'a>(declared: &Declared<'a>, wanted: &'a DependencyMatch) -> Option<Verdict<'a>> {
    let importers: Vec<&&Importer> = declared.importers.iter().filter(|file| !file.is_test && file.is_used).collect();
    let users: Vec<&Finding> = declared
        .flows
        .iter()
        .copied()
        .filter(|finding| importers.iter().any(|file| is_part(finding, &file.path)))
        .collect();
    let all = importers.iter().all(|file| users.iter().any(|finding| is_part(finding, &file.path)));
    let confidence = users.iter().map(|finding| finding.confidence).max()?.min(Confidence::Likely);
    all.then_some(Verdict { message: &wanted.signing, confidence, users })
}

/// Whether a finding, or a part of its flow, stands in a file.
fn is_part(finding: &Finding, path: &str) -> bool {
    finding.path == path || finding.flow.iter().any(|evidence| evidence.path == path)
}

/// Whether a signature is a part of a finding after all, which was joined later.
fn signs(finding: &Finding, signature: &Signature) -> bool {
    finding.flow.iter().any(|evidence| {
        evidence.role == Role::Sign && evidence.path == signature.path && evidence.span == signature.span
    })
}

fn finding(declared: &Declared<'_>, rule: &CompiledRule, verdict: &Verdict<'_>) -> Finding {
    let Declared { file, dependency, model, .. } = declared;
    let signs = model.role == DependencyRole::Signing;
    let asked = declared.requirement.as_deref();
    let message =
        verdict.message.replace("{package}", &dependency.name).replace("{version}", asked.unwrap_or("any version"));
    let tokens = [dependency.name.as_str()];
    Finding {
        rule: rule.rule.id.clone(),
        severity: if declared.context == Context::Test { Severity::Note } else { rule.rule.severity },
        confidence: verdict.confidence,
        context: declared.context,
        language: declared.language,
        path: file.path().to_owned(),
        span: file.span(dependency.entry),
        message,
        flow: evidence(&verdict.users, model),
        details: Details {
            jwt_library: signs.then(|| model.library().to_owned()),
            sdk: (model.role == DependencyRole::Sdk).then(|| model.library().to_owned()),
            replacement: model.replacement.clone(),
            since_version: model.since.clone(),
            package: Some(dependency.name.clone()),
            version: asked.map(str::to_owned),
            ..Details::default()
        },
        fix: Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: rule.rule.help.clone(),
            edits: Vec::new(),
        },
        change_set: 1,
        fingerprint: fingerprint(&rule.rule.id, declared.language.name(), tokens.into_iter()),
    }
}

/// Where the code uses the package: the calls that sign, else those that make the exchange.
fn evidence(users: &[&Finding], model: &DependencyModel) -> Vec<Evidence> {
    let mut places = Vec::new();
    for finding in users {
        let signing =
            finding.flow.iter().filter(|part| part.role == Role::Sign && model.role == DependencyRole::Signing);
        let signing: Vec<Evidence> = signing.cloned().collect();
        if signing.is_empty() {
            places.push(Evidence {
                role: Role::Exchange,
                path: finding.path.clone(),
                span: finding.span,
                note: format!("the old flow, by {}", finding.rule),
            });
        }
        places.extend(signing);
    }
    places.sort_by(|one, other| (&one.path, one.span.start.byte).cmp(&(&other.path, other.span.start.byte)));
    places.dedup_by(|one, other| one.path == other.path && one.span == other.span);
    places.truncate(MOST_PLACES);
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Position, Span};
    use crate::manifest::{Kind, Manifest};
    use crate::rules::Catalog;
    use crate::syntax::Limits;

    fn span(byte: usize) -> Span {
        let at = |byte| Position { line: 1, column: byte + 1, byte };
        Span { start: at(byte), end: at(byte + 1) }
    }

    fn flow(path: &str, library: Option<&str>, sdk: Option<&str>) -> Finding {
        Finding {
            rule: "ims-jwt-sdk".to_owned(),
            severity: Severity::Error,
            confidence: Confidence::Certain,
            context: Context::Source,
            language: Language::JavaScript,
            path: path.to_owned(),
            span: span(0),
            message: String::new(),
            flow: Vec::new(),
            details: Details {
                jwt_library: library.map(str::to_owned),
                sdk: sdk.map(str::to_owned),
                ..Details::default()
            },
            fix: Fix { applicability: Applicability::Manual, target: None, reason: String::new(), edits: Vec::new() },
            change_set: 1,
            fingerprint: String::new(),
        }
    }

    fn importer(path: &str) -> Importer {
        Importer { path: path.to_owned(), is_test: path.contains("test"), is_used: true, reads_tokens: false }
    }

    /// The finding for the only entry of a `package.json`.
    fn judged(
        entry: &str,
        locked: Option<&str>,
        importers: &[Importer],
        flows: &[Finding],
        signatures: &[Signature],
    ) -> Option<Finding> {
        let catalog = Catalog::load(&[]).unwrap();
        let text = format!("{{\"dependencies\": {{{entry}}}}}");
        let manifest = Manifest::parse(Kind::PackageJson, &text, &Limits::default());
        let file = SourceFile::decode("package.json", text.as_bytes(), Language::Json).unwrap();
        let [entry] = manifest.dependencies.as_slice() else { panic!("one entry") };
        let declared = Declared {
            file: &file,
            language: Language::Json,
            context: Context::Source,
            dependency: entry,
            model: catalog.dependency(entry.ecosystem, &entry.name).unwrap(),
            requirement: entry.requirement.clone(),
            locked: locked.map(str::to_owned),
            importers: importers.iter().collect(),
            flows: flows.iter().collect(),
        };
        let rule = catalog.rules().iter().find(|rule| rule.rule.matches.dependency.is_some()).unwrap();
        dependency(&declared, signatures, rule)
    }

    #[test]
    fn an_sdk_with_both_forms_is_reported_where_code_uses_the_old_one() {
        let entry = "\"@adobe/aio-lib-ims\": \"^6.5.0\"";
        let uses = [flow("a.js", None, Some("@adobe/aio-lib-ims"))];
        let found = judged(entry, None, &[importer("a.js")], &uses, &[]).unwrap();
        assert_eq!((found.severity, found.confidence), (Severity::Note, Confidence::Certain));
        assert_eq!(found.details.since_version.as_deref(), Some("6.5.0"));
        assert_eq!(found.details.version.as_deref(), Some("^6.5.0"));
        assert_eq!(found.flow.len(), 1);
        let text = format!("{{\"dependencies\": {{{entry}}}}}");
        assert_eq!(&text[found.span.start.byte..found.span.end.byte], entry);
        let others = [flow("b.js", None, Some("@adobe/jwt-auth"))];
        assert_eq!(judged(entry, None, &[importer("a.js")], &others, &[]), None);
        assert_eq!(judged("\"@adobe/aio-lib-ims\": \"^5.0.0\"", None, &[importer("a.js")], &[], &[]), None);
    }

    #[test]
    fn the_version_decides_where_no_finding_does() {
        let entry = |version: &str| format!("\"@adobe/pdfservices-node-sdk\": \"{version}\"");
        let judge = |version: &str, locked| judged(&entry(version), locked, &[importer("a.js")], &[], &[]);
        assert_eq!(judge("^2.1.0", None).unwrap().confidence, Confidence::Likely);
        assert_eq!(judge("^3.1.0", None), None);
        assert!(judge("^3.1.0", Some("3.2.0")).is_some());
        assert_eq!(judge("^4.0.0", None), None);
        // What the new version does cannot be the old flow, whatever the code looks like.
        let uses = [flow("a.js", None, Some("@adobe/pdfservices-node-sdk"))];
        assert_eq!(judged(&entry("^4.0.0"), None, &[importer("a.js")], &uses, &[]), None);
    }

    #[test]
    fn an_sdk_that_nothing_names_is_said_to_be_left_over() {
        let entry = "\"@adobe/jwt-auth\": \"^2.0.0\"";
        let unused = judged(entry, None, &[], &[], &[]).unwrap();
        let used = judged(entry, None, &[importer("a.js")], &[], &[]).unwrap();
        assert_eq!((unused.severity, used.severity), (Severity::Note, Severity::Note));
        assert_ne!(unused.message, used.message);
    }

    #[test]
    fn a_signing_library_is_reported_where_all_its_uses_are_old() {
        let entry = "\"jsonwebtoken\": \"^9.0.0\"";
        let uses = [flow("a.js", Some("jsonwebtoken"), None)];
        let judge =
            |importers: &[Importer], signatures: &[Signature]| judged(entry, None, importers, &uses, signatures);
        assert_eq!(judge(&[importer("a.js")], &[]).unwrap().confidence, Confidence::Certain);
        assert_eq!(judge(&[importer("a.js"), importer("b.js")], &[]), None);
        assert_eq!(judge(&[importer("a.js"), importer("test/b.js")], &[]).unwrap().confidence, Confidence::Likely);
        let left_over = Importer { is_used: false, ..importer("b.js") };
        assert_eq!(judge(&[importer("a.js"), left_over], &[]).unwrap().confidence, Confidence::Likely);
        assert_eq!(judge(&[Importer { reads_tokens: true, ..importer("a.js") }], &[]), None);
        let signature = Signature { path: "a.js".to_owned(), library: "jsonwebtoken".to_owned(), span: span(7) };
        assert_eq!(judge(&[importer("a.js")], std::slice::from_ref(&signature)), None);
        assert_eq!(judged(entry, None, &[importer("a.js")], &[], &[]), None);
        // Joined later: the signature is a part of the flow that another file sends.
        let mut joined = flow("send.js", Some("jsonwebtoken"), None);
        let sign = Evidence { role: Role::Sign, path: "a.js".to_owned(), span: span(7), note: String::new() };
        joined.flow.push(sign);
        assert!(judged(entry, None, &[importer("a.js")], &[joined], &[signature]).is_some());
    }
}
