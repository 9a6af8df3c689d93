//! Data files that code reads or imports, lowered like code: what they hold is the value of one name.

use super::ir::{ExpressionKind, Module, Pattern, Statement, StatementKind};
use super::machine::CONTENT;
use super::{node, program};
use crate::finding::{ByteRange, Language};
use crate::syntax::{self, Limits};

/// Lowers a data file; nothing where its format is not read, or it is broken.
pub fn lower(text: &str, language: Language, limits: &Limits) -> Option<Module> {
    match language {
        Language::Json => json(text, limits),
        _ => None,
    }
}

/// JSON is an expression of JavaScript. The parenthesis that makes a statement of it is taken out of the ranges again.
fn json(text: &str, limits: &Limits) -> Option<Module> {
    let statement = format!("({text}\n)");
    let tree = syntax::parse(&statement, Language::JavaScript, limits).ok()?;
    let mut module = node::lower(&tree, &statement, Language::Json);
    program::move_back(&mut module, 1);
    let Statement { kind: StatementKind::Expression(value), range } = module.body.0.pop()? else { return None };
    if !matches!(module.expression(value).kind, ExpressionKind::Map(_) | ExpressionKind::List(_)) {
        return None;
    }
    let pattern = Pattern::Name { name: CONTENT.into(), range: ByteRange::default(), declared: None };
    module.body.0 = vec![Statement { kind: StatementKind::Declare { pattern, value: Some(value) }, range }];
    Some(module)
}
