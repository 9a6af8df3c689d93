//! What holds for the edits of any manifest, by manifests that are made up.

use proptest::prelude::*;

use super::tests::{addition, around, changed, compiled, crlf, name_in, raise, removal};
use super::*;

/// Names that no format takes for something else.
fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[b-z][a-z0-9]{1,6}", 0..5).prop_shuffle_sometimes()
}

/// Sorted or not.
trait Shuffled: Strategy<Value = std::collections::BTreeSet<String>> + Sized {
    fn prop_shuffle_sometimes(self) -> BoxedStrategy<Vec<String>>
    where
        Self: 'static,
    {
        let lists = self
            .prop_map(|names| names.into_iter().filter(|name| name != "python" && name != "pip").collect::<Vec<_>>());
        prop_oneof![
            lists.prop_flat_map(|names| prop_oneof![Just(names.clone()).boxed(), Just(names).prop_shuffle().boxed()])
        ]
        .boxed()
    }
}

impl<S: Strategy<Value = std::collections::BTreeSet<String>>> Shuffled for S {}

/// How a generated manifest is laid out.
#[derive(Debug, Clone)]
struct Layout {
    names: Vec<String>,
    indentation: &'static str,
    short: bool,
    trailing: bool,
    comment: bool,
    quote: char,
    crlf: bool,
    ends: bool,
}

fn layouts() -> impl Strategy<Value = Layout> {
    let flags = prop::collection::vec(any::<bool>(), 5);
    (names(), prop::sample::select(vec!["  ", "    ", "\t"]), flags, prop::sample::select(vec!['"', '\''])).prop_map(
        |(names, indentation, flags, quote)| Layout {
            names,
            indentation,
            short: flags[0],
            trailing: flags[1],
            comment: flags[2],
            quote,
            crlf: flags[3],
            ends: flags[4],
        },
    )
}

impl Layout {
    /// `"a",` over lines or in one.
    fn list(&self, items: &[String], outer: &str, comment: &str, trailing: bool) -> String {
        if self.short || items.is_empty() {
            return items.join(", ");
        }
        let last = items.len() - 1;
        let line = |(at, item): (usize, &String)| {
            let comma = if at < last || trailing { "," } else { "" };
            let comment = if self.comment && at % 2 == 0 { comment } else { "" };
            format!("\n{outer}{}{item}{comma}{comment}", self.indentation)
        };
        format!("{}\n{outer}", items.iter().enumerate().map(line).collect::<String>())
    }

    fn write(&self, kind: Kind) -> String {
        let (unit, quote) = (self.indentation, self.quote);
        let quoted: Vec<String> = self.names.iter().map(|name| format!("{quote}{name}>=1{quote}")).collect();
        let lines = |before: &str, behind: &str| {
            let comment = if self.comment { "  # why" } else { "" };
            self.names.iter().map(|name| format!("{before}{name}{behind}{comment}\n")).collect::<String>()
        };
        let text = match kind {
            Kind::PackageJson => {
                let items: Vec<String> = self.names.iter().map(|name| format!("\"{name}\": \"^1.0.0\"")).collect();
                let object = match items.is_empty() {
                    true => String::new(),
                    false => format!(",\n{unit}\"dependencies\": {{{}}}", self.list(&items, unit, "", false)),
                };
                format!("{{\n{unit}\"name\": \"x\"{object}\n}}\n")
            }
            Kind::Requirements => format!("# of the job\n{}", lines("", "==1.0")),
            Kind::Pyproject if self.comment => {
                format!(
                    "[tool.poetry.dependencies]\npython = \"^3.9\"\n{}\n[build-system]\nrequires = []\n",
                    lines("", " = \"^1\"")
                )
            }
            Kind::Pyproject => {
                format!(
                    "[project]\nname = \"x\"\ndependencies = [{}]\n\n[tool.x]\n",
                    self.list(&quoted, "", " # why", self.trailing)
                )
            }
            Kind::Pipfile => format!("[packages]\n{}\n[dev-packages]\n", lines("", " = \"*\"")),
            Kind::SetupCfg => {
                let list = if self.names.is_empty() {
                    String::new()
                } else {
                    format!("install_requires =\n{}", lines(unit, ">=1"))
                };
                format!("[options]\n{list}zip_safe = no\n\n[x]\ny = 1\n")
            }
            Kind::SetupPy => {
                format!(
                    "setup(\n    name='x',\n    install_requires=[{}],\n)\n",
                    self.list(&quoted, "    ", "  # why", self.trailing)
                )
            }
            Kind::Conda => {
                let list =
                    if self.names.is_empty() { String::new() } else { format!("  - pip:\n{}", lines("    - ", ">=1")) };
                format!("name: x\ndependencies:\n  - python\n  - pip\n{list}")
            }
            Kind::Pom => {
                let entry = |name: &String| match self.short {
                    true => format!(
                        "{unit}{unit}<dependency><groupId>g</groupId><artifactId>{name}</artifactId></dependency>\n"
                    ),
                    false => format!(
                        "{unit}{unit}<dependency>\n{unit}{unit}{unit}<groupId>g</groupId>\n{unit}{unit}{unit}<artifactId>{name}</artifactId>\n{unit}{unit}</dependency>\n"
                    ),
                };
                let list = match self.names.is_empty() {
                    true => String::new(),
                    false => format!(
                        "{unit}<dependencies>\n{}{unit}</dependencies>\n",
                        self.names.iter().map(entry).collect::<String>()
                    ),
                };
                let gap = if self.comment { "\n" } else { "" };
                format!("<project>\n{unit}<artifactId>x</artifactId>\n{gap}{list}{gap}{unit}<build/>\n</project>\n")
            }
            Kind::Gradle => {
                let entry = |name: &String| match self.short {
                    true => format!("{unit}implementation {quote}g:{name}:1{quote}\n"),
                    false => format!("{unit}api({quote}g:{name}:1{quote})\n"),
                };
                let list = match self.names.is_empty() {
                    true => String::new(),
                    false => format!("\ndependencies {{\n{}}}\n", self.names.iter().map(entry).collect::<String>()),
                };
                format!("plugins {{ id {quote}java{quote} }}\n{list}")
            }
            Kind::VersionCatalog => {
                let entry = |name: &String| format!("{name} = {{ module = \"g:{name}\", version = \"1\" }}\n");
                format!(
                    "[versions]\na = \"1\"\n\n[libraries]\nzzz = \"z:z:1\"\n{}",
                    self.names.iter().map(entry).collect::<String>()
                )
            }
        };
        let text = if self.ends { text.as_str() } else { text.trim_end() };
        if self.crlf { crlf(text) } else { text.to_owned() }
    }
}

