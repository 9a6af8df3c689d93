//! Gradle's build files, Groovy and Kotlin: statements of `dependencies` blocks, and the variables that keep their versions.

use super::super::gradle::{Token, TokenKind, block_name, tokens};
use super::super::{Dependency, Group, Manifest};
use super::{Addition, Change, Reason, catalog, first, lines, list, tables};
use crate::finding::ByteRange;

/// A `dependencies` block.
#[derive(Debug)]
struct Block {
    /// From its name to its closing brace.
    range: ByteRange,
    inside: ByteRange,
    /// The names of the blocks around it.
    around: Vec<String>,
}

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let blocks = blocks(text);
    let old = list::beside(manifest, addition);
    let around_old = old.and_then(|old| blocks.iter().rfind(|block| block.inside.contains(old.entry)));
    let block = around_old.or_else(|| blocks.iter().find(|block| block.around.is_empty()));
    let newline = lines::newline(text);
    let Some(block) = block else {
        // A script without a block of its own may leave all of them to another one.
        let has_other = blocks.iter().any(|block| block.around.iter().any(|name| name.ends_with("projects")));
        let applies = |token: &Token<'_>| token.first && matches!(token.text, "plugins" | "apply");
        if has_other || !tokens(text).iter().any(applies) {
            return Err(Reason::NoPlace);
        }
        let unit = lines::unit(text, "    ");
        let statement = Style::of(text, ByteRange::default(), &[]).statement(addition, None);
        let gap = if text.ends_with(['\n', '\r']) { "" } else { newline };
        let block = format!("{gap}{newline}dependencies {{{newline}{unit}{statement}{newline}}}");
        let end = if gap.is_empty() { newline } else { "" };
        return Ok(vec![Change::insert(text.len(), format!("{block}{end}"))]);
    };
    let inside: Vec<&Dependency> = manifest
        .dependencies
        .iter()
        .filter(|found| block.inside.contains(found.entry) && found.group != Group::Managed)
        .collect();
    let style = Style::of(text, block.inside, &inside);
    let statement = style.statement(addition, old.map(|old| configuration(text, old)));
    if lines::share(text, block.inside.start, block.inside.end) {
        let inner = text[block.inside.start..block.inside.end].trim_end();
        let separator = if inner.is_empty() { " " } else { "; " };
        let end = if text[..block.inside.end].ends_with([' ', '\t']) { "" } else { " " };
        return Ok(vec![Change::insert(block.inside.start + inner.len(), format!("{separator}{statement}{end}"))]);
    }
    let needed = |found: &&&Dependency| addition.development || found.group != Group::Development;
    let alike = |found: &&&Dependency| statement.starts_with(configuration(text, found));
    let before = old.filter(|old| block.inside.contains(old.entry)).or(inside.iter().rfind(alike).copied());
    let before = before.or(inside.iter().rfind(needed).copied());
    let before = before.or(inside.last().copied());
    Ok(vec![match before {
        Some(before) => {
            let line = format!("{}{statement}", lines::indentation(text, before.entry.start));
            lines::insert_behind(text, before.entry.end, &line)
        }
        None => {
            let indentation = format!("{}{}", lines::indentation(text, block.range.start), lines::unit(text, "    "));
            lines::insert_behind(text, block.inside.start, &format!("{indentation}{statement}"))
        }
    }])
}

/// How a file writes its statements.
struct Style {
    configuration: String,
    quote: char,
    parentheses: bool,
}

impl Style {
    /// That of the first entry, or of the first statement of the block; without any the form that is right in Groovy and
    /// Kotlin.
    fn of(text: &str, block: ByteRange, entries: &[&Dependency]) -> Self {
        let plain = entries.iter().filter(|found| found.group == Group::Runtime && found.alias.is_none());
        let configurations: Vec<&str> = entries.iter().map(|found| configuration(text, found)).collect();
        let is_old = configurations.contains(&"compile") && !configurations.contains(&"implementation");
        let style = plain.into_iter().find_map(|found| {
            let written = &text[found.entry.start..found.entry.end];
            let quote = written.find(['"', '\'']).and_then(|at| written[at..].chars().next())?;
            // A text that holds a variable needs quotes that a plain one may not have.
            Some((if written.contains('$') { None } else { Some(quote) }, written.contains('(')))
        });
        // `implementation libraries.some`
        let bare = || {
            let tokens = tokens(text);
            let at = tokens.iter().position(|token| token.first && block.contains(token.range))?;
            let next = tokens.get(at + 1).filter(|next| !next.first && next.kind != TokenKind::Sign(b'{'))?;
            Some((None, next.kind == TokenKind::Sign(b'(')))
        };
        let style = style.or_else(bare);
        let quote = style.and_then(|(quote, _)| quote);
        let quote = quote.unwrap_or_else(|| match style {
            Some((_, false)) if text.matches('\'').count() > text.matches('"').count() => '\'',
            _ => '"',
        });
        let configuration = if is_old { "compile" } else { "implementation" };
        Self {
            configuration: configuration.to_owned(),
            quote,
            parentheses: style.is_none_or(|(_, parentheses)| parentheses),
        }
    }

    fn statement(&self, addition: &Addition, beside: Option<&str>) -> String {
        let configuration = match beside {
            Some(configuration) if !addition.development => configuration,
            _ if addition.development => "testImplementation",
            _ => self.configuration.as_str(),
        };
        let quote = self.quote;
        let notation = match (&addition.alias, &addition.requirement) {
            (Some(alias), _) => catalog::accessor(alias),
            (None, Some(version)) => format!("{quote}{}:{version}{quote}", first(&addition.names)),
            (None, None) => format!("{quote}{}{quote}", first(&addition.names)),
        };
        match self.parentheses {
            true => format!("{configuration}({notation})"),
            false => format!("{configuration} {notation}"),
        }
    }
}

