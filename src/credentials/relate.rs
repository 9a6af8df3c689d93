//! Which key files belong to a credential: those that it names, and those that lie beside it.
//!
//! It compares paths only. Whether a file holds a private key is for whoever reads it to say.

use std::collections::BTreeMap;

/// Where in a folder a name may be meant: there, or where a class path and the configuration begin.
const BELOW: [&str; 5] = ["", "src/main/resources", "resources", "config", "conf"];

/// A file that carries the old credential, or makes use of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Its path, absolute, with forward slashes.
    pub path: String,
    /// The root of its repository, or the folder that was named; nothing above it is looked at.
    pub root: String,
    /// The paths of key files that it names, as it writes them.
    pub names: Vec<String>,
    /// Whether what lies beside it belongs to it too, though it does not name it.
    pub has_beside: bool,
}

/// A file that may hold a key, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// Its path, absolute, with forward slashes.
    pub path: String,
}

/// How a key file belongs to a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The credential names it.
    Named,
    /// It lies in the same folder.
    Beside,
}

/// A key file that belongs to a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The position of the key file.
    pub key_file: usize,
    /// The position of the carrier; the first of several.
    pub carrier: usize,
    /// How they belong together.
    pub relation: Relation,
}

/// Relates key files to credentials. A key file comes once, by its strongest relation, in the order of the key files.
pub fn relate(carriers: &[Carrier], key_files: &[KeyFile]) -> Vec<Related> {
    let by_path: BTreeMap<&str, usize> =
        key_files.iter().enumerate().map(|(position, file)| (file.path.as_str(), position)).collect();
    let mut by_folder: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, file) in key_files.iter().enumerate() {
        by_folder.entry(folder(&file.path)).or_default().push(position);
    }
    let mut related: BTreeMap<usize, (Relation, usize)> = BTreeMap::new();
    let mut add = |key_file: usize, relation: Relation, carrier: usize| {
        let known = related.entry(key_file).or_insert((relation, carrier));
        *known = (*known).min((relation, carrier));
    };
    for (position, carrier) in carriers.iter().enumerate() {
        for name in &carrier.names {
            if let Some(key_file) = named(carrier, name, &by_path) {
                add(key_file, Relation::Named, position);
            }
        }
        let beside = by_folder.get(folder(&carrier.path)).filter(|_| carrier.has_beside);
        for &key_file in beside.into_iter().flatten() {
            add(key_file, Relation::Beside, position);
        }
    }
    related.into_iter().map(|(key_file, (relation, carrier))| Related { key_file, carrier, relation }).collect()
}

/// The file that a name means: relative to the folder of the carrier, or to one above it in the same repository, since
/// programs run from there.
fn named(carrier: &Carrier, name: &str, by_path: &BTreeMap<&str, usize>) -> Option<usize> {
    let name = name.strip_prefix("file://").unwrap_or(name);
    let name = name.strip_prefix("classpath:").unwrap_or(name).trim_start_matches("./");
    let mut at = folder(&carrier.path);
    loop {
        for below in BELOW {
            if let Some(&position) = by_path.get(joined(&joined(at, below), name).as_str()) {
                return Some(position);
            }
        }
        if at.len() <= carrier.root.len() || at.is_empty() {
            return None;
        }
        at = folder(at);
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder and a path relative to it. A path that begins with a slash is that of a container or another machine, where the
/// repository may lie anywhere.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier(path: &str, names: &[&str]) -> Carrier {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Carrier { path: path.to_owned(), root: "/r".to_owned(), names, has_beside: true }
    }

    fn related(carriers: &[Carrier], key_files: &[&str]) -> Vec<(usize, usize, Relation)> {
        let files: Vec<KeyFile> = key_files.iter().map(|path| KeyFile { path: (*path).to_owned() }).collect();
        relate(carriers, &files)
            .into_iter()
            .map(|related| (related.key_file, related.carrier, related.relation))
            .collect()
    }

    #[test]
    fn a_name_is_looked_for_from_the_folder_upwards() {
        let carriers = [carrier("/r/a/b/c.json", &["keys/x.key"])];
        assert_eq!(related(&carriers, &["/r/a/b/keys/x.key"]), [(0, 0, Relation::Named)]);
        assert_eq!(related(&carriers, &["/r/keys/x.key"]), [(0, 0, Relation::Named)]);
        assert_eq!(related(&carriers, &["/keys/x.key", "/r/other/x.key"]), []);
        let carriers = [carrier("/r/a/c.json", &["../k.pem", "/keys/y.p12", "./z.der"])];
        let files = ["/r/k.pem", "/r/keys/y.p12", "/r/a/z.der"];
        assert_eq!(
            related(&carriers, &files),
            [(0, 0, Relation::Named), (1, 0, Relation::Named), (2, 0, Relation::Named)]
        );
    }

    #[test]
    fn a_name_may_be_one_of_the_class_path() {
        let carriers = [Carrier { has_beside: false, ..carrier("/r/app/src/main/java/a/B.java", &["/keys/x.der"]) }];
        let files = ["/r/app/src/main/resources/keys/x.der", "/r/app/src/main/java/a/y.der"];
        assert_eq!(related(&carriers, &files), [(0, 0, Relation::Named)]);
    }

    #[test]
    fn what_lies_beside_a_credential_belongs_to_it() {
        let carriers = [carrier("/r/a/c.json", &[]), carrier("/r/d.env", &["a/private.key"])];
        assert_eq!(related(&carriers[..1], &["/r/a/private.key", "/r/private.key"]), [(0, 0, Relation::Beside)]);
        assert_eq!(related(&carriers, &["/r/a/private.key"]), [(0, 1, Relation::Named)]);
    }
}
