//! Rules over facts: what belongs to one exchange is joined into one flow, and one flow is one finding.
//!
//! It owns the verdicts and the joining. It reads no file and decides nothing about what counts: thresholds,
//! suppressions and the exit code belong to `gate`.

mod commands;
mod describe;
mod flow;
mod verdict;

use crate::facts::fact::Facts;
use crate::facts::ir::Module;
use crate::finding::{ByteRange, Context, Finding, Incomplete, Language, Platform};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;
use crate::syntax;

use self::flow::Flow;

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
    /// What could not be read whole.
    pub errors: Vec<Incomplete>,
}

impl Detected {
    /// Puts what another search of the same file found behind what is known.
    fn add(&mut self, other: Self) {
        let before = self.findings.iter().map(|finding| finding.change_set).max().unwrap_or(0);
        self.findings.extend(other.findings.into_iter().map(|mut finding| {
            finding.change_set += before;
            finding
        }));
        self.secrets.extend(other.secrets);
        self.errors.extend(other.errors);
    }
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
    detected
}

/// Runs all rules over a configuration file, a manifest or a script.
pub fn document(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Detected {
    let mut detected = Detected::default();
    detected.add(commands::detect(file, language, context, catalog));
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
