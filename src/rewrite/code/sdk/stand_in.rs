//! Code that takes the place of an SDK that has no new form: its import, a small class behind the imports, and the call.

use tree_sitter::Node;

use super::super::keep::{Refusal, quote_of};
use super::super::lines::{line_end, line_start, newline, step};
use super::super::names::{Kind, range};
use super::arguments::told;
use super::{Call, Rewrite, children, has_name};
use crate::facts::fact::Grant;
use crate::finding::{ByteRange, Language, LedgerEntry};
use crate::rewrite::targets::Target;
use crate::rules::sdk_rewriting::{SdkRewrite, StandIn};
use crate::syntax::Preorder;

impl<'a> Rewrite<'_, 'a> {
    pub(super) fn stand_in(
        &mut self,
        call: Call<'a>,
        grant: &Grant,
        model: &SdkRewrite,
        code: &StandIn,
        packages: &[String],
    ) -> Result<(), Refusal> {
        let given = call.node.child_by_field_name("arguments").map(children).unwrap_or_default();
        let [argument] = given.as_slice() else {
            return Err("The call has not one argument: ask for the token with client credentials by hand".to_owned());
        };
        let callee = self.plan.grammar.callee(call.node).ok_or("Nothing is called")?;
        let is_member = callee.kind() == "member_expression";
        if !matches!(callee.kind(), "identifier" | "call_expression") && !is_member {
            return Err("What is called is not the function of the package: ask for the token by hand".to_owned());
        }
        let objects = self.literals(call, *argument, model);
        for object in &objects {
            self.keys(call, *object, model)?;
        }
        if objects.is_empty() {
            self.opaque(call, *argument, model)?;
        }
        self.draft.replace(call.unit, range(callee), format!("new {}", code.class));
        let keeps_milliseconds = self.reads_the_lifetime(grant);
        let mut then = code.then.clone();
        if keeps_milliseconds {
            then.push_str(&code.milliseconds);
            self.draft.ledger.push(LedgerEntry::Assumed {
                text: "`expires_in` stays in milliseconds for those who read it.".to_owned(),
            });
        }
        let end = ByteRange::new(call.node.end_byte(), call.node.end_byte());
        self.draft.replace(call.unit, end, then);
        if let Some(code) = code.errors.iter().find(|code| call.text.contains(code.as_str())) {
            self.draft
                .doubts
                .insert(format!("errors with the code `{code}` come no more: a failed request has another"));
        }
        if in_loop(call.node) {
            self.draft.doubts.insert(
                "the call stands in a loop, which may have tried one metascope after the other; the scopes are the same each time"
                    .to_owned(),
            );
        }
        let is_first = !self.called.contains_key(&call.unit);
        self.called.entry(call.unit).or_default().push(range(callee));
        if is_first {
            self.declare(call, model, code, packages)?;
        }
        self.target = Target::named(&code.target).unwrap_or(Target::Sdk);
        Ok(())
    }

    /// An object that is made elsewhere is taken apart, with the scopes beside it.
    fn opaque(&mut self, call: Call<'a>, argument: Node<'a>, model: &SdkRewrite) -> Result<(), Refusal> {
        let written = &call.text[argument.byte_range()];
        let Some(key) = &model.scopes else { return Ok(()) };
        let scopes = self.scopes(call, range(argument), key.list)?;
        let is_name = matches!(argument.kind(), "identifier" | "member_expression" | "call_expression");
        let spread = if is_name { written.to_owned() } else { format!("({written})") };
        self.draft.replace(call.unit, range(argument), format!("{{ ...{spread}, {}: {scopes} }}", key.key));
        self.draft.doubts.insert(format!("`{written}` is made elsewhere: there {}", told(model)));
        if argument.kind() == "identifier"
            && let Some(names) = self.names_of(call)
            && let Some(mention) = names.mentions.iter().find(|mention| mention.range == range(argument))
            && let Some(position) = names.declarations_of(mention).first()
        {
            let declaration = names.declarations[*position].clone();
            self.settings(call, &names, &declaration, model);
        }
        Ok(())
    }

    /// Whether more than the token is read of the answer, or nobody knows what is.
    fn reads_the_lifetime(&self, grant: &Grant) -> bool {
        let mut reads = self.plan.facts.reads.iter().filter(|read| read.request == grant.site).peekable();
        let known = &self.plan.model.token_members;
        reads.peek().is_none() || reads.any(|read| !known.contains(&read.name))
    }

    /// Imports what the code needs in the place of the package, and puts the code behind the imports.
    fn declare(
        &mut self,
        call: Call<'a>,
        model: &SdkRewrite,
        code: &StandIn,
        packages: &[String],
    ) -> Result<(), Refusal> {
        if has_name(call.text, &code.class) || has_name(call.text, &code.import) {
            return Err(format!("The file has a `{}` already: ask it for the token by hand", code.class));
        }
        let mut imports = Vec::new();
        for node in Preorder::new(call.root) {
            let is_package = node.kind() == "string"
                && packages
                    .iter()
                    .any(|package| package == call.text[node.byte_range()].trim_matches(['"', '\'', '`']));
            if is_package && let Some(statement) = self.plan.grammar.statement(node).or_else(|| import_of(node)) {
                imports.push((statement, node));
            }
        }
        let mut done = false;
        for (statement, module) in imports {
            let quote = call.text[module.byte_range()].chars().next().unwrap_or('\'');
            let new = format!("{quote}{}{quote}", code.module);
            match self.local_name(call, statement, module) {
                Some(name) => {
                    self.only_called(call, name)?;
                    self.annotations(call, model)?;
                    self.draft.replace(call.unit, range(module), new);
                    self.remark(call, statement, packages);
                    let clause = name.parent().filter(|outer| outer.kind() == "import_clause").unwrap_or(name);
                    self.draft.replace(call.unit, range(clause), code.import.clone());
                    let value = module.parent().and_then(|list| list.parent());
                    if let Some(outer) =
                        value.and_then(|value| value.parent()).filter(|outer| outer.kind() == "member_expression")
                        && let Some(value) = value
                    {
                        self.draft.replace(call.unit, ByteRange::new(value.end_byte(), outer.end_byte()), "");
                    }
                    done = true;
                }
                // `import type { … }` and the like.
                None if statement.kind() == "import_statement" => {
                    self.annotations(call, model)?;
                    self.draft.remove(call.unit, range(statement));
                }
                // `require("…")(…)`.
                None if range(call.node).contains(range(module)) => {}
                None => {
                    return Err(
                        "The package is imported in another way than under one name: take it out by hand".to_owned()
                    );
                }
            }
        }
        let quote = quote_of(call.text, self.plan.grammar.platform, "");
        if !done {
            let module = format!("{quote}{}{quote}", code.module);
            self.import(
                call,
                &format!("import {} from {module}", code.import),
                &format!("const {} = require({module})", code.import),
            );
        }
        let typed = self.plan.subject.program.arena.language == Language::TypeScript;
        let written = styled(if typed { &code.typed } else { &code.code }, call.text, quote);
        let line = newline(call.text);
        let place = self.behind_imports(call);
        let before = if place == 0 { String::new() } else { line.to_owned() };
        let ends = call.text[..place].is_empty() || call.text[..place].ends_with('\n');
        let before = if ends { before } else { format!("{line}{line}") };
        let next_is_blank = call.text[place..].lines().next().is_none_or(|next| next.trim().is_empty());
        let behind = if next_is_blank { "" } else { line };
        self.draft.replace(call.unit, ByteRange::new(place, place), format!("{before}{written}{behind}"));
        Ok(())
    }

    /// A remark behind an import that speaks of the package goes with it.
    fn remark(&mut self, call: Call<'_>, statement: Node<'_>, packages: &[String]) {
        let end = statement.end_byte();
        let rest = call.text[end..].lines().next().unwrap_or_default();
        if rest.trim_start().starts_with("//") && packages.iter().any(|package| rest.contains(package.as_str())) {
            self.draft.replace(call.unit, ByteRange::new(end, end + rest.len()), "");
        }
    }

    /// The one name under which a statement imports a package.
    fn local_name(&self, call: Call<'a>, statement: Node<'a>, module: Node<'a>) -> Option<Node<'a>> {
        let names = self.names_of(call)?;
        let is_one = |place: ByteRange| range(statement).contains(place);
        let mut found = Vec::new();
        for node in Preorder::new(statement).filter(|node| node.kind() == "identifier") {
            let declared = names.declarations.iter().find(|declared| declared.range == range(node));
            let clause = node.parent().map(|parent| parent.kind());
            let is_import = matches!(clause, Some("import_clause" | "namespace_import" | "import_require_clause"));
            let is_required = declared.is_some_and(|declared| declared.kind == Kind::Variable)
                && clause == Some("variable_declarator")
                && is_one(range(module))
                && node.parent().is_some_and(|parent| range(parent).contains(range(module)));
            if is_import || is_required {
                found.push(node);
            }
        }
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Whether all that is done with the name of the package is to call it at the places that are rewritten.
    fn only_called(&self, call: Call<'a>, name: Node<'a>) -> Result<(), Refusal> {
        let Some(names) = self.names_of(call) else { return Ok(()) };
        let written = &call.text[name.byte_range()];
        for mention in names.mentions.iter().filter(|mention| mention.name == written && mention.range != range(name)) {
            let node = call.root.descendant_for_byte_range(mention.range.start, mention.range.end);
            let is_called = node.and_then(|node| node.parent()).is_some_and(|outer| {
                self.plan.grammar.is_call(outer) && self.plan.grammar.callee(outer) == node
                    || outer.kind() == "member_expression"
            });
            let statement = node.and_then(|node| self.plan.grammar.statement(node));
            let in_export = statement.is_some_and(|statement| {
                let written = &call.text[statement.byte_range()];
                written.starts_with("module.exports")
                    || written.starts_with("exports.")
                    || written.starts_with("export ")
            });
            if !is_called && in_export {
                return Err(format!(
                    "The file exports `{written}` as it is, so that who imports it passes the old credential: ask for the token by hand"
                ));
            }
            if !is_called {
                return Err(format!("`{written}` is also handed on as a value: ask for the token by hand there"));
            }
        }
        Ok(())
    }

    /// Takes out annotations with the types of the package.
    fn annotations(&mut self, call: Call<'a>, model: &SdkRewrite) -> Result<(), Refusal> {
        let Some(code) = &model.stand_in else { return Ok(()) };
        for node in Preorder::new(call.root).filter(|node| node.kind() == "type_identifier") {
            let name = &call.text[node.byte_range()];
            if !code.types.iter().any(|known| known == name) {
                continue;
            }
            match node.parent().filter(|outer| outer.kind() == "type_annotation") {
                Some(annotation) => self.draft.replace(call.unit, range(annotation), ""),
                None => {
                    return Err(format!("The type `{name}` of the package is used: say what takes its place by hand"));
                }
            }
        }
        Ok(())
    }

    /// Imports a module where the file imports others: the line for a module, and that for CommonJS.
    pub(super) fn import(&mut self, call: Call<'_>, module: &str, common: &str) {
        let first = children(call.root).into_iter().find(|node| is_import(*node, call.text));
        let is_module = children(call.root).iter().any(|node| node.kind() == "import_statement");
        let place = first.map_or(0, |first| line_start(call.text, first.start_byte()));
        let end = if call.text.contains(";\n") || call.text.contains(";\r") { ";" } else { "" };
        let written = if is_module { module } else { common };
        let line = newline(call.text);
        self.draft.replace(call.unit, ByteRange::new(place, place), format!("{written}{end}{line}"));
    }

    /// The place behind the first imports of a file.
    fn behind_imports(&self, call: Call<'_>) -> usize {
        let mut place = 0;
        for (position, node) in children(call.root).into_iter().enumerate() {
            let is_directive = node.kind() == "expression_statement"
                && node.named_child(0).is_some_and(|inner| inner.kind() == "string");
            if is_import(node, call.text) {
                place = line_end(call.text, node.end_byte());
            } else if !(is_directive || node.kind() == "hash_bang_line" || position == 0) {
                break;
            }
        }
        place
    }
}

/// Whether a statement of the top level imports something.
fn is_import(node: Node<'_>, text: &str) -> bool {
    node.kind() == "import_statement"
        || (matches!(node.kind(), "lexical_declaration" | "variable_declaration" | "expression_statement")
            && text[node.byte_range()].contains("require(")
            && !text[node.byte_range()].contains("=>"))
}

fn import_of(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while node.kind() != "import_statement" {
        node = node.parent()?;
    }
    Some(node)
}

fn in_loop(node: Node<'_>) -> bool {
    let mut node = node;
    while let Some(outer) = node.parent() {
        if matches!(outer.kind(), "for_statement" | "for_in_statement" | "while_statement" | "do_statement") {
            return true;
        }
        if outer.kind().contains("function") || outer.kind() == "method_definition" {
            return false;
        }
        node = outer;
    }
    false
}

/// Code in the style of a file: its steps, quotes, semicolons and line ends.
fn styled(code: &str, text: &str, quote: char) -> String {
    let semicolons = text.contains(";\n") || text.contains(";\r") || text.trim_end().ends_with(';');
    let step = step(text);
    let line_end = newline(text);
    let mut styled = String::new();
    for line in code.trim_start_matches('\n').lines() {
        let body = line.trim_start();
        let steps = (line.len() - body.len()) / 2;
        let body = body.replace('\'', &quote.to_string());
        let body = if semicolons { body.as_str() } else { body.strip_suffix(';').unwrap_or(&body) };
        if !body.is_empty() {
            styled.push_str(&step.repeat(steps));
        }
        styled.push_str(body);
        styled.push_str(line_end);
    }
    styled
}
