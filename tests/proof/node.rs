//! Programs for Node, and what it takes to install, redirect and check them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::command::{Done, run};
use crate::harness::{Toolchain, walk};
use crate::program::programs;

const INSTALL: &str = "sudo apt-get install nodejs npm, or see https://nodejs.org (20 or newer)";

/// npm over the registry, Node's own syntax check, eslint for what is unused, and tsc.
struct Node;

crate::programs! { Node;
    axios_async
    axios_errors
    axios_promises
    dotenv
    expires_in_cache
    fetch_esm
    got_njwt
    https_crypto
    jwt_auth_config
    jwt_auth_esm
    jwt_auth_keep
    jwt_auth_openid_client
    key_from_promise
    node_fetch_class
    one_file_twice
    required_variables
    request_callback
    several_sites
    shared_class_esm
    split_files_crlf
    superagent_jwa
    target_keep
    target_openid_client
    time_outs
    trap_aem_service_credentials
    trap_agent
    trap_dynamic_require
    trap_exported_parameter
    trap_interceptors
    trap_jest_mock
    trap_library_wrapper
    trap_patched_module
    trap_public_interface
    trap_response_escapes
    trap_shared_signer
    typescript_axios
    typescript_commonjs
    typescript_fetch
    typescript_interfaces
    typescript_time_outs
}

impl Toolchain for Node {
    fn language(&self) -> &'static str {
        "node"
    }

    fn install_hint(&self) -> &'static str {
        INSTALL
    }

    fn install(&self, project: &Path) {
        let modules = installed(&project.join("package.json"), &beside(project));
        let link = project.join("node_modules");
        if link.is_symlink() {
            fs::remove_file(&link).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(modules, link).unwrap();
        #[cfg(windows)]
        std::os::windows::fs::symlink_dir(modules, link).unwrap();
    }

    fn redirect(&self, ims: &str) -> Vec<(String, String)> {
        let preload = tools().join("redirect.cjs");
        vec![
            ("NODE_OPTIONS".to_owned(), format!("--require {}", preload.display())),
            ("IMS_DOUBLE".to_owned(), ims.to_owned()),
        ]
    }

    fn findings(&self, project: &Path) -> Vec<String> {
        let mut findings = syntax(project);
        findings.extend(unused(project));
        if project.join("tsconfig.json").is_file() {
            findings.extend(types(project));
        }
        findings
    }
}

fn tools() -> PathBuf {
    programs("node").join("tools")
}

fn node(arguments: &[&str], folder: &Path) -> Done {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder);
    run(command, INSTALL)
}

/// The parts of a manifest that decide what is installed.
const DEPENDENCIES: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];

/// The `node_modules` of a manifest. They are installed once and kept beside cargo's own output, under the hash of what is
/// depended on: programs with the same dependencies share them, and what no edit has touched is not installed again.
fn installed(manifest: &Path, beside: &BTreeMap<String, String>) -> PathBuf {
    /// What is being installed: no two tests install the same.
    static TURNS: Mutex<BTreeMap<String, Arc<Mutex<()>>>> = Mutex::new(BTreeMap::new());
    let mut wanted: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    wanted.as_object_mut().unwrap().retain(|name, _| DEPENDENCIES.contains(&name.as_str()));
    for (name, version) in beside {
        wanted["dependencies"][name] = version.as_str().into();
    }
    let text = wanted.to_string();
    let name: String = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let turn = Arc::clone(TURNS.lock().unwrap().entry(name.clone()).or_default());
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("proof");
    let kept = cache.join("node").join(name);
    if !kept.is_dir() {
        fs::create_dir_all(cache.join("node")).unwrap();
        let folder = TempDir::new_in(&cache).unwrap();
        fs::write(folder.path().join("package.json"), &text).unwrap();
        fs::create_dir(folder.path().join("node_modules")).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefer-offline"]);
        npm.args(["--loglevel", "error", "--cache"]).arg(cache.join("npm")).current_dir(folder.path());
        let done = run(npm, INSTALL);
        assert_eq!(done.code, Some(0), "npm install of {}: {}", manifest.display(), done.everything());
        // Another run of the tests may have been faster; then this one's copy goes with the folder.
        if let Err(error) = fs::rename(folder.path(), &kept) {
            assert!(kept.is_dir(), "{}: {error}", kept.display());
        }
    }
    kept.join("node_modules")
}

/// What rewritten code imports and the manifest does not name, as long as `fix` edits no manifest of Node.
fn beside(project: &Path) -> BTreeMap<String, String> {
    let manifest = fs::read_to_string(project.join("package.json")).unwrap();
    let mut imports = false;
    walk(project, &mut |file| {
        imports |= fs::read_to_string(file).is_ok_and(|text| text.contains("passport-oauth2"));
    });
    let mut beside = BTreeMap::new();
    if imports && !manifest.contains("passport-oauth2") {
        beside.insert("passport-oauth2".to_owned(), "^1.8.0".to_owned());
        if manifest.contains("typescript") {
            beside.insert("@types/passport-oauth2".to_owned(), "^1.8.0".to_owned());
        }
    }
    beside
}

/// What Node itself refuses to read.
fn syntax(project: &Path) -> Vec<String> {
    let mut findings = Vec::new();
    walk(project, &mut |file| {
        if file.extension().is_some_and(|extension| ["js", "cjs", "mjs"].iter().any(|known| extension == *known)) {
            let done = node(&["--check", file.to_str().unwrap()], project);
            if done.code != Some(0) {
                findings.push(format!("node --check {}: {}", file.display(), done.stderr));
            }
        }
    });
    findings
}

/// Variables, parameters and imports that nothing uses.
fn unused(project: &Path) -> Vec<String> {
    let modules = installed(&tools().join("package.json"), &BTreeMap::new());
    let eslint = modules.join("eslint/bin/eslint.js");
    let config = modules.parent().unwrap().join("eslint.config.cjs");
    fs::copy(tools().join("eslint.config.cjs"), &config).unwrap();
    let (eslint, config) = (eslint.to_str().unwrap(), config.to_str().unwrap());
    let done = node(
        &[eslint, "--no-config-lookup", "--no-error-on-unmatched-pattern", "--config", config, "--format", "json", "."],
        project,
    );
    let files: Value =
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("eslint: {error}: {}", done.everything()));
    let mut findings = Vec::new();
    for file in files.as_array().unwrap() {
        let name = Path::new(file["filePath"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        for message in file["messages"].as_array().unwrap() {
            findings.push(format!("eslint {name}: {}", message["message"].as_str().unwrap()));
        }
    }
    findings
}

/// What the project's own compiler says under `--strict`.
fn types(project: &Path) -> Vec<String> {
    let done = node(
        &[
            "node_modules/typescript/bin/tsc",
            "--noEmit",
            "--strict",
            "--noUnusedLocals",
            "--pretty",
            "false",
            "-p",
            ".",
        ],
        project,
    );
    // `src/index.ts(3,7): error TS6133: …`: the place moves with every edit.
    let lines = done.stdout.lines().filter(|line| line.contains(": error "));
    lines.map(|line| line.split_once(": error ").map_or(line, |(_, message)| message).to_owned()).collect()
}
