//! What rewrites of Java need beyond those of the other languages: imports in their order, the release of Java, what else
//! stands in a package, and exceptions that are checked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tree_sitter::Node;

use super::draft::Draft;
use super::lines::{line_end, line_start, newline};
use super::plan::Plan;
use crate::contents::Contents;
use crate::facts::fact::{Origin, Part, Value};
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};
use crate::manifest::floor::Floor;
use crate::manifest::{Kind, Loaded, packages_of};
use crate::project::Source;
use crate::rules::Effects;
use crate::syntax::{Limits, Preorder};

/// The claim of a JWT that says who issues it (RFC 7519, 4.1.1).
const ISSUER: &str = "iss";

/// How new code names a class: by its last name with an import, or in full where the file has another one of that name.
pub(super) fn class(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, full: &str) -> String {
    let simple = full.rsplit('.').next().unwrap_or(full);
    let Some(source) = plan.source(unit) else { return full.to_owned() };
    let Some(tree) = &source.tree else { return full.to_owned() };
    let text = source.file.text();
    let imports = imports(tree.root_node(), text);
    if full == format!("java.lang.{simple}") {
        return simple.to_owned();
    }
    if imports.iter().any(|(name, _)| name == full) {
        draft.uses(unit, simple);
        return simple.to_owned();
    }
    let is_other = |name: &str| name.rsplit('.').next() == Some(simple);
    let declares = Preorder::new(tree.root_node()).any(|node| {
        node.kind().ends_with("_declaration")
            && node.child_by_field_name("name").and_then(|name| text.get(name.byte_range())) == Some(simple)
    });
    if declares || imports.iter().any(|(name, _)| is_other(name)) || neighbour(source, simple) {
        return full.to_owned();
    }
    let package = full.rsplit_once('.').map_or("", |(package, _)| package);
    if imports.iter().any(|(name, _)| name.strip_suffix(".*") == Some(package)) {
        return simple.to_owned();
    }
    let (place, before, behind) = import_place(tree.root_node(), text, &imports, full);
    draft.import(unit, place, &format!("import {full};"), newline(text), (&before, &behind));
    draft.uses(unit, simple);
    simple.to_owned()
}

/// The classes that a file imports, without those whose members it imports.
fn imports<'tree>(root: Node<'tree>, text: &str) -> Vec<(String, Node<'tree>)> {
    let mut cursor = root.walk();
    let declarations = root.named_children(&mut cursor).filter(|node| node.kind() == "import_declaration");
    let name = |node: Node<'_>| {
        let written = text.get(node.byte_range())?.strip_prefix("import")?.trim_start();
        let is_static = written.starts_with("static ");
        (!is_static).then(|| written.trim_end_matches(';').split_whitespace().collect::<String>())
    };
    declarations.filter_map(|node| Some((name(node)?, node))).collect()
}

