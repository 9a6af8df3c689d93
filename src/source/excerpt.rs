//! The view of a file that miette draws: masked, and found by line table.
//!
//! miette's own sources count lines from the beginning of the file for every label, which makes a report with many
//! findings in one file quadratic. This one looks them up.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::SourceFile;
use super::lines::{Lines, floor_boundary};
use super::mask::{self, Masked};
use crate::finding::ByteRange;

/// Above this size an excerpt is cut down to the label and a little around it: one line of a bundle can be a megabyte.
const EXCERPT_SIZE: usize = 4096;
/// How much of a long line is kept on either side of the label.
const EXCERPT_MARGIN: usize = 120;

/// A file as reports may show it: every secret in it is masked.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    masked: Masked,
    lines: Lines,
    /// For a notebook, the line of the text that each cell begins in, its number and how many of its lines stand before.
    cells: Vec<(usize, usize, usize)>,
}

impl Excerpt {
    /// Masks what [`mask()`](super::mask()) recognises, and the given ranges besides.
    pub fn new(file: &SourceFile, secrets: &[ByteRange]) -> Self {
        let masked = mask::masked(file.text(), secrets);
        let lines = Lines::new(&masked.text);
        Self { name: file.path().to_owned(), masked, lines, cells: Vec::new() }.with_cells_of(file)
    }

    /// Gives the lines of a notebook the numbers that they have in their cells.
    pub fn with_cells_of(mut self, file: &SourceFile) -> Self {
        let place = |cell: &super::Cell| (file.line_of(cell.start) - 1, cell.number, cell.lines_before);
        self.cells = file.cells().iter().map(place).collect();
        self
    }

    /// The lines of the cell that a line, from 0, stands in, as first and last, with its number and the lines before.
    fn cell(&self, line: usize) -> Option<(usize, usize, usize, usize)> {
        let index = self.cells.partition_point(|(start, ..)| *start <= line).checked_sub(1)?;
        let (first, number, before) = self.cells[index];
        let last = self.cells.get(index + 1).map_or(usize::MAX, |(next, ..)| next.saturating_sub(1));
        Some((first, last.max(first), number, before))
    }

    /// The label for a range of the file's text. Masking a character of several bytes moves what follows, so a label
    /// has to be made here.
    pub fn label(&self, range: ByteRange) -> SourceSpan {
        let start = self.masked.offset(range.start);
        let end = self.masked.offset(range.end).max(start);
        (start, end - start).into()
    }

    /// A line, from 1, masked and without its line break.
    pub fn line(&self, line: usize) -> Option<&str> {
        let starts = self.lines.starts();
        let start = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).copied().unwrap_or(self.masked.text.len());
        Some(self.masked.text[start..end].trim_end_matches(['\r', '\n']))
    }

    /// The masked text of a range of the file's text.
    pub fn text(&self, range: ByteRange) -> &str {
        let end = floor_boundary(&self.masked.text, self.masked.offset(range.end));
        let start = floor_boundary(&self.masked.text, self.masked.offset(range.start)).min(end);
        &self.masked.text[start..end]
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = &self.masked.text;
        let end = span.offset().checked_add(span.len()).ok_or(MietteError::OutOfBounds)?;
        if end > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let starts = self.lines.starts();
        let mut first = self.lines.index_of(span.offset()).saturating_sub(context_lines_before);
        let end_line = self.lines.index_of(end.saturating_sub(1).max(span.offset()));
        let mut last = end_line.saturating_add(context_lines_after);
        // What stands around a line of a notebook is its cell.
        let cell = self.cell(self.lines.index_of(span.offset()));
        if let Some((begins, ends, ..)) = cell {
            first = first.max(begins);
            last = last.min(ends).max(end_line);
        }
        // Without context, miette asks for the column of the label: it is where the content begins.
        let mut from = if context_lines_before == 0 { span.offset() } else { starts[first] };
        let mut to = starts.get(last.saturating_add(1)).copied().unwrap_or(text.len());
        if to - from > EXCERPT_SIZE {
            first = self.lines.index_of(span.offset());
            from = from.max(floor_boundary(text, span.offset().saturating_sub(EXCERPT_MARGIN))).max(starts[first]);
            to = to.min(floor_boundary(text, end + EXCERPT_MARGIN)).max(end);
        }
        let column = text[starts[first]..from].chars().count();
        let data = &text.as_bytes()[from..to];
        let line_count = self.lines.index_of(to) - first;
        let (name, line) = match cell {
            Some((begins, _, number, before)) => (format!("{}, cell {number}", self.name), first - begins + before),
            None => (self.name.clone(), first),
        };
        let contents = MietteSpanContents::new_named(name, data, (from, to - from).into(), line, column, line_count);
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Language;

    fn excerpt(text: &str) -> Excerpt {
        Excerpt::new(&SourceFile::decode("a.js", text.as_bytes(), Language::JavaScript).unwrap(), &[])
    }

    #[test]
    fn it_serves_whole_lines() {
        let excerpt = excerpt("one\ntwo\nthree\nfour\n");
        let contents = excerpt.read_span(&excerpt.label(ByteRange::new(4, 7)), 1, 1).unwrap();
        assert_eq!(contents.data(), b"one\ntwo\nthree\n");
        assert_eq!((contents.line(), contents.column(), contents.name()), (0, 0, Some("a.js")));
        let contents = excerpt.read_span(&excerpt.label(ByteRange::new(8, 13)), 0, 0).unwrap();
        assert_eq!((contents.data(), contents.line()), (&b"three\n"[..], 2));
        assert!(excerpt.read_span(&(18, 99).into(), 0, 0).is_err());
    }

    #[test]
    fn labels_follow_the_masked_text() {
        let text = "secret = 'äöü'; after()";
        let excerpt = excerpt(text);
        let at = text.find("after").unwrap();
        let label = excerpt.label(ByteRange::new(at, at + 5));
        assert_eq!(excerpt.text(ByteRange::new(at, at + 5)), "after");
        assert_eq!(&excerpt.masked.text[label.offset()..label.offset() + label.len()], "after");
        assert_eq!(excerpt.line(1), Some("secret = '***'; after()"));
    }

    #[test]
    fn a_long_line_is_cut() {
        let text = format!("{}call(){}", "é".repeat(50_000), "y;".repeat(50_000));
        let excerpt = excerpt(&text);
        let contents = excerpt.read_span(&excerpt.label(ByteRange::new(100_000, 100_006)), 2, 2).unwrap();
        assert!(contents.data().len() < 300);
        assert_eq!(contents.column(), 50_000 - 60);
        assert!(String::from_utf8_lossy(contents.data()).contains("call()"));
    }

    #[test]
    fn miette_draws_it() {
        #[derive(Debug, thiserror::Error, miette::Diagnostic)]
        #[error("found")]
        struct Report {
            #[source_code]
            excerpt: Excerpt,
            #[label("here")]
            label: SourceSpan,
        }
        let text = "a();\nclient_secret = 'ü-p8e-hidden'; call();\n";
        let excerpt = excerpt(text);
        let at = text.find("call").unwrap();
        let label = excerpt.label(ByteRange::new(at, at + 6));
        let mut drawn = String::new();
        miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none())
            .render_report(&mut drawn, &Report { excerpt, label })
            .unwrap();
        assert!(drawn.contains("a.js:2:33"), "{drawn}");
        assert!(drawn.contains("client_secret = '************'; call();"), "{drawn}");
    }
}