const KINDS: [Kind; 10] = [
    Kind::PackageJson,
    Kind::Requirements,
    Kind::Pyproject,
    Kind::Pipfile,
    Kind::SetupPy,
    Kind::SetupCfg,
    Kind::Conda,
    Kind::Pom,
    Kind::Gradle,
    Kind::VersionCatalog,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_added_and_taken_out_leaves_the_bytes_as_they_were(layout in layouts()) {
        for kind in KINDS {
            let text = layout.write(kind);
            let (name, requirement) = name_in(kind);
            let added = changed(kind, &text, &[Operation::Add(addition(kind))]).map_err(|error| TestCaseError::fail(format!("{kind:?} {error}: {text}")))?;
            let limits = Limits::default();
            let (before, after) = (Manifest::parse(kind, &text, &limits), Manifest::parse(kind, &added, &limits));
            let (new, others): (Vec<_>, Vec<_>) = after.dependencies.iter().partition(|found| found.name == name);
            prop_assert_eq!(new.len(), 1, "{:?}: {}", kind, added);
            prop_assert_eq!(new[0].requirement.as_deref(), Some(requirement));
            let plain = |found: &Dependency| (found.name.clone(), found.requirement.clone(), found.group);
            prop_assert_eq!(others.into_iter().map(plain).collect::<Vec<_>>(), before.dependencies.iter().map(plain).collect::<Vec<_>>());
            // No line break of another kind comes in.
            prop_assert_eq!(added.matches('\n').count() == added.matches("\r\n").count(), text.contains('\r') || !added.contains('\n'), "{:?}", added);
            let removed = changed(kind, &added, &[removal(&[name])]).map_err(|error| TestCaseError::fail(format!("{kind:?} {error}: {added}")))?;
            prop_assert_eq!(&removed, &text, "{:?}: {}", kind, added);
            // In one step nothing is left to do.
            let (limits, compiled) = (Limits::default(), compiled());
            let both = [Operation::Add(addition(kind)), removal(&[name])];
            prop_assert_eq!(edit(kind, &text, &both, around(&limits, &compiled)).unwrap(), vec![]);
        }
    }

    #[test]
    fn each_entry_can_be_taken_out_and_no_other_changes(layout in layouts()) {
        for kind in KINDS {
            let text = layout.write(kind);
            let before = Manifest::parse(kind, &text, &Limits::default());
            for found in before.dependencies.iter().filter(|found| asks(kind, found)) {
                let removed = changed(kind, &text, &[removal(&[&found.name])]).map_err(|error| TestCaseError::fail(format!("{kind:?} {error}: {text}")))?;
                let after = Manifest::parse(kind, &removed, &Limits::default());
                prop_assert!(after.malformed.is_none(), "{:?}", removed);
                prop_assert_eq!(after.dependencies.len() + 1, before.dependencies.len());
            }
        }
    }

    #[test]
    fn any_text_is_edited_or_refused_without_a_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..30),
    ) {
        let text = pieces.concat();
        for kind in KINDS {
            let (name, requirement) = name_in(kind);
            let operations = [Operation::Add(addition(kind)), raise(name, "7", requirement), removal(&["a", "a:b", "jwt"]), removal(&[name])];
            for operation in &operations {
                let _ = changed(kind, &text, std::slice::from_ref(operation));
            }
        }
    }
}

const PIECES: [&str; 46] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    ":",
    ",",
    "=",
    "==",
    "\n",
    "\r\n",
    "\r",
    "  ",
    "- ",
    "#",
    "//",
    "/*",
    "*/",
    "\\",
    "\u{e9}",
    "\u{1d11e}",
    "dependencies",
    "\"dependencies\"",
    "install_requires",
    "[options]",
    "[project]",
    "[packages]",
    "[libraries]",
    "<project>",
    "</project>",
    "<dependencies>",
    "<dependency>",
    "<artifactId>a</artifactId>",
    "</dependency>",
    "</dependencies>",
    "implementation",
    "libs.a",
    "$v",
    "'a:b:1'",
    "jwt>=1",
    "name",
    "pip",
    "dependencies:\n",
];
