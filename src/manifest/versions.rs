//! What a version requirement allows: versions that know only the old flow, only the new one, or either.

use pep440_rs::{Version, VersionSpecifiers};

use crate::rules::schema::{DependencyModel, Ecosystem};

/// What the versions that a requirement allows can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modes {
    /// All of them know the old flow alone.
    Old,
    /// All of them know the new flow alone.
    New,
    /// The old and the new flow, in one version or in several.
    Both,
    /// It cannot be told: no version is asked for, or it cannot be read.
    Unknown,
}

/// What is known of the version of a package: what the manifest asks for and what a lock file settles.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// The requirement as the manifest has it.
    pub requirement: Option<&'a str>,
    /// The version in the lock file, which decides where there is one.
    pub locked: Option<&'a str>,
}

impl Versions<'_> {
    /// What these versions of a package of the rule files can do.
    pub fn modes(&self, model: &DependencyModel) -> Modes {
        self.modes_between(model.ecosystem, model.since.as_deref(), model.old_below.as_deref())
    }

    /// Whether these versions can do the old flow alone, the new one alone, or both.
    ///
    /// `since` is the first version with the new flow: a package without one has only the old flow in every version.
    /// `old_below` is the first version without the old flow: a package without one keeps it.
    pub fn modes_between(&self, ecosystem: Ecosystem, since: Option<&str>, old_below: Option<&str>) -> Modes {
        let Some(since) = since else {
            let Some(below) = old_below else { return Modes::Old };
            return match self.sides(ecosystem, below) {
                Some(Sides { below: true, from: false }) => Modes::Old,
                Some(Sides { below: false, from: true }) => Modes::New,
                Some(_) => Modes::Both,
                None => Modes::Unknown,
            };
        };
        let Some(sides) = self.sides(ecosystem, since) else { return Modes::Unknown };
        if !sides.from {
            return Modes::Old;
        }
        match old_below.and_then(|below| self.sides(ecosystem, below)) {
            Some(sides) if !sides.below => Modes::New,
            _ => Modes::Both,
        }
    }

    /// The lowest version that is allowed, where that can be told.
    pub fn lowest(&self, ecosystem: Ecosystem) -> Option<String> {
        if let Some(locked) = self.locked {
            return Some(locked.to_owned());
        }
        let requirement = self.requirement?;
        match ecosystem {
            Ecosystem::Npm => {
                nodejs_semver::Range::parse(plain(requirement)).ok()?.min_version().map(|version| version.to_string())
            }
            Ecosystem::Pypi => {
                let specifiers: VersionSpecifiers = pep440(requirement).parse().ok()?;
                let bounds = specifiers.iter().filter(|specifier| specifier.has_lower_bound());
                bounds.map(|specifier| specifier.version()).max().map(ToString::to_string)
            }
            Ecosystem::Maven => Some(maven_range(requirement)?.0).filter(|lowest| !lowest.is_empty()),
        }
    }

    /// Whether all versions that are allowed are this one or later ones; nothing where that cannot be told.
    pub fn is_at_least(&self, ecosystem: Ecosystem, version: &str) -> Option<bool> {
        self.sides(ecosystem, version).map(|sides| !sides.below)
    }

    /// On which sides of a version the allowed ones lie.
    fn sides(&self, ecosystem: Ecosystem, version: &str) -> Option<Sides> {
        match ecosystem {
            Ecosystem::Npm => self.npm(version),
            Ecosystem::Pypi => self.pypi(version),
            Ecosystem::Maven => self.maven(version),
        }
    }

    fn npm(&self, version: &str) -> Option<Sides> {
        let range = nodejs_semver::Range::parse(plain(self.locked.or(self.requirement)?)).ok()?;
        let below = nodejs_semver::Range::parse(format!("<{version}")).ok()?;
        let from = nodejs_semver::Range::parse(format!(">={version}")).ok()?;
        Some(Sides { below: range.allows_any(&below), from: range.allows_any(&from) })
    }

    fn pypi(&self, version: &str) -> Option<Sides> {
        let version: Version = version.parse().ok()?;
        if let Some(locked) = self.locked {
            let locked: Version = locked.parse().ok()?;
            return Some(Sides { below: locked < version, from: locked >= version });
        }
        let specifiers: VersionSpecifiers = pep440(self.requirement?).parse().ok()?;
        let range = pep440_rs::release_specifiers_to_ranges(specifiers);
        let of = |text: String| Some(pep440_rs::release_specifiers_to_ranges(text.parse().ok()?));
        let (below, from) = (of(format!("<{version}"))?, of(format!(">={version}"))?);
        Some(Sides { below: !range.is_disjoint(&below), from: !range.is_disjoint(&from) })
    }

    fn maven(&self, version: &str) -> Option<Sides> {
        let (lowest, highest, open) = match self.locked {
            Some(locked) => (locked.to_owned(), Some(locked.to_owned()), false),
            None => maven_range(self.requirement?)?,
        };
        let wanted = MavenVersion::new(version);
        let from = highest.is_none_or(|highest| match MavenVersion::new(&highest).cmp(&wanted) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => !open,
            std::cmp::Ordering::Less => false,
        });
        Some(Sides { below: lowest.is_empty() || MavenVersion::new(&lowest) < wanted, from })
    }
}

