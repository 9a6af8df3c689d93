//! The audit as GitHub's Markdown: for a job summary, a pull request or a file in the repository. One finding is one line
//! of a table, so that two reports can be compared line by line. What the gate says comes first.

mod limit;
mod rewriting;
mod text;

use std::io::{self, Write};

use self::text::{code, codes, link, prose};
use super::audit::{Audit, Counts, Entry, Fact, Group, Inventory, Left, Place, Tally, Value};
use super::prose::counted;
use super::{Circumstances, RuleInfo, TOOL};
use crate::finding::Context;
use crate::gate::Outcome;

/// Writes the report.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Vec::new();
    whole(outcome, circumstances, &mut report)?;
    let report = String::from_utf8(report).map_err(io::Error::other)?;
    out.write_all(limit::limited(report, limit::MOST).as_bytes())
}

fn whole(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let audit = Audit::new(outcome, circumstances);
    writeln!(out, "# Adobe IMS migration audit\n\n**Gate: {}**\n", audit.gate.verdict)?;
    for reason in &audit.gate.reasons {
        writeln!(out, "- {}", prose(reason))?;
    }
    writeln!(out)?;
    writeln!(out, "**{}**", prose(&audit.verdict()))?;
    if audit.counts.total() > 0 {
        writeln!(out, "{}", prose(&audit.rewrites()))?;
    }
    if !audit.guidance.headline.is_empty() {
        writeln!(out, "\n{}", prose(&audit.guidance.headline))?;
    }
    if audit.counts.total() > 0 {
        summary(&audit, out)?;
        writeln!(out, "\n## Repositories")?;
        for inventory in &audit.repositories {
            repository(inventory, out)?;
        }
    }
    rewriting::render(circumstances.change_sets, out)?;
    console(&audit, out)?;
    to_do(&audit, out)?;
    left(&audit.left, out)?;
    writeln!(out, "\n---\n\nWritten by {} {}.", TOOL.name, TOOL.version)
}

/// What was found, in tables of numbers.
fn summary(audit: &Audit<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Summary\n")?;
    writeln!(out, "| Repository | Errors | Warnings | Notes | Rewritten safely | After a look | By hand | Products |")?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|---|")?;
    for Inventory { title, counts, products, .. } in &audit.repositories {
        let products: Vec<String> = products.iter().map(|product| prose(product)).collect();
        writeln!(out, "| {} | {} | {} |", code(title), numbers(*counts), products.join("<br>"))?;
    }
    if audit.repositories.len() > 1 {
        writeln!(out, "| **Total** | {} | |", numbers(audit.counts))?;
    }
    tallies("Product", &audit.by_product, prose, out)?;
    tallies("Language", &audit.by_language, prose, out)?;
    let rule = |id: &str| rule_link(id, audit.rules.iter().copied().find(|rule| rule.id == id));
    tallies("Rule", &audit.by_rule, rule, out)?;
    if audit.credentials.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Credentials\n")?;
    writeln!(out, "Before a credential is deleted, every place that uses it has to be switched, in all repositories.")?;
    writeln!(
        out,
        "Where a variable or a key supplies the client id, its value has to be looked up where the program runs.\n"
    )?;
    writeln!(out, "| Credential | Kind | Products | Repositories | Findings |\n|---|---|---|---|--:|")?;
    for credential in &audit.credentials {
        let (words, name) = credential.identity.words();
        let products: Vec<String> = credential.products.iter().map(|product| prose(product)).collect();
        let repositories: Vec<String> =
            credential.repositories.iter().map(|(title, count)| format!("{} ({count})", code(title))).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            titled(words, name),
            prose(credential.procedure.map_or("", |procedure| &procedure.title)),
            products.join("<br>"),
            repositories.join("<br>"),
            credential.counts.total()
        )?;
    }
    Ok(())
}

/// The Developer Console's list beside what uses each of its credentials.
fn console(audit: &Audit<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(credentials) = audit.console else { return Ok(()) };
    writeln!(out, "\n## Developer Console\n")?;
    writeln!(out, "| Credential | Project | Type | Last used | Used by | What to do |\n|---|---|---|---|---|---|")?;
    for credential in credentials {
        let name = credential.client_id.as_deref().or(credential.client_id_source.as_deref()).unwrap_or_default();
        let field = |field: &Option<String>| field.as_deref().map_or_else(String::new, prose);
        let uses: Vec<String> = credential.uses.iter().map(|of| link(&Place::line(None, &of.path, of.line))).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {}: {} |",
            code(name),
            field(&credential.project),
            field(&credential.kind),
            field(&credential.last_used),
            uses.join("<br>"),
            credential.status.title(),
            credential.advice
        )?;
    }
    Ok(())
}

fn tallies(title: &str, tallies: &[Tally<'_>], name: impl Fn(&str) -> String, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n| {title} | Errors | Warnings | Notes | Findings |\n|---|--:|--:|--:|--:|")?;
    for tally in tallies {
        let counts = tally.counts;
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            name(tally.name),
            counts.errors,
            counts.warnings,
            counts.notes,
            counts.total()
        )?;
    }
    Ok(())
}

