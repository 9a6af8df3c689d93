//! `grantshift explain RULE`: what the rule finds, why it matters, before and after, what to do by hand.

use std::io::{self, Write};

use super::args::ExplainArguments;
use super::effective::Origin;
use super::error::Error;
use super::settings;
use super::terminal::Terminal;
use crate::gate::exit;
use crate::report::{RuleInfo, Style};

pub(super) fn run(arguments: &ExplainArguments, terminal: &Terminal) -> Result<u8, Error> {
    let (_, rules) = settings::catalog(&arguments.rules)?;
    let Some(rule) = rules.iter().find(|rule| rule.id == arguments.rule) else {
        return Err(Error::unknown_rule(&arguments.rule, &Origin::Default, rules.iter().map(|rule| rule.id.as_str())));
    };
    terminal.output(|out| explain(rule, terminal.style(), out))?;
    Ok(exit::CLEAN)
}

fn explain(rule: &RuleInfo, style: Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})\n{}\n", style.bold(&rule.id), rule.severity.name(), rule.title)?;
    markdown(rule.explain.trim(), style, out)?;
    if let Some(url) = &rule.url {
        writeln!(out, "\n{url}")?;
    }
    Ok(())
}

/// Markdown for a terminal: headings without their marks, code indented instead of fenced.
fn markdown(text: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            writeln!(out, "{}", format!("    {line}").trim_end())?;
        } else if let Some(heading) = line.strip_prefix('#') {
            writeln!(out, "{}", style.bold(heading.trim_start_matches('#').trim()))?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_reads_plainly() {
        let mut out = Vec::new();
        let text = "## Before\n\n```js\na();\n\nb();\n```\n\n1. One `x`\n# not a heading in code";
        markdown(text, Style::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "Before\n\n    a();\n\n    b();\n\n1. One `x`\nnot a heading in code\n");
    }
}
