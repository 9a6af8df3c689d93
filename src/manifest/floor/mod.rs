//! The lowest version of the runtime that a project works with: of Node, Python or Java, as its manifests say.
//!
//! It reads one manifest ([`floor`]) or those of a file's packages, nearest first ([`Floor::of`]). What a build computes is not
//! known, and a project that says nothing has no floor.

mod java;
mod python;

use std::path::{Path, PathBuf};

use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Kind, Loaded, Versions, packages_of};
use crate::finding::{ByteRange, Platform};
use crate::rules::schema::Ecosystem;
use crate::rules::targets::numbers;
use crate::syntax::Limits;

/// The lowest version of a runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// Its numbers; those of Java without the `1.` of old.
    pub version: Vec<u64>,
    /// What says so, as it is written.
    pub written: String,
    /// Where that stands in the text.
    pub place: ByteRange,
    /// How well it says so.
    pub grade: Grade,
}

/// How well a manifest says what the runtime is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It lists versions for people to read.
    Listed,
    /// It is built or run with this one.
    Built,
    /// It asks for it.
    Asked,
}

/// What one manifest says.
pub fn floor(kind: Kind, text: &str) -> Option<Floor> {
    match kind {
        Kind::PackageJson => node(text),
        Kind::Pom => java::pom(text),
        Kind::Gradle => java::gradle(text),
        Kind::VersionCatalog => None,
        kind => python::floor(kind, text),
    }
}

impl Floor {
    /// What holds for a file of code: the nearest manifest of its platform that says anything, the best word first.
    pub fn of(path: &Path, root: &Path, platform: Platform, limits: &Limits) -> Option<(PathBuf, Self)> {
        packages_of(path, root, platform).iter().find_map(|package| {
            let loaded = package.manifests.iter().filter_map(|path| {
                Loaded::read(path, Kind::of(path)?, path.to_string_lossy().into_owned(), limits).ok()
            });
            Self::of_manifests(&loaded.collect::<Vec<_>>()).map(|(loaded, floor)| (loaded.to_owned(), floor))
        })
    }

    /// The best word of the manifests of one package; of words as good as each other the lowest version.
    pub fn of_manifests(manifests: &[Loaded]) -> Option<(&Path, Self)> {
        let known = manifests
            .iter()
            .filter_map(|loaded| Some((loaded.path.as_path(), floor(loaded.kind, loaded.file.text())?)));
        known.min_by(|(_, one), (_, other)| other.grade.cmp(&one.grade).then_with(|| one.version.cmp(&other.version)))
    }

    /// Whether the runtime is this version or a later one: `3.8`, `17`.
    pub fn is_at_least(&self, version: &str) -> bool {
        self.version >= numbers(version)
    }

    /// A floor at a part of a text.
    fn at(text: &str, part: &str, version: Vec<u64>, grade: Grade) -> Option<Self> {
        let floor = Self { version, written: part.to_owned(), place: super::place(text, part), grade };
        (!floor.version.is_empty()).then_some(floor)
    }
}

