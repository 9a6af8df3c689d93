//! One candidate: from its bytes to its findings. Whatever happens in it costs this file alone.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::planner::Code;
use super::{Candidate, Settings};
use crate::accounting::{self, Learnt, Occurrence};
use crate::anchors::Strong;
use crate::detect::{self, AskedFor, NamedKey, Signature, Subject};
use crate::facts;
use crate::facts::fact::Facts;
use crate::facts::ir::Module;
use crate::facts::program::{Program, UnitId};
use crate::finding::{ByteRange, Context, Family, Finding, Incomplete, Language, Skipped};
use crate::notebook::{self, Notebook};
use crate::project::{Linked, Source};
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::suppression::{self, Suppression};
use crate::syntax;
use crate::walk::{FileKinds, normal, reported_path};

/// How many times the limit of size a notebook may have on disk.
pub(super) const NOTEBOOK_ROOM: usize = 16;

/// What is said of places in a file that could not be read as what it is.
const NOT_WHOLE: &str = "the file could not be read";

/// What one candidate gave.
#[derive(Debug, Default)]
pub struct Inspected {
    /// Its findings.
    pub findings: Vec<Finding>,
    /// What could not be read whole.
    pub errors: Vec<Incomplete>,
    /// Itself, where it was left out on purpose.
    pub skipped: Vec<Skipped>,
    /// Remarks.
    pub notices: Vec<String>,
    /// What is signed and belongs to no finding.
    pub signatures: Vec<Signature>,
    /// Configuration files whose content the code looks into, each with the file that does.
    pub reads: Vec<(String, String)>,
    /// The places that hold something of the old flow.
    pub occurrences: Vec<Occurrence>,
    /// What the program of some files says of such places.
    pub learnt: Vec<Learnt>,
    /// The paths of key files that it names, where it carries the old credential.
    pub carries: Option<Vec<String>>,
    /// The key files that the code of a flow names.
    pub key_files: Vec<NamedKey>,
    /// The comments in it that silence findings.
    pub suppressions: Vec<Suppression>,
    /// The files with findings, and their secrets.
    pub sources: Vec<(Arc<SourceFile>, Vec<ByteRange>)>,
}

impl Inspected {
    fn failed(path: &str, reason: &str, message: String) -> Self {
        let error = Incomplete { path: path.to_owned(), reason: reason.to_owned(), message };
        Self { errors: vec![error], ..Self::default() }
    }
}

/// A file of code that was read, and what it does on its own.
pub(super) struct Read {
    /// The file. Its module has moved into the program.
    pub(super) source: Source,
    /// The file alone as a program, and its facts; nothing for a data file.
    pub(super) alone: Option<(Program, Facts)>,
    /// Whether it asks for other files.
    pub(super) is_active: bool,
}

/// Reads, parses and understands a file. A panic in it is an entry among the errors. Of code what was read is given too.
pub(super) fn inspect(
    candidate: &Candidate,
    context: Context,
    settings: &Settings,
    catalog: &Catalog,
    kinds: &FileKinds,
    strong: &Strong,
) -> (Inspected, Option<Read>) {
    let path = &candidate.reported;
    let bytes = match bytes(candidate, settings) {
        Ok(bytes) => bytes,
        Err(inspected) => return (*inspected, None),
    };
    // A file that was named is read whatever wrote it, as long as generated code is not to be left out by force.
    let excludes_generated = !settings.walk.no_ignore && (!candidate.named || settings.walk.force_exclude);
    if excludes_generated && kinds.has_generated_marker(&bytes) {
        let skipped = Skipped { path: path.clone(), reason: "generated".to_owned() };
        let occurrences = unread(candidate, context, &bytes, strong, "written by a program, and not read");
        return (Inspected { skipped: vec![skipped], occurrences, ..Inspected::default() }, None);
    }
    let mut read = None;
    let inspected = guarded(path, || match candidate.language.family() {
        Family::Code => {
            let (inspected, understood) = understand(candidate, context, &bytes, settings, catalog, strong);
            read = understood;
            inspected
        }
        Family::Document => understand_document(candidate, context, &bytes, catalog, kinds, strong),
        Family::Key | Family::Other => account(candidate, context, &bytes, kinds, strong),
    });
    (inspected, read)
}

