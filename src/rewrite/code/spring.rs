//! Spring Security asks for the token: the body of a method that gives the token as a text becomes the call of a manager.
//!
//! The manager is kept in a field where all that it is made of stays the same, else it is made for each call. It asks at each
//! call, as the old code did: a token that is handed out lasts as long as before. Where anything else than the text of the token leaves
//! the method, or the client was set up in a way that a manager does not have, it refuses, and the client stays.

use tree_sitter::Node;

use super::draft::Draft;
use super::grammar::Grammar;
use super::java;
use super::keep::{self, Refusal};
use super::lines::{indentation, line_start, newline};
use super::names::range;
use super::plan::Plan;
use super::scopes;
use super::slot::Form;
use crate::facts::fact::Request;
use crate::facts::program::UnitId;
use crate::finding::ByteRange;
use crate::manifest::{Project, decide, supports};
use crate::project::Source;
use crate::rewrite::targets::Target;
use crate::rules::Effects;
use crate::rules::targets::numbers;
use crate::syntax::Preorder;

/// The version of Spring Security that has the name of the method in which the secret stands in the form; older ones have another.
const CLIENT_SECRET_POST_SINCE: &str = "5.5";

/// How many names an address may go through.
const MOST_NAMES: usize = 4;

/// Why the client has to stay, whatever library is wished for: the platform, the answer that goes on, a client of its own kind.
pub(super) fn circumstances(plan: &Plan<'_>, effects: &Effects) -> Option<String> {
    let source = plan.source(plan.unit)?;
    let text = source.file.text();
    let root = source.tree.as_ref()?.root_node();
    let site = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
    let gives = java::method(site).and_then(|method| method.child_by_field_name("type"));
    let gives = gives.map(|kind| text.get(kind.byte_range()).unwrap_or_default()).unwrap_or_default();
    let simple = gives.split('<').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
    let manifests = java::manifests(source, plan.contents);
    let neighbours = java::package_texts(source, plan.contents);
    let codes = || {
        let linked = plan.subject.sources.iter().map(|source| source.file.text());
        linked.chain(neighbours.iter().map(|(_, text)| text.as_str()))
    };
    for model in effects.keeps() {
        let in_code = |words: &[String]| codes().any(|text| words.iter().any(|word| text.contains(word.as_str())));
        let in_manifests = || {
            manifests.iter().any(|known| model.manifests.iter().any(|word| known.file.text().contains(word.as_str())))
        };
        if (model.gives.contains(simple) || in_code(&model.code) || in_manifests()) && !in_code(&model.unless) {
            return Some(model.reason.replace("{type}", simple));
        }
    }
    if java::release(source).is_some_and(|floor| !floor.is_at_least("8")) {
        return Some("the project is built for a Java that Spring Security does not run on".to_owned());
    }
    if is_declared(plan) {
        return None;
    }
    client_of_own(plan.grammar, source, site, &neighbours)
}

/// Whether an interface declares the request by annotations: what sends it is a library.
fn is_declared(plan: &Plan<'_>) -> bool {
    plan.field(&plan.client_field).iter().any(|written| written.slot.form == Form::Parameter)
}

/// Why the client of a request has to stay, where the project has written it itself over another one.
pub(super) fn own_client(plan: &Plan<'_>) -> Option<String> {
    let source = plan.source(plan.unit)?;
    let root = source.tree.as_ref()?.root_node();
    let site = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
    let neighbours = java::package_texts(source, plan.contents);
    let client = source.file.text().get(plan.grammar.root(site).byte_range())?;
    let kind = type_of(root, source.file.text(), client)?;
    let extends = format!("class {kind} extends ");
    let is_over = neighbours.iter().any(|(_, text)| text.contains(&extends)) || source.file.text().contains(&extends);
    client_of_own(plan.grammar, source, site, &neighbours).filter(|_| is_over)
}

