//! The text around an edit: whole lines, the comments that belong to a statement, indentation, quotes, line ends.

use crate::finding::ByteRange;

/// Makes deletions of statements and items tidy: whole lines go, with the comments that belong to what goes, no two blank
/// lines are left where one was, and lists keep their commas. `is_statement` tells whether a range is a statement, `inserted`
/// where something new stands: around that, blank lines stay.
pub(super) fn deletions(
    text: &str,
    gone: &[ByteRange],
    inserted: &[usize],
    is_statement: impl Fn(ByteRange) -> bool,
) -> Vec<ByteRange> {
    let outer = neighbours(text, outermost(gone), &is_statement);
    let mut tidy: Vec<ByteRange> = outer
        .iter()
        .map(|place| if is_statement(*place) { with_lines(text, *place) } else { with_comma(text, *place) })
        .collect();
    tidy = merged(tidy).into_iter().map(|place| without_last_comma(text, place)).collect();
    let mut widened: Vec<ByteRange> = tidy.iter().map(|place| with_comments(text, *place)).collect();
    widened = merged(widened);
    let is_free = |place: ByteRange| !inserted.iter().any(|at| (place.start..=place.end).contains(at));
    let wider = |place: ByteRange| {
        let wider = without_double_blank(text, place);
        if is_free(place) && is_free(wider) { wider } else { place }
    };
    // What stood between two that went may be blank now, and then they are one.
    for _ in 0..2 {
        widened = merged(widened.into_iter().map(wider).collect());
    }
    let mut tidy = Vec::new();
    for place in widened {
        if is_free(place) {
            tidy.push(place);
            continue;
        }
        let mut start = place.start;
        let mut within: Vec<usize> = inserted.to_vec();
        within.sort_unstable();
        for at in within.into_iter().filter(|at| place.start < *at && *at < place.end) {
            tidy.push(ByteRange::new(start, at));
            start = at;
        }
        tidy.push(ByteRange::new(start, place.end));
    }
    merged_apart(tidy)
}

/// Items of a list that stand side by side, as one.
fn neighbours(text: &str, ranges: Vec<ByteRange>, is_statement: impl Fn(ByteRange) -> bool) -> Vec<ByteRange> {
    let mut joined: Vec<ByteRange> = Vec::new();
    let mut was_item = false;
    for range in ranges {
        let is_item = !is_statement(range);
        match joined.last_mut() {
            Some(last) if was_item && is_item && text[last.end..range.start].trim() == "," => last.end = range.end,
            _ => joined.push(range),
        }
        was_item = is_item;
    }
    joined
}

/// Those of some ranges that lie in no other.
pub(super) fn outermost(ranges: &[ByteRange]) -> Vec<ByteRange> {
    let mut sorted: Vec<ByteRange> = ranges.to_vec();
    sorted.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut kept: Vec<ByteRange> = Vec::new();
    for range in sorted {
        if kept.last().is_none_or(|last| !last.contains(range)) {
            kept.push(range);
        }
    }
    kept
}

/// A place, or the beginning of the deletion that it lies in.
pub(super) fn free_place(deletions: &[ByteRange], at: usize) -> usize {
    deletions.iter().find(|gone| gone.start < at && at < gone.end).map_or(at, |gone| gone.start)
}

/// The beginning of a text with the changes that lie in it.
pub(super) fn changed(beginning: &str, changes: &[(ByteRange, String)]) -> String {
    let mut changes: Vec<_> = changes.iter().filter(|(place, _)| place.end <= beginning.len()).collect();
    changes.sort_by_key(|(place, _)| (place.start, place.end));
    let mut text = String::with_capacity(beginning.len());
    let mut at = 0;
    for (place, replacement) in changes {
        text.push_str(beginning.get(at..place.start).unwrap_or_default());
        text.push_str(replacement);
        at = at.max(place.end);
    }
    text.push_str(beginning.get(at..).unwrap_or_default());
    text
}

/// One step of indentation, as a file has it.
pub(super) fn step(text: &str) -> &'static str {
    let mut widths = text.lines().filter(|line| !line.trim().is_empty()).filter_map(|line| {
        let width = line.len() - line.trim_start_matches(' ').len();
        (width > 0 && !line.trim_start().starts_with('*')).then_some(width)
    });
    if text.lines().any(|line| line.starts_with('\t')) {
        "\t"
    } else if widths.next().is_some()
        && text.lines().all(|line| {
            let width = line.len() - line.trim_start_matches(' ').len();
            width % 4 == 0 || line.trim_start().starts_with('*')
        })
    {
        "    "
    } else {
        "  "
    }
}

/// Whether statements of a file of Node end with a semicolon.
pub(super) fn has_semicolons(text: &str) -> bool {
    let ends = |sign: char| text.lines().filter(|line| line.trim_end().ends_with(sign)).count();
    ends(';') * 4 > ends(')')
}

