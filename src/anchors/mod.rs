//! From the loaded rules to the literal filter over raw bytes.