/// The class of the client, where the project has written it itself.
fn client_of_own(grammar: Grammar, source: &Source, site: Node<'_>, neighbours: &[(String, String)]) -> Option<String> {
    let text = source.file.text();
    let client = grammar.root(site);
    let name = text.get(client.byte_range()).filter(|_| client.kind() == "identifier")?;
    let kind = type_of(source.tree.as_ref()?.root_node(), text, name)?;
    let is_own =
        neighbours.iter().any(|(file, _)| *file == format!("{kind}.java")) || text.contains(&format!("class {kind} "));
    is_own.then(|| format!("the request goes through the project's own {kind}, and what that does would be passed by"))
}

/// The type that a variable, field or parameter of a file is declared with.
fn type_of<'text>(root: Node<'_>, text: &'text str, name: &str) -> Option<&'text str> {
    let declared = declaration_of(root, text, name)?;
    let kind = declared.child_by_field_name("type")?;
    text.get(kind.byte_range())?.split('<').next()
}

/// The statement, field or parameter that declares a name.
fn declaration_of<'tree>(root: Node<'tree>, text: &str, name: &str) -> Option<Node<'tree>> {
    let is_it =
        |node: Node<'_>| node.child_by_field_name("name").and_then(|name| text.get(name.byte_range())) == Some(name);
    Preorder::new(root).find_map(|node| match node.kind() {
        "variable_declarator" if is_it(node) => node.parent(),
        "formal_parameter" | "resource" if is_it(node) => Some(node),
        _ => None,
    })
}

/// Rewrites the method around the request.
pub(super) fn rewrite(plan: &Plan<'_>, draft: &mut Draft<'_>, effects: &Effects) -> Result<(), Refusal> {
    let unit = plan.unit;
    let unknown = || "the request could not be followed".to_owned();
    let source = plan.source(unit).ok_or_else(unknown)?;
    let text = source.file.text();
    let root = source.tree.as_ref().ok_or_else(unknown)?.root_node();
    let site = root.descendant_for_byte_range(plan.site.start, plan.site.end).ok_or_else(unknown)?;
    let method = java::method(site).ok_or_else(|| "the request stands in no method".to_owned())?;
    let body = method.child_by_field_name("body").ok_or_else(unknown)?;
    let part = |place: ByteRange| text.get(place.start..place.end).unwrap_or_default();
    let manifests = java::manifests(source, plan.contents);
    let floor = java::release(source);
    let project = Project { manifests: &manifests, floor: floor.as_ref(), features: &[] };
    let targets = plan.catalog.targets();
    let mut version = None;
    if let Some(target) = targets.named(plan.grammar.platform, Target::SpringSecurity.name()) {
        let decided = supports(target, floor.as_ref(), false).and_then(|()| decide(target, project));
        let choices = decided.map_err(|undecided| undecided.to_string())?;
        let library = choices.into_iter().next();
        let managed = library.as_ref().and_then(|library| library.managed.as_ref());
        if let Some(managed) = managed.filter(|managed| managed.version.is_some() && managed.settles.is_none()) {
            let own = managed.version.clone().unwrap_or_default();
            return Err(format!("{} {own} settles a version of Spring Security that is too old", managed.by));
        }
        version = library.and_then(|library| library.version);
    }
    let site_of_plan = Shape { plan, effects, text, root, method, body };
    site_of_plan.check()?;

    let address = site_of_plan.address(draft)?;
    let id = site_of_plan.field(&plan.client_field)?;
    let secret = site_of_plan.field(&plan.model.secret_field)?;
    let kept = site_of_plan.kept(&[&address.1, &id, &secret])?;
    let address = address.0;

    // What is no longer needed, in runs between the statements that stay.
    let mut cursor = body.walk();
    let statements: Vec<Node<'_>> = body.named_children(&mut cursor).collect();
    let last_kept = statements.iter().rposition(|statement| kept.contains(&range(*statement)));
    let gone: Vec<Node<'_>> =
        statements.iter().filter(|statement| !kept.contains(&range(**statement))).copied().collect();
    let (first, last) = match (gone.first(), gone.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => return Err(unknown()),
    };
    // The new statements stand where the last of the old ones did, behind what they need.
    let from = match last_kept {
        Some(position) => statements.get(position + 1).copied().ok_or_else(unknown)?,
        None => first,
    };
    for name in site_of_plan.names_in(&[&id, &secret, &site_of_plan.address_place()?]) {
        draft.uses(unit, &name);
    }
    let indent = indentation(text, first.start_byte()).to_owned();
    let made_of = [site_of_plan.address_place()?, id, secret];
    let is_fixed = site_of_plan.has_fields()
        && kept.iter().all(|place| !site_of_plan.declares(*place))
        && site_of_plan.is_fixed(&made_of);
    let is_old = version.is_some_and(|version| numbers(&version) < numbers(CLIENT_SECRET_POST_SINCE));
    let authentication = if is_old { "POST" } else { "CLIENT_SECRET_POST" };
    let (id, secret) = (part(id), part(secret));
    let code = Code { address: &address, id, secret, authentication, indent: &indent, is_kept: is_fixed };
    let new = site_of_plan.code(draft, &code)?;
    for statement in &gone {
        draft.give_up(unit, range(*statement));
        if statement.start_byte() < from.start_byte() {
            let start = line_start(text, statement.start_byte());
            draft.replace(unit, ByteRange::new(start, super::lines::line_end(text, statement.end_byte())), "");
        }
    }
    draft.replace(unit, ByteRange::new(from.start_byte(), last.end_byte()), new);
    draft.replaced(
        unit,
        plan.site,
        "the exchange of the signed assertion",
        "Spring Security's manager asks for the token",
    );
    Ok(())
}