/// Where a new import stands, with the line ends before and behind it: in the order of the group that it belongs to.
fn import_place(root: Node<'_>, text: &str, imports: &[(String, Node<'_>)], full: &str) -> (usize, String, String) {
    let line = newline(text);
    let mut groups: Vec<Vec<&(String, Node<'_>)>> = Vec::new();
    for import in imports {
        let goes_on = groups
            .last()
            .and_then(|group| group.last())
            .is_some_and(|(_, last)| text[last.end_byte()..import.1.start_byte()].matches('\n').count() == 1);
        match groups.last_mut() {
            Some(group) if goes_on => group.push(import),
            _ => groups.push(vec![import]),
        }
    }
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let is_standard = |name: &str| matches!(first(name).as_str(), "java" | "javax");
    let near = |name: &str| if is_standard(full) { is_standard(name) } else { first(name) == first(full) };
    let group = groups
        .iter()
        .find(|group| group.iter().any(|(name, _)| near(name)))
        .or_else(|| groups.iter().find(|group| group.iter().any(|(name, _)| is_standard(name) == is_standard(full))));
    if let Some(group) = group {
        let next = group
            .iter()
            .find(|(name, _)| name.as_str() > full && (near(name) || !group.iter().any(|(name, _)| near(name))));
        let last = group.iter().rfind(|(name, _)| near(name)).or(group.last());
        if let Some((_, next)) = next {
            return (line_start(text, next.start_byte()), String::new(), String::new());
        }
        if let Some((_, last)) = last {
            return (line_end(text, last.end_byte()), String::new(), String::new());
        }
    }
    if let Some((_, only)) = imports.first() {
        // A group of its own: that of the standard library stands last.
        return match is_standard(full) {
            true => {
                let last = imports.last().map_or(only.end_byte(), |(_, last)| last.end_byte());
                (line_end(text, last), line.to_owned(), String::new())
            }
            false => (line_start(text, only.start_byte()), String::new(), line.to_owned()),
        };
    }
    let mut cursor = root.walk();
    let package = root.named_children(&mut cursor).find(|node| node.kind() == "package_declaration");
    match package {
        Some(package) => (line_end(text, package.end_byte()), line.to_owned(), String::new()),
        None => (0, String::new(), line.to_owned()),
    }
}

/// Whether the package of a file has a file of this name, whose class needs no import.
fn neighbour(source: &Source, simple: &str) -> bool {
    source.path.parent().is_some_and(|folder| folder.join(format!("{simple}.java")).is_file())
}

/// The release of Java that a file is compiled for, as its build says.
pub(super) fn release(source: &Source) -> Option<Floor> {
    let root = root(source);
    Floor::of(&source.path, &root, Platform::Java, &Limits::default()).map(|(_, floor)| floor)
}

/// The manifests of the packages that a file belongs to, the nearest first.
pub(super) fn manifests(source: &Source, contents: &Contents) -> Vec<Loaded> {
    let paths =
        packages_of(&source.path, &root(source), Platform::Java).into_iter().flat_map(|package| package.manifests);
    paths
        .filter_map(|path| {
            let kind = Kind::of(&path)?;
            Loaded::read_from(contents, &path, kind, path.to_string_lossy().into_owned(), &Limits::default()).ok()
        })
        .collect()
}

/// The folder that reported paths begin at.
fn root(source: &Source) -> PathBuf {
    let shown = Path::new(source.file.path());
    let depth = shown.components().count();
    let root = source.path.ancestors().nth(depth).filter(|_| source.path.ends_with(shown));
    root.map_or_else(|| source.path.parent().unwrap_or(&source.path).to_owned(), Path::to_owned)
}

/// The texts of the other files that see what is visible in the package of a file: those beside it, and its tests.
pub(super) fn package_texts(source: &Source, contents: &Contents) -> Vec<(String, String)> {
    let Some(folder) = source.path.parent() else { return Vec::new() };
    let shown = folder.to_string_lossy();
    let mut folders: BTreeSet<PathBuf> = [folder.to_owned()].into();
    for (one, other) in [("/src/main/java", "/src/test/java"), ("/src/test/java", "/src/main/java")] {
        if shown.contains(one) {
            folders.insert(PathBuf::from(shown.replacen(one, other, 1)));
        }
    }
    let mut texts = Vec::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_code =
                path.extension().is_some_and(|end| ["java", "kt", "groovy"].iter().any(|known| end == *known));
            if is_code && path != source.path {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                texts.extend(contents.read_to_string(&path).ok().map(|text| (name, text)));
            }
        }
    }
    texts
}

/// Whether code at a place may throw an exception that is caught or declared as one of some.
pub(super) fn may_throw(node: Node<'_>, text: &str, as_one_of: &BTreeSet<String>) -> bool {
    let allows = |names: &str| {
        names
            .split(|character: char| !character.is_alphanumeric() && character != '_')
            .any(|name| as_one_of.contains(name))
    };
    let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default().to_owned();
    let mut inner = node;
    while let Some(outer) = inner.parent() {
        let mut cursor = outer.walk();
        match outer.kind() {
            "try_statement" | "try_with_resources_statement" => {
                let is_body =
                    outer.child_by_field_name("body") == Some(inner) || inner.kind() == "resource_specification";
                let caught =
                    outer.named_children(&mut cursor).filter(|child| child.kind() == "catch_clause").any(|clause| {
                        let parameter = clause.named_child(0);
                        parameter.is_some_and(|parameter| allows(&of(parameter)))
                    });
                if is_body && caught {
                    return true;
                }
            }
            "method_declaration" | "constructor_declaration" => {
                let throws = outer.named_children(&mut cursor).find(|child| child.kind() == "throws");
                return throws.is_some_and(|throws| allows(&of(throws)));
            }
            "lambda_expression" | "class_body" => return false,
            _ => {}
        }
        inner = outer;
    }
    false
}

/// A value that is put into a form as a text, encoded: in the form that the release of Java has, or as the file does it.
pub(super) fn encoded(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    unit: UnitId,
    place: ByteRange,
    value: &str,
) -> Result<String, String> {
    let by_hand = || {
        Err("The secret is put into the form as it is, and the new one may hold signs that break it: encode it with \
             URLEncoder, and put grant_type=client_credentials and scope in the place of jwt_token"
            .to_owned())
    };
    let Some(source) = plan.source(unit) else { return by_hand() };
    let Some(tree) = &source.tree else { return by_hand() };
    let text = source.file.text();
    let has_charsets = release(source).is_some_and(|floor| floor.is_at_least("10"))
        || text.contains("import java.net.http.")
        || (text.contains("URLEncoder.encode(") && text.contains(", StandardCharsets.UTF_8)"));
    if has_charsets {
        let encoder = class(plan, draft, unit, "java.net.URLEncoder");
        let charsets = class(plan, draft, unit, "java.nio.charset.StandardCharsets");
        return Ok(format!("{encoder}.encode({value}, {charsets}.UTF_8)"));
    }
    let Some(node) = tree.root_node().descendant_for_byte_range(place.start, place.end) else { return by_hand() };
    if !may_throw(node, text, &plan.catalog.effects().java.passes_encoding) {
        return by_hand();
    }
    let encoder = class(plan, draft, unit, "java.net.URLEncoder");
    Ok(format!("{encoder}.encode({value}, \"UTF-8\")"))
}

