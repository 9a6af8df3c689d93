//! The reports; one file a format.
//!
//! An [`Outcome`] goes in, bytes come out, the same ones for the same outcome. Nothing here decides what counts, and
//! nothing is shown of a file but through its masked excerpt.

mod audit;
mod base;
mod html;
mod human;
mod json;
mod markdown;
mod prose;
mod repositories;
pub mod rewriting;
mod sarif;

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Platform, Severity};
use crate::gate::Outcome;
use crate::rules::guidance::Guidance;

pub use base::Base;
pub use human::Style;
pub use repositories::{Repositories, Repository};

/// Where the pages about the rules that ship are: this, the rule's id and `.md`.
pub const RULE_PAGES: &str = "https://github.com/grantshift/grantshift/blob/main/docs/rules/";
/// The page of the project.
pub const HOME: &str = "https://github.com/grantshift/grantshift";
/// The version of the JSON formats.
pub const SCHEMA_VERSION: u32 = 1;

/// The program that made a report.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// This program.
pub const TOOL: Tool = Tool { name: "grantshift", version: env!("CARGO_PKG_VERSION") };

/// What reports say of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleInfo {
    /// Its id, such as `ims-jwt-exchange`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The severity of its findings outside test code.
    pub severity: Severity,
    /// The platforms whose code it reads.
    pub platforms: Vec<Platform>,
    /// What to do next, one or two sentences.
    pub help: String,
    /// Markdown: what it finds, why it matters, before and after, what to do by hand.
    pub explain: String,
    /// The page about it; nothing for a rule of the user's own.
    pub url: Option<String>,
}

/// A format of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// The audit, for a job summary or a pull request.
    Markdown,
    /// The audit, for a browser.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Human, Self::Json, Self::Jsonl, Self::Sarif, Self::Markdown, Self::Html];

    /// The name that users write.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// A few words for the help text.
    pub fn description(self) -> &'static str {
        match self {
            Self::Human => "for people",
            Self::Json => "one JSON object",
            Self::Jsonl => "one JSON object a line",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Markdown => "the audit, for a job summary or a pull request",
            Self::Html => "the audit, one file for a browser",
        }
    }

    /// Whether it is arranged by repository.
    pub fn is_audit(self) -> bool {
        matches!(self, Self::Markdown | Self::Html)
    }
}

/// What a report needs to know beside the outcome.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// The rules that ran, sorted by id.
    pub rules: &'a [RuleInfo],
    /// How the report for people looks.
    pub style: Style,
    /// What the paths of SARIF are relative to.
    pub base: &'a Base,
    /// The repositories that the paths lie in; only the audit asks.
    pub repositories: &'a Repositories,
    /// What the audit says beside the findings.
    pub guidance: &'a Guidance,
    /// What `fix` rewrites; nothing for a scan.
    pub change_sets: &'a [rewriting::ChangeSet],
    /// The code that the program ends with.
    pub exit_code: u8,
}

impl Circumstances<'_> {
    fn rule(&self, id: &str) -> Option<&RuleInfo> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Bytes as lines that may be shown on a terminal: what cannot be seen is replaced.
pub fn visible_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.split_inclusive('\n')
        .map(|line| prose::visible(line.trim_end_matches(['\r', '\n'])).into_owned() + "\n")
        .collect()
}

/// Writes an outcome in a format.
pub fn render(
    format: Format,
    outcome: &Outcome,
    circumstances: &Circumstances<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::render(outcome, circumstances, out),
        Format::Json => json::render(outcome, out),
        Format::Jsonl => json::render_lines(outcome, out),
        Format::Sarif => sarif::render(outcome, circumstances, out),
        Format::Markdown => markdown::render(outcome, circumstances, out),
        Format::Html => html::render(outcome, circumstances, out),
    }
}

#[cfg(test)]
pub(crate) mod sample {
    //! What the tests of the formats share.

    use super::*;

    pub(crate) fn rules() -> Vec<RuleInfo> {
        ["ims-jwt-assertion", "ims-jwt-exchange"]
            .into_iter()
            .map(|id| RuleInfo {
                id: id.to_owned(),
                title: "A rule".to_owned(),
                severity: Severity::Error,
                platforms: vec![Platform::Node],
                help: "Ask for the token with client credentials.".to_owned(),
                explain: "## What it finds\n\nA `call`.\n".to_owned(),
                url: Some(format!("{RULE_PAGES}{id}.md")),
            })
            .collect()
    }

    pub(crate) fn rendered(format: Format, style: Style, outcome: &Outcome) -> String {
        let rules = rules();
        let base = Base::default();
        let (repositories, guidance) = (Repositories::default(), Guidance::default());
        let circumstances = Circumstances {
            rules: &rules,
            style,
            base: &base,
            repositories: &repositories,
            guidance: &guidance,
            change_sets: &[],
            exit_code: 3,
        };
        let mut out = Vec::new();
        render(format, outcome, &circumstances, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}
