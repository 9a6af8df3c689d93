//! SARIF 2.1.0, as code scanning services read it.
//!
//! No snippet is written: the services take it from the repository, and what is not there cannot leak. Nor is it said which
//! repository and revision this is: the upload says so, and the address of a remote may hold a password.

mod limits;
mod line_hash;
mod model;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde_json::json;

use super::{Circumstances, HOME, RuleInfo, TOOL};
use crate::finding::{Confidence, Edit, Evidence, Finding, Incomplete, Severity, Skipped, Span};
use crate::gate::{Outcome, Policy, Silencer, Suppressed, exit};
use crate::source::SourceFile;
use model::{
    ArtifactChange, ArtifactContent, ArtifactLocation, AutomationDetails, Configuration, Descriptor,
    DescriptorReference, Driver, Fix, Invocation, Level, Location, Log, Message, MultiformatMessage, Notification,
    PhysicalLocation, Region, Replacement, ReportingConfiguration, Run, SarifResult, Suppression,
};

/// The key of our fingerprint.
const FINGERPRINT: &str = "grantshift/v1";
/// The key of the one that GitHub compares.
const LINE_HASH: &str = "primaryLocationLineHash";
const ROOT: &str = "%SRCROOT%";

/// One log with one run, on one line: GitHub takes ten megabytes, and without the layout a third more results fit in.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { outcome, circumstances };
    serde_json::to_writer(&mut *out, &writer.log())?;
    writeln!(out)
}

/// What of an outcome the report leaves out for the sake of GitHub's limits, or what GitHub will not show, a sentence each.
pub fn remarks(outcome: &Outcome) -> Vec<String> {
    limits::remarks(outcome)
}

struct Writer<'a> {
    outcome: &'a Outcome,
    circumstances: &'a Circumstances<'a>,
}

