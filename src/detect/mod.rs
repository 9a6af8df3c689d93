//! Rules over facts: what belongs to one exchange is joined into one flow, and one flow is one finding.
//!
//! It owns the verdicts and the joining. It reads no file and decides nothing about what counts: thresholds,
//! suppressions and the exit code belong to `gate`.

mod callers;
mod commands;
mod credential;
mod dependency;
mod describe;
mod flow;
mod key;
mod lifetime;
mod refine;
mod verdict;
mod version;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts::fact::{Facts, Form, Text};
use crate::facts::ir::{Entry, ExpressionId, ExpressionKind, Module};
use crate::facts::machine::Links;
use crate::facts::program::Program;
use crate::finding::{ByteRange, Confidence, Context, Finding, Incomplete, Language, Platform, Severity, Span};
use crate::project::Source;
use crate::rules::pattern::{Answer, Piece};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;
use crate::syntax;

use self::flow::Flow;

pub use self::credential::{KeyFile, key_file};
pub use self::dependency::{Declared, Importer, dependency};
pub use self::key::NamedKey;
pub use self::version::AskedFor;

/// The shortest key of a configuration that says something on its own.
const SHORTEST_KEY: usize = 6;

/// The files of a program, read and understood.
pub struct Subject<'a> {
    /// The program.
    pub program: &'a Program,
    /// Where its imports lead.
    pub links: &'a Links,
    /// The file of each of its units.
    pub sources: &'a [Source],
    /// The files that carry the old credential, absolute.
    pub carriers: &'a BTreeSet<PathBuf>,
    /// Tells which versions of packages the files ask for.
    pub asked: AskedFor<'a>,
}

impl<'a> Subject<'a> {
    fn platform(&self) -> Option<Platform> {
        self.program.arena.language.platform()
    }

    /// The file that a range of the program lies in, and the range in its text.
    pub fn place(&self, range: ByteRange) -> Option<(&'a Source, ByteRange)> {
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
    /// What is signed and belongs to no finding.
    pub signatures: Vec<Signature>,
    /// The key files that the code of a flow names.
    pub key_files: Vec<NamedKey>,
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
    /// Whether the file carries the old credential: key files beside it belong to it.
    pub carries_credential: bool,
    /// The paths of key files that it names, as it writes them.
    pub key_files: Vec<String>,
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
        self.carries_credential |= other.carries_credential;
        self.key_files.extend(other.key_files);
    }
}

/// Runs all rules over the facts of a program.
pub fn detect(subject: &Subject<'_>, facts: &Facts, catalog: &Catalog) -> DetectedInProgram {
    let Some(platform) = subject.program.arena.language.platform() else { return DetectedInProgram::default() };
    let mut flows = flows(facts, catalog, platform);
    flows.retain_mut(|(_, flow)| decide(subject, flow, catalog));
    flows.sort_by_key(|(_, flow)| (flow.site, flow.confidence));
    let sets = flow::change_sets(flows.iter().map(|(_, flow)| flow));
    let next_set = sets.iter().max().map_or(1, |last| last + 1);
    let mut detected = DetectedInProgram::default();
    for ((rule, flow), change_set) in flows.iter().zip(&sets) {
        let Some(site) = subject.place(flow.site) else { continue };
        let callers = callers::of(subject, facts, flow.site);
        let rule = refine::rule(subject, catalog, rule, flow, site.0);
        detected.findings.push(describe::finding(subject, catalog, rule, flow, site, &callers, *change_set));
        for (source, range) in describe::secrets(rule, flow).into_iter().filter_map(|range| subject.place(range)) {
            if source.file.text().get(range.start..range.end).is_some_and(describe::trims_a_key) {
                continue;
            }
            detected.secrets.entry(source.file.path().to_owned()).or_default().push(range);
        }
    }
    let numbered: Vec<_> = flows.into_iter().zip(sets).map(|((rule, flow), set)| (rule, flow, set)).collect();
    detected.findings.extend(lifetime::findings(subject, facts, catalog, &numbered, next_set));
    let keys = key::keys(subject, &numbered, catalog);
    detected.findings.extend(keys.findings);
    for (path, range) in keys.secrets {
        detected.secrets.entry(path).or_default().push(range);
    }
    detected.key_files = keys.files;
    let flows: Vec<_> = numbered.into_iter().map(|(rule, flow, _)| (rule, flow)).collect();
    detected.signatures = signatures(subject, &flows, facts);
    for ranges in detected.secrets.values_mut() {
        ranges.sort();
        ranges.dedup();
    }
    detected
}

/// Lets the file decide that an SDK is given the path of: whether it holds the old credential or the new one. Without one the
/// version of the SDK decides. False where it is the new one.
fn decide(subject: &Subject<'_>, flow: &mut Flow, catalog: &Catalog) -> bool {
    let Some(grant) = flow.grant.as_ref().filter(|grant| grant.form == Form::Open) else { return true };
    let Some((unit, _)) = subject.program.place(flow.site) else { return true };
    let named = grant.file.texts.iter().filter_map(Text::literal);
    let files: Vec<&Path> = named
        .filter_map(|path| subject.links.file(unit, &path))
        .filter_map(|file| Some(subject.sources.get(file.0 as usize)?.path.as_path()))
        .collect();
    if files.is_empty() {
        return version::decide(subject, flow, catalog);
    }
    if files.iter().any(|file| subject.carriers.contains(*file)) {
        flow.confidence = Confidence::Certain;
        return true;
    }
    false
}

