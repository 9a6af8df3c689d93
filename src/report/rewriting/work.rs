//! The list that ends a run of `fix`: what was rewritten and how, what is left and why, and what has to be done outside of
//! the code, once.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Rewritten;
use crate::finding::{Finding, LedgerEntry};
use crate::report::Style;
use crate::report::prose::{counted, visible};
use crate::rewrite::Fate;
use crate::rules::guidance::Guidance;

/// Writes the list.
pub fn render(rewritten: &Rewritten<'_>, guidance: &Guidance, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let pairs = || rewritten.outcome.findings.iter().zip(rewritten.fates);
    let done = pairs().filter(|(_, fate)| fate.is_rewritten());
    let left = pairs().filter(|(_, fate)| !fate.is_rewritten());
    let (count_done, count_left) = (done.clone().count(), left.clone().count());
    if count_done + count_left == 0 {
        return writeln!(out, "Nothing to rewrite was found.");
    }
    if count_done > 0 {
        let title = match rewritten.written {
            true => format!("Rewritten: {}", counted(count_done, "finding", "findings")),
            false => format!("Would be rewritten with --write: {}", counted(count_done, "finding", "findings")),
        };
        writeln!(out, "{}", style.bold(&title))?;
        for (finding, fate) in done {
            entry(finding, fate, style, out)?;
        }
    }
    if count_left > 0 {
        writeln!(out, "{}", style.bold(&format!("Left: {}", counted(count_left, "finding", "findings"))))?;
        for (finding, fate) in left {
            entry(finding, fate, style, out)?;
        }
    }
    by_hand(rewritten, style, out)?;
    let procedures: BTreeSet<usize> =
        pairs().filter_map(|(finding, _)| guidance.procedure(&finding.rule, &finding.details.products)).collect();
    for procedure in procedures.into_iter().filter_map(|position| guidance.procedures.get(position)) {
        if procedure.steps.is_empty() {
            continue;
        }
        writeln!(out, "{}", style.bold(&format!("Outside of the code: {}", procedure.title)))?;
        wrapped(&procedure.summary, "  ", "  ", style, out)?;
        for (number, step) in procedure.steps.iter().enumerate() {
            let text = format!("{}: {}", step.title, step.text);
            wrapped(&text, &format!("  {}. ", number + 1), "     ", style, out)?;
        }
    }
    Ok(())
}

/// What the rewrites leave to a person, each once.
fn by_hand(rewritten: &Rewritten<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let pairs = rewritten.outcome.findings.iter().zip(rewritten.fates).filter(|(_, fate)| fate.is_rewritten());
    let entries = pairs.flat_map(|(finding, _)| &finding.details.ledger);
    let mut said: Vec<&str> = Vec::new();
    for entry in entries {
        if let LedgerEntry::ByHand { text } = entry
            && !said.contains(&text.as_str())
        {
            said.push(text);
        }
    }
    if !said.is_empty() {
        writeln!(out, "{}", style.bold("To be done by hand with it"))?;
    }
    for text in said {
        wrapped(text, "  - ", "    ", style, out)?;
    }
    Ok(())
}

fn entry(finding: &Finding, fate: &Fate, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}", visible(&finding.path), finding.span.start.line);
    writeln!(out, "  {place}  {}", finding.rule)?;
    let (Fate::Rewritten { how: text } | Fate::Left { why: text, .. }) = fate;
    if !text.is_empty() {
        wrapped(text, "    ", "    ", style, out)?;
    }
    if let Some(requires) = finding.details.requires.as_ref().filter(|_| fate.is_rewritten()) {
        for key in &requires.added {
            let secret = if key.secret { ", a secret" } else { "" };
            writeln!(out, "    to set: {}{secret}", visible(&key.key))?;
        }
        for key in &requires.removed {
            writeln!(out, "    no longer read: {}", visible(&key.key))?;
        }
        for place in requires.handed_through.iter().filter(|place| !place.rewritten) {
            let at = format!("{}:{}", visible(&place.path), place.span.start.line);
            writeln!(out, "    hands {} through: {at}", visible(&place.key))?;
        }
    }
    Ok(())
}

/// Words in lines of the width of the terminal.
fn wrapped(text: &str, first: &str, next: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let text = visible(text);
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > style.width {
            writeln!(out, "{line}")?;
            next.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(out, "{line}")
}
