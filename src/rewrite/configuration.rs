//! The rewrite of a configuration that carries the old credential: old keys go, new ones come, in the style of the file.
//!
//! What becomes of which key is data and is read by `credentials`; how an entry is edited is for `document`. Here the two
//! meet with the scopes, and it is decided whether something had to be assumed. Key material is never taken away: it is
//! named.

use std::collections::BTreeMap;

use super::scopes::{Answer, Scopes};
use crate::credentials::{self, Action, Found, Renewed};
use crate::document::edit::{Change, EditError, Editor, Handle, Value};
use crate::document::{self, Document, Format, Kind};
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::rules::Catalog;
use crate::rules::rewriting::{Names, NewValue, Rewrite};
use crate::source::{Encoding, SourceFile};

/// What the target of such a rewrite is called.
const TARGET: &str = "config";

/// What a rewrite has to know besides the finding and its file.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The rules.
    pub catalog: &'a Catalog,
    /// Where scopes come from.
    pub scopes: &'a Scopes,
    /// The key by which rewritten code reads the scopes, where it is decided already.
    pub scopes_key: Option<&'a str>,
    /// Whether the code and the packages that read this file are rewritten together with it, so that they know the new form.
    pub reader_is_rewritten: bool,
    /// Whether that code has the scopes itself, so that no key of its own configuration gives them.
    pub scopes_in_code: bool,
}

/// What becomes of a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// The fix, for the finding.
    pub fix: Fix,
    /// Keys that go.
    pub removed: Vec<Key>,
    /// Keys that come, those with another name among them.
    pub added: Vec<Key>,
    /// Key files that are left for a person to delete, as the file names them.
    pub key_files: Vec<String>,
    /// Whether the code that reads the keys has to change with them.
    pub needs_reader: bool,
}

/// A key that goes or comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Its name, without those around it.
    pub name: String,
    /// Whether its value is a secret.
    pub is_secret: bool,
}

/// Why something stays by hand.
struct ByHand(String);

impl From<EditError> for ByHand {
    fn from(error: EditError) -> Self {
        Self(error.to_string())
    }
}

/// What a configuration with the old credential becomes. `file` is the file of the finding.
pub fn rewrite(finding: &Finding, file: &SourceFile, request: &Request<'_>) -> Rewritten {
    let mut key_files = Vec::new();
    match attempt(finding, file, request, &mut key_files) {
        Ok(rewritten) => rewritten,
        Err(ByHand(reason)) => {
            let mut sentences = vec![format!("It stays by hand: {}.", reason.trim_end_matches('.'))];
            if let Answer::Unknown { suggested, .. } = request.scopes.answer(finding)
                && !suggested.is_empty()
            {
                sentences.push(format!("Scopes that are known for the product: {}.", suggested.join(",")));
            }
            sentences.extend(deletion(&key_files));
            let fix = Fix {
                applicability: Applicability::Manual,
                target: None,
                reason: sentences.join(" "),
                edits: Vec::new(),
            };
            Rewritten { fix, removed: Vec::new(), added: Vec::new(), key_files, needs_reader: false }
        }
    }
}

