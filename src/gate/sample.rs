//! Findings for tests of this room and those after it.

use std::sync::Arc;

use super::{Found, Outcome, Policy};
use crate::finding::{
    Applicability, ByteRange, Confidence, Context, Details, Evidence, Finding, Fix, Incomplete, Language, Position,
    Role, Severity, Skipped, Span,
};
use crate::source::SourceFile;

/// A finding of no length in the first line of a file.
pub(crate) fn finding(path: &str, byte: usize, rule: &str) -> Finding {
    let place = Position { line: 1, column: byte + 1, byte };
    Finding {
        rule: rule.to_owned(),
        severity: Severity::Error,
        confidence: Confidence::Certain,
        context: Context::Source,
        language: Language::JavaScript,
        path: path.to_owned(),
        span: Span { start: place, end: place },
        message: "axios exchanges a signed JWT".to_owned(),
        flow: Vec::new(),
        details: Details::default(),
        fix: Fix {
            applicability: Applicability::Manual,
            target: None,
            reason: "this version does not rewrite".to_owned(),
            edits: Vec::new(),
        },
        change_set: 1,
        fingerprint: "0".repeat(64),
    }
}

/// A file with a secret, an umlaut before the call, and a name that a URI has to encode.
pub(crate) const TEXT: &str = "\
const jwt = require('jsonwebtoken');
const secret = 'p8e-s3cr3t-v4lu3';
/* \u{fc}ber */ const token = jwt.sign(claims, key);
const answer = axios.post(url, { client_secret: 'p8e-s3cr3t-v4lu3', jwt_token: token });
";
const PATH: &str = "src/\u{fc}ber a#1.js";

/// An outcome with something in every list.
pub(crate) fn outcome() -> Outcome {
    let file = SourceFile::decode(PATH, TEXT.as_bytes(), Language::JavaScript).unwrap();
    let range = |needle: &str| {
        let start = TEXT.find(needle).unwrap();
        ByteRange::new(start, start + needle.len())
    };
    let mut found = finding(PATH, 0, "ims-jwt-exchange");
    found.span = file.span(range("axios.post(url, { client_secret: 'p8e-s3cr3t-v4lu3', jwt_token: token })"));
    found.flow = vec![
        Evidence {
            role: Role::Sign,
            path: PATH.to_owned(),
            span: file.span(range("jwt.sign(claims, key)")),
            note: "jsonwebtoken signs the assertion".to_owned(),
        },
        Evidence {
            role: Role::Endpoint,
            path: "config.js".to_owned(),
            span: Span {
                start: Position { line: 3, column: 7, byte: 40 },
                end: Position { line: 3, column: 19, byte: 52 },
            },
            note: "the endpoint".to_owned(),
        },
    ];
    found.details = Details {
        http_client: Some("axios".to_owned()),
        jwt_library: Some("jsonwebtoken".to_owned()),
        endpoint: Some("https://{host}/ims/exchange/jwt".to_owned()),
        metascopes: vec!["ent_user_sdk".to_owned()],
        products: vec!["User Management API".to_owned()],
        suggested_scopes: vec!["openid".to_owned(), "AdobeID".to_owned(), "user_management_sdk".to_owned()],
        ..Default::default()
    };
    let mut test = finding("test/a.js", 3, "ims-jwt-assertion");
    (test.severity, test.context, test.confidence) = (Severity::Note, Context::Test, Confidence::Likely);
    let mut doubtful = finding("src/b.js", 3, "ims-jwt-assertion");
    doubtful.confidence = Confidence::Possible;
    let found = Found {
        findings: vec![test, doubtful, found],
        skipped: vec![
            Skipped { path: "node_modules".to_owned(), reason: "vendored".to_owned() },
            Skipped { path: "dist".to_owned(), reason: "generated".to_owned() },
        ],
        errors: vec![Incomplete {
            path: "src/broken.py".to_owned(),
            reason: "syntax_error".to_owned(),
            message: "line 3, column 5: this is no valid python".to_owned(),
        }],
        files_seen: 12,
        files_candidate: 4,
        files_linked: 0,
        sources: [(PATH.to_owned(), (Arc::new(file), Vec::new()))].into(),
        ..Found::default()
    };
    Outcome::new(found, &Policy::default())
}