/// Ranges that touch, as one.
fn merged(mut ranges: Vec<ByteRange>) -> Vec<ByteRange> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<ByteRange> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Ranges that overlap, as one; those that only touch stay apart.
fn merged_apart(mut ranges: Vec<ByteRange>) -> Vec<ByteRange> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<ByteRange> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Whether a text of Node holds no code: comments alone, and what a file begins with.
pub(super) fn is_empty_of_code(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| {
        line.is_empty()
            || is_comment(line)
            || line.starts_with("#!")
            || matches!(line.trim_end_matches(';'), "'use strict'" | "\"use strict\"" | "export {}")
    })
}

/// Where the line of a place begins.
pub(super) fn line_start(text: &str, place: usize) -> usize {
    text[..place].rfind('\n').map_or(0, |at| at + 1)
}

/// Where the line of a place ends, its end included.
pub(super) fn line_end(text: &str, place: usize) -> usize {
    text[place..].find('\n').map_or(text.len(), |at| place + at + 1)
}

/// The white space that a line begins with.
pub(super) fn indentation(text: &str, place: usize) -> &str {
    let line = &text[line_start(text, place)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The line end of a text.
pub(super) fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// A statement with its lines, where nothing else stands on them.
fn with_lines(text: &str, place: ByteRange) -> ByteRange {
    let start = line_start(text, place.start);
    let end = line_end(text, place.end);
    let before = &text[start..place.start];
    let behind = text[place.end..end].trim().trim_start_matches(';').trim_start();
    let alone = before.trim().is_empty() && (behind.is_empty() || is_comment(behind));
    if alone { ByteRange::new(start, end) } else { with_space(text, place) }
}

/// A statement on a line with others: with the white space and the semicolon behind it.
fn with_space(text: &str, place: ByteRange) -> ByteRange {
    let behind = &text[place.end..];
    let rest = behind.trim_start_matches(';').trim_start_matches([' ', '\t']);
    ByteRange::new(place.start, place.end + behind.len() - rest.len())
}

/// An item of a list with one of the commas around it.
fn with_comma(text: &str, place: ByteRange) -> ByteRange {
    let behind = &text[place.end..];
    let next = behind.trim_start();
    if let Some(rest) = next.strip_prefix(',') {
        let start = line_start(text, place.start);
        let own_line = text[start..place.start].trim().is_empty();
        if own_line && rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            return ByteRange::new(start, line_end(text, text.len() - rest.len()));
        }
        let spaces = rest.len() - rest.trim_start().len();
        return ByteRange::new(place.start, text.len() - rest.len() + spaces);
    }
    let before = text[..place.start].trim_end();
    if before.ends_with(',') {
        return ByteRange::new(before.len() - 1, place.end);
    }
    place
}

/// Where the last items of a list that ends without a comma go, the comma before them goes too.
fn without_last_comma(text: &str, place: ByteRange) -> ByteRange {
    let before = text[..place.start].trim_end();
    let ends_list = text[place.end..].trim_start().starts_with(['}', ')', ']']);
    let had_comma = text[place.start..place.end].trim_end().ends_with(',');
    if ends_list && !had_comma && before.ends_with(',') {
        return ByteRange::new(before.len() - 1, place.end);
    }
    place
}

/// Whether a line is a comment in any of the languages.
fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "#", "/*", "*"].iter().any(|sign| line.starts_with(sign)) && !line.starts_with("#!")
}

/// With the comment lines directly above, where what they speak of is gone: up to the next blank line, or the end of the
/// block, nothing is left of it.
fn with_comments(text: &str, place: ByteRange) -> ByteRange {
    if line_start(text, place.start) != place.start {
        return place;
    }
    let rest = &text[place.end..];
    let next = rest.lines().next().unwrap_or_default().trim();
    let speaks_of_more = !next.is_empty() && !is_comment(next) && !next.starts_with(['}', ')', ']']);
    if speaks_of_more && place.end < text.len() {
        // A comment over several statements stays for those that are left.
        let above = text[..place.start].trim_end_matches(['\r', '\n']).lines().last().unwrap_or_default();
        let single = text[place.start..place.end].lines().count() > 1 || !is_comment(above);
        if !single && !speaks_of(above, &text[place.start..place.end], next) {
            return place;
        }
    }
    let mut start = place.start;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !is_comment(&text[above..start]) {
            break;
        }
        start = above;
    }
    ByteRange::new(start, place.end)
}

/// Whether a comment has words in common with the names of one line and none with those of the next.
fn speaks_of(comment: &str, line: &str, next: &str) -> bool {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        let words = text.split(|character: char| !character.is_alphanumeric());
        words.filter(|word| word.len() > 2).map(str::to_lowercase).collect()
    };
    let (comment, line, next) = (words(comment), words(line), words(next));
    !comment.is_disjoint(&line) && comment.is_disjoint(&next)
}

