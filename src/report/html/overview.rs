//! The beginning of the page: what was found in one sentence, in numbers, in charts and in two tables.

use super::chart;
use super::text::{code, link, prose, table, text};
use crate::console;
use crate::report::audit::{Audit, Counts, Credential, Inventory, Place, Tally};

/// Everything before the findings.
pub(super) fn sections(audit: &Audit<'_>) -> String {
    let state = match audit.counts {
        Counts { errors: 1.., .. } => "error",
        Counts { warnings: 1.., .. } => "warning",
        _ if audit.counts.total() > 0 || !audit.left.failures.is_empty() => "note",
        _ => "clean",
    };
    let mut html = format!(
        "<section id=\"overview\">\n<h1>Adobe IMS migration audit</h1>\n<p class=\"verdict {state}\">{}</p>\n\
         <p>The gate: {}. {}.</p>\n",
        prose(&audit.verdict()),
        audit.gate.verdict,
        prose(&audit.gate.reasons.join(". "))
    );
    if audit.counts.total() > 0 {
        html.push_str(&format!("<p>{}</p>\n", prose(&audit.rewrites())));
    }
    if !audit.guidance.headline.is_empty() {
        html.push_str(&format!("<p class=\"lead\">{}</p>\n", prose(&audit.guidance.headline)));
    }
    html.push_str(&numbers(audit));
    if audit.counts.total() > 0 {
        html.push_str(&charts(audit));
    }
    html.push_str("</section>\n");
    if audit.counts.total() > 0 {
        html.push_str(&repositories(audit));
    }
    if !audit.credentials.is_empty() {
        html.push_str(&credentials(audit));
    }
    if let Some(listed) = audit.console {
        html.push_str(&console(listed));
    }
    html
}

fn numbers(audit: &Audit<'_>) -> String {
    let Counts { safe, review, manual, .. } = audit.counts;
    let numbers = [
        ("Findings", audit.counts.total(), ""),
        ("Repositories with findings", audit.repositories.len(), ""),
        ("Rewritten safely", safe, ""),
        ("Rewritten after a look", review, ""),
        ("By hand", manual, ""),
        ("Not read whole", audit.left.failures.len(), if audit.left.failures.is_empty() { "" } else { "warning" }),
    ];
    let number = |(name, number, state): (&str, usize, &str)| {
        format!("<div class=\"{state}\"><dt>{name}</dt><dd>{number}</dd></div>\n")
    };
    format!("<dl class=\"numbers\">\n{}</dl>\n", numbers.into_iter().map(number).collect::<String>())
}

fn charts(audit: &Audit<'_>) -> String {
    let chart = |id: &str, title: &str, remark: &str, tallies: &[Tally<'_>]| {
        let bars = chart::bars(id, title, tallies);
        format!("<figure>\n<figcaption>{title}<small>{remark}</small></figcaption>\n{bars}</figure>\n")
    };
    format!(
        "<p class=\"legend\"><span class=\"error\">Error</span> <span class=\"warning\">Warning</span> \
         <span class=\"note\">Note</span></p>\n<div class=\"charts\">\n{}{}{}</div>\n",
        chart("by-repository", "Findings by repository", "", &audit.by_repository),
        chart("by-product", "Findings by product", "one that names several counts for each", &audit.by_product),
        chart("by-language", "Findings by language", "", &audit.by_language)
    )
}

