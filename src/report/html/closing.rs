//! The end of the page: what a person has to do, what is left, and what the rules say.

use super::text::{code, link, prose, table, text};
use crate::report::audit::{Audit, Left, Omission, Place};
use crate::report::prose::counted;

/// How many places stand open; a longer list is folded.
const MOST_OPEN: usize = 12;

/// What a person has to do.
pub(super) fn to_do(audit: &Audit<'_>) -> String {
    let mut html = "<section id=\"to-do\">\n<h2>What to do</h2>\n".to_owned();
    for (procedure, count) in &audit.procedures {
        html.push_str(&format!(
            "<section class=\"procedure\">\n<h3>{} <small>{}</small></h3>\n<p>{}</p>\n",
            text(&procedure.title),
            counted(*count, "finding", "findings"),
            prose(&procedure.summary)
        ));
        if !procedure.steps.is_empty() {
            html.push_str("<ol class=\"steps\">\n");
            for step in &procedure.steps {
                let class = if step.irreversible { " class=\"irreversible\"" } else { "" };
                html.push_str(&format!(
                    "<li{class}><strong>{}</strong> {}</li>\n",
                    text(&step.title),
                    prose(&step.text)
                ));
            }
            html.push_str("</ol>\n");
        }
        html.push_str("</section>\n");
    }
    if !audit.guidance.events.is_empty() {
        html.push_str("<h3>Timeline</h3>\n<dl class=\"timeline\">\n");
        for event in &audit.guidance.events {
            let date = text(&event.date);
            html.push_str(&format!(
                "<div><dt><time datetime=\"{date}\">{date}</time></dt><dd>{}</dd></div>\n",
                prose(&event.what)
            ));
        }
        html.push_str("</dl>\n");
    }
    html.push_str("</section>\n");
    html
}

/// What no rewrite takes care of, and what was not read.
pub(super) fn left(left: &Left<'_>) -> String {
    let mut html = "<section id=\"left\">\n<h2>What is left</h2>\n".to_owned();
    if left.is_empty() {
        html.push_str("<p>Nothing: everything was read, and nothing needs a person.</p>\n");
    }
    if !left.failures.is_empty() {
        html.push_str(
            "<h3>Not read whole</h3>\n<p>These could hold more than was found: this report is incomplete.</p>\n<ul>\n",
        );
        for failure in &left.failures {
            let (message, reason) = (prose(failure.message), code(failure.reason));
            html.push_str(&format!("<li>{} {message} <small>{reason}</small></li>\n", link(&failure.place)));
        }
        html.push_str("</ul>\n");
    }
    if !left.not_covered.is_empty() {
        html.push_str(
            "<h3>Languages that are not covered</h3>\n<p>These hold something of the old flow in a language that no rule \
             reads: look at them by hand.</p>\n",
        );
        html.push_str(&places(&left.not_covered, "file", "files"));
    }
    if !left.unexplained.is_empty() {
        html.push_str(
            "<h3>Not explained</h3>\n<p>These hold something of the old flow, and nothing says what uses it.</p>\n",
        );
        html.push_str(&places(&left.unexplained, "place", "places"));
    }
    if !left.manual.is_empty() {
        html.push_str("<h3>By hand</h3>\n");
        for of in &left.manual {
            html.push_str(&format!("<div class=\"reason\">\n<p>{}</p>\n", prose(of.reason)));
            html.push_str(&places(&of.places, "finding", "findings"));
            html.push_str("</div>\n");
        }
    }
    if !left.silenced.is_empty() {
        html.push_str("<h3>Silenced</h3>\n");
        html.push_str(&table("silenced", left.silenced.len()));
        html.push_str(
            "<thead><tr><th scope=\"col\">Place</th><th scope=\"col\">Finding</th><th scope=\"col\">Rule</th><th \
             scope=\"col\">By</th></tr></thead>\n<tbody>\n",
        );
        for silenced in &left.silenced {
            html.push_str(&format!(
                "<tr><td data-label=\"Place\">{}</td><td data-label=\"Finding\">{}</td><td data-label=\"Rule\">{}</td><td \
                 data-label=\"By\">{}{}</td></tr>\n",
                link(&silenced.place),
                prose(&silenced.finding.message),
                code(&silenced.finding.rule),
                silenced.by,
                silenced.reason.map(|reason| format!(": {}", prose(reason))).unwrap_or_default()
            ));
        }
        html.push_str("</tbody>\n</table>\n");
    }
    if left.below_confidence > 0 {
        html.push_str(&format!(
            "<h3>Less sure</h3>\n<p>{} below the wanted confidence; a lower <code>--min-confidence</code> shows more.</p>\n",
            counted(left.below_confidence, "finding is", "findings are")
        ));
    }
    if !left.omissions.is_empty() {
        html.push_str("<h3>Left out</h3>\n");
    }
    for Omission { reason, meaning, places } in &left.omissions {
        let meaning = if meaning.is_empty() { String::new() } else { format!(": {}", text(meaning)) };
        html.push_str(&folded(&format!("{} {}{meaning}", places.len(), text(reason)), places));
    }
    html.push_str("</section>\n");
    html
}

/// What each rule that found something says.
pub(super) fn rules(audit: &Audit<'_>) -> String {
    if audit.rules.is_empty() {
        return String::new();
    }
    let mut html = "<section id=\"rules\">\n<h2>The rules</h2>\n<dl class=\"rules\">\n".to_owned();
    for rule in &audit.rules {
        html.push_str(&format!(
            "<div><dt>{}</dt><dd><strong>{}</strong> {}</dd></div>\n",
            code(&rule.id),
            text(&rule.title),
            prose(&rule.help)
        ));
    }
    html.push_str("</dl>\n</section>\n");
    html
}

fn places(places: &[Place], one: &str, many: &str) -> String {
    if places.len() > MOST_OPEN {
        return folded(&counted(places.len(), one, many), places);
    }
    list(places)
}

fn folded(summary: &str, places: &[Place]) -> String {
    format!("<details>\n<summary>{summary}</summary>\n{}</details>\n", list(places))
}

fn list(places: &[Place]) -> String {
    let items: String = places.iter().map(|place| format!("<li>{}</li>\n", link(place))).collect();
    format!("<ul class=\"places\">\n{items}</ul>\n")
}
