//! From the bytes of a file to UTF-8 text, with the way back to offsets on disk.

use std::borrow::Cow;

use encoding_rs::DecoderResult;
use thiserror::Error;

/// How the bytes of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// What the coding cookie of a Python file names.
    Declared(&'static encoding_rs::Encoding),
    /// ISO-8859-1, because it is not UTF-8 and says nothing of itself.
    Latin1,
}

impl Encoding {
    /// The name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Declared(encoding) => encoding.name(),
            Self::Latin1 => "ISO-8859-1",
        }
    }

    /// A text as it stands in a file of this encoding; nothing where the encoding has no sign for a part of it.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Declared(encoding) => {
                let (bytes, _, has_gaps) = encoding.encode(text);
                (!has_gaps).then(|| bytes.into_owned())
            }
            Self::Latin1 => text.chars().map(|sign| u8::try_from(u32::from(sign)).ok()).collect(),
        }
    }

    /// Whether nothing in the file says so: the caller should warn.
    pub fn is_guess(self) -> bool {
        self == Self::Latin1
    }
}

/// Why the bytes of a file are no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// It holds a NUL character. The fault lies with the file: it is no source code, or a damaged one.
    #[error(
        "this file is not text: it has a NUL byte at byte {offset}. If it is source code, save it as UTF-8 without NUL \
         bytes; if it is not, leave it out with an ignore rule"
    )]
    Binary {
        /// The byte on disk, from 0.
        offset: usize,
    },
}

/// How an offset in the text becomes an offset on disk.
#[derive(Debug)]
pub(super) enum Offsets {
    /// It is the same, but for the byte order mark.
    Same,
    /// Every character takes as many bytes as this says.
    PerCharacter(fn(char) -> usize),
    /// Pairs of an offset in the text and on disk; between two of them both grow alike.
    Checkpoints(Vec<(usize, usize)>),
}

/// A text and where it came from.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) byte_order_mark: usize,
    pub(super) offsets: Offsets,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
/// How many code units are looked at to tell UTF-16 without a byte order mark from a binary file.
const UTF16_SAMPLE: usize = 64;

/// Decodes a file; `cookie` says whether a coding cookie counts, as it does in Python alone.
pub(super) fn decode(bytes: &[u8], cookie: bool) -> Result<Decoded, DecodeError> {
    let decoded = match utf16(bytes) {
        Some((encoding, byte_order_mark)) => {
            let text = decode_utf16(&bytes[byte_order_mark..], encoding);
            Decoded { text, encoding, byte_order_mark, offsets: Offsets::PerCharacter(|char| 2 * char.len_utf16()) }
        }
        None => decode_bytes(bytes, cookie),
    };
    match memchr::memchr(0, decoded.text.as_bytes()) {
        None => Ok(decoded),
        Some(offset) => Err(DecodeError::Binary {
            offset: match &decoded.offsets {
                Offsets::Same => decoded.byte_order_mark + offset,
                Offsets::PerCharacter(width) => {
                    decoded.byte_order_mark + decoded.text[..offset].chars().map(width).sum::<usize>()
                }
                Offsets::Checkpoints(checkpoints) => disk_offset(checkpoints, offset),
            },
        }),
    }
}

/// The bytes of a file as UTF-8 where it is UTF-16, and nothing where its bytes can be searched as they are: ASCII
/// literals stand in every other encoding byte by byte. It looks at the first two bytes only, so that it costs nothing.
pub fn decode_for_search(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let first: [u8; 2] = bytes.get(..2)?.try_into().ok()?;
    if !matches!(first, [0xff, 0xfe] | [0xfe, 0xff] | [0, 1..=255] | [1..=255, 0]) {
        return None;
    }
    let (encoding, byte_order_mark) = utf16(bytes)?;
    Some(Cow::Owned(decode_utf16(&bytes[byte_order_mark..], encoding).into_bytes()))
}

