//! Commands, CI steps and requests of collections that use the old credential.
//!
//! A call of an HTTP client becomes a request like those of code, so that the same patterns say the same of it.

mod request;

use std::collections::BTreeMap;

use self::request::{
    as_shell, fields, relocate, relocated, request, sent_request, text, understood, urls, verdict_of_url,
};
use super::flow::{self, Flow};
use super::{Detected, describe, verdict};
use crate::commands::{self, Command, Entry, Script, Step, Variables, Word};
use crate::facts::fact::{Request, Text};
use crate::finding::{
    Applicability, ByteRange, Confidence, Context, Details, Evidence, Finding, Fix, Incomplete, Language, Role,
    Severity, fingerprint,
};
use crate::placed::{self, Malformed, Node};
use crate::rules::commands::{ActionModel, CollectionModel, CommandKind, CommandModel};
use crate::rules::pattern::{Piece, TextPattern};
use crate::rules::{Catalog, CompiledRule};
use crate::source::SourceFile;

/// How deep shell text is followed into shell text.
const DEEPEST: usize = 4;

/// Runs the rules about commands over a script or a document.
pub(super) fn detect(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Detected {
    let mut search = Search { file, language, context, catalog, found: BTreeMap::new(), detected: Detected::default() };
    let text = file.text();
    match language {
        Language::Shell => search.script(&commands::shell(text, ByteRange::new(0, text.len()))),
        Language::Makefile => search.script(&commands::makefile(text)),
        Language::Json => search.document(placed::json(text).map(|root| vec![root])),
        Language::Yaml => search.document(placed::yaml(text)),
        _ => {}
    }
    search.finished()
}

/// Something that was found, on its way to a finding.
struct Found<'a> {
    rule: &'a CompiledRule,
    confidence: Confidence,
    /// What does it, for the message.
    client: String,
    details: Details,
    evidence: Vec<(Role, ByteRange, String)>,
}

struct Search<'a> {
    file: &'a SourceFile,
    language: Language,
    context: Context,
    catalog: &'a Catalog,
    /// By place: a command that is reached twice is one finding.
    found: BTreeMap<ByteRange, Found<'a>>,
    detected: Detected,
}

impl<'a> Search<'a> {
    /// The rules that are matched against requests outside of code.
    fn rules(&self) -> impl Iterator<Item = &'a CompiledRule> + use<'a> {
        self.catalog.rules().iter().filter(|rule| rule.rule.platforms.is_empty() && !rule.requests.is_empty())
    }

