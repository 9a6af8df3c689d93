//! The edits of a draft in which nothing more falls: what goes from each file, what stands in its place, and what the ledger
//! says of it.

use std::collections::BTreeMap;

use super::super::disk;
use super::super::entries::Entry;
use super::super::keep::Refusal;
use super::super::lines;
use super::super::names::{Kind, range};
use super::super::sweep::Swept;
use super::super::unwrap::Unwrapped;
use super::settle::Settled;
use super::{Draft, FileDraft, Finished};
use crate::finding::{ByteRange, Edit, LedgerEntry, Platform};
use crate::project::Source;

impl Draft<'_> {
    /// Makes edits of all that was settled.
    pub(super) fn edits(mut self, settled: Settled) -> Result<Finished, Refusal> {
        let Settled { mut swept, entries } = settled;
        let mut edits = Vec::new();
        let mut gone = BTreeMap::new();
        let mut lost = BTreeMap::new();
        for (unit, file) in &self.files {
            let Some(source) = self.source(*unit) else { continue };
            let is_replaced = |place: &&ByteRange| {
                file.replacements
                    .iter()
                    .any(|(replaced, _)| replaced.start < replaced.end && replaced.contains(**place))
            };
            let unwrapped = file.unwrapped.iter().map(|one| &one.call);
            let replaced: Vec<ByteRange> = file.given_up.iter().filter(is_replaced).chain(unwrapped).copied().collect();
            lost.insert(*unit, replaced);
            let result = swept.remove(unit).unwrap_or_default();
            self.ledger.extend(ledger(source, &result, entries.iter().filter(|entry| entry.unit == *unit)));
            self.doubts.extend(result.doubts);
            let text = source.file.text();
            let mut places = result.gone.clone();
            places.extend(&file.forced);
            let is_statement = |place: ByteRange| {
                let of_block = |one: &Unwrapped| one.is_block && one.gone.contains(&place);
                self.is_statement(source, place) || file.unwrapped.iter().any(of_block)
            };
            let inserted = file.replacements.iter().filter(|(place, _)| place.start == place.end);
            let inserted: Vec<usize> = inserted.map(|(place, _)| place.start).collect();
            let deletions = lines::deletions(text, &places, &inserted, is_statement);
            let mut deletions = apart(text, deletions, &file.replacements);
            let cut: Vec<ByteRange> = result
                .cut
                .iter()
                .filter(|place| !deletions.iter().any(|gone| gone.contains(**place)))
                .copied()
                .collect();
            deletions.extend(cut);
            let mut made: Vec<(ByteRange, String)> = deletions.iter().map(|place| (*place, String::new())).collect();
            // What is replaced inside of what goes, goes.
            let replaced = file
                .replacements
                .iter()
                .filter(|(place, _)| !deletions.iter().any(|gone| gone.contains(*place) && place.start < place.end));
            // What is put in where lines go stands before them.
            let moved = |place: ByteRange| {
                let gone = deletions
                    .iter()
                    .find(|gone| place.start == place.end && gone.start < place.start && place.start < gone.end);
                gone.map_or(place, |gone| ByteRange::new(gone.start, gone.start))
            };
            made.extend(replaced.map(|(place, text)| (moved(*place), text.clone())));
            insert(text, file, &deletions, &mut made);
            made.extend(self.emptied(source, &deletions));
            for one in &file.unwrapped {
                less_deep(text, one, &mut made);
            }
            made.sort_by_key(|(place, _)| (place.start, place.end));
            if lines::is_empty_of_code(&lines::changed(text, &made)) && !lines::is_empty_of_code(text) {
                let text = format!("{} holds nothing any more: delete it.", source.file.path());
                self.ledger.push(LedgerEntry::ByHand { text });
            }
            edits.extend(disk::edits(&source.file, made)?);
            gone.insert(*unit, deletions);
        }
        let created = std::mem::take(&mut self.created);
        edits.extend(created.into_iter().map(|(path, replacement)| Edit {
            path,
            start_byte: 0,
            end_byte: 0,
            replacement,
        }));
        let places = |file: &FileDraft| file.replacements.iter().map(|(place, _)| *place).collect();
        let taken = self.files.iter().map(|(unit, file)| (*unit, places(file))).collect();
        let Self { doubts, ledger, moved, helpers, .. } = self;
        Ok(Finished { edits, doubts, ledger, gone, replaced: lost, taken, moved, helpers })
    }

    /// Blocks of Python that would hold nothing any more: where a statement has to stand, and which.
    fn emptied(&self, source: &Source, deletions: &[ByteRange]) -> Vec<(ByteRange, String)> {
        let mut found = Vec::new();
        let Some(tree) = source.tree.as_ref().filter(|_| self.grammar.platform == Platform::Python) else {
            return found;
        };
        let is_gone = |place: ByteRange| deletions.iter().any(|gone| gone.contains(place));
        let text = source.file.text();
        for block in crate::syntax::Preorder::new(tree.root_node()).filter(|node| node.kind() == "block") {
            let mut cursor = block.walk();
            let mut statements = block.named_children(&mut cursor).filter(|child| child.kind() != "comment").peekable();
            let Some(first) = statements.peek().copied() else { continue };
            let around = block.parent().map(range);
            if around.is_some_and(is_gone) || !statements.all(|statement| is_gone(range(statement))) {
                continue;
            }
            let start = lines::line_start(text, first.start_byte());
            let indent = lines::indentation(text, start);
            found.push((ByteRange::new(start, start), format!("{indent}pass{}", lines::newline(text))));
        }
        found
    }

    fn is_statement(&self, source: &Source, place: ByteRange) -> bool {
        let Some(tree) = &source.tree else { return true };
        let mut node = tree.root_node().descendant_for_byte_range(place.start, place.end);
        while let Some(here) = node {
            if range(here) != place {
                return false;
            }
            if self.grammar.is_statement(here)
                || matches!(here.kind(), "export_statement" | "decorated_definition" | "property_signature")
            {
                return true;
            }
            node = here.parent();
        }
        false
    }
}

