//! The format of `[guidance]`: what the audit report says beside the findings. It is text and order; nothing of it
//! decides what is found.

use serde::Deserialize;

/// What the audit report says beside the findings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// Where matters stand, in a few sentences.
    pub headline: String,
    /// How they came to stand there, in order.
    #[serde(default, rename = "event")]
    pub events: Vec<Event>,
    /// The kinds of findings, in the order in which they are shown.
    #[serde(default, rename = "kind")]
    pub kinds: Vec<Kind>,
    /// What has to be done, for which findings.
    #[serde(default, rename = "procedure")]
    pub procedures: Vec<Procedure>,
}

/// Something that happened on a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The day, `2026-03-01`.
    pub date: String,
    /// What.
    pub what: String,
}

/// A kind of findings, such as configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its name, singular.
    pub title: String,
    /// The rules whose findings are of it.
    pub rules: Vec<String>,
}

/// What a person has to do about findings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// What it is about.
    pub title: String,
    /// It is for the findings of these rules,
    #[serde(default)]
    pub rules: Vec<String>,
    /// and for those that name one of these products. With neither it is for all that no other one is for.
    #[serde(default)]
    pub products: Vec<String>,
    /// Whether the findings are told apart by the client id.
    pub by_client_id: bool,
    /// Where the new credential is made and shows its scopes.
    #[serde(default = "developer_console")]
    pub console: String,
    /// What these findings have in common.
    pub summary: String,
    /// The steps, in order; none where nothing has to be done.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A few words.
    pub title: String,
    /// One paragraph; words between backticks are code.
    pub text: String,
    /// Whether it cannot be undone.
    #[serde(default)]
    pub irreversible: bool,
}

/// The console of a procedure that names none.
fn developer_console() -> String {
    "Developer Console".to_owned()
}

impl Guidance {
    /// The place of the kind that the findings of a rule are of; behind all of them where none names the rule.
    pub fn kind(&self, rule: &str) -> usize {
        let named = self.kinds.iter().position(|kind| kind.rules.iter().any(|id| id == rule));
        named.unwrap_or(self.kinds.len())
    }

    /// The place of the procedure for a finding of a rule that names products.
    pub fn procedure(&self, rule: &str, products: &[String]) -> Option<usize> {
        let for_it = |procedure: &Procedure| {
            procedure.rules.iter().any(|id| id == rule) || procedure.products.iter().any(|of| products.contains(of))
        };
        self.procedures.iter().position(for_it).or_else(|| self.procedures.iter().position(Procedure::is_for_the_rest))
    }

    /// What is wrong with it, if anything.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        match self.procedures.iter().filter(|procedure| procedure.is_for_the_rest()).count() {
            1 => None,
            0 => Some("one procedure has to be for the rest, with neither `rules` nor `products`"),
            _ => Some("only one procedure can be for the rest, with neither `rules` nor `products`"),
        }
    }
}

impl Procedure {
    /// Whether it is for all findings that no other one is for.
    pub fn is_for_the_rest(&self) -> bool {
        self.rules.is_empty() && self.products.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Catalog;

    #[test]
    fn a_finding_takes_the_procedure_that_is_most_its_own() {
        let catalog = Catalog::load(&[]).unwrap();
        let guidance = catalog.guidance();
        let title = |rule: &str, products: &[&str]| {
            let products: Vec<String> = products.iter().map(|&product| product.to_owned()).collect();
            guidance.procedures[guidance.procedure(rule, &products).unwrap()].title.as_str()
        };
        assert_eq!(title("ims-jwt-exchange", &["Analytics"]), "Service Account (JWT) credentials");
        assert_eq!(title("ims-jwt-exchange", &["AEM as a Cloud Service"]), "AEM service credentials");
        assert_eq!(title("aem-service-credentials", &[]), "AEM service credentials");
        assert_eq!(title("jwt-bearer-grant", &[]), "Exchanges with other providers");
        assert_eq!(title("a-rule-of-the-users", &[]), "Service Account (JWT) credentials");
    }

    /// A rule that ships has a kind; one of the user's need not.
    #[test]
    fn every_rule_that_ships_has_a_kind() {
        let catalog = Catalog::load(&[]).unwrap();
        let guidance = catalog.guidance();
        for compiled in catalog.rules() {
            assert!(guidance.kind(&compiled.rule.id) < guidance.kinds.len(), "{}", compiled.rule.id);
        }
        assert_eq!(guidance.kind("a-rule-of-the-users"), guidance.kinds.len());
    }

    /// The products that a procedure names are those that the metascopes name.
    #[test]
    fn procedures_name_products_that_exist() {
        let catalog = Catalog::load(&[]).unwrap();
        for product in catalog.guidance().procedures.iter().flat_map(|procedure| &procedure.products) {
            assert!(catalog.metascopes().any(|metascope| &metascope.product == product), "{product}");
        }
    }

    #[test]
    fn guidance_without_a_procedure_for_the_rest_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, "schema_version = 1\n[guidance]\nheadline = \"Now.\"\n").unwrap();
        let error = Catalog::load(&[path]).unwrap_err();
        assert!(error.to_string().contains("one procedure has to be for the rest"), "{error}");
    }
}