    fn rule(&self, id: &str) -> Option<&'a CompiledRule> {
        self.catalog.rules().iter().find(|rule| rule.rule.id == id)
    }

    fn document(&mut self, roots: Result<Vec<Node>, Malformed>) {
        let roots = match roots {
            Ok(roots) => roots,
            Err(error) => {
                let place = self.file.position(error.offset);
                let message = format!(
                    "line {}, column {}: this is no valid {}, {error}; what it holds may be missed",
                    place.line,
                    place.column,
                    self.language.name()
                );
                let (path, reason) = (self.file.path().to_owned(), "syntax_error".to_owned());
                self.detected.errors.push(Incomplete { path, reason, message });
                return;
            }
        };
        let language = self.language.name();
        let models = self.catalog.commands();
        for model in models.scripts.iter().filter(|model| model.languages.iter().any(|one| one == language)) {
            for script in commands::scripts(&roots, model) {
                self.script(&script);
            }
            for step in commands::steps(&roots, model) {
                models.actions.iter().for_each(|action| self.step(&step, action));
            }
        }
        for model in models.collections.iter().filter(|model| model.languages.iter().any(|one| one == language)) {
            for entry in commands::entries(&roots, model) {
                self.entry(&entry, model);
            }
        }
    }

    fn script(&mut self, script: &Script) {
        let variables = Variables::new(script);
        for command in &script.commands {
            let words: Vec<Word> = command.words.iter().map(|word| variables.resolved(word)).collect();
            let input: Vec<Word> = command.input.iter().map(|word| variables.resolved(word)).collect();
            self.command(command, &words, &input, DEEPEST);
        }
    }

    /// One command, its variables filled in.
    fn command(&mut self, command: &Command, words: &[Word], input: &[Word], depth: usize) {
        let Some((first, arguments)) = words.split_first() else { return };
        let Some(program) = first.literal() else { return };
        let models = self.catalog.commands().commands.iter().filter(|model| is_program(model, &program));
        for model in models {
            match model.kind {
                CommandKind::HttpClient => self.http_call(command, model, &program, arguments, input),
                CommandKind::OldCredential => self.old_call(command, model, &program, arguments),
                CommandKind::Prefix => {
                    let known = |word: &Word| {
                        let name = word.literal()?;
                        let mut models = self.catalog.commands().commands.iter();
                        models.find(|model| model.kind != CommandKind::Prefix && is_program(model, &name))
                    };
                    if let Some(at) = arguments.iter().position(|word| known(word).is_some()) {
                        self.command(command, &arguments[at..], input, depth);
                    }
                }
                CommandKind::Shell if depth > 0 => {
                    for text in arguments.iter().chain(input).map(as_shell) {
                        let inner = commands::shell(&text, ByteRange::new(0, text.len()));
                        let variables = Variables::new(&inner);
                        for mut one in inner.commands.iter().cloned() {
                            let words: Vec<Word> = one.words.iter().map(|word| variables.resolved(word)).collect();
                            let input: Vec<Word> = one.input.iter().map(|word| variables.resolved(word)).collect();
                            // Where in the text it stands cannot be told behind the quotes: it is the whole command.
                            one.range = command.range;
                            let at = |word: &Word| relocated(word, command.range);
                            let words: Vec<Word> = words.iter().map(at).collect();
                            let input: Vec<Word> = input.iter().map(at).collect();
                            self.command(&one, &words, &input, depth - 1);
                        }
                    }
                }
                CommandKind::Shell => {}
            }
        }
    }

    fn http_call(
        &mut self,
        command: &Command,
        model: &CommandModel,
        program: &str,
        arguments: &[Word],
        input: &[Word],
    ) {
        let texts: Vec<Text> = arguments.iter().chain(input).map(text).collect();
        let urls = urls(&texts[..arguments.len()]);
        for rule in self.rules() {
            let fields = fields(rule, &texts);
            let request = request(command.range, program, None, urls.clone(), fields);
            self.request(rule, request, program, model.replacement.as_ref(), Vec::new());
        }
    }

    /// Adds a request, if it is one that a rule looks for. Whether it is.
    fn request(
        &mut self,
        rule: &'a CompiledRule,
        request: Request,
        client: &str,
        replacement: Option<&String>,
        mut evidence: Vec<(Role, ByteRange, String)>,
    ) -> bool {
        let Some(confidence) = verdict::of_request(rule, &request) else { return false };
        let site = request.site;
        for url in &request.urls {
            let known = verdict_of_url(rule, url);
            evidence
                .extend(url.range().filter(|_| known).map(|range| (Role::Endpoint, range, "the endpoint".to_owned())));
        }
        for field in &request.fields {
            let name = field.name.literal();
            if name == rule.rule.matches.assertion_field {
                let note = "the assertion goes into the form".to_owned();
                evidence.extend(field.name.range().map(|range| (Role::Exchange, range, note)));
            }
            if name.is_some_and(|name| rule.rule.matches.secret_fields.contains(&name)) {
                self.detected.secrets.extend(&field.value.literals);
            }
        }
        let flow = Flow {
            site,
            confidence,
            request: Some(request),
            grant: None,
            assertions: Vec::new(),
            reads: Vec::new(),
            version: None,
        };
        let mut details = describe::details(None, self.catalog, rule, &flow);
        details.replacement = replacement.cloned();
        self.add(site, Found { rule, confidence, client: client.to_owned(), details, evidence });
        true
    }

    fn old_call(&mut self, command: &Command, model: &CommandModel, program: &str, arguments: &[Word]) {
        let Some(rule) = model.rule.as_ref().and_then(|id| self.rule(id)) else { return };
        let texts: Vec<Text> = arguments.iter().map(text).collect();
        let given: Vec<Vec<Piece<'_>>> = texts.iter().map(Text::pieces).collect();
        let words: Vec<Vec<Piece<'_>>> = given
            .iter()
            .filter(|pieces| !matches!(pieces.first(), Some(Piece::Literal(text)) if text.starts_with('-')))
            .flat_map(|pieces| match pieces.as_slice() {
                [Piece::Literal(text)] => text.split(':').map(|part| vec![Piece::Literal(part)]).collect(),
                other => vec![other.to_vec()],
            })
            .collect();
        let begins = |wanted: &String| {
            let mut parts = wanted.split([' ', ':']).map(TextPattern::new);
            let mut words = words.iter();
            parts.all(|part| words.next().is_some_and(|word| part.is_match(word)))
        };
        let has = |wanted: &String| {
            let pattern = TextPattern::new(wanted);
            given.iter().any(|pieces| pattern.is_match(pieces))
        };
        if !((model.words.is_empty() || model.words.iter().any(begins)) && model.arguments.iter().all(has)) {
            return;
        }
        let details = Details {
            replacement: model.replacement.clone(),
            since_version: model.since_version.clone(),
            ..Details::default()
        };
        let client = program.rsplit('/').next().unwrap_or(program).to_owned();
        let confidence = Confidence::Certain;
        self.add(command.range, Found { rule, confidence, client, details, evidence: Vec::new() });
    }

    fn step(&mut self, step: &Step, action: &ActionModel) {
        let Some(rule) = self.rule(&action.rule) else { return };
        let is_used = |pattern: &String| {
            TextPattern::new(&pattern.to_ascii_lowercase())
                .is_match(&[Piece::Literal(&step.action.to_ascii_lowercase())])
        };
        let has = |(name, pattern): (&String, &String)| {
            step.inputs.iter().any(|(given, value)| {
                given.eq_ignore_ascii_case(name)
                    && !value.content.is_empty()
                    && TextPattern::new(pattern).is_match(&[Piece::Literal(&value.content)])
            })
        };
        if !action.uses.as_slice().iter().any(is_used)
            || !action.inputs.iter().all(has)
            || action.unless.iter().any(has)
        {
            return;
        }
        let details = Details {
            package: Some(step.action.clone()),
            version: step.version.clone(),
            replacement: action.replacement.clone(),
            since_version: action.since_version.clone(),
            ..Details::default()
        };
        let client = format!("The step with {}", step.action);
        self.add(step.range, Found { rule, confidence: Confidence::Certain, client, details, evidence: Vec::new() });
    }

    fn entry(&mut self, entry: &Entry, model: &CollectionModel) {
        let client = format!("A {} request", model.name);
        for rule in self.rules() {
            if let Some(sent) = &entry.sent
                && let request = sent_request(rule, sent, &model.name)
                && verdict::of_request(rule, &request).is_some()
            {
                let evidence = entry.scripts.iter().flat_map(|script| self.script_evidence(rule, script)).collect();
                self.request(rule, request, &client, model.replacement.as_ref(), evidence);
                continue;
            }
            for script in &entry.scripts {
                let client = format!("A script of a {} request", model.name);
                for mut flow in
                    understood(self.catalog, script).map(|facts| flow::exchanges(rule, &facts)).unwrap_or_default()
                {
                    let Some(mut request) = flow.request.take() else { continue };
                    relocate(&mut request, script);
                    self.request(rule, request, &client, model.replacement.as_ref(), Vec::new());
                }
            }
        }
    }

    /// What a script before a request has to do with the assertion that the request sends.
    fn script_evidence(&self, rule: &CompiledRule, script: &placed::Text) -> Vec<(Role, ByteRange, String)> {
        let Some(facts) = understood(self.catalog, script) else { return Vec::new() };
        let wanted = facts.assertions.iter().filter(|assertion| verdict::of_assertion(rule, assertion).is_some());
        wanted
            .map(|assertion| {
                let note = "a script of the request makes the assertion".to_owned();
                (if assertion.signed { Role::Sign } else { Role::Claims }, script.range(assertion.site), note)
            })
            .collect()
    }

    fn add(&mut self, site: ByteRange, found: Found<'a>) {
        match self.found.get_mut(&site) {
            Some(known) if known.confidence >= found.confidence => {}
            _ => {
                self.found.insert(site, found);
            }
        }
    }

    fn finished(self) -> Detected {
        let Self { file, language, context, found, mut detected, .. } = self;
        for (index, (site, found)) in found.into_iter().enumerate() {
            detected.findings.push(finding(file, language, context, site, found, index + 1));
        }
        detected.secrets.sort();
        detected.secrets.dedup();
        detected
    }
}

