//! How much of a report GitHub code scanning takes, and what is left out where it is more: the least first, and never in silence.
//!
//! The numbers are those of GitHub's page about SARIF support. A file that is beyond them is refused as a whole.

use std::cmp::Reverse;

use super::super::prose::counted;
use crate::finding::Finding;
use crate::gate::{Outcome, Suppressed};

/// Results of a run.
const RESULTS: usize = 25_000;
/// Results of a run that are shown.
const RESULTS_SHOWN: usize = 5_000;
/// Locations of a result, its own one among them.
const LOCATIONS: usize = 1_000;
/// Tags of a rule that are shown.
pub(super) const TAGS: usize = 10;
/// Characters of the descriptions of a rule.
pub(super) const DESCRIPTION: usize = 1_024;
/// Characters of the name of a rule.
pub(super) const NAME: usize = 255;

/// How many related locations a result has at most.
pub(super) const RELATED: usize = LOCATIONS - 1;

/// A finding, and what silences it.
pub(super) type Result<'a> = (&'a Finding, Option<&'a Suppressed>);

/// The results that are written, in the order of the report.
pub(super) fn results(outcome: &Outcome) -> Vec<Result<'_>> {
    let reported = outcome.findings.iter().map(|finding| (finding, None));
    let silenced = outcome.suppressed.iter().map(|silenced| (&silenced.finding, Some(silenced)));
    let mut results: Vec<(usize, Result<'_>)> = reported.chain(silenced).enumerate().collect();
    if results.len() > RESULTS {
        results.sort_by_key(|(position, (finding, silenced))| {
            (silenced.is_some(), Reverse(finding.severity), Reverse(finding.confidence), *position)
        });
        results.truncate(RESULTS);
        results.sort_by_key(|(position, _)| *position);
    }
    results.into_iter().map(|(_, result)| result).collect()
}

/// What is left out, or will not be shown, a sentence each.
pub(super) fn remarks(outcome: &Outcome) -> Vec<String> {
    let total = outcome.findings.len() + outcome.suppressed.len();
    let mut remarks = Vec::new();
    if total > RESULTS {
        let left_out = counted(total - RESULTS, "result is", "results are");
        remarks.push(format!(
            "{left_out} left out of the SARIF report, those that are silenced and the least severe ones: GitHub takes \
             {RESULTS} of a run; the JSON report has all, and a scan of each folder takes them in parts"
        ));
    }
    if total > RESULTS_SHOWN {
        remarks.push(format!(
            "GitHub shows the {RESULTS_SHOWN} most severe results of a run; the SARIF report has {}",
            total.min(RESULTS)
        ));
    }
    let long = results(outcome).into_iter().filter(|(finding, _)| finding.flow.len() > RELATED).count();
    if long > 0 {
        let results = counted(long, "result has", "results have");
        remarks.push(format!(
            "{results} more than {RELATED} related locations, and GitHub takes no more of them; the JSON report has all"
        ));
    }
    remarks
}

/// A text of so many characters at most.
pub(super) fn limited(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['\u{2026}']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::gate::sample;

    #[test]
    fn the_least_severe_go_and_it_is_said() {
        let mut outcome = Outcome::default();
        let finding = sample::finding("a.js", 0, "ims-jwt-exchange");
        outcome.findings = vec![finding.clone(); RESULTS + 1];
        outcome.findings[3].severity = Severity::Note;
        outcome.findings[3].path = "least.js".to_owned();
        outcome.suppressed =
            vec![Suppressed { by: crate::gate::Silencer::Baseline, reason: None, finding: finding.clone() }];
        let kept = results(&outcome);
        assert_eq!(kept.len(), RESULTS);
        assert!(kept.iter().all(|(finding, silenced)| finding.path == "a.js" && silenced.is_none()));
        let said = remarks(&outcome);
        assert!(said[0].starts_with("2 results are left out") && said[1].contains("5000 most severe"), "{said:?}");
        outcome.findings.truncate(RESULTS_SHOWN - 1);
        assert_eq!(remarks(&outcome), Vec::<String>::new());
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(limited("\u{fc}ber", 4), "\u{fc}ber");
        assert_eq!(limited("\u{fc}\u{fc}\u{fc}", 2), "\u{fc}\u{2026}");
    }
}
