//! Finds shell text and steps in documents: `run:` of a workflow, `scripts` of a `package.json`.

use super::shell::{Dialect, is_name, shell, value as text_value};
use super::{Assignment, Command, Part, Script, Word};
use crate::finding::ByteRange;
use crate::placed::{Node, Text, Value};
use crate::rules::commands::ScriptModel;

/// The scripts of a document, one for every text that is shell, with the variables that the document sets. All ranges
/// are those of the file.
pub fn scripts(roots: &[Node], model: &ScriptModel) -> Vec<Script> {
    let mut found = Found { model, texts: Vec::new(), variables: Vec::new() };
    for root in roots {
        found.walk(root, &mut Vec::new());
    }
    let Found { texts, variables, .. } = found;
    texts.iter().map(|text| script(text, &variables)).collect()
}

struct Found<'a> {
    model: &'a ScriptModel,
    texts: Vec<Text>,
    variables: Vec<(String, Text)>,
}

impl<'a> Found<'a> {
    fn walk(&mut self, node: &'a Node, path: &mut Vec<&'a str>) {
        let is_shell = self.model.shell.iter().any(|wanted| ends_with(path, wanted));
        match &node.value {
            Value::Text(text) if is_shell => self.texts.push(text.clone()),
            Value::List(items) if is_shell => self.add_lines(items),
            _ => {}
        }
        for item in node.items() {
            // What a list of shell lines holds has been taken with the list.
            if !(is_shell && item.text().is_some()) {
                self.walk(item, path);
            }
        }
        let are_variables = path.last().is_some_and(|last| self.model.variables.iter().any(|name| name == last));
        for (key, value) in node.members() {
            if are_variables && is_name(&key.name) {
                // `NAME: {value: x}`
                let text = value.text().or_else(|| value.get("value").and_then(Node::text));
                self.variables.extend(text.map(|text| (key.name.clone(), text.clone())));
            }
            path.push(&key.name);
            self.walk(value, path);
            path.pop();
        }
    }

    /// The texts of a list, which are run one after another; where the first is a single word, they may also be the words
    /// of one command.
    fn add_lines(&mut self, items: &[Node]) {
        let texts = || items.iter().filter_map(Node::text);
        let mut separators = vec!["\n"];
        if texts().count() > 1
            && texts().next().is_some_and(|first| !first.content.trim().contains(char::is_whitespace))
        {
            separators.push(" ");
        }
        for separator in separators {
            let mut joined = Text::default();
            for text in texts() {
                joined.append(text);
                joined.push(separator, text.place(text.content.len()));
            }
            self.texts.push(joined);
        }
    }
}

/// Whether a path of keys ends as a pattern says: `scripts.*`.
fn ends_with(path: &[&str], wanted: &str) -> bool {
    let mut keys = path.iter().rev();
    wanted.rsplit('.').all(|part| keys.next().is_some_and(|key| part == "*" || *key == part))
}

fn script(text: &Text, variables: &[(String, Text)]) -> Script {
    let mut script = shell(&text.content, ByteRange::new(0, text.content.len()));
    place(&mut script, text);
    let first = text.place(0);
    for (name, value) in variables {
        let mut word = value_of(value);
        word.range = value.range(ByteRange::new(0, value.content.len()));
        // What the document sets holds before the script begins, wherever it stands.
        script
            .assignments
            .insert(0, Assignment { name: name.clone(), value: word, at: first.saturating_sub(1), appends: false });
    }
    script
}

/// A value of a document as a text with variables.
fn value_of(value: &Text) -> Word {
    let (mut word, _) = text_value(&value.content, ByteRange::new(0, value.content.len()), Dialect::Shell);
    place_parts(&mut word.parts, value);
    word
}

/// Moves all ranges from the text to the file.
fn place(script: &mut Script, text: &Text) {
    for Command { range, words, input } in &mut script.commands {
        *range = text.range(*range);
        for word in words.iter_mut().chain(input) {
            word.range = text.range(word.range);
            place_parts(&mut word.parts, text);
        }
    }
    for assignment in &mut script.assignments {
        assignment.at = text.place(assignment.at);
        assignment.value.range = text.range(assignment.value.range);
        place_parts(&mut assignment.value.parts, text);
    }
}

fn place_parts(parts: &mut [Part], text: &Text) {
    for part in parts {
        match part {
            Part::Literal(_, range) | Part::Unknown(range) => *range = text.range(*range),
            Part::Variable(_, default, range) => {
                *range = text.range(*range);
                place_parts(default, text);
            }
        }
    }
}

/// A step that uses an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From its first key to the end of its last value.
    pub range: ByteRange,
    /// The action without its version.
    pub action: String,
    /// The version, tag or commit.
    pub version: Option<String>,
    /// The inputs as they are written.
    pub inputs: Vec<(String, Text)>,
}

/// The steps of a document.
pub fn steps(roots: &[Node], model: &ScriptModel) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(action) = &model.action {
        for root in roots {
            add_steps(root, action, model.inputs.as_deref().unwrap_or_default(), &mut steps);
        }
    }
    steps
}

fn add_steps(node: &Node, action: &str, inputs: &str, steps: &mut Vec<Step>) {
    if let Some(used) = node.get(action).and_then(Node::content) {
        let (name, version) = match used.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (used, None),
        };
        let given = node.get(inputs).map(Node::members).unwrap_or_default();
        let inputs = given.iter().filter_map(|(key, value)| Some((key.name.clone(), value.text()?.clone()))).collect();
        // The range of a map in block style ends with its last value.
        let start = node.members().first().map_or(node.range.start, |(key, _)| key.range.start);
        let range = ByteRange::new(start, node.range.end.max(start));
        steps.push(Step { range, action: name.to_owned(), version, inputs });
    }
    node.items().iter().for_each(|item| add_steps(item, action, inputs, steps));
    node.members().iter().for_each(|(_, value)| add_steps(value, action, inputs, steps));
}
