//! Where a new `from … import …` of Python stands.

use tree_sitter::Node;

use super::super::draft::Draft;
use super::super::lines::{line_end, newline};
use super::super::plan::Plan;
use super::super::scopes::import_place;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;

/// Imports a name from a module where the file does not: behind the plain imports of the last block of them that the file
/// begins with, in the order of the modules among the others.
pub(super) fn from(plan: &Plan<'_>, draft: &mut Draft<'_>, unit: UnitId, (module, name): (&str, &str), library: &str) {
    draft.uses(unit, name);
    let Some(source) = plan.source(unit) else { return };
    let Some(tree) = &source.tree else { return };
    let text = source.file.text();
    let wanted = format!("from {module} import {name}");
    if text.lines().any(|line| line.trim_end() == wanted) {
        return;
    }
    let mut cursor = tree.root_node().walk();
    let imports: Vec<Node<'_>> = tree
        .root_node()
        .named_children(&mut cursor)
        .skip_while(|node| !is_import(*node))
        .take_while(|node| is_import(*node) || node.kind() == "comment")
        .filter(|node| is_import(*node))
        .collect();
    let place = place(text, &imports, module, library).unwrap_or_else(|| import_place(plan, unit));
    let line = newline(text);
    let before = if text[..place].ends_with('\n') || place == 0 { "" } else { line };
    draft.replace(unit, ByteRange::new(place, place), format!("{before}{wanted}{line}"));
}

fn is_import(node: Node<'_>) -> bool {
    matches!(node.kind(), "import_statement" | "import_from_statement")
}

/// A place in the block of imports from other packages.
fn place(text: &str, imports: &[Node<'_>], module: &str, library: &str) -> Option<usize> {
    // Blocks are what blank lines part.
    let mut blocks: Vec<Vec<Node<'_>>> = Vec::new();
    for import in imports {
        let apart = blocks.last().and_then(|block| block.last()).is_none_or(|last| {
            let between = text.get(last.end_byte()..import.start_byte()).unwrap_or_default();
            between.matches('\n').count() > 1 && !between.contains('#')
        });
        if apart {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push(*import);
        }
    }
    // The project's own modules stand last; the sender's library tells which block is that of the packages.
    let of = |node: &Node<'_>| {
        let named = node.child_by_field_name("module_name").or_else(|| node.child_by_field_name("name"));
        named.and_then(|name| text.get(name.byte_range())).unwrap_or_default().to_lowercase()
    };
    let block = blocks.iter().find(|block| block.iter().any(|node| of(node).split('.').next() == Some(library)));
    let block = block.or_else(|| blocks.last())?;
    let plain = block.iter().rposition(|node| node.kind() == "import_statement").map_or(0, |at| at + 1);
    let behind = block[plain..].iter().take_while(|node| of(node).as_str() < module).count();
    let before = plain + behind;
    match before {
        0 => block.first().map(|node| super::super::lines::line_start(text, node.start_byte())),
        at => block.get(at - 1).map(|node| line_end(text, node.end_byte())),
    }
}
