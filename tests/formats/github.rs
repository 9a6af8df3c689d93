//! The lines of a step as GitHub's runner reads them: which are commands, with which properties and which message.

use std::collections::BTreeMap;

/// An annotation.
#[derive(Debug)]
pub(crate) struct Annotation {
    pub(crate) command: String,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) message: String,
}

impl Annotation {
    /// The worst is 0.
    pub(crate) fn rank(&self) -> usize {
        ["error", "warning", "notice"].iter().position(|name| *name == self.command).unwrap()
    }
}

/// The annotations, and the lines that are none.
pub(crate) fn read(log: &str) -> (Vec<Annotation>, Vec<String>) {
    let (mut annotations, mut rest) = (Vec::new(), Vec::new());
    // The runner's lines end at either.
    for line in log.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        match command(line) {
            Some(annotation) => annotations.push(annotation),
            None => {
                // The older form of a command may stand anywhere in a line.
                assert!(!line.contains("##["), "{line}");
                rest.push(line.to_owned());
            }
        }
    }
    for annotation in &annotations {
        checked(annotation);
    }
    (annotations, rest)
}

fn command(line: &str) -> Option<Annotation> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
    assert!(["error", "warning", "notice"].contains(&command), "a command that is no annotation: {line}");
    let pairs = properties.trim().split(',').filter(|pair| !pair.is_empty());
    let properties = pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("no property: {pair}"));
        assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{key} in {line}");
        (key.to_owned(), unescaped(value))
    });
    Some(Annotation { command: command.to_owned(), properties: properties.collect(), message: unescaped(message) })
}

fn unescaped(text: &str) -> String {
    let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
    text.replace("%25", "%")
}

/// What the runner takes lines and columns away for.
fn checked(annotation: &Annotation) {
    let number = |key: &str| annotation.properties.get(key).map(|value| value.parse::<usize>().unwrap());
    let (line, end, column, last) = (number("line"), number("endLine"), number("col"), number("endColumn"));
    assert!(line.is_some() || (end.is_none() && column.is_none() && last.is_none()), "{annotation:?}");
    assert!(end.is_none_or(|end| end >= line.unwrap()), "{annotation:?}");
    assert!(column.is_none() || line == end, "columns of several lines: {annotation:?}");
    assert!(last.is_none_or(|last| last >= column.unwrap()), "{annotation:?}");
    assert!(!annotation.properties["title"].is_empty() && !annotation.message.is_empty());
}