fn attempt(
    finding: &Finding,
    file: &SourceFile,
    request: &Request<'_>,
    key_files: &mut Vec<String>,
) -> Result<Rewritten, ByHand> {
    let by_hand = |reason: &str| ByHand(reason.to_owned());
    let catalog = request.catalog;
    let text = file.text();
    let format = Format::of(finding.language, text).ok_or_else(|| by_hand("its format is not known"))?;
    let conventions = catalog.conventions();
    let document = document::read(text, format, &conventions);
    let all = credentials::recognise(&document, text, file.path(), finding.language, catalog);
    let is_it =
        |found: &&Found<'_>| found.kind.credential.rule == finding.rule && file.span(found.range) == finding.span;
    let found = all.iter().find(is_it).ok_or_else(|| by_hand("the file is not what was scanned"))?;
    key_files.extend(found.key_files.iter().cloned());
    let rewrite = rewrite_of(found, finding, catalog)?;
    if document.error.is_some() {
        return Err(by_hand("the file has a syntax error"));
    }
    if file.encoding() != Encoding::Utf8 {
        return Err(ByHand(format!("the file is written in {}", file.encoding().name())));
    }
    if !found.private_keys.is_empty() {
        return Err(ByHand(format!(
            "the private key itself stands in it, and key material is never deleted automatically: take {} away by hand, and \
             run this again",
            names_of(&document, found)
        )));
    }
    let is_read = !finding.details.read_by.is_empty();
    let renewed = credentials::renewal(&document, found, rewrite, catalog, is_read);
    if let Some(key) = renewed.iter().find_map(|renewed| renewed.unclear.as_ref()) {
        return Err(ByHand(format!("it is not known what becomes of `{key}`")));
    }
    if let Some(key) = renewed.iter().find_map(|renewed| renewed.unplaced.as_ref()) {
        return Err(ByHand(format!("there is no key that `{key}` could stand beside")));
    }
    let mut editing = Editing {
        request,
        rewrite,
        answer: request.scopes.answer(finding),
        is_empty: is_empty(&document, found),
        assumptions: Vec::new(),
        uses_scopes: false,
        removed: Vec::new(),
        added: Vec::new(),
    };
    let mut editor = Editor::new(text, format, &conventions)?;
    let marked: Vec<_> = renewed.iter().map(|renewed| Marked::new(renewed, &mut editor)).collect();
    for marked in &marked {
        editing.apply(&mut editor, marked)?;
    }
    let changes = editor.changes();
    if changes.is_empty() {
        return Err(by_hand("nothing in it would change"));
    }
    let left = credentials::recognise(editor.document(), editor.text(), file.path(), finding.language, catalog);
    if left.len() >= all.len() {
        return Err(by_hand("it would still be found: what is left is the old credential all the same"));
    }
    Ok(editing.finished(finding, file, &changes, key_files))
}

/// What the rule files say of the kind, if it is rewritten in this file at all.
fn rewrite_of<'a>(found: &Found<'a>, finding: &Finding, catalog: &'a Catalog) -> Result<&'a Rewrite, ByHand> {
    if let Some(reason) = catalog.documents().by_hand(&finding.path) {
        return Err(ByHand(reason.to_owned()));
    }
    let credential = &found.kind.credential;
    let Some(rewrite) = &credential.rewrite else {
        return Err(ByHand(format!("what takes the place of the {} is not known", credential.name)));
    };
    if let Some(reason) = &rewrite.manual {
        return Err(ByHand(reason.clone()));
    }
    let language = finding.language.name();
    if !rewrite.formats.is_empty() && !rewrite.formats.iter().any(|format| format == language) {
        let reason = rewrite.otherwise.clone();
        return Err(ByHand(reason.unwrap_or_else(|| format!("it is not rewritten where it is {language}"))));
    }
    Ok(rewrite)
}

/// The names of the entries that hold private keys.
fn names_of(document: &Document, found: &Found<'_>) -> String {
    let names = document.entries().iter().filter(|entry| found.private_keys.contains(&entry.value));
    let names: Vec<String> = names.filter_map(|entry| entry.key_text().map(|key| format!("`{key}`"))).collect();
    names.join(", ")
}

/// Whether all old keys are without a value, as in a template.
fn is_empty(document: &Document, found: &Found<'_>) -> bool {
    let starts: Vec<_> = found.old.iter().map(|old| old.range).collect();
    let mut old = document.entries().iter().filter(|entry| starts.contains(&entry.key));
    old.all(|entry| entry.text.trim().is_empty() && !entry.kind.is_container())
}

/// The entries that change, kept track of.
struct Marked<'a> {
    steps: Vec<(Handle, &'a Action, bool, String)>,
    insertions: Vec<(Handle, &'a credentials::Insertion)>,
}

impl<'a> Marked<'a> {
    fn new(renewed: &'a Renewed, editor: &mut Editor<'_>) -> Self {
        let mut steps = Vec::new();
        for step in &renewed.steps {
            let name = editor.document().entries()[step.entry].key_text().unwrap_or_default().to_owned();
            steps.push((editor.mark(step.entry), &step.action, step.is_secret, name));
        }
        let insertions = renewed.insertions.iter().map(|insertion| (editor.mark(insertion.after), insertion)).collect();
        Self { steps, insertions }
    }
}

struct Editing<'a> {
    request: &'a Request<'a>,
    rewrite: &'a Rewrite,
    answer: Answer,
    /// Whether values are left out, as in a template.
    is_empty: bool,
    assumptions: Vec<String>,
    uses_scopes: bool,
    removed: Vec<Key>,
    added: Vec<Key>,
}

