//! Gradle's build files, Groovy and Kotlin, and its version catalogs. They are read by their tokens: what a script
//! computes is not known.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::pyproject::{parse, table, trimmed};
use super::{Dependency, Group, Manifest, place};
use crate::finding::ByteRange;
use crate::rules::schema::Ecosystem;

/// Where a build keeps its version catalog, below its root.
pub(super) const CATALOG: &str = "gradle/libs.versions.toml";

/// By what name scripts speak of that catalog.
pub(super) const CATALOG_NAME: &str = "libs";

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    Text,
    Sign(u8),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'text> {
    pub(super) kind: TokenKind,
    /// The word, the sign, or what stands between the quotes.
    pub(super) text: &'text str,
    /// With the quotes.
    pub(super) range: ByteRange,
    /// Whether a line begins with it.
    pub(super) first: bool,
}

pub(super) fn read(text: &str) -> Manifest {
    let tokens = tokens(text);
    let values = assignments(&tokens);
    let mut manifest = Manifest::default();
    let mut blocks: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        match token.kind {
            TokenKind::Sign(b'{') => blocks.push(block_name(&tokens[..at])),
            TokenKind::Sign(b'}') => {
                blocks.pop();
            }
            TokenKind::Word | TokenKind::Text if blocks.contains(&"dependencies") && begins(&tokens, at) => {
                let found = statement(text, &tokens, at, &blocks, &values);
                if let Some((dependencies, next)) = found {
                    manifest.dependencies.extend(dependencies);
                    at = next;
                    continue;
                }
            }
            // A script that keeps coordinates in variables for the builds that take it in.
            TokenKind::Text if !blocks.contains(&"dependencies") && keeps(&tokens, at) => {
                let kept = notations(text, &tokens[at..=at], Group::Managed, &values);
                manifest.dependencies.extend(kept);
            }
            TokenKind::Word if token.text == "apply" => {
                if let Some(script) = tokens.get(at + 1..).and_then(|rest| applied(rest)) {
                    manifest.includes.push(script.to_owned());
                }
            }
            _ => {}
        }
        at += 1;
    }
    manifest
}

/// The projects that a `settings.gradle` takes in, as paths below it.
pub(super) fn includes(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Word || token.text != "include" {
            continue;
        }
        let rest = tokens[at + 1..].iter();
        let names = rest.take_while(|token| {
            token.kind == TokenKind::Text || matches!(token.kind, TokenKind::Sign(b'(' | b',' | b'['))
        });
        let names = names.filter(|token| token.kind == TokenKind::Text);
        found.extend(names.map(|name| name.text.trim_start_matches(':').replace(':', "/")));
    }
    found
}

/// Words, texts and signs without comments.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut first) = (0, true);
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b'\n' => {
                first = true;
                at += 1;
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |end| end + 2);
                continue;
            }
            quote @ (b'"' | b'\'') => {
                let triple = [quote; 3];
                let width = if bytes[at..].starts_with(&triple) { 3 } else { 1 };
                at += width;
                while at < bytes.len()
                    && !bytes[at..].starts_with(&triple[..width])
                    && (width == 3 || bytes[at] != b'\n')
                {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                at = (end + width).min(bytes.len());
                let content = text.get(start + width..end).unwrap_or_default();
                tokens.push(Token { kind: TokenKind::Text, text: content, range: ByteRange::new(start, at), first });
                first = false;
                continue;
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_' || bytes[at] >= 0x80)
                {
                    at += 1;
                }
                TokenKind::Word
            }
            sign => {
                at += 1;
                TokenKind::Sign(sign)
            }
        };
        tokens.push(Token { kind, text: &text[start..at], range: ByteRange::new(start, at), first });
        first = false;
    }
    tokens
}

/// `name = 'text'` anywhere, and `set('name', 'text')`: versions are kept so.
pub(super) fn assignments<'text>(tokens: &[Token<'text>]) -> BTreeMap<&'text str, &'text str> {
    let mut values = BTreeMap::new();
    for window in tokens.windows(3) {
        let [name, sign, value] = window else { continue };
        let names = (name.kind == TokenKind::Word && sign.kind == TokenKind::Sign(b'='))
            || (name.kind == TokenKind::Text && sign.kind == TokenKind::Sign(b','));
        if names && value.kind == TokenKind::Text {
            values.insert(name.text, value.text);
        }
    }
    values
}

