//! The audit as one file for a browser: readable without a script, sortable and filterable with one, light and dark, on a
//! narrow screen and on paper. It loads nothing: style, script and pictures are in it, and its policy forbids the rest.

mod chart;
mod closing;
mod findings;
mod overview;
mod text;

use std::io::{self, Write};

use self::text::hash;
use super::audit::Audit;
use super::{Circumstances, TOOL};
use crate::gate::Outcome;

const STYLE: &str = include_str!("audit.css");
const SCRIPT: &str = include_str!("audit.js");

/// Writes the report.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let audit = Audit::new(outcome, circumstances);
    let has_findings = audit.counts.total() > 0;
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" \
         content=\"no-referrer\">\n<title>Adobe IMS migration audit</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        hash(STYLE),
        hash(SCRIPT)
    )?;
    let mut parts = vec![("overview", "Overview")];
    if has_findings {
        parts.extend([("summary", "Summary"), ("credentials", "Credentials"), ("findings", "Repositories")]);
    }
    if audit.console.is_some() {
        parts.push(("console", "Developer Console"));
    }
    parts.extend([("to-do", "What to do"), ("left", "What is left")]);
    if audit.credentials.is_empty() {
        parts.retain(|(id, _)| *id != "credentials");
    }
    let links: String = parts.iter().map(|(id, name)| format!("<a href=\"#{id}\">{name}</a>\n")).collect();
    write!(
        out,
        "<header>\n<nav aria-label=\"Parts of the report\">\n{links}</nav>\n<button type=\"button\" id=\"theme\" \
         hidden>Dark</button>\n</header>\n<main>\n{}",
        overview::sections(&audit)
    )?;
    if has_findings {
        out.write_all(findings::section(&audit).as_bytes())?;
    }
    write!(
        out,
        "{}{}{}</main>\n<footer>Written by {} {}. Nothing in this file leaves this computer.</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        closing::to_do(&audit),
        closing::left(&audit.left),
        closing::rules(&audit),
        TOOL.name,
        TOOL.version
    )
}

#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;
