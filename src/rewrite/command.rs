//! The rewrite of commands and CI steps that use the old credential: the inputs of known actions, and plain command lines.
//!
//! What becomes of an input or a word is data. Requests, shell logic, templates and collections stay by hand: what they do
//! with the answer is not known.

use super::configuration::{Request, Rewritten};
use super::scopes::Answer;
use crate::commands::{self, Step, Word};
use crate::document::edit::{Change, Editor, Handle, Value};
use crate::document::{Document, Format};
use crate::finding::{Applicability, ByteRange, Edit, Finding, Fix, Language};
use crate::placed;
use crate::rules::commands::ActionModel;
use crate::rules::pattern::{Piece, TextPattern};
use crate::rules::rewriting::{CommandRewrite, NewValue, StepRewrite};
use crate::source::{Encoding, SourceFile};

const TARGET: &str = "config";
/// What is written where the scopes are not known.
const SCOPES: &str = "<scopes of the OAuth Server-to-Server credential>";

/// What a command or a step with the old credential becomes. `file` is the file of the finding.
pub fn rewrite(finding: &Finding, file: &SourceFile, request: &Request<'_>) -> Rewritten {
    let fix = match attempt(finding, file, request) {
        Ok(done) => done.fix(finding, file),
        Err(reason) => {
            let replacement = finding.details.replacement.as_ref();
            let instead = replacement.map(|replacement| format!(" Instead of it: {replacement}.")).unwrap_or_default();
            Fix {
                applicability: Applicability::Manual,
                target: None,
                reason: format!("It stays by hand: {reason}.{instead}"),
                edits: Vec::new(),
            }
        }
    };
    Rewritten { fix, removed: Vec::new(), added: Vec::new(), key_files: Vec::new(), needs_reader: false }
}

/// Edits, and what had to be assumed for them.
#[derive(Default)]
struct Done {
    changes: Vec<Change>,
    said: Vec<String>,
    assumptions: Vec<String>,
}

impl Done {
    fn fix(self, finding: &Finding, file: &SourceFile) -> Fix {
        let mut sentences = self.said;
        let applicability = if self.assumptions.is_empty() { Applicability::Safe } else { Applicability::Review };
        if !self.assumptions.is_empty() {
            sentences.push(format!("To be checked: {}.", self.assumptions.join("; ")));
        }
        let edits = self.changes.iter().map(|change| {
            let span = file.span(change.range);
            Edit {
                path: finding.path.clone(),
                start_byte: span.start.byte,
                end_byte: span.end.byte,
                replacement: change.replacement.clone(),
            }
        });
        let edits = edits.collect();
        Fix { applicability, target: Some(TARGET.to_owned()), reason: sentences.join(" "), edits }
    }

    fn assume(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.assumptions.contains(&what) {
            self.assumptions.push(what);
        }
    }

    /// The scopes, where they are asked for.
    fn scopes(&mut self, answer: &Answer) -> Vec<String> {
        match answer {
            Answer::Known { scopes, source, is_sure } => {
                self.said.push(format!("The scopes are those {source}."));
                if !is_sure {
                    self.assume("that these are the scopes of this credential");
                }
                scopes.clone()
            }
            Answer::Unknown { .. } => {
                self.assume(
                    "the scopes are not known here: take them from the credential's page in the Developer Console",
                );
                vec![SCOPES.to_owned()]
            }
        }
    }
}

fn attempt(finding: &Finding, file: &SourceFile, request: &Request<'_>) -> Result<Done, String> {
    if let Some(reason) = request.catalog.documents().by_hand(&finding.path) {
        return Err(reason.to_owned());
    }
    if file.encoding() != Encoding::Utf8 {
        return Err(format!("the file is written in {}", file.encoding().name()));
    }
    let answer = request.scopes.answer(finding);
    match step(finding, file, request) {
        Some((step, action)) => {
            let rewrite = action.rewrite.as_ref();
            let rewrite = rewrite.ok_or_else(|| format!("which inputs {} takes instead is not known", step.action))?;
            of_step(finding, file, request, &step, rewrite, &answer)
        }
        None => of_command(finding, file, request, &answer),
    }
}

/// The step of a finding, and what is known of its action.
fn step<'a>(finding: &Finding, file: &SourceFile, request: &Request<'a>) -> Option<(Step, &'a ActionModel)> {
    let name = finding.details.package.as_ref().filter(|_| finding.language == Language::Yaml)?;
    let models = request.catalog.commands();
    let roots = placed::yaml(file.text()).ok()?;
    let mut steps = models.scripts.iter().flat_map(|model| commands::steps(&roots, model));
    let step = steps.find(|step| step.action == *name && file.span(step.range) == finding.span)?;
    let used = step.action.to_ascii_lowercase();
    let is_used = |pattern: &String| TextPattern::new(&pattern.to_ascii_lowercase()).is_match(&[Piece::Literal(&used)]);
    let action = models.actions.iter().find(|action| action.uses.as_slice().iter().any(is_used))?;
    Some((step, action))
}

