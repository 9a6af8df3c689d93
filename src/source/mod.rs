//! A file: its text, its encoding, its lines, and the view of it that reports draw.
//!
//! It owns the way from the bytes on disk to UTF-8 text and back to places on disk ([`SourceFile::span`]), the masking
//! of secrets ([`mask()`]) and the masked excerpts that miette draws ([`Excerpt`]). It opens no file and knows no syntax.

mod decode;
mod excerpt;
mod lines;
mod mask;

use std::sync::{Arc, OnceLock};

use crate::finding::{ByteRange, Language, Position, Span};

pub use decode::{DecodeError, Encoding, decode_for_search};
pub use excerpt::Excerpt;
pub use lines::Newline;
pub use mask::mask;

use decode::Offsets;
use lines::Lines;

/// A file that was read: its text as UTF-8, and what is needed to name places of it on disk.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: Arc<str>,
    encoding: Encoding,
    byte_order_mark: usize,
    size_on_disk: usize,
    offsets: Offsets,
    lines: OnceLock<Lines>,
    line_bytes: OnceLock<Vec<usize>>,
    /// Where the text was taken from, where the file on disk holds it in pieces.
    origin: Option<Box<Origin>>,
}

/// A file that holds the text of another in pieces, as a notebook holds code.
#[derive(Debug)]
struct Origin {
    file: SourceFile,
    /// Pairs of an offset in the text and in the text of that file; between two of them both grow alike.
    places: Vec<(usize, usize)>,
    cells: Vec<Cell>,
}

/// A cell of a notebook, as a part of the text that its code cells make together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Its number, from 1, among all cells of the notebook.
    pub number: usize,
    /// Where its text begins.
    pub start: usize,
    /// How many of its lines stand before that.
    pub lines_before: usize,
}

impl SourceFile {
    /// Decodes the bytes of a file. `path` is the path as reports give it.
    ///
    /// A byte order mark decides, then the pattern of NUL bytes that UTF-16 without one has, then for Python the coding
    /// cookie (PEP 263), then UTF-8; what is none of these is read as ISO-8859-1, and [`Encoding::is_guess`] says so.
    pub fn decode(path: impl Into<String>, bytes: &[u8], language: Language) -> Result<Self, DecodeError> {
        let decoded = decode::decode(bytes, language == Language::Python)?;
        Ok(Self {
            path: path.into(),
            text: decoded.text.into(),
            encoding: decoded.encoding,
            byte_order_mark: decoded.byte_order_mark,
            size_on_disk: bytes.len(),
            offsets: decoded.offsets,
            lines: OnceLock::new(),
            line_bytes: OnceLock::new(),
            origin: None,
        })
    }

    /// A text whose pieces stand in a file: `places` are pairs of an offset in the text and in that of the file, between
    /// two of which both grow alike. Places in the result are those of the file on disk.
    pub fn taken_from(file: Self, text: String, places: Vec<(usize, usize)>, cells: Vec<Cell>) -> Self {
        Self {
            path: file.path.clone(),
            text: text.into(),
            encoding: file.encoding,
            byte_order_mark: file.byte_order_mark,
            size_on_disk: file.size_on_disk,
            offsets: Offsets::Same,
            lines: OnceLock::new(),
            line_bytes: OnceLock::new(),
            origin: Some(Box::new(Origin { file, places, cells })),
        }
    }

    /// The file that the text was taken from; the file itself where it was taken from none.
    pub fn into_origin(self) -> Result<Self, Box<Self>> {
        match self.origin {
            Some(origin) => Ok(origin.file),
            None => Err(Box::new(self)),
        }
    }

    /// The file that the text was taken from; nothing where it is the text of the file itself.
    pub fn origin(&self) -> Option<&Self> {
        self.origin.as_ref().map(|origin| &origin.file)
    }

    /// The cell that an offset stands in, and the line of the cell, from 1; nothing for what is no notebook.
    pub fn cell(&self, offset: usize) -> Option<(usize, usize)> {
        let cells = self.cells();
        let cell = cells.get(cells.partition_point(|cell| cell.start <= offset).checked_sub(1)?)?;
        Some((cell.number, self.line_of(offset) - self.line_of(cell.start) + 1 + cell.lines_before))
    }

