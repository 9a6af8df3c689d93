//! Parsing within limits, one parser a thread and language.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Instant;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::{Limits, ParseError, grammar};
use crate::finding::Language;

/// How many times the depth limit brackets may be open before a text is not even given to the parser. Brackets in
/// strings and comments count here, so there has to be room for them.
const BRACKET_ROOM: usize = 8;

thread_local! {
    static PARSERS: RefCell<[Option<Parser>; 5]> = const { RefCell::new([const { None }; 5]) };
}

fn slot(language: Language) -> Option<usize> {
    match language {
        Language::JavaScript => Some(0),
        Language::TypeScript => Some(1),
        Language::Tsx => Some(2),
        Language::Java => Some(3),
        Language::Python | Language::Notebook => Some(4),
        _ => None,
    }
}

/// Parses a text. A text with syntax errors has a tree too, see [`syntax_error`](super::syntax_error).
pub fn parse(text: &str, language: Language, limits: &Limits) -> Result<Tree, ParseError> {
    limits.check_size(text.len())?;
    check_brackets(text, limits.depth)?;
    let (slot, grammar) = slot(language).zip(grammar(language)).ok_or(ParseError::NoGrammar { language })?;
    let tree = PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers[slot].get_or_insert_with(|| {
            let mut parser = Parser::new();
            parser.set_language(&grammar).expect("invariant: the grammars fit the parser they are built with");
            parser
        });
        // A parse that was stopped would go on where it was.
        parser.reset();
        let deadline = Instant::now() + limits.time;
        let mut in_time = |_: &ParseState| {
            if Instant::now() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut in_time);
        let bytes = text.as_bytes();
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
        parser.reset();
        tree
    });
    let tree = tree.ok_or(ParseError::Timeout { limit: limits.time })?;
    check_depth(&tree, limits.depth)?;
    Ok(tree)
}

/// A cheap look for a text that is made of brackets, on which the parser would spend seconds and much memory.
fn check_brackets(text: &str, limit: usize) -> Result<(), ParseError> {
    let limit = limit.saturating_mul(BRACKET_ROOM);
    let mut depth = 0usize;
    for &byte in text.as_bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return Err(ParseError::TooDeep { depth });
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Walks the whole tree without recursion.
fn check_depth(tree: &Tree, limit: usize) -> Result<(), ParseError> {
    let mut cursor = tree.walk();
    let mut depth = 0;
    loop {
        if cursor.goto_first_child() {
            depth += 1;
            if depth > limit {
                return Err(ParseError::TooDeep { depth });
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Ok(());
            }
            depth -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ALL: [Language; 5] =
        [Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Java, Language::Python];

    #[test]
    fn a_small_text_parses_in_every_language() {
        for language in ALL {
            let text = match language {
                Language::Java => "class A { void f() { g(1); } }",
                _ => "g(1)",
            };
            let tree = parse(text, language, &Limits::default()).unwrap();
            assert!(!tree.root_node().has_error(), "{language:?}");
        }
    }

    #[test]
    fn two_hundred_thousand_brackets_end_in_an_error() {
        for language in ALL {
            for bracket in ["(", "[", "{", "a(", "a[b{c("] {
                let start = Instant::now();
                let result = parse(&bracket.repeat(200_000), language, &Limits::default());
                assert!(matches!(result, Err(ParseError::TooDeep { .. })), "{bracket} in {language:?}: {result:?}");
                assert!(start.elapsed() < Duration::from_secs(2), "{bracket} in {language:?}");
            }
        }
    }

    #[test]
    fn nesting_without_brackets_is_seen_in_the_tree() {
        for language in ALL {
            let text = match language {
                Language::Java => format!("class A {{ boolean b = {}true; }}", "!".repeat(3_000)),
                Language::Python => format!("x = {}True", "not ".repeat(3_000)),
                _ => format!("x = {}true", "!".repeat(3_000)),
            };
            let result = parse(&text, language, &Limits::default());
            assert!(matches!(result, Err(ParseError::TooDeep { depth: 1_501 })), "{language:?}: {result:?}");
        }
    }

    #[test]
    fn the_limit_of_brackets_lies_below_what_the_tree_may_have() {
        let limits = Limits::default();
        for language in ALL {
            let (before, after) = if language == Language::Java { ("class A { int x = ", "; }") } else { ("x = ", "") };
            let nested = |levels| format!("{before}{}1{}{after}", "(".repeat(levels), ")".repeat(levels));
            assert!(parse(&nested(1_000), language, &limits).is_ok(), "{language:?}");
            assert!(
                matches!(parse(&nested(2_000), language, &limits), Err(ParseError::TooDeep { .. })),
                "{language:?}"
            );
        }
    }

    #[test]
    fn a_parse_out_of_time_is_stopped_and_the_parser_lives_on() {
        let text = "f(a, b, c);\n".repeat(20_000);
        let limits = Limits { time: Duration::ZERO, ..Limits::default() };
        let result = parse(&text, Language::JavaScript, &limits);
        assert_eq!(result.err(), Some(ParseError::Timeout { limit: Duration::ZERO }));
        let tree = parse("f()", Language::JavaScript, &Limits::default()).unwrap();
        assert_eq!(tree.root_node().end_byte(), 3);
    }

    #[test]
    fn a_large_text_is_refused() {
        let limits = Limits { size: 3, ..Limits::default() };
        assert_eq!(parse("f();", Language::Java, &limits).err(), Some(ParseError::TooLarge { size: 4, limit: 3 }));
    }
}