fn of_step(
    finding: &Finding,
    file: &SourceFile,
    request: &Request<'_>,
    step: &Step,
    rewrite: &StepRewrite,
    answer: &Answer,
) -> Result<Done, String> {
    let wrong = |error: crate::document::edit::EditError| error.to_string();
    let mut done = Done::default();
    let conventions = request.catalog.conventions();
    let mut editor = Editor::new(file.text(), Format::Yaml, &conventions).map_err(wrong)?;
    let version = raised(step, finding.details.since_version.as_deref())?;
    let map = container(editor.document(), step).ok_or("the step is written in a form that is not edited")?;
    let children = |document: &Document, map: usize| document.children(map).to_vec();
    let key = |document: &Document, entry: usize| document.entries()[entry].key_text().unwrap_or_default().to_owned();
    let document = editor.document();
    let uses =
        children(document, map).into_iter().find(|&entry| document.entries()[entry].text.starts_with(&step.action));
    let inputs = children(document, map)
        .into_iter()
        .find(|&entry| {
            step.inputs
                .first()
                .is_some_and(|(name, _)| children(document, entry).iter().any(|&input| key(document, input) == *name))
        })
        .ok_or("the step has no inputs")?;
    let named: Vec<(String, usize)> =
        children(document, inputs).into_iter().map(|entry| (key(document, entry), entry)).collect();
    let find = |name: &str| named.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, entry)| *entry);
    let text = |entry: usize| document.entries()[entry].text.clone();
    let like: Vec<Option<(usize, String)>> =
        rewrite.inserts.iter().map(|insert| find(&insert.like).map(|entry| (entry, text(entry)))).collect();
    let changed: Vec<_> = rewrite
        .changes
        .iter()
        .filter_map(|change| find(&change.input).map(|entry| (change, entry, text(entry))))
        .collect();
    let removed: Vec<usize> = rewrite.remove.iter().filter_map(|name| find(name)).collect();
    let there: Vec<bool> = rewrite.inserts.iter().map(|insert| find(&insert.input).is_some()).collect();
    let uses = uses.map(|entry| editor.mark(entry));
    let anchors: Vec<Option<(Handle, String)>> =
        like.into_iter().map(|one| one.map(|(entry, text)| (editor.mark(entry), text))).collect();
    let changed: Vec<_> = changed.into_iter().map(|(change, entry, text)| (change, editor.mark(entry), text)).collect();
    let removed: Vec<Handle> = removed.into_iter().map(|entry| editor.mark(entry)).collect();
    for ((insert, anchor), there) in rewrite.inserts.iter().zip(anchors).zip(there) {
        let Some((anchor, value)) = anchor.filter(|_| !there) else { continue };
        let [from, to] = &insert.renamed;
        let value = if value.contains(from.as_str()) {
            let value = value.replace(from.as_str(), to);
            done.assume(format!("`{value}` has to be there, with the {}", insert.placeholder));
            value
        } else {
            done.assume(format!("the {} has to be filled in", insert.placeholder));
            format!("<{}>", insert.placeholder)
        };
        editor.insert_after(anchor, &insert.input, &Value::Text(value)).map_err(wrong)?;
        done.said.push(format!("`{}` comes.", insert.input));
    }
    for (change, handle, old) in changed {
        let is_reference = old.contains("${") || old.contains("{{");
        match &change.value {
            Some(NewValue::Scopes) if is_reference => {
                done.assume(format!("what `{}` is given has to be the scopes, joined with commas", change.input));
            }
            Some(NewValue::Scopes) => {
                let scopes = done.scopes(answer).join(",");
                editor.set(handle, &Value::Text(scopes)).map_err(wrong)?;
            }
            Some(NewValue::Text(text)) => editor.set(handle, &Value::Text(text.clone())).map_err(wrong)?,
            Some(_) => return Err(format!("what `{}` becomes is not known", change.input)),
            None => {}
        }
        if let Some(name) = &change.rename {
            editor.rename(handle, name).map_err(wrong)?;
        }
    }
    for handle in removed {
        editor.remove(handle).map_err(wrong)?;
    }
    if let (Some(handle), Some(version)) = (uses, version) {
        editor.set(handle, &Value::Text(format!("{}@{version}", step.action))).map_err(wrong)?;
        done.assume(format!("{version} is the first version with the new form: a newer one may be better"));
    }
    if !rewrite.remove.is_empty() {
        done.said.push(format!("{} go; delete the secrets that only they were given.", rewrite.remove.join(", ")));
    }
    done.changes = editor.changes();
    if done.changes.is_empty() { Err("nothing in it would change".to_owned()) } else { Ok(done) }
}