/// Whether a file asks for other files: something was found in it, or it holds an endpoint that others may use.
pub fn is_active(program: &Program, facts: &Facts, catalog: &Catalog) -> bool {
    let Some(platform) = program.arena.language.platform() else { return false };
    // An inventory names what stands in a file; who uses it is no question of it.
    let counts = |rule: &CompiledRule| rule.rule.severity > Severity::Note;
    flows(facts, catalog, platform).iter().any(|(rule, _)| counts(rule))
        || !facts.lifetimes.is_empty()
        || holds_address(&program.arena, catalog, platform)
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

/// The keys of a data file under which an address stands that some rule looks for.
pub fn address_keys(module: &Module, catalog: &Catalog, platform: Platform) -> Vec<String> {
    let urls = || rules_for(catalog, platform).flat_map(|rule| &rule.requests).filter_map(|wanted| wanted.url.as_ref());
    let text = |id: ExpressionId| match &module.expression(id).kind {
        ExpressionKind::Text(text) => Some(text),
        _ => None,
    };
    let mut keys = Vec::new();
    for expression in &module.expressions {
        let ExpressionKind::Map(entries) = &expression.kind else { continue };
        for entry in entries {
            let Entry::Keyed { key, value } = entry else { continue };
            let (Some(key), Some(value)) = (text(*key), text(*value)) else { continue };
            let pieces = [Piece::Literal(value)];
            if urls().any(|url| url.answer(&pieces) >= Answer::ElsewhereYes) {
                let last = key.rsplit('.').next().unwrap_or(key);
                if last.len() >= SHORTEST_KEY {
                    keys.push(last.to_owned());
                }
            }
        }
    }
    keys
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

/// What is signed and belongs to none of the flows.
fn signatures(subject: &Subject<'_>, flows: &[(&CompiledRule, Flow)], facts: &Facts) -> Vec<Signature> {
    let known = |site| flows.iter().any(|(_, flow)| flow.assertions.iter().any(|assertion| assertion.site == site));
    let others = facts.assertions.iter().filter(|assertion| assertion.signed && !known(assertion.site));
    let mut signatures: Vec<Signature> = others
        .filter_map(|assertion| {
            let (source, site) = subject.place(assertion.site)?;
            let (path, span) = (source.file.path().to_owned(), source.file.span(site));
            Some(Signature { path, library: assertion.library.clone()?, span })
        })
        .collect();
    signatures.sort();
    signatures.dedup();
    signatures
}

/// Runs all rules over a configuration file, a manifest or a script.
pub fn document(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Detected {
    let mut detected = commands::detect(file, language, context, catalog);
    let mut credentials = credential::detect(file, language, context, catalog);
    // What a command is given is a part of the command.
    credentials.findings.retain(|credential| {
        let (start, end) = (credential.span.start.byte, credential.span.end.byte);
        !detected.findings.iter().any(|command| command.span.start.byte < end && start < command.span.end.byte)
    });
    detected.add(credentials);
    // Several readers may say of the same file that it is broken.
    detected.errors.sort();
    detected.errors.dedup_by(|one, other| (&one.path, &one.reason) == (&other.path, &other.reason));
    detected
}

fn rules_for(catalog: &Catalog, platform: Platform) -> impl Iterator<Item = &CompiledRule> {
    catalog.rules().iter().filter(move |rule| rule.rule.platforms.contains(&platform))
}

/// The tokens of a call, for the fingerprint, without what formatters choose: semicolons, commas before a closing bracket, which
/// quotes, quotes around a key, parentheses around the one parameter of an arrow function.
fn tokens(source: &Source, range: ByteRange) -> Vec<&str> {
    let Some(tree) = &source.tree else { return Vec::new() };
    let tokens = syntax::tokens(tree, source.file.text(), range);
    let mut kept: Vec<&str> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token {
            ";" => continue,
            ")" | "]" | "}" if kept.last() == Some(&",") => {
                kept.pop();
            }
            "=>" => unwrap_last(&mut kept, "(", ")", |_| true),
            ":" => unwrap_last(&mut kept, "\"", "\"", |before| matches!(before, Some("{" | ","))),
            _ => {}
        }
        kept.push(if token == "'" { "\"" } else { token });
    }
    kept
}

/// Takes the two tokens around the last word away, where they are these and what stands before them fits.
fn unwrap_last<'a>(kept: &mut Vec<&'a str>, open: &str, close: &str, fits: impl Fn(Option<&'a str>) -> bool) {
    let is_word = |word: &str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
    if let [before @ .., first, word, last] = kept.as_slice()
        && *first == open
        && *last == close
        && is_word(word)
        && fits(before.last().copied())
    {
        let word = *word;
        kept.truncate(kept.len() - 3);
        kept.push(word);
    }
}