/// The word before an opening brace: `dependencies {`, `constraints {`, `create("main") {`.
pub(super) fn block_name<'text>(before: &[Token<'text>]) -> &'text str {
    let mut depth = 0;
    for token in before.iter().rev() {
        match token.kind {
            TokenKind::Sign(b')') => depth += 1,
            TokenKind::Sign(b'(') => depth -= 1,
            TokenKind::Word if depth == 0 => return token.text,
            _ if depth == 0 => break,
            _ => {}
        }
    }
    ""
}

fn begins(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before].kind);
    tokens[at].first || matches!(before, None | Some(TokenKind::Sign(b'{' | b'}' | b';')))
}

/// Whether a text is a value that is kept, and has the form of coordinates.
fn keeps(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| tokens[before].kind);
    let is_value = matches!(before, Some(TokenKind::Sign(b'=' | b'[' | b',' | b':' | b'(')));
    let mut parts = tokens[at].text.split(':');
    let plain = |part: Option<&str>| {
        part.is_some_and(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        })
    };
    is_value
        && tokens[at].text.split(':').next().is_some_and(|owner| owner.contains('.'))
        && plain(parts.next())
        && plain(parts.next())
}

fn applied<'text>(rest: &[Token<'text>]) -> Option<&'text str> {
    let from = rest.iter().take(4).position(|token| token.text == "from")?;
    rest.get(from + 2).filter(|token| token.kind == TokenKind::Text).map(|token| token.text)
}

