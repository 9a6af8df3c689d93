//! Messages of the code that name the old address: a log line or an error that tells of the new request says the new one.

use super::draft::Draft;
use super::plan::Plan;
use crate::finding::ByteRange;
use crate::syntax::Preorder;

/// Puts the new path into the messages of the file that sends. A text with a blank in it is for a person; any other may be an
/// address that something else asks, and stays.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>) {
    let Some((source, tree)) = plan.source(plan.unit).and_then(|source| Some((source, source.tree.as_ref()?))) else {
        return;
    };
    let text = source.file.text();
    let own = plan.paths();
    for string in Preorder::new(tree.root_node()).filter(|node| plan.grammar.is_string(*node)) {
        // A text that is a statement is documentation; one inside of another is a part of it.
        let is_apart = string
            .parent()
            .is_none_or(|parent| parent.kind() == "expression_statement" || plan.grammar.is_string(parent));
        let written = &text[string.byte_range()];
        if is_apart || !written.contains(' ') {
            continue;
        }
        for old in &plan.model.old_paths {
            for (at, _) in written.match_indices(old.as_str()) {
                let start = string.start_byte() + at;
                let place = ByteRange::new(start, start + old.len());
                let is_known = own
                    .iter()
                    .any(|(unit, known)| *unit == plan.unit && known.start < place.end && place.start < known.end);
                let is_longer = plan
                    .model
                    .old_paths
                    .iter()
                    .any(|longer| longer.len() > old.len() && written[at..].starts_with(longer.as_str()));
                if !is_known && !is_longer {
                    draft.replace(plan.unit, place, plan.model.path.clone());
                }
            }
        }
    }
}
