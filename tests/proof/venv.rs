//! A virtual environment of Python. It is made once and kept beside cargo's own output, under the hash of what is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::command::{Done, run};

/// How to get what this needs.
pub(crate) const INSTALL: &str = "sudo apt-get install python3 python3-venv, or see https://www.python.org (3.11)";

/// The environment with exactly these requirements, below a folder of cargo's output.
pub(crate) fn environment(requirements: &Path, folder: &str) -> PathBuf {
    let wanted = fs::read(requirements).unwrap();
    let name: String = Sha256::digest(&wanted).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join(folder);
    let kept = cache.join(name);
    let complete = kept.join("complete");
    if complete.is_file() {
        return kept;
    }
    fs::create_dir_all(&cache).unwrap();
    // Its scripts name the folder that it is made in, so it cannot be moved: another run waits, or finds it complete.
    let turn = fs::File::create(cache.join("lock")).unwrap();
    turn.lock().unwrap();
    if !complete.is_file() {
        if kept.is_dir() {
            fs::remove_dir_all(&kept).unwrap();
        }
        succeed("python3".as_ref(), &["-m", "venv", kept.to_str().unwrap()]);
        let requirements = requirements.to_str().unwrap();
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", requirements];
        succeed(&kept.join("bin/python"), &install);
        fs::write(&complete, "").unwrap();
    }
    kept
}

/// Runs a program of an environment that has to succeed.
pub(crate) fn succeed(program: &Path, arguments: &[&str]) -> Done {
    let mut command = Command::new(program);
    command.args(arguments);
    let done = run(command, INSTALL);
    assert_eq!(done.code, Some(0), "{} {arguments:?}: {}", program.display(), done.everything());
    done
}
