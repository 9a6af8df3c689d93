//! How keys and values are written: in the quotes of the entry beside them, as far as the format takes them so.

use super::{Change, EditError, Form, View};
use crate::document::{Format, Kind, Name};
use crate::finding::ByteRange;

/// A value that is written into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A list of texts; in formats without lists it is written as JSON.
    List(Vec<String>),
    /// A word that is no text: `true`.
    Bare(String),
}

/// The quote that a written text begins and ends with.
fn quote_of(written: &str) -> Option<char> {
    let first = written.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    (written.len() > 1 && written.ends_with(first)).then_some(first)
}

/// A name in the way the key beside it is written.
pub(super) fn key(view: &View<'_>, beside: ByteRange, name: &str) -> Result<String, EditError> {
    renamed(view, beside, name)
}

/// A name in place of a key.
pub(super) fn renamed(view: &View<'_>, key: ByteRange, name: &str) -> Result<String, EditError> {
    let is_word = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'));
    if name.is_empty() || name.contains(['\n', '\r', '"', '\'', '\\']) {
        return Err(EditError::Unsupported);
    }
    match quote_of(view.slice(key)) {
        Some(quote) => Ok(format!("{quote}{name}{quote}")),
        None if is_word && !(view.format == Format::Toml && name.contains(['.', '$'])) => Ok(name.to_owned()),
        None if matches!(view.format, Format::Json | Format::Yaml | Format::Toml | Format::Hcl) => {
            Ok(format!("\"{name}\""))
        }
        None => Err(EditError::Unsupported),
    }
}

/// A value as it is written behind the key of a new entry that stands behind another, or in the place of its value.
/// `column` is where the key stands.
pub(super) fn written(
    view: &View<'_>,
    model: Option<usize>,
    value: &Value,
    column: usize,
) -> Result<String, EditError> {
    let in_flow = model.is_some_and(|entry| view.form(entry) == Form::Brackets);
    let model = model.filter(|&entry| !view.held(entry).kind.is_container());
    let quote = model.and_then(|entry| quote_of(view.slice(view.held(entry).value)));
    match value {
        Value::Text(text) => scalar(view, text, quote, in_flow),
        Value::Bare(word) => match view.format {
            Format::Xml => scalar(view, word, quote, in_flow),
            Format::OsgiConfig => Ok(format!("B\"{word}\"")),
            _ => Ok(word.clone()),
        },
        Value::List(items) => match view.format {
            Format::Json | Format::Toml | Format::Hcl => list(view, items, column),
            Format::Yaml if !in_flow => match block_list(view) {
                Some(offset) => block_items(view, items, column + offset).map(|items| items_behind_key(view, &items)),
                None => list(view, items, column),
            },
            Format::Yaml => inline(view, items),
            Format::OsgiConfig => {
                let items: Vec<String> = items.iter().map(|item| osgi(item)).collect();
                Ok(format!("[{}]", items.join(",")))
            }
            Format::Dotenv | Format::Ini | Format::Properties => {
                let items: Vec<String> = items.iter().map(|item| json(item, '"')).collect();
                Ok(format!("[{}]", items.join(",")))
            }
            Format::Xml => Err(EditError::Unsupported),
        },
    }
}

fn items_behind_key(view: &View<'_>, items: &[String]) -> String {
    let newline = view.newline();
    items.iter().map(|item| format!("{newline}{item}")).collect()
}

fn scalar(view: &View<'_>, text: &str, quote: Option<char>, in_flow: bool) -> Result<String, EditError> {
    let has_breaks = text.contains(['\n', '\r']);
    Ok(match view.format {
        Format::Json => json(text, quote.filter(|&quote| quote == '\'').unwrap_or('"')),
        Format::Yaml => match quote {
            Some('\'') if !has_breaks => format!("'{}'", text.replace('\'', "''")),
            None if is_plain_yaml(text, in_flow) => text.to_owned(),
            _ => json(text, '"'),
        },
        Format::Toml => match quote {
            Some('\'') if !has_breaks && !text.contains('\'') => format!("'{text}'"),
            _ => json(text, '"'),
        },
        Format::Hcl => json(text, '"').replace("${", "$${").replace("%{", "%%{"),
        Format::Dotenv | Format::Ini if has_breaks => return Err(EditError::Unsupported),
        Format::Dotenv => {
            let is_word = |c: char| c.is_alphanumeric() || "_-.,:/@%+=".contains(c);
            let quote = quote.filter(|&quote| quote != '`').or_else(|| (!text.chars().all(is_word)).then_some('"'));
            match quote {
                None => text.to_owned(),
                Some(quote) if text.contains([quote, '$', '\\']) => return Err(EditError::Unsupported),
                Some(quote) => format!("{quote}{text}{quote}"),
            }
        }
        Format::Ini => match quote {
            Some(quote) if text.contains(quote) => return Err(EditError::Unsupported),
            Some(quote) => format!("{quote}{text}{quote}"),
            None => text.to_owned(),
        },
        Format::Properties => properties(text),
        Format::OsgiConfig => osgi(text),
        Format::Xml => {
            let escaped = quick_xml::escape::escape(text).into_owned();
            match quote {
                Some(quote) => format!("{quote}{escaped}{quote}"),
                None => escaped,
            }
        }
    })
}

