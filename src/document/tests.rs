use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::finding::ByteRange;

fn conventions() -> Conventions {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Conventions { names: texts(&["name", "key"]), values: texts(&["value", "default", "valueFrom"]) }
}

fn document(text: &str, format: Format) -> Document {
    read(text, format, &conventions())
}

/// Every entry as `path|key as written|value as written|decoded`, a line each; containers without their values.
fn dump(text: &str, format: Format) -> String {
    let document = document(text, format);
    let mut dump = String::new();
    for (position, entry) in document.entries().iter().enumerate() {
        let slice = |range: ByteRange| text[range.start..range.end].replace('\r', "").replace('\n', "⏎");
        let path = document.path(position).join(">");
        match entry.kind {
            Kind::Map | Kind::List | Kind::Block => {
                let kind = ["Map", "List", "Block"]
                    [[Kind::Map, Kind::List].iter().position(|kind| *kind == entry.kind).unwrap_or(2)];
                writeln!(dump, "{path}|{}|{kind}", slice(entry.key)).unwrap();
            }
            _ => {
                let decoded = entry.text.replace('\r', "").replace('\n', "⏎");
                writeln!(dump, "{path}|{}|{}|{decoded}", slice(entry.key), slice(entry.value)).unwrap();
            }
        }
    }
    if let Some(error) = &document.error {
        writeln!(dump, "error at {}", error.at).unwrap();
    }
    for comment in &document.comments {
        writeln!(dump, "comment {}", &text[comment.start..comment.end]).unwrap();
    }
    dump
}

fn assert_dump(text: &str, format: Format, expected: &str) {
    let expected: String =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).fold(String::new(), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        });
    assert_eq!(dump(text, format), expected);
}

#[test]
fn json() {
    assert_dump(
        "{\r\n\t\"a\": \"é\\n\\u00e9\\ud834\\udd1e\", // one\r\n  'b': [1, {\"c\": null},],\r\n /* two */ \"a\": true,\r\n}",
        Format::Json,
        r#"
        ||Map
        a|"a"|"é\n\u00e9\ud834\udd1e"|é⏎é𝄞
        b|'b'|List
        b||1|1
        b||Map
        b>c|"c"|null|null
        a|"a"|true|true
        comment // one
        comment /* two */
        "#,
    );
}

#[test]
fn broken_json_keeps_what_was_read() {
    assert_dump(
        "{\"a\": \"x\", \"b\": {\"c\": 1",
        Format::Json,
        "
        ||Map
        a|\"a\"|\"x\"|x
        b|\"b\"|Map
        b>c|\"c\"|1|1
        error at 23
        ",
    );
    assert!(document("{\"a\" 1}", Format::Json).error.is_some());
    assert!(document("{\"a\": 1 \"b\": 2}", Format::Json).error.is_some());
    assert!(document("{\"a\": \"x", Format::Json).error.is_some());
    assert!(document("[1,,2]", Format::Json).error.is_some());
    assert_eq!(document("{\n a: 1\n b: x y\n}", Format::Json).error, None);
    let deep = document(&"[".repeat(100_000), Format::Json);
    assert_eq!(deep.error.unwrap().problem, Problem::TooDeep);
}

#[test]
fn json_inside_a_value() {
    assert_dump(
        "A='{\"b\": {\"c\": \"x\"}}'\n",
        Format::Dotenv,
        "
        ||Map
        A|A|Map
        A>b|\"b\"|Map
        A>b>c|\"c\"|\"x\"|x
        ",
    );
}

#[test]
fn yaml() {
    assert_dump(
        "# é\r\na: 'it''s' # one\r\nb:\r\n  - x#y\r\n  - {c: \"d\\n\", e: }\r\nf: |\r\n  one\r\n  two\r\n---\r\ng: &g h\r\ni: *g\r\n? [k]\r\n: l\r\nm:\r\nn: 1\r\n",
        Format::Yaml,
        "
        ||Map
        a|a|'it''s'|it's
        b|b|List
        b||x#y|x#y
        b||Map
        b>c|c|\"d\\n\"|d⏎
        b>e|e||
        f|f|one⏎  two|one⏎two⏎
        ||Map
        g|g|h|h
        i|i|*g|h
        ||l|l
        m|m||
        n|n|1|1
        comment # é
        comment # one
        ",
    );
}

#[test]
fn yaml_lists_of_names_and_assignments() {
    assert_dump(
        "env:\n  - name: A\n    value: x\n  - name: B\n    valueFrom:\n      secretKeyRef: {key: k}\n  - \"C=y=z\"\n  - C=\n",
        Format::Yaml,
        "
        ||Map
        env|env|List
        env||Map
        env>name|name|A|A
        env>value|value|x|x
        env||Map
        env>name|name|B|B
        env>valueFrom|valueFrom|Map
        env>valueFrom>secretKeyRef|secretKeyRef|Map
        env>valueFrom>secretKeyRef>key|key|k|k
        env||\"C=y=z\"|C=y=z
        env||C=|C=
        env>A|A|x|x
        env>B|B|secretKeyRef: {key: k}|
        env>C|C|y=z\"|y=z
        env>C|C||
        ",
    );
}

