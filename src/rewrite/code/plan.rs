//! What a rewrite of one exchange is about, before any code is printed: where its values are written, where its address
//! stands, what becomes of the token's lifetime, and which scopes are asked for.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::super::scopes::Answer;
use super::draft::{Draft, Finished};
use super::grammar::Grammar;
use super::helper::Placement;
use super::names::Names;
use super::slot::{Slot, slot};
use crate::contents::Contents;
use crate::detect::Subject;
use crate::facts::fact::{Facts, Origin, Part, Read, Request, Text};
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Finding, LedgerEntry, Platform};
use crate::manifest::floor::Floor;
use crate::project::Source;
use crate::rules::Catalog;
use crate::rules::schema::RewriteModel;
use crate::syntax::Preorder;

/// A named value of the request, and the file it is written in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) unit: UnitId,
    pub(super) slot: Slot,
}

/// Scopes that are known.
pub(super) struct PlannedScopes {
    /// Joined with commas.
    pub(super) joined: String,
    /// Where they come from, as a part of a sentence.
    source: String,
    is_sure: bool,
}

impl PlannedScopes {
    /// What an answer says: the scopes, or a suggestion.
    fn of(answer: Answer) -> (Option<Self>, Option<String>) {
        let join = |scopes: &[String]| (!scopes.is_empty()).then(|| scopes.join(","));
        match answer {
            Answer::Known { scopes, source, is_sure } => {
                (join(&scopes).map(|joined| Self { joined, source, is_sure }), None)
            }
            Answer::Unknown { suggested, .. } => (None, join(&suggested)),
        }
    }
}

/// The plan for one exchange.
pub(super) struct Plan<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) facts: &'a Facts,
    pub(super) model: &'a RewriteModel,
    /// What is known of libraries.
    pub(super) catalog: &'a Catalog,
    /// What files hold that were not understood with the program.
    pub(super) contents: &'a Contents,
    /// The form field of the client's id.
    pub(super) client_field: String,
    pub(super) grammar: Grammar,
    /// The file of the call that sends, and the call in it.
    pub(super) unit: UnitId,
    pub(super) site: ByteRange,
    /// The requests that were seen there; at least one.
    pub(super) requests: Vec<&'a Request>,
    /// The scopes; nothing where nobody knows them.
    pub(super) scopes: Option<PlannedScopes>,
    /// Scopes that are known for the product, which are a suggestion.
    pub(super) suggested: Option<String>,
    /// The lowest version of the runtime, where a target asks for it and the project says it.
    pub(super) floor: Option<Floor>,
    /// Where what several requests need stands.
    pub(super) placement: Placement,
}

