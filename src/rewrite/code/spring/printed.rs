//! Templates of code, filled in: lines that stand only where there is a value, classes by the name that the file has for them, and
//! the indentation of the file.

use std::collections::BTreeMap;

use crate::rules::code::CodeModel;

/// One step of indentation in a template.
const STEP: &str = "    ";

/// Values by their names.
pub(super) type Values<'a> = BTreeMap<&'static str, String>;

/// Fills templates in.
pub(super) struct Printer<'a> {
    pub(super) model: &'a CodeModel,
    /// How a class is written, by its full name.
    pub(super) class: &'a mut dyn FnMut(&str) -> String,
    /// A step of indentation of the file.
    pub(super) step: &'a str,
}

impl Printer<'_> {
    /// The lines of a template, without the indentation of where they will stand.
    pub(super) fn lines(&mut self, template: &str, values: &Values<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for line in template.lines().filter(|line| !line.trim().is_empty()) {
            let Some(line) = stands(line, values) else { continue };
            let text = line.trim_start_matches(' ');
            let depth = (line.len() - text.len()) / STEP.len();
            let filled = self.text(text, values);
            let indent = self.step.repeat(depth);
            lines.extend(filled.lines().map(|line| format!("{indent}{line}")));
        }
        lines
    }

    /// A template of one line.
    pub(super) fn text(&mut self, template: &str, values: &Values<'_>) -> String {
        let mut filled = template.to_owned();
        for (name, value) in values {
            filled = filled.replace(&format!("${name}$"), value);
        }
        let mut written = String::new();
        for (position, part) in filled.split('`').enumerate() {
            match position % 2 {
                0 => written.push_str(part),
                _ => {
                    let short = part.split('.').next().unwrap_or_default();
                    let full = match self.model.packages.get(short) {
                        Some(package) => format!("{package}{}", &part[short.len()..]),
                        None => part.to_owned(),
                    };
                    written.push_str(&(self.class)(&full));
                }
            }
        }
        written
    }
}

/// A line of a template without its condition, where that holds.
fn stands<'l>(line: &'l str, values: &Values<'_>) -> Option<&'l str> {
    let mut line = line;
    while let Some(sign) = line.chars().next().filter(|sign| matches!(sign, '?' | '!')) {
        let (name, rest) = line[1..].split_once(' ')?;
        if values.contains_key(name) != (sign == '?') {
            return None;
        }
        line = rest;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_decide_about_lines() {
        let values = Values::from([("kept", String::new())]);
        assert_eq!(stands("?kept     a", &values), Some("    a"));
        assert_eq!(stands("!kept a", &values), None);
        assert_eq!(stands("?kept !other b", &values), Some("b"));
        assert_eq!(stands("c", &values), Some("c"));
    }
}