/// A text in quotes, as JSON, TOML and the double quotes of YAML have it.
fn json(text: &str, quote: char) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push(quote);
    for character in text.chars() {
        match character {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\\' => written.push_str("\\\\"),
            _ if character == quote => written.extend(['\\', quote]),
            _ if character.is_control() => written.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => written.push(character),
        }
    }
    written.push(quote);
    written
}

fn osgi(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '"' | '\\' | '=' | ' ' => written.extend(['\\', character]),
            _ => written.push(character),
        }
    }
    written.push('"');
    written
}

fn properties(text: &str) -> String {
    let mut written = String::new();
    for (at, character) in text.chars().enumerate() {
        match character {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\\' => written.push_str("\\\\"),
            ' ' if at == 0 => written.push_str("\\ "),
            _ if character.is_ascii() => written.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    written.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    written
}

/// Whether YAML reads a text without quotes as this text.
fn is_plain_yaml(text: &str, in_flow: bool) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "~", "yes", "no", "on", "off", ""];
    let is_word = WORDS.contains(&text.to_ascii_lowercase().as_str());
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '.'));
    let opens = text.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ', '=',
    ]);
    let breaks = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    let flow = in_flow && text.contains([',', '[', ']', '{', '}']);
    !(is_word || is_number || opens || breaks || flow || text.chars().any(char::is_control))
}

/// A list on one line, or on several where the lists of the file are.
fn list(view: &View<'_>, items: &[String], column: usize) -> Result<String, EditError> {
    let bracketed = |entry: usize| view.held(entry).kind == Kind::List && view.is_bracketed(entry);
    let lists = (0..view.document.entries().len()).filter(|&entry| bracketed(entry));
    let (several, single): (Vec<usize>, Vec<usize>) = lists
        .filter(|&entry| !view.document.children(entry).is_empty())
        .partition(|&entry| view.slice(view.held(entry).value).contains('\n'));
    if several.is_empty() || several.len() < single.len() || items.is_empty() {
        return inline(view, items);
    }
    let unit = unit(view);
    let newline = view.newline();
    let written: Vec<String> = items.iter().map(|item| scalar(view, item, None, true)).collect::<Result<_, _>>()?;
    let (inner, outer) = (lead(view, column, &unit), lead(view, column, ""));
    let lines: Vec<String> = written.iter().map(|item| format!("{inner}{item}")).collect();
    Ok(format!("[{newline}{}{newline}{outer}]", lines.join(&format!(",{newline}"))))
}

fn inline(view: &View<'_>, items: &[String]) -> Result<String, EditError> {
    let written: Vec<String> = items.iter().map(|item| scalar(view, item, None, true)).collect::<Result<_, _>>()?;
    Ok(format!("[{}]", written.join(", ")))
}

/// The indentation of a line whose content stands in a column.
fn lead(view: &View<'_>, column: usize, more: &str) -> String {
    let is_tab = view.text.lines().any(|line| line.starts_with('\t'));
    let blank = if is_tab { "\t" } else { " " };
    format!("{}{more}", blank.repeat(column))
}

/// One level of indentation: the first that the file has.
fn unit(view: &View<'_>) -> String {
    let indented = view.text.lines().filter(|line| !line.trim().is_empty() && line.starts_with([' ', '\t']));
    let least = indented.map(|line| &line[..line.len() - line.trim_start().len()]).min_by_key(|blanks| blanks.len());
    least.unwrap_or("  ").to_owned()
}

/// How far the lists in block style of a YAML file stand to the right of their keys; nothing where it has none.
fn block_list(view: &View<'_>) -> Option<usize> {
    let is_block = |entry: &usize| {
        let held = view.held(*entry);
        let items = view.document.children(*entry);
        held.kind == Kind::List
            && held.key_text().is_some()
            && !view.is_bracketed(*entry)
            && items.iter().any(|&item| !view.held(item).kind.is_container())
    };
    let entry = (0..view.document.entries().len()).find(is_block)?;
    let held = view.held(entry);
    let column = |at: usize| view.text[view.line_start(at)..at].chars().count();
    let first = view.text[view.line_start(held.value.start)..].find('-')?;
    first.checked_sub(column(held.key.start))
}

fn block_items(view: &View<'_>, items: &[String], column: usize) -> Result<Vec<String>, EditError> {
    let line = |item: &String| scalar(view, item, None, false).map(|item| format!("{}- {item}", " ".repeat(column)));
    items.iter().map(line).collect()
}

