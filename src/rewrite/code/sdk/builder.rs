//! Chains of calls that build a credential.

use tree_sitter::Node;

use super::super::keep::{Refusal, quote_of};
use super::super::lines::{indentation, line_start, newline, quoted};
use super::super::names::range;
use super::super::scopes;
use super::{Call, Rewrite, children, has_name};
use crate::finding::{ByteRange, Platform};
use crate::rules::sdk_rewriting::{BuilderRewrite, FileLink};

/// A link of a chain: from behind what it is called on to its end.
struct Link<'t> {
    name: &'t str,
    place: ByteRange,
    /// From behind what it is called on to its name: a dot, and the line end before it.
    lead: ByteRange,
    call: Node<'t>,
}

impl<'a> Rewrite<'_, 'a> {
    /// Changes the links of the chain that begins with a call.
    pub(super) fn builder(&mut self, call: Call<'a>, model: &BuilderRewrite) -> Result<(), Refusal> {
        let links = self.links(call)?;
        let is_known = |name: &str| {
            let is = |key: &str| key == name;
            let takes_scopes = model.scopes.as_ref().and_then(|scopes| scopes.from.as_deref()).is_some_and(is);
            let reads_file = model.file.as_ref().is_some_and(|file| is(&file.link));
            model.keep.iter().chain(&model.drop).any(|known| is(known)) || takes_scopes || reads_file
        };
        if let Some(link) = links.iter().find(|link| !is_known(link.name)) {
            return Err(format!("The new builder has no `{}`: build the credential by hand", link.name));
        }
        let mut has_scopes = false;
        for link in &links {
            if model.drop.iter().any(|name| name == link.name) {
                self.give_up_link(call, link);
            } else if let Some(file) = model.file.as_ref().filter(|file| file.link == link.name) {
                self.file(call, link, file)?;
            } else if let Some(key) = model.scopes.as_ref().filter(|key| key.from.as_deref() == Some(link.name)) {
                if has_scopes {
                    self.give_up_link(call, link);
                } else {
                    has_scopes = true;
                    self.draft.give_up(call.unit, link.place);
                    let scopes = self.scopes(call, link.place, key.list)?;
                    let lead = &call.text[link.lead.start..link.lead.end];
                    self.draft.replace(call.unit, link.place, format!("{lead}{}({scopes})", key.key));
                }
            }
        }
        if let (Some(key), false) = (&model.scopes, has_scopes) {
            let Some(last) = links.last() else {
                return Err(format!(
                    "It could not be seen where the builder is filled: give it its scopes with `{}`",
                    key.key
                ));
            };
            let scopes = self.scopes(call, last.place, key.list)?;
            let lead = &call.text[last.lead.start..last.lead.end];
            let at = ByteRange::new(last.place.start, last.place.start);
            self.draft.replace(call.unit, at, format!("{lead}{}({scopes})", key.key));
        }
        Ok(())
    }

    fn give_up_link(&mut self, call: Call<'_>, link: &Link<'_>) {
        // A link that is a statement of its own goes with it.
        let alone = link.call.parent().filter(|outer| outer.kind() == "expression_statement");
        let on_name = self.plan.grammar.receiver(link.call).is_some_and(|receiver| receiver.kind() == "identifier");
        match alone.filter(|_| on_name) {
            Some(statement) => self.draft.remove(call.unit, range(statement)),
            None => {
                self.lost.push((call.unit, link.place));
                self.draft.replace(call.unit, link.place, "");
                self.draft.give_up(call.unit, link.place);
            }
        }
    }

    /// The links behind a call, and those on the variable that holds what they give.
    fn links(&self, call: Call<'a>) -> Result<Vec<Link<'a>>, Refusal> {
        let mut links = Vec::new();
        let end = self.chain(call, call.node, &mut links);
        // What is built on is kept in a variable: its other links are calls on that.
        let holder = end.parent().filter(|outer| matches!(outer.kind(), "variable_declarator" | "assignment"));
        let holder = holder.filter(|_| links.last().is_none_or(|link| link.name != "build"));
        if let Some(name) =
            holder.and_then(|holder| holder.child_by_field_name("name").or_else(|| holder.child_by_field_name("left")))
        {
            let names = self.names_of(call);
            let declared = names.as_ref().and_then(|names| {
                names
                    .declarations
                    .iter()
                    .find(|declared| declared.range == range(name))
                    .map(|declared| (names, declared))
            });
            let Some((names, declared)) = declared else { return Ok(links) };
            for mention in names.mentions_of(declared) {
                let node = call.root.descendant_for_byte_range(mention.range.start, mention.range.end);
                let before = links.len();
                if let Some(node) = node {
                    self.chain(call, node, &mut links);
                }
                if links.len() == before {
                    return Err("The builder is handed to other code: build the credential by hand".to_owned());
                }
            }
        }
        Ok(links)
    }

    /// Collects the links behind a node, and gives the whole chain.
    fn chain(&self, call: Call<'a>, start: Node<'a>, links: &mut Vec<Link<'a>>) -> Node<'a> {
        let grammar = self.plan.grammar;
        let mut here = start;
        loop {
            let Some(outer) = here.parent() else { return here };
            let next = match outer.kind() {
                "member_expression" | "attribute" => outer.parent().filter(|next| grammar.callee(*next) == Some(outer)),
                "method_invocation" => Some(outer),
                // Brackets around a chain that goes over several lines.
                "parenthesized_expression" => {
                    here = outer;
                    continue;
                }
                _ => None,
            };
            let Some(next) = next.filter(|next| grammar.receiver(*next) == Some(here)) else { return here };
            let name = grammar.called(next, call.text);
            let place = ByteRange::new(here.end_byte(), next.end_byte());
            let written = &call.text[place.start..place.end];
            let at = written.find(name).unwrap_or(0);
            let lead = ByteRange::new(place.start, place.start + at);
            links.push(Link { name, place, lead, call: next });
            here = next;
        }
    }

    /// Puts what a file holds in the place of the link that read it.
    fn file(&mut self, call: Call<'a>, link: &Link<'a>, model: &FileLink) -> Result<(), Refusal> {
        let lead = &call.text[link.lead.start..link.lead.end];
        let platform = self.plan.grammar.platform;
        let arguments = link.call.child_by_field_name("arguments").map(children).unwrap_or_default();
        let [argument] = arguments.as_slice() else {
            return Err(format!("`{}` has not one argument: read the file by hand", link.name));
        };
        let path = argument.child_by_field_name("value").filter(|_| argument.kind() == "keyword_argument");
        let path = &call.text[path.unwrap_or(*argument).byte_range()];
        let mut said = String::new();
        if platform == Platform::Java {
            for value in &model.values {
                let variable = self.variable(call, &value.variable, value.secret);
                said.push_str(&format!("{lead}{}({variable})", value.link));
            }
            self.draft.give_up(call.unit, link.place);
            let variables: Vec<&str> = model.values.iter().map(|value| value.variable.as_str()).collect();
            self.draft.doubts.insert(format!(
                "the new builder reads no file: the credential now comes from the environment, {}",
                variables.join(" and ")
            ));
            self.draft.replace(call.unit, link.place, said);
            return Ok(());
        }
        let quote = quote_of(call.text, platform, "");
        let held = self.statement_before(call, link, path, &model.section, quote)?;
        for value in &model.values {
            let read = match platform {
                Platform::Node => format!("{held}.{}", value.key),
                _ => format!("{held}[{}]", quoted(&value.key, quote)),
            };
            said.push_str(&format!("{lead}{}({read})", value.link));
        }
        self.draft.replace(call.unit, link.place, said);
        self.draft.doubts.insert(format!(
            "the new builder reads no file, so the code does: `{}` of it has to hold the client id and the secret of the new credential",
            model.section
        ));
        Ok(())
    }

    /// Reads the file before the statement of the chain; gives the name of what it holds.
    fn statement_before(
        &mut self,
        call: Call<'a>,
        link: &Link<'a>,
        path: &str,
        section: &str,
        quote: char,
    ) -> Result<String, Refusal> {
        let grammar = self.plan.grammar;
        let mut statement = grammar.statement(link.call);
        while let Some(here) = statement {
            if here.parent().is_some_and(|parent| grammar.is_block(parent)) {
                break;
            }
            statement = here.parent().and_then(|parent| grammar.statement(parent));
        }
        let is_plain = |statement: &Node<'_>| {
            let kind = statement.kind();
            kind.ends_with("_declaration") || matches!(kind, "expression_statement" | "return_statement")
        };
        let Some(statement) = statement.filter(is_plain).filter(|one| !one.kind().starts_with("class")) else {
            return Err("The new builder reads no file, and there is no statement before which the code could: read the client id and the secret by hand".to_owned());
        };
        let node = grammar.platform == Platform::Node;
        let wanted = if node { "clientCredentials" } else { "client_credentials" };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while has_name(call.text, &name) || self.names_taken.contains(&(call.unit, name.clone())) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.names_taken.insert((call.unit, name.clone()));
        let start = line_start(call.text, statement.start_byte());
        let indent = indentation(call.text, statement.start_byte());
        let line = newline(call.text);
        let lines = if node {
            let end = if call.text[statement.byte_range()].ends_with(';') { ";" } else { "" };
            let module = self.file_module(call, quote);
            let encoding = quoted("utf8", quote);
            format!("{indent}const {name} = JSON.parse({module}.readFileSync({path}, {encoding})).{section}{end}{line}")
        } else {
            scopes::import(self.plan, &mut self.draft, call.unit, "json");
            let step = if indent.contains('\t') { "\t" } else { "    " };
            let encoding = quoted("utf-8", quote);
            let section = quoted(section, quote);
            format!(
                "{indent}with open({path}, encoding={encoding}) as credentials_file:{line}\
                 {indent}{step}{name} = json.load(credentials_file)[{section}]{line}"
            )
        };
        self.draft.replace(call.unit, ByteRange::new(start, start), lines);
        Ok(name)
    }

    /// The name under which a file knows the module that reads files; it is imported where it is not.
    fn file_module(&mut self, call: Call<'_>, quote: char) -> String {
        let is_known = call.text.lines().any(|line| {
            (line.contains("require(") || line.trim_start().starts_with("import"))
                && has_name(line, "fs")
                && ["fs =", "fs=", "as fs", "import fs"].iter().any(|form| line.contains(form))
        });
        self.draft.uses(call.unit, "fs");
        if !is_known {
            let module = quoted("fs", quote);
            self.import(call, &format!("import fs from {module}"), &format!("const fs = require({module})"));
        }
        "fs".to_owned()
    }
}