impl<'a> Plan<'a> {
    /// The plan for a finding, where its request is known.
    pub(super) fn new(
        subject: &'a Subject<'a>,
        facts: &'a Facts,
        catalog: &'a Catalog,
        model: &'a RewriteModel,
        grammar: Grammar,
        finding: &Finding,
        (answer, contents): (Answer, &'a Contents),
    ) -> Option<Self> {
        let is_site = |request: &&Request| {
            subject.place(request.site).is_some_and(|(source, range)| {
                source.file.path() == finding.path && source.file.span(range) == finding.span
            })
        };
        let requests: Vec<&Request> = facts.requests.iter().filter(is_site).collect();
        let (unit, site) = subject.program.place(requests.first()?.site)?;
        let (scopes, suggested) = PlannedScopes::of(answer);
        Some(Self {
            subject,
            facts,
            model,
            catalog,
            contents,
            client_field: catalog
                .rule(&finding.rule)
                .and_then(|rule| rule.rule.matches.client_field.clone())
                .unwrap_or_default(),
            grammar,
            unit,
            site,
            requests,
            scopes,
            suggested,
            floor: None,
            placement: Placement::Within,
        })
    }

    /// The plan for a call of an SDK, which sends by itself.
    pub(super) fn of_sdk(
        subject: &'a Subject<'a>,
        facts: &'a Facts,
        catalog: &'a Catalog,
        model: &'a RewriteModel,
        grammar: Grammar,
        site: ByteRange,
        (answer, contents): (Answer, &'a Contents),
    ) -> Option<Self> {
        let (unit, site) = subject.program.place(site)?;
        let (scopes, suggested) = PlannedScopes::of(answer);
        Some(Self {
            subject,
            facts,
            model,
            catalog,
            contents,
            client_field: String::new(),
            grammar,
            unit,
            site,
            requests: Vec::new(),
            scopes,
            suggested,
            floor: None,
            placement: Placement::Within,
        })
    }

    /// Says where the scopes come from that stand in the new code.
    pub(super) fn account_for_scopes(&self, draft: &mut Draft<'_>) {
        let Some(scopes) = &self.scopes else { return };
        let text = format!("The scopes are those {}.", scopes.source);
        if !scopes.is_sure {
            draft.doubts.insert(format!("the scopes are those {}", scopes.source));
        }
        let entry = LedgerEntry::Assumed { text };
        if !draft.ledger.contains(&entry) {
            draft.ledger.push(entry);
        }
    }

    /// A file of the program.
    pub(super) fn source(&self, unit: UnitId) -> Option<&'a Source> {
        self.subject.sources.get(unit.0 as usize)
    }

    /// Where a field of the request is written, each place once.
    pub(super) fn field(&self, name: &str) -> Vec<Written> {
        let mut found: Vec<Written> = Vec::new();
        for field in self.requests.iter().flat_map(|request| &request.fields) {
            let Some(place) = field.name.range() else { continue };
            let is_it = field.name.literal().is_some_and(|literal| literal == name || literal.contains(name));
            let Some((unit, local)) = self.subject.program.place(place).filter(|_| is_it) else { continue };
            let Some(source) = self.source(unit) else { continue };
            let Some(tree) = &source.tree else { continue };
            let here = slot(tree.root_node(), source.file.text(), self.grammar, local, name);
            let written = match here {
                Some(slot) => vec![Written { unit, slot }],
                None => self.through_constant(unit, local),
            };
            for one in written {
                if !found.iter().any(|known| (known.unit, known.slot.name) == (one.unit, one.slot.name)) {
                    found.push(one);
                }
            }
        }
        found
    }

    /// Where a constant of Java that holds the name of a field is used, in the file of the request.
    fn through_constant(&self, unit: UnitId, place: ByteRange) -> Vec<Written> {
        if self.grammar.platform != Platform::Java {
            return Vec::new();
        }
        let declarator = || {
            let source = self.source(unit)?;
            let literal = source.tree.as_ref()?.root_node().descendant_for_byte_range(place.start, place.end)?;
            let literal = if self.grammar.is_string(literal) { literal } else { literal.parent()? };
            let declarator = literal.parent().filter(|parent| parent.kind() == "variable_declarator")?;
            let is_member = declarator.parent().is_some_and(|outer| outer.kind() != "local_variable_declaration");
            let name = declarator.child_by_field_name("name").filter(|_| is_member)?;
            source.file.text().get(name.byte_range())
        };
        let (Some(constant), Some(source)) = (declarator(), self.source(self.unit)) else { return Vec::new() };
        let Some(tree) = &source.tree else { return Vec::new() };
        let text = source.file.text();
        let uses = Preorder::new(tree.root_node())
            .filter(|node| node.kind() == "identifier" && text.get(node.byte_range()) == Some(constant))
            .map(|node| {
                let access = node.parent().filter(|parent| parent.child_by_field_name("field") == Some(node));
                access.unwrap_or(node)
            });
        let slots = uses.filter_map(|node| {
            let written = text.get(node.byte_range())?;
            slot(tree.root_node(), text, self.grammar, super::names::range(node), written)
        });
        slots.map(|slot| Written { unit: self.unit, slot }).collect()
    }

    /// Where the path of the old endpoint is written, each place once: the file and the part that is replaced.
    pub(super) fn paths(&self) -> Vec<(UnitId, ByteRange)> {
        let direct = self.requests.iter().flat_map(|request| &request.urls);
        let found = self.paths_in(direct);
        if !found.is_empty() {
            return found;
        }
        self.paths_in(self.requests.iter().flat_map(|request| &request.urls_nearby))
    }

    fn paths_in<'t>(&self, texts: impl Iterator<Item = &'t Text>) -> Vec<(UnitId, ByteRange)> {
        let mut found = Vec::new();
        for part in texts.flat_map(|text| &text.parts) {
            let Part::Literal(_, range) = part else { continue };
            let Some((unit, local)) = self.subject.program.place(*range) else { continue };
            let Some(source) = self.source(unit) else { continue };
            let Some(written) = source.file.text().get(local.start..local.end) else { continue };
            for old in &self.model.old_paths {
                if let Some(at) = written.find(old.as_str()) {
                    let place = ByteRange::new(local.start + at, local.start + at + old.len());
                    if !found.contains(&(unit, place)) {
                        found.push((unit, place));
                    }
                    break;
                }
            }
        }
        found
    }

