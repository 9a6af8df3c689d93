//! Comments that silence findings, as they stand in files.
//!
//! It owns what such a comment may say ([`Suppression`]) and where in a file comments are looked for. What they silence,
//! and what is said of those that silence nothing, is decided in the gate. It opens no file.

mod date;
mod parse;

use crate::document::{self, Format};
use crate::finding::{ByteRange, Context, Language, Span};
use crate::rules::Catalog;
use crate::rules::schema::SUPPRESSION_MARK as MARK;
use crate::source::SourceFile;
use crate::syntax;

pub use date::{Date, today};

/// A comment that silences findings, or tries to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The file, as reports give it.
    pub path: String,
    /// The language of the file.
    pub language: Language,
    /// Whether it stands in the program or in its tests.
    pub context: Context,
    /// From its first word to its last.
    pub span: Span,
    /// What of the file it is for.
    pub reach: Reach,
    /// The rules that it names, in the order of the text.
    pub rules: Vec<String>,
    /// The last day, in UTC, on which it counts.
    pub until: Option<Date>,
    /// Why the findings are silenced.
    pub reason: Option<String>,
    /// What is wrong with it; it silences nothing then.
    pub fault: Option<String>,
}

/// What of a file a suppression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Findings that begin on one of these lines, else those that begin on the line after them.
    Lines {
        /// Where the comment begins.
        first: Line,
        /// Where it ends.
        last: Line,
    },
    /// The whole file.
    File,
}

/// A line, from 1: of the file, or of a cell of a notebook, whose lines may all stand on one line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The cell of a notebook, from 1.
    pub cell: Option<usize>,
    /// The line in the file, or in the cell.
    pub number: usize,
}

impl Line {
    fn of(file: &SourceFile, offset: usize) -> Self {
        match file.cell(offset) {
            Some((cell, line)) => Self { cell: Some(cell), number: line },
            None => Self { cell: None, number: file.line_of(offset) },
        }
    }

    /// The one below it.
    pub fn next(self) -> Self {
        Self { number: self.number + 1, ..self }
    }
}

/// The suppressions in a file of code.
pub fn in_code(file: &SourceFile, tree: &tree_sitter::Tree, language: Language, context: Context) -> Vec<Suppression> {
    if !file.text().contains(MARK) {
        return Vec::new();
    }
    in_comments(file, &syntax::comments(tree), language, context)
}

/// The suppressions in a configuration file, a manifest or a script.
pub fn in_document(file: &SourceFile, language: Language, context: Context, catalog: &Catalog) -> Vec<Suppression> {
    let text = file.text();
    if !text.contains(MARK) {
        return Vec::new();
    }
    let by_line = || text.match_indices(MARK).filter_map(|(at, _)| document::line_comment(text, at, language));
    let comments = match Format::of(language, text) {
        // The steps of pipelines are scripts within YAML, whose comments are no comments of YAML.
        Some(Format::Yaml) => {
            let mut comments = document::read(text, Format::Yaml, &catalog.conventions()).comments;
            let is_of_script = |comment: &ByteRange| {
                !comments.iter().any(|known| known.start < comment.end && comment.start < known.end)
            };
            let of_scripts: Vec<ByteRange> = by_line().filter(is_of_script).collect();
            comments.extend(of_scripts);
            comments
        }
        Some(format) => document::read(text, format, &catalog.conventions()).comments,
        None => by_line().collect(),
    };
    in_comments(file, &comments, language, context)
}

fn in_comments(file: &SourceFile, comments: &[ByteRange], language: Language, context: Context) -> Vec<Suppression> {
    let mut suppressions = Vec::new();
    for comment in comments {
        let text = &file.text()[comment.start..comment.end];
        for directive in parse::directives(text) {
            let range = ByteRange::new(comment.start + directive.range.start, comment.start + directive.range.end);
            let reach = if directive.is_for_file {
                Reach::File
            } else {
                Reach::Lines { first: Line::of(file, comment.start), last: Line::of(file, comment.end) }
            };
            suppressions.push(Suppression {
                path: file.path().to_owned(),
                language,
                context,
                span: file.span(range),
                reach,
                rules: directive.rules,
                until: directive.until,
                reason: directive.reason,
                fault: directive.fault,
            });
        }
    }
    suppressions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Limits;

    fn code(text: &str) -> Vec<Suppression> {
        let file = SourceFile::decode("a.js", text.as_bytes(), Language::JavaScript).unwrap();
        let tree = syntax::parse(text, Language::JavaScript, &Limits::default()).unwrap();
        in_code(&file, &tree, Language::JavaScript, Context::Source)
    }

    fn document(text: &str, language: Language) -> Vec<Suppression> {
        let file = SourceFile::decode("a", text.as_bytes(), language).unwrap();
        in_document(&file, language, Context::Source, &Catalog::load(&[]).unwrap())
    }

    fn lines(suppression: &Suppression) -> (usize, usize) {
        let Reach::Lines { first, last } = suppression.reach else { panic!("it is for lines") };
        (first.number, last.number)
    }

    #[test]
    fn comments_count_and_texts_do_not() {
        let found = code(
            "const a = 'grantshift: ignore[x]';\n// grantshift: ignore[ims-jwt-exchange]\nb();\n/*\n * grantshift: ignore[y] -- a reason\n */\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!((lines(&found[0]), lines(&found[1])), ((2, 2), (4, 6)));
        assert_eq!((found[0].span.start.column, found[0].span.end.column), (4, 40));
        assert_eq!(found[1].reason.as_deref(), Some("a reason"));
    }

    #[test]
    fn every_format_with_comments_has_them() {
        let cases = [
            ("a: 1 # grantshift: ignore[x]\n", Language::Yaml),
            ("run: |\n  # grantshift: ignore[x]\n  curl a\n", Language::Yaml),
            ("a = 1 # grantshift: ignore[x]\n", Language::Toml),
            ("# grantshift: ignore[x]\na=1\n", Language::Properties),
            ("A=1 # grantshift: ignore[x]\n", Language::Dotenv),
            ("<a><!-- grantshift: ignore[x] --></a>", Language::Xml),
            ("implementation 'a:b:1' // grantshift: ignore[x]\n", Language::Gradle),
            ("a==1 # grantshift: ignore[x]\n", Language::Requirements),
            ("[a]\n; grantshift: ignore[x]\nb = 1\n", Language::Ini),
            ("curl a # grantshift: ignore[x]\n", Language::Shell),
            ("a:\n\tcurl a # grantshift: ignore[x]\n", Language::Makefile),
            ("a = 1 // grantshift: ignore[x]\n", Language::Hcl),
            ("{ // grantshift: ignore[x]\n\"a\": 1}", Language::Json),
        ];
        for (text, language) in cases {
            let found = document(text, language);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].rules.as_slice(), &found[0].fault), (["x".to_owned()].as_slice(), &None), "{text}");
        }
        for text in ["a: 'grantshift: ignore[x]'\n", "a: \"b # grantshift: ignore[x]\"\n"] {
            assert!(document(text, Language::Yaml).is_empty(), "{text}");
        }
    }
}
