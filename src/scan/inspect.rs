//! One candidate: from its bytes to its findings. Whatever happens in it costs this file alone.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Candidate, Settings};
use crate::detect::{self, Subject};
use crate::facts;
use crate::finding::{ByteRange, Context, Family, Finding, Incomplete, Language, Skipped};
use crate::notebook::{self, Notebook};
use crate::rules::Catalog;
use crate::source::SourceFile;
use crate::syntax;
use crate::walk::FileKinds;

/// How many times the limit of size a notebook may have on disk.
pub(super) const NOTEBOOK_ROOM: usize = 16;

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
    /// The file and its secrets, where it has findings.
    pub source: Option<(Arc<SourceFile>, Vec<ByteRange>)>,
}

impl Inspected {
    fn failed(path: &str, reason: &str, message: String) -> Self {
        let error = Incomplete { path: path.to_owned(), reason: reason.to_owned(), message };
        Self { errors: vec![error], ..Self::default() }
    }
}

/// Reads, parses and understands a file. A panic in it is an entry among the errors.
pub(super) fn inspect(
    candidate: &Candidate,
    context: Context,
    settings: &Settings,
    catalog: &Catalog,
    kinds: &FileKinds,
) -> Inspected {
    let path = &candidate.reported;
    // The size decides before the file takes memory.
    let size =
        fs::metadata(&candidate.path).map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or(usize::MAX));
    if let Err(error) = settings.limits.check_size(size_of_text(size, candidate.language)) {
        return Inspected::failed(path, error.reason(), error.to_string());
    }
    let bytes = match fs::read(&candidate.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("cannot be read: {error}; see that it exists and that you may read it");
            return Inspected::failed(path, "unreadable", message);
        }
    };
    // A file that was named is read whatever wrote it, as long as generated code is not to be left out by force.
    let excludes_generated = !settings.walk.no_ignore && (!candidate.named || settings.walk.force_exclude);
    if excludes_generated && kinds.has_generated_marker(&bytes) {
        let skipped = Skipped { path: path.clone(), reason: "generated".to_owned() };
        return Inspected { skipped: vec![skipped], ..Inspected::default() };
    }
    guarded(path, || match candidate.language.family() {
        Family::Code => understand(candidate, context, &bytes, settings, catalog),
        Family::Document => understand_document(candidate, context, &bytes, catalog),
        Family::Key | Family::Other => account(candidate, kinds),
    })
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
) -> Inspected {
    let (path, language) = (&candidate.reported, candidate.language);
    if let Err(error) = settings.limits.check_size(size_of_text(bytes.len(), language)) {
        return Inspected::failed(path, error.reason(), error.to_string());
    }
    let file = match SourceFile::decode(path.clone(), bytes, language) {
        Ok(file) => file,
        Err(error) => return Inspected::failed(path, "binary", error.to_string()),
    };
    let mut inspected = Inspected::default();
    let is_notebook = language == Language::Notebook;
    let file = if is_notebook {
        match read_notebook(file, settings, &mut inspected) {
            Some(module) => module,
            None => return inspected,
        }
    } else {
        file
    };
    let tree = match syntax::parse(file.text(), language, &settings.limits) {
        Ok(tree) => tree,
        Err(error) => return Inspected::failed(path, error.reason(), error.to_string()),
    };
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
    let Some(platform) = language.platform() else { return inspected };
    let facts = facts::machine::run(&module, catalog.libraries(platform), catalog.rules());
    let subject = Subject { file: &file, tree: &tree, module: &module, context };
    let detected = detect::detect(&subject, &facts, catalog);
    inspected.findings = detected.findings;
    if !inspected.findings.is_empty() {
        inspected.source = Some((Arc::new(file), detected.secrets));
    }
    inspected
}

/// Takes the code out of a notebook; nothing where there is none to read, with what is to be said of that.
fn read_notebook(file: SourceFile, settings: &Settings, inspected: &mut Inspected) -> Option<SourceFile> {
    let path = file.path().to_owned();
    match notebook::read(file.text()) {
        Ok(Notebook::Python(cells)) => {
            let (module, errors) = super::notebook::module(file, &cells, &settings.limits);
            inspected.errors.extend(errors);
            Some(module)
        }
        Ok(Notebook::Other) => {
            inspected.skipped.push(Skipped { path, reason: "language_not_covered".to_owned() });
            None
        }
        Err(error) => {
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
fn understand_document(candidate: &Candidate, context: Context, bytes: &[u8], catalog: &Catalog) -> Inspected {
    let path = &candidate.reported;
    let file = match SourceFile::decode(path.clone(), bytes, candidate.language) {
        Ok(file) => file,
        Err(error) => return Inspected::failed(path, "binary", error.to_string()),
    };
    let detected = detect::document(&file, candidate.language, context, catalog);
    let source = (!detected.findings.is_empty()).then(|| (Arc::new(file), detected.secrets));
    Inspected { findings: detected.findings, errors: detected.errors, source, ..Inspected::default() }
}

/// A file that no rule reads, but that holds something of the old flow.
fn account(candidate: &Candidate, kinds: &FileKinds) -> Inspected {
    let mut inspected = Inspected::default();
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