    /// Where the address comes from, for a person, where no part of it is written in the code.
    pub(super) fn address_from(&self) -> String {
        let holes = self.requests.iter().flat_map(|request| &request.urls).flat_map(|text| &text.parts);
        let names: BTreeSet<String> = holes
            .filter_map(|part| match part {
                Part::Hole(origin, _) => Some(format!("`{}`", origin.name())),
                Part::Literal(..) => None,
            })
            .collect();
        if names.is_empty() { "somewhere else".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") }
    }

    /// The environment variables that the assertions of the flow ask for, with the places that do.
    pub(super) fn environment(&self) -> Vec<(String, UnitId, ByteRange)> {
        let values = self
            .facts
            .assertions
            .iter()
            .flat_map(|assertion| assertion.claims.iter().map(|claim| &claim.value).chain([&assertion.key]));
        let values = values.chain(self.requests.iter().flat_map(|request| &request.fields).map(|field| &field.value));
        let parts = values.flat_map(|value| &value.texts).flat_map(|text| &text.parts);
        let mut found = Vec::new();
        for part in parts {
            if let Part::Hole(Origin::Environment(name), range) = part
                && let Some((unit, local)) = self.subject.program.place(*range)
                && !found.contains(&(name.clone(), unit, local))
            {
                found.push((name.clone(), unit, local));
            }
        }
        found
    }

    /// Whether the answer could be followed to where its token is read, and no lifetime is read but where it is rewritten.
    pub(super) fn reads_only_the_token(&self) -> bool {
        let sites = self.sites();
        if self.grammar.platform != Platform::Node {
            if self.grammar.platform == Platform::Java && super::java::gives_only_the_token(self) {
                return true;
            }
            let reads = || self.facts.reads.iter().filter(|read| sites.contains(&read.request));
            let known = &self.model.token_members;
            let is_changed = |place: ByteRange| {
                self.facts
                    .lifetimes
                    .iter()
                    .any(|lifetime| sites.contains(&lifetime.request) && lifetime.range.contains(place))
            };
            return reads().any(|read| !self.is_of_response(&read.name))
                && reads().all(|read| {
                    known.contains(&read.name) || is_changed(read.range) || self.is_of_response(&read.name)
                });
        }
        let reads = || self.facts.reads.iter().filter(|read| sites.contains(&read.request));
        let is_changed = |place: ByteRange| self.facts.lifetimes.iter().any(|lifetime| lifetime.range.contains(place));
        let is_rewritten = |read: &Read| is_changed(read.range) || self.is_taken_apart(read, &is_changed);
        let texts = || self.subject.sources.iter().map(|source| source.file.text());
        let own = self.source(self.unit).map_or("", |source| source.file.text());
        // What events hand out cannot be followed; where nobody speaks of a lifetime, nobody reads it.
        let reads_token = self.model.token_members.first().is_some_and(|member| own.contains(&format!(".{member}")));
        if reads().next().is_none() && reads_token {
            return !texts().any(|text| self.speaks_of_lifetime(text));
        }
        reads().any(|read| self.model.token_members.contains(&read.name))
            && reads().all(|read| !read.name.to_lowercase().contains("expir") || is_rewritten(read))
    }

    /// The item of a pattern at a place that takes a member of this name: in a declaration, or in what a function is given.
    pub(super) fn pattern_item(&self, unit: UnitId, place: ByteRange, name: &str) -> Option<Node<'a>> {
        let source = self.source(unit)?;
        let text = source.file.text();
        let node = source.tree.as_ref()?.root_node().descendant_for_byte_range(place.start, place.end)?;
        let key = |item: &Node<'_>| {
            let key = item.child_by_field_name("key").or_else(|| item.child_by_field_name("left")).unwrap_or(*item);
            text.get(key.byte_range())
        };
        Preorder::new(node).filter(|inner| inner.kind() == "object_pattern").find_map(|pattern| {
            let mut cursor = pattern.walk();
            pattern.named_children(&mut cursor).find(|item| key(item) == Some(name))
        })
    }

    /// Whether a read is an item of a pattern, and all uses of the name that it gives lie in changed places.
    fn is_taken_apart(&self, read: &Read, is_changed: &dyn Fn(ByteRange) -> bool) -> bool {
        let Some((unit, local)) = self.subject.program.place(read.range) else { return false };
        let Some(offset) = read.range.start.checked_sub(local.start) else { return false };
        let Some(item) = self.pattern_item(unit, local, &read.name) else { return false };
        let Some((source, tree)) = self.source(unit).and_then(|source| Some((source, source.tree.as_ref()?))) else {
            return false;
        };
        let names = Names::of(tree, source.file.text(), &self.grammar);
        let name = item.child_by_field_name("value").unwrap_or(item);
        let Some(declared) = names.declarations.iter().find(|one| one.range == super::names::range(name)) else {
            return false;
        };
        let mut mentions = names.mentions_of(declared).peekable();
        mentions.peek().is_some()
            && mentions
                .all(|mention| is_changed(ByteRange::new(mention.range.start + offset, mention.range.end + offset)))
    }

    /// Whether a name is one of a response of Python, beside its content, which says nothing of the lifetime.
    pub(super) fn is_of_response(&self, name: &String) -> bool {
        let targets = &self.catalog.targets().targets;
        self.grammar.platform == Platform::Python
            && targets
                .iter()
                .any(|target| target.response_members.contains(name) || target.content_members.contains(name))
    }

    /// The members of the answer that somebody reads.
    pub(super) fn reads(&self) -> Vec<String> {
        let sites = self.sites();
        let reads = self.facts.reads.iter().filter(|read| sites.contains(&read.request));
        reads.map(|read| read.name.clone()).collect()
    }

    /// The calls that send.
    /// Whether a text has the name of the token's lifetime, in any spelling.
    pub(super) fn speaks_of_lifetime(&self, text: &str) -> bool {
        let plain = |text: &str| text.replace('_', "").to_lowercase();
        plain(text).contains(&plain(&self.model.lifetime_member))
    }

    /// That the private key is read still once all is done, where it is.
    pub(super) fn key_still_read(&self, finished: &Finished) -> Option<String> {
        let read = self.key_sources().into_iter().find(|(name, unit, place)| {
            let gone = finished.gone.get(unit).into_iter().flatten();
            let gone: Vec<&ByteRange> = gone.chain(finished.replaced.get(unit).into_iter().flatten()).collect();
            let is_gone = |place: ByteRange| gone.iter().any(|gone| gone.contains(place));
            !is_gone(*place)
                && !self.pattern_item(*unit, *place, name).is_some_and(|item| is_gone(super::names::range(item)))
        });
        let read = read.map(|(name, ..)| match name {
            "" => "the code still reads the private key from a file".to_owned(),
            name => format!("the code still reads the private key, from `{name}`"),
        });
        read.or_else(|| {
            let name = self.key_setting()?;
            Some(format!(
                "the private key came from the setting `{name}`: the code that sets it stays, and may read a file"
            ))
        })
    }

    /// The setting that gives the private key, where settings are members of code that is not linked, as those of Django are.
    fn key_setting(&self) -> Option<&'a str> {
        let mut sources = self.key_sources().into_iter();
        sources.find_map(|(name, unit, place)| {
            let text = self.source(unit)?.file.text();
            let written = text.get(place.start..place.end)?.strip_suffix(name)?;
            (self.grammar.platform == Platform::Python && written.ends_with('.')).then_some(name)
        })
    }

    /// What gives the private key, each with its place: variables, files, keys of a configuration.
    fn key_sources(&self) -> Vec<(&'a str, UnitId, ByteRange)> {
        let keys = self.facts.assertions.iter().map(|assertion| &assertion.key);
        let of_sdks = self.facts.grants.iter().filter(|_| self.grammar.platform == Platform::Node);
        let keys = keys.chain(of_sdks.map(|grant| &grant.key));
        let parts = keys.flat_map(|key| key.texts.iter().chain(&key.made_of)).flat_map(|text| &text.parts);
        parts
            .filter_map(|part| match part {
                Part::Hole(Origin::Environment(name) | Origin::File(name) | Origin::Configuration(name), range) => {
                    let (unit, local) = self.subject.program.place(*range)?;
                    Some((name.as_str(), unit, local))
                }
                _ => None,
            })
            .collect()
    }

    /// The functions that sign assertions of the flow, with the places that do.
    pub(super) fn signers(&self) -> Vec<(&'a str, UnitId, ByteRange)> {
        let fields = self.requests.iter().flat_map(|request| &request.fields);
        let used: BTreeSet<ByteRange> = fields.flat_map(|field| field.value.assertions.iter().copied()).collect();
        let signed =
            self.facts.assertions.iter().filter(|assertion| assertion.signed && used.contains(&assertion.site));
        signed
            .filter_map(|assertion| {
                let (unit, local) = self.subject.program.place(assertion.site)?;
                Some((assertion.symbol.as_str(), unit, local))
            })
            .collect()
    }

    pub(super) fn sites(&self) -> Vec<ByteRange> {
        self.requests.iter().flat_map(|request| [Some(request.site), request.sender]).flatten().collect()
    }
}
