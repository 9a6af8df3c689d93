//! The address of a request that a configuration holds, in Python: the new path is put in where the code reads it, so that the
//! rewritten program asks the new endpoint whatever is configured where it runs.

use tree_sitter::Node;

use super::draft::Draft;
use super::lines::quoted;
use super::names::{Kind, Names, range};
use super::plan::Plan;
use crate::facts::fact::{Origin, Part, Text};
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Platform};

/// What is put in the place of which part of the address, for addresses that no part of the old path is written of in code.
pub(super) fn configured(plan: &Plan<'_>, draft: &mut Draft<'_>) -> Option<Vec<(UnitId, ByteRange, String)>> {
    let (name, is_path) = held(plan)?;
    let (place, replacement) = Expression::of(plan)?.changed(plan, is_path)?;
    if replacement.starts_with("urllib.") {
        super::scopes::import(plan, draft, plan.unit, "urllib.parse");
    }
    draft.doubts.insert(if is_path {
        format!("the path of the address stands in the code now, in the place of what `{name}` says")
    } else {
        format!("the address comes from `{name}`: its host stays, and the path is the new one whatever it says")
    });
    Some(vec![(plan.unit, place, replacement)])
}

/// Puts a part of the address in its place; what stood there is given up where nothing goes on reading it.
pub(super) fn put(plan: &Plan<'_>, draft: &mut Draft<'_>, (unit, place, replacement): (UnitId, ByteRange, &str)) {
    let text = plan.source(unit).map_or("", |source| source.file.text());
    if !text.get(place.start..place.end).is_some_and(|written| replacement.contains(written)) {
        draft.give_up(unit, place);
    }
    draft.replace(unit, place, replacement);
}

/// What holds the address where it is not written in the code, and whether that is its path alone.
fn held(plan: &Plan<'_>) -> Option<(String, bool)> {
    if plan.grammar.platform != Platform::Python || plan.requests.iter().any(|request| request.sender.is_some()) {
        return None;
    }
    let urls = || plan.requests.iter().flat_map(|request| &request.urls);
    let is_old = |text: &Text| {
        text.parts.iter().any(|part| match part {
            Part::Literal(written, _) => plan.model.old_paths.iter().any(|old| written.contains(old.as_str())),
            Part::Hole(..) => false,
        })
    };
    let open: Vec<&Text> = urls().filter(|text| !is_old(text)).collect();
    let mut holes = open.iter().filter_map(|text| match text.parts.last() {
        Some(Part::Hole(origin, _)) => Some((origin, text.parts.len() > 1)),
        _ => None,
    });
    let (origin, is_path) = holes.next()?;
    let is_read = matches!(
        origin,
        Origin::Environment(_)
            | Origin::Configuration(_)
            | Origin::Parameter(_)
            | Origin::Member(_)
            | Origin::Import(_)
    );
    is_read.then(|| (origin.name().to_owned(), is_path && open.len() == urls().count()))
}

/// The argument of the call that is the address.
struct Expression<'a> {
    node: Node<'a>,
    text: &'a str,
    names: Names,
    root: Node<'a>,
}

impl<'a> Expression<'a> {
    fn of(plan: &Plan<'a>) -> Option<Self> {
        let source = plan.source(plan.unit)?;
        let tree = source.tree.as_ref()?;
        let (text, root) = (source.file.text(), tree.root_node());
        let mut call = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
        while call.kind() != "call" {
            call = call.parent()?;
        }
        let list = call.child_by_field_name("arguments")?;
        let mut cursor = list.walk();
        let given: Vec<Node<'a>> = list.named_children(&mut cursor).filter(|one| one.kind() != "comment").collect();
        let named = given.iter().find(|one| {
            one.kind() == "keyword_argument"
                && one.child_by_field_name("name").is_some_and(|name| &text[name.byte_range()] == "url")
        });
        let is_method =
            |node: &Node<'_>| text[node.byte_range()].trim_matches(['"', '\'']).eq_ignore_ascii_case("post");
        let placed = given.iter().find(|one| one.kind() != "keyword_argument" && !is_method(one));
        let node = match named {
            Some(named) => named.child_by_field_name("value")?,
            None => *placed?,
        };
        Some(Self { node, text, names: Names::of(tree, text, &plan.grammar), root })
    }

    /// What is replaced, and by what.
    fn changed(&self, plan: &Plan<'_>, is_path: bool) -> Option<(ByteRange, String)> {
        let quote = super::keep::quote_of(self.text, plan.grammar.platform, "");
        if is_path && let Some(place) = self.path() {
            let path = plan.model.path.as_str();
            let before = self.text[..place.start].trim_end();
            return Some(match self.text[place.start..place.end].starts_with('{') {
                // An f-string.
                true if before.ends_with('/') => (place, path.to_owned()),
                true => (place, format!("/{path}")),
                false => (place, quoted(&format!("/{path}"), quote)),
            });
        }
        let new = format!("/{}", plan.model.path.trim_start_matches('/'));
        let written = &self.text[self.node.byte_range()];
        let joined = format!("urllib.parse.urljoin({written}, {})", quoted(&new, quote));
        Some((range(self.node), joined))
    }

    /// The part at the end of a sum or an f-string that is the path.
    fn path(&self) -> Option<ByteRange> {
        let mut node = self.node;
        if node.kind() == "identifier" {
            let mention = self.names.mentions.iter().find(|mention| mention.range == range(node))?;
            let declared = self.names.declarations_of(mention);
            let [only] = declared[..] else { return None };
            let declaration = &self.names.declarations[only];
            let value = declaration.value.filter(|_| declaration.kind == Kind::Variable)?;
            if self.names.mentions_of(declaration).count() != 1 {
                return None;
            }
            node = self.root.descendant_for_byte_range(value.start, value.end)?;
        }
        match node.kind() {
            "binary_operator" => {
                let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
                let before = self.text[left.byte_range()].trim_end_matches(['"', '\'']);
                let is_plus = &self.text[left.end_byte()..right.start_byte()];
                (is_plus.trim() == "+" && right.kind() != "string" && !before.ends_with('/')).then(|| range(right))
            }
            "string" => {
                let mut cursor = node.walk();
                let parts: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
                let [.., before, last, end] = parts[..] else { return None };
                let is_hole = last.kind() == "interpolation" && end.kind() == "string_end";
                let is_host = !self.text[before.byte_range()].ends_with("://");
                (is_hole && is_host).then(|| range(last))
            }
            _ => None,
        }
    }
}
