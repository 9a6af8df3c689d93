//! A program of the proof: the folder it stands in, and what its `proof.toml` says of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// How a rewrite may be graded, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Grade {
    /// Applied by `fix --write`.
    Safe,
    /// Applied with `--unsafe` too.
    Review,
    /// Left alone, with a reason.
    Manual,
}

/// What `proof.toml` says. In `env`, `files` and the files of `fill` stand the placeholders `{ims}`, `{double}` (without a mode), `{client_id}`,
/// `{client_secret}`, `{private_key_file}`, `{private_key}`, `{private_key_line}` (line ends as `\n`), `{org_id}`,
/// `{technical_account_id}` and `{scopes}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proof {
    /// The command that runs the program, in its own folder.
    pub(crate) run: Vec<String>,
    /// Instead of the language's own way to install what the manifest names.
    pub(crate) install: Option<Vec<String>>,
    /// Commands between installation and run: a compiler.
    #[serde(default)]
    pub(crate) build: Vec<Vec<String>>,
    /// Commands beyond the language's own checks; each has to end with 0.
    #[serde(default)]
    pub(crate) check: Vec<Vec<String>>,
    /// The environment of build, check and run; nothing else is handed through but the path and the home folder.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Files of the program in which placeholders are filled in.
    #[serde(default)]
    pub(crate) fill: Vec<String>,
    /// Files that are written beside it, such as a private key, with their content.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
    /// The program names the host of IMS literally, and is sent to the double from outside.
    #[serde(default)]
    pub(crate) redirect: bool,
    /// What the rewrite has to be graded.
    pub(crate) grade: Grade,
    /// Given to `fix --scopes`; without it the program finds them in `ADOBE_IMS_SCOPES` when it runs.
    pub(crate) scopes: Option<String>,
    /// Scopes that are known for the product stand in the new code, so that it runs without any in the environment.
    #[serde(default)]
    pub(crate) scopes_suggested: bool,
    /// Given to `fix --target` for this language.
    pub(crate) target: Option<String>,
    /// What the program prints, before and after; a token stands as `<token>`.
    pub(crate) expect_stdout: String,
    /// How many tokens a run asks for, before and after.
    #[serde(default = "one")]
    pub(crate) tokens: usize,
    /// Words of the reason why the rewrite is no more than `review` or `manual`.
    pub(crate) reason_contains: Option<String>,
    /// The private key is still needed afterwards. Without it the key is taken away before the rewritten program runs.
    #[serde(default)]
    pub(crate) keeps_key: bool,
    /// What the checks find afterwards and is right: parameters that callers pass.
    #[serde(default)]
    pub(crate) leaves: Vec<String>,
    /// What has to come first before `fix` can be held to it; it is run as it is until then.
    pub(crate) waits_for: Option<String>,
    /// Further runs under other circumstances.
    #[serde(default)]
    pub(crate) also: Vec<Also>,
}

const fn one() -> usize {
    1
}

/// A run under other circumstances: IMS that fails, a wrong secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Also {
    /// The mode of the double.
    pub(crate) mode: Option<String>,
    /// Over the environment of the program.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// What the program prints, before and after.
    pub(crate) expect_stdout: String,
    /// How many tokens the run is given.
    #[serde(default)]
    pub(crate) tokens: usize,
    /// The exit code.
    #[serde(default)]
    pub(crate) exit: i32,
}

/// One program.
pub(crate) struct Program {
    /// `tests/proof/<language>/<program>`.
    pub(crate) folder: PathBuf,
    pub(crate) proof: Proof,
}

impl Program {
    /// Reads the program of this name.
    pub(crate) fn read(language: &str, name: &str) -> Self {
        let folder = programs(language).join(name);
        let file = folder.join("proof.toml");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let proof: Proof = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(
            proof.grade != Grade::Manual || proof.reason_contains.is_some(),
            "{}: a program that is left alone says why, in reason_contains",
            file.display()
        );
        Self { folder, proof }
    }

    /// The project as a user has it.
    pub(crate) fn before(&self) -> PathBuf {
        self.folder.join("before")
    }

    /// What a careful colleague would make of it, where somebody has written that down.
    pub(crate) fn wanted(&self) -> Option<PathBuf> {
        Some(self.folder.join("wanted")).filter(|folder| folder.is_dir())
    }
}

/// The folder of a language's programs.
pub(crate) fn programs(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof").join(language)
}

/// The programs of a language that stand in its folder, by name.
pub(crate) fn listed(language: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(programs(language))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("proof.toml").is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}
