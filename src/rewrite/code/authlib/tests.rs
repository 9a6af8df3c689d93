//! Small modules, before and after.

use std::fs;
use std::sync::Arc;

use super::super::Exchanges;
use crate::finding::Applicability;
use crate::rewrite::sample::scanned;
use crate::rewrite::targets::Options;
use crate::rules::Catalog;
use crate::scan::{self, Planner};

/// What becomes of a module: the grade, the target and the text. `body` is what a function with `key`, `cid` and `secret` does.
fn rewritten(module: &str) -> (Applicability, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("main.py"), module).unwrap();
    let planner: Arc<dyn Planner> = Arc::new(Exchanges::new(Options::with(&[], vec!["openid".to_owned()])));
    let settings =
        scan::Settings { paths: vec![root], planners: [planner].into_iter().collect(), ..scan::Settings::default() };
    let scanned = scanned(&settings, &Catalog::load(&[]).unwrap());
    let finding = scanned.findings.iter().find(|finding| finding.rule == "ims-jwt-exchange").unwrap();
    let mut edits = finding.fix.edits.clone();
    edits.sort_by_key(|edit| (edit.start_byte, edit.end_byte));
    let mut text = module.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.start_byte..edit.end_byte, &edit.replacement);
    }
    (finding.fix.applicability, finding.fix.target.clone().unwrap_or_default(), text)
}

fn module(body: &str) -> String {
    format!(
        "import time\n\nimport jwt\nimport requests\n\nURL = \"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\n\n\n\
         def token(cid, secret, key):\n    claims = {{\"exp\": int(time.time()) + 60, \"iss\": \"x@AdobeOrg\"}}\n    \
         signed = jwt.encode(claims, key, algorithm=\"RS256\")\n    form = {{\"client_id\": cid, \"client_secret\": secret, \
         \"jwt_token\": signed}}\n{body}"
    )
}

const HEAD: &str = "from authlib.integrations.requests_client import OAuth2Session\n\nURL = \
    \"https://ims-na1.adobelogin.com/ims/token/v3\"\n\n\ndef token(cid, secret, key):\n    with OAuth2Session(\n        cid,\n        \
    secret,\n        scope=\"openid\",\n        token_endpoint_auth_method=\"client_secret_post\",\n    ) as client:\n";

#[test]
fn what_the_caller_is_given_stays() {
    let (_, target, text) = rewritten(&module(
        "    response = requests.post(URL, data=form, timeout=5)\n    response.raise_for_status()\n    return response.json()[\"access_token\"]\n",
    ));
    assert_eq!(target, "authlib", "{text}");
    assert_eq!(
        text,
        format!(
            "{HEAD}        return client.fetch_token(\n            URL, grant_type=\"client_credentials\", timeout=5\n        \
             )[\"access_token\"]\n"
        )
    );
}

#[test]
fn a_name_that_is_taken_is_not_taken_again() {
    let (_, target, text) = rewritten(&module(
        "    client = 1\n    response = requests.post(URL, data=form)\n    print(client)\n    value = response.json()[\"access_token\"]\n    return value\n",
    ));
    assert_eq!(target, "authlib", "{text}");
    assert!(
        text.contains(") as oauth:\n        answer = oauth.fetch_token(URL, grant_type=\"client_credentials\")\n"),
        "{text}"
    );
    assert!(text.contains("    value = answer[\"access_token\"]\n"), "{text}");
}

#[test]
fn where_authlib_would_change_something_the_client_stays() {
    let bodies = [
        "    return requests.post(URL, data=form)\n",
        "    response = requests.post(URL, data=form)\n    if response.status_code != 200:\n        return None\n    return response.json()[\"access_token\"]\n",
        "    session = requests.Session()\n    return session.post(URL, data=form).json()[\"access_token\"]\n",
        "    try:\n        return requests.post(URL, data=form).json()[\"access_token\"]\n    except KeyError as error:\n        raise SystemExit(error.args[0])\n",
        "    try:\n        response = requests.post(URL, data=form)\n        response.raise_for_status()\n        return response.json()[\"access_token\"]\n    except requests.HTTPError as error:\n        return error.response.text\n",
        "    try:\n        return requests.post(URL, data=form).json()[\"access_token\"]\n    except LookupError:\n        return None\n",
        "    answer = requests.post(URL, data=form).json()\n    if \"error\" in answer:\n        return None\n    return answer[\"access_token\"]\n",
        "    return requests.post(URL, data=form, headers={\"X-Mine\": \"1\"}).json()[\"access_token\"]\n",
        "    print(form)\n    return requests.post(URL, data=form).json()[\"access_token\"]\n",
    ];
    for body in bodies {
        let (_, target, text) = rewritten(&module(body));
        assert_eq!(target, "keep", "{body}{text}");
        assert!(text.contains("\"grant_type\": \"client_credentials\","), "{text}");
    }
}

