//! A stand-in for Adobe IMS on the loopback interface: the old exchange, which verifies the assertion for real, and the
//! new token endpoint, which takes client credentials as a form and nothing else. It is stricter than IMS wherever IMS is
//! lenient without promising to be.
//!
//! Not here: what programs do with a token, and how they are sent here.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use rsa::PrivateKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::Verifier;
use serde_json::{Value, json};
use sha2::Sha256;
use tiny_http::{Header, Method, Request, Response, Server};

/// The one client.
pub(crate) const CLIENT_ID: &str = "cid123";
/// Breaks on purpose wherever it is put into a form without encoding.
pub(crate) const CLIENT_SECRET: &str = "p8e-se+cr/et=&%";
/// The scopes that the client has. No metascope is among them, so that one copied from the assertion is refused.
pub(crate) const SCOPES: [&str; 9] = [
    "openid",
    "AdobeID",
    "read_organizations",
    "additional_info.projectedProductContext",
    "additional_info.roles",
    "user_management_sdk",
    "adobeio_api",
    "read_client_secret",
    "manage_client_secrets",
];

const OLD_LIFETIME_MILLISECONDS: u64 = 86_399_998;
const NEW_LIFETIME_SECONDS: u64 = 86_399;
/// Programs that miss their time-out would otherwise wait for as long as the test does.
const SLOW: Duration = Duration::from_secs(3);

/// What the console hands out; the default of the crate takes several times as long to make.
const KEY_BITS: usize = 2048;

/// Numbers for a key that lives as long as the tests do: the standard library's keyed hash of a counter.
#[derive(Default)]
struct Random {
    seed: std::hash::RandomState,
    count: u64,
}

impl TryRng for Random {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        use std::hash::BuildHasher;
        for part in bytes.chunks_mut(8) {
            self.count += 1;
            let number = self.seed.hash_one(self.count).to_le_bytes();
            part.copy_from_slice(&number[..part.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Random {}

/// One pair for the process: making one takes longer than most programs run.
static KEY: LazyLock<Result<PrivateKey, String>> =
    LazyLock::new(|| PrivateKey::new(&mut Random::default(), KEY_BITS).map_err(|error| error.to_string()));

/// A running double; it stops when dropped.
pub(crate) struct Double {
    server: Arc<Server>,
    port: u16,
    key: String,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    /// Listens on 127.0.0.1; port 0 takes a free one.
    pub(crate) fn start(port: u16) -> io::Result<Self> {
        let private = KEY.as_ref().map_err(|error| io::Error::other(error.as_str()))?;
        let key = private.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?.to_string();
        let server = Arc::new(Server::http((Ipv4Addr::LOCALHOST, port)).map_err(io::Error::other)?);
        let port = server.server_addr().to_ip().map_or(port, |address| address.port());
        let state = Arc::new(State {
            key: VerifyingKey::new(private.to_public_key()),
            issued: Mutex::default(),
            log: Mutex::default(),
            flaky: Mutex::default(),
        });
        let (listener, served) = (Arc::clone(&server), Arc::clone(&state));
        let thread = thread::spawn(move || {
            for request in listener.incoming_requests() {
                let state = Arc::clone(&served);
                // A slow answer must not hold up the others.
                thread::spawn(move || state.serve(request));
            }
        });
        Ok(Self { server, port, key, state, thread: Some(thread) })
    }

    /// The URL that stands for `https://ims-na1.adobelogin.com`; a mode is a path behind it.
    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The tokens that were issued, in order.
    pub(crate) fn issued(&self) -> Vec<String> {
        self.state.issued.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests have come in.
    pub(crate) fn requests(&self) -> usize {
        self.state.log.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The private key of the client, as the console hands it out: PKCS#8 in PEM.
    pub(crate) fn private_key(&self) -> &str {
        &self.key
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked has failed its test already.
            let _ = thread.join();
        }
    }
}

/// How requests under a path prefix are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    Comma,
    Space,
    Basic,
    Query,
    RateLimited,
    Failing,
    Html,
    Slow,
    NoType,
    Flaky,
}

impl Mode {
    /// The mode that a path asks for, and the path behind it.
    fn split(path: &str) -> (Self, &str) {
        let Some((first, _)) = path.trim_start_matches('/').split_once('/') else { return (Self::Plain, path) };
        let mode = match first {
            "comma" => Self::Comma,
            "space" => Self::Space,
            "basic" => Self::Basic,
            "qs" => Self::Query,
            "429" => Self::RateLimited,
            "500" => Self::Failing,
            "html" => Self::Html,
            "slow" => Self::Slow,
            "notype" => Self::NoType,
            "flaky" => Self::Flaky,
            _ => return (Self::Plain, path),
        };
        (mode, &path[1 + first.len()..])
    }
}

/// How the client said who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Authentication {
    None,
    Post,
    Basic,
    BasicRaw,
}

impl Authentication {
    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Post => "post",
            Self::Basic => "basic",
            Self::BasicRaw => "basic-raw",
        }
    }
}

struct Answer {
    status: u16,
    body: String,
    html: bool,
    retry_after: bool,
    authentication: Authentication,
}

impl Answer {
    fn json(status: u16, body: &Value, authentication: Authentication) -> Self {
        Self { status, body: body.to_string(), html: false, retry_after: false, authentication }
    }

