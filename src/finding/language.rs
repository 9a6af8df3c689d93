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
    /// A Jupyter notebook with Python cells. Reported as `python`; `details.cell` says which cell.
    #[serde(rename(serialize = "python"))]
    Notebook,
    /// JSON, with comments too.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// Java's `.properties`, and OSGi's `.config`.
    Properties,
    /// `.env` files.
    Dotenv,
    /// XML, `pom.xml` among it.
    Xml,
    /// A Gradle build file, Groovy or Kotlin.
    Gradle,
    /// pip's requirements files.
    Requirements,
    /// INI, `setup.cfg` among it.
    Ini,
    /// Shell scripts.
    Shell,
    /// Makefiles.
    Makefile,
    /// Terraform and other HCL.
    Hcl,
    /// Key material as PEM.
    Pem,
    /// Key material as DER.
    Der,
    /// A PKCS#12 key store.
    Pkcs12,
    /// Anything else that is text: no rule reads it, but what it holds of the old flow is accounted for.
    Other,
}

/// What kind of reading a file gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Source code in a language with an adapter.
    Code,
    /// Configuration, manifests and scripts.
    Document,
    /// Key material, which is told by its name and its first bytes.
    Key,
    /// Everything else.
    Other,
}

impl Language {
    /// All of them, with the names that rule files use.
    pub const NAMES: [(&'static str, Language); 22] = [
        ("javascript", Self::JavaScript),
        ("typescript", Self::TypeScript),
        ("tsx", Self::Tsx),
        ("java", Self::Java),
        ("python", Self::Python),
        ("notebook", Self::Notebook),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("toml", Self::Toml),
        ("properties", Self::Properties),
        ("dotenv", Self::Dotenv),
        ("xml", Self::Xml),
        ("gradle", Self::Gradle),
        ("requirements", Self::Requirements),
        ("ini", Self::Ini),
        ("shell", Self::Shell),
        ("makefile", Self::Makefile),
        ("hcl", Self::Hcl),
        ("pem", Self::Pem),
        ("der", Self::Der),
        ("pkcs12", Self::Pkcs12),
        ("other", Self::Other),
    ];

    /// The language of this name in rule files.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, language)| language)
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tsx => "typescript",
            Self::Notebook => "python",
            _ => Self::NAMES.iter().find(|(_, language)| *language == self).map_or("other", |(name, _)| name),
        }
    }

    /// The platform whose libraries the code uses: rule files are written per platform. Nothing for what is no code.
    pub fn platform(self) -> Option<Platform> {
        match self {
            Self::JavaScript | Self::TypeScript | Self::Tsx => Some(Platform::Node),
            Self::Java => Some(Platform::Java),
            Self::Python | Self::Notebook => Some(Platform::Python),
            _ => None,
        }
    }

    /// What kind of reading a file of it gets.
    pub fn family(self) -> Family {
        match self {
            Self::Pem | Self::Der | Self::Pkcs12 => Family::Key,
            Self::Other => Family::Other,
            _ if self.platform().is_some() => Family::Code,
            _ => Family::Document,
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
