//! The same request with another HTTP client.

use tree_sitter::Node;

use crate::edits::{Edits, named_children};
use crate::fixture::{Fixture, Variant};
use crate::keep::files::with_import;

pub(crate) fn apply(fixture: &Fixture) -> Vec<Variant> {
    let Some(site) = fixture.call() else { return Vec::new() };
    if fixture.is_python() {
        return python(fixture, site);
    }
    if !fixture.is_node() || !fixture.has_modules() {
        return Vec::new();
    }
    node(fixture, site)
}

/// Address and body of a call of `axios.post(…)` or `fetch(…)`.
fn parts<'a>(fixture: &'a Fixture, site: Node<'_>) -> Option<(&'a str, &'a str)> {
    let callee = fixture.of(site.child_by_field_name("function")?);
    let arguments = named_children(site.child_by_field_name("arguments")?);
    let (url, second) = (*arguments.first()?, *arguments.get(1)?);
    if second.kind() == "object" {
        let value = |name: &str| {
            named_children(second).into_iter().find_map(|entry| match entry.kind() {
                "pair" => (fixture.of(entry.child_by_field_name("key")?) == name)
                    .then(|| entry.child_by_field_name("value"))?,
                "shorthand_property_identifier" => (fixture.of(entry) == name).then_some(entry),
                _ => None,
            })
        };
        value("method")?;
        return Some((fixture.of(url), fixture.of(value("body")?)));
    }
    let is_post = callee == "axios.post" || callee.ends_with("http.post");
    (is_post && second.kind() != "spread_element").then(|| (fixture.of(url), fixture.of(second)))
}

fn node(fixture: &Fixture, site: Node<'_>) -> Vec<Variant> {
    let Some((url, body)) = parts(fixture, site) else { return Vec::new() };
    let calls = [
        ("axios", format!("swapped.post({url}, {body})")),
        ("axios", format!("swapped({{ method: 'post', url: {url}, data: {body} }})")),
        ("axios", format!("swapped.request({{ method: 'POST', url: {url}, data: {body} }})")),
        ("got", format!("swapped.post({url}, {{ body: {body} }})")),
        ("got", format!("swapped({url}, {{ method: 'POST', form: {body} }})")),
        ("node-fetch", format!("swapped({url}, {{ method: 'POST', body: {body} }})")),
        ("request", format!("swapped.post({{ url: {url}, form: {body} }})")),
        ("request", format!("swapped({{ method: 'POST', uri: {url}, form: {body} }})")),
        ("request-promise-native", format!("swapped.post({url}, {{ form: {body} }})")),
        ("superagent", format!("swapped.post({url}).type('form').send({body})")),
        ("needle", format!("swapped('post', {url}, {body})")),
        ("ky", format!("swapped.post({url}, {{ body: {body} }})")),
        ("undici", format!("swapped.request({url}, {{ method: 'POST', body: {body} }})")),
    ];
    let mut all = Vec::new();
    for (number, (package, call)) in calls.into_iter().enumerate() {
        let import = match (package, fixture.is_esm() || fixture.is_typescript()) {
            ("undici", true) => "import * as swapped from 'undici';\n".to_owned(),
            (_, true) => format!("import swapped from '{package}';\n"),
            (_, false) => format!("const swapped = require('{package}');\n"),
        };
        let mut edits = Edits::default();
        edits.replace(site, call);
        all.extend(fixture.with(&format!("{package}-{number}"), with_import(fixture, edits, &import)));
    }
    all
}

fn python(fixture: &Fixture, site: Node<'_>) -> Vec<Variant> {
    let parts = || {
        let callee = fixture.of(site.child_by_field_name("function")?);
        if !callee.ends_with(".post") || site.parent()?.kind() == "await" {
            return None;
        }
        let arguments = named_children(site.child_by_field_name("arguments")?);
        let url = arguments.iter().find(|it| it.kind() != "keyword_argument")?;
        let keyword = |name: &str| {
            let found =
                arguments.iter().find(|it| it.child_by_field_name("name").is_some_and(|it| fixture.of(it) == name))?;
            found.child_by_field_name("value")
        };
        Some((fixture.of(*url), fixture.of(keyword("data")?)))
    };
    let Some((url, data)) = parts() else { return Vec::new() };
    let calls = [
        ("import requests as swapped", format!("swapped.post({url}, data={data})")),
        ("import requests as swapped", format!("swapped.request(\"POST\", {url}, data={data})")),
        ("import requests as swapped", format!("swapped.Session().post({url}, {data})")),
        ("import httpx as swapped", format!("swapped.post({url}, data={data})")),
        ("import httpx as swapped", format!("swapped.Client().post({url}, data={data})")),
        ("import urllib3 as swapped", format!("swapped.PoolManager().request(\"POST\", {url}, fields={data})")),
        (
            "import urllib.parse\nimport urllib.request",
            format!("urllib.request.urlopen({url}, data=urllib.parse.urlencode({data}).encode())"),
        ),
        (
            "from urllib.parse import urlencode as encoded\nfrom urllib.request import Request as Swapped, urlopen as opened",
            format!("opened(Swapped({url}, encoded({data}).encode(\"ascii\"), method=\"POST\"))"),
        ),
    ];
    let mut all = Vec::new();
    for (number, (import, call)) in calls.into_iter().enumerate() {
        let mut edits = Edits::default();
        edits.replace(site, call);
        let text = with_import(fixture, edits, &format!("{import}\n"));
        all.extend(fixture.with(&format!("client-{number}"), text));
    }
    all
}
