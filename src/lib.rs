//! grantshift finds code that exchanges a signed JWT for an access token at Adobe IMS, and reports it.

pub mod anchors;
pub mod cli;
pub mod config;
pub mod detect;
pub mod facts;
pub mod finding;
pub mod gate;
pub mod report;
pub mod rules;
pub mod scan;
pub mod source;
pub mod syntax;
pub mod walk;
