//! Programs for Python, and what it takes to install, redirect and check them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::command::run;
use crate::harness::{Toolchain, walk};
use crate::program::programs;
use crate::venv::{self, INSTALL};

/// One virtual environment with everything that the programs import before and after, and pyflakes.
struct Python;

crate::programs! { Python;
    aiohttp_client
    argparse_tool
    cli_config
    dataclass_settings
    encoded_form
    error_in_answer
    expiry_timedelta
    formatting_crlf
    http_client
    httpx_async
    httpx_errors
    httpx_models
    httpx_sync
    ini_config
    lazy_client
    notebook
    package_exports
    package_several_sites
    poetry_project
    pydantic_settings
    raise_for_status
    requests_class_cache
    requests_errors
    requests_function
    requests_script
    retry_wrapper
    sdk_aanalytics2
    sdk_umapi
    tests_requests_mock
    text_form
    token_dict_readers
    trap_generic_exchange
    trap_key_path_public
    trap_overridden_signing
    trap_own_certificates
    trap_patched_module
    trap_reflection
    trap_registered_function
    trap_response_returned
    trap_session_adapters
    trap_session_interceptor
    trap_signer_shared
    trap_status_code
    trap_tests_responses
    trap_token_dumped
    trap_verify_false
    urllib_request
    yaml_config
}

impl Toolchain for Python {
    fn language(&self) -> &'static str {
        "python"
    }

    fn install_hint(&self) -> &'static str {
        INSTALL
    }

    fn environment(&self) -> Vec<(String, String)> {
        let mut folders = vec![environment().join("bin")];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let path = std::env::join_paths(folders).unwrap().into_string().unwrap();
        vec![("PATH".to_owned(), path), ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned())]
    }

    fn install(&self, _project: &Path) {
        environment();
    }

    fn redirect(&self, ims: &str) -> Vec<(String, String)> {
        vec![
            ("PYTHONPATH".to_owned(), programs("python").join("redirect").display().to_string()),
            ("IMS_DOUBLE".to_owned(), ims.to_owned()),
        ]
    }

    fn findings(&self, project: &Path) -> Vec<String> {
        let mut files = Vec::new();
        walk(project, &mut |file| {
            if file.extension().is_some_and(|extension| extension == "py") {
                files.push(file.strip_prefix(project).unwrap().to_owned());
            }
        });
        if files.is_empty() {
            return Vec::new();
        }
        let mut pyflakes = Command::new(environment().join("bin/python"));
        pyflakes.args(["-m", "pyflakes"]).args(&files).current_dir(project).env("PYTHONDONTWRITEBYTECODE", "1");
        let done = run(pyflakes, INSTALL);
        assert!(matches!(done.code, Some(0 | 1)), "pyflakes: {}", done.everything());
        // `main.py:3:1: 'os' imported but unused`: the place moves with every edit.
        let lines = done.stdout.lines().chain(done.stderr.lines());
        let without_place = |line: &str| {
            let parts: Vec<&str> = line.splitn(4, ':').collect();
            parts.first().into_iter().chain(parts.get(3)).copied().collect::<Vec<_>>().join(":")
        };
        lines.map(without_place).collect()
    }
}

fn environment() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| venv::environment(&programs("python").join("requirements.txt"), "proof/python"))
}
