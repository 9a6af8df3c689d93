//! A runner of composite actions: what GitHub's does with `action.yml`, for the expressions that this one uses.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{alone, run};
use crate::scratch::{self, Repository};
use crate::tools;

/// The action of this repository.
pub(crate) fn action() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A job with one step, which uses the action.
pub(crate) struct Job<'a> {
    pub(crate) repository: &'a Repository,
    /// Where the action's files are.
    pub(crate) action: PathBuf,
    pub(crate) inputs: BTreeMap<String, String>,
    /// What the runner and the workflow add to the environment.
    pub(crate) environment: BTreeMap<String, String>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit codes of the steps that ran a script, by their names.
    pub(crate) codes: BTreeMap<String, i32>,
    /// What was handed to other actions, by what they are.
    pub(crate) used: BTreeMap<String, BTreeMap<String, String>>,
    /// The outputs of the action.
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
    /// The log of all steps.
    pub(crate) log: String,
    pub(crate) failed: bool,
}

impl<'a> Job<'a> {
    /// With the grantshift that is tested on the search path, and inputs over the defaults.
    pub(crate) fn new(repository: &'a Repository, inputs: &[(&str, &str)]) -> Self {
        let mut inputs: BTreeMap<String, String> =
            inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        inputs.entry("version".to_owned()).or_insert_with(|| "installed".to_owned());
        let environment =
            [("PATH", scratch::path()), ("RUNNER_OS", "Linux".to_owned()), ("RUNNER_ARCH", "X64".to_owned())];
        let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { repository, action: action(), inputs, environment }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn run(&self) -> Ran {
        let text = fs::read_to_string(self.action.join("action.yml")).unwrap();
        let definition = tools::yaml(&text).remove(0);
        let mut context = BTreeMap::new();
        let declared = definition["inputs"].as_object().unwrap();
        for (name, input) in declared {
            let value = self.inputs.get(name).map_or_else(|| input["default"].as_str().unwrap(), String::as_str);
            context.insert(format!("inputs.{name}"), value.to_owned());
        }
        assert!(self.inputs.keys().all(|name| declared.contains_key(name)), "{:?}", self.inputs);
        let mut ran = Ran {
            codes: BTreeMap::new(),
            used: BTreeMap::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            log: String::new(),
            failed: false,
        };
        for step in definition["runs"]["steps"].as_array().unwrap() {
            self.step(step, &mut context, &mut ran);
        }
        for (name, output) in definition["outputs"].as_object().unwrap() {
            ran.outputs.insert(name.clone(), expand(output["value"].as_str().unwrap(), &context));
        }
        ran
    }

    fn step(&self, step: &Value, context: &mut BTreeMap<String, String>, ran: &mut Ran) {
        if !wanted(step["if"].as_str(), context, ran.failed) {
            return;
        }
        let name = step["name"].as_str().unwrap();
        if let Some(used) = step["uses"].as_str() {
            ran.used.insert(used.split('@').next().unwrap().to_owned(), expanded(&step["with"], context));
            return;
        }
        assert_eq!(step["shell"], "bash");
        let temporary = self.repository.beside("temporary");
        let (script, output, summary) =
            (temporary.join("step.sh"), temporary.join("output"), temporary.join("summary"));
        fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        for file in [&output, &summary] {
            fs::write(file, "").unwrap();
        }
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut environment = self.environment.clone();
        for (name, value) in [
            ("HOME", text(&self.repository.beside("home"))),
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_WORKSPACE", text(&self.repository.root())),
            ("GITHUB_ACTION_PATH", text(&self.action)),
            ("GITHUB_OUTPUT", text(&output)),
            ("GITHUB_STEP_SUMMARY", text(&summary)),
            ("RUNNER_TEMP", text(&temporary)),
        ] {
            environment.insert(name.to_owned(), value);
        }
        environment.extend(expanded(&step["env"], context));
        let words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", &text(&script)].map(str::to_owned);
        let command = alone(&words, &self.repository.root(), &environment);
        let done = run(command, "sudo apt-get install bash");
        for line in fs::read_to_string(&output).unwrap().lines() {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
            if let Some(id) = step["id"].as_str() {
                context.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
            }
        }
        ran.log.push_str(&done.stdout);
        ran.log.push_str(&done.stderr);
        ran.summary.push_str(&fs::read_to_string(&summary).unwrap());
        let code = done.code.unwrap();
        ran.codes.insert(name.to_owned(), code);
        ran.failed |= code != 0;
    }
}

/// The values of a map, with its expressions filled in.
fn expanded(map: &Value, context: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let values = map.as_object().into_iter().flatten();
    values.map(|(name, value)| (name.clone(), expand(value.as_str().unwrap(), context))).collect()
}

/// A value that is one expression, or none.
fn expand(text: &str, context: &BTreeMap<String, String>) -> String {
    match text.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")) {
        None => text.to_owned(),
        Some(name) => look_up(name, context),
    }
}

/// What nobody has set is empty, as with GitHub; what has another form than the expressions of this action is a fault.
fn look_up(name: &str, context: &BTreeMap<String, String>) -> String {
    let words: Vec<&str> = name.split('.').collect();
    assert!(matches!(words.as_slice(), ["inputs", _] | ["steps", _, "outputs", _]), "{name}");
    assert!(words[0] != "inputs" || context.contains_key(name), "{name} is not declared");
    context.get(name).cloned().unwrap_or_default()
}

/// Whether a step is to run.
fn wanted(condition: Option<&str>, context: &BTreeMap<String, String>, failed: bool) -> bool {
    let Some(condition) = condition else { return !failed };
    let condition = condition.strip_prefix("${{ ").unwrap().strip_suffix(" }}").unwrap();
    let terms: Vec<&str> = condition.split(" && ").collect();
    // Without a function of the state, it runs only after success.
    let state = terms.contains(&"!cancelled()") || !failed;
    state
        && terms.iter().filter(|term| **term != "!cancelled()").all(|term| {
            let (name, operator, value) = match term.split_once(" == ") {
                Some((name, value)) => (name, true, value),
                None => term.split_once(" != ").map(|(name, value)| (name, false, value)).unwrap(),
            };
            (look_up(name, context) == value.trim_matches('\'')) == operator
        })
}