#[test]
fn yaml_templates_and_errors() {
    let text = "{{- if .x }}\na: {{ .Values.b }}\nc: \"{{ d }}\"\n{{- end }}\n";
    assert_eq!(document(text, Format::Yaml).error, None);
    assert!(dump(text, Format::Yaml).contains("a|a|{{ .Values.b }}|xxxx"));
    let broken = document("a: 1\nb: [\nc: }\n", Format::Yaml);
    assert!(broken.error.is_some());
    assert_eq!(broken.entries()[1].text, "1");
    assert!(document(&"[".repeat(10_000), Format::Yaml).error.is_some());
}

#[test]
fn toml() {
    assert_dump(
        "# one\r\na = \"x\\ty#\" # two\r\n[s.t]\r\nb = '''\r\nq'''\r\nc.d = [1, {e = true}]\r\n",
        Format::Toml,
        "
        ||Map
        a|a|\"x\\ty#\"|x\ty#
        s|s|Map
        s>t|t|Map
        s>t>b|b|'''⏎q'''|q
        s>t>c|c|Map
        s>t>c>d|d|List
        s>t>c>d||1|1
        s>t>c>d||Map
        s>t>c>d>e|e|true|true
        comment # one
        comment # two
        ",
    );
    let broken = document("a = 1\nb = \nc = 2\n", Format::Toml);
    assert!(broken.error.is_some());
    assert!(broken.entries().iter().any(|entry| entry.text == "2"));
}

#[test]
fn properties() {
    assert_dump(
        "# one\r\n! two\r\na=1 \r\n  b.c : x\\\r\n    y\\u00e9\r\nd\\ e f=g\r\nh\r\n",
        Format::Properties,
        "
        ||Map
        a|a|1|1
        b.c|b.c|x\\⏎    y\\u00e9|xyé
        d e|d\\ e|f=g|f=g
        h|h||
        comment # one
        comment ! two
        ",
    );
}

#[test]
fn osgi_config() {
    let text =
        "# one\r\na.b=\"x\\ y\\=\\\"\"\r\nc=B\"true\"\r\nd=[ \\\r\n  \"e\", \\\r\n  \"f\", \\\r\n  ]\r\ng=(\"h\")\r\n";
    assert_eq!(Format::of(Language::Properties, text), Some(Format::OsgiConfig));
    assert_dump(
        text,
        Format::OsgiConfig,
        "
        ||Map
        a.b|a.b|\"x\\ y\\=\\\"\"|x y=\"
        c|c|B\"true\"|true
        d|d|List
        d||\"e\"|e
        d||\"f\"|f
        g|g|List
        g||\"h\"|h
        comment # one
        ",
    );
}

#[test]
fn dotenv() {
    assert_dump(
        "# one\r\nexport A=x y # two\r\nB=\"l1\r\nl2\\n\" # three\r\nC='$x\\n'\r\nD=\r\nE: f\r\nno value\r\n",
        Format::Dotenv,
        "
        ||Map
        A|A|x y|x y
        B|B|\"l1⏎l2\\n\"|l1⏎l2⏎
        C|C|'$x\\n'|$x\\n
        D|D||
        E|E|f|f
        comment # one
        comment # two
        comment # three
        ",
    );
    assert!(document("A=\"x\nB=1\n", Format::Dotenv).error.is_some());
}

#[test]
fn ini() {
    assert_dump(
        "; one\r\ntop = 1\r\n[s t]\r\nA: x ; two\r\nb = \"y\"\r\n  more\r\nc\r\n",
        Format::Ini,
        "
        ||Map
        top|top|1|1
        s t|s t|Map
        s t>A|A|x|x
        s t>b|b|\"y\"⏎  more|y⏎more
        comment ; one
        comment ; two
        ",
    );
    assert_eq!(Format::of(Language::Properties, "\n[server]\nhost = x\n"), Some(Format::Ini));
}

#[test]
fn xml() {
    assert_dump(
        "<?xml version=\"1.0\"?>\r\n<!-- one -->\r\n<r a='x&amp;y' b:c=\"1\">\r\n <p>v &lt; <![CDATA[<w>]]></p>\r\n <q k=\"l\">t</q><e/>\r\n</r>",
        Format::Xml,
        "
        ||Map
        r|r|Map
        r>a|a|'x&amp;y'|x&y
        r>b:c|b:c|\"1\"|1
        r>p|p|v &lt; <![CDATA[<w>]]>|v < <w>
        r>q|q|Map
        r>q>k|k|\"l\"|l
        r>q||t|t
        r>e|e|Map
        comment <!-- one -->
        ",
    );
    for broken in ["<a><b></a>", "<a>", "<a", "<a b=></a"] {
        assert!(document(broken, Format::Xml).error.is_some(), "{broken}");
    }
    let deep = document(&"<a>".repeat(1_000), Format::Xml);
    assert_eq!(deep.error.unwrap().problem, Problem::TooDeep);
}

