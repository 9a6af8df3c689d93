//! `grantshift rules`: list the rules.

use std::io::{self, Write};

use serde::Serialize;

use super::args::{ListFormat, RulesArguments};
use super::error::Error;
use super::settings;
use super::terminal::Terminal;
use crate::finding::Platform;
use crate::gate::exit;
use crate::report::{RuleInfo, SCHEMA_VERSION, TOOL, Tool};

#[derive(Serialize)]
struct List<'a> {
    schema_version: u32,
    tool: Tool,
    rules: &'a [RuleInfo],
}

pub(super) fn run(arguments: &RulesArguments, terminal: &Terminal) -> Result<u8, Error> {
    let (_, rules) = settings::catalog(&arguments.rules)?;
    match arguments.format {
        ListFormat::Human => terminal.output(|out| table(&rules, out))?,
        ListFormat::Json => terminal.raw_output(|out| {
            let list = List { schema_version: SCHEMA_VERSION, tool: TOOL, rules: &rules };
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)
        })?,
    }
    Ok(exit::CLEAN)
}

fn table(rules: &[RuleInfo], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 4]> = rules
        .iter()
        .map(|rule| {
            let platforms: Vec<&str> = rule.platforms.iter().map(|platform| name(*platform)).collect();
            [rule.id.clone(), rule.severity.name().to_owned(), platforms.join(", "), rule.title.clone()]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (id, severity, platforms) = (width(0), width(1), width(2));
    for row in &rows {
        writeln!(out, "{:id$}  {:severity$}  {:platforms$}  {}", row[0], row[1], row[2], row[3])?;
    }
    Ok(())
}

fn name(platform: Platform) -> &'static str {
    match platform {
        Platform::Node => "node",
        Platform::Java => "java",
        Platform::Python => "python",
    }
}
