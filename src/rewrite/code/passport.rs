//! PassportJS for Node: a subclass of its OAuth 2.0 strategy, whose client has the grant that no strategy has.
//!
//! It owns what is printed and where. [`answer`] says how the answer was read and what becomes of that, [`settings`] where the
//! values come from, and [`class`] holds the code that a file gets once. [`openid`] prints another library for the same site.

mod answer;
pub(super) mod class;
pub(super) mod fetch;
pub(super) mod openid;
mod settings;
pub(super) mod style;

use tree_sitter::Node;

use self::answer::Reading;
use self::class::Strategy;
use self::style::{Head, Style, head, trailing_commas};
use super::compiler;
use super::draft::Draft;
use super::helper::Needed;
use super::keep::Refusal;
use super::lines::{indentation, newline, step};
use super::names::{Kind, Names, range};
use super::plan::Plan;
use super::scopes;
use crate::facts::program::UnitId;
use crate::finding::{ByteRange, Language, LedgerEntry, Platform};
use crate::rewrite::targets::Target;
use crate::rules::Effects;
use crate::rules::effects::AnswerModel;
use crate::syntax::Preorder;

/// The place of a request in its file, and what is known of both.
pub(super) struct Site<'a> {
    plan: &'a Plan<'a>,
    unit: UnitId,
    text: &'a str,
    root: Node<'a>,
    names: Names,
    /// The call that sends.
    call: Node<'a>,
    model: &'a AnswerModel,
    is_typescript: bool,
    style: Style,
    /// The package that takes the place of the client.
    package: &'a str,
}

/// Puts a strategy of PassportJS in the place of the request.
pub(super) fn rewrite(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    assertion_field: &str,
    effects: &Effects,
) -> Result<(), Refusal> {
    let (site, values) = seen(plan, assertion_field, effects, Target::Passport)?;
    site.print(draft, values)
}

/// Puts a call of openid-client in the place of the request.
pub(super) fn with_openid_client(
    plan: &Plan<'_>,
    draft: &mut Draft<'_>,
    assertion_field: &str,
    effects: &Effects,
) -> Result<(), Refusal> {
    let (site, values) = seen(plan, assertion_field, effects, Target::OpenidClient)?;
    openid::print(&site, draft, values)
}

/// What the new code is made of.
struct Values {
    reading: Reading,
    host: String,
    client_id: String,
    client_secret: String,
    /// How many milliseconds the request may take, where it says that.
    time_out: Option<String>,
}

/// The class that asks for tokens; `has_host` where there are requests that give no host.
pub(super) fn strategy<'a>(plan: &'a Plan<'_>, package: &'a str, has_host: bool, calls_back: bool) -> Strategy<'a> {
    let target = plan.catalog.targets().named(Platform::Node, Target::Passport.name());
    let host = target.and_then(|target| target.host.as_deref()).unwrap_or_default();
    Strategy { package, path: &plan.model.path, host, has_host, calls_back }
}

/// Looks at a request: whether another library can take its place, and what it is made of.
fn seen<'a>(
    plan: &'a Plan<'a>,
    assertion_field: &str,
    effects: &'a Effects,
    target: Target,
) -> Result<(Site<'a>, Values), Refusal> {
    if plan.requests.iter().any(|request| request.sender.is_some()) {
        return Err("another function sends the request".to_owned());
    }
    let library = plan.requests.iter().find_map(|request| request.library.as_deref()).unwrap_or_default();
    let Some(model) = effects.answer(Platform::Node, library) else {
        return Err(format!("the answer of {library} cannot be taken from another client"));
    };
    let source = plan.source(plan.unit).ok_or("the file of the request is not known")?;
    let tree = source.tree.as_ref().ok_or("the file of the request is not code")?;
    let text = source.file.text();
    let root = tree.root_node();
    let call = outer_call(plan, root).ok_or("the request is no call")?;
    let packages = plan.catalog.targets().named(Platform::Node, target.name()).map(|target| &target.packages);
    let package = packages.and_then(|packages| packages.first()?.names.first());
    let is_typescript = source.language == Language::TypeScript;
    let site = Site {
        plan,
        unit: plan.unit,
        text,
        root,
        names: Names::of(tree, text, &plan.grammar),
        call,
        model,
        is_typescript,
        style: Style::of(root, text, is_typescript, compiler::has_interop(plan.contents, &source.path, text)),
        package: package.map_or(target.name(), String::as_str),
    };
    site.client_is_plain(effects)?;
    site.errors_are_plain(effects)?;
    let time_out = site.options(assertion_field)?;
    let reading = answer::reading(&site)?;
    if let Some(time_out) = &time_out {
        site.time_out_is_plain(time_out, reading.callback.is_some(), effects)?;
    }
    let host = settings::host(&site)?;
    let client_id = settings::field(&site, &plan.model.client_field)?;
    let client_secret = settings::field(&site, &plan.model.secret_field)?;
    Ok((site, Values { reading, host, client_id, client_secret, time_out }))
}