/// The first word of the statement that an entry stands in.
fn configuration<'text>(text: &'text str, found: &Dependency) -> &'text str {
    let line = lines::start(text, found.entry.start);
    // The statement may begin on the line of its block.
    let start = text[line..found.entry.start].rfind('{').map_or(line, |brace| line + brace + 1);
    let statement = text[start..].trim_start_matches([' ', '\t']);
    let end = statement.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '"' | '\''))).unwrap_or(0);
    let word = &statement[..end];
    // `"api"("g:a:v")` in Kotlin; `'g:a:v'` on a line of its own has no configuration before it.
    if word.is_empty() || word.starts_with('\'') { "implementation" } else { word }
}

/// The literal that says the version: in the statement, or what a variable of the same file was given.
pub(super) fn version_place(text: &str, _manifest: &Manifest, found: &Dependency) -> Result<ByteRange, Reason> {
    if let Some(alias) = &found.alias {
        return Err(Reason::NamedElsewhere { name: format!("{}.{alias}", super::super::gradle::CATALOG_NAME) });
    }
    let Some(range) = found.version_range else { return Err(Reason::Managed) };
    let written = &text[range.start..range.end];
    let is_text = written.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '[' | '('));
    if is_text {
        return Ok(range);
    }
    if let Some(inside) = written.strip_prefix(['"', '\'']) {
        return Ok(ByteRange::new(range.start + 1, range.start + 1 + inside.trim_end_matches(['"', '\'']).len()));
    }
    let name = written.trim_start_matches(['$', '{']).trim_end_matches('}');
    let name = name.rsplit('.').next().unwrap_or(name).trim_matches(['"', '\'', '[', ']']);
    let tokens = tokens(text);
    let assigned: Vec<&Token<'_>> = tokens
        .windows(3)
        .filter(|window| {
            let is_name = window[0].text == name && window[0].kind != TokenKind::Sign(b'=');
            let sign = matches!(window[1].kind, TokenKind::Sign(b'=' | b','));
            is_name && sign && window[2].kind == TokenKind::Text
        })
        .map(|window| &window[2])
        .collect();
    match assigned.as_slice() {
        [one] => Ok(super::super::place(text, one.text)),
        [] => Err(Reason::NamedElsewhere { name: name.to_owned() }),
        _ => Err(Reason::Computed { line: lines::number(text, range.start) }),
    }
}

pub(super) fn remove(text: &str, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let blocks = blocks(text);
    let entry = found.entry;
    let block = blocks.iter().rfind(|block| block.inside.contains(entry));
    // The block of a build that had nothing else goes with it.
    if let Some(block) = block.filter(|block| block.around.is_empty() && lines::begins(text, block.range.start)) {
        let is_only = text[block.inside.start..entry.start].trim().is_empty()
            && text[entry.end..block.inside.end].trim().is_empty();
        if is_only {
            return Ok(vec![Change::remove(tables::with_blank(text, lines::whole(text, block.range)))]);
        }
    }
    let rest = text[entry.end..lines::end(text, entry.end)].trim();
    let is_statement = text[entry.start..].starts_with(|first: char| first.is_alphabetic())
        || text[entry.start..entry.end].contains('(');
    if lines::begins(text, entry.start) && (rest.is_empty() || rest.starts_with("//")) && is_statement {
        return Ok(vec![Change::remove(lines::whole(text, entry))]);
    }
    // One of several in a statement, or of several statements in a line.
    let behind = text[entry.end..].trim_start();
    let before = text[..entry.start].trim_end();
    let range = if let Some(rest) = behind.strip_prefix(',').filter(|_| !is_statement) {
        ByteRange::new(entry.start, text.len() - rest.trim_start().len())
    } else if before.ends_with(',') && !is_statement {
        ByteRange::new(before.len() - 1, entry.end)
    } else if let Some(rest) = behind.strip_prefix(';').filter(|_| is_statement) {
        ByteRange::new(entry.start, text.len() - rest.trim_start().len())
    } else if before.ends_with(';') && is_statement {
        ByteRange::new(before.len() - 1, entry.end)
    } else if is_statement {
        ByteRange::new(entry.start, text.len() - behind.len())
    } else {
        return Err(Reason::Layout { line: lines::number(text, entry.start) });
    };
    Ok(vec![Change::remove(range)])
}

/// All `dependencies` blocks, outer ones first; not those of the build script itself, and not constraints.
fn blocks(text: &str) -> Vec<Block> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut open: Vec<(&str, usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Sign(b'{') => {
                let start = at.checked_sub(1).map_or(token.range.start, |before| tokens[before].range.start);
                open.push((block_name(&tokens[..at]), start, token.range.end));
            }
            TokenKind::Sign(b'}') => {
                let Some((name, start, inside)) = open.pop() else { continue };
                let around: Vec<String> = open.iter().map(|(name, ..)| (*name).to_owned()).collect();
                if name == "dependencies" && !around.iter().any(|name| name == "buildscript") {
                    found.push(Block {
                        range: ByteRange::new(start, token.range.end),
                        inside: ByteRange::new(inside, token.range.start),
                        around,
                    });
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|block| block.range);
    found
}
