//! The end of the report for people: what was not read, and the counts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::printable::printable;
use crate::accounting::Class;
use crate::finding::{Applicability, Severity};
use crate::gate::{Outcome, Silencer, exit};
use crate::report::Circumstances;

/// How many files that could not be read are named unless all are asked for.
const MOST_ERRORS: usize = 20;

/// How many places that nothing explains are named unless all are asked for.
const MOST_PLACES: usize = 5;

pub(super) fn write(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = circumstances.style;
    incomplete(outcome, circumstances, out)?;
    if style.verbose && !outcome.skipped.is_empty() {
        writeln!(out, "{}", style.bold("Left out"))?;
        for skipped in &outcome.skipped {
            writeln!(out, "  {}: {}", printable(&skipped.path), skipped.reason)?;
        }
        writeln!(out)?;
    }
    credentials(outcome, circumstances, out)?;
    writeln!(out, "{}", style.bold(&headline(outcome)))?;
    rules(outcome, circumstances, out)?;
    if !outcome.findings.is_empty() {
        writeln!(out, "  {}", rewrites(outcome))?;
    }
    if outcome.summary.below_confidence > 0 {
        let these = if outcome.summary.below_confidence == 1 { "it" } else { "them" };
        writeln!(
            out,
            "  {} below the wanted confidence: a lower --min-confidence shows {these}",
            outcome.summary.below_confidence
        )?;
    }
    if outcome.summary.suppressed > 0 {
        writeln!(out, "  {} silenced: {}", outcome.summary.suppressed, silencers(outcome))?;
    }
    if let Some(count @ 1..) = outcome.summary.outside_changes {
        writeln!(
            out,
            "  {count} outside of what has changed: without --changed {} shown",
            if count == 1 { "it is" } else { "they are" }
        )?;
    }
    if style.verbose || outcome.summary.accounting.get(&Class::Unexplained).is_some_and(|count| *count > 0) {
        accounting(outcome, circumstances, out)?;
    }
    let summary = &outcome.summary;
    writeln!(
        out,
        "  {} read, {} parsed{}",
        counted(summary.files_seen, "file", "files"),
        summary.files_candidate,
        left_out(outcome)
    )?;
    if summary.files_seen == 0 {
        writeln!(
            out,
            "  Nothing to scan: no JavaScript, TypeScript, Java or Python here. Check the path and the ignore rules."
        )?;
    }
    absence(outcome, circumstances, out)
}

/// What became of every place that holds something of the old flow.
fn accounting(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts = outcome.summary.accounting.iter().filter(|(_, count)| **count > 0);
    let counts: Vec<String> =
        counts.map(|(class, count)| format!("{count} {}", class.name().replace('_', " "))).collect();
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "  places with something of the old flow: {}", counts.join(", "))?;
    let shown = if circumstances.style.verbose { usize::MAX } else { MOST_PLACES };
    let unexplained = || outcome.unaccounted.iter().filter(|place| place.class == Class::Unexplained);
    for place in unexplained().take(shown) {
        let start = place.span.start;
        writeln!(out, "    unexplained: {}:{}: {}", printable(&place.path), start.line, place.anchor)?;
    }
    let hidden = unexplained().count().saturating_sub(shown);
    if hidden > 0 { writeln!(out, "    and {hidden} more: --verbose or another --format names them") } else { Ok(()) }
}

/// The answer to `--prove-absent`.
fn absence(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(absence) = &outcome.absence else { return Ok(()) };
    let style = circumstances.style;
    if absence.absent {
        return writeln!(out, "{}", style.bold("Absent: nothing of the old flow is left in what was searched"));
    }
    let count = absence.in_the_way.len();
    let things = if count == 1 { "1 thing stands" } else { "things stand" };
    let number = if count == 1 { String::new() } else { format!("{count} ") };
    writeln!(out, "{}", style.bold(&format!("Not proved absent: {number}{things} in the way")))?;
    let shown = if style.verbose { usize::MAX } else { MOST_ERRORS };
    for (number, obstacle) in (1..).zip(absence.in_the_way.iter().take(shown)) {
        let line = obstacle.line.map_or_else(String::new, |line| format!(":{line}"));
        let (path, what) = (printable(&obstacle.path), printable(&obstacle.what));
        writeln!(out, "  {number}. {path}{line}: {what} ({}); {}", obstacle.kind.title(), obstacle.to_do)?;
    }
    match count.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more: --verbose or another --format names them"),
    }
}

/// The Developer Console's credentials and what uses them.
fn credentials(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(credentials) = &outcome.credentials else { return Ok(()) };
    writeln!(out, "{}", circumstances.style.bold("Credentials of the Developer Console"))?;
    let mut last = None;
    for credential in credentials {
        if last != Some(credential.status) {
            writeln!(out, "  {}: {}", credential.status.title(), credential.advice)?;
            last = Some(credential.status);
        }
        let name = credential.client_id.as_deref().or(credential.client_id_source.as_deref()).unwrap_or("");
        let known =
            [&credential.project, &credential.kind].into_iter().flatten().map(|text| printable(text).to_string());
        let used = credential.last_used.iter().map(|date| format!("last used {}", printable(date)));
        let uses = match credential.uses.as_slice() {
            [] => None,
            [one] => Some(format!("{}:{}", printable(&one.path), one.line)),
            [first, rest @ ..] => Some(format!("{}:{} and {} more", printable(&first.path), first.line, rest.len())),
        };
        let parts: Vec<String> =
            std::iter::once(printable(name).to_string()).chain(known).chain(used).chain(uses).collect();
        writeln!(out, "    {}", parts.join(", "))?;
    }
    writeln!(out)
}

