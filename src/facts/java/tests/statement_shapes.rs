//! Shapes of statements and expressions: one test a shape.

use super::assert_statements;

#[test]
fn builder_chains() {
    assert_statements(
        r#"
            Request request = new okhttp3.Request.Builder()
                // the endpoint
                .url(BASE + PATH)
                .post(new FormBody.Builder().add("client_id", id).build())
                .build();
            client.newCall(request).enqueue(this.<String>callback(), super.tag());
"#,
        r#"
let request: Request = new okhttp3.Request.Builder().url(concat(BASE, PATH)).post(new FormBody.Builder().add("client_id", id).build()).build()
client.newCall(request).enqueue(this.callback(), super.tag())
"#,
    );
}

#[test]
fn lambdas() {
    assert_statements(
        r#"
            Supplier<String> s = () -> "a" + b;
            Function<A, B> f = (Function<A, B>) x -> { log(x); return x.get(); };
            run((a, _) -> a, (final String c, int... d) -> d);
            g = String::trim;
            h(int[]::new, Map.Entry::getKey, List<String>::new, this::m, super::m, a.b()::c, Foo::<T>bar);
"#,
        r#"
let s: Supplier = s() => { return concat("a", b) }
let f: Function = f(x) => { log(x); return x.get() }
run((a, _) => { return a }, (c: String, ...d: int[]) => { return d })
(g = String.trim)
h(opaque(int).new, Map.Entry.getKey, List.new, this.m, super.m, a.b().c, Foo.bar)
"#,
    );
}

#[test]
fn text_blocks() {
    assert_statements(
        r#"
            String json = """
                {
                  "grant": "jwt",
                  "jwt": "x\tz"
                }
                """;
            String plain = """
                a"b \
                c""".trim();
"#,
        r#"
let json: String = "{\n  \"grant\": \"jwt\",\n  \"jwt\": \"x\tz\"\n}\n"
let plain: String = "a\"b c".trim()
"#,
    );
}

#[test]
fn tries() {
    assert_statements(
        r#"
            try (var in = open(a); java.io.Reader r = new Reader(in); this.other) { use(r); }
            catch (final IOException | java.net.URISyntaxException e) { throw new Failure(e); }
            catch (RuntimeException ignored) {}
            finally { close(); }
            try { a(); } finally { b(); }
"#,
        r#"
try
  let in = open(a)
  let r: java.io.Reader = new Reader(in)
  this.other
  use(r)
catch e: IOException
  throw new Failure(e)
catch ignored: RuntimeException
finally
  close()
try
  a()
finally
  b()
"#,
    );
}

#[test]
fn switch_expressions() {
    assert_statements(
        r#"
            String host = switch (region) {
                case "na", "us" -> "https://na";
                case EU -> { log(); yield "https://eu"; }
                case Special s when s.open() -> s.host();
                default -> throw new IllegalStateException(region);
            };
            return switch (n) { case 1: case 2: yield "a"; default: f(); yield "b"; };
"#,
        r#"
let host: String = choice(opaque(region, "na", "us", EU, s.open(), new IllegalStateException(region)) ? "https://na" | () => { log(); return "https://eu" }() | () => { let s: Special = region; return s.host() }())
return choice(opaque(n, 1, 2) ? "a" | () => { f(); return "b" }())
"#,
    );
}

#[test]
fn switch_statements() {
    assert_statements(
        r#"
            switch (region) {
                case "na": case "us": host = NA; break;
                case "eu": { host = EU; break; }
                case "x": return;
                default: host = null;
            }
            switch (message()) {
                case Token t -> use(t);
                case Pair(String left, Deep(var right)) -> { use(left); }
            }
"#,
        r#"
branch region, "na", "us", "eu", "x"
arm
  (host = NA)
arm
  (host = EU)
arm
  return
arm
  (host = null)
branch message() or none
arm
  let t: Token
  use(t)
arm
  let left: String
  let right
  use(left)
"#,
    );
}

