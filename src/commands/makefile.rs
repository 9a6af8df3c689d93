//! Reads the recipes and variables of makefiles.

use super::Script;
use super::shell::{Dialect, is_name, read, value};
use crate::commands::Assignment;
use crate::finding::ByteRange;

/// Reads a makefile: the commands of all recipes, and its variables.
pub fn makefile(text: &str) -> Script {
    let mut script = Script::default();
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        if let Some(recipe) = line.strip_prefix('\t') {
            add_recipe(text, end - recipe.len(), end, &mut script);
        } else if !line.trim_start().starts_with('#') {
            add_definition(text, at, end, &mut script);
        }
        at = end;
    }
    script.assignments.sort_by_key(|assignment| assignment.at);
    script
}

/// The end of a line with those that continue it, its line break included.
fn line_end(text: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let Some(end) = memchr::memchr(b'\n', &text.as_bytes()[at..]) else { return text.len() };
        let content = text[at..at + end].trim_end_matches('\r');
        at += end + 1;
        let backslashes = content.len() - content.trim_end_matches('\\').len();
        if backslashes.is_multiple_of(2) {
            return at;
        }
    }
}

fn add_recipe(text: &str, start: usize, end: usize, script: &mut Script) {
    let recipe = &text[start..end];
    let command = recipe.trim_start_matches(['@', '-', '+', ' ', '\t']);
    let read = read(text, ByteRange::new(end - command.len(), end), Dialect::Make);
    script.commands.extend(read.commands);
    script.assignments.extend(read.assignments);
}

/// `NAME = value` with any of make's signs. What is none, such as a rule, only counts for a recipe behind a semicolon.
fn add_definition(text: &str, start: usize, end: usize, script: &mut Script) {
    let line = &text[start..end];
    let Some(sign) = line.find('=') else { return };
    let before = line[..sign].trim_end_matches([':', '?', '+', '!']);
    let name = before.split_whitespace().last().unwrap_or_default();
    let leading = before.trim().strip_suffix(name).unwrap_or_default().trim();
    if !is_name(name) || !matches!(leading, "" | "export" | "override" | "private") {
        return;
    }
    let content = line[sign + 1..].trim_start_matches([' ', '\t']);
    let from = end - content.len();
    let comment = content.find(" #").unwrap_or(content.len());
    let to = from + content[..comment].trim_end().len();
    let (word, inner) = value(text, ByteRange::new(from, to), Dialect::Make);
    script.commands.extend(inner.commands);
    let appends = line[..sign].ends_with('+');
    script.assignments.push(Assignment { name: name.to_owned(), value: word, at: start, appends });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Part, Variables};

    #[test]
    fn recipes_and_variables() {
        let text = "HOST ?= https://h # why\nexport P := $(HOST)/p\nT = $(shell curl a)\n# curl no\ntoken: dep\n\t@curl \\\n\t\t-d \"x=$$X\" $(P)\r\n\t# curl no\n\n.PHONY: token\n";
        let script = makefile(text);
        let shown: Vec<Vec<String>> = script
            .commands
            .iter()
            .map(|command| {
                let word = |word| {
                    Variables::new(&script)
                        .resolved(word)
                        .parts
                        .into_iter()
                        .map(|part| match part {
                            Part::Literal(text, _) => text,
                            Part::Variable(name, ..) => format!("{{{name}}}"),
                            Part::Unknown(_) => "{}".to_owned(),
                        })
                        .collect::<String>()
                };
                command.words.iter().map(word).collect()
            })
            .collect();
        assert_eq!(shown, [vec!["curl", "a"], vec!["curl", "-d", "x={X}", "https://h/p"]]);
        let range = script.commands[1].range;
        assert!(text[range.start..range.end].ends_with("$(P)"));
    }
}