/// The places of a file that is not read.
fn unread(
    candidate: &Candidate,
    context: Context,
    bytes: &[u8],
    strong: &Strong,
    why: &'static str,
) -> Vec<Occurrence> {
    let file = SourceFile::decode(candidate.reported.clone(), bytes, candidate.language);
    file.map(|file| accounting::unread(&file, context, strong, why)).unwrap_or_default()
}

/// The bytes of a file, within the limits.
fn bytes(candidate: &Candidate, settings: &Settings) -> Result<Vec<u8>, Box<Inspected>> {
    let path = &candidate.reported;
    // The size decides before the file takes memory.
    let size = settings.contents.size(&candidate.path).unwrap_or_default();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if let Err(error) = settings.limits.check_size(size_of_text(size, candidate.language)) {
        return Err(Box::new(Inspected::failed(path, error.reason(), error.to_string())));
    }
    settings.contents.read(&candidate.path).map(Cow::into_owned).map_err(|error| {
        let message = format!("cannot be read: {error}; see that it exists and that you may read it");
        Box::new(Inspected::failed(path, "unreadable", message))
    })
}

/// Reads a file that another one leads to. What cannot be read leaves what asked for it as it was.
pub(super) fn linked(
    path: &Path,
    language: Language,
    context: Context,
    settings: &Settings,
    catalog: &Catalog,
) -> Option<Source> {
    let size = usize::try_from(settings.contents.size(path).ok()?).ok()?;
    settings.limits.check_size(size).ok()?;
    let bytes = settings.contents.read(path).ok()?;
    let read = AssertUnwindSafe(|| {
        let file = SourceFile::decode(reported_path(path), &bytes, language).ok()?;
        let (tree, module) = match language.family() {
            Family::Code => {
                let tree = syntax::parse(file.text(), language, &settings.limits).ok()?;
                let module = facts::lower(&tree, file.text(), language);
                (Some(tree), module)
            }
            _ => (None, facts::data::lower(file.text(), language, &catalog.conventions())?),
        };
        Some(Source { path: path.to_owned(), language, file: Arc::new(file), tree, module, context })
    });
    catch_unwind(read).ok().flatten()
}

/// How much text a file of this size counts for. Most of a notebook is outputs, which are not parsed.
fn size_of_text(size: usize, language: Language) -> usize {
    if language == Language::Notebook { size / NOTEBOOK_ROOM } else { size }
}

/// Runs what understands one file; if it panics, that is an entry among the errors of this file.
fn guarded(path: &str, understand: impl FnOnce() -> Inspected) -> Inspected {
    catch_unwind(AssertUnwindSafe(understand)).unwrap_or_else(|_| {
        let message =
            "grantshift failed on this file; what it holds is not reported. Please report it with the file, as \
                       far as you may share it."
                .to_owned();
        Inspected::failed(path, "internal_error", message)
    })
}