    /// The cells of a notebook, none for anything else.
    pub fn cells(&self) -> &[Cell] {
        self.origin.as_ref().map_or(&[], |origin| &origin.cells)
    }

    /// The range of the text that stands at a place of the report.
    pub fn range_of(&self, span: &Span) -> ByteRange {
        let offset = |byte: usize| {
            let (mut low, mut high) = (0, self.text.len());
            while low < high {
                let middle = usize::midpoint(low, high);
                if self.byte_on_disk(middle) < byte { low = middle + 1 } else { high = middle }
            }
            low
        };
        ByteRange::new(offset(span.start.byte), offset(span.end.byte))
    }

    fn byte_on_disk(&self, offset: usize) -> usize {
        if let Some(origin) = &self.origin {
            return origin.file.byte_on_disk(origin.place(offset));
        }
        let offset = lines::floor_boundary(&self.text, offset);
        let index = self.lines().index_of(offset);
        self.disk_byte(offset, index, self.lines().starts()[index])
    }

    /// The path as reports give it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The decoded text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The decoded text, to be kept beside the file.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// How the bytes on disk are to be read.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the file begins with a byte order mark.
    pub fn has_byte_order_mark(&self) -> bool {
        self.byte_order_mark > 0
    }

    /// The line ending that most lines have; `\n` where there is only one line.
    pub fn newline(&self) -> Newline {
        self.lines().newline()
    }

    /// How many lines the text has; a text that ends in a line break has an empty last one.
    pub fn line_count(&self) -> usize {
        self.lines().starts().len()
    }

    /// The line, from 1, that a byte of the text stands in.
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines().index_of(offset) + 1
    }

    /// A line, from 1, without its line break.
    pub fn line(&self, line: usize) -> Option<ByteRange> {
        let starts = self.lines().starts();
        let start = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\r', '\n']);
        Some(ByteRange::new(start, start + content.len()))
    }

    /// The place that reports give for a range of the text.
    pub fn span(&self, range: ByteRange) -> Span {
        let start = self.position(range.start);
        Span { start, end: if range.end <= range.start { start } else { self.position(range.end) } }
    }

    /// The place that reports give for a byte of the text. What lies behind the end is the end, and what lies inside a
    /// character is its beginning.
    pub fn position(&self, offset: usize) -> Position {
        if let Some(origin) = &self.origin {
            return origin.file.position(origin.place(lines::floor_boundary(&self.text, offset)));
        }
        let offset = lines::floor_boundary(&self.text, offset);
        let index = self.lines().index_of(offset);
        let start = self.lines().starts()[index];
        let column = lines::count_characters(&self.text.as_bytes()[start..offset]) + 1;
        Position { line: index + 1, column, byte: self.disk_byte(offset, index, start) }
    }

    /// The text with secrets hidden: what [`mask()`] recognises, and the given ranges besides. It has as many
    /// characters and lines as the text.
    pub fn masked(&self, secrets: &[ByteRange]) -> String {
        mask::masked(&self.text, secrets).text
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }

    /// The byte on disk of `offset`, which stands in line `index` that begins at `start`.
    fn disk_byte(&self, offset: usize, index: usize, start: usize) -> usize {
        let byte = match &self.offsets {
            Offsets::Same => self.byte_order_mark + offset,
            Offsets::Checkpoints(checkpoints) => decode::disk_offset(checkpoints, offset),
            Offsets::PerCharacter(width) => {
                self.line_bytes(*width)[index] + self.text[start..offset].chars().map(width).sum::<usize>()
            }
        };
        byte.min(self.size_on_disk)
    }

    /// The byte on disk at which each line begins, where that cannot be told from the offset in the text.
    fn line_bytes(&self, width: fn(char) -> usize) -> &[usize] {
        self.line_bytes.get_or_init(|| {
            let starts = self.lines().starts();
            let mut bytes = Vec::with_capacity(starts.len());
            let mut byte = self.byte_order_mark;
            for (index, &start) in starts.iter().enumerate() {
                bytes.push(byte);
                let end = starts.get(index + 1).copied().unwrap_or(self.text.len());
                byte += self.text[start..end].chars().map(width).sum::<usize>();
            }
            bytes
        })
    }
}

