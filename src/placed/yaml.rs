//! Reads YAML. The grammar is a library's; here its events become a tree, and its texts get their places back.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{DEEPEST, Key, Malformed, Node, Text, Value};
use crate::finding::ByteRange;

/// Reads all documents of a file.
pub fn yaml(text: &str) -> Result<Vec<Node>, Malformed> {
    let places = Places::new(text);
    let mut building = Building::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Malformed {
            offset: places.byte(error.marker().index()),
            message: error.info().to_owned(),
        })?;
        let range = ByteRange::new(places.byte(span.start.index()), places.byte(span.end.index()));
        match event {
            Event::SequenceStart(..) => building.open(range, Vec::new(), false)?,
            Event::MappingStart(..) => building.open(range, Vec::new(), true)?,
            Event::SequenceEnd | Event::MappingEnd => building.close(range),
            Event::Alias(_) => building.add(Node { range, value: Value::Other }),
            Event::Scalar(content, style, ..) => {
                let value = Value::Text(aligned(text, &content, style, range));
                building.add(Node { range, value });
            }
            _ => {}
        }
    }
    Ok(building.roots)
}

/// Characters to bytes: the library counts characters.
struct Places {
    /// Nothing where they are the same.
    bytes: Option<Vec<usize>>,
    end: usize,
}

impl Places {
    fn new(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect());
        Self { bytes, end: text.len() }
    }

    fn byte(&self, index: usize) -> usize {
        match &self.bytes {
            None => index.min(self.end),
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.end),
        }
    }
}

#[derive(Default)]
struct Building {
    roots: Vec<Node>,
    /// What is open: where it began, its nodes so far (of a map keys and values by turns), and whether it is a map.
    open: Vec<(ByteRange, Vec<Node>, bool)>,
}

impl Building {
    fn open(&mut self, range: ByteRange, nodes: Vec<Node>, is_map: bool) -> Result<(), Malformed> {
        if self.open.len() >= DEEPEST {
            return Err(Malformed { offset: range.start, message: "this is nested too deeply".to_owned() });
        }
        self.open.push((range, nodes, is_map));
        Ok(())
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some((_, nodes, _)) => nodes.push(node),
            None => self.roots.push(node),
        }
    }

    fn close(&mut self, end: ByteRange) {
        let Some((start, nodes, is_map)) = self.open.pop() else { return };
        // The library ends a block where the next one begins; its last value says better where it ends.
        let last = nodes.last().map_or(end.end, |node| node.range.end);
        let range = ByteRange::new(start.start, last.max(start.start));
        let value = if is_map { Value::Map(members(nodes)) } else { Value::List(nodes) };
        self.add(Node { range, value });
    }
}

fn members(nodes: Vec<Node>) -> Vec<(Key, Node)> {
    let mut members = Vec::new();
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        let name = key.content().unwrap_or_default().to_owned();
        members.push((Key { name, range: key.range }, value));
    }
    members
}

/// Finds the characters of a text in the file: the order is the same, and only blanks, quotes and escapes differ.
fn aligned(text: &str, content: &str, style: ScalarStyle, range: ByteRange) -> Text {
    let mut at = range.start;
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    if is_block && text[at..].starts_with(['|', '>']) {
        at += text[at..].find('\n').map_or(text.len() - at, |end| end + 1);
    } else if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
        at += 1;
    }
    let mut aligned = Text::default();
    for character in content.chars() {
        let mut place = at;
        let mut written = 0;
        if style == ScalarStyle::DoubleQuoted {
            place = skip_folded(text, place, character);
            written = escape_length(&text[place.min(text.len())..]);
        } else if !character.is_whitespace() {
            let rest = &text[at..];
            place = at + (rest.len() - rest.trim_start().len());
        } else if is_block && character != '\n' {
            // Blanks behind the indentation are content, and those of the indentation are not: see below.
            place = at;
        }
        if written == 0 {
            written = text[place..].chars().next().map_or(0, char::len_utf8);
        }
        let quoted_quote = style == ScalarStyle::SingleQuoted && character == '\'' && text[place..].starts_with("''");
        aligned.push(character.encode_utf8(&mut [0; 4]), place.min(range.end.max(range.start)));
        let next = text[place..].chars().next();
        at = if !character.is_whitespace() || style == ScalarStyle::DoubleQuoted {
            place + written + usize::from(quoted_quote)
        } else if next == Some(character) {
            place + character.len_utf8()
        } else if next == Some('\r') && character == '\n' {
            place + 1 + usize::from(text[place + 1..].starts_with('\n'))
        } else if next.is_some_and(char::is_whitespace) && next != Some('\n') {
            // A folded line break, or blanks of the indentation.
            place + 1
        } else {
            place
        };
    }
    aligned.end(at.min(range.end.max(range.start)));
    aligned
}