/// Whether allowed versions lie below a version, and from it on.
struct Sides {
    below: bool,
    from: bool,
}

/// A requirement without what package managers put before it: `workspace:^1.0`.
fn plain(requirement: &str) -> &str {
    let requirement = requirement.trim();
    let requirement =
        requirement.strip_prefix("workspace:").or_else(|| requirement.strip_prefix("npm:")).unwrap_or(requirement);
    if matches!(requirement, "latest" | "next") { "*" } else { requirement }
}

/// Poetry's and conda's ways of writing, in those of PEP 440.
fn pep440(requirement: &str) -> String {
    let one = |part: &str| -> String {
        let part = part.trim();
        if part == "*" {
            return String::new();
        }
        if let Some(version) = part.strip_prefix('^') {
            return caret(version.trim());
        }
        if let Some(version) = part.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
            let release: Vec<&str> = version.trim().split('.').collect();
            let upper = next(&release[..release.len().min(2)], release.len().min(2) - 1);
            return format!(">={},<{upper}", version.trim());
        }
        if let Some(version) = part.strip_prefix('=').filter(|rest| !rest.starts_with('=')) {
            return format!("=={}{}", version.trim(), if version.ends_with('*') { "" } else { ".*" });
        }
        if part.starts_with(|first: char| first.is_ascii_digit()) { format!("=={part}") } else { part.to_owned() }
    };
    requirement.split(',').map(one).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
}

/// `^1.2.3` allows what has the same first part that is not zero.
fn caret(version: &str) -> String {
    let release: Vec<&str> = version.split('.').collect();
    let kept = release.iter().position(|part| *part != "0").unwrap_or(release.len().saturating_sub(1));
    format!(">={version},<{}", next(&release, kept))
}

/// The version that begins behind all with this beginning.
fn next(release: &[&str], position: usize) -> String {
    let mut parts: Vec<String> = release.iter().take(position + 1).map(|part| (*part).to_owned()).collect();
    if let Some(last) = parts.last_mut() {
        let number = last.parse::<u64>().unwrap_or(0);
        *last = (number + 1).to_string();
    }
    parts.join(".")
}

/// The lowest version (empty for none), the highest (nothing for none) and whether the highest is itself left out.
fn maven_range(requirement: &str) -> Option<(String, Option<String>, bool)> {
    let requirement = requirement.trim().trim_end_matches("!!");
    if requirement.is_empty() || requirement.contains("${") {
        return None;
    }
    if requirement.starts_with("latest.") || matches!(requirement, "LATEST" | "RELEASE" | "+") {
        return Some((String::new(), None, false));
    }
    if let Some(beginning) = requirement.strip_suffix(".+") {
        let release: Vec<&str> = beginning.split('.').collect();
        return Some((beginning.to_owned(), Some(next(&release, release.len() - 1)), true));
    }
    if !requirement.starts_with(['[', '(', ']']) {
        return Some((requirement.to_owned(), Some(requirement.to_owned()), false));
    }
    // Several ranges are taken as one from the first to the last.
    let inside = requirement.trim_matches(['[', ']', '(', ')']);
    let open = requirement.ends_with([')', '[']);
    let (lowest, highest) = match inside.contains(',') {
        true => (inside.split(',').next().unwrap_or_default(), inside.rsplit(',').next().unwrap_or_default()),
        false => (inside, inside),
    };
    let bound = |text: &str| text.trim().trim_matches(['[', ']', '(', ')']).to_owned();
    Some((bound(lowest), Some(bound(highest)).filter(|highest| !highest.is_empty()), open))
}

/// A Maven version, by its numbers and by whether a qualifier makes it earlier.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct MavenVersion {
    numbers: [u64; 4],
    /// A release comes behind its previews.
    release: bool,
}

