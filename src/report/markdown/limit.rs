//! How long a report may be: GitHub drops the summary of a step that is longer than one mebibyte, all of it. What is too long loses
//! the ends of its longest lists, and says how much is left out and where it stands.

/// The bytes of a report at most; a step may have something to say besides.
pub(super) const MOST: usize = 1_000_000;
/// Every list keeps so many rows at least.
const LEAST: usize = 5;
/// Where everything stands.
const ELSEWHERE: &str = "`--format html` and `--format json` have everything";

/// A report that is short enough, and the same one where it is.
pub(super) fn limited(report: String, most: usize) -> String {
    if report.len() <= most {
        return report;
    }
    let notice = format!("\n> This report is longer than a job summary may be, and is cut: {ELSEWHERE}.\n");
    // Right behind the title.
    let title = report.find('\n').map_or(report.len(), |end| end + 1);
    let report = format!("{}{notice}{}", &report[..title], &report[title..]);
    let mut rows = longest(&report);
    loop {
        rows = (rows / 2).max(LEAST);
        let shorter = shortened(&report, rows);
        if shorter.len() <= most {
            return shorter;
        }
        if rows == LEAST {
            return ended(&shorter, most);
        }
    }
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Of a table, its head included.
    Table,
    /// Of a list.
    Item,
    Other,
}

/// The lines, with what each is. What stands in a block of code is none of them.
fn lines(report: &str) -> impl Iterator<Item = (&str, Line)> {
    let mut is_code = false;
    report.split_inclusive('\n').map(move |line| {
        let text = line.trim_start();
        if text.starts_with("```") {
            is_code = !is_code;
        }
        let kind = match () {
            () if is_code => Line::Other,
            () if text.starts_with('|') => Line::Table,
            () if text.starts_with("- ") => Line::Item,
            () => Line::Other,
        };
        (line, kind)
    })
}

/// The rows of the longest list or table.
fn longest(report: &str) -> usize {
    let (mut longest, mut rows, mut before) = (0, 0, Line::Other);
    for (_, kind) in lines(report) {
        rows = if kind == before { rows + 1 } else { 1 };
        before = kind;
        if kind != Line::Other {
            longest = longest.max(rows);
        }
    }
    longest
}

/// The report with so many rows in a list or table.
fn shortened(report: &str, most: usize) -> String {
    let mut shorter = String::new();
    let (mut rows, mut before, mut head) = (0, Line::Other, "");
    let end = |rows: usize, kind: Line, head: &str, shorter: &mut String| {
        // A table begins with two lines that are no rows.
        let kept = most + if kind == Line::Table { 2 } else { 0 };
        if kind == Line::Other || rows <= kept {
            return;
        }
        let more = format!("\u{2026} and {} more", rows - kept);
        match kind {
            Line::Table => {
                let cells = head.replace("\\|", "").matches('|').count().saturating_sub(1);
                *shorter += &format!("| {more} |{}\n", " |".repeat(cells.saturating_sub(1)));
            }
            _ => *shorter += &format!("- {more}\n"),
        }
    };
    for (line, kind) in lines(report) {
        if kind != before {
            end(rows, before, head, &mut shorter);
            (rows, before, head) = (0, kind, line);
        }
        rows += 1;
        let kept = most + if kind == Line::Table { 2 } else { 0 };
        if kind == Line::Other || rows <= kept {
            shorter.push_str(line);
        }
    }
    end(rows, before, head, &mut shorter);
    shorter
}

/// What stands before the last heading that fits.
fn ended(report: &str, most: usize) -> String {
    let end = format!("\n---\n\nThe rest of this report is left out: {ELSEWHERE}.\n");
    let mut room = most.saturating_sub(end.len()).min(report.len());
    while !report.is_char_boundary(room) {
        room -= 1;
    }
    let cut = report[..room].rfind("\n#").map_or(0, |at| at + 1);
    format!("{}{end}", &report[..cut])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(rows: usize) -> String {
        let row = |number: usize| format!("| row {number} | \\| |\n");
        let table: String = (0..rows).map(row).collect();
        let list: String = (0..3).map(|number| format!("- item {number}\n")).collect();
        format!("# Title\n\n**Gate: failed**\n\n| A | B |\n|---|---|\n{table}\n## List\n\n{list}\nEnd.\n")
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(limited(report(9), MOST), report(9));
    }

    #[test]
    fn the_longest_lists_lose_their_ends_and_say_so() {
        let long = report(2000);
        let short = limited(long.clone(), 10_000);
        assert!(short.len() <= 10_000 && short.len() > 4_000, "{}", short.len());
        assert!(short.contains("is cut") && short.contains("- item 2\n") && short.ends_with("End.\n"), "{short}");
        let kept = short.matches("| row ").count();
        assert!(short.contains(&format!("| \u{2026} and {} more | |\n", 2000 - kept)), "{short}");
    }

    #[test]
    fn a_report_of_many_sections_ends_before_a_heading() {
        let long: String = (0..400).map(|number| format!("### Section {number}\n\n\u{fc}\u{fc}\u{fc}\n\n")).collect();
        let short = limited(format!("# Title\n\n{long}"), 5_000);
        assert!(short.len() <= 5_000 && short.contains("The rest of this report is left out"), "{short}");
    }
}
