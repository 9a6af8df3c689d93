//! A value of Python that only the old flow used, in a variable that is given another one afterwards: `payload = claims`, then
//! `payload = form`.
//!
//! The two have to stand in one block, so that whoever comes to the second has passed the first.

use tree_sitter::Node;

use super::names::{Declaration, Kind, range};
use super::sweep::Sweep;
use crate::finding::{ByteRange, Platform};

impl Sweep<'_> {
    /// The statements that set and build up values of a variable which nobody reads before it is set again.
    pub(super) fn overwritten(&self, all: &[&Declaration]) -> Vec<ByteRange> {
        if self.file.grammar.platform != Platform::Python || all.len() < 2 {
            return Vec::new();
        }
        all.iter().filter_map(|one| self.until_set_again(one, all)).flatten().collect()
    }

    fn until_set_again(&self, one: &Declaration, all: &[&Declaration]) -> Option<Vec<ByteRange>> {
        let statement = self.set_in(one).filter(|statement| !self.is_dead(range(*statement)))?;
        let next = all
            .iter()
            .filter_map(|other| self.set_in(other))
            .filter(|other| other.parent() == statement.parent() && other.start_byte() >= statement.end_byte())
            .min_by_key(Node::start_byte)?;
        let between = ByteRange::new(statement.end_byte(), next.end_byte());
        let mut statements = vec![range(statement)];
        for mention in self.file.names.mentions_of(one).filter(|mention| between.contains(mention.range)) {
            // A function that is made in between may read it whenever it is called.
            if mention.scope != one.scope {
                return None;
            }
            let is_known = statements.iter().any(|known| known.contains(mention.range));
            if is_known || self.is_dead(mention.range) {
                continue;
            }
            let (own, is_log) = self.own_statement(mention.range)?;
            if is_log {
                return None;
            }
            statements.push(own);
        }
        let is_quiet = |place: &ByteRange| self.effect_in(*place, &mut Vec::new()).is_none();
        statements.iter().all(is_quiet).then_some(statements)
    }

    /// The statement that does nothing but set a variable.
    fn set_in(&self, declaration: &Declaration) -> Option<Node<'_>> {
        let node = self.node(declaration.range).filter(|_| declaration.kind == Kind::Variable)?;
        let assignment = node.parent().filter(|parent| parent.kind() == "assignment")?;
        let is_left = assignment.child_by_field_name("left") == Some(node);
        assignment.parent().filter(|parent| is_left && parent.kind() == "expression_statement")
    }
}