impl Origin {
    /// Where a byte of the text stands in the text of the file.
    fn place(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|&(known, _)| known <= offset).saturating_sub(1);
        self.places.get(index).map_or(0, |&(known, place)| place + (offset - known))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_have_places_in_their_order(
            bytes in prop::collection::vec(prop_oneof![4 => 1u8..=255, 1 => Just(b'\n'), 1 => Just(b'\r')], 0..80),
            cookie in 0usize..4,
        ) {
            let cookie = ["", "# coding: shift_jis\n", "# coding: gb18030\n", "# coding: koi8-r\n"][cookie];
            let bytes = [cookie.as_bytes(), &bytes].concat();
            if let Ok(file) = SourceFile::decode("a.py", &bytes, Language::Python) {
                let places: Vec<_> = file.text().char_indices().map(|(offset, _)| file.position(offset)).collect();
                prop_assert!(places.is_sorted());
                prop_assert!(places.iter().all(|place| place.byte < bytes.len()));
                prop_assert!(file.position(usize::MAX).byte <= bytes.len());
            }
        }
    }

    fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
        for unit in marked.encode_utf16() {
            bytes.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
        }
        bytes
    }

    /// Every character of the text has to be found on disk where its encoded form stands.
    fn assert_places(bytes: &[u8], language: Language, encoding: Encoding, encode: impl Fn(char) -> Vec<u8>) {
        let file = SourceFile::decode("a", bytes, language).unwrap();
        assert_eq!(file.encoding(), encoding);
        for (offset, character) in file.text().char_indices() {
            let byte = file.position(offset).byte;
            let expected = encode(character);
            assert_eq!(&bytes[byte..byte + expected.len()], expected, "{character:?} at {offset}");
        }
        assert_eq!(file.position(file.text().len()).byte, bytes.len());
    }

    #[test]
    fn places_in_utf8_count_the_byte_order_mark() {
        let file = SourceFile::decode("a.js", "\u{feff}é = 'x';\r\nb".as_bytes(), Language::JavaScript).unwrap();
        assert!(file.has_byte_order_mark());
        assert_eq!(file.text(), "é = 'x';\r\nb");
        assert_eq!(file.newline(), Newline::CrLf);
        assert_eq!(file.position(5), Position { line: 1, column: 5, byte: 8 });
        assert_eq!(file.position(11), Position { line: 2, column: 1, byte: 14 });
        assert_eq!(file.line(1), Some(ByteRange::new(0, 9)));
        assert_eq!(file.line(3), None);
    }

    #[test]
    fn places_in_utf16() {
        for (little, encoding) in [(true, Encoding::Utf16Le), (false, Encoding::Utf16Be)] {
            for mark in [true, false] {
                let bytes = utf16("const é = '𝄞';\r\nfoo('日本');\n", little, mark);
                assert_places(&bytes, Language::JavaScript, encoding, |character| {
                    utf16(&character.to_string(), little, false)
                });
            }
        }
    }

    #[test]
    fn places_in_legacy_encodings() {
        let latin = b"a = '\xe9\xe9'\nb = '\xe9' + c\n";
        assert_places(latin, Language::Python, Encoding::Latin1, |character| vec![character as u8]);
        let text = "# -*- coding: shift_jis -*-\ns = '日本ｱ'\nt = '語'\n";
        let (bytes, encoding, _) = encoding_rs::SHIFT_JIS.encode(text);
        assert_places(&bytes, Language::Python, Encoding::Declared(encoding), |character| {
            encoding_rs::SHIFT_JIS.encode(&character.to_string()).0.into_owned()
        });
    }

    #[test]
    fn a_place_inside_a_character_or_behind_the_end_is_moved() {
        let file = SourceFile::decode("a", "é".as_bytes(), Language::Java).unwrap();
        assert_eq!(file.position(1).byte, 0);
        assert_eq!(file.position(99), Position { line: 1, column: 2, byte: 2 });
    }
}
