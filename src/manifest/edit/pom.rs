//! Maven's `pom.xml`: the `<dependency>` elements of the project, and the properties that keep their versions.

use super::super::xml::{Element, elements};
use super::super::{Dependency, Group, Manifest};
use super::{Addition, Change, Reason, first, is_one_of, lines, list, tables};
use crate::finding::ByteRange;

pub(super) fn add(text: &str, manifest: &Manifest, addition: &Addition) -> Result<Vec<Change>, Reason> {
    let elements = elements(text);
    let Some(project) = elements.iter().find(|element| element.is(&["project"])) else { return Err(Reason::NoPlace) };
    let newline = lines::newline(text);
    let old = list::beside(manifest, addition);
    let listed = elements.iter().find(|element| element.is(&["project", "dependencies"]));
    let siblings = listed.map(|listed| {
        manifest.dependencies.iter().filter(|found| listed.inside.contains(found.entry)).collect::<Vec<_>>()
    });
    let siblings = siblings.unwrap_or_default();
    // As far as the first child of the project is indented.
    let children =
        elements.iter().filter(|element| element.path.len() == 2 && lines::begins(text, element.range.start));
    let indented = children.map(|child| lines::indentation(text, child.range.start)).find(|blanks| !blanks.is_empty());
    let unit = indented.map_or_else(|| lines::unit(text, "    "), str::to_owned);
    let outer = match (siblings.first(), listed) {
        (Some(sibling), _) => lines::indentation(text, sibling.entry.start).to_owned(),
        (None, Some(listed)) => format!("{}{unit}", lines::indentation(text, listed.range.start)),
        (None, None) => unit.repeat(2),
    };
    // What stands in a sibling is indented as that is.
    let inner = siblings
        .iter()
        .map(|sibling| sibling.name_range.start)
        .find(|name| lines::indentation(text, *name).len() > outer.len());
    let inner = inner.map_or_else(|| format!("{outer}{unit}"), |name| lines::indentation(text, name).to_owned());
    let block = block(manifest, addition, old, &outer, &inner, newline);
    // Behind what it takes the place of.
    if let Some(old) = old.filter(|old| siblings.iter().any(|sibling| sibling.entry == old.entry)) {
        return Ok(vec![behind(text, old.entry, &block, newline)]);
    }
    // What tests need comes last.
    let needed = siblings.iter().rev().find(|found| addition.development || found.group != Group::Development);
    if let Some(before) = needed.or(siblings.last()) {
        return Ok(vec![behind(text, before.entry, &block, newline)]);
    }
    if let Some(listed) = listed {
        if listed.inside.start == listed.inside.end && text[..listed.range.end].ends_with("/>") {
            let indentation = lines::indentation(text, listed.range.start);
            let element = format!("<dependencies>{newline}{block}{newline}{indentation}</dependencies>");
            return Ok(vec![Change::new(listed.range, element)]);
        }
        return Ok(match lines::share(text, listed.inside.start, listed.inside.end) {
            true => vec![Change::insert(
                listed.inside.start,
                format!("{newline}{block}{newline}{}", lines::indentation(text, listed.range.start)),
            )],
            false => vec![lines::insert_behind(text, listed.inside.start, &block)],
        });
    }
    new_list(text, &elements, project, &block, &unit, newline)
}

/// `<dependencies>` where none were: before the build, else at the end.
fn new_list(
    text: &str,
    elements: &[Element],
    project: &Element,
    block: &str,
    unit: &str,
    newline: &str,
) -> Result<Vec<Change>, Reason> {
    let element = format!("{unit}<dependencies>{newline}{block}{newline}{unit}</dependencies>");
    let build = elements.iter().find(|element| element.is(&["project", "build"]));
    let at = build.map_or(project.inside.end, |build| build.range.start);
    if !lines::begins(text, at) || project.inside.start == project.inside.end {
        return Err(Reason::Layout { line: lines::number(text, at) });
    }
    let start = lines::start(text, at);
    // One blank line apart where the others are.
    let is_apart = text[..start].ends_with(&newline.repeat(2)) && build.is_some();
    let gap = if is_apart { newline } else { "" };
    Ok(vec![Change::insert(start, format!("{element}{newline}{gap}"))])
}

fn behind(text: &str, entry: ByteRange, block: &str, newline: &str) -> Change {
    let rest = &text[entry.end..lines::end(text, entry.end)];
    let ends_line = rest.trim().is_empty() || rest.trim_start().starts_with("<!--") && rest.trim_end().ends_with("-->");
    let at = if ends_line { lines::end(text, entry.end) } else { entry.end };
    Change::insert(at, format!("{newline}{block}"))
}

