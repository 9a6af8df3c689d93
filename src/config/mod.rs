//! `grantshift.toml`: the answers that a project gives once instead of in every command.
//!
//! It reads one file strictly, whether it was named or found: a misspelt key must never silently weaken a gate. It knows nothing of flags; who
//! merges both decides that a flag wins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use globset::GlobBuilder;
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Deserialize;
use thiserror::Error;
use toml::de::DeTable;

use crate::finding::{Confidence, Severity};
use crate::walk::normal;

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
    /// How many findings at or above `fail_on` a run may have.
    pub max_findings: Option<usize>,
    /// The baseline, relative to the file.
    pub baseline: Option<PathBuf>,
    /// Whether comments that give no reason silence nothing.
    pub require_reason: Option<bool>,
    /// Whether hidden files and folders are read.
    pub hidden: Option<bool>,
    /// Whether ignore rules and the names of vendored and generated folders leave nothing out.
    pub no_ignore: Option<bool>,
    /// Folders of the project's own rules, relative to the file.
    pub rules: Option<Vec<PathBuf>>,
    /// How many threads.
    pub threads: Option<usize>,
    /// What counts otherwise in some files; of each matter the first table that fits and says something counts.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// The scopes of the new credentials; the first table that fits counts.
    #[serde(default)]
    pub scopes: Vec<Scopes>,
    /// The lines, from 1, that the keys at the top stand on, and the parts of lists as `scopes[0]`.
    #[serde(skip)]
    pub lines: BTreeMap<String, usize>,
}

/// A table `[[overrides]]`: what counts otherwise in some files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// For files that fit one of these globs, from the folder of the file; at least one.
    pub paths: GlobList,
    /// Rules whose findings are silenced there.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// The lowest severity that fails a run there.
    pub fail_on: Option<FailOn>,
    /// The lowest confidence that is reported there.
    pub min_confidence: Option<Confidence>,
}

/// Globs, at least one: a table for no file would be a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Glob>")]
pub struct GlobList(pub Vec<Glob>);

impl TryFrom<Vec<Glob>> for GlobList {
    type Error = String;

    fn try_from(globs: Vec<Glob>) -> Result<Self, String> {
        if globs.is_empty() { Err("name at least one glob, as [\"legacy/**\"]".to_owned()) } else { Ok(Self(globs)) }
    }
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

impl Glob {
    /// Whether a path of a report fits, seen from a folder. A glob without a slash is over the name alone.
    pub fn fits(&self, folder: &Path, path: &str) -> bool {
        let path = normal(Path::new(path));
        let below = path.strip_prefix(normal(folder)).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let whole = if self.0.contains('/') { self.0.clone() } else { format!("**/{}", self.0) };
        let glob = GlobBuilder::new(&whole).literal_separator(true).build();
        glob.is_ok_and(|glob| glob.compile_matcher().is_match(below))
    }
}

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
    /// The name that users write.
    pub fn name(self) -> &'static str {
        self.severity().map_or("never", Severity::name)
    }

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
        "keys: select, ignore, fail_on, min_confidence, max_findings, baseline, require_reason, hidden, no_ignore, rules, threads, and tables \
         [[overrides]] with paths, ignore, fail_on, min_confidence, and [[scopes]] with scopes, client_id, paths"
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
    let folder = path.parent().unwrap_or(Path::new(""));
    for relative in config.rules.iter_mut().flatten().chain(&mut config.baseline) {
        *relative = folder.join(&*relative);
    }
    Ok(config)
}

/// The lines that the keys at the top of a file stand on.
fn lines(text: &str) -> BTreeMap<String, usize> {
    let Ok(table) = DeTable::parse(text) else { return BTreeMap::new() };
    let line = |start: usize| text[..start].matches('\n').count() + 1;
    let mut lines = BTreeMap::new();
    for (key, value) in table.get_ref() {
        lines.insert(key.get_ref().to_string(), line(key.span().start));
        // Tables of one name have a line each.
        for (number, item) in value.get_ref().as_array().into_iter().flatten().enumerate() {
            lines.insert(format!("{}[{number}]", key.get_ref()), line(item.span().start));
        }
    }
    lines
}

fn parse(name: &str, text: String) -> Result<Config, Error> {
    let config = toml::from_str(&text).map(|config| Config { lines: lines(&text), ..config });
    config.map_err(|error| {
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
        assert_eq!((config.lines["select"], config.lines["threads"]), (1, 8));
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
    fn some_files_may_count_otherwise() {
        let config = parsed(
            "max_findings = 3\nbaseline = 'b.json'\nrequire_reason = true\n[[overrides]]\npaths = ['a/**']\nignore = ['x']\nfail_on = \
             'never'\n[[overrides]]\npaths = ['b']\nmin_confidence = 'certain'\n",
        )
        .unwrap();
        assert_eq!((config.max_findings, config.require_reason, config.overrides.len()), (Some(3), Some(true), 2));
        assert_eq!((config.overrides[0].fail_on, config.lines["overrides"]), (Some(FailOn::Never), 4));
        assert_eq!((config.lines["overrides[0]"], config.lines["overrides[1]"]), (4, 8));
        let error = parsed("[[overrides]]\npaths = []\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:2:9: name at least one glob"), "{error}");
        let error = parsed("[[overrides]]\nignore = ['x']\n").unwrap_err();
        assert!(error.contains("missing field `paths`"), "{error}");
        let error = parsed("[[overrides]]\npaths = ['a']\nselect = ['x']\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:3:1: unknown field `select`"), "{error}");
        let error = parsed("max_findings = -1\n").unwrap_err();
        assert!(error.starts_with("grantshift.toml:1:16: "), "{error}");
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
