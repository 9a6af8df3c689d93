//! What private keys look like, in a text and in the first bytes of a file. Nothing here keeps a key.

/// How many characters of a key have to be there: less is the form of a key without its content.
const LEAST: usize = 20;

/// How many different characters the beginning of a key has at least: `MIIEvQxxxxxxxxxxxxxx` stands for one.
const LEAST_DIFFERENT: usize = 8;

/// How much of a file has to be looked at.
pub const HEAD: usize = 4096;

/// Whether a value is a private key: PEM, also with its line breaks escaped, base64 of PEM, or base64 of PKCS#8 DER.
pub fn is_private_key(text: &str) -> bool {
    let text = text.trim();
    if holds_private_pem(text) {
        return true;
    }
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if joined.len() < 2 * LEAST || !is_base64(joined.as_bytes()) {
        return false;
    }
    let bytes = decode(&joined, HEAD);
    is_private_der(&bytes) || std::str::from_utf8(&bytes).is_ok_and(holds_private_pem)
}

/// Whether a text holds a private key as PEM, with something in it. Certificates and public keys are none.
pub fn holds_private_pem(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = after.split_once("-----") else { return false };
        if label.ends_with("PRIVATE KEY") {
            let body = body.split("-----END").next().unwrap_or(body);
            // Escaped line breaks, and the headers of an encrypted key.
            let content = body.replace("\\r", "").replace("\\n", "\n");
            let lines = content.lines().filter(|line| !line.contains(':')).flat_map(str::chars);
            let key: String = lines.filter(|c| !c.is_whitespace() && *c != '\\').collect();
            // What an old tool encrypted begins with anything.
            let is_encrypted = content.contains("ENCRYPTED");
            if key.len() >= LEAST && is_beginning(&key.as_bytes()[..LEAST], is_encrypted) {
                return true;
            }
        }
        rest = body;
    }
    false
}

/// Whether the first bytes of a file are those of a private key or a key store.
pub fn is_key_file(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    holds_private_pem(&text) || is_private_der(head) || is_key_store(head) || (head.is_ascii() && is_private_key(&text))
}

/// Whether these are the first characters of a key, and not of words that stand in its place. A key is a sequence of ASN.1, or
/// OpenSSH's own form.
fn is_beginning(bytes: &[u8], is_encrypted: bool) -> bool {
    let is_standard = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    let is_known = is_encrypted || bytes.starts_with(b"M") || bytes.starts_with(b"b3BlbnNzaC1rZXkt");
    is_standard && is_known && different.len() >= LEAST_DIFFERENT
}

fn is_base64(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'))
}

/// Base64, standard or for URLs, as far as `most` bytes.
fn decode(text: &str, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).unwrap_or_default());
        }
        if bytes.len() >= most {
            break;
        }
    }
    bytes
}

/// The content of an ASN.1 sequence at the beginning.
fn sequence(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(&[0x30])?;
    match *rest.first()? {
        1..=0x7f => rest.get(1..),
        0x81 => rest.get(2..),
        0x82 => rest.get(3..),
        0x83 => rest.get(4..),
        _ => None,
    }
}

/// PKCS#8, PKCS#1 and SEC1 begin with a version; a certificate begins with a sequence, a public key too.
fn is_private_der(bytes: &[u8]) -> bool {
    let Some(content) = sequence(bytes).filter(|_| bytes.len() >= LEAST) else { return false };
    match content {
        // PKCS#8: version 0 or 1, then the algorithm.
        [2, 1, 0 | 1, 0x30, ..] => true,
        // PKCS#1: version 0, then the modulus. SEC1: version 1, then the key.
        [2, 1, 0, 2, 0x81..=0x83, ..] | [2, 1, 1, 4, ..] => true,
        _ => is_encrypted(content),
    }
}

/// Encrypted PKCS#8: an algorithm of PKCS#5 or PKCS#12 comes first.
fn is_encrypted(content: &[u8]) -> bool {
    const PASSWORD_BASED: [&[u8]; 2] =
        [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c]];
    let Some([6, _, identifier @ ..]) = sequence(content) else { return false };
    PASSWORD_BASED.iter().any(|known| identifier.starts_with(known))
}

/// PKCS#12: version 3, then the content. Java's older key stores have a magic number.
fn is_key_store(bytes: &[u8]) -> bool {
    let pkcs12 = sequence(bytes).is_some_and(|content| content.starts_with(&[2, 1, 3, 0x30]));
    pkcs12 || bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0x30, 0x80, 2, 1, 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ";

    #[test]
    fn private_keys_in_a_text() {
        for key in [
            format!("-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----"),
            format!("-----BEGIN RSA PRIVATE KEY-----\\r\\n{BODY}\\r\\n-----END RSA PRIVATE KEY-----"),
            format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n-----END RSA PRIVATE KEY-----"),
            BODY.to_owned(),
            "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFR"
                .to_owned(),
        ] {
            assert!(is_private_key(&key), "{key}");
        }
    }

    #[test]
    fn what_is_no_private_key() {
        for other in [
            "",
            "private.key",
            "-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----...-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ...\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nYOUR_PRIVATE_KEY_GOES_HERE\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\nyourprivatekeygoesherebutnotinthecode\n-----END PRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQxxxxxxxxxxxxxxxxxxxxxxxxxx\n-----END RSA PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----",
            "8cc1a7f2d3e04b5c96a81f0e2d7b4c3a8cc1a7f2d3e04b5c96a81f0e2d7b4c3a",
        ] {
            assert!(!is_private_key(other), "{other}");
        }
        let certificate = format!("-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----");
        assert!(!is_key_file(certificate.as_bytes()));
        assert!(!is_key_file(format!("-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----").as_bytes()));
        // A certificate as DER: a sequence in a sequence.
        assert!(!is_key_file(&[0x30, 0x82, 3, 0x11, 0x30, 0x82, 1, 0xf9, 0xa0, 3, 2, 1, 2, 2, 9, 0, 1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn key_files() {
        let der = decode(BODY, HEAD);
        assert!(is_key_file(&der));
        assert!(is_key_file(&[&[0x30, 0x82, 9, 0x71, 2, 1, 3, 0x30, 0x82][..], &[0; 30]].concat()));
        assert!(is_key_file(format!("Bag Attributes\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n{BODY}\n").as_bytes()));
    }
}
