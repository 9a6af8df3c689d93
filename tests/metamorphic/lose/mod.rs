//! Changes after which nothing is left of the meaning.

use tree_sitter::Node;

use crate::edits::{Edits, ancestor, indentation, named_children, nodes};
use crate::fixture::{Fixture, Variant};
use crate::site::{function, statement};
use crate::{Kind, Meaning};

/// The changes, each with a name that says what is done.
pub(crate) fn kinds() -> Vec<Kind> {
    let kind = |name, meaning, apply| Kind { name, meaning, apply };
    vec![
        kind("another host", Meaning::Doubted, another_host),
        kind("another host and field", Meaning::Lost, another_host_and_field),
        kind("the new endpoint", Meaning::NoExchange, new_endpoint),
        kind("call in a comment", Meaning::NoExchange, call_in_comment),
        kind("file in a comment", Meaning::Lost, file_in_comment),
        kind("another provider", Meaning::Lost, another_provider),
        kind("code in a text", Meaning::Lost, code_in_text),
    ]
}

/// Whether all that names the provider is written out: each endpoint of the findings is a whole address that stands in the
/// file, or its host does.
fn is_written_out(fixture: &Fixture) -> bool {
    let found = fixture.findings();
    let exchanges = found.iter().filter(|finding| finding.rule == "ims-jwt-exchange");
    let is_known = |endpoint: &String| !endpoint.contains('{');
    exchanges.clone().all(|finding| finding.details.endpoint.as_ref().is_some_and(is_known))
        && found.iter().all(|finding| finding.rule != "ims-jwt-sdk")
        && (fixture.text().contains("adobelogin") || found.iter().all(|finding| finding.rule != "ims-jwt-exchange"))
        // A default beside a setting leaves the setting open.
        && !exchanges.into_iter().any(|finding| finding.flow.is_empty() && finding.details.endpoint.is_none())
}

/// Whether a file asks the environment or a configuration for something that may be an address.
fn has_settings(fixture: &Fixture) -> bool {
    let text = fixture.text().to_lowercase();
    ["ims_host", "ims_url", "imshost", "ims_endpoint", "ims_base", "endpoint\"", "host\"", "url\""]
        .iter()
        .any(|mark| text.contains(mark))
}

/// Whether an address is the default of a parameter: whoever calls may give another.
fn has_default(fixture: &Fixture) -> bool {
    let parameters = [
        "default_parameter",
        "typed_default_parameter",
        "required_parameter",
        "assignment_pattern",
        "object_assignment_pattern",
    ];
    let is_default = |node: Node<'_>| fixture.of(node).contains("adobelogin");
    // `config.get("host", "https://…")`
    let is_looked_up = |call: Node<'_>| {
        let callee = call.child_by_field_name("function").or(call.child_by_field_name("name"));
        let is_getter = callee.is_some_and(|it| {
            let name = fixture.of(it).rsplit('.').next().unwrap_or_default();
            name.starts_with("get") || name.contains("env")
        });
        let given = call.child_by_field_name("arguments").map(named_children).unwrap_or_default();
        is_getter && given.iter().skip(1).any(|it| is_default(*it))
    };
    nodes(fixture.root(), &parameters).into_iter().any(is_default)
        || nodes(fixture.root(), &["call", "call_expression", "method_invocation"]).into_iter().any(is_looked_up)
}

fn without_adobe(text: &str, provider: &str) -> String {
    text.replace("adobelogin", provider)
        .replace("AdobeOrg", "AcmeOrg")
        .replace("techacct.adobe.com", "techacct.example.org")
        .replace("/s/ent_", "/scope/")
        .replace("/s/", "/scope/")
}

fn another_host(fixture: &Fixture) -> Vec<Variant> {
    if !is_written_out(fixture) || has_settings(fixture) || has_default(fixture) {
        return Vec::new();
    }
    fixture.with("host", without_adobe(fixture.text(), "acmelogin"))
}

/// A path may look the same with somebody else, who calls the assertion by its standard name.
fn another_host_and_field(fixture: &Fixture) -> Vec<Variant> {
    if another_host(fixture).is_empty() {
        return Vec::new();
    }
    let text = without_adobe(fixture.text(), "acmelogin").replace("jwt_token", "assertion");
    fixture.with("host", text)
}

fn another_provider(fixture: &Fixture) -> Vec<Variant> {
    if !is_written_out(fixture) || !fixture.text().contains("/ims/exchange/jwt") && fixture.text().contains("jwt_token")
    {
        return Vec::new();
    }
    let text = without_adobe(fixture.text(), "acmelogin")
        .replace("/ims/exchange/jwt", "/oauth2/token")
        .replace("/ims/exchange/v1/jwt", "/oauth2/token")
        .replace("jwt_token", "assertion");
    fixture.with("provider", text)
}

fn new_endpoint(fixture: &Fixture) -> Vec<Variant> {
    let text = fixture.text();
    let has_path = text.contains("/ims/exchange/jwt") || text.contains("/ims/exchange/v1/jwt");
    if !has_path || !text.contains("jwt_token") || fixture.sites().is_empty() {
        return Vec::new();
    }
    let text = text
        .replace("/ims/exchange/jwt", "/ims/token/v3")
        .replace("/ims/exchange/v1/jwt", "/ims/token/v3")
        .replace("jwt_token", "grant_type");
    // An address in two parts is not switched by this.
    if text.contains("exchange/jwt") {
        return Vec::new();
    }
    fixture.with("v3", text)
}