/// What else a client does with every request, as far as the program says it: the new one is seen by it as well.
pub(super) fn hooks(plan: &Plan<'_>, effects: &Effects) -> Vec<String> {
    let mut found = Vec::new();
    if plan.grammar.platform != Platform::Node {
        return found;
    }
    let callees = plan.requests.iter().map(|request| request.callee.split('.').next().unwrap_or_default());
    for name in callees.filter(|name| !name.is_empty() && *name != "this") {
        for source in plan.subject.sources {
            let hooked = effects.hooks(Platform::Node).iter().map(|hook| format!("{name}.{hook}"));
            for written in hooked.filter(|written| source.file.text().contains(written.as_str())) {
                let doubt = format!("`{written}` of {} changes every request of the client", source.file.path());
                if !found.contains(&doubt) {
                    found.push(doubt);
                }
            }
        }
    }
    found
}

/// The call that sends, with the chain that it goes on from.
fn outer_call<'a>(plan: &Plan<'_>, root: Node<'a>) -> Option<Node<'a>> {
    let mut node = root.descendant_for_byte_range(plan.site.start, plan.site.end)?;
    while !plan.grammar.is_call(node) {
        node = node.parent()?;
    }
    Some(node)
}

impl<'a> Site<'a> {
    fn part(&self, place: ByteRange) -> &'a str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }

    fn written(&self, node: Node<'_>) -> &'a str {
        self.part(range(node))
    }

    fn node(&self, place: ByteRange) -> Option<Node<'a>> {
        self.root.descendant_for_byte_range(place.start, place.end)
    }

