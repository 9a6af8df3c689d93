//! Places in source code: comments, and what the program does with the rest.

use std::collections::BTreeSet;

use tree_sitter::Tree;

use super::uses::{Fate, Uses};
use super::{Class, Learnt, Occurrence, Standing, occurrences};
use crate::anchors::Strong;
use crate::detect::Subject;
use crate::facts::ir::{ExpressionKind, Imported, Pattern, StatementKind};
use crate::facts::program::Program;
use crate::finding::{ByteRange, Context, Finding, Span};
use crate::notebook::Cell;
use crate::project::Source;
use crate::rules::Catalog;
use crate::rules::pattern::{Piece, TextPattern};
use crate::rules::schema::Library;
use crate::source::SourceFile;
use crate::syntax;

/// The places of a file of code.
pub fn in_code(file: &SourceFile, tree: &Tree, context: Context, strong: &Strong) -> Vec<Occurrence> {
    if strong.places(file.text()).is_empty() {
        return Vec::new();
    }
    let prose = syntax::prose(tree);
    occurrences(file, context, strong, |place| {
        let is_prose = prose.iter().any(|comment| comment.contains(place));
        is_prose.then_some(Standing::new(Class::Comment, "a comment"))
    })
}

/// The places of a notebook outside of its code: what it shows and says is for people. What stands in a code cell is found
/// in the code; where a cell is no Python it is nobody's.
pub fn in_notebook(file: &SourceFile, cells: &[Cell], context: Context, strong: &Strong) -> Vec<Occurrence> {
    let code: Vec<ByteRange> =
        cells.iter().map(|cell| ByteRange::new(cell.text.place(0), cell.text.place(cell.text.content.len()))).collect();
    let mut outside = occurrences(file, context, strong, |place| {
        let in_code = code.iter().any(|cell| cell.start <= place.start && place.start <= cell.end);
        (!in_code).then_some(Standing::new(Class::Comment, "text or output of a notebook"))
    });
    outside.retain(|occurrence| occurrence.standing.is_some());
    outside
}

/// What the program of some files says of their places.
pub fn in_program(
    subject: &Subject<'_>,
    findings: &[Finding],
    catalog: &Catalog,
    shown: &[TextPattern],
    strong: &Strong,
) -> Vec<Learnt> {
    let anchored: Vec<(&Source, Vec<(ByteRange, &str)>)> = subject
        .sources
        .iter()
        .filter(|source| source.tree.is_some())
        .map(|source| (source, strong.places(source.file.text())))
        .collect();
    if anchored.iter().all(|(_, places)| places.is_empty()) {
        return Vec::new();
    }
    let is_shown = |name: &str| shown.iter().any(|pattern| pattern.is_match(&[Piece::Literal(name)]));
    let uses = Uses::new(subject.program, &is_shown);
    let view = View { subject, findings, catalog, words: words(subject, findings, &uses), uses };
    let mut learnt = Vec::new();
    for (position, (source, places)) in anchored.into_iter().enumerate() {
        let Some(unit) = subject.program.units.get(position) else { continue };
        for (place, anchor) in places {
            let moved = ByteRange::new(place.start + unit.offset, place.end + unit.offset);
            let standing = match view.library(anchor) {
                Some(library) => view.of_package(source, position, anchor, library, moved),
                None => view.of_endpoint(moved),
            };
            if let Some(standing) = standing {
                let byte = source.file.position(place.start).byte;
                learnt.push(Learnt { path: source.file.path().to_owned(), byte, standing });
            }
        }
    }
    learnt
}

/// A program and what was found in it.
struct View<'a> {
    subject: &'a Subject<'a>,
    findings: &'a [Finding],
    catalog: &'a Catalog,
    /// All names in the findings and their evidence.
    words: BTreeSet<String>,
    uses: Uses<'a>,
}