#[test]
fn loops() {
    assert_statements(
        r#"
            for (int i = 0, n = size(); i < n; i++) sum += i;
            for (;;) break;
            for (i = 0; ; i++, j--) { continue; }
            for (final Map.Entry<String, String> e : form.entrySet()) { add(e.getKey()); }
            for (var x[] : y) ;
            while (it.hasNext()) it.next();
            do { step(); } while (more);
"#,
        r#"
block
  let i: int = 0
  let n: int = size()
  loop (opaque(i, n), opaque(i))
    (sum += i)
loop ()
  leave
block
  (i = 0)
  loop (opaque(i), opaque(j))
    leave
loop e: Map.Entry of form.entrySet() ()
  add(e.getKey())
loop x of y ()
loop (it.hasNext())
  it.next()
loop (more)
  step()
"#,
    );
}

#[test]
fn branches() {
    assert_statements(
        r#"
            if (a) x(); else if (b) { y(); } else z();
            if (!(o instanceof String s)) return;
            if (o instanceof Map<?, ?> && o instanceof Pair(String left, var right)) {}
            String v = a == null ? "x" : b ? "y" : c;
"#,
        r#"
branch a, b
arm
  x()
arm
  y()
arm
  z()
let s: String
branch opaque(opaque((s: String = o), String)) or none
arm
  return
let left: String
let right
branch opaque(opaque(o, Map), opaque(o)) or none
arm
let v: String = choice(opaque(a, null) ? "x" | choice(b ? "y" | c))
"#,
    );
}

#[test]
fn other_statements() {
    assert_statements(
        r#"
            synchronized (lock) { a(); }
            outer: for (A a : b) { continue outer; }
            assert a != null : "message";
            final String a = "1", b[] = {"2"}, c;
            int d[][] = new int[3][];
            ;
            {
                throw e;
            }
"#,
        r#"
block
  lock
  a()
loop a: A of b ()
  leave
opaque(opaque(a, null), "message")
let a: String = "1"
let b: String[] = ["2"]
let c: String
let d: int[][] = opaque(3)
block
  throw e
"#,
    );
}

#[test]
fn assignments() {
    assert_statements(
        r#"
            a = b = "x";
            this.a.b += c;
            map[i()] -= 2;
            n *= 3;
            n++;
            f.g = () -> 1;
            r = (Runnable) (() -> 2);
"#,
        r#"
(a = (b = "x"))
(this.a.b += c)
(map[i()] = opaque(2))
(n = opaque(n, 3))
opaque(n)
(f.g = () => { return 1 })
(r = r() => { return 2 })
"#,
    );
}

#[test]
fn operators() {
    assert_statements(
        r#"
            a("x" + (1 + 2) + 'c' + null, ("a" + b) + c, a - b + -1, a || !b, ~0x1fL, 1_000.5e3f);
            b(true, String.class, java.util.List[].class, int.class, x[0][1], new String[] {"a", {"b"}}, (char) 65);
"#,
        r#"
a(concat("x", concat(1, 2), "c", null), concat("a", b, c), concat(opaque(a, b), opaque(1)), opaque(a, opaque(b)), opaque(0x1fL), 1_000.5e3f)
b(true, opaque(String), opaque(opaque(java.util.List)), opaque(int), x[0][1], ["a", ["b"]], 65)
"#,
    );
}

#[test]
fn comments_are_no_parts() {
    assert_statements(
        r#"
            call(/* first */ a, // second
                b /* third */);
            x = /* why */ "a" /* plus */ + /* what */ "b";
            return /* nothing */;
"#,
        r#"
call(a, b)
(x = concat("a", "b"))
return
"#,
    );
}

#[test]
fn string_templates() {
    assert_statements(
        r#"
            a = STR."x \{name.first()}\t\{b}";
"#,
        r#"
(a = concat("x ", name.first(), "\t", b))
"#,
    );
}

#[test]
fn syntax_errors() {
    assert_statements(
        r#"
            URL url = new URL("https://x" + );
            c.setRequestMethod("POST";
            String = a.b(;
            send(url, body) extra;
            done();
"#,
        r#"
let url: URL = new URL(concat("https://x", opaque()))
c.setRequestMethod("POST")
(String = a.b)
send(url, body)
done()
"#,
    );
}

#[test]
fn defaults_among_labels() {
    assert_statements(
        r#"
            switch (x) { case null, default -> a(); }
            switch (y) { default: case 1: b(); }
"#,
        r#"
branch x, null
arm
  a()
branch y, 1
arm
  b()
"#,
    );
}