fn understand(
    candidate: &Candidate,
    context: Context,
    bytes: &[u8],
    settings: &Settings,
    catalog: &Catalog,
    strong: &Strong,
) -> (Inspected, Option<Read>) {
    let (path, language) = (&candidate.reported, candidate.language);
    let failed = |reason: &str, message: String| (Inspected::failed(path, reason, message), None);
    if let Err(error) = settings.limits.check_size(size_of_text(bytes.len(), language)) {
        return failed(error.reason(), error.to_string());
    }
    let file = match SourceFile::decode(path.clone(), bytes, language) {
        Ok(file) => file,
        Err(error) => return failed("binary", error.to_string()),
    };
    let mut inspected = Inspected::default();
    let is_notebook = language == Language::Notebook;
    let file = if is_notebook {
        match read_notebook(file, context, settings, strong, &mut inspected) {
            Some(module) => module,
            None => return (inspected, None),
        }
    } else {
        file
    };
    let tree = match syntax::parse(file.text(), language, &settings.limits) {
        Ok(tree) => tree,
        Err(error) => {
            let (mut inspected, read) = failed(error.reason(), error.to_string());
            inspected.occurrences = accounting::unread(&file, context, strong, NOT_WHOLE);
            return (inspected, read);
        }
    };
    inspected.occurrences.extend(accounting::in_code(&file, &tree, context, strong));
    inspected.suppressions = suppression::in_code(&file, &tree, language, context);
    if file.encoding().is_guess() {
        inspected.notices.push(format!(
            "{path} is not UTF-8 and was read as {}; if that is wrong, convert it to UTF-8",
            file.encoding().name()
        ));
    }
    // What is broken in a notebook has been said cell by cell.
    if let Some(place) = syntax::syntax_error(&tree).filter(|_| !is_notebook) {
        let start = file.position(place.start);
        inspected.errors.push(Incomplete {
            path: path.clone(),
            reason: "syntax_error".to_owned(),
            message: format!(
                "line {}, column {}: this is no valid {}; what surrounds it was read, what it holds may be missed",
                start.line,
                start.column,
                language.name()
            ),
        });
    }
    let module = facts::lower(&tree, file.text(), language);
    let program = Program::of(module, file.text().len());
    let Some(platform) = language.platform() else { return (inspected, None) };
    let links = facts::machine::Links::default();
    let facts = facts::machine::run(&program, &[UnitId(0)], &links, catalog.libraries(platform), catalog.rules());
    let is_active = detect::is_active(&program, &facts, catalog);
    let source = Source {
        path: normal(&candidate.path),
        language,
        file: Arc::new(file),
        tree: Some(tree),
        module: Module::new(language),
        context,
    };
    (inspected, Some(Read { source, alone: Some((program, facts)), is_active }))
}

/// Runs the files of a program and finds what they do. A panic in it costs these files alone.
pub(super) fn run(
    linked: &Linked,
    alone: Option<&Facts>,
    carriers: &BTreeSet<PathBuf>,
    settings: &Settings,
    asked: AskedFor<'_>,
    catalog: &Catalog,
    strong: &Strong,
) -> Inspected {
    let path = linked.sources.first().map_or("", |source| source.file.path());
    guarded(path, || {
        let Some(platform) = linked.program.arena.language.platform() else { return Inspected::default() };
        let together;
        let facts = match alone {
            Some(facts) => facts,
            None => {
                let index = catalog.libraries(platform);
                let Linked { program, entries, links, .. } = linked;
                together = facts::machine::run(program, entries, links, index, catalog.rules());
                &together
            }
        };
        let Linked { program, links, sources, .. } = linked;
        let subject = Subject { program, links, sources, carriers, asked };
        let mut detected = detect::detect(&subject, facts, catalog);
        let code = Code { subject: &subject, facts, catalog, settings };
        let errors = settings.planners.code(&code, &mut detected.findings);
        let learnt = accounting::in_program(&subject, &detected.findings, catalog, catalog.shown(), strong);
        let is_shown = |path: &str| detected.findings.iter().any(|finding| finding.path == path);
        let shown = linked.sources.iter().filter(|source| is_shown(source.file.path()));
        let sources = shown
            .map(|source| {
                let secrets = detected.secrets.remove(source.file.path()).unwrap_or_default();
                (Arc::clone(&source.file), secrets)
            })
            .collect();
        let path = |unit: UnitId| linked.sources.get(unit.0 as usize).map(|source| source.file.path().to_owned());
        let reads = facts.data.iter().filter_map(|(file, reader)| Some((path(*file)?, path(*reader)?))).collect();
        let (signatures, key_files) = (detected.signatures, detected.key_files);
        Inspected {
            findings: detected.findings,
            errors,
            sources,
            reads,
            signatures,
            learnt,
            key_files,
            ..Inspected::default()
        }
    })
}

