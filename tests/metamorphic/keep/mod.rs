//! Changes that keep the meaning.

mod client;
mod constant;
mod exchange;
mod extract;
mod files;
mod form;
mod later;
mod layout;
mod literal;
mod rename;

use crate::{Kind, Meaning};

/// The changes, each with a name that says what is done.
pub(crate) fn kinds() -> Vec<Kind> {
    let kept = |name, apply| Kind { name, meaning: Meaning::Kept, apply };
    vec![
        kept("rename", rename::apply),
        kept("body into a function", extract::body),
        kept("call into a function", extract::call),
        kept("literal in two", literal::plus),
        kept("literal by a format", literal::format),
        kept("constant in another file", constant::moved),
        kept("constant over a re-export", constant::reexported),
        kept("form in another file", form::moved),
        kept("form in a function", form::extracted),
        kept("exchange in another file", exchange::moved),
        kept("later", later::apply),
        kept("another client", client::apply),
        kept("layout", layout::comments),
        kept("quotes", layout::quotes),
        kept("crlf", layout::crlf),
    ]
}

/// Whether a kind of change exists for a language: Java has one kind of quotes, and its clients differ in more than a call.
pub(crate) fn is_for(kind: &str, language: &str) -> bool {
    language != "java" || !matches!(kind, "quotes" | "another client")
}
