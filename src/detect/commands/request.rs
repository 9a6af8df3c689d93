//! Commands and entries of collections as the facts that rules are matched against.

use crate::commands::{Part, Sent, Word};
use crate::detect::verdict;
use crate::facts;
use crate::facts::fact::{Facts, Field, Origin, Part as TextPart, Request, Text, Value};
use crate::facts::machine::Links;
use crate::facts::program::{Program, UnitId};
use crate::finding::{ByteRange, Language, Platform};
use crate::placed;
use crate::rules::pattern::Answer;
use crate::rules::{Catalog, CompiledRule};
use crate::syntax::{self, Limits};

pub(super) fn text(word: &Word) -> Text {
    let parts = word.parts.iter().map(|part| match part {
        Part::Literal(text, range) => TextPart::Literal(text.clone(), *range),
        Part::Variable(name, _, range) => TextPart::Hole(Origin::Environment(name.clone()), *range),
        Part::Unknown(range) => TextPart::Hole(Origin::Derived, *range),
    });
    Text { parts: parts.collect() }
}

/// A word as shell text of its own: what is not known stays a variable.
pub(super) fn as_shell(word: &Word) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text, _) => text.clone(),
        Part::Variable(name, ..) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            format!("${{{name}}}")
        }
        Part::Variable(..) | Part::Unknown(_) => "${_}".to_owned(),
    };
    word.parts.iter().map(part).collect()
}

pub(super) fn relocated(word: &Word, range: ByteRange) -> Word {
    let part = |part: &Part| match part {
        Part::Literal(text, _) => Part::Literal(text.clone(), range),
        Part::Variable(name, default, _) => Part::Variable(name.clone(), default.clone(), range),
        Part::Unknown(_) => Part::Unknown(range),
    };
    Word { parts: word.parts.iter().map(part).collect(), range }
}

/// The arguments that may be the URL: those with a scheme, else those that a variable begins or that are paths.
pub(super) fn urls(arguments: &[Text]) -> Vec<Text> {
    let known =
        |text: &Text| text.parts.iter().any(|part| matches!(part, TextPart::Literal(text, _) if text.contains("://")));
    let is_field = |text: &Text| {
        let shown = text.display();
        let named = shown.split("://").next().is_some_and(|before| before.contains(['=', ':', ' ']));
        named && !shown.starts_with("--")
    };
    let with_scheme: Vec<Text> =
        arguments.iter().filter(|text| known(text) && !is_field(text)).map(without_option).collect();
    if !with_scheme.is_empty() {
        return with_scheme;
    }
    let plausible = |text: &&Text| match text.parts.first() {
        Some(TextPart::Literal(start, _)) => {
            !start.starts_with('-') && !is_field(text) && (start.contains('/') || text.parts.len() > 1)
        }
        Some(TextPart::Hole(..)) => !is_field(text),
        None => false,
    };
    arguments.iter().filter(plausible).cloned().collect()
}

/// `--url=https://…` without the option.
fn without_option(text: &Text) -> Text {
    let mut text = text.clone();
    if let Some(TextPart::Literal(start, range)) = text.parts.first_mut()
        && start.starts_with("--")
        && let Some(sign) = start.find('=')
    {
        range.start = (range.start + sign + 1).min(range.end);
        start.drain(..=sign);
    }
    text
}

/// The fields that a rule speaks of, wherever an argument or the input holds them: `name=value`, `"name": "value"`.
pub(super) fn fields(rule: &CompiledRule, texts: &[Text]) -> Vec<Field> {
    let matches = &rule.rule.matches;
    let forms = rule.requests.iter().flat_map(|request| &request.form);
    let mut names: Vec<&String> = forms.chain(&matches.assertion_field).chain(&matches.secret_fields).collect();
    names.sort();
    names.dedup();
    let mut fields = Vec::new();
    for text in texts {
        for (index, part) in text.parts.iter().enumerate() {
            let TextPart::Literal(content, range) = part else { continue };
            for name in &names {
                for at in places(content, name) {
                    fields.push(field(name, text, index, at, *range));
                }
            }
        }
    }
    fields
}

/// Where a text names a field: as a word of its own, with a sign behind it.
fn places(content: &str, name: &str) -> Vec<usize> {
    let is_part = |one: char| one.is_ascii_alphanumeric() || one == '_' || one == '-';
    content
        .match_indices(name)
        .map(|(at, _)| at)
        .filter(|&at| {
            let rest = content[at + name.len()..].trim_start_matches(['"', '\'', '\\', ' ']);
            !content[..at].ends_with(is_part) && (rest.starts_with(['=', ':']) || rest.starts_with("%3D"))
        })
        .collect()
}

