//! What several places of a class or a package need is made in one place: a function of the class, or a class of its own beside
//! those that need it.

use std::collections::BTreeSet;

use super::super::draft::Draft;
use super::super::java;
use super::super::keep::Refusal;
use super::super::lines::{indentation, line_end, newline, step};
use super::super::names::range;
use super::method::Method;
use super::printed::{Printer, Values};
use crate::facts::fact::Request;
use crate::finding::ByteRange;

/// The function that asks for tokens, wherever it stands.
pub(super) enum Shared {
    /// One of the class around the method.
    Function,
    /// One of a class of the package.
    Class,
}

/// How long a call may become before what it is given stands on a line of its own.
const WIDTH: usize = 80;

/// What it is given, by the names of its parameters.
const PARAMETERS: [(&str, &str); 4] =
    [("address", "tokenUri"), ("id", "clientId"), ("secret", "clientSecret"), ("scope", "scope")];

impl Shared {
    /// What is shared, where others of the class or the package ask for tokens in the old way too.
    pub(super) fn of(method: &Method<'_, '_>) -> Option<Self> {
        let plan = method.plan;
        let source = plan.source(plan.unit)?;
        // A class of constants asks for nothing.
        let asks = |text: &str| {
            plan.model.old_paths.iter().any(|path| text.contains(path.as_str())) && text.contains("return ")
        };
        let is_test = |name: &str| name.contains("Test") || !name.ends_with(".java");
        let secret = &plan.model.secret_field;
        let elsewhere = java::package_texts(source, plan.contents)
            .iter()
            .any(|(name, text)| !is_test(name) && asks(text) && text.contains(secret.as_str()) && text.contains("jwt"));
        if elsewhere {
            return Some(Self::Class);
        }
        let is_other =
            |place: &ByteRange| !range(method.node).contains(*place) && !range(method.sender).contains(*place);
        Self::sites(method).iter().any(is_other).then_some(Self::Function)
    }

    /// The requests of the file that ask for a token.
    fn sites(method: &Method<'_, '_>) -> Vec<ByteRange> {
        let plan = method.plan;
        let is_login = |request: &&Request| {
            request.fields.iter().any(|field| field.name.literal().as_ref() == Some(&plan.model.secret_field))
        };
        let logins = plan.facts.requests.iter().filter(is_login);
        let places = logins.filter_map(|request| plan.subject.program.place(request.site));
        places.filter(|(unit, _)| *unit == plan.unit).map(|(_, place)| place).collect()
    }

    /// Prints it, and gives the expression that calls it. `values` hold what the call is given.
    pub(super) fn put(
        &self,
        method: &Method<'_, '_>,
        draft: &mut Draft<'_>,
        values: &Values<'_>,
    ) -> Result<String, Refusal> {
        let callee = match self {
            Self::Function => Self::function(method, draft, values)?,
            Self::Class => Self::class(method, draft, values)?,
        };
        let given: Vec<&str> = PARAMETERS.iter().filter_map(|(name, _)| values.get(name)).map(String::as_str).collect();
        let (step, given) = (step(method.text), given.join(", "));
        let gap = if callee.len() + given.len() > WIDTH { format!("\n{step}{step}") } else { String::new() };
        Ok(format!("{callee}({gap}{given})"))
    }

    /// A function of the class, behind the first method that needs it.
    fn function(method: &Method<'_, '_>, draft: &mut Draft<'_>, values: &Values<'_>) -> Result<String, Refusal> {
        let unit = method.plan.unit;
        let name = method.free_name(&["adobeToken", "adobeImsToken"]).ok_or("the class has functions of that name")?;
        if method.site != method.sender {
            return Err("several requests of this class ask for a token, through one function".to_owned());
        }
        let first = Self::sites(method).into_iter().min_by_key(|place| place.start);
        let first = first.and_then(|place| method.root.descendant_for_byte_range(place.start, place.end));
        let first = first.and_then(java::method).ok_or("the request stands in no method")?;
        if first.parent() != method.node.parent() {
            return Err("several classes of this file ask for a token".to_owned());
        }
        let own = indentation(method.text, first.start_byte());
        let line = newline(method.text);
        let mut class = |full: &str| java::class(method.plan, draft, unit, full);
        let lines = lines(method, &mut class, &format!("private static $token_class$ {name}"), values);
        let text: String = lines.iter().map(|one| format!("{own}{one}{line}")).collect();
        draft.insert(unit, line_end(method.text, first.end_byte()), text, true);
        Ok(name.to_owned())
    }

