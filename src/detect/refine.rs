//! Findings that are another rule's, where something more is known of them: the same exchange for another product, which
//! has another migration.

use super::flow::Flow;
use super::{Subject, describe};
use crate::facts::fact::Text;
use crate::project::Source;
use crate::rules::pattern::Piece;
use crate::rules::{Catalog, CompiledRule};

/// The rule that a flow is a finding of.
pub(super) fn rule<'catalog>(
    subject: &Subject<'_>,
    catalog: &'catalog Catalog,
    rule: &'catalog CompiledRule,
    flow: &Flow,
    source: &Source,
) -> &'catalog CompiledRule {
    let refining = catalog.rules().iter().find(|other| {
        let Some(refines) = other.rule.matches.refines.as_ref().filter(|it| it.rules.contains(&rule.rule.id)) else {
            return false;
        };
        let details = describe::details(subject.platform(), catalog, rule, flow);
        let has_texts = || refines.texts.iter().all(|text| source.file.text().contains(text.as_str()));
        details.metascopes.iter().any(|metascope| refines.metascopes.contains(metascope))
            || other
                .client_id
                .as_ref()
                .is_some_and(|pattern| client_ids(rule, flow).any(|id| pattern.is_match(&[Piece::Literal(&id)])))
            || (!refines.texts.is_empty() && details.metascopes.is_empty() && has_texts())
    });
    refining.unwrap_or(rule)
}

fn client_ids<'flow>(rule: &CompiledRule, flow: &'flow Flow) -> impl Iterator<Item = String> + 'flow {
    let field = rule.rule.matches.client_field.clone();
    let fields = flow.request.iter().flat_map(|request| &request.fields);
    let of_request = fields.filter(move |known| known.name.literal() == field).map(|known| &known.value);
    let of_grant = flow.grant.iter().map(|grant| &grant.client_id);
    of_request.chain(of_grant).flat_map(|value| &value.texts).filter_map(Text::literal)
}
