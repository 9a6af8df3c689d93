//! Rules over facts: what belongs to one exchange is joined into one flow, and one flow is one finding.
//!
//! It owns the verdicts and the joining. It reads no file and decides nothing about what counts: thresholds,
//! suppressions and the exit code belong to `gate`.

mod callers;
mod describe;
mod flow;
mod verdict;

use std::collections::BTreeMap;

use crate::facts::fact::Facts;
use crate::facts::ir::{ExpressionKind, Module};
use crate::facts::program::Program;
use crate::finding::{ByteRange, Context, Finding, Language, Platform};
use crate::project::Source;
use crate::rules::pattern::{Answer, Piece};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;
use crate::syntax;

use self::flow::Flow;

/// The files of a program, read and understood.
pub struct Subject<'a> {
    /// The program.
    pub program: &'a Program,
    /// The file of each of its units.
    pub sources: &'a [Source],
}

impl<'a> Subject<'a> {
    /// The file that a range of the program lies in, and the range in its text.
    fn place(&self, range: ByteRange) -> Option<(&'a Source, ByteRange)> {
        let (unit, local) = self.program.place(range)?;
        Some((self.sources.get(unit.0 as usize)?, local))
    }
}

/// What was found in a program, and which texts of its files must not be shown.
#[derive(Debug, Default)]
pub struct DetectedInProgram {
    /// The findings in the order of their places. Their `change_set` counts from 1 within the program.
    pub findings: Vec<Finding>,
    /// Literals that stand where a secret belongs, by the path of their file.
    pub secrets: BTreeMap<String, Vec<ByteRange>>,
}

/// What was found in one file, and which texts of it must not be shown.
#[derive(Debug, Default)]
pub struct Detected {
    /// The findings in the order of their places. Their `change_set` counts from 1 within the file.
    pub findings: Vec<Finding>,
    /// Literals that stand where a secret belongs.
    pub secrets: Vec<ByteRange>,
}

/// Runs all rules over the facts of a program.
pub fn detect(subject: &Subject<'_>, facts: &Facts, catalog: &Catalog) -> DetectedInProgram {
    let Some(platform) = subject.program.arena.language.platform() else { return DetectedInProgram::default() };
    let mut flows = flows(facts, catalog, platform);
    flows.sort_by_key(|(_, flow)| (flow.site, flow.confidence));
    let sets = flow::change_sets(flows.iter().map(|(_, flow)| flow));
    let mut detected = DetectedInProgram::default();
    for ((rule, flow), change_set) in flows.iter().zip(sets) {
        let Some(site) = subject.place(flow.site) else { continue };
        let callers = callers::of(subject, facts, flow.site);
        detected.findings.push(describe::finding(subject, catalog, rule, flow, site, &callers, change_set));
        for (source, range) in describe::secrets(rule, flow).into_iter().filter_map(|range| subject.place(range)) {
            detected.secrets.entry(source.file.path().to_owned()).or_default().push(range);
        }
    }
    for ranges in detected.secrets.values_mut() {
        ranges.sort();
        ranges.dedup();
    }
    detected
}

/// Whether a file asks for other files: something was found in it, or it holds an endpoint that others may use.
pub fn is_active(program: &Program, facts: &Facts, catalog: &Catalog) -> bool {
    let Some(platform) = program.arena.language.platform() else { return false };
    !flows(facts, catalog, platform).is_empty() || holds_address(&program.arena, catalog, platform)
}

/// Whether a file holds an address, the claims or the form of an exchange that others may use.
pub fn holds_address(module: &Module, catalog: &Catalog, platform: Platform) -> bool {
    let urls = || rules_for(catalog, platform).flat_map(|rule| &rule.requests).filter_map(|wanted| wanted.url.as_ref());
    // What an assertion's own claims say needs no more evidence; what the signature has to speak for does.
    let assertions = || rules_for(catalog, platform).flat_map(|rule| &rule.assertions).filter(|wanted| !wanted.signed);
    let claims = || assertions().flat_map(|wanted| [&wanted.claim, &wanted.audience]).flatten();
    let texts = || {
        module.expressions.iter().filter_map(|expression| match &expression.kind {
            ExpressionKind::Text(text) => Some(text),
            _ => None,
        })
    };
    // A form that gives the exchange away, for somebody else to send.
    let mut forms = rules_for(catalog, platform).flat_map(|rule| &rule.requests).filter(|wanted| wanted.url.is_none());
    let has_field = |field: &String| texts().any(|text| text.contains(field.as_str()));
    if forms.any(|wanted| !wanted.form.is_empty() && wanted.form.iter().all(has_field)) {
        return true;
    }
    texts().any(|text| {
        let pieces = [Piece::Literal(text)];
        urls().any(|url| url.answer(&pieces) >= Answer::ElsewhereYes) || claims().any(|claim| claim.is_match(&pieces))
    })
}

fn flows<'catalog>(
    facts: &Facts,
    catalog: &'catalog Catalog,
    platform: Platform,
) -> Vec<(&'catalog CompiledRule, Flow)> {
    let mut flows: Vec<(&CompiledRule, Flow)> = Vec::new();
    for rule in rules_for(catalog, platform) {
        for flow in flow::exchanges(rule, facts).into_iter().chain(flow::grants(rule, facts)) {
            flows.push((rule, flow));
        }
    }
    let untied = flow::tie_assertions(catalog, &mut flows, facts);
    for rule in rules_for(catalog, platform) {
        for flow in flow::assertions(rule, &untied, !flows.is_empty()) {
            flows.push((rule, flow));
        }
    }
    flows
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
fn tokens(source: &Source, range: ByteRange) -> Vec<&str> {
    let Some(tree) = &source.tree else { return Vec::new() };
    let tokens = syntax::tokens(tree, source.file.text(), range);
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