#[test]
fn handlers_wait_for_a_refusal_of_the_new_client_too() {
    let text = |body: &str| {
        let (_, target, text) = rewritten(&module(body));
        assert_eq!(target, "authlib", "{text}");
        text
    };
    let missing = text(
        "    try:\n        return requests.post(URL, data=form).json()[\"access_token\"]\n    except KeyError:\n        return None\n",
    );
    assert!(missing.contains("    except (KeyError, OAuthError):\n"), "{missing}");
    assert!(
        missing.starts_with(
            "from authlib.integrations.base_client import OAuthError\nfrom authlib.integrations.requests_client import OAuth2Session\n"
        ),
        "{missing}"
    );
    let checked = text(
        "    try:\n        response = requests.post(URL, data=form)\n        response.raise_for_status()\n        return response.json()[\"access_token\"]\n    except requests.Timeout:\n        return None\n    except (requests.HTTPError, OSError) as error:\n        print(error)\n",
    );
    assert!(checked.contains("    except requests.Timeout:\n"), "{checked}");
    assert!(checked.contains("    except (requests.HTTPError, OSError, OAuthError) as error:\n"), "{checked}");
    let network = text(
        "    try:\n        return requests.post(URL, data=form).json()[\"access_token\"]\n    except requests.ConnectionError:\n        return None\n",
    );
    assert!(!network.contains("OAuthError"), "{network}");
    let away = text(
        "    return requests.post(URL, data=form).json()[\"access_token\"]\n\n\ndef report(url):\n    try:\n        return requests.get(url).text\n    except requests.HTTPError:\n        return None\n",
    );
    assert!(away.contains("    except requests.HTTPError:\n"), "{away}");
}

#[test]
fn a_form_may_be_a_text_or_encoded() {
    for body in [
        "    sent = \"client_id=\" + cid + \"&client_secret=\" + secret + \"&jwt_token=\" + signed\n    return requests.post(URL, data=sent).json()[\"access_token\"]\n",
        "    return requests.post(URL, data=urlencode(form)).json()[\"access_token\"]\n",
        "    sent = urlencode(form)\n    response = requests.post(URL, data=sent)\n    return json.loads(response.text)[\"access_token\"]\n",
    ] {
        let (_, target, text) = rewritten(
            &module(body).replace("import jwt\n", "import json\nfrom urllib.parse import urlencode\n\nimport jwt\n"),
        );
        assert_eq!(target, "authlib", "{text}");
        assert!(text.contains("        cid,\n        secret,\n") && !text.contains("urlencode("), "{text}");
        assert!(
            text.contains("return client.fetch_token(URL, grant_type=\"client_credentials\")[\"access_token\"]"),
            "{text}"
        );
    }
}

#[test]
fn certificates_that_are_not_checked_are_looked_at() {
    let (grade, target, text) =
        rewritten(&module("    return requests.post(URL, data=form, verify=False).json()[\"access_token\"]\n"));
    assert_eq!((grade, target.as_str()), (Applicability::Review, "authlib"), "{text}");
    assert!(text.contains("verify=False\n        )[\"access_token\"]"), "{text}");
}

#[test]
fn a_multipart_form_becomes_a_plain_one() {
    let text =
        module("").replace("\"jwt_token\": signed", "\"jwt_token\": (None, signed)").replace(": cid", ": (None, cid)");
    let (_, target, text) =
        rewritten(&format!("{text}    response = requests.post(URL, files=form)\n    return response\n"));
    assert_eq!(target, "keep", "{text}");
    assert!(text.contains("\"client_id\": cid,") && !text.contains("None"), "{text}");
    assert!(text.contains("requests.post(URL, data=form)"), "{text}");
}
