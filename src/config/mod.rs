//! `grantshift.toml`.