impl MavenVersion {
    fn new(text: &str) -> Self {
        let mut numbers = [0; 4];
        let (release, qualifier) = text.split_once('-').unwrap_or((text, ""));
        for (number, part) in numbers.iter_mut().zip(release.split('.')) {
            *number = part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
        }
        let qualifier = qualifier.to_ascii_lowercase();
        let early = ["alpha", "beta", "milestone", "rc", "cr", "snapshot"].iter().any(|name| qualifier.contains(name));
        Self { numbers, release: !early }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(ecosystem: Ecosystem, since: Option<&str>, old_below: Option<&str>) -> DependencyModel {
        let text = "ecosystem = 'npm'\nnames = ['x']\nrole = 'sdk'\npurpose = 'p'\n";
        let mut model: DependencyModel = toml::from_str(text).unwrap();
        model.ecosystem = ecosystem;
        model.since = since.map(str::to_owned);
        model.old_below = old_below.map(str::to_owned);
        model
    }

    fn modes(model: &DependencyModel, requirement: &str) -> Modes {
        Versions { requirement: Some(requirement).filter(|text| !text.is_empty()), locked: None }.modes(model)
    }

    #[test]
    fn npm_ranges() {
        let sdk = model(Ecosystem::Npm, Some("3.4.0"), Some("4.0.0"));
        for (requirement, expected) in [
            ("^2.1.0", Modes::Old),
            ("3.3.0", Modes::Old),
            ("~3.3.0", Modes::Old),
            ("<3.4", Modes::Old),
            ("2.x", Modes::Old),
            ("1 || 2", Modes::Old),
            ("^3.1.0", Modes::Both),
            ("3.4.2", Modes::Both),
            (">=2", Modes::Both),
            ("*", Modes::Both),
            ("latest", Modes::Both),
            ("^4.0.0", Modes::New),
            ("4", Modes::New),
            ("workspace:^2.0.0", Modes::Old),
            ("git+https://x/y.git", Modes::Unknown),
            ("file:../x", Modes::Unknown),
            ("", Modes::Unknown),
        ] {
            assert_eq!(modes(&sdk, requirement), expected, "{requirement}");
        }
        assert_eq!(modes(&model(Ecosystem::Npm, None, None), "git+https://x"), Modes::Old);
        let locked = Versions { requirement: Some("^3.1.0"), locked: Some("3.2.0") };
        assert_eq!(locked.modes(&sdk), Modes::Old);
        let lowest = |requirement| Versions { requirement: Some(requirement), locked: None }.lowest(Ecosystem::Npm);
        assert_eq!(lowest("^2.1.0").as_deref(), Some("2.1.0"));
    }

    #[test]
    fn python_specifiers() {
        let sdk = model(Ecosystem::Pypi, Some("2.3.0"), Some("4.0.0"));
        for (requirement, expected) in [
            ("==2.2.0", Modes::Old),
            ("==2.2.*", Modes::Old),
            ("~=2.2.0", Modes::Old),
            ("~=2.2", Modes::Both),
            ("<2.3", Modes::Old),
            (">=2.3,<3", Modes::Both),
            ("==2.3.1", Modes::Both),
            (">=4.0.0", Modes::New),
            (">=1", Modes::Both),
            ("^2.2", Modes::Both),
            ("^1.0", Modes::Old),
            ("~2.2", Modes::Old),
            ("=2.2", Modes::Old),
            ("2.1.0", Modes::Old),
            ("*", Modes::Both),
            ("", Modes::Unknown),
            ("nonsense", Modes::Unknown),
        ] {
            assert_eq!(modes(&sdk, requirement), expected, "{requirement}");
        }
        let for_ever = model(Ecosystem::Pypi, Some("3.0"), None);
        assert_eq!(modes(&for_ever, "==2.9"), Modes::Old);
        assert_eq!(modes(&for_ever, ">=3"), Modes::Both);
        let removed = model(Ecosystem::Pypi, None, Some("0.4.0"));
        assert_eq!(modes(&removed, "==0.3.9"), Modes::Old);
        assert_eq!(modes(&removed, "==0.4.1"), Modes::New);
    }

    #[test]
    fn maven_versions() {
        let sdk = model(Ecosystem::Maven, Some("3.4.0"), Some("4.0.0"));
        for (requirement, expected) in [
            ("2.2.1", Modes::Old),
            ("3.4.0", Modes::Both),
            ("3.4.1", Modes::Both),
            ("4.0.0", Modes::New),
            ("4.1.0.RELEASE", Modes::New),
            ("[2.0,3.0)", Modes::Old),
            ("[2.0,3.4.0)", Modes::Old),
            ("[2.0,3.4.0]", Modes::Both),
            ("[2.0,)", Modes::Both),
            ("2.+", Modes::Old),
            ("3.+", Modes::Both),
            ("latest.release", Modes::Both),
            ("${sdk.version}", Modes::Unknown),
        ] {
            assert_eq!(modes(&sdk, requirement), expected, "{requirement}");
        }
        assert!(MavenVersion::new("1.0-beta") < MavenVersion::new("1.0"));
    }
}
