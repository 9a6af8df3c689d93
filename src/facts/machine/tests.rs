//! The machine over small programs: what is sent and signed, whatever the language and however it is put together.

use crate::facts::fact::{Facts, Request};
use crate::finding::Language;
use crate::rules::Catalog;
use crate::syntax::{self, Limits};

fn facts(language: Language, text: &str) -> Facts {
    let catalog = Catalog::load(&[]).expect("the rules that ship load");
    let tree = syntax::parse(text, language, &Limits::default()).expect("it parses");
    let module = crate::facts::lower(&tree, text, language);
    {
        let program = crate::facts::program::Program::of(module, text.len());
        super::run(
            &program,
            &[crate::facts::program::UnitId(0)],
            &super::Links::default(),
            catalog.libraries(language.platform().unwrap()),
            catalog.rules(),
        )
    }
}

/// The requests that a known client sends, one line each: client, URL, fields.
fn sent(language: Language, text: &str) -> Vec<String> {
    facts(language, text).requests.iter().filter(|request| request.sent).map(line).collect()
}

fn line(request: &Request) -> String {
    let urls: Vec<String> = request.urls.iter().map(|url| url.display()).collect();
    let mut fields: Vec<String> = request.fields.iter().filter_map(|field| field.name.literal()).collect();
    fields.sort();
    fields.dedup();
    format!("{} {} {}", request.library.as_deref().unwrap_or("?"), urls.join(" | "), fields.join(","))
}

#[test]
fn the_same_program_in_three_languages_sends_the_same() {
    let node = sent(
        Language::JavaScript,
        "const axios = require('axios');
         const HOST = 'https://ims-na1.adobelogin.com';
         function exchange(id, secret, token) {
           const form = new URLSearchParams();
           form.append('client_id', id); form.append('client_secret', secret); form.append('jwt_token', token);
           return axios.post(`${HOST}/ims/exchange/jwt`, form);
         }",
    );
    let python = sent(
        Language::Python,
        "import requests\nHOST = 'https://ims-na1.adobelogin.com'\ndef exchange(id, secret, token):\n    form = {'client_id': id}\n    \
         form['client_secret'] = secret\n    form['jwt_token'] = token\n    return requests.post(HOST + '/ims/exchange/jwt', data=form)\n",
    );
    let java = sent(
        Language::Java,
        "import okhttp3.*; class A { static final String HOST = \"https://ims-na1.adobelogin.com\";
         String exchange(OkHttpClient client, String id, String secret, String token) throws Exception {
           RequestBody form = new FormBody.Builder().add(\"client_id\", id).add(\"client_secret\", secret).add(\"jwt_token\", token).build();
           Request request = new Request.Builder().url(HOST + \"/ims/exchange/jwt\").post(form).build();
           return client.newCall(request).execute().body().string(); } }",
    );
    let request = "https://ims-na1.adobelogin.com/ims/exchange/jwt client_id,client_secret,jwt_token";
    assert_eq!(node, [format!("axios {request}")]);
    assert_eq!(python, [format!("requests {request}")]);
    assert_eq!(java, [format!("OkHttp {request}")]);
}

#[test]
fn what_is_unknown_stays_a_hole_with_its_name() {
    let sent = sent(
        Language::Python,
        "import os, requests\ndef f(path):\n    requests.post(os.environ['IMS_HOST'] + path + '/jwt')\n",
    );
    assert_eq!(sent, ["requests {IMS_HOST}{path}/jwt "]);
}

#[test]
fn a_default_comes_before_what_may_replace_it() {
    let sent = sent(Language::JavaScript, "fetch(process.env.IMS || 'https://a.example/x')");
    assert_eq!(sent, ["fetch https://a.example/x | {IMS} "]);
}

#[test]
fn both_arms_of_a_branch_count_and_a_left_one_does_not() {
    let both = sent(
        Language::JavaScript,
        "let url = 'https://a.example/'; if (stage) { url = 'https://b.example/'; } fetch(url)",
    );
    assert_eq!(both, ["fetch https://b.example/ | https://a.example/ "]);
    let left = sent(
        Language::JavaScript,
        "function f(stage) { let url = 'https://a.example/'; if (stage) { url = 'https://b.example/'; return; } return fetch(url) }",
    );
    assert_eq!(left, ["fetch https://a.example/ "]);
}

#[test]
fn a_function_of_the_file_is_entered_with_what_it_is_given() {
    let sent = sent(
        Language::Python,
        "import requests\ndef post(url, **fields):\n    return requests.post(url, data=fields)\npost('https://a.example/', jwt_token='x')\n",
    );
    assert_eq!(sent[0], "requests https://a.example/ jwt_token");
}

#[test]
fn a_recursive_function_ends() {
    let sent = sent(
        Language::JavaScript,
        "function again(n, url) { if (n) return again(n - 1, url + '/x'); return fetch(url) } again(3, 'https://a.example')",
    );
    assert!(sent.contains(&"fetch https://a.example ".to_owned()), "{sent:?}");
}

#[test]
fn exponential_calls_stay_within_the_budget() {
    let mut text = String::from("function f0(x) { return fetch(x) }\n");
    for depth in 1..60 {
        let before = depth - 1;
        text.push_str(&format!(
            "function f{depth}(x) {{ return f{before}(x) + f{before}(x) + f{before}(x) + f{before}(x) }}\n"
        ));
    }
    text.push_str("f59('https://a.example/')\n");
    let start = std::time::Instant::now();
    let facts = facts(Language::JavaScript, &text);
    assert!(!facts.requests.is_empty());
    assert!(start.elapsed().as_secs() < 60, "it took {:?}", start.elapsed());
}

#[test]
fn values_made_of_the_same_thing_twice_are_compared_in_time() {
    // Every line doubles the paths through the ingredients, not the ingredients.
    let mut text = String::from("def f(x, y):\n");
    for _ in 0..80 {
        text.push_str("    if y: x = g(x, x)\n    else: x = h(x, x)\n");
    }
    text.push_str("    return x\n");
    let start = std::time::Instant::now();
    assert!(facts(Language::Python, &text).requests.is_empty());
    assert!(start.elapsed().as_secs() < 30, "it took {:?}", start.elapsed());
}

#[test]
fn fields_of_this_are_followed_through_the_constructor() {
    let sent = sent(
        Language::TypeScript,
        "class Ims { private readonly url: string; constructor(host = 'https://a.example') { this.url = `${host}/token`; }
         async token() { return fetch(this.url, { method: 'POST' }); } }",
    );
    assert_eq!(sent, ["fetch https://a.example/token | {host}/token "]);
}

#[test]
fn an_assertion_is_followed_into_the_form() {
    let facts = facts(
        Language::JavaScript,
        "const jwt = require('jsonwebtoken'); const axios = require('axios');
         const assertion = jwt.sign({ iss: 'x@AdobeOrg', 'https://ims-na1.adobelogin.com/s/ent_user_sdk': true }, key);
         axios.post(url, { jwt_token: assertion });",
    );
    let request = facts.requests.iter().find(|request| request.sent).expect("a request");
    let field =
        request.fields.iter().find(|field| field.name.literal().as_deref() == Some("jwt_token")).expect("the field");
    let signed = facts.assertions.iter().find(|assertion| assertion.signed).expect("an assertion");
    assert_eq!(field.value.assertions, [signed.site]);
    assert_eq!(signed.library.as_deref(), Some("jsonwebtoken"));
}
