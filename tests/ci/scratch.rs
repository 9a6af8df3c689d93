//! Scratch repositories with a clean file, a finding, or something that cannot be read.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The old flow, with the finding on its fourth line.
pub(crate) const EXCHANGE: &str = "\
const axios = require('axios');

async function token(form) {
  return axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', { jwt_token: form.assertion, client_secret: form.secret });
}

module.exports = token;
";
/// Nothing of it.
pub(crate) const CLEAN: &str = "module.exports = (a, b) => a + b;\n";
/// What could be it, and cannot be parsed.
pub(crate) const BROKEN: &str = "def token(:\n    url = 'https://ims-na1.adobelogin.com/ims/exchange/jwt?jwt_token='\n";

/// A git repository in a scratch folder.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    /// With these files, committed.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(repository.root()).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (name, text) in files {
            repository.write(name, text);
        }
        repository.commit("start");
        repository
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Beside the repository, and in nobody's way.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.root().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.root(), arguments)
    }
}

/// Git without the settings of whoever runs the test.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let settings = [
        "-c",
        "user.email=a@example.org",
        "-c",
        "user.name=a",
        "-c",
        "core.autocrlf=false",
        "-c",
        "protocol.file.allow=always",
    ];
    let mut command = Command::new("git");
    command.current_dir(folder).args(settings).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().expect("git is needed: sudo apt-get install git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The search path with the program that is tested before everything else.
pub(crate) fn path() -> String {
    let mut folders = vec![Path::new(env!("CARGO_BIN_EXE_grantshift")).parent().unwrap().to_owned()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    std::env::join_paths(folders).unwrap().into_string().unwrap()
}

/// A search path on which cargo is a double: it writes down what it is asked, and installs the program that is tested, which is on no other place of
/// the path.
pub(crate) fn cargo(repository: &Repository, asked: &Path) -> String {
    let folder = repository.beside("double");
    let double = folder.join("cargo");
    let script = format!(
        "#!/bin/bash\nif [ \"$1\" = --version ]; then echo cargo 1.90.0; exit 0; fi\necho \"$@\" >>'{asked}'\nroot='{folder}'\n\
         while [ $# -gt 0 ]; do if [ \"$1\" = --root ]; then root=$2; fi; shift; done\n\
         mkdir -p \"$root/bin\" && ln -s '{program}' \"$root/bin/grantshift\"\n",
        asked = asked.display(),
        folder = folder.display(),
        program = env!("CARGO_BIN_EXE_grantshift"),
    );
    fs::write(&double, script).unwrap();
    fs::set_permissions(&double, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{folder}:{folder}/bin:/usr/bin:/bin", folder = folder.display())
}
