//! Configuration files of any format, read into one neutral model: entries with their keys, their values and the exact
//! places of both.
//!
//! One reader a format, each in its own file. It knows no key by name and decides nothing about what an entry means. A
//! file that is broken keeps what was read before the break, and says where the break is.

mod comment;
mod derived;
mod dotenv;
pub mod edit;
mod hcl;
mod ini;
mod json;
mod model;
mod properties;
mod scan;
mod toml;
mod xml;
mod yaml;

use crate::finding::Language;

pub use comment::line_comment;
pub use derived::Conventions;
pub use model::{Document, Entry, Kind, Name, Problem, SyntaxError};

use model::Builder;

/// How deep the values of a file may nest.
const MOST_LEVELS: usize = 200;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JSON; comments, trailing commas, single quotes and bare words are taken too.
    Json,
    /// YAML 1.2.
    Yaml,
    /// TOML.
    Toml,
    /// Java's `.properties`.
    Properties,
    /// OSGi's `.config`: typed values in quotes, arrays.
    OsgiConfig,
    /// `.env` files.
    Dotenv,
    /// Sections with keys.
    Ini,
    /// XML.
    Xml,
    /// Terraform and other HCL.
    Hcl,
}

impl Format {
    /// The format of a file: its language says most, its first lines the rest, since `.config` and `.conf` are the names
    /// of several formats. Nothing for what is no configuration.
    pub fn of(language: Language, text: &str) -> Option<Self> {
        let named = match language {
            Language::Json => Self::Json,
            Language::Yaml => Self::Yaml,
            Language::Toml => Self::Toml,
            Language::Properties => Self::Properties,
            Language::Dotenv => Self::Dotenv,
            Language::Xml => Self::Xml,
            Language::Ini => Self::Ini,
            Language::Hcl => Self::Hcl,
            _ => return None,
        };
        Some(match named {
            // `.env` files have quotes too.
            Self::Properties => sniffed(text).unwrap_or(named),
            Self::Ini | Self::Dotenv => sniffed(text).filter(|format| *format != Self::OsgiConfig).unwrap_or(named),
            // `.aio` is written by hand in YAML too.
            Self::Json if !text.trim_start().starts_with(['{', '[', '/', '"', '#']) && text.contains(": ") => {
                Self::Yaml
            }
            _ => named,
        })
    }
}

/// The format that the first lines give away.
fn sniffed(text: &str) -> Option<Format> {
    let head = text.trim_start();
    if head.starts_with('<') {
        return Some(Format::Xml);
    }
    if head.starts_with('{') {
        return Some(Format::Json);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';', '!']));
    let first = lines.next()?;
    if first.starts_with('[') && first.ends_with(']') && !first.contains('"') {
        return Some(Format::Ini);
    }
    // A typed value: `key=B"true"`, `key=[`.
    let (key, value) = first.split_once('=')?;
    let value = value.trim_start();
    let value = value.strip_prefix(|tag: char| tag.is_ascii_alphabetic()).unwrap_or(value);
    let is_name = key.trim().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let is_list = value.starts_with("[\"") || matches!(value, "[" | "[\\" | "[ \\" | "(" | "( \\");
    let is_text = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    (is_name && (is_list || is_text)).then_some(Format::OsgiConfig)
}

/// Reads a text of a format.
pub fn read(text: &str, format: Format, conventions: &Conventions) -> Document {
    let mut builder = Builder::new(text);
    match format {
        Format::Json => json::read(text, &mut builder),
        Format::Yaml => yaml::read(text, &mut builder),
        Format::Toml => toml::read(text, &mut builder),
        Format::Properties => properties::read(text, &mut builder),
        Format::OsgiConfig => properties::read_osgi(text, &mut builder),
        Format::Dotenv => dotenv::read(text, &mut builder),
        Format::Ini => ini::read(text, &mut builder),
        Format::Xml => xml::read(text, &mut builder),
        Format::Hcl => hcl::read(text, &mut builder),
    }
    derived::add(&mut builder, conventions);
    builder.finish()
}

#[cfg(test)]
mod tests;
