//! What is known of a wrapper: who calls it, and how many there are.

#![allow(clippy::unwrap_used, reason = "a test that cannot scan its fixture has to fail")]

use std::path::PathBuf;

use grantshift::finding::{Finding, Role};
use grantshift::rules::Catalog;
use grantshift::scan::{Progress, Settings, scan};
use grantshift::walk::Options;

fn findings(case: &str) -> Vec<Finding> {
    let settings = Settings {
        paths: vec![PathBuf::from("fixtures").join(case)],
        walk: Options { no_ignore: true, hidden: true, ..Options::default() },
        ..Settings::default()
    };
    scan(&settings, &Catalog::load(&[]).unwrap(), &Progress::default()).unwrap().findings
}

/// The files of the calls that lead to the exchange.
fn wrappers(finding: &Finding) -> Vec<&str> {
    let wrappers = finding.flow.iter().filter(|evidence| evidence.role == Role::Wrapper);
    wrappers.map(|evidence| evidence.path.rsplit('/').next().unwrap()).collect()
}

#[test]
fn callers_in_other_files_are_counted() {
    for (case, count, files) in [
        ("javascript/ims-jwt-exchange/cross-callers", 3, vec!["assets.js", "assets.js", "users.js"]),
        ("java/ims-jwt-exchange/cross-callers", 2, vec!["AssetJob.java", "UserJob.java"]),
        ("python/ims-jwt-exchange/cross-callers", 3, vec!["assets.py", "assets.py", "users.py"]),
    ] {
        let [finding] = &findings(case)[..] else { panic!("one finding in {case}") };
        assert_eq!(finding.details.callers, Some(count), "{case}");
        assert_eq!(wrappers(finding), files, "{case}");
    }
}

#[test]
fn a_sender_of_whatever_it_is_given_is_named_by_its_client() {
    for (case, client) in [
        ("javascript/ims-jwt-exchange/cross-generic-sender", "node:http"),
        ("java/ims-jwt-exchange/cross-generic-sender", "HttpURLConnection"),
        ("python/ims-jwt-exchange/cross-generic-sender", "requests"),
    ] {
        let [finding] = &findings(case)[..] else { panic!("one finding in {case}") };
        assert_eq!(finding.details.http_client.as_deref(), Some(client), "{case}");
        assert_eq!(
            finding.details.endpoint.as_deref(),
            Some("https://ims-na1.adobelogin.com/ims/exchange/jwt"),
            "{case}"
        );
    }
}
