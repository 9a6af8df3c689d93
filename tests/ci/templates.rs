//! The templates for other services: valid by their schemas, and their scripts run in a shell. None is green when the scan is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use serde_json::{Value, json};

use crate::action::shellcheck;
use crate::command::{Done, alone, run};
use crate::scratch::{self, BROKEN, CLEAN, EXCHANGE, Repository};
use crate::tools;

/// A template as its service runs it: the scripts of the job, of which each runs when those before it have succeeded.
struct Template {
    name: &'static str,
    shell: &'static [&'static str],
    scripts: Vec<String>,
    environment: BTreeMap<String, String>,
}

const COMMAND_LINES: &[&str] = &["bash", "-e", "-o", "pipefail", "-c"];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ci").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap()
}

fn lines(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// GitLab's job, with what the inputs of its `spec` are.
fn gitlab(given: &[(&str, &str)]) -> Template {
    let mut documents = tools::yaml(&text("gitlab/check.yml"));
    let (job, spec) = (documents.remove(1), documents.remove(0));
    let inputs = spec["spec"]["inputs"].as_object().unwrap();
    assert!(given.iter().all(|(name, _)| inputs.contains_key(*name)));
    let value = |name: &str| {
        let set = given.iter().find(|(input, _)| *input == name).map(|(_, value)| *value);
        set.unwrap_or_else(|| inputs[name]["default"].as_str().unwrap()).to_owned()
    };
    let job = &job["grantshift"];
    let mut environment = BTreeMap::new();
    for (name, variable) in job["variables"].as_object().unwrap() {
        if let Some(text) = variable["value"].as_str() {
            assert_eq!(variable["expand"], false, "{name}");
            let input = text.strip_prefix("$[[ inputs.").unwrap().strip_suffix(" ]]").unwrap();
            environment.insert(name.clone(), value(input));
        }
    }
    let scripts = [lines(&job["before_script"]), lines(&job["script"])].concat();
    assert!(scripts.iter().all(|script| !script.contains("$[[")), "an input is part of a script");
    // All lines are one script of one shell.
    Template { name: "gitlab", shell: COMMAND_LINES, scripts: vec![scripts.join("\n")], environment }
}

fn azure() -> Template {
    let pipeline = tools::yaml(&text("azure-pipelines.yml")).remove(0);
    let steps = pipeline["steps"].as_array().unwrap();
    let scripts = steps.iter().filter_map(|step| step["bash"].as_str()).map(str::to_owned).collect();
    Template { name: "azure", shell: &["bash", "--noprofile", "--norc", "-c"], scripts, environment: BTreeMap::new() }
}

fn bitbucket() -> Template {
    let pipeline = tools::yaml(&text("bitbucket-pipelines.yml")).remove(0);
    let step = &pipeline["definitions"]["steps"][0]["step"];
    assert_eq!(&pipeline["pipelines"]["pull-requests"]["**"][0]["step"], step);
    Template { name: "bitbucket", shell: COMMAND_LINES, scripts: lines(&step["script"]), environment: BTreeMap::new() }
}

fn jenkins() -> Template {
    let text = text("Jenkinsfile");
    let (_, script) = text.split_once("sh '''").unwrap();
    let (script, _) = script.split_once("'''").unwrap();
    assert!(!script.contains('\\'), "Groovy would take the backslash");
    Template { name: "jenkins", shell: &["sh", "-xec"], scripts: vec![script.to_owned()], environment: BTreeMap::new() }
}

impl Template {
    /// Runs its scripts in a repository, with a search path.
    fn run(&self, repository: &Repository, path: &str) -> Done {
        let mut environment = self.environment.clone();
        environment.insert("PATH".to_owned(), path.to_owned());
        environment.insert("HOME".to_owned(), repository.beside("home").display().to_string());
        let staging = repository.beside("staging").display().to_string();
        environment.insert("BUILD_ARTIFACTSTAGINGDIRECTORY".to_owned(), staging);
        let mut last = None;
        for script in &self.scripts {
            let words: Vec<String> = self.shell.iter().map(|word| (*word).to_owned()).chain([script.clone()]).collect();
            let done = run(alone(&words, &repository.root(), &environment), "sudo apt-get install bash");
            let failed = done.code != Some(0);
            last = Some(done);
            if failed {
                break;
            }
        }
        last.unwrap()
    }
}

fn all() -> [Template; 4] {
    [gitlab(&[]), azure(), bitbucket(), jenkins()]
}

#[test]
fn they_are_valid() {
    tools::valid("vendor.azure-pipelines", &file("azure-pipelines.yml"));
    tools::valid("vendor.bitbucket-pipelines", &file("bitbucket-pipelines.yml"));
    // Its schema knows of the job alone; what stands before the line is for the inclusion.
    let folder = tempfile::tempdir().unwrap();
    let job = folder.path().join("gitlab-ci.yml");
    fs::write(&job, text("gitlab/check.yml").split_once("\n---\n").unwrap().1).unwrap();
    tools::valid("vendor.gitlab-ci", &job);
}

#[test]
fn their_scripts_satisfy_shellcheck() {
    let folder = tempfile::tempdir().unwrap();
    for template in all() {
        for (number, script) in template.scripts.iter().enumerate() {
            // GitLab runs it with sh where the image has no bash.
            let shell = if matches!(template.name, "gitlab" | "jenkins") { "sh" } else { "bash" };
            let script_file = folder.path().join(format!("{}-{number}.sh", template.name));
            fs::write(&script_file, format!("#!/usr/bin/env {shell}\n{script}\n")).unwrap();
            shellcheck(&script_file);
        }
    }
}

#[test]
fn they_end_with_the_exit_code_of_the_scan() {
    for (files, expected) in [
        (&[("src/sum.js", CLEAN)][..], 0),
        (&[("src/token.js", EXCHANGE)][..], 1),
        (&[("src/sum.js", CLEAN), ("grantshift.toml", "fail-on = 1\n")][..], 2),
        (&[("src/token.py", BROKEN)][..], 3),
        (&[("notes.md", "nothing to read\n")][..], 4),
    ] {
        for template in all() {
            let done = template.run(&Repository::new(files), &scratch::path());
            assert_eq!(done.code, Some(expected), "{}: {files:?}: {}", template.name, done.everything());
        }
    }
}

#[test]
fn they_build_a_commit_that_somebody_names_and_no_other() {
    for template in all() {
        let repository = Repository::new(&[("src/sum.js", CLEAN)]);
        let asked = repository.beside("asked").join("cargo");
        let path = scratch::cargo(&repository, &asked);
        let done = template.run(&repository, &path);
        assert!(done.code != Some(0) && !asked.exists(), "{}: {}", template.name, done.everything());
        let mut template = template;
        template.environment.insert("GRANTSHIFT_REVISION".to_owned(), "0a1b2c3".to_owned());
        let done = template.run(&repository, &path);
        assert_eq!(done.code, Some(0), "{}: {}", template.name, done.everything());
        let asked = fs::read_to_string(asked).unwrap();
        assert!(
            asked.contains("install --locked --git ") && asked.contains(" --rev 0a1b2c3 "),
            "{}: {asked}",
            template.name
        );
    }
}

#[test]
fn gitlab_takes_its_inputs() {
    let old = Repository::new(&[("src/token.js", EXCHANGE), ("lib/a b$(touch pwned).js", CLEAN)]);
    let code = |given: &[(&str, &str)]| gitlab(given).run(&old, &scratch::path()).code;
    assert_eq!(code(&[("paths", "lib/a b$(touch pwned).js")]), Some(0));
    assert_eq!(code(&[("paths", "lib\nsrc")]), Some(1));
    assert_eq!(code(&[("paths", "*")]), Some(2), "no pattern of the shell");
    assert_eq!(code(&[("fail-on", "never")]), Some(0));
    assert_eq!(code(&[("fail-on", "$(touch pwned)")]), Some(2));
    assert_eq!(code(&[("args", "--ignore\nims-jwt-exchange")]), Some(0));
    assert_eq!(code(&[("baseline", "missing.json")]), Some(2));
    assert!(!old.root().join("pwned").exists());
    let report: Value = serde_json::from_str(&old.read("gl-code-quality-report.json")).unwrap();
    assert!(report.is_array());

    let base = old.git(&["rev-parse", "HEAD"]).trim().to_owned();
    old.write("src/new.js", CLEAN);
    old.commit("clean");
    for (name, value, expected) in [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str(), 0),
        ("CI_COMMIT_BEFORE_SHA", base.as_str(), 0),
        ("CI_COMMIT_BEFORE_SHA", "0000000000000000000000000000000000000000", 2),
        ("NOTHING", "", 1),
    ] {
        let mut template = gitlab(&[("mode", "changed")]);
        template.environment.insert(name.to_owned(), value.to_owned());
        let done = template.run(&old, &scratch::path());
        assert_eq!(done.code, Some(expected), "{name}={value}: {}", done.everything());
    }
}