/// What tells equal results apart.
#[derive(Default)]
struct Fingerprints<'a> {
    /// The hashes of the lines of each file.
    lines: HashMap<&'a str, Option<Vec<String>>>,
    /// How often a fingerprint was given in a file.
    given: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Writer<'a> {
    fn log(&self) -> Log<'a> {
        let mut fingerprints = Fingerprints::default();
        let results = limits::results(self.outcome);
        let results = results.into_iter().map(|(finding, silenced)| {
            let partial = fingerprints.of(finding, self.outcome);
            self.result(finding, silenced, partial)
        });
        let base = if self.circumstances.base.is_repository() {
            "The root of the git repository"
        } else {
            "The directory that grantshift ran in"
        };
        let category = category(self.circumstances.category);
        let precision = precision(self.circumstances.policy);
        Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: model::Tool {
                    driver: Driver {
                        name: TOOL.name,
                        version: TOOL.version,
                        semantic_version: TOOL.version,
                        information_uri: HOME,
                        rules: self.circumstances.rules.iter().map(|rule| descriptor(rule, precision)).collect(),
                    },
                },
                automation_details: AutomationDetails { id: category },
                column_kind: "unicodeCodePoints",
                original_uri_base_ids: BTreeMap::from([(
                    ROOT,
                    model::UriBase { description: Message { text: base.to_owned() } },
                )]),
                invocations: [self.invocation()],
                results: results.collect(),
            }],
        }
    }

    fn invocation(&self) -> Invocation {
        let code = self.circumstances.exit_code;
        let errors = self.outcome.errors.iter().map(|error| self.failure(error));
        let skipped = self.outcome.skipped.iter().map(|skipped| self.omission(skipped));
        let limits = remarks(self.outcome).into_iter().map(|text| Notification {
            descriptor: DescriptorReference { id: "limit".to_owned() },
            level: Level::Warning,
            message: Message { text },
            locations: Vec::new(),
        });
        Invocation {
            execution_successful: self.outcome.errors.is_empty(),
            exit_code: code,
            exit_code_description: match code {
                exit::CLEAN => "nothing at or above the gate",
                exit::FINDINGS => "findings at or above the gate",
                exit::INCOMPLETE => "something that could have mattered was not read whole",
                exit::EMPTY => "no file of a kind that any rule reads was seen",
                _ => "usage or configuration error",
            },
            tool_execution_notifications: limits.chain(errors).chain(skipped).collect(),
        }
    }

    fn failure(&self, error: &Incomplete) -> Notification {
        Notification {
            descriptor: DescriptorReference { id: error.reason.clone() },
            level: Level::Error,
            message: Message { text: format!("{}: {}", self.relative(&error.path), error.message) },
            locations: vec![Location::of_file(self.artifact(&error.path))],
        }
    }

    fn omission(&self, skipped: &Skipped) -> Notification {
        Notification {
            descriptor: DescriptorReference { id: skipped.reason.clone() },
            level: Level::Note,
            message: Message { text: format!("{} was left out: {}", self.relative(&skipped.path), skipped.reason) },
            locations: vec![Location::of_file(self.artifact(&skipped.path))],
        }
    }

    fn result(
        &self,
        finding: &'a Finding,
        silenced: Option<&Suppressed>,
        partial_fingerprints: BTreeMap<&'static str, String>,
    ) -> SarifResult<'a> {
        SarifResult {
            rule_id: &finding.rule,
            rule_index: self.circumstances.rules.iter().position(|rule| rule.id == finding.rule),
            level: level(finding.severity),
            message: Message { text: finding.message.clone() },
            locations: [self.location(None, None, &finding.path, &finding.span)],
            related_locations: (1..=limits::RELATED)
                .zip(&finding.flow)
                .map(|(id, part)| self.location(Some(id), Some(words(part)), &part.path, &part.span))
                .collect(),
            partial_fingerprints,
            suppressions: silenced.map(suppression).into_iter().collect(),
            fixes: self.fixes(finding),
            properties: json!({
                "confidence": finding.confidence,
                "context": finding.context,
                "language": finding.language.name(),
                "details": finding.details,
                "changeSet": finding.change_set,
                "applicability": finding.fix.applicability,
                "target": finding.fix.target,
                "reason": finding.fix.reason,
            }),
        }
    }

    fn location(&self, id: Option<usize>, message: Option<String>, path: &str, span: &Span) -> Location {
        Location {
            id,
            message: message.map(|text| Message { text }),
            physical_location: PhysicalLocation {
                artifact_location: self.artifact(path),
                region: Some(Region::of_span(span)),
            },
        }
    }

    fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        if finding.fix.edits.is_empty() {
            return Vec::new();
        }
        let mut changes: BTreeMap<&str, Vec<Replacement>> = BTreeMap::new();
        for edit in &finding.fix.edits {
            changes.entry(&edit.path).or_default().push(Replacement {
                deleted_region: self.deleted(edit),
                inserted_content: ArtifactContent { text: edit.replacement.clone() },
            });
        }
        let artifact_changes = changes
            .into_iter()
            .map(|(path, replacements)| ArtifactChange { artifact_location: self.artifact(path), replacements })
            .collect();
        vec![Fix { description: Message { text: finding.fix.reason.clone() }, artifact_changes }]
    }

    /// The place of an edit, with lines and columns where the file is at hand: without them it would be a region of a
    /// binary file.
    fn deleted(&self, edit: &Edit) -> Region {
        match self.outcome.sources.get(&edit.path) {
            Some((file, _)) => {
                let place = |byte| file.position(text_offset(file, byte));
                Region::of_span(&Span { start: place(edit.start_byte), end: place(edit.end_byte) })
            }
            None => Region::of_bytes(edit.start_byte, edit.end_byte),
        }
    }

    fn artifact(&self, path: &str) -> ArtifactLocation {
        ArtifactLocation { uri: self.circumstances.base.uri(path), uri_base_id: ROOT }
    }

    fn relative(&self, path: &str) -> String {
        self.circumstances.base.relative(path)
    }
}