/// The smallest statement or member that the site stands in.
fn removable(site: Node<'_>) -> Option<Node<'_>> {
    let member =
        |node: Node<'_>| node.parent().is_some_and(|parent| matches!(parent.kind(), "class_body" | "interface_body"));
    let mut node = site;
    let whole = statement(site);
    loop {
        if Some(node) == whole || member(node) {
            return Some(node);
        }
        node = node.parent()?;
    }
}

/// The function of the top level, or of a class, that a node stands in.
fn outermost(node: Node<'_>) -> Option<Node<'_>> {
    let mut found = function(node);
    while let Some(outer) = found.and_then(function) {
        found = Some(outer);
    }
    found
}

/// Whether what the call sends is left without it: declared by an interface, given back by another function, or sent by
/// what is called on the same object afterwards.
fn is_done_elsewhere(fixture: &Fixture, site: Node<'_>, removed: Node<'_>) -> bool {
    let declares = nodes(fixture.root(), &["interface_declaration"])
        .into_iter()
        .any(|interface| !nodes(interface, &["annotation"]).is_empty());
    let around = outermost(site);
    let fields = ["jwt_token", "client_secret"];
    let elsewhere = fields.iter().flat_map(|field| fixture.text().match_indices(field)).any(|(at, _)| {
        let leaf = fixture.root().descendant_for_byte_range(at, at + 1);
        leaf.is_some_and(|leaf| outermost(leaf).is_some_and(|other| Some(other) != around))
    });
    let receiver = site.child_by_field_name("object").or(site
        .child_by_field_name("function")
        .and_then(|it| it.child_by_field_name("object").or(it.child_by_field_name("value"))));
    let is_used_again = receiver.filter(|it| it.kind() == "identifier").is_some_and(|receiver| {
        let scope = around.unwrap_or(fixture.root());
        let again = nodes(scope, &["identifier"]);
        again.iter().any(|it| it.start_byte() > removed.end_byte() && fixture.of(*it) == fixture.of(receiver))
    });
    declares || elsewhere || is_used_again
}

fn call_in_comment(fixture: &Fixture) -> Vec<Variant> {
    let sites = fixture.sites();
    let mut edits = Edits::default();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for site in &sites {
        let Some(node) = removable(*site) else { return Vec::new() };
        if is_done_elsewhere(fixture, *site, node) {
            return Vec::new();
        }
        // The rest of a function that stands in the comment would not be what is tested.
        if ancestor(*site, &["export_statement"]).is_some_and(|export| export == node) {
            return Vec::new();
        }
        ranges.push((node.start_byte(), node.end_byte()));
    }
    ranges.sort_unstable();
    ranges.dedup();
    if ranges.is_empty() || ranges.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return Vec::new();
    }
    for (start, end) in ranges {
        let text = &fixture.text()[start..end];
        let commented = if fixture.is_python() {
            let indent = indentation(fixture.text(), start);
            let lines: String = text.lines().map(|line| format!("# {line}\n{indent}")).collect();
            format!("pass\n{indent}{lines}")
        } else {
            text.lines().map(|line| format!("// {line}\n")).collect()
        };
        edits.replace_range(start..end, commented);
    }
    fixture.with("commented", edits.apply(fixture.text()))
}

fn file_in_comment(fixture: &Fixture) -> Vec<Variant> {
    let mark = if fixture.is_python() { "#" } else { "//" };
    let lines: String = fixture.text().lines().map(|line| format!("{mark} {line}\n")).collect();
    let mut all = fixture.with("lines", lines);
    if !fixture.is_python() && !fixture.text().contains("*/") {
        all.extend(fixture.with("block", format!("/*\n{}\n*/\n", fixture.text())));
    }
    all
}

fn code_in_text(fixture: &Fixture) -> Vec<Variant> {
    let text = fixture.text();
    if fixture.is_python() {
        if text.contains("'''") || text.ends_with('\\') {
            return Vec::new();
        }
        let mut all = fixture.with("docstring", format!("r'''\n{text}\n'''\n"));
        all.extend(fixture.with("constant", format!("SAMPLE = r'''\n{text}\n'''\nprint(SAMPLE)\n")));
        return all;
    }
    if fixture.is_java() {
        let name = fixture.path().file_stem().unwrap().to_string_lossy().into_owned();
        let lines: Vec<String> =
            text.lines().map(|line| format!("\"{}\\n\"", line.replace('\\', "\\\\").replace('"', "\\\""))).collect();
        let class = format!(
            "public class {name} {{\n    static final String SAMPLE = {};\n\n    void show() {{\n        System.out.println(SAMPLE);\n    }}\n}}\n",
            lines.join("\n        + ")
        );
        return fixture.with("constant", class);
    }
    let escaped = text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${");
    let text = format!("const sample = `{escaped}`;\nconsole.log(sample);\n");
    fixture.with("constant", text)
}
