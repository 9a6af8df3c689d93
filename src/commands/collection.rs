//! Reads collections of requests that people send by hand, in whatever format a rule file describes.

use crate::finding::ByteRange;
use crate::placed::{Node, Text};
use crate::rules::commands::CollectionModel;

use super::{Part, Word};

/// An entry of a collection: a request, scripts around it, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The request.
    pub sent: Option<Sent>,
    /// Its scripts, JavaScript.
    pub scripts: Vec<Text>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// From its first key to its end.
    pub range: ByteRange,
    /// The verb.
    pub method: Option<String>,
    /// The URL.
    pub url: Option<Word>,
    /// The fields of its form and its parameters.
    pub fields: Vec<(Word, Word)>,
    /// Its body, where that is a text.
    pub body: Option<Word>,
}

/// The entries of a document of a format; none if it is of another one.
pub fn entries(roots: &[Node], model: &CollectionModel) -> Vec<Entry> {
    let mut entries = Vec::new();
    for root in roots.iter().filter(|root| root.at(&model.marker).is_some()) {
        add_entries(root, model, &mut entries);
    }
    entries
}

fn add_entries(node: &Node, model: &CollectionModel, entries: &mut Vec<Entry>) {
    let request = if model.request.is_empty() { Some(node) } else { node.at(&model.request) };
    let sent = request.and_then(|request| sent(request, model));
    let scripts = scripts(node, model);
    if sent.is_some() || !scripts.is_empty() {
        entries.push(Entry { sent, scripts });
    }
    node.items().iter().for_each(|item| add_entries(item, model, entries));
    for (key, value) in node.members() {
        // What an entry is made of holds no entries.
        let is_part = model.request.split('.').next() == Some(&key.name) || model.scripts.as_ref() == Some(&key.name);
        if !is_part && !model.ignored.contains(&key.name) {
            add_entries(value, model, entries);
        }
    }
}

fn sent(request: &Node, model: &CollectionModel) -> Option<Sent> {
    let first = |paths: &[String]| paths.iter().find_map(|path| request.at(path).and_then(Node::text));
    let url = first(&model.url);
    let mut fields = Vec::new();
    for item in model.fields.iter().filter_map(|path| request.at(path)).flat_map(Node::items) {
        let text = |key: &str| item.get(key).and_then(Node::text);
        if let Some(name) = text(&model.field_name) {
            let value = text(&model.field_value).map(word).unwrap_or_default();
            fields.push((word(name), value));
        }
    }
    let body = first(&model.body).map(word);
    if url.is_none() && fields.is_empty() {
        return None;
    }
    Some(Sent {
        range: request.range,
        method: first(&model.method).map(|method| method.content.clone()),
        url: url.map(word),
        fields,
        body,
    })
}

/// A text in which `{{name}}` is a variable.
fn word(text: &Text) -> Word {
    let whole = ByteRange::new(0, text.content.len());
    let mut word = Word { parts: Vec::new(), range: text.range(whole) };
    let mut at = 0;
    while let Some(open) = text.content[at..].find("{{") {
        let start = at + open;
        let Some(length) = text.content[start..].find("}}") else { break };
        let end = start + length + 2;
        word.push(&text.content[at..start], text.range(ByteRange::new(at, start)));
        let name = text.content[start + 2..end - 2].trim().trim_start_matches("_.").to_owned();
        word.parts.push(Part::Variable(name, Vec::new(), text.range(ByteRange::new(start, end))));
        at = end;
    }
    word.push(&text.content[at..], text.range(ByteRange::new(at, text.content.len())));
    word
}

fn scripts(node: &Node, model: &CollectionModel) -> Vec<Text> {
    let (Some(scripts), Some(lines)) = (&model.scripts, &model.lines) else { return Vec::new() };
    let listed = node.get(scripts).map(Node::items).unwrap_or_default();
    listed.iter().filter_map(|script| Some(joined(script.at(lines)?))).filter(|text| !text.content.is_empty()).collect()
}

/// Lines in a list, or a text that holds them all.
fn joined(node: &Node) -> Text {
    let mut joined = Text::default();
    for text in node.text().into_iter().chain(node.items().iter().filter_map(Node::text)) {
        joined.append(text);
        joined.push("\n", text.place(text.content.len()));
    }
    joined
}
