//! SARIF 2.1.0, as code scanning services read it.
//!
//! No snippet is written: the services take it from the repository, and what is not there cannot leak.

mod model;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::{Circumstances, HOME, RuleInfo, TOOL};
use crate::finding::{Edit, Evidence, Finding, Incomplete, Severity, Skipped, Span};
use crate::gate::{Outcome, Silencer, exit};
use crate::source::SourceFile;
use model::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Configuration, Descriptor, DescriptorReference, Driver, Fix,
    Invocation, Level, Location, Log, Message, MultiformatMessage, Notification, PhysicalLocation, Region, Replacement,
    ReportingConfiguration, Run, SarifResult, Suppression,
};

/// The key of our fingerprint. `primaryLocationLineHash` is the upload action's own.
const FINGERPRINT: &str = "grantshift/v1";
const ROOT: &str = "%SRCROOT%";

/// One log with one run.
pub(super) fn render(outcome: &Outcome, circumstances: &Circumstances<'_>, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { outcome, circumstances };
    serde_json::to_writer_pretty(&mut *out, &writer.log())?;
    writeln!(out)
}

struct Writer<'a> {
    outcome: &'a Outcome,
    circumstances: &'a Circumstances<'a>,
}

impl<'a> Writer<'a> {
    fn log(&self) -> Log<'a> {
        let outcome = self.outcome;
        let reported = outcome.findings.iter().map(|finding| self.result(finding, None));
        let silenced = outcome.suppressed.iter().map(|silenced| self.result(&silenced.finding, Some(silenced.by)));
        let base = if self.circumstances.base.is_repository() {
            "The root of the git repository"
        } else {
            "The directory that grantshift ran in"
        };
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
                        rules: self.circumstances.rules.iter().map(descriptor).collect(),
                    },
                },
                column_kind: "unicodeCodePoints",
                original_uri_base_ids: BTreeMap::from([(
                    ROOT,
                    model::UriBase { description: Message { text: base.to_owned() } },
                )]),
                invocations: [self.invocation()],
                results: reported.chain(silenced).collect(),
            }],
        }
    }

    fn invocation(&self) -> Invocation {
        let code = self.circumstances.exit_code;
        let errors = self.outcome.errors.iter().map(|error| self.failure(error));
        let skipped = self.outcome.skipped.iter().map(|skipped| self.omission(skipped));
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
            tool_execution_notifications: errors.chain(skipped).collect(),
        }
    }

    fn failure(&self, error: &Incomplete) -> Notification {
        Notification {
            descriptor: DescriptorReference { id: error.reason.clone() },
            level: Level::Error,
            message: Message { text: format!("{}: {}", self.relative(&error.path), error.message) },
            locations: [Location::of_file(self.artifact(&error.path))],
        }
    }

    fn omission(&self, skipped: &Skipped) -> Notification {
        Notification {
            descriptor: DescriptorReference { id: skipped.reason.clone() },
            level: Level::Note,
            message: Message { text: format!("{} was left out: {}", self.relative(&skipped.path), skipped.reason) },
            locations: [Location::of_file(self.artifact(&skipped.path))],
        }
    }

    fn result(&self, finding: &'a Finding, silencer: Option<Silencer>) -> SarifResult<'a> {
        SarifResult {
            rule_id: &finding.rule,
            rule_index: self.circumstances.rules.iter().position(|rule| rule.id == finding.rule),
            level: level(finding.severity),
            message: Message { text: finding.message.clone() },
            locations: [self.location(None, None, &finding.path, &finding.span)],
            related_locations: (1..)
                .zip(&finding.flow)
                .map(|(id, part)| self.location(Some(id), Some(words(part)), &part.path, &part.span))
                .collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
            suppressions: silencer
                .map(|by| Suppression {
                    kind: if by == Silencer::Comment { "inSource" } else { "external" },
                    justification: format!("silenced by {}", by.name()),
                })
                .into_iter()
                .collect(),
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
            let inserted = Some(&edit.replacement).filter(|text| !text.is_empty());
            changes.entry(&edit.path).or_default().push(Replacement {
                deleted_region: self.deleted(edit),
                inserted_content: inserted.map(|text| ArtifactContent { text: text.clone() }),
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

fn descriptor(rule: &RuleInfo) -> Descriptor<'_> {
    let platforms = rule.platforms.iter().map(|platform| json!(platform));
    let tags: Vec<_> = [json!("adobe-ims"), json!("migration")].into_iter().chain(platforms).collect();
    Descriptor {
        id: &rule.id,
        name: pascal_case(&rule.id),
        short_description: Message { text: rule.title.clone() },
        full_description: Message { text: format!("{}. {}", rule.title, rule.help) },
        help: MultiformatMessage { text: rule.help.clone(), markdown: format!("{}\n\n{}", rule.help, rule.explain) },
        help_uri: rule.url.as_deref(),
        default_configuration: ReportingConfiguration { level: level(rule.severity) },
        properties: Configuration { tags, precision: "high" },
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
    fn names_are_readable() {
        assert_eq!(pascal_case("ims-jwt-exchange"), "ImsJwtExchange");
    }
}
