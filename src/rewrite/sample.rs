//! A planner for tests, and sources for it: what stands between two marks is the old flow, and the first mark says what the
//! rewrite comes to.

use std::path::Path;
use std::sync::Arc;

use crate::finding::{Applicability, Edit, Finding, LedgerEntry};
use crate::rules::Catalog;
use crate::scan::{self, Known, Planner, Planners, Progress, Scanned};

/// Between the marks `# old: WORDS` and `# end`. The words: `good`, `review`, `manual`, `broken` (no valid code comes out),
/// `stays` (the old flow does), `later` (only when nothing named `first.py` in the same folder holds the old flow any more),
/// `secret` (the new code holds one), `shares` (the new code stands in a file that is not there yet), and a number that joins
/// change sets.
pub(crate) struct Marked;

impl Planner for Marked {
    fn whole(&self, known: &Known<'_>, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|finding| finding.rule == "ims-jwt-exchange") {
            let Some((file, _)) = known.sources.get(&finding.path) else { continue };
            let (text, at) = (file.text(), file.range_of(&finding.span));
            let Some(start) = text[..at.start].rfind("# old: ") else { continue };
            let end = at.end + text[at.end..].find("# end").unwrap();
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let words: Vec<&str> = text[start..].lines().next().unwrap().split_whitespace().collect();
            let says = |word: &str| words.contains(&word);
            let first = Path::new(&finding.path).with_file_name("first.py");
            let waits = says("later")
                && known.settings.contents.read_to_string(&first).is_ok_and(|text| text.contains("exchange/jwt"));
            finding.fix.applicability = match () {
                () if says("manual") || waits => Applicability::Manual,
                () if says("review") => Applicability::Review,
                () => Applicability::Safe,
            };
            let replacement = match () {
                () if says("broken") => format!("def (:{newline}    "),
                () if says("stays") => format!("{}# still here{newline}    ", &text[start..end]),
                () if says("secret") => {
                    format!("answer = credentials(client_secret=\"s3cr3t-v4lue-0815\"){newline}    ")
                }
                () => format!("answer = credentials(secret){newline}    "),
            };
            if let Some(number) = words.iter().find_map(|word| word.parse().ok()) {
                finding.change_set = number;
            }
            if finding.fix.applicability == Applicability::Manual {
                continue;
            }
            finding.fix.target = Some("authlib".to_owned());
            finding.fix.reason = "The scopes are known.".to_owned();
            finding.details.ledger = vec![LedgerEntry::Replaced {
                old: "a signed assertion".to_owned(),
                new: "client credentials".to_owned(),
                path: finding.path.clone(),
                span: finding.span,
            }];
            let byte = |offset: usize| file.position(offset).byte;
            finding.fix.edits =
                vec![Edit { path: finding.path.clone(), start_byte: byte(start), end_byte: byte(end), replacement }];
            let shared = Path::new(&finding.path).with_file_name("credentials.py");
            if says("shares") && !known.settings.contents.has(&shared) {
                let path = shared.to_string_lossy().into_owned();
                let replacement = "def credentials(secret):\n    return secret\n".to_owned();
                finding.fix.edits.push(Edit { path, start_byte: 0, end_byte: 0, replacement });
            }
        }
    }
}

/// A module with the old flow between marks.
pub(crate) fn module(words: &str) -> String {
    format!(
        "import jwt\nimport requests\n\n\ndef token(claims, key, secret):\n    # old: {words}\n    assertion = \
         jwt.encode(claims, key, algorithm=\"RS256\")\n    answer = \
         requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data={{\"client_id\": \"a\", \
         \"client_secret\": secret, \"jwt_token\": assertion}})\n    # end\n    return answer.json()[\"access_token\"]\n"
    )
}

/// The settings of a scan of a folder.
pub(crate) fn settings(folder: &Path) -> scan::Settings {
    let planner: Arc<dyn Planner> = Arc::new(Marked);
    let planners: Planners = [planner].into_iter().collect();
    scan::Settings { paths: vec![folder.to_owned()], planners, ..scan::Settings::default() }
}

/// What is found with these settings.
pub(crate) fn scanned(settings: &scan::Settings, catalog: &Catalog) -> Scanned {
    scan::scan(settings, catalog, &Progress::default()).unwrap()
}
