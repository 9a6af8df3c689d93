//! What each shape of Java lowers to, in a short readable form.

mod declaration_shapes;
mod dump;
mod statement_shapes;

use super::{lower, text};
use crate::facts::ir::{ExpressionKind, Module};
use crate::finding::Language;

fn lowered(source: &str) -> Module {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&crate::syntax::grammar(Language::Java).expect("code has a grammar"))
        .expect("the grammar fits");
    let module = lower(&parser.parse(source, None).expect("nothing stops the parser"), source);
    assert_ranges(&module, source);
    module
}

/// Ranges lie in the text on character boundaries, and functions and classes stand in order.
fn assert_ranges(module: &Module, source: &str) {
    for expression in &module.expressions {
        assert!(source.get(expression.range.start..expression.range.end).is_some(), "{expression:?}");
        if let ExpressionKind::Member { name, name_range, .. } = &expression.kind {
            let written = source.get(name_range.start..name_range.end).expect("a range in the text");
            assert!(written.contains(name.rsplit('.').next().unwrap_or_default()), "{expression:?}: {written}");
        }
    }
    assert!(module.functions.is_sorted_by_key(|function| function.range.start));
    assert!(module.classes.is_sorted_by_key(|class| class.range.start));
}

/// Checks the dump of a whole file.
#[track_caller]
fn assert_file(source: &str, expected: &str) {
    assert_eq!(dump::module(&lowered(source)), expected.trim());
}

/// Checks the dump of statements in a method.
#[track_caller]
fn assert_statements(source: &str, expected: &str) {
    let dump = dump::module(&lowered(&format!("class C {{ void m() {{ {source} }} }}")));
    let lines: Vec<&str> = dump.lines().skip(2).map(|line| &line[4..]).collect();
    assert_eq!(lines.join("\n"), expected.trim());
}

/// Some of everything, for tests that cut a file anywhere.
pub(super) const MIXED: &str = r#"package a.b;
import java.net.*;
import static a.B.C;
@Client(url = "x", names = {"a", "b"}, inner = @In(1))
public abstract class Mixed<T extends Number> extends a.Base<T> implements I<String>, J {
    private static final String URL = "https://ü" + HOST + '/', OTHER[] = {"a", "b"};
    static { load(); }
    { count++; }
    enum Kind { A("a") { int f() { return 1; } }, B; final String s; Kind(String s) { this.s = s; } }
    record Pair(@Key String left, int... right) { Pair { check(left); } }
    @interface Note { String value() default "v"; }
    Mixed(int a) { super(a); }
    @GET("/x") abstract <R> @Nullable List<R> get(@Path("p") final String p, Map<String, ?>... rest) throws E;
    String send(Object o) throws Exception {
        var body = """
            grant
              jwt\
            """;
        if (!(o instanceof String text)) return null; else if (o == null) { throw new E(); } else i += 2;
        for (int i = 0, j = 1; i < 10; i++, j--) { if (i > 2) continue; break; }
        for (final String s : names) out.println(s);
        try (var in = open(); other) { in.read(); } catch (A | B e) { log(e); } finally { close(); }
        switch (o) { case 1: case 2: a(); break; default: b(); }
        int n = switch (o) { case Pair(String l, var r) when l != null -> 1; case Integer q -> { yield q; } default -> throw new E(); };
        Runnable r = () -> run(), q = this::go;
        synchronized (lock) { label: while (true) { do { x[0] = (int) y; } while (!z); } }
        assert n > 0 : "n";
        return new Outer.Inner<>(a ? b : c, int[].class, new int[3], new String[] {"s"}) { void f() { Mixed.this.g(); } }.call();
    }
}
"#;

#[test]
fn escapes_are_decoded() {
    assert_eq!(text::literal(r#""a\tb\n\"\\\'\s\0\101\377\400""#), "a\tb\n\"\\' \0A\u{ff}\u{20}0");
    assert_eq!(text::literal(r#""\u0041\uuu0042\ud83d\ude00\ud83dx\u12""#), "AB\u{1f600}\u{fffd}x\\u12");
    assert_eq!(text::literal(r#""\u005cn\q""#), "\n\\q");
    assert_eq!(text::literal(r"'\''"), "'");
    assert_eq!(text::literal("\"open"), "open");
    assert_eq!(text::literal("\"\""), "");
    assert_eq!(text::literal("\"ends \\\\\""), "ends \\");
}

#[test]
fn text_blocks_lose_their_indentation() {
    assert_eq!(text::literal("\"\"\"\n    a\n      b  \n\n    c\"\"\""), "a\n  b\n\nc");
    assert_eq!(text::literal("\"\"\"\r\n    a\r\n  \"\"\""), "  a\n");
    assert_eq!(text::literal("\"\"\"  \n  a \\\n  b\\n\\s\n  \"\"\""), "a b\n \n");
    assert_eq!(text::literal("\"\"\"\n  \\\"\"\"\n  \"\"\""), "\"\"\"\n");
    assert_eq!(text::literal("\"\"\"broken"), "broken");
}

#[test]
fn every_beginning_of_a_file_lowers_without_a_panic() {
    let source = MIXED;
    assert!(!dump::module(&lowered(source)).contains("opaque()"));
    for (end, _) in source.char_indices() {
        lowered(&source[..end]);
        lowered(&source[end..]);
    }
}

#[test]
fn long_concatenations_need_no_stack() {
    let source = format!("class A {{ String s = \"\"{}; }}", " + \"x\"".repeat(20_000));
    let module = lowered(&source);
    let longest = module.expressions.iter().map(|expression| match &expression.kind {
        ExpressionKind::Concat(parts) => parts.len(),
        _ => 0,
    });
    assert_eq!(longest.max(), Some(20_001));
}