impl View<'_> {
    /// The SDK whose package an anchor is.
    fn library(&self, anchor: &str) -> Option<&Library> {
        let platform = self.subject.program.arena.language.platform()?;
        let libraries = self.catalog.libraries(platform).libraries();
        libraries.iter().find(|library| library.packages.iter().any(|package| package == anchor))
    }

    fn of_package(
        &self,
        source: &Source,
        position: usize,
        anchor: &str,
        library: &Library,
        place: ByteRange,
    ) -> Option<Standing> {
        let path = source.file.path();
        let is_used = self.findings.iter().any(|finding| {
            let here = finding.path == path || finding.flow.iter().any(|part| part.path == path);
            here && finding.details.sdk.as_deref() == Some(&library.name)
        });
        if is_used {
            return Some(Standing::new(Class::Evidence, "the import of an SDK that a finding uses"));
        }
        let is_own =
            |package: &str| package.strip_prefix(anchor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if self.subject.program.units.iter().any(|unit| unit.package.as_deref().is_some_and(is_own)) {
            return Some(Standing::new(Class::Inert, "a name whose source is read with it"));
        }
        if let Some(text) = self.uses.text_at(place)
            && self.uses.fate(text) == Fate::Shown
        {
            return Some(Standing::new(Class::Inert, "a text that is only shown"));
        }
        let names = imported(self.subject.program, position, anchor)?;
        let calls = self.calls(library);
        let is_harmless = names.iter().all(|name| match name {
            Name::Member(name) => !calls.iter().any(|call| call.split(['.', '/', '#']).any(|part| part == name)),
            Name::Local(local) => self.uses.mentions(local).is_empty(),
        });
        is_harmless.then_some(Standing::new(Class::Inert, "an import of an SDK without the call that exchanges"))
    }

    /// The names of the calls that make an SDK exchange.
    fn calls(&self, library: &Library) -> Vec<String> {
        let Some(platform) = self.subject.program.arena.language.platform() else { return Vec::new() };
        let sdks = self.catalog.libraries(platform).sdks().filter(|(known, ..)| known.name == library.name);
        let calls = sdks.flat_map(|(known, _, calls)| {
            let packages = known.packages.clone();
            calls.into_iter().flat_map(|call| call.of.as_slice().to_vec()).map(move |name| {
                let package =
                    packages.iter().filter(|package| name.starts_with(*package)).max_by_key(|name| name.len());
                name[package.map_or(0, String::len)..].to_owned()
            })
        });
        calls.collect()
    }

    fn of_endpoint(&self, place: ByteRange) -> Option<Standing> {
        let text = self.uses.text_at(place)?;
        let fate = self.uses.fate(text);
        if fate == Fate::Shown {
            return Some(Standing::new(Class::Inert, "a text that is only shown"));
        }
        let names = self.uses.kept_under(text);
        let is_mentioned = match names.as_slice() {
            [] => false,
            [only] => self.words.contains(only),
            [inner, others @ ..] => self.words.contains(inner) && others.iter().any(|name| self.words.contains(name)),
        };
        if is_mentioned {
            return Some(Standing::new(Class::Evidence, "a value that a finding asks for by its name"));
        }
        let aliases = names.iter().skip(1).flat_map(|name| self.uses.aliases(name));
        if aliases.into_iter().any(|name| self.words.contains(&name)) {
            return Some(Standing::new(Class::Evidence, "in a table that a finding reads"));
        }
        // What reads the constant may stand in a function that the flow of a finding calls.
        let mentions = names.first().filter(|_| names.len() == 1).map(|name| self.uses.mentions(name));
        let places = mentions.unwrap_or_default().into_iter().map(|mention| self.uses.range(mention)).chain([place]);
        for place in places {
            if self.uses.functions_around(place).any(|name| self.words.contains(name)) {
                return Some(Standing::new(Class::Evidence, "in a function that a finding calls"));
            }
        }
        (fate == Fate::Unused).then_some(Standing::new(Class::Inert, "a value that nothing uses"))
    }
}

