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

#[cfg(test)]
mod tests {
    use crate::gate::{Outcome, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    #[test]
    fn errors_stand_in_their_files() {
        let text = rendered(Format::Checkstyle, Style::default(), &sample::outcome());
        let files: Vec<_> = text.lines().filter(|line| line.contains("<file")).map(str::trim).collect();
        assert_eq!(
            files,
            ["<file name=\"src/broken.py\">", "<file name=\"src/\u{fc}ber a#1.js\">", "<file name=\"test/a.js\">"]
        );
        assert!(
            text.contains("<error line=\"4\" column=\"16\" severity=\"error\" message=\"axios exchanges"),
            "{text}"
        );
        assert!(text.contains("source=\"grantshift.syntax_error\""));
        let nothing = rendered(Format::Checkstyle, Style::default(), &Outcome::default());
        assert!(nothing.ends_with("<checkstyle version=\"5.0\">\n</checkstyle>\n"), "{nothing}");
    }
}
