//! What a rewrite does as one suggestion: the lines from the first edit to the last, as they are afterwards.
//!
//! Reviewers are shown a suggestion on lines that stand together in one file, and may take it or not, each for itself. So there is
//! none where the change set goes over several files, and none that would show a secret of the lines between the edits.

use super::{Range, Suggestion};
use crate::finding::{Applicability, Edit, Finding};
use crate::gate::Outcome;
use crate::source::{SourceFile, mask};

/// A suggestion, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Suggested {
    Lines(Suggestion),
    /// A sentence.
    Nothing(String),
}

/// What takes the place of lines of a finding's file.
pub(super) fn of(finding: &Finding, outcome: &Outcome) -> Suggested {
    let nothing = |why: &str| {
        let flag = if finding.fix.applicability == Applicability::Review { " --unsafe" } else { "" };
        Suggested::Nothing(format!("`grantshift fix --write{flag}` rewrites it: {why}."))
    };
    let silenced = outcome.suppressed.iter().map(|silenced| &silenced.finding);
    let of_the_set = outcome.findings.iter().chain(silenced).filter(|of| of.change_set == finding.change_set);
    let mut edits: Vec<&Edit> = Vec::new();
    for edit in of_the_set.flat_map(|of| &of.fix.edits) {
        // Several findings may ask for the same.
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    // Insertions at one place stay in their order.
    edits.sort_by_key(|edit| (edit.start_byte, edit.end_byte));
    if edits.iter().any(|edit| edit.path != finding.path) {
        return nothing("the change goes over several files, and belongs together");
    }
    let Some((file, secrets)) = outcome.sources.get(&finding.path) else {
        return nothing("the text of the file is not at hand");
    };
    if file.origin().is_some() {
        return nothing("it is a notebook, whose code stands in JSON");
    }
    let masked = file.masked(secrets);
    match lines(file, &masked, &edits) {
        Ok(suggestion) => Suggested::Lines(suggestion),
        Err(why) => nothing(why),
    }
}

/// The lines around the edits, as they are afterwards.
fn lines(file: &SourceFile, masked: &str, edits: &[&Edit]) -> Result<Suggestion, &'static str> {
    let text = file.text();
    let offset = |byte: usize| offset_of(file, byte);
    let (Some(first), Some(last)) = (edits.first(), edits.iter().max_by_key(|edit| edit.end_byte)) else {
        return Err("it has no edits");
    };
    let (start, end) = (offset(first.start_byte), offset(last.end_byte));
    let mut first_line = file.line_of(start);
    let mut last_line = file.line_of(end);
    let begin_of = |line: usize| file.line(line).map_or(text.len(), |line| line.start);
    // What ends at the beginning of a line leaves that line alone.
    if last_line > first_line && begin_of(last_line) == end {
        last_line -= 1;
    }
    // Behind the last line break there is no line that a reviewer could be shown.
    if begin_of(last_line) == text.len() && last_line > 1 {
        last_line -= 1;
        first_line = first_line.min(last_line);
    }
    let (begin, finish) = (begin_of(first_line), begin_of(last_line + 1));
    let mut rewritten =
        if first_line == 1 && file.has_byte_order_mark() { "\u{feff}".to_owned() } else { String::new() };
    let mut at = begin;
    for edit in edits {
        let (from, to) = (offset(edit.start_byte), offset(edit.end_byte));
        rewritten.push_str(text.get(at..from).ok_or("its edits overlap")?);
        rewritten.push_str(&edit.replacement);
        at = to;
    }
    rewritten.push_str(text.get(at..finish.max(at)).ok_or("its edits overlap")?);
    let shows = text.split('\n').zip(masked.split('\n')).skip(first_line - 1).take(last_line - first_line + 1);
    if shows.into_iter().any(|(line, masked)| line != masked) || mask(&rewritten) != rewritten.as_str() {
        return Err("the lines between its edits hold a secret and are not shown");
    }
    let without_break = rewritten.strip_suffix("\r\n").or_else(|| rewritten.strip_suffix('\n')).unwrap_or(&rewritten);
    if without_break.is_empty() && !rewritten.is_empty() {
        return Err("an empty line cannot be suggested");
    }
    Ok(Suggestion { range: Range::of_lines(first_line, last_line), text: without_break.to_owned() })
}

/// The offset in the text of a byte on disk: places grow with the text, so it can be searched for.
fn offset_of(file: &SourceFile, byte: usize) -> usize {
    let (mut low, mut high) = (0, file.text().len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if file.position(middle).byte < byte { low = middle + 1 } else { high = middle }
    }
    low
}
