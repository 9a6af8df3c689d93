//! The findings, by repository and by credential, and what filters them.

use std::collections::BTreeSet;

use super::overview::titled;
use super::text::{code, codes, link, prose, table, text};
use crate::finding::{Context, Severity};
use crate::report::audit::{Audit, Entry, Fact, Group, Inventory, Place, Value};

/// The section with all findings.
pub(super) fn section(audit: &Audit<'_>) -> String {
    let mut html = format!("<section id=\"findings\">\n<h2>Repositories</h2>\n{}", filter(audit));
    for (number, inventory) in (1..).zip(&audit.repositories) {
        repository(number, inventory, &mut html);
    }
    html.push_str("<p class=\"nothing\" hidden>No finding is like that.</p>\n</section>\n");
    html
}

/// What the script shows and listens to; without a script it stays hidden.
fn filter(audit: &Audit<'_>) -> String {
    let option = |value: &str, words: &str| format!("<option value=\"{}\">{}</option>", text(value), text(words));
    let severities: String =
        [Severity::Error, Severity::Warning, Severity::Note].map(|of| option(of.name(), of.name())).concat();
    let rules: BTreeSet<&str> = audit.by_rule.iter().map(|tally| tally.name).collect();
    let rules: String = rules.into_iter().map(|rule| option(rule, rule)).collect();
    let repositories = (1..).zip(&audit.repositories);
    let repositories: String = repositories.map(|(number, of)| option(&format!("{number}"), of.title)).collect();
    let select = |name: &str, label: &str, options: &str| {
        format!("<label>{label}<select name=\"{name}\"><option value=\"\">all</option>{options}</select></label>\n")
    };
    format!(
        "<form class=\"filter\" role=\"search\" aria-label=\"Filter the findings\" hidden>\n<label class=\"wide\">Text<input \
         type=\"search\" name=\"text\" autocomplete=\"off\" placeholder=\"path, message, library\"></label>\n{}{}{}<p><output \
         name=\"shown\" aria-live=\"polite\"></output> <button type=\"reset\">Show all</button></p>\n</form>\n",
        select("severity", "Severity", &severities),
        select("rule", "Rule", &rules),
        select("repository", "Repository", &repositories)
    )
}

fn repository(number: usize, inventory: &Inventory<'_>, html: &mut String) {
    let what = if inventory.is_git { "git repository" } else { "folder" };
    html.push_str(&format!(
        "<section class=\"repository\" id=\"repository-{number}\" data-repository=\"{number}\">\n<h3>{}</h3>\n<p \
         class=\"about\">{what} {}: {}</p>\n",
        text(inventory.title),
        code(inventory.path),
        text(&inventory.counts.words())
    ));
    for of in &inventory.groups {
        group(of, html);
    }
    html.push_str("</section>\n");
}

fn group(group: &Group<'_>, html: &mut String) {
    let procedure = group.procedure.map_or("", |procedure| procedure.title.as_str());
    let title = group.identity.map_or_else(|| text(procedure), |identity| titled(identity.words()));
    html.push_str(&format!("<section class=\"group\">\n<h4>{title}</h4>\n"));
    if group.identity.is_some() {
        html.push_str(&format!("<p class=\"about\">{}</p>\n", text(procedure)));
    }
    products(group, html);
    html.push_str(&table("findings", group.entries.len()));
    html.push_str("<thead><tr>");
    for name in ["Kind", "Place", "Finding", "Severity", "Confidence", "Rewrite"] {
        html.push_str(&format!("<th scope=\"col\">{name}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for of in &group.entries {
        entry(of, html);
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
}

fn products(group: &Group<'_>, html: &mut String) {
    if group.products.is_empty() {
        return;
    }
    let console = text(group.console());
    html.push_str("<ul class=\"products\">\n");
    for of in &group.scopes {
        let evidence = of.evidence().map_or(String::new(), |words| format!(" <small>{}</small>", text(&words)));
        html.push_str(&format!(
            "<li><strong>{}</strong> Suggested scopes, compare with the {console}: {}{evidence}</li>\n",
            text(&of.products.join("; ")),
            code(&of.scopes.join(","))
        ));
    }
    for product in group.without_scopes() {
        html.push_str(&format!(
            "<li><strong>{}</strong> No scopes are known: copy them from the {console}.</li>\n",
            text(product)
        ));
    }
    html.push_str("</ul>\n");
}

fn entry(entry: &Entry<'_>, html: &mut String) {
    let Entry { finding, kind, kind_order, place, facts } = entry;
    let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
    let test = if finding.context == Context::Test { " <small>test code</small>" } else { "" };
    html.push_str(&format!(
        "<tr data-severity=\"{severity}\" data-rule=\"{rule}\"><td data-label=\"Kind\" data-sort=\"{kind_order}\">{}</td>\
         <td data-label=\"Place\">{}</td><td data-label=\"Finding\"><p>{} <small class=\"rule\">{rule}</small></p>",
        text(kind),
        link(place),
        prose(&finding.message),
        rule = text(&finding.rule)
    ));
    if !facts.is_empty() {
        let fact =
            |Fact { label, value }: &Fact<'_>| format!("<div><dt>{label}</dt><dd>{}</dd></div>", self::value(value));
        html.push_str(&format!("<dl class=\"facts\">{}</dl>", facts.iter().map(fact).collect::<String>()));
    }
    html.push_str(&format!(
        "</td><td data-label=\"Severity\" data-sort=\"{}\"><span class=\"badge {severity}\">{severity}</span>{test}</td>\
         <td data-label=\"Confidence\" data-sort=\"{}\">{confidence}</td><td data-label=\"Rewrite\">{}</td></tr>\n",
        // The worst and the surest come first.
        2 - finding.severity as usize,
        2 - finding.confidence as usize,
        text(&entry.rewrite())
    ));
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Words(words) => prose(words),
        Value::Code(names) => codes(names.iter().copied()),
        Value::Keys(keys) => {
            let key = |(key, replacement, place): &(&str, &str, Place)| {
                format!("<a href=\"{}\">{}</a> \u{2192} {}", text(&place.href), code(key), prose(replacement))
            };
            keys.iter().map(key).collect::<Vec<_>>().join("<br>")
        }
        Value::Places(places) => {
            let place = |(words, place): &(&str, Place)| match words.is_empty() {
                true => link(place),
                false => format!("{} {}", link(place), prose(words)),
            };
            places.iter().map(place).collect::<Vec<_>>().join("<br>")
        }
    }
}
