//! How a file of Node is written, and where what it needs once has its place in it.

use tree_sitter::Node;

use super::super::draft::has_word;
use super::super::helper::TOKEN;
use super::super::keep::quote_of;
use super::super::lines::{has_semicolons, line_end, line_start, newline, step};
use crate::finding::Platform;
use crate::syntax::Preorder;

/// How a file is written.
#[derive(Debug, Clone)]
pub(in crate::rewrite::code) struct Style {
    pub(super) step: &'static str,
    pub(super) quote: char,
    pub(super) semicolons: bool,
    /// Whether lists over several lines end with a comma.
    pub(super) commas: bool,
    pub(super) line: &'static str,
    /// Whether there is a space between the name of a function and its parameters.
    pub(super) space: bool,
    pub(super) typescript: bool,
    /// Whether it imports, and does not require.
    pub(super) module: bool,
    /// The word that its first `require` is assigned with.
    pub(super) keyword: &'static str,
    /// Whether it says that it is strict.
    pub(super) strict: bool,
    /// Whether a module of CommonJS can be imported as if it had a default, as the compiler is set.
    pub(super) interop: bool,
    /// Whether it says of imported types that they are some.
    pub(super) marks_types: bool,
    /// What the interface of the answer is called.
    pub(super) token: &'static str,
}

impl Style {
    /// How a file is written.
    pub(in crate::rewrite::code) fn of(root: Node<'_>, text: &str, typescript: bool, interop: bool) -> Self {
        let mut cursor = root.walk();
        let is_module = |child: Node<'_>| matches!(child.kind(), "import_statement" | "export_statement");
        let required = text.lines().find(|line| line.contains("require("));
        Self {
            step: step(text),
            quote: quote_of(text, Platform::Node, ""),
            semicolons: has_semicolons(text),
            commas: trailing_commas(text),
            line: newline(text),
            space: space_before_parameters(root, text),
            typescript,
            module: typescript || root.named_children(&mut cursor).any(is_module),
            keyword: if required.is_some_and(|line| line.starts_with("var ")) { "var" } else { "const" },
            strict: text
                .lines()
                .any(|line| matches!(line.trim().trim_end_matches(';'), "'use strict'" | "\"use strict\"")),
            interop,
            marks_types: ["import type ", "{ type ", ", type "].iter().any(|mark| text.contains(mark)),
            token: if has_word(text, TOKEN) { "AdobeImsToken" } else { TOKEN },
        }
    }

    /// The line that imports what a module of CommonJS exports as a whole.
    pub(super) fn base(&self, name: &str, package: &str) -> String {
        let line = match (self.module, self.typescript && !self.interop) {
            (true, true) => format!("import {name} = require('{package}');\n"),
            (true, false) => format!("import {name} from '{package}';\n"),
            (false, _) => format!("{} {name} = require('{package}');\n", self.keyword),
        };
        self.styled(&line)
    }

    /// The line that imports names from a file of its own: what the file is for, and types.
    pub(super) fn asked(&self, names: &[&str], module: &str) -> String {
        let line = match (self.module, names) {
            (true, [name, types @ ..]) if self.marks_types && !types.is_empty() => {
                format!("import {{ {name}, type {} }} from '{module}';\n", types.join(", type "))
            }
            (true, _) => format!("import {{ {} }} from '{module}';\n", names.join(", ")),
            (false, _) => format!("{} {} = require('{module}');\n", self.keyword, names.first().unwrap_or(&"")),
        };
        self.styled(&line)
    }

    /// A file of its own for code that declares a name, with what the code imports.
    pub(super) fn alone(&self, name: &str, import: &str, code: &str) -> String {
        let line = self.line;
        let strict = if self.strict && !self.module { self.styled("'use strict';\n\n") } else { String::new() };
        let head = if import.is_empty() { String::new() } else { format!("{import}{line}") };
        if !self.module {
            let exported = self.styled(&format!("module.exports = {name};\n"));
            return format!("{strict}{head}{code}{exported}");
        }
        let code = code.trim_end();
        let mut text = String::with_capacity(code.len() + 32);
        for written in code.split(line) {
            let declares = ["class ", "interface ", "function ", "async function "];
            if declares.iter().any(|word| written.starts_with(word)) {
                text.push_str("export ");
            }
            text.push_str(written);
            text.push_str(line);
        }
        format!("{head}{text}")
    }

