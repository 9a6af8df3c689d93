//! What the double takes and refuses, one test for each promise: a program proves nothing before a lenient double.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{SignatureEncoding, Signer};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::double::{CLIENT_ID, CLIENT_SECRET, Double};

const FORM: &str = "application/x-www-form-urlencoded";
const SCOPE: &str = "openid,AdobeID,read_organizations";

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The status and the error.
    fn error(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or("none").to_owned())
    }

    fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }
}

fn send(double: &Double, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut stream = TcpStream::connect(double.base().trim_start_matches("http://")).unwrap();
    let length = body.len();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: ims\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

fn post(double: &Double, path: &str, fields: &[(&str, &str)]) -> Reply {
    send(double, "POST", path, &[("Content-Type", FORM)], &form(fields))
}

fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

fn multipart(fields: &[(&str, &str)]) -> (String, String) {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str("--frontier--\r\n");
    ("multipart/form-data; boundary=frontier".to_owned(), body)
}

/// The fields of a good request for a new token, one of them replaced; an empty value leaves it out.
fn credentials<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "client_credentials"),
        ("scope", SCOPE),
    ];
    for field in &mut fields {
        if field.0 == name {
            field.1 = value;
        }
    }
    fields.retain(|field| !field.1.is_empty());
    fields
}

fn good() -> Vec<(&'static str, &'static str)> {
    credentials("", "")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({
        "exp": now() + 60,
        "iss": "ABC@AdobeOrg",
        "sub": "DEF@techacct.adobe.com",
        "aud": format!("https://ims-na1.adobelogin.com/c/{CLIENT_ID}"),
        "https://ims-na1.adobelogin.com/s/ent_user_sdk": true,
    })
}

