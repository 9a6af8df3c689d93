//! What rule files say about commands, CI steps and request collections: the tables of `rules/commands/`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::rewriting::{CommandRewrite, StepRewrite};
use super::schema::OneOrMany;

/// A program of the command line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandModel {
    /// Its names, also those of the package that brings it.
    pub programs: OneOrMany<String>,
    /// What it is for.
    pub kind: CommandKind,
    /// For `old-credential`: the rule whose finding it is.
    pub rule: Option<String>,
    /// For `old-credential`: sub-commands and first arguments, any of these. Blanks and colons between them are the same.
    #[serde(default)]
    pub words: Vec<String>,
    /// For `old-credential`: patterns of which each has to fit an argument behind the words; `*` stands for anything.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// For `old-credential`: texts of which every such command holds one, so that an anchor follows.
    pub anchor: Option<OneOrMany<String>>,
    /// What takes its place.
    pub replacement: Option<String>,
    /// The first version that has it.
    pub since_version: Option<String>,
    /// For `old-credential`: what becomes of the command, the first that fits; none where it stays by hand.
    #[serde(default)]
    pub rewrite: Vec<CommandRewrite>,
}

/// What a program of the command line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandKind {
    /// It sends requests: the rules without a platform say which of them matter.
    HttpClient,
    /// It runs what follows: `sudo`, `npx`.
    Prefix,
    /// It runs shell text that it is given: `bash -c`, `ssh`.
    Shell,
    /// With these words or arguments, it uses the old credential.
    OldCredential,
}

/// An action of a CI step that uses the old credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionModel {
    /// The rule whose finding it is.
    pub rule: String,
    /// The action without its version, `owner/name`; `*` stands for anything.
    pub uses: OneOrMany<String>,
    /// Inputs that show the old form, with patterns of their values; all of them.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// Inputs that show that it is the new form all the same, any of these.
    #[serde(default)]
    pub unless: BTreeMap<String, String>,
    /// Texts of which every such step holds one, so that an anchor follows.
    pub anchor: OneOrMany<String>,
    /// What takes its place.
    pub replacement: Option<String>,
    /// The first version that has it.
    pub since_version: Option<String>,
    /// What becomes of the inputs; nothing where it stays by hand.
    pub rewrite: Option<StepRewrite>,
}

/// Where shell text and steps stand in documents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptModel {
    /// The languages of the documents: `yaml`, `json`.
    pub languages: Vec<String>,
    /// Paths of keys whose texts are shell, as the ends of their paths: `run`, `scripts.*`.
    #[serde(default)]
    pub shell: Vec<String>,
    /// Keys whose members are variables of the shell.
    #[serde(default)]
    pub variables: Vec<String>,
    /// The key that names the action of a step.
    pub action: Option<String>,
    /// The key whose members are the inputs of a step.
    pub inputs: Option<String>,
}

/// A format of files that hold requests to be sent by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionModel {
    /// The program whose format it is.
    pub name: String,
    /// What takes the place of an exchange in it.
    pub replacement: Option<String>,
    /// The languages of the documents.
    pub languages: Vec<String>,
    /// A path of keys that such a document has.
    pub marker: String,
    /// In an entry, the path of keys to its request; empty where the entry is the request itself.
    #[serde(default)]
    pub request: String,
    /// In a request, paths of keys to the URL; the first that is there.
    pub url: Vec<String>,
    /// In a request, paths of keys to the verb.
    #[serde(default)]
    pub method: Vec<String>,
    /// In a request, paths of keys to lists of form fields and parameters.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The key of a field's name.
    pub field_name: String,
    /// The key of a field's value.
    pub field_value: String,
    /// In a request, paths of keys to the body as a text.
    #[serde(default)]
    pub body: Vec<String>,
    /// Keys below which no entries are looked for: saved answers repeat the request.
    #[serde(default)]
    pub ignored: Vec<String>,
    /// In an entry, the key of its scripts: a list.
    pub scripts: Option<String>,
    /// In one of those, the path of keys to its lines.
    pub lines: Option<String>,
}

/// Everything that rule files say about commands, steps and collections.
#[derive(Debug, Clone, Default)]
pub struct CommandModels {
    /// Programs, those of the user's own files last.
    pub commands: Vec<CommandModel>,
    /// Actions of steps.
    pub actions: Vec<ActionModel>,
    /// Where shell text and steps stand.
    pub scripts: Vec<ScriptModel>,
    /// Formats of collections.
    pub collections: Vec<CollectionModel>,
}

impl CommandModels {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty() && self.actions.is_empty() && self.scripts.is_empty() && self.collections.is_empty()
    }

    /// Puts what another file says behind what is known.
    pub(super) fn extend(&mut self, other: Self) {
        self.commands.extend(other.commands);
        self.actions.extend(other.actions);
        self.scripts.extend(other.scripts);
        self.collections.extend(other.collections);
    }

    /// What is missing in a table, as the text that stands where it is missing and the words for it.
    pub(super) fn mistake(&self) -> Option<(String, String)> {
        self.commands.iter().find_map(|command| {
            let wanted = command.kind == CommandKind::OldCredential;
            let name = command.programs.as_slice().first().cloned().unwrap_or_default();
            let missing = wanted && (command.rule.is_none() || command.anchor.is_none());
            missing.then(|| (name.clone(), format!("command `{name}` needs a `rule` and an `anchor`")))
        })
    }

    /// The texts of which a document holds one, if a command or a step in it may be found by what it is.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        let commands = self.commands.iter().filter_map(|command| command.anchor.as_ref());
        let all = commands.chain(self.actions.iter().map(|action| &action.anchor));
        all.flat_map(|anchor| anchor.as_slice()).map(String::as_str)
    }
}
