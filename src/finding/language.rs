//! The languages and formats that a finding can stand in, by their names in the report.

use serde::{Deserialize, Serialize};

/// A language or file format, named as the JSON report names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// JavaScript, JSX included.
    JavaScript,
    /// TypeScript without JSX.
    TypeScript,
    /// TypeScript with JSX. Reported as `typescript`; it only needs another grammar.
    #[serde(rename(serialize = "typescript"))]
    Tsx,
    /// Java.
    Java,
    /// Python.
    Python,
}

impl Language {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::JavaScript => "javascript",
            Self::TypeScript | Self::Tsx => "typescript",
            Self::Java => "java",
            Self::Python => "python",
        }
    }

    /// The platform whose libraries the code uses: rule files are written per platform.
    pub fn platform(self) -> Platform {
        match self {
            Self::JavaScript | Self::TypeScript | Self::Tsx => Platform::Node,
            Self::Java => Platform::Java,
            Self::Python => Platform::Python,
        }
    }
}

/// What a library is written for. JavaScript and TypeScript share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// JavaScript and TypeScript.
    Node,
    /// Java.
    Java,
    /// Python.
    Python,
}