#[test]
fn hcl() {
    assert_dump(
        "# one\r\na = \"x${var.y[\"z\"]}\"\r\nvariable \"b\" {\r\n  default = \"c\" // two\r\n  type = string\r\n}\r\nvariable \"d\" {}\r\ne = { f = 1, \"g\" : [true, h.i] }\r\nj = <<-EOT\r\n  k\r\n  EOT\r\nl = m(\"n\", { o = 1 })\r\n",
        Format::Hcl,
        "
        ||Map
        a|a|\"x${var.y[\"z\"]}\"|x${var.y[\"z\"]}
        variable|variable|Block
        variable>b|\"b\"|Block
        variable>b>default|default|\"c\"|c
        variable>b>type|type|string|string
        variable>d|\"d\"|Block
        e|e|Map
        e>f|f|1|1
        e>g|\"g\"|List
        e>g||true|true
        e>g||h.i|h.i
        j|j|<<-EOT⏎  k⏎  EOT|  k⏎
        l|l|m(\"n\", { o = 1 })|m(\"n\", { o = 1 })
        variable>b|\"b\"|\"c\"|c
        variable>d|\"d\"|\"d\"|
        comment # one
        comment // two
        ",
    );
    for broken in ["a {", "a = [", "}", "a = \"x\n", "a = <<E\nx", "? = 1"] {
        assert!(document(broken, Format::Hcl).error.is_some(), "{broken}");
    }
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

/// Every range lies in the text, between characters, and in what holds it.
fn assert_places(text: &str, format: Format) {
    let document = document(text, format);
    for (position, entry) in document.entries().iter().enumerate() {
        for range in [entry.key, entry.value] {
            assert!(text.get(range.start..range.end).is_some(), "{format:?} {text:?} {entry:?}");
        }
        assert!(entry.parent.is_none_or(|parent| parent < position));
        if let Some(key) = entry.key_text().filter(|key| key.chars().all(|c| c.is_ascii_alphanumeric())) {
            let written = &text[entry.key.start..entry.key.end];
            assert!(written.contains(key) || written.contains(['\\', '{', '&']), "{format:?} {text:?} {entry:?}");
        }
    }
    for comment in &document.comments {
        assert!(text.get(comment.start..comment.end).is_some(), "{format:?} {text:?} {comment:?}");
    }
    assert!(document.error.is_none_or(|error| error.at <= text.len()));
}

proptest! {
    #[test]
    fn any_text_is_read_in_any_format(text in "([a-c]|[\"'`\\\\]|[=:,;#/!&*|>]|[\\[\\](){}<>]|<<E|--|é|\u{feff}|\\$\\{|\\{\\{|\\}\\}|\r?\n|[ \t]|- |key|value|name){0,40}") {
        for format in FORMATS {
            assert_places(&text, format);
        }
    }

    #[test]
    fn keys_and_values_are_where_they_say(keys in prop::collection::vec("[a-z]{3,8}", 1..6), values in prop::collection::vec("[a-zé]{1,9}", 6)) {
        for (format, line, around) in [
            (Format::Json, "\"K\": \"V\",\r\n", ("{", "}")),
            (Format::Yaml, "k_K: \"V\" # é\r\n", ("", "")),
            (Format::Properties, "K=V\r\n", ("#é\r\n", "")),
            (Format::OsgiConfig, "K=\"V\"\r\n", ("", "")),
            (Format::Dotenv, "export K=\"V\"\r\n", ("#é\r\n", "")),
            (Format::Ini, "K = V\r\n", ("[é]\r\n", "")),
            (Format::Xml, "<K>V</K>\r\n", ("<é>", "</é>")),
            (Format::Hcl, "K = \"V\"\r\n", ("# é\r\n", "")),
        ] {
            let lines: String = keys.iter().zip(&values).map(|(key, value)| line.replace('V', "\u{1}").replace('K', key).replace('\u{1}', value)).collect();
            let text = format!("{}{lines}{}", around.0, around.1);
            let document = document(&text, format);
            if format == Format::Yaml && document.error.is_some() {
                // A key that stands twice.
                continue;
            }
            prop_assert_eq!(&document.error, &None, "{}", text);
            let scalars: Vec<&Entry> = document.entries().iter().filter(|entry| entry.kind == Kind::Scalar && entry.key_text().is_some()).collect();
            prop_assert_eq!(scalars.len(), keys.len(), "{:?} {}", format, text);
            for ((entry, key), value) in scalars.iter().zip(&keys).zip(&values) {
                prop_assert_eq!(text[entry.key.start..entry.key.end].trim_matches('"').trim_start_matches("k_"), key);
                prop_assert_eq!(text[entry.value.start..entry.value.end].trim_matches('"'), value);
                prop_assert_eq!(&entry.text, value);
            }
        }
    }
}
