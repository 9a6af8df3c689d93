//! setuptools' `setup.cfg`: `install_requires`, `setup_requires`, `tests_require` and the extras.

use super::requirements::requirement;
use super::{Group, Manifest, place};

pub(super) fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut section = "";
    let mut group = None;
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
            group = None;
        } else if line.starts_with([' ', '\t']) {
            if let Some(group) = group {
                add(text, content, group, &mut manifest);
            }
        } else if let Some((key, value)) = content.split_once(['=', ':']) {
            let (key, value) = (key.trim(), value.trim());
            group = match (section, key) {
                ("options", "install_requires") => Some(Group::Runtime),
                ("options", "setup_requires" | "tests_require") => Some(Group::Development),
                ("options.extras_require", _) => Some(Group::Optional),
                _ => None,
            };
            if (section, key) == ("metadata", "name") {
                manifest.package = Some(value.to_owned());
            }
            if let Some(group) = group {
                add(text, value, group, &mut manifest);
            }
        }
    }
    manifest
}

/// One requirement a line; several on a line are separated by semicolons, which markers have too.
fn add(text: &str, content: &str, group: Group, manifest: &mut Manifest) {
    // A comment begins behind a blank.
    let content = content.split(" #").next().unwrap_or_default().trim();
    let entry = place(text, content);
    manifest.dependencies.extend(requirement(text, content, group, entry));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_stand_one_a_line() {
        let text = "[metadata]\nname = x\n[options]\npackages = find:\ninstall_requires =\n    requests\n    # PyJWT==1\n    PyJWT>=1.7 ; python_version > '3'\n[options.extras_require]\nims = umapi-client==2.0\n[flake8]\nignore = E1\n";
        let manifest = read(text);
        assert_eq!(manifest.package.as_deref(), Some("x"));
        let shown: Vec<_> = manifest
            .dependencies
            .iter()
            .map(|found| {
                (&*found.name, found.requirement.as_deref(), found.group, &text[found.entry.start..found.entry.end])
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("requests", None, Group::Runtime, "requests"),
                ("PyJWT", Some(">=1.7"), Group::Runtime, "PyJWT>=1.7 ; python_version > '3'"),
                ("umapi-client", Some("==2.0"), Group::Optional, "umapi-client==2.0"),
            ]
        );
    }
}