impl<'a> Fingerprints<'a> {
    /// GitHub's hash of the first line, where the text is at hand, and our own fingerprint. Equal ones of a file are counted, so that
    /// no reader takes two places for one.
    fn of(&mut self, finding: &'a Finding, outcome: &'a Outcome) -> BTreeMap<&'static str, String> {
        let lines = self.lines.entry(&finding.path).or_insert_with(|| {
            let (file, _) = outcome.sources.get(&finding.path)?;
            line_hash::of_file(file)
        });
        let line = lines.as_ref().and_then(|lines| lines.get(finding.span.start.line - 1));
        let count = self.given.entry((&finding.path, &finding.fingerprint)).or_default();
        *count += 1;
        let own = match *count {
            1 => finding.fingerprint.clone(),
            count => format!("{}:{count}", finding.fingerprint),
        };
        line.map(|hash| (LINE_HASH, hash.clone())).into_iter().chain([(FINGERPRINT, own)]).collect()
    }
}

/// The category of the analysis, with the slash that makes it one. That of the program is the first part of all.
fn category(name: &str) -> String {
    let name = name.trim_matches('/');
    match name.strip_prefix(TOOL.name).filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some(_) => format!("{name}/"),
        None if name.is_empty() => format!("{}/", TOOL.name),
        None => format!("{}/{name}/", TOOL.name),
    }
}

fn suppression(silenced: &Suppressed) -> Suppression {
    let by = silenced.by.name();
    Suppression {
        kind: if silenced.by == Silencer::Comment { "inSource" } else { "external" },
        status: "accepted",
        justification: silenced.reason.clone().unwrap_or_else(|| format!("silenced by {by}")),
    }
}

/// How often a result is true, as far as that is known beforehand: it follows from what is reported at least. Of a rule it cannot
/// be said, and it must not change with what was found.
fn precision(policy: &Policy) -> &'static str {
    let overrides = policy.overrides.iter().filter_map(|one| one.min_confidence);
    match overrides.chain([policy.min_confidence]).min() {
        Some(Confidence::Certain) => "very-high",
        Some(Confidence::Possible) => "medium",
        _ => "high",
    }
}

fn words(part: &Evidence) -> String {
    let role = part.role.name();
    if part.note.is_empty() { role.to_owned() } else { format!("{role}: {}", part.note) }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Note => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    }
}

fn descriptor<'a>(rule: &'a RuleInfo, precision: &'static str) -> Descriptor<'a> {
    let platforms = rule.platforms.iter().map(|platform| json!(platform));
    let security = rule.security_severity.as_ref().map(|_| json!("security"));
    let own = rule.tags.iter().map(|tag| json!(tag));
    let tags = security.into_iter().chain(own).chain([json!("adobe-ims"), json!("migration")]).chain(platforms);
    let full = format!("{}. {}", rule.title, rule.help);
    Descriptor {
        id: &rule.id,
        name: limits::limited(&pascal_case(&rule.id), limits::NAME),
        short_description: Message { text: limits::limited(&rule.title, limits::DESCRIPTION) },
        full_description: Message { text: limits::limited(&full, limits::DESCRIPTION) },
        help: MultiformatMessage { text: rule.help.clone(), markdown: format!("{}\n\n{}", rule.help, rule.explain) },
        help_uri: rule.url.as_deref(),
        default_configuration: ReportingConfiguration { level: level(rule.severity) },
        properties: Configuration {
            tags: tags.take(limits::TAGS).collect(),
            precision,
            security_severity: rule.security_severity.as_deref(),
        },
    }
}

/// `ims-jwt-exchange` as services show names: `ImsJwtExchange`.
fn pascal_case(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    words.collect()
}