fn assertion(double: &Double, algorithm: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": algorithm, "typ": "JWT"})), part(claims));
    let key = SigningKey::<Sha256>::new(PrivateKey::from_pkcs8_pem(double.private_key()).unwrap());
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn exchange(double: &Double, path: &str, assertion: &str) -> Reply {
    post(double, path, &[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("jwt_token", assertion)])
}

fn double() -> Double {
    Double::start(0).unwrap()
}

#[test]
fn the_secret_breaks_without_form_encoding() {
    let double = double();
    let body =
        format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&grant_type=client_credentials&scope={SCOPE}");
    let reply = send(&double, "POST", "/ims/token/v3", &[("Content-Type", FORM)], &body);
    assert_eq!(reply.error(), (401, "invalid_client".to_owned()));
}

#[test]
fn scopes_are_known_ones_and_no_metascopes() {
    let double = double();
    for scope in [
        "",
        "ent_user_sdk",
        "openid,ent_user_sdk",
        "https://ims-na1.adobelogin.com/s/ent_user_sdk",
        ",",
        "openid;AdobeID",
    ] {
        let reply = post(&double, "/ims/token/v3", &credentials("scope", scope));
        assert_eq!(reply.error(), (400, "invalid_scope".to_owned()), "{scope}");
    }
    for scope in
        ["openid", "openid,AdobeID", "openid AdobeID", "openid, AdobeID", "additional_info.projectedProductContext"]
    {
        assert_eq!(post(&double, "/ims/token/v3", &credentials("scope", scope)).status, 200, "{scope}");
    }
}

#[test]
fn the_old_exchange_answers_in_milliseconds() {
    let double = double();
    let token = assertion(&double, "RS256", &claims());
    for path in ["/ims/exchange/jwt", "/ims/exchange/jwt/", "/ims/exchange/v1/jwt", "/comma/ims/exchange/jwt"] {
        let reply = exchange(&double, path, &token);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        assert_eq!(reply.json()["expires_in"], 86_399_998);
        assert_eq!(reply.json()["token_type"], "bearer");
    }
    assert_eq!(double.issued(), ["old-1", "old-2", "old-3", "old-4"]);
}

#[test]
fn the_old_exchange_takes_a_multipart_body() {
    let double = double();
    let token = assertion(&double, "RS256", &claims());
    let (kind, body) = multipart(&[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("jwt_token", &token)]);
    assert_eq!(send(&double, "POST", "/ims/exchange/jwt", &[("Content-Type", &kind)], &body).status, 200);
}

#[test]
fn the_old_exchange_knows_its_client() {
    let double = double();
    let token = assertion(&double, "RS256", &claims());
    for (id, secret) in [("other", CLIENT_SECRET), (CLIENT_ID, "other"), (CLIENT_ID, "")] {
        let fields = [("client_id", id), ("client_secret", secret), ("jwt_token", &*token)];
        let reply = post(&double, "/ims/exchange/jwt", &fields);
        assert_eq!(reply.error(), (400, "invalid_client".to_owned()), "{id} {secret}");
    }
}

#[test]
fn the_assertion_is_verified() {
    let double = double();
    let changed = |claim: &str, value: Value| {
        let mut claims = claims();
        claims[claim] = value;
        assertion(&double, "RS256", &claims)
    };
    let good = assertion(&double, "RS256", &claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = assertion(&double, "RS256", &json!({"iss": "other@AdobeOrg"}));
    let refused = [
        String::new(),
        "a.b.c".to_owned(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{}.{signature}", other.rsplit_once('.').unwrap().0),
        assertion(&double, "HS256", &claims()),
        assertion(&double, "none", &claims()),
        changed("iss", json!("ABC")),
        changed("sub", json!("someone@example.com")),
        changed("aud", json!("https://ims-na1.adobelogin.com/c/other")),
        changed("aud", Value::Null),
        changed("exp", json!(now() - 1)),
        changed("exp", Value::Null),
        changed("exp", json!((now() + 60).to_string())),
    ];
    for token in refused {
        assert_eq!(
            exchange(&double, "/ims/exchange/jwt", &token).error(),
            (400, "invalid_token".to_owned()),
            "{token}"
        );
    }
    assert_eq!(exchange(&double, "/ims/exchange/jwt", &changed("exp", json!(now() as f64 + 60.5))).status, 200);
    assert_eq!(double.issued(), ["old-1"]);
}

#[test]
fn the_new_endpoint_answers_in_seconds() {
    let double = double();
    let reply = post(&double, "/ims/token/v3", &good());
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json(), json!({"access_token": "new-1", "token_type": "bearer", "expires_in": 86_399}));
    assert_eq!(reply.header("x-authentication").unwrap(), "post");
}

#[test]
fn the_new_endpoint_takes_a_form_and_nothing_else() {
    let double = double();
    let (kind, body) = multipart(&good());
    assert_eq!(send(&double, "POST", "/ims/token/v3", &[("Content-Type", &kind)], &body).status, 200);
    let text = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials", "scope": SCOPE});
    for (kind, body) in [("application/json", text.to_string()), ("text/plain", form(&good()))] {
        let reply = send(&double, "POST", "/ims/token/v3", &[("Content-Type", kind)], &body);
        assert_eq!(reply.error(), (401, "invalid_client".to_owned()), "{kind}");
    }
    let kind = format!("{FORM}; charset=UTF-8");
    assert_eq!(send(&double, "POST", "/ims/token/v3", &[("Content-Type", &kind)], &form(&good())).status, 200);
}

#[test]
fn the_new_endpoint_knows_its_client_and_its_grant() {
    let double = double();
    let expected = [
        ("client_id", "other", 401, "invalid_client"),
        ("client_secret", "other", 401, "invalid_client"),
        ("grant_type", "authorization_code", 400, "unsupported_grant_type"),
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", 400, "unsupported_grant_type"),
    ];
    for (name, value, status, error) in expected {
        assert_eq!(
            post(&double, "/ims/token/v3", &credentials(name, value)).error(),
            (status, error.to_owned()),
            "{value}"
        );
    }
    let without = [("grant_type", "client_credentials"), ("scope", SCOPE)];
    assert_eq!(post(&double, "/ims/token/v3", &without).header("x-authentication").unwrap(), "none");
}

#[test]
fn the_client_is_named_in_the_body_but_in_the_mode_basic() {
    let double = double();
    let rest = form(&[("grant_type", "client_credentials"), ("scope", SCOPE)]);
    let encoded = form(&[(CLIENT_ID, CLIENT_SECRET)]).replace('=', ":");
    for (pair, by) in [(format!("{CLIENT_ID}:{CLIENT_SECRET}"), "basic-raw"), (encoded, "basic")] {
        let authorization = format!("Basic {}", STANDARD.encode(pair));
        let headers = [("Content-Type", FORM), ("Authorization", &*authorization)];
        let refused = send(&double, "POST", "/ims/token/v3", &headers, &rest);
        assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
        assert_eq!(refused.header("x-authentication").unwrap(), by);
        assert_eq!(send(&double, "POST", "/basic/ims/token/v3", &headers, &rest).status, 200, "{by}");
    }
}

#[test]
fn parameters_stand_in_the_body_but_in_the_mode_qs() {
    let double = double();
    let query = form(&good());
    let refused = send(&double, "POST", &format!("/ims/token/v3?{query}"), &[], "");
    assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
    assert_eq!(send(&double, "POST", &format!("/qs/ims/token/v3?{query}"), &[], "").status, 200);
}

#[test]
fn other_methods_and_paths_are_refused() {
    let double = double();
    assert_eq!(send(&double, "GET", "/ims/token/v3", &[], "").error(), (405, "method_not_allowed".to_owned()));
    assert_eq!(send(&double, "PUT", "/ims/exchange/jwt", &[], "").error(), (405, "method_not_allowed".to_owned()));
    for path in ["/", "/ims/token/v1", "/ims/token", "/ims/token/v3/", "/comma/", "/other/ims/token/v3"] {
        assert_eq!(post(&double, path, &good()).error(), (404, "not_found".to_owned()), "{path}");
    }
}

#[test]
fn the_log_holds_all_requests_until_it_is_emptied() {
    let double = double();
    let headers = [
        ("Content-Type", FORM),
        ("User-Agent", "test/1"),
        ("Accept", "application/json"),
        ("Authorization", "Bearer x"),
    ];
    send(&double, "POST", "/comma/ims/token/v3", &headers, "scope=openid");
    let log = send(&double, "GET", "/_log", &[], "").json();
    let expected = json!([{
        "method": "POST", "path": "/comma/ims/token/v3", "content_type": FORM, "authorization": "Bearer x",
        "accept": "application/json", "user_agent": "test/1", "body": "scope=openid",
    }]);
    assert_eq!(log, expected);
    assert_eq!(send(&double, "POST", "/_reset", &[], "").status, 200);
    assert_eq!(send(&double, "GET", "/_log", &[], "").json(), json!([]));
}

#[test]
fn a_mode_may_refuse_white_space_or_commas() {
    let double = double();
    let status =
        |mode: &str, scope: &str| post(&double, &format!("/{mode}/ims/token/v3"), &credentials("scope", scope)).status;
    assert_eq!(
        (status("comma", "openid,AdobeID"), status("comma", "openid AdobeID"), status("comma", "openid, AdobeID")),
        (200, 400, 400)
    );
    assert_eq!((status("space", "openid AdobeID"), status("space", "openid,AdobeID")), (200, 400));
}

#[test]
fn a_mode_may_fail() {
    let double = double();
    let limited = post(&double, "/429/ims/token/v3", &good());
    assert_eq!(limited.error(), (429, "rate_limited".to_owned()));
    assert_eq!(limited.header("retry-after").unwrap(), "30");
    assert_eq!(post(&double, "/500/ims/exchange/jwt", &good()).error(), (500, "internal_error".to_owned()));
    let html = post(&double, "/html/ims/token/v3", &good());
    assert_eq!((html.status, html.header("content-type").unwrap().starts_with("text/html")), (502, true));
    assert!(html.body.starts_with("<html>"));
    assert!(double.issued().is_empty());
}

#[test]
fn a_mode_may_be_slow_or_flaky_or_leave_the_type_out() {
    let double = double();
    let start = Instant::now();
    assert_eq!(post(&double, "/slow/ims/token/v3", &good()).status, 200);
    assert!(start.elapsed() >= Duration::from_secs(3));
    let first = post(&double, "/flaky/ims/token/v3", &good()).status;
    assert_eq!((first, post(&double, "/flaky/ims/token/v3", &good()).status), (503, 200));
    assert_eq!(
        post(&double, "/notype/ims/token/v3", &good()).json(),
        json!({"access_token": "new-3", "expires_in": 86_399})
    );
}