    /// The innermost function around a place; nothing at the top.
    fn function(&self, place: ByteRange) -> Option<Node<'a>> {
        let mut node = self.node(place)?;
        loop {
            node = node.parent()?;
            if self.plan.grammar.is_scope(node) {
                return Some(node);
            }
        }
    }

    /// Whether names of a place are known at the request.
    fn is_in_reach(&self, place: ByteRange) -> bool {
        self.function(place).is_none_or(|function| range(function).contains(range(self.call)))
    }

    /// The one value of a variable of the file.
    fn value_of(&self, name: Node<'_>) -> Option<Node<'a>> {
        let mention = self.names.mentions.iter().find(|mention| mention.range == range(name))?;
        let [only] = self.names.declarations_of(mention)[..] else { return None };
        let declaration = &self.names.declarations[only];
        (declaration.kind == Kind::Variable).then_some(())?;
        self.node(declaration.value?)
    }

    /// Nothing has changed the client for everybody who uses it.
    fn client_is_plain(&self, effects: &Effects) -> Result<(), Refusal> {
        let callee = self.plan.grammar.root(self.call);
        let name = self.written(callee);
        if callee.kind() == "this" {
            return Err(format!("`{}` is a client that the class was given", self.callee()));
        }
        let mention = self.names.mentions.iter().find(|mention| mention.range == range(callee));
        for position in mention.map(|mention| self.names.declarations_of(mention)).unwrap_or_default() {
            let declaration = &self.names.declarations[position];
            let value = declaration.value.map(|value| self.part(value)).unwrap_or_default();
            match declaration.kind {
                Kind::Import => {}
                Kind::Variable if value.starts_with("require(") => {
                    if value.starts_with("require('.") || value.starts_with("require(\".") {
                        return Err(format!(
                            "`{name}` is a client with settings of its own: interceptors, a host, headers"
                        ));
                    }
                }
                Kind::Parameter => return Err(format!("`{name}` is a client that callers pass")),
                _ => return Err(format!("`{name}` is a client with settings of its own")),
            }
        }
        for source in self.plan.subject.sources {
            let text = source.file.text();
            for hook in effects.hooks(Platform::Node) {
                if text.contains(&format!("{name}.{hook}")) {
                    return Err(format!("`{name}.{hook}` of {} changes every request", source.file.path()));
                }
            }
        }
        Ok(())
    }

    fn callee(&self) -> &'a str {
        self.plan.grammar.callee(self.call).map(|callee| self.written(callee)).unwrap_or_default()
    }

    /// Nobody reads what only the HTTP client's own errors have.
    fn errors_are_plain(&self, effects: &Effects) -> Result<(), Refusal> {
        let known = effects.errors(Platform::Node);
        for source in self.plan.subject.sources {
            let Some(tree) = &source.tree else { continue };
            let text = source.file.text();
            for node in Preorder::new(tree.root_node()).filter(|node| node.kind() == "member_expression") {
                let (Some(object), Some(property)) =
                    (node.child_by_field_name("object"), node.child_by_field_name("property"))
                else {
                    continue;
                };
                let object = text.get(object.byte_range()).unwrap_or_default();
                let is_error = matches!(object, "e" | "ex" | "err" | "error" | "reason" | "exception");
                if is_error && known.contains(text.get(property.byte_range()).unwrap_or_default()) {
                    let read = text.get(node.byte_range()).unwrap_or_default();
                    return Err(format!("`{read}` reads an error of the HTTP client in {}", source.file.path()));
                }
            }
        }
        Ok(())
    }

    /// How long the request may take, where it asks its client for nothing else that another would not do.
    fn options(&self, assertion_field: &str) -> Result<Option<String>, Refusal> {
        let mut time_out = None;
        let Some(arguments) = self.call.child_by_field_name("arguments") else { return Ok(time_out) };
        let mut cursor = arguments.walk();
        for (position, argument) in arguments.named_children(&mut cursor).enumerate() {
            let given = match argument.kind() {
                "identifier" => match self.value_of(argument) {
                    Some(value) => value,
                    None if position > 0 => {
                        return Err(format!("`{}` of the request comes from elsewhere", self.written(argument)));
                    }
                    None => continue,
                },
                "spread_element" => {
                    return Err(format!("`{}` of the request comes from elsewhere", self.written(argument)));
                }
                _ => argument,
            };
            if given.kind() == "object" && !self.written(given).starts_with("{}") {
                time_out = self.object(given, assertion_field)?.or(time_out);
            }
        }
        Ok(time_out)
    }

    fn object(&self, object: Node<'a>, assertion_field: &str) -> Result<Option<String>, Refusal> {
        let mut time_out = None;
        let mut cursor = object.walk();
        let items: Vec<Node<'a>> = object.named_children(&mut cursor).filter(|item| item.kind() != "comment").collect();
        let key = |item: &Node<'a>| {
            let name = item.child_by_field_name("key").unwrap_or(*item);
            self.written(name).trim_matches(['"', '\''])
        };
        // The form itself.
        if items.iter().any(|item| key(item) == assertion_field || key(item) == self.plan.model.secret_field) {
            return Ok(time_out);
        }
        for item in items {
            let name = key(&item);
            let value = item.child_by_field_name("value");
            if let Some(value) = value.filter(|_| self.model.time_outs.contains(name))
                && self.is_in_reach(range(value))
                && matches!(value.kind(), "number" | "identifier" | "member_expression" | "binary_expression")
            {
                time_out = Some(self.written(value).to_owned());
                continue;
            }
            if item.kind() == "spread_element" || !self.model.options.contains(name) {
                return Err(format!("`{name}` of the request has no equal in {}", self.package));
            }
            if name == "headers"
                && let Some(headers) = value.filter(|value| value.kind() == "object")
            {
                let mut cursor = headers.walk();
                for header in headers.named_children(&mut cursor).filter(|header| header.kind() == "pair") {
                    let header = key(&header).to_lowercase();
                    if !["content-type", "content-length", "accept", "cache-control", "user-agent"].contains(&&*header)
                    {
                        return Err(format!("the header `{header}` of the request has no equal in {}", self.package));
                    }
                }
            }
        }
        Ok(time_out)
    }

    /// Whether a promise can end after some time, and nobody asks how.
    fn time_out_is_plain(&self, time_out: &str, calls_back: bool, effects: &Effects) -> Result<(), Refusal> {
        let late = effects.late(Platform::Node);
        let waits = self.plan.subject.sources.iter().find(|source| {
            let text = source.file.text();
            late.iter().any(|word| super::draft::has_word(text, word))
        });
        match waits {
            Some(source) => {
                Err(format!("an error of the HTTP client that waited too long is asked for in {}", source.file.path()))
            }
            None if calls_back => {
                Err(format!("the time-out `{time_out}` of the request has no equal in {}", self.package))
            }
            None => Ok(()),
        }
    }

    /// A promise that ends after some time at the latest. The clock holds no program that is done.
    fn limited(&self, promise: &str, milliseconds: &str, indent: &str) -> String {
        let line = newline(self.text);
        let inner = format!("{indent}{}", step(self.text));
        let promise = promise.replace(line, &format!("{line}{}", step(self.text)));
        let quote = self.style.quote;
        let comma = if trailing_commas(self.text) { "," } else { "" };
        let (typed, resolve) = if self.is_typescript { ("<never>", "_resolve") } else { ("", "resolve") };
        format!(
            "Promise.race([{line}{inner}{promise},{line}{inner}new Promise{typed}(({resolve}, reject) => {{{line}{inner}{step}setTimeout(() \
             => reject(new Error({quote}Adobe IMS did not answer in time{quote})), {milliseconds}).unref(){semicolon}{line}{inner}}}){comma}{line}{indent}])",
            step = step(self.text),
            semicolon = if self.style.semicolons { ";" } else { "" },
        )
    }

    fn print(&self, draft: &mut Draft<'_>, values: Values) -> Result<(), Refusal> {
        let Values { reading, host, client_id, client_secret, time_out } = values;
        let (text, unit) = (self.text, self.unit);
        let quote = self.style.quote;
        let line = newline(text);
        let indent = indentation(text, reading.sent.start);
        let inner = format!("{indent}{}", step(text));
        let scope = scopes::expression(self.plan, draft, unit, range(self.call), quote)?;
        let comma = if trailing_commas(text) { "," } else { "" };
        let entry = |name: &str, value: &str| {
            if name == value { name.to_owned() } else { format!("{name}: {value}") }
        };
        let mut new = format!("new {}({{{line}", class::NAME);
        for (name, value) in [("clientId", &client_id), ("clientSecret", &client_secret), ("scope", &scope)] {
            new.push_str(&format!("{inner}{},{line}", entry(name, value)));
        }
        new.push_str(&format!("{inner}{}{comma}{line}{indent}}}).getToken(", entry("ims", &host)));
        new.push_str(reading.callback.as_deref().unwrap_or(")"));
        let calls_back = reading.callback.is_some();
        if let Some(milliseconds) = &time_out {
            new = self.limited(&new, milliseconds, indent);
        }
        let values = [Some(&host), Some(&client_id), Some(&client_secret), time_out.as_ref()];
        self.put(draft, reading, new, &values, "a strategy of PassportJS");
        let strategy = strategy(self.plan, self.package, false, calls_back);
        let helper = strategy.helper(&self.style);
        draft.needs(unit, Needed { helper, head: self.head(), instead: None, names_token: false })?;
        draft.ledger.push(LedgerEntry::Assumed {
            text: "No proxy stands between the program and Adobe: passport-oauth2 reads none from the environment."
                .to_owned(),
        });
        Ok(())
    }

    fn head(&self) -> Head {
        head(self.root, self.text)
    }

    /// Puts new code in the place of the request, and changes how its answer is read.
    fn put(&self, draft: &mut Draft<'_>, reading: Reading, new: String, values: &[Option<&String>], what: &str) {
        let unit = self.unit;
        draft.give_up(unit, reading.sent);
        draft.replaced(unit, range(self.call), "the request with the assertion", what);
        draft.replace(unit, reading.sent, new);
        draft.answer_at = reading.callback.is_none().then_some((unit, reading.sent));
        for (place, replacement) in reading.replacements {
            // What an annotation speaks of may be needed no more.
            let annotations = Preorder::new(self.root).filter(|node| node.kind() == "type_annotation").map(range);
            for annotation in annotations.filter(|one| place.contains(*one) && !replacement.contains(self.part(*one))) {
                draft.give_up(unit, annotation);
            }
            draft.replace(unit, place, replacement);
        }
        for place in reading.removed {
            draft.remove(unit, place);
        }
        for name in &reading.names {
            draft.uses(unit, name);
        }
        for expression in values.iter().flatten() {
            for word in expression.split(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '_' | '$'))) {
                draft.uses(unit, word);
                draft.uses(unit, &format!(".{word}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
