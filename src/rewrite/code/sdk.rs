//! Calls of SDKs: they are given the new credential, as `[call.grant.rewrite]` of their rule files says.
//!
//! All calls of one SDK in a program are one rewrite, for they share imports and variables. Which names, keys and links there are
//! is known to the rule files alone; here is only how each is written in the three languages.

mod arguments;
mod builder;
mod stand_in;

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::Planned;
use super::draft::{Draft, Finished};
use super::keep::Refusal;
use super::names::{Names, range};
use super::plan::Plan;
use super::shared::Site;
use crate::facts::fact::Grant;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, KeyKind, LedgerEntry, Platform, RequiredKey, Requires};
use crate::rewrite::targets::Target;
use crate::rules::Effects;
use crate::rules::sdk_rewriting::SdkRewrite;
use crate::syntax::Preorder;

/// What becomes of the calls of one SDK.
pub(super) struct Rewrite<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) draft: Draft<'a>,
    added: BTreeSet<RequiredKey>,
    reads_scopes: bool,
    /// What is wished for where the SDK has no new form.
    wanted: Target,
    target: Target,
    /// Calls whose callee is replaced, by file.
    called: BTreeMap<UnitId, Vec<ByteRange>>,
    names_taken: BTreeSet<(UnitId, String)>,
    /// What is replaced by nothing.
    lost: Vec<(UnitId, ByteRange)>,
}

/// A call that is rewritten.
#[derive(Clone, Copy)]
struct Call<'p> {
    unit: UnitId,
    node: Node<'p>,
    text: &'p str,
    root: Node<'p>,
}

