//! The line on a terminal that says how far a long scan is.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::Terminal;
use crate::scan::Progress;

/// A scan that is done by then shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const BEAT: Duration = Duration::from_millis(100);

/// Runs a scan with a progress line where one may be shown.
pub(super) fn shown<T>(terminal: &Terminal, progress: &Progress, action: impl FnOnce() -> T) -> T {
    if !terminal.shows_progress() {
        return action();
    }
    thread::scope(|scope| {
        // Dropping the sender ends the line, also when the scan panics.
        let (running, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            loop {
                bar.set_message(format!("{} files read", progress.seen()));
                bar.tick();
                if ended.recv_timeout(BEAT) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            bar.finish_and_clear();
        });
        let result = action();
        drop(running);
        result
    })
}
