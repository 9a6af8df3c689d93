//! Maven's `pom.xml`: dependencies of the project, of its profiles, and those that it manages; the modules.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Dependency, Group, Malformed, Manifest};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

/// How many properties may stand for one another.
const LONGEST_PROPERTY_CHAIN: usize = 8;

/// A `<dependency>` while it is read.
#[derive(Default)]
struct Open {
    start: usize,
    depth: usize,
    managed: bool,
    group_id: String,
    artifact: Option<(String, ByteRange)>,
    version: Option<(String, ByteRange)>,
    scope: String,
    optional: bool,
}

#[derive(Default)]
struct Pom {
    properties: BTreeMap<String, String>,
    own: BTreeMap<&'static str, String>,
    parent: BTreeMap<&'static str, String>,
    found: Vec<Open>,
    ends: Vec<usize>,
    modules: Vec<String>,
}

pub(super) fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let (pom, malformed) = walk(text);
    manifest.malformed = malformed;
    let mut properties = pom.properties;
    for (key, value) in &pom.parent {
        properties.entry(format!("project.parent.{key}")).or_insert_with(|| value.clone());
        // What a project does not say of itself it has from its parent.
        properties.entry(format!("project.{key}")).or_insert_with(|| value.clone());
    }
    for (key, value) in &pom.own {
        properties.insert(format!("project.{key}"), value.clone());
    }
    let fill = |text: &str| filled(text, &properties);
    if let Some(artifact) = pom.own.get("artifactId") {
        let group = pom.own.get("groupId").or_else(|| pom.parent.get("groupId"));
        manifest.package = Some(fill(&group.map_or_else(|| artifact.clone(), |group| format!("{group}:{artifact}"))));
    }
    if let Some(artifact) = pom.parent.get("artifactId") {
        let group = pom.parent.get("groupId").cloned().unwrap_or_default();
        manifest.includes.push(fill(&format!("{group}:{artifact}")));
    }
    manifest.members = pom.modules.iter().map(|module| fill(module)).collect();
    for (open, end) in pom.found.into_iter().zip(pom.ends) {
        let Some((artifact, name_range)) = open.artifact else { continue };
        let group = match open.scope.as_str() {
            _ if open.managed => Group::Managed,
            "test" => Group::Development,
            "provided" => Group::Peer,
            _ if open.optional => Group::Optional,
            _ => Group::Runtime,
        };
        manifest.dependencies.push(Dependency {
            ecosystem: Ecosystem::Maven,
            name: format!("{}:{}", fill(&open.group_id), fill(&artifact)),
            alias: None,
            requirement: open.version.as_ref().map(|(version, _)| fill(version)),
            group,
            entry: ByteRange::new(open.start, end),
            name_range,
            version_range: open.version.map(|(_, range)| range),
        });
    }
    manifest
}

/// `${name}` filled in, where the same pom says what it is.
fn filled(text: &str, properties: &BTreeMap<String, String>) -> String {
    let mut filled = text.to_owned();
    for _ in 0..LONGEST_PROPERTY_CHAIN {
        let Some(start) = filled.find("${") else { break };
        let Some(end) = filled[start..].find('}').map(|end| start + end) else { break };
        let Some(value) = properties.get(&filled[start + 2..end]) else { break };
        filled.replace_range(start..=end, value);
    }
    filled
}

