//! An outcome with findings of every rule, in several repositories and with names that mean harm.

use crate::finding::{
    Applicability, Confidence, Context, Details, Evidence, Finding, Incomplete, Language, OldKey, Position, Role,
    Severity, Skipped, Span,
};
use crate::gate::{Found, Outcome, Policy, Silencer, Suppressed, exit_code, sample};
use crate::report::{Base, Circumstances, Format, Repositories, Repository, RuleInfo, Style, render};
use crate::rules::Catalog;

/// A file name that would be a script, a cell of a table and a mention.
pub(in crate::report) const HOSTILE: &str = "shop/web/<script>alert(1)</script> | `x` \"'@all&.js";

const EXCHANGE: &str = "axios exchanges a signed JWT for an access token at Adobe IMS, which has been switched off";

fn span(line: usize) -> Span {
    let start = Position { line, column: 3, byte: line * 40 };
    Span { start, end: Position { column: 9, byte: start.byte + 6, ..start } }
}

fn finding(path: &str, line: usize, rule: &str, language: Language, message: &str) -> Finding {
    let mut finding = sample::finding(path, 0, rule);
    (finding.span, finding.language, finding.message) = (span(line), language, message.to_owned());
    finding.severity = match rule {
        "ims-jwt-exchange" | "ims-jwt-sdk" | "ims-private-key" => Severity::Error,
        "ims-jwt-dependency" | "jwt-bearer-grant" | "suppression-unused" => Severity::Note,
        _ => Severity::Warning,
    };
    finding.fix.reason = "the credential is read from a place that this run has not seen; switch it by hand".to_owned();
    finding
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn all(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Code of the shop: one exchange that can be rewritten, one in a test, one in a file with a harmful name.
fn shop() -> Vec<Finding> {
    let mut exchange = finding("shop/api/src/auth.js", 42, "ims-jwt-exchange", Language::JavaScript, EXCHANGE);
    exchange.details = Details {
        http_client: some("axios"),
        jwt_library: some("jsonwebtoken"),
        endpoint: some("https://{host}/ims/exchange/jwt"),
        metascopes: all(&["ent_user_sdk"]),
        products: all(&["User Management API"]),
        suggested_scopes: all(&["openid", "AdobeID", "user_management_sdk"]),
        scopes_grade: some("A"),
        client_id: some("1f2e…9a0b"),
        callers: Some(3),
        ..Details::default()
    };
    exchange.flow = vec![
        Evidence {
            role: Role::PrivateKey,
            path: exchange.path.clone(),
            span: span(12),
            note: "the key is read".to_owned(),
        },
        Evidence { role: Role::Endpoint, path: "shop/api/config.js".to_owned(), span: span(3), note: String::new() },
    ];
    (exchange.fix.applicability, exchange.fix.target) = (Applicability::Safe, some("openid-client"));
    let mut config = finding(
        "shop/api/config/adobe.json",
        1,
        "ims-jwt-config",
        Language::Json,
        "this file carries the old credential",
    );
    config.details = Details {
        credential: some("the download of the Developer Console"),
        client_id: some("1f2e…9a0b"),
        keys: vec![
            OldKey { key: "API_KEY".to_owned(), span: span(2), replacement: "`CLIENT_ID`".to_owned() },
            OldKey { key: "TECHNICAL|ACCOUNT".to_owned(), span: span(4), replacement: "removed".to_owned() },
        ],
        read_by: all(&["shop/api/src/auth.js"]),
        ..Details::default()
    };
    (config.fix.applicability, config.fix.target) = (Applicability::Review, some("config"));
    let key = finding(
        "shop/api/config/private.key",
        1,
        "ims-private-key",
        Language::Pem,
        "the private key of the old credential lies in the repository",
    );
    let mut dependency = finding(
        "shop/api/package.json",
        18,
        "ims-jwt-dependency",
        Language::Json,
        "@adobe/jwt-auth has no form without the old credential",
    );
    dependency.details = Details {
        package: some("@adobe/jwt-auth"),
        version: some("^2.0.0"),
        replacement: some("@adobe/auth-token"),
        since_version: some("1.0.0"),
        ..Details::default()
    };
    let mut command = finding(
        "shop/api/.github/workflows/deploy.yml",
        31,
        "ims-jwt-command",
        Language::Yaml,
        "this step obtains a token with the old credential",
    );
    command.details.client_id_source = some("ADOBE_CLIENT_ID");
    let mut hostile =
        finding(HOSTILE, 7, "ims-jwt-sdk", Language::TypeScript, "<b>auth</b> | of `@adobe/jwt-auth` & co #1");
    hostile.details.client_id_source = some("<img src=x onerror=alert(1)>");
    hostile.details.sdk = some("a\u{1b}[31mb\u{202e}c");
    let mut test = finding("shop/web/test/auth.test.js", 9, "ims-jwt-exchange", Language::JavaScript, EXCHANGE);
    (test.severity, test.context, test.confidence) = (Severity::Note, Context::Test, Confidence::Likely);
    let unit = finding(
        "shop/web/src/cache.js",
        77,
        "ims-expires-in-unit",
        Language::JavaScript,
        "`expires_in` is read as milliseconds; it will be seconds",
    );
    vec![exchange, config, key, dependency, command, hostile, test, unit]
}

/// Code of the reports: two products, AEM, another provider, a suppression.
fn reports() -> Vec<Finding> {
    let mut notebook = finding("reports/load.ipynb", 120, "ims-jwt-exchange", Language::Notebook, EXCHANGE);
    notebook.details = Details {
        http_client: some("requests"),
        products: all(&["Analytics", "Privacy Service"]),
        metascopes: all(&["ent_analytics_bulk_ingest_sdk", "ent_gdpr_sdk"]),
        client_id: some("1f2e…9a0b"),
        cell: Some(4),
        cell_line: Some(11),
        ..Details::default()
    };
    let assertion = finding(
        "reports/src/Claims.java",
        64,
        "ims-jwt-assertion",
        Language::Java,
        "jjwt signs a JWT assertion for Adobe IMS; no exchange that uses it was found",
    );
    let mut aem = finding(
        "reports/src/aem.py",
        15,
        "aem-service-credentials",
        Language::Python,
        "AEM service credentials are exchanged for a token",
    );
    aem.details.products = all(&["AEM as a Cloud Service"]);
    aem.details.client_id = some("cm-p…tion");
    let other =
        finding("reports/src/box.py", 22, "jwt-bearer-grant", Language::Python, "a signed JWT is exchanged with Box");
    let expired = finding(
        "reports/src/old.py",
        3,
        "suppression-expired",
        Language::Python,
        "this suppression expired on 2026-06-30",
    );
    vec![notebook, assertion, aem, other, expired]
}

/// Findings of every rule, and something in every other list.
pub(in crate::report) fn outcome() -> Outcome {
    let mut doubtful = finding("reports/src/maybe.py", 1, "ims-jwt-exchange", Language::Python, EXCHANGE);
    doubtful.confidence = Confidence::Possible;
    let skipped = [
        ("shop/api/node_modules", "vendored"),
        ("shop/web/dist", "generated"),
        ("reports/legacy/token.php", "language_not_covered"),
    ];
    let found = Found {
        findings: shop().into_iter().chain(reports()).chain([doubtful]).collect(),
        skipped: skipped.map(|(path, reason)| Skipped { path: path.to_owned(), reason: reason.to_owned() }).into(),
        errors: vec![Incomplete {
            path: "reports/src/broken.py".to_owned(),
            reason: "syntax_error".to_owned(),
            message: "line 3, column 5: this is no valid python".to_owned(),
        }],
        files_seen: 214,
        files_candidate: 14,
        ..Found::default()
    };
    let mut outcome = Outcome::new(found, &Policy::default());
    let silenced = finding("shop/web/src/legacy.js", 5, "ims-jwt-exchange", Language::JavaScript, EXCHANGE);
    outcome.suppressed.push(Suppressed { by: Silencer::Baseline, reason: None, finding: silenced });
    outcome.summary.suppressed = 1;
    outcome
}

/// Very many findings: `count` of them in repositories of 50.
pub(in crate::report) fn many(count: usize) -> Outcome {
    let findings = (0..count).map(|number| {
        let path = format!("repository-{:03}/src/module-{number:04}/auth.js", number / 50);
        let mut finding = finding(&path, number + 1, "ims-jwt-exchange", Language::JavaScript, EXCHANGE);
        finding.details.products = all(&[["Analytics", "Target", "Stock"][number % 3]]);
        finding.details.client_id = Some(format!("{:04}…abcd", number % 40));
        finding.fix.reason = format!("reason {}", number % 7);
        finding
    });
    let found = Found { findings: findings.collect(), files_seen: count * 10, ..Found::default() };
    Outcome::new(found, &Policy::default())
}

/// Every folder at the top is a repository, and so are those of the shop.
fn repositories(outcome: &Outcome) -> Repositories {
    Repositories::new(outcome.findings.iter().map(|finding| finding.path.as_str()), |folder| {
        let depth = if folder.starts_with("shop/") { 2 } else { 1 };
        let path = folder.split('/').take(depth).collect::<Vec<_>>().join("/");
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        Repository { is_git: name != "reports", path, name }
    })
}

/// A report with the guidance that ships.
pub(in crate::report) fn rendered(format: Format, outcome: &Outcome) -> String {
    let catalog = Catalog::load(&[]).unwrap();
    let rules: Vec<RuleInfo> = outcome
        .summary
        .by_rule
        .keys()
        .map(|id| RuleInfo {
            id: id.clone(),
            title: "What the rule finds".to_owned(),
            severity: Severity::Error,
            platforms: Vec::new(),
            help: "Ask for the token with `client_credentials`.".to_owned(),
            explain: String::new(),
            url: Some(format!("https://example.com/{id}.md")),
            security_severity: None,
            tags: Vec::new(),
        })
        .collect();
    with_audit(outcome, &rules, catalog.guidance(), |circumstances| {
        let mut out = Vec::new();
        render(format, outcome, circumstances, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    })
}

/// Calls a function with the circumstances of an outcome.
pub(in crate::report) fn with_audit<T>(
    outcome: &Outcome,
    rules: &[RuleInfo],
    guidance: &crate::rules::guidance::Guidance,
    call: impl FnOnce(&Circumstances<'_>) -> T,
) -> T {
    let repositories = repositories(outcome);
    let policy = Policy::default();
    call(&Circumstances {
        rules,
        style: Style::default(),
        base: &Base::default(),
        policy: &policy,
        category: "",
        repositories: &repositories,
        guidance,
        change_sets: &[],
        exit_code: exit_code(outcome, &policy),
    })
}

/// The same without rules and guidance, by a policy.
pub(in crate::report) fn with_audit_of<T>(
    outcome: &Outcome,
    policy: &Policy,
    call: impl FnOnce(&Circumstances<'_>) -> T,
) -> T {
    let guidance = crate::rules::guidance::Guidance::default();
    with_audit(outcome, &[], &guidance, |circumstances| {
        call(&Circumstances { policy, exit_code: exit_code(outcome, policy), ..circumstances.clone() })
    })
}
