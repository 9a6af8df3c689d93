//! `grantshift.toml`: the answers that a project gives once instead of in every command.
//!
//! It reads one file strictly, whether it was named or found: a misspelt key must never silently weaken a gate. It knows nothing of flags; who
//! merges both decides that a flag wins.

use std::path::{Path, PathBuf};
use std::{fs, io};

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Deserialize;
use thiserror::Error;

use crate::finding::{Confidence, Severity};

/// What the file is called where it is looked for.
pub const NAME: &str = "grantshift.toml";

/// What a configuration file says; nothing where it is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The rules whose findings are reported.
    pub select: Option<Vec<String>>,
    /// Rules whose findings are not reported.
    pub ignore: Option<Vec<String>>,
    /// The lowest severity that fails a run.
    pub fail_on: Option<FailOn>,
    /// The lowest confidence that is reported.
    pub min_confidence: Option<Confidence>,
    /// Whether hidden files and folders are read.
    pub hidden: Option<bool>,
    /// Whether ignore rules and the names of vendored and generated folders leave nothing out.
    pub no_ignore: Option<bool>,
    /// Folders of the project's own rules, relative to the file.
    pub rules: Option<Vec<PathBuf>>,
    /// How many threads.
    pub threads: Option<usize>,
    /// The scopes of the new credentials; the first table that fits counts.
    #[serde(default)]
    pub scopes: Vec<Scopes>,
}

/// A table `[[scopes]]`: what the new credential has, for some client id or some files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scopes {
    /// For the credential with this client id; nothing for any.
    pub client_id: Option<String>,
    /// For files that fit one of these globs, from the folder of the file; none for all.
    #[serde(default)]
    pub paths: Vec<Glob>,
    /// The scopes; at least one.
    pub scopes: ScopeList,
}

/// A glob that can be matched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Glob(pub String);

impl TryFrom<String> for Glob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match globset::Glob::new(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(format!("`{text}` is no glob: {}", error.kind())),
        }
    }
}

/// Scopes that can be asked for: each without blanks and commas, which join them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct ScopeList(pub Vec<String>);

impl TryFrom<Vec<String>> for ScopeList {
    type Error = String;

    fn try_from(scopes: Vec<String>) -> Result<Self, String> {
        let is_none = |scope: &&String| scope.is_empty() || scope.contains([' ', ',']);
        match scopes.iter().find(is_none) {
            Some(scope) => Err(format!("`{scope}` is no scope: write each by itself, as [\"openid\", \"AdobeID\"]")),
            None if scopes.is_empty() => Err("a credential has scopes: name at least one".to_owned()),
            None => Ok(Self(scopes)),
        }
    }
}

/// The lowest severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Every finding.
    Note,
    /// No finding.
    Never,
}

impl FailOn {
    /// As a severity; nothing for never.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

/// Why a configuration file could not be used. Whoever wrote or named it can mend it.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read the configuration {}: {source}", path.display())]
    #[diagnostic(help("--config takes the path of a TOML file"))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not of the format.
    #[error("{message}")]
    #[diagnostic(help(
        "keys: select, ignore, fail_on, min_confidence, hidden, no_ignore, rules, threads, and tables [[scopes]] with scopes, client_id, paths"
    ))]
    Format {
        /// Where, with line and column, and what is wrong.
        message: String,
        /// Its text.
        #[source_code]
        text: NamedSource<String>,
        /// Where.
        #[label("here")]
        place: Option<SourceSpan>,
    },
}

/// Reads a configuration file.
pub fn read(path: &Path) -> Result<Config, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let mut config = parse(&path.to_string_lossy(), text)?;
    for rules in config.rules.iter_mut().flatten() {
        *rules = path.parent().unwrap_or(Path::new("")).join(&*rules);
    }
    Ok(config)
}

fn parse(name: &str, text: String) -> Result<Config, Error> {
    toml::from_str(&text).map_err(|error| {
        let place = error.span();
        let located = place.as_ref().map_or_else(
            || name.to_owned(),
            |place| {
                let before = &text[..place.start];
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
                format!("{name}:{line}:{column}")
            },
        );
        Error::Format {
            message: format!("{located}: {}", error.message().trim().replace('\n', ", ")),
            place: place.map(SourceSpan::from),
            text: NamedSource::new(name, text),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Config, String> {
        parse("grantshift.toml", text.to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_key_is_read() {
        let config = parsed(
            "select = ['a']\nignore = ['b']\nfail_on = 'never'\nmin_confidence = 'possible'\nhidden = true\nno_ignore = \
             true\nrules = ['rules']\nthreads = 2\n",
        )
        .unwrap();
        assert_eq!(config.fail_on.map(FailOn::severity), Some(None));
        assert_eq!(config.min_confidence, Some(Confidence::Possible));
        assert_eq!((config.hidden, config.no_ignore, config.threads), (Some(true), Some(true), Some(2)));
        assert_eq!(parsed(""), Ok(Config::default()));
    }

    #[test]
    fn a_misspelt_key_is_an_error_with_its_place() {
        let error = parsed("hidden = true\nfail-on = 'error'\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:2:1: unknown field `fail-on`"), "{error}");
        let error = parsed("fail_on = 'eror'\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:1:11: unknown variant `eror`"), "{error}");
    }

    #[test]
    fn scopes_are_tables_of_their_own() {
        let config = parsed(
            "[[scopes]]\nclient_id = 'abc'\npaths = ['src/**']\nscopes = ['openid', 'AdobeID']\n[[scopes]]\nscopes = ['openid']\n",
        )
        .unwrap();
        let first = &config.scopes[0];
        assert_eq!((first.client_id.as_deref(), &first.paths), (Some("abc"), &vec![Glob("src/**".to_owned())]));
        assert_eq!((first.scopes.0.len(), config.scopes.len()), (2, 2));
        let error = parsed("[[scopes]]\nscopes = ['openid,AdobeID']\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:2:10: `openid,AdobeID` is no scope"), "{error}");
        let error = parsed("[[scopes]]\nscopes = []\n").unwrap_err();
        assert!(error.contains("name at least one"), "{error}");
        let error = parsed("[[scopes]]\nscopes = ['openid']\npaths = ['a[']\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:3:9: `a[` is no glob"), "{error}");
        assert!(parsed("[[scopes]]\nscope = ['openid']\n").is_err());
    }

    #[test]
    fn folders_of_rules_are_relative_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grantshift.toml");
        fs::write(&path, "rules = ['own']").unwrap();
        assert_eq!(read(&path).unwrap().rules, Some(vec![folder.path().join("own")]));
        let missing = read(&folder.path().join("missing.toml")).unwrap_err();
        assert!(missing.to_string().contains("missing.toml"));
    }
}
