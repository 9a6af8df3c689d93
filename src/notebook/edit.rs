//! Edits of a notebook's code, put back into its JSON.
//!
//! It owns the way from a range of the module that the cells make together to bytes of the file, with everything else in
//! the file left as it is: a line that is untouched keeps its bytes, lines that come are items of the cell's list in its
//! style. What was replaced because it is no Python is never edited.

use std::fmt::Write as _;

use super::{Cell, source_text, sources};
use crate::document::edit::Change;
use crate::finding::ByteRange;
use crate::placed::{self, Node, Text};
use crate::source::SourceFile;

/// Why an edit is not put back into a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is no notebook that can be read.
    #[error("the notebook cannot be read")]
    Unreadable,
    /// The edit goes over the end of a cell.
    #[error("an edit would reach from one cell into another")]
    AcrossCells,
    /// The edit is of a line that is no Python.
    #[error("an edit would change a line of the notebook that is no Python")]
    NotPython,
    /// Two edits are of the same place.
    #[error("two edits are of the same place")]
    Overlapping,
}

/// Puts changes of the module back into the text of the notebook: the answer is changes of that text. `cells` are those
/// that [`super::read`] gives for the text, `module` is what [`super::module`] makes of them.
pub fn changes(text: &str, cells: &[Cell], module: &SourceFile, edits: &[Change]) -> Result<Vec<Change>, EditError> {
    let root = placed::json(text).map_err(|_| EditError::Unreadable)?;
    let sources: Vec<(usize, &Node)> = sources(&root).collect();
    let style = Style::of(text, &sources);
    let mut edits: Vec<Change> = edits.iter().flat_map(|edit| by_cell(module, edit)).collect();
    edits.sort_by_key(|edit| edit.range);
    let mut all: Vec<Change> = Vec::new();
    for edit in &edits {
        let (start, cell) = cell_of(cells, module, edit.range)?;
        let node = sources.iter().find(|(number, _)| *number == cell.number).ok_or(EditError::Unreadable)?.1;
        let written = Written { content: source_text(node), items: node.items() };
        let change = written.change(text, &style, cell, start, module, edit)?;
        if all.last().is_some_and(|last| last.range.end > change.range.start) {
            return Err(EditError::Overlapping);
        }
        all.extend((change.range.start < change.range.end || !change.replacement.is_empty()).then_some(change));
    }
    Ok(all)
}

/// A change, in pieces where it takes out the end of one cell and the beginning of the next.
fn by_cell(module: &SourceFile, edit: &Change) -> Vec<Change> {
    let mut pieces = Vec::new();
    let mut start = edit.range.start;
    if edit.replacement.is_empty() {
        for cell in module.cells() {
            if start < cell.start && cell.start < edit.range.end {
                pieces.push(Change { range: ByteRange::new(start, cell.start), replacement: String::new() });
                start = cell.start;
            }
        }
    }
    pieces.push(Change { range: ByteRange::new(start, edit.range.end), replacement: edit.replacement.clone() });
    pieces
}

/// The cell that a range of the module lies in, and where the cell begins there.
fn cell_of<'a>(cells: &'a [Cell], module: &SourceFile, range: ByteRange) -> Result<(usize, &'a Cell), EditError> {
    let placed = module.cells();
    let index = placed.partition_point(|cell| cell.start <= range.start).checked_sub(1);
    let found = index.and_then(|index| placed.get(index)).ok_or(EditError::AcrossCells)?;
    let end = index.and_then(|index| placed.get(index + 1)).map_or(module.text().len(), |next| next.start);
    let cell = cells.iter().find(|cell| cell.number == found.number).ok_or(EditError::AcrossCells)?;
    if range.end <= end { Ok((found.start, cell)) } else { Err(EditError::AcrossCells) }
}

/// The source of a cell as it stands in the file.
struct Written<'a> {
    content: Text,
    items: &'a [Node],
}

