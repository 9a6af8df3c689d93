//! Calls of SDKs that do not show their form: the version of the SDK decides where it has but one, and the finding says which.

#![allow(clippy::unwrap_used, reason = "a test that cannot scan its fixture has to fail")]

use std::fs;
use std::path::{Path, PathBuf};

use grantshift::finding::{Confidence, Finding};
use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::walk::Options;

/// The findings of SDKs below a path, of any confidence.
fn findings(path: &Path) -> Vec<Finding> {
    let settings = Settings {
        paths: vec![path.to_owned()],
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        ..Settings::default()
    };
    let mut findings = scan(&settings, &Catalog::load(&[]).unwrap(), &Progress::default()).unwrap().findings;
    findings.retain(|finding| finding.rule == "ims-jwt-sdk");
    findings
}

/// The confidence, the version and whether the message ends with what is said of it.
fn judged(path: &Path, said: &str) -> (Confidence, Option<String>, bool) {
    let found = findings(path);
    let [finding] = found.as_slice() else { panic!("one finding in {}: {found:?}", path.display()) };
    (finding.confidence, finding.details.version.clone(), finding.message.ends_with(said))
}

#[test]
fn a_version_with_the_old_form_alone_is_named() {
    for (case, version, said, confidence) in [
        ("python/ims-jwt-sdk/aepp-version-old", "==0.2.11", "; aepp ==0.2.11 has no other form", Confidence::Likely),
        (
            "python/ims-jwt-sdk/aanalytics2-version-locked",
            "0.2.0",
            "; aanalytics2 0.2.0 has no other form",
            Confidence::Certain,
        ),
        (
            "javascript/ims-jwt-sdk/asset-compute-client-version-old",
            "^4.0.0",
            "; @adobe/asset-compute-client ^4.0.0 has no other form",
            Confidence::Likely,
        ),
        (
            "javascript/ims-jwt-sdk/aio-lib-ims-version-old",
            "^5.0.0",
            "; @adobe/aio-lib-ims ^5.0.0 has no other form",
            Confidence::Likely,
        ),
        (
            "java/ims-jwt-sdk/aio-lib-java-version-old",
            "1.0.8",
            "; aio-lib-java 1.0.8 has no other form",
            Confidence::Likely,
        ),
    ] {
        let found = judged(&PathBuf::from("fixtures").join(case), said);
        assert_eq!(found, (confidence, Some(version.to_owned()), true), "{case}");
    }
}

#[test]
fn a_version_with_the_new_form_alone_is_none_and_one_with_both_decides_nothing() {
    assert!(findings(Path::new("fixtures/python/ims-jwt-sdk/aepp-version-new")).is_empty());
    for case in [
        "python/ims-jwt-sdk/aepp-version-both",
        "javascript/ims-jwt-sdk/aio-lib-ims-version-both",
        "java/ims-jwt-sdk/aio-lib-java-version-both",
    ] {
        let found = judged(&PathBuf::from("fixtures").join(case), "");
        assert_eq!(found, (Confidence::Possible, None, true), "{case}");
    }
}

const LOAD: &str = "import os\nimport aepp\n\naepp.importConfigFile(os.environ['AEPP_CONFIG'])\n";

fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in [("jobs/daily/load.py", LOAD)].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn the_nearest_manifest_and_the_lock_file_decide() {
    let confidence = |files: &[(&str, &str)]| {
        let folder = package(files);
        findings(folder.path()).first().map(|finding| finding.confidence)
    };
    assert_eq!(confidence(&[]), Some(Confidence::Possible));
    assert_eq!(confidence(&[("requirements.txt", "aepp\n")]), Some(Confidence::Possible));
    assert_eq!(confidence(&[("requirements.txt", "aepp<0.3\n")]), Some(Confidence::Likely));
    assert_eq!(confidence(&[("requirements.txt", "aepp>=0.4\n")]), None);
    let near = ("jobs/daily/requirements.txt", "aepp>=0.4\n");
    assert_eq!(confidence(&[("requirements.txt", "aepp<0.3\n"), near]), None);
    let pipfile = ("Pipfile", "[packages]\naepp = \"*\"\n");
    let lock = |version: &str| format!("{{\"default\": {{\"aepp\": {{\"version\": \"=={version}\"}}}}}}");
    assert_eq!(confidence(&[pipfile, ("Pipfile.lock", &lock("0.2.9"))]), Some(Confidence::Certain));
    assert_eq!(confidence(&[pipfile, ("Pipfile.lock", &lock("0.4.2"))]), None);
    assert_eq!(confidence(&[pipfile, ("Pipfile.lock", "{")]), Some(Confidence::Possible));
}

#[test]
fn what_the_call_or_its_file_shows_comes_first() {
    let shown = "import aepp\n\naepp.importConfigFile('c.json', auth_type='jwt')\n";
    let folder = package(&[("requirements.txt", "aepp>=0.3\n"), ("jobs/daily/load.py", shown)]);
    let found = findings(folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].confidence, found[0].details.version.as_deref()), (Confidence::Certain, None));
    // A file that holds the new credential is that, whatever the version knows.
    let named = "import aepp\n\naepp.importConfigFile('new.json')\n";
    let credential =
        "{\"org_id\": \"A@AdobeOrg\", \"client_id\": \"0123456789abcdef\", \"secret\": \"s\", \"scopes\": \"openid\"}";
    let files = [("requirements.txt", "aepp==0.3.1\n"), ("jobs/daily/load.py", named), ("new.json", credential)];
    assert!(findings(package(&files).path()).is_empty());
}