fn block(
    manifest: &Manifest,
    addition: &Addition,
    old: Option<&Dependency>,
    outer: &str,
    inner: &str,
    newline: &str,
) -> String {
    let name = first(&addition.names);
    let (group, artifact) = name.split_once(':').unwrap_or(("", name));
    let mut lines = vec![
        format!("{outer}<dependency>"),
        format!("{inner}<groupId>{group}</groupId>"),
        format!("{inner}<artifactId>{artifact}</artifactId>"),
    ];
    // What is managed in the same file has its version there.
    let is_managed = manifest
        .dependencies
        .iter()
        .any(|found| found.group == Group::Managed && found.requirement.is_some() && is_one_of(found, &addition.names));
    if let Some(version) = addition.requirement.as_ref().filter(|_| !is_managed) {
        lines.push(format!("{inner}<version>{version}</version>"));
    }
    let scope = match (addition.development, old.map(|old| old.group)) {
        (true, _) => Some("test"),
        (false, Some(Group::Peer)) => Some("provided"),
        _ => None,
    };
    if let Some(scope) = scope {
        lines.push(format!("{inner}<scope>{scope}</scope>"));
    }
    lines.push(format!("{outer}</dependency>"));
    lines.join(newline)
}

/// The literal that says the version: in the entry, or as a property of the same file.
pub(super) fn version_place(text: &str, found: &Dependency) -> Result<ByteRange, Reason> {
    let Some(range) = found.version_range else { return Err(Reason::Managed) };
    let mut written = &text[range.start..range.end];
    let mut place = range;
    let elements = elements(text);
    // A property may stand for another one.
    for _ in 0..=elements.len() {
        let Some(name) = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
            return match written.contains("${") {
                true => Err(Reason::Computed { line: lines::number(text, place.start) }),
                false => Ok(place),
            };
        };
        let property = elements.iter().find(|element| element.is(&["project", "properties", name]));
        let Some(property) = property else { return Err(Reason::NamedElsewhere { name: name.to_owned() }) };
        let inside = &text[property.inside.start..property.inside.end];
        let start = property.inside.start + (inside.len() - inside.trim_start().len());
        place = ByteRange::new(start, start + inside.trim().len());
        written = inside.trim();
    }
    Err(Reason::Computed { line: lines::number(text, place.start) })
}

pub(super) fn remove(text: &str, manifest: &Manifest, found: &Dependency) -> Result<Vec<Change>, Reason> {
    let elements = elements(text);
    let mut changes = Vec::new();
    let list = elements.iter().rfind(|element| {
        element.path.last().is_some_and(|name| name == "dependencies") && element.inside.contains(found.entry)
    });
    let is_only = list.is_some_and(|list| {
        text[list.inside.start..found.entry.start].trim().is_empty()
            && text[found.entry.end..list.inside.end].trim().is_empty()
    });
    match list.filter(|list| is_only && list.is(&["project", "dependencies"])) {
        Some(list) => changes.push(Change::remove(tables::with_blank(text, own_lines(text, list.range)))),
        None => changes.push(Change::remove(own_lines(text, found.entry))),
    }
    // A property that only this entry used goes too, unless modules may use it.
    let name = found.version_range.map(|range| &text[range.start..range.end]);
    let name = name.and_then(|written| written.strip_prefix("${")?.strip_suffix('}'));
    let packaging = elements.iter().find(|element| element.is(&["project", "packaging"]));
    let serves_modules = !manifest.members.is_empty()
        || packaging.is_some_and(|packaging| text[packaging.inside.start..packaging.inside.end].trim() == "pom");
    if let Some(name) = name.filter(|_| !serves_modules)
        && text.matches(&format!("${{{name}}}")).count() == 1
        && let Some(property) = elements.iter().find(|element| element.is(&["project", "properties", name]))
        && lines::begins(text, property.range.start)
    {
        changes.push(Change::remove(own_lines(text, property.range)));
    }
    Ok(changes)
}

/// The lines of an element where it has them for itself, with a comment behind it; else the element.
fn own_lines(text: &str, range: ByteRange) -> ByteRange {
    let rest = text[range.end..lines::end(text, range.end)].trim();
    match lines::begins(text, range.start) && rest.is_empty() {
        true => lines::whole(text, range),
        false => range,
    }
}