    /// A text with two blanks a step, single quotes and semicolons, in this style.
    pub(super) fn styled(&self, text: &str) -> String {
        let mut result = String::with_capacity(text.len());
        for line in text.lines() {
            let bare = line.trim_start_matches(' ');
            let depth = (line.len() - bare.len()) / 2;
            let mut written = bare.to_owned();
            if self.quote != '\'' && !bare.starts_with("//") {
                written = written.replace('\'', &self.quote.to_string());
            }
            if !self.commas && depth == 3 && written.starts_with("clientSecret") {
                written.pop();
            }
            if !self.semicolons {
                written = match written.split_once("; //") {
                    Some((code, comment)) => format!("{code} //{comment}"),
                    None => written.strip_suffix(';').map(str::to_owned).unwrap_or(written),
                };
            }
            if self.space && written.starts_with("async function ") {
                written = written.replacen('(', " (", 1);
            } else if self.space {
                for name in ["constructor", "getToken", "toError"] {
                    if written.starts_with(&format!("{name}(")) || written.starts_with(&format!("private {name}(")) {
                        written = written.replacen(&format!("{name}("), &format!("{name} ("), 1);
                    }
                }
            }
            if !written.is_empty() {
                result.push_str(&self.step.repeat(depth));
                result.push_str(&written);
            }
            result.push_str(self.line);
        }
        result
    }
}

/// Where new lines stand at the head of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rewrite::code) struct Head {
    /// Before the imports: where a package is imported.
    pub(in crate::rewrite::code) first: usize,
    /// Behind them: where a file of the project is.
    pub(in crate::rewrite::code) last: usize,
    /// Where what follows them begins.
    pub(in crate::rewrite::code) block: usize,
}

/// The head of a file.
pub(in crate::rewrite::code) fn head(root: Node<'_>, text: &str) -> Head {
    let mut cursor = root.walk();
    let (mut first, mut last) = (None, None);
    let mut behind = None;
    for child in root.named_children(&mut cursor) {
        let written = text.get(child.byte_range()).unwrap_or_default();
        match child.kind() {
            "comment" | "hash_bang_line" => continue,
            "expression_statement" if written.starts_with(['"', '\'']) => continue,
            "import_statement" => {}
            "lexical_declaration" | "variable_declaration" if written.contains("require(") => {}
            "expression_statement" if written.starts_with("require(") => {
                behind = None;
                continue;
            }
            _ => {
                behind = Some(child);
                break;
            }
        }
        first = first.or(Some(child.start_byte()));
        last = Some(child.end_byte());
    }
    let block = behind.map_or(text.len(), |statement| above(text, statement));
    let first = first.map_or(block, |place| line_start(text, place));
    Head { first, last: last.map_or(first, |end| line_end(text, end)), block }
}

/// The line where a statement begins, with the comments that belong to it.
fn above(text: &str, statement: Node<'_>) -> usize {
    let mut start = line_start(text, statement.start_byte());
    let mut before = statement.prev_sibling();
    while let Some(comment) = before.filter(|comment| comment.kind() == "comment") {
        let gap = text.get(comment.end_byte()..start).unwrap_or_default();
        if gap.matches('\n').count() > 1 {
            break;
        }
        start = line_start(text, comment.start_byte());
        before = comment.prev_sibling();
    }
    start
}

/// Whether lists over several lines end with a comma in a file.
pub(super) fn trailing_commas(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.windows(2).any(|pair| pair[0].ends_with(',') && pair[1].starts_with(['}', ')', ']']))
}

/// Whether there is a space between the name of a function and its parameters.
fn space_before_parameters(root: Node<'_>, text: &str) -> bool {
    Preorder::new(root)
        .filter(|node| matches!(node.kind(), "function_declaration" | "method_definition"))
        .filter_map(|node| node.child_by_field_name("parameters"))
        .any(|parameters| text[..parameters.start_byte()].ends_with(' '))
}