/// Takes the code out of a notebook; nothing where there is none to read, with what is to be said of that.
fn read_notebook(
    file: SourceFile,
    context: Context,
    settings: &Settings,
    strong: &Strong,
    inspected: &mut Inspected,
) -> Option<SourceFile> {
    let path = file.path().to_owned();
    match notebook::read(file.text()) {
        Ok(Notebook::Python(cells)) => {
            inspected.occurrences = accounting::in_notebook(&file, &cells, context, strong);
            let (module, errors) = super::notebook::module(file, &cells, &settings.limits);
            inspected.errors.extend(errors);
            Some(module)
        }
        Ok(Notebook::Other) => {
            inspected.occurrences = accounting::unread(&file, context, strong, "a notebook in another language");
            inspected.skipped.push(Skipped { path, reason: "language_not_covered".to_owned() });
            None
        }
        Err(error) => {
            inspected.occurrences = accounting::unread(&file, context, strong, NOT_WHOLE);
            let place = file.position(error.offset);
            let message = format!(
                "line {}, column {}: this notebook is no valid JSON, {error}; what it holds was not read",
                place.line, place.column
            );
            inspected.errors.push(Incomplete { path, reason: "syntax_error".to_owned(), message });
            None
        }
    }
}

/// A configuration file, a manifest or a script.
fn understand_document(
    candidate: &Candidate,
    context: Context,
    bytes: &[u8],
    catalog: &Catalog,
    kinds: &FileKinds,
    strong: &Strong,
) -> Inspected {
    let path = &candidate.reported;
    let file = match SourceFile::decode(path.clone(), bytes, candidate.language) {
        Ok(file) => file,
        Err(error) => return Inspected::failed(path, "binary", error.to_string()),
    };
    let detected = detect::document(&file, candidate.language, context, catalog);
    let occurrences = {
        let is_lock = kinds.is_lock(&candidate.path);
        accounting::in_document(&file, candidate.language, context, is_lock, catalog, strong)
    };
    let suppressions = suppression::in_document(&file, candidate.language, context, catalog);
    let sources = if detected.findings.is_empty() { Vec::new() } else { vec![(Arc::new(file), detected.secrets)] };
    let carries = detected.carries_credential.then_some(detected.key_files);
    Inspected {
        findings: detected.findings,
        errors: detected.errors,
        carries,
        sources,
        occurrences,
        suppressions,
        ..Inspected::default()
    }
}

/// A file that no rule reads, but that holds something of the old flow.
fn account(candidate: &Candidate, context: Context, bytes: &[u8], kinds: &FileKinds, strong: &Strong) -> Inspected {
    let occurrences = match SourceFile::decode(candidate.reported.clone(), bytes, candidate.language) {
        Ok(file) => accounting::in_other(&file, &candidate.path, context, kinds, strong),
        Err(_) => accounting::in_bytes(&candidate.reported, bytes, context, strong).into_iter().collect(),
    };
    let mut inspected = Inspected { occurrences, ..Inspected::default() };
    if kinds.is_uncovered(&candidate.path) {
        let reason = "language_not_covered".to_owned();
        inspected.skipped.push(Skipped { path: candidate.reported.clone(), reason });
    }
    inspected
}

#[cfg(test)]
mod tests {
    use super::{Inspected, guarded};

    #[test]
    fn a_panic_costs_its_file_alone() {
        let inspected = guarded("src/a.js", || panic!("as a bug would"));
        assert!(inspected.findings.is_empty());
        let [error] = inspected.errors.as_slice() else { panic!("one error") };
        assert_eq!((error.path.as_str(), error.reason.as_str()), ("src/a.js", "internal_error"));
        assert!(guarded("src/b.js", Inspected::default).errors.is_empty());
    }
}
