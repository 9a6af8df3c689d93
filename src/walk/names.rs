//! Names with wildcards, looked up for every entry of a tree.
//!
//! Nearly all patterns are plain or have stars alone, and those need no glob's machinery: a plain name is looked up, and of
//! the others hardly one is looked at beyond its last byte.

use std::collections::HashMap;
use std::ffi::OsStr;

use globset::{Glob, GlobBuilder, GlobSet};

use super::kinds::KindsError;

/// Patterns over names, each with a number that says what it stands for. Where several match, the least number counts.
#[derive(Debug)]
pub(super) struct Names {
    literal: HashMap<Vec<u8>, usize>,
    starred: Vec<(Starred, usize)>,
    globs: GlobSet,
    /// The numbers of the globs, in their order.
    of_globs: Vec<usize>,
}

/// A pattern whose only wildcards are stars.
#[derive(Debug)]
struct Starred {
    beginning: Vec<u8>,
    middle: Vec<Vec<u8>>,
    end: Vec<u8>,
}

impl Starred {
    fn new(pattern: &str) -> Self {
        let mut parts = pattern.split('*').map(|part| part.as_bytes().to_vec());
        let beginning = parts.next().unwrap_or_default();
        let end = parts.next_back().unwrap_or_default();
        Self { beginning, middle: parts.filter(|part| !part.is_empty()).collect(), end }
    }

    fn matches(&self, name: &[u8]) -> bool {
        // The last byte tells nearly all names apart, without a call.
        if self.end.last().is_some_and(|last| name.last() != Some(last)) {
            return false;
        }
        let Some(rest) = name.strip_prefix(&*self.beginning) else { return false };
        let Some(mut rest) = rest.strip_suffix(&*self.end) else { return false };
        self.middle.iter().all(|part| match memchr::memmem::find(rest, part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }
}

impl Names {
    /// `key` is where the patterns stand, for messages.
    pub(super) fn new<'pattern>(
        key: &'static str,
        patterns: impl IntoIterator<Item = (&'pattern String, usize)>,
    ) -> Result<Self, KindsError> {
        let mut names =
            Self { literal: HashMap::new(), starred: Vec::new(), globs: GlobSet::empty(), of_globs: Vec::new() };
        let mut globs = Vec::new();
        for (pattern, number) in patterns {
            if pattern.contains(['?', '[', '{', '\\', '/']) || pattern.contains("**") {
                globs.push(glob(key, pattern)?);
                names.of_globs.push(number);
            } else if pattern.contains('*') {
                names.starred.push((Starred::new(pattern), number));
            } else {
                let known = names.literal.entry(pattern.as_bytes().to_vec()).or_insert(number);
                *known = number.min(*known);
            }
        }
        if !globs.is_empty() {
            names.globs = GlobSet::new(globs).map_err(|error| KindsError::Glob {
                key,
                glob: String::new(),
                message: error.kind().to_string(),
            })?;
        }
        Ok(names)
    }

    /// The least number of the patterns that match.
    pub(super) fn number(&self, name: &OsStr) -> Option<usize> {
        let bytes = name.as_encoded_bytes();
        let literal = self.literal.get(bytes).copied();
        let starred = self.starred.iter().filter(|(starred, _)| starred.matches(bytes)).map(|(_, number)| *number);
        let least = literal.into_iter().chain(starred).min();
        if self.globs.is_empty() {
            return least;
        }
        let globs = self.globs.matches(name).into_iter().map(|position| self.of_globs[position]);
        least.into_iter().chain(globs).min()
    }

    /// Whether any pattern matches.
    pub(super) fn contains(&self, name: &OsStr) -> bool {
        let bytes = name.as_encoded_bytes();
        self.literal.contains_key(bytes)
            || self.starred.iter().any(|(starred, _)| starred.matches(bytes))
            || (!self.globs.is_empty() && self.globs.is_match(name))
    }
}

/// A glob in which a star does not cross folders.
pub(super) fn glob(key: &'static str, pattern: &String) -> Result<Glob, KindsError> {
    GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| KindsError::Glob {
        key,
        glob: pattern.to_owned(),
        message: error.kind().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_as_a_glob_does() {
        let patterns = [
            "a",
            "*",
            "a*",
            "*a",
            "a*b",
            "a*b*c",
            "*a*",
            "*.min.js",
            ".env*",
            "*requirements*.txt",
            "ab*ba",
            "[ab]*c",
            "a?",
        ];
        let names = [
            "",
            "a",
            "b",
            "ab",
            "aab",
            "abc",
            "aXbYc",
            "acb",
            "x.min.js",
            ".min.js",
            ".env",
            ".env.local",
            "ba",
            "aba",
            "abba",
            "requirements.txt",
            "dev-requirements-x.txt",
            "requirements.in",
            "bXc",
        ];
        for pattern in patterns {
            let pattern = pattern.to_owned();
            let own = Names::new("names", [(&pattern, 0)]).unwrap();
            let matcher = glob("names", &pattern).unwrap().compile_matcher();
            for name in names {
                assert_eq!(own.contains(OsStr::new(name)), matcher.is_match(name), "{pattern} {name}");
                assert_eq!(own.number(OsStr::new(name)).is_some(), matcher.is_match(name), "{pattern} {name}");
            }
        }
    }

    #[test]
    fn the_least_number_counts() {
        let patterns = ["*.json", "package.json", "pack*"].map(str::to_owned);
        let numbered = [(&patterns[0], 3), (&patterns[1], 2), (&patterns[2], 1)];
        let names = Names::new("names", numbered).unwrap();
        assert_eq!(names.number(OsStr::new("package.json")), Some(1));
        assert_eq!(names.number(OsStr::new("a.json")), Some(3));
        assert_eq!(names.number(OsStr::new("a.yaml")), None);
    }
}
