//! The scales a finding is placed on. Each is ordered from least to most.

use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Needs a look.
    Warning,
    /// Broken, or will break.
    Error,
}

impl Severity {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is. It follows from what the values left open, never from a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Something fits, more than one link is unproved.
    Possible,
    /// Strong evidence, one link unproved.
    Likely,
    /// The endpoint or the SDK is proved.
    Certain,
}

impl Confidence {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Whether a rewrite may be applied without a look. The words are a contract:
/// a `safe` one keeps the behaviour and assumed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Only a person can do it; the reason says how.
    Manual,
    /// Applied with `--unsafe`: something had to be assumed.
    Review,
    /// Applied by `fix --write`.
    Safe,
}

/// Whether a finding stands in the program or in its tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// The program itself.
    Source,
    /// Test code: a test folder, a test file name, a mock.
    Test,
}

/// What a piece of evidence does in an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The claims of the assertion.
    Claims,
    /// Where the private key comes from.
    PrivateKey,
    /// The call that signs.
    Sign,
    /// A statement that builds or sends the request.
    Exchange,
    /// Where the access token is read.
    TokenUse,
    /// Where the endpoint is written.
    Endpoint,
    /// A configuration key or file.
    Config,
    /// A manifest entry.
    Dependency,
    /// A function around the exchange.
    Wrapper,
}

impl Role {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::PrivateKey => "private-key",
            Self::Sign => "sign",
            Self::Exchange => "exchange",
            Self::TokenUse => "token-use",
            Self::Endpoint => "endpoint",
            Self::Config => "config",
            Self::Dependency => "dependency",
            Self::Wrapper => "wrapper",
        }
    }
}