/// In a text in double quotes, line breaks are folded and may be escaped: what is left out is passed over.
fn skip_folded(text: &str, mut at: usize, character: char) -> usize {
    loop {
        let rest = &text[at..];
        if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") {
            let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
            at += line + (rest[line..].len() - rest[line..].trim_start_matches([' ', '\t']).len());
        } else if !character.is_whitespace() && rest.starts_with(char::is_whitespace) {
            at += rest.len() - rest.trim_start().len();
        } else {
            return at;
        }
    }
}

/// How many bytes the escape sequence takes that stands here, 0 where none does.
fn escape_length(rest: &str) -> usize {
    let mut characters = rest.chars();
    if characters.next() != Some('\\') {
        return 0;
    }
    let length = match characters.next() {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    };
    if rest.is_char_boundary(length.min(rest.len())) { length.min(rest.len()) } else { 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_places(text: &str) {
        fn walk(text: &str, node: &Node) {
            if let Value::Text(inner) = &node.value {
                for (offset, character) in inner.content.char_indices().filter(|(_, one)| !one.is_whitespace()) {
                    let place = inner.place(offset);
                    let found = text[place..].chars().next();
                    assert!(found == Some(character) || found == Some('\\'), "{character} at {place} in {text}");
                }
            }
            node.items().iter().for_each(|item| walk(text, item));
            node.members().iter().for_each(|(_, value)| walk(text, value));
        }
        yaml(text).unwrap().iter().for_each(|root| walk(text, root));
    }

    #[test]
    fn texts_of_every_style_know_their_places() {
        assert_places("a: plain text\nb: 'it''s one'\nc: \"a\\tb \\u00e9c\\\n   d\"\n");
        assert_places("run: |\n  echo é\n    curl -d x \\\n      y\n\n  end\nnext: 1\n");
        assert_places("run: >-  # note\n  curl -d\n  x y\n\n  end\nnext:\n  - |\n    a\r\n    b\n");
        assert_places("run: curl\n  -d x\n  y\n");
        assert_places("\"run\": \"curl \\\"x\\\"\n  y\"\r\n");
    }

    #[test]
    fn a_tree_of_maps_and_lists() {
        let roots = yaml("jobs:\n  a:\n    steps:\n      - run: x\n      - uses: y\n---\nz: *z\n");
        assert!(roots.is_err(), "an anchor that is not there");
        let roots = yaml("jobs:\n  a:\n    steps:\n      - run: x\n      - uses: y\n---\nz: 1\n").unwrap();
        let steps = roots[0].at("jobs.a.steps").unwrap().items();
        assert_eq!(steps[1].get("uses").unwrap().content(), Some("y"));
        assert_eq!(roots.len(), 2);
    }

    #[test]
    fn a_template_is_malformed() {
        let error = yaml("a:\n  b: {{ x }}\n  {{- if y }}\n  c: 1\n").unwrap_err();
        assert!(error.offset > 0, "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c:|>'\"\\\\ \n\r\t#&*{}\\[\\],\u{e9}-]{0,40}") {
            let _ = yaml(&text);
        }
    }
}
