//! Client ids: shown shortened, compared whole.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// How many characters of a client id are shown at either end.
const SHOWN: usize = 4;

/// A client id as reports show it: enough to find it in the Developer Console, too little to use it.
pub fn shortened(client_id: &str) -> String {
    let characters: Vec<char> = client_id.chars().collect();
    match characters.len() {
        0..=8 => client_id.to_owned(),
        length => characters[..SHOWN].iter().chain(&['…']).chain(&characters[length - SHOWN..]).collect(),
    }
}

/// The SHA-256 of a client id, in hexadecimal: two ids can be compared without being kept.
pub fn digest(client_id: &str) -> String {
    Sha256::digest(client_id.trim().as_bytes()).iter().fold(String::with_capacity(64), |mut hexadecimal, byte| {
        // Writing to a String does not fail.
        let _ = write!(hexadecimal, "{byte:02x}");
        hexadecimal
    })
}
