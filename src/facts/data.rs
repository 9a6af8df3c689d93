//! Data files that code reads or imports, lowered like code: what they hold is the value of one name.

use super::ir::{Element, Entry, ExpressionId, ExpressionKind, Module, Pattern, Statement, StatementKind};
use super::machine::CONTENT;
use crate::document::{self, Conventions, Document, Format, Kind};
use crate::finding::{ByteRange, Language};

/// How many entries a data file may have.
const MOST_ENTRIES: usize = 4_000;

/// Lowers a data file; nothing where its format is not read, or it holds nothing.
pub fn lower(text: &str, language: Language, conventions: &Conventions) -> Option<Module> {
    let format = Format::of(language, text)?;
    let document = document::read(text, format, conventions);
    if document.entries().len() > MOST_ENTRIES {
        return None;
    }
    let mut module = Module::new(language);
    let top = document.entries().iter().position(|entry| entry.parent.is_none())?;
    let value = value(&document, top, &mut module);
    let pattern = Pattern::Name { name: CONTENT.into(), range: ByteRange::default(), declared: None };
    let range = ByteRange::new(0, text.len());
    module.body.0 = vec![Statement { kind: StatementKind::Declare { pattern, value: Some(value) }, range }];
    Some(module)
}

fn value(document: &Document, position: usize, module: &mut Module) -> ExpressionId {
    let entry = &document.entries()[position];
    let kind = match entry.kind {
        Kind::Scalar => ExpressionKind::Text(entry.text.as_str().into()),
        Kind::Null => ExpressionKind::Null,
        Kind::Reference => ExpressionKind::Opaque(Vec::new()),
        Kind::List => {
            let items = document.children(position).iter().map(|child| Element::Item(value(document, *child, module)));
            ExpressionKind::List(items.collect())
        }
        Kind::Map | Kind::Block => {
            let mut entries = Vec::new();
            for child in document.children(position) {
                let named = &document.entries()[*child];
                let Some(name) = named.key_text() else { continue };
                let key = module.push(ExpressionKind::Text(name.into()), named.key);
                entries.push(Entry::Keyed { key, value: value(document, *child, module) });
            }
            ExpressionKind::Map(entries)
        }
    };
    module.push(kind, entry.value)
}