fn field(name: &str, text: &Text, index: usize, at: usize, range: ByteRange) -> Field {
    let TextPart::Literal(content, _) = &text.parts[index] else { return unnamed() };
    let behind = at + name.len();
    let sign = content[behind..].trim_start_matches(['"', '\'', '\\', ' ', '=', ':']);
    let start = content.len() - sign.len();
    let length = sign.find(['&', '"', '\'', ',', ' ', '\n', '\\']).unwrap_or(sign.len());
    // Where escapes stand, characters and bytes of the file do not go together: then all of it is hidden.
    let is_verbatim = range.end - range.start == content.len();
    let place = |from: usize, to: usize| {
        if is_verbatim { ByteRange::new(range.start + from, range.start + to) } else { range }
    };
    let mut value = Value { texts: vec![Text::default()], ..Value::default() };
    if length > 0 {
        let literal = content[start..start + length].to_owned();
        value.literals.push(place(start, start + length));
        value.texts = vec![Text { parts: vec![TextPart::Literal(literal, place(start, start + length))] }];
    }
    Field { name: Text { parts: vec![TextPart::Literal(name.to_owned(), place(at, behind))] }, value }
}

fn unnamed() -> Field {
    Field { name: Text::default(), value: Value::default() }
}

pub(super) fn request(
    site: ByteRange,
    client: &str,
    method: Option<String>,
    urls: Vec<Text>,
    fields: Vec<Field>,
) -> Request {
    Request {
        sender: None,
        site,
        callee: client.to_owned(),
        library: Some(client.to_owned()),
        method,
        sent: true,
        urls,
        urls_nearby: Vec::new(),
        fields,
        trail: Vec::new(),
        symbol: String::new(),
    }
}

/// Whether a text is the address that a rule looks for, as far as it can be told.
pub(super) fn verdict_of_url(rule: &CompiledRule, url: &Text) -> bool {
    let patterns = rule.requests.iter().filter_map(|wanted| wanted.url.as_ref());
    patterns.map(|pattern| verdict::best(pattern, std::slice::from_ref(url))).max() >= Some(Answer::Maybe)
}

/// A request of a collection as one of the facts.
pub(super) fn sent_request(rule: &CompiledRule, sent: &Sent, client: &str) -> Request {
    let mut all: Vec<Field> = sent
        .fields
        .iter()
        .map(|(name, value)| {
            let value = text(value);
            let literals = value.parts.iter().filter_map(|part| match part {
                TextPart::Literal(_, range) => Some(*range),
                TextPart::Hole(..) => None,
            });
            let literals = literals.collect();
            Field { name: text(name), value: Value { texts: vec![value], literals, ..Value::default() } }
        })
        .collect();
    let body: Vec<Text> = sent.body.iter().chain(&sent.url).map(text).collect();
    all.extend(fields(rule, &body));
    request(sent.range, client, sent.method.clone(), sent.url.iter().map(text).collect(), all)
}

/// What a script of a collection does.
pub(super) fn understood(catalog: &Catalog, script: &placed::Text) -> Option<Facts> {
    let language = Language::JavaScript;
    let tree = syntax::parse(&script.content, language, &Limits::default()).ok()?;
    let module = facts::lower(&tree, &script.content, language);
    let program = Program::of(module, script.content.len());
    let index = catalog.libraries(Platform::Node);
    Some(facts::machine::run(&program, &[UnitId(0)], &Links::default(), index, catalog.rules()))
}

/// Moves the places of a request from a script to the file.
pub(super) fn relocate(request: &mut Request, script: &placed::Text) {
    request.site = script.range(request.site);
    let move_text = |text: &mut Text| {
        for part in &mut text.parts {
            let (TextPart::Literal(_, range) | TextPart::Hole(_, range)) = part;
            *range = script.range(*range);
        }
    };
    request.urls.iter_mut().chain(&mut request.urls_nearby).for_each(move_text);
    for field in &mut request.fields {
        move_text(&mut field.name);
        field.value.texts.iter_mut().for_each(move_text);
        field.value.literals.iter_mut().for_each(|range| *range = script.range(*range));
    }
    request.trail.iter_mut().for_each(|range| *range = script.range(*range));
}