/// The offset in the decoded text of a byte on disk: places grow with the text, so it can be searched for.
fn text_offset(file: &SourceFile, byte: usize) -> usize {
    let (mut low, mut high) = (0, file.text().len());
    while low < high {
        let middle = (low + high) / 2;
        if file.position(middle).byte < byte { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::gate::{Policy, Suppressed, sample};
    use crate::report::sample::{rendered, rules};
    use crate::report::{Base, Format, Repositories, Style, render};
    use crate::rules::guidance::Guidance;

    fn log(outcome: &Outcome) -> Value {
        serde_json::from_str(&rendered(Format::Sarif, Style::default(), outcome)).unwrap()
    }

    fn assert_valid(log: &Value) {
        // A bracket of two patterns in it has no partner, which the validator takes for a fault of the schema.
        let schema = include_str!("../../../tests/data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<_> =
            validator.iter_errors(log).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    #[test]
    fn it_is_valid_with_everything_in_it_and_with_nothing() {
        let mut outcome = sample::outcome();
        let path = outcome.findings[0].path.clone();
        outcome.findings[0].fix.edits =
            vec![Edit { path, start_byte: 37, end_byte: 42, replacement: "let".to_owned() }];
        outcome.suppressed.push(Suppressed {
            by: Silencer::Baseline,
            reason: None,
            finding: sample::finding("a.js", 1, "ims-jwt-exchange"),
        });
        let log = log(&outcome);
        assert_valid(&log);
        let deleted = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(deleted["deletedRegion"]["startLine"], 2);
        assert_eq!(deleted["deletedRegion"]["endColumn"], 6);
        assert_eq!(log["runs"][0]["results"][2]["suppressions"][0]["kind"], "external");
        assert_valid(&self::log(&Outcome::default()));
    }

    #[test]
    fn results_point_to_encoded_relative_places() {
        let log = log(&sample::outcome());
        let result = &log["runs"][0]["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "src/%C3%BCber%20a%231.js");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        assert_eq!(place["region"]["startLine"], 4);
        assert_eq!(place["region"]["startColumn"], 16);
        assert_eq!(result["ruleIndex"], 1);
        assert_eq!(result["partialFingerprints"]["grantshift/v1"].as_str().unwrap().len(), 64);
        let related = &result["relatedLocations"];
        assert_eq!(related[0]["physicalLocation"]["region"]["startColumn"], 26, "columns are code points");
        assert_eq!(related[1]["physicalLocation"]["artifactLocation"]["uri"], "config.js");
    }

    #[test]
    fn what_was_not_read_is_said() {
        let log = log(&sample::outcome());
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["exitCode"], 3);
        let levels: Vec<_> =
            invocation["toolExecutionNotifications"].as_array().unwrap().iter().map(|note| &note["level"]).collect();
        assert_eq!(levels, ["error", "note", "note"]);
    }

    #[test]
    fn nothing_secret_and_nothing_absolute_is_in_it() {
        let outcome = sample::outcome();
        let base = Base::new(Path::new("/home/someone/repo/src"), Path::new("/home/someone/repo"));
        let rules = rules();
        let circumstances = Circumstances {
            rules: &rules,
            style: Style::default(),
            base: &base,
            policy: &Policy::default(),
            category: "",
            repositories: &Repositories::default(),
            guidance: &Guidance::default(),
            change_sets: &[],
            exit_code: 0,
        };
        let mut out = Vec::new();
        render(Format::Sarif, &outcome, &circumstances, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\"src/src/%C3%BCber"), "{text}");
        assert!(!text.contains("someone") && !text.contains("s3cr3t"));
    }

    #[test]
    fn every_analysis_has_a_category() {
        assert_eq!(category(""), "grantshift/");
        assert_eq!(category("grantshift"), "grantshift/");
        assert_eq!(category("grantshift/one/"), "grantshift/one/");
        assert_eq!(category("packages/one"), "grantshift/packages/one/");
        assert_eq!(category("grantshifted"), "grantshift/grantshifted/");
    }

    #[test]
    fn names_are_readable() {
        assert_eq!(pascal_case("ims-jwt-exchange"), "ImsJwtExchange");
    }
}
