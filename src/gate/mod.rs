//! What counts: thresholds and the exit code.
