//! Checkstyle's XML: files with their errors, as plug-ins of CI servers and editors read them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::issues::{self, Issue};
use super::prose::visible;
use super::xml::Document;
use super::{Circumstances, TOOL};
use crate::finding::Severity;
use crate::gate::Outcome;

/// The version of Checkstyle whose form this is.
const VERSION: &str = "5.0";

/// Writes the document.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let issues = issues::all(outcome, circumstances);
    let mut files: BTreeMap<&str, Vec<&Issue<'_>>> = BTreeMap::new();
    for issue in &issues {
        // What stands in no file has no place in this form.
        if let Some(path) = issue.path {
            files.entry(path).or_default().push(issue);
        }
    }
    let mut document = Document::new(out)?;
    document.open("checkstyle", &[("version", VERSION)])?;
    for (path, issues) in files {
        document.open("file", &[("name", path)])?;
        for issue in issues {
            error(issue, &mut document)?;
        }
        document.close()?;
    }
    document.close()
}

fn error(issue: &Issue<'_>, document: &mut Document<'_>) -> io::Result<()> {
    let line = issue.line.unwrap_or(1).to_string();
    let column = issue.span.map(|span| span.start.column.to_string());
    let source = format!("{}.{}", TOOL.name, issue.check);
    let message = visible(&issue.message);
    let mut attributes = vec![("line", line.as_str())];
    attributes.extend(column.as_deref().map(|column| ("column", column)));
    attributes.extend([("severity", severity(issue.level)), ("message", &message), ("source", &source)]);
    document.empty("error", &attributes)
}

fn severity(level: Severity) -> &'static str {
    match level {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "info",
    }
}