/// Whether the file is UTF-16, and how long its byte order mark is.
fn utf16(bytes: &[u8]) -> Option<(Encoding, usize)> {
    match bytes {
        [0xff, 0xfe, ..] => return Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => return Some((Encoding::Utf16Be, 2)),
        _ => {}
    }
    let (encoding, low) = match bytes {
        [0, 1..=255, ..] => (Encoding::Utf16Be, 1),
        [1..=255, 0, ..] => (Encoding::Utf16Le, 0),
        _ => return None,
    };
    // Code is ASCII for the most part: nearly every unit has NUL in its high byte, and none has it in both.
    let sample = || bytes.chunks_exact(2).take(UTF16_SAMPLE);
    let latin = sample().filter(|unit| unit[1 - low] == 0 && unit[low] != 0).count();
    (sample().all(|unit| unit[low] != 0 || unit[1 - low] != 0) && 2 * latin >= sample().count())
        .then_some((encoding, 0))
}

fn decode_utf16(bytes: &[u8], encoding: Encoding) -> String {
    let units = bytes.chunks_exact(2).map(|unit| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes([unit[0], unit[1]]),
        _ => u16::from_le_bytes([unit[0], unit[1]]),
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn decode_bytes(bytes: &[u8], cookie: bool) -> Decoded {
    let (rest, byte_order_mark) = match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => (rest, UTF8_MARK.len()),
        None => (bytes, 0),
    };
    // Python itself refuses a mark together with another cookie, so the mark wins; ASCII is the same in all of them.
    if cookie
        && byte_order_mark == 0
        && !bytes.is_ascii()
        && let Some(label) = coding_cookie(bytes)
        && let Some(encoding) = encoding_for(label)
        && encoding != encoding_rs::UTF_8
        && let Some(decoded) = decode_declared(bytes, encoding)
    {
        return decoded;
    }
    match std::str::from_utf8(rest) {
        Ok(text) => {
            Decoded { text: text.to_owned(), encoding: Encoding::Utf8, byte_order_mark, offsets: Offsets::Same }
        }
        // A mark before what is not UTF-8 is three characters like any other.
        Err(_) => Decoded {
            text: bytes.iter().map(|&byte| char::from(byte)).collect(),
            encoding: Encoding::Latin1,
            byte_order_mark: 0,
            offsets: Offsets::PerCharacter(|_| 1),
        },
    }
}

/// The encoding that a comment in the first two lines names, as PEP 263 has it.
fn coding_cookie(bytes: &[u8]) -> Option<&[u8]> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let content = line.trim_ascii();
        let Some(comment) = content.strip_prefix(b"#") else {
            // Only an empty first line may stand before the cookie.
            if content.is_empty() {
                continue;
            }
            return None;
        };
        for at in memchr::memmem::find_iter(comment, b"coding") {
            let rest = &comment[at + b"coding".len()..];
            if let [b':' | b'=', label @ ..] = rest {
                let label = label.trim_ascii_start();
                let end = label
                    .iter()
                    .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'.'))
                    .unwrap_or(label.len());
                if end > 0 {
                    return Some(&label[..end]);
                }
            }
        }
    }
    None
}

/// The encoding of one of Python's names. The web's list, which `encoding_rs` has, lacks some of them.
fn encoding_for(label: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = String::from_utf8_lossy(label).to_ascii_lowercase().replace('_', "-");
    let known = match name.as_str() {
        "latin-1" | "iso-latin-1" => "latin1",
        "utf-8-sig" | "u8" => "utf-8",
        "cp932" | "mskanji" => "windows-31j",
        "cp936" => "gbk",
        "cp949" | "uhc" => "windows-949",
        "cp950" => "big5",
        "eucjp" | "ujis" => "euc-jp",
        "euckr" => "euc-kr",
        "mac-roman" => "macintosh",
        "shift-jis" => "shift_jis",
        other => other,
    };
    encoding_rs::Encoding::for_label(known.as_bytes())
        .or_else(|| encoding_rs::Encoding::for_label(known.replace('-', "").as_bytes()))
}