/// The map of a step.
fn container(document: &Document, step: &Step) -> Option<usize> {
    let first = document.entries().iter().find(|entry| {
        entry.key.start >= step.range.start && entry.value.end <= step.range.end && entry.text.starts_with(&step.action)
    })?;
    first.parent
}

/// The version that an action is raised to; nothing where it has the new form. What names a commit is left.
fn raised(step: &Step, since: Option<&str>) -> Result<Option<String>, String> {
    let (Some(since), Some(version)) = (since, step.version.as_deref()) else { return Ok(None) };
    let bare = version.strip_prefix('v').unwrap_or(version);
    let numbers = |text: &str| -> Option<Vec<u32>> { text.split('.').map(|part| part.parse().ok()).collect() };
    let (Some(have), Some(want)) = (numbers(bare), numbers(since)) else {
        return Err(format!(
            "`{version}` does not say which version of {} it is; {since} has the new form",
            step.action
        ));
    };
    let is_older = have.iter().zip(&want).find(|(have, want)| have != want).is_some_and(|(have, want)| have < want);
    Ok(is_older.then(|| if bare == version { since.to_owned() } else { format!("v{since}") }))
}

/// A plain command: it stands on its lines alone, and its words are written out.
fn of_command(finding: &Finding, file: &SourceFile, request: &Request<'_>, answer: &Answer) -> Result<Done, String> {
    let by_hand = "what is done with the answer is decided around it";
    if !matches!(finding.language, Language::Shell | Language::Makefile | Language::Yaml) {
        return Err(by_hand.to_owned());
    }
    let text = file.text();
    let range = file.range_of(&finding.span);
    let script = commands::shell(text, range);
    let [command] = script.commands.as_slice() else { return Err(by_hand.to_owned()) };
    let program = command.words.first().and_then(Word::literal).unwrap_or_default();
    let models = request.catalog.commands();
    let of_program = models.commands.iter().filter(|model| {
        model.rule.as_deref() == Some(finding.rule.as_str()) && model.programs.as_slice().contains(&program)
    });
    let fits = |rewrite: &&CommandRewrite| {
        command.words.iter().filter_map(Word::literal).any(|word| word.ends_with(rewrite.word.as_str()))
    };
    let rewrite = of_program.flat_map(|model| &model.rewrite).find(fits).ok_or(by_hand)?;
    let at = command.words.iter().position(|word| word.literal().is_some_and(|word| word.ends_with(&rewrite.word)));
    let word = at.and_then(|at| command.words.get(at)).ok_or(by_hand)?;
    let mut done = Done::default();
    done.assumptions.extend(rewrite.needs.clone());
    let Some(becomes) = &rewrite.becomes else {
        let start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
        let end = text[range.end..].find('\n').map_or(text.len(), |end| range.end + end + 1);
        let is_alone = text[start..range.start].trim().is_empty() && text[range.end..end].trim().is_empty();
        let before = text[..start].trim_end_matches(['\r', '\n']);
        if !is_alone || before.ends_with(['\\', '&', '|']) {
            return Err("the command does not stand on a line of its own".to_owned());
        }
        if text[start..].lines().count() == 1
            && finding.language == Language::Yaml
            && before.trim_end().ends_with(['|', '>'])
        {
            return Err("nothing would be left of the script".to_owned());
        }
        done.changes.push(Change { range: ByteRange::new(start, end), replacement: String::new() });
        done.said.push("The command goes.".to_owned());
        return Ok(done);
    };
    let written = &text[word.range.start..word.range.end];
    let place = written.rfind(rewrite.word.as_str()).ok_or(by_hand)? + word.range.start;
    let name = ByteRange::new(place, place + rewrite.word.len());
    done.changes.push(Change { range: name, replacement: becomes.clone() });
    if let Some(value) = &rewrite.value {
        let argument = at.and_then(|at| command.words.get(at + 1)).ok_or("it is given no value")?;
        if argument.literal().is_none_or(|literal| literal.starts_with('-')) {
            return Err("its value is not written out".to_owned());
        }
        let scopes = done.scopes(answer);
        let new = match value {
            NewValue::ScopesList => {
                let items: Vec<String> = scopes.iter().map(|scope| format!("\"{scope}\"")).collect();
                format!("'[{}]'", items.join(","))
            }
            _ => format!("'{}'", scopes.join(",")),
        };
        let option = rewrite.option.as_ref();
        let is_there = |option: &&String| command.words.iter().any(|word| word.literal().as_ref() == Some(*option));
        let more = option.filter(|option| !is_there(option)).map(|option| format!(" {option}")).unwrap_or_default();
        // In a value of YAML that stands in quotes, others would end it.
        let line = &text[text[..range.start].rfind('\n').map_or(0, |end| end + 1)..range.start];
        if finding.language == Language::Yaml && line.contains(['\'', '"']) {
            return Err("the command stands in quotes".to_owned());
        }
        done.changes.push(Change { range: argument.range, replacement: new + &more });
    }
    Ok(done)
}