/// The method that is rewritten.
struct Shape<'a, 'tree> {
    plan: &'a Plan<'a>,
    effects: &'a Effects,
    text: &'a str,
    root: Node<'tree>,
    method: Node<'tree>,
    body: Node<'tree>,
}

impl Shape<'_, '_> {
    fn part(&self, place: ByteRange) -> &str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }

    /// Whether the method gives the token and does nothing else.
    fn check(&self) -> Result<(), Refusal> {
        let gives = self.method.child_by_field_name("type").map(|kind| self.part(range(kind))).unwrap_or_default();
        if gives != "String" {
            let gives = gives.split('<').next().unwrap_or_default();
            return Err(format!("the method that asks gives more than the text of the token: {gives}"));
        }
        let body = self.part(range(self.body));
        let token = self.plan.model.token_members.first().map(|name| format!("\"{name}\"")).unwrap_or_default();
        if body.matches(&token).count() != 1 {
            return Err("where the token is read from the answer could not be seen".to_owned());
        }
        if self.plan.speaks_of_lifetime(body) || body.contains("refresh_token") {
            return Err("more than the token is read from the answer".to_owned());
        }
        let all = self.text.to_lowercase();
        if let Some(word) =
            ["timeout", "proxy", "interceptor", "sslcontext", "sslsocket", "truststore", "authenticator", "retry"]
                .iter()
                .find(|word| all.contains(**word))
        {
            return Err(format!("the client is set up ({word}), and a manager would not be"));
        }
        let is_login = |request: &&Request| {
            request.fields.iter().any(|field| field.name.literal().as_ref() == Some(&self.plan.model.secret_field))
        };
        let logins = self.plan.facts.requests.iter().filter(is_login);
        let mut sites = logins.filter_map(|request| self.plan.subject.program.place(request.site));
        if sites.any(|(unit, place)| unit == self.plan.unit && !range(self.method).contains(place)) {
            return Err("several requests of this file ask for a token".to_owned());
        }
        self.client()?;
        for node in Preorder::new(self.body) {
            match node.kind() {
                "assignment_expression" => {
                    let left = node.child_by_field_name("left").map(|left| self.part(range(left))).unwrap_or_default();
                    let is_local = self.local(left).is_some();
                    if !is_local {
                        return Err(format!("the method also sets `{left}`"));
                    }
                }
                "lambda_expression" if body.contains("sendAsync") || body.contains("enqueue") => {
                    return Err("the request does not wait for its answer".to_owned());
                }
                "method_invocation" if node.child_by_field_name("object").is_none() => {
                    let name = node.child_by_field_name("name").map(|name| self.part(range(name))).unwrap_or_default();
                    let own = self.declared_method(name).map(|own| self.part(range(own)));
                    if own.is_none_or(|own| own.contains("this.")) {
                        return Err(format!("the method also calls `{name}`"));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A client that came from outside was set up there.
    fn client(&self) -> Result<(), Refusal> {
        let Some(site) = self.root.descendant_for_byte_range(self.plan.site.start, self.plan.site.end) else {
            return Ok(());
        };
        let client = self.plan.grammar.root(site);
        if client.kind() != "identifier" {
            return Ok(());
        }
        let name = self.part(range(client));
        let Some(declared) = declaration_of(self.root, self.text, name) else { return Ok(()) };
        let from_outside = declared.kind() == "formal_parameter"
            || (declared.kind() == "field_declaration" && !self.part(range(declared)).contains('='));
        match from_outside {
            true => Err(format!("`{name}` comes from outside of the class, with what was set up there")),
            false => Ok(()),
        }
    }

    fn declared_method(&self, name: &str) -> Option<Node<'_>> {
        Preorder::new(self.root).find(|node| {
            node.kind() == "method_declaration"
                && node.child_by_field_name("name").is_some_and(|known| self.part(range(known)) == name)
        })
    }

    /// The statement of the method's own block that declares a name; nothing where it is no variable of the method.
    fn local(&self, name: &str) -> Option<Node<'_>> {
        Preorder::new(self.body).find_map(|node| {
            let is_it = matches!(node.kind(), "variable_declarator" | "resource" | "formal_parameter")
                && node.child_by_field_name("name").is_some_and(|known| self.part(range(known)) == name);
            if is_it { node.parent() } else { None }
        })
    }

    fn inside(&self, unit: UnitId, place: ByteRange) -> bool {
        unit == self.plan.unit && range(self.body).contains(place)
    }

    /// Where the address is written in the method: as an expression with the path, or as the name of a constant that has it.
    fn address_place(&self) -> Result<ByteRange, Refusal> {
        let unknown = || "the address of the request could not be followed".to_owned();
        let paths = self.plan.paths();
        let [(unit, place)] = paths.as_slice() else { return Err(unknown()) };
        if self.inside(*unit, *place) {
            let mut node = self.root.descendant_for_byte_range(place.start, place.end).ok_or_else(unknown)?;
            while let Some(outer) =
                node.parent().filter(|outer| self.plan.grammar.is_string(*outer) || outer.kind() == "binary_expression")
            {
                node = outer;
            }
            return Ok(range(node));
        }
        // The constant around the path.
        let source = self.plan.source(*unit).ok_or_else(unknown)?;
        let tree = source.tree.as_ref().ok_or_else(unknown)?;
        let mut node = tree.root_node().descendant_for_byte_range(place.start, place.end);
        while let Some(here) = node.filter(|here| here.kind() != "variable_declarator") {
            node = here.parent();
        }
        let name = node.and_then(|node| node.child_by_field_name("name")).ok_or_else(unknown)?;
        let name = source.file.text().get(name.byte_range()).ok_or_else(unknown)?;
        let used = Preorder::new(self.body).find(|node| node.kind() == "identifier" && self.part(range(*node)) == name);
        let mut used = used.ok_or_else(unknown)?;
        while let Some(outer) = used.parent().filter(|outer| {
            outer.kind() == "binary_expression"
                || (outer.kind() == "field_access" && outer.child_by_field_name("field") == Some(used))
        }) {
            used = outer;
        }
        Ok(range(used))
    }

    /// Whether an expression begins with more than a path, as far as it can be seen.
    fn is_absolute(&self, unit: UnitId, node: Node<'_>, depth: usize) -> bool {
        let Some(text) = self.plan.source(unit).map(|source| source.file.text()) else { return false };
        let mut first = node;
        while let Some(left) = match first.kind() {
            "binary_expression" => first.child_by_field_name("left"),
            "parenthesized_expression" => first.named_child(0),
            "method_invocation" => {
                self.plan.grammar.receiver(first).filter(|object| self.plan.grammar.is_string(*object))
            }
            _ => None,
        } {
            first = left;
        }
        let written = text.get(first.byte_range()).unwrap_or_default();
        if self.plan.grammar.is_string(first) {
            return written.trim_matches('"').starts_with("http") || written.starts_with("\"%s");
        }
        let name = written.rsplit('.').next().unwrap_or(written);
        let declares = |node: &Node<'_>, text: &str| {
            node.kind() == "variable_declarator"
                && node.child_by_field_name("name").and_then(|known| text.get(known.byte_range())) == Some(name)
        };
        let mut units = vec![unit];
        units.extend(self.plan.paths().into_iter().map(|(unit, _)| unit));
        let value = units.into_iter().find_map(|unit| {
            let source = self.plan.source(unit)?;
            let root = source.tree.as_ref()?.root_node();
            let declarator = Preorder::new(root).find(|node| declares(node, source.file.text()))?;
            Some((unit, declarator.child_by_field_name("value")?))
        });
        // What comes from outside is taken for a host.
        depth > MOST_NAMES || value.is_none_or(|(unit, value)| self.is_absolute(unit, value, depth + 1))
    }

    /// The expression of the new address, and where the old one stands.
    fn address(&self, draft: &mut Draft<'_>) -> Result<(String, ByteRange), Refusal> {
        let place = self.address_place()?;
        let node = self.root.descendant_for_byte_range(place.start, place.end);
        if !node.is_some_and(|node| self.is_absolute(self.plan.unit, node, 0)) {
            return Err("the client knows a part of the address, and a manager would not".to_owned());
        }
        let mut written = self.part(place).to_owned();
        match self.plan.paths().as_slice() {
            [(unit, path)] if self.inside(*unit, *path) => {
                let (start, end) = (path.start - place.start, path.end - place.start);
                written.replace_range(start..end, &self.plan.model.path);
            }
            _ => keep::address(self.plan, draft, "")?,
        }
        Ok((written, place))
    }

    /// The expression of a field of the form, without what encodes it.
    fn field(&self, name: &str) -> Result<ByteRange, Refusal> {
        let places = self.plan.field(name);
        let written = places.first().filter(|written| self.inside(written.unit, written.slot.value));
        let written = written.ok_or_else(|| format!("where the form gets its `{name}` could not be seen"))?;
        let value = written.slot.value;
        let mut node = self
            .root
            .descendant_for_byte_range(value.start, value.end)
            .ok_or_else(|| format!("where the form gets its `{name}` could not be seen"))?;
        while node.kind() == "method_invocation" {
            let called = self.plan.grammar.called(node, self.text);
            let encodes = |own: Node<'_>| self.part(range(own)).contains("URLEncoder.encode(");
            let is_encoder = self.part(range(node)).starts_with("URLEncoder.encode(")
                || (self.plan.grammar.receiver(node).is_none() && self.declared_method(called).is_some_and(encodes));
            let argument = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
            match argument.filter(|_| is_encoder) {
                Some(argument) => node = argument,
                None => break,
            }
        }
        Ok(range(node))
    }

    /// The names that some places speak of.
    fn names_in(&self, places: &[&ByteRange]) -> Vec<String> {
        let names = Preorder::new(self.body).filter(|node| node.kind() == "identifier");
        let within = names.filter(|node| places.iter().any(|place| place.contains(range(*node))));
        within.map(|node| self.part(range(node)).to_owned()).collect()
    }

    /// The statements that stay: those that show something, and the variables that the new code needs.
    fn kept(&self, places: &[&ByteRange]) -> Result<Vec<ByteRange>, Refusal> {
        let mut cursor = self.body.walk();
        let statements: Vec<Node<'_>> = self.body.named_children(&mut cursor).collect();
        let mut kept: Vec<ByteRange> = Vec::new();
        let mut needed: Vec<String> = self.names_in(places);
        while let Some(name) = needed.pop() {
            let Some(declared) = self.local(&name) else { continue };
            let place = range(declared);
            if kept.contains(&place) {
                continue;
            }
            let is_own = statements.iter().any(|statement| range(*statement) == place)
                && declared.kind() == "local_variable_declaration";
            if !is_own {
                return Err(format!("`{name}` is made in the midst of the request"));
            }
            kept.push(place);
            needed.extend(self.names_in(&[&place]).into_iter().filter(|other| *other != name));
        }
        for statement in &statements {
            // What is shown before anything is asked.
            let call = statement
                .named_child(0)
                .filter(|call| statement.kind() == "expression_statement" && call.kind() == "method_invocation");
            let Some(call) = call else { break };
            let receiver =
                self.plan.grammar.receiver(call).map(|receiver| self.part(range(receiver))).unwrap_or_default();
            let callee = self.plan.grammar.callee(call).map(|callee| self.part(range(callee))).unwrap_or_default();
            if !self.effects.is_log(self.plan.grammar.platform, receiver, callee) {
                break;
            }
            kept.push(range(*statement));
        }
        Ok(kept)
    }

    /// Whether callers may wait for an `IOException`, which the new library does not throw.
    fn promises_io(&self) -> bool {
        let throws_io = self.effects.throwing("IOException");
        let mut calls = Preorder::new(self.body).filter(|node| self.plan.grammar.is_call(*node));
        let threw =
            calls.any(|call| throws_io.is_some_and(|known| known.contains(self.plan.grammar.called(call, self.text))));
        threw && java::may_throw_io(self.body, self.text)
    }

    /// Whether the method is one of a class that can have another field.
    fn has_fields(&self) -> bool {
        let class = self.method.parent().and_then(|body| body.parent());
        class.is_some_and(|class| class.kind() == "class_declaration") && !self.text.contains("Serializable")
    }

    /// Whether a statement of the method declares a variable.
    fn declares(&self, place: ByteRange) -> bool {
        let node = self.root.descendant_for_byte_range(place.start, place.end);
        node.is_some_and(|node| node.kind() == "local_variable_declaration")
    }

    /// Whether expressions give the same whenever they are evaluated: literals, variables of the environment, fields that nothing
    /// sets anew, and what getters of such fields give.
    fn is_fixed(&self, places: &[ByteRange]) -> bool {
        places.iter().all(|place| {
            self.root
                .descendant_for_byte_range(place.start, place.end)
                .is_some_and(|node| range(node) == *place && self.is_fixed_at(node))
        })
    }

    fn is_fixed_at(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        match node.kind() {
            "string_literal" | "decimal_integer_literal" => true,
            "binary_expression" | "parenthesized_expression" => {
                node.named_children(&mut cursor).all(|inner| self.is_fixed_at(inner))
            }
            "identifier" => self.is_fixed_field(self.part(range(node))),
            "field_access" => {
                let field = node.child_by_field_name("field").map(|field| self.part(range(field))).unwrap_or_default();
                let is_own = node.child_by_field_name("object").is_some_and(|object| object.kind() == "this");
                if is_own { self.is_fixed_field(field) } else { !field.is_empty() && field == field.to_uppercase() }
            }
            "method_invocation" => {
                let plain = node.child_by_field_name("arguments").is_some_and(|arguments| {
                    let mut cursor = arguments.walk();
                    arguments.named_children(&mut cursor).all(|argument| argument.kind() == "string_literal")
                });
                let written = self.part(range(node));
                let is_environment = self.effects.is_fixed(written);
                let receiver = self.plan.grammar.receiver(node);
                let is_getter = node.child_by_field_name("arguments").is_some_and(|list| list.named_child_count() == 0);
                plain && (is_environment || (is_getter && receiver.is_some_and(|object| self.is_fixed_at(object))))
            }
            _ => false,
        }
    }

    /// Whether a name is that of a field that is set where the object is made, and never again.
    fn is_fixed_field(&self, name: &str) -> bool {
        let Some(declared) = declaration_of(self.root, self.text, name) else { return false };
        if declared.kind() != "field_declaration" || self.local(name).is_some() {
            return false;
        }
        let is_injected = self.part(range(declared)).trim_start().starts_with('@');
        if self.plan.grammar.has_modifier(declared, "final") {
            return true;
        }
        let sets = |node: &Node<'_>| {
            node.kind() == "assignment_expression"
                && node.child_by_field_name("left").is_some_and(|left| {
                    let left = self.part(range(left));
                    left.strip_prefix("this.").unwrap_or(left) == name
                })
        };
        is_injected && !Preorder::new(self.root).any(|node| sets(&node))
    }

    /// A name that the file does not have.
    fn free_name<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().find(|name| !super::draft::has_word(self.text, name)).copied()
    }

    /// The new statements, the first without its indentation; where the manager is kept, a field and a method too.
    fn code(&self, draft: &mut Draft<'_>, code: &Code<'_>) -> Result<String, Refusal> {
        let (plan, unit) = (self.plan, self.plan.unit);
        let line = newline(self.text);
        let indent = code.indent;
        let step = super::lines::step(self.text);
        let name = self.free_name(&["authorizedClients", "adobeClients", "adobeAuthorizedClients"]);
        let name = name.filter(|_| code.is_kept);
        let scope = scopes::expression(plan, draft, unit, range(self.body), '"')?;
        let client = "org.springframework.security.oauth2.client";
        let core = "org.springframework.security.oauth2.core";
        let io = self.promises_io();
        let mut class = |full: &str| java::class(plan, draft, unit, full);
        let manager = class(&format!("{client}.AuthorizedClientServiceOAuth2AuthorizedClientManager"));
        let service = class(&format!("{client}.InMemoryOAuth2AuthorizedClientService"));
        let request = class(&format!("{client}.OAuth2AuthorizeRequest"));
        let authorized = class(&format!("{client}.OAuth2AuthorizedClient"));
        let provider = class(&format!("{client}.OAuth2AuthorizedClientProviderBuilder"));
        let registration = class(&format!("{client}.registration.ClientRegistration"));
        let registrations = class(&format!("{client}.registration.InMemoryClientRegistrationRepository"));
        let grant = class(&format!("{core}.AuthorizationGrantType"));
        let authentication = class(&format!("{core}.ClientAuthenticationMethod"));
        let failure = if io { class(&format!("{core}.OAuth2AuthorizationException")) } else { String::new() };
        let exception = if io { class("java.io.IOException") } else { "IllegalStateException".to_owned() };
        let duration = if name.is_some() { class("java.time.Duration") } else { String::new() };
        // How the manager is made, at some depth.
        let made = |indent: &str| {
            let deeper = format!("{line}{indent}{step}{step}");
            let grants = match name {
                None => "clientCredentials()".to_owned(),
                Some(_) => format!(
                    "{deeper}// it asks at each call: a token of the manager's own cache may be about to end\
                     {deeper}.clientCredentials(grant -> grant.clockSkew({duration}.ofDays(365)))"
                ),
            };
            let provider = match name {
                None => format!("{provider}.builder().{grants}.build()"),
                Some(_) => format!("{provider}.builder(){grants}{deeper}.build()"),
            };
            format!(
                "{registration} registration = {registration}.withRegistrationId(\"adobe\")\
                 {deeper}.authorizationGrantType({grant}.CLIENT_CREDENTIALS)\
                 {deeper}.clientAuthenticationMethod({authentication}.{method})\
                 {deeper}.tokenUri({address})\
                 {deeper}.clientId({id})\
                 {deeper}.clientSecret({secret})\
                 {deeper}.scope({scope}) // one value: Spring joins several with spaces\
                 {deeper}.build();\
                 {line}{indent}{registrations} registrations = new {registrations}(registration);\
                 {line}{indent}{manager} manager = new {manager}(\
                 {deeper}registrations, new {service}(registrations));\
                 {line}{indent}manager.setAuthorizedClientProvider({provider});",
                address = code.address,
                id = code.id,
                secret = code.secret,
                method = code.authentication,
            )
        };
        let deeper = format!("{line}{indent}{step}{step}");
        let clients = name.map_or_else(|| "manager".to_owned(), |name| format!("{name}()"));
        let ask = format!(
            "{clients}.authorize({deeper}{request}.withClientRegistrationId(\"adobe\").principal(\"adobe\").build())"
        );
        let mut new = match name {
            None => format!("{}{line}{indent}", made(indent)),
            Some(_) => String::new(),
        };
        if io {
            let ask = ask.replace(&deeper, &format!("{deeper}{step}"));
            new += &format!(
                "{authorized} authorized;\
                 {line}{indent}try {{\
                 {line}{indent}{step}authorized = {ask};\
                 {line}{indent}}} catch ({failure} e) {{\
                 {line}{indent}{step}throw new {exception}(\"Adobe IMS gave no access token: \" + e.getMessage(), e);\
                 {line}{indent}}}"
            );
        } else {
            new += &format!("{authorized} authorized = {ask};");
        }
        new += &format!(
            "{line}{indent}if (authorized == null) {{\
             {line}{indent}{step}throw new {exception}(\"Adobe IMS gave no access token\");\
             {line}{indent}}}\
             {line}{indent}return authorized.getAccessToken().getTokenValue();"
        );
        if let Some(name) = name {
            let of_class = if self.plan.grammar.has_modifier(self.method, "static") { "static " } else { "" };
            let own = indentation(self.text, self.method.start_byte());
            let inner = format!("{own}{step}");
            let innermost = format!("{inner}{step}");
            self.keeps(draft, &format!("{own}private {of_class}{manager} {name};{line}"));
            let method = format!(
                "{own}private {of_class}synchronized {manager} {name}() {{\
                 {line}{inner}if ({name} == null) {{\
                 {line}{innermost}{made}\
                 {line}{innermost}{name} = manager;\
                 {line}{inner}}}\
                 {line}{inner}return {name};\
                 {line}{own}}}{line}",
                made = made(&innermost),
            );
            draft.insert(unit, super::lines::line_end(self.text, self.method.end_byte()), method, true);
        }
        Ok(new)
    }

    /// Puts a field behind the last one of the class around the method.
    fn keeps(&self, draft: &mut Draft<'_>, field: &str) {
        let Some(class) = self.method.parent() else { return };
        let mut cursor = class.walk();
        let fields = class.named_children(&mut cursor).filter(|node| node.kind() == "field_declaration");
        let last = fields.filter(|node| node.start_byte() < self.method.start_byte()).last();
        let (at, lines) = match last {
            Some(last) => (super::lines::line_end(self.text, last.end_byte()), field.to_owned()),
            None => {
                let at = super::lines::line_end(self.text, class.start_byte());
                let is_free = self.text[at..].trim_start_matches([' ', '\t']).starts_with(['\r', '\n']);
                let gap = if is_free { String::new() } else { newline(self.text).to_owned() };
                (at, format!("{field}{gap}"))
            }
        };
        draft.insert(self.plan.unit, at, lines, last.is_none() && self.text[at..].starts_with(['\r', '\n']));
    }
}

/// What the new statements are made of.
struct Code<'a> {
    address: &'a str,
    id: &'a str,
    secret: &'a str,
    /// The name of the method by which the client shows who it is.
    authentication: &'a str,
    indent: &'a str,
    /// Whether all of it stays the same, so that the manager can be kept.
    is_kept: bool,
}
