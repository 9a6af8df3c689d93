//! The reports; one file a format.
//!
//! An [`Outcome`] goes in, bytes come out, the same ones for the same outcome. Nothing here decides what counts, and
//! nothing is shown of a file but through its masked excerpt.

mod audit;
mod base;
mod checkstyle;
mod github;
mod gitlab;
mod html;
mod human;
mod issues;
mod json;
mod junit;
mod markdown;
mod prose;
mod rdjson;
mod repositories;
pub mod rewriting;
mod sarif;
mod xml;

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Platform, Severity};
use crate::gate::{Outcome, Policy};
use crate::rules::guidance::Guidance;

pub use base::Base;
pub use human::Style;
pub use repositories::{Repositories, Repository};
pub use sarif::remarks as sarif_remarks;

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
    /// How bad it is as a matter of security, from 0.1 to 10.0; nothing where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_severity: Option<String>,
    /// Further tags for code scanning services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
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
    /// Annotations of a GitHub workflow.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// Reviewdog's JSON.
    Rdjson,
    /// The audit, for a job summary or a pull request.
    Markdown,
    /// The audit, for a browser.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Human,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
        Self::Markdown,
        Self::Html,
    ];

    /// The name that users write.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
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
            Self::Github => "annotations of a GitHub workflow",
            Self::Gitlab => "GitLab's code quality report",
            Self::Junit => "JUnit's XML, for the test page of a CI server",
            Self::Checkstyle => "Checkstyle's XML, for the plug-ins of a CI server",
            Self::Rdjson => "reviewdog's JSON, with suggestions",
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
    /// What the paths of SARIF, GitHub, GitLab and reviewdog are relative to.
    pub base: &'a Base,
    /// What counts, and what fails the run.
    pub policy: &'a Policy,
    /// What tells this analysis from others of the same commit, such as the folder that is scanned; empty for the whole
    /// repository.
    pub category: &'a str,
    /// The repositories that the paths lie in; only the audit asks.
    pub repositories: &'a Repositories,
    /// What the audit says beside the findings.
    pub guidance: &'a Guidance,
    /// What `fix` rewrites; nothing for a scan.
    pub change_sets: &'a [rewriting::ChangeSet],
    /// The code that the program ends with.
    pub exit_code: u8,
}

impl<'a> Circumstances<'a> {
    fn rule(&self, id: &str) -> Option<&'a RuleInfo> {
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
        Format::Github => github::render(outcome, circumstances, out),
        Format::Gitlab => gitlab::render(outcome, circumstances, out),
        Format::Junit => junit::render(outcome, circumstances, out),
        Format::Checkstyle => checkstyle::render(outcome, circumstances, out),
        Format::Rdjson => rdjson::render(outcome, circumstances, out),
        Format::Markdown => markdown::render(outcome, circumstances, out),
        Format::Html => html::render(outcome, circumstances, out),
    }
}

#[cfg(test)]
pub(crate) mod sample {
    //! What the tests of the formats share.

    use super::*;
    use crate::gate::exit_code;

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
                security_severity: None,
                tags: Vec::new(),
            })
            .collect()
    }

    pub(crate) fn rendered(format: Format, style: Style, outcome: &Outcome) -> String {
        let rules = rules();
        let base = Base::default();
        let (repositories, guidance, policy) = (Repositories::default(), Guidance::default(), Policy::default());
        let circumstances = Circumstances {
            rules: &rules,
            style,
            base: &base,
            policy: &policy,
            category: "",
            repositories: &repositories,
            guidance: &guidance,
            change_sets: &[],
            exit_code: exit_code(outcome, &policy),
        };
        let mut out = Vec::new();
        render(format, outcome, &circumstances, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}
