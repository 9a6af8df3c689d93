//! Where lines begin, and how they end.

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newline {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r`
    Cr,
}

impl Newline {
    /// The line break itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// The beginnings of all lines.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    newline: Newline,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let (mut feeds, mut pairs, mut returns) = (0usize, 0usize, 0usize);
        for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
            if bytes[at] == b'\r' {
                if bytes.get(at + 1) == Some(&b'\n') {
                    continue;
                }
                returns += 1;
            } else if at > 0 && bytes[at - 1] == b'\r' {
                pairs += 1;
            } else {
                feeds += 1;
            }
            starts.push(at + 1);
        }
        let newline = if pairs > feeds && pairs >= returns {
            Newline::CrLf
        } else if returns > feeds {
            Newline::Cr
        } else {
            Newline::Lf
        };
        Self { starts, newline }
    }

    /// The offset at which each line begins; the first is 0.
    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    pub(super) fn newline(&self) -> Newline {
        self.newline
    }

    /// The line, from 0, that `offset` stands in.
    pub(super) fn index_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }
}

/// How many characters a piece of UTF-8 has.
pub(super) fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// The beginning of the character that `offset` lies in, or the end.
pub(super) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_line_breaks_begin_a_line() {
        let lines = Lines::new("a\nb\r\nc\rd\r\n");
        assert_eq!(lines.starts(), [0, 2, 5, 7, 10]);
        assert_eq!(lines.newline(), Newline::CrLf);
        assert_eq!([0, 1, 2, 4, 5, 9, 10, 99].map(|offset| lines.index_of(offset)), [0, 0, 1, 1, 2, 3, 4, 4]);
    }

    #[test]
    fn the_most_frequent_line_break_is_the_style() {
        for (text, newline) in
            [("", Newline::Lf), ("a\n", Newline::Lf), ("a\r", Newline::Cr), ("a\r\nb\nc\r\n", Newline::CrLf)]
        {
            assert_eq!(Lines::new(text).newline(), newline, "{text:?}");
        }
    }
}
