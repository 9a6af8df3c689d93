//! The positive fixtures: their files, their trees and what is found in them as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use grantshift::finding::{Finding, Language};
use grantshift::syntax::{Limits, parse, syntax_error};
use tree_sitter::{Node, Tree};

/// The rules that find something in code.
const RULES: [&str; 3] = ["ims-jwt-exchange", "ims-jwt-assertion", "ims-jwt-sdk"];

/// A file in which something is found, with the files of its case.
pub(crate) struct Fixture {
    case: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
    path: PathBuf,
    language: Language,
    text: String,
    tree: Tree,
    expected: BTreeMap<String, usize>,
    findings: Vec<Finding>,
}

/// A fixture after a change.
#[derive(Default)]
pub(crate) struct Variant {
    /// Which of several changes of a kind it is; the name of a folder.
    pub(crate) label: String,
    pub(crate) files: Vec<(PathBuf, String)>,
    pub(crate) removed: Vec<PathBuf>,
}

impl Variant {
    pub(crate) fn same() -> Self {
        Self::default()
    }
}

/// The language of a file of a fixture.
pub(crate) fn language_of(path: &Path) -> Option<Language> {
    Some(match path.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs" | "cjs" | "jsx") => Language::JavaScript,
        Some("ts" | "mts" | "cts") => Language::TypeScript,
        Some("tsx") => Language::Tsx,
        Some("java") => Language::Java,
        Some("py") => Language::Python,
        _ => return None,
    })
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    list(folder).into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

impl Fixture {
    /// All files with expectations that are plain UTF-8 without errors.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for language in ["javascript", "typescript", "java", "python"] {
            for rule in RULES {
                let folder = Path::new("fixtures").join(language).join(rule);
                if !folder.is_dir() {
                    continue;
                }
                for case in list(&folder) {
                    all.extend(Self::of_case(&case));
                }
            }
        }
        assert!(all.len() > 150, "only {} fixtures", all.len());
        all
    }

    fn of_case(case: &Path) -> Vec<Self> {
        let files: Vec<(PathBuf, Vec<u8>)> = files_below(case)
            .into_iter()
            .map(|path| (path.strip_prefix(case).unwrap().to_owned(), fs::read(&path).unwrap()))
            .collect();
        let mut fixtures = Vec::new();
        for (path, bytes) in &files {
            let Some(language) = language_of(path) else { continue };
            let Ok(text) = String::from_utf8(bytes.clone()) else { continue };
            let expects = text.lines().filter_map(|line| line.split_once("expect:"));
            if !expects.into_iter().any(|(_, rules)| RULES.iter().any(|rule| rules.contains(rule)))
                || text.starts_with('\u{feff}')
            {
                continue;
            }
            let tree = parse(&text, language, &Limits::default()).unwrap();
            if syntax_error(&tree).is_some() {
                continue;
            }
            let (case, files, path) = (case.to_owned(), files.clone(), path.clone());
            fixtures.push(Self {
                case,
                files,
                path,
                language,
                text,
                tree,
                expected: BTreeMap::new(),
                findings: Vec::new(),
            });
        }
        fixtures
    }

    pub(crate) fn set_findings(&mut self, found: Vec<Finding>) {
        self.expected = super::rules_of(&found);
        self.findings = found.into_iter().filter(|finding| self.is_of(finding)).collect();
    }

    /// Whether a finding stands in the file.
    pub(crate) fn is_of(&self, finding: &Finding) -> bool {
        finding.path.ends_with(&format!("/{}", self.path.to_string_lossy().replace('\\', "/")))
    }

    pub(crate) fn files(&self) -> &[(PathBuf, Vec<u8>)] {
        &self.files
    }

    /// The path of the file inside its case.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    pub(crate) fn of(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    /// What is found in the whole case as it is.
    pub(crate) fn expected(&self) -> &BTreeMap<String, usize> {
        &self.expected
    }

    /// What is found in the file as it is.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn is_alone(&self) -> bool {
        self.files.iter().filter(|(path, _)| language_of(path).is_some()).count() == 1
    }

    pub(crate) fn is_node(&self) -> bool {
        matches!(self.language, Language::JavaScript | Language::TypeScript | Language::Tsx)
    }

    pub(crate) fn is_typescript(&self) -> bool {
        matches!(self.language, Language::TypeScript | Language::Tsx)
    }

    pub(crate) fn is_java(&self) -> bool {
        self.language == Language::Java
    }

    pub(crate) fn is_python(&self) -> bool {
        self.language == Language::Python
    }

    pub(crate) fn language_name(&self) -> &'static str {
        match self.language {
            Language::JavaScript => "javascript",
            Language::Java => "java",
            Language::Python => "python",
            _ => "typescript",
        }
    }

    pub(crate) fn label(&self) -> String {
        let case = self.case.strip_prefix("fixtures").unwrap();
        case.join(&self.path).to_string_lossy().replace('\\', "/")
    }

    /// The fixture with another text.
    pub(crate) fn with(&self, label: &str, text: String) -> Vec<Variant> {
        if text == self.text {
            return Vec::new();
        }
        vec![Variant { label: label.to_owned(), files: vec![(self.path.clone(), text)], removed: Vec::new() }]
    }

    /// The fixture with another text and files beside it.
    pub(crate) fn with_files(&self, label: &str, text: String, others: Vec<(PathBuf, String)>) -> Vec<Variant> {
        let files = others.into_iter().chain([(self.path.clone(), text)]).collect();
        vec![Variant { label: label.to_owned(), files, removed: Vec::new() }]
    }
}
