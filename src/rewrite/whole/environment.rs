//! Variables of the environment that rewritten code asks for no more, as the text that goes shows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::sets::is_rewritten_code;
use crate::finding::{Finding, KeyKind, RequiredKey};
use crate::scan::Known;
use crate::walk::normal;

/// A variable behind what asks for it: `process.env.NAME`, `os.environ["NAME"]`, `System.getenv("NAME")`.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i:env)[A-Za-z]*(?:\.get)?\s*[.(\[]\s*["'`]?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"#)
        .expect("invariant: the pattern compiles")
});

/// Adds them to what findings say is removed.
pub(super) fn plan(known: &Known<'_>, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| is_rewritten_code(finding)) {
        let Some(requires) = &mut finding.details.requires else { continue };
        for name in gone(known, &finding.fix.edits) {
            if !requires.removed.iter().any(|key| key.key == name) {
                let secret = is_secret(&name);
                requires.removed.push(RequiredKey { key: name, kind: KeyKind::Environment, secret });
            }
        }
        requires.removed.sort();
    }
}

/// Whether the value of such a name is a secret.
fn is_secret(name: &str) -> bool {
    let says_where = ["PATH", "FILE", "DIR", "ID"].iter().any(|end| name.ends_with(end));
    !says_where && ["KEY", "SECRET", "PASS"].iter().any(|part| name.contains(part))
}

/// The variables that stand in what edits take out, and not in what they put in.
fn gone(known: &Known<'_>, edits: &[crate::finding::Edit]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for edit in edits {
        let Ok(bytes) = known.settings.contents.read(&normal(Path::new(&edit.path))) else { continue };
        let Some(text) = bytes.get(edit.start_byte..edit.end_byte) else { continue };
        let text = String::from_utf8_lossy(text);
        names.extend(ASKED.captures_iter(&text).filter_map(|found| Some(found.name("name")?.as_str().to_owned())));
    }
    names.retain(|name| !edits.iter().any(|edit| edit.replacement.contains(name.as_str())));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_told_by_what_asks_for_them() {
        for (text, expected) in [
            ("process.env.ADOBE_KEY_PATH", Some("ADOBE_KEY_PATH")),
            ("process.env['ADOBE_ORG_ID']", Some("ADOBE_ORG_ID")),
            ("os.environ[\"ADOBE_ORG_ID\"]", Some("ADOBE_ORG_ID")),
            ("os.environ.get('ADOBE_ORG_ID')", Some("ADOBE_ORG_ID")),
            ("System.getenv(\"ADOBE_ORG_ID\")", Some("ADOBE_ORG_ID")),
            ("NOT_ASKED_FOR", None),
        ] {
            let found = ASKED.captures(text).and_then(|found| found.name("name"));
            assert_eq!(found.map(|name| name.as_str()), expected, "{text}");
        }
        assert!(is_secret("ADOBE_PRIVATE_KEY") && !is_secret("ADOBE_PRIVATE_KEY_PATH"));
    }
}
