//! What is known of a finding beyond its place, one line each. A new field of [`Details`] gets its line here, and both
//! formats show it.

use super::Place;
use crate::finding::{Details, Finding, RequiredKey, Role};
use crate::report::Repository;
use crate::report::prose::counted;

/// Something known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Fact<'a> {
    pub(in crate::report) label: &'static str,
    pub(in crate::report) value: Value<'a>,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) enum Value<'a> {
    /// Words.
    Words(String),
    /// Names as they stand in files.
    Code(Vec<&'a str>),
    /// Old keys and what takes their place, each where it stands.
    Keys(Vec<(&'a str, &'a str, Place)>),
    /// Places, each with words about it, which may be none.
    Places(Vec<(&'a str, Place)>),
}

/// What is known of a finding, without what is said of its client id and its product elsewhere.
pub(super) fn of<'a>(finding: &'a Finding, repository: Option<&Repository>) -> Vec<Fact<'a>> {
    let Details {
        http_client,
        jwt_library,
        endpoint,
        metascopes,
        products: _,
        suggested_scopes: _,
        scopes_grade: _,
        sdk,
        replacement,
        since_version,
        package,
        version,
        client_id: _,
        client_id_digest: _,
        client_id_source: _,
        credential,
        keys,
        read_by,
        callers,
        cell,
        cell_line,
        requires,
        // The rewrite's own account is no property of what was found.
        ledger: _,
    } = &finding.details;
    let mut facts = Vec::new();
    let mut add = |label, value: Option<Value<'a>>| facts.extend(value.map(|value| Fact { label, value }));
    let words = |text: &Option<String>| text.clone().map(Value::Words);
    let code = |text: &'a Option<String>| text.as_deref().map(|text| Value::Code(vec![text]));
    add("Credential", words(credential));
    add("Package", code(package));
    add("Version", code(version));
    add("SDK", words(sdk));
    add("Replacement", words(replacement));
    add("Available since", code(since_version));
    add("HTTP client", words(http_client));
    add("Signing library", words(jwt_library));
    add("Endpoint", code(endpoint));
    add("Metascopes", list(metascopes.iter().map(String::as_str).collect(), Value::Code));
    let key = |path: &str, line| Place::line(repository, path, line);
    let keys = keys.iter().map(|of| (&*of.key, &*of.replacement, key(&finding.path, of.span.start.line)));
    add("Keys", list(keys.collect(), Value::Keys));
    add("Callers", callers.map(|callers| Value::Words(counted(callers, "place calls it", "places call it"))));
    let readers = read_by.iter().map(|path| ("", Place::of(repository, path)));
    add("Read by", list(readers.collect(), Value::Places));
    let keys = finding.flow.iter().filter(|part| part.role == Role::PrivateKey);
    let keys = keys.map(|part| (&*part.note, key(&part.path, part.span.start.line)));
    add("Private key", list(keys.collect(), Value::Places));
    let elsewhere = finding.flow.iter().filter(|part| part.path != finding.path && part.role != Role::PrivateKey);
    let elsewhere = elsewhere.map(|part| {
        let words = if part.note.is_empty() { part.role.name() } else { &part.note };
        (words, key(&part.path, part.span.start.line))
    });
    add("Other files", list(elsewhere.collect(), Value::Places));
    if let Some(requires) = requires {
        let names = |keys: &'a [RequiredKey]| keys.iter().map(|key| key.key.as_str()).collect();
        add("Has to be set", list(names(&requires.added), Value::Code));
        add("Can be taken away", list(names(&requires.removed), Value::Code));
        let through = requires.handed_through.iter().map(|of| (&*of.key, key(&of.path, of.span.start.line)));
        add("Handed through", list(through.collect(), Value::Places));
    }
    let cell_words = cell.map(|cell| match cell_line {
        Some(line) => format!("cell {cell}, line {line}"),
        None => format!("cell {cell}"),
    });
    add("Notebook", cell_words.map(Value::Words));
    facts
}

fn list<'a, T>(items: Vec<T>, value: impl FnOnce(Vec<T>) -> Value<'a>) -> Option<Value<'a>> {
    if items.is_empty() { None } else { Some(value(items)) }
}