/// Gives an entry another value.
pub(super) fn set(view: &View<'_>, entry: usize, value: &Value) -> Result<Change, EditError> {
    let held = view.held(entry);
    let range = held.value;
    let column = view.text[view.line_start(held.key.start)..held.key.start].chars().count();
    let new = written(view, Some(entry), value, column)?;
    match view.format {
        Format::Xml if held.kind.is_container() => Err(EditError::Unsupported),
        Format::Hcl if held.kind == Kind::Block => Err(EditError::Unsupported),
        Format::Toml | Format::Ini if held.kind == Kind::Map && !view.is_bracketed(entry) => {
            Err(EditError::Unsupported)
        }
        Format::Yaml if view.form(entry) == Form::Lines || held.kind == Kind::Null => {
            let colon = view.text[held.key.end..].find(':').map(|at| held.key.end + at + 1);
            let is_item = matches!(held.name, Name::Item(_));
            let block = (held.kind.is_container() && !view.is_bracketed(entry)) || new.starts_with(['\n', '\r']);
            match colon.filter(|_| !is_item && !view.is_derived(entry)) {
                Some(colon) if block || range.start == range.end => {
                    let end = view.whole(entry).end.max(colon);
                    // A list that stays in block style keeps its place.
                    let blank = if new.starts_with(['\n', '\r']) { "" } else { " " };
                    Ok(Change::new(colon, end, format!("{blank}{new}")))
                }
                _ if range.start == range.end => Err(EditError::Unsupported),
                _ => Ok(Change::new(range.start, range.end, new)),
            }
        }
        _ => Ok(Change::new(range.start, range.end, new)),
    }
}

/// Puts brackets around a value, which stays where it is.
pub(super) fn wrap(view: &View<'_>, entry: usize) -> Result<Vec<Change>, EditError> {
    let held = view.held(entry);
    let range = held.value;
    let value = view.slice(range);
    let around = |open: &str, close: &str| {
        Ok(vec![Change::new(range.start, range.start, open), Change::new(range.end, range.end, close)])
    };
    if held.kind == Kind::List {
        return Ok(Vec::new());
    }
    if held.kind.is_container() || view.is_derived(entry) && view.format != Format::Yaml {
        return Err(EditError::Unsupported);
    }
    if range.start == range.end || held.kind == Kind::Null {
        return set(view, entry, &Value::List(vec![String::new()])).map(|change| vec![change]);
    }
    let quote = quote_of(value);
    match view.format {
        Format::Json | Format::Toml | Format::Hcl => around("[", "]"),
        Format::Yaml if value.starts_with(['|', '>']) => Err(EditError::Unsupported),
        Format::Yaml if quote.is_some() || held.kind == Kind::Reference || is_plain_yaml(value, true) => {
            around("[", "]")
        }
        Format::Yaml if !value.contains(['"', '\\', '\n']) => around("[\"", "\"]"),
        Format::Dotenv | Format::Ini | Format::Properties => match quote {
            Some('"') => around("[", "]"),
            // Only the quotes change: the value between them stays.
            Some(_) if !value.contains(['"', '\\']) => {
                Ok(vec![Change::new(range.start, range.start + 1, "[\""), Change::new(range.end - 1, range.end, "\"]")])
            }
            None if !value.contains(['"', '\\']) => around("[\"", "\"]"),
            _ => Err(EditError::Unsupported),
        },
        Format::OsgiConfig if quote.is_some() => around("[", "]"),
        _ => Err(EditError::Unsupported),
    }
}

/// An item of a list that gives a name a value, `{ name: X, value: Y }` or `X=Y`, for another name and value.
pub(super) fn copied_item(
    view: &View<'_>,
    entry: usize,
    item: usize,
    name: &str,
    value: &Value,
) -> Result<String, EditError> {
    let held = view.held(entry);
    let whole = view.whole(item);
    let is_pair = view.held(item).kind != Kind::Map
        || view.document.children(item).len() == 2 && held.kind != Kind::Reference && !held.kind.is_container();
    if !is_pair || !whole.contains(held.key) || !whole.contains(held.value) || held.key.end > held.value.start {
        return Err(EditError::Unsupported);
    }
    let text = match value {
        Value::Text(text) | Value::Bare(text) => text.clone(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| json(item, '"')).collect();
            format!("[{}]", items.join(","))
        }
    };
    let new = if view.held(item).kind == Kind::Map {
        scalar(view, &text, quote_of(view.slice(held.value)), false)?
    } else if text.contains(['"', '\'', '\n', '#']) || text.contains(": ") {
        return Err(EditError::Unsupported);
    } else {
        text
    };
    let key = renamed(view, held.key, name)?;
    let slice = |start: usize, end: usize| &view.text[start..end];
    let copied = [
        slice(whole.start, held.key.start),
        &key,
        slice(held.key.end, held.value.start),
        &new,
        slice(held.value.end, whole.end),
    ]
    .concat();
    // A quoted `"X=Y"` closes behind the value.
    Ok(copied)
}
