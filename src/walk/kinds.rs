//! What names say about files and folders, compiled from the `[files]` table of the rule files.
//!
//! Every test here runs once for every entry of a tree.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

use globset::{Glob, GlobSet};
use thiserror::Error;

use super::names::{Names, glob};
use crate::finding::{Family, Language};
use crate::rules::schema::Files;

/// How much of a file is searched for the mark of a generator.
const MARKER_REACH: usize = 2048;

/// A mistake in the `[files]` table: the fault of whoever wrote the rule file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KindsError {
    /// A glob that does not compile.
    #[error("`{glob}` in `files.{key}` is not a glob: {message}")]
    Glob {
        /// The key it stands under.
        key: &'static str,
        /// The glob.
        glob: String,
        /// What is wrong with it.
        message: String,
    },
    /// A language that there is not.
    #[error("`{language}` in `files.{key}` is no language; write one of {}", languages())]
    Language {
        /// The key it stands under.
        key: &'static str,
        /// The name.
        language: String,
    },
}

fn languages() -> String {
    Language::NAMES.map(|(name, _)| name).join(", ")
}

/// How long an extension may be for which nothing is allocated.
const ORDINARY_EXTENSION: usize = 32;

/// What names say about files and folders.
#[derive(Debug)]
pub struct FileKinds {
    /// What extensions say, in small letters.
    extensions: HashMap<Vec<u8>, Named>,
    /// Whole names, which win over extensions but those of code. Their numbers are positions in `languages`.
    names: Names,
    languages: Vec<Language>,
    uncovered: HashSet<Vec<u8>>,
    documentation: HashSet<Vec<u8>>,
    locks: Names,
    archives: HashSet<Vec<u8>>,
    interpreters: Vec<(String, Language)>,
    hidden: Names,
    vendored: Names,
    generated: Names,
    version_control: Names,
    minified: Names,
    markers: Vec<String>,
    tests: Vec<Glob>,
    /// The same, compiled when it is first asked for: that takes longer than a small tree is walked.
    compiled_tests: OnceLock<GlobSet>,
}

/// What a file's name says about its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It is this one.
    Language(Language),
    /// It has no extension: the first line has to say it.
    AskFirstLine,
    /// It is no text, so that nothing in it is read.
    Binary,
}

/// Why a folder is left out, judged by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    VersionControl,
    Vendored,
    Generated,
}

impl FileKinds {
    /// Compiles the `[files]` table.
    pub fn new(files: &Files) -> Result<Self, KindsError> {
        let lower = |extension: &String| extension.to_ascii_lowercase().into_bytes();
        let mut extensions: HashMap<_, _> =
            files.binary.iter().map(|extension| (lower(extension), Named::Binary)).collect();
        for (name, listed) in &files.extensions {
            let language = language("extensions", name)?;
            extensions.extend(listed.iter().map(|extension| (lower(extension), Named::Language(language))));
        }
        let languages = files.names.keys().map(|name| language("names", name)).collect::<Result<Vec<_>, _>>()?;
        let numbered =
            files.names.values().zip(0..).flat_map(|(listed, number)| listed.iter().map(move |name| (name, number)));
        let names = Names::new("names", numbered)?;
        let names_of = |key, listed: &[String]| Names::new(key, listed.iter().map(|name| (name, 0)));
        let mut interpreters = Vec::new();
        for (name, listed) in &files.interpreters {
            let language = language("interpreters", name)?;
            interpreters.extend(listed.iter().map(|interpreter| (interpreter.clone(), language)));
        }
        Ok(Self {
            extensions,
            names,
            languages,
            uncovered: files.uncovered.iter().map(lower).collect(),
            documentation: files.documentation.iter().map(lower).collect(),
            archives: files.archives.iter().map(lower).collect(),
            locks: names_of("locks", &files.locks)?,
            interpreters,
            hidden: names_of("hidden", &files.hidden)?,
            vendored: names_of("vendored", &files.vendored)?,
            generated: names_of("generated", &files.generated)?,
            version_control: names_of("version_control", &files.version_control)?,
            minified: names_of("minified", &files.minified)?,
            markers: files.generated_markers.clone(),
            tests: files.tests.iter().map(|pattern| glob("tests", pattern)).collect::<Result<_, _>>()?,
            compiled_tests: OnceLock::new(),
        })
    }

    /// Whether a path, with forward slashes and below the root of the repository, is that of test code.
    pub fn is_test(&self, path: &str) -> bool {
        let compiled = || GlobSet::new(&self.tests).expect("invariant: globs that were parsed can be compiled");
        self.compiled_tests.get_or_init(compiled).is_match(path)
    }

