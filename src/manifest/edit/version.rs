//! A requirement that asks for more than it did, in the form that it has.

use super::super::Dependency;
use super::{Raise, Reason};
use crate::rules::schema::Ecosystem;

/// The signs before a version of npm that are kept.
const NPM_SIGNS: [&str; 5] = ["^", "~", ">=", "=", "v"];

/// What is written in place of the requirement of an entry.
pub(super) fn raised(ecosystem: Ecosystem, found: &Dependency, raise: &Raise) -> Result<String, Reason> {
    let Some(written) = found.requirement.as_deref() else { return Ok(raise.requirement.clone()) };
    match ecosystem {
        Ecosystem::Npm => npm(written, raise),
        Ecosystem::Pypi => pypi(written, raise),
        Ecosystem::Maven => maven(written, raise),
    }
}

fn npm(written: &str, raise: &Raise) -> Result<String, Reason> {
    let trimmed = written.trim();
    if matches!(trimmed, "*" | "x" | "latest" | "") {
        return Ok(raise.requirement.clone());
    }
    if trimmed.contains(':') || nodejs_semver::Range::parse(trimmed).is_err() {
        return Err(Reason::NotAVersion { written: written.to_owned() });
    }
    if trimmed.contains('<') {
        return Err(Reason::Capped { requirement: written.to_owned() });
    }
    let sign = NPM_SIGNS.iter().find(|sign| trimmed.starts_with(**sign)).copied().unwrap_or_default();
    let version = trimmed[sign.len()..].trim();
    let is_plain = version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
        && version.split('.').all(|part| !matches!(part, "x" | "X" | "*"))
        && version.matches('.').count() == 2;
    Ok(match is_plain {
        true => format!("{sign}{}", raise.version),
        false => raise.requirement.clone(),
    })
}

fn pypi(written: &str, raise: &Raise) -> Result<String, Reason> {
    if written.trim() == "*" {
        return Ok(raise.requirement.clone());
    }
    let mut parts: Vec<String> = Vec::new();
    let mut is_raised = false;
    for part in written.split(',') {
        let bare = part.trim();
        let digits = bare.find(|c: char| c.is_ascii_digit()).unwrap_or(bare.len());
        let sign = bare[..digits].trim_end();
        match sign {
            "<" | "<=" => {
                let cap: Result<pep440_rs::VersionSpecifiers, _> = bare.parse();
                let lowest: Result<pep440_rs::Version, _> = raise.version.parse();
                let fits = cap.ok().zip(lowest.ok()).is_some_and(|(cap, lowest)| cap.contains(&lowest));
                if !fits {
                    return Err(Reason::Capped { requirement: written.to_owned() });
                }
                parts.push(part.to_owned());
            }
            "!=" => parts.push(part.to_owned()),
            "" | "==" | "===" | "=" | "~=" | "^" | "~" | ">=" | ">" if !is_raised => {
                is_raised = true;
                let sign = match sign {
                    ">" => ">=",
                    "==" | "=" if bare.ends_with('*') => "~=",
                    other => other,
                };
                // `~=3` is no specifier.
                let sign = if sign == "~=" && !raise.version.contains('.') { ">=" } else { sign };
                let blank = &bare[bare[..digits].trim_end().len()..digits];
                let before = &part[..part.len() - part.trim_start().len()];
                parts.push(format!("{before}{sign}{blank}{}", raise.version));
            }
            // A second lower bound says nothing beside the new one.
            ">=" | ">" => {}
            _ => return Err(Reason::NotAVersion { written: written.to_owned() }),
        }
    }
    if !is_raised {
        parts.insert(0, raise.requirement.clone());
    }
    Ok(parts.join(","))
}

fn maven(written: &str, raise: &Raise) -> Result<String, Reason> {
    let trimmed = written.trim();
    if trimmed.starts_with(['[', '(', ']']) {
        return Err(Reason::Capped { requirement: written.to_owned() });
    }
    match trimmed.starts_with(|first: char| first.is_ascii_digit()) || trimmed == "+" || trimmed.starts_with("latest.")
    {
        true => Ok(raise.version.clone()),
        false => Err(Reason::NotAVersion { written: written.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::ByteRange;
    use crate::manifest::Group;

    fn to(ecosystem: Ecosystem, written: &str, version: &str, requirement: &str) -> String {
        let found = Dependency {
            ecosystem,
            name: "a".to_owned(),
            alias: None,
            requirement: Some(written.to_owned()),
            group: Group::Runtime,
            entry: ByteRange::default(),
            name_range: ByteRange::default(),
            version_range: None,
        };
        let raise = Raise { names: vec![], version: version.to_owned(), requirement: requirement.to_owned() };
        match raised(ecosystem, &found, &raise) {
            Ok(text) => text,
            Err(Reason::Capped { .. }) => "capped".to_owned(),
            Err(_) => "no version".to_owned(),
        }
    }

    #[test]
    fn the_form_is_kept() {
        for (written, expected) in [
            ("^1.0.0", "^1.8.0"),
            ("~1.2.3", "~1.8.0"),
            ("1.0.0", "1.8.0"),
            (">=1.0.0", ">=1.8.0"),
            ("1.x", "^1.8.0"),
            ("*", "^1.8.0"),
            ("1 || 0", "^1.8.0"),
            (">=1 <1.5", "capped"),
            ("git+https://x/y", "no version"),
            ("workspace:^1.0.0", "no version"),
        ] {
            assert_eq!(to(Ecosystem::Npm, written, "1.8.0", "^1.8.0"), expected, "{written}");
        }
        for (written, expected) in [
            ("==1.2.1", "==1.3"),
            (">=1.0", ">=1.3"),
            (">=1.0,<2", ">=1.3,<2"),
            (">= 1.0, < 2", ">= 1.3, < 2"),
            (">=0.15,<1.3", "capped"),
            ("~=1.2", "~=1.3"),
            ("==1.2.*", "~=1.3"),
            ("^1.0", "^1.3"),
            ("!=1.1", ">=1.3,!=1.1"),
            ("<2", ">=1.3,<2"),
            ("*", ">=1.3"),
        ] {
            assert_eq!(to(Ecosystem::Pypi, written, "1.3", ">=1.3"), expected, "{written}");
        }
        assert_eq!(to(Ecosystem::Maven, "5.2.1.RELEASE", "5.8.16", "5.8.16"), "5.8.16");
        assert_eq!(to(Ecosystem::Maven, "[5,6)", "5.8.16", "5.8.16"), "capped");
    }
}
