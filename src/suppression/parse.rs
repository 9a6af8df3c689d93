//! What a suppression says: `grantshift: ignore[RULE, …] until=YYYY-MM-DD -- reason`, or `ignore-file` for the file.

use super::date::Date;
use crate::finding::ByteRange;
use crate::rules::schema::SUPPRESSION_MARK as MARK;

/// The words of one suppression.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Directive {
    /// Where in the comment.
    pub(super) range: ByteRange,
    pub(super) is_for_file: bool,
    pub(super) rules: Vec<String>,
    pub(super) until: Option<Date>,
    pub(super) reason: Option<String>,
    pub(super) fault: Option<String>,
}

/// How it is written, for whoever wrote it otherwise.
const FORM: &str = "write grantshift: ignore[RULE, …] until=YYYY-MM-DD -- reason";

/// The suppressions in a comment, at most one a line.
pub(super) fn directives(comment: &str) -> Vec<Directive> {
    let mut directives = Vec::new();
    let mut start = 0;
    for line in comment.split_inclusive('\n') {
        directives.extend(of_line(line).map(|directive| Directive {
            range: ByteRange::new(start + directive.range.start, start + directive.range.end),
            ..directive
        }));
        start += line.len();
    }
    directives
}

fn of_line(line: &str) -> Option<Directive> {
    let at = line.match_indices(MARK).map(|(at, _)| at).find(|at| !is_inside_a_word(line, *at))?;
    let end = at + content(&line[at..]).len();
    let words = line[at + MARK.len()..end].trim();
    let word = words.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
    let rest = &words[word.len()..];
    let directive = match word {
        "ignore" => of_ignore(rest, false),
        "ignore-file" => of_ignore(rest, true),
        // A misspelt word has a list behind it; anything else is prose about the program.
        _ if rest.trim_start().starts_with('[') => {
            Directive { fault: Some(format!("says nothing that is known: {FORM}")), ..Directive::default() }
        }
        _ => return None,
    };
    Some(Directive { range: ByteRange::new(at, end), ..directive })
}

/// A line without what ends the comment.
fn content(line: &str) -> &str {
    let line = line.trim_end();
    let line = line.strip_suffix("*/").or_else(|| line.strip_suffix("-->")).unwrap_or(line);
    line.trim_end()
}

fn is_inside_a_word(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || matches!(before, '-' | '_' | '/'))
}

/// What stands behind the word.
fn of_ignore(rest: &str, is_for_file: bool) -> Directive {
    let mut directive = Directive { is_for_file, ..Directive::default() };
    if let Err(fault) = directive.read(rest.trim_start()) {
        directive.fault = Some(fault);
    }
    directive
}

impl Directive {
    fn read(&mut self, rest: &str) -> Result<(), String> {
        let list = rest.strip_prefix('[').ok_or_else(|| format!("names no rule: {FORM}"))?;
        let (list, rest) = list.split_once(']').ok_or_else(|| format!("has a list without an end: {FORM}"))?;
        let rules = list.split(',').map(str::trim).filter(|rule| !rule.is_empty());
        self.rules = rules.map(str::to_owned).collect();
        if self.rules.is_empty() {
            return Err(format!("names no rule: {FORM}"));
        }
        let (options, reason) = match rest.split_once("--") {
            Some((options, reason)) => (options, Some(reason.trim())),
            None => (rest, None),
        };
        self.reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
        for option in options.split_whitespace() {
            let Some(date) = option.strip_prefix("until=") else {
                return Err(format!("holds `{option}`, which is not known: {FORM}"));
            };
            let date = date.parse().map_err(|()| format!("has `{date}`, which is no day: write until=YYYY-MM-DD"))?;
            if self.until.replace(date).is_some() {
                return Err("ends on two days: leave one".to_owned());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(comment: &str) -> Directive {
        let mut directives = directives(comment);
        assert_eq!(directives.len(), 1, "{comment}");
        directives.remove(0)
    }

    fn fault(comment: &str) -> String {
        one(comment).fault.unwrap_or_default()
    }

    #[test]
    fn all_parts_are_read() {
        let directive = one("// grantshift: ignore[a-b, c] until=2027-03-31 -- until the vendor -- not us -- is done");
        assert_eq!(directive.rules, ["a-b", "c"]);
        assert_eq!(directive.until, "2027-03-31".parse().ok());
        assert_eq!(directive.reason.as_deref(), Some("until the vendor -- not us -- is done"));
        assert_eq!((directive.is_for_file, directive.fault), (false, None));
        let directive = one("/* grantshift:ignore-file[a] */");
        assert!(directive.is_for_file && directive.rules == ["a"] && directive.reason.is_none());
        assert_eq!(directive.range, ByteRange::new(3, 28));
        assert_eq!(one("<!-- grantshift: ignore[a] -- so -->").reason.as_deref(), Some("so"));
        assert_eq!(one("# noqa; grantshift: ignore[a]").rules, ["a"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(fault("// grantshift: ignore").starts_with("names no rule"));
        assert!(fault("// grantshift: ignore[ ]").starts_with("names no rule"));
        assert!(fault("// grantshift: ignore[a").starts_with("has a list without an end"));
        assert!(fault("// grantshift: ignore[a] until=31.3.2027").contains("`31.3.2027`, which is no day"));
        assert!(fault("// grantshift: ignore[a] for now").contains("`for`"));
        assert!(fault("// grantshift: ignore[a] until=2027-03-31 until=2028-03-31").starts_with("ends on two days"));
        assert!(fault("// grantshift: ignroe[a]").starts_with("says nothing that is known"));
    }

    #[test]
    fn prose_is_none() {
        for text in [
            "// see grantshift: it finds this",
            "# grantshift: the gate, see docs",
            "# grantshift: ignored until spring",
            "// https://x/grantshift:ignore[a]",
            "// xgrantshift: ignore[a]",
        ] {
            assert!(directives(text).is_empty(), "{text}");
        }
    }
}
