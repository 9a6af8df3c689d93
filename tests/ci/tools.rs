//! Programs from PyPI that judge what is written for other programs: check-jsonschema, which carries the schemas of the services, ShellCheck,
//! pre-commit and PyYAML.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::venv;
pub(crate) use crate::venv::succeed;

/// Reads all documents of a YAML file. A key `on` is a text, as YAML 1.2 has it, and so is what a service marks with a tag of its own.
const YAML: &str = "
import json, sys, yaml
class Loader(yaml.SafeLoader):
    pass
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in pairs if tag != 'tag:yaml.org,2002:bool']
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
import re
Loader.add_implicit_resolver('tag:yaml.org,2002:bool', re.compile('^(?:true|false)$'), list('tf'))
json.dump(list(yaml.load_all(sys.stdin.read(), Loader)), sys.stdout)
";

/// A program of the environment, which is made once and kept beside cargo's own output, under the hash of what is installed.
pub(crate) fn tool(name: &str) -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(environment).join("bin").join(name)
}

fn environment() -> PathBuf {
    venv::environment(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ci/requirements.txt"), "ci")
}

/// The documents of a YAML text.
pub(crate) fn yaml(text: &str) -> Vec<Value> {
    let mut command = Command::new(tool("python"));
    command.args(["-c", YAML]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A file that has to be valid by a schema that check-jsonschema carries, such as `vendor.github-actions`.
pub(crate) fn valid(schema: &str, file: &Path) {
    // Patterns of JavaScript in a schema may be of the older kind.
    succeed(
        &tool("check-jsonschema"),
        &["--regex-variant", "nonunicode", "--builtin-schema", schema, file.to_str().unwrap()],
    );
}