fn walk(text: &str) -> (Pom, Option<Malformed>) {
    let mut reader = Reader::from_str(text);
    let mut pom = Pom::default();
    let mut path: Vec<String> = Vec::new();
    let mut open: Option<Open> = None;
    // The text of the element that is open, comments left out, and where it stands.
    let mut content: Option<(String, ByteRange)> = None;
    loop {
        let start = position(&reader);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(text.len());
                return (pom, Some(Malformed { at, message: error.to_string() }));
            }
        };
        let end = position(&reader);
        match event {
            Event::Start(tag) => {
                path.push(tag.local_name().as_ref().to_owned());
                content = None;
                if path.last().is_some_and(|name| name == "dependency") && open.is_none() {
                    open = Some(Open {
                        start,
                        depth: path.len(),
                        managed: path.iter().any(|name| name == "dependencyManagement"),
                        ..Open::default()
                    });
                }
            }
            Event::Text(_) | Event::CData(_) => {
                let written = &text[start..end];
                let value = written.trim();
                if !value.is_empty() {
                    let from = start + (written.len() - written.trim_start().len());
                    content = Some((value.to_owned(), ByteRange::new(from, from + value.len())));
                }
            }
            Event::End(_) => {
                let value = content.take();
                if let (Some(value), true) = (value, path.len() > 1) {
                    keep(&mut pom, open.as_mut(), &path, value);
                }
                if let Some(finished) = open.take_if(|open| open.depth == path.len()) {
                    // Dependencies of plugins belong to the build.
                    if !path.iter().any(|name| name == "plugin") {
                        pom.found.push(finished);
                        pom.ends.push(end);
                    }
                }
                path.pop();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let malformed = (!path.is_empty()).then(|| Malformed {
        at: text.len(),
        message: format!("<{}> is not closed", path.last().map_or("", String::as_str)),
    });
    (pom, malformed)
}

/// Keeps the text of an element that ends.
fn keep(pom: &mut Pom, open: Option<&mut Open>, path: &[String], (value, range): (String, ByteRange)) {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    if let Some(open) = open {
        // Not what is excluded from it.
        if path.len() == open.depth + 1 {
            match path.last() {
                Some(&"groupId") => open.group_id = value,
                Some(&"artifactId") => open.artifact = Some((value, range)),
                Some(&"version") => open.version = Some((value, range)),
                Some(&"scope") => open.scope = value,
                Some(&"optional") => open.optional = value == "true",
                _ => {}
            }
        }
        return;
    }
    let known = |name: &str| ["groupId", "artifactId", "version"].into_iter().find(|known| *known == name);
    match path.as_slice() {
        ["project", "properties", name] => {
            pom.properties.insert((*name).to_owned(), value);
        }
        [.., "modules", "module"] => pom.modules.push(value),
        ["project", "parent", name] => {
            if let Some(name) = known(name) {
                pom.parent.insert(name, value);
            }
        }
        ["project", name] => {
            if let Some(name) = known(name) {
                pom.own.insert(name, value);
            }
        }
        _ => {}
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_exact_ranges() {
        let text = "<?xml version=\"1.0\"?>\n<project>\n <parent><groupId>com.acme</groupId><artifactId>up</artifactId><version>1</version></parent>\n <artifactId>x</artifactId>\n <properties><jjwt.version>0.9.1</jjwt.version></properties>\n <modules><module>a</module></modules>\n <!-- <dependency><groupId>g</groupId><artifactId>no</artifactId></dependency> -->\n <dependencies>\n  <dependency>\r\n   <groupId>io.jsonwebtoken</groupId>\n   <artifactId> jjwt </artifactId>\n   <version>${jjwt.version}</version>\n   <exclusions><exclusion><artifactId>z</artifactId></exclusion></exclusions>\n  </dependency>\n  <dependency><groupId>${project.groupId}</groupId><artifactId>b</artifactId><scope>test</scope></dependency>\n </dependencies>\n <dependencyManagement><dependencies><dependency><groupId>c</groupId><artifactId>c</artifactId><version>2</version></dependency></dependencies></dependencyManagement>\n</project>\n";
        let manifest = read(text);
        assert_eq!(manifest.malformed, None);
        assert_eq!(manifest.package.as_deref(), Some("com.acme:x"));
        assert_eq!((&*manifest.includes, &*manifest.members), (&["com.acme:up".to_owned()][..], &["a".to_owned()][..]));
        let cut = |range: ByteRange| &text[range.start..range.end];
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| {
                (
                    &*found.name,
                    cut(found.name_range),
                    found.requirement.as_deref(),
                    found.version_range.map(cut),
                    found.group,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("io.jsonwebtoken:jjwt", "jjwt", Some("0.9.1"), Some("${jjwt.version}"), Group::Runtime),
                ("com.acme:b", "b", None, None, Group::Development),
                ("c:c", "c", Some("2"), Some("2"), Group::Managed),
            ]
        );
        let entry = cut(manifest.dependencies[0].entry);
        assert!(entry.starts_with("<dependency>\r\n") && entry.ends_with("</dependency>"), "{entry}");
    }

    #[test]
    fn what_is_no_xml_is_said() {
        for text in ["<project><a></b></project>", "<project><dependencies>"] {
            assert!(read(text).malformed.is_some(), "{text}");
        }
    }
}
