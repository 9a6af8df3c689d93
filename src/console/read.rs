//! The list as a file: CSV or JSON, with the names that exports and people give its fields.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::table::{self, Mistake};
use super::{Listed, listed};
use crate::finding::Language;
use crate::placed::{self, Node, Value};
use crate::source::SourceFile;

/// What the fields may be called, letters and digits alone and in lower case.
const CLIENT_ID: [&str; 4] = ["clientid", "apikey", "apikeyclientid", "clientidapikey"];
const PROJECT: [&str; 4] = ["project", "projectname", "projecttitle", "projectid"];
const KIND: [&str; 4] = ["type", "credentialtype", "kind", "integrationtype"];
const LAST_USED: [&str; 4] = ["lastused", "lastuseddate", "lastusedat", "lastusedon"];

/// Why a list could not be used. Whoever made or named it can mend it. Nothing of its content is shown.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read the list of credentials {}: {source}", path.display())]
    #[diagnostic(help("--credentials takes a CSV or JSON file with the credentials of the Developer Console"))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not of the format.
    #[error("{}:{line}:{column}: {message}", path.display())]
    #[diagnostic(help(
        "a CSV file has a header line, a JSON file a list of objects: client_id, and where known project, type and last_used"
    ))]
    Format {
        /// Which.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

/// Reads a list.
pub fn read(path: &Path) -> Result<Vec<Listed>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let undecodable = |error: &dyn std::fmt::Display| io::Error::other(format!("it is no text ({error})"));
    let file = SourceFile::decode(path.to_string_lossy(), &bytes, Language::Other)
        .map_err(|error| Error::Unreadable { path: path.to_owned(), source: undecodable(&error) })?;
    parse(file.text()).map_err(|Mistake { place: (line, column), message }| Error::Format {
        path: path.to_owned(),
        line,
        column,
        message,
    })
}

fn parse(text: &str) -> Result<Vec<Listed>, Mistake> {
    if text.trim_start().starts_with(['[', '{']) { of_json(text) } else { of_table(text) }
}

fn of_table(text: &str) -> Result<Vec<Listed>, Mistake> {
    let mut rows = table::rows(text)?.into_iter();
    let Some(header) = rows.next() else {
        return Err(Mistake {
            place: (1, 1),
            message: "the file is empty; its first line has to name the fields".to_owned(),
        });
    };
    let position = |names: &[&str]| header.iter().position(|field| is_called(&field.text, names));
    let Some(id) = position(&CLIENT_ID) else {
        let place = header.first().map_or((1, 1), |field| field.place);
        return Err(Mistake { place, message: "no field of the header is called client_id".to_owned() });
    };
    let (project, kind, last_used) = (position(&PROJECT), position(&KIND), position(&LAST_USED));
    rows.map(|row| {
        let place = row.first().map_or((1, 1), |field| field.place);
        if row.len() != header.len() {
            let place = row.get(header.len()).map_or(place, |field| field.place);
            let message = format!("this line has {} fields, the header {}", row.len(), header.len());
            return Err(Mistake { place, message });
        }
        let field = |at: Option<usize>| {
            let text = at.and_then(|at| row.get(at))?.text.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let missing = || Mistake {
            place: row.get(id).map_or(place, |field| field.place),
            message: "this credential has no client id".to_owned(),
        };
        Ok(listed(&field(Some(id)).ok_or_else(missing)?, field(project), field(kind), field(last_used)))
    })
    .collect()
}

fn of_json(text: &str) -> Result<Vec<Listed>, Mistake> {
    let at = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
    };
    let root = placed::json(text)
        .map_err(|error| Mistake { place: at(error.offset), message: format!("this is no valid JSON: {error}") })?;
    let items = match &root.value {
        Value::List(items) => items.as_slice(),
        // An answer of a service often wraps its list.
        _ => root.members().iter().map(|(_, node)| node.items()).find(|items| !items.is_empty()).unwrap_or_default(),
    };
    if items.is_empty() && !matches!(root.value, Value::List(_)) {
        return Err(Mistake {
            place: at(root.range.start),
            message: "there is no list of credentials here".to_owned(),
        });
    }
    let credential = |item: &Node| {
        let field = |names: &[&str]| {
            let node = item.members().iter().find(|(key, _)| is_called(&key.name, names)).map(|(_, node)| node)?;
            let text = match &node.value {
                Value::Text(text) => text.content.trim().to_owned(),
                // A project may be an object with a name.
                Value::Map(_) => ["title", "name", "id"].iter().find_map(|key| node.get(key)?.content())?.to_owned(),
                Value::List(_) | Value::Other => return None,
            };
            (!text.is_empty()).then_some(text)
        };
        let missing = || Mistake {
            place: at(item.range.start),
            message: "this credential has no client_id that is a text".to_owned(),
        };
        Ok(listed(&field(&CLIENT_ID).ok_or_else(missing)?, field(&PROJECT), field(&KIND), field(&LAST_USED)))
    };
    items.iter().map(credential).collect()
}

fn is_called(name: &str, names: &[&str]) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    names.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_many_names_and_others_are_not_read() {
        let table = "Project name,Client ID,Client Secret,Credential type,Last used\n\
                     Shop,0123456789abcdef0123456789abcdef,p8e-s3cr3t,Service Account (JWT),2026-01-02\n";
        let json = r#"{"credentials": [{"clientId": "0123456789abcdef0123456789abcdef", "client_secret": "p8e-s3cr3t",
            "project": {"title": "Shop"}, "type": "Service Account (JWT)", "last_used": "2026-01-02"}]}"#;
        let expected = listed(
            "0123456789abcdef0123456789abcdef",
            Some("Shop".to_owned()),
            Some("Service Account (JWT)".to_owned()),
            Some("2026-01-02".to_owned()),
        );
        for text in [table, json] {
            let list = parse(text).unwrap();
            assert_eq!(list, std::slice::from_ref(&expected));
            assert!(!format!("{list:?}").contains("s3cr3t"));
        }
        assert_eq!(parse("api_key\nabc\n").unwrap().len(), 1);
        assert_eq!(parse("[]").unwrap(), []);
    }

    #[test]
    fn mistakes_have_their_places() {
        for (text, place) in [
            ("", (1, 1)),
            ("project;type\na;b\n", (1, 1)),
            ("client_id,type\nabc\n", (2, 1)),
            ("client_id,type\nabc,x,y\n", (2, 7)),
            ("client_id,type\nabc,x\n,y\n", (3, 1)),
            ("[{\"client_id\": \"a\"},\n  {\"project\": 1}]", (2, 3)),
            ("{\"a\": 1}", (1, 1)),
        ] {
            assert_eq!(parse(text).unwrap_err().place, place, "{text}");
        }
        assert_eq!(parse("[{\"client_id\": }]").unwrap_err().place.0, 1);
    }
}
