//! The format of `[target.code]`: what a target of Java prints, and what it has to know of the clients whose place it takes. It is
//! data; `rewrite` fills it in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::targets::numbers;

/// What a target prints.
///
/// A class stands in backquotes, with the short name of its package before it. `$name$` is filled in. A line that begins with
/// `?name ` stands only where there is such a value, one with `!name ` only where there is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeModel {
    /// Short names of packages.
    pub packages: BTreeMap<String, String>,
    /// The class of what asks for tokens.
    pub manager_class: String,
    /// How it is made.
    pub manager: String,
    /// An option by which it asks at each call.
    pub fresh: String,
    /// An option by which it sends through a client of its own.
    pub client: String,
    /// How it is asked.
    pub ask: String,
    /// The answer, when that is done.
    pub answer: String,
    /// A variable with the answer, where more than the text of the token is read.
    pub hold: String,
    /// The body of a function that makes it and asks.
    pub function: String,
    /// How such a function is called.
    pub ask_function: String,
    /// What the function gives.
    pub token_class: String,
    /// The text of the token.
    pub value: String,
    /// Its lifetime in seconds.
    pub seconds: String,
    /// Its type.
    pub kind: String,
    /// Words around a request, in small letters, that say that its client is set up in another way.
    pub set_up: Vec<String>,
    /// Failures of other clients that it does not throw.
    pub failures: Vec<String>,
    /// How the client shows who it is, by version, highest first.
    #[serde(rename = "method")]
    pub methods: Vec<MethodModel>,
    /// Clients with time-outs, by version, highest first.
    pub time_outs: Vec<TimeOutsModel>,
    /// Calls by which other clients are given time-outs.
    pub time_out: Vec<TimeOutModel>,
}

/// How a client shows who it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodModel {
    /// The version of the library.
    pub from: String,
    /// The name.
    pub name: String,
}

/// How a client with time-outs is made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOutsModel {
    /// The version of the library.
    pub from: String,
    /// What it is given.
    pub unit: TimeUnit,
    /// The code.
    pub code: String,
}

/// How a length of time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// A number of milliseconds.
    Milliseconds,
    /// An object.
    Duration,
}

/// Calls by which a client is given a time-out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOutModel {
    /// Methods, by their last name.
    pub calls: Vec<String>,
    /// What it is for.
    pub of: Wait,
}

/// What a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// A connection.
    Connect,
    /// The answer.
    Read,
    /// What another client does not wait for.
    Nothing,
}

impl CodeModel {
    /// How the client shows who it is, in a version of the library; the newest where that is not known.
    pub fn method(&self, version: Option<&str>) -> Option<&str> {
        let fits = |model: &&MethodModel| version.is_none_or(|version| numbers(version) >= numbers(&model.from));
        self.methods.iter().find(fits).map(|model| model.name.as_str())
    }

    /// How a client with time-outs is made, in a version of the library.
    pub fn time_outs(&self, version: &str) -> Option<&TimeOutsModel> {
        self.time_outs.iter().find(|model| numbers(version) >= numbers(&model.from))
    }

    /// What a method of this name sets the time for.
    pub fn waits(&self, called: &str) -> Option<Wait> {
        self.time_out.iter().find(|model| model.calls.iter().any(|name| name == called)).map(|model| model.of)
    }

    /// What is wrong with it: a text of the file and why.
    pub(super) fn mistake(&self) -> Option<(String, String)> {
        let falls = |from: Vec<Vec<u64>>| {
            !from.iter().any(Vec::is_empty) && from.windows(2).all(|pair| pair[0] > pair[1]) && !from.is_empty()
        };
        let methods = falls(self.methods.iter().map(|model| numbers(&model.from)).collect());
        let time_outs = falls(self.time_outs.iter().map(|model| numbers(&model.from)).collect());
        if !(methods && time_outs) {
            let message = "every `from` of `method` and `time_outs` has to be a version, the highest first".to_owned();
            return Some(("[target.code]".to_owned(), message));
        }
        None
    }
}