/// Rewrites calls of one SDK: each is a grant and the plan that was made for its place. `packages` are what it is imported as.
pub(super) fn rewrite(
    calls: &[(&Grant, &Plan<'_>)],
    effects: &Effects,
    packages: &[String],
    wanted: Target,
) -> Result<Planned, Refusal> {
    let Some((_, plan)) = calls.first() else { return Err("There is no call".to_owned()) };
    begun(calls, Draft::of(plan, effects), packages, wanted)?.finish()
}

/// Puts the rewrite of calls of one SDK into a draft that has others already.
pub(super) fn rewrite_into<'a>(
    calls: &[(&Grant, &Plan<'a>)],
    draft: Draft<'a>,
    packages: &[String],
    wanted: Target,
) -> Result<Draft<'a>, Refusal> {
    Ok(begun(calls, draft, packages, wanted)?.draft)
}

fn begun<'p, 'a>(
    calls: &[(&Grant, &'p Plan<'a>)],
    draft: Draft<'a>,
    packages: &[String],
    wanted: Target,
) -> Result<Rewrite<'p, 'a>, Refusal> {
    let Some((_, plan)) = calls.first() else { return Err("There is no call".to_owned()) };
    let mut rewrite = Rewrite {
        plan,
        draft,
        added: BTreeSet::new(),
        reads_scopes: false,
        wanted,
        target: Target::Sdk,
        called: BTreeMap::new(),
        names_taken: BTreeSet::new(),
        lost: Vec::new(),
    };
    for (grant, plan) in calls {
        let Some(model) = &grant.rewrite else {
            return Err("Nothing is known that takes the place of this call".to_owned());
        };
        rewrite.plan = plan;
        rewrite.call(grant, model, packages)?;
    }
    Ok(rewrite)
}

impl<'p, 'a> Rewrite<'p, 'a> {
    fn call(&mut self, grant: &Grant, model: &SdkRewrite, packages: &[String]) -> Result<(), Refusal> {
        let plan = self.plan;
        let by_hand = || model.manual.clone().unwrap_or_else(|| "The form of the call is not known".to_owned());
        let call = self.call_at(plan.unit, plan.site).ok_or_else(by_hand)?;
        if let Some(note) = &model.note {
            self.draft.doubts.insert(note.clone());
        }
        let mut changed = !model.values.is_empty() && self.values(call, &model.values);
        if let Some(builder) = &model.builder {
            self.builder(call, builder)?;
            changed = true;
        } else if let Some(stand_in) = &model.stand_in {
            self.stand_in(call, grant, model, stand_in, packages)?;
            changed = true;
        } else if let Some(position) = model.object {
            self.object(call, position, model)?;
            changed = true;
        } else if !model.positions.is_empty() {
            self.arguments(call, model)?;
            changed = true;
        }
        if !changed {
            return Err(by_hand());
        }
        self.names(call, &model.names);
        self.modules(call, &model.modules);
        self.draft.replaced(
            plan.unit,
            range(call.node),
            "a call that was given the old credential",
            "a call with the new one",
        );
        Ok(())
    }

    /// The call at a place.
    fn call_at(&self, unit: UnitId, site: ByteRange) -> Option<Call<'a>> {
        let source = self.plan.source(unit)?;
        let root = source.tree.as_ref()?.root_node();
        let mut node = root.descendant_for_byte_range(site.start, site.end)?;
        while !self.plan.grammar.is_call(node) {
            node = node.parent().filter(|outer| range(*outer) == site)?;
        }
        Some(Call { unit, node, text: source.file.text(), root })
    }

    /// The names of a file.
    fn names_of(&self, call: Call<'_>) -> Option<Names> {
        let tree = self.plan.source(call.unit)?.tree.as_ref()?;
        Some(Names::of(tree, call.text, &self.plan.grammar))
    }

    /// The scopes at a place: one text, or a list.
    fn scopes(&mut self, call: Call<'_>, place: ByteRange, list: bool) -> Result<String, Refusal> {
        let plan = self.plan;
        let quote = super::keep::quote_of(call.text, plan.grammar.platform, "");
        self.reads_scopes |= plan.scopes.is_none();
        if let (Some(scopes), true) = (&plan.scopes, list) {
            plan.account_for_scopes(&mut self.draft);
            let each = scopes.joined.split(',').map(|scope| super::lines::quoted(scope, quote));
            let each: Vec<String> = each.collect();
            return Ok(format!("[{}]", each.join(", ")));
        }
        let text = super::scopes::expression(plan, &mut self.draft, call.unit, place, quote)?;
        if !list {
            return Ok(text);
        }
        let comma = super::lines::quoted(",", quote);
        Ok(if text.contains(" || ") { format!("({text}).split({comma})") } else { format!("{text}.split({comma})") })
    }

    /// An environment variable as an expression.
    fn variable(&mut self, call: Call<'_>, name: &str, secret: bool) -> String {
        self.added.insert(RequiredKey { key: name.to_owned(), kind: KeyKind::Environment, secret });
        let plan = self.plan;
        let quote = super::keep::quote_of(call.text, plan.grammar.platform, "");
        match plan.grammar.platform {
            Platform::Node => format!("process.env.{name}"),
            Platform::Python => {
                super::scopes::import(plan, &mut self.draft, call.unit, "os");
                format!("os.environ[{}]", super::lines::quoted(name, quote))
            }
            Platform::Java => format!("System.getenv(\"{name}\")"),
        }
    }

    /// Replaces whole names in a file.
    fn names(&mut self, call: Call<'_>, names: &BTreeMap<String, String>) {
        for leaf in Preorder::new(call.root) {
            let is_name = leaf.child_count() == 0 && leaf.kind().contains("identifier");
            if let Some(new) = names.get(&call.text[leaf.byte_range()]).filter(|_| is_name) {
                self.draft.replace(call.unit, range(leaf), new.clone());
                self.draft.uses(call.unit, new);
            }
        }
    }

    /// Replaces the names of packages in imports.
    fn modules(&mut self, call: Call<'_>, modules: &BTreeMap<String, String>) {
        for node in Preorder::new(call.root).filter(|node| node.kind() == "string_fragment") {
            if let Some(new) = modules.get(&call.text[node.byte_range()]) {
                self.draft.replace(call.unit, range(node), new.clone());
                let old = &call.text[node.byte_range()];
                self.draft.doubts.insert(format!("`{old}` is called `{new}` from its next major version on"));
            }
        }
    }

    /// Replaces texts among the arguments; whether there was one.
    fn values(&mut self, call: Call<'_>, values: &BTreeMap<String, String>) -> bool {
        let Some(arguments) = call.node.child_by_field_name("arguments") else { return false };
        let mut changed = false;
        for node in Preorder::new(arguments).filter(|node| node.kind() == "string") {
            let written = &call.text[node.byte_range()];
            if let Some(new) = values.get(written.trim_matches(['"', '\''])) {
                let quote = written.chars().next().unwrap_or('"');
                self.draft.replace(call.unit, range(node), super::lines::quoted(new, quote));
                changed = true;
            }
        }
        changed
    }

    fn finish(self) -> Result<Planned, Refusal> {
        let Self { plan, draft, mut added, reads_scopes, target, lost, .. } = self;
        if reads_scopes {
            let key = plan.model.scopes_variable.clone();
            added.insert(RequiredKey { key, kind: KeyKind::Environment, secret: false });
        }
        let mut finished = draft.finish()?;
        for (unit, place) in lost {
            finished.gone.entry(unit).or_default().push(place);
        }
        let requires = Requires {
            added: added.into_iter().collect(),
            removed: removed(plan, &finished),
            handed_through: Vec::new(),
        };
        let read = plan.key_still_read(&finished);
        let reads_key = read.is_some();
        let sites = Site::of(plan.subject, finished.helpers);
        let Finished { edits, mut doubts, mut ledger, .. } = finished;
        doubts.extend(read);
        ledger.push(LedgerEntry::Assumed {
            text: "The Developer Console has an OAuth Server-to-Server credential with the same client id; its secret may differ."
                .to_owned(),
        });
        ledger.push(LedgerEntry::NotVerified { text: "Nothing was sent to Adobe.".to_owned() });
        Ok(Planned { edits, doubts, ledger, requires, target, kept_because: None, reads_key, sites })
    }
}

/// The environment variables that only stood in what is gone.
fn removed(plan: &Plan<'_>, finished: &Finished) -> Vec<RequiredKey> {
    let mut found = BTreeSet::new();
    for (unit, places) in &finished.gone {
        let Some(source) = plan.source(*unit) else { continue };
        let text = source.file.text();
        for place in places {
            for name in variables(&text[place.start..place.end]) {
                let all = text.matches(name).count();
                let gone: usize = places.iter().map(|place| text[place.start..place.end].matches(name).count()).sum();
                if all == gone {
                    let secret = ["KEY", "SECRET"].iter().any(|word| name.to_uppercase().contains(word));
                    found.insert(RequiredKey { key: name.to_owned(), kind: KeyKind::Environment, secret });
                }
            }
        }
    }
    found.into_iter().collect()
}

/// The environment variables that a text of code asks for.
fn variables(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for asked in ["process.env.", "process.env[", "environ[", "environ.get(", "getenv("] {
        for (at, _) in text.match_indices(asked) {
            let rest = text[at + asked.len()..].trim_start_matches(['"', '\'']);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            if end > 0 {
                found.push(&rest[..end]);
            }
        }
    }
    found
}

/// The named children of a node without comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

/// Whether a text has a name as a whole word.
fn has_name(text: &str, name: &str) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$');
    text.match_indices(name)
        .any(|(at, _)| !is_word(text[..at].chars().next_back()) && !is_word(text[at + name.len()..].chars().next()))
}
