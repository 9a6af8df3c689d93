//! Code that takes the place of an SDK that has no new form: its import, a class or a function behind the imports, and the call.

use tree_sitter::Node;

use super::super::compiler;
use super::super::helper::{Helper, Needed};
use super::super::keep::Refusal;
use super::super::lines::{line_start, newline};
use super::super::names::{Kind, range};
use super::super::passport::fetch;
use super::super::passport::openid::Function;
use super::super::passport::strategy;
use super::super::passport::style::{Style, head};
use super::arguments::told;
use super::{Call, Rewrite, children};
use crate::facts::fact::Grant;
use crate::finding::{ByteRange, Language, LedgerEntry, Platform};
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
        let helper = self.helper(call, code)?;
        let is_class = self.wanted == Target::Passport;
        let called = if is_class { format!("new {}", helper.name) } else { helper.name.to_owned() };
        self.draft.replace(call.unit, range(callee), called);
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
            self.declare(call, model, helper, packages)?;
        }
        let keeps_milliseconds = self.reads_the_lifetime(grant);
        let mut then = if is_class { ".getToken()".to_owned() } else { String::new() };
        if keeps_milliseconds {
            let typed = self.draft.answer_type(call.unit);
            then.push_str(&code.milliseconds.replace("{type}", &typed));
            self.draft.ledger.push(LedgerEntry::Assumed {
                text: "`expires_in` stays in milliseconds for those who read it.".to_owned(),
            });
        }
        if !then.is_empty() {
            let end = ByteRange::new(call.node.end_byte(), call.node.end_byte());
            self.draft.replace(call.unit, end, then);
        }
        self.target = self.wanted;
        Ok(())
    }

    /// What takes the place of the function of the package, as the wish for a target has it.
    fn helper(&mut self, call: Call<'a>, code: &StandIn) -> Result<Helper, Refusal> {
        let plan = self.plan;
        let typed = plan.subject.program.arena.language == Language::TypeScript;
        let path = plan.source(call.unit).map(|source| source.path.as_path()).ok_or("the file is not known")?;
        let style = Style::of(call.root, call.text, typed, compiler::has_interop(plan.contents, path, call.text));
        match self.wanted {
            Target::OpenidClient => Ok(Function::of(plan, &style, call.text, true)?.helper(&style)),
            Target::Keep => {
                let since = &code.fetch_since;
                let too_old = plan.floor.as_ref().filter(|floor| !floor.is_at_least(since));
                if let Some(floor) = too_old {
                    self.draft.doubts.insert(format!(
                        "the package sent by itself, so that there is no client to keep; the `fetch` of Node takes its place, which comes \
                         with version {since}, and the project asks for {}: raise that, or take another target",
                        floor.written
                    ));
                } else {
                    let text = format!(
                        "The program runs with Node {since} or later, which brings `fetch`: the package sent by itself, so that there was no \
                         client to keep."
                    );
                    self.draft.ledger.push(LedgerEntry::Assumed { text });
                }
                Ok(fetch::helper(plan, &style))
            }
            _ => {
                let target = plan.catalog.targets().named(Platform::Node, Target::Passport.name());
                let package = target.and_then(|target| target.packages.first()?.names.first());
                let package = package.ok_or("nothing is known of PassportJS")?;
                Ok(strategy(plan, package, true, false).helper(&style))
            }
        }
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

    /// Imports what the code needs in the place of the package.
    fn declare(
        &mut self,
        call: Call<'a>,
        model: &SdkRewrite,
        helper: Helper,
        packages: &[String],
    ) -> Result<(), Refusal> {
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
        let names_token = self.types(call, model, &helper)?;
        let name = helper.name;
        let head = head(call.root, call.text);
        let needed = Needed { helper, head, instead: None, names_token };
        // What others of the file have imported is not imported here.
        let mut is_open = self.draft.needs(call.unit, needed)?;
        for (statement, module) in imports {
            match self.local_name(call, statement, module) {
                Some(local) => {
                    self.only_called(call, local, model)?;
                    self.remark(call, statement, packages);
                    let declared = local.parent().filter(|_| statement.kind() != "import_statement");
                    let declarators =
                        children(statement).iter().filter(|child| child.kind() == "variable_declarator").count();
                    let is_alone = declared.is_none() || declarators == 1;
                    // The code behind the imports may not stand before what it needs.
                    if is_alone && statement.end_byte() <= head.block && std::mem::take(&mut is_open) {
                        self.draft.imports_instead(call.unit, name, range(statement));
                    } else {
                        let gone = declared.filter(|_| !is_alone).unwrap_or(statement);
                        self.draft.remove(call.unit, range(gone));
                    }
                }
                // `import type { … }` and the like.
                None if statement.kind() == "import_statement" => {
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
    fn only_called(&self, call: Call<'a>, name: Node<'a>, model: &SdkRewrite) -> Result<(), Refusal> {
        let Some(names) = self.names_of(call) else { return Ok(()) };
        let written = &call.text[name.byte_range()];
        for mention in names.mentions.iter().filter(|mention| mention.name == written && mention.range != range(name)) {
            let node = call.root.descendant_for_byte_range(mention.range.start, mention.range.end);
            let is_called = node.and_then(|node| node.parent()).is_some_and(|outer| {
                self.plan.grammar.is_call(outer) && self.plan.grammar.callee(outer) == node
                    || outer.kind() == "member_expression"
                    || is_known_type(model, outer, call.text)
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

    /// Takes out annotations with the types of what the package was given, and names the new type of its answer in the place of
    /// the old one; whether that is named.
    fn types(&mut self, call: Call<'a>, model: &SdkRewrite, helper: &Helper) -> Result<bool, Refusal> {
        let Some(code) = &model.stand_in else { return Ok(false) };
        let token = helper.token(self.draft.placement);
        let mut names_token = false;
        for node in Preorder::new(call.root).filter(|node| node.kind() == "type_identifier") {
            let name = &call.text[node.byte_range()];
            let whole = node.parent().filter(|outer| outer.kind() == "nested_type_identifier").unwrap_or(node);
            if code.answers.iter().any(|known| known == name) {
                self.draft.replace(call.unit, range(whole), token);
                names_token = true;
            } else if code.types.iter().any(|known| known == name) {
                let annotation = whole.parent().filter(|outer| outer.kind() == "type_annotation").ok_or_else(|| {
                    format!("The type `{name}` of the package is used: say what takes its place by hand")
                })?;
                self.draft.replace(call.unit, range(annotation), "");
            }
        }
        Ok(names_token)
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
}

/// Whether a name of a namespace is one of the types that are dealt with.
fn is_known_type(model: &SdkRewrite, nested: Node<'_>, text: &str) -> bool {
    let name = nested.child_by_field_name("name").filter(|_| nested.kind() == "nested_type_identifier");
    let name = name.and_then(|name| text.get(name.byte_range()));
    let known = model.stand_in.iter().flat_map(|code| code.types.iter().chain(&code.answers));
    name.is_some_and(|name| known.into_iter().any(|known| known == name))
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