fn repositories(audit: &Audit<'_>) -> String {
    let mut html = "<section id=\"summary\">\n<h2>Summary</h2>\n".to_owned();
    html.push_str(&table("numbered", audit.repositories.len()));
    html.push_str("<caption>Findings by repository</caption>\n<thead><tr>");
    for name in ["Repository", "Errors", "Warnings", "Notes", "Safe", "After a look", "By hand", "Products"] {
        let class = if matches!(name, "Repository" | "Products") { "" } else { " class=\"count\"" };
        html.push_str(&format!("<th scope=\"col\"{class}>{name}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for (number, Inventory { title, counts, products, .. }) in (1..).zip(&audit.repositories) {
        html.push_str(&format!(
            "<tr><th scope=\"row\"><a href=\"#repository-{number}\">{}</a></th>{}<td data-label=\"Products\">{}</td></tr>\n",
            text(title),
            counted(*counts),
            list(products.iter().copied())
        ));
    }
    html.push_str("</tbody>\n");
    if audit.repositories.len() > 1 {
        html.push_str(&format!(
            "<tfoot><tr><th scope=\"row\">All</th>{}<td></td></tr></tfoot>\n",
            counted(audit.counts)
        ));
    }
    html.push_str("</table>\n</section>\n");
    html
}

fn counted(counts: Counts) -> String {
    let Counts { errors, warnings, notes, safe, review, manual } = counts;
    let cells = [
        ("Errors", errors),
        ("Warnings", warnings),
        ("Notes", notes),
        ("Safe", safe),
        ("After a look", review),
        ("By hand", manual),
    ];
    let cell = |(label, count): (&str, usize)| {
        let class = if count == 0 { "count none" } else { "count" };
        format!("<td class=\"{class}\" data-label=\"{label}\">{count}</td>")
    };
    cells.into_iter().map(cell).collect()
}

fn credentials(audit: &Audit<'_>) -> String {
    let mut html = "<section id=\"credentials\">\n<h2>Credentials</h2>\n<p>Before a credential is deleted, every place that uses \
         it has to be switched, in all repositories. Where a variable or a key supplies the client id, its value has to be \
         looked up where the program runs.</p>\n"
        .to_owned();
    html.push_str(&table("credentials", audit.credentials.len()));
    html.push_str(
        "<caption>Credentials over all repositories</caption>\n<thead><tr><th scope=\"col\">Credential</th><th \
         scope=\"col\">Kind</th><th scope=\"col\">Products</th><th scope=\"col\">Repositories</th><th scope=\"col\" \
         class=\"count\">Findings</th></tr></thead>\n<tbody>\n",
    );
    for Credential { identity, procedure, products, repositories, counts } in &audit.credentials {
        let repositories: Vec<String> =
            repositories.iter().map(|(title, count)| format!("<li>{} ({count})</li>", text(title))).collect();
        html.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td data-label=\"Kind\">{}</td><td data-label=\"Products\">{}</td><td \
             data-label=\"Repositories\"><ul class=\"plain\">{}</ul></td><td class=\"count\" \
             data-label=\"Findings\">{}</td></tr>\n",
            titled(identity.words()),
            text(procedure.map_or("", |procedure| &procedure.title)),
            list(products.iter().copied()),
            repositories.concat(),
            counts.total()
        ));
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
    html
}

/// The Developer Console's list beside what uses each of its credentials.
fn console(credentials: &[console::Credential]) -> String {
    let mut html = "<section id=\"console\">\n<h2>Developer Console</h2>\n".to_owned();
    html.push_str(&table("credentials", credentials.len()));
    html.push_str("<caption>Credentials of the Developer Console and of the code</caption>\n<thead><tr>");
    for name in ["Credential", "Project", "Type", "Last used", "Used by", "What to do"] {
        html.push_str(&format!("<th scope=\"col\">{name}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for credential in credentials {
        let name = credential.client_id.as_deref().or(credential.client_id_source.as_deref()).unwrap_or_default();
        let field = |field: &Option<String>| field.as_deref().map_or_else(String::new, text);
        let uses: String = credential
            .uses
            .iter()
            .map(|of| format!("<li>{}</li>", link(&Place::line(None, &of.path, of.line))))
            .collect();
        html.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td data-label=\"Project\">{}</td><td data-label=\"Type\">{}</td><td \
             data-label=\"Last used\">{}</td><td data-label=\"Used by\"><ul class=\"plain\">{uses}</ul></td><td \
             data-label=\"What to do\">{}: {}</td></tr>\n",
            code(name),
            field(&credential.project),
            field(&credential.kind),
            field(&credential.last_used),
            text(credential.status.title()),
            text(credential.advice)
        ));
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
    html
}

/// Words and a name behind them.
pub(super) fn titled((words, name): (&str, Option<&str>)) -> String {
    name.map_or_else(|| text(words), |name| format!("{} {}", text(words), code(name)))
}

fn list<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let items: String = names.map(|name| format!("<li>{}</li>", text(name))).collect();
    if items.is_empty() { items } else { format!("<ul class=\"plain\">{items}</ul>") }
}
