//! What `fix` did, change set by change set, for whoever reviews it: each step, each removal with its reason, what was taken
//! for granted, what nothing has proved, and the patch that takes it back.

use std::io::{self, Write};

use super::text::{code, link, prose};
use crate::finding::{Applicability, LedgerEntry};
use crate::report::audit::Place;
use crate::report::prose::visible;
use crate::report::rewriting::ChangeSet;

/// Writes the ledgers.
pub(super) fn render(change_sets: &[ChangeSet], out: &mut dyn Write) -> io::Result<()> {
    if change_sets.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## What the rewrite does")?;
    change_sets.iter().try_for_each(|set| ledger(set, out))
}

fn ledger(set: &ChangeSet, out: &mut dyn Write) -> io::Result<()> {
    let grade = match set.applicability {
        Applicability::Safe => "safe",
        Applicability::Review => "wants a look",
        Applicability::Manual => "by hand",
    };
    let files: Vec<String> = set.files.iter().map(|file| link(&Place::of(None, file))).collect();
    writeln!(out, "\n### Change set {} ({grade})\n\n{}", set.number, files.join(", "))?;
    steps(set, out)?;
    remarks("To be done by hand", set, out, |entry| match entry {
        LedgerEntry::ByHand { text } => Some(text),
        _ => None,
    })?;
    remarks("Taken for granted", set, out, |entry| match entry {
        LedgerEntry::Assumed { text } => Some(text),
        _ => None,
    })?;
    remarks("Not verified", set, out, |entry| match entry {
        LedgerEntry::NotVerified { text } => Some(text),
        _ => None,
    })?;
    undo(set, out)
}

/// What was there, and what is there now.
fn steps(set: &ChangeSet, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<String> = Vec::new();
    for entry in &set.ledger {
        let row = match entry {
            LedgerEntry::Replaced { old, new, path, span } => {
                let place = link(&Place::line(None, path, span.start.line));
                format!("| {place} | {} | {} |", prose(old), prose(new))
            }
            LedgerEntry::Removed { what, reason, path, span } => {
                let place = link(&Place::line(None, path, span.start.line));
                format!("| {place} | {} | gone: {} |", prose(what), prose(reason))
            }
            LedgerEntry::Added { what, reason, path } => {
                format!("| {} | | {}: {} |", link(&Place::of(None, path)), prose(what), prose(reason))
            }
            LedgerEntry::ByHand { .. } | LedgerEntry::Assumed { .. } | LedgerEntry::NotVerified { .. } => continue,
        };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| Place | Before | After |\n|---|---|---|")?;
    rows.iter().try_for_each(|row| writeln!(out, "{row}"))
}

fn remarks<'s>(
    title: &str,
    set: &'s ChangeSet,
    out: &mut dyn Write,
    text: impl Fn(&'s LedgerEntry) -> Option<&'s String>,
) -> io::Result<()> {
    let mut said: Vec<&String> = Vec::new();
    for text in set.ledger.iter().filter_map(text) {
        if !said.contains(&text) {
            said.push(text);
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}:\n")?;
    said.into_iter().try_for_each(|text| writeln!(out, "- {}", prose(text)))
}

/// The patch, between fences that are longer than any in it.
fn undo(set: &ChangeSet, out: &mut dyn Write) -> io::Result<()> {
    let Some(patch) = &set.undo else {
        return match set.undo_withheld {
            Some(why) => writeln!(out, "\nThere is no patch that takes it back: {why}. Git has the old files."),
            None => Ok(()),
        };
    };
    let longest = patch.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n<details><summary>Take it back: {}</summary>\n\n{fence}diff", code("git apply"))?;
    for line in patch.lines() {
        writeln!(out, "{}", visible(line))?;
    }
    writeln!(out, "{fence}\n\n</details>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Position, Span};

    fn set() -> ChangeSet {
        let at = Position { line: 4, column: 1, byte: 30 };
        let span = Span { start: at, end: at };
        let path = || "src/token.js".to_owned();
        let text = |text: &str| text.to_owned();
        ChangeSet {
            number: 3,
            applicability: Applicability::Review,
            findings: vec!["f".to_owned()],
            files: vec![path()],
            ledger: vec![
                LedgerEntry::Replaced { old: text("a signed assertion"), new: text("a | pipe"), path: path(), span },
                LedgerEntry::Removed { what: text("import `jwt`"), reason: text("unused"), path: path(), span },
                LedgerEntry::Added { what: text("`passport-oauth2`"), reason: text("the code"), path: path() },
                LedgerEntry::Assumed { text: text("The secret is the same.") },
                LedgerEntry::Assumed { text: text("The secret is the same.") },
                LedgerEntry::NotVerified { text: text("Nothing was sent.") },
                LedgerEntry::ByHand { text: text("Run `npm install`.") },
            ],
            undo: Some("--- a\n+++ b\n+```js\n".to_owned()),
            undo_withheld: None,
        }
    }

    fn rendered(set: ChangeSet) -> String {
        let mut out = Vec::new();
        render(&[set], &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_reviewer_sees_each_step_once_and_how_to_take_it_back() {
        let report = rendered(set());
        assert!(report.contains("### Change set 3 (wants a look)"), "{report}");
        assert!(report.contains("| a signed assertion | a \\| pipe |"), "{report}");
        assert!(report.contains("| import `jwt` | gone: unused |"), "{report}");
        assert!(report.contains("| | `passport-oauth2`: the code |"), "{report}");
        assert_eq!(report.matches("The secret is the same").count(), 1);
        assert!(report.contains("- Run `npm install`.") && report.contains("Not verified:\n\n- Nothing was sent."));
        // What stands in the patch does not end it.
        assert!(report.contains("\n````diff\n--- a\n+++ b\n+```js\n````\n"), "{report}");
    }

    #[test]
    fn a_patch_that_cannot_be_shown_is_said_to_be_missing() {
        let report = rendered(ChangeSet { undo: None, undo_withheld: Some("it would show a secret"), ..set() });
        assert!(report.contains("no patch that takes it back: it would show a secret"), "{report}");
        let mut out = Vec::new();
        render(&[], &mut out).unwrap();
        assert!(out.is_empty());
    }
}