impl Written<'_> {
    fn change(
        &self,
        text: &str,
        style: &Style,
        cell: &Cell,
        start: usize,
        module: &SourceFile,
        edit: &Change,
    ) -> Result<Change, EditError> {
        let inside = cell.text.content.len();
        let (from, to) = (edit.range.start - start, edit.range.end - start);
        // What is taken away from the beginning of all lines of a cell comes back at that of new ones.
        let indent = self.taken_away(cell);
        let indented = edit.replacement.replace('\n', &format!("\n{indent}"));
        let mut replacement = indented.as_str();
        let (from, to_inside) = (from.min(inside), to.min(inside));
        let (mut first, last) = (self.offset(cell, from), self.offset(cell, to_inside));
        let removed = &module.text()[edit.range.start..edit.range.end.min(start + inside)];
        if self.content.content.get(first..last) != Some(removed) {
            return Err(EditError::NotPython);
        }
        let length = self.content.content.len();
        // The line break behind the last line of a cell stands in the module alone.
        if last == length && !self.content.content.ends_with('\n') {
            let bare = replacement.strip_suffix(indent).unwrap_or(replacement);
            replacement = bare.strip_suffix('\n').unwrap_or(replacement);
            replacement = replacement.strip_suffix('\r').unwrap_or(replacement);
            let is_line = first == 0 || self.content.content[..first].ends_with('\n');
            if replacement.is_empty() && first < last && is_line {
                // The line before becomes the last one.
                first -= usize::from(self.content.content[..first].ends_with('\n'));
                first -= usize::from(self.content.content[..first].ends_with('\r'));
            }
        }
        let ends = last == length;
        let (place, end) = (self.place(first, first == last && ends), self.place(last, ends));
        Ok(Change {
            range: ByteRange::new(place, end.max(place)),
            replacement: self.encoded(text, style, replacement, ends),
        })
    }

    /// The indentation that all lines have in the source, and none in the text of the cell.
    fn taken_away(&self, cell: &Cell) -> &str {
        let width = |text: &str| {
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            line.len() - line.trim_start_matches([' ', '\t']).len()
        };
        let taken = width(&self.content.content).saturating_sub(width(&cell.text.content));
        let line = self.content.content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        &line[..taken]
    }

    /// The offset in the source that an offset in the text of the cell has.
    fn offset(&self, cell: &Cell, at: usize) -> usize {
        let content = &cell.text.content;
        // The end of a piece is known by its last character.
        let before = content[..at].chars().next_back();
        match before {
            Some(character) if at == content.len() => {
                let from = at - character.len_utf8();
                self.reverse(cell.text.place(from)) + character.len_utf8()
            }
            _ => self.reverse(cell.text.place(at)),
        }
    }

    /// The offset in the source of what stands at a place of the file.
    fn reverse(&self, place: usize) -> usize {
        let content = &self.content.content;
        let (mut low, mut high) = (0, content.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.content.place(middle) < place { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Where an offset of the source stands in the file; at the end behind the last character instead of in what follows.
    fn place(&self, offset: usize, is_end: bool) -> usize {
        let last = self.items.iter().rev().find(|item| item.text().is_some());
        match last {
            Some(last) if is_end => last.range.end - 1,
            _ => self.content.place(offset),
        }
    }

    /// A replacement as it stands in the file. In a list every line is an item of its own.
    fn encoded(&self, text: &str, style: &Style, replacement: &str, ends: bool) -> String {
        let separator = match self.items {
            [] => None,
            [first, second, ..] => Some(text[first.range.end..second.range.start].to_owned()),
            [_] => Some(style.separator.clone()),
        };
        let mut written = String::new();
        let mut lines = replacement.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            style.escape(line, &mut written);
            let more = lines.peek().is_some() || !ends;
            if let Some(separator) = separator.as_ref().filter(|_| line.ends_with('\n') && more) {
                let _ = write!(written, "\"{separator}\"");
            }
        }
        written
    }
}

/// How the notebook writes its sources.
struct Style {
    /// What stands between two lines of a source.
    separator: String,
    /// Whether it writes other letters than those of ASCII as escapes.
    is_ascii: bool,
}

impl Style {
    fn of(text: &str, sources: &[(usize, &Node)]) -> Self {
        let between = sources.iter().find_map(|(_, source)| match source.items() {
            [first, second, ..] => Some(text[first.range.end..second.range.start].to_owned()),
            _ => None,
        });
        let alone = sources.iter().find_map(|(_, source)| {
            let first = source.items().first()?;
            Some(format!(",{}", &text[source.range.start + 1..first.range.start]))
        });
        let is_ascii = text.is_ascii() && text.contains("\\u");
        Self { separator: between.or(alone).unwrap_or_else(|| ", ".to_owned()), is_ascii }
    }

    fn escape(&self, line: &str, written: &mut String) {
        for character in line.chars() {
            match character {
                '"' => written.push_str("\\\""),
                '\\' => written.push_str("\\\\"),
                '\n' => written.push_str("\\n"),
                '\r' => written.push_str("\\r"),
                '\t' => written.push_str("\\t"),
                _ if character.is_control() || (self.is_ascii && !character.is_ascii()) => {
                    let mut units = [0; 2];
                    for unit in character.encode_utf16(&mut units) {
                        let _ = write!(written, "\\u{unit:04x}");
                    }
                }
                _ => written.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::finding::Language;
    use crate::notebook::{self, Notebook};

    fn opened(text: &str) -> (Vec<Cell>, SourceFile) {
        let file = SourceFile::decode("a.ipynb", text.as_bytes(), Language::Notebook).unwrap();
        let Ok(Notebook::Python(cells)) = notebook::read(file.text()) else { panic!("no Python: {text}") };
        let module = notebook::module(file, &cells, &BTreeSet::new());
        (cells, module)
    }

    fn edited(text: &str, edits: &[(&str, &str)]) -> Result<String, EditError> {
        let (cells, module) = opened(text);
        let edits: Vec<Change> = edits
            .iter()
            .map(|(old, new)| {
                let start = module.text().find(old).unwrap_or_else(|| panic!("no {old:?} in {:?}", module.text()));
                Change { range: ByteRange::new(start, start + old.len()), replacement: (*new).to_owned() }
            })
            .collect();
        let mut result = text.to_owned();
        for change in changes(text, &cells, &module, &edits)?.iter().rev() {
            result.replace_range(change.range.start..change.range.end, &change.replacement);
        }
        Ok(result)
    }

    const LISTED: &str = "{\"cells\": [\n {\"cell_type\": \"code\",\n  \"outputs\": [{\"text\": [\"a\\n\"]}],\n  \"source\": [\n   \"import jwt\\n\",\n   \"x = \\\"\\u00e9\\\"\\n\",\n   \"post(x)\"\n  ]},\n {\"cell_type\": \"code\", \"source\": [\"%env A\\n\", \"y = 1\"]}\n]}\n";

    #[test]
    fn lines_of_a_list() {
        let after = |old: &str, new: &str| LISTED.replace(old, new);
        for (edits, expected) in [
            (vec![("import jwt", "import os")], after("import jwt", "import os")),
            (vec![("import jwt\n", "")], after("   \"import jwt\\n\",\n", "")),
            (vec![("import jwt\n", "a\nb\n")], after("\"import jwt\\n\"", "\"a\\n\",\n   \"b\\n\"")),
            (vec![("jwt\nx = ", "os\n\ny = ")], after("jwt\\n\",\n   \"x = ", "os\\n\",\n   \"\\n\",\n   \"y = ")),
            (vec![("post(x)\n", "")], after("\\u00e9\\\"\\n\",\n   \"post(x)\"", "\\u00e9\\\"\"")),
            (
                vec![("post(x)\n", "get(\"ü\")\ndone()\n")],
                after("\"post(x)\"", "\"get(\\\"\\u00fc\\\")\\n\",\n   \"done()\""),
            ),
            (
                vec![("import", "from"), ("post(x)", "a\nb")],
                after("import", "from").replace("\"post(x)\"", "\"a\\n\",\n   \"b\""),
            ),
            (vec![("y = 1", "y = 1\nz = 2")], after("\"y = 1\"", "\"y = 1\\n\", \"z = 2\"")),
        ] {
            assert_eq!(edited(LISTED, &edits).as_deref(), Ok(expected.as_str()), "{edits:?}");
        }
    }

    #[test]
    fn a_single_text() {
        let text = "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"a = 1\\r\\nb = 2\\n\", \"metadata\": {}}]}";
        let after = |old: &str, new: &str| text.replace(old, new);
        assert_eq!(edited(text, &[("b = 2\n", "c\nd\n")]), Ok(after("b = 2\\n", "c\\nd\\n")));
        assert_eq!(edited(text, &[("a = 1\r\n", "")]), Ok(after("a = 1\\r\\n", "")));
    }

    #[test]
    fn what_is_no_python_is_left() {
        assert_eq!(edited(LISTED, &[("pass", "x")]), Err(EditError::NotPython));
        assert_eq!(edited(LISTED, &[("post(x)\npass", "x")]), Err(EditError::AcrossCells));
        assert_eq!(edited(LISTED, &[("import jwt", "x"), ("jwt", "y")]), Err(EditError::Overlapping));
    }

    proptest! {
        #[test]
        fn read_again_the_module_is_the_edited_one(
            lines in prop::collection::vec("[a-c]( = \"[é\\\\a-c𝄞]{0,3}\")?", 1..6),
            single in any::<bool>(),
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
            new in "([x-z]|é|\"|\\\\|\n){0,8}",
        ) {
            let source = if single {
                serde_json::to_string(&lines.join("\n")).unwrap()
            } else {
                let items: Vec<String> = lines.iter().enumerate().map(|(at, line)| {
                    let end = if at + 1 < lines.len() { "\n" } else { "" };
                    serde_json::to_string(&format!("{line}{end}")).unwrap()
                }).collect();
                format!("[\n    {}\n   ]", items.join(",\n    "))
            };
            let before = "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"first()\"]}, {\"cell_type\": \"code\", \"source\": ";
            let behind = ", \"outputs\": [\"\\u00e9\", 1 ]}]}";
            let text = format!("{before}{source}{behind}");
            let (cells, module) = opened(&text);
            let start = module.cells()[1].start;
            let places: Vec<usize> = module.text().char_indices().map(|(at, _)| at).filter(|&at| at >= start).collect();
            let (from, to) = (places[from.index(places.len())], places[to.index(places.len())]);
            let range = ByteRange::new(from.min(to), from.max(to));
            let edit = Change { range, replacement: new.clone() };
            let mut expected = module.text()[start..].to_owned();
            expected.replace_range(range.start - start..range.end - start, &new);
            let mut result = text.clone();
            for change in changes(&text, &cells, &module, &[edit]).unwrap().iter().rev() {
                result.replace_range(change.range.start..change.range.end, &change.replacement);
            }
            prop_assert!(result.starts_with(before) && result.ends_with(behind), "{}", result);
            let root = placed::json(&result).unwrap();
            let node = sources(&root).nth(1).unwrap().1;
            let content = source_text(node).content;
            prop_assert_eq!(content.trim_end_matches('\n'), expected.trim_end_matches('\n'), "{}", result);
            // Every item but the last ends its line, and holds one.
            let items: Vec<&str> = node.items().iter().filter_map(Node::content).collect();
            for (at, item) in items.iter().enumerate() {
                prop_assert_eq!(item.ends_with('\n'), at + 1 < items.len() || content.ends_with('\n'), "{}", result);
                prop_assert!(item.matches('\n').count() <= 1, "{}", result);
            }
        }
    }
}