impl Editing<'_> {
    fn apply(&mut self, editor: &mut Editor<'_>, marked: &Marked<'_>) -> Result<(), ByHand> {
        // What comes first, so that it may stand beside what goes.
        let mut last: BTreeMap<usize, Handle> = BTreeMap::new();
        for (after, insertion) in &marked.insertions {
            if self.leaves_out(Some(&insertion.value)) {
                continue;
            }
            let name = self.name(&insertion.name, &insertion.value);
            let value = self.value(&insertion.value, "");
            let Some(value) = value else { continue };
            let behind = last.get(&insertion.after).copied().unwrap_or(*after);
            let inserted = editor.insert_after(behind, &name, &value)?;
            last.insert(insertion.after, inserted);
            self.added.push(Key { name, is_secret: false });
        }
        for (handle, action, is_secret, old) in &marked.steps {
            let Action::Change { name, value } = action else { continue };
            if self.leaves_out(value.as_ref()) {
                continue;
            }
            let entry = editor.entry(*handle)?;
            let held = &editor.document().entries()[entry];
            let (text, kind) = (held.text.clone(), held.kind);
            let new = match (name, value) {
                (Some(name), value) => self.name(name, value.as_ref().unwrap_or(&NewValue::List)),
                (None, _) => old.clone(),
            };
            match value {
                Some(NewValue::List) => editor.wrap(*handle)?,
                Some(value) if is_reference(&text, kind) && text.contains(old.as_str()) && new != *old => {
                    // What is handed through is handed through by the new name.
                    self.uses_scopes |= matches!(value, NewValue::Scopes | NewValue::ScopesList);
                    self.assume(format!("`{new}` has to be set wherever `{old}` is"));
                    editor.set(*handle, &Value::Text(text.replace(old.as_str(), &new)))?;
                }
                Some(value) => {
                    if let Some(value) = self.value(value, &text) {
                        editor.set(*handle, &value)?;
                    }
                }
                None => {}
            }
            if new != *old {
                editor.rename(*handle, &new)?;
                self.removed.push(Key { name: old.clone(), is_secret: *is_secret });
                self.added.push(Key { name: new, is_secret: *is_secret });
            }
        }
        for (handle, action, is_secret, old) in &marked.steps {
            let goes = match action {
                Action::Remove => true,
                Action::Change { value, .. } => self.leaves_out(value.as_ref()),
            };
            if goes {
                editor.remove(*handle)?;
                self.removed.push(Key { name: old.clone(), is_secret: *is_secret });
            }
        }
        Ok(())
    }

    /// Whether a value is one that nothing reads: the code has the scopes itself.
    fn leaves_out(&self, value: Option<&NewValue>) -> bool {
        let is_scopes = matches!(value, Some(NewValue::Scopes | NewValue::ScopesList));
        is_scopes && self.request.scopes_in_code && self.rewrite.names == Names::Own
    }

    /// The name of a key, which is decided for the scopes where code reads them.
    fn name(&self, name: &str, value: &NewValue) -> String {
        let is_own = self.rewrite.names == Names::Own;
        let is_scopes = matches!(value, NewValue::Scopes | NewValue::ScopesList);
        match self.request.scopes_key {
            Some(key) if is_own && is_scopes && is_variable(name) => key.to_owned(),
            _ => name.to_owned(),
        }
    }

    /// A value as it is written; nothing where what is there stays.
    fn value(&mut self, new: &NewValue, old: &str) -> Option<Value> {
        let documents = &self.request.catalog.documents().documents;
        Some(match new {
            NewValue::Scopes | NewValue::ScopesList => {
                self.uses_scopes = true;
                let is_list = *new == NewValue::ScopesList;
                match &self.answer {
                    Answer::Known { scopes, .. } if is_list => Value::List(scopes.clone()),
                    Answer::Known { scopes, .. } => Value::Text(scopes.join(",")),
                    Answer::Unknown { .. } if self.is_empty => Value::Text(String::new()),
                    Answer::Unknown { .. } if is_list => {
                        Value::List(vec![placeholder("scopes of the OAuth Server-to-Server credential")])
                    }
                    Answer::Unknown { .. } => {
                        Value::Text(placeholder("scopes of the OAuth Server-to-Server credential"))
                    }
                }
            }
            NewValue::Placeholder(_) if self.is_empty => Value::Text(String::new()),
            NewValue::Placeholder(words) => {
                self.assume(format!(
                    "the {words} is not known here: put it in the place of the words in angle brackets"
                ));
                Value::Text(placeholder(words))
            }
            NewValue::Origin => {
                let host = old.find("://").map(|at| at + "://".len())?;
                let end = old[host..].find(['/', '?', '#']).map(|at| host + at)?;
                Value::Text(old[..end].to_owned())
            }
            NewValue::TokenEndpoint => {
                let path = documents.exchange_paths.iter().find(|path| old.ends_with(path.as_str()))?;
                Value::Text(format!("{}{}", &old[..old.len() - path.len()], documents.token_path))
            }
            NewValue::Bare(word) => Value::Bare(word.clone()),
            NewValue::Text(text) => Value::Text(text.clone()),
            NewValue::List => return None,
        })
    }

    fn assume(&mut self, what: String) {
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }

    fn finished(mut self, finding: &Finding, file: &SourceFile, changes: &[Change], key_files: &[String]) -> Rewritten {
        let mut sentences = Vec::new();
        for keys in [&mut self.removed, &mut self.added] {
            keys.sort();
            keys.dedup();
        }
        let names = |keys: &[Key]| -> String {
            let names: Vec<String> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
            names.join(", ")
        };
        match (self.removed.is_empty(), self.added.is_empty()) {
            (false, false) => sentences.push(format!("{} go, {} come.", names(&self.removed), names(&self.added))),
            (false, true) => sentences.push(format!("{} go, nothing takes their place.", names(&self.removed))),
            (true, false) => sentences.push(format!("{} come.", names(&self.added))),
            (true, true) => {}
        }
        if self.uses_scopes {
            match self.answer.clone() {
                Answer::Known { source, is_sure, .. } => {
                    sentences.push(format!("The scopes are those {source}."));
                    if !is_sure {
                        self.assume("that these are the scopes of this credential".to_owned());
                    }
                }
                Answer::Unknown { suggested, grade } => {
                    self.assume(
                        "the scopes are not known here: take them from the credential's page in the Developer Console"
                            .to_owned(),
                    );
                    if !suggested.is_empty() {
                        let grade = grade.map(|grade| format!(" (evidence {grade})")).unwrap_or_default();
                        sentences.push(format!("Known for the product{grade}: {}.", suggested.join(",")));
                    }
                }
            }
        }
        if !self.request.reader_is_rewritten {
            if let Some(needs) = &self.rewrite.needs {
                self.assume(format!("what reads the file has to be {needs}"));
            }
            if self.rewrite.names == Names::Own {
                self.assume("the code that reads these keys has to change with them".to_owned());
            }
        }
        let applicability = if self.assumptions.is_empty() { Applicability::Safe } else { Applicability::Review };
        if !self.assumptions.is_empty() {
            sentences.push(format!("To be checked: {}.", self.assumptions.join("; ")));
        }
        sentences.push("The client secret of the new credential may be another one.".to_owned());
        sentences.extend(deletion(key_files));
        let edit = |change: &Change| {
            let span = file.span(change.range);
            Edit {
                path: finding.path.clone(),
                start_byte: span.start.byte,
                end_byte: span.end.byte,
                replacement: change.replacement.clone(),
            }
        };
        let fix = Fix {
            applicability,
            target: Some(TARGET.to_owned()),
            reason: sentences.join(" "),
            edits: changes.iter().map(edit).collect(),
        };
        Rewritten {
            fix,
            removed: self.removed,
            added: self.added,
            key_files: key_files.to_vec(),
            needs_reader: self.rewrite.names == Names::Own,
        }
    }
}

fn placeholder(words: &str) -> String {
    format!("<{words}>")
}

/// What has to be deleted by hand.
fn deletion(key_files: &[String]) -> Option<String> {
    let names: Vec<String> = key_files.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Delete the private key ({}) by hand when nothing uses it any more; nothing deletes it for you.",
            names.join(", ")
        )
    })
}

/// Whether a value stands elsewhere: a variable, an expression of a template.
fn is_reference(text: &str, kind: Kind) -> bool {
    kind == Kind::Reference || text.contains("${") || text.contains("{{") || text.starts_with('$')
}

/// Whether a name is one of the environment.
fn is_variable(name: &str) -> bool {
    name.contains('_') && !name.chars().any(char::is_lowercase)
}