/// Decodes byte by byte, which shows for every character how many bytes it took; nothing where a byte does not fit.
fn decode_declared(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Option<Decoded> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 2);
    let mut checkpoints = vec![(0, 0)];
    let mut begin = 0;
    for at in 0..bytes.len() {
        let before = text.len();
        // No byte gives more than two characters.
        text.reserve(16);
        let last = at + 1 == bytes.len();
        match decoder.decode_to_string_without_replacement(&bytes[at..=at], &mut text, last) {
            (DecoderResult::InputEmpty, 1) => {}
            _ => return None,
        }
        if text.len() > before {
            if disk_offset(&checkpoints, before) != begin {
                checkpoints.push((before, begin));
            }
            begin = at + 1;
        }
    }
    if disk_offset(&checkpoints, text.len()) != bytes.len() {
        checkpoints.push((text.len(), bytes.len()));
    }
    Some(Decoded {
        text,
        encoding: Encoding::Declared(encoding),
        byte_order_mark: 0,
        offsets: Offsets::Checkpoints(checkpoints),
    })
}

/// The offset on disk of an offset in the text.
pub(super) fn disk_offset(checkpoints: &[(usize, usize)], offset: usize) -> usize {
    let index = checkpoints.partition_point(|&(text, _)| text <= offset).saturating_sub(1);
    let (text, disk) = checkpoints[index];
    disk + (offset - text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_where_python_finds_it() {
        assert_eq!(coding_cookie(b"#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n"), Some(&b"latin-1"[..]));
        assert_eq!(coding_cookie(b"# coding: cp1252\n"), Some(&b"cp1252"[..]));
        assert_eq!(coding_cookie(b"import a\n# coding: cp1252\n"), None);
        assert_eq!(coding_cookie(b"#\n#\n# coding: cp1252\n"), None);
    }

    #[test]
    fn the_names_that_python_knows() {
        for (label, name) in [
            ("latin-1", "windows-1252"),
            ("iso-8859-15", "ISO-8859-15"),
            ("iso8859_15", "ISO-8859-15"),
            ("cp932", "Shift_JIS"),
            ("euc_jp", "EUC-JP"),
            ("koi8_r", "KOI8-R"),
            ("utf8", "UTF-8"),
        ] {
            assert_eq!(encoding_for(label.as_bytes()).map(|encoding| encoding.name()), Some(name), "{label}");
        }
        assert!(encoding_for(b"cp437").is_none());
    }

    #[test]
    fn a_wrong_cookie_is_no_reason_to_give_up() {
        let decoded = decode("# coding: shift_jis\n'\u{e9}'".as_bytes(), true).unwrap();
        assert!(matches!(decoded.encoding, Encoding::Utf8 | Encoding::Declared(_)));
        let decoded = decode(b"# coding: cp437\n'\xe9'", true).unwrap();
        assert_eq!(decoded.encoding, Encoding::Latin1);
        let decoded = decode(b"# coding: koi8-r\n'\xc1'", false).unwrap();
        assert_eq!(decoded.encoding, Encoding::Latin1);
    }

    #[test]
    fn nul_means_binary_and_says_where() {
        assert_eq!(decode(b"ab\0", false).err(), Some(DecodeError::Binary { offset: 2 }));
        assert_eq!(decode(b"\xef\xbb\xbfa\0", false).err(), Some(DecodeError::Binary { offset: 4 }));
        assert_eq!(decode(b"\xe9\xe9\0", false).err(), Some(DecodeError::Binary { offset: 2 }));
        assert_eq!(decode(b"\xff\xfea\0\0\0", false).err(), Some(DecodeError::Binary { offset: 4 }));
        assert!(decode(b"\x7fELF\0\0\0", false).is_err());
        assert!(decode(b"", false).is_ok());
    }

    #[test]
    fn only_utf16_is_decoded_for_the_search() {
        assert_eq!(decode_for_search(b"const a"), None);
        assert_eq!(decode_for_search("\u{feff}a".as_bytes()), None);
        assert_eq!(decode_for_search(b""), None);
        assert_eq!(decode_for_search(b"a\0b\0").as_deref(), Some(&b"ab"[..]));
        assert_eq!(decode_for_search(b"\xfe\xff\0a\0b").as_deref(), Some(&b"ab"[..]));
        assert_eq!(decode_for_search(b"a\0\0\0\0\0"), None);
    }
}
