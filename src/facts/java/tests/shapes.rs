//! One test a shape.

use super::{dumped, dumped_expression, dumped_statements};

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
fn mixed() {
    println!("{}", dumped(MIXED));
    let _ = (dumped_expression("a"), dumped_statements("a();"));
}
