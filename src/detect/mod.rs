//! Rules over facts: what belongs to one exchange is joined into one flow, and one flow is one finding.
//!
//! It owns the verdicts and the joining. It reads no file and decides nothing about what counts: thresholds,
//! suppressions and the exit code belong to `gate`.

mod dependency;
mod describe;
mod flow;
mod verdict;

use crate::facts::fact::Facts;
use crate::facts::ir::Module;
use crate::finding::{ByteRange, Context, Finding, Language, Platform, Span};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;
use crate::syntax;

use self::flow::Flow;

pub use self::dependency::{Declared, Importer, dependency};

/// One file, read and understood.
pub struct Subject<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// Its tree, for the tokens of the fingerprint.
    pub tree: &'a tree_sitter::Tree,
    /// The file, lowered.
    pub module: &'a Module,
    /// Whether it is test code.
    pub context: Context,
}

/// What was found in one file, and which texts of it must not be shown.
#[derive(Debug, Default)]
pub struct Detected {
    /// The findings in the order of their places. Their `change_set` counts from 1 within the file.
    pub findings: Vec<Finding>,
    /// Literals that stand where a secret belongs.
    pub secrets: Vec<ByteRange>,
    /// What is signed in the file and belongs to no finding.
    pub signatures: Vec<Signature>,
}

/// A signature that belongs to no finding: a library that makes one has another use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// The file, written as [`Finding::path`].
    pub path: String,
    /// The library, by the name its rule file gives it.
    pub library: String,
    /// The call that signs.
    pub span: Span,
}

/// Runs all rules over the facts of a file.
pub fn detect(subject: &Subject<'_>, facts: &Facts, catalog: &Catalog) -> Detected {
    let Some(platform) = subject.module.language.platform() else { return Detected::default() };
    let mut flows: Vec<(&CompiledRule, Flow)> = Vec::new();
    for rule in rules_for(catalog, platform) {
        for flow in flow::exchanges(rule, facts) {
            flows.push((rule, flow));
        }
    }
    let untied = flow::tie_assertions(catalog, &mut flows, facts);
    for rule in rules_for(catalog, platform) {
        for flow in flow::assertions(rule, &untied, !flows.is_empty()) {
            flows.push((rule, flow));
        }
    }
    flows.sort_by_key(|(_, flow)| (flow.site, flow.confidence));
    let sets = flow::change_sets(flows.iter().map(|(_, flow)| flow));
    let mut detected = Detected::default();
    for ((rule, flow), change_set) in flows.iter().zip(sets) {
        detected.findings.push(describe::finding(subject, catalog, rule, flow, change_set));
        detected.secrets.extend(describe::secrets(rule, flow));
    }
    detected.secrets.sort();
    detected.secrets.dedup();
    detected.signatures = signatures(subject, &flows, facts);
    detected
}

/// What is signed and belongs to none of the flows.
fn signatures(subject: &Subject<'_>, flows: &[(&CompiledRule, Flow)], facts: &Facts) -> Vec<Signature> {
    let known = |site| flows.iter().any(|(_, flow)| flow.assertions.iter().any(|assertion| assertion.site == site));
    let others = facts.assertions.iter().filter(|assertion| assertion.signed && !known(assertion.site));
    let mut signatures: Vec<Signature> = others
        .filter_map(|assertion| {
            let (path, span) = (subject.file.path().to_owned(), subject.file.span(assertion.site));
            Some(Signature { path, library: assertion.library.clone()?, span })
        })
        .collect();
    signatures.sort();
    signatures.dedup();
    signatures
}

/// Runs all rules over a configuration file, a manifest or a script.
pub fn document(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Detected {
    let detected = Detected::default();
    let _ = (file, language, context, catalog);
    detected
}

fn rules_for(catalog: &Catalog, platform: Platform) -> impl Iterator<Item = &CompiledRule> {
    catalog.rules().iter().filter(move |rule| rule.rule.platforms.contains(&platform))
}

/// The tokens of a call, for the fingerprint.
fn tokens<'text>(subject: &Subject<'text>, range: ByteRange) -> Vec<&'text str> {
    let tokens = syntax::tokens(subject.tree, subject.file.text(), range);
    let mut kept: Vec<&str> = Vec::with_capacity(tokens.len());
    for token in tokens {
        // A formatter adds commas before a closing bracket, and chooses the quotes.
        if matches!(token, ")" | "]" | "}") && kept.last() == Some(&",") {
            kept.pop();
        }
        kept.push(if token == "'" { "\"" } else { token });
    }
    kept
}