/// What an import takes: a name of the package, or the package itself under a name of the file's own.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Member(String),
    Local(String),
}

/// What a unit takes of a package; nothing where it takes what cannot be told.
fn imported(program: &Program, position: usize, anchor: &str) -> Option<Vec<Name>> {
    let unit = program.units.get(position)?;
    let mut names = Vec::new();
    let is_of =
        |module: &str| module == anchor || module.strip_prefix(anchor).is_some_and(|rest| rest.starts_with(['.', '/']));
    for statement in &unit.body.0 {
        match &statement.kind {
            StatementKind::Import(import) if is_of(&import.module) => match (&import.imported, &import.local) {
                (Imported::Name(_), Some(_)) if import.types_only => {}
                (Imported::Name(name), Some(local)) => {
                    // What is only named as a type is mentioned by no expression.
                    let used = program
                        .arena
                        .expressions
                        .iter()
                        .any(|expression| matches!(&expression.kind, ExpressionKind::Name(name) if name == local));
                    names.extend(used.then(|| Name::Member(name.to_string())));
                }
                (Imported::Module | Imported::Default, Some(local)) => names.push(Name::Local(local.to_string())),
                (Imported::Effect, _) => {}
                _ => return None,
            },
            StatementKind::Reexport { module, .. } if is_of(module) => return None,
            StatementKind::Declare { pattern, value: Some(value) } => {
                let ExpressionKind::Import(specifier) = &program.arena.expression(*value).kind else { continue };
                let ExpressionKind::Text(module) = &program.arena.expression(*specifier).kind else { continue };
                if !is_of(module) {
                    continue;
                }
                match pattern {
                    Pattern::Name { name, .. } => names.push(Name::Local(name.to_string())),
                    Pattern::Map { entries, rest: None } => {
                        names.extend(entries.iter().map(|(key, ..)| Name::Member(key.to_string())));
                    }
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    // Without any such import the name stands somewhere else.
    let has_import = |text: &str| text == anchor;
    let is_text = program.arena.expressions.iter().any(|expression| {
        let range = ByteRange::new(unit.offset, unit.offset + unit.length);
        matches!(&expression.kind, ExpressionKind::Text(text) if has_import(text)) && range.contains(expression.range)
    });
    (!names.is_empty() || !is_text).then_some(names)
}

/// The names in the findings, their evidence and the endpoints they lack.
fn words(subject: &Subject<'_>, findings: &[Finding], uses: &Uses<'_>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let parts = |text: &str| {
        let parts = text.split(|character: char| !character.is_alphanumeric() && !matches!(character, '_' | '$'));
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<String>>()
    };
    for finding in findings {
        let spans: Vec<(&str, &Span)> = std::iter::once((finding.path.as_str(), &finding.span))
            .chain(finding.flow.iter().map(|part| (part.path.as_str(), &part.span)))
            .collect();
        for (path, span) in spans {
            let sources = subject.sources.iter().zip(&subject.program.units);
            let Some((source, unit)) = sources.into_iter().find(|(source, _)| source.file.path() == path) else {
                continue;
            };
            let text = source.file.text();
            let range = source.file.range_of(span);
            let here = parts(text.get(range.start..range.end).unwrap_or_default());
            // What the variables in it were given, in the same function.
            let moved = ByteRange::new(range.start + unit.offset, range.end + unit.offset);
            if let Some(function) = uses.function_around(moved) {
                for value in here.iter().flat_map(|name| uses.values_of(name, function)) {
                    let (start, end) = (value.start.saturating_sub(unit.offset), value.end.saturating_sub(unit.offset));
                    words.extend(parts(text.get(start..end).unwrap_or_default()));
                }
            }
            words.extend(here);
        }
        words.extend(parts(finding.details.endpoint.as_deref().unwrap_or_default()));
    }
    words
}