/// The method or constructor around a node.
pub(super) fn method(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = Some(node);
    while let Some(here) = node {
        if matches!(here.kind(), "method_declaration" | "constructor_declaration") {
            return Some(here);
        }
        node = here.parent();
    }
    None
}

/// Whether the answer of a request stays in the method that sends it: that gives a text, which is the token wherever it returns,
/// or nothing in the program speaks of the lifetime.
pub(super) fn gives_only_the_token(plan: &Plan<'_>) -> bool {
    let Some(source) = plan.source(plan.unit) else { return false };
    let Some(tree) = &source.tree else { return false };
    let text = source.file.text();
    let node = tree.root_node().descendant_for_byte_range(plan.site.start, plan.site.end);
    let Some(method) = node.and_then(method) else { return false };
    let Some(token) = plan.model.token_members.first().map(|token| format!("\"{token}\"")) else { return false };
    let of = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    if method.child_by_field_name("type").map(of) != Some("String") {
        return false;
    }
    let speaks_of_lifetime = |text: &str| plan.speaks_of_lifetime(text);
    let mut returns = Preorder::new(method).filter(|node| node.kind() == "return_statement").peekable();
    if returns.peek().is_some() && returns.all(|node| of(node).contains(&token)) && !speaks_of_lifetime(of(method)) {
        return true;
    }
    let is_silent = !plan.subject.sources.iter().any(|source| speaks_of_lifetime(source.file.text()));
    let reads_token = plan.model.token_members.first().is_some_and(|token| text.contains(token.as_str()));
    is_silent && reads_token
}

/// An assertion can be issued for any organization that the account belongs to; client credentials are those of one. Where one client
/// asks for several, as far as can be seen, a person has to look.
fn several_organizations(plan: &Plan<'_>) -> Option<String> {
    let is_fixed = |value: &Value| {
        let parts = || value.texts.iter().flat_map(|text| &text.parts);
        let fixed = |part: &Part| {
            matches!(part, Part::Literal(..) | Part::Hole(Origin::Environment(_) | Origin::Configuration(_), _))
        };
        parts().next().is_some() && parts().all(fixed)
    };
    let mut clients = plan
        .requests
        .iter()
        .flat_map(|request| &request.fields)
        .filter(|field| field.name.literal().is_some_and(|name| name == plan.client_field));
    if !clients.any(|client| is_fixed(&client.value)) {
        return None;
    }
    let claims = plan.facts.assertions.iter().flat_map(|assertion| &assertion.claims);
    let issuers: Vec<&Value> = claims
        .filter(|claim| claim.name.literal().is_some_and(|name| name == ISSUER))
        .map(|claim| &claim.value)
        .collect();
    if issuers.iter().any(|issuer| is_fixed(issuer)) {
        return None;
    }
    let parts = issuers.iter().flat_map(|issuer| &issuer.texts).flat_map(|text| &text.parts);
    let mut holes = parts.filter_map(|part| match part {
        Part::Hole(Origin::Environment(_) | Origin::Configuration(_), _) | Part::Literal(..) => None,
        Part::Hole(origin, _) => Some(origin.name()),
    });
    holes.next().map(|name| {
        format!(
            "the organization is chosen at run time (`{name}`), and client credentials are those of one organization"
        )
    })
}

/// What a reviewer of a rewrite of Java has to look at besides: who reads a refusal, and tests that play the old endpoint.
pub(super) fn doubts(plan: &Plan<'_>, effects: &Effects) -> Vec<String> {
    let mut doubts: Vec<String> = several_organizations(plan).into_iter().collect();
    let Some(source) = plan.source(plan.unit) else { return doubts };
    let linked = plan.subject.sources.iter().map(|source| {
        let name = source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (name, source.file.text().to_owned())
    });
    let texts: BTreeSet<(String, String)> = package_texts(source, plan.contents).into_iter().chain(linked).collect();
    for (name, text) in &texts {
        let class = name.split('.').next().unwrap_or(name);
        for exception in effects.unchecked() {
            let is_caught = text
                .match_indices("catch (")
                .any(|(at, _)| text[at..].split(')').next().is_some_and(|clause| clause.contains(exception.as_str())));
            if is_caught {
                doubts.push(format!(
                    "{class} catches {exception}: the new endpoint refuses with 401 where the old one said 400, and its words differ"
                ));
            }
        }
        let is_test = class.ends_with("Test") || class.ends_with("Tests") || class.ends_with("IT");
        if is_test && plan.model.old_paths.iter().any(|path| text.contains(path.as_str())) {
            doubts.push(format!("{class} plays the old endpoint, and has to play the new one"));
        }
    }
    doubts
}