/// With the blank lines behind, where there are some before as well, or nothing stands before in the block.
fn without_double_blank(text: &str, place: ByteRange) -> ByteRange {
    let starts_line = line_start(text, place.start) == place.start;
    let ends_line = place.end == text.len() || text[..place.end].ends_with('\n');
    if !starts_line || !ends_line {
        return place;
    }
    let before = &text[..place.start];
    let behind = &text[place.end..];
    let last = before.lines().last().unwrap_or_default().trim();
    let blank_before = last.is_empty();
    let opens = last.ends_with(['{', ':', '(', '[']) || before.is_empty();
    let blanks = behind.len() - trim_blank_lines(behind).len();
    if blanks > 0 && blank_before && !opens {
        // The wider of the two gaps stays.
        let kept = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let gap = &before[line_end(text, kept.len()).min(before.len())..];
        if !kept.is_empty() && gap.lines().count() < behind[..blanks].lines().count() {
            return ByteRange::new(place.start - gap.len(), place.end);
        }
    }
    if blanks > 0 && (blank_before || opens) {
        return ByteRange::new(place.start, place.end + blanks);
    }
    let next = behind.trim_start();
    let ends_block = next.is_empty() || next.starts_with(['}', ')', ']']);
    if blank_before && ends_block && blanks == 0 {
        let kept = before.trim_end_matches([' ', '\t', '\r', '\n']);
        let start = line_end(text, kept.len());
        return ByteRange::new(start.min(place.start), place.end);
    }
    place
}

fn trim_blank_lines(mut text: &str) -> &str {
    while let Some(end) = text.find('\n') {
        if !text[..end].trim().is_empty() {
            break;
        }
        text = &text[end + 1..];
    }
    text
}

/// A text as a string constant in the quotes of a file.
pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        if character == quote || character == '\\' {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, gone: &[&str]) -> String {
        let places: Vec<ByteRange> = gone
            .iter()
            .map(|part| {
                let start = text.find(part).unwrap();
                ByteRange::new(start, start + part.len())
            })
            .collect();
        let mut result = text.to_owned();
        let is_statement = |place: ByteRange| text[place.start..place.end].contains(['=', ';']);
        for place in deletions(text, &places, &[], is_statement).iter().rev() {
            result.replace_range(place.start..place.end, "");
        }
        result
    }

    #[test]
    fn whole_lines_go_with_their_comments() {
        let text = "a = 1\n\n# the key\n# in PEM\nkey = 2\n\nb = 3\n";
        assert_eq!(without(text, &["key = 2"]), "a = 1\n\nb = 3\n");
        let text = "  let a = 1; // one\r\n  let b = 2; // two\r\n";
        assert_eq!(without(text, &["let b = 2;"]), "  let a = 1; // one\r\n");
    }

    #[test]
    fn a_comment_over_several_statements_stays_for_the_others() {
        let text = "# settings\nkey = 2\nname = 3\n";
        assert_eq!(without(text, &["key = 2"]), "# settings\nname = 3\n");
        let text = "# where the key is\nkey = 2\nname = 3\n";
        assert_eq!(without(text, &["key = 2"]), "name = 3\n");
    }

    #[test]
    fn lists_keep_their_commas() {
        assert_eq!(without("f(a, b, c)", &["b"]), "f(a, c)");
        assert_eq!(without("f(a, b)", &["b"]), "f(a)");
        assert_eq!(without("f(a, b, c)", &["b", "c"]), "f(a)");
        assert_eq!(without("f(a, b)", &["a", "b"]), "f()");
        assert_eq!(without("f({ a, b, c })", &["b", "c"]), "f({ a })");
        assert_eq!(without("{\n  a,\n  b,\n  c\n}", &["b"]), "{\n  a,\n  c\n}");
        assert_eq!(without("{\n  a,\n  c\n}", &["c"]), "{\n  a\n}");
    }

    #[test]
    fn items_side_by_side_go_together() {
        assert_eq!(without("f(a, b, c)", &["b", "c"]), "f(a)");
        assert_eq!(without("g(a, b, c)", &["a", "b"]), "g(c)");
    }

    #[test]
    fn statements_apart_by_a_blank_line_go_together() {
        let text = "a = 1;\n\nb = 2;\n\nc = 3;\n\nd = 4;\n";
        assert_eq!(without(text, &["b = 2;", "c = 3;"]), "a = 1;\n\nd = 4;\n");
        let text = "{\n  a = 1;\n\n  b = 2;\n\n  c = 3;\n}\n";
        assert_eq!(without(text, &["b = 2;", "c = 3;"]), "{\n  a = 1;\n}\n");
    }

    #[test]
    fn no_blank_line_is_left_at_the_end_of_a_block() {
        assert_eq!(without("f() {\n  a;\n\n  b = 1;\n}\n", &["b = 1;"]), "f() {\n  a;\n}\n");
        assert_eq!(without("f() {\n  b = 1;\n\n  a;\n}\n", &["b = 1;"]), "f() {\n  a;\n}\n");
    }
}