    fn error(status: u16, error: &str, description: &str, authentication: Authentication) -> Self {
        Self::json(status, &json!({"error": error, "error_description": description}), authentication)
    }
}

/// What is read of a request before it is judged.
struct Received {
    post: bool,
    path: String,
    form: HashMap<String, String>,
    query: HashMap<String, String>,
    authorization: Option<String>,
}

struct State {
    key: VerifyingKey<Sha256>,
    /// Every token, so that the next one's number is known.
    issued: Mutex<Vec<String>>,
    log: Mutex<Vec<Value>>,
    /// The prefixes whose first call has failed already.
    flaky: Mutex<BTreeSet<String>>,
}

impl State {
    fn serve(&self, mut request: Request) {
        let mut body = Vec::new();
        if io::Read::read_to_end(request.as_reader(), &mut body).is_err() {
            return; // the caller has hung up
        }
        let url = request.url().to_owned();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let answer = match (request.method(), path) {
            (Method::Get, "/_log") => {
                let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
                Answer::json(200, &Value::Array(log.clone()), Authentication::None)
            }
            (Method::Post, "/_reset") => {
                self.log.lock().unwrap_or_else(PoisonError::into_inner).clear();
                self.flaky.lock().unwrap_or_else(PoisonError::into_inner).clear();
                Answer::json(200, &json!({}), Authentication::None)
            }
            (method, _) => {
                let content_type = header(&request, "content-type");
                let received = Received {
                    post: *method == Method::Post,
                    path: path.to_owned(),
                    form: form(content_type.as_deref().unwrap_or_default(), &body),
                    query: urlencoded(query),
                    authorization: header(&request, "authorization"),
                };
                self.log.lock().unwrap_or_else(PoisonError::into_inner).push(json!({
                    "method": method.to_string(),
                    "path": url,
                    "content_type": content_type,
                    "authorization": received.authorization,
                    "accept": header(&request, "accept"),
                    "user_agent": header(&request, "user-agent"),
                    "body": String::from_utf8_lossy(&body),
                }));
                self.answer(&received)
            }
        };
        let content_type = if answer.html { "text/html; charset=utf-8" } else { "application/json;charset=UTF-8" };
        let mut response = Response::from_string(answer.body).with_status_code(answer.status);
        let mut headers = vec![("content-type", content_type), ("x-authentication", answer.authentication.name())];
        if answer.retry_after {
            headers.push(("retry-after", "30"));
        }
        for (name, value) in headers {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // A caller that has hung up sees no answer, and wants none.
        let _ = request.respond(response);
    }

    fn answer(&self, received: &Received) -> Answer {
        let none = Authentication::None;
        let (mode, path) = Mode::split(&received.path);
        let new = match path {
            "/ims/token/v3" | "/ims/token/v2" | "/ims/token/v2/" => true,
            "/ims/exchange/jwt" | "/ims/exchange/jwt/" | "/ims/exchange/v1/jwt" => false,
            _ => return Answer::error(404, "not_found", "no such endpoint", none),
        };
        if !received.post {
            return Answer::error(405, "method_not_allowed", "only POST is supported", none);
        }
        match mode {
            Mode::RateLimited => {
                let answer = Answer::json(429, &json!({"error": "rate_limited"}), none);
                return Answer { retry_after: true, ..answer };
            }
            Mode::Failing => return Answer::error(500, "internal_error", "something went wrong", none),
            Mode::Html => {
                let body = "<html><body><h1>502 Bad Gateway</h1></body></html>".to_owned();
                return Answer { status: 502, body, html: true, retry_after: false, authentication: none };
            }
            Mode::Flaky => {
                let mut seen = self.flaky.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.insert(received.path.clone()) {
                    return Answer::error(503, "service_unavailable", "try again", none);
                }
            }
            Mode::Slow => thread::sleep(SLOW),
            Mode::Plain | Mode::Comma | Mode::Space | Mode::Basic | Mode::Query | Mode::NoType => {}
        }
        let mut parameters = received.form.clone();
        if mode == Mode::Query {
            parameters.extend(received.query.clone());
        }
        if new { self.token(mode, &parameters, received) } else { self.exchange(mode, &parameters) }
    }

    /// The retired grant: a signed assertion for a token.
    fn exchange(&self, mode: Mode, parameters: &HashMap<String, String>) -> Answer {
        let get = |name: &str| parameters.get(name).map(String::as_str);
        let by = if parameters.contains_key("client_secret") { Authentication::Post } else { Authentication::None };
        if get("client_id") != Some(CLIENT_ID) {
            return Answer::error(400, "invalid_client", "invalid client_id parameter", by);
        }
        if get("client_secret") != Some(CLIENT_SECRET) {
            return Answer::error(400, "invalid_client", "invalid client_secret parameter", by);
        }
        if let Err(reason) = self.verify(get("jwt_token").unwrap_or_default()) {
            return Answer::error(400, "invalid_token", reason, by);
        }
        self.issue("old", OLD_LIFETIME_MILLISECONDS, mode, by)
    }

    /// The client-credentials grant.
    fn token(&self, mode: Mode, parameters: &HashMap<String, String>, received: &Received) -> Answer {
        let get = |name: &str| parameters.get(name).map(String::as_str);
        let basic = received.authorization.as_deref().and_then(basic);
        let (by, known) = match basic {
            Some((id, secret)) => {
                let raw = secret == CLIENT_SECRET;
                let decoded = |text: &str| decode(text);
                let known =
                    (raw && id == CLIENT_ID) || (decoded(&id) == CLIENT_ID && decoded(&secret) == CLIENT_SECRET);
                let by = if raw { Authentication::BasicRaw } else { Authentication::Basic };
                (by, known && mode == Mode::Basic)
            }
            None if parameters.contains_key("client_secret") => {
                let known = get("client_id") == Some(CLIENT_ID) && get("client_secret") == Some(CLIENT_SECRET);
                (Authentication::Post, known)
            }
            None => (Authentication::None, false),
        };
        if !known {
            return Answer::error(401, "invalid_client", "invalid client_id or client_secret", by);
        }
        if get("grant_type") != Some("client_credentials") {
            return Answer::error(400, "unsupported_grant_type", "unsupported grant_type parameter", by);
        }
        let scope = get("scope").unwrap_or_default();
        let refused = match mode {
            Mode::Comma => scope.contains(char::is_whitespace),
            Mode::Space => scope.contains(','),
            _ => false,
        };
        let mut scopes =
            scope.split(|c: char| c == ',' || c.is_whitespace()).filter(|scope| !scope.is_empty()).peekable();
        if refused || scopes.peek().is_none() || scopes.any(|scope| !SCOPES.contains(&scope)) {
            return Answer::error(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed", by);
        }
        self.issue("new", NEW_LIFETIME_SECONDS, mode, by)
    }

    fn issue(&self, kind: &str, lifetime: u64, mode: Mode, by: Authentication) -> Answer {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("{kind}-{}", issued.len() + 1);
        issued.push(token.clone());
        let mut body = json!({"access_token": token, "expires_in": lifetime});
        if mode != Mode::NoType {
            body["token_type"] = "bearer".into();
        }
        Answer::json(200, &body, by)
    }

    /// Whether the assertion is signed by the client's key and claims what IMS asks for.
    fn verify(&self, assertion: &str) -> Result<(), &'static str> {
        let mut parts = assertion.rsplitn(2, '.');
        let (signature, signed) = (parts.next().unwrap_or_default(), parts.next().ok_or("no JSON Web Token")?);
        let (head, claims) = signed.split_once('.').ok_or("no JSON Web Token")?;
        let part = |text: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok().filter(Value::is_object)
        };
        let head = part(head).ok_or("the header is malformed")?;
        let claims = part(claims).ok_or("the claims are malformed")?;
        if head["alg"] != "RS256" {
            return Err("the algorithm is not RS256");
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the signature is malformed")?;
        let signature = Signature::try_from(signature.as_slice()).map_err(|_| "the signature is malformed")?;
        self.key.verify(signed.as_bytes(), &signature).map_err(|_| "the signature does not match")?;
        let ends = |claim: &str, end: &str| claims[claim].as_str().is_some_and(|text| text.ends_with(end));
        if !ends("iss", "@AdobeOrg") {
            return Err("iss is no organization");
        }
        if !ends("sub", "@techacct.adobe.com") {
            return Err("sub is no technical account");
        }
        if !ends("aud", &format!("/c/{CLIENT_ID}")) {
            return Err("aud is not the client");
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
        if claims["exp"].as_f64().is_none_or(|expiry| expiry <= now) {
            return Err("the assertion has expired");
        }
        Ok(())
    }
}

fn header(request: &Request, name: &'static str) -> Option<String> {
    request.headers().iter().find(|header| header.field.equiv(name)).map(|header| header.value.to_string())
}

/// The user and the password of an `Authorization: Basic` header, as sent.
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The parameters of a body; one that is no form has none.
fn form(content_type: &str, body: &[u8]) -> HashMap<String, String> {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let boundary = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("boundary"))
        .map(|(_, boundary)| boundary.trim_matches('"'));
    let text = String::from_utf8_lossy(body);
    match (kind.as_str(), boundary) {
        ("application/x-www-form-urlencoded", _) => urlencoded(&text),
        ("multipart/form-data", Some(boundary)) => multipart(&text, boundary),
        _ => HashMap::new(),
    }
}

/// A name that stands twice, as some libraries send a list, keeps its last value.
fn urlencoded(text: &str) -> HashMap<String, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn multipart(text: &str, boundary: &str) -> HashMap<String, String> {
    let field = |part: &str| {
        let (head, value) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = disposition.split(';').map(str::trim).find_map(|part| part.strip_prefix("name="))?.trim_matches('"');
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    text.split(&format!("--{boundary}")).filter_map(field).collect()
}
