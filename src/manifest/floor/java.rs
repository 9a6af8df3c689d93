//! What Maven and Gradle say of Java: the release that is compiled for, else what it is built with.

use std::collections::BTreeMap;

use super::super::gradle::{Token, TokenKind, assignments, tokens};
use super::super::xml::{Element, elements};
use super::{Floor, Grade};

/// Properties of Maven in the order in which they decide; the last is Spring Boot's name for it, and many others'.
const PROPERTIES: [&str; 4] =
    ["maven.compiler.release", "maven.compiler.target", "maven.compiler.source", "java.version"];

/// Elements of the compiler plugin's configuration in that order.
const CONFIGURATION: [&str; 3] = ["release", "target", "source"];

/// Names of Gradle in that order, and whether code is only built with what follows.
const NAMES: [(&str, Grade); 5] = [
    ("release", Grade::Asked),
    ("targetCompatibility", Grade::Asked),
    ("sourceCompatibility", Grade::Asked),
    ("languageVersion", Grade::Built),
    ("jvmToolchain", Grade::Built),
];

/// How many properties may stand for one another.
const LONGEST_PROPERTY_CHAIN: usize = 8;

pub(super) fn pom(text: &str) -> Option<Floor> {
    let elements = elements(text);
    let plugin = |name: &str| {
        let is_named = |element: &Element| {
            element.path.ends_with(&["plugin".to_owned(), "artifactId".to_owned()]) && element.text(text) == name
        };
        let named = elements.iter().find(|element| is_named(element))?;
        // The smallest plugin around its name.
        elements.iter().find(|element| {
            element.path.last().is_some_and(|last| last == "plugin") && element.range.contains(named.range)
        })
    };
    let within = |plugin: &Element, path: &[&str]| {
        let inside = elements.iter().find(|element| {
            let below = element.path.get(plugin.path.len()..).unwrap_or_default();
            plugin.range.contains(element.range) && below.iter().map(String::as_str).eq(path.iter().copied())
        })?;
        release(text, inside, &elements, Grade::Asked)
    };
    let compiler = plugin("maven-compiler-plugin");
    let configured =
        compiler.and_then(|plugin| CONFIGURATION.iter().find_map(|name| within(plugin, &["configuration", name])));
    let property = || {
        PROPERTIES.iter().find_map(|name| {
            let element = elements.iter().find(|element| element.is(&["project", "properties", name]))?;
            release(text, element, &elements, Grade::Asked)
        })
    };
    let toolchain = || {
        let built = within(plugin("maven-toolchains-plugin")?, &["configuration", "toolchains", "jdk", "version"])?;
        Some(Floor { grade: Grade::Built, ..built })
    };
    configured.or_else(property).or_else(toolchain)
}

/// The version that an element holds, by way of properties of the same file.
fn release(text: &str, element: &Element, elements: &[Element], grade: Grade) -> Option<Floor> {
    let mut written = element.text(text);
    for _ in 0..LONGEST_PROPERTY_CHAIN {
        let Some(name) = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else { break };
        written = elements.iter().find(|element| element.is(&["project", "properties", name]))?.text(text);
    }
    Floor::at(text, written, java(written)?, grade)
}

pub(super) fn gradle(text: &str) -> Option<Floor> {
    let tokens = tokens(text);
    let values = assignments(&tokens);
    NAMES.iter().find_map(|(name, grade)| {
        let named = tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word && token.text == *name);
        let known = named.filter_map(|(at, _)| value(text, &tokens[at + 1..], &values, *grade));
        known.min_by(|one, other| one.version.cmp(&other.version))
    })
}

/// The version in the rest of a statement: `= 1.8`, `'11'`, `.set(JavaLanguageVersion.of(17))`, `= JavaVersion.VERSION_1_8`.
fn value(text: &str, rest: &[Token<'_>], values: &BTreeMap<&str, &str>, grade: Grade) -> Option<Floor> {
    let statement =
        rest.iter().take_while(|token| !token.first && !matches!(token.kind, TokenKind::Sign(b'}' | b';' | b'{')));
    let mut words: Vec<&Token<'_>> = Vec::new();
    for token in statement {
        let is_number = token.kind == TokenKind::Word && token.text.starts_with(|first: char| first.is_ascii_digit());
        // `1.8` is three tokens.
        if is_number {
            let tail = &text[token.range.start..];
            let end = tail.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(tail.len());
            return Floor::at(text, &tail[..end], java(&tail[..end])?, grade);
        }
        let digits = token.text.strip_prefix("VERSION_").unwrap_or(token.text);
        if let Some(version) = java(digits) {
            return Floor::at(text, token.text, version, grade);
        }
        words.push(token);
    }
    // One name that a text was given.
    let [only] = *words.iter().filter(|token| token.kind == TokenKind::Word).collect::<Vec<_>>() else { return None };
    let value = values.get(only.text)?;
    Floor::at(text, value, java(value)?, grade)
}

/// `1.8`, `1_8`, `8`, `17.0.1`.
fn java(written: &str) -> Option<Vec<u64>> {
    let written = written.trim();
    let written = written.strip_prefix("1.").or_else(|| written.strip_prefix("1_")).unwrap_or(written);
    let parts: Option<Vec<u64>> = written.split('.').map(|part| part.parse().ok()).collect();
    let version = *parts?.first()?;
    (version > 1).then(|| vec![version])
}
