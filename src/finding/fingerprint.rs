//! The identity of a finding across runs.
//!
//! It must survive moved lines, reformatting, a moved file and a better classification by a newer version, so it is
//! made of the rule's *family*, the enclosing symbol and the tokens of the call, and of nothing that speaks of a place.

use sha2::{Digest, Sha256};

/// The fingerprint of a finding: SHA-256 in hexadecimal of the family of its rule, the symbol that encloses the call
/// (`Class.method`, or empty at the top level) and the tokens of the call with all layout removed.
///
/// All `ims-jwt-*` rules about code are one family, so that a finding keeps its identity when a newer version
/// classifies it better.
pub fn fingerprint<'a>(rule: &str, symbol: &str, tokens: impl Iterator<Item = &'a str>) -> String {
    let family = match rule {
        "ims-jwt-exchange" | "ims-jwt-sdk" | "ims-jwt-assertion" | "aem-service-credentials" => "ims-jwt",
        other => other,
    };
    let mut hash = Sha256::new();
    hash.update(family);
    hash.update([0]);
    hash.update(symbol);
    for token in tokens {
        hash.update([0]);
        hash.update(token);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn a_better_class_keeps_the_identity() {
        let call = ["axios", ".", "post"];
        assert_eq!(
            fingerprint("ims-jwt-exchange", "Client.token", call.into_iter()),
            fingerprint("ims-jwt-sdk", "Client.token", call.into_iter())
        );
        assert_ne!(
            fingerprint("ims-jwt-exchange", "Client.token", call.into_iter()),
            fingerprint("ims-jwt-exchange", "Client.other", call.into_iter())
        );
    }

    #[test]
    fn tokens_do_not_run_together() {
        assert_ne!(fingerprint("r", "", ["ab", "c"].into_iter()), fingerprint("r", "", ["a", "bc"].into_iter()));
    }
}