/// What could have mattered and was not read whole.
fn incomplete(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let errors = &outcome.errors;
    if errors.is_empty() {
        return Ok(());
    }
    let style = circumstances.style;
    let what = if errors.len() == 1 {
        "1 place was not read whole".to_owned()
    } else {
        format!("{} places were not read whole", errors.len())
    };
    let code = match circumstances.exit_code {
        exit::INCOMPLETE => "; hence exit code 3, which --allow-incomplete lowers",
        _ => "",
    };
    writeln!(out, "{}{code}", style.bold(&format!("Incomplete: {what}")))?;
    let shown = if style.verbose { errors.len() } else { MOST_ERRORS };
    for error in errors.iter().take(shown) {
        writeln!(out, "  {}: {} ({})", printable(&error.path), printable(&error.message), error.reason)?;
    }
    if errors.len() > shown {
        writeln!(out, "  and {} more: --verbose or another --format names them", errors.len() - shown)?;
    }
    writeln!(out)
}

fn headline(outcome: &Outcome) -> String {
    let found = outcome.findings.len();
    if found == 0 {
        let headline = match () {
            () if outcome.summary.below_confidence > 0 => "Nothing found at the wanted confidence",
            () if outcome.summary.suppressed > 0 => "Nothing found that is not silenced",
            () if outcome.summary.outside_changes.is_some() => "Nothing found in what has changed",
            () => "Nothing found",
        };
        return headline.to_owned();
    }
    let severities: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| {
            let count = *outcome.summary.by_severity.get(severity.name())?;
            Some(counted(count, severity.name(), &format!("{}s", severity.name())))
        })
        .collect();
    format!("Found {}", severities.join(", "))
}

/// What silences findings, and how many.
fn silencers(outcome: &Outcome) -> String {
    let mut counts: BTreeMap<Silencer, usize> = BTreeMap::new();
    for suppressed in &outcome.suppressed {
        *counts.entry(suppressed.by).or_default() += 1;
    }
    let words = |by: Silencer| match by {
        Silencer::Comment => "by a comment",
        Silencer::Baseline => "by the baseline",
        Silencer::Config => "by the configuration",
    };
    counts.into_iter().map(|(by, count)| format!("{count} {}", words(by))).collect::<Vec<_>>().join(", ")
}

fn rules(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let width = outcome.summary.by_rule.keys().map(String::len).max().unwrap_or(0);
    let digits = outcome.summary.by_rule.values().max().map_or(0, |most| most.to_string().len());
    for (rule, count) in &outcome.summary.by_rule {
        let title = circumstances.rule(rule).map_or("", |rule| rule.title.as_str());
        writeln!(out, "  {count:>digits$}  {rule:width$}  {title}")?;
    }
    Ok(())
}

fn rewrites(outcome: &Outcome) -> String {
    let of = |wanted| outcome.findings.iter().filter(|finding| finding.fix.applicability == wanted).count();
    let (safe, review, manual) = (of(Applicability::Safe), of(Applicability::Review), of(Applicability::Manual));
    if safe + review == 0 {
        return "none can be rewritten by this version: `grantshift explain RULE` says what to do by hand".to_owned();
    }
    format!("{safe} can be rewritten safely, {review} after a look, {manual} by hand")
}

fn left_out(outcome: &Outcome) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &outcome.skipped {
        *reasons.entry(&skipped.reason).or_default() += 1;
    }
    if reasons.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    format!("; left out: {}", reasons.join(", "))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use crate::gate::{Outcome, sample};
    use crate::report::sample::rendered;
    use crate::report::{Format, Style};

    #[test]
    fn the_end_says_what_was_found_and_what_was_not_read() {
        let text = rendered(Format::Human, Style::default(), &sample::outcome());
        let end = &text[text.find("Incomplete").unwrap()..];
        assert_eq!(
            end,
            "Incomplete: 1 place was not read whole; hence exit code 3, which --allow-incomplete lowers\n  \
             src/broken.py: line 3, column 5: this is no valid python (syntax_error)\n\n\
             Found 1 error, 1 note\n  \
             1  ims-jwt-assertion  A rule\n  \
             1  ims-jwt-exchange   A rule\n  \
             none can be rewritten by this version: `grantshift explain RULE` says what to do by hand\n  \
             1 below the wanted confidence: a lower --min-confidence shows it\n  \
             12 files read, 4 parsed; left out: 1 generated, 1 vendored\n"
        );
    }

    #[test]
    fn an_empty_run_says_so() {
        let text = rendered(Format::Human, Style::default(), &Outcome::default());
        assert!(text.starts_with("Nothing found\n"), "{text}");
        assert!(text.contains("Nothing to scan"), "{text}");
    }

    #[test]
    fn verbose_names_what_was_left_out() {
        let text = rendered(Format::Human, Style { verbose: true, ..Style::default() }, &sample::outcome());
        assert!(text.contains("Left out\n  dist: generated\n  node_modules: vendored\n"), "{text}");
    }
}
