//! Which files are manifests, and in which format, by their names.

use std::path::Path;

use crate::finding::{Language, Platform};
use crate::rules::schema::Ecosystem;

/// The format of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// npm's `package.json`.
    PackageJson,
    /// pip's requirements and constraints.
    Requirements,
    /// `pyproject.toml`, of whatever tool.
    Pyproject,
    /// Pipenv's `Pipfile`.
    Pipfile,
    /// setuptools' `setup.py`.
    SetupPy,
    /// setuptools' `setup.cfg`.
    SetupCfg,
    /// conda's `environment.yml`.
    Conda,
    /// Maven's `pom.xml`.
    Pom,
    /// A build file or script of Gradle, Groovy or Kotlin.
    Gradle,
    /// Gradle's version catalog, `libs.versions.toml`.
    VersionCatalog,
}

impl Kind {
    /// The format of the manifest at a path; nothing where it is none.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let stem = |ends: &[&str]| ends.iter().find_map(|end| name.strip_suffix(end));
        Some(match name {
            "package.json" => Self::PackageJson,
            "pyproject.toml" => Self::Pyproject,
            "Pipfile" => Self::Pipfile,
            "setup.py" => Self::SetupPy,
            "setup.cfg" => Self::SetupCfg,
            "pom.xml" => Self::Pom,
            "settings.gradle" | "settings.gradle.kts" => return None,
            _ if stem(&[".gradle", ".gradle.kts"]).is_some() => Self::Gradle,
            _ if stem(&[".versions.toml"]).is_some() => Self::VersionCatalog,
            _ if stem(&[".pom"]).is_some() => Self::Pom,
            _ if stem(&[".yml", ".yaml"]).is_some_and(|stem| stem.starts_with("environment") || stem == "conda") => {
                Self::Conda
            }
            _ if is_requirements(path, name) => Self::Requirements,
            _ => return None,
        })
    }

    /// The language that reports give for the file.
    pub fn language(self) -> Language {
        match self {
            Self::PackageJson => Language::Json,
            Self::Requirements => Language::Requirements,
            Self::Pyproject | Self::Pipfile | Self::VersionCatalog => Language::Toml,
            Self::SetupPy => Language::Python,
            Self::SetupCfg => Language::Ini,
            Self::Conda => Language::Yaml,
            Self::Pom => Language::Xml,
            Self::Gradle => Language::Gradle,
        }
    }

    /// Where its packages come from.
    pub fn ecosystem(self) -> Ecosystem {
        match self {
            Self::PackageJson => Ecosystem::Npm,
            Self::Pom | Self::Gradle | Self::VersionCatalog => Ecosystem::Maven,
            _ => Ecosystem::Pypi,
        }
    }

    /// The platform of the code that it serves.
    pub fn platform(self) -> Platform {
        self.ecosystem().platform()
    }
}

/// `requirements.txt`, `dev-requirements.in`, `constraints.txt`, `requirements/base.txt`.
fn is_requirements(path: &Path, name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in")) else { return false };
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    stem.contains("requirements") || stem.starts_with("constraints") || folder == Some("requirements")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_the_format() {
        for (path, kind) in [
            ("a/package.json", Some(Kind::PackageJson)),
            ("a/package-lock.json", None),
            ("requirements-dev.txt", Some(Kind::Requirements)),
            ("requirements/base.txt", Some(Kind::Requirements)),
            ("docs/base.txt", None),
            ("app/build.gradle.kts", Some(Kind::Gradle)),
            ("settings.gradle", None),
            ("gradle/libs.versions.toml", Some(Kind::VersionCatalog)),
            ("environment-dev.yaml", Some(Kind::Conda)),
            ("pom.xml", Some(Kind::Pom)),
        ] {
            assert_eq!(Kind::of(Path::new(path)), kind, "{path}");
        }
    }
}
