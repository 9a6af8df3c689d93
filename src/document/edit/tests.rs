use proptest::prelude::*;

use super::*;

fn conventions() -> Conventions {
    Conventions { names: vec!["name".to_owned()], values: vec!["value".to_owned()] }
}

fn position(document: &Document, path: &str) -> usize {
    let found = (0..document.entries().len()).find(|&entry| document.path(entry).join(".") == path);
    found.unwrap_or_else(|| panic!("no {path}"))
}

/// What is done to the entry that a path leads to.
#[derive(Debug, Clone)]
enum Step {
    Remove(&'static str),
    Rename(&'static str, &'static str),
    Set(&'static str, Value),
    Wrap(&'static str),
    Insert(&'static str, &'static str, Value),
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| (*item).to_owned()).collect())
}

fn edited(format: Format, before: &str, steps: &[Step]) -> Result<String, EditError> {
    let conventions = conventions();
    let mut editor = Editor::new(before, format, &conventions)?;
    for step in steps {
        let mut mark = |path: &str| {
            let entry = position(editor.document(), path);
            editor.mark(entry)
        };
        match step {
            Step::Remove(path) => {
                let handle = mark(path);
                editor.remove(handle)?;
            }
            Step::Rename(path, name) => {
                let handle = mark(path);
                editor.rename(handle, name)?;
            }
            Step::Set(path, value) => {
                let handle = mark(path);
                editor.set(handle, value)?;
            }
            Step::Wrap(path) => {
                let handle = mark(path);
                editor.wrap(handle)?;
            }
            Step::Insert(path, name, value) => {
                let handle = mark(path);
                editor.insert_after(handle, name, value)?;
            }
        }
    }
    let mut result = before.to_owned();
    for change in editor.changes().iter().rev() {
        result.replace_range(change.range.start..change.range.end, &change.replacement);
    }
    assert_eq!(result, editor.text(), "the changes come to the text");
    Ok(result)
}

#[track_caller]
fn assert_edit(format: Format, before: &str, steps: &[Step], after: &str) {
    assert_eq!(edited(format, before, steps).as_deref(), Ok(after), "{before}");
}

use Step::{Insert, Remove, Rename, Set, Wrap};

#[test]
fn json() {
    let before = "{\n  \"id\": \"a\",\n  \"secret\": \"s\", // kept\n  // the key\n  \"key\": \"k\"\n}\n";
    assert_edit(Format::Json, before, &[Remove("key")], "{\n  \"id\": \"a\",\n  \"secret\": \"s\" // kept\n}\n");
    assert_edit(
        Format::Json,
        before,
        &[Insert("key", "scopes", list(&["a", "b"])), Remove("key"), Wrap("secret"), Rename("secret", "secrets")],
        "{\n  \"id\": \"a\",\n  \"secrets\": [\"s\"], // kept\n  \"scopes\": [\"a\", \"b\"]\n}\n",
    );
    let line = "{\"a\":1, \"b\":{\"c\":2},\"d\":3}";
    assert_edit(Format::Json, line, &[Remove("a")], "{\"b\":{\"c\":2},\"d\":3}");
    assert_edit(Format::Json, line, &[Remove("b.c")], "{\"a\":1, \"d\":3}");
    assert_edit(Format::Json, line, &[Remove("d")], "{\"a\":1, \"b\":{\"c\":2}}");
    assert_edit(
        Format::Json,
        line,
        &[Insert("b.c", "e", text("x"))],
        "{\"a\":1, \"b\":{\"c\":2, \"e\":\"x\"},\"d\":3}",
    );
    assert_edit(
        Format::Json,
        line,
        &[Insert("d", "e", Value::Bare("true".to_owned()))],
        "{\"a\":1, \"b\":{\"c\":2},\"d\":3, \"e\":true}",
    );
    assert_edit(
        Format::Json,
        "{\r\n\t\"a\": [\r\n\t\t\"x\"\r\n\t],\r\n\t\"b\": 1,\r\n}",
        &[Set("a", list(&["y", "z"])), Insert("b", "c", text("é\"")), Remove("b")],
        "{\r\n\t\"a\": [\r\n\t\t\"y\",\r\n\t\t\"z\"\r\n\t],\r\n\t\"c\": \"é\\\"\",\r\n}",
    );
}

#[test]
fn yaml() {
    let before = "# head\nserver:\n  host: x\nenterprise:\n  org: 'o' # theirs\n  # path of the private key\n  priv_key_path: k\n  tech: t\n\nother: 1\n";
    assert_edit(
        Format::Yaml,
        before,
        &[
            Remove("enterprise.priv_key_path"),
            Rename("enterprise.tech", "technical"),
            Insert("enterprise.org", "method", text("oauth")),
        ],
        "# head\nserver:\n  host: x\nenterprise:\n  org: 'o' # theirs\n  method: 'oauth'\n  technical: t\n\nother: 1\n",
    );
    assert_edit(
        Format::Yaml,
        before,
        &[Remove("server.host")],
        "# head\nenterprise:\n  org: 'o' # theirs\n  # path of the private key\n  priv_key_path: k\n  tech: t\n\nother: 1\n",
    );
    assert_edit(
        Format::Yaml,
        before,
        &[Insert("enterprise", "method", text("a, b"))],
        &before.replace("\n\nother", "\nmethod: a, b\n\nother"),
    );
    let listed = "a:\n- name: X\n  value: 1\n- name: Y\n  value: \"2\"\nb: [p, q]\n";
    assert_edit(Format::Yaml, listed, &[Remove("a.X")], "a:\n- name: Y\n  value: \"2\"\nb: [p, q]\n");
    assert_edit(
        Format::Yaml,
        listed,
        &[Insert("a.Y", "Z", text("3"))],
        "a:\n- name: X\n  value: 1\n- name: Y\n  value: \"2\"\n- name: Z\n  value: \"3\"\nb: [p, q]\n",
    );
    assert_edit(
        Format::Yaml,
        listed,
        &[Rename("a.X", "Z"), Set("b", text("p,q"))],
        "a:\n- name: Z\n  value: 1\n- name: Y\n  value: \"2\"\nb: p,q\n",
    );
    assert_edit(
        Format::Yaml,
        "env:\n  - A=1\n  - B=2\n",
        &[Insert("env.A", "C", text("3")), Remove("env.A")],
        "env:\n  - C=3\n  - B=2\n",
    );
    assert_edit(
        Format::Yaml,
        "s:\n  meta_scopes:\n    - a\n  client_secret: ${S}\n",
        &[Set("s.meta_scopes", list(&["x", "y"])), Rename("s.meta_scopes", "scopes"), Wrap("s.client_secret")],
        "s:\n  scopes:\n    - x\n    - y\n  client_secret: [\"${S}\"]\n",
    );
    assert_edit(Format::Yaml, "a:\nb: 1\n", &[Set("a", text("x"))], "a: x\nb: 1\n");
    assert_edit(Format::Yaml, "- a: 1\n  b: 2\n- c: 3\n", &[Remove("a")], "- b: 2\n- c: 3\n");
    assert_edit(Format::Yaml, "{a: 1, b: 2}\n", &[Insert("b", "c", text("x,y")), Remove("a")], "{b: 2, c: \"x,y\"}\n");
}

#[test]
fn lines() {
    let before = "# Adobe\nexport CLIENT_ID=a\nexport CLIENT_SECRET=\"s\" # quiet\n\n# where the private key is\nPRIVATE_KEY=\n\nLAST=1";
    assert_edit(
        Format::Dotenv,
        before,
        &[Remove("PRIVATE_KEY"), Insert("CLIENT_ID", "SCOPES", text("a,b")), Wrap("CLIENT_SECRET")],
        "# Adobe\nexport CLIENT_ID=a\nexport SCOPES=a,b\nexport CLIENT_SECRET=[\"s\"] # quiet\n\nLAST=1",
    );
    assert_edit(
        Format::Dotenv,
        before,
        &[Remove("LAST")],
        "# Adobe\nexport CLIENT_ID=a\nexport CLIENT_SECRET=\"s\" # quiet\n\n# where the private key is\nPRIVATE_KEY=",
    );
    assert_edit(
        Format::Dotenv,
        before,
        &[Insert("LAST", "S", text("<set this>"))],
        &format!("{before}\nS=\"<set this>\""),
    );
    assert_edit(
        Format::Dotenv,
        "A='x'\r\nB=1\r\n",
        &[Wrap("A"), Insert("B", "C", list(&["p", "q"]))],
        "A=[\"x\"]\r\nB=1\r\nC=[\"p\",\"q\"]\r\n",
    );
    assert_edit(
        Format::Ini,
        "[server]\nhost = h\n\n[enterprise]\n; the key\npriv_key_path = k\norg_id        = o\n",
        &[Remove("enterprise.priv_key_path"), Insert("enterprise.org_id", "scopes", text("a,b"))],
        "[server]\nhost = h\n\n[enterprise]\norg_id        = o\nscopes        = a,b\n",
    );
    assert_edit(
        Format::Properties,
        "a.b: x\na.c = y\\\n  z\nd=1\n",
        &[Remove("a.c"), Insert("a.b", "a.e", text("ü\\"))],
        "a.b: x\na.e: \\u00fc\\\\\nd=1\n",
    );
    assert_edit(
        Format::OsgiConfig,
        "a=\"x\"\nb=[\"p\",\"q\"]\nc=B\"true\"\n",
        &[Insert("a", "s", text("p,q")), Remove("b"), Set("a", list(&["1"]))],
        "a=[\"1\"]\ns=\"p,q\"\nc=B\"true\"\n",
    );
    assert_edit(
        Format::Toml,
        "x = 1\n\n[adobe]\nmeta = [\"a\"] # old\nkey  = 'k'\n",
        &[
            Rename("adobe.meta", "scopes"),
            Set("adobe.scopes", text("a,b")),
            Insert("adobe.key", "id", text("i")),
            Remove("adobe.key"),
        ],
        "x = 1\n\n[adobe]\nscopes = \"a,b\" # old\nid   = 'i'\n",
    );
    assert_edit(
        Format::Hcl,
        "adobe_id = \"x\"\n# key\nadobe_key = file(\"k\")\nm = {\n  a = \"1\"\n  b = \"2\"\n}\n",
        &[Remove("adobe_key"), Insert("m.a", "c", text("3")), Remove("m.b")],
        "adobe_id = \"x\"\nm = {\n  a = \"1\"\n  c = \"3\"\n}\n",
    );
}

#[test]
fn xml() {
    let before =
        "<root>\n  <id>a</id>\n  <!-- the key -->\n  <key>k</key>\n  <node a=\"1\"\n        b=\"2\"/>\n</root>\n";
    assert_edit(
        Format::Xml,
        before,
        &[
            Remove("root.key"),
            Insert("root.id", "scopes", text("a&b")),
            Rename("root.id", "client"),
            Remove("root.node.b"),
            Insert("root.node.a", "c", text("3")),
        ],
        "<root>\n  <client>a</client>\n  <scopes>a&amp;b</scopes>\n  <node a=\"1\" c=\"3\"/>\n</root>\n",
    );
}

#[test]
fn what_cannot_be_edited_says_so() {
    assert_eq!(edited(Format::Json, "{\"a\": ", &[]), Err(EditError::Broken));
    assert_eq!(edited(Format::Dotenv, "A=1\n", &[Rename("A", "a b")]), Err(EditError::Unsupported));
    assert_eq!(edited(Format::Xml, "<a><b/></a>", &[Set("a.b", text("x"))]), Err(EditError::Unsupported));
    assert_eq!(edited(Format::Yaml, "a: &x 1\nb: *x\n", &[Remove("a")]), Err(EditError::Unfaithful));
}

/// A document of a format with these entries, in a map of its own where the format has maps.
fn document(format: Format, entries: &[(String, String)], loose: bool) -> (String, &'static str) {
    let gap = if loose { "\n" } else { "" };
    let note = if loose { "# about it\n" } else { "" };
    let all = |line: &dyn Fn(&str, &str) -> String| -> String {
        entries.iter().map(|(key, value)| format!("{}{gap}", line(key, value))).collect()
    };
    match format {
        Format::Json => {
            let lines: Vec<String> = entries.iter().map(|(key, value)| format!("    \"{key}\": \"{value}\"")).collect();
            let break_or_blank = if loose { ",\n" } else { ", " };
            (
                format!(
                    "{{\n  \"before\": 1,\n  \"m\": {{{}}}\n}}\n",
                    if loose { format!("\n{}\n  ", lines.join(break_or_blank)) } else { lines.join(break_or_blank) }
                ),
                "m.",
            )
        }
        Format::Yaml => (
            format!(
                "before: 1\nm:\n{}after: 2\n",
                all(&|key, value| format!("  {}{key}: {value}\n", if loose { "# about it\n  " } else { "" }))
            ),
            "m.",
        ),
        Format::Toml => {
            (format!("before = 1\n[m]\n{}", all(&|key, value| format!("{note}{key} = \"{value}\"\n"))), "m.")
        }
        Format::Ini => {
            (format!("[before]\nx = 1\n[m]\n{}", all(&|key, value| format!("{note}{key} = {value}\n"))), "m.")
        }
        Format::Properties => (all(&|key, value| format!("{note}{key}={value}\n")), ""),
        Format::OsgiConfig => (all(&|key, value| format!("{key}=\"{value}\"\n")), ""),
        Format::Dotenv => (all(&|key, value| format!("{note}export {key}='{value}'\n")), ""),
        Format::Xml => (format!("<m>\n{}</m>\n", all(&|key, value| format!("  <{key}>{value}</{key}>\n"))), "m."),
        Format::Hcl => (format!("m {{\n{}}}\n", all(&|key, value| format!("  {key} = \"{value}\"\n"))), "m."),
    }
}

/// What a document says: paths and values of its scalars.
fn said(text: &str, format: Format) -> Vec<(String, String)> {
    let document = read(text, format, &conventions());
    assert_eq!(document.error, None, "{text}");
    let scalars = (0..document.entries().len()).filter(|&entry| !document.entries()[entry].kind.is_container());
    scalars.map(|entry| (document.path(entry).join("."), document.entries()[entry].text.clone())).collect()
}

const FORMATS: [Format; 9] = [
    Format::Json,
    Format::Yaml,
    Format::Toml,
    Format::Properties,
    Format::OsgiConfig,
    Format::Dotenv,
    Format::Ini,
    Format::Xml,
    Format::Hcl,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn read_again_it_says_exactly_the_change(
        format in prop::sample::select(FORMATS.to_vec()),
        values in prop::collection::vec("[a-z][a-zA-Z0-9_]{0,8}", 2..6),
        new in "[a-z][a-zA-Z0-9_,. é]{0,12}[a-z]",
        which in any::<prop::sample::Index>(),
        step in 0..4,
        loose in any::<bool>(),
        returns in any::<bool>(),
    ) {
        let entries: Vec<(String, String)> =
            values.iter().enumerate().map(|(at, value)| (format!("key_{at}"), value.clone())).collect();
        let (mut before, base) = document(format, &entries, loose);
        if returns {
            before = before.replace('\n', "\r\n");
        }
        let which = which.index(entries.len());
        let path = format!("{base}key_{which}");
        let mut expected = said(&before, format);
        let at = expected.iter().position(|(known, _)| *known == path).unwrap();
        let conventions = conventions();
        let mut editor = Editor::new(&before, format, &conventions).unwrap();
        let entry = position(editor.document(), &path);
        let handle = editor.mark(entry);
        match step {
            0 => {
                editor.remove(handle).unwrap();
                expected.remove(at);
            }
            1 => {
                editor.rename(handle, "renamed").unwrap();
                expected[at].0 = format!("{base}renamed");
            }
            2 => {
                editor.set(handle, &Value::Text(new.clone())).unwrap();
                expected[at].1 = new;
            }
            _ => {
                let inserted = editor.insert_after(handle, "inserted", &Value::Text(new.clone())).unwrap();
                expected.insert(at + 1, (format!("{base}inserted"), new));
                let entry = editor.entry(inserted).unwrap();
                prop_assert_eq!(editor.document().entries()[entry].key_text(), Some("inserted"));
            }
        }
        prop_assert_eq!(said(editor.text(), format), expected, "{}", editor.text());
        // Every line that says nothing of the entry is still there, in its order.
        let touched = [format!("key_{which}"), "inserted".to_owned(), "renamed".to_owned()];
        if loose || format != Format::Json {
            let kept = |text: &str| -> Vec<String> {
                let lines = text.split_inclusive('\n').map(|line| line.replace(',', ""));
                lines.filter(|line| !line.trim().is_empty() && !line.contains("about it") && !touched.iter().any(|one| line.contains(one.as_str()))).collect()
            };
            prop_assert_eq!(kept(&before), kept(editor.text()));
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        format in prop::sample::select(FORMATS.to_vec()),
        text in "([a-c]|key|[\\[\\]{}\"':=,#<>/\\\\ \n-]|é|- |: |\r\n|export |<a>|</a>){0,30}",
        step in 0..5,
    ) {
        let conventions = conventions();
        let entries = read(&text, format, &conventions).entries().len();
        for entry in 0..entries {
            let Ok(mut editor) = Editor::new(&text, format, &conventions) else { continue };
            let handle = editor.mark(entry);
            let _ = match step {
                0 => editor.remove(handle),
                1 => editor.rename(handle, "renamed"),
                2 => editor.set(handle, &list(&["a", "b"])),
                3 => editor.wrap(handle),
                _ => editor.insert_after(handle, "new", &Value::Text("v".to_owned())).map(|_| ()),
            };
        }
    }
}