fn numbers(counts: Counts) -> String {
    let Counts { errors, warnings, notes, safe, review, manual } = counts;
    format!("{errors} | {warnings} | {notes} | {safe} | {review} | {manual}")
}

fn repository(inventory: &Inventory<'_>, out: &mut dyn Write) -> io::Result<()> {
    let what = if inventory.is_git { "git repository" } else { "folder" };
    writeln!(out, "\n### {}\n\n{what} {}: {}", code(inventory.title), code(inventory.path), inventory.counts.words())?;
    inventory.groups.iter().try_for_each(|group| self::group(group, out))
}

fn group(group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let title = match group.identity {
        Some(identity) => {
            let (words, name) = identity.words();
            titled(words, name)
        }
        None => prose(group.procedure.map_or("", |procedure| &procedure.title)),
    };
    writeln!(out, "\n#### {title}")?;
    if group.identity.is_some()
        && let Some(procedure) = group.procedure
    {
        writeln!(out, "\n- Kind: {}", prose(&procedure.title))?;
    }
    let console = prose(group.console());
    for of in &group.scopes {
        let evidence = of.evidence().map_or(String::new(), |words| format!(" ({words})"));
        writeln!(
            out,
            "- Product: {}. Suggested scopes, compare with the {console}: {}{evidence}",
            prose(&of.products.join("; ")),
            code(&of.scopes.join(","))
        )?;
    }
    for product in group.without_scopes() {
        writeln!(out, "- Product: {}. No scopes are known: copy them from the {console}", prose(product))?;
    }
    writeln!(
        out,
        "\n| Kind | Place | Finding | Rule | Severity | Confidence | Rewrite |\n|---|---|---|---|---|---|---|"
    )?;
    for entry in &group.entries {
        let Entry { finding, kind, place, .. } = entry;
        let rule = code(&finding.rule);
        let test = if finding.context == Context::Test { ", test code" } else { "" };
        writeln!(
            out,
            "| {} | {} | {} | {rule} | {}{test} | {} | {} |",
            prose(kind),
            link(place),
            what(entry),
            finding.severity.name(),
            finding.confidence.name(),
            prose(&entry.rewrite())
        )?;
    }
    Ok(())
}

/// The message and what is known beside it.
fn what(entry: &Entry<'_>) -> String {
    let facts = entry.facts.iter().map(|Fact { label, value }| format!("{label}: {}", self::value(value)));
    [prose(&entry.finding.message)].into_iter().chain(facts).collect::<Vec<_>>().join("<br>")
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Words(words) => prose(words),
        Value::Code(names) => codes(names.iter().copied()),
        Value::Keys(keys) => {
            let keys = keys.iter().map(|(key, replacement, place)| {
                format!("[{}]({}) \u{2192} {}", code(key), place.href, prose(replacement))
            });
            keys.collect::<Vec<_>>().join(", ")
        }
        Value::Places(places) => {
            let places = places.iter().map(|(words, place)| match words.is_empty() {
                true => link(place),
                false => format!("{} {}", link(place), prose(words)),
            });
            places.collect::<Vec<_>>().join(", ")
        }
    }
}

fn titled(words: &str, name: Option<&str>) -> String {
    name.map_or_else(|| words.to_owned(), |name| format!("{words} {}", code(name)))
}

fn rule_link(id: &str, rule: Option<&RuleInfo>) -> String {
    match rule.and_then(|rule| rule.url.as_deref()) {
        Some(url) => format!("[{}]({url})", code(id)),
        None => code(id),
    }
}

/// What a person has to do.
fn to_do(audit: &Audit<'_>, out: &mut dyn Write) -> io::Result<()> {
    if audit.procedures.is_empty() && audit.guidance.events.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## What to do")?;
    for (procedure, count) in &audit.procedures {
        let findings = counted(*count, "finding", "findings");
        writeln!(out, "\n### {}\n\n{}: {}", prose(&procedure.title), findings, prose(&procedure.summary))?;
        if !procedure.steps.is_empty() {
            writeln!(out)?;
        }
        for step in &procedure.steps {
            // Every item is a 1, so that a new step changes one line.
            writeln!(out, "1. **{}.** {}", prose(&step.title), prose(&step.text))?;
        }
    }
    if !audit.guidance.events.is_empty() {
        writeln!(out, "\n### Timeline\n\n| Date | What |\n|---|---|")?;
    }
    for event in &audit.guidance.events {
        writeln!(out, "| {} | {} |", prose(&event.date), prose(&event.what))?;
    }
    Ok(())
}

