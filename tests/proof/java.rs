//! Programs for Java, and what it takes to build, redirect and check them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::command::run;
use crate::harness::Toolchain;
use crate::program::programs;

const INSTALL: &str = "sudo apt-get install openjdk-17-jdk maven, or see https://maven.apache.org";

/// Maven over the registry for the class path, and the compiler of the JDK with every lint on.
struct Java;

crate::programs! { Java;
    apache4_cache
    apache5_two_sites
    async_future
    boot2_resttemplate
    boot3_open_endpoint
    boot3_webclient
    constants_elsewhere
    feign_declared
    gradle_groovy
    gradle_kotlin
    java_net_http
    json_credentials
    maven_bom
    multipart_okhttp
    okhttp3_nimbus
    okhttp4_injected
    one_class_twice
    pdfservices_sdk
    stage_host
    string_format
    timeouts
    timeouts_okhttp
    timeouts_spring7
    trap_aem_credentials
    trap_android
    trap_exception_body
    trap_interceptor
    trap_lambda
    trap_osgi_bundle
    trap_public_key_path
    trap_published_library
    trap_reactive_chain
    trap_reflection
    trap_response_entity
    trap_shared_signer
    trap_status_escapes
    trap_wiremock
    urlconnection_java8
}

impl Toolchain for Java {
    fn language(&self) -> &'static str {
        "java"
    }

    fn install_hint(&self) -> &'static str {
        INSTALL
    }

    fn install(&self, project: &Path) {
        let mut build = Command::new("java");
        build.arg(tools().join("Build.java")).arg(cache()).arg(project);
        let done = run(build, INSTALL);
        assert_eq!(done.code, Some(0), "{} does not compile: {}", project.display(), done.everything());
    }

    fn redirect(&self, ims: &str) -> Vec<(String, String)> {
        vec![("JAVA_TOOL_OPTIONS".to_owned(), redirected(ims))]
    }

    fn findings(&self, project: &Path) -> Vec<String> {
        let warnings = project.join("target/warnings");
        let text = fs::read_to_string(&warnings).unwrap_or_else(|error| panic!("{}: {error}", warnings.display()));
        text.lines().map(str::to_owned).collect()
    }
}

fn tools() -> PathBuf {
    programs("java").join("tools")
}

/// Class paths are kept beside cargo's own output.
fn cache() -> PathBuf {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("proof/java");
    fs::create_dir_all(&cache).unwrap();
    cache
}

/// The TLS end, which ends with its standard input, that is with the tests.
struct Redirect {
    _process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The options for a JVM that is sent to a double.
fn redirected(ims: &str) -> String {
    static REDIRECT: Mutex<Option<Redirect>> = Mutex::new(None);
    let mut redirect = REDIRECT.lock().unwrap_or_else(PoisonError::into_inner);
    let redirect = redirect.get_or_insert_with(|| {
        let mut command = Command::new("java");
        command.arg(tools().join("Redirect.java")).arg(cache());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("java: {error}; install it: {INSTALL}"));
        let questions = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Redirect { _process: process, questions, answers }
    });
    writeln!(redirect.questions, "{ims}").unwrap();
    redirect.questions.flush().unwrap();
    let mut options = String::new();
    redirect.answers.read_line(&mut options).unwrap();
    assert!(!options.is_empty(), "the redirect has ended; what it says stands above");
    options.trim_end().to_owned()
}
