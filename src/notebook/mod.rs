//! Notebooks: the Python of their code cells as one module, in which every character knows its place in the file.
//!
//! It owns what is particular to Jupyter: the formats 3 and 4, the kernel's language, and the lines that are no Python
//! (`%magic`, `!command`). Outputs are never read. It parses no code.

pub mod edit;
mod magic;

use std::collections::BTreeSet;

use crate::finding::ByteRange;
use crate::placed::{self, Malformed, Node, Text};
use crate::source::{self, SourceFile};

/// What a notebook holds.
#[derive(Debug)]
pub enum Notebook {
    /// Cells with Python code.
    Python(Vec<Cell>),
    /// Its kernel runs another language.
    Other,
}

/// A code cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its number, from 1, among all cells.
    pub number: usize,
    /// Its code; what is no Python is left out.
    pub text: Text,
    /// How many of its lines are left out at the beginning.
    pub lines_before: usize,
}

/// Reads the cells of a notebook.
pub fn read(text: &str) -> Result<Notebook, Malformed> {
    let root = placed::json(text)?;
    let named = ["metadata.kernelspec.language", "metadata.language_info.name"];
    let language = named.iter().find_map(|path| root.at(path).and_then(Node::content));
    if language.is_some_and(|language| !is_python(language)) {
        return Ok(Notebook::Other);
    }
    Ok(Notebook::Python(sources(&root).filter_map(|(number, source)| code(source, number)).collect()))
}

/// The sources of the cells that hold Python, each with the number of its cell.
fn sources(root: &Node) -> impl Iterator<Item = (usize, &Node)> {
    let worksheets = root.get("worksheets").map(Node::items).unwrap_or_default();
    let sheets = worksheets.iter().filter_map(|sheet| sheet.get("cells")).chain(root.get("cells"));
    let cells = sheets.flat_map(Node::items).enumerate();
    cells.filter_map(|(index, cell)| source(cell).map(|source| (index + 1, source)))
}

fn is_python(language: &str) -> bool {
    language.is_empty() || language.to_ascii_lowercase().contains("python")
}

/// The source of a cell with code; nothing for text and for another language.
fn source(cell: &Node) -> Option<&Node> {
    let is_code = cell.get("cell_type").and_then(Node::content) == Some("code");
    let language = cell.get("language").and_then(Node::content).unwrap_or_default();
    if !is_code || !is_python(language) {
        return None;
    }
    cell.get("source").or_else(|| cell.get("input"))
}

/// The text of a source, which is a text or a list of lines.
fn source_text(source: &Node) -> Text {
    let mut written = Text::default();
    for line in source.text().into_iter().chain(source.items().iter().filter_map(Node::text)) {
        written.append(line);
        written.end(line.place(line.content.len()));
    }
    written
}

/// The Python of a cell; nothing for a magic of another language and for an empty cell.
fn code(source: &Node, number: usize) -> Option<Cell> {
    let (text, lines_before) = magic::python(&source_text(source))?;
    (!text.content.trim().is_empty()).then_some(Cell { number, text, lines_before })
}

/// The cells as one module, but for some of them.
pub fn module(file: SourceFile, cells: &[Cell], without: &BTreeSet<usize>) -> SourceFile {
    let mut text = Text::default();
    let mut starts = Vec::new();
    for cell in cells.iter().filter(|cell| !without.contains(&cell.number)) {
        starts.push(source::Cell { number: cell.number, start: text.content.len(), lines_before: cell.lines_before });
        let end = cell.text.content.len();
        text.append_range(&cell.text, ByteRange::new(0, end));
        // The last line of a cell often has no line break.
        text.push("\n", cell.text.place(end));
    }
    let (content, places) = text.into_parts();
    SourceFile::taken_from(file, content, places, starts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Language;

    fn virtual_module(text: &str) -> SourceFile {
        let file = SourceFile::decode("a.ipynb", text.as_bytes(), Language::Notebook).unwrap();
        let Notebook::Python(cells) = read(file.text()).unwrap() else { panic!("no Python") };
        module(file, &cells, &BTreeSet::new())
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "{\"cells\": [\n {\"cell_type\": \"markdown\", \"source\": [\"# post()\"]},\n {\"cell_type\": \"code\", \"source\": [\n  \"x = \\\"\\u00e9\\\"\\n\",\n  \"post(x)\"\n ]},\n {\"cell_type\": \"code\", \"source\": \"a = 1\\r\\nsend(a)\"}\n]}";
        let module = virtual_module(text);
        assert_eq!(module.text(), "x = \"\u{e9}\"\npost(x)\na = 1\r\nsend(a)\n");
        for (word, line, cell) in [("post(", 5, (2, 2)), ("send(", 7, (3, 2)), ("x =", 4, (2, 1)), ("\"\n", 4, (2, 1))]
        {
            let at = module.text().find(word).unwrap();
            let place = module.position(at);
            assert_eq!((place.line, module.cell(at)), (line, Some(cell)), "{word}");
            assert!(text[place.byte..].starts_with(&word[..1]) || text[place.byte..].starts_with('\\'), "{word}");
            let span = module.span(ByteRange::new(at, at + 3));
            assert_eq!(module.range_of(&span), ByteRange::new(at, at + 3), "{word}");
        }
    }

    #[test]
    fn the_formats_and_kernels() {
        let old = "{\"worksheets\": [{\"cells\": [{\"cell_type\": \"code\", \"language\": \"python\", \"input\": [\"f()\"]}]}]}";
        assert_eq!(virtual_module(old).text(), "f()\n");
        let other = "{\"metadata\": {\"kernelspec\": {\"language\": \"R\"}}, \"cells\": []}";
        assert!(matches!(read(other), Ok(Notebook::Other)));
        assert!(read("{\"cells\": [").is_err());
        assert_eq!(virtual_module("{}").text(), "");
    }
}