#[test]
fn azure_takes_no_commands_from_a_scanned_file() {
    let hostile = EXCHANGE
        .replace("client_secret: form", "x: '##vso[task.complete result=Succeeded;]##[x]', client_secret: form");
    let repository = Repository::new(&[("src/token.js", &hostile)]);
    let done = azure().run(&repository, &scratch::path());
    assert_eq!(done.code, Some(1));
    assert!(done.stdout.contains("task.complete"), "the line is not shown: {}", done.everything());
    assert!(!done.stdout.contains("##vso") && !done.stdout.contains("##["), "{}", done.everything());
    assert!(repository.beside("staging").join("grantshift.sarif").is_file());
}

/// Bitbucket's proxy: what it was asked, with the bodies.
fn proxied(ask: impl FnOnce(&str)) -> Vec<(String, Value)> {
    let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
    let asked = Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            for mut request in server.incoming_requests() {
                let body: Value = serde_json::from_reader(request.as_reader()).unwrap();
                asked.lock().unwrap().push((format!("{} {}", request.method(), request.url()), body));
                request.respond(tiny_http::Response::from_string("{}")).unwrap();
            }
        });
        ask(&format!("http://{}", server.server_addr()));
        server.unblock();
    });
    asked.into_inner().unwrap()
}

fn insights(repository: &Repository, code: &str) -> Vec<(String, Value)> {
    proxied(|proxy| {
        let mut command = Command::new("python3");
        command.arg(file("bitbucket-insights")).args(["grantshift.json", code]).current_dir(repository.root());
        command.env("BITBUCKET_PROXY", proxy).env("BITBUCKET_WORKSPACE", "acme").env("BITBUCKET_REPO_SLUG", "re po");
        command.env("BITBUCKET_COMMIT", "0a1b2c3");
        let done = run(command, "sudo apt-get install python3");
        assert_eq!(done.code, Some(0), "{}", done.everything());
    })
}

