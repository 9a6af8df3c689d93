//! What happens when the program itself is at fault: a page to report it to, and no backtrace.
//!
//! The message of a panic is never shown: it may quote the scanned text, and with it a secret.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use super::terminal::Terminal;
use crate::report::{HOME, TOOL};

/// The exit code: what Rust programs end with when they panic.
pub(super) const CODE: u8 = 101;

/// More places than these say nothing new: what follows the first panic is often its echo in another thread.
const MOST_PLACES: usize = 3;

static PLACES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Runs the program; nothing comes back where it panicked, and the user has been told. A panic that is caught further
/// in, as one file's is, shows nothing here.
pub(super) fn guard<T>(terminal: &Terminal, action: impl FnOnce() -> T) -> Option<T> {
    panic::set_hook(Box::new(|panic| {
        let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        if places.len() < MOST_PLACES && !places.contains(&place) {
            places.push(place);
        }
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(action)).ok();
    if result.is_none() {
        let places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
        terminal.say(format_args!(
            "error: {} {} has failed, and it is not your fault (at {})\n  help: please report it with the command and, \
             as far as you may share it, the file: {HOME}/issues",
            TOOL.name,
            TOOL.version,
            places.join(", ")
        ));
    }
    result
}