fn left(left: &Left<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## What is left")?;
    if left.is_empty() {
        writeln!(out, "\nNothing: everything was read, and nothing needs a person.")?;
    }
    if !left.failures.is_empty() {
        writeln!(out, "\n### Not read whole\n\nThese could hold more than was found: this report is incomplete.\n")?;
        for failure in &left.failures {
            writeln!(out, "- {} {} ({})", link(&failure.place), prose(failure.message), code(failure.reason))?;
        }
    }
    if !left.not_covered.is_empty() {
        writeln!(out, "\n### Languages that are not covered\n")?;
        writeln!(
            out,
            "These hold something of the old flow in a language that no rule reads: look at them by hand.\n"
        )?;
        places(&left.not_covered, "", out)?;
    }
    if !left.unexplained.is_empty() {
        writeln!(out, "\n### Not explained\n\nThese hold something of the old flow, and nothing says what uses it.\n")?;
        places(&left.unexplained, "", out)?;
    }
    if !left.manual.is_empty() {
        writeln!(out, "\n### By hand\n")?;
    }
    for of in &left.manual {
        writeln!(out, "- {}: {}", counted(of.places.len(), "finding", "findings"), prose(of.reason))?;
        places(&of.places, "  ", out)?;
    }
    if !left.silenced.is_empty() {
        writeln!(out, "\n### Silenced\n\n| Place | Rule | By | Finding |\n|---|---|---|---|")?;
    }
    for silenced in &left.silenced {
        let (rule, message) = (code(&silenced.finding.rule), prose(&silenced.finding.message));
        let reason = silenced.reason.map(|reason| format!(": {}", prose(reason))).unwrap_or_default();
        writeln!(out, "| {} | {rule} | {}{reason} | {message} |", link(&silenced.place), silenced.by)?;
    }
    if left.below_confidence > 0 {
        let findings = counted(left.below_confidence, "finding is", "findings are");
        writeln!(
            out,
            "\n### Less sure\n\n{findings} below the wanted confidence; a lower `--min-confidence` shows more."
        )?;
    }
    if !left.omissions.is_empty() {
        writeln!(out, "\n### Left out")?;
    }
    for omission in &left.omissions {
        let meaning = if omission.meaning.is_empty() { String::new() } else { format!(": {}", omission.meaning) };
        let count = omission.places.len();
        writeln!(out, "\n<details><summary>{count} {}{meaning}</summary>\n", prose(omission.reason))?;
        for place in &omission.places {
            writeln!(out, "- {}", code(&place.label))?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn places(places: &[Place], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    places.iter().try_for_each(|place| writeln!(out, "{indent}- {}", link(place)))
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use crate::gate::Outcome;
    use crate::report::Format;
    use crate::report::audit::sample::{many, outcome, rendered};

    const GOLDEN: &str = "tests/data/audit/audit.md";

    /// `GRANTSHIFT_WRITE_AUDIT=1 cargo test --lib markdown` writes the file anew.
    #[test]
    fn the_report_is_the_one_that_was_looked_at() {
        let report = rendered(Format::Markdown, &outcome());
        if env::var_os("GRANTSHIFT_WRITE_AUDIT").is_some() {
            fs::write(GOLDEN, &report).unwrap();
        }
        let golden = fs::read_to_string(GOLDEN).unwrap();
        let line = golden.lines().zip(report.lines()).position(|(one, other)| one != other);
        assert!(
            golden == report,
            "line {line:?} of {GOLDEN} differs: GRANTSHIFT_WRITE_AUDIT=1 cargo test --lib markdown"
        );
    }

    #[test]
    fn every_row_of_a_table_has_its_cells() {
        for outcome in [outcome(), many(60)] {
            let report = rendered(Format::Markdown, &outcome);
            let mut columns = None;
            for line in report.lines() {
                if !line.starts_with('|') {
                    columns = None;
                    continue;
                }
                let cells = line.replace("\\|", "").matches('|').count();
                assert_eq!(*columns.get_or_insert(cells), cells, "{line}");
            }
        }
    }

    #[test]
    fn scanned_text_is_no_markup() {
        let report = rendered(Format::Markdown, &outcome());
        assert!(!report.contains("<script") && !report.contains("<img") && !report.contains("<b>"), "{report}");
        assert!(report.contains("#L7)"), "{report}");
        assert!(!report.chars().any(|letter| letter.is_control() && letter != '\n') && !report.contains('\u{202e}'));
    }

    /// One more finding is one more line of its table; the counts change, and nothing else.
    #[test]
    fn two_reports_can_be_compared_line_by_line() {
        let lines =
            |outcome: &Outcome| rendered(Format::Markdown, outcome).lines().map(str::to_owned).collect::<Vec<_>>();
        let (one, other) = (lines(&many(60)), lines(&many(59)));
        let added: Vec<_> = one.iter().filter(|line| !other.contains(line)).collect();
        assert!(added.len() <= 13, "{added:#?}");
    }

    #[test]
    fn an_empty_report_says_so() {
        let report = rendered(Format::Markdown, &Outcome::default());
        assert!(report.contains("**Nothing was found in 0 files.**"), "{report}");
        assert!(report.contains("Nothing: everything was read, and nothing needs a person."), "{report}");
        assert!(!report.contains("## Summary"), "{report}");
    }
}
