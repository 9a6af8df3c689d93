//! Unified diffs that `git apply` takes, to the byte: of text in any encoding, with any line ends.
//!
//! It compares bytes line by line and knows which lines a diff would print, so that somebody else can say whether they may
//! be shown. It decides nothing about that.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};
use sha1::{Digest, Sha1};

/// How many unchanged lines are printed around a change.
pub const CONTEXT: usize = 3;

/// The differences between two versions of a file.
#[derive(Debug)]
pub struct FileDiff<'a> {
    before: &'a [u8],
    after: &'a [u8],
    old: Vec<&'a [u8]>,
    new: Vec<&'a [u8]>,
    hunks: Vec<Hunk>,
}

/// What becomes of a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was there, and stays.
    Edited,
    /// It was not there.
    Created,
    /// It is taken away.
    Deleted,
}

/// Changes that are printed together, with the lines around them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    old: Range<usize>,
    new: Range<usize>,
    hunks: Range<usize>,
}

impl<'a> FileDiff<'a> {
    /// Compares two versions.
    pub fn new(before: &'a [u8], after: &'a [u8]) -> Self {
        let split = |bytes: &'a [u8]| bytes.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>();
        let (old, new) = (split(before), split(after));
        let mut input = InternedInput::default();
        input.update_before(old.iter().copied());
        input.update_after(new.iter().copied());
        let mut diff = Diff::compute(Algorithm::Histogram, &input);
        diff.postprocess_lines(&input);
        Self { before, after, hunks: diff.hunks().collect(), old, new }
    }

    /// The lines, from 0, that are printed of the old and of the new version.
    pub fn printed(&self, context: usize) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        self.groups(context).into_iter().map(|group| (group.old, group.new)).unzip()
    }

    fn groups(&self, context: usize) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (number, hunk) in self.hunks.iter().enumerate() {
            let (old, new) = (range(&hunk.before), range(&hunk.after));
            match groups.last_mut() {
                // Where the lines in between would all be printed, it is one.
                Some(last) if old.start - last.old.end <= 2 * context => {
                    (last.old.end, last.new.end, last.hunks.end) = (old.end, new.end, number + 1);
                }
                _ => groups.push(Group { old, new, hunks: number..number + 1 }),
            }
        }
        for group in &mut groups {
            let before = context.min(group.old.start);
            let after = context.min(self.old.len() - group.old.end);
            group.old = group.old.start - before..group.old.end + after;
            group.new = group.new.start - before..group.new.end + after;
        }
        groups
    }

    /// Prints the difference. `path` is the one that `git apply` looks for, `mode` that of the file.
    pub fn print(&self, path: &[u8], change: Change, mode: u32, context: usize, out: &mut Vec<u8>) {
        if self.hunks.is_empty() {
            return;
        }
        let (from, to) = (name(b"a/", path), name(b"b/", path));
        let line = |out: &mut Vec<u8>, parts: &[&[u8]]| {
            out.extend(parts.concat());
            out.push(b'\n');
        };
        line(out, &[b"diff --git ", &from, b" ", &to]);
        let nothing = "0".repeat(20);
        let (head, index) = match change {
            Change::Edited => (None, format!("{}..{} {mode:06o}", blob(self.before), blob(self.after))),
            Change::Created => (Some("new"), format!("{nothing}..{}", blob(self.after))),
            Change::Deleted => (Some("deleted"), format!("{}..{nothing}", blob(self.before))),
        };
        if let Some(head) = head {
            line(out, &[format!("{head} file mode {mode:06o}").as_bytes()]);
        }
        line(out, &[b"index ", index.as_bytes()]);
        // A tab ends a name with blanks, as git writes it.
        let end: &[u8] = if path.contains(&b' ') && !from.starts_with(b"\"") { b"\t" } else { b"" };
        match change {
            Change::Created => line(out, &[b"--- /dev/null"]),
            _ => line(out, &[b"--- ", &from, end]),
        }
        match change {
            Change::Deleted => line(out, &[b"+++ /dev/null"]),
            _ => line(out, &[b"+++ ", &to, end]),
        }
        for group in self.groups(context) {
            let head = format!("@@ -{} +{} @@", place(&group.old), place(&group.new));
            line(out, &[head.as_bytes()]);
            let mut done = group.old.start;
            for hunk in &self.hunks[group.hunks.clone()] {
                let (old, new) = (range(&hunk.before), range(&hunk.after));
                write_lines(out, b' ', &self.old[done..old.start]);
                write_lines(out, b'-', &self.old[old.clone()]);
                write_lines(out, b'+', &self.new[new]);
                done = old.end;
            }
            write_lines(out, b' ', &self.old[done..group.old.end]);
        }
    }
}

fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

fn write_lines(out: &mut Vec<u8>, sign: u8, lines: &[&[u8]]) {
    for line in lines {
        out.push(sign);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

/// The place of lines in a head: an empty one is named by the line before it.
fn place(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// The name that git gives the content of a file.
fn blob(bytes: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hash.finalize().iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}

/// A path with its prefix, quoted where a line could not hold it as it is.
fn name(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    let needs_quotes = |byte: &u8| *byte < 0x20 || *byte == 0x7f || matches!(byte, b'"' | b'\\');
    let is_plain = !path.iter().any(needs_quotes) && std::str::from_utf8(path).is_ok();
    let whole = [prefix, path].concat();
    if is_plain {
        return whole;
    }
    let mut quoted = vec![b'"'];
    for byte in whole {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b'\t' => quoted.extend(b"\\t"),
            b'\n' => quoted.extend(b"\\n"),
            b'\r' => quoted.extend(b"\\r"),
            0x00..0x20 | 0x7f.. => quoted.extend(format!("\\{byte:03o}").bytes()),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}

/// The path of a file as `git apply` reads it: from `base`, with forward slashes. It begins with `../` where the file lies
/// outside. Both are absolute and resolved.
pub fn relative(path: &Path, base: &Path) -> Vec<u8> {
    let shared = path.components().zip(base.components()).take_while(|(one, other)| one == other).count();
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
    bytes_of(&relative)
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(before: &str, after: &str) -> String {
        printed_as(Change::Edited, before, after)
    }

    fn printed_as(change: Change, before: &str, after: &str) -> String {
        let mut out = Vec::new();
        FileDiff::new(before.as_bytes(), after.as_bytes()).print(b"a.js", change, 0o100_644, CONTEXT, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_diff_looks_as_git_writes_it() {
        let before: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let after = before.replace("\n5\n", "\n5a\n5b\n").replace("\n9\n", "\n").replace("20\n", "20");
        let expected = "diff --git a/a.js b/a.js\n\
            index 0ff3bbb9c8bba2291654..7c5a0b9a1ec7b7a5b5d6 100644\n\
            --- a/a.js\n+++ b/a.js\n\
            @@ -2,11 +2,11 @@\n 2\n 3\n 4\n-5\n+5a\n+5b\n 6\n 7\n 8\n-9\n 10\n 11\n 12\n\
            @@ -17,4 +17,4 @@\n 17\n 18\n 19\n-20\n+20\n\\ No newline at end of file\n";
        let without_index =
            |text: &str| text.lines().filter(|line| !line.starts_with("index ")).collect::<Vec<_>>().join("\n");
        assert_eq!(without_index(&printed(&before, &after)), without_index(expected));
        assert!(printed(&before, &after).contains("index 0ff3bbb9c8bba2291654.."));
        assert_eq!(printed("a\n", "a\n"), "");
    }

    #[test]
    fn an_empty_side_is_named_by_the_line_before() {
        assert!(printed("", "a\n").contains("@@ -0,0 +1 @@\n+a\n"));
        assert!(printed("a\nb\n", "").contains("@@ -1,2 +0,0 @@\n-a\n-b\n"));
    }

    #[test]
    fn a_file_comes_and_goes_as_git_says_it() {
        assert_eq!(
            printed_as(Change::Created, "", "a\n"),
            "diff --git a/a.js b/a.js\nnew file mode 100644\nindex 00000000000000000000..78981922613b2afb6025\n\
             --- /dev/null\n+++ b/a.js\n@@ -0,0 +1 @@\n+a\n"
        );
        assert_eq!(
            printed_as(Change::Deleted, "a\n", ""),
            "diff --git a/a.js b/a.js\ndeleted file mode 100644\nindex 78981922613b2afb6025..00000000000000000000\n\
             --- a/a.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        );
    }

    #[test]
    fn odd_paths_are_quoted() {
        let name = |path: &[u8]| String::from_utf8(super::name(b"a/", path)).unwrap();
        assert_eq!(name(b"src/a b.js"), "a/src/a b.js");
        assert_eq!(name("\u{fc}ber".as_bytes()), "a/\u{fc}ber");
        assert_eq!(name(b"a\"b\tc\\d\xff"), "\"a/a\\\"b\\tc\\\\d\\377\"");
    }

    #[test]
    fn paths_are_relative_to_the_base() {
        let relative = |path: &str, base: &str| String::from_utf8(relative(Path::new(path), Path::new(base))).unwrap();
        assert_eq!(relative("/r/src/a.js", "/r"), "src/a.js");
        assert_eq!(relative("/other/a.js", "/r/src"), "../../other/a.js");
    }
}
