//! How the TypeScript compiler is set for a file, as far as that decides how a module of CommonJS is imported.

use std::path::Path;

use jsonc_parser::ParseOptions;
use serde_json::Value;

use crate::contents::Contents;

/// How many `extends` of a configuration are followed.
const LONGEST_EXTENDS: usize = 4;

/// Whether `import name from` gives what a module of CommonJS exports as a whole: `esModuleInterop` does that, and the
/// compiler does it by itself where it makes modules as Node or a bundler knows them.
pub(super) fn has_interop(contents: &Contents, file: &Path, text: &str) -> bool {
    // Who writes so has to, or may.
    let requires = |line: &str| line.trim_start().starts_with("import ") && line.contains("= require(");
    if text.lines().any(requires) {
        return false;
    }
    let found = file.ancestors().skip(1).map(|folder| folder.join("tsconfig.json")).find(|path| contents.has(path));
    let Some(path) = found else { return true };
    let option = |name: &str| option(contents, &path, name, 0);
    if let Some(interop) = option("esModuleInterop") {
        return interop.as_bool().unwrap_or(true);
    }
    let written = |name: &str| option(name).and_then(|value| Some(value.as_str()?.to_lowercase()));
    match (written("module"), written("target")) {
        (Some(module), _) => !matches!(module.as_str(), "commonjs" | "amd" | "umd" | "none"),
        // Without a word on modules, what an old target gets is CommonJS.
        (None, Some(target)) => !matches!(target.as_str(), "es3" | "es5"),
        // The defaults differ from version to version.
        (None, None) => true,
    }
}

/// An option of the compiler; that of the nearest configuration counts.
fn option(contents: &Contents, path: &Path, name: &str, depth: usize) -> Option<Value> {
    let text = contents.read_to_string(path).ok()?;
    let configuration: Value = jsonc_parser::parse_to_serde_value(&text, &ParseOptions::default()).ok()?;
    let options = configuration.get("compilerOptions");
    if let Some(value) = options.and_then(|options| options.get(name)) {
        return Some(value.clone());
    }
    let extended = configuration.get("extends").and_then(Value::as_str).filter(|path| path.starts_with('.'))?;
    let path = path.with_file_name(extended);
    let path = if path.extension().is_some() { path } else { path.with_extension("json") };
    (depth < LONGEST_EXTENDS).then(|| option(contents, &path, name, depth + 1))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(configuration: &str, text: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tsconfig.json"), configuration).unwrap();
        has_interop(&Contents::default(), &folder.path().join("a.ts"), text)
    }

    #[test]
    fn a_default_is_there_where_the_compiler_makes_one() {
        for (options, expected) in [
            (r#""esModuleInterop": true, "module": "commonjs""#, true),
            (r#""esModuleInterop": false, "module": "node16""#, false),
            (r#""module": "CommonJS", // as ever"#, false),
            (r#""module": "NodeNext""#, true),
            (r#""target": "es5""#, false),
            (r#""target": "es2022""#, true),
        ] {
            let configuration = format!("{{\"compilerOptions\": {{{options}\n}}}}");
            assert_eq!(of(&configuration, "import a from 'a';\n"), expected, "{options}");
        }
        assert!(!of(r#"{"compilerOptions": {"esModuleInterop": true}}"#, "import a = require('a');\n"));
    }

    #[test]
    fn what_a_configuration_extends_counts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.json"), r#"{"compilerOptions": {"module": "commonjs"}}"#).unwrap();
        std::fs::write(folder.path().join("tsconfig.json"), r#"{"extends": "./base"}"#).unwrap();
        assert!(!has_interop(&Contents::default(), &folder.path().join("src/a.ts"), ""));
    }
}
