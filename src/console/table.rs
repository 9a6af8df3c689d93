//! Comma-separated values with the place of every field (RFC 4180; semicolons and tabs too).

/// A field and where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    /// Line and column, from 1.
    pub(super) place: (usize, usize),
}

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) place: (usize, usize),
    pub(super) message: String,
}

/// The rows of a table. Empty lines are none.
pub(super) fn rows(text: &str) -> Result<Vec<Vec<Field>>, Mistake> {
    let delimiter = delimiter(text);
    let mut rows = Vec::new();
    let mut row: Vec<Field> = Vec::new();
    let mut field = Field { text: String::new(), place: (1, 1) };
    let (mut line, mut column) = (1, 1);
    let mut quoted_at = None;
    let mut was_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let here = (line, column);
        column += 1;
        if character == '\n' {
            (line, column) = (line + 1, 1);
        }
        if quoted_at.is_some() {
            if character != '"' {
                field.text.push(character);
            } else if characters.peek() == Some(&'"') {
                characters.next();
                column += 1;
                field.text.push('"');
            } else {
                quoted_at = None;
            }
            continue;
        }
        match character {
            '"' if field.text.trim().is_empty() && !was_quoted => {
                field.text.clear();
                (quoted_at, was_quoted) = (Some(here), true);
            }
            '"' => {
                let message = "a quote inside a field; write it twice, and the field between quotes".to_owned();
                return Err(Mistake { place: here, message });
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
                field.place = (line, column);
                was_quoted = false;
            }
            _ if character == delimiter => {
                row.push(std::mem::take(&mut field));
                field.place = (line, column);
                was_quoted = false;
            }
            _ if was_quoted && !character.is_whitespace() => {
                let message = "something stands behind the closing quote of a field".to_owned();
                return Err(Mistake { place: here, message });
            }
            _ => field.text.push(character),
        }
    }
    if let Some(place) = quoted_at {
        return Err(Mistake { place, message: "a quote that is never closed".to_owned() });
    }
    if !row.is_empty() || !field.text.is_empty() || was_quoted {
        row.push(field);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|field| !field.text.trim().is_empty()));
    Ok(rows)
}

/// What separates the fields: what the first line has most of.
fn delimiter(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    [',', ';', '\t'].into_iter().rev().max_by_key(|delimiter| first.matches(*delimiter).count()).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let rows = rows(text).unwrap();
        rows.into_iter().map(|row| row.into_iter().map(|field| field.text).collect()).collect()
    }

    #[test]
    fn fields_may_be_quoted_and_separated_by_several_signs() {
        assert_eq!(texts("a,b\r\n\"x, \"\"y\"\"\nz\",2\n\n"), [["a", "b"], ["x, \"y\"\nz", "2"]]);
        assert_eq!(texts("a;b\n1;2,3"), [["a", "b"], ["1", "2,3"]]);
        assert_eq!(texts("a\tb\n1\t2"), [["a", "b"], ["1", "2"]]);
    }

    #[test]
    fn mistakes_have_their_places() {
        assert_eq!(rows("a,b\n1,\"open\n").unwrap_err().place, (2, 3));
        assert_eq!(rows("a,b\n1,x\"y\n").unwrap_err().place, (2, 4));
        assert_eq!(rows("a,b\n1,\"x\"y\n").unwrap_err().place, (2, 6));
    }
}