/// What the ledger says of what goes from a file, and of what stays though it was about to go.
fn ledger<'e>(
    source: &Source,
    swept: &Swept,
    entries: impl Iterator<Item = &'e Entry>,
) -> impl Iterator<Item = LedgerEntry> {
    let removed = |what: String, reason: &str, place: ByteRange| LedgerEntry::Removed {
        what,
        reason: reason.to_owned(),
        path: source.file.path().to_owned(),
        span: source.file.span(place),
    };
    let entries = entries.map(|of| removed(format!("the entry `{}`", of.name), "nothing reads it any more", of.place));
    let kept = swept.kept.iter().map(|(name, why)| LedgerEntry::Assumed { text: format!("`{name}` stays: {why}.") });
    let names = swept.removed.iter().map(|(name, kind, place)| {
        removed(format!("{} `{name}`", described(*kind)), "only the old flow used it", *place)
    });
    entries.chain(kept).chain(names).collect::<Vec<_>>().into_iter()
}

/// Puts lines in where a draft wants them, with the blank lines that belong around them.
fn insert(text: &str, file: &FileDraft, deletions: &[ByteRange], made: &mut Vec<(ByteRange, String)>) {
    for (inserted_at, lines, block) in &file.inserted {
        let at = lines::free_place(deletions, *inserted_at);
        let before = lines::changed(&text[..at], made);
        let line = lines::newline(text);
        let apart = *block && !before.trim().is_empty() && !before.ends_with(&format!("{line}{line}"));
        let mut lines = if apart { format!("{line}{lines}") } else { lines.clone() };
        // A blank line that stood behind them may have gone with what went.
        let rest = deletions.iter().find(|gone| gone.start <= at && at <= gone.end).map_or(at, |gone| gone.end);
        let is_blank = |at: usize| text[at..].starts_with(['\r', '\n']);
        // A blank line that went with what stood here stays behind the last import.
        let blank = format!("{line}{line}");
        let swallows = |gone: &ByteRange| gone.start == at && text[..gone.end].ends_with(&blank);
        let is_last = file.inserted.iter().all(|(other, ..)| lines::free_place(deletions, *other) <= at)
            && !file.inserted.iter().any(|(other, _, block)| *block && lines::free_place(deletions, *other) == at);
        let is_swallowed = is_last && deletions.iter().any(swallows);
        if !*block && (is_swallowed || (is_blank(*inserted_at) && !is_blank(rest))) {
            lines += line;
        }
        made.push((ByteRange::new(at, at), lines));
    }
}

/// Deletions around what is put in where lines go: in two, with the blank lines between what is new and what stays.
fn apart(text: &str, deletions: Vec<ByteRange>, replacements: &[(ByteRange, String)]) -> Vec<ByteRange> {
    let is_line = |place: &ByteRange| place.start == place.end && lines::line_start(text, place.start) == place.start;
    let mut pieces = Vec::new();
    for gone in deletions {
        let inside = |place: &ByteRange| gone.start <= place.start && place.start < gone.end;
        let places = replacements.iter().filter(|(_, new)| new.ends_with('\n')).map(|(place, _)| *place);
        let mut places: Vec<ByteRange> = places.filter(is_line).filter(inside).collect();
        places.sort_by_key(|place| place.start);
        let Some(last) = places.last() else {
            pieces.push(gone);
            continue;
        };
        let behind = &text[last.start..gone.end];
        let start = last.start + behind.len() - behind.trim_start_matches(['\r', '\n']).len();
        let kept = text[start..gone.end].trim_end_matches(['\r', '\n']);
        let end = if kept.is_empty() { start } else { lines::line_end(text, start + kept.len()).min(gone.end) };
        pieces.extend([ByteRange::new(gone.start, last.start), ByteRange::new(start, end)]);
    }
    pieces.retain(|piece| piece.start < piece.end);
    pieces
}

/// Lets the lines of what stood in a callback stand less deep, those that are new among them.
fn less_deep(text: &str, one: &Unwrapped, made: &mut Vec<(ByteRange, String)>) {
    let (body, indent) = (one.body, one.indent.as_str());
    if indent.is_empty() {
        return;
    }
    for (_, new) in made.iter_mut().filter(|(place, new)| body.contains(*place) && new.contains('\n')) {
        let mut lines = new.split_inclusive('\n');
        let first = lines.next().unwrap_or_default().to_owned();
        let rest = lines.map(|line| line.strip_prefix(indent).unwrap_or(line));
        *new = rest.fold(first, |all, line| all + line);
    }
    let mut line = lines::line_start(text, body.start);
    while line < body.end {
        let place = ByteRange::new(line, line + indent.len());
        let touches = |(made, _): &(ByteRange, String)| made.start < place.end && place.start < made.end;
        if place.start >= body.start && text[line..].starts_with(indent) && !made.iter().any(touches) {
            made.push((place, String::new()));
        }
        line = lines::line_end(text, line);
    }
    made.sort_by_key(|(place, _)| (place.start, place.end));
}

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Import => "the import",
        Kind::Variable => "the variable",
        Kind::Function => "the function",
        Kind::Parameter => "the parameter",
        Kind::Member => "the member",
        Kind::Other => "the name",
    }
}
