//! Bars of findings as an inline picture. It has a title and a description, so that nobody needs to see it.

use super::text::text;
use crate::report::audit::{Counts, Tally};

/// How many bars a chart has; what is behind them is one bar.
const MOST_BARS: usize = 9;
/// How many letters of a name there is room for.
const LETTERS: usize = 46;
const WIDTH: usize = 400;
const ROW: usize = 40;
const BAR: usize = 12;
/// What is left of the width for the number behind the longest bar.
const NUMBERS: usize = 52;
/// A bar that stands for something is never too thin to be seen.
const THINNEST: usize = 3;

/// A chart; `id` has to be its own on the page.
pub(super) fn bars(id: &str, title: &str, tallies: &[Tally<'_>]) -> String {
    let others;
    let mut rows: Vec<(&str, Counts)> = tallies.iter().map(|tally| (tally.name, tally.counts)).collect();
    if rows.len() > MOST_BARS + 1 {
        let mut counts = Counts::default();
        rows.drain(MOST_BARS..).for_each(|(_, more)| counts.merge(more));
        others = format!("{} others", tallies.len() - MOST_BARS);
        rows.push((&others, counts));
    }
    let most = rows.iter().map(|(_, counts)| counts.total()).max().unwrap_or(0).max(1);
    let description: Vec<String> = rows.iter().map(|(name, counts)| format!("{name}: {}", counts.words())).collect();
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"{id}-title {id}-description\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-description\">{}</desc>\n",
        rows.len() * ROW,
        text(title),
        text(&description.join("; "))
    );
    for (index, (name, counts)) in rows.iter().enumerate() {
        let top = index * ROW;
        svg.push_str(&format!(
            "<g><title>{}</title><text x=\"0\" y=\"{}\">{}</text>",
            text(&description[index]),
            top + 15,
            text(&shortened(name))
        ));
        let mut left = 0;
        for (severity, count) in counts.severities().into_iter().filter(|(_, count)| *count > 0) {
            let width = (count * (WIDTH - NUMBERS) / most).max(THINNEST);
            let name = severity.name();
            svg.push_str(&format!(
                "<rect class=\"{name}\" x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"{BAR}\"/>",
                top + 21
            ));
            left += width;
        }
        svg.push_str(&format!(
            "<text class=\"number\" x=\"{}\" y=\"{}\">{}</text></g>\n",
            left + 7,
            top + 32,
            counts.total()
        ));
    }
    svg.push_str("</svg>\n");
    svg
}

/// A name for which there is room: the end of a path tells more than its beginning.
fn shortened(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= LETTERS {
        return name.to_owned();
    }
    let cut = |range: std::ops::Range<usize>| name.chars().skip(range.start).take(range.len()).collect::<String>();
    format!("{}\u{2026}{}", cut(0..LETTERS / 2), cut(letters - LETTERS / 2 + 1..letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(name: &str, errors: usize, notes: usize) -> Tally<'_> {
        Tally { name, counts: Counts { errors, notes, ..Counts::default() } }
    }

    #[test]
    fn a_bar_says_what_it_shows() {
        let svg = bars("chart", "By <name>", &[tally("a & b", 3, 1), tally("c", 0, 1)]);
        assert!(svg.contains("<title id=\"chart-title\">By &lt;name&gt;</title>"), "{svg}");
        assert!(svg.contains(">a &amp; b: 3 errors, 1 note; c: 1 note</desc>"), "{svg}");
        assert!(svg.contains("<rect class=\"error\" x=\"0\" y=\"21\" width=\"261\" height=\"12\"/>"), "{svg}");
        assert!(svg.contains("<rect class=\"note\" x=\"261\" y=\"21\" width=\"87\" height=\"12\"/>"), "{svg}");
    }

    #[test]
    fn many_are_one_bar() {
        let names: Vec<String> = (0..30).map(|number| format!("repository-{number:02}")).collect();
        let tallies: Vec<_> = names.iter().map(|name| tally(name, 1, 0)).collect();
        let svg = bars("chart", "Many", &tallies);
        assert_eq!(svg.matches("<g>").count(), MOST_BARS + 1);
        assert!(svg.contains("21 others: 21 errors"), "{svg}");
    }

    #[test]
    fn long_names_keep_both_ends() {
        let name = format!("{}{}", "a".repeat(60), "\u{fc}".repeat(60));
        let short = shortened(&name);
        assert_eq!(short.chars().count(), LETTERS);
        assert!(short.starts_with('a') && short.ends_with('\u{fc}'));
        assert_eq!(shortened("short"), "short");
    }
}