/// One statement of a `dependencies` block, and the token behind it.
fn statement(
    text: &str,
    tokens: &[Token<'_>],
    at: usize,
    blocks: &[&str],
    values: &BTreeMap<&str, &str>,
) -> Option<(Vec<Dependency>, usize)> {
    let configuration = tokens[at].text;
    let mut end = at + 1;
    let (mut depth, mut braces) = (0usize, 0usize);
    // To the end of the line, or of the brackets and the block that were opened on it.
    while let Some(token) = tokens.get(end) {
        let goes_on = depth > 0 || braces > 0 || !token.first || tokens[end - 1].kind == TokenKind::Sign(b',');
        if !goes_on || (braces == 0 && matches!(token.kind, TokenKind::Sign(b'}' | b';'))) {
            break;
        }
        match token.kind {
            TokenKind::Sign(b'(' | b'[') => depth += 1,
            TokenKind::Sign(b')' | b']') => depth = depth.saturating_sub(1),
            TokenKind::Sign(b'{') => braces += 1,
            TokenKind::Sign(b'}') => braces -= 1,
            _ => {}
        }
        end += 1;
    }
    // What stands in the block of the entry (exclusions) says nothing of what is asked for.
    let body = &tokens[at + 1..end];
    let body = &body[..body.iter().position(|token| token.kind == TokenKind::Sign(b'{')).unwrap_or(body.len())];
    if body.is_empty() {
        return None;
    }
    let whole = tokens[at].range.cover(tokens[end - 1].range);
    let platform =
        body.iter().any(|token| matches!(token.text, "platform" | "enforcedPlatform") && token.kind == TokenKind::Word);
    let group = group(configuration, platform, blocks);
    let mut found = notations(text, body, group, values);
    if found.is_empty() {
        found.extend(map_notation(text, body, group, values));
    }
    if found.is_empty() {
        found.extend(alias(text, body, group));
    }
    if let [only] = found.as_mut_slice() {
        only.entry = whole;
    }
    (!found.is_empty()).then_some((found, end))
}

fn group(configuration: &str, platform: bool, blocks: &[&str]) -> Group {
    let name = configuration.to_ascii_lowercase();
    if platform || blocks.contains(&"constraints") {
        Group::Managed
    } else if name.contains("test") || name.contains("processor") || name == "kapt" || blocks.contains(&"buildscript") {
        Group::Development
    } else if name.contains("compileonly") || name.starts_with("provided") {
        Group::Peer
    } else {
        Group::Runtime
    }
}

/// `'group:name:version'`, several of them.
fn notations(text: &str, body: &[Token<'_>], group: Group, values: &BTreeMap<&str, &str>) -> Vec<Dependency> {
    let texts = body.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Text && token.text.contains(':'));
    let one = |(at, token): (usize, &Token<'_>)| {
        let mut parts = token.text.splitn(3, ':');
        let (owner, name) = (parts.next()?, parts.next()?);
        if owner.is_empty() || name.is_empty() || owner.contains('/') {
            return None;
        }
        let written = parts.next().unwrap_or_default();
        // A classifier or an extension follows the version; braces of a template hold none.
        let version = match written.starts_with('$') {
            true => written,
            false => written.split([':', '@']).next().unwrap_or_default(),
        };
        // `'group:name:' + version`
        let added = body.get(at + 1).filter(|plus| plus.kind == TokenKind::Sign(b'+')).and(body.get(at + 2));
        let requirement = match added {
            Some(added) => values.get(added.text).copied().or((added.kind == TokenKind::Text).then_some(added.text)),
            None => template(version, values),
        };
        let version_range = (!version.is_empty()).then(|| place(text, version)).or(added.map(|added| added.range));
        Some(Dependency {
            ecosystem: Ecosystem::Maven,
            name: format!("{owner}:{name}"),
            alias: None,
            requirement: requirement.map(str::to_owned),
            group,
            entry: added.map_or(token.range, |added| token.range.cover(added.range)),
            name_range: place(text, name),
            version_range,
        })
    };
    texts.filter_map(one).collect()
}

/// A version, or what `$name`, `${name}` and `${rootProject.ext.name}` stand for.
fn template<'a>(version: &'a str, values: &BTreeMap<&str, &'a str>) -> Option<&'a str> {
    let Some(name) = version.strip_prefix('$') else { return Some(version).filter(|version| !version.is_empty()) };
    let name = name.trim_start_matches('{').trim_end_matches('}');
    let name = name.rsplit('.').next().unwrap_or(name).trim_matches(['"', '\'', '[', ']']);
    values.get(name).copied()
}

/// `group: 'g', name: 'n', version: 'v'`, in Kotlin with `=`.
fn map_notation(text: &str, body: &[Token<'_>], group: Group, values: &BTreeMap<&str, &str>) -> Option<Dependency> {
    let value = |key: &str| {
        let mut windows = body.windows(3);
        let is_key = |window: &&[Token<'_>]| {
            window[0].text == key
                && window[0].kind == TokenKind::Word
                && matches!(window[1].kind, TokenKind::Sign(b':' | b'='))
        };
        windows.find(is_key).map(|window| window[2])
    };
    let (owner, name) = (value("group")?, value("name")?);
    if owner.kind != TokenKind::Text || name.kind != TokenKind::Text {
        return None;
    }
    let version = value("version");
    let requirement = version.and_then(|version| match version.kind {
        TokenKind::Text => template(version.text, values),
        _ => values.get(version.text).copied(),
    });
    Some(Dependency {
        ecosystem: Ecosystem::Maven,
        name: format!("{}:{}", owner.text, name.text),
        alias: None,
        requirement: requirement.map(str::to_owned),
        group,
        entry: name.range,
        name_range: place(text, name.text),
        version_range: version.map(|version| match version.kind {
            TokenKind::Text => place(text, version.text),
            _ => version.range,
        }),
    })
}

/// `libs.some.library`
fn alias(text: &str, body: &[Token<'_>], group: Group) -> Option<Dependency> {
    let start = body.iter().position(|token| token.kind == TokenKind::Word && token.text == CATALOG_NAME)?;
    let path =
        body[start..].iter().take_while(|token| token.kind == TokenKind::Word || token.kind == TokenKind::Sign(b'.'));
    let range = path.fold(body[start].range, |range, token| range.cover(token.range));
    let written = text.get(range.start + CATALOG_NAME.len() + 1..range.end)?;
    let written = written.strip_suffix(".get").unwrap_or(written);
    Some(Dependency {
        ecosystem: Ecosystem::Maven,
        name: format!("{CATALOG_NAME}.{written}"),
        alias: Some(normal(written)),
        requirement: None,
        group,
        entry: range,
        name_range: range,
        version_range: None,
    })
}

/// Scripts write dots where the catalog has dashes or underscores.
pub(super) fn normal(alias: &str) -> String {
    alias.replace(['-', '_'], ".").to_ascii_lowercase()
}

/// A version catalog: its `[libraries]` with the `[versions]` that they refer to.
pub(super) fn catalog(text: &str) -> Manifest {
    let (root, malformed) = parse(text);
    let root = root.get_ref();
    let versions = table(root, &["versions"]);
    let mut manifest = Manifest { malformed, ..Manifest::default() };
    for (key, value) in table(root, &["libraries"]).into_iter().flat_map(|libraries| libraries.iter()) {
        let key_range = ByteRange::new(key.span().start, key.span().end);
        let value_range = ByteRange::new(value.span().start, value.span().end);
        let module = match value.get_ref() {
            DeValue::String(notation) => {
                let mut parts = notation.splitn(3, ':');
                let name = parts.next().zip(parts.next()).map(|(owner, name)| format!("{owner}:{name}"));
                name.map(|name| (name, parts.next().map(str::to_owned), value_range))
            }
            DeValue::Table(library) => declared(library, versions),
            _ => None,
        };
        let Some((name, requirement, name_range)) = module else { continue };
        let version = value.get_ref().as_table().and_then(|library| library.get("version"));
        let version_range = version.filter(|version| version.get_ref().is_str());
        manifest.dependencies.push(Dependency {
            ecosystem: Ecosystem::Maven,
            name,
            alias: Some(normal(key.get_ref())),
            requirement,
            group: Group::Managed,
            entry: key_range.cover(value_range),
            name_range: trimmed(text, name_range),
            version_range: version_range
                .map(|version| trimmed(text, ByteRange::new(version.span().start, version.span().end))),
        });
    }
    manifest.dependencies.sort_by_key(|dependency| dependency.entry);
    manifest
}

/// The alias of a plugin in a version catalog, as scripts write it, and its version.
pub(super) fn plugin(text: &str, id: &str) -> Option<(String, Option<String>)> {
    let (root, _) = parse(text);
    let root = root.get_ref();
    let (alias, value) = table(root, &["plugins"])?.iter().find(|(_, value)| match value.get_ref() {
        DeValue::String(notation) => notation.split(':').next() == Some(id),
        DeValue::Table(plugin) => plugin.get("id").and_then(|known| known.get_ref().as_str()) == Some(id),
        _ => false,
    })?;
    let version = match value.get_ref() {
        DeValue::String(notation) => notation.split_once(':').map(|(_, version)| version.to_owned()),
        DeValue::Table(plugin) => {
            plugin.get("version").and_then(|version| required(version, table(root, &["versions"])))
        }
        _ => None,
    };
    Some((normal(alias.get_ref()), version))
}

/// Name, version and the place of the name of a library that is a table.
fn declared(library: &DeTable<'_>, versions: Option<&DeTable<'_>>) -> Option<(String, Option<String>, ByteRange)> {
    let text = |key: &str| {
        let value = library.get(key)?;
        Some((value.get_ref().as_str()?.to_owned(), ByteRange::new(value.span().start, value.span().end)))
    };
    let (name, range) = match text("module") {
        Some(module) => module,
        None => {
            let (name, range) = text("name")?;
            (format!("{}:{name}", text("group")?.0), range)
        }
    };
    Some((name, library.get("version").and_then(|version| required(version, versions)), range))
}

/// The version that an entry of a catalog asks for, itself or by way of `[versions]`.
fn required(version: &Spanned<DeValue<'_>>, versions: Option<&DeTable<'_>>) -> Option<String> {
    let rich = |value: &DeValue<'_>| match value {
        DeValue::Table(table) => ["strictly", "require", "prefer"]
            .iter()
            .find_map(|key| table.get(*key)?.get_ref().as_str().map(str::to_owned)),
        value => value.as_str().map(str::to_owned),
    };
    match version.get_ref() {
        DeValue::Table(table) => match table.get("ref").and_then(|name| name.get_ref().as_str()) {
            Some(name) => rich(versions?.get(name)?.get_ref()),
            None => rich(version.get_ref()),
        },
        value => rich(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let cut = |range: ByteRange| &text[range.start..range.end];
        let line = |found: &Dependency| {
            format!(
                "{:?} {} {} | {}",
                found.group,
                found.name,
                found.requirement.as_deref().unwrap_or("-"),
                cut(found.entry)
            )
        };
        read(text).dependencies.iter().map(line).collect()
    }

    #[test]
    fn groovy_is_read() {
        let text = "buildscript { dependencies { classpath 'a:plugin:1' } }\next.jjwtVersion = '0.9.1'\ndependencies {\n  // implementation 'x:no:1'\n  implementation 'com.adobe:sdk:3.0.0'\n  implementation \"io.jsonwebtoken:jjwt:$jjwtVersion\"\n  compile group: 'com.auth0', name: 'java-jwt', version: '3.1'\n  implementation('a:b:1') {\n    exclude group: 'c', module: 'd'\n  }\n  testImplementation 'e:f:1@jar', 'g:h:2'\n  implementation platform('i:bom:1')\n  implementation libs.jjwt.api\n  implementation project(':core')\n  constraints { implementation 'k:l:3' }\n}\n";
        assert_eq!(
            shown(text),
            [
                "Development a:plugin 1 | classpath 'a:plugin:1'",
                "Runtime com.adobe:sdk 3.0.0 | implementation 'com.adobe:sdk:3.0.0'",
                "Runtime io.jsonwebtoken:jjwt 0.9.1 | implementation \"io.jsonwebtoken:jjwt:$jjwtVersion\"",
                "Runtime com.auth0:java-jwt 3.1 | compile group: 'com.auth0', name: 'java-jwt', version: '3.1'",
                "Runtime a:b 1 | implementation('a:b:1') {\n    exclude group: 'c', module: 'd'\n  }",
                "Development e:f 1 | 'e:f:1@jar'",
                "Development g:h 2 | 'g:h:2'",
                "Managed i:bom 1 | implementation platform('i:bom:1')",
                "Runtime libs.jjwt.api - | implementation libs.jjwt.api",
                "Managed k:l 3 | implementation 'k:l:3'",
            ]
        );
    }

    #[test]
    fn kotlin_is_read() {
        let text = "val jwt = \"4.0\"\ndependencies {\n    implementation(\"com.auth0:java-jwt:$jwt\")\n    implementation(\"a:b:\" + jwt)\n    testImplementation(group = \"g\", name = \"n\", version = \"1\")\n    implementation(platform(libs.bom))\n    \"api\"(\"x:y:2\")\n}\n";
        assert_eq!(
            shown(text),
            [
                "Runtime com.auth0:java-jwt 4.0 | implementation(\"com.auth0:java-jwt:$jwt\")",
                "Runtime a:b 4.0 | implementation(\"a:b:\" + jwt)",
                "Development g:n 1 | testImplementation(group = \"g\", name = \"n\", version = \"1\")",
                "Managed libs.bom - | implementation(platform(libs.bom))",
                "Runtime x:y 2 | \"api\"(\"x:y:2\")",
            ]
        );
    }

    #[test]
    fn kept_coordinates_are_read() {
        let text = "versions.jjwt = '0.9.0'\nlibraries.jjwt = [\n  \"io.jsonwebtoken:jjwt:$versions.jjwt\",\n  'time:12:30'\n]\next { x = 'a.b:c:1' }\n";
        assert_eq!(
            shown(text),
            [
                "Managed io.jsonwebtoken:jjwt 0.9.0 | \"io.jsonwebtoken:jjwt:$versions.jjwt\"",
                "Managed a.b:c 1 | 'a.b:c:1'",
            ]
        );
    }

    #[test]
    fn a_catalog_gives_aliases_their_names() {
        let text = "[versions]\njjwt = \"0.11.5\"\n[libraries]\njjwt-api = { module = \"io.jsonwebtoken:jjwt-api\", version.ref = \"jjwt\" }\njava_jwt = \"com.auth0:java-jwt:4.4.0\"\nother = { group = \"g\", name = \"n\", version = \"1\" }\n";
        let catalog = catalog(text);
        let shown: Vec<_> = catalog
            .dependencies
            .iter()
            .map(|found| {
                (
                    found.alias.as_deref(),
                    &*found.name,
                    found.requirement.as_deref(),
                    &text[found.entry.start..found.entry.end],
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (
                    Some("jjwt.api"),
                    "io.jsonwebtoken:jjwt-api",
                    Some("0.11.5"),
                    "jjwt-api = { module = \"io.jsonwebtoken:jjwt-api\", version.ref = \"jjwt\" }"
                ),
                (Some("java.jwt"), "com.auth0:java-jwt", Some("4.4.0"), "java_jwt = \"com.auth0:java-jwt:4.4.0\""),
                (Some("other"), "g:n", Some("1"), "other = { group = \"g\", name = \"n\", version = \"1\" }"),
            ]
        );
        let mut build = read("dependencies { implementation(libs.jjwt.api) }");
        build.resolve(&catalog);
        assert_eq!(build.dependencies[0].name, "io.jsonwebtoken:jjwt-api");
        assert_eq!(build.dependencies[0].requirement.as_deref(), Some("0.11.5"));
    }

    #[test]
    fn anything_is_read_without_a_panic() {
        for text in [
            "dependencies {",
            "dependencies { implementation '",
            "}}}}",
            "dependencies { implementation(",
            "'''",
            "\"\\",
        ] {
            read(text);
        }
        assert_eq!(includes("include ':a', ':b:c'\ninclude(\"d\")\n"), ["a", "b/c", "d"]);
    }
}
