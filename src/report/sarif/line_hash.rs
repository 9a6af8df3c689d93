//! The fingerprint that GitHub code scanning knows a result by: a hash of the hundred characters from the beginning of its line.
//!
//! The upload action makes it where it is missing and warns where it is another one, so it is the action's to the bit
//! (`github/codeql-action`, `src/fingerprints.ts`): blanks and tabs are left out, every line break is a line feed, behind the end stands
//! one mark and then zeros, and lines that hash alike are counted. Who uploads through the REST API has nobody who would make it.

use std::collections::HashMap;

use crate::source::SourceFile;

/// How many characters are hashed.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// What stands behind the end of a file.
const END: u16 = u16::MAX;

/// The fingerprints of all lines of a file, the first line first; nothing where the bytes of the file cannot be told.
pub(super) fn of_file(file: &SourceFile) -> Option<Vec<String>> {
    let file = file.origin().unwrap_or(file);
    let mut bytes = file.encoding().encode(file.text())?;
    if file.has_byte_order_mark() {
        let mark = file.encoding().encode("\u{feff}")?;
        bytes.splice(0..0, mark);
    }
    // The action reads every file as UTF-8.
    Some(of_text(&String::from_utf8_lossy(&bytes)))
}

fn of_text(text: &str) -> Vec<String> {
    let (mut units, mut starts) = (Vec::with_capacity(text.len()), Vec::new());
    let (mut at_start, mut after_return) = (true, false);
    for unit in text.encode_utf16().chain([END]) {
        let is_break = unit == u16::from(b'\n') || unit == u16::from(b'\r');
        let is_second = after_return && unit == u16::from(b'\n');
        after_return = false;
        if is_second || unit == u16::from(b' ') || unit == u16::from(b'\t') {
            continue;
        }
        after_return = unit == u16::from(b'\r');
        if at_start {
            starts.push(units.len());
        }
        at_start = is_break;
        units.push(if is_break { u16::from(b'\n') } else { unit });
    }
    let mut counts: HashMap<u64, usize> = HashMap::new();
    let lines = starts.into_iter().map(|start| {
        let window = units[start..].iter().copied().chain(std::iter::repeat(0)).take(WINDOW);
        let hash = window.fold(0_u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)));
        let count = counts.entry(hash).or_default();
        *count += 1;
        format!("{hash:x}:{count}")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Language;

    /// The values that the action's own tests publish.
    #[test]
    fn it_is_the_hash_of_the_upload_action() {
        assert_eq!(of_text(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            of_text(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let broken = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(of_text(text), broken, "{text:?}");
        }
        assert_eq!(
            of_text(&"Lorem ipsum dolor sit amet.\n".repeat(10)),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
        assert_eq!(of_text("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n")[3], "5c482a0f8b35ea28:1");
    }

    #[test]
    fn the_bytes_of_the_file_count() {
        let decoded = |bytes: &[u8]| SourceFile::decode("a.js", bytes, Language::JavaScript).unwrap();
        let hash = |bytes: &[u8]| of_file(&decoded(bytes)).unwrap();
        assert_eq!(hash(b"a\xe9\n"), of_text("a\u{fffd}\n"), "ISO-8859-1 is read as UTF-8");
        assert_eq!(hash("\u{feff}a\n".as_bytes()), of_text("\u{feff}a\n"));
        assert_eq!(hash("a\u{1d11e}\n".as_bytes()), of_text("a\u{1d11e}\n"));
    }
}
