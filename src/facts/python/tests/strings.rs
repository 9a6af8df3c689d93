//! Strings: prefixes, escapes, joins, f-strings, `+` and `%`.

use super::{assert_lowers, dumped, module_of};
use crate::facts::ir::ExpressionKind;

#[test]
fn prefixes_and_quotes() {
    assert_lowers(
        "a = 'x'\nb = r'\\n{{'\nc = b\"y\\x41\\u0041\"\nd = u'z'\ne = '''p\n'q'\n'''\nf = Rb'\\d'\ng = ''",
        &[
            r#"a = "x""#,
            r#"b = "\\n{{""#,
            r#"c = "yA\\u0041""#,
            r#"d = "z""#,
            r#"e = "p\n'q'\n""#,
            r#"f = "\\d""#,
            r#"g = """#,
        ],
    );
}

#[test]
fn escapes() {
    assert_lowers(
        "a = '\\t\\'\\\\\\101\\0\\x2f\\u002F\\U0000002F\\q'\nb = 'one\\\ntwo'\nc = '\\N{DASH}\\xg'",
        &[r#"a = "\t'\\A\0///\\q""#, r#"b = "onetwo""#, r#"c = "\\N{DASH}\\xg""#],
    );
}

#[test]
fn a_carriage_return_is_read_as_a_line_feed() {
    assert_lowers("a = '''x\r\ny\\\r\nz'''\r\n", &[r#"a = "x\nyz""#]);
}

#[test]
fn implicit_concatenation_over_lines() {
    assert_lowers(
        "url = ('https://ims-na1.adobelogin.com'  # host\n       \"/ims\"\n       r'/exchange/jwt')\n",
        &[r#"url = "https://ims-na1.adobelogin.com/ims/exchange/jwt""#],
    );
    let source = "u = 'a' 'b'";
    let module = module_of(source);
    let text = module.expressions.iter().find(|e| matches!(e.kind, ExpressionKind::Text(_))).expect("a text");
    assert_eq!(&source[text.range.start..text.range.end], "'a' 'b'");
}

#[test]
fn format_strings() {
    assert_lowers(
        "a = f'https://{host}/ims/{{x}}/{path!r:>10}'\nb = f'constant'\nc = f'{host=}'\nd = rf'\\{x}'",
        &[
            r#"a = concat("https://", host, "/ims/{x}/", path)"#,
            r#"b = "constant""#,
            r#"c = concat("host=", host)"#,
            r#"d = concat("\\", x)"#,
        ],
    );
}

#[test]
fn nested_format_strings() {
    assert_lowers(
        r#"a = f"{f'{scheme}://{host}'}/{config['path']}{x:{width}}" '?q' f"{a, b}""#,
        &[r#"a = concat(concat(scheme, "://", host), "/", config["path"], x, "?q", [a, b])"#],
    );
}

#[test]
fn pluses_are_flattened() {
    assert_lowers(
        "a = base + '/ims' + (x + y) + f'{z}'\nb = 1 - 2 + c",
        &[r#"a = concat(base, "/ims", concat(x, y), concat(z))"#, "b = concat(?(1, 2), c)"],
    );
}

#[test]
fn a_long_chain_of_pluses_needs_no_stack() {
    let source = format!("a = 'x'{}", " + 'x'".repeat(20_000));
    assert!(dumped(&source).starts_with(r#"a = concat("x", "x""#));
}

#[test]
fn percent_formats() {
    assert_lowers(
        "a = 'https://%s/%s' % (host, path)\nb = '%s' % host\nc = '%(h)s' % {'h': host}\nd = T % (x)\ne = 7 % n\nf = '%s%s' % (a, *b)",
        &[
            r#"a = percent("https://%s/%s"; host, path)"#,
            r#"b = percent("%s"; host)"#,
            r#"c = percent("%(h)s"; {"h": host})"#,
            "d = percent(T; x)",
            "e = ?(7, n)",
            r#"f = percent("%s%s"; [a, *b])"#,
        ],
    );
}

#[test]
fn format_calls_stay_calls() {
    assert_lowers("a = 'https://{}/x'.format(host, p=1)", &[r#"a = "https://{}/x".format(host, p=1)"#]);
}
