//! The lines that a unified diff without context says have changed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::path_of;

/// Lines of a file that have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hunk {
    /// These lines, from 1, both included, are new or changed.
    Lines(usize, usize),
    /// Lines are gone between this line and the next.
    Gap(usize),
}

impl Hunk {
    /// Whether it meets the lines from one to another, both included.
    pub(super) fn meets(self, first: usize, last: usize) -> bool {
        match self {
            Self::Lines(start, end) => start <= last && first <= end,
            Self::Gap(above) => first <= above && above < last,
        }
    }
}

/// The hunks of each file, by its new path from the root of the repository. What is gone has none.
pub(super) fn hunks(diff: &[u8]) -> BTreeMap<PathBuf, Vec<Hunk>> {
    let mut hunks: BTreeMap<PathBuf, Vec<Hunk>> = BTreeMap::new();
    let mut current: Option<PathBuf> = None;
    // Lines of the hunk that are still to come: what they hold may look like a header.
    let (mut old, mut new) = (0_usize, 0_usize);
    for line in diff.split(|byte| *byte == b'\n') {
        if old + new > 0 {
            match line.first() {
                Some(b'-') => old = old.saturating_sub(1),
                Some(b'+') => new = new.saturating_sub(1),
                _ => {}
            }
        } else if let Some(path) = line.strip_prefix(b"+++ ") {
            current = new_path(path);
            if let Some(path) = &current {
                hunks.entry(path.clone()).or_default();
            }
        } else if line.starts_with(b"diff ") {
            current = None;
        } else if let Some(header) = line.strip_prefix(b"@@ ").and_then(numbers) {
            let ((_, removed), (start, added)) = header;
            (old, new) = (removed, added);
            if let Some(hunks) = current.as_ref().and_then(|path| hunks.get_mut(path)) {
                hunks.push(if added == 0 { Hunk::Gap(start) } else { Hunk::Lines(start, start + added - 1) });
            }
        }
    }
    hunks
}

/// The numbers of `-1,2 +3,4 @@ …`: where the lines begin, and how many they are.
fn numbers(header: &[u8]) -> Option<((usize, usize), (usize, usize))> {
    let header = std::str::from_utf8(header.split(|byte| *byte == b'@').next()?).ok()?;
    let (old, new) = header.trim().split_once(' ')?;
    let pair = |text: &str| match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    Some((pair(old.strip_prefix('-')?)?, pair(new.strip_prefix('+')?)?))
}

/// The path behind `+++`; nothing for what is gone. A path with odd characters is quoted, one with blanks ends in a tab.
fn new_path(written: &[u8]) -> Option<PathBuf> {
    let written = written.strip_suffix(b"\t").unwrap_or(written);
    let path = match written.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted.strip_suffix(b"\"")?),
        None => written.to_vec(),
    };
    path.strip_prefix(b"b/").map(path_of)
}

/// A path without the escapes of C that git writes.
fn unquoted(quoted: &[u8]) -> Vec<u8> {
    let mut path = Vec::new();
    let mut bytes = quoted.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        match bytes.next() {
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(digit) = bytes.next_if(|byte| matches!(byte, b'0'..=b'7')) {
                        value = value * 8 + u32::from(digit - b'0');
                    }
                }
                path.push(u8::try_from(value & 0xff).unwrap_or(b'?'));
            }
            Some(letter) => path.push(match letter {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                other => other,
            }),
            None => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_the_headers_alone() {
        let diff = b"diff --git a/a b.js b/a b.js\nindex 1..2 100644\n--- a/a b.js\t\n+++ b/a b.js\t\n@@ -3,0 +4,2 @@ class @@ {\n++++ b/evil.js\n+@@ -1 +1 @@\n@@ -9,2 +11,0 @@\n--- a/x\n-y\n@@ -20 +20 @@\n-a\n+b\n\\ No newline at end of file\ndiff --git a/gone.js b/gone.js\n--- a/gone.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let hunks = hunks(diff);
        assert_eq!(hunks.len(), 1);
        assert_eq!(hunks[&PathBuf::from("a b.js")], [Hunk::Lines(4, 5), Hunk::Gap(11), Hunk::Lines(20, 20)]);
    }

    #[test]
    fn odd_paths_are_read() {
        assert_eq!(new_path(b"\"b/a\\303\\274\\t\\\"x.js\""), Some(PathBuf::from("a\u{fc}\t\"x.js")));
        assert_eq!(new_path(b"/dev/null"), None);
    }

    #[test]
    fn what_is_gone_counts_inside_of_what_is_left() {
        assert!(Hunk::Gap(5).meets(5, 6) && !Hunk::Gap(5).meets(6, 9) && !Hunk::Gap(5).meets(1, 5));
        assert!(Hunk::Lines(4, 5).meets(5, 9) && !Hunk::Lines(4, 5).meets(6, 9));
    }
}