    /// Whether the beginning of a file says, in a comment, that a program wrote it.
    pub fn has_generated_marker(&self, bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(MARKER_REACH)];
        head.split(|&byte| byte == b'\n').any(|line| {
            let content = line.trim_ascii_start();
            let comment = [&b"//"[..], b"#", b"/*", b"*", b"<!--", b"\"\"\"", b"'''", b";", b"--"]
                .iter()
                .any(|opening| content.starts_with(opening));
            comment && self.markers.iter().any(|marker| memchr::memmem::find(content, marker.as_bytes()).is_some())
        })
    }

    pub(super) fn language(&self, name: &OsStr) -> Named {
        let bytes = name.as_encoded_bytes();
        let by_extension = match memchr::memrchr(b'.', bytes) {
            None => Named::AskFirstLine,
            // A name such as `.profile` is no extension.
            Some(0) => Named::Language(Language::Other),
            Some(dot) => match self.by_extension(&bytes[dot + 1..]) {
                // Code is known by its extension alone, and most files are code.
                Named::Language(language) if language.family() == Family::Code => return Named::Language(language),
                named => named,
            },
        };
        self.names.number(name).map_or(by_extension, |number| Named::Language(self.languages[number]))
    }

    fn by_extension(&self, extension: &[u8]) -> Named {
        // Asked for every file, so that nothing is allocated.
        let mut lower = [0; ORDINARY_EXTENSION];
        let known = match lower.get_mut(..extension.len()) {
            Some(lower) => {
                lower.copy_from_slice(extension);
                lower.make_ascii_lowercase();
                self.extensions.get(&*lower)
            }
            None => self.extensions.get(&extension.to_ascii_lowercase()),
        };
        known.copied().unwrap_or(Named::Language(Language::Other))
    }

    /// The language of a file that another one leads to, by its name.
    pub fn language_of(&self, path: &Path) -> Option<Language> {
        match self.language(path.file_name()?) {
            Named::Language(language) => Some(language),
            _ => None,
        }
    }

    /// The language of a code file, by its name.
    pub fn code_language(&self, name: &OsStr) -> Option<Language> {
        match self.language(name) {
            Named::Language(language) if language.family() == Family::Code => Some(language),
            _ => None,
        }
    }

    /// Whether a folder of this name holds what others wrote, what a build makes or the data of version control.
    pub fn is_left_out(&self, name: &OsStr) -> bool {
        self.folder(name).is_some()
    }

    /// Whether a file is source code in a language that no rule reads.
    pub fn is_uncovered(&self, path: &Path) -> bool {
        is_listed(&self.uncovered, path)
    }

    /// Whether a file is documentation: a person reads it, no program does.
    pub fn is_documentation(&self, path: &Path) -> bool {
        is_listed(&self.documentation, path)
    }

    /// Whether a file is where a package manager locks what a manifest asks for.
    pub fn is_lock(&self, path: &Path) -> bool {
        path.file_name().is_some_and(|name| self.locks.contains(name))
    }

    /// Whether a file holds others, packed.
    pub fn is_archive(&self, path: &Path) -> bool {
        is_listed(&self.archives, path)
    }

    /// Why a file that was not read was left out, judged by the names on its path.
    pub fn why_left_out(&self, path: &Path) -> &'static str {
        let name = path.file_name().unwrap_or_default();
        let folders = path.parent().into_iter().flat_map(Path::components).map(|component| component.as_os_str());
        let kinds: Vec<(Option<Folder>, bool)> =
            folders.map(|folder| (self.folder(folder), self.is_hidden(folder))).collect();
        let is_in = |wanted| kinds.iter().any(|(kind, _)| *kind == Some(wanted));
        if is_in(Folder::Vendored) {
            "in a vendored folder"
        } else if is_in(Folder::Generated) {
            "in a generated folder"
        } else if kinds.iter().any(|(_, hidden)| *hidden) || self.is_hidden(name) {
            "hidden"
        } else if self.is_minified(name) {
            "minified"
        } else if self.language(name) == Named::Binary {
            "no text"
        } else {
            "left out by an ignore rule"
        }
    }

    /// Whether a folder belongs to version control.
    pub fn is_version_control(&self, name: &OsStr) -> bool {
        self.version_control.contains(name)
    }

    /// The language that a `#!` line names.
    pub(super) fn interpreter(&self, line: &[u8]) -> Option<Language> {
        let line = std::str::from_utf8(line.strip_prefix(b"#!")?).ok()?;
        let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
        let mut words = line.split_ascii_whitespace();
        let mut program = base(words.next()?);
        if program == "env" {
            // `env -S node --flag`, `env NAME=value node`
            program = base(words.find(|word| !word.starts_with('-') && !word.contains('='))?);
        }
        let known = |name: &str| {
            self.interpreters.iter().find(|(interpreter, _)| interpreter == name).map(|&(_, language)| language)
        };
        known(&program).or_else(|| known(program.trim_end_matches(|end: char| end.is_ascii_digit() || end == '.')))
    }

    pub(super) fn folder(&self, name: &OsStr) -> Option<Folder> {
        if self.version_control.contains(name) {
            Some(Folder::VersionControl)
        } else if self.vendored.contains(name) {
            Some(Folder::Vendored)
        } else if self.generated.contains(name) {
            Some(Folder::Generated)
        } else {
            None
        }
    }

    /// Whether a hidden name is read all the same.
    pub(super) fn is_hidden(&self, name: &OsStr) -> bool {
        name.as_encoded_bytes().first() == Some(&b'.') && !self.hidden.contains(name)
    }

    pub(super) fn is_minified(&self, name: &OsStr) -> bool {
        self.minified.contains(name)
    }
}