/// `engines.node`
fn node(text: &str) -> Option<Floor> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?.value?;
    let engine = parsed.as_object()?.get_object("engines")?.get_string("node")?;
    let lowest = Versions { requirement: Some(&engine.value), locked: None }.lowest(Ecosystem::Npm)?;
    let version = numbers(&lowest);
    // `*` and `<20` begin at nothing.
    if version.iter().all(|number| *number == 0) {
        return None;
    }
    Floor::at(text, text.get(engine.range.start + 1..engine.range.end - 1)?, version, Grade::Asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, text: &str) -> String {
        let Some(floor) = floor(kind, text) else { return "-".to_owned() };
        assert_eq!(&text[floor.place.start..floor.place.end], floor.written);
        floor.version.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
    }

    #[test]
    fn node() {
        for (range, expected) in [
            (">=18", "18.0.0"),
            ("^16.13 || >=18.12", "16.13.0"),
            ("20.x", "20.0.0"),
            ("*", "-"),
            ("<20", "-"),
            ("lts", "-"),
        ] {
            assert_eq!(
                of(Kind::PackageJson, &format!("{{\"engines\": {{\"node\": \"{range}\"}}}}")),
                expected,
                "{range}"
            );
        }
        assert_eq!(of(Kind::PackageJson, "{\"engines\": {\"npm\": \">=8\"}}"), "-");
    }

    #[test]
    fn python() {
        for (kind, text, expected) in [
            (Kind::Pyproject, "[project]\nrequires-python = \">=3.8,<4\"\n", "3.8"),
            (Kind::Pyproject, "[tool.poetry.dependencies]\npython = \"^3.9.1\"\n", "3.9.1"),
            (Kind::Pyproject, "[tool.poetry.dependencies]\npython = {version = \"~3.10\"}\n", "3.10"),
            (
                Kind::Pyproject,
                "[project]\nclassifiers = [\n  \"Programming Language :: Python :: 3\",\n  \"Programming Language :: Python :: 3.10\",\n  \"Programming Language :: Python :: 3.7\",\n]\n",
                "3.7",
            ),
            (Kind::SetupCfg, "[options]\npython_requires = >=3.6\n", "3.6"),
            (Kind::SetupPy, "setup(python_requires='>=3.7, <4')\n", "3.7"),
            (Kind::SetupPy, "setup(\n  # python_requires='>=3.7'\n)\n", "-"),
            (Kind::Pipfile, "[requires]\npython_version = \"3.11\"\n", "3.11"),
            (Kind::Conda, "dependencies:\n  - python=3.9\n", "3.9"),
            (Kind::Requirements, "a==1\n", "-"),
        ] {
            assert_eq!(of(kind, text), expected, "{text}");
        }
    }

    #[test]
    fn java_in_a_pom() {
        let pom = |inside: &str| of(Kind::Pom, &format!("<project>{inside}</project>"));
        let plugin = |inside: &str| {
            format!(
                "<build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration>{inside}</configuration></plugin></plugins></build>"
            )
        };
        assert_eq!(pom("<properties><java.version>1.8</java.version></properties>"), "8");
        assert_eq!(
            pom(
                "<properties><java.version>17</java.version><maven.compiler.release>11</maven.compiler.release></properties>"
            ),
            "11"
        );
        assert_eq!(
            pom(
                "<properties><maven.compiler.source>1.7</maven.compiler.source><maven.compiler.target>1.8</maven.compiler.target></properties>"
            ),
            "8"
        );
        assert_eq!(pom(&format!("<properties><v>21</v></properties>{}", plugin("<release>${v}</release>"))), "21");
        assert_eq!(pom(&plugin("<source>11</source><target>11</target>")), "11");
        assert_eq!(
            pom(
                "<build><plugins><plugin><artifactId>other</artifactId><configuration><source>11</source></configuration></plugin></plugins></build>"
            ),
            "-"
        );
        assert_eq!(
            pom(
                "<build><pluginManagement><plugins><plugin><artifactId>maven-toolchains-plugin</artifactId><configuration><toolchains><jdk><version>17</version></jdk></toolchains></configuration></plugin></plugins></pluginManagement></build>"
            ),
            "17"
        );
    }

    #[test]
    fn java_in_gradle() {
        for (text, expected) in [
            ("sourceCompatibility = 1.8\n", "8"),
            ("sourceCompatibility = '11'\n", "11"),
            (
                "java {\n  sourceCompatibility = JavaVersion.VERSION_17\n  targetCompatibility = JavaVersion.VERSION_17\n}\n",
                "17",
            ),
            ("java { sourceCompatibility = JavaVersion.VERSION_1_8 }\n", "8"),
            ("java {\n  toolchain {\n    languageVersion = JavaLanguageVersion.of(21)\n  }\n}\n", "21"),
            ("java.toolchain.languageVersion.set(JavaLanguageVersion.of(17))\n", "17"),
            ("kotlin { jvmToolchain(17) }\n", "17"),
            (
                "tasks.withType(JavaCompile) { options.release = 8 }\njava { toolchain { languageVersion = JavaLanguageVersion.of(17) } }\n",
                "8",
            ),
            ("tasks.withType<JavaCompile> { options.release.set(11) }\n", "11"),
            ("def javaVersion = '11'\nsourceCompatibility = javaVersion\n", "11"),
            ("// sourceCompatibility = 1.8\n", "-"),
            ("sourceCompatibility = project.property('x')\n", "-"),
        ] {
            assert_eq!(of(Kind::Gradle, text), expected, "{text}");
        }
    }
}