fn finding(
    file: &SourceFile,
    language: Language,
    context: Context,
    site: ByteRange,
    found: Found<'_>,
    change_set: usize,
) -> Finding {
    let Found { rule, confidence, client, details, mut evidence } = found;
    let rule = &rule.rule;
    evidence.retain(|(_, range, _)| !site.contains(*range) && range.start < range.end);
    evidence.sort_by_key(|(role, range, _)| (*range, *role));
    evidence.dedup();
    let written = file.text().get(site.start..site.end).unwrap_or_default();
    let tokens = written.split_ascii_whitespace().filter(|token| *token != "\\");
    Finding {
        rule: rule.id.clone(),
        severity: if context == Context::Test { Severity::Note } else { rule.severity },
        confidence,
        context,
        language,
        path: file.path().to_owned(),
        span: file.span(site),
        message: rule.message.replace("{client}", &client),
        flow: evidence
            .into_iter()
            .map(|(role, range, note)| Evidence { role, path: file.path().to_owned(), span: file.span(range), note })
            .collect(),
        details,
        fix: Fix { applicability: Applicability::Manual, target: None, reason: rule.help.clone(), edits: Vec::new() },
        change_set,
        fingerprint: fingerprint(&rule.id, "", tokens),
    }
}

/// Whether a program is the one that a rule file names: `/usr/bin/curl`, `curl.exe`, `@adobe/aio-cli@10`.
fn is_program(model: &CommandModel, program: &str) -> bool {
    let unversioned = program.get(1..).and_then(|rest| rest.find('@')).map_or(program, |at| &program[..at + 1]);
    let base = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let base = base.strip_suffix(".exe").unwrap_or(base);
    model.programs.as_slice().iter().any(|name| name == unversioned || name == base)
}