const REPORT: &str = "http://api.bitbucket.org/2.0/repositories/acme/re%20po/commit/0a1b2c3/reports/grantshift";

#[test]
fn bitbucket_shows_the_findings() {
    let repository = Repository::new(&[("src/token.js", EXCHANGE)]);
    assert_eq!(bitbucket().run(&repository, &scratch::path()).code, Some(1));
    let asked = insights(&repository, "1");
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].0.as_str(), &asked[0].1["result"]), (format!("PUT {REPORT}").as_str(), &json!("FAILED")));
    assert_eq!(asked[1].0, format!("POST {REPORT}/annotations"));
    let annotation = &asked[1].1[0];
    assert_eq!(
        (&annotation["path"], &annotation["line"], &annotation["severity"]),
        (&json!("src/token.js"), &json!(4), &json!("HIGH"))
    );
    assert!(annotation["summary"].as_str().unwrap().starts_with("ims-jwt-exchange: "));
}

#[test]
fn bitbucket_takes_many_findings_in_batches_and_no_report_as_failure() {
    let repository = Repository::new(&[("src/sum.js", CLEAN)]);
    let finding = json!({"description": "d", "check_name": "c", "fingerprint": "f", "severity": "major",
        "location": {"path": "a", "lines": {"begin": 1}}});
    repository.write("grantshift.json", &Value::Array(vec![finding; 1001]).to_string());
    let asked = insights(&repository, "1");
    assert_eq!(asked.len(), 11);
    assert!(asked[0].1["details"].as_str().unwrap().contains("first 1000 of 1001"));
    let mut ids: Vec<&str> = asked[1..]
        .iter()
        .flat_map(|(_, body)| body.as_array().unwrap())
        .map(|annotation| annotation["external_id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1000);

    fs::remove_file(repository.root().join("grantshift.json")).unwrap();
    for (code, result) in [("2", "FAILED"), ("137", "FAILED"), ("", "FAILED"), ("0", "PASSED")] {
        let asked = insights(&repository, code);
        assert_eq!((asked.len(), &asked[0].1["result"]), (1, &json!(result)), "{code}");
    }
}

/// Groovy's own compiler reads the Jenkinsfile. Maven fetches it, as it does for the programs in Java of the proof.
#[test]
fn the_jenkinsfile_is_groovy() {
    const VERSION: &str = "4.0.28";
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("ci").join("groovy");
    let jar = cache.join(format!("groovy-{VERSION}.jar"));
    if !jar.is_file() {
        let artifact = format!("-Dartifact=org.apache.groovy:groovy:{VERSION}");
        let output = format!("-DoutputDirectory={}", cache.display());
        let mut maven = Command::new("mvn");
        maven.args(["--quiet", "--batch-mode", "dependency:copy", &artifact, &output]);
        let done = run(maven, "sudo apt-get install default-jdk-headless maven");
        assert_eq!(done.code, Some(0), "{}", done.everything());
    }
    let folder = tempfile::tempdir().unwrap();
    let mut compiler = Command::new("java");
    compiler.arg("-cp").arg(&jar).args(["org.codehaus.groovy.tools.FileSystemCompiler", "-d"]).arg(folder.path());
    compiler.arg(file("Jenkinsfile"));
    let done = run(compiler, "sudo apt-get install default-jdk-headless");
    assert_eq!(done.code, Some(0), "{}", done.everything());
    let text = text("Jenkinsfile");
    assert!(text.contains("recordIssues enabledForFailure: true"), "a build that has failed has the findings");
}