    /// A class of the package.
    fn class(method: &Method<'_, '_>, draft: &mut Draft<'_>, values: &Values<'_>) -> Result<String, Refusal> {
        let unknown = || "the request could not be followed".to_owned();
        let source = method.plan.source(method.plan.unit).ok_or_else(unknown)?;
        let folder = source.path.parent().ok_or_else(unknown)?;
        let is_free = |name: &&&str| !method.plan.contents.has(&folder.join(format!("{name}.java")));
        let names = ["AdobeImsTokens", "AdobeAccessTokens"];
        let name = names.iter().find(is_free).ok_or("the package has classes of that name")?;
        let mut imports = BTreeSet::new();
        let mut class = |full: &str| {
            imports.insert(full.to_owned());
            full.rsplit('.').next().unwrap_or(full).to_owned()
        };
        let step = step(method.text);
        let line = newline(method.text);
        let lines = lines(method, &mut class, "static $token_class$ ask", values);
        let function: String = lines.iter().map(|one| format!("{step}{one}{line}")).collect();
        let package = Self::package(method);
        let imports: String = imports.iter().map(|full| format!("import {full};{line}")).collect();
        let text = format!(
            "{package}{imports}{line}/**{line} * Asks Adobe IMS for access tokens with client credentials.{line} */{line}\
             final class {name} {{{line}{line}{step}private {name}() {{{line}{step}}}{line}{line}{function}}}{line}"
        );
        let path = source.file.path();
        let path =
            path.rsplit_once('/').map_or_else(|| format!("{name}.java"), |(folder, _)| format!("{folder}/{name}.java"));
        draft.create(path, text);
        Ok(format!("{name}.ask"))
    }

    /// The declaration of the package, with the line ends behind it.
    fn package(method: &Method<'_, '_>) -> String {
        let line = newline(method.text);
        let mut cursor = method.root.walk();
        let package = method.root.named_children(&mut cursor).find(|node| node.kind() == "package_declaration");
        package.map(|package| format!("{}{line}{line}", method.written(package))).unwrap_or_default()
    }
}

/// The lines of the function.
fn lines(
    method: &Method<'_, '_>,
    class: &mut dyn FnMut(&str) -> String,
    head: &str,
    values: &Values<'_>,
) -> Vec<String> {
    let model = method.model;
    let step = step(method.text);
    let mut inner = Values::from([
        ("registration", "registration".to_owned()),
        ("registrations", "registrations".to_owned()),
        ("manager", "manager".to_owned()),
    ]);
    inner.extend(values.get("method").map(|name| ("method", name.clone())));
    inner.extend(PARAMETERS.map(|(name, parameter)| (name, parameter.to_owned())));
    let mut printer = Printer { model, class, step };
    let token = printer.text(&model.token_class, &inner);
    let parameters: Vec<String> = PARAMETERS.iter().map(|(_, parameter)| format!("String {parameter}")).collect();
    let mut lines = vec![
        "/** A new access token; `scope` joins the scopes with commas. */".to_owned(),
        format!("{}({}) {{", head.replace("$token_class$", &token), parameters.join(", ")),
    ];
    let body = printer.lines(&model.manager, &inner).into_iter().chain(printer.lines(&model.function, &inner));
    lines.extend(body.map(|line| format!("{step}{line}")));
    lines.push("}".to_owned());
    lines
}
