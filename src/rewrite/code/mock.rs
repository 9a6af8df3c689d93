//! Stand-ins for the old endpoint in tests of Python: the address and the lifetime that they answer with change with the code.

use super::draft::Draft;
use super::keep::{self, Refusal};
use super::names::range;
use super::plan::Plan;
use crate::finding::{ByteRange, Context, Platform};
use crate::syntax::Preorder;

/// Whether a request is a stand-in: a call in a test that is given the old address, and sends nothing.
pub(super) fn is_one(plan: &Plan<'_>) -> bool {
    plan.grammar.platform == Platform::Python
        && plan.source(plan.unit).is_some_and(|source| source.context == Context::Test)
        && plan
            .requests
            .iter()
            .all(|request| !request.sent && request.fields.iter().all(|field| field.value.assertions.is_empty()))
}

/// Moves the stand-in to the new endpoint.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    keep::address(plan, draft, "")?;
    let source = plan.source(plan.unit).ok_or("the test could not be read")?;
    let tree = source.tree.as_ref().ok_or("the test could not be read")?;
    let text = source.file.text();
    let call = tree.root_node().descendant_for_byte_range(plan.site.start, plan.site.end);
    let call = call.ok_or("the test could not be read")?;
    for pair in Preorder::new(call).filter(|node| node.kind() == "pair") {
        let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value")) else {
            continue;
        };
        let is_lifetime =
            text.get(key.byte_range()).is_some_and(|key| key.trim_matches(['"', '\'']) == plan.model.lifetime_member);
        let number = text.get(value.byte_range()).filter(|_| is_lifetime && value.kind() == "integer");
        let Some(number) = number.filter(|number| number.len() > 3) else { continue };
        let cut: ByteRange = range(value);
        // The last three digits, and the mark before them.
        let seconds = number[..number.len() - 3].trim_end_matches('_').to_owned();
        draft.replace(plan.unit, cut, seconds);
    }
    draft.doubts.insert(format!("the stand-in for the old endpoint in {} is changed", source.file.path()));
    Ok(())
}