fn is_listed(extensions: &HashSet<Vec<u8>>, path: &Path) -> bool {
    // What has no extension is known by its whole name: `Jenkinsfile`.
    let known_by = path.extension().or_else(|| path.file_name());
    known_by.is_some_and(|extension| extensions.contains(&extension.as_encoded_bytes().to_ascii_lowercase()))
}

fn language(key: &'static str, name: &str) -> Result<Language, KindsError> {
    Language::named(name).ok_or_else(|| KindsError::Language { key, language: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::RuleFile;

    fn shipped() -> Files {
        toml::from_str::<RuleFile>(include_str!("../../rules/files.toml")).unwrap().files.unwrap()
    }

    fn kinds() -> FileKinds {
        FileKinds::new(&shipped()).unwrap()
    }

    #[test]
    fn the_name_says_the_language() {
        let kinds = kinds();
        for (name, expected) in [
            ("a.js", Named::Language(Language::JavaScript)),
            ("A.MJS", Named::Language(Language::JavaScript)),
            ("a.d.ts", Named::Language(Language::TypeScript)),
            ("a.tsx", Named::Language(Language::Tsx)),
            ("A.java", Named::Language(Language::Java)),
            ("a.pyi", Named::Language(Language::Python)),
            ("a.json", Named::Language(Language::Json)),
            (".env.production", Named::Language(Language::Dotenv)),
            ("Makefile", Named::Language(Language::Makefile)),
            ("requirements-dev.txt", Named::Language(Language::Requirements)),
            ("package-lock.json", Named::Language(Language::Other)),
            ("a.", Named::Language(Language::Other)),
            (".js", Named::Language(Language::Other)),
            ("a.php", Named::Language(Language::Other)),
            ("a.PNG", Named::Binary),
            ("run", Named::AskFirstLine),
        ] {
            assert_eq!(kinds.language(OsStr::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn the_first_line_says_the_language() {
        let kinds = kinds();
        for (line, expected) in [
            ("#!/usr/bin/env node", Some(Language::JavaScript)),
            ("#!/usr/bin/env -S node --experimental", Some(Language::JavaScript)),
            ("#! /usr/bin/python3.11 -u", Some(Language::Python)),
            ("#!/usr/bin/env A=b python2\r", Some(Language::Python)),
            ("#!/usr/bin/env -S deno run", Some(Language::TypeScript)),
            ("#!/bin/sh", Some(Language::Shell)),
            ("#!", None),
            ("node", None),
        ] {
            assert_eq!(kinds.interpreter(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn test_code_is_known_by_its_path() {
        let kinds = kinds();
        for path in [
            "test/a.js",
            "packages/x/tests/a.py",
            "src/test/java/com/acme/A.java",
            "src/integrationTest/java/A.java",
            "src/__mocks__/a.js",
            "src/a.spec.ts",
            "src/TokenTest.java",
            "pkg/test_token.py",
            "conftest.py",
        ] {
            assert!(kinds.is_test(path), "{path}");
        }
        for path in ["src/a.js", "src/main/java/com/acme/Contest.java", "latest/a.js", "src/attest.py"] {
            assert!(!kinds.is_test(path), "{path}");
        }
    }

    #[test]
    fn the_mark_of_a_generator_counts_in_comments_near_the_beginning() {
        let kinds = kinds();
        assert!(kinds.has_generated_marker(b"/*\n * @generated by x\n */"));
        assert!(kinds.has_generated_marker(b"# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  "));
        assert!(!kinds.has_generated_marker(b"const mark = '@generated';"));
        let late = format!("{}// @generated", "x();\n".repeat(1_000));
        assert!(!kinds.has_generated_marker(late.as_bytes()));
    }

    #[test]
    fn a_mistake_in_the_table_is_named() {
        let mut files = shipped();
        files.minified = vec!["[".to_owned()];
        assert!(matches!(FileKinds::new(&files), Err(KindsError::Glob { key: "minified", .. })));
        let mut files = shipped();
        files.extensions.insert("cobol".to_owned(), vec![]);
        assert!(matches!(FileKinds::new(&files), Err(KindsError::Language { key: "extensions", .. })));
    }
}
