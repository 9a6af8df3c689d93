//! Tests of the project whose code is rewritten: an answer of the old endpoint that is given under its path moves to the new
//! path where the shape is plain, else the place is written down.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::manifests::Home;
use super::sets::{self, is_rewritten_code};
use crate::finding::{ByteRange, Edit, Family, Finding, LedgerEntry};
use crate::rewrite::tree::{Kept, Planned, Tree, has_word};
use crate::rules::schema::{Matches, RewriteModel};
use crate::scan::Known;
use crate::syntax;

/// The paths that answers are given under.
pub(super) fn words(known: &Known<'_>) -> BTreeSet<String> {
    models(known).flat_map(|(model, _)| model.old_paths.iter().cloned()).collect()
}

fn models<'a>(known: &Known<'a>) -> impl Iterator<Item = (&'a RewriteModel, &'a Matches)> {
    let rules = known.catalog.rules().iter();
    rules.filter_map(|rule| Some((rule.rule.rewrite.as_ref()?, &rule.rule.matches)))
}

/// Looks through the tests of rewritten packages.
pub(super) fn plan(known: &Known<'_>, homes: &[Home], tree: &Tree, planned: &Planned, findings: &mut [Finding]) {
    for kept in tree.files.iter().filter(|kept| kept.is_test && kept.language.family() == Family::Code) {
        let nearest = homes
            .iter()
            .filter(|home| kept.path.starts_with(home.folder()) && !home.sets(findings).is_empty())
            .max_by_key(|home| home.folder().as_os_str().len());
        let Some(home) = nearest else { continue };
        let all: Vec<usize> = home.sets(findings).into_iter().collect();
        let is_left = |finding: &Finding| {
            finding.language.family() == Family::Code
                && !is_rewritten_code(finding)
                && known.catalog.rule(&finding.rule).is_some_and(|rule| rule.rule.rewrite.is_some())
        };
        let has_left = findings.iter().any(|finding| is_left(finding) && home.holds(finding));
        for place in places(known, kept) {
            let edited = planned.get(&kept.path).is_some_and(|edits| !edits.is_empty());
            let is_finding = findings.iter().any(|finding| {
                finding.path == kept.file.path()
                    && finding.span.start.line <= place.line
                    && place.line <= finding.span.end.line
            });
            let span = kept.file.span(place.range);
            let goes = planned.get(&kept.path).is_some_and(|edits| {
                edits.iter().any(|edit| edit.start_byte <= span.start.byte && span.end.byte <= edit.end_byte)
            });
            if is_finding || goes {
                continue;
            }
            match (all.as_slice(), place.is_plain && !has_left && !edited && kept.is_named) {
                ([set], true) => {
                    let Some(lead) = sets::lead(findings, *set) else { continue };
                    findings[lead].fix.edits.push(Edit {
                        path: kept.file.path().to_owned(),
                        start_byte: span.start.byte,
                        end_byte: span.end.byte,
                        replacement: place.path.clone(),
                    });
                    let entry = LedgerEntry::Replaced {
                        old: "the path under which a test answers the exchange".to_owned(),
                        new: "the path of the token endpoint".to_owned(),
                        path: kept.file.path().to_owned(),
                        span,
                    };
                    sets::note(findings, *set, entry);
                }
                _ => {
                    let text = format!(
                        "{}:{} names the old endpoint in a test: let it answer under /{}, with `expires_in` in seconds.",
                        kept.file.path(),
                        place.line,
                        place.path
                    );
                    for set in &all {
                        sets::note(findings, *set, LedgerEntry::ByHand { text: text.clone() });
                    }
                }
            }
        }
    }
}

/// A place that names the old endpoint.
struct Place {
    range: ByteRange,
    line: usize,
    /// What takes the place of the path.
    path: String,
    /// Whether it is a path or an address, in a statement that gives the answer too and does not look at the form.
    is_plain: bool,
}

fn places(known: &Known<'_>, kept: &Kept) -> Vec<Place> {
    let text = kept.file.text();
    let mut places: Vec<Place> = Vec::new();
    let Ok(tree) = syntax::parse(text, kept.language, &known.settings.limits) else { return places };
    for (model, matches) in models(known) {
        // The longest spelling comes first.
        for old in &model.old_paths {
            for (at, _) in text.match_indices(old.as_str()) {
                let range = ByteRange::new(at, at + old.len());
                if places.iter().any(|known| known.range.start < range.end && range.start < known.range.end) {
                    continue;
                }
                let Some(node) = tree.root_node().descendant_for_byte_range(range.start, range.end) else { continue };
                if node.kind().contains("comment") {
                    continue;
                }
                let statement = &text[statement(node).byte_range()];
                let answers =
                    matches.response.iter().chain(&model.token_members).any(|member| has_word(statement, member));
                let looks = matches.assertion_field.as_ref().is_some_and(|field| has_word(statement, field));
                let is_plain = is_text(node) && ends(text, range.end) && answers && !looks;
                places.push(Place { range, line: kept.file.line_of(at), path: model.path.clone(), is_plain });
            }
        }
    }
    places.sort_by_key(|place| place.range.start);
    places
}

/// Whether a path ends where a text does, or where its query begins.
fn ends(text: &str, at: usize) -> bool {
    text[at..].starts_with(['"', '\'', '`', '?'])
}

fn is_text(node: Node<'_>) -> bool {
    let kind = |node: Node<'_>| node.kind().contains("string") || node.kind().contains("template");
    kind(node) || node.parent().is_some_and(kind)
}

/// The innermost statement that a node stands in.
fn statement(node: Node<'_>) -> Node<'_> {
    let mut here = node;
    while let Some(parent) = here.parent() {
        if here.kind().ends_with("_statement") || here.kind().ends_with("_declaration") {
            return here;
        }
        here = parent;
    }
    node
}
